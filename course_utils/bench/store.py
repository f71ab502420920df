"""How a result becomes a JSON file in course_utils/results: whole or not at all, with the machine and the versions."""

import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.progress import track

from course_utils.results import RESULTS, read_result

PACKAGES = ("tensorflow", "keras", "numpy")


def describe_machine():
    """The machine in words, without anything that names its owner."""
    model = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").is_file():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), model)
    threads = os.environ.get("TF_NUM_INTRAOP_THREADS")  # where a run is kept to fewer than all cores
    used = f" ({threads} thread{'s' * (threads != '1')} used)" if threads else ""
    return f"{os.cpu_count()} cores{used}, {model}, {platform.system()}, Python {platform.python_version()}"


def write_json(path, content):
    """Write a JSON file so that a kill at any moment leaves the old file or the new one."""
    scratch = path.with_suffix(".part")
    scratch.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    os.replace(scratch, path)


def new_result(about, command):
    """The head of a result: what it is, how it was made, where and when."""
    made = {"command": command, "machine": describe_machine(), "date": f"{datetime.now(UTC):%Y-%m-%d}"}
    return {"about": about} | made | {"versions": {name: version(name) for name in PACKAGES}}


def measure_steps(name, about, steps):
    """Take the measurements of a result that are not stored yet, and store each at once.

    Parameters
    ----------
    name : str
        Of the result, and of its bench.
    about : str
        What it is, in a sentence.
    steps : dict
        Each measurement: a function without arguments.

    Returns
    -------
    dict
        The whole result.

    Raises
    ------
    SystemExit
        If a part is stored that another machine has measured: one head could not tell of both.
    """
    command = f"nox -s bench -- {name}"
    try:
        result = read_result(name)
    except FileNotFoundError:
        result = new_result(about, command)
    missing = [step for step in steps if step not in result]
    if missing and result["machine"] != describe_machine():
        raise SystemExit(f"{name}: a part was measured on {result['machine']}; `{command} --fresh` measures all of it")
    if not missing:
        print(f"all of it is stored; `{command} --fresh` measures it again")
    for step in track(missing, name):
        result[step] = steps[step]()
        write_json(RESULTS / f"{name}.json", result)
    return result
