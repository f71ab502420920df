"""What of a cell's outputs a deck shows, whatever displayed them; of what it cannot show, it says where that is."""

import base64
import json
import re
from dataclasses import dataclass, field

from bs4 import BeautifulSoup
from markupsafe import Markup

from course_utils.publishing.lessons import pictures

PICTURES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")
LIVE = {"application/vnd.jupyter.widget-view+json": "a widget", "application/javascript": "JavaScript"}
ACTIVE = ["script", "iframe", "object", "embed", "form", "input", "button", "select", "canvas"]
WIDGET = re.compile(r'<cnn-widget data-kind="(\w+)" data-state="[^"]*">')  # as course_utils.widgets.stage writes it
NO_WORDS = re.compile(r"(<.*>)?", re.DOTALL)  # as in <IPython.core.display.HTML object>


@dataclass
class Part:
    """Something on a slide; a fragment waits for a key press.

    Its ``kind`` is "text" (Markdown), "code", "output", "html", "picture" (base64), "choice" (of a quiz's question; a
    fragment is a right one) or "missing": a sentence that says what no slide can show.
    """

    kind: str
    content: str
    alt: str = ""
    fragment: bool = False
    type: str = "image/png"  # of a picture
    widget: str = ""  # the tag of what can take the picture's place in a browser
    marks: list[set[int]] = field(default_factory=list)  # lines of code that are marked, a key press each


def output_parts(cell, place):
    """The parts of slides that a code cell's outputs give, in order.

    Parameters
    ----------
    cell : nbformat.NotebookNode
    place : str
        Where the cell is, as in ``"04_building, cell 12"``.

    Returns
    -------
    list of Part
    """
    return [part for output in cell.outputs for part in _parts(output, cell.source, place)]


def live_outputs(notebook, name):
    """Of outputs that a notebook shows only where its cells are run, a sentence each, which says where they are.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    name : str
        The lesson's name.

    Returns
    -------
    list of str
    """
    return [
        f"{name}, cell {number}: {words}, which is shown only where the cell is run."
        for number, cell in enumerate(notebook.cells, start=1)
        for output in cell.get("outputs", [])
        for kind, words in LIVE.items()
        if kind in output.get("data", {})
    ]


def _parts(output, code, place):
    data = output.get("data", {})
    if output.output_type == "error":
        return [Part("output", f"{output.ename}: {output.evalue}\n")]
    if output.output_type == "stream":
        return [Part("output", output.text)]
    if own := pictures({"outputs": [output]}):
        widget = WIDGET.match(data.get("text/html", ""))
        return [Part("picture", png, alt, widget=widget[0] if widget else "") for png, alt in own]
    plain = data.get("text/plain", "")
    for kind in PICTURES:
        if kind in data:
            alt = f"What the code displays: {code.strip().splitlines()[-1]}" if NO_WORDS.fullmatch(plain) else plain
            return [Part("picture", _base64(kind, data[kind]), alt, type=kind)]
    if live := [words for kind, words in LIVE.items() if kind in data]:
        return [_missing(live[0], place)]
    html = data.get("text/html", "")
    if "<table" in html or (html and NO_WORDS.fullmatch(plain)):
        return [_static_html(html, place)]
    for kind in ("text/markdown", "text/latex"):
        if kind in data:
            return [Part("text", data[kind])]
    if NO_WORDS.fullmatch(plain) and "application/json" in data:
        return [Part("output", json.dumps(data["application/json"], indent=2, ensure_ascii=False) + "\n")]
    if NO_WORDS.fullmatch(plain) and (others := set(data) - {"text/plain"}):
        return [_missing(min(others), place)]
    return [Part("output", plain)]


def _base64(kind, data):
    """A picture's bytes as base64, as a notebook has them; SVG is text there."""
    if kind == "image/svg+xml":
        return base64.b64encode(data.encode()).decode()
    return "".join(data.split())


def _missing(what, place):
    return Part("missing", f"{place}: {what}, which no slide can show; open the notebook there.")


def _static_html(html, place):
    """HTML with its tags closed, without styles for the whole page; nothing that runs or lies in another file."""
    soup = BeautifulSoup(html, "html.parser")
    if soup.find(ACTIVE) or soup.find(src=lambda source: source and not source.startswith("data:")):
        return _missing("HTML that runs or needs another file", place)
    for style in soup("style"):
        style.decompose()
    return Part("html", Markup(soup))
