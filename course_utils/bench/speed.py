"""How long things take, and how much memory: as ratios where there is a rival, else as seconds on a named machine.

A table, with what the benches of the fast recipe and of PyTorch found, goes into the README, and one of the lessons
into the instructor's guide, between the lines <!-- speed --> and <!-- /speed -->; tests hold both to what is stored.
"""

import contextlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from nbclient import NotebookClient
from rich.progress import track

from course_utils.bench.fast import GOAL, speedup
from course_utils.bench.frameworks import AS_IN_KERAS, ratios
from course_utils.bench.store import new_result, write_json
from course_utils.data import MNIST_FILE
from course_utils.publishing.kernels import isolate_kernels
from course_utils.publishing.lessons import NOTEBOOKS, SOURCES, notebook_path, read_source
from course_utils.publishing.tables import GUIDE, README, write_table
from course_utils.results import RESULTS, read_result

ROOT = NOTEBOOKS.parent
KEYS = "seconds", "test_acc"  # of a whole training by one of the two recipes
GRANTED = 2 * 10**9  # bytes of memory that Binder grants a student, the server included
LIGHT_MODULES = "course_utils, course_utils.data, course_utils.evaluation"


def _seconds_of(code, n_runs):
    """Seconds that fresh Pythons take for a line of code, beyond what they take for none."""

    def once(line):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", line], check=True)
        return time.perf_counter() - start

    return [max(0.0, once(code) - once("pass")) for _ in range(n_runs)]


def _seconds_to_load(n_runs):
    """Seconds of our loader and of Keras's on the same file, in turn: a list of pairs."""
    code = f"""if True:
        import time, shutil, tempfile, pathlib
        from course_utils import data
        from course_utils._tensorflow import keras
        from unittest import mock
        module = __import__("importlib").import_module("keras.src.datasets.mnist")
        for _ in range({n_runs}):
            start = time.perf_counter(); data.load_mnist(); ours = time.perf_counter() - start
            with mock.patch.object(module, "get_file", lambda *args, **options: str(data.MNIST_FILE)):
                start = time.perf_counter(); keras.datasets.mnist.load_data(); theirs = time.perf_counter() - start
            print(ours, theirs)"""
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    return [tuple(map(float, line.split())) for line in printed.splitlines()]


def _execute_until(source, is_last):
    """Execute a lesson in a fresh kernel up to a cell; return the seconds of each executed cell."""
    isolate_kernels()
    notebook = read_source(source)
    seconds = []
    client = NotebookClient(notebook, timeout=900, resources={"metadata": {"path": str(NOTEBOOKS)}})
    with client.setup_kernel():
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            start = time.perf_counter()
            client.execute_cell(cell, index)
            seconds.append(time.perf_counter() - start)
            if is_last(cell):
                return seconds
    raise ValueError(f"{source} has no such cell")


def _first_picture(name):
    return sum(_execute_until(SOURCES / name, lambda cell: "figure" in cell.metadata.get("tags", [])))


def _fit_in_lesson():
    return _execute_until(SOURCES / "05_training.py", lambda cell: "epochs=5, batch_size=64" in cell.source)[-1]


def _fit_in_script():
    command = [sys.executable, Path(__file__).with_name("seed_script.py"), MNIST_FILE]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(re.search(r"seconds ([\d.]+)", printed)[1])


def _run_lesson(source):
    """Seconds of a lesson under strict nbval, and peak memory of its kernel with its processes, in GB.

    Memory is summed PSS (what a process has for itself, and its part of what it shares), which Linux alone tells. The
    lesson runs as where GRANTED bytes are granted; nothing enforces that, but what asks for the limit is told it.
    """
    if sys.platform != "linux":
        raise SystemExit("the memory of a lesson is measured on Linux, which says what its processes share")
    import resource

    import psutil

    limits = (GRANTED, GRANTED)  # Linux tells what asks, as Dask, and does not enforce it

    command = [sys.executable, "-m", "pytest", "--nbval", "-q", str(notebook_path(source))]
    start, peak = time.perf_counter(), 0
    with tempfile.TemporaryFile() as printed:  # a pipe that nobody reads would stop a lesson that fails at length
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=printed,
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_RSS, limits),
        )
        while process.poll() is None:
            with contextlib.suppress(psutil.Error):  # one of them has ended
                family = psutil.Process(process.pid).children(recursive=True)  # of pytest: the kernel, and its own
                peak = max(peak, sum(member.memory_full_info().pss for member in family))
            time.sleep(0.2)
        if process.returncode:
            printed.seek(0)
            raise SystemExit(f"{source.stem} fails under nbval:\n{printed.read().decode(errors='replace')}")
    return round(time.perf_counter() - start, 1), round(peak / 1e9, 2)


def measure(n_runs=5, n_fits=2):
    """Import, loading, first pictures, the original recipe in the lesson and as a script, each lesson under nbval."""
    result = new_result(measure.__doc__, "nox -s bench -- speed")
    result["import_seconds"] = _seconds_of(f"import {LIGHT_MODULES}", n_runs)
    result["load_seconds"] = _seconds_to_load(n_runs)
    for name in ("01_loading", "03_convolution"):
        result[f"first_picture_{name[:2]}"] = [_first_picture(f"{name}.py") for _ in range(n_runs)]
    result["fit_seconds"] = [
        (_fit_in_lesson(), _fit_in_script()) for _ in track(range(n_fits), "the original recipe, lesson and script")
    ]
    result["lessons"] = {}
    for source in track(sorted(SOURCES.glob("*.py")), "lessons under strict nbval"):
        result["lessons"][source.stem] = _run_lesson(source)
    write_json(RESULTS / "speed.json", result)
    table = speed_table(result, read_result("fast"), read_result("frameworks"))
    write_table(table, README, mark="speed")
    write_table(lessons_table(result), GUIDE, mark="speed")
    print(table)


def _range(values, unit=" s", digits=1):
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:.{digits}f}{unit} ({low:.{digits}f} to {high:.{digits}f})"


def speed_table(result, fast, frameworks):
    """The README's table of three stored results, of this bench, of the fast recipe's and of PyTorch's, in Markdown."""
    fits = [lesson / script for lesson, script in result["fit_seconds"]]
    loads = [ours / theirs for ours, theirs in result["load_seconds"]]
    lessons = result["lessons"]
    short = {name: seconds for name, (seconds, _) in lessons.items() if not name.startswith("05")}
    slowest = max(short, key=short.get)
    largest = max(lessons, key=lambda name: lessons[name][1])
    minutes = sum(seconds for seconds, _ in lessons.values()) / 60
    seconds, right = ({name: [run[key] for run in runs] for name, runs in fast["recipes"].items()} for key in KEYS)
    means = [f"{statistics.mean(right[name]):.4f}" for name in ("seed", "fast")]
    rows = [
        ("original recipe in lesson 05 / bare script", _range(fits, "", 2), "at most 1.05"),
        ("original recipe, from building the network to its last step", _range(seconds["seed"], digits=0), ""),
        ("fast recipe of lesson 10, the same", _range(seconds["fast"]), ""),
        ("original recipe / fast recipe, pair by pair", _range(speedup(fast), ""), "at least 10"),
        ("the same, by the shortest times", f"{min(seconds['seed']) / min(seconds['fast']):.1f}", "at least 10"),
        ("their mean test accuracies over five seeds", " and ".join(means), f"at least {GOAL} for the fast one"),
        (
            f"original recipe in PyTorch {frameworks['versions']['torch']} / in Keras, pair by pair",
            _range(ratios(frameworks, AS_IN_KERAS), "", 2),
            "",
        ),
        ("`load_mnist`, with its check / Keras's loader on a cached file", _range(loads, "", 2), "at most 1.5"),
        ("import of `course_utils` and its NumPy modules", _range(result["import_seconds"], digits=2), "at most 0.5 s"),
        ("first picture of lesson 01 from a started kernel", _range(result["first_picture_01"]), "at most 3 s"),
        ("first picture of lesson 03 from a started kernel", _range(result["first_picture_03"]), "at most 3 s"),
        (f"slowest lesson but 05 under strict nbval ({slowest[:2]})", f"{short[slowest]:.0f} s", "at most 90 s"),
        ("lesson 05 under strict nbval", f"{lessons['05_training'][0]:.0f} s", ""),
        (
            f"lessons {min(lessons)[:2]} to {max(lessons)[:2]} under strict nbval",
            f"{minutes:.1f} min",
            "at most 15 min",
        ),
        (
            f"largest memory of a lesson with all its processes ({largest[:2]}; summed PSS)",
            f"{lessons[largest][1]:.1f} GB",
            "at most 1.7 GB",
        ),
    ]
    lines = [f"| {what} | {figure} | {bound} |" for what, figure, bound in rows]
    where = [f"`{one['command']}` on {one['machine']}" for one in (result, fast, frameworks)]
    head = f"Measured with {', with '.join(where)}; median, and smallest to largest.\n"
    return "\n".join([head, "| what | figure | aimed at |", "|---|---|---|", *lines])


def lessons_table(result):
    """The instructor's guide's table of a stored result, in Markdown."""
    rows = [f"| {name[:2]} | {s / 60:.1f} min | {gb:.1f} GB |" for name, (s, gb) in result["lessons"].items()]
    head = f"Measured with `{result['command']}` on {result['machine']}: every cell, and strict nbval around it.\n"
    return "\n".join([head, "| lesson | runs for | largest memory |", "|---|---|---|", *rows])
