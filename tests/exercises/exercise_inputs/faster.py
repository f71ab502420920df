"""Inputs that the statements of lesson 10 allow."""

from hypothesis import strategies as st

_size = st.integers(1, 20)  # so small that float32 holds each count exactly
training_cost = st.tuples(st.lists(st.tuples(_size, _size, _size), min_size=1, max_size=13))

_seconds = st.one_of(st.just(0), st.integers(1, 100), st.floats(1e-3, 1e4))
_speedup = st.one_of(st.just(1), st.integers(1, 50), st.floats(0.05, 1000))
whole_speedup = (
    st.lists(st.tuples(_seconds, _speedup), min_size=1, max_size=13)
    .filter(lambda parts: any(seconds for seconds, _ in parts))
    .map(lambda parts: tuple(map(list, zip(*parts, strict=True))))
)


@st.composite
def _steps(draw):
    n_steps = draw(st.one_of(st.integers(1, 12), st.integers(1, 3000)))
    step = draw(st.one_of(st.integers(0, n_steps), st.integers(0, 3 * n_steps)))
    peak = draw(st.one_of(st.integers(1, 30), st.floats(1e-4, 10)))
    return step, n_steps, peak, draw(st.floats(0.02, 0.98))


one_cycle = _steps()
