"""The better network of lesson 09."""

import numpy as np

from course_utils._tensorflow import keras
from course_utils.networks.parts import ASSETS, SEED_RECIPE, normalized, stored_file

BEST_NETWORKS_FILE = ASSETS / "best_networks.npz"


def _normalized_convolution(filters, size):
    return [keras.layers.Conv2D(filters, size, use_bias=False), *normalized()]


def build_best_network(*, dropout=0.0):
    """The better network of lesson 09, untrained: four convolutions, each with batch normalization; two pooling layers.

    The first kernel is the largest, 5 × 5: it costs little, because there is only one channel to look at. There is no
    hidden layer between the last maps and the ten classes.

    Parameters
    ----------
    dropout : float
        The share of the last maps' numbers that is set to 0 at random in each training step; below 1.

    Returns
    -------
    keras.Sequential
        Reads float32 images of shape (n, 28, 28, 1) in [0, 1]; gives float32 probabilities of shape (n, 10), whatever
        precision Keras is set to.
    """
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            *_normalized_convolution(32, 5),
            keras.layers.MaxPooling2D(),
            *_normalized_convolution(64, 3),
            *_normalized_convolution(64, 3),
            keras.layers.MaxPooling2D(),
            *_normalized_convolution(128, 3),
            keras.layers.Flatten(),
            keras.layers.Dropout(dropout),
            keras.layers.Dense(10, activation="softmax", dtype="float32"),
        ]
    )


def load_best_networks(path=BEST_NETWORKS_FILE):
    """The best networks of lesson 09, trained, one for each random seed; assets/best_networks.json says how and when.

    Returns
    -------
    list of keras.Sequential
        Compiled with the original network's loss and metric, ready to be evaluated.

    Raises
    ------
    FileNotFoundError
        If the file is missing.
    ValueError
        If it cannot be read as weights of build_best_network.
    """
    with stored_file(path, "weights of trained networks") as file:
        with open(file, "rb") as content, np.load(content, allow_pickle=False) as arrays:
            weights = {name: arrays[name].astype("float32") for name in arrays.files}  # "2_07": weight 7 of seed 2
        models = []
        for seed in sorted({name.partition("_")[0] for name in weights}):
            model = build_best_network()
            model.set_weights([weights[name] for name in sorted(weights) if name.startswith(f"{seed}_")])
            model.compile(**SEED_RECIPE)
            models.append(model)
        if not models:
            raise ValueError("it holds no arrays")
    return models
