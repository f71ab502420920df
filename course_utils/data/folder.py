"""One's own photographs, a folder for each class: load them, or say what is wrong with the folder."""

import hashlib
import itertools
import unicodedata
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np

N_LEAST = 3  # images of a class: one to train on, one to validate with, one to test on
N_SHOWN = 10  # problems that an error lists
N_WATCHED = 100  # images from which on a bar shows how far it is
HEIC = (".heic", ".heif")
HIDDEN = ("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "__macosx")  # by Windows and macOS


class Photographs(NamedTuple):
    """What `load_folder` returns."""

    images: np.ndarray
    labels: np.ndarray
    names: list
    paths: list


def load_folder(folder, *, size=224, crop=True):
    """Load photographs that lie in a folder for each class: ``photos/cracked/1.jpg``, ``photos/fine/2.jpg``, ...

    Each is turned upright as its camera says, and becomes RGB with 8 bits: gray and CMYK images are converted, gray
    ones of 16 bits divided by 257, and what is transparent becomes white. Of an animation, the first frame counts. What
    an operating system or Jupyter hides in a folder is left out, and nothing else is.

    Parameters
    ----------
    folder : str or pathlib.Path
    size : int
        Height and width of the images that are returned, in pixels.
    crop : bool
        Whether to keep the middle square of a photograph; otherwise all of it is squeezed into a square.

    Returns
    -------
    images : ndarray, shape (n, size, size, 3)
        RGB, uint8 in [0, 255].
    labels : ndarray, shape (n,)
        The number of each image's class, int64.
    names : list of str
        The classes: the names of the folders, sorted, and so numbered alike on every system.
    paths : list of pathlib.Path
        Where each image lies.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    ValueError
        If there are fewer than two classes, or fewer than three images of one; if a file is no image, damaged, or of a
        format that Pillow can't read; if two images are the same once they have their size. The message lists the
        problems.
    """
    from rich.progress import track

    if not isinstance(size, int | np.integer) or isinstance(size, bool) or size < 1:
        raise ValueError(f"size must be a whole number of pixels, at least 1, such as 224, got {size!r}")
    folder = Path(folder)
    classes = find_classes(folder)
    files = [(label, path) for label, one in enumerate(classes) for path in visible(one)]
    images, labels, paths, problems = [], [], [], []
    for label, path in track(files, "photographs", transient=True, disable=len(files) < N_WATCHED):
        try:
            images.append(read_photograph(path, size, crop))
        except ValueError as error:
            problems.append(f"{path.relative_to(folder)} {error}")
            continue
        labels.append(label)
        paths.append(path)
    for label, one in enumerate(classes):
        n = sum(label == other for other, _ in files)
        if n < N_LEAST:
            what = f"{n} image{'s' * (n != 1)}" if n else "no images"
            problems.append(f"{one.name} has {what}; at least {N_LEAST} are needed, and a few hundred are better")
    problems += same_images(images, paths, folder)
    if problems:
        more = f"\n- and {len(problems) - N_SHOWN} more" if len(problems) > N_SHOWN else ""
        listed = "".join(f"\n- {problem}" for problem in problems[:N_SHOWN])
        raise ValueError(f"{folder} can't be used as it is:{listed}{more}")
    return Photographs(np.stack(images), np.array(labels), [composed(one) for one in classes], paths)


def composed(path):
    """The name of a folder or file, each letter in one piece with its accents: macOS may take them apart."""
    return unicodedata.normalize("NFC", path.name)


def visible(folder):
    """What lies in a folder, sorted by name, without what systems hide there, such as .DS_Store and Thumbs.db."""
    try:
        inside = [path for path in folder.iterdir() if not path.name.startswith((".", "@"))]
    except PermissionError:
        raise ValueError(f"{folder} may not be read: give yourself the right to, or copy it elsewhere") from None
    return sorted((path for path in inside if path.name.lower() not in HIDDEN), key=composed)


def find_classes(folder):
    """The folders in a folder, sorted, at least two; else an error says what there is instead."""
    example = f"such as {folder / 'cracked'} and {folder / 'fine'}"
    wanted = f"expected a folder with a folder for each class, {example}"
    if not folder.exists():
        raise FileNotFoundError(f"{wanted}; there is no {folder.absolute()}")
    if not folder.is_dir():
        raise ValueError(f"{wanted}; {folder} is a file" + "; unpack it" * (folder.suffix.lower() == ".zip"))
    inside = visible(folder)
    classes = [path for path in inside if path.is_dir()]
    files = [path.name for path in inside if not path.is_dir()]
    if len(classes) == 1 and not files and any(path.is_dir() for path in visible(classes[0])):
        raise ValueError(f"{wanted}; {folder} only holds another folder with folders: load {classes[0]}")
    if len(classes) < 2:
        found = f"is only the folder {classes[0].name!r}" if classes else "are no folders"
        found += f", and files such as {files[0]}" if files else ""
        raise ValueError(f"{wanted}; in {folder} there {found}")
    if files:
        raise ValueError(f"{wanted}; {files[0]} lies beside them and belongs to no class: move it into a class or away")
    for one, other in itertools.pairwise(classes):
        if composed(one) == composed(other):
            raise ValueError(f"{wanted}; two folders have the same name, {composed(one)}, written in two ways")
    return classes


def read_photograph(path, size, crop):
    """A photograph, upright, as an array of shape (size, size, 3); a ValueError says what is wrong with its file."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    if path.is_dir():
        raise ValueError("is a folder in a class's folder: move its images up, or make it a class")
    if not path.is_file():
        raise ValueError("is no file: move it away")
    unknown = None
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path) as image:  # it warns of large photographs
            if image.mode == "F" or (image.mode == "I" and image.format == "TIFF"):
                unknown = "holds 32-bit numbers, whose range nobody knows: save it with 8 bits"
                raise UnidentifiedImageError
            image = to_rgb(ImageOps.exif_transpose(image))
            image = ImageOps.fit(image, (size, size)) if crop else image.resize((size, size))
            return np.asarray(image)
    except UnidentifiedImageError:
        if unknown is None and is_heic(path):
            unknown = "is HEIC, which Pillow can't read: export it as JPEG"
        raise ValueError(unknown or "is no image that Pillow can read, or it is damaged: move it away") from None
    except Image.DecompressionBombError:
        raise ValueError("has more pixels than Pillow opens: make it smaller first") from None
    except Exception as error:  # OSError, SyntaxError, RuntimeError, struct.error: whatever a reader of Pillow raises
        raise ValueError(f"can't be read: it may be damaged or only partly copied ({error})") from None


def to_rgb(image):
    """An image of Pillow's in RGB, 8 bits a channel, on white where it is transparent."""
    from PIL import Image

    if image.mode.startswith("I"):  # 16 bits; Pillow's own way to 8 would turn all from 255 on white
        values = np.asarray(image)
        grays = (np.clip(values, 0, 65535) // 257).astype("uint8")
        image = Image.fromarray(np.where(values == image.info.get("transparency", -1), np.uint8(255), grays))
    elif image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


def is_heic(path):
    """Whether a file is of the format that phones like, whatever it is called."""
    with open(path, "rb") as file:
        return path.suffix.lower() in HEIC or file.read(12)[4:] in (b"ftypheic", b"ftypheix", b"ftypmif1")


def same_images(images, paths, folder):
    """A sentence for each image that is the same as one before it, pixel by pixel, at the size that is returned."""
    first, problems = {}, []
    for image, path in zip(images, paths, strict=True):
        other = first.setdefault(hashlib.sha256(image).digest(), path)
        if other is not path:
            why = (
                "though in two classes" if other.parent != path.parent else "so a test set might know one from training"
            )
            same = f"{path.relative_to(folder)} and {other.relative_to(folder)} are the same once cut and scaled"
            problems.append(f"{same}, {why}: keep one")
    return problems
