"""What the exercises of lesson 01 may get."""

from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

TYPES = st.sampled_from(["uint8", "int16", "int64"])


@st.composite
def _labels(draw):
    """Labels of a data set with 1 to 100 classes, in any order; there is at least one, as their shares add up to 1."""
    n_classes = draw(st.integers(1, 100))
    labels = draw(arrays(draw(TYPES), st.integers(1, 400), elements=st.integers(0, n_classes - 1)))
    return labels, n_classes


@st.composite
def _images(draw):
    """Images of any size in bytes, their labels, and a digit that at least one of them shows."""
    shape = draw(st.tuples(st.integers(1, 30), st.integers(1, 5), st.integers(1, 5)))
    images = draw(arrays("uint8", shape, elements=st.integers(0, 255)))
    labels = draw(arrays(draw(TYPES), shape[0], elements=st.integers(0, 9)))
    return images, labels, int(draw(st.sampled_from(labels.tolist())))


class_shares = _labels()
mean_digit = _images()
