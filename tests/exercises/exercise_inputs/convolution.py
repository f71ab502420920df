"""What may come into the functions of lesson 03, as the statements of their exercises have it."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

TYPES = ("float64", "float32", "uint8", "int8", "uint16", "int16", "int64", "bool")  # "an image of any type"


@st.composite
def _images(draw, types, lowest=1, highest=9):
    """An array of shape (height, width); pixels of thousands at most, so that float32 can hold their sums."""
    dtype = np.dtype(draw(st.sampled_from(types)))
    height, width = draw(st.integers(lowest, highest)), draw(st.integers(lowest, 14))
    if dtype.kind == "f":
        numbers = st.integers(-80, 80).map(lambda eighths: eighths / 8)
    elif dtype.kind == "b":
        numbers = st.booleans()
    else:
        limits = np.iinfo(dtype)
        numbers = st.integers(max(limits.min, -5000), min(limits.max, 60_000))
    return draw(hnp.arrays(dtype, (height, width), elements=numbers))


@st.composite
def _image_and_kernel(draw):
    image = draw(_images(TYPES))
    height, width = (draw(st.integers(1, min(n, 4))) for n in image.shape)
    if draw(st.booleans()):
        return image, draw(hnp.arrays("int64", (height, width), elements=st.integers(-3, 3)))
    quarters = st.integers(-8, 8).map(lambda number: number / 4)
    return image, draw(hnp.arrays("float64", (height, width), elements=quarters))


@st.composite
def _side_and_layers(draw):
    """Every layer's window fits at least once into what it reads."""
    n = side = draw(st.one_of(st.integers(1, 40), st.integers(1, 1200)))
    layers = []
    for _ in range(draw(st.integers(0, 12))):
        padding, stride = draw(st.integers(0, 4)), draw(st.integers(1, 5))
        kernel = draw(st.integers(1, min(side + 2 * padding, 11)))
        layers.append((kernel, stride, padding))
        side = (side + 2 * padding - kernel) // stride + 1
    return n, layers


@st.composite
def _image_and_size(draw):
    """At least one whole block."""
    image = draw(_images(TYPES[:-1]))
    return image, draw(st.integers(1, min(image.shape)))


slide, side_after, average_pool = _image_and_kernel(), _side_and_layers(), _image_and_size()
