/* A widget in a notebook. It stands behind the widget's own module, and anywidget runs both.

   The output of the cell is a picture inside the element <cnn-widget data-name="NAME">. Where the kernel that made it
   is alive, anywidget calls `initialize`, and the widget takes the picture's place; everywhere else the picture stays.
   An element that JupyterLab puts into the page again, or twice, finds its widget by its name. */

const widgets = (globalThis.cnnCourseWidgets ??= new Map()); // name -> what puts a widget into an element

if (!customElements.get("cnn-widget")) {
  customElements.define("cnn-widget", class extends HTMLElement {
    connectedCallback() {
      globalThis.cnnCourseWidgets.get(this.dataset.name)?.(this);
    }
  });
}

/* Connect one widget with its kernel; `mount` puts it into an element: see each widget's own module. */
function connect({ model }, mount, stopped) {
  const name = model.get("name");
  const me = Math.random().toString(36).slice(2); // what this kernel answers to another window comes here as well
  const waiting = new Map(); // id of a question -> its promise's resolve and reject
  const shown = [];
  let count = 0;
  let isStopped = false;

  /* Ask the kernel something; the promise ends with what it answers: an object with `buffers`. */
  function ask(kind, content = {}, buffers = []) {
    if (isStopped) return Promise.reject(new Error(stopped));
    const id = `${me} ${count++}`;
    model.send({ ...content, kind, id }, undefined, buffers);
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  }

  model.on("msg:custom", (content, buffers) => {
    waiting.get(content.id)?.resolve({ ...content, buffers });
    waiting.delete(content.id);
  });

  async function putInto(element) {
    if (element.isMounted) return;
    element.isMounted = true;
    const answer = await ask("state").catch(() => null); // after a reload, as it was before
    if (!answer) return; // the kernel has stopped meanwhile: the picture stays
    element.widget = mount(element, { ...answer.state, buffers: answer.buffers }, ask);
    shown.push(new WeakRef(element)); // the output of a cell that ran again can be forgotten, with all it holds
  }

  widgets.set(name, putInto);
  document.querySelectorAll(`cnn-widget[data-name="${name}"]`).forEach(putInto);
  model.send({ kind: "here" });

  function stop() {
    isStopped = true;
    widgets.delete(name);
    waiting.forEach(({ reject }) => reject(new Error(stopped)));
    shown.forEach((element) => element.deref()?.widget.tell(stopped));
  }

  model.on("comm_live_update", stop); // the kernel was started again
  return stop; // the widget was closed
}
