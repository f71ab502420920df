"""The four widgets in a real JupyterLab: Python hears what is moved, keys stay with the widget, and nothing is lost."""

import nbformat
import patience
import pytest
from axe_playwright_python.sync_playwright import Axe
from in_browser import chromium, keep_picture, watched_page  # noqa: F401  chromium is a fixture
from in_jupyterlab import lab, open_notebook, run_all  # noqa: F401  lab is a fixture
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from test_pad_in_jupyterlab import choose, contrast, wait_until

from course_utils.publishing.lessons import METADATA

pytestmark = pytest.mark.slow

CELLS = {
    "kernel": """import json, time
from pathlib import Path
import numpy as np
from course_utils import data, networks
from course_utils.widgets.descent import DescentView
from course_utils.widgets.kernel import KernelView
from course_utils.widgets.layers import LayersView
from course_utils.widgets.threshold import ThresholdView

(images, digits), _ = data.load_mnist()
kernel = KernelView(images[0])
kernel""",
    "layers": """layers = LayersView(networks.load_seed_network())
layers""",
    "descent": """zeros_and_ones = np.flatnonzero(digits < 2)[:2000]
ink = data.prepare_images(images[zeros_and_ones])[:, 12:16, 12:16].mean(axis=(1, 2, 3))
descent = DescentView(ink, digits[zeros_and_ones])
descent""",
    "threshold": """random = np.random.default_rng(0)
labels = random.random(1000) < 0.3
threshold = ThresholdView(1 / (1 + np.exp(-random.normal(2 * labels - 1, 1))), labels.astype(int))
threshold""",
}
SAVE = """now = {"kernel": kernel.kernel.tolist(), "ink": float(layers.image.sum())}
now |= {"rate": float(descent.learning_rate), "n_steps": len(descent.places) - 1}
now["threshold"] = float(threshold.threshold)
Path("now.json").write_text(json.dumps(now))
while Path("busy").exists():
    time.sleep(0.1)"""


@pytest.fixture(scope="module")
def page(chromium, lab):  # noqa: F811
    """A JupyterLab with a notebook of four widgets, run; in the end, nothing has gone wrong or left this machine."""
    cells = [new_code_cell(cell) for cell in [*CELLS.values(), SAVE]] + [new_markdown_cell("The end.")]
    nbformat.write(new_notebook(cells=cells, metadata=nbformat.from_dict(METADATA)), lab.root / "widgets.ipynb")
    size = {"width": 1280, "height": 7000}  # JupyterLab takes cells out of the page that are not in view
    with watched_page(chromium, "widgets_in_lab", viewport=size, has_touch=True) as page:
        open_notebook(page, lab, "widgets.ipynb")
        run_all(page)
        all_are_there = lambda: page.locator("cnn-widget.cnn").count() == len(CELLS)  # noqa: E731
        patience.wait_until(
            all_are_there, seconds=patience.CELL, pause=0.5, sleep=lambda pause: page.wait_for_timeout(1000 * pause)
        )
        page.locator(".jp-CodeCell").nth(4).locator(".jp-InputArea-prompt", has_text="[5]:").wait_for()
        page.part = lambda kind: page.locator(f".cnn-{kind}")
        yield page
        assert page.faults == []


def run_last(page):
    """Run the last cell, by JupyterLab's own command: a click may miss what moves, while a widget paints."""
    page.evaluate(
        """() => {
            jupyterapp.shell.currentWidget.content.activeCellIndex = 4;
            jupyterapp.commands.execute("notebook:run-cell");
        }"""
    )


def saved(page, lab):  # noqa: F811
    """What Python knows now: run the last cell, and read what it saved."""
    import json

    file, prompt = lab.root / "now.json", page.locator(".jp-CodeCell").nth(4).locator(".jp-InputArea-prompt")
    file.unlink(missing_ok=True)
    before = prompt.inner_text()
    run_last(page)
    wait_until(page, lambda: prompt.inner_text() not in (before, "[*]:") and file.exists())
    return json.loads(file.read_text(encoding="utf-8"))


def draw_on(page, part):
    """Draw a 7 with the mouse on the paper of a widget."""
    paper = part.locator(".cnn-paper")
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    page.mouse.move(box["x"] + 80, box["y"] + 60)
    page.mouse.down()
    for x, y in [(200, 60), (120, 230)]:
        page.mouse.move(box["x"] + x, box["y"] + y, steps=8)
    page.mouse.up()


def test_python_reads_what_was_moved(page, lab):  # noqa: F811
    page.part("kernel").get_by_label("Weight in row 1, column 1").first.fill("2.5")
    draw_on(page, page.part("layers"))
    page.part("descent").get_by_label("Learning rate").press("ArrowRight")
    page.part("descent").get_by_role("button", name="Step", exact=True).click()
    page.part("threshold").get_by_label("Threshold").first.press("ArrowRight")
    now = saved(page, lab)
    assert now["kernel"][1] == [-1, 2.5, 1] and now["rate"] == 10 and now["n_steps"] == 1
    assert 30 < now["ink"] < 200 and 0.5 < now["threshold"] < 0.55


def test_a_finger_moves_them_too(page, lab):  # noqa: F811
    for kind, name, words in [
        ("kernel", '[data-is="output"]', ".cnn-kernel-sum"),
        ("layers", ".cnn-maps >> nth=1", ".cnn-layers-sum"),
        ("descent", '[data-is="map"]', ".cnn-descent-here"),
        ("threshold", '[data-is="scores"]', '[data-is="says"]'),
    ]:
        part = page.part(kind)
        before = part.locator(words).inner_text() if part.locator(words).count() else ""
        part.locator(name).tap(position={"x": 100, "y": 60})
        wait_until(page, lambda part=part, words=words, before=before: part.locator(words).inner_text() != before)


def test_keys_stay_with_the_widget(page):
    """A letter would be a command to the chosen cell: x cuts it out, d twice deletes it."""
    cells = page.locator(".jp-Cell").count()
    for kind, name in [("kernel", "canvas"), ("kernel", "input"), ("kernel", "select"), ("layers", ".cnn-maps"),
                       ("descent", "canvas"), ("descent", "button"), ("threshold", "input")]:  # fmt: skip
        page.part(kind).locator(name).first.focus()
        for key in "ddxzmy":
            page.keyboard.press(key)
        page.keyboard.press("ArrowDown")
    assert page.locator(".jp-Cell").count() == cells and page.locator(".jp-mod-editMode").count() == 0


def test_it_goes_on_while_the_kernel_is_busy_and_python_hears_of_it_later(page, lab):  # noqa: F811
    prompt = page.locator(".jp-CodeCell").nth(4).locator(".jp-InputArea-prompt")
    (lab.root / "busy").touch()
    try:
        run_last(page)
        wait_until(page, lambda: prompt.inner_text() == "[*]:")
        page.part("layers").get_by_label("Image", exact=True).select_option("1")
        page.part("layers").locator(".cnn-layers-answer", has_text="“a 1” is read as 1").wait_for()
        draw_on(page, page.part("layers"))
        page.part("layers").locator(".cnn-layers-answer", has_text="Your drawing is read as 7").wait_for()
        page.part("kernel").get_by_label("Kernel", exact=True).select_option("all ones")
        assert "the edge is blurred" in page.part("kernel").inner_text()
        assert prompt.inner_text() == "[*]:"
    finally:
        (lab.root / "busy").unlink()
    wait_until(page, lambda: prompt.inner_text() != "[*]:")
    wait_until(page, lambda: saved(page, lab)["kernel"] == [[1] * 3] * 3)


COLORS = """(element) => {
    const ground = (e) => {
        const color = getComputedStyle(e).backgroundColor;
        return color === "rgba(0, 0, 0, 0)" && e.parentElement ? ground(e.parentElement) : color;
    };
    return [getComputedStyle(element).color, ground(element)];
}"""


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_words_stand_out_in_both_themes_and_axe_finds_nothing(page, theme):
    choose(page, "Settings", "Theme", theme)
    page.wait_for_function(f"document.body.dataset.jpThemeName === '{theme}'")
    page.wait_for_timeout(300)
    keep_picture(page, f"widgets_looked_at_{theme}")
    for name in ("p", "button", "select", "label", "summary"):
        for element in page.locator(f"cnn-widget {name}").all():
            if element.is_visible() and element.inner_text().strip():
                assert contrast(*element.evaluate(COLORS)) > 4.5, element.inner_text()
    found = Axe().run(page, context="cnn-widget")
    assert found.violations_count == 0, found.generate_report()


# ---- what stays: these come last, for they end the kernel


def test_what_is_saved_is_a_picture_and_a_reload_brings_the_widgets_back(page, lab):  # noqa: F811
    draw_on(page, page.part("layers"))
    page.part("layers").locator(".cnn-layers-answer", has_text="Your drawing is read as 7").wait_for()
    before = saved(page, lab)
    choose(page, "File", "Save Notebook")
    text = lambda: (lab.root / "widgets.ipynb").read_text(encoding="utf-8")  # noqa: E731  maybe half of it, yet
    wait_until(page, lambda: "cnn-widget" in text() and "nbformat_minor" in text())
    stored = nbformat.read(lab.root / "widgets.ipynb", as_version=4)
    for cell in stored.cells[:4]:
        (output,) = cell.outputs
        assert set(output.data) == {"text/html", "text/plain"} and "<img src=" in output.data["text/html"]
    assert "widgets" not in stored.metadata
    open_notebook(page, lab, "widgets.ipynb")
    page.part("layers").locator(".cnn-layers-answer", has_text="Your drawing is read as 7").wait_for()
    assert page.part("kernel").get_by_label("Kernel", exact=True).input_value() == "all ones"
    assert saved(page, lab) == before


def test_a_kernel_that_ends_is_said_to_have_and_the_widgets_go_on(page):
    choose(page, "Kernel", "Restart Kernel…")
    with page.expect_response("**/restart*"):
        page.get_by_role("button", name="Confirm Kernel Restart").click()
        page.part("kernel").get_by_text("The kernel has stopped. You can go on here").wait_for()
    page.part("layers").get_by_label("Image", exact=True).select_option("4")
    page.part("layers").locator(".cnn-layers-answer", has_text="“a 4” is read as 4").wait_for()


def test_without_its_kernel_the_notebook_shows_the_pictures(page, lab):  # noqa: F811
    open_notebook(page, lab, "widgets.ipynb")
    pictures = page.locator(".jp-OutputArea cnn-widget img")
    pictures.first.wait_for()
    assert pictures.count() == len(CELLS) and page.locator("cnn-widget canvas").count() == 0
    assert all(picture.get_attribute("alt") for picture in pictures.all())
