r"""What a network makes of images, computed once and kept on disk: features that lesson 15 reads again and again.

The files lie in the user's own folder for caches, outside the course: on Linux ``~/.cache/cnn-course``, on macOS
``~/Library/Caches/cnn-course``, on Windows ``%LOCALAPPDATA%\cnn-course\Cache``; the variable CNN_COURSE_CACHE names
another folder. They may be deleted at any time.
"""

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path

import numpy as np
import platformdirs

VARIABLE = "CNN_COURSE_CACHE"


def cache_folder():
    """Where computed features are kept: a path, whether or not it exists."""
    return Path(os.environ.get(VARIABLE) or platformdirs.user_cache_path("cnn-course", appauthor=False))


def predict_cached(model, images, *, what="features", batch_size=32):
    """What a model computes for images, as ``model.predict`` does; the second time, it is only read.

    It is computed anew if the model's layers, their names, or weights, or the images are others than before.

    Parameters
    ----------
    model : keras.Model
        With one input and one output. For the features below a layer: ``keras.Model(model.input, layer.output)``.
    images : ndarray, shape (n, ...)
        As the model reads them.
    what : str
        What the bar calls it.
    batch_size : int

    Returns
    -------
    ndarray of float32, shape (n, ...)

    Raises
    ------
    ValueError
        If there are no images, or they don't have the shape that the model reads.
    """
    images = np.ascontiguousarray(images)
    expected = model.input_shape[1:]
    fits = images.ndim == len(expected) + 1 and all(
        wanted in (None, size) for wanted, size in zip(expected, images.shape[1:], strict=True)
    )
    if not fits or len(images) == 0:
        raise ValueError(
            f"images must have shape (n, {', '.join(map(str, expected))}), n at least 1, got {images.shape}"
        )
    path = cache_folder() / f"{_key(model, images)}.npy"
    with contextlib.suppress(OSError, ValueError, EOFError), open(path, "rb") as file:  # else none yet, or damaged
        return np.load(file, allow_pickle=False)
    features = _predict(model, images, what, batch_size)
    with contextlib.suppress(OSError):  # no space, or no right to write: computed anew the next time, too
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            try:
                np.save(file, features)
                file.close()
                os.replace(file.name, path)  # all or nothing, whoever else writes it
            except BaseException:
                file.close()
                os.unlink(file.name)
                raise
    return features


def _key(model, images):
    """A name for what a model computes for images: both decide it, bit by bit."""
    config = model.get_config()
    config.pop("name", None)  # Keras numbers models as they are made
    digest = hashlib.sha256(json.dumps(config, sort_keys=True, default=repr).encode())
    for array in (*model.get_weights(), images):
        digest.update(f"{array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array))
    return digest.hexdigest()


def _predict(model, images, what, batch_size):
    """The model's outputs, batch by batch, behind a bar."""
    from rich.progress import track

    batches = range(0, len(images), batch_size)
    rows = [
        model.predict_on_batch(images[start : start + batch_size]) for start in track(batches, what, transient=True)
    ]
    return np.concatenate(rows).astype("float32", copy=False)
