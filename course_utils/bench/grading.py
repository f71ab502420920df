"""How long it takes to grade a class on this machine: made submissions, graded as `nox -s grade` does."""

import argparse
import tempfile
import time
from pathlib import Path

import nbformat
from rich.console import Console
from rich.progress import Progress

from course_utils.bench.store import new_result, write_json
from course_utils.exercises import engine, lessons
from course_utils.publishing.editions import for_students
from course_utils.publishing.grading import __main__ as command
from course_utils.publishing.grading import sandbox
from course_utils.results import RESULTS

RUNS = {"loading": 200, "building": 40}  # lesson: students; of the second, each network is trained
FAULTS = {4: "raise ValueError('not yet')", 49: "while True:\n    pass"}  # by the last digits of a student's number


def write_class(folder, lesson, n_students):
    """Write made submissions of a lesson: most right, one in five blank, some that raise, few that never end.

    Parameters
    ----------
    folder : Path
    lesson : str
        As in ``"loading"``.
    n_students : int
    """
    path = next(lessons.LESSONS.glob(f"[0-9][0-9]_{lesson}.ipynb"))
    names = [exercise.name for exercise in engine.all_exercises()[lesson]]
    solutions = {name: lessons.read_solution(lesson, name) for name in names}
    for number in range(n_students):
        notebook = for_students(nbformat.read(path, as_version=4))
        fault = next((code for last, code in FAULTS.items() if number % 50 == last or number % 10 == last), None)
        for cell, after in zip(notebook.cells, notebook.cells[1:], strict=False):
            name = next((name for name in names if after.source.startswith(f"exercise.{name}.check(")), None)
            if name and number % 5 != 3:
                cell.source = f"# student {number}\n{solutions[name]}"
                if fault and name == names[-1]:
                    cell.source = f"{fault}\n\n\n{cell.source}"
        (folder / f"student {number:03}").mkdir(parents=True)
        nbformat.write(notebook, folder / f"student {number:03}" / path.name)


def grade(lesson, n_students, n_processes):
    """Grade a made class; return a row of the result."""
    with tempfile.TemporaryDirectory() as scratch, Progress(console=Console()) as progress:
        folder, out = Path(scratch, "class"), Path(scratch, "out")
        write_class(folder, lesson, n_students)
        options = argparse.Namespace(scheduler=None, processes=n_processes)
        began = time.perf_counter()
        todo = command.collect(folder)
        command.run(todo, out, options, progress)
        seconds = time.perf_counter() - began
    return {
        "lesson": lesson,
        "students": n_students,
        "processes": n_processes,
        "seconds": round(seconds, 1),
        "students_a_minute": round(60 * n_students / seconds, 1),
        "minutes_for_200": round(seconds * 200 / n_students / 60, 1),
    }


def measure():
    """Students a minute that `nox -s grade` manages on two processes: 200 of lesson 01, and 40 who train in 04."""
    result = new_result(measure.__doc__, "nox -s bench -- grading") | {"way": sandbox.find_way().words, "runs": []}
    for lesson, n_students in RUNS.items():
        result["runs"].append(grade(lesson, n_students, 2))
    write_json(RESULTS / "grading.json", result)
    for row in result["runs"]:
        print(f"{row['lesson']}: {row['students_a_minute']:.0f} students a minute, 200 in {row['minutes_for_200']} min")
