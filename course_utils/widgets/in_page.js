/* A widget in a page without a kernel: it takes the place of each picture that says what it shows. The weights of a
   network stand once in the page, in base64, in a <script type="text/plain" data-weights="NAME">; where they don't, the
   picture stays. On paper it stays, too, and where the state is of another version of the widget. */

function putIntoPage(kind, mount) {
  if (/print-pdf/.test(location.search)) return; // how reveal.js is told to lay a deck out for printing
  for (const element of document.querySelectorAll(`cnn-widget[data-kind="${kind}"]`)) {
    const [picture, { className }] = [[...element.childNodes], element];
    try {
      putInto(element, mount);
    } catch (error) {
      element.replaceChildren(...picture);
      element.className = className;
      console.error(error); // and go on with the other widgets of the page
    }
  }
}

function putInto(element, mount) {
  const state = JSON.parse(element.dataset.state);
  const stored = document.querySelector(`script[data-weights="${state.weights}"]`);
  if (element.isMounted || (state.weights !== undefined && !stored)) return;
  element.isMounted = true;
  const bytes = stored && Uint8Array.from(atob(stored.textContent.trim()), (letter) => letter.charCodeAt(0));
  mount(element, { ...state, buffers: bytes ? [bytes] : [] });
  element.dataset.preventSwipe = ""; // on a slide, a finger moves the widget, and keys that it may use are its own;
  element.addEventListener("keydown", (event) => TURNS_PAGES.has(event.key) || event.stopPropagation());
}

const TURNS_PAGES = new Set(["PageUp", "PageDown", "Escape"]); // as the keys of a presenter in the hand do
