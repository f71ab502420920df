"""A real browser for tests: Chromium by Playwright, and pages that write down what goes wrong on them."""

import os
import re
from contextlib import contextmanager
from pathlib import Path

import pytest
from patience import SERVER
from playwright.sync_api import sync_playwright

from course_utils.publishing.chromium import NoChromiumError, launch_chromium

FAILURES = Path(__file__).parents[1] / "build" / "failures"
# Jupyter Server fails to list its kernels (HTTP 500) in the moment in which it has one whose last activity it does not
# know yet; JupyterLab asks again soon (jupyter/notebook#5345 is the same gap, seen from another side).
NOT_OURS = re.compile(r"console: .* 500 .*/api/kernels(\?\d*)?\)$")
HERE = re.compile(r"(data|blob|file|about|chrome-error):|(https?|wss?)://(127\.0\.0\.1|localhost|\[::1\])[:/]")


@pytest.fixture(scope="module")
def chromium():
    """A browser without a window. Where there is none, tests are skipped; on CI they fail."""
    with sync_playwright() as playwright:
        try:
            browser = launch_chromium(playwright)
        except NoChromiumError as missing:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(str(missing))
        yield browser
        browser.close()


# What browsers do that hide who somebody is: all that is read back from a canvas has noise, or is white.
GUARDED = """(guard) => {
    const change = (data) => data.forEach((value, i) => {
        data[i] = guard === "white" ? 255 : value ^ (Math.random() < 0.3);
    });
    for (const kind of [CanvasRenderingContext2D, OffscreenCanvasRenderingContext2D]) {
        const { getImageData } = kind.prototype;
        kind.prototype.getImageData = function (...box) {
            const image = getImageData.apply(this, box);
            change(image.data);
            return image;
        };
    }
    const spoil = (canvas) => {
        const context = canvas.getContext("2d");
        context.putImageData(context.getImageData(0, 0, canvas.width, canvas.height), 0, 0);
    };
    const [hidden, shown] = [OffscreenCanvas, HTMLCanvasElement];
    for (const [kind, name] of [[hidden, "convertToBlob"], [shown, "toBlob"], [shown, "toDataURL"]]) {
        const read = kind.prototype[name];
        kind.prototype[name] = function (...options) {
            spoil(this);
            return read.apply(this, options);
        };
    }
}"""


@contextmanager
def watched_page(browser, name, **options):
    """A new page; `page.faults` lists errors and requests that leave this machine; a failed test leaves a picture.

    Parameters
    ----------
    browser : playwright.sync_api.Browser
    name : str
        What the picture of a failure is called, in build/failures.
    **options
        As for ``Browser.new_context``: ``viewport``, ``color_scheme``, ``has_touch`` and so on.
    """
    context = browser.new_context(**options)
    context.set_default_timeout(1000 * SERVER)  # milliseconds
    page = context.new_page()
    page.faults = faults = []
    page.on("console", lambda message: message.type == "error" and note_console(faults, message.text, message.location))
    page.on("pageerror", lambda error: faults.append(f"page error: {error}"))
    context.on("request", lambda request: HERE.match(request.url) or faults.append(f"request: {request.url[:200]}"))
    try:
        yield page
    except BaseException:
        keep_picture(page, name)
        raise
    finally:
        context.close()


def note_console(faults, text, location):
    """Add an error on the console to the faults, with the address it speaks of, unless it is known not to be ours."""
    fault = f"console: {text} ({location['url'][:200]})"
    if not NOT_OURS.match(fault):
        faults.append(fault)


def keep_picture(page, name):
    """Write a screenshot of what a page shows into build/failures."""
    FAILURES.mkdir(parents=True, exist_ok=True)
    file = re.sub(r"[^\w.-]+", "_", name) + ".png"
    page.screenshot(path=FAILURES / file)
