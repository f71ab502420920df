r"""Markdown as a deck shows it: parsed first, so that a dollar in code is none; then the formulas in it are drawn.

A formula is `$...$`, `$$...$$` or an environment such as `\begin{align}`, over one line or more. As in Pandoc, no digit
follows the dollar that closes one, and a blank stands at both ends of it or at none: so "$5 and $10" is money.
JupyterLab takes that for a formula, and `\$5 and \$10` too, for it looks twice; `\\$5` it shows as a dollar.
"""

import re
import warnings

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml, unescapeAll
from markdown_it.renderer import RendererHTML
from markupsafe import Markup
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

LESSON = re.compile(r"(\d\d_\w+)\.ipynb")
FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<!\d)\$((?:[^$\\`]|\\.)+)\$(?!\d)", re.DOTALL)
MONEY = re.compile(r"\\{0,2}\$")
ENDS = re.compile(r"[.,;:?!)]+")  # no line begins with them


class MarkdownError(ValueError):
    """Something in a Markdown text that cannot be shown."""


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
    numbered = r"\\(begin|end)\{(align|gather|equation|multline)\}"  # decks have no numbers, nor has JupyterLab
    try:
        drawable = re.sub(numbered, r"\\\1{\2*}", latex)
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
    display, inline = found.groups() if found else (None, None)
    if not found or (inline and inline[0].isspace() != inline[-1].isspace()):
        return False
    if not silent:
        state.push("math_inline_double" if display else "math_inline", "math", 0).content = display or inline
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

    amsmath = math_block

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
    amsmath_plugin(parser)
    parser.inline.ruler.at("math_inline", _formula)
    parser.inline.ruler.after("math_inline", "money", _money)
    for kind in ("math_inline", "math_inline_double", "math_block", "amsmath"):
        parser.renderer.rules[kind] = getattr(parser.renderer, kind)
    return parser


def escape_money(text):
    r"""A Markdown text in which JupyterLab shows each dollar that is money as one: as `\\$`.

    Parameters
    ----------
    text : str

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
        pieces[place] = re.sub(r"\\{1,2}$", "", pieces[place]) + 2 * "\\"
    return "$".join(pieces)


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
        If a formula cannot be drawn, or a picture is not attached.
    """
    return Markup(make_parser().render(text, {"attachments": attachments or {}}))
