"""Every slide of every deck, looked at in a real browser; and a planted fault of each kind is seen."""

import functools
import shutil
from pathlib import Path

import lesson_rules as rules
import nbformat
import nightly
import pytest
from deck_rules import SCREENS, go_to, look_at_pages, look_at_slide, open_deck, place, walk
from in_browser import chromium, keep_picture, watched_page  # noqa: F401  chromium is a fixture
from pypdf import PdfReader
from small_lesson import PNG, SECTION, code, picture, printed, small_lesson

from course_utils.publishing.slides import contents, make_deck, plan_deck, print_deck

pytestmark = pytest.mark.slow

LESSONS = nightly.by_night(rules.LESSONS, nightly.LESSONS, name=lambda source: source.stem)


@pytest.fixture(scope="module")
def deck_file(tmp_path_factory):
    """A function that gives the file of a lesson's deck, made once."""
    folder = tmp_path_factory.mktemp("decks")

    @functools.cache
    def make(source):
        path = folder / f"{source.stem}.html"
        path.write_text(make_deck(rules.stored(source), source.stem), encoding="utf-8")
        return path

    return make


@pytest.mark.parametrize("screen", nightly.by_night(SCREENS, ["4:3"]))
@pytest.mark.parametrize("source", LESSONS, ids=lambda source: source.stem)
def test_every_slide(chromium, deck_file, source, screen):  # noqa: F811
    width, height = SCREENS[screen]
    with watched_page(chromium, source.stem, viewport={"width": width, "height": height}) as page:
        open_deck(page, deck_file(source))
        name = f"{source.stem}_{width}_slide"
        wrong = walk(page, plan_deck(rules.stored(source)), lambda number: keep_picture(page, f"{name}_{number}"))
        assert not wrong + page.faults, "\n".join(wrong + page.faults)


def test_speaker_view_shows_the_notes(chromium, tmp_path):  # noqa: F811
    path = tmp_path / "deck.html"
    path.write_text(make_deck(markdown_lesson("Is it"), "03"), encoding="utf-8")
    with watched_page(chromium, "speaker_view", viewport={"width": 1280, "height": 720}) as page:
        open_deck(page, path)
        with page.expect_popup() as popup:
            page.keyboard.press("s")
        speaker = popup.value
        for notes in ("Say hello.", "Wait for them."):
            speaker.wait_for_function("text => document.body.innerText.includes(text)", arg=notes)
            page.keyboard.press("Space")
            page.keyboard.press("Space")  # the first leads to the contents
        assert page.faults == []


def test_speaker_view_says_ahead_or_behind(chromium, deck_file):  # noqa: F811
    """By the minutes in the notes: at the start on track, ten slides further ahead."""
    source = rules.LESSONS[0]
    planned = plan_deck(rules.stored(source))
    with watched_page(chromium, "pacing", viewport={"width": 1280, "height": 720}, offline=True) as page:
        open_deck(page, deck_file(source))
        with page.expect_popup() as popup:
            page.keyboard.press("s")
        speaker = popup.value
        speaker.locator(".pacing.on-track").wait_for()
        go_to(page, 10)
        speaker.locator(".pacing.ahead").wait_for()
        left = (
            "() => [...document.querySelectorAll('.pacing span:not(.hours-value) ')].map((e) => e.innerText).join('')"
        )
        minutes, seconds = speaker.evaluate(left).strip(":").split(":")[-2:]
        planned_until_here = sum(slide.seconds for slide in planned[:11])
        assert 0 <= planned_until_here - 60 * int(minutes) - int(seconds) < 300  # since the view was opened
        assert page.faults == []


def test_sections_are_columns_and_every_key_goes_through_all_slides(chromium, tmp_path):  # noqa: F811
    """Also those of a presenter that presses arrows, and after a jump back by number or by a link of the contents."""
    cells = [
        cell
        for title in ("One", "Two")
        for cell in (nbformat.v4.new_markdown_cell(f"## {title}?\n\n**Predict.** Yes?"), code("1"), code("2"))
    ]
    path = tmp_path / "deck.html"
    path.write_text(make_deck(small_lesson(*cells), "03"), encoding="utf-8")
    with watched_page(chromium, "keys", viewport={"width": 1280, "height": 720}) as page:
        open_deck(page, path)
        assert page.evaluate("Reveal.getHorizontalSlides().length") == 4

        def presses(key):
            seen = []
            for _ in range(7):
                page.keyboard.press(key)
                seen.append(place(page)[0])
            return seen

        assert presses("ArrowRight") == [1, 2, 3, 4, 5, 6, 7]
        assert presses("PageUp") == [6, 5, 4, 3, 2, 1, 0]
        assert presses("PageDown") == [1, 2, 3, 4, 5, 6, 7]
        page.keyboard.press("g")
        page.keyboard.type("2")
        page.keyboard.press("Enter")
        assert place(page)[0] == 1
        page.locator("#contents a", has_text="One?").click()
        page.wait_for_function("Reveal.getSlidePastCount() === 2")
        assert presses("ArrowRight") == [3, 4, 5, 6, 7, 7, 7]
        page.goto("about:blank")  # so the next line loads the deck, and does not race with reveal.js for the address
        page.goto(f"{path.as_uri()}#/slide-5")
        page.wait_for_function("window.Reveal && Reveal.isReady() && Reveal.getSlidePastCount() === 4")
        assert page.locator(".slide-number").inner_text().split() == ["5", "/", "8"]
        page.keyboard.press("Escape")
        page.wait_for_function("Reveal.isOverview()")
        lefts = page.evaluate("Reveal.getSlides().map((slide) => Math.round(slide.getBoundingClientRect().left))")
        assert lefts[0] < lefts[1] < lefts[2] == lefts[3] == lefts[4] < lefts[5] == lefts[6] == lefts[7]
        assert page.faults == []


def test_d_makes_it_dark_and_light_again(chromium, deck_file):  # noqa: F811
    with watched_page(chromium, "dark", viewport={"width": 1280, "height": 720}) as page:
        open_deck(page, deck_file(rules.LESSONS[0]))
        paper = "getComputedStyle(document.querySelector('.reveal-viewport')).backgroundColor"
        seen = []
        for _ in range(3):
            seen.append(page.evaluate(paper))
            page.keyboard.press("d")
        assert seen[0] == seen[2] != seen[1]


def test_a_deck_is_printed_a_slide_a_page(chromium, deck_file, tmp_path):  # noqa: F811
    source = rules.LESSONS[0]
    print_deck(deck_file(source), tmp_path / "deck.pdf", chromium)
    pages = PdfReader(tmp_path / "deck.pdf").pages
    planned = plan_deck(rules.stored(source))
    assert len(pages) == len(planned) + 1  # and the answers
    assert all(page.mediabox.width > page.mediabox.height for page in pages)
    for page, slide in zip(pages[:-1], planned, strict=True):
        assert slide.heading.partition(". ")[2 if slide.kind == "title" else 0] in page.extract_text()


def words_on(page):
    return " ".join(page.extract_text().split())


def test_printed_a_question_is_without_its_answer_and_the_answers_come_last(chromium, deck_file, tmp_path):  # noqa: F811
    source = rules.LESSONS[1]
    print_deck(deck_file(source), tmp_path / "deck.pdf", chromium)
    *pages, last = PdfReader(tmp_path / "deck.pdf").pages
    planned = plan_deck(rules.stored(source))
    asked = [(words_on(page), slide) for page, slide in zip(pages, planned, strict=True) if slide.kind == "quiz"]
    assert len(asked) == 4
    for words, slide in asked:
        why = slide.parts[-1].content.replace("`", "")
        assert slide.parts[0].content.replace("`", "") in words
        assert why not in words and "✓" not in words
        assert why in words_on(last)


def titles(outline):
    """The titles of a PDF's outline, one after the other."""
    return [title for item in outline for title in (titles(item) if isinstance(item, list) else [item.title])]


def test_a_printed_deck_has_tags_and_an_outline_and_is_the_same_everywhere(chromium, deck_file, tmp_path):  # noqa: F811
    """Of all its slides, and not only of the first one; and no link says where the deck lay when it was printed."""
    source, printed = rules.LESSONS[3], []
    for name in ("one", "another folder"):
        (tmp_path / name).mkdir()
        deck = Path(shutil.copy(deck_file(source), tmp_path / name))
        print_deck(deck, deck.with_suffix(".pdf"), chromium)
        printed.append(deck.with_suffix(".pdf").read_bytes())
    assert printed[0] == printed[1]
    pdf = PdfReader(tmp_path / "one" / f"{source.stem}.pdf")
    planned = plan_deck(rules.stored(source))
    heads = [slide.heading.partition(". ")[2 if slide.kind == "title" else 0] + slide.addition for slide in planned]
    assert titles(pdf.outline) == [heading.replace("`", "") for heading in [*heads, "Quiz: the answers"]]
    assert pdf.root_object["/MarkInfo"]["/Marked"] and pdf.root_object["/Lang"] == "en"
    n_pictures = sum(slide.kind == "picture" for slide in planned)
    assert printed[0].count(b"/Alt (") >= n_pictures > 5
    links = [note for page in pdf.pages for note in page.get("/Annots", [])]
    assert [link["/A"]["/URI"] for link in links if "/URI" in link.get("/A", {})] == ["04_building.html"]
    n_inside = len([link for link in links if "/URI" not in link.get("/A", {})])
    assert n_inside >= len(contents(planned))  # from the contents to the pages


@pytest.mark.parametrize("source", LESSONS, ids=lambda source: source.stem)
def test_each_slide_lies_whole_on_its_page(chromium, deck_file, source):  # noqa: F811
    with watched_page(chromium, f"{source.stem}_printed", viewport={"width": 1280, "height": 720}) as page:
        wrong, n_pages = look_at_pages(page, deck_file(source))
        assert not wrong + page.faults, "\n".join(wrong + page.faults)
        assert n_pages == len(plan_deck(rules.stored(source))) + 1  # and the answers


def test_pages_without_margins_are_seen(chromium, tmp_path):  # noqa: F811
    """As reveal.js prints a slide by itself."""
    path, html = tmp_path / "deck.html", make_deck(markdown_lesson("Is it"), "03")
    margins = "padding: 32px 60px 52px !important;"
    assert margins in html
    path.write_text(html.replace(margins, ""), encoding="utf-8")
    with watched_page(chromium, "printed", viewport={"width": 1280, "height": 720}) as page:
        assert "page 1: not inside its margins" in look_at_pages(page, path)[0][0]


def shown(browser, path, html, *, fragments=False):
    """What is wrong on the third slide of a deck given as HTML, which comes after the title and the contents."""
    path.write_text(html, encoding="utf-8")
    with watched_page(browser, path.stem, viewport={"width": 1280, "height": 720}) as page:
        open_deck(page, path)
        page.keyboard.press("Space")
        page.keyboard.press("Space")
        assert place(page)[0] == 2
        return [*look_at_slide(page), *page.faults]


def markdown_lesson(text):
    return small_lesson(nbformat.v4.new_markdown_cell(SECTION.replace("Smaller than", text)))


def displayed(source, **data):
    data = {kind.replace("_", "/", 1): value for kind, value in data.items()}
    return code(source, nbformat.v4.new_output("display_data", {**data, "text/plain": "<an object>"}))


@pytest.mark.parametrize("screen", nightly.by_night(SCREENS, ["4:3"]))
def test_what_people_bring_is_shown_without_a_fault(chromium, tmp_path, screen):  # noqa: F811
    """Money, formulas of every kind, tables, drawings; and a sentence for what cannot be shown."""
    text = "$5 and $10, or \\$3, `$x$`; $a +\n b$ in $$\\sum_i x_i$$\n\n\\begin{align}\na &= b\n\\end{align}\n\n"
    section = nbformat.v4.new_markdown_cell(SECTION.replace("Smaller than", text))
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"><circle cx="150" cy="150" r="99"/></svg>'
    table = f"<table>{'<tr><th>0</th><td>1</td></tr>' * 4}</table>"
    lesson = small_lesson(
        section,
        displayed("SVG('a_drawing.svg')", **{"image_svg+xml": svg}),
        displayed("frame", text_html=table),
        displayed("Math('x^2')", text_latex="$\\displaystyle x^2$"),
        displayed("slider", **{"application_vnd.jupyter.widget-view+json": {}}),
    )
    path, (width, height) = tmp_path / "deck.html", SCREENS[screen]
    path.write_text(make_deck(lesson, "03_small"), encoding="utf-8")
    with watched_page(chromium, "brought", viewport={"width": width, "height": height}) as page:
        open_deck(page, path)
        assert walk(page, plan_deck(lesson, "03_small")) + page.faults == []
        assert page.locator("section .text .formula svg").count() == 5
        assert "03_small, cell 7: a widget, which no slide can show" in page.locator("section .missing").inner_text()


FAULTS = {
    "a slide that overflows": (markdown_lesson("Word. " * 1200), "overflow"),
    "code that does not fit": (small_lesson(code("x = 1\n" * 60)), "overflow"),
    "an external picture": (markdown_lesson("![far away](https://example.org/a.png)"), "request"),
    "an external frame": (markdown_lesson('<iframe src="https://example.org/a"></iframe>'), "request"),
    "a missing alt text": (small_lesson(code("draw()", picture(alt=""), tags=["figure"])), "without an alt text"),
    "a broken picture": (small_lesson(code("draw()", picture(), tags=["figure"])), "does not load"),
    "small text": (markdown_lesson('<span style="font-size: 19px">tiny</span>'), "text of 19 px"),
    "a second heading": (markdown_lesson("<h2>Another heading</h2>"), " headings"),
    "pale text": (markdown_lesson('<span style="color: #bbb">pale</span>'), "contrast"),
    "text that is dark in the dark": (markdown_lesson('<span style="color: #222">dark</span>'), "in dark mode"),
    "an error in a script": (markdown_lesson("<script>undefined.x</script>"), "page error"),
    "a raw formula": (markdown_lesson(r"&#36;\frac12&#36;"), "raw markup"),
    "raw code": (markdown_lesson("&#96;fit&#96;"), "raw markup"),
    "text below an arrow": (
        markdown_lesson('<p style="position: absolute; right: 10px; bottom: 36px">A long line.</p>'),
        "under the arrows",
    ),
}


@pytest.mark.parametrize("fault", nightly.by_night(FAULTS, [*FAULTS][3:]))
def test_a_planted_fault_is_seen(chromium, tmp_path, fault):  # noqa: F811
    lesson, expected = FAULTS[fault]
    html = make_deck(lesson, "03")
    if fault == "a broken picture":
        html = html.replace(PNG, PNG[:40])
    wrong = shown(chromium, tmp_path / "deck.html", html)
    assert any(expected in words for words in wrong), wrong


def test_a_slide_without_a_fault_is_clean(chromium, tmp_path):  # noqa: F811
    assert shown(chromium, tmp_path / "deck.html", make_deck(markdown_lesson("Is it"), "03")) == []


CHANGES = "a lost fragment", "a slide too many", "lost notes", "an answer too early", "a pale mark", "nothing"


@pytest.mark.parametrize("change", nightly.by_night(CHANGES, CHANGES[1:]))
def test_a_walk_notices(chromium, tmp_path, change):  # noqa: F811
    section = nbformat.v4.new_markdown_cell(f"{SECTION}\n<!-- lines 1 -->")
    quiz = [code("from course_utils.exercises import loading as exercise"), nbformat.v4.new_markdown_cell("## Quiz")]
    lesson = small_lesson(section, code("print(1)", printed("1\n")), *quiz)
    html, planned = make_deck(lesson, "03"), plan_deck(lesson)
    if change == "a lost fragment":
        html = html.replace('class="output fragment"', 'class="output"')
    elif change == "a slide too many":
        planned = planned[:-1]
    elif change == "an answer too early":
        html = html.replace(".reveal .choices .mark { display: none;", ".reveal .choices .mark {")
    elif change == "a pale mark":
        html = html.replace("--mark: light-dark(#d8e9f8, #1d3a52)", "--mark: light-dark(#888, #888)")
    elif change == "lost notes":
        html = html.replace("<aside", "<div hidden").replace("</aside>", "</div>")
    else:
        assert change == "nothing"
    path = tmp_path / "deck.html"
    path.write_text(html, encoding="utf-8")
    with watched_page(chromium, "walk", viewport={"width": 1280, "height": 720}) as page:
        open_deck(page, path)
        assert bool(walk(page, planned)) == (change != "nothing")


def test_a_widget_is_live_on_its_slide_and_turns_no_pages(chromium, deck_file, tmp_path):  # noqa: F811
    """Without a frame, a server or a network: the deck holds the state, and the same JavaScript as a notebook."""
    source = next(source for source in rules.LESSONS if source.stem == "03_convolution")
    with watched_page(chromium, "widget_on_slide", viewport={"width": 1280, "height": 720}, offline=True) as page:
        open_deck(page, deck_file(source))
        number = page.evaluate("Reveal.getSlides().findIndex((slide) => slide.querySelector('.cnn-kernel'))")
        go_to(page, number)
        now = lambda: place(page)[0]  # noqa: E731
        widget = page.locator("section.present .cnn-kernel")
        total = widget.locator(".cnn-kernel-sum")
        before = total.inner_text()
        widget.get_by_label("Kernel", exact=True).select_option("all ones")
        assert "the edge is blurred" in widget.inner_text() and total.inner_text() != before
        box = widget.locator('[data-is="output"]').bounding_box()
        page.mouse.move(box["x"] + 10, box["y"] + 10)
        assert "Row 1, column 1" in total.inner_text() or "Row 0, column" in total.inner_text()
        for name, keys in [
            ('[data-is="output"]', ["ArrowRight", "ArrowDown", "x", "Space"]),
            ("select", ["ArrowDown", "Space", "Escape"]),
            ('input[type="range"]', ["ArrowRight"]),
            ("button", ["Space", "Enter"]),
        ]:
            widget.locator(name).first.focus()
            for key in keys:
                page.keyboard.press(key)
            assert now() == number, f"{name}: {keys}"
        widget.locator("button").first.focus()
        page.keyboard.press("PageDown")
        page.keyboard.press("PageDown")  # the first shows what is read
        assert now() == number + 1
        assert page.faults == []
    page = chromium.new_page()
    page.goto(f"{deck_file(source).as_uri()}?print-pdf")
    page.wait_for_selector(".pdf-page")
    assert page.locator(".cnn").count() == 0 and page.locator("cnn-widget img").first.is_visible()
    page.close()
