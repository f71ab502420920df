"""The walker of descent.js in a real browser: its steps are Keras's, and it is told, seen and moved as it should be."""

import io
import re
from contextlib import contextmanager

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from in_browser import chromium, watched_page  # noqa: F401  chromium is a fixture
from lesson_rules import lesson_functions
from PIL import Image

from course_utils import data
from course_utils.widgets.descent import OPTIMIZERS, DescentView
from course_utils.widgets.stage import HERE, read_module, read_style, script_for_page

pytestmark = [pytest.mark.slow, pytest.mark.numbers]

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
HEAD = '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>descent</title>'
# A page that hears what a kernel would be told.
TELLING = f"""{HEAD}<style>{read_style("descent")}</style><div id="here"></div>
<script type="module">{read_module(HERE / "descent" / "descent.js")}
window.make = (state) => {{
  const element = document.querySelector("#here");
  window.widget = mountDescent(element, state, async (kind, content, [places]) => {{
    window.told = {{ kind, ...content, places: [...new Float64Array(places)] }};
  }});
}};
</script>"""


@pytest.fixture(scope="module")
def images():
    """The ink in the middle of the zeros and ones of lesson 5, and which are ones."""
    (pixels, digits), _ = data.load_mnist()
    chosen = np.flatnonzero(digits < 2)[:2000]
    return data.prepare_images(pixels[chosen])[:, 12:16, 12:16].mean(axis=(1, 2, 3)), digits[chosen] == 1


def page_of(view):
    """A page without a kernel, which runs what stands beside the stored picture."""
    style = f":root {{ color-scheme: light dark }} {read_style('descent')}"
    picture = view._encode_picture()["text/html"]
    script = f'<script type="module">{script_for_page("descent")}</script>'
    return f"{HEAD}<style>{style}</style><main><h1>Descent</h1>{picture}</main>{script}"


@contextmanager
def descent_page(browser, name, view, **options):
    """A page with the widget, by default one where Run needs no time."""
    options = {"viewport": {"width": 1000, "height": 800}, "reduced_motion": "reduce"} | options
    with watched_page(browser, f"descent_{name}", **options) as page:
        page.set_content(page_of(view))
        page.locator(".cnn-descent-here", has_text="w = ").wait_for()
        yield page
        assert page.faults == []


def press(page, name):
    page.get_by_role("button", name=re.compile(f"^{name}")).click()


def words(page, name):
    return " ".join(page.locator(f".cnn-descent-{name}").inner_text().split())


def map_of(page):
    return page.get_by_role("application", name="Map of the loss")


def picture_of(page):
    return Image.open(io.BytesIO(map_of(page).screenshot())).convert("RGB")


def spot(page, w, b):
    """Where a place of the map is on the canvas, in pixels: the area begins 54 from the left and 8 from the top."""
    box = map_of(page).bounding_box()
    return {"x": 54 + (box["width"] - 64) * (w + 8) / 36, "y": 8 + (box["height"] - 54) * (6 - b) / 20}


# ---- the same steps as Keras's, as lesson 5's, and as Python's


@pytest.fixture(scope="module")
def telling(chromium):  # noqa: F811
    with watched_page(chromium, "descent_telling", viewport={"width": 1000, "height": 800}) as page:
        page.set_content(TELLING)
        yield page


def walked(page, view, n_steps):
    """The places of a walk of the browser, an array of shape (n_steps + 1, 2)."""
    page.evaluate("state => make(state)", view._state() | {"nSteps": n_steps})
    told = page.evaluate("told")
    assert told["nSteps"] == n_steps and told["optimizer"] == view.optimizer
    return np.reshape(told["places"], (-1, 2))


def keras_walk(view, n_steps, **betas):
    """The same by an optimizer of Keras on a variable of float64; gradients by the formula of lesson 5, in NumPy."""
    import keras

    rate, optimizers = view.learning_rate, keras.optimizers
    optimizer = {
        "gradient descent": lambda: optimizers.SGD(rate),
        "momentum": lambda: optimizers.SGD(rate, momentum=view.momentum),
        "RMSprop": lambda: optimizers.RMSprop(rate),
        "Adam": lambda: optimizers.Adam(rate, **betas),
    }[view.optimizer]()
    variable = keras.Variable(view.start, dtype="float64")
    places, n = [variable.numpy()], len(view._counts)
    for step in range(n_steps):
        first = step * view.batch_size % (view.batch_size * -(-n // view.batch_size))
        batch = slice(first, first + view.batch_size)
        x, y = view._counts[batch] / 4080, view._is_one[batch]
        error = 1 / (1 + np.exp(-(places[-1][0] * x + places[-1][1]))) - y
        gradient = keras.ops.convert_to_tensor([(error * x).mean(), error.mean()], dtype="float64")
        optimizer.apply([gradient], [variable])
        places.append(variable.numpy())
    return np.array(places)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("size", [2000, 64])
def test_thirty_steps_are_those_of_keras(telling, images, optimizer, size):
    for start, rate in (((0, 0), 4.0), ((-6, 3.5), 0.5), ((20, -12), 16.0)):
        view = DescentView(*images, optimizer=optimizer, learning_rate=rate, batch_size=size, start=start)
        # Keras rounds Adam's betas to float32 where it takes their powers, if they are numbers of Python's own; with
        # 1 - 0.999, that changes the first step by 7 millionths.
        exact = {"beta_1": np.float64(0.9), "beta_2": np.float64(0.999)} if optimizer == "Adam" else {}
        ours, theirs = walked(telling, view, 30), keras_walk(view, 30, **exact)
        assert np.abs(theirs[-1] - theirs[0]).max() > 1, "they walk"
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-6)
        if optimizer == "Adam":
            np.testing.assert_allclose(ours, keras_walk(view, 30), atol=2e-5 * rate * 30)
        np.testing.assert_allclose(ours, view._walk(30), rtol=1e-9, atol=1e-9)


def test_an_epoch_ends_with_what_is_left_and_the_next_begins_with_the_first_image(telling, images):
    x, is_one = (values[:150] for values in images)
    view = DescentView(x, is_one, batch_size=64, optimizer="momentum", momentum=0.5)  # 64, 64 and 22 images
    np.testing.assert_allclose(walked(telling, view, 8), keras_walk(view, 8), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(walked(telling, view, 8), view._walk(8), rtol=1e-12)


@pytest.mark.parametrize(
    ("rate", "size", "n_epochs"), [(0.2, 2000, 60), (5, 2000, 60), (80, 2000, 60), (5, 64, 1), (5, 4, 1)]
)
def test_the_walks_are_those_of_lesson_5(telling, images, rate, size, n_epochs):
    lesson = lesson_functions("05_training")
    lesson |= {"x": images[0], "y": data.one_hot(images[1].astype("uint8"))[:, :2]}
    for name in ("walk", "loss_and_gradient"):
        lesson[name].__globals__.update(lesson)
    places, losses = lesson["walk"](lesson["gradient_descent"](rate), n_epochs, size)
    view = DescentView(*images, learning_rate=rate, batch_size=size)
    ours = walked(telling, view, len(places) - 1)
    np.testing.assert_allclose(ours, places, rtol=1e-5, atol=1e-5)  # the lesson's ink is float32
    view._places = ours
    np.testing.assert_allclose(view.losses, losses, rtol=1e-5)


def test_numbers_too_large_end_the_walk_and_break_nothing(telling, images):
    telling.evaluate("state => make(state)", DescentView(*images)._state() | {"learningRate": 1e308, "nSteps": 0})
    for _ in range(5):
        map_of(telling).press("Enter")
    assert words(telling, "next").startswith("The numbers have grown too large to go on")
    assert telling.evaluate("told.places") == [0, 0]
    for name in ("Step", "Run"):
        button = telling.get_by_role("button", name=re.compile(name))
        assert button.get_attribute("aria-disabled") == "true"
    assert "∞" not in telling.locator("#here").inner_text() and telling.faults == []


# ---- what is told


def test_a_large_rate_leaves_the_map_and_it_is_told_where_and_why(chromium, images):  # noqa: F811
    with descent_page(chromium, "large", DescentView(*images, learning_rate=80)) as page:
        assert words(page, "here") == "At the start: w = 0, b = 0, loss 0.69."
        assert (
            words(page, "next")
            == "The next step is 12.9 long and crosses the valley: the loss rises from 0.69 to 1.81."
        )
        assert words(page, "why") == (
            "The length is learning rate × gradient = 80 × 0.16. "
            "The gradient tells which way is down here; it does not see the other side of the valley, which is higher. "
            "With a learning rate of 20, this step would land lower."
        )
        press(page, "Step")
        press(page, "Step")
        assert re.fullmatch(
            r"After 2 steps: w = 9\.4\d?, b = −3[23]\.\d+, loss 14\.\d\. "
            "The walker is outside the map: the arrow at the edge points there.",
            words(page, "here"),
        )
        at = spot(page, 9.45, -13.4)
        assert picture_of(page).getpixel((round(at["x"]), round(at["y"]) - 4)) == (0, 0x72, 0xB2), (
            "the arrow at the edge"
        )
        page.get_by_role("status").filter(has_text="After 2 steps").wait_for(state="attached")
        press(page, "Back")
        assert words(page, "here").startswith("At the start")
        at = spot(page, *np.array([12.55, 2.85]) / 3)  # a third of the way of the first step
        page.get_by_label("Learning rate").fill("8")
        seen = picture_of(page).getpixel((round(at["x"]), round(at["y"])))
        assert seen == pytest.approx((0x56, 0xB4, 0xE9), abs=30), "the walk before"
        assert words(page, "before") == "before: gradient descent, learning rate 80, all 2,000 images"


def test_the_words_fit_the_step(chromium, images):  # noqa: F811
    with descent_page(chromium, "words", DescentView(*images)) as page:
        press(page, "Run")
        assert re.match(r"After 60 steps: w = 9\.1\d?, b = −3\.2\d?, loss 0\.16", words(page, "here"))
        assert re.match("The gradient is small here: the next step is only 0.05", words(page, "next"))
        assert "its floor is almost level" in words(page, "why")
        label = page.get_by_role("img", name="Loss against the step").get_attribute("aria-label")
        assert "60 steps, from 0.69 to 0.16, 0.69 at most" in " ".join(label.split())
        page.get_by_label("Optimizer").select_option("RMSprop")
        assert words(page, "next").startswith(
            "The next step is 22.4 long and crosses the valley, out of the map: the loss rises"
        )
        assert "w moves by 15.8, b by 15.8" in words(page, "why") and "out of the map" in words(page, "next")
        page.get_by_label("Optimizer").select_option("momentum")
        assert words(page, "why").startswith("There is no step before it yet: the length is learning rate × gradient")
        press(page, "Step")
        assert words(page, "why").startswith("It is 0.9 times the step before")
        page.get_by_role("slider", name="Momentum").fill("5")  # the sixth value
        assert words(page, "now") == "momentum 0.99, learning rate 5, all 2,000 images"
        page.get_by_label("Optimizer").select_option("Adam")
        assert "w moves by 5, b by 5" in words(page, "why") and page.get_by_role("slider", name="Momentum").is_hidden()
        page.get_by_label("Optimizer").select_option("gradient descent")
        page.get_by_label("Batch size").select_option("4")
        uphill = re.compile("begins uphill, misled by the images of its batch: the loss (rises|stays)")
        for _ in range(30):
            press(page, "Step")
            if uphill.search(words(page, "next")):
                break
        else:
            pytest.fail("a batch of 4 never errs")
        press(page, "Back")
        page.get_by_role("button", name="Run 500 steps").click()
        assert words(page, "here").startswith("After 500 steps")
        for _ in range(9):
            press(page, "Run")
        assert words(page, "here").startswith("After 5,000 steps")
        assert words(page, "next") == "5,000 steps are enough: go back to the start, and change something."


# ---- what is moved


def test_it_is_moved_by_mouse_and_the_kernel_is_told(telling, images):
    telling.evaluate("state => make(state)", DescentView(*images)._state())
    press(telling, "Step")
    map_of(telling).click(position=spot(telling, 10, -5))
    told = telling.evaluate("told")
    assert told["kind"] == "change" and told["start"] == pytest.approx([10, -5], abs=0.11) and told["nSteps"] == 0
    assert told["start"] == np.round(told["start"], 1).tolist() == told["places"]
    assert told["before"]["start"] == [0, 0] and told["before"]["nSteps"] == 1
    telling.get_by_label("Learning rate").fill("0")
    assert telling.evaluate("told.learningRate") == 0.01
    map_of(telling).hover(position=spot(telling, 0, 0))
    telling.mouse.down()
    map_of(telling).hover(position=spot(telling, 20, 2))
    telling.mouse.up()
    assert telling.evaluate("told.start") == pytest.approx([20, 2], abs=0.11)
    map_of(telling).hover(position=spot(telling, 4, 1))
    assert telling.evaluate("told.start") == pytest.approx([20, 2], abs=0.11), (
        "a mouse that is not pressed moves nothing"
    )
    telling.evaluate("widget.tell('The kernel has stopped.')")
    assert telling.get_by_role("alert").inner_text() == "The kernel has stopped."
    view = DescentView(*images)
    view._answer("change", told, [np.array(told["places"]).tobytes()])
    telling.evaluate("state => make(state)", view._state())  # after a reload, as it was before
    assert telling.evaluate("told") == told and telling.faults == []


def test_it_runs_and_stops(telling, images):
    telling.evaluate("state => make(state)", DescentView(*images)._state())
    press(telling, "Run")
    telling.locator(".cnn-descent-here", has_text=re.compile("After ([3-9]|[1-5][0-9]) steps")).wait_for()
    assert telling.evaluate("told.nSteps") == 0, "told when it rests"
    press(telling, "Stop")
    n = telling.evaluate("told.nSteps")
    assert 3 <= n < 60 and words(telling, "here").startswith(f"After {n} steps")
    telling.wait_for_timeout(300)
    assert words(telling, "here").startswith(f"After {n} steps")
    press(telling, "Run")
    telling.locator(".cnn-descent-here", has_text=f"After {n + 60} steps").wait_for()
    assert telling.evaluate("told.nSteps") == n + 60
    assert telling.get_by_role("button", name="Run 60 steps").is_visible()
    press(telling, "Run")
    telling.get_by_label("Batch size").select_option("64")
    assert telling.evaluate("told.nSteps") == 0 and telling.evaluate("told.batchSize") == 64
    telling.wait_for_timeout(300)
    assert words(telling, "here").startswith("At the start") and telling.faults == []


def test_keys_alone_reach_all(chromium, images):  # noqa: F811
    with descent_page(chromium, "keys", DescentView(*images)) as page:
        reached = []
        for _ in range(7):
            page.keyboard.press("Tab")
            reached.append(
                page.evaluate("document.activeElement.labels?.[0]?.firstChild.data ?? document.activeElement.innerText")
            )
            if reached[-1] in ("Step", "Run 60 steps", "Back"):
                page.keyboard.press("Space")
            elif reached[-1] == "Learning rate":
                page.keyboard.press("ArrowRight")
            elif reached[-1] != "Batch size":
                page.keyboard.press("ArrowDown")
        assert reached == ["Step", "Run 60 steps", "Back", "Optimizer", "Learning rate", "Momentum", "Batch size"]
        assert words(page, "now").startswith("momentum 0.8, learning rate 10")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.dataset.is") == "map"
        for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowDown"):
            page.keyboard.press(key)
        assert words(page, "here").startswith("At the start: w = 1, b = −2")
        for key in ("Enter", "Space"):
            page.keyboard.press(key)
        assert words(page, "here").startswith("After 2 steps")
        for _ in range(20):
            page.keyboard.press("Shift+ArrowLeft")
        assert words(page, "here").startswith("At the start: w = −8, b = −2"), "it stays on the map"
        page.get_by_role("status").filter(has_text="At the start").wait_for(state="attached")


def test_a_tap_is_a_start_and_a_finger_can_scroll(chromium, images):  # noqa: F811
    options = {"has_touch": True, "is_mobile": True, "viewport": {"width": 320, "height": 500}}
    with descent_page(chromium, "touch", DescentView(*images), **options) as page:
        at = spot(page, 15, -10)
        map_of(page).tap(position=at)
        start = re.match(r"At the start: w = ([\d.]+), b = −([\d.]+)", words(page, "here"))
        assert [float(value) for value in start.groups()] == pytest.approx([15, 10], abs=0.3)
        page.get_by_role("button", name="Step").first.tap()
        assert words(page, "here").startswith("After 1 step:")
        page.evaluate("scrollTo(0, 0)")
        box, protocol = map_of(page).bounding_box(), page.context.new_cdp_session(page)
        for kind, way in [("Start", 0), *[("Move", way) for way in range(20, 161, 20)], ("End", None)]:
            finger = [] if way is None else [{"x": box["x"] + 150, "y": box["y"] + 200 - way}]
            protocol.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": finger})
        page.wait_for_function("scrollY > 100")
        assert words(page, "here").startswith("After 1 step:")


# ---- where it is seen


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1000, "light")])
def test_it_fits_and_keeps_nobody_out(chromium, images, scheme, width):  # noqa: F811
    view = DescentView(*images, learning_rate=50, optimizer="momentum", batch_size=64)
    options = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    with descent_page(chromium, f"{scheme}_{width}", view, **options) as page:
        press(page, "Step")
        press(page, "Back")
        press(page, "Step")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        found = Axe().run(page, options=WCAG).response["violations"]
        assert [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]] == []


def test_in_high_contrast_the_map_and_the_legend_are_seen(chromium, images):  # noqa: F811
    with descent_page(chromium, "contrast", DescentView(*images), forced_colors="active", color_scheme="dark") as page:
        press(page, "Step")
        shot = picture_of(page)
        dark, light = (spot(page, *place) for place in ((-7, -13), (20, -9)))
        grays = [shot.getpixel((round(at["x"]), round(at["y"]))) for at in (dark, light)]
        assert grays[0][0] < 180 and grays[1][0] > 240, "darker where it is higher"
        swatch = "getComputedStyle(document.querySelector('.cnn-descent-now'), '::before').borderTopColor"
        assert page.evaluate(swatch) == "rgb(0, 114, 178)"


def test_it_works_from_a_file_without_a_network(chromium, images, tmp_path):  # noqa: F811
    file = tmp_path / "page.html"
    file.write_text(page_of(DescentView(*images)), encoding="utf-8")
    with watched_page(chromium, "descent_file", offline=True) as page:
        page.goto(file.as_uri())
        press(page, "Step")
        assert words(page, "here").startswith("After 1 step:") and page.faults == []
        assert page.locator("cnn-widget img").count() == 0


def test_without_scripts_the_picture_stands_in_its_place(chromium, images):  # noqa: F811
    with watched_page(chromium, "descent_picture", java_script_enabled=False) as page:
        page.set_content(page_of(DescentView(*images)))
        assert "A walker takes 60 steps on all 2,000 images at once" in page.get_by_role("img").get_attribute("alt")
