"""The helpers behind the lessons. Importing this package loads nothing heavy; it only tells libraries to be quiet.

Matplotlib, Keras and Jupyter write caches and settings to the home directory; if they cannot, they complain on stderr
or stop. So if the home directory is read-only, they get a temporary folder before they are imported.
"""

import logging
import os
import tempfile
from pathlib import Path

__version__ = "0.2.0"

HOMES = ("MPLCONFIGDIR", "KERAS_HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
CHATTER = ("building the font cache", "created a temporary cache directory", "mkdir -p failed")


def _own_temporary_folder():
    """The same folder every time, so that caches last; a new one if somebody else has taken its name."""
    folder = Path(tempfile.gettempdir()) / f"cnn-course-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        ours = not hasattr(os, "getuid") or folder.lstat().st_uid == os.getuid()
    except OSError:
        ours = False
    return folder if ours else Path(tempfile.mkdtemp(prefix="cnn-course-"))


def _give_libraries_a_home():
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # errors only; _tensorflow.py says why that is not enough
    missing = [name for name in HOMES if name not in os.environ]
    if missing and not os.access(os.path.expanduser("~"), os.W_OK | os.X_OK):
        scratch = _own_temporary_folder()
        for name in missing:
            os.environ[name] = str(scratch / name.lower())
            Path(os.environ[name]).mkdir(mode=0o700, exist_ok=True)


def _hush_matplotlib():
    """Matplotlib warns when it builds its font cache, and where it puts it; both work without a warning."""
    for name in ("matplotlib", "matplotlib.font_manager"):
        logging.getLogger(name).addFilter(lambda record: not any(words in record.getMessage() for words in CHATTER))


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
