"""LeNet-5 as its paper describes it, with its loss.

The paper is Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document recognition",
Proceedings of the IEEE 86(11), 1998 (doi.org/10.1109/5.726791); the network is in section II.B, the losses in II.C,
the constants of the squashing function and the initial weights in appendix A.

The bitmaps that the output compares with are ours: the paper's are in its figure 3.
"""

import numpy as np

from course_utils._tensorflow import keras
from course_utils.data import N_CLASSES

C3_TABLE = (  # table I: the maps of S2 that each map of C3 sees
    *((0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5)),
    *((0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5)),
    *((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5)),
    (0, 1, 2, 3, 4, 5),
)
_DRAWN = """
..###..   ...##..   .#####.   #######   ....##.   #######   ...###.   #######   .#####.   .#####.
.#####.   ..###..   #######   #######   ...###.   #######   ..###..   #######   #######   #######
##...##   .####..   ##...##   ....##.   ...###.   ##.....   .##....   .....##   ##...##   ##...##
##...##   ##.##..   .....##   ...##..   ..####.   ##.....   ##.....   .....##   ##...##   ##...##
##...##   ...##..   .....##   ..##...   .##.##.   ######.   ##.....   ....##.   .##.##.   ##...##
##...##   ...##..   ....##.   ..####.   .##.##.   #######   ######.   ....##.   ..###..   #######
##...##   ...##..   ...##..   ....###   ##..##.   .....##   #######   ...##..   .##.##.   .######
##...##   ...##..   ..##...   .....##   #######   .....##   ##...##   ...##..   ##...##   .....##
##...##   ...##..   .##....   .....##   #######   .....##   ##...##   ..##...   ##...##   .....##
##...##   ...##..   ##.....   ##...##   ....##.   ##...##   ##...##   ..##...   ##...##   ....##.
.#####.   #######   #######   #######   ....##.   #######   #######   .##....   #######   ..###..
..###..   #######   #######   .#####.   ....##.   .#####.   .#####.   .##....   .#####.   .###...
"""


def _read_bitmaps(drawn):
    rows = [[list(row) for row in line.split()] for line in drawn.split("\n") if line]
    return np.where(np.array(rows).swapaxes(0, 1) == "#", 1, -1).astype("float32")


DIGIT_BITMAPS = _read_bitmaps(_DRAWN)  # (10, 12, 7), 1 for ink and -1 for paper


def _uniform(fan_in):
    """Initial weights within ±2.4 / fan_in. A new one for each weight: two draws of the same one are equal."""
    return keras.initializers.RandomUniform(-2.4 / fan_in, 2.4 / fan_in)


@keras.saving.register_keras_serializable("course_utils")
def squash(sums):
    """The squashing function of the paper, 1.7159 tanh(2/3 a): 1 and -1 stay as they are."""
    return 1.7159 * keras.ops.tanh(2 / 3 * sums)


@keras.saving.register_keras_serializable("course_utils")
class Subsampling(keras.layers.Layer):
    """S2 and S4: the sum of each 2 × 2 block, times the map's coefficient, plus the map's bias, squashed."""

    def build(self, input_shape):
        """Two weights a map; a unit has four inputs."""
        shape = (input_shape[-1],)
        self.coefficient = self.add_weight(name="coefficient", shape=shape, initializer=_uniform(4))
        self.bias = self.add_weight(name="bias", shape=shape, initializer=_uniform(4))

    def call(self, maps):
        """Maps of shape (n, height, width, channels) in, half as high and as wide out."""
        return squash(4 * keras.ops.average_pool(maps, 2) * self.coefficient + self.bias)


@keras.saving.register_keras_serializable("course_utils")
class TableConvolution(keras.layers.Layer):
    """C3: 5 × 5 windows over those maps of S2 that `C3_TABLE` names, plus a bias, squashed.

    It holds a kernel of 5 × 5 for each of the table's 60 pairs, and nothing where there is no pair.
    """

    PAIRS = tuple((seen, made) for made, maps in enumerate(C3_TABLE) for seen in maps)

    def build(self, input_shape):
        """Kernels and biases; a map's fan-in is 25 for each map that it sees."""
        n_seen = np.array([len(maps) for maps in C3_TABLE])
        n_seen_by_pair = np.repeat(n_seen, n_seen)[:, None, None]  # the pairs are in the order of C3's maps

        def draw(n_seen):
            largest = (2.4 / (25 * n_seen)).astype("float32")
            return lambda shape, dtype: largest * keras.random.uniform(shape, -1, 1, dtype)

        shape = (len(self.PAIRS), 5, 5)
        self.kernels = self.add_weight(name="kernels", shape=shape, initializer=draw(n_seen_by_pair))
        self.bias = self.add_weight(name="bias", shape=(len(C3_TABLE),), initializer=draw(n_seen))

    def call(self, maps):
        """Maps of shape (n, 14, 14, 6) in, (n, 10, 10, 16) out."""
        # One convolution is simpler than 16; its kernel holds 0 wherever the table has no pair.
        whole = keras.ops.scatter(np.array(self.PAIRS), self.kernels, (maps.shape[-1], len(C3_TABLE), 5, 5))
        return squash(keras.ops.conv(maps, keras.ops.transpose(whole, (2, 3, 0, 1))) + self.bias)

    @property
    def multiply_adds(self):
        """Each weight is used once at each position; zeros where there is no pair are not counted."""
        _, height, width, _ = self.output.shape
        return len(self.PAIRS) * 25 * height * width


@keras.saving.register_keras_serializable("course_utils")
class RadialUnits(keras.layers.Layer):
    """The output: how far F6 is from each digit's bitmap, as a sum of squares. The bitmaps are fixed weights."""

    def build(self, input_shape):
        """84 weights of ±1 for each digit."""
        bitmaps = DIGIT_BITMAPS.reshape(N_CLASSES, -1)
        self.bitmaps = self.add_weight(
            name="bitmaps", shape=bitmaps.shape, initializer=keras.initializers.Constant(bitmaps), trainable=False
        )

    def call(self, units):
        """Units of shape (n, 84) in, penalties of shape (n, 10) out; equation 7."""
        return keras.ops.sum((units[:, None] - self.bitmaps) ** 2, axis=-1)

    @property
    def multiply_adds(self):
        """A square for each weight, added to the others."""
        return DIGIT_BITMAPS.size


def build_lenet5():
    """LeNet-5 of 1998, untrained: 60,000 trainable parameters, and 840 of the output that stay fixed.

    The weights are drawn evenly from ±2.4 / fan-in, and so are the biases. A unit's fan-in is the number of units that
    it sees, so without its bias.

    Returns
    -------
    keras.Sequential
        Reads float32 images of shape (n, 28, 28, 1) in [0, 1], which it pads to 32 × 32 and scales to [-0.1, 1.175].
        Gives float32 penalties of shape (n, 10), at least 0: the answer is the class with the smallest,
        ``penalties.argmin(axis=1)``. Compile it with `RadialLoss` and `radial_accuracy`; where probabilities are asked
        for, use `penalties_to_probabilities`.
    """
    layers = keras.layers

    def options(name, fan_in):
        initializers = {"kernel_initializer": _uniform(fan_in), "bias_initializer": _uniform(fan_in)}
        return {"activation": squash, **initializers, "name": name}

    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.ZeroPadding2D(2, name="pad"),
            layers.Rescaling(1.275, offset=-0.1, name="scale"),
            layers.Conv2D(6, 5, **options("C1", 25)),
            Subsampling(name="S2"),
            TableConvolution(name="C3"),
            Subsampling(name="S4"),
            layers.Conv2D(120, 5, **options("C5", 16 * 25)),
            layers.Flatten(name="flatten"),
            layers.Dense(84, **options("F6", 120)),
            RadialUnits(name="output"),
        ]
    )


@keras.saving.register_keras_serializable("course_utils")
class RadialLoss(keras.losses.Loss):
    """The paper's loss for penalties, equation 9: the true class's penalty, and a term in which all classes compete.

    With the penalties y_i and the true class D, it is the mean of y_D + log(e^-j + Σ e^-y_i). The first term alone is
    equation 8, and pulls y_D down. The second is never below -y_D, so that the loss is never negative; it pushes up the
    smallest penalties, unless they are far above j. If all of them are, it is -j: equation 8 less a constant.

    Parameters
    ----------
    j : float
        Above 0. The paper gives no value. With 6,000 images of MNIST and 5 epochs of Adam (rate 0.002, batches of 32,
        means of 3 seeds), networks trained with 1, 10 and 100 read 95.7, 95.2 and 88.6% of 2,000 other images right.
    """

    def __init__(self, j=1.0, name="radial_loss", **options):
        if not j > 0:
            raise ValueError(f"j must be above 0, got {j!r}")
        super().__init__(name=name, **options)
        self.j = float(j)

    def call(self, one_hot, penalties):
        """Losses of shape (n,), of one-hot labels and penalties of shape (n, 10)."""
        competition = keras.ops.logaddexp(-self.j, keras.ops.logsumexp(-penalties, axis=-1))
        return keras.ops.sum(one_hot * penalties, axis=-1) + competition

    def get_config(self):
        """What a saved network needs to rebuild the loss."""
        return {**super().get_config(), "j": self.j}


@keras.saving.register_keras_serializable("course_utils")
def radial_accuracy(one_hot, penalties):
    """For each image 1 if the true class has the smallest penalty, else 0; a metric for ``compile``.

    Parameters
    ----------
    one_hot, penalties : array_like of float, shape (n, 10)
    """
    return keras.metrics.categorical_accuracy(one_hot, -penalties)


def penalties_to_probabilities(penalties):
    """Probabilities of the classes, the largest for the smallest penalty: the softmax of the negative penalties.

    They are the paper's e^-y_i / (e^-j + Σ e^-y_i) without e^-j, which stands for an image that is no digit.

    Parameters
    ----------
    penalties : array_like of float, shape (n, 10)

    Returns
    -------
    ndarray of float32, shape (n, 10)
    """
    return keras.ops.convert_to_numpy(keras.ops.softmax(-np.asarray(penalties, "float32")))
