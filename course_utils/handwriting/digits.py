"""Digits from ink: find them, frame them, and make them like MNIST's."""

import numpy as np
from PIL import Image

from course_utils.handwriting.ink import _local_maximum, find_ink

MAX_DIGITS = 100  # on one sheet


def find_digits(ink):
    """Find the digits on a sheet: connected components of the ink, in reading order.

    Parts that nearly touch belong together, and so do parts above each other, like the bar of a 5 and the rest of it.
    Parts less than a third as high as the highest and less than a third as wide are specks.

    Parameters
    ----------
    ink : ndarray of bool, shape (height, width)

    Returns
    -------
    list of ndarray of bool, shape (height, width)
        One for each digit: its own ink only.
    """
    ink = np.asarray(ink, dtype=bool)
    if ink.ndim != 2 or not ink.any():
        raise ValueError(f"ink must be bool of shape (height, width) with some True in it, got shape {ink.shape}")
    height = max(_size(box)[0] for box in _boxes(label_parts(ink)).values())
    labels = label_parts(_local_maximum(ink, height // 16 | 1)) * ink
    boxes = {label: box for label, box in _boxes(labels).items() if max(_size(box)) > height / 10}
    if len(boxes) > MAX_DIGITS:
        raise ValueError(f"found {len(boxes)} pieces of ink, more than {MAX_DIGITS}: is the paper rough or ruled?")
    groups = []
    for label, box in boxes.items():  # a part joins the groups above or below it, and by that makes one of them
        near = [group for group in groups if any(_belong_together(box, boxes[one], height) for one in group)]
        groups = [group for group in groups if group not in near] + [sum(near, [label])]
    masks = [np.isin(labels, group) for group in groups]
    masks = [mask for mask in masks if max(_size(ink_box(mask))) > height / 3]
    return [masks[index] for index in _reading_order([ink_box(mask) for mask in masks])]


def label_parts(ink):
    """Give all pixels of a connected component the same number; pixels that touch at a corner are connected.

    Each row falls into runs: ink without a gap. Every run starts with a number of its own and takes the largest one of
    those that it touches, again and again. To get on faster, it then takes what the run of that number has got by now.

    Parameters
    ----------
    ink : array_like of bool, shape (height, width)

    Returns
    -------
    ndarray of int, shape (height, width)
        0 for paper; a number above 0 for each part, not numbered consecutively.
    """
    ink = np.pad(ink, 1)  # so that no run goes on in the next row, and no ink has the number 0
    changes = np.diff(ink.ravel().astype(np.int8))
    starts, ends = np.flatnonzero(changes == 1) + 1, np.flatnonzero(changes == -1) + 1
    # Moved down by a row, a run touches those that start no later than it ends, and end no earlier than it starts.
    first = np.searchsorted(ends + ink.shape[1], starts)  # of those above, the first that touches,
    after = np.searchsorted(starts + ink.shape[1], ends, side="right")  # and the first that no longer does
    lower = np.repeat(np.arange(len(starts)), after - first)
    upper = np.arange(len(lower)) - np.repeat(np.cumsum(after - first) - after, after - first)
    names = np.arange(len(starts))
    while True:
        largest = names.copy()
        np.maximum.at(largest, lower, names[upper])
        np.maximum.at(largest, upper, names[lower])
        largest = largest[largest]
        if (largest == names).all():
            break
        names = largest
    labels = np.zeros(ink.size, dtype=int)
    labels[ink.ravel()] = np.repeat(ends[names] - 1, ends - starts)  # the number of a run: its last pixel's
    return labels.reshape(ink.shape)[1:-1, 1:-1]


def ink_box(ink):
    """The bounding box of all ink: (top, bottom, left, right), where bottom and right are just outside."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if len(rows) == 0:
        raise ValueError("found no ink: there is nothing to put a box around")
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def _boxes(labels):
    """The box around each part: {label: (top, bottom, left, right)}."""
    rows, columns = np.nonzero(labels)
    names, part = np.unique(labels[rows, columns], return_inverse=True)
    low, high = np.full((2, len(names)), max(labels.shape)), np.zeros((2, len(names)), dtype=int)
    for axis, places in enumerate((rows, columns)):
        np.minimum.at(low[axis], part, places)
        np.maximum.at(high[axis], part, places + 1)
    return {name: (low[0, n], high[0, n], low[1, n], high[1, n]) for n, name in enumerate(names)}


def _size(box):
    top, bottom, left, right = box
    return bottom - top, right - left


def _overlap(start, end, other_start, other_end):
    """How far two ranges overlap; below 0, how far they are apart."""
    return min(end, other_end) - max(start, other_start)


def _belong_together(one, other, height):
    """Whether two parts are one above the other, close together, and not higher in all than a digit of this height."""
    beside = _overlap(*one[2:], *other[2:])
    above = _overlap(*one[:2], *other[:2])
    whole = max(one[1], other[1]) - min(one[0], other[0])
    return beside > min(_size(one)[1], _size(other)[1]) / 2 and above > -height / 5 and whole < 1.3 * height


def _reading_order(boxes):
    """Row by row, each from left to right. A digit whose middle is above the bottom of a row's first is in that row."""
    left_over, order = sorted(range(len(boxes)), key=lambda n: boxes[n][0]), []
    while left_over:
        bottom = boxes[left_over[0]][1]
        row = [n for n in left_over if (boxes[n][0] + boxes[n][1]) / 2 < bottom]
        order += sorted(row, key=lambda n: boxes[n][2])
        left_over = [n for n in left_over if n not in row]
    return order


def crop(ink):
    """Cut off everything outside the bounding box of the ink.

    Parameters
    ----------
    ink : ndarray, shape (height, width)
        Bool, or numbers that are 0 where there is no ink.
    """
    top, bottom, left, right = ink_box(ink)
    return ink[top:bottom, left:right]


def fit(ink, *, size=20):
    """Scale a digit so that its longer side has a given number of pixels, and keep its proportions.

    Parameters
    ----------
    ink : ndarray of bool or of float in [0, 1], shape (height, width)
        Cropped.
    size : int
        Pixels.

    Returns
    -------
    ndarray of float32, shape (size, at most size) or (at most size, size)
        In [0, 1]: what share of each new pixel was ink. That is the anti-aliasing, and where grays come from.
    """
    height, width = ink.shape
    new_height, new_width = (max(1, round(size * side / max(height, width))) for side in (height, width))
    image = Image.fromarray(np.asarray(ink, dtype=np.float32))
    return np.asarray(image.resize((new_width, new_height), Image.Resampling.BOX)).clip(0, 1)


def center(fitted):
    """Put a digit into an image of 28 × 28 pixels, with its center of mass in the middle.

    The middle is pixel 14, counted from 0. That is where MNIST has it, in all but two of its 70,000 images.

    Parameters
    ----------
    fitted : ndarray of float, shape (at most 28, at most 28)
        Ink above 0, and some of it.

    Returns
    -------
    ndarray of float32, shape (28, 28)
        No ink is lost: a digit whose center of mass is far from the middle of its box stops at the rim.
    """
    if max(fitted.shape) > 28 or not fitted.any():
        raise ValueError(f"fitted must have ink and at most 28 × 28 pixels, got shape {fitted.shape}; use fit")
    image, corner = np.zeros((28, 28), np.float32), []
    for axis, side in enumerate(fitted.shape):
        mass = fitted.sum(axis=1 - axis, dtype=float)
        middle = mass @ np.arange(side) / mass.sum()
        corner.append(int(np.clip(round(14 - middle), 0, 28 - side)))
    image[corner[0] : corner[0] + fitted.shape[0], corner[1] : corner[1] + fitted.shape[1]] = fitted
    return image


def prepare(image):
    """Turn a photographed or drawn digit into what MNIST's makers would have made of it.

    Parameters
    ----------
    image : array_like of uint8, shape (height, width, 3) or (height, width)
        As read_image returns it, with one digit on it.

    Returns
    -------
    ndarray of float32, shape (28, 28)
        In [0, 1], bright ink on 0. The network reads a batch with a channel axis: ``prepared[None, ..., None]``.

    Raises
    ------
    ValueError
        If there is no ink, or more than one digit.
    """
    digits = find_digits(find_ink(image))
    if len(digits) > 1:
        raise ValueError(f"expected one digit, found {len(digits)}; prepare_sheet reads several")
    return center(fit(crop(digits[0])))


def prepare_sheet(image):
    """Find all digits on a sheet, and prepare each of them.

    Parameters
    ----------
    image : array_like of uint8, shape (height, width, 3) or (height, width)

    Returns
    -------
    images : ndarray of float32, shape (n, 28, 28)
        In reading order.
    boxes : ndarray of int, shape (n, 4)
        Where each was found: top, bottom, left, right, in pixels of the image (where it has a side of more than 1,000
        pixels, of the smaller one that find_ink gives).
    """
    digits = find_digits(find_ink(image))
    return np.stack([center(fit(crop(digit))) for digit in digits]), np.array([ink_box(digit) for digit in digits])
