"""A photograph from a file: as an array, turned upright, no larger than it needs to be."""

import io
import json
import os
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

SAMPLES = Path(__file__).parents[1] / "assets" / "handwriting"
FORMATS = {"PNG": (".png",), "JPEG": (".jpg", ".jpeg", ".jfif", ".jpe"), "WEBP": (".webp",)}  # Windows saves .jfif
OTHER_ENDINGS = (".heic", ".heif", ".avif", ".gif", ".bmp", ".tif", ".tiff", ".dng", ".svg", ".pdf")  # read_image helps
MAX_PIXELS = 65_000_000  # of a file: a camera of 64 megapixels gives 64.2; it takes 4 to 9 bytes a pixel to read one
MAX_PIXELS_WEBP = MAX_PIXELS // 2  # Pillow takes 16 bytes a pixel for this format
MAX_SIDE = 1000  # of what is read: a digit needs some 30 pixels, and on a sheet it has them
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs", b"mif1", b"msf1")


class TooLargeError(ValueError):
    """An image of more pixels than read_image reads."""


def read_image(path):
    """Read a photograph of handwriting: PNG, JPEG or WebP, made smaller where it is large.

    Turned as the camera was held (EXIF). Transparent parts become white paper, or black if the ink is bright.

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
        If it is not an image of these formats, or is damaged or animated.
    TooLargeError
        If it unpacks to more than 65 million pixels (32 million for WebP). It is a ValueError, too. Nothing is unpacked
        before its size is known, and a JPEG to no more than is needed: memory stays near half a gigabyte at worst.
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
            warnings.simplefilter("ignore")  # of harmless slips, and of many pixels, which _decode counts
            with Image.open(file, formats=list(FORMATS)) as image:
                return _decode(image, name)
    except TooLargeError:
        raise
    except _RefusedError as refused:
        raise ValueError(str(refused)) from None
    except Image.DecompressionBombError:
        raise TooLargeError(f"{name} has hundreds of millions of pixels; {_say_limit(MAX_PIXELS)}") from None
    except UnidentifiedImageError:  # its words name an object of Python
        raise ValueError(f"{name} cannot be read, it may be damaged (its beginning is); {_ADVICE}") from None
    except Exception as error:  # whatever Pillow and the libraries behind it raise when a bit is wrong
        raise ValueError(f"{name} cannot be read, it may be damaged ({error}); {_ADVICE}") from None


_ADVICE = "open it in an image viewer: does it show all of it? Then save it again as PNG"


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
        raise TooLargeError(f"{name} has {width:,} × {height:,} pixels; {_say_limit(limit)}")
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
    """The sheets that ship with the course: drawn by a program (publishing/handwriting_samples.py), free of rights.

    Returns
    -------
    list of (str, ndarray of uint8 (height, width, 3), str)
        The file's name, the image as read_image returns it, and what is written on it, row by row: ``"40312"``.
    """
    written = json.loads((Path(folder) / "labels.json").read_text(encoding="utf-8"))["written"]
    return [(name, read_image(Path(folder) / name), text) for name, text in written.items()]
