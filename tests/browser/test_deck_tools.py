"""What a teacher does with a deck in front of a class, and what those meet who cannot see or reach all of it."""

import re

import lesson_rules as rules
import pytest
from axe_playwright_python.sync_playwright import Axe
from deck_rules import open_deck
from in_browser import chromium, watched_page  # noqa: F401  chromium is a fixture
from nightly import by_night
from small_lesson import PNG, small_lesson

from course_utils.publishing.slides import make_deck

pytestmark = pytest.mark.slow

WALL, PHONE, ENLARGED = (1280, 720), (360, 740), (320, 256)  # the last is 1280 by 1024 at 400 %
ALT = "a single pixel, as dark as can be"
FORMULA = '<svg class="formula" role="img" aria-label="one half" width="20" height="20"><path d="M0 9h20"/></svg>'
SLIDES = f"""
<section><section class="slide-title" data-timing="60"><h1>A small lesson</h1></section></section>
<section>
  <section class="slide-question" data-timing="120"><h2>How small is it?</h2>
    <div class="text"><p>Smaller than {FORMULA}? <a href="#/2">On</a></p></div>
    <div class="text fragment"><p>Yes, it is.</p></div></section>
  <section class="slide-picture" data-timing="60"><h2>How small is it?</h2>
    <div class="pictures"><img src="data:image/png;base64,{PNG}" alt="{ALT}"></div></section>
</section>
<section><section class="slide-code" data-timing="60"><h2>In code</h2>
  <div class="listing"><pre class="highlight"><span class="line fragment custom">print(1)</span></pre></div>
  <pre class="output fragment">1</pre></section></section>
<section><section class="slide-exercise" data-timing="120" data-minutes="2"><p class="kicker">2 minutes</p>
  <h2>Exercise: smaller</h2><div class="text"><p>Find something smaller.</p></div></section></section>
<section><section class="slide-points" data-timing="60"><h2>Key points</h2>
  <p class="text">All is small.</p></section></section>
"""
TITLE, QUESTION, PICTURE, CODE, EXERCISE, POINTS = (0, 0), (1, 0), (1, 1), (2, 0), (3, 0), (4, 0)


@pytest.fixture(scope="module")
def deck(tmp_path_factory):
    """The file of a deck with slides of each kind, two of them in a stack."""
    before, slides, after = re.split(
        r'(?<=<div class="slides">)(.*)(?=</div></div>\n<script>)', deck_html(), flags=re.S
    )
    assert "<section" in slides
    path = tmp_path_factory.mktemp("deck") / "deck.html"
    path.write_text(before + SLIDES + after, encoding="utf-8")
    return path


def deck_html():
    return make_deck(small_lesson(), "03")


@pytest.fixture(scope="module")
def convolution(tmp_path_factory):
    """The file of a lesson's deck, with widgets that are live."""
    source = next(source for source in rules.LESSONS if source.stem == "03_convolution")
    path = tmp_path_factory.mktemp("lesson") / "03_convolution.html"
    path.write_text(make_deck(rules.stored(source), source.stem), encoding="utf-8")
    return path


def opened(browser, path, size=WALL, **options):
    """A page that shows a deck; it is a context manager, and its faults are those of watched_page."""
    return watched_page(browser, "deck_tools", viewport=dict(zip(("width", "height"), size, strict=True)), **options)


def show(page, place):
    page.evaluate("(place) => Reveal.slide(...place)", place)


def place_of(page):
    return tuple(page.evaluate("[Reveal.getIndices().h, Reveal.getIndices().v ?? 0]"))


def stop_time(page):
    """From now on, the page's time passes only where a test lets it."""
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))


def voice(page):
    return page.locator(".tools-voice").inner_text()


def test_a_timer_runs_pauses_goes_on_elsewhere_and_counts_what_is_over(chromium, deck):  # noqa: F811
    with opened(chromium, deck) as page:
        page.clock.install()
        open_deck(page, deck)
        show(page, EXERCISE)
        stop_time(page)
        start, digits = page.get_by_role("button", name="Start 2 minutes"), page.locator(".timer-digits")
        box = start.bounding_box()
        assert min(box["width"], box["height"]) >= 24 and not digits.is_visible()
        page.keyboard.press("t")
        assert (digits.inner_text(), voice(page)) == ("2:00", "2 minutes left")
        page.clock.run_for(61_000)
        assert (digits.inner_text(), voice(page)) == ("0:59", "1 minute left")
        page.keyboard.press("t")
        page.clock.run_for(30_000)
        assert digits.inner_text() == "0:59"
        page.keyboard.press("t")
        page.keyboard.press("ArrowRight")
        assert place_of(page) == POINTS
        page.clock.run_for(89_000)
        chip = page.locator(".tools-chip")
        assert (chip.inner_text(), voice(page)) == ("Exercise +0:30", "Time is up")
        chip.click()
        assert place_of(page) == EXERCISE and not chip.is_visible()
        assert digits.inner_text() == "+0:30" and page.locator(".timer-over").is_visible()
        page.keyboard.press("Shift+T")
        page.clock.run_for(5_000)
        assert start.is_visible() and not digits.is_visible() and page.locator(".timer-over").is_hidden()
        assert page.faults == []


def test_a_timers_buttons_are_pressed_by_keys_and_turn_no_page(chromium, deck):  # noqa: F811
    with opened(chromium, deck) as page:
        open_deck(page, deck)
        show(page, EXERCISE)
        names = []
        page.locator(".timer button").first.focus()
        for key in ("Space", "Enter"):
            page.keyboard.press(key)
            names.append(page.locator(".timer button:visible").all_inner_texts())
        page.get_by_role("button", name="Reset").press("Space")
        names.append(page.locator(":focus").all_inner_texts())
        assert names == [["Pause"], ["Go on", "Reset"], ["Start 2 minutes"]]
        assert place_of(page) == EXERCISE
        for place in (TITLE, CODE):  # no minutes, no timer
            show(page, place)
            page.keyboard.press("t")
            assert page.locator(".timer:visible, .tools-chip:visible").count() == 0
        assert page.faults == []


def test_the_clock_says_how_far_the_plan_is(chromium, deck):  # noqa: F811
    with opened(chromium, deck) as page:
        page.clock.install()
        open_deck(page, deck)
        stop_time(page)
        clock = page.locator(".tools-clock")
        assert not clock.is_visible()
        page.keyboard.press("c")
        assert clock.inner_text() == "0:00 · plan 0:00 · on time · this section 1 min · 8 min to go"
        page.clock.run_for(50_000)
        assert "0:50 · plan 0:00 · on time" in clock.inner_text()
        page.clock.run_for(200_000)
        assert "4:10 · plan 0:00 · 3 min behind" in clock.inner_text()
        show(page, PICTURE)
        assert clock.inner_text() == "4:10 · plan 3:00 · on time · this section 3 min · 5 min to go"
        page.keyboard.press("Shift+C")
        assert "0:00 · plan 0:00 · on time" in clock.inner_text()
        page.keyboard.press("c")
        assert not clock.is_visible()
        assert page.faults == []


def test_the_clock_begins_when_the_first_page_is_turned(chromium, deck):  # noqa: F811
    with opened(chromium, deck) as page:
        page.clock.install()
        open_deck(page, deck)
        stop_time(page)
        page.clock.run_for(70_000)
        page.keyboard.press("Space")
        page.clock.run_for(30_000)
        page.keyboard.press("c")
        assert page.locator(".tools-clock").inner_text().startswith("0:30 · plan 1:00")


def test_the_speakers_view_shows_the_pace_and_passes_keys_on(chromium, deck):  # noqa: F811
    with opened(chromium, deck, offline=True) as page:
        open_deck(page, deck)
        show(page, EXERCISE)
        with page.expect_popup() as popup:
            page.keyboard.press("s")
        speaker = popup.value
        speaker.locator(".pacing.ahead").wait_for()  # of the minutes planned for the slides before
        speaker.frame_locator("#current-slide iframe").locator("section.slide-exercise.present").wait_for()
        speaker.keyboard.press("t")
        page.get_by_role("button", name="Pause").wait_for()
        assert page.faults == []


def test_the_help_lists_all_keys(chromium, deck):  # noqa: F811
    with opened(chromium, deck) as page:
        open_deck(page, deck)
        page.keyboard.press("Shift+?")
        rows = page.locator(".r-overlay-help-content tr").all_inner_texts()
        keys = [row.split("\t")[0] for row in rows]
        assert {"T", "Shift T", "C", "Shift C", "W", "D", "S"} <= set(keys)
        assert len(keys) == len(set(keys))  # each has one meaning


def stroke(page, points, kind="mouse"):
    """Draw a line through points of the screen with a mouse, a pen or a finger."""
    if kind == "touch":
        touch = page.context.new_cdp_session(page)
        moves = [("touchMove", [point]) for point in points[1:]]
        for name, at in [("touchStart", [points[0]]), *moves, ("touchEnd", [])]:
            touch.send("Input.dispatchTouchEvent", {"type": name, "touchPoints": [{"x": x, "y": y} for x, y in at]})
        return
    pointer = page.context.new_cdp_session(page)
    names = ["mousePressed", *["mouseMoved"] * (len(points) - 1)]
    for name, (x, y) in [*zip(names, points, strict=True), ("mouseReleased", points[-1])]:
        options = {"type": name, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1, "pointerType": kind}
        pointer.send("Input.dispatchMouseEvent", options)


LINE = [(600, 300), (450, 340), (300, 300)]
DRAWN = "section.present > .pen-layer path"


@pytest.mark.parametrize("kind", by_night(["mouse", "pen", "touch"], ["pen"]))
def test_a_pen_draws_on_a_slide_and_turns_no_page(chromium, deck, kind):  # noqa: F811
    with opened(chromium, deck, has_touch=kind == "touch") as page:
        open_deck(page, deck)
        show(page, EXERCISE)
        page.keyboard.press("w")
        assert voice(page) == "Pen on. Escape puts it away."
        stroke(page, LINE, kind)
        box = page.locator(DRAWN).bounding_box()
        assert place_of(page) == EXERCISE
        assert abs(box["x"] - 300) < 6 and abs(box["width"] - 300) < 12 and abs(box["y"] - 300) < 6
        page.keyboard.press("Escape")
        assert not page.evaluate("Reveal.isOverview()") and page.locator(".pen-bar").is_hidden()
        stroke(page, [(x, y + 200) for x, y in LINE], kind)
        assert page.locator(".pen-layer path").count() == 1
        assert place_of(page) == (POINTS if kind == "touch" else EXERCISE)  # a finger turns pages again
        assert page.faults == []


def test_drawings_stay_with_their_slides_at_any_size_and_are_rubbed_out_and_brought_back(chromium, deck):  # noqa: F811
    share = """() => { const [line, slide] = [".present > .pen-layer path", "section.present:not(.stack)"]
            .map((each) => document.querySelector(each).getBoundingClientRect());
        const share = [(line.left - slide.left) / slide.width, (line.top - slide.top) / slide.height];
        return share.map((x) => x.toFixed(2)); }"""
    with opened(chromium, deck) as page:
        open_deck(page, deck)
        show(page, PICTURE)
        page.keyboard.press("w")
        stroke(page, LINE)
        before = page.evaluate(share)
        page.keyboard.press("ArrowRight")
        assert place_of(page) == CODE and page.locator(DRAWN).count() == 0
        stroke(page, LINE)
        stroke(page, [(x, y + 100) for x, y in LINE])
        page.set_viewport_size({"width": 1024, "height": 768})
        show(page, PICTURE)
        assert page.locator(DRAWN).count() == 1 and page.evaluate(share) == before
        page.set_viewport_size({"width": 1280, "height": 720})
        show(page, CODE)
        counts = []
        for action in ("Erase", None, "Undo", "Clear", "Undo", "Undo", "Undo", "Undo"):
            if action:
                page.get_by_role("button", name=action).click()
            else:
                stroke(page, [(440, 400), (450, 450)])  # across the second line
            counts.append(page.locator(DRAWN).count())
        assert counts == [2, 1, 2, 0, 2, 1, 0, 0]
        page.get_by_role("button", name="Green").click()
        stroke(page, LINE)
        assert page.locator(DRAWN).evaluate("(line) => getComputedStyle(line).stroke") == "rgb(0, 158, 115)"
        page.keyboard.press("Control+z")
        assert page.locator(DRAWN).count() == 0 and page.faults == []


def test_the_pens_bar_is_reached_by_keys_and_pages_turn_meanwhile(chromium, deck):  # noqa: F811
    with opened(chromium, deck) as page:
        open_deck(page, deck)
        show(page, QUESTION)
        page.keyboard.press("w")
        erase = page.get_by_role("button", name="Erase")
        for _ in range(30):
            page.keyboard.press("Tab")
            if erase.evaluate("(button) => button === document.activeElement"):
                break
        page.keyboard.press("Space")
        assert erase.get_attribute("aria-pressed") == "true" and place_of(page) == QUESTION
        page.keyboard.press("PageDown")  # shows the answer
        page.keyboard.press("PageDown")
        assert place_of(page) == PICTURE
        page.get_by_role("button", name="Done").press("Enter")
        assert page.locator(".pen-bar").is_hidden()


def test_links_below_a_drawing_work_when_the_pen_is_away(chromium, deck):  # noqa: F811
    with opened(chromium, deck) as page:
        open_deck(page, deck)
        show(page, QUESTION)
        box = page.get_by_role("link", name="On").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.keyboard.press("w")
        stroke(page, [(x - 100, y), (x, y), (x + 100, y)])
        assert place_of(page) == QUESTION and page.locator(DRAWN).count() == 1
        page.keyboard.press("w")
        page.mouse.click(x, y)
        page.wait_for_function("Reveal.getIndices().h === 2")


CONTRAST = """(element) => {
    const light = (color) => color.match(/[\\d.]+/g).slice(0, 3).map((c) => c / 255)
        .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0.05);
    const paper = light(getComputedStyle(document.querySelector(".reveal-viewport")).backgroundColor);
    const { outlineColor, outlineStyle, outlineWidth, opacity } = getComputedStyle(element), ring = light(outlineColor);
    return outlineStyle === "none" || opacity < 1 || parseFloat(outlineWidth) < 2 ? 0
        : Math.max(ring, paper) / Math.min(ring, paper);
}"""


@pytest.mark.parametrize("scheme", by_night(["light", "dark"], ["dark"]))
def test_whoever_moves_by_tab_sees_where_they_are(chromium, deck, scheme):  # noqa: F811
    with opened(chromium, deck, color_scheme=scheme) as page:
        open_deck(page, deck)
        show(page, QUESTION)
        page.keyboard.press("w")
        seen = {}
        for _ in range(30):
            page.keyboard.press("Tab")
            for focused in page.locator("button:focus, a:focus").all():
                name = focused.get_attribute("aria-label") or focused.inner_text()
                seen[name] = focused.evaluate(CONTRAST)
        assert {"next slide", "previous slide", "On", "Erase"} <= set(seen) and "" not in seen
        assert min(seen.values()) >= 3, seen


def test_a_screen_reader_is_told_what_is_there_and_not_what_is_to_come(chromium, deck):  # noqa: F811
    with opened(chromium, deck) as page:
        open_deck(page, deck)
        status = page.locator(".aria-status")

        def told(last):
            said = "(last) => document.querySelector('.aria-status').innerText.includes(last)"
            page.wait_for_function(said, arg=last)
            return status.locator("p").all_inner_texts()

        assert told("A small lesson") == ["A small lesson"]
        show(page, QUESTION)
        assert told("How small") == ["How small is it?", "Smaller than one half ? On"]
        page.keyboard.press("Space")
        assert told("Yes") == ["Yes, it is."]
        show(page, PICTURE)
        assert told(ALT) == ["How small is it?", ALT]
        show(page, CODE)
        assert told("print") == ["In code", "print(1)"]
        show(page, EXERCISE)
        assert told("Find") == ["2 minutes", "Exercise: smaller", "Find something smaller."]
        assert status.get_attribute("aria-live") == "polite"


STATES = {
    "title": (TITLE, ""),
    "question": (QUESTION, ""),
    "picture": (PICTURE, "w"),
    "code": (CODE, "c"),
    "exercise": (EXERCISE, "tcw"),
    "elsewhere": (POINTS, "cw"),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(chromium, deck, scheme):  # noqa: F811
    with opened(chromium, deck, color_scheme=scheme) as page:
        open_deck(page, deck)
        found = []
        for name, (place, keys) in STATES.items():
            show(page, place)
            for key in keys:
                page.keyboard.press(key)
            found += [(name, each["id"], each["nodes"]) for each in Axe().run(page).response["violations"]]
            for key in keys.replace("t", ""):  # the timer goes on
                page.keyboard.press(key)
        page.set_viewport_size({"width": 320, "height": 640})
        page.wait_for_function("document.documentElement.classList.contains('reading')")
        found += [("to read", each["id"], each["nodes"]) for each in Axe().run(page).response["violations"]]
        assert found == [] and page.faults == []


READ = """() => {
    const hasText = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    const texts = [...document.querySelectorAll(".slides *")].filter((e) => hasText(e)
        && e.checkVisibility({ opacityProperty: true }) && !e.closest("aside, .cnn-live, svg, option"));
    const words = (e) => `${e.tagName} ${e.className} ${e.textContent.trim().slice(0, 40)}`;
    const wrong = document.documentElement.scrollWidth > innerWidth ? ["the page scrolls sideways"] : [];
    for (const e of texts) {
        const range = document.createRange();
        range.selectNodeContents(e);
        const box = range.getBoundingClientRect(), size = parseFloat(getComputedStyle(e).fontSize);
        const outer = e.closest("table, .formula");  // which scrolls within its box
        if (box.width && !outer && box.left < 12) wrong.push(`edge: ${words(e)}`);
        if (!outer && e.matches("p, li, h2, pre, .line") && e.getBoundingClientRect().right > innerWidth)
            wrong.push(`cut: ${words(e)}`);
        if (size < (e.closest("pre, code, .cnn") ? 13 : 16)) wrong.push(`${size} px: ${words(e)}`);
    }
    for (const e of document.querySelectorAll(".slides img, .slides canvas"))
        if (e.getBoundingClientRect().right > innerWidth) wrong.push(`cut: ${words(e)}`);
    return [texts.length, wrong];
}"""


@pytest.mark.parametrize("size", [PHONE, ENLARGED], ids=["phone", "400 %"])
def test_a_deck_is_read_on_a_phone_and_enlarged(chromium, convolution, size):  # noqa: F811
    with opened(chromium, convolution, size) as page:
        page.goto(convolution.as_uri() + "#/slide-40")
        top = "Reveal.getSlides()[39].getBoundingClientRect().top"
        page.wait_for_function(f"document.documentElement.classList.contains('reading') && Math.abs({top}) < 9")
        page.evaluate("document.querySelectorAll('.reading-more').forEach((button) => button.click())")
        n_texts, wrong = page.evaluate(READ)
        assert n_texts > 300 and wrong == []
        assert page.locator(".slides section:is([aria-hidden], [hidden])").count() == 0
        kernel = page.locator(".cnn-kernel").first
        kernel.get_by_label("Kernel", exact=True).select_option("all ones")
        assert "the edge is blurred" in kernel.inner_text()
        assert page.faults == []


def wait_for_frames(page):
    """Wait until all that waits for the page's next frame is done: what scrolls, and what is heard of it."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def in_view(page):
    """The text with which the slide at the top of the screen begins."""
    return page.evaluate("document.elementFromPoint(100, 60).closest('section').innerText.trim()")


def test_what_is_read_opens_where_the_address_says_and_goes_back_to_slides_there(chromium, deck):  # noqa: F811
    with opened(chromium, deck, (360, 200)) as page:
        page.goto(deck.as_uri() + "#/3")
        page.wait_for_function("document.documentElement.classList.contains('reading') && scrollY > 0")
        assert in_view(page).startswith("2 minutes")
        page.get_by_role("button", name="Start 2 minutes").click()
        assert page.get_by_role("button", name="Pause").is_visible()
        page.keyboard.press("Space")  # scrolls, or presses the button
        assert place_of(page) == EXERCISE
        assert not page.get_by_text("Yes, it is.").is_visible()
        page.get_by_role("button", name="Show what comes").first.click()
        assert page.get_by_text("Yes, it is.").is_visible()
        page.get_by_role("link", name="On").click()
        page.wait_for_function("Math.abs(document.querySelector('.slide-code').getBoundingClientRect().top) < 9")
        wait_for_frames(page)  # a link's slide is shown once more in the next one
        page.evaluate("document.querySelector('.slide-picture').scrollIntoView()")
        wait_for_frames(page)
        page.set_viewport_size({"width": 1280, "height": 720})
        page.wait_for_function("!document.documentElement.classList.contains('reading')")
        assert place_of(page) == PICTURE and page.locator(".slides section.slide-title").is_hidden()
        page.keyboard.press("ArrowRight")
        assert place_of(page) == CODE and page.faults == []


def test_nothing_moves_where_less_motion_is_asked_for(chromium, deck):  # noqa: F811
    moving = """[...document.querySelectorAll('.reveal *')].filter((e) => ["", "::before"].some((part) => {
        const { animationName, transitionDuration } = getComputedStyle(e, part);
        return animationName !== "none" || !/^0s(, 0s)*$/.test(transitionDuration); })).length"""
    with opened(chromium, deck, reduced_motion="reduce") as page:
        open_deck(page, deck)
        assert page.evaluate(moving) == 0


def test_no_tool_is_printed(chromium, deck):  # noqa: F811
    tools = ".timer, .tools-foot, .pen-bar, .pen-open, .pen-layer, .reading-more"
    with opened(chromium, deck) as page:
        page.goto(f"{deck.as_uri()}?print-pdf")
        page.wait_for_selector(".pdf-page")
        assert page.locator(tools).count() == 0
        open_deck(page, deck)
        show(page, EXERCISE)
        for key in "tcw":
            page.keyboard.press(key)
        stroke(page, LINE)
        assert page.locator(f":is({tools}):visible").count() > 3
        page.emulate_media(media="print")
        assert page.locator(f":is({tools}):visible").count() == 0
