/** Shows the paper as it is chosen, at once; without this file the button of the form does the same. */

const form = document.querySelector("[data-paper-choices]");
const said = form?.querySelector("[data-paper-said]");
let asked = 0;

form?.addEventListener("change", async () => {
  const mine = ++asked;
  try {
    const answer = await fetch(...request(new URLSearchParams(new FormData(form))));
    const sheet = answer.ok ? sheetOf(await answer.text()) : null;
    if (mine !== asked) return; // something else was ticked meanwhile
    if (sheet) show(sheet, answer.url);
    else location.reload(); // it rests, or the session ended: that page says so
  } catch {
    // No connection: the button of the form is still there.
  }
});

/** Returns what to ask for: the choices of a running conversation are sent, those of a kept one stand in the address. */
function request(choices) {
  if (form.method === "post") return [form.action, { method: "POST", body: choices }];
  const address = new URL(form.action);
  address.search = choices.toString();
  return [address];
}

/** Returns the part of an answer that shows the paper, if there is one. */
function sheetOf(text) {
  return new DOMParser().parseFromString(text, "text/html").querySelector("[data-paper-sheet]");
}

/** Gives the look that was chosen to the ways on from here: the day that is put on it, and the only copy. */
function carryOver(look) {
  for (const way of document.querySelectorAll("form[action*='/paper/day'], a[href*='/only-copy']")) {
    const name = way.hasAttribute("href") ? "href" : "action";
    way.setAttribute(name, way.getAttribute(name).split("?")[0] + look);
  }
}

/** Puts the new paper in the place of the old one, and says so. */
function show(sheet, address) {
  document.querySelector("[data-paper-sheet]").replaceWith(sheet);
  history.replaceState(null, "", address);
  carryOver(new URL(address).search);
  for (const button of sheet.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  said.textContent = said.dataset.paperSaid;
}
