"""Where the course lies for everyone, and what opens a lesson from there: said in one place, pyproject.toml.

There it is ``Repository`` in ``[project.urls]``. As long as that is not set, nothing here has an address, and a page
that asks shows no button.
"""

import re
import tomllib
from pathlib import Path

import course_utils
from course_utils.extras import NEEDS

PYPROJECT = Path(course_utils.__file__).parents[1] / "pyproject.toml"
BRANCH = "main"
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
    if not pyproject.is_file():
        return None
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    return project.get("urls", {}).get("Repository", "").rstrip("/").removesuffix(".git") or None


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


def _on_github(pyproject):
    """OWNER/NAME of a repository on GitHub, the only ones that Colab and Binder's short addresses open."""
    found = GITHUB.fullmatch(repository(pyproject) or "")
    return found and found[1]
