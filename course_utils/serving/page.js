/* The service's page: what you draw or choose goes to /predict, and the page shows the answer. */

import { createPad, SIZE } from "./pad.js";

const seen = document.querySelector("#seen");
const file = document.querySelector("#file");
const fileAnswer = document.querySelector("#file-answer");

async function ask(picture) {
  let response;
  try {
    response = await fetch("predict?prepared=true", {
      method: "POST",
      headers: { "Content-Type": picture.type || "application/octet-stream" },
      body: picture,
    });
  } catch {
    throw new Error("The service does not answer. Is it still running? Your drawing is kept.");
  }
  const answer = await response.json().catch(() => ({ detail: `The service answered with ${response.status}.` }));
  if (!response.ok) throw new Error(answer.detail);
  show(answer);
  return answer;
}

function show({ prepared, digit }) {
  const context = seen.getContext("2d");
  const picture = context.createImageData(28, 28);
  prepared.flat().forEach((ink, i) => {
    picture.data.fill(Math.round(255 * (1 - ink)), 4 * i, 4 * i + 3);
    picture.data[4 * i + 3] = 255;
  });
  context.putImageData(picture, 0, 0);
  seen.setAttribute("aria-label", `28 by 28 pixels, read as ${digit}`);
}

function encode(drawing) {
  const canvas = new OffscreenCanvas(SIZE, SIZE);
  const colors = Uint8ClampedArray.from({ length: 4 * drawing.length }, (_, i) => (i % 4 === 3 ? 255 : drawing[i >> 2]));
  canvas.getContext("2d").putImageData(new ImageData(colors, SIZE), 0, 0);
  return canvas.convertToBlob({ type: "image/png" });
}

function showNothing() {
  seen.getContext("2d").clearRect(0, 0, 28, 28);
  seen.setAttribute("aria-label", "Nothing yet");
}

const pad = document.querySelector("#pad");
pad.addEventListener("read", ({ detail }) => {
  if (!detail.probabilities) showNothing();
});
createPad(pad, {
  onDraw: async (drawing) => {
    const isBlank = drawing.every((gray) => gray === 255);
    return isBlank ? null : (await ask(await encode(drawing))).probabilities;
  },
});

document.querySelector("#address").textContent = new URL(".", location.href).href; // this service's own

file.addEventListener("change", async () => {
  if (!file.files.length) return;
  fileAnswer.textContent = "Reading …";
  try {
    const { digit, probabilities } = await ask(file.files[0]);
    fileAnswer.textContent = `Read as ${digit}, with a probability of ${Math.round(100 * probabilities[digit])} %`;
  } catch (error) {
    fileAnswer.textContent = error.message;
  }
  file.value = ""; // so that the same file can be chosen again
});
