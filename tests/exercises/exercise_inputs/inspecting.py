"""What the exercises of lesson 07 may get, as their statements have it: a Hypothesis strategy for each."""

import numpy as np
from hypothesis import strategies as st

generators = st.integers(0, 2**32 - 1).map(np.random.default_rng)
types = st.sampled_from(["float64", "float32"])


@st.composite
def _maps_and_gradients(draw):
    """Maps of all shapes, with ReLU and without, and gradients of either sign."""
    rng, dtype = draw(generators), draw(types)
    shape = draw(st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 13)))
    least = draw(st.sampled_from([0, -2]))
    maps, gradients = rng.uniform(least, 5, shape), rng.uniform(-3, 3, shape) + draw(st.sampled_from([-1, 0, 1]))
    return maps.round(1).astype(dtype), gradients.round(1).astype(dtype)


class_map = _maps_and_gradients()


def _has_clear_signs(arguments):
    """Whether each partial derivative is 0 for certain, or far enough from 0 for rounding to leave its sign."""
    image, weights, bias, target, _ = arguments
    logits = (image @ weights + bias).astype(float)
    powers = np.exp(logits - logits.max())
    error = powers / powers.sum() - np.eye(len(bias))[target]
    return (abs(weights @ error) > 1e-4)[weights.any(axis=1)].all()


@st.composite
def _networks_and_targets(draw):
    """A network without hidden layers, an image that may hold 0 and 1, and pixels that no class may look at."""
    rng, dtype = draw(generators), draw(types)
    n, n_classes = draw(st.integers(1, 12)), draw(st.integers(2, 12))
    image = rng.uniform(-0.2, 1.2, n).clip(0, 1).round(2)
    weights = rng.uniform(-3, 3, (n, n_classes)).round(1) * (rng.random((n, 1)) < 0.8)
    bias = rng.uniform(-3, 3, n_classes).round(1) * draw(st.sampled_from([0, 1]))
    epsilon = draw(st.sampled_from([0.0, 0.05, 0.25, 0.7, 1.0, 1.5]))
    return *(array.astype(dtype) for array in (image, weights, bias)), draw(st.integers(0, n_classes - 1)), epsilon


step_towards = _networks_and_targets().filter(_has_clear_signs)

layers = st.tuples(st.integers(1, 7), st.integers(1, 4), st.integers(0, 5))  # kernel size, stride, padding
seen_pixels = st.tuples(st.lists(layers, max_size=5), st.integers(0, 60))
