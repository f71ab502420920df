"""What stands on paper and what in its key; test_workbook_in_browser.py measures the printed pages."""

import re

import lesson_rules as rules
import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from lesson_rules import solution_lines
from nbformat.v4 import new_markdown_cell
from nightly import LESSONS, by_night
from small_lesson import SECTION, code, picture, printed, small_lesson

from course_utils.publishing import paper, rooms, workbook
from course_utils.publishing.comments import read_comments, read_paper, remove_comments
from course_utils.publishing.markdown import MarkdownError
from course_utils.publishing.workbook import PREDICT, Workbook, make_key, make_workbook


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


BY_DAY = by_night(rules.LESSONS, LESSONS, lambda source: source.stem)


@pytest.fixture(scope="module", params=BY_DAY, ids=lambda source: source.stem)
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
    shown = [
        words for cell in rules.code_cells(notebook) for words in (rules.output_text(cell), plain(str(cell.outputs)))
    ]
    shown = "\n".join([*shown, *readings(notebook)]).replace(",", "")
    numbers = [number for words in blanks(notebook) for number in re.findall(r"\d[\d,.]*", words)]
    assert not [number for number in numbers if not re.search(rf"(?<!\d){number.replace(',', '')}(?!\d)", shown)]


# ---- small lessons


def test_a_prediction_has_room_of_its_kind():
    kinds = {
        "How many of the ten?": "____ because ....",
        "Will it be larger?": "[ ] yes [ ] no, because ....",
        "Does it have 9 weights or 27?": "....\n\n[lines 1]",
        "How long: seconds, or minutes?": "[ ] seconds [ ] minutes",
        "Then what: where is it high, and where low?": "....\n\n[lines 1]",
        "Sketch four curves over 15 epochs.": "here:\n\n[box 65]",
    }
    assert {ask: rooms.room_for(ask) for ask in kinds} == kinds


def test_each_part_of_a_prediction_has_a_letter_and_room():
    text, room = rooms.letter_asks(" Look. How many\nare there? And why?\n\n(Is this asked? No.)")
    assert text == " Look. **a** How many\nare there? **b** And why?\n\n(Is this asked? No.)"
    assert room == "**a** ____ because ....\n\n**b** ....\n\n[lines 1]"
    assert rooms.letter_asks(" Three things: this and that.") == (" Three things: this and that.", "[lines 3]")
    assert rooms.letter_asks(" On paper.\n\n| a |\n|---|\n| ? |")[1] == ""


def test_a_picture_before_the_first_prediction_belongs_to_it_and_no_other_does():
    asked = "**Predict.** How many?"
    book = book_of(
        new_markdown_cell("## One?\n\nText."),
        code("draw()", picture("before"), tags=["figure"]),
        new_markdown_cell(asked),
        code("draw()", picture("answer"), tags=["figure"]),
        new_markdown_cell(asked),
        code("draw()", picture("asked for"), tags=["figure", "paper"]),
        code("paper", printed("answer"), tags=["paper"]),
    )
    shown = [part if isinstance(part, str) else part.alt for task in book.tasks for part in task.shown]
    assert shown == ["before", "asked for", "paper"]
    assert [part.alt or part.content for task in book.tasks for part in task.answer] == ["answer", "answer"]


def test_a_table_is_empty_on_paper_and_full_in_the_key():
    cell = new_markdown_cell(
        "## Size?\n\n**Predict.** How large?\n\n<!-- paper\n| a | b |\n|---|---|\n| one | ? 4 × 4 |\n-->"
    )
    book = book_of(cell)
    assert "4 × 4" not in plain(make_workbook(book)) and "<strong>4 × 4</strong>" in make_key(book)
    remove_comments(notebook := small_lesson(cell))
    assert "paper" not in notebook.cells[-1].source and "4 × 4" not in notebook.cells[-1].source


def test_where_a_text_answers_the_question_before_paper_has_its_own():
    text = "It was 7.\n\n**Predict.** And now?\n\n<!-- paper\nAgain.\n\n**Predict.** And now?\n-->"
    sheet = plain(make_workbook(book_of(new_markdown_cell(SECTION), new_markdown_cell(text))))
    assert "Again. Predict. And now?" in sheet and "It was 7" not in sheet


def test_the_last_column_of_a_plain_table_is_what_is_asked():
    table = "| | A | B |\n|---|---|---|\n| x | 1 | 2 |"
    assert workbook.blank_last_column(table) == "| | A | B |\n|---|---|---|\n| x | 1 |? 2 |"
    assert workbook.blank_last_column("| a |\n|---|\n| ? |") == "| a |\n|---|\n| ? |"


def test_only_what_the_named_arrays_need_is_computed():
    cells = [
        code("a = 2\nb = fail()"),
        code("def f():\n    return a"),
        new_markdown_cell("x"),
        code("c = f() + 1"),
        code("d = 1"),
    ]
    assert workbook.lesson_values(cells, 2, {"c"})["c"] == 3
    assert "b" not in workbook.lesson_values(cells, 2, {"c"})


def test_squares_say_their_numbers_and_a_window_fits_them():
    drawn = paper.squares(np.array([[0.5, -1], [0, 1 / 9]]))
    assert 'width="32mm" height="32mm" viewBox="-1 -1 32 32"' in drawn and "0.5, −1; 0, 1/9." in drawn
    assert drawn.count('class="square"') == 4 and "empty" in paper.squares(np.full((2, 2), np.nan))
    assert 'class="along hole" x="13" y="13" width="45" height="45"' in paper.cut_outs("[cut window 3]", {})
    with pytest.raises(MarkdownError, match="expected the name of an array"):
        paper.render_paper("[squares nothing]", values={})


def test_paper_reads_lines_boxes_and_blanks():
    text = paper.render_paper(
        "Name ____ and `____`\n\n- [ ] yes\n- [ ] no\n\nbecause ....\n\n[lines 2]\n\n[plot x | y]"
    )
    soup = BeautifulSoup(text, "html.parser")
    counts = {
        name: len(soup.select(name)) for name in (".blank", "li.tick .tick-box", ".dots", ".lines > div", "svg.plot")
    }
    assert counts == {".blank": 1, "li.tick .tick-box": 2, ".dots": 1, ".lines > div": 2, "svg.plot": 1}
    assert soup.code.get_text() == "____" and "[" not in soup.get_text()


def test_an_exercise_says_how_it_is_done():
    assert workbook.is_arithmetic("x = (25 * 64 + 64) - 2") and workbook.is_arithmetic("x = max(n for n in (1, 2))")
    assert not workbook.is_arithmetic("x = min(thresholds)")
    stubs = {
        "parameters_saved = ...": "pencil",
        "def slide(x):\n    return x": "bug",
        "def slide(x):\n    ...": "computer",
    }
    for stub, how in stubs.items():
        name = "parameters_saved" if how == "pencil" else "slide"
        check = code(f"exercise.{name}.check({name})", tags=["check"])
        book = book_of(new_markdown_cell("### Exercise: this"), code(stub, tags=["exercise"]), check)
        assert book.tasks[-1].how == how and book.tasks[-1].solution


def test_forms_are_found_by_their_first_line(tmp_path):
    (tmp_path / "form.md").write_text("<!-- print -->\n# Form\n", encoding="utf-8")
    (tmp_path / "text.md").write_text("# Text\n", encoding="utf-8")
    assert [page.name for page in workbook.find_sheets(tmp_path)] == ["form.md"]
    assert workbook.find_sheets(tmp_path / "nothing") == []


def test_forms_are_printed_with_any_lesson(monkeypatch):
    told = []
    monkeypatch.setattr(workbook, "print_workbooks", lambda lessons, sizes, *, sheets: told.extend(sheets) or [])
    monkeypatch.setattr("sys.argv", ["workbook", "03"])
    workbook.main()
    assert [page.name for page in told] == ["exit_tickets.md", "feedback.md"]


def test_without_a_browser_it_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setenv("CHROMIUM", "nowhere")
    monkeypatch.setattr("sys.argv", ["workbook", "03"])
    with pytest.raises(SystemExit):
        workbook.main()
    assert "install one" in capsys.readouterr().err


def test_a_text_that_cannot_be_shown_names_the_lesson(tmp_path):
    path = tmp_path / "03_convolution.ipynb"
    nbformat.write(small_lesson(new_markdown_cell("## A?\n\n**Predict.** Is it $\\nothing$?")), path)
    with pytest.raises(MarkdownError, match="03_convolution: expected a formula"):
        workbook.print_workbook(path, ["a4"], tmp_path, None)
