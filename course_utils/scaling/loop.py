"""What one worker does: read its share of each batch, compute its gradient, add it to the others', take the step.

workers.py starts a process for each worker, and process.py calls `work` there. The environment variable TF_CONFIG tells
TensorFlow which workers there are and which of them this one is.
"""

import hashlib
import time

import numpy as np

from course_utils._tensorflow import keras, tf
from course_utils.data import load_mnist, one_hot, prepare_images
from course_utils.networks import SEED_RECIPE, build_seed_network
from course_utils.scaling.training import (
    ScalingError,
    Training,
    check_arrays,
    draw_order,
    read_checkpoint,
    share_of_batch,
    write_checkpoint,
)

LOST = 4  # the exit status of a worker that lost the others


def build(strategy, seed, build_network=build_seed_network):
    """A network and its optimizer on every worker of a strategy, with the same numbers everywhere."""
    keras.utils.set_random_seed(seed)
    with strategy.scope():
        model = build_network()
        optimizer = keras.optimizers.get(SEED_RECIPE["optimizer"])
        optimizer.build(model.trainable_variables)
    return model, optimizer


def make_step(strategy, model, optimizer, batch_size):
    """One training step on all workers: a function of a worker's images and labels that returns the batch's loss."""
    add_up = keras.losses.CategoricalCrossentropy(reduction="sum")

    def on_this_worker(images, labels):
        with tf.GradientTape() as tape:
            # Divided by the size of the whole batch, not of the share, so that the workers' parts add up to its mean.
            loss = add_up(labels, model(images, training=True)) / batch_size
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)  # which first adds up the gradients of all workers
        return loss

    @tf.function
    def step(images, labels):
        return strategy.reduce("SUM", strategy.run(on_this_worker, args=(images, labels)), axis=None)

    return step


def all_variables(model, optimizer):
    """Every number that a training run has to remember: the weights, then the optimizer's."""
    return [*model.variables, *optimizer.variables]


def train(strategy, training, *, worker, n_workers, folder=None, say=lambda **message: None):
    """Run a training run, or the rest of it from the checkpoint in a folder.

    Parameters
    ----------
    strategy : tf.distribute.Strategy
    training : Training
    worker, n_workers : int
    folder : str or pathlib.Path, optional
        Where worker 0 writes checkpoints, and where all workers look for one; by default there are none.
    say : callable, optional
        Receives ``step`` and ``loss`` after each step.

    Returns
    -------
    model : keras.Sequential
    report : dict
        ``losses`` of all steps; ``first_step``, where this run began; ``n_read``, how many images this worker read,
        and ``read``, a fingerprint of which ones, in order; ``seconds`` of each step.
    """
    images, labels = load_mnist()[0]
    model, optimizer = build(strategy, training.seed)
    variables = all_variables(model, optimizer)
    first, losses = 0, []
    if folder is not None and (found := read_checkpoint(folder, training)):
        check_arrays(found["arrays"], variables)
        for variable, array in zip(variables, found["arrays"], strict=True):
            variable.assign(array)
        first, losses = found["step"], found["losses"]
    step_of_all = make_step(strategy, model, optimizer, training.batch_size)
    digest, n_read, seconds = hashlib.sha256(), 0, []
    for step in range(first, training.steps):
        epoch, step_of_epoch = divmod(step, training.steps_per_epoch)
        if step == first or step_of_epoch == 0:
            order = draw_order(training, epoch)
        rows = share_of_batch(order, step_of_epoch, batch_size=training.batch_size, worker=worker, n_workers=n_workers)
        start = time.perf_counter()
        loss = float(step_of_all(prepare_images(images[rows]), one_hot(labels[rows])))
        seconds.append(time.perf_counter() - start)
        losses.append(loss)
        digest.update(rows.astype("<i8").tobytes())
        n_read += len(rows)
        done = step + 1
        if folder is not None and worker == 0 and (done % training.every == 0 or done == training.steps):
            arrays = [np.asarray(variable) for variable in variables]
            write_checkpoint(folder, training, step=done, losses=losses, arrays=arrays)
        say(step=done, loss=loss)
    report = {"losses": losses, "first_step": first, "n_read": n_read, "read": digest.hexdigest()}
    return model, report | {"seconds": seconds}


def load_network(folder):
    """The network of the checkpoint in a folder, ready to read digits.

    Raises
    ------
    FileNotFoundError
        If there is no checkpoint.
    ScalingError
        If it is damaged, or belongs to another network.
    """
    found = read_checkpoint(folder)
    if found is None:
        raise FileNotFoundError(f"expected a checkpoint in {folder}, found none; run_workers writes it")
    model = build_seed_network()
    weights = found["arrays"][: len(model.variables)]
    check_arrays(weights, model.variables)
    model.set_weights(weights)
    model.compile(**SEED_RECIPE)
    return model


def what_it_says(error):
    """An error of TensorFlow's in a line: below a report of where in the graph it was, its message says why."""
    lines = (error.message.partition("aborted by: ")[2] or error.message).splitlines()
    return f"{type(error).__name__}: {' '.join([line.strip() for line in lines if line.strip()][:2])}"


def work(task, say):
    """Be one of several workers: run the training, and report how it goes.

    Returns
    -------
    int
        The exit status: 0 if all is well, LOST if the others are gone, 1 for any other error that was reported.
    """
    try:
        strategy = tf.distribute.MultiWorkerMirroredStrategy()
        say(up=strategy.num_replicas_in_sync)
        where = {name: task[name] for name in ("worker", "n_workers", "folder")}
        _, report = train(strategy, Training(**task["training"]), say=say, **where)
        say(report=report)
    except ScalingError as error:
        say(error=str(error))
        return 1
    except tf.errors.OpError as error:
        say(error=what_it_says(error))
        # TensorFlow's workers tell the first one all the time that they live; 10 seconds without it, and all end.
        gone = tf.errors.UnavailableError, tf.errors.AbortedError, tf.errors.InternalError, tf.errors.CancelledError
        gone += (tf.errors.DeadlineExceededError,)
        return LOST if isinstance(error, gone) else 1
    return 0
