/**
 * Keeps the queue on the screen as it is now: every 20 seconds the page is read anew and its list takes the place of the old one.
 *
 * Without this file the page is as it was when it was opened. Nothing is asked for while nobody looks, and nothing moves under a
 * finger: while a button of the list is pressed or has the focus, the list stays. Reading by itself is no sign that somebody is
 * there, so the request says so, and a session ends when its person has gone.
 */

const EVERY = 20000;
const list = () => document.getElementById("queue-now");
let isPressed = false;

const stays = () => document.hidden || isPressed || list().contains(document.activeElement);

const renew = async () => {
  if (stays()) return;
  let answer;
  try {
    answer = await fetch(location.href, { headers: { "X-By-Itself": "yes" } });
  } catch {
    return; // no connection: the list stays as it was, and says since when
  }
  if (answer.redirected || answer.status === 401) {
    location.reload(); // the session has ended: the page asks to sign in
    return;
  }
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const newer = page.getElementById("queue-now");
  if (newer && !stays()) list().replaceWith(document.adoptNode(newer));
};

if (list()) {
  document.addEventListener("pointerdown", () => (isPressed = true));
  document.addEventListener("pointerup", () => (isPressed = false));
  document.addEventListener("pointercancel", () => (isPressed = false));
  document.addEventListener("visibilitychange", renew);
  setInterval(renew, EVERY);
}
