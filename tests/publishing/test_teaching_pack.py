"""The teaching pack is held to the lessons, the guide, the README and itself; its tables and forms are derived."""

import csv
import io
import re

import lesson_rules as rules
import nbformat
import pytest

from course_utils.publishing import teaching
from course_utils.publishing.book import documents
from course_utils.publishing.lessons import NOTEBOOKS, read_source
from course_utils.publishing.slides import Slide, plan_deck
from course_utils.publishing.tables import GUIDE

ROOT, PACK = teaching.ROOT, teaching.PACK
PAGES = {path.name: path.read_text(encoding="utf-8") for path in sorted(PACK.glob("*.md"))}
TITLES = {
    source.stem[:2]: re.match(r"# \d+\. (.+)", read_source(source).cells[0].source)[1] for source in rules.LESSONS
}
HEADINGS = {
    source.stem[:2]: re.findall(r"^#+ (?:Exercise: )?(.+)$", rules.prose(read_source(source)), re.MULTILINE)
    for source in rules.LESSONS
}
FORMS = ("exit_tickets.md", "feedback.md")


def parts(name):
    """What stands below each heading of the second level of a page: {heading: text}."""
    return dict(re.findall(r"^## (.+)\n((?:(?!## ).*\n?)*)", PAGES[name], re.MULTILINE))


def rows(text):
    """The cells of a page's tables, without the headers."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.fixture(scope="module")
def places():
    return teaching.find_slides()


# ---- pages


def test_the_index_names_each_page_and_says_what_for():
    named = re.findall(r"^\| \[.+?\]\((\w+\.md)\) \| .{20,} \|$", PAGES["README.md"], re.MULTILINE)
    assert sorted(named) == sorted(set(PAGES) - {"README.md"}) and named[0] == "first_session.md"


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere_and_commands_exist(name):
    links = re.findall(r"\]\(([^)]+)\)", PAGES[name])
    for path, _, anchor in (link.partition("#") for link in links):
        assert (PACK / path).exists(), path
        if anchor:
            text = (PACK / path).read_text(encoding="utf-8")
            headings = [
                re.sub(r"[^\w -]", "", words.lower()).replace(" ", "-") for words in re.findall("#+ (.+)", text)
            ]
            assert anchor in headings
    commands = re.findall(r"^def (\w+)\(session\)", (ROOT / "noxfile.py").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"nox -s (\w+)", PAGES[name])) <= set(commands)


def test_the_guide_and_the_readme_lead_to_the_pack_and_the_book_has_it():
    for path in (GUIDE, ROOT / "README.md"):
        assert "](teaching/README.md)" in path.read_text(encoding="utf-8")
    pages = documents.teaching_pages()
    contents = (
        (ROOT / "book" / "index.md").read_text(encoding="utf-8").split(":caption: For teachers")[1].split("```")[0]
    )
    assert sorted(f"{name}.md" for name in contents.split()[1:]) == sorted([*pages, "instructors.md"])
    assert set(pages) == set(PAGES) - {"README.md"} | {"teaching.md"}
    assert "[lines" not in pages["feedback.md"] and "- ☐ right" in pages["feedback.md"]
    assert "](exit_tickets.md)" in pages["teaching.md"] and "](instructors.md#one" in pages["first_session.md"]


def test_each_lesson_has_its_tickets_answers_pictures_and_speeds():
    lessons = [f"{number}. {title}" for number, title in TITLES.items()]
    assert list(parts("exit_tickets.md")) == ["The 90-minute session", *lessons]
    assert [part for part in parts("pictures_aloud.md")] == lessons
    assert [row[0] for row in rows(PAGES["reading_tickets.md"])[1:]] == ["90 minutes", *TITLES]
    assert [row[0] for row in rows(PAGES["mixed_speed.md"])[1:]] == list(TITLES)


def test_each_ticket_has_two_or_three_questions_and_each_has_its_answer():
    answers = {row[0]: row[1] for row in rows(PAGES["reading_tickets.md"])[1:]}
    answers["The 90-minute session"] = answers.pop("90 minutes")
    for heading, text in parts("exit_tickets.md").items():
        n_questions = len(re.findall(r"^\d+\. ", text, re.MULTILINE))
        assert 2 <= n_questions <= 3 and len(re.findall(r"^\[lines \d\]$", text, re.MULTILINE)) == n_questions
        answered = re.findall(r"(?:^|[.;?] )(\d): ", answers.get(heading[:2], answers.get(heading)))
        # of the session's last question, what was the least clear, nobody can say the answer
        assert len(answered) == n_questions - (heading == "The 90-minute session"), heading


def test_each_lesson_has_one_to_four_pictures_of_its_own_said_in_two_sentences_or_more():
    for heading, text in parts("pictures_aloud.md").items():
        said = [" ".join(words.split()) for words in re.split(r"^- ", text, flags=re.MULTILINE)[1:]]
        assert 1 <= len(said) <= 4, heading
        for picture in said:
            section, words = re.fullmatch(r"\*([^*]+)\* \(slides? [\d–, ]+\): (.+)", picture).groups()
            assert section in HEADINGS[heading[:2]]
            assert len(re.findall(r"[.:?] ", words)) >= 1 and 25 <= len(words.split()) <= 120, picture
            assert not re.search(r"\b(here|as you (can )?see|this one)\b", words), picture


def test_where_pictures_are_said_there_are_pictures():
    for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")):
        slides = plan_deck(nbformat.read(path, as_version=4), path.stem)
        drawn = {slide.section for slide in slides if any(part.kind == "picture" for part in slide.parts)}
        text = parts("pictures_aloud.md")[f"{path.stem[:2]}. {TITLES[path.stem[:2]]}"]
        assert set(re.findall(r"^- \*([^*]+)\*", text, re.MULTILINE)) <= drawn


def test_what_fast_and_slow_ones_do_is_in_their_lesson():
    for number, *cells in rows(PAGES["mixed_speed.md"])[1:]:
        named = re.findall(r"\*([^*]+)\*", " ".join(cells))
        plain = [re.sub("^Going further: ", "", heading) for heading in HEADINGS[number]]
        assert [name for name in named if name not in plain] == []


def test_the_mail_has_the_readmes_commands():
    start = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## Start\n")[1]
    commands = [line for line in re.findall(r"^ {4}(.+)$", start, re.MULTILINE) if line.endswith("nox -s lab")]
    assert len(commands) == 2
    assert re.findall(r"^> {5}(.+)$", PAGES["setup_mail.md"], re.MULTILINE) == commands
    for said in ("3.11, 3.12 or 3.13 and 4 GB of disk space",):
        assert said in " ".join(start.split()) and said in " ".join(PAGES["setup_mail.md"].replace("\n> ", " ").split())


def test_the_rubrics_points_add_up():
    for heading, points in re.findall(r"^## (.+): (\d+) points$", PAGES["rubric.md"], re.MULTILINE):
        table = [row for row in rows(parts("rubric.md")[f"{heading}: {points} points"]) if row[0] != "criterion"]
        assert int(points) == 2 * len(table) and all(len(row) == 4 and all(row) for row in table)
    assert [int(n) for n in re.findall(r": (\d+) points$", PAGES["rubric.md"], re.MULTILINE)] == [14, 6]
    assert "Twenty points in all" in PAGES["rubric.md"]


# ---- the first session


def test_the_first_session_has_ten_steps_and_75_minutes_the_day_before():
    steps = re.findall(r"^\*\*(\d+)\. ", PAGES["first_session.md"], re.MULTILINE)
    assert steps == [str(number) for number in range(1, 11)]
    before = parts("first_session.md")["The day before: 75 minutes"]
    assert sum(int(minutes) for minutes in re.findall(r"\((\d+) minutes\)", before)) == 75


def test_the_first_session_is_the_guides_plan():
    plan = GUIDE.read_text(encoding="utf-8").split("### One session: 90 minutes\n")[1].split("\n### ")[0]
    expected, start = [], 0
    for minutes, lesson, what in rows(plan)[1:]:
        sections = re.findall(r"\*([^*]+)\*", what) if lesson else []
        expected.append((start, start + int(minutes), lesson, sections))
        start += int(minutes)
    found = []
    for block in re.split(r"^### Minutes ", parts("first_session.md")["The 90 minutes"], flags=re.MULTILINE)[1:]:
        first, last = map(int, re.match(r"(\d+) to (\d+):", block).groups())
        lesson = re.match(r".*: lesson (\d\d)$", block.partition("\n")[0])
        wall = re.search(r"^- \*\*On the wall[:,]\*\* ((?:.*\n)(?:  .*\n)*)", block, re.MULTILINE)
        sections = re.findall(r"\*([^*]+)\*", wall[1]) if wall else []
        found.append((first, last, lesson[1] if lesson else "", sections))
    assert found == expected and start == 90


# ---- slides


def test_a_sections_slides_are_counted_from_one_and_a_quiz_belongs_to_none():
    slides = [
        Slide("title", "1. A", "1. A"),
        Slide("question", "B?", "B?"),
        Slide("picture", "B?", "B?"),
        Slide("exercise", "Exercise: b", "B?"),
        Slide("question", "C?", "C?"),
        Slide("exercise", "Quiz", "C?"),
        Slide("quiz", "Which?", "C?"),
        Slide("points", "Key points"),
    ]
    assert teaching.section_slides(slides) == {"1. A": [1], "B?": [2, 3], "C?": [5], "": [8]}
    assert [teaching.in_words(numbers) for numbers in ([4], [3, 4], [3, 4, 6])] == [
        "slide 4",
        "slides 3–4",
        "slides 3–4, 6",
    ]


def test_slides_are_written_behind_titles_once_and_brought_up_to_date():
    text = "| 5 | *What is\nit?*; then *run* **bold** and *Why?* (slide 3), *Where?* (slides 1–2) |"
    written = teaching.with_slides(text, {"What is it?": "slides 2–9", "Why?": "slides 4–5"})
    assert (
        written
        == "| 5 | *What is\nit?* (slides 2–9); then *run* **bold** and *Why?* (slides 4–5), *Where?* (slides 1–2) |"
    )
    assert teaching.with_slides(written, {"Why?": "slide 7"}) == written.replace("slides 4–5", "slide 7")
    guide = "# G\n*Why?*\n## Plans\n*Why?*\n### How long\n*Why?*\n"
    changed = teaching.guide_with_slides(guide, {"Why?": "slide 7"})
    assert changed == guide.replace("Plans\n*Why?*", "Plans\n*Why?* (slide 7)")


@pytest.mark.parametrize("path", teaching.WITH_SLIDES, ids=lambda path: path.name)
def test_the_slides_that_a_page_names_are_those_of_the_decks(path, places):
    """`nox -s teaching` brings them up to date."""
    text = path.read_text(encoding="utf-8")
    assert teaching.WITH_SLIDES[path](text, places) == text
    named = re.findall(r"\*([^*]+)\* \((slides? [\d–]+)\)", text)
    assert len(named) >= 12 and [title for title, where in named if places.get(" ".join(title.split())) != where] == []


# ---- minutes


def test_the_table_of_minutes_is_derived():
    """`nox -s teaching` brings it up to date."""
    stored = PAGES["minutes.md"].split("<!-- minutes -->\n")[1].split("\n<!-- /minutes -->")[0]
    assert stored == teaching.minutes_table(teaching.planned_minutes(), teaching.read_minutes())
    assert re.findall(r"^\| `(\w+)` \|", PAGES["minutes.md"], re.MULTILINE) == teaching.COLUMNS


def test_the_guide_says_that_nobody_has_counted_as_long_as_nobody_has():
    for text in (GUIDE.read_text(encoding="utf-8"), PAGES["first_session.md"]):
        assert ("no class has been counted yet" in text or "Nobody has counted yet" in text) == (
            not teaching.read_minutes()
        )


def test_classes_are_folded_into_the_table(tmp_path):
    path = tmp_path / "minutes.csv"
    lines = [
        ",".join(teaching.COLUMNS),
        "03,50,60,A,2027-03-15,18,",
        '03,50,45,B,2027-04-01,9,"fast, and awake"',
        "03,40,52,C,2027-04-02,12,no receptive field",
        "05,50,50,A,2027-03-15,18,",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    table = teaching.minutes_table({"03": 50, "04": 45, "05": 50}, teaching.read_minutes(path))
    assert table.splitlines()[0] == "Classes counted: 3."
    assert rows(table)[1:] == [
        ["03", "50", "3", "1.20 (0.90 to 1.30)"],
        ["04", "45", "0", ""],
        [*("05", "50", "1"), "1.00 (1.00 to 1.00)"],
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("3,50,60,A,2027-03-15,18,", r"line 2: expected a lesson's number, such as 03, got '3'"),
        ("03,50,60.5,A,2027-03-15,18,", r"line 2: expected a whole number above 0 as real, got '60\.5'"),
        ("03,50,0,A,2027-03-15,18,", r"as real, got '0'"),
        ("03,50,60,A,15.3.2027,18,", r"line 2: expected a day such as 2027-03-15, got '15\.3\.2027'"),
        ("03,50,60,A,2027-03-15,18,fast, and awake", r"line 2: expected 7 cells"),
        ("03,50,60,A", r"line 2: expected 7 cells"),
    ],
)
def test_a_line_that_cannot_be_right_is_told(tmp_path, line, said):
    path = tmp_path / "minutes.csv"
    path.write_text(",".join(teaching.COLUMNS) + f"\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        teaching.read_minutes(path)


def test_other_columns_are_told(tmp_path):
    (tmp_path / "minutes.csv").write_text("lesson;real\n03;50\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"expected the columns lesson, planned, .*, got lesson;real"):
        teaching.read_minutes(tmp_path / "minutes.csv")


# ---- forms


def test_a_form_is_read():
    text = "# F\n\n1. How was\n   the pace?\n\n- [ ] slow\n- [ ] fast, or so\n\n## B\n\n1. Why?\n\n[lines 3]\n"
    questions = teaching.read_questions(text)
    assert questions == [
        {"part": "", "question": "How was the pace?", "choices": ["slow", "fast, or so"]},
        {"part": "B", "question": "Why?", "choices": []},
    ]
    table = list(csv.reader(io.StringIO(teaching.questions_csv(questions))))
    assert table == [
        ["part", "question", "type", "choice 1", "choice 2"],
        ["", "How was the pace?", "choice", "slow", "fast, or so"],
        ["B", "Why?", "text", "", ""],
    ]


@pytest.mark.parametrize("name", FORMS)
def test_every_line_of_a_form_is_known_to_those_who_print_it(name):
    first, *lines = PAGES[name].splitlines()
    assert first == "<!-- print -->"
    assert all(not re.match(r"\[lines|- ", line) or re.fullmatch(r"\[lines \d+\]|- \[ \] .+", line) for line in lines)
    questions = teaching.read_questions(PAGES[name])
    assert len(questions) == len([line for line in lines if re.match(r"\d+\. ", line)]) >= 8
    written = sum(not question["choices"] for question in questions)
    assert written == len(re.findall(r"^\[lines", PAGES[name], re.MULTILINE))


def test_the_command_writes_what_the_tests_compare(tmp_path, monkeypatch, places):
    pages = {path: tmp_path / path.name for path in [*teaching.WITH_SLIDES, PACK / "minutes.md"]}
    for path, own in pages.items():
        old = re.sub(r" \(slides? [\d–]+\)|^\| 03 \|.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        own.write_text(
            old if path.name != "INSTRUCTORS.md" else path.read_text(encoding="utf-8").replace("(slides 2", "(slides 1")
        )
    for name in FORMS:
        (tmp_path / name).write_text(PAGES[name], encoding="utf-8")
    monkeypatch.setattr(teaching, "WITH_SLIDES", {pages[path]: amend for path, amend in teaching.WITH_SLIDES.items()})
    monkeypatch.setattr(teaching, "PACK", tmp_path)
    monkeypatch.setattr(teaching, "FORMS", tmp_path / "forms")
    monkeypatch.setattr(teaching, "find_slides", lambda: places)
    monkeypatch.setattr("sys.argv", ["teaching"])
    teaching.main()
    assert [path.name for path, own in pages.items() if path.read_bytes() != own.read_bytes()] == []
    forms = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "forms").iterdir()}
    assert sorted(forms) == ["exit_tickets.csv", "feedback.csv"]
    assert "\n03. Convolution and pooling," in forms["exit_tickets.csv"]
