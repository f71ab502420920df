"""Lesson 15's bench on solar cells: what is dealt, trained on and judged, and that it goes on where it stopped."""

import dataclasses

import nightly
import numpy as np
import pytest
from in_turn import Killed, in_turn

from course_utils import results
from course_utils.bench import cells
from course_utils.results import read_result

pytestmark = [pytest.mark.numbers, pytest.mark.slow]
N = 96
RUN = {"accuracy": 0.8, "area": 0.9, "average_precision": 0.7, "area_within": 0.75, "seconds": 1.0}


@pytest.fixture
def small(monkeypatch, tmp_path):
    """A hundred small squares in eight modules, the defective ones with a dark spot; and a cache of their own."""
    rng = np.random.default_rng(0)
    labels = rng.integers(2, size=N)
    images = rng.integers(150, 256, size=(N, 64, 64, 3)).astype("uint8")
    images[labels == 1, 16:48, 16:48] = 0
    monkeypatch.setattr(cells, "load", lambda size: (images, labels, np.repeat(np.arange(8), 12)))
    monkeypatch.setenv("CNN_COURSE_CACHE", str(tmp_path))
    cells.load_features.cache_clear()
    yield labels
    cells.load_features.cache_clear()


def test_ways_differ_in_nothing_but_the_way_and_its_training():
    for name, recipe in cells.RECIPES.items():
        as_in_paper = name.endswith("as in the paper")
        assert name.startswith(recipe.way) and recipe.n_seeds == 3
        assert as_in_paper or name.startswith(f"{recipe.way}, {recipe.groups}")
        assert (recipe.groups, recipe.size, recipe.n_folds, recipe.n_judged) == (
            ("cells", 224, 4, 1) if as_in_paper else (recipe.groups, 128, 3, 3)
        )
        assert (f"{recipe.n_labels} labels" in name) == bool(recipe.n_labels)
        assert (recipe.n_steps, recipe.rate) == (0, 0) or recipe.way != "features"
    pairs = [(name, name.replace(", modules", ", cells")) for name in cells.RECIPES if ", modules" in name]
    for one, other in pairs:
        if other in cells.RECIPES:
            by_modules, by_cells = cells.RECIPES[one], cells.RECIPES[other]
            assert dataclasses.replace(by_modules, groups="cells") == by_cells


def test_what_is_stored_is_whole():
    """All runs of all recipes as they are now, and what the lesson says of them."""
    result = read_result("cells")
    assert result["recipes"] == {name: cells.describe(recipe) for name, recipe in cells.RECIPES.items()}
    runs = {(run["name"], run["seed"]): run for run in result["runs"]}
    assert set(runs) == {(name, seed) for name, recipe in cells.RECIPES.items() for seed in range(recipe.n_seeds)}

    def mean(name, value):
        return np.mean([run[value] for run in result["runs"] if run["name"] == name])

    for labels in ("", ", 100 labels", ", 400 labels"):
        areas = [mean(f"{way}, modules{labels}", "area") for way in ("from scratch", "features", "fine-tuned")]
        assert areas == sorted(areas), "fine-tuning is ahead everywhere, and from scratch is last"
    few = mean("fine-tuned, modules, 100 labels", "area")
    assert few > mean("from scratch, modules", "area") and abs(few - mean("features, modules", "area")) < 0.01
    accuracies = [mean(f"fine-tuned, {kind}", "accuracy") for kind in ("as in the paper", "modules")]
    assert accuracies[0] > 0.8842 > accuracies[1] + 0.05, "better than VGG19 in the paper, and less on new modules"
    within = [mean(f"{way}, modules", "area_within") for way in ("from scratch", "features", "fine-tuned")]
    assert within[0] < 0.65 < 0.7 < within[1] < 0.8 < within[2]


@pytest.mark.parametrize("groups", ["modules", "cells"])
def test_no_fold_is_judged_by_a_model_that_was_trained_on_it(small, groups, monkeypatch):
    judged = []

    def score(recipe, folds, fold, train, seed):
        test = np.flatnonzero(folds == fold)
        assert not set(train) & set(test) and len(train) == 40 and len(set(train)) == 40
        if groups == "modules":
            assert not set(train // 12) & set(test // 12)
        judged.extend(test)
        return small[test].astype(float) - 0.5

    monkeypatch.setitem(cells.WAYS, "from scratch", score)
    run = cells.train_run(cells.Recipe("from scratch", groups, n_labels=40, size=32), 0)
    assert sorted(judged) == list(range(N)) and run["accuracy"] == run["area"] == run["area_within"] == 1


def test_as_in_the_paper_a_quarter_is_judged_once(small, monkeypatch):
    judged = []

    def score(recipe, folds, fold, train, seed):
        judged.extend(test := np.flatnonzero(folds == fold))
        assert len(test) == N // 4 and len(train) == N - N // 4
        return small[test].astype(float) - 0.5

    monkeypatch.setitem(cells.WAYS, "from scratch", score)
    run = cells.train_run(cells.Recipe("from scratch", "cells", size=32, **cells.PAPER), 0)
    assert len(judged) == N // 4 and run["accuracy"] == run["area"] == 1


@pytest.mark.parametrize("way", nightly.by_night(cells.WAYS, ["fine-tuned"]))
def test_each_way_finds_dark_spots(small, way):
    recipe = cells.Recipe(way, size=64, n_steps=40, rate=0.003, n_judged=1)
    assert cells.train_run(recipe, 0)["area"] > 0.9


def test_flips_are_four_different_images_of_the_same_cell():
    image = np.arange(12).reshape(1, 3, 4, 1)
    flipped = [image[flip] for flip in cells.FLIPS]
    assert len({one.tobytes() for one in flipped}) == 4
    assert all(one.shape == image.shape and set(one.ravel()) == set(range(12)) for one in flipped)


def test_it_goes_on_where_it_stopped_and_forgets_runs_of_another_recipe(tmp_path, monkeypatch, capsys):
    for module in (results, cells):
        monkeypatch.setattr(module, "RESULTS", tmp_path)
    in_turn(monkeypatch)
    monkeypatch.setattr(cells, "RECIPES", {"a": cells.Recipe(n_seeds=2), "b": cells.Recipe(size=64, n_seeds=1)})
    made = []

    def train_run(recipe, seed):
        made.append((recipe.size, seed))
        if len(made) == 3:
            raise Killed
        return RUN

    monkeypatch.setattr(cells, "train_run", train_run)
    with pytest.raises(Killed):
        cells.measure()
    cells.measure()
    assert made == [(128, 0), (64, 0), (128, 1), (128, 1)]
    cells.measure()
    assert len(made) == 4 and "nox -s bench -- cells --fresh" in capsys.readouterr().out
    monkeypatch.setitem(cells.RECIPES, "b", cells.Recipe(size=32, n_seeds=1))
    cells.measure()
    assert made[4:] == [(32, 0)]
    assert [(run["name"], run["seed"]) for run in read_result("cells")["runs"]] == [("a", 0), ("a", 1), ("b", 0)]
