/* The loss of a network of two weights as a map, and a walker who looks for its lowest place, step by step: its start,
   learning rate, optimizer and batch size can be changed, and what the next step will do is told before it is taken. */

import { ARROWS, BLUE, VERMILION, createButton, createChoice, createSlider, createVoice, format,
  leaveKeysAlone } from "../common.js";
import { clipTo, createPlot, drawAxes, drawHead, drawLine, writeText } from "../plot.js";

const [W, B] = [[-8, 28], [-14, 6]]; // the map, from where to where
const [COLUMNS, ROWS] = [50, 40]; // places on it whose loss is computed
const [LOWEST, HIGHEST, BANDS] = [0.13, 16, 13]; // losses of the first and the last of its bands
const LIGHT = "#56b4e9"; // of the walk before
const RATES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200];
const MOMENTA = [0, 0.5, 0.8, 0.9, 0.95, 0.99];
const BATCHES = [256, 64, 16, 4, 1];
const RUN = 60; // steps that Run takes, or an epoch where that is more
const MOST = 5000; // steps of a walk
const TICK = 80; // milliseconds from step to step, when the walker runs

// ---- the network: ink x, the logits 0 for "0" and w · x + b for "1", and cross-entropy

/* The mean loss of some of the images, and its derivatives along w and b. */
export function lossAndGradient({ ink, isOne }, [w, b], first = 0, last = ink.length) {
  let [loss, alongW, alongB] = [0, 0, 0];
  for (let i = first; i < last; i++) {
    const logit = w * ink[i] + b;
    const power = Math.exp(-Math.abs(logit)); // at most 1: it cannot overflow
    loss += Math.max(0, logit) - isOne[i] * logit + Math.log1p(power);
    const error = (logit > 0 ? 1 : power) / (1 + power) - isOne[i]; // prediction minus target
    alongW += error * ink[i];
    alongB += error;
  }
  return { loss: loss / (last - first), gradient: [alongW / (last - first), alongB / (last - first)] };
}

// ---- optimizers, as in Keras: from the gradient and what they remember to `step`, and what they remember then

const mix = (share, old, now) => now.map((value, i) => share * (old?.[i] ?? 0) + (1 - share) * value);
const square = (values) => values.map((value) => value * value);

export const OPTIMIZERS = {
  "gradient descent": ({ learningRate }, gradient) => ({ step: gradient.map((g) => -learningRate * g) }),
  "momentum": ({ learningRate, momentum }, gradient, { step: last = [0, 0] }) => ({
    step: gradient.map((g, i) => momentum * last[i] - learningRate * g),
  }),
  "RMSprop": ({ learningRate }, gradient, memory) => {
    const squares = mix(0.9, memory.squares, square(gradient));
    return { squares, step: gradient.map((g, i) => (-learningRate * g) / Math.sqrt(squares[i] + 1e-7)) };
  },
  "Adam": ({ learningRate }, gradient, memory) => {
    const count = (memory.count ?? 0) + 1;
    const means = mix(0.9, memory.means, gradient);
    const squares = mix(0.999, memory.squares, square(gradient));
    const rate = (learningRate * Math.sqrt(1 - 0.999 ** count)) / (1 - 0.9 ** count); // means that began at 0
    return { count, means, squares, step: means.map((m, i) => (-rate * m) / (Math.sqrt(squares[i]) + 1e-7)) };
  },
};

/* A walk of `nSteps` steps. Its `here` is where it stands now, and its `next` where the next step lands: both have
   their `place`, and the `loss` and `gradient` of all images there; `next` has the `step`, and what the optimizer
   remembers. */
export function createWalk(images, { nSteps = 0, ...settings }) {
  const here = { place: settings.start, ...lossAndGradient(images, settings.start) };
  const walk = { images, settings, places: [here.place], losses: [here.loss], here };
  walk.next = lookAhead(walk, {});
  for (let step = 0; step < nSteps; step++) takeStep(walk);
  return walk;
}

export function takeStep(walk) {
  const { next } = walk;
  walk.places.push(next.place);
  walk.losses.push(next.loss);
  walk.here = next;
  walk.next = lookAhead(walk, next);
}

function lookAhead({ images, settings, places, here }, memory) {
  const [n, size] = [images.ink.length, settings.batchSize];
  const first = ((places.length - 1) % Math.ceil(n / size)) * size; // batches in the order of the images
  const batch = size === n ? here : lossAndGradient(images, here.place, first, Math.min(n, first + size));
  const change = OPTIMIZERS[settings.optimizer](settings, batch.gradient, memory);
  const place = here.place.map((weight, i) => weight + change.step[i]);
  return { ...change, batch, place, ...lossAndGradient(images, place) };
}

const stepsOf = (walk) => walk.places.length - 1;
const isOnMap = ([w, b]) => w >= W[0] && w <= W[1] && b >= B[0] && b <= B[1];
const isLost = ({ next }) => ![...next.place, next.loss].every(Number.isFinite);
const canStep = (walk) => stepsOf(walk) < MOST && !isLost(walk);

/* The losses of all places of the map, row by row from the lowest b, and the lowest of them. */
function surveyLand(images) {
  const at = ([from, to], i, n) => from + ((to - from) * i) / (n - 1);
  const places = Array.from({ length: ROWS * COLUMNS }, (_, i) =>
    [at(W, i % COLUMNS, COLUMNS), at(B, Math.floor(i / COLUMNS), ROWS)]);
  const losses = places.map((place) => lossAndGradient(images, place).loss);
  const lowest = losses.indexOf(Math.min(...losses));
  return { heights: losses.map((loss) => Math.log(loss)), lowest: { place: places[lowest], loss: losses[lowest] } };
}

// ---- words

/* A number with two digits that count, or more before the point. */
function brief(number) {
  const size = Math.abs(number);
  if (size > 0 && size < 1e-4) return `less than ${number < 0 ? "−" : ""}0.0001`;
  return format(number, size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 1 - Math.floor(Math.log10(size || 1)));
}

const count = (n, what) => `${n.toLocaleString("en-US")} ${what}${n === 1 ? "" : "s"}`;
const along = ([x, y], [dx, dy]) => x * dx + y * dy;

const isLevel = ({ here, next }) => Math.hypot(...here.gradient) < 0.03 && Math.hypot(...next.step) < 0.1;

export function describeWalk(walk, lowest) {
  const [{ place, loss }, n] = [walk.here, stepsOf(walk)];
  const [w, b] = place.map((weight) => format(weight));
  const where = `${n ? `After ${count(n, "step")}` : "At the start"}: w = ${w}, b = ${b}, loss ${brief(loss)}`;
  if (!isOnMap(place)) return `${where}. The walker is outside the map: the arrow at the edge points there.`;
  if (loss < 1.02 * lowest.loss) return `${where}: hardly higher than the lowest place.`;
  return n && loss > walk.losses[0] ? `${where}: higher than the start, ${brief(walk.losses[0])}.` : `${where}.`;
}

/* What the next step will do. It crosses the valley if the ground falls where it begins, and rises where it ends. */
export function describeNext({ here, next, ...walk }) {
  if (isLost({ next })) return "The numbers have grown too large to go on: take a smaller learning rate.";
  if (stepsOf(walk) >= MOST) return `${count(MOST, "step")} are enough: go back to the start, and change something.`;
  const length = Math.hypot(...next.step);
  if (length === 0) return "The ground is level here: the gradient is 0, and so is the step.";
  const [from, to] = [brief(here.loss), brief(next.loss)];
  const change = from === to ? `the loss stays at about ${to}` :
    `the loss ${next.loss > here.loss ? "rises" : "falls"} from ${from} to ${to}`;
  const [begins, ends] = [here, next].map(({ gradient }) => along(gradient, next.step));
  if (begins > 0) {
    const why = along(next.batch.gradient, next.step) < 0 ?
      "misled by the images of its batch" : "carried on by the steps before";
    return `The next step is ${brief(length)} long and begins uphill, ${why}: ${change}.`;
  }
  if (isLevel({ here, next })) {
    return `The gradient is small here: the next step is only ${brief(length)} long, and ${change}.`;
  }
  const what = ends > 0 ? "crosses the valley" : "goes downhill";
  const whither = isOnMap(here.place) && !isOnMap(next.place) ? ", out of the map" : "";
  return `The next step is ${brief(length)} long and ${what}${whither}: ${change}.`;
}

/* Why the next step is as long as it is; and where it is too long, the largest rate that would land lower. */
export function explainStep({ images, settings, here, next, places }) {
  const { learningRate, momentum, optimizer } = settings;
  if (isLost({ next })) return "";
  const [right, up] = next.step.map(brief);
  const product = `learning rate × gradient = ${brief(learningRate)} × ${brief(Math.hypot(...next.batch.gradient))}`;
  const reason = {
    "gradient descent": `The length is ${product}.${isLevel({ here, next }) ?
      " The sides of the valley are steep, its floor is almost level, and one rate has to serve both." : ""}`,
    "momentum": places.length === 1 ? `There is no step before it yet: the length is ${product}.` :
      `It is ${format(momentum)} times the step before, and against the gradient: ${product}.`,
    "RMSprop": `RMSprop divides each gradient by its recent size, so steep or level hardly matters: w moves by ${right},
      b by ${up}.`,
    "Adam": `Adam goes where the last gradients led on average, divided by their recent size: w moves by ${right}, b by
      ${up}.`,
  }[optimizer];
  if (next.loss <= here.loss || along(here.gradient, next.step) > 0) return reason;
  const lossAt = (rate) =>
    lossAndGradient(images, here.place.map((weight, i) => weight + (rate / learningRate) * next.step[i])).loss;
  const lower = optimizer === "momentum" ? 0 : // its step is not in proportion to the rate
    RATES.findLast((rate) => rate < learningRate && lossAt(rate) < here.loss);
  return `${reason} The gradient tells which way is down here; it does not see the other side of the valley, which is
    higher.${lower ? ` With a learning rate of ${lower}, this step would land lower.` : ""}`;
}

function nameWalk({ images, settings: { optimizer, learningRate, momentum, batchSize } }) {
  const which = optimizer === "momentum" ? `momentum ${format(momentum)}` : optimizer;
  const n = images.ink.length;
  return `${which}, learning rate ${brief(learningRate)}, ${batchSize < n ? "batch size" : "all"} ${
    batchSize.toLocaleString("en-US")}${batchSize < n ? "" : " images"}`;
}

// ---- the widget

const MARKUP = `
  <div class="cnn-tools" data-is="tools"></div>
  <div class="cnn-row cnn-descent-plots">
    <div class="cnn-panel">
      <p class="cnn-title">The map of the loss</p>
      <canvas data-is="map" tabindex="0" role="application" aria-describedby="ID-help"
        aria-label="Map of the loss: arrow keys move the start, Enter takes a step"></canvas>
    </div>
    <div class="cnn-panel">
      <p class="cnn-title">The loss, step by step</p><canvas data-is="losses" role="img"></canvas>
    </div>
  </div>
  <p class="cnn-descent-legend"><span class="cnn-descent-now"></span><span class="cnn-descent-before"></span></p>
  <p class="cnn-descent-here"></p>
  <p class="cnn-descent-next"></p>
  <p class="cnn-descent-why"></p>
  <p class="cnn-help" id="ID-help">Darker is higher; ★ is the start, ✕ the lowest place, the dashed arrow the next step.
    Click on the map to start there, or move the start with the arrow keys (with Shift, far); Enter takes a step.</p>
  <p class="cnn-message" role="alert"></p>
  <p class="cnn-live" role="status"></p>`;

/* Put the widget into an element. The state has `ink` (the ink in each image times 4080, two bytes each, in base64) and
   `isOne` (a bit each, likewise), and of the walk its `learningRate`, `momentum`, `optimizer`, `batchSize`, `start`
   ([w, b]) and `nSteps`; `before` has these six of the walk before, or is null. `ask` tells a kernel of each change. */
export function mountDescent(element, state, ask = async () => {}) {
  element.classList.add("cnn", "cnn-descent");
  element.innerHTML = MARKUP.replaceAll("ID", `cnn-${Math.random().toString(36).slice(2)}`);
  leaveKeysAlone(element);
  const find = (name) => element.querySelector(name.startsWith(".") ? name : `[data-is="${name}"]`);
  const speak = createVoice(find(".cnn-live"));

  const images = decodeImages(state.ink, state.isOne);
  const land = surveyLand(images);
  const { learningRate: rate, momentum: share, optimizer: name, batchSize, start, nSteps } = state;
  let walk = createWalk(images, { learningRate: rate, momentum: share, optimizer: name, batchSize, start, nSteps });
  let before = state.before && createWalk(images, state.before);
  let timer = null; // runs while the walker does
  let told = "";

  const runLength = () => Math.max(RUN, Math.ceil(images.ink.length / walk.settings.batchSize));
  const flat = (B[1] - B[0]) / (W[1] - W[0]); // one unit of w is as long as one of b: the gradient stands on the bands
  const map = createPlot(find("map"), { flat }, (plot) => paintMap(plot, land, walk, before));
  const losses = createPlot(find("losses"), { flat }, (plot) => paintLosses(plot, land, walk, before, runLength()));

  // ---- what is seen

  function show() {
    map.show();
    losses.show();
    const words = [describeWalk(walk, land.lowest), describeNext(walk), explainStep(walk)];
    ["here", "next", "why"].forEach((name, i) => (find(`.cnn-descent-${name}`).textContent = words[i]));
    find(".cnn-descent-now").textContent = nameWalk(walk);
    find(".cnn-descent-before").textContent = before ? `before: ${nameWalk(before)}` : "";
    find("losses").setAttribute("aria-label", `Loss against the step, on a log scale: ${count(stepsOf(walk), "step")},
      from ${brief(walk.losses[0])} to ${brief(walk.here.loss)}, ${brief(Math.max(...walk.losses))} at most`);
    run.textContent = timer === null ? `Run ${count(runLength(), "step")}` : "Stop";
    for (const button of [step, run]) button.setAttribute("aria-disabled", !canStep(walk));
    back.setAttribute("aria-disabled", stepsOf(walk) === 0);
    home.hidden = walk.settings.start.every((weight) => weight === 0);
    momentum.element.hidden = walk.settings.optimizer !== "momentum";
    if (timer === null) speak(words.slice(0, 2).join(" "));
  }

  /* Show what has changed, and tell the kernel, with the places of the walk. */
  function update() {
    show();
    const content = { ...walk.settings, nSteps: stepsOf(walk),
      before: before && { ...before.settings, nSteps: stepsOf(before) } };
    if (JSON.stringify(content) === told) return;
    told = JSON.stringify(content);
    ask("change", content, [Float64Array.from(walk.places.flat()).buffer]).catch(() => {});
  }

  // ---- what is changed

  /* Back to the start, with other settings perhaps; the walk so far stays to be compared with. */
  function restart(changes = {}) {
    stopRunning();
    if (stepsOf(walk)) before = walk;
    walk = createWalk(images, { ...walk.settings, ...changes });
    update();
  }

  function moveStart([w, b]) {
    const within = (value, [from, to]) => Number(Math.min(to, Math.max(from, value)).toFixed(1));
    restart({ start: [within(w, W), within(b, B)] });
  }

  function stepOnce() {
    stopRunning();
    if (canStep(walk)) takeStep(walk);
    update();
  }

  // ---- running: step by step, or where motion is not wanted, at once

  function startRunning() {
    const [end, each] = [stepsOf(walk) + runLength(), Math.ceil(runLength() / RUN)];
    const go = (most) => {
      for (let i = 0; i < most && stepsOf(walk) < end && canStep(walk); i++) takeStep(walk);
    };
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      go(Infinity);
      return update();
    }
    timer = setInterval(() => {
      go(each);
      if (stepsOf(walk) >= end || !canStep(walk) || !element.isConnected) stopRunning();
      else show();
    }, TICK);
    show();
  }

  function stopRunning() {
    if (timer === null) return;
    clearInterval(timer);
    timer = null;
    update();
  }

  const step = createButton("Step", stepOnce);
  const run = createButton("Run", () => (timer === null ? canStep(walk) && startRunning() : stopRunning()));
  const back = createButton("Back", () => stepsOf(walk) && restart());
  const home = createButton("Start at 0, 0", () => restart({ start: [0, 0] }));

  // ---- settings

  const withOwn = (values, value) => [...new Set([...values, value])].sort((a, b) => a - b);
  const optimizer = createChoice({ label: "Optimizer", options: Object.keys(OPTIMIZERS).map((key) => [key, key]),
    value: name, onInput: (value) => restart({ optimizer: value }) });
  const learningRate = createSlider({ label: "Learning rate", values: withOwn(RATES, rate), value: rate,
    onInput: (value) => restart({ learningRate: value }) });
  const momentum = createSlider({ label: "Momentum", values: withOwn(MOMENTA, share), value: share,
    onInput: (value) => restart({ momentum: value }) });
  const n = images.ink.length;
  const sizes = withOwn([n, ...BATCHES.filter((size) => size < n)], batchSize).reverse();
  const batches = createChoice({ label: "Batch size", value: batchSize,
    options: sizes.map((size) => [size, `${size.toLocaleString("en-US")}${size === n ? " (all)" : ""}`]),
    onInput: (size) => restart({ batchSize: Number(size) }) });

  // ---- the map under mouse, finger and keys

  const screen = find("map");
  const point = (event) => moveStart(map.valueAt(event));
  screen.addEventListener("click", (event) => isOnMap(map.valueAt(event)) && point(event));
  screen.addEventListener("pointermove", (event) => {
    if (event.buttons & 1 && event.pointerType !== "touch") point(event); // a finger that moves scrolls the page
  });
  screen.addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    if (ctrlKey || metaKey || altKey) return;
    if (key in ARROWS) {
      const [right, down] = ARROWS[key].map((way) => way * (shiftKey ? 2.5 : 0.5));
      moveStart([walk.settings.start[0] + right, walk.settings.start[1] - down]);
    } else if (key === "Enter" || key === " ") stepOnce();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  find("tools").append(step, run, back, home);
  find("tools").append(optimizer.element, learningRate.element, momentum.element, batches.element);
  update();
  return { tell: (words) => (find(".cnn-message").textContent = words) };
}

function decodeImages(ink, isOne) {
  const [bytes, bits] = [ink, isOne].map((text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
  const n = bytes.length / 2;
  return {
    ink: Float64Array.from({ length: n }, (_, i) => (bytes[2 * i] + 256 * bytes[2 * i + 1]) / 4080),
    isOne: Uint8Array.from({ length: n }, (_, i) => (bits[i >> 3] >> (7 - (i & 7))) & 1),
  };
}

// ---- plots

/* The map as a picture of some pixels: bands of gray, darker where the loss is higher, on a log scale. */
function paintLand({ heights }, width, height) {
  const canvas = new OffscreenCanvas(width, height);
  const image = new ImageData(width, height);
  const bands = heights.map((loss) => (BANDS * (loss - Math.log(LOWEST))) / Math.log(HIGHEST / LOWEST));
  for (let i = 0; i < width * height; i++) {
    const right = (((i % width) + 0.5) / width) * (COLUMNS - 1);
    const up = (1 - (Math.floor(i / width) + 0.5) / height) * (ROWS - 1);
    const [column, row] = [Math.floor(right), Math.floor(up)];
    const at = row * COLUMNS + column;
    const low = bands[at] + (right - column) * (bands[at + 1] - bands[at]);
    const high = bands[at + COLUMNS] + (right - column) * (bands[at + COLUMNS + 1] - bands[at + COLUMNS]);
    const band = Math.floor(low + (up - row) * (high - low));
    image.data.fill(255 - 8 * Math.min(BANDS, Math.max(0, band)), 4 * i, 4 * i + 3);
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

function paintMap(plot, land, walk, before) {
  const { context, left, top, width, height } = plot;
  const pixels = [width, height].map((size) => Math.round(size * Math.max(1, window.devicePixelRatio)));
  if (land.picture?.width !== pixels[0]) land.picture = paintLand(land, ...pixels);
  context.drawImage(land.picture, left, top, width, height);
  drawAxes(plot, { from: W[0], to: W[1], label: "weight w" }, { from: B[0], to: B[1], label: "bias b" });
  const { here, next, places, settings: { start } } = walk;
  clipTo(plot, () => {
    if (before) drawLine(plot, before.places, { color: LIGHT, dot: stepsOf(before) > 100 ? 0 : 2.5, fill: "white" });
    drawLine(plot, places, { color: BLUE, dot: stepsOf(walk) > 100 ? 1.5 : 3 });
    mark(plot, "✕", land.lowest.place);
    mark(plot, "★", start);
    if (stepsOf(walk)) drawLine(plot, [here.place], { color: BLUE, dot: 5 });
    if (!isLost(walk)) drawNext(plot, here.place, next.place);
  });
  if (!isOnMap(here.place)) {
    const edge = plot.at([[here.place[0], W], [here.place[1], B]].map(([value, [from, to]]) =>
      Math.min(to - 0.4, Math.max(from + 0.4, value))));
    const [x, y] = plot.at(here.place);
    drawHead(plot, edge, [x - edge[0], y - edge[1]], { color: BLUE, size: 18 });
  }
}

const mark = (plot, sign, place) => writeText(plot, sign, plot.at(place), { size: 17 });

/* The next step, dashed; its head stands where it ends, or where it leaves the map. */
function drawNext(plot, from, to) {
  drawLine(plot, [from, to], { color: VERMILION, dash: [5, 4], width: 2 });
  if (!isOnMap(from) && !isOnMap(to)) return;
  const shares = [[from[0], to[0], W], [from[1], to[1], B]].map(([start, end, [low, high]]) =>
    end > high ? (high - start) / (end - start) : end < low ? (low - start) / (end - start) : 1);
  const share = Math.min(...shares);
  const [x, y] = plot.at(from.map((value, i) => value + share * (to[i] - value)));
  const [fromX, fromY] = plot.at(from);
  const length = Math.hypot(x - fromX, y - fromY);
  if (length > 3) drawHead(plot, [x, y], [x - fromX, y - fromY], { color: VERMILION, size: Math.min(9, length) });
}

function paintLosses(plot, { lowest }, walk, before, runLength) {
  const all = [...walk.losses, ...(before?.losses ?? []), walk.next.loss, lowest.loss, 1].filter(Number.isFinite);
  const [low, high] = [Math.max(1e-6, Math.min(...all)) / 1.3, Math.max(...all) * 1.3];
  const longest = Math.max(walk.losses.length, before?.losses.length ?? 0, runLength);
  drawAxes(plot, { from: 0, to: longest, label: "step" },
    { from: low, to: high, isLog: true, label: "loss (log scale)" });
  const points = (losses) => losses.map((loss, step) => [step, loss]);
  const style = (losses) => (losses.length > 100 ? 0 : 2);
  clipTo(plot, () => {
    drawLine(plot, [[0, lowest.loss], [longest, lowest.loss]], { width: 1, dash: [2, 3] });
    mark(plot, "✕", [longest * 0.03, lowest.loss]);
    if (before) drawLine(plot, points(before.losses), { color: LIGHT, dot: style(before.losses), fill: "white" });
    drawLine(plot, points(walk.losses), { color: BLUE, dot: style(walk.losses) });
    const [step, loss] = points(walk.losses).at(-1);
    if (!isLost(walk)) drawLine(plot, [[step, loss], [step + 1, walk.next.loss]], { color: VERMILION, dash: [3, 2] });
    drawLine(plot, [[step, loss]], { color: BLUE, dot: 4 });
  });
}
