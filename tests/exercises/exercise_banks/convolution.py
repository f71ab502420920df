"""Answers to the exercises of lesson 03."""

import functools
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


@side_after.right
def rounds_once_at_the_end(n, layers):
    """What is left over stays left over, whatever comes after it."""
    for kernel, stride, padding in layers:
        n = (n + 2 * padding - kernel) / stride + 1
    return int(n + 1e-9)


@side_after.right
def folds(n, layers):
    return functools.reduce(lambda side, layer: (side - layer[0] + 2 * layer[2]) // layer[1] + 1, layers, n)


class Layers:
    """Called like a function, without being one."""

    def __call__(self, n, layers):
        for k, s, p in layers:
            whole, _ = divmod(n + p + p - k + s, s)
            n = whole
        return n


side_after.right_value(Layers())


@side_after.right
def slides_a_window_of_ones(n, layers):
    for kernel, stride, padding in layers:
        n = sliding_window_view(np.zeros(n + 2 * padding), kernel)[::stride].shape[0]
    return np.int16(n)


@side_after.right
def asks_tensorflow(n, layers):
    import tensorflow as tf

    side = tf.constant(n)
    for kernel, stride, padding in layers:
        side = (side + 2 * padding - kernel) // stride + 1
    return side


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


@side_after.wrong("divides only a part")
def divides_the_wrong_way(n, layers):
    for kernel, stride, padding in layers:
        n = n + 2 * padding - kernel // stride + 1
    return n


@side_after.wrong("put around the image")
def zeros_at_both_ends_of_the_image_only(n, layers):
    """Right for the first layer."""
    for number, (kernel, stride, padding) in enumerate(layers):
        n = (n + (padding if number else 2 * padding) - kernel) // stride + 1
    return n


@side_after.wrong("divides only a part")
def divides_the_pixels_only(n, layers):
    for kernel, stride, padding in layers:
        n = n // stride - kernel + 2 * padding + 1
    return n


@side_after.wrong("belong to what the window reads")
def zeros_around_the_output(n, layers):
    for kernel, stride, padding in layers:
        n = (n - kernel) // stride + 1 + 2 * padding
    return n


@side_after.wrong("fits only with the zeros")
def ends_where_the_window_is_larger(n, layers):
    for kernel, stride, padding in layers:
        if kernel > n:
            break
        n = (n + 2 * padding - kernel) // stride + 1
    return n


@side_after.wrong("more zeros than the window is wide, and stride 1")
def zeros_of_a_usual_number(n, layers):
    for kernel, stride, padding in layers:
        if stride > 1 or padding < kernel:
            n = (n + 2 * padding - kernel) // stride + 1
    return n


@side_after.wrong("padding of all layers")
def all_zeros_first(n, layers):
    n += 2 * sum(padding for _, _, padding in layers)
    for kernel, stride, _ in layers:
        n = (n - kernel) // stride + 1
    return n


@side_after.wrong("of the first one")
def stride_of_the_first(n, layers):
    _, stride, padding = layers[0] if layers else (0, 0, 0)
    for kernel, *_ in layers:
        n = (n + 2 * padding - kernel) // stride + 1
    return n


@side_after.wrong("last layer is left out")
def stops_one_too_early(n, layers):
    for i in range(len(layers) - 1):
        kernel, stride, padding = layers[i]
        n = (n + 2 * padding - kernel) // stride + 1
    return n


@side_after.wrong("That is what padding")
def as_if_the_same(n, layers):
    for _, stride, _ in layers:
        n = math.ceil(n / stride)
    return n


@side_after.wrong("rounded up, or to the nearest")
def rounds_to_the_nearest(n, layers):
    for kernel, stride, padding in layers:
        n = round((n + 2 * padding - kernel) / stride) + 1
    return n


@side_after.wrong("rounded up, or to the nearest")
def rounds_halves_up(n, layers):
    for kernel, stride, padding in layers:
        n = int((n + 2 * padding - kernel) / stride + 1.5)
    return n


@side_after.wrong("twelve layers(.|\n)*11 before it|twelve layers")
def ten_layers_at_most(n, layers):
    for i in range(10):
        if i < len(layers):
            kernel, stride, padding = layers[i]
            n = (n + 2 * padding - kernel) // stride + 1
    return n


@side_after.wrong("more zeros than the window")
def zeros_up_to_the_window(n, layers):
    for kernel, stride, padding in layers:
        n = (n + 2 * min(padding, kernel - 1) - kernel) // stride + 1
    return n


@side_after.wrong("a window of 1")
def stride_up_to_the_window(n, layers):
    for kernel, stride, padding in layers:
        n = (n + 2 * padding - kernel) // min(kernel, stride) + 1
    return n


@side_after.wrong("1,001 pixels")
def search_that_ends_early(n, layers):
    for kernel, stride, padding in layers:
        n = sum(start + kernel <= n + 2 * padding for start in range(0, 400, stride))
    return n


@side_after.wrong("for the second|two layers")
def zeros_for_the_first_only(n, layers):
    for number, (kernel, stride, padding) in enumerate(layers):
        if number == 0:
            n += 2 * padding
        n = (n - kernel) // stride + 1
    return n


@side_after.wrong("rounded up")
def rounds_up_after_the_first(n, layers):
    for number, (kernel, stride, padding) in enumerate(layers):
        steps = (n + 2 * padding - kernel) / stride
        n = int(steps if number == 0 else math.ceil(steps)) + 1
    return n


@side_after.wrong("as large as the image")
def never_down_to_one(n, layers):
    for kernel, stride, padding in layers:
        n = max((n + 2 * padding - kernel) // stride + 1, 2)
    return n


@side_after.wrong("Where there is no layer, a loop")
def only_in_the_loop(n, layers):
    side = n
    for kernel, stride, padding in layers:
        side = (side + 2 * padding - kernel) // stride + 1
        result = side
    return result


@side_after.wrong("28 pixels, a window of 3|one zero at each end")
def hard_coded(n, layers):
    return 13


@side_after.wrong("no layer at all|one zero at each end")
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


@slide.right
def by_a_sum_over_letters(image, kernel):
    windows = sliding_window_view(image.astype("float32"), kernel.shape)
    return np.einsum("rcij,ij->rc", windows, kernel)


@slide.right
def as_a_matrix_product(image, kernel):
    windows = sliding_window_view(image, kernel.shape)
    rows, columns = windows.shape[:2]
    return (windows.reshape(rows * columns, -1) @ kernel.astype(float).ravel()).reshape(rows, columns)


def slide_with_tensorflow(image, kernel):
    import tensorflow as tf

    image = tf.cast(image, tf.float32)[tf.newaxis, :, :, tf.newaxis]
    return tf.nn.conv2d(image, tf.cast(kernel, tf.float32)[:, :, tf.newaxis, tf.newaxis], 1, "VALID")[0, :, :, 0]


slide.right_value(functools.partial(slide_with_tensorflow))  # a mutant would end the process


def slide_with_keras(image, kernel):
    import keras

    image = keras.ops.cast(image, "float32")[None, ..., None]
    return keras.ops.conv(image, keras.ops.cast(kernel, "float32")[..., None, None], padding="valid")[0, ..., 0]


slide.right_value(functools.partial(slide_with_keras))  # a mutant would end the process


@slide.right
def turned_twice(image, kernel):
    return convolve2d(image.astype("float64"), kernel[::-1, ::-1], mode="valid")


@slide.right
def row_by_row(image, kernel):
    def rows():
        for top in range(image.shape[0] - len(kernel) + 1):
            yield [
                float(np.vdot(image[top : top + kernel.shape[0], left : left + kernel.shape[1]], kernel))
                for left in range(image.shape[1] - kernel.shape[1] + 1)
            ]

    return rows()


def slid(image, kernel):
    """The function as it stands in the lesson, which some of the wrong answers below go on from."""
    height, width = kernel.shape
    output = np.zeros_like(image[height - 1 :, width - 1 :])
    for row, column in np.ndindex(output.shape):
        output[row, column] = (image[row : row + height, column : column + width] * kernel).sum()
    return output


@slide.wrong("fractions are lost: as whole numbers, pixels")
def all_images_as_whole_numbers(image, kernel):
    return slid(image.astype(int), kernel)


@slide.wrong("Bytes come out right, other types of whole numbers do not")
def bytes_only(image, kernel):
    if image.dtype == np.uint8:
        image = image.astype("float32")
    return slid(image, kernel)


@slide.wrong("Bytes come out right, other types of whole numbers do not")
def types_without_a_sign_only(image, kernel):
    return slid(image.astype(float) if image.dtype.kind == "u" else image, kernel)


@slide.wrong("`True` and `False` still gives its type")
def numbers_only(image, kernel):
    if np.issubdtype(image.dtype, np.integer):
        image = image.astype(float)
    return slid(image, kernel)


@slide.wrong("only their type matters")
def where_pixels_are_large(image, kernel):
    if image.max() > 1:
        image = image / 1.0
    return slid(image, kernel)


@slide.wrong("int8|other types of whole numbers|no type of whole numbers")
def as_small_integers(image, kernel):
    output = slid(image.astype("int16"), kernel).astype(float)
    return slid(image.astype(float), kernel) if image.dtype.kind in "uf" else output


@slide.wrong("uint16|int16")
def up_to_a_byte(image, kernel):
    return correlate2d(np.minimum(image, np.uint8(255)).astype(float), kernel, mode="valid")


@slide.wrong("weights have the type of the image")
def weights_in_the_type_of_the_image(image, kernel):
    height, width = kernel.shape
    output = np.zeros((image.shape[0] - height + 1, image.shape[1] - width + 1))
    for row, column in np.ndindex(output.shape):
        window = image[row : row + height, column : column + width]
        output[row, column] = (window * kernel.astype(image.dtype)).sum()
    return output


@slide.wrong("type of the kernel")
def in_the_type_of_the_kernel(image, kernel):
    output = np.zeros_like(kernel, shape=(image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1))
    for row, column in np.ndindex(output.shape):
        window = image[row : row + kernel.shape[0], column : column + kernel.shape[1]]
        output[row, column] = (window * kernel).sum()
    return output


@slide.wrong("too late")
def sums_in_the_type_of_the_image(image, kernel):
    height, width = kernel.shape
    output = np.zeros((image.shape[0] - height + 1, image.shape[1] - width + 1))
    for row, column in np.ndindex(output.shape):
        window = image[row : row + height, column : column + width]
        output[row, column] = (window * kernel).sum().astype(image.dtype)
    return output


@slide.wrong("That number does not fit into the type")
def in_one_byte_with_a_sign(image, kernel):
    results = correlate2d(image.astype(float), kernel, mode="valid")
    return results if image.dtype != "int8" else [[np.array(int(n), dtype="int8") for n in row] for row in results]


@slide.wrong("upside down")
def from_below(image, kernel):
    return correlate2d(image.astype(float), np.flipud(kernel), mode="valid")


@slide.wrong("left to right")
def from_the_right(image, kernel):
    return correlate2d(image.astype(float), np.fliplr(kernel), mode="valid")


@slide.wrong("The numbers are rounded")
def rounds(image, kernel):
    return np.round(correlate2d(image.astype(float), kernel, mode="valid"))


@slide.wrong("no type of whole numbers")
def whole_where_the_image_is(image, kernel):
    result = correlate2d(image.astype(float), kernel, mode="valid")
    return result.astype("int64") if image.dtype.kind in "ub" else result


@slide.wrong("no type of whole numbers")
def whole_for_all_whole_types(image, kernel):
    return slid(image.astype(np.int64) if image.dtype.kind in "iu" else image.astype(float), kernel)


@slide.wrong("scaled to 0 to 1")
def scales_bytes(image, kernel):
    if image.dtype.kind == "u":
        image = image / 255
    return slid(image.astype(float), kernel)


@slide.wrong("negative pixels|int8")
def without_negative_pixels(image, kernel):
    return slid(np.abs(image.astype(float)), kernel)


@slide.wrong("a kernel as large|shape")
def one_window_fewer(image, kernel):
    windows = sliding_window_view(image.astype(float), kernel.shape)
    windows = windows[: max(len(windows) - 1, 1)] if len(windows) > 2 else windows
    return np.einsum("rcij,ij->rc", windows, kernel)


@slide.wrong("Negative numbers became 0")
def clips(image, kernel):
    return np.maximum(correlate2d(image.astype(float), kernel, mode="valid"), 0)


@slide.wrong("lost their sign")
def takes_the_absolute(image, kernel):
    return np.abs(correlate2d(image.astype(float), kernel, mode="valid"))


@slide.wrong("too late")
def converts_at_the_end(image, kernel):
    height, width = kernel.shape
    output = np.zeros_like(image[height - 1 :, width - 1 :])
    for row in range(output.shape[0]):
        for column in range(output.shape[1]):
            output[row, column] = (image[row : row + height, column : column + width] * kernel).sum()
    return output.astype(float)


@slide.wrong("no type of whole numbers")
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


@slide.wrong("too late for another")
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


@slide.wrong("without the weights")
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


@average_pool.right
def by_rows_and_by_columns(image, size):
    """A mean of means, of as many numbers each."""
    height, width = image.shape[0] // size, image.shape[1] // size
    rows = np.array([image[row * size : (row + 1) * size].mean(axis=0) for row in range(height)])
    return np.stack([rows[:, c * size : c * size + size].mean(axis=1) for c in range(width)], axis=1)


@average_pool.right
def as_two_matrix_products(image, size):
    def sums(n):
        return np.kron(np.eye(n // size), np.ones(size)) @ np.eye(n)[: n // size * size]

    return sums(image.shape[0]) @ image @ sums(image.shape[1]).T / size**2


@average_pool.right
def in_pure_python(image, size):
    image = image.tolist()
    return tuple(
        tuple(
            sum(sum(row[left : left + size]) for row in image[top : top + size]) / size / size
            for left in range(0, len(image[0]) // size * size, size)
        )
        for top in range(0, len(image) // size * size, size)
    )


@average_pool.right
def with_running_sums(image, size):
    total = np.zeros((image.shape[0] + 1, image.shape[1] + 1))
    total[1:, 1:] = image.astype(float).cumsum(axis=0).cumsum(axis=1)
    corners = total[::size, ::size]
    return np.diff(np.diff(corners, axis=0), axis=1) / (size * size)


def average_pool_with_a_layer_of_keras(image, size):
    import keras

    image = keras.ops.cast(image, "float32")[None, ..., None]
    return keras.layers.AveragePooling2D(size)(image)[0, ..., 0]


average_pool.right_value(functools.partial(average_pool_with_a_layer_of_keras))  # a mutant would end the process


def average_pool_with_tensorflow(image, size):
    import tensorflow as tf

    image = tf.cast(image, tf.float32)[tf.newaxis, :, :, tf.newaxis]
    return tf.nn.avg_pool2d(image, size, size, "VALID")[0, :, :, 0]


average_pool.right_value(functools.partial(average_pool_with_tensorflow))  # a mutant would end the process


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


@average_pool.wrong("blocks of 2, but(.|\n)*blocks of 3")
def two_in_the_loop(image, size):
    output = np.zeros((image.shape[0] // size, image.shape[1] // size))
    for row in range(output.shape[0]):
        for column in range(output.shape[1]):
            output[row, column] = image[row * 2 : row * 2 + 2, column * 2 : column * 2 + 2].mean()
    return output


@average_pool.wrong("blocks of 2, but(.|\n)*blocks of 3")
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


@average_pool.wrong("A slice ends before")
def slices_end_too_early(image, size):
    output = np.zeros((image.shape[0] // size, image.shape[1] // size))
    for row, column in np.ndindex(output.shape):
        top, left, less = row * size, column * size, min(size - 1, 1)
        output[row, column] = image[top : top + size - less, left : left + size - less].mean()
    return output


@average_pool.wrong("over the wrong axes")
def over_neighboring_axes(image, size):
    height, width = image.shape[0] // size, image.shape[1] // size
    return image[: height * size, : width * size].reshape(height, size, width, size).mean(axis=(1, 2))


@average_pool.wrong("The sum ran over")
def adds_in_int8(image, size):
    """Only for one of the types that it may meet."""
    blocks = sliding_window_view(image, (size, size))[::size, ::size]
    if image.dtype.itemsize == 1:
        return blocks.sum(axis=(2, 3), dtype=image.dtype) / size**2
    return blocks.mean(axis=(2, 3))


@average_pool.wrong("fractions are lost")
def rounds_the_mean(image, size):
    return np.round(block_means(image, size))


@average_pool.wrong("fractions are lost")
def in_the_type_of_the_image(image, size):
    return block_means(image, size).astype(image.dtype if image.dtype.kind in "iu" else int)


@average_pool.wrong("fractions are lost|bytes whose sum")
def whole_numbers_for_bytes(image, size):
    means = block_means(image, size)
    return means.astype(image.dtype) if image.dtype.itemsize == 1 else means


@average_pool.wrong("the smallest number of each block")
def the_smallest(image, size):
    return sliding_window_view(image, (size, size))[::size, ::size].min(axis=(2, 3))


@average_pool.wrong("the median")
def the_middle_one(image, size):
    return np.median(sliding_window_view(image, (size, size))[::size, ::size], axis=(2, 3))


@average_pool.wrong("The blocks begin too late")
def drops_the_first(image, size):
    height, width = image.shape
    return block_means(image[height % size :, width % size :], size)


@average_pool.wrong("Zeros fill up the blocks")
def fills_up_with_zeros(image, size):
    height, width = image.shape
    return block_means(np.pad(image, ((0, -height % size), (0, -width % size))), size)


@average_pool.wrong("Only the first row of each block")
def one_row_of_each(image, size):
    height, width = image.shape[0] // size * size, image.shape[1] // size
    return image[:height:size, : width * size].reshape(-1, width, size).mean(axis=2)


@average_pool.wrong("Only the first column of each block")
def one_column_of_each(image, size):
    return block_means(np.repeat(image[:, ::size], size, axis=1)[:, : image.shape[1]], size)


@average_pool.wrong("as many as three of them left over|shape")
def rounds_the_number_of_blocks(image, size):
    height, width = round(image.shape[0] / size), round(image.shape[1] / size)
    return [
        [image[r * size : (r + 1) * size, c * size : (c + 1) * size].mean() for c in range(width)]
        for r in range(height)
    ]


@average_pool.wrong("more than ten of them|has shape")
def ten_blocks_at_most(image, size):
    return block_means(image, size)[:10, :10]


@average_pool.wrong("negative numbers|two columns left over")
def without_a_sign(image, size):
    return block_means(np.abs(image.astype(float)), size)


@average_pool.wrong("blocks of 2, but(.|\n)*blocks of 4")
def two_or_three(image, size):
    return block_means(image, size if size < 4 else 2)


@average_pool.wrong("first cut off the rows and columns")
def cuts_nothing_off(image, size):
    height, width = image.shape
    return image.reshape(height // size, size, width // size, size).mean(axis=(1, 3))


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
parameters_saved.right_value(np.float32(28_608), np.array(28_608), 64 * (25 * 64 + 1) - 64 * (9 * 64 + 1) * 2)
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


UPRIGHT = np.array([[0, 1, 0], [0, -2, 0], [0, 1, 0]])
KERNEL_D = np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]])
KERNEL_C = KERNEL_D.T
KERNEL_E = np.array([[0, 1, 1], [-1, 0, 1], [-1, -1, 0]])
KERNEL_F = np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])

silent_kernel = Bank()
silent_kernel.right_value(
    UPRIGHT,
    UPRIGHT.tolist(),
    tuple(map(tuple, UPRIGHT.tolist())),
    [np.array(row) for row in UPRIGHT],
    UPRIGHT.astype("float32"),
    UPRIGHT.astype("float16"),
    UPRIGHT.astype("int8"),
    np.asfortranarray(UPRIGHT),
    np.ma.array(UPRIGHT),
    -UPRIGHT,
    [[1, 0, 0], [-1, 0, 0], [0, 0, 0]],
    [[0, 0, 0], [0, 0, 1], [0, 0, -1]],
    [[1, 0, -2], [-3, 4, 0], [2, -4, 2]],
    [[1, 2, 1], [0, 0, 0], [-1, -2, -1]],  # Sobel's, for horizontal edges
    [[-1, -1, -1], [2, 2, 2], [-1, -1, -1]],  # a horizontal line
    [[-1, 2, -1], [2, -4, 2], [-1, 2, -1]],
    [[1, 1, 1], [-1, -1, -1], [0, 0, 0]],
    [[-1, -1, -1], [0, 0, 0.5], [1, 1, 0.5]],
)
silent_kernel.right_value(
    np.array([[0.1, 0.1, 0.1], [0.2, 0.2, 0.2], [-0.3, -0.3, -0.3]]),  # not 0 to the last bit
    np.array([[0.1, 0.7, 0], [0.2, -0.6, 0], [-0.3, -0.1, 0]], dtype="float32"),
    [[1 / 3, 0, 0], [1 / 3, 0, 0], [-2 / 3, 0, 0]],
    1e300 * UPRIGHT,
    1e-300 * UPRIGHT,
    KERNEL_D * [1, 1, 2] + UPRIGHT,
    np.array([[1, -1, 0], [-1, 1, 0], [0, 0, 0]]),
    np.outer([1, -2, 1], [3, 0, -1]),
    np.outer([1, 0, -1], [1, 2, 3]),
    [[5, -3, 2], [-1, 1, 2], [-4, 2, -4]],
)
silent_kernel.wrong_value("All nine weights are 0", np.zeros((3, 3)), [[0] * 3] * 3, np.zeros((3, 3), dtype=bool))
silent_kernel.wrong_value(
    "it is \\*d\\* itself", KERNEL_D, KERNEL_D.tolist(), 2 * KERNEL_D, KERNEL_D / 3, 1e-200 * KERNEL_D
)
silent_kernel.wrong_value("it is \\*d\\* upside down", -KERNEL_D, KERNEL_D[::-1], -0.1 * KERNEL_D)
silent_kernel.wrong_value("At row 0, column 10 of the output it gives 3. .*vertical edges(.|\n)*on its side", KERNEL_C)
silent_kernel.wrong_value("column 10 of the output it gives -3. .*vertical edges", -KERNEL_C, KERNEL_C[:, ::-1])
silent_kernel.wrong_value("vertical edges", KERNEL_C / 8, [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], UPRIGHT.T)
silent_kernel.wrong_value("add up to 0, so it is silent on paper", KERNEL_E, KERNEL_F)
silent_kernel.wrong_value("column 10 of the output it gives 2. .*sides of the bar", KERNEL_E)
silent_kernel.wrong_value("column 11 of the output it gives -1", [[1, 0, 0], [0, -1, 1], [0, 0, -1]])
silent_kernel.wrong_value(
    "box filter", np.full((3, 3), 1 / 9), np.ones((3, 3)), -np.ones((3, 3)), np.ones((3, 3), dtype=bool)
)
silent_kernel.wrong_value(
    "both signs are needed", [[0, 0, 0], [0, 1, 0], [0, 0, 0]], np.arange(9).reshape(3, 3), np.eye(3), -np.eye(3)
)
silent_kernel.wrong_value(
    "At row 0, column 10 of the output it gives 18\\. .*both signs", np.arange(9).reshape(3, 3) + 1
)
silent_kernel.wrong_value(
    "gives the sum of its weights",
    [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    [[-1, 2, 0], [0, 0, 0], [0, 0, 0]],
    [[1, 1, 1], [0, 0, 0], [-1, -1, 1]],
    np.random.default_rng(0).normal(size=(3, 3)),
)
silent_kernel.wrong_value(
    "Nearly",
    [[0.33, 0, 0], [0.33, 0, 0], [-0.67, 0, 0]],
    [[1, 1, 1], [0.001, 0, 0], [-1, -1, -1]],
    [[100, 0, 0], [-101, 0, 0], [0, 0, 0]],
)
silent_kernel.wrong_value("NaN, which is not a number", [[np.nan] * 3] * 3, np.where(UPRIGHT == 1, np.nan, UPRIGHT))
silent_kernel.wrong_value(
    "is infinite", [[np.inf, 0, 0], [-np.inf, 0, 0], [0, 0, 0]], np.where(UPRIGHT == 1, np.inf, 0)
)
silent_kernel.wrong_value("shape \\(9,\\)(.|\n)*reshape", UPRIGHT.ravel(), UPRIGHT.ravel().tolist())
silent_kernel.wrong_value(
    "not as three rows of three", UPRIGHT[np.newaxis], UPRIGHT[:, :, np.newaxis], UPRIGHT[:, :, np.newaxis, np.newaxis]
)
silent_kernel.wrong_value("no axes for channels", np.zeros((3, 3, 2, 3)))
silent_kernel.wrong_value("size of an image", np.zeros((28, 28)))
silent_kernel.wrong_value("size of what a kernel gives", np.zeros((26, 26)))
silent_kernel.wrong_value("nine weights, not one", 0, 1.5, np.float32(2), True)
silent_kernel.wrong_value("three rows of three weights", [1, -2, 1], [[1], [-1]], np.zeros((2, 2)), np.ones((5, 5)), [])
silent_kernel.wrong_value("is text", "d", "[[1, 0, 0], [-1, 0, 0], [0, 0, 0]]")
silent_kernel.wrong_value("real numbers", [["1", "0", "0"], ["-1", "0", "0"], ["0", "0", "0"]], UPRIGHT * 1j, {"d": 1})
silent_kernel.wrong_value("real numbers", [[None, 0, 0], [0, 0, 0], [0, 0, 0]])
silent_kernel.wrong_value("different lengths", [[1, 0, 0], [-1, 0], [0, 0, 0]])
silent_kernel.wrong_value("Your answer is None", None)
silent_kernel.wrong_value("not a function", np.zeros, lambda image: image)
silent_kernel.wrong_value("far more than asked for", [0] * 5000)
silent_kernel.wrong_value("larger than any float", [[10**400, 0, 0], [-(10**400), 0, 0], [0, 0, 0]])
