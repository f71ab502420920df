"""The kinds of exercises: each is a small function with a decorator, in the module of its lesson.

- ``function``: the student writes a function. The decorated one gives the expected result for each case.
- ``judged``: the same, where many results are right. The decorated one looks at a result and raises Wrong.
- ``prediction``: the student gives a value. The decorated one gives the expected one.
- ``choice``: the student gives a letter. The decorated one gives the reply to each.
- ``network`` (in networks.py): the student builds a network within a budget.
- ``block`` (in networks.py): the student writes a function that adds layers to a network's tensor.
- ``of_network`` (in networks.py): the student writes a function that gets a network, and names some of its layers.

The exercise takes its name from the decorated function and its lesson from the module. ``NAME.mistake(look, wrong)``
declares a usual mistake as the function that makes it, so that a student who gets the same results is told just that.
``NAME.given(faulty)`` declares the faulty function that a student is asked to fix.
"""

import dataclasses
import functools
import importlib
import inspect
import pkgutil
import re
import sys
import warnings

import numpy as np

from course_utils.exercises import apart, calling, lessons, marks, report, values
from course_utils.exercises.calling import Wrong
from course_utils.language import say, to_say

HEDGE = to_say("For this input it comes out as after a usual mistake, perhaps not yours:")
TOLERANCE = 1e-5  # numbers may differ by this times (1 + their size); whole numbers must be equal


class Exercise:
    """What all kinds share: `check`, `hint`, `solution`, and the marks."""

    def __init__(self, answer, *, shows, hints):
        self.answer, self.shows, self.hints = answer, shows, list(hints)
        self.name, self.lesson = answer.__name__, answer.__module__.rpartition(".")[2]
        self.key, self.n_hints_given, self.is_tried = f"{self.lesson}.{self.name}", 0, False
        self.__doc__ = answer.__doc__

    def __repr__(self):
        return f"the exercise {self.name} of the lesson {self.lesson}: .check({self.name}), .hint() and .solution()"

    def check(self, answer=...):
        """Say whether the student's answer is right, and mark the exercise as done if so."""
        message = self._judge_safely(answer)
        self.is_tried |= message.status != "not attempted"
        if message.status == "right" and (said := marks.add(self.key)):
            message = dataclasses.replace(message, details=(*message.details, ("mark", said)))
        report.show(message)

    def solution(self):
        """Show the lesson's own solution, after an attempt or at the second call; this marks nothing as done."""
        if not (self.is_tried or self.key in marks.read()):
            self.is_tried = True
            sentence = say(
                "You haven't tried it yet, and what you work out yourself, you remember. Stuck? Take a hint first. To "
                "see the solution anyway, run this again."
            )
            report.show(self._message("not attempted", sentence))
            return
        try:
            code = lessons.read_solution(self.lesson, self.name)
        except FileNotFoundError as error:
            report.show(self._message("wrong", str(error)))
            return
        sentence = say("One way to do it.") + " " + say(self.shows)
        report.show(report.Message("solution", self.name, sentence, (("code", code),)))

    def check_solution(self, answer):
        """Say whether the lesson's own solution is right; this marks nothing as done."""
        report.show(dataclasses.replace(self._judge_safely(answer), title=f"solution_{self.name}"))

    def hint(self):
        """Show the next hint; after the last one, the last one again."""
        number = min(self.n_hints_given + 1, len(self.hints))
        self.n_hints_given = number
        place = say("{number} of {last}.", number=number, last=len(self.hints))
        report.show(report.Message("hint", self.name, f"{place} {say(self.hints[number - 1])}"))

    def judge(self, answer):
        """What `check` is going to say, as a report.Message."""
        try:
            if answer is ... or calling.is_stub(answer):
                wanted = say("Replace the `...` above with your answer, run that cell, then this one.")
                return self._message("not attempted", f"{wanted} {self._stuck}")
            return self._judge(answer) or self._message("right", say(self.shows))
        except Wrong as wrong:
            return self._message("wrong", wrong.look, wrong.details)

    def _judge_safely(self, answer):
        """Judge apart from the kernel, where that can be."""
        if apart.is_possible():
            try:
                told = apart.judge(lambda: dataclasses.astuple(self._judge_here(answer)), answer)
            except Wrong as wrong:
                return self._message("wrong", wrong.look, wrong.details)
            if told is not None:
                return report.Message(*told[:3], tuple(map(tuple, told[3])))
        return self._judge_here(answer)

    def _judge_here(self, answer):
        """A student sees no traceback of ours, even where a check itself has a fault; tests use judge, and do."""
        try:
            return self.judge(answer)
        except Exception as error:
            kind = type(error).__name__
            sentence = say("The check cannot handle this answer ({error}). That is its fault, not yours.", error=kind)
            return self._message("wrong", sentence)

    def _message(self, status, sentence, details=()):
        pairs = dict(details)
        return report.Message(
            status, self.name, sentence, tuple((label, pairs[label]) for label in report.LABELS if label in pairs)
        )

    @property
    def _stuck(self):
        return say("Stuck? Remove the `#` in front of the hint.")


class Function(Exercise):
    """An exercise that asks for a function, and compares its results with those of the decorated one."""

    def __init__(self, answer, *, cases, shows, hints, tolerance=TOLERANCE, dtype=None, **speaking):
        super().__init__(answer, shows=shows, hints=hints)
        self.cases, self.tolerance, self.dtype = cases, tolerance, dtype
        self.parameters, self.mistakes, self.given_function = list(inspect.signature(answer).parameters), [], None
        self._speak(**speaking)

    def _speak(self, *, unlike=None, unlike_by=lambda result: result, instead=None, words=None, errors=None):
        self.unlike = unlike  # what to say where the first two cases give the same result, if they must not
        self.unlike_by = unlike_by  # what of the two results is compared
        self.instead = instead or {}  # {name of a function that does the task: what to say to an answer that calls it}
        self.words = words or {}  # {parameter: what its values are, where they fit nothing}: {"labels": "one-hot"}
        self.errors = errors or {}  # {name of an exception, or a pattern of that and its text: what it means here}

    def mistake(self, look, function=None):
        """Declare a usual mistake: what to say to it, and a function that makes it; also as a decorator of that one."""
        if function is None:
            return functools.partial(self.mistake, look)
        self.mistakes.append((look, function))
        return function

    def given(self, function):
        """Declare the faulty function that stands in the lesson; as long as it does the same, it is not attempted."""
        self.given_function = function
        return function

    def accept(self, result, arguments):
        """Raise Wrong unless a result is right."""
        values.compare(self.answer(*arguments), result, tolerance=self.tolerance, dtype=self.dtype)

    def _judge(self, function):
        if not callable(function):
            advice = say(
                "`check({name})` takes the function itself, without parentheses after its name.", name=self.name
            )
            if isinstance(function, str):
                advice = say(
                    "`check({name})` takes the function itself, without parentheses after its name and without quotes.",
                    name=self.name,
                )
            raise Wrong(advice, got=report.describe(function))
        for name, look in self.instead.items():
            if calling.names(function, name):
                raise Wrong(say(look))
        results, fault = self._try_all(function)
        if any(result is ... for result in results):
            return self._message("not attempted", say("It still returns `...`.") + " " + self._stuck)
        if fault is None:
            return None
        number, wrong = fault
        about, arguments = list(self.cases.items())[number]
        others = say(" (the {number} before it came out right)", number=number) if number > 1 else ""
        details = {"input": "\n".join([f"{say(about)}{others}:", *self._inputs(arguments)]), **wrong.details}
        look = self._recognize(results, number)
        if self.given_function and self._does_as_given(results):
            if calling.in_the_same_words(function, self.given_function):
                found = say(
                    "It still does what it did when you found it. If you changed something, it made no difference. "
                    "What is wrong with it?"
                )
                return self._message("not attempted", f"{found} {self._stuck}", details)
            if not look or look.startswith(say(HEDGE)):
                look = say(
                    "It still does what it did when you found it: your change made no difference. What else is wrong?"
                )
        look = look or wrong.look
        if look.endswith(say(values.NOT_THE_NUMBER)):
            look = f"{look} {self._relate(results, number)}".rstrip()
        raise Wrong(look, **details)

    def _inputs(self, arguments):
        """The arguments of a case, as lines."""
        return [report.named(name, value) for name, value in zip(self.parameters, arguments, strict=False)]

    def _does_as_given(self, results):
        """Whether results are those of the faulty function that stands in the lesson."""
        return values.alike(results, self._try_all(self.given_function)[0], tolerance=self.tolerance)

    def _relate(self, results, number):
        """How results that are single numbers differ from the right ones, in this case and in the others."""
        cases = list(self.cases.values())[: len(results)]
        return values.relate([self.answer(*arguments) for arguments in cases], results, number)

    def _try_all(self, function):
        """The results of a function for all cases, and its first fault: the number of the case, and a Wrong."""
        left, results, fault = calling.SECONDS, [], None
        for number, arguments in enumerate(self.cases.values()):
            try:
                called = self._call(function, arguments, left)
                left -= called.seconds
                results.append(called.result)
                if fault is None and called.result is not ...:
                    self._accept(called.result, arguments, called.printed.details())
            except Wrong as wrong:
                fault = fault or (number, wrong)
                if len(results) <= number:  # the call itself went wrong
                    break
        if fault is None and not any(result is ... for result in results):
            fault = self._try_again(function, results[0])
            if fault is None and self.unlike and values.alike(*map(self.unlike_by, results[:2])):
                fault = 1, Wrong(say(self.unlike))
        return results, fault

    def _try_again(self, function, first):
        """The fault of a function that gives something else for the same numbers, called again."""
        arguments = next(iter(self.cases.values()))
        try:
            called = self._call(function, arguments, calling.SECONDS)
            if not values.alike(first, called.result):
                if "seed" in self.parameters:
                    draw = say("draw with a generator made from `seed`")
                else:
                    draw = say("draw nothing at random")
                raise Wrong(
                    say(
                        "The same input must give the same result: {draw}, and keep nothing from one call to the next.",
                        draw=draw,
                    )
                )
            called = self._call(function, arguments, calling.SECONDS - called.seconds, scattered=True)
            if not values.alike(first, called.result, tolerance=self.tolerance):
                raise Wrong(
                    say(
                        "The same numbers give another result if they lie apart in memory, as those of `images[::2]` "
                        "do."
                    ),
                    got=report.describe(called.result),
                )
        except Wrong as wrong:
            return 0, wrong
        return None

    def _call(self, function, arguments, seconds, *, scattered=False):
        names = ", ".join(self.parameters[: len(arguments)])
        try:
            inspect.signature(function).bind(*arguments)
        except TypeError as error:
            call = f"{self.name}({names})"
            raise Wrong(say("It cannot be called as `{call}`: {error}.", call=call, error=error)) from None
        except ValueError:
            pass  # some compiled functions do not tell their parameters
        try:
            words = {name: say(word) for name, word in self.words.items()}
            called = calling.call(function, arguments, seconds=seconds, words=words, scattered=scattered)
        except Wrong as wrong:
            raised = re.escape(say(calling.RAISED))
            meaning = next((self.errors[name] for name in self.errors if re.search(f"{raised} {name}", wrong.look)), "")
            raise Wrong(f"{say(meaning)} {wrong.look}".strip(), **wrong.details) from None
        for name, before, now in zip(self.parameters, arguments, called.arguments, strict=False):
            if not values.alike(before, now):
                look = say(
                    "It changes `{name}` in place, so its caller finds other values there. Work on a copy.", name=name
                )
                raise Wrong(look, **called.printed.details())
        return called

    def _accept(self, result, arguments, printed):
        try:
            self.accept(result, arguments)
        except Wrong as wrong:
            raise Wrong(wrong.look, **{"got": report.describe(result), **wrong.details, **printed}) from None
        except Exception:
            look = say("It returned something other than what the exercise asks for.")
            raise Wrong(look, got=report.describe(result), **printed) from None

    def _is_right(self, result, arguments):
        """Whether a result is right, whatever its type."""
        return values.same(self.answer(*arguments), result, tolerance=self.tolerance)

    def _recognize(self, results, number):
        """What to say to a known mistake that gives the result of the case in question.

        It is named if it gives that of a second case, too, in which it is wrong, and if no more cases belie it. Else it
        may not be this student's.
        """
        if len(results) <= number:
            return None
        arguments, found = list(self.cases.values()), []
        if self.mistakes and self._is_right(results[number], arguments[number]):
            return None  # only its type is wrong
        others = [pair for place, pair in enumerate(zip(arguments, results, strict=False)) if place != number]
        for look, function in self.mistakes:
            if self._makes(function, arguments[number], results[number]):
                agrees = [pair for pair in others if self._makes(function, *pair)]
                telling = sum(not self._is_right(result, case) for case, result in agrees)
                belied = len(others) - len(agrees)
                found.append((0 < telling >= belied, not belied, telling, look))
        if not found:
            return None
        is_told, _, _, look = max(found, key=lambda row: row[:3])
        return say(look) if is_told else f"{say(HEDGE)} {say(look)}"

    def _makes(self, function, arguments, result):
        """Whether a mistake gives a result."""
        try:
            with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
                return values.same(function(*arguments), result, tolerance=self.tolerance)
        except Exception:
            return False


class Judged(Function):
    """An exercise that asks for a function whose right results are many; the decorated function looks at one."""

    def __init__(self, answer, **options):
        super().__init__(answer, **options)
        del self.parameters[0]  # the result

    def accept(self, result, arguments):
        self.answer(result, *arguments)

    def _relate(self, results, number):
        return ""  # there is no one right result

    def _is_right(self, result, arguments):
        try:
            self.answer(result, *arguments)
        except Exception:
            return False
        return True


class Prediction(Exercise):
    """An exercise that asks for a value. What was expected is not shown: there would be nothing left to predict."""

    def __init__(self, answer, *, shows, hints, tolerance=TOLERANCE):
        super().__init__(answer, shows=shows, hints=hints)
        self.tolerance, self.mistakes = tolerance, []

    def mistake(self, look, value):
        """Declare a usual mistake: what to say to it, and the value."""
        self.mistakes.append((look, value))

    def _judge(self, value):
        if callable(value):
            raise Wrong(say("This exercise asks for a value, not a function."))
        expected = self.answer()
        if np.ndim(expected) == 0 and isinstance(value, (list, tuple)) and len(value) > 100:  # it may have millions
            parts = say("{n} parts, a {kind}", n=len(value), kind=type(value).__name__)
            raise Wrong(say("The answer is a single number."), got=parts)
        value = calling.call(lambda given=value: given, ()).result  # as plain data
        got = report.describe(value)
        if value is None:
            raise Wrong(say("Your answer is None. Did you store what `print` returns?"))
        if values.same(expected, value, tolerance=self.tolerance):
            return
        for look, mistake in self.mistakes:
            if values.same(mistake, value, tolerance=self.tolerance) or _is_written_alike(mistake, value):
                raise Wrong(say(look), got=got)
        if isinstance(value, str):
            commas = say(" Leave out the commas, too: Python would read a tuple.") * bool(re.search(r"\d,\d", value))
            raise Wrong(say("Your answer is text, not a number: leave out the quotes.") + commas, got=got)
        if np.ndim(expected) == 0 and (number := _without_commas(value)):
            look = say(
                "The answer is a single number, and Python reads this as a tuple. If the commas stand for thousands, "
                "write `{number}`.",
                number=number,
            )
            raise Wrong(look, got=got)
        try:
            array = values.as_numbers(value, say("your answer"))
        except Wrong as wrong:
            raise Wrong(wrong.look, got=got) from None
        if array.shape != np.shape(expected):
            look = say("The answer is {n} numbers.", n=np.size(expected))
            raise Wrong(look if np.ndim(expected) else say("The answer is a single number."), got=got)
        if np.isnan(array).any():
            raise Wrong(say(values.NAN), got=got)
        raise Wrong(say("Not yet: too large.") if (array > expected).any() else say("Not yet: too small."), got=got)


def _without_commas(value):
    """The number that a tuple was meant to be, as in ``188,160,000``; empty if it can't be one."""
    is_whole = type(value) is tuple and len(value) > 1 and set(map(type, value)) == {int}
    if not is_whole or not 0 < value[0] < 1000 or not all(0 <= part < 1000 for part in value):
        return ""
    return "_".join([str(value[0]), *(f"{part:03}" for part in value[1:])])


def _is_written_alike(mistake, value):
    """Whether a tuple or list holds what a tuple of a mistake holds, where these are no numbers, such as None."""
    several = isinstance(mistake, tuple) and isinstance(value, (tuple, list))
    return several and [repr(part) for part in mistake] == [repr(part) for part in value]


class Choice(Exercise):
    """An exercise that asks for one of the letters a, b, c ..., each with a reply of its own."""

    def __init__(self, answer, *, right, hints):
        self.replies, self.right = answer(), right
        super().__init__(answer, shows=self.replies[right], hints=hints)

    def _judge(self, letter):
        chosen = letter.strip().lower() if isinstance(letter, str) else letter
        if not isinstance(chosen, str) or chosen not in self.replies:
            letters = ", ".join(f'`"{one}"`' for one in self.replies)
            raise Wrong(
                say("Answer with one of {letters}, with the quotes.", letters=letters), got=report.describe(letter)
            )
        if chosen != self.right:
            raise Wrong(say(self.replies[chosen]), got=chosen)


def _decorator(kind):
    @functools.wraps(kind, updated=())
    def options_first(**options):
        return lambda answer: kind(answer, **options)

    return options_first


function, judged, prediction, choice = map(_decorator, (Function, Judged, Prediction, Choice))


def all_exercises():
    """The exercises of all lessons, in order: {name of the lesson's module: list of Exercise}."""
    package, found = __package__, []
    for module_info in pkgutil.iter_modules(sys.modules[package].__path__):
        module = importlib.import_module(f"{package}.{module_info.name}")
        if hasattr(module, "LESSON"):
            exercises = [value for value in vars(module).values() if isinstance(value, Exercise)]
            found.append((module.LESSON, module_info.name, exercises))
    return {name: exercises for _, name, exercises in sorted(found, key=lambda row: row[0])}
