"""The kinds of exercises that ask for a value which is looked at: one of a list, or one of many that are right.

- ``one_of``: the student gives one of the numbers on a list. The decorated function gives the reply to each.
- ``judged_value``: the student gives numbers, and many are right. The decorated function looks at them, as an array,
  and raises Wrong.
"""

import numpy as np

from course_utils.exercises import calling, report, values
from course_utils.exercises.calling import Wrong
from course_utils.exercises.engine import Prediction
from course_utils.language import say

MANY = 1000  # more numbers than any of these exercises asks for, in lists that would take long to read


class OneOf(Prediction):
    """An exercise that asks for one of some numbers, each with a reply of its own."""

    def __init__(self, answer, *, right, hints):
        self.replies, self.right = answer(), right
        super().__init__(answer, shows=self.replies[right], hints=hints)

    def _judge(self, value):
        value = _as_given(value, say("This exercise asks for the number itself, not a function."))
        got = report.describe(value)
        if isinstance(value, str):
            raise Wrong(say("Your answer is text, not a number: leave out the quotes."), got=got)
        if isinstance(value, (bool, np.bool_)):
            raise Wrong(
                say("`{value}` is the answer to a question. Which number on the list is it?", value=value), got=got
            )
        number = _as_numbers(value, got)
        if number.dtype.kind == "b" or number.ndim:
            raise Wrong(say("The answer is a single number: one of {listed}.", listed=self._listed()), got=got)
        if np.isnan(number):
            raise Wrong(say(values.NAN), got=got)
        for one, reply in self.replies.items():
            if values.same(float(one), number, tolerance=self.tolerance):
                if one == self.right:
                    return
                raise Wrong(say(reply), got=got)
        for look, mistake in self.mistakes:
            if values.same(float(mistake), number, tolerance=self.tolerance):
                raise Wrong(say(look), got=got)
        raise Wrong(say("That number is not on the list: {listed}.", listed=self._listed()), got=got)

    def _listed(self):
        *others, last = map(str, self.replies)
        return say("{others} or {last}", others=", ".join(others), last=last)


class JudgedValue(Prediction):
    """An exercise that asks for numbers of which many are right; the decorated function looks at them."""

    def _judge(self, value):
        value = _as_given(value, say("This exercise asks for the numbers themselves, not a function."))
        got = report.describe(value)
        if isinstance(value, str):
            raise Wrong(say("Your answer is text, not numbers: leave out the quotes."), got=got)
        if _holds_dots(value):
            return self._message("not attempted", say("It still holds `...`.") + " " + self._stuck)
        try:
            self.answer(_as_numbers(value, got))
        except Wrong as wrong:
            raise Wrong(wrong.look, **{"got": got, **wrong.details}) from None
        return None


def _as_given(value, wanted):
    """A student's value as plain data, or Wrong, which says what is wanted where it is a function."""
    if callable(value):
        raise Wrong(wanted)
    if isinstance(value, (list, tuple)) and len(value) > MANY:
        raise Wrong(say("These are {n:,} parts, far more than asked for.", n=len(value)))
    value = calling.call(lambda given=value: given, ()).result
    if value is None:
        raise Wrong(say("Your answer is None. Did you store what `print` returns?"))
    return value


def _as_numbers(value, got):
    try:
        return values.as_numbers(value, say("your answer"))
    except Wrong as wrong:
        raise Wrong(wrong.look, got=got) from None


def _holds_dots(value):
    if isinstance(value, (list, tuple)):
        return any(map(_holds_dots, value))
    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        return any(part is ... for part in value.flat)
    return value is ...


def one_of(**options):
    """Declare an exercise that asks for one of some numbers; the decorated function gives {number: reply}."""
    return lambda answer: OneOf(answer, **options)


def judged_value(**options):
    """Declare an exercise that asks for numbers; the decorated function raises Wrong unless they are right."""
    return lambda answer: JudgedValue(answer, **options)
