"""The deep networks and the cheap ones of lesson 14, against counts by hand and sums in NumPy."""

import numpy as np
import pytest

from course_utils import costs, data, networks
from course_utils._tensorflow import keras

pytestmark = pytest.mark.numbers
LAYERS = keras.layers


@pytest.fixture(scope="module")
def images():
    (images, _), _ = data.load_fashion_mnist()
    return data.prepare_images(images[:8])


def kinds_of(model):
    return [type(layer).__name__ for layer in model.layers]


@pytest.mark.parametrize("depth", (2, 4, 10))
def test_a_deep_network_has_as_many_convolutions_as_it_says_and_all_maps_are_14_wide(depth):
    model = networks.build_deep_network(depth, width=5)
    convolutions = [layer for layer in model.layers if isinstance(layer, LAYERS.Conv2D)]
    assert len(convolutions) == depth and kinds_of(model).count("ReLU") == depth
    assert {layer.output.shape[1:] for layer in convolutions} == {(14, 14, 5)}
    assert {layer.kernel_size for layer in convolutions} == {(3, 3)}
    assert kinds_of(model)[-2:] == ["GlobalAveragePooling2D", "Dense"]
    assert model.count_params() == (9 * 5 + 5) + (depth - 1) * (9 * 25 + 5) + 60


def test_batch_normalization_takes_the_place_of_the_bias_before_each_relu():
    model = networks.build_deep_network(4, width=3, normalize=True)
    inner = ["Conv2D", "FusedBatchNormalization", "ReLU"] * 4
    assert kinds_of(model) == ["InputLayer", *inner, "GlobalAveragePooling2D", "Dense"]
    assert not any(layer.use_bias for layer in model.layers if isinstance(layer, LAYERS.Conv2D))


@pytest.mark.parametrize("normalize", (False, True))
def test_every_pair_but_the_first_adds_what_came_in(images, normalize):
    model = networks.build_deep_network(6, width=4, residual=True, normalize=normalize)
    assert kinds_of(model).count("Add") == 2
    plain = networks.build_deep_network(6, width=4, normalize=normalize)
    plain.set_weights(model.get_weights())
    first = [layer for layer in plain.layers if isinstance(layer, LAYERS.ReLU)][1]
    maps = [np.asarray(keras.Model(plain.input, first.output)(images))]
    names = [layer.name for layer in plain.layers]
    for _ in range(2):  # a pair at a time, by the layers of the plain network, which adds nothing
        start, change = names.index(first.name) + 1, maps[-1]
        pair = plain.layers[start : start + (6 if normalize else 4)]
        for layer in pair[:-1]:
            change = layer(change)
        maps.append(np.maximum(maps[-1] + np.asarray(change), 0))
        first = pair[-1]
    last = [layer for layer in model.layers if isinstance(layer, LAYERS.ReLU)][-1]
    found = np.asarray(keras.Model(model.input, last.output)(images))
    np.testing.assert_allclose(found, maps[-1], rtol=1e-4, atol=1e-5)


def test_the_initializer_is_of_every_convolution():
    for name, times in (("he_normal", 2), ("glorot_uniform", 1)):
        model = networks.build_deep_network(4, width=64, initializer=name)
        for layer in model.layers[3:]:
            if isinstance(layer, LAYERS.Conv2D):
                assert layer.kernel.numpy().std() == pytest.approx(np.sqrt(times / (9 * 64)), rel=0.03)
                assert not layer.bias.numpy().any()


@pytest.mark.parametrize("depth", (0, 1, 5, -2))
def test_convolutions_come_in_pairs(depth):
    with pytest.raises(ValueError, match=f"expected an even number from 2 on, got {depth}"):
        networks.build_deep_network(depth)


def test_the_ordinary_cheap_network_is_the_better_one_of_lesson_09():
    cheap, best = networks.build_cheap_network(), networks.build_best_network()
    assert [weights.shape for weights in cheap.get_weights()] == [weights.shape for weights in best.get_weights()]
    assert [name for name in kinds_of(best) if name != "Dropout"] == kinds_of(cheap)
    assert costs.count_multiply_adds(cheap)[1] == costs.count_multiply_adds(best)[1]


# Weights of the three convolutions, without the first, with a scale and a shift for each channel that is normalized:
# what a normalization learns; its two moving numbers a channel are parameters to Keras, too, hence 4.
def bottleneck(n, filters):
    few = filters // 4
    return n * few + 9 * few * few + few * filters + 4 * (2 * few + filters)


def separable(n, filters):
    return 9 * n + n * filters + 4 * filters


def ordinary(n, filters):
    return 9 * n * filters + 4 * filters


@pytest.mark.parametrize("count", (ordinary, bottleneck, separable))
@pytest.mark.parametrize("pooled", (False, True))
def test_cheap_networks_have_the_parameters_that_are_counted_by_hand(count, pooled):
    model = networks.build_cheap_network(count.__name__, pooled=pooled)
    inner = count(32, 64) + count(64, 64) + count(64, 128)
    assert model.count_params() == 25 * 32 + 4 * 32 + inner + ((1 if pooled else 4) * 128 * 10 + 10)
    assert ("GlobalAveragePooling2D" in kinds_of(model)) == pooled
    # Each of the three reads maps of 12, 10 and 4 numbers a side, without padding.
    assert [layer.output.shape[1] for layer in model.layers if isinstance(layer, LAYERS.MaxPooling2D)] == [12, 4]
    assert model.output_shape == (None, 10)


def test_each_convolution_but_the_last_of_a_bottleneck_is_normalized_once():
    names = kinds_of(networks.build_cheap_network("bottleneck"))
    for number, name in enumerate(names):
        if name == "Conv2D":
            assert names[number + 1 : number + 3] == ["FusedBatchNormalization", "ReLU"]


def test_another_convolution_is_refused():
    with pytest.raises(ValueError, match="one of ordinary, bottleneck, separable, got 'dense'"):
        networks.build_cheap_network("dense")
