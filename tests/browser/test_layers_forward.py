"""forward.js in a real browser: each layer gives what Keras gives, and says truly what it reads."""

import base64
import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from in_browser import chromium, watched_page  # noqa: F401  chromium is a fixture

from course_utils import networks
from course_utils._tensorflow import keras
from course_utils.inspection import leave_off_activation
from course_utils.widgets.layers import model as layers_model
from course_utils.widgets.layers.model import read_model

pytestmark = [pytest.mark.numbers, pytest.mark.slow]

SOURCE = Path(layers_model.__file__).with_name("forward.js")
PAGE = f"""<!doctype html><title>layers</title><script type="module">{SOURCE.read_text(encoding="utf-8")}
Object.assign(window, {{ runLayers, windowOf, fieldsOf, partsOf, asMap, range }});
window.take = (described, encoded) => {{
  window.description = described;
  window.weights = new Float32Array(Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0)).buffer);
}};
</script>"""
L = keras.layers


@pytest.fixture(scope="module")
def page(chromium):  # noqa: F811
    with watched_page(chromium, "layers_forward") as page:
        page.set_content(PAGE)
        yield page
        assert page.faults == []


def take(page, model):
    """Give the page a network; its description, as the page has it."""
    description, weights = read_model(model)
    encoded = base64.b64encode(weights).decode()
    page.evaluate("([described, encoded]) => take(described, encoded)", [description, encoded])
    return description


def run(page, image):
    """What each layer gives in the page, as float32 arrays in their shapes; `outputs` stays there."""
    outputs = page.evaluate(
        "(image) => (window.outputs = runLayers(description, weights, image)).map((map) => [...map])",
        np.asarray(image, float).ravel().tolist(),
    )
    shapes = page.evaluate("description.layers.map(({ shape }) => shape)")
    return [np.array(output, "float32").reshape(shape) for output, shape in zip(outputs, shapes, strict=True)]


def randomize(model, seed=0, *, positive=False):
    """Random weights, which keep numbers as large as they are; also where Keras begins with 0 or 1."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        fan_in = math.prod(weight.shape[:-1]) if "kernel" in weight.name else 1
        if positive or weight.name == "moving_variance":
            values = rng.uniform(0.5, 1.5, weight.shape) / fan_in
        else:
            values = rng.normal(0, 1, weight.shape) * math.sqrt(2 / fan_in)
        weight.assign(values)
    return model


def by_keras(model, images, description):
    """What each layer gives in Keras."""
    outputs = {layer.name: layer.output for layer in model.layers}
    outputs = [outputs.get(layer["name"], model.inputs[0]) for layer in description["layers"]]
    return [np.asarray(output) for output in keras.Model(model.inputs[0], outputs)(images, training=False)]


def assert_same(page, model, *, seed=0):
    """Hold each layer of a network with random weights to Keras."""
    description = take(page, randomize(model, seed))
    image = np.random.default_rng(seed).uniform(0, 1, (1, *model.inputs[0].shape[1:])).astype("float32")
    image *= np.random.default_rng(seed + 1).random(image.shape) < 0.7  # some zeros, as in a drawing
    expected = by_keras(model, image, description)
    for layer, one, other in zip(description["layers"], run(page, image), expected, strict=True):
        assert one.shape == other.shape[1:], layer
        assert np.isfinite(other).all() and abs(other).max() > 1e-3, layer
        np.testing.assert_allclose(one, other[0], rtol=0, atol=1e-5 * abs(other).max(), err_msg=str(layer))


def chain(*layers, shape=(9, 8, 3)):
    return keras.Sequential([keras.Input(shape), *layers])


WINDOWS = [
    {"kernel_size": 3},
    {"kernel_size": (2, 5), "padding": "same"},
    {"kernel_size": 4, "padding": "same", "strides": 3},
    {"kernel_size": (3, 2), "strides": 2},
    {"kernel_size": 3, "dilation_rate": (2, 3)},
    {"kernel_size": 3, "dilation_rate": 2, "padding": "same"},
    {"kernel_size": 1, "padding": "same", "strides": 2, "use_bias": False},
]
POOLS = [
    {"pool_size": 2},
    {"pool_size": (3, 2), "padding": "same"},
    {"pool_size": 3, "strides": 2, "padding": "same"},
    {"pool_size": 2, "strides": (3, 1)},
]
SETTINGS = [
    *((L.Conv2D, {"filters": 5, "activation": "relu", **window}) for window in WINDOWS),
    *((L.SeparableConv2D, {"filters": 5, "depth_multiplier": 2, "activation": "tanh", **window}) for window in WINDOWS),
    *((L.DepthwiseConv2D, {"depth_multiplier": 2, **window}) for window in WINDOWS),
    (L.DepthwiseConv2D, {"kernel_size": 3, "activation": "softmax"}),
    *((kind, pool) for kind in (L.MaxPooling2D, L.AveragePooling2D) for pool in POOLS),
    *((L.GlobalAveragePooling2D, {"keepdims": keepdims}) for keepdims in (False, True)),
    (L.GlobalMaxPooling2D, {}),
    (L.ZeroPadding2D, {"padding": ((1, 2), (0, 3))}),
    (L.Rescaling, {"scale": 1 / 3, "offset": -1}),
    (L.Rescaling, {"scale": [1, 2, 3], "offset": [0.5, 0, -1]}),
    (L.Flatten, {}),
    (L.Reshape, {"target_shape": (6, 12, 3)}),
    (L.Reshape, {"target_shape": (8, 27)}),
    (L.Dense, {"units": 4, "activation": "softmax"}),
    (L.BatchNormalization, {}),
    (L.BatchNormalization, {"scale": False, "center": False, "epsilon": 0.1}),
    (networks.FusedBatchNormalization, {"scale": False}),
    (L.LayerNormalization, {}),
    (L.LayerNormalization, {"scale": False, "center": False, "epsilon": 0.1}),
    *((getattr(L, kind), {}) for kind in ("Identity", "ActivityRegularization", "Softmax", "ReLU", "LeakyReLU")),
    (L.RandomRotation, {"factor": 0.3}),
    (L.RandomTranslation, {"height_factor": 0.3, "width_factor": 0.3}),
    (L.RandomZoom, {"height_factor": 0.3}),
    (L.RandomFlip, {}),
    *((getattr(L, kind), {"rate": 0.5}) for kind in ("Dropout", "SpatialDropout2D", "AlphaDropout", "GaussianDropout")),
    (L.GaussianNoise, {"stddev": 1}),
    (L.ELU, {"alpha": 0.3}),
]
RECTIFIED = [
    {"max_value": 0.5},
    {"negative_slope": 0.1},
    {"negative_slope": 0.1, "max_value": 1, "threshold": 0.3},
    {"threshold": 0.2},
]
MERGING = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate")


# ---- what each layer gives


def test_each_kind_of_layer_gives_what_keras_gives(page):
    tried = {"InputLayer", "Activation", *MERGING}
    for seed, (kind, options) in enumerate(SETTINGS):
        assert_same(page, chain(kind(**options)), seed=seed)
        tried.add(kind.__name__)
    assert tried == {*layers_model.KINDS, "FusedBatchNormalization"}


def test_activation_functions_give_what_those_of_keras_give(page):
    for seed, name in enumerate(layers_model.ACTIVATIONS):
        assert_same(page, chain(L.Conv2D(4, 3, activation=name)), seed=seed)
        wide = L.Rescaling(40, offset=-20)  # to where functions are flat
        assert_same(page, chain(wide, L.Activation(name)), seed=seed)
    for seed, options in enumerate(RECTIFIED):
        assert_same(page, chain(L.Rescaling(6, offset=-3), L.ReLU(**options), shape=(16, 16, 3)), seed=seed)


def test_flat_layers_and_tokens_give_what_those_of_keras_give(page):
    flat = [L.Flatten(), L.Dense(12, use_bias=False), L.BatchNormalization(), L.LayerNormalization(), L.ReLU()]
    assert_same(page, chain(*flat, L.Reshape((2, 3, 2)), L.Conv2D(2, 2), L.GlobalMaxPooling2D()))
    assert_same(page, chain(L.Reshape((24, 9)), L.Dense(5, activation="gelu"), L.LayerNormalization(), L.Softmax()))


def merged(kind, *, flat=False):
    image = keras.Input((7, 7, 2))
    maps = L.Conv2D(4, 3, padding="same")(image)
    branches = [maps, L.Conv2D(4, 5, padding="same")(image), L.DepthwiseConv2D(3, padding="same")(maps)]
    if kind == "Concatenate":
        branches.append(image)
    if kind == "Subtract":
        branches.pop()
    if flat:
        branches = [L.Flatten()(branch) for branch in branches]
    return keras.Model(image, getattr(L, kind)()(branches))


def test_branches_meet_as_in_keras(page):
    for kind, flat in itertools.product(MERGING, (False, True)):
        assert_same(page, merged(kind, flat=flat))


NETWORKS = {
    "original": networks.build_seed_network,
    "dense": lambda: networks.build_dense_network((30, 20)),
    "best": lambda: networks.build_best_network(dropout=0.3),
    "fast": networks.build_fast_network,
    "separable": lambda: networks.build_cheap_network("separable", pooled=True),
    "bottleneck": lambda: networks.build_cheap_network("bottleneck"),
    "large": lambda: networks.build_large_network(width=0.3, normalize=True, dropout=0.2),
    "residual": lambda: networks.build_deep_network(6, normalize=True, residual=True),
    "photograph": lambda: networks.build_photograph_network(64, width=4),
}


@pytest.mark.parametrize("build", NETWORKS.values(), ids=NETWORKS)
def test_the_networks_of_the_course_give_what_they_give_in_keras(page, build, monkeypatch):
    monkeypatch.setattr(layers_model, "MAX_LAYERS", 40)  # some have more
    assert_same(page, build())


def test_the_trained_network_reads_a_digit_as_in_keras(page, mnist):
    model = networks.load_seed_network()
    take(page, model)
    for image in mnist[1][0][:3, ..., None] / np.float32(255):
        np.testing.assert_allclose(run(page, image)[-1], model(image[None])[0], rtol=0, atol=1e-5)


def test_a_network_in_a_network_and_borrowed_layers_give_what_they_give_in_keras(page):
    inner = chain(L.Conv2D(4, 3, activation="relu"), L.MaxPooling2D(), shape=(12, 12, 3))
    borrowed = keras.Sequential([keras.Input((12, 12, 1)), L.Conv2D(3, 3, padding="same"), *inner.layers, L.Flatten()])
    image = keras.Input((14, 14, 2))
    maps = L.Conv2D(3, 3, activation="relu")(image)
    nested = keras.Model(image, L.Add()([L.MaxPooling2D()(inner(maps)), L.Conv2D(4, 10, strides=2)(maps)]))
    for model in (borrowed, nested):
        description = take(page, randomize(model))
        kinds = [layer["kind"] for layer in description["layers"]]
        assert kinds.count("InputLayer") == 1 and kinds.count("Conv2D") >= 2
        image = np.random.default_rng(0).uniform(0, 1, (1, *model.inputs[0].shape[1:])).astype("float32")
        expected = np.asarray(model(image))[0]
        np.testing.assert_allclose(run(page, image)[-1], expected, rtol=0, atol=1e-5 * abs(expected).max())


# ---- what each cell reads

CELLS = """(index) => {
  const [rows, columns, channels] = asMap(description.layers[index].shape);
  return range(rows * columns * channels).map((i) => {
    const place = Math.floor(i / channels);
    return windowOf(description, index, [Math.floor(place / columns), place % columns, i % channels]);
  });
}"""
PLACES = """(index) => {
  const [rows, columns] = asMap(description.layers[index].shape);
  return range(rows * columns).map((i) => windowOf(description, index, [Math.floor(i / columns), i % columns])[0]);
}"""
FIELDS = """(index) => {
  const [rows, columns] = asMap(description.layers[index].shape);
  return range(rows * columns).map((i) => fieldsOf(description, index, [Math.floor(i / columns), i % columns])[0]);
}"""


def as_map(shape):
    return {1: (1, 1, *shape), 2: (shape[0], 1, shape[-1]), 3: tuple(shape)}[len(shape)]


def changed_by(model, shape):
    """Which outputs change if one number of the input does: an array of bool, (number of the input, *output)."""
    images = np.eye(math.prod(shape) + 1, math.prod(shape), k=-1, dtype="float32")  # the first is blank
    outputs = np.asarray(model(images.reshape(-1, *shape), training=False))
    return abs(outputs[1:] - outputs[0]) > 1e-6


def test_windows_are_the_numbers_that_change_a_cell(page):
    shape = (9, 8, 3)
    for kind, options in SETTINGS:
        if options.get("activation") == "softmax" and kind is L.DepthwiseConv2D:
            continue  # its window is that of the sum before, and the other channels change it, too
        layer = kind(**options)
        if hasattr(layer, "activation") and layer.activation is not keras.activations.softmax:
            layer.activation = keras.activations.linear  # tanh would be flat
        model = randomize(chain(layer, shape=shape), positive=True)
        take(page, model)
        changed = changed_by(model, shape).reshape(*shape, -1)
        windows = page.evaluate(CELLS, 1)
        assert len(windows) == changed.shape[-1]
        for cell, listed in enumerate(windows):
            read = np.zeros(shape, bool)
            for window in listed:
                assert window["input"] == 0
                rows = [row for row in window["rows"] if 0 <= row < shape[0]]
                columns = [column for column in window["columns"] if 0 <= column < shape[1]]
                read[np.ix_(rows, columns, window["channels"])] = True
            assert (read == changed[..., cell]).all(), (kind.__name__, options, cell)
        places = page.evaluate(PLACES, 1)
        for place, at_cells in zip(places, np.reshape(windows, (len(places), -1)), strict=True):
            for axis in ("rows", "columns"):
                assert place[axis] == sorted({i for cell in at_cells for i in cell[axis]}), (kind.__name__, options)


def test_windows_name_the_layers_that_are_read_and_reach_into_the_padding(page):
    take(page, merged("Concatenate"))
    assert page.evaluate("windowOf(description, 4, [2, 3, 5])") == [
        {"input": 2, "rows": [2], "columns": [3], "channels": [1]}
    ]
    assert [window["input"] for window in page.evaluate("windowOf(description, 4, [2, 3])")] == [1, 2, 3, 0]
    take(page, chain(L.Conv2D(2, 3, dilation_rate=2, padding="same"), shape=(6, 5, 1)))
    window = {"input": 0, "rows": [-2, 0, 2], "columns": [2, 4, 6], "channels": [0]}
    assert page.evaluate("windowOf(description, 1, [0, 4])") == [window]
    assert page.evaluate("windowOf(description, 0, [0, 4])") == []


def branched():
    image = keras.Input((11, 12, 1))
    maps = L.MaxPooling2D(3, strides=2, padding="same")(L.Conv2D(2, 3)(L.ZeroPadding2D(((0, 3), (1, 0)))(image)))
    change = L.DepthwiseConv2D(3, padding="same", dilation_rate=2)(L.BatchNormalization()(maps))
    both = L.Concatenate()([L.AveragePooling2D(2)(change), L.Conv2D(2, 2, strides=2)(maps)])
    return keras.Model(image, L.Dense(3)(L.Flatten()(both)))


FIELD_NETWORKS = {
    "pooled": lambda: chain(
        *(L.Conv2D(2, 3, padding="same", strides=2), L.MaxPooling2D(2, padding="same"), L.Conv2D(2, 2)),
        *(L.GlobalAveragePooling2D(), L.Dense(3)),
        shape=(13, 12, 1),
    ),
    "branched": branched,
    "dilated": lambda: chain(
        *(L.Conv2D(2, 3, dilation_rate=3), L.SeparableConv2D(2, 3, strides=2, padding="same"), L.Reshape((9, 2))),
        *(L.Dense(2), L.Softmax()),
        shape=(12, 12, 1),
    ),
}


@pytest.mark.parametrize("build", FIELD_NETWORKS.values(), ids=FIELD_NETWORKS)
def test_fields_are_the_boxes_around_the_pixels_that_change_a_place(page, build):
    model = randomize(build(), positive=True)
    description = take(page, model)
    shape = model.inputs[0].shape[1:]
    outputs = {layer.name: layer.output for layer in model.layers}
    for index, layer in enumerate(description["layers"][1:], start=1):
        part = keras.Model(model.inputs[0], outputs[layer["name"]])
        changed = changed_by(part, shape).reshape(*shape[:2], -1, as_map(layer["shape"])[2]).any(axis=-1)
        for place, field in enumerate(page.evaluate(FIELDS, index)):
            rows, columns = np.nonzero(changed[..., place])
            if not rows.size:
                assert field is None
                continue
            box = {"top": rows.min(), "left": columns.min(), "bottom": rows.max() + 1, "right": columns.max() + 1}
            assert field == box, (layer, place)
    assert page.evaluate("fieldsOf(description, 0, [2, 3])[0]") == {"top": 2, "left": 3, "bottom": 3, "right": 4}


# ---- how a cell comes about


def parts_of(page, index, cell):
    return page.evaluate("([index, cell]) => partsOf(description, weights, outputs, index, cell)", [index, cell])


def before_activation(model, image, description):
    """What each layer of a chain gives in Keras without its activation function."""
    outputs = by_keras(model, image, description)
    layers = [layer for layer in model.layers if not isinstance(layer, L.InputLayer)]
    return {
        index: np.asarray(leave_off_activation(layer)(outputs[index - 1]))[0]
        for index, layer in enumerate(layers, start=1)
        if isinstance(layer, L.Conv2D | L.Dense)
    }


def test_products_and_bias_add_up_to_what_keras_gives_before_the_activation(page, mnist):
    model = networks.load_seed_network()
    description, rng = take(page, model), np.random.default_rng(0)
    image = mnist[1][0][:1, ..., None] / np.float32(255)
    outputs = run(page, image)
    for index, expected in before_activation(model, image, description).items():
        for _ in range(5):
            cell = [int(rng.integers(side)) for side in as_map(expected.shape)]
            parts = parts_of(page, index, cell)
            assert parts["before"] == pytest.approx(expected.reshape(as_map(expected.shape))[tuple(cell)], abs=2e-5)
            assert parts["after"] == outputs[index].reshape(as_map(expected.shape))[tuple(cell)]
            if description["layers"][index]["config"]["activation"] == "relu":
                assert parts["after"] == np.float32(max(parts["before"], 0)), "to the last digit: the same sum"
            assert parts["sum"] == pytest.approx(sum(part["product"] for part in parts["parts"]), abs=1e-9)
            assert parts["before"] == parts["sum"] + parts["bias"]


KERNELS = [
    L.Conv2D(3, 3, padding="same", dilation_rate=2),
    L.DepthwiseConv2D(3, padding="same", depth_multiplier=2, use_bias=False),
    L.SeparableConv2D(4, 3, padding="same", depth_multiplier=3),
    L.Dense(4),
]


@pytest.mark.parametrize("layer", KERNELS, ids=lambda layer: layer.name)
def test_parts_have_the_inputs_weights_and_products_of_their_window(page, layer):
    model = randomize(chain(layer, shape=(6, 5, 2)))
    take(page, model)
    image = np.random.default_rng(0).normal(size=(6, 5, 2)).astype("float32")
    (_, output), expected = run(page, image), np.asarray(model(image[None]))[0]
    for cell in itertools.product((0, 3, 5), (0, 2, 4), range(output.shape[2])):
        parts = parts_of(page, 1, list(cell))
        assert parts["before"] == pytest.approx(expected[cell], abs=1e-5) and parts["after"] == output[cell]
        for part in parts["parts"]:
            row, column, channel = place = part["row"], part["column"], part["channel"]
            assert part["isPadding"] == (not (0 <= row < 6 and 0 <= column < 5)) and 0 <= channel < 2
            assert part["value"] == (0 if part["isPadding"] else image[place])
            assert part["product"] == part["value"] * part["weight"]


def test_parts_of_other_layers_are_the_numbers_that_they_read(page):
    model = randomize(chain(L.MaxPooling2D(2, padding="same"), L.ReLU(), L.Flatten(), L.Softmax(), shape=(5, 5, 2)))
    take(page, model)
    image = np.random.default_rng(0).normal(size=(5, 5, 2)).astype("float32")
    outputs = run(page, image)
    pooled = parts_of(page, 1, [2, 1, 1])
    assert set(pooled) == {"parts", "after"}
    values = {(p["row"], p["column"]): p["value"] for p in pooled["parts"] if not p["isPadding"]}
    assert values == {(4, 2): image[4, 2, 1], (4, 3): image[4, 3, 1]} and pooled["after"] == max(values.values())
    assert [p["value"] for p in parts_of(page, 2, [2, 1, 1])["parts"]] == [pooled["after"]]
    (flat,) = parts_of(page, 3, [0, 0, 15])["parts"]
    assert (flat["row"], flat["column"], flat["channel"], flat["value"]) == (2, 1, 1, outputs[2][2, 1, 1])
    assert [p["value"] for p in parts_of(page, 4, [0, 0, 15])["parts"]] == outputs[3].tolist()
    assert parts_of(page, 0, [1, 2, 1]) == {"parts": [], "after": image[1, 2, 1]}


# ---- how long it takes


def test_the_original_network_keeps_up_with_the_pen(page, mnist):
    """It takes about 6 milliseconds; the bound leaves room for a busy machine."""
    take(page, networks.load_seed_network())
    run(page, mnist[1][0][0] / 255)
    times = page.evaluate("""range(20).map(() => {
      const start = performance.now();
      runLayers(description, weights, outputs[0]);
      return performance.now() - start;
    })""")
    assert np.median(times) < 100
