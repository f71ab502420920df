"""What the exercises of lesson 02 may get."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

LABEL_TYPES = st.sampled_from(["uint8", "int16", "int64"])


@st.composite
def _labels(draw):
    """At least one label, in any order, of 1 to 100 classes."""
    n_classes = draw(st.integers(1, 100))
    return draw(arrays(draw(LABEL_TYPES), st.integers(1, 30), elements=st.integers(0, n_classes - 1))), n_classes


@st.composite
def _split(draw):
    """Images that differ, of any shape, their labels, and a number that leaves at least one image in each set."""
    n = draw(st.integers(2, 40))
    shape = draw(st.sampled_from([(2, 3), (2, 2, 1), (4,)]))
    images = np.arange(n * np.prod(shape)).reshape((n, *shape)).astype(draw(st.sampled_from(["int64", "float32"])))
    labels = draw(arrays(draw(LABEL_TYPES), n, elements=st.integers(0, 9)))
    return images, labels, draw(st.integers(1, n - 1)), draw(st.integers(0, 2**32 - 1))


# A microscope's images are of any type, and have at least one pixel.
images_first = st.tuples(
    arrays("uint8", array_shapes(min_dims=3, max_dims=3, max_side=6))
    | arrays("uint16", array_shapes(min_dims=3, max_dims=3, max_side=6))
    | arrays("float32", array_shapes(min_dims=3, max_dims=3, max_side=6), elements=st.floats(-1, 1, width=32))
)
one_hot = _labels()
prepare = st.tuples(arrays("uint8", st.tuples(st.integers(1, 30), st.just(28), st.just(28))))
split = _split()
