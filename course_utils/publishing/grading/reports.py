"""Write what an instructor needs from the records of a class: grades, a page for each student, an overview, imports.

Everything comes from the records alone, and the same records give the same bytes: no times, no dates, sorted.
"""

import functools
import html
import json
from collections import Counter
from importlib import import_module
from pathlib import Path
from urllib.parse import quote

import matplotlib
from matplotlib.figure import Figure

from course_utils import plotting
from course_utils.exercises import engine, lessons
from course_utils.exercises.report import with_code
from course_utils.publishing.grading import exports
from course_utils.publishing.grading.exports import MARK, cell, csv_text, late_sentence, number
from course_utils.publishing.grading.likeness import find_alike
from course_utils.publishing.grading.scheme import Scheme, grade

# What each status means, in the order of the overview's bars, with its color there (people with any kind of color
# vision can tell them apart) and the darker one behind white text (4.5 to 1).
STATUSES = {
    "right": ("the check accepts the answer", plotting.GREEN, "#007a5a"),
    "wrong": ("the check rejects it, and the message says why", plotting.VERMILION, "#b84700"),
    "error": ("the cell or the function raises an error, so there is nothing to judge", plotting.PINK, "#a03a75"),
    "out of time or memory": ("it was stopped at a limit", plotting.ORANGE, "#8a5a00"),
    "not attempted": ("the answer is as it was handed out", plotting.SKY, "#0069a8"),
    "missing": ("there is no notebook of this lesson, or no cell in it that answers", "#C8C8C8", "#5f5f5f"),
    "unreadable": ("the file is there, but it is no notebook that can be read", plotting.BLACK, "#000000"),
}
HINTS = "Stuck? In the lesson's notebook, `exercise.NAME.hint()` gives you hints, one at a time."
LOOK = (
    "These answers are alike but for names, comments and layout. That proves nothing: friends may have talked, which you "
    "may allow, and some answers are simply the obvious ones, the more so the more students have them. `solution()` "
    "shows the lesson's own solution to anyone. Look at the answers, and ask the students to explain theirs. Where "
    "little of a lesson is alike, nobody is named. Values are not compared, nor are functions with a bug to fix."
)
N_MISTAKES = 20  # in the overview
KEYS = {"student", "lesson", "notebook", "notes", "rows"}

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #ffffff; max-width: 60em; margin: 2em auto;
  padding: 0 1em; }
table { border-collapse: collapse; margin: 1em 0; }
caption { text-align: left; font-weight: bold; padding: 0.3em 0; }
th, td { border-bottom: 1px solid #767676; padding: 0.3em 0.8em; text-align: left; vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
pre { background: #f4f4f4; padding: 0.6em 0.8em; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
dd { margin: 0 0 0.5em 1.5em; }
img { max-width: 100%; height: auto; }
.status { color: #ffffff; padding: 0.1em 0.5em; border-radius: 3px; font-weight: bold; }
section { break-inside: avoid; }
h2, h3 { break-after: avoid; }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } .status { print-color-adjust: exact;
  -webkit-print-color-adjust: exact; } }
"""


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
    """
    out = Path(out)
    records = read_records(out)
    folders = {record["student"]: folder for folder, record in records}
    titles = {record["lesson"]: _title(record["lesson"]) for _, record in records}
    students = collect(records, scheme or Scheme())
    shipped, groups = find_alike([record for _, record in records])
    imports = {"canvas.csv": exports.canvas(students, titles)}
    imports["moodle_gradebook.csv"] = exports.moodle_gradebook(students, titles)
    for lesson, title in titles.items():
        imports[f"moodle_{title.partition(' ')[0]}_{lesson}.csv"] = exports.moodle_worksheet(students, lesson)
    pages = {f"{folders[student]}.html": report_page(student, grades) for student, grades in students.items()}
    results = {f"{folders[student]}.json": exports.results(grades) for student, grades in students.items()}
    for folder, texts in {"imports": imports, "reports": pages, "results": results}.items():
        (out / folder).mkdir(exist_ok=True)
        for old in (out / folder).iterdir():
            if old.suffix in (".csv", ".html", ".json"):
                old.unlink()
        for name, text in texts.items():
            if text:
                _write(out / folder / name, text)
    _write(out / "grades.csv", MARK + grades_csv(students))
    _write(out / "answers.csv", MARK + answers_csv(students))
    _write(out / "overview.html", overview_page(students, folders, shipped, groups))


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
    models = {record["lesson"]: record for _, record in records}
    found = {(record["student"], lesson): record for _, record in records for lesson in [record["lesson"]]}
    students = sorted({student for student, _ in found}, key=_by_name)
    return {s: {m: grade(found.get((s, m)) or _missing(s, models[m]), scheme) for m in models} for s in students}


def _missing(student, model):
    """The record of a lesson that a student has not handed in, after another one's."""
    row = {"status": "missing", "sentence": "There is no notebook of this lesson.", "details": [], "source": None}
    rows = [{"exercise": other["exercise"], **row} for other in model["rows"]]
    return {"student": student, "lesson": model["lesson"], "notebook": None, "notes": [], "rows": rows}


@functools.cache
def _title(lesson):
    """A lesson's number and title, as in "01 Loading the data"."""
    return (
        f"{import_module(f'course_utils.exercises.{lesson}').LESSON:02} {lessons.read_title(lesson).partition(' ')[2]}"
    )


def _sums(grades):
    """What a student has in all, and what there is to have."""
    return sum(g.total for g in grades.values()), sum(g.possible for g in grades.values())


def _percent(total, possible):
    return number(100 * total / possible) if possible else ""


def exercise_names(students):
    """The exercises of each lesson, in order, as in ``"loading.mean_digit"``; each record of it has a row for each."""
    grades = next(iter(students.values()), {})
    return {lesson: [f"{lesson}.{row['exercise']}" for row in one.record["rows"]] for lesson, one in grades.items()}


def grades_csv(students):
    """A row for each student: the points of each exercise, what being late costs, the lesson; total and percentage."""
    header = ["student"]
    for lesson, names in exercise_names(students).items():
        header += [*names, f"{lesson} late", lesson]
    table = [[*header, "total", "of", "percent"]]
    for student, grades in students.items():
        line = [cell(student)]
        for one in grades.values():
            line += [*map(number, one.points), number(-one.cost) if one.cost else "0", number(one.total)]
        total, possible = _sums(grades)
        table.append([*line, number(total), number(possible), _percent(total, possible)])
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


def page(title, body):
    """A page in one file, without script."""
    title = html.escape(title)
    head = (
        f'<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}'
    )
    start = (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n{head}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>'
    )
    return f"{start}\n<h1>{title}</h1>\n{body}\n</main>\n</body>\n</html>\n"


def table(caption, header, rows):
    """A table; cells are HTML, the first one of each row is its header, and numbers stand at the right."""
    numeric = [all(_is_number(row[column]) for row in rows) for column in range(len(header))]
    style = [' class="n"' * one for one in numeric]
    head = "".join(f'<th scope="col"{s}>{text}</th>' for s, text in zip(style, header, strict=True))
    lines = []
    for first, *others in rows:
        cells = "".join(f"<td{s}>{text}</td>" for s, text in zip(style[1:], others, strict=True))
        lines.append(f'<tr><th scope="row">{first}</th>{cells}</tr>')
    body = "\n".join(lines)
    return f"<table>\n<caption>{caption}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _is_number(text):
    return text.replace(".", "", 1).lstrip("-").isdigit()


def _badge(status):
    return f'<span class="status" style="background: {STATUSES[status][2]}">{status}</span>'


def report_page(student, grades):
    """A student's own page: points, and for each exercise the status, what the check says, and what was handed in."""
    total, possible = _sums(grades)
    percent = f" ({_percent(total, possible)}%)" if possible else ""
    rows, parts = [], []
    for lesson, one in grades.items():
        title = html.escape(_title(lesson))
        notes = [f"Notebook: {html.escape(one.record['notebook'] or '')}"] * bool(one.record["notebook"])
        notes += [html.escape(note) for note in one.record["notes"]] + [late_sentence(one)] * bool(one.lateness)
        items = "".join(f"<li>{note}</li>" for note in notes)
        parts.append(f"<h2>{title}: {number(one.total)} of {number(one.possible)} points</h2>")
        parts.append(f"<ul>{items}</ul>" * bool(notes))
        for row, points, worth in zip(one.record["rows"], one.points, one.worth, strict=True):
            anchor = f"{lesson}.{row['exercise']}"
            link = f'<a href="#{anchor}">{html.escape(row["exercise"])}</a>'
            rows.append((link, title, _badge(row["status"]), number(points), number(worth)))
            parts.append(_section(anchor, row))
    summary = table("All exercises", ("exercise", "lesson", "status", "points", "of"), rows)
    used = {row["status"] for one in grades.values() for row in one.record["rows"]}
    words = "".join(f"<dt>{_badge(s)}</dt><dd>{STATUSES[s][0]}</dd>" for s in STATUSES if s in used)
    start = [f"<p><strong>{number(total)} of {number(possible)} points{percent}</strong></p>", summary]
    start += [f"<dl>{words}</dl>"] + [f"<p>{with_code(HINTS)}</p>"] * (used != {"right"})
    return page(student, "\n".join([*start, *filter(None, parts)]))


def _section(anchor, row):
    parts = [f'<section id="{anchor}"><h3><code>{html.escape(row["exercise"])}</code> {_badge(row["status"])}</h3>']
    parts.append(f"<p>{with_code(row['sentence'])}</p>" * bool(row["sentence"]))
    terms = [f"<dt>{html.escape(label)}</dt><dd><pre>{html.escape(text)}</pre></dd>" for label, text in row["details"]]
    parts.append(f"<dl>{''.join(terms)}</dl>" * bool(terms))
    parts.append(f"<p>Handed in:</p><pre>{html.escape(row['source'] or '')}</pre>" * bool(row["source"]))
    return "".join(parts) + "</section>"


def overview_page(students, folders, shipped, groups):
    """The class at a glance: how each exercise went, the most frequent mistakes, answers worth a look, all students."""
    counts, mistakes = Counter(), Counter()
    for grades in students.values():
        for lesson, one in grades.items():
            for row in one.record["rows"]:
                key = f"{lesson}.{row['exercise']}"
                counts[key, row["status"]] += 1
                if row["status"] in ("wrong", "error", "out of time or memory"):
                    mistakes[key, row["status"], row["sentence"]] += 1
    keys = [key for names in exercise_names(students).values() for key in names]
    lines = [(html.escape(key), *(str(counts[key, status]) for status in STATUSES)) for key in keys]
    parts = [f"<p>{len(students)} students, {len(keys)} exercises. The numbers count students.</p>"]
    if keys:
        parts += ["<h2>How the exercises went</h2>", draw_counts(counts, keys)]
        parts.append(table("How many students have which status", ("exercise", *STATUSES), lines))
    often = sorted(mistakes.items(), key=lambda pair: (-pair[1], pair[0]))[:N_MISTAKES]
    if often:
        rows = [(html.escape(key), status, with_code(text), str(n)) for (key, status, text), n in often]
        parts.append("<h2>The most frequent mistakes</h2>")
        parts.append(table("What the check said, and how often", ("exercise", "status", "message", "students"), rows))
    parts.append(_worth_a_look(shipped, groups, folders))
    rows = [
        (_link(student, folders), number(_sums(grades)[0]), number(_sums(grades)[1]), _percent(*_sums(grades)) or "0")
        for student, grades in students.items()
    ]
    parts.append("<h2>All students</h2>")
    parts.append(
        table("Points; the name leads to the report", ("student", "points", "of", "percent"), rows) * bool(rows)
    )
    return page("Class overview", "\n".join(filter(None, parts)))


def _link(student, folders):
    return f'<a href="reports/{html.escape(quote(folders[student]))}.html">{html.escape(student)}</a>'


def _worth_a_look(shipped, groups, folders):
    """Where an instructor may want to look; the words accuse nobody."""
    parts = ["<h2>Worth a look</h2>", f"<p>{with_code(LOOK)}</p>"]
    if shipped:
        rows = [(_link(student, folders), ", ".join(map(html.escape, keys))) for student, keys in shipped.items()]
        parts.append(table("Alike to the lesson's own solution", ("student", "answers"), rows))
    if groups:
        rows = [
            (", ".join(_link(s, folders) for s in several), ", ".join(map(html.escape, keys)))
            for several, keys in groups.items()
        ]
        parts.append(table("Alike to each other", ("students", "answers"), rows))
    if not shipped and not groups:
        parts.append("<p>No such answers.</p>")
    return "\n".join(parts)


def draw_counts(counts, keys):
    """A picture of how many students have which status, as HTML with its text: a bar for each exercise."""
    with matplotlib.rc_context(plotting.STYLE):
        figure = Figure(figsize=(9, 1.4 + 0.34 * len(keys)))
        ax, left = figure.subplots(), [0] * len(keys)
        for status, (_, color, _) in STATUSES.items():
            widths = [counts[key, status] for key in keys]
            if any(widths):
                bars = ax.barh(keys, widths, left=left, color=color, edgecolor="white", label=status)
                ink = "white" if status == "unreadable" else "black"
                ax.bar_label(bars, [n or "" for n in widths], label_type="center", color=ink, fontsize=9)
                left = [sum(pair) for pair in zip(left, widths, strict=True)]
        ax.set(xlabel="students", xlim=(0, max(left)), ylim=(len(keys) - 0.4, -0.6))
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.tick_params(axis="y", length=0)
        figure.legend(loc="outside upper left", ncols=4)
        rights = "; ".join(f"{key}: {counts[key, 'right']}" for key in keys)
        alt = f"A bar for each exercise, divided by status; the table below has all numbers. Right answers: {rights}."
        return plotting.encode_figure(figure, alt)["text/html"]
