/* What the widgets of the course share: words for a screen reader, keys in JupyterLab, numbers, colors, sliders and
   choices, and a grid of numbers to look into. Plain JavaScript: it needs no library and makes no request. */

export const BLUE = "#0072b2";
export const GREEN = "#009e73";
export const VERMILION = "#d55e00";
export const GRAY = "#8c8c8c";
export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SUMMARY = 600; // milliseconds without a change until a screen reader is told

/* JupyterLab takes a letter typed outside of a text for a command to the chosen cell ("x" cuts it out), but not where
   what has the focus bears this attribute. Only saving is let through, which else would save the browser's page. */
export function leaveKeysAlone(element) {
  element.addEventListener("keydown", ({ target, ctrlKey, metaKey, key }) => {
    const isToSave = (ctrlKey || metaKey) && key.toLowerCase() === "s";
    target.toggleAttribute("data-lm-suppress-shortcuts", !isToSave);
  }, { capture: true }); // JupyterLab looks when the event has come up to the document
}

/* What tells a screen reader of a change, in a sentence, once it rests; what is told at once does not take the place of
   what waits. `live` is an element with role="status". */
export function createVoice(live) {
  let waiting;
  return (words, { atOnce = false } = {}) => {
    if (!atOnce) clearTimeout(waiting);
    const timer = setTimeout(() => (live.textContent = words), atOnce ? 0 : SUMMARY);
    if (!atOnce) waiting = timer;
  };
}

/* A number as the course prints it: with a true minus, and without zeros at the end. Only what is 0 is written 0. */
export function format(number, digits = 2) {
  if (!Number.isFinite(number)) return Number.isNaN(number) ? "not a number" : number > 0 ? "∞" : "−∞";
  const isSmall = Number(number.toFixed(digits)) === 0 && Math.abs(number) > 1e-9; // what is less is rounding
  const rounded = Number(isSmall ? number.toPrecision(1) : number.toFixed(digits));
  return rounded.toLocaleString("en-US", { maximumFractionDigits: isSmall ? 9 : digits })
    .replace("-", rounded === 0 ? "" : "−");
}

/* Bytes as numbers of 32 bits; a copy begins where floats may begin. */
export function asFloats(buffer) {
  return new Float32Array(new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength).slice().buffer);
}

// ---- colors of numbers: red, green and blue from 0 to 255

/* From 0, white paper, to 1, black ink. */
export function inkColor(value) {
  const gray = 255 * (1 - Math.min(1, Math.max(0, value)));
  return [gray, gray, gray];
}

/* From -1, orange, over 0, white, to 1, purple: the map PuOr of C. Brewer, colorbrewer2.org, as in the lessons. */
const SIGNED = ["7f3b08", "b35806", "e08214", "fdb863", "fee0b6", "f7f7f7", "d8daeb", "b2abd2", "8073ac", "542788",
  "2d004b"].map((color) => [0, 2, 4].map((at) => parseInt(color.slice(at, at + 2), 16)));

export function signedColor(value) {
  const place = 5 * (Math.min(1, Math.max(-1, value || 0)) + 1);
  const before = Math.min(9, Math.floor(place));
  return [0, 1, 2].map((i) => SIGNED[before][i] + (place - before) * (SIGNED[before + 1][i] - SIGNED[before][i]));
}

// ---- controls: each has `element`, to be put somewhere, and `value`

function labeled(label, ...parts) {
  const element = document.createElement("label");
  element.className = "cnn-control";
  element.append(label, ...parts);
  return element;
}

/* A slider over some values in order; `show` turns one of them into words. */
export function createSlider({ label, values, value, show = String, onInput }) {
  const [range, output] = [document.createElement("input"), document.createElement("output")];
  Object.assign(range, { type: "range", min: 0, max: values.length - 1, step: 1 });
  output.setAttribute("aria-hidden", "true"); // the slider itself says it
  const slider = {
    element: labeled(label, range, output),
    get value() {
      return values[range.value];
    },
    set value(next) {
      const distances = values.map((other) => Math.abs(other - next));
      range.value = distances.indexOf(Math.min(...distances));
      output.textContent = show(slider.value);
      range.setAttribute("aria-valuetext", show(slider.value));
    },
  };
  slider.value = value;
  range.addEventListener("input", () => {
    slider.value = slider.value;
    onInput(slider.value);
  });
  return slider;
}

/* A choice of one of some [value, words]. */
export function createChoice({ label, options, value, onInput }) {
  const select = document.createElement("select");
  select.append(...options.map(([name, words]) => new Option(words, name)));
  select.value = value;
  select.setAttribute("aria-label", label); // else its name would hold all of its words, too
  select.addEventListener("input", () => onInput(select.value));
  return {
    element: labeled(label, select),
    get value() {
      return select.value;
    },
    set value(next) {
      select.value = next;
    },
  };
}

export function createButton(words, onClick) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words;
  button.addEventListener("click", onClick);
  return button;
}

/* A box to tick. */
export function createSwitch({ label, value, onInput }) {
  const box = document.createElement("input");
  Object.assign(box, { type: "checkbox", checked: value });
  box.addEventListener("input", () => onInput(box.checked));
  return { element: labeled(box, label) };
}

/* Bars of probabilities, one for each name; returns `show(probabilities)`, or with null, empty ones. */
export function createMeters(element, names) {
  element.classList.add("cnn-bars");
  const meters = names.map((name) => {
    const [word, meter, percent] = ["span", "div", "span"].map((tag) => document.createElement(tag));
    word.textContent = name;
    for (const part of [word, percent]) part.setAttribute("aria-hidden", "true"); // the bar itself says it
    meter.append(document.createElement("div"));
    for (const [key, value] of [["role", "meter"], ["aria-label", name], ["aria-valuemin", 0], ["aria-valuemax", 100]])
      meter.setAttribute(key, value);
    element.append(word, meter, percent);
    return meter;
  });
  return (probabilities) => {
    const best = probabilities ? probabilities.indexOf(Math.max(...probabilities)) : -1;
    meters.forEach((meter, i) => {
      const percent = probabilities ? 100 * probabilities[i] : 0;
      meter.firstElementChild.style.width = `${percent}%`;
      meter.classList.toggle("cnn-best", i === best);
      meter.setAttribute("aria-valuenow", Math.round(percent));
      meter.nextElementSibling.textContent = probabilities ? `${Math.round(percent)} %` : "";
    });
  };
}

// ---- a grid of numbers, drawn as cells; a pointer or the arrow keys go from cell to cell

/* Put a grid of numbers on a canvas.

   label     what it is, for a screen reader
   onPoint   is called with the row and column of the cell that a pointer goes to, and whether it is pressed
   onKey     is called with what an arrow key asks for: how many cells down, and how many to the right
   Without these two, it is a picture.

   Returns `show(values, rows, columns, options)`; values stand row by row, NaN for an empty cell. Options: `color`,
   from a value to red, green and blue; `frames`, each with row, column, height, width, color, and perhaps `thin`;
   `outside`, the number of rows and columns of padding before and after, [top, left, bottom, right], which is hatched;
   `texts`, what to write into the cells: for each, one line or several. */
export function createGrid(canvas, { label, onPoint = null, onKey = null }) {
  let shown = null;
  canvas.classList.add("cnn-grid");
  canvas.setAttribute("aria-label", label);
  canvas.setAttribute("role", onKey ? "application" : "img");
  if (onKey) canvas.tabIndex = 0;

  function paint() {
    if (!shown || !canvas.clientWidth) return;
    const { values, rows, columns, color, frames, outside, texts } = shown;
    const [width, dense] = [canvas.clientWidth, Math.max(1, window.devicePixelRatio)];
    const cell = width / columns;
    canvas.width = Math.round(width * dense);
    canvas.height = Math.round(cell * rows * dense);
    const context = canvas.getContext("2d");
    context.setTransform(dense, 0, 0, dense, 0, 0);
    const edge = (n) => Math.round(n * cell * dense) / dense; // on the pixels of the screen: no seams
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const value = values[row * columns + column];
        const rgb = Number.isNaN(value) ? [255, 255, 255] : color(value);
        const [left, top] = [edge(column), edge(row)];
        context.fillStyle = `rgb(${rgb.map(Math.round)})`;
        context.fillRect(left, top, edge(column + 1) - left, edge(row + 1) - top);
        if (texts) writeInto(context, texts[row * columns + column].split("\n"), left, top, cell, rgb);
      }
    }
    if (outside) paintOutside(context, cell, rows, columns, outside);
    for (const { row, column, height, width: wide, color: ring, thin } of frames) {
      Object.assign(context, { strokeStyle: ring, lineWidth: thin ? 1.5 : 3 });
      context.strokeRect(column * cell, row * cell, wide * cell, height * cell);
    }
  }

  new ResizeObserver(paint).observe(canvas);

  if (onPoint) {
    const go = (event) => {
      const box = canvas.getBoundingClientRect();
      const within = (share, n) => Math.min(n - 1, Math.max(0, Math.floor(share * n)));
      onPoint(within((event.clientY - box.top) / box.height, shown.rows),
        within((event.clientX - box.left) / box.width, shown.columns), event.buttons > 0);
    };
    canvas.addEventListener("pointermove", go);
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      go(event);
    });
  }
  if (onKey) {
    canvas.addEventListener("keydown", (event) => {
      if (!(event.key in ARROWS) || event.ctrlKey || event.metaKey || event.altKey) return;
      const [right, down] = ARROWS[event.key].map((way) => way * (event.shiftKey ? 5 : 1));
      onKey(down, right);
      event.preventDefault();
      event.stopPropagation();
    });
  }

  return {
    show(values, rows, columns, { color = inkColor, frames = [], outside = null, texts = null } = {}) {
      shown = { values, rows, columns, color, frames, outside, texts };
      canvas.style.aspectRatio = `${columns} / ${rows}`;
      paint();
    },
  };
}

/* Write lines into a cell, in black or white, whichever stands out; the last one is the largest. */
function writeInto(context, lines, left, top, cell, [red, green, blue]) {
  context.fillStyle = 0.299 * red + 0.587 * green + 0.114 * blue < 128 ? "white" : "black";
  Object.assign(context, { textAlign: "center", textBaseline: "middle" });
  lines.forEach((line, i) => {
    context.font = `${Math.min(16, cell / (i === lines.length - 1 ? 3.6 : 5.2))}px system-ui, sans-serif`;
    context.fillText(line, left + cell / 2, top + cell * (lines.length === 1 ? 0.5 : 0.28 + 0.4 * i), cell - 4);
  });
}

/* Hatch the padding around an image, and draw a frame around the image. */
function paintOutside(context, cell, rows, columns, [top, left, bottom, right]) {
  if (!(top || left || bottom || right)) return;
  const image = [left * cell, top * cell, (columns - left - right) * cell, (rows - top - bottom) * cell];
  context.save();
  context.beginPath();
  context.rect(0, 0, columns * cell, rows * cell);
  context.rect(...image);
  context.clip("evenodd");
  Object.assign(context, { strokeStyle: GRAY, lineWidth: 0.7 });
  context.beginPath();
  for (let x = -rows * cell; x < columns * cell; x += 6) {
    context.moveTo(x, rows * cell);
    context.lineTo(x + rows * cell, 0);
  }
  context.stroke();
  context.restore();
  Object.assign(context, { strokeStyle: BLUE, lineWidth: 2 });
  context.strokeRect(...image);
}
