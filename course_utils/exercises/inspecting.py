"""Exercises and quiz of lesson 07, Looking inside."""

import numpy as np

from course_utils.exercises.engine import function
from course_utils.exercises.quiz import Question, Quiz

LESSON = 7


def _back(layers, place, first=lambda n, window, stride, padding: n * stride - padding, last=None):
    """The ends of what a value sees, layer by layer from the last one."""
    last = last or (lambda n, window, stride, padding: n * stride - padding + window - 1)
    low = high = place
    for layer in reversed(layers):
        low, high = first(low, *layer), last(high, *layer)
    return low, high


@function(
    cases={
        "one layer, without padding": ([(3, 1, 0)], 5),
        "one layer, with a zero at each end": ([(3, 1, 1)], 5),
        "a pooling": ([(2, 2, 0)], 4),
        "a large window with stride 3, and two zeros": ([(5, 3, 2)], 4),
        "a convolution, then a pooling": ([(3, 1, 1), (2, 2, 0)], 3),
        "a pooling, then a convolution with a zero at each end": ([(2, 2, 0), (3, 1, 1)], 2),
        "the first value of conv 3": ([(3, 1, 1), (2, 2, 0), (3, 1, 0), (2, 2, 0), (3, 1, 0)], 0),
        "the last value of conv 3": ([(3, 1, 1), (2, 2, 0), (3, 1, 0), (2, 2, 0), (3, 1, 0)], 3),
        "no layer at all": ([], 6),
    },
    shows="What a value sees is found backwards, from its layer to the image. The width is lesson 3's receptive field; "
    "now you know its place as well.",
    hints=[
        "One layer first: window number `place` starts at the value `place * stride`, had there been no padding. And "
        "where does it end?",
        "Go from the last layer to the first, with two numbers, `first` and `last`. Each layer turns both of them into "
        "places in the layer before.",
        "`first` becomes the start of its window, and `last` becomes the end of *its* window: `window - 1` further. "
        "Padding shifts both by as many places to the left.",
    ],
)
def seen_pixels(layers, place):
    """The first and the last pixel that one value of the last layer sees, along one axis."""
    return _back(layers, place)


seen_pixels.mistake(
    "The layers are taken from the first to the last. The question comes from the end: what a value sees in the layer "
    "before, then what those see.",
    lambda layers, place: _back(layers[::-1], place),
)
seen_pixels.mistake(
    "The padding is left out: the zeros push all places to the right, so going back you subtract them.",
    lambda layers, place: _back([(window, stride, 0) for window, stride, _ in layers], place),
)
seen_pixels.mistake(
    "The padding has the wrong sign: the first window starts *before* pixel 0.",
    lambda layers, place: _back([(window, stride, -padding) for window, stride, padding in layers], place),
)
seen_pixels.mistake(
    "The padding counts at one end only here: the zeros after the image move nothing.",
    lambda layers, place: _back([(window, stride, 2 * padding) for window, stride, padding in layers], place),
)
seen_pixels.mistake(
    "The padding moves both ends: of `last` it has to be taken away as well.",
    lambda layers, place: _back(layers, place, last=lambda n, window, stride, padding: n * stride + window - 1),
)
seen_pixels.mistake(
    "Wanted is the last pixel that is still seen: a window of 3 that starts at 5 ends at 7.",
    lambda layers, place: _back(layers, place, last=lambda n, window, stride, padding: n * stride - padding + window),
)
seen_pixels.mistake(
    "Wanted is the last pixel that is still seen, not the one after it.",
    lambda layers, place: (_back(layers, place)[0], _back(layers, place)[1] + 1),
)
seen_pixels.mistake(
    "The − 1 of the window comes in each layer, not once at the end: with more layers it would grow with the strides.",
    lambda layers, place: (
        _back(layers, place)[0],
        _back(layers, place, last=lambda n, window, stride, padding: n * stride - padding + window)[1] - 1,
    ),
)
seen_pixels.mistake(
    "The stride is left out: the windows of a pooling start at 0, 2, 4 ...",
    lambda layers, place: _back([(window, 1, padding) for window, _, padding in layers], place),
)
seen_pixels.mistake(
    "That takes each window to be as wide as its layer's stride. `(window, stride, padding)` is the order.",
    lambda layers, place: _back([(stride, window, padding) for window, stride, padding in layers], place),
)
seen_pixels.mistake(
    "That is what the first value sees. `place` says which one is meant.",
    lambda layers, place: _back(layers, 0),
)
seen_pixels.mistake(
    "That is the last layer only: what it sees in the layer before. Go on to the image.",
    lambda layers, place: _back(layers[-1:], place),
)
seen_pixels.mistake(
    "That is the first layer only. There are more of them between the value and the image.",
    lambda layers, place: _back(layers[:1], place),
)
seen_pixels.mistake(
    "That is cut off at the rim. Zeros of the padding count: −1 is the zero just outside the image.",
    lambda layers, place: tuple(max(end, 0) for end in _back(layers, place)),
)
seen_pixels.mistake(
    "The second number is how many pixels it sees. Wanted is the last one.",
    lambda layers, place: (_back(layers, place)[0], _back(layers, place)[1] - _back(layers, place)[0] + 1),
)
seen_pixels.mistake(
    "The end is taken from the start of the window before: each of the two goes back through the layers by itself.",
    lambda layers, place: (
        _back(layers, place)[0],
        _back(layers, place)[0] + (layers[0][0] - 1 if layers else 0),
    ),
)
seen_pixels.mistake(
    "The two stand in the wrong order: the first pixel first.",
    lambda layers, place: _back(layers, place)[::-1],
)


_pair = np.array([[[1.0, 0.0], [1.0, 1.0]]]), np.array([[[2.0, -2.0], [2.0, -2.0]]])


def _random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).round(1)


@function(
    cases={
        "two pixels, as in the lesson": _pair,
        "slopes that differ from place to place": (
            np.array([[[1.0, 2.0], [0.0, 1.0]], [[3.0, 0.0], [2.0, 2.0]]]),
            np.array([[[1.0, -1.0], [0.0, 0.0]], [[2.0, 0.0], [1.0, -3.0]]]),
        ),
        "everything speaks against the class": (
            np.array([[[1.0, 2.0], [0.5, 0.0]]]),
            np.array([[[-1.0, -1.0], [-2.0, 0.0]]]),
        ),
        "one channel": (np.array([[[0.5], [2.0], [1.0]]]), np.array([[[3.0], [0.0], [-1.5]]])),
        "3 × 4 places, 5 channels": (abs(_random(3, 4, 5)), _random(3, 4, 5, seed=1)),
        "as many channels as places along each side": (abs(_random(3, 3, 3, seed=2)), _random(3, 3, 3, seed=3)),
    },
    shows="What speaks against the class must be able to cancel what speaks for it, so the channels are added first. "
    "Only what is left over at a place is cut off at 0.",
    hints=[
        "Work out the right pixel by hand: the mean slope of channel 0 is 2, that of channel 1 is −2. What does each "
        "channel give there, and what do they give together?",
        "The formula has one ReLU, around something. What does it stand around in the code?",
        "First the sum over the channels, then `np.maximum`.",
    ],
)
def class_map(maps, slopes):
    """Where the maps speak for the class, from maps and slopes of shape (height, width, channels)."""
    return np.maximum((slopes.mean(axis=(0, 1)) * maps).sum(axis=-1), 0)


@class_map.given
def _relu_before_the_sum(maps, slopes):
    weights = slopes.mean(axis=(0, 1))
    return np.maximum(weights * maps, 0).sum(axis=-1)


class_map.mistake(
    "Now nothing is cut off at 0: a place that speaks against the class comes out negative.",
    lambda maps, slopes: (slopes.mean(axis=(0, 1)) * maps).sum(axis=-1),
)
class_map.mistake(
    "Negative sums lost their sign, so what speaks against the class looks as if it spoke for it.",
    lambda maps, slopes: abs((slopes.mean(axis=(0, 1)) * maps).sum(axis=-1)),
)
class_map.mistake(
    "The weights took the size of the slopes: whether a channel speaks for or against the class is lost.",
    lambda maps, slopes: (abs(slopes.mean(axis=(0, 1))) * maps).sum(axis=-1),
)
class_map.mistake(
    "That weighs each place by its own slope. Grad-CAM takes one weight for each channel, the mean over places.",
    lambda maps, slopes: np.maximum((slopes * maps).sum(axis=-1), 0),
)
class_map.mistake(
    "The weights are the sum of the slopes now. The mean was right.",
    lambda maps, slopes: np.maximum((slopes.sum(axis=(0, 1)) * maps).sum(axis=-1), 0),
)
class_map.mistake(
    "That is the mean over the channels. Wanted is their sum.",
    lambda maps, slopes: np.maximum((slopes.mean(axis=(0, 1)) * maps).mean(axis=-1), 0),
)
class_map.mistake(
    "That is the strongest channel at each place. Wanted is the sum of all.",
    lambda maps, slopes: np.maximum((slopes.mean(axis=(0, 1)) * maps).max(axis=-1), 0),
)
class_map.mistake(
    "The slopes are cut off at 0, so no channel can speak against the class any more, and nothing can cancel.",
    lambda maps, slopes: (np.maximum(slopes, 0).mean(axis=(0, 1)) * maps).sum(axis=-1),
)
class_map.mistake(
    "It is divided by its largest number. That is for drawing; the map keeps its unit, so that two can be compared.",
    lambda maps, slopes: class_map.answer(maps, slopes) / max(class_map.answer(maps, slopes).max(), 1e-12),
)


class_map.mistake(
    "That is one weight for all channels, the mean of all slopes. Each channel has its own: the mean over its places.",
    lambda maps, slopes: np.maximum((slopes.mean() * maps).sum(axis=-1), 0),
)
class_map.mistake(
    "That is one weight for each place. Each channel has one: the mean over its places, as it was.",
    lambda maps, slopes: np.maximum((slopes.mean(axis=-1, keepdims=True) * maps).sum(axis=-1), 0),
)
class_map.mistake(
    "Maps and slopes have changed places: the mean is taken of the slopes.",
    lambda maps, slopes: np.maximum((maps.mean(axis=(0, 1)) * slopes).sum(axis=-1), 0),
)


def _given_minus_wanted(image, weights, bias, target):
    logits = image @ weights + bias
    powers = np.exp(logits - logits.max())
    error = powers / powers.sum()
    error[target] -= 1
    return error


def _step(image, slope, epsilon):
    return np.clip(image - epsilon * np.sign(slope), 0, 1)


_four = np.array([0.5, 0.4, 0.6, 0.5])
_three_classes = np.array([[2.0, -1.0, 0.5], [0.0, 1.5, -2.0], [-1.0, -1.0, 3.0], [1.0, 1.0, 1.5]])


@function(
    cases={
        "4 pixels, 3 classes": (_four, _three_classes, np.zeros(3), 0, 0.1),
        "the same, towards another class": (_four, _three_classes, np.zeros(3), 1, 0.1),
        "pixels at 0 and at 1": (np.array([0.0, 1.0, 1.0, 0.0]), _three_classes, np.zeros(3), 2, 0.25),
        "a large step": (_four, _three_classes, np.array([1.0, 0.0, -1.0]), 1, 0.7),
        "a bias decides which class is in the lead": (_four, _three_classes, np.array([-4.0, 6.0, 0.0]), 0, 0.05),
        "a pixel that no class looks at": (
            np.array([0.3, 0.7, 0.2]),
            np.array([[1.0, -2.0], [0.0, 0.0], [-0.5, 0.25]]),
            np.array([0.5, -0.5]),
            1,
            0.1,
        ),
        "logits of a thousand": (
            np.array([0.5, 0.5, 0.5]),
            np.array([[900.0, 2.0, 800.0], [800.0, -1.0, 900.0], [300.0, 1.0, 300.5]]),
            np.array([0.0, 0.0, 0.0]),
            1,
            0.1,
        ),
        "12 pixels, 10 classes": (abs(_random(12, seed=4)).clip(0, 1), _random(12, 10, seed=5), _random(10), 3, 0.15),
        "epsilon 0": (_four, _three_classes, np.zeros(3), 0, 0.0),
    },
    shows="With a slope and a sign, a network can be led anywhere nearby. That is why these are called adversarial "
    "examples and not noise.",
    hints=[
        "Four steps: logits, probabilities, the slope along the logits, the slope along the pixels. Then the step.",
        "Along the logits the slope is the probabilities, less 1 for `target`. A pixel moves logit number $k$ by its "
        "weight in column $k$: which product of `weights` with that slope has one number for each pixel?".replace(
            "$k$", "k"
        ),
        "Against the slope, since the loss is to get smaller: what must come before `epsilon * np.sign(...)`? And what "
        "if a pixel is already 0 or 1?",
    ],
)
def step_towards(image, weights, bias, target, epsilon):
    """The image after one step of size epsilon that lowers the cross-entropy of the class target."""
    return _step(image, weights @ _given_minus_wanted(image, weights, bias, target), epsilon)


step_towards.mistake(
    "That is a step away from the target: its loss gets larger. It is to get smaller.",
    lambda image, weights, bias, target, epsilon: _step(
        image, -weights @ _given_minus_wanted(image, weights, bias, target), epsilon
    ),
)
step_towards.mistake(
    "Some pixels leave [0, 1]: there is no ink below 0 and none above 1.",
    lambda image, weights, bias, target, epsilon: (
        image - epsilon * np.sign(weights @ _given_minus_wanted(image, weights, bias, target))
    ),
)
step_towards.mistake(
    "That is a step along the slope itself. Each pixel is to move by epsilon: only the sign of its slope counts.",
    lambda image, weights, bias, target, epsilon: np.clip(
        image - epsilon * (weights @ _given_minus_wanted(image, weights, bias, target)), 0, 1
    ),
)
step_towards.mistake(
    "That raises the logit of the target. The loss also falls where the logits of the others do, and most where a "
    "likely one does.",
    lambda image, weights, bias, target, epsilon: _step(image, -weights[:, target], epsilon),
)
step_towards.mistake(
    "That lowers the logit of the target. It is to be raised, and those of the likely others lowered.",
    lambda image, weights, bias, target, epsilon: _step(image, weights[:, target], epsilon),
)
step_towards.mistake(
    "That sets the target against the class in the lead only. The others count too, each by its probability.",
    lambda image, weights, bias, target, epsilon: _step(
        image, weights[:, (image @ weights + bias).argmax()] - weights[:, target], epsilon
    ),
)
step_towards.mistake(
    "Nothing has moved.",
    lambda image, weights, bias, target, epsilon: image,
)
step_towards.mistake(
    "All other classes count alike here. They count by their probability: softmax is missing, or 1 / classes stands in "
    "its place.",
    lambda image, weights, bias, target, epsilon: _step(image, weights.mean(axis=1) - weights[:, target], epsilon),
)
step_towards.mistake(
    "The logits are taken for probabilities: softmax comes in between.",
    lambda image, weights, bias, target, epsilon: _step(
        image, weights @ (image @ weights + bias - np.eye(len(bias))[target]), epsilon
    ),
)
step_towards.mistake(
    "The bias is left out: it is a part of the logits, and here it decides which class is ahead.",
    lambda image, weights, bias, target, epsilon: _step(
        image, weights @ _given_minus_wanted(image, weights, 0 * bias, target), epsilon
    ),
)
step_towards.mistake(
    "That leads away from the class that the network reads now, and not to the target.",
    lambda image, weights, bias, target, epsilon: _step(
        image, -weights @ _given_minus_wanted(image, weights, bias, (image @ weights + bias).argmax()), epsilon
    ),
)
step_towards.mistake(
    "The target's 1 is not taken away: that lowers the logits of all that are likely, the target's too.",
    lambda image, weights, bias, target, epsilon: _step(
        image, weights @ (_given_minus_wanted(image, weights, bias, target) + np.eye(len(bias))[target]), epsilon
    ),
)
step_towards.mistake(
    "That is the change only. Wanted is the image after it.",
    lambda image, weights, bias, target, epsilon: (
        -epsilon * np.sign(weights @ _given_minus_wanted(image, weights, bias, target))
    ),
)
step_towards.mistake(
    "A pixel whose slope is 0 stays where it is: it makes no difference.",
    lambda image, weights, bias, target, epsilon: np.clip(
        image - epsilon * np.where(weights @ _given_minus_wanted(image, weights, bias, target) > 0, 1, -1), 0, 1
    ),
)
step_towards.mistake(
    "A pixel whose slope is 0 stays where it is: it makes no difference.",
    lambda image, weights, bias, target, epsilon: np.clip(
        image - epsilon * np.where(weights @ _given_minus_wanted(image, weights, bias, target) < 0, -1, 1), 0, 1
    ),
)


@step_towards.mistake(
    "It is right as long as the logits are small: no float holds the power of a thousand. Take the largest logit away "
    "first, as lesson 5 does."
)
def _overflows(image, weights, bias, target, epsilon):
    with np.errstate(all="ignore"):
        powers = np.exp(image @ weights + bias)
        return _step(image, weights @ (powers / powers.sum() - np.eye(len(bias))[target]), epsilon)


quiz = Quiz(
    Question(
        "You climb the slope of a hidden unit's number *after* its ReLU, from an image on which the unit gives 0. What "
        "happens?",
        right="c",
        a=(
            "It takes longer, and arrives at the same image",
            "There is nothing to arrive by: where ReLU gives 0 its slope is 0 as well.",
        ),
        b=(
            "It arrives at the image that excites the unit least",
            "The unit cannot give less than 0, and a slope of 0 leads neither up nor down.",
        ),
        c=(
            "Nothing: the image stays as it is",
            "Where ReLU cuts off, its slope is 0, for every pixel. That is why the activation function is left off.",
        ),
        d=(
            "The unit is broken: a trained unit never gives 0",
            "Most units give 0 for most images. That is what makes them say something when they do not.",
        ),
    ),
    Question(
        "A black patch of 5 × 5 over blank paper, far from the strokes of a 1, and the probability of 1 falls from 1 "
        "to 0.2. What follows?",
        right="d",
        a=(
            "The network looks at the blank paper instead of the digit",
            "It may well look at both. What was tried is not the paper but a black square.",
        ),
        b=(
            "The network is badly trained: blank paper must not matter",
            "Blank paper matters for a 1 as it does for you: with more ink it would be something else.",
        ),
        c=(
            "The map has a fault: where there is nothing to cover, nothing can change",
            "The patch covers paper with ink, and that is a change.",
        ),
        d=(
            "With a black square there, it is less of a 1",
            "That is what was tried, and all that follows. What the network looks at in the plain image is left open.",
        ),
    ),
    Question(
        "In the picture of two principal components, the clouds of two digits lie on top of each other. Which sentence "
        "is right?",
        right="b",
        a=(
            "The network confuses these two digits",
            "It may, or not. The confusion matrix counts that; the projection leaves most of the space out.",
        ),
        b=(
            "They may be far apart along an axis that is not in view",
            "Two of 64 axes are in view. What differs along the others is not seen.",
        ),
        c=(
            "PCA has failed, since it should separate the classes",
            "PCA does not know the classes. It looks for spread, and these two digits are not where most of it is.",
        ),
        d=(
            "Their 64 numbers are equal on average",
            "On average they agree along the two axes in view. About the 62 others it says nothing.",
        ),
    ),
    Question(
        "Random signs with ε = 0.2 leave a 7 a 7. The signs of the slopes make it a 3, and no pixel moves by more than "
        "before. What is the difference?",
        right="a",
        a=(
            "Hundreds of small effects add up in the one case and cancel out in the other",
            "That is it: each pixel does little, and only signs that agree with the slopes all push the same way.",
        ),
        b=(
            "The slopes change the few pixels that matter more than the rest",
            "All pixels move equally far: only the sign of a slope is used, not its size.",
        ),
        c=(
            "The signs of the slopes draw a faint 3 into the image",
            "Nobody sees a 3 there. The picture shows specks that look like the random ones.",
        ),
        d=(
            "Random signs change the paper, and those of the slopes the ink",
            "Both change paper and ink. The pictures in the lesson show gray specks on the paper in both.",
        ),
    ),
    Question(
        "A new method draws, over each photograph of a dog, a sharp and convincing outline of the dog. Which check "
        "comes first?",
        right="b",
        a=(
            "Show it to people who know dogs, and count how many it convinces",
            "They will like it, as they would like a drawing of the dog by an edge filter. It says nothing of the "
            "network.",
        ),
        b=(
            "Draw it for the same network with random weights",
            "If the outline stays, it comes from the photograph and the method, and not from what was learned.",
        ),
        c=(
            "Choose the photographs on which it looks best",
            "That makes a good slide. A choice of the best ones tells nothing about the others.",
        ),
        d=(
            "Put it on a finer scale of colors",
            "It would be easier to see, and no more true. A scale of its own for each picture has misled you once "
            "today.",
        ),
    ),
)
