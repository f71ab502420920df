"""The ladder: each rung is trained by its recipe, a kill loses no finished run, and the test images come last, once."""

import contextlib
import dataclasses
import itertools
import json
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
from in_turn import Killed, in_turn
from sklearn.metrics import pairwise_distances_argmin

from course_utils import networks, results
from course_utils._tensorflow import keras
from course_utils.bench import ladder
from course_utils.data import one_hot, prepare_images, split_validation
from course_utils.extras import why_missing
from course_utils.results import read_result

pytestmark = [pytest.mark.numbers, pytest.mark.slow]

TINY = {"epochs": 1, "batch_size": 32, "peak": 0.003}
RECIPES = {
    "dense": ladder.Recipe("build_dense_network", {"hidden": (8,)}, epochs=1, n_seeds=2),
    "original network": ladder.Recipe("build_seed_network", epochs=1, n_seeds=1),
    "regularized": ladder.Recipe(
        *("build_best_network", {"dropout": 0.1}),
        **TINY,
        distort=ladder.AMOUNTS,
        label_smoothing=0.1,
        averaged=True,
        n_seeds=2,
    ),
}
TRAINED = [("regularized", 0), ("regularized", 1), ("dense", 0), ("dense", 1), ("original network", 0)]


@pytest.fixture
def small(tmp_path, monkeypatch, mnist):
    """A ladder of three trained rungs on 160 + 60 + 50 images, in a folder of its own; returns the folder."""
    (images, labels), (test_images, test_labels) = mnist
    monkeypatch.setattr(
        ladder, "load_mnist", lambda: ((images[:220], labels[:220]), (test_images[:50], test_labels[:50]))
    )
    monkeypatch.setattr(ladder, "RECIPES", RECIPES)
    monkeypatch.setattr(ladder, "RUNGS", ("majority class", "nearest centroid", *RECIPES, "ensemble", "shifted copies"))
    monkeypatch.setattr(ladder, "N_IMAGES", 220)
    monkeypatch.setattr(ladder, "N_VALIDATION", 60)
    monkeypatch.setattr(ladder, "N_TIMED_STEPS", 5)
    monkeypatch.setattr(ladder, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(networks, "BEST_NETWORKS_FILE", tmp_path / "best_networks.npz")
    monkeypatch.setattr(networks.load_best_networks, "__defaults__", (tmp_path / "best_networks.npz",))
    for module in (results, ladder):
        monkeypatch.setattr(module, "RESULTS", tmp_path)
    return tmp_path


def runs_of(result):
    return [(run["rung"], run["seed"]) for run in result["runs"]]


@pytest.mark.nightly
def test_a_whole_ladder_and_what_it_stores(small, monkeypatch):
    """Real trainings, in real workers; one is killed as soon as a first run is stored, and that run stays."""
    if reason := why_missing("scaling"):
        pytest.skip(reason)
    killed, asked, add_run = [], [], ladder.Ladder.add_run

    def kill_once(self, *run):
        add_run(self, *run)
        asked.append(run[:2])
        for worker in [] if killed else psutil.Process().children(recursive=True):
            if "spawn_main" in str(worker.cmdline()):
                worker.kill()
                killed.append(worker)

    monkeypatch.setattr(ladder.Ladder, "add_run", kill_once)
    ladder.measure()
    assert killed and sorted(asked) == sorted(TRAINED) and asked[0] == TRAINED[0]
    result = read_result("ladder")
    rules, together = (
        [("majority class", None), ("nearest centroid", None)],
        [("ensemble", None), ("shifted copies", None)],
    )
    in_order = sorted(asked, key=lambda run: (list(RECIPES).index(run[0]), run[1]))
    assert runs_of(result) == [*rules, *in_order, *together]
    assert all(0 <= run["n_correct"] <= 60 for run in result["runs"])
    assert set(result["costs"]) == set(result["rungs"]) == {rung for rung, _ in runs_of(result)}
    assert result["costs"]["original network"]["parameters"] == 121_994
    assert result["costs"]["original network"]["time_ratio"] == 1
    assert result["costs"]["ensemble"]["parameters"] == 2 * networks.build_best_network().count_params()
    assert result["costs"]["shifted copies"]["multiply_adds"] == 5 * result["costs"]["ensemble"]["multiply_adds"]
    assert 0 < result["costs"]["regularized"]["distortion_share"] < 1
    # What the networks that are stored say of the test images is what the result says.
    (train_images, train_labels), (images, labels) = ladder.load_mnist()
    prepared = prepare_images(images)
    both = np.stack([ladder.predict_both_ways(model, prepared) for model in networks.load_best_networks()])
    right = (both.argmax(axis=-1) == labels).sum(axis=-1)
    assert result["test"]["n_correct"] == right[:, 0].tolist()
    assert result["test"]["n_correct_shifted"] == right[:, 1].tolist()
    assert result["test"]["ensemble"] == (both[:, 0].mean(axis=0).argmax(axis=-1) == labels).sum()
    assert result["test"]["shifted copies"] == (both[:, 1].mean(axis=0).argmax(axis=-1) == labels).sum()
    # And what they say of the held-out images is what the result says of these.
    _, (held_out, held_out_labels) = split_validation(prepare_images(train_images), train_labels, n_validation=60)
    each = np.stack([model.predict(held_out, verbose=0) for model in networks.load_best_networks()])
    counts = {(run["rung"], run["seed"]): run["n_correct"] for run in result["runs"]}
    assert counts["ensemble", None] == (each.mean(axis=0).argmax(axis=1) == held_out_labels).sum()
    assert all((each[seed].argmax(axis=1) == held_out_labels).sum() == counts["regularized", seed] for seed in (0, 1))
    provenance = json.loads((small / "best_networks.json").read_text())
    assert provenance["recipe"] == ladder.describe(RECIPES["regularized"])


def test_rules_by_another_way(small, monkeypatch):
    stand_in(monkeypatch, 100)
    ladder.measure()
    counts = {run["rung"]: run["n_correct"] for run in read_result("ladder")["runs"]}
    (images, labels), _ = ladder.load_mnist()
    (train, train_labels), (held_out, held_out_labels) = split_validation(images / 255.0, labels, n_validation=60)
    frequent = max(range(10), key=train_labels.tolist().count)
    assert counts["majority class"] == held_out_labels.tolist().count(frequent)
    means = [
        np.mean([image for image, label in zip(train, train_labels, strict=True) if label == d], 0) for d in range(10)
    ]
    nearest = pairwise_distances_argmin(held_out.reshape(60, 784), np.reshape(means, (10, 784)))
    assert counts["nearest centroid"] == (nearest == held_out_labels).sum()


def stand_in(monkeypatch, may_train):
    """Trainings that cost nothing, and a kill when as many are made as may be; returns the list of what was made."""
    made, network = [], networks.build_best_network()
    in_turn(monkeypatch)

    def train(recipe, images, labels, *, seed):
        if len(made) == may_train:
            raise Killed
        assert len(images) == len(labels) == 160
        made.append((next(name for name, known in RECIPES.items() if known is recipe), seed))
        return network, 0.5

    cost = dict.fromkeys(("parameters", "multiply_adds", "time_ratio"), 1)
    monkeypatch.setattr(ladder, "train", train)
    monkeypatch.setattr(type(network), "predict", lambda model, images, **options: np.full((len(images), 10), 0.1))
    monkeypatch.setattr(ladder, "measure_costs", lambda recipes, images, labels: dict.fromkeys(recipes, cost))
    return made


@pytest.mark.parametrize("kills", [[0], [1, 2], [3, 1, 0]])
def test_it_goes_on_where_a_kill_stopped_it(small, monkeypatch, capsys, kills):
    made = []
    for may_train in kills:
        now = stand_in(monkeypatch, may_train)
        with pytest.raises(Killed):
            ladder.measure()
        made += now
    now = stand_in(monkeypatch, 100)
    ladder.measure()
    assert made + now == TRAINED and "all runs are stored" not in capsys.readouterr().out
    now = stand_in(monkeypatch, 0)
    ladder.measure()  # nothing is left to do
    assert now == [] and "all runs are stored" in capsys.readouterr().out


def test_of_several_rounds_the_fastest_counts_and_epochs_and_batches_make_a_training(small, monkeypatch):
    monkeypatch.setitem(RECIPES, "dense", dataclasses.replace(RECIPES["dense"], epochs=3))
    steps = {64: iter([5, 80, 3, 40, 4, 90]), 32: iter([9, 5, 7])}  # of dense and seed's in turn, of regularized
    monkeypatch.setattr(ladder, "seconds_a_step", lambda model, recipe, *images: next(steps[recipe.batch_size]))
    monkeypatch.setattr(ladder, "seconds_a_distortion", lambda recipe, images: 2)
    (images, labels), _ = ladder.load_split(220, 60)
    costs = ladder.measure_costs(RECIPES, images, one_hot(labels))
    assert costs["dense"]["time_ratio"] == 3 * 3 / 40 and costs["original network"]["time_ratio"] == 1
    assert costs["regularized"]["time_ratio"] == 2 * 5 / 40 and costs["regularized"]["distortion_share"] == 2 / 5
    assert (costs["dense"]["parameters"], costs["dense"]["multiply_adds"]) == (784 * 8 + 8 + 90, 784 * 8 + 80)


def test_the_steps_that_compile_are_not_timed(small, monkeypatch):
    ends = iter([0.0, 50.0, 51.0, 53.0, 56.0])
    monkeypatch.setattr(ladder, "time", SimpleNamespace(perf_counter=lambda: next(ends)))
    (images, labels), _ = ladder.load_split(220, 60)
    recipe = dataclasses.replace(RECIPES["dense"], batch_size=32)
    assert ladder.seconds_a_step(ladder.build(recipe, 160), recipe, images, one_hot(labels)) == 2


def test_the_report_counts_errors_and_keeps_test_images_apart():
    counts = ("a", 0, 57), ("a", 1, 55), ("b", 0, 59)
    runs_made = [{"rung": rung, "seed": seed, "n_correct": n} for rung, seed, n in counts]
    test = {"n_correct": [96, 98], "ensemble": 99, "shifted copies": 97}
    result = {"machine": "a pocket calculator", "precision": "float32", "rungs": ["a", "b"], "n_validation": 60}
    costs = {"a": {"time_ratio": 0.5}, "b": {"time_ratio": 12}}
    result |= {"runs": runs_made, "costs": costs, "best": "b", "test": test}
    lines = ladder.report(result).splitlines()
    assert "pocket calculator" in lines[0] and lines[3].split() == ["a", "0.50", "3,", "5"]
    assert lines[4].split() == ["b", "12.00", "1"]
    assert "test images, b: 96, 98, mean 97.0; together 99, with shifted copies 97" in lines[-1]


def test_more_seeds_are_only_added(small, monkeypatch):
    stand_in(monkeypatch, 100)
    ladder.measure()
    more = RECIPES["original network"], dataclasses.replace(RECIPES["original network"], n_seeds=3)
    monkeypatch.setitem(RECIPES, "original network", more[1])
    made = stand_in(monkeypatch, 100)
    ladder.measure()
    assert made == [("original network", 1), ("original network", 2)]


def test_another_recipe_is_made_anew_and_its_reading_of_the_test_images_noted_beside_the_first(small, monkeypatch):
    stand_in(monkeypatch, 100)
    ladder.measure()
    first = read_result("ladder")
    monkeypatch.setitem(RECIPES, "dense", dataclasses.replace(RECIPES["dense"], epochs=2))
    made = stand_in(monkeypatch, 100)
    ladder.measure()
    assert made == [("dense", 0), ("dense", 1)]
    assert read_result("ladder")["test"] == first["test"]  # nothing that the test is about has changed
    longer = dataclasses.replace(RECIPES["regularized"], epochs=3)
    monkeypatch.setitem(RECIPES, "regularized", longer)
    made = stand_in(monkeypatch, 0)
    with pytest.raises(Killed):
        ladder.measure()
    made = stand_in(monkeypatch, 100)
    ladder.measure()
    assert made == [("regularized", 0), ("regularized", 1)]
    readings = read_result("test_readings")["readings"]
    assert [reading["recipe"]["epochs"] for reading in readings] == [1, 3]
    about = {name: first[name] for name in ("command", "machine", "versions", "precision")}
    about |= {"recipe": first["recipes"]["regularized"], "parameters": networks.build_best_network().count_params()}
    assert readings[0] == about | first["test"]
    assert runs_of(read_result("ladder"))[-2:] == [("ensemble", None), ("shifted copies", None)]


def test_more_seeds_of_the_best_recipe_make_a_larger_ensemble(small, monkeypatch):
    stand_in(monkeypatch, 100)
    ladder.measure()
    monkeypatch.setitem(RECIPES, "regularized", dataclasses.replace(RECIPES["regularized"], n_seeds=3))
    made = stand_in(monkeypatch, 100)
    ladder.measure()
    assert made == [("regularized", 2)]
    assert len(networks.load_best_networks()) == len(read_result("ladder")["test"]["n_correct"]) == 3
    assert len(read_result("test_readings")["readings"]) == 2


@pytest.mark.parametrize(("rung", "n_readings"), [("dense", 1), ("regularized", 2)])
def test_another_network_is_made_anew(small, monkeypatch, capsys, rung, n_readings):
    stand_in(monkeypatch, 100)
    ladder.measure()
    kind = keras.layers

    def build(*hidden, **options):
        return keras.Sequential([keras.Input((28, 28, 1)), kind.Flatten(), kind.Dense(10)])

    for module in (networks, networks.best):
        monkeypatch.setattr(module, RECIPES[rung].build, build, raising=False)
    made = []
    for may_train in (1, 100):
        made.append(stand_in(monkeypatch, may_train))
        with pytest.raises(Killed) if may_train == 1 else contextlib.nullcontext():
            ladder.measure()
    assert made == [[(rung, 0)], [(rung, 1)]]
    assert "made again" in capsys.readouterr().out and read_result("ladder")["sizes"][rung]["parameters"] == 7850
    assert len(read_result("test_readings")["readings"]) == n_readings
    made = stand_in(monkeypatch, 0)
    ladder.measure()
    assert made == []


def test_the_test_images_are_read_after_all_trainings_and_once(small, monkeypatch):
    read, (train, test) = [], ladder.load_mnist()
    monkeypatch.setattr(ladder, "count_right", lambda probabilities, labels: read.append(labels is test[1]) or 0)
    monkeypatch.setattr(ladder, "load_mnist", lambda: (train, test))
    stand_in(monkeypatch, len(TRAINED) - 1)
    with pytest.raises(Killed):
        ladder.measure()
    assert not any(read)
    made = stand_in(monkeypatch, 1)
    ladder.measure()
    assert len(made) == 1 and sum(read) == 2 * 2 + 2  # two networks and their ensemble, with and without copies
    ladder.measure()
    assert sum(read) == 6


def test_weights_that_got_lost_are_made_again_only_if_they_are_needed(small, monkeypatch):
    stand_in(monkeypatch, 3)
    with pytest.raises(Killed):
        ladder.measure()
    (small / "kept" / "network-1.npz").unlink()
    made = stand_in(monkeypatch, 100)
    ladder.measure()
    assert made == [("regularized", 1), ("dense", 1), ("original network", 0)]
    for path in (small / "kept").iterdir():
        path.unlink()
    made = stand_in(monkeypatch, 0)
    ladder.measure()
    assert made == []


def test_a_recipe_becomes_optimizer_loss_and_layers(mnist):
    recipe = dataclasses.replace(RECIPES["regularized"], weight_decay=0.03, epochs=3)
    model = ladder.build(recipe, 330)
    schedule = model.optimizer.get_config()["learning_rate"]["config"]
    assert (schedule["peak"], schedule["n_steps"]) == (0.003, 3 * (330 // 32))
    assert model.optimizer.weight_decay == 0.03 and model.optimizer.use_ema and model.optimizer.ema_momentum == 0.995
    assert model.loss.get_config()["label_smoothing"] == 0.1
    assert [layer.rate for layer in model.layers if hasattr(layer, "rate")] == [0.1]
    seeds = ladder.build(RECIPES["original network"], 330)
    assert type(seeds.optimizer).__name__ == "RMSprop" and seeds.count_params() == 121_994


@pytest.mark.parametrize("can", [True, False])
def test_halves_only_where_the_processor_has_them(tmp_path, monkeypatch, can):
    from course_utils._tensorflow import keras

    (tmp_path / "cpuinfo").write_text("flags : fpu amx_bf16 amx_tile\n" if can else "flags : fpu avx2\n")
    monkeypatch.setattr(ladder, "CPU_FLAGS", tmp_path / "cpuinfo")
    model = ladder.build(dataclasses.replace(RECIPES["regularized"], bfloat16=True), 330)
    assert model.layers[0].compute_dtype == ("bfloat16" if can else "float32")
    assert model.layers[0].dtype == model.layers[-1].compute_dtype == "float32"
    assert keras.config.dtype_policy().name == "float32"
    assert ladder.build(RECIPES["regularized"], 330).layers[0].compute_dtype == "float32"
    monkeypatch.setattr(ladder, "CPU_FLAGS", tmp_path / "nowhere")
    assert not ladder.has_bfloat16()


def test_training_is_repeatable_and_distorts(mnist, eagerly):
    images, labels = prepare_images(mnist[0][0][:96]), one_hot(mnist[0][1][:96])
    losses = [ladder.train(RECIPES["regularized"], images, labels, seed=seed)[1] for seed in (3, 3, 4)]
    assert losses[0] == losses[1] != losses[2]
    plain = dataclasses.replace(RECIPES["regularized"], distort=None)
    assert ladder.train(plain, images, labels, seed=3)[1] != losses[0]


def test_shifted_copies_move_by_one_and_let_nothing_round_the_corner():
    image = np.zeros((1, 28, 28, 1), dtype="float32")
    image[0, 27, 5] = 1
    copies = ladder.shifted_copies(image)[:, 0, :, :, 0]
    found = [np.argwhere(copy).tolist() for copy in copies]
    assert found == [[[27, 5]], [[26, 5]], [], [[27, 4]], [[27, 6]]]


def test_both_ways_are_the_image_alone_and_the_mean_of_five():
    class Network:
        def predict(self, images, **options):
            return images[:, 14, 14:15, 0] * np.ones(10)

    image = np.zeros((1, 28, 28, 1))
    image[0, 14, 14], image[0, 15, 14], image[0, 14, 15] = 1, 0.5, 0.25
    plain, shifted = ladder.predict_both_ways(Network(), image)
    assert plain[0, 0] == 1 and shifted[0, 0] == (1 + 0.5 + 0.25) / 5


# ---- networks as they are stored


def test_the_best_network_by_hand():
    model = networks.build_best_network()
    kernels = 25 * 32 + 9 * (32 * 64 + 64 * 64 + 64 * 128)
    normalizations = 4 * (32 + 64 + 64 + 128)
    side = ((28 - 4) // 2 - 4) // 2 - 2  # of the last maps
    assert model.count_params() == kernels + normalizations + (side * side * 128 + 1) * 10


@pytest.mark.parametrize(
    ("hidden", "parameters"), [((), 7850), ((128,), 784 * 128 + 128 + 1290), ((5, 4), 3925 + 24 + 50)]
)
def test_dense_networks_by_hand(hidden, parameters):
    assert networks.build_dense_network(hidden).count_params() == parameters


@pytest.mark.parametrize("harm", ["cut", "no zip", "another shape", "empty"])
def test_damaged_networks_are_named(tmp_path, harm):
    path = tmp_path / "networks.npz"
    weights = {f"0_{i:02}": weight for i, weight in enumerate(networks.build_best_network().get_weights())}
    np.savez(path, **weights)
    if harm == "cut":
        path.write_bytes(path.read_bytes()[:5000])
    elif harm == "no zip":
        path.write_bytes(b"nothing")
    elif harm == "another shape":
        np.savez(path, **weights | {"0_00": np.zeros((3, 3, 1, 32))})
    else:
        np.savez(path)
    with pytest.raises(ValueError, match=r"cannot be read as weights.*git checkout"):
        networks.load_best_networks(path)


def test_missing_networks_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="git checkout -- course_utils/assets"):
        networks.load_best_networks(tmp_path / "none.npz")


# ---- what is stored with the course


def stored_errors():
    """The errors of each run on the validation images: {rung: [errors of seed 0, ...]}."""
    result = read_result("ladder")
    runs = sorted(result["runs"], key=lambda run: run["seed"] or 0)
    return {rung: [10_000 - run["n_correct"] for run in runs if run["rung"] == rung] for rung in result["rungs"]}


def test_stored_ladder_is_whole():
    result, errors = read_result("ladder"), stored_errors()
    assert result["rungs"] == list(ladder.RUNGS) and result["best"] == ladder.BEST
    wanted = [(rung, seed) for rung, recipe in ladder.RECIPES.items() for seed in range(recipe.n_seeds)]
    rules = [("majority class", None), ("nearest centroid", None), ("ensemble", None), ("shifted copies", None)]
    assert sorted(runs_of(result), key=str) == sorted(wanted + rules, key=str)
    assert set(result["costs"]) == set(ladder.RUNGS) and result["costs"]["original network"]["time_ratio"] == 1
    assert len(errors[ladder.BEST]) == len(result["test"]["n_correct"]) == len(result["test"]["n_correct_shifted"]) >= 3


def test_stored_ladder_is_of_the_recipes_and_networks_of_today(capsys):
    stored, now = read_result("ladder"), ladder.Ladder()
    assert now.result["runs"] == stored["runs"] and now.result["costs"] == stored["costs"] and now.result["test"]
    assert capsys.readouterr().out == ""


def test_stored_test_is_the_last_reading():
    result, readings = read_result("ladder"), read_result("test_readings")["readings"]
    about = {name: result[name] for name in ("command", "machine", "versions", "precision")}
    about |= {"recipe": result["recipes"][ladder.BEST], "parameters": networks.load_best_networks()[0].count_params()}
    assert readings[-1] == about | result["test"]
    assert all(about.keys() | result["test"].keys() == reading.keys() for reading in readings)
    assert result["recipes"] == {rung: ladder.describe(recipe) for rung, recipe in ladder.RECIPES.items()}


def test_stored_ladder_goes_up():
    errors = {rung: np.mean(runs) for rung, runs in stored_errors().items()}
    rough = [
        "majority class",
        "nearest centroid",
        "logistic regression",
        "dense network",
        "original network",
        "regularized",
    ]
    assert all(errors[lower] > 1.3 * errors[upper] for lower, upper in itertools.pairwise(rough))
    assert errors["normalized"] < errors["original network"] and errors["ensemble"] < errors["regularized"]
    test = read_result("ladder")["test"]
    assert np.mean(test["n_correct"]) > 9940 and test["ensemble"] > np.mean(test["n_correct"])


def test_stored_rules_and_one_stored_network_read_as_it_says(mnist):
    (images, labels), _ = mnist
    (_, train_labels), (held_out, held_out_labels) = split_validation(images, labels)
    errors = stored_errors()
    assert errors["majority class"] == [int((held_out_labels != np.bincount(train_labels).argmax()).sum())]
    network = networks.load_best_networks()[0]
    answers = network.predict(prepare_images(held_out), batch_size=500, verbose=0).argmax(axis=1)
    assert abs((answers != held_out_labels).sum() - errors[ladder.BEST][0]) <= 2  # other processors round otherwise


def test_stored_networks_are_those_of_the_recipe():
    provenance = json.loads(networks.BEST_NETWORKS_FILE.with_suffix(".json").read_text())
    assert provenance["recipe"] == ladder.describe(ladder.RECIPES[ladder.BEST])
    assert networks.BEST_NETWORKS_FILE.stat().st_size < 4_000_000
