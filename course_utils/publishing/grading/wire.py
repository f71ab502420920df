"""How values travel between the process of an answer and the judge: as JSON, from which no code can be executed.

What travels is plain data (exercises/plain.py): numbers, texts, lists, tuples, dicts and arrays arrive as they were
sent, and what is none of these as a Thing. A Keras network arrives as the text that describes it.
"""

import base64
import io
import itertools
import json
import struct
import sys

import numpy as np

from course_utils.exercises.plain import plain
from course_utils.exercises.report import Thing

MAX_BYTES = 64 * 2**20  # of a message
MAX_ITEMS = 1_000_000  # of all lists in a value together
PLAIN = (type(None), bool, str, float)


class TooLargeError(ValueError):
    """A value that is larger than any right result."""


class Closed(Exception):  # noqa: N818 - not an error of ours
    """The other side is gone, or has sent something that is no message."""


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
    keras = sys.modules.get("keras")
    if keras is not None and isinstance(value, getattr(keras, "Model", ())):
        return {"is": "network", "of": _config(value)}
    return _encode(plain(value), itertools.count())


def _encode(value, count):
    if next(count) > MAX_ITEMS:
        raise TooLargeError(f"a result of more than {MAX_ITEMS:,} parts")
    kind = type(value)
    if kind is str and len(value) > MAX_ITEMS:
        raise TooLargeError(f"a text of {len(value):,} characters")
    if kind in PLAIN or (kind is int and value.bit_length() < 10_000):
        return value
    if value is ...:
        return {"is": "ellipsis"}
    if kind is complex:
        return {"is": "complex", "of": [value.real, value.imag]}
    if kind in (list, tuple):
        return {"is": kind.__name__, "of": [_encode(part, count) for part in value]}
    if kind is dict:
        return {"is": "dict", "of": [[_encode(key, count), _encode(part, count)] for key, part in value.items()]}
    if isinstance(value, np.generic):
        return {"is": "scalar", "of": _npy(np.asarray(value))}
    if kind is np.ndarray and not value.dtype.hasobject:
        return {"is": "array", "of": _npy(value)}
    if kind is np.ndarray:
        return {"is": "objects", "shape": list(value.shape), "of": [_encode(part, count) for part in value.flat]}
    return {
        "is": "thing",
        "of": [value.kind, value.text] if kind is Thing else [kind.__name__, f"a large {kind.__name__}"],
    }


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
    """What `encode` was given, as plain data; ValueError if it is nothing that `encode` gives."""
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
    if kind == "thing":
        return Thing(str(of[0])[:80], str(of[1])[:1000])
    parts = [_decode(part) for part in of]
    if kind == "objects":
        array = np.empty(len(parts), dtype=object)
        array[:] = parts
        return array.reshape(value["shape"])
    return tuple(parts) if kind == "tuple" else parts


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
