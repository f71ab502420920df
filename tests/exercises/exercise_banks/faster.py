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


@one_cycle.wrong("below 0")
def goes_on_falling(step, n_steps, peak, warmup):
    top = warmup * n_steps
    if step <= top:
        return peak / 25 + (peak - peak / 25) * step / top
    return peak * (n_steps - step) / (n_steps - top)


@one_cycle.wrong("starts at 0")
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


@one_cycle.wrong("rounded")
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
