"""Exercises and quiz of lesson 10, Faster."""

import numpy as np

from course_utils.exercises.engine import function
from course_utils.exercises.quiz import Question, Quiz

LESSON = 10

_original = [(784, 9, 32), (144, 288, 64), (16, 576, 64), (1, 1024, 64), (1, 64, 10)]


def _forward(layers):
    return [n_places * n_read * n_filters for n_places, n_read, n_filters in layers]


def _in_int32(layers):
    return np.array(_forward(layers)).astype("int32").tolist()


@function(
    cases={
        "two layers": ([(4, 9, 2), (1, 8, 3)],),
        "a single layer": ([(5, 9, 2)],),
        "two equal layers": ([(6, 8, 5), (6, 8, 5)],),
        "two layers of equal cost": ([(4, 9, 2), (1, 8, 9)],),
        "the first layer is the largest": ([(100, 25, 8), (9, 72, 4), (1, 36, 10)],),
        "the first layer is the smallest": ([(9, 4, 2), (4, 18, 7), (1, 28, 12)],),
        "three dense layers": ([(1, 784, 32), (1, 32, 16), (1, 16, 10)],),
        "the original network": (_original,),
        "twelve layers": ([(12, 9, 4)] + 8 * [(12, 36, 4)] + [(3, 36, 4), (1, 12, 11), (1, 11, 3)],),
        "more multiply-adds in one layer than an int32 holds": ([(65_536, 1024, 64), (16, 64, 8)],),
        "the same in a later layer": ([(16, 64, 8), (65_536, 1024, 128)],),
        "more of them in all layers together": (4 * [(8192, 1024, 128)],),
    },
    shows="Nearly three times the forward pass. What is saved is small, because the first layer is.",
    hints=[
        "Start with one layer: `n_filters` filters, each at `n_places` positions, with `n_read` multiply-adds at each.",
        "In the backward pass there are two gradients for each layer: with respect to its weights, and with respect to "
        "its inputs. Each takes as many multiply-adds as the forward pass.",
        "Three times the sum of all layers. Then subtract what nobody needs: the gradient with respect to the pixels.",
    ],
)
def training_cost(layers):
    """The multiply-adds of one training step for one image."""
    forward = _forward(layers)
    return 3 * sum(forward) - forward[0]


training_cost.mistake(
    "That is the forward pass only. The backward pass computes two gradients for each layer.",
    lambda layers: sum(_forward(layers)),
)
training_cost.mistake(
    "The first layer reads pixels, and no step moves a pixel: the gradient with respect to them is not computed.",
    lambda layers: 3 * sum(_forward(layers)),
)
training_cost.mistake(
    "The backward pass has two gradients for each layer: with respect to its weights, and to its inputs.",
    lambda layers: 2 * sum(_forward(layers)),
)
training_cost.mistake(
    "The gradient with respect to the *weights* of the first layer is needed: it is what moves them. Only the one with "
    "respect to its pixels is not.",
    lambda layers: 3 * sum(_forward(layers)) - 2 * _forward(layers)[0],
)
training_cost.mistake(
    "That leaves out the first layer altogether. It takes part in the forward pass, and it learns.",
    lambda layers: 3 * sum(_forward(layers)[1:]),
)
training_cost.mistake(
    "That is twice as much: a multiplication and the addition that goes with it are *one* multiply-add.",
    lambda layers: 2 * training_cost.answer(layers),
)
training_cost.mistake(
    "An int32 ends at 2,147,483,647, and then starts again at the other end. Add up Python's own numbers.",
    lambda layers: np.array(training_cost.answer(layers)).astype("int32"),
)
training_cost.mistake(
    "An int32 ends at 2,147,483,647, and then starts again at the other end. Add up Python's own numbers.",
    lambda layers: 3 * sum(_in_int32(layers)) - _in_int32(layers)[0],
)
training_cost.mistake(
    "The first two layers are spared something there. Only the first one reads pixels, and its number is 0.",
    lambda layers: training_cost.answer(layers) - sum(_forward(layers)[1:2]),
)
training_cost.mistake(
    "All convolutions are spared something there. Only the first layer reads pixels, whatever its kind.",
    lambda layers: sum((2 if row[0] > 1 else 3) * cost for row, cost in zip(layers, _forward(layers), strict=True)),
)
training_cost.mistake(
    "Layers that are equal to the first one are spared, too. Only the first one reads pixels, whatever its row is.",
    lambda layers: sum((2 if layer == layers[0] else 3) * np.prod(layer) for layer in layers),
)
training_cost.mistake(
    "Layers that cost as much as the first one are spared, too. Only the first one reads pixels.",
    lambda layers: sum((2 if cost == _forward(layers)[0] else 3) * cost for cost in _forward(layers)),
)
training_cost.mistake(
    "The first layer is spared something, not the last: the backward pass ends at the pixels.",
    lambda layers: 3 * sum(_forward(layers)) - _forward(layers)[-1],
)
training_cost.mistake(
    "Layers that cost the same count only once, as in a set or a dictionary. Each of them is computed.",
    lambda layers: 3 * sum(set(_forward(layers))) - _forward(layers)[0],
)
for choose, extreme in ((max, "largest"), (min, "smallest")):
    training_cost.mistake(
        f"The {extreme} layer is spared something there. It is the first one, whatever its size.",
        lambda layers, choose=choose: 3 * sum(_forward(layers)) - choose(_forward(layers)),
    )
training_cost.mistake(
    "That is the backward pass only. The forward pass comes first.",
    lambda layers: 2 * sum(_forward(layers)) - _forward(layers)[0],
)
training_cost.mistake(
    "That counts each weight once. A filter is used again at each of its positions.",
    lambda layers: 3 * sum(r * f for _, r, f in layers) - layers[0][1] * layers[0][2],
)
training_cost.mistake(
    "That is one filter in each layer. There are `n_filters` of them.",
    lambda layers: 3 * sum(p * r for p, r, _ in layers) - layers[0][0] * layers[0][1],
)
training_cost.mistake(
    "Those are the outputs of the layers. Each of them takes `n_read` multiply-adds.",
    lambda layers: 3 * sum(p * f for p, _, f in layers) - layers[0][0] * layers[0][2],
)
training_cost.mistake(
    "Biases are counted there. They are added, not multiplied: a filter takes `n_read` multiply-adds at each position.",
    lambda layers: training_cost.answer([(p, r + 1, f) for p, r, f in layers]),
)


@function(
    cases={
        "half of it twice as fast": ([5.0, 5.0], [2.0, 1.0]),
        "whole numbers, three parts": ([6, 2, 5], [3, 1, 4]),
        "a small part a thousand times as fast": ([9.0, 1.0], [1.0, 1000.0]),
        "everything alike": ([3.0, 1.0, 2.0], [4.0, 4.0, 4.0]),
        "nothing changes": ([3.0, 1.0], [1.0, 1.0]),
        "one part gets slower": ([6.0, 2.0, 1.0], [3.0, 0.5, 1.0]),
        "altogether slower": ([3.0, 4.0], [2.0, 0.25]),
        "a single part": ([2.5], [10.0]),
        "a part that takes no time": ([4.0, 0.0, 3.0], [2.0, 8.0, 1.0]),
        "arithmetic, elementwise work, waiting": ([8.0, 6.0, 4.0], [5.0, 3.0, 40.0]),
        "twelve parts": ([2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5], [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]),
        "millionths of a second": ([4e-6, 7e-6], [3.0, 1.5]),
        "hours, and a large speedup": ([40_000.0, 3.0], [5000.0, 1.0]),
    },
    shows="That is Amdahl's law, of 1967: what you leave alone sets the limit, however fast the rest becomes.",
    hints=[
        "A speedup is the ratio of two times: how long it took, and how long it takes now.",
        "A part that took 6 seconds and becomes 3 times as fast takes 2. Work out each part's new time.",
        "The sum of all old times, divided by the sum of all new times.",
    ],
)
def whole_speedup(seconds, speedups):
    """The speedup of the whole, from the seconds and the speedup of each part."""
    return sum(seconds) / sum(before / faster for before, faster in zip(seconds, speedups, strict=True))


whole_speedup.mistake(
    "That is the mean of the speedups. A part that takes little time cannot bring much.",
    lambda seconds, speedups: float(np.mean(speedups)),
)
whole_speedup.mistake(
    "That weights each speedup by its part's time. Speedups can't be averaged; times can be added.",
    lambda seconds, speedups: float(np.dot(seconds, speedups) / np.sum(seconds)),
)
whole_speedup.mistake(
    "The parts run one after the other: their speedups don't multiply.",
    lambda seconds, speedups: float(np.prod(speedups)),
)
whole_speedup.mistake(
    "That is upside down: it is how much of the time is left.",
    lambda seconds, speedups: float(np.sum(np.divide(seconds, speedups)) / np.sum(seconds)),
)
whole_speedup.mistake(
    "That is the share of the time that is saved. Return the old time divided by the new one.",
    lambda seconds, speedups: 1 - float(np.sum(np.divide(seconds, speedups)) / np.sum(seconds)),
)
whole_speedup.mistake(
    "That would be right if all parts took equally long. Each counts with its own seconds.",
    lambda seconds, speedups: float(len(speedups) / np.sum(np.divide(1, speedups))),
)
whole_speedup.mistake(
    "Those are the seconds that it takes now. Return how many times as fast it is.",
    lambda seconds, speedups: float(np.sum(np.divide(seconds, speedups))),
)
whole_speedup.mistake(
    "Those are the seconds that are saved. Return how many times as fast the whole is.",
    lambda seconds, speedups: float(np.sum(seconds) - np.sum(np.divide(seconds, speedups))),
)
whole_speedup.mistake(
    "The largest speedup holds for its own part only.",
    lambda seconds, speedups: float(np.max(speedups)),
)
whole_speedup.mistake(
    "That is the speedup of the longest part. The others are still there.",
    lambda seconds, speedups: float(speedups[int(np.argmax(seconds))]),
)
whole_speedup.mistake(
    "The new times are cut to whole seconds, as `//` does. Divide with `/`.",
    lambda seconds, speedups: (
        sum(seconds) / sum(before // faster for before, faster in zip(seconds, speedups, strict=True))
    ),
)
whole_speedup.mistake(
    "A part that becomes slower counts as unchanged here. Its new time is longer, and counts as it is.",
    lambda seconds, speedups: whole_speedup.answer(seconds, np.maximum(speedups, 1)),
)
whole_speedup.mistake(
    "That is how much of the time is gained, compared with the new time: the speedup less 1.",
    lambda seconds, speedups: whole_speedup.answer(seconds, speedups) - 1,
)


@whole_speedup.mistake(
    "The parts that don't change are left out. They take their time before and after, and that sets the limit."
)
def _changed_parts(seconds, speedups):
    changed = [pair for pair in zip(seconds, speedups, strict=True) if pair[1] != 1]
    return whole_speedup.answer(*zip(*changed, strict=True)) if changed else 1.0


whole_speedup.mistake(
    "Only the first two parts count here. A step may have any number of parts.",
    lambda seconds, speedups: whole_speedup.answer(seconds[:2], speedups[:2]),
)
whole_speedup.mistake(
    "A part that becomes 3 times as fast takes a third of its time. Yours takes three times as long.",
    lambda seconds, speedups: float(np.sum(seconds) / np.dot(seconds, speedups)),
)


def _cycle(step, n_steps, peak, warmup, start=1 / 25):
    return float(np.interp(step, [0, warmup * n_steps, n_steps], [start * peak, peak, 0]))


def _falling_on(step, n_steps, peak, warmup):
    if step <= n_steps:
        return _cycle(step, n_steps, peak, warmup)
    return peak * (n_steps - step) / (n_steps - warmup * n_steps)


def _fall(step, n_steps, peak, warmup, shape):
    top = warmup * n_steps
    return peak * shape(min(1, (step - top) / (n_steps - top)))


@function(
    cases={
        "the start": (0, 100, 0.5, 0.25),
        "halfway up": (10, 80, 0.5, 0.25),
        "the peak": (25, 100, 0.4, 0.25),
        "halfway down": (60, 100, 0.4, 0.2),
        "just before the end": (18, 19, 0.5, 0.25),
        "the end": (100, 100, 0.5, 0.25),
        "just after the end": (101, 100, 0.5, 0.25),
        "long after the end": (13_000, 100, 0.5, 0.25),
        "a long way up": (45, 60, 2.0, 0.9),
        "the first step of a long way up": (1, 12, 2.0, 0.9),
        "a peak between two steps": (3, 7, 2.0, 0.5),
        "just after such a peak": (4, 7, 2.0, 0.5),
        "a peak before the first step": (1, 8, 2.0, 0.1),
        "a peak after the last step but one": (9, 10, 2.0, 0.96),
        "a single step": (0, 1, 2.0, 0.25),
        "the end of a single step": (1, 1, 2.0, 0.25),
        "100,000 steps": (12_345, 100_000, 3.0, 0.3),
        "a peak that is a whole number": (2, 9, 30, 0.5),
    },
    errors={
        "ZeroDivisionError": "The peak may lie anywhere between the first step and the end, even before step 1, and "
        "there may be a single step."
    },
    shows="`training.OneCycle` computes the same.",
    hints=[
        "Two straight lines that meet at the step `warmup * n_steps`. Which one are you on?",
        "On the way up, the share `step / (warmup * n_steps)` of the rise from `peak / 25` to `peak` is done. On the "
        "way down, the share `(n_steps - step) / (n_steps - warmup * n_steps)` of the peak is left.",
        "The smaller of the two lines is the right one everywhere, and after the end the rate is 0, not negative.",
    ],
)
def one_cycle(step, n_steps, peak, warmup):
    """The learning rate of a step: linearly up from peak / 25, then linearly down to 0."""
    return _cycle(step, n_steps, peak, warmup)


one_cycle.mistake(
    "After the end, the line goes on below 0. A negative rate climbs the loss: it should stay at 0.",
    lambda step, n_steps, peak, warmup: _falling_on(step, n_steps, peak, warmup),
)
one_cycle.mistake(
    "The line of the way up comes from 0. It should come from `peak / 25`, the rate of step 0.",
    lambda step, n_steps, peak, warmup: _cycle(step, n_steps, peak, warmup, start=0),
)
one_cycle.mistake(
    "`warmup` is a share of the steps: the peak is at `warmup * n_steps`.",
    lambda step, n_steps, peak, warmup: float(np.interp(step, [0, warmup, n_steps], [peak / 25, peak, 0])),
)
one_cycle.mistake(
    "The way down ends at `peak / 25` here. It should end at 0.",
    lambda step, n_steps, peak, warmup: float(
        np.interp(step, [0, warmup * n_steps, n_steps], [peak / 25, peak, peak / 25])
    ),
)
one_cycle.mistake(
    "The way down takes `n_steps` steps there. It starts at the peak, so only the rest of the steps is left for it.",
    lambda step, n_steps, peak, warmup: (
        _cycle(step, n_steps, peak, warmup)
        if step <= warmup * n_steps
        else float(np.interp(step, [warmup * n_steps, (1 + warmup) * n_steps], [peak, 0]))
    ),
)
one_cycle.mistake(
    "The rate stays at its peak after the way up. It should fall to 0.",
    lambda step, n_steps, peak, warmup: float(np.interp(step, [0, warmup * n_steps], [peak / 25, peak])),
)
one_cycle.mistake(
    "On the way up, the whole peak is added to the start, so the rate goes beyond the peak.",
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
    "The way up is right. The way down is aimed at step 0: it should start from `peak` at step `warmup * n_steps`.",
    lambda step, n_steps, peak, warmup: (
        _cycle(step, n_steps, peak, warmup) if step <= warmup * n_steps else max(peak * (n_steps - step) / n_steps, 0)
    ),
)
one_cycle.mistake(
    "The way up is right. The way down is aimed at step 0: it should start from `peak` at step `warmup * n_steps`.",
    lambda step, n_steps, peak, warmup: max(
        min(
            peak / 25 + (peak - peak / 25) * step / (warmup * n_steps),
            peak * (n_steps - step) / n_steps,
        ),
        0,
    ),
)
one_cycle.mistake(
    "The way up is right. The way down starts from `peak / 25`: it should start from `peak`.",
    lambda step, n_steps, peak, warmup: (
        _cycle(step, n_steps, peak, warmup)
        if step <= warmup * n_steps
        else max(peak / 25 * (n_steps - step) / (n_steps - warmup * n_steps), 0)
    ),
)
one_cycle.mistake(
    "There is no way up: the rate starts at its peak.",
    lambda step, n_steps, peak, warmup: max(peak * (n_steps - step) / n_steps, 0),
)
for whole in (int, round, np.ceil):
    one_cycle.mistake(
        "The step of the peak is made a whole number. It may lie between two steps.",
        lambda step, n_steps, peak, warmup, whole=whole: float(
            np.interp(step, [0, whole(warmup * n_steps), n_steps], [peak / 25, peak, 0])
        ),
    )
one_cycle.mistake(
    "The last step is taken to be `n_steps - 1` here. The rate comes down to 0 at step `n_steps`, and the share of the "
    "way up is one of `n_steps`.",
    lambda step, n_steps, peak, warmup: _cycle(step, n_steps - 1, peak, warmup),
)
one_cycle.mistake(
    "Everything comes one step too early: the first step is step 0, and its rate is `peak / 25`.",
    lambda step, n_steps, peak, warmup: _cycle(step + 1, n_steps, peak, warmup),
)
one_cycle.mistake(
    "Both ways are bent, as half a wave is. They should be straight lines.",
    lambda step, n_steps, peak, warmup: (
        peak / 25 + (peak - peak / 25) * (1 - np.cos(np.pi * step / (warmup * n_steps))) / 2
        if step <= warmup * n_steps
        else _fall(step, n_steps, peak, warmup, lambda done: (1 + np.cos(np.pi * done)) / 2)
    ),
)
one_cycle.mistake(
    "The way up is right. The way down is bent, as half a wave is. It should be a straight line.",
    lambda step, n_steps, peak, warmup: (
        _cycle(step, n_steps, peak, warmup)
        if step <= warmup * n_steps
        else _fall(step, n_steps, peak, warmup, lambda done: (1 + np.cos(np.pi * done)) / 2)
    ),
)
one_cycle.mistake(
    "After the end, the rate is 0 only at step `n_steps`, and later the line comes up again. It should stay at 0.",
    lambda step, n_steps, peak, warmup: abs(_falling_on(step, n_steps, peak, warmup)),
)
for is_after in (np.greater, np.greater_equal):
    one_cycle.mistake(
        "After the end, the rate stays at `peak / 25` or starts over. It should stay at 0.",
        lambda step, n_steps, peak, warmup, is_after=is_after: (
            peak / 25 if is_after(step, n_steps) else _cycle(step, n_steps, peak, warmup)
        ),
    )
one_cycle.mistake(
    "After the end, the rate stays at `peak / 25` or starts over. It should stay at 0.",
    lambda step, n_steps, peak, warmup: _cycle(step % n_steps if step > n_steps else step, n_steps, peak, warmup),
)


quiz = Quiz(
    Question(
        "A layer has half of all parameters and 2% of the multiply-adds. Suppose that the time of a step depends on "
        "its multiply-adds alone. You replace this layer by one that takes no time. What happens to the training time?",
        right="d",
        a=(
            "It is halved",
            "Parameters fill the file. The time, as supposed, depends on how often each is used.",
        ),
        b=(
            "It gets a quarter shorter, since training needs each parameter twice",
            "How often a parameter is used depends on its layer: in a convolution, once at each position.",
        ),
        c=(
            "Nobody can say without measuring the peak",
            "The peak says how long the arithmetic takes. Here only a share is asked for, and it is given.",
        ),
        d=(
            "It gets 2% shorter",
            "Under that premise, yes. In truth, the optimizer moves every parameter, so the layer takes more than 2%.",
        ),
    ),
    Question(
        "With batches of 512 instead of 64, and the same learning rate, an epoch takes 10% less time. After it, the "
        "accuracy is worse. Why?",
        right="b",
        a=(
            "Larger batches compute less exactly",
            "They compute the gradient of the mean loss more exactly, from more images.",
        ),
        b=(
            "It has an eighth as many steps",
            "Yes: an epoch counts images, and steps move the weights.",
        ),
        c=(
            "The network sees fewer images",
            "It sees each image once, as before.",
        ),
        d=(
            "The images are no longer shuffled",
            "They are shuffled just as before.",
        ),
    ),
    Question(
        "Why do the weights stay in float32 when layers compute in bfloat16?",
        right="a",
        a=(
            "A small step, added to a large weight, would be rounded away",
            "Yes: with eight binary digits, small steps vanish in a large weight, as the 1 did in 256 + 1.",
        ),
        b=(
            "bfloat16 can't hold numbers as small as weights are",
            "It has float32's exponent, so it holds numbers as small, and as large. What it lacks is digits.",
        ),
        c=(
            "Weights must be stored exactly, so that a network can be saved",
            "float32 is not exact either, and a network can be saved in any type.",
        ),
        d=(
            "They take hardly any memory",
            "True here, but that is no reason: in large networks they take a lot.",
        ),
    ),
    Question(
        "A colleague trains a tiny network on a large machine and reaches 1% of its peak. What helps most?",
        right="c",
        a=(
            "A number type with a higher peak",
            "The arithmetic takes 1% of the time. Faster arithmetic can't save more than that.",
        ),
        b=(
            "A network with fewer multiply-adds",
            "The arithmetic takes 1% of the time; the rest comes with each step.",
        ),
        c=(
            "More steps per call, and larger batches",
            "Yes: where there is next to no arithmetic, nearly all the time is the cost of calls and operations.",
        ),
        d=(
            "A machine with a higher peak",
            "The arithmetic takes 1% of the time. On that machine, the share of the peak would be even smaller.",
        ),
    ),
    Question(
        "Someone reports that a training run takes three seconds, and its accuracy on the test images. What do you ask "
        "first?",
        right="d",
        a=(
            "Which programming language it is written in",
            "In any of them, compiled libraries do the arithmetic.",
        ),
        b=(
            "How many parameters the network has",
            "Good to know, but it says little about time and nothing about honesty.",
        ),
        c=(
            "Whether the machine has bfloat16",
            "That may explain a factor. Something else decides whether the accuracy means anything.",
        ),
        d=(
            "What was chosen by looking at test images, and what the clock leaves out",
            "Yes: if the recipe was tuned on the test set, or the clock started late, the report is worthless.",
        ),
    ),
)
