/**
 * A shift of the van or backpack that one works from, without a signal: load out, see what went, choose lots, close out.
 *
 * The lists of today say what lies in it and whether it is out; what was saved on this phone since counts before them.
 * Beside the records the phone remembers the id of the shift, own choices of lots, and numbers of supplies.
 */

import { anyItem, complainOfNothing, copyOf, nameOf, offerLots, prepare, told } from "./extras.js";

/** Show the shift as it is now, each time the section is opened. */
export const open = async (section, { outbox, page }) => {
  const find = (name) => section.querySelector(`[data-${name}]`);
  const list = (name) => section.querySelector(`[data-list=${name}]`);
  const van = page.place;
  const ownLots = (await outbox.recall("own_lots")) ?? {}; // by item
  const here = (await outbox.recall("shifts"))?.[van.id] ?? {}; // {id, isKnown: the server has it, over: those that ended here}
  const over = here.over ?? [];
  const keep = (news) => outbox.remember("shifts", (shifts) => ({ ...shifts, [van.id]: news }));
  const isListed = Boolean(van.shift) && !over.includes(van.shift);
  const shift = isListed ? van.shift : here.isKnown ? undefined : here.id;
  if (isListed) await keep({ ...here, id: shift, isKnown: true });
  const forms = section.querySelectorAll("form");
  const form = forms[Number(Boolean(shift))];

  const addNumber = (field, value, name, from, units, hint = "") => {
    const row = copyOf(find("number"));
    row.querySelectorAll("[data-name]").forEach((one) => (one.textContent = name));
    row.querySelector(".hint").textContent = hint;
    Object.assign(row.querySelector("[type=hidden]"), { name: field, value });
    Object.assign(row.querySelector("[type=number]"), { defaultValue: from, value: units, ariaLabel: name });
    list(field).append(row);
  };

  const offerOwn = (item, lots) => {
    const row = copyOf(find("own-row"));
    const select = row.querySelector("select");
    row.querySelector("[data-name]").textContent = nameOf(item);
    offerLots(select, lots, ownLots[item]);
    select.onchange = () => outbox.remember("own_lots", Object.assign(ownLots, { [item]: select.value }));
    list("own").append(row);
  };

  const showLots = (item) => {
    const lots = page.lotsOf(item, van);
    if (lots.length > 1) offerOwn(item, lots);
    for (const { id, number, left } of isListed ? lots : []) {
      const name = [nameOf(item), number].filter(Boolean).join(" · ");
      const due = Math.max(left, 0);
      addNumber("lot", id, name, due, due, section.dataset.left.replace("{n}", due));
    }
  };

  const save = async () => {
    const record = { ...(shift ? { shift } : { place: van.id }), ...told(form) };
    if (!shift && !record.items && !Object.keys(van.lots).length) return complainOfNothing(form); // it would go out empty
    const saved = await page.save([[form.dataset.record, record]], form.dataset.saved, () => keep(here));
    await keep(shift ? { over: [...over, shift].slice(-9) } : { id: saved[0].id, over });
    page.forgetGiven(van.id);
  };

  for (const rows of section.querySelectorAll("[data-list]")) rows.replaceChildren();
  prepare(section, page, save, () => list("item").append(anyItem()));
  for (const one of forms) one.hidden = one !== form || !van.is_van;
  find("none").hidden = van.is_van;
  find("place").textContent = van.name;
  find("source").replaceChildren(...van.sources.map(({ id, name }) => new Option(name, id)));
  find("store").textContent = van.sources[0]?.name;
  find("back").querySelector("input").value = van.sources[0]?.id;
  find("back").hidden = !van.sources.length;
  find("later").hidden = isListed;
  find("counts").hidden = !isListed;
  for (const [item, units] of Object.entries(van.load)) addNumber("item", item, nameOf(item), 0, units);
  Object.keys(van.lots).forEach(showLots);
  find("lots").hidden = !list("own").firstChild;
  const given = Object.entries(page.given(van.id)).map(([item, units]) => `${nameOf(item)}: ${units}`);
  find("given").textContent = given.join(", ") || find("given").dataset.given;
};
