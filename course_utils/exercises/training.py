"""Exercises and quiz of lesson 05, Training."""

import numpy as np

from course_utils.exercises import values
from course_utils.exercises.by_value import one_of
from course_utils.exercises.calling import Wrong
from course_utils.exercises.engine import function, judged, prediction
from course_utils.exercises.quiz import Question, Quiz

LESSON = 5


def _log_softmax(logits, axis=-1):
    shifted = logits - logits.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def _softmax(logits):
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _of_true_classes(digits, rows):
    return rows[np.arange(len(digits)), digits]


_quietly = np.errstate(all="ignore")  # around mistakes that take the log of 0, or a power too large for a float


def _yes_or_no(labels, outputs, over):
    """Binary cross-entropy, of each class by itself."""
    outputs = np.clip(outputs.astype(float), 1e-7, 1 - 1e-7)
    return -over(labels * np.log(outputs) + (1 - labels) * np.log(1 - outputs), axis=1).mean()


def _logits(*shape):
    return np.random.default_rng(shape).normal(0, 2, size=shape).round(1)


@function(
    cases={
        "two images, three classes": (np.array([0, 2]), np.array([[2.0, 1.0, -1.0], [0.5, -0.5, 1.5]])),
        "a single image": (np.array([1]), np.array([[0.0, 2.0, 0.0, -1.0]])),
        "as many images as classes, digits in uint8": (np.array([3, 1, 1, 0], dtype="uint8"), _logits(4, 4)),
        "more images than classes, and one class that never comes up": (np.array([1, 0, 0, 1, 0]), _logits(5, 3)),
        "twelve classes, and logits in float32": (np.array([11, 0, 10], dtype="int32"), _logits(3, 12).astype("f4")),
        "a single image of 300 classes": (np.array([299]), _logits(1, 300)),
        "a network that knows nothing": (np.array([7, 2]), np.zeros((2, 10))),
        "a logit of a thousand, for the true class": (
            np.array([1, 2]),
            np.array([[0.0, 1000.0, 0.0], [0.0, 0.0, 3.0]]),
        ),
        "a logit of a thousand, for another class": (np.array([0, 0]), np.array([[0.0, 1000.0], [1000.0, 990.0]])),
        "a logit of minus a thousand, for the true class": (np.array([1, 0]), np.array([[1.0, -1000.0], [2.0, 0.0]])),
        "one image with high logits, one with low": (
            np.array([2, 0]),
            np.array([[900.0, 800.0, 850.0], [-900.0, -800.0, -850.0]]),
        ),
    },
    shows="One-hot rows only pick a number, and an index does that too. This is Keras's "
    "`sparse_categorical_crossentropy`, and its mean is the loss that `fit` reports.",
    hints=[
        "`cross_entropy` above nearly does it. What has to happen to the digits before it, and to its losses after it? "
        "The number of classes is `logits.shape[1]`.",
        "You can do without one-hot rows: compute `log_softmax` as `cross_entropy` does, one row for each image. Of "
        "each row you need only the number of the true class.",
        "`rows[np.arange(len(digits)), digits]` picks one number from each row. Watch the sign, and take the mean.",
    ],
    words={"digits": "whole numbers", "logits": "a row for each image"},
    errors={
        "IndexError": "The classes are columns, numbered from 0, and there are `logits.shape[1]` of them.",
        "AxisError": "`digits` has a single axis: these are whole numbers, not one-hot rows.",
    },
)
def mean_loss(digits, logits):
    """Mean cross-entropy of n images, from their true classes as numbers and from their logits."""
    return -_of_true_classes(digits, _log_softmax(logits)).mean()


mean_loss.mistake(
    "That is the sum over the images. Return their mean, so that it does not depend on how many there are.",
    lambda digits, logits: -_of_true_classes(digits, _log_softmax(logits)).sum(),
)
mean_loss.mistake(
    "The sign is flipped: the log of a probability is negative, and a loss is not.",
    lambda digits, logits: _of_true_classes(digits, _log_softmax(logits)).mean(),
)
mean_loss.mistake(
    "Softmax went over the images. It belongs over the classes, the last axis: each row is one image.",
    lambda digits, logits: -_of_true_classes(digits, _log_softmax(logits, axis=0)).mean(),
)
mean_loss.mistake(
    "`[:, digits]` takes these columns of every row. Each row has its own class: index the rows as well.",
    lambda digits, logits: -_log_softmax(logits)[:, digits].mean(),
)
mean_loss.mistake(
    "That is the mean over all classes of all images. Sum over the classes, and take the mean over the images only.",
    lambda digits, logits: -_of_true_classes(digits, _log_softmax(logits)).mean() / logits.shape[1],
)
mean_loss.mistake(
    "That is the mean of all logs; the true classes have no say in it.",
    lambda digits, logits: -_log_softmax(logits).mean(),
)
mean_loss.mistake(
    "That is the loss of the most likely class. Return that of the true one.",
    lambda digits, logits: -_log_softmax(logits).max(axis=1).mean(),
)
mean_loss.mistake(
    "That is the mean of 1 minus the probability. Cross-entropy takes the log of the probability.",
    lambda digits, logits: 1 - _of_true_classes(digits, _softmax(logits)).mean(),
)
mean_loss.mistake(
    "That is the log of the mean probability. Each image has its own log; their mean comes last.",
    _quietly(lambda digits, logits: -np.log(_of_true_classes(digits, _softmax(logits)).mean())),
)
mean_loss.mistake(
    "That is another logarithm: cross-entropy takes the natural one, `np.log`.",
    lambda digits, logits: -_of_true_classes(digits, _log_softmax(logits)).mean() / np.log(10),
)
mean_loss.mistake(
    "That is another logarithm: cross-entropy takes the natural one, not the one to base 2.",
    lambda digits, logits: -_of_true_classes(digits, _log_softmax(logits)).mean() / np.log(2),
)
mean_loss.mistake(
    "These are logits, not yet logs of probabilities: softmax is missing.",
    lambda digits, logits: -_of_true_classes(digits, logits).mean(),
)
mean_loss.mistake(
    "It is right as long as the logits are small: float64 ends near e^709. Subtract the largest logit "
    "of each row first.",
    _quietly(
        lambda digits, logits: -np.log(_of_true_classes(digits, np.exp(logits) / np.exp(logits).sum(1)[:, None])).mean()
    ),
)
mean_loss.mistake(
    "It is right as long as the logits are small: float64 ends near e^709. Subtract the largest logit "
    "of each row first.",
    _quietly(lambda digits, logits: np.mean(np.log(np.exp(logits).sum(axis=1)) - _of_true_classes(digits, logits))),
)
for _little in (0.1, 0.05, 0.01, *(10.0**-n for n in range(3, 16))):
    for _held in (np.add, np.maximum):
        mean_loss.mistake(
            "It is right as long as no probability is tiny: before the log, something was added to it, or it was "
            "clipped. That avoids infinity, and makes a hopeless answer cost too little. Take the log first, as "
            "`cross_entropy` does.",
            lambda digits, logits, held=_held, little=_little: (
                -np.log(held(_of_true_classes(digits, _softmax(logits)), little)).mean()
            ),
        )
for _limit in (1, 5, 10, 20, 30, 50, 80, 88, 100, 200, 300, 500, 600, 700, 709):
    for _cut in (
        lambda logits, limit: np.clip(logits, -limit, limit),
        np.minimum,
        lambda logits, limit: np.maximum(logits - logits.max(axis=1, keepdims=True), -limit),
    ):
        mean_loss.mistake(
            "It is right as long as the logits are small: large ones are cut off before the softmax. With the largest "
            "logit of each row subtracted first, none has to be.",
            lambda digits, logits, cut=_cut, limit=_limit: (
                -_of_true_classes(digits, _log_softmax(cut(logits, limit))).mean()
            ),
        )
mean_loss.mistake(
    "It is right as long as no probability is tiny: here one was rounded to 0 before its log was taken. Take the log "
    "first, on paper, as `cross_entropy` does.",
    _quietly(lambda digits, logits: -np.log(_of_true_classes(digits, _softmax(logits))).mean()),
)
mean_loss.mistake(
    "It subtracts one largest logit from all rows. A row far below it is left with nothing but zeros: each row has a "
    "largest logit of its own.",
    _quietly(
        lambda digits, logits: np.mean(
            np.log(np.exp(logits - logits.max()).sum(axis=1)) - _of_true_classes(digits, logits - logits.max())
        )
    ),
)


mean_loss.mistake(
    "The mean is over the images, but the sum of their losses is divided by how many classes there are.",
    lambda digits, logits: -_of_true_classes(digits, _log_softmax(logits)).sum() / logits.shape[1],
)
mean_loss.mistake(
    "That is the loss of the first image only. Return the mean over all of them.",
    lambda digits, logits: -_of_true_classes(digits, _log_softmax(logits))[0],
)
mean_loss.mistake(
    "That is softmax twice: the second one got probabilities, which are all between 0 and 1.",
    lambda digits, logits: -_of_true_classes(digits, _log_softmax(_softmax(logits))).mean(),
)
for _over in (np.sum, np.mean):
    mean_loss.mistake(
        "That is the squared error. Cross-entropy is minus the log of the true class's probability.",
        lambda digits, logits, over=_over: over(
            (_softmax(logits) - np.eye(logits.shape[1])[digits]) ** 2, axis=1
        ).mean(),
    )
mean_loss.mistake(
    "Softmax is not finished: the powers have to be divided by their sum.",
    lambda digits, logits: -_of_true_classes(digits, logits - logits.max(axis=1, keepdims=True)).mean(),
)
for _over in (np.sum, np.mean):
    mean_loss.mistake(
        "The other classes count as well, with the log of 1 minus their probability: that is the loss of questions "
        "of yes or no. Cross-entropy takes the true class alone.",
        _quietly(
            lambda digits, logits, over=_over: _yes_or_no(np.eye(logits.shape[1])[digits], _softmax(logits), over)
        ),
    )
for _digits in (2, 3, 4):
    mean_loss.mistake(
        "The loss is rounded. Return it as it is.",
        lambda digits, logits, places=_digits: mean_loss.answer(digits, logits).round(places),
    )


@prediction(
    shows="Three epochs of 391 steps: 390 full batches and a smaller one each time. The validation images cost time, "
    "but no steps.",
    hints=[
        "How many images are trained on? How many batches is that in one epoch, including the last, smaller one?",
        "Each epoch starts a new batch. So round up for one epoch first, and then take three of them.",
    ],
)
def training_steps():
    """Steps in three epochs of batches of 128, when 10,000 of the 60,000 images are set aside."""
    return 3 * 391


training_steps.mistake("Those are the steps of one epoch. There are three.", 391)
training_steps.mistake(
    "The last batch of each epoch is missing: it is smaller, but it is a step all the same. Round up.", 3 * 390
)
training_steps.mistake(
    "The last batch of an epoch is missing, and there are three epochs. The rest of the images is a smaller batch.", 390
)
training_steps.mistake(
    "That fills up the last batch of an epoch with images of the next. Each epoch starts over: round up first.", 1172
)
training_steps.mistake("That is 150,000 images divided by 128, rounded down. Round up, and do so for each epoch.", 1171)
training_steps.mistake(
    "A step is taken or not, so the answer is a whole number. Round up for each epoch.", 150_000 / 128
)
training_steps.mistake(
    "A step is taken or not, so the answer is a whole number. And there are three epochs.", 50_000 / 128
)
for _steps in (3 * 469, 3 * 468, 469, 468, 180_000 / 128, 60_000 / 128, 1406):
    training_steps.mistake("That counts all 60,000 images. Those set aside for validation are not trained on.", _steps)
training_steps.mistake("Those are steps on the 10,000 images set aside. The others are the ones trained on.", 3 * 79)
training_steps.mistake("That is for batches of 64, as in the lesson. Here a batch has 128 images.", 3 * 782)
training_steps.mistake("An epoch is not a step: it has as many steps as there are batches.", 3)
training_steps.mistake("That counts images, not steps. A whole batch makes one step.", 150_000)


LOSSES = {  # of gradient descent in the lesson's valley after 60 steps, by rate; a test computes them again
    1: 0.2853,
    2: 0.2127,
    5: 0.1629,
    10: 0.1473,
    20: 0.1413,
    50: 0.1612,
    100: 0.2719,
    200: 0.5097,
}
ARRIVED = 0.2  # what the loss must be below


def _of_rate(rate, loss):
    """The reply to a rate of the list."""
    ends = f"With the rate {rate}, the loss after 60 steps is {loss:.2f}"
    if rate == max(rate for rate, loss in LOSSES.items() if loss < ARRIVED):
        return (
            "Its first steps throw it out of the valley, to a loss far above that of the start, and the rest of the 60 "
            "just bring it back. Who only arrives has not come by a good way: 20 ends lower."
        )
    if loss < ARRIVED:
        return f"{ends}: this walker arrives. But a larger rate on the list does, too."
    if rate < min(rate for rate, loss in LOSSES.items() if loss < ARRIVED):
        return f"{ends}: its steps are so short that it hasn't arrived yet. Larger rates do."
    return (
        f"{ends}: it doesn't arrive. Its leaps take it so far out of the valley that 60 steps don't bring it back. "
        "Which smaller rate does?"
    )


@one_of(
    right=50,
    hints=[
        "Walk with each rate in turn, and look at the last loss only: `walk(gradient_descent(1))[1][-1]`.",
        "On its way, a loss may be far above 0.2, higher even than at the start. Only the loss after 60 steps counts.",
        "Start at the end of the list, with 200, and go down. The first rate whose walker arrives is the one.",
    ],
)
def largest_rate():
    """The largest rate on the list with which gradient descent arrives: a loss below 0.2 after 60 steps."""
    return {rate: _of_rate(rate, loss) for rate, loss in LOSSES.items()}


for _rate, _loss in LOSSES.items():
    for _places in (2, 3, 4):
        largest_rate.mistake("That is a loss. With which rate does it come about?", round(_loss, _places))
largest_rate.mistake("A loss below 0.2 is what a walker must reach. Which is the largest rate that does?", ARRIVED)
largest_rate.mistake("That is the number of steps. All walkers take as many; what is their rate?", 60)
largest_rate.mistake("80 is a rate of the picture above. Of those on the list, which is the largest that arrives?", 80)


@function(
    cases={
        "the first step": (np.array([1.0, 1.0, 1.0]), np.array([2.0, -4.0, 0.0]), np.zeros(3), 0.1, 0.9),
        "the second step, with the same gradient": (
            np.array([0.8, 1.4, 1.0]),
            np.array([2.0, -4.0, 0.0]),
            np.array([-0.2, 0.4, 0.0]),
            0.1,
            0.9,
        ),
        "the gradient has changed its sign": (
            np.array([3.0, -2.0]),
            np.array([-5.0, 1.0]),
            np.array([-0.6, 0.8]),
            0.02,
            0.5,
        ),
        "no gradient any more": (np.array([1.0, 2.0]), np.zeros(2), np.array([0.5, -0.25]), 0.1, 0.8),
        "momentum 0": (np.array([1.0, 2.0, 3.0]), np.array([0.3, 0.0, -0.6]), np.array([4.0, 5.0, 6.0]), 0.5, 0.0),
        "momentum 1": (np.array([1.0, -2.0]), np.array([3.0, -0.25]), np.array([0.75, 0.5]), 0.2, 1.0),
        "learning rate 1": (np.array([0.4, 7.0]), np.array([0.2, 0.1]), np.array([-0.3, 0.6]), 1.0, 0.6),
        "a single weight": (np.array([-0.7]), np.array([0.45]), np.array([0.15]), 0.3, 0.95),
        "twelve weights in float32": (*(_logits(12, n)[:, 0].astype("float32") for n in (1, 2, 3)), 0.05, 0.85),
        "weights in two rows": (_logits(2, 3), _logits(3, 2).T, _logits(6).reshape(2, 3), 0.25, 0.7),
        "as many rows as columns": (_logits(2, 2), _logits(2, 3)[:, :2], _logits(3, 2)[:2], 0.15, 0.9),
        "weights of a convolution, with four axes": (*(_logits(2, 1, 2, n)[..., :2] for n in (2, 3, 4)), 0.4, 0.75),
        "learning rate and momentum left at their defaults": (np.ones(2), np.array([0.1, -0.3]), np.array([0.2, 0.4])),
    },
    shows="Where the gradient keeps its direction, the steps get longer, up to ten times with a momentum of 0.9; where "
    "it turns back and forth, they cancel out.",
    hints=[
        "Two lines, one for each formula. Which of them must come first?",
        "The new velocity is what is left of the old one, plus a push against the gradient. The arrow means: from here "
        "on, v is the new one.",
        "Do not use `+=` or `*=` on an array that you were given: that changes it for the caller too. Return both, "
        "weights first.",
    ],
)
def momentum_step(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    """New weights and new velocity after one step of gradient descent with momentum."""
    velocity = momentum * velocity - learning_rate * gradient
    return weights + velocity, velocity


def _velocity(old, gradient, rate, momentum):
    return momentum * old - rate * gradient


def _another_step(formula):
    """The same step by other formulas, of weights, gradient, velocity, learning rate and momentum."""
    return lambda weights, gradient, velocity, learning_rate=0.5, momentum=0.9: formula(
        weights, gradient, velocity, learning_rate, momentum
    )


momentum_step.mistake(
    "The order is reversed: return the weights first, then the velocity.",
    _another_step(lambda w, g, v, r, m: (_velocity(v, g, r, m), w + _velocity(v, g, r, m))),
)
momentum_step.mistake(
    "The velocity is the new one, but the weights moved by the old one. Compute the velocity first, then move by it.",
    _another_step(lambda w, g, v, r, m: (w + v, _velocity(v, g, r, m))),
)
momentum_step.mistake(
    "The learning rate is missing.",
    _another_step(lambda w, g, v, r, m: (w + _velocity(v, g, 1, m), _velocity(v, g, 1, m))),
)
momentum_step.mistake(
    "That goes uphill: subtract the gradient from the velocity.",
    _another_step(lambda w, g, v, r, m: (w + _velocity(v, -g, r, m), _velocity(v, -g, r, m))),
)
momentum_step.mistake(
    "The minus is there twice: it is in the velocity already, so the velocity is added to the weights.",
    _another_step(lambda w, g, v, r, m: (w - _velocity(v, g, r, m), _velocity(v, g, r, m))),
)
momentum_step.mistake(
    "The gradient is weighted by 1 - momentum. RMSprop's mean does that; here the gradient counts in full.",
    _another_step(lambda w, g, v, r, m: (w + _velocity(v, g, r * (1 - m), m), _velocity(v, g, r * (1 - m), m))),
)
momentum_step.mistake(
    "The weights are right, but the velocity is not: learning rate and minus belong to it here.",
    _another_step(lambda w, g, v, r, m: (w + _velocity(v, g, r, m), m * v + g)),
)
momentum_step.mistake(
    "In this version the velocity holds gradients, without learning rate and minus, as other libraries have it. Here "
    "both belong to the velocity: it is the step itself.",
    _another_step(lambda w, g, v, r, m: (w - r * (m * v + g), m * v + g)),
)
momentum_step.mistake(
    "That is plain gradient descent: the weights ignore the velocity.",
    _another_step(lambda w, g, v, r, m: (w - r * g, _velocity(v, g, r, m))),
)
momentum_step.mistake(
    "Momentum is left out: all of the old velocity is kept, and nothing ever slows down.",
    _another_step(lambda w, g, v, r, m: (w + _velocity(v, g, r, 1), _velocity(v, g, r, 1))),
)
momentum_step.mistake(
    "The old velocity is not kept: momentum times as much of it should remain.",
    _another_step(lambda w, g, v, r, m: (w - r * g, -r * g)),
)
momentum_step.mistake(
    "Momentum also weighs the gradient. It belongs to the old velocity only.",
    _another_step(lambda w, g, v, r, m: (w + m * (v - r * g), m * (v - r * g))),
)
momentum_step.mistake(
    "Learning rate and momentum are swapped: the learning rate goes with the gradient.",
    _another_step(lambda w, g, v, r, m: (w + _velocity(v, g, m, r), _velocity(v, g, m, r))),
)
momentum_step.mistake(
    "The velocity stays the old one. Compute the new one first, move the weights by it, and return it too.",
    _another_step(lambda w, g, v, r, m: (w + _velocity(v, g, r, m), v)),
)
momentum_step.mistake(
    "The gradient is squared, and so it lost its sign. That is RMSprop's velocity; here it is a direction.",
    _another_step(lambda w, g, v, r, m: (w + _velocity(v, g**2, r, m), _velocity(v, g**2, r, m))),
)


momentum_step.mistake(
    "The weights move by momentum times the new velocity. Momentum is in the velocity already: move by it as it is.",
    _another_step(lambda w, g, v, r, m: (w + m * _velocity(v, g, r, m), _velocity(v, g, r, m))),
)
momentum_step.mistake(
    "The gradient pushes twice: once through the velocity, and once more at the weights. These move by the new "
    "velocity alone.",
    _another_step(lambda w, g, v, r, m: (w + _velocity(v, g, r, m) - r * g, _velocity(v, g, r, m))),
)
momentum_step.mistake(
    "The weights move by the velocity of the step after this one, which is Nesterov's momentum. Here they move by the "
    "new velocity.",
    _another_step(lambda w, g, v, r, m: (w + _velocity(_velocity(v, g, r, m), g, r, m), _velocity(v, g, r, m))),
)
momentum_step.mistake(
    "The weights move by the learning rate times the velocity. The learning rate is in the velocity already.",
    _another_step(lambda w, g, v, r, m: (w + r * _velocity(v, g, r, m), _velocity(v, g, r, m))),
)
momentum_step.mistake(
    "1 - momentum times as much of the old velocity is kept. Momentum itself is the share that stays.",
    _another_step(lambda w, g, v, r, m: (w + _velocity(v, g, r, 1 - m), _velocity(v, g, r, 1 - m))),
)
momentum_step.mistake(
    "The new velocity starts from the weights. It starts from the old velocity.",
    _another_step(lambda w, g, v, r, m: (w + _velocity(w, g, r, m), _velocity(w, g, r, m))),
)
momentum_step.mistake(
    "Only the sign of the gradient counts here. Its size belongs to the push as well.",
    _another_step(lambda w, g, v, r, m: (w + _velocity(v, np.sign(g), r, m), _velocity(v, np.sign(g), r, m))),
)
momentum_step.mistake(
    "That is what a momentum of 0.9 gives. It is a parameter, and 0.9 is only its default.",
    _another_step(lambda w, g, v, r, m: (w + _velocity(v, g, r, 0.9), _velocity(v, g, r, 0.9))),
)
for _rate in (0.5, 0.1):
    momentum_step.mistake(
        f"That is what a learning rate of {_rate} gives. It is a parameter, which has another value here.",
        _another_step(lambda w, g, v, r, m, rate=_rate: (w + _velocity(v, g, rate, m), _velocity(v, g, rate, m))),
    )
momentum_step.mistake(
    "The old velocity has lost its sign. It says which way the step went.",
    _another_step(lambda w, g, v, r, m: (w + _velocity(np.abs(v), g, r, m), _velocity(np.abs(v), g, r, m))),
)


def _outputs(n, n_classes, seed):
    """Labels, and outputs that give the true class a moderate probability."""
    rng = np.random.default_rng(seed)
    labels = np.eye(n_classes)[rng.integers(n_classes, size=n)]
    return labels, _softmax(rng.normal(0, 1, size=(n, n_classes)) + 2 * labels)


@judged(
    cases={
        "three images, all right": (
            np.eye(3)[[0, 2, 1]],
            np.array([[0.7, 0.2, 0.1], [0.25, 0.25, 0.5], [0.1, 0.8, 0.1]]),
        ),
        "one right with less than a half, one wrong": (
            np.eye(3)[[0, 0]],
            np.array([[0.4, 0.35, 0.25], [0.25, 0.7, 0.05]]),
        ),
        "a single image": (np.array([[0.0, 1.0]]), np.array([[0.2, 0.8]])),
        "a single image, read wrongly": (np.array([[0.0, 1.0, 0.0]]), np.array([[0.625, 0.25, 0.125]])),
        "seven images of ten classes": _outputs(7, 10, seed=0),
        "five images of five classes": _outputs(5, 5, seed=1),
        "three images of twelve classes, in float32": tuple(part.astype("float32") for part in _outputs(3, 12, seed=2)),
        "labels that are whole numbers": (
            np.array([[0, 1], [1, 0], [0, 1]]),
            np.array([[0.4, 0.6], [0.3, 0.7], [0, 1]]),
        ),
        "two classes that are level": (
            np.eye(3)[[1, 0, 2]],
            np.array([[0.5, 0.5, 0.0], [0.4, 0.2, 0.4], [0.25, 0.25, 0.5]]),
        ),
        "three of four classes that are level": (np.eye(4)[[2]], np.array([[0.1, 0.3, 0.3, 0.3]])),
        "true classes at 0.04 and 0.002": (np.eye(3)[[0, 1]], np.array([[0.04, 0.9, 0.06], [0.5, 0.002, 0.498]])),
        "a true class at 0.0000005": (np.eye(2)[[0]], np.array([[5e-7, 1 - 5e-7]])),
        "two images, a true class at 0.0000002": (np.eye(3)[[1, 2]], np.array([[0.4, 2e-7, 0.6], [0.2, 0.2, 0.6]])),
        "two images, right and entirely sure": (np.eye(4)[[2, 0]], np.eye(4)[[2, 0]]),
        "two images, one class ruled out": (np.eye(3)[[0, 1]], np.array([[0.5, 0.5, 0.0], [0.6, 0.4, 0.0]])),
    },
    shows="The second softmax got numbers from 0 to 1, which are nearly the same to it: with ten classes, even the "
    "most confident one got only e/(e + 9). Accuracy never shows this, since the order stays. Trained with such a "
    "loss, a network learns slowly, and its loss never comes near 0.",
    hints=[
        "Two things meet here. What does the network's last layer do with its logits? And what does `cross_entropy` "
        "do first with its input?",
        "Each works by itself; together they apply softmax twice. The outputs are probabilities already, so only the "
        "last step of cross-entropy is left: minus the log of which number?",
        "`(labels * outputs).sum(axis=1)` is the probability of the true class of each image. Take the log after "
        "that: before, it would also meet probabilities of 0.",
    ],
    words={"labels": "one-hot", "outputs": "probabilities"},
)
def loss_and_accuracy(result, labels, outputs):
    """Mean loss and accuracy, from one-hot labels and what `model.predict` gives.

    Keras takes the log of no number below 0.0000001, so a loss may be less by what that makes of it, or by less.
    """
    loss, accuracy = _losses(labels, outputs).mean(), _accuracy(labels, outputs)
    lowest = -np.log(outputs[labels == 1].astype(float) + 1e-7).mean()
    try:
        given = np.asarray(result, dtype=float).ravel()[0]
    except (TypeError, ValueError, IndexError):
        given = np.nan
    try:
        accepted = given if lowest - 1e-5 * (1 + lowest) <= given <= loss else loss
        values.compare((accepted, accuracy), result, tolerance=1e-5)
    except Wrong as wrong:
        look = wrong.look.replace("The result[0] is not", "The loss is not").replace("The result[1]", "The accuracy")
        look = look.replace(
            "number.", "number here: it was right as you found it." if "accuracy" in look else "number here."
        )
        raise Wrong(look, **wrong.details) from None


def _accuracy(labels, outputs):
    return (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()


@_quietly
def _losses(labels, outputs):
    return 0 - np.log(outputs[labels == 1])  # not -0 where the output is 1


def cross_entropy(labels, logits):
    """As the lesson has it, so that the faulty function can stand here in the lesson's own words."""
    return -(labels * _log_softmax(logits)).sum(axis=-1)


@loss_and_accuracy.given
def _softmax_twice(labels, outputs):
    loss = cross_entropy(labels, outputs).mean()
    accuracy = (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()
    return loss, accuracy


loss_and_accuracy.mistake(
    "The second softmax is gone. One thing is left: the log of 0 is minus infinity, and 0 times that is NaN. Pick the "
    "true class's probability first, then take its log.",
    _quietly(lambda labels, outputs: (-(labels * np.log(outputs)).sum(axis=1).mean(), _accuracy(labels, outputs))),
)
loss_and_accuracy.mistake(
    "Now there are three softmaxes. The outputs are probabilities: none is needed here.",
    lambda labels, outputs: (
        -(labels * _log_softmax(_softmax(outputs))).sum(axis=1).mean(),
        _accuracy(labels, outputs),
    ),
)
loss_and_accuracy.mistake(
    "There is still one softmax too many: the outputs are probabilities already, and what is missing is the log.",
    lambda labels, outputs: (-(labels * _softmax(outputs)).sum(axis=1).mean(), _accuracy(labels, outputs)),
)
loss_and_accuracy.mistake(
    "The sign is flipped: the log of a probability is negative, and a loss is not.",
    lambda labels, outputs: (-_losses(labels, outputs).mean(), _accuracy(labels, outputs)),
)
loss_and_accuracy.mistake(
    "That is the sum over the images. Return their mean.",
    lambda labels, outputs: (_losses(labels, outputs).sum(), _accuracy(labels, outputs)),
)
loss_and_accuracy.mistake(
    "The loss is a mean over the classes too, most of which add nothing. Sum over the classes, then take the mean over "
    "the images.",
    lambda labels, outputs: (_losses(labels, outputs).mean() / labels.shape[1], _accuracy(labels, outputs)),
)
loss_and_accuracy.mistake(
    "That is the mean of 1 minus the probability. Cross-entropy takes the log of the probability.",
    lambda labels, outputs: (1 - outputs[labels == 1].mean(), _accuracy(labels, outputs)),
)
loss_and_accuracy.mistake(
    "That is the log of the mean probability. Each image has its own log; their mean comes last.",
    lambda labels, outputs: (-np.log(outputs[labels == 1].mean()), _accuracy(labels, outputs)),
)
loss_and_accuracy.mistake(
    "That is the log of the largest output. The loss takes the true class, whichever is ahead.",
    lambda labels, outputs: (-np.log(outputs.max(axis=1)).mean(), _accuracy(labels, outputs)),
)
loss_and_accuracy.mistake(
    "The loss is right now, but the accuracy no longer is: there was nothing wrong with it. With more than two "
    "classes, the true one can be ahead with less than a half.",
    lambda labels, outputs: (_losses(labels, outputs).mean(), (outputs[labels == 1] > 0.5).mean()),
)
loss_and_accuracy.mistake(
    "The order is reversed: the loss comes first, then the accuracy.",
    lambda labels, outputs: (_accuracy(labels, outputs), _losses(labels, outputs).mean()),
)

for _little in (0.1, 0.05, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6):
    for _held in (np.add, np.maximum, lambda p, little: np.clip(p, little, 1 - little)):
        loss_and_accuracy.mistake(
            "Before the log, something is added to the outputs, or they are clipped, and it is too much. "
            "Pick the true class's probability first; its log needs no such help.",
            _quietly(
                lambda labels, outputs, held=_held, little=_little: (
                    -np.log(held(outputs[labels == 1], little)).mean(),
                    _accuracy(labels, outputs),
                )
            ),
        )
loss_and_accuracy.mistake(
    "The loss is right now, but the accuracy no longer is: there was nothing wrong with it. Where classes are level, "
    "`argmax` takes the first.",
    lambda labels, outputs: (_losses(labels, outputs).mean(), (outputs[labels == 1] == outputs.max(axis=1)).mean()),
)
for _counted in (np.sum, lambda right: 1 - right.mean(), lambda right: 100 * right.mean()):
    loss_and_accuracy.mistake(
        "The loss is right now, but the accuracy no longer is: there was nothing wrong with it. It is the share of the "
        "images that are read right.",
        lambda labels, outputs, counted=_counted: (
            _losses(labels, outputs).mean(),
            counted(outputs.argmax(axis=1) == labels.argmax(axis=1)),
        ),
    )
loss_and_accuracy.mistake(
    "The loss is right now, but the accuracy no longer is: there was nothing wrong with it. It counts images, not each "
    "number of their rows.",
    lambda labels, outputs: (_losses(labels, outputs).mean(), (outputs.round() == labels).mean()),
)
for _over in (np.sum, np.mean):
    loss_and_accuracy.mistake(
        "That is the squared error. Cross-entropy is minus the log of the true class's probability.",
        lambda labels, outputs, over=_over: (
            over((outputs - labels) ** 2, axis=1).mean(),
            _accuracy(labels, outputs),
        ),
    )
for _base in (2, 10):
    loss_and_accuracy.mistake(
        "That is another logarithm: cross-entropy takes the natural one, `np.log`.",
        lambda labels, outputs, base=_base: (
            _losses(labels, outputs).mean() / np.log(base),
            _accuracy(labels, outputs),
        ),
    )
loss_and_accuracy.mistake(
    "The loss is divided by the number of images twice: a mean is divided by it already.",
    lambda labels, outputs: (_losses(labels, outputs).mean() / len(labels), _accuracy(labels, outputs)),
)
loss_and_accuracy.mistake(
    "That is the loss of those images only that are read right. The others cost the most.",
    lambda labels, outputs: (
        _losses(labels, outputs)[outputs.argmax(axis=1) == labels.argmax(axis=1)].sum()
        / max((outputs.argmax(axis=1) == labels.argmax(axis=1)).sum(), 1),
        _accuracy(labels, outputs),
    ),
)
loss_and_accuracy.mistake(
    "That is the loss of the first image only. Return the mean over all of them.",
    lambda labels, outputs: (_losses(labels, outputs)[0], _accuracy(labels, outputs)),
)
for _over in (np.sum, np.mean):
    loss_and_accuracy.mistake(
        "The other classes count as well, with the log of 1 minus their probability: that is the loss of questions of "
        "yes or no. Cross-entropy takes the true class alone.",
        lambda labels, outputs, over=_over: (_yes_or_no(labels, outputs, over), _accuracy(labels, outputs)),
    )
for _digits in (2, 3, 4):
    loss_and_accuracy.mistake(
        "The loss is rounded. Return it as it is.",
        lambda labels, outputs, places=_digits: (
            _losses(labels, outputs).mean().round(places),
            _accuracy(labels, outputs),
        ),
    )


quiz = Quiz(
    Question(
        "The probability that a network gives to the true class falls to half of what it was. Its cross-entropy",
        right="c",
        a=(
            "doubles, as half as much is twice as bad",
            "That would be one over p. Cross-entropy is minus the log of p, and a log turns factors into amounts.",
        ),
        b=(
            "grows by a half",
            "That would be true if the loss were 1 - p and p had been 1. A log asks by what factor p has changed.",
        ),
        c=(
            "grows by log 2, whatever it was before",
            "Each halving costs the same. So going from 0.02 to 0.01 is as bad as going from 1 to a half.",
        ),
        d=(
            "depends on which other class gained by it",
            "The label is 0 for all other classes, so their terms of the sum are 0, whichever is ahead.",
        ),
    ),
    Question(
        "A hidden unit feeds all ten logits. The derivative of the loss along that unit is",
        right="d",
        a=(
            "prediction minus target of the true class, times the weight to its logit",
            "That is one of ten paths. The unit also moves the other logits, and softmax makes all of them count.",
        ),
        b=(
            "the product of the ten weights, times the loss",
            "Derivatives are multiplied along one path. The ten weights lie on ten different paths, and those add up.",
        ),
        c=(
            "0 if the unit itself is 0 for this image",
            "That is the derivative along the weights into it: ReLU stops it. Nudge the unit, and the logits do move.",
        ),
        d=(
            "the sum, over the ten logits, of prediction minus target times the weight to that logit",
            "Ten paths lead from the unit to the loss: multiply along each, and add up over all of them.",
        ),
    ),
    Question(
        "You train with `batch_size=128` instead of 64, all else unchanged. In one epoch the network",
        right="b",
        a=(
            "sees twice as many images",
            "An epoch is one pass over all images, however they are divided.",
        ),
        b=(
            "takes half as many steps",
            "Each in a somewhat better direction, since the mean over 128 images is less noisy than that over 64.",
        ),
        c=(
            "takes as many steps, each twice as long",
            "The gradient is a mean, not a sum: it does not grow with the batch. And there are fewer batches.",
        ),
        d=(
            "sees each image half as often",
            "Each image is still seen once. What is halved is the number of batches they come in.",
        ),
    ),
    Question(
        "After the first epoch, `fit` reports a higher accuracy for the validation images than for those it trains on. "
        "The likely reason:",
        right="d",
        a=(
            "The validation images leak into training",
            "Then both would be high. What surprises here is the lower one, and it has a harmless reason.",
        ),
        b=(
            "The network overfits in the first epoch",
            "Overfitting goes the other way: better on the images it was trained on than on the others.",
        ),
        c=(
            "The validation images are the easier ones, since they were drawn at random",
            "Drawn at random, they are as hard as the others, give or take a little chance.",
        ),
        d=(
            "One is a mean over the epoch, the other is measured at its end",
            "The mean still includes the first batches, when the network was guessing.",
        ),
    ),
    Question(
        "From the fifth epoch on the training loss keeps falling, the validation loss rises, and the validation "
        "accuracy stays. The usual reason:",
        right="b",
        a=(
            "One of the two is computed wrongly: this cannot be",
            "It can: accuracy only asks which class is ahead; the loss asks how much probability the true class gets.",
        ),
        b=(
            "The network gets more confident, about its errors too",
            "About as many images are wrong as before, not always the same ones; and the more confident an error, the "
            "more it costs.",
        ),
        c=(
            "The learning rate is too large, and it leaps out of the valley",
            "Then the training loss would rise as well. It keeps falling: a sign of overfitting.",
        ),
        d=(
            "More and more validation images are read wrongly",
            "Then the accuracy would fall. About as many are wrong as before, and those cost more.",
        ),
    ),
)
