"""The pictures of lesson 04: a network to scale, where its parameters and its work are, and what it says untrained."""

import matplotlib.pyplot as plt
import numpy as np

from course_utils import plotting


def _name_and_color(layer):
    kind = type(layer).__name__
    if kind == "Conv2D":
        return f"conv {'×'.join(map(str, layer.kernel_size))} {layer.padding}", plotting.ORANGE
    if kind == "MaxPooling2D":
        return "max-pool", plotting.SKY
    return ("softmax" if layer.activation.__name__ == "softmax" else "dense"), plotting.GREEN


def _in_words(shape):
    """A block's size, as an alt text says it."""
    return f"{shape[2]} channels of {shape[0]} by {shape[1]}" if len(shape) == 3 else f"a column of {shape[0]} units"


def draw_network(model):
    """A network as blocks to scale, one for each array that goes through it.

    Parameters
    ----------
    model : keras.Sequential
        Of convolutional, max-pooling, flat, and dense layers; it reads images of shape (height, width, 1).
    """
    drawn = [layer for layer in model.layers if type(layer).__name__ != "Flatten"]
    shapes = [model.input_shape[1:], *(tuple(layer.output.shape[1:]) for layer in drawn)]
    names, colors = zip(("image", plotting.GRAY), *[_name_and_color(layer) for layer in drawn], strict=True)
    ax = plotting.plot_network(shapes, names, colors=colors)
    height, width, _ = shapes[0]
    blocks = "; ".join(_in_words(shape) for shape in shapes[1:])
    plotting.show(ax.figure, f"The network as blocks to scale: a flat {height} by {width} image; {blocks}.")


def draw_shares(parameters, multiply_adds):
    """What share of all parameters, and of all multiply-adds for one image, each of five layers has.

    Parameters
    ----------
    parameters, multiply_adds : array_like of int, shape (5,)
        Of three convolutions, a dense layer, and the last one.
    """
    names = ["1st conv", "2nd conv", "3rd conv", "dense", "softmax"]
    figure, axes = plt.subplots(1, 2, figsize=(9, 2.9), sharey=True)
    axes[0].barh(names, parameters / np.sum(parameters), color=plotting.BLUE)
    axes[1].barh(names, multiply_adds / np.sum(multiply_adds), color=plotting.ORANGE)
    axes[0].set(xlabel="share of all parameters", xlim=(0, 1), ylim=(4.6, -0.6))  # the first layer on top
    axes[1].set(xlabel="share of all multiply-adds for one image", xlim=(0, 1))
    alt = """Two bar charts by layer. Parameters: more than half are in the first dense layer. Multiply-adds: nearly all
    are in the second and third convolution, next to none in the dense layers."""
    plotting.show(figure, alt)


def draw_answers(images, labels, probabilities):
    """Four images, and under each the ten probabilities that the untrained network gives; the true class in color.

    Parameters
    ----------
    images : ndarray, shape (4, 28, 28, 1)
        In [0, 1].
    labels : ndarray of int, shape (4,)
    probabilities : ndarray, shape (4, 10)
    """
    figure, axes = plt.subplots(2, 4, figsize=(9, 4), height_ratios=[1, 1.1])
    for image, (top, bottom) in enumerate(axes.T):
        plotting.plot_image(images[image], ax=top)
        plotting.plot_probabilities(probabilities[image], label=labels[image], ax=bottom)
        bottom.set(xticks=[0, 3, 6, 9], ylabel="probability" if image == 0 else "")
    alt = """Four test digits, and under each the untrained network's ten probabilities: all low and nearly equal, the
    true class no higher than others."""
    plotting.show(figure, alt)
