"""The vision transformer: its parameters and its answers by hand, what its positions are for, and that it learns."""

import numpy as np
import pytest
from scipy.special import erf

from course_utils import costs, data, networks
from course_utils._tensorflow import keras

pytestmark = pytest.mark.numbers

SIDES = [7, 4]


def some_network(**options):
    """A network with all its weights moved at random, so that no bias is 0 and no scale is 1."""
    keras.utils.set_random_seed(0)
    network, random = networks.build_vision_transformer(**options), np.random.default_rng(0)
    network.set_weights([weight + random.normal(0, 0.1, weight.shape) for weight in network.get_weights()])
    return network


@pytest.fixture(scope="module")
def images(mnist):
    return data.prepare_images(mnist[1][0][:20])


def shuffle_patches(images, order, side):
    """The same images, with their patches in another order."""
    n = 28 // side
    grid = [[images[:, r : r + side, c : c + side] for c in range(0, 28, side)] for r in range(0, 28, side)]
    patches = [patch for row in grid for patch in row]
    rows = [np.concatenate([patches[place] for place in order[n * r : n * r + n]], axis=2) for r in range(n)]
    return np.concatenate(rows, axis=1)


# ---- parts


@pytest.mark.parametrize("side", SIDES)
def test_parameters_by_hand(side):
    n_tokens = (28 // side) ** 2
    embedding = side * side * 64 + 64 + n_tokens * 64
    attention = 3 * (64 * 4 * 16 + 4 * 16) + 4 * 16 * 64 + 64  # queries, keys, values; then the heads' results
    dense = 64 * 128 + 128 + 128 * 64 + 64
    block = 2 * 64 + attention + 2 * 64 + dense
    network = networks.build_vision_transformer(patch=side)
    assert network.count_params() == embedding + 4 * block + 2 * 64 + 64 * 10 + 10 == 138_890
    without = networks.build_vision_transformer(patch=side, positions=False)
    assert without.count_params() == 138_890 - n_tokens * 64


@pytest.mark.parametrize("side", SIDES)
def test_multiply_adds_by_hand(side):
    n = (28 // side) ** 2
    attention = 4 * n * 64 * 64 + 2 * n * n * 64  # queries, keys, values, results; scores, and means of values
    dense = 2 * n * 64 * 128
    _, total = costs.count_multiply_adds(networks.build_vision_transformer(patch=side))
    assert total == 28 * 28 * 64 + 4 * (attention + dense) + 64 * 10


@pytest.mark.parametrize("side", SIDES)
def test_it_reads_images_and_its_tokens_keep_their_shape(side):
    network = networks.build_vision_transformer(patch=side)
    assert network.input_shape == (None, 28, 28, 1) and network.output_shape == (None, 10)
    for number in range(1, 5):
        attention = network.get_layer(f"attention_{number}")
        assert attention.output.shape == (None, (28 // side) ** 2, 64)
        assert (attention.num_heads, attention.key_dim) == (4, 16)


@pytest.mark.parametrize("side", SIDES)
def test_a_token_is_a_patch_and_its_place(images, side):
    network = some_network(patch=side)
    tokens = keras.Model(network.input, network.get_layer("positions").output)(images[:3])
    kernel, bias, vectors = network.get_weights()[:3]
    for place in (0, 1, 28 // side, (28 // side) ** 2 - 1):  # row by row
        top, left = (side * number for number in divmod(place, 28 // side))
        patch = images[:3, top : top + side, left : left + side].reshape(3, -1)
        by_hand = patch @ kernel.reshape(side * side, 64) + bias + vectors[place]
        np.testing.assert_allclose(tokens[:, place], by_hand, atol=1e-5)


def test_places_start_small_and_each_on_its_own():
    vectors = networks.build_vision_transformer().get_layer("positions").get_weights()[0]
    assert vectors.shape == (16, 64) and 0.015 < vectors.std() < 0.025
    assert len(np.unique(vectors)) == vectors.size


@pytest.mark.parametrize("side", [0, 3, 5, 29, -7, 3.5, None, "7"])
def test_a_patch_that_does_not_fill_the_image_is_refused(side):
    with pytest.raises(ValueError, match=f"patch must divide 28, the side of an image, got {side!r}"):
        networks.build_vision_transformer(patch=side)


# ---- the whole network in NumPy


def normalized(tokens, scale, shift):
    centered = tokens - tokens.mean(axis=-1, keepdims=True)
    return centered / np.sqrt((centered**2).mean(axis=-1, keepdims=True) + 1e-6) * scale + shift


def softmax(scores):
    powers = np.exp(scores)
    return powers / powers.sum(axis=-1, keepdims=True)


def attended(tokens, weights):
    """Four heads: what each reads where, side by side, and a dense layer over them."""
    queries, keys, values = (
        np.stack([tokens @ kernel[:, head] + bias[head] for head in range(4)])
        for kernel, bias in zip(weights[0:6:2], weights[1:6:2], strict=True)
    )
    heads = softmax(queries @ keys.swapaxes(-1, -2) / 4) @ values  # 4 is the square root of the 16 numbers of a key
    return np.concatenate(list(heads), axis=-1) @ weights[6].reshape(64, 64) + weights[7]


def answers_by_hand(network, images, side):
    weights = [weight.astype("float64") for weight in network.get_weights()]
    n = 28 // side
    patches = images.reshape(-1, n, side, n, side).swapaxes(2, 3).reshape(len(images), n * n, side * side)
    tokens = patches @ weights[0].reshape(side * side, 64) + weights[1] + weights[2]
    for start in range(3, 67, 16):
        part = weights[start : start + 16]
        tokens = tokens + attended(normalized(tokens, *part[:2]), part[2:10])
        hidden = normalized(tokens, *part[10:12]) @ part[12] + part[13]
        hidden = hidden * (1 + erf(hidden / np.sqrt(2))) / 2  # GELU
        tokens = tokens + hidden @ part[14] + part[15]
    mean = normalized(tokens, *weights[67:69]).mean(axis=1)
    return softmax(mean @ weights[69] + weights[70])


@pytest.mark.parametrize("side", SIDES)
def test_answers_by_hand(images, side):
    network = some_network(patch=side)
    answers = network.predict(images, verbose=0)
    np.testing.assert_allclose(answers, answers_by_hand(network, images, side), atol=1e-5)
    assert answers.std(axis=0).max() > 1e-2  # images do differ


def test_attention_scores_by_hand(images):
    """As the lesson takes them out of the network."""
    network = some_network()
    attention = network.get_layer("attention_1")
    read = keras.Model(network.input, attention.input[0])(images)
    _, scores = attention(read, read, return_attention_scores=True)
    assert scores.shape == (20, 4, 16, 16)
    query_kernel, query_bias, key_kernel, key_bias = attention.get_weights()[:4]
    for head in range(4):
        queries, keys = read @ query_kernel[:, head] + query_bias[head], read @ key_kernel[:, head] + key_bias[head]
        by_hand = softmax(np.asarray(queries) @ np.asarray(keys).swapaxes(-1, -2) / 4)
        np.testing.assert_allclose(scores[:, head], by_hand, atol=1e-5)


# ---- positions


@pytest.mark.parametrize("side", SIDES)
def test_without_positions_the_order_of_the_patches_is_unknown(images, side):
    order = np.random.default_rng(1).permutation((28 // side) ** 2)
    shuffled = shuffle_patches(images, order, side)
    network = some_network(patch=side, positions=False)
    answers = network.predict(images, verbose=0)
    np.testing.assert_allclose(network.predict(shuffled, verbose=0), answers, atol=1e-5)
    inside = shuffle_patches(images, np.random.default_rng(1).permutation(28 * 28), 1)  # pixels across patches
    assert abs(network.predict(inside, verbose=0) - answers).max() > 1e-2


@pytest.mark.parametrize("side", SIDES)
def test_positions_matter_only_through_their_vectors(images, side):
    order = np.random.default_rng(1).permutation((28 // side) ** 2)
    shuffled = shuffle_patches(images, order, side)
    network = some_network(patch=side)
    answers, positions = network.predict(images, verbose=0), network.get_layer("positions")
    assert abs(network.predict(shuffled, verbose=0) - answers).max() > 1e-2
    vectors = positions.get_weights()[0]
    positions.set_weights([vectors[order]])  # a patch takes its vector along
    np.testing.assert_allclose(network.predict(shuffled, verbose=0), answers, atol=1e-5)
    positions.set_weights([np.zeros_like(vectors)])
    np.testing.assert_allclose(network.predict(shuffled, verbose=0), network.predict(images, verbose=0), atol=1e-5)


# ---- saved, in 16 bits, trained


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own, with NumPy 2
@pytest.mark.parametrize("options", [{}, {"patch": 4}, {"positions": False}])
def test_it_is_saved_and_loaded(tmp_path, images, options):
    network = some_network(**options)
    network.save(tmp_path / "transformer.keras")
    loaded = keras.saving.load_model(tmp_path / "transformer.keras", safe_mode=True)
    np.testing.assert_allclose(loaded.predict(images, verbose=0), network.predict(images, verbose=0), atol=1e-6)


def test_probabilities_are_float32_whatever_the_precision():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        network = networks.build_vision_transformer()
    finally:
        keras.config.set_dtype_policy(before)
    assert network.get_layer("positions").compute_dtype == "bfloat16"
    assert all(weight.dtype == "float32" for weight in network.weights)
    assert network.layers[-1].compute_dtype == network.output.dtype == "float32"  # not run: AVX2 has no bfloat16


def test_it_learns_from_a_few_hundred_images(mnist):
    (images, labels), (others, other_labels) = mnist
    keras.utils.set_random_seed(0)
    network = networks.build_vision_transformer()
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = network.fit(data.prepare_images(images[:320]), labels[:320], batch_size=32, epochs=15, verbose=0).history
    assert history["loss"][0] > 1.5 and history["accuracy"][-1] > 0.9
    right = network.predict(data.prepare_images(others[:500]), verbose=0).argmax(axis=1) == other_labels[:500]
    assert right.mean() > 0.4  # few images, and nothing built in that helps; a guess is right a tenth of the time
