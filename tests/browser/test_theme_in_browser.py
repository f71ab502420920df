"""A deck, and a page of the book, of a made-up university: its colors, logo and lines as a real browser shows them."""

import functools
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from deck_rules import SCREENS, look_at_pages, look_at_slide, open_deck
from in_browser import chromium, watched_page  # noqa: F401  chromium is a fixture
from nbformat.v4 import new_markdown_cell
from pypdf import PdfReader
from small_lesson import SECTION, code, printed, small_lesson

from course_utils.exercises.convolution import quiz
from course_utils.publishing import slides
from course_utils.publishing.book import build
from course_utils.publishing.book.lessons import question_form, raw
from course_utils.publishing.theme import MODES, read_theme

pytestmark = pytest.mark.slow
UNIVERSITY = Path(__file__).parents[1] / "publishing" / "themes" / "university"
FOOTER, LICENSE = "University of Example · Machine vision", "CC BY 4.0, after “Convolutional neural networks”"


@pytest.fixture(scope="module")
def theme():
    """The university's, in its folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(UNIVERSITY)
        yield read_theme()


def css(page, selector, name):
    """What a browser computes of an element, a color as "#rrggbb"."""
    style = f"(e) => getComputedStyle(e).getPropertyValue({name!r})"
    value = page.locator(selector).first.evaluate(style)
    if value.startswith("rgb("):
        value = "#" + "".join(f"{int(channel):02x}" for channel in value[4:-1].split(","))
    return value


def run_axe(page):
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"], "preload": False})
    assert found.violations_count == 0, found.generate_report()


# ---- a deck, with the book at an address


@pytest.fixture(scope="module")
def deck(tmp_path_factory, theme):
    """A deck with a title, a prediction, code and an exercise."""
    folder = tmp_path_factory.mktemp("deck")
    (folder / "pyproject.toml").write_text('[project.urls]\nRepository = "https://github.com/university/cnn-course"\n')
    exercise = "### Exercise: find the bug\n\n<!-- slide\nFind it.\n-->\n<!-- notes\n4 minutes. Wait.\n-->"
    lesson = small_lesson(
        new_markdown_cell(SECTION), code("x = [1]  # one\nprint(x)", printed("[1]\n")), new_markdown_cell(exercise)
    )
    with pytest.MonkeyPatch.context() as patch:
        there = functools.partial(slides.qr_figure, pyproject=folder / "pyproject.toml")
        patch.setattr(slides, "qr_figure", there)
        (folder / "deck.html").write_text(slides.make_deck(lesson, "03_small"), encoding="utf-8")
    return folder / "deck.html"


GO = """(number) => {
  const { h, v } = Reveal.getIndices(Reveal.getSlides()[number]);
  Reveal.slide(h, v, 99);
}"""
LINES = """() => {
  const box = (selector) => document.querySelector(selector).getBoundingClientRect();
  const words = document.createRange();
  words.selectNodeContents(document.querySelector("section.present:not(.stack) .foot"));
  const line = words.getBoundingClientRect(), touches = (other) => line.left < other.right && other.left < line.right;
  return { touches: touches(box(".slide-number")) || touches(box(".controls")), bottom: line.bottom };
}"""


@pytest.mark.parametrize(("mode", "screen"), [*zip(MODES, SCREENS, strict=True)])
def test_a_deck_has_the_universitys_looks(chromium, deck, theme, mode, screen):  # noqa: F811
    (width, height), colors = SCREENS[screen], getattr(theme, mode)
    size = {"width": width, "height": height}
    with watched_page(chromium, f"theme_{mode}", viewport=size, color_scheme=mode, offline=True) as page:
        open_deck(page, deck)
        seen = {}
        for number in range(page.evaluate("Reveal.getTotalSlides()")):
            page.evaluate(GO, number)
            assert look_at_slide(page) == []
            run_axe(page)
            foot, placed = page.locator("section.present:not(.stack) .foot"), page.evaluate(LINES)
            assert not placed["touches"] and placed["bottom"] < height
            assert css(page, "section.present:not(.stack) .foot", "color") == colors["muted"]
            assert float(css(page, "section.present:not(.stack) .foot", "font-size")[:-2]) >= 20
            seen[foot.inner_text()] = number
        assert [text[: len(FOOTER)] for text in seen] == [FOOTER, LICENSE[: len(FOOTER)]]
        assert [*seen.values()] == [number - 1, number]  # the license comes last
        codes = page.locator(":is(.slide-title, .slide-exercise) svg[role=img][aria-label^=QR] + figcaption a")
        assert codes.count() == page.locator(".qr").count() == 2
        leads = "https://university.github.io/cnn-course/03_small.html"
        assert [code.get_attribute("href") for code in codes.all()] == [leads, f"{leads}#exercise-find-the-bug"]
        page.evaluate(GO, 0)
        logo = page.get_by_role("img", name="University of Example", exact=True)
        assert logo.is_visible() and logo.evaluate("(image) => image.naturalWidth > 0")
        assert css(page, ".reveal-viewport", "background-color") == colors["paper"]
        assert (
            css(page, "h2", "color") == colors["accent"] and css(page, ".listing", "background-color") == colors["code"]
        )
        assert page.faults == []


def test_a_printed_deck_has_them_too(chromium, deck, tmp_path):  # noqa: F811
    with watched_page(chromium, "theme_printed", viewport={"width": 1280, "height": 720}) as page:
        wrong, n_pages = look_at_pages(page, deck)
        assert wrong == [] and n_pages >= 4
    slides.print_deck(deck, tmp_path / "deck.pdf", chromium)
    texts = [page.extract_text() for page in PdfReader(tmp_path / "deck.pdf").pages]
    assert [FOOTER in text for text in texts] == [True] * (n_pages - 1) + [False] and LICENSE in texts[-1]
    assert b"/Alt (University of Example)" in (tmp_path / "deck.pdf").read_bytes()


# ---- a page of the book


@pytest.fixture(scope="module")
def book(tmp_path_factory, theme):
    """A book of one page."""
    folder = tmp_path_factory.mktemp("book")
    pages, built = folder / "work" / "html", folder / "built"
    shutil.copytree(build.BOOK / "static", pages / "static")
    (pages / "extra").mkdir()
    question = raw(question_form(quiz.questions[0], "convolution", 1))
    text = f"# A page\n\n[A link](#a-part)\n\n## A part\n\n```python\nx = 1\n```\n\n{question}\n"
    (pages / "index.md").write_text(text, encoding="utf-8")
    build.run_sphinx(pages, built)
    build.amend_pages(built, theme)
    return built


@pytest.mark.parametrize("mode", MODES)
def test_a_page_of_the_book_has_the_universitys_looks(chromium, book, theme, mode):  # noqa: F811
    colors, size = getattr(theme, mode), {"width": 1280, "height": 900}
    with watched_page(chromium, f"theme_book_{mode}", viewport=size, color_scheme=mode, offline=True) as page:
        page.goto((book / "index.html").as_uri())
        logo = page.get_by_role("img", name="University of Example", exact=True)
        assert logo.is_visible() and logo.evaluate("(image) => image.naturalWidth > 0")
        assert css(page, "article a.reference", "color") == colors["accent"]
        assert css(page, ".quiz-choice input", "accent-color") == colors["accent"]
        footer = page.locator("footer .left-details").inner_text()
        assert footer.startswith(FOOTER) and LICENSE in footer
        run_axe(page)
        assert page.faults == []


def test_a_printed_page_has_the_footer_on_each_and_the_license_at_its_end(chromium, book, theme, tmp_path):  # noqa: F811
    build.print_lesson(book / "index.html", tmp_path / "page.pdf", chromium)
    texts = [page.extract_text() for page in PdfReader(tmp_path / "page.pdf").pages]
    assert all(f"1 · {FOOTER}" in text for text in texts) and LICENSE in texts[-1]


def test_a_theme_that_cannot_be_read_ends_the_build_before_it_begins(tmp_path, monkeypatch):
    (tmp_path / "theme.toml").write_text('[dark]\naccent = "#8a1538"', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=r"\[dark\] accent \"#8a1538\" on paper \"#14171a\": 1.92 to 1; the nearest"):
        build.build_book(built=tmp_path / "built", work=tmp_path / "work")
    assert not (tmp_path / "work").exists()
