"""The instructor's guide is held to the lessons, to its own sums, to the stored measurement, and to what is there."""

import json
import re
import textwrap
from dataclasses import fields

import lesson_rules as rules
import pytest

from course_utils.bench.classroom import class_table
from course_utils.bench.speed import lessons_table
from course_utils.publishing import quizzes
from course_utils.publishing.comments import read_comments
from course_utils.publishing.grading import pages, reports
from course_utils.publishing.grading.scheme import Scheme, read_scheme
from course_utils.publishing.lessons import NOTEBOOKS, read_source
from course_utils.publishing.minutes import taught_minutes
from course_utils.publishing.tables import GUIDE
from course_utils.results import read_result

ROOT = NOTEBOOKS.parent
TEXT = GUIDE.read_text(encoding="utf-8")
GRADING = TEXT.split("\n## Grading with the checks\n")[1].split("\n## ")[0]
PLANS = TEXT.split("\n## Plans\n")[1].split("\n### How long")[0]


def title_cell(source):
    """A lesson's title, question and objectives, as its title cell has them."""
    text, question, _ = read_comments(read_source(source).cells[0].source)
    objectives = re.findall(r"^- (.*(?:\n  .*)*)", text, re.MULTILINE)
    title = re.match(r"# \d+\. (.+)", text)[1]
    return title, question, [" ".join(words.split()).rstrip(".;") for words in objectives]


def section_minutes(number):
    """A teacher's minutes of each heading of a lesson, as its notes have them, in order."""
    return taught_minutes(read_source(next(source for source in rules.LESSONS if source.stem.startswith(number))))


LESSON_MINUTES = {source.stem[:2]: sum(section_minutes(source.stem[:2]).values()) for source in rules.LESSONS}
PATH = [f"{number:02}" for number in range(7)]


def plan(name):
    """A plan's stated minutes, and the cells of its rows."""
    heading, body = re.search(rf"^### ({name}.*)\n((?:(?!###).*\n?)*)", PLANS, re.MULTILINE).groups()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in body.splitlines() if line.startswith("|")]
    return [int(number) for number in re.findall(r"\d+", heading)], rows[2:]


def test_the_session_adds_up():
    stated, rows = plan("One session")
    assert [sum(int(minutes) for minutes, *_ in rows)] == stated


def test_the_session_gives_whole_lessons_their_minutes_and_sections_no_less_than_theirs():
    _, rows = plan("One session")
    for minutes, lesson, what in rows:
        if "whole lesson" in what:
            assert int(minutes) == LESSON_MINUTES[lesson]
        elif lesson:
            sections = re.findall(r"\*([^*]+)\*", what)
            assert sections and int(minutes) >= sum(section_minutes(lesson)[section] for section in sections), what


def test_the_day_adds_up_and_takes_every_lesson_whole():
    stated, rows = plan("One day")
    assert [sum(int(minutes) + int(pause) for minutes, _, pause, _ in rows)] == stated
    taken = [(lesson, int(minutes)) for minutes, lesson, *_ in rows if lesson]
    assert taken == [(lesson, LESSON_MINUTES[lesson]) for lesson in PATH]


def test_the_semester_adds_up_and_takes_every_lesson_whole():
    (n_labs, length), rows = plan("A semester")
    assert [int(row[0]) for row in rows] == list(range(1, n_labs + 1))
    assert all(int(taught) + int(own) == length for _, _, taught, own, _ in rows)
    taken = {}
    for _, lessons, taught, *_ in rows:
        taken[lessons] = taken.get(lessons, 0) + int(taught)
    assert taken.pop("") == 0
    assert taken == {lessons: sum(LESSON_MINUTES[lesson] for lesson in lessons.split(", ")) for lessons in taken}
    assert ", ".join(taken).split(", ") == PATH


def test_the_semester_divides_a_lesson_where_it_says():
    _, rows = plan("A semester")
    (minutes, heading), *others = [
        (int(taught), re.search(r"before \*([^*]+)\*", what)[1]) for _, _, taught, _, what in rows if "before *" in what
    ]
    times = section_minutes("03")
    assert not others and minutes == sum(list(times.values())[: list(times).index(heading)])


def grouped_minutes(number):
    """The headings of a lesson, section by section, each with its exercises, and their minutes; title and quiz, too."""
    source = next(source for source in rules.LESSONS if source.stem.startswith(number))
    sections = re.findall(r"^## (?!Quiz|Key points|Going further)(.+)$", rules.prose(read_source(source)), re.MULTILINE)
    minutes, section = dict.fromkeys(sections, 0), sections[0]
    for heading, taught in section_minutes(number).items():
        section = heading if heading in sections else section
        minutes[section] += taught
    return minutes


def test_two_more_days_add_up_and_take_every_section_with_its_exercises_in_order():
    (n_days, length), rows = plan("Two more days")
    by_day = {str(day): sum(int(row[1]) for row in rows if row[0] == str(day)) for day in range(1, n_days + 1)}
    assert by_day == dict.fromkeys(by_day, length) and {row[0] for row in rows} == set(by_day)
    lessons = ["13", "14", "15", "16"]
    assert list(dict.fromkeys(lesson for _, _, lesson, _ in rows if lesson)) == lessons
    for number in lessons:
        taken = [
            (re.search(r"\*([^*]+)\*", what)[1], int(minutes)) for _, minutes, lesson, what in rows if lesson == number
        ]
        assert dict(taken) == grouped_minutes(number) and len(taken) == len(dict(taken))
        assert sum(minutes for _, minutes in taken) == LESSON_MINUTES[number]
        own = 90 - LESSON_MINUTES[number]
        assert any(
            what.startswith("own work") and int(minutes) == own for _, minutes, lesson, what in rows if not lesson
        )


def test_what_two_more_days_name_is_in_their_lessons():
    _, rows = plan("Two more days")
    number = ""
    for _, _, lesson, what in rows:
        number = lesson or number  # own work belongs to the lesson before
        source = next(source for source in rules.LESSONS if source.stem.startswith(number))
        headings = re.findall(
            r"^#+ (?:Exercise: |Going further: )?(.+)$", rules.prose(read_source(source)), re.MULTILINE
        )
        assert [name for name in re.findall(r"\*([^*]+)\*", what) if name not in headings] == []


@pytest.mark.parametrize("source", rules.LESSONS, ids=lambda source: source.stem)
def test_each_lesson_stands_there_in_its_own_words(source):
    title, question, objectives = title_cell(source)
    heading = f"### {source.stem[:2]}. {title} ({LESSON_MINUTES[source.stem[:2]]} minutes taught): {question}\n"
    assert heading in TEXT
    block = TEXT.split(heading)[1].split("\n\n")[0]
    said = [" ".join(item.split()) for item in re.split(r"^- ", block, flags=re.MULTILINE)[1:]]
    assert [item.split(":**")[0] for item in said] == ["**Can then", "**Expect", "**Ask", "**Cut"]
    assert said[0] == f"**Can then:** {'; '.join(objectives)}."


def test_what_may_be_cut_by_name_is_there():
    for source in rules.LESSONS:
        block = TEXT.split(f"\n### {source.stem[:2]}. ")[1].split("- **Cut:**")[1].split("\n\n")[0]
        headings = re.findall(r"^#+ (?:Exercise: )?(.+)$", rules.prose(read_source(source)), re.MULTILINE)
        named = re.findall(r"\*([^*]+)\*", " ".join(block.split()))
        assert [name for name in named if name not in headings] == []


def test_measured_table_is_the_stored_result():
    assert TEXT.split("<!-- speed -->\n")[1].split("\n<!-- /speed -->")[0] == lessons_table(read_result("lessons"))


def test_table_of_a_class_is_the_stored_result():
    assert TEXT.split("<!-- class -->\n")[1].split("\n<!-- /class -->")[0] == class_table(read_result("class"))


def test_no_measured_number_outside_the_tables():
    prose = re.sub(r"<!-- (speed|class|hub) -->.*?<!-- /\1 -->|^ {4}[^\n]*", "", TEXT, flags=re.DOTALL | re.MULTILINE)
    assert "### JupyterHub" in prose and "| lesson | runs for" not in prose
    assert rules.MEASURED.findall(prose) == []
    assert re.findall(r"\d+ ?(?:s|seconds?|[MG]B)\b", prose) == []


def code_block(beginning):
    """The indented block of the guide that begins with a line."""
    block = re.search(rf"^    {re.escape(beginning)}\n(?:    .*\n|\n(?=    ))*", TEXT, re.MULTILINE)
    return textwrap.dedent(block[0])


def test_the_machine_for_other_numbers_is_told_as_the_guide_says():
    *first, last = code_block("from course_utils.bench import classroom").splitlines()
    names = {}
    exec("\n".join(first), names)
    assert set(eval(last, names)) >= {"memory_gb", "cores"}


@pytest.mark.parametrize("name", ["INSTRUCTORS.md", "README.md"])
def test_commands_exist(name):
    commands = re.findall(
        r"@(?:course_session|nox\.session\(.+\))\ndef (\w+)", (ROOT / "noxfile.py").read_text(encoding="utf-8")
    )
    named = re.findall(r"nox -s (\w+)", (ROOT / name).read_text(encoding="utf-8"))
    assert named and set(named) <= set(commands)


def test_links_and_files_are_there():
    named = re.findall(r"\]\(([^)#:]+)\)|\b(notebooks/\w+\.ipynb)|`(\w+\.(?:md|yml))`", TEXT)
    assert named
    assert [path for path in map("".join, named) if not (ROOT / path).exists()] == []


def test_the_readme_leads_to_the_guide():
    assert f"]({GUIDE.name})" in (ROOT / "README.md").read_text(encoding="utf-8")


def marked(mark):
    """The rows of a table of the guide between two marks, without its header: the cells of each."""
    lines = TEXT.split(f"<!-- {mark} -->\n")[1].split(f"\n<!-- /{mark} -->")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_each_word_of_grading_is_explained_as_in_the_reports():
    assert marked("statuses") == [[status, words] for status, (words, *_) in pages.STATUSES.items()]


def test_what_grading_writes_is_in_the_guide(tmp_path):
    row = {"exercise": "float32_bytes", "status": "right", "sentence": "", "details": [], "source": None}
    record = {"student": "anna", "lesson": "loading", "notebook": "x.ipynb", "notes": [], "rows": [row]}
    record |= {"ids": {"moodle": "12345"}}
    (tmp_path / "records" / "anna").mkdir(parents=True)
    (tmp_path / "records" / "anna" / "loading.json").write_text(json.dumps(record), encoding="utf-8")
    reports.write(tmp_path)
    assert sorted(name.strip("`") for name, _ in marked("files")) == sorted(path.name for path in tmp_path.iterdir())
    imports = re.findall(r"`imports/(\w+\.csv)`", GRADING)
    assert set(imports) < {path.name for path in (tmp_path / "imports").iterdir()}
    for column in re.findall(r"its column \*(\w+)\*", GRADING):
        assert (tmp_path / "imports" / imports[-1]).read_text(encoding="utf-8").startswith(f"{column},")


def test_the_scheme_in_the_guide_is_read_and_uses_every_key(tmp_path):
    first = re.search(r"^ {4}(\[exercises\].*)$", GRADING, re.MULTILINE)[1]
    (tmp_path / "points.toml").write_text(code_block(first), encoding="utf-8")
    read, without = read_scheme(tmp_path / "points.toml"), Scheme()
    assert [key.name for key in fields(read) if getattr(read, key.name) == getattr(without, key.name)] == []


def test_the_key_of_the_quizzes_is_the_quizzes_own():
    """`nox -s quizzes` brings it up to date."""
    stored = TEXT.split("<!-- key -->\n")[1].split("\n<!-- /key -->")[0]
    assert stored == quizzes.key_table(quizzes.read_quizzes())
