"""What the exercises take from the executed lessons: their titles, and the solutions, which stand nowhere else."""

import json
import re
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
CHECKOUT = PACKAGE.parent / "notebooks"
INSTALLED = PACKAGE / "lessons"  # what a wheel brings (hatch_build.py)
LESSONS = INSTALLED if INSTALLED.is_dir() else CHECKOUT


def _read_cells(lesson):
    for path in LESSONS.glob(f"[0-9][0-9]_{lesson}.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [("".join(cell["source"]), cell["metadata"].get("tags", [])) for cell in cells]
    raise FileNotFoundError(f"expected the lesson {lesson} in {LESSONS.name}/, found none; install the course again")


def read_title(lesson):
    """A lesson's title with its number, as in ``"2. Preparing the data"``; FileNotFoundError if it is not there.

    Parameters
    ----------
    lesson : str
        As in ``"preparing"``.

    Returns
    -------
    str
    """
    return _read_cells(lesson)[0][0].partition("\n")[0].strip("# ")


def read_solution(lesson, name):
    """The lesson's own solution of an exercise, as a student would have written it.

    Parameters
    ----------
    lesson, name : str
        As in ``"preparing"`` and ``"one_hot"``.

    Returns
    -------
    str
        Python.

    Raises
    ------
    FileNotFoundError
        If the lesson, or a solution in it, is not there.
    """
    for source, tags in _read_cells(lesson):
        code, found, _ = source.partition(f"exercise.{name}.check_solution(")
        if found and "solution" in tags:
            return re.sub(rf"\bsolution_{name}\b", name, code).strip()
    raise FileNotFoundError(f"expected a solution of {name} in lesson {lesson}, found none; install the course again")
