"""Put a release into dist/: book, decks and their PDFs, handouts, workbooks, wheel and sdist, with their checksums.

The same commit gives the same bytes, on every day and in every folder, as long as Python, the packages and Chromium
stay what they are. What has a date gets that of the last commit, or the one that SOURCE_DATE_EPOCH says.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec

from course_utils import __version__
from course_utils.publishing.book.build import BUILT, EPUB, build_book
from course_utils.publishing.chromium import NoChromiumError, find_chromium
from course_utils.publishing.handouts import HANDOUTS, write_handouts
from course_utils.publishing.markdown import MarkdownError
from course_utils.publishing.reproducible import ROOT, find_date, write_zip
from course_utils.publishing.slides import DECKS, write_decks
from course_utils.publishing.workbook import WORKBOOKS, find_sheets, print_workbooks

DIST = ROOT / "dist"


def make_book():
    """Build the web book, print its lessons, make an e-book of it; zip all in one."""
    build_book(with_pdf=True, with_epub=True)
    write_folder("book", [path for path in BUILT.rglob("*") if path.is_file()], BUILT)
    shutil.copyfile(BUILT / EPUB, DIST / f"cnn-course-{__version__}.epub")


def make_decks():
    """Write and print the decks; zip those of the lessons that there are now."""
    from course_utils.publishing.lessons import NOTEBOOKS

    lessons = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    write_decks(lessons, pdf=True)
    write_folder("decks", [DECKS / f"{lesson.stem}.{kind}" for lesson in lessons for kind in ("html", "pdf")], DECKS)


def make_handouts():
    """Write the handouts, which are zips already."""
    write_handouts()
    for edition in ("student", "solutions"):
        shutil.copyfile(HANDOUTS / f"{edition}.zip", DIST / f"cnn-course-{__version__}-{edition}.zip")


def make_workbooks():
    """Print the workbooks and forms, and apart from them the keys."""
    from course_utils.publishing.lessons import NOTEBOOKS

    printed = print_workbooks(sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")), sheets=find_sheets())
    keys = [path for path in printed if path.stem.endswith("-key")]
    write_folder("workbooks", [path for path in printed if path not in keys], WORKBOOKS)
    write_folder("workbook-keys", keys, WORKBOOKS)


def make_packages(folder=DIST, root=ROOT):
    """Build the sdist and the wheel of a folder into another one, without a network."""
    if find_spec("hatchling") is None:
        raise SystemExit('expected hatchling, which builds the wheel, found none; pip install -e ".[release]"')
    variables = os.environ | {"SOURCE_DATE_EPOCH": str(find_date()[0])}
    command = [sys.executable, "-P", "-m", "hatchling", "build", "--directory", str(folder)]
    built = subprocess.run(command, cwd=root, env=variables, capture_output=True, text=True)
    if built.returncode:
        raise SystemExit(f"hatchling could not build the wheel:\n{built.stdout}{built.stderr}")


def write_folder(name, files, folder):
    """Zip files of a folder, so that they lie in one folder again when they are unpacked."""
    stem = f"cnn-course-{__version__}-{name}"
    contents = {f"{stem}/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in files}
    write_zip(DIST / f"{stem}.zip", contents)


def write_sums(folder):
    """Write SHA256SUMS, as `sha256sum --check` reads it, of all other files; return its text."""
    files = sorted(path for path in folder.iterdir() if path.name != "SHA256SUMS")
    text = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)
    (folder / "SHA256SUMS").write_text(text, encoding="utf-8", newline="\n")
    return text


def count_changes(root=ROOT):
    """How many files differ from the last commit, or are in none and not ignored; 0 where there is no git."""
    try:
        command = ["git", "status", "--porcelain", "--untracked-files=all"]
        return len(subprocess.run(command, cwd=root, capture_output=True, text=True).stdout.splitlines())
    except OSError:
        return 0


STEPS = {  # what is quick and most often at fault comes first
    "wheel and sdist": make_packages,
    "handouts": make_handouts,
    "decks and their PDFs": make_decks,
    "workbooks": make_workbooks,
    "book": make_book,
}


def main():
    parser = argparse.ArgumentParser(
        prog="nox -s release", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args()
    if not (ROOT / "pyproject.toml").is_file():
        parser.error("a release is made in the course's folder, and the course was installed without it")
    try:
        find_chromium()  # now, and not after minutes
    except NoChromiumError as error:
        parser.error(f"the decks are printed by a browser: {error}")
    if changes := count_changes():
        print(f"Warning: {changes} files are not as in the last commit, which then gives another release: commit first")
    date, by = find_date()
    os.environ["SOURCE_DATE_EPOCH"] = str(date)  # for all that is started from here
    print(f"version {__version__}, dated {time.strftime('%B %d, %Y, %H:%M UTC', time.gmtime(date))}, {by}")
    shutil.rmtree(DIST, ignore_errors=True)  # SHA256SUMS and an upload take all that is there
    DIST.mkdir()
    for number, (name, make) in enumerate(STEPS.items(), start=1):
        print(f"{number}/{len(STEPS)}: {name}", flush=True)
        try:
            make()
        except MarkdownError as error:
            raise SystemExit(str(error)) from None
    print(write_sums(DIST), end="")
    for path in sorted(DIST.iterdir()):
        print(f"{path.stat().st_size / 1e6:7.1f} MB  {path.name}")
    print("written to dist/; CONTRIBUTING.md says what comes next")


if __name__ == "__main__":
    main()
