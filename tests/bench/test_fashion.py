"""Lesson 13's bench: each recipe changes what its name says, runs are stored as they finish, and a kill loses none."""

import dataclasses
import json
from types import SimpleNamespace

import numpy as np
import pytest
from in_turn import Killed, in_turn

from course_utils import results
from course_utils._tensorflow import keras
from course_utils.bench import deeper, fashion
from course_utils.data import load_fashion_mnist, prepare_images
from course_utils.results import read_result

pytestmark = [pytest.mark.numbers, pytest.mark.slow]
REMEDIES, RATES = fashion.PARTS["remedies"], fashion.PARTS["rates"]


@pytest.fixture
def small(tmp_path, monkeypatch):
    """The bench on 200 + 50 images, in a folder of its own; there is no test set to read."""
    (images, labels), _ = load_fashion_mnist()
    monkeypatch.setattr(fashion, "load_fashion_mnist", lambda: ((images[:250], labels[:250]), None))
    for name, value in {"N_VALIDATION": 50, "N_MONITORED": 40, "RESULTS": tmp_path}.items():
        monkeypatch.setattr(fashion, name, value)
    monkeypatch.setattr(results, "RESULTS", tmp_path)
    return tmp_path


def changed(recipe, base):
    """The fields in which a recipe differs from another."""
    one, other = dataclasses.asdict(recipe), dataclasses.asdict(base)
    return {name for name in one if one[name] != other[name]}


def test_a_remedy_changes_one_thing():
    base = REMEDIES["nothing changed"]
    differ = {name: changed(recipe, base) for name, recipe in REMEDIES.items() if recipe is not base}
    assert differ.pop("augmentation") == {"distort"} and differ.pop("early stopping") == {"patience"}
    assert differ.pop("weight decay 0.1") == {"weight_decay"}
    assert set(map(frozenset, differ.values())) == {frozenset({"options"})}
    assert len({recipe.n_seeds for recipe in REMEDIES.values()}) == 1


def test_optimizers_and_rates_are_what_the_names_say():
    assert list(RATES) == [f"{optimizer}, {rate:g}" for optimizer in fashion.OPTIMIZERS for rate in fashion.RATES]
    for name, recipe in RATES.items():
        optimizer, rate = name.rsplit(", ", 1)
        assert recipe.rate == float(rate)
        if recipe.rate > fashion.RATES[0]:
            assert changed(recipe, RATES[f"{optimizer}, {fashion.RATES[0]:g}"]) == {"rate"}
            continue
        made = fashion.build(dataclasses.replace(recipe, build="build_dense_network"), seed=0).optimizer  # fast
        assert float(made.learning_rate) == pytest.approx(recipe.rate), name
        assert type(made).__name__ == optimizer.partition(" ")[0]
        assert made.get_config().get("momentum", 0.0) == (0.9 if "momentum" in optimizer else 0.0)


def test_the_rungs_are_trained_as_on_digits():
    from course_utils.bench import ladder

    for name in ("logistic regression", "dense network", "original network", "normalized", "augmented"):
        ours, theirs = fashion.PARTS["networks"][name], ladder.RECIPES[name]
        assert (ours.build, ours.options, ours.epochs, ours.batch_size) == (
            theirs.build,
            theirs.options,
            theirs.epochs,
            theirs.batch_size,
        )
        assert (ours.distort, ours.bfloat16, ours.one_cycle) == (theirs.distort, theirs.bfloat16, bool(theirs.peak))
        assert ours.rate == (theirs.peak or 0.001) and (ours.optimizer == "AdamW") == bool(theirs.peak)


def test_a_run_counts_what_its_network_misreads(small):
    recipe = dataclasses.replace(REMEDIES["augmentation"], n_images=128, epochs=2)
    run = fashion.train_run(recipe, 0)
    counts = np.array(run["confusion"].split(), dtype=int).reshape(10, 10)
    _, (_, classes) = fashion.load_split()
    assert counts.sum(axis=1).tolist() == np.bincount(classes, minlength=10).tolist()
    assert run["n_wrong"] == 50 - counts.trace() and 0 < run["loss"] < 10
    assert all(len(run[name].split()) == 2 for name in ("train", "val", "train_loss", "val_loss"))


def test_the_same_seed_trains_the_same_and_another_does_not(small):
    small_one = {"width": 0.1, "dropout": 0.5}
    recipe = dataclasses.replace(REMEDIES["dropout 0.5"], options=small_one, n_images=128, epochs=1)
    first, again, other = (fashion.train_run(recipe, seed) for seed in (3, 3, 4))
    del first["seconds"], again["seconds"]
    assert first == again and first["train_loss"] != other["train_loss"]


def test_early_stopping_looks_at_images_that_nothing_else_sees(small, monkeypatch):
    seen = {}

    def fit(model, batches, *, validation_data, callbacks, **options):
        seen.update(monitored=validation_data[0], trained=next(batches)[0], stopping=callbacks[0])
        return SimpleNamespace(history={})

    monkeypatch.setattr(keras.Model, "fit", fit)
    fashion.train_run(dataclasses.replace(REMEDIES["early stopping"], n_images=160, batch_size=160), 0)
    _, (held_out, _) = fashion.load_split()
    texts = [{image.tobytes() for image in part} for part in (seen["trained"], seen["monitored"], held_out)]
    assert [len(part) for part in texts] == [160, 40, 50] and not (texts[0] & texts[1] or texts[1] & texts[2])
    assert (seen["stopping"].patience, seen["stopping"].restore_best_weights) == (3, True)


def test_no_recipe_trains_on_what_early_stopping_looks_at():
    for recipe in REMEDIES.values():
        assert recipe.n_images <= 50_000 - 5_000


def test_a_loss_that_is_no_number_is_stored_as_none(small):
    recipe = dataclasses.replace(RATES["SGD, 1"], rate=1e30, n_images=128, epochs=1)
    assert fashion.train_run(recipe, 0)["loss"] is None


def stand_in(monkeypatch, may_train):
    """Training runs that cost nothing, and a kill after as many as may be made; returns the list of what was made."""
    made = []

    def train_run(recipe, seed):
        if len(made) == may_train:
            raise Killed
        made.append((recipe, seed))
        return {"n_wrong": 2, "loss": 0.1, "confusion": "5", "seconds": 1.0}

    monkeypatch.setattr(fashion, "train_run", train_run)
    in_turn(monkeypatch)
    return made


def test_it_continues_where_a_kill_stopped_it_and_forgets_other_recipes(small, monkeypatch, capsys):
    recipe = fashion.Recipe(n_seeds=2)
    monkeypatch.setattr(fashion, "PARTS", {"a": {"x": recipe, "y": dataclasses.replace(recipe, epochs=1)}})
    stand_in(monkeypatch, 3)
    with pytest.raises(Killed):
        fashion.measure()
    made = stand_in(monkeypatch, 100)
    fashion.measure()
    assert [seed for _, seed in made] == [1]
    assert [(run["name"], run["seed"]) for run in read_result("fashion")["runs"]] == [
        (name, seed) for name in "xy" for seed in range(2)
    ]
    assert "y" in (said := capsys.readouterr().out) and "[2, 2]" in said
    fashion.measure()
    assert len(made) == 1 and "all runs are stored" in capsys.readouterr().out
    monkeypatch.setitem(fashion.PARTS["a"], "x", dataclasses.replace(recipe, rate=0.1))
    fashion.measure()
    assert [(one.rate, seed) for one, seed in made[1:]] == [(0.1, 0), (0.1, 1)]


@pytest.mark.parametrize(("name", "parts"), [("fashion", fashion.PARTS), ("deeper", deeper.PARTS)])
def test_what_is_stored_is_whole(name, parts):
    result = read_result(name)
    json.dumps(result, allow_nan=False)
    assert result["recipes"] == {
        part: {name: fashion.describe(recipe) for name, recipe in recipes.items()} for part, recipes in parts.items()
    }
    expected = {(p, n, s) for p, recipes in parts.items() for n, r in recipes.items() for s in range(r.n_seeds)}
    assert {(run["part"], run["name"], run["seed"]) for run in result["runs"]} == expected
    assert len(result["runs"]) == len(expected)
    for run in result["runs"]:
        counts = np.array(run["confusion"].split(), dtype=int).reshape(10, 10)
        assert counts.sum() == result["n_validation"] and run["n_wrong"] == counts.sum() - counts.trace()


def test_the_held_out_images_are_those_of_the_lesson():
    from course_utils import data

    (images, labels), _ = load_fashion_mnist()
    _, (held_bytes, held_labels) = data.split_validation(images, labels)
    _, (held_out, classes) = fashion.load_split()
    assert np.array_equal(held_out, prepare_images(held_bytes)) and np.array_equal(classes, held_labels)
