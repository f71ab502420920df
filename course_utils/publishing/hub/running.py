"""A JupyterHub on this machine alone, to try out: everyone in it is the user who started it."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

from course_utils.publishing.lab_server import SECONDS_TO_START, ask

CONFIG = Path(__file__).with_name("jupyterhub_config.py")
NAMES = ("anna", "bert", "cleo", "dina", "emil")
PROXY = "configurable-http-proxy"
SECONDS_TO_END = 60  # each server ends its kernels first
# The hub's input is a pipe that nobody writes to: it ends when whoever started the hub does, in whatever way.
NOT_ALONE = """
import os, signal, sys, threading
end = lambda: (sys.stdin.read(), os.kill(os.getpid(), signal.SIGTERM))
threading.Thread(target=end, daemon=True).start()
"""


class HubError(RuntimeError):
    """A hub that could not be started; the message says why, and what to do."""


class Hub:
    """A running JupyterHub.

    Attributes
    ----------
    port : int
        On 127.0.0.1.
    names : tuple of str
        Of its students.
    students : pathlib.Path
        The folder with their homes.
    password : str
        Of all of them.
    process : subprocess.Popen
        The proxy and the students' servers are children of it.
    """

    def __init__(self, port, names, students, password, process):
        self.port, self.names, self.students = port, tuple(names), students
        self.password, self.process = password, process
        self.address = f"http://127.0.0.1:{port}"


def find_proxy():
    """The program of JupyterHub's proxy, which `nox -s hub` puts beside Python.

    Raises
    ------
    HubError
        If it, or JupyterHub, is missing, or the system is Windows.
    """
    if sys.platform == "win32":
        raise HubError("JupyterHub runs on Linux and macOS; on Windows, use the Windows Subsystem for Linux")
    found = shutil.which(PROXY, path=str(Path(sys.executable).parent)) or shutil.which(PROXY)
    if missing := [name for name, there in {"jupyterhub": find_spec("jupyterhub"), PROXY: found}.items() if not there]:
        raise HubError(f"{' and '.join(missing)} must be installed: `nox -s hub` does that")
    return found


def write_config(folder, settings):
    """Write the configuration of a hub: the course's, and then settings such as ``{"JupyterHub.port": 8000}``."""
    path, is_root = folder / "jupyterhub_config.py", os.geteuid() == 0  # as in a container; the servers ask
    lines = [f"load_subconfig({str(CONFIG)!r})", *['c.Spawner.args += ["--allow-root"]'] * is_root]
    lines += [f"c.{name} = {value!r}" for name, value in settings.items()]
    path.touch(mode=0o600)  # it has the password
    path.write_text("\n".join(lines) + NOT_ALONE, encoding="utf-8")
    return path


def find_ports(port):
    """A port for browsers, as asked for (0: any), and two more that are free.

    Raises
    ------
    HubError
        If the port is taken.
    """
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(3)]
        for probe, wanted in zip(probes, (port, 0, 0), strict=True):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", wanted))
            except OverflowError as error:
                raise HubError(f"expected a port from 1 to 65535, got {wanted}: choose another with --port") from error
            except OSError as error:
                raise HubError(f"port {wanted} is not free ({error.strerror}): choose another with --port") from error
        return [probe.getsockname()[1] for probe in probes]


@contextmanager
def hold(folder):
    """Keep a folder for one hub: a second one would take over its database, and end its students' servers.

    Yields
    ------
    int
        What a program inherits that keeps the folder, too, for as long as it runs.

    Raises
    ------
    HubError
        If a hub runs there.
    """
    import fcntl  # not on Windows, which has no JupyterHub either

    with open(folder / "running", "w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            message = f"a hub is running in {folder}: end it first, or choose another folder with --folder"
            raise HubError(message) from error
        yield file.fileno()


@contextmanager
def serve_hub(folder, *, names=NAMES, port=0, settings=None, within=()):
    """Start a JupyterHub; it ends, with its proxy and all students' servers, when the block does.

    Parameters
    ----------
    folder : pathlib.Path
        For all that it keeps: its configuration, its log, its database, and the students' homes.
    names : iterable of str
        Who may log in; nobody else, even if they could in an earlier hub of this folder.
    port : int
        Where browsers find it, on this machine; 0 for any that is free.
    settings : dict, optional
        Of JupyterHub, such as ``{"Spawner.start_timeout": 60}``; they come last, and count.
    within : sequence of str
        A command that starts another, as ``("nice",)``; it must become that other.

    Yields
    ------
    Hub

    Raises
    ------
    HubError
        If it cannot be started, or one is running in this folder.
    """
    if bad := [name for name in names if not name.strip() or "/" in name]:
        raise HubError(f"expected students' names without a slash, got {', '.join(map(repr, bad))}")
    proxy, students, password = find_proxy(), folder / "students", secrets.token_urlsafe(9)
    port, of_hub, of_proxy = find_ports(port)
    students.mkdir(parents=True, exist_ok=True)
    trial = {
        "JupyterHub.bind_url": f"http://127.0.0.1:{port}",
        "JupyterHub.hub_bind_url": f"http://127.0.0.1:{of_hub}",
        "ConfigurableHTTPProxy.api_url": f"http://127.0.0.1:{of_proxy}",
        "ConfigurableHTTPProxy.command": [proxy],
        "JupyterHub.authenticator_class": "shared-password",
        "SharedPasswordAuthenticator.user_password": password,
        "Authenticator.allowed_users": set(names),
        "Authenticator.allow_existing_users": False,
        "JupyterHub.spawner_class": "simple",
        "SimpleLocalProcessSpawner.home_dir_template": f"{students}/{{username}}",
    }
    log = folder / "log.txt"
    with hold(folder) as held, open(log, "w", encoding="utf-8") as lines:
        config = write_config(folder, trial | (settings or {}))
        process = subprocess.Popen(
            [*within, sys.executable, "-P", "-m", "jupyterhub", "--config", str(config)],
            cwd=folder,
            stdout=lines,
            stderr=lines,
            stdin=subprocess.PIPE,
            pass_fds=(held,),  # if whoever started it is killed, the folder is kept until the hub has ended
            start_new_session=True,  # Ctrl-C is for who started it, and ends it in order
        )
        try:
            hub = Hub(port, names, students, password, process)
            _wait_until_it_answers(hub, log)
            yield hub
        finally:
            process.terminate()
            try:
                process.wait(SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdin.close()


def _wait_until_it_answers(hub, log):
    for _ in range(4 * SECONDS_TO_START):
        try:
            ask(f"{hub.address}/hub/api/", timeout=5).close()
            return
        except OSError:
            if hub.process.poll() is not None:
                break
            time.sleep(0.25)
    raise HubError(f"JupyterHub did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")
