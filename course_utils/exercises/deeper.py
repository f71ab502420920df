"""Exercises and quiz of lesson 14, Deeper."""

import math

import numpy as np

from course_utils.exercises.engine import function
from course_utils.exercises.networks import block
from course_utils.exercises.quiz import Question, Quiz

LESSON = 14


def _inputs(kernel_shape):
    """How many products a number of the next layer adds up."""
    return math.prod(kernel_shape[:-1])


def _window(kernel_shape):
    """Height times width; 1 for a dense layer."""
    return math.prod(kernel_shape[:-2])


@function(
    cases={
        "3 × 3, from 16 channels to 16": ((3, 3, 16, 16),),
        "twice as many filters": ((3, 3, 16, 32),),
        "5 × 5, on a gray image": ((5, 5, 1, 6),),
        "a window with more columns than rows": ((3, 5, 8, 12),),
        "a window with more rows than columns": ((7, 1, 6, 4),),
        "1 × 1": ((1, 1, 64, 16),),
        "a single filter": ((2, 2, 10, 1),),
        "a dense layer": ((784, 64),),
        "a dense layer with more units than inputs": ((10, 300),),
        "a dense layer that reads one number": ((1, 5),),
        "7 × 7, with hundreds of channels": ((7, 7, 512, 1024),),
    },
    words={"kernel_shape": "the filters, or units, come last"},
    errors={
        "IndexError": "A dense kernel has two axes, `(inputs, units)`. In both, the last axis is left out.",
        "ValueError: (not enough|too many) values": "A kernel has four axes in a convolution, and two in a dense "
        "layer.",
    },
    shows="The more numbers a layer adds up, the smaller its first weights have to be. Keras's `he_normal` draws "
    "weights with just this deviation.",
    hints=[
        "How many products does one number of the next layer add up? Count them for a 3 × 3 window on 16 channels.",
        "The filters, the last axis, don't matter: each of them makes numbers of its own. All other axes multiply to "
        "n.",
        "2 / n is the variance. A standard deviation is its square root.",
    ],
)
def he_scale(kernel_shape):
    """The standard deviation of the first weights of a kernel, as He and others have it (2015, arXiv 1502.01852)."""
    return math.sqrt(2 / _inputs(kernel_shape))


he_scale.mistake(
    "That is the variance, 2 / n. The standard deviation is its square root.",
    lambda kernel_shape: 2 / _inputs(kernel_shape),
)
he_scale.mistake(
    "That is the root of 1 / n. The 2 is missing: ReLU throws away half of the mean square.",
    lambda kernel_shape: math.sqrt(1 / _inputs(kernel_shape)),
)
he_scale.mistake(
    "That is 1 / n: the 2 is missing, and so is the square root.",
    lambda kernel_shape: 1 / _inputs(kernel_shape),
)
he_scale.mistake(
    "The 2 stands under the fraction bar here. ReLU throws half away, so the weights must be larger, not smaller.",
    lambda kernel_shape: math.sqrt(1 / (2 * _inputs(kernel_shape))),
)
he_scale.mistake(
    "The 2 is outside of the root here: it is the root of the whole fraction, 2 / n.",
    lambda kernel_shape: 2 / math.sqrt(_inputs(kernel_shape)),
)
he_scale.mistake(
    "The root is of the 2 alone. It is of the whole fraction, 2 / n.",
    lambda kernel_shape: math.sqrt(2) / _inputs(kernel_shape),
)
he_scale.mistake(
    "The fraction is upside down: the more numbers are added up, the smaller the weights.",
    lambda kernel_shape: math.sqrt(_inputs(kernel_shape) / 2),
)
he_scale.mistake(
    "That is the root of 2 times n. Divide by n: the more numbers are added up, the smaller the weights.",
    lambda kernel_shape: math.sqrt(2 * _inputs(kernel_shape)),
)
he_scale.mistake(
    "The filters are counted in. Each of them makes numbers of its own, so n doesn't depend on how many there are.",
    lambda kernel_shape: math.sqrt(2 / math.prod(kernel_shape)),
)
he_scale.mistake(
    "The filters are counted in place of the channels that come in. n is what one number adds up: height, width, and "
    "channels that come in.",
    lambda kernel_shape: math.sqrt(2 / (_window(kernel_shape) * kernel_shape[-1])),
)
he_scale.mistake(
    "The first axis is left out, and the last is counted. In Keras the filters come last: n is all axes but that one.",
    lambda kernel_shape: math.sqrt(2 / math.prod(kernel_shape[1:])),
)
he_scale.mistake(
    "Height and width of the window are missing: a number of the next layer reads all its pixels, in each channel.",
    lambda kernel_shape: math.sqrt(2 / kernel_shape[-2]),
)
for _pixels in (_window, lambda kernel_shape: math.prod(kernel_shape[:2])):
    he_scale.mistake(
        "That counts the first axes only, height and width. A window is as deep as what it reads: where are the "
        "channels that come in?",
        lambda kernel_shape, pixels=_pixels: math.sqrt(2 / pixels(kernel_shape)),
    )
he_scale.mistake(
    "The last axis alone is counted, the filters. It is the one that doesn't matter.",
    lambda kernel_shape: math.sqrt(2 / kernel_shape[-1]),
)
he_scale.mistake(
    "The first axis alone is counted. n is the product of all axes but the last.",
    lambda kernel_shape: math.sqrt(2 / kernel_shape[0]),
)
he_scale.mistake(
    "Convolutions come out right, and dense layers don't. Their kernels have two axes: take all axes but the last, "
    "however many there are.",
    lambda kernel_shape: math.sqrt(2 / math.prod(kernel_shape[:3])),
)
for _sides in (
    lambda height, width: height**2,
    lambda height, width: width**2,
):
    he_scale.mistake(
        "A window needn't be square: n has both its height and its width.",
        lambda kernel_shape, sides=_sides: math.sqrt(
            2 / (kernel_shape[-2] * (sides(*kernel_shape[:2]) if len(kernel_shape) == 4 else 1))
        ),
    )
for _sides in (
    lambda height, width: height,
    lambda height, width: width,
):
    he_scale.mistake(
        "Only one side of the window is counted. n has both its height and its width.",
        lambda kernel_shape, sides=_sides: math.sqrt(
            2 / (kernel_shape[-2] * (sides(*kernel_shape[:2]) if len(kernel_shape) == 4 else 1))
        ),
    )
for _window_of in (_window, lambda kernel_shape: 1):
    he_scale.mistake(
        "That is Glorot's initialization, which counts what goes out, too, and knows of no ReLU. He's has only what "
        "comes in.",
        lambda kernel_shape, window=_window_of: math.sqrt(
            2 / (window(kernel_shape) * (kernel_shape[-2] + kernel_shape[-1]))
        ),
    )
he_scale.mistake(
    "That is the limit of Glorot's uniform distribution. He's initialization is asked for, and its standard deviation.",
    lambda kernel_shape: math.sqrt(6 / (_window(kernel_shape) * (kernel_shape[-2] + kernel_shape[-1]))),
)
he_scale.mistake(
    "That is the limit of a uniform distribution, from minus this to this. Its standard deviation is smaller: 2 / n, "
    "not 6 / n, stands under the root.",
    lambda kernel_shape: math.sqrt(6 / _inputs(kernel_shape)),
)
he_scale.mistake(
    "That is what Keras draws with before it cuts off the tails. What is left then has the standard deviation that is "
    "asked for: the root of 2 / n.",
    lambda kernel_shape: he_scale.answer(kernel_shape) / 0.87962566103423978,  # of a normal cut off at ±2, in Keras
)
he_scale.mistake(
    "The bias is counted in. It starts at 0, so it adds nothing at first.",
    lambda kernel_shape: math.sqrt(2 / (_inputs(kernel_shape) + 1)),
)
he_scale.mistake(
    "The axes are added up. A window of height times width pixels has each of them in each channel: multiply.",
    lambda kernel_shape: math.sqrt(2 / sum(kernel_shape[:-1])),
)
he_scale.mistake(
    "The fraction became a whole number. Did you divide with `//`?",
    lambda kernel_shape: math.sqrt(2 // _inputs(kernel_shape)),
)
for _decimals in (2, 3, 4):
    he_scale.mistake(
        "The number is rounded. Return it as it is.",
        lambda kernel_shape, decimals=_decimals: round(he_scale.answer(kernel_shape), decimals),
    )


def _convolve(maps, activation=None, *, filters=None, size=3, bias=True):
    from course_utils._tensorflow import keras

    options = {"padding": "same", "activation": activation, "use_bias": bias}
    return keras.layers.Conv2D(filters or maps.shape[-1], size, **options)(maps)


def _relu(maps):
    from course_utils._tensorflow import keras

    return keras.ops.relu(maps)


def _two(maps, activation="relu", **options):
    """What two convolutions make of maps."""
    return _convolve(_convolve(maps, activation, **options), **options)


# Two shapes that do not fit, in Keras's words.
_SHAPES = r"ValueError.*[(\[](?:None, )?(\d+), (\d+), (\d+)[)\]] and [(\[](?:None, )?+"


@block(
    cases={
        "maps of 6 × 8, five channels": ((None, 6, 8, 5),),
        "maps of 9 × 7, 16 channels": ((None, 9, 7, 16),),
        "maps of 14 × 14, eight channels": ((None, 14, 14, 8),),
        "a single channel": ((None, 7, 10, 1),),
        "maps of one row, three channels": ((None, 1, 4, 3),),
    },
    errors={
        rf"{_SHAPES}(?!\1, \2, )": "Height or width changed on the way, so the sum has nothing to add there. Which "
        "padding keeps them?",
        rf"{_SHAPES}\1, \2, (?!\3\b)": "The numbers of channels differ. A sum needs as many filters as `maps` has "
        "channels: the last part of its shape.",
        "ValueError: Output with path": "What it returns isn't made of `maps`. Does it begin with an input of its own?",
        "ValueError.*incompatible with the layer": "A layer reads another number of channels than it did at first. "
        "Make new layers inside the function, each for what it reads.",
        "ValueError: A KerasTensor cannot be used": "Functions of TensorFlow don't take the tensor of a network that "
        "is being built. Use `keras.layers` or `keras.ops`.",
        "ValueError: Only input tensors": "Is a layer passed on where its output is meant? First call it on a tensor.",
        "TypeError.*positional argument": "A layer that joins tensors gets them as one list: `layers.Add()([one, "
        "other])`.",
    },
    shows="With all weights at 0, it passes on what comes in from a ReLU. So a block needn't learn to copy, only what "
    "to change.",
    hints=[
        "Draw it first: what comes in goes two ways. What lies on the long way, what on the short one, and where do "
        "they meet?",
        "`maps.shape[-1]` is the number of channels. Which padding, and how many filters, let the two be added?",
        "`one + other` adds two tensors, and so does a layer: `layers.Add()([one, other])`. Which of the two "
        "convolutions has an activation of its own?",
    ],
)
def residual_block(maps):
    """Two convolutions, and what comes in added to what they make (He and others, 2016, arXiv 1512.03385)."""
    return _relu(maps + _two(maps))


residual_block.mistake(
    "There is no shortcut: what came in has to be added to what the second convolution makes.",
    lambda maps: _relu(_two(maps)),
)
residual_block.mistake(
    "That is the two convolutions alone. What came in has to be added, and a ReLU follows.",
    _two,
)
residual_block.mistake(
    "No ReLU follows the sum.",
    lambda maps: maps + _two(maps),
)
residual_block.mistake(
    "The last ReLU comes before the sum. It has to follow it: the second convolution itself has no activation.",
    lambda maps: maps + _relu(_two(maps)),
)
residual_block.mistake(
    "The second convolution has a ReLU of its own, so the block can only add and never take anything away. Let a ReLU "
    "follow the sum only.",
    lambda maps: _relu(maps + _relu(_two(maps))),
)
residual_block.mistake(
    "The ReLU between the two convolutions is missing. Without it they are one linear step.",
    lambda maps: _relu(maps + _two(maps, None)),
)
residual_block.mistake(
    "The ReLU between the two convolutions belongs there, but it follows the second one instead.",
    lambda maps: _relu(maps + _relu(_two(maps, None))),
)
residual_block.mistake(
    "There is no ReLU at all. One follows the first convolution, and one the sum.",
    lambda maps: maps + _two(maps, None),
)
residual_block.mistake(
    "A ReLU comes before each convolution here. That is a later kind of block; in this one a ReLU follows the first "
    "convolution, and one the sum.",
    lambda maps: maps + _two(_relu(maps)),
)
residual_block.mistake(
    "What came in goes through a ReLU before it is added. Add it as it is.",
    lambda maps: _relu(_relu(maps) + _two(maps)),
)
residual_block.mistake(
    "There is only one convolution. The block has two, one after the other.",
    lambda maps: _relu(maps + _convolve(maps)),
)
residual_block.mistake(
    "There is only one convolution, with a ReLU of its own. The block has two, and the second has none.",
    lambda maps: _relu(maps + _convolve(maps, "relu")),
)
residual_block.mistake(
    "There are three convolutions. The block has two.",
    lambda maps: _relu(maps + _two(_convolve(maps, "relu"))),
)
for _size in (1, 2, 4, 5, 7, (1, 3), (3, 1)):
    residual_block.mistake(
        "The windows have another size than 3 × 3.",
        lambda maps, size=_size: _relu(maps + _two(maps, size=size)),
    )
for _first, _second in ((1, 3), (3, 1), (3, 5), (5, 3)):
    residual_block.mistake(
        "One of the windows has another size than 3 × 3.",
        lambda maps, first=_first, second=_second: _relu(
            maps + _convolve(_convolve(maps, "relu", size=first), size=second)
        ),
    )
for _filters in (1, 2, 4, 8, 10, 16, 32, 64):
    residual_block.mistake(
        "The first convolution has a fixed number of filters. Give it as many as `maps` has channels.",
        lambda maps, filters=_filters: _relu(
            maps + _convolve(_convolve(maps, "relu", filters=filters), filters=maps.shape[-1])
        ),
    )
for _times in (0.5, 2, 4):
    residual_block.mistake(
        "The first convolution has more filters, or fewer, than there are channels. Both have as many.",
        lambda maps, times=_times: _relu(
            maps
            + _convolve(_convolve(maps, "relu", filters=max(1, int(times * maps.shape[-1]))), filters=maps.shape[-1])
        ),
    )


def _same_layer(maps, activation):
    """The same layer called twice: the ReLU between its two calls is its own, or one beside it."""
    from course_utils._tensorflow import keras

    layer = keras.layers.Conv2D(maps.shape[-1], 3, padding="same", activation=activation)
    return _relu(maps + layer(_relu(layer(maps))))


for _activation in (None, "relu"):
    residual_block.mistake(
        "One layer is called twice, so both convolutions have the same weights. Make two layers.",
        lambda maps, activation=_activation: _same_layer(maps, activation),
    )
for _size in (1, 3):
    for _shortcut_first in (True, False):

        @residual_block.mistake(
            "The shortcut goes through a convolution. Nothing lies on it: what came in is added as it is."
        )
        def _convolved_shortcut(maps, size=_size, shortcut_first=_shortcut_first):
            if shortcut_first:
                shortcut = _convolve(maps, size=size)
                return _relu(shortcut + _two(maps))
            change = _two(maps)
            return _relu(change + _convolve(maps, size=size))


residual_block.mistake(
    "What came in is added twice.",
    lambda maps: _relu(maps + maps + _two(maps)),
)


@residual_block.mistake(
    "What the first convolution made is added, and not what came into the block. Did a name get another value on the "
    "way?"
)
def _adds_the_first(maps):
    maps = _convolve(maps, "relu")
    return _relu(maps + _convolve(maps))


@residual_block.mistake("What the first convolution made is added before its ReLU, and not what came into the block.")
def _adds_the_first_before_relu(maps):
    maps = _convolve(maps)
    return _relu(maps + _convolve(_relu(maps)))


@residual_block.mistake("What the second convolution makes is added to itself. Add what came into the block.")
def _adds_the_second(maps):
    maps = _two(maps)
    return _relu(maps + maps)


@residual_block.mistake("Each convolution has a shortcut of its own. One shortcut goes past both.")
def _two_shortcuts(maps):
    maps = _relu(maps + _convolve(maps))
    return _relu(maps + _convolve(maps))


for _last in (_relu, lambda maps: maps):
    for _is_first in (True, False):

        @residual_block.mistake(
            "The two are put side by side, so there are twice as many channels. They have to be added, number by "
            "number."
        )
        def _side_by_side(maps, last=_last, is_first=_is_first):
            from course_utils._tensorflow import keras

            pair = [maps, _two(maps)]
            return last(keras.ops.concatenate(pair if is_first else pair[::-1], axis=-1))


for _sign in (1, -1):
    residual_block.mistake(
        "One of the two is subtracted. Add them.",
        lambda maps, sign=_sign: _relu(sign * (maps - _two(maps))),
    )
residual_block.mistake(
    "The two are multiplied. Add them.",
    lambda maps: _relu(maps * _two(maps)),
)
residual_block.mistake(
    "That is the mean of the two. Add them, and don't divide.",
    lambda maps: _relu((maps + _two(maps)) / 2),
)
residual_block.mistake(
    "The biases are missing.",
    lambda maps: _relu(maps + _two(maps, bias=False)),
)


def _normalized(maps, bias, after_relu):
    from course_utils._tensorflow import keras

    def normalize(maps):
        return keras.layers.BatchNormalization()(maps)

    first = _convolve(maps, bias=bias)
    first = normalize(_relu(first)) if after_relu else _relu(normalize(first))
    return _relu(maps + normalize(_convolve(first, bias=bias)))


for _bias in (True, False):
    for _after_relu in (True, False):
        residual_block.mistake(
            "There are layers of batch normalization in it. This block has none.",
            lambda maps, bias=_bias, after_relu=_after_relu: _normalized(maps, bias, after_relu),
        )
residual_block.mistake(
    "It returns what came in. Did the results of the layers get a name that is never used?",
    lambda maps: maps,
)


def _parts(kernel_size, n_inputs, n_filters):
    return kernel_size**2 * n_inputs, n_inputs * n_filters


@function(
    cases={
        "3 × 3, from 16 channels to 32": (3, 16, 32),
        "as many filters as channels": (3, 64, 64),
        "5 × 5, on a color image": (5, 3, 20),
        "fewer filters than channels": (3, 40, 6),
        "1 × 1": (1, 8, 20),
        "a single channel": (7, 1, 10),
        "a single filter": (4, 12, 1),
        "all of them 1": (1, 1, 1),
        "2 × 2": (2, 5, 9),
        "hundreds of thousands of weights": (9, 500, 700),
    },
    shows="An ordinary convolution multiplies what this one adds up: window, channels, and filters. The more filters "
    "there are, the more the sum saves.",
    hints=[
        "There are two steps. Count each by itself, for 3 × 3 on 16 channels and 32 filters: which numbers does it "
        "have to learn?",
        "First step: each channel has one window of its own, and no other channel comes in. How many numbers are in "
        "all these windows?",
        "The second step is an ordinary 1 × 1 convolution. Then add the two counts.",
    ],
)
def separable_parameters(kernel_size, n_inputs, n_filters):
    """The weights of a depthwise separable convolution, without biases."""
    return sum(_parts(kernel_size, n_inputs, n_filters))


def _miscounted(look, count):
    separable_parameters.mistake(look, lambda kernel_size, n_inputs, n_filters: count(kernel_size, n_inputs, n_filters))


_miscounted(
    "That is an ordinary convolution: each filter has a window for each channel. Here each channel has a single one.",
    lambda size, inputs, filters: size**2 * inputs * filters,
)
_miscounted(
    "The counts of the two steps are multiplied. Add them: each step has its own weights.",
    lambda size, inputs, filters: math.prod(_parts(size, inputs, filters)),
)
_miscounted(
    "A window has kernel_size × kernel_size weights, not kernel_size.",
    lambda size, inputs, filters: size * inputs + inputs * filters,
)
_miscounted(
    "That is twice the side of the window. It has as many weights as a square has pixels: `kernel_size**2`.",
    lambda size, inputs, filters: 2 * size * inputs + inputs * filters,
)
_miscounted(
    "`^` is no power in Python. Write `kernel_size**2`.",
    lambda size, inputs, filters: (size ^ 2) * inputs + inputs * filters,
)
_miscounted(
    "The first step has a window for each filter here. It has one for each channel that comes in; the filters come in "
    "only with the second step.",
    lambda size, inputs, filters: size**2 * filters + inputs * filters,
)
_miscounted(
    "The first step is counted as an ordinary convolution. In it each channel has one window, whatever the filters.",
    lambda size, inputs, filters: size**2 * inputs * filters + inputs * filters,
)
_miscounted(
    "In the first step each channel goes into one new channel only: its windows are flat, and not as deep as what "
    "comes in.",
    lambda size, inputs, filters: size**2 * inputs**2 + inputs * filters,
)
_miscounted(
    "That is the first step alone, the windows. The 1 × 1 convolution is missing.",
    lambda size, inputs, filters: size**2 * inputs,
)
_miscounted(
    "That is the second step alone, the 1 × 1 convolution. The windows are missing.",
    lambda size, inputs, filters: inputs * filters,
)
_miscounted(
    "There is one window for all channels here. Each channel has its own.",
    lambda size, inputs, filters: size**2 + inputs * filters,
)
_miscounted(
    "In the second step each filter has one weight here. It has one for each channel.",
    lambda size, inputs, filters: size**2 * inputs + filters,
)
_miscounted(
    "The second step has windows, too. It is a 1 × 1 convolution: it looks at one pixel at a time.",
    lambda size, inputs, filters: size**2 * inputs + size**2 * inputs * filters,
)
_miscounted(
    "The second step mixes channels among themselves here: it makes as many as there are filters.",
    lambda size, inputs, filters: size**2 * inputs + inputs**2,
)
for _biases in (
    lambda inputs, filters: inputs + filters,
    lambda inputs, filters: filters,
    lambda inputs, filters: inputs,
):
    _miscounted(
        "Biases are counted in. Count the weights alone.",
        lambda size, inputs, filters, biases=_biases: sum(_parts(size, inputs, filters)) + biases(inputs, filters),
    )
_miscounted(
    "That is a window taken apart into a column and a row. Here it is whole, and the channels are taken apart.",
    lambda size, inputs, filters: 2 * size * inputs * filters,
)
_miscounted(
    "That is how many weights are saved. Return how many are left.",
    lambda size, inputs, filters: size**2 * inputs * filters - sum(_parts(size, inputs, filters)),
)
for _share in (
    lambda size, inputs, filters: sum(_parts(size, inputs, filters)) / (size**2 * inputs * filters),
    lambda size, inputs, filters: size**2 * inputs * filters / sum(_parts(size, inputs, filters)),
):
    _miscounted("That compares it with an ordinary convolution. Return the number of weights.", _share)
_miscounted(
    "Those are the two steps. Return their sum.",
    _parts,
)


def _drawn(n_queries, n_keys, width, scale=1.0, seed=0):
    random = np.random.default_rng(seed)
    return (random.normal(0, scale, (n_queries, width)).round(2), random.normal(0, scale, (n_keys, width)).round(2))


def _scores(queries, keys):
    return queries @ keys.T / np.sqrt(queries.shape[1])


def _unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _softmax(scores, axis=1):
    powers = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


@function(
    cases={
        "two queries, three keys of four numbers": (
            np.array([[2.0, 0.0, 0.0, 2.0], [0.0, 1.0, 1.0, 0.0]]),
            np.array([[2.0, 0.0, 0.0, 0.0], [0.0, 2.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]]),
        ),
        "five queries, three keys": _drawn(5, 3, 2),
        "as many queries as keys, of another width": _drawn(4, 4, 9, seed=1),
        "a single query": _drawn(1, 4, 3, seed=2),
        "a single key gets everything": _drawn(3, 1, 5, seed=3),
        "width 1": _drawn(2, 3, 1, seed=4),
        "all keys are alike": (_drawn(3, 1, 4, seed=5)[0], np.tile([1.0, -2.0, 0.5, 3.0], (4, 1))),
        "a query of zeros": (np.array([[0.0, 0.0, 0.0], [1.0, 2.0, -1.0]]), _drawn(1, 4, 3, seed=6)[1]),
        "whole numbers": (np.array([[1, 2, 0], [0, 1, 3]]), np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]])),
        "scores in the thousands": _drawn(3, 4, 6, scale=40.0, seed=7),
        "all scores far below 0": (np.full((2, 4), 50.0), np.array([[-20.0] * 4, [-20.01] * 4, [-20.02] * 4])),
        "one query's scores far above the other's": (
            np.array([[60.0, 0.0], [-60.0, 0.1]]),
            np.array([[40.0, 1.0], [40.0, 3.0]]),
        ),
        "49 patches, as the network has them, in float32": tuple(part.astype("float32") for part in _drawn(49, 49, 16)),
    },
    words={"queries": "a row for each query", "keys": "a row for each key"},
    shows="Each row adds up to 1: it shares out a query's attention over the keys. Nothing here knows where a key "
    "stands.",
    hints=[
        "On paper: one query, three keys. Which three numbers do you get before the softmax, and which number divides "
        "all of them?",
        "`queries @ keys.T` has a row for each query and a column for each key. Along which axis must the weights add "
        "up to 1? What does `keepdims=True` do for the division?",
        "e to the power of 1000 is too large for any float. Subtract each row's largest score first: that changes no "
        "weight, as in lesson 5.",
    ],
)
def attention_weights(queries, keys):
    """Weights of shape (n_queries, n_keys) from queries and keys of shape (n, width)."""
    return _softmax(_scores(queries, keys))


attention_weights.mistake(
    "The scores aren't scaled: divide each by the square root of the width, or wide keys make one weight nearly 1.",
    lambda queries, keys: _softmax(queries @ keys.T),
)
attention_weights.mistake(
    "The scores are divided by the width. The formula has its square root.",
    lambda queries, keys: _softmax(queries @ keys.T / queries.shape[1]),
)
attention_weights.mistake(
    "The scores are divided by the square root of the number of keys. d is the width, the numbers in one key.",
    lambda queries, keys: _softmax(queries @ keys.T / np.sqrt(len(keys))),
)
attention_weights.mistake(
    "The scores are divided by the square root of the number of queries. d is the width, the numbers in one query.",
    lambda queries, keys: _softmax(queries @ keys.T / np.sqrt(len(queries))),
)
attention_weights.mistake(
    "The scores are multiplied by the square root of the width. Divide by it.",
    lambda queries, keys: _softmax(queries @ keys.T * np.sqrt(queries.shape[1])),
)
attention_weights.mistake(
    "Each column adds up to 1 here: a key is shared out over the queries. Let each row, a query's, add up to 1.",
    lambda queries, keys: _softmax(_scores(queries, keys), axis=0),
)
attention_weights.mistake(
    "All weights together add up to 1. Each query has its own softmax: sum along a row, with `keepdims=True`.",
    lambda queries, keys: _softmax(_scores(queries, keys).ravel()[None]).reshape(len(queries), -1),
)
attention_weights.mistake(
    "Those are the scores. The softmax is missing, so they can be negative and add up to anything.",
    _scores,
)
attention_weights.mistake(
    "Those are the powers of e. Divide each row by its sum.",
    lambda queries, keys: np.exp(_scores(queries, keys)),
)
attention_weights.mistake(
    "Each row is shifted by its largest score and raised to a power of e, but never divided by its sum.",
    lambda queries, keys: np.exp(_scores(queries, keys) - _scores(queries, keys).max(axis=1, keepdims=True)),
)
attention_weights.mistake(
    "Each score is divided by its row's sum, without e to its power. Softmax takes the powers first.",
    lambda queries, keys: _scores(queries, keys) / _scores(queries, keys).sum(axis=1, keepdims=True),
)
attention_weights.mistake(
    "That divides after the softmax, so that a row no longer adds up to 1. Scale the scores.",
    lambda queries, keys: _softmax(queries @ keys.T) / np.sqrt(queries.shape[1]),
)
attention_weights.mistake(
    "There is a row for each key. Return one for each query.",
    lambda queries, keys: _softmax(_scores(queries, keys)).T,
)
attention_weights.mistake(
    "Queries and keys have changed places: each key shares itself out over the queries.",
    lambda queries, keys: _softmax(_scores(keys, queries)),
)
attention_weights.mistake(
    "Those are the queries compared with one another. Where are the keys?",
    lambda queries, keys: _softmax(_scores(queries, queries)),
)
attention_weights.mistake(
    "Those are the keys compared with one another. Where are the queries?",
    lambda queries, keys: _softmax(_scores(keys, keys)),
)
attention_weights.mistake(
    "Queries and keys are brought to length 1 first, so only their angle counts. The formula takes them as they are.",
    lambda queries, keys: _softmax(_unit(queries) @ _unit(keys).T),
)
attention_weights.mistake(
    "The largest score gets all the attention. Softmax leaves something for the others.",
    lambda queries, keys: (_scores(queries, keys).argmax(axis=1)[:, None] == np.arange(len(keys))).astype(float),
)
attention_weights.mistake(
    "The smallest score gets the most attention. Does a minus stand before the scores?",
    lambda queries, keys: _softmax(-_scores(queries, keys)),
)
for _distances in (
    lambda queries, keys: np.linalg.norm(queries[:, None] - keys, axis=2),
    lambda queries, keys: ((queries[:, None] - keys) ** 2).sum(axis=2),
):
    for _width in (lambda queries: np.sqrt(queries.shape[1]), lambda queries: 1):
        attention_weights.mistake(
            "The scores are distances with a minus. Here they are dot products, which grow with the length of a key.",
            lambda queries, keys, distances=_distances, width=_width: _softmax(
                -distances(queries, keys) / width(queries)
            ),
        )
attention_weights.mistake(
    "Each score is squashed by a sigmoid, on its own, so a row needn't add up to 1. Softmax compares the scores of a "
    "row.",
    lambda queries, keys: 1 / (1 + np.exp(-_scores(queries, keys))),
)
_NAN = "NaN: the powers of e got too large, or all became 0. Subtract each row's own largest score from it first."


@attention_weights.mistake(_NAN)
def _no_shift(queries, keys):
    powers = np.exp(_scores(queries, keys))
    return powers / powers.sum(axis=1, keepdims=True)


@attention_weights.mistake(_NAN)
def _one_shift_for_all(queries, keys):
    scores = _scores(queries, keys)
    powers = np.exp(scores - scores.max())
    return powers / powers.sum(axis=1, keepdims=True)


attention_weights.mistake(
    "That is the row of the first query only. Does a `return` stand in the loop?",
    lambda queries, keys: _softmax(_scores(queries, keys))[0],
)
attention_weights.mistake(
    "The powers are of 2, not of e: `np.exp`.",
    lambda queries, keys: _softmax(_scores(queries, keys) * np.log(2)),
)
for _decimals in (2, 3, 4):
    attention_weights.mistake(
        "The weights are rounded. Return them as they are.",
        lambda queries, keys, decimals=_decimals: _softmax(_scores(queries, keys)).round(decimals),
    )


quiz = Quiz(
    Question(
        "Two 3 × 3 convolutions take the place of one 5 × 5 convolution; all of them go from 16 channels to 16. What "
        "becomes of the receptive field and of the weights?",
        right="c",
        a=(
            "The field stays 5 × 5, and there are more weights: two layers in place of one",
            "The field does. But a layer has 9 weights for each pair of channels, so two have 18, and one 5 × 5 has "
            "25.",
        ),
        b=(
            "The field grows to 6 × 6, with fewer weights",
            "The second window's middle lies on the first one's, so 3 and 3 don't add up to 6: each further layer adds "
            "2 to the side.",
        ),
        c=(
            "The field stays 5 × 5, with fewer weights",
            "A 3 × 3 window whose pixels each see 3 × 3 sees 5 × 5. For each pair of channels, 18 weights take the "
            "place of 25, and there is room for one more ReLU.",
        ),
        d=(
            "The field shrinks to 3 × 3, and that's why there are fewer weights",
            "A number of the second layer reads 3 × 3 numbers, and each of these has read 3 × 3 pixels itself.",
        ),
    ),
    Question(
        "A plain network with 56 layers is trained just like one with 20, and its *training* loss ends up higher. What "
        "is it?",
        right="a",
        a=(
            "Training doesn't find good weights, though there are some",
            "36 of its layers could pass on what comes in, and the rest do what the 20 do: that loss is within reach. "
            "Training just doesn't get there.",
        ),
        b=(
            "Overfitting: it has too many weights for these images",
            "Who overfits has a low training loss and a high validation loss. Here the training loss itself is high.",
        ),
        c=(
            "It can't express what the smaller one can: information gets lost from layer to layer",
            "It can: layers that copy what comes in lose nothing. Such weights exist, and training doesn't find them.",
        ),
        d=(
            "Too few images: it takes more of them to train so many weights",
            "More images help with images that are new. A loss on the images that it trains on would rather rise.",
        ),
    ),
    Question(
        "What does He's initialization keep about constant?",
        right="d",
        a=(
            "The standard deviation of the weights, which is equal in all layers",
            "It differs: a layer that adds up more numbers starts with smaller weights.",
        ),
        b=(
            "The gradient of each weight, from the first step of training to the last",
            "It says how training starts. As soon as the weights change, nothing keeps anything constant.",
        ),
        c=(
            "The largest number in each layer, which is never above 1",
            "Nothing limits single numbers. Some may well be above 1, and that is no harm.",
        ),
        d=(
            "The mean square of the numbers, from layer to layer, before the first step",
            "n products with weights of variance 2/n make up for the half that ReLU throws away. So nothing grows or "
            "dies out on the way up, however many layers there are.",
        ),
    ),
    Question(
        "A block that computes x + f(x) has the derivative 1 + f'(x). What does the 1 do?",
        right="b",
        a=(
            "It makes each block's derivative 1, whatever f is",
            "Only where f'(x) is 0. Otherwise f changes it, and it has to: else f could learn nothing.",
        ),
        b=(
            "It passes the gradient on, even where f'(x) is close to 0",
            "In a product of many f'(x) close to 0, nothing is left. A product of many 1 + f'(x) has a 1 in each "
            "factor, so the lower layers hear of the loss, too.",
        ),
        c=(
            "It adds 1 to the gradient of each weight of f, so that none is 0",
            "The weights of f are not on the shortcut: their gradients go through f. The 1 is for what lies below the "
            "block.",
        ),
        d=(
            "It limits the gradient, so that it never grows above 1",
            "1 + f'(x) may well be above 1. Nothing on a shortcut limits a gradient: it keeps it from dying out.",
        ),
    ),
    Question(
        "A depthwise separable convolution needs far fewer weights than an ordinary one. What does it give up for "
        "that?",
        right="b",
        a=(
            "Some of the filters: there are fewer channels at its end",
            "It may have as many filters as you like. Each is cheaper, since it reads one pixel of each channel.",
        ),
        b=(
            "Filters that each have a window of their own for every channel",
            "Each channel is looked at through one window, which all filters share. A filter can only choose how much "
            "of each of these it takes.",
        ),
        c=(
            "The edge of the window: a 3 × 3 window becomes 1 × 1",
            "Only its second step is 1 × 1. The first one looks at all 3 × 3 pixels, one channel at a time.",
        ),
        d=(
            "Connections between channels: each filter reads only one",
            "That is its first step alone. In the second, each filter reads all channels, at one pixel.",
        ),
    ),
)
