"""The smallest networks of lesson 10: every number in them has to earn its place."""

from course_utils._tensorflow import keras
from course_utils.networks.parts import ASSETS, SEED_RECIPE, FusedBatchNormalization, stored_file

SMALLEST_NETWORK_FILE = ASSETS / "smallest_network.keras"


def build_small_network(*, first=8, width=16, depth=4, shared=False, folded=False):
    """A network of a few hundred to a few thousand parameters, untrained.

    It saves where parameters are: a first convolution with few filters, and a pooling layer; then separable
    convolutions, which look at each map alone and mix them afterwards (lesson 14), and which take a pixel from each
    side; and the mean of each last map instead of a hidden layer.

    Parameters
    ----------
    first : int
        Filters of the first convolution.
    width : int
        Filters of each separable convolution.
    depth : int
        How many separable convolutions there are, 1 to 6; maps of 13 - 2 × depth pixels each way are left.
    shared : bool
        Whether all separable convolutions after the first are one and the same, applied again and again. Each time has
        its own normalization.
    folded : bool
        Whether batch normalization is left out, for what `fold_normalization` makes of it: a factor in the kernel, and
        a bias.

    Returns
    -------
    keras.Model
        Reads float32 images of shape (n, 28, 28, 1) in [0, 1]; gives probabilities of shape (n, 10).
    """
    layers = keras.layers

    def finish(maps, number, shared=False):
        name = f"normalization_{number}"
        if not folded:
            maps = FusedBatchNormalization(momentum=0.9, scale=False, name=name)(maps)
        elif shared:  # the kernel is used elsewhere, too: the factors stay beside it
            maps = layers.DepthwiseConv2D(1, name=name)(maps)
        return layers.ReLU()(maps)

    def separable(number, shared=False):
        return layers.SeparableConv2D(width, 3, use_bias=folded and not shared, name=f"convolution_{number}")

    inputs = keras.Input((28, 28, 1))
    maps = layers.Conv2D(first, 3, use_bias=folded, name="convolution_0")(inputs)
    maps = finish(layers.MaxPooling2D()(maps), 0)  # after the pooling, a quarter of the numbers are left (lesson 10)
    maps = finish(separable(1)(maps), 1)
    again = separable(2, shared=True) if shared else None
    for number in range(2, depth + 1):
        convolve = again or separable(number)
        maps = finish(convolve(maps), number, shared)
    outputs = layers.Dense(10, activation="softmax", name="classes")(layers.GlobalAveragePooling2D()(maps))
    return keras.Model(inputs, outputs)


def fold_normalization(model, **options):
    """The same network with fewer numbers: each batch normalization becomes part of the convolution before it.

    When a network answers, a normalization multiplies each map by a number and adds another. So does a kernel that is
    multiplied by that number, and a bias.

    Parameters
    ----------
    model : keras.Model
        Made by `build_small_network`, and trained.
    **options
        What it was made with.

    Returns
    -------
    keras.Model
        Compiled, to be evaluated. Its answers are the same, up to rounding.
    """
    folded = build_small_network(**options, folded=True)
    for layer in folded.layers:
        kind, _, number = layer.name.partition("_")
        if kind not in ("convolution", "normalization", "classes"):
            continue
        weights = model.get_layer(layer.name).get_weights()
        if kind == "convolution" and layer.use_bias:
            factor, shift = _factor_and_shift(model.get_layer(f"normalization_{number}"))
            weights = [*weights[:-1], weights[-1] * factor, shift]
        elif kind == "normalization":
            factor, shift = _factor_and_shift(model.get_layer(layer.name))
            weights = [factor[None, None, :, None], shift]
        layer.set_weights(weights)
    folded.compile(**SEED_RECIPE)
    return folded


def _factor_and_shift(normalization):
    """What a trained batch normalization multiplies each map by, and adds to it."""
    beta, mean, variance = normalization.get_weights()
    factor = 1 / (variance + normalization.epsilon) ** 0.5  # above 0: the largest of four numbers stays the largest
    return factor, beta - mean * factor


def load_smallest_network(path=SMALLEST_NETWORK_FILE):
    """The smallest network of lesson 10 above 99%, trained and folded; assets/smallest_network.json says how and when.

    Returns
    -------
    keras.Model
        Compiled, ready to be evaluated.

    Raises
    ------
    FileNotFoundError
        If the file is missing.
    ValueError
        If it cannot be read as a network.
    """
    with stored_file(path, "a trained network") as file:
        model = keras.models.load_model(file, compile=False)
    model.compile(**SEED_RECIPE)
    return model
