"""What an answer can do to a kernel, and what a check says to it: for test_abuse.py.

Each function stands for an answer to `double` there: a right one returns twice the numbers. The comment above a group
says what the check must say; `KERNEL` names those that only a copy of the process survives.
"""

import atexit
import builtins
import contextlib
import ctypes
import gc
import inspect
import io
import itertools
import locale
import logging
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings

import numpy as np

RIGHT, WRONG, TABLE = "right", "wrong", {}
KERNEL = set()  # names of those that would end or hang the kernel


def abuse(status, says="", *, ends_the_kernel=False):
    def add(function):
        TABLE[function.__name__] = (function, status, says)
        if ends_the_kernel:
            KERNEL.add(function.__name__)
        return function

    return add


def twice(numbers):
    return 2 * numbers


# The process ends.


@abuse(WRONG, "ended its process .exit status 3", ends_the_kernel=True)
def leaves_at_once(numbers):
    os._exit(3)


@abuse(WRONG, "ended its process .exit status 0", ends_the_kernel=True)
def leaves_at_once_as_if_all_were_well(numbers):
    os._exit(0)


@abuse(WRONG, "ended its process .SIGABRT(.|\n)*line", ends_the_kernel=True)
def aborts(numbers):
    os.abort()


@abuse(WRONG, "ended its process .SIGKILL", ends_the_kernel=True)
def kills_itself(numbers):
    os.kill(os.getpid(), signal.SIGKILL)


@abuse(WRONG, "ended its process .SIGTERM", ends_the_kernel=True)
def terminates_itself(numbers):
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(60)


@abuse(WRONG, "ended its process .SIGSEGV(.|\n)*line", ends_the_kernel=True)
def reads_memory_that_is_not_there(numbers):
    ctypes.string_at(0)


@abuse(WRONG, "ended its process .SIGSEGV", ends_the_kernel=True)
def recurses_deeper_than_the_stack(numbers):
    sys.setrecursionlimit(10**9)

    def deeper(x):
        return list(map(deeper, [x]))

    return deeper(1)


@abuse(WRONG, "SIG|exit status|numbers differ|processes", ends_the_kernel=True)
def reads_beyond_an_array(numbers):
    return np.lib.stride_tricks.as_strided(numbers, shape=(2**40,), strides=(4096,)).sum()


@abuse(WRONG, "closed the files by which the check hears", ends_the_kernel=True)
def closes_all_files(numbers):
    os.closerange(0, 4096)
    return 2 * numbers


@abuse(WRONG, "SIGKILL|took too long", ends_the_kernel=True)
def copies_itself_without_end(numbers):
    while True:
        os.fork()


@abuse(WRONG, "ended with SystemExit")
def exits(numbers):
    sys.exit("bye")


@abuse(WRONG, "ended with SystemExit")
def exits_by_name(numbers):
    raise SystemExit


@abuse(WRONG, "ended with KeyboardInterrupt")
def interrupts(numbers):
    raise KeyboardInterrupt


@abuse(WRONG, "ended with KeyboardInterrupt")
def presses_stop(numbers):
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(60)


@abuse(WRONG, "It raised GeneratorExit")
def raises_what_is_no_exception(numbers):
    raise GeneratorExit


# It takes for ever.


@abuse(WRONG, "took too long(.|\n)*while True")
def loops(numbers):
    while True:
        pass


@abuse(WRONG, "took too long(.|\n)*`deeper`")
def calls_itself_past_any_limit(numbers):
    sys.setrecursionlimit(10**9)

    def deeper(number):
        return deeper(number + 1) + 1

    return deeper(1)


@abuse(WRONG, "took too long")
def loops_and_catches_all(numbers):
    while True:
        with contextlib.suppress(BaseException):
            numbers.sum()


@abuse(WRONG, "took too long")
def loops_in_a_finally(numbers):
    try:
        return 2 * numbers
    finally:
        while True:
            pass


@abuse(WRONG, "took too long(.|\n)*still here")
def loops_and_prints(numbers):
    while True:
        print("still here")


@abuse(WRONG, "took too long(.|\n)*in the middle of one call(.|\n)*sum.range", ends_the_kernel=True)
def one_long_call(numbers):
    return sum(range(10**12))


@abuse(WRONG, "took too long(.|\n)*in the middle of one call", ends_the_kernel=True)
def looks_for_what_never_comes(numbers):
    return 1 in itertools.repeat(0)


@abuse(WRONG, "took too long|MemoryError", ends_the_kernel=True)
def a_list_without_end(numbers):
    return list(itertools.count())


@abuse(WRONG, "took too long")
def a_regular_expression_that_backtracks(numbers):
    return re.match(r"(a+)+$", "a" * 60 + "b")


@abuse(WRONG, "took too long")
def a_power_of_powers(numbers):
    return 7 ** (7**11)


@abuse(WRONG, "waited too long(.|\n)*time.sleep")
def sleeps(numbers):
    time.sleep(3600)


@abuse(WRONG, "waited too long")
def waits_for_a_lock(numbers):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


@abuse(WRONG, "a check gives no input")
def asks(numbers):
    return float(input("numbers? "))


@abuse(WRONG, "took too long")
def a_generator_without_end(numbers):
    return (2 * number for number in itertools.cycle(numbers))


@abuse(WRONG, "MemoryError|took too long")
def a_text_without_end(numbers):
    text = "x"
    while True:
        text += text


# The result, or the error, takes for ever or strikes when it is looked at.


class Loops:
    def __array__(self, *args, **kwargs):
        while True:
            pass


@abuse(WRONG, "took too long")
def an_array_that_loops(numbers):
    return Loops()


class LoopsWhenShown:
    def __repr__(self):
        while True:
            pass


@abuse(WRONG, "took too long")
def a_result_that_loops_when_shown(numbers):
    return LoopsWhenShown()


class ExitsWhenShown:
    def __repr__(self):
        sys.exit()


@abuse(WRONG, "ended with SystemExit")
def a_result_that_exits_when_shown(numbers):
    return ExitsWhenShown()


@abuse(WRONG, "ended with SystemExit")
def a_list_of_results_that_exit_when_shown(numbers):
    return [ExitsWhenShown()] * 2


class LoopingError(Exception):
    def __str__(self):
        while True:
            pass


@abuse(WRONG, "took too long")
def an_error_that_loops_when_shown(numbers):
    raise LoopingError


class ExitingError(Exception):
    def __str__(self):
        sys.exit()


@abuse(WRONG, "It raised ExitingError")
def an_error_that_exits_when_shown(numbers):
    raise ExitingError


class Equal:
    def __eq__(self, other):
        return True

    __hash__ = None


@abuse(WRONG, "real numbers, but it is a Equal")
def a_result_that_equals_everything(numbers):
    return Equal()


class Liar(float):
    def __sub__(self, other):
        return 0.0

    __rsub__ = __sub__

    def __array__(self, *args, **kwargs):
        return np.array([2.0, 4.0])


@abuse(WRONG, r"has shape \(\)")
def a_number_that_lies(numbers):
    return Liar(3)


class LyingArray(np.ndarray):
    def __array_ufunc__(self, *args, **kwargs):
        return np.zeros(2)

    def astype(self, *args, **kwargs):
        return np.array([2.0, 4.0])


@abuse(WRONG, "numbers differ")
def an_array_that_lies(numbers):
    return np.ones(2).view(LyingArray)


@abuse(WRONG, "list|has shape|different lengths|real numbers")
def a_list_that_holds_itself(numbers):
    own = []
    own.append(own)
    return own


@abuse(WRONG, "numbers differ|shape")
def three_million_numbers(numbers):
    return np.zeros(3_000_000)


@abuse(WRONG, "real numbers")
def markup(numbers):
    return {"<script>alert(1)</script>": "</div>"}


# What it sets for all that runs after it: the answer is right, and the state comes back.


@abuse(RIGHT)
def changes_the_folder(numbers):
    os.chdir(tempfile.gettempdir())
    return 2 * numbers


@abuse(RIGHT)
def leaves_a_folder_that_is_gone(numbers):
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    shutil.rmtree(folder)
    return 2 * numbers


@abuse(RIGHT)
def sets_seeds(numbers):
    random.seed(1)
    np.random.seed(1)
    return 2 * numbers


@abuse(RIGHT)
def draws_numbers_that_others_draw(numbers):
    return 2 * numbers + 0 * np.random.rand() + 0 * random.random()


@abuse(RIGHT)
def sets_print_options(numbers):
    np.set_printoptions(precision=1, threshold=1)
    return 2 * numbers


@abuse(RIGHT)
def sets_the_error_state(numbers):
    np.seterr(all="raise")
    return 2 * numbers


@abuse(RIGHT)
def sets_the_recursion_limit(numbers):
    sys.setrecursionlimit(5000)
    return 2 * numbers


@abuse(RIGHT)
def closes_the_output(numbers):
    print("bye")
    sys.stdout.close()
    return 2 * numbers


@abuse(RIGHT)
def takes_the_output(numbers):
    sys.stdout = sys.stderr = io.StringIO()
    return 2 * numbers


@abuse(RIGHT)
def changes_the_environment(numbers):
    os.environ["CNN_COURSE_PROGRESS"] = "elsewhere"
    os.environ.pop("PATH", None)
    return 2 * numbers


@abuse(RIGHT)
def traces(numbers):
    sys.settrace(lambda *args: None)
    return 2 * numbers


@abuse(RIGHT)
def changes_warnings(numbers):
    warnings.simplefilter("error")
    return 2 * numbers


@abuse(RIGHT)
def writes_to_the_streams_of_the_system(numbers):
    os.write(1, b"to the page?\n")
    os.write(2, b"to the page?\n")
    return 2 * numbers


@abuse(RIGHT)
def takes_the_signal(numbers):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return 2 * numbers


# The same, where only a copy of the process gives it back.


@abuse(RIGHT, ends_the_kernel=True)
def turns_the_garbage_collector_off(numbers):
    gc.disable()
    return 2 * numbers


@abuse(RIGHT, ends_the_kernel=True)
def leaves_a_thread(numbers):
    threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
    return 2 * numbers


@abuse(WRONG, "", ends_the_kernel=True)
def breaks_a_built_in_function(numbers):
    builtins.isinstance = lambda *args: 1 // 0
    return 2 * numbers


@abuse(RIGHT, ends_the_kernel=True)
def replaces_a_function_of_numpy(numbers):
    np.zeros_like = lambda *args, **kwargs: 1 // 0
    return 2 * numbers


@abuse(RIGHT, ends_the_kernel=True)
def registers_what_runs_at_the_end(numbers):
    atexit.register(os._exit, 7)
    return 2 * numbers


@abuse(RIGHT, ends_the_kernel=True)
def takes_the_log(numbers):
    logging.disable(logging.CRITICAL)
    return 2 * numbers


@abuse(RIGHT, ends_the_kernel=True)
def starts_a_process(numbers):
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], stdin=subprocess.DEVNULL)
    return 2 * numbers


@abuse(RIGHT, ends_the_kernel=True)
def sets_the_locale(numbers):
    for name in ("de_DE.UTF-8", "C"):
        with contextlib.suppress(locale.Error):
            locale.setlocale(locale.LC_ALL, name)
    return 2 * numbers


@abuse(RIGHT, ends_the_kernel=True)
def changes_its_own_caller(numbers):
    frame = inspect.currentframe().f_back
    frame.f_globals["SECONDS"] = 1e9
    return 2 * numbers
