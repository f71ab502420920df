"""Answers to the exercises of lesson 02."""

import collections
import functools
import random

import numpy as np
from sklearn.model_selection import train_test_split

from course_utils.data import split_validation
from exercise_banks import Bank

one_hot = Bank()


@one_hot.right
def with_enumerate(labels, n_classes):
    rows = np.zeros((len(labels), n_classes), dtype="float32")
    for row, label in enumerate(labels):
        rows[row, label] = 1
    return rows


@one_hot.right
def with_eye(labels, n_classes):
    return np.eye(n_classes)[labels]


@one_hot.right
def with_lists(labels, n_classes):
    return [[int(c == label) for c in range(n_classes)] for label in labels]


@one_hot.right
def by_comparing(labels, n_classes):
    return (np.arange(n_classes) == labels[:, None]).astype(int)


@one_hot.right
def true_and_false(labels, n_classes):
    return labels[:, None] == np.arange(n_classes)


@one_hot.right
def row_by_row(labels, n_classes):
    rows = []
    for label in labels:
        row = np.zeros(n_classes)
        row[label] = 1
        rows.append(row)
    return rows


@one_hot.right
def put_along_axis(labels, n_classes):
    rows = np.zeros((labels.size, n_classes))
    np.put_along_axis(rows, labels[:, None].astype(int), 1, axis=1)
    return rows


@one_hot.wrong("Rows and columns are swapped")
def swapped(labels, n_classes):
    return np.eye(n_classes)[:, labels]


@one_hot.wrong("count from 0")
def counts_from_one(labels, n_classes):
    rows = np.zeros((len(labels), n_classes))
    for row, label in enumerate(labels):
        rows[row, int(label) - 1] = 1
    return rows


@one_hot.wrong("not in column 1")
def one_too_far(labels, n_classes):
    rows = np.zeros((len(labels), n_classes))
    for row, label in enumerate(labels):
        rows[row, label + 1] = 1
    return rows


@one_hot.wrong("Whole rows are 1")
def rows_by_label(labels, n_classes):
    rows = np.zeros((len(labels), n_classes))
    rows[labels] = 1
    return rows


@one_hot.wrong("IndexError(.|\n)*line 3 of the cell")
def rows_by_a_label_too_far(labels, n_classes):
    rows = np.zeros((2, n_classes))
    rows[labels] = 1
    return rows


@one_hot.wrong("swapped: the label")
def zeros_for_ones(labels, n_classes):
    return 1 - np.eye(n_classes)[labels]


@one_hot.wrong("holds the label itself")
def the_label_itself(labels, n_classes):
    rows = np.zeros((len(labels), n_classes))
    for row, label in enumerate(labels):
        rows[row, label] = label
    return rows


@one_hot.wrong("comes from the largest label")
def as_wide_as_the_largest(labels, n_classes):
    rows = np.zeros((len(labels), labels.max() + 1))
    rows[np.arange(len(labels)), labels] = 1
    return rows


@one_hot.wrong("Every row has the 1s of all labels")
def one_row_under_many_names(labels, n_classes):
    rows = [[0] * n_classes] * len(labels)
    for row, label in enumerate(labels):
        rows[row][label] = 1
    return rows


@one_hot.wrong("whole columns")
def all_rows_at_once(labels, n_classes):
    rows = np.zeros((len(labels), n_classes))
    rows[:, labels] = 1
    return rows


@one_hot.wrong("a class that no label names")
def square(labels, n_classes):
    return np.eye(max(n_classes, 4))[labels][:, :4] if n_classes > 3 else np.eye(n_classes)[labels]


@one_hot.wrong("row of a single label")
def last_label_only(labels, n_classes):
    for label in labels:
        row = np.zeros(n_classes)
        row[label] = 1
    return row


@one_hot.wrong("row of a single label")
def returns_too_early(labels, n_classes):
    for label in labels:
        row = np.zeros(n_classes)
        row[label] = 1
        return row


@one_hot.wrong("cumulative")
def cumulated(labels, n_classes):
    return np.arange(n_classes) <= labels[:, None]


@one_hot.wrong("should have shape \\(3, 5\\)")
def hard_coded(labels, n_classes):
    return np.array([[0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 1, 0]])


@one_hot.wrong("always ten columns")
def ten_columns(labels, n_classes):
    return np.eye(10)[labels]


@one_hot.wrong("end with `return`")
def returns_nothing(labels, n_classes):
    rows = np.zeros((len(labels), n_classes))
    rows[np.arange(len(labels)), labels] = 1


@one_hot.wrong("is text")
def text(labels, n_classes):
    return str(np.eye(n_classes)[labels])


@one_hot.wrong("real numbers")
def texts(labels, n_classes):
    return [["1" if c == label else "0" for c in range(n_classes)] for label in labels]


@one_hot.wrong("different lengths")
def ragged(labels, n_classes):
    return [[0] * label + [1] for label in labels.tolist()]


@one_hot.wrong("took too long")
def endless(labels, n_classes):
    rows, row = np.zeros((len(labels), n_classes)), 0
    while row < len(labels):
        rows[row, labels[row]] = 1
    return rows


@one_hot.wrong("It changes `labels` in place")
def uses_up_the_labels(labels, n_classes):
    rows = np.eye(n_classes)[labels]
    labels -= labels
    return rows


@one_hot.wrong("takes 1 positional|too many positional|cannot be called")
def forgets_n_classes(labels):
    return np.eye(10)[labels]


@one_hot.wrong("NaN")
def starts_from_nothing(labels, n_classes):
    rows = np.full((len(labels), n_classes), np.nan)
    rows[np.arange(len(labels)), labels] = 1
    return rows


@one_hot.right
def as_an_outer_comparison(labels, n_classes):
    return np.equal.outer(labels, range(n_classes)).astype("float32")


@one_hot.right
def in_a_generator(labels, n_classes):
    return ([0.0] * label + [1.0] + [0.0] * (n_classes - label - 1) for label in labels.tolist())


@one_hot.right
def with_flat_places(labels, n_classes):
    rows = np.zeros(len(labels) * n_classes, dtype="uint8")
    rows[np.arange(len(labels)) * n_classes + labels.astype(int)] = 1
    return rows.reshape(len(labels), n_classes)


@one_hot.right
def by_columns(labels, n_classes):
    return np.stack([labels == c for c in range(n_classes)], axis=1)


@one_hot.right
def rows_as_named_tuples(labels, n_classes):
    row = collections.namedtuple("Row", [f"class_{c}" for c in range(n_classes)])
    return [row(*map(float, np.arange(n_classes) == label)) for label in labels]


@one_hot.right
def by_recursion(labels, n_classes):
    if len(labels) == 1:
        row = np.zeros((1, n_classes))
        row[0, labels[0]] = 1
        return row
    half = len(labels) // 2
    return np.concatenate([by_recursion(labels[:half], n_classes), by_recursion(labels[half:], n_classes)])


@one_hot.right
def as_a_power_of_zero(labels, n_classes):
    return 0.0 ** np.abs(labels[:, None].astype(int) - np.arange(n_classes))


@one_hot.right
def in_tensorflow(labels, n_classes):
    import tensorflow as tf

    return tf.one_hot(tf.cast(labels, tf.int64), n_classes)


@one_hot.right
def in_keras(labels, n_classes):
    import keras

    return keras.ops.one_hot(labels.astype("int32"), n_classes)


@one_hot.right
def to_categorical(labels, n_classes):
    import keras

    return keras.utils.to_categorical(labels, n_classes)


@one_hot.wrong("shapes of two arrays do not fit together|IndexError: shape mismatch(.|\n)*line 3 of the cell")
def as_many_rows_as_classes(labels, n_classes):
    rows = np.zeros((len(labels), n_classes))
    rows[np.arange(n_classes), labels] = 1
    return rows


@one_hot.wrong("1s before the label's column")
def stops_before(labels, n_classes):
    return [[1] * label + [0] * (n_classes - label) for label in labels.tolist()]


@one_hot.wrong("single row with the 1s of all labels")
def one_row_for_all(labels, n_classes):
    row = np.zeros(n_classes)
    row[labels] = 1
    return row


@one_hot.wrong("All rows are in one")
def flat(labels, n_classes):
    return [int(c == label) for label in labels for c in range(n_classes)]


@one_hot.wrong("counts of the classes")
def sums_up(labels, n_classes):
    return sum(np.eye(n_classes)[label] for label in labels)


@one_hot.wrong("columns are in reverse order")
def as_binary_digits(labels, n_classes):
    return [[label >> 0 == n_classes - 1 - c for c in range(n_classes)] for label in labels.tolist()]


@one_hot.wrong("no 1 was set")
def compares_with_is(labels, n_classes):
    return [[int(label is c) for c in range(n_classes)] for label in labels]


@one_hot.wrong("no 1 was set")
def sets_a_copy(labels, n_classes):
    rows = np.zeros((len(labels), n_classes))
    rows[np.arange(len(labels))][:, labels] = 1
    return rows


@one_hot.wrong("one row for each class")
def identity(labels, n_classes):
    return np.identity(n_classes)


@one_hot.wrong("one row for each label that occurs")
def with_unique(labels, n_classes):
    return [np.arange(n_classes) == label for label in np.unique(labels)]


@one_hot.wrong("rows are in reverse order")
def inserts_at_the_front(labels, n_classes):
    rows = []
    for label in labels:
        rows.insert(0, np.arange(n_classes) == label)
    return rows


@one_hot.wrong("go down the diagonal")
def rows_by_their_number(labels, n_classes):
    rows = np.zeros((len(labels), n_classes))
    for row in range(min(len(labels), n_classes)):
        rows[row, row] = 1
    return rows


@one_hot.wrong("17 classes|a uint8 can count")
def flat_places_in_bytes(labels, n_classes):
    rows = np.zeros(len(labels) * n_classes)
    rows[np.arange(len(labels)).astype(labels.dtype) * labels.dtype.type(n_classes % 256) + labels] = 1
    return rows.reshape(len(labels), n_classes)


@one_hot.wrong("300 classes")
def labels_as_bytes(labels, n_classes):
    return np.arange(n_classes) == labels.astype("uint8")[:, None]


@one_hot.wrong("Each number is 255 times")
def ones_as_ink(labels, n_classes):
    return np.eye(n_classes)[labels] * 255


@one_hot.wrong("expected 0, got -1")
def minus_one_elsewhere(labels, n_classes):
    return 2 * np.eye(n_classes)[labels] - 1


@one_hot.wrong("`labels` \\(one number for each row\\) has shape|operands could not be broadcast|numbers differ")
def compares_side_by_side(labels, n_classes):
    return labels == np.arange(n_classes)


@one_hot.wrong("should have shape \\(3, 4\\)")
def with_an_axis_too_many(labels, n_classes):
    return np.eye(n_classes)[labels[:, None]]


@one_hot.wrong("in order of their labels' size")
def sorts_the_labels(labels, n_classes):
    return np.eye(n_classes)[sorted(labels.tolist())]


@one_hot.wrong("All 1s are in the first row")
def first_row_only(labels, n_classes):
    rows = np.zeros((len(labels), n_classes))
    rows[0, labels] = 1
    return rows


@one_hot.wrong("The two indices are swapped")
def indices_swapped(labels, n_classes):
    rows = np.zeros((len(labels), n_classes))
    for row, label in enumerate(labels):
        rows[label, row] = 1
    return rows


@one_hot.wrong("from the label's column on")
def cumulated_from_there(labels, n_classes):
    return [[int(c >= label) for c in range(n_classes)] for label in labels]


@one_hot.wrong("Begin each with new zeros")
def never_reset(labels, n_classes):
    row, rows = [0] * n_classes, []
    for label in labels:
        row[label] = 1
        rows.append(list(row))
    return rows


@one_hot.wrong("number of columns comes from the largest label")
def to_categorical_without_a_number(labels, n_classes):
    import keras

    return keras.utils.to_categorical(labels)


@one_hot.wrong("first at \\[0, 1\\]: expected 0, got 1")
def as_binary_numbers(labels, n_classes):
    return [[(label >> c) & 1 for c in range(n_classes)] for label in labels.tolist()]


one_hot.equivalent(
    "rows = np.zeros((len(labels), n_classes), dtype='float32')  ->  rows = np.zeros((len(labels), n_classes))",
    "float32 and float64 are both accepted",
)

prepare = Bank()


@prepare.right
def with_a_new_axis(images):
    return images[..., np.newaxis].astype(np.float32) / 255


@prepare.right
def with_expand_dims(images):
    return np.expand_dims(images, -1) / np.float32(255)


@prepare.right
def one_after_the_other(images):
    prepared = np.empty((*images.shape, 1), dtype="float32")
    for number, image in enumerate(images):
        prepared[number, :, :, 0] = image / 255
    return prepared


@prepare.right
def divides_first(images):
    return (images / 255).astype("float32").reshape(-1, 28, 28, 1)


@prepare.right
def by_a_factor(images):
    scaled = np.array(images, dtype="float32", order="F")
    scaled *= 1 / 255
    return scaled[:, :, :, None]


@prepare.wrong("must be float32, but it is float64")
def float64(images):
    return images[..., None] / 255


@prepare.wrong("not 256")
def by_256(images):
    return images[..., None].astype("float32") / 256


@prepare.wrong("largest pixel of these very images")
def by_the_largest(images):
    return images[..., None].astype("float32") / images.max()


@prepare.wrong("An axis of length 1 is missing")
def only_the_type(images):
    return images.astype("float32")


@prepare.wrong("range is missing")
def forgets_the_range(images):
    return images[..., None].astype("float32")


@prepare.wrong("channel axis is missing")
def forgets_the_axis(images):
    return images.astype("float32") / 255


@prepare.wrong("before rows and columns")
def channels_first(images):
    return images[:, None].astype("float32") / 255


@prepare.wrong("counted by the last axis")
def scrambled(images):
    return images.reshape((28, 28, 1, len(images))).astype("float32") / 255


@prepare.wrong("Integers were divided")
def integer_division(images):
    return (images // 255)[..., None].astype("float32")


@prepare.wrong("Integers were divided")
def back_to_bytes(images):
    return (images[..., None] / 255).astype("uint8")


@prepare.wrong("Ink and paper are swapped")
def negative(images):
    return 1 - images[..., None].astype("float32") / 255


@prepare.wrong("-1 to 1")
def to_minus_one(images):
    return images[..., None].astype("float32") / 127.5 - 1


@prepare.wrong("ValueError(.|\n)*line 2 of the cell(.|\n)*60000")
def for_all_of_mnist_only(images):
    return images.reshape((60000, 28, 28, 1)).astype("float32") / 255


@prepare.wrong("The result has shape")
def squeezes(images):
    return images.astype("float32").squeeze()[..., None] / 255


@prepare.wrong("UFuncTypeError|UFuncOutputCastingError")
def divides_in_place(images):
    images /= 255
    return images[..., None]


@prepare.wrong("It changes `images` in place")
def inverts_in_place(images):
    np.subtract(255, images, out=images)
    return 1 - images[..., None].astype("float32") / 255


@prepare.wrong("end with `return`")
def returns_nothing(images):  # noqa: F811
    images = images[..., None].astype("float32") / 255


@prepare.wrong("Rows and columns are swapped: each image is mirrored")
def turned_over(images):
    return images.swapaxes(1, 2)[..., None].astype("float32") / 255


@prepare.right
def in_tensorflow(images):  # noqa: F811
    import tensorflow as tf

    return tf.cast(images, tf.float32)[..., tf.newaxis] / 255.0


@prepare.right
def as_tensorflow_converts(images):
    import tensorflow as tf

    return tf.image.convert_image_dtype(images[..., None], tf.float32)


@prepare.right
def with_rescaling(images):
    import keras

    return keras.layers.Rescaling(1 / 255)(images[..., None])


@prepare.right
def in_keras(images):  # noqa: F811
    from keras import ops

    return ops.expand_dims(ops.divide(ops.cast(images, "float32"), 255), axis=-1)


@prepare.right
def by_a_table(images):
    return (np.arange(256, dtype="float32") / 255)[images][..., np.newaxis]


@prepare.right
def image_by_image(images):
    return np.stack([np.true_divide(image, 255, dtype="float32").reshape(28, 28, 1) for image in images])


@prepare.right
def as_lists(images):
    return np.array([[[[pixel / 255] for pixel in row] for row in image] for image in images.tolist()], "float32")


@prepare.right
def with_interp(images):
    return np.interp(images, (0, 255), (0, 1)).astype(np.float32).reshape((*images.shape, 1))


@prepare.right
def row_by_row(images):  # noqa: F811
    prepared = np.zeros((images.shape[0], 28, 28, 1), "f4")
    for n in range(len(images)):
        for row in range(28):
            prepared[n, row, :, 0] = images[n, row] * np.float32(1 / 255)
    return prepared


@prepare.wrong("divided by its own largest pixel")
def each_by_its_own_largest(images):
    prepared = [image / max(image.max(), 1) for image in images]
    return np.array(prepared, dtype="float32")[..., None]


@prepare.wrong("lightest pixel of these images became 0")
def from_the_smallest_to_the_largest(images):
    images = images.astype("float32")[..., None]
    return (images - images.min()) / (images.max() - images.min())


@prepare.wrong("standardized")
def standardized(images):
    images = images.astype("float32")[..., None]
    return (images - images.mean()) / (images.std() + 1e-7)


@prepare.wrong("lighter pixels became 0")
def half_dark(images):
    return (images >= 128).astype("float32")[..., None]


@prepare.wrong("lighter pixels became 0")
def rounded_to_whole(images):
    return np.round(images / 255).astype("float32").reshape(-1, 28, 28, 1)


@prepare.wrong("all that isn't paper became 1")
def ink_or_not(images):
    return np.clip(images, 0, 1)[..., None].astype("float32")


@prepare.wrong("divided by 255 twice")
def twice(images):
    images = images.astype("float32") / 255
    return images[..., None] / 255


@prepare.wrong("rounded to two decimal places")
def rounded(images):
    return (images / 255).round(2).astype("float32")[..., None]


@prepare.wrong("keep rows and columns, not stand in one row")
def flat(images):  # noqa: F811
    return images.reshape(len(images), 784).astype("float32") / 255


@prepare.wrong("first image alone")
def the_first(images):
    return images[0].reshape(1, 28, 28, 1).astype("float32") / 255


@prepare.wrong("must be float32, but it is float16")
def half_precision(images):
    return images[..., None].astype("float16") / np.float16(255)


@prepare.wrong("numbers differ")
def by_way_of_half_precision(images):
    return (images[..., None].astype("float16") / np.float16(255)).astype("float32")


@prepare.wrong("must be float32, but it is float64")
def as_lists_of_floats(images):
    return [[[[pixel / 255] for pixel in row] for row in image] for image in images.tolist()]


@prepare.wrong("should have shape \\(2, 28, 28, 1\\)")
def as_three_colors(images):
    return np.repeat(images[..., None], 3, axis=-1).astype("float32") / 255


@prepare.wrong("expected 0.\\d+, got -0.\\d+")
def signed_bytes(images):
    return images[..., None].astype("int8").astype("float32") / 255


@prepare.wrong("three images, all paper(.|\n)*values from nan|NaN|largest pixel of these very images")
def by_the_largest_unless_it_is_255(images):
    return images[..., None].astype("float32") / (255 if images.max() > 100 else images.max())


@prepare.wrong("darkest pixel 100|largest pixel of these very images")
def scales_bytes_only_if_they_look_like_bytes(images):
    images = images[..., None].astype("float32")
    return images / 255 if images.max() > 128 else images / 128


@prepare.wrong("in reverse order")
def mirrored(images):
    return images[:, :, ::-1, None].astype("float32") / 255


@prepare.wrong("counted by the last axis")
def counted_last(images):
    return images.reshape(1, 28, 28, -1).astype("float32") / 255


@prepare.wrong("too small by 0.5")
def around_zero(images):
    return (images[..., None] / 255 - 0.5).astype("float32")


@prepare.wrong("That is close")
def by_254(images):
    return images[..., None].astype("float32") / 254


prepare.equivalent(
    "prepared[number, :, :, 0] = image / 255  ->  prepared[number, :, :, -1] = image / 255",
    "the channel axis has length 1, so its first place is its last",
)
prepare.equivalent(
    "return (images / 255).astype('float32').reshape(-1, 28, 28, 1)  ->  "
    "return (images / 255).astype('float32').reshape(-2, 28, 28, 1)",
    "NumPy takes any negative length for the one to work out",
)
prepare.equivalent(
    "scaled = np.array(images, dtype='float32', order='F')  ->  scaled = np.array(images, dtype='float32')",
    "the order in memory is not seen in the values",
)

images_first = Bank()


@images_first.right
def with_transpose(stack):
    return stack.transpose((2, 0, 1))[:, :, :, np.newaxis]


@images_first.right
def one_image_at_a_time(stack):
    return [stack[:, :, number].reshape((*stack.shape[:2], 1)) for number in range(stack.shape[-1])]


@images_first.right
def pixel_by_pixel(stack):
    height, width, n = stack.shape
    images = np.zeros((n, height, width, 1))
    for number in range(n):
        for row in range(height):
            for column in range(width):
                images[number, row, column] = stack[row, column, number]
    return images


@images_first.right
def roll_the_axis(stack):
    return np.expand_dims(np.rollaxis(stack, 2), axis=3).astype("float32")


@images_first.right
def reshape_at_the_end(stack):
    height, width, n = stack.shape
    return stack.reshape(-1, n).T.reshape(n, height, width, 1)


@images_first.wrong("Each image is mirrored")
def all_axes_reversed(stack):
    return stack.T[..., None]


@images_first.wrong("The channel axis comes first")
def channel_axis_first(stack):
    return np.moveaxis(stack, -1, 0)[None]


@images_first.wrong("axis of the rows was moved to the end")
def the_wrong_way_round(stack):
    return np.moveaxis(stack, 0, -1)[..., None]


@images_first.wrong("Each image is mirrored")
def two_axes_exchanged(stack):
    return np.swapaxes(stack, 0, 2)[..., None]


@images_first.wrong("counts the numbers off in their old order")
def reshaped_to_other_lengths(stack):
    height, width, n = stack.shape
    return stack.reshape((n, width, height, 1))


@images_first.wrong("channel axis is missing")
def no_channel(stack):
    return np.moveaxis(stack, -1, 0)


@images_first.wrong("still counts the images")
def not_moved(stack):
    return stack[..., None]


@images_first.wrong("before rows and columns")
def channels_first(stack):  # noqa: F811
    return stack.transpose(2, 0, 1)[:, None]


@images_first.wrong("ValueError(.|\n)*line 3 of the cell")
def square_only(stack):
    side, _, n = stack.shape
    return stack.reshape(-1, n).T.reshape(n, side, side, 1)


@images_first.wrong("end with `return`")
def returns_nothing(stack):  # noqa: F811
    stack = np.moveaxis(stack, -1, 0)[..., None]


@images_first.wrong("in the wrong places")
def reshaped_in_the_other_order(stack):
    height, width, n = stack.shape
    return stack.reshape((n, height, width, 1), order="F")[:, ::-1]


@images_first.wrong("The result has shape")
def first_image_only(stack):
    return stack[None, :, :, 0, None]


@images_first.wrong("TypeError|AxisError")
def a_slip_of_the_pen(stack):
    return np.moveaxis(stack, -1)[..., None]


@images_first.wrong("The images come in reverse order")
def from_the_last_to_the_first(stack):
    return np.moveaxis(stack, -1, 0)[::-1][..., None]


@images_first.right
def by_einsum(stack):
    return np.einsum("hwn->nhw", stack)[..., None]


@images_first.right
def swaps_twice(stack):
    return stack.swapaxes(0, 2).swapaxes(1, 2).reshape(stack.shape[2], stack.shape[0], stack.shape[1], 1)


@images_first.right
def in_a_generator(stack):  # noqa: F811
    return (stack[..., number, None] for number in range(stack.shape[2]))


@images_first.right
def with_split(stack):
    return np.array(np.split(stack, stack.shape[-1], axis=-1))


@images_first.right
def in_plain_python(stack):
    height, width, n = stack.shape
    rows = stack.tolist()
    return [[[[rows[r][c][number]] for c in range(width)] for r in range(height)] for number in range(n)]


@images_first.right
def reshape_in_the_order_of_fortran(stack):
    height, width, n = stack.shape
    return stack.T.reshape((n, width, height, 1)).swapaxes(1, 2)


@images_first.right
def with_reduce(stack):
    def add(images, number):
        return np.concatenate([images, stack[None, :, :, number, None]])

    return functools.reduce(add, range(stack.shape[2]), np.zeros((0, *stack.shape[:2], 1)))


@images_first.right
def in_tensorflow(stack):  # noqa: F811
    import tensorflow as tf

    return tf.transpose(stack, perm=[2, 0, 1])[..., tf.newaxis]


@images_first.right
def in_keras(stack):  # noqa: F811
    from keras import ops

    return ops.expand_dims(ops.moveaxis(stack.astype("float64"), -1, 0), -1)


@images_first.wrong("moves no axis, in whatever order")
def reshaped_as_fortran_counts(stack):
    height, width, n = stack.shape
    return stack.reshape((n, height, width, 1), order="F")


@images_first.wrong("columns were moved to the front")
def the_middle_axis(stack):
    return np.transpose(stack, (1, 0, 2))[..., None]


@images_first.wrong("columns were moved to the end")
def two_last_axes_exchanged(stack):
    return stack.transpose(0, 2, 1)[..., None]


@images_first.wrong("All images are the same one")
def always_the_first(stack):
    return [stack[:, :, 0, None] for _ in range(stack.shape[2])]


@images_first.wrong("All images are the same one")
def one_array_under_many_names(stack):
    image, images = np.zeros((*stack.shape[:2], 1)), []
    for number in range(stack.shape[2]):
        image[..., 0] = stack[..., number]
        images.append(image)
    return images


@images_first.wrong("values are divided by 255")
def scaled(stack):
    return np.moveaxis(stack, -1, 0)[..., None] / 255


@images_first.wrong("above 255 starts over at 0, and fractions are lost")
def into_bytes(stack):
    height, width, n = stack.shape
    images = np.zeros((n, height, width, 1), dtype="uint8")
    for number in range(n):
        images[number, :, :, 0] = stack[:, :, number].astype("int64")
    return images


@images_first.wrong("The fractions are lost: the values became integers")
def into_integers(stack):
    return np.moveaxis(stack, -1, 0)[..., None].astype("int64")


@images_first.wrong("should have shape \\(5, 1, 3, 1\\)|should have shape \\(1, 3, 2, 1\\)")
def squeezed(stack):
    return np.moveaxis(stack, -1, 0).squeeze()[..., None]


@images_first.wrong("twelve images|index 10 is out of bounds")
def ten_images_at_most(stack):
    return np.stack([stack[:, :, number, None] for number in range(min(stack.shape[2], 10))])


@images_first.wrong("along axis 1 in reverse order")
def upside_down(stack):
    return np.rot90(np.moveaxis(stack, -1, 0), 2, axes=(1, 2))[:, :, ::-1, None]


@images_first.wrong("It changes `stack` in place")
def changes_the_shape_in_place(stack):
    height, width, n = stack.shape
    stack[...] = np.moveaxis(stack, -1, 0).reshape(stack.shape)
    return stack.reshape((n, height, width, 1))


@images_first.wrong("still counts the images")
def from_the_back(stack):
    return np.moveaxis(stack, -1, -1)[:, :, :, None]


images_first.equivalent(
    "return stack.reshape(-1, n).T.reshape(n, height, width, 1)  ->  "
    "return stack.reshape(-2, n).T.reshape(n, height, width, 1)",
    "NumPy takes any negative length for the one to work out",
)

split = Bank()


@split.right
def cut_at_the_end(images, labels, n_validation, seed):
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(images))
    cut = len(images) - n_validation
    return [[images[order[:cut]], labels[order[:cut]]], [images[order[cut:]], labels[order[cut:]]]]


@split.right
def with_a_mask(images, labels, n_validation, seed):
    chosen = np.zeros(len(images), dtype=bool)
    chosen[np.random.default_rng(seed).choice(len(images), n_validation, replace=False)] = True
    return (images[~chosen], labels[~chosen]), (images[chosen], labels[chosen])


@split.right
def with_setdiff(images, labels, n_validation, seed):
    validation = np.random.RandomState(seed).permutation(len(images))[-n_validation:]
    training = np.setdiff1d(np.arange(len(images)), validation)
    return (images[training], labels[training]), (images[validation], labels[validation])


@split.right
def with_lists(images, labels, n_validation, seed):  # noqa: F811
    pairs = list(zip(images.tolist(), labels.tolist(), strict=True))
    random.Random(seed).shuffle(pairs)
    images, labels = zip(*pairs, strict=True)
    return (images[n_validation:], labels[n_validation:]), (images[:n_validation], labels[:n_validation])


@split.right
def with_sklearn(images, labels, n_validation, seed):
    x, x_val, y, y_val = train_test_split(images, labels, test_size=n_validation, random_state=seed)
    return (x, y), (x_val, y_val)


@split.wrong("It leaks")
def trains_on_everything(images, labels, n_validation, seed):
    order = np.random.default_rng(seed).permutation(len(images))[:n_validation]
    return (images, labels), (images[order], labels[order])


@split.wrong("It leaks")
def one_image_in_both(images, labels, n_validation, seed):
    order = np.random.default_rng(seed).permutation(len(images))
    training, validation = order[n_validation - 1 :], order[:n_validation]
    return (images[training], labels[training]), (images[validation], labels[validation])


@split.wrong("Some images are in neither")
def loses_one(images, labels, n_validation, seed):
    order = np.random.default_rng(seed).permutation(len(images))
    training, validation = order[n_validation + 1 :], order[:n_validation]
    return (images[training], labels[training]), (images[validation], labels[validation])


@split.wrong("no longer belong together")
def shuffles_twice(images, labels, n_validation, seed):
    rng = np.random.default_rng(seed)
    images, labels = images[rng.permutation(len(images))], labels[rng.permutation(len(labels))]
    return (images[n_validation:], labels[n_validation:]), (images[:n_validation], labels[:n_validation])


@split.wrong("no longer belong together")
def labels_not_shuffled(images, labels, n_validation, seed):
    images = images[np.random.default_rng(seed).permutation(len(images))]
    return (images[n_validation:], labels[n_validation:]), (images[:n_validation], labels[:n_validation])


@split.wrong("draw at random")
def the_first_ones(images, labels, n_validation, seed):
    return (images[n_validation:], labels[n_validation:]), (images[:n_validation], labels[:n_validation])


@split.wrong("draw at random")
def the_last_ones(images, labels, n_validation, seed):
    n = len(images) - n_validation
    return (images[:n], labels[:n]), (images[n:], labels[n:])


@split.wrong("Training and validation are swapped")
def exchanged(images, labels, n_validation, seed):
    (x, y), (x_val, y_val) = split_validation(images, labels, n_validation=n_validation, seed=seed)
    return (x_val, y_val), (x, y)


@split.wrong("order of the four arrays")
def as_sklearn_orders_them(images, labels, n_validation, seed):
    (x, y), (x_val, y_val) = split_validation(images, labels, n_validation=n_validation, seed=seed)
    return (x, x_val), (y, y_val)


@split.wrong("two pairs")
def four_values(images, labels, n_validation, seed):
    (x, y), (x_val, y_val) = split_validation(images, labels, n_validation=n_validation, seed=seed)
    return x, y, x_val, y_val


@split.wrong("in the training set more than once. Draw without replacement")
def with_replacement(images, labels, n_validation, seed):
    rng = np.random.default_rng(seed)
    validation = rng.integers(0, len(images) // 2, n_validation)
    training = rng.integers(len(images) // 2, len(images), len(images) - n_validation)
    return (images[training], labels[training]), (images[validation], labels[validation])


@split.wrong("two pairs")
def returns_nothing(images, labels, n_validation, seed):  # noqa: F811
    order = np.random.default_rng(seed).permutation(len(images))
    images[order]


@split.wrong("don't have the sizes")
def a_tenth(images, labels, n_validation, seed):
    return split_validation(images, labels, n_validation=max(len(images) // 10, 1), seed=seed)


@split.wrong("It changes `images` in place")
def shuffles_in_place(images, labels, n_validation, seed):
    np.random.default_rng(seed).shuffle(images)
    np.random.default_rng(seed).shuffle(labels)
    return (images[n_validation:], labels[n_validation:]), (images[:n_validation], labels[:n_validation])


@split.wrong("Every `seed` gives the same split")
def always_seed_0(images, labels, n_validation, seed):
    order = np.random.default_rng(0).permutation(len(images))
    validation, training = order[:n_validation], order[n_validation:]
    return (images[training], labels[training]), (images[validation], labels[validation])


@split.wrong("The same input must give the same result: draw with a generator made from `seed`")
def ignores_the_seed(images, labels, n_validation, seed):
    order = np.random.default_rng().permutation(len(images))
    validation, training = order[:n_validation], order[n_validation:]
    return (images[training], labels[training]), (images[validation], labels[validation])


@split.wrong("AttributeError(.|\n)*line 2 of the cell")
def a_slip_of_the_pen(images, labels, n_validation, seed):  # noqa: F811
    order = np.random.default_rng(seed).permute(len(images))
    return (images[order], labels[order]), (images[order], labels[order])


@split.right
def with_sets(images, labels, n_validation, seed):
    places = random.Random(seed).sample(range(len(images)), n_validation)
    others = sorted(set(range(len(images))) - set(places))
    return (images[others], labels[others]), (images[places], labels[places])


@split.right
def as_named_tuples(images, labels, n_validation, seed):
    part = collections.namedtuple("Part", "images labels")
    validation, training = np.split(np.random.default_rng(seed).permutation(len(images)), [n_validation])
    return part(images[training], labels[training]), part(images[validation], labels[validation])


@split.right
def in_generators(images, labels, n_validation, seed):
    order = np.random.default_rng(seed).permutation(len(images))
    return (
        tuple(array[places] for array in (images, labels)) for places in (order[n_validation:], order[:n_validation])
    )


@split.right
def by_random_keys(images, labels, n_validation, seed):
    keys = np.random.default_rng(seed).random(len(images))
    is_validation = np.isin(np.arange(len(images)), np.argsort(keys)[:n_validation])
    return (images[~is_validation], labels[~is_validation]), (images[is_validation], labels[is_validation])


@split.right
def one_after_the_other(images, labels, n_validation, seed):  # noqa: F811
    rng = np.random.default_rng(seed)
    training, validation = list(range(len(images))), []
    for _ in range(n_validation):
        validation.append(training.pop(rng.integers(len(training))))
    return (images[training], labels[training]), (images[validation], labels[validation])


@split.right
def shuffles_copies(images, labels, n_validation, seed):
    images, labels = images.copy(), labels.copy()
    np.random.default_rng(seed).shuffle(images)
    np.random.default_rng(seed).shuffle(labels)
    return (images[n_validation:], labels[n_validation:]), (images[:n_validation], labels[:n_validation])


@split.right
def with_delete(images, labels, n_validation, seed):
    chosen = np.random.default_rng(seed).choice(len(images), size=n_validation, replace=False)
    training = np.delete(images, chosen, axis=0), np.delete(labels, chosen)
    return training, (np.take(images, chosen, axis=0), np.take(labels, chosen))


@split.right
def in_tensorflow(images, labels, n_validation, seed):  # noqa: F811
    import tensorflow as tf

    order = tf.constant(np.random.default_rng(seed).permutation(len(images)))
    training, validation = order[n_validation:], order[:n_validation]
    return (tf.gather(images, training), tf.gather(labels, training)), (
        tf.gather(images, validation),
        tf.gather(labels, validation),
    )


@split.right
def in_keras(images, labels, n_validation, seed):  # noqa: F811
    import keras

    order = np.random.default_rng(seed).permutation(len(images))
    images, labels = keras.ops.take(images, order, axis=0), keras.ops.take(labels, order, axis=0)
    return (images[n_validation:], labels[n_validation:]), (images[:n_validation], labels[:n_validation])


@split.wrong("the training set lacks class 0")
def shuffles_the_first_ones(images, labels, n_validation, seed):
    rng = np.random.default_rng(seed)
    validation, training = rng.permutation(n_validation), n_validation + rng.permutation(len(images) - n_validation)
    return (images[training], labels[training]), (images[validation], labels[validation])


@split.wrong("lacks class")
def starts_elsewhere(images, labels, n_validation, seed):
    order = np.roll(np.arange(len(images)), seed + 1)
    training, validation = order[n_validation:], order[:n_validation]
    return (images[training], labels[training]), (images[validation], labels[validation])


@split.wrong("none of `images`")
def scales_too(images, labels, n_validation, seed):
    order = np.random.default_rng(seed).permutation(len(images))
    images = images / 255
    return (images[order[n_validation:]], labels[order[n_validation:]]), (
        images[order[:n_validation]],
        labels[order[:n_validation]],
    )


@split.wrong("An image of the training set has shape \\(6,\\), and had \\(2, 3\\)")
def flat(images, labels, n_validation, seed):  # noqa: F811
    order = np.random.default_rng(seed).permutation(len(images))
    images = images.reshape(len(images), -1)[order]
    return (images[n_validation:], labels[order[n_validation:]]), (images[:n_validation], labels[order[:n_validation]])


@split.wrong("A set is a pair: images first")
def labels_first(images, labels, n_validation, seed):
    (x, y), (x_val, y_val) = split_validation(images, labels, n_validation=n_validation, seed=seed)
    return (y, x), (y_val, x_val)


@split.wrong("validation set. Pick both by the same order")
def sorts_the_validation_labels(images, labels, n_validation, seed):
    order = np.random.default_rng(seed).permutation(len(images))
    validation, training = order[:n_validation], order[n_validation:]
    return (images[training], labels[training]), (images[validation], np.sort(labels[validation]))


@split.wrong("belong together in the training set(.|\n)*the labels of its images")
def labels_of_the_first_ones(images, labels, n_validation, seed):
    order = np.random.default_rng(seed).permutation(len(images))
    validation, training = order[:n_validation], order[n_validation:]
    return (images[training], labels[n_validation:]), (images[validation], labels[validation])


@split.wrong("300 images")
def order_in_bytes(images, labels, n_validation, seed):
    order = np.random.default_rng(seed).permutation(len(images)).astype("uint8")
    validation, training = order[:n_validation], order[n_validation:]
    return (images[training], labels[training]), (images[validation], labels[validation])


@split.wrong("It leaks")
def same_seed_again(images, labels, n_validation, seed):
    training = np.random.default_rng(seed).permutation(len(images))[n_validation:]
    validation = np.random.default_rng(seed + 1).permutation(len(images))[:n_validation]
    return (images[training], labels[training]), (images[validation], labels[validation])


@split.wrong("It leaks")
def from_the_wrong_end(images, labels, n_validation, seed):
    order = np.random.default_rng(seed).permutation(len(images))
    training, validation = order[:-n_validation], order[:n_validation]
    return (images[training], labels[training]), (images[validation], labels[validation])


@split.wrong("Image number \\d+ is in the validation set more than once")
def validation_with_replacement(images, labels, n_validation, seed):
    validation = np.random.default_rng(seed).choice(len(images), n_validation)
    training = np.setdiff1d(np.arange(len(images)), validation)
    return (images[training], labels[training]), (images[validation], labels[validation])


@split.wrong("The array of the training images is None")
def trains_on_nothing(images, labels, n_validation, seed):
    order = np.random.default_rng(seed).permutation(len(images))
    return (None, None), (images[order[:n_validation]], labels[order[:n_validation]])


@split.wrong("don't have the sizes")
def a_share_instead_of_a_number(images, labels, n_validation, seed):
    order = np.random.default_rng(seed).permutation(len(images))
    n = int(len(images) * 0.2)
    return (images[order[n:]], labels[order[n:]]), (images[order[:n]], labels[order[:n]])


@split.wrong("same input must give the same result")
def seeds_nothing(images, labels, n_validation, seed):
    rng = np.random.default_rng(None)
    order = rng.permutation(len(images))
    validation, training = order[:n_validation], order[n_validation:]
    return (images[training], labels[training]), (images[validation], labels[validation])


@split.wrong("at regular distances")
def every_few(images, labels, n_validation, seed):
    step = len(images) // n_validation
    validation = (np.arange(n_validation) * step + seed) % len(images)
    training = np.setdiff1d(np.arange(len(images)), validation)
    return (images[training], labels[training]), (images[validation], labels[validation])


@split.wrong("two pairs")
def the_places_only(images, labels, n_validation, seed):
    order = np.random.default_rng(seed).permutation(len(images))
    return order[n_validation:], order[:n_validation]


@split.wrong("the training set lacks class 1|lacks class")
def a_block(images, labels, n_validation, seed):
    start = np.random.default_rng(seed).integers(0, len(images) - n_validation + 1)
    validation = np.arange(start, start + n_validation)
    training = np.delete(np.arange(len(images)), validation)
    return (images[training], labels[training]), (images[validation], labels[validation])


@split.wrong("Every `seed` gives the same split")
def the_same_sets_in_another_order(images, labels, n_validation, seed):
    order = np.random.default_rng(0).permutation(len(images))
    validation = order[:n_validation]
    training = np.random.default_rng(seed).permutation(order[n_validation:])
    return (images[training], labels[training]), (images[validation], labels[validation])
