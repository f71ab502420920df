"""The bench of the smallest network: widths that fit a budget, its interval, a kill that loses nothing, one reading."""

import json

import numpy as np
import pytest
from in_turn import Killed, in_turn

from course_utils import networks, results
from course_utils.bench import ladder, smallest
from course_utils.data import load_mnist, split_validation
from course_utils.evaluation import wilson_interval
from course_utils.extras import why_missing
from course_utils.results import read_result

if reason := why_missing("scaling"):
    pytest.skip(reason, allow_module_level=True)

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"
)  # Keras's own, with NumPy 2
SETTINGS = {"first": 3, "early": 4, "depth": 2, "rate": 0.02}


@pytest.fixture
def small(tmp_path, monkeypatch):
    """The bench with budgets of a few hundred parameters, on 300 images, in a folder of its own."""
    (images, labels), (test_images, test_labels) = load_mnist()
    data = (images[:400], labels[:400]), (test_images[:100], test_labels[:100])
    monkeypatch.setattr(smallest, "load_mnist", lambda: data)
    monkeypatch.setattr(smallest, "split_validation", lambda *a: split_validation(*a, n_validation=100))

    def ask_teachers(images):
        return np.eye(10, dtype="float32")[labels[: len(images)]] * 0.91 + 0.009

    monkeypatch.setattr(smallest, "ask_teachers", ask_teachers)
    plan = {"BUDGETS": (400, 200), "N_SEEDS": 2, "EPOCHS": 3, "N_ROUNDS": 2, "RUNGS": (1, 2)}
    for name, value in (plan | {"N_VALIDATION": 100}).items():
        monkeypatch.setattr(smallest, name, value)
    forget = smallest.load_round.cache_clear
    forget()
    monkeypatch.setattr(smallest, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(networks, "SMALLEST_NETWORK_FILE", tmp_path / "smallest_network.keras")
    for module in (results, smallest, ladder):
        monkeypatch.setattr(module, "RESULTS", tmp_path)
    yield tmp_path
    forget()


@pytest.mark.parametrize("budget", [400, 1500])
def test_a_network_is_as_wide_as_its_budget_lets_it_be(budget):
    shape = smallest.shape_of(SETTINGS, budget)
    sizes = [
        networks.build_small_network(**shape | {"width": shape["width"] + more}, folded=True).count_params()
        for more in (0, 1)
    ]
    assert sizes[0] <= budget < sizes[1] and "rate" not in shape
    with pytest.raises(ValueError, match="at most 10 parameters"):
        smallest.shape_of(SETTINGS, 10)


def test_the_interval_has_both_variances():
    mean, low, high = smallest.interval_of([9920] * 5, 10_000)
    assert mean == 0.992 and (low, high) == pytest.approx(wilson_interval(9920, 10_000))
    _, wider, _ = smallest.interval_of([9900, 9910, 9920, 9930, 9940], 10_000)
    half = 2.776445 * np.std([-20, -10, 0, 10, 20], ddof=1) / np.sqrt(5) / 10_000
    assert 0.992 - wider == pytest.approx(np.hypot(0.992 - low, half))
    p, z2 = 0.99198, 1.959964**2 / 10_000  # Wilson's formula, for a mean that is no whole number of images
    images = p - (p + z2 / 2 - np.sqrt(z2 * (p * (1 - p) + z2 / 4))) / (1 + z2)
    half = 2.776445 * np.std([-1, 0, 0, 0, 0], ddof=1) / np.sqrt(5) / 10_000
    assert smallest.interval_of([9919, *4 * [9920]], 10_000)[1] == pytest.approx(p - np.hypot(images, half), abs=1e-9)
    # Five networks on the same images are not 50,000 answers: that interval would be less than half as wide.
    assert 0.992 - wilson_interval(5 * 9920, 50_000)[0] < (0.992 - low) / 2


@pytest.mark.numbers
def test_each_round_is_distorted_anew_answered_by_the_teachers_and_made_once(small, monkeypatch):
    (originals, _), _ = smallest.load_split()
    asked = []
    say = [0.6, 0.2, 0.2] + 7 * [0]
    monkeypatch.setattr(smallest, "ask_teachers", lambda images: asked.append(images) or np.tile(say, (len(images), 1)))
    smallest.make_rounds()
    rounds = [smallest.load_round(number) for number in range(smallest.N_ROUNDS)]
    assert len(asked) == smallest.N_ROUNDS  # loaded from files afterwards
    for (images, answers), heard in zip(rounds, asked, strict=True):
        assert images.shape == originals.shape and np.allclose(images / 255, heard)
        assert 0.01 < np.abs(heard - originals).mean() < 0.1  # distorted, and slightly
        assert np.allclose(answers, np.square(say) / np.square(say).sum())  # SHARPNESS is 2
    assert np.abs(asked[0] - asked[1]).mean() > 0.01
    monkeypatch.setattr(smallest, "STRENGTH", 0.8)
    smallest.load_round.cache_clear()
    smallest.load_round(0)
    assert len(asked) == smallest.N_ROUNDS + 1  # other distortions, other rounds


def test_epochs_take_the_rounds_in_turns(small, eagerly, monkeypatch):
    taken, load_round = [], smallest.load_round
    monkeypatch.setattr(smallest, "load_round", lambda number: taken.append(number) or load_round(number))
    smallest.trained(SETTINGS, smallest.shape_of(SETTINGS, 400), 0, [1, 2])
    assert taken[-3:] == [0, 1, 0]


@pytest.mark.numbers
@pytest.mark.slow
def test_a_trial_that_goes_on_equals_one_that_never_stopped(small):
    whole, at_once = smallest.train_to(SETTINGS, 7, None, 2)
    _, checkpoint = smallest.train_to(SETTINGS, 7, None, 1)
    value, in_parts = smallest.train_to(SETTINGS, 7, checkpoint, 2)
    assert value == whole and at_once.keys() == in_parts.keys()
    assert all(np.array_equal(at_once[name], in_parts[name]) for name in at_once)


@pytest.mark.numbers
@pytest.mark.slow
def test_a_kill_loses_nothing_and_the_test_images_are_read_once(small, eagerly, monkeypatch, capsys):
    in_turn(monkeypatch)
    result = smallest.load_result() | {"found": SETTINGS, "trials": [{}] * smallest.N_TRIALS}
    smallest.save(result | {"goal": 0.0})
    made, train_run = [], smallest.train_run

    def once_killed(settings, budget, seed):
        made.append((budget, seed))
        if len(made) == 3:
            raise Killed
        return train_run(settings, budget, seed)

    monkeypatch.setattr(smallest, "train_run", once_killed)
    monkeypatch.setattr(smallest, "add_trials", lambda result, address: None)  # they are over
    with pytest.raises(Killed):
        smallest.measure()
    assert not (small / "test_readings.json").is_file()
    smallest.measure()
    assert made == [(400, 0), (400, 1), (200, 0), (200, 0), (200, 1)]
    stored, readings = read_result("smallest"), read_result("test_readings")
    assert list(stored["sizes"]) == ["400", "200"] and stored["sizes"]["200"]["parameters"] <= 200
    assert stored["test"]["parameters"] == stored["sizes"]["200"]["parameters"]
    assert [reading["n_correct"] for reading in readings["smallest_readings"]] == [stored["test"]["n_correct"]]
    # What ships is the first seed's network, and reads what its run counted.
    model = networks.load_smallest_network(small / "smallest_network.keras")
    assert smallest.count_held_out(model) == stored["sizes"]["200"]["runs"][0]["n_correct"]
    assert json.loads((small / "smallest_network.json").read_text())["seed"] == 0
    smallest.measure()
    assert len(made) == 5 and read_result("test_readings") == readings
    assert "all runs are stored" in capsys.readouterr().out


def test_nothing_is_read_where_no_size_passes(small, monkeypatch):
    result = smallest.load_result()
    result["sizes"] = {"400": {"parameters": 390, "low": 0.9899}, "200": {"parameters": 190}}
    assert smallest.smallest_above(result) is None
    smallest.add_test(result)
    assert not result["test"] and not (small / "test_readings.json").is_file()
    result["sizes"] |= {"1000": {"low": 0.9902}, "900": {"low": 0.9901}}
    assert smallest.smallest_above(result) == "900"


# ---- what is stored


@pytest.fixture(scope="module")
def stored():
    return read_result("smallest")


def test_the_stored_result_is_of_this_plan_and_complete(stored):
    assert stored["plan"] == smallest.plan()
    assert len(stored["trials"]) == smallest.N_TRIALS
    assert [int(budget) for budget in stored["sizes"]] == list(smallest.BUDGETS)
    for budget, size in stored["sizes"].items():
        assert [run["seed"] for run in size["runs"]] == list(range(smallest.N_SEEDS))
        assert size["shape"] == smallest.shape_of(stored["found"], int(budget))
        counts = [run["n_correct"] for run in size["runs"]]
        assert [size[n] for n in ("mean", "low", "high")] == pytest.approx(smallest.interval_of(counts, 10_000))


def test_the_network_that_ships_is_the_stored_one(stored):
    budget = smallest.smallest_above(stored)
    assert budget is not None, "no size passes"
    size, about = stored["sizes"][budget], json.loads(networks.SMALLEST_NETWORK_FILE.with_suffix(".json").read_text())
    model = networks.load_smallest_network()
    assert model.count_params() == size["parameters"] == about["parameters"] == stored["test"]["parameters"]
    assert read_result("test_readings")["smallest_readings"][-1]["n_correct"] == stored["test"]["n_correct"]
    assert about["n_correct"] == size["runs"][0]["n_correct"] and about["shape"] == size["shape"]
    assert about["recipe"] == stored["plan"]["recipe"]
    # Another processor may round a close call the other way.
    assert abs(smallest.count_held_out(model) - about["n_correct"]) <= 2
