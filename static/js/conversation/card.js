/**
 * Makes a card smoother: what is typed or ticked is kept on the server before it is sent, so that no silence loses it; a way out
 * and a tick exclude each other; a voice of this device reads the card, or a sentence says that it has none. Without this file the card works the same, and nothing is read.
 *
 * Nothing is stored in the browser, and only voices that live on the device are used: others would send the words away.
 */

const form = document.querySelector("[data-card]");
const typed = form.querySelectorAll("[data-typed]");
const SHORT_WHILE = 3000;
let timer = 0;
let isSent = false;

const keep = () => {
  clearTimeout(timer);
  timer = 0;
  if (isSent) return;
  fetch(form.dataset.card, { method: "POST", body: new FormData(form), keepalive: true }).catch(() => {}); // it is in the page still
};

const keepSoon = () => {
  if (!timer) timer = setTimeout(keep, SHORT_WHILE);
};

for (const field of typed) field.addEventListener("input", keepSoon);
form.querySelector("[data-answers]")?.addEventListener("change", keepSoon);
form.addEventListener("submit", () => {
  isSent = true;
  clearTimeout(timer);
});
window.addEventListener("pagehide", () => {
  if (timer) keep();
});

const ways = form.querySelectorAll("[data-answers] [type=radio]");
const ticks = form.querySelectorAll("[data-answers] [type=checkbox]");
for (const way of ways) {
  way.addEventListener("change", () => ticks.forEach((tick) => (tick.checked = false)));
}
for (const tick of ticks) {
  tick.addEventListener("change", () => ways.forEach((way) => (way.checked = false)));
}

const button = form.querySelector("[data-read-aloud]");
const language = button?.closest("[lang]").lang;
const voice = () => speechSynthesis.getVoices().find((each) => each.localService && each.lang.startsWith(language));

const readAloud = () => {
  speechSynthesis.cancel();
  const words = [...form.querySelectorAll("[data-answers] :is(legend, .why, .choice)")].map((each) => each.textContent.trim());
  const speech = new SpeechSynthesisUtterance(words.join(". "));
  speech.voice = voice();
  speech.lang = language;
  speech.rate = 0.9;
  speechSynthesis.speak(speech);
};

if (button && "speechSynthesis" in window) {
  const none = form.querySelector("[data-no-voice]");
  const offer = () => {
    button.hidden = !voice();
    none.hidden = !button.hidden;
  };
  offer();
  speechSynthesis.addEventListener?.("voiceschanged", offer); // browsers look for voices after the page is there
  button.addEventListener("click", readAloud);
  window.addEventListener("pagehide", () => speechSynthesis.cancel());
}
