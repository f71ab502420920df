/* A widget in a page without a kernel: it takes the place of each picture that says what it shows. The weights of a
   network stand once in the page, in base64, in a <script type="text/plain" data-weights="NAME">; where they don't, the
   picture stays. */

function putIntoPage(kind, mount) {
  for (const element of document.querySelectorAll(`cnn-widget[data-kind="${kind}"]`)) {
    const state = JSON.parse(element.dataset.state);
    const stored = document.querySelector(`script[data-weights="${state.weights}"]`);
    if (element.isMounted || (state.weights !== undefined && !stored)) continue;
    element.isMounted = true;
    const bytes = stored && Uint8Array.from(atob(stored.textContent.trim()), (letter) => letter.charCodeAt(0));
    mount(element, { ...state, buffers: bytes ? [bytes] : [] });
  }
}
