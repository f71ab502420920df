"""What a trained network responds to, where it looks, and what breaks it.

Most of these questions ask for a gradient with respect to the pixels of an image, not to the weights. TensorFlow's
GradientTape records what the network does with the image, and gives the gradient.
"""

import numpy as np

from course_utils._tensorflow import keras, tf
from course_utils.data import check_images, check_labels

WEIGHTED = (keras.layers.Conv2D, keras.layers.Dense)


def compute_activations(model, images, *, layer):
    """The activations of one layer for each image.

    Parameters
    ----------
    model : keras.Model
        A network whose layers form a chain, as those of `networks`; the same holds for all of this module.
    images : array_like of float, shape (n, 28, 28, 1)
        In [0, 1].
    layer : int
        The layer's place in ``model.layers``.

    Returns
    -------
    ndarray of float32, shape (n, height, width, channels) or (n, units)
        Feature maps, or the numbers of a flat layer.
    """
    images, place = _check_prepared(images), _check_layer(model, layer)
    batches = [_run(model.layers[: place + 1], images[start : start + 500]) for start in range(0, len(images), 500)]
    return np.concatenate(batches)


def leave_off_activation(layer):
    """A copy of a layer without its activation function; of the last layer, it gives logits.

    Where ReLU gives 0 its gradient is 0, and where softmax is sure it is nearly so: take gradients before them.

    Parameters
    ----------
    layer : keras.layers.Conv2D or keras.layers.Dense
        Part of a network, so it has weights.

    Returns
    -------
    keras.layers.Layer
        With a copy of the weights.
    """
    if not isinstance(layer, WEIGHTED):
        raise ValueError(f"layer must be a convolutional or a dense layer, got a {type(layer).__name__}")
    linear = type(layer).from_config({**layer.get_config(), "activation": "linear"})
    linear.build(layer.input.shape)
    linear.set_weights(layer.get_weights())
    return linear


def maximize_activation(model, units, *, layer, smoothness, n_steps=100, rate=0.1, seed=0):
    """Activation maximization: draw images that excite units as much as possible, by gradient ascent on the pixels.

    An image starts as faint noise. Each step moves it along the gradient of its unit's activation, within [0, 1]. Left
    alone, it gathers specks: each helps a little, and none is part of a stroke. So differences between neighboring
    pixels carry a penalty, and only what helps in a whole patch is worth it.

    Parameters
    ----------
    model : keras.Model
    units : sequence of int
        For a convolutional layer, its channels: the number in the middle of the map is raised.
    layer : int
        The place in ``model.layers`` of a convolutional or dense layer. Its activation function is left off.
    smoothness : float
        The weight of the penalty, at least 0: it times the sum of the squared differences is subtracted from the
        activation.
    n_steps : int
    rate : float
        How far the pixel with the largest partial derivative moves in one step.
    seed : int
        The random seed of the noise.

    Returns
    -------
    ndarray of float32, shape (n_units, 28, 28)
        In [0, 1].

    Notes
    -----
    The method: D. Erhan, Y. Bengio, A. Courville and P. Vincent, "Visualizing higher-layer features of a deep network",
    technical report 1341, University of Montreal, 2009. The penalty: A. Mahendran and A. Vedaldi, "Understanding deep
    image representations by inverting them", CVPR 2015.
    """
    place = _check_layer(model, layer, kinds=WEIGHTED, what="layers with weights")
    _check_built(model)
    layers = [*model.layers[:place], leave_off_activation(model.layers[place])]
    units = check_labels(units, name="units", n_classes=model.layers[place].output.shape[-1])
    if not smoothness >= 0:
        raise ValueError(f"smoothness must be at least 0, got {smoothness!r}")
    middle = tuple(side // 2 for side in model.layers[place].output.shape[1:-1])

    @tf.function  # compiled once, run n_steps times
    def gradient_of(images):
        with tf.GradientTape() as tape:
            tape.watch(images)
            activations = tf.gather(_run(layers, images)[(slice(None), *middle)], units, axis=1, batch_dims=1)
            down, right = images[:, 1:] - images[:, :-1], images[:, :, 1:] - images[:, :, :-1]
            penalty = smoothness * (tf.reduce_sum(down**2) + tf.reduce_sum(right**2))
            raised = tf.reduce_sum(activations) - penalty
        return tape.gradient(raised, images)

    noise = np.random.default_rng(seed).uniform(0, 0.1, (1, 28, 28, 1)).astype("float32")
    images = tf.repeat(noise, len(units), axis=0)
    for _ in range(n_steps):
        gradient = gradient_of(images)
        largest = tf.reduce_max(tf.abs(gradient), axis=(1, 2, 3), keepdims=True)
        images = tf.clip_by_value(images + rate * gradient / (largest + 1e-12), 0, 1)
    return images.numpy()[..., 0]


def occlusion_map(model, image, digit, *, size=7, value=0.5):
    """The probability of a class while a square patch covers a part of the image, for each place of the patch.

    Parameters
    ----------
    model : keras.Model
    image : array_like of float, shape (28, 28, 1)
        In [0, 1].
    digit : int
        The class.
    size : int
        Pixels along a side of the patch, an odd number.
    value : float
        What the patch shows: 0.5 is gray, 0 paper, 1 ink.

    Returns
    -------
    ndarray of float32, shape (28, 28)
        At each pixel: the probability while the patch is centered there. At the rim, part of it lies outside.

    Notes
    -----
    M. D. Zeiler and R. Fergus, "Visualizing and understanding convolutional networks", ECCV 2014.
    """
    _check_built(model)
    image = _check_prepared(np.asarray(image)[None], name="image[None]")[0]
    (digit,) = check_labels([digit], name="[digit]", n_classes=model.output_shape[-1])
    if size not in range(1, 29, 2):
        raise ValueError(f"size must be an odd number of pixels from 1 to 27, so that it has a center, got {size!r}")
    if not 0 <= value <= 1:
        raise ValueError(f"value must be in [0, 1], got {value!r}")
    pixels = np.arange(28)
    near = abs(pixels[:, None] - pixels) <= size // 2  # (center, pixel), along one axis
    covered = near[:, None, :, None] & near[None, :, None, :]  # (center row, center column, row, column)
    images = np.where(covered[..., None], np.float32(value), image).reshape(784, 28, 28, 1)
    return model.predict(images, batch_size=392, verbose=0)[:, digit].reshape(28, 28)


def saliency_map(model, images, digits):
    """The gradient of a class's logit with respect to the pixels: how it changes as each of them gets a little darker.

    Parameters
    ----------
    model : keras.Model
        With ten logits before its last activation function.
    images : array_like of float, shape (n, 28, 28, 1)
        In [0, 1].
    digits : array_like of int, shape (n,)
        A class for each image.

    Returns
    -------
    ndarray of float32, shape (n, 28, 28)
        Signed; usually the absolute value is drawn.

    Notes
    -----
    K. Simonyan, A. Vedaldi and A. Zisserman, "Deep inside convolutional networks", ICLR workshop 2014.
    """
    images = tf.convert_to_tensor(_check_prepared(images))
    digits = _check_digits(digits, images, model)
    with tf.GradientTape() as tape:
        tape.watch(images)
        score = tf.gather(_run(_layers_to_logits(model), images), digits, axis=1, batch_dims=1)
    return tape.gradient(score, images).numpy()[..., 0]


def grad_cam(model, images, digits, *, layer):
    """Where a layer's feature maps speak for a class: their sum, each weighted by its mean gradient, then ReLU.

    Parameters
    ----------
    model : keras.Model
    images : array_like of float, shape (n, 28, 28, 1)
        In [0, 1].
    digits : array_like of int, shape (n,)
        A class for each image.
    layer : int
        The place in ``model.layers`` of a layer with feature maps.

    Returns
    -------
    ndarray of float32, shape (n, height, width)
        In the unit of the logit, and as fine as the layer's maps: it is not stretched to the size of the image,
        because without padding a map does not cover the image from rim to rim.

    Notes
    -----
    R. R. Selvaraju and others, "Grad-CAM: visual explanations from deep networks via gradient-based localization", ICCV
    2017.
    """
    images = tf.convert_to_tensor(_check_prepared(images))
    digits = _check_digits(digits, images, model)
    kinds = (keras.layers.Conv2D, keras.layers.MaxPooling2D)
    place, layers = _check_layer(model, layer, kinds=kinds, what="layers with maps"), _layers_to_logits(model)
    maps = _run(layers[: place + 1], images)
    with tf.GradientTape() as tape:
        tape.watch(maps)
        score = tf.gather(_run(layers[place + 1 :], maps), digits, axis=1, batch_dims=1)
    weights = tf.reduce_mean(tape.gradient(score, maps), axis=(1, 2), keepdims=True)
    return tf.nn.relu(tf.reduce_sum(weights * maps, axis=-1)).numpy()


def principal_components(features, *, n=2):
    """Principal component analysis: the directions in which points spread most, and where each lies along them.

    Parameters
    ----------
    features : array_like of float, shape (n_points, n_features)
    n : int
        How many directions, at most the smaller of n_points and n_features.

    Returns
    -------
    coordinates : ndarray of float, shape (n_points, n)
        Of the points, measured from their mean.
    directions : ndarray of float, shape (n, n_features)
        Of length 1, at right angles. The sign is free; it is chosen so that the largest entry is positive.
    shares : ndarray of float, shape (n,)
        Of the points' variance, largest first.
    """
    features = np.asarray(features, dtype=float)
    if features.ndim != 2 or not np.isfinite(features).all():
        raise ValueError(f"features must be finite, of shape (n_points, n_features), got shape {features.shape}")
    if n not in range(1, min(features.shape) + 1):
        raise ValueError(f"n must be from 1 to {min(features.shape)}, got {n!r}")
    centered = features - features.mean(axis=0)
    _, lengths, directions = np.linalg.svd(centered, full_matrices=False)
    if lengths[0] == 0:
        raise ValueError("features must differ: all points are the same, and spread in no direction")
    directions = directions[:n]
    largest = directions[np.arange(n), abs(directions).argmax(axis=1)]
    directions = directions * np.sign(largest)[:, None]
    return centered @ directions.T, directions, (lengths**2 / (lengths**2).sum())[:n]


def fast_gradient_sign(model, images, digits, *, epsilon):
    """Change each pixel by epsilon, up or down, whichever makes the network's loss larger (FGSM).

    Parameters
    ----------
    model : keras.Model
    images : array_like of float, shape (n, 28, 28, 1)
        In [0, 1].
    digits : array_like of int, shape (n,)
        The true classes.
    epsilon : float
        In [0, 1].

    Returns
    -------
    ndarray of float32, shape (n, 28, 28, 1)
        In [0, 1], which may take back a part of a pixel's change.

    Notes
    -----
    I. J. Goodfellow, J. Shlens and C. Szegedy, "Explaining and harnessing adversarial examples", ICLR 2015.
    """
    images = tf.convert_to_tensor(_check_prepared(images))
    digits = _check_digits(digits, images, model)
    if not 0 <= epsilon <= 1:
        raise ValueError(f"epsilon must be in [0, 1], as the pixels are, got {epsilon!r}")
    with tf.GradientTape() as tape:
        tape.watch(images)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(digits, _run(_layers_to_logits(model), images))
    return tf.clip_by_value(images + epsilon * tf.sign(tape.gradient(losses, images)), 0, 1).numpy()


def warp_images(images, *, shift=(0, 0), angle=0, scale=1):
    """Scale and rotate images about their center, then shift them; what comes in from outside is paper.

    Parameters
    ----------
    images : array_like of float, shape (n, 28, 28, 1)
        In [0, 1].
    shift : (float, float)
        Pixels down, and pixels to the right.
    angle : float
        In degrees, counterclockwise.
    scale : float
        Above 0; 2 doubles the size.

    Returns
    -------
    ndarray of float32, shape (n, 28, 28, 1)
        In [0, 1], interpolated linearly between the four nearest pixels.
    """
    images = _check_prepared(images)
    if not 0 < scale < np.inf:
        raise ValueError(f"scale must be above 0, got {scale!r}")
    cos, sin = np.cos(np.radians(angle)) / scale, np.sin(np.radians(angle)) / scale
    # Where the value of a pixel of the result comes from: x = a0 x' + a1 y' + a2, y = b0 x' + b1 y' + b2
    middle, (down, right) = 13.5, shift
    x, y = middle + right, middle + down
    transform = [cos, -sin, middle - cos * x + sin * y, sin, cos, middle - sin * x - cos * y, 0, 0]
    transform = np.asarray(transform, dtype="float32")
    return np.asarray(keras.ops.image.affine_transform(images, transform[None].repeat(len(images), axis=0)))


def _run(layers, x):
    for layer in layers:
        x = layer(x)
    return x


def _layers_to_logits(model):
    return [*model.layers[:-1], leave_off_activation(model.layers[-1])]


def _check_prepared(images, name="images"):
    images = check_images(images, name=name, channel=True)
    if images.dtype.kind != "f" or images.min() < 0 or images.max() > 1:
        got = f"{images.dtype} from {images.min():.4g} to {images.max():.4g}"
        raise ValueError(f"{name} must be floats in [0, 1], as data.prepare_images gives them, got {got}")
    return images.astype("float32", copy=False)


def _check_built(model):
    if not isinstance(model, keras.Model):
        raise TypeError(f"model must be a Keras model, got {type(model).__name__}")
    if not model.built:
        raise ValueError("the network must know its input's shape, got none; begin it with keras.Input((28, 28, 1))")


def _check_chain(model):
    if not isinstance(model, keras.Sequential):
        raise TypeError(
            f"model must be a keras.Sequential, whose layers form a chain, got {type(model).__name__}; if they do, "
            f"take keras.Sequential(model.layers)"
        )


def _check_digits(digits, images, model):
    _check_chain(model)
    _check_built(model)
    return check_labels(digits, name="digits", n=len(images), n_classes=model.output_shape[-1]).astype("int32")


def _check_layer(model, layer, *, kinds=keras.layers.Layer, what="layers"):
    """The place of a layer, counted from the first one, or what is wrong with it."""
    _check_chain(model)
    places = [place for place, one in enumerate(model.layers) if isinstance(one, kinds)]
    if layer not in places and layer not in [place - len(model.layers) for place in places]:
        raise ValueError(f"layer must be the place of one of the {what} in model.layers, {places}, got {layer!r}")
    return layer % len(model.layers)
