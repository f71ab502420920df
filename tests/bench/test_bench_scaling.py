"""What lesson 12 reads of large batches: which runs are tried, by which recipe, and how they are stored."""

from types import SimpleNamespace

import pytest

from course_utils.bench import scaling
from course_utils.data import load_mnist, one_hot, prepare_images, split_validation

pytestmark = [pytest.mark.numbers, pytest.mark.slow]


def test_a_run_with_the_seeds_batch_and_rate_is_the_seeds_recipe():
    from course_utils.training import train_seed_network

    (images, labels), _ = load_mnist()
    (images, labels), held_out = split_validation(prepare_images(images), one_hot(labels))
    images, labels = images[:640], labels[:640]
    _, history = train_seed_network(images, labels, seed=3, epochs=1, validation_data=held_out)
    accuracy = scaling.try_batch(64, scaling.RATE, seed=3, n_images=640, n_epochs=1)
    assert accuracy == pytest.approx(history["val_accuracy"][-1], abs=1e-6)
    other = scaling.try_batch(64, 2 * scaling.RATE, seed=3, n_images=640, n_epochs=1)
    assert other != accuracy


def test_rates_grow_with_the_batch_by_each_rule():
    rates = {(run["batch_size"], run["rule"]): run["rate"] for run in scaling.batch_runs()}
    assert rates == {
        (64, "same rate"): 0.001,
        (256, "same rate"): 0.001,
        (256, "square root"): 0.002,
        (256, "in proportion"): 0.004,
        (1024, "same rate"): 0.001,
        (1024, "square root"): 0.004,
        (1024, "in proportion"): 0.016,
    }


def test_each_run_is_stored_with_the_accuracies_of_all_seeds_in_whatever_order_they_come(monkeypatch):
    def backwards(function, tasks):
        console = SimpleNamespace(print=lambda text: None)
        for name, (batch_size, rate, seed) in reversed(tasks.items()):
            yield SimpleNamespace(console=console), name, batch_size + seed / 10 + rate

    monkeypatch.setattr(scaling, "finished_runs", backwards)
    runs = scaling.try_batches()
    assert [run["batch_size"] for run in runs] == [64, 256, 256, 256, 1024, 1024, 1024]
    assert [run["steps"] for run in runs] == [626, 158, 158, 158, 40, 40, 40]
    for run in runs:
        assert run["val_accuracies"] == [run["batch_size"] + seed / 10 + run["rate"] for seed in range(3)]
