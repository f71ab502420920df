"""The runs and steps that the benches of PyTorch measure: what each way is, what is on the clock, and where."""

import json
import types

import numpy as np
import pytest

from course_utils.bench import frameworks, gpu

torch = pytest.importorskip("torch", reason="the extra 'torch' is not installed")

pytestmark = [pytest.mark.numbers, pytest.mark.slow]
IN_PYTORCH = [way for way in frameworks.WAYS if way != "Keras"]


@pytest.fixture
def few(mnist, monkeypatch):
    """All that the bench loads: 640 training images and 200 test images."""
    (images, labels), (test_images, test_labels) = mnist
    small = (images[:640], labels[:640]), (test_images[:200], test_labels[:200])
    monkeypatch.setattr(frameworks, "load_mnist", lambda: small)
    return small


# ---- one run of the original recipe


@pytest.mark.parametrize("way", frameworks.WAYS)
def test_a_run_is_timed_and_tested(few, way):
    run = frameworks.train_run(way, 3)
    assert list(run) == ["seed", "seconds", "cpu_seconds", "test_acc", "loss"] and run["seed"] == 3
    assert run["seconds"] > 0 and run["cpu_seconds"] > 0 and run["test_acc"] in np.arange(201) / 200
    if "defaults" not in way:  # with its rate of 0.01, it may learn nothing
        assert run["test_acc"] > 0.6 and 0.1 < run["loss"] < 1.5
    json.dumps(run, allow_nan=False)


def test_what_is_kerass_and_what_is_pytorchs():
    found = {way: frameworks.prepare(way) for way in IN_PYTORCH}
    biases_are_zero = {way: not network.classifier[1].bias.any() for way, (network, _) in found.items()}
    assert list(biases_are_zero.values()) == [True, False, False]
    kinds = [type(optimizer).__name__ for _, optimizer in found.values()]
    rates = [optimizer.defaults["lr"] for _, optimizer in found.values()]
    assert kinds == ["KerasRMSprop", "RMSprop", "RMSprop"] and rates == [0.001, 0.001, 0.01]
    averages = [(one.defaults.get("rho"), one.defaults.get("alpha")) for _, one in found.values()]
    assert averages == [(0.9, None), (None, 0.99), (None, 0.99)]
    for network, optimizer in found.values():
        assert network.features[3].weight.is_contiguous(memory_format=torch.channels_last)
        held = {id(weights) for group in optimizer.param_groups for weights in group["params"]}
        assert held == {id(weights) for weights in network.parameters()}


@pytest.mark.parametrize("way", IN_PYTORCH)
def test_a_seed_is_one_start_and_one_order_of_the_images(few, monkeypatch, way):
    from course_utils import pytorch

    seen = []

    def train(network, loader, optimizer, *, epochs):
        labels = torch.cat([labels for _, labels in loader])
        seen.append((network.classifier[1].weight.detach().clone(), labels, len(loader), epochs))
        return [1.0] * epochs * len(loader)

    monkeypatch.setattr(pytorch, "train", train)
    for seed in (0, 0, 1):
        frameworks.train_run(way, seed)
    (start, order, n_batches, epochs), again, other = seen
    assert (n_batches, epochs) == (10, 5) and order.bincount().tolist() == np.bincount(few[0][1]).tolist()
    assert torch.equal(start, again[0]) and torch.equal(order, again[1])
    assert not torch.equal(start, other[0]) and not torch.equal(order, other[1])


@pytest.mark.parametrize(("last", "stored"), [([2.0, 4.0] * 5, 3.0), ([2.0] * 9 + [float("nan")], None)])
def test_the_loss_is_the_last_epochs_mean_and_none_where_it_is_no_number(few, monkeypatch, last, stored):
    from course_utils import pytorch

    monkeypatch.setattr(pytorch, "train", lambda *arguments, **options: [9.0] * 40 + last)
    run = frameworks.train_run(IN_PYTORCH[0], 0)
    assert run["loss"] == stored
    json.dumps(run, allow_nan=False)


def test_a_network_whose_weights_are_no_numbers_is_tested_all_the_same(few, monkeypatch):
    from course_utils import pytorch

    def diverge(network, loader, optimizer, *, epochs):
        with torch.no_grad():
            for weights in network.parameters():
                weights.fill_(float("nan"))
        return [float("nan")] * epochs * len(loader)

    monkeypatch.setattr(pytorch, "train", diverge)
    run = frameworks.train_run(IN_PYTORCH[2], 0)
    assert run["loss"] is None and run["test_acc"] == np.mean(few[1][1] == 0)  # it calls everything a 0


@pytest.mark.parametrize("way", ["Keras", *IN_PYTORCH[:1]])
def test_loading_and_testing_are_not_on_the_clocks(few, monkeypatch, way):
    from course_utils import pytorch
    from course_utils._tensorflow import keras

    now = types.SimpleNamespace(seconds=0.0)

    def slow(function, seconds):
        def call(*arguments, **options):
            now.seconds += seconds
            return function(*arguments, **options)

        return call

    for clock, factor in (("perf_counter", 1), ("process_time", 2)):
        monkeypatch.setattr(frameworks.time, clock, lambda factor=factor: factor * now.seconds)
    for name in ("load_mnist", "prepare_images"):
        monkeypatch.setattr(frameworks, name, slow(getattr(frameworks, name), 1000))
    monkeypatch.setattr(keras.Model, "predict", slow(keras.Model.predict, 1000))
    monkeypatch.setattr(pytorch, "predict", slow(pytorch.predict, 1000))
    monkeypatch.setattr(pytorch, "SeedNetwork", slow(pytorch.SeedNetwork, 3))
    monkeypatch.setattr(pytorch, "train", slow(pytorch.train, 4))
    monkeypatch.setattr(keras.Model, "compile", slow(keras.Model.compile, 3))
    monkeypatch.setattr(keras.Model, "fit", slow(keras.Model.fit, 4))
    run = frameworks.train_run(way, 0)
    assert (run["seconds"], run["cpu_seconds"], now.seconds) == (7, 14, 4007)


def test_threads_are_counted():
    found = frameworks.count_threads()
    assert found["torch"] == torch.get_num_threads() and found["tensorflow"] >= 1


# ---- one step, on a device


@pytest.fixture
def short(monkeypatch):
    """Two sizes of batches, each timed as briefly as can be."""
    for name, value in {"BATCH_SIZES": (1, 4), "N_WARMUP": 1, "MIN_STEPS": 2, "MIN_SECONDS": 0}.items():
        monkeypatch.setattr(gpu, name, value)


@pytest.mark.parametrize("library", ["PyTorch", "Keras"])
def test_each_size_is_timed_with_steps_that_train(short, monkeypatch, library):
    from course_utils import networks, pytorch

    made, sizes, best_seconds = [], [], gpu.best_seconds
    part, name = (pytorch, "SeedNetwork") if library == "PyTorch" else (networks, "build_seed_network")
    build = getattr(part, name)
    monkeypatch.setattr(part, name, lambda: made.append(build()) or made[-1])
    load = gpu.load_batch
    monkeypatch.setattr(gpu, "load_batch", lambda n: sizes.append(n) or load(n))

    def weights():
        if library == "PyTorch":
            return [one.detach().numpy().copy() for one in made[-1].parameters()]
        return made[-1].get_weights()

    def watch(step):
        before = weights()
        seconds = best_seconds(step)
        # One image may leave units without a gradient, but not all weights of a layer.
        assert all((one != other).any() for one, other in zip(before, weights(), strict=True) if one.ndim > 1)
        return seconds

    monkeypatch.setattr(gpu, "best_seconds", watch)
    found = {"PyTorch": gpu.time_pytorch, "Keras": gpu.time_keras}[library]("cpu")
    assert list(found) == ["1", "4"] and sizes == [1, 4] and all(seconds > 0 for seconds in found.values())


def test_a_step_on_a_gpu_ends_when_the_gpu_has_finished(short, monkeypatch):
    """With the processor in a GPU's place: what waits is called once after each step, and 16 bits are asked for."""
    waits, asked = [], []
    monkeypatch.setattr(torch.cuda, "synchronize", lambda: waits.append(1))
    network = gpu._place("cpu")
    monkeypatch.setattr(gpu, "_place", lambda device: network)
    monkeypatch.setattr(torch.Tensor, "to", lambda self, device: self)
    monkeypatch.setattr(
        torch,
        "autocast",
        lambda device, dtype, enabled, real=torch.autocast: (
            asked.append((device, dtype, enabled)) or real("cpu", dtype=torch.bfloat16, enabled=False)
        ),
    )
    gpu.time_pytorch("cuda", True)
    assert len(waits) == 2 * 3 and set(asked) == {("cuda", torch.bfloat16, True)}
    gpu.time_pytorch("cpu")
    assert len(waits) == 2 * 3 and asked[-1] == ("cpu", torch.bfloat16, False)


@pytest.mark.parametrize("deterministic", [False, True])
def test_two_runs_from_one_seed_are_compared_weight_by_weight(monkeypatch, deterministic):
    from course_utils import pytorch

    told, n_steps, train = [], [], pytorch.train
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":16:8")  # is left as it is, and goes with the test
    monkeypatch.setattr(torch, "use_deterministic_algorithms", told.append)
    monkeypatch.setattr(pytorch, "train", lambda *arguments: n_steps.append(len(train(*arguments))))
    assert gpu.gives_equal_weights("cpu", deterministic)
    assert told == [deterministic] and n_steps == [gpu.N_EQUAL_STEPS] * 2

    def differs(network, *arguments):
        with torch.no_grad():
            network.classifier[3].bias[9] += 1e-6 * len(n_steps)
        n_steps.append(0)

    monkeypatch.setattr(pytorch, "train", differs)
    assert not gpu.gives_equal_weights("cpu", deterministic)
