"""What is missing of an extra is named, with its cure; a lesson that needs it is left out of a run, which says so."""

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest

from course_utils import environment, extras
from course_utils.publishing.lessons import NOTEBOOKS

ROOT = NOTEBOOKS.parent
REQUIRES = [
    "numpy>=2.1",
    "lib-one>=2; extra == 'sharing'",
    "lib-two; extra == 'sharing'",
    "lib-for-nobody; extra == 'sharing' and python_version < '3'",
    "lib-three; extra == 'scaling'",
    "lib-four; extra == 'torch'",
]


@pytest.fixture
def installed(monkeypatch):
    """A made-up course with three extras, and what is installed: {name: version}."""
    versions = {"numpy": "2.4.6", "lib-one": "2.1", "lib-two": "0.1"}

    def version(name):
        try:
            return versions[name]
        except KeyError:
            raise importlib.metadata.PackageNotFoundError(name) from None

    class Metadata:
        def get_all(self, name):
            return {"Provides-Extra": ["sharing", "scaling", "torch"]}[name]

    monkeypatch.setattr(importlib.metadata, "requires", lambda name: REQUIRES)
    monkeypatch.setattr(importlib.metadata, "metadata", lambda name: Metadata())
    monkeypatch.setattr(importlib.metadata, "version", version)
    return versions


def test_an_extra_that_is_there_is_fine(installed):
    assert extras.wrong_packages("sharing") == [] and extras.why_missing("sharing") == ""
    assert extras.require_extra("sharing") is None


def test_what_is_missing_of_an_extra_is_named_with_its_cure(installed):
    del installed["lib-two"]
    installed["lib-one"] = "1.9"
    assert extras.wrong_packages("sharing") == ["lib-one must be >=2, is 1.9", "lib-two is missing"]
    with pytest.raises(
        ImportError, match=r"the extra 'sharing' is not installed \(lib-one .*; lib-two is missing\): run"
    ):
        extras.require_extra("sharing")
    assert 'pip install -e ".[sharing]"' in extras.why_missing("sharing")


def test_an_extra_does_not_ask_for_another_nor_for_what_all_need(installed):
    del installed["numpy"]
    assert extras.wrong_packages("sharing") == []
    assert extras.wrong_packages("scaling") == ["lib-three is missing"]
    assert extras.wrong_packages() == ["numpy is missing"]


def test_an_extra_that_does_not_exist_is_named(installed):
    with pytest.raises(ValueError, match="there is no extra 'shering'; there are sharing, scaling, torch"):
        extras.wrong_packages("shering")


def test_pytorch_has_a_command_of_its_own(installed):
    """In `nox -s lab` it would be gigabytes for everyone."""
    with pytest.raises(ImportError) as caught:
        extras.require_extra("torch")
    said = str(caught.value)
    assert said.startswith("the extra 'torch' is not installed (lib-four is missing): run `nox -s torch` in the course")
    assert 'pip install -e ".[torch]"' in said and "gigabytes" in said and "nox -s lab" not in said


def test_lesson_00_names_what_is_missing(installed):
    del installed["numpy"]
    with pytest.raises(ValueError, match="numpy is missing: run `nox -s lab`"):
        environment._check_packages()


@pytest.mark.parametrize(
    ("code", "extra"),
    [
        ('from course_utils.extras import require_extra\n\nrequire_extra("sharing")\nimport onnx', "sharing"),
        ("import numpy as np", ""),
        ('# require_extra("sharing")', ""),
        ('print("x")\nrequire_extra("scaling")', "scaling"),
    ],
)
def test_what_a_lesson_needs_is_read_from_its_code(code, extra):
    assert extras.needed_extra(code) == extra


# What a kernel shows of the first cell of a lesson, in a Python that has lost something.
KERNEL = """
import importlib.metadata, sys
from IPython.core.interactiveshell import InteractiveShell
{lose}
cell = sys.stdin.read()
print("went well:", InteractiveShell.instance().run_cell(cell).success)
"""
LOSE_COURSE = f"sys.path.remove({str(ROOT)!r})"
LOSE_EXTRA = """requires = importlib.metadata.requires
importlib.metadata.requires = lambda name: [*requires(name), "lib-nobody-has; extra == 'sharing'"]"""


@pytest.mark.parametrize(
    ("lose", "line"),
    [
        ("", ""),
        (
            LOSE_COURSE,
            "UsageError: the course isn't installed here: in its folder, pip install -e . (README, Start)",
        ),
        (LOSE_EXTRA, "the extra 'sharing' is not installed (lib-nobody-has is missing): run `nox -s lab`"),
    ],
)
def test_a_notebook_that_lacks_something_says_so_in_one_line(lose, line, tmp_path):
    lesson = nbformat.read(NOTEBOOKS / "11_sharing.ipynb", as_version=4)
    setup = next(cell.source for cell in lesson.cells if cell.cell_type == "code")
    setup = setup.partition("from course_utils import")[0]  # up to what loads TensorFlow
    command = [sys.executable, "-c", KERNEL.format(lose=lose)]
    ran = subprocess.run(command, input=setup, cwd=tmp_path, capture_output=True, text=True)
    said = [text for text in (ran.stdout + ran.stderr).splitlines() if text]
    assert f"went well: {not line}" in said
    said.remove(f"went well: {not line}")
    assert len(said) == bool(line) and all(text.startswith(line) for text in said), said


@pytest.fixture
def course(tmp_path):
    """A folder with the course's conftest.py, to write lessons into; `sharing` and `torch` are missing there."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "notebooks").mkdir()
    shutil.copytree(ROOT / "tests" / "no_network", tmp_path / "tests" / "no_network")
    for name in ("conftest.py", "notebooks/nbval_patterns.cfg"):
        shutil.copy(ROOT / name, tmp_path / name)

    def write(name, *cells):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        nbformat.write(notebook, tmp_path / "notebooks" / name)

    def run(*more):
        # The fault is made where the metadata is read: the extra asks for a package that nobody has.
        (tmp_path / "wrong.py").write_text(
            "import importlib.metadata as m\nrequires = m.requires\n"
            "lost = [f\"lib-nobody-has; extra == '{extra}'\" for extra in ('sharing', 'torch')]\n"
            "m.requires = lambda name: [*requires(name), *lost]\n"
        )
        command = [sys.executable, "-m", "pytest", "-p", "wrong", "--nbval", "-p", "no:cacheprovider", "-q", *more]
        variables = os.environ | {"CI": "true"}
        return subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True)

    return write, run


@pytest.mark.slow
def test_a_lesson_whose_extra_is_missing_is_left_out_and_the_run_says_why(course):
    write, run = course
    write("01_loading.ipynb", "6 * 7")
    lacking = {"11_sharing": "sharing", "16_pytorch": "torch"}
    for name, extra in lacking.items():
        write(f"{name}.ipynb", f'from course_utils.extras import require_extra\n\nrequire_extra("{extra}")', "1 / 0")
    done = run("--nbval-lax")
    assert "1 passed, 2 skipped" in done.stdout and done.returncode == 0, done  # on CI, too
    for name, extra in lacking.items():
        line = rf"^left out: notebooks.{name}\.ipynb: the extra '{extra}' is not installed \(.*lib-nobody-has is"
        assert re.search(line, done.stdout, re.MULTILINE), done


@pytest.mark.nightly
@pytest.mark.slow
def test_a_lesson_that_needs_no_extra_is_run(course):
    write, run = course
    write("01_loading.ipynb", "6 * 7")
    done = run("--nbval-lax")
    assert "1 passed" in done.stdout and "left out" not in done.stdout


def test_the_lessons_need_only_extras_that_exist():
    needed = {path.stem: extras.needed_extra(code_of(path)) for path in NOTEBOOKS.glob("*.ipynb")}
    assert set(filter(None, needed.values())) <= set(
        importlib.metadata.metadata("cnn-course").get_all("Provides-Extra")
    )


def code_of(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
