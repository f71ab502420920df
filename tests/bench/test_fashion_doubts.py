"""Lesson 13's doubts about labels: no network has seen what it reads, a kill loses nothing, what is stored."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
from in_turn import Killed, in_turn

from course_utils import results
from course_utils.bench import fashion, fashion_doubts
from course_utils.data import load_fashion_mnist, prepare_images
from course_utils.results import read_arrays, read_result

pytestmark = [pytest.mark.numbers, pytest.mark.slow]


@pytest.fixture
def small(tmp_path, monkeypatch):
    """The bench on 250 images, in a folder of its own; returns the images."""
    (images, labels), _ = load_fashion_mnist()
    monkeypatch.setattr(fashion_doubts, "load_fashion_mnist", lambda: ((images[:250], labels[:250]), None))
    monkeypatch.setattr(fashion_doubts, "RECIPE", dataclasses.replace(fashion_doubts.RECIPE, n_images=200, epochs=1))
    for name, folder in (("RESULTS", tmp_path), ("KEPT", tmp_path / "kept")):
        monkeypatch.setattr(fashion_doubts, name, folder)
    monkeypatch.setattr(results, "RESULTS", tmp_path)
    return prepare_images(images[:250])


def stand_in(monkeypatch, images, may_train):
    """Networks that cost nothing and answer with pixels, and a kill after as many; returns what they were asked."""
    asked = []

    def train(recipe, seen, classes, *, seed):
        if len(asked) == may_train:
            raise Killed
        left_out = {image.tobytes() for image in images} - {image.tobytes() for image in seen}
        asked.append((seed, len(seen), len(classes)))

        def predict(some, **options):
            assert {image.tobytes() for image in some} <= left_out
            return some.reshape(len(some), -1)[:, 300:310]  # tells the images apart

        return SimpleNamespace(predict=predict), None

    in_turn(monkeypatch)
    monkeypatch.setattr(fashion_doubts.fashion, "train", train)
    return asked


def test_every_image_is_read_by_networks_that_have_not_seen_it(small, monkeypatch, tmp_path, capsys):
    before = stand_in(monkeypatch, small, 3)
    with pytest.raises(Killed):
        fashion_doubts.measure()
    asked = stand_in(monkeypatch, small, 100)
    fashion_doubts.measure()
    assert sorted(before + asked) == [(seed, 200, 200) for seed in range(10)]  # none of them twice
    stored = read_arrays("fashion_doubts")["probabilities"]
    assert np.array_equal(stored, small.reshape(250, -1)[:, 300:310].astype("float16"))
    fashion_doubts.measure()
    assert len(asked) == 7 and "all runs are stored" in capsys.readouterr().out
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_network_learns_from_the_others(small):
    probabilities = fashion_doubts.read_left_out(2, 1)
    assert probabilities.shape == (50, 10) and np.allclose(probabilities.sum(axis=1), 1, atol=1e-3)


def test_the_stored_doubts_are_of_all_training_images():
    probabilities = read_arrays("fashion_doubts")["probabilities"].astype(float)
    (_, labels), _ = load_fashion_mnist()
    assert probabilities.shape == (60_000, 10) and abs(probabilities.sum(axis=1) - 1).max() < 0.01
    assert 0.92 < (probabilities.argmax(axis=1) == labels).mean() < 0.95
    assert read_result("fashion_doubts")["recipe"] == fashion.describe(fashion_doubts.RECIPE)


def test_arrays_that_are_not_there_are_told(small):
    with pytest.raises(FileNotFoundError, match=r"no stored result nothing\.npz; `nox -s bench -- nothing` makes it"):
        read_arrays("nothing")
