"""What JupyterHub starts for a student, with the student's rights: copies of the lessons, then the server."""

import runpy
import sys
import traceback
from pathlib import Path

FOLDER = "cnn-course"  # in the student's home; jupyterhub_config.py names it, too


def main():
    """Copy the lessons that are missing, and be the student's server; what is there is never overwritten."""
    # A check of addresses in any alphabet, without which nbformat and the server do: 2 s each would compute for it.
    sys.modules.setdefault("rfc3987_syntax", None)
    from course_utils.publishing.workspace import copy_lessons

    try:
        copy_lessons(work=Path.home() / FOLDER)
    except Exception:  # no space left, or a course that is being updated: the student's own work is there all the same
        traceback.print_exc()
        print("the lessons could not all be copied (above: why); the next start tries again", file=sys.stderr)
    runpy.run_module("jupyterhub.singleuser", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
