"""The small network of lesson 15 that learns from photographs alone."""

from course_utils._tensorflow import keras
from course_utils.networks.parts import normalized


def build_photograph_network(size=128, *, width=8):
    """The small network of lesson 15, untrained: five convolutions, each normalized, and an average over each map.

    Parameters
    ----------
    size : int
        Height and width of the photographs in pixels, at least 32.
    width : int
        The filters of the first convolution; each of the next three has twice as many as the one before.

    Returns
    -------
    keras.Sequential
        Reads RGB images of shape (n, size, size, 3) with values in [0, 255], uint8 or float32; gives 8 × width features
        of shape (n, 8 × width), from the layer ``features``. At width 8, it has NNN parameters.
    """
    layers = keras.layers
    parts = [keras.Input((size, size, 3), name="images"), layers.Rescaling(1 / 255)]
    for filters in (width, 2 * width, 4 * width, 8 * width):
        parts += [layers.Conv2D(filters, 3, padding="same"), *normalized(), layers.MaxPooling2D()]
    parts += [layers.Conv2D(8 * width, 3, padding="same"), *normalized()]
    return keras.Sequential([*parts, layers.GlobalAveragePooling2D(name="features")])
