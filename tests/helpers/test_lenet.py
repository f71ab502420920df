"""LeNet-5: the paper's counts, each layer in plain loops, the loss by its equation, and that it learns."""

from itertools import combinations

import numpy as np
import pytest
from scipy.ndimage import label
from scipy.signal import correlate2d

from course_utils import costs, data, evaluation, networks
from course_utils._tensorflow import keras, tf

pytestmark = pytest.mark.numbers


@pytest.fixture(scope="module")
def lenet():
    keras.utils.set_random_seed(0)
    return networks.build_lenet5()


@pytest.fixture(scope="module")
def few(mnist):
    return data.prepare_images(mnist[0][0][:300]), data.one_hot(mnist[0][1][:300])


def squashed(sums):
    return 1.7159 * np.tanh(2 * sums / 3)


# Name, shape, trainable parameters, connections. The paper states them all, but for two numbers of connections: of F6,
# where each parameter is one, and of the output, which has 84 for each digit. They make up the paper's total.
PAPER = [
    ("C1", (28, 28, 6), 156, 122_304),
    ("S2", (14, 14, 6), 12, 5_880),
    ("C3", (10, 10, 16), 1_516, 151_600),
    ("S4", (5, 5, 16), 32, 2_000),
    ("C5", (1, 1, 120), 48_120, 48_120),
    ("F6", (84,), 10_164, 10_164),
    ("output", (10,), 0, 840),
]


def trained_parameters(layer):
    return sum(weight.value.numpy().size for weight in layer.trainable_weights)


def connections(layer):
    """A weight or a bias is a connection of each unit that it belongs to; a subsampling unit has one for each input."""
    positions = int(np.prod(layer.output.shape[1:-1]))
    if layer.name[0] == "S":
        inputs = np.prod(layer.input.shape[1:]) // np.prod(layer.output.shape[1:])
        return positions * layer.output.shape[-1] * (inputs + 1)
    return positions * layer.count_params()


def test_every_layer_has_the_papers_shape_parameters_and_connections(lenet):
    layers = [layer for layer in lenet.layers if layer.weights]
    found = [(layer.name, layer.output.shape[1:], trained_parameters(layer), connections(layer)) for layer in layers]
    assert found == PAPER


def test_totals_are_the_papers(lenet):
    assert sum(trained_parameters(layer) for layer in lenet.layers) == 60_000
    assert sum(connections(layer) for layer in lenet.layers if layer.weights) == 340_908
    assert lenet.count_params() == 60_000 + 10 * 84


def test_multiply_adds_are_the_connections_without_biases_and_subsampling(lenet):
    counts, total = costs.count_multiply_adds(lenet)
    assert {name: n for name, n in counts.items() if n} == {
        "C1": 28 * 28 * 6 * 25,
        "C3": 10 * 10 * 60 * 25,
        "C5": 120 * 400,
        "F6": 84 * 120,
        "output": 10 * 84,
    }
    units = 28 * 28 * 6 + 10 * 10 * 16 + 120 + 84
    assert total == 340_908 - units - 5_880 - 2_000 == 326_520


# ---- the layers


def activations(model, images, name):
    for layer in model.layers:
        images = layer(images)
        if layer.name == name:
            return np.asarray(images)
    raise KeyError(name)


def test_images_are_padded_with_background_and_scaled(lenet):
    image = np.linspace(0, 1, 784, dtype="float32").reshape((1, 28, 28, 1))
    read = activations(lenet, image, "scale")
    expected = np.full((1, 32, 32, 1), -0.1)
    expected[:, 2:30, 2:30] = image * 1.275 - 0.1
    np.testing.assert_allclose(read, expected, atol=1e-6)
    assert read.min() == pytest.approx(-0.1) and read.max() == pytest.approx(1.175)


def test_squashing_keeps_one_and_ends_at_1_7159():
    squash = keras.saving.get_registered_object("course_utils>squash")
    np.testing.assert_allclose(squash(np.array([-1.0, 0, 1], "float32")), [-1, 0, 1], atol=1e-4)
    np.testing.assert_allclose(squash(np.array([-99.0, 99], "float32")), [-1.7159, 1.7159], atol=1e-6)


def test_c1_c5_and_f6_are_squashed_sums_of_their_windows(lenet, few):
    for name, before in (("C1", "scale"), ("C5", "S4"), ("F6", "flatten")):
        kernel, bias = lenet.get_layer(name).get_weights()
        windows = activations(lenet, few[0][:2], before)
        if name != "F6":
            windows = np.lib.stride_tricks.sliding_window_view(windows, (5, 5), axis=(1, 2)).transpose(0, 1, 2, 4, 5, 3)
        sums = np.tensordot(windows, kernel, kernel.ndim - 1) + bias
        np.testing.assert_allclose(activations(lenet, few[0][:2], name), squashed(sums), atol=1e-5)


def test_subsampling_adds_blocks_and_squashes_what_each_map_makes_of_them(lenet):
    rng = np.random.default_rng(0)
    maps, (coefficient, bias) = rng.normal(size=(2, 6, 4, 6)), rng.normal(size=(2, 6))
    layer = type(lenet.get_layer("S2"))()
    layer.build(maps.shape)
    layer.set_weights([coefficient, bias])
    blocks = sum(maps[:, row::2, column::2] for row in (0, 1) for column in (0, 1))
    np.testing.assert_allclose(layer(maps), squashed(coefficient * blocks + bias), atol=1e-5)


def test_the_table_is_the_papers():
    table = networks.C3_TABLE
    assert [len(maps) for maps in table] == [3] * 6 + [4] * 9 + [6]
    assert len({frozenset(maps) for maps in table}) == 16 and all(list(maps) == sorted(set(maps)) for maps in table)
    assert [sum(seen in maps for maps in table) for seen in range(6)] == [10] * 6
    runs = [sum((seen + 1) % 6 not in maps for seen in maps) for maps in table]  # in a ring of the six maps
    assert runs == [1] * 12 + [2] * 3 + [0]
    assert [maps[0] for maps in table[:4]] == [maps[0] for maps in table[6:9]] + [3] == [0, 1, 2, 3]


def test_a_map_of_c3_changes_with_the_maps_of_s2_that_the_table_names_and_with_no_other(lenet):
    layer, maps = lenet.get_layer("C3"), np.random.default_rng(0).normal(size=(1, 14, 14, 6)).astype("float32")
    before = np.asarray(layer(maps))
    for seen in range(6):
        without = maps.copy()
        without[..., seen] = 0
        moved = np.abs(layer(without) - before).max(axis=(0, 1, 2))
        for made, connected in enumerate(networks.C3_TABLE):
            assert moved[made] > 1e-3 if seen in connected else moved[made] < 1e-6, (seen, made)


def test_c3_in_plain_loops(lenet):
    layer, maps = lenet.get_layer("C3"), np.random.default_rng(0).normal(size=(2, 14, 14, 6)).astype("float32")
    kernels, bias = layer.get_weights()
    expected, next_kernel = np.zeros((2, 10, 10, 16)), iter(kernels)
    for made, connected in enumerate(networks.C3_TABLE):
        for seen in connected:
            kernel = next(next_kernel)
            for image in range(2):
                expected[image, ..., made] += correlate2d(maps[image, ..., seen], kernel, mode="valid")
    np.testing.assert_allclose(layer(maps), squashed(expected + bias), atol=1e-5)


def test_the_bitmaps_are_ten_distinct_digits():
    bitmaps = networks.DIGIT_BITMAPS
    assert bitmaps.shape == (10, 12, 7) and set(np.unique(bitmaps)) == {-1, 1}
    assert min((one != other).sum() for one, other in combinations(bitmaps, 2)) >= 16
    ink = bitmaps == 1
    assert [label(digit, np.ones((3, 3)))[1] for digit in ink] == [1] * 10  # in one piece
    holes = [label(~np.pad(digit, 1))[0] for digit in ink]  # 1 is what surrounds the digit
    assert [hole.max() - 1 for hole in holes] == [1, 0, 0, 0, 1, 0, 1, 0, 2, 1]
    rows = {digit: np.flatnonzero((holes[digit] == 2).any(axis=1)).mean() for digit in (6, 9)}
    assert rows[9] < 6 < 7 < rows[6]
    assert [digit for digit in range(10) if ink[digit, 0].all()] == [3, 5, 7]
    assert [digit for digit in range(10) if ink[digit, -1].all()] == [1, 2]


def test_the_output_is_the_squared_distance_from_each_bitmap(lenet, few):
    layer, bitmaps = lenet.get_layer("output"), networks.DIGIT_BITMAPS.reshape(10, 84)
    np.testing.assert_array_equal(layer(bitmaps), [[4 * (one != other).sum() for other in bitmaps] for one in bitmaps])
    units = activations(lenet, few[0][:5], "F6")
    expected = [[((row - bitmap) ** 2).sum() for bitmap in bitmaps] for row in units]
    np.testing.assert_allclose(lenet.predict(few[0][:5], verbose=0), expected, rtol=1e-5)


# ---- the initial weights


def test_initial_weights_fill_the_papers_range(lenet):
    fan_in = {"C1": 25, "S2": 4, "S4": 4, "C5": 400, "F6": 120}
    for name, n in fan_in.items():
        for weights in lenet.get_layer(name).get_weights():
            assert np.abs(weights).max() <= 2.4 / n and (weights < 0).any() and (weights > 0).any()
            assert weights.size < 50 or np.abs(weights).max() > 0.9 * 2.4 / n
    kernels, bias = lenet.get_layer("C3").get_weights()
    ends = np.cumsum([len(maps) for maps in networks.C3_TABLE])
    for made, maps in enumerate(networks.C3_TABLE):
        largest = 2.4 / (25 * len(maps))
        own = kernels[ends[made] - len(maps) : ends[made]]
        assert 0.9 * largest < np.abs(own).max() <= largest and np.abs(bias[made]) <= largest
        assert abs(own.mean()) < 0.25 * largest


def test_biases_are_drawn_apart_from_the_other_weights(lenet):
    for layer in lenet.layers:
        if layer.trainable_weights:
            weights, bias = layer.get_weights()
            assert np.isin(bias, weights).mean() < 0.5


def test_the_seed_decides_the_weights(lenet):
    keras.utils.set_random_seed(0)
    same, other = networks.build_lenet5(), networks.build_lenet5()
    for first, again, different in zip(*(model.get_weights()[:-1] for model in (lenet, same, other)), strict=True):
        np.testing.assert_array_equal(first, again)
        assert not np.array_equal(first, different)


# ---- the loss


@pytest.mark.parametrize("j", [0.1, 1, 50])
def test_the_loss_is_equation_9(j):
    rng = np.random.default_rng(0)
    penalties, labels = rng.uniform(0, 60, (40, 10)), rng.integers(0, 10, 40)
    true = penalties[np.arange(40), labels]
    expected = true + np.log(np.exp(-j) + np.exp(-penalties).sum(axis=1))
    loss = networks.RadialLoss(j)
    single = keras.ops.convert_to_numpy(loss.call(data.one_hot(labels), penalties.astype("float32")))
    np.testing.assert_allclose(single, expected, rtol=1e-4, atol=1e-4)
    assert float(loss(data.one_hot(labels), penalties)) == pytest.approx(expected.mean(), rel=1e-4)
    assert expected.min() >= 0


def test_the_loss_is_finite_where_the_exponentials_are_zero():
    penalties = np.full((1, 10), 619.0, "float32")  # the most that the network can give
    assert np.exp(-penalties).max() == 0
    assert float(networks.RadialLoss(1)(data.one_hot([3]), penalties)) == pytest.approx(618)
    assert float(networks.RadialLoss(1000)(data.one_hot([3]), penalties)) == pytest.approx(np.log(10), abs=1e-3)


def test_the_loss_pulls_the_true_class_down_and_pushes_only_near_ones_up():
    penalties = tf.constant([[3.0, 4.0, 90.0]])
    with tf.GradientTape() as tape:
        tape.watch(penalties)
        loss = networks.RadialLoss(10)(tf.constant([[1.0, 0.0, 0.0]]), penalties)
    true, near, far = tape.gradient(loss, penalties).numpy()[0]
    share = np.exp([-3.0, -4.0]) / (np.exp(-3) + np.exp(-4) + np.exp(-10))
    assert (true, near) == pytest.approx((1 - share[0], -share[1]), rel=1e-4) and abs(far) < 1e-6


@pytest.mark.parametrize("j", [0, -1, float("nan")])
def test_j_must_be_positive(j):
    with pytest.raises(ValueError, match="j must be above 0, got"):
        networks.RadialLoss(j)


def test_the_answer_is_the_smallest_penalty():
    penalties = np.array([[9.0, 1, 5], [2, 0, 400], [619, 618, 617]], "float32")
    right = networks.radial_accuracy(np.eye(3, dtype="float32")[[1, 0, 2]], penalties)
    np.testing.assert_array_equal(right, [1, 0, 1])
    probabilities = evaluation.check_probabilities(networks.penalties_to_probabilities(penalties))
    assert probabilities.dtype == np.float32
    np.testing.assert_array_equal(probabilities.argmax(axis=1), penalties.argmin(axis=1))
    np.testing.assert_allclose(probabilities[2], np.exp([0, 1, 2]) / np.exp([0, 1, 2]).sum(), rtol=1e-4)
    np.testing.assert_array_equal(networks.penalties_to_probabilities(penalties.tolist()), probabilities)


# ---- training


def test_the_gradient_reaches_every_trainable_weight(lenet, few):
    with tf.GradientTape() as tape:
        loss = networks.RadialLoss()(few[1][:64], lenet(few[0][:64], training=True))
    gradients = tape.gradient(loss, [weight.value for weight in lenet.trainable_weights])
    for weight, gradient in zip(lenet.trainable_weights, gradients, strict=True):
        assert gradient is not None and np.count_nonzero(gradient) == gradient.numpy().size, weight.path
    assert sum(gradient.numpy().size for gradient in gradients) == 60_000


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own, with NumPy 2
def test_it_is_saved_and_loaded_with_its_loss(tmp_path, lenet, few):
    lenet.compile("sgd", loss=networks.RadialLoss(7), metrics=[networks.radial_accuracy])
    lenet.save(tmp_path / "lenet.keras")
    loaded = keras.saving.load_model(tmp_path / "lenet.keras", safe_mode=True)
    assert loaded.loss.j == 7
    np.testing.assert_allclose(loaded.predict(few[0][:20], verbose=0), lenet.predict(few[0][:20], verbose=0), atol=1e-4)
    assert loaded.evaluate(*few, verbose=0) == pytest.approx(lenet.evaluate(*few, verbose=0), rel=1e-5)


def test_it_learns_from_a_few_images_and_the_bitmaps_stay(few):
    keras.utils.set_random_seed(0)
    model = networks.build_lenet5()
    before = model.get_weights()
    model.compile(keras.optimizers.Adam(0.003), loss=networks.RadialLoss(), metrics=[networks.radial_accuracy])
    history = model.fit(*few, epochs=8, verbose=0).history
    *moved, output = [np.abs(new - old).max() for new, old in zip(model.get_weights(), before, strict=True)]
    assert output == 0 and min(moved) > 0.001
    # One answer for all images can do no better than the mean of the bitmaps.
    bitmaps = networks.DIGIT_BITMAPS
    blind = ((bitmaps - bitmaps.mean(axis=0)) ** 2).sum() / 10
    assert history["loss"][0] > blind > 60 and history["loss"][-1] < 0.6 * blind
    answers = model.predict(few[0], verbose=0).argmin(axis=1)
    assert (answers == few[1].argmax(axis=1)).mean() > 0.6
