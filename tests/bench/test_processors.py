"""The run as on other processors: its settings come about, what differs is seen, and nothing is run twice."""

import json
import os
import re
import sys
from pathlib import Path

import nbformat
import pytest

from course_utils.bench import processors
from course_utils.publishing.lessons import METADATA, execute

ROOT = processors.ROOT
TESTS = sorted(Path(__file__).parents[1].rglob("test_*.py"))
# Tests that compare floats in which nothing of the arithmetic of TensorFlow or NumPy is tried: why they are not marked.
NOT_OF_NUMBERS = {
    "test_cells": "what a file says",
    "test_classroom": "sums of a table",
    "test_data": "bytes",
    "test_grading": "whether an answer is right",
    "test_pad": "drawings, in whole pixels",
    "test_pad_bench": "places of a pen",
    "test_pad_in_jupyterlab": "a browser, and colors",
    "test_pad_in_page": "a browser, and widths",
    "test_plotting": "heights of bars",
    "test_processors": "this",
    "test_quiet": "what is written to stderr",
    "test_quiz_export": "percentages of a quiz",
    "test_scaling_cost": "a formula",
    "test_scaling_tasks": "who runs what",
    "test_scaling_training": "orders of whole numbers",
    "test_theme": "contrasts of colors",
    "test_threshold_in_page": "a browser, and counts",
    "test_threshold_widget": "counts",
    "test_workbook_in_browser": "a browser, and millimeters",
}


# ---- settings


@pytest.fixture(scope="module")
def read_back():
    """What two settings make of this processor."""
    settings = processors.make_settings()
    return {name: processors.read_back(settings[name][0]) for name in ("sse41", "1-thread")}


@pytest.mark.nightly
@pytest.mark.slow
def test_a_setting_comes_about_and_changes_the_numbers(read_back):
    one_thread, sse41 = read_back["1-thread"], read_back["sse41"]
    expected = processors.make_settings()["sse41"][1]
    if why := processors.why_not_tried(expected, sse41, {}):
        assert why.startswith("not available: "), why  # no x86 processor, or no oneDNN
        pytest.skip(why)
    assert sse41["isa"] == "SSE4.1" and sse41["onednn"] and sse41["extensions"] == []
    assert one_thread["bfloat16"]
    assert sse41["training"] != one_thread["training"] and sse41["numpy"] != one_thread["numpy"]


@pytest.mark.nightly
def test_the_number_of_threads_is_read_back(read_back):
    assert read_back["1-thread"]["threads"] in (1, None)
    assert not processors.why_not_tried({"threads": 1}, {"threads": 1}, {})


def test_there_are_all_the_settings_that_were_asked_for():
    settings = processors.make_settings()
    isas = [variables.get("ONEDNN_MAX_CPU_ISA") for variables, _ in settings.values()]
    assert {"SSE41", "AVX2", "AVX512_CORE", None} == set(isas) and settings["default"] == ({}, {})
    assert [expected.get("threads") for _, expected in settings.values() if "threads" in expected] == [1, 2, 8]
    assert [name for name, (_, expected) in settings.items() if expected.get("onednn") is False] == ["onednn-off"]
    assert set(processors.QUICK["settings"]) < set(settings)


FOUND = {"isa": "AVX2", "threads": 2, "onednn": True, "bfloat16": True, "extensions": [], "training": "a", "numpy": "b"}


@pytest.mark.parametrize(
    ("expected", "tried", "why"),
    [
        ({"isa": "AVX2"}, {}, ""),
        ({"isa": "AVX-512"}, {}, "not available: isa is 'AVX2', not 'AVX-512'"),  # taken in silence as a lower one
        ({"isa": "AVX2", "onednn": False}, {}, "not available: onednn is True, not False"),
        ({}, {"default": FOUND | {"training": "c"}}, ""),
        ({}, {"default": FOUND | {"training": "c"}, "avx2": FOUND}, "the same as avx2 here"),
    ],
)
def test_what_was_not_tried_is_never_green(expected, tried, why):
    assert processors.why_not_tried(expected, FOUND, tried) == why


def test_pytorch_is_held_to_each_setting_too():
    """To its own choice of instructions, beside oneDNN's, and to threads: read back where PyTorch is."""
    settings = processors.make_settings()
    capabilities = {name: variables.get("ATEN_CPU_CAPABILITY") for name, (variables, _) in settings.items()}
    assert {name: one for name, one in capabilities.items() if one} == {
        "sse41": "default",
        "avx2": "avx2",
        "onednn-off": "avx2",
    }
    for n_threads, name in ((1, "1-thread"), (2, "2-threads"), (8, "8-threads")):
        variables, expected = settings[name]
        assert {variables[one] for one in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")} == {str(n_threads)}
        assert expected.get("torch_threads", n_threads) == n_threads
    for name in ("sse41", "8-threads"):
        expected = {what: value for what, value in settings[name][1].items() if what.startswith("torch")}
        assert bool(expected) == bool(processors.find_spec("torch"))
        found = processors._probe(processors.PROBE_TORCH, settings[name][0])[1] if expected else {}
        assert {what: found[what] for what in expected} == expected


def test_nothing_that_the_user_has_set_stays(monkeypatch):
    for name in ("ONEDNN_MAX_CPU_ISA", "TF_NUM_INTRAOP_THREADS", "TF_ENABLE_ONEDNN_OPTS", "NOT_OURS"):
        monkeypatch.setenv(name, "7")
    environment = processors.environment_with({"TF_ENABLE_ONEDNN_OPTS": "0"})
    kept = {"TF_ENABLE_ONEDNN_OPTS": "0", "NOT_OURS": "7"}
    assert {name: environment.get(name) for name in kept} == kept
    assert not {"ONEDNN_MAX_CPU_ISA", "TF_NUM_INTRAOP_THREADS"} & set(environment)


def test_variables_under_which_nothing_runs_are_told():
    with pytest.raises(RuntimeError, match="No module named 'encodings'"):
        processors.read_back({"PYTHONHOME": "nonsense"})


# ---- what is run


def test_every_test_that_compares_floats_is_run():
    marked = {path.stem for path in processors.items_to_run().values()}
    for path in TESTS:
        text = path.read_text(encoding="utf-8")
        numbers = re.search(r"allclose|isclose|approx\(|\.fit\(|train_\w*\(", text)
        assert not numbers or path.stem in marked or path.stem in NOT_OF_NUMBERS, path.name
        assert path.stem not in NOT_OF_NUMBERS or path.stem not in marked, path.name
    assert {path.stem for path in processors.NOTEBOOKS.glob("*.ipynb")} < marked


# What must not be held to the letter: floats, and what they decide. Each prints something else as on another processor.
HARD = {
    "a mean": "print(np.random.default_rng(0).random(100_003, dtype='float32').mean(dtype='float32') ** 7)",
    "a function": "print(float(np.exp(np.linspace(-5, 5, 999, dtype='float32')).sum()))",
    "a count": "print((np.exp(np.linspace(-5, 5, 99_999, dtype='float32')).view('int32') % 2).sum())",
}
SOFT = "mean = np.random.default_rng(0).random(9, dtype='float32').mean()\nprint(f'{mean = :.4f}')\nassert 0 < mean < 1"


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """A lesson of a course, executed as this processor does, with and without what must not stand in one."""
    folder = tmp_path_factory.mktemp("planted")
    for name, cells in {"hard": [SOFT, *HARD.values()], "soft": [SOFT, "print(2 + 2)"]}.items():
        notebook = nbformat.v4.new_notebook(metadata=nbformat.from_dict(METADATA))
        notebook.cells = [nbformat.v4.new_code_cell("import numpy as np"), *map(nbformat.v4.new_code_cell, cells)]
        nbformat.write(execute(notebook), folder / f"{name}.ipynb")
    return folder


@pytest.mark.nightly
@pytest.mark.slow
def test_what_floats_decide_is_red_if_it_is_held_to_the_letter(planted, read_back):
    variables, expected = processors.make_settings()["sse41"]
    if why := processors.why_not_tried(expected, read_back["sse41"], {}):
        pytest.skip(why)
    assert processors.run_item(planted / "hard.ipynb", {}) == ""
    assert processors.run_item(planted / "soft.ipynb", variables) == ""
    found = processors.run_item(planted / "hard.ipynb", variables)
    assert re.match(r"[123] of 5, first Cell [234]: stored '[\d.]+', now '[\d.]+'$", found), found


@pytest.mark.nightly
@pytest.mark.slow
def test_a_cell_that_fails_and_a_run_that_does_not_start_are_red(planted, tmp_path):
    text = (planted / "soft.ipynb").read_text(encoding="utf-8")
    (tmp_path / "bound.ipynb").write_text(text.replace("0 < mean < 1", "7 < mean < 9"), encoding="utf-8")
    found = processors.run_item(tmp_path / "bound.ipynb", {})
    assert found == "1 of 3, first Cell 1: ----> 3 assert 7 < mean < 9 AssertionError:", found
    assert processors.run_item(tmp_path / "missing.ipynb", {}).startswith("pytest ended with 4: ")


def test_what_was_skipped_is_not_green(tmp_path):
    (tmp_path / "test_it.py").write_text("import pytest\n\ndef test_it():\n    pytest.skip('an extra is missing')\n")
    assert re.match(r"pytest ended with 0: .*1 skipped", processors.run_item(tmp_path / "test_it.py", {}))


def test_a_failed_test_is_told_by_what_it_says(tmp_path):
    (tmp_path / "test_it.py").write_text("def test_sum():\n    assert 0.1 + 0.2 == 0.3, 'not to the bit'\n")
    assert processors.run_item(tmp_path / "test_it.py", {}).startswith("1 of 1, first test_sum: AssertionError: not to")


# ---- what it depends on


def test_a_lesson_depends_on_what_it_imports_starts_and_reads():
    def depends(name):
        found, new = set(), {processors.NOTEBOOKS / name}
        while new:
            found |= new
            code = [path for path in new if path.suffix in (".py", ".ipynb")]
            new = {path for file in code for path in processors._files_named(file)} - found
        return {path.relative_to(ROOT / "course_utils").as_posix() for path in found if path.suffix != ".ipynb"}

    of_12, of_01 = depends("12_scaling.ipynb"), depends("01_loading.ipynb")
    assert {
        "scaling/loop.py",
        "scaling/workers.py",
        "networks/seed.py",
        "results/scaling.json",
        "data/mnist.py",
    } <= of_12
    assert {"plotting.py", "exercises/loading.py", "exercises/engine.py"} <= of_01
    assert not {"handwriting/ink.py", "scaling/loop.py", "results/scaling.json"} & of_01
    assert "serving/service.py" in depends("11_sharing.ipynb")  # started as a program
    assert "results/seeds.json" in depends("06_evaluating.ipynb")


LESSON = """{"cells": [
 {"cell_type": "markdown", "source": ["Words"]},
 {"cell_type": "code", "source": ["from course_utils.one import x"], "outputs": [{"text": ["2"]}]}
]}"""


def test_a_changed_module_or_result_makes_another_hash(tmp_path, monkeypatch):
    monkeypatch.setattr(processors, "ROOT", tmp_path)
    monkeypatch.setattr(processors, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(processors, "RESULTS", tmp_path / "course_utils" / "results")
    files = {
        **dict.fromkeys(("requirements.lock", "conftest.py", "notebooks/nbval_patterns.cfg"), ""),
        "course_utils/one.py": "from course_utils import two\n",
        "course_utils/two.py": 'read_result("of_two")\n',
        "course_utils/other.py": "",
        "course_utils/results/of_two.json": "{}",
        "course_utils/assets/network.npz": "0",
        "notebooks/01_a.ipynb": LESSON,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    lesson = tmp_path / "notebooks" / "01_a.ipynb"
    before = processors.fingerprint(lesson)
    for name in files:
        (tmp_path / name).write_text(files[name].replace("import x", "import y").replace('"2"', '"3"') + " ")
        assert (processors.fingerprint(lesson) == before) is (name == "course_utils/other.py"), name
        (tmp_path / name).write_text(files[name])
    monkeypatch.setattr(processors, "version", lambda name: "9.9")  # of a PyTorch, which no lock names
    monkeypatch.setattr(processors, "find_spec", lambda name: name)
    assert processors.fingerprint(lesson) == before
    (tmp_path / "course_utils/two.py").write_text("import torch\n")
    with_one = processors.fingerprint(lesson)
    monkeypatch.setattr(processors, "version", lambda name: "10")
    assert processors.fingerprint(lesson) != with_one
    (tmp_path / "course_utils/two.py").write_text(files["course_utils/two.py"])
    lesson.write_text(LESSON.replace("Words", "Other words"))  # prose decides no number
    assert processors.fingerprint(lesson) == before
    lesson.write_text(LESSON.replace('"2"', '"3"'))
    assert processors.fingerprint(lesson) != before


# ---- the command


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """Run the command with stand-ins for what takes long; what ran, what it printed, how it ended."""
    monkeypatch.setattr(processors, "Kept", lambda kept=processors.Kept: kept(tmp_path / "kept"))
    monkeypatch.setattr(processors, "fingerprint", lambda path: digests.get(path.stem, "1"))
    monkeypatch.setattr(processors, "run_item", lambda path, variables: note(path, variables) or faults(path))
    monkeypatch.setattr(
        processors, "read_back", lambda variables: asked(variables) | {"training": training(variables), "numpy": "1"}
    )
    digests, ran, state = {}, [], {"red": "", "training": str, "refuses": ""}

    def asked(variables):
        expected = next(e for v, e in processors.make_settings().values() if v == variables)
        bfloat16 = variables.get("ONEDNN_MAX_CPU_ISA") != state["refuses"]
        usual = {"isa": None, "threads": 2, "onednn": True, "extensions": [], "torch": "AVX512", "torch_threads": 2}
        return usual | {"bfloat16": bfloat16} | expected

    def training(variables):
        return state["training"](sorted(variables.items()))

    def note(path, variables):
        ran.append((path, variables))
        run.variables.append(variables)

    def faults(path):
        return "1 of 9, first Cell 3: stored '1', now '2'" if path.stem == state["red"] else ""

    def run(*arguments, **changes):
        state.update(changes)
        ran.clear(), run.variables.clear()
        monkeypatch.setattr(sys, "argv", ["processors", *arguments])
        end = 0
        try:
            processors.main()
        except SystemExit as stopped:
            end = stopped.code
        return [path.stem for path, _ in ran], capsys.readouterr(), end

    run.digests, run.variables = digests, []
    return run


def test_all_is_run_under_each_setting_and_then_only_what_changed(command):
    # Where PyTorch is missing, lesson 16 and the tests that need it are left out.
    items = {name for name, path in processors.items_to_run().items() if not processors.why_left_out(path)}
    settings = processors.make_settings()
    ran, said, end = command()
    assert end == 0 and sorted(set(ran)) == sorted(items) and len(ran) == len(items) * len(settings)
    assert said.out.count("| green 20") == len(ran) and "not run" not in said.out
    assert command() == ([], command()[1], 0)
    command.digests["05_training"] = "2"
    ran, said, end = command()
    assert set(ran) == {"05_training"} and len(ran) == len(settings) and end == 0
    assert command("06", "--fresh")[0] == ["06_evaluating"] * len(settings)


def test_red_is_said_with_what_differs_and_run_again(command):
    ran, said, end = command("05", "06", "--settings", "avx2", "1-thread", red="06_evaluating")
    assert end == 1 and ran == ["05_training", "06_evaluating"] * 2
    assert said.out.count("**red** 20") == 2 and said.out.count("| green 20") == 2
    assert "- 06_evaluating, avx2: 1 of 9, first Cell 3: stored '1', now '2'" in said.out
    ran, said, end = command("05", "06", "--settings", "avx2", "1-thread", red="")
    assert ran == ["06_evaluating"] * 2 and end == 0 and "red" not in said.out


def test_a_setting_that_is_another_one_here_is_not_run(command):
    two_threads = sorted(processors.make_settings()["2-threads"][0].items())
    ran, said, end = command("01", training=lambda variables: str(variables) if variables != two_threads else "[]")
    assert "- 2-threads: the same as default here" in said.out and end == 0
    assert len(ran) == len(processors.make_settings()) - 1


def test_a_lesson_whose_kernel_onednn_would_end_is_run_without_it(command):
    ran, said, end = command("09", "10", "--settings", "sse41", "1-thread", refuses="SSE41")
    assert ran == ["09_better", "10_faster"] * 2 and end == 0
    assert [variables.get("TF_ENABLE_ONEDNN_OPTS") for variables in command.variables] == ["1", "0", None, None]
    assert re.search(r"^\| 10_faster \| green\* 20\S+ \S+ \| green 20", said.out, re.MULTILINE)
    assert "- *: without oneDNN, which refuses bfloat16" in said.out


def test_a_lesson_whose_extra_is_missing_is_left_out_and_said(command, monkeypatch):
    monkeypatch.setattr(processors, "why_missing", lambda extra: f"no {extra}" if extra == "sharing" else "")
    ran, said, end = command("10", "11", "--settings", "avx2", "1-thread")
    assert ran == ["10_faster"] * 2 and end == 0 and "red" not in said.out
    assert "- 11_sharing is left out: no sharing" in said.out.splitlines()


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ('torch = pytest.importorskip("torch")', "no torch"),
        ('pytest.importorskip("torch", reason="it is large")', "no torch"),
        ('require_extra("torch")', "no torch"),
        ('def test_it():\n    pytest.importorskip("torch")', ""),
        ("import torch", ""),
    ],
)
def test_tests_that_need_pytorch_as_a_whole_are_known(tmp_path, monkeypatch, code, why):
    monkeypatch.setattr(processors, "why_missing", lambda extra: f"no {extra}")
    (tmp_path / "test_it.py").write_text(code)
    assert processors.why_left_out(tmp_path / "test_it.py") == why


def test_settings_that_all_compute_the_same_try_nothing(command):
    _, _, end = command("01", training=lambda variables: "one")
    assert "expected at least 3 different results of one training among the settings, got 1" in end


def test_quick_is_what_ci_runs(command):
    ran, said, end = command("--quick")
    assert ran == ["06_evaluating", "12_scaling"] * 2 and end == 0
    assert "| avx2 | onednn-off |" in said.out
    assert "nox -s processors -- --quick" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize("wrong", [["99"], ["--settings", "avx3"]])
def test_what_there_is_not_is_told(command, wrong):
    _, said, end = command(*wrong)
    assert end == 2 and f"named '{wrong[-1]}'; there are" in said.err


def test_what_was_found_on_another_machine_does_not_count(tmp_path):
    kept = processors.Kept(tmp_path)
    kept.keep("05_training", "avx2", "hash", "")
    assert kept.is_green("05_training", "avx2", "hash") and not kept.is_green("05_training", "avx2", "other")
    (file,) = tmp_path.iterdir()
    entry = json.loads(file.read_text(encoding="utf-8"))
    assert entry["machine"] == processors.describe_machine()
    file.write_text(json.dumps(entry | {"machine": "another"}), encoding="utf-8")
    assert kept.find("05_training", "avx2", "hash") is None


def test_what_is_kept_is_not_of_the_repository():
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert os.path.relpath(processors.KEPT, ROOT).split(os.sep)[0] == "build" and "/build/" in ignored
