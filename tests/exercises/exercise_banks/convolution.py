"""Answers to the exercises of lesson 03."""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.signal import convolve2d, correlate2d

from exercise_banks import Bank

side_after = Bank()


@side_after.right
def rounds_down(n, layers):
    for layer in layers:
        n = math.floor((n + 2 * layer[2] - layer[0]) / layer[1]) + 1
    return n


@side_after.right
def calls_itself(n, layers):
    if not layers:
        return n
    (kernel, stride, padding), *others = layers
    return calls_itself(1 + (n - kernel + 2 * padding) // stride, others)


@side_after.right
def counts_the_windows(n, layers):
    for kernel, stride, padding in layers:
        start, windows = -padding, 0
        while start + kernel <= n + padding:
            start += stride
            windows += 1
        n = windows
    return n


@side_after.right
def as_a_float(n, layers):
    sizes = [n]
    for kernel, stride, padding in layers:
        sizes.append(np.floor((sizes[-1] + 2 * padding - kernel) / stride + 1))
    return sizes[-1]


@side_after.right
def as_a_range(n, layers):
    for kernel, stride, padding in layers:
        n = len(range(0, n + 2 * padding - kernel + 1, stride))
    return np.array(n)


@side_after.wrong(r"The \+ 1 is missing")
def forgets_the_one(n, layers):
    for kernel, stride, padding in layers:
        n = (n + 2 * padding - kernel) // stride
    return n


@side_after.wrong(r"The \+ 1 comes after the division")
def adds_one_before_the_division(n, layers):
    for k, s, p in layers:
        n = (n + 2 * p - k + 1) // s
    return n


@side_after.wrong("Stride and padding are swapped")
def padding_before_stride(n, layers):
    for k, p, s in layers:
        n = (n + 2 * p - k) // s + 1
    return n


@side_after.wrong("Kernel and stride are swapped")
def stride_before_kernel(n, layers):
    for s, k, p in layers:
        n = (n + 2 * p - k) // s + 1
    return n


@side_after.wrong("at both ends")
def padding_once(n, layers):
    for kernel, stride, padding in layers:
        n = (n + padding - kernel) // stride + 1
    return n


@side_after.wrong("padding is left out")
def no_padding(n, layers):
    for kernel, stride, _ in layers:
        n = (n - kernel) // stride + 1
    return n


@side_after.wrong("stride is left out")
def no_stride(n, layers):
    for kernel, _, padding in layers:
        n = n + 2 * padding - kernel + 1
    return n


@side_after.wrong("rounded down, since a window that sticks out")
def with_fractions(n, layers):
    for kernel, stride, padding in layers:
        n = (n + 2 * padding - kernel) / stride + 1
    return n


@side_after.wrong("rounded up")
def rounds_up(n, layers):
    for kernel, stride, padding in layers:
        n = math.ceil((n + 2 * padding - kernel) / stride) + 1
    return n


@side_after.wrong("first layer only")
def returns_in_the_loop(n, layers):
    for kernel, stride, padding in layers:
        n = (n + 2 * padding - kernel) // stride + 1
        return n


@side_after.wrong("last layer alone")
def from_the_image_each_time(n, layers):
    size = n
    for kernel, stride, padding in layers:
        size = (n + 2 * padding - kernel) // stride + 1
    return size


@side_after.wrong("from the last to the first")
def backwards(n, layers):
    for kernel, stride, padding in reversed(layers):
        n = (n + 2 * padding - kernel) // stride + 1
    return n


@side_after.wrong("not the right number(.|\n)*stride 2, and one zero at each end")
def divides_the_wrong_way(n, layers):
    for kernel, stride, padding in layers:
        n = n + 2 * padding - kernel // stride + 1
    return n


@side_after.wrong("28 pixels, a window of 3")
def hard_coded(n, layers):
    return 13


@side_after.wrong("no layer at all")
def fails_without_layers(n, layers):
    for kernel, stride, padding in layers:
        size = (n + 2 * padding - kernel) // stride + 1
        n = size
    return size


@side_after.wrong("It changes `layers` in place")
def uses_up_the_layers(n, layers):
    while layers:
        kernel, stride, padding = layers.pop(0)
        n = (n + 2 * padding - kernel) // stride + 1
    return n


@side_after.wrong("end with `return`")
def prints_only(n, layers):
    for kernel, stride, padding in layers:
        n = (n + 2 * padding - kernel) // stride + 1
    print(n)


@side_after.wrong("a single number")
def all_sizes(n, layers):
    sizes = [n]
    for kernel, stride, padding in layers:
        sizes.append((sizes[-1] + 2 * padding - kernel) // stride + 1)
    return sizes


@side_after.wrong("took too long")
def endless(n, layers):
    while layers:
        kernel, stride, padding = layers[0]
        n = (n + 2 * padding - kernel) // stride + 1
    return n


side_after.equivalent(
    "n = math.floor((n + 2 * layer[2] - layer[0]) / layer[1]) + 1  ->  "
    "n = math.floor((n + 2 * layer[2] - layer[0]) // layer[1]) + 1",
    "what is rounded down stays when it is rounded down again",
)
side_after.equivalent(
    "sizes.append(np.floor((sizes[-1] + 2 * padding - kernel) / stride + 1))  ->  "
    "sizes.append(np.floor((sizes[-1] + 2 * padding - kernel) // stride + 1))",
    "what is rounded down stays when it is rounded down again",
)

slide = Bank()


@slide.right
def given_a_float_image(image, kernel):
    image = image.astype("float32")
    height, width = kernel.shape
    output = np.zeros_like(image[height - 1 :, width - 1 :])
    for row in range(output.shape[0]):
        for column in range(output.shape[1]):
            output[row, column] = (image[row : row + height, column : column + width] * kernel).sum()
    return output


@slide.right
def weight_by_weight(image, kernel):
    height, width = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    output = np.zeros((height, width))
    for (row, column), weight in np.ndenumerate(kernel):
        output += float(weight) * image[row : row + height, column : column + width]
    return output


@slide.right
def with_a_window_view(image, kernel):
    windows = sliding_window_view(image / 1, kernel.shape)
    return np.tensordot(windows, kernel, axes=2)


@slide.right
def with_scipy(image, kernel):
    return correlate2d(image.astype(float), kernel, mode="valid")


@slide.right
def with_lists(image, kernel):
    columns = image.shape[1]
    image, kernel = image.tolist(), kernel.tolist()
    height, width = len(kernel), len(kernel[0])
    return [
        [
            sum(image[top + r][left + c] * kernel[r][c] for r in range(height) for c in range(width))
            for left in range(columns - width + 1)
        ]
        for top in range(len(image) - height + 1)
    ]


@slide.wrong("Negative numbers became 0")
def clips(image, kernel):
    return np.maximum(correlate2d(image.astype(float), kernel, mode="valid"), 0)


@slide.wrong("lost their sign")
def takes_the_absolute(image, kernel):
    return np.abs(correlate2d(image.astype(float), kernel, mode="valid"))


@slide.wrong("Too late")
def converts_at_the_end(image, kernel):
    height, width = kernel.shape
    output = np.zeros_like(image[height - 1 :, width - 1 :])
    for row in range(output.shape[0]):
        for column in range(output.shape[1]):
            output[row, column] = (image[row : row + height, column : column + width] * kernel).sum()
    return output.astype(float)


@slide.wrong("the image may hold floats")
def into_integers(image, kernel):
    height, width = kernel.shape
    output = np.zeros((image.shape[0] - height + 1, image.shape[1] - width + 1), dtype=int)
    for row in range(output.shape[0]):
        for column in range(output.shape[1]):
            output[row, column] = (image[row : row + height, column : column + width] * kernel).sum()
    return output


@slide.wrong("no type of whole numbers")
def in_whole_numbers(image, kernel):
    output = np.zeros((image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1), dtype=image.dtype)
    if output.dtype.kind == "u":
        output = output.astype("int64")
    for row, column in np.ndindex(output.shape):
        window = image[row : row + kernel.shape[0], column : column + kernel.shape[1]]
        output[row, column] = (window.astype(float) * kernel).sum()
    return output


@slide.wrong("turned by 180")
def true_convolution(image, kernel):
    return convolve2d(image.astype(float), kernel, mode="valid")


@slide.wrong("scaled to 0 to 1")
def scales_too(image, kernel):
    return correlate2d(image / 255, kernel, mode="valid")


@slide.wrong("The result has shape")
def pads(image, kernel):
    return correlate2d(image.astype(float), kernel, mode="same")


@slide.wrong("The result has shape")
def one_place_short(image, kernel):
    return correlate2d(image.astype(float), kernel, mode="valid")[:-1, :-1]


@slide.wrong("The result has shape(.|\n)*bytes, ink on the left")
def square_kernels_only(image, kernel):
    side = kernel.shape[0]
    output = np.zeros((image.shape[0] - side + 1, image.shape[1] - side + 1))
    for row in range(output.shape[0]):
        for column in range(output.shape[1]):
            output[row, column] = (image[row : row + side, column : column + side].astype(float) * kernel).sum()
    return output


@slide.wrong("It still does what it did(.|\n)*made no difference")
def converts_the_window_only(image, kernel):
    height, width = kernel.shape
    output = np.zeros_like(image[height - 1 :, width - 1 :])
    for row in range(output.shape[0]):
        for column in range(output.shape[1]):
            window = image[row : row + height, column : column + width].astype(float)
            output[row, column] = (window * kernel).sum()
    return output


@slide.wrong("the bug in this function is still unknown")
def calls_the_other_one(image, kernel):
    return correlate_loops(image, kernel)  # noqa: F821


@slide.wrong("numbers differ")
def forgets_to_multiply(image, kernel):
    return sliding_window_view(image.astype(float), kernel.shape).sum(axis=(2, 3))


@slide.wrong("end with `return`")
def returns_nothing(image, kernel):
    correlate2d(image.astype(float), kernel, mode="valid")


@slide.wrong("It changes `kernel` in place")
def turns_the_kernel_and_back(image, kernel):
    kernel *= 2
    return correlate2d(image.astype(float), kernel, mode="valid") / 2


slide.equivalent(
    "height, width = (len(kernel), len(kernel[0]))  ->  height, width = (len(kernel), len(kernel[-1]))",
    "all rows of a kernel are equally long",
)
slide.equivalent(
    "return np.tensordot(windows, kernel, axes=2)  ->  return np.tensordot(windows, kernel)",
    "2 is the default of tensordot",
)

slide.equivalent(
    "windows = sliding_window_view(image / 1, kernel.shape)  ->  "
    "windows = sliding_window_view(image * 1, kernel.shape)",
    "products and sums take the wider type of the two, and that is the kernel's",
)
slide.equivalent(
    "image, kernel = (image.tolist(), kernel.tolist())  ->  dropped",
    "arrays are read as lists are, number by number",
)

average_pool = Bank()


@average_pool.right
def with_loops(image, size):
    output = np.zeros((image.shape[0] // size, image.shape[1] // size), dtype="float32")
    for row in range(output.shape[0]):
        for column in range(output.shape[1]):
            block = image[row * size : (row + 1) * size, column * size : (column + 1) * size]
            output[row, column] = block.mean()
    return output


@average_pool.right
def with_windows(image, size):
    return sliding_window_view(image, (size, size)).mean(axis=(-2, -1))[::size, ::size]


@average_pool.right
def as_a_convolution(image, size):
    kernel = np.ones((size, size)) / size**2
    return correlate2d(image, kernel, mode="valid")[::size, ::size]


@average_pool.right
def in_lists(image, size):
    rows, columns = image.shape
    return [
        [np.average(image[row : row + size, column : column + size]) for column in range(0, columns - size + 1, size)]
        for row in range(0, rows - size + 1, size)
    ]


@average_pool.right
def sum_of_shifted_images(image, size):
    height, width = image.shape[0] // size * size, image.shape[1] // size * size
    total = 0.0
    for row in range(size):
        for column in range(size):
            total = total + image[row:height:size, column:width:size]
    return total / (size * size)


def block_means(image, size):
    """What some of the wrong answers below start from."""
    return sliding_window_view(image, (size, size)).mean(axis=(-2, -1))[::size, ::size]


@average_pool.wrong("the largest number of each block")
def the_largest(image, size):
    return sliding_window_view(image, (size, size))[::size, ::size].max(axis=(2, 3))


@average_pool.wrong("the sum of each block")
def the_sum(image, size):
    return sliding_window_view(image, (size, size))[::size, ::size].sum(axis=(2, 3))


@average_pool.wrong("size × size numbers")
def by_size(image, size):
    return sliding_window_view(image, (size, size))[::size, ::size].sum(axis=(2, 3)) / size


@average_pool.wrong("the first number of each block")
def every_other(image, size):
    return image[: image.shape[0] // size * size : size, : image.shape[1] // size * size : size]


@average_pool.wrong("The windows overlap")
def stride_of_one(image, size):
    return sliding_window_view(image, (size, size)).mean(axis=(2, 3))


@average_pool.wrong("stick out at the end")
def keeps_what_is_left(image, size):
    return [
        [image[row : row + size, column : column + size].mean() for column in range(0, image.shape[1], size)]
        for row in range(0, image.shape[0], size)
    ]


@average_pool.wrong("over the wrong axes")
def mixes_the_blocks(image, size):
    height, width = image.shape[0] // size, image.shape[1] // size
    return image[: height * size, : width * size].reshape(size, height, size, width).mean(axis=(0, 2))


@average_pool.wrong("its neighbors from one row")
def blocks_last(image, size):
    height, width = image.shape[0] // size, image.shape[1] // size
    return image[: height * size, : width * size].reshape(height, width, size, size).mean(axis=(2, 3))


@average_pool.wrong("fractions are lost")
def whole_numbers(image, size):
    height, width = image.shape[0] // size, image.shape[1] // size
    blocks = image[: height * size, : width * size].reshape(height, size, width, size)
    return blocks.sum(axis=(1, 3)) // size**2


@average_pool.wrong("ValueError(.|\n)*odd number(.|\n)*line 3 of the cell")
def even_sizes_only(image, size):
    height, width = image.shape[0] // size, image.shape[1] // size
    return image.reshape(height, size, width, size).mean(axis=(1, 3))


@average_pool.wrong("an image that is not square(.|\n)*shape")
def square_images_only(image, size):
    side = image.shape[0] // size
    blocks = image[: side * size, : side * size].reshape(side, size, side, size)
    return blocks.mean(axis=(1, 3))


@average_pool.wrong("starts at row `row . size`")
def forgets_times_size(image, size):
    output = np.zeros((image.shape[0] // size, image.shape[1] // size))
    for row in range(output.shape[0]):
        for column in range(output.shape[1]):
            output[row, column] = image[row : row + size, column : column + size].mean()
    return output


@average_pool.wrong("blocks of 2, whatever(.|\n)*blocks of 3")
def two_in_the_loop(image, size):
    output = np.zeros((image.shape[0] // size, image.shape[1] // size))
    for row in range(output.shape[0]):
        for column in range(output.shape[1]):
            output[row, column] = image[row * 2 : row * 2 + 2, column * 2 : column * 2 + 2].mean()
    return output


@average_pool.wrong("blocks of 2, whatever(.|\n)*blocks of 3")
def always_two(image, size):
    height, width = image.shape[0] // 2, image.shape[1] // 2
    return image[: height * 2, : width * 2].reshape(height, 2, width, 2).mean(axis=(1, 3))


@average_pool.wrong("The sum ran over(.|\n)*more than a byte")
def adds_in_the_type_of_the_image(image, size):
    height, width = image.shape[0] // size * size, image.shape[1] // size * size
    total = np.zeros_like(image[:height:size, :width:size])
    for row in range(size):
        for column in range(size):
            total += image[row:height:size, column:width:size]
    return total / (size * size)


@average_pool.wrong("end with `return`")
def returns_nothing(image, size):  # noqa: F811
    block_means(image, size)


@average_pool.wrong("Rows and columns are swapped")
def transposed(image, size):
    return block_means(image, size).T


@average_pool.wrong("a single number|has shape")
def one_mean(image, size):
    return image.mean()


average_pool.equivalent(
    "return blocks.mean(axis=(1, 3))  ->  return blocks.mean(axis=(3, 1))",
    "a mean over two axes does not depend on their order",
)
average_pool.equivalent(
    "output = np.zeros((image.shape[0] // size, image.shape[1] // size), dtype='float32')  ->  "
    "output = np.zeros((image.shape[0] // size, image.shape[1] // size))",
    "float32 and float64 are both accepted",
)
for axes in ("-1, -2", "2, -1"):
    average_pool.equivalent(
        "return sliding_window_view(image, (size, size)).mean(axis=(-2, -1))[::size, ::size]  ->  "
        f"return sliding_window_view(image, (size, size)).mean(axis=({axes}))[::size, ::size]",
        "the same two axes, named in another way",
    )

parameters_saved = Bank()
parameters_saved.right_value(28_608, 28_608.0, np.int64(28_608), (25 * 64 * 64 + 64) - 2 * (9 * 64 * 64 + 64))
parameters_saved.wrong_value("Now the biases", 28_672)
parameters_saved.wrong_value("both kinds of layers have biases", 28_544, 28_736)
parameters_saved.wrong_value("A layer has 64 filters", 448, 512)
parameters_saved.wrong_value("one small layer", 65_536)
parameters_saved.wrong_value("through all 64 channels", 384)
parameters_saved.wrong_value("windows only", 7)
parameters_saved.wrong_value("64 filters are not", 447)
parameters_saved.wrong_value("what the two small layers have", 73_856)
parameters_saved.wrong_value("what the large layer has", 102_464)
parameters_saved.wrong_value("sign is wrong", -28_608)
parameters_saved.wrong_value("not one for each channel", 24_576)
parameters_saved.wrong_value("too small", 0, 28_607)
parameters_saved.wrong_value("too large", 28_609, 10**9)
parameters_saved.wrong_value("is text", "28608")
parameters_saved.wrong_value("a single number", (102_464, 73_856))
