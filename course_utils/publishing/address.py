"""Where the course lies for everyone, and what opens a lesson from there: said in one place, pyproject.toml.

There it is ``Repository`` in ``[project.urls]``; the book is then on GitHub Pages, unless ``Documentation`` beside it
says where else. As long as neither is set, nothing here has an address, and a page that asks shows no button.
"""

import re
import tomllib
from pathlib import Path

from markupsafe import Markup

import course_utils
from course_utils.extras import NEEDS

PYPROJECT = Path(course_utils.__file__).parents[1] / "pyproject.toml"
BRANCH = "main"
ANCHOR = re.compile(r"[^a-z0-9]+")
GITHUB = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+)")
COLAB_CELL = """\
# Only on Colab: install the course, with what this lesson needs. It takes a few minutes, once for each session.
%pip install --quiet "cnn-course{extras} @ git+{repository}@{branch}"

import importlib.metadata
import sys

for name in ("numpy", "keras", "tensorflow"):
    loaded, installed = getattr(sys.modules.get(name), "__version__", None), importlib.metadata.version(name)
    if loaded not in (None, installed):
        print(f"{{name}} {{loaded}} was loaded before {{installed}} was installed for the course. Choose Runtime, "
              "Restart session, and go on with the cell below this one.")
"""


def repository(pyproject=PYPROJECT):
    """The address of the repository, as pyproject.toml has it; None if it has none, or if there is no checkout.

    Parameters
    ----------
    pyproject : pathlib.Path, optional
        The course's, by default.

    Returns
    -------
    str or None
    """
    return _url("Repository", pyproject).removesuffix(".git") or None


def colab_address(lesson, pyproject=PYPROJECT):
    """What opens a lesson on Colab, as for ``"04_building"``; None if the course is not on GitHub."""
    name = _on_github(pyproject)
    return name and f"https://colab.research.google.com/github/{name}/blob/{BRANCH}/notebooks/{lesson}.ipynb"


def binder_address(lesson, pyproject=PYPROJECT):
    """What opens a lesson in JupyterLab on Binder; None if the course is not on GitHub."""
    name = _on_github(pyproject)
    return name and f"https://mybinder.org/v2/gh/{name}/{BRANCH}?labpath=notebooks%2F{lesson}.ipynb"


def colab_cell(code, pyproject=PYPROJECT):
    """The cell that a lesson needs first on Colab; None if the course is not on GitHub.

    Parameters
    ----------
    code : str
        The lesson's, which says what extras it requires.
    pyproject : pathlib.Path, optional
        The course's, by default.

    Returns
    -------
    str or None
    """
    if not _on_github(pyproject):
        return None
    extras = ",".join(dict.fromkeys(NEEDS.findall(code)))
    extras = f"[{extras}]" if extras else ""
    return COLAB_CELL.format(extras=extras, repository=repository(pyproject), branch=BRANCH)


def book_address(page="index", anchor="", pyproject=PYPROJECT):
    """Where a page of the web book lies, as for ``"04_building"``, or a heading on it; None if it is nowhere.

    Parameters
    ----------
    page : str, optional
        The page's name; the first one, by default.
    anchor : str, optional
        As `heading_anchor` gives it.
    pyproject : pathlib.Path, optional
        The course's, by default.

    Returns
    -------
    str or None
    """
    book, name = _url("Documentation", pyproject), _on_github(pyproject)
    if not book and name:
        owner, _, course = name.partition("/")
        host = f"{owner.lower()}.github.io"
        book = f"https://{host}" if course.lower() == host else f"https://{host}/{course}"
    return f"{book}/{page}.html{anchor and '#'}{anchor}" if book else None


def heading_anchor(heading):
    """What leads to a heading on a page of the book, as for ``"Exercise: the size after it"``."""
    return ANCHOR.sub("-", heading.lower()).strip("-")


def qr_figure(page, anchor="", pyproject=PYPROJECT):
    """A QR code that leads to a page of the web book, and the page's address beside it.

    Parameters
    ----------
    page, anchor : str
        As of `book_address`.
    pyproject : pathlib.Path, optional
        The course's, by default.

    Returns
    -------
    markupsafe.Markup
        A ``<figure>`` with class ``qr``, the code as SVG, black on white on every page; empty if the book is nowhere.
    """
    address = book_address(page, anchor, pyproject)
    if not address:
        return Markup("")
    import segno

    code = segno.make(address, error="l", micro=False).svg_inline(dark="#000", light="#fff", omitsize=True)
    label = f"QR code of this {'exercise' if anchor else 'lesson'} in the book"
    code = code.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
    shown = address.partition("://")[2].partition("#")[0]  # nobody types the rest
    return Markup('<figure class="qr">{}<figcaption><a href="{}">{}</a></figcaption></figure>').format(
        Markup(code), address, shown
    )


def _on_github(pyproject):
    """OWNER/NAME of a repository on GitHub, the only ones that Colab and Binder's short addresses open."""
    found = GITHUB.fullmatch(repository(pyproject) or "")
    return found and found[1]


def _url(name, pyproject):
    if not pyproject.is_file():
        return ""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    return project.get("urls", {}).get(name, "").rstrip("/")
