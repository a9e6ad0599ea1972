/**
 * Makes scanning easier where the browser can.
 *
 * A scanner that types like a keyboard sends ASCII 29 between the parts of a code, and a text field drops it:
 * here it becomes the word <GS>, which the server reads. The camera button appears only where the browser knows
 * BarcodeDetector; pressed again, it stops. Without this file the field is a plain form.
 */

const FORMATS = ["data_matrix", "qr_code", "code_128", "ean_13", "ean_8", "upc_a", "upc_e", "itf"];
const SEPARATOR = String.fromCharCode(29);
const EVERY = 250; // milliseconds between two looks at the picture

const fieldOf = (form) => form.querySelector("[data-scanned]") ?? form.elements.code;

const insert = (input, text) => input.setRangeText(text, input.selectionStart, input.selectionEnd, "end");

const keepSeparators = (input) => {
  input.addEventListener("keydown", (event) => {
    if (event.key === SEPARATOR || (event.ctrlKey && event.key === "]")) {
      event.preventDefault();
      insert(input, "<GS>");
    }
  });
  input.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text");
    if (text.includes(SEPARATOR)) {
      event.preventDefault();
      insert(input, text.replaceAll(SEPARATOR, "<GS>"));
    }
  });
};

const stop = (picture) => {
  picture.srcObject?.getTracks().forEach((track) => track.stop());
  picture.srcObject = null;
  picture.hidden = true;
};

const readFromCamera = async (form, detector) => {
  const picture = form.querySelector("[data-picture]");
  const said = form.querySelector("[data-said]");
  if (picture.srcObject) {
    stop(picture);
    said.textContent = "";
    return;
  }
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    said.textContent = said.dataset.refused;
    return;
  }
  picture.srcObject = stream;
  picture.hidden = false;
  said.textContent = said.dataset.looking;
  await picture.play();

  const look = async () => {
    if (!picture.srcObject) return;
    const [found] = await detector.detect(picture);
    if (!found) {
      setTimeout(look, EVERY);
      return;
    }
    stop(picture);
    fieldOf(form).value = found.rawValue.replaceAll(SEPARATOR, "<GS>");
    form.requestSubmit();
  };
  look();
};

const prepare = async (form) => {
  if (!fieldOf(form)) return; // nothing to scan into: the code is known, or is made of answers
  keepSeparators(fieldOf(form));
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  const known = await BarcodeDetector.getSupportedFormats();
  const formats = FORMATS.filter((format) => known.includes(format));
  if (formats.length === 0) return;
  const button = form.querySelector("[data-camera]");
  button.hidden = false;
  button.addEventListener("click", () => readFromCamera(form, new BarcodeDetector({ formats })));
};

document.querySelectorAll("[data-scan]").forEach(prepare);
