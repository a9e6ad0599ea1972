/**
 * Makes the log page work without a signal: a tap is saved on this phone, and sent when it can be.
 *
 * It promises: "Saved" stands there only once it is on the disk, no quick tap is lost, and nothing moves under a finger.
 * Words come from the page. Where a browser cannot do this, the page stays the plain form that it is.
 */

import { endHold, HOLD, onChange, recall, remember, save as keepRecord, send, status, undo, wasLost } from "./outbox.js";
import { count, countAnew, keepCounts, know, lotFor, lotsOf, phone, renew, shellOf } from "./kit.js";

const SAME_VISIT = 60_000; // milliseconds
const KIT_AGES = 1_800_000;
export const THREE_DAYS = 259_200_000;
const PAUSE = 2000; // before the second try; every further one waits twice as long
const LONGEST_PAUSE = 300_000;
export const CLOCK_OFF = 300; // seconds

const root = document.documentElement;
const lang = root.lang;
const byId = (id) => document.getElementById(id);
const all = (selector) => [...document.querySelectorAll(selector)];
const form = byId("tiles");
const line = byId("status");
const words = line.dataset;
const isShell = !form.dataset.place;
const show = (id, isShown) => byId(id)?.toggleAttribute("hidden", !isShown);

// ---- The visit that goes on ----

let visit; // {id, place, at, taps}
let undoable = [];

const taps = () => visit?.taps ?? [];
const totals = () => {
  const total = {};
  for (const { item, units } of taps().flatMap(({ lines }) => lines)) total[item] = (total[item] ?? 0) + units;
  return total;
};

/** Return what the visit got, the last thing first: the rest may be cut. */
const summary = () => {
  const times = {};
  for (const { what } of [...taps()].reverse()) times[what] = (times[what] ?? 0) + 1;
  const said = ([what, n]) => (n > 1 ? `${n.toLocaleString(lang)} × ${what}` : what);
  return Object.entries(times).map(said).join(", ");
};

const showVisit = () => {
  for (const tile of all(".pocket")) {
    const times = taps().filter(({ button }) => button === tile).length;
    const badge = tile.querySelector(".in");
    badge.firstChild.data = times.toLocaleString(lang);
    badge.hidden = !times;
    tile.classList.toggle("is-in", times);
  }
  show("visit", visit);
  show("after", visit && byId("back"));
  byId("undo").disabled = !undoable.length;
};

/** End the visit; "Same as last" hands out once more what it handed out. */
const nextPerson = () => {
  const again = byId("again");
  if (again && taps().length) {
    again.dataset.lines = Object.entries(totals()).map((pair) => pair.join("=")).join(" ");
    again.querySelector(".vh").textContent = summary();
    again.hidden = false;
  }
  visit = news = undefined;
  undoable = [];
  showVisit();
  sayState();
};

const begin = () => {
  nextPerson();
  visit = { id: crypto.randomUUID(), place: phone.place.id, at: Date.now(), taps: [] };
};

// ---- The line that says what is true ----

let news; // {title, about}: what just happened
let unsaved = 0;
let state = {};

const time = (moment) => {
  const isToday = new Date(moment).toDateString() === new Date().toDateString();
  return new Date(moment).toLocaleString(lang, { dateStyle: isToday ? undefined : "medium", timeStyle: "short" });
};

const aboutSending = ({ waiting, since, sentAt, why }) => {
  if (!waiting) return sentAt ? words.sent.replace("{time}", time(sentAt)) : "";
  const age = Date.now() - since;
  const said = [(waiting > 1 ? words.other : words.one).replace("{n}", waiting.toLocaleString(lang))];
  if (age > SAME_VISIT) said.push(words.since.replace("{time}", time(since)));
  if (why === "sign_in") said.push(`– ${words.signIn}`);
  if (age > THREE_DAYS) said.push(`– ${words.alarm}`);
  return said.join(" ");
};

const sayState = () => {
  const isWaiting = Boolean(state.waiting || unsaved);
  const sending = aboutSending(state);
  const ready = root.dataset.field === "ready" ? words.ready : "";
  const now = unsaved ? { title: words.full } : (news ?? { title: sending || ready, about: sending && ready });
  line.className = `status status-${isWaiting ? "wait" : "done"}`;
  line.querySelectorAll(":scope > .icon").forEach((icon, number) => icon.toggleAttribute("hidden", !number === isWaiting));
  line.hidden = !now.title;
  line.querySelector("b").textContent = now.title;
  line.querySelector("[data-about]").textContent = now.about ?? "";
  line.querySelector("[data-sending]").textContent = now.title === sending ? "" : sending;
  show("sign-in", state.waiting && state.why === "sign_in");
  show("clock", Math.abs(state.clockOff) > CLOCK_OFF);
};

const look = async () => {
  state = await status();
  sayState();
  navigator.setAppBadge?.(state.waiting).catch(() => {});
};

// ---- Saving ----

/** Save a record however long it takes: a full disk is said, and tried again. */
const keep = async (kind, fields) => {
  const at = new Date().toISOString();
  const id = crypto.randomUUID();
  for (let isLate = 0; ; isLate = 1) {
    try {
      const saved = await keepRecord(kind, { at, ...fields }, { id });
      unsaved -= isLate;
      return saved;
    } catch {
      unsaved += 1 - isLate;
      sayState();
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      if (!(await recall("device").catch(() => true))) await fetchKit(); // the browser threw everything away
    }
  }
};

/** Close the section that is open: its place in the history becomes that of the tiles, so that Back does not open it again. */
const closeSection = () => {
  if (!byId("home")?.hidden) return;
  history.replaceState(null, "", location.pathname + location.search);
  onhashchange();
  line.querySelector("[role=status]").focus();
};

/** Save records of the visit, say so, and return to the tiles; undone(how) is called when somebody undoes them. */
const save = async (records, what, undone, about = () => what) => {
  const where = phone.place.id;
  const taken = [];
  const chosen = records.map(([kind, fields]) => {
    if (!fields.lines) return [kind, fields];
    const lines = fields.lines.map((one) => (one.lot ? one : { ...one, ...lotFor(one.item, one.units) }));
    count(lines, where, 1);
    taken.push(...lines);
    return [kind, { ...fields, lines }];
  });
  const saved = await Promise.all(chosen.map((record) => keep(...record)));
  undoable.push(async () => {
    const how = await Promise.all(saved.map(({ id }) => undo(id)));
    count(taken, where, -1);
    undone?.(how.at(-1));
    return what;
  });
  navigator.vibrate?.(30);
  state.waiting = (state.waiting ?? 0) + saved.length;
  news = { title: words.saved, about: about() };
  showVisit();
  sayState();
  closeSection();
  sendIn(HOLD);
  keepCounts().then(() => pageOpened?.then(({ askToKeep }) => askToKeep()));
  return saved;
};

const tap = async (button, since) => {
  if (visit?.place !== phone.place.id || Date.now() - visit.at > SAME_VISIT) begin();
  const lines = button.dataset.lines.split(" ").map((pair) => {
    const [item, units] = pair.split("=");
    return { item, units: Number(units) };
  });
  const name = button.querySelector("span:not(.in)").textContent;
  const contents = button.querySelector("small")?.textContent;
  const what = contents ? `${name}: ${contents}` : button.querySelector(".vh").textContent;
  const own = { button, what, lines };
  const now = visit;
  now.taps.push(own);
  now.at = Date.now();
  const undone = () => (now.taps = now.taps.filter((one) => one !== own));
  await save([["hand_out", { visit: now.id, place: phone.place.id, lines }]], what, undone, summary);
  performance.measure("field-save", { start: since, end: performance.now() });
};

const undoLast = async () => {
  byId("undo").disabled = true;
  const last = undoable.pop();
  const what = await last().catch((problem) => {
    undoable.push(last); // it can be pressed again
    showVisit();
    throw problem;
  });
  await keepCounts();
  news = { title: words.undone.replace("{what}", what) };
  showVisit();
  sendIn(0);
  await look();
  line.querySelector("[role=status]").focus();
};

// ---- Sending ----

let timer;
let dueAt = Infinity;
let pause = PAUSE;
let renewedAt = 0;

const sendIn = (wait) => {
  if (Date.now() + wait >= dueAt) return;
  clearTimeout(timer);
  dueAt = Date.now() + wait;
  timer = setTimeout(sendNow, wait);
};

const sendNow = async () => {
  clearTimeout(timer);
  dueAt = Infinity;
  const now = await send();
  pause = now.why ? Math.min(pause * 2, LONGEST_PAUSE) : PAUSE;
  if (now.left) sendIn(now.why ? pause * (0.5 + Math.random()) : HOLD);
};

const leave = () => endHold().then(sendNow);
const goOn = async () => {
  pause = PAUSE;
  if (!pageOpened || Date.now() - renewedAt > KIT_AGES) await fetchKit();
  await sendNow();
  await openPage();
  if (root.dataset.field !== "ready") await getReady().catch(() => {}); // there is another time
};

const fetchKit = async (isWhole = true) => {
  const before = phone.kit;
  const who = await recall("me");
  // No room for pages is no reason not to send.
  if (!(await renew(lang, isWhole, () => become("usable")).catch(() => {}))) return;
  renewedAt = Date.now();
  if (!state.waiting) countAnew();
  if (visit || phone.kit === before) return; // nothing moves under a finger
  if (isShell && who !== (await recall("me"))) location.reload(); // a kept page of the person before
  else pageOpened?.then(({ showRecalls }) => showRecalls());
};

// ---- The start ----

let pageOpened;
const showPlace = () => all("[data-at]").forEach((one) => (one.hidden = one.dataset.at !== phone.place?.id));

/** Return the visit that is shown, for what else is told of it. */
const shownVisit = () => {
  if (visit?.place !== phone.place.id) begin();
  return visit.id;
};

const say = (title) => sayState((news = { title }));

export { all, byId, closeSection, isShell, lang, leave, nextPerson, save, say, show, showPlace, shownVisit, time, totals };

/** Open what is not needed for a tap: sections, places, languages. It comes with the whole kit; without a signal, later. */
const openPage = async () => {
  if (phone.kit?.endsWith("-core") || !(await shellOf(lang))) return;
  pageOpened ??= import("./page.js").then((module) => module.begin());
  await pageOpened.catch(() => (pageOpened = undefined));
};

const listen = () => {
  let isPlain = false;
  form.onsubmit = (event) => {
    const isUsable = phone.place && phone.device && event.submitter?.dataset.lines;
    isPlain ||= !isUsable && !isShell; // once sent as a plain form, its second press is no second hand-out
    if (isPlain) return;
    event.preventDefault();
    if (isUsable) tap(event.submitter, event.timeStamp);
  };
  form.onkeydown = (event) => !(event.repeat && event.key === "Enter"); // one press, one hand-out
  byId("undo").onclick = undoLast;
  byId("next").onclick = nextPerson;
  onChange(look);
  ononline = goOn;
  onpagehide = leave;
  addEventListener("beforeunload", (event) => unsaved && event.preventDefault());
  document.onvisibilitychange = () => (document.hidden ? leave() : goOn());
};

/** Say how far this page has come: "usable", a tap is saved on this phone; "ready", it opens without a signal too. */
const become = (what) => {
  if (!phone.device || root.dataset.field === "ready") return;
  root.dataset.field = what;
  show("plain", false);
  performance.mark(`field-${what}`);
  showPlace();
  sayState();
};

/** See to it that this page opens without a signal; once it does, it says so. */
const getReady = async () => {
  become("usable");
  await navigator.serviceWorker.register("/field/worker.js", { scope: "/hand-out", type: "module" });
  // Nothing waits for this: where a worker does not come to life, it never happens.
  navigator.serviceWorker.ready.then(async () => (await shellOf(lang)) && become("ready"));
};

const start = async () => {
  if (await wasLost()) await remember("told_lost", false);
  const asked = new URLSearchParams(location.search).get("place")?.split(":")[1] ?? form.dataset.place;
  if (asked) await remember("place", asked);
  if (!isShell) await Promise.all([remember("me", form.dataset.me), remember("language", lang)]);
  await know();
  listen();
  show("off-page", isShell && location.pathname !== "/hand-out");
  show("lost", phone.told_lost === false);
  show("keeps", !phone.told_keeps && !(await navigator.storage?.persisted().catch(() => {})));
  become("usable");
  openPage();
  await look();
  await fetchKit(Boolean(phone.kit));
  sendNow();
  await getReady(); // the line is narrow: the worker comes after what a tap needs
  if (phone.kit?.endsWith("-core")) await fetchKit();
  await openPage();
};

/** Say that this window cannot keep anything; a phone that is set up already goes on saving. */
const bePlain = () => {
  if (phone.device) return;
  root.dataset.field = "plain";
  show("plain", true);
};

if (isSecureContext && navigator.serviceWorker) start().catch(bePlain);
else bePlain();
