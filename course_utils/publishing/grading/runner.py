"""The process in which an answer runs: it has no checks in it, so nothing that an answer does here can reach them.

It is told what to execute and what to call, and sends back what came out (wire.py). Where the system can fork, one such
process is kept warm and forks for each answer: what the answers need is imported once. A fork copies one thread only,
so this process never has a second one; where a library has started one, it says so and is not used.
"""

import ast
import contextlib
import ctypes
import functools
import importlib
import importlib.util
import inspect
import json
import linecache
import math
import os
import random
import select
import shutil
import signal
import sys
import tempfile
import time
import types
from pathlib import Path

import numpy as np

from course_utils.exercises import blocks, calling, modules, stacks
from course_utils.publishing.grading import wire

try:
    import resource
except ImportError:  # Windows
    resource = None

HARD = 900  # seconds of computing that nothing raises
DEATH_SIGNAL, DUMPABLE, REAPER = 1, 4, 36  # of Linux, prctl(2)
TOO_MANY = 64  # processes of an answer, where the system does not limit them for us
MAIN = "__main__"
# What calls an answer that gets something of Keras's, or of PyTorch's.
THROUGH = {"blocks": blocks.run, "stacks": stacks.run, "modules": modules.run}


class Inert:
    """Stands for the lesson's `exercise`: whatever is asked of it, nothing happens."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *arguments, **options):
        return None


# ---- an answer


class Answer:
    """Executes what belongs to an answer, then calls it as often as it is asked to."""

    def __init__(self):
        module = types.ModuleType(MAIN)
        self.namespace, self.value = module.__dict__, None
        silent = Inert()
        self.namespace.update(exercise=silent, get_ipython=silent, display=silent)
        self.module = module

    def reply(self, message):
        """What to send back to a message; what goes wrong in the answer is a part of it."""
        try:
            if message["do"] == "load":
                return self.load(message)
            return self.call(message)
        except calling.Wrong as wrong:
            return {"kind": wrong.raised, "look": wrong.look, "details": wrong.details}
        except Exception as error:  # it has changed what this process needs
            return {"kind": type(error).__name__, "look": f"It raised {type(error).__name__}.", "details": {}}

    def load(self, message):
        """Execute the parts of a program in order, and tell what the exercise's name stands for then."""
        sys.modules[MAIN] = self.module
        name = message["name"]

        def execute():
            for module in message["imports"]:
                with contextlib.suppress(Exception):
                    importlib.import_module(module)
            self.execute(message["parts"], name)
            self.value = self.namespace[name]
            return self.describe()

        execute.__name__ = name
        limit_computing(message["seconds"])
        return calling.call(execute, (), seconds=message["seconds"], keep=dict).result

    def execute(self, parts, name):
        """Execute statements in order.

        As in a notebook, a cell ends where it raises something, so that its name stays unbound. But what is missing
        only because other cells were not executed ends nothing that does without it, and nothing after the name is
        bound matters.
        """
        first = None
        for part in parts:
            file, source, binding = part["file"], part["source"], part["binding"]
            linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
            try:
                tree = ast.parse(source, file)
            except MemoryError:  # so Python's parser says it
                raise SyntaxError("it is nested too deeply") from None
            chosen = part["statements"]
            for number in range(len(tree.body)) if chosen is None else chosen:
                statement = tree.body[number]
                try:
                    exec(compile(ast.Module([statement], []), file, "exec", dont_inherit=True), self.namespace)
                except MemoryError:
                    raise
                except (Exception, SystemExit) as error:
                    is_missing = isinstance(error, (NameError, ImportError))
                    if number in binding or (not is_missing and number < max(binding, default=0)):
                        raise (first if is_missing and first else error) from None
                    if not part["lesson"] and not isinstance(statement, (ast.Expr, ast.Assert)):
                        first = first or error
        if name not in self.namespace:
            raise first or NameError(f"name '{name}' is not defined")

    def describe(self):
        """What the judge has to know of the answer: the value itself, or how it can be called."""
        value = wire.encode(self.value)
        if not callable(self.value) or (isinstance(value, dict) and value["is"] == "network"):
            return {"value": value}
        try:
            parameters = inspect.signature(self.value).parameters.values()
            told = [[one.name, int(one.kind), one.default is not one.empty] for one in parameters]
        except (TypeError, ValueError):
            told = None
        return {"signature": told, "is_function": inspect.isfunction(self.value)}

    def call(self, message):
        """Call the answer with arguments; calling.call limits its time and says what it raised."""
        seconds = calling.SECONDS if message["seconds"] is None else message["seconds"]

        value = functools.partial(THROUGH[message["through"]], self.value) if message["through"] else self.value

        @functools.wraps(self.value, assigned=("__name__",), updated=())
        def function(*arguments):
            return wire.encode(value(*arguments))

        limit_computing(seconds)
        arguments = wire.decode(message["arguments"])
        options = {"words": message["words"], "scattered": message["scattered"], "keep": object}
        called = calling.call(function, arguments, seconds=seconds, **options)
        told = {"result": called.result, "printed": called.printed.getvalue(), "seconds": called.seconds}
        return {**told, "copies": wire.encode(tuple(called.arguments))}


def serve(read, write, reply=None):
    """Answer messages until there are no more."""
    reply = reply or Answer().reply
    while True:
        try:
            message = wire.read(read)
        except wire.Closed:
            return
        wire.send(write, reply(message))


# ---- limits


def prctl(option, value):
    """Ask something of Linux; elsewhere nothing happens."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def limit_computing(seconds):
    """End this process if it computes for much longer than this from now on, whatever it is doing."""
    if resource is not None:
        soft = min(math.ceil(time.process_time() + 1.2 * seconds + 1), HARD)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_CPU, (soft, HARD))


def limit(options):
    """Limit memory, processes, files and what is left behind. A limit that the system has not is left out."""
    if resource is None:
        return
    memory = options["memory"]
    wanted = {
        "RLIMIT_DATA": memory,
        "RLIMIT_AS": 4 * memory,
        "RLIMIT_NPROC": options["tasks"],
        "RLIMIT_NOFILE": 256,
        "RLIMIT_FSIZE": 2**26,
        "RLIMIT_CORE": 0,
    }
    for name, most in wanted.items():
        number = getattr(resource, name, None)
        if number is not None and most is not None:
            hard = resource.getrlimit(number)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(number, (most, most))


def make_repeatable():
    """Start every generator of random numbers from the same seed, even one that asks the system for one."""
    random.seed(0)
    np.random.seed(0)
    seeds = random.Random(0)
    with contextlib.suppress(Exception):
        np.random.bit_generator.randbits = seeds.getrandbits


def hush():
    """Let go of what is printed past Python, and read nothing."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    os.close(nowhere)


# ---- the warm process


def count_threads():
    """How many threads this process has."""
    return len(os.listdir("/proc/self/task"))


def children():
    """All processes that descend from this one, as Linux tells it: {id: id of its parent}."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
    found, last = {os.getpid()}, 0
    while len(found) > last:
        last = len(found)
        found |= {one for one, parent in parents.items() if parent in found}
    return found - {os.getpid()}


def end_all(found):
    """End processes and all that descends from this one: first stopped, so that none forks meanwhile."""
    stopped = set()
    while found - stopped:
        for one in found - stopped:
            with contextlib.suppress(OSError):
                os.kill(one, signal.SIGSTOP)
        stopped |= found
        found = children()
    for one in stopped:
        with contextlib.suppress(OSError):
            os.kill(one, signal.SIGKILL)


class Warm:
    """Forks for each answer, and ends all that an answer has started before the next one begins."""

    def __init__(self, control, options, reply):
        self.control, self.options, self.reply, self.pid = control, options, reply, None
        self.base = Path(options["home"])
        self.places = [place for place in map(Path, [self.base, *options["writable"]]) if place.is_dir()]
        self.kept = {path for place in self.places for path in place.iterdir()}

    def run(self):
        import socket

        prctl(REAPER, 1)
        prctl(DUMPABLE, 0)  # nobody with the same rights may look into this process
        self.say(threads=count_threads())
        while True:
            while self.pid and not self.options["alone"] and not select.select([self.control], [], [], 0.1)[0]:
                self.watch()
            data, handles, _, _ = socket.recv_fds(self.control, 1, 1)
            if not data:
                self.end(0)
                return
            if data == b"n":
                self.start(handles[0])
            else:
                self.say(**self.end(1.0 if data == b"w" else 0.0))

    def say(self, **message):
        self.control.sendall(json.dumps(message).encode() + b"\n")

    def watch(self):
        """End an answer that starts more and more processes, where no limit of the system does."""
        if len(found := children()) > TOO_MANY:
            self.n_tasks = len(found)
            end_all(found)

    def start(self, handle):
        self.n_tasks, self.folder = 0, self.base / "answer"
        self.folder.mkdir(exist_ok=True)
        self.pid = os.fork()
        if self.pid:
            os.close(handle)
            return
        try:
            prctl(DEATH_SIGNAL, signal.SIGKILL)
            os.setsid()
            self.control.close()
            hush()
            os.chdir(self.folder)
            os.environ["HOME"] = os.environ["TMPDIR"] = tempfile.tempdir = str(self.folder)
            limit(self.options)
            make_repeatable()
            serve(os.fdopen(os.dup(handle), "rb"), os.fdopen(handle, "wb"), self.reply)
        finally:
            os._exit(0)

    def end(self, patience):
        """End the answer's process, if need be after a moment, and whatever descends from it."""
        if self.pid is None:
            return {}
        pid, self.pid = self.pid, None
        end, killed = time.monotonic() + patience, False
        while not (ended := os.wait4(pid, os.WNOHANG))[0]:
            if not killed and time.monotonic() >= end:
                killed = True
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.002)
        self.end_others(pid)
        status, usage = ended[1], ended[2]
        told = {"signal": os.WTERMSIG(status)} if os.WIFSIGNALED(status) else {"status": os.WEXITSTATUS(status)}
        rss = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        told["too_many"] = self.n_tasks
        return {**told, "killed": killed, "cpu": usage.ru_utime + usage.ru_stime, "rss": rss, "clean": self.clean()}

    def end_others(self, pid):
        if self.options["alone"]:  # nobody else has these rights here
            with contextlib.suppress(OSError):
                os.kill(-1, signal.SIGKILL)
        else:
            with contextlib.suppress(OSError):
                os.killpg(pid, signal.SIGKILL)
            end_all(children())
        with contextlib.suppress(ChildProcessError):
            while True:
                os.waitpid(-1, 0)

    def clean(self):
        """Remove what the answer has written where it could; whether nothing is left."""
        left = []
        for place in self.places:
            for path in set(place.iterdir()) - self.kept:
                with contextlib.suppress(Exception):
                    path.chmod(0o700)
                    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
                left += [path] * os.path.lexists(path)
        return not left


def main(options):
    """Serve as sandbox.py asks, which has started this process."""
    for module in options["warm"]:
        importlib.import_module(module)
    reply = None
    if options["checks"]:
        networks = importlib.import_module(f"{__package__}.networks")
        networks.warm_up()
        reply = networks.reply
    try:
        if options["fork"]:
            import socket

            control = socket.socket(fileno=os.dup(0))
            hush()
            Warm(control, options, reply).run()
        else:
            read, write = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
            prctl(DEATH_SIGNAL, signal.SIGKILL)
            hush()
            limit(options)
            make_repeatable()
            serve(read, write, reply)
    finally:
        os.chdir(os.path.sep)
        shutil.rmtree(options["home"], ignore_errors=True)
