r"""Pages to print: Markdown with room to write in, to the millimeter.

Beside Markdown, a text for paper has lines of these kinds:

- `[lines 4]` is four dotted lines, `[box 30]` an empty box 30 mm high;
- `[plot epoch | loss]` is a frame with two axes to draw a curve into;
- `[squares 3 x 3]` is empty squares, `[squares NAME]` squares with the numbers of the lesson's array of that name, or
  of each array in a dict; several stand side by side with a `|` between them, and `8 mm` at the end makes them smaller;
- `[cut window 3]` is a frame around a hole of 3 × 3 squares, and `[cut NAME]` a card of squares: both stand on a sheet
  of their own, to be cut out.

Within a line, `____` is room for a word, `....` at its end a dotted line for the rest of it, and `[ ]` a box to tick,
also where an item of a list begins, as in `- [ ] text`. A cell of a table that begins with `?` is empty on paper; what
follows the `?` stands in the key only.
"""

import base64
import functools
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
from markupsafe import Markup, escape

from course_utils.publishing.chromium import print_page
from course_utils.publishing.markdown import MarkdownError, render_markdown
from course_utils.publishing.slides import deck_assets
from course_utils.publishing.theme import read_theme

STYLE = Path(__file__).parent / "templates" / "workbook" / "workbook.css"
SIZES = {"a4": ("210mm", "297mm"), "letter": ("8.5in", "11in")}
MARGINS = {"top": "17mm", "bottom": "19mm", "left": "18mm", "right": "18mm"}
SQUARE = 15  # mm, of a patch, a kernel, and the hole of a window: so they fit on one another
FRAME = 13  # mm of paper around a window's hole
ROOM = re.compile(r"^\[(lines|box|plot|squares|cut)\b *([^\]]*)\]$", re.MULTILINE)
TICK = '<span class="tick-box"></span> '
CELL = re.compile(r"(?<=\|) *\?([^|\n]*)(?=\|)")
ROW = re.compile(r"^\|.*\|$", re.MULTILINE)
LINK = re.compile(r"</?a\b[^>]*>")
PRINTED = "<!-- print -->"  # the first line of a page of the teaching pack that is a form
# Two blades, which cross at the right, and two handles at the left.
SCISSORS = (
    '<g class="scissors" transform="translate({x} {y}) rotate({turn})">'
    '<circle cx="-3.2" cy="-1.5" r="1.1"/><circle cx="-3.2" cy="1.5" r="1.1"/>'
    '<path d="M-2.2-1.1 3.4 1.3M-2.2 1.1 3.4-1.3"/></g>'
)


def lines(number):
    """Dotted lines to write on."""
    return f'<div class="lines">{"<div></div>" * number}</div>'


def box(height):
    """An empty box; its height is in mm."""
    return f'<div class="box" style="height:{height}mm"></div>'


def plot(label_x, label_y):
    """A frame with two axes and a faint grid, for a curve."""
    grid = "".join(f'<path class="faint" d="M{x} 0V60"/>' for x in range(22, 121, 10))
    grid += "".join(f'<path class="faint" d="M12 {y}H122"/>' for y in range(10, 60, 10))
    return (
        f'<svg class="plot" width="124mm" height="72mm" viewBox="0 0 124 72" role="img" aria-label="Axes to draw '
        f'into: {escape(label_x)} to the right, {escape(label_y)} upward.">{grid}'
        '<path class="axis" d="M12 0V60H123M10.6 3 12 0l1.4 3M120 58.6 123 60l-3 1.4"/>'
        f'<text x="122" y="67" text-anchor="end">{escape(label_x)}</text>'
        f'<text transform="translate(8 1) rotate(-90)" text-anchor="end">{escape(label_y)}</text></svg>'
    )


def _number(value):
    text = f"{value:.4g}" if len(f"{value:.4g}") < 5 else str(Fraction(float(value)).limit_denominator(100))
    return text.replace("-", "−")


def _drawn(values, side):
    """The squares of an array as SVG, without a frame, and its numbers as they are read aloud."""
    largest, drawn = max(1.0, np.nanmax(values, initial=0)), []
    for (row, column), value in np.ndenumerate(values):
        gray = 255 if np.isnan(value) else round(255 - 70 * max(value, 0) / largest)  # a pencil is seen on all of it
        place = f'x="{column * side}" y="{row * side}" width="{side}" height="{side}"'
        drawn.append(f'<rect class="square" {place} fill="rgb({gray},{gray},{gray})"/>')
        if not np.isnan(value):
            x, y = (column + 0.5) * side, (row + 0.5) * side + 1.4
            drawn.append(f'<text x="{x}" y="{y}" text-anchor="middle">{_number(value)}</text>')
    said = "; ".join(", ".join(map(_number, row)) for row in values)
    return "".join(drawn), f"{len(values)} by {len(values[0])} empty squares" if np.isnan(values).all() else said


def squares(values, title="", side=SQUARE):
    """Squares with a number each, the grayer the larger it is; empty where it is not a number.

    Parameters
    ----------
    values : numpy.ndarray
        Of two axes.
    title : str
    side : float
        Of a square, in mm.

    Returns
    -------
    str
        HTML.
    """
    values = np.asarray(values, dtype=float)
    drawn, said = _drawn(values, side)
    width, height = (length * side + 2 for length in values.shape[::-1])
    caption = f"<figcaption>{escape(title)}</figcaption>" if title else ""
    return (
        f'<figure class="squares">{caption}<svg width="{width}mm" height="{height}mm" viewBox="-1 -1 {width} {height}" '
        f'role="img" aria-label="{escape(f"{title}: " if title else "")}{said}.">{drawn}</svg></figure>'
    )


def window(side):
    """A frame of paper around a hole of side × side squares, with the lines to cut along."""
    hole, outer = side * SQUARE, side * SQUARE + 2 * FRAME
    ticks = "".join(
        f'<path d="M{FRAME + step} {FRAME - 3}v3M{FRAME + step} {FRAME + hole}v3'
        f'M{FRAME - 3} {FRAME + step}h3M{FRAME + hole} {FRAME + step}h3"/>'
        for step in range(SQUARE, hole, SQUARE)
    )
    return (
        f'<figure class="cut"><svg width="{outer + 10}mm" height="{outer + 10}mm" viewBox="-5 -5 {outer + 10} '
        f'{outer + 10}" role="img" aria-label="A frame to cut out, with a hole of {side} by {side} squares.">'
        f'<rect class="along" width="{outer}" height="{outer}"/>'
        f'<rect class="along hole" x="{FRAME}" y="{FRAME}" width="{hole}" height="{hole}"/>{ticks}'
        f'<text x="{outer / 2}" y="7.5" text-anchor="middle">window, {side} × {side}</text>'
        f'<text x="{outer / 2}" y="{FRAME + hole / 2}" text-anchor="middle">cut this out</text>'
        f"{SCISSORS.format(x=9, y=0, turn=0)}{SCISSORS.format(x=FRAME, y=FRAME + 7, turn=90)}</svg></figure>"
    )


def card(values, title):
    """Squares with numbers, with a line around them to cut along."""
    values = np.asarray(values, dtype=float)
    drawn, said = _drawn(values, SQUARE)
    width, height = (SQUARE * length for length in values.shape[::-1])
    return (
        f'<figure class="cut"><svg width="{width + 8}mm" height="{height + 15}mm" viewBox="-4 -11 {width + 8} '
        f'{height + 15}" role="img" aria-label="A card to cut out, {escape(title)}: {said}.">{drawn}'
        f'<rect class="along" x="-3" y="-8" width="{width + 6}" height="{height + 11}"/>'
        f'<text x="{width / 2}" y="-2.5" text-anchor="middle">{escape(title)}</text>'
        f"{SCISSORS.format(x=4, y=-8, turn=0)}</svg></figure>"
    )


def _named(name, values):
    """The arrays of a name, each with a title: those of a dict have their keys."""
    if size := re.fullmatch(r"(\d+) x (\d+)", name):
        return [("", np.full((int(size[1]), int(size[2])), np.nan))]
    if name not in values:
        raise MarkdownError(f"expected the name of an array of the lesson, or a size such as 3 x 3, got {name!r}")
    found = values[name]
    return [(str(key), array) for key, array in found.items()] if isinstance(found, dict) else [("", found)]


def find_names(text):
    """The names of the lesson's arrays that a text for paper has in it."""
    named = [
        word for kind, what in ROOM.findall(text) if kind in ("squares", "cut") for word in re.split(r" *\| *", what)
    ]
    return {found[0] for word in named if (found := re.match(r"(?!window)[a-z_]+", word))}


def cut_outs(text, values):
    """The HTML of what a text for paper has to be cut out; empty if there is nothing."""
    drawn = []
    for kind, what in ROOM.findall(text):
        if kind == "cut" and (side := re.fullmatch(r"window (\d+)", what)):
            drawn.append(window(int(side[1])))
        elif kind == "cut":
            drawn += [card(array, title or f"the {what}") for title, array in _named(what, values)]
    return "".join(drawn)


def _room(found, values):
    kind, what = found[1], found[2].strip()
    if kind == "cut":
        html = ""
    elif kind == "lines":
        html = lines(int(what))
    elif kind == "box":
        html = box(int(what))
    elif kind == "plot":
        html = plot(*re.split(r" *\| *", what))
    else:
        what, size = re.fullmatch(r"(.*?)(?: (\d+) mm)?", what).groups()
        arrays = [each for name in re.split(r" *\| *", what) for each in _named(name, values)]
        html = "".join(squares(array, title, int(size or SQUARE)) for title, array in arrays)
        html = f'<div class="row">{html}</div>'
    return f"\n\n{html}\n\n"


def render_paper(text, *, values=None, attachments=None, with_answers=False):
    """HTML of a text for paper.

    Parameters
    ----------
    text : str
        Markdown, and what the module's docstring names.
    values : dict of {str: numpy.ndarray}, optional
        Arrays that the text names.
    attachments : dict, optional
        As a notebook's cell has them.
    with_answers : bool
        Whether cells of tables are filled.

    Returns
    -------
    markupsafe.Markup
    """

    def fill(cell):
        return f" **{cell[1].strip()}** " if with_answers and cell[1].strip() else ' <span class="fill"></span> '

    text = ROW.sub(lambda row: CELL.sub(fill, row[0]), text)
    text = ROOM.sub(lambda found: _room(found, values or {}), text)
    text = re.sub(r"(?<![_`])_{4,}(?![_`])", '<span class="blank"></span>', text)
    text = re.sub(r"(?:^| )\.{4,}$", ' <span class="dots"></span>', text, flags=re.MULTILINE)
    html = LINK.sub("", render_markdown(text, attachments))  # on paper, nothing can be pressed
    html = re.sub(r"<li>(\s*<p>)?\[ \] ", lambda found: f'<li class="tick">{found[1] or ""}{TICK}', html)
    return Markup(html.replace("[ ] ", TICK).replace('<td><span class="fill"', '<td class="empty"><span class="fill"'))


def picture(part):
    """HTML of a picture among a cell's outputs, as large as the notebook shows it, or as wide as the page."""
    width = int.from_bytes(base64.b64decode(part.content)[16:20], "big")  # PNG, 11.2.1
    style = f"width:{width / 130:.3f}in"  # the dots of an inch: plotting.encode_figure
    return Markup(
        f'<img class="picture" style="{style}" src="data:{part.type};base64,{part.content}" alt="{escape(part.alt)}">'
    )


@functools.cache
def _style():
    return str(deck_assets()["fonts"]) + STYLE.read_text(encoding="utf-8")


def make_page(title, body):
    """A whole HTML page, which needs no other file."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_style()}</style></head><body>{body}</body></html>"
    )


def furniture(title):
    """What stands at the top and at the bottom of each page: options for Playwright's `page.pdf`."""
    line = " · ".join(filter(None, [title, read_theme().footer]))
    style = "font: 11pt 'Source Sans Pro', sans-serif; width: 100%; margin: 0 18mm; display: flex; color: #000"
    number = (
        '<span style="margin-left: auto"><span class="pageNumber"></span> / <span class="totalPages"></span></span>'
    )
    fonts = f"<style>{deck_assets()['fonts']}</style>"  # these templates know nothing of the page's own
    return {
        "display_header_footer": True,
        "header_template": "<span></span>",
        "footer_template": f'{fonts}<div style="{style}"><span>{escape(line)}</span>{number}</div>',
    }


def print_html(html, title, pdf, paper, browser):
    """Print a page that `make_page` made.

    Parameters
    ----------
    html, title : str
        The title stands at the bottom of each page.
    pdf : pathlib.Path
    paper : str
        A key of SIZES.
    browser : playwright.sync_api.Browser
        A Chromium.
    """
    width, height = SIZES[paper]
    tab = browser.new_page()
    tab.set_content(html)
    tab.wait_for_function("[...document.images].every((picture) => picture.complete)")
    print_page(tab, pdf, width=width, height=height, margin=MARGINS, **furniture(title))
    tab.close()


def print_sheet(text, pdf, paper, browser):
    """Print a text for paper on its own, such as a form; its first heading is its title.

    Parameters
    ----------
    text : str
        Markdown, and what the module's docstring names.
    pdf : pathlib.Path
    paper : str
        ``"a4"`` or ``"letter"``.
    browser : playwright.sync_api.Browser
        A Chromium.
    """
    heading = re.search(r"^# (.+)$", text, re.MULTILINE)
    title = heading[1].strip() if heading else pdf.stem
    parts = re.split(r"(?m)^(?=## )", text.removeprefix(PRINTED).strip())
    parts = "".join(f"<section>{render_paper(part)}</section>" for part in parts)
    html = make_page(title, f'<main class="sheet">{parts}</main>')
    print_html(html, title, pdf, paper, browser)
