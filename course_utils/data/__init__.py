"""The data of the course: load it, check it, split it, prepare it for a network. NumPy only."""

from course_utils.data.checks import N_CLASSES, check_images, check_labels
from course_utils.data.fashion_mnist import (
    FASHION_MNIST_ARRAYS,
    FASHION_MNIST_FILE,
    FASHION_NAMES,
    load_fashion_mnist,
)
from course_utils.data.mnist import MNIST_ARRAYS, MNIST_FILE, load_mnist
from course_utils.data.prepare import one_hot, prepare_images
from course_utils.data.split import split_validation

__all__ = [
    "FASHION_MNIST_ARRAYS",
    "FASHION_MNIST_FILE",
    "FASHION_NAMES",
    "MNIST_ARRAYS",
    "MNIST_FILE",
    "N_CLASSES",
    "check_images",
    "check_labels",
    "load_fashion_mnist",
    "load_mnist",
    "one_hot",
    "prepare_images",
    "split_validation",
]
