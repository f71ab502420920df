"""Files that are the same to the byte whenever and wherever they are made: zips, and the PDFs that Chromium prints."""

import os
import re
import subprocess
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONG_AGO = 1577836800  # January 1, 2020: in zips, and where neither a variable nor git knows a date
DATE = re.compile(rb"\(D:\d{14}[+-]\d\d'\d\d'\)")  # as Chromium writes when a PDF was made and when it was changed
CELL = re.compile(rb"\(node(\d{8})\)")  # a cell of a table, by which others name their header: Chromium counts on
HERE = b"(here:"  # what `print_page` writes in front of a link to a file beside the PDF


def find_date():
    """When what is made here is said to be made, in seconds since 1970, and who says so.

    Returns
    -------
    (int, str)
        The environment variable SOURCE_DATE_EPOCH, or else the date of the last commit, or else January 1, 2020.
    """
    if named := os.environ.get("SOURCE_DATE_EPOCH"):
        if not re.fullmatch(r"\d+", named):
            raise SystemExit(f"SOURCE_DATE_EPOCH: expected whole seconds since 1970, got {named!r}; unset it")
        return int(named), "SOURCE_DATE_EPOCH"
    command = ["git", "-c", "log.showSignature=false", "log", "-1", "--format=%ct"]
    try:
        commit = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
        return int(commit), "the last commit's date"
    except (OSError, subprocess.CalledProcessError, ValueError):  # no git, no repository, no commit
        return LONG_AGO, "for there is no commit here"


def write_zip(path, contents):
    """Write texts or bytes, {name: content}, into a zip file; the same contents give the same bytes."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in sorted(contents.items()):
            info = zipfile.ZipInfo(name, time.gmtime(LONG_AGO)[:6])
            info.create_system, info.external_attr = 3, 0o100644 << 16  # as on Linux; others may read what is unpacked
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)


def make_reproducible(pdf):
    """Give a printed PDF the date of `find_date`, cells of tables with numbers of its own, and links that are relative.

    All else that Chromium writes depends on the page and on the version of Chromium alone. What is replaced keeps its
    length, since a PDF says at which byte each of its objects begins, and cells their order, in which it lists them.

    Parameters
    ----------
    pdf : pathlib.Path
        It is changed in place; tags, outline and pages stay as they are.

    Raises
    ------
    ValueError
        If it is not as Chromium prints, or leads to a file of this machine; then it stays as it was.
    """
    printed = Path(pdf).read_bytes()
    if (found := len(DATE.findall(printed))) != 2:
        raise ValueError(f"{pdf}: expected two dates, as Chromium prints them, found {found}; print it with Chromium")
    if link := re.search(rb"\(file:[^)]*\)", printed):
        raise ValueError(
            f"{pdf}: expected no link to a file of this machine, found {link[0].decode()}; print it with `print_page`"
        )
    date = time.strftime("(D:%Y%m%d%H%M%S+00'00')", time.gmtime(find_date()[0])).encode()
    cells = {cell: b"(node%08d)" % number for number, cell in enumerate(sorted(set(CELL.findall(printed))), start=1)}
    changed = CELL.sub(lambda found: cells[found[1]], DATE.sub(date, printed))
    changed = re.sub(rb"\(here:([^)]*\))", lambda link: b"(" + link[1] + b" " * (len(HERE) - 1), changed)
    Path(pdf).write_bytes(changed)
