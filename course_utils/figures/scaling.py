"""The pictures of lesson 12, Scaling out."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from course_utils import plotting


def _ring_states(n_workers):
    """Whose numbers each part at each worker holds, before the first round of a ring all-reduce and after each."""
    held = [[{worker} for _ in range(n_workers)] for worker in range(n_workers)]
    states, sent = [held], []
    for gathering in (False, True):
        for number in range(n_workers - 1):
            sent.append([(worker - number + gathering) % n_workers for worker in range(n_workers)])
            held = [[set(part) for part in parts] for parts in states[-1]]
            for worker, part in enumerate(sent[-1]):
                held[(worker + 1) % n_workers][part] |= states[-1][worker][part]
            states.append(held)
    return states, [*sent, [None] * n_workers]


def draw_ring(n_workers):
    """Draw a ring all-reduce round by round: whose numbers each part of the gradient holds, at each worker.

    Parameters
    ----------
    n_workers : int
        From 2 to 4.
    """
    states, sent = _ring_states(n_workers)
    figure, axes = plt.subplots(1, len(states), figsize=(10, 3.1), sharex=True, sharey=True)
    colors = [plotting.BLUE, plotting.ORANGE, plotting.GREEN, plotting.PINK][:n_workers]
    for number, (ax, held) in enumerate(zip(axes, states, strict=True)):
        for row, parts in enumerate(held):
            for place, whose in enumerate(parts):
                for worker in whose:
                    ax.add_patch(
                        Rectangle((place, 1.7 * row + worker / n_workers), 0.8, 1 / n_workers, fc=colors[worker])
                    )
                width = 2.5 if len(whose) == n_workers else 0.8
                ax.add_patch(Rectangle((place, 1.7 * row), 0.8, 1, fill=False, lw=width))
                if place == sent[number][row]:
                    ax.plot(place + 0.4, 1.7 * row + 1.25, "v", color=plotting.BLACK, markersize=7)
        half = "" if number == 0 else "reduce-scatter" if number < n_workers else "all-gather"
        ax.set_title(f"round {number}\n{half}" if number else "before\n")
        ax.tick_params(length=0)
        ax.set_xticks([])
        ax.spines[:].set_visible(False)
    rows = 1.7 * np.arange(n_workers)
    ax.set(xlim=(-0.2, n_workers), ylim=(rows[-1] + 1.5, -0.2))
    axes[0].set_yticks(rows + 0.5, [f"worker {row}" for row in range(n_workers)])
    complete = [sum(len(whose) == n_workers for parts in held for whose in parts) for held in states]
    steps = "; ".join(f"after round {number}, {n}" for number, n in enumerate(complete) if number)
    alt = f"""A row for each of {n_workers} workers, a column for the time before the first round and after each of
    {len(states) - 1}. Each worker has {n_workers} boxes, the parts of its gradient, filled with a color for each worker
    whose numbers they hold: one color before the first round, one more wherever a part has arrived. Of the
    {n_workers**2} boxes, so many are complete, with a thick outline: {steps}."""
    plotting.show(figure, alt)


def draw_losses(one, two):
    """Draw the loss of each step: of a training run in one process, and of the same on two workers.

    Parameters
    ----------
    one, two : array_like, shape (n_steps,)
    """
    figure, ax = plt.subplots(figsize=(6, 2.8))
    steps = range(1, len(one) + 1)
    ax.plot(steps, one, color=plotting.BLUE, linewidth=5, alpha=0.4, label="one process")
    ax.plot(steps, two, color=plotting.VERMILION, label="two workers")
    ax.set(xlabel="step", ylabel="loss of the batch", xticks=range(0, len(one) + 1, 5))
    ax.legend()
    alt = f"""Loss against step, from 1 to {len(one)}: a broad pale line for one process, and on it a thin line for two
    workers. They begin as one line at {one[0]:.1f} and fall together; the thin one may leave the broad one a little
    toward the end."""
    plotting.show(figure, alt)


def draw_distances(first, *, two, nudged):
    """Draw how far the losses of two other runs are from those of the first run, step by step.

    Parameters
    ----------
    first, two, nudged : array_like, shape (n_steps,)
        Losses in one process, on two workers, and in one process with nudged weights.
    """
    figure, ax = plt.subplots(figsize=(6, 2.8))
    runs = {"two workers": (two, "o-", plotting.VERMILION), "nudged": (nudged, "s--", plotting.BLUE)}
    for name, (losses, style, color) in runs.items():
        distances = abs(np.asarray(losses) - first).clip(min=1e-8)  # a logarithmic axis has no place for 0
        ax.plot(range(1, len(distances) + 1), distances, style, color=color, markersize=4, label=name)
    ax.set(yscale="log", ylim=(5e-9, 2), xlabel="step", xticks=range(0, len(first) + 1, 5))
    ax.set(ylabel="distance from the first run")
    ax.legend(loc="upper left")
    alt = """Distance of the loss from that of the first run in one process, against step, on a logarithmic axis, as two
    lines: one for two workers, one for the nudged run in one process. Both begin below a millionth. They may stay
    there, or grow until the difference is large enough to see in a plot of the losses."""
    plotting.show(figure, alt)


def draw_rates(counts, rates):
    """Draw how many images all workers read in a second against the number of workers, a plot for each case.

    Parameters
    ----------
    counts : array_like of int, shape (n,)
        Workers; the first is 1.
    rates : dict of str to array_like, shape (n,)
        Images a second, by the title of the case: first a batch that stays, then one that grows with the workers.
    """
    figure, axes = plt.subplots(1, len(rates), figsize=(9, 3.4), sharey=True)
    for ax, (title, rate) in zip(axes, rates.items(), strict=True):
        ax.loglog(counts, rate, "o-", color=plotting.BLUE, label="with all-reduce")
        ax.loglog(counts, counts * rate[0], ":", color=plotting.GRAY, label="if all-reduce cost nothing")
        ax.set(title=title, xlabel="workers", xticks=counts, xticklabels=[f"{n:,}" for n in counts])
    axes[0].set_ylabel("images a second, all workers")
    axes[0].legend()
    best, last = (counts[np.argmax(rate)] for rate in rates.values())
    alt = f"""Images a second against workers from 1 to {counts[-1]:,}, both axes logarithmic. In the left plot the
    curve follows the dotted line of a free all-reduce at first, bends, is highest at {best} workers and falls after
    that. In the right plot it bends later and is highest at {last:,} workers."""
    plotting.show(figure, alt)


def draw_errors(sizes, wrong):
    """Draw the fraction of misread images against the batch size: the median of the seeds, the lowest and the highest.

    Parameters
    ----------
    sizes : array_like of int, shape (n,)
        Images in a batch.
    wrong : dict of str to array_like, shape (n, n_seeds)
        The fraction, in (0, 1], by the rule for the learning rate; four rules at most.
    """
    figure, ax = plt.subplots(figsize=(6.5, 3.4))
    styles, sides = ("o-", "s--", "^:", "D-."), (0.92, 0.97, 1.03, 1.09)  # side by side, or the rules hide each other
    for (rule, fractions), style, side in zip(wrong.items(), styles, sides, strict=False):
        low, middle, high = np.quantile(fractions, [0, 0.5, 1], axis=1)
        places = side * np.asarray(sizes)
        ax.errorbar(places, middle, [middle - low, high - middle], fmt=style, capsize=4, label=rule)
    ax.set(xlabel="images in a batch", ylabel="validation images misread", xscale="log", yscale="log")
    ax.set_xticks(sizes, [f"{size:,}" for size in sizes])
    ax.set_yticks([0.02, 0.05, 0.1, 0.2, 0.5, 1], ["2%", "5%", "10%", "20%", "50%", "100%"])
    ax.minorticks_off()
    ax.legend(title="learning rate", loc="upper left")
    parts = []
    for rule, fractions in wrong.items():
        for size, row in list(zip(sizes, fractions, strict=True))[1:]:
            low, middle, high = (f"{value:.0%}" for value in np.quantile(row, [0, 0.5, 1]))
            parts.append(f"{rule}, {size:,}: {middle}, from {low} to {high}")
    start = np.median(next(iter(wrong.values()))[0])
    alt = f"""The fraction of validation images misread against the batch size, for {len(wrong)} rules for the learning
    rate: medians of the seeds, and bars from the lowest to the highest. With {sizes[0]} images it is {start:.0%}.
    With more: {"; ".join(parts)}."""
    plotting.show(figure, alt)
