"""From bytes to what a network reads."""

import numpy as np

from course_utils.data.checks import N_CLASSES, check_images, check_labels


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
