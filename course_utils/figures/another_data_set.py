"""The pictures of lesson 13, Another data set."""

import matplotlib.pyplot as plt
import numpy as np

from course_utils import plotting
from course_utils.data import FASHION_NAMES

# Classes that are taken for one another stand together: what covers the chest, then the rest, then shoes.
ORDER = (0, 6, 2, 4, 3, 1, 8, 5, 7, 9)
LOWEST = 0.85  # where the axis of trials ends; what is lower stands there


def draw_kinds(images, labels, *, n_rows=3):
    """Draw the first images of each class, a column a class.

    Parameters
    ----------
    images : array_like, shape (n, 28, 28)
    labels : array_like of int, shape (n,)
    n_rows : int
        How many of each class.
    """
    first = np.stack([np.flatnonzero(np.asarray(labels) == kind)[:n_rows] for kind in range(10)], axis=1)
    titles = [*FASHION_NAMES] + [""] * (10 * (n_rows - 1))
    axes = plotting.plot_images(np.asarray(images)[first.ravel()], titles, size=1.1)
    alt = """Ten columns of clothes, photographed from the front without a person, one class a column: T-shirts and
    tops, trousers, pullovers, dresses, coats, sandals, shirts, sneakers, bags, ankle boots. All shoes but a few point
    to the left, and the items fill the image."""
    plotting.show(axes[0, 0].figure, alt)


def draw_rungs(errors):
    """Draw the errors of several networks on two data sets, a dot a run.

    Parameters
    ----------
    errors : dict of str to dict of str to list of int
        For each data set, by network, the errors of its runs on 10,000 validation images.
    """
    figure, ax = plt.subplots(figsize=(9, 3.4))
    for (data_set, rungs), color, marker in zip(errors.items(), (plotting.GRAY, plotting.ORANGE), "so", strict=True):
        for row, counts in enumerate(rungs.values()):
            label = data_set if row == 0 else None
            ax.plot(
                counts, [row] * len(counts), marker, color=color, markeredgecolor="black", label=label, linestyle="none"
            )
    names = list(next(iter(errors.values())))
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ticks = [30, 100, 300, 1000, 3000]
    ax.set(xscale="log", xlabel="errors on 10,000 validation images (logarithmic)")
    ax.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    ax.minorticks_off()
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    alt = """The errors of five networks as dots on a logarithmic axis. On MNIST they fall from rung to rung, from about
    800 for logistic regression to about 60. On Fashion-MNIST all stand farther right and closer together, from about
    1,450 to about 750 for the fourth, normalized; the fifth, augmented, goes back to about 900."""
    plotting.show(figure, alt)


def draw_riddle(images, labels=None):
    """Draw images to be sorted by hand; with labels, the answers above them.

    Parameters
    ----------
    images : array_like, shape (n, 28, 28)
    labels : array_like of int, shape (n,), optional
    """
    names = [f"{number}" for number in range(1, len(images) + 1)]
    if labels is not None:
        names = [f"{name}: {FASHION_NAMES[label]}" for name, label in zip(names, labels, strict=True)]
    axes = plotting.plot_images(images, names, n_columns=6, size=1.45)
    alt = """Twelve tops in two rows, with numbers from 1 to 12: short sleeves and long ones, some with buttons, most
    of one gray."""
    if labels is not None:
        alt = f"The same twelve tops with their labels: {', '.join(names)}."
    plotting.show(axes[0, 0].figure, alt)


def draw_confusion(matrix):
    """Draw the confusion matrix of the ten kinds of clothes, with those next to each other that are confused.

    Parameters
    ----------
    matrix : array_like of int, shape (10, 10)
        Row: true class. Column: predicted class.
    """
    ax = plotting.plot_confusion(np.asarray(matrix)[np.ix_(ORDER, ORDER)])
    names = [FASHION_NAMES[kind] for kind in ORDER]
    ax.set_xticks(range(10), names, rotation=40, ha="right")
    ax.set_yticks(range(10), names)
    ax.figure.set_size_inches(7, 6)
    worst = np.where(np.eye(10, dtype=bool), 0, matrix)
    true, predicted = np.unravel_index(worst.argmax(), worst.shape)
    alt = f"""The confusion matrix with the classes in the order {", ".join(names)}. Nearly all errors stand in two
    blocks: among T-shirt, shirt, pullover, coat and dress, and, far fewer, among the three kinds of shoes. The largest
    count is {worst.max()}, {FASHION_NAMES[true]} taken for {FASHION_NAMES[predicted]}."""
    plotting.show(ax.figure, alt)


def draw_distortions(rows):
    """Draw the same images in several versions, a row a version.

    Parameters
    ----------
    rows : dict of str to array_like of shape (n, 28, 28) or (n, 28, 28, 1)
        By name; the same number of images in each, in [0, 1].
    """
    n = len(next(iter(rows.values())))
    shown = np.concatenate([np.reshape(images, (n, 28, 28)) for images in rows.values()])
    axes = plotting.plot_images(shown, n_columns=n, size=1.0, vmin=0, vmax=1)
    for ax, name in zip(axes[:, 0], rows, strict=True):
        ax.text(-0.15, 0.5, name, transform=ax.transAxes, ha="right", va="center")
    alt = f"""A T-shirt, a pair of trousers, a sandal, a sneaker, a bag and an ankle boot, once in each of
    {len(rows)} rows: {", ".join(rows)}."""
    plotting.show(axes[0, 0].figure, alt)


def draw_curves(curves):
    """Draw loss and accuracy, epoch by epoch, in training and on images that were not trained on.

    Parameters
    ----------
    curves : dict of str to list of float
        ``train_loss``, ``val_loss``, ``train`` and ``val``, the last two accuracies; one value an epoch.
    """
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.6))
    for ax, names, what in ((axes[0], ("train_loss", "val_loss"), "loss"), (axes[1], ("train", "val"), "accuracy")):
        for name, label, color, line in zip(
            names, ("training", "validation"), (plotting.BLUE, plotting.VERMILION), ("-", "--"), strict=True
        ):
            ax.plot(range(1, len(curves[name]) + 1), curves[name], line, color=color, linewidth=2, label=label)
        ax.set(xlabel="epoch", ylabel=what)
    best = int(np.argmin(curves["val_loss"]))
    axes[0].plot(best + 1, curves["val_loss"][best], "o", color="black", label="lowest validation loss")
    axes[0].legend()
    axes[1].legend()
    alt = f"""Left, the loss over {len(curves["val_loss"])} epochs: in training it falls steadily to
    {curves["train_loss"][-1]:.2f}; in validation it is lowest after epoch {best + 1}, at
    {curves["val_loss"][best]:.2f}, and ends at {curves["val_loss"][-1]:.2f}. Right, the accuracy: in training it rises
    to {curves["train"][-1]:.2f}; in validation it levels off near {curves["val"][-1]:.2f}, and does not fall."""
    plotting.show(figure, alt)


def draw_remedies(errors, *, base):
    """Draw the errors of each remedy against overfitting, seed by seed, and what each saves in pairs.

    Parameters
    ----------
    errors : dict of str to list of int
        For each remedy, the errors of its runs on 10,000 images, in the order of their seeds.
    base : str
        The run without a remedy.
    """
    figure = plotting.plot_arms(errors, base=base)
    means = {name: np.mean(counts) for name, counts in errors.items()}
    ranked = ", ".join(f"{name} {means[name]:.0f}" for name in sorted(means, key=means.get))
    alt = f"""Left, the errors of {len(errors)} arms, five dots each and a bar at their mean: {ranked}. Right, the
    errors saved with the same seed; to the right of 0 is better."""
    plotting.show(figure, alt)


def draw_rates(rates, losses, *, guessing):
    """Draw the validation loss against the learning rate for several optimizers; a point is the middle of its seeds.

    Parameters
    ----------
    rates : sequence of float
    losses : dict of str to array_like of float, shape (n_rates, n_seeds)
        By optimizer; infinite where the loss was no number.
    guessing : float
        The loss of a network that gives every class the same probability.
    """
    figure, ax = plt.subplots(figsize=(8.5, 4))
    colors = (plotting.BLUE, plotting.SKY, plotting.VERMILION, plotting.BLACK)
    for (name, each), color, marker in zip(losses.items(), colors, "os^D", strict=True):
        middle = np.minimum(np.median(each, axis=1), 1.15 * guessing)
        ax.plot(rates, middle, marker=marker, color=color, linewidth=2, label=name)
    ax.axhline(guessing, color=plotting.GRAY, linestyle=":", label="guessing")
    ax.set(xscale="log", xlabel="learning rate (logarithmic)", ylabel="validation loss", ylim=(0.3, 1.2 * guessing))
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    alt = """The validation loss of four optimizers against the learning rate, each a valley: far too small a rate, and
    the loss is still high; too large, and it jumps to guessing or beyond. The lowest points lie near 0.3 for SGD, near
    0.1 for SGD with momentum, and between 0.003 and 0.01 for RMSprop and Adam, whose valleys are the deepest."""
    plotting.show(figure, alt)


def draw_grid_and_random(grid, random, *, labels):
    """Draw two ways to place trials in a plane, and below each, how many values of the first axis it tries.

    Parameters
    ----------
    grid, random : array_like of float, shape (n, 2)
    labels : tuple of str
        What the two axes are.
    """
    figure, axes = plt.subplots(1, 2, figsize=(8, 4), sharey=True)
    counts = []
    for ax, points, name in zip(axes, (grid, random), ("grid search", "random search"), strict=True):
        points = np.asarray(points)
        tried = np.unique(points[:, 0])
        counts.append(len(tried))
        ax.plot(*points.T, "o", color=plotting.ORANGE, markeredgecolor="black")
        ax.plot(tried, np.full(len(tried), -0.06), "|", color=plotting.BLUE, markersize=12, markeredgewidth=2)
        ax.set(title=f"{name}: {len(points)} trials", xlabel=labels[0], xlim=(-0.05, 1.05), ylim=(-0.12, 1.05))
    axes[0].set_ylabel(labels[1])
    alt = f"""Left, {len(grid)} trials in a square grid; seen from below, they stand over {counts[0]} values of the
    horizontal axis. Right, {len(random)} trials at random places, over {counts[1]} values."""
    plotting.show(figure, alt)


def draw_search(searches, *, guessed):
    """Draw the accuracy that each trial of a search reached before it ended, and the best so far.

    Parameters
    ----------
    searches : dict of str to list of dict
        By sampler, its trials as the bench stores them, in order; ``values`` has an accuracy for each rung.
    guessed : list of float
        The accuracies of guessed settings, trained to the last rung from several seeds.
    """
    figure, axes = plt.subplots(1, len(searches), figsize=(11, 4), sharey=True)
    colors, markers = (plotting.GRAY, plotting.SKY, plotting.ORANGE), "vso"
    told = []
    for ax, (sampler, trials) in zip(axes, searches.items(), strict=True):
        rungs = sorted({int(rung) for trial in trials for rung in trial["values"]})
        for rung, color, marker in zip(rungs, colors, markers, strict=True):
            ended = [trial for trial in trials if max(map(int, trial["values"])) == rung]
            points = [(trial["number"] + 1, max(trial["values"][str(rung)], LOWEST)) for trial in ended]
            ax.plot(
                *zip(*points, strict=True),
                marker,
                color=color,
                markeredgecolor="black",
                markersize=7,
                linestyle="none",
                label=f"ended after {rung} epochs",
            )
        last = [trial["values"].get(str(rungs[-1]), 0) for trial in trials]
        ax.step(range(1, len(last) + 1), np.maximum.accumulate(last), where="post", color=plotting.BLUE, label="best")
        band = {"color": plotting.GRAY, "alpha": 0.3, "linewidth": 0, "label": f"guessed, {len(guessed)} seeds"}
        ax.axhspan(min(guessed), max(guessed), **band)
        ax.set(title=sampler, xlabel="trial", ylim=(LOWEST - 0.005, 0.95))
        ticks = np.arange(LOWEST, 0.95, 0.02)
        ax.set_yticks(ticks, [f"≤ {LOWEST}", *(f"{tick:.2f}" for tick in ticks[1:])])
        told.append(
            f"{sampler}: {sum(map(bool, last))} of {len(last)} trials reach the last rung, the best {max(last)}"
        )
    axes[0].set_ylabel("validation accuracy (5,000 images)")
    axes[-1].legend(loc="upper left", bbox_to_anchor=(1, 1))
    alt = f"""The accuracy of each trial, in the order in which they were started, with the number of epochs after which
    it ended. {"; ".join(told)}. The guessed settings, from {len(guessed)} seeds, reach {min(guessed):.3f} to
    {max(guessed):.3f}."""
    plotting.show(figure, alt)


def draw_luck(errors):
    """Draw the share of errors of settings that were found and guessed: as found, again, and on other images.

    Parameters
    ----------
    errors : dict of str to list of float
        For each row, in percent, a number for each run.
    """
    figure, ax = plt.subplots(figsize=(8.5, 0.6 + 0.55 * len(errors)))
    for row, (name, each) in enumerate(errors.items()):
        color = plotting.GRAY if name.startswith("guessed") else plotting.ORANGE
        ax.plot(each, [row] * len(each), "o", color=color, markeredgecolor="black", alpha=0.8)
        ax.plot([np.mean(each)] * 2, [row - 0.35, row + 0.35], color=plotting.BLUE, linewidth=3)
    ax.set_yticks(range(len(errors)), list(errors))
    ax.invert_yaxis()
    ax.set(xlabel="errors in percent")
    means = "; ".join(f"{name} {np.mean(each):.2f}" for name, each in errors.items())
    plotting.show(figure, f"The errors in percent, a dot a run and a bar at their mean: {means}.")


def draw_doubted(images, names, *, n_columns=10):
    """Draw images with a line or two above each.

    Parameters
    ----------
    images : array_like, shape (n, 28, 28)
    names : list of str
    """
    axes = plotting.plot_images(images, names, n_columns=n_columns, size=1.25)
    alt = f"{len(images)} images of clothes. " + "; ".join(name.replace("\n", " ") for name in names) + "."
    plotting.show(axes[0, 0].figure, alt)


def draw_benchmark(reported, ours):
    """Draw test accuracies in rows, a dot for each network: those of a public list, and our own.

    Parameters
    ----------
    reported, ours : dict of str to list of float
        By row, the accuracies.
    """
    rows = reported | ours
    figure, ax = plt.subplots(figsize=(8.5, 0.8 + 0.45 * len(rows)))
    for row, (name, each) in enumerate(rows.items()):
        color, marker = (plotting.ORANGE, "o") if name in ours else (plotting.GRAY, "s")
        label = {0: "reported", len(reported): "ours"}.get(row)
        ax.plot(each, [row] * len(each), marker, color=color, markeredgecolor="black", alpha=0.8, label=label)
    ax.set_yticks(range(len(rows)), rows)
    ax.invert_yaxis()
    ax.grid(axis="y", alpha=0.3)
    ax.set(xlabel="accuracy on the test images")
    ax.legend(loc="lower left")
    ranges = "; ".join(f"{name} {min(each):.3f} to {max(each):.3f}" for name, each in rows.items())
    plotting.show(figure, f"Accuracies on the test images of Fashion-MNIST, a row a group: {ranges}.")
