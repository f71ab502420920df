"""A lesson as a page of the book: an executed notebook becomes Markdown (MyST) with its pictures beside it.

Nothing is answered before it is asked: below a **Predict.** is room to write, and what came out is folded until the
reader opens it. Hints and solutions are folded, too. An e-book can fold nothing: there, solutions stand at the end.
"""

import base64
import html
import json
import re
from importlib import import_module

from nbconvert.filters import strip_ansi

from course_utils.exercises import lessons as exercises
from course_utils.exercises.report import with_code
from course_utils.publishing.editions import for_assistants
from course_utils.publishing.markdown import draw_formula, escape_money
from course_utils.publishing.outputs import WIDGET, output_parts
from course_utils.widgets.pad import read_run_lengths
from course_utils.widgets.reader import reader_tag

PREDICT = "**Predict.**"
ASKED = re.compile(r"\*\*Predict\.\*\*|\?[)*]*\s*\Z")
LINK = re.compile(r"(?<=\]\()(\d\d_\w+|project_template)\.ipynb")
HEADING = re.compile(r"^#+ ", re.MULTILINE)
CHECK = re.compile(r"exercise\.(\w+)\.check\(")
RUN_FIRST = re.compile(r"\s+\(Run\s+the\s+cell\s+first[^)]*\)")  # what only a notebook asks for
HOW_TO_ANSWER = re.compile(r"(?is)\s+(?:then\s+)?(?:remove|take)\s+the\s+`#`.*?why(?:\s+they\s+are\s+wrong)?\.")
# And what the book says in place of it: to a browser, where it has no such network, and on paper.
CHOOSE_HERE = ' <span class="on-screen">Then choose, and press *Check*: the page tells you why.</span>'
OTHERS_MOVE = (
    " (Here it's a picture, since only your kernel has this network; [lesson 7](07_inspecting.md) has one to move.)"
)
ON_PAPER = " (Here it's a picture; in a browser, the book has it to move.)"
# And what it says of itself, at the top and at each exercise.
HERE = "Here you read the lesson as it ran. To run its cells and change them, open its notebook in the course."
START_HERE = "This lesson shows how a notebook works. In the book no cell runs: read it here, and do it there."
EXERCISE = "Write your answer on paper, or in the notebook, where a check tells you what is wrong with it."
FORMULA = re.compile(r"\\\((.+?)\\\)")  # as with_code marks one
OTHER_NETWORK = "of this kernel"  # as LayersView says of any network but the shipped one
PLOTTED = 80 / 130  # of a picture's pixels, those that a notebook shows it at: plotting.encode_figure


def raw(markup):
    """HTML that stands in a page as it is, as a block of Markdown."""
    return f"```{{raw}} html\n{markup}\n```"


def fold(kind, summary, *blocks):
    """Blocks of Markdown that a reader opens, with a button that says what they are."""
    opening = raw(f'<details class="{kind}"><summary>{html.escape(summary)}</summary>')
    return [opening, *blocks, raw("</details>")]


def fence(text, info, *options):
    """A block of code, with a fence that is longer than any in it."""
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return "\n".join([f"{ticks}{info}", *options, text.rstrip("\n"), ticks])


def _said(text):
    """A text of a quiz as HTML, its formulas drawn."""
    return FORMULA.sub(lambda formula: draw_formula(html.unescape(formula[1]), inline=True), with_code(text))


def question_form(question, name, number):
    """A question of a quiz as a form, which book.js answers.

    Parameters
    ----------
    question : course_utils.exercises.quiz.Question
    name : str
        The lesson's, as in ``"convolution"``.
    number : int
        From 1 on.

    Returns
    -------
    str
        HTML.
    """
    kind = "checkbox" if len(question.right) > 1 else "radio"
    choices = "".join(
        f'<label class="quiz-choice"><input type="{kind}" name="{name}-{number}" value="{letter}">'
        f"<span>{_said(choice)}</span></label>"
        for letter, choice in question.choices.items()
    )
    replies = html.escape(json.dumps({letter: _said(text) for letter, text in question.replies.items()}))
    return (
        f'<form class="quiz-question" data-right="{question.right}" data-replies="{replies}"><fieldset>'
        f"<legend>{number}. {_said(question.text)}</legend>{choices}</fieldset>"
        '<button type="submit">Check</button><p class="quiz-reply" role="status"></p></form>'
    )


def question_text(question, number):
    """A question of a quiz as Markdown, without its answer."""
    choices = [f"   {letter}) {choice}  " for letter, choice in question.choices.items()]
    return "\n".join([f"{number}. {question.text}", "", *choices])


def _is_reading(cell):
    return "reading" in cell.metadata.get("tags", [])


class LessonPage:
    """A lesson as a page.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The executed lesson; it stays as it is.
    name : str
        As in ``"03_convolution"``.
    is_alive : bool
        For a browser, which can fold and be written into; else for paper, and for readers of e-books.
    links : dict of {str: str}, optional
        What can be taken along, or opened elsewhere: addresses by what the links say.
    first_cell : str, optional
        Code that comes first where the lesson is opened elsewhere.

    Attributes
    ----------
    text : str
        MyST Markdown.
    files : dict of {str: bytes}
        The pictures, by the paths that the text names.
    widgets : set of str
        The kinds of widgets on the page.
    """

    def __init__(self, notebook, name, *, is_alive=True, links=None, first_cell=""):
        self.name, self.is_alive, self._links, self._first_cell = name, is_alive, links or {}, first_cell
        self.module = None if name == "project_template" else import_module(f"course_utils.exercises.{name[3:]}")
        self.files, self.widgets, self._at_the_end = {}, set(), []
        self._blocks, self._is_open, self._is_asked, self._exercise = [], False, False, None
        outputs = str([cell.get("outputs") for cell in notebook.cells])
        self._instead = (OTHERS_MOVE if OTHER_NETWORK in outputs else "") if is_alive else ON_PAPER
        cells = for_assistants(notebook).cells
        for number, cell in enumerate(cells, start=1):
            if cell.cell_type == "markdown":
                self._take_text(cell, number)
                continue
            texts = (_is_reading(later) for later in cells[number:] if later.cell_type == "markdown")
            is_read = next(texts, False)  # in the text below it: so it was asked
            if _is_reading(cells[number - 2]) and not is_read:
                self._close()
            self._is_asked |= is_read or "asked" in cell.metadata.get("tags", [])
            self._take_code(cell, number)
        self._close()
        if self._at_the_end and not is_alive:
            self._add("## Solutions", *self._at_the_end)
        self.text = "\n\n".join(self._blocks) + "\n"

    def _add(self, *blocks):
        self._blocks += blocks

    def _fold(self, kind, summary, *blocks):
        self._add(*(fold(kind, summary, *blocks) if self.is_alive else blocks))

    def _close(self):
        """What comes next is no more what came out of a prediction."""
        if self._is_open and self.is_alive:
            self._add(raw("</details>"))
        self._is_open = False

    def _open(self, summary="What came out"):
        if self.is_alive and not self._is_open:
            self._add(raw(f'<details class="outcome"><summary>{summary}</summary>'))
        self._is_open, self._is_asked = True, False

    # ---- text

    def _take_text(self, cell, number):
        text = RUN_FIRST.sub(self._instead, LINK.sub(r"\1.md", cell.source))
        if text.startswith("## Quiz"):
            text = HOW_TO_ANSWER.sub(CHOOSE_HERE if self.is_alive else "", text)
        text = escape_money(text, backslashes=1)
        heading = HEADING.search(text)
        if not _is_reading(cell):
            self._close()
        elif heading:  # what was read ends here, and the next section begins in the same cell
            self._add(text[: heading.start()].strip())
            self._close()
            text = text[heading.start() :]
        asked, _, table = text.partition("\n\n|") if PREDICT in text else (text, "", "")
        self._add(asked)
        self._is_asked = bool(ASKED.search(text)) or (self._is_asked and not heading)
        if self.is_alive and PREDICT in text:
            key = f"p-{self.name[:2]}-{cell.id[:8]}"
            label = f'<label for="{key}">Your prediction</label>'
            self._add(raw(f'<div class="prediction">{label}<textarea id="{key}" rows="2"></textarea></div>'))
        if table:  # with the answers
            self._open()
            self._add(f"|{table}")
        if self.is_alive and number == 1:
            self._add_links()

    def _add_links(self):
        links = " · ".join(f'<a href="{address}">{words}</a>' for words, address in self._links.items())
        here = START_HERE if self.name == "00_start_here" else HERE
        self._add(
            raw(f'<p class="lesson-downloads">{links}</p>\n<p class="aside">{here}</p>\n<p class="outcomes"></p>')
        )
        if self._first_cell:
            self._fold("setup", "On Colab, run this cell first", fence(self._first_cell, "python"))

    # ---- code and what came out

    def _take_code(self, cell, number):
        tags = set(cell.metadata.get("tags", []))
        code = fence(cell.source, "python")
        if tags & {"setup", "exercise", "check", "solution", "quiz"}:
            self._close()
        if "setup" in tags:
            self._fold("setup", "The setup cell", code)
        elif "check" in tags:
            self._exercise = CHECK.search(cell.source)[1]
            self._add_hints()
        elif "solution" in tags:
            self._add_solution()
        elif "quiz" in tags:
            if "quiz.show()" in cell.source:
                self._add_quiz()
        else:
            outputs = output_parts(cell, f"{self.name}, cell {number}")
            self._add(code)
            if outputs and self._is_asked:
                self._open("Try it" if self._widget(outputs[0], cell.source) else "What came out")
            for place, part in enumerate(outputs):
                self._add_output(part, f"{number}_{place}", cell.source)

    def _add_hints(self):
        if not self.is_alive:
            return
        self._add(raw(f'<p class="aside">{EXERCISE}</p>'))
        hints = [hint for hint in getattr(self.module, self._exercise).hints if isinstance(hint, str)]
        for number, hint in enumerate(hints, start=1):
            self._fold("hint", f"Hint {number} of {len(hints)}", hint)

    def _add_solution(self):
        code = fence(exercises.read_solution(self.name[3:], self._exercise), "python")
        solution = [code, *filter(None, [getattr(self.module, self._exercise).shows])]
        if self.is_alive:
            self._add(*fold("solution", "A solution", *solution))
        else:
            self._at_the_end += [f"`{self._exercise}`:", *solution]

    def _add_quiz(self):
        right = [f"{number} {question.right}" for number, question in enumerate(self.module.quiz.questions, start=1)]
        self._at_the_end.append(f"Quiz: {', '.join(right)}.")
        for number, question in enumerate(self.module.quiz.questions, start=1):
            form = raw(question_form(question, self.name[3:], number))
            self._add(form if self.is_alive else question_text(question, number))

    def _add_output(self, part, key, code):
        if part.kind == "missing":
            raise ValueError(f"expected an output that a page can show, got another: {part.content}")
        if part.kind == "picture":
            self._add_picture(part, key, code)
        elif part.kind == "output":
            text = "\n".join(line.rstrip() for line in strip_ansi(part.content).splitlines()).strip("\n")
            if text:
                self._add(fence(text, "{code-block} text", ":class: output"))
        else:
            self._add(raw(part.content) if part.kind == "html" else part.content)

    def _add_picture(self, part, key, code):
        png = base64.b64decode(part.content)
        path = f"pictures/{self.name}_{key}.png"
        self.files[path] = png
        width = round(int.from_bytes(png[16:20], "big") * PLOTTED)  # PNG, 11.2.1: the width is the first thing it says
        options = [f":alt: {json.dumps(part.alt, ensure_ascii=False)}", f":width: {width}px", ":class: drawing"]
        picture = fence("", f"{{image}} {path}", *options)
        if self.is_alive and (widget := self._widget(part, code)):
            self._add(raw(widget), picture, raw("</cnn-widget>"))
        else:
            self._add(picture)

    def _widget(self, part, code):
        """The tag of a widget that can take a picture's place here, or none; a page has the shipped network only."""
        tag, kind = part.widget, part.widget and WIDGET.match(part.widget)[1]
        if not tag or OTHER_NETWORK in tag:
            return None
        if kind == "pad":  # what reads it is Python; in the page, the shipped network does
            state, kind = json.loads(html.unescape(tag.partition('data-state="')[2].rpartition('"')[0])), "reader"
            tag = reader_tag(start=read_run_lengths(state["start"]), is_prepared="prepare(" in code)
        self.widgets.add(kind)
        return tag
