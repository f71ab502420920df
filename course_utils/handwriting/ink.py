"""Which pixels of a photograph are ink."""

import numpy as np
from PIL import Image
from scipy import ndimage

from course_utils.handwriting.reading import MAX_PIXELS, MAX_SIDE, _reduce

LEAST_CONTRAST = 0.1  # ink that takes a smaller share of the paper's light is no ink
LEAST_MEAN_CONTRAST = 0.22  # of all ink together; pencil has 0.3, the grain of blank paper in bad light up to 0.2
LEAST_DISTANCE = 6  # of ink from paper, in standard deviations of the paper; writing has 10 and more, shaded paper 3
DARKEST_PAPER = 0.1
LEAST_STEP = 0.06  # by which share of the light around it ink is darker
LEAST_SIDES = 0.95  # on which share of its outline: ink has 0.97 and more, paper along an edge up to 0.92


def to_gray(image):
    """Brightness instead of colors: red, green and blue weighted as the eye does it (ITU-R BT.601).

    Red ink on a blue page may be as bright as the page, though everybody sees it. Where the brightness varies less
    than half as much as one of the three colors does, that color is taken instead.

    Parameters
    ----------
    image : array_like of uint8, shape (height, width, 3) or (height, width)
        At least 8 pixels along each side. Made smaller where a side is longer than 1,000 pixels.

    Returns
    -------
    ndarray of float, shape (height, width)
        From 0, black, to 1, white.
    """
    image = np.asarray(image)
    if image.dtype != np.uint8:
        advice = "; it seems prepared already" if image.shape == (28, 28) else ", as read_image gives them"
        raise TypeError(f"image must be uint8 from 0 to 255{advice}; got dtype {image.dtype}")
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] != 3):
        advice = "; a batch? Take one image of it" if image.ndim == 4 else ""
        raise ValueError(f"image must have shape (height, width) or (height, width, 3), got {image.shape}{advice}")
    height, width = image.shape[:2]
    if min(height, width) < 8 or height * width > MAX_PIXELS:
        raise ValueError(f"image must have at least 8 pixels a side and {MAX_PIXELS:,} in all, got {height} × {width}")
    if max(height, width) > MAX_SIDE:
        image = np.asarray(_reduce(Image.fromarray(image)))
    if image.ndim == 2:
        return image / 255
    gray = image @ [0.299, 0.587, 0.114]
    views = [gray, *np.moveaxis(image, -1, 0)]
    variation = [_difference_from_surroundings(view[::2, ::2].astype(float)).std() for view in views]
    return (views[np.argmax(variation)] if variation[0] < max(variation) / 2 else gray) / 255


def make_ink_dark(gray):
    """Turn black into white and white into black, if the ink is brighter than the paper.

    Compared with the mean of its surroundings, paper is a little off, and ink is far off: the cube of the difference
    tells to which side.

    Parameters
    ----------
    gray : ndarray of float, shape (height, width)
        In [0, 1].

    Returns
    -------
    ndarray of float, shape (height, width)
        ``gray``, or ``1 - gray``.
    """
    difference = _difference_from_surroundings(gray)
    return 1 - gray if (difference * difference**2).mean() > 0 else gray  # **3 takes far longer


def _difference_from_surroundings(values):
    """By how much each pixel is above the mean of the square around it, half as wide as the image."""
    return values - ndimage.uniform_filter(values, min(values.shape) // 2, mode="nearest")


def remove_paper(gray):
    """How much darker each pixel is than the paper would be there, so that shadows disappear.

    The paper at each place: give each pixel the brightest value around it, so that strokes vanish; then the darkest of
    those, so that the edges of shadows return to where they were (a morphological closing). The window is wider than
    any stroke: half the image. (A shadow that is narrower falls in from the rim, as a rule, and beyond the rim the
    paper goes on: so it stays.)

    Parameters
    ----------
    gray : ndarray of float, shape (height, width)
        In [0, 1], dark ink on bright paper.

    Returns
    -------
    ndarray of float, shape (height, width)
        The share of the paper's light that is missing: 0 on paper, near 1 on black ink. (Paper darker than a tenth
        counts as a tenth: in the dark, noise is a large share.)
    """
    window = min(gray.shape) // 2 | 1  # odd, so that it has a middle
    smooth = ndimage.uniform_filter(gray, 3, mode="nearest")  # or else the brightest of all is a speck of noise
    wide = np.pad(smooth, window // 2, mode="edge")  # or else the darkest rim of shaded paper counts as ink
    brightest = ndimage.maximum_filter(wide, window, mode="nearest")
    paper = ndimage.minimum_filter(brightest, window, mode="nearest")
    paper = paper[window // 2 :, window // 2 :][: len(smooth), : len(smooth[0])]
    return np.clip((paper - smooth) / np.maximum(paper, DARKEST_PAPER), 0, 1)


def otsu_threshold(values):
    """The value that splits values into two groups with the least spread within them.

    It is the best split of the values. On an image, that need not be the split between ink and paper.

    Parameters
    ----------
    values : array_like of float
        In [0, 1].

    Returns
    -------
    float
        In (0, 1): values above it are in the upper group.

    Notes
    -----
    N. Otsu, "A threshold selection method from gray-level histograms", IEEE Transactions on Systems, Man and
    Cybernetics 9 (1979), 62-66. With 256 bins: the least spread within the groups is the most between their means.
    """
    counts, edges = np.histogram(values, bins=256, range=(0, 1))
    middles = (edges[:-1] + edges[1:]) / 2
    below, total = np.cumsum(counts)[:-1], counts.sum()
    sum_below, sum_all = np.cumsum(counts * middles)[:-1], counts @ middles
    with np.errstate(invalid="ignore", divide="ignore"):  # one of the groups may be empty
        difference = sum_below / below - (sum_all - sum_below) / (total - below)
    between = np.nan_to_num(below * (total - below) * difference**2)
    return float(edges[1:-1][between.argmax()])


def threshold_ink(contrast):
    """Decide for each pixel: ink or paper.

    Parameters
    ----------
    contrast : ndarray of float, shape (height, width)
        As remove_paper returns it.

    Returns
    -------
    ndarray of bool, shape (height, width)

    Raises
    ------
    ValueError
        If nothing stands out from the paper.
    """
    ink = contrast > max(otsu_threshold(contrast), LEAST_CONTRAST)
    if not ink.any():
        raise ValueError(_NO_INK)
    return ink


_NO_INK = "found no ink: nothing stands out from the paper. Is the page blank, or the ink very faint?"


def _refuse_blank_paper(contrast):
    """Raise a ValueError unless there are two groups of pixels, ink and paper, well apart, and not one that spreads.

    Otsu's method splits whatever it is given. On a blank page in uneven light it cuts off the darkest noise.

    Parameters
    ----------
    contrast : ndarray of float, shape (height, width)
        As remove_paper returns it, with some ink in it according to threshold_ink.
    """
    is_upper = contrast > otsu_threshold(contrast)
    upper, lower = contrast[is_upper], contrast[~is_upper]
    is_faint = upper[upper > LEAST_CONTRAST].mean() < LEAST_MEAN_CONTRAST
    if is_faint or upper.mean() - lower.mean() < LEAST_DISTANCE * lower.std():
        raise ValueError(_NO_INK)


def find_ink(image):
    """All of the above: from a photograph to ink and paper, without paper that is dark along an edge.

    Parameters
    ----------
    image : array_like of uint8, shape (height, width, 3) or (height, width)

    Returns
    -------
    ndarray of bool, shape (height, width)
        Made smaller where a side of the image is longer than 1,000 pixels.

    Raises
    ------
    ValueError
        If nothing stands out from the paper.
    """
    gray = to_gray(image)
    ink, dark = _find_ink(gray)
    sheet = find_sheet(gray, ink)
    if sheet is not None:
        ink, dark = _find_ink(np.where(sheet, gray, np.median(gray[sheet])))
        ink &= sheet
    return _remove_edges(dark, ink)


def _find_ink(gray):
    dark = make_ink_dark(gray)
    contrast = remove_paper(dark)
    ink = threshold_ink(contrast)
    _refuse_blank_paper(contrast)
    return ink, dark


def _remove_edges(gray, ink):
    """Remove paper that is dark along the edge of a shadow or a sheet: it stands out on one side only, ink on all.

    Each pixel 4 away from some ink is compared with the darkest ink around it.
    """
    labels, _ = ndimage.label(ink, structure=np.ones((3, 3)))
    near = ndimage.maximum_filter(labels, 9)
    outline = (near != ndimage.maximum_filter(labels, 7)) & ~ink
    smooth = ndimage.uniform_filter(gray, 3, mode="nearest")
    darkest = ndimage.minimum_filter(np.where(ink, smooth, 1), 9)
    stands_out = outline & (smooth - darkest > LEAST_STEP * smooth)
    n, n_out = (np.bincount(near[some], minlength=near.max() + 1) for some in (outline, stands_out))
    size = np.bincount(labels.ravel()) * (n_out >= LEAST_SIDES * n)
    size[0] = 0
    rim = np.concatenate([labels[[0, -1]].ravel(), labels[:, [0, -1]].ravel()])
    is_crumbs = size.sum() < ink.sum() / 2 and size.argmax() in rim  # of an edge
    if is_crumbs or not size.any():
        raise ValueError(_NO_INK)
    return size[labels] > 0


def find_sheet(gray, ink):
    """Find a sheet that lies on something darker or brighter: a rectangle.

    Parameters
    ----------
    gray : ndarray of float, shape (height, width)
    ink : ndarray of bool, shape (height, width)
        What was taken for ink.

    Returns
    -------
    ndarray of bool, shape (height, width), or None
        The sheet without its edges, if there is one.
    """
    step = 1 + min(gray.shape) // 150  # a sheet is large: every second or third pixel shows it
    gray, ink, shape = gray[::step, ::step], ink[::step, ::step], gray.shape
    bright = gray > otsu_threshold(gray)
    for side in (bright, ~bright):
        labels, n = ndimage.label(side)
        if n == 0:
            continue
        part = labels == np.bincount(labels.ravel())[1:].argmax() + 1
        sheet = ndimage.binary_fill_holes(part)
        if not 0.05 < sheet.mean() < 0.95 or abs(np.median(gray[sheet]) - np.median(gray[~sheet])) < LEAST_CONTRAST:
            continue
        share, length = _fit_rectangle(sheet)
        n_cut = sum(rim.mean() > 0.02 for rim in (sheet[0], sheet[-1], sheet[:, 0], sheet[:, -1]))
        is_written_on = part.sum() < 0.995 * sheet.sum()
        if share > 0.88 and (n_cut <= 1 or ink[sheet].mean() > 0.3) and (is_written_on or length < 2):
            inner = ndimage.binary_erosion(sheet, np.ones((5, 5)))
            return inner.repeat(step, axis=0).repeat(step, axis=1)[: shape[0], : shape[1]]
    return None


def _fit_rectangle(part):
    """How much of the smallest rectangle around it a part fills (an ellipse fills 0.79), and how long that one is."""
    rows, columns = np.nonzero(part & ~ndimage.binary_erosion(part))
    angles = np.radians(np.arange(-45, 45))[:, None]
    across, down = columns * np.cos(angles) + rows * np.sin(angles), rows * np.cos(angles) - columns * np.sin(angles)
    widths, heights = np.ptp(across, axis=1) + 1, np.ptp(down, axis=1) + 1
    width, height = min(zip(widths, heights, strict=True), key=np.prod)
    return part.sum() / (width * height), max(width / height, height / width)
