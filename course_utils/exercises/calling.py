"""Call a student's function so that nothing it does can hang or break the lesson."""

import copy
import dis
import io
import linecache
import re
import signal
import sys
import sysconfig
import threading
import warnings
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from course_utils.exercises.report import describe

SECONDS = 5.0  # for all calls of one check together
PRINTED = 500  # characters of what a function prints that are shown
SHAPES = re.compile("could not be broadcast|mismatch in its core dimension|not aligned")  # in NumPy's words

NOT_THEIRS = [
    str(Path(__file__).parents[1]),  # the course's own modules
    *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")),
    "<frozen",
]


class Wrong(Exception):  # noqa: N818 - not an error of ours
    """What is wrong with an answer.

    Parameters
    ----------
    look : str
        What is wrong and where to look, as a sentence.
    **details : str
        More to show, by its label: ``expected``, ``got``, ``where``, ``printed``.
    """

    def __init__(self, look, **details):
        super().__init__(look)
        self.look, self.details = look, details


class TimeUp(BaseException):
    """Raised in the student's code; not an Exception, so that `except Exception` does not catch it."""


class TimeLimit:
    """A block that is left with TimeUp when it takes too long.

    On Linux and macOS a timer's signal interrupts the main thread. On Windows, which has no such timer, a second thread
    sends it the signal that pressing Stop sends. In other threads nothing can be interrupted, and there is no limit.
    Nowhere does it end a single long call into compiled code: Python has to get its turn first.

    It rings again and again, since an endless loop may hold an `except:` that swallows the first ring, and since Python
    itself swallows one that strikes in a callback of the garbage collector.
    """

    AGAIN = 0.005  # seconds from one ring to the next

    def __init__(self, seconds):
        self.seconds, self.over = max(seconds, 0.01), threading.Event()
        self.ringing = self.leaving = False

    def __enter__(self):
        self.in_main_thread = threading.current_thread() is threading.main_thread()
        if not self.in_main_thread:
            return self
        self.has_timer = hasattr(signal, "setitimer")
        self.signal = signal.SIGALRM if self.has_timer else signal.SIGINT
        self.hook_before, sys.unraisablehook = sys.unraisablehook, self._swallowed
        self.handler_before = signal.signal(self.signal, self._ring)
        if self.has_timer:
            signal.setitimer(signal.ITIMER_REAL, self.seconds, self.AGAIN)
        else:
            self.thread = threading.Thread(target=self._interrupt, daemon=True)
            self.thread.start()
        return self

    def _interrupt(self):
        wait = self.seconds
        while not self.over.wait(wait):
            self.ringing, wait = True, self.AGAIN
            signal.raise_signal(signal.SIGINT)  # on Windows, this ends a time.sleep as well

    def _ring(self, number, frame):
        if not (self.has_timer or self.ringing):  # somebody pressed Stop
            stop = self.handler_before if callable(self.handler_before) else signal.default_int_handler
            stop(number, frame)
        # Never in the middle of our own tidying up, nor in what that calls.
        elif not self.leaving and frame.f_code.co_filename != __file__:
            raise TimeUp

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


class Printed(io.StringIO):
    """Takes what a function prints, and lets go of it where it is too much."""

    def write(self, text):
        room = 2 * PRINTED - self.tell()
        super().write(text[: max(room, 0)])
        return len(text)

    def details(self):
        """What was printed, as a detail of a message; nothing where nothing was."""
        text = self.getvalue().rstrip()
        return {"printed": text[:PRINTED] + (" ..." if len(text) > PRINTED else "")} if text else {}


def is_stub(function):
    """Whether a function has no body but its docstring and `...` (or `pass`): it loads nothing and calls nothing.

    This and the two functions below are the only places where the course looks at the code of an answer: here, to tell
    a stub from a function that was written and returns None.
    """
    code = getattr(function, "__code__", None)
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
    code = getattr(function, "__code__", None)
    constants = {repr(value) for value in code.co_consts if not isinstance(value, str)} - {"None"} if code else None
    return code and (set(code.co_names), set(code.co_varnames), constants)


def in_the_same_words(one, other):
    """Whether two functions have the same names and numbers in their code, so that nothing much was changed."""
    return _words(one) is not None and _words(one) == _words(other)


def names(function, name):
    """Whether a function's own code has a name in it that is not one of its variables."""
    return _words(function) is not None and name in _words(function)[0]


def call(function, arguments, *, seconds=None):
    """Call a student's function with copies of the arguments.

    Parameters
    ----------
    function : callable
    arguments : tuple
    seconds : float, optional
        By default SECONDS.

    Returns
    -------
    result
        What the function returns.
    printed : Printed
        What it printed meanwhile; nothing of it reaches the page.
    copies : tuple
        The arguments as the function left them.

    Raises
    ------
    Wrong
        If it raises anything, exits, or does not end in time.
    """
    if hasattr(function, "call_elsewhere"):  # grading runs an answer in a process that has no checks in it
        return function.call_elsewhere(arguments, seconds=seconds)
    copies, printed = copy.deepcopy(arguments), Printed()
    limit = TimeLimit(SECONDS if seconds is None else seconds)
    try:
        with warnings.catch_warnings(action="ignore"), redirect_stdout(printed), redirect_stderr(printed), limit:
            result = function(*copies)
    except BaseException as error:
        raise Wrong(_say(error), **_line(error, function), **printed.details()) from None
    return result, printed, copies


def _say(error):
    kind = type(error).__name__
    if isinstance(error, TimeUp):
        return "It took too long and was stopped. Does a loop never end, or does the function call itself forever?"
    if isinstance(error, RecursionError):
        return "It calls itself again and again (RecursionError). Where should that end?"
    if isinstance(error, (SystemExit, KeyboardInterrupt)):
        return f"It ended with {kind} before it returned anything."
    try:
        text = describe(str(error))[1:-1] if str(error) else ""
    except Exception:
        text = ""
    advice = "The shapes of two arrays do not fit together: print both for this input. " * bool(SHAPES.search(text))
    return f"{advice}It raised {kind}{': ' * bool(text)}{text}"


def _line(error, function):
    """The innermost line of the student's own code that an error came through, as a detail of a message.

    Where that line is not in the function that was called, but in another one that it calls, the other one is named.
    A traceback may have no line number (None), where Python knows of no line for an instruction: it is passed over.
    """
    found, traceback = None, error.__traceback__
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        if traceback.tb_lineno is not None and not file.startswith(tuple(NOT_THEIRS)):
            found, name = (file, traceback.tb_lineno), traceback.tb_frame.f_code.co_name
        traceback = traceback.tb_next
    if found is None:
        return {}
    source = linecache.getline(*found).strip()
    elsewhere = f" that defines `{name}`" * (name != getattr(function, "__name__", name) and not name.startswith("<"))
    return {"where": f"line {found[1]} of the cell{elsewhere}" + f": `{source}`" * bool(source)}
