"""The pictures of lesson 05: softmax, losses and their derivatives, walks on the map of a loss, learning curves.

The map is handed over as a landscape: ``(w, b, heights)``, where ``heights[i, j]`` is the loss at ``w[j]``, ``b[i]``. A
walk is a pair: its places, an array of shape (steps + 1, 2) with a row ``(w, b)`` for each, and the loss at each.
"""

import matplotlib.pyplot as plt
import numpy as np

from course_utils import plotting

START = np.zeros(2)  # where each walk begins


def draw_softmax(logits):
    """Bars of three logits, of their powers of e, and of these divided by their sum."""
    logits = np.asarray(logits, dtype=float)
    powers = np.exp(logits)
    panels = {"logits $z$": logits, "powers $e^z$": powers, "divided by their sum": powers / powers.sum()}
    figure, axes = plt.subplots(1, 3, figsize=(9, 2.5))
    for ax, (title, heights) in zip(axes, panels.items(), strict=True):
        bars = ax.bar(["A", "B", "C"], heights, color=[plotting.BLUE, plotting.ORANGE, plotting.GREEN])
        ax.bar_label(bars, fmt="%.2f", padding=2)
        ax.axhline(0, color="black", linewidth=0.8)
        ax.set(xlabel="class", title=title)
        ax.margins(y=0.2)
    axes[2].set(ylabel="probability", ylim=(0, 1))
    given = ", ".join(f"{logit:g}" for logit in logits)
    n_negative = ("none", "one", "two", "all")[np.sum(logits < 0)]
    alt = f"""Bars for three classes A, B, C, three times: the logits {given}, {n_negative} of them negative;
    their powers of e, all positive; and those divided by their sum, the probabilities, in the same order."""
    plotting.show(figure, alt)


def draw_losses(z, losses, derivatives):
    """Losses against the logit of the true class, and beside them their derivatives; gray where a rival is ahead.

    Parameters
    ----------
    z : ndarray, shape (n,)
        The logit of the true class, from -8 to 12; one rival has the logit 6.
    losses, derivatives : dict of str to ndarray, shape (n,)
        By the name of the loss: two of them.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.1))
    for name, style in zip(losses, ("-", "--"), strict=True):
        left.plot(z, losses[name], style, label=name)
        right.plot(z, derivatives[name], style, label=name)
    for ax, ylabel in ((left, "loss"), (right, "derivative of the loss")):
        ax.axvspan(-8, 2, color="#EEEEEE", label="confidently wrong")
        ax.set(xlabel="logit of the true class", ylabel=ylabel, xticks=range(-8, 13, 4))
    left.legend()
    alt = """Left: both losses fall as the logit of the true class grows. Where the network is confidently wrong,
    cross-entropy falls steadily, and the squared error is flat. Right: there the derivative of cross-entropy is -1,
    that of the squared error 0."""
    plotting.show(figure, alt)


def _draw_map(ax, landscape, title=None):
    w, b, heights = landscape
    row, column = np.unravel_index(heights.argmin(), heights.shape)
    ax.contourf(w, b, heights, levels=np.geomspace(0.13, 16, 14), norm="log", cmap="Greys", vmax=100)
    ax.plot(*START, "*", color="black", markersize=9)
    ax.plot(w[column], b[row], "x", color="black", markersize=8, zorder=5)
    ax.set(xlim=(w[0], w[-1]), ylim=(b[0], b[-1]), xlabel="weight w", ylabel="bias b", title=title)


def _draw_walks(landscape, walks):
    """The map with up to three walks on it, and beside it their losses against the step."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.5))
    _draw_map(left, landscape)
    for (name, (places, losses)), size in zip(walks.items(), (6, 3, 2), strict=False):
        left.plot(*places.T, "o-", markersize=size, linewidth=1)
        right.plot(losses, label=name)
    right.set(xlabel="step", ylabel="loss")
    right.legend()
    return figure, right


def _what_a_walker_does(landscape, places):
    w, b, _ = landscape
    if (places < (w[0], b[0])).any() or (places > (w[-1], b[-1])).any():
        return "leaps across the valley and out of the map, and its loss first rises far above the start"
    return "hardly leaves" if np.abs(places - START).max() < 2 else "follows the valley down"


def draw_rates(landscape, walks):
    """Three walks of gradient descent on the map, by learning rate: {rate: walk}; and their losses."""
    figure, right = _draw_walks(landscape, {f"learning rate {rate:g}": walk for rate, walk in walks.items()})
    right.set(yscale="log", ylabel="loss (log scale)")
    ways = [f"{rate:g} {_what_a_walker_does(landscape, places)}" for rate, (places, _) in walks.items()]
    alt = f"""The loss as a map, darker where it is higher: a long narrow valley, with a cross at its lowest place, and
    three walks from the same star. Beside it their losses against the step. A walker with rate
    {"; with ".join(ways)}."""
    plotting.show(figure, alt)


def draw_paths():
    """Two pixels, three hidden units, three logits and the loss; in color, how one weight reaches the loss."""
    columns = {"pixels $x$": (0, "12"), "hidden units $h$": (1, "123"), "logits $z$": (2, "123"), "loss": (3, "L")}
    heights = {1: [1], 2: [1.5, 0.5], 3: [2, 1, 0]}
    places = {title: [(at, y) for y in heights[len(names)]] for title, (at, names) in columns.items()}
    figure, ax = plt.subplots(figsize=(8.5, 2.9))
    pixels, hidden, logits, loss = places.values()
    colored = {(pixels[1], hidden[0]), *((hidden[0], z) for z in logits), *((z, loss[0]) for z in logits)}
    for left, right in zip(list(places.values()), list(places.values())[1:], strict=False):
        for start, end in [(start, end) for start in left for end in right]:
            is_colored = (start, end) in colored
            style = {"color": plotting.VERMILION, "linewidth": 2.5} if is_colored else {"color": plotting.GRAY}
            ax.plot(*zip(start, end, strict=True), **{"linewidth": 0.8, "zorder": 1 + is_colored, **style})
    for title, (at, names) in columns.items():
        for (_, y), name in zip(places[title], names, strict=True):
            ax.plot(at, y, "o", markersize=24, color="white", markeredgecolor="black", zorder=3)
            symbol = "L" if name == "L" else f"{title[-2]}_{name}"
            ax.text(at, y, f"${symbol}$", ha="center", va="center", zorder=4)
        ax.text(at, 2.6, title, ha="center")
    for at, name in ((0.5, "weights $u$"), (1.5, "weights $w$")):
        ax.text(at, -0.55, name, ha="center")
    ax.set(xlim=(-0.4, 3.4), ylim=(-0.7, 2.9))
    ax.set_axis_off()
    alt = """A small network from left to right: two pixels, three hidden units, three logits, one loss; every circle is
    joined to all circles of the next column. In color: the weight from the second pixel to the first hidden unit, and
    from there the three paths to the loss, one through each logit."""
    plotting.show(figure, alt)


def draw_search(rates, losses_by_rate):
    """The mean loss of the last 10 of 60 steps against the learning rate, for each optimizer.

    Parameters
    ----------
    rates : sequence of float
    losses_by_rate : dict of str to sequence of float
        By the name of the optimizer, one loss for each rate; NaN or above 4 is drawn at the upper edge.
    """
    figure, ax = plt.subplots(figsize=(7.5, 3.2))
    for (name, losses), style in zip(losses_by_rate.items(), ("o-", "s--", "^:"), strict=True):
        ax.plot(rates, np.nan_to_num(np.minimum(losses, 4), nan=4), style, label=name)
    ax.axhline(np.log(10), color=plotting.GRAY, linewidth=1)
    ax.text(rates[0], np.log(10) + 0.2, "knowing nothing", color=plotting.GRAY)
    ax.set(xscale="log", ylim=(0, 4.2), xlabel="learning rate (log scale)", ylabel="mean loss, last 10 of 60 steps")
    ax.legend()
    low = {
        name: [f"{rate:g}" for rate, loss in zip(rates, losses, strict=True) if loss < 1.5]
        for name, losses in losses_by_rate.items()
    }
    alt = f"""Mean loss of the last 10 of 60 steps against the learning rate, one curve for each of three optimizers,
    and a line for what knowing nothing costs. The loss is below 1.5 at these rates:
    {"; ".join(f"{name}: {' and '.join(where) or 'none'}" for name, where in low.items())}.
    At the other rates it is higher."""
    plotting.show(figure, alt)


def draw_optimizers(landscape, walks):
    """Two walks on the map, by the name of the optimizer: {name: walk}; and their losses."""
    figure, _ = _draw_walks(landscape, walks)
    best = min(walks, key=lambda name: walks[name][1][-1]).partition(",")[0]
    alt = f"""Two walks of 60 steps on the same map, and their losses. Gradient descent slows down on the valley floor.
    RMSprop first steps to the side, then follows the floor at an even pace. {best[0].upper() + best[1:]} gets farther
    and ends with the smaller loss."""
    plotting.show(figure, alt)


def draw_epochs(landscape, epochs):
    """One epoch on the map for each of three batch sizes: {batch size: places}."""
    figure, axes = plt.subplots(1, 3, figsize=(11, 3.2), sharey=True)
    for ax, (batch_size, places) in zip(axes, epochs.items(), strict=True):
        _draw_map(ax, landscape, f"batch size {batch_size}, steps: {len(places) - 1}")
        ax.plot(*places.T, "o-", color=plotting.BLUE, markersize=2.5, linewidth=0.8)
        ax.label_outer()
    alt = """One epoch on the map for three batch sizes. All 2,000 images at once: one step, near the start. Batches of
    64: a slightly shaky walk well down the valley. Batches of 4: it gets to the lowest place, and jitters about it
    widely."""
    plotting.show(figure, alt)


def draw_progress(step_losses, final_loss):
    """The loss of each batch, their mean so far, and as a star the loss on the same images after the last step."""
    steps = np.arange(1, len(step_losses) + 1)
    figure, ax = plt.subplots(figsize=(8, 3.2))
    ax.plot(steps, step_losses, "o", label="loss of each batch")
    ax.plot(steps, np.cumsum(step_losses) / steps, label="mean so far: what fit prints")
    last = {"color": plotting.VERMILION, "markersize": 15, "label": "loss on the same images after the last step"}
    ax.plot(len(step_losses), final_loss, "*", **last)
    ax.set(xlabel="step", ylabel="loss", ylim=(0, None))
    ax.legend()
    alt = f"""Loss of each of {len(step_losses)} batches, falling unevenly; the mean so far lies well above them in the
    second half. A star, the loss on the same images with the final weights, lies far below the mean."""
    plotting.show(figure, alt)


def draw_answers(images, titles, probabilities, labels):
    """Five images, and under each the ten probabilities that the network gives; the true class in color.

    Parameters
    ----------
    images : ndarray, shape (5, 28, 28, 1)
        In [0, 1].
    titles : sequence of str
    probabilities : ndarray, shape (5, 10)
    labels : sequence of int or None
        The true classes; None where there is none.
    """
    figure, axes = plt.subplots(2, 5, figsize=(11, 3.8))
    for column, (top, bottom) in enumerate(axes.T):
        plotting.plot_image(images[column], ax=top, title=titles[column], vmin=0, vmax=1)
        plotting.mark_window(top, 0, 0, 28, color=plotting.GRAY)  # blank paper, too, has an edge
        plotting.plot_probabilities(probabilities[column], label=labels[column], ax=bottom)
        bottom.set(ylabel="probability" if column == 0 else None)
    alt = """Five pictures, and under each the ten probabilities that the network gives: a plain 7, an oddly written 5,
    a 7 and a 2 on top of each other, gray noise, and blank paper. The true class, where there is one, is in color."""
    plotting.show(figure, alt)


def _draw_curves(history, figsize):
    """Loss on the left, accuracy on the right, against the epoch."""
    figure, (left, right) = plt.subplots(1, 2, figsize=figsize)
    plotting.plot_history(history, "loss", ax=left)
    plotting.plot_history(history, "accuracy", ax=right)
    return figure, left


def draw_learning_curves(history):
    """Loss and accuracy on the training images, from what ``fit`` returns in ``history``."""
    figure, _ = _draw_curves(history, (9, 2.8))
    alt = """Loss and accuracy on the training images over five epochs: a large change first, then smaller and smaller
    ones."""
    plotting.show(figure, alt)


def draw_validation_curves(history):
    """Loss and accuracy on training and validation images, over the 15 epochs of the stored result."""
    figure, _ = _draw_curves(history, (9.5, 3.1))
    alt = """Left: over 15 epochs the training loss falls towards zero; the validation loss stops falling after a few
    epochs and then rises unevenly. Right: training accuracy climbs towards 1, validation accuracy wavers on a plateau
    below it."""
    plotting.show(figure, alt)


def draw_curves_of_few_images(history):
    """Loss and accuracy on 300 training images and on validation images, over 20 epochs; an arrow at one epoch."""
    figure, left = _draw_curves(history, (9.5, 3.1))
    left.set(ylim=(0, 1.2))
    stop = int(np.argmin(history["val_loss"])) + 1
    arrow = {"xytext": (stop + 3, 0.8), "arrowprops": {"arrowstyle": "->"}}
    left.annotate("lowest loss", (stop, min(history["val_loss"])), **arrow)
    alt = """Twenty epochs on 300 images. Training loss goes to zero, training accuracy to 1. Validation loss falls,
    reaches its lowest point at an arrow, and rises again; validation accuracy stays on a plateau below training
    accuracy."""
    plotting.show(figure, alt)
