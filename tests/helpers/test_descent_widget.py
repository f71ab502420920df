"""The walker of DescentView without a browser: what it takes, computes, tells, and what is stored of it."""

import base64
import json
import re

import numpy as np
import pytest

from course_utils.widgets.descent import DescentView

pytestmark = [pytest.mark.slow, pytest.mark.numbers]

RANDOM = np.random.default_rng(0)
INK = RANDOM.integers(0, 4081, size=50) / 4080
IS_ONE = (INK + RANDOM.normal(0, 0.2, size=50) > 0.4).astype(int)


@pytest.mark.parametrize(
    ("ink", "is_one", "said"),
    [
        ((255 * INK).astype("uint8"), IS_ONE, "ink must hold floats from 0 to 1, got uint8; divide bytes by 255"),
        (255 * INK, IS_ONE, r"ink must lie in \[0, 1\], got .* to 2\d\d\S*; divide bytes by 255"),
        (np.where(INK > 0.5, np.nan, INK), IS_ONE, r"ink must lie in \[0, 1\], got nan to nan"),
        (INK.reshape(5, 10), IS_ONE, r"ink must have the shape \(n,\), with 2 to 5,000 images, got \(5, 10\)"),
        (np.zeros(5001), np.zeros(5001), r"with 2 to 5,000 images, got \(5001,\)"),
        (INK, IS_ONE[:9], r"is_one must have the shape of ink, \(50,\), got \(9,\)"),
        (
            INK,
            IS_ONE + 6,
            "is_one must hold zeros and ones, at least one of each, got 6, 7; compare, as in digits == 1",
        ),
        (INK, np.ones(50), "at least one of each, got 1.0"),
        (INK, IS_ONE.astype(str), "is_one must hold zeros and ones"),
    ],
)
def test_images_that_are_none_are_refused(ink, is_one, said):
    with pytest.raises((TypeError, ValueError), match=said):
        DescentView(ink, is_one)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"learning_rate": 0}, "learning_rate must be above 0, and at most 1000, got 0"),
        ({"learning_rate": float("nan")}, "learning_rate must be above 0"),
        ({"learning_rate": "5"}, "learning_rate must be a number, got '5'"),
        (
            {"optimizer": "adam"},
            "optimizer must be one of 'gradient descent', 'momentum', 'RMSprop', 'Adam', got 'adam'",
        ),
        ({"optimizer": ["Adam"]}, "optimizer must be one of"),
        ({"momentum": 1}, "momentum must be at least 0, and below 1, got 1"),
        ({"momentum": True}, "momentum must be a number, got True"),
        ({"batch_size": 0}, "batch_size must be a whole number from 1 to 50, the number of images, got 0"),
        ({"batch_size": 51}, "from 1 to 50, the number of images, got 51"),
        ({"batch_size": 4.0}, "batch_size must be a whole number"),
        ({"start": (0, 7)}, r"start must lie on the map, w from -8 to 28 and b from -14 to 6, got \(0, 7\)"),
        ({"start": (float("nan"), 0)}, "start must lie on the map"),
        ({"start": 3}, "start must be two numbers, w and b, got 3"),
        ({"start": (1, 2, 3)}, "start must be two numbers, w and b"),
        ({"start": "ab"}, "start must be two numbers, w and b"),
    ],
)
def test_settings_that_are_none_are_refused(setting, said):
    with pytest.raises((TypeError, ValueError), match=said):
        DescentView(INK, IS_ONE, **setting)


def test_the_state_holds_exact_numbers_and_is_the_same_each_time():
    view = DescentView(INK.astype("float32"), IS_ONE.astype(bool), learning_rate=0.2, batch_size=4, start=(1, -2))
    state = json.loads(json.dumps(view._state()))
    counts = np.frombuffer(base64.b64decode(state.pop("ink")), "<u2")
    labels = np.unpackbits(np.frombuffer(base64.b64decode(state.pop("isOne")), np.uint8))[:50]
    assert (counts == (INK * 4080).round()).all() and (labels == IS_ONE).all()
    assert state == {
        **{"learningRate": 0.2, "momentum": 0.9, "optimizer": "gradient descent", "batchSize": 4},
        **{"start": [1, -2], "nSteps": 0, "before": None},
    }
    again = DescentView(list(INK), IS_ONE.tolist(), learning_rate=0.2, batch_size=4, start=(1, -2))
    assert again._state() == view._state()


def test_a_picture_of_the_most_images_is_a_few_kilobytes_of_state():
    ink = RANDOM.random(5000)
    assert len(json.dumps(DescentView(ink, ink > 0.5)._state())) < 15_000


@pytest.mark.parametrize("optimizer", ["gradient descent", "momentum", "RMSprop", "Adam"])
def test_the_stored_picture_shows_what_run_would_do(optimizer):
    view = DescentView(INK, IS_ONE, optimizer=optimizer, learning_rate=0.5)
    output = view._encode_picture()
    alt = output["text/plain"]
    assert "A walker takes 60 steps on all 50 images at once: " + optimizer in alt and "learning rate 0.5" in alt
    assert alt.endswith("The walker stays on the map.")
    assert ("momentum of 0.9" in alt) == (optimizer == "momentum")
    assert re.match('<cnn-widget data-kind="descent" data-state="[^"]+"><img src=', output["text/html"])
    assert (view.places == [[0, 0]]).all() and view.losses == pytest.approx([np.log(2)])


def test_the_text_tells_of_batches_and_of_a_walker_who_leaves():
    view = DescentView(INK, IS_ONE, batch_size=1, learning_rate=200)
    assert "60 steps on batches of 1 of 50 images" in view._encode_picture()["text/plain"]
    assert view._encode_picture()["text/plain"].endswith("leaves the map.")


def test_python_reads_what_was_moved():
    view = DescentView(INK, IS_ONE)
    places = np.array([[2.5, -1], [3, 0.1], [1e3, -2e3]])
    before = {"learningRate": 5.0, "momentum": 0.9, "optimizer": "Adam", "batchSize": 50, "start": [0, 0], "nSteps": 7}
    content = {
        **{"learningRate": 0.2, "momentum": 0.5, "optimizer": "RMSprop", "batchSize": 4},
        **{"start": [2.5, -1], "nSteps": 2, "before": before},
    }
    assert view._answer("change", content, [memoryview(places.tobytes())]) is None
    assert (view.learning_rate, view.momentum, view.optimizer, view.batch_size) == (0.2, 0.5, "RMSprop", 4)
    assert view.start == (2.5, -1) and (view.places == places).all() and view.places.dtype == np.float64
    logits = places[:, :1] * INK + places[:, 1:]
    losses = np.logaddexp(0, logits) - logits * IS_ONE
    np.testing.assert_allclose(view.losses, losses.mean(axis=1))
    view.places[:] = 7
    assert (view.places == places).all(), "a copy"
    state = view._state()
    assert state["nSteps"] == 2 and state["before"] == before and state["optimizer"] == "RMSprop"
    assert "takes 2 steps on batches of 4 of 50 images" in view._encode_picture()["text/plain"]


def test_a_gradient_is_that_of_finite_differences():
    view, nudge = DescentView(INK, IS_ONE), 1e-6
    for place in ([0.0, 0.0], [3.0, -2.0], [-900.0, 400.0]):
        loss, gradient = view._loss_and_gradient(np.array(place))
        assert np.isfinite(loss)
        for axis in (0, 1):
            up, down = (np.array(place) + sign * nudge * np.eye(2)[axis] for sign in (1, -1))
            difference = (view._loss_and_gradient(up)[0] - view._loss_and_gradient(down)[0]) / (2 * nudge)
            assert gradient[axis] == pytest.approx(difference, abs=1e-4)
