"""What lesson 12 reads of large batches: which runs are tried, by which recipe, and how they are stored."""

from types import SimpleNamespace

import pytest

from course_utils.bench import scaling
from course_utils.data import load_mnist, one_hot, prepare_images, split_validation

pytestmark = [pytest.mark.numbers, pytest.mark.slow]


@pytest.mark.nightly
def test_a_run_with_the_original_batch_and_rate_is_the_original_recipe():
    from course_utils.training import train_seed_network

    (images, labels), _ = load_mnist()
    (images, labels), held_out = split_validation(prepare_images(images), one_hot(labels))
    images, labels = images[:640], labels[:640]
    _, history = train_seed_network(images, labels, seed=3, epochs=1, validation_data=held_out)
    accuracy = scaling.try_batch(64, scaling.RATE, seed=3, n_images=640, n_epochs=1)
    assert accuracy == pytest.approx(history["val_accuracy"][-1], abs=1e-6)
    other = scaling.try_batch(64, 2 * scaling.RATE, seed=3, n_images=640, n_epochs=1)
    assert other != accuracy


def test_a_warmup_begins_at_the_old_rate_and_ends_at_the_new_one(monkeypatch):
    from course_utils._tensorflow import keras

    made, original = [], keras.optimizers.RMSprop
    monkeypatch.setattr(keras.optimizers, "RMSprop", lambda rate: made.append(rate) or original(rate))
    scaling.try_batch(64, 0.016, seed=3, warmup=0.5, n_images=640, n_epochs=2)  # 20 steps
    rates = [float(made[0](step)) for step in (0, 5, 10, 19)]
    assert rates == pytest.approx([0.001, 0.0085, 0.016, 0.016])


def test_rates_grow_with_the_batch_by_each_rule():
    rates = {(run["batch_size"], run["rule"]): run["rate"] for run in scaling.batch_runs()}
    assert rates == {
        (64, "same rate"): 0.001,
        (256, "same rate"): 0.001,
        (256, "square root"): 0.002,
        (256, "in proportion"): 0.004,
        (256, "in proportion, with warmup"): 0.004,
        (1024, "same rate"): 0.001,
        (1024, "square root"): 0.004,
        (1024, "in proportion"): 0.016,
        (1024, "in proportion, with warmup"): 0.016,
    }
    assert {run["rule"] for run in scaling.batch_runs() if "warmup" in run} == {"in proportion, with warmup"}


def test_each_run_is_stored_with_the_accuracies_of_all_seeds_in_whatever_order_they_come(monkeypatch):
    monkeypatch.setattr(scaling, "finished_runs", backwards)
    runs = scaling.try_batches()
    assert [run["batch_size"] for run in runs] == [64] + 4 * [256] + 4 * [1024]
    assert [run["steps"] for run in runs] == [626] + 4 * [158] + 4 * [40]
    for run in runs:
        expected = [run["batch_size"] + seed / 10 + run["rate"] + run.get("warmup", 0) for seed in range(3)]
        assert run["val_accuracies"] == expected and "machine" not in run


def backwards(function, tasks):
    """What finished_runs gives, the last task first."""
    progress = SimpleNamespace(console=SimpleNamespace(print=lambda text: None))
    for name, (batch_size, rate, seed, warmup) in reversed(tasks.items()):
        yield progress, name, batch_size + seed / 10 + rate + warmup


def test_what_is_stored_is_not_tried_again(monkeypatch):
    monkeypatch.setattr(scaling, "finished_runs", backwards)
    stored = [run for run in scaling.try_batches() if "warmup" not in run]
    for run in stored:
        run["val_accuracies"] = "stored"
    runs = scaling.try_batches(stored)
    assert [run for run in runs if run["val_accuracies"] == "stored"] == stored
    new = [run for run in runs if run["val_accuracies"] != "stored"]
    assert [run["batch_size"] for run in new] == [256, 1024] and all("warmup" in run and run["machine"] for run in new)
