"""The pictures of lesson 11, Sharing."""

import matplotlib.pyplot as plt
import numpy as np

from course_utils import plotting
from course_utils.evaluation import wilson_interval


def draw_times(one, thousand):
    """Draw how long each way to ask the network takes, for one image and for a thousand, relative to ONNX.

    Parameters
    ----------
    one, thousand : dict of str to float
        Seconds, by the way to ask; one of the ways is ``"ONNX"``.
    """
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 2.4), sharex=True, sharey=True)
    for ax, seconds, title in zip(axes, (one, thousand), ("one image", "a thousand images"), strict=True):
        ax.plot([value / seconds["ONNX"] for value in seconds.values()], list(seconds), "o", markersize=9)
        ax.axvline(1, color=plotting.GRAY, linestyle=":")
        ax.grid(axis="x")
        ax.set(xscale="log", xlabel="time, as a multiple of ONNX's", title=title)
    axes[0].invert_yaxis()
    alt = """Time as a multiple of ONNX's, on a logarithmic axis, as points. For one image, predict takes by
    far the longest, a plain call much less, and LiteRT and ONNX hardly any time. For a
    thousand images, all four are close together."""
    plotting.show(figure, alt)


def draw_accuracies(accuracies, full):
    """Draw the accuracy against the number of bits of a weight.

    Parameters
    ----------
    accuracies : dict of int to float
        In [0, 1], by the number of bits.
    full : float
        That of the network with all its bits.
    """
    figure, ax = plt.subplots(figsize=(6, 2.8))
    ax.plot(list(accuracies), list(accuracies.values()), "o-")
    ax.axhline(full, color=plotting.GRAY, linestyle=":")
    ax.set(xlabel="bits for each weight", ylabel="accuracy", ylim=(0, 1.03), xlim=(8.2, 1.8))
    alt = """Accuracy against the bits for each weight, from 8 on the left to 2 on the right. Down to 3 bits it
    stays on the line of the full network; at 2 bits it is far below."""
    plotting.show(figure, alt)


def draw_load(result):
    """Draw how many requests a service answers, and how long the slow ones wait, against its clients.

    Parameters
    ----------
    result : dict
        As ``read_result("serving")`` gives it: under ``"onnx"`` and ``"keras"`` a row for each number of clients.
    """
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 2.9))
    titles = {"answers_a_second": "answers per second", "percentile_99_ms": "99 of 100 answered within (ms)"}
    for ax, (key, title) in zip(axes, titles.items(), strict=True):
        for name, label, style in (("onnx", "ONNX's runtime", "o-"), ("keras", "one predict per request", "s--")):
            ax.plot([row["clients"] for row in result[name]], [row[key] for row in result[name]], style, label=label)
        ax.set(xscale="log", yscale="log", xlabel="clients at the same time", ylabel=title)
        ax.set_xticks([1, 8, 32], ["1", "8", "32"])
        ax.minorticks_off()
    axes[0].legend()
    pairs = zip(result["onnx"], result["keras"], strict=True)
    ratios = [onnx["answers_a_second"] / keras["answers_a_second"] for onnx, keras in pairs]
    alt = f"""Two plots against 1, 8 and 32 clients, both logarithmic. ONNX's runtime answers {min(ratios):.0f} to
    {max(ratios):.0f} times as many requests per second as one predict per request. The 99th percentile of
    both rises with the clients."""
    plotting.show(figure, alt)


def draw_groups(groups):
    """Draw each group's error rate with its Wilson interval, and the rate of all images as a line.

    Parameters
    ----------
    groups : dict of str to ndarray of bool
        For each group, which of its images were misread.
    """
    figure, ax = plt.subplots(figsize=(7, 1.9))
    for place, misread in enumerate(groups.values()):
        low, high = wilson_interval(int(misread.sum()), len(misread))
        ax.plot([100 * low, 100 * high], [place, place], color=plotting.BLUE, linewidth=3, solid_capstyle="butt")
        ax.plot(100 * misread.mean(), place, "o", color=plotting.BLUE, markersize=9)
    everybody = 100 * np.concatenate(list(groups.values())).mean()
    ax.axvline(everybody, color=plotting.GRAY, linestyle="--", label="all images")
    ax.set(yticks=range(len(groups)), yticklabels=list(groups), ylim=(len(groups) - 0.5, -0.5))
    ax.set(xlim=(0, 2.5), xlabel="misread (%), with 95% intervals")
    ax.legend()
    first, second = groups
    alt = f"""Error rates as points with their intervals. That of the {first} is about four times that of the
    {second}; the two intervals are far apart, one on each side of a dashed line for all images."""
    plotting.show(figure, alt)
