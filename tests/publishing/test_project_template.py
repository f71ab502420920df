"""The project template: its example, and the same notebook on a folder of somebody's own."""

import lesson_rules as rules
import nbformat
import numpy as np
import pytest
from nbclient.exceptions import CellExecutionError
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


def report_on(folder, tmp_path, monkeypatch, groups="path"):
    """The template, executed on a folder in place of its example."""
    notebook = lessons.read_source(SOURCE)
    for cell in notebook.cells:
        for old, new in (("folder = None", f"folder = {folder!r}"), ("    return path\n", f"    return {groups}\n")):
            if cell.cell_type == "code" and old in f"{cell.source}\n":
                cell.source = cell.source.replace(old.rstrip("\n"), new.rstrip("\n"), 1)
    monkeypatch.setattr(lessons, "NOTEBOOKS", tmp_path)  # where it is executed
    return lessons.execute(notebook)


@pytest.fixture
def photos(tmp_path):
    """Sixty photographs of noise: dark and bright ones of three sizes, three of each thing, all in color."""
    rng = np.random.default_rng(0)
    for name, level in (("dark", 40), ("bright", 200)):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for thing in range(10):
            for view in range(3):
                pixels = rng.integers(level - 30, level + 30, size=(90 + thing, 120, 3)).astype("uint8")
                Image.fromarray(pixels).save(tmp_path / "photos" / name / f"{thing}_{view}.png")
    return tmp_path


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


def test_its_example_is_better_than_its_baseline():
    text, n_pictures = texts(STORED)
    assert 0.75 < value(text, "low") < value(text, "accuracy") < value(text, "high") < 1
    assert value(text, "baseline") == 0.5 and n_pictures == 4


def test_it_reports_on_a_folder_of_ones_own(photos, monkeypatch):
    text, _ = texts(report_on("photos", photos, monkeypatch, 'path.parent.name + path.stem.split("_")[0]'))
    assert "bright: 30 images\ndark: 30 images\nin 20 groups\n" in text
    assert "Tested on: 12 images in 4 groups" in text
    assert value(text, "accuracy") == 1 and "no errors among the test images" in text


def test_what_is_wrong_with_a_folder_is_what_it_says(photos, monkeypatch):
    with pytest.raises(CellExecutionError, match="no_such_folder"):
        report_on("no_such_folder", photos, monkeypatch)
    (photos / "photos" / "dark" / "notes.txt").write_text("on Monday")
    with pytest.raises(CellExecutionError, match=r"dark.notes\.txt") as caught:
        report_on("photos", photos, monkeypatch)
    assert "ValueError" in str(caught.value)


def test_students_get_it_beside_the_lessons(tmp_path):
    copy_lessons(work=tmp_path)
    copy = nbformat.read(tmp_path / "project_template.ipynb", as_version=4)
    assert [cell.source for cell in copy.cells if cell.cell_type == "code"] == [
        cell.source for cell in STORED.cells if cell.cell_type == "code"
    ]
