"""What was measured, as JSON and arrays: `nox -s bench` writes these files, the lessons and the guide read them."""

import json
from pathlib import Path

import numpy as np

RESULTS = Path(__file__).parent


def read_result(name):
    """A stored result as a dict.

    Raises
    ------
    FileNotFoundError
        If there is none of that name.
    """
    return json.loads(_stored(name, "json").read_text(encoding="utf-8"))


def read_arrays(name):
    """The arrays of a stored result as a dict.

    Raises
    ------
    FileNotFoundError
        If there are none of that name.
    """
    with np.load(_stored(name, "npz"), allow_pickle=False) as arrays:
        return dict(arrays)


def _stored(name, ending):
    path = RESULTS / f"{name}.{ending}"
    if not path.is_file():
        raise FileNotFoundError(f"no stored result {path.name}; `nox -s bench -- {name}` makes it")
    return path
