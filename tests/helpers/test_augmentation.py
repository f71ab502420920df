"""Distortions against SciPy, against transformations worked out by hand, and for what a label must survive."""

import numpy as np
import pytest
from scipy.ndimage import affine_transform, gaussian_filter, map_coordinates

from course_utils import augmentation
from course_utils.data import prepare_images

pytestmark = pytest.mark.numbers

STILL = {"rotation": 0, "shift": 0, "scale": 0, "shear": 0}


@pytest.fixture(scope="module")
def images(mnist):
    return prepare_images(mnist[0][0][:24])


def blot(row, column):
    """One image with a small round blot."""
    rows, columns = np.indices((28, 28))
    return np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / 4)[None]


def middle(image):
    """The center of mass: row and column."""
    return (np.indices((28, 28)) * image).sum(axis=(1, 2)) / image.sum()


# ---- reading between pixels


def test_reads_as_scipy_does_even_far_outside(images):
    places = np.random.default_rng(0).uniform(-40, 70, size=(2, 24, 28, 28))
    places[:, :12] = augmentation.affine_places(12, seed=1, shift=9) + augmentation.elastic_moves(12, seed=2)
    expected = [
        map_coordinates(image[..., 0], place, order=1, mode="grid-constant", prefilter=False)
        for image, place in zip(images, np.moveaxis(places, 1, 0), strict=True)
    ]
    got = augmentation.read_between_pixels(images, places)
    assert got.shape == images.shape and got.dtype == np.float32
    np.testing.assert_allclose(got[..., 0], expected, atol=5e-6)


def test_at_the_pixels_themselves_nothing_changes(images):
    places = np.broadcast_to(np.indices((28, 28))[:, None], (2, 24, 28, 28))
    np.testing.assert_array_equal(augmentation.read_between_pixels(images, places), images)
    np.testing.assert_array_equal(augmentation.read_between_pixels(images[..., 0], places), images[..., 0])


def test_half_way_between_four_pixels_is_their_mean():
    image = np.zeros((1, 28, 28))
    image[0, 4:6, 7:9] = [[0.1, 0.2], [0.3, 0.6]]
    got = augmentation.read_between_pixels(
        image, np.full((2, 1, 28, 28), 0.0) + np.array([4.5, 7.5]).reshape(2, 1, 1, 1)
    )
    np.testing.assert_allclose(got, 0.3, rtol=1e-6)


@pytest.mark.parametrize("shape", [(2, 23, 28, 28), (24, 2, 28, 28), (2, 24, 784)])
def test_places_of_another_shape_are_refused(images, shape):
    with pytest.raises(ValueError, match=r"places must have shape \(2, 24, 28, 28\), got"):
        augmentation.read_between_pixels(images, np.zeros(shape))


# ---- affine


def test_without_amounts_all_stays(images):
    np.testing.assert_array_equal(augmentation.distort_images(images, seed=0, **STILL, elastic=0), images)


def drawn(name, amount, n=2000):
    """The matrix and the move of n images, when one amount is given and the others are 0; found from the places."""
    places = augmentation.affine_places(n, seed=3, **STILL | {name: amount}).astype(float)
    down, right = places[:, :, 1, 0] - places[:, :, 0, 0], places[:, :, 0, 1] - places[:, :, 0, 0]
    matrices = np.stack([down.T, right.T], axis=-1)
    moves = places.mean(axis=(2, 3)).T - 13.5
    line = matrices @ np.array([20 - 13.5, 3 - 13.5]) + 13.5 + moves
    np.testing.assert_allclose(line, places[:, :, 20, 3].T, atol=1e-4)  # affine indeed
    return matrices, moves


def test_rotation_is_a_rotation_up_to_its_angle():
    matrices, moves = drawn("rotation", 30)
    np.testing.assert_allclose(
        matrices @ np.moveaxis(matrices, 1, 2), np.broadcast_to(np.eye(2), (2000, 2, 2)), atol=1e-4
    )
    angles = np.degrees(np.arctan2(matrices[:, 1, 0], matrices[:, 0, 0]))
    assert -30 <= angles.min() < -29.5 and 29.5 < angles.max() <= 30.001 and abs(moves).max() < 1e-4
    assert abs(angles.std() - 30 / np.sqrt(3)) < 0.6  # uniform


def test_shift_is_in_pixels_both_ways():
    matrices, moves = drawn("shift", 3)
    np.testing.assert_allclose(matrices, np.broadcast_to(np.eye(2), matrices.shape), atol=1e-4)
    assert (moves.min(axis=0) < -2.95).all() and (moves.max(axis=0) > 2.95).all() and abs(moves).max() <= 3.001
    assert abs(np.corrcoef(moves.T)[0, 1]) < 0.1


def test_scale_is_a_share_of_the_size_in_each_direction():
    matrices, _ = drawn("scale", 0.2)
    sizes = 1 / matrices[:, [0, 1], [0, 1]]
    assert abs(matrices[:, 0, 1]).max() < 1e-4 and abs(matrices[:, 1, 0]).max() < 1e-4
    assert (sizes.min(axis=0) < 0.81).all() and (sizes.max(axis=0) > 1.19).all() and abs(sizes - 1).max() <= 0.2001
    assert abs(np.corrcoef(sizes.T)[0, 1]) < 0.1


def test_shear_moves_rows_to_the_side():
    matrices, _ = drawn("shear", 0.3)
    np.testing.assert_allclose(matrices[:, 0], np.broadcast_to([1, 0], (2000, 2)), atol=1e-4)
    np.testing.assert_allclose(matrices[:, 1, 1], 1, atol=1e-4)
    assert -0.301 < matrices[:, 1, 0].min() < -0.295 and 0.295 < matrices[:, 1, 0].max() < 0.301


def test_all_at_once_is_what_scipy_makes_of_the_same_matrix(images):
    places = augmentation.affine_places(24, seed=5, rotation=20, shift=3, scale=0.2, shear=0.2).astype(float)
    got = augmentation.read_between_pixels(images, places)
    for image, place, mine in zip(images[..., 0], np.moveaxis(places, 1, 0), got[..., 0], strict=True):
        matrix = np.stack([place[:, 1, 0] - place[:, 0, 0], place[:, 0, 1] - place[:, 0, 0]], axis=1)
        expected = affine_transform(image, matrix, place[:, 0, 0], order=1, mode="grid-constant")
        np.testing.assert_allclose(mine, expected, atol=1e-4)


# ---- elastic


def test_moves_are_noise_smoothed_as_scipy_smooths(monkeypatch):
    noise = np.random.default_rng(7).standard_normal((2, 5, 28, 28), dtype="float32")
    expected = gaussian_filter(noise, (0, 0, 3, 3), mode="constant", truncate=10)
    got = augmentation.elastic_moves(5, seed=7, smoothness=3)
    ratio = got.std() / expected.std()
    np.testing.assert_allclose(got, expected * ratio, atol=2e-4)


def test_strength_is_the_spread_of_a_move_in_pixels():
    moves = augmentation.elastic_moves(4000, seed=0, strength=1.5, smoothness=3)
    assert abs(moves[:, :, 14, 14].std() - 1.5) < 0.04 and abs(moves.mean()) < 0.02
    assert moves[:, :, 0, 0].std() < 1
    assert abs(np.corrcoef(moves[0, :, 14, 14], moves[1, :, 14, 14])[0, 1]) < 0.05


def test_neighbors_move_alike_and_the_more_so_the_smoother():
    alike = [
        np.corrcoef(*augmentation.elastic_moves(2000, seed=0, smoothness=width)[0, :, 14, [12, 16]])[0, 1]
        for width in (2, 4, 8)
    ]
    np.testing.assert_allclose(alike, [np.exp(-(4**2) / (4 * width**2)) for width in (2, 4, 8)], atol=0.06)


# ---- whole images


def test_a_distorted_digit_keeps_its_ink_range_and_place(images):
    before = images.copy()
    got = augmentation.distort_images(images, seed=0)
    np.testing.assert_array_equal(images, before)
    assert got.shape == images.shape and got.dtype == np.float32 and got.min() >= 0 and got.max() <= 1
    assert (abs(got - images).mean(axis=(1, 2, 3)) > 0.01).all()
    assert (np.abs(got.sum(axis=(1, 2, 3)) / images.sum(axis=(1, 2, 3)) - 1) < 0.45).all()


def test_half_of_the_images_are_mirrored_and_the_others_are_as_without(images):
    many = np.repeat(images[:1], 400, axis=0)
    plain, mirrored = (augmentation.distort_images(many, seed=3, mirror=mirror) for mirror in (False, True))
    flipped = [np.array_equal(one, other[:, ::-1]) for one, other in zip(mirrored, plain, strict=True)]
    kept = [np.array_equal(one, other) for one, other in zip(mirrored, plain, strict=True)]
    assert [a != b for a, b in zip(flipped, kept, strict=True)] == [True] * 400 and 150 < sum(flipped) < 250


def test_a_blot_goes_where_the_places_say():
    image = np.repeat(blot(8, 18), 200, axis=0)
    got = augmentation.distort_images(image, seed=0, rotation=0, scale=0, shear=0, shift=3, elastic=0)
    moves = augmentation.affine_places(200, seed=0, rotation=0, scale=0, shear=0, shift=3)[:, :, 0, 0].T
    found = np.array([middle(one) for one in got])
    np.testing.assert_allclose(found, [8, 18] - moves, atol=0.05)  # read 2 farther down means: it stands 2 farther up


def test_seeds_and_generators(images):
    same = [augmentation.distort_images(images, seed=4) for _ in range(2)]
    np.testing.assert_array_equal(*same)
    assert (augmentation.distort_images(images, seed=5) != same[0]).any()
    rng = np.random.default_rng(4)
    np.testing.assert_array_equal(augmentation.distort_images(images, seed=rng), same[0])
    assert (augmentation.distort_images(images, seed=rng) != same[0]).any()
    assert not np.array_equal(*augmentation.distort_images(np.repeat(images[:1], 2, axis=0), seed=0))


@pytest.mark.parametrize(
    ("amounts", "message"),
    [
        ({"rotation": -1}, "rotation must be a number of at least 0, got -1"),
        ({"shift": np.nan}, "shift must be a number"),
        ({"shear": np.inf}, "shear must be a number"),
        ({"elastic": -0.5}, "elastic must be a number"),
        ({"scale": 1}, "scale must be below 1"),
        ({"smoothness": 0}, "smoothness must be above 0"),
    ],
)
def test_amounts_that_make_no_sense_are_refused(images, amounts, message):
    with pytest.raises(ValueError, match=message):
        augmentation.distort_images(images, seed=0, **amounts)


def test_bad_strength_is_refused():
    with pytest.raises(ValueError, match="strength must be a number of at least 0, got nan"):
        augmentation.elastic_moves(1, seed=0, strength=np.nan)


# ---- batches


def test_batches_hold_each_image_once_an_epoch_with_its_label(images):
    labels = np.arange(24)
    batches = augmentation.distorted_batches(images, labels, batch_size=8, seed=0, **STILL, elastic=0)
    epochs = [[next(batches) for _ in range(3)] for _ in range(2)]
    orders = [np.concatenate([batch_labels for _, batch_labels in epoch]) for epoch in epochs]
    for epoch, order in zip(epochs, orders, strict=True):
        assert sorted(order) == list(range(24))
        np.testing.assert_array_equal(np.concatenate([batch for batch, _ in epoch]), images[order])
    assert (orders[0] != orders[1]).any()


def test_batches_are_distorted_anew_and_always_whole(images):
    batches = augmentation.distorted_batches(images[:3], np.eye(10)[:3], batch_size=2, seed=0)
    seen = [next(batches) for _ in range(40)]
    assert all(batch.shape == (2, 28, 28, 1) and rows.shape == (2, 10) for batch, rows in seen)
    pictures = {batch[0].tobytes() for batch, _ in seen}
    assert len(pictures) == 40
    assert {int(row.argmax()) for _, rows in seen for row in rows} == {0, 1, 2}


def test_batches_of_wrong_sizes_are_refused(images):
    with pytest.raises(ValueError, match="as many labels as images, 24, got 23"):
        next(augmentation.distorted_batches(images, np.zeros(23), batch_size=2, seed=0))
    for size in (0, 25):
        with pytest.raises(ValueError, match="batch_size must be from 1 to 24"):
            next(augmentation.distorted_batches(images, np.zeros(24), batch_size=size, seed=0))
