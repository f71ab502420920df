"""Long runs are stored whole, resumed where they stopped, and what is stored holds what the course promises."""

import contextlib
import gc
import json
import platform
import re
import socket
import sys
import weakref
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import pytest
from in_turn import in_turn

from course_utils import results as stored_results
from course_utils._tensorflow import keras
from course_utils.bench import __main__ as command
from course_utils.bench import (
    fashion,
    fashion_search,
    fashion_test,
    fast,
    ladder,
    lessons,
    runs,
    smallest,
    speed,
    store,
    suite,
)
from course_utils.extras import MissingExtraError, why_missing
from course_utils.results import RESULTS, read_result
from course_utils.scaling import seeds

pytestmark = [pytest.mark.numbers, pytest.mark.slow]

# ---- writing and reading


@pytest.fixture
def results(tmp_path, monkeypatch):
    """An empty folder of results, for all modules of the bench."""
    for module in (stored_results, runs, store, command):
        monkeypatch.setattr(module, "RESULTS", tmp_path)
    return tmp_path


def test_what_is_written_is_read(results):
    content = {"about": "größer", "runs": [{"seed": 0, "loss": [0.1, 1e-9]}]}
    store.write_json(results / "seeds.json", content)
    assert read_result("seeds") == content
    assert [path.name for path in results.iterdir()] == ["seeds.json"]


def test_a_missing_result_says_how_to_make_it(results):
    with pytest.raises(FileNotFoundError, match=r"no stored result seeds\.json; `nox -s bench -- seeds` makes it"):
        read_result("seeds")


def stop_before_replacing(path, monkeypatch):
    monkeypatch.setattr(store.os, "replace", stop)


def stop_in_the_middle_of_writing(path, monkeypatch):
    def write_half(self, text, **options):
        with open(self, "w", **options) as file:
            file.write(text[: len(text) // 2])
        raise KeyboardInterrupt

    monkeypatch.setattr(type(path), "write_text", write_half)


def stop(*arguments):
    raise KeyboardInterrupt


@pytest.mark.parametrize("kill", [stop_before_replacing, stop_in_the_middle_of_writing])
def test_a_kill_leaves_the_old_result(results, monkeypatch, kill):
    path = results / "seeds.json"
    store.write_json(path, {"runs": [1]})
    kill(path, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        store.write_json(path, {"runs": [1, 2]})
    monkeypatch.undo()
    assert json.loads(path.read_text()) == {"runs": [1]}
    store.write_json(path, {"runs": [1, 2]})  # what the kill left behind is in nobody's way
    assert json.loads(path.read_text()) == {"runs": [1, 2]}


def test_what_is_no_json_leaves_the_old_result(results):
    path = results / "seeds.json"
    store.write_json(path, {"runs": [1]})
    with pytest.raises(TypeError):
        store.write_json(path, {"runs": np.float32(1)})
    assert json.loads(path.read_text()) == {"runs": [1]}


def test_the_head_names_versions_and_machine_but_not_its_owner():
    head = store.new_result("What.", "nox -s bench -- what")
    assert (head["about"], head["command"]) == ("What.", "nox -s bench -- what")
    assert set(head["versions"]) == {"tensorflow", "keras", "numpy"} and head["versions"]["numpy"] == np.__version__
    assert f"Python {platform.python_version()}" in head["machine"] and " cores" in head["machine"]
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", head["date"])
    words = head["machine"].replace(",", " ").split()
    assert socket.gethostname() not in words


# ---- resuming


class Trainer:
    """Stands in for a training run; stops like a kill when it has made as many as it may."""

    def __init__(self, may_make):
        self.may_make, self.made = may_make, []

    def __call__(self, seed):
        if len(self.made) == self.may_make:
            raise KeyboardInterrupt
        self.made.append(seed)
        return {"seed": seed, "n_correct": 9900 + seed, "test_acc": (9900 + seed) / 10000, "seconds": 1.0}


@pytest.fixture
def trainer(results, monkeypatch):
    """A function that lets runs.seeds train with a stand-in, which may make a number of runs."""
    in_turn(monkeypatch)

    def install(may_make):
        stand_in = Trainer(may_make)
        monkeypatch.setattr(runs, "train_seed", stand_in)
        return stand_in

    return install


def test_seeds_go_on_where_a_kill_stopped_them(trainer, capsys):
    first = trainer(may_make=2)
    with pytest.raises(KeyboardInterrupt):
        runs.seeds()
    assert first.made == [0, 1] and [run["seed"] for run in read_result("seeds")["runs"]] == [0, 1]

    second = trainer(may_make=3)
    with pytest.raises(KeyboardInterrupt):
        runs.seeds()
    assert second.made == [2, 3, 4]

    third = trainer(may_make=100)
    runs.seeds()
    assert first.made + second.made + third.made == list(range(runs.N_SEEDS))
    result = read_result("seeds")
    assert [run["seed"] for run in result["runs"]] == list(range(runs.N_SEEDS))
    assert result["command"] == "nox -s bench -- seeds" and result["machine"] == store.describe_machine()

    fourth = trainer(may_make=0)
    capsys.readouterr()
    runs.seeds()
    assert not fourth.made and "all runs are stored" in capsys.readouterr().out


def test_seeds_fill_a_gap(trainer, results):
    trainer(may_make=100)
    runs.seeds()
    result = read_result("seeds")
    del result["runs"][4]
    store.write_json(results / "seeds.json", result)
    again = trainer(may_make=100)
    runs.seeds()
    assert again.made == [4]
    assert [run["seed"] for run in read_result("seeds")["runs"]] == list(range(runs.N_SEEDS))


def test_one_run_is_the_seeds_recipe_and_counts_right_answers(mnist, monkeypatch):
    from course_utils import training
    from course_utils.data import one_hot, prepare_images

    (images, labels), (test_images, test_labels) = mnist
    test = test_images[:300], test_labels[:300]
    monkeypatch.setattr(seeds, "load_mnist", lambda: ((images, labels), test))
    model, run = runs.train_and_test(7, n_images=256)
    right = model.predict(prepare_images(test[0]), verbose=0).argmax(axis=1) == test[1]
    assert run["seed"] == 7 and run["n_correct"] == right.sum() and run["test_acc"] == right.mean()
    assert run["misread"] == np.flatnonzero(~right).tolist()
    assert len(run["loss"]) == len(run["accuracy"]) == 5
    json.dumps(run)
    _, history = training.train_seed_network(prepare_images(images[:256]), one_hot(labels[:256]), seed=7, epochs=2)
    task = runs.train_seed(7, 256, 2)
    assert task["loss"] == pytest.approx(history["loss"], rel=1e-3) == run["loss"][:2]
    assert task.keys() == run.keys()


# ---- in a Python of its own


def test_a_run_has_a_python_of_its_own():
    assert runs.alone(fast.speedup, {"recipes": {"seed": [{"seconds": 8.0}], "fast": [{"seconds": 2.0}]}}) == [4.0]


def test_a_run_that_fails_says_why():
    with pytest.raises(SystemExit, match=r"a training run of the bench failed:(.|\n)*KeyError: 'recipes'"):
        runs.alone(fast.speedup, {})


# ---- as tasks


@pytest.fixture
def needs_scaling():
    if reason := why_missing("scaling"):
        pytest.skip(reason)


@pytest.mark.nightly
def test_a_worker_that_is_killed_loses_no_finished_seed(results, monkeypatch, needs_scaling):
    """Real trainings on few images, on the worker that the bench starts; it is killed in the middle of a later one."""
    killed, finished = [], []

    def kill_once(path, content):
        store.write_json(path, content)
        finished.append(len(content["runs"]))
        if not killed:  # one run is stored, and the worker is at the next
            workers = [one for one in psutil.Process().children(recursive=True) if "spawn_main" in str(one.cmdline())]
            killed.extend(workers)
            for worker in workers:
                worker.kill()

    short = partial(runs.train_seed, n_images=640, epochs=1)
    monkeypatch.setattr(runs, "N_SEEDS", 2)
    monkeypatch.setattr(runs, "train_seed", short)
    monkeypatch.setattr(runs, "write_json", kill_once)
    runs.seeds()
    stored = read_result("seeds")["runs"]
    assert killed and not any(worker.is_running() for worker in killed)
    assert [run["seed"] for run in stored] == [0, 1] and finished == [1, 2]
    assert all(run["seconds"] > 0 and len(run["accuracy"]) == 1 for run in stored)


@pytest.mark.parametrize("name", command.ON_WORKERS)
def test_without_the_extra_these_benches_say_so_and_keep_what_is_stored(results, monkeypatch, capsys, name):
    (results / f"{name}.json").write_text('{"runs": [], "rungs": [], "test": {}}')
    monkeypatch.setattr(sys, "argv", ["bench", name, "--fresh"])
    monkeypatch.setattr(ladder, "RESULTS", results)
    monkeypatch.setattr(fashion_test, "candidates", lambda: {"one": fashion.Recipe()})  # not of the stored search
    for module in (runs, fashion_search, smallest):
        monkeypatch.setattr(module, "require_extra", raise_missing)
    with pytest.raises(SystemExit) as end:
        command.main()
    assert end.value.code == 1
    assert f"{name}: the extra 'scaling' is not installed" in capsys.readouterr().err
    assert (results / f"{name}.json").is_file()


def raise_missing(extra):
    raise MissingExtraError(f"the extra {extra!r} is not installed (dask is missing): run `nox -s lab`")


def test_where_nothing_is_missing_no_extra_is_needed(trainer, monkeypatch):
    trainer(may_make=100)
    runs.seeds()
    monkeypatch.setattr(runs, "require_extra", raise_missing)
    runs.seeds()


def test_a_scheduler_that_does_not_answer_is_told_and_nothing_is_lost(results, monkeypatch, capsys, needs_scaling):
    from course_utils.scaling import tasks

    (results / "seeds.json").write_text('{"old": 1}')
    monkeypatch.setattr(sys, "argv", ["bench", "seeds", "--fresh", "--address", "tcp://127.0.0.1:1"])
    monkeypatch.setattr(tasks, "run_tasks", partial(tasks.run_tasks, wait=1))
    with pytest.raises(SystemExit):
        command.main()
    assert "seeds: no scheduler answers at tcp://127.0.0.1:1 within 1 seconds" in capsys.readouterr().err
    assert read_result("seeds") == {"old": 1} and [path.name for path in results.iterdir()] == ["seeds.json"]


# ---- the command


@pytest.fixture
def benches(results, monkeypatch):
    """Which measurements the command starts."""
    started = []
    stand_ins = {name: (lambda name=name, **options: started.append(name)) for name in command.BENCHES}
    for name, stand_in in stand_ins.items():
        stand_in.__doc__ = command.BENCHES[name].__doc__
    monkeypatch.setattr(command, "BENCHES", stand_ins)
    return started


@pytest.mark.parametrize(
    ("arguments", "names"), [(["seeds"], ["seeds"]), (["validation", "seeds"], ["validation", "seeds"])]
)
def test_the_command_measures_what_it_is_asked_for(benches, monkeypatch, arguments, names):
    monkeypatch.setattr(sys, "argv", ["bench", *arguments])
    command.main()
    assert benches == names


def test_the_command_measures_all_by_default(benches, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["bench"])
    command.main()
    assert benches == list(command.BENCHES)


def test_the_command_forgets_only_what_it_makes_anew(results, monkeypatch):
    seen = []

    def bench(address=None):
        """Something."""
        seen.append(sorted(path.name for path in results.glob("*.json")))
        (results / "seeds.json").write_text("new")

    monkeypatch.setattr(command, "BENCHES", {"seeds": bench})
    for name in ("seeds", "validation"):
        (results / f"{name}.json").write_text("old")
    for arguments in (["seeds"], ["seeds", "--fresh"]):
        monkeypatch.setattr(sys, "argv", ["bench", *arguments])
        command.main()
    assert seen == [["seeds.json", "validation.json"], ["validation.json"]]
    assert {path.name: path.read_text() for path in results.iterdir()} == {
        "seeds.json": "new",
        "validation.json": "old",
    }


def test_the_address_goes_to_the_benches_that_have_tasks(results, monkeypatch, capsys):
    asked = {}
    stand_ins = {name: (lambda name=name, **options: asked.update({name: options})) for name in command.BENCHES}
    for stand_in in stand_ins.values():
        stand_in.__doc__ = "Something."
    monkeypatch.setattr(command, "BENCHES", stand_ins)
    monkeypatch.setattr(sys, "argv", ["bench", "seeds", "speed", "ladder", "--address", "tcp://anna:8786"])
    command.main()
    assert asked == {"seeds": {"address": "tcp://anna:8786"}, "speed": {}, "ladder": {"address": "tcp://anna:8786"}}
    monkeypatch.setattr(sys, "argv", ["bench", "speed", "--address", "tcp://anna:8786"])
    with pytest.raises(SystemExit):
        command.main()
    assert f"--address is for {', '.join(command.ON_WORKERS)}, not for speed" in capsys.readouterr().err


def test_the_command_names_what_can_be_measured(benches, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bench", "speeed"])
    with pytest.raises(SystemExit):
        command.main()
    assert "speeed" in capsys.readouterr().err and not benches
    monkeypatch.setattr(sys, "argv", ["bench", "--help"])
    with pytest.raises(SystemExit):
        command.main()
    listed = capsys.readouterr().out
    assert all(f"  {name} " in listed for name in command.BENCHES)


# ---- the course itself


@pytest.fixture
def steps(results, monkeypatch):
    """A bench of three steps, as a function: it gives what was measured, until the one that is told kills it."""

    def measure(killed=None):
        measured = []

        def step(name):
            if name == killed:
                raise KeyboardInterrupt
            measured.append(name)
            return len(measured)

        with contextlib.suppress(KeyboardInterrupt):
            store.measure_steps("seeds", "Three steps.", {name: partial(step, name) for name in "abc"})
        return measured

    return measure


def test_what_was_measured_is_kept_by_a_kill_and_not_measured_again(steps, capsys):
    assert steps(killed="b") == ["a"] and "b" not in read_result("seeds")
    assert steps() == ["b", "c"]
    assert [read_result("seeds")[name] for name in "abc"] == [1, 1, 2]
    assert read_result("seeds")["command"] == "nox -s bench -- seeds"
    capsys.readouterr()
    assert steps() == [] and "`nox -s bench -- seeds --fresh` measures it again" in capsys.readouterr().out


def test_parts_of_two_machines_are_in_no_result(steps, monkeypatch):
    steps(killed="c")
    monkeypatch.setattr(store, "describe_machine", lambda: "another one")
    with pytest.raises(SystemExit, match=r"seeds: a part was measured on .*; `nox -s bench -- seeds --fresh` measures"):
        steps()


def test_the_lessons_are_measured_one_by_one_and_the_tables_follow(results, monkeypatch):
    monkeypatch.setattr(lessons, "_fit_in_lesson", lambda: 3.0)
    monkeypatch.setattr(lessons, "_fit_in_script", lambda: 4.0)
    monkeypatch.setattr(lessons, "_run_lesson", lambda source: (float(source.stem[:2]), 0.5))
    written = {}
    monkeypatch.setattr(speed, "RESULTS", results)
    monkeypatch.setattr(speed, "write_table", lambda table, path, mark: written.update({path.name: table}))
    lessons.measure()
    stored = read_result("lessons")
    assert stored["fit_seconds"] == [[3.0, 4.0]] * 4 and stored["07_inspecting"] == [7.0, 0.5]
    assert "| original recipe in lesson 05 / bare script | 0.75 (0.75 to 0.75) |" in written["README.md"]
    assert "| 12 | 0.2 min | 0.5 GB |" in written["INSTRUCTORS.md"]


def test_a_whole_run_is_counted_and_one_with_a_red_test_is_not_stored(results, monkeypatch, tmp_path, capsys):
    (tmp_path / "nox.py").write_text("print('9 passed, 1 skipped in 3.00s')")
    monkeypatch.setattr(suite, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(suite, "write_tables", lambda: None)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    suite.measure()
    assert read_result("suite")["run"]["passed"] == 9 and "9 passed" in capsys.readouterr().out
    (results / "suite.json").unlink()
    (tmp_path / "nox.py").write_text("print('1 failed, 8 passed'); raise SystemExit(1)")
    with pytest.raises(SystemExit, match="a run with a red test is not stored"):
        suite.measure()
    assert not (results / "suite.json").exists()


def test_kernels_answer_with_the_courses_variables_and_without(monkeypatch):
    (ours, bare), *more = speed._kernels_in_turn(1)
    assert ours > 0 and bare > 0 and not more


def test_a_command_that_fails_ends_the_bench_and_says_why():
    assert speed._timed("this") > 0
    with pytest.raises(SystemExit, match=r"pytest --no-such failed:(.|\n)*unrecognized arguments"):
        speed._timed("pytest", "--no-such")


def test_each_step_of_the_speed_has_a_row(results, monkeypatch):
    """Each is stored as its row reads it; here nothing is started, and each takes as long as any other."""
    monkeypatch.setattr(speed, "RESULTS", results)
    monkeypatch.setattr(speed, "write_table", lambda table, path, mark: None)
    for name in ("_seconds_to_install", "_seconds_of", "_first_picture"):
        monkeypatch.setattr(speed, name, lambda *arguments: 1.0 if isinstance(arguments[0], str) else [1.0])
    monkeypatch.setattr(speed, "_seconds_of", lambda code, n_runs: [1.0])
    monkeypatch.setattr(speed, "_timed", lambda *command: 1.0)
    for name in ("_seconds_to_load", "_kernels_in_turn"):
        monkeypatch.setattr(speed, name, lambda n_runs: [(1.0, 2.0)])
    speed.measure()
    result = read_result("speed")
    parts = [name for name in result if isinstance(result[name], list)]
    assert len(parts) == 13 and all(speed.ROWS["speed"]({name: result[name]}) for name in parts)


def test_a_lesson_that_fails_at_length_ends_the_bench_and_says_why(tmp_path, monkeypatch):
    failing = tmp_path / "test_long.py"
    failing.write_text("def test_it():\n    print('x' * 300_000)\n    assert 0, 'the reason'\n")
    monkeypatch.setattr(lessons, "notebook_path", lambda source: failing)
    with pytest.raises(SystemExit, match=r"test_long fails under nbval:(.|\n)*the reason"):
        lessons._run_lesson(failing)


# ---- what is stored


def test_stored_seeds_reach_what_the_course_promises():
    result = read_result("seeds")
    accuracies = [run["test_acc"] for run in result["runs"]]
    assert [run["seed"] for run in result["runs"]] == list(range(runs.N_SEEDS)) and runs.N_SEEDS >= 5
    assert min(accuracies) >= 0.985 and max(accuracies) <= 0.997 and np.mean(accuracies) >= 0.990
    assert all(run["test_acc"] == run["n_correct"] / 10000 for run in result["runs"])
    assert all(len(set(run["misread"])) == 10000 - run["n_correct"] for run in result["runs"])
    assert all(len(run["loss"]) == len(run["accuracy"]) == 5 for run in result["runs"])


def test_batches_of_a_generator_leave_no_image_in_memory():
    def endless(images):
        while True:
            yield images[np.arange(32)], np.zeros((32, 1))

    images = np.zeros((100, 1))
    kept, model = weakref.ref(images), keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    history = runs.fit_batches(model, endless(images), n_steps=2, epochs=3)
    del images
    gc.collect()
    assert len(history["loss"]) == 3 and kept() is None
    benches = [path for path in Path(runs.__file__).parent.glob("*.py") if "steps_per_epoch=" in path.read_text()]
    assert benches == [Path(runs.__file__)]  # they all leave it to this function


def test_stored_validation_curves_are_whole():
    history = read_result("validation")["history"]
    assert set(history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert all(len(values) == runs.VALIDATION_EPOCHS and np.isfinite(values).all() for values in history.values())
    assert history["loss"][-1] < history["loss"][0] and max(history["val_accuracy"]) > 0.985


MEASURED = sorted(set(RESULTS.glob("*.json")) - {RESULTS / "test_readings.json"})  # a list; see test_ladder


@pytest.mark.parametrize("path", MEASURED, ids=lambda path: path.stem)
def test_stored_results_say_where_they_come_from(path):
    result = read_result(path.stem)
    assert {"about", "command", "date", "machine", "versions"} <= result.keys()
    assert result["command"] == f"nox -s bench -- {path.stem}"
    assert path.stem in command.BENCHES


def test_stored_confidence_is_of_the_run_that_the_validation_curve_shows():
    """The same seed, split and recipe: after five epochs, the curve gives the share of right answers."""
    stored, curve = read_result("confidence"), read_result("validation")
    assert (stored["seed"], stored["split_seed"]) == (curve["seed"], curve["split_seed"]) == (0, 0)
    right = [answer == "1" for answer in stored["right"]]
    confidence = np.array(stored["confidence"].split(), dtype=float)
    assert len(right) == len(confidence) == 10000
    assert ((confidence > 0.1) & (confidence <= 1)).all()
    assert np.mean(right) == pytest.approx(curve["history"]["val_accuracy"][4], abs=1e-6)
    assert confidence[np.array(right)].mean() > confidence[~np.array(right)].mean() + 0.1


def test_confidence_is_stored_as_the_lesson_reads_it(results, monkeypatch):
    """With a stand-in for the network: answers in the order of the images set aside, and how sure each is."""
    import course_utils.training

    answers = np.random.default_rng(0).dirichlet(np.ones(10) * 0.1, 100)
    labels = np.arange(150, dtype="uint8") % 10

    class Network:
        def predict(self, images, **options):
            return answers[: len(images)]

    monkeypatch.setattr(runs, "load_mnist", lambda: ((np.zeros((150, 28, 28), "uint8"), labels), None))
    monkeypatch.setattr(runs, "split_validation", lambda x, y: ((x[100:], y[100:]), (x[:100], y[:100])))
    trained_on = []
    monkeypatch.setattr(
        course_utils.training,
        "train_seed_network",
        lambda images, labels, **options: (trained_on.append(len(images)), (Network(), None))[1],
    )
    runs.confidence()
    stored = read_result("confidence")
    assert trained_on == [50] and stored["command"] == "nox -s bench -- confidence"
    assert list(stored["right"]) == ["1" if a == b else "0" for a, b in zip(answers.argmax(1), labels, strict=False)]
    np.testing.assert_allclose(np.array(stored["confidence"].split(), dtype=float), answers.max(axis=1), atol=1e-6)
