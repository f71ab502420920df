"""The look into a network in a real browser, in a page without a kernel: what it computes, shows, says, and lets do."""

import base64
import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from in_browser import chromium, watched_page  # noqa: F401  chromium is a fixture
from widget_pages import is_too_wide, page_of, widget_page

from course_utils import handwriting, networks
from course_utils._tensorflow import keras
from course_utils.widgets.layers import LayersView
from course_utils.widgets.layers.model import compute_layers, read_model
from course_utils.widgets.stage import HERE, read_module, read_style

pytestmark = pytest.mark.slow

L = keras.layers
SEVEN = [(80, 70), (200, 70), (120, 230)]
FOUR = [[(100, 60), (80, 150), (190, 150)], [(170, 60), (160, 235)]]
# A page that keeps what the widget tells a kernel, what it writes on its canvases, and when it has read an image.
WATCHED = f"""<!doctype html><html lang="en"><title>layers</title><style>{read_style("layers")}</style>
<div id="paper"></div><div id="widget"></div>
<script type="module">{read_module(HERE / "layers" / "layers.js")}
Object.assign(window, {{ runLayers, prepareDigit, createPaper, told: [], texts: [], nRead: 0 }});
document.querySelector("#paper").innerHTML = PAPER;
window.paper = createPaper(document.querySelector("#paper"), {{ onChange: () => {{}}, speak: () => {{}} }});
const {{ fillText }} = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.fillText = function (words, ...place) {{
  window.texts.push([this.canvas.dataset.is, words]);
  fillText.call(this, words, ...place);
}};
window.mount = (state, weights) => {{
  const bytes = Uint8Array.from(atob(weights), (letter) => letter.charCodeAt(0));
  window.network = [state.description, new Float32Array(bytes.buffer)];
  const element = document.createElement("cnn-widget");
  document.querySelector("#widget").replaceChildren(element);
  element.addEventListener("read", () => (window.nRead += 1));
  const ask = async (kind, content, buffers) => window.told.push([kind, [...new Float32Array(buffers[0])]]);
  mountLayers(element, {{ ...state, buffers: [bytes] }}, ask);
}};
</script></html>"""


@pytest.fixture(scope="module")
def seed():
    return networks.load_seed_network()


@pytest.fixture(scope="module")
def view(seed):
    return LayersView(seed)


@pytest.fixture
def page(chromium, view, tmp_path):  # noqa: F811
    with widget_page(chromium, view, tmp_path, has_touch=True) as page:
        yield page


@pytest.fixture(scope="module")
def watched(chromium):  # noqa: F811
    with watched_page(chromium, "layers_watched", viewport={"width": 1100, "height": 900}) as page:
        page.set_content(WATCHED)
        yield page
        assert page.faults == []


def mount(page, view):
    page.evaluate("([state, weights]) => mount(state, weights)", [view._state(), encode(view._buffers()[0])])


def encode(numbers):
    return base64.b64encode(numbers).decode()


def settle(page):
    """Wait until what was drawn is read, and painted."""
    page.wait_for_function("!document.querySelector('[data-waiting]')")
    page.evaluate(
        "() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))))"
    )


def draw(page, *strokes, paper="cnn-widget .cnn-paper"):
    canvas = page.locator(paper)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    for points in strokes:
        page.mouse.move(box["x"] + points[0][0], box["y"] + points[0][1])
        page.mouse.down()
        for x, y in points[1:]:
            page.mouse.move(box["x"] + x, box["y"] + y, steps=8)
        page.mouse.up()
    settle(page)


def shares(page):
    """The probabilities that the bars show."""
    return page.evaluate(
        "[...document.querySelectorAll('cnn-widget [role=meter] div')].map((bar) => parseFloat(bar.style.width) / 100)"
    )


def answer(page):
    return page.locator(".cnn-layers-answer").inner_text()


def words_of(page):
    """The sentence about the number that is looked into."""
    return page.locator(".cnn-layers-sum").inner_text().replace("−", "-")


def maps(page, name):
    return page.locator(f'.cnn-maps[aria-label^="{name}:"]')


def press(page, name, shape, cell):
    """Press a number of a layer: a cell [row, column, map] of its shape."""
    rows, columns, channels = shape
    canvas = maps(page, name)
    side = 112 if channels <= 3 else 56 if channels <= 16 else 44 if channels <= 64 else 28
    per_row = min(channels, int((canvas.bounding_box()["width"] + 4) // (side + 4)))
    left, top = cell[2] % per_row * (side + 4), cell[2] // per_row * (side + 4)
    canvas.click(position={"x": left + (cell[1] + 0.5) * side / columns, "y": top + (cell[0] + 0.5) * side / rows})


WORDS = {"InputLayer": "input", "Conv2D": "conv", "MaxPooling2D": "pool", "Dense": "dense"}


def names_of(model):
    """The names that are shown: those of the lessons, such as conv 1, for the names that Keras makes."""
    layers = read_model(model)[0]["layers"]
    words, shown = [WORDS.get(layer["kind"], layer["kind"]) for layer in layers], []
    for i, layer in enumerate(layers):
        is_keras = re.sub(r"_\d+$", "", layer["name"]).replace("_", "") == layer["kind"].lower()
        number = f" {words[: i + 1].count(words[i])}" if words.count(words[i]) > 1 else ""
        shown.append(words[i] + number if is_keras else layer["name"])
    return shown


def residual():
    keras.utils.set_random_seed(0)
    photo = keras.Input((32, 32, 3), name="photo")
    first = L.Conv2D(8, 3, padding="same", activation="relu", name="first")(photo)
    total = L.Add(name="total")([first, L.Conv2D(8, 3, padding="same", name="second")(first)])
    own = L.DepthwiseConv2D(3, padding="same", activation="tanh", name="own")(L.ReLU(name="positive")(total))
    both = L.Concatenate(name="both")([total, own, photo])
    mean = L.GlobalAveragePooling2D(name="mean")(both)
    return keras.Model(photo, L.Dense(4, activation="softmax", name="answer")(mean))


def large():
    """15 layers, for images of 64 × 64 pixels in color and 30 classes."""
    keras.utils.set_random_seed(0)
    layers = [keras.Input((64, 64, 3)), L.Rescaling(1 / 255)]
    for n_filters in (16, 32, 64):
        layers += [L.Conv2D(n_filters, 3, padding="same"), L.BatchNormalization(), L.ReLU(), L.MaxPooling2D()]
    return keras.Sequential([*layers, L.GlobalAveragePooling2D(), L.Dense(30, activation="softmax")])


# ---- what it computes


@pytest.mark.numbers
def test_the_bars_are_kerass_probabilities_for_each_image_that_is_chosen(page, view, seed):
    for index, image in enumerate(view._images):
        page.get_by_label("Image").select_option(f"{index}")
        expected = np.asarray(seed(image[None] / np.float32(255)))[0]
        page.get_by_text(f"“a {index}” is read as {expected.argmax()}").first.wait_for()
        assert shares(page) == pytest.approx(expected.tolist(), abs=1e-5)
        assert [int(meter.get_attribute("aria-valuenow")) for meter in page.get_by_role("meter").all()] == [
            round(100 * share) for share in shares(page)
        ]


@pytest.mark.numbers
@pytest.mark.parametrize("strokes", [[SEVEN], FOUR], ids=["7", "4"])
def test_all_layers_give_of_a_drawing_what_they_give_in_keras(watched, view, seed, strokes):
    mount(watched, view)
    watched.evaluate("window.told = []")
    draw(watched, *strokes)
    kind, image = watched.evaluate("told.at(-1)")
    image = np.array(image, "float32").reshape(28, 28, 1)
    assert kind == "draw" and image.max() == 1
    expected = compute_layers(seed, image)
    ours = watched.evaluate("(image) => runLayers(...network, image).map((map) => [...map])", image.ravel().tolist())
    for one, other in zip(ours, expected, strict=True):
        np.testing.assert_allclose(np.reshape(one, other.shape), other, rtol=0, atol=1e-5 * abs(other).max())
    assert shares(watched) == pytest.approx(expected[-1].tolist(), abs=1e-5)
    assert answer(watched).startswith(f"Your drawing is read as {7 if strokes == [SEVEN] else 4}, ")


@pytest.mark.numbers
@pytest.mark.parametrize(
    "strokes",
    [[SEVEN], FOUR, [[(20, 20), (60, 20)]], [[(140, 20), (140, 260)]], [[(30, 200), (31, 200)]]],
)
def test_a_drawing_is_prepared_as_python_prepares_it(watched, strokes):
    watched.evaluate("document.querySelector('#paper [data-do=clear]').click()")
    draw(watched, *strokes, paper="#paper .cnn-paper")
    drawing, ours = watched.evaluate("[[...paper.drawing()], [...prepareDigit(paper.drawing())]]")
    expected = handwriting.prepare(np.array(drawing, np.uint8).reshape(280, 280))
    differences = abs(np.reshape(ours, (28, 28)) - expected)
    assert expected.max() > 0.5 and differences.max() < 0.13 and differences.mean() < 0.005, "Otsu's is not quite 128"


@pytest.mark.numbers
def test_a_press_shows_window_filter_products_and_their_sum(watched, view, seed):
    mount(watched, view)
    outputs, names = compute_layers(seed, view._images[0] / np.float32(255)), names_of(seed)
    layer = seed.layers[2]
    kernel, bias = (np.asarray(weight) for weight in layer.weights)
    row, column, filter_ = 5, 7, 18
    watched.evaluate("window.texts = []")
    press(watched, names[3], (12, 12, 64), (row, column, filter_))
    settle(watched)
    window = outputs[2][row : row + 3, column : column + 3]
    products = window * kernel[..., filter_]
    channel = np.unravel_index(abs(products).argmax(), products.shape)[2]
    sums = [products[..., channel].sum(), products.sum(), bias[filter_], products.sum() + bias[filter_]]
    found = r"Channel (\d+) adds (\S+); all 32 channels, (\S+); with the bias (\S+), that is (\S+)\. ReLU"
    said = re.search(found, words_of(watched))
    assert f"{names[3]}, map {filter_}, row {row}, column {column}. " in words_of(watched)
    assert int(said[1]) == channel
    assert [float(number) for number in said.groups()[1:]] == pytest.approx([float(each) for each in sums], abs=0.0051)
    assert words_of(watched).endswith("ReLU keeps it." if sums[-1] > 0 else "ReLU makes that 0.")
    for name, numbers in [
        ("window", window[..., channel]),
        ("filter", kernel[..., channel, filter_]),
        ("products", products[..., channel]),
    ]:
        written = [text for place, text in watched.evaluate("texts") if place == name][-9:]
        shown = [float(text.replace("−", "-")) for text in written]
        assert shown == pytest.approx(numbers.ravel().tolist(), abs=0.0051), name


@pytest.mark.numbers
def test_what_counts_most_leads_back_through_all_layers_to_a_pixel(page, view, seed):
    outputs, names = compute_layers(seed, view._images[0] / np.float32(255)), names_of(seed)
    maps(page, names[-1]).click(position={"x": 5, "y": 5})
    seen = [words_of(page)]
    button = page.get_by_role("button", name="Go to what counts most")
    while button.is_visible():
        button.click()
        seen.append(words_of(page))
        now = page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent")
        there = seen[-1].split(",")[0] + ":"
        assert now == "Go to what counts most" if button.is_visible() else now.startswith(there)
    assert [re.split(r"[,.:]", words)[0] for words in seen] == names[::-1]
    products = outputs[-2] * np.asarray(seed.layers[-1].kernel)[:, 0]
    assert seen[1].startswith(f"{names[-2]}, number {abs(products).argmax()}.")
    _, row, column = map(int, re.match(r".*, map (\d+), row (\d+), column (\d+): a number of", seen[-1]).groups())
    assert seen[-1].endswith(f"a number of the image, {round(float(outputs[0][row, column, 0]), 2):g}.")
    assert not page.locator('[data-is="window"]').is_visible()


GREEN = """(canvas) => {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const found = [];
  for (let i = 0; i < width * height; i++) {
    const [red, green, blue] = data.subarray(4 * i, 4 * i + 3);
    const isGreen = red + Math.abs(green - 158) + Math.abs(blue - 115) < 9;
    if (isGreen) found.push([i % width, Math.floor(i / width)]);
  }
  const [xs, ys] = [found.map(([x]) => x), found.map(([, y]) => y)];
  return found.length ? [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1] : null;
}"""


def test_frames_show_what_a_number_sees_of_each_layer_before_it_and_no_other(page, seed):
    names = names_of(seed)
    row, column = 4, 6
    press(page, names[3], (12, 12, 64), (row, column, 2))
    pixel = 112 / 28
    # three places after pooling are six pixels, and the first layer sees one more around them
    field = [2 * column - 1, 2 * row - 1, 2 * column + 7, 2 * row + 7]
    assert maps(page, names[0]).evaluate(GREEN) == pytest.approx([pixel * side for side in field], abs=1.1)
    assert maps(page, names[1]).evaluate(GREEN) is not None
    assert maps(page, names[4]).evaluate(GREEN) is None
    page.get_by_role("button", name="Close").click()
    assert [maps(page, name).evaluate(GREEN) for name in names] == [None] * len(names)
    assert page.locator(".cnn-layers-detail").count() == 0
    assert page.evaluate("document.activeElement.ariaLabel").startswith(f"{names[3]}:")


@pytest.mark.numbers
def test_the_slider_goes_through_the_channels_whose_parts_add_up(page, seed):
    press(page, names_of(seed)[3], (12, 12, 64), (5, 7, 18))
    slider = page.get_by_label("Channel of the input")
    parts = []
    for channel in range(32):
        slider.fill(str(channel))
        said, part, total = re.search(r"Channel (\d+) adds (\S+); all 32 channels, (\S+);", words_of(page)).groups()
        assert int(said) == channel
        parts.append(float(part))
    assert sum(parts) == pytest.approx(float(total), abs=32 * 0.005)
    assert "Channel 31 adds" in page.said()


# ---- the image


@pytest.mark.numbers
def test_a_drawing_of_ones_own_takes_the_images_place_and_can_be_left_as_it_stands(watched, view):
    mount(watched, view)
    widget = watched.locator("cnn-widget")
    draw(watched, [(20, 20), (60, 20)])
    assert widget.get_by_label("Image").input_value() == ""
    centered = np.reshape(watched.evaluate("told.at(-1)[1]"), (28, 28))
    widget.get_by_label("Scale and center it").uncheck()
    settle(watched)
    as_it_stands = np.reshape(watched.evaluate("told.at(-1)[1]"), (28, 28))
    for image, middle in ((centered, (14, 14)), (as_it_stands, (1.5, 3.5))):
        places = np.indices(image.shape).reshape(2, -1) @ image.ravel() / image.sum()
        assert places == pytest.approx(middle, abs=0.6)
    widget.get_by_label("Image").select_option("a 4")
    widget.get_by_label("Scale and center it").check()  # changes no image that was chosen
    watched.get_by_text("“a 4” is read as 4").first.wait_for()
    widget.get_by_label("Image").select_option("my drawing")
    watched.get_by_text("Your drawing is read as").first.wait_for()
    settle(watched)  # what it tells may come later than what it shows
    assert np.reshape(watched.evaluate("told.at(-1)[1]"), (28, 28)) == pytest.approx(centered)
    widget.get_by_role("button", name="Clear").click()
    watched.get_by_text("Blank paper is read as").first.wait_for()
    settle(watched)
    assert "a network always has an answer" in answer(watched) and not np.any(watched.evaluate("told.at(-1)[1]"))


def test_many_movements_within_a_frame_are_read_once(watched, view):
    mount(watched, view)
    watched.locator("cnn-widget .cnn-paper").scroll_into_view_if_needed()
    counts = watched.evaluate(
        """async () => {
          const paper = document.querySelector("cnn-widget .cnn-paper");
          const { left, top } = paper.getBoundingClientRect();
          paper.setPointerCapture = () => {};
          [window.nRead, window.told] = [0, []];
          for (let i = 0; i < 50; i++) {
            paper.dispatchEvent(new PointerEvent(i ? "pointermove" : "pointerdown",
              { pointerId: 1, clientX: left + 50 + 3 * i, clientY: top + 140 }));
          }
          await new Promise((resolve) => setTimeout(resolve, 500));
          return [window.nRead, window.told.length];
        }"""
    )
    assert counts == [1, 1]


@pytest.mark.numbers
def test_for_a_network_that_sees_colors_paper_is_white(watched):
    model = residual()
    mount(watched, LayersView(model, names=["cat", "dog", "an animal with a long name", "none"]))
    assert answer(watched).startswith("Blank paper is read as ")
    draw(watched, [(140, 20), (140, 260)])
    image = np.reshape(watched.evaluate("told.at(-1)[1]"), (32, 32, 3))
    assert (image[:, :10] == 1).all() and (image[10:20, 16] < 0.2).all() and (image == image[..., :1]).all()
    assert shares(watched) == pytest.approx(compute_layers(model, image.astype("float32"))[-1].tolist(), abs=1e-5)
    assert watched.locator("cnn-widget [role=meter]").nth(2).bounding_box()["width"] > 60, "and a long name leaves room"


# ---- words


@pytest.mark.numbers
def test_the_sentence_says_what_each_kind_of_layer_does(watched):
    model = residual()
    mount(watched, LayersView(model, np.random.default_rng(0).random((1, 32, 32, 3))))
    outputs = dict(zip(names_of(model), compute_layers(model, LayersView(
        model, np.random.default_rng(0).random((1, 32, 32, 3))).image), strict=True))  # fmt: skip

    def said(name, shape):
        press(watched, name, shape, (9, 9, 1))
        return words_of(watched).split(", row 9, column 9")[1]

    number = {name: f"{round(float(output[9, 9, 1]), 2):g}" for name, output in outputs.items() if output.ndim == 3}
    assert said("total", (32, 32, 8)) == f": Add makes 2 numbers into {number['total']}."
    kept = outputs["total"][9, 9, 1] > 0
    assert said("positive", (32, 32, 8)) == (
        f": ReLU passes {number['positive']} on." if kept else f": ReLU makes {number['total']} into 0."
    )
    assert said("own", (32, 32, 8)).startswith(". The 9 products add up to"), "of one channel, its own"
    assert " The function tanh makes that " in words_of(watched)
    assert said("both", (32, 32, 19)) == f": Concatenate passes {number['total']} on."
    maps(watched, "answer").click(position={"x": 5, "y": 5})
    assert re.search(r"The 19 products .* Beside the other 3, softmax makes that 0\.\d+\.$", words_of(watched))


def test_a_slip_of_the_mouse_on_the_window_goes_back_one_layer_only(page, seed):
    names = names_of(seed)
    press(page, names[5], (4, 4, 64), (1, 1, 3))
    window = page.locator('[data-is="window"]')
    window.scroll_into_view_if_needed()
    box = window.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    for step in range(5):
        page.mouse.move(box["x"] + 30 + step, box["y"] + 30)
    page.mouse.up()
    channel = re.match(r".+, map (\d+), row 1, column 1: the largest of 4 numbers", words_of(page))
    assert channel and words_of(page).startswith(names[4]), words_of(page)


def test_a_finger_presses_a_number_and_the_words_come_into_view(chromium, view, seed, tmp_path):  # noqa: F811
    size = {"width": 320, "height": 640}
    with widget_page(chromium, view, tmp_path, has_touch=True, is_mobile=True, viewport=size) as page:
        canvas = maps(page, names_of(seed)[3])
        canvas.scroll_into_view_if_needed()
        canvas.tap(position={"x": 20, "y": 20})
        assert re.match(r".+, map 0, row 5, column 5\. ", words_of(page))
        box = page.locator(".cnn-layers-detail").bounding_box()
        assert box["y"] < 640, "not only behind many maps"
        assert not is_too_wide(page)
        before = words_of(page)
        cdp = page.context.new_cdp_session(page)
        cdp.send("Input.synthesizeScrollGesture", {"x": 100, "y": 300, "yDistance": 200, "gestureSourceType": "touch"})
        assert words_of(page) == before, "to scroll is not to press"


def test_all_can_be_done_by_keys_and_is_said_in_a_sentence(page, seed):
    names = names_of(seed)
    assert page.said() == "", "nothing speaks of itself"
    canvas = maps(page, names[3])
    canvas.focus()
    page.keyboard.press("Enter")
    assert f"{names[3]}, map 0, row 6, column 6. " in words_of(page)
    for key in ["ArrowUp", "Shift+ArrowLeft", "PageDown", "PageDown", "PageUp", "ArrowRight"]:
        page.keyboard.press(key)
    assert f"{names[3]}, map 1, row 5, column 2. " in words_of(page)
    for key in ["Shift+ArrowLeft", "Shift+ArrowUp", "Shift+ArrowUp", "PageUp", "PageUp"]:  # no farther than the edge
        page.keyboard.press(key)
    assert f"{names[3]}, map 0, row 0, column 0. " in words_of(page)
    assert page.said().replace("−", "-") == words_of(page)
    for key in ["Tab", "Enter"]:
        page.keyboard.press(key)
    assert words_of(page).startswith(f"{names[2]}, map ")
    canvas = maps(page, names[-1])
    canvas.focus()
    for key in ["ArrowRight", "ArrowRight", "Home"]:
        page.keyboard.press(key)
    assert words_of(page).startswith(f"{names[-1]}, number 2. ")
    stops = []
    page.locator("h1").click()
    for _ in range(18):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.ariaLabel || document.activeElement.textContent"))
    wanted = ["Image", *(f"{name}: arrow keys go from number to number" for name in names), "Go to what counts most"]
    assert [name for name in stops if name in wanted] == wanted
    help_id = canvas.get_attribute("aria-describedby")
    assert "Page Up and Page Down" in " ".join(page.locator(f'[id="{help_id}"]').inner_text().split())


def test_the_keyboard_draws_and_what_is_read_is_said(page):
    page.get_by_role("application", name="Paper").focus()
    for key in ["ArrowUp"] * 8 + ["Space"] + ["ArrowDown"] * 16 + ["Space"]:
        page.keyboard.press(key)
    page.get_by_text("Your drawing is read as 1").first.wait_for()
    page.get_by_label("Image").select_option("a 5")
    page.get_by_role("status").get_by_text("The image “a 5” is read as 5, ").wait_for()
    assert page.said() == answer(page)


# ---- other networks, and pages


def test_it_shows_a_large_network_without_bars_and_can_be_drawn_into(chromium, tmp_path):  # noqa: F811
    images = (255 * np.random.default_rng(0).random((2, 64, 64, 3))).astype(np.uint8)
    view = LayersView(large(), images, names=[f"kind {i}" for i in range(30)])
    with widget_page(chromium, view, tmp_path) as page:
        assert page.locator(".cnn-maps").count() == len(view._description["layers"]) == 16
        assert page.get_by_role("meter").count() == 0
        assert re.fullmatch(r"The image “image 0” is read as kind \d+, \d+%\.", answer(page))
        maps(page, names_of(view._model)[-1]).click(position={"x": 5, "y": 5})
        assert "Beside the other 29, softmax makes that" in words_of(page)
        page.get_by_label("Image").select_option("image 1")
        page.get_by_text("“image 1” is read").first.wait_for()
        draw(page, SEVEN)
        page.get_by_text("Your drawing is read as").first.wait_for()


def test_a_network_that_gives_no_probabilities_says_what_it_gives(chromium, seed, tmp_path):  # noqa: F811
    part = keras.Model(seed.inputs[0], seed.layers[0].output)
    with widget_page(chromium, LayersView(part), tmp_path) as page:
        assert re.fullmatch(r"The largest number of the last layer is \d[\d.]*\.", answer(page))
        assert page.get_by_role("meter").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_and_axe_finds_nothing(chromium, view, seed, tmp_path, scheme):  # noqa: F811
    size = {"width": 320, "height": 640}
    with widget_page(chromium, view, tmp_path, viewport=size, color_scheme=scheme) as page:
        for name in (names_of(seed)[3], names_of(seed)[-1]):
            maps(page, name).click(position={"x": 5, "y": 5})
            assert not is_too_wide(page)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_two_stand_in_one_page_in_high_contrast_and_each_has_its_own(chromium, view, seed, tmp_path):  # noqa: F811
    file = tmp_path / "two.html"
    file.write_text(page_of(view, LayersView(seed, [view._images[4]], names="abcdefghij")), encoding="utf-8")
    with watched_page(chromium, "layers_two", offline=True, forced_colors="active") as page:
        page.goto(file.as_uri())
        first, second = page.locator("cnn-widget").all()
        second.locator(".cnn-layers-answer", has_text="is read as e").wait_for()
        assert "is read as 0" in first.locator(".cnn-layers-answer").inner_text()
        first.get_by_label("Image").select_option("a 7")
        first.locator(".cnn-layers-answer", has_text="is read as 7").wait_for()
        assert "is read as e" in second.locator(".cnn-layers-answer").inner_text()
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map(({ id }) => id)")
        assert len(ids) == len(set(ids)) and len(ids) >= 4
        kept = page.evaluate(
            "[...document.querySelectorAll('canvas')].map((c) => getComputedStyle(c).forcedColorAdjust)"
        )
        assert set(kept) == {"none"} and page.faults == []


@pytest.mark.parametrize(("weights", "scripts"), [(True, True), (False, True), (True, False)])
def test_without_weights_or_without_scripts_the_picture_stands_there(chromium, view, tmp_path, weights, scripts):  # noqa: F811
    file = tmp_path / "still.html"
    file.write_text(page_of(view, has_weights=weights), encoding="utf-8")
    with watched_page(chromium, "layers_still", offline=True, java_script_enabled=scripts) as page:
        page.goto(file.as_uri())
        picture = page.get_by_role("img", name="An image, and under it, row by row, what the layers of a network make")
        assert picture.is_visible() == (not (weights and scripts)) and page.faults == []


def test_weights_that_grew_too_large_are_said_to_have(chromium, tmp_path):  # noqa: F811
    model = keras.Sequential(
        [keras.Input((8, 8, 1)), L.Flatten(), L.Dense(5), L.Dense(5), L.Dense(3, activation="softmax")]
    )
    for layer in model.layers[1:]:
        layer.set_weights([np.full(weight.shape, 1e30) for weight in layer.get_weights()])
    with widget_page(chromium, LayersView(model, np.ones((1, 8, 8))), tmp_path) as page:
        assert "The numbers have grown too large to go on" in page.locator(".cnn-layers-answer").inner_text()
        assert page.get_by_role("meter").first.get_attribute("aria-valuenow") == "0"
        page.locator(".cnn-maps").last.press("Enter")
        assert "not a number" in page.locator(".cnn-layers-sum").inner_text()
