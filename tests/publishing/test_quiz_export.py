"""What is exported of the quizzes is what the lessons ask, and in the forms that others document."""

import csv
import html
import io
import re
import xml.etree.ElementTree as ET

import pytest

from course_utils.exercises.quiz import Question, Quiz
from course_utils.exercises.report import with_code
from course_utils.publishing import quizzes
from course_utils.publishing.tables import write_table

QUIZZES = quizzes.read_quizzes()
# MoodleDocs, "Moodle XML format": what a question must have, in the words that are allowed.
ALLOWED = {"single": {"true", "false"}, "shuffleanswers": {"true", "false"}, "answernumbering": {"abc", "ABCD", "123"}}
# And the percentages that Moodle's list of grades has, up to a fourth: it refuses all others.
GRADES = {100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20, 16.66667, 14.28571, 12.5, 0}
HARD = Quiz(
    Question(
        'Is `a < b` & *really* ]]> "so"?',
        right="ac",
        a=("`<b>` é", "Yes & no, `x > 1` is so."),
        b=("=1+1", "That is $x_1$ for $5, and no question."),
        c=("<script>alert(1)</script>", "No program runs here."),
    )
)


def questions(text):
    """The questions of a file of Moodle's, as ElementTree reads them, and the category."""
    first, *others = ET.fromstring(text.encode()).findall("question")
    assert first.get("type") == "category"
    return first.findtext("category/text"), others


def plain(marked):
    """The words of a piece of HTML, as a reader sees them."""
    return html.unescape(re.sub(r"</?(?:p|code|em)>", "", marked))


@pytest.mark.parametrize("name", QUIZZES)
def test_moodle_gets_the_whole_quiz(name):
    text = quizzes.moodle_xml(name, QUIZZES[name])
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<quiz>')  # Moodle wants it in the first line
    category, found = questions(text)
    assert category.startswith("$course$/") and name[:2] in category
    assert len(found) == len(QUIZZES[name].questions)
    assert len({one.findtext("name/text") for one in found}) == len(found)
    for element, question in zip(found, QUIZZES[name].questions, strict=True):
        assert element.get("type") == "multichoice"
        assert element.find("questiontext").get("format") == "html"
        assert plain(element.findtext("questiontext/text")) == plain(with_code(question.text))
        assert all(element.findtext(option) in words for option, words in ALLOWED.items())
        assert element.findtext("single") == ("true" if len(question.right) == 1 else "false")
        answers = element.findall("answer")
        assert [plain(one.findtext("text")) for one in answers] == [
            plain(with_code(t)) for t in question.choices.values()
        ]
        replies = [plain(with_code(reply)) for reply in question.replies.values()]
        assert [plain(one.findtext("feedback/text")) for one in answers] == replies
        assert all(one.find(part).get("format", "html") == "html" for one in answers for part in ("text", "feedback"))


@pytest.mark.parametrize("name", QUIZZES)
def test_moodle_gives_a_point_for_what_is_right_and_nothing_for_marking_everything(name):
    for element, question in zip(
        questions(quizzes.moodle_xml(name, QUIZZES[name]))[1], QUIZZES[name].questions, strict=True
    ):
        fractions = [float(answer.get("fraction")) for answer in element.findall("answer")]
        right = [letter in question.right for letter in question.choices]
        assert sum(f for f, is_right in zip(fractions, right, strict=True) if is_right) == pytest.approx(100, abs=1e-4)
        assert {abs(fraction) for fraction in fractions} <= GRADES
        assert all((fraction > 0) is is_right for fraction, is_right in zip(fractions, right, strict=True))
        if len(question.right) > 1:
            assert sum(fractions) == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("right", ["a", "ab", "abc", "abd", "cdef", "abcde"])
def test_moodle_knows_the_percentages(right):
    choices = {letter: (f"choice {letter}", f"reply to {letter}") for letter in "abcdef"}
    (element,) = questions(quizzes.moodle_xml("01_loading", Quiz(Question("Which?", right=right, **choices))))[1]
    fractions = {answer.findtext("text")[-1]: float(answer.get("fraction")) for answer in element.findall("answer")}
    assert {abs(fraction) for fraction in fractions.values()} <= GRADES
    assert "".join(letter for letter in fractions if fractions[letter] > 0) == right


def test_what_looks_like_markup_stays_text():
    (element,) = questions(quizzes.moodle_xml("01_loading", HARD))[1]
    shown = element.findtext("questiontext/text")
    assert shown == '<p>Is <code>a &lt; b</code> &amp; <em>really</em> ]]&gt; "so"?</p>'
    texts = [answer.findtext("text") for answer in element.findall("answer")]
    assert texts == ["<code>&lt;b&gt;</code> é", "=1+1", "&lt;script&gt;alert(1)&lt;/script&gt;"]
    reply = element.findall("answer")[1].findtext("feedback/text")
    assert reply == r"<p>That is \(x_1\) for <span>$</span>5, and no question.</p>"  # Moodle draws what \(...\) marks


def test_the_csv_holds_every_question():
    table = list(csv.DictReader(io.StringIO(quizzes.quizzes_csv(QUIZZES))))
    expected = [(name, question) for name, quiz in QUIZZES.items() for question in quiz.questions]
    assert [(row["lesson"], row["question"], row["right"]) for row in table] == [
        (name, question.text, question.right) for name, question in expected
    ]
    for row, (_, question) in zip(table, expected, strict=True):
        for letter, choice in question.choices.items():
            assert (row[letter], row[f"reply to {letter}"]) == (choice, question.replies[letter])


def test_the_csv_holds_no_formula():
    (row,) = csv.DictReader(io.StringIO(quizzes.quizzes_csv({"01_loading": HARD})))
    assert row["b"] == "'=1+1" and row["right"] == "ac"


def test_the_key_is_the_right_letters():
    lines = quizzes.key_table({"01_loading": HARD, "02_preparing": Quiz(*HARD.questions, *HARD.questions)}).splitlines()
    assert lines == ["| lesson | 1 | 2 |", "|---|---|---|", "| 01 | ac |  |", "| 02 | ac | ac |"]


def test_the_command_writes_a_file_for_each_lesson(tmp_path, monkeypatch, capsys):
    guide, before = tmp_path / "guide.md", "Key:\n<!-- key -->\n{}\n<!-- /key -->\nEnd.\n"
    guide.write_text(before.format("old"), encoding="utf-8")
    monkeypatch.setattr(quizzes, "GUIDE", guide)
    monkeypatch.setattr(quizzes, "ROOT", tmp_path)
    monkeypatch.setattr(quizzes, "QUIZZES", tmp_path / "build" / "quizzes")
    monkeypatch.setattr("sys.argv", ["quizzes"])
    quizzes.main()
    names = sorted(path.name for path in (tmp_path / "build" / "quizzes").iterdir())
    assert names == sorted([*(f"{name}.xml" for name in QUIZZES), "quizzes.csv"])
    assert "build/quizzes: 00_start_here.xml, " in capsys.readouterr().out
    assert (tmp_path / "build" / "quizzes" / "quizzes.csv").read_bytes().startswith(b"\xef\xbb\xbflesson,")
    assert guide.read_text(encoding="utf-8") == before.format(quizzes.key_table(QUIZZES))
    write_table("new", guide, mark="key")
    assert guide.read_text(encoding="utf-8") == before.format("new")
