"""Keras on TensorFlow, imported without TensorFlow's log lines.

TensorFlow's C++ code writes to file descriptor 2 while it is loaded, before it reads TF_CPP_MIN_LOG_LEVEL, so a
notebook would show a red box. The descriptor is pointed at a file for that moment; if the import fails, what was
written there is shown after all.

Keras also imports scikit-learn, if it is installed, for `keras.wrappers`. The course does not use these, and they
cost a fifth of the import's time and 60 MB: here Keras does not find it. If you want them, import Keras first.
"""

import os
import sys
import tempfile

with tempfile.TemporaryFile() as log:
    stderr = os.dup(2)
    os.dup2(log.fileno(), 2)
    sys.modules.setdefault("sklearn", None)  # an import of it fails
    try:
        import keras
        import tensorflow as tf
    except BaseException:
        log.seek(0)
        os.write(stderr, log.read())
        raise
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        del stderr
        if sys.modules["sklearn"] is None:
            del sys.modules["sklearn"]

if keras.backend.backend() != "tensorflow":
    print(
        f"the course is written for Keras on TensorFlow; KERAS_BACKEND is {keras.backend.backend()!r}", file=sys.stderr
    )

__all__ = ["keras", "tf"]
