"""Inputs that the statements of lesson 11 allow."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

to_batch = st.tuples(
    st.tuples(st.integers(1, 6), st.integers(1, 6))
    .flatmap(lambda shape: arrays.arrays("int64", shape, elements=st.integers(0, 255)))
    .map(np.ndarray.tolist)
)

_shapes = arrays.array_shapes(max_dims=3, max_side=4)
_scale = st.one_of(st.integers(1, 9), st.floats(1e-3, 10))
_zero_point = st.integers(-128, 127)


@st.composite
def _values(draw):
    """Values that are up to 0.4 steps away from a code, since none lies in the middle between two."""
    shape, scale = draw(_shapes), draw(_scale)
    far = draw(st.sampled_from((10, 300, 10**6)))
    codes = draw(arrays.arrays("int64", shape, elements=st.integers(-far, far)))
    if draw(st.booleans()) and isinstance(scale, int):
        return codes * scale, scale, draw(_zero_point)
    beside = draw(arrays.arrays("float64", shape, elements=st.floats(-0.4, 0.4)))
    dtype = "float64" if far > 1000 else draw(st.sampled_from(("float64", "float32")))
    return ((codes + beside) * scale).astype(dtype), scale, draw(_zero_point)


quantize = _values()
