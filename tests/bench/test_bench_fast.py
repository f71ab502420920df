"""The benchmark of lesson 10: what is timed, resumed, compared and reported; and what it found."""

import itertools
import json
import types

import numpy as np
import pytest

from course_utils import data, networks
from course_utils import results as stored_results
from course_utils._tensorflow import keras
from course_utils.bench import fast
from course_utils.results import read_result

pytestmark = [pytest.mark.numbers, pytest.mark.slow]


@pytest.fixture
def few(mnist, monkeypatch):
    """All that the bench loads: 640 training images and 200 test images; and 128 validation images."""
    (images, labels), (test_images, test_labels) = mnist
    small = (images[:640], labels[:640]), (test_images[:200], test_labels[:200])
    monkeypatch.setattr(fast, "load_mnist", lambda: small)
    monkeypatch.setattr(fast, "split_validation", lambda *arrays: data.split_validation(*arrays, n_validation=128))
    monkeypatch.setattr(fast, "STEPS", 1)
    return small


@pytest.mark.parametrize(("recipe", "n_notes"), [("seed", 5), ("fast", 1)])
def test_a_recipe_is_timed_and_tested(few, recipe, n_notes):
    run = fast.train_recipe(recipe, 3, "float32")
    seconds, accuracies = zip(*run["curve"], strict=True)
    assert len(run["curve"]) == n_notes and list(seconds) == sorted(seconds) and run["seconds"] >= seconds[-1] > 0
    assert run["test_acc"] == accuracies[-1] and all(accuracy in np.arange(201) / 200 for accuracy in accuracies)
    json.dumps(run)


def test_the_clock_stands_still_on_the_way_and_at_the_end(few, monkeypatch):
    now = types.SimpleNamespace(seconds=0.0)
    monkeypatch.setattr(fast.time, "perf_counter", lambda: now.seconds)

    def takes_long(*arguments):
        now.seconds += 1000
        return 100

    monkeypatch.setattr(fast, "_count_right", takes_long)
    get_weights = keras.Model.get_weights
    monkeypatch.setattr(keras.Model, "get_weights", lambda model: [takes_long(), get_weights(model)][1])
    run = fast.train_recipe("seed", 0, "float32")
    assert now.seconds == 10_000 and run["seconds"] == 0 and run["curve"] == [(0.0, 0.5)] * 5


def test_right_answers_are_counted(mnist):
    images, digits = data.prepare_images(mnist[1][0][:300]), mnist[1][1][:300]
    model = networks.load_seed_network()
    right = (model.predict(images, verbose=0).argmax(axis=1) == digits).sum()
    assert fast._count_right(model, images, digits) == right > 290
    assert fast._count_right(model, images, (digits + 1) % 10) < 10


@pytest.mark.parametrize("name", ["50 steps in one call", "Adam, one cycle, smoothed labels", list(fast.IDEAS)[-1]])
def test_an_idea_is_timed_and_validated(few, name):
    run = fast.train_idea(name, 0, "float32")
    assert run["seconds"] > 0 and run["val_acc"] in np.arange(129) / 128


def test_ideas_are_added_one_at_a_time():
    ideas = [set(idea.items()) for name, idea in fast.IDEAS.items() if name != "XLA"]
    assert all(before < after and len(after) == len(before) + 1 for before, after in itertools.pairwise(ideas))
    assert set(fast.IDEAS["XLA"].items()) - set(fast.IDEAS["50 steps in one call"].items()) == {("jit", True)}


@pytest.mark.nightly
def test_arms_are_validated_and_not_timed(few, eagerly):
    run = fast.train_arms(0, "float32")
    assert list(run) == list(fast.ARMS) and set(run.values()) <= set(np.arange(129) / 128)


def test_each_arm_differs_from_another_in_one_thing():
    arms = set(fast.ARMS.values())
    assert len(arms) == len(fast.ARMS)
    for arm in arms:
        assert any(sum(a != b for a, b in zip(arm, other, strict=True)) == 1 for other in arms - {arm})


def test_the_fast_recipe_is_validated_on_validation_images(few):
    run = fast.train_validated(0, "float32")
    assert set(run) == {"val_acc"} and run["val_acc"] in np.arange(129) / 128


# ---- resuming and reporting, with stand-ins for the trainings


@pytest.fixture
def bench(tmp_path, monkeypatch):
    """The bench with runs that take no time, and can be only so many; the list of those that were made."""
    made = []
    for module in (stored_results, fast):
        monkeypatch.setattr(module, "RESULTS", tmp_path)

    def alone(function, *arguments):
        if function is fast.describe_device:
            peak = {"float32": 10**11, "bfloat16": 4 * 10**11}
            return {"device": "CPU", "peak": peak, "precision": "mixed_bfloat16"}
        if len(made) == bench.may_make:
            raise KeyboardInterrupt
        made.append((function.__name__, *arguments))
        if function is fast.train_arms:
            return dict.fromkeys(fast.ARMS, 0.991)
        if function is fast.train_validated:
            return {"val_acc": 0.991}
        seconds = 60.0 + arguments[1] if arguments[0] == "seed" else 5.0
        return {"seconds": seconds, "test_acc": 0.99, "val_acc": 0.99, "curve": [[seconds, 0.99]]}

    monkeypatch.setattr(fast, "alone", alone)
    bench = types.SimpleNamespace(made=made, may_make=1000)
    return bench


def test_it_goes_on_where_a_kill_stopped_it(bench, capsys):
    bench.may_make = 7
    with pytest.raises(KeyboardInterrupt):
        fast.fast()
    bench.may_make = 1000
    fast.fast()
    assert (
        len(set(bench.made))
        == len(bench.made)
        == (fast.N_VALIDATED + 2 * fast.N_PAIRS + 7 * fast.N_ROUNDS + fast.N_ARM_RUNS)
    )
    assert all(call[-1] == "mixed_bfloat16" for call in bench.made)
    result = read_result("fast")
    assert [run["seconds"] for run in result["recipes"]["seed"]] == [60, 61, 62, 63, 64]  # seed n at place n
    n_made = len(bench.made)
    fast.fast()
    assert len(bench.made) == n_made


def test_the_two_recipes_alternate(bench):
    fast.fast()
    recipes = [call[1:3] for call in bench.made if call[0] == "train_recipe"]
    assert recipes == [(recipe, number) for number in range(fast.N_PAIRS) for recipe in ("seed", "fast")]


def test_the_report_compares(bench, capsys):
    fast.fast()
    printed = capsys.readouterr().out
    assert "the original / the fast              12.4   (12.0 to 12.8)" in printed
    assert "62.0 s (60.0 to 64.0)" in printed and "0.9900 (0.9900 to 0.9900)" in printed
    assert "the fast recipe on validation images: 0.9910" in printed
    assert all(name in printed for name in [*fast.IDEAS, *fast.ARMS]) and "0.9910 (0.9910 to 0.9910), 5 runs" in printed


def test_speedup_is_taken_pair_by_pair():
    runs = {"seed": [{"seconds": 60.0}, {"seconds": 90.0}], "fast": [{"seconds": 4.0}, {"seconds": 9.0}]}
    assert fast.speedup({"recipes": runs}) == [15, 10]


# ---- what is stored


@pytest.fixture(scope="module")
def stored():
    return read_result("fast")


def test_the_stored_result_is_whole(stored):
    assert len(stored["validation"]) == fast.N_VALIDATED and stored["ideas"].keys() == fast.IDEAS.keys()
    assert all(len(runs) == fast.N_ROUNDS for runs in stored["ideas"].values())
    assert all(len(runs) == fast.N_PAIRS for runs in stored["recipes"].values())
    assert len(stored["arms"]["runs"]) == fast.N_ARM_RUNS
    assert all(run.keys() == fast.ARMS.keys() for run in stored["arms"]["runs"])
    assert all(len(run["curve"]) == 5 for run in stored["recipes"]["seed"])


def test_the_fast_recipe_reaches_its_goal(stored):
    accuracies = [run["test_acc"] for run in stored["recipes"]["fast"]]
    assert np.mean(accuracies) >= fast.GOAL and np.median(fast.speedup(stored)) >= 10
