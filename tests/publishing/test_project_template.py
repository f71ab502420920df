"""The project template: its example, and the same notebook on a folder of somebody's own."""

import re

import lesson_rules as rules
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from patience import CELL
from PIL import Image

from course_utils.publishing import lessons
from course_utils.publishing.workspace import copy_lessons

pytestmark = [pytest.mark.numbers, pytest.mark.slow]
SOURCE = lessons.SOURCES / "project_template.py"
STORED = nbformat.read(lessons.notebook_path(SOURCE), as_version=4)
RULES = [
    rules.is_what_its_text_says,
    rules.was_executed_cleanly,
    rules.links_resolve,
    rules.begins_no_list_by_accident,
    rules.is_small,
]
PARTS = ["Question", "Data", "Split", "Baseline", "Model", "Test", "Errors", "Card"]


def texts(notebook):
    """All that the code cells print, and how many pictures they draw."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    text = "".join(output.text for cell in cells for output in cell.outputs if output.output_type == "stream")
    return text, sum(len(lessons.pictures(cell)) for cell in cells)


def value(text, name):
    """The last value that is printed under a name."""
    return float(text.rpartition(f"\n{name} = ")[2].split()[0])


GROUP = 'raise NotImplementedError("say in group_of which photographs belong together")'
THING = 'return path.parent.name + path.stem.split("_")[0]'


@pytest.fixture(scope="module")
def kernel():
    """One for all reports: TensorFlow is loaded once."""
    client = NotebookClient(nbformat.v4.new_notebook(), timeout=CELL)
    with client.setup_kernel():
        yield client


def report_on(folder, groups, where, kernel):
    """The template, executed on a folder in place of its example."""
    notebook = lessons.read_source(SOURCE)
    (cell,) = [cell for cell in notebook.cells if "folder = None  #" in cell.source and GROUP in cell.source]
    cell.source = cell.source.replace("folder = None  #", f"folder = {folder!r}  #").replace(GROUP, groups)
    start = f"%reset_selective -f .\nimport os\nos.chdir({str(where)!r})"  # no name of the report before is left
    notebook.cells.insert(0, nbformat.v4.new_code_cell(start))
    kernel.nb = notebook
    kernel.reset_execution_trackers()
    for index, cell in enumerate(notebook.cells):
        kernel.execute_cell(cell, index)
    return notebook


def take_photos(folder, n_things):
    """Photographs in color, three of each thing, of classes that differ in brightness."""
    rng = np.random.default_rng(0)
    for (name, n), level in zip(n_things.items(), (40, 120, 200), strict=False):
        (folder / "photos" / name).mkdir(parents=True)
        for thing in range(n):
            for view in range(3):
                pixels = rng.integers(level - 30, level + 30, size=(90 + thing, 120, 3)).astype("uint8")
                Image.fromarray(pixels).save(folder / "photos" / name / f"{thing}_{view}.png")


def test_it_has_the_parts_of_a_report():
    headings = [cell.source.partition("\n")[0] for cell in STORED.cells if cell.cell_type == "markdown"]
    text = "\n".join(cell.source for cell in STORED.cells if cell.cell_type == "markdown")
    assert headings[0] == "# A project report"
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        f"## {number}. {part}" for number, part in enumerate(PARTS, start=1)
    ]


@pytest.mark.parametrize("rule", RULES)
def test_it_keeps_the_rules_of_notebooks(rule):
    assert not rule(STORED, SOURCE.stem)


def test_no_line_is_wider_than_a_laptop_shows():
    code = "\n".join(cell.source for cell in STORED.cells if cell.cell_type == "code")
    assert [line for line in code.splitlines() if len(line) > rules.MAX_CODE_WIDTH] == []


def test_its_example_is_better_than_its_baseline():
    text, n_pictures = texts(STORED)
    assert 0.65 < value(text, "low") < value(text, "accuracy") < value(text, "high") < 1
    assert value(text, "baseline") == 0.5 and 0.1 < value(text, "gain_low") < value(text, "gain_high") < 0.5
    assert value(text, "cost") == pytest.approx(1 - value(text, "accuracy"), abs=0.001) and n_pictures == 4


def test_it_reports_on_three_classes_of_ones_own(tmp_path, kernel):
    take_photos(tmp_path, {"dark": 10, "gray": 6, "bright": 5})
    text, n_pictures = texts(report_on("photos", THING, tmp_path, kernel))
    assert "63 images in 21 groups of 3 to 3 images\ngroups with images of more than one class: 0\n" in text
    assert "\n0_0.png 0_1.png 0_2.png\n" in text and n_pictures >= 3
    folds = re.findall(r"fold \d: \d+ groups, \{'bright': (\d+), 'dark': (\d+), 'gray': (\d+)\}", text)
    assert len(folds) == 5 and all(int(n) in (3, 6) for fold in folds for n in fold)
    assert value(text, "accuracy") > 0.6 > value(text, "baseline")


def test_one_thing_in_two_classes_is_told(tmp_path, kernel):
    take_photos(tmp_path, {"dark": 10, "bright": 10})
    text, _ = texts(report_on("photos", 'return path.stem.split("_")[0]', tmp_path, kernel))
    assert "60 images in 10 groups of 6 to 6 images\ngroups with images of more than one class: 10\n" in text


def test_no_errors_are_no_proof(tmp_path, kernel):
    take_photos(tmp_path, {"dark": 10, "bright": 10})
    text, n_pictures = texts(report_on("photos", THING, tmp_path, kernel))
    assert value(text, "accuracy") == 1 and value(text, "cost") == 0 and n_pictures == 3
    assert "no errors among the test images" in text and "no errors in 4 groups; in use, a share of 0.75 could" in text


@pytest.mark.parametrize(
    ("folder", "groups", "n_things", "words"),
    [
        ("no_such_folder", "return path", {"dark": 5, "bright": 5}, "no_such_folder"),
        ("photos", GROUP, {"dark": 5, "bright": 5}, "NotImplementedError: say in group_of which photographs"),
        ("photos", THING, {"dark": 5, "bright": 4}, r"better more; there are \{'bright': 4, 'dark': 5\}"),
        ("photos", 'return path.stem.split("_")[0]', {"dark": 5, "bright": 5}, r"of ten in all, .* 5\}, 5 in all"),
        ("photos", "return path.parent", {"dark": 5, "bright": 5}, r"in five groups.* \{'bright': 1, 'dark': 1\}"),
    ],
)
def test_what_is_wrong_is_what_it_says(folder, groups, n_things, words, tmp_path, kernel):
    take_photos(tmp_path, n_things)
    with pytest.raises(CellExecutionError) as caught:
        report_on(folder, groups, tmp_path, kernel)
    assert re.search(words, re.sub(r"\x1b\[[\d;]*m", "", str(caught.value)))


def test_students_get_it_beside_the_lessons(tmp_path):
    copy_lessons(work=tmp_path)
    copy = nbformat.read(tmp_path / "project_template.ipynb", as_version=4)
    assert [cell.source for cell in copy.cells if cell.cell_type == "code"] == [
        cell.source for cell in STORED.cells if cell.cell_type == "code"
    ]
