"""What lesson 13's exercise on early stopping calls right is what Keras does."""

import numpy as np
import pytest
from exercise_banks.another_data_set import by_keras_itself

from course_utils.exercises.another_data_set import kept_epoch

pytestmark = pytest.mark.numbers


def drawn_runs(n):
    """Validation losses, some of them equal, each list with a patience."""
    rng = np.random.default_rng(3)
    for _ in range(n):
        n_epochs, n_values, patience = rng.integers(1, 20), rng.choice([3, 12, 100]), int(rng.integers(1, 6))
        yield (rng.integers(n_values, size=n_epochs) / 4).tolist(), patience


def test_kept_epoch_is_that_of_keras_callback():
    n_stopped = 0
    for losses, patience in drawn_runs(500):
        stopped, kept = kept_epoch.answer(losses, patience)
        assert (stopped, kept) == by_keras_itself(losses, patience), (losses, patience)
        n_stopped += stopped < len(losses)
    assert 100 < n_stopped < 400  # there are some of both kinds


def test_fit_stops_and_keeps_the_same_epoch():
    """The only weight of the network is set to the number of the epoch, and the loss to what was drawn."""
    import keras

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(optimizer="sgd", loss="mse", run_eagerly=True)

    class Given(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs):
            logs["val_loss"] = losses[epoch]
            self.model.set_weights([np.full((1, 1), epoch + 1)])

    for losses, patience in drawn_runs(5):
        stopping = keras.callbacks.EarlyStopping(monitor="val_loss", patience=patience, restore_best_weights=True)
        data, options = (np.ones((1, 1)), np.ones((1, 1))), {"callbacks": [Given(), stopping], "verbose": 0}
        history = model.fit(*data, epochs=len(losses), **options)
        (weight,) = model.get_weights()
        assert kept_epoch.answer(losses, patience) == (len(history.epoch), weight.item()), (losses, patience)
