"""Digits from ink: find them, frame them, and make them like MNIST's."""

import numpy as np
from PIL import Image

from course_utils.handwriting.ink import find_ink
from course_utils.handwriting.page import find_slope, label, overlaps, remove_surroundings, sizes

MAX_DIGITS = 100  # on one sheet


def find_digits(ink):
    """Find the digits on a sheet: connected components of the ink, in reading order.

    What is no writing is left out first (`remove_surroundings`). Parts that nearly touch belong together, and so do
    parts above each other, like the bar of a 5 and the rest of it. Parts less than a third as high as the highest and
    less than a third as wide are specks.

    Parameters
    ----------
    ink : ndarray of bool, shape (height, width)

    Returns
    -------
    list of ndarray of bool, shape (height, width)
        One for each digit: its own ink only.

    Raises
    ------
    ValueError
        If nothing is written, or there are more than 100 pieces.
    """
    ink = np.asarray(ink, dtype=bool)
    if ink.ndim != 2 or not ink.any():
        raise ValueError(f"ink must be bool of shape (height, width) with some True in it, got shape {ink.shape}")
    ink = remove_surroundings(ink)
    height = sizes(label(ink)[1])[:, 0].max()
    labels, boxes = label(ink, join=height // 16 | 1)
    is_large = sizes(boxes).max(axis=1) > height / 10
    if is_large.sum() > MAX_DIGITS:
        raise ValueError(f"found {is_large.sum()} pieces of ink, more than {MAX_DIGITS}: is the paper rough or ruled?")
    groups = []
    for n in np.flatnonzero(is_large):  # a part joins the groups above or below it, and by that makes one of them
        near = [group for group in groups if any(_belong_together(boxes[n], boxes[one], height) for one in group)]
        groups = [group for group in groups if group not in near] + [sum(near, [n])]
    masks = [np.isin(labels, np.add(group, 1)) for group in groups]
    masks = [mask for mask in masks if sizes(ink_box(mask)).max() > height / 3]
    slope = find_slope(ink) if len(masks) > 2 else 0
    return [masks[index] for index in _reading_order(np.array([ink_box(mask) for mask in masks]), slope)]


def touch(ink):
    """Whether ink looks like two digits that touch: it falls in two by a cut through one thin place.

    The cut is upright or slanted, and on both sides of it the ink is nearly as high as on the whole.

    Parameters
    ----------
    ink : ndarray of bool, shape (height, width)
        Cropped.

    Returns
    -------
    bool
        Of MNIST's single digits, true for about one in a hundred.
    """
    rows, columns = np.nonzero(ink)
    height = len(ink)
    for slant in (0, 0.15, 0.3, 0.45, 0.6):
        across = np.round(columns + slant * rows).astype(int)
        across -= across.min()
        width = across.max() + 1
        if width < 0.8 * height:
            continue
        upright = np.zeros((height, width), bool)
        upright[rows, across] = True
        tops = np.where(upright.any(axis=0), upright.argmax(axis=0), height)
        bottoms = np.where(upright.any(axis=0), height - upright[::-1].argmax(axis=0), 0)
        left, right = (
            np.maximum.accumulate(bottoms[::way])[::way] - np.minimum.accumulate(tops[::way])[::way] for way in (1, -1)
        )
        n_strokes = (np.diff(upright, axis=0, prepend=False) & upright).sum(axis=0)
        is_thin = (n_strokes <= 1) & (upright.sum(axis=0) < 0.35 * height)
        is_cut = is_thin[1:-1] & (np.minimum(left[:-2], right[2:]) > 0.85 * height)
        if is_cut[width // 4 : -(width // 4)].any():
            return True
    return False


def _refuse_touching(digits):
    """Raise a ValueError if there are two that touch; where there are many, they are wider than the others, too."""
    cropped = [crop(digit) for digit in digits]
    usual = np.median([ink.shape[1] for ink in cropped]) if len(cropped) > 3 else 0
    if any(ink.shape[1] > 1.4 * usual and touch(ink) for ink in cropped):
        raise ValueError("two digits seem to touch each other: leave a gap between them, or rub out what joins them")


def ink_box(ink):
    """The bounding box of all ink: (top, bottom, left, right), where bottom and right are just outside."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if len(rows) == 0:
        raise ValueError("found no ink: there is nothing to put a box around")
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def _belong_together(one, other, height):
    """Whether two parts are close above each other, or one is mostly inside the other's box, in a digit's height."""
    if max(one[1], other[1]) - min(one[0], other[0]) > 1.3 * height:
        return False
    above, beside = overlaps(one, other)
    is_inside = min(above, beside) > 0 and above * beside > 0.4 * min(sizes(one).prod(), sizes(other).prod())
    return is_inside or (beside > min(sizes(one)[1], sizes(other)[1]) / 2 and above > -height / 5)


def _reading_order(boxes, slope):
    """Row by row, each from left to right. A digit whose middle is above the bottom of a row's first is in that row."""
    columns = boxes[:, 2:].mean(axis=1)
    tops, bottoms = (boxes[:, side] - slope * columns for side in (0, 1))
    left_over, order = sorted(range(len(boxes)), key=lambda n: tops[n]), []
    while left_over:
        row = [n for n in left_over if (tops[n] + bottoms[n]) / 2 < bottoms[left_over[0]]]
        order += sorted(row, key=lambda n: columns[n])
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
    ink = find_ink(image)
    digits = find_digits(ink)
    if len(digits) > 1:  # one that is whole is meant, and not the neighbors that the rim cuts off
        whole = [digit for digit in digits if digit[1:-1, 1:-1].sum() == digit.sum()]
        digits = whole if len(whole) == 1 else digits
    if len(digits) > 1:
        raise ValueError(f"expected one digit, found {len(digits)}; prepare_sheet reads several")
    _refuse_touching(digits)
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
    _refuse_touching(digits)
    return np.stack([center(fit(crop(digit))) for digit in digits]), np.array([ink_box(digit) for digit in digits])
