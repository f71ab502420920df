/* A plot on a canvas: two axes with ticks and labels, lines with dots, heads of arrows; as sharp as the screen. */

const [TOP, BOTTOM] = [8, 46]; // room above and below the area of the plot, for labels

/* Keep a plot as wide as its canvas, and its area `flat` times as high as wide, but at least `least` pixels, enough for
   a phone; `left` and `right` are the room beside it.

   `paint(plot)` draws it: `plot` has its `context`, its area (`left`, `top`, `width`, `height`), and once drawAxes was
   called, `at`, from [x, y] to a place on the canvas. Returns `show()`, which paints it again, and `valueAt(event)`,
   the [x, y] under a pointer. */
export function createPlot(canvas, { flat, least = 170, left = 54, right = 10 }, paint) {
  let plot = null;

  function show() {
    if (!canvas.clientWidth) return;
    const [width, dense] = [canvas.clientWidth - left - right, Math.max(1, window.devicePixelRatio)];
    const height = Math.max(least, Math.round(flat * width));
    canvas.style.height = `${height + TOP + BOTTOM}px`;
    canvas.width = Math.round(canvas.clientWidth * dense);
    canvas.height = Math.round((height + TOP + BOTTOM) * dense);
    plot = { context: canvas.getContext("2d"), left, right, top: TOP, width, height };
    plot.context.setTransform(dense, 0, 0, dense, 0, 0);
    paint(plot);
  }

  new ResizeObserver(show).observe(canvas);
  return {
    show,
    valueAt(event) {
      const { x, y, width, height } = plot;
      const box = canvas.getBoundingClientRect();
      const [along, down] = [(event.clientX - box.left - left) / width, (event.clientY - box.top - TOP) / height];
      return [x.from + along * (x.to - x.from), y.to - down * (y.to - y.from)];
    },
  };
}

/* Draw the axes: each has `from`, `to`, `label`, `isLog` where it is a log scale, and `ticks` where they are not to be
   chosen here, each a value and its words. */
export function drawAxes(plot, x, y) {
  const { context, left, right, top, width, height } = plot;
  const share = ({ from, to, isLog }, value) =>
    isLog ? Math.log(Math.max(value, from / 10) / from) / Math.log(to / from) : (value - from) / (to - from);
  const at = ([along, up]) => [left + width * share(x, along), top + height * (1 - share(y, up))];
  Object.assign(plot, { x, y, at });
  const bottom = top + height;
  Object.assign(context, { strokeStyle: "black", lineWidth: 1 });
  context.strokeRect(left, top, width, height);
  context.beginPath();
  for (const [tick, words] of x.ticks ?? ticksOf(x, width / 50)) {
    const [along] = at([tick, y.from]);
    context.moveTo(along, bottom);
    context.lineTo(along, bottom + 4);
    writeText(plot, words, [along, bottom + 13]);
  }
  for (const [tick, words] of y.ticks ?? ticksOf(y, height / 24)) {
    const [, up] = at([x.from, tick]);
    context.moveTo(left, up);
    context.lineTo(left - 4, up);
    writeText(plot, words, [left - 7, up], { align: "right" });
  }
  context.stroke();
  writeText(plot, x.label, [left + width / 2, bottom + BOTTOM - 11], { size: 13, most: width + 2 * right - 6 });
  writeText(plot, y.label, [11, top + height / 2], { size: 13, most: height + 2 * top - 6, isTurned: true });
}

/* Write words at a place on the canvas, upward if they are turned, squeezed to `most` pixels; with a rim of white. */
export function writeText({ context }, words, place, { size = 12, align = "center", isTurned = false, most } = {}) {
  context.save();
  context.translate(...place);
  if (isTurned) context.rotate(-Math.PI / 2);
  Object.assign(context, { font: `${size}px system-ui, sans-serif`, textAlign: align, textBaseline: "middle",
    fillStyle: "black", strokeStyle: "white", lineWidth: 3 });
  context.strokeText(words, 0, 0, most);
  context.fillText(words, 0, 0, most);
  context.restore();
}

const tickText = (value) => value.toLocaleString("en-US", { maximumSignificantDigits: 1 + (Math.abs(value) >= 10),
  notation: Math.abs(value) >= 1e5 ? "scientific" : "standard" }).replace("-", "−");

/* Round numbers on an axis, about `most` of them, each with its words. */
const ticksOf = (axis, most) => roundNumbers(axis, most).map((tick) => [tick, tickText(tick)]);

function roundNumbers({ from, to, isLog }, most) {
  const powers = (low, high) => Array.from({ length: Math.max(0, high - low + 1) }, (_, i) => 10 ** (low + i));
  if (isLog) {
    const decades = powers(Math.floor(Math.log10(from)), Math.ceil(Math.log10(to)));
    const within = (ticks) => ticks.filter((tick) => tick >= from && tick <= to);
    const fine = within(decades.flatMap((power) => [power, 2 * power, 5 * power]));
    const coarse = within(decades);
    return fine.length <= most ? fine : coarse.filter((_, i) => i % Math.ceil(coarse.length / most) === 0);
  }
  const rough = (to - from) / most;
  const step = powers(-2, 6).flatMap((power) => [power, 2 * power, 5 * power]).find((size) => size >= rough);
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, i) => (first + i) * step);
}

/* Draw within the area only. */
export function clipTo({ context, left, top, width, height }, draw) {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  draw();
  context.restore();
}

/* Draw a line through points, without those that are NaN, which a canvas leaves out; around it a rim of white sets it
   off from a dark ground. Its dots have a rim of its color where they are filled with another. */
export function drawLine({ context, at }, points, { color = "black", width = 1.5, dash = [], dot = 0, fill = color }) {
  const corners = points.map(at);
  for (const [strokeStyle, lineWidth] of [["white", width + 2.5], [color, width]]) {
    Object.assign(context, { strokeStyle, lineWidth, lineJoin: "round" });
    context.setLineDash(dash);
    context.beginPath();
    corners.forEach((corner) => context.lineTo(...corner));
    context.stroke();
  }
  context.setLineDash([]);
  if (!dot) return;
  Object.assign(context, { fillStyle: fill, strokeStyle: color, lineWidth: 1 });
  for (const [x, y] of corners) {
    context.beginPath();
    context.arc(x, y, dot, 0, 2 * Math.PI);
    context.fill();
    if (fill !== color) context.stroke();
  }
}

/* Draw the head of an arrow, at a place on the canvas; its direction in pixels. */
export function drawHead({ context }, [x, y], [right, down], { color, size = 9 }) {
  context.save();
  context.translate(x, y);
  context.rotate(Math.atan2(down, right));
  Object.assign(context, { fillStyle: color, strokeStyle: "white", lineWidth: 1.5 });
  context.beginPath();
  for (const [along, across] of [[0, 0], [-size, size / 2], [-size, -size / 2]]) context.lineTo(along, across);
  context.closePath();
  context.stroke();
  context.fill();
  context.restore();
}
