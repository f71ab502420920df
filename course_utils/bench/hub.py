"""What a JupyterHub adds: how long a class waits that logs in at once, and the memory of hub, servers and kernels.

A table goes into the instructor's guide, between the lines <!-- hub --> and <!-- /hub -->; a test holds it to the
stored result.
"""

import json
import tempfile
import time
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.cookiejar import CookieJar
from importlib.metadata import version
from pathlib import Path

from rich.progress import Progress

from course_utils.bench.classroom import ROLLUP, ClassError, Kernel, code_cells
from course_utils.bench.store import new_result, write_json
from course_utils.publishing.hub.running import HubError, serve_hub
from course_utils.publishing.hub.student import FOLDER
from course_utils.publishing.lab_server import SECONDS_TO_START
from course_utils.publishing.tables import GUIDE, write_table
from course_utils.results import RESULTS

LESSON = "01_loading"
AT_A_TIME = 2  # students who run their cells; all of their kernels stay


class Student:
    """Someone who logs in to a hub, as a browser does: with its forms, redirections and cookies.

    Attributes
    ----------
    port, api, may
        Of the student's server, as a LabServer has them.
    work : pathlib.Path
        The folder with the copies, where the hub's spawner is ``simple``.
    """

    def __init__(self, hub, name):
        self.hub, self.name, self.port, self.jar = hub, name, hub.port, CookieJar()
        self.api, self.work = f"127.0.0.1:{hub.port}/user/{name}/api", hub.students / name / FOLDER
        cookies, direct = urllib.request.HTTPCookieProcessor(self.jar), urllib.request.ProxyHandler({})
        self._open = urllib.request.build_opener(direct, cookies).open

    @property
    def may(self):
        """The headers that let a program in where the student is in."""
        request = urllib.request.Request(f"http://{self.api}/")
        self.jar.add_cookie_header(request)
        return {"Cookie": request.get_header("Cookie", ""), "X-XSRFToken": self._xsrf(f"/user/{self.name}/")}

    def _xsrf(self, path):
        return next((cookie.value for cookie in self.jar if (cookie.name, cookie.path) == ("_xsrf", path)), "")

    def ask(self, path, data=None, *, method=None):
        """The hub's answer to a request, with the cookies that it has given; urllib's HTTPError if it refuses."""
        token = self._xsrf("/hub/" if path.startswith("/hub/") else f"/user/{self.name}/")
        request = urllib.request.Request(f"{self.hub.address}{path}", data, {"X-XSRFToken": token}, method=method)
        return self._open(request, timeout=SECONDS_TO_START)

    def log_in(self, password=None):
        """Fill in the form of the hub; HTTPError 403 if the password is wrong."""
        self.ask("/hub/login").close()
        form = {"_xsrf": self._xsrf("/hub/"), "username": self.name, "password": password or self.hub.password}
        self.ask("/hub/login", urllib.parse.urlencode(form).encode()).close()

    def open_lab(self):
        """Start the student's server, if it does not run, and open JupyterLab when the hub says that it is there.

        Raises
        ------
        HubError
            If the server does not start.
        """
        self.ask(f"/hub/spawn/{self.name}").close()
        with self.ask(f"/hub/api/users/{self.name}/server/progress") as events:
            told = [json.loads(line.removeprefix(b"data: ")) for line in events if line.startswith(b"data: ")]
        if not told[-1].get("ready"):
            raise HubError(f"the hub did not start a server for {self.name}: {told[-1].get('message')}")
        self.ask(f"/user/{self.name}/lab").close()


def memory_of(processes):
    """The memory of processes, in MB: what each has for itself and its part of what it shares (PSS)."""
    return round(sum(process.memory_full_info().pss for process in processes) / 1e6)


def attend(student, start):
    """Log in and open JupyterLab; seconds since the start when it is there."""
    student.log_in()
    student.open_lab()
    return time.perf_counter() - start


def run_lesson(student, lesson=LESSON, on_cell=lambda: None):
    """Run all code cells of the student's own copy of a lesson; return the kernel, which lives on."""
    kernel = Kernel(student)
    for code, may_fail in code_cells(student.work / f"{lesson}.ipynb"):
        kernel.run(code, may_fail=may_fail)
        on_cell()
    return kernel


def measure():
    """A JupyterHub with five students who log in at once and run lesson 01, two at a time: seconds and memory."""
    import psutil

    if not ROLLUP.is_file():
        raise ClassError("the memory of a hub is measured on Linux, which says what its processes share")
    result = new_result(measure.__doc__, "nox -s bench -- hub")
    with tempfile.TemporaryDirectory() as folder, serve_hub(Path(folder)) as hub, Progress() as progress:
        process = psutil.Process(hub.process.pid)
        of_hub, students = [process, *process.children(recursive=True)], [Student(hub, name) for name in hub.names]
        start = time.perf_counter()
        with ThreadPoolExecutor(len(students)) as pool:
            waited = list(pool.map(lambda student: attend(student, start), students))
        result["lab_seconds"] = sorted(round(seconds, 1) for seconds in waited)
        result["versions"]["jupyterhub"] = version("jupyterhub")
        servers = [child for child in process.children() if child not in of_hub]
        result["hub_mb"], result["servers_mb"] = memory_of(of_hub), memory_of(servers)
        task = progress.add_task(LESSON, total=len(students) * len(code_cells(students[0].work / f"{LESSON}.ipynb")))
        with ThreadPoolExecutor(AT_A_TIME) as pool, ExitStack() as stack:
            runs = pool.map(lambda student: run_lesson(student, on_cell=lambda: progress.advance(task)), students)
            for kernel in runs:
                stack.enter_context(closing(kernel))
            kernels = [kernel for server in servers for kernel in server.children(recursive=True)]
            result["servers_later_mb"], result["kernels_mb"] = memory_of(servers), memory_of(kernels)
    write_json(RESULTS / "hub.json", result)
    write_table(hub_table(result), GUIDE, mark="hub")


def hub_table(result):
    """The instructor's guide's table of a stored result, in Markdown."""
    first, *_, last = result["lab_seconds"]
    n_students = len(result["lab_seconds"])
    kernels = f"{n_students} kernels that have run lesson {LESSON[:2]}"
    return "\n".join(
        [
            f"Measured with `{result['command']}` on {result['machine']}, with JupyterHub "
            f"{result['versions']['jupyterhub']}; memory with shared parts counted once.\n",
            f"| {n_students} students at once | figure |",
            "|---|---|",
            f"| from the login to JupyterLab, the fastest and the slowest | {first:.0f} s and {last:.0f} s |",
            f"| memory of the hub and its proxy | {result['hub_mb'] / 1000:.1f} GB |",
            f"| memory of {n_students} servers, just started | {result['servers_mb'] / 1000:.1f} GB |",
            f"| memory of {n_students} servers and {kernels} "
            f"| {(result['servers_later_mb'] + result['kernels_mb']) / 1000:.1f} GB |",
        ]
    )
