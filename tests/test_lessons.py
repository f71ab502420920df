"""Every lesson keeps every rule, and every rule notices the fault it is there for."""

import copy
import re

import lesson_rules as rules
import nbformat
import pytest

from course_utils.publishing.lessons import NOTEBOOKS

LOADING = next(source for source in rules.LESSONS if source.stem == "01_loading")


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("source", rules.LESSONS, ids=lambda source: source.stem)
def test_lesson_keeps_rule(source, rule):
    problems = rule(rules.stored(source), source.stem)
    assert not problems, "\n".join(problems)


def test_each_notebook_has_a_text_and_each_text_a_notebook():
    notebooks = {path.stem for path in NOTEBOOKS.glob("*.ipynb")}
    assert notebooks == {source.stem for source in rules.LESSONS}


def figure_cell(notebook):
    return next(cell for cell in rules.code_cells(notebook) if "figure" in rules.tags(cell))


def first_code_with_text(notebook):
    return next(cell for cell in rules.code_cells(notebook) if "stream" in [o.output_type for o in cell.outputs])


def plant_number(notebook):
    notebook.cells[2].source += "\n\nIt reaches 97.53 % at once."


def plant_large_number(notebook):
    notebook.cells[2].source += "\n\nOf these, 54,321 are easy."


def plant_dead_link(notebook):
    notebook.cells[2].source += "\n\nSee [more](99_nothing.ipynb)."


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


def plant_missing_alt(notebook):
    picture = next(o for o in figure_cell(notebook).outputs if "image/png" in o.get("data", {}))
    del picture.metadata["image/png"]["alt"]


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
    notebook.cells[0].source = re.sub(r"\*\*\d+ minutes\.\*\*", "Soon.", notebook.cells[0].source)


def plant_changed_cell(notebook):
    rules.code_cells(notebook)[2].source += "  "


def plant_lost_cell(notebook):
    notebook.cells.pop()


def plant_unguarded_value(notebook):
    first_code_with_text(notebook).outputs[0].text += "test_acc = 0.9901\n"


def plant_value_out_of_bound(notebook):
    first_code_with_text(notebook).source += "\nassert 0.985 < test_acc < 0.997"
    first_code_with_text(notebook).outputs[0].text += "test_acc = 0.9801\n"


def plant_unguarded_count(notebook):
    first_code_with_text(notebook).outputs[0].text += "n_wrong = 103\n"


def plant_count_out_of_bound(notebook):
    first_code_with_text(notebook).source += "\nassert 95 < n_wrong < 111"
    first_code_with_text(notebook).outputs[0].text += "n_wrong = 112\n"


def plant_unguarded_progress(notebook):
    first_code_with_text(notebook).outputs[0].text += "938/938 15s 16ms/step - accuracy: 0.9453 - loss: 0.1776\n"


def change_first(notebook, old, new):
    """Replace a text in the first Markdown cell that has it after the title cell."""
    cell = next(cell for cell in notebook.cells[1:] if cell.cell_type == "markdown" and old in cell.source)
    cell.source = cell.source.replace(old, new, 1)


def plant_other_minutes(notebook):
    change_first(notebook, "<!-- notes\n", "<!-- notes\n1")


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
    (plant_stderr, rules.was_executed_cleanly),
    (plant_address, rules.was_executed_cleanly),
    (plant_path, rules.was_executed_cleanly),
    (plant_error, rules.was_executed_cleanly),
    (plant_unexecuted, rules.was_executed_cleanly),
    (plant_missing_alt, rules.has_alt_texts),
    (plant_long_cell, rules.has_small_cells_and_known_tags),
    (plant_wide_line, rules.has_small_cells_and_known_tags),
    (plant_tag, rules.has_small_cells_and_known_tags),
    (plant_second_setup, rules.has_the_shape_of_a_lesson),
    (plant_setup_without_a_guard, rules.has_the_shape_of_a_lesson),
    (plant_silent_section, rules.has_the_shape_of_a_lesson),
    (plant_no_minutes, rules.has_the_shape_of_a_lesson),
    (plant_changed_cell, rules.is_what_its_text_says),
    (plant_lost_cell, rules.is_what_its_text_says),
    (plant_unguarded_value, rules.keeps_measured_values_in_bounds),
    (plant_value_out_of_bound, rules.keeps_measured_values_in_bounds),
    (plant_unguarded_count, rules.keeps_measured_values_in_bounds),
    (plant_count_out_of_bound, rules.keeps_measured_values_in_bounds),
    (plant_unguarded_progress, rules.keeps_measured_values_in_bounds),
    (plant_other_minutes, rules.serves_an_instructor),
    (plant_no_notes, rules.serves_an_instructor),
    (plant_open_comment, rules.serves_an_instructor),
    (plant_exercise_without_a_slide, rules.serves_an_instructor),
    (plant_prediction_without_a_slide, rules.serves_an_instructor),
    (plant_size, rules.is_small),
]


@pytest.mark.parametrize(("plant", "rule"), FAULTS, ids=lambda value: value.__name__)
def test_rule_notices_a_planted_fault(plant, rule):
    notebook = copy.deepcopy(rules.stored(LOADING))
    plant(notebook)
    assert rule(notebook, LOADING.stem), f"{rule.__name__} did not notice {plant.__name__}"


def test_each_rule_has_a_planted_fault():
    assert {rule for _, rule in FAULTS} == set(rules.RULES)
