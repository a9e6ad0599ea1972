/**
 * Keeps the page of an area on this phone, with what it needs to open without a connection.
 *
 * It is fetched as nobody in particular, so that no name of the team is in what is kept. Only what a person chose is
 * kept, and "Remove" takes it away. A kept page that opens with a connection is kept anew. When it was made is what the
 * server wrote on it: without a connection the worker answers with the kept one, which that makes no younger.
 */

const STORE = "areas";
const area = document.getElementById("area");
const keep = document.getElementById("keep");
const forget = document.getElementById("forget");
const status = document.getElementById("keep-status");
const OLD = 10 * 60000; // milliseconds: from then on a page says when it was made
const here = location.pathname + location.search;

const asNobody = (address) =>
  fetch(address, { credentials: "omit", headers: { "Accept-Language": document.documentElement.lang } });

/** Return the files that this page is drawn with. */
const filesOfPage = () => {
  const used = document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src], use");
  const addresses = [...used].map((one) => one.href?.baseVal ?? one.href ?? one.src);
  const whole = addresses.map((address) => new URL(address, location).href.split("#")[0]);
  return [...new Set(whole)].filter((address) => !address.startsWith("data:")); // the icon comes with the page
};

/** Return what the list of kept areas says about the page of an area; any other page is an error. */
const aboutArea = (html) => {
  const { title, made } = new DOMParser().parseFromString(html, "text/html").getElementById("area").dataset;
  return { "X-Title": encodeURIComponent(title), "X-Made": made };
};

const store = async (address, about = () => ({})) => {
  const answer = await asNobody(address);
  if (!answer.ok || answer.redirected) throw new Error(address);
  const content = await answer.blob();
  const headers = { "Content-Type": answer.headers.get("Content-Type"), ...about(await content.text()) };
  await (await caches.open(STORE)).put(address, new Response(content, { headers }));
};

/** Return the files that the list of kept areas needs beside those of this page. */
const filesOfList = async () => {
  const html = await (await asNobody(keep.dataset.savedPage)).text();
  return [...html.matchAll(/(?:src|href)="(\/static\/[^"#]+)/g)].map((found) => found[1].replaceAll("&amp;", "&"));
};

const keepAll = async () => {
  await navigator.serviceWorker.register(keep.dataset.worker, { scope: "/find/" });
  const files = new Set([...filesOfPage(), ...(await filesOfList()).map((file) => new URL(file, location).href)]);
  for (const file of [...files, keep.dataset.savedPage]) await store(file);
  await store(here, aboutArea);
  await navigator.serviceWorker.ready; // only then does the kept page open without a connection
};

const show = async () => {
  const isKept = Boolean(await caches.match(here));
  keep.hidden = isKept;
  forget.hidden = !isKept;
  return isKept;
};

const sayAge = () => {
  const made = new Date(area.dataset.made);
  if (Date.now() - made < OLD) return;
  const time = made.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  document.getElementById("saved-notice").textContent = area.dataset.savedNotice.replace("{time}", time);
};

sayAge();
if (keep && "serviceWorker" in navigator && "caches" in window) {
  if (await show()) keepAll().catch(() => {}); // without a connection the kept one stays as it is
  keep.addEventListener("click", async () => {
    try {
      await keepAll();
      status.textContent = keep.dataset.kept;
    } catch {
      status.textContent = keep.dataset.failed;
    }
    await show();
  });
  forget.addEventListener("click", async () => {
    await (await caches.open(STORE)).delete(here);
    status.textContent = "";
    await show();
  });
}
