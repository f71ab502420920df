"""Start the processes in which answers run, with as few rights as the system lets us take from them, and end them.

With bubblewrap (`bwrap`, Debian's package of that name), an answer sees the system and the course read-only, no
network, no other process, an empty home, and neither the checks, the solutions nor what others have handed in. Without
it, it runs with limits on time, memory, processes and files only, as the user who grades; root's processes become a
user that owns nothing. What holds is tried once, not assumed, and said in one line.
"""

import contextlib
import functools
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
from dataclasses import dataclass, replace
from pathlib import Path

from course_utils.publishing.grading import wire

PACKAGE = Path(__file__).parents[2]
MEMORY, MEMORY_FOR_KERAS = 2 * 2**30, 5 * 2**30  # for PyTorch, as for Keras
TASKS = 128  # processes and threads of an answer
STARTING = 900.0  # seconds for a process to come up on a busy machine
WARM = ("numpy", "matplotlib.pyplot", "course_utils.data")
WARM_FOR_KERAS = ("course_utils._tensorflow", "keras", "tensorflow", *WARM)
WARM_FOR_TORCH = ("torch", *WARM)
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts")
START = """import json, os, sys, tempfile
sys.path[:] = json.loads(sys.argv[1])
options = json.loads(sys.argv[2])
if sys.platform == "linux":
    import ctypes
    libc = ctypes.CDLL(None)
    if not options["apart"]:  # a network of its own, with nothing in it, where the system lets us
        libc.unshare(0x40000000 if os.geteuid() == 0 else 0x50000000)  # CLONE_NEWNET, and CLONE_NEWUSER
if options["user"]:  # for good
    if options["reads"]:
        libc.prctl(8, 1, 0, 0, 0)  # PR_SET_KEEPCAPS
    os.setgroups([])
    os.setresgid(*[options["user"]] * 3)
    os.setresuid(*[options["user"]] * 3)
    if options["reads"]:  # of all rights of root, CAP_DAC_READ_SEARCH
        libc.capset((ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(4, 4))
home = tempfile.tempdir = options["home"]
os.makedirs(home, exist_ok=True)
os.chdir(home)
os.environ.update(dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "MPLCONFIGDIR"), home))
from course_utils.publishing.grading import runner
runner.main(options)"""


_numbers = itertools.count()


@dataclass(frozen=True)
class Way:
    """One way to start an answer's process."""

    words: str  # what it keeps from an answer, for the person who grades
    bwrap: bool = False
    namespace: bool = True  # bubblewrap makes a user namespace; root needs none
    drop: bool = False  # root's process becomes a user of its own
    reads: bool = False  # who may read what root may, as Python itself may lie where no one else can
    fork: bool = sys.platform == "linux"  # elsewhere nothing tells whether a library has started threads


def paths():
    """Where modules are found, as absolute paths of what is there."""
    return list(dict.fromkeys(str(Path(path).absolute()) for path in (p or os.curdir for p in sys.path)))


def needed_folders():
    """What has to be seen of the file system to run Python with the packages that the course uses."""
    found = [sys.prefix, sys.base_prefix, sys.exec_prefix, *map(sysconfig.get_path, ("stdlib", "purelib", "platlib"))]
    found += [path for path in paths() if Path(path).name in ("site-packages", "dist-packages")]
    found.append(str(Path(sys.executable).resolve().parent.parent))
    return [Path(folder) for folder in dict.fromkeys(found) if Path(folder).is_dir()]


def hidden_files():
    """What an answer has no business with: the checks and the solutions."""
    checks = PACKAGE / "exercises"
    files = [file for file in sorted(checks.glob("*.py")) if "\nLESSON = " in file.read_text(encoding="utf-8")]
    return files, [folder for folder in (checks / "__pycache__", PACKAGE / "lessons") if folder.is_dir()]


def bwrap_command(way, *, checks):
    """The start of a command that runs the rest of it in bubblewrap; with the checks in view or not."""
    command = [shutil.which("bwrap"), "--die-with-parent", "--unshare-ipc", "--unshare-pid", "--unshare-net"]
    command += ["--unshare-uts", "--unshare-cgroup-try", "--new-session"]
    if way.namespace:
        command += ["--unshare-user", "--cap-drop", "ALL"]
    else:
        command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    command += ["--dev", "/dev"]
    for folder in ("/dev/shm", "/tmp"):  # before the course, which may lie below /tmp
        command += ["--perms", "1777", "--size", str(2**28), "--tmpfs", folder]
    seen = []
    for folder in [*map(Path, SYSTEM), *needed_folders(), PACKAGE]:
        if folder.exists() and not any(folder.is_relative_to(one) for one in seen):
            for parent in reversed(folder.parents[:-1]):  # bubblewrap would make them for its own user only
                command += ["--perms", "0755", "--dir", str(parent)]
            command += ["--ro-bind", str(folder), str(folder)]
            seen.append(folder)
    files, folders = ([], []) if checks else hidden_files()
    for file in files:
        command += ["--ro-bind", os.devnull, str(file)]
    for folder in folders:
        command += ["--tmpfs", str(folder), "--remount-ro", str(folder)]
    command += ["--ro-bind-try", "/sys/devices/system/cpu", "/sys/devices/system/cpu", "--proc", "/proc"]
    return [*command, "--chdir", "/tmp", "--"]


def environment():
    """The variables of an answer's process: nothing of those of the person who grades."""
    kept = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "SYSTEMDRIVE")
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
    threads += ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        **dict.fromkeys(threads, "1"),
        **{"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"},
        **{"MPLBACKEND": "agg", "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"},
        "CUDA_VISIBLE_DEVICES": "",
    }


def count_tasks():
    """How many processes and threads the user has who grades, since the system's limit counts them too."""
    if not hasattr(os, "getuid"):
        return 0
    n_tasks = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError, ValueError, StopIteration):
            lines = dict(line.partition(":")[::2] for line in status.read_text().splitlines())
            n_tasks += int(lines["Threads"]) * (int(lines["Uid"].split()[0]) == os.getuid())
    return n_tasks


def start(way, *, warm, memory, fork, checks=False):
    """Start the runner; return the process and, where it forks, the socket by which it is told to."""
    own_uid = 100_000 + 16 * os.getpid() + next(_numbers) % 16 if way.drop else 0  # nobody else's
    home = "/tmp/home" if way.bwrap else tempfile.mkdtemp(prefix="cnn-grade-")
    if way.drop and not way.bwrap:
        os.chown(home, own_uid, own_uid)
    counted = Path("/proc").is_dir() and not way.drop
    options = {
        "user": own_uid,
        "reads": way.reads,
        "apart": way.bwrap,
        "home": home,
        "warm": warm,
        "fork": fork,
        "checks": checks,
        "memory": memory,
        "tasks": TASKS if way.drop else count_tasks() + TASKS if counted else None,
        "alone": way.bwrap or way.drop,
        "writable": ["/tmp", "/dev/shm"] if way.bwrap else [],
    }
    command = bwrap_command(way, checks=checks) if way.bwrap else []
    command += [sys.executable, "-E", "-s", "-c", START, json.dumps(paths()), json.dumps(options)]
    how = {"env": environment(), "stderr": subprocess.DEVNULL}
    if os.name != "nt":
        how["start_new_session"] = True
    if not fork:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **how), None
    ours, theirs = socket.socketpair()
    with theirs:
        return subprocess.Popen(command, stdin=theirs, stdout=subprocess.DEVNULL, **how), ours


def kill(process):
    """End a process and, as far as the system tells which they are, those that it started."""
    if os.name == "nt":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True)
    else:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


class Channel:
    """The way to one answer's process: questions there, replies back."""

    def __init__(self, read, write, cut):
        self.reader, self.writer, self.cut, self.timed_out = read, write, cut, False

    def ask(self, message, seconds):
        """Send a message and read the reply; wire.Closed if none comes within this time."""
        timer = threading.Timer(seconds, self._give_up)
        timer.daemon = True
        timer.start()
        try:
            wire.send(self.writer, message)
            return wire.read(self.reader)
        finally:
            timer.cancel()

    def _give_up(self):
        self.timed_out = True
        self.cut()

    def close(self):
        for file in (self.reader, self.writer):
            with contextlib.suppress(OSError, ValueError):
                file.close()


class Warm:
    """A warm process that forks for each answer."""

    def __init__(self, way, *, warm=WARM, memory=MEMORY, checks=False):
        self.process, self.control = start(way, warm=warm, memory=memory, fork=True, checks=checks)
        self.lines, self.socket = self.control.makefile("rb"), None
        self.n_threads = self._hear(STARTING).get("threads")

    def _hear(self, seconds):
        timer = threading.Timer(seconds, self.process.kill)
        timer.daemon = True
        timer.start()
        try:
            return json.loads(self.lines.readline() or "{}")
        except (OSError, ValueError):
            return {}
        finally:
            timer.cancel()

    def open(self):
        """A channel to a new process, forked for one answer."""
        self.socket, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self.control, [b"n"], [theirs.fileno()])
        cut = functools.partial(self.socket.shutdown, socket.SHUT_RDWR)
        return Channel(self.socket.makefile("rb"), self.socket.makefile("wb"), cut)

    def end(self, channel, *, wait):
        """End the answer's process, after a moment if it is about to end by itself; how it ended."""
        channel.close()
        self.socket.close()
        try:
            self.control.sendall(b"w" if wait else b"e")
        except OSError:
            return {}
        return self._hear(60.0)

    def is_well(self):
        return self.process.poll() is None and self.n_threads == 1

    def close(self):
        self.control.close()
        self.lines.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)  # it tidies up
        kill(self.process)


class Fresh:
    """Starts a process for each answer, where the system cannot fork or a library has started threads."""

    n_threads = 1

    def __init__(self, way, *, warm=(), memory=MEMORY, checks=False):
        self.how = functools.partial(start, way, warm=warm, memory=memory, fork=False, checks=checks)
        self.process = None

    def open(self):
        self.process, _ = self.how()
        return Channel(self.process.stdout, self.process.stdin, functools.partial(kill, self.process))

    def end(self, channel, *, wait):
        try:
            self.process.wait(1.0 if wait else 0.01)
            killed = False
        except subprocess.TimeoutExpired:
            killed = True
        status = self.process.poll()
        kill(self.process)
        channel.close()
        if status is None or killed:
            return {"killed": True, "clean": True}
        return {"signal": -status} if status < 0 else {"status": status, "killed": False, "clean": True}

    def is_well(self):
        return True

    def close(self):
        if self.process is not None:
            kill(self.process)


ALONE = "the system read-only, nothing to see of the students' folder, the checks, the solutions"
LIMITED = "limits of time, memory, processes and files"
TRY = """import colorsys, numpy, pathlib, sys
interfaces = pathlib.Path("/proc/net/dev")
try_out = numpy.ones(2).sum() == 2 and (len(interfaces.read_text().split("\\n")) > 4 if interfaces.exists() else 1)"""


def ways():
    """The ways that this system may offer, the one that keeps most from an answer first."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if os.name != "nt" and shutil.which("bwrap"):
        if is_root:
            yield Way(f"in bubblewrap, as users that own nothing: {ALONE}", bwrap=True, namespace=False, drop=True)
        yield Way(f"in bubblewrap: {ALONE}", bwrap=True)
    if is_root:
        yield Way(f"without bubblewrap, as users that own nothing, with {LIMITED}", drop=True)
        words = f"without bubblewrap, as users that may read every file and change none, with {LIMITED}"
        yield Way(words, drop=True, reads=True)
    yield Way("with your rights and a limit of time" if os.name == "nt" else f"with your rights, with {LIMITED}")


def tried(way):
    """A way with words that say whether there is a network; None if no answer runs that way.

    What the answer imports here is imported by nothing else, so it has to be found.
    """
    try:
        host = (Warm if way.fork else Fresh)(way, warm=("numpy",))
    except (OSError, subprocess.SubprocessError):
        return None
    try:
        part = {"file": "<try>", "source": TRY, "statements": None, "binding": [], "lesson": False}
        channel = host.open()
        message = {"do": "load", "name": "try_out", "imports": [], "parts": [part], "seconds": 60.0}
        reply = channel.ask(message, STARTING)
        host.end(channel, wait=False)
    except (wire.Closed, OSError):
        return None
    finally:
        host.close()
    if "value" not in reply:
        return None
    return replace(way, words=f"{way.words}; with {'your' if wire.decode(reply['value']) else 'no'} network")


@functools.cache
def find_way():
    """The best way that works here; each is tried."""
    found = next(filter(None, map(tried, ways())), None)
    return found or Way("with your rights and a limit of time", fork=False)
