"""Inputs that the statements of lesson 13 allow."""

import numpy as np
from hypothesis import strategies as st


@st.composite
def _matrix(draw):
    """Counts of images, at least one; some classes never occur, some are never predicted."""
    n_classes = draw(st.integers(1, 13))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    matrix = rng.integers(0, draw(st.sampled_from([2, 30, 60_000])), size=(n_classes, n_classes))
    matrix *= rng.random((n_classes, 1)) < draw(st.sampled_from([0.5, 1]))
    matrix *= rng.random(n_classes) < draw(st.sampled_from([0.5, 1]))
    matrix[tuple(rng.integers(n_classes, size=2))] += 1
    return (matrix.astype(draw(st.sampled_from(["int64", "int32"]))),)


f1_scores = _matrix()

# Hundredths, which float32 tells apart as well as float64 does; where there are few of them, some are equal.
_losses = st.sampled_from([3, 30, 300]).flatmap(lambda n: st.lists(st.integers(0, n), min_size=1, max_size=40))
kept_epoch = st.tuples(_losses.map(lambda losses: [loss / 100 for loss in losses]), st.integers(1, 12))

_values = st.sampled_from([5, 100]).flatmap(lambda n: st.lists(st.integers(-n, n), min_size=1, max_size=40))
going_on = st.tuples(_values.map(lambda values: [value / 100 for value in values]), st.integers(2, 8))
