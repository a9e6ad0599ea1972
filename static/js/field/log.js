/**
 * Makes the log page work without a signal: a tap is saved on this phone, and sent when it can be.
 *
 * It promises: "Saved" stands there only once it is on the disk, no quick tap is lost, and nothing changes under a finger.
 * Words come from the page. Where a browser cannot do this, the page stays the plain form that it is.
 */

import * as outbox from "./outbox.js";

const SAME_VISIT = 60_000; // milliseconds
const KIT_AGES = 1_800_000;
const THREE_DAYS = 259_200_000;
const PAUSE = 2000; // before the second try; every further one waits twice as long
const LONGEST_PAUSE = 300_000;
const CLOCK_OFF = 300; // seconds

const root = document.documentElement;
const { lang } = root;
const byId = (id) => document.getElementById(id);
const form = byId("tiles");
const line = byId("status");
const words = line.dataset;
const [title, detail] = line.querySelectorAll("b, span");
const icons = line.querySelectorAll(".icon");
const isShell = !form.dataset.place;
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_whole, name) => values[name]);
const show = (id, isShown) => (byId(id).hidden = !isShown);

// ---- What this phone knows ----

let device, lists, place, given, ownLots;
let state = {};

const know = async () => {
  const names = ["device", "lists", "place", "given", "own_lots"];
  const [id, newLists, placeId, counts, own] = await Promise.all(names.map(outbox.recall));
  [device, lists, given, ownLots] = [id, newLists, counts ?? {}, own ?? {}];
  const places = lists?.places ?? [];
  place = places.find(({ id: known }) => known === placeId) ?? (places.length === 1 ? places[0] : undefined);
};

/** Return the lots of an item at a place, first to go out first, less what went out since the lists were made. */
const lotsOf = (item, where = place) =>
  (where.lots[item] ?? []).map((lot) => ({ ...lot, left: lot.left - (given[where.id]?.lots[lot.id] ?? 0) }));

/** Return the lot that units are taken from and how that is known: the person's own choice, or the first that may go out. */
const lotFor = (item, units = 1) => {
  const today = new Date().toLocaleDateString("en-CA", { timeZone: place.zone });
  const lots = lotsOf(item);
  const own = lots.find(({ id }) => id === ownLots[item]);
  const first = lots.find(({ held, expiry, left }) => !held && !(expiry < today) && left > 0);
  if (own) return { lot: own.id, how: "picked" };
  return first?.number && first.left >= units ? { lot: first.id, how: "inferred" } : {};
};

const count = (lines, where, sign) => {
  const counts = (given[where] ??= { items: {}, lots: {} });
  const add = (totals, id, units) => (totals[id] = (totals[id] ?? 0) + sign * units);
  for (const { item, lot, units } of lines) {
    add(counts.items, item, units);
    if (lot) add(counts.lots, lot, units);
  }
};

// ---- The visit that goes on ----

let visit;
let undoable = [];

const isOn = () => visit?.place === place.id && Date.now() - visit.at < SAME_VISIT;

const begin = () => {
  remindOfLast();
  visit = { id: crypto.randomUUID(), place: place.id, at: Date.now(), taps: [] };
  undoable = [];
};

/** Let "Same as last" hand out once more what the visit handed out that ends now. */
const remindOfLast = () => {
  if (!visit?.taps.length) return;
  const total = {};
  for (const { lines } of visit.taps) for (const { item, units } of lines) total[item] = (total[item] ?? 0) + units;
  const again = byId("again");
  again.dataset.lines = Object.entries(total).map((pair) => pair.join("=")).join(" ");
  again.querySelector(".vh").textContent = summary();
  again.hidden = false;
};

const summary = () => {
  const times = new Map();
  for (const { what } of visit?.taps ?? []) times.set(what, (times.get(what) ?? 0) + 1);
  return [...times].map(([what, n]) => (n > 1 ? `${n.toLocaleString(lang)} × ${what}` : what)).join(", ");
};

const countOn = (tile) => {
  const taps = visit?.taps.filter(({ button }) => button === tile).length ?? 0;
  tile.classList.toggle("is-in", taps);
  tile.querySelector(".in")?.remove();
  if (!taps) return;
  const [shown, spoken] = [document.createElement("span"), document.createElement("span")];
  [shown.className, spoken.className] = ["in", "vh"];
  spoken.textContent = ` ${form.dataset.in}`;
  shown.append(taps.toLocaleString(lang), spoken);
  tile.append(shown);
};

const showVisit = () => {
  form.querySelectorAll(".pocket").forEach(countOn);
  show("after", undoable.length && byId("back"));
  show("next", visit);
  show("change", !visit);
  show("undo", undoable.length);
};

const nextPerson = () => {
  remindOfLast();
  [visit, undoable, news] = [undefined, [], undefined];
  showVisit();
  sayState();
};

// ---- The line that says what is true ----

let news; // [what just happened, about what]
let unsaved = 0;

const time = (moment) => {
  const isToday = new Date(moment).toDateString() === new Date().toDateString();
  return new Date(moment).toLocaleString(lang, isToday ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" });
};

const aboutSending = ({ waiting, since, sentAt, why }) => {
  if (!waiting) return sentAt ? filled(words.sent, { time: time(sentAt) }) : "";
  const parts = [waiting === 1 ? words.waitingOne : words.waitingOther];
  if (Date.now() - since > SAME_VISIT) parts.push(filled(words.since, { time: time(since) }));
  if (why === "sign_in") parts.push(`– ${words.signIn}`);
  if (Date.now() - since > THREE_DAYS) parts.push(`– ${words.alarm}`);
  return filled(parts.join(" "), { n: waiting.toLocaleString(lang) });
};

const sayState = () => {
  const isWaiting = Boolean(state.waiting || unsaved);
  const sending = aboutSending(state);
  const [first, second] = unsaved ? [words.full, ""] : (news ?? [sending]);
  line.className = `status status-${isWaiting ? "wait" : "done"}`;
  [icons[0], icons[1]].forEach((icon, number) => icon.toggleAttribute("hidden", Boolean(number) !== isWaiting));
  title.textContent = first;
  detail.textContent = news || unsaved ? [second, sending].filter(Boolean).join(" · ") : "";
  line.hidden = !first;
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
  for (let tries = 0; ; tries += 1) {
    try {
      const saved = await outbox.save(kind, { at, ...fields });
      unsaved -= tries && 1;
      return saved;
    } catch {
      unsaved += tries ? 0 : 1;
      sayState();
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      if (!(await outbox.recall("device").catch(() => true))) await renew(); // the browser threw everything away
    }
  }
};

/** Save records of the visit, say so, and return to the tiles; undone() is called when somebody undoes them. */
const save = async (records, about, undone) => {
  const where = place.id;
  const chosen = records.map(([kind, { lines, ...fields }]) => {
    const taken = lines?.map((one) => (one.lot ? one : { ...one, ...lotFor(one.item, one.units) }));
    if (taken) count(taken, where, 1);
    return [kind, { ...fields, ...(taken && { lines: taken }) }, taken ?? []];
  });
  const saved = await Promise.all(chosen.map(([kind, fields]) => keep(kind, fields)));
  undoable.push(async () => {
    const how = [];
    for (const { id } of saved) how.push(await outbox.undo(id));
    chosen.forEach(([_kind, _fields, taken]) => count(taken, where, -1));
    undone?.(how.at(-1));
  });
  state.waiting = (state.waiting ?? 0) + saved.length;
  news = [words.saved, about];
  navigator.vibrate?.(30);
  if (location.hash) location.hash = "";
  showVisit();
  sayState();
  sendIn(outbox.HOLD);
  afterSaving();
  return saved;
};

const afterSaving = async () => {
  await outbox.remember("given", given);
  (await navigator.serviceWorker.ready).sync?.register("field").catch(() => {});
  const isKept = (await navigator.storage.persisted()) || (await navigator.storage.persist());
  show("keeps", !isKept && !(await outbox.recall("told_keeps")));
};

const tap = async (button, since) => {
  if (!isOn()) begin();
  const lines = button.dataset.lines.split(" ").map((pair) => {
    const [item, units] = pair.split("=");
    return { item, units: Number(units) };
  });
  const [name, contents] = [...button.querySelectorAll("span:not(.in, .vh), small")].map((one) => one.textContent);
  const what = contents ? `${name}: ${contents}` : button.querySelector(".vh").textContent;
  const own = { button, what, lines };
  visit.taps.push(own);
  visit.at = Date.now();
  const taps = visit.taps;
  await save([["hand_out", { visit: visit.id, place: place.id, lines }]], summary(), () => taps.splice(taps.indexOf(own), 1));
  performance.measure("field-save", { start: since, end: performance.now() });
};

const undo = async () => {
  const last = undoable.pop();
  show("undo", false);
  await last?.();
  news = [words.undone, summary()];
  outbox.remember("given", given);
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

// ---- What this phone keeps to open without a signal ----

const shellOf = (language, kit) => caches.match(`/field/shell/${language}`, { cacheName: `field-${kit}` });

const store = async ({ version, pages, files, assets, headers }) => {
  const cache = await caches.open(`field-${version}`);
  const put = (address, text, type) => cache.put(address, new Response(text, { headers: { ...headers, "Content-Type": type } }));
  await Promise.all([
    ...Object.entries(pages).map(([language, page]) => put(`/field/shell/${language}`, page, headers["Content-Type"])),
    ...Object.entries(files).map(([address, text]) => put(address, text, "text/javascript")),
    cache.addAll(assets),
  ]);
};

let renewedAt = 0;

/** Fetch what is new for this phone in a language; what it holds is replaced at once or not at all. */
const renew = async (language = lang) => {
  const kit = await outbox.recall("kit");
  const have = (await shellOf(language, kit)) ? kit : null;
  const about = { languages: [language], have, have_lists: lists?.version };
  const asked = async (isNew) => outbox.ask("/field/kit", { ...(await outbox.introduction(isNew)), ...about });
  let answer = await asked(false);
  if (answer.status === 409) answer = await asked(true); // the access of this phone was ended: it begins anew
  if (answer.why) return;
  renewedAt = Date.now();
  if (answer.pages) await store(answer);
  await outbox.setUp(answer);
  const names = (await caches.keys()).filter((name) => name.startsWith("field-"));
  for (const name of names) if (![`field-${answer.version}`, `field-${kit}`].includes(name)) await caches.delete(name);
  if (answer.pages && !byId("place")) adopt(answer.pages[lang]);
  await know();
  if (answer.lists && !state.waiting) for (const counts of Object.values(given)) counts.lots = {};
};

/** Give the page that came from the server the sections that the kept page has. */
const adopt = (page) => {
  const sections = new DOMParser().parseFromString(page, "text/html").getElementById("sections");
  byId("sections").replaceWith(document.adoptNode(sections));
  document.querySelectorAll("[data-here]").forEach((link) => (link.href = link.dataset.here));
};

const otherLanguages = () => [...new Set([...document.querySelectorAll("a[hreflang]")].map((link) => link.hreflang))];

const getReady = async () => {
  const kit = await outbox.recall("kit");
  if (root.dataset.field !== "usable" || !(await shellOf(lang, kit))) return;
  await navigator.serviceWorker.ready;
  root.dataset.field = "ready";
  performance.mark("field-ready");
  show("ready", true);
  for (const language of otherLanguages()) if (!(await shellOf(language, kit))) await renew(language);
};

// ---- The place, the sections, the language ----

const showPlace = () => {
  if (!place) return;
  byId("where").textContent = `${place.site} · ${place.name}`;
  if (byId("van")) show("van", place.is_van);
  document.querySelectorAll("[data-at]").forEach((one) => (one.hidden = one.dataset.at !== place.id));
};

const choose = async (id) => {
  await outbox.remember("place", id);
  if (!isShell) return location.assign("/hand-out");
  await know();
  nextPerson();
  showPlace();
};

const offerPlaces = (section) => {
  const buttons = lists.places.map(({ id, site, name }) => {
    const button = document.createElement("button");
    [button.type, button.className, button.textContent] = ["button", "btn btn-big btn-wide", `${site} · ${name}`];
    button.onclick = () => choose(id).then(() => (location.hash = ""));
    return button;
  });
  section.querySelector("[data-places]").replaceChildren(...buttons);
};

const page = {
  get lists() { return lists; },
  get place() { return place; },
  get visit() {
    if (visit?.place !== place.id) begin();
    return visit.id;
  },
  get onVisit() {
    const lines = visit?.taps.flatMap((one) => one.lines) ?? [];
    return Object.fromEntries(lines.map(({ item, units }) => [item, units]));
  },
  given: (id) => given[id]?.items ?? {},
  forgetGiven: (id) => {
    delete given[id];
    return outbox.remember("given", given);
  },
  lotsOf,
  lotFor,
  save,
  choose,
};

/** Show the section that the address names, or the tiles. */
const openSection = async () => {
  const found = byId(location.hash.slice(1));
  const section = found?.localName === "section" ? found : undefined;
  document.querySelectorAll("#sections > section").forEach((one) => (one.hidden = one !== section));
  show("home", !section);
  if (found === form) form.querySelector("button").focus();
  if (!section) return;
  if (section.id === "place") offerPlaces(section);
  else (await import(`./${section.dataset.module}.js`)).open(section, { outbox, page });
  section.querySelector("h2").focus();
};

const speak = async (link) => {
  if (!(await shellOf(link.hreflang, await outbox.recall("kit")))) return location.assign(link.href);
  await outbox.remember("language", link.hreflang);
  await fetch(link.href).catch(() => {}); // the other pages follow where there is a signal
  location.assign("/hand-out");
};

const followLink = (event) => {
  const link = event.target.closest("a[href]");
  if (!link || link.getAttribute("href").startsWith("#")) return;
  if (link.hreflang) {
    event.preventDefault();
    speak(link);
  } else if (!navigator.onLine && link.id !== "hide") {
    event.preventDefault();
    news = [words.signal, ""];
    sayState();
  }
};

const markLinks = () => {
  for (const link of document.querySelectorAll('a[href^="/"]')) link.ariaDisabled = navigator.onLine ? null : "true";
};

/** Turn the page into an empty one at once: nothing of it stays in the title, the address or this tab's history. */
const hide = (event) => {
  event.preventDefault();
  leave();
  document.title = event.currentTarget.dataset.title;
  history.replaceState(null, "", "/");
  const [main, heading, notes] = ["main", "h1", "textarea"].map((name) => document.createElement(name));
  heading.textContent = notes.ariaLabel = document.title;
  main.append(heading, notes);
  document.body.replaceChildren(main);
};

// ---- The start ----

const listen = () => {
  form.addEventListener("submit", (event) => {
    const isUsable = place && device && event.submitter?.dataset.lines;
    if (!isUsable && !isShell) return; // the plain form
    event.preventDefault();
    if (isUsable) tap(event.submitter, event.timeStamp);
  });
  form.addEventListener("keydown", (event) => event.repeat && event.key === "Enter" && event.preventDefault());
  byId("undo").onclick = undo;
  byId("next").onclick = nextPerson;
  byId("hide").onclick = hide;
  document.addEventListener("click", followLink);
  for (const button of document.querySelectorAll("[data-dismiss]"))
    button.onclick = () => {
      show(button.dataset.dismiss, false);
      outbox.remember(`told_${button.dataset.dismiss}`, true);
    };
  outbox.onChange(look);
  addEventListener("hashchange", openSection);
  addEventListener("online", () => (markLinks(), (pause = PAUSE), sendNow()));
  addEventListener("offline", markLinks);
  addEventListener("pagehide", leave);
  addEventListener("beforeunload", (event) => unsaved && event.preventDefault());
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    show("install", true);
    byId("install").onclick = () => event.prompt();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return leave();
    pause = PAUSE;
    if (Date.now() - renewedAt > KIT_AGES) renew().then(sendNow);
    else sendNow();
  });
};

const becomeUsable = () => {
  if (!device || root.dataset.field) return;
  if (!place && isShell) location.hash = "place";
  root.dataset.field = "usable";
  performance.mark("field-usable");
  showPlace();
  show("ways", byId("place"));
};

const start = async () => {
  const isLost = await outbox.wasLost();
  if (isLost) await outbox.remember("told_lost", false);
  const { me, place: here } = form.dataset;
  const asked = new URLSearchParams(location.search).get("place")?.split(":")[1];
  if (me) await outbox.remember("me", me);
  if (asked ?? here) await outbox.remember("place", (now) => asked ?? now ?? here);
  if (here) await outbox.remember("language", lang);
  await know();
  listen();
  markLinks();
  show("off-page", isShell && location.pathname !== "/hand-out");
  show("lost", (await outbox.recall("told_lost")) === false);
  becomeUsable();
  await openSection();
  await look();
  const worker = navigator.serviceWorker.register("/field/worker.js", { scope: "/hand-out", type: "module" });
  await renew();
  becomeUsable();
  sendNow();
  await worker;
  await getReady();
};

if (isSecureContext && navigator.serviceWorker) start().catch(() => device || goPlain());
else goPlain();

function goPlain() {
  root.dataset.field = "plain";
  show("plain", true);
}
