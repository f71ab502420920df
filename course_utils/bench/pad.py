"""How long the drawing pad takes from a movement of the pen until the bars on the screen show what it made of it."""

import itertools
import statistics
import tempfile
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from rich.progress import track

from course_utils.bench.store import new_result, write_json
from course_utils.publishing.chromium import launch_chromium
from course_utils.publishing.lab_server import serve_lab
from course_utils.publishing.lessons import METADATA
from course_utils.results import RESULTS

AIM_MS = 100
MS_BETWEEN_MOVES = 16  # as a mouse reports them, about 60 a second
POINTS_A_DIGIT = 60
DIGIT = [(85, 90), (110, 60), (150, 55), (185, 85), (180, 120), (130, 175), (85, 225), (140, 222), (200, 225)]  # a 2
CELL = """from course_utils import handwriting, networks
from course_utils.widgets.pad import DrawingPad

network = networks.load_seed_network()
DrawingPad(lambda drawing: network(handwriting.prepare(drawing)[None, ..., None]).numpy()[0])"""

# For each movement: when it was made, and when the first frame was painted whose bars or maps had taken it in. A
# movement is taken in if it was handled before the drawing was asked about. A message that is posted while a frame is
# prepared arrives once that frame is painted.
WATCH = """(widget) => {
    const waiting = [];
    window.latencies = [];
    for (const kind of ["pointerdown", "pointermove"]) {
        widget.querySelector("canvas").addEventListener(kind, (event) => {
            if (event.buttons) waiting.push({ made: event.timeStamp, handled: performance.now() });
        }, { capture: true });
    }
    widget.addEventListener("read", ({ detail }) => requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
            const painted = performance.now();
            while (waiting.length && waiting[0].handled <= detail.asked)
                window.latencies.push(painted - waiting.shift().made);
        };
        port2.postMessage(null);
    }));
}"""


def spread_points(corners, n_points):
    """Points at equal steps along a line through corners.

    Parameters
    ----------
    corners : list of (x, y)
    n_points : int

    Returns
    -------
    list of (x, y)
        The first and last corner are the first and last point.
    """
    sides = itertools.pairwise(corners)
    lengths = [((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 for (x0, y0), (x1, y1) in sides]
    points = []
    for index in range(n_points):
        rest, side = sum(lengths) * index / (n_points - 1), 0
        while side < len(lengths) - 1 and rest > lengths[side]:
            rest, side = rest - lengths[side], side + 1
        (x0, y0), (x1, y1), part = corners[side], corners[side + 1], rest / lengths[side]
        points.append((x0 + part * (x1 - x0), y0 + part * (y1 - y0)))
    return points


def _draw(page, kind):
    """Draw a digit with the mouse, as fast as a hand does."""
    paper = page.locator(f".cnn-{kind} canvas").first
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    for index, (x, y) in enumerate(spread_points(DIGIT, POINTS_A_DIGIT)):
        page.mouse.move(box["x"] + x, box["y"] + y)
        if index == 0:
            page.mouse.down()
        page.wait_for_timeout(MS_BETWEEN_MOVES)
    page.mouse.up()
    page.locator(f".cnn-{kind}-answer").filter(has_text="read as").wait_for()
    page.wait_for_timeout(500)  # for the answer to the last movement


def _run_cell(page, number):
    """Run one cell of the open notebook, without waiting for it; what stands before it is [*] while it runs."""
    prompt = page.locator(".jp-CodeCell .jp-InputArea-prompt").nth(number)
    prompt.click()
    page.keyboard.press("Control+Enter")
    return prompt


def measure_latencies(n_digits, *, kind="pad", cell=CELL, meanwhile=None):
    """Time the movements of the pen while digits are drawn, in a real browser.

    Parameters
    ----------
    n_digits : int
    kind : str
        The widget that is drawn in; it dispatches "read".
    cell : str
        What a notebook's cell holds to show it.
    meanwhile : str, optional
        A cell that runs while digits are drawn.

    Returns
    -------
    latencies : list of float
        Milliseconds of each movement.
    browser : str
        Its name and version.
    """
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as root, sync_playwright() as playwright:
        cells = [new_code_cell(source) for source in (cell, meanwhile or "")]
        notebook = new_notebook(cells=cells, metadata=nbformat.from_dict(METADATA))
        nbformat.write(notebook, Path(root) / f"{kind}.ipynb")
        browser = launch_chromium(playwright)
        with serve_lab(Path(root)) as lab:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(lab.address_of(f"{kind}.ipynb"), timeout=120_000)
            page.get_by_text("| Idle").wait_for(timeout=120_000)
            _run_cell(page, 0)
            page.locator(f".cnn-{kind} canvas").first.wait_for(timeout=120_000)
            clear = page.get_by_role("button", name="Clear")
            _draw(page, kind)  # the first call of a network is slow, and nobody draws only one digit
            page.locator(f".cnn-{kind}").evaluate(WATCH)
            if meanwhile:
                prompt = _run_cell(page, 1)
                prompt.filter(has_text="[*]").wait_for(timeout=120_000)
            for _ in track(range(n_digits), "digits drawn"):
                clear.click()
                _draw(page, kind)
            if meanwhile and prompt.inner_text() != "[*]:":
                raise RuntimeError(f"meanwhile must run until the last digit is drawn, and ended before: {meanwhile}")
            return page.evaluate("latencies"), f"Chromium {browser.version}"


def summarize(latencies):
    """Count, median, 95th percentile and largest of some milliseconds, as a dict."""
    return {
        "n_movements": len(latencies),
        "median_ms": round(statistics.median(latencies), 1),
        "percentile_95_ms": round(statistics.quantiles(latencies, n=20, method="inclusive")[-1], 1),
        "largest_ms": round(max(latencies), 1),
    }


def measure(n_digits=10):
    """The drawing pad with the shipped network in JupyterLab: from a movement of the pen to the moved bars."""
    latencies, browser = measure_latencies(n_digits)
    result = new_result(measure.__doc__, "nox -s bench -- pad") | {"browser": browser, "aim_ms": AIM_MS}
    write_json(RESULTS / "pad.json", result | summarize(latencies))
