"""Tasks on real Dask workers: results as they come, retries, a killed worker, schedulers elsewhere."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest
from patience import CELL, SERVER, wait_until

from course_utils.extras import why_missing

if reason := why_missing("scaling"):
    pytest.skip(reason, allow_module_level=True)

from distributed import LocalCluster

from course_utils.scaling import tasks
from course_utils.scaling.training import ScalingError

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def scheduler():
    """A scheduler with two workers, as somebody else may have started it."""
    how = {"threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "silence_logs": 50}
    with LocalCluster(n_workers=2, **how) as cluster:
        yield cluster.scheduler_address


def wait_for(path):
    wait_until(Path(path).exists, pause=0.02)


def note(folder, name):
    """Leave a mark that a task was called, with the process that did."""
    marks = Path(folder)
    (marks / f"{name}.{len(list(marks.glob(f'{name}.*')))}").write_text(str(os.getpid()))


def quick(folder, name):
    note(folder, name)
    return f"result of {name}"


def slow(folder, name):
    """A task that is not done before the file `go` is there."""
    note(folder, name)
    wait_for(Path(folder, "go"))
    return f"result of {name}"


def fails(folder, name, times):
    """A task that raises as often as it is told."""
    note(folder, name)
    if len(list(Path(folder).glob(f"{name}.*"))) <= times:
        raise ValueError(f"{name} has bad luck")
    return f"result of {name}"


def call(folder, kind, *arguments):
    return kind(folder, *arguments)


def calls(folder, name):
    return len(list(Path(folder).glob(f"{name}.*")))


def test_results_come_as_they_are_finished_and_from_a_scheduler_that_stays(scheduler, tmp_path):
    jobs = {"late": (str(tmp_path), slow, "late"), "early": (str(tmp_path), quick, "early")}
    results = tasks.run_tasks(call, jobs, address=scheduler)
    assert next(results) == ("early", "result of early")
    (tmp_path / "go").touch()
    assert list(results) == [("late", "result of late")]
    assert dict(tasks.run_tasks(call, jobs, address=scheduler)) == {
        "late": "result of late",
        "early": "result of early",
    }


def test_a_task_that_raises_is_tried_again_and_the_others_are_done_in_any_case(scheduler, tmp_path):
    folder, found = str(tmp_path), {}
    jobs = {
        "once": (folder, fails, "once", 1),
        "always": (folder, fails, "always", 99),
        **{name: (folder, quick, name) for name in "abcd"},
    }
    with pytest.raises(
        tasks.TaskError, match=r"1 of the tasks failed \(always: ValueError: always has bad luck\)"
    ) as end:
        for name, result in tasks.run_tasks(call, jobs, address=scheduler, retries=1):
            found[name] = result
    assert found == {name: f"result of {name}" for name in ("once", *"abcd")}
    assert list(end.value.failed) == ["always"]
    assert (calls(folder, "once"), calls(folder, "always"), calls(folder, "a")) == (2, 2, 1)


def test_workers_of_other_code_are_refused_before_any_task(scheduler, tmp_path, monkeypatch):
    monkeypatch.setattr(tasks, "_check_workers", checked_against({**tasks.describe_worker(), "keras": "2.0"}))
    with pytest.raises(ScalingError, match=r"the worker at .* differs: keras is [\d.]+ there and 2\.0 here; install"):
        list(tasks.run_tasks(call, {"a": (str(tmp_path), quick, "a")}, address=scheduler))
    assert calls(tmp_path, "a") == 0


def test_a_worker_without_the_course_is_refused(tmp_path):
    (tmp_path / "course_utils").mkdir()
    (tmp_path / "course_utils" / "__init__.py").touch()  # found first, and nothing is in it
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    how = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "silence_logs": 50}
    with LocalCluster(n_workers=0, **how) as cluster:
        command = [sys.executable, "-m", "distributed.cli.dask_worker", cluster.scheduler_address, "--no-nanny"]
        worker = subprocess.Popen(
            [*command, "--no-dashboard", "--host", "127.0.0.1"],
            env={**os.environ, "PYTHONPATH": path},
            cwd=tmp_path,
            stderr=subprocess.DEVNULL,
        )
        try:
            says = "the worker at .* cannot run the course .*course_utils.*; install the same on all machines"
            with pytest.raises(ScalingError, match=says):
                list(tasks.run_tasks(quick, {0: (0,)}, address=cluster.scheduler_address, wait=SERVER))
        finally:
            worker.kill()
            worker.wait()


def checked_against(ours):
    real = tasks._check_workers

    def check(client):
        with pytest.MonkeyPatch.context() as patch:
            theirs = tasks.describe_worker
            patch.setattr(client, "run", lambda function, **how: {"worker": theirs()})
            patch.setattr(tasks, "describe_worker", lambda: ours)
            real(client)

    return check


def test_a_killed_worker_loses_no_finished_task_and_its_own_is_done_by_another(tmp_path):
    folder = str(tmp_path)
    jobs = {"early": (folder, quick, "early"), **{name: (folder, slow, name) for name in ("one", "two")}}
    results = tasks.run_tasks(call, jobs, n_workers=2)
    assert next(results) == ("early", "result of early")
    wait_for(tmp_path / "one.0")
    psutil.Process(int((tmp_path / "one.0").read_text())).kill()
    (tmp_path / "go").touch()
    assert dict(results) == {"one": "result of one", "two": "result of two"}
    assert (calls(folder, "early"), calls(folder, "one")) == (1, 2)
    assert (tmp_path / "one.0").read_text() != (tmp_path / "one.1").read_text()
    ran = {int(mark.read_text()) for mark in tmp_path.glob("*.*")}
    psutil.wait_procs([psutil.Process(pid) for pid in ran if psutil.pid_exists(pid)], timeout=SERVER)
    assert not any(psutil.pid_exists(pid) for pid in ran)  # no worker is left


@pytest.mark.parametrize("says", ["", "SSH-2.0-a long greeting", "HTTP/1.0 400 Bad Request"])
def test_another_program_in_a_schedulers_place_is_told_in_time(says):
    with socket.create_server(("127.0.0.1", 0)) as server:
        callers = []

        def greet():
            with contextlib.suppress(OSError):  # closed below
                while True:
                    callers.append(server.accept()[0])
                    callers[-1].sendall(says.encode())

        thread = threading.Thread(target=greet, daemon=True)
        thread.start()
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(ScalingError, match=rf"no scheduler answers at {address} within 2 seconds .*look at the"):
            list(tasks.run_tasks(quick, {0: (0,)}, address=address, wait=2))
        server.shutdown(socket.SHUT_RDWR)
    thread.join(SERVER)
    for caller in callers:
        caller.close()


def test_a_dashboard_and_a_worker_are_no_scheduler(tmp_path):
    how = {"threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "silence_logs": 50}
    with LocalCluster(n_workers=1, processes=False, **{**how, "protocol": "tcp"}) as cluster:
        worker, dashboard = cluster.workers[0].address, f"tcp://127.0.0.1:{cluster.scheduler.http_server.port}"
        for address, says in ((worker, "it is the address of a worker"), (dashboard, "another program, such as a web")):
            with pytest.raises(ScalingError, match=rf"no scheduler answers at {address} within 2 seconds \(.*{says}"):
                list(tasks.run_tasks(quick, {0: (0,)}, address=address, wait=2))


def test_a_script_without_a_main_guard_is_told_so(tmp_path):
    script = tmp_path / "squares.py"
    script.write_text(
        "from course_utils.scaling.tasks import run_tasks\n"
        "def square(x): return x * x\n"
        "print(dict(run_tasks(square, {n: (n,) for n in range(3)}, n_workers=2)))\n"
    )
    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, timeout=CELL)
    assert done.returncode == 1 and done.stdout == ""
    assert 'In a script, call run_tasks below the line `if __name__ == "__main__":`' in done.stderr.splitlines()[-1]
    assert done.stderr.count("Traceback") == 1, done.stderr


def test_no_scheduler_and_no_worker_are_told_apart():
    with pytest.raises(ScalingError, match=r"no scheduler answers at tcp://127\.0\.0\.1:1 within 2 seconds"):
        list(tasks.run_tasks(quick, {0: (0,)}, address="tcp://127.0.0.1:1", wait=2))
    how = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "silence_logs": 50}
    with LocalCluster(n_workers=0, **how) as cluster:
        says = rf"scheduler at {cluster.scheduler_address} has no worker within 2 seconds; start one with `dask worker"
        with pytest.raises(ScalingError, match=says):
            list(tasks.run_tasks(quick, {0: (0,)}, address=cluster.scheduler_address, wait=2))


@pytest.mark.parametrize(
    ("arguments", "options", "error", "says"),
    [
        (("square", {0: (0,)}), {}, TypeError, "function must be a function, got 'square'"),
        ((quick, [(0,)]), {}, TypeError, "tasks must be a dict of names and tuples"),
        ((quick, {0: 0}), {}, TypeError, "tasks must be a dict of names and tuples"),
        ((quick, {0: (0,)}), {"n_workers": 0}, ValueError, "n_workers must be a whole number, at least 1, got 0"),
        ((quick, {0: (0,)}), {"retries": -1}, ValueError, "retries must be a whole number, at least 0, got -1"),
    ],
)
def test_wrong_arguments_are_told_before_anything_starts(arguments, options, error, says):
    with pytest.raises(error, match=says):
        tasks.run_tasks(*arguments, **options)


def test_no_task_needs_no_worker():
    assert list(tasks.run_tasks(quick, {})) == []


@pytest.mark.parametrize(("granted", "n_workers"), [(2e9, 1), (16e9, 2)])
def test_where_little_memory_is_granted_one_worker_is_started(granted, n_workers, monkeypatch):
    monkeypatch.setattr(tasks, "memory_limit", lambda: granted)
    monkeypatch.setattr(tasks, "_run_tasks", lambda function, jobs, address, n_workers, *more: n_workers)
    assert tasks.run_tasks(quick, {0: (0,)}) == n_workers


def test_a_doomed_run_ends_its_worker_the_first_time_only(monkeypatch, tmp_path):
    from course_utils.scaling import seeds

    class DeadError(Exception):
        pass

    def die(status):
        raise DeadError

    monkeypatch.setattr(seeds, "train_seed", lambda seed, n_images, epochs: {"seed": seed})
    monkeypatch.setattr(seeds.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(seeds.os, "_exit", die)
    starts = tmp_path / "starts.txt"
    assert seeds.train_or_die(1, 10, 1, starts) == {"seed": 1}
    with pytest.raises(DeadError):
        seeds.train_or_die(2, 10, 1, starts)
    assert seeds.train_or_die(2, 10, 1, starts) == {"seed": 2}
    assert starts.read_text().split() == ["1", "2", "2"]
