"""The drawing pad in a real JupyterLab: what is drawn arrives in the kernel as an array, and is read there."""

import itertools
import re

import nbformat
import nightly
import numpy as np
import patience
import pytest
from in_browser import chromium, keep_picture, watched_page  # noqa: F401  chromium is a fixture
from in_jupyterlab import lab, open_notebook, run_all  # noqa: F401  lab is a fixture
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from test_pad_in_page import BAR, SEVEN, draw, expected, overlap, touch

from course_utils.publishing.lessons import METADATA

pytestmark = pytest.mark.slow

CELLS = [
    """from course_utils import handwriting, networks
from course_utils.widgets.pad import DrawingPad
import numpy as np

network = networks.load_seed_network()
start = np.full((280, 280), 255, np.uint8)
start[60:230, 130:150] = 0


def predict(drawing):
    np.save("drawn.npy", drawing)
    return network(handwriting.prepare(drawing)[None, ..., None]).numpy()[0]


pad = DrawingPad(predict, start=start)
pad""",
    """from pathlib import Path
import time


def complain(drawing):
    if (drawing < 128).sum() > 4000:
        raise RuntimeError("more ink than I can read")
    return np.eye(10)[1]


DrawingPad(complain)""",
    """np.savez('now.npz', drawing=pad.drawing, probabilities=pad.probabilities)
while Path("busy").exists():
    time.sleep(0.1)""",
]
DIGITS = {
    0: [[(140, 50), (90, 90), (80, 150), (100, 210), (140, 230), (180, 200), (195, 140), (180, 80), (140, 50)]],
    2: [[(85, 90), (110, 60), (150, 55), (185, 85), (180, 120), (130, 175), (85, 225), (140, 222), (200, 225)]],
    4: [[(100, 60), (80, 150), (190, 150)], [(170, 60), (160, 235)]],
    7: [SEVEN],
}


@pytest.fixture(scope="module")
def page(chromium, lab):  # noqa: F811
    """A JupyterLab with a notebook of two pads, run; in the end, nothing has gone wrong or asked for the outside."""
    cells = [new_code_cell(cell) for cell in CELLS] + [new_markdown_cell("The end.")]
    nbformat.write(new_notebook(cells=cells, metadata=nbformat.from_dict(METADATA)), lab.root / "pads.ipynb")
    size = {"width": 1100, "height": 1500}
    with watched_page(chromium, "pad_in_lab", viewport=size, has_touch=True) as page:
        open_notebook(page, lab, "pads.ipynb")
        run_all(page)
        both_are_there = page.locator(".cnn-pad canvas").nth(1).is_visible  # asked now and then, not with each frame
        patience.wait_until(
            both_are_there, seconds=patience.CELL, pause=0.5, sleep=lambda pause: page.wait_for_timeout(1000 * pause)
        )
        page.get_by_text("| Idle").wait_for()
        page.pads = page.locator(".cnn-pad")
        yield page
        assert page.faults == []


@pytest.fixture
def first(page):
    """The pad that the network reads, cleared."""
    pad = page.pads.nth(0)
    pad.get_by_role("button", name="Clear").click(force=True)
    pad.locator(".cnn-pad-answer", has_text="Draw a digit").first.wait_for()
    return pad


def wait_until(page, holds):
    """Let the browser go on until something holds; it may be about files."""
    patience.wait_until(holds, sleep=lambda pause: page.wait_for_timeout(1000 * pause))


def has_arrived(lab, *strokes):  # noqa: F811
    """Whether the network was last given these strokes."""
    try:
        return overlap(np.load(lab.root / "drawn.npy"), expected(*strokes)) > 0.95
    except (ValueError, EOFError):  # it is being written
        return False


def save_now(page, lab):  # noqa: F811
    """Run the cell that saves the pad's attributes, and read what it saved."""
    file = lab.root / "now.npz"
    file.unlink(missing_ok=True)
    cell = page.locator(".jp-CodeCell").nth(2)
    prompt = cell.locator(".jp-InputArea-prompt")
    before = prompt.inner_text()
    prompt.click()
    page.keyboard.press("Control+Enter")
    wait_until(page, lambda: prompt.inner_text() not in (before, "[*]:") and file.exists())
    with np.load(file) as saved:
        return saved["drawing"], saved["probabilities"]


def choose(page, *names):
    """Choose from JupyterLab's menus: a menu, perhaps a menu in it, and an entry."""
    page.get_by_role("menuitem", name=names[0], exact=True).click()
    for name in names[1:]:
        page.locator(".lm-Menu-item").filter(has_text=name).first.click()


# ---- drawing and reading


def test_the_start_stands_there_read_as_a_one(page, lab):  # noqa: F811
    page.pads.nth(0).locator(".cnn-pad-answer", has_text="Read as 1").first.wait_for()
    start = np.full((280, 280), 255)
    start[60:230, 130:150] = 0
    assert (np.load(lab.root / "drawn.npy") == start).all()


@pytest.mark.parametrize("digit", nightly.by_night(DIGITS, (0, 2, 4), name=int))
def test_a_digit_drawn_with_the_mouse_arrives_and_is_read(page, lab, first, digit):  # noqa: F811
    for stroke in DIGITS[digit]:
        draw(page, stroke, first)
    first.locator(".cnn-pad-answer", has_text=f"Read as {digit}").first.wait_for()
    wait_until(page, lambda: has_arrived(lab, *DIGITS[digit]))
    wait_until(page, lambda: (save_now(page, lab)[0] == np.load(lab.root / "drawn.npy")).all())
    drawing, probabilities = save_now(page, lab)
    assert drawing.dtype == np.uint8
    assert probabilities.argmax() == digit and probabilities.sum() == pytest.approx(1, abs=1e-5)


@pytest.mark.nightly
def test_a_digit_drawn_with_a_finger_arrives_and_is_read(page, lab, first):  # noqa: F811
    page.protocol = page.context.new_cdp_session(page)
    touch(page, "Start", (0, *SEVEN[0]), pad=first)
    for start, end in itertools.pairwise(SEVEN):
        for part in np.linspace(0, 1, 12)[1:]:
            touch(page, "Move", (0, *(np.array(start) + part * (np.array(end) - start))), pad=first)
    touch(page, "End", pad=first)
    first.locator(".cnn-pad-answer", has_text="Read as 7").first.wait_for()
    wait_until(page, lambda: has_arrived(lab, SEVEN))


@pytest.mark.nightly
def test_the_bars_move_while_one_draws(page, first):
    page.evaluate(
        """() => {
            window.seen = new Set();
            const bars = [...document.querySelectorAll(".cnn-pad [role=meter] div")].slice(0, 10);
            document.querySelector(".cnn-pad")
                .addEventListener("read", () => window.seen.add(bars.map((bar) => bar.style.width).join()));
        }"""
    )
    draw(page, DIGITS[2][0], first)
    first.locator(".cnn-pad-answer", has_text="Read as 2").first.wait_for()
    assert page.evaluate("window.seen.size") >= 5


def test_undo_and_clear_reach_the_kernel(page, lab, first):  # noqa: F811
    draw(page, SEVEN, first)
    draw(page, [(100, 250), (200, 250)], first)
    wait_until(page, lambda: has_arrived(lab, SEVEN, [(100, 250), (200, 250)]))
    first.get_by_role("button", name="Undo").click()
    wait_until(page, lambda: has_arrived(lab, SEVEN))
    first.get_by_role("button", name="Clear").click()
    first.locator(".cnn-pad-answer", has_text="Draw a digit").first.wait_for()
    drawing, probabilities = save_now(page, lab)
    assert (drawing == 255).all() and np.isnan(probabilities).all()


def test_the_keyboard_draws_and_jupyterlab_leaves_its_keys_alone(page, lab, first):  # noqa: F811
    cells = page.locator(".jp-Cell")
    before = [cells.count(), cells.all_inner_texts()[2:]]
    first.get_by_role("button", name="Clear").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.tagName") == "CANVAS"
    to_the_place = ["ArrowUp"] * 30 + ["ArrowLeft"] * 30 + ["ArrowRight"] * 13 + ["ArrowDown"] * 5
    for key in to_the_place + ["Space"] + ["ArrowDown"] * 16 + ["Space"]:
        page.keyboard.press(key)
    first.locator(".cnn-pad-answer", has_text="Read as 1").first.wait_for()
    wait_until(page, lambda: has_arrived(lab, [(140, 60), (140, 220)]))
    for key in "ddbaxzmyjk":  # each does something to a chosen cell
        page.keyboard.press(key)
    page.keyboard.press("Control+z")
    first.locator(".cnn-pad-answer", has_text="Draw a digit").first.wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # on the button Undo, not into the cell
    assert [cells.count(), cells.all_inner_texts()[2:]] == before
    assert page.locator(".jp-mod-editMode").count() == 0


@pytest.mark.parametrize("place", nightly.by_night(["canvas", "[data-do=undo]"], ["[data-do=undo]"]))
def test_the_notebook_is_saved_from_the_pad_too(page, lab, first, place):  # noqa: F811
    draw(page, SEVEN, first)
    first.locator(".cnn-pad-answer", has_text="Read as 7").first.wait_for()
    file = lab.root / "pads.ipynb"
    page.locator(".jp-CodeCell").nth(2).locator(".jp-InputArea-prompt").click()
    page.keyboard.press("Control+Enter")  # so that there is something to save
    before = file.stat().st_mtime_ns
    first.locator(place).focus()
    page.keyboard.press("Control+s")
    wait_until(page, lambda: file.stat().st_mtime_ns != before)
    cells = page.locator(".jp-Cell").count()
    page.keyboard.press("x")
    page.keyboard.press("Shift+S")
    assert page.locator(".jp-Cell").count() == cells
    assert overlap(np.load(lab.root / "drawn.npy"), expected(SEVEN)) > 0.95


@pytest.mark.nightly
def test_an_error_in_predict_stands_in_the_pad_and_the_drawing_stays(page):
    pad = page.pads.nth(1)
    draw(page, SEVEN, pad)
    pad.get_by_text("RuntimeError: more ink than I can read").wait_for()
    pad.locator(".cnn-pad-answer", has_text="Not read").wait_for()
    wait_until(page, lambda: not pad.get_by_text("Read as").count())  # what a screen reader is told comes a bit later
    pad.get_by_role("button", name="Clear").click()
    draw(page, BAR, pad)
    pad.locator(".cnn-pad-answer", has_text="Read as 1").first.wait_for()
    assert pad.get_by_role("alert").inner_text() == ""


@pytest.mark.nightly
def test_it_reads_while_a_cell_runs(page, lab, first):  # noqa: F811
    """JupyterLab gives widgets a thread of their own in the kernel, which is not held up by cells."""
    prompt = page.locator(".jp-CodeCell").nth(2).locator(".jp-InputArea-prompt")
    (lab.root / "busy").touch()
    try:
        prompt.click()
        page.keyboard.press("Control+Enter")
        wait_until(page, lambda: prompt.inner_text() == "[*]:")
        draw(page, SEVEN, first)
        first.locator(".cnn-pad-answer", has_text="Read as 7").first.wait_for()
        wait_until(page, lambda: has_arrived(lab, SEVEN))
        assert prompt.inner_text() == "[*]:" and first.get_by_role("alert").inner_text() == ""
    finally:
        (lab.root / "busy").unlink()
    wait_until(page, lambda: prompt.inner_text() != "[*]:")


# ---- how it looks


COLORS = """(name) => {
    const seen = (element) => {
        const color = getComputedStyle(element).backgroundColor;
        return color === "rgba(0, 0, 0, 0)" && element.parentElement ? seen(element.parentElement) : color;
    };
    const element = document.querySelector(name);
    return [getComputedStyle(element).color, seen(element), seen(element.parentElement)];
}"""


def contrast(*colors):
    """The contrast of two colors by WCAG 2, from 1 to 21 (w3.org/TR/WCAG22, "relative luminance")."""
    shares = np.array([[int(part) for part in re.findall(r"\d+", color)[:3]] for color in colors]) / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    dark, light = sorted(linear @ [0.2126, 0.7152, 0.0722])
    return (light + 0.05) / (dark + 0.05)


def test_contrast_knows_its_ends():
    assert contrast("rgb(0, 0, 0)", "rgb(255, 255, 255)") == pytest.approx(21)
    assert contrast("rgb(119, 119, 119)", "rgb(255, 255, 255)") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_words_and_bars_stand_out_in_both_themes(page, first, theme):
    choose(page, "Settings", "Theme", theme)
    page.wait_for_function(f"document.body.dataset.jpThemeName === '{theme}'")
    first.locator("canvas").click(trial=True)  # waits until it stands still, with nothing over it
    draw(page, SEVEN, first)
    first.locator(".cnn-pad-answer", has_text="Read as 7").first.wait_for()
    page.wait_for_timeout(300)
    keep_picture(page, f"pad_looked_at_{theme}")
    for name in (".cnn-pad-answer", ".cnn-help", ".cnn-pad button"):
        color, ground, _ = page.evaluate(COLORS, name)
        assert contrast(color, ground) > 4.5, name
    for name in (".cnn-best div", ".cnn-pad [role=meter]:not(.cnn-best) div"):
        _, bar, ground = page.evaluate(COLORS, name)
        assert bar != ground and contrast(bar, ground) > 3, name


# ---- what stays: these come last, for they end the kernel


@pytest.mark.nightly
def test_what_is_saved_is_a_picture_and_a_reload_brings_the_drawing_back(page, lab, first):  # noqa: F811
    draw(page, SEVEN, first)
    first.locator(".cnn-pad-answer", has_text="Read as 7").first.wait_for()
    choose(page, "File", "Save Notebook")
    wait_until(page, lambda: "cnn-widget" in (lab.root / "pads.ipynb").read_text(encoding="utf-8"))
    saved = nbformat.read(lab.root / "pads.ipynb", as_version=4)
    for cell in saved.cells[:2]:
        (output,) = cell.outputs
        assert set(output.data) == {"text/html", "text/plain"}
        assert f'alt="{output.data["text/plain"]}"' in output.data["text/html"]
    assert "widgets" not in saved.metadata

    open_notebook(page, lab, "pads.ipynb")
    page.pads.nth(0).locator(".cnn-pad-answer", has_text="Read as 7").first.wait_for()
    draw(page, BAR, page.pads.nth(0))
    wait_until(page, lambda: has_arrived(lab, BAR))


@pytest.mark.nightly
def test_a_kernel_that_ends_is_said_to_have(page):
    choose(page, "Kernel", "Restart Kernel…")
    with page.expect_response("**/restart*"):  # or the next test would leave the page before the answer is there
        page.get_by_role("button", name="Confirm Kernel Restart").click()
        page.pads.nth(0).get_by_text("The kernel has stopped. The drawing is kept").wait_for()
        draw(page, BAR, page.pads.nth(0))
        page.pads.nth(0).get_by_text("Not read").wait_for()


@pytest.mark.nightly
def test_without_its_kernel_the_notebook_shows_the_picture(page, lab):  # noqa: F811
    open_notebook(page, lab, "pads.ipynb")
    picture = page.get_by_role("img", name="A drawing pad with a drawing on it, and ten bars")
    picture.wait_for()
    assert picture.evaluate("(image) => image.naturalWidth") > 500
    assert page.locator("canvas").count() == 0 and "Error displaying" not in page.locator(".jp-Notebook").inner_text()
