"""The pictures of lesson 03, Convolution and pooling."""

from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from course_utils import plotting

WEIGHTS = {"cmap": plotting.SIGNED, "vmin": -4, "vmax": 4}  # below zero orange, above purple


def draw_patch(image, patch, kernel, *, corner):
    """Draw an image with a frame around its patch, the patch in numbers, and the kernel; corner is (row, column)."""
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(9.1, 3.8), width_ratios=[6, 6, 3])
    plotting.plot_image(image, ax=left, title="a digit, and a patch of it")
    plotting.mark_window(left, *corner, len(patch), color=plotting.BLUE)
    plotting.plot_grid(patch, ax=middle, title="the patch: 0 is paper, 1 is ink", fontsize=12)
    plotting.plot_grid(kernel, ax=right, title="the kernel", fontsize=12, **WEIGHTS)
    alt = """A handwritten 5 with a frame around a patch of 6 by 6 pixels, the patch enlarged with its
    numbers, and a kernel of 3 by 3 weights: a column of minus ones, a column of zeros, a column of
    ones."""
    plotting.show(figure, alt)


def draw_steps(patch, kernel):
    """Draw four steps of a kernel of 3 × 3 weights over a patch of 6 × 6 pixels, and the output up to each step."""
    figure, axes = plt.subplots(2, 6, figsize=(11, 4.3))
    sums, steps = _slide(patch, kernel).round(1), [(0, 0), (0, 1), (1, 2), (3, 3)]
    output = np.full(sums.shape, np.nan)
    for place in np.ndindex(output.shape):
        output[place] = sums[place]
        if place in steps:
            _draw_step(axes.reshape(4, 3)[steps.index(place)], patch, kernel, output, place)
    for ax, title in zip(axes[0], ["the window", "pixel · weight", "the output so far"] * 2, strict=True):
        ax.set_title(title)
    alt = """Four steps, two in each row, each in three pictures: the patch with a green frame around the
    window, which moves right and then down; the nine products of pixel and weight, and their sum; the
    output, of 4 by 4 numbers, filling up row by row."""
    plotting.show(figure, alt)


def _slide(image, kernel):
    """At each place the sum of pixels times weights."""
    return np.einsum("ijkl,kl->ij", sliding_window_view(image, kernel.shape), kernel)


def _draw_step(axes, patch, kernel, output, place):
    """Draw one step in three pictures: where the window lies, its products, and the output so far."""
    window = sliding_window_view(patch, kernel.shape)[place]
    weights = [f"{weight:g}" if weight >= 0 else f"(−{-weight:g})" for weight in kernel.flat]
    texts = [f"{pixel:g}·{weight}" for pixel, weight in zip(window.flat, weights, strict=True)]
    plotting.plot_grid(patch, ax=axes[0], fontsize=10)
    plotting.mark_window(axes[0], *place, len(kernel), color=plotting.GREEN)
    plotting.plot_grid(window * kernel, ax=axes[1], texts=np.reshape(texts, kernel.shape), fontsize=8.5, **WEIGHTS)
    axes[1].set_xlabel(f"sum: {output[place]:.1f}".replace("-", "−"), fontsize=12)
    plotting.plot_grid(output, ax=axes[2], fontsize=11, **WEIGHTS)
    plotting.mark_window(axes[2], *place, 1, color=plotting.GREEN)


def draw_results(kernels, results):
    """Draw kernels, and under each what it made of an image; both are dicts, from a kernel's name to an array."""
    figure, axes = plt.subplots(2, len(kernels), figsize=(11, 3.8), height_ratios=[1, 1.4], squeeze=False)
    for (name, weights), (above, below) in zip(kernels.items(), axes.T, strict=True):
        fractions = [str(Fraction(float(weight)).limit_denominator(100)) for weight in weights.flat]
        texts = np.reshape([text.replace("-", "−") for text in fractions], weights.shape)
        plotting.plot_grid(weights, ax=above, texts=texts, title=name, fontsize=11, **WEIGHTS)
        limit = abs(results[name]).max()
        size = "{} × {}".format(*results[name].shape)
        plotting.plot_image(results[name], ax=below, title=size, cmap=plotting.SIGNED, vmin=-limit, vmax=limit)
    alt = """Six kernels with their weights, and under each its result on the 5, 26 by 26 numbers: the 5 itself, the 5
    blurred, vertical edges, horizontal edges, slanting edges, and the outline."""
    plotting.show(figure, alt)


def draw_settings(patch, kernel, settings):
    """Draw the patch with its padding and a dot in the center pixel of each window, and the output below.

    The patch has 6 × 6 pixels, the kernel 3 × 3 weights. Each setting is (padding, stride): "valid" or "same", 1 to 3.
    """
    figure, axes = plt.subplots(2, len(settings), figsize=(11, 5.9), squeeze=False)
    outputs = []
    for (padding, stride), (above, below) in zip(settings, axes.T, strict=True):
        before, after = _zeros(len(patch), len(kernel), stride) if padding == "same" else (0, 0)
        padded = np.pad(patch, (before, after))
        result = _slide(padded, kernel)[::stride, ::stride].round(1)
        _draw_padded(above, padded, before, stride)
        above.set_title(f"{padding}, stride {stride}")
        size, unseen = len(result), (len(padded) - len(kernel)) % stride
        plotting.plot_grid(result, ax=below, title=f"output: {size} × {size}", fontsize=10, **WEIGHTS)
        below.set(xlim=(size / 2 - 3.8, size / 2 + 2.8), ylim=(5.7, -0.7))  # all outputs to one scale
        text = f"{size} by {size}"
        if unseen:
            plotting.strike_out_last(above, len(padded))
            text += ", the last column and row unseen"
        if after:
            text += ", with a ring of zeros" if before else ", with zeros below and on the right only"
        outputs.append(text)
    alt = f"""The patch under each setting, with a dot in the center pixel of each window, and the outputs:
    {"; ".join(outputs)}."""
    plotting.show(figure, alt, dpi=100)


def _zeros(n, kernel, stride):
    """Zeros before and after an axis of n pixels, by Keras's rule for same padding."""
    total = max((-(-n // stride) - 1) * stride + kernel - n, 0)
    return total // 2, total - total // 2


def _draw_padded(ax, padded, before, stride):
    """Draw the padded patch, with frames around the patch and the first window, and a dot for each window."""
    centers = np.arange(1, len(padded) - 1, stride)
    plotting.plot_grid(padded, ax=ax)
    plotting.mark_window(ax, before, before, 6, color=plotting.BLUE)
    plotting.mark_window(ax, 0, 0, 3, color=plotting.GREEN)
    dot = {"markersize": 5.5, "color": plotting.ORANGE, "mec": "white", "mew": 0.6}
    ax.plot(*(np.meshgrid(centers, centers) + np.array(0.35)), "o", **dot)
    ax.set(xlim=(before - 1.7, before + 6.7), ylim=(before + 6.7, before - 1.7))


def draw_filters(channels, filters, bias):
    """Draw how each filter reads all channels: its kernels, the sum with its bias, and the feature map.

    The shapes are (height, width, c_in), (height, width, c_in, c_out) and (c_out,).
    """
    c_in, c_out = filters.shape[2:]
    ratios = [3, 2] * c_in + [3, 3]
    figure, axes = plt.subplots(c_out, len(ratios), figsize=(11, 2 * c_out), width_ratios=ratios, squeeze=False)
    for f, row in enumerate(axes):
        total = bias[f]
        for c in range(c_in):
            plotting.plot_image(channels[:, :, c], ax=row[2 * c], title=f"channel {c}")
            weights = filters[:, :, c, f]
            total = total + _slide(channels[:, :, c], weights)
            plotting.plot_grid(weights, ax=row[2 * c + 1], title=f"kernel {c}", fontsize=10, **WEIGHTS)
        plotting.plot_image(total, ax=row[-2], cmap=plotting.SIGNED, vmin=-20, vmax=20, title="sum with bias")
        plotting.plot_image(np.maximum(total, 0), ax=row[-1], title=f"ReLU: feature map {f}")
        bias_text = f"{bias[f]:+g} =".replace("-", "−")
        signs = ["★", "+"] * (c_in - 1) + ["★", bias_text, "→", ""]
        for ax, sign in zip(row, signs, strict=True):
            ax.text(1.04, 0.5, sign, transform=ax.transAxes, va="center", fontsize=14)
            ax.spines[:].set_visible(True)
        row[0].set_ylabel(f"filter {f}", fontsize=12)
    shapes = f"image {channels.shape}  ★  filters {filters.shape}  +  bias {bias.shape}"
    figure.supxlabel(f"{shapes}  →  feature maps {(*total.shape, c_out)}", fontsize=12)
    figure.get_layout_engine().set(wspace=0.1)
    alt = """Three filters, one in each row: a kernel slides over each of the two channels, the two results and the
    bias are added, and ReLU leaves one feature map: of the top and the bottom stroke of the 5, of its stem, and of the
    upper rims of its strokes."""
    plotting.show(figure, alt)


def draw_pooling(piece):
    """Draw a piece of a feature map, 7 × 7 numbers, and what 2 × 2 max-pooling keeps of it."""
    pooled = piece[:6, :6].reshape(3, 2, 3, 2).max(axis=(1, 3))  # block row, row inside it, block column, column inside
    figure, (left, right) = plt.subplots(1, 2, figsize=(6.4, 3.9), width_ratios=[7, 4])
    plotting.plot_grid(piece, ax=left, vmin=0, vmax=4, title="7 × 7", fontsize=11)
    plotting.plot_grid(pooled, ax=right, vmin=0, vmax=4, title="2 × 2 max pooling: 3 × 3", fontsize=12)
    for row, column in np.ndindex(pooled.shape):
        plotting.mark_window(left, 2 * row, 2 * column, 2, color=plotting.GREEN)
    plotting.strike_out_last(left, 7)
    alt = """A piece of a feature map, 7 by 7 numbers, with nine blocks of 2 by 2 framed, its last row and
    last column struck out; beside it the nine largest numbers."""
    plotting.show(figure, alt)


def draw_receptive_fields(image, widths):
    """Draw an image for each layer, with a frame around as many pixels as one of the layer's numbers sees.

    ``widths`` is a dict from a layer's name to the width of its receptive field, in pixels; the frames are centered.
    """
    figure, axes = plt.subplots(1, len(widths), figsize=(11, 2.5))
    for ax, (name, width) in zip(axes, widths.items(), strict=True):
        corner = (len(image) - width) // 2
        plotting.plot_image(image, ax=ax, title=f"{name}: {width} × {width}")
        ax.spines[:].set_visible(True)
        plotting.mark_window(ax, corner, corner, width, color=plotting.GREEN)
    alt = """The 5 five times, with a frame around the pixels that one number in the middle of each of five layers' maps
    sees: a speck at first, most of the digit at the end."""
    plotting.show(figure, alt)


def draw_moved(image, moved, outputs, *, shift):
    """Draw an image and the same one moved to the right by some pixels, and what two layers make of them.

    ``outputs`` is a dict from a layer's name to its two outputs, of the image's shape.
    """
    figure, axes = plt.subplots(2, 5, figsize=(11, 4.6))
    titles = ["the 5", "output for the 5", "the moved 5", "output for the moved 5", "moved back, minus first"]
    left_rim = np.flatnonzero(image.any(axis=0))[0] - 0.5  # where the digit began before it moved
    for row, (name, (first, second)) in zip(axes, outputs.items(), strict=True):
        limit = abs(first).max()
        signed = {"cmap": plotting.SIGNED, "vmin": -limit, "vmax": limit}
        difference = np.roll(second, -shift, axis=1) - first
        pictures = [(image, {}), (first, signed), (moved, {}), (second, signed), (difference, signed)]
        for ax, (picture, colors), title in zip(row, pictures, titles, strict=True):
            plotting.plot_image(picture, ax=ax, title=title, **colors)
            ax.spines[:].set_visible(True)
            ax.axvline(left_rim, linestyle="--", color=plotting.VERMILION, linewidth=1.2)
        row[0].set_ylabel(name, fontsize=12)
    alt = """A dashed line marks where the unmoved 5 begins. Above, a convolution's output: a 5 in relief,
    and the same relief farther right of the line when the 5 moves; moved back and subtracted, nothing is
    left. Below, a dense layer's output: noise, and other noise when the 5 moves."""
    plotting.show(figure, alt)
