"""What holds in every lesson, each rule a function: a notebook in, a list of what is wrong with it out.

tests/lessons/test_lessons.py holds the lessons to the rules, and the rules to planted faults.
"""

import ast
import contextlib
import functools
import io
import re
import tokenize
from pathlib import Path

import jupytext
import nbformat
import pytest

from course_utils.extras import needed_extra, why_missing
from course_utils.publishing.comments import read_comments
from course_utils.publishing.lessons import NOTEBOOKS, SOURCES, notebook_path, pictures, read_source
from course_utils.publishing.minutes import FURTHER, TAUGHT, lesson_minutes, title_minutes

LESSONS = sorted(SOURCES.glob("[0-9][0-9]_*.py"))
ALLOWED_TAGS = {"setup", "figure", "raises-exception", "exercise", "check", "solution", "quiz", "bounds"}
ALLOWED_TAGS |= {"asked", "reading"}  # code whose output answers a question, and text that says what came out
MAX_CODE_LINES = 15  # without the guard
MAX_DRAWING_LINES = 3
MAX_CODE_WIDTH = 105  # what JupyterLab shows beside its file browser on a laptop
MAX_BYTES = 1_000_000
MAX_MINUTES = 60

# How each setup cell begins: where the course is missing, a line instead of a traceback.
GUARD = """from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course isn't installed here: in its folder, pip install -e . (README, Start)")

"""

# A number with a decimal point, a percentage, a whole number of four or more digits.
MEASURED = re.compile(r"(?<![\w.])\d+\.\d+(?!\.?\d)|(?<![\w.])\d+(?=\s?(?:%|percent))|(?<![\w.])\d{4,}(?!\w)")

# What a stored output may not hold: it would differ on the next machine, or alarm a student.
UNSTABLE = {
    "a memory address": re.compile(r"\b0x[0-9a-fA-F]{6,}"),
    "a path of a machine": re.compile(r"(?<![\w.:/])(?:/[\w.-]+){2,}|\b[A-Z]:\\"),
    "a warning": re.compile(r"\b\w*Warning:|\bWARNING\b"),
}


def stored(source):
    """The executed notebook of a lesson's text."""
    return nbformat.read(notebook_path(source), as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def tags(cell):
    return set(cell.metadata.get("tags", []))


def output_text(cell):
    """All that a cell's outputs say in words: streams and text/plain, without terminal colours."""
    texts = [
        output.get("text", "") or output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", [])
    ]
    return re.sub(r"\x1b\[[\d;]*m", "", "\n".join(texts))


def has_the_shape_of_a_lesson(notebook, name):
    """Title with its number, minutes, at most three objectives; one setup cell, second; sections that ask first."""
    number, wrong = int(name[:2]), []
    first = notebook.cells[0].source
    if not re.match(rf"# {number}\. \S", first):
        wrong.append(f"the first line must be '# {number}. Title', got {first.splitlines()[0]!r}")
    core, further = lesson_minutes(notebook, name)
    if f"\n{title_minutes(core, further)} At the end you can\n" not in first:
        wrong.append(f"the first cell must say: {title_minutes(core, further)} At the end you can")
    if core > MAX_MINUTES:
        wrong.append(f"{core} minutes without what goes further, more than {MAX_MINUTES}")
    if not 1 <= len(re.findall(r"^- ", first, re.MULTILINE)) <= 3:
        wrong.append("the first cell must list one to three objectives")
    setups = [index for index, cell in enumerate(notebook.cells) if "setup" in tags(cell)]
    if setups != [1]:
        wrong.append(f"the second cell, and only that, must be tagged setup; tagged are {setups}")
    elif not notebook.cells[1].source.startswith(GUARD):
        wrong.append("the setup cell must begin with the guard that the others begin with")
    sections = re.split(r"^## ", prose(notebook), flags=re.MULTILINE)[1:]
    titles = [section.splitlines()[0] for section in sections]
    if titles[-1:] != ["Key points"]:
        wrong.append(f"the last section must be 'Key points', got {titles[-1:]}")
    elif len(re.findall(r"^- ", sections[-1], re.MULTILINE)) != 3:
        wrong.append("there must be three key points")
    questions = [(t, s) for t, s in zip(titles, sections, strict=True) if t not in ("Key points", "Quiz")]
    asked = [t for t, _ in questions if not t.startswith(FURTHER)]
    if not 3 <= len(asked) <= 5:
        wrong.append(f"there must be three to five sections that a first pass takes, got {len(asked)}: {asked}")
    wrong += [f"section {t!r} asks the student to predict nothing" for t, s in questions if "**Predict.**" not in s]
    return wrong


def has_small_cells_and_known_tags(notebook, name):
    wrong = []
    for cell in code_cells(notebook):
        start = cell.source.splitlines()[0] if cell.source else ""
        n_lines = sum(1 for line in cell.source.removeprefix(GUARD).splitlines() if line.strip())
        if n_lines > MAX_CODE_LINES:
            wrong.append(f"a cell of {n_lines} lines, more than {MAX_CODE_LINES}: {start}")
        wide = [line for line in cell.source.splitlines() if len(line) > MAX_CODE_WIDTH]
        wrong += [f"a line wider than {MAX_CODE_WIDTH}: {line}" for line in wide]
        if not cell.source.strip():
            wrong.append("an empty code cell")
        if "reading" in tags(cell):
            wrong.append(f"a code cell tagged reading: {start}")
    for cell in notebook.cells:
        if "reading" in tags(cell) and re.search(r"^#|\*\*Predict\.\*\*", read_comments(cell.source)[0], re.MULTILINE):
            wrong.append(f"a reading, which is folded, with a heading or a question in it: {cell.source[:60]!r}")
        if unknown := tags(cell) - ALLOWED_TAGS:
            wrong.append(f"unknown tags {sorted(unknown)}; allowed are {sorted(ALLOWED_TAGS)}")
    return wrong


def states_no_measured_number(notebook, name):
    """Prose may state definitions, arithmetic in view and cited results, but no number that a cell measures.

    The rule: a number with a decimal point, a percentage, and a whole number of four or more digits must stand in the
    lesson's code or in its outputs to the letter (then a machine holds it), or in a paragraph that cites a source by a
    link. Formulas and code spans are free.
    """
    shown = "\n".join(cell.source + "\n" + output_text(cell) for cell in code_cells(notebook)).replace(",", "")
    wrong = []
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        for paragraph in re.split(r"\n\s*\n", cell.source):
            if re.search(r"\]\(https?://", paragraph):
                continue
            plain = re.sub(r"```.*?```|\$\$.*?\$\$|\$[^$\n]+\$|`[^`]+`|\]\([^)]*\)", " ", paragraph, flags=re.DOTALL)
            plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", plain)
            for number in MEASURED.findall(plain):
                year = re.fullmatch(r"(?:19|20)\d\d", number)
                if not year and not re.search(rf"(?<![\d.]){re.escape(number)}(?!\d)", shown):
                    where = f"no code cell and no output: {paragraph[:60]!r}"
                    wrong.append(f"the number {number} in prose stands in {where}")
    return wrong


def links_resolve(notebook, name):
    """Links to other files of the course must exist, with no path that leaves the notebooks' folder for a machine's."""
    wrong = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(notebook)):
        if re.match(r"https://", target):
            continue
        path = target.split("#")[0]
        if not path or path.startswith("/") or not (NOTEBOOKS / path).exists():
            wrong.append(f"the link to {target} leads nowhere")
    return wrong


def begins_no_list_by_accident(notebook, name):
    """A line of a paragraph that happens to begin with a number and a period, or a dash, would be shown as a list."""
    cells = [read_comments(cell.source)[0] for cell in notebook.cells if cell.cell_type == "markdown"]
    text = re.sub(r"```.*?```", "", "\n\n".join(cells), flags=re.DOTALL)
    item = r"(?:\d+[.)]|[-+*]) "
    return [
        f"a list begins in the middle of a paragraph: {found[0]!r}"
        for found in re.finditer(rf"^(?!{item})\S.*\n{item}.*", text, re.MULTILINE)
    ]


def was_executed_cleanly(notebook, name):
    """Executed in order from 1, no error that was not announced, nothing on stderr, nothing unstable."""
    cells, wrong = code_cells(notebook), []
    if [cell.execution_count for cell in cells] != list(range(1, len(cells) + 1)):
        wrong.append("the code cells were not executed once each, in order from 1")
    for cell in cells:
        start = cell.source.splitlines()[0] if cell.source else ""
        for output in cell.outputs:
            if output.output_type == "error" and "raises-exception" not in tags(cell):
                wrong.append(f"a stored {output.ename} that no tag announces: {start}")
            if output.get("name") == "stderr":
                wrong.append(f"a stored output on stderr: {start}")
        text = output_text(cell) + "".join("".join(o.get("traceback", [])) for o in cell.outputs)
        unstable = [what for what, pattern in UNSTABLE.items() if pattern.search(text)]
        wrong += [f"a stored output holds {what}: {start}" for what in unstable]
    return wrong


def has_alt_texts(notebook, name):
    """Each picture is an `<img>` that says in words what it shows; text/plain says the same."""
    wrong = []
    for cell in code_cells(notebook):
        start, drawn = cell.source.splitlines()[0], pictures(cell)
        texts = [o.data.get("text/plain") for o in cell.outputs if "<img" in o.get("data", {}).get("text/html", "")]
        if any(len(alt) < 20 for _, alt in drawn) or texts != [alt for _, alt in drawn]:
            wrong.append(f"a picture without an alt text of its own: {start}")
        if any(kind.startswith("image/") for o in cell.outputs for kind in o.get("data", {})):
            wrong.append(f"a picture whose alt text reaches nobody, not shown by plotting.show: {start}")
        if bool(drawn) != ("figure" in tags(cell)):
            wrong.append(f"the tag 'figure' and the pictures disagree: {start}")
    return wrong


def draws_in_a_call(notebook, name):
    """A cell teaches or draws: what a picture needs stands in course_utils.figures, its alt text beside it."""
    wrong = []
    for cell in code_cells(notebook):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        if "figure" in tags(cell) and len(lines) > MAX_DRAWING_LINES:
            wrong.append(f"{len(lines)} lines around a picture, at most {MAX_DRAWING_LINES}: {lines[0]}")
        if not tags(cell) & {"figure", "setup"}:
            drawing = [line for line in lines if re.search(r"\b(plt|plotting|figures?|axe?s?)\.|\balt =", line)]
            wrong += [f"it draws in a cell that is not tagged figure: {line}" for line in drawing]
    return wrong


def _calls_of_check_bounds(cell):
    """What a cell tagged bounds holds: {source of the expression: (low, high)}."""
    found = {}
    for node in ast.walk(ast.parse(cell.source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check_bounds":
            low, middle, high = node.args
            with contextlib.suppress(ValueError):  # of a bound that is no plain number
                found[ast.unparse(middle)] = (ast.literal_eval(low), ast.literal_eval(high))
    return found


def keeps_measured_values_in_bounds(notebook, name):
    """Each value that nbval does not compare has its bound in the next cell, tagged `bounds`, and lies there.

    Such values are lines `name = 0.1234`, counts in lines `n_name = 123`, and the last epoch of a progress bar of
    Keras, which is `history.history["accuracy"][-1]` (or "loss", "val_accuracy", ...). A cell tagged `bounds` holds
    nothing but calls of `check_bounds`, and no other cell asserts anything.
    """
    wrong = []
    for cell, after in zip(notebook.cells, [*notebook.cells[1:], None], strict=True):
        if cell.cell_type != "code":
            continue
        start = cell.source.splitlines()[0] if cell.source else ""
        statements = ast.parse(_without_magics(cell.source)).body
        if "bounds" in tags(cell):
            calls = [node for node in statements if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)]
            called = {ast.unparse(node.value.func) for node in calls}
            others = {ast.unparse(node) for node in statements if node not in calls}
            if called != {"check_bounds"} or others - {"from course_utils.bounds import check_bounds"} or cell.outputs:
                wrong.append(f"a cell tagged bounds does more than call check_bounds: {start}")
        elif any(isinstance(node, ast.Assert) for statement in statements for node in ast.walk(statement)):
            wrong.append(f"an assert that a student sees; check_bounds in a cell tagged bounds holds it: {start}")
        bounds = _calls_of_check_bounds(after) if after and "bounds" in tags(after) else {}
        lines = re.findall(r"(?m)^(\w+) = (-?\d+\.\d+)$|^(n_\w+) = (\d+)$", output_text(cell))
        measured = [(name or count, float(value or n)) for name, value, count, n in lines]
        bar = re.findall(r" - ((?:val_)?(?:accuracy|loss)): (\d+\.\d+(?:e[+-]\d+)?)", output_text(cell))
        last = {f"history.history['{metric}'][-1]": float(value) for metric, value in bar}  # the last epoch's
        for expression, value in [*measured, *last.items()]:
            if expression not in bounds:
                wrong.append(f"{expression} is measured, and the next cell, tagged bounds, does not hold it: {start}")
            elif not bounds[expression][0] <= value <= bounds[expression][1]:
                wrong.append(f"the stored {expression} = {value} is out of its bound {bounds[expression]}")
    return wrong


def _words(text):
    return set(re.findall(r"[a-z]{4,}", text.lower()))


def _numbers(text):
    """Numbers that tell something: with a decimal point, or of two and more digits."""
    return set(re.findall(r"(?<![\w.])\d+\.\d+|(?<![\w.])\d{2,}(?![\w.])", text.replace(",", "").replace("_", "")))


def _without_magics(code):
    return re.sub(r"^[%!].*$", "", code, flags=re.MULTILINE)


def _sayings(code):
    """What code says to its reader: comments, texts, the numbers that it compares with, and the names of its calls."""
    code = _without_magics(code)
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    said = [token.string for token in tokens if token.type == tokenize.COMMENT]
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):  # the parts of an f-string, too
            said.append(node.value)
        elif isinstance(node, ast.Compare):
            said.append(ast.unparse(node))
        elif isinstance(node, ast.Call):
            said.append(ast.unparse(node.func).replace("_", " "))
    return said


def asks_before_it_answers(notebook, name):
    """Between a **Predict.** and the output that answers it, nothing states the outcome.

    The outcome is what the question and all above it do not have: numbers that the output prints, and words of its alt
    text. It is stated where prose, a comment, a text in the code, a comparison or the name of a call has such a number
    or three such words. And the Markdown right below the output reads it: tagged `reading`, it is folded in a student's
    copy, unless a new section or exercise begins there.
    """
    wrong = []
    for asked, question in enumerate(notebook.cells):
        if question.cell_type != "markdown" or "**Predict.**" not in read_comments(question.source)[0]:
            continue
        until = next((i for i in range(asked + 1, len(notebook.cells)) if notebook.cells[i].get("outputs")), None)
        if until is None:
            continue
        above = [(read_comments(c.source)[0], output_text(c)) for c in notebook.cells[: asked + 1]]
        known = "\n".join(text for pair in above for text in pair)
        seen = [c for c in notebook.cells[until + 1 :] if "bounds" not in tags(c) and read_comments(c.source)[0]]
        answer, below = notebook.cells[until], seen[:1]
        if [
            c
            for c in below
            if c.cell_type == "markdown" and not re.match("#{2,3} ", c.source) and tags(c) != {"reading"}
        ]:
            wrong.append(f"what reads an output that was asked for must be tagged reading: {below[0].source[:70]!r}")
        numbers = _numbers(output_text(answer)) - _numbers(known)
        words = _words(" ".join(alt for _, alt in pictures(answer))) - _words(known)
        for cell in notebook.cells[asked + 1 : until + 1]:
            said = _sayings(cell.source) if cell.cell_type == "code" else read_comments(cell.source)[0].split("\n\n")
            for saying in said:
                given = sorted(_numbers(saying) & numbers)
                if len(found := sorted(_words(saying) & words)) >= 3:
                    given += found
                if given:
                    wrong.append(f"{', '.join(given)} given away before the output: {saying[:70]!r}")
    return wrong


def is_what_its_text_says(notebook, name):
    """Cell by cell, the notebook is what its paired text describes; the first difference is shown."""
    source = SOURCES / f"{name}.py"
    expected = read_source(source)
    for index, (want, got) in enumerate(zip(expected.cells, notebook.cells, strict=False)):
        for what in ("cell_type", "source", "metadata", "id"):
            if want[what] != got[what]:
                pair = f"{source.name}: {want[what]!r}\n  notebook: {got[what]!r}"
                return [f"cell {index} differs in its {what}:\n  {pair}"]
    if len(expected.cells) != len(notebook.cells):
        counts = f"{len(expected.cells)} cells, the notebook {len(notebook.cells)}"
        return [f"{source.name} has {counts}; run nox -s lessons"]
    return []


def serves_an_instructor(notebook, name):
    """The comments that decks are made of: the question on the title slide; times; all tasks on a wall."""
    wrong = []
    markdown = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    for index, source in enumerate(markdown):
        text, on_slide, notes = read_comments(source)
        heading = text.partition("\n")[0]
        task = heading.startswith(("### Exercise", "## Quiz"))
        if heading.startswith("## ") and f"#{heading}" in (on_slide or "").splitlines():
            wrong.append(f"a slide that says its heading twice: {heading}")
        if "\n## " in text:  # a deck would count what follows to the section before
            wrong.append(f"a section's heading that doesn't begin its cell, after: {heading[:60]!r}")
        if "<!--" in text or "-->" in text:
            wrong.append(f"a comment of no kind that comments.py knows, or not closed: {heading}")
        asked = [read_comments(source)[1] or "" for source in markdown[index : index + 2]]  # here, or after a picture
        if "**Predict.**" in text and on_slide and not re.search(r"\*\*(Predict|Guess)\.\*\*", "".join(asked)):
            wrong.append(f"a prediction that is on no slide: {text[text.index('**Predict.**') :][:60]!r}")
        if (task or index == 0) and heading != "## Quiz" and not on_slide:
            wrong.append(f"no slide comment: {heading}")
        timed = heading != "## Key points" and (task or index == 0 or heading.startswith("## "))
        if timed and not TAUGHT.match(notes or ""):
            wrong.append(f"the notes must begin with the time, as '6 minutes.': {heading}")
    return wrong


def is_small(notebook, name):
    size = len(nbformat.writes(notebook).encode())
    return [] if size < MAX_BYTES else [f"{size:,} bytes stored, more than {MAX_BYTES:,}"]


RULES = [
    has_the_shape_of_a_lesson,
    has_small_cells_and_known_tags,
    states_no_measured_number,
    links_resolve,
    begins_no_list_by_accident,
    was_executed_cleanly,
    has_alt_texts,
    draws_in_a_call,
    asks_before_it_answers,
    keeps_measured_values_in_bounds,
    is_what_its_text_says,
    serves_an_instructor,
    is_small,
]


def solution_lines(notebook):
    """The lines of a lesson's solutions that stand nowhere else in its code, and say enough to give something away."""
    own, others = set(), []
    for cell in notebook.cells:
        lines = [" ".join(line.split()) for line in cell.source.splitlines()]
        if "solution" in tags(cell):
            own.update(line for line in lines if len(line) > 12)
        else:
            others += lines
    shared = "\n".join(others)
    return {line for line in own if line not in shared}


@functools.cache
def lesson_functions(name):
    """The functions that a lesson defines in view, ready to be called: {name: function}.

    Only imports and function definitions of the lesson's text are executed, so tests hold the very code that students
    read.
    """
    namespace, cells = {}, code_cells(jupytext.read(SOURCES / f"{name}.py"))
    if (extra := needed_extra("\n".join(cell.source for cell in cells))) and (reason := why_missing(extra)):
        pytest.skip(reason)  # what it imports is not there
    for cell in cells:
        for node in ast.parse(cell.source).body:
            if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef)):
                exec(compile(ast.Module([node], []), f"{Path(name).name}.py", "exec"), namespace)
    return namespace
