/**
 * Makes "Near me" work: asks the phone where it is, and sends that once, as a form, rounded to three decimals.
 *
 * The position stands in no address and is kept nowhere. Without this file the button stays hidden.
 */

const near = document.getElementById("near-form");
const search = document.getElementById("find-form");
const status = document.getElementById("near-status");
const OWN = new Set(["csrf_token", "latitude", "longitude", "where", "place"]);

const copyQuestions = () => {
  near.querySelectorAll("[data-copied]").forEach((field) => field.remove());
  for (const [name, value] of new FormData(search)) {
    if (OWN.has(name) || !value) continue;
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    field.dataset.copied = "";
    near.append(field);
  }
};

const send = ({ coords }) => {
  near.elements.latitude.value = coords.latitude.toFixed(3);
  near.elements.longitude.value = coords.longitude.toFixed(3);
  copyQuestions();
  near.submit();
};

const explain = () => {
  status.textContent = near.dataset.denied;
  search.elements.where.focus();
};

if ("geolocation" in navigator) {
  near.hidden = false;
  near.addEventListener("submit", (event) => {
    event.preventDefault();
    status.textContent = near.dataset.waiting;
    navigator.geolocation.getCurrentPosition(send, explain, { maximumAge: 120000, timeout: 15000 });
  });
}
