"""What all tests share: no network, no window, one seed, MNIST loaded once."""

import gc
import sys
from functools import partialmethod

import matplotlib
import pytest
from no_network.sitecustomize import refuse_network

from course_utils.data import load_mnist

refuse_network()
matplotlib.use("Agg")  # not MPLBACKEND: kernels would inherit it, and show no pictures


def pytest_collection_finish():
    """What pytest holds of ten thousand tests is not looked through again each time memory is tidied up."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def mnist():
    """(train_images, train_labels), (test_images, test_labels), read-only."""
    arrays = load_mnist()
    for images, labels in arrays:
        images.flags.writeable = labels.flags.writeable = False
    return arrays


@pytest.fixture(autouse=True)
def same_seed():
    """A test's networks begin with the same weights each time, so it passes always or never."""
    if keras := sys.modules.get("keras"):  # it is slow to import, and most tests need none
        keras.utils.set_random_seed(0)


@pytest.fixture
def eagerly(monkeypatch):
    """Keras traces no step: where few are made, that takes longer than they do."""
    from course_utils._tensorflow import keras

    monkeypatch.setattr(keras.Model, "compile", partialmethod(keras.Model.compile, run_eagerly=True))
