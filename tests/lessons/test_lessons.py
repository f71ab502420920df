"""Every lesson keeps every rule, and every rule notices the fault it is there for."""

import copy
import re

import lesson_rules as rules
import nbformat
import pytest

from course_utils.publishing.lessons import NOTEBOOKS, SOURCES
from course_utils.publishing.minutes import WORDS_A_MINUTE

LOADING = next(source for source in rules.LESSONS if source.stem == "01_loading")


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("source", rules.LESSONS, ids=lambda source: source.stem)
def test_lesson_keeps_rule(source, rule):
    problems = rule(rules.stored(source), source.stem)
    assert not problems, "\n".join(problems)


def test_each_notebook_has_a_text_and_each_text_a_notebook():
    notebooks = {path.stem for path in NOTEBOOKS.glob("*.ipynb")}
    assert notebooks == {source.stem for source in SOURCES.glob("*.py")}
    assert notebooks - {source.stem for source in rules.LESSONS} == {"project_template"}


def figure_cell(notebook):
    return next(cell for cell in rules.code_cells(notebook) if "figure" in rules.tags(cell))


def first_code_with_text(notebook):
    return next(cell for cell in rules.code_cells(notebook) if "stream" in [o.output_type for o in cell.outputs])


def plant_number(notebook):
    notebook.cells[2].source += "\n\nIt reaches 97.53% at once."


def plant_large_number(notebook):
    notebook.cells[2].source += "\n\nOf these, 54,321 are easy."


def plant_dead_link(notebook):
    notebook.cells[2].source += "\n\nSee [more](99_nothing.ipynb)."


def plant_a_list_by_accident(notebook):
    notebook.cells[2:2] = [nbformat.v4.new_markdown_cell("Probabilities sum to\n1. Here is how.")]


def plant_stderr(notebook):
    first_code_with_text(notebook).outputs.append(nbformat.v4.new_output("stream", name="stderr", text="oh\n"))


def plant_address(notebook):
    first_code_with_text(notebook).outputs[0].text += "<History at 0x7f3a2b1c9d90>\n"


def plant_path(notebook):
    first_code_with_text(notebook).outputs[0].text += "/home/somebody/x.py\n"


def plant_error(notebook):
    error = nbformat.v4.new_output("error", ename="ValueError", evalue="no", traceback=["no"])
    first_code_with_text(notebook).outputs.append(error)


def plant_unexecuted(notebook):
    rules.code_cells(notebook)[1].execution_count = None


def picture_output(notebook):
    return next(o for o in figure_cell(notebook).outputs if "<img" in o.get("data", {}).get("text/html", ""))


def plant_missing_alt(notebook):
    picture = picture_output(notebook)
    picture.data["text/html"] = re.sub(r' alt="[^"]*"', "", picture.data["text/html"])


def plant_other_words_for_nbval(notebook):
    picture_output(notebook).data["text/plain"] += " And more."


def plant_bare_picture(notebook):
    picture_output(notebook).data = {"image/png": "AAAA", "text/plain": "a picture that has no alt text"}


def plant_untagged_picture(notebook):
    figure_cell(notebook).metadata["tags"] = []


def plant_drawing_lines(notebook):
    figure_cell(notebook).source += "\nx = 1" * rules.MAX_DRAWING_LINES


def plant_drawing_elsewhere(notebook):
    first_code_with_text(notebook).source += "\nax.set(title='more')"


def plant_alt_in_view(notebook):
    first_code_with_text(notebook).source += "\nalt = 'all are read rightly'"


def asked_and_answered(notebook, answered=lambda cell: True):
    """The place of a question, and of the code cell whose output answers it."""
    for asked, cell in enumerate(notebook.cells):
        if "**Predict.**" in cell.source:
            until = next(i for i in range(asked, len(notebook.cells)) if notebook.cells[i].get("outputs"))
            if answered(notebook.cells[until]):
                return asked, until
    raise AssertionError("no such question")


def plant_answer(notebook, saying, picture=False):
    """Say something in the code that answers a question: a number that it prints, or words of its alt text."""
    kind = (
        (lambda cell: "figure" in rules.tags(cell))
        if picture
        else (lambda cell: rules._numbers(rules.output_text(cell)))
    )
    _, until = asked_and_answered(notebook, kind)
    cell = notebook.cells[until]
    cell.outputs.append(nbformat.v4.new_output("stream", name="stdout", text="it is 0.4321\n"))
    for output in cell.outputs:
        if "text/html" in output.get("data", {}):
            html = output.data["text/html"]
            output.data["text/html"] = re.sub(r'alt="', 'alt="purple elephants dancing ', html)
    cell.source = saying.format(source=cell.source)


def plant_number_in_a_comment(notebook):
    plant_answer(notebook, "# nearly 0.4321\n{source}")


def plant_number_in_a_docstring(notebook):
    plant_answer(notebook, 'def f():\n    """Gives 0.4321."""\n\n{source}')


def plant_number_in_a_comparison(notebook):
    plant_answer(notebook, "{source}\nprint(f() > 0.4321)")


def plant_alt_words_in_a_text(notebook):
    plant_answer(notebook, '{source}\nprint("the elephants are purple, and dancing")', picture=True)


def plant_alt_words_in_an_f_string(notebook):
    plant_answer(notebook, '{source}\nprint(f"the elephants are purple, and dancing {{1}}")', picture=True)


def plant_alt_words_in_a_name(notebook):
    plant_answer(notebook, "figures.draw_dancing_purple_elephants(x)", picture=True)


def plant_answer_in_prose(notebook):
    plant_number_in_a_comment(notebook)
    asked, until = asked_and_answered(notebook, lambda cell: "0.4321" in rules.output_text(cell))
    notebook.cells[until].source = notebook.cells[until].source.removeprefix("# nearly 0.4321\n")
    notebook.cells.insert(asked + 1, nbformat.v4.new_markdown_cell("It will be 0.4321."))


def plant_reading_in_view(notebook):
    next(cell for cell in notebook.cells if "reading" in rules.tags(cell)).metadata["tags"] = []


def plant_question_in_a_fold(notebook):
    next(cell for cell in notebook.cells if "reading" in rules.tags(cell)).source += "\n\n**Predict.** And now?"


def plant_code_in_a_fold(notebook):
    first_code_with_text(notebook).metadata["tags"] = ["reading"]


def plant_long_cell(notebook):
    rules.code_cells(notebook)[1].source += "\nx = 1" * 15


def plant_wide_line(notebook):
    rules.code_cells(notebook)[1].source += "\nwide = " + "1 + " * 30 + "1"


def plant_tag(notebook):
    notebook.cells[3].metadata["tags"] = ["skip-execution"]


def plant_second_setup(notebook):
    notebook.cells[3].metadata["tags"] = ["setup"]


def plant_setup_without_a_guard(notebook):
    notebook.cells[1].source = notebook.cells[1].source.removeprefix(rules.GUARD)


def plant_silent_section(notebook):
    for cell in notebook.cells:
        cell.source = cell.source.replace("**Predict.**", "Guess.")


def plant_no_minutes(notebook):
    notebook.cells[0].source = re.sub(r"\*\*\d+ minutes\*\*", "Soon", notebook.cells[0].source)


def plant_a_long_text(notebook):
    notebook.cells[2:2] = [nbformat.v4.new_markdown_cell("a word " * 5 * WORDS_A_MINUTE)]


def plant_many_exercises(notebook):
    notebook.cells[2:2] = [nbformat.v4.new_code_cell("...", metadata={"tags": ["exercise"]})] * 20


def plant_an_announced_wait(notebook):
    notebook.cells[2:2] = [nbformat.v4.new_markdown_cell("*About 10 minutes.*")]


def plant_changed_cell(notebook):
    rules.code_cells(notebook)[2].source += "  "


def plant_lost_cell(notebook):
    notebook.cells.pop()


def plant_unguarded_value(notebook):
    first_code_with_text(notebook).outputs[0].text += "test_acc = 0.9901\n"


def plant_bounds(notebook, source):
    """Put a cell tagged bounds behind the first one that prints; what is planted there is the only fault."""
    place = notebook.cells.index(first_code_with_text(notebook))
    cell = nbformat.v4.new_code_cell(f"from course_utils.bounds import check_bounds\n{source}")
    cell.metadata["tags"] = ["bounds"]
    notebook.cells.insert(place + 1, cell)


def plant_value_out_of_bound(notebook):
    plant_bounds(notebook, "check_bounds(0.985, test_acc, 0.997)")
    first_code_with_text(notebook).outputs[0].text += "test_acc = 0.9801\n"


def plant_bound_of_another(notebook):
    plant_bounds(notebook, "check_bounds(0.985, train_acc, 0.997)")
    first_code_with_text(notebook).outputs[0].text += "test_acc = 0.9901\n"


def plant_more_than_bounds(notebook):
    plant_bounds(notebook, "x = 1")


def plant_value_printed_twice(notebook):
    plant_bounds(notebook, "check_bounds(0.985, test_acc, 0.997)")
    first_code_with_text(notebook).outputs[0].text += "test_acc = 0.1000\ntest_acc = 0.9901\n"


def plant_call_that_is_none(notebook):
    plant_bounds(notebook, "check_bounds(0, 1, 2) if 0 else None")


def plant_assert_in_view(notebook):
    first_code_with_text(notebook).source += "\nassert 0.985 < test_acc < 0.997"


def plant_unguarded_count(notebook):
    first_code_with_text(notebook).outputs[0].text += "n_wrong = 103\n"


def plant_count_out_of_bound(notebook):
    plant_bounds(notebook, "check_bounds(95, n_wrong, 111)")
    first_code_with_text(notebook).outputs[0].text += "n_wrong = 112\n"


def plant_unguarded_progress(notebook):
    first_code_with_text(notebook).outputs[0].text += "938/938 15s 16ms/step - accuracy: 0.9453 - loss: 0.1776\n"


def change_first(notebook, old, new):
    """Replace a text in the first Markdown cell that has it after the title cell."""
    cell = next(cell for cell in notebook.cells[1:] if cell.cell_type == "markdown" and old in cell.source)
    cell.source = cell.source.replace(old, new, 1)


def plant_no_time_to_teach(notebook):
    change_first(notebook, "<!-- notes\n", "<!-- notes\nSome time. ")


def plant_no_notes(notebook):
    change_first(notebook, "<!-- notes", "<!-- note")


def plant_open_comment(notebook):
    change_first(notebook, "-->", "")


def plant_exercise_without_a_slide(notebook):
    cell = next(cell for cell in notebook.cells if cell.source.startswith("### Exercise"))
    cell.source = cell.source.replace("<!-- slide", "<!-- notes")


def plant_prediction_without_a_slide(notebook):
    for cell in notebook.cells:
        prose, mark, comment = cell.source.partition("<!-- slide")
        cell.source = prose + mark + re.sub(r"\*\*(Predict|Guess)\.\*\*", "", comment)


def plant_size(notebook):
    first_code_with_text(notebook).outputs[0].text += "x" * rules.MAX_BYTES


FAULTS = [
    (plant_number, rules.states_no_measured_number),
    (plant_large_number, rules.states_no_measured_number),
    (plant_dead_link, rules.links_resolve),
    (plant_a_list_by_accident, rules.begins_no_list_by_accident),
    (plant_stderr, rules.was_executed_cleanly),
    (plant_address, rules.was_executed_cleanly),
    (plant_path, rules.was_executed_cleanly),
    (plant_error, rules.was_executed_cleanly),
    (plant_unexecuted, rules.was_executed_cleanly),
    (plant_missing_alt, rules.has_alt_texts),
    (plant_other_words_for_nbval, rules.has_alt_texts),
    (plant_bare_picture, rules.has_alt_texts),
    (plant_untagged_picture, rules.has_alt_texts),
    (plant_drawing_lines, rules.draws_in_a_call),
    (plant_drawing_elsewhere, rules.draws_in_a_call),
    (plant_alt_in_view, rules.draws_in_a_call),
    (plant_number_in_a_comment, rules.asks_before_it_answers),
    (plant_number_in_a_docstring, rules.asks_before_it_answers),
    (plant_number_in_a_comparison, rules.asks_before_it_answers),
    (plant_alt_words_in_a_text, rules.asks_before_it_answers),
    (plant_alt_words_in_an_f_string, rules.asks_before_it_answers),
    (plant_alt_words_in_a_name, rules.asks_before_it_answers),
    (plant_answer_in_prose, rules.asks_before_it_answers),
    (plant_reading_in_view, rules.asks_before_it_answers),
    (plant_question_in_a_fold, rules.has_small_cells_and_known_tags),
    (plant_code_in_a_fold, rules.has_small_cells_and_known_tags),
    (plant_long_cell, rules.has_small_cells_and_known_tags),
    (plant_wide_line, rules.has_small_cells_and_known_tags),
    (plant_tag, rules.has_small_cells_and_known_tags),
    (plant_second_setup, rules.has_the_shape_of_a_lesson),
    (plant_setup_without_a_guard, rules.has_the_shape_of_a_lesson),
    (plant_silent_section, rules.has_the_shape_of_a_lesson),
    (plant_no_minutes, rules.has_the_shape_of_a_lesson),
    (plant_a_long_text, rules.has_the_shape_of_a_lesson),
    (plant_many_exercises, rules.has_the_shape_of_a_lesson),
    (plant_an_announced_wait, rules.has_the_shape_of_a_lesson),
    (plant_changed_cell, rules.is_what_its_text_says),
    (plant_lost_cell, rules.is_what_its_text_says),
    (plant_unguarded_value, rules.keeps_measured_values_in_bounds),
    (plant_value_out_of_bound, rules.keeps_measured_values_in_bounds),
    (plant_unguarded_count, rules.keeps_measured_values_in_bounds),
    (plant_count_out_of_bound, rules.keeps_measured_values_in_bounds),
    (plant_bound_of_another, rules.keeps_measured_values_in_bounds),
    (plant_more_than_bounds, rules.keeps_measured_values_in_bounds),
    (plant_value_printed_twice, rules.keeps_measured_values_in_bounds),
    (plant_call_that_is_none, rules.keeps_measured_values_in_bounds),
    (plant_assert_in_view, rules.keeps_measured_values_in_bounds),
    (plant_unguarded_progress, rules.keeps_measured_values_in_bounds),
    (plant_no_time_to_teach, rules.serves_an_instructor),
    (plant_no_notes, rules.serves_an_instructor),
    (plant_open_comment, rules.serves_an_instructor),
    (plant_exercise_without_a_slide, rules.serves_an_instructor),
    (plant_prediction_without_a_slide, rules.serves_an_instructor),
    (plant_size, rules.is_small),
]


@pytest.mark.parametrize(("plant", "rule"), FAULTS, ids=lambda value: value.__name__)
def test_rule_notices_a_planted_fault(plant, rule):
    notebook = copy.deepcopy(rules.stored(LOADING))
    before = rule(notebook, LOADING.stem)
    plant(notebook)
    assert not before and rule(notebook, LOADING.stem), f"{rule.__name__} did not notice {plant.__name__}"


def test_a_bound_that_holds_is_no_fault():
    notebook = copy.deepcopy(rules.stored(LOADING))
    plant_bounds(notebook, "check_bounds(0.985, test_acc, 0.997)")
    first_code_with_text(notebook).outputs[0].text += "test_acc = 0.9901\n"
    assert rules.keeps_measured_values_in_bounds(notebook, LOADING.stem) == []


def test_an_input_that_comes_out_again_is_no_fault():
    """A number that code is given, as in a loop, may be printed: it is no outcome."""
    notebook = copy.deepcopy(rules.stored(LOADING))
    plant_answer(notebook, "for rate in (0.4321, 0.1):\n    f(rate)\n{source}")
    assert rules.asks_before_it_answers(notebook, LOADING.stem) == []


def test_each_rule_has_a_planted_fault():
    assert {rule for _, rule in FAULTS} == set(rules.RULES)
