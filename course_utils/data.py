"""MNIST: load it, check it, split it, prepare it for a network. NumPy only."""

import hashlib
from pathlib import Path

import numpy as np

MNIST_FILE = Path(__file__).parent / "assets" / "mnist.npz"
N_CLASSES = 10

# What the four arrays of MNIST are: shape, and SHA-256 of their bytes in C order. All are uint8.
MNIST_ARRAYS = {
    "x_train": ((60000, 28, 28), "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757"),
    "y_train": ((60000,), "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13"),
    "x_test": ((10000, 28, 28), "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161"),
    "y_test": ((10000,), "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5"),
}


def load_mnist(path=MNIST_FILE):
    """Load MNIST from a file and make sure that it is MNIST, bit for bit.

    Shapes, types and order are those of ``keras.datasets.mnist.load_data()``, which downloads the same arrays.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        An .npz file with the arrays ``x_train``, ``y_train``, ``x_test`` and ``y_test``. By default the file that
        ships with the course.

    Returns
    -------
    (train_images, train_labels), (test_images, test_labels)
        Images are uint8 in [0, 255] of shape (60000, 28, 28) and (10000, 28, 28); labels are uint8 in [0, 9] of
        shape (60000,) and (10000,).

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, or holds anything but the arrays of MNIST.

    Notes
    -----
    Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document recognition",
    Proceedings of the IEEE 86 (1998), 2278-2324.
    """
    path = Path(path)
    cure = f"restore it with `git checkout -- course_utils/assets/{MNIST_FILE.name}` in the course's folder"
    if not path.is_file():
        raise FileNotFoundError(f"expected MNIST at {path}, found no such file; {cure}")
    try:
        with open(path, "rb") as content, np.load(content, allow_pickle=False) as file:  # `open`: closed in any case
            arrays = {name: file[name] for name in MNIST_ARRAYS}
    except KeyError as error:
        raise ValueError(f"{path} must hold the arrays {', '.join(MNIST_ARRAYS)}; {error.args[0]}; {cure}") from None
    except Exception as error:  # whatever zipfile, zlib and NumPy raise when a bit is wrong
        raise ValueError(f"{path} cannot be read as an .npz file of arrays, is it damaged? ({error}); {cure}") from None
    for name, (shape, sha256) in MNIST_ARRAYS.items():
        array = arrays[name]
        if array.shape != shape or array.dtype != np.uint8:
            got = f"{array.dtype} of shape {array.shape}"
            raise ValueError(f"{name} in {path} must be uint8 of shape {shape}, got {got}; {cure}")
        if hashlib.sha256(np.ascontiguousarray(array)).hexdigest() != sha256:
            raise ValueError(f"{name} in {path} is not MNIST's: at least one value differs (SHA-256); {cure}")
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def check_images(images, *, name="images", channel=None):
    """Return images as an array, or say what is wrong with them.

    Parameters
    ----------
    images : array_like
        Gray images, of shape (n, 28, 28) or (n, 28, 28, 1).
    name : str
        What to call them in an error.
    channel : bool, optional
        True to demand the channel axis, False to forbid it; by default both shapes will do.

    Raises
    ------
    TypeError
        If they are not numbers.
    ValueError
        If there are none, the shape is another, or a value is not finite.
    """
    images = np.asarray(images)
    bare, full = "(n, 28, 28)", "(n, 28, 28, 1)"
    wanted = {None: f"{bare} or {full}", True: full, False: bare}[channel]
    if not (np.issubdtype(images.dtype, np.number) and np.isrealobj(images)):
        raise TypeError(f"{name} must be real numbers, got dtype {images.dtype}")
    has_channel = images.ndim == 4
    fits = images.shape[1:] == (28, 28, 1) if has_channel else images.ndim == 3 and images.shape[1:] == (28, 28)
    if not fits or channel not in (None, has_channel):
        advice = ""
        if images.shape == (28, 28):
            advice = f"; one image is a batch of one: {name}[None]"
        elif fits:
            add, drop = f"add a channel axis with {name}[..., None]", f"drop the channel axis with {name}[..., 0]"
            advice = f"; {add if channel else drop}"
        raise ValueError(f"{name} must have shape {wanted}, got {images.shape}{advice}")
    if len(images) == 0:
        raise ValueError(f"{name} must hold at least one image, got shape {images.shape}")
    if images.dtype.kind == "f" and not np.isfinite(images).all():
        raise ValueError(f"{name} must be finite, got NaN or infinity; find out where they come from before you go on")
    return images


def check_labels(labels, *, name="labels", n=None, n_classes=N_CLASSES):
    """Return integer class labels as an array of shape (n,), or say what is wrong with them.

    Raises
    ------
    TypeError
        If they are not integers.
    ValueError
        If there are none, they are not one-dimensional, not ``n`` in number, or outside 0 to ``n_classes - 1``.
    """
    labels = np.asarray(labels)
    if labels.ndim != 1:
        advice = f"; turn one-hot rows into labels with {name}.argmax(axis=1)" if labels.ndim == 2 else ""
        raise ValueError(f"{name} must have shape (n,), got {labels.shape}{advice}")
    if len(labels) == 0:
        raise ValueError(f"{name} must hold at least one label, got none")
    if not np.issubdtype(labels.dtype, np.integer):
        raise TypeError(f"{name} must be integers, got dtype {labels.dtype}; convert them with {name}.astype(int)")
    if n is not None and len(labels) != n:
        raise ValueError(f"{name} must be as many as the images, {n}, got {len(labels)}")
    if labels.min() < 0 or labels.max() >= n_classes:
        raise ValueError(f"{name} must be from 0 to {n_classes - 1}, got {labels.min()} to {labels.max()}")
    return labels


def prepare_images(images):
    """Turn MNIST's bytes into what the course's networks read.

    Parameters
    ----------
    images : array_like of uint8, shape (n, 28, 28)
        Gray values from 0 to 255.

    Returns
    -------
    ndarray of float32, shape (n, 28, 28, 1)
        The same images in [0, 1], with a channel axis.
    """
    images = check_images(images, channel=False)
    if images.dtype != np.uint8:
        raise TypeError(f"images must be uint8 as load_mnist gives them, got {images.dtype}; prepared already?")
    return images.reshape((len(images), 28, 28, 1)).astype("float32") / 255


def one_hot(labels, n_classes=N_CLASSES):
    """One row for each label, 1 in the label's column and 0 elsewhere, as ``keras.utils.to_categorical`` does.

    Parameters
    ----------
    labels : array_like of int, shape (n,)
        From 0 to ``n_classes - 1``.

    Returns
    -------
    ndarray of float32, shape (n, n_classes)
    """
    return np.eye(n_classes, dtype="float32")[check_labels(labels, n_classes=n_classes)]


def split_validation(images, labels, *, n_validation=10000, seed=0):
    """Set some of the training images aside, drawn at random, to choose with.

    Parameters
    ----------
    images : array_like, shape (n, ...)
    labels : array_like, shape (n, ...)
    n_validation : int
        How many to set aside, at least 1 and fewer than n.
    seed : int
        The same seed draws the same images.

    Returns
    -------
    (images, labels), (validation_images, validation_labels)
        Each image is in exactly one of the two parts.
    """
    images, labels = np.asarray(images), np.asarray(labels)
    if images.ndim == 0 or labels.ndim == 0:
        raise ValueError(f"images and labels must be arrays of shape (n, ...), got {images.shape} and {labels.shape}")
    if len(images) != len(labels):
        raise ValueError(f"there must be as many labels as images, {len(images)}, got {len(labels)}")
    if not isinstance(n_validation, (int, np.integer)) or isinstance(n_validation, bool):
        raise TypeError(f"n_validation must be a whole number of images, got {n_validation!r}")
    if not 0 < n_validation < len(images):
        raise ValueError(f"n_validation must be from 1 to {len(images) - 1}, got {n_validation}")
    order = np.random.default_rng(seed).permutation(len(images))
    validation, training = order[:n_validation], order[n_validation:]
    return (images[training], labels[training]), (images[validation], labels[validation])
