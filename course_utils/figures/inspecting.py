"""The pictures of lesson 07, Looking inside."""

import matplotlib.pyplot as plt
import numpy as np

from course_utils import plotting


def draw_filters(filters, maps):
    """Draw the filters of a first layer, and below each its feature map of one image.

    Parameters
    ----------
    filters : ndarray of float, shape (3, 3, 1, 32)
    maps : ndarray of float, shape (28, 28, 32)
    """
    limit = abs(filters).max()
    figure, axes = plt.subplots(4, 16, figsize=(11, 3.2))
    for index in range(32):
        above, below = axes[2 * (index // 16) :, index % 16][:2]
        plotting.plot_image(filters[:, :, 0, index], ax=above, cmap=plotting.SIGNED, vmin=-limit, vmax=limit)
        plotting.plot_image(maps[:, :, index], ax=below, vmin=0, vmax=maps.max())
        above.set_title(index, fontsize=9)
    alt = """The 32 filters as squares of 3 by 3 colors, purple above zero and orange below, and under each
    its feature map of a handwritten 4. A few filters look like edges, most look irregular. Most maps show
    a part of the 4: upper rims, left rims, slanting strokes; one is empty, three are gray all around."""
    plotting.show(figure, alt)


def draw_patches(weights, best, found):
    """Draw ten filters, and below each the patch that would excite it most, and the one in the data that does.

    Parameters
    ----------
    weights : ndarray of float, shape (10, 3, 3)
    best, found : array_like, shape (10, 3, 3)
        In [0, 1].
    """
    limit = abs(weights).max()
    figure, axes = plt.subplots(3, 10, figsize=(10, 3.3))
    for column, patches in zip(axes.T, zip(weights, best, found, strict=True), strict=True):
        scales = {"cmap": plotting.SIGNED, "vmin": -limit, "vmax": limit}, {}, {"vmin": 0, "vmax": 1}
        for ax, patch, scale in zip(column, patches, scales, strict=True):
            plotting.plot_image(patch, ax=ax, **scale)
            plotting.mark_window(ax, 0, 0, 3, color=plotting.GRAY)
    for ax, label in zip(axes[:, 0], ["weights", "best of all", "best of 1,000\ndigits"], strict=True):
        ax.set_ylabel(label, rotation=0, ha="right", va="center")
    alt = """Ten filters in columns. Above the weights; in the middle the patch that would excite it most,
    black where a weight is positive; below the patch of 1,000 test digits that excites it most. The lower
    two rows resemble each other, but the lower one shows rims and corners of strokes."""
    plotting.show(figure, alt)


def draw_layers(layers):
    """Draw one image's feature maps, a row for each layer, every number at the same size.

    Parameters
    ----------
    layers : dict of str to ndarray, shape (height, width, channels)
        The maps of each layer, by its name.
    """
    rows = [_lay_out(maps) for maps in layers.values()]
    heights = [len(row) for row in rows]
    figure, axes = plt.subplots(len(rows), 1, figsize=(11, 4.2), height_ratios=heights)
    for ax, row, (name, maps) in zip(axes, rows, layers.items(), strict=True):
        plotting.plot_image(row, ax=ax, cmap="Blues")
        ax.set_ylabel(f"{name}: {maps.shape[-1]}", rotation=0, ha="right", va="center")
    alt = """Feature maps of the 4 in five rows, drawn to one scale. In the first row eight maps in which the
    4 is easy to see; further down the maps get smaller and more numerous, and in the last one, of 4 by 4
    numbers, nothing of the 4 can be recognized."""
    plotting.show(figure, alt, dpi=120)


def _lay_out(maps, width=240):
    """As many maps (height, width, channels) as fit side by side, with gaps, each on its own scale."""
    size, n = maps.shape[0], min(maps.shape[2], width // (maps.shape[0] + 2))
    row = np.full((size, width), np.nan)
    for index in range(n):
        start = index * (size + 2)
        row[:, start : start + size] = maps[:, :, index] / max(maps[:, :, index].max(), 1e-6)
    return row


def draw_ascent(image):
    """Draw the image that one ascent has led to, of shape (28, 28, 1)."""
    figure, ax = plt.subplots(figsize=(2.4, 2.4))
    plotting.plot_image(image, ax=ax)
    alt = """Jagged black strokes and gray ripples all over the image; some of the strokes could belong to a
    3."""
    plotting.show(figure, alt)


def draw_ascents(free, smooth):
    """Draw two rows of images, one for each digit, made without and with a penalty; each of shape (10, 28, 28)."""
    axes = plotting.plot_images(np.concatenate([free, smooth]), [*range(10), *[""] * 10], vmin=0, vmax=1)
    alt = """Two rows of ten images, one for each digit. Above, without a penalty, dense ripples all over, in
    which a digit can be guessed here and there. Below, smooth gray shapes with a few strokes: a ring for 0,
    a slanting bar on a foot for 1, a loop at the bottom for 6; most of them are pieces of a digit."""
    plotting.show(axes[0, 0].figure, alt)


def draw_units(units, ascended, examples):
    """Draw for each unit of conv 3 the image from gradient ascent, and its maximally activating examples.

    Parameters
    ----------
    units : list of int
    ascended : ndarray of float, shape (n_units, 28, 28)
    examples : list of (images, places)
        For each unit eight images, and the (row, column) in the unit's map where each excites it most.
    """
    figure, axes = plt.subplots(len(units), 9, figsize=(9.5, 1.15 * len(units)), squeeze=False)
    for row, unit, drawn, (images, places) in zip(axes, units, ascended, examples, strict=True):
        plotting.plot_image(drawn, ax=row[0], vmin=0, vmax=1)
        row[0].set_ylabel(f"unit {unit}")
        for ax, image, (r, c) in zip(row[1:], images, places, strict=True):
            plotting.plot_image(image, ax=ax)
            plotting.mark_window(ax, 4 * r - 1, 4 * c - 1, 18)
            ax.set(xlim=(-1.7, 28.7), ylim=(28.7, -1.7))  # room for a frame that begins in the padding
    alt = """Four rows. In each, on the left a smooth pattern from gradient ascent, then eight test digits with
    a frame around the part that excites the unit most: the stem and bowl of 6; the waist of 3, 5 and 8;
    slanting strokes in 0, 7 and 2; curves in 5, 3 and 0."""
    plotting.show(figure, alt, dpi=110)


def draw_digit(image, *, size):
    """Draw an image of shape (28, 28, 1), and in its corner how large a patch of `size` pixels is."""
    figure, ax = plt.subplots(figsize=(2.6, 2.6))
    plotting.plot_image(image, ax=ax)
    plotting.mark_window(ax, 0, 0, 28, color=plotting.GRAY)
    plotting.mark_window(ax, 27 - size, 1, size)
    alt = """A handwritten 4 with an open top: an arm at the left and a long slanting stem at the right that
    meet in the middle. A frame in the corner shows how large the patch is."""
    plotting.show(figure, alt)


def draw_occlusion(tried):
    """Draw what two patches do to the probability of a 4, and the image with each where it hurts most.

    Parameters
    ----------
    tried : dict of str to (map, image, int)
        By the patch's name: the probability at each place of the patch, the image with the patch at its worst place,
        and what the network reads there.
    """
    figure, axes = plt.subplots(1, 4, figsize=(11, 3.1))
    for (left, right), (name, (probability, covered, answer)) in zip(axes.reshape(2, 2), tried.items(), strict=True):
        title = f"probability of 4 ({name})"
        plotting.plot_image(probability, ax=left, cmap="Blues", vmin=0, vmax=1, title=title)
        plotting.plot_image(covered, ax=right, vmin=0, vmax=1, title=f"worst place: a {answer}")
    alt = """Two maps of the probability of 4 at each place of a patch: for a gray patch it breaks down
    in one spot, in the gap between the two upper ends, where the image is almost blank; for a patch of paper in
    two spots, on the strokes. Beside each the image with the worst patch, read as another digit."""
    plotting.show(figure, alt)


def draw_heat_maps(image, saliency, cam):
    """Draw an image, its saliency map, and its Grad-CAM map twice: stretched to the image, and in its place.

    Parameters
    ----------
    image : ndarray of float, shape (28, 28, 1)
    saliency : ndarray of float, shape (28, 28)
    cam : ndarray of float, shape (4, 4)
        Of conv 3, whose values are centered four pixels apart, the first between the pixels 7 and 8.
    """
    figure, axes = plt.subplots(1, 4, figsize=(11, 3.1))
    plotting.plot_image(image, ax=axes[0], title="the 4")
    limit = abs(saliency).max()
    plotting.plot_image(saliency, ax=axes[1], title="saliency", cmap=plotting.SIGNED, vmin=-limit, vmax=limit)
    extents = {"Grad-CAM, stretched": (-0.5, 27.5), "Grad-CAM, in place": (5.5, 21.5)}
    for ax, (title, (start, end)) in zip(axes[2:], extents.items(), strict=True):
        plotting.plot_image(0 * image, ax=ax, title=title, vmin=0, vmax=1)
        ax.imshow(cam, cmap="Blues", extent=(start, end, end, start))
        ax.set(xlim=(-0.5, 27.5), ylim=(27.5, -0.5))
    for ax in axes[1:]:
        ax.contour(image[:, :, 0], levels=[0.5], colors="black", linewidths=1)
        plotting.mark_window(ax, 0, 0, 28, color=plotting.GRAY)
    alt = """The 4; under its outline the saliency map, specks of both signs along the strokes and between
    them, and twice the Grad-CAM map of 4 by 4 squares: stretched over the whole image its darkest square
    touches the rim, in its right place it lies between the two upper ends, beside the right one."""
    plotting.show(figure, alt)


def draw_clouds(coordinates, digits, wrong):
    """Draw images as points in two principal components, a cloud for each digit, and those that are misread.

    Parameters
    ----------
    coordinates : ndarray of float, shape (n, 2)
    digits : ndarray of int, shape (n,)
    wrong : ndarray of bool, shape (n,)
    """
    figure, ax = plt.subplots(figsize=(8.5, 5.6))
    shades = [plotting.BLUE, plotting.ORANGE, plotting.GREEN, plotting.PINK, plotting.SKY]
    style = {"bbox": {"fc": "white", "ec": "none", "alpha": 0.7, "pad": 1}, "ha": "center", "va": "center"}
    for digit in range(10):
        mine = coordinates[digits == digit]
        ax.plot(*mine.T, "." if digit < 5 else "+", color=shades[digit % 5], markersize=3, alpha=0.5)
    middles = np.stack([np.median(coordinates[digits == digit], axis=0) for digit in range(10)])
    for digit, place in enumerate(_push_apart(middles, distance=2.5)):
        ax.text(*place, digit, fontsize=17, weight="bold", **style)
    ax.plot(*coordinates[wrong].T, "x", color="black", markersize=6, mew=1.3, label="misread")
    ax.set(xlabel="first principal component", ylabel="second principal component")
    ax.legend(loc="lower right")
    alt = """Scatter of the test images in two principal components, with the digits written on their clouds.
    3, 5, 6, 0 and 7 have places of their own at the outside; 1, 4, 9, 2 and 8 overlap near the middle. The
    misread images, as crosses, lie mostly inside and between the clouds, few at their outer ends."""
    plotting.show(figure, alt, dpi=110)


def _push_apart(points, distance):
    """Move points of shape (n, 2) apart until no two of them are nearer than a distance, so that labels fit there."""
    points = points.copy()
    for _ in range(100):
        for one in range(len(points)):
            for other in range(one):
                way = points[one] - points[other]
                if (length := np.hypot(*way)) < distance:
                    push = (distance - length) / 2 * way / max(length, 1e-9)
                    points[one], points[other] = points[one] + push, points[other] - push
    return points


def draw_curves(curves):
    """Draw the accuracy against how much the images are changed, for four changes, each with three examples.

    Parameters
    ----------
    curves : dict of str to (amounts, accuracy, examples)
        By the change's name; three examples, of shape (28, 28, 1), each.
    """
    figure = plt.figure(figsize=(11, 3.6))
    grid = figure.add_gridspec(2, 12, height_ratios=[1, 2.6])
    for column, (name, (amounts, accuracy, examples)) in enumerate(curves.items()):
        for index, example in enumerate(examples):
            ax = figure.add_subplot(grid[0, 3 * column + index])
            plotting.plot_image(example, ax=ax, vmin=0, vmax=1)
            plotting.mark_window(ax, 0, 0, 28, color=plotting.GRAY)
        ax = figure.add_subplot(grid[1, 3 * column : 3 * column + 3])
        ax.plot(amounts, accuracy, "o-", markersize=4)
        ax.set(xlabel=name, ylim=(0, 1.03), ylabel="accuracy" if column == 0 else None)
        ax.axhline(0.1, color=plotting.GRAY, linestyle=":")
    alt = """Four curves of accuracy against shift, angle, scale and noise, each under a 7 changed little and
    much. Each has a plateau near 1 and then falls steeply, for shift and angle down to guessing, or near
    it."""
    plotting.show(figure, alt)


def draw_step(pictures, probabilities, *, label):
    """Draw a digit, and what two steps make of it, each over its ten probabilities.

    Parameters
    ----------
    pictures : dict of str to ndarray, shape (1, 28, 28, 1)
        By its title: as it was, after a step with random signs, after a step with the signs of the gradient.
    probabilities : ndarray of float, shape (3, 10)
    label : int
        The true class.
    """
    figure, axes = plt.subplots(2, 3, figsize=(9.5, 4.6), height_ratios=[1.5, 1])
    for (above, below), (title, picture), row in zip(axes.T, pictures.items(), probabilities, strict=True):
        plotting.plot_image(picture[0], ax=above, vmin=0, vmax=1, title=title)
        plotting.plot_probabilities(row, label=label, ax=below)
    by_random, by_gradient = probabilities[1:].argmax(axis=1)
    share = "nearly all" if probabilities[2].max() > 0.9 else "the largest"
    alt = f"""A {label} three times, each over its ten probabilities: as it was, and with light gray specks all
    around it twice. With random signs the network {"still " if by_random == label else ""}reads a {by_random}. With
    the signs of the gradient a person still reads a {label}, and {share} probability is on {by_gradient}."""
    plotting.show(figure, alt)


def draw_saliency_maps(rows):
    """Draw rows of saliency maps without their signs, each map on its own scale.

    Parameters
    ----------
    rows : dict of str to ndarray, shape (5, 28, 28)
        By the row's letter.
    """
    figure, axes = plt.subplots(2, 5, figsize=(9, 3.8))
    for row, (letter, maps) in zip(axes, rows.items(), strict=True):
        for ax, saliency in zip(row, maps, strict=True):
            plotting.plot_image(abs(saliency), ax=ax, cmap="Blues")
        row[0].set_ylabel(letter, rotation=0, ha="right", fontsize=14)
    alt = """Saliency maps of a 0, a 4, a 7, a 2 and a 5 in two rows, A and B. In one row each digit's shape
    is easy to see, evenly filled with specks; in the other the specks gather in a few places."""
    plotting.show(figure, alt)
