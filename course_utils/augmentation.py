"""Data augmentation: each image a little turned, shifted, stretched and bent, differently in every epoch. NumPy only.

Every distortion is an inverse mapping: it asks each pixel of the result where in the original its ink comes from. These
places are between pixels, and bilinear interpolation reads the image there.

Keras has layers for this, too, one for each kind of distortion. In a row, each of them reads and blurs the image again,
and together they take several times as long.
"""

import numpy as np

from course_utils.data import check_images

CENTER = 13.5  # of 28 pixels, counted from 0


def affine_places(n, *, seed, rotation=10.0, shift=2.0, scale=0.1, shear=0.1):
    """Where the pixels of n images come from after an affine transformation: turned, stretched, slanted and shifted.

    Each amount is drawn for each image, uniformly, from minus to plus the value given here. Turning and stretching keep
    the middle of the image in its place.

    Parameters
    ----------
    n : int
        How many images.
    seed : int or numpy.random.Generator
    rotation : float
        In degrees.
    shift : float
        In pixels, down and to the right independently.
    scale : float
        The change in size, as a share of it, in height and in width independently; below 1.
    shear : float
        How far a row moves to the side, in pixels, for each row away from the middle.

    Returns
    -------
    ndarray of float32, shape (2, n, 28, 28)
        For each pixel of the result, the row and the column in the original, counted from 0, between pixels, too.
    """
    _check_amounts(rotation=rotation, shift=shift, scale=scale, shear=shear)
    if scale >= 1:
        raise ValueError(f"scale must be below 1, or images vanish; got {scale}")
    rng = np.random.default_rng(seed)
    angle, slant = rng.uniform(-1, 1, size=(2, n)) * np.array([[np.radians(rotation)], [shear]])
    height, width = 1 + scale * rng.uniform(-1, 1, size=(2, n))
    move = shift * rng.uniform(-1, 1, size=(2, n, 1))
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, -sin], [sin, cos]])
    stretch = np.array([[1 / height, 0 * slant], [slant / height, 1 / width]])  # from the result back to the original
    matrices = np.einsum("ijn,jkn->nik", turn, stretch).astype("float32")
    pixels = (np.indices((28, 28), dtype="float32") - CENTER).reshape(2, -1)
    places = np.moveaxis(matrices @ pixels, 1, 0) + (CENTER + move).astype("float32")
    return places.reshape(2, n, 28, 28)


def elastic_moves(n, *, seed, strength=0.8, smoothness=4.0):
    """How far each pixel of n images is moved by a random, smooth bending.

    Random numbers, one for each pixel and each axis, are smoothed by a Gaussian, so that neighbors move alike.

    Parameters
    ----------
    n : int
        How many images.
    seed : int or numpy.random.Generator
    strength : float
        The standard deviation of a move along one axis, in pixels. Near the edge, moves are smaller.
    smoothness : float
        The standard deviation of the Gaussian, in pixels: below 2 it crumples strokes, above 8 it only shifts them.

    Returns
    -------
    ndarray of float32, shape (2, n, 28, 28)
        To add to places, such as those of affine_places.

    Notes
    -----
    P. Simard, D. Steinkraus and J. Platt, "Best practices for convolutional neural networks applied to visual document
    analysis", ICDAR 2003.
    """
    _check_amounts(strength=strength)
    if not smoothness > 0:
        raise ValueError(f"smoothness must be above 0, got {smoothness}")
    distance = np.arange(28)[:, None] - np.arange(28)
    bell = np.exp(-0.5 * (distance / smoothness) ** 2)
    bell /= np.exp(-0.5 * (np.arange(-200, 201) / smoothness) ** 2).sum()  # the weights of a whole bell add up to 1
    spread = (bell[14] ** 2).sum()  # of one smoothed number, in the middle: once for each of two axes, half a square
    noise = np.random.default_rng(seed).standard_normal((2, n, 28, 28), dtype="float32")
    bell = bell.astype("float32")
    return bell @ (noise @ bell) * np.float32(strength / spread)


def read_between_pixels(images, places):
    """Read images at places between pixels, by bilinear interpolation; outside of an image, everything is 0.

    Parameters
    ----------
    images : ndarray of float, shape (n, 28, 28) or (n, 28, 28, 1)
    places : ndarray of float, shape (2, n, 28, 28)
        The row and the column at which each pixel of the result is read.

    Returns
    -------
    ndarray of float32, of the shape of the images

    Notes
    -----
    The same as ``scipy.ndimage.map_coordinates`` with ``order=1, mode="grid-constant"``, for a whole batch at once.
    """
    images = check_images(images)
    places = np.asarray(places, dtype="float32")
    if places.shape != (2, len(images), 28, 28):
        raise ValueError(f"places must have shape (2, {len(images)}, 28, 28), got {places.shape}")
    padded = np.pad(images.reshape(-1, 28, 28).astype("float32"), ((0, 0), (1, 2), (1, 2))).ravel()
    rows, columns = np.clip(places, -1, 28) + 1  # in the padded image of 31 × 31; what is farther out is 0, too
    top, left = rows.astype("int32"), columns.astype("int32")
    down, right = rows - top.astype("float32"), columns - left.astype("float32")
    corner = top * 31 + left + (np.arange(len(images), dtype="int32") * 31 * 31)[:, None, None]
    above, below = (padded.take(row) * (1 - right) + padded.take(row + 1) * right for row in (corner, corner + 31))
    return (above * (1 - down) + below * down).reshape(images.shape)


def distort_images(
    images, *, seed, rotation=10.0, shift=2.0, scale=0.1, shear=0.1, elastic=0.8, smoothness=4.0, mirror=False
):
    """Distort each image at random, by affine_places and elastic_moves at once.

    Parameters
    ----------
    images : ndarray of float, shape (n, 28, 28) or (n, 28, 28, 1)
        Ink above 0, paper 0.
    seed : int or numpy.random.Generator
        The same seed distorts the same images in the same way; a generator continues from call to call.
    rotation, shift, scale, shear
        As in affine_places.
    elastic, smoothness
        ``strength`` and ``smoothness`` in elastic_moves; with ``elastic=0`` nothing is bent.
    mirror : bool
        Whether each image is mirrored, left to right, with a probability of one half: a shoe remains a shoe, a 2 does
        not remain a 2.

    Returns
    -------
    ndarray of float32, of the shape of the images
        In the range of the images, which are not changed.
    """
    _check_amounts(elastic=elastic)
    images, rng = check_images(images), np.random.default_rng(seed)
    places = affine_places(len(images), seed=rng, rotation=rotation, shift=shift, scale=scale, shear=shear)
    if elastic:
        places += elastic_moves(len(images), seed=rng, strength=elastic, smoothness=smoothness)
    distorted = read_between_pixels(images, places)
    if mirror:
        mirrored = rng.random(len(images)) < 0.5
        distorted[mirrored] = distorted[mirrored, :, ::-1]
    return distorted


def distorted_batches(images, labels, *, batch_size, seed, **amounts):
    """Batches for ``fit``, without end: each epoch in a new order, with new distortions.

    Pass it to ``fit`` with ``steps_per_epoch=len(images) // batch_size``. It only gives whole batches, so a few images,
    not always the same, sit out an epoch.

    Parameters
    ----------
    images : ndarray of float32, shape (n, 28, 28, 1)
    labels : ndarray, shape (n, ...)
    batch_size : int
    seed : int or numpy.random.Generator
    **amounts
        As in distort_images.

    Yields
    ------
    images : ndarray of float32, shape (batch_size, 28, 28, 1)
    labels : ndarray, shape (batch_size, ...)
    """
    images, labels, rng = check_images(images), np.asarray(labels), np.random.default_rng(seed)
    if len(images) != len(labels):
        raise ValueError(f"there must be as many labels as images, {len(images)}, got {len(labels)}")
    if not 1 <= batch_size <= len(images):
        raise ValueError(f"batch_size must be from 1 to {len(images)}, got {batch_size}")
    while True:
        order = rng.permutation(len(images))
        for start in range(0, len(images) - batch_size + 1, batch_size):
            chosen = order[start : start + batch_size]
            yield distort_images(images[chosen], seed=rng, **amounts), labels[chosen]


def _check_amounts(**amounts):
    for name, amount in amounts.items():
        if not 0 <= amount < np.inf:
            raise ValueError(f"{name} must be a number of at least 0, got {amount}")
