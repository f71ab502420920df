"""Pictures of lesson 02, Preparing the data."""

import matplotlib.pyplot as plt
import numpy as np

from course_utils import plotting


def draw_both_ways(reshaped, moved, image):
    """Draw the image of this number from two arrays of shape (n, 28, 28, 1) that hold the same numbers."""
    figure, axes = plt.subplots(1, 2, figsize=(5.5, 2.7))
    plotting.plot_image(reshaped[image], ax=axes[0], title=f"image {image:,} after reshape")
    plotting.plot_image(moved[image], ax=axes[1], title="after np.moveaxis")
    alt = """Two pictures. After reshape: white, gray, and black pixels all over the square, without a shape. After
    moveaxis: a clean digit."""
    plotting.show(figure, alt)


def draw_losses(curves):
    """Draw the loss of each training step: a panel for each optimizer, pixels up to 1 and up to 255 in it.

    Parameters
    ----------
    curves : dict of tuple to list of float
        By (optimizer, largest pixel, seed): "sgd" or "rmsprop", 1 or 255, and 1 for the first seed.
    """
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.8), sharey=True)
    looks = {1: {"c": plotting.BLUE}, 255: {"c": plotting.VERMILION, "ls": "--"}}
    for (optimizer, top, seed), losses in curves.items():
        label = f"pixels from 0 to {top}" if seed == 1 else None
        axes[0 if optimizer == "sgd" else 1].plot(range(1, 1 + len(losses)), losses, label=label, **looks[top])
    for ax, optimizer in zip(axes, ("sgd", "rmsprop"), strict=True):
        ax.axhline(np.log(10), color="black", linestyle=":", label="ln 10: knows nothing")
        ax.set(yscale="log", ylim=(0.2, 200), xlabel="training step", ylabel="loss (log scale)", title=optimizer)
        ax.legend()
    alt = """Loss against training step, three starts each. Left, sgd: pixels up to 1 stay near ln 10; bytes jump up,
    some of them out of the picture, then some fall back to ln 10 and stay there, while others go lower. Right, rmsprop:
    pixels up to 1 fall at once; bytes start far up and fall to nearly the same place."""
    plotting.show(figure, alt)


def draw_one_hot(images, rows):
    """Draw images side by side, shape (n, 28, 28), and under each its one-hot row, shape (n, 10), as a column."""
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(4.9, 4.6), height_ratios=[1, 10])
    top.imshow(np.hstack(images), cmap=plotting.INK)
    top.set_axis_off()
    bottom.imshow(rows.T, cmap="Blues", vmax=2, aspect="equal")
    for image, label in enumerate(rows.argmax(axis=1)):
        bottom.text(image, label, "1", ha="center", va="center")
    bottom.set(yticks=range(10), xticks=range(len(rows)), ylabel="class", xlabel="image")
    alt = """Twelve digits in a row, and under each its one-hot column: ten boxes, one of them marked, at the height of
    the digit's class."""
    plotting.show(figure, alt)


def draw_accuracies(one, best):
    """Draw histograms of accuracies on 10,000 images: of any one network of 50, and of the best of them."""
    figure, ax = plt.subplots(figsize=(8, 3.2))
    bins = np.arange(0.98605, 0.9945, 0.0003)  # edges between the possible accuracies
    ax.hist(one, bins, label="any one of the 50", color=plotting.SKY)
    ax.hist(best, bins, label="the best of the 50", color=plotting.ORANGE, alpha=0.85, hatch="//")
    ax.axvline(0.99, color="black", linestyle=":", label="the truth, for all of them")
    ax.set(xlabel="accuracy on the 10,000 images", ylabel="repetitions")
    ax.legend()
    alt = """Two histograms of accuracies. Any one network scatters around the truth, 0.99; the best of 50 is well to
    the right of it, nearly always above the truth."""
    plotting.show(figure, alt)
