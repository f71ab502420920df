"""The editions of a lesson: one for students, and one for the assistants who grade them.

The executed lesson in notebooks/ has everything: comments for the instructor, the bounds of measured numbers, readings
of what came out, solutions.
"""

import copy
import itertools
import json
import re

import nbformat

from course_utils.language import say
from course_utils.publishing.cells import digest
from course_utils.publishing.comments import remove_comments
from course_utils.publishing.lessons import METADATA
from course_utils.publishing.markdown import escape_money

FOLD = "<details>\n<summary><strong>{title}</strong></summary>\n\n{text}\n\n</details>"


def _tags(cell):
    return set(cell.metadata.get("tags", []))


def for_assistants(notebook):
    """A lesson for assistants: as it is stored, its solutions open, without what is for the instructor and the machine.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        A stored lesson; it stays as it is.

    Returns
    -------
    nbformat.NotebookNode
        A cell's metadata is its tags and nothing else; its kernel is the one that every installation has.
    """
    notebook = copy.deepcopy(notebook)
    notebook.metadata["kernelspec"] = nbformat.from_dict(METADATA["kernelspec"])
    remove_comments(notebook)
    notebook.cells = [cell for cell in notebook.cells if "bounds" not in _tags(cell)]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = escape_money(cell.source)
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
    return notebook


def find_notebooks(folder):
    """The lessons in their order and the project template, a list of paths; no other notebook that lies beside them."""
    return [*sorted(folder.glob("[0-9][0-9]_*.ipynb")), *folder.glob("project_template.ipynb")]


def for_students(notebook):
    """A lesson for students: with something to predict, and without the answers.

    There are no outputs and no solutions (``exercise.NAME.solution()`` shows one), and what reads an output that the
    student was asked to predict is folded. The metadata hold a fingerprint of the lesson, which tells a newer version
    from this one, and one of each stub, which tells an answer from what was there before.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        A stored lesson; it stays as it is.

    Returns
    -------
    nbformat.NotebookNode
    """
    notebook = for_assistants(notebook)
    notebook.cells = [cell for cell in notebook.cells if "solution" not in _tags(cell)]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        elif "reading" in _tags(cell):
            cell.source = FOLD.format(title=say("Ran it? Compare."), text=cell.source)
    stubs = {}
    for cell, after in itertools.pairwise(notebook.cells):
        if check := re.match(r"exercise\.(\w+)\.check\(", after.source) if "check" in _tags(after) else None:
            stubs[check[1]] = digest(cell.source)
    seen = [(cell.cell_type, cell.source, sorted(_tags(cell))) for cell in notebook.cells]
    notebook.metadata["cnn_course"] = {"lesson": digest(json.dumps(seen)), "stubs": stubs}
    return notebook
