"""Write the lessons as an instructor hands them out: without solutions to the students, with them to assistants.

`build/handouts/student/` holds stubs and checks, no solution and no output, and `student.zip` the same in one file;
`build/handouts/solutions/` holds the executed lessons with their solutions open.
"""

import argparse
import copy
import zipfile

import nbformat
from rich.progress import track

from course_utils.publishing.comments import remove_bounds, remove_comments
from course_utils.publishing.lessons import NOTEBOOKS

HANDOUTS = NOTEBOOKS.parent / "build" / "handouts"
README = """Lessons on convolutional neural networks.

They need Python with the course's package: in the course's folder, pip install -e .
(lessons 11 and 12: pip install -e ".[sharing,scaling]").
Unpack this file anywhere, run jupyter lab there, and open 00_start_here.ipynb.
"""


def with_solutions(notebook):
    """A lesson for those who correct: as it is stored, its solutions open, without the comments for the instructor.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        A stored lesson; it stays as it is.

    Returns
    -------
    nbformat.NotebookNode
    """
    notebook = copy.deepcopy(notebook)
    remove_comments(notebook)
    remove_bounds(notebook)
    for cell in notebook.cells:
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
    return notebook


def without_solutions(notebook):
    """A lesson for students: no solutions, no outputs; a cell's metadata is its tags and nothing else.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        A stored lesson; it stays as it is.

    Returns
    -------
    nbformat.NotebookNode
    """
    notebook = with_solutions(notebook)
    notebook.cells = [cell for cell in notebook.cells if "solution" not in cell.metadata.get("tags", [])]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def write_zip(path, texts):
    """Write texts into a zip file; the same texts give the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(texts.items()):
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)


def write_handouts(notebooks=NOTEBOOKS, handouts=HANDOUTS):
    """Write both editions of all lessons, and the students' one as a zip too; earlier ones are replaced."""
    editions = {"student": without_solutions, "solutions": with_solutions}
    texts = {edition: {} for edition in editions}
    for lesson in track(sorted(notebooks.glob("[0-9][0-9]_*.ipynb")), description="handouts"):
        notebook = nbformat.read(lesson, as_version=4)
        for edition, edit in editions.items():
            texts[edition][lesson.name] = nbformat.writes(edit(notebook)) + "\n"
    for edition, lessons in texts.items():
        folder = handouts / edition
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.ipynb"):
            old.unlink()
        for name, text in lessons.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    write_zip(handouts / "student.zip", {"README.txt": README, **texts["student"]})


def main():
    argparse.ArgumentParser(prog="nox -s handouts", description=__doc__).parse_args()
    write_handouts()
    print("written to build/handouts: student/ and student.zip without solutions, solutions/ with them")


if __name__ == "__main__":
    main()
