"""The pictures of lesson 14, Deeper."""

import matplotlib.pyplot as plt
import numpy as np

from course_utils import plotting

AREA = 4  # of a dot for a million parameters, in Matplotlib's square points
COLORS = (plotting.BLUE, plotting.ORANGE, plotting.GREEN, plotting.VERMILION, plotting.GRAY)
MARKERS = "osD^v"


def draw_influence(influences, widths):
    """Draw how much each pixel changes one output, for several numbers of layers; a frame is the receptive field.

    Parameters
    ----------
    influences : dict of int to array_like, shape (28, 28)
        By number of layers: the mean absolute gradient of the output in row 14, column 14.
    widths : dict of int to int
        By number of layers: the width of the receptive field in pixels, odd.
    """
    figure, axes = plt.subplots(1, len(influences), figsize=(2.6 * len(influences), 2.9))
    told = []
    for ax, (n_layers, influence) in zip(axes, influences.items(), strict=True):
        width = widths[n_layers]
        ax.imshow(influence, cmap="Blues", vmin=0)
        ax.spines[:].set_visible(False)
        ax.set(xticks=[], yticks=[], title=f"{n_layers} layers: {width} × {width}")
        start = 14 - width // 2
        plotting.mark_window(ax, start, start, width)
        told.append(f"{n_layers} layers, a frame of {width} × {width}")
    alt = f"""How much each pixel changes one output, as blue squares on 28 × 28 pixels, in a frame: {"; ".join(told)}.
    With each layer the frame grows by two pixels. The dark part in the middle grows, too, but much less: a large frame
    is pale near its edges."""
    plotting.show(figure, alt)


def draw_losses(curves, *, guess):
    """Draw training loss over epochs for networks of several depths.

    Parameters
    ----------
    curves : dict of int to list of list of float
        By number of convolutions: for each run, the mean training loss of each epoch.
    guess : float
        The loss of equal probabilities for all classes.
    """
    figure, ax = plt.subplots(figsize=(8, 3.8))
    ax.axhline(guess, color="black", linestyle=":", linewidth=1, label="equal probabilities")
    told = []
    for (depth, runs), color, marker in zip(curves.items(), COLORS, MARKERS, strict=False):
        for number, losses in enumerate(runs):
            label = f"{depth} convolutions" if number == 0 else None
            ax.plot(range(1, len(losses) + 1), losses, marker=marker, color=color, label=label, linewidth=1.5)
        told.append(f"{depth} convolutions {', '.join(f'{losses[-1]:.2f}' for losses in runs)}")
    ax.set(xlabel="epoch", ylabel="training loss", xticks=range(1, len(losses) + 1))
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    alt = f"""Training loss over {len(losses)} epochs, a line a run. After the last epoch: {"; ".join(told)}. A dotted
    line at {guess:.2f} is the loss of equal probabilities."""
    plotting.show(figure, alt)


SIGNALS = {
    "outputs": "standard deviation of the outputs",
    "gradient at the outputs": "norm of the gradient at the outputs",
    "gradient of the kernel": "norm of the gradient of the kernel",
}


def draw_signals(looks, *, trained=()):
    """Draw what runs through a network forward and backward, layer by layer, on logarithmic axes.

    Parameters
    ----------
    looks : dict of str to dict of str to list of float
        By network, or moment: the lists ``outputs``, ``gradient at the outputs`` and ``gradient of the kernel``, with a
        number for each convolution.
    trained : sequence of str
        Which of them have trained from the weights of the first one, and have not got anywhere. Rounding, which depends
        on the processor, decides where exactly they stand, so the alt text doesn't say.
    """
    figure, axes = plt.subplots(1, 3, figsize=(12, 3.6))
    axes[2].sharey(axes[1])
    for ax, (signal, what) in zip(axes, SIGNALS.items(), strict=True):
        for (name, look), color, marker in zip(looks.items(), COLORS, MARKERS, strict=False):
            layers = range(1, len(look[signal]) + 1)
            ax.plot(layers, look[signal], marker=marker, markersize=4, color=color, label=name, linewidth=1)
        ax.set(yscale="log", xlabel="convolution", title=what)
    gradients = np.concatenate([look[signal] for look in looks.values() for signal in list(SIGNALS)[1:]])
    if not gradients.all():  # below the smallest of the others the axis is linear, down to 0
        axes[1].set_yscale("symlog", linthresh=gradients[gradients > 0].min())
    axes[-1].legend(loc="upper left", bbox_to_anchor=(1, 1))
    told = [
        f"{name}: the outputs of the first convolutions as before, the gradients of the kernels as tiny, or 0"
        if name in trained
        else f"{name}: {', '.join(_course(look[signal], signal) for signal in SIGNALS)}"
        for name, look in looks.items()
    ]
    alt = f"""Three panels over the number of a convolution, on logarithmic axes: {", ".join(SIGNALS.values())}. From
    the first convolution to the last, {"; ".join(told)}."""
    plotting.show(figure, alt)


def _course(numbers, signal):
    """In words, how a signal goes from the first convolution to the last: no number that a processor could change."""
    ratio = numbers[-1] / numbers[0]
    how = "rising" if ratio > 5 else "falling" if ratio < 1 / 5 else "about the same at both ends"
    return f"the {signal} {how}"


def draw_numbers(passed, shown=(1, 5, 10, 15, 20)):
    """Draw the numbers that leave some of the layers as histograms, a row for each scale of the weights.

    Parameters
    ----------
    passed : dict of str to list of array_like
        By scale, the outputs of each layer.
    shown : sequence of int
        The layers to draw, counted from 1.
    """
    figure, axes = plt.subplots(len(passed), len(shown), figsize=(2.3 * len(shown), 1.9 * len(passed)), sharex=True)
    edges, told = np.linspace(-8, 6, 57), []
    for row, (name, layers), color in zip(axes, passed.items(), COLORS, strict=False):
        for ax, number in zip(row, shown, strict=True):
            positive = np.asarray(layers[number - 1])
            positive = positive[positive > 0]
            logs = np.clip(np.log10(positive), edges[0], edges[-1]) if len(positive) else []
            ax.hist(logs, edges, color=color, edgecolor="black", linewidth=0.3)
            ax.set(yticks=[])
        row[0].set_ylabel(name)
        sizes = [np.sqrt(np.mean(np.square(layers[number - 1]))) for number in (shown[0], shown[-1])]
        told.append(f"{name}, root mean square from {sizes[0]:.1e} to {sizes[1]:.1e}")
    for ax, number in zip(axes[0], shown, strict=True):
        ax.set_title(f"layer {number}")
    for ax in axes[-1]:
        ax.set_xticks([-8, -4, 0, 4], ["$10^{-8}$", "$10^{-4}$", "1", "$10^4$"])
        ax.set_xlabel("output, if positive")
    alt = f"""Histograms of the positive outputs of layers {", ".join(map(str, shown))}, on a logarithmic axis, a row
    for each scale of the weights: {"; ".join(told)}. In one row the histograms stay where they are, in the others they
    move to the left or to the right."""
    plotting.show(figure, alt)


def draw_depths(losses, *, guess):
    """Draw the last training loss over the number of convolutions, for several kinds of networks.

    Parameters
    ----------
    losses : dict of str to dict of int to list of float
        By kind and number of convolutions, the last training loss of each run.
    guess : float
        The loss of equal probabilities for all classes.
    """
    figure, ax = plt.subplots(figsize=(8, 4.2))
    ax.axhline(guess, color="black", linestyle=":", linewidth=1, label="equal probabilities")
    told, highest = [], guess + 0.25  # where runs stand that ended without a number
    for number, ((kind, by_depth), color, marker) in enumerate(zip(losses.items(), COLORS, MARKERS, strict=False)):
        depths, beside = list(by_depth), 1.05 ** (number - (len(losses) - 1) / 2)  # so that no kind hides another
        means = [np.mean(runs) for runs in by_depth.values()]
        ax.plot(np.multiply(depths, beside), means, color=color, linewidth=1)
        for depth, runs in by_depth.items():
            places = np.nan_to_num(runs, nan=highest)
            label = kind if depth == depths[0] else None
            ax.plot([depth * beside] * len(runs), places, marker, color=color, markeredgecolor="black", label=label)
            if np.isnan(runs).any():
                above = {"xytext": (0, 6), "textcoords": "offset points", "ha": "center", "va": "bottom"}
                ax.annotate("nan", (depth * beside, highest), fontsize=8, **above)
        told.append(f"{kind} {', '.join('no number' if np.isnan(mean) else f'{mean:.2f}' for mean in means)}")
    ax.set(xscale="log", xlabel="convolutions (logarithmic)", ylabel="training loss in the last epoch")
    ax.set_xticks(depths, depths)
    ax.minorticks_off()
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    alt = f"""The training loss in the last epoch for networks of {", ".join(map(str, depths))} convolutions, a mark a
    run, with lines through the means: {"; ".join(told)}. A dotted line at {guess:.2f} is the loss of equal
    probabilities."""
    plotting.show(figure, alt)


def draw_shares(counts):
    """Draw which layers of a network have its parameters, and which do its multiply-adds, as shares of each.

    Parameters
    ----------
    counts : dict of str to (int, int)
        By layer: parameters and multiply-adds.
    """
    figure, ax = plt.subplots(figsize=(8, 0.6 + 0.55 * len(counts)))
    totals = np.sum(list(counts.values()), axis=0)
    shares = 100 * np.array(list(counts.values())) / totals
    places = np.arange(len(counts))
    for column, what, color, shift in (
        (0, "parameters", plotting.BLUE, -0.2),
        (1, "multiply-adds", plotting.ORANGE, 0.2),
    ):
        ax.barh(
            places + shift, shares[:, column], 0.4, color=color, edgecolor="black", label=f"{what}, {totals[column]:,}"
        )
    ax.set_yticks(places, counts)
    ax.invert_yaxis()
    ax.set(xlabel="share in percent")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    told = [f"{name} {share[0]:.0f} and {share[1]:.0f}" for name, share in zip(counts, shares, strict=True)]
    alt = f"""Two bars a layer, its share of the {totals[0]:,} parameters of these layers and of the {totals[1]:,}
    multiply-adds, in percent: {"; ".join(told)}."""
    plotting.show(figure, alt)


def draw_prices(networks):
    """Draw the validation errors of several networks over their multiply-adds, a mark a run.

    Parameters
    ----------
    networks : dict of str to (int, list of int)
        By name: the multiply-adds for one image, and the errors of each run on 10,000 validation images.
    """
    figure, ax = plt.subplots(figsize=(8, 3.6))
    told = []
    for (name, (multiply_adds, errors)), color, marker in zip(networks.items(), COLORS, MARKERS, strict=False):
        millions = multiply_adds / 1e6
        ax.plot([millions] * len(errors), errors, marker, color=color, markeredgecolor="black", label=name)
        told.append(f"{name}, {millions:.2f} million: {', '.join(map(str, errors))}")
    ax.set(xlim=(0, None), xlabel="multiply-adds for one image, in millions", ylabel="errors on 10,000 images")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    alt = f"Validation errors over multiply-adds, a mark a run. {'; '.join(told)}."
    plotting.show(figure, alt)


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
