"""The pages of the book that are no lesson: those in book/, with what they take from elsewhere, and the teaching pack.

A page takes a file, or a section of one, where it says `<!-- from README.md: Start -->`; what is computed stands where
it says `<!-- the measurements -->` or the like. So nothing is said twice.
"""

import ast
import json
import pkgutil
import posixpath
import re
from pathlib import Path

from course_utils import results
from course_utils.publishing.lessons import NOTEBOOKS

ROOT = NOTEBOOKS.parent
PACKAGE, TEACHING = ROOT / "course_utils", ROOT / "teaching"
FROM = re.compile(r"^<!-- from (\S+?)(?:: (.+?))? -->$", re.MULTILINE)
COMPUTED = re.compile(r"^<!-- the ([\w' ]+) -->$", re.MULTILINE)
# Where a file of the course is in the book: links between files become links between pages.
PAGES = {
    "README.md": "index.md",
    "INSTRUCTORS.md": "instructors.md",
    "teaching/README.md": "teaching.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "LICENSE": "licenses.md",
    "CITATION.cff": "cite.md",
    "course_utils/assets/picture.png": "pictures/network.png",
}
LINK = re.compile(r"(?<=\]\()(?!https?:|#|mailto:)([^)#\s]+)")
FENCE = re.compile(r"^(?:```.*?^```|    .*?$)", re.MULTILINE | re.DOTALL)


def adapt_links(text, folder=""):
    """A text of the course in which links to files lead to pages of the book.

    Parameters
    ----------
    text : str
        Markdown.
    folder : str, optional
        Where the text lies, relative to the root of the course.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If a link leads to a file that is no page.
    """

    def adapt(link):
        path = posixpath.normpath((Path(folder) / link[1]).as_posix())
        if path in PAGES:
            return PAGES[path]
        if found := re.fullmatch(r"(?:notebooks|teaching)/(\w+)\.(?:ipynb|md)", path):
            return f"{found[1]}.md"
        raise ValueError(f"expected a link to a page of the book, got {link[1]!r}; name its page in documents.PAGES")

    return LINK.sub(adapt, text)


def _headings(text):
    """The headings of a text, those in its code apart."""
    outside = FENCE.sub(lambda code: re.sub(r"[^\n]", " ", code[0]), text)
    return list(re.finditer(r"^(#+) (.+)$", outside, re.MULTILINE))


def read_section(text, heading):
    """What stands below a heading of a Markdown text, up to the next one of its level or above.

    Raises
    ------
    ValueError
        If there is no such heading.
    """
    headings = iter(_headings(text))
    start = next((found for found in headings if found[2] == heading), None)
    if start is None:
        raise ValueError(f"expected a heading {heading!r}, found none; look into book/ for what takes it")
    end = next((found.start() for found in headings if len(found[1]) <= len(start[1])), None)
    return text[start.end() : end].strip("\n")


def shift_headings(text, level):
    """A text whose largest headings have a level: 2 for `##`."""
    headings = _headings(text)
    more = level - min((len(found[1]) for found in headings), default=level)
    for found in reversed(headings):
        text = text[: found.start()] + "#" * (len(found[1]) + more) + text[found.end(1) :]
    return text


def _take(found, page):
    """What stands in a page where it takes a file or a section; headings go one below the one above."""
    path = ROOT / found[1]
    text = path.read_text(encoding="utf-8").strip("\n")
    if path.suffix != ".md":
        return f"```{'yaml' if path.suffix == '.cff' else 'text'}\n{text}\n```"
    text = read_section(text, found[2]) if found[2] else re.sub(r"\A# .*\n+", "", text)
    level = len(_headings(page[: found.start()])[-1][1]) + 1
    return shift_headings(adapt_links(text, path.parent.relative_to(ROOT)), level)


def read_page(path, **more):
    """A page of book/ with all that it takes from elsewhere.

    Parameters
    ----------
    path : pathlib.Path
    **more : str
        What stands where a page says `<!-- the NAME -->`, by that name, beside what is computed here.

    Returns
    -------
    str
        MyST Markdown.
    """
    text = path.read_text(encoding="utf-8")
    taken = FROM.sub(lambda found: _take(found, text), text)
    return COMPUTED.sub(lambda found: more[found[1]] if found[1] in more else COMPUTED_PARTS[found[1]](), taken)


def teaching_pages():
    """The pages of the teaching pack: their texts, by their names in the book.

    What is made for paper, lines to write on and boxes to tick, is left out, or drawn.
    """
    pages = {}
    for path in sorted(TEACHING.glob("*.md")):
        text = adapt_links(path.read_text(encoding="utf-8"), TEACHING.name)
        text = re.sub(r"^(?:<!-- print -->|\[lines \d+\])\n+", "", text, flags=re.MULTILINE)
        pages[PAGES.get(f"{TEACHING.name}/{path.name}", path.name)] = text.replace("- [ ] ", "- ☐ ")
    return pages


# ---- what is computed


def measurements_table():
    """All stored results: what was measured, when and where, as a Markdown table."""
    rows = ["| result | what it holds | date | machine and versions |", "|---|---|---|---|"]
    for path in sorted(results.RESULTS.glob("*.json")):
        result = json.loads(path.read_text(encoding="utf-8"))
        if "machine" in result:  # not stored readings, which the machine has no part in
            versions = ", ".join(f"{name} {number}" for name, number in result["versions"].items())
            about = " ".join(result["about"].partition("\n\n")[0].split()).replace("|", r"\|")
            rows.append(f"| `{path.stem}` | {about} | {result['date']} | {result['machine']}; {versions} |")
    return "\n".join(rows)


def lesson_names():
    """The names of all lessons, in order, a line each."""
    return "\n".join(path.stem for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")))


def citation():
    """How to cite the course, as a sentence and as BibTeX, from CITATION.cff."""
    import yaml

    said = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    author = said["authors"][0]["name"]
    year = re.search(r"Copyright \(c\) (\d{4})", (ROOT / "LICENSE").read_text(encoding="utf-8"))[1]
    title, number = said["title"], said["version"]
    bibtex = [f"title = {{{title}}}", f"author = {{{{{author}}}}}", f"year = {{{year}}}", f"version = {{{number}}}"]
    entry = "@software{cnn_course,\n  " + ",\n  ".join(bibtex) + "\n}"
    return f"> {author}: *{title}*, version {number}, {year}.\n\n```bibtex\n{entry}\n```"


COMPUTED_PARTS = {
    "measurements": measurements_table,
    "lessons' names": lesson_names,
    "citation": citation,
}


# ---- the API, from docstrings

NOT_CALLED = {"bench", "exercises", "figures", "no_delay", "publishing", "serving"}  # no lesson imports their functions


def api_modules():
    """The modules that a reader calls, and their texts: {name: code}. They are not imported: one needs PyTorch."""
    found = {}
    for module in pkgutil.iter_modules([str(PACKAGE)]):
        if module.name in NOT_CALLED or module.name.startswith("_"):
            continue
        path = PACKAGE / module.name
        init = path / "__init__.py" if module.ispkg else path.with_suffix(".py")
        if module.ispkg and "__all__" not in init.read_text(encoding="utf-8"):
            inner = [(f"{module.name}.{part.name}", part.ispkg) for part in pkgutil.iter_modules([str(path)])]
            for name, is_package in inner:
                file = PACKAGE / name.replace(".", "/")
                found[name] = file / "__init__.py" if is_package else file.with_suffix(".py")
        else:
            found[module.name] = init
    return {name: path.read_text(encoding="utf-8") for name, path in found.items()}


def api_pages():
    """The pages of the API: one for each module, and one that lists them.

    Returns
    -------
    dict of {str: str}
        Markdown, by the name of the page.
    """
    pages, rows = {}, []
    for name, code in api_modules().items():
        options = "   :members:\n" + "   :imported-members:\n" * ("__all__" in code)
        directive = f"```{{eval-rst}}\n.. automodule:: course_utils.{name}\n{options}```"
        pages[f"api/{name}.md"] = f"# `course_utils.{name}`\n\n{directive}\n"
        rows.append(f"- [`course_utils.{name}`]({name}.md): {ast.get_docstring(ast.parse(code)).splitlines()[0]}")
    toctree = "```{toctree}\n:hidden:\n\n" + "\n".join(name[4:-3] for name in pages) + "\n```"
    intro = """# The functions of the course

Everything that the lessons import from `course_utils`. The functions are short, and meant to be read: a lesson shows
each thing in full where it is first met, and a helper takes over afterwards."""
    pages["api/index.md"] = "\n\n".join([intro, "\n".join(rows), toctree]) + "\n"
    return pages
