/**
 * The worker of the log page: it opens the page without a signal, from what the page has put into this browser.
 *
 * It only reads: which version is kept and in which language stands in the outbox's database (`kit`, `language`), and the
 * page turns that pointer once a version is there whole. So a new worker may take over at once: it knows no version.
 * Nothing that is posted passes through it, and what the finder keeps (`areas`) is none of its business.
 */

import { recall, recallAll, send } from "./outbox.js";

const LOG = "/hand-out";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const names = async () => (await caches.keys()).filter((name) => name.startsWith("field-"));

/** Return the kept page in the language of this phone; whatever there is, if nothing says which. */
const shell = async () => {
  const phone = await recallAll("kit", "language").catch(() => ({}));
  const cacheName = phone.kit ? `field-${phone.kit}` : (await names()).at(-1);
  const pages = cacheName ? await (await caches.open(cacheName)).keys() : [];
  const kept = pages.filter(({ url }) => url.includes("/field/shell/"));
  return caches.match(kept.find(({ url }) => url.endsWith(`/${phone.language}`)) ?? kept[0] ?? LOG, { cacheName });
};

/** Return a file that was kept with any version: its address says which. */
const file = async (request) => {
  for (const cacheName of await names()) {
    const found = await caches.match(request, { cacheName, ignoreVary: true });
    if (found) return found;
  }
  return undefined;
};

const isLog = ({ pathname, searchParams }) =>
  pathname === LOG && [...searchParams.keys()].every((name) => name === "place");

const page = async (request) => {
  const isKept = isLog(new URL(request.url)) && (await recall("kit").catch(() => false));
  const kept = isKept && (await shell());
  return kept || fetch(request).catch(async (problem) => (await shell()) ?? Promise.reject(problem));
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(self.location.origin)) return;
  event.respondWith(request.mode === "navigate" ? page(request) : file(request).then((kept) => kept ?? fetch(request)));
});

self.addEventListener("sync", (event) =>
  event.waitUntil(
    send().then(({ left, why }) => {
      if (left && why) throw new Error(why); // the browser tries again later
    }),
  ),
);
