/* A kernel that slides over an image: its weights, stride, padding and dilation can be changed, and the window moved.
   For the place of the window it shows all products and their sum; beside it, the sums of all places. */

import { GREEN, createButton, createChoice, createGrid, createSlider, createSwitch, createVoice, format,
  inkColor, leaveKeysAlone, signedColor } from "../common.js";
import { createPaper, inkOf, PAPER, shrink, SIZE } from "../paper.js";

const SIDE = 3; // rows and columns of a kernel
const KERNELS = {
  "vertical edges": [-1, 0, 1, -1, 0, 1, -1, 0, 1],
  "horizontal edges": [-1, -1, -1, 0, 0, 0, 1, 1, 1],
  "slanting edges": [0, 1, 1, -1, 0, 1, -1, -1, 0],
  "outline": [-1, -1, -1, -1, 8, -1, -1, -1, -1],
  "all ones": [1, 1, 1, 1, 1, 1, 1, 1, 1],
  "mean (box filter)": Array(9).fill(1 / 9),
  "the middle only": [0, 0, 0, 0, 1, 0, 0, 0, 0],
};
const OWN = "your own";
const REST = 300; // milliseconds
const [TICK, ROW] = [25, 600]; // milliseconds from place to place, when the window slides by itself, or row to row

// ---- what a kernel computes: images and outputs are {values, rows, columns}, their values row by row

/* Zeros before and after one axis, as Keras counts them. */
export function paddingOf(n, { stride, padding, dilation }) {
  if (padding === "valid") return [0, 0];
  const reach = dilation * (SIDE - 1) + 1; // pixels from the first to the last that the window touches
  const total = Math.max((Math.ceil(n / stride) - 1) * stride + reach - n, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

export function outputSize(n, settings) {
  const [before, after] = paddingOf(n, settings);
  return Math.floor((n + before + after - settings.dilation * (SIDE - 1) - 1) / settings.stride) + 1;
}

/* The nine pixels under the window at a place of the output; what lies in the padding is 0. */
export function windowAt({ values, rows, columns }, row, column, settings) {
  const [top] = paddingOf(rows, settings);
  const [left] = paddingOf(columns, settings);
  return Array.from({ length: SIDE * SIDE }, (_, i) => {
    const y = row * settings.stride - top + settings.dilation * Math.floor(i / SIDE);
    const x = column * settings.stride - left + settings.dilation * (i % SIDE);
    return y < 0 || x < 0 || y >= rows || x >= columns ? 0 : values[y * columns + x];
  });
}

/* The output of a filter: at each place, pixels times weights, added up over all channels. */
export function correlate(channels, kernels, settings) {
  const rows = outputSize(channels[0].rows, settings);
  const columns = outputSize(channels[0].columns, settings);
  const values = new Float64Array(rows * columns);
  channels.forEach((image, channel) => {
    for (let place = 0; place < values.length; place++) {
      const pixels = windowAt(image, Math.floor(place / columns), place % columns, settings);
      pixels.forEach((pixel, i) => (values[place] += pixel * kernels[channel][i]));
    }
  });
  return { values, rows, columns };
}

/* What can be said of a kernel from its weights alone. */
export function aboutKernel(weights) {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (weights.every((weight) => weight === 0)) return "All weights are 0: whatever it sees, it answers 0.";
  if (weights.every((weight) => weight === weights[0])) {
    const what = Math.abs(sum - 1) < 1e-9 ? "the mean of its window" : `the mean of its window times ${format(sum)}`;
    return `All weights are equal: each answer is ${what}. At a sharp edge, some windows hold a bit of each side, and
      their means lie between the two: the edge is blurred.`;
  }
  if (Math.abs(sum) < 1e-9) return "The weights add up to 0: on an even area, paper or ink, the products cancel out.";
  return `The weights add up to ${format(sum)}: an even area comes out ${format(sum)} times as large.`;
}

// ---- the widget

const MARKUP = `
  <div class="cnn-tools" data-is="tools"></div>
  <div class="cnn-row">
    <div class="cnn-panel"><p class="cnn-title">Image</p><canvas data-is="image"></canvas></div>
    <div class="cnn-panel cnn-kernel-middle">
      <p class="cnn-title">Kernel</p>
      <div class="cnn-kernel-weights" role="group" aria-label="Weights of the kernel"></div>
      <p class="cnn-title">Pixel · weight</p><canvas data-is="products"></canvas>
    </div>
    <div class="cnn-panel" data-is="second" hidden>
      <p class="cnn-title">Second channel: left edges</p><canvas data-is="second-image"></canvas>
    </div>
    <div class="cnn-panel cnn-kernel-middle" data-is="second-kernel" hidden>
      <p class="cnn-title">Its kernel</p>
      <div class="cnn-kernel-weights" role="group" aria-label="Weights for the second channel"></div>
      <p class="cnn-title">Pixel · weight</p><canvas data-is="second-products"></canvas>
    </div>
    <div class="cnn-panel"><p class="cnn-title" data-is="output-title"></p><canvas data-is="output"></canvas></div>
  </div>
  <p class="cnn-message" role="alert"></p>
  <p class="cnn-kernel-sum"></p>
  <p class="cnn-kernel-size"></p>
  <p class="cnn-kernel-about"></p>
  <p class="cnn-help">Purple is above 0, orange below. Move the window with mouse or finger, or with the arrow keys on
    the image or the output (with Shift, five steps).</p>
  <details><summary>Draw an image of your own, in place of this one</summary>${PAPER}</details>
  <p class="cnn-live" role="status"></p>`;

/* Put the widget into an element. The state has `image` (the grays from 0, paper, to 255, ink, in base64), `rows`,
   `columns`, `kernel` and `second` (nine weights each), `stride`, `padding`, `dilation`, `isDouble` (whether there are
   two channels), `place` ([row, column] in the output), and perhaps `drawn`, an image of one's own, as `image`. `ask`
   tells a kernel of each change, where there is one. */
export function mountKernel(element, state, ask = async () => {}) {
  element.classList.add("cnn", "cnn-kernel");
  element.innerHTML = MARKUP.replaceAll("ID", `cnn-${Math.random().toString(36).slice(2)}`);
  leaveKeysAlone(element);
  const find = (name) => element.querySelector(name.startsWith(".") ? name : `[data-is="${name}"]`);
  const speak = createVoice(find(".cnn-live"));

  const given = { rows: state.rows, columns: state.columns, values: decode(state.image) };
  const own = state.drawn ? { ...given, values: decode(state.drawn) } : null;
  const now = { ...state, drawn: own }; // all that can be changed
  let output;
  let timer = null; // runs while the window slides by itself
  let told = ""; // what the kernel knows, but for the place
  let resting;

  const firstImage = () => now.drawn ?? given;
  const kernels = () => (now.isDouble ? [now.kernel, now.second] : [now.kernel]);

  /* The channels of the image: it, and on request its left edges, as a first layer finds them. */
  function channels() {
    if (!now.isDouble) return [firstImage()];
    const edges = correlate([firstImage()], [KERNELS["vertical edges"]], { stride: 1, padding: "same", dilation: 1 });
    edges.values = edges.values.map((value) => Math.max(0, value));
    return [firstImage(), edges];
  }

  // ---- what is seen

  const onKey = (down, right) => moveTo(now.place[0] + down, now.place[1] + right);
  const onPoint = (row, column, pressed) => (pressed || timer === null) && moveTo(row, column);
  /* The place whose window has its middle on a pixel of the padded image. */
  const placeOver = (pixel) => Math.round((pixel - now.dilation * (SIDE >> 1)) / now.stride);
  const overImage = (row, column, pressed) => onPoint(placeOver(row), placeOver(column), pressed);
  const grids = {
    image: createGrid(find("image"), { label: "Image: arrow keys move the window", onPoint: overImage, onKey }),
    second: createGrid(find("second-image"), { label: "Second channel of the image", onPoint: overImage }),
    output: createGrid(find("output"), { label: "Output: arrow keys move the window", onPoint, onKey }),
  };
  const products = ["products", "second-products"].map((name) =>
    createGrid(find(name), { label: "Nine products of a pixel and a weight" }));

  /* Compute all, and show it. */
  function update() {
    output = correlate(channels(), kernels(), now);
    if (!output.values.length) return;
    const last = [output.rows - 1, output.columns - 1];
    now.place = now.place.map((at, axis) => Math.min(last[axis], Math.max(0, at)));
    show();
    // Where the window stands is told once it rests; a mouse passes many places a second.
    const changed = JSON.stringify({ ...toTell(), place: null });
    clearTimeout(resting);
    resting = setTimeout(() => ask("change", toTell()).catch(() => {}), changed === told ? REST : 0);
    told = changed;
  }

  function show() {
    const [row, column] = now.place;
    const images = channels();
    const sizes = [images[0].rows, images[0].columns];
    const [[top, bottom], [left, right]] = sizes.map((n) => paddingOf(n, now));
    const reach = now.dilation * (SIDE - 1) + 1;
    const frame = { row: row * now.stride, column: column * now.stride, height: reach, width: reach, color: GREEN };
    const touched = now.dilation === 1 ? [] : Array.from({ length: SIDE * SIDE }, (_, i) => ({
      row: frame.row + now.dilation * Math.floor(i / SIDE), column: frame.column + now.dilation * (i % SIDE),
      height: 1, width: 1, color: GREEN, thin: true }));
    images.forEach((image, channel) => {
      const largest = channel ? Math.max(...image.values, 1e-9) : 1;
      grids[channel ? "second" : "image"].show(pad(image, top, left, bottom, right), image.rows + top + bottom,
        image.columns + left + right, { frames: [frame, ...touched], outside: [top, left, bottom, right],
          color: channel ? (value) => signedColor(value / largest) : inkColor });
    });
    let sum = 0;
    images.forEach((image, channel) => {
      const pixels = windowAt(image, row, column, now);
      const values = pixels.map((pixel, i) => pixel * kernels()[channel][i]);
      sum += values.reduce((total, value) => total + value, 0);
      const largest = Math.max(...values.map(Math.abs), 1e-9);
      const texts = values.map((value, i) =>
        `${format(pixels[i])} · ${format(kernels()[channel][i])}\n${format(value)}`);
      products[channel].show(values, SIDE, SIDE, { texts, color: (value) => signedColor((0.6 * value) / largest) });
    });
    const largest = Math.max(...output.values.map(Math.abs), 1e-9);
    const seen = timer === null ? output.values : output.values.map((value, at) =>
      at <= row * output.columns + column ? value : NaN); // sliding by itself, it fills the output as it goes
    grids.output.show(seen, output.rows, output.columns, { color: (value) => signedColor(value / largest),
      frames: [{ row, column, height: 1, width: 1, color: GREEN }] });
    const range = [Math.min(...output.values), Math.max(...output.values)].map((value) => format(value));
    find("output-title").textContent = `Output, from ${range[0]} to ${range[1]}`;
    const n = 9 * kernels().length;
    const [size, count] = [`${output.rows} × ${output.columns}`, output.values.length];
    const words = `Row ${row}, column ${column}: the ${n} products add up to ${format(sum)}.`;
    find(".cnn-kernel-sum").textContent = words;
    find(".cnn-kernel-size").textContent =
      `The output has ${size} numbers, ${n} multiply-adds each: ${(n * count).toLocaleString("en-US")} in all.`;
    find(".cnn-kernel-about").textContent = aboutKernel(now.kernel);
    speak(words);
  }

  // ---- what is changed

  const toTell = () => ({ kernel: now.kernel, second: now.second, stride: now.stride, padding: now.padding,
    dilation: now.dilation, isDouble: now.isDouble, place: now.place, drawn: now.drawn && encode(now.drawn.values) });

  function change(changes) {
    Object.assign(now, changes);
    update();
  }

  function moveTo(row, column) {
    stopSliding();
    now.place = [row, column];
    update();
  }

  const boxes = [...element.querySelectorAll(".cnn-kernel-weights")].map((group, channel) =>
    Array.from({ length: SIDE * SIDE }, (_, i) => {
      const box = document.createElement("input");
      Object.assign(box, { type: "text", inputMode: "decimal", autocomplete: "off" });
      box.setAttribute("aria-label", `Weight in row ${Math.floor(i / SIDE)}, column ${i % SIDE}`);
      box.addEventListener("input", () => {
        const weight = parseWeight(box.value);
        box.setAttribute("aria-invalid", Number.isNaN(weight));
        const isNumber = !Number.isNaN(weight);
        tell(isNumber ? "" : "A weight is a number: −1, 0.5, 1/9. Until it is one, the last number counts.");
        if (!isNumber) return;
        const name = channel ? "second" : "kernel";
        change({ [name]: now[name].with(i, weight) });
        if (!channel) picked.value = OWN;
      });
      box.addEventListener("keydown", (event) => {
        const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
        if (!step) return;
        box.value = format(now[channel ? "second" : "kernel"][i] + step, 3);
        box.dispatchEvent(new Event("input"));
        event.preventDefault();
      });
      group.append(box);
      return box;
    }));

  function fillBoxes() {
    [now.kernel, now.second].forEach((weights, channel) => weights.forEach((weight, i) => {
      boxes[channel][i].value = format(weight, 3);
      boxes[channel][i].setAttribute("aria-invalid", "false");
    }));
  }

  function tell(words) {
    find(".cnn-message").textContent = words;
  }

  const picked = createChoice({
    label: "Kernel", options: [...Object.keys(KERNELS), OWN].map((name) => [name, name]),
    value: Object.keys(KERNELS).find((name) => `${KERNELS[name]}` === `${now.kernel}`) ?? OWN,
    onInput: (name) => {
      change({ kernel: [...(KERNELS[name] ?? now.kernel)] });
      fillBoxes();
      tell("");
    },
  });
  const stride = createSlider({ label: "Stride", values: [1, 2, 3], value: now.stride,
    onInput: (value) => change({ stride: value }) });
  const dilation = createSlider({ label: "Dilation (pixels from weight to weight)", values: [1, 2, 3],
    value: now.dilation, onInput: (value) => change({ dilation: value }) });
  const padding = createChoice({ label: "Padding", options: [["valid", "valid"], ["same", "same"]], value: now.padding,
    onInput: (value) => change({ padding: value }) });
  const double = createSwitch({ label: "Two channels", value: now.isDouble, onInput: (value) => {
    showSecond(value);
    change({ isDouble: value });
  } });

  function showSecond(isDouble) {
    for (const name of ["second", "second-kernel"]) find(name).hidden = !isDouble;
  }

  // ---- sliding by itself: from place to place, or where motion is not wanted, from row to row

  const slide = createButton("Slide", () => (timer === null ? startSliding() : stopSliding()));

  function startSliding() {
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    now.place = [0, 0];
    timer = setInterval(() => {
      const next = now.place[0] * output.columns + now.place[1] + (isCalm ? output.columns : 1);
      if (next >= output.values.length || !element.isConnected) return stopSliding();
      now.place = [Math.floor(next / output.columns), next % output.columns];
      show();
    }, isCalm ? ROW : TICK);
    slide.textContent = "Stop";
    show();
  }

  function stopSliding() {
    if (timer === null) return;
    clearInterval(timer);
    timer = null;
    slide.textContent = "Slide";
    update();
  }

  // ---- an image of one's own: ink on the paper, in the pixels of the image

  const paper = createPaper(element, { speak, onChange: () => {
    const { rows, columns } = given;
    const inSteps = (ink) => Math.round(255 * ink) / 255; // as a file of bytes would hold it
    const drawn = { rows, columns, values: shrink(inkOf(paper.drawing()), SIZE, SIZE, rows, columns).map(inSteps) };
    change({ drawn: paper.isBlank() ? null : drawn });
  } });

  find("tools").append(slide, picked.element, stride.element, padding.element, dilation.element, double.element);
  showSecond(now.isDouble);
  fillBoxes();
  told = JSON.stringify({ ...toTell(), place: null });
  update();
  return { tell };
}

/* What somebody has typed as a number: 0.5, 0,5, −1 or 1/9; NaN if it is none. */
export function parseWeight(text) {
  const parts = text.replace("−", "-").replaceAll(",", ".").split("/").map((part) => part.trim());
  const [top, bottom = "1", ...more] = parts;
  const weight = top === "" || bottom === "" || more.length ? NaN : Number(top) / Number(bottom);
  return Number.isFinite(weight) ? weight : NaN;
}

const decode = (text) => Float64Array.from(atob(text), (letter) => letter.charCodeAt(0) / 255);
const encode = (values) => btoa(String.fromCharCode(...values.map((value) => Math.round(255 * value))));

/* An image with zeros around it. */
function pad({ values, rows, columns }, top, left, bottom, right) {
  const wide = left + columns + right;
  const padded = new Float64Array((top + rows + bottom) * wide);
  for (let row = 0; row < rows; row++) {
    padded.set(values.subarray(row * columns, (row + 1) * columns), (top + row) * wide + left);
  }
  return padded;
}
