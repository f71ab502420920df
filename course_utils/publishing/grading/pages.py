"""The pages that grading writes: one for each student, and one for the class. HTML, each in one file, no script."""

import functools
import html
from collections import Counter
from importlib import import_module
from urllib.parse import quote

import matplotlib
from matplotlib.figure import Figure

from course_utils import plotting
from course_utils.exercises import lessons
from course_utils.exercises.report import with_code
from course_utils.publishing.grading.exports import count, late_sentence, number

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
    "These answers are alike but for names, comments and layout. That proves nothing: friends may have talked, which "
    "you may allow, and some answers are simply the obvious ones, the more so the more students have them. "
    "`solution()` shows the lesson's own solution to anyone. Look at the answers, and ask the students to explain "
    "theirs. Where little of a lesson is alike, nobody is named. Values are not compared, nor are functions with a bug "
    "to fix."
)
N_MISTAKES = 20  # in the overview
N_LINES, N_CHARACTERS = 200, 10_000  # of an answer, or of what it gave, in a report

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #ffffff; max-width: 60em; margin: 2em auto;
  padding: 0 1em; }
table { border-collapse: collapse; margin: 1em 0; }
caption { text-align: left; font-weight: bold; padding: 0.3em 0; }
th, td { border-bottom: 1px solid #767676; padding: 0.3em 0.8em; text-align: left; vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
pre { background: #f4f4f4; padding: 0.6em 0.8em; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
dt { font-weight: bold; }
dd { margin: 0 0 0.5em 1.5em; }
img { max-width: 100%; height: auto; }
.status { color: #ffffff; padding: 0.1em 0.5em; border-radius: 3px; font-weight: bold; }
section { break-inside: avoid; }
h2, h3 { break-after: avoid; }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } .status { print-color-adjust: exact;
  -webkit-print-color-adjust: exact; } }
"""

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""


@functools.cache
def lesson_title(lesson):
    """A lesson's number and title, as in "01 Loading the data"."""
    return (
        f"{import_module(f'course_utils.exercises.{lesson}').LESSON:02} {lessons.read_title(lesson).partition(' ')[2]}"
    )


def sums(grades):
    """What a student has in all, and what there is to have."""
    return sum(g.total for g in grades.values()), sum(g.possible for g in grades.values())


def percent(total, possible):
    return number(100 * total / possible) if possible else ""


def exercise_names(students):
    """The exercises of each lesson, in order, as in ``"loading.mean_digit"``; each record of it has a row for each."""
    grades = next(iter(students.values()), {})
    return {lesson: [f"{lesson}.{row['exercise']}" for row in one.record["rows"]] for lesson, one in grades.items()}


def page(title, body):
    """A page in one file, without script."""
    return PAGE.format(title=html.escape(title), style=STYLE, body=body)


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
    total, possible = sums(grades)
    share = f" ({percent(total, possible)}%)" if possible else ""
    rows, parts = [], []
    for lesson, one in grades.items():
        title = html.escape(lesson_title(lesson))
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
    start = [f"<p><strong>{number(total)} of {number(possible)} points{share}</strong></p>", summary]
    start += [f"<dl>{words}</dl>"] + [f"<p>{with_code(HINTS)}</p>"] * (used != {"right"})
    return page(student, "\n".join([*start, *filter(None, parts)]))


def _section(anchor, row):
    parts = [f'<section id="{anchor}"><h3><code>{html.escape(row["exercise"])}</code> {_badge(row["status"])}</h3>']
    parts.append(f"<p>{with_code(row['sentence'])}</p>" * bool(row["sentence"]))
    terms = [f"<dt>{html.escape(label)}</dt><dd>{_pre(text)}</dd>" for label, text in row["details"]]
    parts.append(f"<dl>{''.join(terms)}</dl>" * bool(terms))
    parts.append(f"<p>Handed in:</p>{_pre(row['source'] or '')}" * bool(row["source"]))
    return "".join(parts) + "</section>"


def _pre(text):
    """A text as it stands, but no more of it than fits a report."""
    shown = "".join(text.splitlines(keepends=True)[:N_LINES])[:N_CHARACTERS]
    left_out = len(text) - len(shown)
    note = f"<p>The first {len(shown):,} characters; {left_out:,} more are left out here.</p>" * bool(left_out)
    return f"<pre>{html.escape(shown)}</pre>{note}"


def overview_page(students, folders, shipped, groups, warnings, choices):
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
    parts = [f"<p>{count(len(students), 'student')}, {count(len(keys), 'exercise')}. The numbers count students.</p>"]
    parts += [f"<p><strong>{html.escape(warning)}.</strong></p>" for warning in warnings]
    if keys:
        parts += ["<h2>How the exercises went</h2>", draw_counts(counts, keys)]
        parts.append(table("How many students have which status", ("exercise", *STATUSES), lines))
    often = sorted(mistakes.items(), key=lambda pair: (-pair[1], pair[0]))[:N_MISTAKES]
    if often:
        rows = [(html.escape(key), status, with_code(text), str(n)) for (key, status, text), n in often]
        parts.append("<h2>The most frequent mistakes</h2>")
        parts.append(table("What the check said, and how often", ("exercise", "status", "message", "students"), rows))
    parts.append(_worth_a_look(shipped, groups, folders))
    parts.append(_several(choices, folders))
    rows = [
        (_link(student, folders), number(sums(grades)[0]), number(sums(grades)[1]), percent(*sums(grades)) or "0")
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


def _several(choices, folders):
    """Those of whom a lesson came more than once."""
    rows = [(_link(student, folders), html.escape("; ".join(texts))) for student, texts in choices.items()]
    return rows and table("Handed in more than once: was the right one taken?", ("student", "which"), rows)


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
