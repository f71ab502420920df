"""What the exercises of lesson 08 may get, as their statements have it: a Hypothesis strategy for each."""

import numpy as np
from hypothesis import strategies as st

generators = st.integers(0, 2**32 - 1).map(np.random.default_rng)


@st.composite
def _images(draw):
    """Images of any size with some ink, much or little of it, up to 1 or to 255."""
    rng, shape = draw(generators), draw(st.tuples(st.integers(1, 45), st.integers(1, 45)))
    image = rng.uniform(0, 1, shape) * (rng.random(shape) < draw(st.sampled_from([0.02, 0.3, 1])))
    image[rng.integers(shape[0]), rng.integers(shape[1])] = rng.uniform(0.5, 1)
    if draw(st.booleans()):
        image *= np.linspace(0, 1, shape[1] + 1)[1:] ** 4
    return (image * draw(st.sampled_from([0.05, 1, 255])),)


def _is_nearest(arguments):
    """Whether one shift comes closest to the middle: at a half, two are as good."""
    (image,) = arguments
    centers = [(axis * image).sum() / image.sum() for axis in np.indices(image.shape)]
    return all(abs(center % 1 - 0.5) > 1e-3 for center in centers)


shift_to_middle = _images().filter(_is_nearest)


@st.composite
def _answers(draw):
    """Confidences in any order, many or none of them equal, and a share that no rounding can miss."""
    rng, n = draw(generators), draw(st.integers(1, 40))
    confidence = rng.uniform(0, 1, n).round(draw(st.sampled_from([1, 4])))
    right = rng.random(n) < draw(st.sampled_from([0.2, 0.6, 0.9, 1.0]))
    wanted = draw(st.one_of(st.sampled_from([0.25, 0.5, 0.75, 1.0]), st.integers(1, 998).map(lambda k: k / 999.37)))
    return confidence.astype(draw(st.sampled_from(["float64", "float32"]))), right, wanted


least_confidence = _answers()

sides = st.one_of(st.integers(1, 60), st.integers(1, 4000))
# A half could be rounded up or down.
fitted_size = st.tuples(sides, sides).filter(lambda pair: 40 * min(pair) % (2 * max(pair)) != max(pair))
