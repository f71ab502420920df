"""What may come into the functions of lesson 05, as the statements of their exercises have it."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp


@st.composite
def _digits_and_logits(draw):
    """Logits in eighths, or hundreds far apart: float32 can hold both, and the log of a sum of their powers."""
    n, n_classes = draw(st.integers(1, 14)), draw(st.integers(2, 14))
    near, far = st.integers(-80, 80).map(lambda eighths: eighths / 8), st.integers(-10, 10).map(lambda n: 100.0 * n)
    logits = draw(hnp.arrays("float64", (n, n_classes), elements=draw(st.sampled_from([near, far]))))
    dtype = draw(st.sampled_from(["int64", "int32", "uint8"]))
    digits = draw(hnp.arrays(dtype, n, elements=st.integers(0, n_classes - 1)))
    return digits, logits.astype(draw(st.sampled_from(["float64", "float32"])))


@st.composite
def _step(draw):
    """Three arrays of the same shape; learning rate and momentum, or neither."""
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=4, max_side=5) | st.tuples(st.integers(10, 30)))
    dtype = draw(st.sampled_from(["float64", "float32"]))
    numbers = st.integers(-400, 400).map(lambda hundredths: hundredths / 100)
    arrays = tuple(draw(hnp.arrays(dtype, shape, elements=numbers)) for _ in range(3))
    if draw(st.booleans()):
        return arrays
    return *arrays, draw(st.integers(1, 100)) / 100, draw(st.integers(0, 100)) / 100


@st.composite
def _labels_and_outputs(draw):
    """One-hot labels; outputs from 0 to 1 with a sum of 1, not 0 for the true class. Some classes are level."""
    n, n_classes = draw(st.integers(1, 14)), draw(st.integers(2, 14))
    digits = draw(hnp.arrays("int64", n, elements=st.integers(0, n_classes - 1)))
    labels = np.eye(n_classes)[digits]
    shares = draw(hnp.arrays("int64", (n, n_classes), elements=st.integers(0, 9))) + labels
    outputs = shares / shares.sum(axis=1, keepdims=True)
    return labels.astype(draw(st.sampled_from(["float64", "float32", "int64"]))), outputs.astype(
        draw(st.sampled_from(["float64", "float32"]))
    )


mean_loss, momentum_step, loss_and_accuracy = _digits_and_logits(), _step(), _labels_and_outputs()
