"""What holds on every slide, as a room sees it: each rule looks at a page that shows a deck in a real browser.

`walk` goes through a whole deck with the keyboard and says what is wrong, slide by slide.
tests/browser/test_decks_in_browser.py holds the decks to the rules, and the rules to planted faults.
"""

SMALLEST_TEXT = 20  # pixels of a slide that is 720 high
SMALLEST_CONTRAST = 4.5  # WCAG 2.2 AA
SMALLEST_PICTURE = 200  # pixels of a slide that is 720 high
SCREENS = {"16:9": (1280, 720), "4:3": (1024, 768)}

LOOK = """
([smallestText, smallestContrast, smallestPicture]) => {
  const slide = Reveal.getCurrentSlide(), frame = slide.getBoundingClientRect(), scale = frame.height / 720, wrong = [];
  const shown = [...slide.querySelectorAll("*")]
    .filter((e) => !e.closest("aside.notes, .cnn-live") && e.checkVisibility());
  const words = (e) => `${e.tagName.toLowerCase()} "${(e.textContent || e.alt || "").trim().slice(0, 30)}"`;

  for (const e of shown) {
    const box = e.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    const out = box.right > frame.right + 1 || box.left < frame.left - 1 || box.top < frame.top - 1
      || box.bottom > frame.bottom - 40 * scale;  // the slide's number stands there
    const cut = (e.scrollWidth > e.clientWidth + 1 && e.matches("pre, table, div, p"))
      || (e.scrollHeight > e.clientHeight + 1 && e.matches(".cnn"));  // a widget, over what is read below it
    if (out || cut) wrong.push(`overflow: ${words(e)}`);
  }

  const headings = [...slide.querySelectorAll("h1, h2")];
  if (headings.length !== 1 || headings[0].textContent.trim().length < 3) wrong.push(`${headings.length} headings`);

  const arrows = [...document.querySelectorAll(".controls button.enabled")].map((e) => e.getBoundingClientRect());
  for (const e of shown.filter((e) => e.matches("img, pre, p, li, td, .listing"))) {
    const box = e.getBoundingClientRect();
    const level = arrows.filter((a) => a.top < box.bottom && box.top < a.bottom);
    if (level.some((a) => a.left < box.right && box.left < a.right)) wrong.push(`under the arrows: ${words(e)}`);
  }

  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => {
    const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = channels(color).map((c) => linear(c / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = (e) => {
    for (; e; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor, [, , , alpha = 1] = channels(color);
      if (alpha > 0) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const texts = shown.filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()));
  for (const e of texts) {
    const size = parseFloat(getComputedStyle(e).fontSize);
    if (size < smallestText) wrong.push(`text of ${size} px: ${words(e)}`);
  }
  const modes = document.documentElement.classList;
  const before = [...modes];
  for (const mode of ["light", "dark"]) {
    modes.remove("light", "dark");
    modes.add(mode);
    for (const e of texts) {
      const [a, b] = [getComputedStyle(e).color, paper(e)].map(luminance);
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (contrast < smallestContrast) wrong.push(`contrast ${contrast.toFixed(1)} in ${mode} mode: ${words(e)}`);
    }
  }
  modes.remove("light", "dark");
  modes.add(...before);

  for (const image of slide.querySelectorAll("img")) {
    if (!image.complete || !image.naturalWidth) wrong.push("a picture that does not load");
    if ((image.alt || "").trim().length < 20) wrong.push("a picture without an alt text");
    if (image.getBoundingClientRect().height < smallestPicture * scale) wrong.push(`a small picture: ${words(image)}`);
  }
  for (const formula of shown.filter((e) => e.matches(".formula svg"))) {
    const box = formula.getBoundingClientRect();
    const drawn = box.width > 4 && box.height > 4 && formula.getAttribute("aria-label");
    if (!drawn) wrong.push("a formula that is not drawn");
  }
  for (const e of texts) {
    const own = [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.textContent).join("");  // no code in it
    const raw = /\\$(?!\\s)[^$]*[^$\\s]\\$(?!\\d)|\\\\[a-z]{2,}|<!--|\\*\\*|`/.test(own);
    if (raw && !e.closest("pre, code")) wrong.push(`raw markup: ${words(e)}`);
  }
  return wrong;
}
"""


def look_at_slide(page):
    """What is wrong on the slide that a page shows: a list of sentences."""
    return page.evaluate(LOOK, [SMALLEST_TEXT, SMALLEST_CONTRAST, SMALLEST_PICTURE])


LOOK_AT_PAGES = """
() => [...document.querySelectorAll(".pdf-page")].flatMap((paper, number) => {
  const frame = paper.getBoundingClientRect(), inside = "section, aside.notes, aside.notes *";
  const out = [...paper.querySelectorAll("section *")].filter((e) => !e.matches(inside)).filter((e) => {
    const box = e.getBoundingClientRect();
    return !box.width || !box.height ? e.matches("img, pre, p, li, h1, h2") : box.left < frame.left + 30
      || box.right > frame.right - 30 || box.top < frame.top + 20 || box.bottom > frame.bottom - 35;
  });
  const words = (e) => `${e.tagName.toLowerCase()} "${(e.textContent || e.alt || "").trim().slice(0, 30)}"`;
  return out.map((e) => `page ${number + 1}: not inside its margins: ${words(e)}`);
})
"""


def look_at_pages(page, path):
    """What is wrong on the pages that a deck is printed on: a list of sentences; and how many pages there are."""
    page.emulate_media(media="print")
    page.goto(f"{path.as_uri()}?print-pdf")
    page.wait_for_selector(".pdf-page")
    page.evaluate("document.fonts.ready")
    return page.evaluate(LOOK_AT_PAGES), page.locator(".pdf-page").count()


def place(page):
    """Which slide a page shows, from 0, and how many key presses were made on it."""
    return page.evaluate("[Reveal.getSlidePastCount(), (Reveal.getIndices().f ?? -1) + 1]")


def go_to(page, index):
    """Jump to a slide, counted from 0."""
    page.evaluate(
        "(index) => { const { h, v } = Reveal.getIndices(Reveal.getSlides()[index]); Reveal.slide(h, v); }", index
    )


def open_deck(page, path):
    page.goto(path.as_uri())
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    page.evaluate("document.fonts.ready")


ANSWERED = """() => [...document.querySelectorAll("section.present .choices .mark")].some((mark) =>
    mark.checkVisibility({ visibilityProperty: true, opacityProperty: true }))"""


def walk(page, planned, on_fault=lambda number: None):
    """Go through a deck with the space bar, and look at each slide when all of it is there.

    Parameters
    ----------
    page : playwright.sync_api.Page
        It shows the first slide of the deck.
    planned : list of course_utils.publishing.slides.Slide
    on_fault : callable
        Called with a slide's number, from 1, while the page shows a slide on which something is wrong.

    Returns
    -------
    list of str
        What is wrong.
    """
    wrong = []
    for index, slide in enumerate(planned):
        found = []
        for shown in range(slide.steps + 1):
            if place(page) != [index, shown]:
                return [*wrong, f"slide {index + 1}: the next key leads to {place(page)}, not to {[index, shown]}"]
            if page.evaluate(ANSWERED) != (slide.kind == "quiz" and shown > 0):
                found.append("an answer that comes too early, or not at all")
            if shown == slide.steps or page.locator("section.present .line.current-fragment").count():
                found += look_at_slide(page)
            if shown < slide.steps:
                page.keyboard.press("Space")
        notes = page.evaluate("(Reveal.getCurrentSlide().querySelector('aside.notes')?.textContent || '').trim()")
        if bool(notes) != bool(slide.notes):
            found.append("the notes are not those that were planned")
        if found:
            on_fault(index + 1)
        wrong += [f"slide {index + 1}: {fault}" for fault in found]
        page.keyboard.press("Space")
    if place(page)[0] != len(planned) - 1 or not page.evaluate("Reveal.isLastSlide()"):
        wrong.append(f"there are more slides than the {len(planned)} planned")
    return wrong
