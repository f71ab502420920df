"""Made pictures of digits, to measure how well handwriting is read: each kind holds one thing that makes it hard.

Half of the digits are drawn by `handwriting_samples.Writer`, half are training images of MNIST, enlarged. What is
measured is how digits are found and prepared, not how well the network knows them. So a digit is taken only if the
network reads it from its own ink, without any paper. All randomness comes from one seed.
"""

import dataclasses
import functools
import io

import numpy as np
from PIL import Image

from course_utils.data import load_mnist
from course_utils.handwriting import center, crop, fit
from course_utils.networks import load_seed_network
from course_utils.publishing.handwriting_samples import Sheet, Writer, draw_line, roughen, take_photo

BATCH = 16  # digits that the network reads at once
FAINT = 0.8  # if less of its height is ink, most of a digit of MNIST is too faint to be drawn
PENS = [(25, 25, 30), (30, 45, 140), (20, 30, 80), (165, 30, 40), (20, 95, 55), (70, 40, 90), (70, 70, 75)]
PRINTED = [(30, 30, 35), (110, 110, 115), (160, 160, 165), (60, 90, 160), (190, 60, 60), (60, 140, 90)]


@dataclasses.dataclass
class Picture:
    """A made picture, what is written on it, and what is asked of the reader."""

    kind: str
    image: np.ndarray  # uint8, shape (height, width, 3)
    written: tuple  # the rows, as ("403", "12"); () where there is no writing
    function: str = "prepare"  # or "prepare_sheet"
    refuse: bool = False  # whether refusing is right


@dataclasses.dataclass
class Digit:
    """A digit before it is drawn: strokes of a pen, or an image of MNIST with ink from 0 to 1."""

    sign: str
    strokes: list = ()  # (points, pressure), in heights of the digit
    pen: float = 0.03  # half the width of a line, in heights of the digit
    scan: np.ndarray = None


# ---- digits


def write_digit(rng, pens):
    """A digit of a hand that has written nothing before."""
    sign, pen, strokes = str(rng.integers(10)), np.exp(rng.uniform(*np.log(pens))), []
    for line in Writer(rng).write(sign):
        pressure = 1 + 0.15 * np.sin(np.linspace(0, rng.uniform(2, 6), len(line)) + rng.uniform(0, 6))
        strokes.append((line, pressure))
    return Digit(sign, strokes, pen)


@functools.cache
def load_scans():
    return load_mnist()[0]


def draw_digit(digit, height, angle=0.0):
    """The share of each pixel that a digit covers, cropped.

    Parameters
    ----------
    digit : Digit
    height : float
        Pixels, of the digit's longer side (about; hands differ).
    angle : float
        Degrees, clockwise.

    Returns
    -------
    ndarray of float, shape (height, width)
    """
    if digit.scan is None:
        axes = height * np.array([turn((0, 1), angle)[::-1], turn((1, 0), angle)[::-1]])
        radius = digit.pen * height
        lines = [(points @ axes, pressure * radius) for points, pressure in digit.strokes]
        points = np.concatenate([points for points, _ in lines])
        corner = points.min(axis=0) - 1.2 * radius - 2
        cover = np.zeros(np.ceil(points.max(axis=0) - corner + 1.2 * radius + 3).astype(int)[::-1])
        for points, radii in lines:
            draw_line(cover, points - corner, radii)
    else:
        scale = height / 20  # of MNIST's 28 × 28 pixels, a digit takes 20 × 20
        image = Image.fromarray(digit.scan).resize((max(8, round(28 * scale)),) * 2, Image.Resampling.BICUBIC)
        cover = np.asarray(image.rotate(-angle, Image.Resampling.BICUBIC, expand=True), dtype=float)
        cover = ((cover - 0.45) * max(1, scale / 2) + 0.45).clip(0, 1)  # the edge of a stroke, as sharp as a pen's
    return crop(cover)


def read_digits(rng, network, *, pens=(0.022, 0.05), scans=0.5, counts=None):
    """Digits that the network reads from their own ink, without end.

    Parameters
    ----------
    rng : numpy.random.Generator
    network : callable
        From images to probabilities.
    pens : (float, float)
        The thinnest and the widest: half the width of a line, in heights of a digit.
    scans : float
        The share of digits that are MNIST's; all others are written.
    counts : collections.Counter, optional
        Counts digits that are "taken" and "left out".

    Yields
    ------
    Digit
    """
    images, labels = load_scans()
    while True:
        digits = []
        for _ in range(BATCH):
            if rng.random() < scans:
                n = rng.integers(len(images))
                digits.append(Digit(str(labels[n]), scan=images[n].astype(np.float32) / 255))
            else:
                digits.append(write_digit(rng, pens))
        inks = [crop(draw_digit(digit, 200) > 0.5) for digit in digits]
        prepared = np.stack([center(fit(ink)) for ink in inks])
        answers = np.asarray(network(prepared[..., None])).argmax(axis=1)
        for digit, ink, answer in zip(digits, inks, answers, strict=True):
            taken = digit.sign == str(answer) and max(ink.shape) > FAINT * 200
            if counts is not None:
                counts["taken" if taken else "left out"] += 1
            if taken:
                yield digit


# ---- paper, print, light


def turn(vector, angle):
    """Turn (down, right) clockwise by degrees."""
    down, right, angle = *vector, np.deg2rad(angle)
    return np.array([down * np.cos(angle) + right * np.sin(angle), right * np.cos(angle) - down * np.sin(angle)])


def distance_to_line(size, point, angle):
    """Of each pixel from a straight line through a point (row, column): 0 degrees is level, 90 upright."""
    rows, columns = np.ogrid[: size[0], : size[1]]
    angle = np.deg2rad(angle)
    return (rows - point[0]) * np.cos(angle) - (columns - point[1]) * np.sin(angle)


def distance_to_box(size, middle, half, *, radius=0.0, angle=0.0):
    """Of each pixel from the edge of a box with round corners, negative inside; `half` is of its height and width."""
    down, right = abs(distance_to_line(size, middle, angle)), abs(distance_to_line(size, middle, angle + 90))
    down, right = down - half[0] + radius, right - half[1] + radius
    return np.hypot(down.clip(0), right.clip(0)) + np.maximum(down, right).clip(max=0) - radius


def stroke(distance, width):
    """The share of each pixel that a line of some width covers."""
    return (width / 2 + 0.5 - abs(distance)).clip(0, 1)


def inside(distance):
    """The share of each pixel that is inside."""
    return (0.5 - distance).clip(0, 1)


def clouds(rng, size, grain):
    """Smooth random numbers about 0, whose spots are some pixels large."""
    grid = rng.normal(0, 1, [int(side / grain) + 3 for side in size]).astype(np.float32)
    return np.asarray(Image.fromarray(grid).resize(size[::-1], Image.Resampling.BICUBIC), dtype=float)


def crumple(rng, size, n):
    """The light on a sheet that was crumpled: n creases, and on either side of each another light."""
    light = np.ones(size)
    for _ in range(n):
        distance = distance_to_line(size, rng.uniform(0, 1, 2) * size, rng.uniform(0, 180))
        light += rng.uniform(-0.06, 0.06) * np.tanh(distance / rng.uniform(2, 20))
        light -= rng.uniform(0, 0.1) * stroke(distance, 1.5) * (clouds(rng, size, max(size) / 4) > 0)
    return light


class Page:
    """A sheet of paper that is written and printed on, and then photographed.

    Parameters
    ----------
    rng : numpy.random.Generator
    size : (int, int)
        Height and width, in pixels.
    **changes
        Fields of `handwriting_samples.Sheet` that are set, and not drawn at random.
    """

    def __init__(self, rng, size, **changes):
        size = tuple(round(float(side)) for side in size)
        drawn = {
            "paper": tuple(rng.uniform(205, 250) * rng.uniform(0.93, 1, 3)),
            "ink": PENS[rng.integers(len(PENS))],
            "cover": rng.uniform(0.85, 0.98),
            "light": rng.uniform(0, 0.25),
            "blur": rng.uniform(0.3, 0.8),
            "noise": rng.uniform(0, 3),
        }
        self.sheet = Sheet("", (), size, **drawn | changes)
        self.rng, self.size, self.cover = rng, size, np.zeros(size)
        self.surface = self.weave(self.sheet.paper)

    def weave(self, color):
        """A surface of a color with fibers and spots, shape (height, width, 3)."""
        fibers = clouds(self.rng, self.size, 3) * 0.007 + clouds(self.rng, self.size, 60) * 0.01
        return np.array(color) * (1 + fibers.clip(-0.1, 0.1))[..., None]

    def print(self, share, color):
        """Cover a share of each pixel with a color, or with a surface."""
        self.surface = self.surface * (1 - share[..., None]) + np.array(color) * share[..., None]

    def write(self, ink, top, left):
        """Put ink on the page; what is beyond its rim is lost."""
        top, left = round(float(top)), round(float(left))
        window = self.cover[max(top, 0) : max(top + ink.shape[0], 0), max(left, 0) : max(left + ink.shape[1], 0)]
        ink = ink[max(-top, 0) :, max(-left, 0) :][: window.shape[0], : window.shape[1]]
        np.maximum(window, ink, out=window)

    def photograph(self):
        """The picture: uint8, shape (height, width, 3)."""
        sheet, cover = self.sheet, self.cover
        cover = (roughen(sheet, cover, self.rng) if sheet.grain else sheet.cover * cover)[..., None]
        return take_photo(sheet, self.surface * (1 - cover) + np.array(sheet.ink) * cover, self.rng)


def between(rng, low, high):
    """A random number that is as often in each doubling of the range."""
    return np.exp(rng.uniform(np.log(low), np.log(high)))


def write_one(rng, digits, *, height=(60, 200), margin=(0.3, 1.0), angle=0.0, **changes):
    """A page around one digit.

    Parameters
    ----------
    height, margin : (float, float)
        Ranges: of the digit's height in pixels, and of the margins (above, below, left, right) in heights.
    **changes
        For `Page`.

    Returns
    -------
    page : Page
    sign : str
    box : ndarray of float
        Middle of the digit (row, column), and half its height and width, in pixels.
    height : float
    """
    digit, height = next(digits), between(rng, *height)
    ink = draw_digit(digit, height, angle)
    top, bottom, left, right = rng.uniform(*margin, 4) * height
    page = Page(rng, (ink.shape[0] + top + bottom, ink.shape[1] + left + right), **changes)
    page.write(ink, top, left)
    high, wide = np.array(ink.shape) / 2
    return page, digit.sign, np.array([top + high, left + wide, high, wide]), height


# ---- kinds: each a function that draws one picture, from a generator and digits, and gives it with what is written


def draw_margin(rng, digits):
    """All margins alike, from none to the digit's size; a picture of some 40 to 1,000 pixels."""
    digit, side, margin = next(digits), between(rng, 40, 850), rng.choice([0, 0.02, 0.05, 0.1, rng.uniform(0.1, 1)])
    ink = draw_digit(digit, max(28, side / (1 + 2 * margin)))
    rim = margin * max(ink.shape)
    aside = max(rim, (0.5 * ink.shape[0] - ink.shape[1]) / 2)  # a 1 alone would be a bar
    page = Page(rng, (ink.shape[0] + 2 * rim, ink.shape[1] + 2 * aside))
    page.write(ink, rim, aside)
    return page.photograph(), (digit.sign,)


def draw_rim(rng, digits):
    """A digit that touches one or two of the picture's sides, or goes a little beyond."""
    digit, height = next(digits), between(rng, 40, 350)
    ink = draw_digit(digit, height)
    margins = rng.uniform(0.1, 0.8, 4) * height
    for side in rng.choice(4, rng.integers(1, 3), replace=False):
        margins[side] = -rng.uniform(0, 0.03) * height
    top, bottom, left, right = margins
    page = Page(rng, (ink.shape[0] + top + bottom, max(ink.shape[1] + left + right, 0.4 * height)))
    page.write(ink, top, left if left < 0 or right > 0 else page.size[1] - ink.shape[1] - right)
    return page.photograph(), (digit.sign,)


def draw_width(rng, digits):
    """From a thin pen to a brush."""
    page, sign, *_ = write_one(rng, digits, height=(60, 300), margin=(0.1, 0.8))
    return page.photograph(), (sign,)


def draw_small(rng, digits):
    """A small digit somewhere on a large page."""
    size = rng.uniform(400, 1000) * rng.uniform(0.7, 1, 2)
    digit, height = next(digits), max(26, max(size) / between(rng, 8, 25))
    ink, page = draw_digit(digit, height), Page(rng, size)
    page.write(ink, *(rng.uniform(0.08, 0.92, 2) * (np.array(page.size) - ink.shape)))
    return page.photograph(), (digit.sign,)


def to_lab(color):
    """An sRGB color as the eye takes it: CIE 1976 L*a*b*, white point D65."""
    light = np.array(color) / 255
    light = np.where(light > 0.04045, ((light + 0.055) / 1.055) ** 2.4, light / 12.92)
    x, y, z = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ light
    share = np.array([x / 0.9505, y, z / 1.089])
    f = np.where(share > 0.008856, np.cbrt(share), 7.787 * share + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def draw_color_pair(rng):
    """Colors of pen and paper that differ clearly; in two of five pairs, they are about as bright.

    They are 50 apart (CIE76), and 70 if about as bright. Two very bright or two very dark colors are not taken: a thin
    yellow line on white is faint, whatever its distance says.
    """
    as_bright = rng.random() < 0.4
    while True:
        ink, paper = rng.integers(0, 256, (2, 3))
        lab = to_lab(ink), to_lab(paper)
        one, other = lab[0][0], lab[1][0]
        far = np.linalg.norm(lab[0] - lab[1]) > (70 if as_bright else 50)
        if far and (abs(one - other) < 8) == as_bright and max(one, other) > 25 and min(one, other) < 80:
            return tuple(ink), tuple(paper)


def draw_colors(rng, digits):
    """Any pen on any paper, if the eye tells them apart, also where both are as bright."""
    ink, paper = draw_color_pair(rng)
    page, sign, *_ = write_one(rng, digits, ink=ink, paper=paper, light=rng.uniform(0, 0.15))
    return page.photograph(), (sign,)


def draw_bright(rng, digits):
    """Bright ink on dark: chalk on a board, a paint pen on dark card."""
    paper = rng.uniform(20, 80, 3) * rng.uniform(0.7, 1)
    colors = {"paper": tuple(paper), "ink": tuple(rng.uniform(190, 250) * rng.uniform(0.85, 1, 3))}
    page, sign, *_ = write_one(rng, digits, grain=rng.choice([0, rng.uniform(0.2, 0.55)]), **colors)
    return page.photograph(), (sign,)


def print_frame(page, middle, half, **corners):
    """Print a frame of 1 to 6 pixels in one of the colors of print."""
    width, color = page.rng.integers(1, 7), PRINTED[page.rng.integers(len(PRINTED))]
    page.print(stroke(distance_to_box(page.size, middle, half, **corners), width), color)


def draw_frame(rng, digits):
    """A printed box around the digit, at times with round corners, or with a side beyond the picture."""
    gap, outside = rng.uniform(0.1, 0.8), rng.uniform(0.08, 0.6, 4)
    if rng.random() < 0.25:
        outside[rng.integers(4)] = -0.5 * gap
    page, sign, box, height = write_one(rng, digits, margin=(gap + outside, gap + outside))
    half = box[2:] + gap * height
    print_frame(page, box[:2], half, radius=rng.choice([0, 0.25]) * min(half))
    return page.photograph(), (sign,)


def draw_form(rng, digits):
    """A row of 2 to 6 boxes with a digit in each: a form."""
    n, height = rng.integers(2, 7), between(rng, 40, 75)
    across, down, apart = np.array([rng.uniform(1.15, 1.7), rng.uniform(1.3, 1.9), rng.choice([0, 0.2])]) * height
    top, left = rng.uniform(0.2, 0.8, 2) * height
    page = Page(rng, (2 * top + down, 2 * left + n * across + (n - 1) * apart))
    width, color, written = rng.integers(1, 5), PRINTED[rng.integers(len(PRINTED))], ""
    for place in range(n):
        middle = np.array([top + down / 2, left + across / 2 + place * (across + apart)])
        page.print(stroke(distance_to_box(page.size, middle, (down / 2, across / 2)), width), color)
        digit = next(digits)
        ink = draw_digit(digit, height * rng.uniform(0.85, 1))
        page.write(ink, *(middle - np.array(ink.shape) / 2 + rng.normal(0, 0.03, 2) * height))
        written += digit.sign
    return page.photograph(), (written,)


def print_ruling(page, height, *, squared):
    """Rule a page with lines, or squares; some are as dark as three fifths of the ink."""
    rng, angle, spacing = page.rng, page.rng.uniform(-3, 3), height * page.rng.uniform(0.35 if squared else 0.5, 1.3)
    color, width = PRINTED[rng.integers(len(PRINTED))], rng.uniform(1, 2.5)
    shares, start = [], rng.uniform(0, 1, 2) * page.size
    for direction in (0, 90)[: 1 + squared]:
        distance = distance_to_line(page.size, start, angle + direction)
        shares.append(stroke((distance + spacing / 2) % spacing - spacing / 2, width))
    page.print(np.maximum.reduce(shares) * rng.uniform(0.2, 0.6), color)


def draw_lined(rng, digits):
    """Lined paper; the digit stands on a line, or a line crosses it."""
    page, sign, _, height = write_one(rng, digits)
    print_ruling(page, height, squared=False)
    return page.photograph(), (sign,)


def draw_squared(rng, digits):
    """Squared paper."""
    page, sign, _, height = write_one(rng, digits)
    print_ruling(page, height, squared=True)
    return page.photograph(), (sign,)


def draw_margin_rule(rng, digits):
    """A colored line on the left through the whole picture; one time in three, the paper is lined, too."""
    page, sign, (down, right, _, half), height = write_one(rng, digits, margin=(0.5, 1.2))
    if rng.random() < 1 / 3:
        print_ruling(page, height, squared=False)
    place = right - half - rng.uniform(0.15, 0.45) * height
    line = stroke(distance_to_line(page.size, (down, place), 90 + rng.uniform(-3, 3)), rng.uniform(1, 4))
    page.print(line * rng.uniform(0.5, 1), [(200, 50, 60), (210, 110, 130), (70, 90, 170)][rng.integers(3)])
    return page.photograph(), (sign,)


def draw_table(rng, digits):
    """A digit in a cell of a printed table."""
    page, sign, box, height = write_one(rng, digits, height=(60, 140), margin=(0.3, 1.5))
    half, width = box[2:] + rng.uniform(0.15, 0.5, 2) * height, rng.integers(1, 5)
    color, share = PRINTED[rng.integers(len(PRINTED))], rng.uniform(0.5, 1)
    for axis, direction in enumerate((0, 90)):
        distance = distance_to_line(page.size, box[:2] - half, direction)
        line = stroke((distance + half[axis]) % (2 * half[axis]) - half[axis], width)
        page.print(line * share, color)
    return page.photograph(), (sign,)


def draw_desk(rng, page):
    """What the paper lies on: plain, or with stripes as wood has them, or checked. Shape (height, width, 3)."""
    color, pattern = rng.uniform(30, 150) * rng.uniform(0.6, 1, 3), rng.integers(3)
    one, other = (distance_to_line(page.size, (0, 0), angle) for angle in rng.uniform(0, 180) + np.array([0, 90]))
    wave = [
        0,
        np.sin(one / rng.uniform(2, 12) + clouds(rng, page.size, 40)),
        np.sign(np.sin(one / 9) * np.sin(other / 9)),
    ]
    return page.weave(color) * (1 + rng.uniform(0.1, 0.25) * np.broadcast_to(wave[pattern], page.size)[..., None])


def lay_on_desk(rng, page, box, height, angle):
    """Show one to four edges of the paper, and the darker desk below it."""
    gaps = np.where(rng.permutation(4) < rng.integers(1, 5), rng.uniform(0.2, 0.5, 4) * height, 10 * max(page.size))
    top, bottom, left, right = gaps
    shift = np.array([bottom - top, right - left]) / 2
    middle = box[:2] + turn(shift, angle)
    half = box[2:] + np.array([top + bottom, left + right]) / 2
    page.print(1 - inside(distance_to_box(page.size, middle, half, angle=angle)), draw_desk(rng, page))


def draw_edge(rng, digits):
    """The paper ends in the picture: one to four of its edges on a darker desk, plain or patterned."""
    angle = rng.choice([0, rng.uniform(-15, 15)])
    page, sign, box, height = write_one(rng, digits, margin=(0.8, 1.4), angle=angle)
    lay_on_desk(rng, page, box, height, angle)
    return page.photograph(), (sign,)


def draw_neighbor(rng, digits):
    """A piece of another digit at the rim: the whole one is to be read."""
    page, sign, box, height = write_one(rng, digits, margin=(0.35, 0.8))
    other = next(digit for digit in digits if digit.sign in "0235689")
    ink, side = draw_digit(other, height * rng.uniform(0.9, 1.1)), rng.integers(4)
    room = [box[1] - box[3], page.size[1] - box[1] - box[3], box[0] - box[2], page.size[0] - box[0] - box[2]][side]
    seen = min(rng.uniform(0.15, 0.6) * room, 0.4 * ink.shape[int(side < 2)])
    top, left = box[:2] - np.array(ink.shape) / 2 + rng.normal(0, 0.05, 2) * height
    top = [top, top, seen - ink.shape[0], page.size[0] - seen][side]
    left = [seen - ink.shape[1], page.size[1] - seen, left, left][side]
    page.write(ink, top, left)
    return page.photograph(), (sign,)


def draw_things(rng, digits):
    """A pencil, a finger or the holes of a punch beside the digit."""
    page, sign, (down, right, _, wide), height = write_one(rng, digits, margin=(0.9, 1.5))
    thing, side, width = rng.integers(3), rng.choice([-1, 1]), rng.uniform(0.12, 0.2) * height
    beside = right + side * (wide + rng.uniform(0.35, 0.6) * height)
    if thing == 0:  # a pencil that comes from below, along the digit
        tip = np.array([down - rng.uniform(-0.2, 0.5) * height, beside])
        angle, length = rng.uniform(-8, 8), 3 * max(page.size)
        middle = tip + turn((length, 0), angle)
        body = distance_to_box(page.size, middle, (length, width / 2), angle=angle)
        page.print(inside(body), [(200, 160, 40), (50, 110, 70), (40, 60, 120), (170, 40, 40)][rng.integers(4)])
        page.print(inside(np.maximum(body, distance_to_line(page.size, tip, angle) - width)), (222, 190, 140))
        page.print(inside(np.maximum(body, distance_to_line(page.size, tip, angle) - width / 3)), (40, 40, 45))
    elif thing == 1:  # a finger that holds the paper from below
        half = np.array([1.2, 0.35]) * height
        middle = (page.size[0] + half[0] - rng.uniform(0.35, 0.8) * height, beside + side * 0.25 * height)
        finger = distance_to_box(page.size, middle, half, radius=half[1] * 0.98, angle=rng.uniform(-15, 15))
        skin = np.array([222, 172, 140]) * rng.uniform(0.45, 1)
        page.print(inside(finger), skin * (1 - 0.25 * np.exp(finger.clip(max=0) / 6))[..., None])
    else:  # one or two holes, through which the desk is seen
        hole, place = rng.uniform(0.08, 0.16) * height, down + rng.uniform(-1, 1) * height
        for row in (place, place + rng.choice([-1, 1]) * 1.2 * height):
            distance = distance_to_box(page.size, (row, beside), (hole, hole), radius=hole)
            page.print(inside(distance), rng.uniform(20, 110) * np.ones(3))
    return page.photograph(), (sign,)


def draw_rows(rng, digits):
    """Two or three rows of 3 to 5 digits, turned by up to 15 degrees."""
    height, angle, written = between(rng, 40, 80), rng.uniform(-15, 15), []
    signs = [rng.integers(3, 6) for _ in range(rng.integers(2, 4))]
    across, down = rng.uniform(1.0, 1.3) * height, rng.uniform(1.45, 1.8) * height
    extent = np.array([len(signs) * down, max(signs) * across]) + 0.5 * height
    page = Page(rng, np.abs([turn((extent[0], 0), angle), turn((0, extent[1]), angle)]).sum(axis=0))
    for row, n in enumerate(signs):
        text = ""
        for column in range(n):
            digit = next(digits)
            ink = draw_digit(digit, height * rng.uniform(0.9, 1.1), angle)
            at = np.array([(row - (len(signs) - 1) / 2) * down, (column - (max(signs) - 1) / 2) * across])
            at = turn(at + rng.normal(0, 0.03, 2) * height, angle)
            page.write(ink, *(np.array(page.size) / 2 + at - np.array(ink.shape) / 2))
            text += digit.sign
        written.append(text)
    return page.photograph(), tuple(written)


def draw_light(rng, digits):
    """A shadow with a hard or a soft edge, or a lamp that leaves a corner dark."""
    light, shadow = [(rng.uniform(0.3, 0.65), 0), (0.15, rng.uniform(0.25, 0.55))][rng.integers(2)]
    page, sign, *_ = write_one(rng, digits, light=light, shadow=shadow, soft=between(rng, 3, 80))
    return page.photograph(), (sign,)


def draw_noise(rng, digits):
    """A camera out of focus in little light: blur, and noise."""
    height = between(rng, 60, 200)
    blur, noise = rng.uniform(0.008, 0.025) * height, rng.uniform(4, 14)
    page, sign, *_ = write_one(rng, digits, height=(height, height), blur=blur, noise=noise)
    return page.photograph(), (sign,)


def draw_jpeg(rng, digits):
    """Saved as JPEG of quality 30."""
    page, sign, *_ = write_one(rng, digits, height=(40, 200))
    file = io.BytesIO()
    Image.fromarray(page.photograph()).save(file, "JPEG", quality=30)
    return np.asarray(Image.open(file).convert("RGB")), (sign,)


def draw_gaps(rng, digits):
    """A pencil on rough paper, or a ballpoint that leaves gaps."""
    if rng.random() < 0.5:
        gray = rng.uniform(70, 110)
        page, sign, *_ = write_one(rng, digits, ink=(gray, gray, gray + 3), grain=rng.uniform(0.3, 0.6))
    else:
        page, sign, _, height = write_one(rng, digits)
        page.cover = page.cover * (1 - inside(10 * (rng.uniform(1.5, 2) - clouds(rng, page.size, 0.05 * height))))
    return page.photograph(), (sign,)


def draw_several(rng, digits):
    """Two to four digits in a row, where one is asked."""
    written, height = [next(digits) for _ in range(rng.integers(2, 5))], between(rng, 50, 120)
    inks = [draw_digit(digit, height * rng.uniform(0.9, 1.1)) for digit in written]
    gap, rim = rng.uniform(0.2, 0.6) * height, rng.uniform(0.3, 0.8) * height
    page = Page(rng, (1.1 * height + 2 * rim, sum(ink.shape[1] + gap for ink in inks) - gap + 2 * rim))
    left = rim
    for ink in inks:
        page.write(ink, (page.size[0] - ink.shape[0]) / 2, left)
        left += ink.shape[1] + gap
    return page.photograph(), ("".join(digit.sign for digit in written),)


def draw_touching(rng, digits):
    """Two digits that touch: pushed together until their ink meets."""
    one, other, height = next(digits), next(digits), between(rng, 60, 150)
    first, second = (draw_digit(digit, height * rng.uniform(0.95, 1.05)) for digit in (one, other))
    rim = rng.uniform(0.3, 0.8) * height
    high = max(len(first), len(second))
    page = Page(rng, (high + 2 * rim, first.shape[1] + second.shape[1] + 2 * rim))
    page.write(first, rim + (high - len(first)) / 2, rim)
    left, ink, before = rim + first.shape[1], 0, page.cover.copy()
    while ink < 0.02 * height:
        left -= 1
        page.cover = np.zeros(page.size)
        page.write(second, rim + (high - len(second)) / 2, left)
        ink = (np.minimum(before, page.cover) > 0.5).sum()
    page.cover = np.maximum(before, page.cover)
    return page.photograph(), (one.sign + other.sign,)


def draw_blank_paper(rng, digits):
    """Paper without writing: plain, shaded, noisy, rough, dark, or crumpled."""
    size, case = between(rng, 80, 700) * rng.uniform(0.6, 1, 2), rng.integers(6)
    shaded = {
        "light": rng.uniform(0.3, 0.65),
        "shadow": rng.choice([0, rng.uniform(0.2, 0.5)]),
        "soft": between(rng, 3, 80),
    }
    dark = {"paper": tuple(rng.uniform(20, 90, 3)), "noise": rng.uniform(1, 8)}
    page = Page(rng, size, **[{}, shaded, {"noise": rng.uniform(5, 14)}, {}, dark, {}][case])
    if case == 3:
        page.surface *= 1 + rng.uniform(0.03, 0.12) * clouds(rng, page.size, between(rng, 2, 30))[..., None]
    elif case == 5:
        page.surface *= crumple(rng, page.size, rng.integers(4, 12))[..., None]
    return page.photograph(), ()


def draw_blank_form(rng, digits):
    """No writing, but lines, squares, an empty frame, or the edge of the paper on a desk."""
    height, case = between(rng, 50, 150), rng.integers(4)
    page = Page(rng, rng.uniform(1.5, 3.5, 2) * height)
    middle = np.array(page.size) / 2
    if case < 2:
        print_ruling(page, height, squared=case == 1)
    elif case == 2:
        print_frame(page, middle, middle * rng.uniform(0.5, 0.85))
    else:
        box = np.concatenate([middle + rng.normal(0, 0.1, 2) * height, np.full(2, 0.4 * height)])
        lay_on_desk(rng, page, box, height, rng.uniform(-15, 15))
    return page.photograph(), ()


KINDS = {
    "margin": draw_margin,
    "at the rim": draw_rim,
    "stroke width": draw_width,
    "small on a page": draw_small,
    "colors": draw_colors,
    "bright on dark": draw_bright,
    "printed frame": draw_frame,
    "form fields": draw_form,
    "lined paper": draw_lined,
    "squared paper": draw_squared,
    "margin rule": draw_margin_rule,
    "table grid": draw_table,
    "paper's edge": draw_edge,
    "neighbor cut off": draw_neighbor,
    "other things": draw_things,
    "tilted rows": draw_rows,
    "shadow or lamp": draw_light,
    "noise and blur": draw_noise,
    "JPEG": draw_jpeg,
    "pencil or ballpoint": draw_gaps,
    "several digits": draw_several,
    "touching digits": draw_touching,
    "blank paper": draw_blank_paper,
    "blank form": draw_blank_form,
}
FUNCTIONS = {  # in turn; all others: prepare
    "form fields": ("prepare_sheet",),
    "tilted rows": ("prepare_sheet",),
    "touching digits": ("prepare", "prepare_sheet"),
    "blank paper": ("prepare", "prepare_sheet"),
    "blank form": ("prepare", "prepare_sheet"),
}
TO_REFUSE = ("several digits", "touching digits", "blank paper", "blank form")
DIGITS = {
    "stroke width": {"pens": (0.012, 0.11), "scans": 0},  # the width of MNIST's strokes is given
    "small on a page": {"pens": (0.03, 0.055)},
}


def draw_bank(seed, n_each=100, *, kinds=KINDS, network=None, counts=None):
    """Draw the pictures of all kinds. The same seed draws the same pictures.

    Parameters
    ----------
    seed : int
        1 to choose by, 5 to report.
    n_each : int
        Pictures of each kind.
    kinds : iterable of str
    network : callable, optional
        From images to probabilities: it must read every digit that is taken. By default, the seed network.
    counts : collections.Counter, optional
        Counts digits that are "taken" and "left out".

    Yields
    ------
    Picture
    """
    network = network or load_seed_network()
    for kind in kinds:
        start = [seed, *kind.encode()]
        digits = read_digits(np.random.default_rng(start), network, counts=counts, **DIGITS.get(kind, {}))
        functions = FUNCTIONS.get(kind, ("prepare",))
        for n in range(n_each):
            image, written = KINDS[kind](np.random.default_rng([*start, n]), digits)
            yield Picture(kind, image, written, functions[n % len(functions)], kind in TO_REFUSE)
