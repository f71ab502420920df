"""From a photograph to an image like MNIST's: each step against an independent reference or a known answer."""

import dataclasses
import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from course_utils import handwriting
from course_utils.publishing import handwriting_samples as samples

pytestmark = pytest.mark.numbers


def page(height=200, width=200, paper=230):
    return np.full((height, width), paper, np.uint8)


def draw(image, top, left, *, height=90, width=50, pen=8, ink=30):
    """A digit of straight lines, an angular 6: unlike itself when turned, mirrored or squeezed."""
    image[top : top + height, left : left + pen] = ink
    for row in (height // 2, height - pen):
        image[top + row : top + row + pen, left : left + width] = ink
    image[top + height // 2 : top + height, left + width - pen : left + width] = ink
    return image


@pytest.fixture
def six():
    return draw(page(), 50, 70)


def save(image, path, **options):
    Image.fromarray(image).save(path, **options)
    return path


# ---- the steps


def test_gray_is_brightness_as_the_eye_sees_it():
    four = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]
    colors = np.array([four], np.uint8).repeat(8, axis=0).repeat(2, axis=1)
    gray = handwriting.to_gray(colors)
    np.testing.assert_allclose(gray[0, ::2], [0.299, 0.587, 0.114, 1.0])
    expected = np.asarray(Image.fromarray(colors).convert("L"))  # Pillow's own, rounded to bytes
    np.testing.assert_allclose(gray * 255, expected, atol=0.51)


def test_gray_of_gray_is_the_same(six):
    np.testing.assert_allclose(handwriting.to_gray(six), six / 255)
    np.testing.assert_allclose(handwriting.to_gray(np.stack([six] * 3, axis=-1)), six / 255, atol=1e-12)


def test_a_large_array_is_made_smaller_by_means_of_squares():
    fine = np.random.default_rng(0).integers(0, 256, (2400, 1500), dtype=np.uint8)
    gray = handwriting.to_gray(fine)
    assert gray.shape == (800, 500)
    np.testing.assert_allclose(gray * 255, fine.reshape(800, 3, 500, 3).mean(axis=(1, 3)), atol=0.6)


def test_paper_is_scipys_closing():
    gray = np.random.default_rng(0).uniform(0.2, 1, (60, 75))
    smooth = ndimage.uniform_filter(gray, 3, mode="nearest")
    paper = ndimage.grey_closing(np.pad(smooth, 60, mode="edge"), 31)[60:-60, 60:-60]
    np.testing.assert_allclose(handwriting.remove_paper(gray), np.clip(1 - smooth / paper, 0, 1), atol=1e-9)


@pytest.mark.parametrize("turns", range(4))
def test_the_dark_rim_of_shaded_paper_is_no_ink(turns):
    shaded = np.rot90(np.linspace(0.4, 0.9, 250) * np.ones((200, 1)), turns)
    assert handwriting.remove_paper(shaded).max() < 0.01


def test_paper_and_shadows_are_0_and_ink_is_what_it_takes_away():
    gray = np.full((200, 200), 0.9)
    gray[:, 120:] = 0.45  # a shadow with a hard edge
    gray[40:160, 60:66] *= 0.3  # the same ink in the light and in the shadow
    gray[40:160, 150:156] *= 0.3
    contrast = handwriting.remove_paper(gray)
    np.testing.assert_allclose(contrast[60:140, 61:65], 0.7, atol=1e-9)
    np.testing.assert_allclose(contrast[60:140, 151:155], 0.7, atol=1e-9)
    paper = np.ones_like(gray, dtype=bool)
    paper[38:162, 58:68] = paper[38:162, 148:158] = False
    assert contrast[paper].max() < 0.4  # a thin line at the edge, where the shadow is half
    assert (contrast[paper] > 0.01).mean() < 0.02


@pytest.mark.parametrize("shade", ["none", "gradient", "edge"])
def test_bright_ink_is_turned_dark_and_dark_ink_left(six, shade):
    x = np.arange(200)
    light = {"none": np.ones(200), "gradient": np.linspace(0.4, 1, 200), "edge": np.where(x < 90, 0.5, 1)}[shade]
    dark = six / 255 * light
    bright = (255 - six) / 255 * light
    np.testing.assert_array_equal(handwriting.make_ink_dark(dark), dark)
    np.testing.assert_array_equal(handwriting.make_ink_dark(bright), 1 - bright)


def spread_within(values, threshold):
    parts = values[values <= threshold], values[values > threshold]
    return sum(len(part) * part.var() for part in parts if len(part))


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 0.9])
def test_otsu_has_the_least_spread_of_all_thresholds(share):
    rng = np.random.default_rng(0)
    n = int(2000 * share)
    values = np.concatenate([rng.normal(0.2, 0.05, 2000 - n), rng.normal(0.7, 0.1, n)]).clip(0, 1)
    binned = (np.floor(values * 256).clip(0, 255) + 0.5) / 256  # the method works on 256 bins
    found = handwriting.otsu_threshold(values)
    least = min(spread_within(binned, edge / 256) for edge in range(1, 256))
    assert spread_within(binned, found) == pytest.approx(least, rel=1e-9)
    assert np.isclose(found * 256, round(found * 256))


def test_otsu_of_two_values_lies_between_them():
    assert 0.25 < handwriting.otsu_threshold([0.25] * 99 + [0.75]) < 0.75


def test_threshold_takes_ink_and_leaves_a_faint_grid():
    contrast = np.zeros((50, 50))
    contrast[::10] = 0.12
    contrast[5:9, 5:30] = 0.7
    assert (handwriting.threshold_ink(contrast) == (contrast == 0.7)).all()


@pytest.mark.parametrize("value", [0.0, 0.05, 1.0], ids=str)
def test_even_contrast_is_no_ink_but_all_ink_is(value):
    contrast = np.full((20, 20), value)
    if value == 1:
        assert handwriting.threshold_ink(contrast).all()
    else:
        with pytest.raises(ValueError, match=r"found no ink.*blank"):
            handwriting.threshold_ink(contrast)


# ---- connected parts and digits


def test_digits_come_in_the_order_in_which_one_reads():
    image, places = page(400, 500), [(40, 30), (55, 130), (30, 240), (230, 60), (245, 300)]
    for top, left in places[::-1]:
        draw(image, top, left)
    boxes = [handwriting.ink_box(digit) for digit in handwriting.find_digits(handwriting.find_ink(image))]
    assert len(boxes) == 5
    for (top, left), box in zip(places, boxes, strict=True):
        np.testing.assert_allclose(box, (top, top + 90, left, left + 50), atol=1)


def test_a_detached_bar_belongs_to_its_digit_and_a_neighbor_does_not():
    ink = np.zeros((200, 300), bool)
    ink[60:150, 40:48] = ink[142:150, 40:90] = True
    ink[40:47, 42:92] = True  # the bar of a 5, 13 pixels above
    ink[40:150, 110:118] = True
    digits = handwriting.find_digits(ink)
    assert [handwriting.ink_box(digit) for digit in digits] == [(40, 150, 40, 92), (40, 150, 110, 118)]


def test_rows_stay_apart():
    ink = np.zeros((300, 100), bool)
    ink[20:110, 30:70] = ink[140:230, 30:70] = True
    assert len(handwriting.find_digits(ink)) == 2


def test_specks_are_left_out():
    ink = np.zeros((200, 200), bool)
    ink[60:150, 40:60] = True
    ink[20:24, 150:154] = ink[180:200, 180:200] = True
    (digit,) = handwriting.find_digits(ink)
    assert digit.sum() == 90 * 20


def test_a_minus_is_wide_enough_to_be_seen():
    ink = np.zeros((200, 200), bool)
    ink[60:150, 140:160] = ink[100:108, 40:100] = True
    assert len(handwriting.find_digits(ink)) == 2


def test_a_hundred_pieces_are_too_many():
    ink = np.zeros((300, 300), bool)
    for row in range(5, 300, 20):
        ink[row : row + 9, 5 + 7 * row // 20 % 13 :: 20] = True  # not below each other, or they make a line
    with pytest.raises(ValueError, match="found 225 pieces of ink, more than 100"):
        handwriting.find_digits(ink)


@pytest.mark.parametrize("ink", [np.zeros((5, 5), bool), np.ones((2, 5, 5), bool)])
def test_digits_need_ink_on_a_sheet(ink):
    with pytest.raises(ValueError, match="ink must be bool of shape"):
        handwriting.find_digits(ink)


# ---- what is on the page beside the digit


@pytest.fixture
def alone(six):
    return handwriting.prepare(six)


def frame(image, top, left, *, height, width, pen=4, ink=30):
    image[top : top + height, left : left + width][[*range(pen), *range(-pen, 0)]] = ink
    image[top : top + height, left : left + width][:, [*range(pen), *range(-pen, 0)]] = ink


@pytest.mark.parametrize("bottom", [180, 400], ids=["closed", "cut off"])
def test_a_frame_is_no_ink_of_the_digit(six, alone, bottom):
    frame(six, 25, 40, height=bottom - 25, width=110)
    assert likeness(handwriting.prepare(six), alone) > 0.99


def test_boxes_beside_each_other_hold_a_digit_each(alone):
    image = page(200, 500)
    for left in (30, 180, 330):
        draw(image, 50, left + 40)
        frame(image, 25, left, height=140, width=150)
    images, boxes = handwriting.prepare_sheet(image)
    assert [left for _, _, left, _ in boxes] == [70, 220, 370]
    assert all(likeness(one, alone) > 0.99 for one in images)


@pytest.mark.parametrize("slope", [0, 0.06, -0.2])
def test_lines_from_rim_to_rim_go_and_strokes_across_them_stay(six, alone, slope):
    rows, columns = np.indices(six.shape)
    for distance in (rows - slope * columns - 96, rows - slope * columns - 172, columns + slope * rows - 40):
        six[abs(distance) < 1.5] = 60
    assert likeness(handwriting.prepare(six), alone) > 0.9


def test_only_lines_or_an_empty_frame_are_not_read():
    lines, empty = page(), page()
    lines[40::40] = lines[41::40] = 90
    frame(empty, 40, 50, height=120, width=90)
    for image in (lines, empty):
        with pytest.raises(ValueError, match="found lines, frames or specks, and nothing written"):
            handwriting.prepare(image)


def test_a_neighbor_that_the_rim_cuts_off_is_not_the_digit(six, alone):
    draw(six, 50, 165, width=60)
    assert likeness(handwriting.prepare(six), alone) > 0.99
    assert len(handwriting.prepare_sheet(draw(page(200, 220), 50, 0))[0]) == 1, "alone, it is what is meant"


@pytest.mark.parametrize("paper", [(60, 50, 40), (250, 120, 30)])
def test_a_sheet_on_a_table_is_looked_at_alone(six, alone, paper):
    image = np.full((400, 420, 3), paper, np.uint8)
    image[90:290, 100:300] = six[..., None]
    assert likeness(handwriting.prepare(image), alone) > 0.98


@pytest.mark.parametrize(("ink", "paper"), [((200, 40, 40), (30, 120, 40)), ((200, 40, 40), (20, 80, 160))])
def test_ink_as_bright_as_its_paper_is_read(six, alone, ink, paper):
    image = np.where(six[..., None] < 100, np.uint8(ink), np.uint8(paper))
    assert abs(np.ptp(image @ [0.299, 0.587, 0.114])) < 20
    assert likeness(handwriting.prepare(image), alone) > 0.99


@pytest.mark.parametrize(("pen", "margin"), [(8, 2), (16, 2), (8, 9), (24, 9), (24, 30)])
def test_a_digit_may_fill_its_picture_with_any_pen(pen, margin):
    image = draw(page(90 + 2 * margin, 70 + 2 * margin), margin, margin, width=70, pen=pen)
    expected = handwriting.prepare(draw(page(), 50, 60, width=70, pen=pen))
    assert likeness(handwriting.prepare(image), expected) > 0.98


@pytest.mark.parametrize("degrees", [-15, -8, 8, 15])
def test_rows_of_a_tilted_page_are_read_in_order(degrees):
    image = page(600, 700)
    widths = [[30, 40, 50, 60], [60, 30, 50, 40]]
    for row, places in zip((180, 320), widths, strict=True):
        for left, width in zip((120, 230, 340, 450), places, strict=True):
            draw(image, row, left, width=width)
    tilted = np.asarray(Image.fromarray(image).rotate(degrees, fillcolor=230, resample=Image.Resampling.BILINEAR))
    images, boxes = handwriting.prepare_sheet(tilted)
    assert len(images) == 8
    turn = np.radians(degrees)
    middles = boxes[:, 2:].mean(axis=1) - 350, boxes[:, :2].mean(axis=1) - 300
    across, down = (np.cos(turn) * middles[0] - np.sin(turn) * middles[1],
                    np.sin(turn) * middles[0] + np.cos(turn) * middles[1])  # fmt: skip
    assert (down[:4] < down[4:].min()).all()
    assert (np.diff(across[:4]) > 0).all() and (np.diff(across[4:]) > 0).all()


def test_two_digits_that_touch_are_refused():
    image = draw(draw(page(200, 300), 50, 60), 50, 125, width=60)
    image[132:140, 105:130] = 30
    for prepare in (handwriting.prepare, handwriting.prepare_sheet):
        with pytest.raises(ValueError, match="two digits seem to touch each other: leave a gap"):
            prepare(image)


def test_few_digits_of_mnist_look_like_two_that_touch(mnist):
    assert np.mean([handwriting.touch(handwriting.crop(image > 127)) for image in mnist[0][0][:2000]]) < 0.02


# ---- as MNIST's makers did


def test_center_puts_each_digit_of_mnist_back_where_it_was(mnist):
    """The rule was found in the paper and holds in the data: cut out and centered anew, nothing has moved."""
    for image in mnist[1][0][:3000]:
        assert (handwriting.center(handwriting.crop(image)) == image).all()


def test_digits_of_mnist_already_have_the_size_that_fit_gives_them(mnist):
    for image in mnist[0][0][:1000]:
        cropped = handwriting.crop(image)
        if max(cropped.shape) == 20:  # all but one in 10,000
            np.testing.assert_allclose(handwriting.fit(cropped / 255), cropped / 255, atol=1e-6)


def share_of_ink(ink, height, width):
    """The exact share of ink in each new pixel, by integrals: the sums up to any point, linear between pixels."""
    sums = np.zeros((ink.shape[0] + 1, ink.shape[1] + 1))
    sums[1:, 1:] = ink.cumsum(axis=0).cumsum(axis=1)
    at = [np.linspace(0, side, new + 1) for side, new in zip(ink.shape, (height, width), strict=True)]
    rows = np.stack([np.interp(at[0], np.arange(len(sums)), column) for column in sums.T], axis=1)
    both = np.stack([np.interp(at[1], np.arange(len(sums.T)), row) for row in rows])
    area = ink.shape[0] / height * ink.shape[1] / width
    return np.diff(np.diff(both, axis=0), axis=1) / area


@pytest.mark.parametrize("shape", [(80, 40), (47, 33), (20, 20), (30, 91)])
def test_fit_gives_the_share_of_ink_in_each_new_pixel(shape):
    ink = np.random.default_rng(0).random(shape) < 0.4
    fitted = handwriting.fit(ink)
    assert max(fitted.shape) == 20 and fitted.dtype == np.float32
    assert abs(fitted.shape[0] / fitted.shape[1] - shape[0] / shape[1]) < shape[0] / shape[1] * 0.1
    # Pillow takes or leaves an old pixel as a whole by its middle: exact where the new size divides the old one.
    exact = share_of_ink(ink, *fitted.shape)
    assert abs(fitted - exact).max() < (1e-6 if shape in ((80, 40), (20, 20)) else 0.6)
    assert abs(fitted.mean() - exact.mean()) < 0.03


@pytest.mark.parametrize(("shape", "expected"), [((300, 6), (20, 1)), ((3, 900), (1, 20)), ((1, 1), (20, 20))])
def test_fit_keeps_thin_lines_and_enlarges_small_ones(shape, expected):
    fitted = handwriting.fit(np.ones(shape, bool))
    assert fitted.shape == expected and (fitted == 1).all()


def test_center_keeps_all_ink_of_a_lopsided_digit():
    lopsided = np.zeros((20, 20), np.float32)
    lopsided[-1], lopsided[0, 0] = 1, 0.01
    image = handwriting.center(lopsided)
    assert image.sum() == pytest.approx(lopsided.sum())


@pytest.mark.parametrize("fitted", [np.ones((29, 3)), np.zeros((20, 20))])
def test_center_says_what_it_needs(fitted):
    with pytest.raises(ValueError, match="fitted must have ink and at most 28 × 28 pixels"):
        handwriting.center(fitted)


# ---- the whole way


def test_prepared_is_what_the_network_reads(six):
    prepared = handwriting.prepare(six)
    assert prepared.shape == (28, 28) and prepared.dtype == np.float32
    assert prepared.min() == 0 and prepared.max() == 1
    assert max(handwriting.crop(prepared).shape) == 20


def likeness(one, two):
    return np.corrcoef(one.ravel(), two.ravel())[0, 1]


def test_place_and_brightness_and_color_of_the_ink_make_no_difference(six):
    expected = handwriting.prepare(six)
    moved = np.roll(six, (-30, 40), axis=(0, 1))
    assert (handwriting.prepare(moved) == expected).all()
    assert (handwriting.prepare(255 - six) == expected).all()
    assert (handwriting.prepare(six // 2) == expected).all()
    blue = np.stack([six, six, np.full_like(six, 230)], axis=-1)
    assert (handwriting.prepare(blue) == expected).all()


def test_size_and_shadow_and_noise_make_little_difference(six):
    expected = handwriting.prepare(six)
    rng = np.random.default_rng(0)
    variants = {
        "larger": six.repeat(3, axis=0).repeat(3, axis=1),
        "huge": six.repeat(9, axis=0).repeat(9, axis=1),
        "gradient": (six * np.linspace(0.3, 1, 200)).astype(np.uint8),
        "shadow": (six * np.where(np.arange(200) < 95, 0.4, 1)).astype(np.uint8),
        "noise": (six + rng.normal(0, 8, six.shape)).clip(0, 255).astype(np.uint8),
    }
    for name, variant in variants.items():
        assert likeness(handwriting.prepare(variant), expected) > 0.95, name


def test_proportions_are_kept():
    tall = handwriting.prepare(draw(page(), 40, 80, width=30))
    height, width = handwriting.crop(tall).shape
    assert height == 20 and width == pytest.approx(20 * 30 / 90, abs=1)


def test_a_sheet_gives_each_digit_as_if_it_were_alone():
    image = draw(draw(page(200, 400), 50, 60), 50, 250, width=70)
    images, boxes = handwriting.prepare_sheet(image)
    assert images.shape == (2, 28, 28) and boxes.shape == (2, 4)
    np.testing.assert_allclose(boxes, [(50, 140, 60, 110), (50, 140, 250, 320)], atol=1)
    assert likeness(images[0], handwriting.prepare(image[:, :200])) > 0.99
    assert likeness(images[1], handwriting.prepare(image[:, 200:])) > 0.99


@pytest.mark.parametrize(("top", "left"), [(-60, 90), (55, -35), (165, 110), (115, -10)])
def test_a_neighbor_that_the_rim_cuts_off_is_no_digit_of_the_sheet(top, left):
    whole = draw(draw(page(200, 400), 50, 60), 50, 250, width=70)
    larger = np.pad(whole, 100, constant_values=230)
    neighbor = draw(larger, 100 + top, 100 + left)[100:300, 100:500]
    assert (neighbor != whole).any()
    images, boxes = handwriting.prepare_sheet(whole)
    others, other_boxes = handwriting.prepare_sheet(neighbor)
    np.testing.assert_array_equal(other_boxes, boxes)
    assert likeness(others, images) > 0.99


def test_the_hole_of_a_punch_is_no_digit():
    sheet = draw(draw(page(200, 400), 50, 80), 50, 250, width=70)
    rows, columns = np.indices(sheet.shape)
    punched = np.where((rows - 100) ** 2 + (columns - 35) ** 2 < 20**2, 60, sheet).astype(np.uint8)
    np.testing.assert_array_equal(handwriting.prepare_sheet(punched)[1], handwriting.prepare_sheet(sheet)[1])


@pytest.mark.parametrize("value", [0, 128, 255])
@pytest.mark.parametrize("prepare", [handwriting.prepare, handwriting.prepare_sheet])
def test_an_even_page_has_no_ink(value, prepare):
    with pytest.raises(ValueError, match=r"found no ink.*blank"):
        prepare(page(paper=value))


@pytest.mark.parametrize("darkness", [0, 60, 100])
@pytest.mark.parametrize("noise", [2, 5])
def test_a_blank_page_has_no_digit_however_light_and_noise_lie_on_it(darkness, noise):
    light = 235 - darkness * np.linspace(0, 1, 400) ** 2
    noisy = light + np.random.default_rng(0).normal(0, noise, (300, 400))
    with pytest.raises(ValueError, match=r"found no ink.*blank"):
        handwriting.prepare(noisy.clip(0, 255).astype(np.uint8))


def edge_of(shade):
    """The light on a sheet of 400 pixels that lies half in a shadow, sharp or soft, or on a dark table."""
    rows, columns = np.indices((400, 400))
    if shade == "table":
        return np.where((rows > 50 + 0.1 * columns) & (columns > 50 - 0.1 * rows), 1, 0.15)
    across = columns - 250 + 0.3 * rows + 60 * np.sin(rows / 60)
    return np.linspace(1, 0.75, 400) * (1 - 0.5 / (1 + np.exp(-across / {"sharp": 2, "soft": 12}[shade])))


@pytest.mark.parametrize("shade", ["sharp", "soft", "table"])
def test_ink_is_dark_on_all_sides_and_an_edge_on_one(six, shade):
    noise = np.random.default_rng(0).normal(0, 1.5, (400, 400))
    blank, written = (
        (ndimage.gaussian_filter(sheet * edge_of(shade), 1) + noise).clip(0, 255).astype(np.uint8)
        for sheet in (page(400, 400), draw(page(400, 400), 240, 120))
    )
    with pytest.raises(ValueError, match="found no ink"):
        handwriting.prepare(blank)
    assert likeness(handwriting.prepare(written), handwriting.prepare(six)) > 0.95


@pytest.mark.parametrize("sheet", samples.SHEETS, ids=lambda sheet: sheet.name)
def test_a_photograph_of_blank_paper_has_no_digit(sheet):
    blank = samples.draw_sheet(dataclasses.replace(sheet, rows=()), seed=1)  # the samples have another
    with pytest.raises(ValueError, match=r"found no ink|found .* pieces of ink"):
        handwriting.prepare_sheet(blank)


def test_what_is_small_or_cut_out_narrowly_is_no_blank_paper(mnist, six):
    for image in mnist[0][0][:100]:
        assert handwriting.find_ink(image).any() and handwriting.find_ink(255 - image).any()
    assert likeness(handwriting.prepare(six[48:142, 68:122]), handwriting.prepare(six)) > 0.98


def test_three_digits_are_refused_where_one_is_expected():
    image = draw(draw(draw(page(200, 400), 50, 40), 50, 160), 50, 280)
    with pytest.raises(ValueError, match="expected one digit, found 3; prepare_sheet reads several"):
        handwriting.prepare(image)


@pytest.mark.parametrize(
    ("image", "error", "message"),
    [
        (np.zeros((1, 1), np.uint8), ValueError, "at least 8 pixels a side.*got 1 × 1"),
        (np.zeros((28, 28), np.float32), TypeError, "it seems prepared already; got dtype float32"),
        (np.zeros((200, 200)), TypeError, "as read_image gives them; got dtype float64"),
        (np.zeros((50, 50, 4), np.uint8), ValueError, r"\(height, width, 3\), got \(50, 50, 4\)"),
        (np.zeros((2, 50, 50, 3), np.uint8), ValueError, "a batch\\? Take one image of it"),
        (np.zeros(50, np.uint8), ValueError, r"got \(50,\)"),
        ("six.png", TypeError, "image must be uint8"),
    ],
)
def test_what_is_no_image_is_refused(image, error, message):
    with pytest.raises(error, match=message):
        handwriting.prepare(image)


def test_an_array_of_too_many_pixels_is_refused_before_any_work():
    huge = np.broadcast_to(np.uint8(0), (100_000, 100_000))  # no memory behind it
    with pytest.raises(ValueError, match=r"65,000,000 in all, got 100000 × 100000"):
        handwriting.prepare(huge)


# ---- reading files


@pytest.mark.parametrize(
    ("ending", "tolerance"), [("png", 0), ("jpg", 6), ("JPEG", 6), ("jfif", 6), ("JPE", 6), ("webp", 12)]
)
def test_formats_are_read_to_colors(six, tmp_path, ending, tolerance):
    image = handwriting.read_image(save(six, tmp_path / f"six.{ending}"))
    assert image.shape == (200, 200, 3) and image.dtype == np.uint8
    assert abs(image[..., 0].astype(int) - six).mean() <= tolerance / 4
    assert likeness(handwriting.prepare(image), handwriting.prepare(six)) > 0.98


def test_the_bytes_of_a_file_are_read_as_the_file(six, tmp_path):
    path = save(six, tmp_path / "six.jpg")
    np.testing.assert_array_equal(handwriting.read_image(path.read_bytes()), handwriting.read_image(path))
    with pytest.raises(ValueError, match="and the picture is empty"):
        handwriting.read_image(b"")


def test_a_name_does_not_decide_the_format(six, tmp_path):
    path = save(six, tmp_path / "six.png", format="JPEG")
    assert handwriting.read_image(path).shape == (200, 200, 3)


def in_mode(six, mode, tmp_path):
    """A file of an unusual kind, on which a person would see the same 6."""
    path = tmp_path / "six.png"
    gray = Image.fromarray(six)
    if mode == "16 bits":
        Image.fromarray(six.astype(np.uint16) * 257).save(path)
    elif mode == "1 bit":
        gray.point(lambda value: 255 * (value > 128)).convert("1").save(path)
    elif mode == "palette":
        gray.quantize(4).save(path)
    elif mode == "CMYK":
        path = path.with_suffix(".jpg")
        gray.convert("RGB").convert("CMYK").save(path, quality=95)
    else:
        ink = {"dark ink on nothing": 0, "bright ink on nothing": 255, "palette, dark ink on nothing": 0}[mode]
        opaque = ((six < 128) * 255).astype(np.uint8)
        image = Image.fromarray(np.dstack([np.full((*six.shape, 3), ink, np.uint8), opaque]))
        (image.quantize(4, method=Image.Quantize.FASTOCTREE) if "palette" in mode else image).save(path)
    return path


@pytest.mark.parametrize(
    "mode",
    [
        "16 bits",
        "1 bit",
        "palette",
        "CMYK",
        "dark ink on nothing",
        "bright ink on nothing",
        "palette, dark ink on nothing",
    ],
)
@pytest.mark.parametrize("times", [1, 12], ids=["small", "to be made smaller"])
def test_unusual_kinds_show_the_same_digit(six, tmp_path, mode, times):
    image = handwriting.read_image(in_mode(six.repeat(times, axis=0).repeat(times, axis=1), mode, tmp_path))
    height, width, n_channels = image.shape
    assert height == width <= 1000 and n_channels == 3 and image.dtype == np.uint8
    if mode == "16 bits" and times == 1:
        assert (image[..., 0] == six).all()
    assert likeness(handwriting.prepare(image), handwriting.prepare(six)) > 0.98


def with_orientation(image, orientation):
    """A Pillow image as a camera stores it that was held that way, and what it notes beside it."""
    turn = {2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE", 6: "ROTATE_90"}
    turn |= {7: "TRANSVERSE", 8: "ROTATE_270"}  # what undoes what a viewer does, by EXIF 2.3, tag 0x0112
    exif = Image.Exif()
    exif[0x0112] = orientation
    return image.transpose(Image.Transpose[turn[orientation]]) if orientation > 1 else image, exif


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("ending", ["jpg", "png", "webp"])
def test_a_photograph_is_turned_as_the_camera_was_held(six, tmp_path, orientation, ending):
    stored, exif = with_orientation(Image.fromarray(six[:, 20:]), orientation)
    path = tmp_path / f"six.{ending}"
    stored.convert("RGB").save(path, exif=exif)
    image = handwriting.read_image(path)
    assert image.shape == (200, 180, 3)
    assert likeness(handwriting.prepare(image), handwriting.prepare(six)) > 0.98


@pytest.mark.parametrize("mode", ["L", "RGB", "I;16", "1", "P"])
def test_a_large_file_of_any_kind_is_turned_too(six, tmp_path, mode):
    large = six[:, 20:].repeat(6, axis=0).repeat(6, axis=1)
    image = Image.fromarray(large.astype(np.uint16) * 257) if mode == "I;16" else Image.fromarray(large).convert(mode)
    stored, exif = with_orientation(image, 6)
    path = tmp_path / "six.png"
    stored.save(path, exif=exif)
    image = handwriting.read_image(path)
    assert image.shape == (600, 540, 3)
    assert likeness(handwriting.prepare(image), handwriting.prepare(six)) > 0.98


@pytest.mark.parametrize("times", [1, 12], ids=["small", "to be made smaller"])
def test_damaged_notes_of_the_camera_do_not_spoil_its_picture(six, tmp_path, times):
    path = tmp_path / "six.jpg"
    save(six.repeat(times, axis=0).repeat(times, axis=1), path, exif=b"Exif\0\0no notes")
    assert likeness(handwriting.prepare(handwriting.read_image(path)), handwriting.prepare(six)) > 0.98


def test_a_large_photograph_is_made_smaller(six, tmp_path):
    large = six.repeat(12, axis=0).repeat(15, axis=1)
    for ending in ("png", "jpg"):
        image = handwriting.read_image(save(large, tmp_path / f"large.{ending}"))
        assert 500 <= max(image.shape) <= 1000
        assert image.shape[1] / image.shape[0] == pytest.approx(15 / 12, rel=0.01)


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def bomb(width, height):
    """A small PNG that says it is large, and holds as many zeros as fit into some kilobytes."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(10_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [8_063, 10_000, 20_000, 100_000])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, side, monkeypatch):
    path = tmp_path / "bomb.png"
    path.write_bytes(bomb(side, side))
    monkeypatch.setattr(Image.Image, "load", lambda *a: pytest.fail("unpacked"))
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda *a: pytest.fail("unpacked"))
    with pytest.raises(ValueError, match=r"bomb\.png has .*the limit is 65 million pixels"):
        handwriting.read_image(path)


def test_a_bomb_in_a_text_chunk_is_refused(tmp_path, six):
    content = save(six, tmp_path / "six.png").read_bytes()
    text = chunk(b"zTXt", b"note\0\0" + zlib.compress(bytes(200_000_000), 9))
    path = tmp_path / "bomb.png"
    path.write_bytes(content[:33] + text + content[33:])
    with pytest.raises(ValueError, match="cannot be read"):
        handwriting.read_image(path)


@pytest.mark.parametrize(
    ("height", "message"),
    [
        (16384, "has hundreds of millions of pixels; the limit is 65 million"),
        (3000, "16,384 × 3,000 pixels; the limit is 32 million"),
    ],
)
def test_a_webp_that_takes_gigabytes_is_refused_before_it_is_unpacked(six, tmp_path, monkeypatch, height, message):
    """A small one, in which other sides are written: each less by 1, in 14 bits, the width first."""
    content = bytearray(save(six, tmp_path / "six.webp", lossless=True).read_bytes())
    start = content.index(b"VP8L") + 9  # after the name, the chunk's length and a signature
    rest = int.from_bytes(content[start : start + 4], "little") >> 28
    content[start : start + 4] = (rest << 28 | (height - 1) << 14 | 16383).to_bytes(4, "little")
    monkeypatch.setattr("PIL.WebPImagePlugin.WebPImageFile.load", lambda *a: pytest.fail("unpacked"))
    with pytest.raises(ValueError, match=message):
        handwriting.read_image(bytes(content))


TESTS = Path(__file__).parents[1]
MEASURE = """
import sys
sys.path.append(sys.argv[2])
from peak_memory import peak_bytes
from course_utils import handwriting
before = peak_bytes()
digits, boxes = handwriting.prepare_sheet(handwriting.read_image(sys.argv[1]))
print(len(digits), peak_bytes() - before)
"""


@pytest.mark.parametrize(
    ("ending", "side", "options"),
    [("png", 7100, {"compress_level": 1}), ("jpg", 7100, {}), ("webp", 5000, {"method": 0, "quality": 20})],
)
def test_50_megapixels_are_read_in_bounded_memory(six, tmp_path, ending, side, options):
    """Half as many where the format takes more memory."""
    path = tmp_path / f"large.{ending}"
    large = Image.fromarray(six).resize((side, side), Image.Resampling.NEAREST).convert("RGB")
    large.save(path, **options)
    run = subprocess.run([sys.executable, "-c", MEASURE, path, TESTS], capture_output=True, text=True, check=True)
    n_digits, grown = map(int, run.stdout.split())
    assert n_digits == 1
    assert grown < 450e6


@pytest.mark.parametrize(("width", "height"), [(5712, 4284), (8064, 6048), (9248, 6936)], ids=["24", "48", "64"])
def test_the_megapixels_of_a_phone_are_read_in_little_memory(six, tmp_path, width, height):
    """A camera's JPEG is unpacked only to the pixels that are needed; all of 64 million would take 260 MB."""
    path = tmp_path / "phone.jpg"
    Image.fromarray(six).resize((width, height), Image.Resampling.NEAREST).convert("RGB").save(path)
    run = subprocess.run([sys.executable, "-c", MEASURE, path, TESTS], capture_output=True, text=True, check=True)
    n_digits, grown = map(int, run.stdout.split())
    assert n_digits == 1 and grown < 120e6


@pytest.mark.parametrize("keep", [0.02, 0.3, 0.9])
@pytest.mark.parametrize("ending", ["png", "jpg", "webp"])
def test_a_truncated_file_is_refused(tmp_path, keep, ending):
    noise = np.random.default_rng(0).integers(0, 256, (200, 200), dtype=np.uint8)
    content = save(noise, tmp_path / f"noise.{ending}").read_bytes()
    path = tmp_path / f"half.{ending}"
    path.write_bytes(content[: int(len(content) * keep)])
    with pytest.raises(ValueError, match=r"half\.\w+ cannot be read, it may be damaged.*save it again as PNG"):
        handwriting.read_image(path)


def test_damaged_files_give_an_image_or_a_clear_error(tmp_path, six):
    """Bytes changed at random: whatever the decoders make of them, it is this."""
    rng, path = np.random.default_rng(0), tmp_path / "odd"
    for ending in ("png", "jpg", "webp"):
        content = np.frombuffer(save(six, tmp_path / f"six.{ending}").read_bytes(), np.uint8)
        for _ in range(60):
            odd = content.copy()
            odd[rng.integers(12, min(len(odd), 400), 4)] = rng.integers(0, 256, 4)
            path.write_bytes(odd.tobytes())
            try:
                image = handwriting.read_image(path)
            except ValueError as error:
                assert "odd" in str(error)
            else:
                assert image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "notes.png is empty"),
        (b"3.14159 is not an image", "expected a PNG, JPEG or WebP image, and notes.png is none of these"),
        (b"GIF89a" + bytes(50), "is none of these; its name does not make it one"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC.*save it as JPEG first.*Most Compatible"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0", "HEIC"),
    ],
)
def test_a_file_that_is_no_image_of_ours_is_refused(tmp_path, content, message):
    path = tmp_path / "notes.png"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        handwriting.read_image(path)


@pytest.mark.parametrize("ending", ["png", "webp"])
def test_an_animated_file_is_refused(six, tmp_path, ending):
    path = tmp_path / f"moving.{ending}"
    frames = [Image.fromarray(np.roll(six, 10 * n, axis=1)) for n in range(3)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=50)
    message = f"moving.{ending} is animated, 3 pictures in one file; save one of them as PNG"
    with pytest.raises(ValueError, match=message):
        handwriting.read_image(path)


def test_a_photograph_with_a_preview_behind_it_is_read(six, tmp_path):
    """Some phones write JPEG files that hold a second, smaller picture (MPO)."""
    path, image = tmp_path / "photo.jpg", Image.fromarray(six)
    image.save(path, format="MPO", save_all=True, append_images=[image.resize((50, 50))])
    assert likeness(handwriting.prepare(handwriting.read_image(path)), handwriting.prepare(six)) > 0.98


def test_a_missing_file_and_a_folder_are_told_apart_from_images(tmp_path):
    for path in (tmp_path / "none.png", tmp_path):
        with pytest.raises(FileNotFoundError, match="found no such file; the working folder is"):
            handwriting.read_image(path)


def test_reading_leaves_the_file_alone_and_closed(six, tmp_path):
    path = save(six, tmp_path / "six.png")
    before = path.read_bytes()
    handwriting.read_image(path)
    assert path.read_bytes() == before
    path.unlink()  # on Windows, an open file cannot be deleted


def test_images_of_a_folder_are_found_by_their_endings(tmp_path):
    assert handwriting.find_images(tmp_path / "my_digits") == []
    (tmp_path / "a folder.png").mkdir()
    images = ["1.JFIF", "2.jpe", "3.jpg", "4.jfif", "5.webp", "6.Jpg", "7.PNG", "8.jpeg"]
    for name in (*images[::-1], "notes.txt", "._3.jpg"):  # the last is what a Mac puts beside it
        (tmp_path / name).touch()
    assert [path.name for path in handwriting.find_images(tmp_path)] == images


OTHERS = ["raw.DNG", "drawn.svg", "scan.pdf"]


@pytest.mark.parametrize(
    "name", ["a.HEIC", "a.heif", "scan.tiff", "scan.tif", "moving.gif", "old.bmp", "new.avif", *OTHERS]
)
def test_images_of_other_formats_are_found_so_that_reading_says_what_to_do(tmp_path, name):
    (tmp_path / name).write_bytes(b"\0\0\0\x18ftypheic" if name.lower().endswith(("heic", "heif")) else b"something")
    (path,) = handwriting.find_images(tmp_path)
    with pytest.raises(ValueError, match=rf"{name} is .*(save it as PNG|save it as JPEG first)"):
        handwriting.read_image(path)


# ---- the samples


@pytest.mark.nightly
def test_samples_are_what_the_program_draws(tmp_path):
    """Up to what a lossy format takes away, and what another version of its encoder does."""
    for sheet in samples.SHEETS:
        drawn = samples.draw_sheet(sheet, seed=samples.SEED).astype(int)
        shipped = handwriting.read_image(handwriting.SAMPLES / sheet.name).astype(int)
        assert shipped.shape == drawn.shape, sheet.name
        allowed = 0.1 if sheet.name.endswith("png") else 6 if sheet.noise > 4 else 3
        assert abs(shipped - drawn).mean() < allowed, sheet.name


def test_labels_say_what_was_written_and_whose_it_is():
    labels = json.loads((handwriting.SAMPLES / "labels.json").read_text(encoding="utf-8"))
    assert labels["written"] == {sheet.name: "".join(sheet.rows) for sheet in samples.SHEETS}
    assert f"seed {samples.SEED}" in labels["about"] and "CC0" in labels["license"]
    assert {path.name for path in handwriting.SAMPLES.iterdir()} == {*labels["written"], "labels.json"}


def test_another_seed_draws_other_sheets():
    sheet = samples.SHEETS[4]
    one, other = (samples.draw_sheet(sheet, seed=seed) for seed in (samples.SEED, 1))
    assert abs(one.astype(int) - other).mean() > 3
    assert (one == samples.draw_sheet(sheet, seed=samples.SEED)).all()


def test_samples_are_enough_and_small():
    written = handwriting.load_samples()
    digits = "".join(text for _, _, text in written if text.isdigit())
    assert len(written) == 13 and len(digits) >= 70
    assert min(digits.count(digit) for digit in "0123456789") >= 5
    assert sum(path.stat().st_size for path in handwriting.SAMPLES.iterdir()) < 1_000_000
    formats = {name.rpartition(".")[2] for name, _, _ in written}
    assert formats == {"png", "jpg", "webp"}


def test_all_that_is_written_on_the_samples_is_found():
    for name, image, text in handwriting.load_samples():
        assert len(handwriting.prepare_sheet(image)[0]) == len(text), name


def test_no_rounding_comes_near_what_is_read_on_the_samples():
    """So lesson 08 may print it, whatever the processor."""
    from course_utils.networks import load_seed_network

    network = load_seed_network()
    for name, image, _ in handwriting.load_samples():
        probabilities = network.predict(handwriting.prepare_sheet(image)[0][..., None], verbose=0)
        second, first = np.sort(probabilities, axis=1)[:, -2:].T
        assert (first - second).min() > 0.01, name
