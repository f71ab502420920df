"""Inputs that the statements of lesson 12 allow."""

import numpy as np
from hypothesis import strategies as st


@st.composite
def _share(draw):
    n_workers, n_steps = draw(st.integers(1, 13)), draw(st.integers(1, 13))
    batch_size = n_workers * draw(st.integers(1, 4))
    n_images = n_steps * batch_size + draw(st.integers(0, batch_size - 1))
    generator, first = np.random.default_rng(draw(st.integers(0, 2**32))), draw(st.sampled_from((0, 60_000)))
    order = generator.permutation(np.arange(first, first + n_images))
    return order, draw(st.integers(0, n_steps - 1)), batch_size, draw(st.integers(0, n_workers - 1)), n_workers


my_share = _share()

ring_seconds = st.tuples(
    st.one_of(st.integers(0, 10**9), st.floats(0, 1e9)),
    st.integers(1, 300),
    st.one_of(st.integers(1, 10**9), st.floats(1, 1e9)),
    st.one_of(st.just(0), st.integers(1, 5), st.floats(1e-6, 5)),
)
