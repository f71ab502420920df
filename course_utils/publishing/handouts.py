"""Write the lessons as an instructor hands them out: without solutions for students, with them for assistants.

`build/handouts/student/` holds what `nox -s lab` copies, stubs and checks; `build/handouts/solutions/` holds the
executed lessons with their solutions open, with what the notes say of each exercise, and with the quizzes' keys.
`student.zip` and `solutions.zip` beside them hold the same as one file.
"""

import argparse
import copy
import re

import nbformat
from rich.progress import track

from course_utils.publishing.comments import read_comments
from course_utils.publishing.editions import find_notebooks, for_assistants, for_students
from course_utils.publishing.lessons import NOTEBOOKS
from course_utils.publishing.markdown import unseen_formulas
from course_utils.publishing.minutes import TAUGHT
from course_utils.publishing.outputs import live_outputs
from course_utils.publishing.quizzes import read_quizzes
from course_utils.publishing.reproducible import write_zip

HANDOUTS = NOTEBOOKS.parent / "build" / "handouts"
README = """Lessons on convolutional neural networks; glossary.md, cheat_sheet.md and errors.md are beside them.

They need Python with the course's package: in the course's folder, pip install -e .
(lessons 11, 12 and 15: pip install -e ".[sharing,scaling,cells]").
Lesson 16 needs PyTorch, too: in the course's folder, nox -s torch
(or, in your own environment, pip install -e ".[torch,jax,sharing]").
Unpack this file anywhere, run jupyter lab there, and open 00_start_here.ipynb.
"""


def for_graders(notebook, name):
    """A lesson as `for_assistants` makes it, with what the notes say of each exercise, and the key of its quiz.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        A stored lesson; it stays as it is.
    name : str
        As in ``"03_convolution"``.

    Returns
    -------
    nbformat.NotebookNode
    """
    notebook, quiz = copy.deepcopy(notebook), read_quizzes().get(name)
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        text, _, notes = read_comments(cell.source)
        if re.search(r"^#+ Exercise", text, re.MULTILINE) and notes:
            cell.source = f"{text}\n\n{_quote('For assistants.', TAUGHT.sub('', notes).strip())}"
        elif text.startswith("## Quiz") and quiz:
            right = [f"{number} {question.right}" for number, question in enumerate(quiz.questions, start=1)]
            cell.source = f"{text}\n\n{_quote('Key.', ', '.join(right))}"
    return for_assistants(notebook)


def _quote(title, text):
    return "\n".join(f"> {line}".rstrip() for line in f"**{title}** {text}".splitlines())


def write_handouts(notebooks=NOTEBOOKS, handouts=HANDOUTS):
    """Write both editions of all lessons, each in a folder and as a zip; earlier ones are replaced.

    Returns
    -------
    list of str
        What the solutions' edition, whose outputs are stored, cannot show, and formulas that JupyterLab shows as text:
        a sentence each.
    """
    not_shown, texts = [], {"student": {}, "solutions": {}}
    for lesson in track(find_notebooks(notebooks), description="handouts"):
        notebook = nbformat.read(lesson, as_version=4)
        solutions = for_graders(notebook, lesson.stem)
        for edition, own in {"student": for_students(notebook), "solutions": solutions}.items():
            texts[edition][lesson.name] = nbformat.writes(own) + "\n"
        not_shown += live_outputs(solutions, lesson.stem)
        for number, cell in enumerate(solutions.cells, start=1):
            if cell.cell_type == "markdown":
                not_shown += [f"{lesson.stem}, cell {number}: {words}" for words in unseen_formulas(cell.source)]
    for page in notebooks.glob("*.md"):
        for edition in texts:
            texts[edition][page.name] = page.read_text(encoding="utf-8")
    for edition, lessons in texts.items():
        folder = handouts / edition
        folder.mkdir(parents=True, exist_ok=True)
        for old in [*folder.glob("*.ipynb"), *folder.glob("*.md")]:
            old.unlink()
        for name, text in lessons.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    write_zip(handouts / "student.zip", {"README.txt": README, **texts["student"]})
    write_zip(handouts / "solutions.zip", texts["solutions"])
    return not_shown


def main():
    argparse.ArgumentParser(prog="nox -s handouts", description=__doc__).parse_args()
    for sentence in write_handouts():
        print(f"solutions/{sentence}")
    print("written to build/handouts: student/ without solutions, solutions/ with them, and a zip of each")


if __name__ == "__main__":
    main()
