"""The pictures of lesson 0, Start here."""

import matplotlib.pyplot as plt
import numpy as np

from course_utils import plotting


def draw_answers(images, probabilities, labels):
    """Draw images in rows of five, each with what the network reads and how sure of it the network is.

    Parameters
    ----------
    images : array_like, shape (n, height, width)
    probabilities : array_like, shape (n, 10)
    labels : array_like of int, shape (n,)
        The true classes: the alt text says how many are read correctly.
    """
    answers, sureness = np.argmax(probabilities, axis=1), np.max(probabilities, axis=1)
    sure = [f"{s:.1%}" if s < 0.999 else "over 99.9%" for s in sureness]
    titles = [f"reads {answer}\n{words} sure" for answer, words in zip(answers, sure, strict=True)]
    axes = plotting.plot_images(images, titles, n_columns=5, size=1.5)
    n, n_right = len(images), np.count_nonzero(answers == labels)
    outcome = f"All {n} are read correctly" if n_right == n else f"Of all {n}, {n_right} are read correctly"
    if sureness.min() > 0.9:
        outcome += ", and it is very sure of each"
    alt = f"""Handwritten digits in rows of five, each with the network's answer and how sure it is.
    {outcome}."""
    plotting.show(axes[0, 0].figure, alt)


def draw_mistakes(images, probabilities, labels):
    """Draw misread images, and under each the network's ten probabilities.

    Parameters
    ----------
    images : array_like, shape (n, height, width)
        At least two.
    probabilities : array_like, shape (n, 10)
    labels : array_like of int, shape (n,)
        The true classes.
    """
    n = len(images)
    figure, axes = plt.subplots(2, n, figsize=(2.25 * n, 4.2), height_ratios=[1.2, 1])
    for (top, bottom), image, row, label in zip(axes.T, images, probabilities, labels, strict=True):
        plotting.plot_image(image, ax=top, title=f"a {label}, read as {row.argmax()}")
        plotting.plot_probabilities(row, label=label, ax=bottom)
        bottom.set(yticks=[0, 0.2, 0.4, 0.6, 0.8, 1], ylabel="probability" if bottom is axes[1, 0] else "")
    alt = f"""{n} misread digits, and under each the network's ten probabilities: one gray bar, for the
    wrong class, reaches nearly to 1; the true class has no visible bar."""
    plotting.show(figure, alt)


def draw_turned(image, probabilities, digit):
    """Draw an image that was turned upside down, and the network's ten probabilities beside it.

    Parameters
    ----------
    image : array_like, shape (height, width)
    probabilities : array_like, shape (10,)
    digit : int
        What the image showed before it was turned: the alt text says so.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 2.8), width_ratios=[1, 2])
    plotting.plot_image(image, ax=left)
    plotting.plot_probabilities(probabilities, ax=right)
    bars = "one bar, nearly 1" if probabilities.max() > 0.99 else "several bars, none of them nearly 1"
    article = "An" if digit == 8 else "A"
    alt = f"{article} {digit} turned upside down, and the network's ten probabilities: {bars}."
    plotting.show(figure, alt)
