"""The workbooks as a real browser prints them: sizes to the millimeter, fonts, tags, and nothing that sticks out."""

import re
from itertools import pairwise

import lesson_rules as rules
import pytest
from in_browser import chromium, watched_page  # noqa: F401  chromium is a fixture
from nightly import by_night
from pypdf import PdfReader

from course_utils.publishing import paper
from course_utils.publishing.workbook import Workbook, make_cut_outs, make_key, make_workbook, print_workbook

pytestmark = pytest.mark.slow
MM = 72 / 25.4  # points
BY_DAY = ("03_convolution",)
CONVOLUTION = next(source for source in rules.LESSONS if source.stem == "03_convolution")
# In mm: how wide and high each thing is that has a size.
MEASURE = """(selector) => [...document.querySelectorAll(selector)].map((found) => {
    const { width, height } = found.getBoundingClientRect();
    return [width, height].map((length) => length * 25.4 / 96);
})"""
# What sticks out of the page's width, what is written smaller than 11 pt, and rooms that no page could hold.
FAULTS = """([width, height]) => {
    const mm = 96 / 25.4, faults = [];
    for (const found of document.body.querySelectorAll("*")) {
        const box = found.getBoundingClientRect();
        const name = `${found.tagName} ${found.className} ${found.textContent.slice(0, 40)}`;
        if (!found.matches(".dots") && box.right > width * mm + 0.5) faults.push(`${name} sticks out`);
        const written = [...found.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        const size = parseFloat(getComputedStyle(found).fontSize) * (found.closest("svg:not(.formula svg)") ? mm : 1);
        if (written && !found.closest(".formula") && size < 11 * 96 / 72 - 0.05) faults.push(`${name}: ${size} px`);
    }
    for (const room of document.querySelectorAll(".room, .lines, figure, tr")) {
        if (room.getBoundingClientRect().height > height * mm) faults.push(`${room.className} is too high`);
    }
    return faults;
}"""


def pages_of(source):
    book = Workbook(rules.stored(source), source.stem)
    return {"workbook": make_workbook(book), "cut-outs": make_cut_outs(book), "key": make_key(book)}


def inner_size(size):
    """What a page has between its margins, in mm."""
    units = {"mm": 1, "in": 25.4}
    width, height = (float(re.match(r"[\d.]+", text)[0]) * units[text[-2:]] for text in paper.SIZES[size])
    sides = {side: float(text.removesuffix("mm")) for side, text in paper.MARGINS.items()}
    return width - sides["left"] - sides["right"], height - sides["top"] - sides["bottom"]


@pytest.fixture
def laid_out(chromium):  # noqa: F811
    """A page that lays out HTML as wide as the paper of a size."""

    def lay_out(page, html, size):
        width, height = inner_size(size)
        page.set_viewport_size({"width": int(width * 96 / 25.4), "height": 900})
        page.set_content(html)
        page.wait_for_function("document.fonts.status === 'loaded'")
        return width, height

    with watched_page(chromium, "workbook") as page:
        yield lambda html, size: (page, lay_out(page, html, size))


BY_NIGHT = [source.stem for source in rules.LESSONS if source.stem not in BY_DAY]


@pytest.mark.parametrize("source", by_night(rules.LESSONS, BY_NIGHT, lambda source: source.stem), ids=lambda s: s.stem)
def test_nothing_sticks_out_or_is_small(laid_out, source):
    for kind, html in pages_of(source).items():
        for size in paper.SIZES if html else ():
            page, inner = laid_out(html, size)
            assert page.evaluate(FAULTS, inner) == [], (kind, size)


@pytest.mark.parametrize(
    "style",
    [".room { width: 300mm }", "p { font-size: 10pt }", ".room { height: 300mm }", "svg text { font-size: 3px }"],
)
def test_a_planted_fault_is_seen(laid_out, style):
    html = pages_of(CONVOLUTION)["workbook"].replace("</style>", f"{style}</style>")
    page, inner = laid_out(html, "a4")
    assert page.evaluate(FAULTS, inner)


def test_the_window_lies_on_the_patch_square_by_square(laid_out):
    pages = pages_of(CONVOLUTION)
    page, _ = laid_out(pages["workbook"], "letter")
    squares = page.evaluate(MEASURE, ".squares:has(.square:nth-of-type(36)) .square")[:36]
    assert squares == [pytest.approx([15, 15], abs=0.05)] * 36
    page, _ = laid_out(pages["cut-outs"], "letter")
    assert page.evaluate(MEASURE, ".hole") == [pytest.approx([45, 45], abs=0.05)]
    cards = page.evaluate(MEASURE, ".cut .square")
    assert cards == [pytest.approx([15, 15], abs=0.05)] * 9 * 7  # the kernel, and a to f
    assert len(page.query_selector_all(".scissors")) == 2 + 7


def numbers_of(page):
    """Where a PDF's page has which text, in mm: a list of (text, x, y)."""
    found = []

    def note(text, matrix, text_matrix, *_):
        a, b, c, d, e, f = matrix
        x, y = text_matrix[4:]
        if text.strip():
            found.append((text.strip(), (a * x + c * y + e) / MM, (b * x + d * y + f) / MM))

    page.extract_text(visitor_text=note)
    return found


@pytest.fixture(scope="module")
def printed(chromium, tmp_path_factory):  # noqa: F811
    """The folder with the PDFs of lesson 03, and another with those of one size, printed once more."""
    folders, lesson = [tmp_path_factory.mktemp("paper") for _ in range(2)], rules.NOTEBOOKS / "03_convolution.ipynb"
    for folder, sizes in zip(folders, [paper.SIZES, ["a4"]], strict=True):
        print_workbook(lesson, sizes, folder, chromium)
    return folders


def test_the_same_lesson_gives_the_same_bytes(printed):
    one, another = (sorted((folder / "a4").iterdir()) for folder in printed)
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in another] and len(one) == 3


def titles(outline):
    return [title for item in outline for title in (titles(item) if isinstance(item, list) else [item.title])]


@pytest.mark.parametrize("size", paper.SIZES)
def test_a_printed_workbook_has_its_size_its_fonts_and_its_outline(printed, size):
    for path in sorted((printed[0] / size).iterdir()):
        pdf = PdfReader(path)
        wanted = {"a4": (210, 297), "letter": (215.9, 279.4)}[size]
        said = pdf.pages[-1].extract_text()
        assert f"{len(pdf.pages)} / {len(pdf.pages)}" in said and "3. Convolution and pooling · " in said
        for page in pdf.pages:
            assert (float(page.mediabox.width) / MM, float(page.mediabox.height) / MM) == pytest.approx(wanted, abs=0.5)
            fonts = [font.get_object() for font in page["/Resources"].get("/Font", {}).values()]
            names = {str(font["/BaseFont"]).partition("+")[2] for font in fonts if "/BaseFont" in font}
            assert names and all(re.match("SourceSansPro|DejaVu", name) for name in names), names
        assert pdf.root_object["/MarkInfo"]["/Marked"] and pdf.root_object["/Lang"] == "en"
    pdf = PdfReader(printed[0] / size / "03_convolution-workbook.pdf")
    assert {"What does a kernel compute?", "Prediction 1", "Exercise 1: find the bug", "Quiz"} <= set(
        titles(pdf.outline)
    )
    assert len(PdfReader(printed[0] / size / "03_convolution-cut-outs.pdf").pages) == 1


def test_in_the_pdf_the_numbers_of_the_patch_are_15_mm_apart(printed):
    page = PdfReader(printed[0] / "a4" / "03_convolution-workbook.pdf").pages[1]
    rows = {}
    for text, x, y in numbers_of(page):
        if re.fullmatch(r"0(\.\d)?|1", text):
            rows.setdefault(round(y), []).append(x)
    rows = {y: sorted(xs) for y, xs in rows.items() if len(xs) == 6}
    assert len(rows) == 6
    steps = [right - left for xs in rows.values() for left, right in pairwise(xs)]
    assert steps == [pytest.approx(15, abs=1.6)] * 30  # a text of three characters begins farther left than its middle
    heights = sorted(rows)
    assert [high - low for low, high in pairwise(heights)] == [15] * 5


def test_a_form_is_one_page_with_lines_and_boxes(chromium, tmp_path):  # noqa: F811
    text = "<!-- print -->\n\n# Before you go\n\nName ____\n\n- [ ] clear\n- [ ] not yet\n\n[lines 4]\n"
    for size in paper.SIZES:
        paper.print_sheet(text, tmp_path / "form.pdf", size, chromium)
        page, *more = PdfReader(tmp_path / "form.pdf").pages
        assert not more and "Before you go" in page.extract_text() and "[" not in page.extract_text()
