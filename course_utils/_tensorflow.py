"""Keras on TensorFlow, imported without TensorFlow's log lines.

TensorFlow's C++ code writes to file descriptor 2 while it is loaded, before it reads TF_CPP_MIN_LOG_LEVEL, so a
notebook would show a red box. The descriptor is pointed at a file for that moment; if the import fails, what was
written there is shown after all.

Keras gets the settings that the course is written for, whatever a keras.json or a variable of the user's says.

Keras also imports scikit-learn, if it is installed, for `keras.wrappers`, and TensorFlow imports JAX for a converter.
The course uses neither, and they cost a fifth of the import's time each, 60 MB and 130 MB: here they are not found. If
you want them, import Keras first.
"""

import os
import sys
import tempfile

from course_utils.extras import CURE


class NoTensorFlowError(ImportError):
    """Keras on TensorFlow cannot be used; the message says why, and what to do."""

    def _render_traceback_(self):  # a notebook shows this instead of a traceback
        return [str(self)]


def _open_log():
    try:
        return tempfile.TemporaryFile()
    except OSError:  # as on a full disk; TensorFlow will say so, too
        return open(os.devnull, "r+b")


with _open_log() as log:
    stderr = os.dup(2)
    os.dup2(log.fileno(), 2)
    backend = os.environ["KERAS_BACKEND"]
    unused = {name: None for name in ("jax", "sklearn") if name != backend and name not in sys.modules}
    sys.modules.update(unused)  # an import of what is None fails
    try:
        import keras
        import tensorflow as tf
    except BaseException as error:
        log.seek(0)
        os.write(stderr, log.read())
        if not isinstance(error, Exception):
            raise
        why = f"{type(error).__name__}: {error}"
        cure = "make room on the disk" if "No usable temporary directory" in why else CURE
        raise NoTensorFlowError(f"Keras on TensorFlow cannot be imported ({why}): {cure}") from error
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        del stderr
        for name in unused:
            del sys.modules[name]

if keras.backend.backend() != backend:  # Keras was imported before course_utils, which sets it
    raise NoTensorFlowError(
        f"the course is written for Keras on TensorFlow, and here Keras runs on {keras.backend.backend()!r}: "
        f"unset KERAS_BACKEND (or import course_utils before keras), then restart the kernel"
    )
keras.config.set_image_data_format("channels_last")
keras.config.set_floatx("float32")
keras.config.set_epsilon(1e-7)
keras.config.set_max_epochs(None)
keras.config.set_max_steps_per_epoch(None)

__all__ = ["keras", "tf"]
