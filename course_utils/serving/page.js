/* The service's page: what you draw or choose goes to /predict, and the page shows the answer. */

import { createPad } from "./pad/pad.js";
import { SIZE } from "./paper.js";

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

/* The drawing as a PNG file (w3.org/TR/png). Some browsers let a canvas write it only with noise, or all white. */
async function encode(drawing) {
  const rows = new Uint8Array(SIZE * (SIZE + 1)); // each begins with a 0: its bytes stand as they are
  for (let y = 0; y < SIZE; y++) rows.set(drawing.subarray(y * SIZE, (y + 1) * SIZE), y * (SIZE + 1) + 1);
  const packed = new Blob([rows]).stream().pipeThrough(new CompressionStream("deflate"));
  const pixels = new Uint8Array(await new Response(packed).arrayBuffer());
  const header = [...bigEndian(SIZE), ...bigEndian(SIZE), 8, 0, 0, 0, 0]; // width, height, 8 bits of gray
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const parts = [signature, chunk("IHDR", header), chunk("IDAT", pixels), chunk("IEND", [])];
  return new Blob(parts, { type: "image/png" });
}

function chunk(name, content) {
  const body = [...new TextEncoder().encode(name), ...content];
  return Uint8Array.from([...bigEndian(content.length), ...body, ...bigEndian(checksum(body))]);
}

function bigEndian(number) {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255);
}

function checksum(bytes) { // CRC-32
  let rest = -1;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  }
  return ~rest;
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
