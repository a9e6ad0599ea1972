/**
 * Sections of the log page that tell more than a tile: other items, what came back, for whom, a refill.
 *
 * The page says what is asked: what stands in a [data-record] becomes a record of that kind, each [data-row] in it a line.
 * Records go to the outbox and stand nowhere else; only this open page remembers what was told on a visit so far, because
 * each record carries the whole of it. What was skipped is left out; it is never "no" or 0. What is no number where one
 * is meant, or a form in which nothing was told, is said by the page's own sentence, and nothing is saved.
 */

const NOT_TOLD = ":disabled, :not(:checked):is([type=radio], [type=checkbox])";

let visit; // whose answers these are
let soFar;
let isSaving = false; // one press, one record

/** Return what stands in a record or a line of the page, by the names of its fields. */
export const told = (owner) => {
  const answers = {};
  for (const field of owner.querySelectorAll("[name]")) {
    const value = field.value;
    const isOwn = field.closest("[data-record], [data-row]") === owner;
    if (!isOwn || !value || field.matches(NOT_TOLD)) continue;
    answers[field.name] = field.type === "number" ? field.valueAsNumber : value === "true" || value;
  }
  const lines = [...owner.querySelectorAll("[data-row]")]
    .filter((row) => row.querySelector("[name=units]").valueAsNumber !== Number(row.querySelector("[name=units]").defaultValue))
    .map(told)
    .filter(({ item, lot, units }) => (item ?? lot) && units !== undefined);
  if (lines.length) answers[owner.dataset.rows] = lines;
  return answers;
};

/** Return a copy of what stands in a template. */
export const copyOf = (template) => template.content.firstElementChild.cloneNode(true);

/** Return a new line for any item. */
export const anyItem = () => {
  const row = copyOf(document.querySelector("#other template"));
  row.querySelector("[name=units]").value = 1;
  return row;
};

/** Return the name of an item. */
export const nameOf = (item) => anyItem().querySelector(`[value="${item}"]`)?.text ?? "";

/** Offer lots in a select whose first choice is the one that goes out first. */
export const offerLots = (select, lots, chosen) => {
  const held = document.getElementById("other").dataset.held;
  const day = (expiry) => new Date(expiry).toLocaleDateString(document.documentElement.lang, { timeZone: "UTC" });
  const words = (lot) => [lot.number, lot.expiry && day(lot.expiry), lot.held && held].filter(Boolean).join(" · ");
  const numbered = lots.filter(({ number }) => number);
  const options = numbered.map((lot) => new Option(words(lot), lot.id, false, lot.id === chosen));
  select.replaceChildren(select.options[0], ...options);
  select.closest(".field").hidden = !options.length;
};

const complain = (field, sentence) => {
  field.closest("details")?.setAttribute("open", "");
  field.setCustomValidity(sentence);
  field.reportValidity();
};

/** Say at the button of a form that nothing was told in it. */
export const complainOfNothing = (form) => complain(form.querySelector("[type=submit]"), form.dataset.nothing);

/** Return whether every number of a form can be saved; say at the first that cannot what is meant there. */
const isRight = (form) => {
  const { step, wrong } = form.querySelector("[name=measure] :checked")?.dataset ?? {};
  if (step) form.elements.amount.step = step;
  const fields = [...form.querySelectorAll("[type=submit], [type=number]")];
  for (const field of fields) field.setCustomValidity("");
  const bad = fields.find((field) => !field.checkValidity());
  if (bad) complain(bad, wrong ?? bad.dataset.wrong);
  return !bad;
};

/** Let the buttons of a section work: save(button) writes what is told, add() begins another line. */
export const prepare = (section, page, save, add) => {
  const saveOnce = async (button) => {
    if (isSaving) return;
    isSaving = true;
    try {
      await save(button);
    } finally {
      isSaving = false;
    }
  };
  section.onclick = ({ target }) => {
    const button = target.closest("[type=button]");
    if (button?.matches(".step *")) {
      const input = button.parentElement.querySelector("input");
      button.value === "up" ? input.stepUp() : input.stepDown();
      button.parentElement.querySelector("output").value = input.value;
    } else if (button?.dataset.told) saveOnce(button);
    else if (button) add();
  };
  section.onsubmit = (event) => {
    event.preventDefault();
    if (isRight(event.target)) saveOnce();
  };
  section.oninput = ({ target }) => {
    for (const part of section.querySelectorAll("[data-if]")) {
      part.hidden = part.disabled = !part.dataset.if.split(" ").some((value) => section.querySelector(`[value=${value}]:checked`));
    }
    const lot = target.name === "item" && target.closest("[data-row]").querySelector("[name=lot]");
    if (!lot) return;
    target.closest("[data-row]").querySelector(".hint").textContent = target.selectedOptions[0].dataset.unit ?? "";
    offerLots(lot, page.lotsOf(target.value));
  };
  section.querySelectorAll("form").forEach((form) => form.reset());
  section.oninput({ target: section });
};

const answersIn = (owner) => {
  const said = owner.dataset;
  if (said.told) return JSON.parse(said.told);
  return said.within ? { [said.within]: told(owner) } : told(owner);
};

/** Return what stands beside "Saved", in words of the section. */
const summary = (section, { lines = [], returned }, button) => {
  const words = {
    back: () => [returned.amount, returned.measure !== "counted" && section.querySelector(`[value=${returned.measure}]`).text],
    whom: () => [button.closest("fieldset")?.querySelector("legend").textContent, button.textContent],
  };
  const said = words[section.id]?.() ?? lines.map(({ item, units }) => `${units} × ${nameOf(item)}`);
  if (section.id === "other") return said.join(", ");
  return [section.querySelector("h2").textContent, said.filter(Boolean).join(", ")].filter(Boolean).join(": ");
};

/** Make a section ready, each time it is opened. */
export const open = (section, { outbox, page }) => {
  const lines = section.querySelector("[data-lines]");
  const add = () => {
    lines.append(anyItem());
    lines.lastElementChild.querySelector("select").focus();
  };
  const save = (button) => {
    const owners = button ? [button] : [...section.querySelectorAll("[data-record]:not(:disabled, button)")];
    const common = { visit: page.visit, place: page.place.id };
    if (visit !== page.visit) [visit, soFar] = [page.visit, {}];
    const before = soFar;
    const records = [];
    for (const owner of owners) {
      const kind = owner.dataset.record;
      let answers = answersIn(owner);
      if (Object.keys(answers).every((name) => name === "loose")) continue; // that alone tells nothing
      if (kind === "told") answers = soFar = { ...before, ...answers };
      records.push([kind, { ...common, ...answers, ...(answers.loose && { visit: undefined }) }]);
    }
    if (!records.length) return complainOfNothing(section.querySelector("form"));
    return page.save(records, summary(section, records[0][1], button), (how) => {
      soFar = before;
      const nothing = { returned: null, audience: null, others: null };
      if (how === "taken back" && records[0][0] === "told") outbox.save("told", { ...common, ...nothing, ...before });
    });
  };
  prepare(section, page, save, add);
  lines?.replaceChildren();
  if (lines) add();
  const isIn = [...section.querySelectorAll("#refill-item option")].some(({ value }) => page.onVisit[value]);
  if (section.id === "refill") section.querySelector("[name=units]").value = Number(!isIn);
};
