"""Find the Chromium or Chrome that is on this machine, start it without a window, by Playwright, and print with it."""

import os
import shutil
import sys
from pathlib import Path

from course_utils.publishing.reproducible import make_reproducible

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge")
PLACES = {
    "darwin": [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ],
    "win32": [
        r"%ProgramFiles%\Google\Chrome\Application\chrome.exe",
        r"%LocalAppData%\Google\Chrome\Application\chrome.exe",
        r"%ProgramFiles(x86)%\Microsoft\Edge\Application\msedge.exe",
    ],
}
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]


class NoChromiumError(RuntimeError):
    """There is no browser to drive; the message says what to install."""


def find_chromium():
    """The path of a Chromium, Chrome or Edge.

    Returns
    -------
    str
        The one that the environment variable CHROMIUM names, or else one on the PATH or in the usual places.

    Raises
    ------
    NoChromiumError
        If there is none.
    """
    named = os.environ.get("CHROMIUM")
    usual = [os.path.expandvars(place) for place in PLACES.get(sys.platform, [])]
    candidates = [named] if named else [*map(shutil.which, NAMES), *usual]
    found = next((path for path in candidates if path and Path(path).is_file()), None)
    if found is None:
        where = f"CHROMIUM names {named}, which is no file" if named else "no Chromium, Chrome or Edge was found"
        raise NoChromiumError(
            f"{where}; install one (Debian, Ubuntu: sudo apt install chromium), or let CHROMIUM name its program"
        )
    return found


def launch_chromium(playwright):
    """Start a browser without a window; give it to nobody else, and close it in the end.

    Parameters
    ----------
    playwright : playwright.sync_api.Playwright

    Returns
    -------
    playwright.sync_api.Browser
    """
    root = hasattr(os, "getuid") and os.getuid() == 0  # Chromium's sandbox refuses to work for root
    return playwright.chromium.launch(
        executable_path=find_chromium(), args=[*QUIET, *(["--no-sandbox"] if root else [])]
    )


RELATIVE = """for (const link of document.links) {
    const written = link.getAttribute("href");
    if (link.protocol === "file:" && !written.startsWith("#")) link.href = "here:" + written;
}"""  # Chromium prints the whole path; make_reproducible takes the word away again


def print_page(page, pdf, **options):
    """Print a page into a PDF with tags and an outline; the same page gives the same bytes, wherever it lies.

    Parameters
    ----------
    page : playwright.sync_api.Page
        A file that is open; its links to files beside it stay relative.
    pdf : pathlib.Path
    options
        For Playwright's `page.pdf`, such as ``format="A4"``.
    """
    page.evaluate("document.fonts.ready")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")  # all is laid out
    page.evaluate(RELATIVE)
    page.pdf(path=pdf, print_background=True, tagged=True, outline=True, **options)
    make_reproducible(pdf)
