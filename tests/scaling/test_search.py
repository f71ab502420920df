"""The search on real Dask workers: halving, restarts after a kill at any write, a killed worker, messages."""

import functools
import itertools
import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from patience import CELL, SERVER, wait_until

from course_utils.data import load_mnist
from course_utils.extras import why_missing

if reason := why_missing("scaling"):
    pytest.skip(reason, allow_module_level=True)

import optuna
from distributed import LocalCluster
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.pruners import SuccessiveHalvingPruner
from optuna.storages.journal import JournalFileBackend

from course_utils.scaling import search as module
from course_utils.scaling.search import epochs_spent, search
from course_utils.scaling.tasks import TaskError
from course_utils.scaling.training import ScalingError

pytestmark = pytest.mark.slow

SPACE = {"rate": FloatDistribution(1e-3, 0.5, log=True), "kind": CategoricalDistribution(["plain", "late"])}
SMALL = {"space": SPACE, "rungs": (1, 3), "n_trials": 4, "reduction_factor": 2}


@pytest.fixture(scope="module")
def scheduler():
    """A scheduler with one worker, as somebody else may have started it; it is in this process, to start quickly."""
    how = {"threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "silence_logs": 50}
    with LocalCluster(n_workers=1, processes=False, protocol="tcp", **how) as cluster:
        yield cluster.scheduler_address


def train_to(settings, number, checkpoint, epochs):
    """Something that learns: its value shows whether it went on from the right checkpoint."""
    done, value = (0, number / 1000) if checkpoint is None else (int(checkpoint["done"]), float(checkpoint["value"]))
    for epoch in range(done, epochs):
        value += settings["rate"] * (1 - value) * (epoch > 1 or settings["kind"] == "plain")
    return value, {"done": np.array(epochs), "value": np.array(value)}


def note(folder, name):
    """Leave a mark that a task was called, with the process that did; return how often it was."""
    marks = Path(folder)
    marks.mkdir(exist_ok=True)
    count = len(list(marks.glob(f"{name}.*")))
    (marks / f"{name}.{count}").write_text(str(os.getpid()))
    return count


def train_noted(settings, number, checkpoint, epochs, *, folder):
    note(folder, f"{number}-{epochs}")
    return train_to(settings, number, checkpoint, epochs)


def train_killed(settings, number, checkpoint, epochs, *, folder):
    """The first two meet, so two workers are there; whoever is the first at the second rung is killed, half done."""
    note(folder, f"{number}-{epochs}")
    if number < 2:
        wait_until(lambda: list(Path(folder).glob("0-1.*")) and list(Path(folder).glob("1-1.*")))
    if epochs == 3:
        try:
            with open(f"{folder}/killed", "x") as file:
                file.write(f"{number}-{epochs}")
        except FileExistsError:
            pass
        else:
            psutil.Process().kill()
            time.sleep(SERVER)
    return train_to(settings, number, checkpoint, epochs)


def told(trials):
    """What matters of trials, in the order in which they came."""
    return [(trial.number, trial.state.name, trial.params, trial.intermediate_values) for trial in trials]


def read_journal(storage):
    return [json.loads(line) for line in Path(storage).read_text().splitlines()]


# ---- halving, samplers, the budget


def halve(values, reduction_factor):
    """Successive halving in plain words: how many rungs each trial reaches, for an array of (trials, rungs)."""
    seen, reached = [[] for _ in values.T], []
    for trial in values:
        for rung, value in enumerate(trial):
            seen[rung].append(value)
            best = np.sort(seen[rung])[::-1][: max(1, len(seen[rung]) // reduction_factor)]
            if value < best.min():
                break
        reached.append(rung + 1)
    return reached


@pytest.mark.parametrize("reduction_factor", [2, 3])
def test_the_trials_that_go_on_are_those_of_successive_halving(scheduler, tmp_path, reduction_factor):
    rungs = [1, reduction_factor, reduction_factor**2]
    options = {"rungs": rungs, "n_trials": 20, "reduction_factor": reduction_factor, "address": scheduler}
    trials = list(search(train_to, SPACE, storage=tmp_path / "journal", **options))
    assert [trial.number for trial in trials] == list(range(20))
    values = np.array([[train_to(one.params, one.number, None, rung)[0] for rung in rungs] for one in trials])
    reached = halve(values, reduction_factor)
    assert [len(trial.intermediate_values) for trial in trials] == reached
    assert set(reached) == {1, 2, 3}
    for trial, alone in zip(trials, values, strict=True):
        assert trial.intermediate_values == dict(zip(rungs[: len(trial.intermediate_values)], alone, strict=False))
        assert trial.value == trial.intermediate_values[trial.last_step]
        assert (trial.state.name == "COMPLETE") == (alone[-1] == trial.value and trial.last_step == rungs[-1])
    assert epochs_spent(trials) == sum(rungs[count - 1] for count in reached)

    study = optuna.create_study(direction="maximize", pruner=SuccessiveHalvingPruner(1, reduction_factor))
    for alone, ours in zip(values, trials, strict=True):  # Optuna's own pruner, asked in the same order
        trial = study.ask()
        for rung, value in zip(rungs, alone, strict=True):
            trial.report(value, rung)
            if rung < rungs[-1] and trial.should_prune():
                break
        assert rung == ours.last_step
        study.tell(trial, value)


def test_equal_values_go_on_together(scheduler, tmp_path):
    def equal(settings, number, checkpoint, epochs):
        return 0.5, b""

    trials = list(search(equal, storage=tmp_path / "journal", address=scheduler, **SMALL))
    assert {trial.state.name for trial in trials} == {"COMPLETE"}


def test_the_sampler_that_learns_finds_better_settings():
    space = {
        "rate": FloatDistribution(1e-4, 1, log=True),
        "width": IntDistribution(8, 256, log=True),
        "kind": CategoricalDistribution(["a", "b", "c"]),
    }

    def lowest(sampler, seed):
        study = optuna.create_study(direction="maximize")
        for number in range(25):
            module._ask(study, space, {"sampler": sampler, "seed": seed})
            found = study.trials[number].params
            loss = (math.log10(found["rate"]) + 2) ** 2 + (math.log2(found["width"]) - 6) ** 2 / 4
            study.tell(number, -(loss + (found["kind"] != "b")))
        return -study.best_value

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    random, tpe = ([lowest(sampler, seed) for seed in range(5)] for sampler in ("random", "tpe"))
    assert np.median(tpe) < np.median(random) / 3
    assert len(set(random)) == 5


def test_the_budget_counts_stored_trials_and_may_grow(scheduler, tmp_path):
    storage, train = tmp_path / "deep" / "journal", functools.partial(train_noted, folder=str(tmp_path / "marks"))
    few = list(search(train, storage=storage, address=scheduler, **SMALL))
    more = list(search(train, storage=storage, address=scheduler, **SMALL | {"n_trials": 7}))
    assert told(more[:4]) == told(few) and [trial.number for trial in more] == list(range(7))
    calls = sorted(path.name for path in (tmp_path / "marks").iterdir())
    assert calls == sorted(f"{one.number}-{rung}.0" for one in more for rung in one.intermediate_values)
    stored = list(search(train, storage=storage, address="tcp://127.0.0.1:1", **SMALL))  # and asks nobody
    assert told(stored) == told(more)
    assert not (tmp_path / "deep" / "journal.checkpoints").exists()
    once = list(search(train, storage=tmp_path / "other", address=scheduler, **SMALL | {"n_trials": 7}))
    assert told(once) == told(more)


def test_seeds_and_samplers_propose_different_settings(scheduler, tmp_path):
    options, found = SMALL | {"rungs": (1,), "n_trials": 12, "address": scheduler}, []
    for index, more in enumerate(({}, {"seed": 1}, {"sampler": "tpe"})):
        trials = search(train_to, storage=tmp_path / str(index), **options, **more)
        found.append([trial.params for trial in trials])
    assert len({tuple(each.items()) for each in found[0]}) == 12
    assert found[0] != found[1] and found[0][:10] == found[2][:10] and found[0][10:] != found[2][10:]


def train_network(settings, number, checkpoint, epochs):
    """One dense layer, with momentum, on 300 digits; the value is minus its loss on them."""
    from course_utils._tensorflow import keras

    (images, labels), _ = load_mnist()
    data = images[:300].reshape(300, -1) / 255, labels[:300]
    start = keras.initializers.GlorotUniform(seed=number)  # Python's own random numbers are Dask's, too
    model = keras.Sequential([keras.Input((784,)), keras.layers.Dense(10, "softmax", kernel_initializer=start)])
    model.compile(keras.optimizers.SGD(settings["rate"], momentum=0.9), "sparse_categorical_crossentropy")
    model.optimizer.build(model.trainable_variables)
    variables = [*model.variables, *model.optimizer.variables]
    done = 0
    if checkpoint is not None:
        done = int(checkpoint["done"])
        for index, variable in enumerate(variables):
            variable.assign(checkpoint[f"array {index}"])
    model.fit(*data, batch_size=100, shuffle=False, initial_epoch=done, epochs=epochs, verbose=0)
    arrays = {f"array {index}": variable.numpy() for index, variable in enumerate(variables)}
    return -model.evaluate(*data, verbose=0), {"done": np.array(epochs), **arrays}


@pytest.mark.numbers
def test_a_network_trains_on_from_its_checkpoint(scheduler, tmp_path):
    space = {"rate": FloatDistribution(1e-4, 0.1, log=True)}
    options = {"rungs": (1, 3), "n_trials": 3, "reduction_factor": 2, "address": scheduler}
    trials = list(search(train_network, space, storage=tmp_path / "journal", **options))
    best = max(trials, key=lambda trial: trial.intermediate_values[1])
    assert best.state.name == "COMPLETE" and best.value > best.intermediate_values[1] > math.log(0.1)
    assert best.value == pytest.approx(train_network(best.params, best.number, None, 3)[0], rel=1e-4)


# ---- restarts


class KilledError(BaseException):
    pass


@pytest.mark.parametrize(("torn", "sampler"), [(False, "random"), (True, "tpe")])
def test_a_driver_killed_at_any_write_goes_on_as_if_nothing_had_been(scheduler, tmp_path, monkeypatch, torn, sampler):
    append, replace, left = JournalFileBackend.append_logs, os.replace, [math.inf]

    def one_less():
        left[0] -= 1
        return left[0] == 0

    def append_or_die(self, logs):
        if not one_less():
            return append(self, logs)
        if torn:
            line = json.dumps(logs[0], separators=(",", ":"))
            with open(self._file_path, "a") as file:
                file.write(line[: len(line) // 2])
        raise KilledError

    def replace_or_die(source, target):
        if not one_less():
            return replace(source, target)
        if torn:
            Path(source).write_bytes(b"half")
        raise KilledError

    monkeypatch.setattr(JournalFileBackend, "append_logs", append_or_die)
    monkeypatch.setattr(module.os, "replace", replace_or_die)
    monkeypatch.setattr(
        module, "SAMPLERS", {**module.SAMPLERS, "tpe": functools.partial(module.TPESampler, n_startup_trials=2)}
    )
    options = {"sampler": sampler, "address": scheduler, **SMALL}
    undisturbed = told(search(train_to, storage=tmp_path / "undisturbed", **options))
    assert len(undisturbed) == 4
    for kill in itertools.count(1):
        storage, left[0] = tmp_path / f"killed at {kill}", kill
        try:
            found = told(search(train_to, storage=storage, **options))
            killed = False
        except KilledError:
            found = told(search(train_to, storage=storage, **options))
            killed = True
        assert found == undisturbed, kill
        reports = [(line["trial_id"], line["step"]) for line in read_journal(storage) if "step" in line]
        assert len(reports) == len(set(reports)) == sum(len(values) for *_, values in undisturbed)
        assert not Path(f"{storage}.checkpoints").exists()
        if not killed:
            break
    assert kill > 20


SCRIPT = """
import json, os, sys, time
from pathlib import Path
from optuna.distributions import FloatDistribution
from course_utils.scaling.search import search

def train_to(settings, number, checkpoint, epochs):
    here = Path("here")
    if number > 1 and epochs == 3 and not here.exists():
        Path("pid").write_text(f"{os.getpid()} {number}")
        os.replace("pid", here)
        time.sleep(int(sys.argv[1]))
    before = checkpoint.decode() if checkpoint else ""
    return settings["rate"] * (1 + number) * epochs, f"{before}{number}:{epochs} ".encode()

if __name__ == "__main__":
    space = {"rate": FloatDistribution(0, 1)}
    for trial in search(train_to, space, rungs=[1, 3, 9], n_trials=6, storage="journal", n_workers=1):
        print(json.dumps([trial.number, trial.state.name, trial.params, trial.intermediate_values]), flush=True)
"""


def test_a_driver_killed_by_a_signal_leaves_no_worker_and_is_started_again(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    command = {"args": [sys.executable, "-W", "error", script, str(2 * CELL)], "cwd": tmp_path}
    with subprocess.Popen(**command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as driver:
        wait_until((tmp_path / "here").exists)
        pid, number = (tmp_path / "here").read_text().split()
        worker = psutil.Process(int(pid))
        driver.kill()
        before, says = driver.communicate()
    assert says == ""
    wait_until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)
    assert [path.name for path in (tmp_path / "journal.checkpoints").iterdir()] == [f"{number}-1.npz"]
    again = subprocess.run(**command, capture_output=True, text=True, timeout=CELL)
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.startswith(before) and len(before.splitlines()) == int(number)
    for name in ("journal", "journal.in_use"):
        (tmp_path / name).unlink()
    undisturbed = subprocess.run(**command, capture_output=True, text=True, timeout=CELL)
    assert again.stdout == undisturbed.stdout and len(again.stdout.splitlines()) == 6


def test_a_worker_killed_in_the_middle_of_a_trial_costs_that_rung_only(tmp_path):
    folder, storage = tmp_path / "marks", tmp_path / "journal"
    train = functools.partial(train_killed, folder=str(folder))
    trials = list(search(train, SPACE, rungs=(1, 3, 9), n_trials=9, storage=storage, n_workers=2))
    assert sorted(trial.number for trial in trials) == list(range(9))
    assert {trial.state.name for trial in trials} == {"COMPLETE", "PRUNED"}
    for trial in trials:
        for rung, value in trial.intermediate_values.items():
            assert value == train_to(trial.params, trial.number, None, rung)[0]
    reports = [(line["trial_id"], line["step"]) for line in read_journal(storage) if "step" in line]
    assert len(reports) == len(set(reports))
    assert {f"{number}-{rung}" for number, rung in reports} == {path.stem for path in folder.glob("*.?")}
    killed = (folder / "killed").read_text()
    assert (folder / f"{killed}.0").read_text() != (folder / f"{killed}.1").read_text()


def test_a_checkpoint_that_was_deleted_costs_its_epochs_and_a_damaged_one_is_named(scheduler, tmp_path):
    storage = tmp_path / "journal"

    def interrupted(settings, number, checkpoint, epochs):
        if epochs == 3:
            return "stop"
        return train_to(settings, number, checkpoint, epochs)

    with pytest.raises(TypeError, match=r"train_to must return a pair.*got 'stop'; correct it and start the search"):
        list(search(interrupted, storage=storage, address=scheduler, **SMALL))
    (checkpoint,) = Path(f"{storage}.checkpoints").iterdir()
    checkpoint.write_bytes(b"half")
    with pytest.raises(ScalingError, match=r"0-1\.npz is damaged .*; delete it, and its trial starts over"):
        list(search(train_to, storage=storage, address=scheduler, **SMALL))
    checkpoint.unlink()
    found = told(search(train_to, storage=storage, address=scheduler, **SMALL))
    assert found == told(search(train_to, storage=tmp_path / "other", address=scheduler, **SMALL))


# ---- what fails


def test_a_trial_that_fails_is_told_and_the_search_goes_on(scheduler, tmp_path):
    def fails(settings, number, checkpoint, epochs):
        calls = note(tmp_path / "marks", f"{number}-{epochs}")
        if number == 1 or (number == 2 and calls == 0):
            raise ValueError(f"no luck with {number}")
        if number == 3:
            return math.nan if epochs == 3 else 1000.0, b""
        return float(number), b""

    trials, options = [], {"storage": tmp_path / "journal", "address": scheduler, **SMALL, "n_trials": 6}
    with pytest.raises(TaskError, match=r"1 of the tasks failed \(trial 1: ValueError: no luck with 1\); all others"):
        trials.extend(search(fails, **options))
    assert told(search(fails, **options)) == told(trials)  # which does not fail again
    assert [(trial.number, trial.state.name) for trial in trials][:4] == [
        (0, "COMPLETE"),
        (1, "FAIL"),
        (2, "COMPLETE"),
        (3, "FAIL"),
    ]
    assert [trial.user_attrs for trial in trials[:4]] == [
        {},
        {"error": "ValueError: no luck with 1"},
        {},
        {"error": "the value after 3 epochs is nan"},
    ]
    assert trials[3].value is None and len(trials) == 6
    assert not (tmp_path / "journal.checkpoints").exists()


SCHEDULER = """
import time
from distributed import LocalCluster
how = {"threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
with LocalCluster(n_workers=1, processes=False, protocol="tcp", **how) as one:
    print(one.scheduler_address, flush=True)
    time.sleep(1000)
"""


def test_a_scheduler_that_ends_is_told_and_the_trial_in_hand_goes_on_later(scheduler, tmp_path, caplog):
    options = SMALL | {"storage": tmp_path / "journal"}

    def kill_at_3(settings, number, checkpoint, epochs):
        if epochs == 3:
            psutil.Process().kill()  # its worker is in the scheduler's process
        return settings["rate"], checkpoint or b"first"

    def no_kill(settings, number, checkpoint, epochs):
        assert checkpoint == (b"first" if epochs == 3 else None)
        return settings["rate"], checkpoint or b"first"

    with subprocess.Popen([sys.executable, "-c", SCHEDULER], stdout=subprocess.PIPE, text=True) as process:
        try:
            address = process.stdout.readline().strip()
            with pytest.raises(ScalingError, match="the scheduler has ended; start it again, and then what is not"):
                list(search(kill_at_3, address=address, **options))
        finally:
            process.kill()
    assert [path.name for path in Path(f"{options['storage']}.checkpoints").iterdir()] == ["0-1.npz"]
    found = told(search(no_kill, address=scheduler, **options))
    assert found == told(search(no_kill, address=scheduler, **options | {"storage": tmp_path / "undisturbed"}))
    assert caplog.records == []


def test_a_scheduler_that_ends_between_two_tasks_is_told(scheduler, tmp_path, monkeypatch):
    def gone(self):
        raise OSError("Timed out")

    monkeypatch.setattr("distributed.Client.nthreads", gone)
    with pytest.raises(ScalingError, match="the scheduler has ended"):
        list(search(train_to, storage=tmp_path / "journal", address=scheduler, **SMALL))


def test_a_storage_in_use_is_left_alone(scheduler, tmp_path):
    first = search(train_to, storage=tmp_path / "journal", address=scheduler, **SMALL)
    next(first)
    journal = (tmp_path / "journal").read_bytes()
    with pytest.raises(ScalingError, match=r"another search uses .*journal: wait for its end, or stop it"):
        list(search(train_to, storage=str(tmp_path / "journal"), address=scheduler, **SMALL))
    assert (tmp_path / "journal").read_bytes() == journal
    first.close()
    assert len(list(search(train_to, storage=tmp_path / "journal", address=scheduler, **SMALL))) == 4


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"rungs": (1, 4)}, r"rungs is \[1, 3\] there and \[1, 4\] here"),
        ({"sampler": "tpe", "seed": 5}, "sampler is random there and tpe here; seed is 0 there and 5 here"),
        ({"reduction_factor": 3}, "reduction_factor is 2 there and 3 here"),
        (
            {"space": {"rate": FloatDistribution(0, 1), "new": IntDistribution(1, 2)}},
            r"space\['rate'\] is FloatDistribution\(high=0\.5, log=True, .* there and FloatDistribution\(high=1\.0, .*"
            r"space\['kind'\] is Categorical.* there and None here; space\['new'\] is None there and IntDistribution",
        ),
    ],
)
def test_a_storage_of_another_search_is_refused(stored, options, says):
    journal = stored.read_bytes()
    with pytest.raises(
        ScalingError, match=rf"journal is of another search: {says}.*; name another file, or go back to"
    ):
        list(search(train_to, storage=stored, **SMALL | options))
    assert stored.read_bytes() == journal


@pytest.fixture(scope="module")
def stored(scheduler, tmp_path_factory):
    storage = tmp_path_factory.mktemp("stored") / "journal"
    list(search(train_to, storage=storage, address=scheduler, **SMALL))
    return storage


def test_a_journal_of_other_studies_is_refused(tmp_path):
    storage = optuna.storages.JournalStorage(JournalFileBackend(str(tmp_path / "journal")))
    study = optuna.create_study(study_name="search", storage=storage)
    study.tell(study.ask(SPACE), 1)
    with pytest.raises(ScalingError, match=r"journal is of another search: rungs is None there and \[1, 3\] here"):
        list(search(train_to, storage=tmp_path / "journal", **SMALL))


@pytest.mark.parametrize(
    "damage",
    [
        lambda journal: b"SQLite format 3" + journal,
        lambda journal: journal.replace(b'"study_id"', b'"studio"'),
        lambda journal: journal.replace(b'"step"', b'"st'),
        lambda journal: journal.replace(b"\n", b""),
        lambda journal: b"x",
    ],
)
def test_a_damaged_storage_is_named_and_left_as_it_is(stored, tmp_path, damage):
    damaged = tmp_path / "journal"
    damaged.write_bytes(damage(stored.read_bytes()))
    before = damaged.read_bytes()
    with pytest.raises(
        ScalingError, match=r"journal is no journal of a search, or damaged \(.*put a copy of it in its"
    ):
        list(search(train_to, storage=damaged, address="tcp://127.0.0.1:1", **SMALL))
    assert damaged.read_bytes() == before


@pytest.mark.parametrize(
    "result", [0.5, (0.5,), (0.5, None), ("0.5", b""), (0.5, {"a": [1]}), (0.5, "text"), (0.5, b"", 1), (1j, b"")]
)
def test_what_is_no_value_and_checkpoint_is_told(result):
    with pytest.raises(
        TypeError, match="train_to must return a pair, a number and bytes or a dict of NumPy arrays, got"
    ):
        module._check_result(result)


@pytest.mark.parametrize("checkpoint", [b"", b"\0PK", {"a": np.arange(3), "b/c": np.zeros((2, 2), "float32")}, {}])
def test_a_checkpoint_comes_back_as_it_was(tmp_path, checkpoint):
    trial = optuna.trial.create_trial(state=optuna.trial.TrialState.RUNNING, intermediate_values={3: 0.5})
    trial.number = 7
    folder = module.Checkpoints(tmp_path / "checkpoints")
    assert folder.read(trial) is None
    folder.write(7, 3, checkpoint)
    found = folder.read(trial)
    assert type(found) is type(checkpoint) and len(found) == len(checkpoint)
    if isinstance(checkpoint, dict):
        assert all(
            found[name].dtype == array.dtype and (found[name] == array).all() for name, array in checkpoint.items()
        )
    else:
        assert found == checkpoint
    folder.keep([trial])
    assert folder.read(trial) is not None
    folder.keep([])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"train_to": 3}, TypeError, "train_to must be a function, got 3"),
        ({"space": {}}, TypeError, "space must be a dict with a distribution for each setting, as .*, got {}"),
        ({"space": {"rate": (0, 1)}}, TypeError, "space must be a dict with a distribution for each setting"),
        (
            {"space": {1: FloatDistribution(0, 1)}},
            TypeError,
            "space must be a dict with a distribution for each setting",
        ),
        ({"space": [FloatDistribution(0, 1)]}, TypeError, "space must be a dict with a distribution for each setting"),
        ({"rungs": ()}, ValueError, r"rungs must be numbers of epochs, each larger than the one before, .* got \(\)"),
        ({"rungs": (2, 2)}, ValueError, r"rungs must be numbers of epochs, each larger .* got \(2, 2\)"),
        ({"rungs": (3, 1)}, ValueError, r"rungs must be numbers of epochs, each larger .* got \(3, 1\)"),
        ({"rungs": (0, 1)}, ValueError, r"rungs must be numbers of epochs, each larger .* got \(0, 1\)"),
        ({"rungs": (1.0, 2)}, ValueError, r"rungs must be numbers of epochs, each larger .* got \(1\.0, 2\)"),
        ({"rungs": 3}, ValueError, "rungs must be numbers of epochs, each larger .* got 3"),
        ({"sampler": "grid"}, ValueError, "sampler must be one of random, tpe, got 'grid'"),
        ({"n_trials": 0}, ValueError, "n_trials must be a whole number, at least 1, got 0"),
        ({"reduction_factor": 1}, ValueError, "reduction_factor must be a whole number, at least 2, got 1"),
        ({"seed": -1}, ValueError, "seed must be a whole number, at least 0, got -1"),
        ({"n_workers": 0}, ValueError, "n_workers must be a whole number, at least 1, got 0"),
    ],
)
def test_wrong_arguments_are_told_before_anything_starts(tmp_path, options, error, says):
    with pytest.raises(error, match=says):
        search(**{"train_to": train_to, "storage": tmp_path / "journal", **SMALL, **options})
    assert list(tmp_path.iterdir()) == []
