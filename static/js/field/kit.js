/**
 * What this phone keeps so that the log page opens without a signal: pages, modules, lists, fetched as one kit.
 *
 * It promises: a version is pointed at only once it is here whole; until then, and if anything fails, the one before stays.
 */

import { ask, introduction, recall, setUp } from "./outbox.js";

const cacheOf = (kit) => `field-${kit}`;

/** Return the kept page in a language, as the worker would open it. */
export const shellOf = async (language) =>
  caches.match(`/field/shell/${language}`, { cacheName: cacheOf(await recall("kit")) });

const store = async ({ version, pages, files, assets, headers }) => {
  const cache = await caches.open(cacheOf(version));
  const put = (address, text, type) =>
    cache.put(address, new Response(text, { headers: { ...headers, "Content-Type": type } }));
  await Promise.all([
    ...Object.entries(pages).map(([language, page]) => put(`/field/shell/${language}`, page, headers["Content-Type"])),
    ...Object.entries(files).map(([address, text]) => put(address, text, "text/javascript")),
    cache.addAll(assets),
  ]);
};

const forgetAllBut = async (versions) => {
  const kept = versions.map(cacheOf);
  for (const name of await caches.keys()) if (name.startsWith("field-") && !kept.includes(name)) await caches.delete(name);
};

/** Fetch what is new for this phone; not whole is the least that it needs, in one language. Return whether there was an answer. */
export const renew = async (language, have_lists, isWhole) => {
  const kit = await recall("kit");
  const have = (await shellOf(language)) ? kit : null;
  const wanted = { whole: isWhole, languages: isWhole ? [] : [language], have, have_lists };
  const asked = async (isNew) => ask("/field/kit", { ...(await introduction(isNew)), ...wanted });
  let answer = await asked();
  if (answer.status === 409) answer = await asked(true); // the access of this phone was ended: it begins anew
  if (answer.why) return false;
  if (answer.pages) await store(answer);
  await setUp(answer);
  await forgetAllBut([answer.version, kit]); // a page of the version before may be open
  return true;
};
