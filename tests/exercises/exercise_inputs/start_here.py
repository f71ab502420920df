"""What the exercise of lesson 00 may get."""

from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

# Any whole-number type, since the statement names none; 0 is paper and 1 to 255 are ink, so 0 and 1 are drawn often.
PIXELS = st.sampled_from([0, 0, 1, 255]) | st.integers(0, 255)
SHAPES = array_shapes(min_dims=2, max_dims=2, max_side=20)
ink_share = st.tuples(arrays(st.sampled_from(["uint8", "uint16", "int32", "int64"]), SHAPES, elements=PIXELS))
