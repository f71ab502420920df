"""The networks of the course, each as its lesson builds it."""

from pathlib import Path

from course_utils._tensorflow import keras, tf

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
