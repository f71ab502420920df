"""The ten networks of lesson 09's committee, and the one that learned from all of them."""

import numpy as np

from course_utils._tensorflow import keras
from course_utils.networks.best import build_best_network
from course_utils.networks.parts import ASSETS, SEED_RECIPE, normalized, stored_file

COMMITTEE_FOLDER = ASSETS / "committee"  # a file for each network
POOL = "pool"
BODIES = {  # by kernel size: filters and padding of each convolution, and where maps are pooled
    3: ((32, "valid"), (48, "valid", POOL), (64, "same"), (64, "same", POOL), (128, "valid"), (128, "valid")),
    5: ((32, "valid", POOL), (64, "same"), (64, "same", POOL), (96, "valid")),
    7: ((32, "same", POOL), (48, "same", POOL), (96, "valid")),
}


def build_member_network(*, kernel_size=3, dropout=0.0):
    """A member of the committee, untrained. Larger kernels see as much of the image in fewer layers.

    Each of the three has about 300,000 parameters. Maps are pooled before they are normalized, which leaves batch
    normalization a quarter of the work.

    Parameters
    ----------
    kernel_size : int
        Of every convolution: 3 (six of them), 5 (four) or 7 (three).
    dropout : float
        The share of the last maps' numbers that is set to 0 at random in each training step; below 1.

    Returns
    -------
    keras.Sequential
        Reads float32 images of shape (n, 28, 28, 1) in [0, 1]; gives float32 probabilities of shape (n, 10), whatever
        precision Keras is set to.

    Raises
    ------
    ValueError
        If there is no such member.

    Notes
    -----
    That members with kernels of 3, 5 and 7 make a better committee than members of one kind is from S. An, M. Lee,
    S. Park, H. Yang and J. So, "An ensemble of simple convolutional neural network models for MNIST digit recognition",
    2020 (arxiv.org/abs/2008.10400). Theirs have no pooling, and many times the multiply-adds.
    """
    if kernel_size not in BODIES:
        raise ValueError(f"kernel_size must be one of {', '.join(map(str, BODIES))}, got {kernel_size!r}")
    layers = []
    for filters, padding, *pooled in BODIES[kernel_size]:
        layers.append(keras.layers.Conv2D(filters, kernel_size, padding=padding, use_bias=False))
        layers += [keras.layers.MaxPooling2D()] * bool(pooled) + normalized()
    head = [
        keras.layers.Flatten(),
        keras.layers.Dropout(dropout),
        keras.layers.Dense(10, activation="softmax", dtype="float32"),
    ]
    return keras.Sequential([keras.Input((28, 28, 1)), *layers, *head])


def load_committee(folder=COMMITTEE_FOLDER):
    """The trained members of the committee, in order; results/committee.json says how and when they were trained.

    Returns and raises what `load_best_networks` does.
    """
    return [_load(path) for path in _files(folder, "member")]


def load_distilled_networks(folder=COMMITTEE_FOLDER):
    """The networks that learned from the committee, as `build_best_network` makes them, one for each random seed.

    Returns and raises what `load_best_networks` does.
    """
    return [_load(path) for path in _files(folder, "student")]


def _files(folder, kind):
    return sorted(folder.glob(f"{kind}-?.npz")) or [folder / f"{kind}-0.npz"]  # which is missing, and the error says so


def _load(path):
    with stored_file(path, "weights of a trained network") as file, np.load(file, allow_pickle=False) as arrays:
        weights = dict(arrays)
        kernel_size = weights.pop("kernel_size", None)  # of a member
        model = build_best_network() if kernel_size is None else build_member_network(kernel_size=int(kernel_size))
        model.set_weights([weights[name].astype("float32") for name in sorted(weights)])
    model.compile(**SEED_RECIPE)
    return model
