/**
 * Sections of the log page that tell more than a tile: other items, what came back, for whom, a refill.
 *
 * What is told becomes a record of the outbox and stands nowhere else: between two answers only this open page remembers
 * it, because each record carries the whole of it. What was skipped is left out; it is never "no" or 0.
 */

let visit; // whose answers these are
let soFar;
let isSaving = false; // one press, one record

/** Return what a form or a line of it holds; what is empty, not ticked or not asked is left out. */
export const told = ({ elements }) =>
  Object.fromEntries(
    [...elements]
      .filter((one) => one.value && one.matches("select, [type=number], :checked") && !one.matches(":disabled"))
      .map(({ name, value }) => [name, isNaN(value) ? value : Number(value)]),
  );

/** Return an item's name as the list of other items has it. */
export const nameOf = (item) => document.querySelector(`#other option[value="${item}"]`)?.textContent ?? "";

/** Offer lots in a select whose first choice is the lot that goes out first. */
export const offerLots = (select, lots, chosen = "") => {
  const { held } = document.getElementById("other").dataset;
  const day = (expiry) => new Date(expiry).toLocaleDateString(document.documentElement.lang, { timeZone: "UTC" });
  const words = (lot) => [lot.number, lot.expiry && day(lot.expiry), lot.held && held].filter(Boolean).join(" · ");
  const numbered = lots.filter((lot) => lot.number);
  select.replaceChildren(select.options[0], ...numbered.map((lot) => new Option(words(lot), lot.id)));
  select.value = chosen;
  if (!select.value) select.selectedIndex = 0;
  select.closest(".field").hidden = !numbered.length;
};

/** Move the number whose minus or plus was pressed. */
export const step = ({ target }) => {
  const button = target.closest(".step button");
  if (!button) return;
  const [, input, , spoken] = button.parentElement.children;
  button.value === "up" ? input.stepUp() : input.stepDown();
  spoken.value = input.value;
};

const addLine = (form) => {
  form.querySelector("[data-lines]").append(form.querySelector("template").content.cloneNode(true));
  return form.querySelector("[data-lines] > :last-child select");
};

/** Return the record of what was told on this visit so far, and how it is undone. */
const tell = (news, { outbox, page }) => {
  if (visit !== page.visit) [visit, soFar] = [page.visit, {}];
  const record = (answers) => ["told", { visit: page.visit, place: page.place.id, ...answers }];
  const before = soFar;
  soFar = { ...before, ...news };
  const undone = (how) => {
    soFar = before;
    if (how === "taken back") outbox.save(...record({ returned: null, audience: null, others: null, ...before }));
  };
  return [[record(soFar)], undone];
};

/** What each section makes of its form and the button that was pressed: records, and how they are undone. */
const RECORDS = {
  other: (form, _button, { page }) => {
    const lines = [...form.querySelector("[data-lines]").children].map(told).filter(({ item }) => item);
    const given = lines.map((line) => (line.lot ? { ...line, how: "picked" } : line));
    return [lines.length ? [["hand_out", { visit: page.visit, place: page.place.id, lines: given }]] : []];
  },
  back: (form, { value }, tools) => {
    const { measure, amount } = value ? { measure: "counted", amount: Number(value) } : told(form);
    return amount === undefined ? [[]] : tell({ returned: { measure, amount } }, tools);
  },
  whom: (_form, { value, dataset }, tools) =>
    tell({ audience: value, others: dataset.others ? Number(dataset.others) : null }, tools),
  refill: (form, _button, { page }) => {
    const { fate, times, reply, kits, item, loose, ...report } = told(form);
    const place = page.place.id;
    const talk = { previous_fate: fate, times_used: times, reply, lines: kits ? [{ item, units: kits }] : undefined };
    const records = [];
    if (fate || reply) records.push(["talk", { visit: page.visit, place, ...talk }]);
    if (Object.keys(report).length) {
      records.push(["reversal", { visit: loose ? undefined : page.visit, place, loose: Boolean(loose), ...report }]);
    }
    return [records];
  },
};

const summary = (section, records) => {
  const [[, { lines, returned }]] = records;
  if (section.id === "other") return lines.map(({ item, units }) => `${units} × ${nameOf(item)}`).join(", ");
  return [section.querySelector("h2").textContent, returned?.amount].filter(Boolean).join(": ");
};

/** Show what the answers so far ask for. */
const follow = (form, target, page) => {
  for (const part of form.querySelectorAll("[data-if]")) {
    const [name, ...values] = part.dataset.if.split(" ");
    part.hidden = part.disabled = !values.includes(told(form)[name]);
  }
  if (target?.name !== "item" || form.elements.kits) return;
  const line = target.closest("fieldset");
  line.querySelector(".hint").textContent = target.selectedOptions[0].dataset.unit ?? "";
  offerLots(line.elements.lot, page.lotsOf(target.value));
};

/** Make a section ready, each time it is opened. */
export const open = (section, tools) => {
  const { page } = tools;
  const form = section.querySelector("form");
  if (!form) return; // links only
  const save = async (button) => {
    const [records, undone] = RECORDS[section.id](form, button, tools);
    if (!records.length) return form.querySelector("input, select").focus();
    if (isSaving) return;
    isSaving = true;
    await page.save(records, summary(section, records), undone).finally(() => (isSaving = false));
  };
  section.onclick = (event) => {
    step(event);
    const button = event.target.closest("button[type=button]");
    if (button?.value === "add") addLine(form).focus();
    else if (button?.name) save(button);
  };
  form.oninput = ({ target }) => follow(form, target, page);
  form.onsubmit = (event) => {
    event.preventDefault();
    save(event.submitter);
  };
  form.reset();
  form.querySelector("[data-lines]")?.replaceChildren();
  if (section.id === "other") addLine(form);
  const { kits, item } = form.elements;
  if (kits) kits.value = Number(![...item.options].some(({ value }) => page.onVisit?.[value]));
  follow(form);
};
