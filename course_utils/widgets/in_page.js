/* A widget in a page without a kernel: it takes the place of each picture that says what it shows. */

function putIntoPage(kind, mount) {
  for (const element of document.querySelectorAll(`cnn-widget[data-kind="${kind}"]`)) {
    if (element.isMounted) continue;
    element.isMounted = true;
    mount(element, JSON.parse(element.dataset.state));
  }
}
