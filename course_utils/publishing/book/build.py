"""Put the pages of the book together and let Sphinx make a folder of them: build/book, which opens from a file.

The same pages, without what only a browser can do, become an e-book; printed by Chromium, each lesson is a PDF, too.
"""

import argparse
import contextlib
import html
import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import nbformat
from rich.progress import Progress

from course_utils.publishing.address import binder_address, colab_address, colab_cell
from course_utils.publishing.book import documents, inventories, terms
from course_utils.publishing.book.lessons import LINK, LessonPage, raw
from course_utils.publishing.chromium import NoChromiumError, launch_chromium, print_page
from course_utils.publishing.editions import find_notebooks, for_students
from course_utils.publishing.handouts import README
from course_utils.publishing.lessons import NOTEBOOKS, PICTURE
from course_utils.publishing.reproducible import find_date, write_zip
from course_utils.publishing.slides import make_deck
from course_utils.publishing.theme import read_theme
from course_utils.widgets.reader import reader_html, seed_weights
from course_utils.widgets.stage import read_style, script_for_page

BOOK = NOTEBOOKS.parent / "book"
BUILT = NOTEBOOKS.parent / "build" / "book"
WORK = NOTEBOOKS.parent / "build" / "book-pages"  # what Sphinx reads, and what it notes down
ITEM = re.compile(r'<item id="[^"]+" href="([^"]+\.xhtml)"(?![^>]*properties)')  # of an e-book's table of contents
EPUB = "cnn-course.epub"
DRAW_ELSEWHERE = "On paper nothing can read what you draw; the web book can."


class Pages:
    """All that Sphinx reads for one edition: a Markdown text for each page, pictures, scripts, and what goes with it.

    Parameters
    ----------
    folder : pathlib.Path
        It is emptied first.
    is_alive : bool
        For a browser; else for paper and e-books.
    with_pdf, with_epub : bool
        Whether the pages offer these.
    """

    def __init__(self, folder, *, is_alive=True, with_pdf=False, with_epub=False):
        self.folder, self.is_alive, self.with_pdf, self.with_epub = folder, is_alive, with_pdf, with_epub
        self._kinds = {"reader"}

    def write(self, progress):
        """Write everything, with a progress bar."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(BOOK / "static", self.folder / "static")
        for name in ("pictures", "api", "extra/notebooks", "extra/slides"):
            (self.folder / name).mkdir(parents=True)
        shutil.copyfile(PICTURE, self.folder / "pictures" / "network.png")
        for path in progress.track(find_notebooks(NOTEBOOKS), description="lessons"):
            self._write_lesson(path)
        for page in NOTEBOOKS.glob("*.md"):
            text = LINK.sub(r"\1.md", page.read_text(encoding="utf-8"))
            self._write(page.name, terms.with_anchors(text) if page.stem == "glossary" else text)
        computed = {"reader": raw(reader_html()) if self.is_alive else DRAW_ELSEWHERE, "downloads": self._downloads()}
        for page in BOOK.glob("*.md"):
            self._write(page.name, documents.read_page(page, **computed))
        for name, text in (documents.teaching_pages() | documents.api_pages()).items():
            self._write(name, text)
        if self.is_alive:
            self._write_scripts()

    def _write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8", newline="\n")

    def _write_lesson(self, path):
        notebook, name = nbformat.read(path, as_version=4), path.stem
        code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
        links = self._write_copies(notebook, name) if self.is_alive else {}
        page = LessonPage(notebook, name, is_alive=self.is_alive, links=links, first_cell=colab_cell(code) or "")
        front = f"---\nwidgets: {' '.join(sorted(page.widgets))}\n---\n\n" if page.widgets else ""
        self._write(f"{name}.md", front + page.text)
        for file, content in page.files.items():
            (self.folder / file).write_bytes(content)
        self._kinds |= page.widgets

    def _write_copies(self, notebook, name):
        """Write what of a lesson can be taken along; return the links to it, and to where else it can be opened."""
        links = {"Notebook": f"notebooks/{name}.ipynb"}
        self._write(f"extra/notebooks/{name}.ipynb", nbformat.writes(for_students(notebook)) + "\n")
        if name[:2].isdigit():  # the project has no deck
            links["Slides"] = f"slides/{name}.html"
            self._write(f"extra/slides/{name}.html", make_deck(notebook, name))
        if self.with_pdf:
            links["PDF"] = f"pdf/{name}.pdf"
        if address := colab_address(name):
            links |= {"Open in Colab": address, "Open in Binder": binder_address(name)}
        return links

    def _downloads(self):
        """What of the whole course can be taken along, as a list of links; nothing in an e-book."""
        if not self.is_alive:
            return ""
        texts = {"README.txt": README}
        for path in [*(self.folder / "extra" / "notebooks").iterdir(), *NOTEBOOKS.glob("*.md")]:
            texts[path.name] = path.read_text(encoding="utf-8")
        write_zip(self.folder / "extra" / "notebooks" / "student.zip", texts)
        offers = [("notebooks/student.zip", "All notebooks", "without solutions, as a zip")]
        if self.with_epub:
            offers.append((EPUB, "The book as EPUB", "for a reader of e-books"))
        links = [f'<li><a href="{address}" download>{name}</a>, {what}</li>' for address, name, what in offers]
        return raw(f"<ul>{''.join(links)}</ul>")

    def _write_scripts(self):
        """Write a script and a style for each kind of widget, and the shipped network's weights as a script.

        A browser loads no module from a file, so each is a plain script; around it stands a function, because two of
        them on a page share names.
        """
        for kind in sorted(self._kinds):
            self._write(f"static/widget-{kind}.css", read_style(kind))
            self._write(f"static/widget-{kind}.js", f"(() => {{\n{script_for_page(kind)}\n}})();\n")
        weights = f'{{ type: "text/plain", textContent: "{seed_weights()}" }}'
        script = f'const weights = Object.assign(document.createElement("script"), {weights});\n'
        script += 'weights.dataset.weights = "seed";\ndocument.head.append(weights);\n'
        self._write("static/seed-weights.js", f"(() => {{\n{script}}})();\n")


def run_sphinx(pages, built, *, builder="html"):
    """Let Sphinx make one edition; a warning is an error.

    Parameters
    ----------
    pages, built : pathlib.Path
        What it reads, and where the edition goes; what was there is removed.
    builder : str
        ``"html"`` or ``"epub"``.

    Raises
    ------
    SystemExit
        If there was a warning; it is printed.
    """
    shutil.rmtree(built, ignore_errors=True)
    # A process of its own: autodoc gives the functions that it documents other signatures, and Keras reads those.
    code = "import sys; from course_utils.publishing.book.build import call_sphinx; call_sphinx(*sys.argv[1:])"
    if subprocess.run([sys.executable, "-c", code, str(pages), str(built), builder]).returncode:
        raise SystemExit("Sphinx warned (above), so the book is not done: fix the page that it names")


def call_sphinx(pages, built, builder):
    """Let Sphinx work in this process, and end it with its status; arguments as of `run_sphinx`, as texts."""
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    pages, work, theme = Path(pages), Path(pages).parent, read_theme()
    settings = {
        "language": theme.language,
        "project_copyright": f"2026, the authors of the course. {theme.license}",
        "html_logo": theme.logo_file and str(theme.logo_file.resolve()),
        "html_theme_options": {f"{mode}_css_variables": theme.of_book(mode) for mode in ("light", "dark")},
        "intersphinx_mapping": inventories.write_inventories(work / "inventories"),
        "html_static_path": [str(pages / "static")],
        "html_extra_path": [str(pages / "extra")],
        "version": version("cnn-course"),
    }
    if builder == "epub":  # which has a style of its own, and no scripts
        settings |= {"html_logo": None, "html_static_path": [], "html_extra_path": []}
        settings |= {"html_css_files": [], "html_js_files": []}
    folders = (pages, BOOK, built, work / f"doctrees-{builder}")
    options = {"status": None, "freshenv": True, "warningiserror": True}
    with patch_docutils(), docutils_namespace():
        app = Sphinx(*folders, builder, settings, **options)
        app.build(force_all=True)
    sys.exit(app.statuscode)


AMENDED = [  # what Furo 2025.12 and Sphinx 9 leave out for those who do not see a page
    (re.compile(r'(<p class="caption" role="heading")(?=>)'), r'\1 aria-level="2"'),
    (re.compile(r'(<aside class="sidebar-drawer")(?=>)'), r'\1 aria-label="The book"'),
    (re.compile(r'(<aside class="toc-drawer[^"]*")(?=>)'), r'\1 aria-label="This page"'),
    (re.compile(r'<th class="head[^"]*"><p></p></th>'), "<td></td>"),
    (re.compile(r'(<article role="main"[^>]*>)(?=\s*<noscript>)'), r"\1<h1>Search</h1>"),
]


def amend_pages(built, theme):
    """Add to all pages what a screen reader needs and Furo leaves out, and the footer of theme.toml.

    Take away what Sphinx notes for itself.
    """
    (built / ".buildinfo").unlink()  # a hash of the settings, paths of this machine among them
    footer = f"<div>{html.escape(theme.footer)}</div>" if theme.footer else ""
    for path in built.rglob("*.html"):
        if path.parent.name != "slides":
            text = path.read_text(encoding="utf-8")
            for pattern, better in AMENDED:
                text = pattern.sub(better, text)
            text = text.replace('alt="Logo"', f'alt="{html.escape(theme.logo_alt)}"')
            text = text.replace('<div class="left-details">', f'<div class="left-details">{footer}')
            path.write_text(text, encoding="utf-8", newline="\n")


@contextlib.contextmanager
def _browser():
    """A Chromium that prints, or an error that says what to install."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        try:
            browser = launch_chromium(playwright)
        except NoChromiumError as error:
            raise SystemExit(str(error)) from None
        yield browser
        browser.close()


def print_lesson(page, pdf, browser):
    """Print a lesson's page into a PDF, tagged, with an outline and numbered pages; what came out is open.

    Hints and solutions are left out: on paper they would stand right below their exercise.

    Parameters
    ----------
    page, pdf : pathlib.Path
        The page's HTML, and the file to write.
    browser : playwright.sync_api.Browser
        A Chromium.
    """
    tab = browser.new_page()
    tab.goto(f"{page.resolve().as_uri()}?print-pdf")  # so that widgets stay pictures
    tab.evaluate("document.querySelectorAll('details.outcome').forEach((folded) => (folded.open = true))")
    tab.wait_for_function("[...document.images].every((picture) => picture.complete)")
    footer = read_theme().footer
    number = '<span class="pageNumber"></span>' + (f" · {html.escape(footer)}" if footer else "")
    number = f'<div style="font: 8pt sans-serif; width: 100%; text-align: center">{number}</div>'
    print_page(
        tab,
        pdf,
        format="A4",
        scale=0.85,
        display_header_footer=True,
        header_template="<span></span>",
        footer_template=number,
        margin={"top": "18mm", "bottom": "18mm", "left": "16mm", "right": "16mm"},
    )
    tab.close()


def pack_epub(folder, epub):
    """Pack what Sphinx made of an e-book; the same pages give the same bytes.

    Sphinx packs it, too, but does not declare which pages have drawings in SVG, as EPUB 3.3 (5.6.2.4) demands.

    Parameters
    ----------
    folder, epub : pathlib.Path
    """
    contents = folder / "content.opf"

    def declare(item):
        return f'{item[0]} properties="svg"' if "<svg" in (folder / item[1]).read_text(encoding="utf-8") else item[0]

    listed = ITEM.sub(declare, contents.read_text(encoding="utf-8"))
    contents.write_text(listed, encoding="utf-8", newline="\n")
    names = sorted(set(re.findall(r'<item [^>]*href="([^"]+)"', listed)))
    with zipfile.ZipFile(epub, "w") as archive:
        for name in ["mimetype", "META-INF/container.xml", "content.opf", *names]:
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), (folder / name).read_bytes(), kind)


def build_book(*, built=BUILT, work=WORK, with_pdf=False, with_epub=False):
    """Make the web book; an earlier one is replaced.

    Parameters
    ----------
    built, work : pathlib.Path
        Where the book goes, and where its pages are put together.
    with_pdf : bool
        Print each lesson, too; needs Chromium or Chrome.
    with_epub : bool
        Make an e-book, too.
    """
    theme = read_theme()  # what is wrong with it is told now, and not after minutes
    with Progress() as progress, _browser() if with_pdf else contextlib.nullcontext() as browser:
        Pages(work / "html", with_pdf=with_pdf, with_epub=with_epub).write(progress)
        with progress.console.status("pages"):
            run_sphinx(work / "html", built)
            amend_pages(built, theme)
        for lesson in progress.track(find_notebooks(NOTEBOOKS), description="PDFs") if browser else []:
            (built / "pdf").mkdir(exist_ok=True)
            print_lesson(built / f"{lesson.stem}.html", built / "pdf" / f"{lesson.stem}.pdf", browser)
        if with_epub:
            Pages(work / "epub", is_alive=False).write(progress)
            run_sphinx(work / "epub", work / "epub-built", builder="epub")
            pack_epub(work / "epub-built", built / EPUB)


def main():
    parser = argparse.ArgumentParser(prog="nox -s book --", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pdf", action="store_true", help="print each lesson, too; needs Chromium or Chrome")
    parser.add_argument("--epub", action="store_true", help="make an e-book, too")
    options = parser.parse_args()
    if not BOOK.is_dir():
        parser.error("the book is made in the course's folder, and the course was installed without it")
    os.environ["SOURCE_DATE_EPOCH"] = str(find_date()[0])  # for Sphinx: the same course gives the same bytes
    build_book(with_pdf=options.pdf, with_epub=options.epub)
    print("The book is in build/book: open build/book/index.html in a browser.")


if __name__ == "__main__":
    main()
