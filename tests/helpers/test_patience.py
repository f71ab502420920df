"""No test fails for a busy machine: each waits long enough, and none asserts how long something takes."""

import re
from pathlib import Path

import pytest
from patience import CELL, SERVER, wait_until

TESTS = sorted(Path(__file__).parents[1].rglob("*.py"))
# A wait of one second at most is one that shall be in vain.
NUMBER = re.compile(r"timeout(?:=|\()(\d[\d_.]*)\b(?! \*)")
CLOCK = re.compile(r"\btime\.(?:monotonic|perf_counter|time|process_time)\(|\btimeit\b")
CLOCKS = {
    "patience.py": "waits",
    "test_patience.py": "names them",
    "test_classroom.py": "holds that parts of a time do not exceed the whole",
}


def impatient_lines(text):
    """The lines of a test that give what must come less time than a busy machine may need."""
    lines = [(line, float(found[1])) for line in text.splitlines() if (found := NUMBER.search(line))]
    return [line.strip() for line, number in lines if 1 < number < SERVER or 1000 <= number < 1000 * SERVER]


@pytest.mark.parametrize(
    "path", [path for path in TESTS if path.name != "test_patience.py"], ids=lambda path: path.name
)
def test_no_test_waits_too_short_a_time(path):
    assert impatient_lines(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_no_test_looks_at_a_clock(path):
    found = [line for line in path.read_text(encoding="utf-8").splitlines() if CLOCK.search(line)]
    assert not found or path.name in CLOCKS, found


@pytest.mark.parametrize("line", ["run(timeout=60)", "page.wait_for(timeout=20_000)", "asyncio.timeout(30)"])
def test_an_impatient_line_is_noticed(line):
    assert impatient_lines(f"x = 1\n{line}\n") == [line]
    assert impatient_lines(line.replace("60", "900").replace("20_000", "300_000").replace("(30", "(0.3")) == []


def test_waiting_ends_when_something_holds_and_fails_when_it_never_does():
    found = iter([None, 0, "here"])
    assert wait_until(lambda: next(found), pause=0) == "here"
    with pytest.raises(AssertionError, match=r"it never came, in 0\.01 seconds"):
        wait_until(lambda: False, seconds=0.01, pause=0)
    assert CELL >= 900 and SERVER >= 300
