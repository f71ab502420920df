"""What a red lesson leaves in build/failed: the notebook as it was executed, and in which cells its outputs differ.

A plugin of pytest beside nbval, which conftest.py registers. All cells of a lesson run in one process, also under
pytest-xdist (``--dist loadscope``). From the first red cell on, what is left is written again after each, so that it is
there if the run is ended from outside.
"""

import copy
import difflib
import re
import zlib

import nbformat
import pytest
from nbval.plugin import coalesce_streams

FAILED = "build/failed"
PICTURE = re.compile(r"data:image/[\w.+-]+;base64,([A-Za-z0-9+/=\s]+)")
COLOR = re.compile(r"\x1b\[[0-9;]*m")
LESSON = pytest.StashKey()


class Executed:
    """A lesson while its cells run: its notebook with the outputs that came, and what is to be said of red cells."""

    def __init__(self, item):
        self.path = item.config.rootpath / FAILED / item.path.name
        self.notebook = copy.deepcopy(item.parent.nb)
        self.cells = [(number, cell) for number, cell in enumerate(self.notebook.cells, 1) if cell.cell_type == "code"]
        for _, cell in self.cells:
            cell.outputs, cell.execution_count = [], None
        self.said = []
        for path in (self.path, self.path.with_suffix(".txt")):  # of an earlier run
            path.unlink(missing_ok=True)

    def add(self, item, call, failed):
        """Take in what a phase of a cell's test gave."""
        number, cell = self.cells[item.cell_num]
        if call.when == "call":
            cell.outputs = coalesce_streams(copy.deepcopy(item.test_outputs or []))
            cell.execution_count = item.cell_num + 1
        if failed:
            self.said.append(difference(item, number, cell, str(call.excinfo.value)))
        if self.said:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(self.notebook, self.path)
            text = f"{self.path.stem}: {len(self.said)} red\n\n" + "\n".join(self.said)
            self.path.with_suffix(".txt").write_text(text, encoding="utf-8")


def difference(item, number, cell, reason):
    """What is wrong with a red cell, in lines: - is stored, + came here, and what may differ has a name instead."""
    first = next(iter(cell.source.splitlines()), "")
    stored, came = (lines_of(outputs, item.sanitize) for outputs in (item.cell.outputs, cell.outputs))
    lines = difflib.unified_diff(stored, came, "stored", "came", lineterm="")
    return "\n".join([f"cell {number} of the notebook ({item.name} for nbval): {first}", reason, "", *lines, ""])


def lines_of(outputs, sanitize=str):
    """Outputs as lines of text; of a picture there is only a checksum, by which one sees whether it is another."""
    lines = []
    for output in outputs:
        if output.output_type == "stream":
            parts = {output.name: output.text}
        elif output.output_type == "error":
            parts = {"error": "\n".join(output.traceback)}
        else:
            parts = output.data
        for kind, content in sorted(parts.items()):
            if kind.startswith("image/"):
                content = picture(content)
            elif isinstance(content, str):
                content = sanitize(PICTURE.sub(lambda found: picture(found[1]), COLOR.sub("", content)))
            lines += [f"[{kind}]", *str(content).splitlines()]
    return lines


def picture(base64):
    return f"(a picture: {zlib.crc32(''.join(base64.split()).encode()):08x})"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if hasattr(item, "cell_num"):  # a cell of nbval's
        if LESSON not in item.parent.stash:
            item.parent.stash[LESSON] = Executed(item)
        item.parent.stash[LESSON].add(item, call, report.failed)
    return report


def pytest_terminal_summary(terminalreporter):
    """Say where the leavings of red lessons lie."""
    reports = [*terminalreporter.getreports("failed"), *terminalreporter.getreports("error")]
    red = {report.nodeid.partition("::")[0] for report in reports}
    for path in sorted(path for path in red if path.endswith(".ipynb")):
        text = f"{FAILED}/{path.rpartition('/')[2].removesuffix('.ipynb')}.txt"
        if (terminalreporter.config.rootpath / text).exists():
            terminalreporter.write_line(f"red: {path}: {text} says how it differs; the notebook that ran is beside it")
