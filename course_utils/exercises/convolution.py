"""Exercises and quiz of lesson 03, Convolution and pooling."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from course_utils.exercises.by_value import judged_value
from course_utils.exercises.calling import Wrong
from course_utils.exercises.engine import function, prediction
from course_utils.exercises.quiz import Question, Quiz

LESSON = 3


def _bytes(height, width, low=0, high=256):
    return np.random.default_rng(height).integers(low, high, size=(height, width), dtype="uint8")


@function(
    cases={
        "floats from 0 to 1": (np.array([[0, 0.5, 1], [0, 1, 1], [0, 0.5, 0.5]]), np.array([[-1, 1], [-1, 1]])),
        "bytes, ink on the left": (np.array([[9, 9, 0], [9, 9, 0], [9, 9, 0]], dtype="uint8"), np.array([[-1, 1]])),
        "bytes, and weights with fractions": (_bytes(4, 3), np.full((3, 3), 1 / 9)),
        "a kernel of 3 × 2 weights": (_bytes(5, 4), np.array([[1, -2], [0, 3], [-1, 0]])),
        "a single row": (_bytes(1, 4), np.array([[2, -1]])),
        "a single column": (_bytes(5, 1), np.array([[0.5], [-2]])),
        "bytes that are 0 or 1": (np.array([[0, 1, 1], [1, 0, 0]], dtype="uint8"), np.array([[1.5, -1]])),
        "True and False": (np.array([[True, False, True], [False, False, True]]), np.array([[-1, 0.5]])),
        "True and False in columns": (np.array([[True, True], [False, True], [True, False]]), np.array([[1], [-2]])),
        "int8, and negative pixels": (np.array([[100, -90, 80], [-70, 60, -128]], dtype="int8"), np.array([[2, -3]])),
        "int16, and weights with fractions": (np.array([[-301, 500], [400, 99]], dtype="int16"), np.array([[0.5, -1]])),
        "uint16, and sums that are too large for it": (
            np.array([[60_000, 50_000, 1], [0, 40_000, 7]], dtype="uint16"),
            np.array([[1, 1], [0, -2]]),
        ),
        "int64, and weights with fractions": (np.array([[3, -5, 8], [0, 4, 1]]), np.array([[0.25, 1], [-0.5, 2]])),
        "float32, and negative pixels": (np.array([[-0.5, 1, 2.5]], dtype="float32"), np.array([[3, -1]])),
        "a kernel as large as the image": (_bytes(2, 3), np.array([[1, 0, -1], [2, -0.5, -2]])),
        "a single weight": (_bytes(2, 2), np.array([[-0.5]])),
        "more than ten columns": (_bytes(2, 12), np.array([[1, -1.5]])),
    },
    shows="An output has negative numbers and fractions even if the image has neither, so it needs a type of its own.",
    hints=[
        "The code is right for floats. So look at a case with bytes: which number of the output is wrong, and "
        "what should it be?",
        "Compare −9 and 247 = 256 − 9. Which numbers can a `uint8` hold? And which array here has that type?",
        "`np.zeros_like` copies the shape of its example, and something else too. `np.zeros` has no example. Both "
        "take a `dtype`.",
    ],
    errors={"OverflowError": "That number does not fit into the type of the array that it is to be put into."},
    instead={
        "correlate_loops": "`correlate_loops` does it right, but then the bug in this function is still unknown. "
        "Compare the two line by line, and fix this one."
    },
)
def slide(image, kernel):
    """At each position the sum of pixels times weights, for an image of any type."""
    windows = sliding_window_view(np.asarray(image, dtype=float), kernel.shape)
    return np.einsum("ijkl,kl->ij", windows, np.asarray(kernel, dtype=float))


@slide.given
def _in_the_type_of_the_image(image, kernel):
    height, width = kernel.shape
    output = np.zeros_like(image[height - 1 :, width - 1 :])
    for row in range(output.shape[0]):
        for column in range(output.shape[1]):
            window = image[row : row + height, column : column + width]
            output[row, column] = (window * kernel).sum()
    return output


slide.mistake(
    "Negative numbers became 0. They say that ink turns into paper here. Dropping them is a later step.",
    lambda image, kernel: np.maximum(slide.answer(image, kernel), 0),
)
slide.mistake(
    "Negative numbers lost their sign, so left and right edges look alike.",
    lambda image, kernel: np.abs(slide.answer(image, kernel)),
)
slide.mistake(
    "−9 still comes out as 247: somewhere on its way it has the type of the image, and later it is too late for "
    "another one.",
    _in_the_type_of_the_image,
)
for _kinds, _others in (
    ("u", slide.answer),  # types without a sign
    ("u", _in_the_type_of_the_image),
    ("ui", slide.answer),  # and those with one
    ("uib", slide.answer),  # and True and False
    ("uibf", slide.answer),
):
    slide.mistake(
        "The fractions are lost: no type of whole numbers can hold them, and the output should.",
        lambda image, kernel, kinds=_kinds, others=_others: (
            slide.answer(image, kernel).astype(int) if image.dtype.kind in kinds else others(image, kernel)
        ),
    )
slide.mistake(
    "The fractions are lost: as whole numbers, pixels between 0 and 1 become 0. Which type holds fractions?",
    lambda image, kernel: slide.answer(image.astype(int), kernel).astype(int),
)
for _types in (["uint8"], ["uint8", "uint16", "uint32", "uint64"]):
    slide.mistake(
        "Bytes come out right, other types of whole numbers do not: here the output still has the type of the image. "
        "It should have the same type whatever the image has.",
        lambda image, kernel, types=_types: (
            slide.answer(image, kernel) if image.dtype in types else _in_the_type_of_the_image(image, kernel)
        ),
    )
slide.mistake(
    "Images of whole numbers come out right, but an image of `True` and `False` still gives its type to the output.",
    lambda image, kernel: (
        slide.answer(image, kernel) if image.dtype.kind in "iuf" else _in_the_type_of_the_image(image, kernel)
    ),
)
slide.mistake(
    "It depends on how large the pixels are, but only their type matters: bytes that are all 0 or 1 are bytes, too.",
    lambda image, kernel: slide.answer(image, kernel) if image.max() > 1 else _in_the_type_of_the_image(image, kernel),
)
slide.mistake(
    "The numbers are rounded. With fractions among the weights, an output need not be a whole number.",
    lambda image, kernel: slide.answer(image, kernel).round(),
)
slide.mistake(
    "The kernel is turned by 180°. That is the convolution of mathematics; use the weights as they are.",
    lambda image, kernel: slide.answer(image, kernel[::-1, ::-1]),
)
for _turn, _how in (
    (lambda kernel: kernel[::-1], "upside down"),
    (lambda kernel: kernel[:, ::-1], "turned left to right"),
):
    slide.mistake(
        f"The kernel is {_how}. Use the weights as they are: the first one for the upper left pixel of the window.",
        lambda image, kernel, turn=_turn: slide.answer(image, turn(kernel)),
    )
slide.mistake(
    "The weights have the type of the image, which may hold neither −1 nor a fraction. Only the output needs another "
    "type.",
    lambda image, kernel: (
        (sliding_window_view(image, kernel.shape) * kernel.astype(image.dtype)).sum(axis=(2, 3)).astype(float)
    ),
)
slide.mistake(
    "The output has the type of the kernel. Where the weights are whole numbers, the pixels need not be.",
    lambda image, kernel: slide.answer(image, kernel).astype(kernel.dtype),
)
slide.mistake(
    "That is the sum of the pixels in the window, without the weights.",
    lambda image, kernel: slide.answer(image, np.ones(kernel.shape)),
)
for _scaled in ("u", "uib", "uibf"):
    slide.mistake(
        "The values are scaled to 0 to 1, but they should stay as they are: only the type is wrong.",
        lambda image, kernel, scaled=_scaled: slide.answer(image, kernel) / (255 if image.dtype.kind in scaled else 1),
    )


def _side(n, layers, size=lambda n, kernel, stride, padding: (n + 2 * padding - kernel) // stride + 1):
    for kernel, stride, padding in layers:
        n = size(n, kernel, stride, padding)
    return n


@function(
    cases={
        # These two first: in both, swapping stride and padding gives another number, and divides by no 0.
        "stride 2, and one zero at each end": (28, [(5, 2, 1)]),
        "stride 3, and one zero at each end": (10, [(4, 3, 1)]),
        "one layer, 28 pixels, a window of 3": (28, [(3, 1, 0)]),
        "one zero at each end": (28, [(3, 1, 1)]),
        "stride 2, and nothing left over": (4, [(2, 2, 0)]),
        "stride 2, and something left over": (28, [(3, 2, 0)]),
        "a window of 1": (9, [(1, 2, 0)]),
        "a window as large as the image": (5, [(5, 3, 0)]),
        "a stride larger than the window": (19, [(2, 5, 0)]),
        "more zeros than the window is wide": (6, [(3, 2, 4)]),
        "more zeros than the window is wide, and stride 1": (6, [(2, 1, 3)]),
        "a window that fits only with the zeros": (3, [(5, 1, 1)]),
        "two layers, the pooling first": (13, [(2, 2, 0), (3, 1, 0)]),
        "two layers, the pooling last": (13, [(3, 1, 0), (2, 2, 0)]),
        "two layers, and zeros for the second one": (20, [(3, 2, 0), (5, 2, 4)]),
        "two layers, and something left over in both": (20, [(3, 2, 0), (2, 3, 0)]),
        "the five layers of lesson 4": (28, [(3, 1, 1), (2, 2, 0), (3, 1, 0), (2, 2, 0), (3, 1, 0)]),
        "twelve layers": (64, [(3, 1, 1), (3, 1, 0), (2, 2, 0)] * 4),
        "1,001 pixels": (1001, [(7, 2, 3), (3, 2, 1), (3, 2, 1)]),
        "no layer at all": (28, []),
    },
    shows="What one layer returns, the next one reads. Now you can check a network's sizes before any of it is built.",
    hints=[
        "One layer is the formula of this lesson. Work out by hand what two layers make of 13 pixels.",
        "What changes from layer to layer is `n`. A loop over `layers` gives you kernel, stride, and padding of each.",
        "In the loop, `n` gets a new value from the old one: the formula, rounded down with `//`. What should the "
        "function return after the loop?",
    ],
    errors={
        "UnboundLocalError": "Where there is no layer, a loop over `layers` does nothing. What is the size then?",
    },
)
def side_after(n, layers):
    """Pixels along one axis after some layers, each given as (kernel, stride, padding)."""
    return _side(n, layers)


side_after.mistake(
    "The + 1 is missing: the first window counts too, before any step is made.",
    lambda n, layers: _side(n, layers, lambda n, kernel, stride, padding: (n + 2 * padding - kernel) // stride),
)
side_after.mistake(
    "The + 1 comes after the division.",
    lambda n, layers: _side(n, layers, lambda n, kernel, stride, padding: (n + 2 * padding - kernel + 1) // stride),
)
side_after.mistake(
    "Kernel and stride are swapped: each layer is (kernel, stride, padding), in this order.",
    lambda n, layers: _side(n, [(kernel, stride, padding) for stride, kernel, padding in layers]),
)
side_after.mistake(
    "Stride and padding are swapped: each layer is (kernel, stride, padding), in this order.",
    lambda n, layers: _side(n, [(kernel, stride, padding) for kernel, padding, stride in layers]),
)
side_after.mistake(
    "Padding is put at both ends, so it counts twice.",
    lambda n, layers: _side(n, layers, lambda n, kernel, stride, padding: (n + padding - kernel) // stride + 1),
)
side_after.mistake(
    "The padding is left out.",
    lambda n, layers: _side(n, layers, lambda n, kernel, stride, padding: (n - kernel) // stride + 1),
)
side_after.mistake(
    "The stride is left out.",
    lambda n, layers: _side(n, layers, lambda n, kernel, stride, padding: n + 2 * padding - kernel + 1),
)
side_after.mistake(
    "A size is a whole number, rounded down, since a window that sticks out does not count. `//` rounds down.",
    lambda n, layers: _side(n, layers, lambda n, kernel, stride, padding: (n + 2 * padding - kernel) / stride + 1),
)
for _rounded in (lambda n: -int(-n // 1), lambda n: int(n + 0.5), round):
    side_after.mistake(
        "That is rounded up, or to the nearest. What is left over after the last whole window is not seen, so round "
        "down.",
        lambda n, layers, rounded=_rounded: _side(
            n, layers, lambda n, kernel, stride, padding: rounded((n + 2 * padding - kernel) / stride) + 1
        ),
    )
side_after.mistake(
    "The padding of all layers is put around the image. Each layer puts its own zeros around what it reads.",
    lambda n, layers: _side(
        n + 2 * sum(padding for _, _, padding in layers), [(kernel, stride, 0) for kernel, stride, _ in layers]
    ),
)
side_after.mistake(
    "The zeros are added to what comes out. They belong to what the window reads.",
    lambda n, layers: _side(n, layers, lambda n, kernel, stride, padding: (n - kernel) // stride + 1 + 2 * padding),
)
for _divided in (
    lambda n, kernel, stride, padding: n // stride + 2 * padding - kernel + 1,
    lambda n, kernel, stride, padding: (n + 2 * padding) // stride - kernel + 1,
    lambda n, kernel, stride, padding: n + (2 * padding - kernel) // stride + 1,
    lambda n, kernel, stride, padding: n + 2 * padding - kernel // stride + 1,
):
    side_after.mistake(
        "The stride divides only a part of it. It divides all that is left of the pixels and zeros when the window is "
        "taken off: look at the parentheses.",
        lambda n, layers, divided=_divided: _side(n, layers, divided),
    )
side_after.mistake(
    "All layers are taken to have the stride and the padding of the first one. Each has its own.",
    lambda n, layers: _side(n, [(kernel, *layers[0][1:]) for kernel, _, _ in layers]),
)
side_after.mistake(
    "The last layer is left out.",
    lambda n, layers: _side(n, layers[:-1]),
)
side_after.mistake(
    'That is what padding="same" would make: the stride alone. Here each layer says how many zeros it has.',
    lambda n, layers: _side(n, layers, lambda n, kernel, stride, padding: -(-n // stride)),
)
side_after.mistake(
    "That is the first layer only. Is `return` inside the loop?",
    lambda n, layers: _side(n, layers[:1]) if layers else None,
)
side_after.mistake(
    "That is what the last layer alone makes of the image. Each layer reads what the one before it returned.",
    lambda n, layers: _side(n, layers[-1:]),
)
side_after.mistake(
    "The layers are taken from the last to the first.",
    lambda n, layers: _side(n, layers[::-1]),
)


@function(
    cases={
        "4 × 4 numbers in blocks of 2": (np.array([[1, 3, 5, 7], [5, 7, 1, 3], [0, 0, 2, 2], [0, 8, 2, 2]]), 2),
        "an image that is not square": (np.arange(24).reshape(4, 6) ** 2 % 31, 2),
        "an odd number of rows and of columns": (np.arange(35).reshape(5, 7) ** 2 % 41 / 8, 2),
        "blocks of 3, and two columns left over": (np.arange(48).reshape(6, 8) ** 2 % 43 - 20, 3),
        "blocks of 3, and a row left over": (np.arange(42).reshape(7, 6) ** 2 % 37, 3),
        "blocks of 4, and as many as three of them left over": (np.arange(77).reshape(7, 11) ** 2 % 47, 4),
        "bytes whose sum is more than a byte": (_bytes(4, 4, low=200), 2),
        "bytes in blocks of 3": (_bytes(3, 7, low=150), 3),
        "int8, and negative numbers": (np.array([[-128, -100, 3, 90], [-120, -90, 1, 127]], dtype="int8"), 2),
        "float32": (np.array([[0.5, 0.25, 0, 1], [1, 0.75, 0.125, 0.5]], dtype="float32"), 2),
        "blocks of 1": (np.arange(6).reshape(2, 3), 1),
        "a single row in blocks of 1": (np.array([[0.5, -2, 7]]), 1),
        "one block as large as the image": (np.arange(25).reshape(5, 5) ** 2 % 23, 5),
        "one row of blocks, and more than ten of them": (np.arange(52).reshape(2, 26) ** 2 % 53, 2),
        "blocks of 12": (np.arange(12 * 25).reshape(12, 25) ** 2 % 101, 12),
    },
    shows="The blocks do not overlap, and each becomes one number. Here every number of a block counts; in max "
    "pooling, "
    "only the largest does.",
    hints=[
        "How many whole blocks fit into the rows, and how many into the columns? That is the shape of the result.",
        "With loops: block (row, column) starts at row `row * size` of the image. Where does it end? Take its "
        "`mean()`.",
        "Without loops: cut off what is left over, and `reshape` to four axes: block row, row inside the block, block "
        "column, column inside the block.",
    ],
    errors={
        "ValueError": "If that is the line with `reshape`: first cut off the rows and columns that fill no whole "
        "block, so that the numbers fit.",
    },
)
def average_pool(image, size):
    """The mean of each block of size × size numbers; what is left over at the end is dropped."""
    windows = sliding_window_view(image, (size, size))[::size, ::size]
    return windows.mean(axis=(2, 3))


average_pool.mistake(
    "That is the largest number of each block. Take the mean instead.",
    lambda image, size: sliding_window_view(image, (size, size))[::size, ::size].max(axis=(2, 3)),
)
average_pool.mistake(
    "That is the sum of each block: divide by how many numbers it has.",
    lambda image, size: sliding_window_view(image, (size, size))[::size, ::size].sum(axis=(2, 3)),
)
average_pool.mistake(
    "The sum is divided by `size`, but a block has size × size numbers.",
    lambda image, size: sliding_window_view(image, (size, size))[::size, ::size].sum(axis=(2, 3)) / size,
)
average_pool.mistake(
    "That is the first number of each block, and the others do not count.",
    lambda image, size: image[: image.shape[0] // size * size : size, : image.shape[1] // size * size : size],
)
average_pool.mistake(
    "The windows overlap: they move by one number. Blocks lie side by side, so the next one starts `size` numbers on.",
    lambda image, size: sliding_window_view(image, (size, size)).mean(axis=(2, 3)),
)
average_pool.mistake(
    "The blocks overlap: block `row` starts at row `row * size` of the image.",
    lambda image, size: sliding_window_view(image, (size, size)).mean(axis=(2, 3))[
        : image.shape[0] // size, : image.shape[1] // size
    ],
)
average_pool.mistake(
    "These are blocks of 2, but `size` is another number here.",
    lambda image, size: average_pool.answer(image, 2),
)
average_pool.mistake(
    "These are blocks of 2, but `size` is another number here.",
    lambda image, size: (
        average_pool.answer(image, 2)[: image.shape[0] // size, : image.shape[1] // size] if size > 1 else None
    ),
)
average_pool.mistake(
    "The sum ran over: a `uint8` starts again at 0 after 255. Convert to float before you add.",
    lambda image, size: (
        sliding_window_view(image, (size, size))[::size, ::size].sum(axis=(2, 3), dtype=image.dtype) / size**2
    ),
)
average_pool.mistake(
    "The blocks that stick out at the end count as well, and they should be dropped.",
    lambda image, size: np.array(
        [
            [image[r : r + size, c : c + size].mean() for c in range(0, image.shape[1], size)]
            for r in range(0, image.shape[0], size)
        ]
    ),
)
average_pool.mistake(
    "`reshape` counts the numbers off row by row, so with (rows, columns, size, size) a block gets its neighbors "
    "from one "
    "row. The order that works is block row, row inside the block, block column, column inside the block.",
    lambda image, size: (
        image[: image.shape[0] // size * size, : image.shape[1] // size * size]
        .reshape(image.shape[0] // size, image.shape[1] // size, size, size)
        .mean(axis=(2, 3))
    ),
)
average_pool.mistake(
    "After `reshape` the mean went over the wrong axes: each result mixes numbers from all over the image.",
    lambda image, size: (
        image[: image.shape[0] // size * size, : image.shape[1] // size * size]
        .reshape(size, image.shape[0] // size, size, image.shape[1] // size)
        .mean(axis=(0, 2))
    ),
)
for _whole in (np.floor, np.trunc, np.round):
    average_pool.mistake(
        "The fractions are lost: a mean of whole numbers need not be whole.",
        lambda image, size, whole=_whole: whole(average_pool.answer(image, size)),
    )
average_pool.mistake(
    "That is the smallest number of each block. Take the mean instead.",
    lambda image, size: sliding_window_view(image, (size, size))[::size, ::size].min(axis=(2, 3)),
)
average_pool.mistake(
    "That is the middle number of each block, the median. Take the mean instead.",
    lambda image, size: np.median(sliding_window_view(image, (size, size))[::size, ::size], axis=(2, 3)),
)
average_pool.mistake(
    "The last row and the last column of each block are left out. A slice ends before its second "
    "number: `0:2` is 0 and 1.",
    lambda image, size: sliding_window_view(image, (size, size))[
        ::size, ::size, : max(size - 1, 1), : max(size - 1, 1)
    ].mean(axis=(2, 3)),
)
for _axes in ((0, 1), (0, 2), (0, 3), (1, 2), (2, 3)):
    average_pool.mistake(
        "After `reshape` the mean went over the wrong axes: each result mixes numbers from all over the image.",
        lambda image, size, axes=_axes: (
            image[: image.shape[0] // size * size, : image.shape[1] // size * size]
            .reshape(image.shape[0] // size, size, image.shape[1] // size, size)
            .mean(axis=axes)
        ),
    )
average_pool.mistake(
    "The blocks begin too late: what is left over is dropped at the end, and here the first rows and columns are gone.",
    lambda image, size: average_pool.answer(image[image.shape[0] % size :, image.shape[1] % size :], size),
)
average_pool.mistake(
    "Zeros fill up the blocks that stick out at the end. Those blocks should be dropped.",
    lambda image, size: average_pool.answer(
        np.pad(image, ((0, -image.shape[0] % size), (0, -image.shape[1] % size))), size
    ),
)
average_pool.mistake(
    "Only the first row of each block counts. Its mean is over size × size numbers.",
    lambda image, size: sliding_window_view(image, (size, size))[::size, ::size, 0].mean(axis=2),
)
average_pool.mistake(
    "Only the first column of each block counts. Its mean is over size × size numbers.",
    lambda image, size: sliding_window_view(image, (size, size))[::size, ::size, :, 0].mean(axis=2),
)


@prediction(
    shows="Two small windows in a row see 5 × 5 pixels like one large one, with fewer weights, and with a ReLU "
    "between them.",
    hints=[
        "How many weights does one filter of the large layer have? Remember that it goes through all 64 channels.",
        "A layer has 64 filters, and each has a bias. Work out the large layer, then one small layer, which "
        "counts twice.",
        "The large layer has (5 · 5 · 64 + 1) · 64 parameters.",
    ],
)
def parameters_saved():
    """How many parameters fewer two 3 × 3 layers have than one 5 × 5 layer, with 64 channels everywhere."""
    return (25 * 64 * 64 + 64) - 2 * (9 * 64 * 64 + 64)


parameters_saved.mistake("The weights are right. Now the biases: one for each filter of each layer.", 7 * 64 * 64)
for n_biases in (64, -2 * 64):
    parameters_saved.mistake("Nearly: both kinds of layers have biases, 64 for each layer.", 7 * 64 * 64 + n_biases)
for value in (7 * 64, 7 * 64 + 64):
    parameters_saved.mistake("A layer has 64 filters.", value)
parameters_saved.mistake(
    "That compares with one small layer. There are two in a row.", (25 * 64 * 64 + 64) - (9 * 64 * 64 + 64)
)
parameters_saved.mistake(
    "A filter goes through all 64 channels: 3 × 3 × 64 weights, not 3 × 3.", (25 * 64 + 64) - 2 * (9 * 64 + 64)
)
parameters_saved.mistake("Those are the windows only: 25 − 2 · 9. There are channels and filters as well.", 7)
parameters_saved.mistake(
    "The channels that go in are counted, and the 64 filters are not.", (25 * 64 + 1) - 2 * (9 * 64 + 1)
)
parameters_saved.mistake(
    "That is what the two small layers have. How many fewer is it than the large one has?", 2 * (9 * 64 * 64 + 64)
)
parameters_saved.mistake("That is what the large layer has. How many of them are saved?", 25 * 64 * 64 + 64)
parameters_saved.mistake(
    "The sign is wrong: the large layer has more. How many fewer do the small ones have?",
    2 * (9 * 64 * 64 + 64) - (25 * 64 * 64 + 64),
)
parameters_saved.mistake(
    "The bias is one number for each filter, not one for each channel of each filter.",
    (25 * 64 * 64 + 64 * 64) - 2 * (9 * 64 * 64 + 64 * 64),
)


def _upright_bar():
    """The lesson's 1: one upright bar of ink, from the top edge to the bottom edge."""
    bar = np.zeros((28, 28))
    bar[:, 12:16] = 1
    return bar


_ROW_ABOVE_AND_BELOW = np.array([[-1.0] * 3, [0.0] * 3, [1.0] * 3])  # kernel d
CANCELS = 1e-6  # times the largest weight: what rounding may leave of weights that cancel


@judged_value(
    shows="Down a column of this bar nothing changes, so a kernel is silent exactly if each of its own columns adds "
    "up to 0. What its weights cancel, a filter never sees.",
    hints=[
        "All rows of the bar are alike. So which three pixels does the window see in its first row, in its second, and "
        "in its third?",
        "The three weights of one column of the kernel always lie on three equal pixels. What do they make of them "
        "together?",
        "At the left side of the bar, only the last column of the kernel lies on ink. Choose its three weights so that "
        "nothing comes out there. Then look at the next position.",
    ],
)
@np.errstate(all="ignore")  # whatever numbers a student gives
def silent_kernel(kernel):
    """A kernel of 3 × 3 weights that gives 0 everywhere on an upright bar; neither zeros nor a multiple of d."""
    _is_kernel(kernel)
    kernel = kernel.astype(float)
    if not kernel.any():
        raise Wrong("All nine weights are 0: that is silent on every image. At least one of them must not be 0.")
    largest = np.abs(kernel).max()
    kernel = kernel / largest  # so that nothing runs over
    output = slide.answer(_upright_bar(), kernel)
    if np.abs(output).max() > CANCELS:
        raise Wrong(_where_it_speaks(kernel, output, largest))
    if np.abs(kernel - kernel[2, 2] * _ROW_ABOVE_AND_BELOW).max() <= CANCELS:
        how = "upside down" if kernel[2, 2] < 0 else "itself"
        raise Wrong(f"It is silent, but it is *d* {how}, or all weights of that times one number. Find another one.")


def _is_kernel(kernel):
    """Raise Wrong unless an array has the shape of the kernel that is asked for, and its weights are finite."""
    if kernel.shape != (3, 3):
        advice = "Give it three rows of three weights."
        if kernel.size == 9:
            advice = "The nine weights are there, but not as three rows of three. `.reshape(3, 3)` makes rows of them."
        elif kernel.shape in ((28, 28), (26, 26)):
            what = "an image" if kernel.shape == (28, 28) else "what a kernel gives on the bar"
            advice = f"That is the size of {what}. The answer is the kernel, three rows of three weights."
        elif kernel.ndim == 4:
            advice = "One image and one kernel need no axes for channels and filters: three rows of three weights."
        elif kernel.ndim == 0:
            advice = "A kernel is nine weights, not one: three rows of three."
        raise Wrong(f"It has shape {kernel.shape}; it should have shape (3, 3). {advice}")
    if np.isnan(kernel).any():
        raise Wrong("A weight is NaN, which is not a number: it comes from 0/0, or from an operation on another NaN.")
    if np.isinf(kernel).any():
        raise Wrong("A weight is infinite, and infinity times paper is no number. Choose finite weights.")


def _where_it_speaks(kernel, output, largest):
    """What to say to a kernel that is not silent; kernel and output are divided by the largest weight."""
    row, column = np.argwhere(np.abs(output) > CANCELS)[0]
    n_loud = (np.abs(output[row]) > CANCELS).sum()
    place = f"At row {row}, column {column} of the output it gives {largest * output[row, column]:.3g}"
    if np.abs(output).max() < 0.05:
        return (
            f"Nearly. {place}, which is little beside its weights, but not 0. Are some of them rounded? They must "
            "cancel exactly."
        )
    if kernel.min() == kernel.max():
        return (
            f"{place}. Nine equal weights, a box filter, blur the bar: wherever the window touches ink, something "
            "comes out. Ink has to be canceled, so both signs are needed among the weights."
        )
    if kernel.min() >= 0 or kernel.max() <= 0:
        return f"{place}. Ink has to be canceled, so both signs are needed among the weights."
    if np.abs(slide.answer(_upright_bar().T, kernel)).max() <= CANCELS:
        return (
            f"{place}. This kernel looks for vertical edges, and the two sides of the bar are just that. It would be "
            "silent on a bar that lies on its side."
        )
    if np.abs(kernel.sum()) <= CANCELS:
        return (
            f"{place}. Its weights add up to 0, so it is silent on paper and inside the bar, but not at the sides of "
            "the bar. Which of its weights lie on ink there?"
        )
    return (
        f"{place}, and {n_loud} of the 26 columns are not 0. Inside the bar, where all pixels are ink, it gives the "
        "sum of its weights. What should that be? Then look at the sides of the bar."
    )


quiz = Quiz(
    Question(
        'A layer with 3 × 3 windows, `padding="same"`, and stride 2 reads 28 × 28 pixels. How large is each feature '
        "map?",
        right="b",
        a=(
            "28 × 28, the same as the image",
            "That holds for stride 1. With stride 2, `same` gives half, rounded up.",
        ),
        b=(
            "14 × 14, half of it, rounded up",
            "The window stops at every second pixel: half as many positions, rounded up.",
        ),
        c=(
            "13 × 13, as many windows of 3 as fit",
            "That is how many fit without padding. `same` adds zeros where the last window needs them.",
        ),
        d=("26 × 26, two fewer for the window", "That is `valid` with stride 1: a pixel is lost at each end."),
    ),
    Question(
        "One filter reads an image with three channels. What does it give?",
        right="c",
        a=(
            "Three feature maps, one for each channel",
            "The results for the channels are added up into one map.",
        ),
        b=(
            "One feature map, of the channel that answers most",
            "Nothing is chosen: all channels are added up, each with its own kernel.",
        ),
        c=(
            "One feature map",
            "One filter, one map, whatever it reads: the results for the channels are added up, with one bias.",
        ),
        d=(
            "As many feature maps as its window has weights",
            "All products of a window are added up to one number at each position.",
        ),
    ),
    Question(
        "A convolution with 5 × 5 windows, 2 × 2 pooling, and a convolution with 3 × 3 windows, in this order. "
        "How many "
        "pixels wide is the receptive field of a number that the last one gives?",
        right="d",
        a=("3", "Three numbers of the pooled map, but each of these sees more than one pixel."),
        b=("8", "That is 5 + 1 + 2, as if a step of the last window were one pixel. After pooling it is two."),
        c=("9", "That is 5 + 4: the pooling itself adds a pixel, too."),
        d=("10", "5, then 5 + 1 = 6 with the pooling, then two more steps of two pixels each: 6 + 4 = 10."),
    ),
    Question(
        "For which kernel is the convolution of mathematics the same as what a network computes?",
        right="d",
        a=(
            "For every kernel: they are two names for the same thing",
            "Mathematics turns the kernel by 180° first, and most kernels look different then.",
        ),
        b=(
            "For none: the results always differ",
            "Some kernels do not change when they are turned by 180°, and for those nothing differs.",
        ),
        c=(
            "For one whose weights add up to 1",
            "The sum decides what becomes of an even area. The turn is another matter.",
        ),
        d=(
            "For one that looks the same after half a turn",
            "Turned by 180°, such a kernel is still itself; the blur and the outline are examples. The kernel for "
            "vertical edges is not one: its signs trade places.",
        ),
    ),
    Question(
        "Max pooling with 2 × 2 blocks, and with Keras's default padding, reads a map of 7 × 7. What becomes of the "
        "last row and column?",
        right="c",
        a=(
            "They are pooled with zeros",
            'With `padding="same"` there would be blocks that stick out, and no zeros take part in the maximum.',
        ),
        b=(
            "They are blocks of their own",
            "That would give 4 × 4. A block that sticks out is dropped, unless you ask for padding.",
        ),
        c=(
            "They are dropped without a warning",
            "Three blocks fit into seven rows. The seventh is never looked at, and nothing tells you.",
        ),
        d=("Keras raises an error, since 7 is odd", "Nothing stops you, and that is why it is worth knowing."),
    ),
)
