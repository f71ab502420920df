"""Inputs that the statements of lesson 09 allow."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays


def _is_decided(arguments):
    """Whether no two classes are so near that float32 could take one for the other; of ties the statement is silent."""
    best = np.sort(arguments[0].astype(float).mean(axis=0), axis=1)
    return (best[:, -1] - best[:, -2] > 1e-4).all()


@st.composite
def _probabilities(draw):
    shape = draw(st.tuples(st.integers(1, 13), st.integers(1, 5), st.sampled_from((2, 3, 4, 10, 11, 14, 300))))
    generator, spread = np.random.default_rng(draw(st.integers(0, 2**32))), draw(st.sampled_from((0.05, 0.3, 1.0)))
    drawn = generator.dirichlet(np.full(shape[2], spread), size=shape[:2])
    return (drawn.round(6).astype(draw(st.sampled_from(("float32", "float64")))),)


ensemble_answers = _probabilities().filter(_is_decided)

_shape = st.tuples(st.integers(1, 6), st.integers(1, 6))
_image = st.one_of(
    arrays.arrays("float64", _shape, elements=st.floats(0, 1)),
    arrays.arrays("float32", _shape, elements=st.floats(0, 1, width=32)),
    arrays.arrays("uint8", _shape),
    arrays.arrays("int64", _shape, elements=st.integers(0, 255)),
)
_place = st.one_of(st.integers(-3, 8), st.floats(-3, 8), st.floats(-1e6, 1e6))
ink_at = st.tuples(_image, _place, _place)
