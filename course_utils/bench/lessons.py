"""Each lesson under strict nbval, and the original recipe in lesson 05 beside the same in a bare script.

`speed` makes the README's table of it, and one of the lessons for the instructor's guide.
"""

import contextlib
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from course_utils.bench.speed import execute_until, write_tables
from course_utils.bench.store import measure_steps
from course_utils.data import MNIST_FILE
from course_utils.publishing.lessons import NOTEBOOKS, SOURCES, notebook_path

ROOT = NOTEBOOKS.parent
GRANTED = 2 * 10**9  # bytes of memory that Binder grants a student, the server included


def _fit_in_lesson():
    return execute_until(SOURCES / "05_training.py", lambda cell: "epochs=5, batch_size=64" in cell.source)[-1]


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


def measure():
    """Each lesson under strict nbval, its seconds and its memory; the original recipe in lesson 05 and as a script."""
    steps = {"fit_seconds": lambda: [(_fit_in_lesson(), _fit_in_script()) for _ in range(4)]}
    for source in sorted(SOURCES.glob("[0-9][0-9]_*.py")):
        steps[source.stem] = lambda source=source: _run_lesson(source)
    measure_steps("lessons", measure.__doc__, steps)
    write_tables()
