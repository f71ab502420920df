"""A release: the same commit gives the same bytes, and what is installed from it is the whole course."""

import hashlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
import tomllib
import zipfile
from pathlib import Path

import nbformat
import pytest
import yaml
from nbclient import NotebookClient
from patience import CELL
from pypdf import PdfReader

from course_utils.publishing import chromium, handouts, release, reproducible

ROOT = reproducible.ROOT
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DATE = 1700000000  # November 14, 2023


def git(folder, *arguments):
    who = ("-c", "user.name=a", "-c", "user.email=b", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


# ---- zips and PDFs


def elsewhere(code, folder, *, umask, zone):
    """Run code in a process of its own as if somebody else did."""
    folder.mkdir()
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    variables = os.environ | {"TZ": zone, "PYTHONPATH": path, "SOURCE_DATE_EPOCH": str(DATE)}
    code = f"import os; os.umask({umask}); {code}"
    subprocess.run([sys.executable, "-c", code], cwd=folder, env=variables, check=True, timeout=CELL)


def test_a_zip_is_the_same_everywhere_and_what_is_unpacked_can_be_read_by_others(tmp_path):
    code = (
        "from course_utils.publishing.reproducible import write_zip; write_zip('a.zip', {'b/ä': 'ä', 'a': bytes(99)})"
    )
    elsewhere(code, tmp_path / "one", umask=0o077, zone="Asia/Tokyo")
    reproducible.write_zip(tmp_path / "a.zip", {"a": bytes(99), "b/ä": "ä"})  # in another order
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "one" / "a.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() == ["a", "b/ä"] and archive.read("b/ä") == "ä".encode()
        assert {oct(info.external_attr >> 16) for info in archive.infolist()} == {"0o100644"}
        assert {info.create_system for info in archive.infolist()} == {3}  # on Windows, too


def pdf_of(created, link=b"here:04_building.html", cells=(7, 9)):
    """A small PDF as Chromium writes them, with two cells of a table."""
    objects = [
        b"<</Title (A) /CreationDate (%s)\n/ModDate (%s)>>" % (created, created),
        b"<</Type /Catalog /Pages 3 0 R /IDTree [(node%08d) (node%08d)] /Of [(node%08d)]>>" % (*cells, cells[1]),
        b"<</Type /Pages /Kids [4 0 R] /Count 1>>",
        b"<</Type /Page /Parent 3 0 R /MediaBox [0 0 9 9] /Annots [<</Type /Annot /A <</S /URI /URI (%s)>>>>]>>" % link,
    ]
    text, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(text))
        text += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<</Size 5 /Root 2 0 R /Info 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(text)
    return text + b"xref\n0 5\n0000000000 65535 f \n" + table + trailer


def test_a_pdf_gets_the_releases_date_its_own_numbers_and_links_that_are_relative(tmp_path, monkeypatch):
    code = "from course_utils.publishing.reproducible import make_reproducible; make_reproducible('../two.pdf')"
    (tmp_path / "one.pdf").write_bytes(pdf_of(b"D:20261130084140+00'00'"))
    (tmp_path / "two.pdf").write_bytes(pdf_of(b"D:20270102030405-05'00'", cells=(198, 199)))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(DATE))
    reproducible.make_reproducible(tmp_path / "one.pdf")
    elsewhere(code, tmp_path / "folder", umask=0o077, zone="America/Lima")
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()
    pdf = PdfReader(tmp_path / "one.pdf", strict=True)  # it reads objects where the table says they are
    assert pdf.metadata.creation_date.timestamp() == pdf.metadata.modification_date.timestamp() == DATE
    assert pdf.pages[0]["/Annots"][0]["/A"]["/URI"] == "04_building.html"
    assert pdf.root_object["/IDTree"] == ["node00000001", "node00000002"] and pdf.root_object["/Of"] == ["node00000002"]
    once = (tmp_path / "one.pdf").read_bytes()
    reproducible.make_reproducible(tmp_path / "one.pdf")
    assert (tmp_path / "one.pdf").read_bytes() == once


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7 from elsewhere", "expected two dates, .* found 0; print it with Chromium"),
        (
            pdf_of(b"D:20261130084140+00'00'", b"file:///home/me/04.html"),
            r"no link to a file .* \(file:///home/me/04\.html\)",
        ),
    ],
)
def test_a_pdf_that_cannot_be_made_reproducible_stays_and_is_named(tmp_path, content, said):
    (tmp_path / "deck.pdf").write_bytes(content)
    with pytest.raises(ValueError, match=rf"deck\.pdf: .*{said}"):
        reproducible.make_reproducible(tmp_path / "deck.pdf")
    assert (tmp_path / "deck.pdf").read_bytes() == content


def test_the_date_is_the_variables_or_the_last_commits_or_one_long_ago(tmp_path, monkeypatch):
    monkeypatch.setattr(reproducible, "ROOT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "12")
    assert reproducible.find_date() == (12, "SOURCE_DATE_EPOCH")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "today")
    with pytest.raises(SystemExit, match="SOURCE_DATE_EPOCH: expected whole seconds since 1970, got 'today'; unset it"):
        reproducible.find_date()
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert reproducible.find_date()[0] == reproducible.LONG_AGO
    assert time.gmtime(reproducible.LONG_AGO)[:6] == (2020, 1, 1, 0, 0, 0)
    if shutil.which("git"):
        git(tmp_path, "init")
        assert reproducible.find_date()[0] == reproducible.LONG_AGO  # there is no commit yet
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"{DATE} +0900")
        git(tmp_path, "commit", "--allow-empty", "-m", "x")
        assert reproducible.find_date() == (DATE, "the last commit's date")


# ---- the command


@pytest.fixture
def released(tmp_path, monkeypatch):
    """What `nox -s release` does, with steps that are quick, as a function; dist is its attribute."""

    def step():
        (release.DIST / "a.zip").write_text(os.environ["SOURCE_DATE_EPOCH"])

    monkeypatch.setattr(release, "DIST", tmp_path / "dist")
    monkeypatch.setattr(release, "STEPS", {"something": step})
    monkeypatch.setattr(release, "find_chromium", lambda: "chromium")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(DATE))
    monkeypatch.setattr(sys, "argv", ["release"])
    return tmp_path / "dist"


def test_a_release_says_its_date_takes_the_place_of_the_last_one_and_has_checksums(released, capsys, monkeypatch):
    released.mkdir()
    (released / "cnn-course-0.0.9-decks.zip").write_text("old")
    monkeypatch.setattr(release, "count_changes", lambda: 2)
    release.main()
    assert sorted(path.name for path in released.iterdir()) == ["SHA256SUMS", "a.zip"]
    digest = hashlib.sha256(str(DATE).encode()).hexdigest()
    assert (released / "SHA256SUMS").read_bytes() == f"{digest}  a.zip\n".encode()
    said = capsys.readouterr().out
    assert f"version {release.__version__}, dated November 14, 2023, 22:13 UTC, SOURCE_DATE_EPOCH\n" in said
    assert "1/1: something\n" in said and "Warning: 2 files are not as in the last commit" in said


def test_without_a_browser_or_the_courses_folder_nothing_is_begun(released, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(release, "find_chromium", chromium.find_chromium)
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "gone"))
    with pytest.raises(SystemExit, match="2"):
        release.main()
    assert re.search(r"printed by a browser: CHROMIUM names .*; install one", capsys.readouterr().err)
    monkeypatch.setattr(release, "ROOT", tmp_path)
    with pytest.raises(SystemExit, match="2"):
        release.main()
    assert "in the course's folder" in capsys.readouterr().err and not released.exists()


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
def test_files_that_are_in_no_commit_are_counted(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert release.count_changes(tmp_path) == 0  # no repository, as in an sdist
    git(tmp_path, "init")
    (tmp_path / ".gitignore").write_text("build")
    git(tmp_path, "add", ".gitignore")
    git(tmp_path, "commit", "-m", "x")
    for name in ("build", "one", "two"):
        (tmp_path / name).write_text("")
    assert release.count_changes(tmp_path) == 2


def test_a_folder_is_one_again_when_its_zip_is_unpacked(released, tmp_path):
    released.mkdir()
    (tmp_path / "book" / "pages").mkdir(parents=True)
    (tmp_path / "book" / "pages" / "a.html").write_bytes(b"\x00")
    release.write_folder("book", [tmp_path / "book" / "pages" / "a.html"], tmp_path / "book")
    stem = f"cnn-course-{release.__version__}-book"
    with zipfile.ZipFile(released / f"{stem}.zip") as archive:
        assert archive.namelist() == [f"{stem}/pages/a.html"] and archive.read(archive.namelist()[0]) == b"\x00"


def test_without_hatchling_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(release, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r'expected hatchling, .* found none; pip install -e "\.\[release\]"'):
        release.make_packages(tmp_path)


# ---- the wheel and the sdist


def test_what_git_ignores_is_in_no_package():
    """By a list of its own: of .gitignore, hatchling takes nothing where a pattern fits the course's folder itself."""
    excluded = SETTINGS["tool"]["hatch"]["build"]["exclude"]
    assert excluded == [*(ROOT / ".gitignore").read_text().split(), "/PKG-INFO"]


def test_an_index_is_told_what_the_course_is_and_for_whom():
    project = SETTINGS["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert project["keywords"] == citation["keywords"] and project["authors"] == citation["authors"]
    versions = [re.search(r":: (3\.\d+)$", name) for name in project["classifiers"]]
    assert [found[1] for found in versions if found] == ["3.11", "3.12", "3.13"]


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """The folders of two builds: of the course, and of the first one's sdist, by somebody else and elsewhere."""
    pytest.importorskip("hatchling", reason="the extra `release` is not installed")
    folder = tmp_path_factory.mktemp("packages")
    code = "from pathlib import Path; from course_utils.publishing.release import make_packages; "
    elsewhere(code + "make_packages(Path.cwd())", folder / "first", umask=0o022, zone="UTC")
    with tarfile.open(*(folder / "first").glob("*.tar.gz")) as archive:
        archive.extractall(folder / "work", filter="data")  # as .gitignore has it, too
    (unpacked,) = (folder / "work").iterdir()
    (unpacked / "build").mkdir()
    (unpacked / "build" / "left_over.txt").write_text("")
    code += f"make_packages(Path.cwd(), {str(unpacked)!r})"
    elsewhere(code, folder / "second", umask=0o077, zone="Asia/Tokyo")
    return folder / "first", folder / "second"


@pytest.mark.slow
def test_wheel_and_sdist_of_the_sdist_are_those_of_the_folder_to_the_byte(packages):
    first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in packages)
    assert sorted(first) == [f"cnn_course-{release.__version__}{end}" for end in ("-py3-none-any.whl", ".tar.gz")]
    assert [name for name in first if first[name] != second[name]] == [] and len(first) == len(second)


@pytest.mark.slow
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a clone")
def test_the_sdist_has_what_git_has_and_nothing_else(packages):
    files = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    with tarfile.open(*packages[0].glob("*.tar.gz")) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    assert sorted(names) == sorted([*(name for name in files if (ROOT / name).exists()), "PKG-INFO"])


@pytest.mark.slow
def test_from_the_wheel_alone_the_lessons_are_copied_opened_and_run(packages, tmp_path):
    site, here, home = tmp_path / "site", tmp_path / "here", tmp_path / "home"
    with zipfile.ZipFile(*packages[0].glob("*.whl")) as wheel:
        wheel.extractall(site)
    (site / "jupyterlab").mkdir()  # a stand-in, which says how it was started
    (site / "jupyterlab" / "__init__.py").write_text("")
    (site / "jupyterlab" / "__main__.py").write_text("import sys; print('opened', *sys.argv[1:])")
    here.mkdir(), home.mkdir()
    no_network = str(ROOT / "tests" / "no_network")
    variables = os.environ | {"PYTHONPATH": os.pathsep.join([str(site), no_network]), "HOME": str(home)}
    options = {"cwd": here, "env": variables, "capture_output": True, "encoding": "utf-8", "timeout": CELL}
    done = subprocess.run([sys.executable, "-m", "course_utils.publishing.workspace", "--no-browser"], **options)
    assert re.search(r"\nopened .*/lab/tree/00_start_here\.ipynb .*--no-browser\n", done.stdout), done.stderr
    assert [path.name for path in here.iterdir()] == ["cnn-course"] and not list(home.iterdir())

    handouts.write_handouts(handouts=tmp_path / "handouts")
    expected = {path.name: path.read_bytes() for path in (tmp_path / "handouts" / "student").iterdir()}
    assert {path.name: path.read_bytes() for path in (here / "cnn-course").iterdir()} == expected

    lesson = nbformat.read(here / "cnn-course" / "01_loading.ipynb", as_version=4)
    code = [cell for cell in lesson.cells if cell.cell_type == "code"]
    where = nbformat.v4.new_code_cell("import course_utils; print(course_utils.__file__)")
    lesson.cells = [*code[:2], where]
    client = NotebookClient(lesson, timeout=CELL, resources={"metadata": {"path": str(here / "cnn-course")}})
    client.execute(env=variables)
    assert "train_images (60000, 28, 28) uint8" in code[1].outputs[0].text
    assert Path(where.outputs[0].text.strip()).is_relative_to(site)


@pytest.mark.slow
def test_what_is_missing_is_said_as_the_wheels_user_can_mend_it(packages, tmp_path):
    with zipfile.ZipFile(*packages[0].glob("*.whl")) as wheel:
        wheel.extractall(tmp_path)
        (metadata,) = [name for name in wheel.namelist() if name.endswith("dist-info/METADATA")]
        text = importlib.metadata.PathDistribution(Path(tmp_path, metadata).parent).metadata.get_payload()
    assert "](" not in text and "python -m course_utils.publishing.workspace" in text
    code = "from course_utils import extras; extras.wrong_packages = lambda extra: ['x is missing']; "
    code += "print(extras.why_missing('sharing'), extras.CURE)"
    variables = os.environ | {"PYTHONPATH": str(tmp_path), "COLUMNS": "200"}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=variables, capture_output=True, text=True)
    assert 'run `pip install "cnn-course[sharing]"` run `pip install --upgrade cnn-course`' in done.stdout, done.stderr
    command = [sys.executable, "-m", "course_utils.publishing.workspace", "--help"]
    done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True)
    assert done.stdout.startswith("usage: python -m course_utils.publishing.workspace") and "cnn-course/" in done.stdout
