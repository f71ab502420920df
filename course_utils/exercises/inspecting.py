"""Exercises and quiz of lesson 07, Looking inside."""

import numpy as np

from course_utils.exercises.engine import function
from course_utils.exercises.quiz import Question, Quiz

LESSON = 7


_pair = np.array([[[1.0, 0.0], [1.0, 1.0]]]), np.array([[[2.0, -2.0], [2.0, -2.0]]])


def _random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).round(1)


@function(
    cases={
        "two pixels, as in the lesson": _pair,
        "gradients that differ from place to place": (
            np.array([[[1.0, 2.0], [0.0, 1.0]], [[3.0, 0.0], [2.0, 2.0]]]),
            np.array([[[1.0, -1.0], [0.0, 0.0]], [[2.0, 0.0], [1.0, -3.0]]]),
        ),
        "everything speaks against the class": (
            np.array([[[1.0, 2.0], [0.5, 0.0]]]),
            np.array([[[-1.0, -1.0], [-2.0, 0.0]]]),
        ),
        "maps with numbers below 0, as of a layer without ReLU": (
            np.array([[[1.0, -2.0], [-0.5, 1.0]]]),
            np.array([[[1.0, -1.0], [2.0, 0.0]]]),
        ),
        "everything speaks for the class": (
            np.array([[[1.0, 2.0, 0.5], [0.5, 4.0, 3.0]]]),
            np.array([[[1.0, 0.5, 2.0], [3.0, 0.5, 0.0]]]),
        ),
        "a single place": (np.array([[[2.0, 1.0, 3.0]]]), np.array([[[0.5, -1.5, 0.75]]])),
        "one channel": (np.array([[[0.5], [2.0], [1.0]]]), np.array([[[3.0], [0.0], [-1.5]]])),
        "3 × 4 places, 5 channels": (abs(_random(3, 4, 5)), _random(3, 4, 5, seed=2)),
        "as many channels as places along each side": (abs(_random(3, 3, 3, seed=2)), _random(3, 3, 3, seed=3)),
        "12 channels, in float32": (
            abs(_random(4, 2, 12)).astype("float32"),
            (_random(4, 2, 12, seed=5) + 0.3).astype("float32"),
        ),
    },
    words={"maps": "height, width, channels", "gradients": "height, width, channels"},
    shows="What speaks against the class must be able to cancel what speaks for it, so the channels are added up "
    "first. Only the sum at a place is cut off at 0.",
    hints=[
        "Work out the right pixel by hand: the weight of channel 0 is 2, that of channel 1 is −2. What does each "
        "channel contribute there, and what is their sum?",
        "The formula has one ReLU, around something. What is it around in the code?",
        "First the sum over the channels, then `np.maximum`.",
    ],
)
def class_map(maps, gradients):
    """Where the maps speak for the class, from maps and gradients of shape (height, width, channels)."""
    return np.maximum((gradients.mean(axis=(0, 1)) * maps).sum(axis=-1), 0)


@class_map.given
def _relu_before_the_sum(maps, gradients):
    weights = gradients.mean(axis=(0, 1))
    return np.maximum(weights * maps, 0).sum(axis=-1)


class_map.mistake(
    "Now nothing is cut off at 0: a place that speaks against the class comes out negative.",
    lambda maps, gradients: (gradients.mean(axis=(0, 1)) * maps).sum(axis=-1),
)
class_map.mistake(
    "The sums are cut off above 1 as well. The formula's ReLU cuts off below 0 only.",
    lambda maps, gradients: (gradients.mean(axis=(0, 1)) * maps).sum(axis=-1).clip(0, 1),
)
class_map.mistake(
    "Only what speaks against the class is left: the sums above 0 are cut off, and not those below.",
    lambda maps, gradients: np.minimum((gradients.mean(axis=(0, 1)) * maps).sum(axis=-1), 0),
)
class_map.mistake(
    "That is the sum of the maps: all channels count alike, whatever their gradients. Each map needs its weight.",
    lambda maps, gradients: np.maximum(maps.sum(axis=-1), 0),
)
class_map.mistake(
    "Negative sums lost their sign, so what speaks against the class looks as if it spoke for it.",
    lambda maps, gradients: abs((gradients.mean(axis=(0, 1)) * maps).sum(axis=-1)),
)
class_map.mistake(
    "The weights have lost their sign: whether a channel speaks for or against the class is gone.",
    lambda maps, gradients: (abs(gradients.mean(axis=(0, 1))) * maps).sum(axis=-1),
)
class_map.mistake(
    "That weights each place by its own partial derivative. Grad-CAM takes one weight a channel, the mean over places.",
    lambda maps, gradients: np.maximum((gradients * maps).sum(axis=-1), 0),
)
class_map.mistake(
    "Each weight is a sum of the gradients now. The mean was right.",
    lambda maps, gradients: np.maximum((gradients.sum(axis=(0, 1)) * maps).sum(axis=-1), 0),
)
class_map.mistake(
    "That is the mean over the channels. The formula has their sum.",
    lambda maps, gradients: np.maximum((gradients.mean(axis=(0, 1)) * maps).mean(axis=-1), 0),
)
class_map.mistake(
    "That is the strongest channel at each place. The formula has the sum of all.",
    lambda maps, gradients: np.maximum((gradients.mean(axis=(0, 1)) * maps).max(axis=-1), 0),
)
class_map.mistake(
    "The gradients are cut off at 0, so no channel can speak against the class any more, and nothing cancels out.",
    lambda maps, gradients: (np.maximum(gradients, 0).mean(axis=(0, 1)) * maps).sum(axis=-1),
)
class_map.mistake(
    "The weights are cut off at 0, so no channel can speak against the class any more. The formula's ReLU is around "
    "the sum.",
    lambda maps, gradients: (np.maximum(gradients.mean(axis=(0, 1)), 0) * maps).sum(axis=-1),
)
class_map.mistake(
    "The weights are cut off at 0, so no channel can speak against the class any more. The formula's ReLU is around "
    "the sum.",
    lambda maps, gradients: np.maximum((np.maximum(gradients.mean(axis=(0, 1)), 0) * maps).sum(axis=-1), 0),
)
class_map.mistake(
    "It is divided by its largest number. Leave that to the drawing: the map keeps its unit, so you can compare two.",
    lambda maps, gradients: class_map.answer(maps, gradients) / max(class_map.answer(maps, gradients).max(), 1e-12),
)
class_map.mistake(
    "That is one weight for all channels, the mean of all gradients. Each channel has its own: the mean over its "
    "places.",
    lambda maps, gradients: np.maximum((gradients.mean() * maps).sum(axis=-1), 0),
)
class_map.mistake(
    "That is one weight for each place. Each channel has one: the mean over its places, as it was.",
    lambda maps, gradients: np.maximum((gradients.mean(axis=-1, keepdims=True) * maps).sum(axis=-1), 0),
)
class_map.mistake(
    "Maps and gradients have changed places: the weights are means of the gradients.",
    lambda maps, gradients: np.maximum((maps.mean(axis=(0, 1)) * gradients).sum(axis=-1), 0),
)


def _prediction_minus_target(image, weights, bias, target):
    logits = image @ weights + bias
    powers = np.exp(logits - logits.max())
    error = powers / powers.sum()
    error[target] -= 1
    return error


def _whole_steps_only(image, moved):
    return np.where((moved < 0) | (moved > 1), image, moved)


def _of_squared_error(image, weights, bias, target):
    error = _prediction_minus_target(image, weights, bias, target)
    prediction = error + np.eye(len(bias))[target]
    return prediction * (error - prediction @ error)


def _step(image, gradient, epsilon):
    return np.clip(image - epsilon * np.sign(gradient), 0, 1)


# As many pixels as classes, first: what is wrong with the shapes then gives numbers that tell what was done.
_three = np.array([0.5, 0.4, 0.6])
_other_square = np.array([[0.5, -1.0, 2.0], [-1.5, 1.0, 0.5], [1.0, 2.0, 0.25]])
_square = np.array([[1.0, 2.0, 2.5], [2.0, 2.0, 1.5], [2.0, 2.5, 1.0]])
_four = np.array([0.5, 0.4, 0.6, 0.5])
_three_classes = np.array([[2.0, -1.0, 0.5], [0.0, 1.5, -2.0], [-1.0, -1.0, 3.0], [1.0, 1.0, 1.5]])


@function(
    cases={
        "3 pixels, 3 classes": (_three, _square, np.array([0.5, 0.0, -0.5]), 0, 0.1),
        "3 pixels and 3 classes again, toward another class": (_three, _other_square, np.zeros(3), 1, 0.2),
        "4 pixels, 3 classes": (_four, _three_classes, np.zeros(3), 0, 0.1),
        "the same, toward another class": (_four, _three_classes, np.zeros(3), 1, 0.1),
        "pixels at 0 and at 1": (np.array([0.0, 1.0, 1.0, 0.0]), _three_classes, np.zeros(3), 2, 0.25),
        "a large step": (_four, _three_classes, np.array([1.0, 0.0, -1.0]), 1, 0.7),
        "a bias decides which class is in the lead": (_four, _three_classes, np.array([-4.0, 6.0, 0.0]), 0, 0.05),
        "a bias for each class": (_four, _three_classes, np.array([-1.0, 2.0, -2.0]), 0, 0.15),
        "the target leads already, by far": (
            _four,
            np.array([[-0.5, -2.0, -1.0], [1.0, 1.5, -1.5], [-0.5, 0.5, 1.5], [1.5, 2.0, -1.0]]),
            np.array([3.0, -3.0, -6.0]),
            0,
            0.1,
        ),
        "a pixel that no class looks at": (
            np.array([0.3, 0.7, 0.2]),
            np.array([[1.0, -2.0], [0.0, 0.0], [-0.5, 0.25]]),
            np.array([0.5, -0.5]),
            1,
            0.1,
        ),
        "two pixels that no class looks at": (
            np.array([0.9, 0.0, 0.4, 0.6]),
            np.array([[0.0, 0.0, 0.0, 0.0], [1.0, -1.0, 2.0, 0.5], [0.0, 0.0, 0.0, 0.0], [-2.0, 1.0, 1.0, 0.5]]),
            np.array([0.5, 0.0, 1.0, -1.0]),
            3,
            0.3,
        ),
        "3 pixels, 12 classes, in float32": (
            np.array([0.25, 0.5, 0.75], dtype="float32"),
            _random(3, 12, seed=40).astype("float32"),
            _random(12, seed=41).astype("float32"),
            11,
            0.125,
        ),
        "a step beyond 0 and 1 for every pixel": (_four, _three_classes, np.zeros(3), 1, 1.5),
        "12 pixels, 10 classes": (abs(_random(12, seed=4)).clip(0, 1), _random(12, 10, seed=5), _random(10), 3, 0.15),
        "epsilon 0": (_four, _three_classes, np.zeros(3), 0, 0.0),
    },
    words={"weights": "a row for each pixel, a column for each class"},
    shows="With a gradient and a sign, you lead a network wherever you like. That makes it a *targeted* adversarial "
    "example, and no noise.",
    hints=[
        "Four steps: logits, probabilities, the gradient with respect to the logits, the gradient with respect to the "
        "pixels. Then the step.",
        "With respect to the logits, the gradient is the probabilities, minus 1 for `target`. A pixel moves logit "
        "number k by its weight in column k. Which product of `weights` with that gradient adds up all k, and has one "
        "number for each pixel?",
        "Go against the gradient, since the loss must get smaller: what comes before `epsilon * np.sign(...)`? And "
        "what if a pixel is already 0 or 1?",
    ],
)
def step_towards(image, weights, bias, target, epsilon):
    """The image after one step of size epsilon that lowers the cross-entropy of the class target."""
    return _step(image, weights @ _prediction_minus_target(image, weights, bias, target), epsilon)


step_towards.mistake(
    "That is a step away from the target: its loss gets larger, and it should get smaller.",
    lambda image, weights, bias, target, epsilon: _step(
        image, -weights @ _prediction_minus_target(image, weights, bias, target), epsilon
    ),
)
step_towards.mistake(
    "Some pixels leave [0, 1]: there is no ink below 0 and none above 1.",
    lambda image, weights, bias, target, epsilon: (
        image - epsilon * np.sign(weights @ _prediction_minus_target(image, weights, bias, target))
    ),
)
step_towards.mistake(
    "A pixel that would leave [0, 1] stays where it was. It goes as far as it can: to 0, or to 1.",
    lambda image, weights, bias, target, epsilon: _whole_steps_only(
        image, image - epsilon * np.sign(weights @ _prediction_minus_target(image, weights, bias, target))
    ),
)
step_towards.mistake(
    "That is a step along the gradient itself. Each pixel moves by epsilon: only the sign of its partial derivative "
    "counts.",
    lambda image, weights, bias, target, epsilon: np.clip(
        image - epsilon * (weights @ _prediction_minus_target(image, weights, bias, target)), 0, 1
    ),
)
step_towards.mistake(
    "That raises the logit of the target. The loss also falls where the other logits fall, and most where a likely one "
    "does.",
    lambda image, weights, bias, target, epsilon: _step(image, -weights[:, target], epsilon),
)
step_towards.mistake(
    "That lowers the logit of the target. Raise it, and lower those of the likely others.",
    lambda image, weights, bias, target, epsilon: _step(image, weights[:, target], epsilon),
)
step_towards.mistake(
    "That pits the target against the likeliest class only. The others count too, each by its probability.",
    lambda image, weights, bias, target, epsilon: _step(
        image, weights[:, (image @ weights + bias).argmax()] - weights[:, target], epsilon
    ),
)
step_towards.mistake(
    "Nothing has moved.",
    lambda image, weights, bias, target, epsilon: image,
)
step_towards.mistake(
    "Nothing moves where the target is the likeliest class already. Its cross-entropy can get smaller there, too.",
    lambda image, weights, bias, target, epsilon: (
        image
        if (image @ weights + bias).argmax() == target
        else step_towards.answer(image, weights, bias, target, epsilon)
    ),
)
step_towards.mistake(
    "All other classes count alike here. They count by their probability: softmax is missing, or replaced by 1 / "
    "classes.",
    lambda image, weights, bias, target, epsilon: _step(image, weights.mean(axis=1) - weights[:, target], epsilon),
)
step_towards.mistake(
    "The logits are taken for probabilities: softmax belongs in between.",
    lambda image, weights, bias, target, epsilon: _step(
        image, weights @ (image @ weights + bias - np.eye(len(bias))[target]), epsilon
    ),
)
step_towards.mistake(
    "That lowers the squared error of the probabilities. For the cross-entropy, the gradient with respect to the "
    "logits is prediction minus target.",
    lambda image, weights, bias, target, epsilon: _step(
        image, weights @ _of_squared_error(image, weights, bias, target), epsilon
    ),
)
step_towards.mistake(
    "The bias is added after softmax. It is part of the logits, so it comes before.",
    lambda image, weights, bias, target, epsilon: _step(
        image, weights @ (_prediction_minus_target(image, weights, 0 * bias, target) + bias), epsilon
    ),
)
step_towards.mistake(
    "The bias is missing: it is part of the logits, and here it decides which class is ahead.",
    lambda image, weights, bias, target, epsilon: _step(
        image, weights @ _prediction_minus_target(image, weights, 0 * bias, target), epsilon
    ),
)
step_towards.mistake(
    "That leads away from the class that the network reads now, not to the target.",
    lambda image, weights, bias, target, epsilon: _step(
        image, -weights @ _prediction_minus_target(image, weights, bias, (image @ weights + bias).argmax()), epsilon
    ),
)
step_towards.mistake(
    "That leads to the class that the network reads now, not to the target.",
    lambda image, weights, bias, target, epsilon: _step(
        image, weights @ _prediction_minus_target(image, weights, bias, (image @ weights + bias).argmax()), epsilon
    ),
)
step_towards.mistake(
    "The powers are taken for probabilities: divide them by their sum.",
    lambda image, weights, bias, target, epsilon: _step(
        image, weights @ (np.exp(image @ weights + bias) - np.eye(len(bias))[target]), epsilon
    ),
)
step_towards.mistake(
    "The target's 1 is not subtracted: that lowers the logits of all likely classes, the target's too.",
    lambda image, weights, bias, target, epsilon: _step(
        image, weights @ (_prediction_minus_target(image, weights, bias, target) + np.eye(len(bias))[target]), epsilon
    ),
)
step_towards.mistake(
    "That is the change only. Return the image after it.",
    lambda image, weights, bias, target, epsilon: (
        -epsilon * np.sign(weights @ _prediction_minus_target(image, weights, bias, target))
    ),
)
step_towards.mistake(
    "A pixel whose partial derivative is 0 stays where it is: moving it makes no difference.",
    lambda image, weights, bias, target, epsilon: np.clip(
        image - epsilon * np.where(weights @ _prediction_minus_target(image, weights, bias, target) > 0, 1, -1), 0, 1
    ),
)
step_towards.mistake(
    "A pixel whose partial derivative is 0 stays where it is: moving it makes no difference.",
    lambda image, weights, bias, target, epsilon: np.clip(
        image - epsilon * np.where(weights @ _prediction_minus_target(image, weights, bias, target) < 0, -1, 1), 0, 1
    ),
)
step_towards.mistake(
    "All pixels move the same way: that is the partial derivative with respect to the target's *logit*. Carry the "
    "gradient on to the pixels: each pixel has its own weights.",
    lambda image, weights, bias, target, epsilon: _step(
        image, _prediction_minus_target(image, weights, bias, target)[target], epsilon
    ),
)
step_towards.mistake(
    "That is the gradient with respect to the *logits*, one number for each class. Carry it on to the pixels: each of "
    "them acts on the loss through every logit, and these contributions add up.",
    lambda image, weights, bias, target, epsilon: _step(
        image, _prediction_minus_target(image, weights, bias, target), epsilon
    ),
)
step_towards.mistake(
    "The product is the wrong way around. `weights` has a row for each pixel: each row must meet the gradient "
    "with respect to the logits. Here each column does.",
    lambda image, weights, bias, target, epsilon: _step(
        image, _prediction_minus_target(image, weights, bias, target) @ weights, epsilon
    ),
)


def _back(layers, place, first=lambda n, kernel_size, stride, padding: n * stride - padding, last=None):
    """The ends of what a value sees, layer by layer from the last one."""
    last = last or (lambda n, kernel_size, stride, padding: n * stride - padding + kernel_size - 1)
    low = high = place
    for layer in reversed(layers):
        low, high = first(low, *layer), last(high, *layer)
    return low, high


@function(
    cases={
        "one layer, without padding": ([(3, 1, 0)], 5),
        "one layer, with a zero at each end": ([(3, 1, 1)], 5),
        "the first value, which sees the zero outside": ([(3, 1, 1)], 0),
        "a pooling": ([(2, 2, 0)], 4),
        "a large kernel with stride 3, and two zeros": ([(5, 3, 2)], 4),
        "a convolution, then a pooling": ([(3, 1, 1), (2, 2, 0)], 3),
        "a pooling, then a convolution with a zero at each end": ([(2, 2, 0), (3, 1, 1)], 2),
        "two layers with padding, the first with stride 3": ([(3, 3, 1), (5, 1, 2)], 4),
        "a kernel of one value, with zeros": ([(3, 1, 0), (1, 2, 1), (2, 2, 0)], 5),
        "a stride larger than the kernel": ([(2, 3, 0), (1, 2, 0)], 2),
        "more zeros than the kernel is wide": ([(2, 1, 3), (3, 2, 4)], 1),
        "the first value of conv 3": ([(3, 1, 1), (2, 2, 0), (3, 1, 0), (2, 2, 0), (3, 1, 0)], 0),
        "the last value of conv 3": ([(3, 1, 1), (2, 2, 0), (3, 1, 0), (2, 2, 0), (3, 1, 0)], 3),
        "12 layers, and a place far out": ([(3, 1, 1), (3, 1, 0), (2, 2, 0)] * 4, 1000),
        "no layer at all": ([], 6),
    },
    shows="You find what a value sees by going backward, from its layer to the image. The width is lesson 3's "
    "receptive field; now you know its place as well.",
    hints=[
        "One layer first: without padding, window number `place` starts at the value `place * stride`. Where does it "
        "end?",
        "Go from the last layer to the first, with two numbers, `first` and `last`. Each layer turns both of them into "
        "places in the layer before.",
        "`first` becomes the start of its window, and `last` becomes the end of *its* window: `kernel_size - 1` "
        "further. Padding shifts both to the left, by one place for each zero.",
    ],
)
def seen_pixels(layers, place):
    """The first and the last pixel that one value of the last layer sees, along one axis."""
    return _back(layers, place)


seen_pixels.mistake(
    "You go from the first layer to the last. The question starts at the end: what does the value see in the layer "
    "before, and what do those values see?",
    lambda layers, place: _back(layers[::-1], place),
)
seen_pixels.mistake(
    "The padding is missing: the zeros push all places to the right, so going back you subtract them.",
    lambda layers, place: _back([(kernel_size, stride, 0) for kernel_size, stride, _ in layers], place),
)
seen_pixels.mistake(
    "The padding has the wrong sign: the first window starts *before* pixel 0.",
    lambda layers, place: _back([(kernel_size, stride, -padding) for kernel_size, stride, padding in layers], place),
)
seen_pixels.mistake(
    "Subtract the padding once: only the zeros before the image move anything.",
    lambda layers, place: _back([(kernel_size, stride, 2 * padding) for kernel_size, stride, padding in layers], place),
)
seen_pixels.mistake(
    "The padding moves both ends: subtract it from `last` as well.",
    lambda layers, place: _back(
        layers, place, last=lambda n, kernel_size, stride, padding: n * stride + kernel_size - 1
    ),
)
seen_pixels.mistake(
    "The padding moves both ends the same way: subtract it from `last` too, instead of adding it.",
    lambda layers, place: _back(
        layers, place, last=lambda n, kernel_size, stride, padding: n * stride + padding + kernel_size - 1
    ),
)
seen_pixels.mistake(
    "The start is right, but the width is not: a kernel in a later layer spans more pixels, as many as the strides "
    "before it multiply each step to.",
    lambda layers, place: (_back(layers, place)[0], _back(layers, place)[0] + sum(row[0] - 1 for row in layers)),
)
seen_pixels.mistake(
    "Return the last pixel that is still seen: a window of 3 that starts at 5 ends at 7.",
    lambda layers, place: _back(
        layers, place, last=lambda n, kernel_size, stride, padding: n * stride - padding + kernel_size
    ),
)
seen_pixels.mistake(
    "Return the last pixel that is still seen, not the one after it.",
    lambda layers, place: (_back(layers, place)[0], _back(layers, place)[1] + 1),
)
seen_pixels.mistake(
    "The − 1 belongs in each layer, not once at the end: the strides multiply it on the way.",
    lambda layers, place: (
        _back(layers, place)[0],
        _back(layers, place, last=lambda n, kernel_size, stride, padding: n * stride - padding + kernel_size)[1] - 1,
    ),
)
seen_pixels.mistake(
    "The stride is missing: the windows of a pooling start at 0, 2, 4 ...",
    lambda layers, place: _back([(kernel_size, 1, padding) for kernel_size, _, padding in layers], place),
)
seen_pixels.mistake(
    "Kernel size and stride have changed places: `(kernel_size, stride, padding)` is the order.",
    lambda layers, place: _back([(stride, kernel_size, padding) for kernel_size, stride, padding in layers], place),
)
seen_pixels.mistake(
    "That is what the first value sees. `place` says which value is asked for.",
    lambda layers, place: _back(layers, 0),
)
seen_pixels.mistake(
    "That is what it sees in the layer before the last one. Go on to the image.",
    lambda layers, place: _back(layers[-1:], place),
)
seen_pixels.mistake(
    "That is the first layer only: put the result of each layer into the next step, instead of `place` again.",
    lambda layers, place: _back(layers[:1], place),
)
seen_pixels.mistake(
    "That is cut off at the rim. The zeros of the padding count: −1 is the zero just outside the image.",
    lambda layers, place: tuple(max(end, 0) for end in _back(layers, place)),
)
seen_pixels.mistake(
    "That is cut off at the rim. The zeros of the padding count: −1 is the zero just outside the image.",
    lambda layers, place: (max(_back(layers, place)[0], 0), _back(layers, place)[1]),
)
seen_pixels.mistake(
    "The second number is how many pixels it sees. Return the last one.",
    lambda layers, place: (_back(layers, place)[0], _back(layers, place)[1] - _back(layers, place)[0] + 1),
)
seen_pixels.mistake(
    "`last` is computed from `first`. Take both back through the layers, each by itself.",
    lambda layers, place: (
        _back(layers, place)[0],
        _back(layers, place)[0] + (layers[0][0] - 1 if layers else 0),
    ),
)
for _moves in (0, 1):
    seen_pixels.mistake(
        "The window is laid around `place * stride`, as many pixels before it as after. Without padding, it *starts* "
        "there.",
        lambda layers, place, moves=_moves: _back(
            layers,
            place,
            first=lambda n, kernel_size, stride, padding: n * stride - moves * padding - kernel_size // 2,
            last=lambda n, kernel_size, stride, padding: n * stride - moves * padding + kernel_size // 2,
        ),
    )
seen_pixels.mistake(
    "The two are in the wrong order: the first pixel first.",
    lambda layers, place: _back(layers, place)[::-1],
)
seen_pixels.mistake(
    "That is what the value before it sees: `place` is counted from 0.",
    lambda layers, place: _back(layers, place - 1),
)


@seen_pixels.mistake(
    "A zero of the padding is one place of *its* layer. In pixels that is as many as the strides of the layers before "
    "it, multiplied."
)
def _padding_in_pixels(layers, place):
    step, width, start = 1, 1, 0
    for kernel_size, stride, padding in layers:
        start, width, step = start - padding, width + (kernel_size - 1) * step, step * stride
    return start + place * step, start + place * step + width - 1


quiz = Quiz(
    Question(
        "You climb the gradient of a hidden unit's activation *after* its ReLU, from an image on which the unit gives "
        "0. What happens?",
        right="c",
        a=(
            "It takes longer, and arrives at the same image",
            "It never sets out: where ReLU gives 0, its gradient is 0 as well.",
        ),
        b=(
            "It arrives at the image that excites the unit least",
            "The unit cannot give less than 0, and a gradient of 0 leads neither up nor down.",
        ),
        c=(
            "Nothing: the image stays as it is",
            "Where ReLU gives 0, its gradient is 0, for every pixel. That is why the lesson left the ReLU off.",
        ),
        d=(
            "The unit is broken: a trained unit never gives 0",
            "Many units give 0 for many images. That is what makes it mean something when they don't.",
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
            "Blank paper matters for a 1, for you as well: with more ink it would be something else.",
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
        "The eight images of the test set that excite a unit most are all 6s. What do you know?",
        right="b",
        a=(
            "The unit detects the digit 6, and the network would miss 6s without it",
            "Without the unit nobody has tried it. And the unit may respond to many other digits, only less.",
        ),
        b=(
            "Its strongest responses come from 6s",
            "That is what was looked at. Its usual responses are those to the other 9,992 images.",
        ),
        c=(
            "It gives 0 for all other digits",
            "Nobody has looked at them: its ninth image may be a 5, and nearly as strong.",
        ),
        d=(
            "Activation maximization for this unit would draw a 6",
            "It draws whatever raises the activation most, and in the lesson that was hardly ever a digit.",
        ),
    ),
    Question(
        "Random signs with ε = 0.2 leave a 7 a 7. The signs of the gradient make it a 3, and no pixel moves by more "
        "than before. What is the difference?",
        right="a",
        a=(
            "Hundreds of small effects add up in the one case and cancel out in the other",
            "That is it: each pixel does little, and only the signs of the gradient make all of them push the same "
            "way.",
        ),
        b=(
            "The gradient changes the few pixels that matter more than the rest",
            "The step is as large for every pixel: only the sign of a partial derivative is used, not its size.",
        ),
        c=(
            "The signs of the gradient draw a faint 3 into the image",
            "Nobody sees a 3 there. The picture shows specks that look like the random ones.",
        ),
        d=(
            "Random signs change the paper, and those of the gradient the ink",
            "Both change paper and ink. The pictures in the lesson show gray specks on the paper in both.",
        ),
    ),
    Question(
        "A new method draws, over each photograph of a dog, a sharp and convincing outline of the dog. Which check "
        "comes first?",
        right="b",
        a=(
            "Show it to people who know dogs, and count how many it convinces",
            "They will like it, as they would like what an edge filter draws. It says nothing about the network.",
        ),
        b=(
            "Draw it for the same network with random weights",
            "If the outline stays, it comes from the photograph and the method, not from what was learned.",
        ),
        c=(
            "Choose the photographs on which it looks best",
            "That makes a good slide. But the best ones tell you nothing about the others.",
        ),
        d=(
            "Put it on a finer scale of colors",
            "It would be easier to see, and no more true. A scale of its own for each picture has misled you once "
            "today.",
        ),
    ),
)
