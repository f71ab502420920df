"""What a right answer is worth, and what it costs to be late: a small TOML file, and the points that come of it.

Without a file, each right answer is worth one point, and being late costs nothing. INSTRUCTORS.md has an example.
"""

import difflib
import math
import tomllib
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from pathlib import Path

from course_utils.exercises import engine


class SchemeError(ValueError):
    """What is wrong with a scheme: the key, what was expected, and what came."""


@dataclass(frozen=True)
class Scheme:
    """How records become points; `read_scheme` reads one from a file."""

    exercises: dict = field(default_factory=dict)  # {"loading.mean_digit": points for a right answer}, by default 1
    lessons: dict = field(default_factory=dict)  # {"loading": what its points are multiplied by}, by default 1
    deadlines: dict = field(default_factory=dict)  # {"loading": datetime}
    penalty_per_day: float = 0  # percent of a lesson's points, for each day that has begun since the deadline
    grace_hours: float = 0  # after the deadline, in which nobody is late yet
    at_most: float = 100  # percent that being late may cost
    marked_late: float = 0  # percent, where a submission is marked as late and nothing says since when

    def worth(self, lesson, exercise):
        """The points of a right answer."""
        return self.lessons.get(lesson, 1) * self.exercises.get(f"{lesson}.{exercise}", 1)

    def lateness(self, record):
        """How late a lesson was handed in, as a sentence, and the percentage of its points that this costs.

        Parameters
        ----------
        record : dict
            With ``submitted``, an ISO time or None, and ``late``, a truth value or None: either may be left out.

        Returns
        -------
        tuple of (str, float)
            An empty sentence for a submission that is in time, or of which nothing is known.
        """
        submitted, deadline = record.get("submitted"), self.deadlines.get(record["lesson"])
        if not (submitted and deadline):
            cost = min(self.marked_late, self.at_most)
            return ("Marked as late.", cost) if record.get("late") else ("", 0.0)
        over = _since(deadline, datetime.fromisoformat(submitted), record)
        if over <= timedelta(hours=self.grace_hours):
            return "", 0.0
        days = math.ceil(over / timedelta(days=1))
        sentence = f"Late by {days} day{'s' * (days > 1)} or part of one: its time is {submitted.replace('T', ' ')}."
        return sentence, min(days * self.penalty_per_day, self.at_most)


def _since(deadline, submitted, record):
    if (deadline.tzinfo is None) != (submitted.tzinfo is None):
        with_one = "with its offset, as in 2026-10-12T23:59:00+02:00" if submitted.tzinfo else "without an offset"
        raise SchemeError(
            f"deadlines.{record['lesson']}: expected a time {with_one}, since the submissions have theirs that way "
            f"({record['student']}: {submitted.isoformat()}), got {deadline.isoformat()}"
        )
    return submitted - deadline


@dataclass(frozen=True)
class Grade:
    """The points of one student for one lesson."""

    record: dict
    points: list  # of each row of the record
    worth: list  # what each would be if it were right
    lateness: str
    cost: float  # points that being late takes away

    @property
    def total(self):
        return sum(self.points) - self.cost

    @property
    def possible(self):
        return sum(self.worth)


def without_zeros(record, scheme):
    """A record without the exercises that are worth nothing."""
    rows = [row for row in record["rows"] if scheme.worth(record["lesson"], row["exercise"])]
    return {**record, "rows": rows}


def grade(record, scheme):
    """The points of a record, row by row, and what being late takes away from them."""
    worth = [scheme.worth(record["lesson"], row["exercise"]) for row in record["rows"]]
    points = [value * (row["status"] == "right") for value, row in zip(worth, record["rows"], strict=True)]
    lateness, percent = scheme.lateness(record)
    return Grade(record, points, worth, lateness, sum(points) * percent / 100)


def read_scheme(path):
    """Read a scheme from a TOML file.

    Parameters
    ----------
    path : str or pathlib.Path

    Returns
    -------
    Scheme

    Raises
    ------
    SchemeError
        If the file cannot be read, or holds anything else than what is expected; the message is for its author.
    """
    try:
        tables = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))  # Notepad may write a mark at the beginning
    except OSError as error:
        raise SchemeError(f"{path}: expected a TOML file, got {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise SchemeError(f"{path}: expected a text in UTF-8, got other bytes; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise SchemeError(f"{path}: expected TOML, got what cannot be read as such: {error}") from None
    try:
        return _scheme(tables)
    except SchemeError as error:
        raise SchemeError(f"{path}: {error}") from None


def _scheme(tables):
    known = engine.all_exercises()
    keys = [exercise.key for exercises in known.values() for exercise in exercises]
    late = [option.name for option in fields(Scheme) if option.type is float]
    for name, table in tables.items():
        _one_of(name, ("exercises", "lessons", "late", "deadlines"), "a table", name)
        if not isinstance(table, dict):
            raise SchemeError(f"{name}: expected a table, [{name}] on a line of its own, got {table!r}")
    flat = _flat(tables.get("exercises", {}))
    expected = {
        "exercises": (flat, keys, "an exercise"),
        "lessons": (tables.get("lessons", {}), known, "a lesson"),
        "late": (tables.get("late", {}), late, "a key"),
    }
    for table, (values, names, kind) in expected.items():
        for name, value in values.items():
            _one_of(name, names, kind, f"{table}.{name}")
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < math.inf:
                raise SchemeError(f"{table}.{name}: expected a number, 0 or more, got {value!r}")
            if table == "late" and name != "grace_hours" and value > 100:
                raise SchemeError(f"late.{name}: expected a percentage, 0 to 100, got {value!r}")
    for name, value in tables.get("deadlines", {}).items():
        _one_of(name, known, "a lesson", f"deadlines.{name}")
        if not isinstance(value, datetime):
            got = repr(value) if isinstance(value, (str, int, float)) else str(value)
            raise SchemeError(
                f"deadlines.{name}: expected a day and a time without quotes, as in 2026-10-12T23:59:00, got {got}"
            )
    costs, deadlines = tables.get("late", {}), tables.get("deadlines", {})
    return Scheme(flat, tables.get("lessons", {}), deadlines, **costs)


def _flat(table):
    """The keys of exercises, written with quotes ("loading.mean_digit") or without (loading.mean_digit)."""
    flat = {}
    for name, value in table.items():
        flat |= {f"{name}.{key}": number for key, number in value.items()} if isinstance(value, dict) else {name: value}
    return flat


def _one_of(name, names, kind, key):
    if name not in names:
        close = difflib.get_close_matches(name, names, n=1)
        hint = f"such as {close[0]}" if close else f"one of {', '.join(list(names)[:12])}" + " ..." * (len(names) > 12)
        raise SchemeError(f"{key}: expected {kind} of those there are, {hint}; got {name}")
