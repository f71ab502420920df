"""The functions that lesson 05 shows, held to SciPy, to Keras and to values worked by hand."""

import numpy as np
import pytest
from lesson_rules import lesson_functions
from same_training import STEPS, assert_same_weights
from scipy.optimize import approx_fprime
from scipy.special import log_softmax
from scipy.special import softmax as scipy_softmax

from course_utils.networks import build_seed_network

pytestmark = pytest.mark.numbers

SHAPES = [(3,), (1, 10), (64, 10), (2, 3, 4)]


@pytest.fixture(scope="module")
def lesson():
    return lesson_functions("05_training")


@pytest.fixture(scope="module")
def keras():
    from course_utils._tensorflow import keras

    return keras


def random_logits(shape, scale, dtype="float64"):
    return np.random.default_rng(0).normal(0, scale, shape).astype(dtype)


def random_labels(shape):
    """One-hot along the last axis."""
    return np.eye(shape[-1])[np.random.default_rng(1).integers(shape[-1], size=shape[:-1])]


@pytest.mark.parametrize("scale", [0.1, 10, 1e4])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", SHAPES)
def test_softmax_is_scipys_for_small_and_extreme_logits(lesson, shape, dtype, scale):
    logits = random_logits(shape, scale, dtype)
    kept = logits.copy()
    found = lesson["softmax"](logits)
    np.testing.assert_allclose(found, scipy_softmax(logits, axis=-1), atol=1e-6)
    np.testing.assert_allclose(found.sum(axis=-1), 1, atol=1e-5)
    assert found.shape == shape
    assert found.dtype == logits.dtype
    np.testing.assert_array_equal(logits, kept)


@pytest.mark.parametrize("shape", SHAPES[1:])
def test_softmax_is_keras(lesson, keras, shape):
    logits = random_logits(shape, 5, "float32")
    np.testing.assert_allclose(lesson["softmax"](logits), keras.ops.softmax(logits, axis=-1), atol=1e-6)


def test_softmax_of_known_values(lesson):
    np.testing.assert_allclose(lesson["softmax"](np.log([1.0, 2.0, 5.0])), [0.125, 0.25, 0.625])
    np.testing.assert_array_equal(lesson["softmax"](np.array([1000.0, 1000.0, -1000.0])), [0.5, 0.5, 0])


@pytest.mark.parametrize("scale", [0.1, 10, 1e4])
@pytest.mark.parametrize("shape", SHAPES)
def test_cross_entropy_is_scipys_for_small_and_extreme_logits(lesson, shape, scale):
    labels, logits = random_labels(shape), random_logits(shape, scale)
    found = lesson["cross_entropy"](labels, logits)
    np.testing.assert_allclose(found, -(labels * log_softmax(logits, axis=-1)).sum(axis=-1), rtol=1e-12, atol=1e-12)
    assert np.shape(found) == shape[:-1]


@pytest.mark.parametrize("scale", [1, 1e4])
@pytest.mark.parametrize("shape", SHAPES[1:])
def test_cross_entropy_is_keras_on_logits(lesson, keras, shape, scale):
    labels, logits = random_labels(shape).astype("float32"), random_logits(shape, scale, "float32")
    theirs = keras.losses.categorical_crossentropy(labels, logits, from_logits=True)
    np.testing.assert_allclose(lesson["cross_entropy"](labels, logits), theirs, rtol=1e-5, atol=1e-5)


def test_cross_entropy_is_what_the_networks_loss_reports_on_probabilities(lesson, keras):
    labels, logits = random_labels((64, 10)), random_logits((64, 10), 2)
    theirs = keras.losses.CategoricalCrossentropy()(labels, lesson["softmax"](logits))
    np.testing.assert_allclose(lesson["cross_entropy"](labels, logits).mean(), float(theirs), rtol=1e-4)


def test_cross_entropy_of_known_values(lesson):
    ten = np.eye(10)[3]
    assert lesson["cross_entropy"](ten, np.zeros(10)) == pytest.approx(np.log(10))
    assert lesson["cross_entropy"](np.array([1.0, 0.0]), np.array([1000.0, -1000.0])) == 0
    assert lesson["cross_entropy"](np.array([0.0, 1.0]), np.array([1000.0, -1000.0])) == 2000


def test_gradient_of_cross_entropy_is_prediction_minus_target(lesson):
    labels, logits = random_labels((10,)), random_logits((10,), 2)
    gradient = approx_fprime(logits, lambda z: lesson["cross_entropy"](labels, z))
    np.testing.assert_allclose(gradient, lesson["softmax"](logits) - labels, atol=1e-6)


def test_first_rmsprop_step_by_hand(lesson):
    weights, velocity = lesson["rmsprop_step"](np.array([1.0, 1.0]), np.array([2.0, 0.0]), np.array([0.0, 5.0]))
    np.testing.assert_allclose(velocity, [0.1 * 4, 0.9 * 5])
    np.testing.assert_allclose(weights, [1 - 0.001 * 2 / np.sqrt(0.4 + 1e-7), 1], rtol=1e-14)


@pytest.mark.parametrize("size", [100, 1, 1e-3, 1e-5])  # for the smallest, it matters where epsilon is added
@pytest.mark.parametrize("shape", [(1,), (7,), (3, 3, 2, 4)])
@pytest.mark.parametrize(
    "settings", [{}, {"learning_rate": 0.1, "rho": 0.5, "epsilon": 1e-3}], ids=["Keras's defaults", "others"]
)
def test_ten_rmsprop_steps_are_keras(lesson, keras, settings, shape, size):
    rng = np.random.default_rng(2)
    start = rng.normal(0, 0.1, shape)
    weights, velocity = start, np.zeros(shape)
    theirs, optimizer = keras.Variable(start), keras.optimizers.RMSprop(**settings)
    for _ in range(10):
        gradient = rng.normal(0, size, shape)
        kept = weights.copy(), gradient.copy(), velocity.copy()
        new_weights, new_velocity = lesson["rmsprop_step"](weights, gradient, velocity, **settings)
        for array, before in zip((weights, gradient, velocity), kept, strict=True):
            np.testing.assert_array_equal(array, before)
        weights, velocity = new_weights, new_velocity
        optimizer.apply([keras.ops.convert_to_tensor(gradient, "float32")], [theirs])
    moved = np.abs(weights - start).max()
    np.testing.assert_allclose(weights, theirs, rtol=0, atol=1e-7 + 1e-4 * moved)
    assert moved > 1e-5, "the weights must have moved for the comparison to mean anything"


@pytest.fixture
def smallest_network(lesson):
    """The lesson's functions of the map, on an input and labels of their own."""
    rng = np.random.default_rng(3)
    names = lesson["loss_and_gradient"].__globals__
    names["x"] = rng.random(50)
    names["y"] = np.eye(2)[rng.integers(2, size=50)]
    yield lesson
    del names["x"], names["y"]


@pytest.mark.parametrize("batch", [slice(None), slice(8, 16), slice(49, 50)])
@pytest.mark.parametrize("place", [(0, 0), (3, -1), (-40, 25)])
def test_gradient_on_the_map_is_that_of_its_loss(smallest_network, place, batch):
    loss_and_gradient = smallest_network["loss_and_gradient"]
    loss, gradient = loss_and_gradient(place, batch)
    differences = approx_fprime(np.array(place, float), lambda place: loss_and_gradient(place, batch)[0])
    np.testing.assert_allclose(gradient, differences, atol=1e-5)
    if place == (0, 0):
        assert loss == pytest.approx(np.log(2))


def test_walks_take_the_steps_they_are_named_for(smallest_network):
    for step, first in (
        (smallest_network["gradient_descent"](0.5), lambda g: -0.5 * g),
        (smallest_network["rmsprop"](0.5), lambda g: -0.5 * g / np.sqrt(0.1 * g**2 + 1e-7)),
    ):
        places, losses = smallest_network["walk"](step, n_epochs=30)
        assert places.shape == (31, 2)
        np.testing.assert_allclose(places[1], first(smallest_network["loss_and_gradient"]((0, 0))[1]))
        np.testing.assert_allclose(losses, [smallest_network["loss_and_gradient"](place)[0] for place in places])
        assert min(losses) < losses[0]


@pytest.mark.parametrize("batch_size", [50, 16, 1])
def test_an_epoch_is_a_step_for_each_batch_in_order(smallest_network, batch_size):
    places, _ = smallest_network["walk"](smallest_network["gradient_descent"](2), 1, batch_size)
    batches = [slice(first, first + batch_size) for first in range(0, 50, batch_size)]
    assert places.shape == (len(batches) + 1, 2) and not places[0].any()
    for before, after, batch in zip(places, places[1:], batches, strict=False):
        np.testing.assert_allclose(after, before - 2 * smallest_network["loss_and_gradient"](before, batch)[1])


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "eager"])
def test_the_loop_by_hand_is_fit(lesson, keras, compiled):
    rng = np.random.default_rng(4)
    images = rng.random((2 * 16 + 5, 28, 28, 1), dtype="float32")  # the last batch is smaller
    labels = np.eye(10, dtype="float32")[rng.integers(10, size=len(images))]
    keras.utils.set_random_seed(0)
    by_hand, by_fit = build_seed_network(), build_seed_network()
    by_fit.set_weights(by_hand.get_weights())
    start = by_hand.get_weights()
    by_fit.compile(optimizer="rmsprop", loss="categorical_crossentropy")
    history = by_fit.fit(images, labels, batch_size=16, shuffle=False, verbose=0)
    step = lesson["tf"].function(lesson["training_step"]) if compiled else lesson["training_step"]
    optimizer = keras.optimizers.RMSprop()
    losses = lesson["train_by_hand"](by_hand, optimizer, images, labels, batch_size=16, step=step)
    assert len(losses) == STEPS
    assert np.average(losses, weights=[16, 16, 5]) == pytest.approx(history.history["loss"][0], rel=1e-3)
    assert_same_weights(by_hand.get_weights(), by_fit.get_weights(), start)


@pytest.mark.parametrize("seed", range(5))
def test_backward_is_the_gradient_through_the_hidden_layer(lesson, seed):
    rng = np.random.default_rng(seed)
    names = lesson["backward"].__globals__
    n_pixels, n_hidden, n_classes = 4, 5, 3
    names["pixels"], names["label"] = rng.random(n_pixels), np.eye(n_classes)[seed % n_classes]
    first, second = rng.normal(size=(n_pixels, n_hidden)), rng.normal(size=(n_hidden, n_classes))
    assert (names["pixels"] @ first < 0).any(), "a unit must be off for ReLU to be tested"

    def loss(weights):
        return lesson["loss_of"](
            weights[: first.size].reshape(first.shape), weights[first.size :].reshape(second.shape)
        )

    try:
        gradients = lesson["backward"](first, second)
        differences = approx_fprime(np.concatenate([first.ravel(), second.ravel()]), loss)
    finally:
        del names["pixels"], names["label"]
    np.testing.assert_allclose(np.concatenate([g.ravel() for g in gradients]), differences, atol=1e-5)


def test_all_weights_are_all_parameters_of_a_network(lesson):
    network = build_seed_network()
    assert lesson["all_weights"](network).shape == (network.count_params(),)
