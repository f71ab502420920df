"""Bring up to date what the guide and the teaching pack take from the lessons, and write the pack's forms as tables.

- Beside a section's title in the guide's plans and in two pages of the pack: on which slides it is.
- In the pack's table of minutes: what is planned, and how much of it classes took, from teaching/minutes.csv.
- In `build/teaching`: the questions of the exit tickets and of the feedback form as CSV, for any tool that makes forms.
"""

import argparse
import csv
import re
import statistics
from collections import Counter, defaultdict
from datetime import date

import nbformat

from course_utils.publishing.grading.exports import MARK, csv_text
from course_utils.publishing.lessons import NOTEBOOKS
from course_utils.publishing.minutes import taught_minutes
from course_utils.publishing.slides import plan_deck
from course_utils.publishing.tables import GUIDE, write_table

ROOT = NOTEBOOKS.parent
PACK, FORMS = ROOT / "teaching", ROOT / "build" / "teaching"
MINUTES = PACK / "minutes.csv"
COLUMNS = ["lesson", "planned", "real", "class", "day", "size", "remarks"]
SECTION = re.compile(r"(?<!\*)\*(?!\*)([^*]+)\*(?!\*)(?: \(slides? [\d–, ]+\))?")  # a title, and where it was last time
QUESTION = re.compile(r"^## (?P<part>.+)|^\d+\. (?P<question>.+(?:\n {3}.+)*)|^- \[ \] (?P<choice>.+)", re.MULTILINE)


# ---- slides


def section_slides(slides):
    """On which slides of a deck each section is, its exercises left out.

    Parameters
    ----------
    slides : list of course_utils.publishing.slides.Slide
        As `plan_deck` returns them.

    Returns
    -------
    dict of {str: list of int}
        By the section's title, the numbers of its slides, which count from 1.
    """
    found = {}
    for number, slide in enumerate(slides, start=1):
        if slide.kind not in ("quiz", "exercise"):
            found.setdefault(slide.section, []).append(number)
    return found


def in_words(numbers):
    """Numbers of slides in words, as in ``"slides 3–6, 8"``."""
    starts = [number for number in numbers if number - 1 not in numbers]
    ends = [number for number in numbers if number + 1 not in numbers]
    ranges = [f"{a}–{b}" if a < b else f"{a}" for a, b in zip(starts, ends, strict=True)]
    return f"slide{'s' * (len(numbers) > 1)} {', '.join(ranges)}"


def find_slides(notebooks=NOTEBOOKS):
    """On which slides each section of all lessons is, in words, as in ``{"What is in the file?": "slides 2–4"}``.

    What several lessons have, such as a quiz, has no place.
    """
    places, seen = {}, Counter()
    for path in sorted(notebooks.glob("[0-9][0-9]_*.ipynb")):
        sections = section_slides(plan_deck(nbformat.read(path, as_version=4), path.stem))
        seen.update(list(sections))
        places |= {title: in_words(numbers) for title, numbers in sections.items()}
    return {title: where for title, where in places.items() if seen[title] == 1}


def with_slides(text, places):
    """A text in which behind each section's title, in italics, it says on which slides it is; `places` as found."""

    def place(title):
        where = places.get(" ".join(title[1].split()))
        return f"*{title[1]}* ({where})" if where else title[0]

    return SECTION.sub(place, text)


def guide_with_slides(guide, places):
    """The text of the guide, with slides beside the titles in its plans, and nowhere else."""
    before, plans, after = re.split(r"(?<=\n)(?=## Plans\n|### How long)", guide)
    return before + with_slides(plans, places) + after


WITH_SLIDES = {  # the files that say on which slides a section is, and how their texts are brought up to date
    GUIDE: guide_with_slides,
    PACK / "first_session.md": with_slides,
    PACK / "pictures_aloud.md": with_slides,
}


# ---- minutes


def planned_minutes(notebooks=NOTEBOOKS):
    """A teacher's minutes of each lesson, as its notes have them: {"03": 50}."""
    lessons = sorted(notebooks.glob("[0-9][0-9]_*.ipynb"))
    return {path.stem[:2]: sum(taught_minutes(nbformat.read(path, as_version=4)).values()) for path in lessons}


def read_minutes(path=MINUTES):
    """What classes took: a row for each lesson that somebody taught, with a clock.

    Parameters
    ----------
    path : pathlib.Path
        A CSV file with the columns `COLUMNS`.

    Returns
    -------
    list of dict
        With whole numbers under "planned", "real" and "size".

    Raises
    ------
    ValueError
        If a row can't be right; it says which one, and why.
    """
    lessons = {path.stem[:2] for path in NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")}
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
        file.seek(0)
        header = next(csv.reader(file), [])
    if header != COLUMNS:
        raise ValueError(f"{path.name}: expected the columns {', '.join(COLUMNS)}, got {', '.join(header)}")
    for number, row in enumerate(rows, start=2):
        where = f"{path.name}, line {number}"
        if None in row or None in row.values():
            raise ValueError(f"{where}: expected {len(COLUMNS)} cells; put remarks with a comma between double quotes")
        if row["lesson"] not in lessons:
            raise ValueError(f"{where}: expected a lesson's number, such as 03, got {row['lesson']!r}")
        for name in ("planned", "real", "size"):
            if not re.fullmatch(r"[1-9]\d*", row[name]):
                raise ValueError(f"{where}: expected a whole number above 0 as {name}, got {row[name]!r}")
            row[name] = int(row[name])
        try:
            date.fromisoformat(row["day"])
        except ValueError:
            raise ValueError(f"{where}: expected a day such as 2027-03-15, got {row['day']!r}") from None
    return rows


def minutes_table(planned, rows):
    """Planned minutes, and how classes kept to them, as a table in Markdown with a sentence above it.

    Parameters
    ----------
    planned : dict of {str: int}
        Minutes by the lesson's number.
    rows : list of dict
        As `read_minutes` returns them.

    Returns
    -------
    str
        Of real minutes over planned ones, the table has the median, the smallest and the largest.
    """
    ratios = defaultdict(list)
    for row in rows:
        ratios[row["lesson"]].append(row["real"] / row["planned"])
    n_classes = len({row["class"] for row in rows})
    counted = "No class has been counted yet." if not rows else f"Classes counted: {n_classes}."
    lines = [counted, "", "| lesson | planned minutes | times taught | real / planned |", "|---|---|---|---|"]
    for lesson, minutes in planned.items():
        found = ratios[lesson]
        said = f"{statistics.median(found):.2f} ({min(found):.2f} to {max(found):.2f})" if found else ""
        lines.append(f"| {lesson} | {minutes} | {len(found)} | {said} |")
    return "\n".join(lines)


# ---- forms


def read_questions(text):
    """The questions of a form.

    Parameters
    ----------
    text : str
        Markdown: questions are numbered; below each are boxes to tick, `- [ ] `, or lines to write on; what `##` heads
        is a part of its own.

    Returns
    -------
    list of dict
        Of each its "part", its "question", and its "choices", a list, empty where the answer is written.
    """
    questions, part = [], ""
    for found in QUESTION.finditer(text):
        if found["part"]:
            part = found["part"]
        elif found["question"]:
            questions.append({"part": part, "question": " ".join(found["question"].split()), "choices": []})
        else:
            questions[-1]["choices"].append(found["choice"])
    return questions


def questions_csv(questions):
    """The questions of a form as a table: part, question, the type that form tools give it, and its choices."""
    width = max(len(question["choices"]) for question in questions)
    rows = [["part", "question", "type", *(f"choice {number}" for number in range(1, width + 1))]]
    for question in questions:
        choices = question["choices"]
        kind = "choice" if choices else "text"
        rows.append([question["part"], question["question"], kind, *choices, *[""] * (width - len(choices))])
    return csv_text(rows)


def main():
    argparse.ArgumentParser(prog="nox -s teaching", description=__doc__).parse_args()
    places = find_slides()
    for path, amend in WITH_SLIDES.items():
        path.write_text(amend(path.read_text(encoding="utf-8"), places), encoding="utf-8", newline="\n")
    write_table(minutes_table(planned_minutes(), read_minutes()), PACK / "minutes.md", mark="minutes")
    FORMS.mkdir(parents=True, exist_ok=True)
    for name in ("exit_tickets", "feedback"):
        table = questions_csv(read_questions((PACK / f"{name}.md").read_text(encoding="utf-8")))
        (FORMS / f"{name}.csv").write_text(MARK + table, encoding="utf-8", newline="")
    print("INSTRUCTORS.md and teaching/ say what the lessons say; the forms are in build/teaching as CSV")


if __name__ == "__main__":
    main()
