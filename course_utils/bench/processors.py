"""Do the numbers hold on another processor? The lessons, and the tests of numbers, under several settings of this one.

Floats are added in another order by each set of instructions and each number of threads, so their last digits differ.
A setting makes TensorFlow, NumPy and PyTorch compute as another processor would, and proves that they do: what a
setting asks for is read back from the libraries, and where this processor lacks it, the table says so. Where PyTorch is
missing, so are the lesson and the tests that need it, and below the table stands why.

What is found is kept in build/processors by the hash of the lesson, or test, with all that it reads. So a run that
was stopped goes on, and a later one repeats only what has changed, or was red.
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from course_utils.bench.store import describe_machine, write_json
from course_utils.extras import needed_extra, why_missing
from course_utils.publishing.editions import find_notebooks
from course_utils.publishing.lessons import NOTEBOOKS
from course_utils.results import RESULTS

ROOT = NOTEBOOKS.parent
KEPT = ROOT / "build" / "processors"
CODE = (".py", ".ipynb")
LEAST_RESULTS = 3  # that must differ among the settings, or nothing was tried
QUICK = {"items": ("06", "12"), "settings": ("avx2", "onednn-off")}  # what `.ci/run` can wait for

# The names of oneDNN's instruction sets, as it is asked for them and as it says what it takes.
ISA = {"SSE41": "SSE4.1", "AVX2": "AVX2", "AVX512_CORE": "AVX-512 with AVX512BW, AVX512VL, and AVX512DQ extensions"}


def _numpy_without(pattern):
    """NumPy without its optimizations for instructions of these names, whatever this version of it calls them."""
    extensions = np.show_config(mode="dicts")["SIMD Extensions"]
    names = [name for key in ("found", "not found") for name in extensions.get(key, []) if re.search(pattern, name)]
    return {"NPY_DISABLE_CPU_FEATURES": " ".join(sorted(names))} if names else {}


def _threads(n):
    names = "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OPENBLAS_NUM_THREADS"
    names += "OMP_NUM_THREADS", "MKL_NUM_THREADS"  # PyTorch's
    no_fewer = {"MKL_DYNAMIC": "FALSE"}  # PyTorch's library would take no more than there are cores
    return dict.fromkeys(names, str(n)) | no_fewer, {"threads": n} | _of_pytorch(torch_threads=n)


def _of_pytorch(**expected):
    """What must be read back of PyTorch: nothing where it is missing."""
    return expected if find_spec("torch") else {}


def make_settings():
    """Each setting of the processor by name: its variables of the environment, and what must be read back."""
    sse41 = {"ONEDNN_MAX_CPU_ISA": "SSE41", "OPENBLAS_CORETYPE": "Nehalem"} | _numpy_without("")
    avx2 = {"ONEDNN_MAX_CPU_ISA": "AVX2", "OPENBLAS_CORETYPE": "Haswell"} | _numpy_without("V4|AVX512")
    on, off = {"TF_ENABLE_ONEDNN_OPTS": "1"}, {"TF_ENABLE_ONEDNN_OPTS": "0"}
    # PyTorch has a oneDNN of its own, which reads the same variable; what it does without, it chooses by another.
    sse41["ATEN_CPU_CAPABILITY"], avx2["ATEN_CPU_CAPABILITY"] = "default", "avx2"
    plain, wide = _of_pytorch(torch="DEFAULT"), _of_pytorch(torch="AVX2")
    return {
        "default": ({}, {}),
        "sse41": (sse41 | on, {"isa": ISA["SSE41"], "onednn": True, "extensions": []} | plain),
        "avx2": (avx2 | on, {"isa": ISA["AVX2"], "onednn": True} | wide),
        "avx512": ({"ONEDNN_MAX_CPU_ISA": "AVX512_CORE"} | on, {"isa": ISA["AVX512_CORE"], "onednn": True}),
        # As TensorFlow finds a plain AVX2 processor.
        "onednn-off": (avx2 | off, {"isa": ISA["AVX2"], "onednn": False} | wide),
        "1-thread": _threads(1),
        "2-threads": _threads(2),
        "8-threads": _threads(8),
    }


def environment_with(variables):
    """The environment of a process under a setting: nothing that the user has set for another one stays."""
    ours = {name for changed, _ in make_settings().values() for name in changed} - {"OPENBLAS_CORETYPE"}
    return {name: value for name, value in os.environ.items() if name not in ours} | variables


# ---- what a setting makes of this processor

PROBE = """
import hashlib, json
import numpy as np
from course_utils import data, networks
from course_utils._tensorflow import keras, tf

(images, labels), _ = data.load_mnist()
keras.utils.set_random_seed(0)
model = networks.build_seed_network()
model.compile(**networks.SEED_RECIPE)
model.fit(data.prepare_images(images[:640]), data.one_hot(labels[:640]), batch_size=64, shuffle=False, verbose=0)
numbers = np.random.default_rng(0).random((300, 300), dtype="float32")
digest = lambda *arrays: hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()[:8]
print("probe", json.dumps({
    "training": digest(*model.get_weights()),
    "numpy": digest(np.exp(numbers), np.tanh(numbers), numbers @ numbers),
    "extensions": np.show_config(mode="dicts")["SIMD Extensions"].get("found", []),
}), flush=True)
half = tf.ones((64, 64), tf.bfloat16)
print("bfloat16 ends well", float((half @ half)[0, 0]))
"""
PROBE_TORCH = """
import json
import torch

found = {"torch": torch.backends.cpu.get_cpu_capability(), "torch_threads": torch.get_num_threads()}
print("probe", json.dumps(found))
"""


def _probe(code, variables):
    """Run some code under variables of the environment: all that it prints, and what it prints as found."""
    command, environment = [sys.executable, "-c", code], environment_with(variables)
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    found = re.search(r"^probe (.*)", done.stdout, re.MULTILINE)
    if not found:
        raise RuntimeError("\n".join(done.stderr.splitlines()[-5:]))
    return done.stdout, json.loads(found[1])


def read_back(variables):
    """What TensorFlow, NumPy and PyTorch really use under some variables of the environment.

    Returns
    -------
    dict
        ``isa``: oneDNN's instruction set; ``threads``: of TensorFlow; ``onednn``: whether TensorFlow's convolutions
        are oneDNN's; ``bfloat16``: whether a product in it comes to an end; ``extensions``: the instructions that
        NumPy uses beyond the least; ``training`` and ``numpy``: digests of the weights after ten steps of training,
        and of some arithmetic of NumPy; and where there is PyTorch, ``torch`` and ``torch_threads``: its instructions
        and threads. What oneDNN does not say, as where there is none, is None.

    Raises
    ------
    RuntimeError
        If a training run under these variables fails; with its last lines.
    """
    printed, found = _probe(PROBE, variables | {"ONEDNN_VERBOSE": "1"})
    if find_spec("torch"):  # by itself, or its oneDNN would print beside TensorFlow's
        found |= _probe(PROBE_TORCH, variables)[1]
    isa = re.search(r"info,cpu,isa:(?:Intel )?(.*)", printed)
    threads = re.search(r"info,cpu,runtime:\w+,nthr:(\d+)", printed)
    return {
        "isa": isa and isa[1].strip(),
        "threads": threads and int(threads[1]),
        "onednn": ",exec,cpu,convolution," in printed,
        "bfloat16": "\nbfloat16 ends well 64.0" in printed,
        **found,
    }


def why_not_tried(expected, found, tried):
    """Why a setting says nothing here: it did not come about, or another one is the same; an empty text if it does.

    Parameters
    ----------
    expected, found : dict
        What must be read back, and what was.
    tried : dict
        What was read back under the settings before it, by name.
    """
    wrong = [what for what, value in expected.items() if found[what] != value]
    if wrong:
        return f"not available: {wrong[0]} is {found[wrong[0]]!r}, not {expected[wrong[0]]!r}"
    same = [name for name, other in tried.items() if other == found]
    return f"the same as {same[0]} here" if same else ""


# ---- what is run, and what it depends on


def items_to_run():
    """The lessons, the project template, and the tests that train or compare numbers (marked so): files by name."""
    tests = sorted((ROOT / "tests").rglob("test_*.py"))
    marked = [path for path in tests if "pytest.mark.numbers" in path.read_text("utf-8")]
    return {path.stem: path for path in [*find_notebooks(NOTEBOOKS), *marked]}


def _code_of(path, *, outputs=False):
    """The Python of a lesson or module, without prose; of a lesson with what is stored of it, if that is wanted."""
    text = path.read_text("utf-8")
    if path.suffix != ".ipynb":
        return text
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    return "\n".join("".join(cell["source"]) + json.dumps(cell["outputs"]) * outputs for cell in cells)


def needs_other_than_onednn(path, found):
    """Whether a lesson or test multiplies in bfloat16 where oneDNN would end the whole process.

    TensorFlow asks the processor whether it has the instructions, and oneDNN, held to older ones, refuses. A processor
    that really is older does it without oneDNN; so the lesson or test is run without.
    """
    return not found["bfloat16"] and "bfloat16" in _code_of(path)


def why_left_out(path):
    """Why a lesson or a file of tests cannot be run here, which needs an extra; an empty text if it can."""
    code = _code_of(path)
    of_tests = re.search(r'^(?:\w+ = )?pytest\.importorskip\("torch"', code, re.MULTILINE)
    extra = needed_extra(code) or ("torch" if of_tests else "")
    return why_missing(extra) if extra else ""


def _files_named(path):
    """The files of the course that some code names: modules that it imports or starts, and stored results."""
    text = _code_of(path)
    names = set(re.findall(r"\bcourse_utils(?:\.\w+)+", text))
    for package, imported in re.findall(r"from (course_utils[.\w]*) import (\([^)]*\)|.*)", text):
        names |= {f"{package}.{name}" for name in re.findall(r"\w+", imported)}
    names |= {f"{name}.__main__" for name in re.findall(r'"-m", "(course_utils[.\w]*)"', text)}
    for name in names:
        parts = name.split(".")
        for end in range(1, len(parts) + 1):
            path = ROOT.joinpath(*parts[:end])
            yield from (file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file())
    for name in re.findall(r'read_result\(["\'](\w+)', text):
        yield from (file for file in [RESULTS / f"{name}.json"] if file.is_file())


def fingerprint(path):
    """A hash of a lesson or test and of all that decides its numbers: code, outputs, what it reads, the versions."""
    always = [ROOT / name for name in ("requirements.lock", "conftest.py", "notebooks/nbval_patterns.cfg")]
    always += [file for file in (ROOT / "course_utils" / "assets").rglob("*") if file.is_file()]
    if path.is_relative_to(ROOT / "tests"):  # a test may read any lesson, bank or helper
        always += [*(ROOT / "tests").rglob("*.py"), *(NOTEBOOKS / "source").glob("*.py")]
    found, new = set(), {path, *always}
    while new:
        found |= new
        new = {named for file in new if file.suffix in CODE for named in _files_named(file)} - found
    total = hashlib.sha256()
    code = "\n".join(_code_of(file) for file in found if file.suffix in CODE)
    if re.search(r"^\s*(import|from) torch\b", code, re.MULTILINE):
        total.update(version("torch").encode() if find_spec("torch") else b"")  # it is not in the lock
    for file in sorted(found):
        content = _code_of(file, outputs=True).encode() if file.suffix == ".ipynb" else file.read_bytes()
        total.update(file.relative_to(ROOT).as_posix().encode() + hashlib.sha256(content).digest())
    return total.hexdigest()


def run_item(path, variables):
    """Run a lesson under strict nbval, or a file of tests; what differs first, or an empty text where nothing does."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-m", "", f"--junitxml={report}", str(path)]
        done = subprocess.run(command, cwd=ROOT, env=environment_with(variables), capture_output=True, text=True)
        cases = list(ET.parse(report).getroot().iter("testcase")) if report.is_file() else []
    if not done.returncode and not all(case.find("skipped") is not None for case in cases):
        return ""
    wrong = [(case.get("name"), found) for case in cases for found in case if found.tag in ("failure", "error")]
    if not wrong:  # a lesson that is left out, for one, is not green
        return f"pytest ended with {done.returncode}: {' '.join((done.stdout + done.stderr).split()[-30:])}"
    name, found = wrong[0]
    return f"{len(wrong)} of {len(cases)}, first {name}: {first_difference(found.text or found.get('message'))}"


def first_difference(report):
    """What differs, in one line, from the report of a failed test or cell."""
    report = re.sub(r"(?:\x1b|#x1B)\[[\d;]*m", "", report)
    lines = [line.rstrip() for line in report.splitlines() if line.strip()]
    if "Cell outputs differ" in report:  # pytest marks what is stored with a plus, and what came with a minus
        stored, now = ("".join(re.findall(rf"^\s+{sign} (.*)$", report, re.MULTILINE)[:1]) for sign in (r"\+", "-"))
        return f"stored {stored!r}, now {now!r}"[:300]
    if "caused an exception" in report:
        told = [*[line for line in lines if line.startswith("---->")], lines[-1]]
    else:
        told = [line.removeprefix("E") for line in lines if re.match(r"E\s", line)] or lines[-1:]
    return " ".join(" ".join(told).split())[:300]


# ---- the command


class Kept:
    """What was found, a file for each item and setting; written at once, so a run that is stopped loses one at most."""

    def __init__(self, folder=KEPT):
        self.folder, self.machine = folder, describe_machine()

    def find(self, name, setting, digest):
        """The entry of an item under a setting on this machine, if nothing that decides it has changed since."""
        path = self.folder / f"{name} {setting}.json"
        entry = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        return entry if (entry.get("hash"), entry.get("machine")) == (digest, self.machine) else None

    def is_green(self, name, setting, digest):
        entry = self.find(name, setting, digest)
        return entry is not None and not entry["found"]

    def keep(self, name, setting, digest, found):
        """Store what was found of an item under a setting, with the date."""
        self.folder.mkdir(parents=True, exist_ok=True)
        date = time.strftime("%Y-%m-%d %H:%M")
        entry = {"hash": digest, "machine": self.machine, "date": date, "found": found}
        write_json(self.folder / f"{name} {setting}.json", entry)


def read_settings(settings, kept):
    """Read back what each setting makes of this processor, or take it from what is kept: {name: found}."""
    digest, found = fingerprint(Path(__file__)), {}
    for name, (variables, _) in settings.items():
        entry = kept.find("setting", name, digest)
        if entry is None:
            print(f"what does {name!r} make of this processor?", flush=True)
            kept.keep("setting", name, digest, read_back(variables))
        found[name] = kept.find("setting", name, digest)["found"]
    return found


def make_table(items, why, kept, without, left_out):
    """The table of lessons by settings in Markdown, each entry with its date; and below it, what differs, and why not.

    Parameters
    ----------
    items : dict
        The hash of each lesson or test, by name.
    why : dict
        Why a setting says nothing here, an empty text if it does, by name.
    kept : Kept
    without : set of (str, str)
        Lessons or tests, and the settings under which they are run without oneDNN.
    left_out : dict
        Why a lesson or test is not run at all, by name.
    """
    settings = [name for name, reason in why.items() if not reason]
    lines = [f"| on {kept.machine} | {' | '.join(settings)} |", "|---" * (1 + len(settings)) + "|"]
    below = [f"- {name}: {reason}" for name, reason in why.items() if reason]
    below += [f"- {name} is left out: {reason}" for name, reason in left_out.items()]
    if without:
        below.append("- *: without oneDNN, which refuses bfloat16 under this setting, though the processor has it")
    for name, digest in items.items():
        row = []
        for setting in settings:
            entry, star = kept.find(name, setting, digest), "*" * ((name, setting) in without)
            row.append(f"{'**red**' if entry['found'] else 'green'}{star} {entry['date']}" if entry else "not run")
            if entry and entry["found"]:
                below.append(f"- {name}, {setting}: {entry['found']}")
        lines.append(f"| {name} | {' | '.join(row)} |")
    return "\n".join([*lines, "", *below])


def choose(parser, options):
    """The files to run and the settings to run them under, of what the command line names."""
    items, settings = items_to_run(), make_settings()
    for names, known, what in (
        (options.items, items, "lesson or test of numbers"),
        (options.settings, settings, "setting"),
    ):
        for name in names or ():
            if not any(one.startswith(name) for one in known):
                parser.error(f"no {what} named {name!r}; there are {', '.join(known)}")
    wanted = tuple(options.items or (QUICK["items"] if options.quick else [""]))
    under = options.settings or (QUICK["settings"] if options.quick else settings)
    items = {name: path for name, path in items.items() if name.startswith(wanted)}
    return items, {name: setting for name, setting in settings.items() if name in under or name == "default"}


def main():
    parser = argparse.ArgumentParser(
        prog="nox -s processors --", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = ", ".join(make_settings())
    parser.add_argument("items", nargs="*", help="lessons or tests, such as 05 or test_training (default: all)")
    parser.add_argument("--settings", nargs="+", metavar="NAME", help=f"some of {names} (default: all)")
    parser.add_argument("--quick", action="store_true", help="what CI runs: some lessons under two settings")
    parser.add_argument("--fresh", action="store_true", help="run again what is kept, too")
    options = parser.parse_args()
    paths, settings = choose(parser, options)
    kept = Kept()
    found, why = read_settings(settings, kept), {}
    for name, (_, expected) in settings.items():
        why[name] = why_not_tried(expected, found[name], {one: found[one] for one in why if not why[one]})
    if len(settings) < len(make_settings()) and "default" not in (options.settings or ()):
        del why["default"]  # it was read only to compare others with it
    left_out = {name: reason for name, path in paths.items() if (reason := why_left_out(path))}
    paths = {name: path for name, path in paths.items() if name not in left_out}
    digests = {name: fingerprint(path) for name, path in paths.items()}
    under = [name for name, reason in why.items() if not reason]
    cells = [(name, setting) for setting in under for name in paths]
    without = {(name, setting) for name, setting in cells if needs_other_than_onednn(paths[name], found[setting])}
    jobs = [cell for cell in cells if options.fresh or not kept.is_green(*cell, digests[cell[0]])]
    columns = TextColumn("{task.description:40}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns) as progress:
        bar = progress.add_task("", total=len(jobs))
        for name, setting in jobs:
            progress.update(bar, description=f"{name}, {setting}")
            changed = {"TF_ENABLE_ONEDNN_OPTS": "0"} if (name, setting) in without else {}
            kept.keep(name, setting, digests[name], run_item(paths[name], settings[setting][0] | changed))
            progress.advance(bar)
    print(make_table(digests, why, kept, without, left_out))
    results = {found[name]["training"] for name in under}
    if len(settings) == len(make_settings()) and len(results) < LEAST_RESULTS:
        raise SystemExit(
            f"expected at least {LEAST_RESULTS} different results of one training among the settings, got "
            f"{len(results)}: on this processor the settings try too little"
        )
    if not all(kept.is_green(name, setting, digests[name]) for name, setting in cells):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
