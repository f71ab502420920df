"""A student's own copies of the lessons, in work/, and JupyterLab opened there.

A copy has no outputs and no solutions, so that there is something to predict; the executed lessons are in notebooks/.
A copy is never overwritten. When a lesson has changed since it was copied, the new one is put beside the copy. Where
the course was installed without its folder, copies go to cnn-course/ in the folder where the command is run.
"""

import argparse
import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat

from course_utils.exercises.lessons import CHECKOUT
from course_utils.exercises.lessons import LESSONS as NOTEBOOKS
from course_utils.exercises.marks import RENAMED
from course_utils.publishing.editions import for_students

ROOT = CHECKOUT.parent if CHECKOUT.is_dir() else Path.cwd()
WORK = ROOT / ("work" if CHECKOUT.is_dir() else "cnn-course")


def student_copy(lesson):
    """The text of a student's copy, and the fingerprint by which it is known."""
    notebook = for_students(nbformat.read(lesson, as_version=4))
    return nbformat.writes(notebook) + "\n", notebook.metadata.cnn_course.lesson


def fingerprint_of(path):
    """Which version of a lesson a copy was made from; None if that can no longer be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))["metadata"]["cnn_course"]["lesson"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def copies_of(lesson, work):
    """All copies of a lesson that are there, by age: NAME.ipynb, NAME_new_2.ipynb, and so on."""
    found = {1: work / lesson.name} if os.path.lexists(work / lesson.name) else {}
    for path in work.glob(f"{lesson.stem}_new_*.ipynb"):
        if number := re.fullmatch(r"_new_(\d+)", path.stem.removeprefix(lesson.stem)):
            found[int(number[1])] = path
    return [found[number] for number in sorted(found)]


def copy_lessons(notebooks=NOTEBOOKS, work=WORK):
    """Copy the lessons that are missing from a folder into it; return what was written.

    Returns
    -------
    list of pathlib.Path
        New copies: of a lesson that was not there under its own name, of one that changed as NAME_new_2.ipynb,
        NAME_new_3.ipynb and so on.
    """
    work.mkdir(parents=True, exist_ok=True)
    written = []
    for lesson in sorted(notebooks.glob("[0-9][0-9]_*.ipynb")):
        text, fingerprint = student_copy(lesson)
        target, version = work / lesson.name, 1
        while os.path.lexists(target) and fingerprint_of(target) != fingerprint:  # even a dead link
            version += 1
            target = work / f"{lesson.stem}_new_{version}.ipynb"
        if not os.path.lexists(target):
            with open(target, "x", encoding="utf-8", newline="\n") as file:  # "x": fails rather than overwrites
                file.write(text)
            written.append(target)
    return written


def exercise_cells(notebook):
    """The cells in which exercises are answered: {name of the exercise: cell}. Its check, which follows, names it."""
    found, last = {}, None
    for cell in notebook.cells:
        check = re.search(r"^exercise\.(\w+)\.check\(", cell.source, re.MULTILINE)
        if cell.cell_type == "code" and check and last is not None:
            found[RENAMED.get(check[1], check[1])], last = last, None
        elif "exercise" in cell.metadata.get("tags", []):
            last = cell
    return found


def is_answered(code):
    """Whether somebody has written something in place of `...`."""
    try:
        nodes = list(ast.walk(ast.parse(code)))
    except SyntaxError:
        return True  # half an answer is somebody's work, too
    values = [node.value for node in nodes if isinstance(node, (ast.Expr, ast.Return, ast.Assign))]
    return not any(isinstance(value, ast.Constant) and value.value is ... for value in values)


def carry_answers(notebooks=NOTEBOOKS, work=WORK):
    """Put a student's own answers to exercises from older copies into the newest; only stubs are replaced.

    Returns
    -------
    list of (pathlib.Path, str, pathlib.Path)
        What was carried: the newest copy, the name of the exercise, the older copy.
    """
    carried = []
    for lesson in sorted(notebooks.glob("[0-9][0-9]_*.ipynb")):
        text, fingerprint = student_copy(lesson)
        stubs = {name: cell.source for name, cell in exercise_cells(nbformat.reads(text, as_version=4)).items()}
        copies = copies_of(lesson, work)
        newest = next((path for path in copies if fingerprint_of(path) == fingerprint), None)
        if newest is None:
            continue
        notebook, before = nbformat.read(newest, as_version=4), len(carried)
        for path in [path for path in reversed(copies) if path != newest]:
            try:
                answers = exercise_cells(nbformat.read(path, as_version=4))
            except Exception as error:  # whatever a student, a crash or an editor has made of it
                print(f"{path.name} cannot be read as a notebook, so nothing is carried from it: {error}")
                continue
            for name, cell in exercise_cells(notebook).items():
                answer = answers[name].source if name in answers else ""
                if cell.source == stubs.get(name) != answer and answer.strip() and is_answered(answer):
                    cell.source = answer
                    carried.append((newest, name, path))
        if len(carried) > before:
            scratch = newest.with_suffix(".part")
            scratch.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
            os.replace(scratch, newest)
    return carried


def main():
    parser = argparse.ArgumentParser(prog="nox -s lab --", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--carry", action="store_true", help="put your answers from older copies into the newest ones")
    options, for_jupyter = parser.parse_known_args()  # all other arguments are JupyterLab's
    for path in copy_lessons():
        note = "  (the lesson has changed; your own copy stays as it is)" if "_new_" in path.stem else ""
        print(f"copied to {path.relative_to(ROOT)}{note}")
    if options.carry:
        carried = carry_answers()
        for newest, name, path in carried:
            print(f"carried {name} from {path.name} into {newest.name}")
        if not carried:
            print("nothing to carry: no older copy has an answer that the newest one lacks")
    first = min(path.name for path in WORK.glob("[0-9][0-9]_*.ipynb"))
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={WORK}"]
    command.append(f"--LabApp.default_url=/lab/tree/{first}")
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in for_jupyter:
        print("you are root, as in a container: JupyterLab would refuse, so it is told --allow-root", flush=True)
        command.append("--allow-root")
    try:
        raise SystemExit(subprocess.run([*command, *for_jupyter]).returncode)
    except KeyboardInterrupt:
        print("JupyterLab is closed; your work is in", WORK.relative_to(ROOT))


if __name__ == "__main__":
    main()
