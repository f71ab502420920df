"""The original network: built as in lesson 04, trained as in lesson 05, and what it says of the test images."""

import numpy as np

from course_utils._tensorflow import keras
from course_utils.networks.parts import ASSETS, SEED_RECIPE, stored_file

SEED_NETWORK_FILE = ASSETS / "seed_network.keras"
SEED_PROBABILITIES_FILE = ASSETS / "seed_probabilities.npz"


def build_seed_network():
    """The network of lesson 04, untrained: three convolutions, two pooling and two dense layers; 121,994 parameters.

    Returns
    -------
    keras.Sequential
        Reads float32 images of shape (n, 28, 28, 1) in [0, 1]; gives probabilities of shape (n, 10).
    """
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(32, (3, 3), activation="relu", padding="same"),
            keras.layers.MaxPooling2D((2, 2)),
            keras.layers.Conv2D(64, (3, 3), activation="relu", padding="valid"),
            keras.layers.MaxPooling2D((2, 2)),
            keras.layers.Conv2D(64, (3, 3), activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )


def load_seed_network(path=SEED_NETWORK_FILE):
    """The network of lesson 05, trained and compiled; assets/seed_network.json says how and when.

    Raises
    ------
    FileNotFoundError
        If the file is missing.
    ValueError
        If it cannot be read as a saved network.
    """
    with stored_file(path, "a trained network") as file:
        model = keras.saving.load_model(file, safe_mode=True)
    model.compile(**SEED_RECIPE)  # the file holds the weights only: it is half the size without the optimizer's state
    return model


def load_seed_probabilities(path=SEED_PROBABILITIES_FILE):
    """What the trained network of lesson 05 says of the test images, as it was stored; results/errors.json says how.

    Another processor adds the same products in another order, and its probabilities differ in the last digits. What is
    counted of the stored ones is the same everywhere.

    Returns
    -------
    ndarray of float32, shape (10000, 10)
        Probabilities, in the order of the test images. Less than a ten-millionth is stored as 0.

    Raises
    ------
    FileNotFoundError
        If the file is missing.
    ValueError
        If it cannot be read as such probabilities.
    """
    with stored_file(path, "stored probabilities") as file:
        with open(file, "rb") as content, np.load(content, allow_pickle=False) as arrays:
            probabilities = arrays["probabilities"]
        if probabilities.shape != (10000, 10):
            raise ValueError(f"expected the shape (10000, 10), got {probabilities.shape}")
    return probabilities
