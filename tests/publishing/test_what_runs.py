"""Which tests a command runs: all but the nightly ones, these alone, or what a change in prose can break."""

import ast
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nightly
import pytest

ROOT = Path(__file__).parents[2]
FILE = "tests/publishing/test_handouts.py"
EDITION = f"{FILE}::test_the_students_edition_runs_in_another_folder"


def collected(*arguments):
    """The tests that pytest would run, by their node ids."""
    command = [sys.executable, "-m", "pytest", *arguments, "-n", "0", "--collect-only", "-q"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout
    return {line for line in printed.splitlines() if "::" in line}


@pytest.fixture
def of_nox(monkeypatch):
    """A function: the arguments that a session of nox gives to pytest."""
    pytest.importorskip("nox", reason="pytest was not started by nox, so there is none to ask")
    monkeypatch.syspath_prepend(ROOT)
    import noxfile  # once in a process: nox warns of a session that is registered twice

    ran = []
    monkeypatch.setattr(noxfile, "install", lambda session: None)
    monkeypatch.setattr(noxfile, "run", lambda session, *command, **options: ran.append(command))

    def arguments(name):
        getattr(noxfile, name)(SimpleNamespace(posargs=[]))
        program, *rest = ran.pop()
        assert program == "pytest"
        return rest

    return arguments


def test_nox_runs_each_test_by_day_or_at_night(of_nox):
    by_day, at_night = (collected(*of_nox(name), FILE) for name in ("test", "nightly"))
    assert not by_day & at_night and by_day | at_night == collected("-m", "", FILE)
    assert at_night == {f"{EDITION}[{name}]" for name in nightly.LESSONS}


def test_what_is_named_runs_at_any_time():
    node = f"{EDITION}[{nightly.LESSONS[-1]}]"
    assert collected(node) == {node}
    assert node in collected(FILE, "-k", nightly.LESSONS[-1])


def test_quick_leaves_out_the_lessons_and_what_is_slow():
    some = [FILE, "notebooks/00_start_here.ipynb"]
    quick, whole = collected("--nbval", "--quick", *some), collected("--nbval", *some)
    left_out = whole - quick
    assert f"{FILE}::test_a_planted_output_is_noticed" in quick
    assert "notebooks/00_start_here.ipynb::Cell 0" in left_out
    assert f"{EDITION}[01_loading]" in left_out
    assert not any("ipynb::" in line or "another_folder" in line for line in quick)


def named_by_day(text):
    """The tests of a file that run by day, if only for some of their parameters; see nightly.by_night."""
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    marks = {f.name: map(ast.unparse, f.decorator_list) for f in functions if f.name.startswith("test_")}
    return [name for name, decorators in marks.items() if "pytest.mark.nightly" not in decorators]


NIGHTLY = [
    path for path in sorted((ROOT / "tests").rglob("test_*.py")) if "@pytest.mark.nightly" in path.read_text("utf-8")
]


@pytest.mark.parametrize("path", NIGHTLY, ids=lambda path: path.stem)
def test_a_file_with_nightly_tests_has_others_by_day(path):
    assert len(named_by_day(path.read_text(encoding="utf-8"))) >= 2


def test_a_test_that_runs_at_night_is_known():
    assert named_by_day("@pytest.mark.nightly\n@linux\ndef test_a(): ...\n\n\ndef test_b(): ...") == ["test_b"]


def test_of_parameters_those_that_are_named_run_at_night_and_a_new_one_by_day():
    marked = nightly.by_night(["old", "cheap", "new"], ["old"])
    assert marked[1:] == ["cheap", "new"] and marked[0].values == ("old",)
    assert [mark.name for mark in marked[0].marks] == ["nightly"]
    with pytest.raises(AssertionError, match="take them off the list"):
        nightly.by_night(["new"], ["gone"])
    with pytest.raises(AssertionError, match="expected some that run by day"):
        nightly.by_night(["old"], ["old"])
