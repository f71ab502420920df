"""Call a student's function so that nothing it does can hang or break the lesson."""

import ast
import builtins
import copy
import dis
import io
import itertools
import linecache
import os
import random
import re
import signal
import sys
import sysconfig
import threading
import time
import types
import warnings
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from IPython import get_ipython
from IPython.utils.capture import capture_output

from course_utils.exercises import plain
from course_utils.exercises.report import describe
from course_utils.language import say, to_say

SECONDS = 5.0  # of the processor, for all calls of one check together
WAITING = 10  # times as long may pass on the clock: other programs may hold the processor; sleep() does not use it
IMPORTING = 300.0  # seconds on the clock for imports, which count as neither
RAISED = to_say("It raised")  # what comes before an exception and its text
PRINTED = 500  # characters of what a function prints that are shown
SHAPES = re.compile(  # in NumPy's words
    "could not be broadcast|mismatch in its core dimension|not aligned|shape mismatch|must match|index did not match"
)

NOT_THEIRS = tuple(
    os.path.realpath(folder)
    for folder in (
        Path(__file__).parents[1],  # the course's own modules
        *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")),
        *(folder for folder in sys.path if folder.endswith(("site-packages", "dist-packages"))),
    )
)


class Wrong(Exception):  # noqa: N818 - not an error of ours
    """What is wrong with an answer.

    Parameters
    ----------
    look : str
        What is wrong and where to look, as a sentence.
    **details : str
        More to show, by its label: ``expected``, ``got``, ``where``, ``printed``.

    Attributes
    ----------
    raised : str
        The name of the exception that the answer raised, or that stopped it; empty if it returned something.
    """

    def __init__(self, look, **details):
        super().__init__(look)
        self.look, self.details, self.raised = look, details, ""


class TimeUp(BaseException):
    """Raised in the student's code; not an Exception, so that `except Exception` does not catch it."""


class TimeLimit:
    """A block that is left with TimeUp when it takes too long.

    The seconds are those of the processor, in this thread, so that other programs take nothing from them; on the clock,
    ten times as many may pass. Loading a library counts as neither, and is not interrupted: what is half imported can
    no longer be imported.

    On Linux and macOS a timer's signal interrupts the main thread now and then, to look at the time. On Windows, which
    has no such timer, a second thread sends it the signal that pressing Stop sends. In other threads nothing can be
    interrupted, and there is no limit. Nowhere does it end a single long call into compiled code: Python has to get its
    turn first (apart.py can).

    Once the time is up, it rings again and again, since an endless loop may hold an `except:` that swallows the first
    ring, and since Python itself swallows one that strikes in a callback of the garbage collector.
    """

    EVERY = 0.05  # seconds between two looks at the time
    AGAIN = 0.005  # the same, once it is up
    beat = staticmethod(lambda: None)  # called at each look: apart.py learns from it that Python has its turn

    def __init__(self, seconds):
        self.seconds, self.every, self.imports = seconds, self.EVERY, 0.0
        self.over, self.leaving, self.ringing, self.looking = threading.Event(), False, False, False

    def __enter__(self):
        self.in_main_thread = threading.current_thread() is threading.main_thread()
        self.looked_at = self.began = time.thread_time(), time.monotonic()
        if not self.in_main_thread:
            return self
        self.beat()
        self.has_timer = hasattr(signal, "setitimer")
        self.signal = signal.SIGALRM if self.has_timer else signal.SIGINT
        self.hook_before, sys.unraisablehook = sys.unraisablehook, self._swallowed
        self.handler_before = signal.signal(self.signal, self._ring)
        if self.has_timer:
            signal.setitimer(signal.ITIMER_REAL, self.every, self.every)
        else:
            self.thread = threading.Thread(target=self._interrupt, daemon=True)
            self.thread.start()
        return self

    def used(self):
        """Seconds of the processor so far, without imports."""
        return time.thread_time() - self.began[0]

    def _interrupt(self):
        while not self.over.wait(self.every):
            if not self.ringing:  # else the last ring has not been heard yet: two would count as one, and one as Stop
                self.ringing = True
                signal.raise_signal(signal.SIGINT)  # on Windows, this ends a time.sleep as well

    def _ring(self, number, frame):
        if not (self.has_timer or self.ringing):  # somebody pressed Stop
            stop = self.handler_before if callable(self.handler_before) else signal.default_int_handler
            stop(number, frame)
            return
        self.ringing = False
        if self.looking:  # a ring within a ring: raised here, it would end what the outer one must not interrupt
            return
        self.looking = True
        try:
            self._look(frame)
        finally:
            self.looking = False

    def _look(self, frame):
        self.beat()
        before, self.looked_at = self.looked_at, (time.thread_time(), time.monotonic())
        importing = _is_importing(frame)
        if importing:
            processor, clock = (now - earlier for now, earlier in zip(self.looked_at, before, strict=True))
            self.began = self.began[0] + processor, self.began[1] + clock
            self.imports += clock
        # Never in the middle of our own tidying up, nor in what that calls.
        if self._is_up(importing) and not self.leaving and frame.f_code.co_filename != __file__:
            self.every = self.AGAIN
            if self.has_timer:
                signal.setitimer(signal.ITIMER_REAL, self.AGAIN, self.AGAIN)
            raise TimeUp

    def _is_up(self, importing):
        if importing:
            return self.imports > IMPORTING
        processor, clock = (now - began for now, began in zip(self.looked_at, self.began, strict=True))
        return processor > self.seconds or clock > WAITING * self.seconds

    def _swallowed(self, unraisable):
        if unraisable.exc_type is not TimeUp:
            self.hook_before(unraisable)

    def __exit__(self, kind, error, traceback):
        self.leaving = True
        if not self.in_main_thread:
            return
        if self.has_timer:
            signal.setitimer(signal.ITIMER_REAL, 0)
        else:
            self.over.set()
            self.thread.join()
        signal.signal(self.signal, self.handler_before or signal.SIG_DFL)  # a ring on its way comes before this
        sys.unraisablehook = self.hook_before
        self.beat()


def _is_importing(frame):
    """Whether the innermost thousand frames import something: an endless recursion has millions, and rings go on."""
    for _ in range(1000):
        if frame is None:
            break
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


class Printed(io.StringIO):
    """Takes what a function prints, and lets go of it where it is too much."""

    def write(self, text):
        room = 2 * PRINTED - self.tell()
        super().write(text[: max(room, 0)])
        return len(text)

    def close(self):
        """Stay open: a function that closes sys.stdout has closed nothing."""

    def details(self):
        """What was printed, as a detail of a message; nothing where nothing was."""
        text = self.getvalue().rstrip()
        return {"printed": text[:PRINTED] + (" ..." if len(text) > PRINTED else "")} if text else {}


class Called(NamedTuple):
    """What came of a call.

    Attributes
    ----------
    result : object
        What the function returned, as plain data (plain.py).
    printed : Printed
        What it printed meanwhile; nothing of it reaches the page.
    arguments : tuple
        The arguments as the function left them.
    seconds : float
        Of the processor.
    """

    result: Any
    printed: Printed
    arguments: tuple
    seconds: float = 0.0


def _code_of(function):
    """A function's code; None for all else, whatever attributes it has."""
    code = getattr(function, "__code__", None)
    return code if isinstance(code, types.CodeType) else None


def is_stub(function):
    """Whether a function has no body but its docstring and `...` (or `pass`): it loads nothing and calls nothing.

    This and the two functions below are the only places where the course looks at the code of an answer: here, to tell
    a stub from a function that was written and returns None.
    """
    code = _code_of(function)
    if code is None:
        return False
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_CONST", "RETURN_CONST"):
            if instruction.argval not in (None, ...):
                return False
        elif instruction.opname not in ("RESUME", "NOP", "RETURN_VALUE"):
            return False
    return True


def _words(function):
    """The names and numbers in a function's code, whatever its docstring says; None where it has no code."""
    code = _code_of(function)
    constants = {repr(value) for value in code.co_consts if not isinstance(value, str)} - {"None"} if code else None
    return code and (set(code.co_names), set(code.co_varnames), constants)


def in_the_same_words(one, other):
    """Whether two functions have the same names and numbers in their code, so that nothing much was changed."""
    return _words(one) is not None and _words(one) == _words(other)


def names(function, name):
    """Whether a function's own code has a name in it that is not one of its variables."""
    return _words(function) is not None and name in _words(function)[0]


def call(function, arguments, *, seconds=None, words=None, scattered=False, keep=()):
    """Call a student's function with copies of the arguments.

    Parameters
    ----------
    function : callable
    arguments : tuple
    seconds : float, optional
        Of the processor; by default SECONDS.
    words : dict, optional
        What to call the values of parameters in an error: ``{"labels": "one-hot"}``.
    scattered : bool
        Whether its arrays are read-only and have gaps between their numbers in memory.
    keep : type or tuple of types, optional
        A result of this type stays what it is.

    Returns
    -------
    Called

    Raises
    ------
    Wrong
        If it raises anything, exits, or does not end in time.
    """
    seconds = SECONDS if seconds is None else seconds
    if hasattr(type(function), "call_elsewhere"):  # grading runs an answer in a process that has no checks in it
        return function.call_elsewhere(arguments, seconds=seconds, words=words or {}, scattered=scattered)
    copies, printed, limit, raised = copy.deepcopy(arguments), Printed(), TimeLimit(max(seconds, 0.05)), None
    if scattered:
        copies = plain.scatter(copies)
    try:
        with state_kept(), silenced(printed), limit:
            # Within the limit: a result may be a generator without end, and an error have a __str__ that loops.
            try:
                result = function(*copies)
                result = result if isinstance(result, keep) else plain.plain(result)
            except TimeUp:
                raise
            except BaseException as error:
                raised, (look, where) = type(error).__name__, _say(error, function, words or {})
    except TimeUp as up:
        raised, look, where = "TimeUp", _say_too_long(limit), _line(up, function, words or {})[0]
        TimeLimit.beat()  # an endless recursion has millions of lines, and to walk past them takes seconds
    except BaseException as error:  # of the very moment in which the limit ends
        raised, (look, where) = type(error).__name__, _say(error, function, words or {})
    if raised:
        wrong = Wrong(look, **where, **printed.details())
        wrong.raised = raised
        raise wrong
    return Called(result, printed, copies, limit.used())


@contextmanager
def silenced(printed):
    """Take what is printed or displayed, and refuse to ask anyone for input."""

    def refuse(*args, **kwargs):
        raise RuntimeError("a check gives no input: all that the function needs are its parameters")

    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings(action="ignore"))
        stack.enter_context(redirect_stdout(printed))
        stack.enter_context(redirect_stderr(printed))
        if get_ipython() is not None:
            stack.enter_context(capture_output(stdout=False, stderr=False, display=True))
        asks, builtins.input = builtins.input, refuse
        try:
            yield
        finally:
            builtins.input = asks


@contextmanager
def state_kept():
    """Give back what a function can set for all that runs after it."""
    folder, environment, random_state, limit = os.getcwd(), dict(os.environ), random.getstate(), sys.getrecursionlimit()
    streams, trace, numpy_state = (sys.stdin, sys.stdout, sys.stderr), sys.gettrace(), np.random.get_state()
    in_main_thread = threading.current_thread() is threading.main_thread()
    stop, give_seeds_back, give_torch_back = signal.getsignal(signal.SIGINT), seeds_of_keras(), state_of_torch()
    with np.errstate(), np.printoptions():
        try:
            yield
        finally:
            with suppress(OSError):  # the folder may be gone
                os.chdir(folder)
            if dict(os.environ) != environment:
                os.environ.clear()
                os.environ.update(environment)
            with suppress(RecursionError):  # deeper than the limit just now
                sys.setrecursionlimit(limit)
            random.setstate(random_state)
            np.random.set_state(numpy_state)
            give_seeds_back()
            give_torch_back()
            sys.stdin, sys.stdout, sys.stderr = streams
            if sys.gettrace() is not trace:
                sys.settrace(trace)
            if in_main_thread and signal.getsignal(signal.SIGINT) is not stop:
                signal.signal(signal.SIGINT, stop)


def seeds_of_keras():
    """What gives the seeds of Keras and TensorFlow back; nothing, where they are not loaded."""
    context = getattr(sys.modules.get("tensorflow.python.eager.context"), "context", None)
    state = sys.modules.get("keras.src.backend.common.global_state")
    if context is None or state is None:
        return lambda: None
    context = context()
    drawn = getattr(context, "_rng", None)
    seed, drawn = getattr(context, "_seed", None), drawn and (drawn, drawn.getstate())
    generator = state.get_global_attribute("global_seed_generator")
    numbers = None if generator is None else np.asarray(generator.state).copy()

    def give_back():
        context._seed = seed
        if drawn:
            context._rng = drawn[0]
            drawn[0].setstate(drawn[1])
        state.set_global_attribute("global_seed_generator", generator)
        if generator is not None and not np.array_equal(generator.state, numbers):
            generator.state.assign(numbers)

    return give_back


def state_of_torch():
    """What gives PyTorch's random state, its default type and its recording of gradients back, if it is loaded."""
    torch = sys.modules.get("torch")
    if not hasattr(torch, "get_rng_state"):  # not loaded, or half loaded
        return lambda: None
    drawn, kind, records = torch.get_rng_state(), torch.get_default_dtype(), torch.is_grad_enabled()

    def give_back():
        torch.set_rng_state(drawn)
        torch.set_default_dtype(kind)
        torch.set_grad_enabled(records)

    return give_back


def _say_too_long(limit):
    if limit.imports > IMPORTING:
        return say("Loading a library took too long and was stopped. Restart the kernel: it may be half loaded.")
    if limit.used() < limit.seconds / 2:
        return say("It waited too long and was stopped. Does it sleep, or wait for something that never comes?")
    return say("It took too long and was stopped. Does a loop never end, or does the function call itself forever?")


def _say(error, function, words):
    """What to say to an error that a student's code raised, and its line as a detail."""
    where, values = _line(error, function, words)
    kind = type(error).__name__
    if isinstance(error, RecursionError):
        return say("It calls itself again and again (RecursionError). Where should that end?"), where
    if isinstance(error, (SystemExit, KeyboardInterrupt)):
        return say("It ended with {kind} before it returned anything.", kind=kind), where
    try:
        said = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip()  # Keras colors its errors
        text = describe(said)[1:-1] if said else ""
    except TimeUp:
        raise
    except BaseException:
        text = ""
    raised = f"{say(RAISED)} {kind}{': ' * bool(text)}{text}"
    shapes = [text for text, has_shape in values if has_shape]
    values = [text for text, _ in values]
    shapes = shapes if len(shapes) > 1 else []  # one alone does not tell what it does not fit
    if isinstance(error, (ValueError, TypeError, IndexError)) and SHAPES.search(text):
        print_them = "" if shapes else say("Print both for this input.") + " "
        advice = say("The shapes of two arrays do not fit together{list}.", list=_in_a_row(shapes)) + f" {print_them}"
    elif isinstance(error, IndexError) and re.search("out of (bounds|range)", text):
        advice = say("An index goes past the end{list}.", list=_in_a_row(values)) + " "
    elif "truth value of an array" in text:
        advice = say("Comparing an array gives many True and False, and `if`, `and` and `or` take one.") + " "
    elif isinstance(error, ZeroDivisionError):
        advice = say("It divides by zero{list}. What should come out for this input?", list=_in_a_row(values)) + " "
    else:
        advice = ""
    return advice + raised, where


def _in_a_row(texts):
    return f": {', '.join(texts)}" if texts else ""


def _line(error, function, words):
    """The innermost line of the student's own code that an error came through, and what its names stand for.

    A traceback may have no line number (None), where Python knows of no line for an instruction: it is passed over.
    """
    found, traceback, theirs = None, error.__traceback__, {}  # an endless recursion has millions of lines, of one file
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        if file not in theirs:
            theirs[file] = is_theirs(file, function)
        if theirs[file] and traceback.tb_lineno is not None:
            found = traceback
        traceback = traceback.tb_next
    if found is None:
        return {}, []
    code = found.tb_frame.f_code
    where = where_is(code.co_filename, found.tb_lineno, code.co_name, function)
    return where, _values(found, words)


def is_theirs(file, function=None):
    """Whether a file holds a student's code: a cell, or a module of their own, but no library."""
    if os.path.isfile(file):
        name = os.path.realpath(file)
        return not name.startswith(NOT_THEIRS) and not os.path.basename(name).startswith("__autograph_generated")
    return file == _file_of(function) or (file in linecache.cache and not file.startswith("<frozen"))


def _file_of(function):
    return getattr(_code_of(function), "co_filename", None)


def where_is(file, line, name, function):
    """A line of a student's code as a detail of a message; a function that the checked one calls is named."""
    source = linecache.getline(file, line).strip()
    is_elsewhere = name != getattr(function, "__name__", name) and not name.startswith("<")
    if os.path.isfile(file) and file != _file_of(function):
        where = say("line {line} of {file}", line=line, file=os.path.basename(file))
    elif is_elsewhere:
        where = say("line {line} of the cell that defines `{name}`", line=line, name=name)
    else:
        where = say("line {line} of the cell", line=line)
    return {"where": where + f": `{source}`" * bool(source)}


def _values(traceback, words):
    """What the names in the expression that failed stand for: a text each, and whether it is the shape of an array."""
    code, variables, texts = traceback.tb_frame.f_code, traceback.tb_frame.f_locals, []
    start, end, first, last = next(itertools.islice(code.co_positions(), traceback.tb_lasti // 2, None))
    if None in (start, end, first, last):
        return []
    lines = [linecache.getline(code.co_filename, number).encode() for number in range(start, end + 1)]  # columns: bytes
    lines[-1] = lines[-1][:last]
    lines[0] = lines[0][first:]
    try:
        expression = ast.parse(b"(" + b"".join(lines) + b")")
    except (SyntaxError, ValueError):  # a statement
        return []
    for name in dict.fromkeys(node.id for node in ast.walk(expression) if isinstance(node, ast.Name)):
        if name in variables and (text := _size(variables[name])):
            is_array = type(variables[name]) is np.ndarray
            texts.append((f"`{name}`{f' ({words[name]})' if name in words else ''} {text}", is_array))
    return texts[:4]


def _size(value):
    """The shape of an array, or a number, in words; nothing for all else."""
    if type(value) is np.ndarray:
        return say("has shape {shape}", shape=value.shape)
    if type(value) in (list, tuple):
        return say("has length {n}", n=len(value))
    if type(value) in (bool, int, float) or isinstance(value, np.number):
        return say("is {value}", value=describe(value))
    return ""
