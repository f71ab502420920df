"""The pictures of lesson 09, Better."""

import matplotlib.pyplot as plt
import numpy as np

from course_utils import evaluation, plotting


def draw_enlarged(image, carried, fetched):
    """Draw an image as it is, and enlarged by forward mapping and by inverse mapping.

    Parameters
    ----------
    image, carried, fetched : array_like, shape (28, 28) or (28, 28, 1)
        In [0, 1]: as it is, each old pixel carried to its new place, ink fetched for each new pixel.
    """
    three = [np.reshape(each, (28, 28)) for each in (image, carried, fetched)]
    axes = plotting.plot_images(three, ["as it is", "carried (forward)", "fetched (inverse)"], size=2.2, vmin=0, vmax=1)
    alt = """A 4 three times: as it is; enlarged by carrying each old pixel, with a grid of white holes in the
    strokes; enlarged by fetching for each new pixel, smooth and without holes."""
    plotting.show(axes[0, 0].figure, alt)


def draw_moves(moves, bent):
    """Draw random moves of pixels, raw and smoothed, and next to each what it does to a digit.

    Parameters
    ----------
    moves : sequence of two arrays, each of shape (28, 28)
        From how many pixels farther right each pixel fetches its ink; drawn from -4 to 4.
    bent : sequence of two arrays, each of shape (28, 28) or (28, 28, 1)
        The digits after these moves, in [0, 1].
    """
    figure, axes = plt.subplots(1, 4, figsize=(10, 2.7))
    for column, title in enumerate(["moves, raw", "moves, smoothed"]):
        left, right = axes[2 * column : 2 * column + 2]
        plotting.plot_image(moves[column], ax=left, title=title, cmap=plotting.SIGNED, vmin=-4, vmax=4)
        plotting.plot_image(bent[column], ax=right, title="what it does", vmin=0, vmax=1)
    alt = """Left, random moves of single pixels as colored noise, and the 4 torn to shreds by them. Right, the same
    kind of moves made smooth, in large patches of one color, and the 4 bent by them, but whole."""
    plotting.show(figure, alt)


def draw_distorted(images, versions):
    """Draw a row for each image: as it is, then its distorted versions.

    Parameters
    ----------
    images : array_like, shape (n, 28, 28) or (n, 28, 28, 1)
        In [0, 1].
    versions : sequence of such arrays
        All images in each array, distorted differently.
    """
    shown = np.stack([images, *versions], axis=1)  # (n, 1 + n_versions, 28, 28, 1)
    n_rows, n_columns = shown.shape[:2]
    titles = ["as it is"] + [""] * (n_rows * n_columns - 1)
    shown = shown.reshape(n_rows * n_columns, 28, 28)
    axes = plotting.plot_images(shown, titles, n_columns=n_columns, vmin=0, vmax=1)
    alt = """A 2, a 5 and a 7 in three rows: on the left as they are, then nine distorted versions, a little turned,
    slanted, larger or smaller, shifted and bent. All are still easy to read."""
    plotting.show(axes[0, 0].figure, alt)


def draw_remedies(errors, *, base):
    """Draw the errors of each arm of an ablation, seed by seed; next to them, how many each saves in pairs.

    Parameters
    ----------
    errors : dict of str to list of int
        For each arm, the errors of its runs; the same number for all, in the order of their seeds.
    base : str
        The arm that the others are compared with.
    """
    figure = plotting.plot_arms(errors, base=base)
    alt = """Left, the errors of nine arms, five dots each and a bar at their mean. Nothing changed lies between 230
    and 300; label smoothing is lowest, near 165, then augmentation, one cycle and weight averaging, near 210. The
    others lie around the base or above. Right, errors saved with the same seed: all dots of these four are right of
    0, those of Adam all left of it, and those of batch normalization, dropout and weight decay on both sides."""
    plotting.show(figure, alt)


def draw_ladder(errors, times, *, n_images=10000):
    """Draw the errors of each rung, run by run, with Wilson's interval around their mean; next to them, its time.

    Parameters
    ----------
    errors : dict of str to list of int
        For each rung, the errors of its runs.
    times : dict of str to float
        For each rung, the time of its training as a multiple of the original recipe's.
    n_images : int
        The number of images on which the errors are counted.
    """
    figure, left = _draw_runs(errors, times, height=4.2, n_images=n_images)
    figure.axes[1].set(xlabel="training time / original recipe's")
    ticks = [30, 100, 300, 1000, 3000, 9000]
    left.set(xscale="log", xlabel=f"errors in {n_images:,} validation images")
    left.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    alt = """Left, the errors of each rung as dots on a logarithmic axis, with an interval around their mean. They
    fall from 9,000 for the majority class to several hundred for a dense network and a few dozen for an ensemble.
    From normalized on, the intervals of neighbors overlap. Right, the training times; the ensemble takes longest."""
    plotting.show(figure, alt)


def _draw_runs(errors, prices, *, height, n_images):
    """A figure with a row for each name: on the left dots and an interval, on the right a bar; and its left axes."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, height), sharey=True, width_ratios=[2, 1])
    for row, (name, counts) in enumerate(errors.items()):
        low, high = evaluation.wilson_interval(round(np.mean(counts)), n_images)
        left.plot([n_images * low, n_images * high], [row, row], color=plotting.BLUE, linewidth=2)
        left.plot(counts, np.full(len(counts), row), "o", color=plotting.ORANGE, markeredgecolor="black")
        right.barh(row, prices[name], color=plotting.GRAY, height=0.6)
    left.set_yticks(range(len(errors)), list(errors))
    left.invert_yaxis()
    right.set(xlim=(0, None))
    return figure, left


def draw_errors(images, labels, probabilities, *, titles=True):
    """Draw all misread images, the ones misread with the most confidence first; with titles, labels and answers.

    Parameters
    ----------
    images : array_like, shape (n, 28, 28) or (n, 28, 28, 1)
        In [0, 1].
    labels : array_like of int, shape (n,)
    probabilities : array_like, shape (n, 10)
    titles : bool
    """
    worst = evaluation.worst_errors(probabilities, labels, n=len(images))
    names = [f"{labels[index]}, read {probabilities[index].argmax()}" for index in worst] if titles else None
    axes = plotting.plot_images(images[worst], names, n_columns=12, vmin=0, vmax=1)
    alt = """All test images that the ensemble misreads, without their labels. Many are broken, crossed out or halfway
    between two digits."""
    if titles:
        alt = """All test images that the ensemble misreads, each with its label and the answer. Many are broken,
        crossed out or halfway between two digits; a few look like the answer rather than the label."""
    plotting.show(axes[0, 0].figure, alt)


def draw_soft_targets(images, labels, probabilities):
    """Draw images, and below each what a committee says of it; the bar of its label in color.

    Parameters
    ----------
    images : array_like, shape (n, 28, 28) or (n, 28, 28, 1)
        In [0, 1].
    labels : array_like of int, shape (n,)
    probabilities : array_like, shape (n, 10)
    """
    figure, axes = plt.subplots(2, len(images), figsize=(3.3 * len(images), 4.2), squeeze=False)
    for above, below, image, label, said in zip(*axes, images, labels, probabilities, strict=True):
        plotting.plot_image(image, ax=above, title=f"label {label}", vmin=0, vmax=1)
        plotting.plot_probabilities(said, label=label, ax=below)
    alt = """A 3 that is nearly closed at the top, a 7 with a stray line beside it, and a 1 that is broken in two. Below
    each, ten bars: its label is highest, above 0.6. The 3 has something of a 5 and of a 9, near 0.1 each, the 7
    something of an 8, near 0.2, and the 1 nothing above 0.1."""
    plotting.show(figure, alt)


def draw_prices(errors, work, *, n_images=10000):
    """Draw the errors of networks, run by run, with Wilson's interval around their mean; next to them, their work.

    Parameters
    ----------
    errors : dict of str to list of int
        For each name, the errors of its runs.
    work : dict of str to float
        For each name, the multiply-adds for one image, as a multiple of the original network's.
    n_images : int
        The number of images on which the errors are counted.
    """
    figure, left = _draw_runs(errors, work, height=2.9, n_images=n_images)
    left.set(xlabel=f"errors in {n_images:,} test images", xlim=(0, None))
    figure.axes[1].set(xlabel="work for one image / original network's")
    alt = """Left, errors on test images as dots, with an interval around their mean: single, three, a member and
    distilled all near 30, ten at 25; all intervals overlap. Right, the work for one image: single and distilled are
    two slivers, three and a member are short bars, and that of ten is about ten times as long as these."""
    plotting.show(figure, alt)
