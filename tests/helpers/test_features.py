"""Features are computed once: cold and warm are the same, bit by bit; what has changed or is damaged is made anew."""

import io
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import rich.console
import rich.progress

from course_utils import features, networks

pytestmark = pytest.mark.numbers
IMAGES = np.random.default_rng(0).integers(0, 256, (70, 8, 8, 1), dtype=np.uint8)


def build(seed=0, activation="relu"):
    keras.utils.set_random_seed(seed)
    layers = [keras.Input((8, 8, 1), name="images"), keras.layers.Conv2D(3, 3, activation=activation, name="maps")]
    return keras.Sequential([*layers, keras.layers.GlobalAveragePooling2D(name="means")], name="network")


@pytest.fixture
def computed(tmp_path, monkeypatch):
    """An empty cache, and how many images each computation read."""
    computed, predict = [], features._predict

    def count(model, images, *others):
        computed.append(len(images))
        return predict(model, images, *others)

    monkeypatch.setenv(features.VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(features, "_predict", count)
    return computed


def test_cold_and_warm_are_the_same_to_the_bit_and_what_predict_gives(computed):
    model = build()
    cold = features.predict_cached(model, IMAGES)
    warm = features.predict_cached(build(), IMAGES.copy())
    assert computed == [70] and cold.dtype == warm.dtype == np.float32 and np.array_equal(cold, warm)
    assert np.allclose(cold, model.predict(IMAGES, verbose=0), atol=1e-4) and cold.shape == (70, 3)
    assert [path.suffix for path in features.cache_folder().iterdir()] == [".npy"]


def test_other_images_weights_or_layers_are_computed(computed):
    others = IMAGES.copy()
    others[3, 4, 5] ^= 1
    for model, images in (
        (build(), IMAGES),
        (build(), others),
        (build(), IMAGES.astype("float32")),
        (build(), IMAGES[::-1]),
        (build(seed=1), IMAGES),
        (build(activation="tanh"), IMAGES),
    ):
        assert np.allclose(features.predict_cached(model, images), model.predict(images, verbose=0), atol=1e-3)
    assert len(computed) == 6
    few, one = np.zeros((4, 8, 8, 1), dtype=np.uint8), np.zeros((1, 8, 8, 1), dtype=np.float32)  # of the same bytes
    assert [len(features.predict_cached(build(), images)) for images in (few, one)] == [4, 1]


def test_a_network_that_is_built_again_is_known_by_its_features():
    """Keras numbers what has no name of its own, from one model to the next."""

    def key(layer):
        network = networks.load_efficientnet_lite0(32)
        part = keras.Model(network.input, network.get_layer(layer).output)
        return features._key(part, np.zeros((1, 32, 32, 3), dtype=np.uint8))

    assert key("features") == key("features") != key("block07_add")


def test_which_layers_learn_changes_nothing(computed):
    model = build()
    right = features.predict_cached(model, IMAGES)
    model.layers[0].trainable = False
    assert np.array_equal(features.predict_cached(model, IMAGES), right) and len(computed) == 1


@pytest.mark.parametrize("damage", [b"", b"\x93NUMPY", b"PK\x03\x04" + bytes(50), bytes(500)])
def test_a_damaged_file_is_made_anew(computed, damage):
    right = features.predict_cached(build(), IMAGES)
    (path,) = features.cache_folder().iterdir()
    path.write_bytes(damage)
    assert np.array_equal(features.predict_cached(build(), IMAGES), right)
    assert np.array_equal(features.predict_cached(build(), IMAGES), right) and len(computed) == 2


@pytest.mark.parametrize("place", [20, 60, 140, -600, -1])
def test_a_file_that_is_cut_off_or_has_a_wrong_byte_is_made_anew(computed, place):
    right = features.predict_cached(build(), IMAGES)
    (path,) = features.cache_folder().iterdir()
    content = bytearray(path.read_bytes())
    content[place] ^= 8
    path.write_bytes(content if place > 0 else content[:place])
    assert np.array_equal(features.predict_cached(build(), IMAGES), right) and len(computed) == 2


def test_where_nothing_can_be_kept_it_is_computed_each_time(computed, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv(features.VARIABLE, str(tmp_path / "file"))
    first, second = (features.predict_cached(build(), IMAGES) for _ in range(2))
    assert np.array_equal(first, second) and len(computed) == 2


def test_a_write_that_is_broken_off_leaves_nothing_behind(computed, monkeypatch):
    def stop(*names):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        features.predict_cached(build(), IMAGES)
    assert list(features.cache_folder().iterdir()) == []


def test_it_shows_how_far_it_is(computed, monkeypatch):
    terminal = rich.console.Console(file=io.StringIO(), force_terminal=True)
    monkeypatch.setattr(rich.progress, "get_console", lambda: terminal)
    monkeypatch.setenv(features.NO_BAR, "1")
    features.predict_cached(build(seed=1), IMAGES, what="cells")
    assert terminal.file.getvalue() == ""
    monkeypatch.delenv(features.NO_BAR)
    features.predict_cached(build(), IMAGES, what="cells")
    assert "cells" in terminal.file.getvalue()


@pytest.mark.parametrize("shape", [(70, 8, 8), (70, 8, 9, 1), (70, 8, 8, 3), (0, 8, 8, 1)])
def test_images_of_another_shape_are_refused(computed, shape):
    with pytest.raises(ValueError, match=r"images must have shape \(n, 8, 8, 1\), n at least 1, got"):
        features.predict_cached(build(), np.zeros(shape, dtype=np.uint8))
    assert computed == []


@pytest.mark.parametrize(
    ("model", "images", "options", "error", "message"),
    [
        (lambda: build, IMAGES, {}, ValueError, "a built Keras model with one input and one output.*got 0 and 0"),
        (lambda: keras.Sequential([keras.layers.Flatten()]), IMAGES, {}, ValueError, "got 0 and 0"),
        (lambda: keras.Model(*(lambda i: (i, [i, 2 * i]))(keras.Input((2,)))), IMAGES, {}, ValueError, "got 1 and 2"),
        (build, IMAGES, {"batch_size": 0}, ValueError, "batch_size must be a whole number, at least 1, got 0"),
        (build, IMAGES.astype(str), {}, TypeError, "images must be real numbers"),
        (build, [np.zeros((8, 8, 1)), np.zeros((9, 8, 1))], {}, ValueError, "images must all have the same shape"),
    ],
)
def test_models_and_images_that_dont_do_are_named(computed, model, images, options, error, message):
    with pytest.raises(error, match=message):
        features.predict_cached(model(), images, **options)
    assert computed == []


def test_by_default_it_lies_outside_the_course(monkeypatch):
    monkeypatch.delenv(features.VARIABLE, raising=False)
    folder = features.cache_folder()
    assert folder.is_absolute() and "cnn-course" in folder.parts
    assert Path(__file__).parents[2] not in [folder, *folder.parents]


def test_an_import_of_it_loads_no_tensorflow():
    code = "import sys, course_utils.features; assert 'tensorflow' not in sys.modules and 'rich' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
