"""Strict nbval forgives what differs between machines, and nothing else: by the patterns, and end to end."""

import contextlib
import html
import io
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import nbformat
import pytest
from nbval.plugin import coalesce_streams, get_sanitize_patterns
from patience import CELL

ROOT = Path(__file__).parents[2]
PATTERNS = ROOT / "notebooks" / "nbval_patterns.cfg"


def sanitize(text):
    """What nbval compares in place of a text."""
    for regex, replacement in get_sanitize_patterns(PATTERNS.read_text(encoding="utf-8")):
        text = re.sub(regex, replacement, text)
    return text


def test_nbval_reads_every_pattern():
    assert PATTERNS.read_bytes().isascii()  # nbval reads it in the encoding of the system, whichever that is
    written = PATTERNS.read_text(encoding="utf-8").count("\nregex:")
    assert len(get_sanitize_patterns(PATTERNS.read_text(encoding="utf-8"))) == written >= 4


# ---- what is replaced

BAR = "\x1b[1m938/938\x1b[0m \x1b[32m━━━━━━━━━━━━━━━━━━━━\x1b[0m\x1b[37m\x1b[0m \x1b[1m"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("test_acc = 0.9912", "test_acc = MEASURED"),
        ("n_correct = 9912", "n_correct = MEASURED"),
        ("test_loss = -0.5\ntest_acc = 0.99\n", "test_loss = MEASURED\ntest_acc = MEASURED\n"),
        (f"{BAR}15s\x1b[0m 16ms/step", f"{BAR}TIME\x1b[0m TIME/step"),
        (f"{BAR}0s\x1b[0m 823us/step\n", f"{BAR}TIME\x1b[0m TIME/step\n"),
        (f"{BAR}215s\x1b[0m 2s/epoch\n", f"{BAR}TIME\x1b[0m TIME/epoch\n"),
        (
            f"Epoch 5/5\n{BAR}15s\x1b[0m 16ms/step - accuracy: 0.9957 - loss: 0.0152\n",
            f"Epoch 5/5\n{BAR}TIME\x1b[0m TIME/step - accuracy: MEASURED - loss: MEASURED\n",
        ),
        (
            f"{BAR}1s\x1b[0m 1ms/step - accuracy: 1.0000 - loss: 9.1e-05 - val_accuracy: 0.9 - val_loss: 0.0000e+00\n",
            f"{BAR}TIME\x1b[0m TIME/step - accuracy: MEASURED - loss: MEASURED"
            " - val_accuracy: MEASURED - val_loss: MEASURED\n",
        ),
        (f"{BAR}1s\x1b[0m 9ms/step - loss: 0.1   \nnext\n", f"{BAR}TIME\x1b[0m TIME/step - loss: MEASURED\nnext\n"),
        (
            "&quot;negative&quot;:[0,12,3],&quot;positive&quot;:[4,0,5],&quot;edge&quot;:7",
            "&quot;negative&quot;:COUNTS,&quot;positive&quot;:COUNTS,&quot;edge&quot;:7",
        ),
    ],
)
def test_replaced(text, expected):
    assert sanitize(text) == expected


def keras_progress(monkeypatch, n_steps, states):
    """The lines that Keras draws for (step, seconds, accuracy, loss), as a notebook stores them."""
    from course_utils._tensorflow import keras

    clock = type("Clock", (), {"now": 0.0, "time": lambda self: self.now})()
    monkeypatch.setattr(sys.modules[keras.utils.Progbar.__module__], "time", clock)
    drawn = io.StringIO()
    with contextlib.redirect_stdout(drawn):
        bar = keras.utils.Progbar(n_steps, stateful_metrics=["accuracy", "loss"])
        bar._dynamic_display = True  # as in a notebook
        for step, clock.now, accuracy, loss in states:
            bar.update(step, [("accuracy", accuracy), ("loss", loss)])
    (output,) = coalesce_streams([nbformat.v4.new_output("stream", name="stdout", text=drawn.getvalue())])
    return output.text


def test_two_runs_of_keras_progress_bar_compare_as_equal(monkeypatch):
    runs = [
        [(1, 2.0, 0.5, 2.3), (500, 7.0, 0.9, 0.3), (938, 15.2, 0.9453, 0.1776)],
        [(1, 0.6, 0.5, 2.3), (100, 2.0, 0.8, 1e-5), (938, 141.0, 0.9449, 0.1781)],
        [(1, 0.01, 0.5, 2.3), (938, 0.9, 1.0, 4.2e-7)],
        [(1, 0.01, 0.0, 0.0), (938, 3000.0, 0.0, 0.0)],
    ]
    lines = [keras_progress(monkeypatch, 938, run) for run in runs]
    assert len(set(lines)) == 4
    assert {sanitize(line) for line in lines} == {f"{BAR}TIME\x1b[0m TIME/step - accuracy: MEASURED - loss: MEASURED\n"}


def test_a_bar_that_covers_a_longer_one_compares_as_equal(monkeypatch):
    longer = keras_progress(monkeypatch, 4, [(1, 0.1, 0.5, 2.3), (3, 0.14, 0.5, 1e-5), (4, 0.2, 0.5, 2.0)])
    shorter = keras_progress(monkeypatch, 4, [(4, 0.2, 0.5, 2.0)])
    assert longer.endswith(" \n") and not shorter.endswith(" \n")  # Keras covers it with blanks
    assert sanitize(longer) == sanitize(shorter)


# ---- what is left as it is


@pytest.mark.parametrize(
    "text",
    [
        "x = 3",
        "correct = 9912",
        "n_correct = 9912 of 10000",
        "n_correct = -1",
        "train_images (60000, 28, 28) uint8",
        "shape = (60000, 28, 28)",
        "name = 'seed'",
        "test_acc = 0.9912 of 1",
        "it reaches test_acc = 0.9912",
        "  test_acc = 0.9912",
        "test_acc = 0.9912 ",
        "accuracy: 0.9912",
        "the loss: 0.1776 is small",
        "loss - 0.5",
        "In [0.0, 1.0], mean 0.1307, that is 13.1%.",
        "about 15s an epoch, 16ms/step",
        "training images: 82.03% right",
        "Total params: 121,994 (476.54 KB)",
        "│ conv2d (Conv2D)                 │ (None, 28, 28, 32)     │           320 │",
        "938/938",
        "Epoch 1/5",
        "trailing blanks   ",
        "3/step  ",
        "{0: 5923, 1: 6742}",
        "[0.1, 0.25, 0.65]",
        "a = 0.5, b = 0.25",
    ],
)
def test_left_as_it_is(text):
    assert sanitize(text) == text
    assert sanitize(f"before\n{text}\nafter") == f"before\n{text}\nafter"


def test_counts_of_steps_in_a_progress_bar_are_compared():
    line = f"{BAR}15s\x1b[0m 16ms/step - accuracy: 0.9 - loss: 0.1\n"
    assert sanitize(line) != sanitize(line.replace("938/938", "937/937"))
    assert sanitize(line) != sanitize(line.replace("accuracy", "val_accuracy"))


# ---- end to end

STREAM, PICTURE, NOTHING = "stream", "picture", None
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
SHOW = "from IPython.display import display\ndisplay({'text/html': %r, 'text/plain': %r}, raw=True)"
GUARDED = """from course_utils.bounds import check_bounds
test_acc = 0.9905
print(f'{test_acc = :.4f}')
check_bounds(0.985, test_acc, 0.997)"""
CONNECT = """import socket
try:
    socket.create_connection(("192.0.2.1", 80), timeout=1)
except OSError as error:
    print(error)"""
REFUSED = "the course runs without a network, and its tests refuse it: getaddrinfo '192.0.2.1'\n"


def image(png=PNG, alt="a dot", width=1):
    return f'<img src="data:image/png;base64,{png}" alt="{alt}" width="{width}">'


def show_picture(png=PNG, *, alt="a dot", text="a dot", width=1):
    return SHOW % (image(png, alt, width), text)


# What a cell is about: its source, what kind of output is stored, the output, and whether strict nbval passes it.
CELLS = {
    "the stored output": ("print((60000, 28, 28))", STREAM, "(60000, 28, 28)\n", True),
    "a digit that differs": ("print((60000, 28, 28))", STREAM, "(60000, 28, 27)\n", False),
    "a count that differs": ("print('n =', 3)", STREAM, "n = 4\n", False),
    "another measured count": ("n_wrong = 103\nprint(f'{n_wrong = }')", STREAM, "n_wrong = 104\n", True),
    "another measured value": (GUARDED, STREAM, "test_acc = 0.9912\n", True),
    "a value out of its bound": (GUARDED.replace("0.9905", "0.9805"), STREAM, "test_acc = 0.9805\n", False),
    "another time": (f"print({BAR + '15s'!r} + '\\x1b[0m 16ms/step')", STREAM, f"{BAR}22s\x1b[0m 23ms/step\n", True),
    "another number of steps": (f"print({BAR + '15s'!r})", STREAM, f"{BAR}15s\n".replace("938", "937"), False),
    "output that was not stored": ("print('more')", NOTHING, "", False),
    "stored output that does not come": ("pass", STREAM, "less\n", False),
    "a warning": ("import warnings; warnings.warn('oh')", NOTHING, "", False),
    "another picture of the same": (show_picture(PNG.replace("AQ", "BQ")), PICTURE, "a dot", True),
    "a picture of something else": (show_picture(text="a line"), PICTURE, "a dot", False),
    "a picture with another alt text": (show_picture(alt="a line"), PICTURE, "a dot", False),
    "a picture of another width": (show_picture(width=2), PICTURE, "a dot", False),
    "the network": (CONNECT, STREAM, REFUSED, True),
}


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    """What `pytest --nbval` says of each cell, in a course of one notebook, started from another folder."""
    course = tmp_path_factory.mktemp("course")
    for name in ("conftest.py", "pyproject.toml", "notebooks/nbval_patterns.cfg", "tests/no_network/sitecustomize.py"):
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, course / name)
    foreign = {"name": "tf-gpu", "display_name": "another machine's"}  # nbval takes the kernel of this environment
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": foreign})
    for count, (source, kind, stored, _) in enumerate(CELLS.values(), 1):
        outputs = []
        if kind == STREAM:
            outputs = [nbformat.v4.new_output("stream", name="stdout", text=stored)]
        if kind == PICTURE:
            outputs = [nbformat.v4.new_output("display_data", data={"text/html": image(), "text/plain": stored})]
        notebook.cells.append(nbformat.v4.new_code_cell(source, execution_count=count, outputs=outputs))
    nbformat.write(notebook, course / "notebooks" / "01_test.ipynb")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    environment = {
        name: value for name, value in os.environ.items() if name != "PYTHONPATH"
    }  # the course brings its own
    command = [sys.executable, "-m", "pytest", "--nbval", str(course / "notebooks"), "--junitxml=report.xml"]
    done = subprocess.run(command, cwd=elsewhere, env=environment, capture_output=True, encoding="utf-8", timeout=CELL)
    assert done.returncode == 1, done.stdout + done.stderr
    cases = ET.parse(elsewhere / "report.xml").getroot().iter("testcase")
    failures = {case.get("name"): "".join(child.text or "" for child in case) for case in cases}
    assert list(failures) == [f"Cell {number}" for number in range(len(CELLS))], done.stdout
    return dict(zip(CELLS, failures.values(), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("about", CELLS)
def test_strict_nbval_passes_and_fails_cells_rightly(verdicts, about):
    passes = CELLS[about][3]
    assert (verdicts[about] == "") is passes, verdicts[about]


def test_a_broken_bound_is_an_error_at_its_line(verdicts):
    assert "must lie from 0.985 to 0.997, got 0.9805" in verdicts["a value out of its bound"]
    assert "Cell outputs differ" not in verdicts["a value out of its bound"]


@pytest.mark.parametrize("name", ["06_evaluating", "15_borrowed_features"])
def test_scores_whose_bins_are_forgiven_are_as_many_as_the_alt_text_says(name):
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    outputs = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]
    (page,) = [data["text/html"] for data in outputs if 'data-kind="threshold"' in data.get("text/html", "")]
    state = json.loads(html.unescape(re.search('data-state="([^"]*)"', page)[1]))
    said = re.search(r'alt="The scores of ([\d,]+) \w+ that are \w+ and ([\d,]+) that are', page)
    assert [sum(state[kind]) for kind in ("negative", "positive")] == [int(n.replace(",", "")) for n in said.groups()]
    assert "COUNTS" in sanitize(page)
