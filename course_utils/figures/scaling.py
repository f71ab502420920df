"""The pictures of lesson 12, Scaling out."""

import matplotlib.pyplot as plt
import numpy as np

from course_utils import plotting


def draw_losses(one, two):
    """Draw the loss of each step: of a training in one process, and of the same on two workers.

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
    alt = f"""Loss against step, from 1 to {len(one)}: a broad pale line of one process, and on it a thin line of two
    workers. They begin as one line at {one[0]:.1f} and fall together; the thin one may leave the broad one a little
    toward the end."""
    plotting.show(figure, alt)


def draw_distances(first, *, two, nudged):
    """Draw how far the losses of two other runs are from those of a first run, step by step.

    Parameters
    ----------
    first, two, nudged : array_like, shape (n_steps,)
        Losses: of one process, of two workers, and of one process with nudged weights.
    """
    figure, ax = plt.subplots(figsize=(6, 2.8))
    runs = {"two workers": (two, "o-", plotting.VERMILION), "nudged": (nudged, "s--", plotting.BLUE)}
    for name, (losses, style, color) in runs.items():
        distances = abs(np.asarray(losses) - first).clip(min=1e-8)  # a logarithmic axis has no place for 0
        ax.plot(range(1, len(distances) + 1), distances, style, color=color, markersize=4, label=name)
    ax.set(yscale="log", ylim=(5e-9, 2), xlabel="step", xticks=range(0, len(first) + 1, 5))
    ax.set(ylabel="distance from the first run")
    ax.legend(loc="upper left")
    alt = """Distance of the loss from that of the first run in one process, against step, on a logarithmic
    axis, as two lines: of two workers, and of the nudged run in one process. Both begin below a millionth.
    They may stay there, or grow until one can see them in the picture before this one."""
    plotting.show(figure, alt)


def draw_rates(counts, rates):
    """Draw the images that all workers read in a second against their number, a plot for each case.

    Parameters
    ----------
    counts : array_like of int, shape (n,)
        Workers; the first is 1.
    rates : dict of str to array_like, shape (n,)
        Images a second, by the title of the case.
    """
    figure, axes = plt.subplots(1, len(rates), figsize=(9, 3.4), sharey=True)
    for ax, (title, rate) in zip(axes, rates.items(), strict=True):
        ax.loglog(counts, rate, "o-", color=plotting.BLUE, label="with adding up")
        ax.loglog(counts, counts * rate[0], ":", color=plotting.GRAY, label="if it cost nothing")
        ax.set(title=title, xlabel="workers", xticks=counts, xticklabels=[f"{n:,}" for n in counts])
    axes[0].set_ylabel("images a second, all workers")
    axes[0].legend()
    alt = """Images a second against workers from 1 to 1,024, both axes logarithmic. With 1,024 images a step
    the curve follows the dotted line of no cost at first, bends, and falls at 1,024 workers below its
    height at 64. With 64 images a worker it bends later and still grows at the end."""
    plotting.show(figure, alt)


def draw_errors(sizes, wrong):
    """Draw the share of misread images against the size of the batch: the median of the seeds, lowest and highest.

    Parameters
    ----------
    sizes : array_like of int, shape (n,)
        Images in a batch.
    wrong : dict of str to array_like, shape (n, n_seeds)
        The share, in (0, 1], by the rule of the learning rate; three rules at most.
    """
    figure, ax = plt.subplots(figsize=(6, 3.2))
    # Side by side, or the rules hide each other.
    for (rule, shares), style, side in zip(wrong.items(), ("o-", "s--", "^:"), (0.95, 1, 1.05), strict=True):
        low, middle, high = np.quantile(shares, [0, 0.5, 1], axis=1)
        places = side * np.asarray(sizes)
        ax.errorbar(places, middle, [middle - low, high - middle], fmt=style, capsize=4, label=rule)
    ax.set(xlabel="images in a batch", ylabel="validation images misread", xscale="log", yscale="log")
    ax.set_xticks(sizes, [f"{size:,}" for size in sizes])
    ax.set_yticks([0.02, 0.05, 0.1, 0.2, 0.5, 1], ["2%", "5%", "10%", "20%", "50%", "100%"])
    ax.minorticks_off()
    ax.legend(title="learning rate", loc="upper left")
    alt = """The share of validation images misread against the size of the batch, 64, 256 and 1,024, for
    three rules of the learning rate: medians of three seeds, and bars to the lowest and the highest. At
    the same rate it grows, at 1,024 to many times as much. With the square root it grows less, in
    proportion not at all at 256; there, each bar reaches far up. In proportion at 1,024, the bar goes
    from a quarter to nine tenths."""
    plotting.show(figure, alt)
