"""The remedies: each arm changes what its name says and nothing else, and a kill loses no finished run."""

import dataclasses
import json

import numpy as np
import pytest
from in_turn import Killed

from course_utils import networks, results
from course_utils._tensorflow import keras
from course_utils.bench import ladder, remedies
from course_utils.results import read_result

pytestmark = [pytest.mark.numbers, pytest.mark.slow]


@pytest.fixture
def small(tmp_path, monkeypatch, mnist):
    """The bench on 128 + 50 images, two epochs and two seeds, in a folder of its own; there is no test set to read."""
    (images, labels), _ = mnist
    monkeypatch.setattr(ladder, "load_mnist", lambda: ((images[:210], labels[:210]), None))
    for name, value in {"N_IMAGES": 128, "N_VALIDATION": 50, "EPOCHS": 2, "N_SEEDS": 2, "RESULTS": tmp_path}.items():
        monkeypatch.setattr(remedies, name, value)
    monkeypatch.setattr(results, "RESULTS", tmp_path)
    return tmp_path


def settings(arm, n_steps=10):
    """What a compiled network of an arm is made of, by name."""
    model = remedies.build(arm, n_steps, seed=0)
    optimizer = model.optimizer.get_config()
    names = ("learning_rate", "weight_decay", "use_ema", "ema_momentum")
    found = {name: optimizer[name] for name in names if optimizer["use_ema"] or name != "ema_momentum"}
    found |= {"optimizer": type(model.optimizer).__name__, "loss": model.loss.get_config()["label_smoothing"]}
    return found | {"layers": [type(layer).__name__ for layer in model.layers]}


CHANGES = {
    "Adam instead of RMSprop": {"optimizer"},
    "one-cycle learning rate": {"learning_rate"},
    "batch normalization": {"layers"},
    "dropout 0.5": {"layers"},
    "weight decay 0.1": {"weight_decay"},
    "label smoothing 0.1": {"loss"},
    "weight averaging": {"use_ema", "ema_momentum"},
    "augmentation": set(),
}


@pytest.mark.parametrize("name", CHANGES)
def test_an_arm_changes_what_its_name_says(name):
    base, arm = settings(remedies.ARMS[remedies.BASE]), settings(remedies.ARMS[name])
    assert {what for what in base | arm if base.get(what) != arm.get(what)} == CHANGES[name]
    fields = [
        field
        for field, value in dataclasses.asdict(remedies.ARMS[name]).items()
        if value != getattr(remedies.Arm(), field)
    ]
    assert len(fields) == 1 and (name == "augmentation") == (fields == ["distort"])


def test_the_base_is_the_original_network_and_recipe():
    model = remedies.build(remedies.Arm(), 10, seed=3)
    keras.utils.set_random_seed(3)
    original = networks.build_seed_network()
    assert all(np.array_equal(*pair) for pair in zip(model.get_weights(), original.get_weights(), strict=True))
    original.compile(**networks.SEED_RECIPE)
    ours, theirs = model.optimizer.get_config(), original.optimizer.get_config()
    assert {name for name in ours if ours[name] != theirs[name]} <= {"name"}
    assert model.loss.get_config()["label_smoothing"] == 0


@pytest.mark.parametrize("name", remedies.ARMS)
def test_all_arms_start_from_the_same_weights(name):
    def start(arm):
        layers = remedies.build(arm, 10, seed=5).layers
        return [layer.get_weights() for layer in layers if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))]

    pairs = zip(start(remedies.ARMS[name]), start(remedies.Arm()), strict=True)
    assert all(np.array_equal(*weights) for pair in pairs for weights in zip(*pair, strict=True))


def test_normalization_stands_between_a_convolution_and_its_relu():
    layers = remedies.build(remedies.ARMS["batch normalization"], 10, seed=0).layers
    kinds = [type(layer).__name__ for layer in layers]
    where = [index for index, kind in enumerate(kinds) if kind == "FusedBatchNormalization"]
    assert [(kinds[i - 1], kinds[i + 1]) for i in where] == [("Conv2D", "ReLU")] * 3
    assert all(layers[i - 1].activation is keras.activations.linear for i in where)


def test_one_cycle_has_the_mean_rate_of_the_base():
    schedule = remedies.build(remedies.ARMS["one-cycle learning rate"], 400, seed=0).optimizer._learning_rate
    assert np.mean([float(schedule(step)) for step in range(400)]) == pytest.approx(remedies.RATE, rel=0.02)


def test_all_arms_see_the_same_images_in_the_same_order(mnist):
    images, labels = mnist[0][0][:192, ..., None].astype("float32") / 255, np.arange(192)
    plain, distorted = (remedies.batches(images, labels, how, seed=4) for how in (None, remedies.AMOUNTS))
    orders = []
    for _ in range(6):
        (some, which), (bent, also) = next(plain), next(distorted)
        assert np.array_equal(which, also) and np.array_equal(some, images[which]) and not np.array_equal(bent, some)
        orders.append(which.tolist())
    first, second = (sorted(np.concatenate(orders[start : start + 3])) for start in (0, 3))
    assert first == second == list(range(192)) and orders[:3] != orders[3:]
    assert orders[0] != next(remedies.batches(images, labels, None, seed=5))[1].tolist()


@pytest.mark.nightly
def test_real_runs_are_stored_with_what_they_misread(small, monkeypatch, capsys):
    monkeypatch.setattr(remedies, "ARMS", {name: remedies.ARMS[name] for name in (remedies.BASE, "augmentation")})
    remedies.measure()
    result = read_result("remedies")
    assert [(run["arm"], run["seed"]) for run in result["runs"]] == [
        (arm, seed) for arm in remedies.ARMS for seed in range(2)
    ]
    for run in result["runs"]:
        wrong = [int(index) for index in run["wrong"].split()]
        assert len(wrong) == run["n_wrong"] == len(set(wrong)) and all(0 <= index < 50 for index in wrong)
        assert 0 < run["loss"] < 5 and 0 <= run["accuracy"] <= 1 and run["seconds"] > 0 and run["threads"] in (0, 1)
    assert "augmentation" in capsys.readouterr().out


def stand_in(monkeypatch, may_train):
    """Training runs that cost nothing, and a kill after as many as may be made; returns the list of what was made."""
    made = []

    def train_run(arm, seed, train, held_out):
        if len(made) == may_train:
            raise Killed
        assert len(train[0]) == len(train[1]) == 128 and len(held_out[0]) == 50
        made.append((next(name for name, known in remedies.ARMS.items() if known == arm), seed))
        return {"loss": 0.1, "accuracy": 0.9, "seconds": 1.0, "n_wrong": 2, "wrong": "3 7"}

    monkeypatch.setattr(remedies, "train_run", train_run)
    return made


def test_it_continues_where_a_kill_stopped_it(small, monkeypatch, capsys):
    first = stand_in(monkeypatch, 4)
    with pytest.raises(Killed):
        remedies.measure()
    assert len(read_result("remedies")["runs"]) == 4
    second = stand_in(monkeypatch, 100)
    remedies.measure()
    assert first + second == [(arm, seed) for seed in range(2) for arm in remedies.ARMS]  # seed by seed
    made = stand_in(monkeypatch, 0)
    capsys.readouterr()
    remedies.measure()
    assert not made and "all runs are stored" in capsys.readouterr().out


def test_other_settings_are_made_again_and_only_these(small, monkeypatch):
    stand_in(monkeypatch, 100)
    remedies.measure()
    more = dataclasses.replace(remedies.ARMS["dropout 0.5"], dropout=0.4)
    monkeypatch.setitem(remedies.ARMS, "dropout 0.5", more)
    made = stand_in(monkeypatch, 100)
    remedies.measure()
    assert made == [("dropout 0.5", 0), ("dropout 0.5", 1)]
    monkeypatch.setattr(remedies, "EPOCHS", 3)
    made = stand_in(monkeypatch, 100)
    remedies.measure()
    assert len(made) == 2 * len(remedies.ARMS)


def test_runs_are_compared_in_pairs_and_reported():
    runs = [("a", 0, "1 2 3"), ("b", 0, "3 4"), ("a", 1, "5"), ("b", 1, "5"), ("a", 2, "8")]
    runs = [{"arm": arm, "seed": seed, "n_wrong": len(wrong.split()), "wrong": wrong} for arm, seed, wrong in runs]
    result = {
        "machine": "an abacus",
        "n_images": 128,
        "epochs": 2,
        "base": "a",
        "arms": {"a": {}, "b": {}},
        "runs": runs,
    }
    assert remedies.compare(result, "b", "a") == [(2, 1), (0, 0)]
    assert remedies.errors_of(result, "a") == [3, 1, 1] and remedies.errors_of(result, "b") == [2, 1]
    last = remedies.report(result).splitlines()[-1]
    assert last.split()[:3] == ["b", "1.5", "0.7"] and "[2, 1]" in last and "[1, 0]" in last and "1.000, 1.000" in last


def test_what_is_stored_is_whole():
    result = read_result("remedies")
    assert result["arms"] == json.loads(
        json.dumps({name: dataclasses.asdict(arm) for name, arm in remedies.ARMS.items()})
    )
    assert [(run["arm"], run["seed"]) for run in result["runs"]] == [
        (arm, seed) for arm in remedies.ARMS for seed in range(remedies.N_SEEDS)
    ]
    assert (result["n_images"], result["epochs"]) == (remedies.N_IMAGES, remedies.EPOCHS)
    for run in result["runs"]:
        wrong = np.array(run["wrong"].split(), dtype=int)
        assert len(set(wrong)) == run["n_wrong"] and wrong.min() >= 0 and wrong.max() < result["n_validation"]
        assert run["threads"] == 1
