"""Inputs that the statements of lesson 14 allow."""

import numpy as np
from hypothesis import strategies as st

_sizes = st.integers(1, 700)
_sides = st.integers(1, 11)
he_scale = st.tuples(st.one_of(st.tuples(_sizes, _sizes), st.tuples(_sides, _sides, _sizes, _sizes)))

# A network for each: so they are small.
residual_block = st.tuples(st.tuples(st.none(), st.integers(1, 12), st.integers(1, 12), st.integers(1, 12)))

separable_parameters = st.tuples(_sides, _sizes, _sizes)


@st.composite
def _queries_and_keys(draw):
    """Numbers small and large, so that scores may lie far apart, or all far from 0."""
    n_queries, n_keys, width = draw(st.integers(1, 9)), draw(st.integers(1, 9)), draw(st.integers(1, 20))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    scale, middle = draw(st.sampled_from([0, 0.3, 1, 30])), draw(st.sampled_from([-20, 0, 20]))
    return rng.normal(0, scale, (n_queries, width)).round(2), rng.normal(middle, scale, (n_keys, width)).round(2)


attention_weights = _queries_and_keys()
