"""A student's own copies of the lessons, in work/, and JupyterLab opened there.

A copy is a lesson without its outputs, so that there is something to predict; the executed lessons are in notebooks/.
A copy is never overwritten. When a lesson has changed since it was copied, the new one is put beside the copy.
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from course_utils.publishing.comments import remove_bounds, remove_comments

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
WORK = ROOT / "work"


def student_copy(lesson):
    """The text of a student's copy: no outputs, no words to the instructor, and the lesson's fingerprint."""
    notebook = json.loads(lesson.read_text(encoding="utf-8"))
    remove_comments(notebook)
    remove_bounds(notebook)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    seen = [cell | {"id": ""} for cell in notebook["cells"]]  # an id changes with the words to the instructor, too
    fingerprint = hashlib.sha256(json.dumps(seen).encode()).hexdigest()
    notebook["metadata"]["cnn_course"] = {"lesson": fingerprint}
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", fingerprint


def fingerprint_of(copy):
    """Which version of a lesson a copy was made from; None if that can no longer be read."""
    try:
        return json.loads(copy.read_text(encoding="utf-8"))["metadata"]["cnn_course"]["lesson"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


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


def main():
    for path in copy_lessons():
        note = "  (the lesson has changed; your own copy stays as it is)" if "_new_" in path.stem else ""
        print(f"copied to {path.relative_to(ROOT)}{note}")
    first = min(path.name for path in WORK.glob("[0-9][0-9]_*.ipynb"))
    options = [f"--ServerApp.root_dir={WORK}", f"--LabApp.default_url=/lab/tree/{first}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in sys.argv:
        print("you are root, as in a container: JupyterLab would refuse, so it is told --allow-root", flush=True)
        options.append("--allow-root")
    try:
        raise SystemExit(subprocess.run([sys.executable, "-m", "jupyterlab", *options, *sys.argv[1:]]).returncode)
    except KeyboardInterrupt:
        print("JupyterLab is closed; your work is in", WORK.relative_to(ROOT))


if __name__ == "__main__":
    main()
