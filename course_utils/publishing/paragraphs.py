"""A lesson's Markdown paragraph by paragraph, as translators get it, and put together again in another language.

A paragraph here is what a catalog has one entry for: the text of a heading, of a paragraph (of a list's item, too), a
whole table, or a formula with words in it. How its lines break makes no difference. All else, such as a block of code,
stays as it is. A paragraph that asks for a prediction in its middle is two: a slide may begin
there.
"""

import copy
import functools
import re

from course_utils.language import ENGLISH, in_use, say, to_say
from course_utils.publishing.comments import COMMENT
from course_utils.publishing.markdown import make_parser

SAID = ("slide", "notes")  # what a comment says to people; in the others is code
PREDICT = to_say("**Predict.**")
# What a translated lesson runs in its setup cell, and what its first cell says of the rest that is still English.
SETUP = '\n\nfrom course_utils import language\n\nlanguage.use("{language}")'


@functools.cache
def _parser():
    return make_parser()


def find_paragraphs(text):
    """The paragraphs of a Markdown text without comments: a list of (first line, line after the last, what it says)."""
    lines, found, table = text.splitlines(), [], None
    for token in _parser().parse(text):
        if token.type == "table_open":
            table = token.map
            found.append((*table, "\n".join(line.strip() for line in lines[slice(*table)])))
        elif token.type == "table_close":
            table = None
        elif token.type == "math_block" and r"\text{" in token.content:
            found.append((*token.map, "\n".join(lines[slice(*token.map)]).strip()))
        elif token.type == "inline" and table is None:
            found.append((*token.map, token.content))
    return found


def split_paragraph(content):
    """What a catalog has of a paragraph, one entry or two; a table, or lines that must break, keep their lines."""
    if not re.search(r"^\|.*\n\|[ :|-]+\n|(  |\\)\n", content):
        content = " ".join(content.split())
    before, predict, after = content.partition(PREDICT)
    return [before.strip(), predict + after] if before.strip() and predict else [content]


def messages(source):
    """What there is to translate in a Markdown cell: a list of (entry, "", "slide" or "notes": where it stands)."""
    comments = [(kind, text.strip()) for kind, text in COMMENT.findall(source) if kind in SAID]
    pieces = [("", COMMENT.sub("", source)), *comments]
    return [
        (entry, kind)
        for kind, text in pieces
        for *_, content in find_paragraphs(text)
        for entry in split_paragraph(content)
    ]


def translate_markdown(text):
    """A Markdown text without comments in the language that is spoken; a paragraph becomes one line.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    if in_use() == ENGLISH:
        return text
    lines = text.splitlines()
    for first, after, content in reversed(find_paragraphs(text)):
        said = " ".join(map(say, split_paragraph(content)))
        start = content.partition("\n")[0]
        before, _, behind = lines[first].partition(start)
        lines[first:after] = [before + line + behind for line in said.splitlines()]
    return "\n".join(lines) + "\n" * text.endswith("\n")


def translate_cell(source):
    """A Markdown cell's source in the language that is spoken, comments included."""
    own = translate_markdown(COMMENT.sub("", source).strip())
    comments = [
        f"<!-- {kind}\n{translate_markdown(text.strip()) if kind in SAID else text.strip()}\n-->"
        for kind, text in COMMENT.findall(source)
    ]
    return "\n\n".join(filter(None, [own, *comments]))


def translate_notebook(notebook):
    """A lesson in the language that is spoken: its Markdown is translated, its code is the same.

    Its setup cell chooses the language in the kernel, too. Its first cell says what is still English, and why a point
    stands in numbers where other languages have a comma.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        As `read_source` reads it, or executed; it stays as it is.

    Returns
    -------
    nbformat.NotebookNode
    """
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = translate_cell(cell.source)
        elif "setup" in cell.metadata.get("tags", []):
            cell.source += SETUP.format(language=in_use())
    about = say(
        "This lesson is a translation. Its code stays in English, and so does what the code prints: numbers in it "
        "have a decimal point."
    )
    own, *comments = re.split(r"(?=\n\n<!-- )", notebook.cells[0].source)
    notebook.cells[0].source = "".join([f"{own}\n\n*{about}*", *comments])
    return notebook
