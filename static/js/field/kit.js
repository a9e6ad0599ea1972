/**
 * What this phone keeps to work without a signal: pages and modules, the lists of today, what went out since they were made.
 *
 * It promises: a version is pointed at only once it is here whole; until then, and if anything fails, the one before stays.
 */

import { ask, introduction, recall, recallAll, remember, setUp } from "./outbox.js";

// ---- Lists and lots ----

/** What this phone knows; given: by place, the units of each item, and of each lot since the lists were made. */
export const phone = { given: undefined };

/** Read what this phone knows, and where it hands out from; that is open where there are several places. */
export const know = async () => {
  const news = await recallAll("device", "kit", "lists", "place", "given", "own_lots", "told_lost", "told_keeps");
  const places = news.lists?.places ?? [];
  const place = places.find(({ id }) => id === news.place) ?? (places.length > 1 ? undefined : places[0]);
  Object.assign(phone, news, { place, given: phone.given ?? news.given ?? {} });
};

/** Return the lots of an item at a place, first to go out first, less what went out since the lists were made. */
export const lotsOf = (item, where = phone.place) =>
  (where.lots[item] ?? []).map((lot) => ({ ...lot, left: lot.left - (phone.given[where.id]?.lots[lot.id] ?? 0) }));

/** Return the lot that units come from and how that is known: the person's own choice, or the first that may go out. */
export const lotFor = (item, units) => {
  const today = new Date().toLocaleDateString("en-CA", { timeZone: phone.place.zone });
  const lots = lotsOf(item);
  const own = lots.find(({ id }) => id === phone.own_lots?.[item]);
  if (own) return { lot: own.id, how: "picked" };
  const first = lots.find(({ held, expiry, left }) => !held && !(expiry < today) && left > 0);
  return first?.number && first.left >= units ? { lot: first.id, how: "inferred" } : {};
};

/** Count lines as handed out at a place, or with -1 as not. */
export const count = (lines, where, sign) => {
  const counts = (phone.given[where] ??= { items: {}, lots: {} });
  const add = (totals, id, units) => (totals[id] = (totals[id] ?? 0) + sign * units);
  for (const { item, lot, units } of lines) {
    add(counts.items, item, units);
    if (lot) add(counts.lots, lot, units);
  }
};

/** Keep what was counted. */
export const keepCounts = () => remember("given", phone.given);

// ---- Pages and modules ----

const cacheOf = (kit) => `field-${kit}`;

/** Return the kept page in a language, as the worker would open it. */
export const shellOf = async (language) =>
  caches.match(`/field/shell/${language}`, { cacheName: cacheOf(await recall("kit")) });

const store = async ({ version, pages, files, assets, headers }) => {
  const cache = await caches.open(cacheOf(version));
  const put = (address, text, own) => cache.put(address, new Response(text, { headers: { ...headers, ...own } }));
  await Promise.all([
    ...Object.entries(pages).map(([language, page]) => put(`/field/shell/${language}`, page)),
    ...Object.entries(files).map(([address, text]) => put(address, text, { "Content-Type": "text/javascript" })),
    cache.addAll(assets),
  ]);
};

/**
 * Fetch what is new for this phone; not whole is the least that it needs, in one language. Return whether there was an answer.
 * A new phone can save before its pages are kept: then onKnown is called.
 */
export const renew = async (language, isWhole, onKnown) => {
  const kit = await recall("kit");
  const have = kit && (await shellOf(language)) && kit;
  const wanted = { whole: isWhole, languages: isWhole ? [] : [language], have, have_lists: phone.lists?.version };
  const asked = async (isNew) => {
    const { signing, about } = await introduction(isNew);
    return { ...(await ask("/field/kit", { ...about, ...wanted })), signing };
  };
  let answer = await asked();
  if (answer.status === 409) answer = await asked(true); // the access of this phone was ended: it begins anew
  if (answer.why) return false;
  if (!kit) await setUp({ ...answer, version: kit }).then(know).then(onKnown); // none of its pages is pointed at yet
  if (answer.pages) await store(answer);
  await setUp(answer);
  const kept = [answer.version, kit].map(cacheOf); // a page of the version before may be open
  for (const name of await caches.keys()) if (name.startsWith("field-") && !kept.includes(name)) await caches.delete(name);
  await know();
  return true;
};

/** Begin to count lots anew: the lists of now know all that went out. */
export const countAnew = () => Object.values(phone.given).forEach((counts) => (counts.lots = {}));
