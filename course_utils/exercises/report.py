"""How a check speaks: a box in JupyterLab, the same words as plain text everywhere else."""

import html
import re
from dataclasses import dataclass

import numpy as np
from IPython import get_ipython
from IPython.display import display

from course_utils.language import say, to_say

# The word that opens a message, and the color behind it: dark enough for white on it (4.5 to 1), and light enough to be
# seen as a line on JupyterLab's dark page (3 to 1). All else takes the page's own colors, so any theme can be read.
LOOKS = {
    "right": (to_say("Right"), "#007a5a"),
    "wrong": (to_say("Not right yet"), "#b84700"),
    "not attempted": (to_say("Not attempted yet"), "#0069a8"),
    "hint": (to_say("Hint"), "#7d4fa8"),
    "solution": (to_say("Solution"), "#7d4fa8"),
    "quiz": (to_say("Quiz"), "#0069a8"),
    "progress": (to_say("Progress"), "#0069a8"),
}

# What stands beside the details of a message, in their order.
LABELS = (to_say("input"), to_say("expected"), to_say("got"), to_say("where"), to_say("printed"), to_say("mark"))
LABELS += (to_say("code"),)

MARKED = re.compile(
    r"`([^`]+)`"  # code
    r"|(?<![\w*])\*([A-Za-z][^*`]*)\*(?![\w*])"  # emphasized
    r"|(?<!\d)\$(?!\s)([^$`]+)(?<!\s)\$(?!\d)"  # a formula
    r"|\$"
)


@dataclass(frozen=True)
class Message:
    """What a student is told. In all texts, words between backticks are code, those between asterisks emphasized."""

    status: str  # a key of LOOKS
    title: str  # the exercise's name
    sentence: str
    details: tuple[tuple[str, str], ...] = ()  # a label, such as "expected", and a text that may have several lines

    def text(self):
        """The message as plain text."""
        start = say(LOOKS[self.status][0]) + (f" ({self.title})" if self.title else "")
        lines = [f"{start}: {self.sentence}" if self.sentence else start]
        details = [(say(label), text) for label, text in self.details]
        width = max((len(label) for label, _ in details), default=0)
        for label, text in details:
            first, *others = text.splitlines() or [""]
            lines.append(f"  {label.ljust(width)}  {first}".rstrip())
            lines += [f"  {'':{width}}  {line}".rstrip() for line in others]
        return "\n".join(lines)

    def html(self):
        """The message as a box: no script, no colors of its own behind text but the first word's."""
        word, color = LOOKS[self.status]
        badge = f"background: {color}; color: #ffffff; padding: 0.15em 0.6em; border-radius: 3px"
        title = f" <code>{html.escape(self.title)}</code>" if self.title else ""
        box = f"border-left: 5px solid {color}; padding: 0.2em 1em; margin: 0.4em 0; max-width: 60em"
        parts = [f'<div role="status" style="{box}">', f'<p><strong style="{badge}">{say(word)}</strong>{title} ']
        parts.append(f"{with_code(self.sentence)}</p>")
        if self.details:
            parts.append('<dl style="margin: 0.5em 0">')
            for label, text in self.details:
                body = with_code(text, formulas=False)
                if "\n" in text or label == "code":
                    body = f'<pre style="margin: 0; padding: 0; overflow-x: auto">{html.escape(text)}</pre>'
                parts.append(f"<dt><strong>{html.escape(say(label))}</strong></dt>")
                parts.append(f'<dd style="margin: 0 0 0.5em 1.5em">{body}</dd>')
            parts.append("</dl>")
        return "".join([*parts, "</div>"])


@dataclass(frozen=True)
class Thing:
    """What stands for a student's value that is no plain data (plain.py)."""

    kind: str  # the name of its type
    text: str

    def __repr__(self):
        return self.text


def with_code(text, *, formulas=True):
    r"""Text as HTML: words between backticks are code, outside of it words between asterisks emphasized.

    A formula, `$...$`, gets the marks `\(...\)` that JupyterLab, Moodle and Canvas draw. Any other dollar is one, also
    where JupyterLab would take the words between two of them for a formula; in a student's value, all are.
    """

    def mark(found):
        code, words, formula = found.groups()
        if not code and not words and not (formula and formulas):
            return found[0].replace("$", "<span>$</span>")
        return f"<code>{code}</code>" if code else f"<em>{words}</em>" if words else rf"\({formula}\)"

    return MARKED.sub(mark, html.escape(text, quote=False))


def show(message):
    """Display a message (or anything with the methods text and html)."""
    if get_ipython() is None:
        print(message.text())
    else:
        display({"text/html": message.html(), "text/plain": message.text()}, raw=True)


def describe(value):
    """A value in few words, the same on every machine: small arrays number by number, large ones by shape and range."""
    if isinstance(value, np.ndarray):
        kind = say("{dtype} of shape {shape}", dtype=value.dtype, shape=value.shape)
        if value.ndim == 0:
            return describe(value.item())
        if value.size > (64 if value.ndim < 3 else 24) or max(value.shape) > 16:
            numbers = value.size and value.dtype.kind in "biuf"
            values = say(", values from {low:.4g} to {high:.4g}", low=value.min(), high=value.max()) if numbers else ""
            return kind + values
        options = {"precision": 4, "suppress": True, "floatmode": "maxprec", "sign": "-", "formatter": None}
        with np.printoptions(**options, nanstr="nan", infstr="inf", linewidth=100, threshold=100, edgeitems=3):
            return re.sub(r"\n\n+", "\n", f"{np.array2string(value, separator=', ')}  ({kind})")
    if isinstance(value, np.generic):
        return describe(value.item())
    if type(value) is float:
        text = f"{value:.7g}"
        return text + ".0" * text.lstrip("-").isdigit()
    if type(value) in (list, tuple) and len(value) <= 16:
        if any(isinstance(part, (np.ndarray, list, tuple)) for part in value):
            return "\n".join(named(f"[{place}]", part) for place, part in enumerate(value))
        parts = ", ".join(map(describe, value))
        return f"[{parts}]" if type(value) is list else f"({parts}{',' * (len(value) == 1)})"
    try:
        text = repr(value)
    except Exception:
        text = say("an object of type {kind}", kind=type(value).__name__)
    text = re.sub(r" at 0x[0-9a-fA-F]+", "", text)
    return text if len(text) <= 200 else f"{text[:200]} ..."


def named(name, value):
    """A value with its name, as an assignment; the parts of a nested one with their places."""
    text = describe(value)
    if text.startswith("[0] = ") or text.startswith("[0]["):
        return "\n".join(re.sub(r"^(?=\[\d+\]( = |\[))", name, line) for line in text.splitlines())
    return f"{name} = {text}".replace("\n", "\n" + " " * (len(name) + 3))
