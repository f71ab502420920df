"""On drawn inputs, too, each lesson's solution and the right answers of the banks give what their exercise expects.

Hypothesis draws whatever the statement of an exercise allows (tests/exercises/exercise_inputs). Where one of them
fails, either that answer isn't right, or the exercise expects what its statement doesn't say; and what it failed on
becomes a case of the exercise.
"""

import importlib
import importlib.util

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from test_exercises import BANKS, FUNCTIONS, as_answer, in_a_cell, solution
from test_exercises import torch_is_there_where_a_check_needs_it as _  # noqa: F401 - a fixture of each test here, too

from course_utils.exercises import calling

pytestmark = [pytest.mark.numbers, pytest.mark.slow]

THE_SOLUTION = "the solution"


def all_inputs():
    """The strategies, by the key of their exercise."""
    found = {}
    for key, exercise in FUNCTIONS.items():
        if importlib.util.find_spec(f"exercise_inputs.{exercise.lesson}"):
            module = importlib.import_module(f"exercise_inputs.{exercise.lesson}")
            found |= {key: getattr(module, exercise.name)} if hasattr(module, exercise.name) else {}
    return found


INPUTS = all_inputs()
ANSWERS = [pytest.param(key, THE_SOLUTION, id=f"{key}-{THE_SOLUTION}") for key in INPUTS]
ANSWERS += [
    pytest.param(key, name, id=f"{key}-{name}", marks=pytest.mark.nightly)
    for key in INPUTS
    for name in BANKS[key].rights
]


def try_on_drawn_inputs(key, answer):
    """Raise Wrong for the simplest drawn input on which an answer isn't right."""

    @settings(
        max_examples=10,  # 300 were tried when the inputs were written
        derandomize=True,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],  # of a busy machine
        phases=[Phase.generate, Phase.shrink],  # to explain the input takes long, and leaves it out of the message
        report_multiple_bugs=False,
    )
    @given(INPUTS[key], st.booleans())
    def is_right(arguments, scattered):
        called = FUNCTIONS[key]._call(answer, arguments, calling.SECONDS, scattered=scattered)
        FUNCTIONS[key].accept(called.result, arguments)

    is_right()


@pytest.mark.parametrize(("key", "name"), ANSWERS)
def test_right_answer_is_right_on_drawn_inputs(key, name):
    is_solution = name == THE_SOLUTION
    try_on_drawn_inputs(
        key, in_a_cell(*solution(FUNCTIONS[key])) if is_solution else as_answer(BANKS[key].rights[name])
    )


def test_an_answer_that_is_wrong_on_rare_inputs_only_is_found():
    with pytest.raises(calling.Wrong, match="not the right number"):
        try_on_drawn_inputs("start_here.ink_share", lambda image: np.mean(image > 1))


def test_each_exercise_that_asks_for_a_function_has_inputs():
    assert set(INPUTS) == set(FUNCTIONS)
