"""Parts of trained networks: borrowed, cut off, frozen, and still the same functions."""

import keras
import numpy as np
import pytest

from course_utils import networks, transfer

pytestmark = pytest.mark.numbers
IMAGES = np.random.default_rng(0).integers(256, size=(4, 64, 64, 3)).astype("uint8")


@pytest.fixture(scope="module")
def network():
    return networks.load_efficientnet_lite0(64)


def test_borrowed_layers_compute_as_the_trained_ones_and_the_others_as_before():
    trained = networks.load_seed_network()
    keras.utils.set_random_seed(0)
    model = networks.build_seed_network()
    before = [layer.get_weights() for layer in model.layers]
    transfer.borrow_layers(model, trained, 6, frozen=True)
    for number, (layer, teacher) in enumerate(zip(model.layers, trained.layers, strict=True)):
        wanted = teacher.get_weights() if number < 6 else before[number]
        assert all(map(np.array_equal, layer.get_weights(), wanted)), layer.name


@pytest.mark.parametrize("frozen", [True, False])
def test_frozen_layers_stay_as_they_are_when_the_rest_is_trained(frozen):
    trained = networks.load_seed_network()
    model = networks.build_seed_network()
    transfer.borrow_layers(model, trained, 6, frozen=frozen)
    model.compile(**networks.SEED_RECIPE)
    images = np.random.default_rng(0).random((8, 28, 28, 1)).astype("float32")
    model.fit(images, np.eye(10, dtype="float32")[:8], verbose=0)
    first, last = model.layers[0].get_weights()[0], model.layers[-1].get_weights()[0]
    assert np.array_equal(first, trained.layers[0].get_weights()[0]) == frozen
    assert not np.array_equal(last, trained.layers[-1].get_weights()[0])


def test_both_parts_of_a_network_make_the_whole(network):
    lower, upper = transfer.cut_network(network, "block07_add")
    whole = keras.Model(network.input, network.get_layer("features").output)
    maps = lower.predict(IMAGES, verbose=0)
    assert maps.shape == (4, 4, 4, 80)
    np.testing.assert_allclose(upper.predict(maps, verbose=0), whole.predict(IMAGES, verbose=0), rtol=1e-4, atol=1e-5)
    assert lower.count_params() + upper.count_params() == whole.count_params()
    to_probabilities = transfer.cut_network(network, "block07_add", end="classes")[1]
    assert to_probabilities.output_shape == (None, 1000)


def test_a_cut_inside_a_block_is_refused_with_a_better_place(network):
    with pytest.raises(ValueError, match=r"can't be cut after 'block07_project'.*'features' also reads .* Add layer"):
        transfer.cut_network(network, "block07_project")


def test_frozen_normalization_neither_moves_nor_reads_the_batch():
    network = networks.load_efficientnet_lite0(64)  # of its own, since it is changed
    _, upper = transfer.cut_network(network, "block10_add")
    transfer.freeze_normalization(upper)
    normalizations = [layer for layer in upper.layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert len(normalizations) == 16 and not any(layer.trainable_weights for layer in normalizations)
    maps = np.random.default_rng(0).normal(size=(8, 4, 4, 112)).astype("float32")
    np.testing.assert_allclose(upper(maps, training=True), upper(maps, training=False), rtol=1e-5, atol=1e-6)
    before = [layer.get_weights() for layer in normalizations]
    upper.compile(optimizer="sgd", loss="mse")
    upper.fit(maps, np.zeros((8, 1280), "float32"), verbose=0)
    for layer, weights in zip(normalizations, before, strict=True):
        assert all(map(np.array_equal, layer.get_weights(), weights))
    assert not np.array_equal(upper.get_layer("head").get_weights()[0], network.get_layer("stem").get_weights()[0])
