/**
 * Makes the log page work without a signal: a tap is saved on this phone, and sent when it can be.
 *
 * It promises: "Saved" stands there only once it is on the disk, no quick tap is lost, and nothing moves under a finger.
 * Words come from the page. Where a browser cannot do this, the page stays the plain form that it is.
 */

import * as outbox from "./outbox.js";

const SAME_VISIT = 60_000; // milliseconds
const KIT_AGES = 1_800_000;
const THREE_DAYS = 259_200_000;
const PAUSE = 2000; // before the second try; every further one waits twice as long
const LONGEST_PAUSE = 300_000;
const CLOCK_OFF = 300; // seconds

const { recall, remember } = outbox;
const root = document.documentElement;
const { lang } = root;
const byId = (id) => document.getElementById(id);
const all = (selector) => [...document.querySelectorAll(selector)];
const form = byId("tiles");
const line = byId("status");
const words = line.dataset;
const isShell = !form.dataset.place;
const show = (id, isShown) => (byId(id).hidden = !isShown);

// ---- What this phone knows ----

let device, lists, place, given, ownLots;

const know = async () => {
  const names = ["device", "lists", "place", "given", "own_lots"];
  const [id, newLists, here, counts = {}, own = {}] = await Promise.all(names.map(recall));
  [device, lists, given, ownLots] = [id, newLists, counts, own];
  const places = lists?.places ?? [];
  place = places.find((one) => one.id === here) ?? (places[1] ? undefined : places[0]);
};

/** Return the lots of an item at a place, first to go out first, less what went out since the lists were made. */
const lotsOf = (item, where = place) =>
  (where.lots[item] ?? []).map((lot) => ({ ...lot, left: lot.left - (given[where.id]?.lots[lot.id] ?? 0) }));

/** Return the lot that units come from and how that is known: the person's own choice, or the first that may go out. */
const lotFor = (item, units = 1) => {
  const today = new Date().toLocaleDateString("en-CA", { timeZone: place.zone });
  const lots = lotsOf(item);
  const own = lots.find(({ id }) => id === ownLots[item]);
  if (own) return { lot: own.id, how: "picked" };
  const first = lots.find(({ held, expiry, left }) => !held && !(expiry < today) && left > 0);
  return first?.number && first.left >= units ? { lot: first.id, how: "inferred" } : {};
};

const count = (lines, where, sign) => {
  const { items, lots } = (given[where] ??= { items: {}, lots: {} });
  for (const { item, lot, units } of lines) {
    items[item] = (items[item] ?? 0) + sign * units;
    if (lot) lots[lot] = (lots[lot] ?? 0) + sign * units;
  }
};

// ---- The visit that goes on ----

let visit; // {id, place, at, taps}
let undoable = [];

const tapsOf = (tile) => visit?.taps.filter(({ button }) => button === tile).length ?? 0;
const linesOf = () => (visit?.taps ?? []).flatMap(({ lines }) => lines);

const totals = () => {
  const total = {};
  for (const { item, units } of linesOf()) total[item] = (total[item] ?? 0) + units;
  return total;
};

const summary = () => {
  const all = (visit?.taps ?? []).map(({ what }) => what);
  const times = (what) => all.filter((one) => one === what).length;
  return [...new Set(all)].map((what) => (times(what) > 1 ? `${times(what).toLocaleString(lang)} × ${what}` : what)).join(", ");
};

const showVisit = () => {
  for (const tile of all(".pocket")) {
    const badge = tile.querySelector(".in");
    badge.firstChild.data = tapsOf(tile).toLocaleString(lang);
    badge.hidden = !tapsOf(tile);
    tile.classList.toggle("is-in", !badge.hidden);
  }
  show("visit", visit);
  show("after", visit && byId("back"));
  byId("undo").disabled = !undoable.length;
};

/** End the visit; "Same as last" hands out once more what it handed out. */
const end = () => {
  if (linesOf().length) {
    const again = byId("again");
    again.dataset.lines = Object.entries(totals()).map((pair) => pair.join("=")).join(" ");
    again.querySelector(".vh").textContent = summary();
    again.hidden = false;
  }
  [visit, undoable, news] = [undefined, [], undefined];
};

const begin = () => {
  end();
  visit = { id: crypto.randomUUID(), place: place.id, at: Date.now(), taps: [] };
};

const nextPerson = () => {
  end();
  showVisit();
  sayState();
};

// ---- The line that says what is true ----

let news; // [what just happened, about what]
let unsaved = 0;
let state = {};

const time = (moment) => {
  const isToday = new Date(moment).toDateString() === new Date().toDateString();
  return new Date(moment).toLocaleString(lang, { dateStyle: isToday ? undefined : "medium", timeStyle: "short" });
};

const aboutSending = ({ waiting, since, sentAt, why }) => {
  if (!waiting) return sentAt ? words.sent.replace("{time}", time(sentAt)) : "";
  const age = Date.now() - since;
  return [
    (waiting > 1 ? words.other : words.one).replace("{n}", waiting.toLocaleString(lang)),
    age > SAME_VISIT && words.since.replace("{time}", time(since)),
    why === "sign_in" && `– ${words.signIn}`,
    age > THREE_DAYS && `– ${words.alarm}`,
  ].filter(Boolean).join(" ");
};

const sayState = () => {
  const isWaiting = Boolean(state.waiting || unsaved);
  const sending = aboutSending(state);
  const [title, about] = unsaved ? [words.full, ""] : (news ?? [sending]);
  const [first, second] = line.querySelectorAll("b, .small");
  line.className = `status status-${isWaiting ? "wait" : "done"}`;
  line.querySelectorAll(":scope > .icon").forEach((icon, number) => icon.toggleAttribute("hidden", !number === isWaiting));
  line.hidden = !title;
  first.textContent = title;
  second.textContent = title === sending ? "" : [about, sending].filter(Boolean).join(" · ");
  show("sign-in", state.waiting && state.why === "sign_in");
  show("clock", Math.abs(state.clockOff) > CLOCK_OFF);
};

const look = async () => {
  state = await outbox.status();
  sayState();
  navigator.setAppBadge?.(state.waiting).catch(() => {});
};

// ---- Saving ----

/** Save a record however long it takes: a full disk is said, and tried again. */
const keep = async (kind, fields) => {
  const at = new Date().toISOString();
  for (let isLate = 0; ; isLate = 1) {
    try {
      const saved = await outbox.save(kind, { at, ...fields });
      unsaved -= isLate;
      return saved;
    } catch {
      unsaved += 1 - isLate;
      sayState();
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      if (!(await recall("device").catch(() => true))) await renew(); // the browser threw everything away
    }
  }
};

/** Save records of the visit, say so, and return to the tiles; undone(how) is called when somebody undoes them. */
const save = async (records, about, undone) => {
  const where = place.id;
  const taken = [];
  const chosen = records.map(([kind, { lines, ...fields }]) => {
    if (!lines) return [kind, fields];
    const own = lines.map((one) => (one.lot ? one : { ...one, ...lotFor(one.item, one.units) }));
    count(own, where, 1);
    taken.push(...own);
    return [kind, { ...fields, lines: own }];
  });
  const saved = await Promise.all(chosen.map((record) => keep(...record)));
  undoable.push(async () => {
    const how = await Promise.all(saved.map(({ id }) => outbox.undo(id)));
    count(taken, where, -1);
    undone?.(how.at(-1));
  });
  navigator.vibrate?.(30);
  if (location.hash) location.hash = "";
  state.waiting = (state.waiting ?? 0) + saved.length;
  news = [words.saved, about ?? summary()];
  showVisit();
  sayState();
  sendIn(outbox.HOLD);
  afterSaving();
  return saved;
};

const afterSaving = async () => {
  await remember("given", given);
  navigator.serviceWorker.ready.then(({ sync }) => sync?.register("field")).catch(() => {});
  const isKept = (await navigator.storage.persisted()) || (await navigator.storage.persist());
  show("keeps", !isKept && !(await recall("told_keeps")));
};

const tap = async (button, since) => {
  if (visit?.place !== place.id || Date.now() - visit.at > SAME_VISIT) begin();
  const lines = button.dataset.lines.split(" ").map((pair) => {
    const [item, units] = pair.split("=");
    return { item, units: Number(units) };
  });
  const [name, contents] = button.querySelectorAll("span, small");
  const what = contents.className ? contents.textContent : `${name.textContent}: ${contents.textContent}`;
  const own = { button, what, lines };
  const { id, taps } = visit;
  taps.push(own);
  visit.at = Date.now();
  await save([["hand_out", { visit: id, place: place.id, lines }]], undefined, () => taps.splice(taps.indexOf(own), 1));
  performance.measure("field-save", { start: since, end: performance.now() });
};

const undo = async () => {
  byId("undo").disabled = true;
  await undoable.pop()();
  await remember("given", given);
  news = [words.undone, summary()];
  showVisit();
  sendIn(0);
  await look();
};

// ---- Sending ----

let timer;
let dueAt = Infinity;
let pause = PAUSE;

const sendIn = (wait) => {
  if (Date.now() + wait >= dueAt) return;
  clearTimeout(timer);
  dueAt = Date.now() + wait;
  timer = setTimeout(sendNow, wait);
};

const sendNow = async () => {
  clearTimeout(timer);
  dueAt = Infinity;
  const { left, why } = await outbox.send();
  pause = why ? Math.min(pause * 2, LONGEST_PAUSE) : PAUSE;
  if (left) sendIn(why ? pause * (0.5 + Math.random()) : outbox.HOLD);
};

const leave = () => outbox.endHold().then(sendNow);

const goOn = async () => {
  pause = PAUSE;
  if (Date.now() - renewedAt > KIT_AGES) await renew();
  await sendNow();
};

// ---- What this phone keeps to open without a signal ----

let renewedAt = 0;

const cacheOf = (kit) => `field-${kit}`;
const shellOf = async (language) => caches.match(`/field/shell/${language}`, { cacheName: cacheOf(await recall("kit")) });

const store = async ({ version, pages, files, assets, headers }) => {
  const cache = await caches.open(cacheOf(version));
  const put = (address, text, type) =>
    cache.put(address, new Response(text, { headers: { ...headers, "Content-Type": type } }));
  await Promise.all([
    ...Object.entries(pages).map(([language, page]) => put(`/field/shell/${language}`, page, "text/html; charset=utf-8")),
    ...Object.entries(files).map(([address, text]) => put(address, text, "text/javascript")),
    cache.addAll(assets),
  ]);
};

/** Fetch what is new for this phone in a language; what it holds is replaced whole, or not at all. */
const renew = async (language = lang) => {
  const kit = await recall("kit");
  const about = { languages: [language], have: (await shellOf(language)) ? kit : null, have_lists: lists?.version };
  const asked = async (isNew) => outbox.ask("/field/kit", { ...(await outbox.introduction(isNew)), ...about });
  let answer = await asked();
  if (answer.status === 409) answer = await asked(true); // the access of this phone was ended: it begins anew
  if (answer.why) return;
  renewedAt = Date.now();
  if (answer.pages) await store(answer);
  await outbox.setUp(answer);
  const kept = [answer.version, kit].map(cacheOf); // the one before too: a page of it may be open
  for (const name of await caches.keys()) if (name.startsWith("field-") && !kept.includes(name)) await caches.delete(name);
  if (answer.pages && !byId("places")) adopt(answer.pages[lang]);
  await know();
  if (answer.lists && !state.waiting) for (const counts of Object.values(given)) counts.lots = {};
};

/** Give the page that came from the server the sections that the kept page has. */
const adopt = (html) => {
  byId("sections").replaceWith(new DOMParser().parseFromString(html, "text/html").getElementById("sections"));
  for (const link of all("[data-here]")) link.href = link.dataset.here;
};

const getReady = async () => {
  if (!device || !(await shellOf(lang))) return;
  await navigator.serviceWorker.ready;
  root.dataset.field = "ready";
  performance.mark("field-ready");
  show("ready", true);
  for (const { hreflang } of all("a[hreflang]")) if (!(await shellOf(hreflang))) await renew(hreflang);
};

// ---- Places, sections, links ----

const showPlace = () => {
  for (const one of all("[data-at]")) one.hidden = one.dataset.at !== place?.id;
};

const choose = async (id) => {
  await remember("place", id);
  if (!isShell) return location.assign("/hand-out");
  await know();
  nextPerson();
  showPlace();
  location.hash = "";
};

const page = {
  lotsOf,
  lotFor,
  save,
  choose,
  get lists() {
    return lists;
  },
  get place() {
    return place;
  },
  get visit() {
    if (visit?.place !== place.id) begin();
    return visit.id;
  },
  get onVisit() {
    return totals();
  },
  given: (id) => given[id]?.items ?? {},
  forgetGiven: (id) => {
    delete given[id];
    return remember("given", given);
  },
};

/** Show the section that the address names, or the tiles. */
const openSection = async () => {
  const found = byId(location.hash.slice(1));
  const section = found?.matches("#sections > section") ? found : undefined;
  for (const one of all("#sections > section")) one.hidden = one !== section;
  show("home", !section);
  if (found === form) form.querySelector(".pocket").focus();
  if (!section) return;
  const { module } = section.dataset;
  if (module) (await import(`./${module}.js`)).open(section, { outbox, page });
  else section.onclick = ({ target }) => target.value && choose(target.value);
  section.querySelector("h2").focus();
};

const speak = async ({ hreflang, href }) => {
  if (!(await shellOf(hreflang))) return location.assign(href);
  await remember("language", hreflang);
  await fetch(href).catch(() => {}); // the other pages follow where there is a signal
  location.assign("/hand-out");
};

const followLink = (event) => {
  const link = event.target.closest('a[href^="/"]');
  if (!link || (navigator.onLine && !link.hreflang)) return;
  event.preventDefault();
  if (link.hreflang) return speak(link);
  news = [words.signal, ""];
  sayState();
};

const markLinks = () => {
  for (const link of all('a[href^="/"]:not(#hide)')) link.ariaDisabled = navigator.onLine ? null : "true";
};

/** Turn the page into an empty one at once: nothing of it stays in the title, the address or what is shown. */
const hide = (event) => {
  event.preventDefault();
  event.stopPropagation();
  leave();
  document.title = byId("hide").dataset.title;
  history.replaceState(null, "", "/");
  const [main, heading, notes] = ["main", "h1", "textarea"].map((name) => document.createElement(name));
  heading.textContent = notes.ariaLabel = document.title;
  main.append(heading, notes);
  document.body.replaceChildren(main);
};

// ---- The start ----

const listen = () => {
  form.onsubmit = (event) => {
    const isUsable = place && device && event.submitter?.dataset.lines;
    if (!isUsable && !isShell) return; // the plain form
    event.preventDefault();
    if (isUsable) tap(event.submitter, event.timeStamp);
  };
  form.onkeydown = (event) => !(event.repeat && event.key === "Enter"); // one press, one hand-out
  byId("undo").onclick = undo;
  byId("next").onclick = nextPerson;
  byId("hide").onclick = hide;
  document.onclick = followLink;
  for (const button of all("[data-dismiss]"))
    button.onclick = () => {
      show(button.dataset.dismiss, false);
      remember(`told_${button.dataset.dismiss}`, true);
    };
  outbox.onChange(look);
  onhashchange = openSection;
  ononline = () => (markLinks(), goOn());
  onoffline = markLinks;
  onpagehide = leave;
  addEventListener("beforeunload", (event) => unsaved && event.preventDefault());
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    show("install", true);
    byId("install").onclick = () => event.prompt();
  });
  document.onvisibilitychange = () => (document.hidden ? leave() : goOn());
};

const becomeUsable = () => {
  if (!device || root.dataset.field) return;
  showPlace();
  show("ways", byId("places"));
  if (!place && isShell) location.hash = "places";
  root.dataset.field = "usable";
  performance.mark("field-usable");
};

const start = async () => {
  if (await outbox.wasLost()) await remember("told_lost", false);
  const { me, place: here } = form.dataset;
  const asked = new URLSearchParams(location.search).get("place")?.split(":")[1] ?? here;
  if (asked) await remember("place", asked);
  if (me) await Promise.all([remember("me", me), remember("language", lang)]);
  await know();
  listen();
  markLinks();
  show("off-page", isShell && location.pathname !== "/hand-out");
  show("lost", (await recall("told_lost")) === false);
  becomeUsable();
  await openSection();
  await look();
  const worker = navigator.serviceWorker.register("/field/worker.js", { scope: "/hand-out", type: "module" });
  await renew();
  becomeUsable();
  show("ways", byId("places"));
  sendNow();
  await worker;
  await getReady();
};

/** Say that this window cannot keep anything; a phone that is set up already goes on saving. */
const bePlain = () => {
  if (device) return;
  root.dataset.field = "plain";
  show("plain", true);
};

if (isSecureContext && navigator.serviceWorker) start().catch(bePlain);
else bePlain();
