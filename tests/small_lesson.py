"""A lesson of a few cells, and outputs for them, from which decks are made."""

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def picture(alt="a single pixel, as dark as can be"):
    html = f'<img src="data:image/png;base64,{PNG}" alt="{alt}" width="1">'
    return new_output("display_data", {"text/html": html, "text/plain": alt})


def printed(text):
    return new_output("stream", name="stdout", text=text)


def code(source, *outputs, tags=(), **metadata):
    return new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags), **metadata})


TITLE = """# 3. A small lesson

One line.

**10 minutes**. At the end you can

- do one thing;
- and another,
  at length.

<!-- slide
What is small?
-->
<!-- notes
1 minute. Say hello.
-->"""
SECTION = """## How small is it?

A story.

**Predict.** Smaller than $\\frac{1}{2}$?

<!-- notes
9 minutes. Wait for them.
-->"""


def small_lesson(*cells):
    return new_notebook(cells=[new_markdown_cell(TITLE), code("import this", tags=["setup"]), *cells])
