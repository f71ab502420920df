"""The pad that reads without a kernel, in a real browser, in a page from a file: what it reads, sees, says, lets do."""

import base64
import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from in_browser import chromium, watched_page  # noqa: F401  chromium is a fixture
from patience import wait_until
from PIL import Image, ImageDraw
from widget_pages import is_too_wide, page_of, widget_page

from course_utils import data, handwriting, networks
from course_utils.handwriting import center, crop, fit
from course_utils.widgets.pad import run_lengths
from course_utils.widgets.reader import Reader, make_small, reader_html, reader_tag, seed_weights
from course_utils.widgets.stage import HERE, read_module, read_style, script_for_page

pytestmark = pytest.mark.slow

SEVEN = [(80, 60), (200, 60), (120, 230)]
SHARES = "(pad) => [...pad.querySelectorAll('[role=meter] div')].map((bar) => parseFloat(bar.style.width) / 100)"


def two():
    """The angular 2 in a corner, with which lesson 08 begins."""
    sheet = Image.new("L", (280, 280), 255)
    points = [(30, 50), (70, 30), (100, 55), (30, 140), (110, 140)]
    ImageDraw.Draw(sheet).line(points, fill=0, width=12, joint="curve")
    return np.asarray(sheet)


def drawings():
    """Two of each digit, black on white, as large as the paper; half of them small, and out of the middle."""
    _, (images, digits) = data.load_mnist()
    found = []
    for digit in range(10):
        for place, image in enumerate(images[digits == digit][:2]):
            side = 280 - 150 * place
            ink = np.asarray(Image.fromarray(image).resize((side, side), Image.Resampling.BICUBIC)) > 128
            paper = np.full((280, 280), 255, np.uint8)
            paper[20 * place : 20 * place + side, 90 * place : 90 * place + side][ink] = 0
            found.append(paper)
    return found


@pytest.fixture(scope="module")
def seed():
    return networks.load_seed_network()


@pytest.fixture
def page(chromium, tmp_path):  # noqa: F811
    with widget_page(chromium, Reader(), tmp_path, has_touch=True) as page:
        yield page


def draw(page, points):
    canvas = page.locator(".cnn-paper")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + points[0][0], box["y"] + points[0][1])
    page.mouse.down()
    for x, y in points[1:]:
        page.mouse.move(box["x"] + x, box["y"] + y, steps=8)
    page.mouse.up()


def words(page):
    return page.locator(".cnn-reader-words").inner_text()


def read_as(page, digit):
    """Wait until the answer is this digit; with None, until the paper is blank."""
    page.locator(".cnn-pad-answer", has_text="Draw a digit" if digit is None else f"Read as {digit}").wait_for()


# ---- what it reads


@pytest.mark.numbers
@pytest.mark.parametrize("is_prepared", [True, False])
def test_it_reads_twenty_drawings_as_keras_does(chromium, seed, tmp_path, is_prepared):  # noqa: F811
    """Prepared by Python, read by Keras: the state brings each drawing whole, and all of it is computed again.

    Python's `prepare` would look for the paper first, and lose a few pixels of these drawings, which have only ink.
    """
    given = [*drawings(), two()]
    file = tmp_path / "many.html"
    file.write_text(page_of(*(Reader(start=one, is_prepared=is_prepared) for one in given)), encoding="utf-8")
    images = [center(fit(crop(one < 128))) if is_prepared else make_small(one) for one in given]
    expected = np.asarray(seed(np.array(images, "float32")[..., None]))
    assert len(set(expected.argmax(axis=1))) > 5
    with watched_page(chromium, f"readers_{is_prepared}", offline=True) as page:
        page.goto(file.as_uri())
        page.wait_for_function(f"document.querySelectorAll('.cnn-best').length === {len(given)}")
        pads = page.locator("cnn-widget").all()
        assert len(pads) == len(given) > 20
        for pad, probabilities in zip(pads, expected, strict=True):
            assert pad.evaluate(SHARES) == pytest.approx(probabilities.tolist(), abs=1e-4)
            assert pad.locator(".cnn-pad-answer").inner_text() == f"Read as {probabilities.argmax()}"
        assert page.faults == []


@pytest.mark.numbers
def test_a_drawing_becomes_the_pixels_that_pillow_makes_of_it(chromium):  # noqa: F811
    module = read_module(HERE / "reader" / "reader.js")
    with watched_page(chromium, "reader_pixels") as page:
        page.set_content(f"<script type=module>{module}\nwindow.prepareDigit = prepareDigit;</script>")
        for drawing in drawings():
            sent = base64.b64encode(drawing.astype("uint8").tobytes()).decode()  # number by number takes a second
            pixels = page.evaluate(f"[...prepareDigit(Uint8Array.from(atob('{sent}'), (c) => c.charCodeAt(0)))]")
            # But for a row or column in the middle between two pixels, of which rounding errors decide in Pillow.
            assert np.allclose(np.reshape(pixels, (28, 28)), center(fit(crop(drawing < 128))), atol=0.02)
        assert page.faults == []


@pytest.mark.numbers
def test_the_two_of_lesson_08_is_read_once_it_is_prepared(seed):
    read = np.asarray(seed(np.array([make_small(two()), handwriting.prepare(two())], "float32")[..., None]))
    raw, prepared = (Reader(start=two(), is_prepared=is_prepared).probabilities for is_prepared in (False, True))
    assert np.allclose([raw, prepared], read, atol=1e-6)
    assert raw.argmax() != 2 and prepared.argmax() == 2


@pytest.mark.numbers
@pytest.mark.parametrize("is_prepared", [True, False])
def test_what_is_drawn_is_read_and_what_the_network_sees_is_shown(chromium, seed, tmp_path, is_prepared):  # noqa: F811
    """The grays at the rim of a stroke are not Python's to the last one: Keras reads the pixels that are shown."""
    with widget_page(chromium, Reader(is_prepared=is_prepared), tmp_path) as page:
        assert "Blank paper is not read" in words(page)
        draw(page, SEVEN)
        canvas = page.locator(".cnn-reader-seen canvas")
        pixels = """(canvas) => Array.from({ length: 784 }, (_, i) => canvas.getContext("2d").getImageData(
            5 * (i % 28) + 2, 5 * Math.floor(i / 28) + 2, 1, 1).data[0])"""

        def is_read():
            seen = 1 - np.reshape(canvas.evaluate(pixels), (28, 28)) / 255
            probabilities = np.asarray(seed(seen[None, ..., None].astype("float32")))[0]
            rows = np.flatnonzero(seen.any(axis=1))
            is_same = np.allclose(page.widget.evaluate(SHARES), probabilities, atol=0.02)  # grays in 256 steps
            return is_same and np.ptp(rows) + 1 == (20 if is_prepared else 19)  # 190 of 280 pixels are 19 of 28

        wait_until(is_read, sleep=lambda seconds: page.wait_for_timeout(1000 * seconds))
        assert canvas.get_attribute("aria-label") == "What the network sees: your drawing, as 28 by 28 pixels"
        assert ("MNIST" in page.locator(".cnn-reader-how").inner_text()) is is_prepared


@pytest.mark.parametrize(
    ("probabilities", "said"),
    [
        (None, r"Blank paper is not read: .*"),
        ([0.01] * 4 + [0.96] + [0] * 5, r"The network is nearly certain of 4, as it can be of a scribble: .*"),
        ([0] * 4 + [0.55] + [0] * 4 + [0.41], r"The network wavers between 4 \(55%\) and 9 \(41%\); .*"),
        ([0.1] * 3 + [0.3] + [0.07] * 6, r"The network's best guess, 3, has only 30%; .* even where there is none\."),
    ],
)
def test_it_says_what_an_answer_is_worth_and_that_there_is_no_answer_none_of_these(
    chromium,  # noqa: F811
    probabilities,
    said,
):
    module = read_module(HERE / "reader" / "reader.js")
    with watched_page(chromium, "reader_words") as page:
        page.set_content(f"<script type=module>{module}\nwindow.judge = judge;</script>")
        sentence = page.evaluate("(probabilities) => judge(probabilities)", probabilities)
        assert re.fullmatch(said, sentence), sentence
        assert probabilities is None or "no answer “none of these”" in sentence
        assert page.faults == []


# ---- how it is used


def test_keys_alone_draw_a_digit_and_clear_it(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "cnn-paper"
    for key in ["ArrowUp"] * 8 + ["Space"] + ["ArrowDown"] * 16 + ["Space"]:
        page.keyboard.press(key)
    read_as(page, 1)
    assert "1" in words(page)
    page.get_by_role("status").filter(has_text=re.compile(r"^Read as 1, \d+ percent$")).wait_for(state="attached")
    page.keyboard.press("Delete")
    read_as(page, None)
    assert "Blank paper" in words(page) and not page.locator(".cnn-best").count()
    assert (
        page.locator(".cnn-reader-seen canvas").get_attribute("aria-label").startswith("What the network sees: blank")
    )
    page.keyboard.press("Control+z")
    read_as(page, 1)


def test_a_finger_draws(page):
    paper = page.locator(".cnn-paper").bounding_box()
    protocol = page.context.new_cdp_session(page)
    for kind, points in [("Start", SEVEN[:1]), *[("Move", [point]) for point in SEVEN[1:]], ("End", [])]:
        fingers = [{"id": 0, "x": paper["x"] + x, "y": paper["y"] + y} for x, y in points]
        protocol.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": fingers})
    read_as(page, 7)


def test_two_on_one_page_do_not_meet(chromium, tmp_path):  # noqa: F811
    file = tmp_path / "two.html"
    file.write_text(page_of(Reader(start=two(), is_prepared=False), Reader(start=two())), encoding="utf-8")
    with watched_page(chromium, "two_readers", offline=True) as page:
        page.goto(file.as_uri())
        page.wait_for_function("document.querySelectorAll('.cnn-best').length === 2")
        before = page.locator("cnn-widget").first.locator(".cnn-pad-answer").inner_text()
        page.get_by_role("button", name="Clear").last.click()
        page.get_by_text("Draw a digit").wait_for()
        assert page.locator("cnn-widget").first.locator(".cnn-pad-answer").inner_text() == before != "Read as 2"
        assert page.faults == []


# ---- where it is used


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_and_axe_finds_nothing(chromium, tmp_path, scheme):  # noqa: F811
    options = {"viewport": {"width": 320, "height": 700}, "color_scheme": scheme}
    with widget_page(chromium, Reader(start=two()), tmp_path, **options) as page:
        read_as(page, 2)
        assert not is_too_wide(page)
        found = Axe().run(page).response["violations"]
        assert found == [], [(one["id"], one["nodes"][0]["html"]) for one in found]
        page.set_viewport_size({"width": 1920, "height": 900})
        assert not is_too_wide(page)
        canvas = page.locator(".cnn-reader-seen canvas").bounding_box()
        assert canvas["width"] == canvas["height"] == 140


def test_without_scripts_or_weights_there_is_the_picture(chromium, tmp_path):  # noqa: F811
    alt = "A drawing pad with a drawing on it, and ten bars: it is read as 2, "
    for place, (has_scripts, has_weights) in enumerate([(False, True), (True, False)]):
        file = tmp_path / f"{place}.html"
        file.write_text(page_of(Reader(start=two()), has_weights=has_weights), encoding="utf-8")
        with watched_page(chromium, f"reader_picture_{place}", java_script_enabled=has_scripts) as page:
            page.goto(file.as_uri())
            assert page.get_by_role("img").get_attribute("alt").startswith(alt)
            assert not page.locator("canvas").count() and page.faults == []


# ---- what a page is given


def test_the_html_holds_what_the_browser_needs_and_the_style_is_whole():
    html = reader_html(start=two())
    assert html == Reader(start=two())._encode_picture()["text/html"] == reader_html(start=two())
    assert re.fullmatch(
        r'<cnn-widget data-kind="reader" data-state="[^"]*"><img [^>]*alt="[^"]+"[^>]*></cnn-widget>', html
    )
    tag = reader_tag(start=two(), is_prepared=False)
    assert (
        re.fullmatch(r'<cnn-widget data-kind="reader" data-state="[^"]*">', tag)
        and "&quot;isPrepared&quot;:false" in tag
    )
    assert base64.b64decode(seed_weights()) == Reader()._buffers()[0]
    style, script = read_style("reader"), script_for_page("reader")
    for name in ("cnn-reader-seen", "cnn-pad-left", "cnn-paper"):
        assert f".{name}" in style and name in script
    assert style.count(".cnn-paper {") == 1


def test_a_drawing_with_grays_comes_back_from_its_run_lengths():
    grays = np.random.default_rng(0).integers(0, 256, (280, 280), dtype=np.uint8)
    grays[:100] = 255
    for drawing in (grays, two(), np.zeros((280, 280), np.uint8)):
        values, counts = np.array(run_lengths(drawing)).T
        assert (np.repeat(values, counts).reshape(280, 280) == drawing).all()
    assert len(str(run_lengths(two()))) < 8000 and "start" not in Reader()._state()


def test_what_is_neither_true_nor_false_is_refused():
    with pytest.raises(TypeError, match=r"is_prepared must be True or False, got 'no'"):
        reader_html(is_prepared="no")
    with pytest.raises(ValueError, match="start must be an array of uint8"):
        reader_html(start=np.zeros((28, 28)))
