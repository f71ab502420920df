"""What a training run on several workers is: its settings, the order of its images, and the share of each worker.

NumPy only: everything that can be wrong is found before TensorFlow is loaded and before any worker starts.
"""

import hashlib
import json
import os
import zipfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from course_utils.data import MNIST_ARRAYS

N_IMAGES = MNIST_ARRAYS["x_train"][0][0]
CHECKPOINT = "checkpoint.npz"


class ScalingError(RuntimeError):
    """A training run on several workers cannot start, or was ended; the message says why and what to do."""


@dataclass(frozen=True)
class Training:
    """The settings of a training run of the original network, by the original recipe, on several workers.

    Attributes
    ----------
    images : int
        How many of MNIST's training images it reads, starting with the first.
    epochs : int
        Passes over them. Images that do not fill a whole batch are left out; another order leaves out others.
    batch_size : int
        Images in one step, for all workers together.
    seed : int
        For the initial weights and for the order of the images.
    every : int
        Steps between two checkpoints.
    """

    images: int = N_IMAGES
    epochs: int = 1
    batch_size: int = 64
    seed: int = 0
    every: int = 100

    @property
    def steps_per_epoch(self):
        return self.images // self.batch_size

    @property
    def steps(self):
        return self.epochs * self.steps_per_epoch


def check_training(training, n_workers):
    """Do nothing if this many workers can run the training.

    Raises
    ------
    TypeError
        If a setting is not a whole number.
    ValueError
        If one is out of its range, the workers do not divide the batch, or a share would be empty.
    """
    for name, value in {**asdict(training), "workers": n_workers}.items():
        if type(value) is not int:
            raise TypeError(f"{name} must be a whole number, got {value!r}")
        least = 0 if name == "seed" else 1
        if value < least:
            raise ValueError(f"{name} must be at least {least}, got {value}")
    images, batch_size = training.images, training.batch_size
    if images > N_IMAGES:
        raise ValueError(f"images must be at most {N_IMAGES:,}, MNIST has no more for training; got {images:,}")
    if batch_size < n_workers:
        raise ValueError(
            f"a batch of {batch_size} has not even one image for each of {n_workers} workers, so some share would be "
            f"empty; take a larger batch or fewer workers"
        )
    if batch_size % n_workers:
        below, above = batch_size // n_workers * n_workers, -(-batch_size // n_workers) * n_workers
        raise ValueError(
            f"{n_workers} workers do not divide a batch of {batch_size}: each must get as many images as the others; "
            f"take a batch of {below} or {above}"
        )
    if images < batch_size:
        raise ValueError(
            f"{images} images do not fill one batch of {batch_size}, so every share would be empty; take more images "
            f"or a smaller batch"
        )


def draw_order(training, epoch):
    """The order of the images in an epoch: the same on every worker, because all draw with the same random seed.

    Returns
    -------
    ndarray of int, shape (images,)
    """
    return np.random.default_rng([training.seed, epoch]).permutation(training.images)


def share_of_batch(order, step, *, batch_size, worker, n_workers):
    """The images that one worker reads in one step of an epoch.

    Parameters
    ----------
    order : ndarray of int
        As `draw_order` gives it.
    step : int
        Within the epoch, from 0.
    batch_size : int
        For all workers together.
    worker, n_workers : int
        The worker's number, from 0, and how many there are.

    Returns
    -------
    ndarray of int, shape (batch_size // n_workers,)
        The worker's stretch of the batch. All workers' stretches, in order, are the batch that one worker would read.
    """
    size = batch_size // n_workers
    start = step * batch_size + worker * size
    return order[start : start + size]


def describe_code():
    """A short fingerprint of the course's code: workers with different code must not train together."""
    package = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0")
        digest.update(path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()[:12]


# ---- checkpoints: one .npz file, with the settings, the step, the losses so far and all numbers of the network


def write_checkpoint(folder, training, *, step, losses, arrays):
    """Write a checkpoint so that a kill at any moment leaves either the old one or the new one."""
    path = Path(folder) / CHECKPOINT
    about = json.dumps({"training": asdict(training), "step": step, "losses": losses})
    scratch = path.with_suffix(".part")
    with open(scratch, "wb") as file:
        np.savez(file, about=np.array(about), **{f"array_{index:03}": array for index, array in enumerate(arrays)})
    os.replace(scratch, path)


def read_checkpoint(folder, training=None):
    """The checkpoint in a folder.

    Parameters
    ----------
    folder : str or pathlib.Path
    training : Training, optional
        The training it must belong to; `epochs` and `every` may differ, so that a training run can be continued.

    Returns
    -------
    dict or None
        ``step``, ``losses``, ``arrays`` (weights, then the optimizer's numbers) and ``training``; or None.

    Raises
    ------
    ScalingError
        If it is damaged, or belongs to a different training run.
    """
    path = Path(folder) / CHECKPOINT
    if not path.exists():
        return None
    cure = "take another folder, or start over with --fresh"
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as stored:
            about = json.loads(str(stored["about"]))
            arrays = [stored[name] for name in sorted(stored.files) if name != "about"]
        found = Training(**about["training"])
        about = {"step": int(about["step"]), "losses": list(about["losses"]), "arrays": arrays, "training": found}
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ScalingError(f"{path} cannot be read as a checkpoint, it may be damaged ({error}); {cure}") from None
    if training is not None:
        fixed = [field.name for field in fields(Training) if field.name not in ("epochs", "every")]
        differ = [name for name in fixed if getattr(found, name) != getattr(training, name)]
        if differ:
            was = ", ".join(f"{name} {getattr(found, name)}" for name in differ)
            wanted = ", ".join(f"{name} {getattr(training, name)}" for name in differ)
            raise ScalingError(f"{path} is a checkpoint of another training, with {was} instead of {wanted}; {cure}")
        if about["step"] > training.steps:
            raise ScalingError(f"{path} is at step {about['step']}, and {training.steps} were asked for; {cure}")
    return about


def check_arrays(arrays, wanted):
    """Do nothing if a checkpoint's arrays have the shapes that a network needs.

    Raises
    ------
    ScalingError
        If not: the checkpoint belongs to another network.
    """
    found, wanted = [tuple(array.shape) for array in arrays], [tuple(array.shape) for array in wanted]
    if found != wanted:
        at = next((i for i, pair in enumerate(zip(found, wanted, strict=False)) if pair[0] != pair[1]), None)
        what = f"{len(found)} arrays instead of {len(wanted)}"
        if at is not None:
            what = f"its array {at} has shape {found[at]} instead of {wanted[at]}"
        raise ScalingError(
            f"the checkpoint is one of another network: {what}; take another folder, or start over with --fresh"
        )
