"""Compare what a student's code gave with what was expected, and say how they differ."""

import types

import numpy as np

from course_utils.exercises.calling import Wrong
from course_utils.exercises.report import describe

ITERATORS = (types.GeneratorType, map, filter, zip, range(0).__iter__().__class__)


@np.errstate(all="ignore")  # whatever numbers a student's code gives, infinity less infinity or uninitialized memory
def compare(expected, got, *, tolerance, dtype=None):
    """Raise Wrong, unless two values agree.

    Lists, tuples and arrays of any number type are alike, and so are Python's numbers and NumPy's. Whole numbers must
    be equal (3.0 is 3); others may differ by ``tolerance * (1 + abs(expected))``. A tuple is expected part by part.

    Parameters
    ----------
    expected : number, array_like, or tuple of them
    got : object
        Whatever the student's code gave.
    tolerance : float
    dtype : str, optional
        What type an array must be of, where the exercise asks for one.
    """
    try:
        _compare(expected, got, tolerance, dtype, "")
    except Wrong as wrong:
        shown = describe(_tidy(expected, dtype))
        raise Wrong(wrong.look, expected=shown, got=describe(_tidy(got)), **wrong.details) from None


@np.errstate(all="ignore")
def same(expected, got, *, tolerance):
    """Whether two values agree, as compare has it."""
    try:
        _compare(expected, got, tolerance, None, "")
    except Wrong:
        return False
    return True


def as_numbers(value, place=""):
    """A student's value as an array of real numbers, or Wrong."""
    it = place or "the result"
    if value is None:
        raise Wrong(
            f"{_start(it)} is None, that is, nothing. Does the function end with `return`, and return what it computed?"
        )
    if isinstance(value, str):
        raise Wrong(f"{_start(it)} is text, not a number: leave out the quotes.")
    if isinstance(value, ITERATORS):
        raise Wrong(
            f"{_start(it)} is a {type(value).__name__}, which yields its values only once: "
            "turn it into a list or an array."
        )
    try:
        array = np.asarray(value)
    except Exception:
        raise Wrong(f"{_start(it)} is not an array: its rows, or parts, have different lengths or types.") from None
    if array.dtype.kind not in "biuf":
        kind = type(value).__name__ if array.ndim == 0 else f"{type(value).__name__} of {array.dtype}"
        holds = " that holds None" if any(item is None for item in array.flat) else ""
        raise Wrong(f"{_start(it)} must be made of real numbers, but it is a {kind}{holds}.")
    return array


def _compare(expected, got, tolerance, dtype, place):
    it = place or "the result"
    if isinstance(expected, tuple):
        several = isinstance(got, (tuple, list)) or (isinstance(got, np.ndarray) and got.ndim > 0)
        if not several or len(got) != len(expected):
            n = f"{len(got)} of them" if isinstance(got, (tuple, list)) else f"of type {type(got).__name__}"
            raise Wrong(f"{_start(it)} must be {len(expected)} values, `return a, b`; it is {n}.")
        for index, (one, other) in enumerate(zip(expected, got, strict=True)):
            _compare(one, other, tolerance, dtype, f"{it}[{index}]")
        return
    expected, got = np.asarray(expected), as_numbers(got, place)
    if expected.shape != got.shape:
        raise Wrong(_shapes(expected, got, it))
    if dtype is not None and got.dtype != dtype:
        raise Wrong(f"{_start(it)} must be {dtype}, but it is {got.dtype}: the type is wrong, whatever the values are.")
    if (far := _far(expected, got, tolerance)).any():
        raise Wrong(_numbers(expected.astype(float), got.astype(float), far, tolerance, it))


def _far(expected, got, tolerance):
    """Which numbers of an array are not what they should be."""
    allowed = 1e-6 if expected.dtype.kind in "biu" else tolerance * (1 + np.abs(expected))
    near = np.isfinite(expected) & (np.abs(got.astype(float) - expected) <= allowed)  # False for NaN too
    return ~(near | (got == expected) | (np.isnan(got) & np.isnan(expected)))


def _shapes(expected, got, it):
    look = f"{_start(it)} has shape {got.shape}; it should have shape {expected.shape}."
    if expected.ndim == 0:
        return f"{_start(it)} must be a single number, but it is an array of shape {got.shape}."
    if got.shape == expected.shape[::-1] and expected.ndim > 1:
        return look + " Its axes are in reverse order."
    if got.size == expected.size and [n for n in got.shape if n > 1] == [n for n in expected.shape if n > 1]:
        return look + " An axis of length 1 is missing, extra, or in the wrong place."
    if sorted(got.shape) == sorted(expected.shape):
        return look + " These are the right axes in another order."
    return look


def _numbers(expected, got, far, tolerance, it):
    """Say how numbers of the right shape differ: where first, and whether all differ in the same way."""
    if expected.ndim == 0:
        return f"{_start(it)} is not the right number."
    place = tuple(int(i) for i in np.argwhere(far)[0])
    where = ", ".join(map(str, place))
    first = f"expected {expected[place]:.7g}, got {got[place]:.7g}"
    look = f"{far.sum()} of {far.size} numbers differ, first at [{where}]: {first}."
    if np.isnan(got[far]).all():
        return look + " NaN is not a number: it comes from 0/0, or from an operation on another NaN."
    ratio, offset = got[place] / expected[place], got[place] - expected[place]
    near = tolerance * (1 + np.abs(got))
    plain = min(abs(factor - np.round(factor)) for factor in (ratio, 1 / ratio)) < 1e-6  # 2 times, or a third
    if far.sum() > 1 and plain and ratio != 0 and (np.abs(got - ratio * expected) <= near).all():
        return look + f" Each number is {ratio:.4g} times what it should be."
    if far.sum() > 1 and (np.abs(got - offset - expected) <= near).all():
        return look + f" Each number is too {'large' if offset > 0 else 'small'} by {abs(offset):.4g}."
    if expected.ndim == 2 and expected.shape == expected.T.shape and not _far(expected.T, got, tolerance).any():
        return look + " Rows and columns are swapped."
    if not _far(np.sort(expected, axis=None), np.sort(got, axis=None), tolerance).any():
        return look + " The numbers are right, but in the wrong places."
    if np.abs(got - expected).max() < 0.01 * np.abs(expected).max():
        return look + f" That is close: numbers may differ by {tolerance:g} · (1 + their size)."
    for axis in range(expected.ndim):
        if expected.shape[axis] > 2:
            early, late = (np.delete(array, 0, axis) for array in (expected, got))
            head, tail = (np.delete(array, -1, axis) for array in (got, expected))
            for one, other, side in ((early, head, "early"), (tail, late, "late")):
                if not _far(one, other, tolerance).any():
                    return look + f" Along axis {axis} the numbers are one place too {side}."
    return look


def _tidy(value, dtype=None):
    """What to show of a value: a list as an array, where it is one, and of the type asked for."""
    if isinstance(value, tuple):
        return tuple(_tidy(part, dtype) for part in value)
    if dtype is not None:
        return np.asarray(value, dtype=dtype)
    if isinstance(value, list):
        try:
            return as_numbers(value)
        except Wrong:
            return value
    return value


def _start(it):
    return it[0].upper() + it[1:]


def alike(one, other):
    """Whether two values are equal to the last bit, part by part."""
    if isinstance(one, (list, tuple)):
        same_kind = type(one) is type(other) and len(one) == len(other)
        return same_kind and all(alike(*parts) for parts in zip(one, other, strict=True))
    if isinstance(one, np.ndarray):
        same_kind = type(one) is type(other) and one.dtype == other.dtype and one.shape == other.shape
        return same_kind and (one.tobytes() == other.tobytes())
    return type(one) is type(other) and (one == other or repr(one) == repr(other))
