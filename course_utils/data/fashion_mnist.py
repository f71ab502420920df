"""Fashion-MNIST: load it, and make sure that it is Fashion-MNIST, bit for bit."""

from course_utils.data.stored import ASSETS, load_stored

FASHION_MNIST_FILE = ASSETS / "fashion_mnist.npz"

# What its four arrays are: shape, and SHA-256 of their bytes in C order. All are uint8.
FASHION_MNIST_ARRAYS = {
    "x_train": ((60000, 28, 28), "2e487a6c89124f78f2d7521542223cafe96f7123c3ca13d447772ac6ecbb3012"),
    "y_train": ((60000,), "657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7"),
    "x_test": ((10000, 28, 28), "c867c93ff95360594e8ec3287995350b824dd110b11595c0e13d5423f621867a"),
    "y_test": ((10000,), "3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9"),
}

FASHION_NAMES = (  # of the classes 0 to 9
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


def load_fashion_mnist(path=FASHION_MNIST_FILE):
    """Load Fashion-MNIST from a file and make sure that it is Fashion-MNIST, bit for bit.

    Shapes, types and order are those of ``keras.datasets.fashion_mnist.load_data()``, which downloads the same arrays.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        An .npz file with the arrays ``x_train``, ``y_train``, ``x_test``, and ``y_test``. By default, the file that
        ships with the course.

    Returns
    -------
    (train_images, train_labels), (test_images, test_labels)
        Images are uint8 in [0, 255] of shape (60000, 28, 28) and (10000, 28, 28); labels are uint8 in [0, 9] of
        shape (60000,) and (10000,), and ``FASHION_NAMES`` names the classes.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, or holds anything but the arrays of Fashion-MNIST.

    Notes
    -----
    H. Xiao, K. Rasul and R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine learning
    algorithms", 2017, https://arxiv.org/abs/1708.07747.
    """
    return load_stored(path, FASHION_MNIST_ARRAYS, "Fashion-MNIST")
