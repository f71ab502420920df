"""A student's own copies of the lessons and of the pages beside them, in work/, and JupyterLab opened there.

A copy has no outputs and no solutions, so there is something left to predict; the executed lessons are in notebooks/.
A copy is never overwritten: if a lesson has changed since it was copied, the new one is put beside it. If the course
was installed without its folder, copies go to cnn-course/ in the folder where you run the command.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import nbformat

from course_utils.exercises.lessons import CHECKOUT
from course_utils.exercises.lessons import LESSONS as NOTEBOOKS
from course_utils.language import ENGLISH, in_use, translated_lessons, using
from course_utils.publishing.cells import digest, find_answer
from course_utils.publishing.editions import find_notebooks, for_students
from course_utils.publishing.lessons import add_language
from course_utils.publishing.paragraphs import translate_notebook

IS_CHECKOUT = NOTEBOOKS == CHECKOUT
ROOT = CHECKOUT.parent if IS_CHECKOUT else Path.cwd()
WORK = ROOT / ("work" if IS_CHECKOUT else "cnn-course")


def own_folder(work):
    """Where copies go: into a folder, or in another language than English into one of its own in there."""
    return work if in_use() == ENGLISH else work / in_use()


def student_copy(lesson):
    """The text of a student's copy, and the fingerprint by which it is known: a page's is its text.

    It is in the language that is spoken (course_utils.language), if the lesson is translated.
    """
    if lesson.suffix == ".md":
        return (text := lesson.read_text(encoding="utf-8")), text
    notebook = nbformat.read(lesson, as_version=4)
    if lesson.stem in translated_lessons(in_use()):
        notebook = translate_notebook(notebook)
    notebook = for_students(notebook)
    return nbformat.writes(notebook) + "\n", notebook.metadata.cnn_course.lesson


def fingerprint_of(path):
    """Which version of a lesson a copy was made from; None if that can no longer be read."""
    try:
        if path.suffix == ".md":
            return path.read_text(encoding="utf-8")
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
    """Copy the lessons and pages that are missing from a folder into it (`own_folder`); return what was written.

    Returns
    -------
    list of pathlib.Path
        New copies: of a lesson that was not there under its own name, of one that changed as NAME_new_2.ipynb,
        NAME_new_3.ipynb and so on.
    """
    work, written = own_folder(work), []
    work.mkdir(parents=True, exist_ok=True)
    for lesson in [*find_notebooks(notebooks), *sorted(notebooks.glob("*.md"))]:
        text, fingerprint = student_copy(lesson)
        target, version = work / lesson.name, 1
        while os.path.lexists(target) and fingerprint_of(target) != fingerprint:  # even a dead link
            version += 1
            target = work / f"{lesson.stem}_new_{version}{lesson.suffix}"
        if not os.path.lexists(target):
            _write_new(target, text)
            written.append(target)
    return written


def _write_new(path, text):
    """Write a file that is not there yet, whole or not at all: half a lesson would be taken for a student's own."""
    file = open(path, "x", encoding="utf-8", newline="\n")  # noqa: SIM115  "x": fails rather than overwrites
    try:
        with file:
            file.write(text)
    except OSError:  # no space left
        path.unlink()
        raise


def carry_answers(notebooks=NOTEBOOKS, work=WORK):
    """Put a student's own answers to exercises from older copies into the newest; only untouched stubs are replaced.

    Returns
    -------
    list of (pathlib.Path, str, pathlib.Path)
        What was carried: the newest copy, the name of the exercise, the older copy.
    """
    work, carried = own_folder(work), []
    for lesson in sorted(notebooks.glob("[0-9][0-9]_*.ipynb")):
        copies, newest = copies_of(lesson, work), newest_copy(lesson, work)
        for older in [path for path in reversed(copies) if newest and path != newest]:
            try:
                carried += [(newest, name, older) for name in _carry(older, newest, lesson)]
            except Exception as error:  # whatever a student, a crash or an editor has made of a notebook
                print(f"nothing is carried from {older.name} into {newest.name}: {type(error).__name__}: {error}")
    return carried


def newest_copy(lesson, work):
    """The copy of a lesson as it is now; None if there is none."""
    fingerprint = student_copy(lesson)[1]
    return next((path for path in copies_of(lesson, work) if fingerprint_of(path) == fingerprint), None)


def _carry(older, newest, lesson):
    """Carry answers from one copy into another; return the names of the exercises."""
    stubs = for_students(nbformat.read(lesson, as_version=4)).metadata.cnn_course.stubs
    source, target = nbformat.read(older, as_version=4), nbformat.read(newest, as_version=4)
    names = []
    for name, stub in stubs.items():
        places = [cell for cell in target.cells if cell.cell_type == "code" and digest(cell.source) == stub]
        answer = find_answer(source, name)
        if len(places) == 1 and answer and digest(answer) not in (stub, _old_stub(source, name)):
            places[0].source = answer
            names.append(name)
    if names:
        handle, scratch = tempfile.mkstemp(dir=newest.parent, prefix=newest.stem, suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(nbformat.writes(target) + "\n")
            shutil.copymode(newest, scratch)  # whoever could read the copy still can
            os.replace(scratch, newest.resolve())
        except OSError:
            os.unlink(scratch)
            raise
    return names


def _old_stub(notebook, name):
    """The digest of the stub that a copy came with: untouched, it is nobody's answer, even where it is no bare stub."""
    return notebook.metadata.get("cnn_course", {}).get("stubs", {}).get(name)


def main():
    about = (__doc__ or "").partition("\n")[0].replace("work/", f"{WORK.name}/")
    command = "nox -s lab --" if IS_CHECKOUT else "python -m course_utils.publishing.workspace"
    parser = argparse.ArgumentParser(prog=command, description=about, epilog="All else goes to JupyterLab.")
    parser.add_argument("--carry", action="store_true", help="put your answers from older copies into the newest ones")
    add_language(parser)
    options, for_jupyter = parser.parse_known_args()
    with using(options.language):
        open_lab(parser, options, for_jupyter)


def open_lab(parser, options, for_jupyter):
    """Make the copies that are missing, carry answers if asked to, and open JupyterLab there until it ends."""
    work = own_folder(WORK)
    try:
        copies = copy_lessons()
    except OSError as error:
        parser.error(f"the lessons cannot be copied to {work} ({error.strerror or error}); what was there is as it was")
    for path in copies:
        note = "  (it has changed; your own copy stays as it is)" if "_new_" in path.stem else ""
        print(f"copied to {path.relative_to(ROOT)}{note}")
    if options.carry:
        carried = carry_answers()
        for newest, name, path in carried:
            print(f"carried {name} from {path.name} into {newest.name}")
        if not carried:
            print("nothing to carry: no older copy has an answer to an exercise that is still open in the newest one")
        print("anything else you wrote stays in the older copies")
    if IS_CHECKOUT and find_spec("torch") is None:
        print("lesson 16 needs PyTorch, which `nox -s torch` adds: 0.8 GB on disk", flush=True)
    lesson = min(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    first = (newest_copy(lesson, work) or work / lesson.name).name
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={work}"]
    command.append(f"--LabApp.default_url=/lab/tree/{first}")
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in for_jupyter:
        print("you are root, as in a container; JupyterLab would refuse, so it gets --allow-root", flush=True)
        command.append("--allow-root")
    try:
        raise SystemExit(subprocess.run([*command, *for_jupyter]).returncode)
    except KeyboardInterrupt:
        print("JupyterLab is closed; your work is in", work.relative_to(ROOT))


if __name__ == "__main__":
    main()
