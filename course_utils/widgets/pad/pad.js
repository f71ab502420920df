/* A pad to draw one digit on, with ten bars that move while you draw. Plain JavaScript: it needs no library, makes no
   request of its own, and its styles are in pad.css. In a page:

     import { createPad } from "./pad.js";
     const pad = createPad(element, {
       onDraw: async (drawing) => probabilities,  // what reads it; the message of an Error that it throws is shown
       start: drawing,                            // optional: shown and read until you draw
     });

   A drawing is a Uint8Array of 280 * 280 gray values, row by row: dark ink (0) on white paper (255), as in a
   photograph. It is computed from the strokes: what is read back from a canvas is noise or white in browsers that hide
   who you are. One call of onDraw runs at a time; when it ends, the drawing as it is then comes next. It gets blank
   paper, too, once all is cleared, and may return null for it.

     pad.drawing()     the drawing as it is now
     pad.tell(words)   shows a message, or none where words is ""

   After each answer the element gets an event "read"; its detail says when the drawing was `asked` about, in the
   milliseconds of performance.now(), and gives the `probabilities`. */

import { createMeters, createVoice, leaveKeysAlone } from "../common.js";
import { createPaper, PAPER } from "../paper.js";

const PATIENCE = 3000; // milliseconds without an answer until the pad says so
const LATE = "No answer yet: what reads the drawing is busy, or has stopped. The drawing is kept.";
const MARKUP = `
  <div class="cnn-pad-left">${PAPER}</div>
  <div class="cnn-pad-right">
    <p class="cnn-pad-answer"></p>
    <div class="cnn-pad-bars" role="group" aria-label="Probability of each digit"></div>
    <p class="cnn-message" role="alert"></p>
    <p class="cnn-live" role="status"></p>
  </div>`;

export function createPad(element, { onDraw, start = null }) {
  element.classList.add("cnn", "cnn-pad");
  element.innerHTML = MARKUP.replaceAll("ID", `cnn-${Math.random().toString(36).slice(2)}`);
  leaveKeysAlone(element);
  const find = (name) => element.querySelector(name);
  const [answer, message] = [".cnn-pad-answer", ".cnn-message"].map(find);
  const speak = createVoice(find(".cnn-live"));
  const { drawing } = createPaper(element, { start, onChange: read, speak });
  const digits = Array.from({ length: 10 }, (_, digit) => `${digit}`);
  const showBars = createMeters(find(".cnn-pad-bars"), digits);

  // ---- what is read: one question at a time, and the last drawing wins

  let asking = false;
  let isOld = false; // whether the drawing has changed since it was asked about

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
    showBars(probabilities);
    const words = probabilities ? `Read as ${best}` : otherwise;
    answer.textContent = words;
    speak(probabilities ? `${words}, ${Math.round(100 * probabilities[best])} percent` : words);
  }

  function tell(words) {
    if (message.textContent !== words) message.textContent = words;
  }

  if (start) read();
  else showAnswer(null, "Draw a digit");
  return { drawing, tell };
}

/* In a notebook: the kernel reads the drawing. */
export function mountPad(element, { buffers: [sent] }, ask) {
  const start = sent ? new Uint8Array(sent.buffer, sent.byteOffset, sent.byteLength) : null; // none, if it is blank
  return createPad(element, {
    start,
    onDraw: async (drawing) => {
      const { probabilities, message } = await ask("draw", {}, [drawing.buffer]);
      if (message) throw new Error(message);
      return probabilities;
    },
  });
}
