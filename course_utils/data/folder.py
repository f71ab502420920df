"""One's own photographs, a folder for each class: load them, or say what is wrong with the folder."""

import hashlib
import unicodedata
from pathlib import Path
from typing import NamedTuple

import numpy as np

N_LEAST = 3  # images of a class: one to train on, one to validate with, one to test on
N_SHOWN = 10  # problems that an error lists
N_WATCHED = 100  # images from which on a bar shows how far it is
HEIC = (".heic", ".heif")


class Photographs(NamedTuple):
    """What `load_folder` returns."""

    images: np.ndarray
    labels: np.ndarray
    names: list
    paths: list


def load_folder(folder, *, size=224, crop=True):
    """Load photographs that lie in a folder for each class: ``photos/cracked/1.jpg``, ``photos/fine/2.jpg``, ...

    Each is turned upright as its camera says, and becomes RGB: gray, 16-bit (divided by 257) and CMYK images are
    converted, and what is transparent becomes white. Of an animation, the first frame counts. Hidden files are left
    out, and nothing else is.

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
        The classes: the names of the folders, sorted.
    paths : list of pathlib.Path
        Where each image lies.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    ValueError
        If there are fewer than two classes, or fewer than three images of one; if a file is no image, damaged, or of a
        format that Pillow can't read; if two images are the same. The message lists the problems.
    """
    from rich.progress import track

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
            problems.append(f"{one.name} has {what}; {N_LEAST} are the least, and some hundred are better")
    problems += same_images(images, paths, folder)
    if problems:
        more = f"\n- and {len(problems) - N_SHOWN} more" if len(problems) > N_SHOWN else ""
        listed = "".join(f"\n- {problem}" for problem in problems[:N_SHOWN])
        raise ValueError(f"{folder} can't be used as it is:{listed}{more}")
    names = [unicodedata.normalize("NFC", one.name) for one in classes]  # macOS may take letters and accents apart
    return Photographs(np.stack(images), np.array(labels), names, paths)


def visible(folder):
    """What lies in a folder and isn't hidden, sorted: without .DS_Store, Thumbs.db, and checkpoints of Jupyter."""
    hidden = ("Thumbs.db", "desktop.ini", "__MACOSX")
    return sorted(path for path in folder.iterdir() if not path.name.startswith(".") and path.name not in hidden)


def find_classes(folder):
    """The folders in a folder, sorted, at least two; else an error says what there is instead."""
    wanted = f"expected a folder with a folder for each class, as {folder.name}/cracked and {folder.name}/fine"
    if not folder.exists():
        raise FileNotFoundError(f"{wanted}; there is no {folder.absolute()}")
    if not folder.is_dir():
        raise ValueError(f"{wanted}; {folder} is a file" + "; unpack it" * (folder.suffix == ".zip"))
    inside = visible(folder)
    classes = [path for path in inside if path.is_dir()]
    files = [path.name for path in inside if not path.is_dir()]
    if len(classes) == 1 and not files and any(path.is_dir() for path in visible(classes[0])):
        raise ValueError(f"{wanted}; {folder} only holds another folder with folders: load {classes[0]}")
    if len(classes) < 2:
        found = f"is only {classes[0].name}" if classes else "are none"
        found += f", and files as {files[0]}" if files else ""
        raise ValueError(f"{wanted}; in {folder} there {found}")
    if files:
        raise ValueError(f"{wanted}; {files[0]} lies beside them and belongs to no class: move it into a class or away")
    return classes


def read_photograph(path, size, crop):
    """A photograph, upright, as an array of shape (size, size, 3); a ValueError says what is wrong with its file."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    if path.is_dir():
        raise ValueError("is a folder in a class's folder: move its images up, or make it a class")
    try:
        with Image.open(path) as image:
            image = ImageOps.exif_transpose(image)
            if image.mode.startswith("I"):  # 16 bits; Pillow's own way to 8 would turn all from 255 on white
                values = np.asarray(image)
                image = Image.fromarray((np.clip(values, 0, 65535) // 257).astype("uint8"))
            elif image.mode == "F":
                raise ValueError("holds fractions, whose range nobody knows: save it with 8 bits")
            elif image.has_transparency_data:
                image = image.convert("RGBA")
                image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
            image = image.convert("RGB")
            image = ImageOps.fit(image, (size, size)) if crop else image.resize((size, size))
            return np.asarray(image)
    except UnidentifiedImageError:
        if path.suffix.lower() in HEIC:
            raise ValueError("is HEIC, which Pillow can't read: export it as JPEG") from None
        raise ValueError("is no image that Pillow can read, or it is damaged: move it away") from None
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"can't be read, is it damaged, or copied in part? ({error})") from None


def same_images(images, paths, folder):
    """A sentence for each image that is the same as one before it, pixel by pixel."""
    first, problems = {}, []
    for image, path in zip(images, paths, strict=True):
        other = first.setdefault(hashlib.sha256(image).digest(), path)
        if other is not path:
            why = "in two classes, so one is wrong" if other.parent != path.parent else "so a test might know it"
            same = f"{path.relative_to(folder)} and {other.relative_to(folder)} are the same image"
            problems.append(f"{same}, {why}: delete one")
    return problems
