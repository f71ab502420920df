"""The data of the course: load it, check it, split it, prepare it for a network. No TensorFlow."""

from course_utils.data.cells import CELLS_ARRAYS, guess_modules, load_cells
from course_utils.data.checks import N_CLASSES, check_images, check_labels
from course_utils.data.fashion_mnist import (
    FASHION_MNIST_ARRAYS,
    FASHION_MNIST_FILE,
    FASHION_NAMES,
    load_fashion_mnist,
)
from course_utils.data.folder import Photographs, load_folder
from course_utils.data.mnist import MNIST_ARRAYS, MNIST_FILE, load_mnist
from course_utils.data.prepare import one_hot, prepare_images, resize_photographs
from course_utils.data.split import deal_groups, split_validation

__all__ = [
    "CELLS_ARRAYS",
    "FASHION_MNIST_ARRAYS",
    "FASHION_MNIST_FILE",
    "FASHION_NAMES",
    "MNIST_ARRAYS",
    "MNIST_FILE",
    "N_CLASSES",
    "Photographs",
    "check_images",
    "check_labels",
    "deal_groups",
    "guess_modules",
    "load_cells",
    "load_fashion_mnist",
    "load_folder",
    "load_mnist",
    "one_hot",
    "prepare_images",
    "resize_photographs",
    "split_validation",
]
