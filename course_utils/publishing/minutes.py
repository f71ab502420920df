"""A lesson's minutes, computed from its text: those of a student who reads, predicts, runs and solves alone.

The rates are fitted to the times that newcomers needed for lessons 00 to 12, 900 minutes in all.
"""

import math
import re
from importlib import import_module

from course_utils.publishing.comments import read_comments

WORDS_A_MINUTE, LINES_A_MINUTE = 150, 8
PREDICTION, EXERCISE, QUESTION = 1, 6, 1  # minutes each
NOT_READ = {"setup", "bounds", "check", "exercise", "solution", "quiz"}  # tags of code that teaches nothing
WAIT = re.compile(r"\*About (\d+) (second|minute)s?\.\*")  # as a lesson announces it, before a cell of over ten seconds
FURTHER = "Going further: "
TAUGHT = re.compile(r"(\d+) minutes?\.")  # how an instructor's notes begin


def _cell_minutes(cell, n_questions):
    tags = set(cell.metadata.get("tags", []))
    if cell.cell_type == "markdown":
        text = read_comments(cell.source)[0]
        words = re.sub(r"\$\$.*?\$\$|\$[^$\n]+\$|\]\([^)]*\)", " ", text, flags=re.DOTALL)
        waits = sum(int(number) / {"second": 60, "minute": 1}[unit] for number, unit in WAIT.findall(text))
        read = len(re.findall(r"\w[\w'.-]*", words)) / WORDS_A_MINUTE
        return read + waits + PREDICTION * text.count("**Predict.**")
    lines = [line for line in cell.source.splitlines() if line.strip() and not tags & NOT_READ]
    quiz = QUESTION * n_questions if "quiz.show()" in cell.source else 0
    return len(lines) / LINES_A_MINUTE + EXERCISE * ("exercise" in tags) + quiz


def lesson_minutes(notebook, name):
    """The minutes of a lesson, rounded up to five.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        With the instructor's comments, which are not counted, or without.
    name : str
        As in ``"05_training"``.

    Returns
    -------
    tuple of (int, int)
        Without the sections whose titles begin with ``Going further:``, and of these alone.
    """
    n_questions = len(import_module(f"course_utils.exercises.{name[3:]}").quiz.questions)
    minutes, further = {False: 0.0, True: 0.0}, False
    for cell in notebook.cells:
        if cell.source.startswith("## "):
            further = cell.source.startswith(f"## {FURTHER}")
        minutes[further] += _cell_minutes(cell, n_questions)
    return tuple(5 * math.ceil(value / 5) for value in minutes.values())


def title_minutes(core, further):
    """What a lesson's first cell says of its minutes."""
    return f"**{core} minutes**" + f", and {further} for *Going further*" * bool(further) + "."


def taught_minutes(notebook):
    """A teacher's minutes, as the notes begin with them, without what goes further.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        With the instructor's comments.

    Returns
    -------
    dict of {str: int}
        By heading, in order.
    """
    minutes, further = {}, False
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        text, _, notes = read_comments(cell.source)
        if text.startswith("## "):
            further = text.startswith(f"## {FURTHER}")
        heading, time = re.search(r"^#+ (.+)$", text, re.MULTILINE), TAUGHT.match(notes or "")
        if heading and time and not further:
            minutes[heading[1]] = minutes.get(heading[1], 0) + int(time[1])
    return minutes
