"""A photographed or drawn digit becomes an image like MNIST's, one small step after the other. NumPy and Pillow only.

`prepare` is the whole way. Its steps, in order: `to_gray`, `make_ink_dark`, `remove_paper`, `threshold_ink`, `crop`,
`fit`, `center`. The last two do what the makers of MNIST did: Y. LeCun, L. Bottou, Y. Bengio and P. Haffner,
"Gradient-based learning applied to document recognition", Proceedings of the IEEE 86 (1998), 2278-2324, section III.
"""

import io
import json
import os
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

SAMPLES = Path(__file__).parent / "assets" / "handwriting"
FORMATS = {"PNG": (".png",), "JPEG": (".jpg", ".jpeg"), "WEBP": (".webp",)}
OTHER_ENDINGS = (".heic", ".heif", ".avif", ".gif", ".bmp", ".tif", ".tiff")  # read_image says what to do with them
MAX_PIXELS = 64_000_000  # of a file; it takes 4 to 9 bytes a pixel to read one
MAX_PIXELS_WEBP = MAX_PIXELS // 2  # Pillow takes 16 bytes a pixel for this format
MAX_SIDE = 1000  # of what is read: a digit needs some 30 pixels, a sheet of them has enough
MAX_DIGITS = 100  # on one sheet
LEAST_CONTRAST = 0.1  # ink that takes a smaller share of the paper's light is no ink
LEAST_DISTANCE = 6  # of ink from paper, in standard deviations of the paper; writing has 10 and more, shaded paper 3
DARKEST_PAPER = 0.1
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")


# ---- reading


def read_image(path):
    """Read a photograph of handwriting: PNG, JPEG or WebP, made smaller where it is large.

    Turned as the camera was held (EXIF). What is transparent becomes white paper, or black if the ink is bright.

    Parameters
    ----------
    path : str, pathlib.Path, or bytes
        A file, or what is in one.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        Red, green and blue, from 0 to 255; no side longer than 1,000 pixels.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not an image of these formats, is damaged or animated, or unpacks to more than 64 million pixels (32
        million for WebP). Nothing is unpacked before its size is known, so memory stays near half a gigabyte.
    """
    if not isinstance(path, bytes) and not Path(path).is_file():
        raise FileNotFoundError(f"expected an image at {path}, found no such file; the working folder is {os.getcwd()}")
    name = "the picture" if isinstance(path, bytes) else Path(path).name
    with io.BytesIO(path) if isinstance(path, bytes) else open(path, "rb") as file:
        return _read_file(file, name)


def _read_file(file, name):
    _refuse_other_formats(file.read(32), name)
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of harmless slips; what is harmful raises
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=list(FORMATS)) as image:
                return _decode(image, name)
    except _RefusedError as refused:
        raise ValueError(str(refused)) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ValueError(f"{name} unpacks to more pixels than any photograph has; {_say_limit(MAX_PIXELS)}") from None
    except Exception as error:  # whatever Pillow and the libraries behind it raise when a bit is wrong
        advice = "open it in an image viewer: does it show all of it? Then save it anew as PNG"
        raise ValueError(f"{name} cannot be read, it may be damaged ({error}); {advice}") from None


def _say_limit(limit):
    return f"the limit is {limit // 10**6} million pixels: make it smaller, or cut out the part with the digits"


class _RefusedError(ValueError):
    """A file that could be read, and will not be."""


def _refuse_other_formats(start, name):
    if start[4:8] == b"ftyp" and start[8:12] in HEIC_BRANDS:
        raise ValueError(
            f"{name} is a HEIC photograph, as phones make them; save it as JPEG first. On an iPhone: Settings, "
            "Camera, Formats, Most Compatible, and take it again; or open it on a computer and export it"
        )
    jpeg, png, webp = start[:2] == b"\xff\xd8", start[:8] == b"\x89PNG\r\n\x1a\n", start[8:12] == b"WEBP"
    if not (jpeg or png or webp):
        what = "is empty" if not start else "is none of these"
        is_named_so = name.lower().endswith(sum(FORMATS.values(), ()))
        advice = "its name does not make it one" if is_named_so else "open it in an image viewer, and save it as PNG"
        raise ValueError(f"expected a PNG, JPEG or WebP image, and {name} {what}; {advice}")


def _decode(image, name):
    """The pixels of an opened image, of which only the header has been read so far."""
    width, height = image.size
    limit = MAX_PIXELS_WEBP if image.format == "WEBP" else MAX_PIXELS
    if width * height > limit:
        raise _RefusedError(f"{name} has {width:,} × {height:,} pixels; {_say_limit(limit)}")
    if getattr(image, "is_animated", False) and image.format != "MPO":  # MPO: a photograph with a preview behind it
        raise _RefusedError(f"{name} is animated, {image.n_frames} pictures in one file; save one of them as PNG")
    image.draft("RGB", (MAX_SIDE, MAX_SIDE))  # of a JPEG, unpacks no more than is needed
    image = _turn(_reduce(image))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        red, green, blue, opaque = np.moveaxis(np.asarray(image, dtype=float), -1, 0)
        bright = ((red + green + blue) / 3 * opaque).sum() > 127.5 * opaque.sum()
        paper = Image.new("RGBA", image.size, (0, 0, 0, 255) if bright else (255, 255, 255, 255))
        image = Image.alpha_composite(paper, image)
    return np.array(image.convert("RGB"))


def _turn(image):
    """A Pillow image turned as the camera was held, if what the file says of the camera can be read."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # whatever is wrong there, the picture may be whole
        return image


def _reduce(image):
    """A Pillow image made smaller until no side is longer than MAX_SIDE: each pixel the mean of a square."""
    factor = -(-max(image.size) // MAX_SIDE)
    if image.mode in ("1", "P"):  # a palette's numbers are names and have no mean; of bits, Pillow takes none
        color = "L" if image.mode == "1" else "RGB"
        image = image.convert("RGBA" if image.has_transparency_data else color)
    elif image.mode.startswith("I"):  # 16 bits: 0 to 65,535
        image = Image.fromarray((np.asarray(_turn(image)) >> 8).clip(0, 255).astype(np.uint8))
    return image.reduce(factor) if factor > 1 else image


def find_images(folder):
    """The images in a folder by their names' endings, sorted; an empty list if there is no such folder."""
    endings = (*sum(FORMATS.values(), ()), *OTHER_ENDINGS)
    images = sorted(path for path in Path(folder).glob("[!.]*") if path.suffix.lower() in endings)
    return [path for path in images if path.is_file()]


def load_samples(folder=SAMPLES):
    """The sheets of handwriting that ship with the course, made for it and free of rights.

    Returns
    -------
    list of (str, ndarray of uint8 (height, width, 3), str)
        The file's name, the image as read_image gives it, and what is written on it, row by row: ``"40312"``.
    """
    written = json.loads((Path(folder) / "labels.json").read_text(encoding="utf-8"))["written"]
    return [(name, read_image(Path(folder) / name), text) for name, text in written.items()]


# ---- from a photograph to ink


def to_gray(image):
    """Brightness instead of colors: red, green and blue weighted as the eye does (ITU-R BT.601).

    Parameters
    ----------
    image : array_like of uint8, shape (height, width, 3) or (height, width)
        At least 8 pixels along each side. Where a side is longer than 1,000 pixels, it is made smaller.

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
    return (image @ [0.299, 0.587, 0.114] if image.ndim == 3 else image) / 255


def make_ink_dark(gray):
    """Turn black into white and white into black, if the ink is brighter than the paper.

    Seen against the mean of its surroundings, paper is a little off, and ink is far off: the cube of the difference
    asks to which side.

    Parameters
    ----------
    gray : ndarray of float, shape (height, width)
        In [0, 1].

    Returns
    -------
    ndarray of float, shape (height, width)
        ``gray``, or ``1 - gray``.
    """
    difference = gray - _local_mean(gray, size=min(gray.shape) // 2)
    return 1 - gray if (difference * difference**2).mean() > 0 else gray  # **3 takes far longer


def remove_paper(gray):
    """How much darker each pixel is than the paper would be there, so that shadows go.

    The paper at a place: give each pixel the brightest value around it, so that strokes vanish; then the darkest of
    those, so that the edges of shadows come back to where they were (a morphological closing). The window is wider than
    any stroke and smaller than any shadow: a fifth of the image.

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
    window = min(gray.shape) // 5 | 1  # odd, so that it has a middle
    smooth = _local_mean(gray, size=3)  # or else the brightest of all is a speck of noise
    wide = np.pad(smooth, window // 2, mode="edge")  # or else the darkest rim of shaded paper counts as ink
    paper = -_local_maximum(-_local_maximum(wide, window), window)
    paper = paper[window // 2 :, window // 2 :][: len(smooth), : len(smooth[0])]
    return np.clip((paper - smooth) / np.maximum(paper, DARKEST_PAPER), 0, 1)


def otsu_threshold(values):
    """The value that splits values into two groups of least spread.

    Parameters
    ----------
    values : array_like of float
        In [0, 1].

    Returns
    -------
    float
        In (0, 1): what is above it is in the upper group.

    Notes
    -----
    N. Otsu, "A threshold selection method from gray-level histograms", IEEE Transactions on Systems, Man and
    Cybernetics 9 (1979), 62-66. With 256 bins: least spread within the groups is most between their means.
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
    """Decide of each pixel: ink or paper.

    Parameters
    ----------
    contrast : ndarray of float, shape (height, width)
        As remove_paper gives it.

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
    """Raise a ValueError, unless there are two groups of pixels, ink and paper, and not one that spreads.

    Otsu's method splits whatever it is given. On a blank page in uneven light it cuts off the darkest noise.

    Parameters
    ----------
    contrast : ndarray of float, shape (height, width)
        As remove_paper gives it, with some ink in it according to threshold_ink.
    """
    is_upper = contrast > otsu_threshold(contrast)
    upper, lower = contrast[is_upper], contrast[~is_upper]
    if upper.mean() - lower.mean() < LEAST_DISTANCE * lower.std():
        raise ValueError(_NO_INK)


def find_ink(image):
    """All of the above: from a photograph to ink and paper.

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
    contrast = remove_paper(make_ink_dark(to_gray(image)))
    ink = threshold_ink(contrast)
    _refuse_blank_paper(contrast)
    return ink


# ---- from ink to digits


def find_digits(ink):
    """Find the digits on a sheet: connected parts of ink, in the order in which one reads.

    Parts that nearly touch belong together, and so do parts above each other, as the bar of a 5 and the rest of it.
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
    """Give all pixels of a connected part of ink the same number; parts that touch at a corner are connected.

    Each row falls into runs: ink without a gap. Every run starts with a number of its own and takes the largest one of
    those that it touches, again and again. To get on faster, it then takes what the run of that number has got by now.

    Parameters
    ----------
    ink : array_like of bool, shape (height, width)

    Returns
    -------
    ndarray of int, shape (height, width)
        0 for paper; a number above 0 for each part, not in a row.
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
    """The smallest box around all ink: (top, bottom, left, right), of which bottom and right are just outside."""
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


# ---- from a digit to an image like MNIST's


def crop(ink):
    """Cut off all that is outside the smallest box around the ink.

    Parameters
    ----------
    ink : ndarray, shape (height, width)
        Bool, or numbers that are 0 where there is no ink.
    """
    top, bottom, left, right = ink_box(ink)
    return ink[top:bottom, left:right]


def fit(ink, *, size=20):
    """Make a digit so large that its longer side has a given number of pixels, and keep its proportions.

    Parameters
    ----------
    ink : ndarray of bool or of float in [0, 1], shape (height, width)
        Cropped.
    size : int
        Pixels.

    Returns
    -------
    ndarray of float32, shape (size, at most size) or (at most size, size)
        In [0, 1]: which share of each new pixel was ink. That is the anti-aliasing, and where grays come from.
    """
    height, width = ink.shape
    new_height, new_width = (max(1, round(size * side / max(height, width))) for side in (height, width))
    image = Image.fromarray(np.asarray(ink, dtype=np.float32))
    return np.asarray(image.resize((new_width, new_height), Image.Resampling.BOX)).clip(0, 1)


def center(fitted):
    """Put a digit into an image of 28 × 28 pixels, so that its center of mass is in the middle.

    The middle is pixel 14, counted from 0. That is where MNIST has it, in all but two of its 70,000 images.

    Parameters
    ----------
    fitted : ndarray of float, shape (at most 28, at most 28)
        Ink above 0, and some of it.

    Returns
    -------
    ndarray of float32, shape (28, 28)
        No ink is lost: a digit whose center of mass is far off its middle stops at the rim.
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
    """Make of a photographed or drawn digit what MNIST's makers would have made of it.

    Parameters
    ----------
    image : array_like of uint8, shape (height, width, 3) or (height, width)
        As read_image gives it, with one digit on it.

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
    """Find all digits on a sheet, and prepare each.

    Parameters
    ----------
    image : array_like of uint8, shape (height, width, 3) or (height, width)

    Returns
    -------
    images : ndarray of float32, shape (n, 28, 28)
        In the order in which one reads.
    boxes : ndarray of int, shape (n, 4)
        Where each was found: top, bottom, left, right, in pixels of the image (where it has a side of more than 1,000
        pixels, of the smaller one that find_ink gives).
    """
    digits = find_digits(find_ink(image))
    return np.stack([center(fit(crop(digit))) for digit in digits]), np.array([ink_box(digit) for digit in digits])


# ---- windows


def _local_mean(values, size):
    """The mean in a square window around each place; beyond the rim, the values there go on."""
    for axis in (0, 1):
        values = np.moveaxis(values, axis, 0)
        padded = np.pad(values, ((size // 2 + 1, (size - 1) // 2), (0, 0)), mode="edge")
        sums = np.cumsum(padded, axis=0)
        values = np.moveaxis((sums[size:] - sums[:-size]) / size, 0, axis)
    return values


def _local_maximum(values, size):
    """The largest value in a square window of an odd size around each place; beyond the rim, the values there go on.

    Two windows that overlap or touch give a longer one, so few steps are enough.
    """
    for axis in (0, 1):
        values = np.moveaxis(values, axis, 0)
        values = np.pad(values, ((size // 2, size // 2), (0, 0)), mode="edge")
        reached = 1
        while reached < size:
            step = min(reached, size - reached)
            values = np.maximum(values[:-step], values[step:])
            reached += step
        values = np.moveaxis(values, 0, axis)
    return values
