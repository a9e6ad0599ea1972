/** Lists the areas that are kept on this phone, and removes them. */

const STORE = "areas";
const list = document.getElementById("saved-areas");
const nothing = document.getElementById("nothing-saved");
const notKept = document.getElementById("not-kept");
const template = document.getElementById("saved-area");
const language = document.documentElement.lang;

/** Take away everything that is kept, and the worker that serves it. */
const forgetAll = async () => {
  await caches.delete(STORE);
  const registration = await navigator.serviceWorker.getRegistration("/find/");
  await registration?.unregister();
};

const row = (store, request, answer) => {
  const line = template.content.cloneNode(true).firstElementChild;
  const name = decodeURIComponent(answer.headers.get("X-Title"));
  const made = new Date(answer.headers.get("X-Made"));
  const time = made.toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
  line.querySelector("[data-name]").textContent = name;
  line.querySelector("[data-time]").textContent = list.dataset.kept.replace("{time}", time);
  line.querySelector("[data-open]").href = request.url;
  line.querySelector("button").addEventListener("click", async () => {
    await store.delete(request);
    await show();
  });
  return line;
};

const show = async () => {
  const store = await caches.open(STORE);
  const rows = [];
  for (const request of await store.keys()) {
    const answer = await store.match(request);
    if (answer.headers.has("X-Title")) rows.push(row(store, request, answer));
  }
  list.replaceChildren(...rows);
  if (rows.length === 0) await forgetAll();
  nothing.hidden = rows.length > 0;
  notKept.hidden = rows.length === 0 || location.pathname === new URL(list.dataset.page, location).pathname;
};

if ("caches" in window) await show();
else nothing.hidden = false;
