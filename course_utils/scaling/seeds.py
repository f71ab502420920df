"""A task for `run_tasks`: the original recipe from one random seed. Where many run at once, only chance differs."""

import os
import time

import numpy as np

from course_utils.data import load_mnist, one_hot, prepare_images


def train_and_test(seed, *, n_images=60_000, epochs=None, callbacks=()):
    """The original recipe from one random seed: the trained network, and what `train_seed` returns of it."""
    from course_utils.training import EPOCHS, train_seed_network

    (images, labels), (test_images, test_labels) = load_mnist()
    train = prepare_images(images[:n_images]), one_hot(labels[:n_images])
    start = time.perf_counter()
    model, history = train_seed_network(*train, seed=seed, epochs=epochs or EPOCHS, callbacks=callbacks)
    seconds = time.perf_counter() - start
    test_loss, _ = model.evaluate(prepare_images(test_images), one_hot(test_labels), verbose=0)
    predicted = model.predict(prepare_images(test_images), verbose=0).argmax(axis=1)
    misread = np.flatnonzero(predicted != test_labels).tolist()
    n_correct = len(test_labels) - len(misread)
    run = {"seed": seed, "n_correct": n_correct, "test_acc": n_correct / len(test_labels), "test_loss": test_loss}
    run |= {"loss": history["loss"], "accuracy": history["accuracy"], "seconds": round(seconds, 1)}
    return model, run | {"misread": misread}


def train_seed(seed, n_images=60_000, epochs=None):
    """A task: the original recipe from one random seed, tested on all test images.

    Each worker loads MNIST itself: only a random seed travels there, and only a few numbers travel back.

    Returns
    -------
    dict
        ``seed``; ``n_correct``, ``test_acc`` and ``test_loss`` on the test images; ``loss`` and ``accuracy`` of each
        epoch; ``seconds`` of training; ``misread``, the indices of the test images that it reads wrong.
    """
    return train_and_test(seed, n_images=n_images, epochs=epochs)[1]


def train_or_die(seed, n_images, epochs, starts, *, doomed=2):
    """A task: `train_seed`, which first records its start in a file; one run kills its worker when it is started first.

    Parameters
    ----------
    seed, n_images, epochs
        As for `train_seed`.
    starts : str or pathlib.Path
        A file to which each start adds its seed and a space.
    doomed : int
        The seed whose first run ends its process after five seconds, as suddenly as a signal would.
    """
    with open(starts, "a+", encoding="utf-8") as file:
        file.write(f"{seed} ")
        file.seek(0)
        started = file.read().split()
    if seed == doomed and started.count(str(doomed)) == 1:
        time.sleep(5)  # by then, the results before it have been handed back
        os._exit(1)
    return train_seed(seed, n_images, epochs)
