"""The bench of the original recipe in Keras and in PyTorch, without training: how it goes on, what it says and found.

What a run is, test_in_pytorch.py tests.
"""

import types

import numpy as np
import pytest

from course_utils import results as stored_results
from course_utils.bench import frameworks
from course_utils.extras import MissingExtraError
from course_utils.results import read_result

# ---- resuming and reporting, with stand-ins for the runs


@pytest.fixture
def bench(tmp_path, monkeypatch):
    """The bench with runs that take no time, and can be only so many; the list of those that were made."""
    made = []
    for module in (stored_results, frameworks):
        monkeypatch.setattr(module, "RESULTS", tmp_path)
    monkeypatch.setattr(frameworks, "require_extra", lambda extra: None)
    monkeypatch.setattr(frameworks, "version", lambda name: "9.9")
    monkeypatch.setattr(frameworks, "N_SEEDS", 3)
    bench = types.SimpleNamespace(made=made, may_make=1000)

    def alone(function, *arguments):
        if function is frameworks.count_threads:
            return {"torch": 2, "tensorflow": 4}
        if len(made) == bench.may_make:
            raise KeyboardInterrupt
        made.append(arguments)
        way, seed = arguments
        seconds = 50.0 + seed if way == "Keras" else 100.0
        loss = None if "defaults" in way and seed == 1 else 0.01
        return {"seed": seed, "seconds": seconds, "cpu_seconds": seconds, "test_acc": 0.99 + seed / 1000, "loss": loss}

    monkeypatch.setattr(frameworks, "alone", alone)
    return bench


def test_it_goes_on_where_a_kill_stopped_it_and_the_ways_alternate(bench, capsys):
    bench.may_make = 6
    with pytest.raises(KeyboardInterrupt):
        frameworks.measure()
    assert [len(runs) for runs in read_result("frameworks")["runs"].values()] == [2, 2, 1, 1]
    bench.may_make = 1000
    frameworks.measure()
    assert bench.made == [(way, seed) for seed in range(3) for way in frameworks.WAYS]
    result = read_result("frameworks")
    assert all([run["seed"] for run in runs] == [0, 1, 2] for runs in result["runs"].values())
    assert result["versions"]["torch"] == "9.9" and result["threads"] == {"torch": 2, "tensorflow": 4}
    assert "all runs are stored" not in capsys.readouterr().out
    frameworks.measure()
    assert len(bench.made) == 12 and "nox -s bench -- frameworks --fresh" in capsys.readouterr().out


def test_the_report_compares(bench, capsys):
    frameworks.measure()
    printed = capsys.readouterr().out
    lines = {line[:22].strip(): line for line in printed.splitlines()}
    assert "PyTorch 9.9 with 2 threads" in printed
    assert "51 (50 to 52)" in lines["Keras"] and "0.9910 ± 0.0010" in lines["Keras"]
    assert lines["PyTorch, as in Keras"].count("1.96 (1.92 to 2.00)") == 2
    assert "PyTorch, all defaults: the loss is no number any more from the seeds 1" in printed
    assert printed.count("no number any more") == 1


def test_ratios_are_taken_pair_by_pair():
    runs = {"Keras": [{"seconds": 60.0}, {"seconds": 90.0}], "b": [{"seconds": 30.0}, {"seconds": 270.0}]}
    assert frameworks.ratios({"runs": runs}, "b") == [0.5, 3]


def raise_missing(extra):
    raise MissingExtraError(f"the extra {extra!r} is not installed (torch is missing)")


def test_without_the_extra_it_says_so_and_starts_nothing(bench, monkeypatch):
    monkeypatch.setattr(frameworks, "require_extra", raise_missing)
    monkeypatch.setattr(frameworks, "version", lambda name: pytest.fail("there is none of what is missing"))
    with pytest.raises(MissingExtraError, match="the extra 'torch' is not installed"):
        frameworks.measure()
    assert not bench.made and not list(frameworks.RESULTS.iterdir())


def test_where_all_runs_are_stored_no_extra_is_needed(bench, monkeypatch, capsys):
    frameworks.measure()
    monkeypatch.setattr(frameworks, "require_extra", raise_missing)
    frameworks.measure()
    assert "all runs are stored" in capsys.readouterr().out


# ---- what is stored


def test_the_stored_result_is_whole():
    result = read_result("frameworks")
    assert list(result["runs"]) == list(frameworks.WAYS)
    for runs in result["runs"].values():
        assert [run["seed"] for run in runs] == list(range(frameworks.N_SEEDS))
        assert all(run["seconds"] > 0 and run["cpu_seconds"] > 0 and 0 <= run["test_acc"] <= 1 for run in runs)
        assert all(run["loss"] is None or run["loss"] > 0 for run in runs)
    assert {"torch", "keras", "tensorflow"} <= result["versions"].keys() and min(result["threads"].values()) >= 1


def test_the_networks_of_the_three_ways_at_one_rate_have_learned():
    """Keras's runs reach what the course promises elsewhere; the same recipe in PyTorch isn't far from it."""
    runs = read_result("frameworks")["runs"]
    means = [np.mean([run["test_acc"] for run in runs[way]]) for way in list(runs)[:3]]
    assert means[0] >= 0.99 and min(means) >= 0.985


def test_it_is_what_lesson_16_reads_from_it():
    """All defaults are worse in every run, and one has learned nothing; one run of its own start is out of line."""
    errors = [
        sorted(10_000 - 10_000 * run["test_acc"] for run in runs) for runs in read_result("frameworks")["runs"].values()
    ]
    keras, as_in_keras, own_start, defaults = errors
    assert min(defaults) > max(*keras, *as_in_keras, *own_start) and max(defaults) > 8_800
    assert own_start[-1] > 1.8 * own_start[-2] and max(*keras, *as_in_keras, *own_start[:-1]) < 100
    assert abs(np.mean(keras) - np.mean(as_in_keras)) < min(np.ptp(keras), np.ptp(as_in_keras))


def test_it_is_what_lesson_10_reads_from_it():
    """By the clock, now one is shorter and now the other; PyTorch always computes longer; accuracies are alike."""
    result = read_result("frameworks")
    ways = list(frameworks.WAYS)[:3]
    for way in ways[1:]:
        clock, computing = (frameworks.ratios(result, way, key) for key in ("seconds", "cpu_seconds"))
        assert min(clock) < 1 < max(clock) and min(computing) > 1
    accuracies = [[run["test_acc"] for run in result["runs"][way]] for way in ways]
    means, spreads = [np.mean(one) for one in accuracies], [np.ptp(one) for one in accuracies]
    assert np.ptp(means) < spreads[2]
