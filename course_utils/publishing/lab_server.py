"""A JupyterLab of its own for a browser that is driven by a program: on this machine only, with settings that pass."""

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

SECONDS_TO_START = 300  # on a busy machine
# All cells in the page, not only those in view. (No news, no updates: lab_settings.json, which is installed.)
SETTINGS = {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"}}
ask = urllib.request.build_opener(urllib.request.ProxyHandler({})).open  # a proxy does not know this machine's servers


class LabServer:
    """A running JupyterLab: where it is, and where the notebooks lie that it shows.

    Attributes
    ----------
    root : pathlib.Path
    port : int
        On 127.0.0.1.
    token : str
        What it asks from whoever may use it.
    pid : int
        Of its process; its kernels are children of that.
    api : str
        Where programs ask it, without ``http://``.
    may : dict
        The headers that let them.
    """

    def __init__(self, root, port, token, pid):
        self.root, self.port, self.token, self.pid = root, port, token, pid
        self.api, self.may = f"127.0.0.1:{port}/api", {"Authorization": f"token {token}"}

    def address_of(self, notebook=""):
        """The address that opens a notebook, named relative to the root, and nothing else."""
        tree = f"/tree/{notebook}" if notebook else ""
        return f"http://127.0.0.1:{self.port}/lab{tree}?reset&token={self.token}"


def _wait_until_it_answers(server, port, log):
    for _ in range(4 * SECONDS_TO_START):
        try:
            ask(f"http://127.0.0.1:{port}/api", timeout=5).close()
            return
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.25)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")


@contextmanager
def serve_lab(root, *, settings=SETTINGS):
    """Start a JupyterLab for a folder; it ends, with its kernels, when the block does.

    Its settings, the marks of exercises and whatever else it writes down lie in a temporary folder: nobody's
    JupyterLab changes by it.

    Parameters
    ----------
    root : pathlib.Path
        The folder with the notebooks.
    settings : dict
        For each plugin of JupyterLab, what is set otherwise than by default.

    Yields
    ------
    LabServer
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home, socket.socket() as probe:
        home, token = Path(home), secrets.token_hex(16)
        for plugin, values in settings.items():
            package, name = plugin.split(":")
            file = home / "settings" / package / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values), encoding="utf-8")
        folders = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "RUNTIME")}
        folders |= {f"JUPYTERLAB_{name}_DIR": str(home / name.lower()) for name in ("SETTINGS", "WORKSPACES")}
        folders["CNN_COURSE_PROGRESS"] = str(home / "marks.json")
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        options = [f"--ServerApp.root_dir={root}", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"]
        options += ["--ServerApp.port_retries=0", f"--IdentityProvider.token={token}", "--no-browser", "--allow-root"]
        options += ["--LabApp.expose_app_in_browser=True"]  # as window.jupyterapp
        log = home / "log.txt"
        with open(log, "w", encoding="utf-8") as lines:
            server = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", *options],
                env=os.environ | folders,
                stdout=lines,
                stderr=lines,
                stdin=subprocess.DEVNULL,
                cwd=home,
            )
            try:
                _wait_until_it_answers(server, port, log)
                yield LabServer(Path(root), port, token, server.pid)
            finally:
                server.terminate()  # it ends its kernels first
                try:
                    server.wait(10)  # by then its kernels are gone, and a thread of its own may keep it for ever
                except subprocess.TimeoutExpired:
                    server.kill()
                    server.wait()
