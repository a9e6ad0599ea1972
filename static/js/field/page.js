/**
 * What the log page has beside its tiles: sections that open by their address, places, languages, a page to hide behind.
 *
 * It comes with the whole kit, so that the first tap never waits for it. Links that need a signal say so without one.
 */

import { keepCounts, know, lotsOf, phone, shellOf } from "./kit.js";
import { all, byId, closeSection, isShell, lang, leave, nextPerson, save, say, show, showPlace, shownVisit, totals } from "./log.js";
import * as outbox from "./outbox.js";

const LEADS_AWAY = 'a[href^="/"]:not([href="/hand-out"], #hide)';

/** What a section may ask for, and do; place and lists are those of the moment in which it opens. */
const page = {
  lotsOf,
  save,
  get visit() {
    return shownVisit();
  },
  get onVisit() {
    return totals();
  },
  given: (id) => phone.given[id]?.items ?? {},
  forgetGiven: (id) => {
    delete phone.given[id];
    return keepCounts();
  },
};

/** Take parts of the kept page over into this one. */
const takeOver = async (...ids) => {
  const kept = new DOMParser().parseFromString(await (await shellOf(lang)).text(), "text/html");
  for (const id of ids) byId(id)?.replaceWith(kept.getElementById(id));
};

/** Give a page that came without them the sections of the kept one. */
const adopt = async () => {
  if (byId("places")) return;
  await takeOver("sections", "kept");
  for (const link of all("[data-here]")) link.href = link.dataset.here;
};

/** Show today's recalls: they are too important to wait until the page is opened again. */
const showRecalls = async () => {
  await takeOver("aside", "ask");
  showPlace();
  markLinks();
};

const choose = async (id) => {
  await outbox.remember("place", id);
  if (!isShell) return location.assign("/hand-out");
  await know();
  nextPerson();
  showPlace();
  closeSection();
};

/** Show the section that the address names, or the tiles; without a place, where one can be chosen. */
const openSection = async () => {
  const found = byId(location.hash.slice(1));
  const asked = found?.matches("#sections > section") ? found : undefined;
  const section = phone.place || asked?.id === "phone" ? asked : byId("places");
  for (const one of all("#sections > section")) one.hidden = one !== section;
  show("home", !section);
  if (found?.id === "tiles") found.querySelector(".pocket").focus();
  if (!section) return know(); // a section may have changed which lots are taken
  const module = section.dataset.module;
  Object.assign(page, { place: phone.place, lists: phone.lists });
  if (module) await (await import(`./${module}.js`)).open(section, { outbox, page });
  else section.onclick = ({ target }) => target.value && choose(target.value);
  section.querySelector("h2").focus();
};

const speak = async ({ hreflang, href }) => {
  if (!(await shellOf(hreflang))) return location.assign(href);
  await outbox.remember("language", hreflang);
  await fetch(href).catch(() => {}); // the other pages follow where there is a signal
  location.assign("/hand-out");
};

const followLink = (event) => {
  const link = event.target.closest(LEADS_AWAY);
  if (!link || (navigator.onLine && !link.hreflang)) return;
  event.preventDefault();
  if (link.hreflang) speak(link);
  else say(byId("status").dataset.signal.replace("{page}", link.innerText));
};

const markLinks = () => {
  for (const link of all(LEADS_AWAY)) link.ariaDisabled = !(navigator.onLine || link.hreflang);
};

// ---- A page to hide behind ----

/** Turn the page into an empty one at once: nothing of it stays in the title, the address or what is shown. */
const hide = () => {
  leave();
  sessionStorage.quiet = true;
  document.title = byId("hide").dataset.title;
  onhashchange = null;
  onpopstate = () => history.replaceState(null, "", "/"); // sections that were open before are still in the history
  onpopstate();
  const [main, heading, notes] = ["main", "h1", "textarea"].map((name) => document.createElement(name));
  heading.textContent = notes.ariaLabel = document.title;
  main.className = "field";
  notes.rows = 20;
  main.append(heading, notes);
  document.body.replaceChildren(main);
};

/** Stay hidden when somebody goes back to a log page of before; who asks for the page anew gets it. */
const hideAgain = (isBack) => {
  if (!isBack) delete sessionStorage.quiet;
  else if (sessionStorage.quiet && byId("hide")) hide();
};

const dismiss = ({ target }) => {
  show(target.dataset.dismiss, false);
  outbox.remember(`told_${target.dataset.dismiss}`, true);
};

let asked;

/** Ask the browser, once, to keep what waits. */
const askToKeep = () => {
  navigator.serviceWorker.ready.then(({ sync }) => sync?.register("field")).catch(() => {});
  asked ??= navigator.storage.persist();
};

const offerInstall = (event) => {
  event.preventDefault();
  show("install", true);
  byId("install").onclick = () => event.prompt();
};

/** Bring all of it to life, once. */
export const begin = async () => {
  onpageshow = ({ persisted }) => hideAgain(persisted || !byId("hide"));
  hideAgain(performance.getEntriesByType("navigation")[0].type === "back_forward");
  if (!byId("hide")) return { askToKeep, showRecalls };
  await adopt();
  byId("hide").onclick = (event) => {
    event.preventDefault();
    event.stopPropagation();
    hide();
  };
  document.onclick = followLink;
  for (const button of all("[data-dismiss]")) button.onclick = dismiss;
  addEventListener("beforeinstallprompt", offerInstall);
  addEventListener("online", markLinks);
  onoffline = markLinks;
  onhashchange = openSection;
  markLinks();
  show("ways", true);
  await openSection();
  for (const { dataset } of all("[data-module]")) import(`./${dataset.module}.js`).catch(() => {}); // here before it is needed
  return { askToKeep, showRecalls };
};
