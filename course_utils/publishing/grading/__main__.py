"""Grade a class: every answer of every student, each in a process of its own.

FOLDER has a folder or a zip for each student, or is what Moodle or Canvas gave you when you downloaded all submissions.
Stopped in the middle, the command goes on where it was when you run it again.
"""

import argparse
import collections
import os
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from course_utils.exercises import engine, lessons
from course_utils.extras import why_missing
from course_utils.publishing.grading import exports, judging, processes, records, reports, sandbox, scheme, submissions
from course_utils.scaling.training import ScalingError

OUT = Path("build", "grades")


def parse_arguments(arguments=None):
    """Read the command line; a fault ends the command with one line and exit status 2."""
    parser = argparse.ArgumentParser(
        prog="nox -s grade --", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="what the students handed in")
    parser.add_argument(
        "--lessons",
        nargs="+",
        metavar="LESSON",
        help="numbers or names, such as 01 or 05_training (default: those of which anybody handed in a notebook)",
    )
    parser.add_argument("--out", type=Path, default=OUT, metavar="DIR", help=f"where the grades go (default: {OUT})")
    parser.add_argument(
        "--processes",
        type=int,
        default=_n_cores(),
        metavar="N",
        help="how many students are graded at the same time on this machine (default: %(default)s, as it has cores)",
    )
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="of a Dask scheduler, as tcp://anna:8786, whose workers grade the students instead of this machine",
    )
    parser.add_argument("--scheme", type=Path, metavar="FILE", help="a TOML file with weights and the late rule")
    options = parser.parse_args(arguments)
    if options.processes < 1:
        parser.error(f"--processes must be at least 1, got {options.processes}")
    if options.scheduler and (reason := why_missing("scaling")):
        parser.error(f"--scheduler: {reason}")
    options.lessons = _find_lessons(parser, options.lessons)
    return parser, options


def _n_cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _find_lessons(parser, asked_for):
    """The lessons that were asked for, in order; None where none was."""
    if asked_for is None:
        return None
    known = {path.stem: path.stem[3:] for path in sorted(lessons.LESSONS.glob("[0-9][0-9]_*.ipynb"))}
    found = {name for one in asked_for for stem, name in known.items() if one in (stem, name, stem[:2])}
    unknown = [one for one in asked_for if not any(one in (stem, name, stem[:2]) for stem, name in known.items())]
    if unknown:
        parser.error(f"no lesson named {' or '.join(unknown)}; there are {', '.join(known)}")
    return [lesson for lesson in engine.all_exercises() if lesson in found]


# ---- what is to be graded


def collect(folder, asked_for=None):
    """What each student handed in for each lesson that is graded.

    Parameters
    ----------
    folder : Path
    asked_for : list of str, optional
        Lessons; by default those of which anybody handed in a notebook.

    Returns
    -------
    dict
        ``{student: [submissions.Submission, ...]}``, where a missing notebook is a submission without a file.
    """
    students = submissions.find_students(folder)
    taken = {student.name: submissions.take(student) for student in students}
    handed_in = {lesson for found, _, _ in taken.values() for lesson in found}
    graded = [lesson for lesson in engine.all_exercises() if lesson in (handed_in if asked_for is None else asked_for)]
    return {
        student.name: [_submission(student, lesson, *taken[student.name]) for lesson in graded] for student in students
    }


def _submission(student, lesson, found, notes, broken):
    missing = submissions.Submission(student.name, lesson, student.ids, unreadable=broken)
    submission = found.get(lesson, missing)
    submission.notes = [*submission.notes, *notes]
    return submission


# ---- grading


def run(todo, out, options, progress):
    """Grade and store; whatever happens to one student, all others are graded."""
    tasks = {student: (found,) for student, found in todo.items()}
    if options.scheduler:
        results = _on_workers(tasks, options.scheduler)
    else:
        results = processes.run_here(
            records.make_records, tasks, n_processes=min(options.processes, len(tasks)), at_end=judging.close
        )
    task = progress.add_task("grading", total=len(tasks))
    for student, made, reason in results:
        made = made or [records.failed_record(submission, reason) for submission in todo[student]]
        for submission, record in zip(todo[student], made, strict=True):
            records.write_record(out, submission, record)
        progress.advance(task)


def _on_workers(tasks, address):
    from course_utils.scaling.tasks import TaskError, run_tasks  # what it needs is there, or parse_arguments says so

    try:
        for student, made in run_tasks(records.make_records, tasks, address=address):
            yield student, made, ""
    except TaskError as error:
        for student, reason in error.failed.items():
            yield student, None, f"{type(reason).__name__}: {reason}"


def summarize(todo, out):
    """A table of how many answers of each lesson came out how."""
    counts = collections.defaultdict(collections.Counter)
    for found in todo.values():
        for submission in found:
            for row in records.read_record(out, submission)["rows"]:
                counts[submission.lesson][row["status"]] += 1
    table = Table("", *counts, title=exports.count(len(todo), "student"), title_justify="left")
    for status in judging.STATUSES:
        table.add_row(status, *(str(counted[status] or "") for counted in counts.values()))
    return table


def main(arguments=None):
    parser, options = parse_arguments(arguments)
    console = Console()
    try:
        todo = collect(options.folder, options.lessons)
    except (OSError, submissions.DownloadError) as error:
        parser.error(str(error))
    if not any(submission.file for found in todo.values() for submission in found):
        which = f" of {' or '.join(options.lessons)}" if options.lessons else " of the course's lessons"
        parser.error(f"no notebook{which} in {options.folder}")
    try:
        worth = scheme.read_scheme(options.scheme) if options.scheme else None
    except scheme.SchemeError as error:
        parser.error(str(error))
    open_ones = {
        student: left
        for student, found in todo.items()
        if (left := [submission for submission in found if not records.is_done(options.out, submission)])
    }
    if len(open_ones) < len(todo):
        console.print(f"graded already: {len(todo) - len(open_ones)} of {exports.count(len(todo), 'student')}")
    if open_ones:
        console.print(f"each answer runs {sandbox.find_way().words}" if not options.scheduler else "on Dask's workers")
        try:
            with Progress(console=console) as progress:
                run(open_ones, options.out, options, progress)
        except KeyboardInterrupt:
            raise SystemExit("stopped; what is graded stays, and the same command goes on from here") from None
        except ScalingError as error:
            parser.error(str(error))
    console.print(summarize(todo, options.out))
    try:
        warnings = reports.write(options.out, scheme=worth)
    except scheme.SchemeError as error:
        parser.error(str(error))
    for warning in warnings:
        console.print(f"warning: {warning}", markup=False, soft_wrap=True)
    n_others = len({path.parent for path in (options.out / "records").glob("*/*.json")}) - len(todo)
    if n_others > 0:
        others = exports.count(n_others, "student")
        console.print(f"{options.out} also has {others} of earlier runs; to leave out what is old, delete it first")
    console.print(f"written to {options.out}")


if __name__ == "__main__":
    main()
