"""What the exercises of lesson 06 may get, as their statements have it: a Hypothesis strategy for each."""

import numpy as np
from hypothesis import strategies as st

types_of_labels = st.sampled_from(["float64", "float32", "uint8", "int64"])


@st.composite
def _labels_and_probabilities(draw):
    """One-hot rows, and rows of probabilities whose largest is alone: the statement says nothing of two."""
    n, n_classes = draw(st.integers(1, 15)), draw(st.integers(2, 13))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    labels = np.eye(n_classes, dtype=draw(types_of_labels))[rng.integers(0, n_classes, size=n)]
    # Different whole numbers, divided by their sum: from nearly alike to nearly sure.
    parts = np.array([rng.permutation(n_classes) + draw(st.integers(1, 50)) for _ in range(n)])
    parts = parts.astype(float) ** draw(st.integers(1, 6))
    return labels, (parts / parts.sum(axis=1, keepdims=True)).astype(draw(st.sampled_from(["float64", "float32"])))


share_right = _labels_and_probabilities()


def _is_no_border(pair):
    """Whether no number of images comes so near to the width that rounding decides."""
    share, width = pair
    z = 1.959964
    spread = 2 * share * (1 - share) / width**2 - 1
    n = z**2 * (spread + np.sqrt(max(spread**2 + 1 / width**2 - 1, 0)))
    return abs(n - np.round(n)) > 1e-6


shares = st.one_of(st.sampled_from([0.0, 1.0, 0.5]), st.floats(0, 1).map(lambda share: round(share, 4)))
images_needed = st.tuples(shares, st.floats(0.02, 0.999).map(lambda width: round(width, 3))).filter(_is_no_border)


@st.composite
def _matrix_and_shares(draw):
    """Counts with some images of each class, and shares that add up to 1, some of which may be 0."""
    n_classes = draw(st.integers(2, 13))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    matrix = rng.integers(0, draw(st.sampled_from([2, 30, 1000])), size=(n_classes, n_classes))
    matrix[np.arange(n_classes), rng.integers(0, n_classes, size=n_classes)] += 1
    parts = rng.integers(0, draw(st.sampled_from([2, 10])), size=n_classes)
    parts[rng.integers(n_classes)] += 1
    return matrix.astype(draw(st.sampled_from(["int64", "int32"]))), parts / parts.sum()


accuracy_elsewhere = _matrix_and_shares()
