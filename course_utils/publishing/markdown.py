r"""Markdown as a deck shows it: parsed first, so that a dollar in code is none; then the formulas in it are drawn.

A formula is `$...$`, `$$...$$` or an environment such as `\begin{align}`, over one line or more. As in Pandoc, no digit
follows the dollar that closes one, and a blank stands at both ends of it or at none: so "$5 and $10" is money.
JupyterLab takes that for a formula, and `\$5 and \$10` too, for it looks twice; `\\$5` it shows as a dollar. So
`\\(x_1\\)` and `\\[x_1\\]` are formulas, too, and `\(x_1\)` is one in other programs only: that is told.
"""

import functools
import re
import warnings

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml, unescapeAll
from markdown_it.renderer import RendererHTML
from markupsafe import Markup
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

LESSON = re.compile(r"(\d\d_\w+)\.ipynb")
INLINE = r"(?<!\d)\$(?P<inline>(?:[^$\\`]|\\.)+)\$(?!\d)|\\\\\((?P<round>.+?)\\\\\)"
ENVIRONMENT = r"(?P<environment>\\begin\{(?P<name>[A-Za-z]+\*?)\}.+?\\end\{(?P=name)\})"
DISPLAYED = rf"\\\\\[(?P<square>.+?)\\\\\]|{ENVIRONMENT}"
FORMULA = re.compile(rf"\$\$(?P<display>.+?)\$\$|{INLINE}|{DISPLAYED}", re.DOTALL)
BLOCK = re.compile(rf"[ ]*(?:{DISPLAYED})[ ]*(?:\n|\Z)", re.DOTALL)
# What JupyterLab shows as brackets is told if it looks like LaTeX, so not where it is \[1\] or \[a link\].
UNSEEN = re.compile(r"\\(?:\((?P<inline>(?:(?!\\[()]).)+)\\\)|\[(?P<display>(?:(?!\\[\[\]]).)+)\\\])", re.DOTALL)
LATEX = re.compile(r"[\\^_=]")
NUMBERED = re.compile(r"\\(begin|end)\{(align|gather|equation|multline)\}")  # decks have no numbers, nor has JupyterLab
# Environments; of any other, ziamath draws what is in it.
KNOWN = re.compile(
    "array|cases|eqnarray|equation|gather(ed)?|multline|split|align(ed|at|edat)?|flalign|([bBpvV]|small)?matrix"
)
OTHERWISE = {  # what ziamath does not know, and what draws the same
    r"\\begin\{eqnarray\*?\}": r"\\begin{array}{rcl}",
    r"\\end\{eqnarray\*?\}": r"\\end{array}",
    r"\\begin\{(?:alignat|alignedat)\*?\}\{\d+\}|\\begin\{flalign\*?\}": r"\\begin{align*}",
    r"\\end\{(?:alignat|alignedat|flalign)\*?\}": r"\\end{align*}",
    r"\\label\{[^}]*\}|\\nonumber\b|\\notag\b": "",
}
MONEY = re.compile(r"\\{0,2}\$")
ENDS = re.compile(r"[.,;:?!)]+")  # no line begins with them


class MarkdownError(ValueError):
    """Something in a Markdown text that cannot be shown."""


@functools.cache
def draw_formula(latex, *, inline):
    """A formula as SVG with the text's color and size; its LaTeX is the label that a screen reader reads.

    Raises
    ------
    MarkdownError
        If it is no formula that ziamath can draw.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # ziamath 0.13 finds its font in an outdated way
        import ziamath
        from ziamath.tex import tex2mml
    ziamath.config.svg2 = False  # each formula has its own outlines, and needs no other one to be shown
    drawable = NUMBERED.sub(r"\\\1{\2*}", latex)
    for unknown, known in OTHERWISE.items():
        drawable = re.sub(unknown, known, drawable)
    try:
        if unknown := [name for name in re.findall(r"\\begin\{(\w+)", latex) if not KNOWN.fullmatch(name)]:
            raise ValueError(f"it does not know the environment {unknown[0]}")
        if unknown := re.search(r"<mi>(\\[A-Za-z]+)</mi>", tex2mml(drawable)):
            raise ValueError(f"it does not know {unknown[1]}")
        svg = ziamath.Latex(drawable, size=24, color="currentColor", inline=inline).svgxml()
    except Exception as error:  # latex2mathml has a dozen, most of them without a word
        reason = str(error) or type(error).__name__
        raise MarkdownError(
            f"expected a formula that can be drawn, got {latex!r} ({reason}); write it otherwise"
        ) from None
    _, top, width, height = (float(number) / 24 for number in svg.get("viewBox").split())  # in em
    svg.set("style", f"width:{width:.3f}em;height:{height:.3f}em;vertical-align:{-(top + height):.3f}em")
    svg.set("role", "img")
    svg.set("aria-label", " ".join(latex.split()))
    return ziamath.zmath.ET.tostring(svg, encoding="unicode")


def _formula(state, silent):
    """A formula in a line; dollarmath's own rule takes a dollar at the line's start for one after its last digit."""
    found = FORMULA.match(state.src, state.pos)
    if not found:
        return False
    display, inline = (found[name] for name in ("display", "inline"))
    if inline and inline[0].isspace() != inline[-1].isspace():
        return False
    if not silent:
        inline = inline or found["round"]
        kind = "math_inline" if inline else "math_inline_double"
        state.push(kind, "math", 0).content = inline or display or found["square"] or found["environment"]
    state.pos = found.end()
    return True


def _formula_block(state, start, end, silent):
    """A formula that has lines of its own, which are no paragraph's, list's or table's."""
    text = state.getLines(start, end, state.blkIndent, False)
    found = None if state.is_code_block(start) or not text.lstrip().startswith("\\") else BLOCK.match(text)
    if not found or re.search(r"\n\s*\n", found[0].strip()):
        return False
    if not silent:
        state.line = start + len(found[0].splitlines())
        token = state.push("math_block", "math", 0)
        token.content, token.map, token.block = found["square"] or found["environment"], [start, state.line], True
    return True


def _unseen(state, silent):
    """What its author means for a formula, and JupyterLab shows as text between brackets."""
    found = UNSEEN.match(state.src, state.pos)
    if not found or not (LATEX.search(found[0][2:-2]) or re.fullmatch(r"\s*[A-Za-z]\s*", found["inline"] or "")):
        return False
    if not silent:
        state.push("unseen", "", 0).content = found[0]
    state.pos = found.end()
    return True


def _money(state, silent):
    """A dollar that is no formula's, with one backslash before it, with two as JupyterLab needs, or with none."""
    found = MONEY.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        state.push("money", "", 0).meta["place"] = state.src.count("$", 0, state.pos)
    state.pos = found.end()
    return True


class Renderer(RendererHTML):
    """How a deck differs from plain HTML: formulas, code in colors, links to decks, pictures in the same file.

    The ``env`` of a text may have ``attachments``, as a notebook's Markdown cell has them.
    """

    def math_inline(self, tokens, index, options, env):
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        end = ""
        if after and after.type == "text" and (found := ENDS.match(after.content)):
            end, after.content = found[0], after.content[found.end() :]
        return f'<span class="formula">{draw_formula(tokens[index].content.strip(), inline=True)}{end}</span>'

    def math_block(self, tokens, index, options, env):
        return f'<div class="formula">{draw_formula(tokens[index].content.strip(), inline=False)}</div>\n'

    def math_inline_double(self, tokens, index, options, env):
        drawing = draw_formula(tokens[index].content.strip(), inline=False)
        return f'<span class="formula display">{drawing}</span>'  # a div cannot stand in a paragraph

    def unseen(self, tokens, index, options, env):
        raise MarkdownError(_explain_unseen(tokens[index].content))

    def money(self, tokens, index, options, env):
        return "$"

    def fence(self, tokens, index, options, env):
        token = tokens[index]
        name = unescapeAll(token.info).strip().partition(" ")[0]
        try:
            lines = highlight(token.content, get_lexer_by_name(name), HtmlFormatter(nowrap=True))
        except ClassNotFound:
            lines = escapeHtml(token.content)
        return f'<div class="highlight"><pre>{lines}</pre></div>\n'

    def link_open(self, tokens, index, options, env):
        token = tokens[index]
        if lesson := LESSON.fullmatch(token.attrs.get("href", "")):
            token.attrs["href"] = f"{lesson[1]}.html"
        return self.renderToken(tokens, index, options, env)

    def image(self, tokens, index, options, env):
        token = tokens[index]
        source = unescapeAll(token.attrs.get("src", ""))
        if source.startswith("attachment:"):
            token.attrs["src"] = attached(source.removeprefix("attachment:"), env.get("attachments", {}))
        return super().image(tokens, index, options, env)


def attached(name, attachments):
    """The address of an attachment, with its picture inside.

    Raises
    ------
    MarkdownError
        If there is none of that name.
    """
    found = {key.replace(" ", "%20"): data for key, data in attachments.items()}.get(name.replace(" ", "%20"))
    if not found:
        raise MarkdownError(f"expected a cell with the picture {name!r} attached, got none; paste it there again")
    kind, data = next(iter(found.items()))
    return f"data:{kind};base64,{''.join(data.split())}"


def make_parser():
    """A Markdown parser with tables and formulas."""
    parser = MarkdownIt("commonmark", renderer_cls=Renderer).enable(["table", "strikethrough"])
    parser.validateLink = lambda url: True  # SVG in an address too: the texts are the course's own
    dollarmath_plugin(parser, allow_labels=False, allow_blank_lines=False)
    interrupted = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("blockquote", "formula_block", _formula_block, interrupted)
    parser.inline.ruler.at("math_inline", _formula)
    parser.inline.ruler.after("math_inline", "money", _money)
    parser.inline.ruler.after("money", "unseen", _unseen)
    for kind in ("math_inline", "math_inline_double", "math_block"):
        parser.renderer.rules[kind] = getattr(parser.renderer, kind)
    return parser


def escape_money(text, *, backslashes=2):
    r"""A Markdown text in which JupyterLab shows each dollar that is money as one: as `\\$`.

    Parameters
    ----------
    text : str
    backslashes : int
        How many stand before such a dollar: 2 for JupyterLab, 1 for all others.

    Returns
    -------
    str
        The text itself where it has no money, or one dollar only, which JupyterLab shows as it is.
    """
    pieces = text.replace("\r\n", "\n").split("$")
    if len(pieces) < 3:
        return text
    lines, places, start, seen = text.splitlines(keepends=True), set(), None, 0
    for token in make_parser().parse(text):
        if token.map and token.map[0] != start:
            start, seen = token.map[0], 0
        if token.type == "inline":
            before = "".join(lines[:start]).count("$") + seen
            places |= {before + part.meta["place"] for part in token.children if part.type == "money"}
            seen += token.content.count("$")
    for place in places:
        pieces[place] = re.sub(r"\\{1,2}$", "", pieces[place]) + backslashes * "\\"
    return "$".join(pieces)


def unseen_formulas(text):
    r"""A sentence for each formula of a Markdown text that is written as `\(x_1\)`, which JupyterLab shows as text.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of str
    """
    parts = [part for token in make_parser().parse(text) for part in token.children or []]
    return [_explain_unseen(part.content) for part in parts if part.type == "unseen"]


def _explain_unseen(formula):
    dollars = "$" if formula[1] == "(" else "$$"
    latex = dollars + formula[2:-2].strip() + dollars
    return f"expected a formula between dollars, got {formula!r}, which JupyterLab shows as text; write {latex}"


def render_markdown(text, attachments=None):
    """HTML of a Markdown text, with formulas drawn, and links to lessons leading to their decks.

    Parameters
    ----------
    text : str
    attachments : dict, optional
        As a notebook's cell has them: ``{"name.png": {"image/png": base64}}``.

    Returns
    -------
    markupsafe.Markup

    Raises
    ------
    MarkdownError
        If a formula cannot be drawn, or is written as JupyterLab draws none, or a picture is not attached.
    """
    return Markup(make_parser().render(text, {"attachments": attachments or {}}))
