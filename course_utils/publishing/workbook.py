"""Print a workbook of each lesson, with room for what one thinks before any cell runs; and its key, apart.

All of it comes from the stored lesson: questions, predictions, exercises, the quiz. Paper can fold no answer away, so
there is none on it: no output, no text that reads one, and no picture but those that belong to a question. A picture
does that between a heading and the first prediction below it. Elsewhere the tag `paper` puts the picture of a figure
cell, or the code of another cell, on paper, with the prediction above it. What is asked decides how much room there is
for the answer (rooms.py), unless the text has a comment for paper (comments.py, paper.py).
"""

import argparse
import ast
import builtins
import re
from dataclasses import dataclass, field
from importlib import import_module

from markupsafe import Markup, escape
from nbconvert.filters import strip_ansi
from rich.progress import Progress

from course_utils.exercises.lessons import read_solution
from course_utils.publishing import paper
from course_utils.publishing.address import qr_figure
from course_utils.publishing.book.lessons import CHECK, PREDICT, RUN_FIRST, question_text
from course_utils.publishing.chromium import NoChromiumError, launch_chromium
from course_utils.publishing.comments import read_comments, read_paper
from course_utils.publishing.lessons import NOTEBOOKS, parse_lessons
from course_utils.publishing.markdown import MarkdownError
from course_utils.publishing.outputs import output_parts
from course_utils.publishing.rooms import letter_asks
from course_utils.publishing.slides import render_heading
from course_utils.publishing.theme import read_theme
from course_utils.publishing.wall import render_code

WORKBOOKS = NOTEBOOKS.parent / "build" / "workbook"
TEACHING = NOTEBOOKS.parent / "teaching"
ANSWERED = {"exercise", "check", "solution", "quiz", "bounds"}
NOT_SHOWN = {"setup", "solution", "bounds"}
PARTS = re.compile(r"\n+(?=##+ )")
HEADING = re.compile(r"\A(##+) (.+)\n*")
WAIT = re.compile(r"\s+\*About\s+[^*]+\*")  # how long the cell takes that paper does not have
VALUE = re.compile(r"^(\w+) = \.\.\.$", re.MULTILINE)
BLANK = re.compile(r"^    \.\.\.$", re.MULTILINE)
CHOICE = re.compile(r"^- (\w: |`\"\w\"`: )", re.MULTILINE)
HOW = {
    "bug": "Find it with a pencil, fix it on the computer.",
    "pencil": "With a pencil.",
    "computer": "On the computer.",
}
LEAD = "Answer before you run a cell: nothing on these pages tells you what will come out. A guess is enough."


@dataclass
class Task:
    """What stands on paper: a "heading", a "prediction", an "exercise", or a "question" of the quiz."""

    kind: str  # or "shown": what belongs to the question that comes next
    heading: str = ""
    text: str = ""  # Markdown
    room: str = ""  # the same, for paper
    level: int = 3
    how: str = ""  # how an exercise is done: a key of HOW
    shown: list = field(default_factory=list)  # pictures, and code as text
    answer: list = field(default_factory=list)  # for the key: parts of outputs, and Markdown
    solution: str = ""
    question: object = None  # of the quiz
    values: dict = field(default_factory=dict)  # arrays that the room names
    attachments: dict = field(default_factory=dict)


def lesson_values(cells, number, names):
    """What the code of a lesson up to a cell, or right below it, gives to some names.

    Only the statements run that these names depend on; a lesson's code is written once, and in the lesson.

    Parameters
    ----------
    cells : list of nbformat.NotebookNode
    number : int
        The cell's place, from 0 on.
    names : set of str

    Returns
    -------
    dict
        These names, and others.
    """
    below = next((i for i in range(number + 1, len(cells)) if cells[i].cell_type == "markdown"), len(cells))
    code = [cell.source for cell in cells[:below] if cell.cell_type == "code" and not _tags(cell) & ANSWERED]
    wanted, needed, values = set(names), [], {}
    for statement in reversed(ast.parse("\n".join(code)).body):
        nodes = list(ast.walk(statement))
        bound = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        bound |= {alias.asname or alias.name for node in nodes if isinstance(node, ast.alias) for alias in [node]}
        bound |= {getattr(statement, "name", "")}
        if bound & wanted:
            needed.insert(0, statement)
            wanted |= {node.id for node in nodes if isinstance(node, ast.Name)}
    exec(compile(ast.Module(needed, []), "a lesson", "exec"), values)
    return values


def _tags(cell):
    return set(cell.metadata.get("tags", []))


def _is_empty(task, after):
    """Whether there is nothing to do below a heading before the next one that is no part of it."""
    return task.kind == after.kind == "heading" and after.level <= task.level


def is_arithmetic(solution):
    """Whether code takes nothing but numbers and what Python and NumPy bring along, so that a pencil does."""
    names = [node for node in ast.walk(ast.parse(solution)) if isinstance(node, ast.Name)]
    stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    return {node.id for node in names} <= {"np", *dir(builtins), *stored}


def blank_last_column(table):
    """A table of Markdown whose last column stands in the key only, unless it has cells to fill in."""
    if "| ?" in table:
        return table
    head, dashes, *rows = table.strip().split("\n")
    return "\n".join([head, dashes, *(re.sub(r"\|([^|]*)\|$", r"|?\1|", row) for row in rows)])


class Workbook:
    """What of a lesson stands on paper, and in its key.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The executed lesson; it stays as it is.
    name : str
        As in ``"03_convolution"``.

    Attributes
    ----------
    title : str
    objectives : list of str
        Markdown.
    tasks : list of Task
    quiz : tuple of course_utils.exercises.quiz.Question
    cut_outs : str
        HTML of what is to be cut out; empty if nothing is.

    Raises
    ------
    MarkdownError
        If a text cannot be shown; it names the lesson.
    """

    def __init__(self, notebook, name):
        self.name, self.tasks, self.cut_outs = name, [], ""
        self._module = import_module(f"course_utils.exercises.{name[3:]}")
        self.quiz = self._module.quiz.questions
        self._cells, self._is_before, self._counts = notebook.cells, False, {}
        first = read_comments(notebook.cells[0].source)[0]
        self.title = first.partition("\n")[0].strip("# ")
        self.objectives = re.findall(r"^- (.*(?:\n  .*)*)", first, re.MULTILINE)
        for number, cell in enumerate(notebook.cells[1:], start=1):
            if cell.cell_type == "markdown":
                self._take_text(cell, number)
            elif not _tags(cell) & NOT_SHOWN:
                self._take_code(cell, number)
        following = [*self.tasks[1:], Task("heading", level=1)]
        pairs = zip(self.tasks, following, strict=True)
        self.tasks = [task for task, after in pairs if not _is_empty(task, after)]

    def _add(self, kind, heading="", text="", **more):
        self.tasks.append(Task(kind, heading, text, **more))
        self._is_before = kind == "heading" or (kind == "shown" and self._is_before)

    def _count(self, kind):
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return f"{kind} {self._counts[kind]}"

    # ---- text

    def _take_text(self, cell, number):
        text, on_slide, _ = read_comments(cell.source)
        text, comments = WAIT.sub("", RUN_FIRST.sub("", text)), read_paper(cell.source)
        if "reading" in _tags(cell):
            self._answer(text)
            return
        text = next((comment for comment in comments if PREDICT in comment), text)
        room = next((comment for comment in comments if PREDICT not in comment), "")
        more = {"room": room, "attachments": cell.get("attachments", {})}
        if room:
            more["values"] = lesson_values(self._cells, number, paper.find_names(room))
            self.cut_outs += paper.cut_outs(room, more["values"])
        *above, last = PARTS.split(text)  # an exercise may begin in the middle of a cell
        for part in above:
            self._take_part(part, HEADING.sub("", part), {})
        self._take_part(last, "" if PREDICT in last else (on_slide or "").partition(PREDICT)[0], more)

    def _take_part(self, text, said, more):
        """Take a text with one heading at most; of a heading's text paper says what is given, which is shorter."""
        heading = HEADING.match(text)
        title, body = (heading[2], text[heading.end() :]) if heading else ("", text)
        if title.startswith("Exercise"):
            words = self._count("Exercise") + title.removeprefix("Exercise")
            self._add("exercise", words, CHOICE.sub(r"- [ ] \1", body), **more)
            return
        if title and title not in ("Key points", "Quiz"):
            self._add("heading", title, "" if PREDICT in body else HEADING.sub("", said), level=len(heading[1]))
        if PREDICT in body:
            self._take_prediction(body, more)
        elif more.get("room"):
            self._add("shown", **more)
        elif not heading and not more:
            self._add("shown", text=body)

    def _take_prediction(self, text, more):
        before, _, asked = text.partition(PREDICT)
        asked, bar, table = asked.partition("\n\n|")
        table = f"\n\n{blank_last_column(f'|{table}')}" if bar else ""
        if "| ?" in more.setdefault("room", ""):
            table = ""  # that of the comment is the same, with what the key needs
        elif not more["room"]:
            asked, more["room"] = letter_asks(asked + table)
            table = ""
        self._add("prediction", self._count("Prediction"), f"{before}{PREDICT}{asked}{table}", **more)

    # ---- code and what came out

    def _take_code(self, cell, number):
        tags = _tags(cell)
        if "quiz" in tags:
            if "quiz.show()" in cell.source:
                self._take_quiz()
        elif "exercise" in tags:
            self._take_stub(cell.source)
        elif "check" in tags:
            self._take_solution(CHECK.search(cell.source)[1])
        else:
            outputs = output_parts(cell, f"{self.name}, cell {number + 1}")
            pictures = [part for part in outputs if part.kind == "picture"]
            shown = pictures if self._is_before or {"figure", "paper"} <= tags else []
            self._show(shown or [cell.source] * ("paper" in tags))
            self._answer(*(part for part in outputs if part not in shown))

    def _show(self, parts):
        """Put pictures, or code, to the prediction above; where there is none, or an answered one, before the next."""
        last = self.tasks[-1] if self.tasks else None
        if parts and last and last.kind == "prediction" and not any(isinstance(part, str) for part in last.answer):
            last.shown += parts
        elif parts:
            self._add("shown", shown=parts)

    def _answer(self, *parts):
        """Keep for the key what came out, or what reads it, with the prediction that asked for it, if one did."""
        for task in reversed(self.tasks):
            if task.kind in ("heading", "prediction"):
                task.answer += parts
                return

    def _take_stub(self, code):
        task = self.tasks[-1]
        value = VALUE.search(code)
        if value:
            task.how, room = "pencil", f"[lines 3]\n\n`{value[1]}` = ____"
            if "- [ ]" in task.text:
                room = "because ....\n\n[lines 1]"
        elif BLANK.search(code):
            task.how, room = "computer", "Your plan, or an example by hand:\n\n[lines 4]"
        else:
            task.how, room = "bug", "What is wrong, in which line, and what is right?\n\n[lines 4]"
        task.room = task.room or room
        task.shown += [] if value else [code]

    def _take_solution(self, name):
        task = next(task for task in reversed(self.tasks) if task.kind == "exercise")
        task.solution = read_solution(self.name[3:], name)
        if task.how == "pencil" and not is_arithmetic(task.solution):
            task.how = "computer"
        task.answer += filter(None, [getattr(self._module, name).shows])

    def _take_quiz(self):
        self._add("heading", "Quiz", level=2)
        for number, question in enumerate(self.quiz, start=1):
            text = re.sub(r"^(   )(\w\) .*?) *$", r"\1- [ ] \2", question_text(question, number), flags=re.MULTILINE)
            self._add("question", text=text, question=question)


# ---- the pages


def _shown(part):
    """HTML of a picture, of code, or of what a cell printed."""
    if isinstance(part, str):
        return render_code(part)
    if part.kind == "picture":
        return paper.picture(part)
    if part.kind == "output":
        text = "\n".join(line.rstrip() for line in strip_ansi(part.content).splitlines()).strip("\n")
        return Markup(f'<pre class="output">{escape(text)}</pre>') if text else ""
    return Markup(part.content) if part.kind == "html" else paper.render_paper(part.content)


def _heading(task):
    level = min(task.level, 3)
    return f"<h{level}>{render_heading(task.heading)}</h{level}>"


def _sender(book):
    """What theme.toml and the address of the book add to a first page: a logo, and a QR code of the lesson."""
    found = read_theme().logo + qr_figure(book.name)
    return Markup('<div class="sender">{}</div>').format(found) if found else ""


def _license():
    line = read_theme().license
    return f'<p class="license">{escape(line)}</p>' if line else ""


def make_workbook(book):
    """The HTML of a lesson's workbook.

    Parameters
    ----------
    book : Workbook

    Returns
    -------
    str
    """
    body = [
        f'<header>{_sender(book)}<p class="kicker">Workbook</p><h1>{escape(book.title)}</h1>'
        '<p class="who">Name <span class="blank"></span> Date <span class="blank"></span></p>'
        f"<p>{LEAD}</p></header>"
    ]
    for task in book.tasks:
        text = paper.render_paper(task.text, attachments=task.attachments)
        room = paper.render_paper(task.room, values=task.values, attachments=task.attachments)
        shown = "".join(map(_shown, task.shown))
        if task.kind == "heading":
            body.append(f'<div class="{"section" if task.level == 2 else "part"}">{_heading(task)}{text}</div>')
        elif task.kind == "question":
            body.append(f'<div class="question">{text}</div>')
        else:
            how = f'<p class="how">{HOW[task.how]}</p>' if task.how else ""
            heading = _heading(task) if task.heading else ""
            body.append(
                f'<div class="task {task.kind}"><div class="asked">{heading}{how}{text}{shown}</div>'
                + (f'<div class="room">{room}</div>' if room else "")
                + "</div>"
            )
    able = paper.render_paper("\n".join(f"- [ ] {objective}" for objective in book.objectives))
    body.append(f'<div class="section keep"><h2>Three things to keep, in your own words</h2>{paper.lines(6)}</div>')
    body.append(f'<div class="section keep"><h2>Now I can</h2>{able}</div>')
    body.append(f'<div class="section keep"><h2>Notes</h2>{paper.lines(8)}</div>')
    return paper.make_page(f"{book.title}: workbook", "".join(body) + _license())


def make_cut_outs(book):
    """The HTML of a sheet to cut up, or an empty text; arguments as of `make_workbook`."""
    if not book.cut_outs:
        return ""
    lead = f"Print this at 100%, on thick paper if you have some: each square is {paper.SQUARE} mm wide."
    head = f'<header class="cuts"><h1>{escape(book.title)}: to cut out</h1><p>{lead}</p></header>'
    return paper.make_page(f"{book.title}: to cut out", f'{head}<div class="row">{book.cut_outs}</div>')


def make_key(book):
    """The HTML of the key to a lesson's workbook: what came out, how to read it, solutions, the quiz's answers.

    Parameters
    ----------
    book : Workbook

    Returns
    -------
    str
    """
    body = [f'<header>{_sender(book)}<p class="kicker">Key to the workbook</p><h1>{escape(book.title)}</h1></header>']
    for task in book.tasks:
        if task.kind == "heading" and task.level == 2:
            body.append(f'<div class="section">{_heading(task)}</div>')
        elif task.kind == "prediction":
            read = max((place for place, part in enumerate(task.answer) if isinstance(part, str)), default=None)
            said = task.answer if read is None else task.answer[: read + 1]
            parts = [paper.render_paper(part) if isinstance(part, str) else _shown(part) for part in said]
            table = "\n".join(line for line in task.room.splitlines() if line.startswith("|"))
            asked = f"{task.text[task.text.index(PREDICT) :]}\n\n{table}"
            text = paper.render_paper(asked, attachments=task.attachments, with_answers=True)
            body.append(f'<div class="task">{_heading(task)}<div class="again">{text}</div>{"".join(parts)}</div>')
        elif task.kind == "exercise":
            said = "".join(paper.render_paper(words) for words in task.answer)
            body.append(f'<div class="task">{_heading(task)}{render_code(task.solution)}{said}</div>')
        elif task.kind == "question":
            replies = [
                f"- **{letter}** is right: {reply}" if letter in task.question.right else f"- {letter}: {reply}"
                for letter, reply in sorted(task.question.replies.items())
            ]
            text = paper.render_paper("\n".join([task.text.partition("\n")[0], "", *replies]))
            body.append(f'<div class="question">{text}</div>')
    return paper.make_page(f"{book.title}: key", f'<main class="key">{"".join(body)}{_license()}</main>')


def print_workbook(lesson, sizes, folder, browser):
    """Print the workbook of an executed lesson, what is to be cut out for it, and its key.

    Parameters
    ----------
    lesson : pathlib.Path
    sizes : iterable of str
        Keys of `paper.SIZES`; each has a folder.
    folder : pathlib.Path
    browser : playwright.sync_api.Browser
        A Chromium.

    Returns
    -------
    list of pathlib.Path
        The PDFs.

    Raises
    ------
    MarkdownError
        If a text cannot be shown; it names the lesson.
    """
    import nbformat

    try:
        book = Workbook(nbformat.read(lesson, as_version=4), lesson.stem)
        pages = {"workbook": make_workbook(book), "cut-outs": make_cut_outs(book), "key": make_key(book)}
    except MarkdownError as error:
        raise MarkdownError(f"{lesson.stem}: {error}") from None
    printed = []
    for size in sizes:
        (folder / size).mkdir(parents=True, exist_ok=True)
        for kind, html in pages.items():
            if html:
                printed.append(folder / size / f"{lesson.stem}-{kind}.pdf")
                paper.print_html(html, f"{book.title} · {kind}", printed[-1], size, browser)
    return printed


def print_workbooks(lessons, sizes=tuple(paper.SIZES), *, sheets=()):
    """Print the workbooks of lessons, and forms, into build/workbook; show how far it is.

    Parameters
    ----------
    lessons : list of pathlib.Path
    sizes : iterable of str
        Keys of `paper.SIZES`.
    sheets : iterable of pathlib.Path
        Markdown as paper.py reads it.

    Returns
    -------
    list of pathlib.Path
        The PDFs.

    Raises
    ------
    NoChromiumError
        If there is no browser that could print them.
    MarkdownError
        As in `print_workbook`.
    """
    from playwright.sync_api import sync_playwright

    printed = []
    with sync_playwright() as playwright, Progress() as progress:
        browser = launch_chromium(playwright)
        for lesson in progress.track(lessons, description="workbooks"):
            printed += print_workbook(lesson, sizes, WORKBOOKS, browser)
        for sheet in sheets:
            for size in sizes:
                printed.append(WORKBOOKS / size / f"{sheet.stem}.pdf")
                paper.print_sheet(sheet.read_text(encoding="utf-8"), printed[-1], size, browser)
        browser.close()
    return printed


def find_sheets(folder=TEACHING):
    """The pages of the teaching pack that are forms to print: their first line is `<!-- print -->`."""
    pages = sorted(folder.glob("*.md"))
    return [page for page in pages if page.read_text(encoding="utf-8").startswith(paper.PRINTED)]


def main():
    parser = argparse.ArgumentParser(prog="nox -s workbook --", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--paper", choices=sorted(paper.SIZES), help="the size of the paper (default: both)")
    options, lessons = parse_lessons(parser, NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    sizes = [options.paper] if options.paper else list(paper.SIZES)
    sheets = find_sheets()
    try:
        printed = print_workbooks(lessons, sizes, sheets=sheets)
    except NoChromiumError as error:
        parser.error(str(error))
    except MarkdownError as error:
        raise SystemExit(str(error)) from None
    print(f"{len(printed)} PDFs in build/workbook, in a folder for each size; print them at 100%, not to fit the page.")


if __name__ == "__main__":
    main()
