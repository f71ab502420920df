"""The pictures of lesson 16, The same in PyTorch."""

import matplotlib.pyplot as plt
import numpy as np

from course_utils import plotting

KERAS, TORCH = {"color": plotting.ORANGE}, {"color": plotting.BLUE}


def draw_orders():
    """Draw three maps of four places, and the two rows that Flatten makes of them."""
    places, colors = "ABCD", (plotting.SKY, plotting.ORANGE, plotting.GREEN)
    rows = {
        "Keras's row": [(place, channel) for place in places for channel in range(3)],
        "PyTorch's row": [(place, channel) for channel in range(3) for place in places],
    }
    figure, ax = plt.subplots(figsize=(7, 3.4))

    def draw(place, channel, x, y):
        ax.add_patch(plt.Rectangle((x, y), 1, 1, facecolor=colors[channel], edgecolor="white", linewidth=2))
        ax.text(x + 0.5, y + 0.5, f"{place}{channel}", ha="center", va="center")

    for channel in range(3):
        for number, place in enumerate(places):
            draw(place, channel, 5 * channel + number % 2, 4.5 - number // 2)
        ax.text(5 * channel + 1, 5.6, f"channel {channel}", ha="center", va="bottom")
    for y, (title, row) in zip((1.5, 0), rows.items(), strict=True):
        for x, (place, channel) in enumerate(row):
            draw(place, channel, x, y)
        ax.text(-0.2, y + 0.5, title, ha="right", va="center")
    ax.text(-0.2, 4.5, "three maps", ha="right", va="center")
    ax.set(xlim=(-3, 12.1), ylim=(-0.1, 6.4), aspect="equal")
    ax.axis("off")
    alt = """Three maps of two by two places, A and B above C and D, numbered 0 to 2, each in its own color. Below, two
    rows of the same twelve numbers. Keras's row goes from place to place: A0, A1, A2, B0, B1, B2 and so on. PyTorch's
    row goes from channel to channel: A0, B0, C0, D0, then A1, B1 and so on."""
    plotting.show(figure, alt)


def draw_losses(keras_losses, torch_losses):
    """Draw the loss of each step in both libraries, and below how far apart the two are.

    Parameters
    ----------
    keras_losses, torch_losses : sequence of float, of equal length
        Of the same batches in the same order, from the same weights.
    """
    steps = np.arange(1, len(keras_losses) + 1)
    figure, (above, below) = plt.subplots(2, 1, figsize=(7, 4.4), sharex=True, height_ratios=(3, 2))
    above.plot(steps, keras_losses, **KERAS, linewidth=5, alpha=0.6, label="Keras")
    above.plot(steps, torch_losses, **TORCH, linewidth=1.5, linestyle="--", label="PyTorch")
    above.set(ylabel="loss of the batch", ylim=(0, None))
    above.legend()
    apart = np.abs(np.subtract(keras_losses, torch_losses))
    below.plot(steps, np.maximum(apart, 1e-9), ".", color=plotting.GRAY)
    below.set(yscale="log", ylim=(3e-10, 1), xlabel="step", ylabel="how far apart\n(log scale)")
    below.set(yticks=[1e-9, 1e-6, 1e-3, 1], yticklabels=["0", "$10^{-6}$", "$10^{-3}$", "1"])
    below.minorticks_off()
    alt = """Above, the loss of a batch against the step: two curves that lie on each other, and fall. Below, on a
    logarithmic axis, how far apart they are: about a millionth or less in the first steps, and on some processors
    much more in the last. Dots on the lowest line: no difference at all."""
    plotting.show(figure, alt)


def draw_steps(gradients, keras_steps, torch_steps, sizes):
    """Draw the first step of RMSprop against the size of the gradient, and the gradients that a network has.

    Parameters
    ----------
    gradients, keras_steps, torch_steps : ndarray, shape (n,)
        All above 0.
    sizes : ndarray, shape (m,)
        Of the network's gradients, all above 0.
    """
    figure, (above, below) = plt.subplots(2, 1, figsize=(7, 4.6), sharex=True, height_ratios=(3, 1.2))
    above.loglog(gradients, torch_steps, **TORCH, linestyle="--", label="PyTorch")
    above.loglog(gradients, keras_steps, **KERAS, label="Keras")
    above.set(ylabel="length of the first step\n(log scale)")
    above.legend()
    bins = np.geomspace(gradients.min(), gradients.max(), 49)
    below.hist(sizes, bins=bins, weights=np.full(len(sizes), 100 / len(sizes)), color=plotting.GRAY)
    below.set(xlabel="size of the gradient (log scale)", ylabel="share of the\nweights (%)")
    alt = """Above, the length of RMSprop's first step against the size of the gradient, both on logarithmic axes. Both
    curves rise in a straight line, then bend, and are flat, at the same height. PyTorch's bends where gradients are
    about a millionth, Keras's where they are about a thousandth. Below, a histogram of the network's gradients: most
    lie where Keras's curve is still rising."""
    plotting.show(figure, alt)


def draw_ways(accuracies):
    """Draw how many test images each run got wrong, in a row for each way to train, with a tick at the median.

    Parameters
    ----------
    accuracies : dict of str to sequence of float
        Of the runs, on 10,000 test images.
    """
    figure, ax = plt.subplots(figsize=(7, 0.7 + 0.6 * len(accuracies)))
    for number, (name, runs) in enumerate(accuracies.items()):
        wrong = 10_000 * (1 - np.array(runs))
        color = plotting.ORANGE if name == "Keras" else plotting.BLUE
        ax.plot(wrong, [number] * len(runs), "o", color=color, alpha=0.5, markeredgewidth=0, markersize=8)
        ax.plot(np.median(wrong), number, "|", color=plotting.BLACK, markersize=22, markeredgewidth=2)
    ax.set(xscale="log", xticks=[100, 1000, 10_000], xticklabels=["100", "1,000", "10,000"], xlim=(50, 10_500))
    ax.set(yticks=range(len(accuracies)), yticklabels=accuracies, xlabel="wrong test images of 10,000 (log scale)")
    ax.margins(y=0.2)
    ax.invert_yaxis()
    alt = """Four rows of dots, one dot for each run, with a tick at their median, on a logarithmic axis of wrong test
    images. The dots of the first three rows lie between 60 and 100, but for one near 190 in the third, PyTorch's own
    start. In the fourth row, PyTorch with all defaults, four lie between 190 and 500, and one near 9,000."""
    plotting.show(figure, alt)


def draw_batch_times(sizes, times):
    """Draw how long one image takes in batches of several sizes.

    Parameters
    ----------
    sizes : sequence of int
    times : dict of str to sequence of float
        Seconds for a batch of each size, by what computed it.
    """
    figure, ax = plt.subplots(figsize=(6, 3.2))
    looks = iter(({**KERAS, "marker": "s"}, {**TORCH, "marker": "o"}, {"color": plotting.GREEN, "marker": "^"}))
    for name, seconds in times.items():
        ax.plot(sizes, 1e6 * np.divide(seconds, sizes), **next(looks), label=name)
    ax.set(xscale="log", yscale="log", xticks=sizes, xticklabels=sizes, xlabel="images in a batch (log scale)")
    ax.set(ylabel="time per image (µs, log scale)")
    ax.minorticks_off()
    ax.legend()
    alt = """Time per image against the size of the batch, on logarithmic axes, a curve for each library, from a
    single image on. Both fall at first."""
    plotting.show(figure, alt)
