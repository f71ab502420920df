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


def deal_groups(groups, n_folds=5, *, seed=0):
    """Deal groups to folds of about equal size, as cards are dealt, so that no group is in two folds.

    Train on all folds but one, test on that one, and do it for each: this is cross-validation, and each case is tested
    once, by a model that has seen nothing of its group.

    Parameters
    ----------
    groups : array_like, shape (n,)
        What belongs together: one person's digits, one module's cells. If nothing does: ``range(n)``.
    n_folds : int
        At least 2, and no more than there are groups.
    seed : int
        The random seed: the same seed deals the same way.

    Returns
    -------
    ndarray of int64, shape (n,)
        Each case's fold, from 0 on. In random order, each group goes to the fold that has the fewest cases so far.
    """
    groups = as_array(groups, "groups")
    if groups.ndim != 1:
        raise ValueError(f"groups must have shape (n,), one for each case, got {groups.shape}")
    if not isinstance(n_folds, (int, np.integer)) or isinstance(n_folds, bool):
        raise TypeError(f"n_folds must be a whole number of folds, got {n_folds!r}")
    names, numbers, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    if not 2 <= n_folds <= len(names):
        raise ValueError(f"n_folds must be from 2 to the number of groups, {len(names)}, got {n_folds}")
    folds, filled = np.empty(len(names), dtype=int), np.zeros(n_folds, dtype=int)
    for group in np.random.default_rng(seed).permutation(len(names)):
        folds[group] = filled.argmin()
        filled[folds[group]] += sizes[group]
    return folds[numbers]
