/** Makes the print buttons work; without this file they stay hidden, and the browser's own does the same. */

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
