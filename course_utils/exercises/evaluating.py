"""Exercises and quiz of lesson 06, Evaluating."""

import math

import numpy as np

from course_utils.exercises.by_value import one_of
from course_utils.exercises.engine import choice, function
from course_utils.exercises.quiz import Question, Quiz

LESSON = 6


def _rows(labels, n_classes, dtype=float):
    return np.eye(n_classes, dtype=dtype)[labels]


def _answers(answers, n_classes, confidence):
    """Rows of probabilities whose largest stands in the column of the answer."""
    rows = np.tile((1 - np.array(confidence)[:, None]) / (n_classes - 1), n_classes)
    rows[np.arange(len(answers)), answers] = confidence
    return rows


def _drawn(n, n_classes):
    rng = np.random.default_rng(n)
    labels = rng.integers(0, n_classes, size=n)
    answers = np.where(rng.random(n) < 0.8, labels, rng.integers(0, n_classes, size=n))
    return _rows(labels, n_classes), _answers(answers, n_classes, rng.uniform(0.3, 0.99, size=n))


@function(
    cases={
        # As many images as classes, so that labels left as rows give a number here and not an error about shapes.
        "four images, the second read as a 0": (
            _rows([3, 3, 1, 0], 4),
            np.array(
                [[0.16, 0.08, 0.04, 0.72], [0.9, 0.03, 0.01, 0.06], [0.1, 0.82, 0.05, 0.03], [0.6, 0.25, 0.1, 0.05]]
            ),
        ),
        "three images, labels in uint8 and probabilities in float32": (
            _rows([2, 1, 1], 3, "uint8"),
            np.array([[0.05, 0.72, 0.23], [0.42, 0.35, 0.23], [0.1, 0.5, 0.4]], dtype="float32"),
        ),
        "read correctly with little confidence": (_rows([0, 1, 0], 4), _answers([0, 1, 0], 4, [0.36, 0.46, 0.28])),
        "the true class is often the second": (
            _rows([0, 1, 2, 0], 3),
            np.array([[0.44, 0.46, 0.1], [0.3, 0.34, 0.36], [0.1, 0.2, 0.7], [0.42, 0.15, 0.43]]),
        ),
        "the three largest are nearly equal": (
            _rows([3, 0, 1], 4),
            np.array([[0.332, 0.331, 0.003, 0.334], [0.335, 0.333, 0.331, 0.001], [0.3, 0.2, 0.3002, 0.1998]]),
        ),
        "the largest is larger by a hair": (
            _rows([0, 1, 1], 3),
            np.array([[0.4001, 0.3999, 0.2], [0.3335, 0.3333, 0.3332], [0.3334, 0.3335, 0.3331]]),
        ),
        "three images, all misread": (_rows([1, 0, 4], 5), _answers([2, 3, 0], 5, [0.9, 0.8, 0.35])),
        "a single image": (_rows([1], 2), _answers([1], 2, [0.8])),
        "probabilities of 0 and 1": (_rows([1, 0, 2, 2], 3), _rows([1, 0, 2, 1], 3)),
        "12 classes": (_rows([11, 10, 3, 0], 12), _answers([11, 11, 3, 1], 12, [0.5, 0.2, 0.9, 0.3])),
        "50 images of five classes": _drawn(50, 5),
        "400 images, of which more than 255 are read correctly": _drawn(400, 4),
    },
    words={"labels": "one-hot rows"},
    shows="A wrong answer given with confidence still agrees with the label in eight numbers of ten. So first say what "
    "one right answer is, and count those.",
    hints=[
        "Take an image that is misread: what are its row of `rounded` and its row of `labels`, and in how many "
        "columns do they agree?",
        "An image is read right or wrong as a whole. Which one class is the answer, and which one is the label?",
        "`argmax(axis=1)` finds the column of the largest number in each row. What does it find in a row of "
        "probabilities, and what in a one-hot row?",
    ],
)
def share_right(labels, probabilities):
    """The share of the images that are read correctly; labels as one-hot rows."""
    return np.mean(np.argmax(labels, axis=1) == np.argmax(probabilities, axis=1))


@share_right.given
def _number_by_number(labels, probabilities):
    rounded = np.round(probabilities)
    return (rounded == labels).mean()


share_right.mistake(
    "An image counts only where the true class has more than one half. The largest of several probabilities may be "
    "smaller than that and is the answer all the same.",
    lambda labels, probabilities: (probabilities[labels == 1] > 0.5).mean(),
)
share_right.mistake(
    "An image counts wherever the true class has more than 1 / classes. Another class may have still more, and is then "
    "the answer.",
    lambda labels, probabilities: (probabilities[labels == 1] > 1 / labels.shape[1]).mean(),
)
share_right.mistake(
    "That is the mean probability of the true class. An answer is right or wrong, however sure it was.",
    lambda labels, probabilities: probabilities[labels == 1].mean(),
)
share_right.mistake(
    "This looks for the largest down each column, among the images. Look along each row, among the classes.",
    lambda labels, probabilities: (probabilities.argmax(axis=0) == labels.argmax(axis=0)).mean(),
)
share_right.mistake(
    "Without an axis, `argmax` gives one place in the whole array, so one image decides for all. You need one answer "
    "for each row.",
    lambda labels, probabilities: float(probabilities.argmax() == labels.argmax()),
)
share_right.mistake(
    "Still number by number: a 0 where a 0 belongs counts as well. Compare one answer with one label for each image.",
    lambda labels, probabilities: (_rows(probabilities.argmax(axis=1), labels.shape[1]) == labels).mean(),
)
share_right.mistake(
    "Each answer, the number of a class, is compared with the 0s and 1s of a one-hot row. Which class does the row "
    "stand for?",
    lambda labels, probabilities: (probabilities.argmax(axis=1)[:, None] == labels).mean(),
)
share_right.mistake(
    "Each answer, the number of a class, is compared with the 0s and 1s of one-hot rows: other shapes, other numbers. "
    "Which class does a one-hot row stand for?",
    lambda labels, probabilities: (probabilities.argmax(axis=1) == labels).mean(),
)
share_right.mistake(
    "`max` gives the largest number itself: a probability here, and always 1 in a one-hot row. Compare *where* the "
    "largest numbers stand.",
    lambda labels, probabilities: (probabilities.max(axis=1) == labels.max(axis=1)).mean(),
)
share_right.mistake(
    "That is the number of images read correctly. Return a share.",
    lambda labels, probabilities: share_right.answer(labels, probabilities) * len(labels),
)
share_right.mistake(
    "This divides the right answers by images times classes. Divide by the number of images.",
    lambda labels, probabilities: share_right.answer(labels, probabilities) / labels.shape[1],
)
share_right.mistake(
    "That is the error rate: the share that is misread.",
    lambda labels, probabilities: 1 - share_right.answer(labels, probabilities),
)
share_right.mistake(
    "That is in percent. A share goes from 0 to 1.",
    lambda labels, probabilities: 100 * share_right.answer(labels, probabilities),
)
share_right.mistake(
    "That is the share without its decimals, so 0 unless all images are read correctly. Did you divide with `//`?",
    lambda labels, probabilities: share_right.answer(labels, probabilities) // 1,
)
share_right.mistake(
    "That is the share rounded to two decimals. Return it as it is.",
    lambda labels, probabilities: np.round(share_right.answer(labels, probabilities), 2),
)
share_right.mistake(
    "Only the first image is counted. Does the loop end after it, with a `return` that is indented too far?",
    lambda labels, probabilities: float(labels[0].argmax() == probabilities[0].argmax()) / len(labels),
)
share_right.mistake(
    "The last image is missing. Does the loop go through all of them?",
    lambda labels, probabilities: (labels.argmax(axis=1) == probabilities.argmax(axis=1))[:-1].sum() / len(labels),
)
share_right.mistake(
    "No image counts as read correctly. Is there a comparison that never comes true, such as `is` between two numbers?",
    lambda labels, probabilities: 0.0,
)
share_right.mistake(
    "The probabilities are rounded before the largest is looked for, so that some become equal. Compare them as they "
    "are.",
    lambda labels, probabilities: share_right.answer(labels, np.round(probabilities, 2)),
)


@choice(
    right="c",
    hints=[
        "What could the picture look like if the change did nothing at all, so that this is an eleventh run of the old "
        "recipe?",
        "Look at the table: which of the two kinds of chance does a bar show, and which one does it leave out? And how "
        "many runs of the new recipe are there?",
    ],
)
def better_recipe():
    """What follows about a change in a recipe from one run that came out best?"""
    return {
        "a": "Ten dots are ten draws. Of eleven runs of one recipe, the last is the best in one case of eleven, and "
        "nobody has changed anything.",
        "b": "The bars of seed 0 and seed 3 don't touch either, and those two have one recipe. A bar is about one "
        "network on other images. It leaves out what another training run would give.",
        "c": "One run tells you about one network. To learn about a recipe you need several runs of each, and then "
        "compare their means, each with its spread.",
        "d": "Overlapping bars say that no difference was found, not that there is none. Besides, they are about two "
        "networks; the question is about the recipes.",
    }


ASKED_AND_WRONG = {  # of every second test image: below a confidence, and wrong from it on; a test counts them again
    0.5: (3, 52),
    0.6: (15, 46),
    0.7: (28, 39),
    0.8: (49, 30),
    0.9: (71, 22),
    0.95: (101, 17),
    0.99: (171, 7),
    0.999: (312, 3),
}
COST_WRONG = 20


def _of_threshold(threshold, asked, wrong):
    """The reply to a threshold of the list."""
    cost = asked + COST_WRONG * wrong
    sum_of = f"{threshold} costs {cost:,}: a person reads {asked} images, and {wrong} wrong answers are taken"
    if threshold == 0.99:
        return (
            f"{sum_of}, at {COST_WRONG} each. It pays to ask even where the network says that it is quite sure: it is "
            "overconfident."
        )
    if threshold == 1 - 1 / COST_WRONG:
        return (
            f"{sum_of}. Of answers with just this confidence, 1 in {COST_WRONG} ought to be wrong; then to ask and to "
            "take cost the same. But how many are wrong that lie a little above it?"
        )
    if threshold < 0.99:
        return (
            f"{sum_of}, at {COST_WRONG} each. Nearly all of the cost is what it gets wrong, and a person reads little. "
            "Does it pay to ask more often?"
        )
    return f"{sum_of}. Most of the cost is what people read, and hardly an error is found for it. Does all that pay?"


@one_of(
    right=0.99,
    hints=[
        "For one threshold: below it, each image costs 1. From it on, each wrong answer costs 20. What is the sum?",
        "`confidence[fitted] < threshold` marks the images that a person reads, and `wrong[fitted]` the wrong answers. "
        "Which of the wrong ones does nobody read?",
        "Work out the sum for each of the eight, in a loop. As the threshold rises, it falls first and rises then.",
    ],
)
def asking_threshold():
    """The cheapest threshold on the list, if a person costs 1 for an image and a wrong answer 20."""
    return {threshold: _of_threshold(threshold, asked, wrong) for threshold, (asked, wrong) in ASKED_AND_WRONG.items()}


for _threshold, (_asked, _wrong) in ASKED_AND_WRONG.items():
    asking_threshold.mistake(
        "That is what a threshold costs. Which threshold costs least?", _asked + COST_WRONG * _wrong
    )
    asking_threshold.mistake("So many images does a person read with one of the thresholds. Which threshold?", _asked)
    asking_threshold.mistake("In percent. Give the threshold as it stands on the list.", 100 * _threshold)
    if _wrong > 3:
        asking_threshold.mistake("So many wrong answers are taken with one of the thresholds. Which threshold?", _wrong)
    if _threshold > 0.5:
        asking_threshold.mistake("That is how far a threshold falls short of 1. Give the threshold.", 1 - _threshold)
asking_threshold.mistake("With the threshold 0 a person reads nothing, and with 1 everything. Neither is listed.", 0)
asking_threshold.mistake("With the threshold 0 a person reads nothing, and with 1 everything. Neither is listed.", 1)


Z = 1.959964


def _interval(n_correct, n, z=Z):
    share = n_correct / n
    middle, half = share + z**2 / (2 * n), z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)


def _first(enough):
    """The first n from 1 on for which an array of n is enough; 10,000 where none is."""
    for n in (np.arange(1, 4_000), np.arange(4_000, 200_000)):
        found = np.broadcast_to(enough(n), n.shape)
        if found.any():
            return int(n[found.argmax()])
    return 10_000


def _width(n_correct, n, z=Z):
    low, high = _interval(n_correct, n, z)
    return high - low


@function(
    cases={
        "90% right, 4 points wide": (0.9, 0.04),
        "half as wide": (0.9, 0.02),
        "no error at all": (1.0, 0.05),
        "nothing but errors": (0.0, 0.1),
        "99% right": (0.99, 0.04),
        "a share with many decimals": (0.9897, 0.03),
        "right and wrong equally often": (0.5, 0.1),
        "mostly wrong": (0.2, 0.2),
        "so wide that one image will do": (0.98, 0.9),
        "so wide that two will do": (0.9, 0.82),
        "as wide as it can be": (0.7, 1.0),
        "thousands of images": (0.8, 0.025),
        "more than a hundred thousand": (0.99, 0.0012),
    },
    words={"share": "of right answers"},
    errors={"ZeroDivisionError": "No image at all has no share of right ones, so begin with one image."},
    shows="An interval half as wide takes about four times as many images: at 90%, 868 give a width of 0.04, and "
    "3,461 give 0.02. The next digit of an accuracy costs a hundred times as many.",
    hints=[
        "How wide is the interval for 100 images, and for 200, if 90% of them are right? Call `wilson_interval` and "
        "take the difference.",
        "The interval gets narrower with each image. So begin with a single one, and go on until it is narrow enough.",
        "For one n: `low, high = wilson_interval(share * n, n)`. Compare `high - low` with `width` in a loop that "
        "adds 1 to n, however long it takes. What do you return, and when?",
    ],
)
def images_needed(share, width):
    """The smallest number of images whose Wilson interval is at most this wide, when this share of them is right."""
    a, b = width**2, 2 * width**2 * Z**2 - 4 * Z**2 * share * (1 - share)  # the width squared, times (n + z²)²
    c = width**2 * Z**4 - Z**4
    return max(1, math.ceil((-b + math.sqrt(b**2 - 4 * a * c)) / (2 * a)))


images_needed.mistake(
    "That follows from the Wald interval, which you can't trust near 100%. Take `wilson_interval`.",
    lambda share, width: max(1, math.ceil(4 * Z**2 * share * (1 - share) / width**2)),
)
images_needed.mistake(
    "The width goes from the low end to the high end. This looks at one side only, between the share and the low end.",
    lambda share, width: _first(lambda n: share - _interval(share * n, n)[0] <= width),
)
images_needed.mistake(
    "The width goes from the low end to the high end. This looks at one side only, between the share and the high end.",
    lambda share, width: _first(lambda n: _interval(share * n, n)[1] - share <= width),
)
images_needed.mistake(
    "The width goes from the low end to the high end, and this compares half of it. `width` is not a ±.",
    lambda share, width: images_needed.answer(share, 2 * width),
)
images_needed.mistake(
    "This interval is half as wide as it may be. `width` is already the whole of it.",
    lambda share, width: images_needed.answer(share, width / 2),
)
images_needed.mistake(
    "`wilson_interval` takes a count, and got the share itself: as if less than one image were right. `share * n` are.",
    lambda share, width: _first(lambda n: _width(share, n) <= width),
)
images_needed.mistake(
    "The number of right images was rounded down. Take `share * n` as it is, or the width jumps up and down with n.",
    lambda share, width: _first(lambda n: _width(np.floor(share * n), n) <= width),
)
images_needed.mistake(
    "The number of right images was rounded. Take `share * n` as it is, or the width jumps up and down with n.",
    lambda share, width: _first(lambda n: _width(np.round(share * n), n) <= width),
)
images_needed.mistake(
    "Nearly: with z = 1.96 the intervals are a little too wide. `wilson_interval` has more decimals of z by itself.",
    lambda share, width: _first(lambda n: _width(share * n, n, 1.96) <= width),
)
images_needed.mistake(
    "One too few: for this n the interval is still too wide.",
    lambda share, width: images_needed.answer(share, width) - 1,
)
images_needed.mistake(
    "One too many: the image before the last was enough. Is n raised once more after the interval was narrow enough?",
    lambda share, width: images_needed.answer(share, width) + 1,
)
images_needed.mistake(
    "That is the number of right images, `share * n`. How many images are there in all?",
    lambda share, width: share * images_needed.answer(share, width),
)
images_needed.mistake(
    "That is the width of the interval in the end. How many images does it take?",
    lambda share, width: _width(share * images_needed.answer(share, width), images_needed.answer(share, width)),
)
images_needed.mistake(
    "The loop stops at the first n whose interval is too wide, and a single image is enough for that. Turn the "
    "comparison around.",
    lambda share, width: _first(lambda n: _width(share * n, n) > width),
)
for _step, _look in ((10, "n goes in steps of ten"), (100, "n goes in steps of a hundred")):
    images_needed.mistake(
        f"That is enough, but fewer would be, too: {_look}. Find the smallest.",
        lambda share, width, step=_step: -(-images_needed.answer(share, width) // step) * step,
    )
images_needed.mistake(
    "That is enough, but fewer would be, too: n is doubled each time. Find the smallest.",
    lambda share, width: 2 ** math.ceil(math.log2(images_needed.answer(share, width))),
)


_TWO = np.array([[95, 5], [6, 4]])
_THREE = np.array([[70, 20, 10], [0, 48, 2], [9, 1, 40]])


@function(
    cases={
        "two classes, the rare one as frequent there as the other": (_TWO, np.array([0.5, 0.5])),
        "three classes": (_THREE, np.array([0.1, 0.3, 0.6])),
        "only the last class is left": (_THREE, np.array([0.0, 0.0, 1.0])),
        "a class that is never read correctly": (
            np.array([[30, 10, 0], [4, 0, 6], [0, 0, 70]]),
            np.array([0.1, 0.7, 0.2]),
        ),
        "a class that is never the answer": (
            np.array([[91, 0, 12], [25, 0, 77], [3, 0, 16]]),
            np.array([0.2, 0.3, 0.5]),
        ),
        "the proportions of the test set itself": (_THREE, np.array([0.5, 0.25, 0.25])),
        "ten classes": (
            np.random.default_rng(0).integers(0, 9, size=(10, 10)) + np.diag(np.arange(20, 120, 10)),
            np.arange(1, 11) / 55,
        ),
        "12 classes, hundreds of images of each, in int32": (
            np.random.default_rng(1).integers(0, 99, size=(12, 12)).astype("int32")
            + np.diag(np.arange(200, 800, 50)).astype("int32"),
            np.arange(12, 0, -1) / 78,
        ),
    },
    words={"matrix": "a row for each true class", "shares": "one for each true class"},
    shows="A recall belongs to a network and a class. An accuracy also depends on the mix of classes: with another mix "
    "it changes, although the network does not.",
    hints=[
        "Think of one class there. What share of its images will be read correctly? A row of the matrix tells you.",
        "That share is the recall. Of all images there, a class contributes its share times its recall.",
        "`np.diag(matrix)` holds how many were right in each class, `matrix.sum(axis=1)` how many there were. Multiply "
        "their quotient by `shares`, and add up.",
    ],
)
def accuracy_elsewhere(matrix, shares):
    """The accuracy to expect where the true classes come in these shares."""
    return np.sum(shares * np.diagonal(matrix) / np.sum(matrix, axis=1))


def _right_of(matrix, axis):
    return np.diag(matrix) / matrix.sum(axis=axis)


accuracy_elsewhere.mistake(
    "That is the accuracy on the test set, with its own mix of classes. `shares` has no say in it.",
    lambda matrix, shares: np.trace(matrix) / matrix.sum(),
)
accuracy_elsewhere.mistake(
    "This divides the right ones by the sums of the columns, which gives precision. `shares` is about true classes, "
    "and those are the rows.",
    lambda matrix, shares: (shares * _right_of(matrix, 0)).sum(),
)
accuracy_elsewhere.mistake(
    "That is the mean of the recalls: all classes count the same, and `shares` has no say in it.",
    lambda matrix, shares: _right_of(matrix, 1).mean(),
)
accuracy_elsewhere.mistake(
    "This is divided by the number of classes once too often. The shares add up to 1 already: take the sum, not the "
    "mean.",
    lambda matrix, shares: (shares * _right_of(matrix, 1)).mean(),
)
accuracy_elsewhere.mistake(
    "This multiplies counts, so the result is not a share. Divide each by how many images its class has.",
    lambda matrix, shares: (shares * np.diag(matrix)).sum(),
)
accuracy_elsewhere.mistake(
    "This divides the right ones of a class by all images of the test set. Divide by those of the class, its row.",
    lambda matrix, shares: (shares * np.diag(matrix)).sum() / matrix.sum(),
)
accuracy_elsewhere.mistake(
    "This multiplies rows that still hold as many images as the class has here. Turn each row into shares first.",
    lambda matrix, shares: (shares * np.diag(matrix)).sum() / (shares * matrix.sum(axis=1)).sum(),
)
accuracy_elsewhere.mistake(
    "Those are the parts, one for each class. The accuracy is their sum.",
    lambda matrix, shares: shares * _right_of(matrix, 1),
)
accuracy_elsewhere.mistake(
    "Those are the recalls, one for each class. Multiply each by its share, and add up.",
    lambda matrix, shares: _right_of(matrix, 1),
)
accuracy_elsewhere.mistake(
    "That counts the first two classes only. There may be any number of them.",
    lambda matrix, shares: (shares * np.diag(matrix))[:2] @ (1 / matrix[:2, :2].sum(axis=1)),
)
accuracy_elsewhere.mistake(
    "That is the error rate to expect.",
    lambda matrix, shares: 1 - (shares * _right_of(matrix, 1)).sum(),
)
accuracy_elsewhere.mistake(
    "The recalls became whole numbers, 0 or 1. Did you divide with `//`?",
    lambda matrix, shares: (shares * (np.diag(matrix) // matrix.sum(axis=1))).sum(),
)
accuracy_elsewhere.mistake(
    "The sum is in percent. An accuracy goes from 0 to 1.",
    lambda matrix, shares: 100 * (shares * _right_of(matrix, 1)).sum(),
)
for _decimals, _name in ((2, "two"), (3, "three"), (4, "four")):
    accuracy_elsewhere.mistake(
        f"That is rounded to {_name} decimals. Return the accuracy as it is.",
        lambda matrix, shares, decimals=_decimals: np.round((shares * _right_of(matrix, 1)).sum(), decimals),
    )
accuracy_elsewhere.mistake(
    "Only the first class is counted. Does the loop end after it, with a `return` that is indented too far?",
    lambda matrix, shares: shares[0] * matrix[0, 0] / matrix[0].sum(),
)
accuracy_elsewhere.mistake(
    "The last class is missing. Does the loop go through all of them?",
    lambda matrix, shares: (shares * _right_of(matrix, 1))[:-1].sum(),
)
accuracy_elsewhere.mistake(
    "The first class is missing: classes are counted from 0.",
    lambda matrix, shares: (shares * _right_of(matrix, 1))[1:].sum(),
)
accuracy_elsewhere.mistake(
    "The shares go with the classes in reverse order.",
    lambda matrix, shares: (shares[::-1] * _right_of(matrix, 1)).sum(),
)


quiz = Quiz(
    Question(
        "The 95% confidence interval of a network's accuracy (Wilson's) goes from 0.9875 to 0.9915. What does it say?",
        right="b",
        a=(
            "95% of all test images are read with a probability in this range",
            "It is about a share of images, not about the probabilities of single ones. Most of those are near 1.",
        ),
        b=(
            "With a true accuracy in this range, our count would be no surprise",
            "That is how Wilson chose it: each candidate in the range passes, each one outside would make this count "
            "rare.",
        ),
        c=(
            "Trained with another random seed, the network would land in it 95 times in 100",
            "It is about the chance in the test images alone. To see the spread over random seeds, you have to train "
            "again.",
        ),
        d=(
            "On your own handwriting, the network reads at least 98.75%",
            "It holds for images of the same kind only. Nothing in the test set tells you about another kind.",
        ),
    ),
    Question(
        "You draw 20 digits yourself, and the network reads all of them. What can you say about its true accuracy on "
        "your digits? (`wilson_interval` may help.)",
        right="d",
        a=(
            "It is 100%",
            "That is the share in the sample, and what the Wald interval says. A network that errs once in 20 would "
            "often show the same.",
        ),
        b=(
            "It is the same as on the test set",
            "Other people wrote the test set. Your 20 digits don't contradict it, but so few can't confirm it.",
        ),
        c=(
            "Nothing at all",
            "Twenty without an error do rule something out: a network that reads half of your digits would hardly "
            "manage it.",
        ),
        d=(
            "It may well be as low as 84%, but hardly lower",
            "`wilson_interval(20, 20)` begins at n/(n + z²), here 20/23.84. Few images say little, and little is more "
            "than nothing.",
        ),
    ),
    Question(
        "On the same test images, only network A is right on 12, and only network B on 4. On all the others, both "
        "are right or both are wrong. What does McNemar's test ask?",
        right="c",
        a=(
            "Whether the intervals of the two accuracies overlap",
            "Intervals that overlap are not a test, and they leave out that both networks read the same images.",
        ),
        b=(
            "How probable it is that the two networks are equally good",
            "A p-value takes for granted that they are, and says how often chance then does this. It is not the "
            "probability of the null hypothesis.",
        ),
        c=(
            "How often a fair coin tossed 16 times lands at least as unevenly as 12 to 4",
            "Only the discordant pairs count, and if both are equally good, each of them is a fair toss. Here the "
            "p-value is 0.08: no rare event.",
        ),
        d=(
            "Whether A's recipe is better than B's",
            "It compares two networks. One run of each says little about the recipes, however small the p-value.",
        ),
    ),
    Question(
        "A machine pays out money whenever the network answers 3. Which number tells how often it pays wrongly?",
        right="a",
        a=(
            "The precision of class 3",
            "It is the share of true 3s among all that was called 3, down the column. The rest is paid wrongly.",
        ),
        b=(
            "The recall of class 3",
            "That tells how many true 3s are found. Images that are something else and are called 3 don't occur in it.",
        ),
        c=(
            "The accuracy over all ten classes",
            "It mixes all classes. A network that is too fond of the answer 3 can have a high accuracy all the same.",
        ),
        d=(
            "The mean confidence of its answers 3",
            "That is what the network thinks of itself, and it may be overconfident. Whether it was right must be "
            "counted.",
        ),
    ),
    Question(
        "In a reliability diagram, the bin around confidence 0.8 holds 40 answers. Of these 28 are right, 0.70, and "
        "the interval goes from 0.55 to 0.82. What follows?",
        right="d",
        a=(
            "Answers of this confidence are overconfident",
            "Perhaps they are. But 0.8 lies in the interval, so 28 of 40 is no surprise for a calibrated network "
            "either.",
        ),
        b=(
            "Answers of this confidence are calibrated, as 0.8 is in the interval",
            "The interval also holds 0.6. Finding nothing against a claim does not prove it.",
        ),
        c=(
            "The network's accuracy is 0.70",
            "That is the share in this one bin. Accuracy is over all answers, and most of them lie in other bins.",
        ),
        d=(
            "Not much: 40 answers are too few to tell 0.8 from 0.7",
            "Both lie in the interval. More answers in this bin would make it shorter, and then you could tell.",
        ),
    ),
)
