"""MNIST: load it, and make sure that it is MNIST, bit for bit."""

from course_utils.data.stored import ASSETS, load_stored

MNIST_FILE = ASSETS / "mnist.npz"

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
        An .npz file with the arrays ``x_train``, ``y_train``, ``x_test``, and ``y_test``. By default, the file that
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
    Y. LeCun, L. Bottou, Y. Bengio, and P. Haffner, "Gradient-based learning applied to document recognition",
    Proceedings of the IEEE 86 (1998), 2278-2324.

    Who wrote the digits: C. Yadav and L. Bottou, "Cold case: the lost MNIST digits", NeurIPS 2019,
    https://arxiv.org/abs/1905.10498. 539 people wrote the training images and 297 others the test images, of which the
    first 5,001 are by high-school students and the other 4,999 by Census Bureau employees.
    """
    return load_stored(path, MNIST_ARRAYS, "MNIST")
