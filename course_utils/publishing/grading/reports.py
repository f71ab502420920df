"""Write what an instructor needs from the records of a class: grades, a page for each student, an overview, imports.

Everything comes from the records alone, and the same records give the same bytes: nothing of today, sorted.
"""

import json
from pathlib import Path

from course_utils.exercises import engine
from course_utils.publishing.grading import exports, pages
from course_utils.publishing.grading.exports import MARK, cell, csv_text, number
from course_utils.publishing.grading.likeness import find_alike
from course_utils.publishing.grading.scheme import Scheme, grade, without_zeros

KEYS = {"student", "lesson", "notebook", "notes", "rows"}


def write(out, *, scheme=None):
    """Write grades, reports and imports into a folder, from the records that are in it.

    ``grades.csv`` (a row for each student), ``answers.csv`` (a row for each answer), ``overview.html``,
    ``reports/STUDENT.html``, ``results/STUDENT.json``, and what Moodle and Canvas import, in ``imports/``.

    Parameters
    ----------
    out : pathlib.Path
        Holds ``records/STUDENT/LESSON.json``.
    scheme : scheme.Scheme, optional
        By default each right answer is worth one point.

    Raises
    ------
    ValueError
        If a record is not one, or if a deadline and a time of submission cannot be compared.

    Returns
    -------
    list of str
        What an instructor should know before the grades are used.
    """
    out = Path(out)
    scheme = scheme or Scheme()
    records = [(folder, without_zeros(record, scheme)) for folder, record in read_records(out)]
    folders = {record["student"]: folder for folder, record in records}
    titles = {record["lesson"]: pages.lesson_title(record["lesson"]) for _, record in records if record["rows"]}
    students = collect(records, scheme)
    warnings = find_warnings(records, scheme)
    shipped, groups = find_alike([record for _, record in records])
    imports = {"canvas.csv": exports.canvas(students, titles)}
    imports["moodle_gradebook.csv"] = exports.moodle_gradebook(students, titles)
    for lesson, title in titles.items():
        imports[f"moodle_{title.partition(' ')[0]}_{lesson}.csv"] = exports.moodle_worksheet(students, lesson)
    reports = {f"{folders[student]}.html": pages.report_page(student, grades) for student, grades in students.items()}
    results = {f"{folders[student]}.json": exports.results(grades) for student, grades in students.items()}
    for folder, texts in {"imports": imports, "reports": reports, "results": results}.items():
        (out / folder).mkdir(exist_ok=True)
        for old in (out / folder).iterdir():
            if old.suffix in (".csv", ".html", ".json"):
                old.unlink()
        for name, text in texts.items():
            if text:
                _write(out / folder / name, text)
    _write(out / "grades.csv", MARK + grades_csv(students))
    _write(out / "answers.csv", MARK + answers_csv(students))
    _write(
        out / "overview.html", pages.overview_page(students, folders, shipped, groups, warnings, find_choices(records))
    )
    return warnings


def _write(path, text):
    path.write_bytes(text.encode("utf-8", "backslashreplace"))  # half a pair of UTF-16 is no text, but JSON may hold it


def read_records(out):
    """The records of a class, by lesson and then by student: a list of (name of the student's folder, record).

    Of several folders with one student's name, each is called by its own.
    """
    order, found = list(engine.all_exercises()), []
    for path in sorted((out / "records").glob("*/*.json")):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            record = None
        if not isinstance(record, dict) or not record.keys() >= KEYS or record["lesson"] not in order:
            raise ValueError(f"expected a record of grading in {path}, got something else; delete it and grade again")
        found.append((path.parent.name, record))
    folders = {record["student"]: set() for _, record in found}
    for folder, record in found:
        folders[record["student"]].add(folder)
    for folder, record in found:
        if len(folders[record["student"]]) > 1:
            record["student"] = folder
    return sorted(found, key=lambda pair: (order.index(pair[1]["lesson"]), _by_name(pair[1]["student"]), pair[0]))


def _by_name(student):
    return student.casefold(), student


def collect(records, scheme):
    """The grades of a class: {student: {lesson: Grade}}; a lesson of which there is no record counts as missing."""
    models = {record["lesson"]: record for _, record in records if record["rows"]}
    found = {(record["student"], lesson): record for _, record in records for lesson in [record["lesson"]]}
    students = sorted({student for student, _ in found}, key=_by_name)
    return {s: {m: grade(found.get((s, m)) or _missing(s, models[m]), scheme) for m in models} for s in students}


def _missing(student, model):
    """The record of a lesson that a student has not handed in, after another one's."""
    row = {"status": "missing", "sentence": "There is no notebook of this lesson.", "details": [], "source": None}
    rows = [{"exercise": other["exercise"], **row} for other in model["rows"]]
    return {"student": student, "lesson": model["lesson"], "notebook": None, "notes": [], "rows": rows}


def find_choices(records):
    """Of whom several notebooks of a lesson came, and which was taken: {student: a sentence for each such lesson}."""
    found = {}
    for _, record in records:
        if record["rows"] and record.get("choice"):
            found.setdefault(record["student"], []).append(f"{record['lesson']}: {record['choice']}")
    return found


def find_warnings(records, scheme):
    """What an instructor should know before the grades are used, a sentence each."""
    warnings, n_students = [], len({record["student"] for _, record in records})
    labels = {record["lesson"]: pages.lesson_title(record["lesson"])[:2] for _, record in records if record["rows"]}
    handed_in = {lesson: [r for _, r in records if r["lesson"] == lesson and r["notebook"]] for lesson in labels}
    usual = [label for lesson, label in labels.items() if 2 * len(handed_in[lesson]) > n_students]
    for lesson, label in labels.items():
        known = [record.get("submitted") for record in handed_in[lesson]]
        if lesson in scheme.deadlines and known and not any(known):
            warnings.append(f"deadlines.{lesson}: no file has a time, so nobody is late")
        if usual and label not in usual:
            warnings.append(
                f"lesson {label}: {len(handed_in[lesson])} of {n_students} students handed it in, and it counts for "
                "all; to leave it out, delete the folder with the grades and run the command again with "
                f"--lessons {' '.join(usual)}"
            )
    return warnings


def grades_csv(students):
    """A row for each student: the points of each exercise, what being late costs, the lesson; total and percentage."""
    header = ["student"]
    for lesson, names in pages.exercise_names(students).items():
        header += [*names, f"{lesson} late", lesson]
    table = [[*header, "total", "of", "percent"]]
    for student, grades in students.items():
        line = [cell(student)]
        for one in grades.values():
            line += [*map(number, one.points), number(-one.cost) if one.cost else "0", number(one.total)]
        total, possible = pages.sums(grades)
        table.append([*line, number(total), number(possible), pages.percent(total, possible)])
    return csv_text(table)


def answers_csv(students):
    """A row for each answer: its status, its points, and what the check says."""
    table = [["student", "lesson", "exercise", "status", "points", "of", "message", "notebook"]]
    for student, grades in students.items():
        for lesson, one in grades.items():
            for row, points, worth in zip(one.record["rows"], one.points, one.worth, strict=True):
                texts = map(cell, (row["sentence"], one.record["notebook"] or ""))
                line = [cell(student), lesson, row["exercise"], row["status"], number(points), number(worth), *texts]
                table.append(line)
    return csv_text(table)
