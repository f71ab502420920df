"""Answers to the exercises of lesson 02."""

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


@one_hot.wrong("whole rows")
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


@one_hot.wrong("as many labels as classes")
def hard_coded(labels, n_classes):
    return np.array([[0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 1, 0]])


@one_hot.wrong("(10,)|, 10\\)")
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


@prepare.wrong("in the wrong places|numbers differ")
def turned_over(images):
    return images.swapaxes(1, 2)[..., None].astype("float32") / 255


@prepare.wrong("largest pixel of these very images")
def stretches_the_contrast(images):
    low, high = images.min(), images.max()
    return (
        ((images - low) / (high - low)).astype("float32")[..., None]
        if low == high
        else images[..., None] / np.float32(255)
    )


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


@images_first.wrong("numbers differ")
def from_the_last_to_the_first(stack):
    return np.moveaxis(stack, -1, 0)[::-1][..., None]


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


@split.wrong("Draw without replacement|It leaks")
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
