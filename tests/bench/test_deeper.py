"""Lesson 14's bench: what its recipes change, what it stores, and that lesson 13's result is left alone."""

import dataclasses

import pytest
from in_turn import in_turn

from course_utils import networks, results
from course_utils.bench import deeper, fashion
from course_utils.results import read_result

pytestmark = [pytest.mark.numbers, pytest.mark.slow]


def fields_that_differ(recipes):
    described = [dataclasses.asdict(recipe) for recipe in recipes]
    return {name for name in described[0] if len({str(one[name]) for one in described}) > 1}


def test_deep_networks_differ_in_their_options_alone_and_rates_in_nothing_else():
    assert fields_that_differ(deeper.PARTS["depths"].values()) == {"options"}
    for name, recipe in deeper.PARTS["depths"].items():
        kind, depth = name.rsplit(", ", 1)
        assert recipe.options == {"n_convolutions": int(depth)} | deeper.KINDS[kind]
    for name, recipe in deeper.PARTS["rates"].items():
        assert name == f"He, 32, {recipe.rate:g}"
        assert fields_that_differ([recipe, deeper.PARTS["depths"]["He, 32"]]) == {"rate"}


def test_cheaper_networks_are_trained_as_the_better_one_of_lesson_13_in_32_bits():
    for recipe in deeper.PARTS["cheaper"].values():
        assert fields_that_differ([recipe, fashion.BETTER]) <= {"build", "options", "bfloat16"} and not recipe.bfloat16


def test_the_transformer_and_the_convolution_differ_in_the_network_alone():
    recipes = deeper.PARTS["transformer"]
    for n_images in deeper.EPOCHS:
        pair = [recipes[f"{name}, {n_images:,}"] for name in ("convolution", "transformer")]
        assert fields_that_differ(pair) == {"build"} and {recipe.n_images for recipe in pair} == {n_images}
    pair = [recipes["transformer, 50,000"], recipes["transformer without positions, 50,000"]]
    assert fields_that_differ(pair) == {"options"}


def test_every_recipe_builds_a_network_and_is_trained_from_three_seeds():
    for recipes in deeper.PARTS.values():
        for name, recipe in recipes.items():
            assert getattr(networks, recipe.build)(**recipe.options).output_shape == (None, 10), name
            assert recipe.n_seeds == 3


def test_it_is_stored_under_its_own_name(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(fashion, "RESULTS", tmp_path)
    monkeypatch.setattr(results, "RESULTS", tmp_path)
    monkeypatch.setattr(deeper, "PARTS", {"a": {"x": fashion.Recipe(n_seeds=2)}})
    monkeypatch.setattr(fashion, "train_run", lambda recipe, seed: {"n_wrong": seed, "seconds": 1.0})
    in_turn(monkeypatch)
    deeper.measure()
    assert [path.name for path in tmp_path.iterdir()] == ["deeper.json"]
    result = read_result("deeper")
    assert [run["n_wrong"] for run in result["runs"]] == [0, 1]
    assert result["command"] == "nox -s bench -- deeper" and result["about"].startswith("Lesson 14")
    deeper.measure()
    assert "nox -s bench -- deeper --fresh" in capsys.readouterr().out
