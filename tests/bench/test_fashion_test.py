"""Lesson 13's look at the test images: chosen without them, read once, noted each time; a kill loses nothing."""

import dataclasses
import json
from types import SimpleNamespace

import numpy as np
import pytest
from in_turn import Killed, in_turn

from course_utils import results
from course_utils.bench import fashion, fashion_test, ladder
from course_utils.data import load_fashion_mnist, one_hot
from course_utils.results import read_result

pytestmark = [pytest.mark.numbers, pytest.mark.slow]
N_WRONG = {"one": 30, "other": 20}


@pytest.fixture
def small(tmp_path, monkeypatch):
    """The bench on 250 images, in a folder of its own, with two recipes of one epoch; test images are another 60."""
    (images, labels), _ = load_fashion_mnist()
    few = (images[:250], labels[:250]), (images[250:310], labels[250:310])
    for module in (fashion, fashion_test):
        monkeypatch.setattr(module, "load_fashion_mnist", lambda: few)
    recipe = fashion.Recipe("build_dense_network", n_images=200, epochs=1)
    both = {"one": recipe, "other": dataclasses.replace(recipe, rate=0.01)}
    monkeypatch.setattr(fashion_test, "candidates", lambda: dict(both))
    monkeypatch.setattr(fashion, "N_VALIDATION", 50)
    monkeypatch.setattr(fashion_test, "KEPT", tmp_path / "kept")
    for module in (fashion_test, ladder, results):
        monkeypatch.setattr(module, "RESULTS", tmp_path)
    in_turn(monkeypatch)
    return both


def weights_of(recipe, seed):
    """Untrained ones, of which the last network's are by far the surest, so that it decides for all together."""
    return [(1 + 50 * seed) * weights for weights in fashion.build(recipe, seed=seed).get_weights()]


def stand_in(monkeypatch, may_train, n_wrong=N_WRONG):
    """Count the runs instead of training so long; after so many, the process is killed."""
    made, names = [], {recipe.rate: name for name, recipe in fashion_test.candidates().items()}

    def train_run(recipe, seed):
        if len(made) == may_train:
            raise Killed
        made.append((names[recipe.rate], seed))
        wrong, weights = n_wrong[names[recipe.rate]] + seed, weights_of(recipe, seed)
        return {"n_wrong": wrong, "n_wrong_mirrored": wrong - 1, "seconds": 2.0, "weights": weights}

    monkeypatch.setattr(fashion_test, "train_run", train_run)
    return made


def readings():
    try:
        return read_result("test_readings")["fashion_readings"]
    except FileNotFoundError:
        return []


def test_a_run_counts_what_its_network_misreads(small):
    run = fashion_test.train_run(small["one"], 3)
    model = fashion.build(small["one"], seed=0)
    model.set_weights(run["weights"])
    _, (images, classes) = fashion.load_split()
    plain, mirrored = (model.predict(some, verbose=0) for some in (images, np.flip(images, axis=2)))
    assert run["n_wrong"] == (plain.argmax(axis=1) != classes).sum() < 50
    assert run["n_wrong_mirrored"] == ((plain + mirrored).argmax(axis=1) != classes).sum()
    assert run["seconds"] > 0


def test_a_mirror_image_is_asked_too():
    asked = []
    model = SimpleNamespace(predict=lambda images, **options: (asked.append(images), one_hot(images[:, 0, 0, 0]))[1])
    images = np.zeros((2, 28, 28, 1), "int64")
    images[:, 0, 0], images[:, 0, 27] = [[1], [2]], [[1], [5]]
    plain, both = fashion_test.ask_twice(model, images)
    assert np.array_equal(asked[1][:, :, ::-1], asked[0])
    assert np.array_equal(plain, one_hot([1, 2])) and np.array_equal(both, (one_hot([1, 2]) + one_hot([1, 5])) / 2)
    assert fashion_test.count_wrong(np.stack([one_hot([1, 2]), one_hot([3, 4])]), np.array([1, 4])) == {
        "n_wrong": 1,
        "n_wrong_mirrored": 1,
    }


def test_the_best_on_validation_images_reads_the_test_once(small, monkeypatch, capsys):
    made = stand_in(monkeypatch, 100)
    fashion_test.measure()
    assert made == [("one", 0), ("other", 0), ("other", 1), ("other", 2)]
    result, (reading,) = read_result("fashion_test"), readings()
    test, (images, classes) = result["test"], fashion_test.load_fashion_mnist()[1]
    assert test["chosen"] == "other" and test == {name: reading[name] for name in test}
    assert reading["recipe"] == fashion.describe(small["other"]) and reading["parameters"] == 7850
    each = []
    for seed in range(3):
        model = fashion.build(small["other"], seed=0)
        model.set_weights(weights_of(small["other"], seed))
        each.append(model.predict(images.reshape(-1, 28, 28, 1) / np.float32(255), verbose=0))
        assert test["n_wrong"][seed] == (each[-1].argmax(axis=1) != classes).sum()
    assert test["together"]["n_wrong"] == (sum(each).argmax(axis=1) != classes).sum() != test["n_wrong"][0]
    fashion_test.measure()
    assert len(made) == 4 and len(readings()) == 1 and "all runs are stored" in capsys.readouterr().out


@pytest.mark.parametrize("may_train", [1, 3])
def test_a_kill_loses_nothing_and_reads_nothing(small, monkeypatch, may_train):
    first = stand_in(monkeypatch, may_train)
    with pytest.raises(Killed):
        fashion_test.measure()
    assert len(read_result("fashion_test")["runs"]) == may_train and not readings()
    second = stand_in(monkeypatch, 100)
    fashion_test.measure()
    assert first + second == [("one", 0), ("other", 0), ("other", 1), ("other", 2)] and len(readings()) == 1


def test_lost_weights_are_made_again_before_the_test_is_read(small, monkeypatch):
    stand_in(monkeypatch, 3)
    with pytest.raises(Killed):
        fashion_test.measure()
    fashion_test.kept_weights("other", 1).unlink()
    made = stand_in(monkeypatch, 100)
    fashion_test.measure()
    assert made == [("other", 1), ("other", 2)]
    runs = read_result("fashion_test")["runs"]
    assert [(run["name"], run["seed"]) for run in runs] == [("one", 0), *(("other", seed) for seed in range(3))]


def test_another_recipe_is_another_reading(small, monkeypatch):
    stand_in(monkeypatch, 100)
    fashion_test.measure()
    small["one"] = dataclasses.replace(small["one"], epochs=2)
    made = stand_in(monkeypatch, 100, {"one": 10, "other": 20})
    fashion_test.measure()
    assert made == [("one", seed) for seed in range(3)]
    assert [reading["chosen"] for reading in readings()] == ["other", "one"]
    assert read_result("fashion_test")["test"]["chosen"] == "one"


def test_the_stored_look_is_whole_and_the_last_reading():
    result, names = read_result("fashion_test"), list(fashion_test.candidates())
    recipes = {name: fashion.describe(recipe) for name, recipe in fashion_test.candidates().items()}
    assert result["recipes"] == json.loads(json.dumps(recipes))
    name = fashion_test.chosen(result)
    wanted = [(one, seed) for one in names for seed in range(fashion_test.N_SEEDS if one == name else 1)]
    assert [(run["name"], run["seed"]) for run in result["runs"]] == wanted
    assert np.median([run["seconds"] for run in result["runs"]]) == pytest.approx(600, rel=0.2)  # as the lesson says
    last = readings()[-1]
    about = {key: result[key] for key in ("command", "machine", "versions", "precision")}
    assert last == about | {"recipe": recipes[name]} | result["test"] and result["test"]["chosen"] == name
