"""The helpers behind the lessons. Importing this package loads nothing heavy; it only tells libraries to be quiet.

Matplotlib, Keras and Jupyter write caches and settings to the home directory; if they cannot, they complain on stderr
or stop. So if the home directory is read-only, they get a temporary folder before they are imported.
"""

import os
import sys
from importlib.machinery import PathFinder
from pathlib import Path

__version__ = "0.2.0"

HOMES = ("MPLCONFIGDIR", "KERAS_HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
HIDDEN = ("IPython", "PIL", "keras", "matplotlib", "numpy", "random", "scipy", "string", "tensorflow", "torch")
CHATTER = ("building the font cache", "created a temporary cache directory", "mkdir -p failed")


class HiddenLibraryError(ImportError):
    """A file of the student's is found in place of a library; the message names it and the cure."""

    def _render_traceback_(self):  # a notebook shows this instead of a traceback
        return [str(self)]


def _refuse_files_that_hide_libraries():
    """Of what students call their files, what the course needs: libraries are folders, or lie where `os` does."""
    for name in HIDDEN:
        found = PathFinder.find_spec(name)
        folder, file = os.path.split(found.origin or "") if found else ("", "")
        if file == f"{name}.py" and folder != os.path.dirname(os.__file__):
            raise HiddenLibraryError(
                f"{found.origin} would be imported in place of the library {name}, which the course needs: rename the "
                f"file, then restart the kernel or the program"
            )


def _own_temporary_folder():
    """The same folder every time, so that caches last; a new one if somebody else has taken its name."""
    import tempfile  # here: it imports random

    folder = Path(tempfile.gettempdir()) / f"cnn-course-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        ours = not hasattr(os, "getuid") or folder.lstat().st_uid == os.getuid()
    except OSError:
        ours = False
    return folder if ours else Path(tempfile.mkdtemp(prefix="cnn-course-"))


def _give_libraries_a_home():
    # The networks of the course are TensorFlow's, whatever other projects have set; `nox -s jax` sets a variable that
    # no other project has.
    os.environ.update(KERAS_BACKEND=os.environ.get("CNN_COURSE_KERAS_BACKEND", "tensorflow"), KERAS_NNX_ENABLED="0")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # errors only; _tensorflow.py says why that is not enough
    # PyTorch's threads wait for each other in a loop. Where other programs run too, that takes ten times as long.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    missing = [name for name in HOMES if name not in os.environ]
    if missing and not os.access(os.path.expanduser("~"), os.W_OK | os.X_OK):
        scratch = _own_temporary_folder()
        for name in missing:
            os.environ[name] = str(scratch / name.lower())
            Path(os.environ[name]).mkdir(mode=0o700, exist_ok=True)


def _hush_matplotlib():
    """Matplotlib warns when it builds its font cache, and where it puts it; both work without a warning."""
    import logging  # here: it imports string

    for name in ("matplotlib", "matplotlib.font_manager"):
        logging.getLogger(name).addFilter(lambda record: not any(words in record.getMessage() for words in CHATTER))


def _print_any_letter():
    """An output of few letters (PYTHONIOENCODING=ascii, some consoles) shows a × as its code; print does not fail."""
    if getattr(sys.stdout, "errors", "") == "strict" and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")


_refuse_files_that_hide_libraries()
_print_any_letter()
_give_libraries_a_home()
_hush_matplotlib()


def __getattr__(name):
    """What edition 0.1 imported from here and what has moved since: in an old copy, a line and no traceback."""
    if name in ("models", "pad"):
        from IPython.core.error import UsageError

        raise UsageError(
            "this notebook is from edition 0.1 of the course: run nox -s lab -- --carry (or python -m "
            "course_utils.publishing.workspace --carry), which puts the new one beside it, with your answers"
        )
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
