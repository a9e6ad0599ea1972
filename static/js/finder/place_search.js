/**
 * Suggests places while somebody types, as an ARIA combobox with a list.
 *
 * Without this file the text is sent as it is, and the page shows which places it may mean.
 */

const input = document.querySelector("[data-suggest]");
const chosen = input.form.elements.place;
const list = document.createElement("ul");
const WAIT = 150; // milliseconds after the last letter
let timer = 0;
let asked = 0;
let active = -1;
let pressed = false; // closing the list moves the page: not while a finger is down, or its tap misses what it was aimed at

list.id = "places";
list.className = "suggestions";
list.role = "listbox";
list.ariaLabel = input.labels[0].textContent;
list.hidden = true;
input.closest(".field").append(list);
for (const [name, value] of Object.entries({
  role: "combobox",
  "aria-autocomplete": "list",
  "aria-controls": list.id,
  "aria-expanded": "false",
})) {
  input.setAttribute(name, value);
}

const options = () => [...list.children];

const close = () => {
  list.hidden = true;
  active = -1;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
};

const choose = (option) => {
  input.value = option.textContent;
  chosen.value = option.dataset.key;
  close();
};

const mark = (index) => {
  const all = options();
  active = (index + all.length) % all.length;
  all.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
  input.setAttribute("aria-activedescendant", all[active].id);
  all[active].scrollIntoView({ block: "nearest" });
};

const show = (places) => {
  list.replaceChildren(
    ...places.map((place, index) => {
      const option = document.createElement("li");
      option.id = `place-${index}`;
      option.role = "option";
      option.dataset.key = place.key;
      option.textContent = place.label;
      option.setAttribute("aria-selected", "false");
      return option;
    }),
  );
  active = -1;
  list.hidden = places.length === 0;
  input.setAttribute("aria-expanded", String(!list.hidden));
  input.removeAttribute("aria-activedescendant");
};

const suggest = async () => {
  const number = ++asked;
  const text = input.value.trim();
  if (text.length < 2) return close();
  try {
    const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(text)}`);
    const places = answer.ok ? await answer.json() : [];
    if (number === asked && document.activeElement === input) show(places);
  } catch {
    close(); // no connection: the text is sent as it is
  }
};

input.addEventListener("input", () => {
  chosen.value = "";
  clearTimeout(timer);
  timer = setTimeout(suggest, WAIT);
});

input.addEventListener("keydown", (event) => {
  if (list.hidden) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    mark(event.key === "ArrowDown" ? active + 1 : Math.max(active, 0) - 1);
  } else if (event.key === "Enter" && active >= 0) {
    event.preventDefault();
    choose(options()[active]);
  } else if (event.key === "Escape") {
    event.preventDefault();
    close();
  }
});

list.addEventListener("pointerdown", (event) => event.preventDefault()); // the input keeps the focus
list.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (option) choose(option);
});
input.addEventListener("blur", () => {
  if (pressed) addEventListener("pointerup", () => setTimeout(close), { once: true });
  else close();
});
for (const kind of ["pointerdown", "pointerup", "pointercancel"]) {
  addEventListener(kind, () => { pressed = kind === "pointerdown"; }, true);
}
