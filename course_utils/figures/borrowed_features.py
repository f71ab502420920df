"""The pictures of lesson 15, Borrowed features."""

import matplotlib.pyplot as plt
import numpy as np

from course_utils import detection, plotting

COLORS = (plotting.GRAY, plotting.BLUE, plotting.ORANGE, plotting.GREEN)
MARKERS = "so^D"
CREDIT = "cells: Deitsch and others, elpv-dataset, CC BY-NC-SA 4.0, reduced"
OPINIONS = {0: "fine", 1: "probably fine", 2: "probably defective", 3: "defective"}  # by thirds of a probability


def draw_few(accuracies, counts):
    """Draw accuracy over the number of images to learn from, a line a way of learning; a band spans all draws.

    Parameters
    ----------
    accuracies : dict of str to array_like, shape (n_draws, n_counts)
        In [0, 1].
    counts : sequence of int
        Images a class.
    """
    figure, ax = plt.subplots(figsize=(8, 4))
    for (way, runs), color, marker in zip(accuracies.items(), COLORS, MARKERS, strict=False):
        runs = np.asarray(runs)
        ax.fill_between(counts, runs.min(axis=0), runs.max(axis=0), color=color, alpha=0.2, linewidth=0)
        ax.plot(counts, runs.mean(axis=0), color=color, marker=marker, label=way)
    ax.set(xscale="log", xlabel="images of each digit from 5 to 9 (logarithmic)", ylabel="validation accuracy")
    ax.set_xticks(counts, [str(count) for count in counts])
    ax.minorticks_off()
    ax.legend(loc="lower right")
    alt = f"""Accuracy on digits from 5 to 9 over the images of each that there are to learn from, {counts[0]} to
    {counts[-1]}, a line each for {", ".join(accuracies)}, with a band from the worst to the best draw. All rise. From
    scratch is lowest by far at the left, and the lines meet at the right."""
    plotting.show(figure, alt)


def draw_first_filters(borrowed, ours):
    """Draw the filters of two first layers: in color, and in gray.

    Parameters
    ----------
    borrowed : ndarray, shape (height, width, 3, n)
    ours : ndarray, shape (height, width, 1, n)
    """
    figure, axes = plt.subplots(4, 17, figsize=(9.5, 2.6), width_ratios=[1] * 8 + [0.6] + [1] * 8)
    for ax in axes.ravel():
        ax.axis("off")
    for number in range(32):
        row, column = divmod(number, 8)
        filter_ = borrowed[..., number]
        axes[row, column].imshow(0.5 + filter_ / (2 * abs(filter_).max() + 1e-9))
        limit = abs(ours[..., number]).max()
        axes[row, column + 9].imshow(ours[..., 0, number], cmap=plotting.SIGNED, vmin=-limit, vmax=limit)
    axes[0, 3].set_title("EfficientNet-Lite0, from photographs", loc="center")
    axes[0, 12].set_title("ours, from digits", loc="center")
    alt = """Thirty-two filters of 3 × 3 each. On the left those of EfficientNet-Lite0, in color: some go from dark to
    light in some direction, many are blotches of purple, green, or blue, and a few are nearly blank. On the right those
    of our network, of one channel, drawn from orange for negative to purple for positive: many go from negative to
    positive in some direction."""
    plotting.show(figure, alt)


def draw_cells(images, probabilities=None, *, kinds=None):
    """Draw cells in rows of six, with what experts say of them or without.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, height, width)
    probabilities : ndarray, shape (n,), optional
        That a cell is defective: thirds from 0 to 1.
    kinds : sequence of str, optional
        "mono" or "poly", to be told in the alternative text.
    """
    titles = [f"cell {number}" for number in range(1, len(images) + 1)]
    told = "numbered"
    if probabilities is not None:
        titles = [OPINIONS[round(3 * probability)] for probability in probabilities]
        told = "as experts say: " + ", ".join(titles)
    axes = plotting.plot_images(_reduced(images), titles, n_columns=6, size=1.6, cmap="gray", vmin=0, vmax=255)
    axes[0, 0].figure.supxlabel(CREDIT, fontsize=8)
    alt = f"""{len(images)} photographs of solar cells in gray, {told}. Each is a bright square with a few dark bars
    across. Some have dark spots, lines, or dark areas. Credit: {CREDIT}."""
    plotting.show(axes[0, 0].figure, alt)


def _reduced(images):
    """Photographs of 300 × 300 pixels at a third of that, as means over 3 × 3 pixels."""
    images = np.asarray(images)
    return images.reshape(len(images), 100, 3, 100, 3).mean(axis=(2, 4))


def draw_neighbors(images, nearest):
    """Draw test cells in a row, and under each the training cell whose features are the most similar.

    Parameters
    ----------
    images, nearest : ndarray of uint8, shape (n, 300, 300)
    """
    titles = ["a test cell"] * len(images) + ["most similar"] * len(images)
    both = _reduced(np.concatenate([images, nearest]))
    axes = plotting.plot_images(both, titles, n_columns=len(images), size=1.6, cmap="gray", vmin=0, vmax=255)
    axes[0, 0].figure.supxlabel(CREDIT, fontsize=8)
    alt = f"""{len(images)} test cells in a row, and under each the training cell that is the most similar to it. They
    are alike in brightness and texture, and in the bars across. Credit: {CREDIT}."""
    plotting.show(axes[0, 0].figure, alt)


def draw_modules(shares, kinds):
    """Draw the share of defective cells in each module, in rising order.

    Parameters
    ----------
    shares : ndarray, shape (n_modules,)
        In [0, 1].
    kinds : ndarray of str, shape (n_modules,)
        "mono" or "poly".
    """
    order = np.argsort(shares, kind="stable")
    figure, ax = plt.subplots(figsize=(9, 3.2))
    for kind, color, hatch in (("mono", plotting.ORANGE, "///"), ("poly", plotting.BLUE, "")):
        places = np.flatnonzero(kinds[order] == kind)
        ax.bar(
            places,
            shares[order][places],
            color=color,
            hatch=hatch,
            edgecolor="white",
            linewidth=0,
            label=f"{kind}crystalline",
        )
    ax.set(xlabel="modules, in rising order", ylabel="share of defective cells", xticks=[], ylim=(0, 1))
    ax.legend(loc="upper left")
    alt = f"""A bar for each of {len(shares)} modules: the share of its cells that are defective, in rising order, from
    {shares.min():.2f} to {shares.max():.2f}. {np.sum(shares < 0.2)} modules have less than a fifth,
    {np.sum(shares > 0.5)} more than a half. Both kinds, mono- and polycrystalline, are on both sides."""
    plotting.show(figure, alt)


def draw_curves(labels, scores):
    """Draw ROC curves, and precision over recall.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        1 for defective, 0 for all else.
    scores : dict of str to ndarray, shape (n,)
        By name, the higher, the more likely defective.
    """
    curves = {
        name: (*detection.roc_curve(labels, one)[:2], *detection.precision_recall_curve(labels, one)[1::-1])
        for name, one in scores.items()
    }
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4))
    styles = ("-", "--", "-.", ":")
    for (name, (false_rate, true_rate, recall, precision)), color, style in zip(
        curves.items(), COLORS[1:], styles, strict=False
    ):
        left.plot(false_rate, true_rate, style, color=color, linewidth=2, label=name)
        right.plot(recall, precision, style, color=color, linewidth=2, label=name)
    left.plot([0, 1], [0, 1], ":", color="black", linewidth=1, label="chance")
    right.axhline(np.mean(labels), linestyle=":", color="black", linewidth=1, label="chance")
    left.set(xlabel="false positive rate", ylabel="true positive rate (recall)", title="ROC", aspect="equal")
    right.set(xlabel="recall", ylabel="precision", title="precision and recall", ylim=(0, 1.02))
    left.legend(loc="lower right")
    alt = f"""Two plots with a line each for {" and ".join(curves)}. On the left, true positive rate over false positive
    rate, from 0, 0 to 1, 1: the lines rise steeply at first and lie well above the diagonal, which is chance. On the
    right, precision over recall: the lines fall from the upper left towards the share of defective cells."""
    plotting.show(figure, alt)


def draw_costs(labels, scores, cost_missed, cost_alarm, *, chosen):
    """Draw what all errors cost, over the threshold.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        1 for defective, 0 for all else.
    scores : ndarray, shape (n,)
        In [0, 1].
    cost_missed, cost_alarm : float
        Of one missed defect, and of one false alarm.
    chosen : float
        The threshold to mark.
    """
    n_true, n_false, thresholds = (values[1:] for values in detection.count_detections(labels, scores))
    costs = cost_missed * (np.sum(labels) - n_true) + cost_alarm * n_false
    figure, ax = plt.subplots(figsize=(8, 3.4))
    ax.plot(thresholds, costs, color=plotting.BLUE, linewidth=2, label="cost of all errors")
    ax.axvline(0.5, color=plotting.GRAY, linestyle="--", label="0.5")
    ax.axvline(chosen, color=plotting.VERMILION, label="the cheapest")
    ax.set(xlabel="threshold", ylabel="cost of all errors", xlim=(0, 1), ylim=(0, None))
    ax.legend()
    alt = """The cost of all errors over the threshold: a curve that falls from the left to a low place and then rises
    and rises. The cheapest threshold is far below 0.5."""
    plotting.show(figure, alt)


def draw_reliability(labels, probabilities):
    """Draw what share of the cells is defective over the probability that a model gives, in ten bins of equal width.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        1 for defective, 0 for all else.
    probabilities : dict of str to ndarray, shape (n,)
        By name of the model, in [0, 1].
    """
    figure, ax = plt.subplots(figsize=(5.5, 4))
    ax.plot([0, 1], [0, 1], ":", color="black", linewidth=1, label="calibrated")
    for (name, one), color, marker in zip(probabilities.items(), COLORS[1:], MARKERS, strict=False):
        bins = np.minimum((10 * one).astype(int), 9)
        counts = np.bincount(bins, minlength=10)
        filled = counts > 0
        said, was = (np.bincount(bins, values, 10)[filled] / counts[filled] for values in (one, labels))
        ax.plot(said, was, color=color, marker=marker, label=name)
    ax.set(xlabel="mean probability of a defect, by the model", ylabel="share of defective cells", aspect="equal")
    ax.legend()
    first, second = probabilities
    alt = f"""The share of defective cells over the probability that a model gives, in ten bins, a line for each model.
    The line of {first!r} lies close to the diagonal, where probabilities are calibrated. That of {second!r} lies far
    below it, nearly everywhere: it promises far more defects than there are."""
    plotting.show(figure, alt)


def draw_evidence(images, evidence, shuffled, called, labels):
    """Draw cells, and under each what every square adds to its score, by two models on one scale.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, 300, 300)
    evidence, shuffled : ndarray, shape (n, height, width)
        By a model that learned from the labels, and by one that learned from shuffled ones.
    called, labels : ndarray of bool or int, shape (n,)
        Whether the first model calls a cell defective, and whether it is.
    """
    names = {(1, 1): "defect, found", (1, 0): "defect, missed", (0, 1): "false alarm", (0, 0): "fine, called so"}
    titles = [names[int(label), int(said)] for label, said in zip(labels, called, strict=True)]
    limit = max(abs(evidence).max(), abs(shuffled).max())
    figure, axes = plt.subplots(3, len(images), figsize=(10, 4.1))
    for column, (image, title) in enumerate(zip(_reduced(images), titles, strict=True)):
        axes[0, column].imshow(image, cmap="gray", vmin=0, vmax=255)
        axes[0, column].set_title(title, fontsize=8, loc="center")
        for ax, values in zip(axes[1:, column], (evidence, shuffled), strict=True):
            drawn = ax.imshow(values[column], cmap=plotting.SIGNED, vmin=-limit, vmax=limit)
    for ax in axes.ravel():
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
    for ax, name in zip(axes[:, 0], ("cell", "labels", "shuffled\nlabels"), strict=True):
        ax.set_ylabel(name, fontsize=9)
    figure.colorbar(drawn, ax=axes, label="adds to the score", shrink=0.8)
    figure.supxlabel(CREDIT, fontsize=8)
    alt = f"""{len(images)} cells: {", ".join(titles)}. Under each are two maps of 4 × 4 squares, orange where a square
    lowers the score and purple where it raises it: one by the model that learned from the labels, one by the model that
    learned from shuffled ones. Both have strongly colored squares, and mostly not the same ones. Credit: {CREDIT}."""
    plotting.show(figure, alt)


def draw_changes(image):
    """Draw a cell as it is, and changed in five ways.

    Parameters
    ----------
    image : ndarray of uint8, shape (300, 300)
    """
    small = _reduced(image[None])[0]
    changed = {
        "as it is": small,
        "mirrored": small[:, ::-1],
        "upside down": small[::-1],
        "a quarter turn": np.rot90(small),
        "brighter": np.minimum(1.3 * small, 255),
        "middle, enlarged": np.repeat(np.repeat(small[20:80, 20:80], 5, axis=0), 5, axis=1),
    }
    axes = plotting.plot_images(
        list(changed.values()), list(changed), n_columns=len(changed), size=1.6, cmap="gray", vmin=0, vmax=255
    )
    axes[0, 0].figure.supxlabel(CREDIT, fontsize=8)
    alt = f"""A cell in six ways: {", ".join(changed)}. It is bright, with three dark bars across and a black area in
    the lower right corner. Mirrored, this lies at the left, upside down above. After a quarter turn, the bars stand
    upright. Where the middle is enlarged, the black area is gone. Credit: {CREDIT}."""
    plotting.show(axes[0, 0].figure, alt)


def draw_labels(areas, counts):
    """Draw the area under the ROC curve over the number of labels, a line a way of learning; a band spans all seeds.

    Parameters
    ----------
    areas : dict of str to array_like, shape (n_counts, n_seeds)
        In [0, 1], on modules that are new to the model.
    counts : sequence of int
        Labels to learn from.
    """
    figure, ax = plt.subplots(figsize=(8, 4))
    for (way, runs), color, marker in zip(areas.items(), COLORS, MARKERS, strict=False):
        runs = np.asarray(runs)
        ax.fill_between(counts, runs.min(axis=1), runs.max(axis=1), color=color, alpha=0.2, linewidth=0)
        ax.plot(counts, runs.mean(axis=1), color=color, marker=marker, label=way)
    ax.set(xscale="log", xlabel="labeled cells to learn from (logarithmic)", ylabel="AUC on new modules")
    ax.set_xticks(counts, [f"{count:,}" for count in counts])
    ax.minorticks_off()
    ax.set_ylim(min(np.min(runs) for runs in areas.values()) - 0.04, None)
    ax.legend(loc="lower right", ncols=len(areas))
    means = [f"{way} from {np.mean(runs[0]):.2f} to {np.mean(runs[-1]):.2f}" for way, runs in areas.items()]
    alt = f"""The AUC on new modules over the number of labels, {counts[0]} to {counts[-1]:,}, a line for each way of
    learning, with a band from the lowest to the highest of {len(next(iter(areas.values()))[0])} seeds. All rise:
    {", ".join(means)}."""
    plotting.show(figure, alt)
