"""The pictures of lesson 14, Deeper."""

import matplotlib.pyplot as plt

from course_utils import plotting

AREA = 4  # of a dot for a million parameters, in Matplotlib's square points


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
