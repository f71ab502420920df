"""The bench of what a GPU is for, without a step of training: what is measured where, and what is reported.

What a step is, test_in_pytorch.py tests.
"""

import types

import pytest

from course_utils import results as stored_results
from course_utils.bench import gpu
from course_utils.extras import MissingExtraError
from course_utils.results import read_result


def test_the_best_of_many_steps_counts_and_the_first_ones_are_not_timed(monkeypatch):
    now = types.SimpleNamespace(seconds=0.0)
    monkeypatch.setattr(gpu.time, "perf_counter", lambda: now.seconds)
    takes = [0.001] * gpu.N_WARMUP + [0.25, 0.125] + [0.25] * 100
    steps = iter(takes)

    def step():
        now.seconds += next(steps)

    assert gpu.best_seconds(step) == 0.125
    assert takes[: len(takes) - len(list(steps))] == [0.001] * gpu.N_WARMUP + [
        0.25,
        0.125,
        0.25,
        0.25,
        0.25,
    ]  # over 1 s
    monkeypatch.setattr(gpu, "MIN_SECONDS", 0.01)
    steps = iter(takes)
    gpu.best_seconds(step)
    assert len(takes) - len(list(steps)) == gpu.N_WARMUP + gpu.MIN_STEPS


# ---- the command and its report, with stand-ins for the measurements


@pytest.fixture
def bench(tmp_path, monkeypatch):
    """The bench with measurements that take no time, on a machine that has the GPUs of ``bench.gpus``."""
    for module in (stored_results, gpu):
        monkeypatch.setattr(module, "RESULTS", tmp_path)
    monkeypatch.setattr(gpu, "require_extra", lambda extra: None)
    monkeypatch.setattr(gpu, "version", lambda name: "9.9")
    monkeypatch.setattr(gpu, "N_ROUNDS", 1)
    bench = types.SimpleNamespace(made=[], gpus={"kind": None, "PyTorch": None, "Keras": None})

    def alone(function, *arguments):
        if function is gpu.find_gpus:
            return bench.gpus
        if function is gpu.count_threads:
            return {"torch": 2, "tensorflow": 2}
        bench.made.append((function.__name__, *arguments))
        if function is gpu.gives_equal_weights:
            return arguments[1]
        seconds = 0.25 if arguments[0] == "cpu" else 0.001
        return {str(size): seconds for size in gpu.BATCH_SIZES}

    monkeypatch.setattr(gpu, "alone", alone)
    return bench


def test_measurements_take_turns_and_the_best_of_each_counts(monkeypatch):
    takes = iter([{"1": 3.0, "4": 9.0}, {"1": 5.0, "4": 5.0}, {"1": 4.0, "4": 8.0}, {"1": 6.0, "4": 4.0}])
    called = []
    monkeypatch.setattr(gpu, "N_ROUNDS", 2)
    monkeypatch.setattr(gpu, "alone", lambda *call: called.append(call) or next(takes))
    assert gpu.best_of_rounds(("a", 1), ("b",)) == [{"1": 3.0, "4": 8.0}, {"1": 5.0, "4": 4.0}]
    assert called == [("a", 1), ("b",)] * 2


def test_a_machine_without_a_gpu_stores_the_processors_half(bench, capsys):
    gpu.measure()
    result = read_result("gpu")
    assert bench.made == [("time_pytorch", "cpu"), ("time_keras", "cpu")] and result["gpu"] is None
    assert result["versions"]["torch"] == "9.9"
    printed = capsys.readouterr().out
    assert "no GPU was found" in printed and "Keras, processor" in printed and "GPU, float32" not in printed
    assert "16,384" in printed  # 4096 images in a quarter of a second


@pytest.mark.parametrize(("kind", "half"), [("cuda", "mixed bfloat16"), ("mps", "mixed float16")])
def test_a_gpu_is_measured_in_both_types_and_its_runs_compared(bench, capsys, kind, half):
    bench.gpus = {"kind": kind, "PyTorch": "GPU 7", "Keras": None}
    gpu.measure()
    on_gpu = [("time_pytorch", kind), ("time_pytorch", kind, True)]
    equal = [("gives_equal_weights", kind, False), ("gives_equal_weights", kind, True)]
    assert bench.made[2:] == on_gpu + equal
    result = read_result("gpu")["gpu"]
    assert list(result) == ["PyTorch"] and result["PyTorch"]["device"] == "GPU 7" and half in result["PyTorch"]
    printed = capsys.readouterr().out
    assert f"PyTorch, GPU, {half}" in printed and "4,096,000" in printed and "PyTorch: GPU 7" in printed
    assert "PyTorch, as it is: two runs of 20 steps from one seed end with different weights" in printed
    assert "PyTorch, deterministic: two runs of 20 steps from one seed end with equal weights" in printed


def test_a_gpu_that_only_keras_finds_is_measured(bench, capsys):
    bench.gpus = {"kind": None, "PyTorch": None, "Keras": "GPU 8"}
    gpu.measure()
    assert bench.made[2:] == [("time_keras", "gpu"), ("time_keras", "gpu", True)]
    assert "Keras, GPU, mixed bfloat16" in capsys.readouterr().out


def test_nothing_is_multiplied_in_16_bits_on_the_processor(bench):
    bench.gpus = {"kind": "cuda", "PyTorch": "GPU 7", "Keras": "GPU 8"}
    gpu.measure()
    assert [call for call in bench.made if call[1] == "cpu" and call[2:]] == [] and len(bench.made) == 8


def test_without_the_extra_it_says_so_and_keeps_what_is_stored(bench, monkeypatch):
    def raise_missing(extra):
        raise MissingExtraError(f"the extra {extra!r} is not installed (torch is missing)")

    gpu.measure()
    bench.made.clear()
    monkeypatch.setattr(gpu, "require_extra", raise_missing)
    with pytest.raises(MissingExtraError, match="the extra 'torch' is not installed"):
        gpu.measure()
    assert not bench.made and read_result("gpu")["gpu"] is None


# ---- what is stored


def test_the_stored_result_is_whole():
    result = read_result("gpu")
    assert {"torch", "keras", "tensorflow"} <= result["versions"].keys() and min(result["threads"].values()) >= 1
    steps = dict(gpu.rows(result))
    assert {"PyTorch, processor", "Keras, processor"} <= steps.keys()
    for seconds in steps.values():
        assert list(seconds) == [str(size) for size in gpu.BATCH_SIZES] and all(
            0 < one < 60 for one in seconds.values()
        )
    if result["gpu"]:
        assert {"device", "float32"} < set.intersection(*map(set, result["gpu"].values()))


def test_an_image_takes_less_time_in_a_larger_batch():
    """On every device: 64 images share what a step costs however few they are."""
    for _, seconds in gpu.rows(read_result("gpu")):
        assert seconds["64"] / 64 < seconds["1"]
