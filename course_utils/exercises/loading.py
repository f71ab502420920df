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
for megabytes in (188.16, 188):
    float32_bytes.mistake("That is in megabytes. How many bytes?", megabytes)
float32_bytes.mistake("Close: 47 million is rounded. Multiply the three lengths exactly.", 188_000_000)
float32_bytes.mistake("That is one image. There are 60,000.", 28 * 28 * 4)
float32_bytes.mistake("An image has rows and columns: 28 × 28 pixels, not 28.", 60_000 * 28 * 4)


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
        "a last class that never occurs": (np.array([1, 0, 1]), 5),
        "a single label": (np.array([1]), 2),
        "900 labels, more than a uint8 can count": (np.arange(900) % 3 % 2, 2),
    },
    shows="The shares add up to 1, and the largest one is the accuracy of the majority-class baseline: the first "
    "number to beat.",
    hints=[
        "A share is a count divided by the number of all labels. Count first: a loop over the classes works.",
        "`labels == c` is an array of True and False. True counts as 1, so what are its sum and its mean?",
        "`np.bincount(labels)` counts all classes at once, but stops at the largest label. Its `minlength` "
        "helps; then divide.",
    ],
)
def class_shares(labels, n_classes):
    """The share of each class among the labels."""
    return [np.mean(labels == c) for c in range(n_classes)]


class_shares.mistake(
    "Those are counts. A share is a count divided by the number of all labels.",
    lambda labels, n_classes: np.bincount(labels, minlength=n_classes),
)
class_shares.mistake(
    "A class that never occurs has a share too, 0. Return one number for each of the `n_classes` classes.",
    lambda labels, n_classes: np.unique(labels, return_counts=True)[1] / len(labels),
)
class_shares.mistake(
    "A class that never occurs has a share too, 0. `np.bincount` stops at the largest label, unless `minlength` "
    "says more.",
    lambda labels, n_classes: np.bincount(labels) / len(labels),
)
for n_of_mnist in (60_000, 10_000):
    class_shares.mistake(
        f"It divides by {n_of_mnist}, which is right for one part of MNIST only. Divide by the number of these labels, "
        "`len(labels)`.",
        lambda labels, n_classes, n=n_of_mnist: np.bincount(labels, minlength=n_classes) / n,
    )
class_shares.mistake(
    "Those are percentages. A share is a part of 1.",
    lambda labels, n_classes: 100 * np.bincount(labels, minlength=n_classes) / len(labels),
)
class_shares.mistake(
    "Divide by the number of labels, not by the number of classes.",
    lambda labels, n_classes: np.bincount(labels, minlength=n_classes) / n_classes,
)
class_shares.mistake(
    "Those are the counts divided by the largest count. A share is a part of all labels, and the shares add up to 1.",
    lambda labels, n_classes: np.bincount(labels, minlength=n_classes) / np.bincount(labels).max(),
)
class_shares.mistake(
    "`//` divides and drops the fraction, and a share is all fraction. Divide with `/`.",
    lambda labels, n_classes: np.bincount(labels, minlength=n_classes) // len(labels),
)
class_shares.mistake(
    "The counts overflowed: a uint8 starts over at 0 after 255. Count in plain integers.",
    lambda labels, n_classes: np.bincount(labels, minlength=n_classes).astype("uint8") / len(labels),
)


def _images(n, height, width, low=0, high=256):
    return np.random.default_rng(n).integers(low, high, size=(n, height, width), dtype="uint8")


@functools.cache
def _mean_of_mnist(digit):
    (images, labels), _ = data.load_mnist()
    return images[labels == digit].mean(axis=0)


@function(
    cases={
        "five images of 2 × 2 pixels": (_images(5, 2, 2, high=10), np.array([3, 1, 3, 0, 1]), 3),
        "images that are not square": (_images(7, 2, 3), np.array([3, 1, 2, 0, 1, 1, 0]), 1),
        "a digit with a single image": (_images(4, 3, 2), np.array([3, 0, 1, 1]), 0),
        "as many images as rows": (_images(3, 3, 4), np.array([2, 2, 5]), 2),
        "dark images, whose sum is more than a byte holds": (
            _images(6, 2, 3, low=200),
            np.array([4, 4, 4, 4, 4, 9]),
            4,
        ),
    },
    shows="Choosing images by `labels == digit` and averaging over the first axis keeps rows and columns: a mean "
    "is an image.",
    hints=[
        "Two steps: pick the images of this digit, then average them, pixel by pixel.",
        "`labels == digit` marks the images to pick, and `images[labels == digit]` picks them.",
        "The first axis counts images, and that is the one to average over: `mean(axis=...)`.",
    ],
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
    "`images[digit]` is one image, picked by its position, and its mean over axis 0 is one row. Which images show the "
    "digit? Their labels say so.",
    lambda images, labels, digit: images[digit].mean(axis=0),
)
mean_digit.mistake(
    "That is the mean of MNIST's own images of the digit. Use what the function is given, `images` and `labels`, not "
    "`train_images` and `train_labels`.",
    lambda images, labels, digit: _mean_of_mnist(digit),
)
mean_digit.mistake(
    "Those are all the other digits: the images whose label is not `digit`.",
    lambda images, labels, digit: images[labels != digit].mean(axis=0),
)
mean_digit.mistake(
    "That averages over the pixels of each image. The first axis counts images: average over that one, `axis=0`.",
    lambda images, labels, digit: images[labels == digit].mean(axis=(1, 2)),
)
mean_digit.mistake(
    "That averages over images and pixels at once, and one number is left. Average over the first axis only, `axis=0`.",
    lambda images, labels, digit: images[labels == digit].mean(),
)
mean_digit.mistake(
    "That averages over rows. The first axis, 0, counts images: average over that one.",
    lambda images, labels, digit: images[labels == digit].mean(axis=1),
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
    "The sum overflowed: a uint8 starts over at 0 after 255. Convert to float before you add.",
    lambda images, labels, digit: images[labels == digit].sum(axis=0, dtype="uint8") / np.sum(labels == digit),
)
mean_digit.mistake(
    "That is the median. The mean is the sum divided by how many there are.",
    lambda images, labels, digit: np.median(images[labels == digit], axis=0),
)
mean_digit.mistake(
    "The fractions are lost: gray values of a mean don't have to be whole. Did you use `//`, or convert to integers?",
    lambda images, labels, digit: images[labels == digit].sum(axis=0) // np.sum(labels == digit),
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
