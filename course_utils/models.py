"""The networks of the course, each as its lesson builds it."""

from pathlib import Path

import numpy as np

from course_utils._tensorflow import keras, tf

SEED_NETWORK_FILE = Path(__file__).parent / "assets" / "seed_network.keras"
SEED_PROBABILITIES_FILE = Path(__file__).parent / "assets" / "seed_probabilities.npz"
BEST_NETWORKS_FILE = Path(__file__).parent / "assets" / "best_networks.npz"
SEED_RECIPE = {"optimizer": "rmsprop", "loss": "categorical_crossentropy", "metrics": ["accuracy"]}
CURE = "restore it with `git checkout -- course_utils/assets` in the course's folder"


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
    if not path.is_file():
        raise FileNotFoundError(f"expected a trained network at {path}, found no such file; {CURE}")
    try:
        model = keras.saving.load_model(path, safe_mode=True)
    except Exception as error:  # Keras raises whatever its reader of the day raises
        raise ValueError(f"{path} cannot be read as a saved network, it may be damaged ({error}); {CURE}") from error
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
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"expected stored probabilities at {path}, found no such file; {CURE}")
    try:
        with open(path, "rb") as content, np.load(content, allow_pickle=False) as file:
            probabilities = file["probabilities"]
        if probabilities.shape != (10000, 10):
            raise ValueError(f"expected the shape (10000, 10), got {probabilities.shape}")
    except Exception as error:  # whatever zipfile and NumPy raise when a bit or a shape is wrong
        raise ValueError(f"{path} cannot be read as probabilities, it may be damaged ({error}); {CURE}") from error
    return probabilities


def build_dense_network(hidden=()):
    """A network without convolutions: the pixels in a row, hidden layers with ReLU, ten probabilities.

    Parameters
    ----------
    hidden : sequence of int
        Units of each hidden layer; without any, it is logistic regression.

    Returns
    -------
    keras.Sequential
        Reads float32 images of shape (n, 28, 28, 1) in [0, 1]; gives probabilities of shape (n, 10).
    """
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Flatten(),
            *(keras.layers.Dense(units, activation="relu") for units in hidden),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )


@keras.saving.register_keras_serializable("course_utils")
class FusedBatchNormalization(keras.layers.BatchNormalization):
    """Keras's batch normalization; while training, in a single operation of TensorFlow instead of a dozen.

    The same numbers in less time: each operation has to read the whole batch of maps, and write it. It normalizes the
    last axis of maps (n, height, width, channels) or of rows (n, units), and has no mask.
    """

    def call(self, inputs, training=None, mask=None):
        """The normalized maps; while training, by the mean and variance of the batch, which are kept track of."""
        if not training or not self.trainable:
            return super().call(inputs, training=False)
        n_channels = inputs.shape[-1]
        maps = inputs if len(inputs.shape) == 4 else inputs[:, None, None]
        scale = tf.convert_to_tensor(self.gamma) if self.scale else tf.ones(n_channels)
        shift = tf.convert_to_tensor(self.beta) if self.center else tf.zeros(n_channels)
        maps, mean, variance = tf.compat.v1.nn.fused_batch_norm(maps, scale, shift, epsilon=self.epsilon)
        n = tf.cast(tf.size(maps) / n_channels, variance.dtype)
        variance *= (n - 1) / n  # TensorFlow divides by n - 1, Keras by n
        for moving, now in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(moving * self.momentum + now * (1 - self.momentum))
        return tf.reshape(maps, tf.shape(inputs))


def _normalized_convolution(filters, size):
    return [
        keras.layers.Conv2D(filters, size, use_bias=False),
        FusedBatchNormalization(momentum=0.9),
        keras.layers.ReLU(),
    ]


def build_best_network(*, dropout=0.0):
    """The larger network of lesson 09, untrained: four convolutions, each with batch normalization; two poolings.

    The first window is the largest, 5 × 5: it costs little, for it looks at one channel only. Between the last maps and
    the ten classes there is no hidden layer.

    Parameters
    ----------
    dropout : float
        The share of the last map's numbers that is set to 0 at random in each step of training; below 1.

    Returns
    -------
    keras.Sequential
        Reads float32 images of shape (n, 28, 28, 1) in [0, 1]; gives float32 probabilities of shape (n, 10), whatever
        the precision that Keras is set to.
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
        Compiled with the seed's loss and metric, to be evaluated.

    Raises
    ------
    FileNotFoundError
        If the file is missing.
    ValueError
        If it cannot be read as weights of build_best_network.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"expected trained networks at {path}, found no such file; {CURE}")
    try:
        with open(path, "rb") as content, np.load(content, allow_pickle=False) as file:
            weights = {name: file[name].astype("float32") for name in file.files}  # "2_07": weight 7 of seed 2
        models = []
        for seed in sorted({name.partition("_")[0] for name in weights}):
            model = build_best_network()
            model.set_weights([weights[name] for name in sorted(weights) if name.startswith(f"{seed}_")])
            model.compile(**SEED_RECIPE)
            models.append(model)
        if not models:
            raise ValueError("it holds no arrays")
    except Exception as error:  # whatever zipfile, NumPy and Keras raise when a bit or a shape is wrong
        raise ValueError(f"{path} cannot be read as weights, it may be damaged ({error}); {CURE}") from error
    return models


def build_fast_network(*, precision="float32"):
    """The network of lesson 10, untrained: as deep as the seed's, with less than half of its multiply-adds.

    Parameters
    ----------
    precision : str
        ``"float32"``, or ``"mixed_bfloat16"``: layers then compute in bfloat16, and weights stay float32. Faster where
        the processor multiplies bfloat16 matrices, slower elsewhere; the last layer computes in float32 either way.

    Returns
    -------
    keras.Sequential
        Reads float32 images of shape (n, 28, 28, 1) in [0, 1]; gives float32 probabilities of shape (n, 10).
    """
    if precision not in ("float32", "mixed_bfloat16"):
        raise ValueError(f"precision must be 'float32' or 'mixed_bfloat16', got {precision!r}")
    layers, options = keras.layers, {"dtype": precision}

    def normalized():
        return [FusedBatchNormalization(momentum=0.9, scale=False, **options), layers.ReLU(**options)]

    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(16, (4, 4), strides=2, padding="same", use_bias=False, **options),
            *normalized(),
            layers.Conv2D(32, (3, 3), padding="same", use_bias=False, **options),
            layers.MaxPooling2D((2, 2), **options),
            *normalized(),
            layers.Conv2D(64, (3, 3), padding="valid", use_bias=False, **options),
            *normalized(),
            layers.Flatten(**options),
            layers.Dense(64, use_bias=False, **options),
            *normalized(),
            layers.Dense(10, activation="softmax"),
        ]
    )
