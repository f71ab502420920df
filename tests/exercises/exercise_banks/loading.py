"""Answers to the exercises of lesson 01."""

import collections
import functools
from fractions import Fraction

import numpy as np

from course_utils import data
from exercise_banks import Bank

load_mnist = functools.cache(data.load_mnist)

float32_bytes = Bank()
float32_bytes.right_value(
    188_160_000,
    60_000 * 28 * 28 * 4.0,
    np.int64(188_160_000),
    np.float32(188_160_000),
    np.array(188160000),
    60_000 * 28**2 * (32 / 8),
    np.prod((60_000, 28, 28), dtype="int64") * np.dtype("float32").itemsize,
    functools.reduce(int.__mul__, (28, 28, 4, 60_000)),
    188.16e6,
)
float32_bytes.wrong_value("size in `uint8`", 47_040_000, 47_040_000.0)
float32_bytes.wrong_value("Those are bits", 1_505_280_000)
float32_bytes.wrong_value("`float64`", 376_320_000)
float32_bytes.wrong_value("test images too", 219_520_000)
float32_bytes.wrong_value("in megabytes", 188.16, 188, 188.2)
float32_bytes.wrong_value("in gigabytes", 0.18816, 0.188)
float32_bytes.wrong_value("in mebibytes", 179.443359375, 179.4, 179)
float32_bytes.wrong_value("but rounded", 188_000_000, 188_200_000)
float32_bytes.wrong_value("how many bytes more", 141_120_000)
float32_bytes.wrong_value("the number of images", 60_000)
float32_bytes.wrong_value("one image", 3136)
float32_bytes.wrong_value("28 × 28 pixels, not 28\\.", 6_720_000)
float32_bytes.wrong_value("not 28 \\+ 28", 13_440_000)
float32_bytes.wrong_value("10,000 of them", 31_360_000)
float32_bytes.wrong_value("too large", 188_160_001, float("inf"), 200_000_000)
float32_bytes.wrong_value("too small", 188_159_999, 0, -1, 188_159_999.9)
float32_bytes.wrong_value("NaN is not a number", float("nan"))
float32_bytes.wrong_value("is text", "188160000", "188 MB")
float32_bytes.wrong_value("a single number", [188_160_000], (60000, 28, 28))
float32_bytes.wrong_value("None. Did you store what `print` returns", None)
float32_bytes.wrong_value("not a function", lambda: 188_160_000)

histogram = Bank()
histogram.right_value("d", "D", " d ", "d\n", np.str_("d"))
histogram.wrong_value("heights are powers of ten", "a")
histogram.wrong_value("two labeled steps", "b")
histogram.wrong_value("the axis is labeled", "c")
histogram.wrong_value(
    'Answer with one of `"a"`', "e", "", "abcd", "two to three thousand", 4, None, ["d"], 2000.0, '"d"', b"d"
)

class_shares = Bank()


@class_shares.right
def with_bincount(labels, n_classes):
    return np.bincount(labels, minlength=n_classes) / len(labels)


@class_shares.right
def list_of_means(labels, n_classes):
    return [(labels == c).mean() for c in range(n_classes)]


@class_shares.right
def plain_python(labels, n_classes):
    labels = list(labels)
    return tuple(labels.count(c) / len(labels) for c in range(n_classes))


@class_shares.right
def in_float32(labels, n_classes):
    return (labels[:, None] == np.arange(n_classes)).mean(axis=0, dtype="float32")


@class_shares.right
def with_a_histogram(labels, n_classes):
    print("counting", labels)
    return np.histogram(labels, bins=np.arange(n_classes + 1) - 0.5)[0] / labels.size


@class_shares.right
def with_a_dictionary(labels, n_classes):
    shares = dict.fromkeys(range(n_classes), 0.0)
    for label in labels.tolist():
        shares[label] += 1 / len(labels)
    return np.array(list(shares.values()))


@class_shares.right
def in_a_generator(labels, n_classes):
    return (np.mean(labels == c) for c in range(n_classes))


@class_shares.right
def with_a_counter(labels, n_classes):
    counts = collections.Counter(labels.tolist())
    return [counts[c] / counts.total() for c in range(n_classes)]


@class_shares.right
def one_hot_rows_averaged(labels, n_classes):
    return np.eye(n_classes)[labels].mean(axis=0)


@class_shares.right
def as_a_named_tuple(labels, n_classes):
    shares = collections.namedtuple("Shares", [f"class_{c}" for c in range(n_classes)])
    return shares(*(np.count_nonzero(labels == c) / len(labels) for c in range(n_classes)))


@class_shares.right
def with_unique(labels, n_classes):
    shares = np.zeros(n_classes)
    present, counts = np.unique(labels, return_counts=True)
    shares[present] = counts / counts.sum()
    return shares


@class_shares.right
def by_recursion(labels, n_classes):
    if n_classes == 0:
        return []
    return [
        *by_recursion(labels, n_classes - 1),
        sum(label == n_classes - 1 for label in labels.tolist()) / len(labels),
    ]


@class_shares.right
def sorted_and_searched(labels, n_classes):
    ends = np.searchsorted(np.sort(labels), np.arange(n_classes), side="right")
    return np.diff(ends, prepend=0) / labels.size


@class_shares.right
def with_add_at(labels, n_classes):
    shares = np.zeros(n_classes, dtype=np.float32)
    np.add.at(shares, labels, np.float32(1))
    return shares / shares.sum()


@class_shares.right
def by_einsum(labels, n_classes):
    return np.einsum("nc->c", np.equal.outer(labels, np.arange(n_classes)).astype(float)) / len(labels)


@class_shares.right
def with_reduce(labels, n_classes):
    def count(counts, label):
        return [n + (c == label) for c, n in enumerate(counts)]

    return [float(Fraction(n, len(labels))) for n in functools.reduce(count, labels.tolist(), [0] * n_classes)]


@class_shares.right
def in_tensorflow(labels, n_classes):
    import tensorflow as tf

    return tf.reduce_mean(tf.one_hot(labels.astype("int64"), n_classes), axis=0)


@class_shares.right
def in_keras(labels, n_classes):
    from keras import ops

    return ops.mean(ops.one_hot(ops.convert_to_tensor(labels.astype("int32")), n_classes), axis=0)


@class_shares.wrong("Those are counts")
def counts(labels, n_classes):
    return np.bincount(labels, minlength=n_classes)


@class_shares.wrong("never occurs has a share too, 0. Return one number")
def unique(labels, n_classes):
    return np.unique(labels, return_counts=True)[1] / len(labels)


@class_shares.wrong("stops at the largest label: so does `np.bincount`")
def no_minlength(labels, n_classes):
    return np.bincount(labels) / len(labels)


@class_shares.wrong("percentages")
def percent(labels, n_classes):
    return [100 * np.mean(labels == c) for c in range(n_classes)]


@class_shares.wrong("not by the number of classes")
def by_classes(labels, n_classes):
    return np.bincount(labels, minlength=n_classes) / n_classes


@class_shares.wrong("divided by the largest count")
def by_largest(labels, n_classes):
    counts = np.bincount(labels, minlength=n_classes)
    return counts / counts.max()


@class_shares.wrong("It divides by 60000, which is right for one part of MNIST only")
def by_the_training_set(labels, n_classes):
    return np.bincount(labels, minlength=n_classes) / 60000


@class_shares.wrong("It divides by 10000")
def by_the_test_set(labels, n_classes):
    counts = np.zeros(n_classes)
    for label in labels:
        counts[label] += 1
    return counts / 10_000


@class_shares.wrong("The fractions are lost")
def floor_division(labels, n_classes):
    return np.bincount(labels, minlength=n_classes) // len(labels)


@class_shares.wrong("one share too many")
def one_class_too_many(labels, n_classes):
    return [np.mean(labels == c) for c in range(n_classes + 1)]


@class_shares.wrong("the shares of the classes 1 to")
def classes_from_one(labels, n_classes):
    return [np.mean(labels == c) for c in range(1, n_classes + 1)]


@class_shares.wrong("labels of uint8")
def hard_coded(labels, n_classes):
    return [1 / 3, 1 / 6, 1 / 2]


@class_shares.wrong("always ten shares")
def always_ten(labels, n_classes):
    return np.bincount(labels, minlength=10) / len(labels)


@class_shares.wrong("end with `return`")
def prints_only(labels, n_classes):
    print(np.bincount(labels, minlength=n_classes) / len(labels))


@class_shares.wrong("`n_classes` places(.|\n)*IndexError(.|\n)*line 5 of the cell")
def raises(labels, n_classes):
    counts = [0] * (n_classes - 1)
    # the last class has no place
    for label in labels:
        counts[label] += 1
    return np.array(counts) / len(labels)


@class_shares.wrong("a single number|shape \\(\\)|the shape")
def share_of_the_first(labels, n_classes):
    return np.mean(labels == 0)


@class_shares.wrong("made of real numbers, but it is a dict")
def a_dictionary(labels, n_classes):
    return {c: np.mean(labels == c) for c in range(n_classes)}


@class_shares.wrong("It changes `labels` in place")
def sorts_in_place(labels, n_classes):
    labels.sort()
    return [np.mean(labels == c) for c in range(n_classes)]


@class_shares.wrong("The counts overflowed")
def counts_in_bytes(labels, n_classes):
    counts = np.zeros(n_classes, dtype="uint8")
    for label in labels:
        counts[label] += 1
    return counts / len(labels)


@class_shares.wrong("The counts overflowed")
def bytes_over_the_sum_of_bytes(labels, n_classes):
    counts = np.zeros(n_classes, "uint8")
    for label in labels:
        counts[label] += 1
    return counts / counts.sum()


@class_shares.wrong("580 labels")
def counts_in_signed_bytes(labels, n_classes):
    return np.array([(labels == c).sum(dtype="int8") for c in range(n_classes)]) / len(labels)


@class_shares.wrong("`label` is 11(.|\n)*twelve classes")
def ten_counters(labels, n_classes):
    counts = np.zeros(10)
    for label in labels:
        counts[label] += 1
    return counts[:n_classes] / len(labels)


@class_shares.wrong("300 classes")
def classes_in_a_byte(labels, n_classes):
    return [np.mean(labels.astype("uint8") == c) for c in range(n_classes)]


@class_shares.wrong("rounded, so they don't add up to 1")
def rounded(labels, n_classes):
    return [round(np.mean(labels == c), 2) for c in range(n_classes)]


@class_shares.wrong("rounded, so they don't add up to 1")
def rounded_to_three(labels, n_classes):
    return (np.bincount(labels, minlength=n_classes) / len(labels)).round(3)


@class_shares.wrong("not by the number of classes")
def by_classes_that_occur(labels, n_classes):
    counts = collections.Counter(labels.tolist())
    return [counts[c] / len(counts) for c in range(n_classes)]


@class_shares.wrong("one less than the number of labels")
def by_the_last_place(labels, n_classes):
    return np.bincount(labels, minlength=n_classes) / (len(labels) - 1)


@class_shares.wrong("divided by the sum of the labels")
def by_the_sum_of_labels(labels, n_classes):
    return np.array([np.sum(labels == c) for c in range(n_classes)]) / np.sum(labels)


@class_shares.wrong("added up. Count them")
def adds_up_labels(labels, n_classes):
    shares = np.zeros(n_classes)
    for label in labels:
        shares[label] += label
    return shares / len(labels)


@class_shares.wrong("The fractions are lost")
def in_an_array_of_integers(labels, n_classes):
    shares = np.zeros(n_classes, dtype=int)
    for c in range(n_classes):
        shares[c] = np.mean(labels == c)
    return shares


@class_shares.wrong("no label was counted")
def compares_with_is(labels, n_classes):
    return [sum(1 for label in labels if label is c) / len(labels) for c in range(n_classes)]


@class_shares.wrong("All shares are equal")
def equally_frequent(labels, n_classes):
    return [1 / n_classes] * n_classes


@class_shares.wrong("share of class 0 is missing")
def from_one(labels, n_classes):
    return [np.mean(labels == c) for c in range(1, n_classes)]


@class_shares.wrong("share of the last class is missing")
def to_the_last(labels, n_classes):
    return [np.mean(labels == c) for c in range(n_classes - 1)]


@class_shares.wrong("in order of size")
def by_size(labels, n_classes):
    return sorted((np.mean(labels == c) for c in range(n_classes)), reverse=True)


@class_shares.wrong("in the order in which they first occur")
def as_a_counter_has_them(labels, n_classes):
    return [n / len(labels) for n in collections.Counter(labels.tolist()).values()]


@class_shares.wrong("shares of the classes before it")
def cumulated(labels, n_classes):
    return [np.mean(labels <= c) for c in range(n_classes)]


@class_shares.wrong("largest share alone")
def the_baseline(labels, n_classes):
    return np.bincount(labels).max() / len(labels)


@class_shares.wrong("one number for each label")
def for_each_label(labels, n_classes):
    return [np.mean(labels == label) for label in labels]


@class_shares.wrong("counted once")
def runs_only(labels, n_classes):
    labels = [*labels.tolist(), -1]
    shares, start = [0] * n_classes, 0
    for place in range(1, len(labels)):
        if labels[place] != labels[start]:
            shares[labels[start]] = (place - start) / (len(labels) - 1)
            start = place
    return shares


@class_shares.wrong("shapes of two arrays do not fit together(.|\n)*\\(6,\\) \\(3,\\)(.|\n)*line 2 of the cell")
def compares_with_all_at_once(labels, n_classes):
    return (labels == np.arange(n_classes)).mean(axis=0)


@class_shares.wrong("the classes after it")
def cumulated_from_the_end(labels, n_classes):
    return [np.mean(labels >= c) for c in range(n_classes)]


@class_shares.wrong("1 minus what they should be")
def shares_of_the_others(labels, n_classes):
    return [1 - np.mean(labels == c) for c in range(n_classes)]


@class_shares.wrong("counted once. Is it `=\\+`")
def sets_the_shares(labels, n_classes):
    shares = [0] * n_classes
    for label in labels:
        shares[label] = +1 / len(labels)
    return shares


@class_shares.wrong("of which the last two never occur(.|\n)*shape|shape(.|\n)*of which the last two never occur")
def at_most_ten(labels, n_classes):
    counts = np.bincount(labels, minlength=10)[:n_classes]
    return counts / counts.sum()


@class_shares.wrong("The counts overflowed")
def into_signed_bytes(labels, n_classes):
    return np.bincount(labels, minlength=n_classes).astype("int8") / len(labels)


@class_shares.wrong("two last classes(.|\n)*expected|in the wrong places")
def histogram_from_smallest_to_largest(labels, n_classes):
    return np.histogram(labels, bins=n_classes)[0] / len(labels)


@class_shares.wrong("in the wrong places")
def zeros_at_the_end(labels, n_classes):
    shares = np.unique(labels, return_counts=True)[1] / len(labels)
    return [*shares, *[0] * (n_classes - len(shares))]


class_shares.equivalent(
    "return (labels[:, None] == np.arange(n_classes)).mean(axis=0, dtype='float32')  ->  "
    "return (labels[:, None] == np.arange(n_classes)).mean(axis=0)",
    "float32 and float64 are both accepted",
)

mean_digit = Bank()


@mean_digit.right
def with_loops(images, labels, digit):
    total, n = np.zeros(images.shape[1:]), 0
    for image, label in zip(images, labels, strict=True):
        if label == digit:
            total += image
            n += 1
    return total / n


@mean_digit.right
def as_lists(images, labels, digit):
    chosen = [image.tolist() for image, label in zip(images, labels, strict=True) if label == digit]
    return [[sum(pixels) / len(chosen) for pixels in zip(*rows, strict=True)] for rows in zip(*chosen, strict=True)]


@mean_digit.right
def pixel_by_pixel(images, labels, digit):
    _, height, width = images.shape
    mean = np.empty((height, width), dtype="float32")
    for row in range(height):
        for column in range(width):
            mean[row, column] = images[labels == digit, row, column].mean()
    return mean


@mean_digit.right
def as_a_product(images, labels, digit):
    weights = (labels == digit) / (labels == digit).sum()
    return np.tensordot(weights, images.astype(float), axes=1)


@mean_digit.right
def with_average(images, labels, digit):
    return np.average(images, axis=0, weights=labels == digit)


@mean_digit.right
def by_einsum(images, labels, digit):  # noqa: F811
    chosen = images[labels == digit]
    return np.einsum("nhw->hw", chosen, dtype="float64") / len(chosen)


@mean_digit.right
def with_a_running_mean(images, labels, digit):
    mean = np.zeros(images[0].shape, dtype=np.float64)
    for n, place in enumerate(np.flatnonzero(labels == digit), 1):
        mean += (images[place] - mean) / n
    return mean


@mean_digit.right
def with_reduce(images, labels, digit):  # noqa: F811
    chosen = [image for image, label in zip(images, labels, strict=True) if label == digit]
    return functools.reduce(np.add, chosen, np.zeros(images.shape[1:])) / len(chosen)


@mean_digit.right
def in_float32(images, labels, digit):  # noqa: F811
    return np.mean(images[np.where(labels == digit)], axis=0, dtype="float32")


@mean_digit.right
def flat_and_back(images, labels, digit):
    flat = images.reshape(len(images), -1).astype("float32")
    return (flat.T @ (labels == digit) / np.count_nonzero(labels == digit)).reshape(images.shape[1:])


@mean_digit.right
def rows_of_rows(images, labels, digit):
    chosen = [images[place] for place in range(len(labels)) if labels[place] == digit]
    return (np.mean([image[row] for image in chosen], axis=0) for row in range(images.shape[1]))


@mean_digit.right
def with_masked_arrays(images, labels, digit):
    others = np.broadcast_to((labels != digit)[:, None, None], images.shape)
    return np.ma.masked_array(images, mask=others).mean(axis=0).data


@mean_digit.right
def in_tensorflow(images, labels, digit):  # noqa: F811
    import tensorflow as tf

    return tf.reduce_mean(tf.cast(tf.boolean_mask(images, labels == digit), tf.float32), axis=0)


@mean_digit.right
def in_keras(images, labels, digit):  # noqa: F811
    from keras import ops

    weights = ops.cast(ops.equal(labels, digit), "float32")
    return ops.tensordot(weights, ops.cast(images, "float32"), axes=1) / ops.sum(weights)


@mean_digit.wrong("mean of all images")
def all_images(images, labels, digit):
    return images.mean(axis=0)


@mean_digit.wrong("the mean over the rows of one image")
def rows_of_one_image(images, labels, digit):
    return images[digit].mean(axis=0)


@mean_digit.wrong("not `train_images` and `train_labels`")
def the_lessons_own_images(images, labels, digit):
    (train_images, train_labels), _ = load_mnist()
    return train_images[train_labels == digit].mean(axis=0)


@mean_digit.wrong("pixels of each image")
def over_pixels(images, labels, digit):
    return images[labels == digit].mean(axis=(1, 2))


@mean_digit.wrong("one number is left")
def over_everything(images, labels, digit):
    return images[labels == digit].mean()


@mean_digit.wrong("averages over rows")
def over_rows(images, labels, digit):
    return images[labels == digit].mean(axis=1)


@mean_digit.wrong("the sum of the images")
def the_sum(images, labels, digit):
    return images[labels == digit].sum(axis=0)


@mean_digit.wrong("number of all images")
def by_all(images, labels, digit):
    return images[labels == digit].sum(axis=0) / len(images)


@mean_digit.wrong("overflowed")
def uint8_overflow(images, labels, digit):
    total = np.zeros(images.shape[1:], dtype="uint8")
    for image in images[labels == digit]:
        total += image
    return total / (labels == digit).sum()


@mean_digit.wrong("median")
def median(images, labels, digit):
    return np.median(images[labels == digit], axis=0)


@mean_digit.wrong("fractions are lost")
def back_to_bytes(images, labels, digit):
    return images[labels == digit].mean(axis=0).astype("uint8")


@mean_digit.wrong("fractions are lost")
def floor_division_of_the_sum(images, labels, digit):
    return images[labels == digit].sum(axis=0) // (labels == digit).sum()


@mean_digit.wrong("ValueError(.|\n)*line 4 of the cell")
def square_only(images, labels, digit):
    total = np.zeros((28, 28))
    for image in images[labels == digit]:
        total += image
    return total / (labels == digit).sum()


@mean_digit.wrong("picked by its position")
def picks_by_position(images, labels, digit):
    return images[digit].astype(float)


@mean_digit.wrong("lies on its side")
def transposed(images, labels, digit):
    return images[labels == digit].mean(axis=0).T


@mean_digit.wrong("An axis of length 1")
def keeps_the_axis(images, labels, digit):
    return images[labels == digit].mean(axis=0, keepdims=True)


@mean_digit.wrong("end with `return`")
def returns_nothing(images, labels, digit):
    images[labels == digit].mean(axis=0)


@mean_digit.wrong("NameError(.|\n)*line 2 of the cell")
def a_slip_of_the_pen(images, labels, digit):
    return image[labels == digit].mean(axis=0)  # noqa: F821


@mean_digit.wrong("all the other digits")
def the_other_digits(images, labels, digit):
    return images[labels != digit].mean(axis=0)


@mean_digit.wrong("It changes `images` in place")
def blackens_the_others(images, labels, digit):
    images[labels != digit] = 0
    return images.sum(axis=0) / (labels == digit).sum()


@mean_digit.wrong("a single image of the digit")
def the_first(images, labels, digit):
    for image, label in zip(images, labels, strict=True):
        if label == digit:
            return image


@mean_digit.wrong("a single image of the digit")
def the_last(images, labels, digit):
    for image, label in zip(images, labels, strict=True):
        if label == digit:
            mean = image.astype("float32")
    return mean


@mean_digit.wrong("all images of the digit. Return one")
def only_picks(images, labels, digit):
    return images[labels == digit]


@mean_digit.wrong("averages over columns")
def over_columns(images, labels, digit):
    return images[labels == digit].mean(-1)


@mean_digit.wrong("its pixels are in one row")
def flat(images, labels, digit):
    return images.reshape(len(images), -1)[labels == digit].mean(axis=0)


@mean_digit.wrong("one less than the number of images")
def by_one_less(images, labels, digit):
    chosen = images[labels == digit]
    return chosen.sum(axis=0) / (len(chosen) - 1)


@mean_digit.wrong("one more than the number of images")
def counts_from_one(images, labels, digit):
    total, n = np.zeros(images.shape[1:]), 1
    for image in images[labels == digit]:
        total += image
        n += 1
    return total / n


@mean_digit.wrong("averaged with the mean so far")
def halves_again_and_again(images, labels, digit):
    mean = None
    for image in images[labels == digit].astype(float):
        mean = image if mean is None else (mean + image) / 2
    return mean


@mean_digit.wrong("numbers differ")
def halves_from_nothing(images, labels, digit):
    mean = np.zeros(images.shape[1:])
    for image in images[labels == digit]:
        mean = (mean + image) / 2
    return mean


@mean_digit.wrong("divided by 255")
def scaled(images, labels, digit):
    return (images[labels == digit] / 255).mean(axis=0)


@mean_digit.wrong("The fractions are lost")
def rounded(images, labels, digit):  # noqa: F811
    return np.rint(images[labels == digit].mean(axis=0))


@mean_digit.wrong("310 images")
def overflow_of_two_bytes(images, labels, digit):
    return images[labels == digit].sum(axis=0, dtype="uint16") / (labels == digit).sum()


@mean_digit.wrong("pixels are in one row. Keep the shape")
def squeezed(images, labels, digit):
    return images[labels == digit].mean(axis=0).squeeze()


@mean_digit.wrong("A byte holds no fractions(.|\n)*line 4 of the cell")
def divides_bytes_in_place(images, labels, digit):
    total = np.zeros(images.shape[1:], dtype="uint8")
    total += images[labels == digit].sum(axis=0, dtype="uint8")
    total /= (labels == digit).sum()
    return total


@mean_digit.wrong("do not fit together: `images` \\(n, height, width\\) has shape \\(5, 2, 2\\), `labels`")
def multiplies_by_the_mask(images, labels, digit):
    return (images * (labels == digit)).sum(axis=0) / (labels == digit).sum()


@mean_digit.wrong("should have shape \\(2, 2\\)")
def a_mean_for_each_digit(images, labels, digit):
    return [images[labels == c].mean(axis=0) if c in labels else images[0] * 0 for c in range(10)]


@mean_digit.wrong("numbers differ")
def digits_up_to_this(images, labels, digit):
    return images[labels <= digit].mean(axis=0)


@mean_digit.wrong("numbers differ")
def mean_of_the_ink(images, labels, digit):
    chosen = images[labels == digit].astype(float)
    return chosen.sum(axis=0) / np.maximum((chosen > 0).sum(axis=0), 1)


@mean_digit.wrong("darkest value that each pixel has")
def darkest(images, labels, digit):
    return images[labels == digit].max(axis=0)


@mean_digit.wrong("the standard deviation")
def deviation(images, labels, digit):
    return images[labels == digit].std(axis=0)


@mean_digit.wrong("310 images")
def first_ten_of_them(images, labels, digit):
    return images[labels == digit][:10].mean(axis=0)


@mean_digit.wrong("Each number is 0.5 times")
def divides_twice(images, labels, digit):
    return images[labels == digit].mean(axis=0) / np.sum(labels == digit)


@mean_digit.wrong("NaN is not a number")
def compares_with_text(images, labels, digit):
    return images[labels.astype(str) == f"digit {digit}"].mean(axis=0)


mean_digit.equivalent(
    "mean = np.empty((height, width), dtype='float32')  ->  mean = np.empty((height, width))",
    "float32 and float64 are both accepted",
)
mean_digit.equivalent(
    "return np.mean(images[np.where(labels == digit)], axis=0, dtype='float32')  ->  "
    "return np.mean(images[np.where(labels == digit)], axis=0)",
    "float32 and float64 are both accepted",
)
mean_digit.equivalent(
    "mean = np.zeros(images[0].shape, dtype=np.float64)  ->  mean = np.zeros(images[0].shape)",
    "float64 is what NumPy takes anyway",
)
mean_digit.equivalent(
    "mean = np.zeros(images[0].shape, dtype=np.float64)  ->  mean = np.zeros(images[-1].shape, dtype=np.float64)",
    "all images have the same shape",
)
mean_digit.equivalent(
    "flat = images.reshape(len(images), -1).astype('float32')  ->  "
    "flat = images.reshape(len(images), -2).astype('float32')",
    "NumPy takes any negative length for the one to work out",
)
mean_digit.equivalent(
    "return functools.reduce(np.add, chosen, np.zeros(images.shape[1:])) / len(chosen)  ->  "
    "return functools.reduce(np.add, chosen, np.zeros(images.shape[2:])) / len(chosen)",
    "a row of zeros is added to each row alike",
)
