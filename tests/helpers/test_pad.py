"""The drawing pad without a browser: what it takes, reads, says, and what is stored of it."""

import base64
import io
import re
import subprocess
import sys

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from PIL import Image
from small_lesson import SECTION, small_lesson

from course_utils.publishing import lessons
from course_utils.publishing.slides import make_deck
from course_utils.widgets import stage
from course_utils.widgets.pad import DrawingPad, read_run_lengths

pytestmark = pytest.mark.slow

ONE = np.full((280, 280), 255, np.uint8)
ONE[60:230, 130:150] = 0


def read_as(digit, sure=0.9):
    """A predict that always reads the same digit."""
    return lambda drawing: np.where(np.arange(10) == digit, sure, (1 - sure) / 9)


# ---- reading


def test_a_new_pad_is_blank_and_blank_paper_is_not_read():
    pad = DrawingPad(lambda drawing: pytest.fail("blank paper was read"))
    assert pad.drawing.shape == (280, 280) and pad.drawing.dtype == np.uint8 and (pad.drawing == 255).all()
    assert np.isnan(pad.probabilities).all() and pad.probabilities.shape == (10,) and pad.message == ""


def test_the_start_is_read_at_once():
    seen = []
    pad = DrawingPad(lambda drawing: seen.append(drawing) or np.eye(10)[7], start=ONE)
    (drawing,) = seen
    assert drawing.dtype == np.uint8 and (drawing == ONE).all() and (pad.drawing == ONE).all()
    assert pad.probabilities.tolist() == [0, 0, 0, 0, 0, 0, 0, 1, 0, 0]


def test_nobody_else_holds_the_pads_drawing():
    start = ONE.copy()
    pad = DrawingPad(lambda drawing: drawing.fill(0) or np.eye(10)[1], start=start)
    start[:] = 7
    pad.drawing[:] = 7
    assert (pad.drawing == ONE).all()


@pytest.mark.parametrize(
    ("start", "got"),
    [
        (ONE / 255, r"got float64 of shape \(280, 280\)"),
        (ONE[:28, :28], r"got uint8 of shape \(28, 28\)"),
        (np.zeros((280, 280, 3), np.uint8), r"got uint8 of shape \(280, 280, 3\)"),
    ],
)
def test_a_start_that_is_no_drawing(start, got):
    with pytest.raises(ValueError, match="start must be an array of uint8 .*" + got):
        DrawingPad(read_as(1), start=start)


def test_a_predict_that_cannot_be_called():
    with pytest.raises(TypeError, match="predict must be a function that takes a drawing, got 7"):
        DrawingPad(7)


def stop(drawing):
    raise KeyboardInterrupt


ODD = {
    "raises": (lambda drawing: 1 / 0, "ZeroDivisionError: division by zero"),
    "is interrupted": (stop, "predict was interrupted"),
    "returns nothing": (lambda drawing: None, "ten probabilities, got shape ()"),
    "returns words": (lambda drawing: "seven", "ten probabilities, got str"),
    "returns a ragged list": (lambda drawing: [[1, 2], [3]], "ten probabilities, got list"),
    "returns a row of a batch": (lambda drawing: np.eye(10)[:1], "got shape (1, 10); take its only row, with [0]"),
    "returns nine": (lambda drawing: np.ones(9) / 9, "got shape (9,)"),
    "returns NaN": (lambda drawing: [np.nan] * 3 + [0.1] * 7, "NaN for 3 of the ten"),
    "returns logits": (lambda drawing: np.arange(10) - 3.5, "must lie in [0, 1], got -3.5 to 5.5: is softmax missing?"),
    "returns percent": (lambda drawing: np.full(10, 10.0), "must lie in [0, 1], got 10 to 10"),
    "returns infinity": (lambda drawing: [np.inf] + [0] * 9, "must lie in [0, 1], got 0 to inf"),
}


@pytest.mark.parametrize("name", ODD)
def test_what_goes_wrong_is_a_message_and_the_drawing_is_kept(name):
    predict, words = ODD[name]
    pad = DrawingPad(predict, start=ONE)
    assert words in pad.message
    assert np.isnan(pad.probabilities).all() and (pad.drawing == ONE).all()


def test_rounding_past_the_ends_is_forgiven():
    pad = DrawingPad(lambda drawing: np.array([1 + 1e-7, -1e-9] + [0] * 8, np.float32), start=ONE)
    assert pad.message == "" and pad.probabilities.min() == 0 and pad.probabilities.max() == 1


# ---- speaking to a browser


@pytest.fixture
def shown(monkeypatch):
    """What was displayed: a list of (what, data)."""
    outputs = []
    for what in ("display", "update_display"):
        monkeypatch.setattr(stage, what, lambda data, *, raw, display_id, what=what: outputs.append((what, data)))
    return outputs


@pytest.fixture
def speaking(shown):
    """A shown pad that reads a 3, a function that hands it a message, and what it answers."""
    pad, answers = DrawingPad(read_as(3), start=ONE), []
    pad._ipython_display_()
    pad._messenger.send = lambda content, buffers=None: answers.append((content, buffers))
    return pad, lambda content, buffers=(): pad._receive(pad._messenger, content, buffers), answers


def test_a_pad_is_a_picture_until_a_browser_says_that_it_is_there(speaking, shown):
    pad, say, _ = speaking
    (what, data), *_ = shown
    picture = rf'<img src="data:image/png;base64,[^"]+" alt="{data["text/plain"]}" width="\d+">'
    state = r'data-state="{&quot;start&quot;:[\[\]\d,]+}"'
    stored = rf'<cnn-widget data-kind="pad" ({state})>({picture})</cnn-widget>'
    assert what == "display" and (found := re.fullmatch(stored, data["text/html"]))
    say({"kind": "here"})
    what, again = shown[1]
    assert what == "update_display" and again["text/plain"] == data["text/plain"] != ""
    place = f'data-kind="pad" data-name="{pad._messenger.name}"'
    assert again["text/html"] == f"<cnn-widget {place} {found[1]}>{found[2]}</cnn-widget>"
    pad._ipython_display_()
    assert len(shown) == 3 and "data-name" in shown[2][1]["text/html"], (
        "shown again, it waits for a browser that is there"
    )


def test_a_drawing_from_the_browser_is_read(speaking):
    pad, say, answers = speaking
    drawing = np.roll(ONE, 40, axis=1)
    say({"kind": "draw", "id": "me 1"}, [memoryview(drawing.tobytes())])
    assert (pad.drawing == drawing).all() and pad.drawing.flags.writeable
    ((content, _),) = answers
    assert content["id"] == "me 1" and content["message"] == "" and np.argmax(content["probabilities"]) == 3
    say({"kind": "state", "id": "me 2"})
    content, buffers = answers[1]
    assert content["id"] == "me 2" and buffers == [drawing.tobytes()]
    assert (read_run_lengths(content["state"]["start"]) == drawing).all()


def test_cleared_paper_arrives_and_is_not_read(speaking):
    pad, say, answers = speaking
    say({"kind": "draw", "id": "me 1"}, [bytes([255]) * 280 * 280])
    assert (pad.drawing == 255).all() and np.isnan(pad.probabilities).all()
    assert answers == [({"id": "me 1", "probabilities": None, "message": ""}, [])]
    say({"kind": "state", "id": "me 2"})
    assert answers[1] == ({"id": "me 2", "state": {}}, [])


# ---- what is stored


def test_the_picture_shows_the_drawing_and_the_bars():
    data = DrawingPad(read_as(3), start=ONE)._encode_picture()
    png = base64.b64decode(re.search('base64,([^"]+)"', data["text/html"])[1])
    picture = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
    width = picture.shape[1]
    rows, columns = np.nonzero(picture[:, : int(0.45 * width)].sum(axis=2) < 100)  # the ink
    assert np.ptp(rows) / np.ptp(columns) == pytest.approx(170 / 20, rel=0.1)
    assert len(rows) > np.ptp(rows) * np.ptp(columns), "and it is filled"
    blue = (abs(picture - (0x00, 0x72, 0xB2)).max(axis=2) < 9).mean(axis=0)
    assert blue[: width // 2].max() == 0 < blue[width // 2 :].max(), "the bar of the 3 stands out"


def test_the_words_say_what_the_picture_shows():
    assert "blank paper" in DrawingPad(read_as(3))._describe()
    assert DrawingPad(read_as(3), start=ONE)._describe().endswith("read as 3, with a probability of 90%.")
    assert "not read: ZeroDivisionError" in DrawingPad(lambda drawing: 1 / 0, start=ONE)._describe()
    DrawingPad(lambda drawing: int("$x_$ " * 200), start=ONE)._encode_picture()  # long, and no formula


CELLS = [
    """import numpy as np
from course_utils.widgets.pad import DrawingPad

start = np.full((280, 280), 255, np.uint8)
start[60:230, 130:150] = 0
pad = DrawingPad(lambda drawing: np.eye(10)[DIGIT] * 0.9 + 0.01, start=start)
pad""",
    "pad.drawing.mean(), pad.probabilities.argmax()",
]


@pytest.fixture(scope="module")
def executed():
    """A notebook with a pad, executed as lessons are."""
    cells = [new_code_cell(cell.replace("DIGIT", "1")) for cell in CELLS]
    return lessons.execute(new_notebook(cells=cells, metadata=nbformat.from_dict(lessons.METADATA)))


def test_an_executed_notebook_stores_a_picture_and_nothing_of_the_widget(executed):
    (output,) = executed.cells[0].outputs
    assert output.output_type == "display_data" and set(output.data) == {"text/html", "text/plain"}
    assert "read as 1" in output.data["text/plain"]
    assert "jupyter.widget" not in nbformat.writes(executed) and "data-name" not in nbformat.writes(executed)


def test_a_drawing_of_many_grays_is_not_stored_beside_its_picture():
    noisy = np.random.default_rng(0).integers(0, 256, (280, 280)).astype(np.uint8)
    assert DrawingPad(read_as(1), start=noisy)._state() == {}


def test_strict_nbval_passes_and_sees_another_reading(executed, tmp_path):
    notebook = nbformat.reads(nbformat.writes(executed), as_version=4)
    other = nbformat.from_dict(notebook.cells[0] | {"id": "other"})
    (output,) = other.outputs
    output.data = {kind: text.replace("read as 1", "read as 7") for kind, text in output.data.items()}
    notebook.cells.append(other)
    nbformat.write(notebook, tmp_path / "small.ipynb")
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "no:cacheprovider", "-W", "ignore"]
    done = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, cwd=tmp_path)
    assert re.findall(r"FAILED \S+::Cell (\d)", done.stdout) == ["2"], done.stdout
    assert "1 failed, 2 passed" in done.stdout


def test_a_deck_shows_the_picture(executed):
    cell = executed.cells[0]
    deck = make_deck(small_lesson(new_markdown_cell(SECTION), cell), "08_handwriting")
    (alt, png) = re.search(r'<img alt="([^"]+)" src="data:image/png;base64,([^"]+)"', deck).groups()
    assert "read as 1" in alt and png in cell.outputs[0].data["text/html"]
