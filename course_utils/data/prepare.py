"""From bytes to what a network reads."""

import numpy as np

from course_utils.data.checks import N_CLASSES, as_array, check_images, check_labels


def prepare_images(images):
    """Turn the bytes of MNIST or Fashion-MNIST into what the course's networks read.

    Parameters
    ----------
    images : array_like of uint8, shape (n, 28, 28)
        Gray values from 0 to 255.

    Returns
    -------
    ndarray of float32, shape (n, 28, 28, 1)
        The same images in [0, 1], with a channel axis.
    """
    images = check_images(images, channel=False)
    if images.dtype != np.uint8:
        raise TypeError(f"images must be uint8 as load_mnist gives them, got {images.dtype}; prepared already?")
    return images.reshape((len(images), 28, 28, 1)).astype("float32") / 255


def one_hot(labels, n_classes=N_CLASSES):
    """One row for each label, with 1 in the label's column and 0 elsewhere, like ``keras.utils.to_categorical``.

    Parameters
    ----------
    labels : array_like of int, shape (n,)
        From 0 to ``n_classes - 1``.

    Returns
    -------
    ndarray of float32, shape (n, n_classes)
    """
    return np.eye(n_classes, dtype="float32")[check_labels(labels, n_classes=n_classes)]


def resize_photographs(images, size):
    """Make photographs as small, and of as many channels, as a network reads that was trained on ImageNet.

    Parameters
    ----------
    images : array_like of uint8, shape (n, height, width) or (n, height, width, 3)
        Gray or RGB values from 0 to 255.
    size : int
        Height and width to come, in pixels, at least 1. A photograph that is no square is squeezed into one.

    Returns
    -------
    ndarray of uint8, shape (n, size, size, 3)
        RGB: a gray value three times. Pillow's bicubic interpolation in whole numbers, so the same bytes everywhere.
    """
    from PIL import Image

    images = as_array(images, "images")
    if images.dtype != np.uint8:
        raise TypeError(f"images must be uint8, from 0 to 255, got {images.dtype}; scaled already?")
    if not (images.ndim == 3 or (images.ndim == 4 and images.shape[3] == 3)) or 0 in images.shape:
        raise ValueError(f"images must have shape (n, height, width) or (n, height, width, 3), got {images.shape}")
    if not isinstance(size, (int, np.integer)) or isinstance(size, bool) or size < 1:
        raise ValueError(f"size must be a whole number of pixels, at least 1, such as 128, got {size!r}")
    resized = np.empty((len(images), size, size, 3), dtype="uint8")
    for row, image in zip(resized, images, strict=True):
        row[:] = np.asarray(Image.fromarray(image).resize((size, size)).convert("RGB"))
    return resized
