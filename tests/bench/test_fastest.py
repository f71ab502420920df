"""The fastest: the same network and recipe in Keras and in PyTorch; how the bench goes on, and what it says."""

import types

import numpy as np
import pytest

from course_utils import networks, training
from course_utils import results as stored_results
from course_utils.bench import fastest, ladder, speed
from course_utils.data import one_hot, prepare_images
from course_utils.results import read_result

pytestmark = [pytest.mark.numbers, pytest.mark.slow]


@pytest.fixture
def bench(tmp_path, monkeypatch):
    """The bench with runs that take no time, and can be only so many; the list of those that were made."""
    for module in (stored_results, fastest, ladder):
        monkeypatch.setattr(module, "RESULTS", tmp_path)
    monkeypatch.setattr(fastest, "require_extra", lambda extra: None)
    monkeypatch.setattr(fastest, "version", lambda name: "9.9")
    monkeypatch.setattr(fastest, "N_SEEDS", 2)
    bench = types.SimpleNamespace(made=[], may_make=1000)

    def alone(function, *arguments):
        if function is not fastest.train_run:
            return {
                fastest.describe_device: {"device": "CPU", "precision": "float32", "peak": {"float32": 1e9}},
                fastest.count_threads: {"torch": 2, "tensorflow": 2},
                fastest.count_multiply_adds: 2e9,
            }[function]
        if len(bench.made) == bench.may_make:
            raise KeyboardInterrupt
        library, goal, seed, precision, validate = arguments
        assert precision == "float32"
        bench.made.append((library, goal, seed, validate))
        seconds = 60.0 + 30 * seed if goal == fastest.ORIGINAL else 4.0
        return {"seed": seed, "seconds": seconds, "cpu_seconds": seconds, "accuracy": 0.99 + seed / 1000}

    monkeypatch.setattr(fastest, "alone", alone)
    return bench


@pytest.mark.parametrize("may_make", [0, 1, 4, 12])
def test_it_goes_on_where_a_kill_stopped_it_and_the_ways_alternate(bench, capsys, may_make):
    bench.may_make = may_make
    with pytest.raises(KeyboardInterrupt):
        fastest.measure()
    assert not (fastest.RESULTS / "test_readings.json").exists()
    bench.may_make = 1000
    fastest.measure()
    for seed in (0, 1):
        made = bench.made[9 * seed : 9 * seed + 9]
        assert made[:2] == [("Keras", goal, seed, True) for goal in fastest.RECIPES]
        assert made[2:] == [(*way, seed, False) for way in fastest.ways()]
    assert len(bench.made) == 18 and "all runs are stored" not in capsys.readouterr().out
    fastest.measure()
    assert len(bench.made) == 18 and "nox -s bench -- fastest --fresh" in capsys.readouterr().out
    assert read_result("fastest")["recipes"] == fastest.RECIPES
    [reading] = read_result("test_readings")["fastest_readings"]  # noted once, though it was called again
    assert reading["recipes"] == fastest.RECIPES and reading["accuracies"]["PyTorch: 0.9950"] == [0.99, 0.991]


def test_ratios_are_pair_by_pair_and_shares_are_of_the_peak(bench, capsys):
    fastest.measure()
    result = read_result("fastest")
    assert fastest.speedup(result, "0.9915") == fastest.speedup(result, "0.9950", "PyTorch") == [15, 22.5]
    assert fastest.speedup(result, "0.9950", beside="PyTorch: 0.9950") == [1, 1]
    assert fastest.share_of_peak(result, "0.9915") == [0.5, 0.5]
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("PyTorch, compiled: 0.9915"))
    assert "4.0 (4.0 to 4.0)" in line and "18.8 (15.0 to 22.5)" in line and line.endswith("0.9905 ± 0.0007")


def test_the_readme_has_a_row_for_each_ratio(bench):
    fastest.measure()
    rows = {what: (figure, aim) for what, figure, aim in speed.ROWS["fastest"](read_result("fastest"))}
    assert len(rows) == len(speed.ROWS["fastest"](read_result("fastest"))) == 12  # each says what it is
    for goal, aim in fastest.AIMS.items():
        what = f"lesson 10's recipe, changed to reach {goal}"
        changes = {"0.9915": "n_images=34000, units=256"}.get(goal, "")
        [row] = [row for row in rows if row.startswith(f"{what}: `{changes}")]
        assert rows[row] == ("4.0 s (4.0 to 4.0)", "")
        assert rows[f"original recipe / {what}"] == ("18.8 (15.0 to 22.5)", f"at least {aim}")
        assert rows[f"their mean test accuracies over five seeds ({goal})"] == ("0.9905 and 0.9905", f"at least {goal}")
        assert rows[f"{what}, PyTorch, compiled / Keras"][0] == "1.00 (1.00 to 1.00)"
        assert rows[f"{what}, share of the measured peak"][0] == "0.50 (0.50 to 0.50)"


def test_multiply_adds_of_a_whole_run():
    first, others = 14 * 14 * 16 * 16, 14 * 14 * 9 * 16 * 32 + 25 * 9 * 32 * 64 + 1600 * 256 + 2560
    assert fastest.count_multiply_adds("0.9915") == (2 * first + 3 * others) * 34_000
    assert fastest.count_multiply_adds("0.9950") == (2 * first + 3 * others) * 60_000 * 4
    assert fastest.count_multiply_adds(fastest.ORIGINAL) % (5 * 60_000) == 0


# ---- the same network and recipe in PyTorch


def copy_weights(model, network):
    """Give a network of PyTorch's the weights of lesson 10's network in Keras, and no normalization's statistics."""
    import torch
    from torch import nn

    own = iter(layer.weight for layer in network if isinstance(layer, (nn.Conv2d, nn.Linear)))
    for layer in model.layers:
        if not (weights := layer.get_weights()) or "normalization" in layer.name:
            continue
        kernel = weights[0]
        if len(kernel) == 1600:  # Keras flattens channels last
            kernel = kernel.reshape(5, 5, 64, -1).transpose(2, 0, 1, 3).reshape(1600, -1)
        axes = (3, 2, 0, 1) if kernel.ndim == 4 else (1, 0)
        with torch.no_grad():
            next(own).copy_(torch.from_numpy(kernel.transpose(axes).copy()))


def test_it_is_the_same_network(mnist):
    pytest.importorskip("torch", reason="needs PyTorch: nox -s torch")
    from course_utils import pytorch

    model, network = networks.build_fast_network(units=32), fastest.build_in_pytorch(units=32)
    n_trained = sum(weight.numel() for weight in network.parameters() if weight.requires_grad)
    assert n_trained == sum(weight.numpy().size for weight in model.trainable_variables)
    copy_weights(model, network)
    images = prepare_images(mnist[1][0][:8])
    logits = network.eval()(pytorch.channels_first(images)).detach().numpy()
    np.testing.assert_allclose(
        np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True), model.predict(images, verbose=0), atol=1e-5
    )


@pytest.mark.parametrize("shift", [0, 2])
def test_its_first_step_is_keras_s(mnist, monkeypatch, shift):
    """One step of Adam moves each weight by about the rate, in the direction that the gradient has."""
    torch = pytest.importorskip("torch", reason="needs PyTorch: nox -s torch")
    from course_utils import pytorch
    from course_utils._tensorflow import keras

    images, digits = prepare_images(mnist[0][0][:64]), mnist[0][1][:64]
    keras.utils.set_random_seed(3)
    start, network = networks.build_fast_network(units=32), fastest.build_in_pytorch(units=32)
    copy_weights(start, network)
    monkeypatch.setattr(fastest, "build_in_pytorch", lambda units: network)
    draw = np.random.default_rng(3)
    draw.permutation(64)
    corners = draw.integers(0, 2 * shift + 1, (1, 2))  # Keras's batch is cut out here; PyTorch draws otherwise
    monkeypatch.setattr(torch, "randint", lambda high, size: torch.from_numpy(corners))
    labels = torch.from_numpy(digits.astype("int64"))
    recipe = {"epochs": 1, "units": 32, "batch_size": 64, "shift": shift}
    how = {"seed": 3, "compiled": False, "half": False} | recipe
    moved, seconds = fastest.train_in_pytorch(pytorch.channels_first(images), labels, **how)
    model, _ = training.train_fast_network(images, one_hot(digits), seed=3, **recipe)
    monkeypatch.undo()
    wanted = fastest.build_in_pytorch(units=32)
    copy_weights(model, wanted)
    for ours, theirs in zip(moved.parameters(), wanted.parameters(), strict=True):
        if ours.ndim > 1:
            near = np.isclose(ours.detach().numpy(), theirs.detach().numpy(), atol=1e-4)
            assert near.mean() > 0.98  # where a gradient is nearly 0, rounding decides its sign
    assert seconds > 0
