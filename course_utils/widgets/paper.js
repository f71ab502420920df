/* Paper to draw on with mouse, pen, finger or keys; the drawing pad and the widgets that read a drawing stand on it.

   A drawing is a Uint8Array of 280 * 280 gray values, row by row: dark ink (0) on white paper (255), as in a
   photograph. It is computed from the strokes: what is read back from a canvas is noise or white in browsers that hide
   who you are. */

import { ARROWS } from "./common.js";

export const SIZE = 280;
const PEN = 20; // in pixels of the drawing; MNIST's strokes are about as thick for their height
const STEP = 10; // what an arrow key moves the pen by; 2 with Shift

export const PAPER = `
    <canvas class="cnn-paper" tabindex="0" role="application"
      aria-label="Paper: draw a digit with mouse, pen, finger or keys" aria-describedby="ID-help"></canvas>
    <div class="cnn-tools">
      <button type="button" data-do="undo">Undo</button>
      <button type="button" data-do="clear">Clear</button>
    </div>
    <p class="cnn-help" id="ID-help">Keyboard: arrows move the pen (with Shift a little), Space lowers and lifts it,
      Ctrl+Z undoes, Delete clears.</p>`;

/* Make the paper in `element`, whose markup holds PAPER, alive. `start` is a drawing to begin with, or null; the first
   stroke takes its place. `onChange` is called after each change, `speak` with what a screen reader is told. Returns
   `drawing()`, the drawing as it is now, and `isBlank()`. */
export function createPaper(element, { start = null, onChange, speak }) {
  const [screen, undoButton, clearButton] =
    [".cnn-paper", "[data-do=undo]", "[data-do=clear]"].map((name) => element.querySelector(name));

  // ---- what is drawn: the picture it began with, or strokes, each a list of points; and what Undo goes back to

  const picture = start && pictureOf(start);
  let now = { picture, strokes: [] };
  const before = [];

  const isBlank = () => !now.picture && !now.strokes.length;

  function change(next) {
    before.push(now);
    now = next;
    show();
    onChange();
  }

  function beginStroke(point) {
    change({ picture: null, strokes: [...now.strokes, [point]] });
  }

  function addPoints(points) {
    now.strokes.at(-1).push(...points);
    show();
    onChange();
  }

  function undo() {
    if (!before.length) return;
    now = before.pop();
    show();
    onChange();
  }

  function clear() {
    if (!isBlank()) change({ picture: null, strokes: [] });
  }

  function drawing() {
    const grays = now.picture ? Uint8Array.from(start) : new Uint8Array(SIZE * SIZE).fill(255);
    for (const points of now.strokes) inkStroke(grays, points);
    return grays;
  }

  // ---- what is seen: as many pixels as the screen has, and the keyboard's pen

  const pen = { x: SIZE / 2, y: SIZE / 2, down: false, isSeen: false };

  function show() {
    const width = Math.round(SIZE * Math.max(1, window.devicePixelRatio));
    if (screen.width !== width) screen.width = screen.height = width;
    const context = screen.getContext("2d");
    context.setTransform(width / SIZE, 0, 0, width / SIZE, 0, 0);
    paint(context, now);
    if (pen.isSeen) paintPen(context, pen);
    undoButton.setAttribute("aria-disabled", !before.length);
    clearButton.setAttribute("aria-disabled", isBlank());
  }

  // ---- mouse, pen and finger

  let pointer = null; // the one that draws; a second finger or the palm does not

  function pointOf(event) {
    const box = screen.getBoundingClientRect();
    return [((event.clientX - box.left) * SIZE) / box.width, ((event.clientY - box.top) * SIZE) / box.height];
  }

  screen.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button !== 0) return;
    pointer = event.pointerId;
    pen.down = pen.isSeen = false;
    screen.setPointerCapture(pointer);
    beginStroke(pointOf(event));
  });
  screen.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    addPoints((events.length ? events : [event]).map(pointOf));
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
    screen.addEventListener(end, (event) => {
      if (event.pointerId === pointer) pointer = null;
    });
  }

  // ---- keyboard

  function movePen([right, down], step) {
    const within = (value) => Math.min(SIZE - PEN / 2, Math.max(PEN / 2, value));
    [pen.x, pen.y] = [within(pen.x + step * right), within(pen.y + step * down)];
    if (pen.down) addPoints([[pen.x, pen.y]]);
    else show();
  }

  function lowerOrLiftPen() {
    pen.down = !pen.down;
    const where = `Pen ${pen.down ? "lowered" : "lifted"}, ${pen.x} from the left, ${pen.y} from the top of ${SIZE}`;
    speak(where, { atOnce: true });
    if (pen.down) beginStroke([pen.x, pen.y]);
    else show();
  }

  screen.addEventListener("keydown", (event) => {
    pen.isSeen = true;
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    const command = ctrlKey || metaKey;
    if (key in ARROWS && !command && !altKey) movePen(ARROWS[key], shiftKey ? 2 : STEP);
    else if (key === " " && !event.repeat) lowerOrLiftPen();
    else if (key.toLowerCase() === "z" && command) forget(undo);
    else if (key === "Delete" || key === "Backspace") forget(clear);
    else if (key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
  });
  screen.addEventListener("focus", () => {
    pen.isSeen = screen.matches(":focus-visible");
    show();
  });
  screen.addEventListener("blur", () => {
    pen.down = pen.isSeen = false;
    show();
  });

  function forget(step) {
    pen.down = false;
    pointer = null; // ends the stroke that is being drawn
    step();
  }

  undoButton.addEventListener("click", () => forget(undo));
  clearButton.addEventListener("click", () => forget(clear));

  show();
  return { drawing, isBlank };
}

function pictureOf(grays) {
  const canvas = new OffscreenCanvas(SIZE, SIZE);
  const colors = Uint8ClampedArray.from({ length: 4 * SIZE * SIZE }, (_, i) => (i % 4 === 3 ? 255 : grays[i >> 2]));
  canvas.getContext("2d").putImageData(new ImageData(colors, SIZE), 0, 0);
  return canvas;
}

function paint(context, { picture, strokes }) {
  context.fillStyle = "white";
  context.fillRect(0, 0, SIZE, SIZE);
  if (picture) context.drawImage(picture, 0, 0, SIZE, SIZE);
  Object.assign(context, { strokeStyle: "black", lineWidth: PEN, lineCap: "round", lineJoin: "round" });
  for (const points of strokes) {
    const [[x, y], ...others] = smooth(points);
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + 0.01, y); // a canvas draws no line of length 0, and a tap is a dot
    for (const point of others) context.lineTo(...point);
    context.stroke();
  }
}

/* The corners of a line with many: a smooth curve (a parabola) around each point, from midpoint to midpoint. */
function smooth(points) {
  const line = [points[0]];
  for (let i = 1; i < points.length - 1; i++) {
    const [start, [x, y], [nextX, nextY]] = [line.at(-1), points[i], points[i + 1]];
    const end = [(x + nextX) / 2, (y + nextY) / 2];
    const steps = Math.ceil((Math.hypot(x - start[0], y - start[1]) + Math.hypot(x - end[0], y - end[1])) / 4) || 1;
    for (let step = 1; step <= steps; step++) {
      const [t, s] = [step / steps, 1 - step / steps];
      line.push([0, 1].map((axis) => s * s * start[axis] + 2 * s * t * points[i][axis] + t * t * end[axis]));
    }
  }
  return [...line, points.at(-1)];
}

/* Darken the grays that a stroke covers: all of a pixel, or the share of it that its distance from the line leaves. */
function inkStroke(grays, points) {
  const line = smooth(points);
  const reach = PEN / 2 + 1;
  const from = (value, other) => Math.max(0, Math.floor(Math.min(value, other)) - reach);
  const to = (value, other) => Math.min(SIZE, Math.ceil(Math.max(value, other)) + reach);
  for (let i = 1; i < line.length; i++) {
    const [[x, y], [endX, endY]] = [line[i - 1], line[i]];
    const [dx, dy] = [endX - x, endY - y];
    const squared = dx * dx + dy * dy || 1;
    const [left, right, top, bottom] = [from(x, endX), to(x, endX), from(y, endY), to(y, endY)];
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        const [toX, toY] = [column + 0.5 - x, row + 0.5 - y];
        const along = Math.min(1, Math.max(0, (toX * dx + toY * dy) / squared));
        const distance = Math.sqrt((toX - along * dx) ** 2 + (toY - along * dy) ** 2);
        const gray = 255 * Math.min(1, Math.max(0, distance - PEN / 2 + 0.5));
        const pixel = row * SIZE + column;
        if (gray < grays[pixel]) grays[pixel] = gray;
      }
    }
  }
}

function paintPen(context, { x, y, down }) {
  Object.assign(context, { strokeStyle: "#D55E00", fillStyle: "#D55E00", lineWidth: 2 });
  context.beginPath();
  context.arc(x, y, PEN / 2, 0, 2 * Math.PI);
  context.stroke();
  if (down) context.fill();
}

// ---- from a drawing to the pixels that a network reads

/* Ink in fewer pixels: each new one is the mean of those whose middle lies in it; a middle between two of them belongs
   to the one before, as in Pillow's Resampling.BOX (up to rounding errors). `ink` holds height rows of width. */
export function shrink(ink, height, width, rows, columns) {
  const [values, counts] = [new Float64Array(rows * columns), new Float64Array(rows * columns)];
  for (let y = 0; y < height; y++) {
    const row = Math.ceil(((y + 0.5) * rows) / height) - 1;
    for (let x = 0; x < width; x++) {
      const at = row * columns + Math.ceil(((x + 0.5) * columns) / width) - 1;
      values[at] += ink[y * width + x];
      counts[at]++;
    }
  }
  return values.map((sum, at) => sum / Math.max(1, counts[at]));
}

/* The ink of a drawing from 0, paper, to 1, in pixels of its own. */
export const inkOf = (drawing) => Float64Array.from(drawing, (gray) => 1 - gray / 255);

/* A drawn digit as MNIST's makers would have it, 28 * 28 numbers from 0 to 1: its longer side scaled to 20 pixels, its
   center of mass on pixel 14. The same steps as course_utils.handwriting.prepare, whose threshold is not quite 128,
   so that some grays at the edges of strokes differ a little. On blank paper, all zeros. */
export function prepareDigit(drawing) {
  const image = new Float64Array(28 * 28);
  const dark = drawing.map((gray) => gray < 128);
  const [ys, xs] = [[], []];
  dark.forEach((isDark, i) => isDark && (ys.push(Math.floor(i / SIZE)), xs.push(i % SIZE)));
  if (!ys.length) return image;
  const least = (numbers) => numbers.reduce((a, b) => Math.min(a, b));
  const most = (numbers) => numbers.reduce((a, b) => Math.max(a, b));
  const [top, left, height, width] = [least(ys), least(xs), most(ys) - least(ys) + 1, most(xs) - least(xs) + 1];
  const cropped = Float64Array.from({ length: height * width }, (_, i) =>
    dark[(top + Math.floor(i / width)) * SIZE + left + (i % width)]);
  const longer = Math.max(height, width);
  const [rows, columns] = [height, width].map((side) => Math.max(1, roundAsPython((20 * side) / longer)));
  const fitted = shrink(cropped, height, width, rows, columns);
  const mass = fitted.reduce((sum, ink) => sum + ink, 0);
  const corner = [rows, columns].map((side, axis) => {
    const middle = fitted.reduce((sum, ink, i) => sum + ink * (axis ? i % columns : Math.floor(i / columns)), 0) / mass;
    return Math.min(28 - side, Math.max(0, roundAsPython(14 - middle)));
  });
  fitted.forEach((ink, i) =>
    (image[(corner[0] + Math.floor(i / columns)) * 28 + corner[1] + (i % columns)] = ink));
  return image;
}

/* To the nearest whole number; halves, to the even one. Sums that differ in their last digits count as one half. */
function roundAsPython(number) {
  const isHalf = Math.abs(number - Math.floor(number) - 0.5) < 1e-9;
  return isHalf ? 2 * Math.round(number / 2) : Math.round(number);
}
