"""What stands on paper and what in its key; test_workbook_in_browser.py measures the printed pages."""

import html
import re

import lesson_rules as rules
import numpy as np
import pytest
from bs4 import BeautifulSoup
from lesson_rules import solution_lines
from nbformat.v4 import new_markdown_cell
from small_lesson import SECTION, code, picture, printed, small_lesson

from course_utils.publishing import paper, rooms, workbook
from course_utils.publishing.comments import read_comments, read_paper, remove_comments
from course_utils.publishing.markdown import MarkdownError
from course_utils.publishing.workbook import PREDICT, Workbook, make_cut_outs, make_key, make_workbook


def plain(markup):
    """The words of HTML, and what it says of its pictures, in one line."""
    soup = BeautifulSoup(markup, "html.parser")
    for tag in soup(["style", "title"]):
        tag.decompose()
    said = [tag.get(name, "") for tag in soup.find_all(True) for name in ("alt", "aria-label")]
    return " ".join(" ".join([soup.get_text(""), *said]).split())


def words_of(text):
    """The words of Markdown as they stand on paper, a list of paragraphs, items and cells."""
    soup = BeautifulSoup(paper.render_paper(text), "html.parser")
    return [" ".join(tag.get_text("").split()) for tag in soup.find_all(["p", "li", "td"])]


def book_of(*cells):
    """A workbook of a small lesson; its exercises and its quiz are those of lesson 03."""
    return Workbook(small_lesson(*cells), "03_convolution")


def kinds(book):
    return [(task.kind, task.heading) for task in book.tasks]


@pytest.fixture(scope="module", params=rules.LESSONS, ids=lambda source: source.stem)
def lesson(request):
    """A lesson with its workbook, and the HTML of the two."""
    notebook = rules.stored(request.param)
    book = Workbook(notebook, request.param.stem)
    return notebook, book, make_workbook(book), make_key(book)


def readings(notebook):
    cells = [cell for cell in notebook.cells if "reading" in rules.tags(cell)]
    return [words for cell in cells for words in words_of(read_comments(cell.source)[0])]


def blanks(notebook):
    """What the cells of tables that are empty on paper hold, in all comments for paper of a lesson."""
    comments = [text for cell in notebook.cells if cell.cell_type == "markdown" for text in read_paper(cell.source)]
    rows = [line for text in comments for line in text.splitlines() if line.startswith("|")]
    return [cell.strip() for row in rows for cell in re.findall(r"(?<=\|) *\?([^|]*)", row)]


def test_no_answer_is_on_paper(lesson):
    notebook, book, sheet, _ = lesson
    said = plain(sheet)
    asked = [cell for cell in notebook.cells if not rules.tags(cell) & {"reading", "solution", "bounds"}]
    known = " ".join(" ".join(cell.source for cell in asked).replace("`", "").split())
    ran = [cell for cell in rules.code_cells(notebook) if "quiz" not in rules.tags(cell)]
    shown = [part.alt for task in book.tasks for part in task.shown if not isinstance(part, str)]
    known += " ".join(" ".join(shown).split())
    lines = {" ".join(line.split()) for cell in ran for line in rules.output_text(cell).splitlines()}
    pictures = [part for task in book.tasks for part in task.answer if not isinstance(part, str)]
    answers = {
        "a reading": [words for words in readings(notebook) if len(words) > 30],
        "an output": [line for line in lines if len(line) > 12 and line not in known],
        "a solution": [line for line in solution_lines(notebook) if line not in known],
        "a reply": [plain(reply) for question in book.quiz for reply in question.replies.values() if len(reply) > 12],
    }
    for what, texts in answers.items():
        assert texts or what == "an output"
        found = [text for text in texts if text and text in said]
        assert not found, f"{what} is on paper: {found[0]!r}"
    assert not [part.alt for part in pictures if part.kind == "picture" and part.content in sheet]
    empty = BeautifulSoup(sheet, "html.parser").select("td.empty")
    assert len(empty) >= len(blanks(notebook)) and not any(cell.get_text(strip=True) for cell in empty)


def test_all_that_is_asked_is_on_paper(lesson):
    notebook, book, sheet, _ = lesson
    soup = BeautifulSoup(sheet, "html.parser")
    asks = sum(PREDICT in read_comments(cell.source)[0] for cell in notebook.cells if cell.cell_type == "markdown")
    predictions = soup.select(".prediction")
    assert len(predictions) == asks > 3
    room = ".lines, .blank, .tick-box, .dots, .box, .plot, .squares"
    for task in predictions:
        assert task.select(f".room :is({room})") or task.select("td.empty"), task.get_text()[:80]
    exercises = [cell for cell in notebook.cells if "exercise" in rules.tags(cell)]
    assert len(soup.select(".exercise .room")) == len(exercises) == sum(bool(task.how) for task in book.tasks)
    questions = soup.select(".question")
    assert len(questions) == len(book.quiz)
    for question, shown in zip(book.quiz, questions, strict=True):
        assert len(shown.select(".tick-box")) == len(question.choices)
        assert plain(str(paper.render_paper(question.text))) in plain(str(shown))
    assert len(soup.select("h2")) > 4 and "Key points" not in plain(sheet)


def test_the_key_has_every_answer(lesson):
    notebook, book, _, key = lesson
    said = plain(key)
    missing = [words for words in readings(notebook) if words not in said]
    assert not missing, missing[0]
    code_lines = [tag.get_text() for tag in BeautifulSoup(key, "html.parser").select("pre .line")]
    for task in book.tasks:
        assert set(task.solution.splitlines()) <= set(code_lines)
    for question in book.quiz:
        for letter, reply in question.replies.items():
            mark = f"{letter} is right: " if letter in question.right else f"{letter}: "
            assert mark + plain(str(paper.render_paper(reply))) in said
    filled = [words for words in blanks(notebook) if words]
    bold = [tag.get_text() for tag in BeautifulSoup(key, "html.parser").select("td strong")]
    assert all(plain(str(paper.render_paper(words))) in bold for words in filled)
    n_pictures = {part.content for task in book.tasks for part in task.answer if getattr(part, "kind", "") == "picture"}
    assert len(n_pictures) >= key.count("<img") - 1


def test_what_a_table_of_the_key_says_is_printed_or_read_in_the_lesson(lesson):
    """Its numbers stand in an output, an alt text or a reading; words may be said otherwise."""
    notebook = lesson[0]
    shown = [words for cell in rules.code_cells(notebook) for words in (rules.output_text(cell), plain(str(cell.outputs)))]
    shown = "\n".join([*shown, *readings(notebook)]).replace(",", "")
    numbers = [number for words in blanks(notebook) for number in re.findall(r"\d[\d,.]*", words)]
    assert not [number for number in numbers if not re.search(rf"(?<!\d){number.replace(',', '')}(?!\d)", shown)]
