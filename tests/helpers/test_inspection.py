"""Each way of looking inside, on a network whose answer is known: built by hand, or held to finite differences."""

import numpy as np
import pytest
from scipy.ndimage import affine_transform
from sklearn.decomposition import PCA

from course_utils import data, inspection, networks
from course_utils._tensorflow import keras

pytestmark = pytest.mark.numbers

CORNER = np.zeros((28, 28), dtype="float32")
CORNER[:6, :6] = 1


def by_hand(*layers, weights=None):
    """A network on 28 x 28 pixels, with weights set by hand where they are given: {place: [array, ...]}."""
    model = keras.Sequential([keras.Input((28, 28, 1)), *layers])
    for place, arrays in (weights or {}).items():
        model.layers[place].set_weights([np.asarray(array, dtype="float32") for array in arrays])
    return model


def dense(units, activation=None):
    return keras.layers.Dense(units, activation=activation)


@pytest.fixture(scope="module")
def corner():
    """Its logit of class 3 is 2 times the ink in the top left corner, less 1; all other logits are 0."""
    weights, biases = np.zeros((784, 10)), np.zeros(10)
    weights[:, 3], biases[3] = 2 * CORNER.ravel(), -1
    return by_hand(keras.layers.Flatten(), dense(10, "softmax"), weights={1: [weights, biases]})


@pytest.fixture(scope="module")
def edges():
    """Channel 0 responds to upper edges, channel 1 to left ones; class 0 is for the first and against the second."""
    upper, left = np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]]), np.array([[-1, 0, 1]] * 3)
    dense_weights = np.zeros((2 * 784, 10))
    dense_weights[0::2, 0], dense_weights[1::2, 0] = 1, -1
    layers = keras.layers.Conv2D(2, 3, activation="relu", padding="same"), keras.layers.Flatten(), dense(10, "softmax")
    weights = {0: [np.stack([upper, left], axis=-1)[:, :, None], np.zeros(2)], 2: [dense_weights, np.zeros(10)]}
    return by_hand(*layers, weights=weights)


@pytest.fixture(scope="module")
def smooth():
    """Random and without corners, so that finite differences come near its gradients."""
    keras.utils.set_random_seed(3)
    return by_hand(
        keras.layers.Conv2D(4, 5, strides=3, activation="tanh"),
        keras.layers.Flatten(),
        dense(16, "tanh"),
        dense(10, "softmax"),
    )


@pytest.fixture(scope="module")
def shipped():
    return networks.load_seed_network()


@pytest.fixture(scope="module")
def images(mnist):
    return data.prepare_images(mnist[1][0][:8])


def random_images(n, low=0.0, high=1.0, seed=0):
    return np.random.default_rng(seed).uniform(low, high, (n, 28, 28, 1)).astype("float32")


def logits_and_losses(model, images, digits):
    """Of the smooth network, in NumPy and in double precision, as finite differences need it."""
    kernel, bias, *others = [weights.astype(float) for weights in model.get_weights()]
    windows = np.lib.stride_tricks.sliding_window_view(images[..., 0].astype(float), (5, 5), axis=(1, 2))[:, ::3, ::3]
    x = np.tanh(np.tensordot(windows, kernel[:, :, 0], axes=2) + bias).reshape(len(images), -1)
    logits = np.tanh(x @ others[0] + others[1]) @ others[2] + others[3]
    logits_of_digits = logits[np.arange(len(images)), digits]
    return logits_of_digits, np.log(np.exp(logits).sum(axis=1)) - logits_of_digits


def gradient_by_differences(function, image, step=1e-4):
    """The gradient of a function along the pixels, by central differences; function takes images of shape (n, ...)."""
    steps = step * np.eye(784).reshape(784, 28, 28, 1)
    return ((function(image + steps) - function(image - steps)) / (2 * step)).reshape(28, 28)


# Activations


def test_a_hand_set_filter_responds_to_its_edge(edges):
    images = np.zeros((1, 28, 28, 1), dtype="float32")
    images[0, 10:20, 5:15] = 1
    upper, left = np.moveaxis(inspection.compute_activations(edges, images, layer=0)[0], -1, 0)
    assert upper.max() == 3 and set(np.nonzero(upper)[0]) == {9, 10}  # the rows where ink begins, and no other
    assert left.max() == 3 and set(np.nonzero(left)[1]) == {4, 5}


@pytest.mark.parametrize("layer", [0, 3, 4, 6, 7, -1])
def test_activations_are_those_inside_the_network(shipped, layer):
    x, images = None, random_images(502)  # more than one batch
    for part in shipped.layers[: layer % 8 + 1]:
        x = part(images if x is None else x)
    got = inspection.compute_activations(shipped, images, layer=layer)
    np.testing.assert_allclose(got, x, atol=1e-5)
    assert got.dtype == np.float32 and len(got) == 502


def test_last_activations_are_the_predictions(shipped, images):
    np.testing.assert_allclose(
        inspection.compute_activations(shipped, images, layer=7), shipped.predict(images, verbose=0), atol=1e-6
    )


def test_activation_left_off(shipped, images):
    logits = inspection.leave_off_activation(shipped.layers[-1])(
        inspection.compute_activations(shipped, images, layer=-2)
    )
    np.testing.assert_allclose(keras.ops.softmax(logits), shipped.predict(images, verbose=0), atol=1e-5)
    maps = inspection.leave_off_activation(shipped.layers[0])(images)
    assert np.min(maps) < 0
    np.testing.assert_allclose(np.maximum(maps, 0), inspection.compute_activations(shipped, images, layer=0), atol=1e-6)
    assert shipped.layers[0].activation.__name__ == "relu" and shipped.layers[-1].activation.__name__ == "softmax"


# Gradient ascent


def test_ascent_on_a_linear_unit_finds_its_pattern():
    pattern = np.random.default_rng(0).normal(size=(784, 10))
    model = by_hand(keras.layers.Flatten(), dense(10, "relu"), weights={1: [pattern, np.full(10, -1e4)]})
    # A bias of -10000: ReLU gives 0, and the unit is found all the same.
    found = inspection.maximize_activation(model, [4, 7], layer=1, smoothness=0, n_steps=400)
    steep = np.abs(pattern[:, [4, 7]].T) > 0.1  # flat directions take longer
    assert ((found.reshape(2, 784) == (pattern[:, [4, 7]].T > 0)) | ~steep).all()
    assert found.dtype == np.float32 and steep.mean() > 0.9


def test_ascent_on_a_filter_draws_it_in_the_middle(edges):
    found = inspection.maximize_activation(edges, [0], layer=0, smoothness=0)[0]
    assert (found[15, 13:16] == 1).all() and (found[13, 13:16] == 0).all()
    found[13:16, 13:16] = 0
    assert 0.09 < found.max() < 0.1  # what the unit does not see is the noise of the start


def test_ascent_raises_the_unit_and_its_class(shipped):
    images = inspection.maximize_activation(shipped, range(10), layer=-1, smoothness=0.3)
    assert images.shape == (10, 28, 28) and images.min() >= 0 and images.max() <= 1
    probabilities = shipped.predict(images[..., None], verbose=0)
    assert (probabilities.argmax(axis=1) == np.arange(10)).all() and np.diag(probabilities).min() > 0.9


def test_price_of_differences_makes_images_smooth(shipped):
    def roughness(image):
        return (np.diff(image, axis=0) ** 2).sum() + (np.diff(image, axis=1) ** 2).sum()

    free, priced, dear = (
        inspection.maximize_activation(shipped, [7], layer=-1, smoothness=price)[0] for price in (0, 0.3, 3)
    )
    assert roughness(free) > 2 * roughness(priced) > 4 * roughness(dear)


def test_ascent_is_repeatable_and_units_do_not_mix(shipped):
    alone = inspection.maximize_activation(shipped, [2], layer=4, smoothness=0.05, n_steps=10, seed=1)
    again = inspection.maximize_activation(shipped, [2], layer=4, smoothness=0.05, n_steps=10, seed=1)
    np.testing.assert_array_equal(alone, again)
    among = inspection.maximize_activation(shipped, [9, 2], layer=4, smoothness=0.05, n_steps=10, seed=1)
    np.testing.assert_allclose(among[1], alone[0], atol=1e-4)
    other = inspection.maximize_activation(shipped, [2], layer=4, smoothness=0.05, n_steps=10, seed=2)
    assert np.abs(other - alone).max() > 0.01


# Where it looks: occlusion, saliency, Grad-CAM


def test_occlusion_is_the_probability_worked_by_hand(corner):
    image = np.ones((28, 28, 1), dtype="float32")
    found = inspection.occlusion_map(corner, image, 3, size=5, value=0.25)
    expected = np.empty((28, 28))
    for row, column in np.ndindex(28, 28):
        covered = np.zeros((28, 28), dtype=bool)
        covered[max(row - 2, 0) : row + 3, max(column - 2, 0) : column + 3] = True
        logit = 2 * (CORNER * np.where(covered, 0.25, 1)).sum() - 1
        expected[row, column] = np.exp(logit) / (np.exp(logit) + 9)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert found.shape == (28, 28) and found.dtype == np.float32


def test_occlusion_matters_in_the_corner_and_nowhere_else(corner):
    image = 0.05 * np.ones((28, 28, 1), dtype="float32")
    found = inspection.occlusion_map(corner, image, 3, size=3, value=0)
    whole = corner.predict(image[None], verbose=0)[0, 3]
    touches = np.zeros((28, 28), dtype=bool)
    touches[:7, :7] = True  # a patch of 3 centered there covers a pixel of the corner
    assert (found[touches] < whole - 1e-3).all() and np.allclose(found[~touches], whole, atol=1e-6)


def test_occlusion_patch_of_one_pixel_with_its_own_value_changes_nothing(corner):
    found = inspection.occlusion_map(corner, np.full((28, 28, 1), 0.5), 0, size=1)
    np.testing.assert_allclose(found, found[0, 0], atol=1e-6)


def test_saliency_is_the_weight_in_the_corner_and_0_elsewhere(corner, images):
    found = inspection.saliency_map(corner, images[:2], [3, 3])
    np.testing.assert_allclose(found, [2 * CORNER] * 2, atol=1e-6)
    assert not inspection.saliency_map(corner, images[:1], [5]).any()
    assert found.dtype == np.float32


def test_saliency_is_what_finite_differences_give(smooth):
    batch, digits = random_images(2), np.array([8, 1])
    found = inspection.saliency_map(smooth, batch, digits)
    for image, digit, got in zip(batch.astype(float), digits, found, strict=True):
        expected = gradient_by_differences(lambda many, digit=digit: logits_and_losses(smooth, many, digit)[0], image)
        np.testing.assert_allclose(got, expected, atol=1e-4 * np.abs(expected).max())


def test_saliency_does_not_fade_where_softmax_is_sure(corner):
    image = np.ones((1, 28, 28, 1), dtype="float32")  # logit 71 against 0: the probability is 1 to the last bit
    np.testing.assert_allclose(inspection.saliency_map(corner, image, [3])[0], 2 * CORNER, atol=1e-6)


def test_grad_cam_points_at_what_speaks_for_the_class(edges):
    image = np.zeros((1, 28, 28, 1), dtype="float32")
    image[0, 3, 2:9] = 1  # a bar across: mostly upper edge
    image[0, 15:25, 22] = 1  # and one up and down
    upper, left = np.moveaxis(inspection.compute_activations(edges, image, layer=0)[0], -1, 0)
    found = inspection.grad_cam(edges, image, [0], layer=0)
    np.testing.assert_allclose(found[0], np.maximum(upper - left, 0), atol=1e-5)
    assert found[0, :6, :12].max() == 3 and found[0, 16:24].max() == 0  # but for its upper end
    assert not inspection.grad_cam(edges, image, [4], layer=0).any()


def test_grad_cam_of_a_flat_layer_weighs_each_map_by_its_mean_gradient(smooth):
    batch = random_images(3)
    maps = inspection.compute_activations(smooth, batch, layer=0).astype(float)
    _, _, *others = [weights.astype(float) for weights in smooth.get_weights()]
    hidden = np.tanh(maps.reshape(3, -1) @ others[0] + others[1])
    back = ((1 - hidden**2) * others[2].T[[2, 5, 9]]) @ others[0].T  # the gradient of each logit along the numbers
    weights = back.reshape(maps.shape).mean(axis=(1, 2), keepdims=True)
    expected = np.maximum((weights * maps).sum(axis=-1), 0)
    np.testing.assert_allclose(inspection.grad_cam(smooth, batch, [2, 5, 9], layer=0), expected, atol=1e-5)
    np.testing.assert_allclose(inspection.grad_cam(smooth, batch, [2, 5, 9], layer=-4), expected, atol=1e-5)


def test_grad_cam_is_as_fine_as_its_layer(shipped, images):
    assert inspection.grad_cam(shipped, images, [0] * 8, layer=2).shape == (8, 12, 12)
    assert inspection.grad_cam(shipped, images, [0] * 8, layer=4).shape == (8, 4, 4)
    assert inspection.grad_cam(shipped, images, np.zeros(8, dtype="uint8"), layer=3).shape == (8, 6, 6)


# Principal components


@pytest.mark.parametrize("shape", [(200, 12), (9, 30)])
def test_principal_components_are_scikit_learns_up_to_sign(shape):
    features = np.random.default_rng(1).normal(size=shape) * np.linspace(3, 0.5, shape[1]) + 7
    coordinates, directions, shares = inspection.principal_components(features, n=3)
    reference = PCA(3).fit(features)
    np.testing.assert_allclose(shares, reference.explained_variance_ratio_, atol=1e-10)
    np.testing.assert_allclose(np.abs((directions * reference.components_).sum(axis=1)), 1, atol=1e-10)
    signs = np.sign((directions * reference.components_).sum(axis=1))
    np.testing.assert_allclose(coordinates, reference.transform(features) * signs, atol=1e-9)
    np.testing.assert_allclose(directions @ directions.T, np.eye(3), atol=1e-12)
    assert (directions.max(axis=1) >= -directions.min(axis=1)).all()


def test_principal_component_of_a_line_is_its_direction():
    steps = np.array([-2.0, 0, 1, 1])
    coordinates, directions, shares = inspection.principal_components(steps[:, None] * [[-0.6, -0.8]] + 5, n=1)
    np.testing.assert_allclose(directions, [[0.6, 0.8]])
    np.testing.assert_allclose(coordinates[:, 0], -steps, atol=1e-12)
    np.testing.assert_allclose(shares, [1])


# What breaks it


def loss(model, images, digits):
    return keras.losses.sparse_categorical_crossentropy(digits, model(images)).numpy()


@pytest.mark.parametrize("epsilon", [0, 0.05, 0.3, 1])
def test_adversarial_step_stays_within_epsilon_and_within_0_to_1(shipped, images, epsilon):
    found = inspection.fast_gradient_sign(shipped, images, [7, 2, 1, 0, 4, 1, 4, 9], epsilon=epsilon)
    assert found.dtype == np.float32 and found.shape == images.shape
    assert np.abs(found - images).max() <= epsilon + 1e-6
    assert found.min() >= 0 and found.max() <= 1


def test_adversarial_step_raises_the_loss_to_first_order(smooth):
    batch, digits, epsilon = random_images(2, 0.2, 0.8), np.array([6, 0]), 1e-4
    found = inspection.fast_gradient_sign(smooth, batch, digits, epsilon=epsilon)
    for index, digit in enumerate(digits):
        gradient = gradient_by_differences(
            lambda many, digit=digit: logits_and_losses(smooth, many, digit)[1], batch[index].astype(float)
        )
        moved = (found[index] - batch[index])[..., 0]
        clear = np.abs(gradient) > 1e-5
        np.testing.assert_array_equal(np.sign(moved)[clear], np.sign(gradient)[clear])
        before, after = (logits_and_losses(smooth, one[index : index + 1], digit)[1][0] for one in (batch, found))
        # To first order, no step of this size raises the loss by more than this.
        assert after - before == pytest.approx(epsilon * np.abs(gradient).sum(), rel=0.02)


def test_adversarial_step_fools_the_shipped_network_where_chance_does_not(shipped, mnist):
    batch, digits = data.prepare_images(mnist[1][0][:200]), mnist[1][1][:200]
    fooled = inspection.fast_gradient_sign(shipped, batch, digits, epsilon=0.2)
    chance = np.clip(batch + 0.2 * np.random.default_rng(0).choice([-1, 1], batch.shape), 0, 1)
    for changed, low, high in ((fooled, 0, 0.7), (chance, 0.9, 1)):
        accuracy = (shipped.predict(changed, verbose=0).argmax(axis=1) == digits).mean()
        assert low <= accuracy <= high


def test_warp_that_does_nothing(images):
    np.testing.assert_allclose(inspection.warp_images(images), images, atol=1e-6)
    assert inspection.warp_images(images).dtype == np.float32


def test_warp_by_whole_pixels_and_right_angles(images):
    moved = inspection.warp_images(images, shift=(2, -3))
    np.testing.assert_allclose(moved[:, 2:, :-3], images[:, :-2, 3:], atol=1e-5)
    assert not moved[:, :2].any() and not moved[:, :, -3:].any()
    turned = inspection.warp_images(images, angle=90)
    np.testing.assert_allclose(turned, np.rot90(images, axes=(1, 2)), atol=1e-4)  # counterclockwise


@pytest.mark.parametrize("warp", [(1.5, -2.25, 0, 1), (0, 0, 25, 1), (0, 0, 0, 0.6), (0, 0, 0, 1.7), (3, 1, -130, 1.2)])
def test_warp_is_scipys(images, warp):
    down, right, angle, scale = warp
    cos, sin = np.cos(np.radians(angle)) / scale, np.sin(np.radians(angle)) / scale
    matrix = np.array([[cos, sin], [-sin, cos]])  # rows and columns; rows count downwards
    offset = 13.5 - matrix @ np.array([13.5 + down, 13.5 + right])
    found = inspection.warp_images(images, shift=(down, right), angle=angle, scale=scale)
    for image, got in zip(images[..., 0], found[..., 0], strict=True):
        inside = affine_transform(image, matrix, offset, order=1, mode="grid-constant")
        np.testing.assert_allclose(got, inside, atol=1e-4)


def test_double_size_doubles_distances_from_the_middle():
    image = np.zeros((1, 28, 28, 1), dtype="float32")
    image[0, 10:18, 10:18] = 1
    for scale, ink in ((2, 256), (0.5, 16)):
        assert inspection.warp_images(image, scale=scale).sum() == pytest.approx(ink, rel=0.02)


# Bad input

GOOD = np.zeros((2, 28, 28, 1), dtype="float32")
CALLS = {
    "activations": lambda model, images: inspection.compute_activations(model, images, layer=0),
    "saliency": lambda model, images: inspection.saliency_map(model, images, [1, 2]),
    "Grad-CAM": lambda model, images: inspection.grad_cam(model, images, [1, 2], layer=0),
    "adversarial": lambda model, images: inspection.fast_gradient_sign(model, images, [1, 2], epsilon=0.1),
    "warp": lambda model, images: inspection.warp_images(images),
    "occlusion": lambda model, images: inspection.occlusion_map(model, images[0], 1),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (GOOD[..., 0], "must have shape"),
        ((255 * GOOD).astype("uint8"), r"floats in \[0, 1\], as data.prepare_images gives them, got uint8"),
        (GOOD + 255, r"got float32 from 255 to 255"),
        (GOOD - 0.5, r"must be floats in \[0, 1\]"),
        (GOOD + np.nan, "must be finite"),
    ],
)
def test_images_that_are_not_prepared(edges, call, wrong, says):
    with pytest.raises(ValueError, match=says):
        call(edges, wrong)


@pytest.mark.parametrize("layer", [8, -9, "conv2d", 1.5, None])
def test_layer_that_is_not_there(shipped, layer):
    with pytest.raises(ValueError, match=r"one of the layers in model.layers, \[0, 1, 2, 3, 4, 5, 6, 7\], got"):
        inspection.compute_activations(shipped, GOOD, layer=layer)


ASKED = {
    "saliency_map": lambda model: inspection.saliency_map(model, GOOD, [1, 2]),
    "grad_cam": lambda model: inspection.grad_cam(model, GOOD, [1, 2], layer=0),
    "fast_gradient_sign": lambda model: inspection.fast_gradient_sign(model, GOOD, [1, 2], epsilon=0.1),
    "maximize_activation": lambda model: inspection.maximize_activation(model, [0], layer=0, smoothness=0, n_steps=1),
    "occlusion_map": lambda model: inspection.occlusion_map(model, GOOD[0], 1, size=27),
}


@pytest.mark.parametrize("asked", ASKED)
def test_a_network_that_does_not_know_its_input_is_told_how(asked):
    layers = [keras.layers.Conv2D(2, 3), keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")]
    with pytest.raises(ValueError, match=r"must know its input's shape, got none; begin it with keras.Input\(\(28"):
        ASKED[asked](keras.Sequential(layers))
    ASKED[asked](keras.Sequential([keras.Input((28, 28, 1)), *layers]))


@pytest.mark.parametrize("asked", [name for name in ASKED if name != "occlusion_map"])
def test_a_network_of_keras_functions_is_told_to_be_a_chain(asked):
    pixels = keras.Input((28, 28, 1))
    flat = keras.layers.Flatten()(keras.layers.Conv2D(2, 3)(pixels))
    functional = keras.Model(pixels, keras.layers.Dense(10, activation="softmax")(flat))
    with pytest.raises(TypeError, match=r"must be a keras.Sequential, .* got Functional; .*Sequential\(model.layers\)"):
        ASKED[asked](functional)
    ASKED[asked](keras.Sequential(functional.layers))  # as it says
    with pytest.raises(TypeError, match=r"must be a keras.Sequential, .* got str"):
        ASKED[asked]("a name")


def test_layer_of_the_wrong_kind(shipped):
    with pytest.raises(ValueError, match=r"layers with maps in model.layers, \[0, 1, 2, 3, 4\], got 6"):
        inspection.grad_cam(shipped, GOOD, [1, 2], layer=6)
    with pytest.raises(ValueError, match=r"layers with weights in model.layers, \[0, 2, 4, 6, 7\], got 1"):
        inspection.maximize_activation(shipped, [0], layer=1, smoothness=0)
    with pytest.raises(ValueError, match="must be a convolutional or a dense layer, got a Flatten"):
        inspection.leave_off_activation(shipped.layers[5])


@pytest.mark.parametrize(
    ("digits", "error", "says"),
    [
        ([1], ValueError, "digits must be as many as the images, 2, got 1"),
        ([1, 10], ValueError, "digits must be from 0 to 9"),
        ([1.0, 2.0], TypeError, "digits must be integers"),
        (np.eye(10)[:2], ValueError, r"digits.argmax\(axis=1\)"),
    ],
)
def test_wrong_digits(edges, digits, error, says):
    for call in (
        lambda: inspection.saliency_map(edges, GOOD, digits),
        lambda: inspection.grad_cam(edges, GOOD, digits, layer=0),
        lambda: inspection.fast_gradient_sign(edges, GOOD, digits, epsilon=0.1),
    ):
        with pytest.raises(error, match=says):
            call()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda m: inspection.occlusion_map(m, GOOD[0], 10), r"\[digit\] must be from 0 to 9"),
        (lambda m: inspection.occlusion_map(m, GOOD[0], 1, size=4), "size must be an odd number of pixels"),
        (lambda m: inspection.occlusion_map(m, GOOD[0], 1, size=29), "size must be an odd number of pixels"),
        (lambda m: inspection.occlusion_map(m, GOOD[0], 1, value=128), r"value must be in \[0, 1\], got 128"),
        (lambda m: inspection.maximize_activation(m, [2], layer=0, smoothness=0), "units must be from 0 to 1, got 2"),
        (lambda m: inspection.maximize_activation(m, 1, layer=0, smoothness=0), "units must have shape"),
        (lambda m: inspection.maximize_activation(m, [1], layer=0, smoothness=-1), "smoothness must be at least 0"),
        (lambda m: inspection.maximize_activation(m, [1], layer=0, smoothness=np.nan), "smoothness must be at least"),
        (lambda m: inspection.fast_gradient_sign(m, GOOD, [1, 2], epsilon=8), r"epsilon must be in \[0, 1\], as"),
        (lambda m: inspection.fast_gradient_sign(m, GOOD, [1, 2], epsilon=-0.1), r"epsilon must be in \[0, 1\], as"),
        (lambda m: inspection.warp_images(GOOD, scale=0), "scale must be above 0"),
        (lambda m: inspection.warp_images(GOOD, scale=np.nan), "scale must be above 0"),
        (
            lambda m: inspection.principal_components(np.zeros(5)),
            r"of shape \(n_points, n_features\), got shape \(5,\)",
        ),
        (lambda m: inspection.principal_components(np.full((5, 3), np.nan)), "features must be finite"),
        (lambda m: inspection.principal_components(np.eye(3), n=4), "n must be from 1 to 3, got 4"),
        (lambda m: inspection.principal_components(np.ones((5, 3))), "all points are the same"),
    ],
)
def test_other_bad_input(edges, call, says):
    with pytest.raises(ValueError, match=says):
        call(edges)
