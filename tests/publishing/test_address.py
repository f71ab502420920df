"""One place says where the course lies; without it there is no address, and only GitHub's have Colab and Binder."""

import re
import sys
import types
from pathlib import Path

import numpy as np
import pytest
import yaml
from bs4 import BeautifulSoup
from IPython.core.inputtransformer2 import TransformerManager

from course_utils.publishing.address import (
    BRANCH,
    binder_address,
    book_address,
    colab_address,
    colab_cell,
    heading_anchor,
    qr_figure,
    repository,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture
def pyproject(tmp_path):
    """A function that writes the course's pyproject.toml with another address, or none, and returns its path."""

    def write(address=None):
        path = tmp_path / "pyproject.toml"
        text = re.sub(r"\[project\.urls\]\n(\w.*\n)*", "", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        urls = f'\n[project.urls]\nRepository = "{address}"\n' if address else ""
        path.write_text(text + urls, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("address", ["https://github.com/o-1/a.course", "https://github.com/o-1/a.course.git"])
def test_a_repository_on_github_has_colab_and_binder(pyproject, address):
    path = pyproject(address)
    assert repository(path) == "https://github.com/o-1/a.course"
    colab = "https://colab.research.google.com/github/o-1/a.course/blob/main/notebooks/04_building.ipynb"
    assert colab_address("04_building", path) == colab
    binder = "https://mybinder.org/v2/gh/o-1/a.course/main?labpath=notebooks%2F04_building.ipynb"
    assert binder_address("04_building", path) == binder


@pytest.mark.parametrize("address", ["https://example.org/o/course", "https://github.com/o/course/issues"])
def test_one_elsewhere_has_neither(pyproject, address):
    path = pyproject(f"{address}/")
    assert repository(path) == address
    assert colab_address("04_building", path) is binder_address("04_building", path) is colab_cell("", path) is None


def test_where_none_is_set_and_outside_of_a_checkout_nothing_has_an_address(pyproject, tmp_path):
    for path in (pyproject(), tmp_path / "no" / "pyproject.toml"):
        assert repository(path) is colab_address("04_building", path) is binder_address("04_building", path) is None


@pytest.mark.parametrize(
    ("address", "book"),
    [
        ("https://github.com/O-1/a.course", "https://o-1.github.io/a.course"),
        ("https://github.com/O-1/o-1.github.io", "https://o-1.github.io"),
        ('https://example.org/c"\nDocumentation = "https://example.org/book/', "https://example.org/book"),
    ],
)
def test_the_book_is_on_githubs_pages_or_where_it_is_said_to_be(pyproject, address, book):
    path = pyproject(address)
    assert book_address(pyproject=path) == f"{book}/index.html"
    assert book_address("04_building", "quiz", path) == f"{book}/04_building.html#quiz"


def test_a_qr_code_leads_to_the_book_if_that_has_an_address(pyproject):
    for path in (pyproject(), pyproject("https://example.org/c")):
        assert book_address("04_building", pyproject=path) is None and qr_figure("04_building", pyproject=path) == ""
    path = pyproject("https://github.com/o/c")
    figure = qr_figure("04_building", heading_anchor("Exercise: the `bug`, again"), path)
    assert figure == qr_figure("04_building", "exercise-the-bug-again", path)
    soup = BeautifulSoup(figure, "html.parser")
    assert soup.svg["role"] == "img" and soup.svg["aria-label"] == "QR code of this exercise in the book"
    assert soup.a["href"] == "https://o.github.io/c/04_building.html#exercise-the-bug-again"
    assert soup.a.text == "o.github.io/c/04_building.html"
    assert "of this lesson" in qr_figure("04_building", pyproject=path)


def test_the_branch_is_the_one_that_the_book_is_built_from():
    pages = yaml.safe_load((ROOT / ".github" / "workflows" / "pages.yml").read_text(encoding="utf-8"))
    assert pages[True]["push"]["branches"] == [BRANCH]  # YAML reads the key `on` as true


def test_colabs_cell_installs_what_the_lesson_needs(pyproject):
    path = pyproject("https://github.com/o/c")
    code = (ROOT / "notebooks" / "source" / "16_pytorch.py").read_text(encoding="utf-8")
    line = '%pip install --quiet "cnn-course[torch,jax,sharing] @ git+https://github.com/o/c@main"'
    assert line in colab_cell(code, path).splitlines()
    assert '"cnn-course @ git+https://github.com/o/c@main"' in colab_cell("import keras", path)


@pytest.mark.parametrize("loaded", [None, "the installed", "1.0"])
def test_colabs_cell_says_what_to_do_where_another_version_is_loaded(pyproject, capsys, monkeypatch, loaded):
    installed = np.__version__ if loaded == "the installed" else loaded
    for name in ("keras", "tensorflow", "numpy"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    if loaded:
        monkeypatch.setitem(sys.modules, "numpy", types.SimpleNamespace(__version__=installed))
    magics = []
    shell = types.SimpleNamespace(run_line_magic=lambda *what: magics.append(what))
    cell = TransformerManager().transform_cell(colab_cell("", pyproject("https://github.com/o/c")))
    exec(cell, {"get_ipython": lambda: shell})
    assert magics[0][0] == "pip"
    printed = capsys.readouterr().out
    expected = f"numpy 1.0 was loaded before {np.__version__} was installed for the course. Choose Runtime, "
    assert printed.startswith(expected) if loaded == "1.0" else printed == ""
