"""Answers to the exercises of lesson 01."""

import numpy as np

from course_utils.data import load_mnist
from exercise_banks import Bank

float32_bytes = Bank()
float32_bytes.right_value(
    188_160_000, 60_000 * 28 * 28 * 4.0, np.int64(188_160_000), np.float32(188_160_000), np.array(188160000)
)
float32_bytes.wrong_value("size in `uint8`", 47_040_000, 47_040_000.0)
float32_bytes.wrong_value("Those are bits", 1_505_280_000)
float32_bytes.wrong_value("`float64`", 376_320_000)
float32_bytes.wrong_value("test images too", 219_520_000)
float32_bytes.wrong_value("in megabytes", 188.16, 188)
float32_bytes.wrong_value("47 million is rounded", 188_000_000)
float32_bytes.wrong_value("one image", 3136)
float32_bytes.wrong_value("rows and columns", 6_720_000)
float32_bytes.wrong_value("too large", 188_160_001)
float32_bytes.wrong_value("too small", 188_159_999, 0, -1)
float32_bytes.wrong_value("is text", "188160000", "188 MB")
float32_bytes.wrong_value("a single number", [188_160_000], (60000, 28, 28))
float32_bytes.wrong_value("None. Did you store what `print` returns", None)
float32_bytes.wrong_value("not a function", lambda: 188_160_000)

histogram = Bank()
histogram.right_value("d", "D", " d ")
histogram.wrong_value("heights are powers of ten", "a")
histogram.wrong_value("two labeled steps", "b")
histogram.wrong_value("the axis is labeled", "c")
histogram.wrong_value('Answer with one of `"a"`', "e", "", "abcd", "two to three thousand", 4, None, ["d"], 2000.0)

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


@class_shares.wrong("Those are counts")
def counts(labels, n_classes):
    return np.bincount(labels, minlength=n_classes)


@class_shares.wrong("never occurs has a share too, 0. Return one number")
def unique(labels, n_classes):
    return np.unique(labels, return_counts=True)[1] / len(labels)


@class_shares.wrong("`np.bincount` stops at the largest label")
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


@class_shares.wrong("`//`")
def floor_division(labels, n_classes):
    return np.bincount(labels, minlength=n_classes) // len(labels)


@class_shares.wrong("should have shape")
def one_class_too_many(labels, n_classes):
    return [np.mean(labels == c) for c in range(n_classes + 1)]


@class_shares.wrong("one place too early")
def classes_from_one(labels, n_classes):
    return [np.mean(labels == c) for c in range(1, n_classes + 1)]


@class_shares.wrong("labels of uint8")
def hard_coded(labels, n_classes):
    return [1 / 3, 1 / 6, 1 / 2]


@class_shares.wrong("should have shape")
def always_ten(labels, n_classes):
    return np.bincount(labels, minlength=10) / len(labels)


@class_shares.wrong("end with `return`")
def prints_only(labels, n_classes):
    print(np.bincount(labels, minlength=n_classes) / len(labels))


@class_shares.wrong("IndexError(.|\n)*line 5 of the cell")
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


@class_shares.wrong("generator")
def a_generator(labels, n_classes):
    return (np.mean(labels == c) for c in range(n_classes))


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


@mean_digit.wrong("mean of all images")
def all_images(images, labels, digit):
    return images.mean(axis=0)


@mean_digit.wrong("its mean over axis 0 is one row")
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


@mean_digit.wrong("Rows and columns are swapped|axes stand in the reverse order")
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


mean_digit.equivalent(
    "mean = np.empty((height, width), dtype='float32')  ->  mean = np.empty((height, width))",
    "float32 and float64 are both accepted",
)
