/**
 * Makes the minus and plus buttons of every stepper work.
 *
 * Without this file the buttons stay hidden and the number input does the same.
 * The input itself keeps to its lowest and highest number.
 */

const prepare = (stepper) => {
  const input = stepper.querySelector("input");
  const spoken = stepper.querySelector("output");

  for (const button of stepper.querySelectorAll("button")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      button.value === "up" ? input.stepUp() : input.stepDown();
      spoken.value = input.value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
};

document.querySelectorAll(".step").forEach(prepare);
