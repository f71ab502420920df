"""Settings of `pytest --nbval` that pyproject.toml cannot hold: nbval finds its patterns by a path only.

And a lesson that needs an extra which is not installed, or TensorFlow where Keras runs on JAX, is left out of a run,
and the run says why. What a red lesson leaves is the matter of course_utils/publishing/red_lessons.py.
"""

import json
import os
import signal
from pathlib import Path

import pytest

import course_utils  # noqa: F401  where the home cannot be written to, it gives Jupyter another
from course_utils.backends import why_not_here
from course_utils.extras import needed_extra, why_missing
from course_utils.publishing import red_lessons
from course_utils.publishing.kernels import isolate_kernels

ROOT = Path(__file__).parent
PATTERNS = ROOT / "notebooks" / "nbval_patterns.cfg"
NO_NETWORK = ROOT / "tests" / "no_network"  # its sitecustomize.py refuses the network to every Python that starts


def pytest_addoption(parser):
    parser.addoption("--quick", action="store_true", help="leave out the lessons, and the tests that are marked slow")


def pytest_configure(config):
    if config.option.markexpr == "not nightly" and (config.option.keyword or any("::" in arg for arg in config.args)):
        config.option.markexpr = ""  # what is named by its node id or with -k is run at any time
    if config.option.quick:
        config.option.markexpr = " and ".join(filter(None, [config.option.markexpr, "not slow"]))
    if config.getoption("nbval_sanitize_with", None) is None:
        config.option.nbval_sanitize_with = str(PATTERNS)
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # so it is behind a script's `pytest &`
        signal.signal(signal.SIGINT, signal.default_int_handler)
    isolate_kernels()
    config.pluginmanager.register(red_lessons)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(NO_NETWORK), os.environ.get("PYTHONPATH")]))


class LeftOut(pytest.File):
    """A lesson that cannot be run here; its reason stands where its cells would."""

    def collect(self):
        pytest.skip(self.reason, allow_module_level=True)


def why_left_out(path):
    """Why a lesson cannot be run, from what its code requires; an empty text if it can."""
    if path.suffix != ".ipynb":
        return ""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    extra = needed_extra(code)
    return (why_missing(extra) if extra else "") or why_not_here(path.stem, code)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path, parent):
    collectors = yield
    if not collectors or not (reason := why_left_out(file_path)):
        return collectors
    left_out = LeftOut.from_parent(parent, path=file_path)
    left_out.reason = reason
    return [left_out]


def pytest_itemcollected(item):
    if item.path.suffix == ".ipynb":
        item.add_marker("slow")


def pytest_terminal_summary(terminalreporter):
    """Say what was left out and why, without being asked with -rs."""
    for report in terminalreporter.getreports("skipped"):
        if report.nodeid.endswith(".ipynb"):
            terminalreporter.write_line(f"left out: {report.nodeid}: {report.longrepr[2].removeprefix('Skipped: ')}")
