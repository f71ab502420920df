"""A JupyterLab for tests, one a module, and what a reader does in it: open a notebook, run its cells."""

import pytest

from course_utils.publishing.lab_server import serve_lab

DEAD_PROXY = "http://127.0.0.1:9"  # nobody listens there


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab on this machine, whose shell names a proxy that is dead; ``lab.root`` is its folder, empty."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("http_proxy", DEAD_PROXY)
        with serve_lab(tmp_path_factory.mktemp("lab")) as server:
            yield server


def open_notebook(page, lab, name):
    """Open one notebook alone, and wait until its cells are there and its kernel is idle."""
    page.goto(lab.address_of(name))
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    page.get_by_text("| Idle").wait_for()  # in the status bar; run earlier, it asks for a kernel


def run_all(page):
    """Run all cells, by the menu; it does not wait for them."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
