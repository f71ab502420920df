"""Judge answers: the checks are here, and each answer in a process of its own, of which this one only sees the replies.

A check gets a proxy in place of the student's function; calling.call hands each call to it (`call_elsewhere`).
"""

import ast
import contextlib
import functools
import inspect
import os
import re
import signal
import tempfile
import threading

from course_utils.exercises import calling, engine, modules, networks
from course_utils.publishing.grading import answers, sandbox, wire
from course_utils.publishing.grading.networks import SECONDS as NETWORK_SECONDS
from course_utils.publishing.grading.networks import is_of_keras

STATUSES = ("right", "wrong", "error", "out of time or memory", "not attempted", "missing", "unreadable")
OUT = STATUSES[3]
PREPARE, PREPARE_KERAS = 10.0, 60.0  # seconds of computing in which the answer's cell must have run; with a library
PATIENCE = 10  # a clock gets this many times the seconds of computing, and as many more
TIME = "It took too long and was stopped. Does a loop never end, or does the function call itself forever?"
MEMORY = "It took more memory than there is for an answer, and was stopped."
FOLDER = re.compile(rf"(?:{re.escape(tempfile.gettempdir())}[\\/]cnn-grade-\w+|/tmp/home)[\\/](?:answer[\\/]?)?")
MOST = 20_000  # characters of a text in a record


class Fault(Exception):  # noqa: N818 - not an error of ours
    """What ended an answer, or what it raised: a status and a sentence."""

    def __init__(self, status, sentence, details=()):
        super().__init__(sentence)
        self.status, self.sentence, self.details = status, sentence, dict(details)


# ---- the processes of answers

_here = threading.local()  # a worker of Dask may have several threads


def _host(kind):
    """The process of this thread in which answers of a kind run, started when it is needed first."""
    if not hasattr(_here, "hosts"):
        _here.hosts = {}
    host = _here.hosts.get(kind)
    if host is not None and not host.is_well():
        _drop(kind)
        host = None
    if host is None:
        way = sandbox.find_way()
        how = {"memory": sandbox.MEMORY} if kind == "plain" else {"memory": sandbox.MEMORY_FOR_KERAS}
        if kind == "networks":
            how["checks"] = True
        if way.fork:
            warm = {"plain": sandbox.WARM, "torch": sandbox.WARM_FOR_TORCH}.get(kind, sandbox.WARM_FOR_KERAS)
            host = sandbox.Warm(way, warm=warm, **how)
        if host is None or not host.is_well():  # it has threads, and a fork could wait for one of them forever
            if host is not None:
                host.close()
            host = sandbox.Fresh(way, **how)
        _here.hosts[kind] = host
    return host


def _drop(kind):
    _here.hosts.pop(kind).close()


def close():
    """End the processes that this thread has started."""
    for kind in list(getattr(_here, "hosts", {})):
        _drop(kind)


class Process:
    """One answer's process, as a context: it is ended with all that it has started."""

    def __init__(self, kind):
        self.kind, self.fault, self.ended = kind, None, False

    def __enter__(self):
        for _ in range(3):
            self.host = _host(self.kind)
            with contextlib.suppress(OSError):
                self.channel = self.host.open()
                return self
            _drop(self.kind)
        raise OSError("no process for an answer can be started here")

    def ask(self, message, seconds):
        """The reply to a message; Fault if the answer raised something, or its process ended or had to be ended."""
        if self.fault:
            raise self.fault
        try:
            reply = self.channel.ask(message, PATIENCE * (seconds + 1))
        except wire.Closed:
            self.fault = _why(self._end(wait=not self.channel.timed_out), self.channel.timed_out)
            raise self.fault from None
        if "kind" in reply:
            raise _fault(reply)
        return reply

    def _end(self, *, wait):
        self.ended = True
        told = self.host.end(self.channel, wait=wait)
        if not told.get("clean"):
            _drop(self.kind)
        return told

    def __exit__(self, *error):
        if not self.ended:
            self._end(wait=False)


def _fault(reply):
    """What the process said of an answer that raised something."""
    kind, look = str(reply["kind"]), str(reply.get("look"))
    if kind == "TimeUp":
        return Fault(OUT, TIME)
    if kind == "MemoryError":
        return Fault(OUT, MEMORY)
    if found := re.fullmatch(r"It raised \w+: (.*) \(<cell .*>, line (\d+)\)", look):
        return Fault("error", f"Its cell is not Python: {found[1]}, line {found[2]}.")
    details = {str(label): str(text) for label, text in dict(reply.get("details", {})).items()}
    if kind == "TooLargeError":
        return Fault(OUT, f"What it returned is too large: {look.rpartition(': ')[2]}.")
    return Fault("error", look, details)


def _why(ended, timed_out):
    """Why a process ended, from how it did."""
    number = ended.get("signal")
    if ended.get("too_many"):
        return Fault(OUT, "It started one process after the other, and was stopped.")
    is_hard = ended.get("cpu", 0) > 2 * calling.SECONDS and number == getattr(signal, "SIGKILL", None)
    if timed_out or number == getattr(signal, "SIGXCPU", -1) or (is_hard and not ended.get("killed")):
        return Fault(OUT, TIME)
    if number is not None and not ended.get("killed") and ended.get("rss", 0) > sandbox.MEMORY / 2:
        return Fault(OUT, MEMORY)
    if number is not None and not ended.get("killed"):
        return Fault("error", f"It ended its process ({_signal(number)}) before it returned anything.")
    if ended.get("status") is not None:
        return Fault("error", f"It ended its process (exit status {ended['status']}) before it returned anything.")
    return Fault("error", "It lost its process before it returned anything.")


def _signal(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


# ---- the proxy


class Proxy:
    """Stands for a student's function in a check.

    Parameters
    ----------
    name : str
    process : Process
        In which the function is, loaded.
    told : dict
        What the process said of it.
    code : code object or None
        Of the function's source, compiled here and never executed.
    through : str
        The module through whose ``run`` it is called, as networks.Indirect does; empty if it is called itself.
    """

    def __init__(self, name, process, told, code, *, through=""):
        self.__name__, self.process, self.fault, self.told, self.through = name, process, None, told, through
        if told.get("is_function") and code is not None:
            self.__code__ = code

    @property
    def __signature__(self):
        if self.told.get("signature") is None:
            raise ValueError("it does not tell its parameters")
        empty = inspect.Parameter.empty
        return inspect.Signature(
            [
                inspect.Parameter(name, inspect._ParameterKind(kind), default=... if has_default else empty)
                for name, kind, has_default in self.told["signature"]
            ]
        )

    def __call__(self, *arguments):
        return self.call_elsewhere(arguments).result

    def call_elsewhere(self, arguments, *, seconds=None, words=None, scattered=False):
        """What calling.call does, in the answer's process."""
        limit = calling.SECONDS if seconds is None else max(seconds, 0.01)
        message = {
            "do": "call",
            "arguments": wire.encode(tuple(arguments)),
            "seconds": limit,
            "through": self.through,
        }
        try:
            reply = self.process.ask({**message, "words": words or {}, "scattered": scattered}, limit)
            result, copies = wire.decode(reply["result"]), wire.decode(reply["copies"])
            seconds = float(reply["seconds"])
        except (KeyError, TypeError, ValueError):
            fault = Fault("error", "Its process sent something that is no result.")
        except Fault as error:
            fault = error
        else:
            printed = calling.Printed()
            printed.write(str(reply.get("printed", "")))
            return calling.Called(result, printed, copies, seconds)
        self.fault = fault
        raise calling.Wrong(fault.sentence, **fault.details)


def find_code(source, name):
    """The code object of the function that a cell binds to a name last, without executing anything; None if none."""
    try:
        body = ast.parse(source).body
        for statement in reversed(body):
            if isinstance(statement, ast.FunctionDef) and statement.name == name:
                statement.decorator_list = []
                code = compile(ast.Module([statement], []), "<cell>", "exec", dont_inherit=True)
                return next(one for one in code.co_consts if inspect.iscode(one) and one.co_name == name)
            targets = {one.id for one in getattr(statement, "targets", []) if isinstance(one, ast.Name)}
            if name in targets and isinstance(statement.value, ast.Lambda):
                code = compile(ast.Expression(statement.value), "<cell>", "eval", dont_inherit=True)
                return next(one for one in code.co_consts if inspect.iscode(one))
    except (SyntaxError, ValueError, RecursionError, MemoryError, StopIteration):
        pass
    return None


# ---- rows


def make_row(name, status, sentence, details=(), source=""):
    """A row of a record, in texts that any file can hold."""
    return {
        "exercise": name,
        "status": status,
        "sentence": clean_text(sentence),
        "details": [[clean_text(label), clean_text(text)] for label, text in details],
        "source": clean_text(source),
    }


def clean_text(text):
    """A text that any file can hold, the same on every machine, and not too long for a page."""
    text = str(text)
    text = text if len(text) <= MOST else f"{text[:MOST]} ..."
    text = text.encode("utf-8", "replace").decode().replace("\0", "\\0")
    return FOLDER.sub("", text.replace(f"{sandbox.PACKAGE.parent}{os.sep}", ""))


def judge(exercise, cells):
    """The row of an exercise, and what is to be noted of it.

    Parameters
    ----------
    exercise : engine.Exercise
    cells : list of answers.Cell
        Of the notebook.

    Returns
    -------
    row : dict
    note : str
        Empty if there is nothing to note.
    """
    answer = answers.find(exercise.lesson, exercise.name, cells)
    row = functools.partial(make_row, exercise.name, source=answer.source)
    if answer.status == "not attempted":
        return row(answer.status, "The answer is as it was handed out."), ""
    if answer.status != "to judge":
        return row(answer.status, answer.sentence), ""
    if isinstance(exercise, networks.OfModule) and (why := modules.why_missing()):
        sentence = "Nothing was judged: PyTorch is not installed where this was graded."
        return row("error", sentence), f"{exercise.name}: not judged, since {why}"
    try:
        judging = _judge_network if isinstance(exercise, networks.Network) else _judge
        said, note = judging(exercise, answer)
    except Fault as fault:
        return row(fault.status, fault.sentence, _ordered(fault.details)), ""
    return row(*said), note


def _kind(exercise, answer):
    """In which process an answer runs: one that has loaded the largest library that it needs."""
    if answer.needs_keras:
        return "keras"
    needs_torch = answer.needs_torch or isinstance(exercise, networks.OfModule)
    return "torch" if needs_torch and not modules.why_missing() else "plain"


def _load(process, exercise, answer):
    """Execute an answer's program; return what its process tells of it."""
    seconds = PREPARE if process.kind == "plain" else PREPARE_KERAS
    imports = (*answer.imports, *["torch"] * isinstance(exercise, networks.OfModule))
    message = {"do": "load", "name": exercise.name, "imports": imports, "parts": answer.parts}
    return process.ask({**message, "seconds": seconds}, seconds)


def _handed_in(exercise, process, answer):
    """What the check is to judge: a value, or a proxy of a function."""
    told = _load(process, exercise, answer)
    if "value" in told:
        try:
            return wire.decode(told["value"])
        except ValueError:
            raise Fault("error", "Its process sent something that is no value.") from None
    code = find_code(answer.parts[-1]["source"], exercise.name)
    through = exercise.through.__name__.rpartition(".")[2] if isinstance(exercise, networks.Indirect) else ""
    return Proxy(exercise.name, process, told, code, through=through)


def _judge(exercise, answer):
    with Process(_kind(exercise, answer)) as process:
        handed_in = _handed_in(exercise, process, answer)
        message = _say(exercise, handed_in)
        fault = getattr(handed_in, "fault", None)
    if fault and message.status == "wrong" and message.sentence.endswith(fault.sentence):
        details = [pair for pair in message.details if fault.status != OUT or pair[0] == "input"]
        return (fault.status, message.sentence, details), ""
    return (message.status, message.sentence, message.details), ""


def _say(exercise, handed_in):
    """What a check says; no answer ends the grading, even where a check has a fault."""
    try:
        return exercise.judge(handed_in)
    except Exception as error:
        sentence = f"The check cannot handle this answer ({type(error).__name__}). That is its fault: look at it."
        return engine.report.Message("wrong", exercise.name, sentence)


def _judge_network(exercise, answer):
    """Have a network built in the answer's process, and judged in another one that has no code of the student's."""
    message = {"lesson": exercise.lesson, "name": exercise.name}
    note = ""
    with Process(_kind(exercise, answer)) as process:
        handed_in = _handed_in(exercise, process, answer)
        if handed_in is ... or calling.is_stub(handed_in):
            said = exercise.judge(...)
            return (said.status, said.sentence, said.details), ""
        if isinstance(handed_in, Proxy):
            try:
                handed_in = handed_in.call_elsewhere((), seconds=exercise.seconds).result
            except calling.Wrong:
                raise handed_in.fault from None
    if not isinstance(handed_in, wire.Network):
        message |= {"do": "value", "value": wire.encode(handed_in)}
    elif handed_in.config is not None and is_of_keras(handed_in.config):
        message |= {"do": "network", "config": handed_in.config}
    else:
        message |= {"do": "program", "imports": answer.imports, "parts": answer.parts, "seconds": PREPARE_KERAS}
        note = f"{exercise.name}: its network has parts of the student's own, so its check ran beside them: look at it"
    with Process("networks") as process:
        said = process.ask(message, NETWORK_SECONDS)
    status, sentence = str(said["status"]), str(said["sentence"])
    if sentence.startswith("It took too long"):
        return (OUT, TIME), note
    return (status, sentence, [tuple(pair) for pair in said["details"]]), note


def _ordered(details):
    return [(label, details[label]) for label in ("input", "expected", "got", "where", "printed") if label in details]
