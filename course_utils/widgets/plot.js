/* A plot on a canvas: two axes with ticks and labels, lines with dots, heads of arrows; as sharp as the screen. */

const [LEFT, RIGHT, TOP, BOTTOM] = [54, 10, 8, 46]; // room around the area of the plot, for labels
const SMALL = "12px system-ui, sans-serif";
const LARGE = "13px system-ui, sans-serif";

/* Keep a plot as wide as its canvas, and its area `flat` times as high as wide, but high enough for a phone.

   `paint(plot)` draws it: `plot` has its `context`, its area (`left`, `top`, `width`, `height`), and once drawAxes was
   called, `at`, from [x, y] to a place on the canvas. Returns `show()`, which paints it again, and `valueAt(event)`, the
   [x, y] under a pointer. */
export function createPlot(canvas, flat, paint) {
  let plot = null;

  function show() {
    if (!canvas.clientWidth) return;
    const [width, dense] = [canvas.clientWidth - LEFT - RIGHT, Math.max(1, window.devicePixelRatio)];
    const height = Math.max(170, Math.round(flat * width));
    canvas.style.height = `${height + TOP + BOTTOM}px`;
    canvas.width = Math.round(canvas.clientWidth * dense);
    canvas.height = Math.round((height + TOP + BOTTOM) * dense);
    plot = { context: canvas.getContext("2d"), left: LEFT, top: TOP, width, height };
    plot.context.setTransform(dense, 0, 0, dense, 0, 0);
    paint(plot);
  }

  new ResizeObserver(show).observe(canvas);
  return {
    show,
    valueAt(event) {
      const { left, top } = canvas.getBoundingClientRect();
      const [right, up] = [(event.clientX - left - LEFT) / plot.width, 1 - (event.clientY - top - TOP) / plot.height];
      const { x, y } = plot;
      return [x.from + right * (x.to - x.from), y.from + up * (y.to - y.from)];
    },
  };
}

/* Draw the axes: each has `from`, `to`, `label`, and `isLog` where it is a log scale. */
export function drawAxes(plot, x, y) {
  const { context, left, top, width, height } = plot;
  const share = ({ from, to, isLog }, value) =>
    isLog ? Math.log(Math.max(value, from / 10) / from) / Math.log(to / from) : (value - from) / (to - from);
  const at = ([right, up]) => [left + width * share(x, right), top + height * (1 - share(y, up))];
  Object.assign(plot, { x, y, at });
  Object.assign(context, { strokeStyle: "black", fillStyle: "black", lineWidth: 1, font: SMALL });
  context.strokeRect(left, top, width, height);
  context.beginPath();
  const write = (text, align, baseline, ...place) => {
    Object.assign(context, { textAlign: align, textBaseline: baseline });
    context.fillText(text, ...place);
  };
  for (const tick of ticksOf(x, width / 50)) {
    const [right] = at([tick, y.from]);
    context.moveTo(right, top + height);
    context.lineTo(right, top + height + 4);
    write(tickText(tick), "center", "top", right, top + height + 7);
  }
  for (const tick of ticksOf(y, height / 24)) {
    const [, up] = at([x.from, tick]);
    context.moveTo(left, up);
    context.lineTo(left - 4, up);
    write(tickText(tick), "right", "middle", left - 7, up);
  }
  context.stroke();
  context.font = LARGE;
  write(x.label, "center", "bottom", left + width / 2, top + height + BOTTOM - 4);
  context.save();
  context.translate(5, top + height / 2);
  context.rotate(-Math.PI / 2);
  write(y.label, "center", "top", 0, 0);
  context.restore();
}

const tickText = (value) => value.toLocaleString("en-US", { maximumSignificantDigits: 1 + (Math.abs(value) >= 10),
  notation: Math.abs(value) >= 1e5 ? "scientific" : "standard" }).replace("-", "−");

/* Round numbers on an axis, about `most` of them. */
function ticksOf({ from, to, isLog }, most) {
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

/* Draw a line through points; around it a rim of white sets it off from a dark ground. */
export function drawLine({ context, at }, points, { color, width = 1.5, dash = [], dot = 0, isHollow = false }) {
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
  Object.assign(context, { fillStyle: isHollow ? "white" : color, strokeStyle: color, lineWidth: 1 });
  for (const [x, y] of corners) {
    context.beginPath();
    context.arc(x, y, dot, 0, 2 * Math.PI);
    context.fill();
    if (isHollow) context.stroke();
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
