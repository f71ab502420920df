"""What all widgets share: the picture that is stored, and what takes its place in a browser that can run it.

A cell that shows a widget outputs a picture of it first, and that is what is stored: under nbval, in print, in a
notebook without its kernel, the picture is all there is. A browser that can run the widget tells the kernel, and only
then is the picture put where the widget can take its place (in_notebook.js). A page without a kernel, such as a slide,
runs the same JavaScript on the state that stands beside the picture (in_page.js).
"""

import functools
import html
import json
import re
import uuid
from pathlib import Path

import matplotlib.pyplot as plt
from IPython.display import display, update_display

from course_utils import plotting

HERE = Path(__file__).parent
STOPPED = "The kernel has stopped. You can go on here, but Python does not hear of it; to connect again, run the cell."
# An import of a module beside this one, which a bundle holds as text, and the `export` of what it is imported for.
IMPORT = re.compile(r'^import \{[^}]*\} from "(\.[^"]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const) )", re.MULTILINE)


def read_module(path):
    """A JavaScript module and all that it imports, as one text: each module once, before those that import it.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    str
        Without imports and exports.
    """
    return "\n".join(_read_modules(path).values())


def _read_modules(path):
    """The text of a module, and before it those of all that it imports, by their paths."""
    texts = {}

    def take(path):
        if path not in texts:
            text = path.read_text(encoding="utf-8")
            for name in IMPORT.findall(text):
                take((path.parent / name).resolve())
            texts[path] = EXPORT.sub("", IMPORT.sub("", text))

    take(path.resolve())
    return texts


def read_style(kind):
    """The CSS of a widget, as text: that beside each of its modules. ``kind`` is the name of its folder."""
    styles = [path.with_suffix(".css") for path in _read_modules(HERE / kind / f"{kind}.js")]
    return "\n".join(path.read_text(encoding="utf-8") for path in styles if path.is_file())


def script_for_page(kind):
    """A module of JavaScript that brings the widgets of one kind to life in a page without a kernel.

    Parameters
    ----------
    kind : str
        The name of a widget's folder, such as ``"kernel"``.

    Returns
    -------
    str
        To stand in a ``<script type="module">``; it needs no other file. The page holds ``read_style(kind)`` too.
    """
    module, page = read_module(HERE / kind / f"{kind}.js"), read_module(HERE / "in_page.js")
    return f'{module}\n{page}\nputIntoPage("{kind}", mount{kind.capitalize()});\n'.replace("</script", r"<\/script")


@functools.cache
def messenger_class(kind, *, stopped=STOPPED):
    """The anywidget that brings a widget's JavaScript into the browser, and carries messages both ways.

    ``stopped`` is what the widget says when its kernel has ended.
    """
    import anywidget
    import traitlets

    module, notebook = read_module(HERE / kind / f"{kind}.js"), read_module(HERE / "in_notebook.js")
    start = f"connect(context, mount{kind.capitalize()}, {json.dumps(stopped)})"

    class Messenger(anywidget.AnyWidget):
        _esm = f"{module}\n{notebook}\nexport default {{ initialize: (context) => {start} }};\n"
        _css = read_style(kind)
        name = traitlets.Unicode().tag(sync=True)

    Messenger.__name__ = f"{kind.capitalize()}Messenger"  # by which anywidget tells their styles apart
    return Messenger


class Widget:
    """Something to move, in a notebook: make it the last line of a cell.

    A subclass gives ``kind``, the name of its folder, and the four methods that raise NotImplementedError here.
    """

    kind = ""
    stopped = STOPPED

    def __init__(self):
        self._name = uuid.uuid4().hex
        self._messenger = None  # what speaks to the browser, from the first time that the widget is shown
        self._picture = None  # the output without its frame, since then
        self._is_in_browser = False

    def _draw(self):
        """Draw the widget as it is now: a matplotlib Figure."""
        raise NotImplementedError

    def _describe(self):
        """Say in a sentence or two what the picture shows: its alt text."""
        raise NotImplementedError

    def _state(self):
        """All that JavaScript needs to show the widget, as a dict that JSON can hold; None if it needs the kernel."""
        raise NotImplementedError

    def _answer(self, kind, content, buffers):
        """Take a message of the widget; return a dict and the bytes with it, or None if there is nothing to say."""
        raise NotImplementedError

    def _buffers(self):
        """Bytes that the state of a widget in a notebook has beside it."""
        return []

    # ---- what is stored

    def _encode_picture(self):
        """The widget as a picture, the output of a notebook; its HTML says what can take the picture's place."""
        with plt.rc_context(plotting.STYLE):
            self._picture = plotting.encode_figure(self._draw(), self._describe())
        return self._frame_picture()

    def _frame_picture(self):
        """The last picture, with what can take its place."""
        output = dict(self._picture)
        attributes = {"data-kind": self.kind}
        if self._is_in_browser:
            attributes["data-name"] = self._name
        if (state := self._state()) is not None:
            attributes["data-state"] = json.dumps(state, separators=(",", ":"))
        elif not self._is_in_browser:
            return output
        words = "".join(f' {name}="{html.escape(value)}"' for name, value in attributes.items())
        output["text/html"] = f"<cnn-widget{words}>{output['text/html']}</cnn-widget>"
        return output

    def _ipython_display_(self):
        display(self._encode_picture(), raw=True, display_id=self._name)
        if self._messenger is None:
            self._messenger = messenger_class(self.kind, stopped=self.stopped)(name=self._name)
            self._messenger.on_msg(self._receive)

    # ---- what is live

    def _receive(self, messenger, content, buffers):
        """Take a message of in_notebook.js."""
        kind = content.get("kind")
        if kind == "here":  # maybe in a thread beside a cell that draws: pyplot is the cell's, so nothing is drawn
            self._is_in_browser = True
            update_display(self._frame_picture(), raw=True, display_id=self._name)
            return
        if kind == "state":
            answer, more = {"state": self._state() or {}}, self._buffers()
        else:
            answer, more = self._answer(kind, content, buffers) or ({}, [])  # heard, that is
        messenger.send({"id": content["id"]} | answer, buffers=more)
