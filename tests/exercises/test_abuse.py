"""Whatever an answer does, the check says something plain, and the kernel is as it was.

`python tests/exercises/test_abuse.py` prints the table.
"""

import gc
import os
import random
import re
import signal
import subprocess
import sys
import threading
import warnings
from types import SimpleNamespace

import abuses
import nightly
import numpy as np
import psutil
import pytest
from patience import SERVER, wait_until

from course_utils.exercises import apart, calling, engine, marks

pytestmark = pytest.mark.slow


@engine.function(
    cases={"two numbers": (np.array([1.0, 2.0]),), "three numbers": (np.array([1.0, 2.0, 4.0]),)},
    shows="Doubling doubles.",
    hints=["First.", "Second."],
)
def double(numbers):
    """Twice the numbers."""
    return 2 * numbers


@pytest.fixture(autouse=True)
def own_marks_and_little_time(tmp_path, monkeypatch):
    monkeypatch.setenv("CNN_COURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setattr(marks, "_this_kernel", set())
    monkeypatch.setattr(calling, "SECONDS", 0.3)
    monkeypatch.setattr(calling, "WAITING", 10)


def state():
    """What an answer could leave behind."""
    return {
        "folder": os.getcwd(),
        "environment": dict(os.environ),
        "random": random.getstate(),
        "numpy.random": [str(part) for part in np.random.get_state()],
        "print options": np.get_printoptions(),
        "error state": np.geterr(),
        "recursion limit": sys.getrecursionlimit(),
        "streams": [id(stream) for stream in (sys.stdin, sys.stdout, sys.stderr)],
        "trace": sys.gettrace(),
        "warnings": list(warnings.filters),
        "signals": [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)],
        "garbage collector": gc.isenabled(),
        "threads": threading.active_count(),
        "built-in functions": (isinstance, np.zeros_like, input),
        "seconds": calling.SECONDS,
        "processes": len(psutil.Process().children(recursive=True)),
    }


def judge(function):
    """What the check says, and what of the state did not come back."""
    before = state()
    message = double._judge_safely(function)
    after = state()
    return message, [name for name in before if before[name] != after[name]]


@pytest.mark.skipif(not apart.is_possible(), reason="only Linux can copy a process that has threads")
@pytest.mark.parametrize("name", abuses.TABLE)
def test_in_a_copy_of_the_process(name, capfd):
    function, status, says = abuses.TABLE[name]
    message, changed = judge(function)
    assert message.status == status, message.text()
    assert re.search(says, message.text()), message.text()
    assert not changed
    assert capfd.readouterr() == ("", "")
    assert "0x" not in message.text() and len(message.text()) < 2000


IN_THE_KERNEL = [name for name in abuses.TABLE if name not in abuses.KERNEL]


@pytest.mark.parametrize("name", nightly.by_night(IN_THE_KERNEL, ["calls_itself_past_any_limit"]))
def test_in_the_kernel_itself(name, monkeypatch):
    """As on Windows and macOS, and where TensorFlow is called."""
    function, status, says = abuses.TABLE[name]
    monkeypatch.setattr(apart, "is_possible", lambda: False)
    message, changed = judge(function)
    assert message.status == status, message.text()
    assert re.search(says, message.text()), message.text()
    assert not changed


def test_a_copy_ended_in_the_checks_own_work_blames_no_line():
    """The line further out is the one that called the check."""
    ours, theirs = (f'File "{file}", line 1 in work\n' for file in (calling.__file__, __file__))
    assert "line 1" in apart._where(theirs + ours + theirs, double)["where"]
    assert apart._where(ours + theirs, double) == {}


def test_a_copys_time_counts_from_the_end_of_the_checks_own_walk(monkeypatch):
    """Through the lines of an endless recursion it takes seconds, which are not the answer's."""
    walk, came = calling._line, []
    monkeypatch.setattr(calling.TimeLimit, "beat", staticmethod(lambda: came.append("beat")))
    monkeypatch.setattr(calling, "_line", lambda *error: came.append("walk") or walk(*error))
    with pytest.raises(calling.Wrong, match="took too long"):
        calling.call(abuses.TABLE["calls_itself_past_any_limit"][0], (np.ones(2),), seconds=0.05)
    assert came[-2:] == ["walk", "beat"]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no such timer")
def test_a_ring_within_a_ring_ends_nothing(monkeypatch):
    """The outer one has found our own tidying up at work, and calls `beat`, which is in another file."""
    own, rings = SimpleNamespace(f_code=SimpleNamespace(co_filename=calling.__file__), f_back=None), []

    def beat():
        rings.append("beat")
        if len(rings) == 2:  # after that of the beginning
            signal.raise_signal(signal.SIGALRM)
            sum(range(1000))  # time to hear it

    monkeypatch.setattr(calling.TimeLimit, "beat", staticmethod(beat))
    limit = calling.TimeLimit(3600)
    with limit:
        limit.seconds = -1.0  # up from now on
        limit._ring(signal.SIGALRM, own)
        limit.seconds = 3600
    assert rings[:2] == ["beat"] * 2 and signal.getitimer(signal.ITIMER_REAL) == (0, 0)


HANGS = """
from course_utils.exercises import loading as exercise
def class_shares(labels, n_classes):
    print("it has begun", file=open({!r}, "w"), flush=True)
    return sum(range(10**13))
exercise.class_shares.check(class_shares)
"""


@pytest.mark.skipif(not apart.is_possible(), reason="only Linux can copy a process that has threads")
def test_a_kernel_that_is_killed_takes_the_copy_along(tmp_path):
    begun = tmp_path / "begun"
    kernel = subprocess.Popen([sys.executable, "-c", HANGS.format(str(begun))])
    wait_until(begun.exists)
    (copy,) = psutil.Process(kernel.pid).children()
    kernel.kill()
    kernel.wait()
    copy.wait(timeout=SERVER)  # or psutil.TimeoutExpired


if __name__ == "__main__":
    for name, (function, status, _) in abuses.TABLE.items():
        message, changed = judge(function)
        verdict = "as it should" if message.status == status and not changed else f"NOT: {message.status}, {changed}"
        print(f"{name:45} {verdict:14} {message.sentence[:90]}")
