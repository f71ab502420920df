"""Pictures of lesson 08, Your own handwriting."""

import matplotlib.pyplot as plt
import numpy as np

from course_utils import plotting


def draw_steps(images):
    """Draw what the steps of the preprocessing make of a drawing.

    Parameters
    ----------
    images : dict of str to ndarray, shape (height, width)
        The name of a step, and the ink that comes out of it, in [0, 1]; four of them.
    """
    figure, axes = plt.subplots(1, len(images), figsize=(10, 2.9))
    for ax, (name, image) in zip(axes, images.items(), strict=True):
        title = f"{name}: {image.shape[0]} × {image.shape[1]}"
        plotting.plot_image(image, ax=ax, title=title, vmin=0, vmax=1)
        ax.spines[:].set(visible=True, color=plotting.GRAY)
    alt = """The 2 four times: as drawn, small in the corner of a large square; cut out to the box around its ink;
    20 pixels high, with gray pixels at the rims of its strokes; and the same in the middle of a square of 28 pixels."""
    plotting.show(figure, alt)


def draw_sheet(gray, row, title):
    """Draw a sheet as its camera saw it, and a line along one row of its pixels; gray is from 0, black, to 1, white."""
    figure, ax = plt.subplots(figsize=(4.9, 3.7))
    plotting.plot_image(gray, ax=ax, cmap="gray", vmin=0, vmax=1, title=title)
    ax.axhline(row, color=plotting.VERMILION, linewidth=1.5)
    alt = """A sheet with the digits 8046 and 5173 in black felt pen; a shadow with a sharp edge covers its lower right
    half. A horizontal line marks one row of pixels."""
    plotting.show(figure, alt)


def draw_ink(ink):
    """Draw what was taken for ink, black on white; True is ink."""
    figure, ax = plt.subplots(figsize=(4.9, 3.7))
    plotting.plot_image(ink, ax=ax)
    alt = """What is darker than the threshold: the digits in the light, and all of the shadow as one black area, in
    which the other digits are lost."""
    plotting.show(figure, alt)


def draw_row(gray, contrast, row, thresholds):
    """Draw one row of a sheet's pixels: its brightness and the paper's, and beside them its contrast.

    Parameters
    ----------
    gray, contrast : ndarray, shape (height, width)
        In [0, 1]; the contrast as remove_paper gives it.
    row : int
    thresholds : (float, float)
        Where ink begins: in brightness below the one, in contrast above the other.
    """
    brightness = gray[row - 1 : row + 2].mean(axis=0)
    brightness = np.lib.stride_tricks.sliding_window_view(np.pad(brightness, 1, mode="edge"), 3).mean(axis=1)
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.1), sharex=True)
    left.plot(brightness, color=plotting.BLUE, label="brightness")
    left.plot(brightness / (1 - contrast[row]), "--", color=plotting.ORANGE, linewidth=2.5, label="paper, estimated")
    left.axhline(thresholds[0], color=plotting.GRAY, linestyle=":", label="threshold")
    left.set(xlabel="column (pixels)", ylabel="brightness", ylim=(0, 1.05))
    left.legend(loc="upper right", fontsize=9)
    right.plot(contrast[row], color=plotting.BLUE)
    right.axhline(thresholds[1], color=plotting.GRAY, linestyle=":")
    right.set(xlabel="column (pixels)", ylabel="contrast", ylim=(0, 1.05))
    alt = """Along the marked row. Left, brightness falls into narrow pits at strokes and by half where the shadow
    begins; the paper, a dashed line, runs over the pits and steps down with the shadow; the single threshold lies above
    the shadowed paper. Right, contrast: near 0 everywhere but for high peaks at strokes, alike in light and shadow, and
    a threshold in between."""
    plotting.show(figure, alt)


def draw_answers(sheets):
    """Draw the ink of sheets, three in a row, each digit in a frame, with what the network reads beside it.

    Parameters
    ----------
    sheets : list of tuple
        Of each sheet its title; its ink, of shape (height, width); the boxes of its digits, as (top, bottom, left,
        right); and an answer for each box.
    """
    n_columns, n_rows = min(3, len(sheets)), -(-len(sheets) // 3)
    figure, axes = plt.subplots(n_rows, n_columns, figsize=(3.9 * n_columns, 3 * n_rows), squeeze=False)
    for ax in axes.flat:
        ax.set_axis_off()
    for ax, (title, ink, boxes, answers) in zip(axes.flat, sheets, strict=False):
        plotting.plot_image(ink, ax=ax, title=title)
        for (top, bottom, left, right), answer in zip(boxes, answers, strict=True):
            ax.plot([left, right, right, left, left], [top, top, bottom, bottom, top], color=plotting.SKY)
            ax.text(right, top, answer, color=plotting.VERMILION, fontsize=13, weight="bold", va="bottom")
    readings = "; ".join(f"{title}, read as {''.join(map(str, answers))}" for title, _, _, answers in sheets)
    alt = f"""Ink and paper only, black on white, each digit that was found in a frame and beside it what the network
    reads. {readings}."""
    plotting.show(figure, alt)


def draw_misread(images, digits, probabilities):
    """Draw the digits that are misread, as the network gets them, each over its ten probabilities; at most four.

    Parameters
    ----------
    images : ndarray of float, shape (n, 28, 28)
        In [0, 1].
    digits : ndarray of int, shape (n,)
        What is written.
    probabilities : ndarray of float, shape (n, 10)
    """
    answers = probabilities.argmax(axis=1)
    wrong = np.flatnonzero(answers != digits)[:4]
    figure, axes = plt.subplots(2, len(wrong), figsize=(3.2 * len(wrong), 4.4), squeeze=False, height_ratios=[1.4, 1])
    for (above, below), index in zip(axes.T, wrong, strict=True):
        title = f"{digits[index]} read as {answers[index]}"
        plotting.plot_image(images[index], ax=above, vmin=0, vmax=1, title=title)
        plotting.plot_probabilities(probabilities[index], label=digits[index], ax=below)
    pairs = ", and ".join(f"a {digits[index]} that is read as a {answers[index]}" for index in wrong)
    alt = f"""The misread digits as the network gets them, each over its ten probabilities: {pairs}. The 1 has a long
    flag at its top. The 9 has a curl at its bottom, and its two largest probabilities are nearly equal."""
    plotting.show(figure, alt)


def draw_accuracies(counts, n_digits, intervals):
    """Draw the accuracy with each step left out, sorted, with the counts; "nothing" in another color.

    Parameters
    ----------
    counts : dict of str to int
        What was left out, and how many of the digits were read correctly then.
    n_digits : int
    intervals : dict of str to tuple of float
        The ends of the accuracy's 95% confidence interval, by the same names.
    """
    order = sorted(counts, key=counts.get)
    shares = np.array([counts[name] / n_digits for name in order])
    ends = np.array([intervals[name] for name in order]).T
    colors = [plotting.ORANGE if name == "nothing" else plotting.BLUE for name in order]
    figure, ax = plt.subplots(figsize=(8.5, 3.8))
    bars = ax.barh(order, shares, color=colors, xerr=abs(ends - shares), ecolor=plotting.BLACK, capsize=3)
    labels = ax.bar_label(bars, [counts[name] for name in order], label_type="center", color="white")
    labels[order.index("nothing")].set_color("black")  # on orange
    ax.set(xlabel="accuracy on the sample digits, with its 95% interval", ylabel="left out", xlim=(0, 1.02))
    alt = """Bars of the accuracy with one step left out, from the lowest to the highest, and with nothing left out.
    Leaving the paper in costs most, then filling 28 pixels instead of 20; leaving out the threshold costs nothing. All
    intervals are wide."""
    plotting.show(figure, alt)


def draw_bank(kinds, to_refuse):
    """Draw what became of the pictures of each kind: a bar of those read, refused and misread.

    Parameters
    ----------
    kinds : dict of str to dict
        Counts by kind, as the stored result "reading" has them.
    to_refuse : list of str
        The kinds for which refusing is correct; they come last.
    """
    order = [kind for kind in kinds if kind not in to_refuse] + to_refuse
    parts = {
        "read": ("read", plotting.BLUE),
        "refused_correctly": ("refused, correctly", plotting.SKY),
        "refused_wrongly": ("refused, though it can be read", plotting.GRAY),
        "misread": ("misread", plotting.VERMILION),
    }
    figure, ax = plt.subplots(figsize=(8.5, 6.4))
    start = np.zeros(len(order))
    for key, (name, color) in parts.items():
        counts = np.array([kinds[kind][key] for kind in order])
        ax.barh(order, counts, left=start, color=color, label=name)
        start += counts
    ax.invert_yaxis()
    ax.axhline(len(order) - len(to_refuse) - 0.5, color=plotting.BLACK, linewidth=1)
    ax.set(xlabel="pictures of the kind", ylabel="kind", xlim=(0, start.max()))
    ax.legend(loc="lower center", bbox_to_anchor=(0.4, 1), ncols=4, fontsize="small")
    alt = """Bars for 24 kinds of pictures. Nearly all of the twenty kinds to be read are read; paper on a table and
    tilted rows least often. Of the four kinds to be refused, several digits and blank pages are nearly always refused,
    and digits that touch are misread in about a third of the pictures."""
    plotting.show(figure, alt)


def draw_pairs(pairs):
    """Draw the discordant digits of each step: those read correctly only with it, and only without it.

    Parameters
    ----------
    pairs : dict of str to (int, int, float)
        By the step: the two counts, and the p-value of McNemar's test.
    """
    order = sorted(pairs, key=lambda name: pairs[name][0] - pairs[name][1], reverse=True)
    figure, ax = plt.subplots(figsize=(8.5, 3.4))
    for y, name in enumerate(reversed(order)):
        n_only_with, n_only_without, p_value = pairs[name]
        ax.barh(y, n_only_with, color=plotting.BLUE, label="only with the step" if y == 0 else None)
        ax.barh(y, -n_only_without, color=plotting.ORANGE, label="only without it" if y == 0 else None)
        small = "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"
        ax.text(n_only_with + 0.3, y, f"{n_only_with} : {n_only_without}, {small}", va="center", fontsize=10)
    ax.axvline(0, color=plotting.BLACK, linewidth=1)
    ax.set(yticks=range(len(order)), yticklabels=order[::-1], xlabel="digits read correctly")
    ax.set_xlim(-3, max(n_only_with for n_only_with, _, _ in pairs.values()) + 6)
    ax.xaxis.set_major_formatter(lambda value, _: f"{abs(value):.0f}")
    ax.legend(loc="lower right", fontsize=9)
    alt = """Bars to the right for digits that are read correctly only with a step, to the left for those only without
    it. To the right they are long for removing the paper and for 20 pixels, shorter for cropping and for making ink
    dark, short for proportions and center of mass, and none for the threshold. To the left there is at most a digit."""
    plotting.show(figure, alt)


def draw_letters(images, letters, probabilities):
    """Draw letters with the network's answers, and its confidence: above 0.99, 0.9, 0.5 or none of these.

    Parameters
    ----------
    images : ndarray of float, shape (n, 28, 28)
        In [0, 1].
    letters : str
        The n letters.
    probabilities : ndarray, shape (n, 10)
    """
    limits = [max(limit for limit in (0, 0.5, 0.9, 0.99) if sure > limit) for sure in probabilities.max(axis=1)]
    described = zip(letters, probabilities.argmax(axis=1), limits, strict=True)
    titles = [f"{letter}: {answer}\nabove {limit}" for letter, answer, limit in described]
    axes = plotting.plot_images(images, titles, n_columns=6, size=1.5, vmin=0, vmax=1)
    alt = """The letters A, E, H, K, T and X, prepared like digits. Each has an answer above it: 4, 6, 4, 6, 7 and 4.
    For three of them the confidence is above 0.99, for none below 0.5."""
    plotting.show(axes[0, 0].figure, alt)


def draw_risk(coverage, risk, promised):
    """Draw a risk-coverage curve, and the risk that is promised."""
    figure, ax = plt.subplots(figsize=(8.5, 3.4))
    ax.plot(coverage, risk, color=plotting.BLUE)
    ax.axhline(promised, color=plotting.GRAY, linestyle=":", label=f"{promised}")
    ax.set(xlabel="coverage: share of the validation images that it answers", ylabel="risk: error rate of the answers")
    ax.set(xlim=(0.5, 1.005), ylim=(-0.0005, 0.015))
    ax.legend(loc="upper left")
    alt = """Risk against coverage: nearly 0 as long as it answers nine in ten images, then rising ever more steeply to
    above 0.01 when it answers all."""
    plotting.show(figure, alt)


def draw_closing(smooth, brightest, paper):
    """Draw a sheet and the two steps of its closing, each of shape (height, width), in [0, 1]."""
    figure, axes = plt.subplots(1, 3, figsize=(11.5, 3))
    rim = (len(brightest) - len(paper)) // 2
    titles = {"the sheet": smooth, "brightest around": brightest[rim:-rim, rim:-rim], "darkest of those": paper}
    for ax, (title, picture) in zip(axes, titles.items(), strict=True):
        plotting.plot_image(picture, ax=ax, cmap="gray", vmin=0, vmax=1, title=title)
    alt = """The sheet with its digits and its shadow; the same after the first step, without the digits, and with less
    shadow, since the bright area has grown; and after the second step, still without digits, and with the shadow as
    large as it was."""
    plotting.show(figure, alt)
