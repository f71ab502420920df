/* A pad to draw one digit on, with ten bars that move while you draw. Plain JavaScript: it needs no library, makes no
   request of its own, and its styles are in pad.css. In a page:

     import { createPad } from "./pad.js";
     const pad = createPad(element, {
       onDraw: async (drawing) => probabilities,  // what reads it; the message of an Error that it throws is shown
       start: drawing,                            // optional: shown and read until you draw
     });

   A drawing is a Uint8Array of 280 * 280 gray values, row by row: dark ink (0) on white paper (255), as in a photograph.
   It is computed from the strokes: what is read back from a canvas is noise or white in browsers that hide who you are.
   One call of onDraw runs at a time; when it ends, the drawing as it is then comes next. It gets blank paper, too, once
   all is cleared, and may return null for it.

     pad.drawing()     the drawing as it is now
     pad.tell(words)   shows a message, or none where words is ""

   After each answer the element gets an event "read"; its detail says when the drawing was `asked` about, in the
   milliseconds of performance.now(), and gives the `probabilities`. */

export const SIZE = 280;
const PEN = 20; // in pixels of the drawing; MNIST's strokes are about as thick for their height
const STEP = 10; // what an arrow key moves the pen by; 2 with Shift
const PATIENCE = 3000; // milliseconds without an answer until the pad says so
const LATE = "No answer yet: what reads the drawing is busy, or has stopped. The drawing is kept.";
const SUMMARY = 600; // milliseconds without a new answer until a screen reader is told
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const MARKUP = `
  <div class="cnn-pad-left">
    <canvas tabindex="0" role="application" aria-label="Paper: draw a digit with mouse, pen, finger or keys"
      aria-describedby="ID-help"></canvas>
    <div class="cnn-pad-tools">
      <button type="button" data-do="undo">Undo</button>
      <button type="button" data-do="clear">Clear</button>
    </div>
    <p class="cnn-pad-help" id="ID-help">Keyboard: arrows move the pen (with Shift a little), Space lowers and lifts it,
      Ctrl+Z undoes, Delete clears.</p>
  </div>
  <div class="cnn-pad-right">
    <p class="cnn-pad-answer"></p>
    <div class="cnn-pad-bars" role="group" aria-label="Probability of each digit"></div>
    <p class="cnn-pad-message" role="alert"></p>
    <p class="cnn-pad-live" role="status"></p>
  </div>`;

export function createPad(element, { onDraw, start = null }) {
  element.classList.add("cnn-pad");
  element.innerHTML = MARKUP.replaceAll("ID", `cnn-pad-${Math.random().toString(36).slice(2)}`);
  const find = (name) => element.querySelector(name);
  const [screen, answer, bars] = [find("canvas"), find(".cnn-pad-answer"), find(".cnn-pad-bars")];
  const [message, live, undoButton, clearButton] =
    [find(".cnn-pad-message"), find(".cnn-pad-live"), find("[data-do=undo]"), find("[data-do=clear]")];
  for (const target of [screen, undoButton, clearButton]) leaveKeysAlone(target);
  const meters = Array.from({ length: 10 }, (_, digit) => {
    bars.insertAdjacentHTML("beforeend", `<span aria-hidden="true">${digit}</span>
      <div role="meter" aria-label="${digit}" aria-valuemin="0" aria-valuemax="100"><div></div></div>
      <span aria-hidden="true"></span>`);
    return bars.querySelector("div[role=meter]:last-of-type");
  });

  // ---- what is drawn: the picture it began with, or strokes, each a list of points; and what Undo goes back to

  const picture = start && pictureOf(start);
  let now = { picture, strokes: [] };
  const before = [];

  const isBlank = () => !now.picture && !now.strokes.length;

  function change(next) {
    before.push(now);
    now = next;
    show();
    read();
  }

  function beginStroke(point) {
    change({ picture: null, strokes: [...now.strokes, [point]] });
  }

  function addPoints(points) {
    now.strokes.at(-1).push(...points);
    show();
    read();
  }

  function undo() {
    if (!before.length) return;
    now = before.pop();
    show();
    read();
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

  // ---- what is read: one question at a time, and the last drawing wins

  let asking = false;
  let isOld = false; // whether the drawing has changed since it was asked about
  let summary;

  async function read() {
    isOld = true;
    if (asking) return;
    asking = true;
    while (isOld) {
      isOld = false;
      const asked = performance.now();
      let probabilities = null;
      let words = "";
      const late = setTimeout(tell, PATIENCE, LATE);
      try {
        probabilities = await onDraw(drawing());
      } catch (error) {
        words = error.message;
      }
      clearTimeout(late);
      showAnswer(probabilities, words ? "Not read" : "Draw a digit");
      tell(words);
      element.dispatchEvent(new CustomEvent("read", { detail: { asked, probabilities } }));
    }
    asking = false;
  }

  function showAnswer(probabilities, otherwise) {
    const best = probabilities ? probabilities.indexOf(Math.max(...probabilities)) : -1;
    meters.forEach((meter, digit) => {
      const percent = probabilities ? 100 * probabilities[digit] : 0;
      meter.firstElementChild.style.width = `${percent}%`;
      meter.classList.toggle("cnn-pad-best", digit === best);
      meter.setAttribute("aria-valuenow", Math.round(percent));
      meter.nextElementSibling.textContent = probabilities ? `${Math.round(percent)} %` : "";
    });
    const words = probabilities ? `Read as ${best}` : otherwise;
    answer.textContent = words;
    clearTimeout(summary);
    summary = setTimeout(() => {
      live.textContent = probabilities ? `${words}, ${Math.round(100 * probabilities[best])} percent` : words;
    }, SUMMARY);
  }

  function tell(words) {
    if (message.textContent !== words) message.textContent = words;
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
    live.textContent = `Pen ${pen.down ? "lowered" : "lifted"}, ${pen.x} from the left, ${pen.y} from the top of ${SIZE}`;
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
  if (picture) read();
  else showAnswer(null, "Draw a digit");
  return { drawing, tell };
}

/* JupyterLab takes a letter typed outside of a text for a command to the chosen cell ("x" cuts it out), but not where
   this attribute stands. Only saving is let through, which else would save the browser's page. */
function leaveKeysAlone(target) {
  const suppress = (event) => {
    const isToSave = (event?.ctrlKey || event?.metaKey) && event.key.toLowerCase() === "s";
    target.toggleAttribute("data-lm-suppress-shortcuts", !isToSave);
  };
  suppress();
  target.addEventListener("keydown", suppress); // JupyterLab looks when the event has come up to the document
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
