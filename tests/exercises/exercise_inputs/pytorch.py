"""Inputs that the statements of lesson 16 allow."""

import numpy as np
from hypothesis import strategies as st

_sides, _sizes = st.integers(1, 6), st.integers(1, 9)


def _drawn(shape, seed, kind):
    return (np.random.default_rng(seed).normal(0, 1, shape).round(3).astype(kind),)


_seeds, _kinds = st.integers(0, 2**32 - 1), st.sampled_from(["float32", "float64"])
to_torch = st.builds(
    _drawn,
    st.one_of(st.tuples(_sides, _sides, _sizes, _sizes), st.tuples(_sizes, _sizes), st.tuples(_sizes)),
    _seeds,
    _kinds,
)


@st.composite
def _kernel_and_shape(draw):
    shape = draw(st.tuples(_sides, _sides, _sizes))
    return *_drawn((int(np.prod(shape)), draw(_sizes)), draw(_seeds), draw(_kinds)), shape


after_flatten = _kernel_and_shape()


@st.composite
def _stack(draw, layers):
    """Rows of a network, and the shape of an image and the number of classes that fit; some layers stand between."""
    channels, height, width, n_classes = draw(st.tuples(st.integers(1, 3), *[st.integers(2, 5)] * 3))
    between = st.lists(st.sampled_from(layers), max_size=3)
    filters, units = draw(st.integers(1, 4)), draw(st.integers(1, 6))
    rows, size = [], channels * height * width
    if draw(st.booleans()):
        rows = [("Conv2d", channels, filters, 2), *(row(filters, "2d") for row in draw(between))]
        size = filters * (height - 1) * (width - 1)
    rows += [("Flatten",), ("Linear", size, units), *(row(units, "1d") for row in draw(between))]
    return (*rows, ("Linear", units, n_classes)), (channels, height, width), n_classes


_CALM = (lambda n, kind: ("ReLU",), lambda n, kind: ("Tanh",))
_TURNING = (lambda n, kind: ("Dropout", 0.5), lambda n, kind: (f"BatchNorm{kind}", n))
_OPTIMIZERS = (
    ("SGD", ("lr", 0.1)),
    ("SGD", ("lr", 0.2), ("momentum", 0.9)),
    ("SGD", ("lr", 0.1), ("momentum", 0.5), ("nesterov", True)),
    ("Adam", ("lr", 0.05), ("eps", 0.1)),
    ("RMSprop", ("lr", 0.05), ("eps", 0.1)),
)


@st.composite
def _steps(draw):
    """Up to three batches of up to five images."""
    rows, shape, n_classes = draw(_stack(_CALM))
    labels = st.lists(st.integers(0, n_classes - 1), min_size=1, max_size=5).map(tuple)
    state = (draw(st.sampled_from(["train", "eval"])), *["old gradients"] * draw(st.booleans()))
    return (
        (rows, *state),
        shape,
        tuple(draw(st.lists(labels, min_size=1, max_size=3))),
        draw(st.sampled_from(_OPTIMIZERS)),
    )


train_step = _steps()


@st.composite
def _network_and_images(draw):
    rows, shape, _ = draw(_stack(_CALM + _TURNING))
    return (rows, draw(st.sampled_from(["train", "eval"]))), (draw(st.integers(1, 9)), *shape)


predict = _network_and_images()
