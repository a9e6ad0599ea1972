/**
 * A shift of a van or a backpack without a signal: load out, see what went, choose lots, close out.
 *
 * The lists of today say what lies in it and whether it is out; what was saved here since counts before them. The phone
 * remembers the id of the shift, chosen lots, and numbers of supplies; the records say the rest.
 */

import { nameOf, offerLots, step, told } from "./extras.js";

const SHIFTS = "shifts"; // place → {id: of the shift that began here, isKnown: to the server, over: the one that ended here}
const OWN_LOTS = "own_lots"; // item → lot

/** Return for which shift a van is out, or nothing. */
const shiftOf = (van, here) => {
  if (van.shift && van.shift !== here.over) return van.shift;
  return here.isKnown ? undefined : here.id;
};

export const open = async (section, { outbox, page }) => {
  const find = (selector) => section.querySelector(selector);
  const [loading, closing] = section.querySelectorAll("form");
  const choice = find("#shift-van");
  const more = find("#shift-more");
  const shifts = (await outbox.recall(SHIFTS)) ?? {};
  const ownLots = (await outbox.recall(OWN_LOTS)) ?? {};
  const vans = page.lists.places.filter((place) => place.is_van);
  let van;

  const addRow = (form, key, name, value, hint = "") => {
    const row = find("template").content.cloneNode(true).firstElementChild;
    const input = row.querySelector("input");
    row.querySelectorAll("[data-name]").forEach((one) => (one.textContent = name));
    row.querySelector(".hint").textContent = hint;
    Object.assign(input, { name: key, value, defaultValue: value, ariaLabel: name });
    form.querySelector("[data-rows]").append(row);
  };

  const showLoading = () => {
    find("#shift-source").replaceChildren(...van.sources.map(({ id, name }) => new Option(name, id)));
    for (const [item, units] of Object.entries(van.load)) addRow(loading, item, nameOf(item), units);
    more.replaceChildren(...[...document.querySelector("#other template").content.querySelector("select").options].map((one) => one.cloneNode(true)));
  };

  const showGiven = () => {
    const given = Object.entries(page.given(van.id)).filter(([, units]) => units);
    const list = given.flatMap(([item, units]) => [[ "dt", nameOf(item) ], [ "dd", units ]]);
    find("[data-given]").replaceChildren(...list.map(([tag, text]) => Object.assign(document.createElement(tag), { textContent: text })));
    find("[data-nothing]").hidden = given.length > 0;
  };

  const showLots = (isCounted) => {
    find("[data-own]").replaceChildren();
    for (const item of Object.keys(van.lots)) {
      const lots = page.lotsOf(item, van);
      const row = closing.querySelector("template").content.cloneNode(true).firstElementChild;
      find("[data-own]").append(row);
      row.querySelector("[data-name]").textContent = nameOf(item);
      offerLots(row.querySelector("select"), lots, ownLots[item]);
      row.querySelector("select").onchange = ({ target }) => outbox.remember(OWN_LOTS, Object.assign(ownLots, { [item]: target.value }));
      for (const { id, number, left } of isCounted ? lots : []) {
        addRow(closing, id, [nameOf(item), number].filter(Boolean).join(" · "), left, section.dataset.left.replace("{n}", left));
      }
    }
  };
};
