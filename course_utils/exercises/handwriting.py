"""Exercises and quiz of lesson 08, Your own handwriting."""

import functools

import numpy as np

from course_utils.exercises.engine import function
from course_utils.exercises.quiz import Question, Quiz

LESSON = 8


def _dots(shape, **marks):
    """An image with a few inky pixels: row_column=ink."""
    image = np.zeros(shape)
    for place, ink in marks.items():
        row, column = map(int, place.strip("p").split("_"))
        image[row, column] = ink
    return image


def _mass(image, weights=lambda image: image, start=0):
    """The center of mass (row, column) of what weights makes of an image."""
    image = weights(np.asarray(image))
    places = np.indices(image.shape) + start
    return [(axis * image).sum() / image.sum() for axis in places]


def _to_middle(image, middle=14, round=round, **how):
    return tuple(round(middle - place) for place in _mass(image, **how))


def _box_middle(image):
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    return (rows[0] + rows[-1]) / 2, (columns[0] + columns[-1]) / 2


@function(
    cases={
        "all ink in pixel (3, 5)": (_dots((28, 28), p3_5=1.0),),
        "all ink in pixel (20, 25), a gray one": (_dots((28, 28), p20_25=0.5),),
        "all ink in pixel (14, 14) already": (_dots((28, 28), p14_14=1.0),),
        "2 × 2 black pixels at (4, 4), and a thin gray tail": (
            _dots((28, 28), p4_4=1.0, p4_5=1.0, p5_4=1.0, p5_5=1.0, p6_5=0.1, p18_5=0.1),
        ),
        "black at (10, 10), gray at (10, 20) and (22, 11)": (_dots((28, 28), p10_10=1.0, p10_20=0.25, p22_11=0.25),),
        "fractions beyond the middle, where what is missing is below 0": (
            _dots((28, 28), p20_16=0.75, p23_20=1.0, p21_27=0.5),
        ),
        "faint ink only": (_dots((28, 28), p5_6=0.02, p8_20=0.05, p25_22=0.08),),
        "a tall image, of 60 × 11 pixels, ink from 0 to 255": (
            _dots((60, 11), p2_1=5.0, p31_9=20.0, p48_4=255.0, p59_10=14.0),
        ),
        "a small image, of 3 × 2 pixels, none of them white": (np.array([[0.2, 0.9], [0.3, 0.2], [0.25, 0.4]]),),
        "gray everywhere, with a darker corner": (_dots((25, 9), p1_1=0.5) + 0.25,),
        "a single row": (_dots((1, 20), p0_3=0.5, p0_11=1.0, p0_12=0.25),),
        "a wide image, of 9 × 40 pixels": (_dots((9, 40), p2_30=0.5, p3_33=1.0, p7_38=0.75),),
        "ink everywhere, more of it at the right": (
            np.random.default_rng(0).uniform(0, 1, (28, 28)) * np.linspace(0, 1, 28),
        ),
        "ink everywhere, more of it at the bottom": (
            np.random.default_rng(1).uniform(0, 1, (28, 28)) * np.linspace(0, 1, 28)[:, None],
        ),
    },
    shows="That is the whole of MNIST's rule. The maps of a convolution would shift along with the digit; it is the "
    "dense layers that have a weight for each position.",
    hints=[
        "Where is the center of mass along the rows? It is a mean of row numbers in which each pixel counts in "
        "proportion to its ink.",
        "`np.indices(image.shape)` gives two arrays: the row number of each pixel, and its column number. Multiply "
        "each by the ink, add up, and divide by all the ink.",
        "From there to 14: how far, and in which direction? Round at the end.",
    ],
)
def shift_to_middle(image):
    """How many pixels down and to the right the image must move, so that its center of mass is at pixel (14, 14)."""
    return _to_middle(image)


shift_to_middle.mistake(
    "The two are in the wrong order: how far down first, then how far to the right.",
    lambda image: _to_middle(image)[::-1],
)
shift_to_middle.mistake(
    "Both signs are wrong: what lies above the middle must move down, by a number above 0.",
    lambda image: tuple(-step for step in _to_middle(image)),
)
shift_to_middle.mistake(
    "That is the middle of the bounding box. In the center of mass, each pixel counts in proportion to its ink.",
    lambda image: tuple(np.round(14 - place) for place in _box_middle(image)),
)
shift_to_middle.mistake(
    "All pixels with ink count alike here. A gray one must count less than a black one.",
    lambda image: _to_middle(image, weights=lambda image: image > 0),
)
shift_to_middle.mistake(
    "That is where the center of mass lies. How far is it from there to pixel 14?",
    lambda image: tuple(np.round(_mass(image))),
)
shift_to_middle.mistake(
    "That is the way to the middle of this image. The goal is pixel (14, 14), whatever the size.",
    lambda image: tuple(np.round(side / 2 - place) for side, place in zip(image.shape, _mass(image), strict=True)),
)
shift_to_middle.mistake(
    "Not rounded yet: an image moves by whole pixels.",
    lambda image: _to_middle(image, round=float),
)
shift_to_middle.mistake(
    "`int` cuts off what is behind the decimal point. Round to the nearest.",
    lambda image: _to_middle(image, round=int),
)
shift_to_middle.mistake(
    "That always rounds down. Round to the nearest.",
    lambda image: _to_middle(image, round=np.floor),
)
shift_to_middle.mistake(
    "That always rounds up. Round to the nearest.",
    lambda image: _to_middle(image, round=np.ceil),
)
shift_to_middle.mistake(
    "Adding 0.5 and cutting off rounds to the nearest only above 0. A shift may be below 0: use `round`.",
    lambda image: _to_middle(image, round=lambda step: int(step + 0.5)),
)
shift_to_middle.mistake(
    "The signs are lost: to move up or to the left is a number below 0.",
    lambda image: tuple(abs(step) for step in _to_middle(image)),
)
shift_to_middle.mistake(
    "It never moves an image up or to the left, by a number below 0. It must where the center lies beyond the middle.",
    lambda image: tuple(max(0, step) for step in _to_middle(image)),
)
shift_to_middle.mistake(
    "Both numbers are the way down. The second is the way to the right, from the column numbers.",
    lambda image: (_to_middle(image)[0],) * 2,
)
shift_to_middle.mistake(
    "Both numbers are the way to the right. The first is the way down, from the row numbers.",
    lambda image: (_to_middle(image)[1],) * 2,
)
shift_to_middle.mistake(
    "Faint pixels don't count here, and all others alike. Each pixel counts in proportion to its ink.",
    lambda image: tuple(round(14 - place.mean()) for place in np.nonzero(image >= image.max() / 2)),
)
shift_to_middle.mistake(
    "That is the median: half of the ink lies on either side of it. The center of mass is the mean.",
    lambda image: tuple(
        14 - np.searchsorted(np.cumsum(ink), ink.sum() / 2) for ink in (image.sum(axis=1), image.sum(axis=0))
    ),
)
shift_to_middle.mistake(
    "The row with the most ink, and the column, need not be where the center of mass lies. It is a mean over all.",
    lambda image: (14 - image.sum(axis=1).argmax(), 14 - image.sum(axis=0).argmax()),
)
shift_to_middle.mistake(
    "Pixels are counted from 1 here. They count from 0, and so does the 14.",
    lambda image: _to_middle(image, start=1),
)
shift_to_middle.mistake(
    "That is the way to 13.5, the middle of 28 pixels. MNIST has it at pixel 14, as the lesson found.",
    lambda image: _to_middle(image, middle=13.5),
)
shift_to_middle.mistake(
    "That starts from the darkest pixel. The center of mass is a mean over all of them.",
    lambda image: tuple(14 - place for place in np.unravel_index(image.argmax(), image.shape)),
)
shift_to_middle.mistake(
    "The sum is divided by the number of pixels. Divide by all the ink.",
    lambda image: tuple(np.round(14 - (axis * image).mean()) for axis in np.indices(image.shape)),
)
shift_to_middle.mistake(
    "The sum is not divided by anything: a mean of row numbers is their weighted sum, divided by all the ink.",
    lambda image: tuple(np.round(14 - (axis * image).sum()) for axis in np.indices(image.shape)),
)


def _surest_first(confidence, right, wanted, enough=np.greater_equal, kept=np.greater_equal, first=min):
    """The thresholds that reach what is wanted, and one of them."""
    confidence, right = np.asarray(confidence), np.asarray(right)
    good = [
        value
        for value in confidence
        if kept(confidence, value).any() and enough(right[kept(confidence, value)].mean(), wanted)
    ]
    return float(first(good)) if good else np.inf


_seven = np.array([0.9, 0.6, 0.99, 0.7, 0.8, 0.95, 0.5])
_seven_right = np.array([True, False, True, True, False, True, False])


@function(
    cases={
        "seven answers, all that are kept must be right": (_seven, _seven_right, 1.0),
        "the same, four in five": (_seven, _seven_right, 0.8),
        "the same, half of them": (_seven, _seven_right, 0.5),
        "the surest one is wrong": (
            np.array([0.99, 0.9, 0.8, 0.7, 0.6]),
            np.array([False, True, True, True, False]),
            0.75,
        ),
        "two equal confidences, the first of them wrong": (
            np.array([0.6, 0.9, 0.9, 0.97]),
            np.array([False, False, True, True]),
            0.7,
        ),
        "two equal confidences, the second of them wrong": (
            np.array([0.6, 0.9, 0.9, 0.97]),
            np.array([False, True, False, True]),
            0.7,
        ),
        "two equal ones, in float32, from the surest on": (
            np.array([0.99, 0.75, 0.75, 0.5, 0.25], dtype="float32"),
            np.array([True, True, False, True, False]),
            0.8,
        ),
        "the same, with the other one wrong": (
            np.array([0.99, 0.75, 0.75, 0.5, 0.25], dtype="float32"),
            np.array([True, False, True, True, False]),
            0.8,
        ),
        "all equally confident": (np.array([0.8, 0.8, 0.8, 0.8]), np.array([True, False, True, True]), 0.75),
        "two as confident as can be, one of them wrong": (
            np.array([1.0, 0.9991, 1.0, 0.9987, 0.9994]),
            np.array([False, True, True, False, True]),
            0.7,
        ),
        "a single answer, right": (np.array([0.35]), np.array([True]), 1.0),
        "a single answer, wrong": (np.array([0.65]), np.array([False]), 0.5),
        "too low at first, then high enough, and lower once more": (
            np.array([0.95, 0.91, 0.86, 0.82, 0.77, 0.71, 0.64, 0.6]),
            np.array([True, False, True, True, False, False, False, True]),
            0.7,
        ),
        "everything is right": (np.array([0.7, 0.5, 0.9]), np.array([True, True, True]), 0.99),
        "nothing will do": (np.array([0.4, 0.8, 0.6]), np.array([True, False, False]), 0.9),
        "40 answers": (
            np.random.default_rng(1).uniform(0.3, 1, 40).round(2),
            np.random.default_rng(2).uniform(0, 1, 40) < 0.8,
            0.85,
        ),
        "400 answers, of which more than 255 are kept": (
            np.random.default_rng(6).uniform(0.3, 1, 400).round(4),
            np.random.default_rng(7).uniform(0, 1, 400) < 0.94,
            0.9603,
        ),
    },
    words={"right": "one for each answer"},
    errors={"ZeroDivisionError": "Where no answer is kept, there is no share of right ones."},
    shows="The smallest threshold that keeps the promise has the largest coverage. Chosen on validation images, it is "
    "a promise for images of the same kind, and for no others.",
    hints=[
        "For one threshold: which answers are kept, and what share of them is right? A mask does it.",
        "Only the confidences themselves need to be tried: between two of them nothing changes. In what order would "
        "you try them, to find the smallest that keeps the promise?",
        "Go through `np.sort(confidence)` and return the first that keeps the promise. After the loop, none did.",
    ],
)
def least_confidence(confidence, right, wanted):
    """The smallest confidence for which, of all answers at least so confident, the wanted share is right."""
    return _surest_first(confidence, right, wanted)


least_confidence.mistake(
    "That keeps the promise, but it is not the smallest: you keep fewer answers than you could.",
    lambda confidence, right, wanted: _surest_first(confidence, right, wanted, first=max),
)
least_confidence.mistake(
    "Answers exactly as confident as the threshold are kept: *at least* means ≥.",
    lambda confidence, right, wanted: _surest_first(confidence, right, wanted, kept=np.greater),
)
least_confidence.mistake(
    "Exactly the wanted share is enough: *at least* means ≥.",
    lambda confidence, right, wanted: _surest_first(confidence, right, wanted, enough=np.greater),
)
for _nothing in (np.max, lambda confidence: 0.0, lambda confidence: 1.0, lambda confidence: np.nan):
    least_confidence.mistake(
        "Where nothing reaches the wanted share, return infinity, `np.inf`: then no answer is kept.",
        lambda confidence, right, wanted, nothing=_nothing: (
            nothing(confidence)
            if least_confidence.answer(confidence, right, wanted) == np.inf
            else least_confidence.answer(confidence, right, wanted)
        ),
    )


@least_confidence.mistake(
    "That stops at the first threshold from above that breaks the promise. Further down, more right answers may make "
    "up for a wrong one."
)
def _stops_too_early(confidence, right, wanted):
    found = np.inf
    for value in np.sort(confidence)[::-1]:
        if right[confidence >= value].mean() < wanted:
            break
        found = value
    return found


least_confidence.mistake(
    "That is the largest confidence of a wrong answer. You may keep a few wrong ones, as long as the share is reached.",
    lambda confidence, right, wanted: confidence.min() if right.all() else confidence[~right].max(),
)
least_confidence.mistake(
    "That compares the mean confidence of the kept answers with `wanted`. What counts is how many of them are right.",
    lambda confidence, right, wanted: next(
        (value for value in np.sort(confidence) if confidence[confidence >= value].mean() >= wanted), np.inf
    ),
)
least_confidence.mistake(
    "That keeps a share of the answers. What counts is the share of right ones among those that are kept.",
    lambda confidence, right, wanted: np.quantile(confidence, 1 - wanted),
)
least_confidence.mistake(
    "That is the share of right answers among all. It is no threshold.",
    lambda confidence, right, wanted: right.mean(),
)
least_confidence.mistake(
    "The right ones are divided by all answers. Divide by those that are kept.",
    lambda confidence, right, wanted: next(
        (value for value in np.sort(confidence) if (right & (confidence >= value)).mean() >= wanted), np.inf
    ),
)
least_confidence.mistake(
    "That keeps the least confident answers and drops the others.",
    lambda confidence, right, wanted: next(
        (value for value in np.sort(confidence) if right[confidence <= value].mean() >= wanted), np.inf
    ),
)
least_confidence.mistake(
    "That is the smallest confidence of all: it keeps every answer, right or wrong.",
    lambda confidence, right, wanted: confidence.min(),
)
least_confidence.mistake(
    "That is the smallest confidence of a right answer. Wrong answers with more confidence are kept along with it.",
    lambda confidence, right, wanted: confidence[right].min(),
)
for _step in (0.01, 0.001):
    least_confidence.mistake(
        "That keeps the right answers, but it is none of the given confidences. Try those, not steps of your own.",
        lambda confidence, right, wanted, step=_step: next(
            (value for value in np.arange(0, confidence.max(), step) if right[confidence >= value].mean() >= wanted),
            np.inf,
        ),
    )


def _by_halving(confidence, right, wanted, order, end):
    values, found = order(confidence), np.inf
    low, high = 0, len(values) - end
    while low < high:
        middle = (low + high) // 2
        if right[confidence >= values[middle]].mean() >= wanted:
            found, high = values[middle], middle
        else:
            low = middle + 1
    if low < len(values) and right[confidence >= values[low]].mean() >= wanted:
        found = min(found, values[low])
    return found


for _order in (np.sort, np.unique):
    for _end in (0, 1):
        least_confidence.mistake(
            "The search halves the list, but the share does not rise steadily with the threshold, so a half that is "
            "discarded may hold the smallest.",
            functools.partial(_by_halving, order=_order, end=_end),
        )
least_confidence.mistake(
    "Only the confidences of right answers are tried. Those of wrong ones may keep the promise, too.",
    lambda confidence, right, wanted: next(
        (value for value in np.sort(confidence[right]) if right[confidence >= value].mean() >= wanted), np.inf
    ),
)
least_confidence.mistake(
    "The answers are taken for sorted, the least confident first. They come in any order.",
    lambda confidence, right, wanted: next(
        (value for place, value in enumerate(confidence) if right[place:].mean() >= wanted), np.inf
    ),
)
least_confidence.mistake(
    "That wants more than one answer to be kept. If only one is, its share is 0 or 1, and 1 keeps the promise.",
    lambda confidence, right, wanted: next(
        (
            value
            for value in np.sort(confidence)
            if (confidence >= value).sum() > 1 and right[confidence >= value].mean() >= wanted
        ),
        np.inf,
    ),
)


def _one_by_one(confidence, right, wanted, order):
    order = order(confidence)
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(shares >= wanted)
    return confidence[order][good[-1]] if len(good) else np.inf


for _order in (
    lambda confidence: np.argsort(-confidence, kind="stable"),
    lambda confidence: np.argsort(confidence, kind="stable")[::-1],
    lambda confidence: np.argsort(-confidence),
    lambda confidence: np.argsort(confidence)[::-1],
):
    least_confidence.mistake(
        "Two answers of the same confidence are kept or dropped together. Counting along a sorted list keeps one of "
        "them without the other.",
        functools.partial(_one_by_one, order=_order),
    )


def _sizes(height, width, scale=lambda height, width: 20 / max(height, width), least=1, round=round):
    return tuple(max(least, round(scale(height, width) * side)) for side in (height, width))


@function(
    cases={
        "a tall digit": (100, 60),
        "a wide one": (60, 100),
        "a square one": (50, 50),
        "a 1, upright": (300, 5),
        "a 1, lying": (4, 200),
        "smaller than 20 pixels": (10, 7),
        "smaller and wide": (8, 9),
        "20 pixels already": (20, 13),
        "a side a little below a whole number of pixels": (90, 34),
        "a side a little above one": (90, 37),
        "the same, wide": (37, 90),
        "a large photograph": (3000, 4010),
        "both sides become 20, though they differ": (100, 99),
        "a single pixel": (1, 1),
        "a line of one pixel": (1, 45),
        "less than half a pixel high": (2, 90),
        "less than half a pixel wide": (90, 2),
    },
    shows="One scale for both sides keeps the proportions, and the longer side decides. With the height alone, a wide "
    "digit is larger than its box, and examples with tall ones never show it.",
    hints=[
        "Work it out by hand for 60 × 100: the longer side becomes 20. What becomes of the other?",
        "Both sides are multiplied by the same number. Which of the two sides decides what it is?",
        "The scale is 20 divided by the longer side. And a side that would be rounded to 0 becomes 1.",
    ],
)
def fitted_size(height, width):
    """The height and width of a digit, when its longer side has become 20 pixels."""
    return _sizes(height, width)


@fitted_size.given
def _height_decides(height, width):
    return 20, round(20 * width / height)


fitted_size.mistake(
    "Both sides are 20: that stretches every digit to a square, and makes a block of a 1.",
    lambda height, width: (20, 20),
)
fitted_size.mistake(
    "A thin digit is left with a side of 0 pixels. It must have at least 1.",
    lambda height, width: _sizes(height, width, least=0),
)
fitted_size.mistake(
    "Now the shorter side becomes 20, and the longer one is larger than the box.",
    lambda height, width: _sizes(height, width, lambda height, width: 20 / min(height, width)),
)
fitted_size.mistake(
    "Now the width decides, and a tall digit is larger than the box. Let the longer side decide.",
    lambda height, width: _sizes(height, width, lambda height, width: 20 / width),
)
fitted_size.mistake(
    "The two are in the wrong order: height first.",
    lambda height, width: _sizes(height, width)[::-1],
)
fitted_size.mistake(
    "The 20 always comes first. For a wide digit, it is the width that becomes 20, and that is the second number.",
    lambda height, width: tuple(sorted(_sizes(height, width))[::-1]),
)
fitted_size.mistake(
    "The height may still become 0. A side of less than 1 becomes 1, whichever it is.",
    lambda height, width: (_sizes(height, width, least=0)[0], _sizes(height, width)[1]),
)
fitted_size.mistake(
    "The width may still become 0. A side of less than 1 becomes 1, whichever it is.",
    lambda height, width: (_sizes(height, width)[0], _sizes(height, width, least=0)[1]),
)
fitted_size.mistake(
    "Both sides are cut off at 20, and a smaller digit stays as it is. Multiply both by the same number instead.",
    lambda height, width: (min(20, height), min(20, width)),
)
fitted_size.mistake(
    "The width is cut off at 20, but the height is not scaled along: it must shrink as much.",
    lambda height, width: (20, min(20, max(1, round(20 * width / height)))),
)
fitted_size.mistake(
    "That only shrinks. A digit smaller than 20 pixels must grow.",
    lambda height, width: _sizes(height, width, lambda height, width: min(1, 20 / max(height, width))),
)
fitted_size.mistake(
    "What is behind the decimal point is cut off. Round to the nearest, as before.",
    lambda height, width: _sizes(height, width, round=int),
)
fitted_size.mistake(
    "That always rounds up. Round to the nearest, as before.",
    lambda height, width: _sizes(height, width, round=lambda side: int(np.ceil(side - 1e-9))),
)
fitted_size.mistake(
    "The longer side becomes 28 here. The box is 20 × 20, inside 28 × 28.",
    lambda height, width: _sizes(height, width, lambda height, width: 28 / max(height, width)),
)
fitted_size.mistake(
    "Not rounded: an image has whole pixels.",
    lambda height, width: _sizes(height, width, round=float),
)


quiz = Quiz(
    Question(
        "Why must a digit lie where MNIST has it, although the network begins with convolutions?",
        right="c",
        a=(
            "A convolution only sees the middle of an image",
            "Its kernel slides over all of it, rim included.",
        ),
        b=(
            "It need not: convolutions make the answer the same wherever the digit lies",
            "The maps shift along with the digit, so the answer need not stay: remember the 2 in the corner of the "
            "pad.",
        ),
        c=(
            "The dense layers have a separate weight for each position in the maps",
            "A shifted digit gives shifted maps, and the dense layers then find every number in the wrong place.",
        ),
        d=(
            "Pooling throws the position away, so it has to be right before that",
            "Pooling forgives a pixel or two. If it threw the position away, the digit could lie anywhere.",
        ),
    ),
    Question(
        "Half of a sheet lies in shadow. With one threshold for the whole sheet, what can go wrong?",
        right="a",
        a=(
            "Paper in the shadow may be darker than ink in the light",
            "Then no threshold can be right everywhere. What tells ink from paper is the paper around it.",
        ),
        b=(
            "Nothing, as long as Otsu's method chooses it",
            "It finds the best split of the gray values, which may well separate light from shadow, as in the lesson.",
        ),
        c=(
            "Ink in the shadow is lost, since it reflects even less light",
            "It gets darker still, so it stays on the dark side of the threshold. It is the paper that changes sides.",
        ),
        d=(
            "The digits get thinner in the light",
            "A little, perhaps. That changes few answers; half a page of false ink changes all of them.",
        ),
    ),
    Question(
        "Someone tries ten versions of the preprocessing on the sample sheets, keeps the best, and reports its "
        "accuracy on these sheets. What is wrong?",
        right="b",
        a=(
            "Nothing: the network was not trained on them",
            "The preprocessing was chosen on them. Whatever is chosen by an accuracy makes that accuracy too good.",
        ),
        b=(
            "The samples were used to choose, so the number is too good",
            "The best of ten is partly luck with these sheets. To report an accuracy, you need others.",
        ),
        c=(
            "Ten versions are too few to find the best",
            "More of them would make it worse: the more you try, the luckier the best one.",
        ),
        d=(
            "The samples should have been part of the training data from the beginning",
            "Then they could tell you even less about new sheets.",
        ),
    ),
    Question(
        "A threshold was chosen on validation digits, so that 99.9% of the answers kept are right. The network reads "
        "a letter A, with a confidence above the threshold. What follows?",
        right="d",
        a=(
            "It is a digit after all, with a probability of 99.9%",
            "The promise was made for digits. There were no letters among the validation images.",
        ),
        b=(
            "The threshold is too low: choose it so that the A is dropped",
            "Then the next letter may pass. And most of the answers that are dropped along with the A were right.",
        ),
        c=(
            "The network is badly trained, or it would be unsure",
            "It was trained to choose among ten digits. A low confidence would mean undecided between those, and an A "
            "can be nearest to one of them by far.",
        ),
        d=(
            "Nothing: what the threshold promises holds for images of the kind it was chosen on",
            'Confidence compares ten digits with each other, and "none of them" is not among the answers.',
        ),
    ),
    Question(
        "Of 74 digits of your own, the network reads 70 correctly, and 69 without anti-aliasing. What may you say?",
        right="d",
        a=(
            "Anti-aliasing raises accuracy by more than a percentage point",
            "One digit made the difference. With the next 74 it may be the other way around.",
        ),
        b=(
            "Anti-aliasing is useless and can be left out",
            "That it made no clear difference in 74 digits doesn't prove that it makes none.",
        ),
        c=(
            "The network reads 94.6% of everybody's digits",
            "Of 74 digits by one hand. Wilson's interval is wide even for that hand, and says nothing about others.",
        ),
        d=(
            "That these digits cannot tell the two apart",
            "One digit in 74 is well within chance. A difference that small takes thousands of digits, or some "
            "hundreds if the same digits are compared in pairs.",
        ),
    ),
)
