"""The network of lesson 13 that is large enough to overfit."""

from course_utils._tensorflow import keras
from course_utils.networks.parts import normalized


def build_large_network(*, width=1.0, normalize=False, dropout=0.0):
    """The large network of lesson 13, untrained: three convolutions, two pooling layers, 512 hidden units.

    Parameters
    ----------
    width : float
        The filters and hidden units, as a multiple of 32, 64, 128, and 512.
    normalize : bool
        Whether batch normalization stands between each convolution and its ReLU.
    dropout : float
        The share of the hidden layer's inputs and outputs that is set to 0 at random in each training step; below 1.

    Returns
    -------
    keras.Sequential
        Reads float32 images of shape (n, 28, 28, 1) in [0, 1]; gives probabilities of shape (n, 10). At width 1, it has
        688,138 parameters.
    """
    layers = keras.layers
    filters = [round(width * n) for n in (32, 64, 128)]

    def convolution(n):
        if normalize:
            return [layers.Conv2D(n, 3), *normalized()]
        return [layers.Conv2D(n, 3, activation="relu")]

    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            *convolution(filters[0]),
            layers.MaxPooling2D(),
            *convolution(filters[1]),
            layers.MaxPooling2D(),
            *convolution(filters[2]),
            layers.Flatten(),
            layers.Dropout(dropout),
            layers.Dense(round(width * 512), activation="relu"),
            layers.Dropout(dropout),
            layers.Dense(10, activation="softmax"),
        ]
    )
