"""What was measured, as JSON: `nox -s bench` writes these files, the lessons and the guide read them."""

import json
from pathlib import Path

RESULTS = Path(__file__).parent


def read_result(name):
    """A stored result as a dict.

    Raises
    ------
    FileNotFoundError
        If there is none of that name.
    """
    path = RESULTS / f"{name}.json"
    if not path.is_file():
        raise FileNotFoundError(f"no stored result {path.name}; `nox -s bench -- {name}` makes it")
    return json.loads(path.read_text(encoding="utf-8"))
