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

from course_utils.data.checks import as_array

VARIABLE = "CNN_COURSE_CACHE"
NO_BAR = "CNN_COURSE_NO_BAR"  # if it is set, no bar is shown: what a notebook prints is compared then


def cache_folder():
    """Where computed features are kept: a path, whether or not it exists."""
    return Path(os.environ.get(VARIABLE) or platformdirs.user_cache_path("cnn-course", appauthor=False)).expanduser()


def predict_cached(model, images, *, what="features", batch_size=32):
    """What a model computes for images, as ``model.predict`` does; the second time, it is only read.

    It is computed again if the images differ from before, or the model's weights, layers, or their names (Keras numbers
    those that you don't name). The code of layers and functions of your own isn't compared: if you change it, delete
    what is in `cache_folder`.

    Parameters
    ----------
    model : keras.Model
        Built, with one input and one output. For what a layer computes: ``keras.Model(model.input, layer.output)``.
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
    TypeError
        If the images aren't real numbers.
    ValueError
        If the model isn't built or has several inputs or outputs, there are no images, they don't have the shape that
        the model reads, or the batch size isn't a whole number from 1 on.
    """
    n_inputs, n_outputs = (len(getattr(model, side, None) or ()) for side in ("inputs", "outputs"))
    if (n_inputs, n_outputs) != (1, 1):
        wanted = "model must be a built Keras model with one input and one output"
        raise ValueError(f"{wanted}, such as keras.Model(model.input, layer.output); got {n_inputs} and {n_outputs}")
    if not isinstance(batch_size, int | np.integer) or batch_size < 1:
        raise ValueError(f"batch_size must be a whole number, at least 1, got {batch_size!r}")
    images = np.ascontiguousarray(as_array(images, "images"))
    if images.dtype.kind not in "biuf":
        raise TypeError(f"images must be real numbers, got dtype {images.dtype}")
    expected = model.inputs[0].shape[1:]
    fits = images.ndim == len(expected) + 1 and all(
        wanted in (None, size) for wanted, size in zip(expected, images.shape[1:], strict=True)
    )
    if not fits or len(images) == 0:
        raise ValueError(
            f"images must have shape (n, {', '.join(map(str, expected))}), n at least 1, got {images.shape}"
        )
    path = cache_folder() / f"{_key(model, images)}.npy"
    with contextlib.suppress(Exception), open(path, "rb") as file:  # none yet, or damaged: NumPy raises many kinds
        features, sha256 = (np.lib.format.read_array(file, allow_pickle=False) for _ in range(2))
        if sha256 == hashlib.sha256(features).hexdigest():
            return features
    features = np.ascontiguousarray(_predict(model, images, what, batch_size))
    with contextlib.suppress(OSError):  # no space, or no right to write: computed again the next time
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            try:
                for array in (features, np.array(hashlib.sha256(features).hexdigest())):
                    np.lib.format.write_array(file, array)
                file.close()
                os.replace(file.name, path)  # all or nothing, whoever else writes it
            except BaseException:
                file.close()
                os.unlink(file.name)
                raise
    return features


def _key(model, images):
    """A name for what a model computes for images: both decide it, bit by bit."""
    config = _without_trainable(model.get_config())
    config.pop("name", None)  # Keras numbers models as they are made
    digest = hashlib.sha256(json.dumps(config, sort_keys=True, default=repr).encode())
    for array in (*model.get_weights(), images):
        digest.update(f"{array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array))
    return digest.hexdigest()


def _without_trainable(config):
    """A configuration without what says which layers learn, since it changes no output."""
    if isinstance(config, dict):
        return {name: _without_trainable(value) for name, value in config.items() if name != "trainable"}
    return [_without_trainable(value) for value in config] if isinstance(config, list | tuple) else config


def _predict(model, images, what, batch_size):
    """The model's outputs, batch by batch, behind a bar."""
    from rich.markup import escape
    from rich.progress import track

    batches = range(0, len(images), batch_size)
    bar = track(batches, escape(what), transient=True, disable=NO_BAR in os.environ)
    rows = [model.predict_on_batch(images[start : start + batch_size]) for start in bar]
    return np.concatenate(rows).astype("float32", copy=False)
