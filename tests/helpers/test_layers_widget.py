"""The look into a network, without a browser: what it takes, keeps, and says. Its networks are in test_layers_model."""

import html
import json

import numpy as np
import pytest

from course_utils import networks
from course_utils._tensorflow import keras
from course_utils.widgets.layers import MAPS_SHOWN, SEED_DIGEST, LayersView
from course_utils.widgets.layers.model import compute_layers, read_model

pytestmark = [pytest.mark.numbers, pytest.mark.slow]

L = keras.layers


def small(shape=(6, 5, 1), n_classes=3):
    keras.utils.set_random_seed(0)
    return keras.Sequential([
        keras.Input(shape, name="image"),
        L.Conv2D(2, 3, activation="relu", name="maps"),
        L.Flatten(name="row"),
        L.Dense(n_classes, activation="softmax", name="answer"),
    ])  # fmt: skip


@pytest.fixture(scope="module")
def seed():
    return networks.load_seed_network()


# ---- what is refused


@pytest.mark.parametrize(
    ("images", "error", "words"),
    [
        (np.zeros((6, 5)), ValueError, r"must have the shape \(n, 6, 5, 1\), .* got \(6, 5\); .*, as in \[image\]"),
        (np.zeros((2, 5, 6)), ValueError, r"got \(2, 5, 6, 1\)"),
        (np.zeros((2, 6, 5, 3)), ValueError, r"got \(2, 6, 5, 3\)"),
        ([np.zeros((6, 5)), np.zeros((5, 6))], ValueError, "got images of different shapes"),
        ("a digit", ValueError, r"got \(\)"),
        (np.full((1, 6, 5), np.nan), ValueError, "from 0 to 1, or from 0 to 255, got nan to nan"),
        (np.full((1, 6, 5), -0.5), ValueError, "got -0.5 to -0.5"),
        (np.full((1, 6, 5), 256), ValueError, "got 256 to 256"),
        (np.zeros((1, 6, 5), bool), TypeError, "got bool"),
        (np.full((1, 6, 5), None), TypeError, "got object"),
    ],
)
def test_images_that_are_none(images, error, words):
    with pytest.raises(error, match=words):
        LayersView(small(), images)


@pytest.mark.parametrize(
    ("names", "error", "words"),
    [
        (["one", "two"], ValueError, "names must be as many as the classes, 3, got 2"),
        ("four", ValueError, "3, got 4"),
        (3, TypeError, "a list of words, one for each class, got int"),
    ],
)
def test_names_that_are_none(names, error, words):
    with pytest.raises(error, match=words):
        LayersView(small(), names=names)


# ---- what is kept


def test_floats_bytes_whole_numbers_and_a_channel_axis_give_the_same_pixels():
    pixels = np.arange(60, dtype=np.uint8).reshape(2, 6, 5) * 4
    views = [LayersView(small(), images) for images in (pixels, pixels.astype(int), pixels[..., None].astype(float))]
    assert views[0]._state() == views[1]._state() == views[2]._state() and views[0]._state()["scale"] == 255
    assert (views[0].image == pixels[0, ..., None]).all()
    view = LayersView(small(), pixels / 255)
    assert view._state()["images"] == views[0]._state()["images"] and view._state()["scale"] == 1
    assert (view.image == (pixels[0, ..., None] / 255).astype("float32")).all() and view.image.dtype == np.float32


def test_a_network_that_reads_digits_has_ten_to_choose_from_and_others_have_blank_paper(seed, mnist):
    state = LayersView(seed)._state()
    assert [image["label"] for image in state["images"]] == [f"a {digit}" for digit in range(10)] and state["isDigit"]
    images, digits = mnist[1]
    assert (LayersView(seed).image[..., 0] == (images[digits == 0][0] / 255).astype("float32")).all()
    view = LayersView(small())
    assert view._state()["images"] == [] and not view._state()["isDigit"] and not view.image.any()
    assert (LayersView(small((6, 5, 3))).image == 1).all(), "where there are colors, paper is white"


def test_its_state_is_small_and_the_same_each_time(seed):
    keras.utils.set_random_seed(0)
    layers = [layer for _ in range(6) for layer in (L.Conv2D(4, 3, padding="same"), L.BatchNormalization(), L.ReLU())]
    large = keras.Sequential([keras.Input((64, 64, 3)), *layers, L.GlobalAveragePooling2D(), L.Dense(30)])
    photographs = np.random.default_rng(0).random((50, 64, 64, 3))
    digits = np.random.default_rng(0).random((50, 28, 28))
    for make, n_images in [
        (lambda: LayersView(seed), 10),
        (lambda: LayersView(seed, digits), 20),
        (lambda: LayersView(large, photographs), 2),
    ]:
        state, again = make()._state(), make()._state()
        assert state == again == json.loads(json.dumps(state)) and len(state["images"]) == n_images
        assert len(html.escape(json.dumps(state, separators=(",", ":")))) < 60_000


def test_only_the_weights_that_the_course_ships_are_found_in_a_page(seed):
    assert LayersView(seed)._state()["weights"] == "seed", f"trained again? Then {SEED_DIGEST=} changes"
    other = networks.load_seed_network()
    other.layers[-1].bias.assign_add(np.full(10, 1e-6))
    assert LayersView(other)._state()["weights"] == "of this kernel"
    assert LayersView(small())._state()["weights"] == "of this kernel"


def test_the_name_of_a_layer_does_not_depend_on_whether_a_network_was_shown(seed):
    names = []
    for _ in range(3):
        names.append(int(L.Conv2D(1, 1).name.rpartition("_")[2]))
        LayersView(seed)._encode_picture()
    assert names == [names[0], names[0] + 1, names[0] + 2]


# ---- what follows


def test_what_is_drawn_in_the_browser_python_reads(seed):
    view = LayersView(seed)
    drawn = np.random.default_rng(0).random((28, 28, 1)).astype("<f4")
    assert len(view._buffers()) == 1
    assert view._answer("draw", {}, [memoryview(drawn.tobytes())]) is None
    assert (view.image == drawn).all() and view.image.shape == (28, 28, 1)
    view.image[:] = 0
    assert (view.image == drawn).all(), "what Python gets is a copy"
    assert view._buffers() == [read_model(seed)[1], drawn.tobytes()], "a page that is loaded again shows it again"
    assert view._answer("something", {}, []) is None


def test_weights_are_read_again_each_time_that_the_network_is_shown(monkeypatch):
    monkeypatch.setattr("course_utils.widgets.stage.display", lambda *output, **options: None)
    model = small()
    view = LayersView(model, np.random.default_rng(0).random((4, 6, 5)))
    before = view._buffers()[0]
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(np.random.default_rng(0).random((4, 6, 5, 1)), np.arange(4) % 3, verbose=0)
    assert view._buffers()[0] == before, "until then, what is seen stays as it is"
    view._ipython_display_()
    assert view._buffers()[0] != before and view._buffers()[0] == read_model(model)[1]


# ---- the picture


def test_its_picture_and_its_words_know_the_layers(seed):
    words = " ".join(LayersView(seed)._describe().split())
    assert f"up to {MAPS_SHOWN} maps of each: " in words and "(28 by 28 by 32)" in words and "Flatten" not in words
    view = LayersView(small())
    assert " ".join(view._describe().split()).endswith("each: maps (4 by 3 by 2), answer (3).")
    assert 'data-kind="layers" data-state="{' in view._encode_picture()["text/html"]


def nested():
    inner = keras.Sequential([keras.Input((12, 12, 3)), L.Conv2D(4, 3), L.MaxPooling2D()])
    image = keras.Input((14, 14, 2))
    maps = L.Conv2D(3, 3, activation="relu")(image)
    return keras.Model(image, L.Add()([L.MaxPooling2D()(inner(maps)), L.Conv2D(4, 10, strides=2)(maps)]))


def borrowed():
    inner = keras.Sequential([keras.Input((12, 12, 3)), L.Conv2D(4, 3), L.MaxPooling2D()])
    return keras.Sequential([keras.Input((12, 12, 1)), L.Conv2D(3, 3, padding="same"), *inner.layers, L.Flatten()])


UNUSUAL = {
    "nested": nested,
    "borrowed": borrowed,
    "only passing": lambda: keras.Sequential([keras.Input((4, 4, 3)), L.Dropout(0.5), L.Flatten()]),
    "tokens": lambda: keras.Sequential([keras.Input((4, 4, 2)), L.Reshape((16, 2)), L.Dense(3)]),
}


@pytest.mark.parametrize("build", UNUSUAL.values(), ids=UNUSUAL)
def test_what_is_taken_can_be_pictured_too(build):
    model = build()
    view = LayersView(model)
    assert view._encode_picture()["text/html"].startswith("<cnn-widget")
    image = np.random.default_rng(0).random(model.inputs[0].shape[1:]).astype("float32")
    outputs = compute_layers(model, image)
    assert [list(output.shape) for output in outputs] == [layer["shape"] for layer in view._description["layers"]]
    np.testing.assert_allclose(outputs[-1], np.asarray(model(image[None]))[0], rtol=0, atol=1e-5)


@pytest.mark.filterwarnings("error")
def test_dollars_in_a_name_and_weights_that_grew_make_a_picture():
    model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(3, name="$^$")])
    model.add(keras.layers.Dense(3, activation="softmax"))
    for layer in model.layers[1:]:
        layer.set_weights([np.full(weight.shape, 3e38) for weight in layer.get_weights()])
    assert "<img" in LayersView(model)._encode_picture()["text/html"]
