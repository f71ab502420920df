"""pad.js in a real browser, in a page that has nothing else: what is drawn, undone, asked, shown and said."""

import io
import json
from contextlib import contextmanager

import nightly
import numpy as np
import pytest
from in_browser import GUARDED, chromium, watched_page  # noqa: F401  chromium is a fixture
from PIL import Image, ImageDraw

from course_utils.widgets.stage import HERE, read_module, read_style

pytestmark = pytest.mark.slow

PAGE = f"""<!doctype html><title>pad</title><style>{read_style("pad")}</style>
<input id="before"><div id="pad"></div>
<script type="module">{read_module(HERE / "pad" / "pad.js")}
window.calls = [];  // each a drawing, and how to end the call
window.make = (start) => {{
  window.onDraw = (drawing) => new Promise((resolve, reject) => window.calls.push({{ drawing, resolve, reject }}));
  window.pad = createPad(document.querySelector("#pad"), {{ onDraw: (drawing) => window.onDraw(drawing), start }});
}};
window.end = (digit) => window.calls.at(-1).resolve(Array(10).fill(0.01).with(digit, 0.91));
</script>"""


@contextmanager
def pad_page(browser, name, *, start="null", answers=True, **options):
    """A page with a pad, which is answered "a 4, I believe" at once, or only by ``end`` in the page."""
    with watched_page(browser, f"pad_{name}", viewport={"width": 800, "height": 600}, **options) as page:
        page.set_content(PAGE)
        page.evaluate(f"make({start})")
        if answers:
            page.evaluate("onDraw = async () => Array(10).fill(0.05).with(4, 0.55)")
        yield page
        assert page.faults == []


def drawing_of(page):
    values = np.array(json.loads(page.evaluate("JSON.stringify([...pad.drawing()])")))
    assert values.shape == (280 * 280,)
    return values.reshape(280, 280)


def place_of(pad):
    """Where on the screen the paper is, brought into view: x and y of its corner, width, height."""
    paper = pad.locator("canvas")
    paper.scroll_into_view_if_needed()
    return paper.bounding_box()


def draw(page, points, pad=None):
    """Draw a stroke with the mouse, in the pad's pixels; on a page with several pads, ``pad`` is one of them."""
    box = place_of(pad or page)
    places = [(box["x"] + x, box["y"] + y) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=12)
    page.mouse.up()


def expected(*strokes):
    """The same by Pillow: lines 20 pixels wide with round ends, drawn large and made small."""
    image = Image.new("L", (1120, 1120), 255)
    pencil = ImageDraw.Draw(image)
    for points in strokes:
        large = [(4 * x, 4 * y) for x, y in points]
        pencil.line(large, fill=0, width=80)
        for x, y in large:
            pencil.ellipse([x - 40, y - 40, x + 40, y + 40], fill=0)
    return np.asarray(image.resize((280, 280), Image.Resampling.BOX)).astype(int)


def overlap(one, other):
    """The ink that two drawings share, of the ink that either has."""
    one, other = one < 128, other < 128
    return (one & other).sum() / (one | other).sum()


SEVEN = [(80, 60), (200, 60), (120, 230)]
BAR = [(110, 140), (190, 140)]
START = "new Uint8Array(280 * 280).fill(255).fill(0, 280 * 100, 280 * 130)"

# ---- drawing


def test_a_stroke_of_the_mouse_is_the_line_that_pillow_draws(chromium):  # noqa: F811
    with pad_page(chromium, "mouse") as page:
        assert (drawing_of(page) == 255).all()
        draw(page, SEVEN)
        draw(page, BAR)
        drawn = drawing_of(page)
        assert drawn.min() == 0 and drawn.max() == 255
        assert overlap(drawn, expected(SEVEN, BAR)) > 0.96
        assert overlap(drawn, expected([(x + 3, y) for x, y in SEVEN], BAR)) < 0.9, "the test sees three pixels"


def test_a_tap_is_a_dot_and_the_right_button_draws_nothing(chromium):  # noqa: F811
    with pad_page(chromium, "dot") as page:
        page.locator("canvas").click(button="right", position={"x": 60, "y": 60})
        page.mouse.move(300, 300)
        assert (drawing_of(page) == 255).all()
        draw(page, [(100, 150)])
        assert overlap(drawing_of(page), expected([(100, 150)])) > 0.9


@pytest.mark.nightly
def test_a_stroke_may_leave_the_paper_and_come_back(chromium):  # noqa: F811
    with pad_page(chromium, "leave") as page:
        away = [(100, 100), (-60, 100), (-60, 200), (100, 200)]
        draw(page, away)
        assert overlap(drawing_of(page), expected(away)) > 0.9
        assert page.evaluate("getSelection().toString()") == ""


@pytest.mark.nightly
def test_the_drawing_is_the_same_on_a_dense_screen_and_the_screen_is_sharp(chromium):  # noqa: F811
    drawn = []
    for scale in (1, 2.5):
        with pad_page(chromium, f"scale_{scale}", device_scale_factor=scale) as page:
            draw(page, SEVEN)
            drawn.append(drawing_of(page))
            assert page.evaluate("document.querySelector('canvas').width") == 280 * scale
            box = page.locator("canvas").bounding_box()
            assert (box["width"], box["height"]) == (280, 280)
    assert abs(drawn[0] - drawn[1]).max() <= 2


def touch(page, kind, *points, pad=None):
    """A touch event by the browser's own protocol: ``points`` are fingers, (id, x, y) in the pad's pixels."""
    box = place_of(pad or page)
    fingers = [{"id": finger, "x": box["x"] + x, "y": box["y"] + y} for finger, x, y in points]
    page.protocol.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": fingers})


def test_a_finger_draws_and_does_not_scroll_and_a_second_one_does_nothing(chromium):  # noqa: F811
    with pad_page(chromium, "touch", has_touch=True) as page:
        page.evaluate("document.body.style.height = '3000px'")
        page.protocol = page.context.new_cdp_session(page)
        touch(page, "Start", (0, 80, 60))
        for step in range(1, 11):
            touch(page, "Move", (0, 80, 60 + 17 * step))
            if step == 4:
                touch(page, "Start", (0, 80, 60 + 17 * step), (1, 220, 220))
                touch(page, "Move", (0, 80, 60 + 17 * step), (1, 220, 100))
                touch(page, "End", (0, 80, 60 + 17 * step))
        touch(page, "End")
        assert overlap(drawing_of(page), expected([(80, 60), (80, 230)])) > 0.96
        assert page.evaluate("scrollY") == 0


@pytest.mark.nightly
def test_a_pen_draws(chromium):  # noqa: F811
    with pad_page(chromium, "pen") as page:
        protocol, box = page.context.new_cdp_session(page), page.locator("canvas").bounding_box()
        for kind, x in [("Pressed", 60), *[("Moved", x) for x in range(70, 210, 10)], ("Released", 200)]:
            event = {"type": f"mouse{kind}", "x": box["x"] + x, "y": box["y"] + 100, "pointerType": "pen"}
            event |= {"button": "left", "buttons": int(kind != "Released"), "clickCount": 1, "force": 0.2}
            protocol.send("Input.dispatchMouseEvent", event)
        assert overlap(drawing_of(page), expected([(60, 100), (200, 100)])) > 0.96


@pytest.mark.parametrize("guard", nightly.by_night(["noise", "white"], ["white"]))
def test_what_a_browser_does_to_a_canvas_that_is_read_back_does_not_matter(chromium, guard):  # noqa: F811
    with pad_page(chromium, f"guarded_{guard}", start=START) as page:
        page.evaluate(GUARDED, guard)
        spoiled = "new OffscreenCanvas(9, 9).getContext('2d').getImageData(0, 0, 9, 9).data.some((value) => value)"
        assert page.evaluate(spoiled), "the page is guarded"
        assert set(np.unique(drawing_of(page))) == {0, 255} and (drawing_of(page) == 0).mean() == 30 / 280
        page.get_by_role("button", name="Clear").click()
        assert (drawing_of(page) == 255).all()
        draw(page, SEVEN)
        drawn = drawing_of(page)
        assert overlap(drawn, expected(SEVEN)) > 0.96
        assert np.isin(drawn, (0, 255)).mean() > 0.97, "all but the rim is ink or paper, without noise"


@pytest.mark.nightly
def test_what_is_read_is_what_is_seen(chromium):  # noqa: F811
    """The drawing is computed, and the screen is painted: the same curves, up to their rims."""
    with pad_page(chromium, "seen") as page:
        draw(page, [(40, 200), (60, 40), (140, 240), (220, 30), (240, 200)])
        draw(page, [(250, 250)])
        page.mouse.move(790, 590)
        screen = "[...document.querySelector('canvas').getContext('2d').getImageData(0, 0, 280, 280).data]"
        seen = np.array(page.evaluate(screen)).reshape(280, 280, 4)[..., 0]
        difference = abs(seen - drawing_of(page))
        assert difference.max() < 128 and difference.mean() < 0.5
        assert (difference > 0).sum() < (seen < 255).sum() / 4, "at the rims only"


# ---- undoing


def test_undo_takes_back_stroke_after_stroke_and_clear(chromium):  # noqa: F811
    with pad_page(chromium, "undo") as page:
        undo, clear = (page.get_by_role("button", name=name) for name in ("Undo", "Clear"))
        assert [button.get_attribute("aria-disabled") for button in (undo, clear)] == ["true", "true"]
        undo.click(force=True)  # it is said to be disabled
        states = [drawing_of(page)]
        draw(page, SEVEN)
        states.append(drawing_of(page))
        draw(page, BAR)
        states.append(drawing_of(page))
        clear.click()
        clear.click(force=True)  # there is nothing to clear: nothing to undo either
        assert (drawing_of(page) == 255).all()
        for state in reversed(states):
            undo.click()
            assert (drawing_of(page) == state).all()
        assert undo.get_attribute("aria-disabled") == "true"


@pytest.mark.nightly
def test_the_first_stroke_replaces_the_start_and_undo_brings_it_back(chromium):  # noqa: F811
    with pad_page(chromium, "start", start=START) as page:
        start = drawing_of(page)
        assert (start[100:130] == 0).all() and (start == 0).mean() == 30 / 280
        draw(page, SEVEN)
        assert overlap(drawing_of(page), expected(SEVEN)) > 0.96
        page.get_by_role("button", name="Undo").click()
        assert (drawing_of(page) == start).all()
        page.get_by_role("button", name="Clear").click()
        assert (drawing_of(page) == 255).all()


@pytest.mark.parametrize("key", nightly.by_night(["Control+z", "Delete"], ["Delete"]))
def test_undo_and_clear_end_the_stroke_that_is_being_drawn(chromium, key):  # noqa: F811
    with pad_page(chromium, "while_drawing") as page:
        draw(page, BAR)
        x, y, *_ = place_of(page).values()
        page.mouse.move(x + SEVEN[0][0], y + SEVEN[0][1])
        page.mouse.down()
        page.mouse.move(x + SEVEN[1][0], y + SEVEN[1][1], steps=5)
        page.keyboard.press(key)
        left = drawing_of(page)
        page.mouse.move(x + SEVEN[2][0], y + SEVEN[2][1], steps=5)
        page.mouse.up()
        assert (drawing_of(page) == left).all()
        assert (left == 255).all() == (key == "Delete")


# ---- asking


def wait_for_calls(page, count):
    page.wait_for_function(f"calls.length >= {count}")


def called_with(page, call):
    return np.array(json.loads(page.evaluate(f"JSON.stringify([...calls[{call}].drawing])"))).reshape(280, 280)


@pytest.mark.nightly
def test_one_question_at_a_time_and_the_last_drawing_wins(chromium):  # noqa: F811
    with pad_page(chromium, "last", answers=False) as page:
        draw(page, SEVEN)
        draw(page, BAR)
        assert page.evaluate("calls.length") == 1
        page.evaluate("end(3)")
        wait_for_calls(page, 2)
        assert (called_with(page, 1) == drawing_of(page)).all()
        page.evaluate("end(8)")
        page.locator(".cnn-pad-answer", has_text="Read as 8").first.wait_for()
        assert page.evaluate("calls.length") == 2, "what has not changed is not asked again"


def test_the_start_is_read_and_blank_paper_is_not_until_it_was_cleared(chromium):  # noqa: F811
    with pad_page(chromium, "blank", answers=False) as page:
        assert page.locator(".cnn-pad-answer").inner_text() == "Draw a digit"
        assert page.evaluate("calls.length") == 0
    with pad_page(chromium, "read_start", start=START, answers=False) as page:
        wait_for_calls(page, 1)
        page.evaluate("end(1)")
        page.locator(".cnn-pad-answer", has_text="Read as 1").first.wait_for()
        page.get_by_role("button", name="Clear").click()
        wait_for_calls(page, 2)
        assert (called_with(page, 1) == 255).all()
        page.evaluate("calls[1].resolve(null)")
        page.locator(".cnn-pad-answer", has_text="Draw a digit").first.wait_for()


def test_bars_numbers_and_words_show_the_answer(chromium):  # noqa: F811
    with pad_page(chromium, "bars", answers=False) as page:
        draw(page, SEVEN)
        page.evaluate("end(6)")
        page.locator(".cnn-pad-answer", has_text="Read as 6").first.wait_for()
        widths = page.evaluate(
            "[...document.querySelectorAll('[role=meter]')].map((m) => m.firstElementChild.clientWidth / m.clientWidth)"
        )
        assert widths == pytest.approx([0.91 if digit == 6 else 0.01 for digit in range(10)], abs=0.01)
        meters = [page.get_by_role("meter", name=str(digit), exact=True) for digit in range(10)]
        assert [m.get_attribute("aria-valuenow") for m in meters] == ["91" if d == 6 else "1" for d in range(10)]
        page.get_by_text("Read as 6, 91 percent").wait_for(state="attached")  # for screen readers, when it rests
        assert page.locator(".cnn-best").get_attribute("aria-label") == "6"


@pytest.mark.parametrize("scheme", nightly.by_night(["light", "dark"], ["light"]))
def test_in_high_contrast_paper_and_bars_can_be_seen(chromium, scheme):  # noqa: F811
    """Windows' contrast themes: the browser replaces colors, and takes backgrounds and shadows away."""
    with pad_page(chromium, "contrast", forced_colors="active", color_scheme=scheme) as page:
        draw(page, SEVEN)
        page.wait_for_function("document.querySelector('.cnn-best')")
        box = page.locator(".cnn-best div").bounding_box()
        paper = place_of(page)
        image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        bar, beside = (image.getpixel((box["x"] + x, box["y"] + 9)) for x in (box["width"] / 2, box["width"] + 9))
        assert bar != beside
        edge, outside = (image.getpixel((paper["x"] + x, paper["y"] + 99)) for x in (-0.5, -9))
        assert edge != outside
        assert image.getpixel((paper["x"] + 9, paper["y"] + 270)) == (255, 255, 255)  # the paper itself


def test_an_error_is_shown_and_the_drawing_kept_and_the_next_answer_clears_it(chromium):  # noqa: F811
    with pad_page(chromium, "error", answers=False) as page:
        draw(page, SEVEN)
        page.evaluate("calls[0].reject(new Error('the network is <b>tired</b>'))")
        message = page.get_by_role("alert")
        page.get_by_text("the network is <b>tired</b>").wait_for()
        wait_for_calls(page, 2)  # the rest of the stroke
        page.evaluate("calls[1].reject(new Error('still tired'))")
        page.get_by_text("still tired").wait_for()
        assert page.locator(".cnn-pad-answer").inner_text() == "Not read"
        assert overlap(drawing_of(page), expected(SEVEN)) > 0.96
        draw(page, BAR)
        wait_for_calls(page, 3)
        page.evaluate("end(2)")
        page.locator(".cnn-pad-answer", has_text="Read as 2").first.wait_for()
        assert message.inner_text() == ""


@pytest.mark.nightly
def test_a_late_answer_is_announced_as_late_and_still_taken(chromium):  # noqa: F811
    with watched_page(chromium, "pad_late") as page:
        page.clock.install(time=0)
        page.clock.pause_at(1000)  # installed only, it would go on beside the steps below
        page.set_content(PAGE)
        page.evaluate("make(null)")
        draw(page, [(100, 100)])
        page.clock.fast_forward(2900)
        assert page.get_by_role("alert").inner_text() == ""
        page.clock.fast_forward(200)
        assert page.get_by_role("alert").inner_text().startswith("No answer yet")
        page.evaluate("end(5)")
        page.locator(".cnn-pad-answer", has_text="Read as 5").first.wait_for()
        assert page.get_by_role("alert").inner_text() == "" and page.faults == []


# ---- the keyboard


def test_the_keyboard_draws_undoes_and_clears(chromium):  # noqa: F811
    with pad_page(chromium, "keys") as page:
        page.locator("#before").focus()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") == "CANVAS"
        focused = page.locator("canvas").screenshot()
        assert (drawing_of(page) == 255).all(), "the pen that is seen is not drawn"
        for key in ["ArrowLeft"] * 6 + ["ArrowUp"] * 4 + ["Shift+ArrowUp"]:
            page.keyboard.press(key)
        assert page.locator("canvas").screenshot() != focused and (drawing_of(page) == 255).all()
        for key in ["Space"] + ["ArrowRight"] * 9 + ["ArrowDown"] * 12 + ["Space"] + ["ArrowLeft"] * 3:
            page.keyboard.press(key)
        line = [(80, 98), (170, 98), (170, 218)]
        assert overlap(drawing_of(page), expected(line)) > 0.96
        assert page.locator(".cnn-live").inner_text() != ""
        for key in ["Space", "ArrowLeft", "ArrowLeft", "Space"]:
            page.keyboard.press(key)
        assert overlap(drawing_of(page), expected(line, [(140, 218), (120, 218)])) > 0.96
        page.keyboard.press("Control+z")
        assert overlap(drawing_of(page), expected(line)) > 0.96
        page.keyboard.press("Delete")
        assert (drawing_of(page) == 255).all()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Undo"
        page.keyboard.press("Enter")
        assert overlap(drawing_of(page), expected(line)) > 0.96


@pytest.mark.nightly
def test_the_pen_stays_on_the_paper_and_is_lifted_when_the_focus_goes(chromium):  # noqa: F811
    with pad_page(chromium, "edge") as page:
        page.locator("canvas").focus()
        for key in ["ArrowLeft"] * 40 + ["Space", "Tab", "Shift+Tab"] + ["ArrowRight"] * 5:
            page.keyboard.press(key)
        assert overlap(drawing_of(page), expected([(10, 140)])) > 0.9


@pytest.mark.nightly
def test_a_ring_around_the_paper_shows_the_focus_of_the_keyboard_only(chromium):  # noqa: F811
    with pad_page(chromium, "ring") as page:
        outline = "getComputedStyle(document.querySelector('canvas')).outlineStyle"
        page.locator("#before").focus()
        page.keyboard.press("Tab")
        assert page.evaluate(outline) == "solid"
        page.locator("#before").click()
        draw(page, SEVEN)
        assert page.evaluate(outline) == "none"
