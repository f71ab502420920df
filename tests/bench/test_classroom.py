"""A class at work: real servers and kernels, what stops them, and the machine that follows, by hand."""

import contextlib
import os
import threading
import time

import nbformat
import psutil
import pytest
from in_jupyterlab import DEAD_PROXY, lab  # noqa: F401  a fixture
from patience import SERVER

from course_utils.bench import classroom
from course_utils.results import read_result

pytestmark = pytest.mark.slow

MEGABYTES = 200


def write_notebook(folder, *cells):
    """A lesson of some cells in a folder."""
    cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "01_small.ipynb")
    return folder / "01_small.ipynb"


# ---- one kernel


@pytest.fixture
def kernel(lab):  # noqa: F811
    with contextlib.closing(classroom.Kernel(lab)) as one:
        yield one


def test_cells_of_a_kernel_run_one_after_the_other_in_one_process(kernel, tmp_path):
    kernel.run(f"import os, time, pathlib\nfile = pathlib.Path({str(tmp_path / 'pid')!r})\nprint('first')")
    kernel.run("time.sleep(0.3)\nfile.write_text(str(os.getpid()))")
    pid = int((tmp_path / "pid").read_text())  # it is there as soon as the cell is done
    assert pid != os.getpid() and psutil.pid_exists(pid)


def test_a_cell_that_fails_is_named_unless_it_should(kernel):
    with pytest.raises(classroom.ClassError, match=r"NameError in the cell that begins with 'x = 1': name 'y' is not"):
        kernel.run("x = 1\ny")
    kernel.run("x = 1\ny", may_fail=True)
    kernel.run("assert x == 1")


def test_a_kernel_that_dies_is_noticed(kernel):
    with pytest.raises(classroom.ClassError, match="the kernel died in the cell that begins with 'import os'"):
        kernel.run("import os\nos._exit(1)")


# ---- a class

linux = pytest.mark.skipif(not classroom.ROLLUP.is_file(), reason="the memory of a class is measured on Linux")


@pytest.mark.nightly
@linux
def test_two_students_have_a_server_and_a_kernel_each(tmp_path, monkeypatch):
    monkeypatch.setenv("http_proxy", DEAD_PROXY)
    many = MEGABYTES * 1_000_000
    notebook = write_notebook(tmp_path, "import time", f"x = b'1' * {many}", "time.sleep(2)")
    done, before = [], time.perf_counter()
    room = classroom.Classroom(notebook, 2, on_cell=lambda: done.append(threading.get_ident()))
    row = room.run()
    whole = time.perf_counter() - before
    assert (row["lesson"], row["students"]) == ("01_small", 2)
    assert len(done) == 2 * 3 and len(set(done)) == 2
    assert 0 < row["first_cell_seconds"] < row["seconds"] - 1.9  # the last cell sleeps for two
    assert row["server_seconds"] + row["seconds"] < whole + 0.1
    assert 0 < row["cpu_seconds"] < whole * os.cpu_count()
    servers, kernels = row["servers"], row["kernels"]
    assert kernels["uss"] > 2 * MEGABYTES and servers["uss"] < 2 * MEGABYTES  # each kernel holds that many bytes
    assert all(part["uss"] <= part["pss"] < part["rss"] for part in (servers, kernels))
    assert servers["uss"] > 2 * 30  # two Pythons with a web server
    assert (len(room.servers), len(room.kernels)) == (2, 2)
    assert psutil.wait_procs([*room.servers, *room.kernels], timeout=SERVER)[1] == []  # none is left


@linux
def test_a_student_who_fails_ends_the_class_with_the_reason(lab, tmp_path, monkeypatch):  # noqa: F811
    """Two students on one server, to be fast; the second call of the second cell fails, whoever makes it."""
    calls, real = [], classroom.Kernel.run

    def run(kernel, code, **options):
        calls.append(code)
        real(kernel, "1 / 0" if calls.count("2") == 2 else code, **options)

    notebook = write_notebook(tmp_path, "1", "2")
    classroom.copy_lessons(tmp_path, lab.root)  # now, as they would both write the same files
    monkeypatch.setattr(classroom, "serve_lab", lambda root: contextlib.nullcontext(lab))
    monkeypatch.setattr(classroom.Kernel, "run", run)
    with pytest.raises(classroom.ClassError, match="ZeroDivisionError in the cell"):
        classroom.Classroom(notebook, 2).run()


@pytest.mark.parametrize("n_students", [0, True, 1.0])
def test_a_class_needs_students(tmp_path, n_students):
    with pytest.raises(ValueError, match="n_students must be a whole number, at least 1"):
        classroom.Classroom(write_notebook(tmp_path, "1"), n_students)


def test_where_sharing_cannot_be_seen_nothing_is_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(classroom, "ROLLUP", tmp_path / "nothing")
    with pytest.raises(classroom.ClassError, match="measured on Linux"):
        classroom.Classroom(write_notebook(tmp_path, "1"), 1)


def test_the_cells_of_a_lesson_and_which_of_them_should_fail(tmp_path):
    notebook = write_notebook(tmp_path, "a = 1", "1 / 0")
    content = nbformat.read(notebook, as_version=4)
    content.cells[1].metadata["tags"] = ["raises-exception"]
    content.cells.insert(0, nbformat.v4.new_markdown_cell("# A title"))
    nbformat.write(content, notebook)
    assert classroom.code_cells(notebook) == [("a = 1", False), ("1 / 0", True)]
    with pytest.raises(ValueError, match="has no code cell"):
        classroom.code_cells(write_notebook(tmp_path))


# ---- the machine that follows


def row_of(lesson, students, seconds, cpu_seconds, servers, kernels):
    return {
        **{"lesson": lesson, "students": students, "seconds": seconds, "cpu_seconds": cpu_seconds},
        **{"servers": {"pss": servers}, "kernels": {"pss": kernels}},
    }


RESULT = {
    "runs": [
        row_of("01_loading", 1, 9.0, 5.0, 100, 1000),
        row_of("01_loading", 5, 20.0, 30.0, 300, 3500),
        row_of("01_loading", 10, 40.0, 55.0, 550, 6950),
        row_of("05_training", 1, 100.0, 180.0, 100, 1400),
    ]
}


def test_a_machine_by_hand():
    """From 1.1 GB for one to 7.5 GB for ten: 6.4 / 9 for each further one; the most that one computed is 30 s / 5."""
    size = classroom.size_machine(RESULT, "01_loading", students=30, minutes=1)
    assert size["first_gb"] == pytest.approx(1.1) and size["each_gb"] == pytest.approx(6.4 / 9)
    assert size["memory_gb"] == pytest.approx(1.1 + 29 * 6.4 / 9)
    assert size["cpu_seconds"] == 6 and size["cores"] == 3  # 180 s in 60 s
    assert classroom.size_machine(RESULT, "01_loading", students=10, minutes=2)["memory_gb"] == pytest.approx(7.5)
    assert classroom.size_machine(RESULT, "01_loading", students=31, minutes=1)["cores"] == 4


def test_of_a_lesson_that_one_student_ran_nothing_counts_as_shared():
    size = classroom.size_machine(RESULT, "05_training", students=30, minutes=10)
    assert size["first_gb"] == size["each_gb"] == 1.5 and size["memory_gb"] == 45
    assert size["cores"] == 9  # 30 times 180 s in 600 s


@pytest.mark.parametrize(
    ("lesson", "options", "says"),
    [
        ("02_preparing", {}, r"lesson '02_preparing' was not measured; there are 01_loading, 05_training"),
        ("05_training", {"students": 0}, "students must be at least 1, got 0"),
        ("05_training", {"minutes": 1.5}, r"one student alone takes 100 s, so no machine does it in 1\.5 minutes"),
    ],
)
def test_a_machine_that_cannot_be_told(lesson, options, says):
    with pytest.raises(ValueError, match=says):
        classroom.size_machine(RESULT, lesson, **options)


def test_what_is_stored_is_what_the_guide_says_of_it():
    runs = read_result("class")["runs"]
    assert [(row["lesson"], row["students"]) for row in runs] == list(classroom.RUNS)
    one, five, ten, training = runs
    assert one["kernels"]["pss"] < five["kernels"]["pss"] < ten["kernels"]["pss"] < 12 * one["kernels"]["pss"]
    assert all(row["servers"]["pss"] < row["kernels"]["pss"] for row in runs)  # kernels take the memory
    assert one["first_cell_seconds"] < ten["first_cell_seconds"]
    assert training["cpu_seconds"] > 5 * one["cpu_seconds"]
