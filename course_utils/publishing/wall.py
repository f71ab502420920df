"""Code and outputs as a wall shows them: shorter where a lesson says so, narrow tables, lines marked.

What a lesson says is held to its cell: a shorter version has no line that the cell lacks.
"""

import re
import textwrap

from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

ELISION = "…"  # alone in a line, or in the middle of one: something was left out
HANG = 4  # characters by which a wrapped line hangs behind its own indent


class WallError(ValueError):
    """A comment that says of a cell what is not in it."""


def shorten(full, short):
    """Hold a shorter version to what it is made from.

    Parameters
    ----------
    full : str
        A cell's code.
    short : str
        Some of its lines, in their order, or none. A line that is ``…``, also as a comment, stands for any others;
        within a line, ``…`` stands for some of its characters.

    Returns
    -------
    str
        The shorter version.

    Raises
    ------
    WallError
        If it has a line that is not there, or not in this order.
    """
    rest = iter(full.splitlines())
    for line in short.splitlines():
        if line.strip("# ") in ("", ELISION):
            continue
        pattern = re.compile(".*".join(map(re.escape, line.rstrip().split(ELISION))))
        if not any(pattern.fullmatch(own.rstrip()) for own in rest):
            raise WallError(
                f"expected lines of the cell in their order, got {line!r}; copy it from there, and write {ELISION} for "
                "what you leave out"
            )
    return short


def elide_prints(code, columns):
    """Code in which a call of `print` that a wall has no room for is ``print(…)``: what it prints stands below it.

    Parameters
    ----------
    code : str
    columns : int
        Characters that fit in a line. Of several such calls in a row, one is left.

    Returns
    -------
    str
    """
    lines = []
    for line in code.split("\n"):
        found = re.match(r"( *)print\(.*\)(  #.*)?$", line) if len(line) > columns else None
        line = f"{found[1]}print({ELISION})" if found else line
        if not found or lines[-1:] != [line]:
            lines.append(line)
    return "\n".join(lines)


def keep_columns(text, columns):
    """What a cell prints, without some columns; ``…`` stands for them.

    Parameters
    ----------
    text : str
    columns : str
        What is kept, counted from 1, such as ``"1-36, 73-"``.

    Returns
    -------
    str

    Raises
    ------
    WallError
        If it is written in another form, or columns are left out of no line.
    """
    spans = [re.fullmatch(r"\s*(\d+)-(\d*)\s*", part) for part in columns.split(",")]
    if None in spans:
        raise WallError(f"expected columns such as 1-36, 73-, got {columns!r}")
    spans = [(int(found[1]) - 1, int(found[2]) if found[2] else None) for found in spans]
    start, end = spans[-1]
    shown = []
    for line in text.split("\n"):
        cut = ELISION.join(line[first:last] for first, last in spans) + ELISION * bool(end and len(line) > end)
        shown.append(cut if len(line) > (end or start) else line)  # a shorter line stays whole
    if shown == text.split("\n"):
        raise WallError(f"expected longer lines of which something is left out, got columns {columns}")
    return "\n".join(shown)


def read_marks(lines, n_lines):
    """The lines that are marked one after the other.

    Parameters
    ----------
    lines : str
        Such as ``"1-2 | 3 | 5-7, 9"``; no line twice.
    n_lines : int
        How many there are.

    Returns
    -------
    list of set of int
        Line numbers from 1, a set for each key press.

    Raises
    ------
    WallError
        If it names lines in another form, lines that are not there, or one twice.
    """
    marks = []
    for group in lines.split("|"):
        ranges = [re.fullmatch(r"\s*(\d+)(?:-(\d+))?\s*", part) for part in group.split(",")]
        if None in ranges:
            raise WallError(f"expected lines such as 1-2 | 3 | 5-7, got {lines!r}")
        marks.append({n for found in ranges for n in range(int(found[1]), int(found[2] or found[1]) + 1)})
    named = [number for group in marks for number in group]
    if len(named) != len(set(named)) or not set(named) <= set(range(1, n_lines + 1)):
        raise WallError(f"expected each line at most once, and of {n_lines} lines, got {lines!r}")
    return marks


def narrow_tables(text):
    """Tables drawn with box characters, as Keras and Rich print them, without what only fills a page's width.

    Columns are as wide as what stands in them; lines between rows are left out, those around the table and below its
    head stay.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    lines = text.splitlines()
    rows = [re.split("[│┃]", line)[1:-1] for line in lines if re.match("[│┃]", line)]
    if not rows or len({len(row) for row in rows}) != 1:
        return text
    edges = [(re.match(r" *", cell)[0], cell.rstrip(" ")) for row in rows for cell in row]
    n = len(rows[0])
    columns = [edges[column::n] for column in range(n)]
    starts = [max(0, min(len(left) for left, words in column if words.strip()) - 1) for column in columns]
    widths = [max(len(words) for _, words in column) - start for column, start in zip(columns, starts, strict=True)]
    narrow = []
    for line in lines:
        if re.match("[│┃]", line):
            mark, cells = line[0], re.split("[│┃]", line)[1:-1]
            fitted = [
                cell[start : start + width].ljust(width) + " "
                for cell, start, width in zip(cells, starts, widths, strict=True)
            ]
            narrow.append(mark + mark.join(fitted) + mark)
        elif found := re.match("([┏┡└])(.)", line):
            joint = {"┏": "┳┓", "┡": "╇┩", "└": "┴┘"}[found[1]]
            narrow.append(found[1] + joint[0].join(found[2] * (width + 1) for width in widths) + joint[1])
        elif not line.startswith("├"):
            narrow.append(line)
    return "\n".join(narrow)


def wrapped_lines(text, columns, *, indented):
    """How many lines a text takes where lines wrap, and hang; in code, behind their own indent."""
    n = 0
    for line in text.splitlines():
        indent = " " * ((len(line) - len(line.lstrip())) * indented + HANG)
        n += max(1, len(textwrap.wrap(line, columns, subsequent_indent=indent, break_on_hyphens=False)))
    return n


def render_output(text):
    """HTML of what a cell prints, each line an element of its own, which hangs where it wraps."""
    return Markup("".join(f'<span class="line">{escape(line)}</span>' for line in text.split("\n")))


def render_code(code, marks=()):
    """HTML of Python code in colors, each line an element of its own.

    So a line can hang where it wraps, by four characters behind its own indent, and it can be marked when its turn
    comes: then it is a fragment of reveal.js, one that is always there.
    """
    steps = {number: step for step, numbers in enumerate(marks) for number in numbers}
    html = highlight(code, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)).rstrip("\n").split("\n")
    shown = []
    for number, (line, source) in enumerate(zip(html, code.split("\n"), strict=True), start=1):
        indent = len(source) - len(source.lstrip())
        style = f' style="--indent:{indent}"' if indent else ""
        step = f' fragment custom" data-fragment-index="{steps[number]}' if number in steps else ""
        shown.append(f'<span class="line{step}"{style}>{line}</span>')
    return Markup(f'<pre class="highlight">{"".join(shown)}</pre>')
