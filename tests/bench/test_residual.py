"""Lesson 14's residual network on MNIST: trained by the ladder's best recipe, on its images, and no test image read."""

import dataclasses

import numpy as np
import pytest
from in_turn import Killed, in_turn

from course_utils import networks, results
from course_utils.bench import ladder, residual
from course_utils.results import read_result

pytestmark = [pytest.mark.numbers, pytest.mark.slow]
COST = {"parameters": 1, "multiply_adds": 2, "time_ratio": 3.0}


@pytest.fixture
def made(tmp_path, monkeypatch):
    """The bench in a folder of its own, with runs and costs that cost nothing; what was made, and in which order."""
    made = []

    def train_run(recipe, seed, *sizes):
        made.append(seed)
        assert (recipe, *sizes) == (residual.RECIPE, 60_000, 10_000, False)
        return {"n_correct": 9_950 + seed, "loss": 0.3, "seconds": 1.0}

    def measure_costs(recipes, images, rows):
        made.append("costs")
        assert list(recipes) == ["original network", "regularized", "residual"]
        assert images.shape == (50_000, 28, 28, 1) and rows.shape == (50_000, 10)
        return dict.fromkeys(recipes, COST)

    in_turn(monkeypatch)
    monkeypatch.setattr(ladder, "train_run", train_run)
    monkeypatch.setattr(ladder, "measure_costs", measure_costs)
    for module in (results, residual):
        monkeypatch.setattr(module, "RESULTS", tmp_path)
    return made


def test_the_network_alone_differs_from_the_best_recipe_and_it_has_about_as_many_parameters():
    best = ladder.RECIPES[ladder.BEST]
    assert dataclasses.replace(residual.RECIPE, build=best.build, options=best.options) == best
    deep = networks.build_deep_network(**residual.RECIPE.options)
    assert 0.95 < deep.count_params() / networks.build_best_network().count_params() < 1.05


def test_it_goes_on_where_it_stopped_and_forgets_runs_of_another_recipe(made, monkeypatch, capsys):
    train_run = ladder.train_run

    def die(recipe, seed, *sizes):
        if seed == 1:
            raise Killed
        return train_run(recipe, seed, *sizes)

    monkeypatch.setattr(ladder, "train_run", die)
    with pytest.raises(Killed):
        residual.measure()
    monkeypatch.setattr(ladder, "train_run", train_run)
    residual.measure()
    assert made == [0, 1, 2, "costs"] and "all runs are stored" not in (said := capsys.readouterr().out)
    assert "[50, 49, 48], mean 49.0" in said and "3.00 times as long" in said
    residual.measure()
    assert len(made) == 4 and "nox -s bench -- residual --fresh" in capsys.readouterr().out
    monkeypatch.setattr(residual, "RECIPE", dataclasses.replace(residual.RECIPE, epochs=2))
    monkeypatch.setattr(ladder, "train_run", lambda recipe, seed, *sizes: {"n_correct": 9_000, "seconds": 1.0})
    residual.measure()
    assert [run["n_correct"] for run in read_result("residual")["runs"]] == [9_000] * 3


def test_what_is_stored_is_whole():
    result = read_result("residual")
    assert result["recipe"] == ladder.describe(residual.RECIPE) and result["n_validation"] == 10_000
    assert [run["seed"] for run in result["runs"]] == list(range(residual.RECIPE.n_seeds))
    assert all(9_000 < run["n_correct"] < 10_000 and np.isfinite(run["loss"]) for run in result["runs"])
    for name, recipe in {"regularized": ladder.RECIPES["regularized"], "residual": residual.RECIPE}.items():
        size = ladder.measure_size(ladder.build(recipe, 50_000))
        assert result["costs"][name] | size == result["costs"][name]
    assert result["costs"]["original network"]["time_ratio"] == 1
