"""What images and labels must be, and an error that says what they are instead."""

import numpy as np

N_CLASSES = 10


def as_array(values, name):
    """Values as an array; if they are several that differ in shape, an error says so.

    Raises
    ------
    ValueError
        If they make no array.
    """
    try:
        return np.asarray(values)
    except ValueError:
        shapes = sorted({str(value.shape) for value in values if hasattr(value, "shape")})
        got = " and ".join(shapes[:3]) if len(shapes) > 1 else "several lengths"
        raise ValueError(f"{name} must all have the same shape, got {got}") from None


def check_images(images, *, name="images", channel=None):
    """Return images as an array, or say what is wrong with them.

    Parameters
    ----------
    images : array_like
        Gray images, of shape (n, 28, 28) or (n, 28, 28, 1).
    name : str
        What an error calls them.
    channel : bool, optional
        True to require the channel axis, False to forbid it; by default both shapes are accepted.

    Raises
    ------
    TypeError
        If they are not numbers.
    ValueError
        If there are none, they have a different shape, or a value is not finite.
    """
    images = as_array(images, name)
    bare, full = "(n, 28, 28)", "(n, 28, 28, 1)"
    wanted = {None: f"{bare} or {full}", True: full, False: bare}[channel]
    if not (np.issubdtype(images.dtype, np.number) and np.isrealobj(images)):
        raise TypeError(f"{name} must be real numbers, got dtype {images.dtype}")
    has_channel = images.ndim == 4
    fits = images.shape[1:] == (28, 28, 1) if has_channel else images.ndim == 3 and images.shape[1:] == (28, 28)
    if not fits or channel not in (None, has_channel):
        advice = ""
        if images.shape == (28, 28):
            advice = f"; one image is a batch of one: {name}[None]"
        elif fits:
            add, drop = f"add a channel axis with {name}[..., None]", f"drop the channel axis with {name}[..., 0]"
            advice = f"; {add if channel else drop}"
        raise ValueError(f"{name} must have shape {wanted}, got {images.shape}{advice}")
    if len(images) == 0:
        raise ValueError(f"{name} must hold at least one image, got shape {images.shape}")
    if images.dtype.kind == "f" and not np.isfinite(images).all():
        raise ValueError(f"{name} must be finite, got NaN or infinity; find out where they come from before you go on")
    return images


def check_labels(labels, *, name="labels", n=None, n_classes=N_CLASSES):
    """Return integer class labels as an array of shape (n,), or say what is wrong with them.

    Raises
    ------
    TypeError
        If they are not integers.
    ValueError
        If there are none, they are not one-dimensional, not ``n`` in number, or outside 0 to ``n_classes - 1``.
    """
    labels = as_array(labels, name)
    if labels.ndim != 1:
        advice = f"; turn one-hot rows into labels with {name}.argmax(axis=1)" if labels.ndim == 2 else ""
        raise ValueError(f"{name} must have shape (n,), got {labels.shape}{advice}")
    if len(labels) == 0:
        raise ValueError(f"{name} must hold at least one label, got none")
    if not np.issubdtype(labels.dtype, np.integer):
        raise TypeError(f"{name} must be integers, got dtype {labels.dtype}; convert them with {name}.astype(int)")
    if n is not None and len(labels) != n:
        raise ValueError(f"{name} must be as many as the images, {n}, got {len(labels)}")
    if labels.min() < 0 or labels.max() >= n_classes:
        raise ValueError(f"{name} must be from 0 to {n_classes - 1}, got {labels.min()} to {labels.max()}")
    return labels
