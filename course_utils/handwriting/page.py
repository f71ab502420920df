"""What belongs to the page and what lies around it, and not to the writing: frames, lines, what the rim cuts off."""

import numpy as np
from scipy import ndimage

LEAST_SIZE = 8  # of a digit, in pixels: what is smaller is a speck


def find_slope(ink):
    """How steeply the lines or rows of a page run down to the right.

    Seen along its rows, ink lies on few lines, and much on each. So of all tilts from -16 to 16 degrees, take the one
    for which the squares of these sums add up to the most.

    Parameters
    ----------
    ink : ndarray of bool, shape (height, width)
        With some True in it.

    Returns
    -------
    float
        Pixels down for each pixel to the right.
    """
    places = np.argwhere(np.diff(ink, axis=0, prepend=False))  # where ink begins or ends, going down
    rows, columns = places[:: len(places) // 5000 + 1].T

    def sharpness(angle):
        lines = rows - np.tan(np.radians(angle)) * columns
        return (np.bincount(np.round(lines - lines.min()).astype(int)) ** 2).sum()

    rough = max(np.arange(-16, 17), key=sharpness)
    return np.tan(np.radians(max(rough + np.arange(-1, 1.01, 0.1), key=sharpness)))


def remove_surroundings(ink):
    """Take away frames, lines from rim to rim, and what the rim cuts off.

    Parameters
    ----------
    ink : ndarray of bool, shape (height, width)
        With some True in it.

    Returns
    -------
    ndarray of bool, shape (height, width)

    Raises
    ------
    ValueError
        If nothing is left.
    """
    slope = find_slope(ink)
    ink = _remove_frames(ink, slope)
    if ink.any():
        lineless = _erase_lines(_erase_lines(ink, slope).T, find_slope(ink.T)).T
        written = _remove_cut_off(lineless)
        if written.any():
            return written
        is_narrow = lineless.sum() > ink.sum() / 2  # a digit cut out so narrowly that its strokes reach the rim
        if is_narrow and sizes(label(ink)[1]).max() >= LEAST_SIZE:
            return ink
    raise ValueError("found lines, frames or specks, and nothing written")


def label(ink, *, join=1):
    """Number the connected components; pixels that touch at a corner are connected.

    Parameters
    ----------
    ink : ndarray of bool, shape (height, width)
    join : int
        Odd; parts that are less than this many pixels apart count as connected.

    Returns
    -------
    labels : ndarray of int, shape (height, width)
        0 for paper, from 1 on for the components.
    boxes : ndarray of int, shape (n, 4)
        Of each component: top, bottom, left, right, where bottom and right are just outside.
    """
    labels = ndimage.label(ndimage.maximum_filter(ink, join) if join > 1 else ink, structure=np.ones((3, 3)))[0] * ink
    boxes = [(rows.start, rows.stop, columns.start, columns.stop) for rows, columns in ndimage.find_objects(labels)]
    return labels, np.array(boxes, dtype=int).reshape(-1, 4)


def sizes(boxes):
    """Heights and widths of boxes: from shape (..., 4) to (..., 2)."""
    boxes = np.asarray(boxes)
    return boxes[..., 1::2] - boxes[..., ::2]


def overlaps(one, other):
    """How far two boxes overlap, down and across, in pixels; below 0, how far they are apart."""
    one, other = np.asarray(one), np.asarray(other)
    return np.minimum(one[..., 1::2], other[..., 1::2]) - np.maximum(one[..., ::2], other[..., ::2])


def _remove_frames(ink, slope):
    """Remove parts that have another large one inside, or fill their own rectangle's sides, and not its middle."""
    labels, boxes = label(ink, join=3)  # a thin line is often interrupted
    longer, shorter = sizes(boxes).max(axis=1), sizes(boxes).min(axis=1)
    is_frame = np.zeros(len(boxes), bool)
    for n in np.flatnonzero((longer > longer.max() / 20) & (shorter > LEAST_SIZE)):
        inside = (boxes[:, ::2] > boxes[n, ::2]).all(axis=1) & (boxes[:, 1::2] < boxes[n, 1::2]).all(axis=1)
        is_frame[n] = (inside & (longer > longer[n] / 4)).any() or _is_rectangle(labels, boxes[n], n + 1, slope)
    return np.append(False, ~is_frame)[labels]


def _is_rectangle(labels, box, number, slope):
    """Whether a part fills at least three sides of its bounding box, turned as the page is, and not its middle."""
    top, bottom, left, right = box
    rows, columns = np.nonzero(labels[top:bottom, left:right] == number)
    across, down = columns + slope * rows, rows - slope * columns
    if len(rows) > 0.6 * np.ptp(across) * np.ptp(down):
        return False
    n_full = 0
    for along, away in ((across, down), (down, across)):
        for distance in (away - away.min(), away.max() - away):
            side = along[distance < 0.08 * np.ptp(away) + 1]
            n_full += len(np.unique(side.astype(int))) > 0.85 * np.ptp(along)
    return n_full >= 3


def _erase_lines(ink, slope):
    """Erase what runs from rim to rim at a slope, but for the strokes that cross it.

    Each column is moved up or down, until lines of this slope are rows of the array.
    """
    height, width = ink.shape
    moves = np.round(slope * np.arange(width)).astype(int)
    at = np.arange(height)[:, None] - moves + moves.max(), np.arange(width)
    level, beyond = np.zeros((2, height + np.ptp(moves), width), bool)
    level[at], beyond[...] = ink, True
    beyond[at] = False
    wide = ndimage.maximum_filter1d(level, 3, axis=0)  # lines waver,
    whole = ndimage.maximum_filter1d(wide, width // 20 + 1, axis=1) & ~beyond  # and have gaps
    seen = (~beyond).sum(axis=1)
    is_line = (whole.sum(axis=1) > 0.9 * seen) & (wide.sum(axis=1) > 0.4 * seen) & (seen > width / 4)
    lines = level & is_line[:, None]
    if not lines.any():
        return ink
    thickness = lines.sum() / (lines[1:] & ~lines[:-1]).sum().clip(1)
    if thickness > width / 15:  # a stroke
        return ink
    crossing = ndimage.binary_opening(level, np.ones((int(2.5 * thickness) + 1, 1)))
    return (level & ~(lines & ~crossing))[at]


def _remove_cut_off(ink):
    """Of parts that the rim cuts off, leave only those that are about as large as the largest that stand free.

    Nothing is left where none stands free. What is solid, like the hole of a punch, is removed, too.
    """
    labels, boxes = label(ink)
    if len(boxes) == 0:
        return ink
    longer, shorter = sizes(boxes).max(axis=1), sizes(boxes).min(axis=1)
    is_solid = np.bincount(labels.ravel())[1:] > 0.75 * longer * shorter
    is_solid &= (longer < 2 * shorter) & (shorter > LEAST_SIZE)
    cut = np.stack([boxes[:, 0] == 0, boxes[:, 1] == len(ink), boxes[:, 2] == 0, boxes[:, 3] == len(ink[0])])
    is_free = ~cut.any(axis=0) & ~is_solid
    is_large = is_free & (longer >= LEAST_SIZE) & (longer > longer.max() / 12)
    size = longer[is_large].max(initial=0)
    from_rim_to_rim = (cut[0] & cut[1]) | (cut[2] & cut[3])
    if size == 0 or (from_rim_to_rim & (longer > 2.5 * size)).any():  # specks beside a digit that fills the picture
        return np.zeros_like(ink)
    is_large &= longer > size / 3
    is_part = np.array([(overlaps(box, boxes[is_large]) > 0).all(axis=1).any() for box in boxes])
    is_like = (longer > 0.6 * size) & ((longer < 1.6 * size) | is_part)
    return np.append(False, is_free | (cut.any(axis=0) & is_like))[labels]
