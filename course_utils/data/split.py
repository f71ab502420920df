"""Set images aside to choose hyperparameters with."""

import numpy as np

from course_utils.data.checks import as_array


def split_validation(images, labels, *, n_validation=10000, seed=0):
    """Set some of the training images aside, drawn at random, as a validation set.

    This is right for independent images. If several come from one person, camera, or day, put all images of a group on
    the same side instead, or the validation accuracy is too good (lesson 2).

    Parameters
    ----------
    images : array_like, shape (n, ...)
    labels : array_like, shape (n, ...)
    n_validation : int
        How many to set aside, at least 1 and fewer than n.
    seed : int
        The random seed: the same seed draws the same images.

    Returns
    -------
    (images, labels), (validation_images, validation_labels)
        Each image is in exactly one of the two parts.
    """
    images, labels = as_array(images, "images"), as_array(labels, "labels")
    if images.ndim == 0 or labels.ndim == 0:
        raise ValueError(f"images and labels must be arrays of shape (n, ...), got {images.shape} and {labels.shape}")
    if len(images) != len(labels):
        raise ValueError(f"there must be as many labels as images, {len(images)}, got {len(labels)}")
    if not isinstance(n_validation, (int, np.integer)) or isinstance(n_validation, bool):
        raise TypeError(f"n_validation must be a whole number of images, got {n_validation!r}")
    if not 0 < n_validation < len(images):
        raise ValueError(f"n_validation must be from 1 to {len(images) - 1}, got {n_validation}")
    order = np.random.default_rng(seed).permutation(len(images))
    validation, training = order[:n_validation], order[n_validation:]
    return (images[training], labels[training]), (images[validation], labels[validation])
