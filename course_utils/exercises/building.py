"""Exercises and quiz of lesson 04, Building the model."""

import math

from course_utils import data
from course_utils.exercises.engine import function, prediction
from course_utils.exercises.networks import network
from course_utils.exercises.quiz import Question, Quiz

LESSON = 4


@prediction(
    shows="Height and width shrink where windows have no padding and where blocks are pooled; channels are the filters "
    "of the last convolution.",
    hints=[
        "Go layer by layer, and keep rows and columns apart. At how many positions does a window of 7 fit into "
        "30 rows?",
        'The first convolution leaves 24 rows: 30 − 7 + 1. The second has `padding="same"`, and takes nothing away.',
        "How many whole blocks of 2 fit into 7 columns? And what becomes of the column that is left over?",
    ],
)
def thumbnail_shape():
    """Height, width, and channels that two convolutions and two pooling layers make of a color image, 30 × 20."""
    return (6, 3, 24)


thumbnail_shape.mistake(
    "Pooling rounds down: three blocks of 2 fit into 7 columns, and the one left over is dropped.", (6, 4, 24)
)
thumbnail_shape.mistake(
    "A window of 7 fits into 30 rows at 30 − 7 + 1 positions; the + 1 is there because the first one counts, too.",
    (5, 3, 24),
)
thumbnail_shape.mistake(
    "The first convolution does not say what padding it has, and Keras's default is `valid`, that is, none.", (7, 5, 24)
)
thumbnail_shape.mistake("The window of the first convolution is 7 × 7 here, not 3 × 3.", (7, 4, 24))
thumbnail_shape.mistake(
    'The second convolution has `padding="same"`: its window takes nothing away from height and width.', (5, 2, 24)
)
thumbnail_shape.mistake("One pooling layer is left out. There are two, and each halves height and width.", (12, 7, 24))
thumbnail_shape.mistake(
    "Height and width are right. There are as many channels as the last convolution has filters, not the first one's.",
    (6, 3, 16),
)
thumbnail_shape.mistake(
    "Height and width are right. The channels are not those of the image: each filter adds up all channels that it "
    "reads, and makes one.",
    (6, 3, 3),
)
thumbnail_shape.mistake(
    "The channels do not pile up: a layer's output has one for each of its own filters.", (6, 3, 16 * 24)
)
thumbnail_shape.mistake("Height comes first: these images are 30 pixels high and 20 wide.", (3, 6, 24))
thumbnail_shape.mistake("The channels come last: (height, width, channels).", (24, 6, 3))
thumbnail_shape.mistake(
    "Height, width, and channels are right. Leave out the `None` that `summary()` prints: it stands for the number of "
    "images, and the shape of one image is asked for.",
    (None, 6, 3, 24),
)


_CONVOLUTIONS = (7 * 7 * 3 + 1) * 16 + (3 * 3 * 16 + 1) * 24


@prediction(
    shows="To count a layer, you only need to know what it reads: a filter reads the channels, a dense unit all "
    "numbers.",
    hints=[
        "The two pooling layers and `Flatten` have nothing to learn. Work out the other three: two convolutions and "
        "the dense layer.",
        "A filter of the first convolution has 7 × 7 × 3 weights and a bias; one of the second is as deep as the first "
        "one's output.",
        "`Flatten` puts the output of the last exercise in one row. A dense unit has a weight for each number in it, "
        "and a bias.",
    ],
)
def thumbnail_parameters():
    """The parameters of the network of the last exercise, with a dense layer of ten units at its end."""
    return _CONVOLUTIONS + (6 * 3 * 24 + 1) * 10


thumbnail_parameters.mistake(
    "The weights are right. Now the biases: one for each filter, and one for each dense unit.",
    _CONVOLUTIONS - 40 + 6 * 3 * 24 * 10,
)
thumbnail_parameters.mistake(
    "The convolutions are right. The dense layer's biases are missing, one for each unit.",
    _CONVOLUTIONS + 6 * 3 * 24 * 10,
)
thumbnail_parameters.mistake(
    "A filter is not flat: it is as deep as what it reads, 3 channels in the first convolution and 16 in the second.",
    (7 * 7 + 1) * 16 + (3 * 3 + 1) * 24 + (6 * 3 * 24 + 1) * 10,
)
thumbnail_parameters.mistake(
    "The first layer reads a color image: its filters are 3 channels deep.",
    (7 * 7 + 1) * 16 + (3 * 3 * 16 + 1) * 24 + (6 * 3 * 24 + 1) * 10,
)
thumbnail_parameters.mistake(
    "The first convolution is right. A filter of the second is not flat either: it is as deep as what it reads, 16 "
    "channels.",
    (7 * 7 * 3 + 1) * 16 + (3 * 3 + 1) * 24 + (6 * 3 * 24 + 1) * 10,
)
thumbnail_parameters.mistake(
    "The weights are right. A layer has more than one bias: each filter has its own, and so has each dense unit.",
    _CONVOLUTIONS - 40 + 6 * 3 * 24 * 10 + 3,
)
thumbnail_parameters.mistake(
    "The convolutions are right. The dense layer reads what the second convolution returns: 24 channels, not 16.",
    _CONVOLUTIONS + (6 * 3 * 16 + 1) * 10,
)
thumbnail_parameters.mistake(
    "The second convolution does not read the image with its 3 channels, but the 16 channels that the first one made.",
    (7 * 7 * 3 + 1) * 16 + (3 * 3 * 3 + 1) * 24 + (6 * 3 * 24 + 1) * 10,
)
thumbnail_parameters.mistake(
    "The dense layer reads every number of the flattened row, 6 · 3 · 24 of them, not one for each channel.",
    _CONVOLUTIONS + (24 + 1) * 10,
)
thumbnail_parameters.mistake(
    "The convolutions are right. The dense layer reads 24 channels at 6 × 3 positions, not 18 numbers.",
    _CONVOLUTIONS + (6 * 3 + 1) * 10,
)
thumbnail_parameters.mistake("The convolutions are right. Now the dense layer, which learns too.", _CONVOLUTIONS)
thumbnail_parameters.mistake("That is the dense layer alone. The convolutions learn too.", (6 * 3 * 24 + 1) * 10)
thumbnail_parameters.mistake(
    "A filter has one bias, not one for each channel.",
    (7 * 7 + 1) * 3 * 16 + (3 * 3 + 1) * 16 * 24 + (6 * 3 * 24 + 1) * 10,
)
thumbnail_parameters.mistake(
    "Those are multiply-adds. It does not matter at how many positions a weight is used: it is the same weight.",
    24 * 14 * 7 * 7 * 3 * 16 + 12 * 7 * 3 * 3 * 16 * 24 + 6 * 3 * 24 * 10,
)
for _height, _width in ((6, 4), (5, 3), (7, 5), (7, 4), (5, 2), (12, 7)):
    thumbnail_parameters.mistake(
        "The convolutions are right. What does `Flatten` lay in one row? The check of the last exercise says whether "
        "you have its shape.",
        _CONVOLUTIONS + (_height * _width * 24 + 1) * 10,
    )


# Measured on 2 cores, for seeds 0, 1, and 2: validation accuracy after one epoch on these 30,000 images.
#   conv 16, pool, conv 32, pool, conv 32, softmax         19,178 parameters   0.969 to 0.975 (the lesson's solution)
#   conv 16, pool, conv 16, pool, dense 32, softmax        15,642              0.953 to 0.965
#   conv 16, pool, conv 24, pool, conv 24, dense 24, ...   18,338              0.952 to 0.961
#   conv 8, pool, conv 16, pool, dense 16, softmax         10,650              0.952 to 0.957
#   conv 8, pool, conv 16, pool, softmax                    5,258              0.941 to 0.957
#   softmax alone, that is, logistic regression             7,850              0.920 to 0.924
#   dense 24, softmax                                      19,090              0.929 to 0.933
#   pool, dense 96, softmax                                19,882              0.926 to 0.933
#   pool, dense 64, dense 64, softmax                      17,418              0.924 to 0.928
# The largest of them takes 9 seconds of one core, so about 5 on two.
@network(
    max_parameters=20_000,
    min_accuracy=0.94,
    shows="Less than a sixth of the parameters, and it still reads digits. In the lesson's network, most of the "
    "rest is in "
    "one dense layer.",
    hints=[
        "Start from the network of this lesson. Which of its layers is more than half of all its parameters?",
        "Do you need a dense layer of 64 units? The last layer can read the flattened row itself.",
        "Then the convolutions. With half as many channels in and half as many filters, a convolution has about a "
        "quarter of its parameters.",
    ],
)
def small_network():
    """30,000 images to train on, and 5,000 others to validate on, all from the training set."""
    (images, labels), _ = data.load_mnist()
    images, labels = data.prepare_images(images), labels.astype("int64")
    return (images[:30_000], labels[:30_000]), (images[-5_000:], labels[-5_000:])


def _convolution(shape, filters, side):
    height, width, channels = shape
    return (side * side * channels + 1) * filters, (height - side + 1, width - side + 1, filters)


def _pooling(shape, side):
    return 0, (shape[0] // side, shape[1] // side, shape[2])


def _dense(shape, units):
    return (math.prod(shape) + 1) * units, (1, 1, units)


def _counts(shape, stack, conv=_convolution, pool=_pooling, dense=_dense):
    """The count of each layer; conv, pool, and dense give the count of a layer and the shape of its output."""
    counts = []
    for kind, *numbers in stack:
        count, shape = {"conv": conv, "pool": pool, "dense": dense}[kind](shape, *numbers)
        counts.append(count)
    return counts


@function(
    cases={
        "one convolution on a gray image": ((8, 8, 1), [("conv", 4, 3)]),
        "a window of 5 on a color image": ((20, 30, 3), [("conv", 6, 5)]),
        "two convolutions in a row": ((10, 12, 2), [("conv", 5, 3), ("conv", 7, 3)]),
        "a dense layer on an image": ((6, 4, 3), [("dense", 5)]),
        "a convolution and a dense layer": ((9, 12, 1), [("conv", 3, 4), ("dense", 6)]),
        "a pooling layer and a dense layer": ((12, 8, 2), [("pool", 2), ("dense", 5)]),
        "a pooling layer that leaves rows and columns over": ((11, 7, 2), [("pool", 3), ("dense", 4)]),
        "a pooling layer that leaves only rows over": ((9, 8, 3), [("pool", 4), ("dense", 2)]),
        "a pooling layer between two convolutions": ((9, 9, 1), [("conv", 4, 2), ("pool", 2), ("conv", 3, 3)]),
        "two pooling layers, and rows left over in the second": ((12, 13, 1), [("pool", 2), ("pool", 4), ("dense", 3)]),
        "windows of 1 and blocks of 1": ((3, 5, 4), [("conv", 6, 1), ("pool", 1), ("dense", 2)]),
        "a window and a block as large as the image": ((7, 7, 1), [("conv", 2, 4), ("pool", 4), ("dense", 3)]),
        "three dense layers in a row": ((4, 3, 2), [("dense", 6), ("dense", 4), ("dense", 2)]),
        "seven layers": (
            (28, 30, 1),
            [("conv", 8, 3), ("pool", 2), ("conv", 16, 3), ("pool", 2), ("conv", 8, 2), ("dense", 12), ("dense", 10)],
        ),
        "twelve layers": ((40, 38, 3), [("conv", 12, 3), ("conv", 11, 3), ("pool", 2)] * 3 + [("dense", 13)] * 3),
        "millions of parameters": ((224, 224, 3), [("conv", 64, 7), ("pool", 4), ("conv", 300, 5), ("dense", 10)]),
        "a stack that was read from a text": (
            (6, 5, 1),
            [(kind, *map(int, numbers)) for kind, *numbers in map(str.split, ("conv 2 2", "pool 2", "dense 3"))],
        ),
        "no layer at all": ((28, 28, 1), []),
    },
    shows="Now you have the last column of `summary()` for a network that nobody has built yet.",
    hints=[
        "Two things are carried from layer to layer: the list of counts, and the shape. Which layers change which of "
        "them?",
        "Unpack first: `height, width, channels = shape`. After each layer, give these three their new values, and use "
        "them for the next count.",
        "A dense layer reads `height * width * channels` numbers. After it there is one position, with as many "
        "channels "
        "as the layer has units.",
    ],
    errors={
        "UnboundLocalError": "Which layers come is for the stack to say: no kind of layer need be in it.",
    },
)
def count_parameters(shape, stack):
    """The parameters of each layer of a stack that reads images of the given shape, as a list."""
    return _counts(shape, stack)


def _mistake(look, **changed):
    count_parameters.mistake(look, lambda shape, stack: _counts(shape, stack, **changed))


_mistake(
    "The biases are missing: one for each filter, and one for each unit.",
    conv=lambda shape, filters, side: (side * side * shape[2] * filters, _convolution(shape, filters, side)[1]),
    dense=lambda shape, units: (math.prod(shape) * units, (1, 1, units)),
)
_mistake(
    "The convolutions' biases are missing: one for each filter.",
    conv=lambda shape, filters, side: (side * side * shape[2] * filters, _convolution(shape, filters, side)[1]),
)
_mistake(
    "The dense layers' biases are missing: one for each unit.",
    dense=lambda shape, units: (math.prod(shape) * units, (1, 1, units)),
)
_mistake(
    "A layer has more than one bias: each filter has its own, and so has each unit.",
    conv=lambda shape, filters, side: (side * side * shape[2] * filters + 1, _convolution(shape, filters, side)[1]),
    dense=lambda shape, units: (math.prod(shape) * units + 1, (1, 1, units)),
)
_mistake(
    "A filter is not flat: it is as deep as what it reads.",
    conv=lambda shape, filters, side: ((side * side + 1) * filters, _convolution(shape, filters, side)[1]),
)
_mistake(
    "A filter has one bias, not one for each channel that it reads.",
    conv=lambda shape, filters, side: ((side * side + 1) * shape[2] * filters, _convolution(shape, filters, side)[1]),
)
_mistake(
    "The channels stay those of the image. After a convolution there are as many as it has filters.",
    conv=lambda shape, filters, side: (
        _convolution(shape, filters, side)[0],
        (*_convolution(shape, filters, side)[1][:2], shape[2]),
    ),
)
_mistake(
    "A dense layer reads every number: all channels at all positions, not one number for each channel.",
    dense=lambda shape, units: ((shape[2] + 1) * units, (1, 1, units)),
)
_mistake(
    "A dense layer reads every number: all channels at all positions, not one number for each position.",
    dense=lambda shape, units: ((shape[0] * shape[1] + 1) * units, (1, 1, units)),
)
_mistake(
    "Height and width stay as they are after a convolution. Without padding, at how many positions does a window fit?",
    conv=lambda shape, filters, side: (_convolution(shape, filters, side)[0], (*shape[:2], filters)),
)
_mistake(
    "A window fits into n rows at n − side + 1 positions: the + 1 is missing.",
    conv=lambda shape, filters, side: (
        _convolution(shape, filters, side)[0],
        (shape[0] - side, shape[1] - side, filters),
    ),
)
_mistake(
    "The pooling layer changes nothing here. It has nothing to learn, but it makes height and width smaller.",
    pool=lambda shape, side: (0, shape),
)
_mistake(
    "Pooling rounds down: a block that is not whole is dropped. `//` rounds down.",
    pool=lambda shape, side: (0, (-(-shape[0] // side), -(-shape[1] // side), shape[2])),
)
_mistake(
    "Height and width are whole numbers: a block that is not whole is dropped. `//` rounds down.",
    pool=lambda shape, side: (0, (shape[0] / side, shape[1] / side, shape[2])),
)
_mistake(
    "A pooling layer does not always halve: it divides height and width by the side of its blocks.",
    pool=lambda shape, side: (0, (shape[0] // 2, shape[1] // 2, shape[2])),
)
_mistake(
    "A pooling layer divides the height and the width, and leaves the channels as they are.",
    pool=lambda shape, side: (0, tuple(n // side for n in shape)),
)
_mistake(
    "A pooling layer takes the largest number of each block. It has no weights: its count is 0.",
    pool=lambda shape, side: ((side * side + 1) * shape[2], _pooling(shape, side)[1]),
)
_mistake(
    'The two numbers of a convolution are swapped: it is ("conv", filters, side), the number of filters first.',
    conv=lambda shape, side, filters: _convolution(shape, filters, side),
)
_mistake(
    "A window is not always 3 × 3: its side is the third part of the layer.",
    conv=lambda shape, filters, side: _convolution(shape, filters, 3),
)
_mistake(
    "An image may have more rows than columns, or fewer: width has to be worked out, just like height.",
    conv=lambda shape, filters, side: (
        _convolution(shape, filters, side)[0],
        (shape[0] - side + 1, shape[0] - side + 1, filters),
    ),
    pool=lambda shape, side: (0, (shape[0] // side, shape[0] // side, shape[2])),
    dense=lambda shape, units: ((shape[0] * shape[0] * shape[2] + 1) * units, (1, 1, units)),
)
_mistake(
    "A dense layer after a dense layer reads what that one gave: one number for each of its units.",
    dense=lambda shape, units: (_dense(shape, units)[0], shape),
)
_mistake(
    "After a dense layer there is one position, and its units are the channels there. "
    "Have height and width become 1 as well?",
    dense=lambda shape, units: (_dense(shape, units)[0], (*shape[:2], units)),
)
_mistake(
    "That counts multiply-adds. A filter's weights are used at many positions, but they are the same weights.",
    conv=lambda shape, filters, side: (
        _convolution(shape, filters, side)[0] * math.prod(_convolution(shape, filters, side)[1][:2]),
        _convolution(shape, filters, side)[1],
    ),
)
count_parameters.mistake(
    "That is the sum. Return one count for each layer, in a list.",
    lambda shape, stack: sum(_counts(shape, stack)),
)
count_parameters.mistake(
    "The pooling layers are left out. Each of them has its own place in the list, with a 0.",
    lambda shape, stack: [
        count for count, (kind, *_) in zip(_counts(shape, stack), stack, strict=True) if kind != "pool"
    ],
)
count_parameters.mistake(
    "Each count has those before it added. Count each layer by itself.",
    lambda shape, stack: [sum(_counts(shape, stack)[: n + 1]) for n in range(len(stack))],
)
count_parameters.mistake(
    "That is the count of the last layer only. Does the loop start a new list each time?",
    lambda shape, stack: _counts(shape, stack)[-1:],
)
count_parameters.mistake(
    "That is the first layer only. Is `return` inside the loop?",
    lambda shape, stack: _counts(shape, stack[:1]) if stack else None,
)
_mistake(
    "Each layer counts as if it read the image. Each one but the first reads what the one before it returned.",
    conv=lambda shape, filters, side: (_convolution(shape, filters, side)[0], shape),
    pool=lambda shape, side: (0, shape),
    dense=lambda shape, units: (_dense(shape, units)[0], shape),
)
count_parameters.mistake(
    "The pooling layers are left out. Each of them has its own place in the list, with a 0, and makes height and width "
    "smaller.",
    lambda shape, stack: _counts(shape, [layer for layer in stack if layer[0] != "pool"]),
)
_mistake(
    "After a pooling layer only one channel is left. Each channel is pooled by itself, so there are as many as before.",
    pool=lambda shape, side: (0, (shape[0] // side, shape[1] // side, 1)),
)
for _after in (
    lambda shape, side: (shape[0] // side, *shape[1:]),
    lambda shape, side: (shape[0], shape[1] // side, shape[2]),
):
    _mistake(
        "A pooling layer divides the height and the width. Here one of them stays as it is.",
        pool=lambda shape, side, after=_after: (0, after(shape, side)),
    )
_mistake(
    "The channels do not pile up: after a convolution there are as many as it has filters.",
    conv=lambda shape, filters, side: (
        _convolution(shape, filters, side)[0],
        (*_convolution(shape, filters, side)[1][:2], shape[2] + filters),
    ),
)
_mistake(
    "Height and width become 2 less, as after a window of 3. Another window takes away another number.",
    conv=lambda shape, filters, side: (
        _convolution(shape, filters, side)[0],
        (shape[0] - 2, shape[1] - 2, filters),
    ),
)
for nearest in (round, lambda number: int(number + 0.5)):  # a half to the even number, or up
    _mistake(
        "Pooling rounds down: that is rounded to the nearest. A block that is not whole is dropped.",
        pool=lambda shape, side, nearest=nearest: (0, (*(nearest(n / side) for n in shape[:2]), shape[2])),
    )
_mistake(
    "A pooling layer takes blocks side by side, and leaves one number of each: its windows do not move by one.",
    pool=lambda shape, side: (0, (shape[0] - side + 1, shape[1] - side + 1, shape[2])),
)
_mistake(
    "A window is square: it has side × side weights for each channel, not side.",
    conv=lambda shape, filters, side: ((side * shape[2] + 1) * filters, _convolution(shape, filters, side)[1]),
)
count_parameters.mistake(
    "The shape is (height, width, channels): the channels are the last of the three numbers.",
    lambda shape, stack: _counts((*shape[1:], shape[0]), stack),
)
count_parameters.mistake(
    "The counts come from the last layer to the first. Give them in the order of the stack.",
    lambda shape, stack: _counts(shape, stack)[::-1],
)
count_parameters.mistake(
    "The last layer is left out.",
    lambda shape, stack: _counts(shape, stack)[:-1],
)


quiz = Quiz(
    Question(
        "`summary()` gives (None, 28, 28, 32) as the shape of an output. What is the `None`?",
        right="b",
        a=(
            "A number that Keras will know after training",
            "Training changes weights and no shape. It stays `None` in a trained network too.",
        ),
        b=(
            "The number of images, which may be any",
            "No layer's weights depend on it, so the network can read one image or ten thousand at once.",
        ),
        c=(
            "A missing channel axis",
            "The channels are the last number, 32. The first axis counts images.",
        ),
        d=(
            "A sign that the layer has no weights yet",
            "It has weights as soon as it knows how many channels it reads; you printed their shapes in this lesson.",
        ),
    ),
    Question(
        "The same `Conv2D(16, (3, 3))` first reads images of 100 × 100 pixels, then of 200 × 200. What becomes of its "
        "parameters?",
        right="d",
        a=(
            "Four times as many, for four times as many pixels",
            "That is true of the work. But a filter's weights are the same at every position.",
        ),
        b=(
            "Twice as many, for twice the side",
            "The side of the window counts, and it is 3 in both cases. The side of the image does not.",
        ),
        c=(
            "Somewhat more, for the longer edge",
            "This layer has no padding; and padding adds zeros to the image, never weights.",
        ),
        d=(
            "Nothing: as many as before",
            "Only the window, the channels, and the filters count, and none of them has changed.",
        ),
    ),
    Question(
        "In this lesson's network, you halve the filters of the *second* convolution. Which layers have fewer "
        "parameters then? (More than one is right.)",
        right="bc",
        a=(
            "The first convolution",
            "It comes before, and reads the image as always. Nothing that it needs has changed.",
        ),
        b=(
            "The second convolution",
            "It has half as many filters, and each is as large as before.",
        ),
        c=(
            "The third convolution",
            "It has as many filters as before, and each is half as deep, since it reads half as many channels.",
        ),
        d=(
            "The dense layer with 64 units",
            "It reads 4 · 4 · 64 numbers, as before: the third convolution still has 64 filters.",
        ),
    ),
    Question(
        "Which network cannot be written with `Sequential`?",
        right="a",
        a=(
            "One with two branches, which are joined again before the end",
            "A stack has only one path. Where a network branches, you call each layer on what it should read.",
        ),
        b=(
            "One with more than a hundred layers",
            "A stack can be as high as you like, and a loop can build it.",
        ),
        c=(
            "One for color images",
            "That is a matter of the input's shape: `keras.Input((30, 20, 3))`.",
        ),
        d=(
            "One whose answers must be the same on every run",
            "Both ways of writing it give the same operations. Chance comes in with the first weights.",
        ),
    ),
    Question(
        "This lesson's untrained network gives about one tenth to each class, when it reads images in [0, 1]. Why?",
        right="c",
        a=(
            "It has seen that all classes are equally frequent",
            "It has seen nothing at all. The classes could be in any proportion, and it would say the same.",
        ),
        b=(
            "Its weights are all zero at the start, so nothing gets through",
            "Only the biases start at zero. The weights are drawn at random, and something does get through.",
        ),
        c=(
            "Small random weights and small inputs make ten numbers that hardly differ",
            "And softmax of nearly equal numbers is nearly equal. With bytes the same network is nearly certain, "
            "and knows "
            "no more.",
        ),
        d=(
            "Softmax makes probabilities equal until it is trained",
            "Softmax has nothing to train. Give it ten numbers that differ widely, and so do the probabilities.",
        ),
    ),
)
