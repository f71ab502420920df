"""Lesson 13's doubts about labels: what networks say of training images of Fashion-MNIST that they have not seen.

In cross-validation every image is left out once. Two networks, from two seeds, learn from the other four fifths,
and their mean probabilities for the images that were left out are stored.
"""

import contextlib
import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from course_utils.bench import fashion
from course_utils.bench.runs import finished_runs
from course_utils.bench.store import new_result, write_json
from course_utils.data import load_fashion_mnist, prepare_images
from course_utils.results import RESULTS, read_result

KEPT = Path(__file__).parents[2] / "build" / "doubts"  # ignored by git
N_FOLDS, N_SEEDS = 5, 2
RECIPE = replace(fashion.PARTS["networks"]["normalized"], n_images=48_000)


def read_left_out(fold, seed):
    """A task: train on four folds, and read the fifth.

    Returns
    -------
    ndarray of float32, shape (12000, 10)
        Probabilities for the images whose index, divided by 5, leaves ``fold``.
    """
    (images, labels), _ = load_fashion_mnist()
    images, left_out = prepare_images(images), np.arange(len(labels)) % N_FOLDS == fold
    model, _ = fashion.train(RECIPE, images[~left_out], labels[~left_out], seed=N_SEEDS * fold + seed)
    return model.predict(images[left_out], batch_size=500, verbose=0)


def measure(address=None):
    """What networks say of training images of Fashion-MNIST that they have not seen: five folds, two seeds each."""
    with contextlib.suppress(FileNotFoundError):
        read_result("fashion_doubts")
        print("all runs are stored; `nox -s bench -- fashion_doubts --fresh` makes them again")
        return
    KEPT.mkdir(parents=True, exist_ok=True)
    parts = {(fold, seed): KEPT / f"{fold}-{seed}.npy" for fold in range(N_FOLDS) for seed in range(N_SEEDS)}
    todo = {key: key for key, path in parts.items() if not path.is_file()}
    for progress, (fold, seed), probabilities in finished_runs(read_left_out, todo, address=address):
        np.save(KEPT / "part.npy", probabilities)
        os.replace(KEPT / "part.npy", parts[fold, seed])
        progress.console.print(f"fold {fold}, seed {seed}")
    means = [np.mean([np.load(parts[fold, seed]) for seed in range(N_SEEDS)], axis=0) for fold in range(N_FOLDS)]
    whole = np.empty((sum(map(len, means)), 10), "float16")
    for fold, mean in enumerate(means):
        whole[fold::N_FOLDS] = mean
    np.savez_compressed(RESULTS / "fashion_doubts.npz", probabilities=whole)
    result = new_result(measure.__doc__, "nox -s bench -- fashion_doubts")
    result |= {"n_folds": N_FOLDS, "n_seeds": N_SEEDS, "recipe": fashion.describe(RECIPE)}
    write_json(RESULTS / "fashion_doubts.json", result)
    for path in parts.values():
        path.unlink()
