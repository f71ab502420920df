"""Exercises and quiz of lesson 01, Loading the data."""

import functools

import numpy as np

from course_utils import data
from course_utils.exercises.engine import choice, function, prediction
from course_utils.exercises.quiz import Question, Quiz

LESSON = 1


@prediction(
    shows="Four bytes per value instead of one: 188 MB instead of 47. That is why MNIST is stored, and kept, as "
    "`uint8`.",
    hints=[
        "How many numbers are there in `train_images`? Multiply the lengths of its axes.",
        "The 32 in `float32` counts bits, and 8 bits are a byte. So each number takes 32 / 8 bytes.",
    ],
)
def float32_bytes():
    """How many bytes do the training images take as float32?"""
    return 60_000 * 28 * 28 * 4


float32_bytes.mistake(
    "That is the size in `uint8`, with one byte per number. How many bytes does a `float32` have?", 60_000 * 28 * 28
)
float32_bytes.mistake("Those are bits: a byte has 8 of them.", 60_000 * 28 * 28 * 32)
float32_bytes.mistake("That is `float64`, with 64 bits per number. `float32` has half of that.", 60_000 * 28 * 28 * 8)
float32_bytes.mistake("That counts the test images too.", 70_000 * 28 * 28 * 4)
for megabytes in (188.16, 188.2, 188):
    float32_bytes.mistake("That is in megabytes. How many bytes?", megabytes)
for gigabytes in (0.18816, 0.188, 0.19):
    float32_bytes.mistake("That is in gigabytes. How many bytes?", gigabytes)
for mebibytes in (60_000 * 28 * 28 * 4 / 1024**2, 179.44, 179.4, 179):
    float32_bytes.mistake("That is in mebibytes, of 1,024 × 1,024 bytes. How many bytes?", mebibytes)
for rounded in (188_000_000, 188_200_000):
    float32_bytes.mistake("Close, but rounded. Multiply the three lengths exactly.", rounded)
float32_bytes.mistake("That is how many bytes more. How many will it take in all?", 60_000 * 28 * 28 * 3)
float32_bytes.mistake("That is the number of images. How many numbers does each hold, and how many bytes each?", 60_000)
float32_bytes.mistake("That is one image. There are 60,000.", 28 * 28 * 4)
float32_bytes.mistake("An image has rows and columns: 28 × 28 pixels, not 28.", 60_000 * 28 * 4)
float32_bytes.mistake("An image of 28 rows and 28 columns has 28 × 28 pixels, not 28 + 28.", 60_000 * 56 * 4)
float32_bytes.mistake("Those are the test images: 10,000 of them. There are 60,000 training images.", 31_360_000)


@choice(
    right="d",
    hints=[
        "Read the two heights off the vertical axis, and not with a ruler.",
        "On this logarithmic axis, each labeled step up is ten times as much. Count the steps between the tops of the "
        "two bars.",
    ],
)
def histogram():
    """For each pixel of value 100, how many have the value 0?"""
    return {
        "a": "That is what a ruler says. The axis is logarithmic: heights are powers of ten.",
        "b": "That would be two labeled steps of the axis. There are more between these bars.",
        "c": "On a logarithmic axis, the height of a bar alone says nothing, but the axis is labeled: read both "
        "values off it.",
        "d": "The tops of the bars are more than three powers of ten apart. A logarithmic axis shows rare values that "
        "a plain one would flatten to nothing; it also makes them look frequent.",
    }


@function(
    cases={
        "six labels of three classes": (np.array([2, 0, 2, 1, 2, 0]), 3),
        "labels of uint8, as MNIST's": (np.array([1, 3, 3, 0, 1, 2, 3, 3], dtype="uint8"), 4),
        "a class in the middle that never occurs": (np.array([0, 2, 2, 3]), 4),
        "two last classes that never occur": (np.array([1, 0, 2, 1]), 5),
        "a first and a last class that never occur": (np.array([1, 1, 2]), 4),
        "a single label": (np.array([1]), 2),
        "a single class": (np.array([0, 0, 0]), 1),
        "twelve classes, more than MNIST's ten": (np.array([11, 3, 11, 0, 10, 3, 7, 11]), 12),
        "twelve classes, of which the last two never occur": (np.array([3, 9, 3, 0]), 12),
        "300 classes, more than a uint8 can number": (np.array([299, 0, 43, 299, 299]), 300),
        "580 labels, more than a uint8 can count": (np.arange(580) % 29 // 15, 2),
        "300 labels of one class, then 100 of another": (np.repeat([0, 1], [300, 100]), 2),
    },
    shows="The shares add up to 1, and the largest one is the accuracy of the majority-class baseline: the first "
    "number to beat.",
    hints=[
        "A share is a count divided by the number of all labels. Count first: a loop over the classes works.",
        "`labels == c` is an array of True and False. True counts as 1, so what are its sum and its mean?",
        "`np.bincount(labels)` counts all classes at once, but stops at the largest label. Its `minlength` "
        "helps; then divide.",
    ],
    words={"labels": "one number for each image", "n_classes": "the number of classes"},
    errors={"IndexError": "Labels go from 0 to `n_classes - 1`, so counts need `n_classes` places."},
)
def class_shares(labels, n_classes):
    """The share of each class among the labels."""
    return [np.mean(labels == c) for c in range(n_classes)]


def _counts(labels, n_classes):
    return np.bincount(labels, minlength=n_classes)


def _shares(labels, n_classes):
    return _counts(labels, n_classes) / len(labels)


class_shares.mistake("Those are counts. A share is a count divided by the number of all labels.", _counts)
class_shares.mistake(
    "A class that never occurs has a share too, 0. Return one number for each of the `n_classes` classes.",
    lambda labels, n_classes: np.unique(labels, return_counts=True)[1] / len(labels),
)
class_shares.mistake(
    "A class that never occurs has a share too, 0. The list stops at the largest label: so does `np.bincount`, unless "
    "`minlength` says more.",
    lambda labels, n_classes: np.bincount(labels) / len(labels),
)
for n_of_mnist in (60_000, 10_000):
    class_shares.mistake(
        f"It divides by {n_of_mnist}, which is right for one part of MNIST only. Divide by the number of these labels, "
        "`len(labels)`.",
        lambda labels, n_classes, n=n_of_mnist: _counts(labels, n_classes) / n,
    )
class_shares.mistake(
    "There are always ten shares, as for MNIST. Return one for each of the `n_classes` classes.",
    lambda labels, n_classes: [np.mean(labels == c) for c in range(10)],
)
class_shares.mistake(
    "Those are percentages. A share is a part of 1.", lambda labels, n_classes: 100 * _shares(labels, n_classes)
)
for n_of_classes in (lambda labels, n_classes: n_classes, lambda labels, n_classes: len(np.unique(labels))):
    class_shares.mistake(
        "Divide by the number of labels, not by the number of classes.",
        lambda labels, n_classes, n=n_of_classes: _counts(labels, n_classes) / n(labels, n_classes),
    )
class_shares.mistake(
    "Those are the counts divided by the largest count. A share is a part of all labels, and the shares add up to 1.",
    lambda labels, n_classes: _counts(labels, n_classes) / _counts(labels, n_classes).max(),
)
class_shares.mistake(
    "The counts are divided by one less than the number of labels. Divide by `len(labels)`.",
    lambda labels, n_classes: _counts(labels, n_classes) / (len(labels) - 1),
)
class_shares.mistake(
    "The counts are divided by the sum of the labels. Labels are only names: divide by how many there are.",
    lambda labels, n_classes: _counts(labels, n_classes) / labels.sum(),
)
class_shares.mistake(
    "The labels of each class are added up. Count them: each counts as 1, whatever its number is.",
    lambda labels, n_classes: np.bincount(labels, weights=labels, minlength=n_classes) / len(labels),
)
class_shares.mistake(
    "The fractions are lost, and a share is all fraction. Divide with `/`, and put the shares where fractions can be, "
    "in no array of integers.",
    lambda labels, n_classes: _counts(labels, n_classes) // len(labels),
)
class_shares.mistake(
    "Every share is 0, so no label was counted. Does the comparison use `==`, and is anything added up?",
    lambda labels, n_classes: np.zeros(n_classes),
)
class_shares.mistake(
    "All shares are equal, as if all classes were equally frequent. Count the labels.",
    lambda labels, n_classes: np.full(n_classes, 1 / n_classes),
)
for n_places in (3, 2):
    class_shares.mistake(
        "The shares are rounded, so they don't add up to 1. Return them as they come out.",
        lambda labels, n_classes, n=n_places: np.round(_shares(labels, n_classes), n),
    )
for counts_in_bytes in (
    lambda labels, n_classes: _counts(labels, n_classes).astype("uint8") / len(labels),
    lambda labels, n_classes: (n := _counts(labels, n_classes).astype("uint8")) / n.sum(),
):
    class_shares.mistake(
        "The counts overflowed: an integer of one byte has 256 values, and starts over after the last. Count in plain "
        "integers.",
        counts_in_bytes,
    )
class_shares.mistake(
    "Classes count from 0, and these are the shares of the classes 1 to `n_classes`.",
    lambda labels, n_classes: [np.mean(labels == c) for c in range(1, n_classes + 1)],
)
class_shares.mistake(
    "The share of class 0 is missing. Classes count from 0.",
    lambda labels, n_classes: _shares(labels, n_classes)[1:n_classes],
)
class_shares.mistake(
    "The share of the last class is missing. `range(n_classes)` ends at `n_classes - 1` already.",
    lambda labels, n_classes: _shares(labels, n_classes)[: n_classes - 1],
)
class_shares.mistake(
    "That is one share too many. Classes count from 0, so the last one is `n_classes - 1`.",
    lambda labels, n_classes: [np.mean(labels == c) for c in range(n_classes + 1)],
)
class_shares.mistake(
    "The shares come in order of size. They must come in order of the classes: first that of class 0.",
    lambda labels, n_classes: sorted(_shares(labels, n_classes), reverse=True),
)
class_shares.mistake(
    "The classes come in the order in which they first occur. They must come in order: first the share of class 0.",
    lambda labels, n_classes: [np.mean(labels == c) for c in dict.fromkeys(labels.tolist())],
)
class_shares.mistake(
    "Each number includes the shares of the classes before it. Return each share by itself.",
    lambda labels, n_classes: np.cumsum(_shares(labels, n_classes)),
)
class_shares.mistake(
    "Each number includes the shares of the classes after it. Return each share by itself.",
    lambda labels, n_classes: [np.mean(labels >= c) for c in range(n_classes)],
)
class_shares.mistake(
    "Those are the shares of all other labels: 1 minus what they should be.",
    lambda labels, n_classes: [np.mean(labels != c) for c in range(n_classes)],
)
class_shares.mistake(
    "Each class that occurs is counted once. Is it `=+`, which sets a count to 1, instead of `+=`?",
    lambda labels, n_classes: np.minimum(_counts(labels, n_classes), 1) / len(labels),
)
class_shares.mistake(
    "That is the largest share alone. Return the share of each of the `n_classes` classes.",
    lambda labels, n_classes: _shares(labels, n_classes).max(),
)
class_shares.mistake(
    "That is the share of each label's class, one number for each label. Return one for each class.",
    lambda labels, n_classes: _shares(labels, n_classes)[labels],
)


def _images(n, height, width, low=0, high=256):
    return np.random.default_rng(n).integers(low, high, size=(n, height, width), dtype="uint8")


@functools.cache
def _means_of_mnist():
    (images, labels), _ = data.load_mnist()
    return [images[labels == digit].mean(axis=0) for digit in range(10)]


@function(
    cases={
        "five images of 2 × 2 pixels": (_images(5, 2, 2, high=10), np.array([1, 3, 1, 0, 3]), 1),
        "images that are not square": (_images(7, 2, 3), np.array([3, 1, 2, 0, 1, 1, 0]), 1),
        "a digit with a single image, and labels of uint8": (
            _images(4, 3, 2),
            np.array([3, 0, 1, 1], dtype="uint8"),
            0,
        ),
        "as many images as rows": (_images(3, 3, 4), np.array([2, 2, 5]), 2),
        "as many images of the digit as rows and columns": (_images(4, 3, 3), np.array([7, 7, 8, 7]), 7),
        "dark images, whose sum is more than a byte holds": (
            _images(6, 2, 3, low=200),
            np.array([4, 4, 4, 4, 4, 9]),
            4,
        ),
        "a single image": (_images(1, 2, 3), np.array([8]), 8),
        "images of one row, and none of another digit": (_images(4, 1, 3), np.array([9, 9, 9, 9]), 9),
        "310 images of one column, whose sum is more than two bytes hold": (
            (np.arange(620) % 56 + 200).astype("uint8").reshape((310, 2, 1)),
            np.repeat([6, 7], [300, 10]),
            6,
        ),
    },
    shows="Choosing images by `labels == digit` and averaging over the first axis keeps rows and columns: a mean "
    "is an image.",
    hints=[
        "Two steps: pick the images of this digit, then average them, pixel by pixel.",
        "`labels == digit` marks the images to pick, and `images[labels == digit]` picks them.",
        "The first axis counts images, and that is the one to average over: `mean(axis=...)`.",
    ],
    words={"images": "n, height, width", "labels": "one number for each image"},
    errors=dict.fromkeys(
        ("UFuncTypeError", "_UFuncOutputCastingError"),
        "A byte holds no fractions, so nothing can be divided in place in an array of bytes: use one of floats.",
    ),
)
def mean_digit(images, labels, digit):
    """The mean image of one class."""
    return sum(image.astype(float) for image in images[labels == digit]) / np.sum(labels == digit)


mean_digit.mistake(
    "That is the mean of all images. Pick those of the digit first.",
    lambda images, labels, digit: images.mean(axis=0),
)
mean_digit.mistake(
    "That is one image, picked by its position. Which images show the digit? Their labels say so.",
    lambda images, labels, digit: images[digit],
)
mean_digit.mistake(
    "That is one row: the mean over the rows of one image, picked by its position. Which images show the digit? Their "
    "labels say so.",
    lambda images, labels, digit: images[digit].mean(axis=0),
)
for place in (0, -1):
    mean_digit.mistake(
        "That is a single image of the digit. Average over all that show it.",
        lambda images, labels, digit, place=place: images[labels == digit][place],
    )
mean_digit.mistake(
    "That is the mean of MNIST's own images of the digit. Use what the function is given, `images` and `labels`, not "
    "`train_images` and `train_labels`.",
    lambda images, labels, digit: _means_of_mnist()[digit],
)
mean_digit.mistake(
    "Those are all the other digits: the images whose label is not `digit`.",
    lambda images, labels, digit: images[labels != digit].mean(axis=0),
)
mean_digit.mistake(
    "Those are all images of the digit. Return one image, their mean.",
    lambda images, labels, digit: images[labels == digit],
)
mean_digit.mistake(
    "That averages over the pixels of each image. The first axis counts images: average over that one, `axis=0`.",
    lambda images, labels, digit: images[labels == digit].mean(axis=(1, 2)),
)
mean_digit.mistake(
    "That averages over images and pixels at once, and one number is left. Average over the first axis only, `axis=0`.",
    lambda images, labels, digit: images[labels == digit].mean(),
)
for axis, along in ((1, "rows"), (2, "columns")):
    mean_digit.mistake(
        f"That averages over {along}. The first axis, 0, counts images: average over that one.",
        lambda images, labels, digit, axis=axis: images[labels == digit].mean(axis=axis),
    )
mean_digit.mistake(
    "The mean is right, but its pixels are in one row. Keep the shape (height, width).",
    lambda images, labels, digit: images[labels == digit].mean(axis=0).ravel(),
)
mean_digit.mistake(
    "Rows and columns are swapped: the mean image lies on its side.",
    lambda images, labels, digit: images[labels == digit].mean(axis=0).T,
)
mean_digit.mistake(
    "That is the sum of the images. Divide by how many there are of this digit.",
    lambda images, labels, digit: images[labels == digit].sum(axis=0),
)
mean_digit.mistake(
    "The sum is divided by the number of all images, not by how many there are of this digit.",
    lambda images, labels, digit: images[labels == digit].sum(axis=0) / len(images),
)
mean_digit.mistake(
    "The sum is divided by one less than the number of images of this digit.",
    lambda images, labels, digit: images[labels == digit].sum(axis=0) / (np.sum(labels == digit) - 1),
)
mean_digit.mistake(
    "The sum is divided by one more than the number of images of this digit.",
    lambda images, labels, digit: images[labels == digit].sum(axis=0) / (np.sum(labels == digit) + 1),
)
mean_digit.mistake(
    "Each image is averaged with the mean so far, so the last one counts as much as all before it. Add up all images, "
    "then divide once.",
    lambda images, labels, digit: functools.reduce(lambda mean, image: mean / 2 + image / 2, images[labels == digit]),
)
mean_digit.mistake(
    "The mean is divided by 255. Leave it in gray values, 0 to 255, as the images are.",
    lambda images, labels, digit: images[labels == digit].mean(axis=0) / 255,
)
mean_digit.mistake(
    "The sum overflowed: a uint8 starts over at 0 after 255. Convert to float before you add.",
    lambda images, labels, digit: images[labels == digit].sum(axis=0, dtype="uint8") / np.sum(labels == digit),
)
mean_digit.mistake(
    "That is the darkest value that each pixel has. Return the mean.",
    lambda images, labels, digit: images[labels == digit].max(axis=0),
)
mean_digit.mistake(
    "That is the standard deviation. Return the mean.",
    lambda images, labels, digit: images[labels == digit].std(axis=0),
)
mean_digit.mistake(
    "That is the median. The mean is the sum divided by how many there are.",
    lambda images, labels, digit: np.median(images[labels == digit], axis=0),
)
for to_whole in (np.floor, np.round):
    mean_digit.mistake(
        "The fractions are lost: gray values of a mean don't have to be whole. Did you use `//`, round, or convert to "
        "integers?",
        lambda images, labels, digit, to_whole=to_whole: to_whole(images[labels == digit].mean(axis=0)),
    )


quiz = Quiz(
    Question(
        "What is `train_images[3, 5, 7]`?",
        right="b",
        a=(
            "The pixel in column 5 and row 7 of image 3",
            "That would be x before y, as in a plot. In an array, the row comes before the column.",
        ),
        b=(
            "The pixel in row 5 and column 7 of image 3",
            "The axes are image, row, column, in this order; each counts from 0.",
        ),
        c=(
            "The images 3, 5, and 7",
            "Each comma goes to the next axis. To pick three images takes a list: `train_images[[3, 5, 7]]`.",
        ),
        d=(
            "The pixel in row 3 and column 5 of image 7",
            "The axis that counts the images comes first, not last, in everything that a network of this course reads.",
        ),
    ),
    Question(
        "Of 1,000 X-rays, 950 are of healthy people. A program is right for 95% of the 1,000. What do you know?",
        right="a",
        a=(
            "Little: answering `healthy` every time does as well",
            "The majority-class baseline is the first number to beat, and this program only equals it.",
        ),
        b=(
            "It finds 95% of the ill",
            "Accuracy counts all 1,000. A program that finds none of the 50 ill can still be right for 950.",
        ),
        c=(
            "It is better than chance, since guessing is right half the time",
            "Half is what a coin gets. The fair opponent knows how frequent the classes are, and always answers the "
            "more frequent one.",
        ),
        d=(
            "It learned something, because 95% is high",
            "High and low mean nothing without a baseline, and with classes as unequal as these the baseline is "
            "high as well.",
        ),
    ),
    Question(
        "You shift a clean 4 by two pixels. Its distance from the mean 4 grows. Why?",
        right="c",
        a=(
            "A shifted 4 has more ink",
            "Shifting moves ink and adds none, as long as nothing leaves the image.",
        ),
        b=(
            "Shifted digits are harder to read",
            "For you they aren't. The distance knows nothing about reading.",
        ),
        c=(
            "Pixels are compared place by place",
            "Ink that met ink now meets paper, and each of these pixels counts in full.",
        ),
        d=(
            "The mean 4 was computed from too few images",
            "It is the mean of thousands, and more of them would not change this. What matters is where the ink is.",
        ),
    ),
    Question(
        "You train ten networks, test each on the 10,000 test images, keep the best, and report its test "
        "accuracy. The report is",
        right="d",
        a=(
            "honest, since no network was trained on these images",
            "Training isn't the only way to use images. Choosing by them uses them as well.",
        ),
        b=(
            "too low, since the test set is smaller than the training set",
            "A smaller set makes an accuracy less certain, in both directions. It doesn't push it down.",
        ),
        c=(
            "honest, if all ten were trained the same way",
            "Even ten equally good networks differ on 10,000 images by luck, and you keep the luckiest.",
        ),
        d=(
            "too high, since the images were used to choose",
            "The best of ten is partly the luckiest. New images would show it.",
        ),
    ),
)
