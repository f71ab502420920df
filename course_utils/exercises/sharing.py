"""Exercises and quiz of lesson 11, Sharing."""

import numpy as np

from course_utils.exercises.engine import choice, function
from course_utils.exercises.quiz import Question, Quiz

LESSON = 11


def _batch(rows):
    return np.array(rows, dtype="float32")[None, ..., None]


@function(
    cases={
        "two rows of three pixels": ([[255, 0, 255], [204, 51, 255]],),
        "blank paper": ([[255, 255], [255, 255]],),
        "all ink": ([[0, 0], [0, 0]],),
        "gray paper, as many rows as columns": ([[230, 230, 40], [230, 40, 230], [200, 90, 230]],),
        "nearly black, and nearly white": ([[1, 254, 2], [253, 127, 128]],),
        "a single row": ([[255, 128, 64, 32]],),
        "a single column": ([[10], [20], [240]],),
        "a single pixel": ([[77]],),
        "rows of all grays, larger than an image of MNIST": ((np.arange(30 * 34).reshape(30, 34) % 256).tolist(),),
    },
    dtype="float32",
    shows="There was no error and no warning: shape, type and range were right, and the meaning was wrong. What a "
    "service does before the network must be what was done before training. Known pictures show whether it is.",
    hints=[
        "Look at the number that the function returns for blank paper. What is paper for the network (lesson 1)?",
        "In a picture file, 255 is white. In MNIST, 255 is ink. Before or after the division, the two have to swap.",
        "Shape, type and range are right already. One more step turns 1 into 0 and 0 into 1.",
    ],
)
def to_batch(rows):
    """What the network reads, from the rows of a picture with dark ink (0) on white paper (255)."""
    return (1 - _batch(rows) / 255).astype("float32")


@to_batch.given
def _paper_is_one(rows):  # in the lesson's own words
    return np.array(rows, dtype="float32")[None, ..., None] / 255


to_batch.mistake(
    "Paper is 1 and ink 0, as when you found it. For the network, paper is 0 and ink 1.",
    lambda rows: _batch(rows) / 255,
)
to_batch.mistake(
    "Now ink is 255. The network was trained on numbers from 0 to 1.",
    lambda rows: 255 - _batch(rows),
)
to_batch.mistake(
    "Now paper is −1 and ink 0. For the network, paper is 0 and ink 1.",
    lambda rows: -_batch(rows) / 255,
)
to_batch.mistake(
    "White is 255, not 256: paper must come out as exactly 0.",
    lambda rows: 1 - _batch(rows) / 256,
)
to_batch.mistake(
    "Divide before you subtract from 1: first bring the numbers into 0 to 1, then swap the ends.",
    lambda rows: 1 - _batch(rows),
)
to_batch.mistake(
    "The darkest and the brightest numbers are cut off here. All grays from 0 to 255 count.",
    lambda rows: np.clip(1 - _batch(rows) / 255, 0.01, 0.99),
)
to_batch.mistake(
    "Rows and columns are swapped. The shape is (1, height, width, 1).",
    lambda rows: 1 - _batch(rows).transpose(0, 2, 1, 3) / 255,
)
to_batch.mistake(
    "The numbers go from −1 to 1 now. The network was trained on numbers from 0 to 1.",
    lambda rows: 1 - _batch(rows) / 127.5,
)
to_batch.mistake(
    "The numbers are rounded. The grays between them are lost, and the network was trained on them.",
    lambda rows: (1 - _batch(rows) / 255).round(1),
)
to_batch.mistake(
    "Every pixel is either ink or paper now. The network was trained on the grays between them, too.",
    lambda rows: (_batch(rows) < 128).astype("float32"),
)
to_batch.mistake(
    "Every pixel is either ink or paper now. The network was trained on the grays between them, too.",
    lambda rows: (_batch(rows) < 255).astype("float32"),
)
to_batch.mistake(
    "Everything after the decimal point is dropped, as `//` or `int` does, so all grays are gone.",
    lambda rows: (255 - _batch(rows)) // 255,
)


@to_batch.mistake(
    "Each picture is stretched to its own darkest and brightest pixel. MNIST wasn't, and on blank paper both are equal."
)
def _stretched(rows):
    image = _batch(rows)
    return (image.max() - image) / (image.max() - image.min())


to_batch.mistake(
    "The picture is upside down, or mirrored. Pixels stay where they are: only their numbers change.",
    lambda rows: 1 - _batch(rows)[:, ::-1] / 255,
)
to_batch.mistake(
    "The picture is upside down, or mirrored. Pixels stay where they are: only their numbers change.",
    lambda rows: 1 - _batch(rows)[:, :, ::-1] / 255,
)
to_batch.mistake(
    "White is whatever is brightest in the picture now. White is 255, even in a picture that is all ink.",
    lambda rows: (_batch(rows).max() - _batch(rows)) / 255,
)


@choice(
    right="c",
    hints=[
        "For each sentence, ask which cell of the course has measured it.",
        "Which of them says on *what* it was measured, and how sure you can be?",
    ],
)
def claim():
    """Which sentence belongs in the card?"""
    return {
        "a": "Which handwritten digits? It was measured on one set of them, and yours, in lesson 8, were not in it.",
        "b": "The card itself says otherwise: there are wrong answers among the surest ones.",
        "c": "It says what was measured, on what, how sure you can be, and what was not measured. Readers can decide.",
        "d": "It was measured, and it doesn't: it misreads the students' digits four times as often as the employees'.",
    }


def _codes(values, scale, zero_point, low=-128, high=127):
    return np.clip(np.round(values / scale) + zero_point, low, high)


@function(
    cases={
        "five values, 0 at the code 0": (np.array([-1.0, -0.3, 0.0, 0.26, 1.0]), 0.01, 0),
        "0 at the code −100": (np.array([0.0, 0.5, 1.0, 2.4]), 0.02, -100),
        "values between two codes": (np.array([0.37, 0.33, -0.37, -0.33]), 0.1, 5),
        "values beyond both ends": (np.array([-9.0, -1.29, -1.28, -1.273, 1.264, 1.276, 1.31, 4.0]), 0.01, 0),
        "ends that the zero point has moved": (np.array([-1.0, 0.0, 2.45, 2.6, 4.0]), 0.01, -120),
        "0 at the lowest code": (np.array([-0.5, 0.0, 0.5, 12.7, 25.5, 30.0]), 0.1, -128),
        "0 at the highest code": (np.array([-30.0, -25.5, -2.0, 0.0, 0.5]), 0.1, 127),
        "values far beyond both ends": (np.array([-3e12, -70_000.0, 40_000.0, 5e9]), 0.5, 1),
        "a scale larger than 1": (np.array([-100.0, 7.0, 26.0, 400.0]), 3.0, -4),
        "a small scale": (np.array([-0.0021, 0.00034, 0.0125]), 0.0001, 10),
        "float32": (np.array([-0.77, 0.13, 2.06, 9.9], dtype="float32"), 0.05, -30),
        "values that are whole numbers": (np.array([-7, 0, 5, 80]), 0.5, 2),
        "a scale that is a whole number": (np.array([-5, 0, 7, 901]), 4, 2),
        "two rows": (np.array([[0.12, -0.58], [0.32, 0.065]]), 0.02, 3),
        "blocks of rows": (np.arange(-6, 6).reshape(2, 3, 2) * 0.34, 0.1, -2),
        "nearly in the middle between two codes": (
            np.array([-1.2053, -1.2047, 0.6347, 0.6353, 1.2047, 1.2053]),
            0.01,
            0,
        ),
        "a single value": (np.array([-0.49]), 0.1, 0),
    },
    dtype="int8",
    shows="Nearly every value lies between two codes and moves by half a step at most. Only those beyond the ends lose "
    "more, so the range, and the representative data that it comes from, matter.",
    hints=[
        "Work the third case out by hand: how many steps of 0.1 is 0.37, and which whole number is nearest? Where does "
        "the zero point come in?",
        "What happens to 1.31 with a scale of 0.01? No int8 is larger than 127 or smaller than −128, and NumPy doesn't "
        "say so: it starts again at the other end.",
        "In this order: divide, round, add the zero point, clip, and only then `.astype` to `int8`.",
    ],
)
def quantize(values, scale, zero_point):
    """The int8 code of each value: the nearest step, counted from the zero point, cut off at both ends."""
    return _codes(values, scale, zero_point).astype("int8")


quantize.mistake(
    "The part after the decimal point is cut off. The nearest code is needed, and 3.7 is nearer to 4.",
    lambda values, scale, zero_point: np.clip(np.trunc(values / scale) + zero_point, -128, 127),
)
quantize.mistake(
    "Each value is rounded down. The nearest code is needed.",
    lambda values, scale, zero_point: np.clip(np.floor(values / scale) + zero_point, -128, 127),
)
quantize.mistake(
    "Each value is rounded up. The nearest code is needed.",
    lambda values, scale, zero_point: np.clip(np.ceil(values / scale) + zero_point, -128, 127),
)
quantize.mistake(
    "Half a step is added before the rest is cut off. For negative numbers that is wrong: `int(-3.7 + 0.5)` is −3. "
    "`np.round` rounds to the nearest.",
    lambda values, scale, zero_point: np.clip(np.trunc(values / scale + 0.5) + zero_point, -128, 127),
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
    "The lower end is −128: there is one more code below 0 than above.",
    lambda values, scale, zero_point: _codes(values, scale, zero_point, -127, 127),
)
quantize.mistake(
    "Values are clipped before the zero point is added, and it moves them beyond the ends again.",
    lambda values, scale, zero_point: (_codes(values, scale, 0) + zero_point).astype(int).astype("int8"),
)
quantize.mistake(
    "The zero point is subtracted. It is the code of the value 0, so add it.",
    lambda values, scale, zero_point: _codes(values, scale, -zero_point),
)
quantize.mistake(
    "The zero point is missing: the value 0 must get that code.",
    lambda values, scale, zero_point: _codes(values, scale, 0),
)
quantize.mistake(
    "The zero point is a code, not a value: it comes after the division.",
    lambda values, scale, zero_point: np.clip(np.round((values + zero_point) / scale), -128, 127),
)
quantize.mistake(
    "The scale is the size of one step, so divide to find how many steps a value is.",
    lambda values, scale, zero_point: np.clip(np.round(values * scale) + zero_point, -128, 127),
)
quantize.mistake(
    "Those are the values that come back from the codes. Return the codes.",
    lambda values, scale, zero_point: (_codes(values, scale, zero_point) - zero_point) * scale,
)


quiz = Quiz(
    Question(
        "A stranger sends you `network.keras`. Safe mode is on. What is the file?",
        right="c",
        a=(
            "Data: safe mode doesn't let anything run",
            "It doesn't let a lambda run. That net has had holes, and nobody knows the next one yet.",
        ),
        b=(
            "A virus, until a scanner says that it isn't",
            "A scanner knows what has been seen before. Most such files are harmless, and you can't tell which.",
        ),
        c=(
            "Something to open as you would run their program",
            "Yes: building what it describes runs code. If you wouldn't run their script, don't load their file.",
        ),
        d=(
            "Harmless as long as you don't call `predict`",
            "In the lesson, the line was written while the file was loaded, before any prediction.",
        ),
    ),
    Question(
        "ONNX's runtime and Keras differ in the seventh digit of a probability. Why?",
        right="a",
        a=(
            "They add the same products in another order",
            "Yes: float32 rounds after each addition, so each order rounds elsewhere. Neither is the true one.",
        ),
        b=(
            "The export left out the smallest weights",
            "The file holds all 121,994 of them, bit for bit. A test of the course compares them.",
        ),
        c=(
            "One of them has a bug, since the network is the same",
            "Both are right to within what float32 can hold. A bug would make a much larger difference.",
        ),
        d=(
            "Small runtimes only approximate softmax",
            "The difference is there before softmax, in most of the sums.",
        ),
    ),
    Question(
        "A camera in front of your service is replaced. All answers keep the status code 200, and many are wrong. "
        "Which of these could have told you?",
        right="b",
        a=(
            "The log of errors and their tracebacks",
            "There was no error. The network gives ten probabilities for any array of the right shape.",
        ),
        b=(
            "The mean gray of the pictures that arrive",
            "Yes, if the new camera changes it. Of the four, only this one looks at the pictures that arrive.",
        ),
        c=(
            "The known pictures that are sent at every start",
            "They test the path from file to answer, and that hasn't changed. The new camera isn't in them.",
        ),
        d=(
            "The probabilities: a network that is wrong is unsure",
            "Often it isn't: it read letters, which it had never seen, as digits, and was sure of half of them.",
        ),
    ),
    Question(
        "A school wants to read the digits on its students' exams with this network. Which error rate from the model "
        "card do you tell them?",
        right="d",
        a=(
            "That of all 10,000 test images: it has the narrowest interval",
            "It is a mean over two groups, and holds for neither of them. A narrow interval around it doesn't help.",
        ),
        b=(
            "That of the employees' digits, since adults grade the exams",
            "The students write the digits. What matters is whose digits are read.",
        ),
        c=(
            "The mean of the two groups' rates, which is fair to both",
            "That is nearly the rate of all images. Nobody's digits are read at that rate.",
        ),
        d=(
            "That of the students' digits, that the card rules out grades, and to measure their own",
            "Yes: it is the most similar group, and still other people, with other pens, thirty years later.",
        ),
    ),
)
