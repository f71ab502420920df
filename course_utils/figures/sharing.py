"""The pictures of lesson 11, Sharing."""

import matplotlib.pyplot as plt

from course_utils import plotting


def draw_times(one, thousand):
    """Draw how long each way to ask the network takes, for one image and for a thousand, beside ONNX.

    Parameters
    ----------
    one, thousand : dict of str to float
        Seconds, a way to ask each; one of the ways is ``"ONNX"``.
    """
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 2.4), sharex=True, sharey=True)
    for ax, seconds, title in zip(axes, (one, thousand), ("one image", "a thousand images"), strict=True):
        ax.plot([value / seconds["ONNX"] for value in seconds.values()], list(seconds), "o", markersize=9)
        ax.axvline(1, color=plotting.GRAY, linestyle=":")
        ax.grid(axis="x")
        ax.set(xscale="log", xlabel="time, as a multiple of ONNX's", title=title)
    axes[0].invert_yaxis()
    alt = """Time as a multiple of ONNX's, on a logarithmic axis, as points. For one image, predict takes by
    far the longest, a plain call about a tenth of that, LiteRT and ONNX hardly anything. For a thousand
    images all four lie close together."""
    plotting.show(figure, alt)


def draw_accuracies(accuracies, full):
    """Draw the accuracy against the bits of a weight.

    Parameters
    ----------
    accuracies : dict of int to float
        In [0, 1], for each number of bits.
    full : float
        That of the network with all its bits.
    """
    figure, ax = plt.subplots(figsize=(6, 2.8))
    ax.plot(list(accuracies), list(accuracies.values()), "o-")
    ax.axhline(full, color=plotting.GRAY, linestyle=":")
    ax.set(xlabel="bits for each weight", ylabel="accuracy", ylim=(0, 1.03), xlim=(8.2, 1.8))
    alt = """Accuracy against the bits for each weight, from 8 on the left to 2 on the right: level, on the
    line of the full network, down to 3 bits, and at 2 bits far below."""
    plotting.show(figure, alt)


def draw_load(result):
    """Draw how many questions a service answers, and how long the slow ones wait, against its clients.

    Parameters
    ----------
    result : dict
        As ``read_result("serving")`` gives it: under ``"onnx"`` and ``"keras"`` a row for each number of clients.
    """
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 2.9))
    titles = {"answers_a_second": "answers a second", "percentile_99_ms": "99 of 100 answered within (ms)"}
    for ax, (key, title) in zip(axes, titles.items(), strict=True):
        for name, label, style in (("onnx", "ONNX's runtime", "o-"), ("keras", "one predict each", "s--")):
            ax.plot([row["clients"] for row in result[name]], [row[key] for row in result[name]], style, label=label)
        ax.set(xscale="log", yscale="log", xlabel="clients at a time", ylabel=title)
        ax.set_xticks([1, 8, 32], ["1", "8", "32"])
        ax.minorticks_off()
    axes[0].legend()
    alt = """Two plots against 1, 8 and 32 clients, both logarithmic. ONNX's runtime answers about a hundred
    times as many questions a second as one predict each. The 99th percentile of both rises with
    the clients."""
    plotting.show(figure, alt)
