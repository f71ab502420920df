"""How values travel between the process of an answer and the judge: as JSON, from which no code can be executed.

Numbers, texts, lists, tuples, dicts and arrays arrive as they were sent. A tensor arrives as an array, a Keras network
as the text that describes it, and anything else as a `Foreign`, which has the name of the type, what is to be shown of
it, and, where NumPy can make one of it, its array.
"""

import base64
import functools
import io
import itertools
import json
import struct
import sys

import numpy as np

from course_utils.exercises.report import describe

MAX_BYTES = 64 * 2**20  # of a message
MAX_ITEMS = 1_000_000  # of all lists in a value together
MAX_DEPTH = 40
PLAIN = (type(None), bool, str, float)
ITERATORS = {"generator", "map", "filter", "zip", "range_iterator"}


class TooLargeError(ValueError):
    """A value that is larger than any right result."""


class Closed(Exception):  # noqa: N818 - not an error of ours
    """The other side is gone, or has sent something that is no message."""


class Foreign:
    """Stands for a value of a type that does not travel; each such type has a class of its own, with its name."""

    def __init__(self, text, array=None):
        self.text, self.array = text, array
        if array is not None:
            self.__class__ = _with_array(type(self).__name__)

    def __repr__(self):
        return self.text

    def __eq__(self, other):
        if type(self) is not type(other) or self.text != other.text:
            return False
        return self.array is None or np.array_equal(self.array, other.array)

    __hash__ = None


@functools.cache
def _foreign(name):
    return type(name, (Foreign,), {})


@functools.cache
def _with_array(name):
    return type(name, (Foreign,), {"__array__": lambda self, dtype=None, copy=None: np.array(self.array, dtype=dtype)})


class Network:
    """A Keras network, as text from which Keras can build it; None where it has parts that are the student's own."""

    def __init__(self, config):
        self.config = config


# ---- values


def encode(value):
    """A value as something that JSON can hold.

    Parameters
    ----------
    value : object
        What a student's code gave, so all that it is asked may raise, or never come back.

    Raises
    ------
    TooLargeError
        If it has more items than MAX_ITEMS, or more bytes than a message may have.
    """
    return _encode(value, itertools.count(), 0)


def _encode(value, count, depth):
    if next(count) > MAX_ITEMS:
        raise TooLargeError(f"a result of more than {MAX_ITEMS:,} parts")
    kind = type(value)
    if kind is str and len(value) > MAX_ITEMS:
        raise TooLargeError(f"a text of {len(value):,} characters")
    if kind in PLAIN or (kind is int and value.bit_length() < 10_000):
        return value
    if depth < MAX_DEPTH:
        more = functools.partial(_encode, count=count, depth=depth + 1)
        if value is ...:
            return {"is": "ellipsis"}
        if kind is complex:
            return {"is": "complex", "of": [value.real, value.imag]}
        if isinstance(value, (list, tuple)):
            return {"is": "tuple" if isinstance(value, tuple) else "list", "of": [more(part) for part in value]}
        if kind is dict:
            return {"is": "dict", "of": [[more(key), more(part)] for key, part in value.items()]}
        if isinstance(value, np.generic) and not value.dtype.hasobject:
            return {"is": "scalar", "of": _npy(np.asarray(value))}
        if isinstance(value, np.ndarray):
            if not value.dtype.hasobject:
                return {"is": "array", "of": _npy(np.asarray(value))}
            return {"is": "objects", "shape": list(value.shape), "of": [more(part) for part in value.flat]}
        if kind.__name__ in ITERATORS and kind.__module__ == "builtins":
            parts = [more(part) for part in itertools.islice(value, MAX_ITEMS)]
            return {"is": "iterator", "kind": kind.__name__, "of": parts}
        keras = sys.modules.get("keras")
        if keras is not None and isinstance(value, getattr(keras, "Model", ())):
            return {"is": "network", "of": _config(value)}
    return _encode_foreign(value, kind)


def _encode_foreign(value, kind):
    array = None
    try:
        made = np.asarray(value)
        if made.dtype.kind == "V" and hasattr(value, "dtype"):  # bfloat16
            made = made.astype("float32")
        if made.dtype.kind in "biufc" and (made.ndim or hasattr(value, "__array__")):
            array = made
    except Exception:
        pass
    if array is not None and hasattr(value, "dtype") and hasattr(value, "shape"):
        return {"is": "array", "of": _npy(array)}
    try:
        text = describe(value)
    except RecursionError:  # a list that holds itself
        text = f"a {kind.__name__} that holds itself, or is nested very deeply"
    return {"is": "foreign", "name": kind.__name__, "text": text, "of": None if array is None else _npy(array)}


def _config(network):
    try:
        return network.to_json()
    except Exception:  # a layer that is the student's own
        return None


def _npy(array):
    if array.nbytes > MAX_BYTES // 2:
        raise TooLargeError(f"an array of {array.nbytes:,} bytes")
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return base64.b64encode(file.getvalue()).decode()


def decode(value):
    """What `encode` was given, or what stands for it; ValueError if it is nothing that `encode` gives."""
    try:
        return _decode(value)
    except Exception as error:
        raise ValueError(f"this is no value: {type(error).__name__}") from None


def _decode(value):
    if not isinstance(value, dict):
        if type(value) in (*PLAIN, int):
            return value
        raise TypeError
    kind, of = value["is"], value.get("of")
    if kind == "ellipsis":
        return ...
    if kind == "complex":
        return complex(*of)
    if kind == "dict":
        return {_decode(key): _decode(part) for key, part in of}
    if kind in ("scalar", "array"):
        array = np.load(io.BytesIO(base64.b64decode(of)), allow_pickle=False)
        return array[()] if kind == "scalar" else array
    if kind == "network":
        return Network(None if of is None else str(of))
    if kind == "foreign":
        name = str(value["name"])[:80].replace("\0", "") or "object"
        return _foreign(name)(str(value["text"])[:1000], None if of is None else _decode({"is": "array", "of": of}))
    parts = [_decode(part) for part in of]
    if kind == "objects":
        array = np.empty(len(parts), dtype=object)
        array[:] = parts
        return array.reshape(value["shape"])
    return parts if kind == "list" else tuple(parts) if kind == "tuple" else _iterator(value["kind"], parts)


def _iterator(kind, parts):
    """An iterator of the kind that was sent, which yields the same."""
    if kind == "map":
        return map(_same, parts)
    if kind == "filter":
        return filter(lambda part: True, parts)
    if kind == "zip":
        return zip(*zip(*parts, strict=True), strict=True)
    return (part for part in parts)


def _same(part):
    return part


# ---- messages


def send(file, message):
    """Write one message; Closed if the other side is gone."""
    data = json.dumps(message).encode()
    try:
        file.write(struct.pack("!Q", len(data)) + data)
        file.flush()
    except (OSError, ValueError):
        raise Closed("the other side is gone") from None


def read(file):
    """Read one message; Closed if the other side is gone, or sends what is none."""
    try:
        head = file.read(8)
        size = struct.unpack("!Q", head)[0] if len(head) == 8 else None
        data = file.read(size) if size is not None and size <= 2 * MAX_BYTES else b""
        if size is None or len(data) < size:
            raise Closed("the other side is gone")
        message = json.loads(data)
    except (OSError, ValueError, RecursionError, MemoryError):
        raise Closed("what came is no message") from None
    if not isinstance(message, dict):
        raise Closed("what came is no message")
    return message
