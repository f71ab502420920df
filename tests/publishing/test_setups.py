"""The course is set up where people have it: in odd folders, beside other projects, moved, broken, as root.

A copy of the course and of its environment is put right for real, by nox, without a network: with what uv keeps of what
was installed here before. Where it keeps too little, the tests are skipped; on CI they fail.
"""

import functools
import hashlib
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import nightly
import psutil
import pytest
import wheels
from patience import CELL

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".nox", "build", "work", "__pycache__", ".*_cache", ".ipynb*")
STAMP = "installed.sha256"  # the copy's shall not be a link, through which it would be written


def hostile_environment(folder):
    """The variables of a shell in which other projects, conda and pip's settings have left theirs."""
    site = folder / "other" / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    site.mkdir(parents=True)
    for place, name in ((folder, "PYTHONPATH"), (site, "VIRTUAL_ENV")):
        (place / "numpy.py").write_text(f"raise SystemExit('{name} was followed')")
    startup = folder / "startup.py"
    startup.write_text("raise SystemExit('PYTHONSTARTUP was followed')")
    kept = {
        name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT", "CI", "UV_CACHE_DIR") if name in os.environ
    }
    return kept | {
        "CONDA_PREFIX": str(folder / "other"),
        "CONDA_DEFAULT_ENV": "base",
        "LC_ALL": "C",
        "PIP_TARGET": str(folder / "elsewhere"),
        "PIP_USER": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONIOENCODING": "ascii",
        "PYTHONOPTIMIZE": "2",
        "PYTHONPATH": str(folder),
        "PYTHONSTARTUP": str(startup),
        "VIRTUAL_ENV": str(folder / "other"),
        "PIP_NO_INDEX": "1",
        "UV_OFFLINE": "1",
    }


class Elsewhere:
    """A copy of the course in a folder of its own, and the environment that its commands are run in."""

    def __init__(self, course, variables):
        self.course, self.variables = course, variables

    def start(self, *command):
        """Start nox in the copy, as the README does: with the nox of an environment, in the course's folder."""
        return subprocess.Popen(
            [sys.executable, "-m", "nox", "--no-color", "-s", *command],
            cwd=self.course,
            env=self.variables,
            umask=0o077 if os.name == "posix" else -1,
            text=True,
            encoding="utf-8",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def nox(self, *command):
        """Run nox to its end; its exit status and all that was printed."""
        with self.start(*command) as running:
            printed, _ = running.communicate(timeout=CELL)
        return running.returncode, printed

    def python(self, code):
        """What a line of Python prints in the copy's environment, outside of the course's folder."""
        command = [self.course / ".venv" / "bin" / "python", "-c", code]
        done = subprocess.run(command, cwd=self.course.parent, capture_output=True, text=True, timeout=CELL)
        return done.stdout.strip() + done.stderr


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """A copy without .git, as from a zip, in a folder of odd letters, with a copied environment, opened by nox."""
    nox_made = (ROOT / ".venv" / STAMP).is_file() and (ROOT / ".venv").samefile(sys.prefix)
    if not nox_made or os.name == "nt":
        pytest.skip("this is no environment of nox's to be copied, or it cannot be linked")
    folder = tmp_path_factory.mktemp("shell")
    course = tmp_path_factory.mktemp("Zoë's Übung #1") / "the course 100%"
    shutil.copytree(ROOT, course, ignore=LEFT_OUT)
    links = {"copy_function": os.symlink, "symlinks": True, "ignore": shutil.ignore_patterns(STAMP)}
    shutil.copytree(ROOT / ".venv", course / ".venv", **links)  # 3 GB are not copied
    shutil.copy(ROOT / ".venv" / STAMP, course / ".venv")
    copy = Elsewhere(course, hostile_environment(folder))
    code, printed = copy.nox("lab", "--", "--version")
    if code and "offline" in printed and not os.environ.get("CI"):
        pytest.skip("uv does not keep all packages here, and there is no network")
    assert code == 0, printed
    assert re.search(r"^\d+\.\d+\.\d+$", printed, re.MULTILINE), printed  # JupyterLab's version
    return copy


def test_a_copied_environment_runs_the_copys_code(elsewhere):
    assert Path(elsewhere.python("import course_utils; print(course_utils.__file__)")).is_relative_to(elsewhere.course)


def test_lessons_are_copied_for_the_student(elsewhere):
    assert len(list((elsewhere.course / "work").glob("*.ipynb"))) == len(list((ROOT / "notebooks").glob("*.ipynb")))


@pytest.mark.nightly
def test_a_lesson_holds_in_a_shell_of_other_projects(elsewhere):
    code, printed = elsewhere.nox("test", "--", "notebooks/01_loading.ipynb")
    assert code == 0 and re.search(r"\d+ passed", printed), printed
    assert "installing" not in printed
    assert "loadscope" not in printed  # one lesson needs one process


def test_a_run_of_everything_is_shared_by_three_processes(elsewhere):
    code, printed = elsewhere.nox("test", "--", "--version")
    assert code == 0 and "--nbval -n 3 --dist loadscope" in printed, printed


@pytest.mark.nightly
def test_what_is_compiled_is_kept(elsewhere):
    """Or each kernel would compile the Python of TensorFlow anew, and start twice as slowly."""
    assert list(elsewhere.course.glob("course_utils/exercises/__pycache__/*.pyc"))


@pytest.mark.parametrize("session", nightly.by_night(["serve", "slides", "bench"], ["slides", "bench"]))
def test_commands_say_what_they_do(elsewhere, session):
    code, printed = elsewhere.nox(session, "--", "--help")
    assert code == 0 and f"usage: nox -s {session}" in printed, printed


def test_jupyterlab_starts_for_whoever_starts_it(elsewhere):
    """Root, too, where JupyterLab by itself ends with a request."""
    with elsewhere.start("lab", "--", "--no-browser", "--ServerApp.port=0") as running:
        lines = []
        try:
            for line in running.stdout:
                lines.append(line)
                if "/lab/tree/00_start_here.ipynb" in line:
                    break
        finally:
            for process in [*psutil.Process(running.pid).children(recursive=True), running]:
                process.kill()
    printed = "".join(lines)
    assert "/lab/tree/00_start_here.ipynb" in printed, printed
    assert ("you are root" in printed) == (hasattr(os, "geteuid") and os.geteuid() == 0), printed


def test_a_package_that_got_lost_comes_back(elsewhere):
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    command = [uv, "pip", "uninstall", "--quiet", "--python", elsewhere.course / ".venv", "anywidget"]
    subprocess.run(command, check=True, timeout=CELL)
    assert "No module named 'anywidget'" in elsewhere.python("import anywidget")
    code, printed = elsewhere.nox("lab", "--", "--version")
    assert code == 0, printed
    assert elsewhere.python("import anywidget; print('here')") == "here"


def test_a_moved_course_runs_its_own_code(elsewhere):
    moved = elsewhere.course.with_name("moved")
    elsewhere.course.rename(moved)
    elsewhere.course = moved
    code, printed = elsewhere.nox("lab", "--", "--version")
    assert code == 0, printed
    assert Path(elsewhere.python("import course_utils; print(course_utils.__file__)")).is_relative_to(moved)


# ---- mirrors, with a small project in the course's place, whose one package lies nowhere else


@pytest.fixture
def small(tmp_path):
    """That project, in whose environment nothing is installed, and the wheel of its package."""
    pytest.importorskip("nox", reason="pytest was not started by nox, so there is none to run")
    course, mirror = tmp_path / "course", tmp_path / "simple" / "only-here"
    template = course / "course_utils" / "publishing" / "templates" / "cnn_course"
    for folder in (mirror, template):
        folder.mkdir(parents=True)
    wheel = mirror / wheels.write_wheel(mirror, "only_here", {"only_here.py": "WORD = 'from the mirror'"})
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (mirror / "index.html").write_text(f'<a href="{wheel.name}#sha256={digest}">{wheel.name}</a>')
    shutil.copy(ROOT / "noxfile.py", course)
    (course / "requirements.lock").write_text(f"only-here==1.0 \\\n    --hash=sha256:{digest}\n")
    shutil.copy(wheels.__file__, course / "backend.py")
    (course / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "cnn-course"\nversion = "1.0"\n'
    )
    for file in (
        template / "index.html.j2",
        *(course / "course_utils" / name for name in ("lab_settings.json", "no_delay.json")),
    ):
        file.write_text("")
    (template.parents[1] / "workspace.py").write_text("import only_here\nprint('opened', only_here.WORD)\n")
    subprocess.run([sys.executable, "-m", "venv", course / ".venv"], check=True, timeout=CELL)
    copy = Elsewhere(course, hostile_environment(tmp_path / "shell"))
    copy.variables |= {"UV_CACHE_DIR": str(tmp_path / "cache")}
    return copy, wheel


def test_pip_goes_on_where_uv_cannot(small):
    """As where only pip's settings name a folder of packages."""
    copy, wheel = small
    copy.variables |= {"PIP_FIND_LINKS": str(wheel.parent)}
    code, printed = copy.nox("lab")
    assert code == 0 and "opened from the mirror" in printed, printed
    assert "now pip tries" in printed
    code, printed = copy.nox("lab")
    assert code == 0 and "opened from the mirror" in printed and "installing" not in printed, printed


@pytest.fixture
def address(small):
    """Of a mirror on this machine, which has the package in simple/; nobody else can be asked."""
    copy, wheel = small
    for name in ("PIP_NO_INDEX", "UV_OFFLINE"):
        del copy.variables[name]
    copy.variables |= dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9") | {"NO_PROXY": "127.0.0.1"}
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=wheel.parents[2])
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as mirror:
        threading.Thread(target=mirror.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{mirror.server_port}"
        mirror.shutdown()


@pytest.mark.parametrize("where", ["a variable", "pip's settings"])
def test_uv_asks_the_mirror_that_pip_is_told_of(small, address, tmp_path, where):
    copy, _ = small
    settings = tmp_path / "pip.conf"
    settings.write_text(f"[global]\nindex-url = {address}/simple\n")
    told = {"a variable": ("PIP_INDEX_URL", f"{address}/simple"), "pip's settings": ("PIP_CONFIG_FILE", str(settings))}
    copy.variables |= dict([told[where]])
    code, printed = copy.nox("lab")
    assert code == 0 and "opened from the mirror" in printed and "now pip tries" not in printed, printed


@pytest.mark.parametrize("has_it", ["more", "main"])
@pytest.mark.parametrize("where", nightly.by_night(["a variable", "pip's settings"], ["a variable"]))
def test_uv_asks_each_mirror_that_pip_is_told_of(small, address, tmp_path, where, has_it):
    """One of them has another version of the package, which is not the locked one, and one has nothing."""
    copy, _ = small
    for name in ("main", "more"):
        (tmp_path / name / "only-here").mkdir(parents=True)
        old = tmp_path / name / "only-here" / "only_here-0.1-py3-none-any.whl"
        old.touch()
        (old.parent / "index.html").write_text(f'<a href="{old.name}">{old.name}</a>')
    (tmp_path / "nothing").mkdir()
    shutil.rmtree(tmp_path / has_it)
    (tmp_path / "simple").rename(tmp_path / has_it)
    main, more = f"{address}/main", [f"{address}/nothing", f"{address}/more"]
    settings = tmp_path / "pip.conf"
    settings.write_text("\n    ".join([f"[global]\nindex-url = {main}\nextra-index-url =", *more]) + "\n")
    told = {
        "a variable": {"PIP_INDEX_URL": main, "PIP_EXTRA_INDEX_URL": " ".join(more)},
        "pip's settings": {"PIP_CONFIG_FILE": str(settings)},
    }
    copy.variables |= told[where]
    code, printed = copy.nox("lab")
    assert code == 0 and "opened from the mirror" in printed and "now pip tries" not in printed, printed


def test_what_was_removed_by_hand_is_installed_again(small):
    """The course itself, too, and a package that only an extra asks for: of these, nothing else in .venv knows."""
    copy, wheel = small
    copy.variables |= {"PIP_FIND_LINKS": str(wheel.parent)}
    assert copy.nox("lab")[0] == 0
    python = copy.course / ".venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    for name in ("only-here", "cnn-course"):
        subprocess.run([python, "-m", "pip", "uninstall", "--quiet", "--yes", name], check=True, timeout=CELL)
        code, printed = copy.nox("lab")
        assert code == 0 and "installing" in printed and "opened from the mirror" in printed, printed
    assert "installing" not in copy.nox("lab")[1]
