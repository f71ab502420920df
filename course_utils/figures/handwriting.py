"""Pictures of lesson 08, Your own handwriting."""

import matplotlib.pyplot as plt
import numpy as np

from course_utils import plotting


def draw_steps(images):
    """Draw what the steps of the preparation make of a drawing.

    Parameters
    ----------
    images : dict of str to ndarray, shape (height, width)
        The name of a step, and the ink that comes out of it, in [0, 1]; four of them.
    """
    figure, axes = plt.subplots(1, len(images), figsize=(10, 2.9))
    for ax, (name, image) in zip(axes, images.items(), strict=True):
        title = f"{name}: {image.shape[0]} × {image.shape[1]}"
        plotting.plot_image(image, ax=ax, title=title, vmin=0, vmax=1)
        ax.spines[:].set(visible=True, color=plotting.GRAY)
    alt = """The 2 four times: as drawn, small in the corner of a large square; cut out to the box around its ink;
    20 pixels high, with gray pixels at the rims of its strokes; and the same in the middle of a square of 28 pixels."""
    plotting.show(figure, alt)


def draw_sheet(gray, row, title):
    """Draw a sheet as its camera saw it, and a line along one row of its pixels; gray is from 0, black, to 1, white."""
    figure, ax = plt.subplots(figsize=(4.9, 3.7))
    plotting.plot_image(gray, ax=ax, cmap="gray", vmin=0, vmax=1, title=title)
    ax.axhline(row, color=plotting.VERMILION, linewidth=1.5)
    alt = """A sheet with the digits 8046 and 5173 in black felt pen; a shadow with a sharp edge covers its lower right
    half. A horizontal line marks one row of pixels."""
    plotting.show(figure, alt)


def draw_ink(ink):
    """Draw what was taken for ink, black on white; True is ink."""
    figure, ax = plt.subplots(figsize=(4.9, 3.7))
    plotting.plot_image(ink, ax=ax)
    alt = """What is darker than the threshold: the digits in the light, and all of the shadow as one black area, in
    which the other digits are lost."""
    plotting.show(figure, alt)


def draw_row(brightness, paper, threshold, contrast, contrast_threshold):
    """Draw one row of a sheet's pixels: its brightness and the paper's, and beside them its contrast.

    Parameters
    ----------
    brightness, paper, contrast : ndarray, shape (width,)
        In [0, 1].
    threshold, contrast_threshold : float
        Where ink begins: in brightness below the one, in contrast above the other.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.1), sharex=True)
    left.plot(brightness, color=plotting.BLUE, label="brightness")
    left.plot(paper, "--", color=plotting.ORANGE, linewidth=2.5, label="paper")
    left.axhline(threshold, color=plotting.GRAY, linestyle=":", label="one threshold")
    left.set(xlabel="column (pixels)", ylabel="brightness", ylim=(0, 1.05))
    left.legend(loc="upper right", fontsize=9)
    right.plot(contrast, color=plotting.BLUE)
    right.axhline(contrast_threshold, color=plotting.GRAY, linestyle=":")
    right.set(xlabel="column (pixels)", ylabel="share of the paper's light missing", ylim=(0, 1.05))
    alt = """Along the marked row. Left, brightness falls into narrow pits at strokes and by half where the shadow
    begins; the paper, a dashed line, runs over the pits and steps down with the shadow; the single threshold lies above
    the shadowed paper. Right, contrast: near 0 everywhere but for high peaks at strokes, alike in light and shadow, and
    a threshold in between."""
    plotting.show(figure, alt)


def draw_answers(sheets):
    """Draw the ink of sheets side by side, each digit in a frame, with what the network reads beside it.

    Parameters
    ----------
    sheets : list of tuple
        Of each sheet its title; its ink, of shape (height, width); the boxes of its digits, as (top, bottom, left,
        right); and an answer for each box.
    """
    figure, axes = plt.subplots(1, len(sheets), figsize=(11.5, 3))
    for ax, (title, ink, boxes, answers) in zip(axes, sheets, strict=True):
        plotting.plot_image(ink, ax=ax, title=title)
        for (top, bottom, left, right), answer in zip(boxes, answers, strict=True):
            ax.plot([left, right, right, left, left], [top, top, bottom, bottom, top], color=plotting.SKY)
            ax.text(right, top, answer, color=plotting.VERMILION, fontsize=13, weight="bold", va="bottom")
    alt = """Three sheets as ink and paper only: eight digits of the sheet with the shadow, ten from squared paper
    without its squares, and six in chalk, now black on white, all of them clean. Each digit has a frame, and beside it
    what the network reads: what is written there, but for one 1 that it takes for a 7."""
    plotting.show(figure, alt)


def draw_accuracies(counts, n_digits, intervals):
    """Draw the accuracy with each step left out, sorted, with the counts; "nothing" in another color.

    Parameters
    ----------
    counts : dict of str to int
        What was left out, and how many of the digits were read rightly then.
    n_digits : int
    intervals : dict of str to tuple of float
        The ends of the accuracy's 95 % interval, by the same names.
    """
    order = sorted(counts, key=counts.get)
    shares = np.array([counts[name] / n_digits for name in order])
    ends = np.array([intervals[name] for name in order]).T
    colors = [plotting.ORANGE if name == "nothing" else plotting.BLUE for name in order]
    figure, ax = plt.subplots(figsize=(8.5, 3.8))
    bars = ax.barh(order, shares, color=colors, xerr=abs(ends - shares), ecolor=plotting.BLACK, capsize=3)
    labels = ax.bar_label(bars, [counts[name] for name in order], label_type="center", color="white")
    labels[order.index("nothing")].set_color("black")  # on orange
    ax.set(xlabel="accuracy on the sample digits, with its 95 % interval", ylabel="left out", xlim=(0, 1.02))
    alt = """Bars of the accuracy with one step left out, from the lowest to the highest, and with nothing left out.
    Leaving the paper in costs most, then filling 28 pixels instead of 20; leaving out the threshold costs nothing. All
    intervals are wide."""
    plotting.show(figure, alt)


def draw_letters(images, letters, answers, confidence):
    """Draw letters with the network's answers, and how sure it is of each: above 0.99, 0.9, 0.5 or none of these.

    Parameters
    ----------
    images : ndarray of float, shape (n, 28, 28)
        In [0, 1].
    letters : str
        The n letters.
    answers, confidence : ndarray, shape (n,)
    """
    limits = [max(limit for limit in (0, 0.5, 0.9, 0.99) if sure > limit) for sure in confidence]
    described = zip(letters, answers, limits, strict=True)
    titles = [f"{letter}: {answer}\nabove {limit}" for letter, answer, limit in described]
    axes = plotting.plot_images(images, titles, n_columns=6, size=1.5, vmin=0, vmax=1)
    alt = """The letters A, E, H, K, T and X, prepared like digits. Each has an answer above it: 4, 6, 4, 6, 7 and 4.
    For three of them the confidence is above 0.99, for none below 0.5."""
    plotting.show(axes[0, 0].figure, alt)


def draw_coverage(coverage, accuracy, wanted):
    """Draw the accuracy of the answers given against the share of images answered, and the accuracy wanted."""
    figure, ax = plt.subplots(figsize=(8.5, 3.4))
    ax.plot(coverage, accuracy, color=plotting.BLUE)
    ax.axhline(wanted, color=plotting.GRAY, linestyle=":", label=f"{wanted}")
    ax.set(xlabel="coverage: share of the validation images that it answers", ylabel="accuracy of answers")
    ax.set(xlim=(0.5, 1.005), ylim=(0.985, 1.0005))
    ax.legend(loc="lower left")
    alt = """Accuracy of the answers against coverage: nearly 1 as long as it answers nine in ten images, then falling
    ever more steeply to below 0.99 when it answers all."""
    plotting.show(figure, alt)
