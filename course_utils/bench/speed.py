"""How long things take: as ratios where there is a rival, else as seconds on a named machine.

A table of this and of what other benches stored goes into the README, and one of the lessons into the instructor's
guide, between the lines <!-- speed --> and <!-- /speed -->; tests hold both to what is stored.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from nbclient import NotebookClient
from nbformat.v4 import new_notebook

from course_utils.bench import fastest
from course_utils.bench.fast import GOAL, speedup
from course_utils.bench.frameworks import AS_IN_KERAS, ratios
from course_utils.bench.store import measure_steps
from course_utils.publishing.kernels import isolate_kernels
from course_utils.publishing.lessons import NOTEBOOKS, SOURCES, notebook_path, read_source
from course_utils.publishing.tables import GUIDE, README, write_table
from course_utils.results import RESULTS, read_result

ROOT = NOTEBOOKS.parent
BUILD = ROOT / "build"
LIGHT_MODULES = "course_utils, course_utils.data, course_utils.evaluation"
RIVALED = ("01_loading", "03_convolution", "06_evaluating")  # lessons that are cheap to execute


def _seconds_of(code, n_runs):
    """Seconds that fresh Pythons take for a line of code, beyond what they take for none."""

    def once(line):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", line], check=True)
        return time.perf_counter() - start

    return [max(0.0, once(code) - once("pass")) for _ in range(n_runs)]


def _seconds_to_load(n_runs):
    """Seconds of our loader and of Keras's on the same file, in turn: a list of pairs."""
    code = f"""if True:
        import time, shutil, tempfile, pathlib
        from course_utils import data
        from course_utils._tensorflow import keras
        from unittest import mock
        module = __import__("importlib").import_module("keras.src.datasets.mnist")
        for _ in range({n_runs}):
            start = time.perf_counter(); data.load_mnist(); ours = time.perf_counter() - start
            with mock.patch.object(module, "get_file", lambda *args, **options: str(data.MNIST_FILE)):
                start = time.perf_counter(); keras.datasets.mnist.load_data(); theirs = time.perf_counter() - start
            print(ours, theirs)"""
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    return [tuple(map(float, line.split())) for line in printed.splitlines()]


def execute_until(source, is_last):
    """Execute a lesson in a fresh kernel up to a cell; return the seconds of each executed cell."""
    isolate_kernels()
    notebook = read_source(source)
    seconds = []
    client = NotebookClient(notebook, timeout=900, resources={"metadata": {"path": str(NOTEBOOKS)}})
    with client.setup_kernel():
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            start = time.perf_counter()
            client.execute_cell(cell, index)
            seconds.append(time.perf_counter() - start)
            if is_last(cell):
                return seconds
    raise ValueError(f"{source} has no such cell")


def _first_picture(name):
    return sum(execute_until(SOURCES / name, lambda cell: "figure" in cell.metadata.get("tags", [])))


def _timed(*command):
    """Seconds of a module of this environment, started in the course's folder."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", *map(str, command)], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{(done.stdout + done.stderr)[-2000:]}")
    return time.perf_counter() - start


def _in_turn(ours, theirs, n_runs):
    """Seconds of two commands, one after the other: a list of pairs."""
    return [(_timed(*ours), _timed(*theirs)) for _ in range(n_runs)]


def _nbconvert(kind, *options):
    """The rival's command, whose files lie where nobody looks for them."""
    return ("nbconvert", "--log-level=ERROR", f"--output-dir={BUILD / 'rival'}", "--to", kind, *options)


def _seconds_to_install(n_runs):
    """Seconds to make an environment as `nox -s lab` makes it, from uv's cache alone; a first one has filled that."""
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if not uv:
        raise SystemExit('expected uv, which installs the course, found none: pip install "nox[uv]"')

    def once(*options):
        BUILD.mkdir(exist_ok=True)  # beside .venv: from the cache's disk, or from another one, as there
        with tempfile.TemporaryDirectory(dir=BUILD, prefix="install-") as folder:
            start = time.perf_counter()
            into = ("pip", "install", "--quiet", "--python", folder, *options)
            for command in (
                ("venv", "--quiet", "--python", sys.executable, folder),
                (*into, "--require-hashes", "--requirement", "requirements.lock"),
                (*into, "--no-deps", "--editable", "."),
            ):
                subprocess.run([uv, *command], cwd=ROOT, env={"UV_SYSTEM_CERTS": "1"} | os.environ, check=True)
            return time.perf_counter() - start

    once()
    return [once("--offline") for _ in range(n_runs)]


def _seconds_of_kernel(variables):
    """Seconds until a new kernel answers, in the lessons' folder and with these variables."""
    client = NotebookClient(new_notebook(), kernel_name="python3", resources={"metadata": {"path": str(NOTEBOOKS)}})
    start = time.perf_counter()
    with client.setup_kernel(env=variables, stderr=subprocess.DEVNULL):
        return time.perf_counter() - start


def _kernels_in_turn(n_runs):
    """A kernel with the variables that the course gives it, and one with nearly none: a list of pairs."""
    isolate_kernels()
    with tempfile.TemporaryDirectory() as home:
        few = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        bare = few | dict.fromkeys(("HOME", "USERPROFILE", "IPYTHONDIR"), home)
        return [(_seconds_of_kernel(dict(os.environ)), _seconds_of_kernel(bare)) for _ in range(n_runs)]


def measure(n_runs=5, n_long=3):
    """Install, import, loading, kernels, first pictures; three lessons, a deck and the book beside nbconvert's."""
    lessons = {source.stem: notebook_path(source) for source in sorted(SOURCES.glob("[0-9][0-9]_*.py"))}
    one, book = lessons["03_convolution"], _nbconvert("html", *lessons.values())
    steps = {
        "install_seconds": lambda: _seconds_to_install(n_long),
        "import_seconds": lambda: _seconds_of(f"import {LIGHT_MODULES}", n_runs),
        "load_seconds": lambda: _seconds_to_load(n_runs),
        "kernel_seconds": lambda: _kernels_in_turn(n_runs),
    }
    for name in ("01_loading", "03_convolution"):
        steps[f"first_picture_{name[:2]}"] = lambda name=name: [_first_picture(f"{name}.py") for _ in range(n_runs)]
    for name in RIVALED:
        pair = ("pytest", "--nbval", "-q", lessons[name]), _nbconvert("notebook", "--execute", lessons[name])
        steps[f"nbval_{name[:2]}"] = lambda pair=pair: _in_turn(*pair, n_long)
    steps |= {
        "deck_seconds": lambda: _in_turn(("course_utils.publishing.slides", "03"), _nbconvert("slides", one), n_long),
        "decks_seconds": lambda: [_timed("course_utils.publishing.slides") for _ in range(n_long)],
        "handouts_seconds": lambda: [_timed("course_utils.publishing.handouts") for _ in range(n_long)],
        "book_seconds": lambda: _in_turn(("course_utils.publishing.book.build",), book, n_long),
    }
    measure_steps("speed", measure.__doc__, steps)
    write_tables()


# ---- the tables


def of_lessons(result):
    """What is stored of each lesson: {name: [seconds, GB]}."""
    return {name: measured for name, measured in sorted(result.items()) if name[:2].isdigit()}


def _range(values, unit=" s", digits=1):
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:.{digits}f}{unit} ({low:.{digits}f} to {high:.{digits}f})"


def _ours(pairs):
    return _range([ours for ours, _ in pairs])


def _ratio(pairs):
    return _range([ours / theirs for ours, theirs in pairs], "", 2)


def _rows_of_speed(result):
    rows = [
        ("install_seconds", "install of lock and course, from uv's cache", _range, "at most 60 s"),
        ("kernel_seconds", "start of a kernel until it answers", _ours, "at most 2 s"),
        ("kernel_seconds", "the same / a kernel without the course's variables", _ratio, "at most 1.1"),
        ("first_picture_01", "first picture of lesson 01 from a started kernel", _range, "at most 3 s"),
        ("first_picture_03", "first picture of lesson 03 from a started kernel", _range, "at most 3 s"),
        (
            "import_seconds",
            "import of `course_utils` and its NumPy modules",
            lambda seconds: _range(seconds, digits=2),
            "at most 0.5 s",
        ),
        ("load_seconds", "`load_mnist`, with its check / Keras's loader on a cached file", _ratio, "at most 1.5"),
    ]
    for name in RIVALED:
        compared = f"lesson {name[:2]} under strict nbval / `jupyter nbconvert --execute`, which compares nothing"
        rows.append((f"nbval_{name[:2]}", compared, _ratio, "at most 1.2"))
    rows += [
        ("deck_seconds", "deck of lesson 03", _ours, "at most 10 s"),
        ("deck_seconds", "the same / `jupyter nbconvert --to slides`", _ratio, "at most 1.5"),
        ("decks_seconds", "decks of all lessons", _range, "at most 60 s"),
        ("handouts_seconds", "both editions of the handouts", _range, "at most 15 s"),
        ("book_seconds", "book, with all its pages and decks", _ours, "at most 120 s"),
        ("book_seconds", "the same / `jupyter nbconvert --to html` of the lessons alone", _ratio, ""),
    ]
    return [(what, show(result[key]), aim) for key, what, show, aim in rows if key in result]


def _rows_of_lessons(result):
    lessons, rows = of_lessons(result), []
    if "fit_seconds" in result:
        rows += [("original recipe in lesson 05 / bare script", _ratio(result["fit_seconds"]), "at most 1.05")]
    if not lessons:
        return rows
    short = {name: seconds for name, (seconds, _) in lessons.items() if not name.startswith("05")} or {"": 0}
    slowest, largest = max(short, key=short.get), max(lessons, key=lambda name: lessons[name][1])
    minutes = sum(seconds for seconds, _ in lessons.values()) / 60
    if "05_training" in lessons:
        rows += [("lesson 05 under strict nbval", f"{lessons['05_training'][0]:.0f} s", "")]
    return [
        *rows,
        (f"slowest lesson but 05 under strict nbval ({slowest[:2]})", f"{short[slowest]:.0f} s", "at most 90 s"),
        (
            f"lessons {min(lessons)[:2]} to {max(lessons)[:2]} under strict nbval",
            f"{minutes:.1f} min",
            "at most 15 min",
        ),
        (
            f"largest memory of a lesson with all its processes ({largest[:2]}; summed PSS)",
            f"{lessons[largest][1]:.1f} GB",
            "at most 1.7 GB",
        ),
    ]


def _rows_of_suite(result):
    run = result["run"]
    what = f"the whole second command, `nox -s test`: {run['passed']} tests and cells, once"
    return [(what, f"{run['seconds'] / 60:.0f} min", "at most 30 min")]


def _rows_of_grading(result):
    aims, rows = {"loading": "at most 2 min", "building": "at most 20 min"}, []
    for run in result["runs"]:
        number = next(SOURCES.glob(f"*_{run['lesson']}.py")).stem[:2]
        what = f"a class of 200 graded, lesson {number}, on {run['processes']} processes"
        made = "" if run["students"] == 200 else f" (from {run['students']}, each of whose networks is trained)"
        rows.append((what + made, f"{run['minutes_for_200']:.1f} min", aims[run["lesson"]]))
    return rows


def _rows_of_fast(result):
    seconds, right = (
        {name: [run[key] for run in runs] for name, runs in result["recipes"].items()}
        for key in ("seconds", "test_acc")
    )
    means = [f"{statistics.mean(right[name]):.4f}" for name in ("seed", "fast")]
    return [
        ("original recipe, from building the network to its last step", _range(seconds["seed"], digits=0), ""),
        ("fast recipe of lesson 10, the same", _range(seconds["fast"]), ""),
        ("original recipe / fast recipe, pair by pair", _range(speedup(result), ""), "at least 10"),
        ("the same, by the shortest times", f"{min(seconds['seed']) / min(seconds['fast']):.1f}", "at least 10"),
        ("their mean test accuracies over five seeds", " and ".join(means), f"at least {GOAL} for the fast one"),
    ]


def _rows_of_fastest(result):
    rows = []
    for goal, times in fastest.AIMS.items():
        runs = {way: result["runs"][f"Keras: {way}"] for way in (fastest.ORIGINAL, goal)}
        original, reached = (f"{statistics.mean(run['accuracy'] for run in some):.4f}" for some in runs.values())
        what = f"lesson 10's recipe, changed to reach {goal}"
        changes = ", ".join(f"{name}={value}" for name, value in result["recipes"][goal].items())
        rows += [
            (f"{what}: `{changes}`", _range([run["seconds"] for run in runs[goal]]), ""),
            (f"original recipe / {what}", _range(fastest.speedup(result, goal), ""), f"at least {times}"),
            (f"their mean test accuracies over five seeds ({goal})", f"{original} and {reached}", f"at least {goal}"),
            (f"{what}, share of the measured peak", _range(fastest.share_of_peak(result, goal), "", 2), ""),
        ]
        for library in fastest.LIBRARIES[1:]:
            pairs = fastest.speedup(result, goal, beside=f"{library}: {goal}")
            rows.append((f"{what}, {library} / Keras", _range(pairs, "", 2), ""))
    return rows


def _rows_of_frameworks(result):
    what = f"original recipe in PyTorch {result['versions']['torch']} / in Keras, pair by pair"
    return [(what, _range(ratios(result, AS_IN_KERAS), "", 2), "")]


ROWS = {  # of each bench: what, figure, and what is aimed at
    "speed": _rows_of_speed,
    "lessons": _rows_of_lessons,
    "suite": _rows_of_suite,
    "grading": _rows_of_grading,
    "fast": _rows_of_fast,
    "fastest": _rows_of_fastest,
    "frameworks": _rows_of_frameworks,
}


def stored_results():
    """What the README's table is made of, as far as it is stored: {name of the bench: result}."""
    return {name: read_result(name) for name in ROWS if (RESULTS / f"{name}.json").is_file()}


def speed_table(results):
    """The README's table in Markdown: a row for each measurement, with the bench that makes it again.

    Parameters
    ----------
    results : dict
        As `stored_results` gives them. What none of them has gets no row.
    """
    machines = {}
    for name, result in results.items():
        machines.setdefault(result["machine"], []).append(f"`{name}` ({result['date']})")
    where = [f"{', '.join(names)} on {machine}" for machine, names in machines.items()]
    head = "Measured with `nox -s bench -- NAME`, the last column's; median, and smallest to largest. "
    lines = [
        f"| {what} | {figure} | {aim} | `{name}` |"
        for name, result in results.items()
        for what, figure, aim in ROWS[name](result)
    ]
    table = ["| what | figure | aimed at | bench |", "|---|---|---|---|", *lines]
    return "\n".join([f"{head}{'; '.join(where)}.\n", *table])


def lessons_table(result):
    """The instructor's guide's table of the result of `lessons`, in Markdown."""
    rows = [f"| {name[:2]} | {s / 60:.1f} min | {gb:.1f} GB |" for name, (s, gb) in of_lessons(result).items()]
    head = f"Measured with `{result['command']}` on {result['machine']}: every cell, and strict nbval around it.\n"
    return "\n".join([head, "| lesson | runs for | largest memory |", "|---|---|---|", *rows])


def write_tables():
    """Bring the tables in the README and in the guide up to date with what is stored."""
    results = stored_results()
    table = speed_table(results)
    write_table(table, README, mark="speed")
    if "lessons" in results:
        write_table(lessons_table(results["lessons"]), GUIDE, mark="speed")
    print(table)
