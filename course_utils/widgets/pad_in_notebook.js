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

const STOPPED = "The kernel has stopped. The drawing is kept; to have it read, run the cell again.";

function initialize({ model }) {
  const name = model.get("name");
  const me = Math.random().toString(36).slice(2); // what this kernel answers to another window comes here as well
  const waiting = new Map(); // id of a question -> its promise's resolve and reject
  const shown = [];
  let count = 0;
  let isStopped = false;

  function ask(kind, buffers = []) {
    if (isStopped) return Promise.reject(new Error(STOPPED));
    const id = `${me} ${count++}`;
    model.send({ kind, id }, undefined, buffers);
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  }

  model.on("msg:custom", (content, buffers) => {
    waiting.get(content.id)?.resolve({ ...content, buffers });
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
    const [sent] = (await ask("state")).buffers; // none, if it is blank; after a reload, what was drawn before
    const start = sent && new Uint8Array(sent.buffer, sent.byteOffset, sent.byteLength);
    shown.push(createPad(element, { onDraw, start }));
  }

  pads.set(name, putInto);
  document.querySelectorAll(`cnn-pad[data-pad="${name}"]`).forEach(putInto);
  model.send({ kind: "here" });

  function stop() {
    isStopped = true;
    pads.delete(name);
    waiting.forEach(({ reject }) => reject(new Error(STOPPED)));
    shown.forEach((pad) => pad.tell(STOPPED));
  }

  model.on("comm_live_update", stop); // the kernel was started anew
  return stop; // the widget was closed
}

export default { initialize };
