"""The pictures of lesson 09, Better."""

import matplotlib.pyplot as plt
import numpy as np

from course_utils import evaluation, plotting


def draw_enlarged(image, carried, fetched):
    """Draw an image as it is, and enlarged in two ways: by carrying old pixels, and by fetching for new ones.

    Parameters
    ----------
    image, carried, fetched : array_like, shape (28, 28) or (28, 28, 1)
        In [0, 1].
    """
    three = [np.reshape(each, (28, 28)) for each in (image, carried, fetched)]
    axes = plotting.plot_images(three, ["as it is", "carried", "fetched"], size=2.2, vmin=0, vmax=1)
    alt = """A 4 three times: as it is; enlarged by carrying pixels to new places, with a grid of white holes
    in the strokes; enlarged by fetching, smooth and without holes."""
    plotting.show(axes[0, 0].figure, alt)


def draw_moves(moves, bent):
    """Draw random moves of pixels, raw and smoothed, and beside each what it does to a digit.

    Parameters
    ----------
    moves : sequence of two arrays, each of shape (28, 28)
        From how many pixels farther right each pixel fetches its ink; drawn from -4 to 4.
    bent : sequence of two arrays, each of shape (28, 28) or (28, 28, 1)
        The digits that come of it, in [0, 1].
    """
    figure, axes = plt.subplots(1, 4, figsize=(10, 2.7))
    for column, title in enumerate(["moves, raw", "moves, smoothed"]):
        left, right = axes[2 * column : 2 * column + 2]
        plotting.plot_image(moves[column], ax=left, title=title, cmap=plotting.SIGNED, vmin=-4, vmax=4)
        plotting.plot_image(bent[column], ax=right, title="what it does", vmin=0, vmax=1)
    alt = """Left, random moves of single pixels as colored noise, and a 4 that they tear to shreds. Right,
    the same kind of moves made smooth, in large patches of one color, and the 4 bent by them, whole."""
    plotting.show(figure, alt)


def draw_distorted(images, versions):
    """Draw a row for each image: as it is, then its distorted versions.

    Parameters
    ----------
    images : array_like, shape (n, 28, 28) or (n, 28, 28, 1)
        In [0, 1].
    versions : sequence of such arrays
        All images, distorted in each array in another way.
    """
    shown = np.stack([images, *versions], axis=1)  # (n, 1 + n_versions, 28, 28, 1)
    n_rows, n_columns = shown.shape[:2]
    titles = ["as it is"] + [""] * (n_rows * n_columns - 1)
    shown = shown.reshape(n_rows * n_columns, 28, 28)
    axes = plotting.plot_images(shown, titles, n_columns=n_columns, vmin=0, vmax=1)
    alt = """A 2, a 5 and a 7 in three rows: left as they are, then nine times distorted: a little turned,
    slanted, larger or smaller, shifted, bent. All remain easy to read."""
    plotting.show(axes[0, 0].figure, alt)


def draw_ladder(errors, times, *, n_images=10000):
    """Draw the errors of each rung, run by run, with Wilson's interval around their mean; beside them, its time.

    Parameters
    ----------
    errors : dict of str to list of int
        For each rung, the errors of its runs.
    times : dict of str to float
        For each rung, the time of its training as a multiple of the seed's.
    n_images : int
        How many images the errors are counted on.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2), sharey=True, width_ratios=[2, 1])
    for row, (rung, counts) in enumerate(errors.items()):
        low, high = evaluation.wilson_interval(round(np.mean(counts)), n_images)
        left.plot([n_images * low, n_images * high], [row, row], color=plotting.BLUE, linewidth=2)
        left.plot(counts, np.full(len(counts), row), "o", color=plotting.ORANGE, markeredgecolor="black")
        right.barh(row, times[rung], color=plotting.GRAY, height=0.6)
    ticks = [30, 100, 300, 1000, 3000, 9000]
    left.set(xscale="log", xlabel=f"errors in {n_images:,} validation images")
    left.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    left.set_yticks(range(len(errors)), list(errors))
    left.invert_yaxis()
    right.set(xlabel="training time / seed's recipe", xlim=(0, None))
    alt = """Left, the errors of each rung as dots on a logarithmic axis, with an interval around their mean,
    falling from 9,000 for the majority class over several hundred for a dense network to a few dozen for
    an ensemble; from normalized on, the intervals of neighbors overlap. Right, the time of training,
    longest for the ensemble."""
    plotting.show(figure, alt)


def draw_errors(images, labels, probabilities, *, titles=True):
    """Draw all images that are misread, most surely misread first; with titles, their labels and what was read.

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
    alt = """All test images that the ensemble misreads, most surely misread first, without their labels. Many are
    broken, crossed out or halfway between two digits."""
    if titles:
        alt = """All test images that the ensemble misreads, each with its label and the answer, most surely
        misread first. Many are broken, crossed out or halfway between two digits; a few look like the answer
        rather than the label."""
    plotting.show(axes[0, 0].figure, alt)
