/* A look into a network while it reads what is drawn: the maps of each layer, and for each of their numbers the window
   it came from, the filter and the sum, back through the layers to the pixels. All is computed here, by forward.js. */

import { ARROWS, asFloats, BLUE, createButton, createChoice, createGrid, createMeters, createSlider, createSwitch,
  createVoice, format, GREEN, inkColor, leaveKeysAlone, signedColor } from "../common.js";
import { createPaper, inkOf, PAPER, prepareDigit, shrink, SIZE } from "../paper.js";
import { asMap, fieldsOf, partsOf, runLayers } from "./forward.js";

const GAP = 4; // pixels of the screen between two maps
const MOST_BARS = 20; // classes; more are shown as a row of numbers
const LEAST_INSIDE = 1e-9;
const SLOW = 40; // milliseconds

/* The side of a map on the screen, so that many find room and few can be looked into. */
function sideOf([rows, columns, channels]) {
  if (rows === 1 && columns === 1) return channels <= 64 ? 18 : channels <= 256 ? 10 : 6;
  return channels <= 3 ? 112 : channels <= 16 ? 56 : channels <= 64 ? 44 : 28;
}

/* The size of the largest number. Of weights that have grown, sums may be infinite, or none at all; those have none. */
const largestOf = (values) =>
  values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), LEAST_INSIDE);

// ---- the maps of a layer, side by side on one canvas

/* Returns `show(values, cell, box)`: `cell` is the [row, column, channel] that is looked into, or null; `box` what of
   each map goes into a number that is looked into, as fieldsOf gives it, or null. `onCell` is called with a cell when
   it is pressed, or when a key goes there: arrows within a map, Page Up and Page Down from map to map. `scale` is the
   number that has the full color; by default, it is the largest that is shown. */
function createMaps(canvas, shape, { label, help, color, scale = null, onCell, place }) {
  const [rows, columns, channels] = shape;
  const isFlat = rows === 1 && columns === 1;
  const gap = isFlat ? 0 : GAP;
  let shown = null;
  let perRow = 1;
  canvas.classList.add("cnn-maps");
  canvas.tabIndex = 0;
  for (const [key, value] of [["role", "application"], ["aria-label", label], ["aria-describedby", help]])
    canvas.setAttribute(key, value);

  const shades = Array.from({ length: 513 }, (_, i) => color(i / 256 - 1)); // from -1 to 1: to look up is faster
  const across = Math.ceil(Math.sqrt(channels)); // all maps with a pixel a number, in one picture: faster than many
  const picture = new ImageData(across * columns, Math.ceil(channels / across) * rows);
  picture.data.fill(255);
  const small = new OffscreenCanvas(picture.width, picture.height);
  const [width, height] = [sideOf(shape), (sideOf(shape) * rows) / columns];
  const cornerOf = (channel) => [(channel % perRow) * (width + gap), Math.floor(channel / perRow) * (height + gap)];

  function paint() {
    if (!shown || !canvas.clientWidth) return;
    const { values, cell, box } = shown;
    const fit = Math.max(1, Math.floor((canvas.clientWidth + gap) / (width + gap)));
    perRow = Math.ceil(channels / Math.ceil(channels / fit)); // no row much shorter than the others
    const tall = Math.ceil(channels / perRow) * (height + gap) - gap;
    const dense = Math.max(1, window.devicePixelRatio);
    canvas.style.height = `${tall}px`;
    canvas.width = Math.round(canvas.clientWidth * dense);
    canvas.height = Math.round(tall * dense);
    const context = canvas.getContext("2d");
    context.setTransform(dense, 0, 0, dense, 0, 0);
    context.imageSmoothingEnabled = false;
    fillPicture(values, scale ?? largestOf(values));
    small.getContext("2d").putImageData(picture, 0, 0);
    for (let channel = 0; channel < channels; channel++) {
      const [left, top] = cornerOf(channel);
      const [x, y] = [(channel % across) * columns, Math.floor(channel / across) * rows];
      context.drawImage(small, x, y, columns, rows, left, top, width, height);
      if (box && !isFlat) frame(context, left, top, box, GREEN);
    }
    if (cell) {
      const [left, top] = cornerOf(cell[2]);
      Object.assign(context, { strokeStyle: BLUE, lineWidth: 2 });
      context.strokeRect(left, top, width, height);
      frame(context, left, top, { top: cell[0], left: cell[1], bottom: cell[0] + 1, right: cell[1] + 1 }, GREEN);
    }
  }

  function fillPicture(values, largest) {
    for (let i = 0; i < values.length; i++) {
      const [place, channel] = [Math.floor(i / channels), i % channels];
      const y = Math.floor(channel / across) * rows + Math.floor(place / columns);
      const at = y * picture.width + (channel % across) * columns + (place % columns);
      const shade = shades[Math.round(256 * (Math.min(1, Math.max(-1, values[i] / largest || 0)) + 1))];
      for (let part = 0; part < 3; part++) picture.data[4 * at + part] = shade[part];
    }
  }

  function frame(context, left, top, box, color) {
    const [across, down] = [width / columns, height / rows];
    Object.assign(context, { strokeStyle: color, lineWidth: 2 });
    context.strokeRect(left + box.left * across, top + box.top * down, (box.right - box.left) * across,
      (box.bottom - box.top) * down);
  }

  new ResizeObserver(paint).observe(canvas);

  canvas.addEventListener("click", (event) => { // not a finger that only scrolls the page
    const [x, y] = [event.offsetX, event.offsetY];
    const channel = Math.floor(y / (height + gap)) * perRow + Math.floor(x / (width + gap));
    if (channel >= channels || x >= perRow * (width + gap)) return;
    const [left, top] = cornerOf(channel);
    const within = (share, n) => Math.min(n - 1, Math.max(0, Math.floor(share * n)));
    onCell([within((y - top) / height, rows), within((x - left) / width, columns), channel]);
  });

  canvas.addEventListener("keydown", (event) => {
    const { key, shiftKey } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [row, column, channel] = place() ?? [rows >> 1, columns >> 1, 0];
    const within = (value, n) => Math.min(n - 1, Math.max(0, value));
    const [right, down] = ARROWS[key] ?? [0, 0];
    const step = shiftKey ? 5 : 1;
    const to = { PageUp: channel - 1, PageDown: channel + 1 }[key] ?? channel;
    if (isFlat && key in ARROWS) onCell([0, 0, within(channel + step * (right + down * perRow), channels)]);
    else if (key in ARROWS) onCell([within(row + step * down, rows), within(column + step * right, columns), channel]);
    else if (key === "PageUp" || key === "PageDown") onCell([row, column, within(to, channels)]);
    else if (key === "Enter") onCell([row, column, channel]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  return (values, cell, box) => {
    shown = { values, cell, box };
    paint();
  };
}

// ---- words

const WORDS = { InputLayer: "input", Conv2D: "conv", SeparableConv2D: "conv", DepthwiseConv2D: "conv", Dense: "dense",
  MaxPooling2D: "pool", AveragePooling2D: "pool" };

/* The layers with the names that the lessons give them, "conv 1" or "pool 2", unless they have names of their own:
   those that Keras makes, such as conv2d_3, count all networks that were built before. */
export function nameLayers(layers) {
  const counts = {};
  return layers.map((layer) => {
    const { name, kind } = layer;
    const isKeras = name.replace(/_\d+$/, "").replaceAll("_", "") === kind.toLowerCase();
    const word = WORDS[kind] ?? kind;
    counts[word] = (counts[word] ?? 0) + 1;
    const isOnly = layers.filter((other) => (WORDS[other.kind] ?? other.kind) === word).length === 1;
    return { ...layer, name: isKeras ? `${word}${isOnly ? "" : ` ${counts[word]}`}` : name };
  });
}

/* How a number comes about, in a sentence or two. `channel` is that of its input which is looked at; `isFlat` says
   whether its input is a row of numbers, which has no channels to look at. */
export function explain(layer, cell, { parts, sum, bias, before, after }, channel, isFlat) {
  const [row, column, map] = cell;
  const isNumber = asMap(layer.shape)[0] === 1 && asMap(layer.shape)[1] === 1;
  const where = isNumber ? `${layer.name}, number ${map}` : `${layer.name}, map ${map}, row ${row}, column ${column}`;
  if (layer.kind === "InputLayer") return `${where}: a number of the image, ${format(after)}.`;
  if (sum === undefined) {
    const inside = parts.filter(({ isPadding }) => !isPadding).length;
    if (layer.kind.includes("MaxPooling")) return `${where}: the largest of ${inside} numbers, ${format(after)}.`;
    if (layer.kind.includes("AveragePooling")) return `${where}: the mean of ${inside} numbers, ${format(after)}.`;
    if (parts.length === 1 && parts[0].value === after) return `${where}: ${layer.kind} passes ${format(after)} on.`;
    return `${where}: ${layer.kind} makes ${parts.length === 1 ? format(parts[0].value) : `${parts.length} numbers`}
      into ${format(after, isShare(layer) ? 4 : 2)}.`.replace(/\s+/g, " ");
  }
  const own = parts.filter((part) => part.channel === channel).reduce((total, { product }) => total + product, 0);
  const nRead = new Set(parts.map((part) => part.channel)).size;
  const products = nRead > 1 && !isFlat ? `Channel ${channel} adds ${format(own)}; all ${nRead} channels,`
    : `The ${parts.length.toLocaleString("en-US")} products add up to`;
  const last = whatActivationDoes(layer, before, after);
  return `${where}. ${products} ${format(sum)}; with the bias ${format(bias)}, that is ${format(before)}.${last}`;
}

function whatActivationDoes({ config: { activation }, shape }, before, after) {
  if (activation === "linear") return "";
  if (activation === "relu") return before > 0 ? " ReLU keeps it." : " ReLU makes that 0.";
  if (activation === "softmax") return ` Beside the other ${shape.at(-1) - 1}, softmax makes that ${format(after, 4)}.`;
  return ` The function ${activation} makes that ${format(after, 4)}.`;
}

/* What a number sees of the image. */
function sayField(index, field) {
  if (!index || !field) return "";
  const { top, left, bottom, right } = field;
  return `It sees ${bottom - top} × ${right - left} pixels of the image: rows ${top} to ${bottom - 1}, ` +
    `columns ${left} to ${right - 1}.`;
}

/* Whether a layer gives probabilities. */
const isShare = ({ kind, config }) => kind === "Softmax" || config.activation === "softmax";

// ---- the widget

const MARKUP = `
  <div class="cnn-layers-sides">
    <div class="cnn-layers-left">
      <p class="cnn-title">Draw, or choose an image</p>
      ${PAPER}
      <div class="cnn-tools" data-is="tools"></div>
      <p class="cnn-layers-answer"></p>
      <div data-is="bars" role="group" aria-label="Probability of each class"></div>
    </div>
    <div class="cnn-layers-right">
      <p class="cnn-help" id="ID-maps">Press a number of a map, or go to it with the arrow keys (from map to map with
        Page Up and Page Down), to see what it was made of. Purple is above 0, orange below; each layer has its own
        scale.</p>
      <ol class="cnn-layers-list"></ol>
    </div>
  </div>
  <p class="cnn-message" role="alert"></p>
  <p class="cnn-live" role="status"></p>`;

const DETAIL = `
  <p class="cnn-layers-sum"></p>
  <p class="cnn-layers-sees"></p>
  <div class="cnn-row">
    <div class="cnn-panel"><p class="cnn-title">Window</p><canvas data-is="window"></canvas></div>
    <div class="cnn-panel" data-is="with-weights">
      <p class="cnn-title">Filter</p><canvas data-is="filter"></canvas>
    </div>
    <div class="cnn-panel" data-is="with-products">
      <p class="cnn-title">Products</p><canvas data-is="products"></canvas>
    </div>
  </div>
  <div class="cnn-tools" data-is="detail-tools"></div>`;

/* Put the widget into an element. The state has the network's `description`, `images` (a list of examples, each with
   `label` and its numbers from 0 to 255 in base64), `scale` (what a number of 255 stands for), `names` (of the classes)
   and `isDigit` (whether a drawing is prepared as a digit of MNIST). `buffers` hold the weights, as float32, and maybe
   an image that was drawn. `ask` tells a kernel what was drawn, where there is one. */
export function mountLayers(element, state, ask = async () => {}) {
  const { description, names } = state;
  const layers = nameLayers(description.layers);
  const [weights, sent] = state.buffers.map((buffer) => asFloats(buffer));
  element.classList.add("cnn", "cnn-layers");
  element.innerHTML = MARKUP.replaceAll("ID", `cnn-${Math.random().toString(36).slice(2)}`);
  leaveKeysAlone(element);
  const find = (name) => element.querySelector(name.startsWith(".") ? name : `[data-is="${name}"]`);
  const speak = createVoice(find(".cnn-live"));
  const [height, width, nChannels] = layers[0].shape;
  // A digit is ink, from 0 on paper to 1; a photograph is light, and white paper is 1 in each of its colors.
  const isLight = nChannels > 1;
  const colorOfImage = isLight ? (value) => inkColor(1 - value) : inkColor;

  let image = sent ?? new Float32Array(height * width * nChannels).fill(isLight ? state.scale : 0);
  let next = null; // what makes the image that is to be read next
  let outputs = [];
  let chosen = null; // the [layer, [row, column, channel]] that is looked into
  let fields = []; // what of each layer goes into that number
  let took = 0; // milliseconds, the last time

  // ---- the layers, one below the other

  const detail = document.createElement("div");
  detail.className = "cnn-layers-detail";
  detail.innerHTML = DETAIL;
  const rows = layers.map((layer, index) => {
    const [row, title, canvas] = ["li", "p", "canvas"].map((tag) => document.createElement(tag));
    title.className = "cnn-title";
    const shape = asMap(layer.shape);
    title.textContent = `${layer.name} · ${layer.kind} · ${layer.shape.join(" × ")}`;
    row.append(title, canvas);
    find(".cnn-layers-list").append(row);
    const show = createMaps(canvas, shape, {
      label: `${layer.name}: arrow keys go from number to number`,
      help: element.querySelector(".cnn-layers-right .cnn-help").id,
      color: index === 0 ? colorOfImage : signedColor,
      scale: index === 0 ? state.scale : null,
      onCell: (cell) => choose(index, cell),
      place: () => (chosen?.[0] === index ? chosen[1] : null),
    });
    return { row, canvas, show };
  });
  const last = layers.at(-1);
  const isAnswer = last.shape.length === 1 && isShare(last);
  const hasBars = isAnswer && last.shape[0] <= MOST_BARS;
  const showBars = hasBars ? createMeters(find("bars"), names) : () => {};

  function update() {
    const asked = performance.now();
    if (next) {
      image = next();
      next = null;
      ask("draw", {}, [image.slice().buffer]).catch(() => {});
    }
    outputs = runLayers(description, weights, image);
    show();
    showBars(hasBars && outputs.at(-1).every(Number.isFinite) ? [...outputs.at(-1)] : null);
    find(".cnn-layers-answer").textContent = sayAnswer();
    took = performance.now() - asked;
    element.dispatchEvent(new CustomEvent("read", { detail: { asked } }));
  }

  function sayAnswer() {
    const answer = outputs.at(-1);
    if (!answer.every(Number.isFinite)) {
      return "The numbers have grown too large to go on: train the network again, with a smaller learning rate.";
    }
    const best = answer.reduce((most, value, i) => (value > answer[most] ? i : most), 0);
    if (!isAnswer) return `The largest number of the last layer is ${format(answer[best])}.`;
    const example = state.images[picked.value];
    const isBlank = !example && image.every((value) => value === image[0]);
    const what = example ? `The image “${example.label}”` : isBlank ? "Blank paper" : "Your drawing";
    const words = `${what} is read as ${names[best]}, ${Math.round(100 * answer[best])}%`;
    return isBlank ? `${words}: a network always has an answer.` : `${words}.`;
  }

  function show() {
    rows.forEach(({ show }, index) => show(outputs[index], chosen?.[0] === index ? chosen[1] : null, fields[index]));
    if (chosen) showDetail();
  }

  /* Compute all again with the next frame, once, however often the drawing has changed until then. Where that takes
     long, the pen gets as much time as the network. */
  function updateSoon() {
    if (element.hasAttribute("data-waiting")) return;
    element.setAttribute("data-waiting", ""); // there, so that a test can wait, too
    const soon = () => requestAnimationFrame(() => {
      element.removeAttribute("data-waiting");
      update();
      speak(find(".cnn-layers-answer").textContent);
    });
    if (took > SLOW) setTimeout(soon, took);
    else soon();
  }

  // ---- a number that is looked into

  const inDetail = (name) => detail.querySelector(name.startsWith(".") ? name : `[data-is="${name}"]`);
  let channel = 0; // of the input, the one whose window is shown
  const grids = Object.fromEntries([["window", "Window"], ["filter", "Filter"], ["products", "Products"]].map(
    ([name, words]) => [name, createGrid(inDetail(name), { label: `${words}, drawn with its numbers` })],
  ));
  const back = createButton("Go to what counts most", () => {
    goTo(strongest(shownParts));
    if (!back.hidden) back.focus({ preventScroll: true }); // for the next press
  });
  const close = createButton("Close", () => {
    const [index] = chosen;
    [chosen, fields] = [null, []];
    detail.remove();
    show();
    rows[index].canvas.focus();
  });
  let slider = null; // over the channels of the input
  let shownParts = []; // those of the channel that is shown

  function choose(index, cell) {
    if (chosen?.[0] === index && chosen[1].every((value, i) => value === cell[i])) return;
    chosen = [index, cell];
    fields = fieldsOf(description, index, cell);
    const { parts } = partsOf(description, weights, outputs, index, cell);
    channel = strongest(parts)?.channel ?? 0;
    prepareSlider([...new Set(parts.map((part) => part.channel))]);
    if (detail.parentElement !== rows[index].row) rows[index].row.append(detail);
    show();
    // Under many maps it would not be seen; with the next frame, its pictures have their size.
    requestAnimationFrame(() => detail.scrollIntoView({ block: "nearest" }));
    speak(inDetail(".cnn-layers-sum").textContent);
  }

  function prepareSlider(channels) {
    slider?.element.remove();
    slider = null;
    if (channels.length < 2 || hasFlatInput()) return;
    slider = createSlider({ label: "Channel of the input", values: channels, value: channel, onInput: (value) => {
      channel = value;
      showDetail();
      speak(inDetail(".cnn-layers-sum").textContent);
    } });
    inDetail("detail-tools").append(slider.element);
  }

  const hasFlatInput = () => layers[chosen[0]].inputs.every((input) => {
    const [height, width] = asMap(layers[input].shape);
    return height === 1 && width === 1;
  });

  function showDetail() {
    const [index, cell] = chosen;
    const found = partsOf(description, weights, outputs, index, cell);
    const isFlat = hasFlatInput();
    inDetail(".cnn-layers-sum").textContent = explain(layers[index], cell, found, channel, isFlat);
    inDetail(".cnn-layers-sees").textContent = sayField(index, fields[0]);
    inDetail("filter").previousElementSibling.textContent = layers[index].kind === "Dense" ? "Weights" : "Filter";
    const ofChannel = found.parts.filter((part) => isFlat || part.channel === channel);
    // Of a long row of numbers, those that count most; of a window, all of them, in their places.
    shownParts = isFlat ? [...ofChannel].sort((a, b) => weightOf(b) - weightOf(a)).slice(0, 9) : ofChannel;
    const columns = columnsShown();
    const side = Math.ceil(shownParts.length / columns);
    back.hidden = !layers[index].inputs.length;
    inDetail(".cnn-row").hidden = !shownParts.length;
    inDetail("window").previousElementSibling.textContent = isFlat && found.parts.length > 9
      ? `The ${shownParts.length} that count most, of ${found.parts.length.toLocaleString("en-US")}` : "Window";
    for (const [name, values] of Object.entries({
      window: shownParts.map(({ value }) => value),
      filter: shownParts.map(({ weight }) => weight ?? NaN),
      products: shownParts.map(({ product }) => product ?? NaN),
    })) {
      const full = Float64Array.from({ length: side * columns }, (_, i) => values[i] ?? NaN);
      const largest = largestOf(full);
      const texts = [...full].map((value, i) => {
        const number = Number.isNaN(value) ? "" : shownParts[i].isPadding ? "padding" : format(value);
        return isFlat && name === "window" && number ? `no. ${shownParts[i].channel}\n${number}` : number;
      });
      const color = layers[index].inputs[0] === 0 && name === "window" ? (value) => colorOfImage(value / state.scale)
        : (value) => signedColor((0.6 * value) / largest);
      inDetail(name).style.setProperty("--grid", `${Math.min(250, (isFlat ? 72 : 62) * columns)}px`);
      grids[name].show(full, side, columns, { color, texts });
    }
    for (const name of ["with-weights", "with-products"]) inDetail(name).hidden = found.sum === undefined;
  }

  /* How much a part counts: by its product, or without a kernel, by its value. */
  const weightOf = ({ product, value }) => (product === undefined ? value : Math.abs(product));
  const strongest = (parts) => parts.filter(({ isPadding }) => !isPadding)
    .reduce((best, part) => (best && weightOf(best) >= weightOf(part) ? best : part), null);

  function goTo(part) {
    if (!part || part.isPadding) return;
    choose(part.input, [part.row, part.column, part.channel]);
    rows[part.input].canvas.focus();
  }

  const columnsShown = () =>
    Math.max(1, hasFlatInput() ? Math.min(3, shownParts.length) : new Set(shownParts.map((part) => part.column)).size);

  /* A press on a number of the window leads to the layer that it came from. */
  inDetail("window").addEventListener("click", ({ offsetX, offsetY }) => {
    const cell = inDetail("window").clientWidth / columnsShown();
    goTo(shownParts[Math.floor(offsetY / cell) * columnsShown() + Math.floor(offsetX / cell)]);
  });

  inDetail("detail-tools").append(back, close);

  // ---- the image: drawn, or chosen

  let isPrepared = state.isDigit;

  function read(make) {
    next = make;
    updateSoon();
  }

  function readDrawing() {
    const drawing = paper.drawing();
    const ink = isPrepared ? prepareDigit(drawing) : shrink(inkOf(drawing), SIZE, SIZE, height, width);
    return Float32Array.from({ length: ink.length * nChannels }, (_, i) => {
      const value = ink[Math.floor(i / nChannels)];
      return state.scale * (isLight ? 1 - value : value);
    });
  }

  const examples = state.images.map(({ label }, i) => [`${i}`, label]);
  const first = sent ? examples.findIndex((_, i) => exampleOf(i).every((value, at) => value === sent[at])) : 0;
  const picked = createChoice({ label: "Image", options: [["", "my drawing"], ...examples],
    value: examples[first]?.[0] ?? "", onInput: (i) => read(i === "" ? readDrawing : () => exampleOf(i)) });
  const paper = createPaper(element, { speak, onChange: () => {
    picked.value = "";
    read(readDrawing);
  } });
  if (examples.length) find("tools").append(picked.element);
  if (examples.length && !sent) image = exampleOf(0);
  if (state.isDigit) {
    find("tools").append(createSwitch({ label: "Scale and center it, as MNIST does", value: true, onInput: (value) => {
      isPrepared = value;
      if (picked.value === "") read(readDrawing);
    } }).element);
  }

  function exampleOf(i) {
    return Float32Array.from(atob(state.images[i].numbers), (letter) => (state.scale * letter.charCodeAt(0)) / 255);
  }

  update();
  return { tell: (words) => (find(".cnn-message").textContent = words) };
}
