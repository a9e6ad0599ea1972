/**
 * "This phone": what waits, what the server said last, and the ways out. It shows numbers and states, never a record.
 */

const OLD = 3 * 86_400_000; // milliseconds after which waiting is an alarm
const MINUTE = 60; // seconds
const CLOCK_OFF = 5; // minutes that do not matter

/** Show how things stand now; anew after each press. */
export const open = async (section, { outbox, page }) => {
  const find = (name) => section.querySelector(`[data-${name}]`);
  const time = (moment) =>
    new Date(moment).toLocaleString(document.documentElement.lang, { weekday: "short", hour: "numeric", minute: "numeric" });

  const show = async () => {
    const { waiting, since, sentAt, why, clockOff } = await outbox.status();
    const say = (name, text) => (find(name).textContent = text);
    const { dataset: words } = section;
    const off = Math.round(Math.abs(clockOff) / MINUTE);
    const isOld = waiting > 0 && Date.now() - since >= OLD;
    say("waiting", waiting ? words.since.replace("{n}", waiting).replace("{time}", time(since)) : words.none);
    say("sent", sentAt ? time(sentAt) : words.never);
    say("why", words[why || "answered"]);
    say("kept", (await navigator.storage.persisted()) ? words.yes : words.no);
    say("clock", off < CLOCK_OFF ? words.right : words.off.replace("{n}", off));
    say("lists", page.lists.version);
    say("label", await outbox.recall("label"));
    say("seq", await outbox.recall("seq"));
    find("old").hidden = !isOld;
    find("iphone").hidden = !isOld || navigator.standalone !== false; // only an iPhone knows the word; no: in a tab
  };

  section.onclick = async ({ target }) => {
    const task = target.closest("button")?.value;
    if (task === "send") await outbox.send();
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
