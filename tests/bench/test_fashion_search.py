"""Lesson 13's search: a trial goes on exactly, images are kept apart, a kill loses nothing, what is stored."""

import dataclasses
import json
from types import SimpleNamespace

import numpy as np
import pytest
from in_turn import Killed, in_turn

from course_utils import results
from course_utils.bench import fashion, fashion_search
from course_utils.data import load_fashion_mnist, one_hot
from course_utils.extras import why_missing
from course_utils.results import read_result

if reason := why_missing("scaling"):
    pytest.skip(reason, allow_module_level=True)

pytestmark = [pytest.mark.numbers, pytest.mark.slow]


@pytest.fixture
def small(tmp_path, monkeypatch):
    """The bench on 250 images, in a folder of its own; there is no test set to read."""
    (images, labels), _ = load_fashion_mnist()
    monkeypatch.setattr(fashion, "load_fashion_mnist", lambda: ((images[:250], labels[:250]), None))
    monkeypatch.setattr(fashion, "N_VALIDATION", 50)
    monkeypatch.setattr(fashion_search, "N_MONITORED", 40)
    whole = fashion_search.recipe_of
    monkeypatch.setattr(fashion_search, "recipe_of", lambda s: dataclasses.replace(whole(s), n_images=160))
    monkeypatch.setattr(fashion_search, "RUNGS", (1, 2, 3))
    monkeypatch.setattr(fashion_search, "RESULTS", tmp_path)
    monkeypatch.setattr(fashion_search, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(results, "RESULTS", tmp_path)
    return tmp_path


def test_a_trial_that_goes_on_equals_one_that_never_stopped(small):
    whole, at_once = fashion_search.train_to(fashion_search.GUESSED, 7, None, 3)
    _, checkpoint = fashion_search.train_to(fashion_search.GUESSED, 7, None, 1)
    value, in_parts = fashion_search.train_to(fashion_search.GUESSED, 7, checkpoint, 3)
    assert value == whole and at_once.keys() == in_parts.keys() and int(in_parts["epochs"]) == 3
    assert all(np.array_equal(at_once[name], in_parts[name]) for name in at_once)
    _, other = fashion_search.train_to(fashion_search.GUESSED, 8, None, 1)
    assert any(not np.array_equal(other[name], checkpoint[name]) for name in checkpoint)


@pytest.mark.parametrize("name", fashion_search.GUESSED)
def test_each_setting_changes_the_recipe(name):
    changed = {"batch_size": 64, "mirror": False}.get(name, fashion_search.GUESSED[name] / 2)
    one, other = (fashion_search.recipe_of(fashion_search.GUESSED | part) for part in ({}, {name: changed}))
    assert one != other
    assert fashion_search.GUESSED.keys() == fashion_search.space().keys()
    assert fashion_search.space()[name]._contains(fashion_search.space()[name].to_internal_repr(changed))


def test_training_choosing_and_judging_use_different_images(small, monkeypatch):
    seen = {"predicted": []}

    def fit(model, batches, *, steps_per_epoch, **options):
        seen["trained"] = np.concatenate([next(batches)[0] for _ in range(steps_per_epoch)])
        return SimpleNamespace(history={})

    def predict(model, images, **options):
        seen["predicted"].append(images)
        return one_hot(np.zeros(len(images), dtype=int))

    monkeypatch.setattr("keras.Model.fit", fit)
    monkeypatch.setattr("keras.Model.predict", predict)
    still = fashion_search.GUESSED | {"mirror": False, "shift": 0.0, "batch_size": 160}
    fashion_search.train_to(still, 0, None, 1)
    fashion_search.judge(still, 0)
    _, (held_out, _) = fashion.load_split()
    chosen_by, searched, judged_by = seen["predicted"]
    assert np.array_equal(chosen_by, searched) and np.array_equal(judged_by, held_out)
    parts = [{image.tobytes() for image in part} for part in (seen["trained"], searched, judged_by)]
    assert [len(part) for part in parts] == [160, 40, 50]
    assert not (parts[0] & parts[1] or parts[0] & parts[2] or parts[1] & parts[2])


def test_a_search_that_is_killed_goes_on_and_then_is_stored(small, monkeypatch, capsys):
    made = []

    def train_to(settings, number, checkpoint, epochs):
        if len(made) == may_train:
            raise Killed
        made.append((number, epochs))
        return settings["rate"], b""

    def search(train_to, space, *, rungs, n_trials, storage, sampler, reduction_factor, **options):
        """Each trial is trained to the end and kept in a file, as the real one keeps it in its journal."""
        storage.parent.mkdir(exist_ok=True)
        stored = storage.read_text().split() if storage.exists() else []
        rates = np.random.default_rng(len(sampler)).permutation(n_trials) / n_trials
        for number in range(n_trials):
            if str(number) not in stored:
                train_to({"rate": rates[number]}, number, None, rungs[-1])
                stored.append(str(number))
                storage.write_text(" ".join(stored))
            values = {rungs[-1]: float(rates[number])}
            params = fashion_search.GUESSED | {"rate": float(rates[number]) + 0.001}
            state = SimpleNamespace(name="COMPLETE")
            yield SimpleNamespace(number=number, params=params, intermediate_values=values, state=state)

    monkeypatch.setattr(fashion_search, "train_to", train_to)
    monkeypatch.setattr("course_utils.scaling.search.search", search)  # which is loaded with Dask, before `in_turn`
    in_turn(monkeypatch)
    monkeypatch.setattr(fashion_search, "judge", lambda settings, seed: {"searched": 2, "held_out": 5})
    may_train = fashion_search.N_TRIALS + 3  # the second search is killed
    with pytest.raises(Killed):
        fashion_search.measure()
    assert list(read_result("fashion_search")["trials"]) == ["random"]
    may_train = 1000
    fashion_search.measure()
    assert len(made) == len(fashion_search.SAMPLERS) * fashion_search.N_TRIALS  # none of them twice
    result = read_result("fashion_search")
    assert list(result["trials"]) == list(fashion_search.SAMPLERS) and list((small / "kept").iterdir()) == []
    assert len(result["judged"]) == 2 * fashion_search.N_SEEDS
    fashion_search.measure()
    assert "all runs are stored" in capsys.readouterr().out
    monkeypatch.setattr(fashion_search, "FACTOR", 2)
    assert fashion_search.load_result()["trials"] == {}  # of another plan


def test_the_stored_search_is_whole():
    result = read_result("fashion_search")
    assert result["plan"] == json.loads(json.dumps(fashion_search.plan()))
    assert list(result["trials"]) == list(fashion_search.SAMPLERS)
    rungs = [str(rung) for rung in fashion_search.RUNGS]
    for trials in result["trials"].values():
        assert [trial["number"] for trial in trials] == list(range(fashion_search.N_TRIALS))
        for trial in trials:
            assert list(trial["values"]) == rungs[: len(trial["values"])]
            assert (trial["state"] == "COMPLETE") == (len(trial["values"]) == len(rungs))
            assert trial["settings"].keys() == fashion_search.GUESSED.keys()
    seeds = range(fashion_search.FIRST_SEED, fashion_search.FIRST_SEED + fashion_search.N_SEEDS)
    assert [(run["name"], run["seed"]) for run in result["judged"]] == [
        (name, seed) for name in ("found", "guessed") for seed in seeds
    ]
    assert seeds[0] >= fashion_search.N_TRIALS  # no seed of a trial
