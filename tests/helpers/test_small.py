"""The smallest networks: how many parameters they have, and that folding changes numbers and not answers."""

import numpy as np
import pytest

from course_utils import networks
from course_utils._tensorflow import keras, tf
from course_utils.networks.parts import FusedBatchNormalization
from course_utils.networks.small import FewMapsNormalization

SHAPES = ({}, {"first": 3, "early": 5, "width": 9, "depth": 1}, {"depth": 5})


def with_traces_of_training(model, rng):
    """The network with weights that are neither 0 nor 1 anywhere, as after training, and some factors below 0."""
    model.set_weights(
        [
            rng.uniform(0.3, 2, weight.shape)
            if "variance" in variable.path
            else weight + rng.normal(0, 0.8 if "gamma" in variable.path else 0.3, weight.shape)
            for variable, weight in zip(model.weights, model.get_weights(), strict=True)
        ]
    )
    return model


@pytest.mark.numbers
@pytest.mark.parametrize("shape", SHAPES)
def test_a_folded_network_answers_the_same_with_fewer_numbers(shape):
    rng = np.random.default_rng(0)
    images = rng.random((20, 28, 28, 1), dtype="float32")
    model = with_traces_of_training(networks.build_small_network(**shape), rng)
    folded = networks.fold_normalization(model, **shape)
    answers = model.predict(images, verbose=0)
    assert np.ptp(answers, axis=0).max() > 1e-4  # the images matter
    assert np.allclose(answers, folded.predict(images, verbose=0), atol=1e-4)
    assert folded.count_params() < model.count_params()
    assert not any("normalization" in type(layer).__name__.lower() for layer in folded.layers)


@pytest.mark.numbers
def test_normalization_of_few_maps_equals_its_parent_when_it_trains():
    rng = np.random.default_rng(0)
    maps = tf.constant(rng.normal(0.5, 2, (16, 9, 7, 5)), "float32")
    weights = rng.random((16, 9, 7, 5)).astype("float32")
    seen = []
    for kind in (FewMapsNormalization, FusedBatchNormalization):
        layer = kind(momentum=0.9)
        layer.build(maps.shape)
        layer.gamma.assign([-1, 0.5, 1, 2, 3])
        layer.beta.assign([0, 1, 0, -1, 2])
        with tf.GradientTape() as tape:
            tape.watch(maps)
            normalized = layer(maps, training=True)
            loss = tf.reduce_sum(weights * normalized**2)
        slopes = tape.gradient(loss, [maps, layer.gamma.value, layer.beta.value])
        seen.append([normalized, *slopes, layer.moving_mean, layer.moving_variance, layer(maps)])
    for one, other in zip(*seen, strict=True):
        assert np.ptp(np.asarray(other)) > 0.01 and np.allclose(one, other, rtol=1e-3, atol=1e-3)


@pytest.mark.numbers
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own, with NumPy 2
def test_an_unfolded_network_is_saved_and_frozen_like_any_other(tmp_path):
    rng = np.random.default_rng(0)
    images = rng.random((8, 28, 28, 1), dtype="float32")
    model = with_traces_of_training(networks.build_small_network(), rng)
    model.save(tmp_path / "small.keras")
    again = keras.models.load_model(tmp_path / "small.keras")
    assert np.allclose(model(images), again(images), atol=1e-5)
    again.trainable = False
    again(images, training=True)  # frozen: the moving averages stay
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        assert np.array_equal(one, other)


def test_parameters_are_as_counted_by_hand():
    first, early, width = 4, 8, 14
    begin = 10 * first + (9 * first + first * early + early) + (9 * early + early * width + width)
    each, classes = 9 * width + width * width + width, 10 * width + 10
    for depth in (1, 4):
        shape = {"first": first, "early": early, "width": width, "depth": depth}
        model = networks.build_small_network(**shape, folded=True)
        assert model.count_params() == begin + (depth - 1) * each + classes
    assert model.layers[-3].output.shape == (None, 4, 4, width)


def test_a_file_that_is_no_network_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match="trained network"):
        networks.load_smallest_network(tmp_path / "none.keras")
    (tmp_path / "broken.keras").write_bytes(b"PK")
    with pytest.raises(ValueError, match="git checkout"):
        networks.load_smallest_network(tmp_path / "broken.keras")
