"""The pictures of lesson 10, Faster."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import transforms

from course_utils import plotting


def draw_shares(network, counts, n_outputs):
    """Draw the share of each layer of the original network in its parameters, multiply-adds and outputs.

    Parameters
    ----------
    network : keras.Model
        With three convolutions and two dense layers.
    counts : dict of str to int
        The multiply-adds of each layer, by its name; layers with none are left out.
    n_outputs : dict of str to int
        How many numbers each layer puts out for one image, by its name.
    """
    layers = [layer for layer in network.layers if counts[layer.name]]
    costs = {
        "of the parameters": ([layer.count_params() for layer in layers], plotting.ORANGE),
        "of the multiply-adds": ([counts[layer.name] for layer in layers], plotting.BLUE),
        "of the outputs": ([n_outputs[layer.name] for layer in layers], plotting.GRAY),
    }
    places = np.arange(len(layers))
    figure, ax = plt.subplots(figsize=(7, 3.2))
    for number, (label, (values, color)) in enumerate(costs.items()):
        shares = 100 * np.array(values) / np.sum(values)
        ax.barh(places + 0.27 * (number - 1), shares, 0.25, color=color, label=label)
    names = ["conv 1", "conv 2", "conv 3", "dense 1", "dense 2"]
    ax.set(yticks=places, yticklabels=names, xlabel="share among these five layers (%)", xlim=(0, 100))
    ax.invert_yaxis()
    ax.legend(loc="lower right")
    alt = """Three bars for each of five layers. Dense 1 has more than half of the parameters, and hardly any
    of the multiply-adds or outputs. Conv 2 has three quarters of the multiply-adds. Conv 1 has seven
    tenths of the outputs."""
    plotting.show(figure, alt)


def draw_batches(sizes, microseconds):
    """Draw the time per image, in microseconds, against the batch size."""
    figure, ax = plt.subplots(figsize=(5, 3))
    ax.plot(sizes, microseconds, "o-")
    ax.set(xscale="log", xticks=sizes, xticklabels=sizes, xlabel="images in a batch", ylim=(0, None))
    ax.set(ylabel="time per image (µs)")
    ax.minorticks_off()
    alt = """A falling curve of microseconds per image against the size of the batch: steep from 4 to 16,
    nearly flat from 64 to 256."""
    plotting.show(figure, alt)


def draw_rates(rates, *, usual):
    """Draw the learning rate of each step, and the usual one, which is constant.

    Parameters
    ----------
    rates : array_like, shape (n_steps + 1,)
        From step 0 on.
    usual : float
    """
    figure, ax = plt.subplots(figsize=(5, 2.4))
    ax.plot(range(len(rates)), rates, label="one cycle")
    ax.axhline(usual, color=plotting.ORANGE, linestyle="--", label="Adam's usual rate")
    ax.set(xlabel="step", ylabel="learning rate", ylim=(0, None))
    ax.legend()
    alt = """Learning rate against the step: one cycle rises linearly to its peak at a quarter of the steps
    and falls linearly to zero; a dashed constant line close to zero."""
    plotting.show(figure, alt)


def draw_recipes(recipes, at_peak, *, goal):
    """Draw the test accuracy of each run against its training time, and the time of the arithmetic alone.

    Parameters
    ----------
    recipes : dict of str to list of dict
        The runs of ``"seed"`` and of ``"fast"``; the ``"curve"`` of a run is a list of (seconds, accuracy).
    at_peak : dict of str to float
        For each recipe, the seconds that its multiply-adds would take at the machine's peak.
    goal : float
        The accuracy to be reached, as a line.
    """
    figure, ax = plt.subplots(figsize=(8, 3.6))
    for name, title, color, style in (
        ("seed", "original", plotting.ORANGE, "s--"),
        ("fast", "fast", plotting.BLUE, "o-"),
    ):
        curves = np.array([run["curve"] for run in recipes[name]])  # (runs, points, 2)
        for curve in curves:
            ax.plot(*curve.T, color=color, linewidth=0.6, alpha=0.5)
        ax.plot(*np.median(curves, axis=0).T, style, color=color, label=f"the {title} recipe, median of five")
        ax.axvline(at_peak[name], color=color, linestyle=":", label=f"its arithmetic at the peak ({title})")
    ax.axhline(goal, color=plotting.GRAY, linewidth=0.8)
    ax.set(xscale="log", ylim=(0.975, 0.995), xlabel="training time (s, log scale)", ylabel="test accuracy")
    ax.legend(fontsize=9, loc="lower right", frameon=True, framealpha=1, edgecolor="white")
    alt = """Test accuracy against training time, on a logarithmic axis. The fast recipe's curve rises above
    0.99 within seconds; the original one's begins after that one ends, and ends more than ten times later.
    Dotted lines for the arithmetic alone: the fast recipe's is far to the left of its curve, the original
    one's crosses its curve, and is nearer to its right end."""
    plotting.show(figure, alt)


def draw_smallest(sizes, *, goal):
    """Draw the validation accuracy of small networks against their parameters, with intervals.

    Parameters
    ----------
    sizes : list of dict
        For each, its ``parameters``; ``mean``, ``low`` and ``high`` of its accuracy; and ``accuracies``, those of the
        single runs.
    goal : float
        The accuracy that an interval has to be above, as a line.
    """
    figure, ax = plt.subplots(figsize=(7, 3.4))
    x = [size["parameters"] for size in sizes]
    beside = transforms.offset_copy(ax.transData, figure, x=-8, units="points")  # not on the error bar
    for size in sizes:
        n = len(size["accuracies"])
        ax.plot([size["parameters"]] * n, size["accuracies"], "x", color=plotting.ORANGE, transform=beside)
    middle = np.array([size["mean"] for size in sizes])
    beyond = np.abs([[size["low"], size["high"]] for size in sizes] - middle[:, None]).T
    ax.errorbar(x, middle, beyond, fmt="o", color=plotting.BLUE, capsize=4, label=f"mean of {n}, and its interval")
    ax.plot([], [], "x", color=plotting.ORANGE, label="one random seed")
    ax.axhline(goal, color=plotting.GRAY, linestyle="--", label=f"the goal, {goal:.0%}")
    ax.set(xlabel="parameters", ylabel="validation accuracy")
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)  # above: error bars may be anywhere
    points = ", ".join(
        f"{size['mean']:.4f} ({size['low']:.4f} to {size['high']:.4f}) for {size['parameters']:,}" for size in sizes
    )
    above = " and ".join(f"{size['parameters']:,}" for size in sizes if size["low"] > goal)
    alt = f"""Validation accuracy against parameters, as points with error bars and a cross for each random seed:
    {points} parameters. Of these, {above or "none"} has its whole error bar above a dashed line at {goal:.0%}."""
    plotting.show(figure, alt)
