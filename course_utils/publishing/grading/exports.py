"""Grades in the formats that others import: Moodle, Canvas, and the results.json of Gradescope and otter-grader.

What each expects is documented by

- Moodle: "Grade import" and "Offline grading worksheet" (MoodleDocs). The gradebook takes any CSV, and asks which
  column names the student. An assignment takes a worksheet whose columns have Moodle's own English names.
- Canvas: "How do I import grades in the Gradebook?" (Instructor Guide). Columns for the student up to Section, then one
  for each assignment, and a row for the points possible.
- Gradescope: "Autograder Specifications", section "Output format" (gradescope-autograders.readthedocs.io).
"""

import csv
import html
import io
import json
import re

from course_utils.exercises.report import with_code

MARK = "\ufeff"  # Excel takes a CSV for UTF-8 only if it begins so; what programs import has none
STUDENT = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")  # Canvas's columns
WORKSHEET = ("Identifier", "Full name", "Grade", "Maximum grade", "Last modified (grade)", "Feedback comments")


def number(value):
    """A number as all of these formats read it: a decimal point, at most two places, no group marks."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def count(n, noun):
    """A number of things, as in "1 student" and "2 students"."""
    return f"{n} {noun}{'s' * (n != 1)}"


def cell(value):
    """A value as text that a spreadsheet takes for text, whatever a student is called: no formula, one line.

    Signs of full width begin a formula, too.
    """
    text = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", str(value)).split())
    return f"'{text}" if text.startswith(tuple("=+-@\uff1d\uff0b\uff0d\uff20")) else text


def late_sentence(grade):
    """How late a lesson was, and the points that this takes away; empty if it was in time."""
    return grade.lateness and f"{grade.lateness} Points taken away: {number(grade.cost)}."


def csv_text(rows):
    """Rows as CSV, with commas, and quotes where they are needed."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def canvas(students, lessons):
    """Canvas's gradebook import: a column for each lesson, which becomes an assignment unless one has its name.

    A student is known by the ID in the names of Canvas's export (a record's ``ids``), or else by the login that the
    folder is named after.

    Parameters
    ----------
    students : dict of {str: dict of {str: scheme.Grade}}
        The grades by lesson, by student.
    lessons : dict of {str: str}
        Their titles, by name.

    Returns
    -------
    str
        CSV.
    """
    grades = next(iter(students.values()), {})
    possible = [number(grade.possible) for grade in grades.values()]
    rows = [[*STUDENT, *lessons.values()], ["    Points Possible", *[""] * 4, *possible]]
    for student, grades in students.items():
        user = _id(grades.values(), "canvas")
        rows.append([cell(student), user, "", "" if user else cell(student), "", *_totals(grades)])
    return csv_text(rows)


def moodle_gradebook(students, lessons):
    """Moodle's gradebook import: what the folders are named after, and a column for each lesson."""
    return csv_text([["Student", *lessons.values()], *([cell(s), *_totals(g)] for s, g in students.items())])


def moodle_worksheet(students, lesson):
    """Moodle's grading worksheet of one assignment, of the students whose number in it the export tells; else empty.

    That is the number in the names of the downloaded folders (a record's ``ids``); it differs between assignments.
    """
    rows = []
    for student, grades in students.items():
        grade = grades[lesson]
        if user := _id([grade], "moodle"):
            points = number(grade.total), number(grade.possible)
            rows.append([f"Participant {user}", cell(student), *points, "-", _feedback(grade)])
    return csv_text([WORKSHEET, *rows]) if rows else ""


def results(grades):
    """Gradescope's results.json of a student, which otter-grader writes too: a test for each exercise."""
    tests = [
        {
            "name": f"{lesson}.{row['exercise']}",
            "score": points,
            "max_score": worth,
            "status": "passed" if row["status"] == "right" else "failed",
            "output": f"{row['status']}: {row['sentence']}",
        }
        for lesson, grade in grades.items()
        for row, points, worth in zip(grade.record["rows"], grade.points, grade.worth, strict=True)
    ]
    late = [f"{lesson}: {late_sentence(grade)}" for lesson, grade in grades.items() if grade.lateness]
    total = round(sum(grade.total for grade in grades.values()), 2)
    return json.dumps({"score": total, "output": "\n".join(late), "tests": tests}, indent=1, ensure_ascii=False) + "\n"


def _totals(grades):
    return [number(grade.total) for grade in grades.values()]


def _id(grades, system):
    return next((grade.record["ids"][system] for grade in grades if (grade.record.get("ids") or {}).get(system)), "")


def _feedback(grade):
    rows = grade.record["rows"]
    lines = [f"{html.escape(row['exercise'])}: {row['status']}. {with_code(row['sentence'])}" for row in rows]
    lines += [late_sentence(grade)] * bool(grade.lateness)
    return "<p>" + "<br>".join(" ".join(line.split()) for line in lines) + "</p>"
