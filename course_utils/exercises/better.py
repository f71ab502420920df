"""Exercises and quiz of lesson 09, Better."""

import numpy as np

from course_utils.exercises.engine import choice, function
from course_utils.exercises.quiz import Question, Quiz

LESSON = 9


@choice(
    right="c",
    hints=[
        "Do it on paper to a 2, a 4, a 6 and a 7. Would someone who reads the result write the same label under it?",
        "It doesn't have to break every digit. A 0 and an 8 survive nearly everything, so look for one that doesn't.",
    ],
)
def false_teacher():
    """Which of four distortions would teach the network something false?"""
    return {
        "a": "A 7 three pixels farther left is a 7. The network has to learn that somewhere, and the images of MNIST, "
        "which are all centered, don't show it.",
        "b": "People write larger and smaller. The digit only has to stay inside the image.",
        "c": "Nobody writes a 2 or a 7 like that, and no mirrored 4 will ever come in. At best it wastes room in the "
        "network; at worst a mirrored 2, which looks much like a 5, is learned as a 2. Whether a label stays true is "
        "for you to judge; no program can.",
        "d": "Slanted by ten degrees, a 1 is somebody else's 1. Slanted by ninety it would be a dash: not only the "
        "kind of distortion matters, but also how much of it.",
    }


def _probabilities(*networks):
    return np.array(networks, dtype=float)


_SURE_AND_UNSURE = _probabilities(
    [[0.05, 0.9, 0.05], [0.7, 0.2, 0.1]],
    [[0.5, 0.3, 0.2], [0.3, 0.4, 0.3]],
    [[0.5, 0.3, 0.2], [0.6, 0.1, 0.3]],
)
_RULED_OUT = _probabilities(
    [[0.9, 0.1, 0.0], [0.6, 0.0, 0.4]],
    [[0.9, 0.05, 0.05], [0.7, 0.1, 0.2]],
    [[0.01, 0.19, 0.8], [0.0, 0.2, 0.8]],
)
_CLOSE = _probabilities(
    [[0.50003, 0.10009, 0.39988], [0.6, 0.1, 0.3]],
    [[0.2, 0.70005, 0.09995], [0.30002, 0.29998, 0.4]],
    [[0.5, 0.39998, 0.10002], [0.15, 0.49992, 0.35008]],
)


def _random_probabilities(n_networks, n, n_classes, dtype="float64"):
    drawn = np.random.default_rng(n).dirichlet(np.full(n_classes, 0.4), size=(n_networks, n))
    return drawn.round(6).astype(dtype)


@function(
    cases={
        "three networks, two images; on the first, one is sure and two are not": (_SURE_AND_UNSURE,),
        "as many networks as images and classes": (_random_probabilities(4, 4, 4),),
        "two networks that never agree": (_probabilities([[0.6, 0.4], [0.2, 0.8]], [[0.3, 0.7], [0.55, 0.45]]),),
        "one network gives next to nothing, or nothing, to the class that the others see": (_RULED_OUT,),
        "means that differ by less than a ten-thousandth": (_CLOSE,),
        "a single network": (_random_probabilities(1, 6, 4),),
        "five networks, 40 images, ten classes": (_random_probabilities(5, 40, 10),),
        "seven networks, a single image": (_random_probabilities(7, 1, 10),),
        "twelve networks, thirteen classes, float32": (_random_probabilities(12, 5, 13, "float32"),),
        "300 classes": (_random_probabilities(2, 2, 300),),
    },
    shows="With the mean, a network that is sure can outvote two that waver. That helps where the sure one is right, "
    "and hurts where it is wrong. The next cells compare the mean with a vote.",
    hints=[
        "First turn the probabilities of all networks into one set of probabilities for each image. Which axis counts "
        "the networks?",
        "The mean over the networks, axis 0, has the shape (n_images, n_classes). How does such a row become an "
        "answer?",
    ],
)
def ensemble_answers(probabilities):
    """The class with the largest mean probability over the networks, for each image."""
    return np.argmax(np.mean(probabilities, axis=0), axis=1)


def _majority(probabilities):
    votes = np.asarray(probabilities).argmax(axis=2)
    n_classes = probabilities.shape[2]
    return [np.bincount(column, minlength=n_classes).argmax() for column in votes.T]


def _most_confident(probabilities):
    first = probabilities.max(axis=2).argmax(axis=0)
    return [probabilities[network, image].argmax() for image, network in enumerate(first)]


ensemble_answers.mistake(
    "Here each network has one vote, however sure it is: a majority vote. Take the mean of the probabilities first, "
    "and then the answer.",
    _majority,
)
ensemble_answers.mistake(
    "That is the median over the networks: with three, the middle one of their probabilities. Take the mean, to which "
    "every network contributes.",
    lambda probabilities: np.median(probabilities, axis=0).argmax(axis=1),
)
ensemble_answers.mistake(
    "Here the surest network decides alone. Take the mean, so that the others have a say.",
    _most_confident,
)
ensemble_answers.mistake(
    "Those are the mean probabilities. An answer is the class with the largest one.",
    lambda probabilities: probabilities.mean(axis=0),
)
ensemble_answers.mistake(
    "That is how sure they are together: the largest mean probability. Which class has it?",
    lambda probabilities: probabilities.mean(axis=0).max(axis=1),
)
ensemble_answers.mistake(
    "Those are the answers of each network by itself. Return one answer for each image.",
    lambda probabilities: probabilities.argmax(axis=2),
)
ensemble_answers.mistake(
    "Those are the answers of the first network. What do the others say?",
    lambda probabilities: probabilities[0].argmax(axis=1),
)
ensemble_answers.mistake(
    "Those are the answers of the last network. What do the others say?",
    lambda probabilities: probabilities[-1].argmax(axis=1),
)
ensemble_answers.mistake(
    "This averages the numbers of the classes: a 3 and a 9 make a 6. Average the probabilities.",
    lambda probabilities: probabilities.argmax(axis=2).mean(axis=0),
)
ensemble_answers.mistake(
    "This averages the numbers of the classes: a 3 and a 9 make a 6. Average the probabilities.",
    lambda probabilities: probabilities.argmax(axis=2).mean(axis=0).round(),
)
ensemble_answers.mistake(
    "This takes the mean over the images. Axis 0 counts the networks, axis 1 the images.",
    lambda probabilities: probabilities.mean(axis=1).argmax(axis=1),
)
ensemble_answers.mistake(
    "That is the class with the largest product of its probabilities, or sum of their logarithms: one network that "
    "says nearly 0 rules a class out for all of them. Take the mean.",
    lambda probabilities: probabilities.prod(axis=0).argmax(axis=1),
)
ensemble_answers.mistake(
    "Those are the classes with the smallest mean. The answer is the one with the largest.",
    lambda probabilities: probabilities.mean(axis=0).argmin(axis=1),
)
ensemble_answers.mistake(
    "Only the largest probability of each network counts here. Its others count, too: take the mean of all of them.",
    lambda probabilities: (
        np.where(probabilities == probabilities.max(axis=2, keepdims=True), probabilities, 0).sum(axis=0).argmax(axis=1)
    ),
)
ensemble_answers.mistake(
    "That is the first class whose mean is above one half. With more than two classes, there may be none.",
    lambda probabilities: (probabilities.mean(axis=0) > 0.5).argmax(axis=1),
)
ensemble_answers.mistake(
    "Those are numbers of networks: which of them is surest. Return the number of a class.",
    lambda probabilities: probabilities.max(axis=2).argmax(axis=0),
)
for digits in (1, 2):
    ensemble_answers.mistake(
        "Means that are nearly equal are taken as equal here, as after rounding, and the first class wins. Compare the "
        "means themselves.",
        lambda probabilities, digits=digits: probabilities.mean(axis=0).round(digits).argmax(axis=1),
    )
ensemble_answers.mistake(
    "`argmax(axis=0)` looks down a column, among the images. After the mean, the classes are along axis 1.",
    lambda probabilities: probabilities.mean(axis=0).argmax(axis=0),
)


def _blend(image, row, column, outside=0.0, weights=None, floor=np.floor):
    """Bilinear interpolation; `weights` may change the shares of the two rows and of the two columns."""
    image = np.asarray(image, dtype=float)
    top, left = int(floor(row)), int(floor(column))
    down, right = (row - top, column - left) if weights is None else weights(row - top, column - left)

    def pixel(r, c):
        if callable(outside):
            return outside(image, r, c)
        inside = 0 <= r < image.shape[0] and 0 <= c < image.shape[1]
        return image[r, c] if inside else outside

    above = (1 - right) * pixel(top, left) + right * pixel(top, left + 1)
    below = (1 - right) * pixel(top + 1, left) + right * pixel(top + 1, left + 1)
    return (1 - down) * above + down * below


_SMALL = np.array([[0.0, 0.4, 1.0], [0.2, 0.8, 0.6]])
_DRAWN = np.random.default_rng(0).uniform(0.1, 1, size=(6, 5)).round(2)
_LARGE = np.random.default_rng(1).uniform(0.1, 1, size=(12, 15)).round(2).astype("float32")
_BYTES = np.array([[250, 20, 90], [30, 200, 240]], dtype="uint8")


@function(
    cases={
        "in the middle of four pixels": (_SMALL, 0.5, 1.5),
        "nearer to one of the four": (_DRAWN, 2.25, 1.9),
        "between two pixels of a row": (_DRAWN, 3, 0.3),
        "between two pixels of a column": (_DRAWN, 1.6, 4),
        "on a pixel": (_DRAWN, 4, 2),
        "on the first pixel of all": (_DRAWN, 0, 0),
        "on the last pixel of all": (_DRAWN, 5, 4),
        "very near to a pixel": (_DRAWN, 1.9964, 2.0037),
        "half a pixel above the image": (_DRAWN, -0.5, 2.25),
        "a little right of the image": (_DRAWN, 3.5, 4.25),
        "a little left of it": (_DRAWN, 1.5, -0.3),
        "a little below, at the left edge": (_DRAWN, 5.4, -0.2),
        "a whole pixel above the image": (_DRAWN, -1, 2.5),
        "a whole pixel right of it": (_DRAWN, 2.5, 5.0),
        "far away": (_DRAWN, 9.5, 2.5),
        "far away on the other side": (_DRAWN, 2.5, -3.5),
        "very far away": (_DRAWN, 100_000.5, -70_000.25),
        "a larger image, of float32": (_LARGE, 10.25, 13.5),
        "an image of bytes": (_BYTES, 0.25, 0.5),
        "an image of bytes, in the middle of four pixels": (_BYTES, 0.5, 1.5),
        "an image of bytes, at its right edge": (_BYTES, 0.5, 2.2),
        "an image of whole numbers": (np.array([[0, 3], [10, 1], [2, 7]]), 1.3, 0.6),
        "a single row": (np.array([[0.3, 0.9, 0.5]]), 0, 1.25),
        "a single column": (np.array([[0.3], [0.9], [0.5]]), 1.75, 0),
        "a single pixel": (np.array([[0.8]]), 0.25, -0.5),
    },
    errors={
        "IndexError": "The place has a neighbor outside of the image, and there is no pixel to read: it counts as 0.",
        "ValueError": "Does it ask for pixels that are not there? A place may lie anywhere, even far outside of the "
        "image, where all is 0.",
        "MemoryError": "A margin around the image is never wide enough for a place that may lie anywhere. Ask for each "
        "of the four pixels whether it is inside.",
    },
    shows="Each of the four pixels around a place counts by how near it is, and the four shares add up to 1. So ink "
    "can move by less than a pixel without being torn. It only gets a little blurred.",
    hints=[
        "Take the place (2.25, 1.9). Which two rows is it between, and which two columns? How far is it from the upper "
        "row to the lower one?",
        "Blend along the upper row, then along the lower one, and then blend the two results. At 0.9 of the way to the "
        "right, the right pixel counts 0.9 and the left one 0.1.",
        "`int(np.floor(row))` is the upper row, for negative rows, too. For pixels outside, write a small function "
        "that returns a pixel, or 0 if there is none, and call it four times.",
    ],
)
def ink_at(image, row, column):
    """The ink at a place between pixels, blended from the four around it; outside of the image all is 0."""
    return _blend(image, row, column)


def _clamped(image, r, c):
    return image[min(max(r, 0), image.shape[0] - 1), min(max(c, 0), image.shape[1] - 1)]


def _round_the_corner(image, r, c):
    return image[r % image.shape[0], c % image.shape[1]]


def _zero_unless_all_inside(image, row, column):
    rows, columns = np.array(image.shape) - 1
    return _blend(image, row, column) if 0 <= row <= rows and 0 <= column <= columns else 0.0


def _padded_pixel(image, row, column):
    inside = 0 <= row < image.shape[0] and 0 <= column < image.shape[1]
    return image[row, column] if inside else 0.0


for nearest in (round, lambda place: int(np.floor(place + 0.5)), lambda place: int(np.ceil(place - 0.5))):
    ink_at.mistake(
        "That is the nearest pixel. The place is between four pixels, and each counts by how near it is.",
        lambda image, row, column, nearest=nearest: _padded_pixel(image, nearest(row), nearest(column)),
    )
ink_at.mistake(
    "That is the pixel above and to the left, no matter where between the four the place is.",
    lambda image, row, column: _padded_pixel(image, int(np.floor(row)), int(np.floor(column))),
)
ink_at.mistake(
    "The shares are swapped: at 0.9 of the way to the next pixel, the next one counts 0.9.",
    lambda image, row, column: _blend(image, row, column, weights=lambda down, right: (1 - down, 1 - right)),
)
ink_at.mistake(
    "All four count alike. The nearer a pixel is, the more it counts.",
    lambda image, row, column: _blend(image, row, column, weights=lambda down, right: (0.5, 0.5)),
)
ink_at.mistake(
    "Row and column are swapped. The row counts downward and comes first.",
    lambda image, row, column: _blend(image, column, row),
)
ink_at.mistake(
    "The share for the rows is used for the columns, and vice versa.",
    lambda image, row, column: _blend(image, row, column, weights=lambda down, right: (right, down)),
)
ink_at.mistake(
    "Blended along the row only. The place is between two rows, too.",
    lambda image, row, column: _blend(image, row, column, weights=lambda down, right: (0, right)),
)
ink_at.mistake(
    "Blended along the column only. The place is between two columns, too.",
    lambda image, row, column: _blend(image, row, column, weights=lambda down, right: (down, 0)),
)
ink_at.mistake(
    "Outside, the ink of the edge goes on without end. There is no ink outside: those pixels count as 0.",
    lambda image, row, column: _blend(image, row, column, outside=_clamped),
)
ink_at.mistake(
    "Index −1 is the last row or column: ink comes in from the other side. Pixels outside count as 0.",
    lambda image, row, column: _blend(image, row, column, outside=_round_the_corner),
)
for beyond in (
    _zero_unless_all_inside,
    lambda image, row, column: _blend(image, row, column) if row >= 0 and column >= 0 else 0.0,
    lambda image, row, column: (
        _blend(image, row, column) if 0 <= row < len(image) and 0 <= column < len(image[0]) else 0
    ),
):
    ink_at.mistake(
        "A place half outside still has neighbors inside, and gets their share. Only the pixels outside count as 0, "
        "not the whole place.",
        beyond,
    )
ink_at.mistake(
    "On the last row or column, the place counts as outside here. A neighbor below or to the right is missing there, "
    "and counts as 0; the others have their shares.",
    lambda image, row, column: (
        _blend(image, row, column) if 0 <= row < len(image) - 1 and 0 <= column < len(image[0]) - 1 else 0.0
    ),
)
ink_at.mistake(
    "Above and to the left of the image, the line through its first two pixels is continued. `int` rounds toward 0: "
    "`int(-0.5)` is 0, but the row above −0.5 is −1. `int(np.floor(row))` always rounds down.",
    lambda image, row, column: _blend(image, row, column, floor=int),
)
ink_at.mistake(
    "Outside, there is paper, and paper is 0 here.",
    lambda image, row, column: _blend(image, row, column, outside=1.0),
)
ink_at.mistake(
    "That is the sum of the four pixels. Give each a weight, so that the weights add up to 1.",
    lambda image, row, column: sum(
        _padded_pixel(image.astype(float), int(np.floor(row)) + r, int(np.floor(column)) + c)
        for r in (0, 1)
        for c in (0, 1)
    ),
)


def _wrapped_differences(image, row, column):
    """A blend from one pixel toward the next, where the difference of two bytes is a byte."""
    top, left = int(np.floor(row)), int(np.floor(column))

    def along(r):
        one, other = (float(_padded_pixel(image, r, c)) for c in (left, left + 1))
        return one + (column - left) * ((other - one) % 256 if image.dtype == "uint8" else other - one)

    return along(top) + (row - top) * (along(top + 1) - along(top))


ink_at.mistake(
    "In `uint8`, 20 − 250 is 26: whole numbers of one byte start again at the other end. Make the pixels floats before "
    "you subtract or add them.",
    _wrapped_differences,
)


quiz = Quiz(
    Question(
        "With distorted images, training accuracy after 20 epochs is lower than without them, and validation accuracy "
        "is higher. What follows?",
        right="b",
        a=(
            "The distortions are too strong: the network can't even fit what it is shown",
            "It is shown new images in every epoch, so there is nothing to memorize. If the distortions were too "
            "strong, validation accuracy would fall.",
        ),
        b=(
            "That is how it should be: the task got harder, and memorizing no longer pays",
            "Training accuracy is measured on images that come once and never again. The other one is what counts.",
        ),
        c=(
            "Something is wrong: no network is better on images that it was not trained on",
            "The validation images are not distorted, so they are easier than what it was trained on.",
        ),
    ),
    Question(
        "A network with batch normalization and dropout reads its test set well. In a service, images come one at a "
        "time. The answers are bad, and the same image gets a different answer each time. What is the likely cause?",
        right="a",
        a=(
            "The service calls the network in training mode",
            "Then a single image is its own batch, and dropout draws new random numbers at every call.",
        ),
        b=(
            "Batch normalization can't read a batch of one image",
            "In inference mode it can: it uses the moving mean and variance, whatever the batch.",
        ),
        c=(
            "The network overfits",
            "Then it would read the test set badly, too. And an overfit network gives the same answer every time.",
        ),
    ),
    Question(
        "Two rungs, one run each: 62 and 55 errors on the same 10,000 validation images. The runs of one recipe "
        "differ by ten errors from seed to seed. What may you write?",
        right="d",
        a=(
            "The second recipe is better: the validation set is the same",
            "The images are the same, but the random weights are not. Seven errors are less than what the seed alone "
            "changes.",
        ),
        b=(
            "The second recipe is better by 7 errors, give or take the Wilson interval",
            "That interval is about other images. It says nothing about other seeds, and here those are the bigger "
            "doubt.",
        ),
        c=(
            "The recipes are equally good",
            "That would be a finding, too. One run of each shows neither a difference nor that there is none.",
        ),
        d=(
            "Not yet which is better: that takes more seeds of both",
            "With several runs of each, you can compare the means, and their spread says how far to trust them.",
        ),
    ),
    Question(
        "Your best recipe is frozen, the test set is read, and the result misses your goal by four errors. You see one "
        "more thing to try. What now?",
        right="c",
        a=(
            "Try it, read the test set again, and report the better of the two",
            "Then the test set has chosen, and its number flatters you. Lesson 6 counted by how much.",
        ),
        b=(
            "Try it, and report the second result, since it is newer",
            "You would not have kept a worse one, so it is a choice all the same. The first reading stays in the "
            "report.",
        ),
        c=(
            "Report the miss; try the new thing on validation images, for the next study",
            "The number that was read first is the only one that nothing was chosen by. A miss is a result, too.",
        ),
        d=(
            "Look at the errors, change four labels that are plainly wrong, and count again",
            "Labels may well be wrong, and you may say so next to the number. If you change them after looking, they "
            "change only in your favor: the wrong labels that count for you stay.",
        ),
    ),
)
