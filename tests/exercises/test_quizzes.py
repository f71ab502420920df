"""Each quiz is one to learn from: its questions are whole, its right choices cannot be guessed, its replies explain."""

import importlib
import re

import lesson_rules as rules
import pytest

from course_utils.exercises import engine, report
from course_utils.exercises.quiz import Question, Quiz

QUIZZES = {
    lesson: importlib.import_module(f"course_utils.exercises.{lesson}").quiz for lesson in engine.all_exercises()
}
QUESTIONS = [
    pytest.param(question, id=f"{lesson}-{number}")
    for lesson, quiz in QUIZZES.items()
    for number, question in enumerate(quiz.questions, start=1)
]


def words(text):
    return re.findall(r"\w+", text.lower())


@pytest.mark.parametrize("question", QUESTIONS)
def test_question_is_whole(question):
    letters = list(question.choices)
    assert letters == list("abcdef")[: len(letters)]
    assert 3 <= len(letters) <= 5
    assert set(question.right) < set(letters)
    assert len(question.right) == len(set(question.right)) >= 1
    assert list(question.right) == sorted(question.right)
    assert len(question.text) >= 20


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_choice_has_a_reply_of_its_own(question):
    choices, replies = list(question.choices.values()), list(question.replies.values())
    assert len({" ".join(words(choice)) for choice in choices}) == len(choices)
    assert len({" ".join(words(reply)) for reply in replies}) == len(replies)
    for choice, reply in zip(choices, replies, strict=True):
        assert len(words(reply)) >= 6, f"a reply that explains nothing: {reply!r}"
        assert reply.endswith((".", "!", "?"))
        assert words(choice) != words(reply)


@pytest.mark.parametrize("question", QUESTIONS)
def test_exactly_the_stated_choices_are_right(question):
    for letter in question.choices:
        status, reply = question.reply(letter)
        assert (status == "right") is (question.right == letter)
        assert reply == question.replies[letter] or letter in question.right
    assert question.reply(question.right)[0] == "right"
    assert question.reply(", ".join(question.right).upper())[0] == "right"
    assert question.reply("".join(question.choices))[0] == "wrong"


@pytest.mark.parametrize("question", QUESTIONS)
def test_question_with_several_right_choices_says_so(question):
    says_so = "ore than one" in question.text or "all that" in question.text
    assert says_so is (len(question.right) > 1)


@pytest.mark.parametrize("lesson", [lesson for lesson in QUIZZES if lesson != "start_here"])  # that has one, to try
def test_right_choices_cannot_be_guessed(lesson):
    """The right one is neither mostly the longest nor mostly the shortest, nor mostly at one place."""
    questions = QUIZZES[lesson].questions
    assert 3 <= len(questions) <= 5
    assert len({question.text for question in questions}) == len(questions)
    longest = [max(question.choices, key=lambda letter: len(question.choices[letter])) for question in questions]
    shortest = [min(question.choices, key=lambda letter: len(question.choices[letter])) for question in questions]
    for places in (longest, shortest):
        assert (
            sum(place in question.right for place, question in zip(places, questions, strict=True))
            <= len(questions) / 2
        )
    for letter in "abcde":
        assert sum(question.right == letter for question in questions) <= len(questions) / 2


def test_right_choices_of_all_lessons_stand_at_all_places():
    rights = "".join(question.right for quiz in QUIZZES.values() for question in quiz.questions)
    assert set("abcd") <= set(rights)


EXAMPLE = Quiz(
    Question(
        "Is `1 < 2`?", right="b", a=("no", "It is not so."), b=("yes <b>", "It is so."), c=("who knows", "You do.")
    ),
    Question(
        "More than one is right here.", right="ac", a=("one", "First."), b=("two", "Second."), c=("three", "Third.")
    ),
)


def test_all_questions_are_shown(capsys):
    EXAMPLE.show()
    assert capsys.readouterr().out == (
        "1. Is `1 < 2`?\n   a) no\n   b) yes <b>\n   c) who knows\n"
        "2. More than one is right here.\n   a) one\n   b) two\n   c) three\n"
    )


def test_quiz_is_html_without_script_ids_or_answers():
    html = EXAMPLE.html()
    assert html.startswith('<ol><li>Is <code>1 &lt; 2</code>?<ol type="a" style=')
    assert "<li>no</li><li>yes &lt;b&gt;</li>" in html
    assert html.count("<li>") == html.count("</li>") == 8
    assert not re.search(r"script|\bid=|\bon\w+=|https?:", html)
    assert "so." not in html


@pytest.mark.parametrize(
    ("number", "letter", "start"),
    [
        (1, "b", "Right (question 1, b): It is so."),
        (1, " B ", "Right (question 1,  B ): It is so."),
        (1, "a", "Not right yet (question 1, a): It is not so."),
        (2, "ac", "Right (question 2, ac): First. Third."),
        (2, "c, a", "Right (question 2, c, a): First. Third."),
        (2, "a", "Not right yet (question 2, a): Part of it: a is right, and at least one more is. Put all"),
        (2, 2, 'Not right yet (question 2, 2): Answer with the letters of all right choices together, as in `"xy"`'),
        (2, "d", "Not right yet (question 2, d): Answer with the letters of all right choices"),
        (1, "ab", "Not right yet (question 1, ab): Choose one letter only."),
        (2, "ab", "Not right yet (question 2, ab): Second."),
        (1, "d", "Not right yet (question 1, d): Answer with one of the letters a, b, c"),
        (1, "", "Not right yet (question 1, ): Answer with one of the letters a, b, c"),
        (1, 2, "Not right yet (question 1, 2): Answer with one of the letters a, b, c"),
        (1, None, "Not right yet (question 1, None): Answer with one of the letters a, b, c"),
        (1, ..., "Not attempted yet (question 1): Answer with a letter"),
        (0, "a", "Not right yet: The questions are 1 to 2"),
        (3, "a", "Not right yet: The questions are 1 to 2"),
        ("1", "a", 'Not right yet: The questions are 1 to 2: `answer(1, "a")`. Write the number without quotes.'),
        (1.0, "a", "Not right yet: The questions are 1 to 2"),
        (True, "a", "Not right yet: The questions are 1 to 2"),
        (None, "a", "Not right yet: The questions are 1 to 2"),
    ],
)
def test_answer_is_explained(number, letter, start, capsys):
    EXAMPLE.answer(number, letter)
    assert capsys.readouterr().out.startswith(start)


def test_quiz_is_displayed_as_html_and_as_text(monkeypatch):
    shown = []
    monkeypatch.setattr(report, "get_ipython", lambda: True)
    monkeypatch.setattr(report, "display", lambda data, raw: shown.append(data))
    EXAMPLE.show()
    assert shown == [{"text/html": EXAMPLE.html(), "text/plain": EXAMPLE.text()}]


@pytest.mark.parametrize("source", rules.LESSONS[1:], ids=lambda source: source.stem)  # 00 has no quiz
def test_lesson_shows_its_quiz_and_gives_no_answer_away(source):
    cells = [cell for cell in rules.code_cells(rules.read_source(source)) if "quiz" in rules.tags(cell)]
    assert [cell.source for cell in cells] == ["exercise.quiz.show()", '# exercise.quiz.answer(1, "a")']
