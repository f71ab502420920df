"""What all checks share: nothing that a student hands over can hang or break a lesson, and all they hear is plain."""

import codecs
import collections
import decimal
import fractions
import itertools
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import unittest.mock
from pathlib import Path

import nbformat
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient
from patience import CELL

from course_utils import data, exercises
from course_utils.exercises import (
    apart,
    calling,
    engine,
    lessons,
    loading,
    marks,
    networks,
    plain,
    preparing,
    quiz,
    report,
    stacks,
    values,
)
from course_utils.exercises.calling import Wrong
from course_utils.publishing.lessons import SOURCES


@pytest.fixture(autouse=True)
def progress_file(tmp_path, monkeypatch):
    """No test touches the marks of whoever runs the tests."""
    file = tmp_path / "marks" / "progress.json"
    monkeypatch.setenv("CNN_COURSE_PROGRESS", str(file))
    monkeypatch.setattr(marks, "_this_kernel", set())
    monkeypatch.setattr(marks, "_answers_here", {})
    return file


@pytest.fixture
def quick(monkeypatch):
    """A limit for what never ends. What ends by itself keeps the course's own: a busy machine may need it."""
    monkeypatch.setattr(calling, "SECONDS", 0.3)


@pytest.fixture(params=["with a timer", "without timers"])
def system(request, monkeypatch):
    """Linux and macOS have a timer's signal; Windows has none."""
    if request.param == "without timers":
        monkeypatch.delattr(signal, "setitimer", raising=False)
    elif not hasattr(signal, "setitimer"):
        pytest.skip("this system has no timer's signal")
    return request.param


@engine.function(
    cases={"two numbers": (np.array([1.0, 2.0]),), "three numbers": (np.array([1.0, 2.0, 4.0]),)},
    shows="Doubling doubles.",
    hints=["First.", "Second.", "Third."],
)
def double(numbers):
    """Twice the numbers."""
    return 2 * numbers


@engine.function(cases={"with the default": (5,), "without": (5, 3)}, shows="It adds.", hints=["One.", "Two."])
def add(n, more=1):
    return n + more


@engine.function(cases={"a number": (3.0,)}, shows="Two values.", hints=["One.", "Two."])
def half_and_pair(x):
    return x / 2, (x, np.array([x, x]))


@engine.prediction(shows="Yes.", hints=["One.", "Two."])
def shape():
    return (14, 14, 32)


def said(answer, exercise=double):
    message = exercise.judge(answer)
    return message.status, message.text()


# Whatever the function does


def loops(numbers):
    while True:
        pass


def loops_and_catches_all(numbers):
    while True:
        try:  # noqa: SIM105
            numbers.sum()
        except:  # noqa: E722
            pass


def loops_and_prints(numbers):
    while True:
        print("still here", numbers)


def sleeps(numbers):
    time.sleep(60)


def recurses(numbers):
    return recurses(numbers) + 1


def exits(numbers):
    sys.exit("bye")


def interrupts(numbers):
    raise KeyboardInterrupt


class Odd(BaseException):
    def __str__(self):
        raise RuntimeError


def raises_oddly(numbers):
    raise Odd


def raises_at_length(numbers):
    raise ValueError("x" * 10_000)


def divides_by_zero(numbers):
    return 1 // 0


def too_large(numbers):
    return np.zeros((10**9, 10**9))


def spins_in_a_finalizer(numbers):
    class Slow:
        def __del__(self):
            while True:
                pass

    Slow()  # Python swallows what is raised in there: the next ring has to end the loop below
    while True:
        pass


def fails_in_a_finalizer(numbers):
    class Faulty:
        def __del__(self):
            raise ValueError("of the student's own")

    Faulty()
    return numbers


def is_stopped(numbers):
    signal.raise_signal(signal.SIGINT)  # as when somebody presses Stop
    time.sleep(60)


@pytest.mark.parametrize(
    ("answer", "pattern"),
    [
        (loops, ""),
        (loops_and_catches_all, ""),
        (loops_and_prints, "(.|\n)*still here"),
        (sleeps, ""),
        (spins_in_a_finalizer, ""),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_check_ends_what_never_ends(answer, pattern, system, quick, monkeypatch):
    if answer is sleeps and system == "without timers" and os.name != "nt":
        pytest.skip("only Windows wakes the main thread for a signal that another thread got")
    unraisable = []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)
    hook = sys.unraisablehook
    status, text = said(answer)
    assert status == "wrong"
    assert re.search(f"(took|waited) too long{pattern}", text), text
    assert not unraisable
    assert sys.unraisablehook is hook


@pytest.mark.parametrize(
    ("answer", "pattern"),
    [
        (recurses, "RecursionError"),
        (exits, "ended with SystemExit"),
        (interrupts, "ended with KeyboardInterrupt"),
        (is_stopped, "ended with KeyboardInterrupt"),
        (raises_oddly, "It raised Odd"),
        (raises_at_length, "ValueError: x{150,}"),
        (divides_by_zero, r"ZeroDivisionError(.|\n)*`return 1 // 0`"),
        (too_large, "MemoryError"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_check_survives_what_a_function_does(answer, pattern, system):
    status, text = said(answer)
    assert status == "wrong"
    assert re.search(pattern, text), text
    assert len(text) < 2000
    assert said(lambda numbers: numbers + numbers)[0] == "right"


def test_an_error_that_python_swallows_is_reported_as_ever(system, monkeypatch):
    unraisable = []
    monkeypatch.setattr(sys, "unraisablehook", lambda error: unraisable.append(error.exc_type))
    said(fails_in_a_finalizer)
    assert set(unraisable) == {ValueError}


def test_time_limit_leaves_nothing_behind(system, quick):
    numbers = [number for number in ("SIGALRM", "SIGINT") if hasattr(signal, number)]
    before = [signal.getsignal(getattr(signal, number)) for number in numbers]
    threads = threading.active_count()
    said(loops)
    said(lambda numbers: 2 * numbers)
    assert [signal.getsignal(getattr(signal, number)) for number in numbers] == before
    assert threading.active_count() == threads
    time.sleep(0.3)  # no late ring
    if hasattr(signal, "getitimer"):
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_check_works_in_another_thread():
    statuses = []
    thread = threading.Thread(target=lambda: statuses.append(said(lambda numbers: 2 * numbers)[0]))
    thread.start()
    thread.join()
    assert statuses == ["right"]


def test_what_a_function_prints_stays_out_of_the_page_and_is_shown_when_wrong(capsys):
    def prints(numbers):
        print("so far", numbers)
        print("to stderr", file=sys.stderr)
        return numbers

    status, text = said(prints)
    assert capsys.readouterr() == ("", "")
    assert status == "wrong"
    assert "so far [1. 2.]\n            to stderr" in text
    assert "printed" not in said(lambda numbers: numbers)[1]

    def prints_and_fails(numbers):
        print("so far", numbers)
        return numbers[5]

    assert "so far [1. 2.]" in said(prints_and_fails)[1]
    assert capsys.readouterr() == ("", "")


def test_warnings_of_a_function_are_not_shown(recwarn):
    assert said(lambda numbers: np.log(np.zeros(1)) * 0 + 2 * numbers)[0] == "wrong"
    assert not recwarn.list


SLOW_MODULE = """
import time
start = time.thread_time()
while time.thread_time() < start + 1.0:
    pass
is_whole = True
"""


@pytest.mark.parametrize("apart_from_the_kernel", [True, False])
def test_loading_a_library_takes_nothing_from_the_time(apart_from_the_kernel, quick, monkeypatch, tmp_path):
    if apart_from_the_kernel and not apart.is_possible():
        pytest.skip("only Linux can copy a process that has threads")
    monkeypatch.setattr(apart, "is_possible", lambda: apart_from_the_kernel)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "slow_library.py").write_text(SLOW_MODULE)

    def loads_a_library(numbers):
        import slow_library

        return 2 * numbers * slow_library.is_whole

    message = double._judge_safely(loads_a_library)
    assert message.status == "right", message.text()
    assert getattr(sys.modules.pop("slow_library", None), "is_whole", apart_from_the_kernel)


def test_time_is_that_of_the_processor_and_ten_times_it_on_the_clock(system, quick):
    def waits(numbers):
        time.sleep(0.5)
        return 2 * numbers

    assert said(waits)[0] == "right"  # each call is longer than 0.3 seconds on the clock


def test_an_import_that_never_ends_is_stopped(quick, monkeypatch, tmp_path):
    monkeypatch.setattr(calling, "IMPORTING", 0.5)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "endless_library.py").write_text("while True:\n    pass\n")

    def loads_it(numbers):
        import endless_library  # noqa: F401

    status, text = said(loads_it)
    assert status == "wrong" and "Loading a library took too long" in text
    assert re.search("line [12] of endless_library.py: `(while True:|pass)`", text)


def test_what_a_function_displays_stays_out_of_the_page():
    cells = [
        "from course_utils.exercises import preparing as exercise\nimport matplotlib.pyplot as plt\nimport numpy as np",
        "def one_hot(labels, n_classes):\n    plt.plot(labels)\n    plt.show()\n    display(labels)\n"
        "    return np.eye(n_classes)[labels]\n\nexercise.one_hot.check_solution(one_hot)",
        "import os\n\ndef one_hot(labels, n_classes):\n    os._exit(1)\n\nexercise.one_hot.check_solution(one_hot)",
        "print('still here')",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    NotebookClient(notebook, timeout=CELL).execute(cwd=str(SOURCES))
    shown = [
        [output.get("data", {}).get("text/plain", output.get("text")) for output in cell.outputs]
        for cell in notebook.cells
    ]
    assert [len(outputs) for outputs in shown] == [0, 1, 1, 1]
    assert shown[1][0].startswith("Right (solution_one_hot)")
    assert sys.platform != "linux" or "ended its process (exit status 1)" in shown[2][0]


def test_an_answer_that_calls_tensorflow_is_judged_in_the_kernel(monkeypatch):
    from course_utils._tensorflow import keras, tf

    here = os.getpid()
    judged_in = []
    monkeypatch.setattr(double, "accept", lambda result, arguments: judged_in.append(os.getpid()))
    for answer in (lambda numbers: keras.ops.multiply(numbers, 2), lambda numbers: tf.constant(numbers) * 2):
        judged_in.clear()
        assert double._judge_safely(answer).status == "right"
        assert set(judged_in) == {here}
    keras.random.normal((2,))  # from now on Keras has a generator, whose state cannot be read in a copy
    judged_in.clear()
    assert double._judge_safely(lambda numbers: 2 * numbers).status == "right"
    assert not judged_in or not apart.is_possible()


@pytest.mark.parametrize("kind", ["NumPy", "TensorFlow", "Keras", "Keras variable", "memoryview", "deque", "generator"])
def test_right_numbers_are_right_in_any_dress(kind):
    from course_utils._tensorflow import keras, tf

    dress = {
        "NumPy": np.float32,
        "TensorFlow": tf.constant,
        "Keras": keras.ops.convert_to_tensor,
        "Keras variable": keras.Variable,
        "memoryview": memoryview,
        "deque": collections.deque,
        "generator": lambda numbers: (number for number in numbers),
    }[kind]
    assert said(lambda numbers: dress(2 * numbers))[0] == "right"
    assert "numbers differ" in said(lambda numbers: dress(3 * numbers))[1]
    Pair = collections.namedtuple("Pair", ["half", "rest"])
    assert said(lambda x: Pair(x / 2, (x, dress(np.array([x, x])))), half_and_pair)[0] == "right"


def test_seeds_of_keras_come_back():
    from course_utils._tensorflow import keras

    def draws(numbers):
        keras.utils.set_random_seed(7)
        return 2 * numbers + 0 * keras.ops.sum(keras.random.normal((2,)))

    def drawn(answer):
        keras.utils.set_random_seed(3)
        first = np.asarray(keras.random.normal((2,)))
        answer()
        return first.tolist(), np.asarray(keras.random.normal((2,))).tolist(), random.random(), np.random.rand()

    assert drawn(lambda: None) == drawn(lambda: said(draws))


# Whatever it returns


class Evil:
    def __array__(self, *args, **kwargs):
        raise RuntimeError

    def __repr__(self):
        raise RuntimeError

    def __eq__(self, other):
        raise RuntimeError

    __hash__ = None


@pytest.mark.parametrize(
    ("result", "pattern"),
    [
        (None, "is None"),
        ("[2, 4]", "is text"),
        (b"24", "real numbers"),
        ({2, 4}, "is a set"),
        ({"a": 2}, "is a dict"),
        (itertools.count(), "real numbers, but it is a count"),
        ([[2], [4, 5]], "different lengths"),
        (np.array([2, None]), "ndarray of object"),
        (np.array(["2", "4"]), "real numbers"),
        (np.array([2 + 1j, 4]), "real numbers"),
        (np.array([np.nan, 4]), "NaN is not a number"),
        (np.array([np.inf, 4]), "got inf"),
        (np.array([0x7F800001, 0x40800000], "uint32").view("float32"), "NaN is not a number"),  # as np.empty may hold
        (2.0, r"has shape \(\)"),
        ([2, 4, 8], r"has shape \(3,\)"),
        ([[2, 4]], "An axis of length 1"),
        (np.array([2, 4.1]), r"1 of 2 numbers differ, first at \[1\]"),
        ([3, 6], "numbers differ"),
        ([4, 2], "in the wrong places"),
        (np.array([2, 4.001]), r"That is close: numbers may differ by 1e-05"),
        ([4, 8], "2 times what it should be"),
        ([1, 2], "0.5 times what it should be"),
        ([3, 5], "too large by 1"),
        ([1, 3], "too small by 1"),
        (Evil(), ""),
        (Evil, "real numbers"),
        (len, "real numbers"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_check_survives_what_a_function_returns(result, pattern):
    status, text = said(lambda numbers: result)
    assert status == "wrong"
    assert re.search(pattern, text), text
    assert " at 0x" not in text


@pytest.mark.parametrize(
    "cast",
    [
        list,
        tuple,
        np.float32,
        lambda x: x.astype(int),
        np.asfortranarray,
        lambda x: x.astype(">f8"),
        lambda x: x.tolist(),
    ],
)
def test_check_accepts_any_kind_of_numbers(cast):
    assert said(lambda numbers: cast(2 * numbers))[0] == "right"


@pytest.mark.parametrize("off", [0, 1e-6, -1e-6])
def test_check_accepts_rounding(off):
    assert said(lambda numbers: 2 * numbers * (1 + off))[0] == "right"
    assert said(lambda numbers: 2 * numbers * (1 + 100 * off) + 1e-3)[0] == "wrong"


def test_parts_of_a_result_are_compared_one_by_one():
    assert said(lambda x: (x / 2, (x, [x, x])), half_and_pair)[0] == "right"
    assert said(lambda x: [x / 2, [x, np.full(2, x)]], half_and_pair)[0] == "right"
    for result, pattern in [
        ((1.5, (3, [3, 4])), r"result\[1\]\[1\]: expected 3, got 4|first at \[1\]"),
        ((1.0, (3, [3, 3])), r"result\[0\] is not the right number"),
        (1.5, "must be 2 values"),
        ((1.5, 3), r"result\[1\] must be 2 values"),
        ((1.5, (3, [3, 3]), 1), "it is 3 of them"),
        (None, "must be 2 values"),
    ]:
        status, text = said(lambda x, result=result: result, half_and_pair)
        assert status == "wrong"
        assert re.search(pattern, text), text


SQUARE, WIDE = np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[1.0, 2.0, 4.0], [8.0, 16.0, 31.0]])


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (3, 3.0),
        (3, 30 * 0.1),  # 3.0000000000000004
        (3, np.array(3)),
        (3, True + 2),
        (1, True),
        (2.0, 2),
        (1000.0, 1000.01),  # 1e-5 of 1001
        (0.0, 1e-5),
        (np.inf, np.inf),
        (np.array([np.nan, 1.0]), [np.nan, 1.0]),
        (np.array([-np.inf, 1.0]), (-np.inf, 1.0)),
        (np.array([1, 0]), [True, False]),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (WIDE, WIDE.tolist()),
        ((1.5, 2), np.array([1.5, 2.0])),
        ((), []),
    ],
)
def test_what_is_equal(expected, got):
    values.compare(expected, got, tolerance=1e-5)
    assert values.same(expected, got, tolerance=1e-5)


@pytest.mark.parametrize(
    ("expected", "got", "look"),
    [
        (3, 3.00001, "The result is not the right number."),
        (1000.0, 1000.02, "The result is not the right number."),
        (0.0, 1.1e-5, "The result is not the right number."),
        (3.0, np.nan, "The result is not the right number."),
        (np.inf, 8.2, "The result is not the right number."),
        (-np.inf, np.inf, "The result is not the right number."),
        (3.0, [3.0], "The result must be a single number, but it is an array of shape (1,)."),
        ((1, 2), 3, "The result must be 2 values, `return a, b`; it is of type int."),
        ((1, 2), np.array(3), "The result must be 2 values, `return a, b`; it is of type ndarray."),
        ((1, 2), [1], "The result must be 2 values, `return a, b`; it is 1 of them."),
        ((1, (2, 3)), (1, (2, 4)), "The result[1][1] is not the right number."),
        (WIDE, WIDE.T, "). Its axes are in reverse order."),
        (WIDE, 1 - WIDE.T, "should have shape (2, 3). The lengths are right, but in another order."),
        (WIDE[None], WIDE[:, None], "). An axis of length 1 is missing, extra, or in the wrong place."),
        (WIDE[0], WIDE[:1], "). An axis of length 1 is missing, extra, or in the wrong place."),
        (WIDE[0], WIDE[0][:, None], "). An axis of length 1 is missing, extra, or in the wrong place."),
        (np.zeros((2, 3, 4)), np.zeros((3, 2, 4)), "). The lengths are right, but in another order."),
        (np.zeros((2, 6)), np.zeros((3, 4)), "The result has shape (3, 4); it should have shape (2, 6)."),
        (WIDE[0], WIDE[0][:2], "The result has shape (2,); it should have shape (3,)."),
        (SQUARE, SQUARE.T, "2 of 4 numbers differ, first at [0, 1]: expected 2, got 3. Rows and columns are swapped."),
        (SQUARE, SQUARE[[1, 0]][:, [1, 0]], "got 5. The numbers are right, but in the wrong places."),
        (WIDE, WIDE[:, ::-1], "but in the wrong places: along axis 1 in reverse order."),
        (
            WIDE,
            np.roll(WIDE, 1, axis=1),
            "but in the wrong places: along axis 1 each one place too late, and the last one first.",
        ),
        (
            WIDE,
            np.roll(WIDE, -1, axis=1),
            "but in the wrong places: along axis 1 each one place too early, and the first one last.",
        ),
        (SQUARE, 3 * SQUARE, "expected 1, got 3. Each number is 3 times what it should be."),
        (SQUARE, SQUARE / 4, "expected 1, got 0.25. Each number is 0.25 times what it should be."),
        (SQUARE, -SQUARE, "expected 1, got -1. Each number is -1 times what it should be."),
        (SQUARE, SQUARE * 0.7, "4 of 4 numbers differ, first at [0, 0]: expected 1, got 0.7."),
        (SQUARE, SQUARE * 0, "4 of 4 numbers differ, first at [0, 0]: expected 1, got 0."),
        (SQUARE, SQUARE + 2.5, "expected 1, got 3.5. Each number is too large by 2.5."),
        (SQUARE, SQUARE - 0.4, "expected 1, got 0.6. Each number is too small by 0.4."),
        (SQUARE, SQUARE + np.array([[0, 0], [0, 5]]), "1 of 4 numbers differ, first at [1, 1]: expected 5, got 10."),
        (
            SQUARE,
            SQUARE * [[1, 1], [1, np.nan]],
            "got nan. NaN is not a number: it comes from 0/0, or from an operation on another NaN.",
        ),
        (
            SQUARE,
            SQUARE + np.array([[0, 0], [0, 1e-3]]),
            "got 5.001. That is close: numbers may differ by 1e-05 · (1 + their size).",
        ),
        (
            WIDE,
            np.roll(WIDE, -1, axis=1) + np.array([0, 0, 70]),
            "expected 1, got 2. Along axis 1 the numbers are one place too early.",
        ),
        (
            WIDE,
            np.roll(WIDE, 1, axis=1) + np.array([70, 0, 0]),
            "got 74. Along axis 1 the numbers are one place too late.",
        ),
        (
            WIDE.T,
            np.roll(WIDE.T, -1, axis=0) + np.array([[0, 0], [0, 0], [70, 70]]),
            "Along axis 0 the numbers are one place too early.",
        ),
    ],
)
def test_what_differs_is_named(expected, got, look):
    with pytest.raises(Wrong) as raised:
        values.compare(expected, got, tolerance=1e-5)
    assert raised.value.look.endswith(look)
    assert raised.value.details["expected"]
    assert raised.value.details["got"]
    assert not values.same(expected, got, tolerance=1e-5)


def test_what_came_is_shown_as_arrays_where_it_can_be():
    with pytest.raises(Wrong) as raised:
        values.compare((SQUARE, 1), [[[1, 2], [3, 4]], 2], tolerance=1e-5)
    assert raised.value.details["expected"] == "[0] = [[1., 2.],\n       [3., 5.]]  (float64 of shape (2, 2))\n[1] = 1"
    with pytest.raises(Wrong) as raised:
        values.compare(SQUARE, [[1, 2], [3, 4]], tolerance=1e-5)
    assert raised.value.details["got"] == "[[1, 2],\n [3, 4]]  (int64 of shape (2, 2))"


def test_type_is_compared_where_one_is_asked_for():
    values.compare(SQUARE, SQUARE.astype("float32"), tolerance=1e-5, dtype="float32")
    with pytest.raises(Wrong, match="must be float32, but it is float64") as raised:
        values.compare(SQUARE, SQUARE, tolerance=1e-5, dtype="float32")
    assert "float32" in raised.value.details["expected"]
    with pytest.raises(Wrong, match="must be float32, but it is float64"):
        values.compare((SQUARE, 1), (SQUARE, np.float32(1)), tolerance=1e-5, dtype="float32")


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda x: 100 * x, "In all 3 cases it is a percentage."),
        (lambda x: 1 - x, "In all 3 cases it is 1 minus what it should be."),
        (lambda x: -x, "In all 3 cases it is minus what it should be."),
        (lambda x: 1 / x, "In all 3 cases it is 1 divided by what it should be."),
        (lambda x: x**2, "In all 3 cases it is the square of what it should be."),
        (lambda x: x**0.5, "In all 3 cases it is the square root of what it should be."),
        (lambda x: x * np.log(2), "In all 3 cases it is 0.6931 times what it should be."),
        (lambda x: x + 0.5, "In all 3 cases it is too large by 0.5."),
        (lambda x: x if x > 1 else 3 * x, "Here it is 3 times what it should be."),
        (lambda x: x if x > 1 else x / 4, "Here it is what it should be, divided by 4."),
        (lambda x: x if x > 1 else x - 1, "Here it is too small by 1."),
        (lambda x: x if x > 1 else np.nan, "NaN is not a number"),
        (lambda x: x if x > 1 else np.inf, "is not the right number."),
        (lambda x: x if x > 1 else 0.123, "is not the right number."),
    ],
)
def test_how_single_numbers_differ_is_told(made, says):
    @engine.function(cases={"a": (0.25,), "b": (1.5,), "c": (3.5,)}, shows="It is.", hints=["One.", "Two."])
    def same(x):
        return x

    status, text = said(made, same)
    assert status == "wrong"
    assert says in text.splitlines()[0]


def test_a_judged_number_is_not_related_to_one_right_result():
    @engine.judged(cases={"a": (1.0,), "b": (3.0,)}, shows="Half.", hints=["One.", "Two."])
    def half(result, x):
        values.compare(x / 2, result, tolerance=1e-5)

    assert "is not the right number" in said(lambda x: x, half)[1]


def test_a_mistake_that_most_cases_belie_is_hedged():
    cases = {str(number): (number,) for number in range(2, 9)}

    @engine.function(cases=cases, shows="It is.", hints=["One.", "Two."])
    def square(x):
        return x * x

    square.mistake("Cubed.", lambda x: x**3)
    assert "(square): Cubed." in said(lambda x: x**3 if x < 6 else 0, square)[1]
    assert "perhaps not yours: Cubed." in said(lambda x: x**3 if x < 4 else 0, square)[1]


def test_results_that_depend_on_the_layout_in_memory_are_told():
    def reads_the_buffer(numbers):
        return 2 * np.ndarray(numbers.shape, numbers.dtype, numbers.base if numbers.base is not None else numbers)

    assert "if they lie apart in memory" in said(reads_the_buffer)[1]
    assert "resize" in said(lambda numbers: numbers.resize(2) or 2 * numbers)[1]


def test_an_error_tells_what_the_names_in_its_expression_stand_for():
    @engine.function(
        cases={"three": (np.eye(3), np.eye(3))},
        shows="It is.",
        hints=["One.", "Two."],
        words={"labels": "one-hot"},
        errors={"IndexError": "There is no such class."},
    )
    def share(labels, probabilities):
        return 1.0

    def compares(labels, probabilities):
        best = probabilities[:, :2]
        return np.mean(labels + best)

    def goes_too_far(labels, probabilities):
        n = len(labels)
        return labels[n]

    def divides(labels, probabilities):
        n = 0
        return 1 / n

    text = said(compares, share)[1]
    assert "do not fit together: `labels` (one-hot) has shape (3, 3), `best` has shape (3, 2). It raised" in text
    assert re.search(r"where +line \d+ of the cell: `return np.mean\(labels \+ best\)`", text)
    assert (
        "There is no such class. An index goes past the end: `labels` (one-hot) has shape (3, 3), `n` is 3. It "
        in said(goes_too_far, share)[1]
    )
    assert "It divides by zero: `n` is 0. What should come out for this input?" in said(divides, share)[1]


def test_no_line_of_a_library_is_called_the_students():
    def fails_in_numpy(numbers):
        return np.linalg.inv(np.zeros((2, 2))) @ numbers

    def fails_in_a_named_tuple(numbers):
        return collections.namedtuple("Pair", ["one", "two"])(1)

    for answer in (fails_in_numpy, fails_in_a_named_tuple):
        assert re.search(r"where +line \d+ of the cell: `return", said(answer)[1])


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("188160000", "Your answer is text, not a number: leave out the quotes."),
        ("188,160,000", "leave out the quotes. Leave out the commas, too: Python would read a tuple."),
        ((188, 160, 0), "reads this as a tuple. If the commas stand for thousands, write `188_160_000`."),
        ((188, -160), "The answer is a single number."),
        ((1, 2000), "The answer is a single number."),
        ([1] * 10**7, "The answer is a single number."),
        (10**400, "Your answer is larger than any float."),
        (2**70, "too large"),
        (decimal.Decimal("sNaN"), "must be made of real numbers"),
    ],
)
def test_a_number_that_is_written_otherwise(value, says):
    assert says in loading.float32_bytes.judge(value).sentence


@pytest.mark.parametrize("one", [fractions.Fraction(188_160_000), decimal.Decimal(188_160_000)])
def test_exact_numbers_are_numbers(one):
    assert loading.float32_bytes.judge(one).status == "right"
    values.compare([1.0, 2.0], np.array([1, 2], dtype=object), tolerance=1e-5)
    values.compare([0.5, 188_160_000.0], plain.plain([fractions.Fraction(1, 2), one]), tolerance=1e-5)


def test_an_error_is_told_without_its_colors():
    def double(numbers):
        raise ValueError("\x1b[1mValue for attr 'T' of int64 is not allowed.\x1b[0m")

    with pytest.raises(calling.Wrong) as caught:
        calling.call(double, (1,))
    assert "ValueError: Value for attr 'T' of int64 is not allowed." in caught.value.look


# However it is handed over


@pytest.mark.parametrize(
    ("answer", "pattern"),
    [
        (np.array([2.0, 4.0]), "without parentheses"),
        (None, "without parentheses"),
        ("double", "without parentheses after its name and without quotes."),
        (lambda: 1, "cannot be called as `double(numbers)`"),
        (lambda numbers, more: numbers, "missing a required argument: 'more'"),
        (Evil(), "without parentheses"),
    ],
)
def test_check_says_how_to_call_it(answer, pattern):
    status, text = said(answer)
    assert status == "wrong"
    assert pattern in text


def test_check_takes_an_object_that_has_every_attribute():
    answer = unittest.mock.Mock(side_effect=lambda numbers: 2 * numbers)
    assert said(answer)[0] == "right"
    assert said(unittest.mock.Mock())[0] == "wrong"
    assert not calling.is_stub(answer) and not calling.in_the_same_words(answer, answer)


class Doubler:
    def __call__(self, numbers):
        return numbers * 2


@pytest.mark.parametrize("answer", [Doubler(), np.vectorize(lambda x: 2 * x), lambda *numbers: 2 * numbers[0]])
def test_check_takes_anything_that_can_be_called(answer):
    assert said(answer)[0] == "right"


def test_defaults_are_used_where_a_case_leaves_them_out():
    assert said(lambda n, more=1: n + more, add)[0] == "right"
    assert said(lambda n, more=2: n + more, add)[0] == "wrong"
    assert "cannot be called as `add(n)`" in said(lambda n, more: n + more, add)[1]


@pytest.mark.parametrize(
    ("source", "stub"),
    [
        ("def f(x): ...", True),
        ("def f(x):\n  'what'\n  ...", True),
        ("def f(x): 'what'", True),
        ("def f(x): pass", True),
        ("def f(x): return ...", True),
        ("f = lambda x: ...", True),
        ("def f(x): return 0", False),
        ("def f(x): return x", False),
        ("def f(x): x + 1", False),
        ("def f(x): print(x)", False),
        ("def f(x): return 'what'", False),
        ("def f(x):\n  while True: pass", False),
        ("def f(x):\n  yield", False),
        ("def f(x): raise NotImplementedError", False),
        ("f = 3", False),
        ("f = len", False),
    ],
)
def test_stubs_are_told_from_functions(source, stub):
    namespace = {}
    exec(source, namespace)
    assert calling.is_stub(namespace["f"]) is stub


def test_arguments_are_copies_and_changing_them_is_told():
    case = double.cases["two numbers"][0]

    def in_place(numbers):
        numbers *= 2
        return numbers

    status, text = said(in_place)
    assert status == "wrong"
    assert "It changes `numbers` in place" in text
    assert case.tolist() == [1.0, 2.0]


def test_second_call_must_agree_with_the_first():
    seen = []

    def remembers(numbers):
        seen.append(len(numbers))
        return 2 * numbers + (len(seen) > 2)

    assert "The same input must give the same result: draw nothing at random" in said(remembers)[1]


def test_first_two_results_must_differ_where_that_is_asked():
    @engine.judged(cases={"one": (1,), "two": (2,)}, unlike="Twice the same.", shows="Yes.", hints=["One.", "Two."])
    def some_number(result, seed):
        float(result)

    assert said(lambda seed: seed, some_number)[0] == "right"
    assert "(some_number): Twice the same." in said(lambda seed: 7, some_number)[1]


def test_mistakes_are_recognized_by_their_results():
    @engine.function(cases={"two": (2,), "three": (3,), "ten": (10,)}, shows="It is.", hints=["One.", "Two."])
    def square(x):
        return x * x

    square.mistake("Doubled.", lambda x: 2 * x)

    @square.mistake("Cubed.")
    def cubed(x):
        return x**3

    square.mistake("Fails.", lambda x: 1 // 0)
    assert cubed(2) == 8
    assert said(lambda x: x + x, square)[1].startswith("Not right yet (square): Doubled.")  # right for two
    assert said(lambda x: x * x * x, square)[1].startswith("Not right yet (square): Cubed.")
    hedged = "Not right yet (square): For this input it comes out as after a usual mistake, perhaps not yours: Cubed."
    assert said(lambda x: 8 if x == 2 else x, square)[1].startswith(hedged)
    assert "not the right number" in said(lambda x: x + 1, square)[1]
    assert "the 2 before it came out right" in said(lambda x: min(x * x, 50), square)[1]


def test_warnings_of_a_known_mistake_are_not_shown(recwarn):
    assert said(lambda images: images[..., None] / images.max(), preparing.prepare)[0] == "wrong"
    assert not recwarn.list


def test_judged_exercise_recognizes_mistakes_too():
    @engine.judged(cases={"one": (1,), "two": (2,)}, shows="It is.", hints=["One.", "Two."])
    def larger(result, x):
        if not result > x:
            raise Wrong("It must be larger.", expected=f"more than {x}")

    larger.mistake("That is the same.", lambda x: x)
    assert said(lambda x: x + 5, larger)[0] == "right"
    assert "(larger): That is the same." in said(lambda x: x, larger)[1]
    assert "(larger): It must be larger." in said(lambda x: x - 1, larger)[1]


def test_a_fault_of_a_check_is_no_traceback(monkeypatch, capsys):
    monkeypatch.setattr(double, "_judge", lambda answer: 1 // 0)
    double.check(lambda numbers: numbers)
    double.check_solution(lambda numbers: numbers)
    assert capsys.readouterr().out.count("The check cannot handle this answer (ZeroDivisionError)") == 2
    with pytest.raises(ZeroDivisionError):  # but tests see it
        double.judge(lambda numbers: numbers)


def test_a_judge_that_fails_is_no_traceback():
    @engine.judged(cases={"one": (1,)}, shows="It is.", hints=["One.", "Two."])
    def anything(result, x):
        if result.unheard_of:
            raise Wrong("no")

    status, text = said(lambda x: 1, anything)
    assert status == "wrong"
    assert "something other than what" in text


# Predictions, choices, networks


@pytest.mark.parametrize("answer", [(14, 14, 32), [14, 14, 32], np.array([14, 14, 32]), (14.0, 14.0, 32.0)])
def test_prediction_is_accepted(answer):
    assert said(answer, shape)[0] == "right"


@pytest.mark.parametrize(
    "answer",
    [(14, 14), (14, 14, 33), (13, 14, 32), 32, "14", None, lambda: 1, (14, None, 32), Evil(), [[14, 14, 32]], {14}],
)
def test_wrong_prediction_is_not_told_the_answer(answer):
    status, text = said(answer, shape)
    assert status == "wrong"
    assert "expected" not in text
    assert "14, 14, 32)" not in text
    assert said(..., shape)[0] == "not attempted"


@pytest.fixture(scope="module")
def small_network():
    """Two classes, dark and bright."""

    @networks.network(max_parameters=60, min_accuracy=0.9, shows="Small will do.", hints=["One.", "Two."], seconds=60)
    def small_network():
        rng = np.random.default_rng(0)
        labels = rng.integers(0, 2, 6600)
        images = (rng.random((6600, 4, 4, 1)) + 2 * labels[:, None, None, None] - 1.5).astype("float32")
        return (images[:6400], labels[:6400]), (images[6400:], labels[6400:])

    return small_network


def test_network_within_its_budget_is_accepted_however_it_is_built(small_network):
    from course_utils._tensorflow import keras

    def sequential():
        return keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Flatten(), keras.layers.Dense(2, "softmax")])

    inputs = keras.Input((4, 4, 1))
    flat = keras.layers.Reshape((16,))(inputs)
    functional = keras.Model(inputs, keras.layers.Softmax()(keras.layers.Dense(2)(flat)))
    before = [weights.copy() for weights in functional.get_weights()]
    for answer in (sequential, functional):
        status, text = said(answer, small_network)
        assert status == "right", text
    assert all(np.array_equal(*pair) for pair in zip(before, functional.get_weights(), strict=True))
    assert not functional.compiled


def test_wrong_network_is_told_what_is_wrong(small_network):
    from course_utils._tensorflow import keras

    def built(*layers, shape=(4, 4, 1)):
        return keras.Sequential([keras.Input(shape), *layers])

    flatten, dense = keras.layers.Flatten, keras.layers.Dense
    for answer, pattern in [
        (built(flatten(), dense(8, "relu"), dense(2, "softmax")), r"at most 60 parameters(.|\n)*154 parameters"),
        (built(flatten(), dense(2)), "probabilities"),
        (built(flatten(), dense(2, "sigmoid")), "probabilities"),
        (built(flatten(), dense(1, "sigmoid")), r"one number for each class(.|\n)*shape \(n, 1\)"),
        (built(dense(2, "softmax")), "one number for each class"),
        (built(dense(2, "softmax"), shape=(16,)), "does not take images of shape"),
        (built(keras.layers.GlobalMaxPooling2D(), dense(2, "softmax")), "learns too little"),
        (lambda: dense(2) and None, "a NoneType"),
        (lambda: undefined, "NameError"),  # noqa: F821
        (lambda: [flatten(), dense(2)], "this is a list"),
        ("sequential", "this is a str"),
    ]:
        status, text = said(answer, small_network)
        assert status == "wrong"
        assert re.search(pattern, text), text
    assert said(..., small_network)[0] == "not attempted"
    assert said(lambda: ..., small_network)[0] == "not attempted"


@pytest.fixture(scope="module")
def scaled():
    """A block that adds a dense layer's output to what comes in."""
    from course_utils._tensorflow import keras

    @networks.block(
        cases={"two by three, four channels": ((None, 2, 3, 4),), "one channel": ((None, 2, 2, 1),)},
        shows="It adds.",
        hints=["One.", "Two."],
        errors={r"ValueError.*and \(\d+, \d+, 7\)": "Seven is a fixed number."},
    )
    def scaled(maps):
        return maps + keras.layers.Dense(maps.shape[-1])(maps)

    @scaled.mistake("Nothing is added.")
    def alone(maps):
        return keras.layers.Dense(maps.shape[-1])(maps)

    scaled.mistake("It is added twice.", lambda maps: 2 * maps + alone(maps))
    scaled.mistake("They are side by side.", lambda maps: keras.ops.concatenate([maps, alone(maps)], axis=-1))
    return scaled


def test_block_is_accepted_however_it_is_built(scaled):
    from course_utils._tensorflow import keras

    def with_layers(maps):
        return keras.layers.Add()([keras.layers.Dense(maps.shape[-1], kernel_initializer="ones")(maps), maps])

    def with_a_network(maps):
        inputs = keras.Input(maps.shape[1:])
        return maps + keras.Model(inputs, keras.layers.Dense(inputs.shape[-1])(inputs))(maps)

    for answer in (with_layers, with_a_network):
        assert said(answer, scaled) == ("right", "Right (scaled): It adds.")


def test_wrong_block_is_told_what_is_wrong(scaled):
    from course_utils._tensorflow import keras

    dense, kept = keras.layers.Dense, []

    def all_in_one(maps):
        kept.append(dense(maps.shape[-1]))
        return maps + kept[0](maps)

    for answer, pattern in [
        (lambda maps: dense(maps.shape[-1])(maps), r"Nothing is added.(.|\n)*maps = \(None, 2, 3, 4\)"),
        (lambda maps: maps + maps + dense(maps.shape[-1])(maps), "It is added twice"),
        (lambda maps: keras.layers.Concatenate()([maps, dense(maps.shape[-1])(maps)]), "side by side"),
        (lambda maps: maps + dense(7)(maps), r"It raised ValueError"),
        (lambda maps: keras.layers.Add()([maps, dense(7)(maps)]), "Seven is a fixed number. It raised ValueError"),
        (lambda maps: maps + dense(4)(maps), r"another shape(.|\n)*\(n, 2, 2, 1\)(.|\n)*\(n, 2, 2, 4\)"),
        (lambda maps: maps + dense(maps.shape[-1], use_bias=False)(maps), r"other weights(.|\n)*\[4, 4\]"),
        (lambda maps: maps + dense(maps.shape[-1], "relu")(maps), r"equal weights, \d+ of 48 numbers differ, first at"),
        (lambda maps: 3 * maps + dense(maps.shape[-1])(maps), "weights at 0, (.|\n)*is 3 times what it should be"),
        (lambda maps: keras.Model(maps, dense(4)(maps)), "this is a network. Return the tensor itself"),
        (lambda maps: dense(4), "this is a layer. Call it on a tensor"),
        (lambda maps: (maps, maps), "this is a tuple"),
        (lambda maps: "maps", "this is a str"),
        (lambda maps: print(maps), r"end with `return`\?(.|\n)*printed  <KerasTensor"),
        (lambda: 1, "cannot be called as `scaled\\(maps\\)`"),
        (lambda maps: undefined, "NameError"),  # noqa: F821
        (all_in_one, "ValueError(.|\n)*one channel"),
        ("maps", "takes the function itself"),
    ]:
        status, text = said(answer, scaled)
        assert status == "wrong"
        assert re.search(pattern, text), text
    assert said(..., scaled)[0] == "not attempted"
    assert said(lambda maps: ..., scaled)[0] == "not attempted"


def test_a_block_of_ours_leaves_the_seeds_as_they_are(scaled):
    from course_utils._tensorflow import keras

    def seven_times(maps):
        return 7 * maps + keras.layers.Dense(maps.shape[-1])(maps)

    scaled.mistake("That is seven times.", seven_times)
    before = random.getstate()
    assert "That is seven times" in said(seven_times, scaled)[1]
    assert random.getstate() == before


SMALL = (("image", "InputLayer"), ("one", "Conv2D"), ("norm", "BatchNormalization"), ("sum", "Add", "one", "norm"))


def of_networks():
    """The lessons' exercises that ask for a function of a network."""
    exercises = itertools.chain(*engine.all_exercises().values())
    return [exercise for exercise in exercises if isinstance(exercise, networks.OfNetwork)]


@pytest.fixture(scope="module")
def weighty():
    """The names of the layers that have weights, but for one."""

    @networks.of_network(
        cases={
            "a shortcut": (SMALL, "norm"),
            "a Sequential": ((("b", "Dense"), ("a", "ReLU"), ("c", "Dense"), ("d", "Dense")), "d"),
        },
        shows="They have weights.",
        hints=["One.", "Two."],
    )
    def weighty(model, but):
        return [layer.name for layer in model.layers if layer.weights and layer.name != but]

    weighty.mistake("All layers are there.", lambda model, but: [layer.name for layer in model.layers])
    weighty.mistake("That is a number.", lambda model, but: sum(bool(layer.weights) for layer in model.layers))
    return weighty


def test_function_of_a_network_is_accepted_whatever_it_does_to_the_network(weighty):
    def by_training(model, but):
        model.get_layer(but).trainable = False
        return [layer.name for layer in model.layers if layer.trainable_weights]

    def as_a_generator(model, but):
        return (layer.name for layer in model.layers if layer.count_params() and layer.name != but)

    def as_an_array(model, but):
        return np.array(list(as_a_generator(model, but)))

    for answer in (by_training, as_a_generator, as_an_array, lambda model, but: tuple(as_a_generator(model, but))):
        assert said(answer, weighty) == ("right", "Right (weighty): They have weights.")


def test_wrong_function_of_a_network_is_told_what_is_wrong(weighty):
    def names(model, but=None):
        return [layer.name for layer in model.layers if layer.weights and layer.name != but]

    for answer, pattern in [
        (lambda model, but: [layer.name for layer in model.layers], "All layers are there.(.|\n)*  one \\(Conv2D\\)"),
        (lambda model, but: names(model), r"`norm` doesn't belong here.(.|\n)*expected  \['one'\]"),
        (lambda model, but: names(model, but)[:1], r"`c` is missing(.|\n)*a Sequential:(.|\n)*but = 'd'"),
        (lambda model, but: names(model, but)[::-1], "in another order than in `model.layers`"),
        (lambda model, but: 2 * names(model, but), "`one` comes more than once"),
        (lambda model, but: set(names(model, but)), "this is of type set. It has no order"),
        (lambda model, but: names(model, but)[0], "a list of names, and this is of type str"),
        (lambda model, but: [model.get_layer(name) for name in names(model, but)], "something of type Conv2D"),
        (lambda model, but: [(name, 1) for name in names(model, but)], "something of type tuple"),
        (lambda model, but: print(names(model, but)), r"end with `return`\?(.|\n)*printed +\['one'\]"),
        (lambda model, but: np.int64(len(names(model))), "That is a number"),
        (lambda model, but: model.get_layer("two"), r"It raised ValueError: No such layer: two"),
        (lambda model: [], r"cannot be called as `weighty\(model, but\)`"),
    ]:
        status, text = said(answer, weighty)
        assert status == "wrong"
        assert re.search(pattern, text), text
    assert said(lambda model, but: ..., weighty)[0] == "not attempted"


def test_each_call_gets_a_network_of_its_own(weighty):
    seen = []

    def remembers(model, but):
        seen.append(model)
        return weighty.answer(SMALL, but)

    said(remembers, weighty)
    assert len(seen) == 2 == len(set(map(id, seen)))
    before = random.getstate()
    said(remembers, weighty)
    assert random.getstate() == before


@pytest.mark.parametrize("key", [exercise.key for exercise in of_networks()])
def test_rows_are_in_the_order_of_the_networks_layers(key):
    (exercise,) = (exercise for exercise in of_networks() if exercise.key == key)
    for rows, *_ in exercise.cases.values():
        layers = stacks.build(rows).layers
        assert [(layer.name, type(layer).__name__) for layer in layers] == [row[:2] for row in rows]


# How it is said


def test_words_are_the_same_under_any_print_options():
    answer = lambda numbers: numbers / 3  # noqa: E731
    plain = said(answer)
    with np.printoptions(precision=1, suppress=True, linewidth=20, threshold=1, formatter={"float": lambda x: "?"}):
        assert said(answer) == plain


def contrast(one, other):
    """The contrast of two colors, as the Web Content Accessibility Guidelines 2.2 define it."""

    def luminance(color):
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("status", report.LOOKS)
def test_colors_can_be_told_from_their_grounds(status):
    color = report.LOOKS[status][1]
    assert contrast("#ffffff", color) >= 4.5  # the word on it; and the line on a white page
    assert contrast("#111111", color) >= 3  # the line on JupyterLab's dark page


def test_box_is_safe_and_says_the_same_as_the_text():
    message = report.Message(
        "wrong", "f", "Look at `x < 3` & more.", (("got", "<script>alert(1)</script>"), ("input", "a\n<b>"))
    )
    box = message.html()
    assert "<script" not in box
    assert "<code>x &lt; 3</code> &amp; more." in box
    assert 'role="status"' in box
    assert box.count("<") - box.count("</") == box.count("</")  # each tag is closed
    words = re.sub(r"<[^>]+>", " ", box).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    for word in message.text().replace("`", "").split():
        assert word.strip("():") in words
    assert message.text().splitlines()[-1] == "         <b>"


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("the slope *after* its ReLU", "the slope <em>after</em> its ReLU"),
        ("takes *at most* that, on *what*?", "takes <em>at most</em> that, on <em>what</em>?"),
        ("`height * width * channels` and `*all*`", "<code>height * width * channels</code> and <code>*all*</code>"),
        ("2 * width * height, a*b*c, *rows, **options", "2 * width * height, a*b*c, *rows, **options"),
    ],
)
def test_words_between_asterisks_are_emphasized(text, box):
    assert report.with_code(text) == box


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("is $x < 5$ so?", r"is \(x &lt; 5\) so?"),
        ("$5 and $10", "<span>$</span>5 and <span>$</span>10"),  # which JupyterLab takes for no formula
        ("`$5 and $10`", "<code>$5 and $10</code>"),
        ("$10, *not* `$x$`", "<span>$</span>10, <em>not</em> <code>$x$</code>"),
    ],
)
def test_a_formula_gets_the_marks_that_are_drawn_and_money_none(text, box):
    assert report.with_code(text) == box


def test_in_a_students_value_a_dollar_is_a_dollar():
    box = report.Message("wrong", "f", "No.", (("got", "'$x$'"),)).html()
    assert "'<span>$</span>x<span>$</span>'" in box


def test_outside_of_a_notebook_the_words_are_printed(capsys):
    double.check(lambda numbers: 2 * numbers)
    assert capsys.readouterr().out == "Right (double): Doubling doubles.\n"


def test_in_a_notebook_the_box_and_the_words_are_displayed(monkeypatch):
    shown = []
    monkeypatch.setattr(report, "get_ipython", lambda: InteractiveShell)
    monkeypatch.setattr(report, "display", lambda data, raw: shown.append(data))
    double.check(...)
    assert shown[0]["text/plain"].startswith("Not attempted yet (double)")
    assert shown[0]["text/html"].startswith("<div")


def test_an_error_in_another_function_names_that_function():
    def of_the_lesson(numbers):
        return numbers.no_such_thing

    def calls_it(numbers):
        return of_the_lesson(numbers)

    for answer, where in (
        (calls_it, r"line \d+ of the cell that defines `of_the_lesson`"),
        (of_the_lesson, r"line \d+ of the cell"),
    ):
        assert re.match(rf"{where}: `return numbers\.no_such_thing`", dict(double.judge(answer).details)["where"])


def test_the_line_that_is_named_is_the_students_own():
    """Not the one in the course's package where the error was raised."""

    def prepare(images):
        return data.prepare_images(images)

    with pytest.raises(Wrong) as wrong:
        calling.call(prepare, [np.zeros((2, 3), dtype="uint8")])
    assert wrong.value.details["where"].endswith("`return data.prepare_images(images)`")


def test_in_a_kernel_an_endless_loop_is_stopped_and_the_lesson_goes_on(progress_file):
    cells = [
        "from course_utils.exercises import calling, preparing as exercise\nimport numpy as np\ncalling.SECONDS = 0.5",
        "def one_hot(labels, n_classes):\n    while True:\n        print('on and on')\n\n"
        "exercise.one_hot.check(one_hot)",
        "def solution_one_hot(labels, n_classes):\n    return np.eye(n_classes)[labels]\n\n"
        "exercise.one_hot.check_solution(solution_one_hot)",
        "exercise.quiz.show()",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    NotebookClient(notebook, timeout=CELL).execute()
    outputs = [cell.outputs for cell in notebook.cells]
    assert [len(shown) for shown in outputs] == [0, 1, 1, 1]
    assert all(set(shown[0].data) == {"text/html", "text/plain"} for shown in outputs[1:])
    stopped, solution, quiz = (shown[0].data["text/plain"] for shown in outputs[1:])
    assert "took too long" in stopped
    assert re.search(r"line \d of the cell: `(while True:|print\('on and on'\))`", stopped)
    assert solution.startswith("Right (solution_one_hot)")
    assert quiz.startswith("1. ")
    assert not progress_file.exists()


@pytest.fixture
def one_hot(monkeypatch):
    """An exercise of a lesson, as nobody has met it yet."""
    monkeypatch.setattr(preparing.one_hot, "is_tried", False)
    return preparing.one_hot


def said_by(show, capsys):
    show()
    return capsys.readouterr().out


def test_a_solution_is_shown_at_the_second_call_and_marks_nothing(one_hot, capsys, progress_file):
    first = said_by(one_hot.solution, capsys)
    assert first.startswith("Not attempted yet (one_hot)") and "run this again" in first and "np." not in first
    second = said_by(one_hot.solution, capsys)
    assert second.startswith(f"Solution (one_hot): One way to do it. {one_hot.shows}")
    assert "def one_hot(labels, n_classes):" in second and "check_solution" not in second
    assert not progress_file.exists() and one_hot.key not in marks.read()


def test_a_solution_is_shown_after_an_attempt_and_an_untouched_stub_is_none(one_hot, capsys):
    one_hot.check(...)
    assert said_by(one_hot.solution, capsys).count("Not attempted yet") == 2
    one_hot.is_tried = False
    one_hot.check(lambda labels, n_classes: labels)
    assert "def one_hot(" in said_by(one_hot.solution, capsys)


def test_a_solution_is_shown_where_the_exercise_was_done_before(one_hot, capsys):
    marks.add(one_hot.key)
    assert said_by(one_hot.solution, capsys).startswith("Solution (one_hot)")


def test_without_its_lesson_a_solution_is_said_to_be_missing(one_hot, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(lessons, "LESSONS", tmp_path)
    one_hot.is_tried = True
    assert "expected the lesson preparing" in said_by(one_hot.solution, capsys)


def test_progress_names_lessons_as_their_titles_do(capsys):
    said = said_by(exercises.progress, capsys)
    titles = [lessons.read_title(lesson) for lesson in engine.all_exercises()]
    assert titles[:3] == ["0. Start here", "1. Loading the data", "2. Preparing the data"]
    assert all(f"\n  {title} " in said for title in titles)


def test_progress_lists_exercises_in_the_order_of_their_lessons(capsys):
    listed = re.findall(r"\[[ x]\] (\w+)", said_by(exercises.progress, capsys))
    sources = [source.read_text(encoding="utf-8") for source in sorted(SOURCES.glob("*.py"))]
    assert listed == re.findall(r"^exercise\.(\w+)\.check\(", "\n".join(sources), re.MULTILINE)


def test_what_is_shown_is_a_right_answer(capsys):
    namespace = {"np": np}
    exec(lessons.read_solution("preparing", "one_hot"), namespace)
    assert preparing.one_hot.judge(namespace["one_hot"]).status == "right"


def test_hints_come_one_after_the_other(capsys):
    double.n_hints_given = 0
    for _ in range(4):
        double.hint()
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(": ")[2] for line in lines] == [
        "1 of 3. First.",
        "2 of 3. Second.",
        "3 of 3. Third.",
        "3 of 3. Third.",
    ]


def test_names_and_lessons_come_from_where_an_exercise_stands():
    assert preparing.one_hot.key == "preparing.one_hot"
    assert list(engine.all_exercises())[:3] == ["start_here", "loading", "preparing"]
    assert "0x" not in repr(preparing.one_hot)


def test_exercises_load_nothing_heavy():
    code = "import sys; from course_utils.exercises import engine; engine.all_exercises(); print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "'course_utils.exercises.loading'" in loaded
    for module in ("tensorflow", "keras", "matplotlib", "scipy", "sklearn"):
        assert f"'{module}'" not in loaded


# Which exercises are done


def right(numbers):
    return 2 * numbers


def test_right_answer_is_marked_and_survives_a_restart(progress_file, monkeypatch, capsys):
    double.check(lambda numbers: numbers)
    double.check(...)
    double.check_solution(right)
    assert not progress_file.exists()
    assert double.key not in marks.read()
    double.check(right)
    assert json.loads(progress_file.read_text()) == {"done": [double.key], "quiz": {}}
    monkeypatch.setattr(marks, "_this_kernel", set())
    assert marks.read() == {double.key}
    assert "Right (solution_double)" in capsys.readouterr().out
    assert sorted(file.name for file in progress_file.parent.iterdir()) == [".progress.json.lock", "progress.json"]


NOTHING = {"done": [], "quiz": {}}


def test_a_tilde_is_the_home(tmp_path, monkeypatch):
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("CNN_COURSE_PROGRESS", "~/kept/marks.json")
    assert marks.path() == Path(os.path.realpath(tmp_path / "kept" / "marks.json"))


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b"3",
        b'"done"',
        b'{"done": 3}',
        b'{"done": [3, null]}',
        b'{"done": [], "quiz": 3}',
        b'{"done": ["a.b"],}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"done"',
    ],
)
def test_a_file_that_cannot_be_read_is_kept_and_this_is_said(damage, progress_file, capsys):
    progress_file.parent.mkdir()
    progress_file.write_bytes(damage)
    assert marks.read() == set()
    double.check(right)
    assert json.loads(progress_file.read_text()) == NOTHING | {"done": [double.key]}
    assert progress_file.with_name("progress.json.bak").read_bytes() == damage
    assert "could not be read. It is kept as progress.json.bak" in capsys.readouterr().out
    progress_file.write_bytes(b"{")
    marks.add("a.b")
    assert progress_file.with_name("progress.json.bak").read_bytes() == damage
    assert progress_file.with_name("progress.json.bak2").read_bytes() == b"{"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le with a mark", "utf-8"])
def test_a_file_that_an_editor_wrote_anew_is_read(encoding, progress_file, capsys):
    progress_file.parent.mkdir()
    text = '\r\n{"done": ["loading.one"], "mine": "ä"}'
    raw = codecs.BOM_UTF16_LE + text.encode("utf-16-le") if "mark" in encoding else text.encode(encoding)
    progress_file.write_bytes(raw)
    assert marks.read() == {"loading.one"}
    double.check(right)
    assert json.loads(progress_file.read_text()) == NOTHING | {"done": sorted([double.key, "loading.one"]), "mine": "ä"}
    assert "mark" not in capsys.readouterr().out


def test_a_link_stays_a_link(progress_file, tmp_path):
    progress_file.parent.mkdir()
    (tmp_path / "elsewhere.json").write_text('{"done": ["loading.one"]}')
    try:
        progress_file.symlink_to(tmp_path / "elsewhere.json")
    except OSError:
        pytest.skip("this system lets nobody make a link")
    marks.add("loading.two")
    assert progress_file.is_symlink()
    assert json.loads((tmp_path / "elsewhere.json").read_text())["done"] == ["loading.one", "loading.two"]


def test_unwritable_places_cost_nothing_but_the_marks_and_this_is_said(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder" / "progress.json").mkdir(parents=True)
    for place in (tmp_path / "file" / "progress.json", tmp_path / "folder" / "progress.json"):
        monkeypatch.setenv("CNN_COURSE_PROGRESS", str(place))
        monkeypatch.setattr(marks, "_this_kernel", set())
        double.check(right)
        assert marks.read() == {double.key}  # as long as this kernel lives
    output = capsys.readouterr()
    assert output.out.count("Right (double)") == 2
    assert output.out.count("kept only as long as this kernel lives") == 2
    assert output.err == ""


def test_a_lock_that_another_program_holds_is_said_and_the_mark_comes_later(progress_file, monkeypatch):
    monkeypatch.setattr(marks, "LOCK_SECONDS", 0.1)
    progress_file.parent.mkdir()
    with marks._lock(progress_file.with_name(".progress.json.lock")):
        assert "another program holds it" in marks.add("loading.one")
    assert not progress_file.exists()
    assert marks.add("loading.two") == ""
    assert json.loads(progress_file.read_text())["done"] == ["loading.one", "loading.two"]


def test_the_lock_of_a_kernel_that_died_is_free(progress_file):
    code = "from course_utils.exercises import marks; import os, sys\n"
    code += "with marks._lock(marks.path().parent / '.progress.json.lock'): os._exit(3)"
    progress_file.parent.mkdir()
    assert subprocess.run([sys.executable, "-c", code]).returncode == 3
    assert marks.add("loading.one") == ""


def test_kernels_at_once_forget_no_mark(progress_file):
    code = "import sys; from course_utils.exercises import marks; [marks.add(f'{sys.argv[1]}.{n}') for n in range(25)]"
    kernels = [subprocess.Popen([sys.executable, "-c", code, f"kernel{k}"], env=os.environ) for k in range(4)]
    while any(kernel.poll() is None for kernel in kernels):
        if progress_file.exists():
            json.loads(progress_file.read_text())  # never half a file
    assert [kernel.returncode for kernel in kernels] == [0] * 4
    assert marks.read() == {f"kernel{k}.{n}" for k in range(4) for n in range(25)}


def test_home_is_where_marks_are_kept_by_default(monkeypatch, tmp_path):
    monkeypatch.delenv("CNN_COURSE_PROGRESS")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert marks.path() == tmp_path / ".cnn_course" / "progress.json"


def test_progress_shows_lessons_and_marks(capsys):
    exercises.progress()
    assert re.match(r"Progress: 0 of \d+ exercises done\.", capsys.readouterr().out)
    marks.add("preparing.one_hot")
    exercises.progress()
    shown = capsys.readouterr().out
    assert shown.startswith("Progress: 1 of ")
    assert "[x] one_hot" in shown
    assert "[ ] prepare" in shown
    assert shown.count("[x]") == 1


def test_quizzes_leave_their_first_and_their_last_answers(progress_file, monkeypatch, capsys):
    n = len(preparing.quiz.questions)
    right = preparing.quiz.questions[0].right
    others = [letter for letter in preparing.quiz.questions[0].choices if letter not in right]
    for letter in (others[0], "z", 3, ..., others[1], right.upper()):
        preparing.quiz.answer(1, letter)
    preparing.quiz.answer(n + 1, "a")
    multiple = next(number for number, question in enumerate(preparing.quiz.questions, 1) if len(question.right) > 1)
    preparing.quiz.answer(multiple, preparing.quiz.questions[multiple - 1].right[::-1])
    assert json.loads(progress_file.read_text())["quiz"] == {
        "preparing.1": [others[0], right],
        f"preparing.{multiple}": [preparing.quiz.questions[multiple - 1].right] * 2,
    }
    monkeypatch.setattr(marks, "_answers_here", {})  # another kernel
    preparing.quiz.answer(1, others[0])
    assert marks.read_answers()["preparing.1"] == (others[0], others[0])
    preparing.quiz.answer(1, right)
    capsys.readouterr()
    exercises.progress()
    assert f"quiz: 2 of {n} right, 1 at the first answer" in capsys.readouterr().out


def test_a_quiz_of_no_lesson_leaves_nothing(progress_file):
    question = quiz.Question("?", right="a", a=("yes", "Yes."), b=("no", "No."))
    quiz.Quiz(question).answer(1, "b")
    assert not progress_file.exists()


def test_alike_is_equal_to_the_last_bit():
    array = np.array([1.0, np.nan])
    assert values.alike([array, (1, "a")], [array.copy(), (1, "a")])
    assert not values.alike(array, array.astype("float32"))
    assert not values.alike(np.array([0.1 + 0.2]), np.array([0.3]))
    assert not values.alike([1], (1,))
    assert not values.alike([1, 2], [1])
    assert not values.alike([1, 2], [1, 3])
    assert not values.alike(1, 2)
    assert not values.alike(1, 1.0)
    assert not values.alike("a", "b")
    assert not values.alike(array, array[:1])
    assert not values.alike(array, array[None])
    assert values.alike(float("nan"), float("nan"))


def test_ring_while_a_limit_is_left_is_not_heard(system):
    limit = calling.TimeLimit(60)
    limit.every = 60
    with limit:
        limit.seconds, limit.ringing = -1, True
        assert not limit.leaving
        with pytest.raises(calling.TimeUp):
            limit._ring(limit.signal, sys._getframe())
    limit.ringing = True
    limit._ring(limit.signal, sys._getframe())  # as from within Event.set or signal.signal, called by __exit__
