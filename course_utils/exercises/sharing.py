"""Exercises and quiz of lesson 11, Sharing."""

import numpy as np

from course_utils.exercises.engine import choice, function
from course_utils.exercises.quiz import Question, Quiz

LESSON = 11


def _codes(values, scale, zero_point, low=-128, high=127):
    return np.clip(np.round(values / scale) + zero_point, low, high)


@function(
    cases={
        "five weights, 0 at the code 0": (np.array([-1.0, -0.3, 0.0, 0.26, 1.0]), 0.01, 0),
        "0 at the code −100": (np.array([0.0, 0.5, 1.0, 2.4]), 0.02, -100),
        "values between two codes": (np.array([0.37, 0.33, -0.37, -0.33]), 0.1, 5),
        "values beyond both ends": (np.array([-9.0, -1.29, -1.28, -1.27, 1.26, 1.31, 4.0]), 0.01, 0),
        "ends that the zero point has moved": (np.array([-1.0, 0.0, 2.45, 2.6, 4.0]), 0.01, -120),
        "two rows": (np.array([[0.12, -0.58], [0.32, 0.065]]), 0.02, 3),
    },
    dtype="int8",
    shows="Nearly every value lies between two codes and is moved, by half a step at most. Only those beyond the ends "
    "lose more, and that is why the examples decide about the range.",
    hints=[
        "Work the third case out by hand: how many steps of 0.1 is 0.37, and which whole number is nearest? Where does "
        "the zero point come in?",
        "What becomes of 1.31 with a scale of 0.01? No int8 is larger than 127 or smaller than −128, and NumPy does "
        "not say so: it starts anew at the other end.",
        "In this order: divide, round, add the zero point, clip, and only then `.astype` to `int8`.",
    ],
)
def quantize(values, scale, zero_point):
    """The int8 code of each value: the nearest step, counted from the zero point, cut off at both ends."""
    return _codes(values, scale, zero_point).astype("int8")


quantize.mistake(
    "The part behind the point is cut off. Wanted is the nearest code, and 3.7 is nearer to 4.",
    lambda values, scale, zero_point: np.clip(np.trunc(values / scale) + zero_point, -128, 127),
)
quantize.mistake(
    "Each value is rounded down. Wanted is the nearest code.",
    lambda values, scale, zero_point: np.clip(np.floor(values / scale) + zero_point, -128, 127),
)
quantize.mistake(
    "Values beyond the ends came out at the other end: an int8 has no room for 131. Clip before you convert.",
    lambda values, scale, zero_point: (np.round(values / scale) + zero_point).astype(int).astype("int8"),
)
quantize.mistake(
    "Those are the ends of uint8, 0 and 255. An int8 goes from −128 to 127.",
    lambda values, scale, zero_point: _codes(values, scale, zero_point, 0, 255),
)
quantize.mistake(
    "The lower end is −128: there is one code more below 0 than above.",
    lambda values, scale, zero_point: _codes(values, scale, zero_point, -127, 127),
)
quantize.mistake(
    "It is clipped before the zero point is added, and the zero point moves values beyond the ends again.",
    lambda values, scale, zero_point: (_codes(values, scale, 0) + zero_point).astype(int).astype("int8"),
)
quantize.mistake(
    "The zero point is taken away. It is the code of the value 0, so it is added.",
    lambda values, scale, zero_point: _codes(values, scale, -zero_point),
)
quantize.mistake(
    "The zero point is left out: the value 0 must get that code.",
    lambda values, scale, zero_point: _codes(values, scale, 0),
)
quantize.mistake(
    "The zero point is a code, not a value: it comes after the division.",
    lambda values, scale, zero_point: np.clip(np.round((values + zero_point) / scale), -128, 127),
)
quantize.mistake(
    "The scale is the size of one step, so how many steps a value is needs a division.",
    lambda values, scale, zero_point: np.clip(np.round(values * scale) + zero_point, -128, 127),
)
quantize.mistake(
    "Those are the values that come back from the codes. Wanted are the codes.",
    lambda values, scale, zero_point: (_codes(values, scale, zero_point) - zero_point) * scale,
)


def _batch(rows):
    return np.array(rows, dtype="float32")[None, ..., None]


@function(
    cases={
        "two rows of three pixels": [[[255, 0, 255], [204, 51, 255]]],
        "blank paper": [[[255, 255], [255, 255]]],
        "all ink": [[[0, 0], [0, 0]]],
        "gray paper": [[[230, 230, 40], [230, 40, 230], [200, 90, 230]]],
        "a single row": [[[255, 128, 64, 32]]],
    },
    dtype="float32",
    shows="There was no error and no warning: shape, type and range were right, and the meaning was not. What a "
    "service does before the network must be what was done before training, and only a known answer shows it.",
    hints=[
        "Look at the number that the function returns for blank paper. Which number does the network know paper as "
        "(lesson 1)?",
        "In a picture file 255 is white. In MNIST 255 is ink. Which place do 255 and 0 have to change?",
        "Shape, type and range are right already. One more step turns 1 into 0 and 0 into 1.",
    ],
)
def to_batch(rows):
    """What the network reads, from the rows of a picture with dark ink (0) on white paper (255)."""
    return (1 - _batch(rows) / 255).astype("float32")


@to_batch.given
def _paper_is_one(rows):
    return _batch(rows) / 255


to_batch.mistake(
    "Now ink is 255. The network was trained on numbers from 0 to 1.",
    lambda rows: 255 - _batch(rows),
)
to_batch.mistake(
    "Ink and paper are told apart by their sign now, and paper is below 0. The network knows paper as 0 and ink as 1.",
    lambda rows: -_batch(rows) / 255,
)
to_batch.mistake(
    "White is 255, not 256: paper must come out as exactly 0.",
    lambda rows: 1 - _batch(rows) / 256,
)
to_batch.mistake(
    "It is divided after the 1 was taken, or not at all. First bring the numbers to 0 to 1, then turn them over.",
    lambda rows: 1 - _batch(rows),
)
to_batch.mistake(
    "Every pixel is either ink or paper now. The network was trained on the grays between them as well.",
    lambda rows: (_batch(rows) < 128).astype("float32"),
)
to_batch.mistake(
    "Whole numbers were divided without a rest (`//`), so all grays are gone.",
    lambda rows: (255 - _batch(rows)) // 255,
)


@to_batch.mistake(
    "Each picture is stretched by its own darkest and brightest pixel. MNIST was not, and blank paper has no such pair."
)
def _stretched(rows):
    image = _batch(rows)
    return (image.max() - image) / (image.max() - image.min())


to_batch.mistake(
    "The picture is turned upside down, or mirrored. Its numbers were to be turned, 1 into 0 and 0 into 1.",
    lambda rows: 1 - _batch(rows)[:, ::-1] / 255,
)
to_batch.mistake(
    "The picture is turned upside down, or mirrored. Its numbers were to be turned, 1 into 0 and 0 into 1.",
    lambda rows: 1 - _batch(rows)[:, :, ::-1] / 255,
)


@choice(
    right="c",
    hints=[
        "For each sentence, ask which cell of the course has measured it.",
        "Which of them says on *what* it was measured, and how sure one may be?",
    ],
)
def claim():
    """Which sentence may stand in the card?"""
    return {
        "a": "Which handwritten digits? It was measured on one set of them, and yours, in lesson 8, were not in it.",
        "b": "The card itself says otherwise: there are wrong answers among the surest ones.",
        "c": "It says what was measured, on what, and how sure one may be; and what was not. Its reader can decide.",
        "d": "Nobody knows: no image says who wrote it. What was not measured cannot be promised.",
    }


quiz = Quiz(
    Question(
        "A stranger sends you `network.keras`. Safe mode is on. What is the file?",
        right="c",
        a=(
            "Data: safe mode lets nothing run",
            "It lets no lambda run. That net had holes before, and the next one is not known yet.",
        ),
        b=(
            "A virus, until a scanner says that it is none",
            "A scanner knows what was seen before. Most such files are harmless, and you cannot tell which.",
        ),
        c=(
            "Something to open as you would run their program",
            "What it describes is built by running code. If you would not run their script, do not load their file.",
        ),
        d=(
            "Harmless as long as you do not call `predict`",
            "In the lesson the line was written while the file was loaded, before any prediction.",
        ),
    ),
    Question(
        "ONNX's runtime and Keras differ in the seventh digit of a probability. Why?",
        right="a",
        a=(
            "They add the same products in another order",
            "float32 rounds after each sum, so each order rounds at other places. Neither of them is the true one.",
        ),
        b=(
            "The export has left out the smallest weights",
            "The file holds all 121,994 of them, bit by bit. A test of the course compares them.",
        ),
        c=(
            "One of the two has a fault, since the network is the same",
            "Both are right to within what float32 can hold. A fault would be larger by far.",
        ),
        d=(
            "Softmax is approximated in small runtimes",
            "It need not be: the difference is there before softmax as well, in every sum.",
        ),
    ),
    Question(
        "A camera in front of your service is replaced. All answers keep the status 200, and many are wrong. What "
        "would have told you first?",
        right="b",
        a=(
            "The log of errors and their tracebacks",
            "There was no error. The network gives ten probabilities for any array of the right shape.",
        ),
        b=(
            "The mean gray of the pictures that arrive",
            "Beside that of the training images, it shows that what comes in has changed, without a single label.",
        ),
        c=(
            "The test accuracy, computed anew each night",
            "The test images are what they were, and so is the network. It would be the same to the last digit.",
        ),
        d=(
            "The probabilities: a network that is wrong is unsure of it",
            "It often is not: letters that it never saw it read as digits, and the card says of how many it was sure.",
        ),
    ),
    Question(
        "With 32 clients the 99th percentile is 200 ms, the median 30 ms. What does a page see that asks 100 times?",
        right="d",
        a=(
            "About 30 ms at each question",
            "At half of them. Whoever asks often meets the slow ones as well.",
        ),
        b=(
            "99 % of its questions take 200 ms",
            "99 of 100 take *at most* that; most of them far less.",
        ),
        c=(
            "115 ms on average, the middle between the two",
            "A mean cannot be made from two percentiles: it depends on all the others.",
        ),
        d=(
            "One answer, more or less, that takes longer than 200 ms",
            "One of 100 lies above the 99th percentile. That one is what its user remembers.",
        ),
    ),
)
