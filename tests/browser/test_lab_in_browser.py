"""The lessons in a real JupyterLab and a real browser: pictures shown, solutions folded, a lesson run whole.

One server, one browser and one page serve all tests here; notebooks are opened in it one after the other.
"""

import contextlib
import copy
import re
import shutil
from contextlib import contextmanager

import lesson_rules as rules
import nbformat
import nightly
import pytest
from axe_playwright_python.sync_playwright import Axe
from in_browser import chromium, keep_picture, note_console, watched_page  # noqa: F401  chromium is a fixture
from in_jupyterlab import lab, run_all  # noqa: F401  lab is a fixture
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from patience import CELL, wait_until

from course_utils.publishing.lessons import METADATA, NOTEBOOKS, pictures
from course_utils.publishing.workspace import student_copy

pytestmark = pytest.mark.slow

LESSONS = nightly.by_night(sorted(NOTEBOOKS.glob("*.ipynb")), nightly.LESSONS, name=lambda path: path.stem)

# The lesson with widgets is what Run All runs here (nbval executes all of them); what a student writes in place of the
# cell that begins so, and what the output of the next check or of that cell must say then.
SHIFT = """def shift_to_middle(image):
    rows, columns = np.indices(image.shape)
    return round(14 - (rows * image).sum() / image.sum()), round(14 - (columns * image).sum() / image.sum())"""
RUN_WHOLE = {
    "08_handwriting": {
        "def shift_to_middle": (SHIFT, "Right"),
        "def least_confidence": ("def least_confidence(confidence, right, wanted):\n    return 0.5", "Not right yet"),
        '# exercise.quiz.answer(1, "a")': ('exercise.quiz.answer(1, "c")', "Right"),
    },
}

LOOK = """
() => {
  const cells = [...jupyterapp.shell.currentWidget.node.querySelectorAll(".jp-CodeCell")];
  const numbers = (found) => cells.flatMap((cell, number) => found(cell).map(() => number));
  const all = (selector) => (cell) => [...cell.querySelectorAll(selector)].filter((e) => e.checkVisibility());
  return {
    pictures: numbers((cell) => all(".jp-OutputArea img, .jp-OutputArea .cnn")(cell)
      .filter((e) => (e.tagName !== "IMG" || e.complete && e.naturalWidth) && e.offsetHeight > 20)),
    folded: numbers((cell) => all(".jp-Cell-inputWrapper .jp-Placeholder")(cell)
      .filter(() => !all(".jp-InputArea-editor")(cell).length)),
    errors: numbers(all('.jp-OutputArea [data-mime-type$="jupyter.stderr"]')),  // JupyterLab's type of errors, too
    words: cells.map((cell) => all(".jp-OutputArea")(cell).map((e) => e.innerText).join(" ")),
  };
}
"""


@pytest.fixture(scope="module")
def root(lab):  # noqa: F811
    """The folder that JupyterLab shows, with the executed lessons in it."""
    return shutil.copytree(NOTEBOOKS, lab.root, ignore=shutil.ignore_patterns("source", ".*"), dirs_exist_ok=True)


@pytest.fixture(scope="module")
def page(chromium, lab, root):  # noqa: F811
    """JupyterLab in a browser, ready, with no notebook open."""
    with watched_page(chromium, "lab", viewport={"width": 1280, "height": 900}) as page:
        page.goto(lab.address_of())
        page.wait_for_function("window.jupyterapp")
        page.evaluate("jupyterapp.restored.then(() => true)")
        yield page


@contextmanager
def opened(page, path, n_cells):
    """Open a notebook before all that are open; where a test fails, a picture of it is kept."""
    page.faults.clear()
    try:
        page.evaluate("path => { jupyterapp.commands.execute('docmanager:open', { path }); }", path)
        page.wait_for_function(
            """([path, n]) => {
                const widget = jupyterapp.shell.currentWidget;
                return widget?.context?.path === path && widget.node.querySelectorAll(".jp-Cell").length === n;
            }""",
            arg=[path, n_cells],
        )
        yield
    except BaseException:
        keep_picture(page, f"lab_{path}")
        raise


def look(page, expected):
    """What the notebook in front shows, as soon as it is what is expected, or else in the end.

    Returns
    -------
    dict of str to list of int
        The code cells, counted from 0, with a picture that is loaded or a widget (once for each), with code that is
        folded away, and with an error or a line on stderr.
    """
    seen = {}

    def is_as_expected():
        seen.update(page.evaluate(LOOK))
        seen.pop("words")
        return seen == expected

    with contextlib.suppress(AssertionError):  # the caller shows what is seen instead
        wait_until(is_as_expected, sleep=lambda pause: page.wait_for_timeout(1000 * pause))
    return seen


def what_is_stored(notebook):
    """What `look` must see of a notebook that was stored with its outputs."""
    expected = {"pictures": [], "folded": [], "errors": []}
    for number, cell in enumerate(rules.code_cells(notebook)):
        expected["folded"] += [number] * ("solution" in rules.tags(cell))
        for output in cell.outputs:
            expected["pictures"] += [number] * ("<img" in output.get("data", {}).get("text/html", ""))
            expected["errors"] += [number] * (output.output_type == "error")
    return expected


def run_to_the_end(page, n_code):
    """Run all cells, and wait until the last one has run, or one has failed."""
    kernel = "jupyterapp.shell.currentWidget.sessionContext.session?.kernel"
    page.wait_for_function(f"{kernel}?.status === 'idle'")  # before, JupyterLab would ask which kernel to take
    run_all(page)
    page.wait_for_function(
        f"""n => {{
            const prompts = [...jupyterapp.shell.currentWidget.node.querySelectorAll(".jp-CodeCell .jp-InputPrompt")];
            return prompts.some((e) => e.textContent === `[${{n}}]:`) || ({LOOK})().errors.length;
        }}""",
        arg=n_code,
        timeout=1000 * CELL,
        polling=500,  # not with each frame: the kernel needs the processor, too
    )


def words(text):
    return " ".join(re.findall(r"\w+", text))


def with_answers(notebook, answers):
    """A notebook in which a student has written, and what the code cells below must say then: {number: words}."""
    notebook, said = copy.deepcopy(notebook), {}
    for number, cell in enumerate(rules.code_cells(notebook)):
        for start, (answer, reply) in answers.items():
            if cell.source.startswith(start):
                cell.source = answer
                said[number + ("exercise" in rules.tags(cell))] = reply
    assert len(said) == len(answers), "a cell that is to be replaced is not in the lesson"
    return notebook, said


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_opens_with_its_pictures_and_folded_solutions(page, path):
    stored = nbformat.read(path, as_version=4)
    expected = what_is_stored(stored)
    with opened(page, path.name, len(stored.cells)):
        assert look(page, expected) == expected
        assert page.faults == []


@pytest.mark.nightly
@pytest.mark.parametrize("name", RUN_WHOLE)
def test_a_lesson_runs_whole_from_a_students_copy(page, root, name):
    """Run All ends without an error; pictures, checks and quiz are there, and answers are judged."""
    stored = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    stored.cells = [cell for cell in stored.cells if not rules.tags(cell) & {"solution", "bounds"}]
    mine, said = with_answers(nbformat.reads(student_copy(NOTEBOOKS / f"{name}.ipynb")[0], 4), RUN_WHOLE[name])
    nbformat.write(mine, root / f"my_{name}.ipynb")
    before, after = what_is_stored(mine), what_is_stored(stored)
    assert before["pictures"] == [] and after["pictures"], "a student's copy has outputs already, or the lesson none"
    with opened(page, f"my_{name}.ipynb", len(mine.cells)):
        assert look(page, before) == before
        run_to_the_end(page, len(rules.code_cells(mine)))
        assert look(page, after) == after
        outputs = [words(text) for text in page.evaluate(LOOK)["words"]]
        for number, (cell, seen) in enumerate(zip(rules.code_cells(stored), outputs, strict=True)):
            if number in said:
                assert seen.startswith(said[number])
            elif rules.tags(cell) & {"check", "quiz"}:
                lines = [re.sub(r"^ *\w+[.)] ", "", line) for line in rules.output_text(cell).splitlines()]
                assert [line for line in lines if words(line) not in seen] == []
            assert "Error displaying widget" not in seen and "Loading widget" not in seen
        assert page.faults == []


# What is ours on a page: rendered Markdown and outputs. The rest is JupyterLab's or nbconvert's.
OURS = ".jp-MarkdownOutput, .jp-OutputArea-output"
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


def barriers(page):
    """What axe-core finds against WCAG 2.2, levels A and AA, in what is ours: a list of (rule, HTML)."""
    front = page.evaluate("window.jupyterapp?.shell.currentWidget.node.id")  # the notebook, not those behind it
    found = (
        Axe()
        .run(page, context={"include": [f'[id="{front}"]']} if front else None, options=WCAG)
        .response["violations"]
    )
    places = [(rule["id"], node["html"], node["target"][0]) for rule in found for node in rule["nodes"]]
    is_ours = f"selector => document.querySelector(selector)?.closest('{OURS}') != null"
    return [(rule, html[:300]) for rule, html, selector in places if page.evaluate(is_ours, selector)]


@pytest.mark.nightly
def test_a_whole_lesson_keeps_nobody_out(page, root):
    """Executed, in JupyterLab: no barrier, and each picture has its alt text."""
    stored = nbformat.read(NOTEBOOKS / "03_convolution.ipynb", as_version=4)
    with opened(page, "03_convolution.ipynb", len(stored.cells)):
        assert look(page, what_is_stored(stored)) == what_is_stored(stored)
        texts = page.evaluate(
            f"[...jupyterapp.shell.currentWidget.node.querySelectorAll('{OURS}')]"
            ".flatMap(e => [...e.querySelectorAll('img')]).map(e => e.alt)"
        )
        assert texts == [alt for cell in rules.code_cells(stored) for _, alt in pictures(cell)] != []
        assert barriers(page) == []


def test_the_same_lesson_as_a_page_keeps_nobody_out(chromium, tmp_path):  # noqa: F811
    html = HTMLExporter().from_filename(str(NOTEBOOKS / "03_convolution.ipynb"))[0]
    (tmp_path / "lesson.html").write_text(html, encoding="utf-8")
    page = chromium.new_page()
    page.route(re.compile("^https?:"), lambda route: route.abort())  # its fonts and its scripts for formulas
    page.goto((tmp_path / "lesson.html").as_uri())
    assert page.locator(".jp-OutputArea-output img[alt]").count() > 3
    found = barriers(page)
    assert [place for place in found if place[0] != "link-in-text-block"] == []  # nbconvert's style, without underlines
    page.close()


@pytest.mark.nightly
def test_barriers_are_seen(page, root):
    """A link that nobody can name, in Markdown and in an output."""
    link = '<p>Here: <a href="https://example.org"></a></p>'
    output = new_output("display_data", {"text/html": link, "text/plain": "-"})
    code = new_code_cell("1", outputs=[output], execution_count=1)
    cells = [new_markdown_cell("Here: [](https://example.org)"), code]
    nbformat.write(new_notebook(cells=cells, metadata=METADATA), root / "barriers.ipynb")
    with opened(page, "barriers.ipynb", 2):
        found = []

        def are_seen():
            found[:] = [rule for rule, _ in barriers(page)]
            return found == ["link-name"] * 2

        with contextlib.suppress(AssertionError):  # below, what is seen is shown instead
            wait_until(are_seen, sleep=lambda pause: page.wait_for_timeout(1000 * pause))
        assert found == ["link-name"] * 2


def test_jupyterlab_does_not_ask_about_its_news(page):
    """lab_settings.json, installed with the package, has answered."""
    plugin = "@jupyterlab/apputils-extension:notification"
    settings = page.evaluate("id => jupyterapp.serviceManager.settings.fetch(id)", plugin)
    assert settings["schema"]["properties"]["fetchNews"]["default"] == "false"
    assert page.get_by_text("official Jupyter news").count() == 0


def test_what_is_missing_is_seen(page, root):
    """A picture that does not load, a solution that lies open, an error, and a request to the outside."""
    notebook = nbformat.read(NOTEBOOKS / "01_loading.ipynb", as_version=4)
    expected = what_is_stored(notebook)
    figure = next(cell for cell in notebook.cells if "figure" in rules.tags(cell)).outputs[0]
    figure.data["text/html"] = re.sub("base64,.{200}", "base64,", figure.data["text/html"])
    del next(cell for cell in notebook.cells if "solution" in rules.tags(cell)).metadata["jupyter"]
    notebook.cells[1].outputs = [new_output("error", ename="ValueError", evalue="no", traceback=["no"])]
    notebook.cells[0].source += "\n\n![far away](https://example.org/a.png)"
    nbformat.write(notebook, root / "planted.ipynb")
    with opened(page, "planted.ipynb", len(notebook.cells)):
        seen = look(page, what_is_stored(notebook) | {key: expected[key][1:] for key in ("pictures", "folded")})
        assert seen == {"pictures": expected["pictures"][1:], "folded": expected["folded"][1:], "errors": [0]}
        assert "request: https://example.org/a.png" in page.faults


def test_a_cell_that_fails_is_seen(page, root):
    """Run All stops there, and so does the wait for it."""
    sources = "first = 1", "first / 0", "last = 3"
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources], metadata=METADATA)
    nbformat.write(notebook, root / "failing.ipynb")
    with opened(page, "failing.ipynb", 3):
        run_to_the_end(page, 3)
        expected = {"pictures": [], "folded": [], "errors": [1]}
        assert look(page, expected) == expected


def test_of_the_servers_failures_only_the_known_one_is_overlooked():
    words = "Failed to load resource: the server responded with a status of 500 (Internal Server Error)"
    addresses = [f"http://127.0.0.1:1/api/{path}" for path in ("kernels?12", "kernels/ab?12", "sessions?12")]
    faults = []
    for address in addresses:
        note_console(faults, words, {"url": address})
    note_console(faults, words.replace("500", "404"), {"url": addresses[0]})
    seen = [fault.rpartition(" ")[2] for fault in faults]
    assert seen == [f"({address})" for address in (*addresses[1:], addresses[0])]
