"""Make a deck from each executed lesson: one HTML file that works offline.

A lesson says most of what its deck needs by its shape: sections with their predictions, code, pictures, key points. The
rest is in comments in its Markdown cells; comments.py says how. The questions of the quiz come from the quiz itself.

`plan_deck` decides what stands on which slide; the template `cnn_course` beside this file says how a slide looks.
Installed with the package, it serves `jupyter nbconvert --to slides --template cnn_course LESSON.ipynb` too.
"""

import argparse
import base64
import functools
import io
import itertools
import re
import string
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import matplotlib
from fontTools import subset
from fontTools.ttLib import TTFont
from markupsafe import Markup, escape
from nbconvert.filters import strip_ansi
from nbconvert.preprocessors import Preprocessor
from rich.progress import Progress

from course_utils.language import ENGLISH, in_use, letters, say, say_number, to_say, using
from course_utils.publishing.address import heading_anchor, qr_figure
from course_utils.publishing.chromium import NoChromiumError, launch_chromium, print_page
from course_utils.publishing.comments import read_comments, read_wall_comments
from course_utils.publishing.lessons import NOTEBOOKS, SOURCES, add_language, execute, parse_lessons, read_source
from course_utils.publishing.markdown import MarkdownError, make_parser, render_markdown
from course_utils.publishing.minutes import FURTHER, TAUGHT, taught_minutes
from course_utils.publishing.outputs import WIDGET, Part, output_parts
from course_utils.publishing.paragraphs import translate_markdown, translate_notebook
from course_utils.publishing.theme import read_theme
from course_utils.publishing.wall import (
    WallError,
    elide_prints,
    keep_columns,
    narrow_tables,
    read_marks,
    render_code,
    render_output,
    shorten,
    wrapped_lines,
)
from course_utils.widgets.stage import read_style, script_for_page

TEMPLATES = Path(__file__).parent / "templates"
DECKS = NOTEBOOKS.parent / "build" / "slides"
REVEAL = Path(find_spec("sphinx_revealjs").origin).parent / "_static" / "revealjs"  # without an import: it needs Sphinx
SOURCE_SANS = REVEAL / "dist" / "theme" / "fonts" / "source-sans-pro"
DEJAVU_MONO = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSansMono.ttf"
GLYPHS = string.printable + "äöüéèßçñø·×÷−±≈≠≤≥→←↑↓⇒…–—\u2018\u2019“”•²³¹½π∑√∞°€✓✗━─│┃┏┓┗┛┡┩╇╇┳┻┼┴┬├┤└┘┌┐╭╮╰╯█▏▎▍▌▋▊▉ "

SAID = {  # by a screen reader, of several slides with the same heading
    "code": to_say("code"),
    "output": to_say("output"),
    "picture": to_say("picture"),
    "question": to_say("question"),
    "exercise": to_say("exercise"),
    "text": to_say("text"),
}
LIVE = ("kernel", "descent")  # the widgets that find room on a slide; of the others it shows a picture
# Something to write; an exercise without it is code to look at.
STUB = re.compile(r"^\s*(\w+ = )?\.\.\.$", re.MULTILINE)
ONLY_COMMENTS = re.compile(r"(#.*\n?|\s)*")  # something to try in the notebook
NOT_SHOWN = {"setup", "exercise", "check", "solution", "quiz", "bounds"}
COLUMNS = 73  # characters in a line of code, at the smallest size, on a 4:3 screen
LINES = 19  # lines of code and output that fit on one slide, at the smallest size
QUIZ = re.compile(r"^from course_utils\.exercises import (\w+) as exercise$", re.MULTILINE)


@dataclass
class Slide:
    """One slide: what stands on it, in order, and what the speaker reads."""

    kind: str  # "title", "contents", "question", "code", "picture", "exercise", "text", "quiz" or "points"
    heading: str
    section: str = ""
    parts: list[Part] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # Markdown
    minutes: int | None = None  # as its notes begin; of a lesson's title, those of the lesson
    addition: str = ""  # said by a screen reader behind a heading that others have, too
    seconds: int = 0  # its share of the plan
    foot: str = ""  # HTML: what comes last, by theme and address: logo, QR code, footer

    @property
    def steps(self):
        """How many key presses it takes until all of it is there."""
        if self.kind == "quiz":
            return 1
        return sum(len(part.marks) + part.fragment for part in self.parts)

    @property
    def lines(self):
        """Lines of code and output, as they wrap on the narrowest screen; a sentence takes the room of 2, or of 4."""
        wrapped = sum(
            wrapped_lines(part.content, COLUMNS, indented=part.kind == "code")
            for part in self.parts
            if part.kind in ("code", "output")
        )
        wrapped += sum(2 + 2 * part.content.count("<tr") for part in self.parts if part.kind == "html")
        return max(1, wrapped + sum(2 if len(part.content) < 60 else 4 for part in self.parts if part.kind == "text"))

    @property
    def is_long(self):
        """Whether there are so many words that they must be set smaller to fit."""
        return sum(len(part.content) for part in self.parts if part.kind in ("text", "choice")) > 420

    @property
    def columns(self):
        """Characters that a line of code or output has room for: those of the longest one, unless that is too long.

        Then it would be too small to be read, and so lines wrap, at 84.
        """
        texts = [part.content for part in self.parts if part.kind in ("code", "output")]
        longest = max([40, *(len(line) for text in texts for line in text.splitlines())])
        return longest if longest <= 96 else 84


def from_predict(text):
    """What a Markdown text says from `**Predict.**` on; empty if it asks for no prediction."""
    _, predict, rest = text.partition("**Predict.**")
    return predict + rest


def plan_deck(notebook, name="the lesson"):
    """Decide what stands on which slide of a lesson's deck.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        An executed lesson.
    name : str, optional
        The lesson's name, for the sentence that says what cannot be shown, and where.

    Returns
    -------
    list of Slide
        The first is the title; the last, the key points.

    Raises
    ------
    WallError
        If a comment says of a cell what is not in it; it names lesson and cell.
    """
    slides, section, wall = [], "", {}
    for number, cell in enumerate(notebook.cells, start=1):
        style, tags = _style_and_tags(cell)
        if tags == {"exercise"} and slides[-1].kind == "exercise" and not STUB.search(cell.source):
            slides[-1].parts.append(_on_the_wall(cell, [], wall, f"{name}, cell {number}")[0])  # a bug to find
            wall = {}
        if style == "skip" or tags & NOT_SHOWN or (cell.cell_type == "code" and ONLY_COMMENTS.fullmatch(cell.source)):
            continue
        if cell.cell_type == "code":
            place = f"{name}, cell {number}"
            code, *outputs = _on_the_wall(cell, output_parts(cell, place), wall, place)
            slides += _code_slides(code, outputs, section, show_code="figure" not in tags or style == "slide")
            wall = {}
            continue
        own = cell.source.replace("attachment:", f"attachment:{number}/")  # cells may use a name for two pictures
        text, on_slide, notes = read_comments(own)
        wall = read_wall_comments(cell.source) or wall
        if text.startswith("## Quiz") and (quiz := _quiz_slides(notebook, notes)):
            slides += quiz
            section = "Quiz"
            continue
        new = _markdown_slide(text, on_slide, notes, section, first=not slides)
        if new is None and on_slide and slides[-1].kind == "exercise":  # which is over: it says nothing about that
            new = Slide("question", section, section, [Part("text", on_slide)])
        if new is None and on_slide:  # what the last slide showed, in a sentence
            slides[-1].parts.append(Part("text", on_slide, fragment=True))
        elif new is not None:
            slides.append(new)
            section = new.section or section
        slides[-1].notes += [words for words in (notes, re.sub(r"^#+ .*\n*", "", text)) if words]
    slides = [part for slide in slides for part in _split(slide)]
    slides.insert(1, Slide("contents", to_say("Contents")))
    _pace(slides)
    slides[0].minutes = sum(taught_minutes(notebook).values())
    with using(_furniture()):
        _tell_apart(slides)
    return [_translated(slide) for slide in slides]


def _furniture():
    """The language of the words around a lesson: the lesson's, or of an English lesson what theme.toml says."""
    return in_use() if in_use() != ENGLISH else read_theme().language


def _translated(slide):
    """A slide in the language that is spoken: it is planned in English, whose words say what kind of slide it is."""
    if in_use() == ENGLISH:
        return slide
    parts = [
        replace(part, content=translate_markdown(part.content)) if part.kind == "text" else part for part in slide.parts
    ]
    notes = [translate_markdown(words) for words in slide.notes]
    return replace(slide, heading=say(slide.heading), section=say(slide.section), parts=parts, notes=notes)


def _on_the_wall(cell, outputs, wall, place):
    """A code cell's code and outputs, as the comments before it want them on a wall."""
    code = cell.source.rstrip().replace("\n\n\n", "\n\n")
    printed = strip_ansi("".join(part.content for part in outputs if part.kind == "output")).strip("\n")
    printed = "\n".join(line.rstrip() for line in printed.splitlines())
    try:
        code = shorten(code, wall["code"]) if "code" in wall else elide_prints(code, COLUMNS)
        printed = keep_columns(printed, wall["output"]) if "output" in wall else printed
        marks = read_marks(wall["lines"], len(code.splitlines())) if "lines" in wall else []
    except WallError as error:
        raise WallError(f"{place}: {error}") from None
    output = [Part("output", narrow_tables(printed))] if printed else []
    drawn = [part for part in outputs if part.kind == "picture"]
    others = [part for part in outputs if part.kind not in ("picture", "output")]
    return [Part("code", code, marks=marks), *drawn, *output, *others]


def _quiz_slides(notebook, notes):
    """A slide a question, with its choices; on a key press, which are right, and why. None if there is no quiz.

    The speaker reads what a wrong choice means, in the words that a student gets who takes it.
    """
    found = QUIZ.search("\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code"))
    if not found:
        return []
    questions = import_module(f"course_utils.exercises.{found[1]}").quiz.questions
    minutes, slides = TAUGHT.match(notes or ""), []
    for number, question in enumerate(questions, start=1):
        choices = [Part("choice", say(words), fragment=x in question.right) for x, words in question.choices.items()]
        why = Part("text", " ".join(say(question.replies[letter]) for letter in question.right), fragment=True)
        wrong = [letter for letter in question.choices if letter not in question.right]
        said = "\n".join(f"- **{letter}:** {say(question.replies[letter])}" for letter in wrong)
        with using(_furniture()):
            heading = say("Quiz: question {number} of {n}", number=number, n=len(questions))
            speak = say(
                "Right: **{letters}**. Before the next key, ask for reasons, also for a wrong choice:",
                letters=", ".join(question.right),
            )
        slides.append(
            Slide("quiz", heading, "Quiz", [Part("text", say(question.text)), *choices, why], [f"{speak}\n\n{said}"])
        )
    slides[0].notes[:0] = filter(None, [notes])
    slides[0].minutes = int(minutes[1]) if minutes else None
    return slides


def _pace(slides):
    """Spread the minutes of the notes over the slides, in seconds; all together they are those of the lesson's title.

    The minutes of a title (with the contents), of a section, and of the quiz are spread evenly over their slides; an
    exercise takes its own. What goes further takes none: it is not in the plan, and whoever shows it is behind by it.
    """
    owner, shares = None, {}
    for index, slide in enumerate(slides):
        if slide.kind == "points":
            continue
        if slide.kind == "exercise" and slide.heading == slides[index - 1].heading:  # the rest of a long one
            shares[index - 1 if index - 1 in shares else owner].append(index)
        elif slide.minutes is not None or owner is None:
            shares[index] = [index]
            if slide.kind != "exercise":
                owner = index
        else:
            shares[owner].append(index)
    for first, indices in shares.items():
        total = 0 if slides[first].section.startswith(FURTHER) else 60 * (slides[first].minutes or 0)
        ends = [total * done // len(indices) for done in range(len(indices) + 1)]
        for index, (start, end) in zip(indices, itertools.pairwise(ends), strict=True):
            slides[index].seconds = end - start


def _tell_apart(slides):
    """Headings that several slides have: a screen reader says what is on each, and its number if there are more."""
    seen = {}
    for slide in slides:
        kind = "output" if slide.kind == "code" and slide.parts[0].kind != "code" else slide.kind
        if kind in ("code", "output", "picture") or (slide.heading, "") in seen:
            number = seen[slide.heading, kind] = seen.get((slide.heading, kind), 0) + 1
            slide.addition = f" ({say(SAID[kind])} {number})" if number > 1 else f" ({say(SAID[kind])})"
        else:
            seen[slide.heading, ""] = True


def contents(slides):
    """What a slide of contents lists: sections, exercises and the quiz, each by the index of its first slide.

    Parameters
    ----------
    slides : list of Slide

    Returns
    -------
    list of (int, Slide)
    """
    firsts = [slide.section if slide.kind != "exercise" else None for slide in slides]
    return [
        (index, slide)
        for index, slide in enumerate(slides)
        if index > 1
        and (
            (slide.kind == "exercise" and slide.minutes is not None)
            or slide.kind == "points"
            or (slide.kind in ("question", "quiz") and slide.section not in firsts[:index])
        )
    ]


def stacks(slides):
    """The slides by their sections, one list of (int, Slide) each, with the index of each slide."""
    groups = []
    for index, slide in enumerate(slides):
        if index and slide.section and slide.section == slides[index - 1].section:
            groups[-1].append((index, slide))
        else:
            groups.append([(index, slide)])
    return groups


def _style_and_tags(cell):
    return cell.metadata.get("slideshow", {}).get("slide_type"), set(cell.metadata.get("tags", []))


def check_markdown(notebook, name):
    """Raise MarkdownError where a deck could not show a Markdown text of a lesson; it names lesson and cell."""
    for number, cell in enumerate(notebook.cells, start=1):
        style, tags = _style_and_tags(cell)
        if style == "skip" or tags & NOT_SHOWN:
            continue
        if cell.cell_type == "code":
            texts = [part.content for part in output_parts(cell, name) if part.kind == "text"]
        else:
            texts = read_comments(cell.source)
        try:
            for text in filter(None, texts):
                render_markdown(text, cell.get("attachments"))
        except MarkdownError as error:
            raise MarkdownError(f"{name}, cell {number}: {error}") from None


def _split(slide):
    """A slide, or where its code and all that follows are too long for one: the code, and the rest on the next.

    The notes stand with both: they speak of the code, and of what came out.
    """
    if slide.kind not in ("code", "exercise") or slide.lines <= LINES or len(slide.parts) == 1:
        return [slide]
    first, second, *rest = slide.parts
    second.fragment = False  # it has the next key press anyway
    return [
        replace(slide, parts=[first]),
        replace(slide, parts=[second, *rest], minutes=None),
    ]


def _markdown_slide(text, on_slide, notes, section, *, first):
    """The slide that a Markdown cell begins, or None if it begins none."""
    minutes = TAUGHT.match(notes or "")
    minutes = int(minutes[1]) if minutes else None
    heading, _, body = text.partition("\n") if text.startswith("#") else ("", "", text)
    level, title = len(heading) - len(heading.lstrip("#")), heading.strip("# ")
    if first:
        objectives = "\n".join(re.findall(r"^- .*(?:\n  .*)*", text, re.MULTILINE))
        parts = [Part("text", on_slide or ""), Part("text", say("At the end you can") + "\n\n" + objectives)]
        return Slide("title", title, title, parts, minutes=minutes)
    if title == "Key points":
        return Slide("points", title, parts=[Part("text", on_slide or body.strip())])
    if title.startswith(("Exercise", "Quiz")):
        return Slide("exercise", title, section, [Part("text", on_slide or body.strip())], minutes=minutes)
    if level == 2:
        return Slide("question", title, title, [Part("text", on_slide or from_predict(body))], minutes=minutes)
    if on_slide and on_slide.startswith("### "):
        own, _, on_slide = on_slide.partition("\n")
        return Slide("text", own.strip("# "), section, [Part("text", on_slide.strip())], minutes=minutes)
    if not on_slide and from_predict(body):
        return Slide("question", title or section, section, [Part("text", from_predict(body))], minutes=minutes)
    return None


def _code_slides(code, outputs, section, *, show_code):
    """A code cell's slides: its code, with its output on the next key press; its pictures on one of their own."""
    drawn = [part for part in outputs if part.kind == "picture"]
    others = [part for part in outputs if part.kind not in ("picture", "output")]
    slides = []
    if show_code and code.content:
        slides.append(Slide("code", section, section, [code]))
    elif show_code and outputs and not drawn:  # of code that only prints, a lesson's comment leaves nothing
        return [Slide("code", section, section, outputs)]
    if drawn or (others and not slides):
        return [*slides, Slide("picture", section, section, outputs)]
    if slides:
        slides[0].parts += [replace(part, fragment=True) for part in outputs]
    return slides


def deck_widgets(slides):
    """The kinds of widgets that are live on some slides, each with its style and its script."""
    parts = [part for slide in slides for part in slide.parts if part.widget]
    for part in parts:
        part.widget = Markup(part.widget) if WIDGET.match(part.widget)[1] in LIVE else ""
    kinds = sorted({WIDGET.match(part.widget)[1] for part in parts if part.widget})
    return [(Markup(read_style(kind)), Markup(script_for_page(kind))) for kind in kinds]


def add_feet(slides, theme, name):
    """Put on each slide what a theme and the address of the book add: logo, QR code, and the footer or the license."""
    for slide in slides:
        line = theme.license if slide is slides[-1] else theme.footer
        if slide.kind == "title" and (sender := theme.logo + qr_figure(name)):
            slide.foot += Markup('<div class="sender">{}</div>').format(sender)
        elif slide.kind == "exercise":
            slide.foot += qr_figure(name, heading_anchor(slide.heading))
        slide.foot += Markup('<p class="foot">{}</p>').format(line) if line else ""


def deck_attachments(notebook):
    """The pictures that are attached to a notebook's cells, by the number of the cell and their name."""
    return {
        f"{number}/{name}": picture
        for number, cell in enumerate(notebook.cells, start=1)
        for name, picture in cell.get("attachments", {}).items()
    }


def render_heading(text):
    """HTML of a heading, in which words between backticks are code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def embed_font(path, family, more_letters="", *, weight="normal", style="normal"):
    """A CSS rule that holds the characters the course needs of a font."""
    font = TTFont(path, recalcTimestamp=False)  # the same deck on every run
    for table in {"FFTM", "webf"} & set(font.keys()):  # their makers' own; fontTools knows nothing of them
        del font[table]
    subsetter = subset.Subsetter(subset.Options(layout_features=["kern", "liga"], notdef_outline=True))
    subsetter.populate(text=GLYPHS + more_letters)
    subsetter.subset(font)
    font.flavor, packed = "woff", io.BytesIO()
    font.save(packed)
    data = base64.b64encode(packed.getvalue()).decode()
    face = f'font-family:"{family}";font-weight:{weight};font-style:{style}'
    return f'@font-face{{{face};src:url("data:font/woff;base64,{data}")format("woff")}}'


@functools.cache
def deck_assets(more_letters=""):
    """The scripts, styles and fonts of a deck, as text to stand in one HTML file; translations need more letters."""
    sans = "source-sans-pro"
    fonts = [
        embed_font(SOURCE_SANS / f"{sans}-regular.ttf", "Source Sans Pro", more_letters),
        embed_font(SOURCE_SANS / f"{sans}-italic.ttf", "Source Sans Pro", more_letters, style="italic"),
        embed_font(SOURCE_SANS / f"{sans}-semibold.ttf", "Source Sans Pro", more_letters, weight="bold"),
        embed_font(DEJAVU_MONO, "DejaVu Sans Mono", more_letters),
    ]
    scripts = [(REVEAL / name).read_text(encoding="utf-8") for name in ("dist/reveal.js", "plugin/notes/notes.js")]
    styles = [(REVEAL / name).read_text(encoding="utf-8") for name in ("dist/reset.css", "dist/reveal.css")]
    return {
        "fonts": Markup("\n".join(fonts)),
        "scripts": Markup("\n".join(scripts).replace("</script", r"<\/script")),
        "styles": Markup("\n".join(styles)),
    }


def _in_language(name, words, *texts, **values):
    """What `say` or `say_number` gives in a language."""
    with using(name):
        return words(*texts, **values)


class Deck(Preprocessor):
    """What nbconvert runs before the template: the slides, and all that one file needs, into the resources."""

    def preprocess(self, nb, resources):
        """Plan the deck of a notebook; the notebook itself stays as it is."""
        name, attachments = resources.get("metadata", {}).get("name", "the lesson"), deck_attachments(nb)
        check_markdown(nb, name)
        slides, theme, furniture = plan_deck(nb, name), read_theme(), _furniture()
        add_feet(slides, theme, name)
        resources["deck"] = {
            "theme": theme,
            "slides": slides,
            "stacks": stacks(slides),
            "contents": contents(slides),
            "further": f"{say('Going further')}: ",
            "widgets": deck_widgets(slides),
            "markdown": functools.partial(render_markdown, attachments=attachments),
            "heading": render_heading,
            "inline": lambda text: Markup(make_parser().renderInline(text, {})),
            "highlight": render_code,
            "output": render_output,
            "language": in_use(),
            "say": functools.partial(_in_language, furniture, say),
            "say_number": functools.partial(_in_language, furniture, say_number),
            **deck_assets(_in_language(furniture, letters)),
        }
        return nb, resources


def make_deck(notebook, name):
    """The HTML of a lesson's deck.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        An executed lesson.
    name : str
        The lesson's name, such as ``"04_building"``.

    Returns
    -------
    str

    Raises
    ------
    MarkdownError
        If a formula cannot be drawn, or a picture is not attached; it names the lesson and the cell.
    WallError
        As in `plan_deck`.
    """
    from nbconvert.exporters import SlidesExporter

    exporter = SlidesExporter(template_name="cnn_course", extra_template_basedirs=[str(TEMPLATES)])
    return exporter.from_notebook_node(notebook, {"metadata": {"name": name}})[0]


def print_deck(deck, pdf, browser):
    """Print a deck's file into a PDF, a slide a page.

    Parameters
    ----------
    deck, pdf : pathlib.Path
    browser : playwright.sync_api.Browser
        A Chromium, as `launch_chromium` starts it: only that can print.
    """
    page = browser.new_page()
    page.goto(f"{deck.resolve().as_uri()}?print-pdf")
    page.wait_for_selector(".pdf-page")
    # reveal.js hides all slides but the first one from screen readers, and they would get neither tags nor outline.
    page.evaluate("for (const slide of document.querySelectorAll('section')) slide.removeAttribute('aria-hidden')")
    # On paper, "#/slide-7" leads nowhere, but "#slide-7" to its page.
    page.evaluate("for (const link of document.links) link.href = link.getAttribute('href').replace(/^#\\//, '#')")
    print_page(page, pdf, prefer_css_page_size=True)
    page.close()


def in_english(lesson, translated):
    """A translated lesson with its English text again, from which a deck is planned; its outputs stay as they are."""
    notebook = read_source(SOURCES / f"{lesson.stem}.py")
    for cell, ran in zip(notebook.cells, translated.cells, strict=True):
        if cell.cell_type == "code":
            cell.outputs = ran.outputs
    return notebook


def write_decks(lessons, *, run_first=False, pdf=False):
    """Write the decks of executed lessons into build/slides, and print them if asked to; show how far it is.

    Parameters
    ----------
    lessons : list of pathlib.Path
    run_first : bool
        Whether to execute them instead of using the stored outputs.
    pdf : bool

    Raises
    ------
    NoChromiumError
        If there is no browser that could print them.
    MarkdownError, WallError
        As in `make_deck`.
    """
    import nbformat

    decks = DECKS if in_use() == ENGLISH else DECKS / in_use()
    decks.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        browser = None
        if pdf:
            from playwright.sync_api import sync_playwright

            browser = launch_chromium(stack.enter_context(sync_playwright()))
        progress = stack.enter_context(Progress())
        for lesson in progress.track(lessons, description="decks"):
            deck = decks / f"{lesson.stem}.html"
            if in_use() == ENGLISH:
                notebook = nbformat.read(lesson, as_version=4)
                notebook = execute(notebook) if run_first else notebook
            else:
                translated = execute(translate_notebook(read_source(SOURCES / f"{lesson.stem}.py")))
                notebook = in_english(lesson, translated)
            html = make_deck(notebook, lesson.stem)
            for part in [part for slide in plan_deck(notebook, lesson.stem) for part in slide.parts]:
                if part.kind == "missing":
                    progress.print(part.content)
            deck.write_text(html, encoding="utf-8", newline="\n")
            if browser:
                print_deck(deck, deck.with_suffix(".pdf"), browser)


def main():
    parser = argparse.ArgumentParser(prog="nox -s slides --", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--execute", action="store_true", help="run the lessons first instead of using stored outputs")
    parser.add_argument("--pdf", action="store_true", help="print each deck as well; needs Chromium or Chrome")
    add_language(parser)
    options, lessons = parse_lessons(parser, NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    try:
        with using(options.language):
            write_decks(lessons, run_first=options.execute, pdf=options.pdf)
    except NoChromiumError as error:
        parser.error(str(error))
    except (MarkdownError, WallError) as error:
        raise SystemExit(str(error)) from None
    folder = "build/slides" + f"/{options.language}" * (options.language != ENGLISH)
    print(f"{len(lessons)} decks in {folder}: open one in a browser.")
    print("Space: next; S: speaker's view; F: full screen; D: dark or light; ?: all keys.")


if __name__ == "__main__":
    main()
