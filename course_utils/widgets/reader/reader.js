/* The drawing pad with a network behind it: what is drawn is read here, by forward.js, in a page without a kernel.
   Under the pad stands what the network sees of the drawing, and what its answer is worth. */

import { asFloats, createGrid } from "../common.js";
import { inkOf, prepareDigit, shrink, SIZE } from "../paper.js";
import { createPad } from "../pad/pad.js";
import { runLayers } from "../layers/forward.js";

const SIDE = 28; // pixels of an image of MNIST
const SURE = 0.9; // the probability from which on the network is called certain
const BOTH = 0.8; // that of its two best answers together, from which on it is torn between these two
const SEEN = `
  <p class="cnn-title">What the network sees</p>
  <canvas></canvas>
  <div><p class="cnn-reader-how"></p><p class="cnn-reader-words"></p></div>`;

/* How the pixels came about. */
const HOW = {
  prepared: "Your ink, cut out, its longer side made 20 pixels, its center of mass put in the middle of 28 × 28: as " +
    "MNIST's makers did it. It sees these pixels and nothing else.",
  small: "All of the paper, made 28 × 28 pixels, and nothing else done to it. It sees these pixels only.",
};

/* What ten probabilities are worth, in a sentence; null stands for blank paper. */
export function judge(probabilities) {
  if (!probabilities) return "Blank paper is not read: asked all the same, the network would name a digit.";
  const order = [...probabilities.keys()].sort((one, other) => probabilities[other] - probabilities[one]);
  const [best, second] = order.map((digit) => ({ digit, share: probabilities[digit] }));
  const percent = ({ share }) => `${Math.round(100 * share)}%`;
  if (best.share >= SURE) {
    return `The network is nearly certain of ${best.digit}, as it can be of a scribble: it has no answer “none of ` +
      "these”.";
  }
  if (best.share + second.share >= BOTH) {
    return `The network wavers between ${best.digit} (${percent(best)}) and ${second.digit} (${percent(second)}); it ` +
      "has no answer “none of these”.";
  }
  return `The network's best guess, ${best.digit}, has only ${percent(best)}; it has no answer “none of these”, ` +
    "and names a digit even where there is none.";
}

/* Put the pad into an element. The state has the network's `description`, in `buffers` its weights as float32,
   `isPrepared` (whether a drawing is prepared as a digit of MNIST, or only made smaller), and perhaps `start`, a
   drawing to begin with: how many pixels in a row have which gray, [[gray, count], …]. No kernel is asked. */
export function mountReader(element, { description, buffers, isPrepared, start }) {
  const weights = asFloats(buffers[0]);
  const imageOf = (drawing) =>
    isPrepared ? prepareDigit(drawing) : shrink(inkOf(drawing), SIZE, SIZE, SIDE, SIDE);

  async function read(drawing) {
    await new Promise((resolve) => setTimeout(resolve)); // first the stroke is painted
    const image = imageOf(drawing);
    const isBlank = image.every((ink) => ink === 0);
    const probabilities = isBlank ? null : [...runLayers(description, weights, image).at(-1)];
    show(image, probabilities);
    return probabilities;
  }

  const from = start && Uint8Array.from(start.flatMap(([gray, count]) => Array(count).fill(gray)));
  const pad = createPad(element, { onDraw: read, start: from });
  const seen = document.createElement("div");
  seen.className = "cnn-reader-seen";
  seen.innerHTML = SEEN;
  element.append(seen);
  element.classList.add("cnn-reader");
  const [canvas, how, words] =
    ["canvas", ".cnn-reader-how", ".cnn-reader-words"].map((name) => seen.querySelector(name));
  const grid = createGrid(canvas, { label: "" });
  how.textContent = HOW[isPrepared ? "prepared" : "small"];

  function show(image, probabilities) {
    const what = probabilities ? "your drawing" : "blank paper";
    canvas.setAttribute("aria-label", `What the network sees: ${what}, as 28 by 28 pixels`);
    grid.show(image, SIDE, SIDE);
    words.textContent = judge(probabilities);
  }

  show(new Float64Array(SIDE * SIDE), null);
  return pad;
}
