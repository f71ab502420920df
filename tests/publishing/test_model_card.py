"""The model card says what the results say, and the results say what the network does."""

import json
import re

import numpy as np
import pytest

from course_utils import evaluation, networks
from course_utils import results as stored_results
from course_utils.bench.errors import count_groups
from course_utils.bench.store import write_json
from course_utils.publishing import model_card
from course_utils.results import read_result

pytestmark = pytest.mark.numbers

CARD = model_card.make_card()


def test_the_card_beside_the_network_is_the_one_of_the_results():
    assert model_card.CARD.read_text(encoding="utf-8") == CARD


def test_the_stored_errors_are_those_of_the_shipped_network(mnist):
    """By the stored probabilities, which test_networks.py holds to the network's; and by the sums."""
    errors, (_, labels) = read_result("errors"), mnist[1]
    matrix = np.array(errors["confusion"])
    assert (
        np.trace(matrix)
        == errors["n_correct"]
        == json.loads(networks.SEED_NETWORK_FILE.with_suffix(".json").read_text())["n_correct"]
    )
    assert matrix.sum() == errors["n"] == len(labels)
    assert matrix.sum(axis=1).tolist() == np.bincount(labels).tolist()
    network = networks.load_seed_network()
    probabilities = networks.load_seed_probabilities()
    predicted, is_sure = probabilities.argmax(axis=1), probabilities.max(axis=1) > errors["sure_is_above"]
    assert (evaluation.confusion_matrix(labels, predicted) == matrix).all()
    assert errors["n_sure"] == is_sure.sum() and errors["n_sure_and_wrong"] == (is_sure & (predicted != labels)).sum()
    assert 0 < errors["n_sure_and_wrong"] < errors["n"] - errors["n_correct"]
    students, employees = errors["groups"].values()
    assert count_groups(predicted, labels) == errors["groups"]
    assert (students["n"], students["n"] - students["n_correct"]) == (5001, 83)
    assert (employees["n"], employees["n"] - employees["n_correct"]) == (4999, 20)
    assert abs(errors["int8"]["n_correct"] - errors["n_correct"]) < 50
    assert network.count_params() == model_card.N_PARAMETERS


def test_the_card_has_what_a_card_must_have():
    assert re.findall(r"^## (.+)$", CARD, re.MULTILINE)[:5] == ["Details", "Use", "Data", "Accuracy", "Where it fails"]
    for word in ("Not for", "95% interval", "MNIST", "CC BY-SA 3.0", "seed 0", "int8"):
        assert word in CARD
    assert max(map(len, CARD.splitlines())) <= 118


def test_numbers_of_the_card_are_those_of_the_results():
    errors, seeds = read_result("errors"), read_result("seeds")
    low, high = evaluation.wilson_interval(errors["n_correct"], errors["n"])
    accuracies = [run["test_acc"] for run in seeds["runs"]]
    flat = " ".join(CARD.split())
    assert f"{errors['n_correct'] / 100:.2f}% (95% interval: {100 * low:.2f}% to {100 * high:.2f}%)" in flat
    assert (
        f"{100 * min(accuracies):.2f}% to {100 * max(accuracies):.2f}%, mean {100 * np.mean(accuracies):.2f}%" in flat
    )
    for name, group in errors["groups"].items():
        n_wrong = group["n"] - group["n_correct"]
        low, high = evaluation.wilson_interval(n_wrong, group["n"])
        share = 100 * n_wrong / group["n"]
        assert f"by {name}, {share:.2f}% (95% interval: {100 * low:.2f}% to {100 * high:.2f}%)" in flat
    assert "cluster by writer" in flat and "nobody can tell" not in flat
    matrix = np.array(errors["confusion"]) * (1 - np.eye(10, dtype=int))
    a, b = np.unravel_index(matrix.argmax(), (10, 10))
    assert f"reads {a} as {b} ({matrix.max()} times)" in flat


@pytest.fixture
def results(tmp_path, monkeypatch):
    """A copy of the results, to be changed."""
    for name in ("errors", "seeds", "confidence"):
        write_json(tmp_path / f"{name}.json", read_result(name))
    monkeypatch.setattr(stored_results, "RESULTS", tmp_path)
    return tmp_path


def test_another_result_makes_another_card(results):
    assert model_card.make_card().split("## Better")[0].strip() == CARD.split("## Better")[0].strip()
    write_json(results / "errors.json", read_result("errors") | {"n_correct": 5000})
    low, high = evaluation.wilson_interval(5000, 10000)
    assert f"50.00% (95% interval: {100 * low:.2f}% to {100 * high:.2f}%)" in " ".join(model_card.make_card().split())


def test_better_networks_are_named_where_they_are_stored_and_none_is_picked(results):
    assert "Better" not in model_card.make_card()
    write_json(results / "ladder.json", {"test": {}})
    assert "Better" not in model_card.make_card()
    write_json(results / "ladder.json", {"test": {"n_correct": [9950, 9961, 9957]}})
    assert "99.50% to 99.61% in 3 runs" in " ".join(model_card.make_card().split())


def test_a_card_is_written_with_the_line_ends_of_every_system(tmp_path):
    model_card.write_card(tmp_path / "card.md")
    assert b"\r" not in (tmp_path / "card.md").read_bytes()
