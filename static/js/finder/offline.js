/**
 * The service worker of kept areas. It is there only after a person kept an area, and it adds nothing by itself:
 * with a connection everything comes from the server, without one what was kept does.
 */

const STORE = "areas";
const SLOW = 8000; // milliseconds after which a kept page is better than waiting
const LIST = "/find/saved";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const kept = async (address) => (await caches.open(STORE)).match(address, { ignoreVary: true });

const later = (answer) => new Promise((resolve) => setTimeout(resolve, SLOW, answer));

const answerOf = async (request) => {
  const saved = await kept(request.url);
  const network = fetch(request);
  try {
    return await (saved ? Promise.race([network, later(saved)]) : network);
  } catch (problem) {
    const instead = saved ?? (request.mode === "navigate" ? await kept(LIST) : undefined);
    if (instead) return instead;
    throw problem;
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && request.url.startsWith(self.location.origin)) event.respondWith(answerOf(request));
});
