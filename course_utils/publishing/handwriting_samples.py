"""Draw the sheets that ship with the course, as if they were photographed: pen strokes, paper, a lamp, a camera.

No image, no font and no digit of MNIST goes in, and no handwriting of anybody's. A digit is a few strokes through the
points below, as a hand moves; a simulated writer bends them all in one way (slant, width, tremor), and each digit a
little in its own. All randomness comes from one seed for each sheet: the same seed draws the same sheets, and another
seed draws others.
"""

import argparse
import dataclasses
import json
from pathlib import Path

import numpy as np
from PIL import Image
from rich.progress import track

from course_utils.handwriting import SAMPLES

SEED = 2026

# Points that a stroke runs through, from the left and from the top, in heights of a digit; a point given twice is a
# corner. Each digit in one or two of the ways in which it is written.
FORMS = {
    "0": [
        [[(0.38, 0.03), (0.12, 0.18), (0.02, 0.5), (0.14, 0.88), (0.32, 0.98), (0.52, 0.78), (0.57, 0.45), (0.48, 0.13),
          (0.33, 0.02)]],
        [[(0.3, 0.01), (0.1, 0.14), (0.03, 0.52), (0.12, 0.87), (0.3, 0.97), (0.47, 0.82), (0.52, 0.5), (0.44, 0.15),
          (0.24, 0.05)]],
    ],
    "1": [
        [[(0.3, 0.0), (0.29, 0.5), (0.27, 1.0)]],
        [[(0.12, 0.24), (0.24, 0.13), (0.33, 0.0), (0.33, 0.0), (0.32, 0.5), (0.3, 1.0)]],
    ],
    "2": [
        [[(0.05, 0.22), (0.2, 0.04), (0.42, 0.08), (0.5, 0.28), (0.36, 0.58), (0.04, 0.97), (0.04, 0.97), (0.3, 0.95),
          (0.58, 0.96)]],
        [[(0.06, 0.2), (0.25, 0.02), (0.48, 0.15), (0.42, 0.45), (0.22, 0.78), (0.08, 0.95), (0.04, 0.86), (0.16, 0.81),
          (0.36, 0.92), (0.6, 0.94)]],
    ],
    "3": [
        [[(0.08, 0.12), (0.28, 0.02), (0.48, 0.15), (0.42, 0.36), (0.22, 0.46), (0.22, 0.46), (0.46, 0.54),
          (0.54, 0.74), (0.38, 0.95), (0.14, 0.97), (0.03, 0.84)]],
        [[(0.06, 0.05), (0.28, 0.04), (0.5, 0.04), (0.5, 0.04), (0.24, 0.4), (0.24, 0.4), (0.46, 0.5), (0.52, 0.72),
          (0.34, 0.96), (0.04, 0.9)]],
    ],
    "4": [
        [[(0.14, 0.03), (0.09, 0.3), (0.04, 0.57), (0.04, 0.57), (0.3, 0.58), (0.6, 0.55)],
         [(0.46, 0.2), (0.43, 0.6), (0.4, 1.0)]],
        [[(0.42, 0.0), (0.22, 0.32), (0.02, 0.64), (0.02, 0.64), (0.3, 0.66), (0.6, 0.64)],
         [(0.42, 0.0), (0.42, 0.5), (0.41, 1.0)]],
    ],
    "5": [
        [[(0.14, 0.05), (0.12, 0.24), (0.1, 0.44), (0.1, 0.44), (0.32, 0.38), (0.52, 0.55), (0.48, 0.84), (0.24, 0.98),
          (0.02, 0.9)], [(0.15, 0.05), (0.34, 0.04), (0.54, 0.02)]],
        [[(0.52, 0.03), (0.34, 0.03), (0.16, 0.05), (0.16, 0.05), (0.14, 0.24), (0.11, 0.42), (0.11, 0.42),
          (0.34, 0.38), (0.5, 0.58), (0.44, 0.86), (0.2, 0.98), (0.02, 0.88)]],
    ],
    "6": [
        [[(0.46, 0.03), (0.2, 0.3), (0.06, 0.62), (0.12, 0.9), (0.32, 0.98), (0.5, 0.82), (0.48, 0.62), (0.3, 0.54),
          (0.09, 0.7)]],
        [[(0.4, 0.0), (0.16, 0.24), (0.05, 0.6), (0.1, 0.88), (0.28, 0.98), (0.46, 0.88), (0.49, 0.7), (0.36, 0.57),
          (0.18, 0.6), (0.07, 0.72)]],
    ],
    "7": [
        [[(0.03, 0.06), (0.3, 0.04), (0.56, 0.05), (0.56, 0.05), (0.36, 0.5), (0.24, 1.0)]],
        [[(0.03, 0.06), (0.3, 0.03), (0.56, 0.05), (0.56, 0.05), (0.37, 0.5), (0.26, 1.0)],
         [(0.16, 0.53), (0.34, 0.5), (0.54, 0.48)]],
    ],
    "8": [
        [[(0.46, 0.14), (0.28, 0.03), (0.1, 0.16), (0.16, 0.36), (0.4, 0.54), (0.52, 0.76), (0.36, 0.96), (0.12, 0.9),
          (0.06, 0.72), (0.22, 0.52), (0.42, 0.34), (0.5, 0.18), (0.43, 0.09)]],
        [[(0.28, 0.02), (0.12, 0.12), (0.14, 0.36), (0.3, 0.45), (0.46, 0.34), (0.46, 0.12), (0.29, 0.02)],
         [(0.3, 0.45), (0.06, 0.6), (0.05, 0.85), (0.28, 0.98), (0.52, 0.86), (0.52, 0.6), (0.31, 0.46)]],
    ],
    "9": [
        [[(0.5, 0.16), (0.3, 0.03), (0.08, 0.18), (0.08, 0.42), (0.28, 0.5), (0.48, 0.34), (0.52, 0.14), (0.52, 0.14),
          (0.5, 0.5), (0.44, 1.0)]],
        [[(0.5, 0.14), (0.3, 0.02), (0.1, 0.15), (0.08, 0.4), (0.28, 0.48), (0.46, 0.34), (0.52, 0.12), (0.52, 0.12),
          (0.51, 0.5), (0.42, 0.86), (0.22, 0.98), (0.06, 0.93)]],
    ],
    "A": [[[(0.02, 1.0), (0.16, 0.5), (0.3, 0.0), (0.3, 0.0), (0.45, 0.5), (0.58, 1.0)],
           [(0.12, 0.64), (0.3, 0.62), (0.5, 0.6)]]],
    "E": [[[(0.5, 0.03), (0.28, 0.02), (0.06, 0.03), (0.06, 0.03), (0.06, 0.5), (0.05, 0.97), (0.05, 0.97), (0.3, 0.97),
            (0.54, 0.95)], [(0.06, 0.5), (0.25, 0.49), (0.44, 0.47)]]],
    "H": [[[(0.06, 0.0), (0.05, 0.5), (0.04, 1.0)], [(0.54, 0.0), (0.53, 0.5), (0.52, 1.0)],
           [(0.05, 0.52), (0.3, 0.5), (0.54, 0.49)]]],
    "K": [[[(0.08, 0.0), (0.07, 0.5), (0.06, 1.0)],
           [(0.52, 0.02), (0.3, 0.3), (0.09, 0.55), (0.09, 0.55), (0.34, 0.76), (0.56, 1.0)]]],
    "T": [[[(0.02, 0.04), (0.3, 0.03), (0.6, 0.02)], [(0.31, 0.03), (0.3, 0.5), (0.29, 1.0)]]],
    "X": [[[(0.04, 0.02), (0.3, 0.5), (0.56, 1.0)], [(0.54, 0.0), (0.3, 0.5), (0.03, 0.98)]]],
}  # fmt: skip


@dataclasses.dataclass
class Sheet:
    """A sheet to be drawn as if photographed: what is written on it with which pen, on what paper, in what light."""

    name: str
    rows: tuple
    size: tuple = (420, 560)  # height and width, in pixels
    digit: float = 90  # height of a digit, in pixels
    pen: float = 0.03  # half the width of its line, in heights of a digit
    ink: tuple = (35, 35, 40)
    paper: tuple = (235, 232, 225)
    cover: float = 0.9  # how much of the paper the ink hides, from 0 to 1
    grain: float = 0.0  # how much of that the roughness of the paper takes away again: pencil, chalk
    ruling: str = ""  # "squared" or "lined"
    light: float = 0.15  # how much darker the far corner is
    shadow: float = 0.0  # how much light a shadow takes away
    soft: float = 40  # width of the shadow's edge, in pixels
    angle: float = 0.0  # how far the sheet is turned, in degrees
    blur: float = 0.6  # of the camera, in pixels
    noise: float = 2.0  # of the camera, in gray values
    place: tuple = (0.5, 0.5)  # of the writing's middle on the sheet
    orientation: int = 1  # in the EXIF of the file, as a camera that was held on its side writes it


SHEETS = [
    Sheet("01_graph_paper.jpg", ("31415", "92653"), ink=(30, 50, 140), ruling="squared", pen=0.024, angle=-2),
    Sheet("02_pencil.jpg", ("27182", "84590"), ink=(85, 85, 88), paper=(212, 205, 192), grain=0.5, shadow=0.35,
          cover=0.85),
    Sheet("03_blackboard.jpg", ("360", "749"), ink=(235, 235, 228), paper=(48, 66, 58), grain=0.55, pen=0.04, digit=120,
          cover=0.9, noise=3),
    Sheet("04_hard_shadow.jpg", ("8046", "5173"), ink=(15, 15, 15), pen=0.045, digit=110, shadow=0.55, soft=3,
          cover=0.97),
    Sheet("05_yellow_note.png", ("9",), size=(240, 240), digit=130, paper=(244, 226, 110), ink=(20, 20, 60), pen=0.038,
          noise=1, angle=5),
    Sheet("06_envelope.jpg", ("60439",), size=(300, 560), paper=(186, 152, 112), ink=(40, 30, 30), pen=0.028,
          light=0.3),
    Sheet("07_lined_paper.jpg", ("0705", "5128"), ruling="lined", ink=(40, 40, 48), pen=0.026, angle=3, shadow=0.3,
          soft=80),
    Sheet("08_under_a_lamp.webp", ("4096", "1729", "5836"), digit=80, light=0.6, noise=5, pen=0.03, ink=(60, 30, 40)),
    Sheet("09_dark_card.jpg", ("20746",), size=(300, 560), paper=(38, 46, 92), ink=(240, 238, 230), pen=0.03, light=0.3,
          angle=-4),
    Sheet("10_small_on_a_page.jpg", ("6",), size=(560, 420), digit=46, pen=0.04, place=(0.7, 0.3), shadow=0.25,
          soft=120),
    Sheet("11_dim_and_blurred.jpg", ("385",), size=(300, 460), digit=120, paper=(120, 112, 100), ink=(42, 40, 40),
          blur=2.2, noise=7, pen=0.04),
    Sheet("12_held_on_its_side.jpg", ("2097",), size=(320, 520), digit=110, ink=(120, 20, 30), pen=0.032, angle=7,
          orientation=6),
    Sheet("13_letters.jpg", ("AEHKTX",), size=(260, 640), pen=0.032),
]  # fmt: skip


def bezier_points(points, n=10):
    """A smooth line through points: between each two a cubic Bézier curve, whose handles the neighbors set.

    Returns
    -------
    ndarray of float, shape (n_points, 2)
        A point that is given twice ends one curve and begins another: a corner.
    """
    points, line = np.asarray(points, dtype=float), []
    corners = [index + 1 for index in range(len(points) - 1) if (points[index] == points[index + 1]).all()]
    t = np.linspace(0, 1, n)[:, None]
    for curve in np.split(points, corners):
        ends = np.concatenate([curve[:1], curve, curve[-1:]])
        for before, start, end, after in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
            first, second = start + (end - before) / 6, end - (after - start) / 6
            line.append((1 - t) ** 3 * start + 3 * (1 - t) ** 2 * t * first + 3 * (1 - t) * t**2 * second + t**3 * end)
    return np.concatenate(line)


class Writer:
    """A simulated hand: it bends all its digits in one way, and each a little in its own."""

    def __init__(self, rng):
        self.rng = rng
        self.slant, self.width = rng.uniform(-0.1, 0.4), rng.uniform(0.75, 1.2)
        self.unrest, self.tremor = rng.uniform(0.015, 0.04), rng.uniform(0.002, 0.008)
        self.habit = {sign: rng.integers(len(forms)) for sign, forms in FORMS.items()}

    def write(self, sign):
        """The strokes of a digit or letter, as lists of points (right, down), in heights; its middle at 0."""
        rng, lines = self.rng, []
        angle, size = rng.normal(0, 0.07), rng.normal(1, 0.07)
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        bend = np.array([[self.width, 0], [-self.slant, 1]])  # the higher, the farther to the right
        for stroke in FORMS[sign][self.habit[sign]]:
            points = np.array(stroke) + rng.normal(0, self.unrest, (len(stroke), 2))
            twice = np.flatnonzero((np.diff(stroke, axis=0) == 0).all(axis=1))
            points[twice + 1] = points[twice]
            line = bezier_points(points)
            shiver = np.cumsum(rng.normal(0, self.tremor, line.shape), axis=0)
            line = line + shiver - np.linspace(0, 1, len(line))[:, None] * shiver[-1]
            lines.append((line - (0.3, 0.5)) @ bend @ turn * size)
        return lines


def draw_line(cover, line, radius):
    """Draw a line of round dots into an array: each pixel gets the share that is covered."""
    for (x, y), (x_next, y_next), r in zip(line, line[1:], radius, strict=False):
        top, bottom = max(0, int(min(y, y_next) - r - 1)), max(0, int(max(y, y_next) + r + 3))
        left, right = max(0, int(min(x, x_next) - r - 1)), max(0, int(max(x, x_next) + r + 3))
        window = cover[top:bottom, left:right]
        rows, columns = np.ogrid[top : top + window.shape[0], left : left + window.shape[1]]
        dx, dy = x_next - x, y_next - y
        along = np.clip(((columns - x) * dx + (rows - y) * dy) / max(dx * dx + dy * dy, 1e-9), 0, 1)
        distance = np.hypot(columns - x - along * dx, rows - y - along * dy)
        np.maximum(window, np.clip(r - distance + 0.5, 0, 1), out=window)


def smooth(values, sigma):
    """Blur the first two axes with a Gaussian."""
    reach = int(3 * sigma) + 1
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    weights /= weights.sum()
    for axis in (0, 1):
        padded = np.moveaxis(values, axis, 0)
        n = len(padded)
        padded = np.pad(padded, [(reach, reach)] + [(0, 0)] * (values.ndim - 1), mode="edge")
        values = np.moveaxis(sum(w * padded[i : i + n] for i, w in enumerate(weights)), 0, axis)
    return values


def cover_with_ink(sheet, rng):
    """Where the pen went: the share of each pixel that it covered."""
    height, width = sheet.size
    cover, writer = np.zeros(sheet.size), Writer(rng)
    turn = np.deg2rad(sheet.angle)
    turn = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    across, down = 1.05 * sheet.digit, 1.55 * sheet.digit
    for row, text in enumerate(sheet.rows):
        for column, sign in enumerate(text):
            at = np.array([(column - (len(text) - 1) / 2) * across, (row - (len(sheet.rows) - 1) / 2) * down])
            at += rng.normal(0, 0.04, 2) * sheet.digit
            for line in writer.write(sign):
                pressure = 1 + 0.15 * np.sin(np.linspace(0, rng.uniform(2, 6), len(line)) + rng.uniform(0, 6))
                middle = np.array([sheet.place[0] * width, sheet.place[1] * height])
                draw_line(cover, (line * sheet.digit + at) @ turn + middle, pressure * sheet.pen * sheet.digit)
    return cover


def draw_paper(sheet, rng):
    """The paper without light: its color, its fibers, its ruling. Float, shape (height, width, 3)."""
    rows, columns = np.mgrid[: sheet.size[0], : sheet.size[1]]
    fibers = smooth(rng.normal(0, 1, sheet.size), 1.5) * 0.03 + smooth(rng.normal(0, 1, sheet.size), 25) * 0.6
    paper = np.array(sheet.paper) * (1 + fibers.clip(-0.1, 0.1))[..., None]
    angle = np.deg2rad(sheet.angle)
    along, across = columns * np.cos(angle) - rows * np.sin(angle), columns * np.sin(angle) + rows * np.cos(angle)
    distances = {"": [], "lined": [(across, 1.55 * sheet.digit / 2)], "squared": [(along, 30.0), (across, 30.0)]}
    for place, spacing in distances[sheet.ruling]:
        distance = abs((place + rng.uniform(0, spacing)) % spacing - spacing / 2)
        printed = np.clip(1.2 - distance, 0, 1)[..., None]
        paper = paper * (1 - 0.45 * printed) + 0.45 * printed * np.array([120, 160, 200])
    return paper


def shed_light(sheet, rng):
    """How much light falls on each pixel, from 0 to 1."""
    height, width = sheet.size
    rows, columns = np.mgrid[:height, :width]
    angle = rng.uniform(0, 2 * np.pi)
    far = (columns / width - 0.5) * np.cos(angle) + (rows / height - 0.5) * np.sin(angle) + 0.5
    light = 1 - sheet.light * far.clip(0, 1)
    angle = rng.uniform(0.3, 1.2)
    beyond = (columns - 0.45 * width) * np.cos(angle) + (rows - 0.4 * height) * np.sin(angle)
    beyond = beyond + 12 * np.sin(rows / 37)  # no edge is quite straight
    return light * (1 - sheet.shadow / (1 + np.exp(-np.clip(beyond / sheet.soft * 4, -50, 50))))


def roughen(sheet, cover, rng):
    """How much of each pixel the ink hides: where the paper is rough, pencil and chalk leave gaps."""
    rough = smooth(rng.normal(0, 1, sheet.size), 0.8) * 2.2
    return cover * sheet.cover * (1 - sheet.grain * np.clip(0.5 + rough, 0, 1))


def take_photo(sheet, scene, rng):
    """What a camera makes of paper and ink in the sheet's light. Uint8, shape (height, width, 3)."""
    picture = smooth(scene * shed_light(sheet, rng)[..., None], sheet.blur)
    picture += rng.normal(0, sheet.noise, sheet.size)[..., None]  # of all colors, and of each
    picture += rng.normal(0, sheet.noise / 2, picture.shape)
    return picture.round().clip(0, 255).astype(np.uint8)


def draw_sheet(sheet, *, seed):
    """A sheet as if photographed.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
    """
    rng = np.random.default_rng([seed, int(sheet.name[:2])])
    cover = roughen(sheet, cover_with_ink(sheet, rng), rng)[..., None]
    return take_photo(sheet, draw_paper(sheet, rng) * (1 - cover) + np.array(sheet.ink) * cover, rng)


def save_sheet(sheet, picture, folder):
    """Write a picture as a camera would have, in the format of its name."""
    image = Image.fromarray(picture)
    exif = Image.Exif()
    if sheet.orientation == 6:  # "turn a quarter to the right to view": so it is stored turned to the left
        exif[0x0112], image = 6, image.transpose(Image.Transpose.ROTATE_90)
    lossy = {} if sheet.name.endswith("png") else {"quality": 82}
    image.save(folder / sheet.name, exif=exif, **lossy)


def main():
    parser = argparse.ArgumentParser(prog="python -m course_utils.publishing.handwriting_samples", description=__doc__)
    parser.add_argument("--folder", type=Path, default=SAMPLES)
    parser.add_argument("--seed", type=int, default=SEED, help=f"other than {SEED} for sheets to try things on")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for sheet in track(SHEETS, description="sheets"):
        save_sheet(sheet, draw_sheet(sheet, seed=options.seed), options.folder)
    labels = {
        "about": "What is written on each sheet, row by row. All of it was drawn by "
        f"course_utils/publishing/handwriting_samples.py from seed {options.seed}; nobody's handwriting is copied.",
        "license": "CC0 1.0 Universal, https://creativecommons.org/publicdomain/zero/1.0/",
        "written": {sheet.name: "".join(sheet.rows) for sheet in SHEETS},
    }
    (options.folder / "labels.json").write_text(json.dumps(labels, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
