"""The networks: every shape, every parameter count, and the shipped one's accuracy."""

import json
import shutil

import numpy as np
import pytest

from course_utils import data, networks
from course_utils._tensorflow import keras, tf

pytestmark = pytest.mark.numbers


@pytest.fixture(scope="module")
def network():
    return networks.build_seed_network()


@pytest.fixture(scope="module")
def shipped():
    return networks.load_seed_network()


# Lesson 04 derives these by hand: a 3 x 3 kernel for each pair of channels and a bias for each filter; a weight for
# each pair of units and a bias for each unit.
LAYERS = [
    ("Conv2D", (28, 28, 32), 3 * 3 * 1 * 32 + 32),
    ("MaxPooling2D", (14, 14, 32), 0),
    ("Conv2D", (12, 12, 64), 3 * 3 * 32 * 64 + 64),
    ("MaxPooling2D", (6, 6, 64), 0),
    ("Conv2D", (4, 4, 64), 3 * 3 * 64 * 64 + 64),
    ("Flatten", (1024,), 0),
    ("Dense", (64,), 1024 * 64 + 64),
    ("Dense", (10,), 64 * 10 + 10),
]


def test_every_layer_has_its_shape_and_parameters(network):
    found = [(type(layer).__name__, layer.output.shape[1:], layer.count_params()) for layer in network.layers]
    assert found == LAYERS
    assert network.input_shape == (None, 28, 28, 1)


def test_parameter_counts_are_the_seeds(network):
    assert sum(layer.count_params() for layer in network.layers[:5]) == 55744
    assert network.count_params() == 121994 == sum(weights.size for weights in network.get_weights())


def test_layers_are_set_as_the_seed_sets_them(network):
    convolutions = [layer for layer in network.layers if isinstance(layer, keras.layers.Conv2D)]
    assert [layer.padding for layer in convolutions] == ["same", "valid", "valid"]
    assert [layer.activation.__name__ for layer in network.layers if hasattr(layer, "activation")] == [
        *["relu"] * 4,
        "softmax",
    ]


def test_untrained_network_gives_probabilities(network, mnist):
    probabilities = network.predict(data.prepare_images(mnist[1][0][:20]), verbose=0)
    assert probabilities.shape == (20, 10) and probabilities.min() >= 0
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert probabilities.mean(axis=0).min() > 0.02 and probabilities.max() < 0.5  # it knows nothing yet


def test_two_calls_give_two_networks():
    keras.utils.set_random_seed(0)
    first, second = networks.build_seed_network(), networks.build_seed_network()
    assert not np.array_equal(first.get_weights()[0], second.get_weights()[0])
    keras.utils.set_random_seed(0)
    np.testing.assert_array_equal(networks.build_seed_network().get_weights()[0], first.get_weights()[0])


def test_shipped_network_is_the_seeds(shipped, network):
    assert [type(layer) for layer in shipped.layers] == [type(layer) for layer in network.layers]
    assert [w.shape for w in shipped.get_weights()] == [w.shape for w in network.get_weights()]
    assert all(np.isfinite(weights).all() for weights in shipped.get_weights())


def test_shipped_network_reaches_its_recorded_accuracy(shipped, mnist):
    record = json.loads(networks.SEED_NETWORK_FILE.with_suffix(".json").read_text(encoding="utf-8"))
    assert record["test_acc"] == record["n_correct"] / 10000 and 0.985 <= record["test_acc"] <= 0.997
    assert {"command", "machine", "versions", "seed", "seconds"} <= record.keys()
    images, labels = data.prepare_images(mnist[1][0]), mnist[1][1]
    n_correct = int((shipped.predict(images, batch_size=500, verbose=0).argmax(axis=1) == labels).sum())
    assert abs(n_correct - record["n_correct"]) <= 1  # another processor may round a tie the other way


def test_shipped_network_is_compiled_and_evaluates_at_once(shipped, mnist):
    images, labels = data.prepare_images(mnist[1][0][:500]), mnist[1][1][:500]
    loss, accuracy = shipped.evaluate(images, data.one_hot(labels), verbose=0)
    probabilities = shipped.predict(images, verbose=0)
    assert accuracy == pytest.approx((probabilities.argmax(axis=1) == labels).mean())
    assert loss == pytest.approx(-np.log(probabilities[np.arange(500), labels]).mean(), abs=1e-4)
    assert isinstance(shipped.optimizer, keras.optimizers.RMSprop)


def test_stored_probabilities_are_the_shipped_networks_and_no_rounding_comes_near_what_they_decide(shipped, mnist):
    """So the lessons may count with either, whatever the processor."""
    stored = networks.load_seed_probabilities()
    assert stored.dtype == np.float32 and stored.shape == (10000, 10)
    np.testing.assert_allclose(stored.sum(axis=1), 1, atol=1e-5)
    computed = shipped.predict(data.prepare_images(mnist[1][0]), batch_size=500, verbose=0)
    difference = np.abs(computed - stored).max()
    assert difference < 1e-5
    second, first = np.sort(stored, axis=1)[:, -2:].T
    assert (first - second).min() > 1e-3 > 100 * difference
    assert (stored.argmax(axis=1) == computed.argmax(axis=1)).all()


def test_stored_probabilities_that_are_missing_or_damaged(tmp_path):
    path = tmp_path / "seed_probabilities.npz"
    with pytest.raises(FileNotFoundError, match="found no such file; restore it with `git checkout"):
        networks.load_seed_probabilities(path)
    content = networks.SEED_PROBABILITIES_FILE.read_bytes()
    path.write_bytes(content[:-1000])
    with pytest.raises(ValueError, match="cannot be read as stored probabilities, it may be damaged"):
        networks.load_seed_probabilities(path)
    np.savez(path, probabilities=np.zeros((3, 10), "float32"))
    with pytest.raises(ValueError, match=r"expected the shape \(10000, 10\), got \(3, 10\)"):
        networks.load_seed_probabilities(path)


def load_error(path, error=ValueError):
    with pytest.raises(error) as caught:
        networks.load_seed_network(path)
    assert str(path) in str(caught.value) and "git checkout" in str(caught.value)
    return str(caught.value)


def test_missing_network(tmp_path):
    assert "found no such file" in load_error(tmp_path / "seed_network.keras", FileNotFoundError)
    assert "found no such file" in load_error(tmp_path, FileNotFoundError)


@pytest.mark.parametrize("share", [0, 0.5, 0.99])
def test_truncated_network(tmp_path, share):
    content = networks.SEED_NETWORK_FILE.read_bytes()
    path = tmp_path / "seed_network.keras"
    path.write_bytes(content[: int(share * len(content))])
    assert "cannot be read as a trained network" in load_error(path)


@pytest.mark.parametrize("share", [0.3, 0.7])
def test_damaged_weights(tmp_path, share):
    content = bytearray(networks.SEED_NETWORK_FILE.read_bytes())
    content[int(share * len(content))] ^= 0x10
    path = tmp_path / "seed_network.keras"
    path.write_bytes(content)
    load_error(path)


def test_something_else_in_place_of_the_network(tmp_path):
    path = tmp_path / "seed_network.keras"
    shutil.copy(data.MNIST_FILE, path)  # a sound zip file with other things in it
    load_error(path)


# ---- the fast network


@pytest.mark.parametrize("shape", [(32, 5, 6, 3), (32, 4)])
@pytest.mark.parametrize("options", [{}, {"scale": False, "momentum": 0.9}, {"center": False, "epsilon": 0.1}])
def test_fused_normalization_is_kerass(shape, options):
    maps = np.random.default_rng(0).normal(3, 2, shape).astype("float32")
    plain, fused = keras.layers.BatchNormalization(**options), networks.FusedBatchNormalization(**options)
    for _ in range(3):
        np.testing.assert_allclose(fused(maps, training=True), plain(maps, training=True), atol=2e-5)
    for ours, theirs in zip(fused.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4)
    np.testing.assert_allclose(fused(maps), plain(maps), atol=1e-4)


def test_fused_normalization_has_kerass_gradients():
    maps = keras.ops.convert_to_tensor(np.random.default_rng(0).normal(size=(16, 4, 4, 2)).astype("float32"))
    gradients = []
    for kind in (keras.layers.BatchNormalization, networks.FusedBatchNormalization):
        layer = kind()
        layer.build(maps.shape)
        with tf.GradientTape() as tape:
            tape.watch(maps)
            result = keras.ops.sum(layer(maps, training=True) ** 3)
        gradients.append(tape.gradient(result, [maps, layer.gamma.value, layer.beta.value]))
    for ours, theirs in zip(*gradients, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-3)


def test_a_frozen_fused_normalization_stays_as_it_is():
    layer = networks.FusedBatchNormalization()
    layer.trainable = False
    maps = np.full((4, 2, 2, 1), 7.0, "float32")
    np.testing.assert_allclose(layer(maps, training=True), maps, rtol=1e-3)
    assert [weight.tolist() for weight in layer.get_weights()] == [[1], [0], [0], [1]]


# Lesson 10 derives the parameters as lesson 04 does; a normalization has a shift, and keeps a mean and a variance.
FAST_LAYERS = [
    ((14, 14, 16), 4 * 4 * 1 * 16),
    ((14, 14, 16), 3 * 16),
    ((14, 14, 32), 3 * 3 * 16 * 32),
    ((7, 7, 32), 3 * 32),
    ((5, 5, 64), 3 * 3 * 32 * 64),
    ((5, 5, 64), 3 * 64),
    ((64,), 5 * 5 * 64 * 64),
    ((64,), 3 * 64),
    ((10,), 64 * 10 + 10),
]


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_the_fast_network_has_its_layers(precision, mnist):
    network = networks.build_fast_network(precision=precision)
    found = [(layer.output.shape[1:], layer.count_params()) for layer in network.layers if layer.count_params()]
    assert found == FAST_LAYERS
    assert networks.build_fast_network(units=8).count_params() == network.count_params() - 56 * (1600 + 3 + 10)
    assert all(weight.dtype == "float32" for weight in network.weights)
    compute = {layer.compute_dtype for layer in network.layers[:-1]}
    assert compute == {"float32" if precision == "float32" else "bfloat16"}
    probabilities = network.predict(data.prepare_images(mnist[1][0][:20]), verbose=0)
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own, with NumPy 2
def test_the_fast_network_is_saved_and_loaded(tmp_path, mnist):
    network = networks.build_fast_network()
    network.save(tmp_path / "fast.keras")
    loaded = keras.saving.load_model(tmp_path / "fast.keras")
    images = data.prepare_images(mnist[1][0][:20])
    np.testing.assert_allclose(loaded.predict(images, verbose=0), network.predict(images, verbose=0), atol=1e-6)


def test_an_unknown_precision_is_refused():
    with pytest.raises(ValueError, match="precision must be 'float32' or 'mixed_bfloat16', got 'float16'"):
        networks.build_fast_network(precision="float16")
