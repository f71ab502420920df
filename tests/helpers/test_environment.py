"""What is installed, in every way that the course can be installed, and the check that a student runs."""

import ast
import importlib.metadata
import itertools
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import nightly
import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

import course_utils
from course_utils import environment
from course_utils.extras import needed_extra

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
PYTHONS = SpecifierSet(PROJECT["requires-python"])
MINORS = [f"3.{minor}" for minor in range(30) if f"3.{minor}.0" in PYTHONS]
DIRECT = [Requirement(line) for line in [*PROJECT["dependencies"], *itertools.chain(*EXTRAS.values())]]
TOO_LARGE = {"torch"}  # the extra whose packages bring gigabytes: in no lock, and not in environment.yml
LOCKED = [*PROJECT["dependencies"], *itertools.chain(*(EXTRAS[extra] for extra in EXTRAS if extra not in TOO_LARGE))]
LOCKED = [Requirement(line) for line in LOCKED]


def load_yaml(name):
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


# ---- pyproject.toml


def test_course_names_its_pythons():
    assert MINORS == ["3.11", "3.12", "3.13"]


def test_the_package_is_under_every_license_that_its_files_are():
    """Lesson 15's pictures, too: whoever sells the course has to know that these are not for it."""
    spoken = {
        "MIT License": "MIT",
        "Apache License 2.0": "Apache-2.0",
        "(CC BY 4.0)": "CC-BY-4.0",
        "Attribution-ShareAlike 3.0": "CC-BY-SA-3.0",
        "(CC BY-NC-SA 4.0)": "CC-BY-NC-SA-4.0",
        "(CC0 1.0)": "CC0-1.0",
    }
    text = " ".join((ROOT / "LICENSE").read_text(encoding="utf-8").split())
    assert [words for words in spoken if words not in text] == []
    assert sorted(PROJECT["license"].split(" AND ")) == sorted(spoken.values())


def test_version_is_said_the_same_everywhere():
    assert PROJECT["version"] == course_utils.__version__ == load_yaml("CITATION.cff")["version"]


OF_EXTRAS = {  # the parts of the package that extras are for; all else does with what is needed without any
    "bench": set(EXTRAS),
    "data/cells.py": {"cells"},
    "exercises/modules.py": {"torch"},
    "exercises/pytorch.py": {"torch"},
    "exporting.py": {"sharing"},
    "publishing/book": {"book", "pdf"},
    "publishing/red_lessons.py": {"test"},
    "publishing/slides.py": {"pdf"},
    "publishing/workbook.py": {"pdf"},
    "pytorch.py": {"torch"},
    "scaling": {"scaling"},
    "serving": {"sharing"},
}
PROVIDERS = importlib.metadata.packages_distributions()  # of each module, the packages that have it


def imported_packages(code):
    """The packages on an index whose modules some code imports, wherever in it."""
    modules = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules.add(node.module)
    names = {module.partition(".")[0] for module in modules} - set(sys.stdlib_module_names) - {"course_utils"}
    return {canonicalize_name(PROVIDERS.get(name, [name])[0]) for name in names}


def declared_packages(lines):
    """What lines of pyproject.toml name; in `dask[distributed]`, the extra is a package, too."""
    requirements = [Requirement(line) for line in lines]
    return {canonicalize_name(name) for requirement in requirements for name in (requirement.name, *requirement.extras)}


def test_each_import_of_the_package_is_declared_where_it_is_needed():
    """Else it is there only as long as another package happens to need it."""
    package = ROOT / "course_utils"
    for path in sorted(package.rglob("*.py")):
        part = path.relative_to(package).as_posix()
        extras = {extra for start, of in OF_EXTRAS.items() if part.startswith(start) for extra in of}
        lines = [*PROJECT["dependencies"], *itertools.chain(*(EXTRAS[extra] for extra in extras))]
        missing = imported_packages(path.read_text(encoding="utf-8")) - declared_packages(lines)
        assert not missing, f"pyproject.toml does not declare what course_utils/{part} imports: {sorted(missing)}"


def test_each_import_of_the_tests_is_declared():
    own = {path.stem for path in (ROOT / "tests").rglob("*.py")} | {path.name for path in (ROOT / "tests").rglob("*/")}
    outside = {"nox", "noxfile", "endless-library", "slow-library"}  # nox runs the tests; the rest, a test writes
    allowed = declared_packages(map(str, DIRECT)) | {canonicalize_name(name) for name in own} | outside
    for path in [ROOT / "conftest.py", *sorted((ROOT / "tests").rglob("*.py"))]:
        missing = imported_packages(path.read_text(encoding="utf-8")) - allowed
        assert not missing, f"pyproject.toml does not declare what {path.name} imports: {sorted(missing)}"


def test_an_import_is_seen_wherever_it_is():
    code = (
        "import os, PIL.Image\ndef f():\n    from bs4 import BeautifulSoup\nfrom course_utils import data\nimport torch"
    )
    assert imported_packages(code) == {"pillow", "beautifulsoup4", "torch"}


def test_each_dependency_has_a_lower_bound():
    assert [str(requirement) for requirement in DIRECT if ">=" not in str(requirement.specifier)] == []


# ---- requirements.lock


def lock_lines():
    """The logical lines of the lock, as (requirement, options)."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    for line in filter(None, joined.splitlines()):
        requirement, *options = re.split(r"\s+(?=--)", line.strip())
        yield Requirement(requirement), options


LOCK = list(lock_lines())


def locked(name, target):
    """The versions that the lock gives a package on a system."""
    found = [r for r, _ in LOCK if canonicalize_name(r.name) == canonicalize_name(name)]
    return [str(r.specifier).removeprefix("==") for r in found if r.marker is None or r.marker.evaluate(target)]


SYSTEMS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
    "macos": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "arm64"},
    "windows": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
}
TARGETS = {
    f"{system} {minor}": default_environment()
    | variables
    | {"python_version": minor, "python_full_version": f"{minor}.1"}
    for (system, variables), minor in itertools.product(SYSTEMS.items(), MINORS)
}


def test_lock_pins_every_line_with_hashes():
    assert len(LOCK) > 100
    for requirement, options in LOCK:
        assert re.fullmatch(r"==[^,*]+", str(requirement.specifier)), requirement
        assert options and all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", option) for option in options), requirement


def test_lock_holds_no_address():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(
        r"://|www\.|^\s*(-i|-f|-e|--index-url|--extra-index-url|--find-links)\b| @ ", text, re.MULTILINE
    )


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_lock_gives_each_dependency_one_version_that_fits(target):
    for requirement in LOCKED:
        (version,) = locked(requirement.name, target)
        assert version in requirement.specifier, f"{requirement} is locked at {version}; run nox -s lock"


def requirements_of(name, extras):
    """What an installed package needs on this system."""
    for line in importlib.metadata.requires(name) or []:
        requirement = Requirement(line)
        if requirement.marker is None or any(requirement.marker.evaluate({"extra": extra}) for extra in ["", *extras]):
            yield requirement


@pytest.mark.skipif(".nox" in sys.prefix, reason="`nox -s lowest`: what is installed is not from the lock")
def test_lock_holds_what_its_packages_need_here():
    waiting, seen = list(LOCKED), set()
    while waiting:
        requirement = waiting.pop()
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        assert locked(requirement.name, default_environment()), f"{requirement} is not in the lock; run nox -s lock"
        waiting += requirements_of(requirement.name, requirement.extras)
    assert len(seen) > 80


@pytest.mark.skipif(
    Path(sys.prefix).resolve() != (ROOT / ".venv").resolve(),
    reason="not the environment that nox installs from the lock",
)
def test_what_runs_is_what_is_locked():
    for requirement in LOCKED:
        installed = Version(importlib.metadata.version(requirement.name))
        assert [installed] == [Version(v) for v in locked(requirement.name, default_environment())], requirement.name


@pytest.mark.parametrize("name", ["requirements.lock", "environment.yml"])
def test_nobody_gets_gigabytes_unasked(name):
    """PyTorch's plain wheel for Linux asks for NVIDIA's libraries, and these are not for everyone's disk."""
    text = re.sub(r"#.*", "", (ROOT / name).read_text(encoding="utf-8"))
    assert re.findall(r"^.*\b(?:torch|nvidia|triton)\b.*", text, re.MULTILINE) == []


def test_nox_locks_every_extra_but_the_large_one(noxfile, monkeypatch):
    shutil.copy(ROOT / "pyproject.toml", noxfile.ROOT)
    monkeypatch.setattr(noxfile, "like_pip", dict)
    session = Session()
    noxfile.lock(session)
    (command,) = session.commands
    named = [argument.removeprefix("--extra=") for argument in command if "extra" in argument]
    assert named == [extra for extra in EXTRAS if extra not in TOO_LARGE] and set(EXTRAS) >= TOO_LARGE


# ---- environment.yml: conda and Binder


def test_conda_environment_is_a_python_and_this_package():
    environment = load_yaml("environment.yml")
    assert environment["name"] == PROJECT["name"] and environment["channels"][0] == "conda-forge"
    python, pip, packages = environment["dependencies"]
    minor = re.fullmatch(r"python=(\d+\.\d+)", python)[1]
    assert minor in MINORS
    assert pip == "pip" and list(packages) == ["pip"]  # and no second list of versions
    (package,) = packages["pip"]
    extras = re.fullmatch(r"-e \.\[([\w,]+)\]", package)[1].split(",")  # no quotes: Binder looks for a leading dot
    needed = {needed_extra(path.read_text("utf-8")) for path in (ROOT / "notebooks" / "source").glob("*.py")} - {""}
    assert needed and {*needed, "test"} - TOO_LARGE <= set(extras) <= set(EXTRAS) - TOO_LARGE


# ---- .github/workflows/test.yml


@pytest.fixture(scope="module")
def workflow():
    return load_yaml(".github/workflows/test.yml")


def test_workflow_runs_on_every_push_and_pull_request(workflow):
    assert set(workflow[True]) == {"push", "pull_request"}  # YAML reads the key `on` as true
    assert not any(workflow[True].values())  # no branch, no path is left out


def test_workflow_covers_all_systems_from_the_oldest_to_the_newest_python(workflow):
    matrix = workflow["jobs"]["test"]["strategy"]["matrix"]
    assert {system.split("-")[0] for system in matrix["os"]} == {"ubuntu", "macos", "windows"}
    assert all(isinstance(minor, str) for minor in matrix["python"])  # a bare 3.10 would be 3.1
    assert set(matrix["python"]) <= set(MINORS) and {MINORS[0], MINORS[-1]} <= set(matrix["python"])


def test_workflow_runs_the_readmes_command(workflow):
    steps = workflow["jobs"]["test"]["steps"]
    names = ["actions/checkout", "actions/setup-python", "actions/upload-artifact"]
    assert [step["uses"].split("@")[0] for step in steps if "uses" in step] == names
    (line,) = [step["run"] for step in steps if "run" in step]
    here = line.replace("$SCRIPTS", ".venv/bin").replace("python -m", "python3 -m").split(" -- ")[0]
    assert f"    {here}\n" in (ROOT / "README.md").read_text(encoding="utf-8")


# ---- noxfile.py


def sessions():
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    return {
        node.name: ast.get_docstring(node)
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and "course_session" in map(ast.unparse, node.decorator_list)
    }


def test_noxfile_has_its_commands_each_explained():
    found = sessions()
    assert {"lab", "test", "lessons", "bench", "lock"} <= set(found)
    assert all(found.values())
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in found if f"nox -s {name}" not in readme] == []


class Session:
    """Stands in for nox's session: remembers what it was to run."""

    posargs = ()

    def __init__(self):
        self.commands, self.variables = [], {}

    def run(self, *command, env=None, **options):
        self.commands.append(command)
        self.variables |= env or {}

    def log(self, message):
        pass

    def error(self, message):
        raise SystemExit(message)


@pytest.fixture
def noxfile(tmp_path, monkeypatch):
    """The noxfile in an empty folder with a lock, where nothing is installed yet."""
    pytest.importorskip("nox", reason="nox runs outside of this environment")
    monkeypatch.syspath_prepend(ROOT)
    import noxfile

    (tmp_path / "requirements.lock").write_text("a==1")
    (tmp_path / "pyproject.toml").write_text("[project]")
    (tmp_path / noxfile.TEMPLATE).mkdir(parents=True)
    for name in (f"{noxfile.TEMPLATE}/index.html.j2", *noxfile.JUPYTER):
        (tmp_path / name).write_text("as it was")
    (tmp_path / ".venv").mkdir()
    python = tmp_path / ".venv" / "python"
    python.touch()
    for name, value in {"ROOT": tmp_path, "LOCK": tmp_path / "requirements.lock", "PYTHON": python}.items():
        monkeypatch.setattr(noxfile, name, value)
    monkeypatch.setattr(noxfile, "ENVIRONMENT", tmp_path / ".venv")
    monkeypatch.setattr(noxfile, "find_uv", lambda session: "uv")
    monkeypatch.setattr(noxfile, "is_complete", lambda uv: True)
    return noxfile


def installed_by(noxfile):
    session = Session()
    noxfile.install(session)
    return session.commands


def test_installing_takes_the_lock_first_by_its_hashes_then_the_package_alone(noxfile):
    first, second = installed_by(noxfile)
    assert first[:3] == ("uv", "pip", "install") and "--require-hashes" in first and str(noxfile.LOCK) in first
    assert second[:3] == ("uv", "pip", "install") and {"--no-deps", "--editable", "."} <= set(second)


def test_a_second_start_installs_nothing_until_lock_settings_or_template_change(noxfile):
    assert len(installed_by(noxfile)) == 2
    assert installed_by(noxfile) == []
    for name in ("requirements.lock", "pyproject.toml", f"{noxfile.TEMPLATE}/index.html.j2", *noxfile.JUPYTER):
        (noxfile.ROOT / name).write_text("changed")
        assert len(installed_by(noxfile)) == 2 and installed_by(noxfile) == []


def test_a_moved_folder_or_a_lost_package_is_installed_again(noxfile, monkeypatch):
    assert len(installed_by(noxfile)) == 2
    with monkeypatch.context() as moved:
        moved.setattr(noxfile, "ROOT", shutil.copytree(noxfile.ROOT, noxfile.ROOT.with_name("moved")))
        assert len(installed_by(noxfile)) == 2
    assert len(installed_by(noxfile)) == 2 and installed_by(noxfile) == []
    monkeypatch.setattr(noxfile, "is_complete", lambda uv: False)
    assert len(installed_by(noxfile)) == 2


def test_a_failed_installation_is_tried_again(noxfile, monkeypatch):
    def fail(self, *command, **options):
        raise SystemExit("no space left")

    with monkeypatch.context() as broken, pytest.raises(SystemExit):
        broken.setattr(Session, "run", fail)
        installed_by(noxfile)
    assert len(installed_by(noxfile)) == 2


def test_a_wrong_python_is_named_with_its_cure(noxfile, monkeypatch):
    monkeypatch.setattr(noxfile, "sys", SimpleNamespace(version_info=(3, 10, 4), version="3.10.4 (main)"))
    with pytest.raises(
        SystemExit, match=r"needs Python 3\.11, 3\.12 or 3\.13, and nox runs on 3\.10\.4: delete \.venv"
    ):
        installed_by(noxfile)


def test_the_code_and_its_layout_are_checked_and_not_changed(noxfile):
    installed_by(noxfile)
    session = Session()
    noxfile.lint(session)
    assert [command[2:] for command in session.commands] == [("ruff", "check"), ("ruff", "format", "--check")]


@pytest.mark.parametrize(("name", "resolution"), [("lowest", "lowest-direct"), ("newest", "highest")])
def test_other_packages_than_the_locks_have_an_environment_of_their_own(noxfile, monkeypatch, name, resolution):
    shutil.copy(ROOT / "pyproject.toml", noxfile.ROOT)
    monkeypatch.setattr(noxfile, "like_pip", dict)
    session = Session()
    session.install = lambda *what, env: session.commands.append(what)
    getattr(noxfile, name)(session)
    installed, tested = session.commands
    assert installed[:2] == ("--resolution", resolution) and installed[-1].startswith(".[") and "lock" not in installed
    assert tested[:4] == ("python", "-m", "pytest", "--nbval") and ("-m" in tested[3:]) is (name == "lowest")
    assert ("PYTEST_ADDOPTS" in session.variables) is (name == "lowest")  # what is deprecated is seen with the newest


# ---- PyTorch: `nox -s torch` and .ci/run


def test_pytorch_has_one_version_and_the_same_needs_everywhere(noxfile):
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.findall(r"torch==([\d.]+)", script) == [noxfile.TORCH]
    assert f"pip install --quiet {' '.join(noxfile.TORCH_NEEDS)};" in script
    (torch,) = (requirement for requirement in DIRECT if requirement.name == "torch")
    assert noxfile.TORCH in torch.specifier
    others = {Requirement(line).name for line in EXTRAS["torch"]} - {"torch"}
    assert others <= set(noxfile.TORCH_NEEDS)


def test_pytorch_from_the_disk_needs_only_small_packages_and_changes_nothing_that_is_locked(noxfile, monkeypatch):
    installed_by(noxfile)
    monkeypatch.setattr(noxfile, "find_torch_on_disk", lambda: True)
    session = Session()
    noxfile.torch(session)
    (command,) = session.commands
    constraints = Path(command[command.index("--constraint") + 1])
    assert constraints.read_text() == "a==1\n" and constraints.is_relative_to(noxfile.ENVIRONMENT)
    assert command[-len(noxfile.TORCH_NEEDS) :] == noxfile.TORCH_NEEDS and "torch" not in noxfile.TORCH_NEEDS
    assert installed_by(noxfile) == []


def test_pytorch_that_is_not_on_the_disk_comes_without_cuda_where_there_is_no_driver(noxfile, monkeypatch):
    installed_by(noxfile)
    monkeypatch.setattr(noxfile, "find_torch_on_disk", lambda: False)
    session = Session()
    noxfile.torch(session)
    (command,) = session.commands
    assert command[command.index("--torch-backend") + 1] == "auto" and "--constraint" in command
    assert command[-2:] == (f"torch=={noxfile.TORCH}", "onnxscript")


def test_pytorch_that_cannot_be_had_is_said_with_what_to_do(noxfile, monkeypatch):
    def fail(self, *command, **options):
        raise noxfile.nox.command.CommandFailed("no network")

    installed_by(noxfile)
    monkeypatch.setattr(noxfile, "find_torch_on_disk", lambda: False)
    monkeypatch.setattr(Session, "run", fail)
    with pytest.raises(SystemExit, match=r"not found on the disk, nor .* PIP_FIND_LINKS=FOLDER nox -s torch"):
        noxfile.torch(Session())


def test_pytorch_gets_as_many_threads_as_tensorflow(noxfile):
    _, variables = noxfile.at_once(Session())
    assert variables["OMP_NUM_THREADS"] == variables["TF_NUM_INTRAOP_THREADS"]


# ---- JupyterHub: `nox -s hub`


@pytest.fixture
def hub_of_nox(noxfile, monkeypatch):
    """The noxfile where the course is installed, npm is there, and uv lists no packages yet; what it lists."""
    installed_by(noxfile)
    listed = []
    monkeypatch.setattr(noxfile.os, "name", "posix")
    monkeypatch.setattr(noxfile.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(noxfile.signal, "signal", lambda *what: None)

    def run(command, **how):
        out = f"{noxfile.node_here}\n" if command[1:] == ["--version"] else json.dumps(listed)
        return SimpleNamespace(returncode=0, stdout=out)

    noxfile.node_here = "v20.11.0"
    monkeypatch.setattr(noxfile.subprocess, "run", run)
    return noxfile, listed


def test_a_hub_is_added_once_and_changes_nothing_that_is_locked(hub_of_nox):
    noxfile, listed = hub_of_nox
    session = Session()
    noxfile.hub(session)
    python, npm, start = session.commands
    constraints = Path(python[python.index("--constraint") + 1])
    assert python[-1] == noxfile.HUB and constraints.read_text() == "a==1\n"
    assert npm[-1] == noxfile.PROXY and f"--prefix={noxfile.ENVIRONMENT}" in npm  # not for the whole machine
    assert start[-1] == "course_utils.publishing.hub"
    (name, version), (proxy, of_proxy) = noxfile.HUB.split("=="), noxfile.PROXY.split("@")
    listed.append({"name": name, "version": version})
    package = noxfile.ENVIRONMENT / "lib" / "node_modules" / proxy / "package.json"
    package.parent.mkdir(parents=True)
    package.write_text(json.dumps({"version": of_proxy}))
    again = Session()
    again.posargs = ["--test", "-x"]
    noxfile.hub(again)
    assert [command[2:] for command in again.commands] == [("pytest", "-m", "", "tests/publishing/test_hub.py", "-x")]
    assert f"JupyterHub {version} and {proxy} {of_proxy} on Linux" in (ROOT / "INSTRUCTORS.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("system", "programs", "says"),
    [
        ("posix", (), r"needs Node\.js 20 or newer.*; found no Node\.js and no npm\. Install"),
        ("posix", ("npm",), r"found no Node\.js and an npm"),
        ("posix", ("node",), r"found v20\.11\.0 and no npm"),
        ("posix", ("node", "npm"), r"found v18\.19\.1 and an npm"),
        ("nt", (), "on Windows, use the"),
    ],
)
def test_where_no_hub_can_run_the_command_says_what_to_do(hub_of_nox, monkeypatch, system, programs, says):
    noxfile, _ = hub_of_nox
    monkeypatch.setattr(noxfile.os, "name", system)
    monkeypatch.setattr(noxfile.shutil, "which", lambda name: f"/usr/bin/{name}" if name in programs else None)
    if len(programs) == 2:
        noxfile.node_here = "v18.19.1"
    with pytest.raises(SystemExit, match=says):
        noxfile.install_hub(Session())


def test_only_a_session_of_its_own_has_keras_on_jax(noxfile):
    installed_by(noxfile)
    for name, backend in {"jax": "jax", "test": None}.items():
        session = Session()
        getattr(noxfile, name)(session)
        assert session.variables.get("CNN_COURSE_KERAS_BACKEND") == backend
        assert "--nbval" in session.commands[0]


# What .ci/run calls, in a folder of its own: PIP_SAYS is what pip says of PyTorch, if it does not have it.
STUBS = {
    "python3": 'mkdir -p .venv/bin; cp "$(dirname "$0")"/{pip,nox} .venv/bin',
    "pip": 'case "$*" in *torch==*) [ -z "$PIP_SAYS" ] || { echo "$PIP_SAYS" >&2; exit 1; };; esac; echo "pip $*"',
    "nox": 'echo "nox $*"; case "$*" in *"$NOX_FAILS"*) exit 1;; esac',
    "chromium": "",
    "bwrap": "",
}


@pytest.mark.skipif(sys.platform == "win32", reason="the script is for bash")
@pytest.mark.parametrize(("fails", "status"), [("nothing", 0), ("test", 1)])
@pytest.mark.parametrize("says", ["", "WARNING: hm\nERROR: No matching distribution found"])
def test_ci_says_last_that_it_has_no_pytorch(tmp_path, says, fails, status):
    (tmp_path / ".ci").mkdir()
    (tmp_path / "stubs").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci")
    for name, code in STUBS.items():
        (tmp_path / "stubs" / name).write_text(f"#!/usr/bin/env bash\n{code}\n")
        (tmp_path / "stubs" / name).chmod(0o755)
    variables = {"PATH": f"{tmp_path / 'stubs'}:/usr/bin:/bin", "PIP_SAYS": says, "NOX_FAILS": fails}
    done = subprocess.run([tmp_path / ".ci" / "run"], env=variables, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    assert done.returncode == status and "nox -s test -- --durations=15" in lines, done
    assert next(line for line in lines if line.startswith("nox")) == "nox -s lint"
    if says:
        assert lines[-2].startswith("LEFT OUT: lesson 16, ") and lines[-1] == says.splitlines()[-1]
    else:
        assert "LEFT OUT" not in done.stdout and lines[-1].startswith("nox -s ")


# ---- commands


@pytest.mark.slow
@pytest.mark.parametrize(
    "module", nightly.by_night(["bench", "publishing.slides", "serving"], ["bench", "publishing.slides"])
)
def test_help_is_there_where_python_leaves_docstrings_out(module):
    command = [sys.executable, "-OO", "-m", f"course_utils.{module}", "--help"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and "usage: nox -s" in done.stdout


# ---- CITATION.cff


def test_citation_names_title_authors_licenses_and_the_papers_of_the_data():
    citation = load_yaml("CITATION.cff")
    assert citation["cff-version"] == "1.2.0" and citation["message"] and citation["type"] == "software"
    assert citation["title"] == "Convolutional neural networks on MNIST, every number checked"
    assert citation["authors"] == [{"name": "The authors of the course"}]
    assert citation["license"] == ["MIT", "CC-BY-4.0"]
    assert all(license in PROJECT["license"] for license in citation["license"])
    paper, of_clothes = citation["references"]
    assert of_clothes["url"].endswith("/1708.07747") and of_clothes["year"] == 2017
    assert (paper["year"], paper["volume"], paper["start"], paper["end"]) == (1998, 86, 2278, 2324)
    assert [author["family-names"] for author in paper["authors"]] == ["LeCun", "Bottou", "Bengio", "Haffner"]


# ---- the check in lesson 00


def test_this_environment_is_ready(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert environment.check_environment() is True
    assert capsys.readouterr().out.splitlines() == [f"fine     {name}" for name in environment.CHECKS]


def test_what_is_missing_is_named_and_the_rest_still_checked(capsys):
    def check():
        raise FileNotFoundError("no such file; restore it")

    ready = environment.check_environment({"one": list, "two": check, "three": list})
    assert ready is False
    assert capsys.readouterr().out == "fine     one\nMISSING  two: no such file; restore it\nfine     three\n"


@pytest.mark.parametrize("version", ["3.11.0", "3.12.7", "3.13.0rc1"])
def test_a_right_python_passes(monkeypatch, version):
    monkeypatch.setattr(environment.platform, "python_version", lambda: version)
    environment._check_python()


@pytest.mark.parametrize("version", ["3.10.14", "3.14.0a1", "3.14.0"])
def test_a_wrong_python_is_named(monkeypatch, version):
    monkeypatch.setattr(environment.platform, "python_version", lambda: version)
    with pytest.raises(ValueError, match=rf"the course needs Python .*, this is {re.escape(version)}"):
        environment._check_python()


def test_missing_and_old_packages_are_named_and_extras_are_not(monkeypatch):
    needed = [
        "numpy>=2.1",
        "matplotlib>=99",
        "no-such-package>=1",
        'nor-this; extra == "test"',
        'x; sys_platform == "z"',
    ]
    monkeypatch.setattr(environment.importlib.metadata, "requires", lambda name: needed)
    with pytest.raises(ValueError, match="matplotlib must be >=99, is ") as caught:
        environment._check_packages()
    message = str(caught.value)
    assert "no-such-package is missing" in message and "nox -s lab" in message
    assert not re.search(r"numpy|nor-this|\bx\b", message)


def test_a_copy_in_which_the_originals_code_runs_is_named(monkeypatch, tmp_path):
    (tmp_path / "work").mkdir()
    for sound in (ROOT / "notebooks", tmp_path / "work"):
        monkeypatch.chdir(sound)
        environment._check_packages()
    (tmp_path / "course_utils").mkdir()
    with pytest.raises(ValueError, match=re.escape(f"the code of {ROOT} runs here, and not that of {tmp_path}: run `")):
        environment._check_packages()


FULL = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # as on a full disk, files can be made, and nothing written to them
from course_utils.environment import check_environment
check_environment()
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for the size of a file")
def test_where_no_space_is_left_the_check_says_so(tmp_path):
    command = [sys.executable, "-B", "-c", FULL]
    lines = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True).stdout.splitlines()
    assert lines[:-2] == [f"fine     {name}" for name in list(environment.CHECKS)[:-2]]
    assert re.match(r"MISSING  the trained network: .* cannot be imported .*: make room on the disk$", lines[-2])
    assert re.match(
        r"MISSING  a folder .*: this folder cannot be written to \(File too large\), so your work", lines[-1]
    )


def test_a_folder_that_cannot_be_written_to_is_named(monkeypatch):
    def refuse(dir):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(environment.tempfile, "TemporaryFile", refuse)
    with pytest.raises(ValueError, match=r"cannot be written to \(Permission denied\), so your work would be lost"):
        environment._check_folder()
