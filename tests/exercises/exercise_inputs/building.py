"""What may come into the functions of lesson 04, as the statements of their exercises have it."""

from hypothesis import strategies as st


@st.composite
def _shape_and_stack(draw):
    """Every window and every block fits at least once; after a dense layer there is one row, so only dense layers."""
    height, width = draw(st.integers(1, 60)), draw(st.integers(1, 60))
    channels = draw(st.integers(1, 12))
    shape, stack = (height, width, channels), []
    for _ in range(draw(st.integers(0, 8))):
        if draw(st.booleans()):
            side, filters = draw(st.integers(1, min(height, width, 7))), draw(st.integers(1, 40))
            stack.append(("conv", filters, side))
            height, width = height - side + 1, width - side + 1
        else:
            side = draw(st.integers(1, min(height, width, 5)))
            stack.append(("pool", side))
            height, width = height // side, width // side
    units = draw(st.lists(st.integers(1, 40), max_size=4))
    return shape, [*stack, *(("dense", n) for n in units)]


count_parameters = _shape_and_stack()
