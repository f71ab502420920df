"""Every page of the web book in a real browser, opened from a file as a stranger with the folder would."""

import json
import re
import shutil
import subprocess
import unicodedata
import zipfile
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import lesson_rules as rules
import nightly
import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from in_browser import chromium, watched_page  # noqa: F401  chromium is a fixture
from pypdf import PdfReader
from rich.progress import Progress
from widget_pages import is_too_wide

from course_utils.publishing.address import heading_anchor
from course_utils.publishing.book import build, documents
from course_utils.publishing.editions import for_assistants
from course_utils.publishing.quizzes import read_quizzes
from course_utils.publishing.slides import plan_deck
from course_utils.results import RESULTS

pytestmark = pytest.mark.slow
WIDTHS, SCHEMES = (360, 1280, 1920), ("light", "dark")
MOST_BYTES = 2_000_000
LESSONS = [source.stem for source in rules.LESSONS]
OTHERS = ("index", "draw", "install", "project_template", "glossary", "cheat_sheet", "errors", "instructors", "search")
OTHERS += ("model_card", "measurements", "contributing", "changelog", "cite", "licenses", "api/index")
OTHERS += tuple(Path(name).stem for name in documents.teaching_pages())
PAGES = [*LESSONS, *OTHERS, *(f"api/{name}" for name in documents.api_modules())]
BY_DAY = {("03_convolution", "light"), ("draw", "dark"), ("index", "light"), ("instructors", "dark")}
LOOKS = [(name, scheme) for name in PAGES for scheme in SCHEMES]
SOME = nightly.by_night(LOOKS, {"-".join(look) for look in LOOKS if look not in BY_DAY}, name="-".join)
QUIZZES = read_quizzes()
SEARCHED = ["stride", "padding", "kernel", "convolution", "softmax", "dropout", "gradient", "overfitting", "accuracy"]
SEARCHED += ["quantization", "momentum", "entropy", "normalization", "pooling", "reshape", "calibration", "transformer"]
SEARCHED += ["residual", "PyTorch", "backpropagation"]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The folder of the book, with its work beside it."""
    folder = tmp_path_factory.mktemp("book")
    build.build_book(built=folder / "built", work=folder / "work")
    return folder / "built"


@pytest.fixture(scope="module")
def soups(book):
    """All pages of the book, parsed: {path: soup}; decks are looked at elsewhere."""
    paths = [path for path in book.rglob("*.html") if path.parent.name != "slides"]
    return {path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser") for path in paths}


def open_all(page):
    page.evaluate("document.querySelectorAll('details').forEach((folded) => (folded.open = true))")


# ---- every page


@pytest.mark.parametrize("look", SOME, ids="-".join)
def test_a_page_at_all_widths(chromium, book, look):  # noqa: F811
    name, scheme = look
    path = book / f"{name}.html"
    with watched_page(chromium, f"book_{Path(name).name}_{scheme}", color_scheme=scheme, offline=True) as page:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(path.as_uri())
            assert not is_too_wide(page), f"{width} px, folded"
            open_all(page)
            assert not is_too_wide(page), f"{width} px"
            assert page.faults == []
            if width == WIDTHS[-1]:  # laid out as the one before
                continue
            found = Axe().run(page, options={"preload": False})  # no page from a file may ask for its own styles
            assert found.violations_count == 0, f"{width} px: {found.generate_report()}"


def test_no_page_is_forgotten(soups, book):
    names = {path.relative_to(book).with_suffix("").as_posix() for path in soups}
    assert names == set(PAGES)


def test_links_lead_somewhere(soups, book):
    ids = {path: {tag["id"] for tag in soup.find_all(id=True)} for path, soup in soups.items()}
    wrong = []
    for path, soup in soups.items():
        for tag in soup.find_all(["a", "img", "script", "link"]):
            address = urlsplit(tag.get("href") or tag.get("src") or "")
            if address.scheme or address.netloc:
                continue
            target = (path.parent / unquote(address.path)).resolve() if address.path else path
            if not target.is_file():
                wrong.append(f"{path.name}: {tag}"[:200])
            elif address.fragment and target in ids and unquote(address.fragment) not in ids[target]:
                wrong.append(f"{path.name}: no {address.fragment} in {target.name}")
    assert wrong == []


def test_pages_ask_nobody_outside(soups):
    for path, soup in soups.items():
        for tag in soup.find_all(["img", "script", "link", "iframe", "source"]):
            address = tag.get("src") or tag.get("href") or ""
            assert not urlsplit(address).netloc, f"{path.name}: {address}"


def test_no_file_names_a_folder_of_this_machine(book):
    for path in book.rglob("*"):
        if path.suffix in (".html", ".js", ".css", ".ipynb", ".inv", ".txt"):
            text = path.read_bytes()
            assert not any(str(folder).encode() in text for folder in (documents.ROOT, book.parent)), path.name
    assert not (book / ".buildinfo").exists()


def test_a_page_is_small(soups):
    for path, soup in soups.items():
        parts = {path}
        for tag in soup.find_all(["img", "script", "link"]):
            address = urlsplit(tag.get("src") or tag.get("href") or "")
            if address.path and not address.scheme:
                parts.add((path.parent / unquote(address.path)).resolve())
        loaded = [part for part in parts if part == path or (part.is_file() and part.suffix != ".html")]
        size = sum(part.stat().st_size for part in loaded)
        assert size < MOST_BYTES, f"{path.name}: {size:,} bytes"


def test_pictures_have_their_words(soups):
    for name in LESSONS:
        ((path, soup),) = [(path, soup) for path, soup in soups.items() if path.stem == name]
        pictures = soup.find("article").find_all("img")
        assert len(pictures) >= 3 and all(len(picture["alt"]) > 20 for picture in pictures), path.name


# ---- a lesson


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_asks_before_it_tells(soups, book, name):
    soup = soups[book / f"{name}.html"]
    source = rules.stored(next(source for source in rules.LESSONS if source.stem == name))
    asked = sum("**Predict.**" in cell.source for cell in for_assistants(source).cells)
    assert len(soup.select(".prediction textarea")) == asked >= 3
    assert all(not folded.has_attr("open") for folded in soup.find_all("details"))
    solutions = soup.select("details.solution")
    assert len(solutions) == sum("solution" in cell.metadata.get("tags", []) for cell in source.cells) >= 1
    text = soup.find("article").get_text()
    assert "the page tells you why" in text and "Run the cell first" not in " ".join(text.split())
    for words in ("check_bounds(", "solution_", "<!--", ".check_solution("):
        assert words not in text, words
    for box in soup.select(".prediction"):
        shown = box.find_next(lambda tag: tag.name in ("h2", "h3", "img") or "output" in tag.get("class", []))
        assert shown.name in ("h2", "h3") or shown.find_parent("details", class_="outcome"), box.find_previous("p")
    downloads = [link["href"] for link in soup.select(".lesson-downloads a")]
    assert downloads == [f"notebooks/{name}.ipynb", f"slides/{name}.html"]


def test_a_qr_code_leads_to_its_exercise(soups, book):
    for source in rules.LESSONS:
        headings = [slide.heading for slide in plan_deck(rules.stored(source))]
        anchors = [heading_anchor(heading) for heading in headings if heading.startswith("Exercise")]
        page = soups[book / f"{source.stem}.html"]
        assert len(set(anchors)) == len(anchors) and all(page.find(id=anchor) for anchor in anchors), source.stem


def test_a_students_notebook_has_no_solutions(book):
    notebook = json.loads((book / "notebooks" / "03_convolution.ipynb").read_text(encoding="utf-8"))
    assert "solution_slide" not in json.dumps(notebook) and not any(cell.get("outputs") for cell in notebook["cells"])


@pytest.mark.parametrize("name", LESSONS)
def test_a_quiz_is_answered_by_keys(chromium, book, name):  # noqa: F811
    questions = QUIZZES[name].questions
    with watched_page(chromium, f"quiz_{name}", offline=True) as page:
        page.goto((book / f"{name}.html").as_uri())
        forms = page.locator("form.quiz-question")
        assert forms.count() == len(questions)
        for place, question in enumerate(questions):
            form = forms.nth(place)
            for letter in question.right:
                form.locator(f"input[value={letter}]").focus()
                page.keyboard.press("Space")
            page.keyboard.press("Enter")
            reply = form.get_by_role("status")
            assert reply.inner_text().startswith("Right"), f"question {place + 1}"
        assert page.faults == []


def test_widgets_are_alive(chromium, book):  # noqa: F811
    alive = {"03_convolution": 2, "05_training": 1, "06_evaluating": 1, "07_inspecting": 1, "08_handwriting": 2}
    alive |= {"04_building": 0, "15_borrowed_features": 1, "draw": 1}
    with watched_page(chromium, "book_widgets", offline=True) as page:
        for name, n_widgets in alive.items():
            page.goto((book / f"{name}.html").as_uri())
            open_all(page)
            widgets = page.locator("cnn-widget")
            assert widgets.count() == n_widgets, name
            for place in range(n_widgets):
                widgets.nth(place).locator("canvas").first.wait_for()
        assert page.faults == []


def test_code_has_a_button_that_copies_it_and_output_has_none(chromium, book):  # noqa: F811
    with watched_page(chromium, "book_copy", offline=True) as page:
        page.goto((book / "03_convolution.html").as_uri())
        open_all(page)
        page.locator("button.copybtn").first.wait_for()
        assert (
            page.locator("div.highlight-python button.copybtn").count() == page.locator("button.copybtn").count() > 20
        )


def test_a_digit_is_drawn_and_read(chromium, book):  # noqa: F811
    with watched_page(chromium, "book_draw", offline=True) as page:
        page.goto((book / "draw.html").as_uri())
        paper = page.locator("canvas.cnn-paper")
        box = paper.bounding_box()
        across, down = box["width"] / 280, box["height"] / 280
        page.mouse.move(box["x"] + 140 * across, box["y"] + 40 * down)
        page.mouse.down()
        page.mouse.move(box["x"] + 140 * across, box["y"] + 240 * down, steps=10)
        page.mouse.up()
        page.get_by_text("Read as 1", exact=True).wait_for()
        assert page.faults == []


def test_the_search_finds_terms(chromium, book):  # noqa: F811
    assert len(SEARCHED) == 20
    with watched_page(chromium, "book_search", offline=True) as page:
        for word in SEARCHED:
            page.goto(f"{(book / 'search.html').as_uri()}?q={word}")
            page.locator("#search-results ul.search li").first.wait_for()
        assert page.faults == []
        page.goto((book / "index.html").as_uri())
        page.get_by_label("Search").first.fill("stride")
        page.keyboard.press("Enter")
        page.locator("#search-results").get_by_role("link", name="3. Convolution and pooling").wait_for()
        assert page.locator("#search-results a").first.get_attribute("href").endswith("glossary.html#term-stride")


def test_terms_say_what_they_mean_once_a_page(soups, book):
    soup = soups[book / "05_training.html"]
    terms = soup.select("article a.term")
    meanings = [term["href"] for term in terms]
    assert len(meanings) == len(set(meanings)) >= 20
    assert all(len(term["data-definition"]) > 20 for term in terms)
    assert not soup.select("article :is(h1, h2, h3, code, pre) a.term")


def test_each_measurement_has_its_day_and_machine(soups, book):
    table = soups[book / "measurements.html"].find("section", id="all-stored-results").find("table")
    rows = [[cell.get_text(" ", strip=True) for cell in row.find_all("td")] for row in table.find_all("tr")[1:]]
    stored = {path.stem for path in RESULTS.glob("*.json")} - {"test_readings"}
    assert {row[0] for row in rows} == stored
    assert all(re.fullmatch(r"20\d\d-\d\d-\d\d", row[2]) and " cores" in row[3] for row in rows)


# ---- to take along


def test_a_lesson_is_printed_with_tags_outline_and_alt_texts(chromium, book, tmp_path):  # noqa: F811
    pdf = tmp_path / "lesson.pdf"
    build.print_lesson(book / "03_convolution.html", pdf, chromium)
    reader = PdfReader(pdf)
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"] and reader.trailer["/Root"]["/Lang"].startswith("en")
    headings = {entry.title for entry in flatten(reader.outline)}
    assert {"3. Convolution and pooling", "What does a kernel compute?", "Quiz"} <= headings
    text = unicodedata.normalize("NFKC", "".join(page.extract_text() for page in reader.pages))  # no ligatures
    assert "The window fits at 4 × 4 positions" in " ".join(text.split()), "what came out is open"
    assert "Hint 1" not in text and "A solution" not in text and "Skip to content" not in text
    alts = {element["/Alt"] for element in structure(reader.trailer["/Root"]["/StructTreeRoot"]) if "/Alt" in element}
    soup = BeautifulSoup((book / "03_convolution.html").read_text(encoding="utf-8"), "html.parser")
    assert {picture["alt"] for picture in soup.select("article img")} <= alts, "of widgets, too"


def flatten(outline):
    for entry in outline:
        yield from flatten(entry) if isinstance(entry, list) else [entry]


def structure(element):
    """All elements of a tagged PDF's structure."""
    element = element.get_object()
    if isinstance(element, dict):
        yield element
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, list) else [kids]:
            yield from structure(kid) if hasattr(kid, "get_object") else []


@pytest.mark.nightly
def test_the_e_book_is_whole_and_valid(tmp_path):
    with Progress(disable=True) as progress:
        build.Pages(tmp_path / "work" / "epub", is_alive=False).write(progress)
    build.run_sphinx(tmp_path / "work" / "epub", tmp_path / "built", builder="epub")
    epub = tmp_path / "course.epub"
    build.pack_epub(tmp_path / "built", epub)
    with zipfile.ZipFile(epub) as archive:
        names = archive.namelist()
        assert names[0] == "mimetype" and archive.getinfo("mimetype").compress_type == zipfile.ZIP_STORED
        for name in names:
            if name.endswith((".xhtml", ".opf", ".ncx")):
                page = ElementTree.fromstring(archive.read(name))
                images = page.iterfind(".//{http://www.w3.org/1999/xhtml}img")
                assert all(len(image.get("alt", "")) > 20 for image in images), name
        assert {f"{name}.xhtml" for name in LESSONS} <= set(names)
        assert not [name for name in names if name.endswith(".js")]
        opf = archive.read("content.opf").decode()
        assert re.search(r'href="05_training.xhtml"[^>]*properties="svg"', opf)
    if checker := shutil.which("epubcheck"):
        said = subprocess.run(["java", "-jar", checker, str(epub)], capture_output=True, text=True)
        assert said.returncode == 0, said.stderr


def test_a_page_with_a_fault_ends_the_build(tmp_path, capfd):
    pages = tmp_path / "work" / "html"
    pages.mkdir(parents=True)
    (pages / "extra").mkdir()
    (pages / "static").mkdir()
    (pages / "index.md").write_text("# A book\n\n[nowhere](lost.md)\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="Sphinx warned"):
        build.run_sphinx(pages, tmp_path / "built")
    assert "lost.md" in capfd.readouterr().err
