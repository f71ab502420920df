"""The networks of the course, each as its lesson builds it."""

from pathlib import Path

from course_utils._tensorflow import keras

SEED_NETWORK_FILE = Path(__file__).parent / "assets" / "seed_network.keras"
SEED_RECIPE = {"optimizer": "rmsprop", "loss": "categorical_crossentropy", "metrics": ["accuracy"]}


def build_seed_network():
    """The network of lesson 04, untrained: three convolutions, two poolings, two dense layers; 121,994 parameters.

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
    path = Path(path)
    cure = "restore it with `git checkout -- course_utils/assets` in the course's folder"
    if not path.is_file():
        raise FileNotFoundError(f"expected a trained network at {path}, found no such file; {cure}")
    try:
        model = keras.saving.load_model(path, safe_mode=True)
    except Exception as error:  # Keras raises whatever its reader of the day raises
        raise ValueError(f"{path} cannot be read as a saved network, it may be damaged ({error}); {cure}") from error
    model.compile(**SEED_RECIPE)  # the file holds the weights only: it is half the size without the optimizer's state
    return model
