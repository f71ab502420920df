"""The pictures of lesson 01, Loading the data."""

import matplotlib.pyplot as plt
import numpy as np

from course_utils import plotting
from course_utils.language import say


def draw_pixels(image, label):
    """Draw an image with a frame of ten by ten pixels in it, and beside it the values inside the frame.

    Parameters
    ----------
    image : ndarray of uint8, shape (28, 28)
    label : int
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 5.3), width_ratios=[1, 1.1])
    plotting.plot_image(image, ax=left, title=say("what you see: label {label}", label=label))
    plotting.plot_image(image[4:14, 11:21], ax=right, values=True, vmin=0, vmax=255)
    right.set_title(say("what is stored, inside the frame"))
    plotting.mark_window(left, 4, 11, 10)
    alt = say(
        "A training image, a handwritten {label}, with a frame around its upper part; beside it, the same part "
        "enlarged, each pixel with its number: 0 on paper, up to {darkest} inside the stroke, and values in between on "
        "its edges.",
        label=label,
        darkest=image[4:14, 11:21].max(),
    )
    plotting.show(figure, alt)


def draw_histogram(counts):
    """Draw how often each pixel value occurs, on a logarithmic scale, from the counts of the values 0 to 255."""
    figure, ax = plt.subplots(figsize=(8, 3))
    ax.bar(range(256), counts / counts.sum(), width=1)
    ax.set(yscale="log", ylim=(1e-4, 1.5), xlabel=say("pixel value"), ylabel=say("share of all pixels (log scale)"))
    alt = say(
        "Histogram of all training pixels on a logarithmic scale: a very high bar at 0, a hill just before 255, and a "
        "low floor in between, with three small peaks."
    )
    plotting.show(figure, alt)


def draw_balance(train_counts, test_counts):
    """Draw the share of each of the ten classes in both sets, from their counts."""
    figure, ax = plt.subplots(figsize=(8, 3))
    ax.bar(np.arange(10) - 0.2, train_counts / train_counts.sum(), width=0.4, label=say("training set"))
    ax.bar(
        np.arange(10) + 0.2, test_counts / test_counts.sum(), width=0.4, label=say("test set"), hatch="//", ec="white"
    )
    ax.axhline(0.1, color="black", linestyle=":", label=say("one in ten"))
    ax.set(xticks=range(10), xlabel=say("class"), ylabel=say("share of images"), ylim=(0, 0.16))
    ax.legend(ncols=3, loc="upper center")
    alt = say(
        "Share of each class in the training set and in the test set: all close to one in ten, and nearly the same in "
        "both sets."
    )
    plotting.show(figure, alt)


def draw_samples(samples):
    """Draw images of each digit in a row, of shape (10, n, 28, 28)."""
    axes = plotting.plot_images(np.concatenate(samples), n_columns=len(samples[0]), size=0.62)
    for digit in range(10):
        axes[digit, 0].text(-8, 18, f"{digit}", fontsize=12, color=plotting.BLUE)
    alt = say("Twelve training images of each digit in ten rows: slanted and upright, thin and thick, open and closed.")
    plotting.show(axes[0, 0].figure, alt)


def draw_means(means, spread):
    """Draw the mean image of each digit, of shape (28, 28), and over it the digit's average distance from it."""
    titles = [f"{digit}: {distance:.0f}" for digit, distance in enumerate(spread)]
    axes = plotting.plot_images(means, titles, n_columns=5, size=1.3)
    alt = say("The mean image of each digit, blurred where writers differ; the mean 1 is the sharpest.")
    plotting.show(axes[0, 0].figure, alt)


def draw_farthest(images):
    """Draw one image of each digit, of shape (28, 28), and over it the digit as a question."""
    axes = plotting.plot_images(images, [say("a {digit}?", digit=digit) for digit in range(10)], n_columns=5, size=1.3)
    alt = say(
        "The least typical training image of each class: bold, broken, or misshapen digits, several of them hard to "
        "read."
    )
    plotting.show(axes[0, 0].figure, alt)
