"""Exercises and quizzes: one module of checks for each lesson, over one small engine.

A lesson imports its module in the setup cell, and the student hands each answer to a check::

    from course_utils.exercises import preparing as exercise

    exercise.one_hot.check(one_hot)
    # exercise.one_hot.hint()

Nothing here looks at how an answer is written, only at what it does. What `check` takes from the student is a function,
a value, one of several choices, a network, or a block of one; engine.py, by_value.py and networks.py have a decorator
for each of these kinds. Lists, tuples, generators, arrays of any number type, and tensors are alike; numbers may differ
from what is expected by 1e-5 · (1 + their size), unless the exercise says otherwise, and whole numbers must be equal.

An answer has five seconds of the processor, and imports do not count. It runs in a copy of the kernel's process
(apart.py; Linux only), or else, as on Windows, macOS, and where it calls TensorFlow, in the kernel itself (calling.py),
which then gives back the working folder, the environment, seeds, NumPy's settings, and the streams. Threads that it
leaves running there, and modules that it changed, stay until the kernel is restarted.

How an exercise stands in a lesson
----------------------------------
Four cells in a row, in notebooks/source/NN_topic.py, at the place it belongs::

    # %% [markdown]
    # ### Exercise: one-hot by hand
    #
    # What is given, what is wanted, and the shape and type of the answer. The title starts with `Exercise`.

    # %% tags=["exercise"]
    def one_hot(labels, n_classes):
        \"\"\"One row for each label: 1 in the label's column, 0 elsewhere.\"\"\"
        ...

    # %% tags=["check"]
    exercise.one_hot.check(one_hot)
    # exercise.one_hot.hint()
    # exercise.one_hot.solution()

    # %% tags=["solution"] jupyter={"source_hidden": true}
    def solution_one_hot(labels, n_classes):
        rows = np.zeros((len(labels), n_classes))
        rows[np.arange(len(labels)), labels] = 1
        return rows


    exercise.one_hot.check_solution(solution_one_hot)

- The student's name is the exercise's name, and the solution's is the same with `solution_` before it. A solution binds
  nothing else, so that Run All overwrites nothing a student wrote; and `check_solution` marks nothing as done.
- A stub is `...`: as the body of a function, as what it returns, or as the value of a name (`answer = ...`). To find a
  bug, the stub is the faulty function itself, and the exercise's module is told of it with `given`.
- A student's copy has no cells tagged `solution`: `solution()` shows one. So nothing else in the lesson may depend on
  one.
- The quiz stands before the key points: `exercise.quiz.show()` in a cell tagged `quiz`, and in the next one, tagged
  `quiz` too, a line `# exercise.quiz.answer(1, "a")` for the student to fill in.

To add an exercise, write it in the lesson's module here (the name of the module is the lesson's topic: 02_preparing has
preparing.py), its four cells in the lesson, and its bank of right and wrong answers in tests/exercises/exercise_banks/.
Until the lesson has the solution, the bank holds it as `reference`.
"""

import importlib

from course_utils.language import say

__all__ = ["progress"]


def progress():
    """Show which exercises are done, lesson by lesson. The marks stay on this machine; marks.py says where."""
    from course_utils.exercises import engine, lessons, marks, report

    done, answers, rows, n_done, n_all = marks.read(), marks.read_answers(), [], 0, 0
    for lesson, exercises in engine.all_exercises().items():
        names = [("[x] " if exercise.key in done else "[ ] ") + exercise.name for exercise in exercises]
        rows.append((say(lessons.read_title(lesson)), "\n".join([*names, *_quiz_line(lesson, answers)])))
        n_done, n_all = n_done + sum(exercise.key in done for exercise in exercises), n_all + len(exercises)
    report.show(
        report.Message("progress", "", say("{done} of {all} exercises done.", done=n_done, all=n_all), tuple(rows))
    )


def _quiz_line(lesson, answers):
    """How a lesson's quiz went, as a list of one line; none before it was begun."""
    questions = importlib.import_module(f"{__name__}.{lesson}").quiz.questions
    given = [
        (question.right, *answers[key])
        for n, question in enumerate(questions, 1)
        if (key := f"{lesson}.{n}") in answers
    ]
    if not given:
        return []
    first, last = (sum(sorted(right) == sorted(row[place]) for right, *row in given) for place in (0, 1))
    text = say("quiz: {last} of {all} right, {first} at the first answer", last=last, all=len(questions), first=first)
    return [f"    {text}"]
