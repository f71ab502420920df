"""What several networks of the course share: layers, the original recipe, and how a stored network is read."""

from contextlib import contextmanager
from pathlib import Path

from course_utils._tensorflow import keras, tf

ASSETS = Path(__file__).parents[1] / "assets"
CURE = "restore it with `git checkout -- course_utils/assets` in the course's folder"
SEED_RECIPE = {"optimizer": "rmsprop", "loss": "categorical_crossentropy", "metrics": ["accuracy"]}


@contextmanager
def stored_file(path, what):
    """A file to read from; if it fails, the error says what was expected and how to restore it.

    Parameters
    ----------
    path : str or pathlib.Path
    what : str
        What it must contain, as in ``"a trained network"``.

    Yields
    ------
    pathlib.Path

    Raises
    ------
    FileNotFoundError
        If the file is missing.
    ValueError
        If reading it raises anything.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"expected {what} at {path}, found no such file; {CURE}")
    try:
        yield path
    except Exception as error:  # whatever zipfile, NumPy and Keras raise when a bit or a shape is wrong
        raise ValueError(f"{path} cannot be read as {what}, it may be damaged ({error}); {CURE}") from error


@keras.saving.register_keras_serializable("course_utils")
class FusedBatchNormalization(keras.layers.BatchNormalization):
    """Keras's batch normalization; in training mode, in a single operation of TensorFlow instead of a dozen.

    The same numbers in less time, because each operation has to read and write the whole batch of maps. It normalizes
    the last axis of maps (n, height, width, channels) or of rows (n, units), and has no mask.
    """

    def call(self, inputs, training=None, mask=None):
        """The normalized maps; in training mode by the batch's mean and variance, which move the moving ones."""
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


def normalized(**options):
    """Batch normalization and ReLU, to follow a convolution; options go to the first, a ``dtype`` to both."""
    dtype = options.get("dtype")
    return [FusedBatchNormalization(momentum=0.9, **options), keras.layers.ReLU(dtype=dtype)]
