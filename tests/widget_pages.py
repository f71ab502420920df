"""A widget in a page that has nothing else, as a slide or the book shows it: no kernel, no network, one file."""

import base64
from contextlib import contextmanager

from in_browser import watched_page

from course_utils.widgets.stage import read_style, script_for_page


def page_of(*widgets, has_weights=True):
    """The HTML of a page with widgets of one kind, made of what a notebook stores of them.

    The weights that a widget has in its kernel stand once in the page, unless ``has_weights`` is False.
    """
    kind = widgets[0].kind
    pictures = "".join(widget._encode_picture()["text/html"] for widget in widgets)
    weights = {widget._state()["weights"]: widget._buffers()[0] for widget in widgets if widget._buffers()}
    stored = "".join(
        f'<script type="text/plain" data-weights="{name}">{base64.b64encode(numbers).decode()}</script>'
        for name, numbers in (weights if has_weights else {}).items()
    )
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>A widget</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <style>:root {{ color-scheme: light dark; }} body {{ margin: 8px; }} {read_style(kind)}</style>
        <main><h1>A widget</h1>{pictures}</main>{stored}
        <script type="module">{script_for_page(kind)}</script></html>"""


@contextmanager
def widget_page(browser, widget, folder, **options):
    """A page with a widget, opened from a file in a folder; in the end nothing has gone wrong or asked for the outside.

    ``page.widget`` is its element, ``page.said()`` what a screen reader was told last.
    """
    file = folder / "widget.html"
    file.write_text(page_of(widget), encoding="utf-8")
    options = {"viewport": {"width": 1100, "height": 900}, "offline": True} | options
    with watched_page(browser, f"{widget.kind}_{folder.name}", **options) as page:
        page.goto(file.as_uri())
        page.widget = page.locator("cnn-widget")
        page.widget.locator("canvas").first.wait_for()
        page.said = lambda: page.wait_for_timeout(700) or page.get_by_role("status").inner_text()
        yield page
        assert page.faults == []


def is_too_wide(page):
    """Whether the page can be scrolled to the side."""
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")
