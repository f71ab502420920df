"""Exercises and quiz of lesson 09, Better."""

import numpy as np

from course_utils.exercises.engine import choice, function
from course_utils.exercises.quiz import Question, Quiz

LESSON = 9


@choice(
    right="c",
    hints=[
        "Do it to a 2, to a 4, to a 6 and to a 7, on paper. Would somebody who reads the result write your label under "
        "it?",
        "It need not break every digit. A 0 and an 8 survive nearly everything, so look for one that does not.",
    ],
)
def false_teacher():
    """Which of four distortions would teach the network something false?"""
    return {
        "a": "A 7 three pixels farther left is a 7. The network has to learn that from somewhere, and the images of "
        "MNIST, all centered, do not say so.",
        "b": "People write larger and smaller. All that has to be kept is that the digit stays inside of the image.",
        "c": "Nobody writes a 2 or a 7 that way round, and no mirror image of a 4 will come: so at best it wastes room "
        "in the network, and at worst a mirrored 2 is learned as an S. That a label survives is for you to judge; no "
        "program can.",
        "d": "Slanted by ten degrees, a 1 is somebody else's 1. Slanted by ninety it would be a dash: the kind of the "
        "distortion does not decide alone, the amount does, too.",
    }


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


@function(
    cases={
        "in the middle of four pixels": (_SMALL, 0.5, 1.5),
        "nearer to one of the four": (_DRAWN, 2.25, 1.9),
        "between two pixels of a row": (_DRAWN, 3, 0.3),
        "between two pixels of a column": (_DRAWN, 1.6, 4),
        "on a pixel": (_DRAWN, 4, 2),
        "on the last pixel of all": (_DRAWN, 5, 4),
        "half a pixel above the image": (_DRAWN, -0.5, 2.25),
        "a little right of the image": (_DRAWN, 3.5, 4.25),
        "a little below, at the left rim": (_DRAWN, 5.4, -0.2),
        "far away": (_DRAWN, 9.5, 2.5),
        "far away on the other side": (_DRAWN, 2.5, -3.5),
    },
    shows="The four pixels around a place share it, each by how near it is, and the shares add up to 1. So ink is "
    "moved by less than a pixel without being torn; it gets a little blurred.",
    hints=[
        "Take the place (2.25, 1.9). Between which two rows does it lie, and between which two columns? How much of "
        "the way is it from the upper row to the lower one?",
        "Blend twice: along the upper row, then along the lower one, and then the two results. At 0.9 of the way to "
        "the right the right pixel counts 0.9 and the left one 0.1.",
        "`int(np.floor(row))` is the upper row, for negative rows as well. For what lies outside, write a small "
        "function that gives a pixel, or 0 if there is none, and ask it four times.",
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


ink_at.mistake(
    "That is the nearest pixel. The place lies between four: let each count by how near it is.",
    lambda image, row, column: _padded_pixel(image, round(row), round(column)),
)
ink_at.mistake(
    "That is the pixel above and to the left, wherever between the four the place lies.",
    lambda image, row, column: _padded_pixel(image, int(np.floor(row)), int(np.floor(column))),
)
ink_at.mistake(
    "The shares are turned round: at 0.9 of the way to the next pixel, the next one counts 0.9.",
    lambda image, row, column: _blend(image, row, column, weights=lambda down, right: (1 - down, 1 - right)),
)
ink_at.mistake(
    "All four count alike. The nearer a pixel is, the more it counts.",
    lambda image, row, column: _blend(image, row, column, weights=lambda down, right: (0.5, 0.5)),
)
ink_at.mistake(
    "Row and column have changed places. The row counts downwards and comes first.",
    lambda image, row, column: _blend(image, column, row),
)
ink_at.mistake(
    "The share for the rows is used for the columns, and the other way round.",
    lambda image, row, column: _blend(image, row, column, weights=lambda down, right: (right, down)),
)
ink_at.mistake(
    "Blended along the row only. The place lies between two rows as well.",
    lambda image, row, column: _blend(image, row, column, weights=lambda down, right: (0, right)),
)
ink_at.mistake(
    "Blended along the column only. The place lies between two columns as well.",
    lambda image, row, column: _blend(image, row, column, weights=lambda down, right: (down, 0)),
)
ink_at.mistake(
    "Outside, the ink of the rim goes on without end. There is no ink outside: those pixels count as 0.",
    lambda image, row, column: _blend(image, row, column, outside=_clamped),
)
ink_at.mistake(
    "Index −1 is the last row or column: ink comes in from the other side. Pixels outside count as 0.",
    lambda image, row, column: _blend(image, row, column, outside=_round_the_corner),
)
ink_at.mistake(
    "A place half outside still has neighbors inside, and gets their share. Only the pixels outside count as 0, not "
    "the whole place.",
    _zero_unless_all_inside,
)
ink_at.mistake(
    "`int` rounds towards 0: `int(-0.5)` is 0, and the row above −0.5 is −1. `int(np.floor(row))` rounds down, always.",
    lambda image, row, column: _blend(image, row, column, floor=int),
)
ink_at.mistake(
    "Paper is 0 here, and ink is above it. Outside there is paper.",
    lambda image, row, column: _blend(image, row, column, outside=1.0),
)
ink_at.mistake(
    "That is the sum of the four pixels. Weight each, so that the weights add up to 1.",
    lambda image, row, column: sum(
        _padded_pixel(image, int(np.floor(row)) + r, int(np.floor(column)) + c) for r in (0, 1) for c in (0, 1)
    ),
)


def _probabilities(*networks):
    return np.array(networks, dtype=float)


_SURE_AND_UNSURE = _probabilities(
    [[0.05, 0.9, 0.05], [0.7, 0.2, 0.1]],
    [[0.5, 0.3, 0.2], [0.3, 0.4, 0.3]],
    [[0.5, 0.3, 0.2], [0.6, 0.1, 0.3]],
)


def _random_probabilities(n_networks, n, n_classes):
    drawn = np.random.default_rng(n).dirichlet(np.full(n_classes, 0.4), size=(n_networks, n))
    return drawn.round(6)


@function(
    cases={
        "three networks, two images; on the first, one is sure and two are not": (_SURE_AND_UNSURE,),
        "as many networks as images": (_random_probabilities(4, 4, 3),),
        "two networks that never agree": (_probabilities([[0.6, 0.4], [0.2, 0.8]], [[0.3, 0.7], [0.55, 0.45]]),),
        "a single network": (_random_probabilities(1, 6, 4),),
        "five networks, 40 images, ten classes": (_random_probabilities(5, 40, 10),),
        "seven networks, a single image": (_random_probabilities(7, 1, 10),),
    },
    shows="A network that is sure outvotes two that waver. Where the networks err in different places, the mean gets "
    "right what each of them gets wrong somewhere.",
    hints=[
        "First make one set of probabilities for each image out of those of all networks. Which axis of the array "
        "counts the networks?",
        "The mean over the networks, axis 0, has the shape (n_images, n_classes). What is an answer, given such a row?",
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
    "Each network has one vote here, however sure it is. Take the mean of the probabilities first, the answer then.",
    _majority,
)
ensemble_answers.mistake(
    "The surest network decides alone. The others have a say: take the mean.",
    _most_confident,
)
ensemble_answers.mistake(
    "Those are the mean probabilities. An answer is the class of the largest.",
    lambda probabilities: probabilities.mean(axis=0),
)
ensemble_answers.mistake(
    "That is how sure they are together, the largest mean probability. Which class has it?",
    lambda probabilities: probabilities.mean(axis=0).max(axis=1),
)
ensemble_answers.mistake(
    "Those are the answers of each network by itself. One answer for each image is wanted.",
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
    "The numbers of the classes are averaged here: a 3 and a 9 make a 6. Average probabilities.",
    lambda probabilities: probabilities.argmax(axis=2).mean(axis=0),
)
ensemble_answers.mistake(
    "The numbers of the classes are averaged here: a 3 and a 9 make a 6. Average probabilities.",
    lambda probabilities: probabilities.argmax(axis=2).mean(axis=0).round(),
)
ensemble_answers.mistake(
    "The mean goes over the images here. Axis 0 counts the networks, axis 1 the images.",
    lambda probabilities: probabilities.mean(axis=1).argmax(axis=1),
)
ensemble_answers.mistake(
    "Multiplied, one network that says nearly 0 forbids a class for all. The mean is asked for.",
    lambda probabilities: probabilities.prod(axis=0).argmax(axis=1),
)
ensemble_answers.mistake(
    "`argmax(axis=0)` looks down a column, among the images. After the mean, classes stand along axis 1.",
    lambda probabilities: probabilities.mean(axis=0).argmax(axis=0),
)


quiz = Quiz(
    Question(
        "With distorted images, training accuracy after 20 epochs is lower than without, and validation accuracy is "
        "higher. What follows?",
        right="b",
        a=(
            "The distortions are too strong: the network cannot even fit what it is shown",
            "It is shown new images in every epoch, so it has nothing to fit by heart. Too strong they would be if "
            "validation accuracy fell.",
        ),
        b=(
            "That is how it should be: the task got harder, and learning by heart no longer pays",
            "Training accuracy is measured on images that come once and never again. What counts is the other one.",
        ),
        c=(
            "Something is wrong: nothing can be better on images that it was not trained on",
            "The validation images are not distorted, so they are easier than what it was trained on.",
        ),
    ),
    Question(
        "Two rungs, one run each: 62 and 55 errors on the same 10,000 validation images. The runs of one recipe "
        "differ by ten errors from seed to seed. What may you write?",
        right="d",
        a=(
            "The second recipe is better: the validation set is the same",
            "The images are the same, the random weights are not. Seven errors are less than what chance makes of one "
            "recipe.",
        ),
        b=(
            "The second recipe is better by 7 errors, give or take the Wilson interval",
            "That interval is about other images. It says nothing of other seeds, and here those are the larger doubt.",
        ),
        c=(
            "The recipes are equally good",
            "That would be a finding, too. One run of each shows neither a difference nor that there is none.",
        ),
        d=(
            "Not yet which is better: it takes more seeds of both",
            "With several runs of each, the means can be compared, and their spread says how far to trust them.",
        ),
    ),
    Question(
        "Three copies of the very same trained network are made into an ensemble. What does it gain?",
        right="a",
        a=(
            "Nothing",
            "The mean of three equal numbers is that number. An ensemble lives on members that err in different "
            "places.",
        ),
        b=(
            "About as much as three networks from three seeds",
            "Those err in different places, which is all that the mean can use. Copies err in the same ones.",
        ),
        c=(
            "A third of the errors goes",
            "Which images would be read otherwise? All three give the same ten probabilities for each.",
        ),
    ),
    Question(
        "Your best recipe is frozen, the test set is read, and the result misses your aim by four errors. You see one "
        "more thing to try. What then?",
        right="c",
        a=(
            "Try it, read the test set again, and report the better of the two",
            "Then the test set has chosen, and its number flatters. Lesson 6 counted by how much.",
        ),
        b=(
            "Try it, and report the second result, since it is the newer one",
            "You would not have kept a worse one, so it is a choice all the same. The first reading stays in the "
            "report.",
        ),
        c=(
            "Report the miss; try the new thing on validation images, for the next study",
            "The number that was read first is the only one that nothing was chosen by. A miss is a result, too.",
        ),
        d=(
            "Look at the errors, change four labels that are plainly wrong, and count again",
            "Labels may well be wrong, and one may say so beside the number. Changed after looking, they change in "
            "your favor only: those that count for you by mistake stay.",
        ),
    ),
)
