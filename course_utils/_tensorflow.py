"""Keras on TensorFlow, imported without TensorFlow's log lines.

TensorFlow's C++ code writes to file descriptor 2 while it is loaded, before it reads TF_CPP_MIN_LOG_LEVEL, so a
notebook would show a red box. The descriptor is pointed at a file for that moment; if the import fails, what was
written there is shown after all.
"""

import os
import sys
import tempfile

with tempfile.TemporaryFile() as log:
    stderr = os.dup(2)
    os.dup2(log.fileno(), 2)
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

if keras.backend.backend() != "tensorflow":
    print(
        f"the course is written for Keras on TensorFlow; KERAS_BACKEND is {keras.backend.backend()!r}", file=sys.stderr
    )

__all__ = ["keras", "tf"]
