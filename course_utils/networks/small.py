"""The smallest networks of lesson 10: every number in them has to earn its place."""

from course_utils._tensorflow import keras
from course_utils.networks.parts import ASSETS, SEED_RECIPE, FusedBatchNormalization, stored_file

SMALLEST_NETWORK_FILE = ASSETS / "smallest_network.keras"


def build_small_network(*, first=4, early=8, width=14, depth=4, strides=2, folded=False):
    """A network of a few hundred to a few thousand parameters, untrained.

    It saves where parameters are: a first convolution with few filters; separable convolutions, which look at each map
    alone and mix them afterwards (lesson 14), and which take a pixel from each side; and the mean of each last map
    instead of a hidden layer. Where nothing has to be saved, it is generous: the first separable convolution comes
    before the only pooling layer, which is much work, and costs no parameter. So is an answer with ``strides=1``.

    Parameters
    ----------
    first : int
        Filters of the first convolution.
    early : int
        Filters of the separable convolution before the pooling layer.
    width : int
        Filters of each separable convolution after it.
    depth : int
        How many of these there are, 1 to 5; maps of 12 - 2 × depth pixels each way are left.
    strides : int
        2 to train. 1 to answer: the grid of the pooling layer can lie in four ways on its maps, and a network with the
        same weights takes the mean of all four. It pools at each place, and the convolutions after that read every
        other place (dilated convolutions, as in "À trous" algorithms).
    folded : bool
        Whether batch normalization is left out, for what `fold_normalization` makes of it: a factor in the kernel, and
        a bias.

    Returns
    -------
    keras.Model
        Reads float32 images of shape (n, 28, 28, 1) in [0, 1]; gives probabilities of shape (n, 10).

    Notes
    -----
    Its activation is SiLU, x times the sigmoid of x: like ReLU, but smooth, and not quite 0 below 0. It is from S.
    Elfwing, E. Uchibe and K. Doya, "Sigmoid-weighted linear units for neural network function approximation in
    reinforcement learning", 2017 (arxiv.org/abs/1702.03118).
    """
    layers = keras.layers

    def finish(maps, number):
        if not folded:  # with a factor for each map: to SiLU, unlike to ReLU, the scale of its numbers matters
            maps = FusedBatchNormalization(momentum=0.9, name=f"normalization_{number}")(maps)
        if number == 1:  # before the activation, which then has a quarter of the numbers to read (lesson 10)
            maps = layers.MaxPooling2D(strides=strides)(maps)
        return layers.Activation("silu")(maps)

    def separable(filters, number):
        apart = 1 if number == 1 else 2 // strides
        return layers.SeparableConv2D(filters, 3, dilation_rate=apart, use_bias=folded, name=f"convolution_{number}")

    inputs = keras.Input((28, 28, 1))
    maps = finish(layers.Conv2D(first, 3, use_bias=folded, name="convolution_0")(inputs), 0)
    maps = finish(separable(early, 1)(maps), 1)
    for number in range(2, depth + 2):
        maps = finish(separable(width, number)(maps), number)
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
        What it was made with; or with ``strides=1``, of which the answers are the mean.

    Returns
    -------
    keras.Model
        Compiled, to be evaluated. Its answers are the same, up to rounding, if the options are.
    """
    folded = build_small_network(**options, folded=True)
    for layer in folded.layers:
        kind, _, number = layer.name.partition("_")
        if kind not in ("convolution", "classes"):
            continue
        weights = model.get_layer(layer.name).get_weights()
        if kind == "convolution":
            normalization = model.get_layer(f"normalization_{number}")
            gamma, beta, mean, variance = normalization.get_weights()
            factor = gamma / (variance + normalization.epsilon) ** 0.5
            weights = [*weights[:-1], weights[-1] * factor, beta - mean * factor]
        layer.set_weights(weights)
    folded.compile(**SEED_RECIPE)
    return folded


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
