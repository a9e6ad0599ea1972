/**
 * Makes "Near me" work: asks the phone where it is, sends that as a form, rounded to three decimals, and puts the
 * answer into this page.
 *
 * The position stands in no address. This tab alone remembers it, so that Back asks anew and shows what is near again;
 * what else was asked lies in the history entry. Without this file the button stays hidden.
 */

const near = document.getElementById("near-form");
const search = document.getElementById("find-form");
const status = document.getElementById("near-status");
const POSITION = "position"; // in this tab's storage: [latitude, longitude]
const OWN = new Set(["csrf_token", "latitude", "longitude", "where", "place"]);
const CHANGED = ["#answer", "#find-form summary"]; // the fields stay: others listen to them

const questionsIn = (form) => [...new FormData(form)].filter(([name, value]) => value && !OWN.has(name));

const write = (questions) => {
  [near.elements.latitude.value, near.elements.longitude.value] = JSON.parse(sessionStorage.getItem(POSITION));
  near.querySelectorAll("[data-copied]").forEach((field) => field.remove());
  for (const [name, value] of questions) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    field.dataset.copied = "";
    near.append(field);
  }
};

const show = (html, questions) => {
  const answer = new DOMParser().parseFromString(html, "text/html");
  for (const part of CHANGED) document.querySelector(part).replaceWith(answer.querySelector(part));
  document.getElementById("one-tap")?.remove();
  for (const field of search.elements) {
    if (field.type === "checkbox") {
      field.checked = questions.some(([name, value]) => name === field.name && value === field.value);
    }
  }
  for (const name of ["words", "lang"]) search.elements[name].value = new Map(questions).get(name) ?? "";
  search.elements.where.value = search.elements.place.value = status.textContent = "";
  document.getElementById("found").focus();
};

const ask = async (questions) => {
  write(questions);
  status.textContent = near.dataset.waiting;
  try {
    const answer = await fetch(near.action, { method: "POST", body: new URLSearchParams(new FormData(near)) });
    if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
    const html = await answer.text();
    if (history.state?.near) history.replaceState({ near: questions }, "");
    else history.pushState({ near: questions }, "", near.dataset.start);
    show(html, questions);
  } catch {
    near.submit(); // the browser says what is wrong
  }
};

const send = ({ coords }) => {
  sessionStorage.setItem(POSITION, JSON.stringify([coords.latitude.toFixed(3), coords.longitude.toFixed(3)]));
  ask(questionsIn(search));
};

const explain = () => {
  status.textContent = near.dataset.denied;
  search.elements.where.focus();
};

const isOfAnswer = (form) => form.closest("#answer") !== null && form.getAttribute("action") === near.getAttribute("action");

const isAskedAgain = (form) => form === search && Boolean(history.state?.near) && !search.elements.where.value.trim();

if ("geolocation" in navigator) {
  near.hidden = false;
  near.addEventListener("submit", (event) => {
    event.preventDefault();
    status.textContent = near.dataset.waiting;
    navigator.geolocation.getCurrentPosition(send, explain, { maximumAge: 120000, timeout: 15000 });
  });
  document.addEventListener("submit", (event) => {
    if (!isOfAnswer(event.target) && !isAskedAgain(event.target)) return;
    event.preventDefault();
    ask(questionsIn(event.target));
  });
  addEventListener("popstate", () => location.reload()); // the page of that time, or what is near anew
  if (history.state?.near && sessionStorage.getItem(POSITION)) ask(history.state.near);
}
