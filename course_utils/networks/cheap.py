"""The better network of lesson 09 with cheaper convolutions, for lesson 14."""

from course_utils._tensorflow import keras
from course_utils.networks.parts import normalized


def _ordinary(filters):
    return [keras.layers.Conv2D(filters, 3, use_bias=False)]


def _bottleneck(filters):
    few = filters // 4
    return [
        keras.layers.Conv2D(few, 1, use_bias=False),
        *normalized(),
        keras.layers.Conv2D(few, 3, use_bias=False),
        *normalized(),
        keras.layers.Conv2D(filters, 1, use_bias=False),
    ]


def _separable(filters):
    return [keras.layers.SeparableConv2D(filters, 3, use_bias=False)]


CONVOLUTIONS = {"ordinary": _ordinary, "bottleneck": _bottleneck, "separable": _separable}


def build_cheap_network(convolution="ordinary", *, pooled=False):
    """The better network of lesson 09 with other convolutions of 3 × 3 in place of its own, untrained.

    Parameters
    ----------
    convolution : str
        ``"ordinary"`` as in `build_best_network`; ``"bottleneck"``, where a 1 × 1 convolution reads the maps down to a
        quarter of the filters, 3 × 3 works on these, and another 1 × 1 leads back to all of them (He and others, 2016,
        arxiv.org/abs/1512.03385); ``"separable"``, where a depthwise convolution looks at each map alone, and a 1 × 1
        convolution mixes them (Howard and others, 2017, arxiv.org/abs/1704.04861; Keras has nothing between the two).
    pooled : bool
        Whether the classes read the mean of each of the last maps (global average pooling), and not all their numbers.

    Returns
    -------
    keras.Sequential
        Reads float32 images of shape (n, 28, 28, 1) in [0, 1]; gives float32 probabilities of shape (n, 10).

    Raises
    ------
    ValueError
        If there is no such convolution.
    """
    if convolution not in CONVOLUTIONS:
        raise ValueError(f"convolution must be one of {', '.join(CONVOLUTIONS)}, got {convolution!r}")
    convolve, layers = CONVOLUTIONS[convolution], keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 5, use_bias=False),  # it reads a single channel: there is nothing to save
            *normalized(),
            layers.MaxPooling2D(),
            *convolve(64),
            *normalized(),
            *convolve(64),
            *normalized(),
            layers.MaxPooling2D(),
            *convolve(128),
            *normalized(),
            layers.GlobalAveragePooling2D() if pooled else layers.Flatten(),
            layers.Dense(10, activation="softmax", dtype="float32"),
        ]
    )
