"""The whole second command, `nox -s test`: every test that runs by day, and every lesson under strict nbval."""

import re
import subprocess
import sys
import time

from course_utils.bench.speed import write_tables
from course_utils.bench.store import measure_steps
from course_utils.publishing.lessons import NOTEBOOKS


def _run_suite():
    """Seconds of the command in an environment that is installed, and how many tests passed."""
    command, start, lines = [sys.executable, "-m", "nox", "-s", "test"], time.perf_counter(), []
    with subprocess.Popen(command, cwd=NOTEBOOKS.parent, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:  # shown while it runs: it takes long
            print(line, end="", flush=True)
            lines.append(line)
    if process.returncode:
        raise SystemExit("a run with a red test is not stored")
    passed = re.findall(r"(\d+) passed", "".join(lines))[-1]
    return {"seconds": round(time.perf_counter() - start), "passed": int(passed)}


def measure():
    """The whole second command, once: every test that runs by day, and every lesson under strict nbval."""
    measure_steps("suite", measure.__doc__, {"run": _run_suite})
    write_tables()
