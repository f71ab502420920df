"""What a whole class costs that computes at the same time, and the machine that it needs.

Each student has what JupyterHub would give: a Jupyter server, copies of the lessons, and a kernel. The code cells of a
lesson go to the kernel one after the other through the server, as a browser sends them. All of it runs on this machine.

A table goes into the instructor's guide, between the lines <!-- class --> and <!-- /class -->; a test holds it to the
stored result.
"""

import json
import math
import socket
import tempfile
import threading
import time
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from pathlib import Path

import nbformat
from rich.progress import Progress

from course_utils.bench.store import new_result, write_json
from course_utils.publishing.lab_server import ask, serve_lab
from course_utils.publishing.tables import GUIDE, write_table
from course_utils.publishing.workspace import copy_lessons
from course_utils.results import RESULTS

RUNS = (("01_loading", 1), ("01_loading", 5), ("01_loading", 10), ("05_training", 1))  # lesson, students at once
STUDENTS = 30  # of the class that the machine is for
MINUTES = {"01_loading": 1, "05_training": 10}  # how long a class may take to run a lesson's cells
SECONDS_BETWEEN_LOOKS = 1.0  # at the memory
ROLLUP = Path("/proc/self/smaps_rollup")  # where Linux says how much of the memory is shared
KINDS = ("pss", "uss", "rss")


class ClassError(RuntimeError):
    """A class that could not be measured; the message says in which cell it stopped, and why."""


class Kernel:
    """A kernel that a running Jupyter server starts, and the connection that a browser would have to it.

    Parameters
    ----------
    lab : LabServer
        Or whatever has its ``port``, ``api`` and ``may``.
    """

    def __init__(self, lab):
        import websocket  # the client that comes with jupyter-server

        self.session, address = uuid.uuid4().hex, f"{lab.api}/kernels"
        request = urllib.request.Request(f"http://{address}", data=b"{}", headers=lab.may, method="POST")
        with ask(request) as answer:
            name = json.load(answer)["id"]
        way = socket.create_connection(("127.0.0.1", lab.port))  # its own way would go by a proxy that the shell names
        url = f"ws://{address}/{name}/channels?session_id={self.session}"
        self.connection = websocket.create_connection(url, header=lab.may, socket=way)

    def close(self):
        """End the connection; the kernel ends with its server."""
        self.connection.close()

    def run(self, code, *, may_fail=False):
        """Run a cell, and wait until it is done.

        Raises
        ------
        ClassError
            If the cell raises an exception, or the kernel dies.
        """
        request = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "session": self.session}
        request |= {"username": "", "version": "5.3"}
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        content["stop_on_error"] = False  # or the kernel would throw away a cell that comes right after one that failed
        message = {"header": request, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        self.connection.send(json.dumps(message))
        cell = f"the cell that begins with {code.partition(chr(10))[0]!r}"
        while True:
            data = self.connection.recv()
            if not isinstance(data, str):
                continue  # pixels of a widget
            answer = json.loads(data)
            kind, content = answer["header"]["msg_type"], answer["content"]
            if kind == "status" and content["execution_state"] in ("restarting", "dead"):
                raise ClassError(f"the kernel died in {cell}; a system that runs out of memory ends processes")
            if kind == "execute_reply" and answer["parent_header"].get("msg_id") == request["msg_id"]:
                if content["status"] != "ok" and not may_fail:
                    raise ClassError(f"{content.get('ename')} in {cell}: {content.get('evalue')}")
                return


class Classroom:
    """Some students who run the same lesson at the same time, each with a server and a kernel.

    Parameters
    ----------
    notebook : pathlib.Path
        The lesson. It must be one that starts no processes: what these take is not counted.
    n_students : int
    on_cell : callable
        Called without arguments whenever a student's cell is done.
    """

    def __init__(self, notebook, n_students, *, on_cell=lambda: None):
        if type(n_students) is not int or n_students < 1:
            raise ValueError(f"n_students must be a whole number, at least 1, got {n_students!r}")
        if not ROLLUP.is_file():
            raise ClassError("the memory of a class is measured on Linux, which says what its processes share")
        self.cells = code_cells(notebook)
        self.notebook, self.n_students, self.on_cell = Path(notebook), n_students, on_cell
        self.servers, self.kernels, self.cpu_seconds = [], [], []
        self.seconds = {"server_seconds": [], "first_cell_seconds": [], "seconds": []}
        self.all_here = threading.Barrier(n_students)  # nobody begins before all servers are there
        self.all_done = threading.Barrier(n_students)  # and nobody leaves before all have finished

    def run(self):
        """Let all students run the lesson; what it took, as a dict.

        Seconds are those of the slowest student: until the servers answered, and from then on until the first cell and
        the last one were done. ``cpu_seconds`` are what all kernels computed, on all cores. Memory is in MB at its
        peak, of all servers and of all kernels: what each process has for itself and its part of what it shares
        (``pss``); only what it has for itself (``uss``); all it can see, so that what is shared counts many times
        (``rss``).
        """
        start = time.perf_counter()
        with ThreadPoolExecutor(self.n_students) as pool:
            students = [pool.submit(self._attend, start) for _ in range(self.n_students)]
            looks = [self._look()]
            while wait(students, timeout=SECONDS_BETWEEN_LOOKS).not_done:
                looks.append(self._look())
        reasons = [student.exception() for student in students if student.exception()]
        for reason in sorted(reasons, key=lambda reason: isinstance(reason, threading.BrokenBarrierError)):
            raise reason  # the others only heard of it
        memory = max(looks, key=lambda look: sum(part["pss"] for part in look.values()))
        seconds = {name: round(max(values), 1) for name, values in self.seconds.items()}
        cpu_seconds = {"cpu_seconds": round(sum(self.cpu_seconds), 1)}
        megabytes = {who: {kind: round(one / 1e6) for kind, one in part.items()} for who, part in memory.items()}
        return {"lesson": self.notebook.stem, "students": self.n_students} | seconds | cpu_seconds | megabytes

    def _attend(self, start):
        """What one student does."""
        import psutil

        try:
            with tempfile.TemporaryDirectory() as folder, serve_lab(Path(folder)) as lab:
                copy_lessons(self.notebook.parent, lab.root)
                ask(lab.address_of(self.notebook.name)).close()  # as a browser does
                self.servers.append(psutil.Process(lab.pid))
                self.seconds["server_seconds"].append(time.perf_counter() - start)
                self.all_here.wait()
                start = time.perf_counter()
                with closing(Kernel(lab)) as kernel:
                    processes = psutil.Process(lab.pid).children(recursive=True)
                    self.kernels.extend(processes)
                    for number, (code, may_fail) in enumerate(self.cells):
                        kernel.run(code, may_fail=may_fail)
                        self.on_cell()
                        if number == 0:
                            self.seconds["first_cell_seconds"].append(time.perf_counter() - start)
                    self.seconds["seconds"].append(time.perf_counter() - start)
                    times = [process.cpu_times() for process in processes]
                    self.cpu_seconds.append(sum(one.user + one.system for one in times))
                    self.all_done.wait()
        except BaseException:
            self.all_here.abort()
            self.all_done.abort()
            raise

    def _look(self):
        """The memory of all servers and of all kernels now, in bytes."""
        import psutil

        memory = {}
        for who, processes in {"servers": self.servers, "kernels": self.kernels}.items():
            memory[who] = dict.fromkeys(KINDS, 0)
            for process in list(processes):
                try:
                    full = process.memory_full_info()
                except psutil.Error:  # it has ended
                    continue
                for kind in KINDS:
                    memory[who][kind] += getattr(full, kind)
        return memory


def code_cells(notebook):
    """The code of each code cell of a notebook, and whether the lesson wants it to fail: a list of pairs."""
    cells = [cell for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "code"]
    if not cells:
        raise ValueError(f"{notebook} has no code cell")
    return [(cell.source, "raises-exception" in cell.metadata.get("tags", [])) for cell in cells]


def _memory_line(rows):
    """Gigabytes of the first student, and of each further one, with server and kernel, from the runs of one lesson."""
    few, many = (min(rows, key=lambda row: row["students"]), max(rows, key=lambda row: row["students"]))
    total = [sum(row[who]["pss"] for who in ("servers", "kernels")) / 1000 for row in (few, many)]
    more = many["students"] - few["students"]
    each = (total[1] - total[0]) / more if more else total[0] / few["students"]
    return total[0] - (few["students"] - 1) * each, each


def size_machine(result, lesson, *, students=STUDENTS, minutes=None):
    """The machine for a class whose students all run the same lesson at the same moment.

    Assumed is that

    - each has a server and a kernel of their own, and both live to the end of the lesson;
    - each further student takes as much memory as each one between the smallest and the largest class that was
      measured; if only one student was, nothing is shared, so that the figure is too large rather than too small;
    - the cores are as fast as those of the stored machine, all of them are busy with the class all the time, and
      computing is shared out evenly. What the system itself needs is not in the figures.

    Parameters
    ----------
    result : dict
        As `measure` stores it.
    lesson : str
        Such as ``"05_training"``.
    students : int
        At least 1.
    minutes : float, optional
        How long you want them to wait until all have run their cells; MINUTES has the default.

    Returns
    -------
    dict
        ``first_gb``, ``each_gb`` of a further student, and ``memory_gb`` of all together; ``cpu_seconds`` of one
        student, and ``cores``, an int.

    Raises
    ------
    ValueError
        If the lesson was not measured, or not even one student alone is as fast as that.
    """
    rows = [row for row in result["runs"] if row["lesson"] == lesson]
    if not rows:
        measured = ", ".join(sorted({row["lesson"] for row in result["runs"]}))
        raise ValueError(f"lesson {lesson!r} was not measured; there are {measured}")
    if students < 1:
        raise ValueError(f"students must be at least 1, got {students!r}")
    minutes = MINUTES[lesson] if minutes is None else minutes
    alone = min(row["seconds"] for row in rows)
    if 60 * minutes < alone:
        raise ValueError(f"one student alone takes {alone:.0f} s, so no machine does it in {minutes:g} minutes")
    first, each = _memory_line(rows)
    cpu_seconds = max(row["cpu_seconds"] / row["students"] for row in rows)
    size = {"first_gb": first, "each_gb": each, "memory_gb": first + (students - 1) * each}
    return size | {"cpu_seconds": cpu_seconds, "cores": math.ceil(students * cpu_seconds / (60 * minutes))}


def class_table(result):
    """The instructor's guide's tables of a stored result, in Markdown: what was measured, and what follows."""
    lines = [
        f"Measured with `{result['command']}` on {result['machine']}: a Jupyter server and a kernel for each student, "
        "all at the same moment. Seconds until the slowest student was ready; memory at its peak, with shared parts "
        "counted once.\n",
        "| lesson | students | servers answer | first cell | all cells | all servers | all kernels |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in result["runs"]:
        seconds = " | ".join(f"{row[name]:.0f} s" for name in ("server_seconds", "first_cell_seconds", "seconds"))
        memory = " | ".join(f"{row[who]['pss'] / 1000:.1f} GB" for who in ("servers", "kernels"))
        lines.append(f"| {row['lesson'][:2]} | {row['students']} | {seconds} | {memory} |")
    lines += [f"\n| {STUDENTS} students at once | memory | cores |", "|---|---|---|"]
    for lesson, minutes in MINUTES.items():
        size = size_machine(result, lesson)
        memory = f"{size['first_gb']:.2f} + {STUDENTS - 1} × {size['each_gb']:.2f} = {size['memory_gb']:.0f} GB"
        cores = f"{STUDENTS} × {size['cpu_seconds']:.0f} s of computing in {60 * minutes} s: {size['cores']}"
        lines.append(f"| lesson {lesson[:2]} in {minutes} min | {memory} | {cores} |")
    return "\n".join(lines)


def measure(runs=RUNS):
    """A class at work: start-up, time and memory of 1, 5 and 10 students in lesson 01, and of one who trains in 05."""
    result = new_result(measure.__doc__, "nox -s bench -- class") | {"runs": []}
    with tempfile.TemporaryDirectory() as folder, Progress() as progress:
        copies = {path.stem: path for path in copy_lessons(work=Path(folder))}
        for lesson, n_students in runs:
            n_cells = n_students * len(code_cells(copies[lesson]))
            task = progress.add_task(f"{lesson}, {n_students} at once", total=n_cells)
            room = Classroom(copies[lesson], n_students, on_cell=lambda task=task: progress.advance(task))
            result["runs"].append(room.run())
    write_json(RESULTS / "class.json", result)
    write_table(class_table(result), GUIDE, mark="class")
