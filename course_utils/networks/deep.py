"""The networks of lesson 14: convolutions stacked as deep as one likes, with or without what makes them train."""

from course_utils._tensorflow import keras
from course_utils.networks.parts import FusedBatchNormalization


def build_deep_network(n_convolutions, *, width=16, initializer="he_normal", normalize=False, residual=False):
    """A deep network of lesson 14, untrained: 3 × 3 convolutions of equal width in pairs, then global average pooling.

    The first convolution has stride 2, so all maps are 14 × 14. A ReLU follows each convolution; with residual
    connections, that of each pair but the first follows the sum of what came in and what the pair makes of it (He and
    others, 2016, https://arxiv.org/abs/1512.03385).

    Parameters
    ----------
    n_convolutions : int
        Even, at least 2.
    width : int
        The filters of each convolution.
    initializer : str or keras.Initializer
        Of the kernels of all convolutions; biases start at 0.
    normalize : bool
        Whether batch normalization follows each convolution, in place of its bias.
    residual : bool
        Whether each pair but the first adds its input to what it computes.

    Returns
    -------
    keras.Model
        Reads float32 images of shape (n, 28, 28, 1) in [0, 1]; gives probabilities of shape (n, 10).

    Raises
    ------
    ValueError
        If the number of convolutions is odd, or less than 2.
    """
    if n_convolutions < 2 or n_convolutions % 2:
        raise ValueError(f"convolutions come in pairs: expected an even number from 2 on, got {n_convolutions}")
    layers = keras.layers

    def convolve(maps, strides=1):
        options = {"strides": strides, "padding": "same", "use_bias": not normalize, "kernel_initializer": initializer}
        maps = layers.Conv2D(width, 3, **options)(maps)
        return FusedBatchNormalization(momentum=0.9)(maps) if normalize else maps

    inputs = keras.Input((28, 28, 1))
    maps = layers.ReLU()(convolve(inputs, strides=2))
    maps = layers.ReLU()(convolve(maps))
    for _ in range(n_convolutions // 2 - 1):
        change = convolve(layers.ReLU()(convolve(maps)))
        maps = layers.ReLU()(layers.Add()([maps, change]) if residual else change)
    outputs = layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(maps))
    return keras.Model(inputs, outputs)
