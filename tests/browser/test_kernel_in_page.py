"""The kernel in a real browser, in a page with nothing else: what it computes, shows, says and lets one do."""

import base64
import html
import json
import re

import nightly
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from in_browser import chromium  # noqa: F401  a fixture
from widget_pages import is_too_wide, page_of, widget_page

from course_utils import data
from course_utils.widgets.kernel import KernelView
from course_utils.widgets.stage import HERE, read_module

pytestmark = pytest.mark.slow

DIGIT = data.load_mnist()[0][0][0]


@pytest.fixture
def page(chromium, tmp_path):  # noqa: F811
    with widget_page(chromium, KernelView(DIGIT), tmp_path, has_touch=True) as page:
        yield page


def canvas(page, name):
    return page.locator(f'canvas[data-is="{name}"]')


def sum_of(page):
    """The place and the sum that the widget shows."""
    words = page.locator(".cnn-kernel-sum").inner_text().replace("−", "-")
    row, column, _, total = re.fullmatch(
        r"Row (\d+), column (\d+): the (\d+) products add up to (\S+)\.", words
    ).groups()
    return int(row), int(column), float(total)


def sums(image, kernel):
    """The sums at all places, by the lesson's two loops."""
    return np.array([[(image[r : r + 3, c : c + 3] * kernel).sum() for c in range(26)] for r in range(26)])


# ---- what it computes


@pytest.mark.numbers
def test_its_outputs_equal_those_of_keras(chromium):  # noqa: F811
    """Any stride, padding, dilation, one channel or two: as a Conv2D with the same weights."""
    import keras

    random = np.random.default_rng(0)
    page = chromium.new_page()
    module = read_module(HERE / "kernel" / "kernel.js")
    page.set_content(f'<script type="module">{module}; window.correlate = correlate;</script>')
    for stride, dilation, padding in [(1, 1, "valid"), (2, 1, "same"), (3, 1, "same"), (2, 1, "valid"), (1, 3, "same")]:
        for shape in [(28, 27, 1), (9, 12, 2)]:
            image, filters = random.random(shape), random.normal(size=(3, 3, shape[2], 1))
            layer = keras.layers.Conv2D(1, 3, strides=stride, dilation_rate=dilation, padding=padding, use_bias=False)
            layer.build((None, *shape))
            layer.set_weights([filters])
            theirs = np.asarray(layer(image[None].astype("float32")))[0, ..., 0]
            channels = [{"values": image[..., c].ravel().tolist(), "rows": shape[0], "columns": shape[1]}
                        for c in range(shape[2])]  # fmt: skip
            kernels = [filters[..., c, 0].ravel().tolist() for c in range(shape[2])]
            settings = {"stride": stride, "padding": padding, "dilation": dilation}
            call = f"correlate({json.dumps(channels)}, {json.dumps(kernels)}, {json.dumps(settings)})"
            ours = page.evaluate(f"(() => {{ const o = {call}; return [o.rows, o.columns, [...o.values]]; }})()")
            assert tuple(ours[:2]) == theirs.shape
            assert np.reshape(ours[2], theirs.shape) == pytest.approx(theirs, abs=1e-5)
    page.close()


@pytest.mark.numbers
def test_the_window_goes_where_the_pointer_is_and_shows_its_sum(page):
    expected = sums(DIGIT / 255, np.array([[-1, 0, 1]] * 3))
    box = canvas(page, "image").bounding_box()
    cell = box["width"] / 28
    for row, column in [(7, 9), (20, 4), (0, 0), (25, 25)]:  # the window's middle is one pixel on
        page.mouse.move(box["x"] + (column + 1.5) * cell, box["y"] + (row + 1.5) * cell)
        assert sum_of(page) == (row, column, pytest.approx(expected[row, column], abs=0.006))
    page.mouse.move(box["x"] + 1, box["y"] + 1)  # the corner itself
    assert sum_of(page)[:2] == (0, 0)
    box = canvas(page, "output").bounding_box()
    page.touchscreen.tap(box["x"] + 10.5 * box["width"] / 26, box["y"] + 6.5 * box["height"] / 26)
    assert sum_of(page) == (6, 10, pytest.approx(expected[6, 10], abs=0.006))


@pytest.mark.numbers
def test_the_second_channel_is_the_left_edges_and_adds_its_own_products(page):
    page.get_by_label("Two channels").check()
    canvas(page, "output").focus()
    row, column, total = sum_of(page)
    edges = np.maximum(0, np.pad(sums(DIGIT / 255, np.array([[-1, 0, 1]] * 3)), 1))
    expected = sums(DIGIT / 255, np.array([[-1, 0, 1]] * 3)) + edges[1:27, 1:27]  # the middle of the second kernel is 1
    for _ in range(3):
        assert total == pytest.approx(expected[row, column], abs=0.006)
        page.keyboard.press("Shift+ArrowUp")
        page.keyboard.press("ArrowLeft")
        row, column, total = sum_of(page)


def test_a_weight_may_be_a_fraction_or_have_a_comma_and_arrows_count(page):
    weight = page.get_by_label("Weight in row 0, column 0").first
    for text, sum_of_all in [("1/9", "0.11"), ("0,5", "0.5"), ("−2", "−2"), ("1e-3", "0.001")]:
        for name in range(9):
            page.locator(".cnn-kernel-weights input").nth(name).fill("0")
        weight.fill(text)
        assert f"add up to {sum_of_all}:" in page.locator(".cnn-kernel-about").inner_text()
    assert "to 0.001" in page.locator('[data-is="output-title"]').inner_text(), "what is not 0 is not written 0"
    weight.fill("1")
    weight.press("ArrowDown")
    weight.press("ArrowDown")
    assert weight.input_value() == "−1"
    for text in ["1/0", "1/2/3", "/2", "x"]:
        weight.fill(text)
        assert weight.get_attribute("aria-invalid") == "true", text


def test_the_frame_lies_where_the_stride_puts_the_window(page):
    page.get_by_label("Stride").fill("2")  # of 1, 2, 3 the third
    canvas(page, "output").focus()
    for key in ["Shift+ArrowUp", "Shift+ArrowLeft", "ArrowDown", "ArrowRight", "ArrowRight"]:
        page.keyboard.press(key)
    row, column, _ = sum_of(page)
    green = page.evaluate("""() => {
        const canvas = document.querySelector('[data-is="image"]');
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const found = [];
        for (let i = 0; i < data.length; i += 4)
            if (data[i] < 40 && data[i + 1] > 120 && data[i + 2] > 80) found.push(i / 4);
        return [canvas.width, found];
    }""")
    width, places = green[0], np.array(green[1])
    top, left = (places // width).min() * 28 / width, (places % width).min() * 28 / width
    assert (round(top), round(left)) == (3 * row, 3 * column)


def test_size_and_count_follow_the_settings(page):
    def size():
        found = re.search(r"(\d+) × (\d+) numbers, (\d+) multiply-adds each: ([\d,]+) in", page.widget.inner_text())
        return [int(part.replace(",", "")) for part in found.groups()]

    assert size() == [26, 26, 9, 6084]
    page.get_by_label("Stride").fill("1")  # of the values 1, 2, 3 the second
    assert size() == [13, 13, 9, 1521]
    page.get_by_label("Padding").select_option("same")
    assert size() == [14, 14, 9, 1764]
    page.get_by_label("Dilation").fill("2")
    page.get_by_label("Two channels").check()
    assert size() == [14, 14, 18, 3528]
    assert canvas(page, "second-products").is_visible()


def test_it_says_why_a_kernel_of_ones_blurs_and_an_edge_kernel_is_silent_on_paper(page):
    page.get_by_label("Kernel", exact=True).select_option("all ones")
    assert "the edge is blurred" in page.locator(".cnn-kernel-about").inner_text()
    page.get_by_label("Kernel", exact=True).select_option("outline")
    assert "add up to 0" in page.locator(".cnn-kernel-about").inner_text()
    page.get_by_label("Weight in row 1, column 1").first.fill("9")
    assert "add up to 1" in page.locator(".cnn-kernel-about").inner_text()
    assert page.get_by_label("Kernel", exact=True).input_value() == "your own"


def test_what_is_no_number_is_said_and_the_last_number_counts(page):
    weight = page.get_by_label("Weight in row 0, column 0").first
    before = page.locator(".cnn-kernel-sum").inner_text()
    weight.fill("")
    assert weight.get_attribute("aria-invalid") == "true"
    assert "A weight is a number" in page.get_by_role("alert").inner_text()
    assert page.locator(".cnn-kernel-sum").inner_text() == before
    weight.fill("2.5")
    assert weight.get_attribute("aria-invalid") == "false" and page.get_by_role("alert").inner_text() == ""
    assert page.locator(".cnn-kernel-sum").inner_text() != before


@pytest.mark.numbers
def test_an_image_of_ones_own_takes_the_digits_place_and_undo_brings_it_back(page):
    before = page.locator(".cnn-kernel-sum").inner_text()
    page.get_by_text("Draw an image of your own").click()
    page.locator(".cnn-paper").scroll_into_view_if_needed()
    paper = page.locator(".cnn-paper").bounding_box()
    page.mouse.move(paper["x"] + 140, paper["y"])
    page.mouse.down()
    page.mouse.move(paper["x"] + 140, paper["y"] + 280, steps=10)
    page.mouse.up()
    canvas(page, "output").focus()
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
    row, column, total = sum_of(page)
    assert (row, column, total) == (13, 11, pytest.approx(3, abs=0.02)), "three rows, from paper to ink"
    page.get_by_role("button", name="Undo").click()
    for _ in range(2):
        canvas(page, "output").press("ArrowRight")
    assert page.locator(".cnn-kernel-sum").inner_text() == before


def test_numbers_are_written_as_the_course_prints_them(chromium):  # noqa: F811
    page = chromium.new_page()
    page.set_content(f'<script type="module">{read_module(HERE / "common.js")}; window.format = format;</script>')
    numbers = [0, -1e-12, -0.004, 0.004, 1234.567, -2, 1.005e-7, 0.5]
    assert page.evaluate("(numbers) => numbers.map((number) => format(number))", numbers) == [
        *("0", "0", "−0.004", "0.004", "1,234.57", "−2", "0.0000001", "0.5")
    ]
    page.close()


# ---- keys, words, and how it looks


def test_jupyterlab_gets_the_keys_that_save_and_no_others(page):
    output = canvas(page, "output")
    output.focus()
    for key, is_kept in [("x", True), ("Control+s", False), ("Control+b", True), ("Meta+s", False), ("s", True)]:
        page.keyboard.press(key)
        assert (output.get_attribute("data-lm-suppress-shortcuts") is not None) == is_kept, key


def test_all_can_be_done_by_keys_and_is_said_in_a_sentence(page):
    canvas(page, "image").focus()
    for key in ["ArrowUp"] * 4 + ["Shift+ArrowLeft", "ArrowRight"]:
        page.keyboard.press(key)
    assert sum_of(page)[:2] == (9, 9)
    assert re.fullmatch(r"Row 9, column 9: the 9 products add up to −?[\d.]+\.", page.said())
    names = []
    page.locator("h1").click()
    for _ in range(24):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.ariaLabel || document.activeElement.textContent"))
    for name in ["Slide", "Kernel", "Padding", "Image: arrow keys move the window", "Weight in row 2, column 2",
                 "Output: arrow keys move the window", "Draw an image of your own, in place of this one"]:  # fmt: skip
        assert name in names, name


@pytest.mark.parametrize("calm", nightly.by_night(["reduce", "no-preference"], ["no-preference"]))
def test_it_slides_by_itself_and_stops(chromium, tmp_path, calm):  # noqa: F811
    with widget_page(chromium, KernelView(DIGIT), tmp_path, reduced_motion=calm) as page:
        page.clock.install(time=0)
        page.clock.pause_at(1000)
        page.get_by_role("button", name="Slide").click()
        assert sum_of(page)[:2] == (0, 0)
        page.clock.run_for(1250)
        assert sum_of(page)[:2] == ((2, 0) if calm == "reduce" else (1, 24))
        page.get_by_role("button", name="Stop").click()
        page.clock.run_for(1250)
        assert sum_of(page)[:2] == ((2, 0) if calm == "reduce" else (1, 24))
        assert page.get_by_role("button", name="Slide").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_and_axe_finds_nothing(chromium, tmp_path, scheme):  # noqa: F811
    size = {"width": 320, "height": 640}
    with widget_page(chromium, KernelView(DIGIT), tmp_path, viewport=size, color_scheme=scheme) as page:
        page.get_by_label("Two channels").check()
        page.get_by_text("Draw an image of your own").click()
        assert not is_too_wide(page)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_in_high_contrast_the_grids_keep_their_colors(chromium, tmp_path):  # noqa: F811
    with widget_page(chromium, KernelView(DIGIT), tmp_path, forced_colors="active") as page:
        kept = page.evaluate(
            "[...document.querySelectorAll('canvas')].map((c) => getComputedStyle(c).forcedColorAdjust)"
        )
        assert set(kept) == {"none"}


def test_without_scripts_the_picture_stands_there(chromium, tmp_path):  # noqa: F811
    (tmp_path / "still.html").write_text(page_of(KernelView(DIGIT)), encoding="utf-8")
    page = chromium.new_page(java_script_enabled=False)
    page.goto((tmp_path / "still.html").as_uri())
    assert page.get_by_role("img", name="An image of 28 by 28 pixels with a green frame around a window").is_visible()
    page.close()


def test_a_drawing_is_there_again_after_a_reload(chromium, tmp_path):  # noqa: F811
    view = KernelView(DIGIT, np.ones((3, 3)))
    view._answer("change", view._state() | {"drawn": base64.b64encode(bytes([255] * 784)).decode()}, [])
    with widget_page(chromium, view, tmp_path) as page:
        assert page.locator('[data-is="output-title"]').inner_text() == "Output, from 9 to 9"


@pytest.mark.parametrize("state", ["", "{", '{"image":""}', json.dumps({"weights": '"]'})])
def test_a_state_of_another_version_leaves_its_picture_and_the_other_widgets(chromium, state):  # noqa: F811
    page, view = chromium.new_page(), KernelView(DIGIT)
    stored = view._encode_picture()["text/html"]
    odd = re.sub('data-state="[^"]*"', f'data-state="{html.escape(state)}"', stored)
    page.set_content(page_of(view).replace(stored, odd + stored))
    first, second = page.locator("cnn-widget").all()
    second.locator("canvas").first.wait_for()
    assert first.get_by_role("img", name="An image of 28 by 28 pixels").is_visible()
    assert first.locator("canvas").count() == 0 and first.get_attribute("class") in (None, "")
    page.close()
