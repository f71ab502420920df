"""The records of grading: a JSON file for each student and lesson, from which everything else is made.

A record says what was handed in and what became of each exercise, in the lesson's order. The only time in it is that of
the file, so the same input gives the same bytes. It carries a digest of all that decides it: a record whose digest fits
is not made again, and so grading goes on where it was stopped.
"""

import functools
import hashlib
import json
import os
import re
from dataclasses import asdict

from course_utils.exercises import engine, modules, networks
from course_utils.exercises.lessons import LESSONS
from course_utils.publishing.grading import judging
from course_utils.scaling.training import describe_code

RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


@functools.cache
def _version(lesson):
    """A fingerprint of the course's code, of a lesson, and of what is missing here to judge it."""
    needs_torch = any(isinstance(exercise, networks.OfModule) for exercise in engine.all_exercises()[lesson])
    missing = [modules.why_missing().encode()] if needs_torch else []
    texts = [path.read_bytes() for path in sorted(LESSONS.glob(f"[0-9][0-9]_{lesson}.ipynb"))]
    return hashlib.sha256(b"\0".join([describe_code().encode(), *texts, *missing])).hexdigest()[:16]


def digest(submission):
    """A fingerprint of all that decides a record.

    Parameters
    ----------
    submission : submissions.Submission

    Returns
    -------
    str
    """
    content = json.dumps([_version(submission.lesson), asdict(submission)])
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def make_record(submission):
    """Grade what a student handed in for a lesson.

    Parameters
    ----------
    submission : submissions.Submission

    Returns
    -------
    dict
        As it is stored: one row for each exercise of the lesson, always.
    """
    record = _empty(submission)
    for exercise in engine.all_exercises()[submission.lesson]:
        if submission.unreadable:
            row, note = judging.make_row(exercise.name, "unreadable", f"{submission.unreadable}."), ""
        elif not submission.file:
            row, note = judging.make_row(exercise.name, "missing", "No notebook of this lesson was handed in."), ""
        else:
            row, note = judging.judge(exercise, submission.cells)
        record["rows"].append(row)
        record["notes"] += [note] if note else []
    return record


def make_records(submissions):
    """Grade all that a student handed in: a list of records."""
    return [make_record(submission) for submission in submissions]


def failed_record(submission, reason):
    """The record of a notebook over which the grading itself failed; it has no digest, so it is tried again."""
    sentence = f"Grading this notebook failed ({reason}); run the command again, and if it fails again, look at it."
    rows = [
        judging.make_row(exercise.name, "error", sentence) for exercise in engine.all_exercises()[submission.lesson]
    ]
    return {**_empty(submission), "digest": "", "rows": rows}


def _empty(submission):
    return {
        "student": submission.student,
        "ids": submission.ids,
        "lesson": submission.lesson,
        "notebook": submission.file or None,
        "submitted": submission.submitted or None,
        "late": submission.late,
        "choice": judging.clean_text(submission.choice),
        "digest": digest(submission),
        "notes": [judging.clean_text(note) for note in submission.notes],
        "rows": [],
    }


# ---- files


def folder_name(student):
    """A folder's name for a student, allowed on every system and nobody else's."""
    name = re.sub(r"[^\w .()+-]", "_", student).strip(" .")
    if name == student and len(name.encode()) <= 100 and not RESERVED.fullmatch(name):
        return name
    return f"{name[:30].strip()}-{hashlib.sha256(student.encode('utf-8', 'replace')).hexdigest()[:8]}".lstrip("-")


def record_path(out, submission):
    """Where a record lies."""
    return out / "records" / folder_name(submission.student) / f"{submission.lesson}.json"


def read_record(out, submission):
    """A stored record."""
    return json.loads(record_path(out, submission).read_text(encoding="utf-8"))


def is_done(out, submission):
    """Whether a record is there, made of just this."""
    try:
        return read_record(out, submission)["digest"] == digest(submission)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def write_record(out, submission, record):
    """Store a record, whole or not at all."""
    path = record_path(out, submission)
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".part")
    scratch.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8", newline="\n")
    os.replace(scratch, path)
