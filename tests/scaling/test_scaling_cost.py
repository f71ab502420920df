"""The model of adding up, against a ring that really adds up; and what is stored for lesson 12."""

import statistics

import numpy as np
import pytest

from course_utils.figures.scaling import _ring_states
from course_utils.results import read_result
from course_utils.scaling.cost import ring_seconds, step_seconds


def add_up_in_a_ring(rows):
    """Let workers in a ring add up their rows: the sums that each ends with, and what each round sends, in numbers."""
    n = len(rows)
    held, sent = [np.array_split(np.array(row), n) for row in rows], []
    for half in range(2):
        for round_ in range(n - 1):
            parts = [(worker - round_ + half) % n for worker in range(n)]  # the part that each sends
            messages = [held[worker][part].copy() for worker, part in enumerate(parts)]
            sent.append(max(len(message) for message in messages))
            for worker, part in enumerate(parts):
                neighbor = held[(worker + 1) % n]
                neighbor[part] = messages[worker] if half else neighbor[part] + messages[worker]
    return [np.concatenate(parts) for parts in held], sent


@pytest.mark.parametrize("n_workers", [1, 2, 3, 8])
def test_the_seconds_are_those_of_a_ring_that_adds_up(n_workers):
    rows = np.random.default_rng(0).normal(size=(n_workers, 240))
    sums, sent = add_up_in_a_ring(rows)
    for one in sums:
        np.testing.assert_allclose(one, rows.sum(axis=0))
    seconds = sum(8 * numbers / 1000 + 0.25 for numbers in sent)
    assert ring_seconds(8 * 240, n_workers, bandwidth=1000, latency=0.25) == pytest.approx(seconds)


@pytest.mark.parametrize("n_workers", [2, 3, 4])
def test_the_picture_of_a_ring_is_one_that_adds_up(n_workers):
    states, sent = _ring_states(n_workers)
    assert len(states) == len(sent) == 2 * (n_workers - 1) + 1
    complete = [sum(len(whose) == n_workers for parts in held for whose in parts) for held in states]
    assert complete[n_workers - 1] == n_workers  # after reduce-scatter, one at each worker
    assert complete[-1] == n_workers**2
    for before, after, parts in zip(states, states[1:], sent, strict=False):
        for worker, part in enumerate(parts):
            neighbor = (worker + 1) % n_workers
            assert after[neighbor][part] == before[worker][part] | before[neighbor][part] > before[neighbor][part]
            others = set(range(n_workers)) - {part}
            assert all(after[neighbor][other] == before[neighbor][other] for other in others)


def test_a_step_is_its_share_of_the_images_and_the_adding_up():
    network = {"n_bytes": 100.0, "bandwidth": 50.0, "latency": 0.5}
    found = step_seconds(64, 4, image_seconds=0.1, fixed_seconds=2.0, **network)
    assert found == pytest.approx(2.0 + 16 * 0.1 + 6 * (25 / 50 + 0.5))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"n_workers": 0}, "n_workers must be at least 1, got 0"),
        ({"bandwidth": 0}, "bandwidth must be above 0"),
        ({"latency": -1}, "must not be negative"),
        ({"n_bytes": -1}, "must not be negative"),
    ],
)
def test_what_makes_no_sense_is_refused(change, says):
    with pytest.raises(ValueError, match=says):
        ring_seconds(**{"n_bytes": 1, "n_workers": 2, "bandwidth": 1, "latency": 0, **change})


def test_what_is_stored_is_what_the_lesson_says_of_it():
    stored = read_result("scaling")
    assert [(run["workers"], run["batch_size"]) for run in stored["steps"]] == [(1, 32), (1, 64), (2, 64)]
    small, _, two = (min(run["seconds"]) for run in stored["steps"])
    ring = ring_seconds(stored["n_bytes"], 2, bandwidth=10e9 / 8, latency=50e-6)
    assert two - small > 4 * ring  # the formula gives many times less than was measured
    runs = {(run["batch_size"], run["rule"]): run["val_accuracies"] for run in stored["batches"]}
    assert stored["batches"][0]["batch_size"] == 64 and all(len(found) == 3 for found in runs.values())
    middle = {run: statistics.median(found) for run, found in runs.items()}
    assert middle[64, "same rate"] - middle[1024, "same rate"] > 0.02  # fewer steps, less learned
    assert middle[256, "in proportion"] > middle[64, "same rate"] - 0.01  # a larger rate makes up for it
    assert middle[1024, "same rate"] < middle[1024, "square root"]
    without = [run for run in runs if run[0] == 256 and run[1] != "in proportion, with warmup"]
    assert all(middle[run] - min(runs[run]) > 0.02 for run in without)  # one seed lies far below
    warm = "in proportion, with warmup"
    assert min(runs[1024, warm]) > 0.5 > min(runs[1024, "in proportion"])  # no seed is lost
    assert max(runs[1024, warm]) - min(runs[1024, warm]) > 0.1  # far from one another
    assert middle[1024, warm] < middle[1024, "square root"] < middle[64, "same rate"] - 0.03
    assert middle[256, warm] > middle[64, "same rate"] - 0.01 and min(runs[256, warm]) > min(runs[256, "in proportion"])
    least, most = min(runs[1024, "in proportion"]), max(runs[1024, "in proportion"])
    assert least < 0.15 and most > 0.5 and middle[1024, "in proportion"] < middle[1024, "same rate"] - 0.3
