"""The pictures of lesson 14, Deeper."""

import matplotlib.pyplot as plt
import numpy as np

from course_utils import plotting

AREA = 4  # of a dot for a million parameters, in Matplotlib's square points


def draw_table(table, *, n_read):
    """Draw which maps each filter reads, a column a filter.

    Parameters
    ----------
    table : sequence of tuple of int
        For each filter the maps that it reads, as `networks.C3_TABLE`.
    n_read : int
        How many maps there are to read.
    """
    reads = np.zeros((n_read, len(table)))
    for filter_, maps in enumerate(table):
        reads[list(maps), filter_] = 1
    figure, ax = plt.subplots(figsize=(6.6, 2.7))
    plotting.plot_grid(reads, ax=ax, texts=np.full(reads.shape, ""), cmap="Blues", vmin=0, vmax=1.4)
    ax.set_xticks(range(len(table)), range(1, len(table) + 1))
    ax.set_yticks(range(n_read), range(1, n_read + 1))
    ax.set(xlabel="filter of C3", ylabel="map of S2")
    ax.tick_params(length=0)
    counts = reads.sum(axis=0).astype(int)
    told = ", ".join(f"{(counts == count).sum()} with {count}" for count in np.unique(counts))
    alt = f"""A table of {n_read} maps and {len(table)} filters, {int(reads.sum())} of its squares filled: what each
    filter reads. Filters by the number of their maps: {told}."""
    plotting.show(figure, alt)


def draw_history(history, counts):
    """Draw the accuracy of well-known networks over their multiply-adds; a dot's area is the number of parameters.

    A network without an accuracy on ImageNet is left out: LeNet-5 came eleven years before ImageNet.

    Parameters
    ----------
    history : sequence of Network
        As `networks.HISTORY`.
    counts : dict of str to dict of str to int
        By a network's name, its ``parameters`` and its ``multiply_adds`` for one image.
    """
    figure, ax = plt.subplots(figsize=(10, 5))
    told = []
    for network in history:
        if network.top1 is None:
            continue
        n_parameters, billions = counts[network.name]["parameters"], counts[network.name]["multiply_adds"] / 1e9
        color = plotting.ORANGE if network.name.startswith("ViT") else plotting.BLUE
        area, side, more = AREA * n_parameters / 1e6, 1, ""
        ax.scatter(billions, network.top1, area, color, edgecolors="black", zorder=2)
        if network.top1_pretrained is not None:
            ends, side = [network.top1, network.top1_pretrained], -1
            ax.plot([billions] * 2, ends, ":", color=plotting.GRAY, zorder=1)
            ax.scatter(billions, ends[1], area, "white", edgecolors=color, linewidths=2, zorder=2)
            more = f", first trained on ImageNet-21k {ends[1]:.1f}"
        ax.annotate(
            f"{network.name}, {network.year}",
            (billions, network.top1),
            xytext=(0, side * (area**0.5 / 2 + 3)),
            textcoords="offset points",
            ha="center",
            va="bottom" if side == 1 else "top",
            fontsize=9,
        )
        size = f"{float(f'{billions:.2g}'):g} billion multiply-adds, {n_parameters / 1e6:.0f} million parameters"
        told.append(f"{network.name} ({network.year}) {network.top1:.1f}{more}, {size}")
    _explain_dots(ax)
    ticks = [0.3, 1, 3, 10, 30, 100, 300]
    ax.set(xscale="log", xlabel="multiply-adds for one image, in billions (logarithmic)", xlim=(0.15, 500))
    ax.set(ylabel="ImageNet top-1 accuracy in percent", ylim=(52, 89))
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    alt = f"""The top-1 accuracy of {len(told)} networks on ImageNet, in percent, over their multiply-adds. The dots
    rise to the right, and newer convolutional networks stand to the left of older ones that are as accurate.
    {"; ".join(told)}."""
    plotting.show(figure, alt)


def _explain_dots(ax):
    """A legend of what a dot's color and area say."""
    for label, color, edge, millions in (
        ("convolution", plotting.BLUE, "black", 20),
        ("attention", plotting.ORANGE, "black", 20),
        ("first trained on ImageNet-21k", "white", plotting.ORANGE, 20),
        ("10 million parameters", "white", plotting.GRAY, 10),
        ("100 million parameters", "white", plotting.GRAY, 100),
    ):
        ax.scatter([], [], AREA * millions, color, edgecolors=edge, label=label)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), labelspacing=1)


def draw_attention(image, weights, queries):
    """Draw an image once for each of some patches: how much that patch, framed, attends to each of all patches.

    Parameters
    ----------
    image : array_like, shape (height, width) or (height, width, 1)
        A square.
    weights : array_like of float, shape (n_patches, n_patches)
        A row for each patch that asks, the patches row by row.
    queries : dict of str to int
        The patches that ask, by what they show.
    """
    n = round(len(weights) ** 0.5)
    side, edge = len(image) // n, len(image) - 0.5
    figure, axes = plt.subplots(1, len(queries), figsize=(3.4 * len(queries), 3.4))
    told = []
    for ax, (name, query) in zip(np.atleast_1d(axes), queries.items(), strict=True):
        row = np.reshape(weights[query], (n, n))
        plotting.plot_image(image, ax=ax, title=f"{name} asks", vmin=0, vmax=1.6)  # pale, under the shades
        shades = {"cmap": "Oranges", "alpha": 0.65, "vmin": 0, "vmax": np.max(weights[list(queries.values())])}
        drawn = ax.imshow(row, extent=(-0.5, edge, edge, -0.5), **shades)
        plotting.mark_window(ax, *(side * place for place in divmod(query, n)), side, color=plotting.BLUE)
        top, left = divmod(int(row.argmax()), n)
        told.append(
            f"{name}, in row {query // n + 1} and column {query % n + 1}, gives the patches from {row.min():.3f} to "
            f"{row.max():.3f}, the most in row {top + 1} and column {left + 1}"
        )
    figure.colorbar(drawn, ax=axes, label="weight")
    plotting.show(figure, f"A digit of {n} × {n} patches, a deeper orange for more attention. {'; '.join(told)}.")


def draw_by_images(errors):
    """Draw the errors of networks over the number of images they were trained on, a dot a run and a line of means.

    Parameters
    ----------
    errors : dict of str to dict of int to list of int
        By network, at most three, then by the number of training images: the errors of its runs on 10,000 validation
        images.
    """
    figure, ax = plt.subplots(figsize=(8.5, 3.8))
    styles = ((plotting.BLUE, "o"), (plotting.ORANGE, "s"), (plotting.VERMILION, "^"))
    told = []
    for (name, by_images), (color, marker) in zip(errors.items(), styles, strict=False):
        means = {n_images: np.mean(counts) for n_images, counts in by_images.items()}
        ax.plot(means.keys(), means.values(), color=color, linewidth=2)
        points = [(n_images, count) for n_images, counts in by_images.items() for count in counts]
        style = {"color": color, "markeredgecolor": "black", "alpha": 0.8, "linestyle": "none"}
        ax.plot(*zip(*points, strict=True), marker, label=name, **style)
        told.append(f"{name} " + ", ".join(f"{mean:.0f} with {n_images:,}" for n_images, mean in means.items()))
    ticks = sorted({n_images for by_images in errors.values() for n_images in by_images})
    ax.set(xscale="log", xlabel="training images (logarithmic)", ylabel="errors on 10,000 validation images")
    ax.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    ax.minorticks_off()
    ax.yaxis.set_major_formatter("{x:,.0f}")
    ax.set_ylim(bottom=0)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    alt = f"""The errors of {len(errors)} networks over the number of training images, from {ticks[0]:,} to
    {ticks[-1]:,}. On average: {"; ".join(told)}."""
    plotting.show(figure, alt)
