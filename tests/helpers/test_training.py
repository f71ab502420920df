"""train_seed_network is the seed's compile and fit, and says what is wrong with what it is given."""

import numpy as np
import pytest
from same_training import assert_same_weights

from course_utils import data, training
from course_utils._tensorflow import keras
from course_utils.networks import build_fast_network, build_seed_network

pytestmark = [pytest.mark.numbers, pytest.mark.slow]


@pytest.fixture(scope="module")
def subset(mnist):
    """A few prepared images, one-hot labels: enough for five steps an epoch, the last of them smaller."""
    (images, labels), _ = mnist
    return data.prepare_images(images[:300]), data.one_hot(labels[:300])


@pytest.fixture(scope="module")
def trained(subset):
    return training.train_seed_network(*subset, seed=3, epochs=2)


def test_it_is_plain_compile_and_fit(subset, trained):
    model, history = trained
    keras.utils.set_random_seed(3)
    plain = build_seed_network()
    plain.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
    expected = plain.fit(*subset, epochs=2, batch_size=64, verbose=0).history
    assert history.keys() == expected.keys() == {"accuracy", "loss"}
    for metric in history:
        np.testing.assert_allclose(history[metric], expected[metric], atol=1e-5)
    for ours, theirs in zip(model.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)  # one step of RMSprop moves a weight by up to 3e-3


def test_another_seed_trains_another_network(subset, trained):
    model, _ = training.train_seed_network(*subset, seed=4, epochs=1)
    assert np.abs(model.get_weights()[0] - trained[0].get_weights()[0]).max() > 0.01


def test_the_recipe_is_the_seeds(trained):
    model, _ = trained
    assert (training.EPOCHS, training.BATCH_SIZE) == (5, 64)
    assert isinstance(model.optimizer, keras.optimizers.RMSprop) and model.loss == "categorical_crossentropy"
    assert int(model.optimizer.iterations) == 2 * 5  # 300 images in batches of 64 are five steps


def test_it_learns(trained, subset):
    _, history = trained
    assert history["loss"][1] < history["loss"][0] and history["accuracy"][1] > history["accuracy"][0]


def test_validation_callbacks_and_verbose_are_handed_on(subset, capsys):
    images, labels = subset
    epochs = []
    callback = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: epochs.append((epoch, sorted(logs))))
    _, history = training.train_seed_network(
        images[:64], labels[:64], seed=0, epochs=1, validation_data=(images[64:80], labels[64:80]), callbacks=[callback]
    )
    assert history.keys() == {"accuracy", "loss", "val_accuracy", "val_loss"}
    assert epochs == [(0, ["accuracy", "loss", "val_accuracy", "val_loss"])]
    assert capsys.readouterr() == ("", "")
    training.train_seed_network(images[:64], labels[:64], seed=0, epochs=1, verbose=2)
    assert "loss: " in capsys.readouterr().out


BYTES = np.full((20, 28, 28, 1), 200, np.uint8)
ONE_HOT = data.one_hot(np.arange(20) % 10)


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (BYTES, "images must be in [0, 1], got 200 to 200; use prepare_images"),
        (BYTES / 100, "images must be in [0, 1], got 2.0 to 2.0"),
        (BYTES / -255, "images must be in [0, 1]"),
        (BYTES[..., 0], "add a channel axis with images[..., None]"),
        (BYTES[:0], "at least one image"),
        (np.full((20, 28, 28, 1), np.nan), "finite"),
    ],
)
def test_unprepared_images_are_refused(images, words):
    with pytest.raises(ValueError, match="images must") as caught:
        training.train_seed_network(images, ONE_HOT[: len(images)], seed=0)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "labels",
    [
        np.arange(20) % 10,
        (np.arange(20) % 10).tolist(),
        ONE_HOT[:19],
        ONE_HOT[:, :9],
        np.full((20, 10), 0.1),
        np.full((20, 10), np.nan),
        np.zeros((20, 10)),
        np.ones((20, 10)),
        ONE_HOT.astype(str),
    ],
    ids=["integers", "list", "one less", "nine classes", "shares", "NaN", "zeros", "ones", "text"],
)
def test_labels_that_are_not_one_hot_are_refused(labels):
    with pytest.raises(ValueError, match=r"labels must .*; use one_hot"):
        training.train_seed_network(BYTES / 255, labels, seed=0)


def test_validation_data_is_checked_too(subset):
    images, labels = subset
    with pytest.raises(ValueError, match="validation images must be in"):
        training.train_seed_network(images, labels, seed=0, validation_data=(BYTES, ONE_HOT))
    with pytest.raises(ValueError, match="validation labels must"):
        training.train_seed_network(images, labels, seed=0, validation_data=(images, labels.argmax(axis=1)))


# ---- the one-cycle schedule


@pytest.mark.parametrize(("n_steps", "warmup"), [(100, 0.25), (7, 0.5), (469, 0.2), (3, 0.0), (1, 0.25), (50, 0.99)])
def test_one_cycle_is_two_lines(n_steps, warmup):
    rates = [float(training.OneCycle(0.01, n_steps, warmup=warmup)(step)) for step in range(n_steps + 5)]
    corners = [0, warmup * n_steps, n_steps], [0.01 / 25, 0.01, 0]
    if warmup == 0:
        corners = [0, n_steps], [0.01, 0]
    np.testing.assert_allclose(rates, np.interp(range(n_steps + 5), *corners), rtol=1e-5, atol=1e-9)
    assert rates[n_steps:] == [0] * 5  # it ends, whoever trains on


def test_one_cycle_takes_steps_of_any_kind():
    schedule = training.OneCycle(0.1, 40)
    for step in (10, np.int64(10), keras.ops.convert_to_tensor(10), keras.Variable(10, dtype="int32")):
        assert float(schedule(step)) == pytest.approx(0.1)
    np.testing.assert_allclose(schedule(np.array([0, 10, 25, 40])), [0.004, 0.1, 0.05, 0], rtol=1e-6)


def test_an_optimizer_follows_one_cycle(subset):
    images, labels = subset
    model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")])
    schedule = training.OneCycle(0.1, 10)
    model.compile(keras.optimizers.SGD(schedule), "categorical_crossentropy")
    seen = []
    note = keras.callbacks.LambdaCallback(
        on_train_batch_begin=lambda batch, logs: seen.append(float(model.optimizer.learning_rate))
    )
    model.fit(images, labels, epochs=2, batch_size=64, verbose=0, callbacks=[note])
    np.testing.assert_allclose(seen, [float(schedule(step)) for step in range(10)])


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own, with NumPy 2
def test_one_cycle_is_saved_with_its_network(tmp_path):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    model.compile(keras.optimizers.Adam(training.OneCycle(0.02, 30, warmup=0.4)), "mse")
    model.optimizer.build(model.trainable_variables)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    schedule = loaded.optimizer._learning_rate
    assert isinstance(schedule, training.OneCycle)
    assert schedule.get_config() == {"peak": 0.02, "n_steps": 30, "warmup": 0.4}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0, 10, 0.2), "peak must be above 0, got 0"),
        ((float("nan"), 10, 0.2), "peak must be above 0, got nan"),
        ((0.1, 0, 0.2), "n_steps must be a whole number of steps, at least 1, got 0"),
        ((0.1, 10.0, 0.2), "n_steps must be a whole number of steps"),
        ((0.1, True, 0.2), "n_steps must be a whole number of steps"),
        ((0.1, 10, 1), "warmup must be at least 0 and below 1, got 1"),
        ((0.1, 10, -0.1), "warmup must be at least 0 and below 1"),
    ],
)
def test_one_cycle_refuses_what_is_no_cycle(arguments, words):
    peak, n_steps, warmup = arguments
    with pytest.raises(ValueError, match="must be") as caught:
        training.OneCycle(peak, n_steps, warmup=warmup)
    assert words in str(caught.value)


# ---- the fast recipe


@pytest.mark.parametrize("shift", [0, 2])
def test_the_fast_recipe_is_fit_with_the_same_batches(subset, shift):
    images, labels = subset
    model, history = training.train_fast_network(images, labels, seed=5, epochs=2, units=32, shift=shift)
    keras.utils.set_random_seed(5)
    plain = build_fast_network(units=32)
    start = plain.get_weights()
    cycle = training.OneCycle(training.FAST_PEAK, 4)
    plain.compile(keras.optimizers.Adam(cycle), keras.losses.CategoricalCrossentropy(label_smoothing=0.1))
    draw = np.random.default_rng(5)  # each epoch anew: two batches of 128; the other 44 are left out
    order = np.concatenate([draw.permutation(300)[:256] for _ in range(2)])
    seen = np.zeros_like(images[order])
    for batch, (down, right) in enumerate(draw.integers(0, 2 * shift + 1, (4, 2)) - shift):
        padded = np.pad(images[order[128 * batch :][:128]], [(0, 0), (2, 2), (2, 2), (0, 0)])
        seen[128 * batch :][:128] = padded[:, 2 + down :, 2 + right :][:, :28, :28]
    assert (shift == 0) == np.array_equal(seen, images[order])
    expected = plain.fit(seen, labels[order], batch_size=128, shuffle=False, verbose=0).history
    assert history["loss"] == pytest.approx(expected["loss"], abs=1e-3)
    assert_same_weights(model.get_weights(), plain.get_weights(), start)


def test_the_fast_recipe_learns_and_is_ready_to_be_evaluated(mnist):
    (images, labels), (test_images, test_labels) = mnist
    images, labels = data.prepare_images(images[:6400]), data.one_hot(labels[:6400])
    calls = []
    model, history = training.train_fast_network(
        images, labels, seed=0, epochs=3, after_steps=lambda model, n_steps: calls.append((type(model), n_steps))
    )
    assert calls == [(keras.Sequential, 100), (keras.Sequential, 150)]  # three epochs of 50 steps
    assert len(history["loss"]) == 2 and history["loss"][1] < history["loss"][0]
    test = data.prepare_images(test_images[:1000]), data.one_hot(test_labels[:1000])
    assert model.evaluate(*test, verbose=0)[1] > 0.95


@pytest.mark.filterwarnings("ignore:invalid value")
def test_the_fast_recipe_in_bfloat16_learns_too(mnist):
    (images, labels), _ = mnist
    images, labels = data.prepare_images(images[:2560]), data.one_hot(labels[:2560])
    model, history = training.train_fast_network(images, labels, seed=0, epochs=6, precision="mixed_bfloat16")
    assert model.layers[0].compute_dtype == "bfloat16" and history["loss"][-1] < 0.8
    assert model.evaluate(images[:500], labels[:500], verbose=0)[1] > 0.95


def test_the_fast_recipe_is_reproducible(subset):
    one, other, third = (training.train_fast_network(*subset, seed=seed)[0].get_weights() for seed in (1, 1, 2))
    np.testing.assert_allclose(one[0], other[0], atol=1e-4)
    assert np.abs(one[0] - third[0]).max() > 0.01


def test_the_fast_recipe_refuses_what_it_cannot_train_on(subset):
    images, labels = subset
    with pytest.raises(ValueError, match="epochs must be at least 1, got 0"):
        training.train_fast_network(images, labels, seed=0, epochs=0)
    for name, least in (("units", 1), ("batch_size", 2), ("shift", 0)):
        with pytest.raises(ValueError, match=f"{name} must be at least {least}, got {least - 1}"):
            training.train_fast_network(images, labels, seed=0, **{name: least - 1})
    with pytest.raises(ValueError, match="images must be at least 301, one batch, got 300"):
        training.train_fast_network(images, labels, seed=0, batch_size=301)
    with pytest.raises(ValueError, match="images must be at least 128, one batch, got 100"):
        training.train_fast_network(images[:100], labels[:100], seed=0)
    with pytest.raises(ValueError, match="use one_hot"):
        training.train_fast_network(images, labels.argmax(axis=1), seed=0)
    with pytest.raises(ValueError, match="precision must be"):
        training.train_fast_network(images, labels, seed=0, precision="float8")
