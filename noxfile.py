"""The commands of the course: `nox --list` names them, `nox -s NAME` runs one.

All of them but `lowest` and `newest` share one environment, .venv, installed from requirements.lock. As long as the
lock and pyproject.toml stay as they are, a command starts in seconds and needs no network.
"""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import nox
from packaging.markers import Marker

ROOT = Path(__file__).parent
LOCK = ROOT / "requirements.lock"
ENVIRONMENT = ROOT / ".venv"
TEMPLATE = "course_utils/publishing/templates/cnn_course"  # an install copies it to where nbconvert looks
JUPYTER = ("course_utils/lab_settings.json", "course_utils/no_delay.json")  # and these to where Jupyter does
SCRIPTS = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
TORCH = "2.13.0"  # what lesson 16 was measured with; .ci/run has the same, and a test compares them
TORCH_NEEDS = ("filelock", "fsspec", "jinja2", "networkx", "setuptools", "sympy", "typing-extensions", "onnxscript")

HUB, PROXY = "jupyterhub==6.1.1", "configurable-http-proxy@5.3.0"  # PyPI's and npm's: what the guide was tested with

nox.options.sessions = ["lab"]
course_session = nox.session(venv_backend="none")


# What a shell may have set for other projects: it would be loaded beside the course, or lead pip to another folder, or
# Jupyter to another environment's kernel, or let each kernel compile TensorFlow's Python anew (PYTHONDONTWRITEBYTECODE,
# as in many containers: 10 s instead of 4).
FOREIGN = ("PIP_PREFIX", "PIP_TARGET", "PIP_USER", "PYTHONDONTWRITEBYTECODE", "PYTHONIOENCODING", "PYTHONOPTIMIZE")
FOREIGN += ("PYTHONPATH", "PYTHONSTARTUP", "JUPYTER_PATH")


def own_environment():
    """What to change in the variables: .venv's programs come first, and what is for other projects is left out."""
    changes = dict.fromkeys(FOREIGN)  # None: nox leaves it out
    if os.environ.get("LC_ALL") in ("C", "POSIX"):  # Python would not read the path of a folder with an umlaut
        changes["LC_ALL"] = None
    return changes | {"PATH": os.pathsep.join([str(SCRIPTS), os.environ.get("PATH", "")])}


def find_uv(session):
    """The uv beside this nox (`pip install nox[uv]`), or else the one on the PATH."""
    found = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    return found or session.error('uv is missing: install it with `pip install "nox[uv]"` (README, Start)')


def like_pip():
    """For uv: the certificates of the system, which pip trusts, and the mirrors that pip's settings name, if any."""
    trust = {"UV_SYSTEM_CERTS": os.environ.get("UV_SYSTEM_CERTS", "1")}
    variables = {name: value for name, value in os.environ.items() if name not in FOREIGN}  # PIP_USER hides the rest
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=variables).stdout
    settings = dict(re.findall(r"^((?:global|install)\.[\w-]+)='(.*)'$", listed, re.MULTILINE))

    def of_pip(name):
        variable = os.environ.get(f"PIP_{name.upper().replace('-', '_')}")
        return variable or settings.get(f"install.{name}") or settings.get(f"global.{name}") or ""

    mirror, more = of_pip("index-url"), of_pip("extra-index-url").replace(r"\n", " ").split()
    if mirror and not {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & set(os.environ):
        trust["UV_DEFAULT_INDEX"] = mirror
    if more and not {"UV_INDEX", "UV_EXTRA_INDEX_URL"} & set(os.environ):
        # As pip does, uv then looks for a version in all of them, and not only in the first that has the package.
        trust |= {"UV_INDEX": " ".join(more)}
        trust["UV_INDEX_STRATEGY"] = os.environ.get("UV_INDEX_STRATEGY", "unsafe-best-match")
    return trust


def pip_install(session, uv, *what):
    """Install with uv, and where that fails with pip, which reads the mirrors and proxies that are set for pip."""
    command = (uv, "pip", "install", "--python", str(PYTHON), *what)
    try:
        session.run(*command, env=own_environment() | like_pip(), external=True)
    except nox.command.CommandFailed:
        if subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode:
            raise  # .venv was made by uv, which then has fetched nox, too: pip would do no better
        session.warn("uv could not install this; now pip tries, with the mirror and the proxy that are set for it")
        session.run(str(PYTHON), "-m", "pip", "install", *what, env=own_environment(), external=True)


def is_complete(uv):
    """Whether .venv still has the course and all that the lock names, in versions that go together."""
    python = ["--python", str(PYTHON)]
    if subprocess.run([uv, "pip", "check", *python], capture_output=True).returncode:
        return False
    listed = subprocess.run([uv, "pip", "list", "--format", "json", *python], capture_output=True).stdout
    return {*locked(), "cnn-course"} <= {package["name"] for package in json.loads(listed)}


def locked():
    """The version that the lock gives each package on this system."""
    line = r"^([\w.-]+)==([^\s;]+)(?: *; *(.+?))? *\\?$"
    lines = re.findall(line, LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: version for name, version, marker in lines if not marker or Marker(marker).evaluate()}


def extras_of_the_lock():
    """All extras but PyTorch's, whose plain wheel for Linux brings gigabytes that a lock would force on everyone."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [extra for extra in project["optional-dependencies"] if extra != "torch"]


def install(session):
    """Install the lock, then this package, unless exactly that is installed already, here, and still whole."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        session.error(
            f"the course needs Python 3.11, 3.12 or 3.13, and nox runs on {sys.version.split()[0]}: "
            "delete .venv and make it with one of these (README, Start)"
        )
    copied = [*(ROOT / name for name in JUPYTER), *sorted((ROOT / TEMPLATE).iterdir())]
    installed = [LOCK, ROOT / "pyproject.toml", *copied]
    content = b"".join(path.read_bytes() for path in installed) + str(ROOT).encode()  # a copy would run the original
    wanted, stamp, uv = hashlib.sha256(content).hexdigest(), ENVIRONMENT / "installed.sha256", find_uv(session)
    if stamp.is_file() and stamp.read_text() == wanted and is_complete(uv):
        return
    if not PYTHON.exists():
        session.run(uv, "venv", "--python", sys.executable, str(ENVIRONMENT), external=True)
    session.log("installing into .venv: about 3.5 GB on disk, a few minutes the first time, then never again")
    pip_install(session, uv, "--require-hashes", "-r", str(LOCK))
    pip_install(session, uv, "--quiet", "--no-deps", "--editable", ".")  # nox runs here; a path may hold a #
    stamp.write_text(wanted)


def run(session, *command, variables=(), **options):
    """Run a command of the environment."""
    arguments = (*command, *session.posargs)
    session.run(str(PYTHON), "-m", *arguments, env=own_environment() | dict(variables), external=True, **options)


def at_once(session):
    """Options of pytest-xdist, and variables: three processes share a run of everything, a file at a time; else one.

    On two cores the third fills the time in which another waits for a browser or a server. Each gets its share of the
    cores for the threads of TensorFlow and of PyTorch, which else would only take turns.
    """
    if any(not argument.startswith("-") for argument in session.posargs):
        return (), {}
    threads = str(max(1, (os.cpu_count() or 1) // 3))
    return ("-n", "3", "--dist", "loadscope"), dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "OMP_NUM_THREADS"), threads)


def write_constraints():
    """A file that keeps what the lock pins as it is, whatever is added to .venv."""
    constraints = ENVIRONMENT / "constraints.txt"
    constraints.write_text("".join(f"{name}=={version}\n" for name, version in locked().items()))
    return constraints


@course_session
def lab(session):
    """Copy the lessons that are missing from work/ into it, and open JupyterLab there."""
    install(session)
    run(session, "course_utils.publishing.workspace")


@course_session
def torch(session):
    """Add PyTorch, which lesson 16 needs, to .venv: 0.8 GB on disk, more where there is an NVIDIA driver."""
    install(session)
    uv, constraints = find_uv(session), write_constraints()
    # uv takes the build without CUDA on a system without a driver, where pip takes gigabytes; pip has no such option.
    auto = (uv, "pip", "install", "--python", str(PYTHON), "--torch-backend", "auto", "--constraint", str(constraints))
    try:
        if find_torch_on_disk():
            pip_install(session, uv, "--constraint", str(constraints), *TORCH_NEEDS)
        else:
            variables = own_environment() | like_pip()
            session.run(*auto, f"torch=={TORCH}", "onnxscript", env=variables, external=True)
    except nox.command.CommandFailed:
        session.error(
            f"PyTorch {TORCH} with what it needs was not found on the disk, nor could it be downloaded (above: why). "
            "Try again with a network that reaches PyTorch's own index, or download its wheel for this system elsewhere"
            " and name the folder that has it: PIP_FIND_LINKS=FOLDER nox -s torch. All other lessons do without it."
        )


def find_torch_on_disk():
    """Install PyTorch alone, if pip's settings (PIP_FIND_LINKS) name a folder that has it; whether they do."""
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", f"torch=={TORCH}"]
    variables = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return not subprocess.run(command, capture_output=True, env=variables).returncode


@course_session
def jax(session):
    """Run the lessons that need nothing of TensorFlow's but Keras with Keras on JAX, and say why not the others."""
    install(session)
    what = () if session.posargs else ("notebooks",)
    variables = {"CNN_COURSE_KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    run(session, "pytest", "--nbval", *what, variables=variables)


@course_session
def test(session):
    """Run the tests but the nightly ones, and every lesson with strict nbval; arguments go to pytest (`-- --quick`)."""
    install(session)
    options, variables = at_once(session)
    run(session, "pytest", "--nbval", *options, variables=variables)


@course_session
def lint(session):
    """Check the code, and how it is laid out, with ruff, as pyproject.toml says: seconds, and nothing is changed."""
    install(session)
    run(session, "ruff", "check")
    run(session, "ruff", "format", "--check")


@course_session
def nightly(session):
    """Run the tests that `nox -s test` leaves out: of each kind it runs a few, and here are all the others."""
    install(session)
    options, variables = at_once(session)
    run(session, "pytest", "-m", "nightly", *options, variables=variables)


@course_session
def lessons(session):
    """Make the notebooks from notebooks/source, execute them, store the outputs; `-- 04 05` for some of them."""
    install(session)
    run(session, "course_utils.publishing.lessons")


@course_session
def translate(session):
    """Bring a translation up to date with the course and say what is behind, `-- de`; `-- fr 01` begins one."""
    install(session)
    run(session, "course_utils.publishing.translations")


@course_session
def slides(session):
    """Make a deck of each lesson in build/slides, one HTML file each; `-- --pdf` prints them too."""
    install(session)
    run(session, "course_utils.publishing.slides")


@course_session
def book(session):
    """Make the web book in build/book, which opens from a file; `-- --pdf --epub` prints the lessons, too."""
    install(session)
    run(session, "course_utils.publishing.book.build")


@course_session
def handouts(session):
    """Write the students' edition of the lessons, and one with solutions, into build/handouts."""
    install(session)
    run(session, "course_utils.publishing.handouts")


@course_session
def workbook(session):
    """Print a workbook of each lesson, with room to predict, and its key into build/workbook; needs a Chromium."""
    install(session)
    run(session, "course_utils.publishing.workbook")


@course_session
def release(session):
    """Put book, decks, PDFs, handouts, workbooks, wheel, sdist into dist, the same bytes each time; needs Chromium."""
    install(session)
    run(session, "course_utils.publishing.release")


@course_session
def quizzes(session):
    """Write the lessons' quizzes into build/quizzes: Moodle's XML, and a CSV for other learning platforms."""
    install(session)
    run(session, "course_utils.publishing.quizzes")


@course_session
def teaching(session):
    """Bring slide numbers and minutes in the guide and in teaching/ up to date, and write its forms as CSV."""
    install(session)
    run(session, "course_utils.publishing.teaching")


@course_session
def grade(session):
    """Grade what a class handed in, `-- FOLDER`: folders, zips, a Moodle or Canvas export; `-- --help` says more."""
    install(session)
    run(session, "course_utils.publishing.grading")


@course_session
def contest(session):
    """Judge the Keras files of a class, `-- FOLDER`, and write who reads 99% of them with the fewest parameters."""
    install(session)
    run(session, "course_utils.publishing.contest")


@course_session
def serve(session):
    """Start the service that reads digits, with a page to draw them on; `-- --help` says where it listens."""
    install(session)
    # Told to stop, nox would kill the service in half a second. It has up to 30 to answer those that have come in.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    run(session, "course_utils.serving", interrupt_timeout=60 if os.name == "nt" else 0.3, terminate_timeout=60)


def install_hub(session):
    """Add JupyterHub and its proxy to .venv, unless they are there: 90 MB, of which nothing is in the lock."""
    if os.name == "nt":
        session.error("JupyterHub runs on Linux and macOS; on Windows, use the Windows Subsystem for Linux")
    (name, version), (proxy, of_proxy) = HUB.split("=="), PROXY.split("@")
    package = ENVIRONMENT / "lib" / "node_modules" / proxy / "package.json"
    node, npm = shutil.which("node"), shutil.which("npm")
    found = node and subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip()  # as in v20.1.0
    if not npm or not found or int(found.lstrip("v").partition(".")[0]) < 20:
        session.error(
            f"JupyterHub's proxy needs Node.js 20 or newer, and npm; found {found or 'no Node.js'} and "
            f"{'an' if npm else 'no'} npm. Install a newer one (Debian 13: sudo apt install nodejs npm; macOS: brew "
            "install node; others: nodejs.org), and try again"
        )
    uv = find_uv(session)
    listed = subprocess.run(
        [uv, "pip", "list", "--format", "json", "--python", str(PYTHON)], capture_output=True
    ).stdout
    if {"name": name, "version": version} not in json.loads(listed):
        pip_install(session, uv, "--constraint", str(write_constraints()), HUB)
    if not package.is_file() or json.loads(package.read_text(encoding="utf-8"))["version"] != of_proxy:
        # Not for all of this machine: npm's prefix is .venv, so the program comes to lie beside Python.
        quiet = ("--no-audit", "--no-fund", "--loglevel=error")
        session.run(npm, "install", "--global", f"--prefix={ENVIRONMENT}", *quiet, PROXY, external=True)


@course_session
def hub(session):
    """Try out a JupyterHub for a class on this machine; `-- --help` says more, `-- --test` tests it in minutes."""
    install(session)
    install_hub(session)
    if "--test" in session.posargs:
        session.posargs.remove("--test")
        run(session, "pytest", "-m", "", "tests/publishing/test_hub.py")
    else:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # as for `serve`: students' servers end in order
        run(session, "course_utils.publishing.hub", interrupt_timeout=0.3, terminate_timeout=120)


@course_session
def bench(session):
    """Measure the course and store the results; `-- --help` names what can be measured."""
    install(session)
    run(session, "course_utils.bench")


@course_session
def slurm(session):
    """Run lesson 12's srun line under a Slurm of its own, on two hosts that are apart; Linux, root, Debian's Slurm."""
    install(session)
    run(session, "course_utils.bench.apart.slurm")


@course_session
def processors(session):
    """Run lessons and tests of numbers as on other processors, and print one table; `-- --help` says more."""
    install(session)
    run(session, "course_utils.bench.processors")


def run_tests_with(session, resolution, *options, **variables):
    """Run the tests and lessons with other packages than the lock's, in an environment of the session's own."""
    extras = ",".join(extras_of_the_lock())
    session.install("--resolution", resolution, "--editable", f".[{extras}]", env=like_pip())
    at_a_time, threads = at_once(session)
    variables |= dict.fromkeys(FOREIGN) | threads
    session.run("python", "-m", "pytest", "--nbval", *options, *at_a_time, *session.posargs, env=variables)


@nox.session(venv_backend="uv")
def lowest(session):
    """Run every test, also the nightly ones, with the oldest packages that are allowed, in a .venv of its own."""
    # Old packages call what newer ones beside them will not have for long. A variable: tests start pytest, too.
    run_tests_with(session, "lowest-direct", "-m", "", PYTEST_ADDOPTS="-W ignore::DeprecationWarning")


@nox.session(venv_backend="uv")
def newest(session):
    """Run what `test` runs with the newest packages that are allowed, in a .venv of its own"""
    run_tests_with(session, "highest")


@course_session
def lock(session):
    """Write requirements.lock anew from pyproject.toml, for every platform, with hashes and without addresses."""
    session.run(
        *(find_uv(session), "pip", "compile", "--universal", "--python-version", "3.11"),
        *(f"--extra={extra}" for extra in extras_of_the_lock()),
        *("--generate-hashes", "--upgrade", "--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--quiet"),
        *("--custom-compile-command", "nox -s lock", "pyproject.toml", "--output-file", "requirements.lock"),
        env=like_pip(),
        external=True,
    )
