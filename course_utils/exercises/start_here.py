"""The exercise and the quiz of lesson 00, Start here: toys, to learn how checks, hints, and solutions work."""

import numpy as np

from course_utils.exercises.engine import function
from course_utils.exercises.quiz import Question, Quiz

LESSON = 0


def _pixels(*rows):
    return np.array(rows, dtype="uint8")


@function(
    cases={
        "seven of ten pixels hold ink": (_pixels([30, 9, 70, 200, 0], [255, 0, 30, 255, 0]),),
        "one pixel of three, and its ink is as faint as can be: 1": (_pixels([0], [0], [1]),),
        "a blank image": (_pixels([0, 0, 0], [0, 0, 0], [0, 0, 0]),),
        "nothing but ink": (np.full((2, 5), 255, dtype="uint8"),),
        "one pixel": (_pixels([7]),),
        "a square image, whose last row alone holds ink": (_pixels([0, 0, 0], [0, 0, 0], [128, 0, 127]),),
        "numbers of int64, and a first row of nothing but ink": (np.array([[30, 99], [0, 0], [0, 220]]),),
        "seven pixels in a row": (_pixels([255, 0, 1, 1, 0, 0, 254]),),
        "300 pixels with ink, more than a uint8 can count": (np.repeat(np.arange(2, dtype="uint8"), 300)[None],),
        "400 pixels, and all hold ink": (np.full((20, 20), 3, dtype="uint8"),),
    },
    shows="A comparison gives True and False, which count as 1 and 0, so their mean is a share.",
    hints=[
        "Which pixels hold ink? `image > 0` is True for those, and False for the others.",
        "True counts as 1 and False as 0. So what is the sum of `image > 0`, and what is its mean?",
    ],
)
def ink_share(image):
    """The share of an image's pixels that hold ink."""
    return np.mean(image > 0)


ink_share.mistake(
    "That is a count. A share is the count divided by the number of all pixels.", lambda image: np.sum(image > 0)
)
ink_share.mistake("That is the share of paper. Ink is whatever is above 0.", lambda image: np.mean(image == 0))
ink_share.mistake("That is a percentage. A share goes from 0 to 1.", lambda image: 100 * np.mean(image > 0))
ink_share.mistake("That is the number of all pixels. How many of them hold ink?", lambda image: image.size)
ink_share.mistake(
    "That is the sum of all values. Every pixel above 0 counts as one, faint or dark.", lambda image: np.sum(image)
)
for how_dark in (np.mean, lambda image: np.mean(image) / 255, lambda image: np.mean(image) / np.max(image)):
    ink_share.mistake(
        "That is how dark the image is on average. Every pixel above 0 counts the same, faint or dark.", how_dark
    )
ink_share.mistake(
    "That is the average value of the pixels that hold ink. How many of all pixels are they?",
    lambda image: np.mean(image[image > 0]),
)
ink_share.mistake("255 is only the darkest ink. Any pixel above 0 holds some.", lambda image: np.mean(image == 255))
for limit in (lambda image: 127, lambda image: 10, np.mean):
    ink_share.mistake(
        "Some ink is missing: only the darker pixels are counted. Any pixel above 0 holds ink.",
        lambda image, limit=limit: np.mean(image > limit(image)),
    )
ink_share.mistake(
    "The darkest pixels are missing, those above 127. As int8, they are negative: keep the type.",
    lambda image: np.mean((image > 0) & (image < 128)),
)
ink_share.mistake(
    "Equal values are counted once. Count every pixel above 0.",
    lambda image: np.count_nonzero(np.unique(image)) / image.size,
)
ink_share.mistake("1 is ink, too, the faintest: whatever is above 0.", lambda image: np.mean(image > 1))
ink_share.mistake(
    "The count is divided by the number of rows. Divide it by the number of all pixels, `image.size`.",
    lambda image: np.sum(image > 0) / len(image),
)
ink_share.mistake(
    "The count is divided by the number of columns. Divide it by the number of all pixels, `image.size`.",
    lambda image: np.sum(image > 0) / image.shape[1],
)
ink_share.mistake(
    "The count is divided by the number of rows plus that of columns. The number of all pixels is rows times columns.",
    lambda image: np.sum(image > 0) / sum(image.shape),
)
ink_share.mistake(
    "The count is divided by 784, the number of pixels of 28 × 28. Divide it by the number of pixels of this image, "
    "`image.size`.",
    lambda image: np.sum(image > 0) / 784,
)
ink_share.mistake(
    "That is ink divided by paper. Divide by the number of all pixels.",
    lambda image: np.sum(image > 0) / np.sum(image == 0),
)
ink_share.mistake(
    "That is the share of the rows that hold any ink. Count pixels.", lambda image: np.mean((image > 0).any(axis=1))
)
ink_share.mistake("That is the first row alone. Count the pixels of all rows.", lambda image: np.mean(image[0] > 0))
ink_share.mistake(
    "The count overflowed: a uint8 starts over at 0 after 255. Count in plain integers.",
    lambda image: np.sum(image > 0, dtype="uint8") / image.size,
)
ink_share.mistake(
    "The fraction is lost, and a share is all fraction. Divide with `/`, and round nothing.",
    lambda image: np.sum(image > 0) // image.size,
)
ink_share.mistake("The last row is missing. Count the pixels of all rows.", lambda image: np.mean(image[:-1] > 0))
ink_share.mistake(
    "That is the share of the columns that hold any ink. Count pixels.",
    lambda image: np.mean((image > 0).any(axis=0)),
)
ink_share.mistake(
    "It only says whether there is any ink. How many of the pixels hold some?", lambda image: np.any(image > 0)
)
ink_share.mistake(
    "Only one pixel is counted where there are more. Is it `=+`, which sets a count to 1, instead of `+=`?",
    lambda image: np.any(image > 0) / image.size,
)
ink_share.mistake(
    "Only the first pixel is counted. Does `return` stand inside the loop?",
    lambda image: (image.flat[0] > 0) / image.size,
)
ink_share.mistake(
    "The count is divided by one less than the number of pixels. Divide it by `image.size`.",
    lambda image: np.sum(image > 0) / (image.size - 1),
)
ink_share.mistake("That is the median of the comparison. Its mean is the share.", lambda image: np.median(image > 0))
ink_share.mistake("It is 0 for every image, so no pixel was counted. Which ones are above 0?", lambda image: 0)
for digits in (1, 2, 3, 4):
    ink_share.mistake(
        "The share is rounded. Return it as it comes out.",
        lambda image, digits=digits: np.round(np.mean(image > 0), digits),
    )


quiz = Quiz(
    Question(
        "You come back from lunch, run a cell in the middle of a lesson, and get `NameError: name 'model' is not "
        "defined`. What helps?",
        right="b",
        a=(
            "Install the course again",
            "The course is fine. The name is missing because the cell that defines it has not run in this kernel.",
        ),
        b=(
            "Menu *Kernel*, *Restart Kernel and Run All Cells*",
            "All cells run in order, and each finds the names that it needs. What you wrote stays.",
        ),
        c=(
            "Write `model = None` above",
            "Then the name exists, and the next line that uses it fails: the network itself is still missing.",
        ),
    ),
)
