/**
 * "This phone": what waits, what the server said last, and the ways out. It shows numbers and states, never a record.
 */

import { CLOCK_OFF, leave, THREE_DAYS, time } from "./log.js";

/** Show how things stand now; anew after each press. */
export const open = async (section, { outbox }) => {
  const find = (name) => section.querySelector(`[data-${name}]`);
  const words = section.dataset;

  const show = async () => {
    const state = await outbox.status();
    const off = Math.abs(state.clockOff); // seconds
    const isOld = Date.now() - state.since >= THREE_DAYS;
    const facts = {
      waiting: state.waiting ? words.since.replace("{n}", state.waiting).replace("{time}", time(state.since)) : words.none,
      sent: state.sentAt ? time(state.sentAt) : words.never,
      tried: state.triedAt ? time(state.triedAt) : words.never,
      why: state.triedAt ? words[state.why || "answered"] : words.never,
      kept: words[await navigator.storage.persisted()],
      clock: off > CLOCK_OFF ? words.off.replace("{n}", Math.round(off / 60)) : words.right,
      lists: time(await outbox.recall("listed_at")),
      ...(await outbox.recallAll("label", "seq")),
    };
    for (const name in facts) find(name).textContent = facts[name];
    find("old").hidden = !isOld;
    find("iphone").hidden = !isOld || navigator.standalone !== false; // only iPhones know the word; false: in a tab
  };

  section.onclick = async ({ target }) => {
    const task = target.closest("button")?.value;
    if (task === "send") {
      find("why").textContent = words.sending;
      await leave();
    }
    if (task === "export") {
      const content = await outbox.exported();
      const href = URL.createObjectURL(new Blob([JSON.stringify(content)], { type: "application/json" }));
      const download = `field-outbox-${content.device.slice(0, 8)}.json`;
      Object.assign(document.createElement("a"), { href, download }).click();
    }
    await show();
  };
  await show();
};
