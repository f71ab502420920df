/* The pad in a notebook: pad.js stands before this text, and anywidget runs both.

   The output of the cell is a picture inside the element <cnn-pad data-pad="NAME">. Where the kernel that made it is
   alive, anywidget calls `initialize`, and the pad takes the picture's place; everywhere else the picture stays. An
   element that JupyterLab puts into the page anew, or twice, finds its pad by its name. */

const pads = (globalThis.cnnCoursePads ??= new Map()); // name -> what puts a pad into an element

if (!customElements.get("cnn-pad")) {
  customElements.define("cnn-pad", class extends HTMLElement {
    connectedCallback() {
      globalThis.cnnCoursePads.get(this.dataset.pad)?.(this);
    }
  });
}

function initialize({ model }) {
  const waiting = new Map(); // number of a question -> what takes its answer
  const shown = [];
  let count = 0;
  const name = model.get("name");
  const me = Math.random().toString(36).slice(2); // other windows get this kernel's answers as well

  function ask(kind, buffers = []) {
    const id = `${me} ${count++}`;
    model.send({ kind, id }, undefined, buffers);
    return new Promise((resolve) => waiting.set(id, resolve));
  }

  model.on("msg:custom", (content, buffers) => {
    waiting.get(content.id)?.({ ...content, buffers });
    waiting.delete(content.id);
  });

  async function onDraw(drawing) {
    const { probabilities, message } = await ask("draw", [drawing.buffer]);
    if (message) throw new Error(message);
    return probabilities;
  }

  async function putInto(element) {
    if (element.isPad) return;
    element.isPad = true;
    const [drawing] = (await ask("state")).buffers; // none, if it is blank; after a reload, what was drawn before
    shown.push(createPad(element, { onDraw, start: drawing && new Uint8Array(drawing.buffer) }));
  }

  pads.set(name, putInto);
  document.querySelectorAll(`cnn-pad[data-pad="${name}"]`).forEach(putInto);
  model.send({ kind: "here" });
  return () => { // the kernel has ended or was started anew
    pads.delete(name);
    for (const pad of shown) pad.tell("The kernel has stopped. The drawing is kept; to have it read, run the cell again.");
  };
}

export default { initialize };
