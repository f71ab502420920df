"""The lessons in a real JupyterLab and a real browser: pictures shown, solutions folded, a whole lesson run."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import lesson_rules as rules
import nbformat
import pytest
from browser import chromium, keep_picture, watched_page  # noqa: F401  chromium is a fixture

from course_utils.publishing.lessons import NOTEBOOKS
from course_utils.publishing.workspace import copy_lessons

LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))
SETTINGS = {  # all cells in the page, not only those in view, so that all can be counted
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab on this machine's own address, with the executed lessons, and students' copies in work/."""
    home = tmp_path_factory.mktemp("lab")
    root = home / "root"
    shutil.copytree(NOTEBOOKS, root, ignore=shutil.ignore_patterns("source"))
    copy_lessons(NOTEBOOKS, root / "work")
    for plugin, values in SETTINGS.items():
        package, name = plugin.split(":")
        file = home / "settings" / package / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = [f"--ServerApp.root_dir={root}", f"--port={port}", "--ip=127.0.0.1", "--no-browser", "--allow-root"]
    options += ["--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True"]
    folders = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "RUNTIME")}
    folders |= {
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
    }
    log = open(home / "log.txt", "w")  # noqa: SIM115  open as long as the server runs
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options], env=os.environ | folders, stdout=log, stderr=log, cwd=home
    )
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=5).close()
                break
            except OSError:
                assert server.poll() is None, (home / "log.txt").read_text()
                time.sleep(0.5)
        else:
            pytest.fail("JupyterLab does not answer:\n" + (home / "log.txt").read_text())
        yield f"http://127.0.0.1:{port}/lab"
    finally:
        server.terminate()
        server.wait(30)
        log.close()


def open_notebook(page, lab, path):
    """Open one notebook alone, and wait until its cells are there."""
    page.goto(f"{lab}/tree/{path}?reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=120_000)
    page.wait_for_function("!document.querySelector('#jupyterlab-splash')", timeout=60_000)
    page.wait_for_timeout(1000)  # outputs are drawn after their cells


def what_is_seen(page):
    """How many loaded pictures an open notebook shows, how many folded inputs, and how many error outputs."""
    return page.evaluate(
        """() => ({
            pictures: [...document.querySelectorAll(".jp-OutputArea img")]
                .filter((image) => image.complete && image.naturalWidth).length,
            folded: document.querySelectorAll(".jp-CodeCell .jp-Cell-inputWrapper .jp-Placeholder").length,
            errors: document.querySelectorAll("[data-mime-type*=error], [data-mime-type*=stderr]").length,
        })"""
    )


def what_is_stored(notebook):
    outputs = [output for cell in rules.code_cells(notebook) for output in cell.outputs]
    return {
        "pictures": sum("image/png" in output.get("data", {}) for output in outputs),
        "folded": sum("solution" in rules.tags(cell) for cell in notebook.cells),
        "errors": sum(output.output_type == "error" for output in outputs),
    }


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_opens_with_its_pictures_and_folded_solutions(chromium, lab, path):  # noqa: F811
    with watched_page(chromium, f"lab_{path.stem}", viewport={"width": 1280, "height": 900}) as page:
        open_notebook(page, lab, path.name)
        assert what_is_seen(page) == what_is_stored(nbformat.read(path, as_version=4))
        assert [fault for fault in page.faults if not fault.startswith("console")] == []


def test_a_lesson_runs_whole_from_a_students_copy(chromium, lab):  # noqa: F811
    """Lesson 01: run by Run All, its checks and its quiz show what they say, and a right answer is called right."""
    name = "01_loading"
    stored = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    with watched_page(chromium, "lab_run_all", viewport={"width": 1280, "height": 900}) as page:
        open_notebook(page, lab, f"work/{name}.ipynb")
        assert what_is_seen(page)["pictures"] == 0, "a student's copy has outputs already"
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        n_code = len(rules.code_cells(stored))
        page.wait_for_function(
            f"[...document.querySelectorAll('.jp-InputPrompt')].some((e) => e.textContent.trim() === '[{n_code}]:')",
            timeout=240_000,
        )
        page.wait_for_timeout(1000)
        assert what_is_seen(page) == what_is_stored(stored)
        words = page.evaluate("document.querySelector('.jp-Notebook').innerText")
        assert "image_counts" in words and "Question 1" in words
        keep_picture(page, "lab_run_all_looked_at")


def test_what_is_missing_is_noticed(chromium, lab):  # noqa: F811
    """A picture that is gone and a solution that lies open change what is counted."""
    path = NOTEBOOKS / "01_loading.ipynb"
    expected = what_is_stored(nbformat.read(path, as_version=4))
    with watched_page(chromium, "lab_planted", viewport={"width": 1280, "height": 900}) as page:
        open_notebook(page, lab, path.name)
        page.evaluate("document.querySelector('.jp-OutputArea img').remove()")
        page.locator(".jp-CodeCell .jp-Cell-inputWrapper .jp-Placeholder").first.click()
        page.wait_for_timeout(300)
        seen = what_is_seen(page)
        assert seen["pictures"] == expected["pictures"] - 1
        assert seen["folded"] == expected["folded"] - 1
