"""Exercises and quiz of lesson 10, Faster."""

import numpy as np

from course_utils.exercises.engine import function
from course_utils.exercises.quiz import Question, Quiz

LESSON = 10

_seed = [(784, 9, 32), (144, 288, 64), (16, 576, 64), (1, 1024, 64), (1, 64, 10)]


def _forwards(layers):
    return [n_places * n_read * n_filters for n_places, n_read, n_filters in layers]


@function(
    cases={
        "a single layer": ([(4, 9, 2)],),
        "two layers": ([(4, 9, 2), (1, 8, 3)],),
        "the first layer is the largest": ([(100, 25, 8), (9, 72, 4), (1, 36, 10)],),
        "three dense layers": ([(1, 784, 32), (1, 32, 16), (1, 16, 10)],),
        "the seed's network": (_seed,),
    },
    shows="Nearly three times the way forwards. What is saved is small where the first layer is.",
    hints=[
        "One layer first: `n_filters` filters, each at `n_places` places, each with `n_read` multiply-adds.",
        "Backwards there are two more tables of slopes for each layer: along its weights, and along what it reads. "
        "Each takes as many multiply-adds as the way forwards.",
        "Three times the sum of all layers. Then take away what nobody needs: the slopes along the pixels.",
    ],
)
def training_cost(layers):
    """The multiply-adds of one training step for one image."""
    forwards = _forwards(layers)
    return 3 * sum(forwards) - forwards[0]


training_cost.mistake(
    "That is the way forwards only. Two more tables of slopes are computed on the way back.",
    lambda layers: sum(_forwards(layers)),
)
training_cost.mistake(
    "The first layer reads pixels, and no step moves a pixel: its slopes along what it reads are not computed.",
    lambda layers: 3 * sum(_forwards(layers)),
)
training_cost.mistake(
    "The way back has two tables of slopes for each layer: along the weights, and along what the layer reads.",
    lambda layers: 2 * sum(_forwards(layers)),
)
training_cost.mistake(
    "The slopes along the *weights* of the first layer are needed: they are what moves them. Along its pixels they are "
    "not.",
    lambda layers: 3 * sum(_forwards(layers)) - 2 * _forwards(layers)[0],
)
training_cost.mistake(
    "That leaves out the first layer altogether. It computes forwards, and it learns.",
    lambda layers: 3 * sum(_forwards(layers)[1:]),
)
training_cost.mistake(
    "It is the first layer that is spared something, not the last: the way back ends at the pixels.",
    lambda layers: 3 * sum(_forwards(layers)) - _forwards(layers)[-1],
)
training_cost.mistake(
    "That is the way back only. Before it, the image has to go forwards.",
    lambda layers: 2 * sum(_forwards(layers)) - _forwards(layers)[0],
)
training_cost.mistake(
    "Each weight is counted once there. A filter is used again at each of its places.",
    lambda layers: 3 * sum(r * f for _, r, f in layers) - layers[0][1] * layers[0][2],
)
training_cost.mistake(
    "That is one filter in each layer. There are `n_filters` of them.",
    lambda layers: 3 * sum(p * r for p, r, _ in layers) - layers[0][0] * layers[0][1],
)
training_cost.mistake(
    "Those are the numbers that the layers make. Each of them takes `n_read` multiply-adds.",
    lambda layers: 3 * sum(p * f for p, _, f in layers) - layers[0][0] * layers[0][2],
)


@function(
    cases={
        "half of it twice as fast": ([5.0, 5.0], [2.0, 1.0]),
        "a small part a thousand times as fast": ([9.0, 1.0], [1.0, 1000.0]),
        "everything alike": ([3.0, 1.0, 2.0], [4.0, 4.0, 4.0]),
        "nothing": ([3.0, 1.0], [1.0, 1.0]),
        "one part gets slower": ([6.0, 2.0, 1.0], [3.0, 0.5, 1.0]),
        "a single part": ([2.5], [10.0]),
        "arithmetic, elementwise work, waiting": ([8.0, 6.0, 4.0], [5.0, 3.0, 40.0]),
    },
    shows="Gene Amdahl's law, of 1967: what you leave alone sets the limit, however fast the rest becomes.",
    hints=[
        "What is wanted is a ratio of two times: how long it took, and how long it takes now.",
        "A part that took 6 seconds and is 3 times as fast takes 2. Work out each part's new time.",
        "All old times together, divided by all new times together.",
    ],
)
def whole_speedup(seconds, speedups):
    """How many times as fast the whole is, if each part becomes so many times as fast."""
    return sum(seconds) / sum(before / faster for before, faster in zip(seconds, speedups, strict=True))


whole_speedup.mistake(
    "That is the mean of the speedups. A part that takes little time cannot bring much.",
    lambda seconds, speedups: float(np.mean(speedups)),
)
whole_speedup.mistake(
    "That weighs each speedup by its part's time. Speedups cannot be averaged; times can be added.",
    lambda seconds, speedups: float(np.dot(seconds, speedups) / np.sum(seconds)),
)
whole_speedup.mistake(
    "The parts come one after the other: their speedups do not multiply.",
    lambda seconds, speedups: float(np.prod(speedups)),
)
whole_speedup.mistake(
    "That is upside down: it is how much of the time is left.",
    lambda seconds, speedups: float(np.sum(np.divide(seconds, speedups)) / np.sum(seconds)),
)
whole_speedup.mistake(
    "That is the share of the time that is saved. Wanted is the old time over the new one.",
    lambda seconds, speedups: 1 - float(np.sum(np.divide(seconds, speedups)) / np.sum(seconds)),
)
whole_speedup.mistake(
    "That would be right if all parts took equally long. Each counts with its own seconds.",
    lambda seconds, speedups: float(len(speedups) / np.sum(np.divide(1, speedups))),
)
whole_speedup.mistake(
    "Those are the seconds that it takes now. Wanted is how many times as fast it is.",
    lambda seconds, speedups: float(np.sum(np.divide(seconds, speedups))),
)
whole_speedup.mistake(
    "Those are the seconds that are saved. Wanted is how many times as fast the whole is.",
    lambda seconds, speedups: float(np.sum(seconds) - np.sum(np.divide(seconds, speedups))),
)
whole_speedup.mistake(
    "The largest speedup counts for its own part only.",
    lambda seconds, speedups: float(np.max(speedups)),
)
whole_speedup.mistake(
    "That is the speedup of the longest part. The others are still there.",
    lambda seconds, speedups: float(speedups[int(np.argmax(seconds))]),
)
whole_speedup.mistake(
    "A part that becomes 3 times as fast takes a third of its time. Yours takes three times as long.",
    lambda seconds, speedups: float(np.sum(seconds) / np.dot(seconds, speedups)),
)


def _cycle(step, n_steps, peak, warmup, start=1 / 25):
    return float(np.interp(step, [0, warmup * n_steps, n_steps], [start * peak, peak, 0]))


@function(
    cases={
        "the start": (0, 100, 0.01, 0.25),
        "half way up": (10, 80, 0.01, 0.25),
        "the peak": (25, 100, 0.01, 0.25),
        "half way down": (60, 100, 0.4, 0.2),
        "near the end": (938, 939, 0.01, 0.25),
        "the end": (100, 100, 0.01, 0.25),
        "after the end": (130, 100, 0.01, 0.25),
        "a long way up": (45, 60, 2.0, 0.9),
        "a peak between two steps": (3, 7, 0.1, 0.5),
        "just after such a peak": (4, 7, 0.1, 0.5),
    },
    tolerance=1e-8,
    shows="That is `training.OneCycle`, as the lesson uses it.",
    hints=[
        "Two straight lines that meet at the step `warmup * n_steps`. Which one are you on?",
        "On the way up, a share `step / (warmup * n_steps)` of the rise from `peak / 25` to `peak` is done. On the way "
        "down, a share `(n_steps - step) / (n_steps - warmup * n_steps)` of the peak is left.",
        "The smaller of the two lines is the right one everywhere; and after the end the rate is 0, not negative.",
    ],
)
def one_cycle(step, n_steps, peak, warmup):
    """The learning rate of a step: up in a line from peak / 25, then down in a line to 0."""
    return _cycle(step, n_steps, peak, warmup)


one_cycle.mistake(
    "After the end the line goes on below 0. A negative rate climbs: it should stay at 0.",
    lambda step, n_steps, peak, warmup: (
        _cycle(step, n_steps, peak, warmup)
        if step <= n_steps
        else peak * (n_steps - step) / (n_steps - warmup * n_steps)
    ),
)
one_cycle.mistake(
    "It starts at 0. The first step is to have the rate `peak / 25`.",
    lambda step, n_steps, peak, warmup: _cycle(step, n_steps, peak, warmup, start=0),
)
one_cycle.mistake(
    "`warmup` is a share of the steps: the peak is at `warmup * n_steps`.",
    lambda step, n_steps, peak, warmup: float(np.interp(step, [0, warmup, n_steps], [peak / 25, peak, 0])),
)
one_cycle.mistake(
    "The way down ends at `peak / 25` here. It is to end at 0.",
    lambda step, n_steps, peak, warmup: float(
        np.interp(step, [0, warmup * n_steps, n_steps], [peak / 25, peak, peak / 25])
    ),
)
one_cycle.mistake(
    "The way down takes all of `n_steps` there. It begins at the peak and has only the rest.",
    lambda step, n_steps, peak, warmup: (
        _cycle(step, n_steps, peak, warmup)
        if step <= warmup * n_steps
        else float(np.interp(step, [warmup * n_steps, (1 + warmup) * n_steps], [peak, 0]))
    ),
)
one_cycle.mistake(
    "The rate stays at its peak after the way up. It is to fall to 0.",
    lambda step, n_steps, peak, warmup: float(np.interp(step, [0, warmup * n_steps], [peak / 25, peak])),
)
one_cycle.mistake(
    "On the way up the whole peak is added to the start, so that it passes the peak.",
    lambda step, n_steps, peak, warmup: (
        peak / 25 + peak * step / (warmup * n_steps)
        if step <= warmup * n_steps
        else _cycle(step, n_steps, peak, warmup)
    ),
)
one_cycle.mistake(
    "That is the share of the peak. Multiply by `peak`.",
    lambda step, n_steps, peak, warmup: _cycle(step, n_steps, 1.0, warmup),
)
one_cycle.mistake(
    "There is no way up: the rate starts at its peak.",
    lambda step, n_steps, peak, warmup: max(peak * (n_steps - step) / n_steps, 0),
)
one_cycle.mistake(
    "The step of the peak is rounded. It may lie between two steps.",
    lambda step, n_steps, peak, warmup: float(
        np.interp(step, [0, int(warmup * n_steps), n_steps], [peak / 25, peak, 0])
    ),
)


quiz = Quiz(
    Question(
        "A layer has half of all parameters and 2 % of the multiply-adds. You replace it by one that needs no time at "
        "all. What becomes of the training time?",
        right="d",
        a=(
            "It is halved",
            "Parameters are memory. Time goes with how often each of them is used.",
        ),
        b=(
            "It is a quarter shorter, since training needs each parameter twice",
            "How often a parameter is used depends on its layer: in a convolution once for each place.",
        ),
        c=(
            "It cannot be said without measuring the peak",
            "The peak says how long the arithmetic has to take. Here a share is asked for, and it is given.",
        ),
        d=(
            "It gets 2 % shorter at most",
            "If time goes with multiply-adds, 2 % is the most that can be gained here.",
        ),
    ),
    Question(
        "With batches of 512 instead of 64 an epoch takes 10 % less time. After it, the accuracy is worse. Why?",
        right="b",
        a=(
            "Larger batches compute less exactly",
            "They compute the slope of the mean loss more exactly, from more images.",
        ),
        b=(
            "There are an eighth as many steps in it",
            "That is it: an epoch is a count of images, and what moves the weights is a step.",
        ),
        c=(
            "The network sees fewer images",
            "It sees each image once, as before.",
        ),
        d=(
            "The images are not shuffled any more",
            "They are shuffled just as before.",
        ),
    ),
    Question(
        "Why do the weights stay in float32 when layers compute in bfloat16?",
        right="a",
        a=(
            "A small step, added to a large weight, would be rounded away",
            "With eight binary digits, small steps added to a large weight vanish, as 256 + 1 does.",
        ),
        b=(
            "bfloat16 cannot hold numbers as small as weights are",
            "It has float32's exponent: it holds numbers as small, and as large. What it lacks is digits.",
        ),
        c=(
            "Weights must be stored exactly, so that a network can be saved",
            "Float32 is not exact either, and a network can be saved in any type.",
        ),
        d=(
            "They take no memory to speak of",
            "True here, and no reason: for large networks, they do.",
        ),
    ),
    Question(
        "A colleague trains a tiny network on a large machine and reaches 1 % of its peak. What helps most?",
        right="c",
        a=(
            "A number type with which the peak is higher",
            "The arithmetic takes 1 % of the time. A faster one can save no more than that.",
        ),
        b=(
            "A network with fewer multiply-adds",
            "The arithmetic takes 1 % of the time; the rest is what comes with each step.",
        ),
        c=(
            "More steps in each call, and larger batches",
            "Where arithmetic is next to nothing, what is paid for each call and each operation is next to all.",
        ),
        d=(
            "A machine with a higher peak",
            "It would reach half a percent of that one.",
        ),
    ),
    Question(
        "Someone reports a training that takes three seconds, and an accuracy on the test images. What do you ask "
        "first?",
        right="d",
        a=(
            "Which programming language it is written in",
            "The arithmetic is done in compiled libraries in any of them.",
        ),
        b=(
            "How many parameters it has",
            "Good to know, and it says little about time and nothing about honesty.",
        ),
        c=(
            "Whether the machine has bfloat16",
            "It explains a factor, perhaps. Something else decides whether the accuracy means anything.",
        ),
        d=(
            "What was chosen by looking at test images, and what the clock leaves out",
            "A recipe tuned on the test set, or a clock that starts after compiling, and three seconds mean nothing.",
        ),
    ),
)
