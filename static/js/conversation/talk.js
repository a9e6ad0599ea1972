/**
 * Empties the screen of a conversation after a silence, and says so one minute before. Without this file the browser does it by
 * itself, however busy the two were on the page.
 *
 * The silence is counted by the clock on the wall, so a lid that was closed counts, too. A touch, a key or a scroll is a sign of
 * life; the server hears of one at most every minute, because it lets the conversation rest after the same silence.
 */

const talk = document.querySelector("[data-talk]");
const leaving = document.querySelector("[data-leaving]");
const limit = talk.dataset.seconds * 1000;
const MINUTE = 60000;

let heard = Date.now(); // when the server last heard of us
let later = 0;

const empty = () => {
  document.querySelector("main").replaceChildren();
  location.replace(talk.dataset.resting);
};

const tell = async () => {
  later = 0;
  heard = Date.now();
  let answer;
  try {
    answer = await fetch(talk.dataset.here, { method: "POST", body: new URLSearchParams({ csrf_token: talk.dataset.token }) });
  } catch {
    return; // no connection: the page stays as it is, and the next touch tells
  }
  if (answer.status >= 500) return; // the server has no room just now: what is typed here stays
  if (answer.status !== 204) empty(); // it rests, is over, or the session has ended
};

const isOver = () => Date.now() - heard >= limit;

const look = () => {
  if (isOver()) return empty();
  const isNear = Date.now() - heard >= limit - MINUTE;
  if (leaving.hidden === isNear) leaving.hidden = !isNear;
};

const live = () => {
  if (isOver()) return empty();
  leaving.hidden = true;
  if (later) return;
  if (Date.now() - heard >= MINUTE) return tell();
  later = setTimeout(tell, MINUTE - (Date.now() - heard));
};

for (const sign of ["pointerdown", "keydown", "input", "wheel", "touchmove"]) {
  document.addEventListener(sign, live, { passive: true });
}
window.addEventListener("focus", look);
document.addEventListener("visibilitychange", look);
window.addEventListener("pageshow", (event) => {
  if (event.persisted) isOver() ? empty() : location.reload(); // Back shows what is true now
});
document.querySelector("[data-stay]").addEventListener("click", tell);
setInterval(look, 1000);
