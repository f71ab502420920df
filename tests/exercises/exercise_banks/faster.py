"""Answers to the exercises of lesson 10."""

import numpy as np

from exercise_banks import Bank

training_cost = Bank()


@training_cost.right
def layer_by_layer(layers):
    total = 0
    for number, (n_places, n_read, n_filters) in enumerate(layers):
        forward = n_places * n_read * n_filters
        total += forward  # forward
        total += forward  # gradient with respect to the weights
        if number > 0:
            total += forward  # gradient with respect to its inputs
    return total


@training_cost.right
def with_an_array(layers):
    forward = np.prod(layers, axis=1)
    return forward.sum() * 2 + forward[1:].sum()


@training_cost.right
def first_apart(layers):
    first, *rest = [a * b * c for a, b, c in layers]
    return 2 * first + 3 * sum(rest)


@training_cost.right
def cost_by_recursion(layers, gradients=2):
    if not layers:
        return 0
    n_places, n_read, n_filters = layers[0]
    return gradients * n_places * n_read * n_filters + cost_by_recursion(layers[1:], 3)


@training_cost.right
def with_einsum(layers):
    table = np.array(layers)
    times = np.where(np.arange(len(table)) == 0, 2, 3)
    return np.einsum("i,i,i,i->", times, *table.T)


@training_cost.right
def backward_walk(layers):
    from functools import reduce
    from operator import mul

    total = 0
    for row in reversed(layers):
        product = reduce(mul, row)
        total = total + product + product + product
    return total - product


@training_cost.right
def cost_with_tensorflow(layers):
    import tensorflow as tf

    forward = tf.reduce_prod(tf.constant(layers, dtype="int64"), axis=1)
    return tf.reduce_sum(forward) * 3 - forward[0]


@training_cost.right
def with_keras_in_floats(layers):
    import keras

    forward = keras.ops.prod(keras.ops.cast(layers, "float32"), axis=1)
    return 3 * keras.ops.sum(forward) - forward[0]


@training_cost.right
def with_a_named_tuple(layers):
    from collections import namedtuple

    Layer = namedtuple("Layer", "n_places n_read n_filters n_passes")
    rows = [Layer(*row, n_passes=3 if number else 2) for number, row in enumerate(layers)]
    return sum(row.n_passes * row.n_filters * row.n_places * row.n_read for row in rows)


@training_cost.wrong("twice as much")
def multiplications_and_additions(layers):
    forward = [p * r * f for p, r, f in layers]
    return 2 * (3 * sum(forward) - forward[0])


@training_cost.wrong("An int32 ends")
def with_small_integers(layers):
    forward = np.prod(np.array(layers, dtype="int32"), axis=1, dtype="int32")
    return 3 * forward.sum(dtype="int32") - forward[0]


@training_cost.wrong("An int32 ends")
def layers_in_int32(layers):
    places, read, filters = np.array(layers, dtype="int32").T
    forward = places * read * filters
    return 3 * sum(forward.tolist()) - int(forward[0])


@training_cost.wrong("first two layers are spared")
def layers_counted_from_1(layers):
    return sum((3 if number > 1 else 2) * p * r * f for number, (p, r, f) in enumerate(layers))


@training_cost.wrong("All convolutions are spared")
def spares_convolutions(layers):
    return sum((2 if p > 1 else 3) * p * r * f for p, r, f in layers)


@training_cost.wrong("equal to the first one")
def equal_rows(layers):
    return sum((2 if row == layers[0] else 3) * np.prod(row) for row in layers)


@training_cost.wrong("cost as much as the first one")
def equal_products(layers):
    forward = [p * r * f for p, r, f in layers]
    return sum(n * (2 if n == forward[0] else 3) for n in forward)


@training_cost.wrong("equal to the first one")
def by_index(layers):
    return sum((2 if layers.index(row) == 0 else 3) * row[0] * row[1] * row[2] for row in layers)


@training_cost.wrong("largest layer is spared")
def spares_the_largest(layers):
    forward = sorted(p * r * f for p, r, f in layers)
    return 3 * sum(forward) - forward[-1]


@training_cost.wrong("smallest layer is spared")
def spares_the_smallest(layers):
    forward = sorted(p * r * f for p, r, f in layers)
    return 3 * sum(forward) - forward[0]


@training_cost.wrong("count only once")
def no_layer_twice(layers):
    forward = [p * r * f for p, r, f in layers]
    return 3 * sum(set(forward)) - forward[0]


@training_cost.wrong("not the right number|as after a usual mistake")
def two_layers_only(layers):
    a, b = ([p * r * f for p, r, f in layers] + [0])[:2]
    return 2 * a + 3 * b


@training_cost.wrong("An index goes past the end")
def needs_a_second_layer(layers):
    forward = [p * r * f for p, r, f in layers]
    return 2 * forward[0] + 3 * sum(forward[1:-1]) + 3 * forward[1:][-1]


@training_cost.wrong("not the right number|as after a usual mistake")
def dense_layers_apart(layers):
    return sum((1 if p == 1 else 3) * p * r * f for p, r, f in layers) - np.prod(layers[0])


@training_cost.wrong("not the right number")
def in_millions(layers):
    forward = [p * r * f for p, r, f in layers]
    return round((3 * sum(forward) - forward[0]) / 1e6, 1) * 1e6


@training_cost.wrong("forward pass only")
def forward_only(layers):
    return sum(p * r * f for p, r, f in layers)


@training_cost.wrong("no step moves a pixel")
def three_times(layers):
    return 3 * sum(p * r * f for p, r, f in layers)


@training_cost.wrong("has two gradients for each layer")
def twice(layers):
    return 2 * sum(p * r * f for p, r, f in layers)


@training_cost.wrong("is what moves them")
def first_only_forward(layers):
    forward = [p * r * f for p, r, f in layers]
    return forward[0] + 3 * sum(forward[1:])


@training_cost.wrong("leaves out the first layer")
def without_the_first(layers):
    return 3 * sum(p * r * f for p, r, f in layers[1:])


@training_cost.wrong("not the last")
def spares_the_last(layers):
    forward = [p * r * f for p, r, f in layers]
    return 3 * sum(forward[:-1]) + 2 * forward[-1]


@training_cost.wrong("backward pass only")
def back_only(layers):
    forward = [p * r * f for p, r, f in layers]
    return 2 * sum(forward) - forward[0]


@training_cost.wrong("counts each weight once")
def parameters(layers):
    weights = [r * f for _, r, f in layers]
    return 3 * sum(weights) - weights[0]


@training_cost.wrong("one filter in each layer")
def one_filter(layers):
    each = [p * r for p, r, _ in layers]
    return 3 * sum(each) - each[0]


@training_cost.wrong("outputs of the layers")
def numbers_made(layers):
    each = [p * f for p, _, f in layers]
    return 3 * sum(each) - each[0]


@training_cost.wrong("Biases are counted there")
def with_biases(layers):
    forward = [p * (r + 1) * f for p, r, f in layers]
    return 3 * sum(forward) - forward[0]


@training_cost.wrong("must be a single number")
def a_list(layers):
    forward = [p * r * f for p, r, f in layers]
    return [2 * forward[0], *(3 * n for n in forward[1:])]


@training_cost.wrong("end with `return`")
def prints(layers):
    forward = [p * r * f for p, r, f in layers]
    print(3 * sum(forward) - forward[0])


for right, mutants in {
    "forward = [n_places * n_read * n_filters for n_places, n_read, n_filters in layers]": [
        "forward = [n_places * n_read * n_filters for n_read, n_places, n_filters in layers]",
        "forward = [n_places * n_read * n_filters for n_places, n_filters, n_read in layers]",
    ],
    "for number, (n_places, n_read, n_filters) in enumerate(layers):": [
        "for number, (n_read, n_places, n_filters) in enumerate(layers):",
        "for number, (n_places, n_filters, n_read) in enumerate(layers):",
    ],
    "n_places, n_read, n_filters = layers[0]": [
        "n_read, n_places, n_filters = layers[0]",
        "n_places, n_filters, n_read = layers[0]",
    ],
    "return np.einsum('i,i,i,i->', times, *table.T)": ["return np.einsum('i,i,i,i->', *table.T, times)"],
    "first, *rest = [a * b * c for a, b, c in layers]": [
        "first, *rest = [a * b * c for b, a, c in layers]",
        "first, *rest = [a * b * c for a, c, b in layers]",
    ],
}.items():
    for mutant in mutants:
        training_cost.equivalent(f"{right}  ->  {mutant}", "a product does not depend on the order of its factors")

whole_speedup = Bank()


@whole_speedup.right
def with_arrays(seconds, speedups):
    before = np.array(seconds)
    return before.sum() / (before / np.array(speedups)).sum()


@whole_speedup.right
def in_a_loop(seconds, speedups):
    before = after = 0
    for number in range(len(seconds)):
        before += seconds[number]
        after += seconds[number] / speedups[number]
    return before / after


@whole_speedup.right
def by_shares(seconds, speedups):
    shares = [second / sum(seconds) for second in seconds]
    return 1 / sum(share / faster for share, faster in zip(shares, speedups, strict=True))


@whole_speedup.right
def with_reduce(seconds, speedups):
    from functools import reduce

    return sum(seconds) / reduce(lambda total, pair: total + pair[0] / pair[1], zip(seconds, speedups, strict=True), 0)


@whole_speedup.right
def speedup_in_float32(seconds, speedups):
    before, faster = np.float32(seconds), np.float32(speedups)
    return before.sum() / (before @ (1 / faster))


@whole_speedup.right
def speedup_with_tensorflow(seconds, speedups):
    import tensorflow as tf

    before, faster = tf.cast(seconds, "float32"), tf.cast(speedups, "float32")
    return tf.reduce_sum(before) / tf.reduce_sum(before / faster)


@whole_speedup.right
def with_fractions(seconds, speedups):
    from fractions import Fraction

    after = sum(map(lambda s, f: Fraction(s) / Fraction(f), seconds, speedups))
    return float(sum(map(Fraction, seconds)) / after)


@whole_speedup.right
def by_recursion(seconds, speedups, before=0, after=0):
    if len(seconds) == 0:
        return before / after
    (first, *seconds), (faster, *speedups) = seconds, speedups
    return by_recursion(seconds, speedups, before + first, after + first / faster)


@whole_speedup.right
def by_what_is_saved(seconds, speedups):
    whole = sum(seconds)
    saved = sum(seconds[i] * (1 - 1 / speedups[i]) for i in range(len(seconds)))
    return whole / (whole - saved)


@whole_speedup.right
def harmonic(seconds, speedups):
    return 1 / np.average(1 / np.array(speedups), weights=seconds)


@whole_speedup.wrong("cut to whole seconds")
def whole_seconds(seconds, speedups):
    return sum(seconds) / sum(s // f for s, f in zip(seconds, speedups, strict=True))


@whole_speedup.wrong("becomes slower counts as unchanged")
def never_slower(seconds, speedups):
    return sum(seconds) / sum(s / max(f, 1) for s, f in zip(seconds, speedups, strict=True))


@whole_speedup.wrong("compared with the new time")
def gained(seconds, speedups):
    after = sum(s / f for s, f in zip(seconds, speedups, strict=True))
    return (sum(seconds) - after) / after


@whole_speedup.wrong("Only the first two parts")
def two_parts(seconds, speedups):
    before, after = 0, 0
    for s, f in list(zip(seconds, speedups, strict=True))[:2]:
        before, after = before + s, after + s / f
    return before / after


@whole_speedup.wrong("not the right number")
def rounded(seconds, speedups):
    return round(sum(seconds) / sum(s / f for s, f in zip(seconds, speedups, strict=True)), 2)


@whole_speedup.wrong("rounded|not the right number")
def whole_number(seconds, speedups):
    return int(sum(seconds) / sum(s / f for s, f in zip(seconds, speedups, strict=True)))


@whole_speedup.wrong("not the right number|as after a usual mistake")
def at_most_ten(seconds, speedups):
    return min(10.0, sum(seconds) / sum(s / f for s, f in zip(seconds, speedups, strict=True)))


@whole_speedup.wrong("not the right number")
def with_a_small_number(seconds, speedups):
    return sum(seconds) / (sum(s / f for s, f in zip(seconds, speedups, strict=True)) + 1e-7)


@whole_speedup.wrong("divides by zero|NaN|Here|not the right number")
def by_rates(seconds, speedups):
    rates = [f / s for s, f in zip(seconds, speedups, strict=True)]
    return sum(seconds) / sum(1 / rate for rate in rates)


@whole_speedup.wrong("not the right number|as after a usual mistake")
def one_part_after_another(seconds, speedups):
    whole = 1.0
    for s, f in zip(seconds, speedups, strict=True):
        share = s / sum(seconds)
        whole *= 1 / (1 - share + share / f)
    return whole


@whole_speedup.wrong("not the right number|as after a usual mistake|for its own part|longest part")
def only_the_fastest(seconds, speedups):
    best = speedups.index(max(speedups))
    return sum(seconds) / (sum(seconds) - seconds[best] + seconds[best] / speedups[best])


@whole_speedup.wrong("are left out")
def parts_that_change(seconds, speedups):
    changed = [(s, f) for s, f in zip(seconds, speedups, strict=True) if f != 1] or [(1, 1)]
    return sum(s for s, _ in changed) / sum(s / f for s, f in changed)


@whole_speedup.wrong("mean of the speedups")
def mean(seconds, speedups):
    return sum(speedups) / len(speedups)


@whole_speedup.wrong("weights each speedup")
def weighted(seconds, speedups):
    return sum(s * f for s, f in zip(seconds, speedups, strict=True)) / sum(seconds)


@whole_speedup.wrong("don't multiply")
def product(seconds, speedups):
    return np.prod(speedups)


@whole_speedup.wrong("upside down")
def what_is_left(seconds, speedups):
    return sum(s / f for s, f in zip(seconds, speedups, strict=True)) / sum(seconds)


@whole_speedup.wrong("share of the time that is saved")
def share_saved(seconds, speedups):
    return (sum(seconds) - sum(s / f for s, f in zip(seconds, speedups, strict=True))) / sum(seconds)


@whole_speedup.wrong("if all parts took equally long")
def harmonic_mean(seconds, speedups):
    return len(speedups) / sum(1 / f for f in speedups)


@whole_speedup.wrong("seconds that it takes now")
def now(seconds, speedups):
    return sum(s / f for s, f in zip(seconds, speedups, strict=True))


@whole_speedup.wrong("seconds that are saved")
def saved(seconds, speedups):
    return sum(seconds) - sum(s / f for s, f in zip(seconds, speedups, strict=True))


@whole_speedup.wrong("for its own part only")
def largest(seconds, speedups):
    return max(speedups)


@whole_speedup.wrong("longest part|for its own part")
def of_the_longest(seconds, speedups):
    return speedups[list(seconds).index(max(seconds))]


@whole_speedup.wrong("a third of its time")
def times_for_divided(seconds, speedups):
    return sum(seconds) / sum(s * f for s, f in zip(seconds, speedups, strict=True))


@whole_speedup.wrong("must be a single number")
def part_by_part(seconds, speedups):
    return [s / f for s, f in zip(seconds, speedups, strict=True)]


whole_speedup.equivalent(
    "return before.sum() / (before @ (1 / faster))  ->  return before.sum() / (1 / faster @ before)",
    "a dot product has no order",
)

one_cycle = Bank()


@one_cycle.right
def with_interp(step, n_steps, peak, warmup):
    return np.interp(step, [0, warmup * n_steps, n_steps], [peak / 25, peak, 0])


@one_cycle.right
def with_if(step, n_steps, peak, warmup):
    top = warmup * n_steps
    if step <= top:
        return peak / 25 + (peak - peak / 25) * step / top
    if step < n_steps:
        return peak * (n_steps - step) / (n_steps - top)
    return 0


@one_cycle.right
def by_shares_of_the_way(step, n_steps, peak, warmup):
    done = step / n_steps
    if done >= 1:
        return 0.0
    return peak * (0.04 + 0.96 * done / warmup) if done < warmup else peak * (1 - done) / (1 - warmup)


@one_cycle.right
def in_float32(step, n_steps, peak, warmup):
    share = np.float32(step / n_steps)
    return np.float32(peak) * np.interp(share, np.float32([0, warmup, 1]), np.float32([0.04, 1, 0])).astype("float32")


@one_cycle.right
def with_tensorflow(step, n_steps, peak, warmup):
    import tensorflow as tf

    top = warmup * n_steps
    up = tf.constant(peak / 25 + (peak - peak / 25) * step / top)
    return tf.nn.relu(tf.reduce_min([up, peak * (n_steps - step) / (n_steps - top)]))


@one_cycle.right
def with_an_inner_function(step, n_steps, peak, warmup):
    def line(x, x_0, y_0, x_1, y_1):
        return y_0 + (x - x_0) / (x_1 - x_0) * (y_1 - y_0)

    if step >= n_steps:
        return 0
    if step < n_steps * warmup:
        return line(step, 0, peak / 25, n_steps * warmup, peak)
    return line(step, n_steps * warmup, peak, n_steps, 0)


@one_cycle.right
def by_slopes(step, n_steps, peak, warmup):
    top = n_steps * warmup
    rate = peak / 25
    rate += min(step, top) * (peak - peak / 25) / top
    rate -= max(0, min(step, n_steps) - top) * peak / (n_steps - top)
    return rate


@one_cycle.right
def middle_of_three(step, n_steps, peak, warmup):
    top = warmup * n_steps
    return sorted([0, peak / 25 + 24 * peak / 25 * step / top, peak * (n_steps - step) / (n_steps - top)])[1]


@one_cycle.right
def weights_of_three_points(step, n_steps, peak, warmup):
    x = [0, warmup * n_steps, n_steps]
    step = np.clip(step, 0, n_steps)
    right = max(1, int(np.searchsorted(x, step)))
    t = (step - x[right - 1]) / (x[right] - x[right - 1])
    return np.array([1 - t, t]) @ np.array([peak / 25, peak, 0])[right - 1 : right + 1]


@one_cycle.wrong("`n_steps - 1` here")
def one_step_less(step, n_steps, peak, warmup):
    last = n_steps - 1
    return float(np.interp(step, [0, warmup * last, last], [peak / 25, peak, 0]))


@one_cycle.wrong("one step too early")
def counts_from_1(step, n_steps, peak, warmup):
    return np.interp(step + 1, [0, warmup * n_steps, n_steps], [peak / 25, peak, 0])


@one_cycle.wrong("Both ways are bent")
def half_waves(step, n_steps, peak, warmup):
    from math import cos, pi

    top = warmup * n_steps
    if step < top:
        return peak / 25 + (peak - peak / 25) / 2 * (1 - cos(pi * step / top))
    return peak / 2 * (1 + cos(pi * (step - top) / (n_steps - top))) if step < n_steps else 0.0


@one_cycle.wrong("way down is bent")
def half_a_wave_down(step, n_steps, peak, warmup):
    top = warmup * n_steps
    if step < top:
        return peak / 25 + (peak - peak / 25) * step / top
    return peak * (1 + np.cos(np.pi * (step - top) / (n_steps - top))) / 2 if step < n_steps else 0.0


@one_cycle.wrong("comes up again")
def size_of_the_line(step, n_steps, peak, warmup):
    top = warmup * n_steps
    if step <= top:
        return peak / 25 + (peak - peak / 25) * step / top
    return abs(peak * (n_steps - step) / (n_steps - top))


@one_cycle.wrong("or starts over")
def never_below_the_start(step, n_steps, peak, warmup):
    if step > n_steps:
        return peak / 25
    return np.interp(step, [0, warmup * n_steps, n_steps], [peak / 25, peak, 0])


@one_cycle.wrong("not the right number|perhaps not yours")
def two_steps_at_least(step, n_steps, peak, warmup):
    n_steps = max(n_steps, 2)
    return np.interp(step, [0, warmup * n_steps, n_steps], [peak / 25, peak, 0])


@one_cycle.wrong("or starts over")
def the_start_from_the_end_on(step, n_steps, peak, warmup):
    if step >= n_steps:
        return peak / 25
    return np.interp(step, [0, warmup * n_steps, n_steps], [peak / 25, peak, 0])


@one_cycle.wrong("comes from 0")
def at_least_the_start(step, n_steps, peak, warmup):
    rate = np.interp(step, [0, warmup * n_steps, n_steps], [0, peak, 0])
    return max(rate, peak / 25) if step < warmup * n_steps else rate


@one_cycle.wrong("or starts over")
def again_and_again(step, n_steps, peak, warmup):
    step = step - n_steps * ((step - 1) // n_steps) if step else 0
    return np.interp(step, [0, warmup * n_steps, n_steps], [peak / 25, peak, 0])


@one_cycle.wrong("made a whole number|before step 1")
def whole_division(step, n_steps, peak, warmup):
    top = round(warmup * n_steps)
    if step < top:
        return peak / 25 + (peak - peak / 25) * step / top
    return max(0, peak * (n_steps - step) / (n_steps - top))


@one_cycle.wrong("before step 1.*ZeroDivisionError|made a whole number")
def nothing_to_divide_by(step, n_steps, peak, warmup):
    top = int(warmup * n_steps)
    rising = peak / 25 + (peak - peak / 25) * step / top
    return max(0, min(rising, peak * (n_steps - step) / (n_steps - top)))


@one_cycle.wrong("not the right number")
def start_of_a_tenth(step, n_steps, peak, warmup):
    return np.interp(step, [0, warmup * n_steps, n_steps], [peak / 10, peak, 0])


@one_cycle.wrong("not the right number|perhaps not yours")
def whole_start(step, n_steps, peak, warmup):
    return (
        np.interp(step, [0, warmup * n_steps, n_steps], [peak // 25, peak, 0])
        if peak > 2
        else (np.interp(step, [0, warmup * n_steps, n_steps], [peak / 25, peak, 0]))
    )


@one_cycle.wrong("not the right number")
def in_thousandths(step, n_steps, peak, warmup):
    return round(float(np.interp(step, [0, warmup * n_steps, n_steps], [peak / 25, peak, 0])), 3)


@one_cycle.wrong("not the right number|as after a usual mistake")
def at_most_1(step, n_steps, peak, warmup):
    return min(1.0, float(np.interp(step, [0, warmup * n_steps, n_steps], [peak / 25, peak, 0])))


@one_cycle.wrong("is None")
def nothing_after_the_end(step, n_steps, peak, warmup):
    top = warmup * n_steps
    if step <= top:
        return peak / 25 + (peak - peak / 25) * step / top
    if step <= n_steps:
        return peak * (n_steps - step) / (n_steps - top)


@one_cycle.wrong("not the right number|as after a usual mistake")
def warmup_in_percent(step, n_steps, peak, warmup):
    return np.interp(step, [0, warmup / 100 * n_steps, n_steps], [peak / 25, peak, 0])


@one_cycle.wrong("below 0")
def goes_on_falling(step, n_steps, peak, warmup):
    top = warmup * n_steps
    if step <= top:
        return peak / 25 + (peak - peak / 25) * step / top
    return peak * (n_steps - step) / (n_steps - top)


@one_cycle.wrong("comes from 0")
def from_0(step, n_steps, peak, warmup):
    return np.interp(step, [0, warmup * n_steps, n_steps], [0, peak, 0])


@one_cycle.wrong("share of the steps")
def warmup_as_steps(step, n_steps, peak, warmup):
    return np.interp(step, [0, warmup, n_steps], [peak / 25, peak, 0])


@one_cycle.wrong("should end at 0")
def ends_as_it_began(step, n_steps, peak, warmup):
    return np.interp(step, [0, warmup * n_steps, n_steps], [peak / 25, peak, peak / 25])


@one_cycle.wrong("only the rest of the steps")
def falls_too_slowly(step, n_steps, peak, warmup):
    top = warmup * n_steps
    if step <= top:
        return peak / 25 + (peak - peak / 25) * step / top
    return max(0, peak * (1 - (step - top) / n_steps))


@one_cycle.wrong("stays at its peak")
def only_up(step, n_steps, peak, warmup):
    return np.interp(step, [0, warmup * n_steps], [peak / 25, peak])


@one_cycle.wrong("beyond the peak")
def too_high(step, n_steps, peak, warmup):
    top = warmup * n_steps
    if step <= top:
        return peak / 25 + peak * step / top
    return max(peak * (n_steps - step) / (n_steps - top), 0)


@one_cycle.wrong("Multiply by `peak`")
def share_of_the_peak(step, n_steps, peak, warmup):
    return np.interp(step, [0, warmup * n_steps, n_steps], [1 / 25, 1, 0])


@one_cycle.wrong("no way up")
def only_down(step, n_steps, peak, warmup):
    return max(peak * (1 - step / n_steps), 0)


@one_cycle.wrong("aimed at step 0")
def falls_from_step_0(step, n_steps, peak, warmup):
    top = warmup * n_steps
    if step <= top:
        return peak / 25 + (peak - peak / 25) * step / top
    return max(peak * (n_steps - step) / n_steps, 0)


@one_cycle.wrong("aimed at step 0")
def smaller_of_two_wrong_lines(step, n_steps, peak, warmup):
    rising = peak / 25 + (peak - peak / 25) * step / (warmup * n_steps)
    return max(min(rising, peak * (n_steps - step) / n_steps), 0)


@one_cycle.wrong("starts from `peak / 25`")
def falls_from_the_start(step, n_steps, peak, warmup):
    top = warmup * n_steps
    if step <= top:
        return peak / 25 + (peak - peak / 25) * step / top
    return max(peak / 25 * (n_steps - step) / (n_steps - top), 0)


@one_cycle.wrong("made a whole number")
def whole_steps(step, n_steps, peak, warmup):
    return np.interp(step, [0, int(warmup * n_steps), n_steps], [peak / 25, peak, 0])


for right, mutant, why in (
    ("if step <= top:", "if step < top:", "at the peak, both lines are at the peak"),
    ("if step < n_steps:", "if step <= n_steps:", "at the end, the line is at 0"),
    ("if done >= 1:", "if done > 1:", "at the end, the line is at 0"),
    (
        "return peak * (0.04 + 0.96 * done / warmup) if done < warmup else peak * (1 - done) / (1 - warmup)",
        "return peak * (0.04 + 0.96 * done / warmup) if done <= warmup else peak * (1 - done) / (1 - warmup)",
        "at the peak, both lines are at the peak",
    ),
    ("if step >= n_steps:", "if step > n_steps:", "at the end, the line is at 0"),
    ("if step < n_steps * warmup:", "if step <= n_steps * warmup:", "at the peak, both lines are at the peak"),
    (
        "rate += min(step, top) * (peak - peak / 25) / top",
        "rate += min(top, step) * (peak - peak / 25) / top",
        "the smaller of two has no order",
    ),
    *(
        (f"rate -= {old} * peak / (n_steps - top)", f"rate -= {new} * peak / (n_steps - top)", "no order matters")
        for old in ("max(0, min(step, n_steps) - top)",)
        for new in ("max(min(step, n_steps) - top, 0)", "max(0, min(n_steps, step) - top)")
    ),
    (
        "return tf.nn.relu(tf.reduce_min([up, peak * (n_steps - step) / (n_steps - top)]))",
        "return tf.nn.relu(tf.reduce_min([peak * (n_steps - step) / (n_steps - top), up]))",
        "the smaller of two has no order",
    ),
    *(
        (f"return sorted([{old}])[1]", f"return sorted([{new}])[1]", "the middle of three has no order")
        for up, down in [("peak / 25 + 24 * peak / 25 * step / top", "peak * (n_steps - step) / (n_steps - top)")]
        for old in (f"0, {up}, {down}",)
        for new in (f"{up}, 0, {down}", f"0, {down}, {up}")
    ),
    *(
        ("step = np.clip(step, 0, n_steps)", f"step = np.clip({new}, n_steps)", "a step is never below 0")
        for new in ("0, step", "step, -1")
    ),
    (
        "right = max(1, int(np.searchsorted(x, step)))",
        "right = max(int(np.searchsorted(x, step)), 1)",
        "the larger of two has no order",
    ),
    (
        "return np.array([1 - t, t]) @ np.array([peak / 25, peak, 0])[right - 1:right + 1]",
        "return np.array([peak / 25, peak, 0])[right - 1:right + 1] @ np.array([1 - t, t])",
        "a dot product has no order",
    ),
    (
        "return max(min(rising, falling), 0)",
        "return max(0, min(rising, falling))",
        "the larger of two does not depend on their order",
    ),
    (
        "return max(min(rising, falling), 0)",
        "return max(min(falling, rising), 0)",
        "the smaller of two does not depend on their order",
    ),
):
    one_cycle.equivalent(f"{right}  ->  {mutant}", why)
