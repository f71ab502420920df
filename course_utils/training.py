"""Training: the original notebook's recipe, as lesson 05 takes it apart, and a schedule for faster ones."""

import numpy as np

from course_utils._tensorflow import keras, tf
from course_utils.data import N_CLASSES, check_images
from course_utils.networks import SEED_RECIPE, build_fast_network, build_seed_network

EPOCHS = 5
BATCH_SIZE = 64
FAST_PEAK = 0.02  # of the learning rate in lesson 10's recipe, chosen by validation images
FAST_BATCH_SIZE = 128


@keras.saving.register_keras_serializable("course_utils")
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate that rises linearly, then falls linearly to 0: one cycle for the whole training run.

    After L. N. Smith and N. Topin, "Super-convergence", 2017 (arxiv.org/abs/1708.07120). While the rate is high, the
    steps are large; as it falls to 0, they settle.

    Parameters
    ----------
    peak : float
        The largest rate, above 0. The first step's is ``peak / 25``.
    n_steps : int
        Steps of the whole training run: epochs times batches. From step ``n_steps`` on the rate is 0.
    warmup : float
        The share of the steps during which the rate rises, at least 0 and below 1.
    """

    START = 1 / 25  # of the peak

    def __init__(self, peak, n_steps, *, warmup=0.25):
        if not peak > 0:
            raise ValueError(f"peak must be above 0, got {peak!r}")
        if not isinstance(n_steps, (int, np.integer)) or isinstance(n_steps, bool) or n_steps < 1:
            raise ValueError(f"n_steps must be a whole number of steps, at least 1, got {n_steps!r}")
        if not 0 <= warmup < 1:
            raise ValueError(f"warmup must be at least 0 and below 1, got {warmup!r}")
        self.peak, self.n_steps, self.warmup = float(peak), int(n_steps), float(warmup)

    def __call__(self, step):
        """The rate of a step, as a tensor; steps count from 0."""
        step, n_rising = keras.ops.cast(step, "float32"), self.warmup * self.n_steps
        falling = keras.ops.maximum(self.n_steps - step, 0) / (self.n_steps - n_rising)
        if n_rising == 0:
            return self.peak * falling
        rising = self.START + (1 - self.START) * step / n_rising
        return self.peak * keras.ops.minimum(rising, falling)

    def get_config(self):
        """What a saved network needs to rebuild the schedule."""
        return {"peak": self.peak, "n_steps": self.n_steps, "warmup": self.warmup}


def _check_prepared(images, labels, *, name=""):
    images, labels = check_images(images, name=f"{name}images", channel=True), np.asarray(labels)
    if images.min() < 0 or images.max() > 1:
        raise ValueError(f"{name}images must be in [0, 1], got {images.min()} to {images.max()}; use prepare_images")
    wanted = (len(images), N_CLASSES)
    if labels.shape != wanted:
        raise ValueError(f"{name}labels must have shape {wanted}, got {labels.shape}; use one_hot")
    if not (np.isin(labels, (0, 1)).all() and (labels == 1).sum(axis=1).max() == (labels == 1).sum(axis=1).min() == 1):
        raise ValueError(f"{name}labels must hold a single 1 in each row, and 0 elsewhere; use one_hot")
    return images, labels


def train_seed_network(images, labels, *, seed, epochs=EPOCHS, validation_data=None, verbose=0, callbacks=()):
    """Build, compile and fit the original network by the original recipe: RMSprop, cross-entropy, batches of 64.

    Parameters
    ----------
    images : ndarray of float32, shape (n, 28, 28, 1)
        In [0, 1].
    labels : ndarray of float32, shape (n, 10)
        One-hot.
    seed : int
        The random seed of the weights and of the order of the images (``keras.utils.set_random_seed``).
    epochs : int
        Passes over the images.
    validation_data : (ndarray, ndarray), optional
        More images and labels, evaluated after each epoch, never trained on.
    verbose, callbacks
        As in ``keras.Model.fit``.

    Returns
    -------
    model : keras.Sequential
    history : dict of str to list of float
        ``loss``, ``accuracy`` and, with ``validation_data``, ``val_loss`` and ``val_accuracy``, one value an epoch.

    Raises
    ------
    TypeError, ValueError
        If images are not prepared or labels are not one-hot.
    """
    images, labels = _check_prepared(images, labels)
    if validation_data is not None:
        validation_data = _check_prepared(*validation_data, name="validation ")
    keras.utils.set_random_seed(seed)
    model = build_seed_network()
    model.compile(**SEED_RECIPE)
    history = model.fit(
        images,
        labels,
        epochs=epochs,
        batch_size=BATCH_SIZE,
        validation_data=validation_data,
        verbose=verbose,
        callbacks=list(callbacks),
    )
    return model, history.history


def train_fast_network(
    images,
    labels,
    *,
    seed,
    precision="float32",
    epochs=1,
    units=64,
    batch_size=FAST_BATCH_SIZE,
    shift=0,
    after_steps=None,
):
    """Train lesson 10's network by its recipe: Adam in one cycle, batches of 128, smoothed labels, a compiled loop.

    The loop over the batches is part of TensorFlow's graph, so Python plays no part in a step. An incomplete last batch
    is left out. Smoothed labels are 0.91 for the true class and 0.01 for each of the others.

    Parameters
    ----------
    images : ndarray of float32, shape (n, 28, 28, 1)
        In [0, 1]; a batch of them at least.
    labels : ndarray of float32, shape (n, 10)
        One-hot.
    seed : int
        The random seed of the weights and of the order of the images.
    precision : str
        As in ``networks.build_fast_network``; ``costs.choose_precision()`` says what is faster here.
    epochs : int
        Passes over the images; the learning rate's cycle spans all of them.
    units, batch_size : int
        Of the hidden layer, and images in a step; more than the lesson's are worth their time in several epochs.
    shift : int
        Each batch, as a whole, is moved by up to this many pixels in each direction, at random: a slice of padded
        images, which takes next to no time.
    after_steps : callable, optional
        Called with the model and the number of steps so far, after every 100 steps and after the last one.

    Returns
    -------
    model : keras.Sequential
        Compiled, to be evaluated.
    history : dict of str to list of float
        ``loss``: the mean over each 100 steps, and over the rest.

    Raises
    ------
    TypeError, ValueError
        If images are not prepared or too few, if labels are not one-hot, or if a number is too small.
    """
    images, labels = _check_prepared(images, labels)
    numbers = {"epochs": (epochs, 1), "units": (units, 1), "batch_size": (batch_size, 2), "shift": (shift, 0)}
    for name, (given, least) in numbers.items():
        if given < least:
            raise ValueError(f"{name} must be at least {least}, got {given}")
    n_batches = len(images) // batch_size
    if n_batches == 0:
        raise ValueError(f"images must be at least {batch_size}, one batch, got {len(images)}")
    keras.utils.set_random_seed(seed)
    draw = np.random.default_rng(seed)
    order = [draw.permutation(len(images))[: n_batches * batch_size] for _ in range(epochs)]
    batches = np.concatenate(order).reshape(-1, batch_size)
    corners = draw.integers(0, 2 * shift + 1, (len(batches), 2))  # where a batch is cut out of the padded images
    batches = np.hstack([batches, corners])

    model = build_fast_network(precision=precision, units=units)
    optimizer = keras.optimizers.Adam(OneCycle(FAST_PEAK, len(batches)))
    optimizer.build(model.trainable_variables)
    smoothed_cross_entropy = keras.losses.CategoricalCrossentropy(label_smoothing=0.1)
    size = (batch_size, *images.shape[1:])
    images = tf.pad(images, [(0, 0), (shift, shift), (shift, shift), (0, 0)])
    labels = tf.constant(labels)

    @tf.function(input_signature=[tf.TensorSpec((None, batch_size + 2), tf.int64)])
    def take_steps(batches):
        total = 0.0
        for numbers in batches:
            batch, row, column = numbers[:-2], numbers[-2], numbers[-1]
            shifted = tf.slice(tf.gather(images, batch), [0, row, column, 0], size)
            with tf.GradientTape() as tape:
                answers = model(shifted, training=True)
                loss = smoothed_cross_entropy(tf.gather(labels, batch), answers)
            optimizer.apply(tape.gradient(loss, model.trainable_variables))
            total += loss
        return total / tf.cast(len(batches), tf.float32)

    losses = []
    for start in range(0, len(batches), 100):
        some = batches[start : start + 100]
        losses.append(float(take_steps(some)))
        if after_steps:
            after_steps(model, start + len(some))
    model.compile(loss="categorical_crossentropy", metrics=["accuracy"])
    return model, {"loss": losses}
