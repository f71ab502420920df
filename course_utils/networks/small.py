"""The smallest networks of lesson 10: every number in them has to earn its place."""

from course_utils._tensorflow import keras, tf
from course_utils.networks.parts import ASSETS, SEED_RECIPE, FusedBatchNormalization, stored_file

SMALLEST_NETWORK_FILE = ASSETS / "smallest_network.keras"


@keras.saving.register_keras_serializable("course_utils")
class FewMapsNormalization(FusedBatchNormalization):
    """Batch normalization for images with few maps: the same numbers as its parent's up to rounding, in less time.

    An image with all its maps is one long row here, and the mean over all rows comes first. So it always calculates
    with many neighboring numbers, and a processor does several of these at once. It always scales and shifts.
    """

    def call(self, inputs, training=None, mask=None):
        """The normalized maps; in training mode by the batch's mean and variance, which move the moving ones."""
        if not training or not self.trainable:
            return super().call(inputs, training=False)
        _, height, width, n_maps = inputs.shape
        rows = tf.reshape(inputs, (-1, height * width * n_maps))

        def mean_of(rows):
            return tf.reduce_mean(tf.reshape(tf.reduce_mean(rows, axis=0), (-1, n_maps)), axis=0)

        mean = mean_of(rows)
        variance = tf.maximum(mean_of(rows**2) - mean**2, 0)  # rounding could make it negative
        scale = self.gamma * tf.math.rsqrt(variance + self.epsilon)
        shift = self.beta - mean * scale
        for moving, now in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(moving * self.momentum + now * (1 - self.momentum))
        n_places = [height * width]
        return tf.reshape(rows * tf.tile(scale, n_places) + tf.tile(shift, n_places), tf.shape(inputs))


def build_small_network(*, first=4, early=8, width=14, depth=4, folded=False):
    """A network of a few hundred to a few thousand parameters, untrained.

    It saves where parameters are: a first convolution with few filters; separable convolutions, which look at each map
    alone and mix them afterwards (lesson 14), and take a pixel off every side; and the mean of each last map
    instead of a hidden layer. Where nothing has to be saved, it is generous: the first separable convolution comes
    before the only pooling layer, which is much work, and costs no parameter.

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
            maps = FewMapsNormalization(momentum=0.9, name=f"normalization_{number}")(maps)
        if number == 1:  # before the activation, which has a quarter of the numbers to read then
            maps = layers.MaxPooling2D()(maps)
        return layers.Activation("silu")(maps)

    def separable(filters, number):
        return layers.SeparableConv2D(filters, 3, use_bias=folded, name=f"convolution_{number}")

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
        The options given to `build_small_network`.

    Returns
    -------
    keras.Model
        Compiled, to be evaluated. Its answers are the same, up to rounding.
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
