"""Kernels for the course's own runs: this environment's, and with no settings of whoever runs them."""

import os
import tempfile

from course_utils.features import NO_BAR

# Where other kernels are found, what each kernel would run first, and how wide it would print.
FOREIGN = ("JUPYTER_PATH", "PYTHONSTARTUP", "COLUMNS", "LINES", "JUPYTER_COLUMNS", "JUPYTER_LINES")

_profile = None


def isolate_kernels():
    """Change this process's variables, so that each kernel that it starts prints what it would print anywhere.

    IPython's profile, which may run lines first and show values otherwise, is an empty one until this process ends.
    """
    global _profile
    for name in FOREIGN:
        os.environ.pop(name, None)
    os.environ[NO_BAR] = "1"  # a bar would leave something to compare where features are computed, and not where read
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # this environment's kernel comes before the user's
    if _profile is None:
        _profile = tempfile.TemporaryDirectory(prefix="cnn-course-ipython-", ignore_cleanup_errors=True)
    os.environ["IPYTHONDIR"] = _profile.name
