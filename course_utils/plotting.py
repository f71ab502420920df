"""Pictures: arrays in, Axes out. NumPy and Matplotlib only.

Colors are those of Okabe and Ito, which people with any kind of color vision can tell apart
(M. Okabe and K. Ito, "Color Universal Design", 2008, jfly.uni-koeln.de/color).
"""

import base64
import html
import io

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.patches import Polygon, Rectangle
from PIL import Image

from course_utils.language import say

BLUE, ORANGE, GREEN, PINK = "#0072B2", "#E69F00", "#009E73", "#CC79A7"
SKY, VERMILION, YELLOW, BLACK, GRAY = "#56B4E9", "#D55E00", "#F0E442", "#000000", "#8C8C8C"
INK = "gray_r"  # color map for digits: ink is dark, paper is white, as on paper
SIGNED = "PuOr"  # color map for signed values: zero is white

STYLE = {
    "axes.prop_cycle": plt.cycler(color=[BLUE, ORANGE, GREEN, VERMILION, PINK, SKY]),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "axes.axisbelow": True,
    "axes.titlesize": "medium",
    "figure.constrained_layout.use": True,
    "font.size": 11,
    "grid.color": "#DDDDDD",
    "image.cmap": INK,
    "image.interpolation": "nearest",
    "legend.frameon": False,
    "savefig.facecolor": "white",
}


def use_course_style():
    """Give all later figures of this program the course's look, whatever a matplotlibrc of the user's says."""
    plt.rcdefaults()  # a dark style's white text would not be seen on white; text.usetex needs LaTeX
    plt.rcParams.update(STYLE)


def encode_figure(figure, alt, *, dpi=130):
    """The output of a notebook that shows a figure, and a text for those who cannot see it; the figure is closed.

    It is HTML, because JupyterLab and nbconvert hand the ``alt`` of an ``<img>`` on, and drop that of a bare PNG.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    alt : str
        What the picture shows, in a sentence or two; not empty.
    dpi : int
        Pixels an inch; the notebook shows the picture at 80 pixels an inch, so it is sharp on a dense screen.

    Returns
    -------
    dict
        Keys are MIME types: ``"text/html"`` is the picture, ``"text/plain"`` the text.
    """
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError("alt must say in words what the picture shows, got " + repr(alt))
    alt = " ".join(alt.split())
    drawn, png = io.BytesIO(), io.BytesIO()
    # "tight": where ticks change while the layout is found, constrained layout alone cuts labels off.
    figure.savefig(drawn, format="png", dpi=dpi, bbox_inches="tight", pad_inches=0)
    plt.close(figure)
    tight, margin = Image.open(drawn).convert("RGB"), round(0.05 * dpi)
    # As wide as the figure, so that the width does not depend on how wide the measured numbers in it are.
    width = round(figure.get_figwidth() * dpi)
    width = width if tight.width <= width + 2 else tight.width
    image = Image.new("RGB", (width, tight.height + 2 * margin), "white")
    image.paste(tight, ((width - tight.width) // 2, margin))
    image.quantize(256, dither=Image.Dither.NONE).save(png, format="png", optimize=True)  # 256 colors: half the bytes
    source = "data:image/png;base64," + base64.b64encode(png.getvalue()).decode()
    picture = f'<img src="{source}" alt="{html.escape(alt)}" width="{round(image.width * 80 / dpi)}">'
    return {"text/html": picture, "text/plain": alt}


def show(figure, alt, *, dpi=130):
    """Show a figure in a notebook, with a text for those who cannot see it, and close it: see `encode_figure`."""
    display(encode_figure(figure, alt, dpi=dpi), raw=True)


def _axes(ax, **options):
    return plt.subplots(**options)[1] if ax is None else ax


def plot_image(image, *, ax=None, title=None, values=False, cmap=INK, vmin=None, vmax=None):
    """Draw one image; with ``values``, the numbers of a gray one too.

    Parameters
    ----------
    image : array_like, shape (height, width) or (height, width, 1)
        Gray. Or in color: shape (height, width, 3), uint8 in [0, 255] or float in [0, 1].
    ax : matplotlib.axes.Axes, optional
    title : str, optional
    values : bool
        Write each pixel's value into it.
    cmap : str
        A color map for gray images; by default dark ink on white paper.
    vmin, vmax : float, optional
        The values drawn as white and as black; by default the smallest and largest.

    Returns
    -------
    matplotlib.axes.Axes
    """
    image = np.asarray(image)
    if image.dtype.name == "bfloat16":  # a network's maps in mixed precision; Matplotlib does not know it
        image = image.astype("float32")
    if image.ndim == 3 and image.shape[-1] == 1:
        image = image[..., 0]
    color = image.ndim == 3 and image.shape[-1] == 3
    if (image.ndim != 2 and not color) or image.size == 0:
        expected = "(height, width), or (height, width, 3) in color,"
        raise ValueError(f"image must have shape {expected} and at least one pixel, got {image.shape}")
    if color and values:
        raise ValueError("values are written into gray images only, got one in color")
    if image.dtype.kind not in "buif":
        raise TypeError(f"image must be real numbers, got dtype {image.dtype}")
    ax = _axes(ax)
    drawn = ax.imshow(image, cmap=cmap, vmin=vmin, vmax=vmax)
    if values:
        for (row, column), value in np.ndenumerate(image):
            red, green, blue, _ = drawn.cmap(drawn.norm(value))
            dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.5
            text = f"{value}" if image.dtype.kind in "iu" else f"{value:.2g}"
            ax.text(
                column,
                row,
                text,
                ha="center",
                va="center",
                fontsize=max(6, 115 / image.shape[1]),
                color="white" if dark else "black",
            )
    ax.set(xticks=[], yticks=[], title=title)
    ax.spines[:].set_visible(False)
    return ax


def plot_grid(values, *, ax=None, title=None, texts=None, cmap=INK, vmin=None, vmax=None, fontsize=9):
    """Draw a small array as a table: each number in a cell, shaded by its value.

    Parameters
    ----------
    values : array_like of float, shape (height, width)
        A cell that is NaN stays empty.
    ax : matplotlib.axes.Axes, optional
    title : str, optional
    texts : array_like of str, shape (height, width), optional
        What to write into the cells; by default the values, with two significant digits.
    cmap : str
        A color map; by default dark ink on white paper.
    vmin, vmax : float, optional
        The values at the ends of the color map; by default the smallest and largest.
    fontsize : float
        Of the texts, in points.

    Returns
    -------
    matplotlib.axes.Axes
    """
    values = np.asarray(values, dtype=float)
    if values.ndim != 2:
        raise ValueError(f"values must have shape (height, width), got {values.shape}")
    if texts is None:
        texts = [["" if np.isnan(v) else f"{v + 0.0:.2g}".replace("-", "−") for v in row] for row in values]
    texts = np.asarray(texts)
    if texts.shape != values.shape:
        raise ValueError(f"texts must have the shape of values, {values.shape}, got {texts.shape}")
    ax = _axes(ax)
    drawn = ax.imshow(values, cmap=cmap, vmin=vmin, vmax=vmax)
    for (row, column), text in np.ndenumerate(texts):
        red, green, blue, opaque = drawn.cmap(drawn.norm(values[row, column]))
        dark = opaque and 0.299 * red + 0.587 * green + 0.114 * blue < 0.5
        ax.text(column, row, text, ha="center", va="center", fontsize=fontsize, color="white" if dark else "black")
    height, width = values.shape
    margin = 0.05  # room for a frame's line, as mark_window draws it
    ax.set(xticks=[], yticks=[], title=title)
    ax.set(xlim=(-0.5 - margin, width - 0.5 + margin), ylim=(height - 0.5 + margin, -0.5 - margin))
    ax.hlines(np.arange(height + 1) - 0.5, -0.5, width - 0.5, color="#BBBBBB", linewidth=0.7)
    ax.vlines(np.arange(width + 1) - 0.5, -0.5, height - 0.5, color="#BBBBBB", linewidth=0.7)
    ax.spines[:].set_visible(False)
    return ax


def plot_images(images, titles=None, *, n_columns=10, size=0.9, axes=None, **options):
    """Draw images in rows, each with its title.

    Parameters
    ----------
    images : array_like, shape (n, height, width), (n, height, width, 1), or in color (n, height, width, 3)
        Or a list of images that differ in size.
    titles : sequence, optional
        One title an image.
    n_columns : int
        Images in a row.
    size : float
        Width of one image, in inches.
    axes : array of matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.
    **options
        As in plot_image: ``cmap``, ``vmin``, ``vmax``.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, shape (n_rows, n_columns)
    """
    images = list(images)
    if len(images) == 0:
        raise ValueError("images must hold at least one image, got none")
    if titles is not None and len(titles) != len(images):
        raise ValueError(f"titles must be as many as the images, {len(images)}, got {len(titles)}")
    if n_columns < 1:
        raise ValueError(f"n_columns must be at least 1, got {n_columns}")
    if axes is not None and axes.size < len(images):
        raise ValueError(f"axes must be at least as many as the images, {len(images)}, got {axes.size}")
    n_columns = min(n_columns, len(images))
    n_rows = -(-len(images) // n_columns)
    if axes is None:
        height = size * (1 if titles is None else 1.35)
        _, axes = plt.subplots(n_rows, n_columns, figsize=(size * n_columns, height * n_rows), squeeze=False)
    for ax in axes.flat:
        ax.set_axis_off()
    for index, (ax, image) in enumerate(zip(axes.flat, images, strict=False)):
        plot_image(image, ax=ax, title=None if titles is None else titles[index], **options)
    return axes


def plot_history(history, metric, *, ax=None, title=None):
    """Draw a metric against the epoch, on training data and, where there is any, on validation data.

    Parameters
    ----------
    history : dict of str to list of float
        As ``keras.callbacks.History.history``: ``metric`` and perhaps ``"val_" + metric``.
    metric : str
        ``"loss"`` or ``"accuracy"``.

    Returns
    -------
    matplotlib.axes.Axes
    """
    if metric not in history:
        raise ValueError(f"metric must be one of {', '.join(history)}, got {metric!r}")
    if len(history[metric]) == 0:
        raise ValueError(f"history must hold at least one epoch of {metric}, got none")
    ax = _axes(ax, figsize=(5, 3.2))
    for key, label, style in ((metric, say("training"), "o-"), (f"val_{metric}", say("validation"), "s--")):
        if key in history:
            ax.plot(range(1, len(history[key]) + 1), history[key], style, label=label, markersize=5)
    ax.set(xlabel=say("epoch"), ylabel=metric, title=title)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.grid(axis="y")
    ax.legend()
    return ax


def plot_probabilities(probabilities, *, label=None, ax=None, title=None):
    """Draw a network's probabilities for one image as ten bars; the true class in color.

    Parameters
    ----------
    probabilities : array_like, shape (n_classes,)
        In [0, 1].
    label : int, optional
        The true class.

    Returns
    -------
    matplotlib.axes.Axes
    """
    probabilities = np.asarray(probabilities)
    if probabilities.ndim != 1:
        raise ValueError(f"probabilities must have shape (n_classes,), got {probabilities.shape}; take one image's row")
    if len(probabilities) == 0 or not ((probabilities >= 0) & (probabilities <= 1)).all():  # `not`: NaN is in no range
        raise ValueError("probabilities must be in [0, 1], at least one; are they logits, or NaN?")
    classes = np.arange(len(probabilities))
    if label is not None and label not in classes:
        raise ValueError(f"label must be from 0 to {len(classes) - 1}, got {label}")
    ax = _axes(ax, figsize=(4, 2.2))
    ax.bar(classes, probabilities, color=[BLUE if c == label else GRAY for c in classes])
    ax.set(xticks=classes, ylim=(0, 1), xlabel=say("class"), ylabel=say("probability"), title=title)
    return ax


def plot_confusion(matrix, *, ax=None):
    """Draw a confusion matrix: its errors as shades, the right answers on the diagonal as numbers only.

    Parameters
    ----------
    matrix : array_like of int, shape (n_classes, n_classes)
        Row: true class. Column: predicted class.

    Returns
    -------
    matplotlib.axes.Axes
    """
    matrix = np.asarray(matrix)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"matrix must be square, got shape {matrix.shape}")
    if matrix.size == 0 or matrix.dtype.kind not in "ui" or matrix.min() < 0:
        raise ValueError(f"matrix must hold counts, integers of at least 0, got dtype {matrix.dtype}")
    ax = _axes(ax, figsize=(5.6, 5))
    errors = matrix * (1 - np.eye(len(matrix), dtype=matrix.dtype))
    ax.imshow(errors, cmap="Blues")
    for (true, predicted), count in np.ndenumerate(matrix):
        if count:
            dark = errors[true, predicted] > 0.6 * errors.max()
            ax.text(
                predicted, true, f"{count}", ha="center", va="center", fontsize=9, color="white" if dark else "black"
            )
    ticks = np.arange(len(matrix))
    ax.set(xticks=ticks, yticks=ticks, xlabel=say("predicted class"), ylabel=say("true class"))
    ax.spines[:].set_visible(False)
    return ax


def plot_arms(errors, *, base):
    """Draw the errors of each arm of an ablation, seed by seed; next to them, how many each saves in pairs.

    Parameters
    ----------
    errors : dict of str to list of int
        For each arm, the errors of its runs on 10,000 images; the same number for all, in the order of their seeds.
    base : str
        The arm that the others are compared with.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.9), sharey=True)
    before = np.array(errors[base])
    left.axvspan(before.min(), before.max(), color=GRAY, alpha=0.25, linewidth=0)
    right.axvline(0, color=GRAY, linewidth=1)
    for row, (arm, counts) in enumerate(errors.items()):
        for ax, values in ((left, np.array(counts)), (right, before - counts)):
            if ax is right and arm == base:
                continue
            ax.plot(values, np.full(len(values), row), "o", color=ORANGE, markeredgecolor="black", alpha=0.8)
            ax.plot([values.mean()] * 2, [row - 0.35, row + 0.35], color=BLUE, linewidth=3)
    left.set_yticks(range(len(errors)), list(errors))
    left.invert_yaxis()
    left.set(xlabel=say("errors of 10,000 (gray: the base)"))
    right.set(xlabel=say("errors saved, same seed (right of 0: better)"))
    return figure


def plot_network(shapes, names, *, colors=(BLUE, ORANGE), ax=None):
    """Draw a network's arrays as blocks to scale: height and width in pixels, depth in channels.

    Parameters
    ----------
    shapes : sequence of tuple of int
        The shape of each array without the batch axis, as (height, width, channels) or (units,).
    names : sequence of str
        What makes each array: one name a shape.
    colors : sequence of str
        The blocks' colors, from the first on, repeated where there are more blocks.

    Returns
    -------
    matplotlib.axes.Axes
        Without axes lines. One unit of length is one pixel, or 4 channels, or 8 units of a flat array.
    """
    if len(names) != len(shapes):
        raise ValueError(f"names must be as many as the shapes, {len(shapes)}, got {len(names)}")
    if len(shapes) == 0 or any(len(shape) not in (1, 3) for shape in shapes):
        raise ValueError(f"shapes must be (height, width, channels) or (units,), at least one, got {list(shapes)}")
    ax = _axes(ax, figsize=(11, 3.8))
    left, tallest = 0.0, 0.0
    for number, (shape, name) in enumerate(zip(shapes, names, strict=True)):
        color = colors[number % len(colors)]
        if len(shape) == 3:
            height, width, depth = shape[0], 0.45 * shape[1], shape[2] / 4
        else:
            height, width, depth = shape[0] / 8, 0.0, 2.0
        low, right = -height / 2, left + depth
        slant = 0.5 * width
        face = [(left, low), (right, low), (right, low + height), (left, low + height)]
        top = [
            (left, low + height),
            (right, low + height),
            (right + width, low + height + slant),
            (left + width, low + height + slant),
        ]
        side = [
            (right, low),
            (right + width, low + slant),
            (right + width, low + height + slant),
            (right, low + height),
        ]
        for corners, alpha in ((face, 0.75), (top, 0.3), (side, 0.5)):
            ax.add_patch(Polygon(corners, facecolor=color, alpha=alpha, edgecolor="black", linewidth=0.6))
        middle = left + (depth + width) / 2
        ax.text(middle, -19 if height <= 40 else low - 3, "×".join(map(str, shape)), ha="center", va="top", fontsize=12)
        ax.text(middle, -25 if height <= 40 else low - 9, name, ha="center", va="top", fontsize=10.5, color="#444444")
        left, tallest = left + depth + width + 9, max(tallest, low + height + slant)
    ax.set(xlim=(-3, left - 4), ylim=(min(-36, ax.dataLim.y0 - 16), tallest + 4), aspect="equal")
    ax.set_axis_off()
    return ax


def mark_window(ax, row, column, size, *, color=VERMILION):
    """Draw a frame around a square window of an image's pixels; row and column are its top left pixel."""
    ax.add_patch(Rectangle((column - 0.5, row - 0.5), size, size, fill=False, edgecolor=color, linewidth=2.5))
    return ax


def strike_out_last(ax, n, *, color=VERMILION):
    """Hatch the last row and the last column of an image of n by n pixels, as what a layer leaves out."""
    style = {"hatch": "///", "fill": False, "edgecolor": color, "linewidth": 0}
    ax.add_patch(Rectangle((-0.5, n - 1.5), n, 1, **style))
    ax.add_patch(Rectangle((n - 1.5, -0.5), 1, n - 1, **style))
    return ax
