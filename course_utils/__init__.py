"""The helpers behind the lessons. Importing this package loads nothing heavy; it only tells libraries to be quiet.

Matplotlib and Keras write a cache or a settings file into the home directory, and complain on stderr where they may
not. So where the home directory cannot be written to, they are given a temporary folder, before they are imported.
"""

import os
import tempfile
from pathlib import Path

__version__ = "0.1.0"


def _give_libraries_a_home():
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # errors only; _tensorflow.py says why that is not enough
    home = Path(os.path.expanduser("~"))
    if not os.access(home, os.W_OK | os.X_OK):
        scratch = Path(tempfile.gettempdir()) / f"cnn-course-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
        for variable in ("MPLCONFIGDIR", "KERAS_HOME"):
            os.environ.setdefault(variable, str(scratch / variable.lower()))
        Path(os.environ["MPLCONFIGDIR"]).mkdir(parents=True, exist_ok=True)


_give_libraries_a_home()
