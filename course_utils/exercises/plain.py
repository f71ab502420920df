"""What a student's code gave, as plain data, so that none of that code runs while it is compared and described."""

import array
import collections
import contextlib
import decimal
import fractions
import itertools
import types

import numpy as np

from course_utils.exercises.report import Thing, describe

SEQUENCES = (types.GeneratorType, map, filter, zip, enumerate, reversed, itertools.chain, itertools.accumulate)
SEQUENCES += (range, array.array, collections.deque, type({}.keys()), type({}.values()))
SEQUENCES += tuple(type(iter(kind)) for kind in ([], (), range(0), {}, np.zeros(1)))
PLAIN = (type(None), type(...), bool, int, float, complex, str, bytes)
DEEP = 20  # lists within lists


def plain(value, depth=0):
    """A value as None, numbers, text, arrays, and lists, tuples, and dictionaries of these.

    Tensors become arrays, named tuples become tuples, and generators lists; whatever is none of these is described, as
    a Thing. This runs the student's code (the rest of a generator, a ``__repr__``): call it where there is a limit.

    Parameters
    ----------
    value : object

    Returns
    -------
    object
    """
    kind = type(value)
    if kind in PLAIN or kind is Thing:  # a Thing is plain already
        return value
    if depth > DEEP:
        return Thing(kind.__name__, "...")
    if isinstance(value, np.generic):
        return value if value.dtype.kind in "biufc" else plain(value.item(), depth + 1)
    if isinstance(value, (bool, int, float, str)):
        return next(base(value) for base in (bool, int, float, str) if isinstance(value, base))
    if kind in (fractions.Fraction, decimal.Decimal):
        with contextlib.suppress(OverflowError, ValueError):  # too large; a signaling NaN
            return float(value)
    if isinstance(value, tuple):
        return tuple(plain(part, depth + 1) for part in tuple.__iter__(value))
    if isinstance(value, list):
        return [plain(part, depth + 1) for part in list.__iter__(value)]
    if isinstance(value, SEQUENCES):
        return [plain(part, depth + 1) for part in value]
    if kind is dict:
        return {plain(key, depth + 1): plain(part, depth + 1) for key, part in value.items()}
    numbers = _array(value)
    if numbers is None:
        return Thing(kind.__name__, _text(value))
    if numbers.dtype.kind == "O":
        for place in np.ndindex(numbers.shape):
            numbers[place] = plain(numbers[place], depth + 1)
    return numbers


def _array(value):
    """A copy of an array of any kind (TensorFlow's, Keras's, PyTorch's, pandas's) as NumPy's; None for all else."""
    if isinstance(value, type) or not (hasattr(value, "__array__") or isinstance(value, memoryview)):
        return None
    if hasattr(value, "detach"):  # a tensor of PyTorch, which may have a gradient, or lie on a GPU
        value = value.detach().cpu()
    array = np.asarray(value)
    if array.dtype.kind == "V" and array.dtype.names is None:
        array = array.astype("float32")  # bfloat16
    return array.copy()  # a copy: later calls may write into the same memory


def _text(value):
    try:
        return describe(value)
    except Exception:
        return f"an object of type {type(value).__name__}"


def scatter(value):
    """The same value with arrays that are read-only and have gaps between their numbers in memory."""
    if isinstance(value, (tuple, list)):
        return type(value)(map(scatter, value))
    if not isinstance(value, np.ndarray) or value.ndim == 0:
        return value
    wide = np.zeros((*value.shape[:-1], 2 * value.shape[-1]), dtype=value.dtype)
    wide[..., ::2] = value
    view = wide[..., ::2]
    view.flags.writeable = False
    return view
