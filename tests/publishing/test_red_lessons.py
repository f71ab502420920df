"""A red lesson leaves in build/failed what ran and how it differs, also where several processes share the run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from patience import CELL
from small_lesson import PNG, SECTION, code, picture, printed, small_lesson

from course_utils.publishing.red_lessons import lines_of

ROOT = Path(__file__).parents[2]
SHOW = f"""from IPython.display import HTML, display
display(HTML('<img src="data:image/png;base64,{PNG}" alt="a pixel" width="1">'), metadata={{}})"""


def save(path, *cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    notebook = small_lesson(*cells)
    notebook.cells[1].source = "import math"
    for count, cell in enumerate(cell for cell in notebook.cells if cell.cell_type == "code"):
        cell.execution_count = count + 1
    nbformat.write(notebook, path)


@pytest.fixture(scope="module", params=[[], ["-n", "2", "--dist", "loadscope"]], ids=["one process", "several"])
def course(request, tmp_path_factory):
    """A course of a red lesson and a green one, which was red before, and what pytest printed of it."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("conftest.py", "pyproject.toml", "notebooks/nbval_patterns.cfg", "tests/no_network/sitecustomize.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    save(
        folder / "notebooks" / "03_red.ipynb",
        code("print('a')\nprint(6 * 7)\nprint('loss = 0.25')\nprint('z')", printed("a\n41\nloss = 0.75\nz\n")),
        nbformat.v4.new_markdown_cell(SECTION),
        code(SHOW, picture()),
        code("print('before')\n1 / 0", printed("before\n")),
        code("print(math.pi > 3)", printed("True\n")),
    )
    save(folder / "notebooks" / "04_green.ipynb", code("print(6 * 7)", printed("42\n")))
    failed = folder / "build" / "failed"
    failed.mkdir(parents=True)
    for name in ("03_red.ipynb", "03_red.txt", "04_green.ipynb", "04_green.txt", "05_not_run.txt"):
        (failed / name).write_text("of an earlier run")
    command = [sys.executable, "-m", "pytest", "--nbval", *request.param, "notebooks"]
    done = subprocess.run(command, cwd=folder, env=os.environ, capture_output=True, encoding="utf-8", timeout=CELL)
    assert done.returncode == 1, done.stdout + done.stderr
    return failed, done.stdout


@pytest.mark.slow
def test_the_notebook_is_left_as_it_was_executed(course):
    notebook = nbformat.read(course[0] / "03_red.ipynb", as_version=4)
    nbformat.validate(notebook)
    _, first, shown, broken, last = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert first.outputs[0].text == "a\n42\nloss = 0.25\nz\n" and first.execution_count == 2
    assert PNG in shown.outputs[0].data["text/html"]
    assert [output.output_type for output in broken.outputs] == ["stream", "error"]
    assert last.outputs[0].text == "True\n"  # it ran after the red ones
    assert sum(cell.cell_type == "markdown" for cell in notebook.cells) == 2


@pytest.mark.slow
def test_the_difference_names_cells_and_shows_what_differs_and_nothing_else(course):
    text = (course[0] / "03_red.txt").read_text(encoding="utf-8")
    title, first, *others = text.split("\ncell ")
    assert title == f"03_red: {len(others) + 1} red\n"
    assert first.startswith("3 of the notebook (Cell 1 for nbval): print('a')\nCell outputs differ\n")
    assert "\n a\n-41\n+42\n loss = MEASURED\n z\n" in first
    assert "\x1b" not in text and PNG[:30] not in text
    of_error = others[-1]
    assert of_error.startswith("6 of the notebook (Cell 3 for nbval): print('before')\nCell execution caused an exc")
    assert "\n before\n" in of_error and "\n+ZeroDivisionError: division by zero\n" in of_error


@pytest.mark.slow
def test_what_an_earlier_run_left_goes_when_the_lesson_runs_again(course):
    failed, printed = course
    assert {path.name for path in failed.iterdir()} == {"03_red.ipynb", "03_red.txt", "05_not_run.txt"}
    (line,) = [line for line in printed.splitlines() if line.startswith("red: ")]
    assert line.startswith("red: notebooks/03_red.ipynb: build/failed/03_red.txt")


def test_of_a_picture_there_is_a_checksum_by_which_another_is_seen():
    one, other = picture("a pixel"), picture("a pixel")
    text = str(lines_of([one]))
    assert text == str(lines_of([other])) and PNG not in text and "a pixel" in text
    other.data["text/html"] = other.data["text/html"].replace(PNG, PNG[::-1])
    assert lines_of([one]) != lines_of([other])
    plain = nbformat.v4.new_output("display_data", data={"image/png": PNG})
    assert lines_of([plain])[0] == "[image/png]" and PNG not in str(lines_of([plain]))
