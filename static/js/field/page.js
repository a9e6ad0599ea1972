/**
 * What the log page has beside its tiles: sections that open by their address, places, languages, a page to hide behind.
 *
 * It comes with the whole kit, so that the first tap never waits for it. Links that need a signal say so without one.
 */

import * as outbox from "./outbox.js";

let page;

/** Give a page that came without them the sections of the kept one. */
const adopt = async () => {
  if (page.byId("places")) return;
  const kept = await (await page.shellOf(page.lang)).text();
  page.byId("sections").replaceWith(new DOMParser().parseFromString(kept, "text/html").getElementById("sections"));
  for (const link of page.all("[data-here]")) link.href = link.dataset.here;
};

const choose = async (id) => {
  await outbox.remember("place", id);
  if (!page.isShell) return location.assign("/hand-out");
  await page.know();
  page.nextPerson();
  page.showPlace();
  location.hash = "";
};

/** Show the section that the address names, or the tiles; without a place, where one can be chosen. */
const openSection = async () => {
  const found = page.byId(location.hash.slice(1));
  const asked = found?.matches("#sections > section") ? found : undefined;
  const section = page.place || asked?.id === "phone" ? asked : page.byId("places");
  for (const one of page.all("#sections > section")) one.hidden = one !== section;
  page.show("home", !section);
  if (found?.id === "tiles") found.querySelector(".pocket").focus();
  if (!section) return page.know(); // a section may have changed which lots are taken
  const module = section.dataset.module;
  if (module) (await import(`./${module}.js`)).open(section, { outbox, page });
  else section.onclick = ({ target }) => target.value && choose(target.value);
  section.querySelector("h2").focus();
};

const speak = async ({ hreflang, href }) => {
  if (!(await page.shellOf(hreflang))) return location.assign(href);
  await outbox.remember("language", hreflang);
  await fetch(href).catch(() => {}); // the other pages follow where there is a signal
  location.assign("/hand-out");
};

const followLink = (event) => {
  const link = event.target.closest('a[href^="/"]');
  if (!link || (navigator.onLine && !link.hreflang)) return;
  event.preventDefault();
  if (link.hreflang) speak(link);
  else page.say(page.byId("status").dataset.signal);
};

const markLinks = () => {
  for (const link of page.all('a[href^="/"]:not(#hide)')) link.ariaDisabled = navigator.onLine ? null : "true";
};

/** Turn the page into an empty one at once: nothing of it stays in the title, the address or what is shown. */
const hide = (event) => {
  event.preventDefault();
  event.stopPropagation();
  page.leave();
  document.title = page.byId("hide").dataset.title;
  history.replaceState(null, "", "/");
  const main = document.createElement("main");
  const heading = document.createElement("h1");
  const notes = document.createElement("textarea");
  heading.textContent = notes.ariaLabel = document.title;
  main.append(heading, notes);
  document.body.replaceChildren(main);
};

const dismiss = ({ target }) => {
  page.show(target.dataset.dismiss, false);
  outbox.remember(`told_${target.dataset.dismiss}`, true);
};

/** Ask the browser to keep what waits; where it does not promise that, say so once. */
const askToKeep = async () => {
  navigator.serviceWorker.ready.then(({ sync }) => sync?.register("field")).catch(() => {});
  const isKept = (await navigator.storage.persisted()) || (await navigator.storage.persist());
  page.show("keeps", !isKept && !(await outbox.recall("told_keeps")));
};

const offerInstall = (event) => {
  event.preventDefault();
  page.show("install", true);
  page.byId("install").onclick = () => event.prompt();
};

/** Bring all of it to life, once. */
export const begin = async (log) => {
  page = log;
  await adopt();
  page.byId("hide").onclick = hide;
  document.onclick = followLink;
  for (const button of page.all("[data-dismiss]")) button.onclick = dismiss;
  addEventListener("beforeinstallprompt", offerInstall);
  addEventListener("appinstalled", askToKeep);
  addEventListener("online", markLinks);
  addEventListener("offline", markLinks);
  onhashchange = openSection;
  markLinks();
  page.show("ways", true);
  await openSection();
  return { askToKeep };
};
