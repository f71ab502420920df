"""The pictures of lesson 06: answers, intervals, runs, and where a network errs."""

import matplotlib.pyplot as plt
import numpy as np

from course_utils import plotting


def draw_answers(images, labels, probabilities):
    """Draw images in a row, each over its ten probabilities, with its label and the network's answer.

    Parameters
    ----------
    images : ndarray, shape (n, 28, 28, 1)
    labels : ndarray of int, shape (n,)
    probabilities : ndarray, shape (n, 10)
        In [0, 1].
    """
    figure, axes = plt.subplots(2, len(images), figsize=(9.5, 4.8), height_ratios=[1.3, 1], squeeze=False)
    for (top, bottom), image, label, row in zip(axes.T, images, labels, probabilities, strict=True):
        plotting.plot_image(image, ax=top, title=f"label {label}, answer {row.argmax()}")
        plotting.plot_probabilities(row, label=label, ax=bottom)
    alt = """Three test images, each over its ten probabilities as bars, the bar of the true class in blue.
    A clear 7 with one tall blue bar; a digit read correctly although several bars are of similar height; a
    digit where a gray bar is the tallest."""
    plotting.show(figure, alt)


def draw_test_sets(accuracies, low, high, *, ours, original):
    """Draw how often each accuracy comes in imagined test sets, the range of 95% of them, and two measured ones.

    Parameters
    ----------
    accuracies : ndarray, shape (n,)
        On test sets of 10,000 images, around 0.99.
    low, high : float
        The ends of the range.
    ours, original : float
        Two accuracies to mark: of the course's network and of the original notebook's.
    """
    figure, ax = plt.subplots(figsize=(8.5, 3.2))
    ax.hist(accuracies, bins=np.arange(9855.5, 9946) / 10000, color=plotting.GRAY)
    ax.axvspan(low, high, color=plotting.SKY, alpha=0.25, zorder=0, label="95% of the test sets")
    ax.axvline(ours, color=plotting.BLUE, linewidth=2.5, label="our network")
    ax.axvline(original, color=plotting.VERMILION, linewidth=2.5, linestyle="--", label="the original notebook")
    ax.set(xlabel="accuracy on one test set of 10,000 images", ylabel="test sets", ylim=(0, 5800))
    ax.legend(loc="upper left")
    alt = """Histogram of the accuracies on imagined test sets when the true accuracy is 99 percent: a bell
    around 0.990. Both our network's and the original notebook's accuracy lie well inside the range that
    holds 95 percent of the test sets."""
    plotting.show(figure, alt)


def draw_candidates(candidates, allowed, passed, *, wald):
    """Draw how far each candidate for the true accuracy lies from a share of 0.99, and how far it may lie.

    Parameters
    ----------
    candidates : ndarray, shape (n,)
        Ascending, from 0.92 to 1.
    allowed : ndarray, shape (n,)
        The distance that each may have, Wilson's way.
    passed : ndarray, shape (at most n,)
        The candidates that lie no farther away.
    wald : float
        The distance that all may have, Wald's way.
    """
    figure, ax = plt.subplots(figsize=(8.5, 3.6))
    ax.plot([0.92, 0.99, 1.012], [0.07, 0, 0.022], color="black", label="distance from the observed share, 0.99")
    ax.plot(candidates, allowed, color=plotting.BLUE, linewidth=2.5, label="allowed, Wilson's way")
    ax.plot([0.92, 1.012], [wald, wald], "--", color=plotting.ORANGE, label="allowed, Wald's way")
    ax.axvspan(passed[0], passed[-1], color=plotting.SKY, alpha=0.3, label="all that pass Wilson's way")
    ax.set(xlabel="candidate for the true accuracy", ylabel="distance", xlim=(0.92, 1.012), ylim=(0, 0.105))
    ax.axvline(1, color=plotting.GRAY, linewidth=0.8)
    ax.legend(loc="upper right", fontsize=9.5, frameon=True, framealpha=1)
    alt = """Over the candidates: their distance from 0.99 as a V, and the allowed distance, a curve that
    falls to zero at 1. They cross twice, left and right of 0.99; Wilson's interval lies between. Wald's flat
    line crosses the V beyond 1."""
    plotting.show(figure, alt)


def draw_runs(shares, intervals, *, mean, deviation):
    """Draw the accuracies of runs with their intervals, and the band of the mean plus and minus the deviation.

    Parameters
    ----------
    shares : ndarray, shape (n_runs + 1,)
        Accuracies of random seeds 0, 1, 2, ...; the last one is the original notebook's.
    intervals : tuple of ndarray, each of shape (n_runs + 1,)
        Low and high ends.
    mean, deviation : float
        Over the random seeds.
    """
    last = len(shares) - 1
    figure, ax = plt.subplots(figsize=(8.5, 4.4))
    band = mean - deviation, mean + deviation
    ax.axvspan(*band, color=plotting.SKY, alpha=0.25, label="mean ± standard deviation of the runs")
    ax.axvline(mean, color=plotting.SKY)
    for row, (share, low, high) in enumerate(zip(shares, *intervals, strict=True)):
        color, marker = (plotting.BLUE, "o") if row < last else (plotting.VERMILION, "D")
        label = {0: "our runs, with Wilson intervals", last: "the original notebook, with its own"}.get(row)
        ax.plot([low, high], [row, row], color=color, linewidth=1.2)
        ax.plot(share, row, marker, color=color, markersize=7, label=label)
    names = [*(f"seed {seed}" for seed in range(last)), "original"]
    ax.set(yticks=range(len(names)), yticklabels=names, ylim=(last + 1, -3.2), xlabel="test accuracy")
    ax.legend(loc="upper left", fontsize=9.5)
    alt = """Test accuracies with their intervals as bars: ten runs, scattered about as widely as one bar is
    long, and the original notebook's 0.9915, which lies inside the band of mean plus and minus one
    standard deviation."""
    plotting.show(figure, alt)


def draw_confusion(matrix):
    """Draw a confusion matrix of ten classes: true class down, predicted class across."""
    _, ax = plt.subplots(figsize=(4.5, 4.5))
    alt = """Confusion matrix, true class by predicted class: about a thousand in each cell of the
    diagonal; errors are few and gather in the column of the predicted 3 and in the row of the true 9."""
    plotting.show(plotting.plot_confusion(matrix, ax=ax).figure, alt)


def draw_recall_and_precision(recall, recall_intervals, precision, precision_intervals):
    """Draw the recall and the precision of each class, side by side.

    Parameters
    ----------
    recall, precision : ndarray, shape (10,)
        In [0.95, 1].
    recall_intervals, precision_intervals : tuple of ndarray, each of shape (10,)
        Low and high ends.
    """
    figure, ax = plt.subplots(figsize=(8.5, 3.4))
    for name, shares, intervals, offset, style, color in (
        ("recall", recall, recall_intervals, -0.12, "o", plotting.BLUE),
        ("precision", precision, precision_intervals, 0.12, "s", plotting.ORANGE),
    ):
        x = np.arange(10) + offset
        ax.vlines(x, *intervals, color=color)
        ax.plot(x, shares, style, color=color, label=name)
    ax.set(xticks=range(10), xlabel="class", ylabel="share with its 95% interval", ylim=(0.95, 1.0005))
    ax.legend(loc="lower left", ncols=2)
    alt = """Recall and precision of each class with their intervals: recall is lowest for 9, highest for 3;
    precision is lowest for 3."""
    plotting.show(figure, alt)


def draw_reliability(confidence, right, intervals, sizes):
    """Draw a reliability diagram: the share of right answers against the mean confidence, a dot for each bin.

    Parameters
    ----------
    confidence, right : ndarray, shape (n_bins,)
        The mean confidence in each bin, and the share that is right.
    intervals : tuple of ndarray, each of shape (n_bins,)
        Low and high ends, of the share that is right.
    sizes : ndarray of int, shape (n_bins,)
        How many answers each bin holds.
    """
    figure, ax = plt.subplots(figsize=(5.6, 4.6))
    ax.plot([0, 1], [0, 1], color=plotting.GRAY, linestyle=":", label="calibrated")
    ax.set(xticks=np.arange(3, 11) / 10, xlim=(0.25, 1.08), ylim=(0, 1.04))
    ax.vlines(confidence, *intervals, color=plotting.BLUE)
    ax.plot(confidence, right, "o", color=plotting.BLUE, label="one bin, with its 95% interval")
    for x, y, n in zip(confidence, right, sizes, strict=True):
        ax.annotate(f"{n}", (x, y), xytext=(6, -4), textcoords="offset points", fontsize=9, va="top")
    ax.set(xlabel="mean confidence in the bin", ylabel="share that is right")
    ax.legend(loc="lower right")
    alt = """Reliability diagram: share of right answers against mean confidence, one dot a bin, beside each
    its number of answers. Nearly all answers are in the last bin, close to the diagonal. The bins before it
    hold few answers each and lie mostly below."""
    plotting.show(figure, alt)


def draw_shift(moved, accuracy, before, after):
    """Draw the first digit as it was and moved farthest, and three curves against the shift.

    Parameters
    ----------
    moved : sequence of ndarray, each of shape (n, 28, 28, 1)
        The same digits, moved to the right by 0, 1, 2, 3, 4 pixels.
    accuracy, before, after : sequence of float, one for each shift
        Of the digits moved that far: the accuracy, and the mean confidence before and after temperature scaling.
    """
    figure, (left, middle, curves) = plt.subplots(1, 3, figsize=(10, 3.2), width_ratios=[1, 1, 2])
    for ax, image, title in ((left, moved[0][0], "as it was"), (middle, moved[-1][0], "four pixels to the right")):
        plotting.plot_image(image, ax=ax, title=title)
        plotting.mark_window(ax, 0, 0, 28, color=plotting.GRAY)
    curves.plot(before, "o-", label="mean confidence")
    curves.plot(after, "^:", label="mean confidence, temperature scaled")
    curves.plot(accuracy, "s--", label="accuracy")
    curves.set(xticks=range(5), xlabel="shift in pixels", ylabel="share", ylim=(0.5, 1.02))
    curves.legend(loc="lower left")
    alt = """A test digit as it was and moved by four pixels, whole in both. Beside them accuracy and mean
    confidence, with and without temperature scaling, against the shift: they start together, then accuracy
    falls steeply while both confidences fall much less."""
    plotting.show(figure, alt)


def draw_lettered(images):
    """Draw ten misread images in two rows, with letters and without their labels; shape (10, 28, 28, 1)."""
    names = [f"({letter})" for letter in "abcdefghij"]
    axes = plotting.plot_images(images, names, n_columns=5, size=1.5)
    alt = """Ten test images that the network misread, in two rows, without their labels: odd, broken or
    hastily written digits."""
    plotting.show(axes[0, 0].figure, alt)


def draw_errors(ours, original, interval, *, people, judged_wrong):
    """Draw the errors in 10,000 images: of our runs, of the original notebook, and of people as usually quoted.

    Parameters
    ----------
    ours : ndarray of int, shape (n_runs,)
    original, people : int
    interval : tuple of float
        Low and high end for the original notebook, as shares.
    judged_wrong : int
        How many labels were judged wrong.
    """
    figure, ax = plt.subplots(figsize=(8.5, 2.7))
    ax.plot(ours, np.zeros(len(ours)), "o", color=plotting.BLUE, alpha=0.6)
    ax.plot([10000 * end for end in interval], [1, 1], color=plotting.VERMILION)
    ax.plot(original, 1, "D", color=plotting.VERMILION, markersize=8)
    ax.plot(people, 2, "D", color="black", markersize=8)
    ax.axvline(judged_wrong, color=plotting.GRAY, linestyle=":", label=f"labels judged wrong: {judged_wrong}")
    ax.set(xlim=(0, 130), ylim=(2.6, -0.6), xlabel="errors in 10,000 images")
    ax.set_yticks(range(3), ["our ten runs", "the original notebook", "people: 0.2%, as quoted"])
    ax.legend(loc="lower right")
    alt = """Errors in 10,000 images: our ten runs as dots and the original notebook with its interval lie far
    to the right of the figure usually quoted for people, which stands close to the number of labels judged
    wrong."""
    plotting.show(figure, alt)
