/**
 * Shows at once what would change as steps are ticked; the words are all in the page already. Without this file a button sends
 * the ticks, and the page comes back with the words.
 */

for (const part of document.querySelectorAll("[data-what-if]")) {
  const ticks = [...part.querySelectorAll("input[name=tried]")];

  const show = () => {
    const ticked = new Set(ticks.filter((tick) => tick.checked).map((tick) => tick.value));
    for (const then of part.querySelectorAll("[data-then]")) then.hidden = !ticked.has(then.dataset.then);
    for (const but of part.querySelectorAll("[data-but]")) {
      but.hidden = !but.dataset.but.split(" ").some((code) => ticked.has(code));
    }
    for (const head of part.querySelectorAll("[data-remains]")) head.hidden = !ticked.size;
  };

  for (const needless of part.querySelectorAll("[data-needless]")) needless.hidden = true;
  part.addEventListener("change", show);
  show();
}
