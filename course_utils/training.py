"""Training: the seed notebook's recipe, as lesson 05 takes it apart."""

import numpy as np

from course_utils._tensorflow import keras
from course_utils.data import N_CLASSES, check_images
from course_utils.models import SEED_RECIPE, build_seed_network

EPOCHS = 5
BATCH_SIZE = 64


def _check_prepared(images, labels, *, name=""):
    images, labels = check_images(images, name=f"{name}images", channel=True), np.asarray(labels)
    if images.min() < 0 or images.max() > 1:
        raise ValueError(f"{name}images must be in [0, 1], got {images.min()} to {images.max()}; use prepare_images")
    wanted = (len(images), N_CLASSES)
    if labels.shape != wanted:
        raise ValueError(f"{name}labels must have shape {wanted}, got {labels.shape}; use one_hot")
    if not (np.isin(labels, (0, 1)).all() and (labels == 1).sum(axis=1).max() == (labels == 1).sum(axis=1).min() == 1):
        raise ValueError(f"{name}labels must hold a single 1 in each row, and 0 elsewhere; use one_hot")
    return images, labels


def train_seed_network(images, labels, *, seed, epochs=EPOCHS, validation_data=None, verbose=0, callbacks=()):
    """Build, compile and fit the seed's network by the seed's recipe: RMSprop, cross-entropy, batches of 64.

    Parameters
    ----------
    images : ndarray of float32, shape (n, 28, 28, 1)
        In [0, 1].
    labels : ndarray of float32, shape (n, 10)
        One-hot.
    seed : int
        For the weights and the order of the images (``keras.utils.set_random_seed``).
    epochs : int
        Passes over the images.
    validation_data : (ndarray, ndarray), optional
        More images and labels, evaluated after each epoch, never trained on.
    verbose, callbacks
        As in ``keras.Model.fit``.

    Returns
    -------
    model : keras.Sequential
    history : dict of str to list of float
        ``loss``, ``accuracy`` and, with ``validation_data``, ``val_loss`` and ``val_accuracy``, one value an epoch.

    Raises
    ------
    TypeError, ValueError
        If images are not prepared or labels are not one-hot.
    """
    images, labels = _check_prepared(images, labels)
    if validation_data is not None:
        validation_data = _check_prepared(*validation_data, name="validation ")
    keras.utils.set_random_seed(seed)
    model = build_seed_network()
    model.compile(**SEED_RECIPE)
    history = model.fit(
        images,
        labels,
        epochs=epochs,
        batch_size=BATCH_SIZE,
        validation_data=validation_data,
        verbose=verbose,
        callbacks=list(callbacks),
    )
    return model, history.history
