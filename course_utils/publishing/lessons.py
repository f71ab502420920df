"""Make the notebooks from their text: convert notebooks/source/*.py, execute, store the outputs.

Edit the text. A notebook is never read back here, so a change made in a notebook does not reach its text.
"""

import argparse
import base64
import hashlib
import html
import os
import re
import time
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from rich.progress import Progress

from course_utils.language import ENGLISH, in_use, languages, translated_lessons, using
from course_utils.publishing.kernels import isolate_kernels
from course_utils.publishing.minutes import WAIT
from course_utils.publishing.paragraphs import translate_notebook

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SOURCES = NOTEBOOKS / "source"
PICTURE = Path(__file__).parents[1] / "assets" / "picture.png"  # the README's: the first one of lesson 04
TRANSLATED = NOTEBOOKS.parent / "build" / "lessons"  # a folder for each language
LONG = 10  # seconds
LANGUAGE = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python", "pygments_lexer": "ipython3"}
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": LANGUAGE,
}


def notebook_path(source):
    """Where the notebook of a text lies; a translated one, which is made from its catalog at any time, in build/."""
    folder = NOTEBOOKS if in_use() == ENGLISH else TRANSLATED / in_use()
    return folder / f"{Path(source).stem}.ipynb"


def read_source(source):
    """The notebook that a lesson's text describes, without outputs.

    A cell's id is made from its content, so that the same text always gives the same notebook. Editors on Windows may
    put a mark in front of a text (BOM) and end its lines with CRLF: that makes no difference, nor does a blank in an
    empty line.
    """
    try:
        text = Path(source).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SystemExit(f"{source}: expected a text in UTF-8, got {error}; save it as UTF-8") from None
    notebook = jupytext.reads(re.sub(r"^[ \t]+$", "", text, flags=re.MULTILINE), "py:percent")
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen = {}
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "markdown" and (pasted := re.search(r"\]\(<?attachment:([^)>]*)", cell.source)):
            text = f"{source}, cell {number}: expected no pasted picture, got {pasted[1]!r}, which a text cannot hold"
            raise SystemExit(f"{text}; display it from a code cell, or give its bytes as data:image/png;base64,...")
        digest = hashlib.sha256(cell.source.encode()).hexdigest()[:8]
        seen[digest] = seen.get(digest, 0) + 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
    return notebook


def execute(notebook, on_cell=lambda cell, cell_index: None):
    """Execute a notebook in a fresh kernel, in the notebooks' folder; outputs are stored in it.

    Streams are stored as a terminal shows them in the end, without the states that a progress bar went through. The
    kernel is this environment's own, whatever the notebook names: it may come from another machine.
    """
    isolate_kernels()
    client = NotebookClient(
        notebook,
        kernel_name=METADATA["kernelspec"]["name"],
        timeout=900,
        coalesce_streams=True,
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],  # else it warns of its connection, which is local
        resources={"metadata": {"path": str(NOTEBOOKS)}},
        on_cell_executed=lambda cell, cell_index, execute_reply: on_cell(cell, cell_index),
    )
    client.execute()
    notebook.metadata = nbformat.from_dict(METADATA)  # the kernel adds its own version of Python
    return notebook


def with_stored_outputs(source):
    """The notebook of a text of which only the Markdown has changed, with the outputs that are stored for it."""
    notebook, stored = read_source(source), nbformat.read(notebook_path(source), as_version=4)
    new, old = ([cell for cell in nb.cells if cell.cell_type == "code"] for nb in (notebook, stored))
    if [cell.source for cell in new] != [cell.source for cell in old]:
        raise SystemExit(f"{source}: its code has changed since it was executed; leave out --text")
    for cell, before in zip(new, old, strict=True):
        cell.outputs, cell.execution_count = before.outputs, before.execution_count
    return notebook


def build_lesson(source, on_cell=lambda cell, cell_index: None, *, text_only=False):
    """Write the executed notebook of a lesson's text; on an error in a cell, the old notebook stays.

    It is in the language that is spoken (course_utils.language), as far as there is a translation.
    """
    if text_only:
        notebook = with_stored_outputs(source)
    else:
        notebook = read_source(source)
        notebook = execute(notebook if in_use() == ENGLISH else translate_notebook(notebook), on_cell)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                raise SystemExit(f"{source}: a cell writes to stderr, so a student sees a red box:\n{output.text}")
    scratch = notebook_path(source).with_suffix(".part")
    scratch.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, scratch)
    os.replace(scratch, notebook_path(source))
    if Path(source).stem == "04_building" and in_use() == ENGLISH:
        PICTURE.write_bytes(first_picture(notebook))


def pictures(cell):
    """The pictures that a cell's outputs hold, as `plotting.show` makes them: a list of (base64 of a PNG, alt text)."""
    found = re.compile(r'<img src="data:image/png;base64,([^"]+)" alt="([^"]*)"')
    texts = [output.get("data", {}).get("text/html", "") for output in cell.get("outputs", [])]
    return [(png, html.unescape(alt)) for text in texts for png, alt in found.findall(text)]


def first_picture(notebook):
    """The bytes of the first stored PNG of a notebook."""
    return base64.b64decode(next(png for cell in notebook.cells for png, _ in pictures(cell)))


def add_language(parser):
    """Give a command an option for the language of what it makes: of the lessons, those that are translated."""
    known = [ENGLISH, *languages()]
    parser.add_argument("--language", default=ENGLISH, choices=known, help="of the lessons that are translated into it")


def parse_lessons(parser, files):
    """Read the command line with an argument for lessons; return its options and the files that it names."""
    parser.add_argument("lessons", nargs="*", help="numbers or names, such as 04 or 05_training (default: all)")
    options = parser.parse_args()
    files, wanted, spoken = sorted(files), options.lessons, getattr(options, "language", ENGLISH)
    if spoken in languages():
        files = [file for file in files if file.stem in translated_lessons(spoken)]
    unknown = [name for name in wanted if not any(file.stem.startswith(name) for file in files)]
    if unknown:
        parser.error(f"no lesson named {' or '.join(unknown)}; there are {', '.join(file.stem for file in files)}")
    return options, [file for file in files if not wanted or file.stem.startswith(tuple(wanted))]


def is_unannounced(cells, index, seconds):
    """Whether a cell ran longer than a student waits without a word, and the text above it did not say how long."""
    above = next((cell.source for cell in reversed(cells[:index]) if cell.cell_type == "markdown"), "")
    return seconds > LONG and not WAIT.search(above) and "setup" not in cells[index].metadata.get("tags", [])


def main():
    parser = argparse.ArgumentParser(prog="nox -s lessons --", description=__doc__)
    parser.add_argument("--text", action="store_true", help="only Markdown has changed: keep the stored outputs")
    add_language(parser)
    options, sources = parse_lessons(parser, SOURCES.glob("*.py"))
    if options.text and options.language != ENGLISH:
        parser.error("a translated lesson has no stored outputs: leave out --text")
    with using(options.language), Progress() as progress:
        for source in sources:
            cells, ended = read_source(source).cells, [time.perf_counter()]
            task = progress.add_task(source.stem, total=len(cells))

            def on_cell(_, index, cells=cells, ended=ended, task=task, lesson=source.stem):
                ended.append(time.perf_counter())
                progress.update(task, completed=index + 1)
                if is_unannounced(cells, index, ended[-1] - ended[-2]):
                    first = cells[index].source.partition("\n")[0]
                    progress.print(f"{lesson}: {ended[-1] - ended[-2]:.0f} seconds, and nothing above says so: {first}")

            build_lesson(source, on_cell, text_only=options.text)
            progress.update(task, completed=len(cells))


if __name__ == "__main__":
    main()
