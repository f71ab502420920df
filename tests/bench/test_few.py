"""Lesson 15's bench on digits: what it draws, borrows, and judges by, and that it goes on where it stopped."""

import numpy as np
import pytest
from in_turn import Killed, in_turn

from course_utils import networks, results
from course_utils.bench import few
from course_utils.data import load_mnist, prepare_images, split_validation
from course_utils.results import read_result

pytestmark = [pytest.mark.numbers, pytest.mark.slow]


def test_body_draws_and_judgement_share_no_image():
    (low, low_labels), (late, late_labels), (held_out, held_labels) = few.load_halves()
    assert set(low_labels) == set(range(5)) and set(late_labels) == set(held_labels) == set(range(5, 10))
    assert len(low) + len(late) == 50_000
    (images, labels), _ = load_mnist()
    _, (validation, answers) = split_validation(prepare_images(images), labels)
    assert np.array_equal(held_out, validation[answers >= 5])


def test_as_many_of_each_digit_are_drawn_and_a_larger_draw_holds_the_smaller():
    labels = few.load_halves()[1][1]
    one, five = (few.draw_few(labels, n, seed=3) for n in (1, 5))
    assert np.bincount(labels[five]).tolist() == [0] * 5 + [5] * 5 and len(set(five)) == 25
    assert set(one) < set(five) and set(one) != set(few.draw_few(labels, 1, seed=4))


@pytest.mark.parametrize("way", few.WAYS)
def test_only_what_a_way_says_is_borrowed_and_learns(way, monkeypatch):
    monkeypatch.setattr(few, "N_STEPS", 3)
    images, labels = (array[:64] for array in few.load_halves()[1])
    body = networks.load_seed_network()
    model = few.train_on_few(images, labels, seed=0, body=body, **few.WAYS[way])
    kernel, borrowed = model.layers[0].get_weights()[0], body.layers[0].get_weights()[0]
    assert np.array_equal(kernel, borrowed) == (way == "frozen")
    near = np.abs(kernel - borrowed).max() < 0.05
    assert near == few.WAYS[way]["borrowed"]
    assert int(model.optimizer.iterations) == 3


def test_it_goes_on_where_it_stopped_and_forgets_runs_of_another_recipe(tmp_path, monkeypatch, capsys):
    for module in (results, few):
        monkeypatch.setattr(module, "RESULTS", tmp_path)
    in_turn(monkeypatch)
    made, text = [], " ".join(["0.5000"] * len(few.COUNTS))

    def train_run(seed):
        made.append(seed)
        if made == [0, 1, 2]:
            raise Killed
        return dict.fromkeys(few.WAYS, text) | {"seconds": 1.0}

    monkeypatch.setattr(few, "train_run", train_run)
    with pytest.raises(Killed):
        few.measure()
    few.measure()
    assert made == [0, 1, 2, 2, 3, 4] and "0.500 ± 0.000" in capsys.readouterr().out
    few.measure()
    assert len(made) == 6 and "nox -s bench -- few --fresh" in capsys.readouterr().out
    monkeypatch.setattr(few, "EPOCHS", 1)
    few.measure()
    assert len(made) == 11 and len(read_result("few")["runs"]) == 5


def test_what_is_stored_is_whole_and_of_this_recipe():
    result = read_result("few")
    assert result["recipe"] == few.describe_recipe()
    assert [run["seed"] for run in result["runs"]] == list(range(few.N_SEEDS))
    accuracies = {way: [list(map(float, run[way].split())) for run in result["runs"]] for way in few.WAYS}
    assert all(np.shape(runs) == (few.N_SEEDS, len(few.COUNTS)) for runs in accuracies.values())
    for runs in accuracies.values():
        assert (np.diff(np.mean(runs, axis=0)) > 0).all()  # more images, fewer errors
