"""Compare what a student's code gave with what was expected, and say how they differ."""

import numpy as np

from course_utils.exercises.calling import Wrong
from course_utils.exercises.report import Thing, describe
from course_utils.language import say, to_say

NOT_THE_NUMBER = to_say("is not the right number.")

NAN = to_say("NaN is not a number: it comes from 0/0, or from an operation on another NaN.")


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
    it = _start(place or say("the result"))
    if value is None:
        raise Wrong(
            say(
                "{it} is None, that is, nothing. Does the function end with `return`, and return what it computed?",
                it=it,
            )
        )
    if isinstance(value, str):
        raise Wrong(say("{it} is text, not a number: leave out quotes, and `str`.", it=it))
    try:
        array = np.asarray(value)
    except Exception:
        look = say("{it} is not an array: its rows, or parts, have different lengths or types.", it=it)
        raise Wrong(look) from None
    if array.dtype.kind not in "biuf":
        if array.dtype.kind == "O" and all(isinstance(item, (int, float, np.number)) for item in array.flat):
            try:
                return array.astype(float)  # whole numbers of more than 64 bits, or an array of objects
            except OverflowError:
                raise Wrong(say("{it} is larger than any float. Is it meant to be?", it=it)) from None
        kind = value.kind if isinstance(value, Thing) else type(value).__name__
        kind += say(" of {dtype}", dtype=array.dtype) * (array.ndim > 0)
        held = [item for item in array.flat if item is None or isinstance(item, Thing)]
        if held and array.ndim:
            part = "None" if held[0] is None else say("a {kind}", kind=held[0].kind)
            kind += say(" that holds {part}", part=part)
        raise Wrong(say("{it} must be made of real numbers, but it is a {kind}.", it=it, kind=kind))
    return array


def _compare(expected, got, tolerance, dtype, place):
    it = _start(place or say("the result"))
    if isinstance(expected, tuple):
        several = isinstance(got, (tuple, list)) or (isinstance(got, np.ndarray) and got.ndim > 0)
        if not several or len(got) != len(expected):
            if isinstance(got, (tuple, list)):
                is_now = say("it is {n} of them", n=len(got))
            else:
                is_now = say("it is of type {kind}", kind=type(got).__name__)
            raise Wrong(say("{it} must be {n} values, `return a, b`; {is_now}.", it=it, n=len(expected), is_now=is_now))
        for index, (one, other) in enumerate(zip(expected, got, strict=True)):
            _compare(one, other, tolerance, dtype, f"{it}[{index}]")
        return
    expected, got = np.asarray(expected), as_numbers(got, place)
    if expected.shape != got.shape:
        raise Wrong(_shapes(expected, got, it))
    if dtype is not None and got.dtype != dtype:
        look = say(
            "{it} must be {dtype}, but it is {other}: the type is wrong, whatever the values are.",
            it=it,
            dtype=dtype,
            other=got.dtype,
        )
        raise Wrong(look)
    if (far := _far(expected, got, tolerance)).any():
        is_whole = expected.dtype.kind in "biu"
        raise Wrong(_numbers(expected.astype(float), got.astype(float), far, tolerance, it, is_whole))


def _far(expected, got, tolerance):
    """Which numbers of an array are not what they should be."""
    allowed = 1e-6 if expected.dtype.kind in "biu" else tolerance * (1 + np.abs(expected))
    near = np.isfinite(expected) & (np.abs(got.astype(float) - expected) <= allowed)  # False for NaN too
    return ~(near | (got == expected) | (np.isnan(got) & np.isnan(expected)))


def _shapes(expected, got, it):
    look = say("{it} has shape {shape}; it should have shape {wanted}.", it=it, shape=got.shape, wanted=expected.shape)
    if expected.ndim == 0:
        return say("{it} must be a single number, but it is an array of shape {shape}.", it=it, shape=got.shape)
    if expected.ndim > 1 and got.shape == expected.shape[::-1] and not _far(expected, got.T, 1e-5).any():
        return look + say(" Its axes are in reverse order.")
    if got.size == expected.size and [n for n in got.shape if n > 1] == [n for n in expected.shape if n > 1]:
        return look + say(" An axis of length 1 is missing, extra, or in the wrong place.")
    if sorted(got.shape) == sorted(expected.shape):
        return look + say(" The lengths are right, but in another order.")
    return look


def _numbers(expected, got, far, tolerance, it, is_whole):
    """Say how numbers of the right shape differ: where first, and whether all differ in the same way."""
    if expected.ndim == 0:
        return f"{it} {say(NOT_THE_NUMBER)}"
    place = tuple(int(i) for i in np.argwhere(far)[0])
    where = ", ".join(map(str, place))
    first = say("expected {expected:.7g}, got {got:.7g}", expected=expected[place], got=got[place])
    look = say(
        "{n} of {all} numbers differ, first at [{where}]: {first}.", n=far.sum(), all=far.size, where=where, first=first
    )
    if np.isnan(got[far]).all():
        return f"{look} {say(NAN)}"
    ratio, offset = got[place] / expected[place], got[place] - expected[place]
    near = tolerance * (1 + np.abs(got))
    plain = any(np.isclose(factor, np.round(factor), rtol=1e-6, atol=0) for factor in (ratio, 1 / ratio))  # a third
    if far.sum() > 1 and plain and ratio != 0 and (np.abs(got - ratio * expected) <= near).all():
        return look + say(" Each number is {ratio:.4g} times what it should be.", ratio=ratio)
    if far.sum() > 1 and (np.abs(got - offset - expected) <= near).all():
        large, small = say("Each number is too large by {much}."), say("Each number is too small by {much}.")
        return f"{look} {_too(offset, large, small)}"
    if expected.ndim == 2 and expected.shape == expected.T.shape and not _far(expected.T, got, tolerance).any():
        return look + say(" Rows and columns are swapped.")
    if not _far(np.sort(expected, axis=None), np.sort(got, axis=None), tolerance).any():
        moved = _moved(expected, got, tolerance)
        return look + say(" The numbers are right, but in the wrong places{moved}.", moved=moved)
    if not is_whole and np.abs(got - expected).max() < 0.01 * np.abs(expected).max():
        return look + say(
            " That is close: numbers may differ by {tolerance:g} · (1 + their size).", tolerance=tolerance
        )
    for axis in range(expected.ndim):
        if expected.shape[axis] > 2:
            early, late = (np.delete(array, 0, axis) for array in (expected, got))
            head, tail = (np.delete(array, -1, axis) for array in (got, expected))
            if not _far(early, head, tolerance).any():
                return look + say(" Along axis {axis} the numbers are one place too early.", axis=axis)
            if not _far(tail, late, tolerance).any():
                return look + say(" Along axis {axis} the numbers are one place too late.", axis=axis)
    return look


def _moved(expected, got, tolerance):
    """How numbers were moved along one axis, where that is simple."""
    for axis in range(expected.ndim):
        for made, how in (
            (np.roll(expected, 1, axis), say("each one place too late, and the last one first")),
            (np.roll(expected, -1, axis), say("each one place too early, and the first one last")),
            (np.flip(expected, axis), say("in reverse order")),
        ):
            if not _far(made, got, tolerance).any():
                return say(": along axis {axis} {how}", axis=axis, how=how)
    return ""


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


def _too(offset, large, small):
    """By how much a number is too large or too small, with the one or the other text."""
    return (large if offset > 0 else small).format(much=f"{abs(offset):.4g}")


def alike(one, other, tolerance=None):
    """Whether two values of plain data are equal part by part: to the last bit, or within a tolerance."""
    if isinstance(one, (list, tuple)):
        same_kind = type(one) is type(other) and len(one) == len(other)
        return same_kind and all(alike(*parts, tolerance) for parts in zip(one, other, strict=True))
    if tolerance and all(isinstance(value, (np.ndarray, np.number, float)) for value in (one, other)):
        return same(one, other, tolerance=tolerance)
    if isinstance(one, np.ndarray):
        same_kind = type(one) is type(other) and one.dtype == other.dtype and one.shape == other.shape
        return same_kind and (one.tobytes() == other.tobytes())
    return type(one) is type(other) and (one == other or repr(one) == repr(other))


@np.errstate(all="ignore")
def relate(expected, got, number):
    """How single numbers differ from the right ones, where that can be told; else nothing.

    Parameters
    ----------
    expected, got : list
        The right results and a student's, of the same cases.
    number : int
        Of the case in question.

    Returns
    -------
    str
    """
    try:
        right, theirs = np.array(expected, dtype=float), np.array([float(as_numbers(value)) for value in got])
    except (Wrong, TypeError, ValueError):
        return ""
    if len(set(right.tolist())) > 1 and right.ndim == 1:
        for text, made in RELATIONS.items():
            if not _far(made(right), theirs, 1e-6).any():
                return say("In all {n} cases it is {relation}.", n=len(right), relation=say(text))
        for sign, differ in ((True, theirs / right), (False, theirs - right)):
            one = differ[np.isfinite(differ)][0] if np.isfinite(differ).any() else np.nan
            made = right * one if sign else right + one
            if np.isfinite(one) and not _far(made, theirs, 1e-6).any():
                if sign:
                    much = say("{ratio:.4g} times what it should be", ratio=one)
                else:
                    much = _too(one, say("too large by {much}"), say("too small by {much}"))
                return say("In all {n} cases it is {relation}.", n=len(right), relation=much)
    one, other = right[number], theirs[number]
    if np.isnan(other):
        return say(NAN)
    if (whole := round(other / one) if one and np.isfinite(other) else 0) in range(2, 1001) and np.isclose(
        other, whole * one
    ):
        return say("Here it is {n} times what it should be.", n=whole)
    if (whole := round(one / other) if other and np.isfinite(one) else 0) in range(2, 1001) and np.isclose(
        one, whole * other
    ):
        return say("Here it is what it should be, divided by {n}.", n=whole)
    if np.isclose(abs(other - one), 1):
        return say("Here it is too large by 1.") if other > one else say("Here it is too small by 1.")
    return ""


RELATIONS = {
    to_say("a percentage"): lambda right: 100 * right,
    to_say("1 minus what it should be"): lambda right: 1 - right,
    to_say("minus what it should be"): np.negative,
    to_say("1 divided by what it should be"): lambda right: 1 / right,
    to_say("the square of what it should be"): np.square,
    to_say("the square root of what it should be"): np.sqrt,
    to_say("rounded"): np.round,
}
