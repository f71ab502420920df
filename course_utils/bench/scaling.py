"""What lesson 12 measures: a step on one worker and on two, and what large batches do to accuracy."""

import os
import statistics
import tempfile

from course_utils.bench.store import RESULTS, new_result, write_json
from course_utils.data import load_mnist, one_hot, prepare_images, split_validation

N_PARAMETERS = 121_994  # of the seed's network
N_ROUNDS = 2
STEPS = 60
RUNS = ((1, 32), (1, 64), (2, 64))  # workers, and images of a step, of all of them
ONE_THREAD = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
BATCHES = (64, 256, 1024)  # of 1, 4 and 16 workers with 64 images each
BATCH_IMAGES = 20_000
BATCH_EPOCHS = 2


def time_steps(n_workers, batch_size):
    """Seconds of a step, the median of many, on workers of one thread each."""
    from course_utils.scaling.training import Training
    from course_utils.scaling.workers import run_workers

    training = Training(images=STEPS * batch_size, batch_size=batch_size, every=10 * STEPS)
    with tempfile.TemporaryDirectory() as folder:
        reports = run_workers(training, n_workers=n_workers, folder=folder, limit=1800)
    return statistics.median(reports[0]["seconds"][10:])  # the first ones are slower


def fit_error():
    """What Keras's `fit` says on two workers; an empty text if nothing."""
    from course_utils.scaling.training import Training
    from course_utils.scaling.workers import run_workers

    program = "course_utils.scaling.keras_fit"
    with tempfile.TemporaryDirectory() as folder:
        return run_workers(Training(), folder=folder, program=program, limit=1800)[0]["fit_error"]


def try_batches():
    """Validation accuracy of the seed's recipe with larger batches, at the same rate and at larger ones."""
    from course_utils import models
    from course_utils._tensorflow import keras

    (images, labels), _ = load_mnist()
    (images, labels), held_out = split_validation(prepare_images(images), one_hot(labels))
    images, labels = images[:BATCH_IMAGES], labels[:BATCH_IMAGES]
    for batch_size in BATCHES:
        times = batch_size / BATCHES[0]
        for rule, factor in {"same rate": 1, "square root": times**0.5, "in proportion": times}.items():
            if factor == 1 and rule != "same rate":
                continue
            keras.utils.set_random_seed(0)
            model = models.build_seed_network()
            model.compile(**{**models.SEED_RECIPE, "optimizer": keras.optimizers.RMSprop(0.001 * factor)})
            history = model.fit(
                images, labels, batch_size=batch_size, epochs=BATCH_EPOCHS, validation_data=held_out, verbose=0
            ).history
            run = {"batch_size": batch_size, "rule": rule, "rate": 0.001 * factor}
            steps = -(-len(images) // batch_size) * BATCH_EPOCHS
            yield run | {"steps": steps, "val_accuracy": history["val_accuracy"][-1]}


def measure():
    """A step on one worker and on two; Keras's fit on two; batches of 64 to 1,024 against validation accuracy."""
    result = new_result(measure.__doc__, "nox -s bench -- scaling")
    result |= {"n_bytes": 4 * N_PARAMETERS, "epochs": BATCH_EPOCHS, "images": BATCH_IMAGES, "steps": [], "batches": []}
    result["fit_error"] = fit_error()
    usual = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        times = {run: [] for run in RUNS}
        for _ in range(N_ROUNDS):
            for run in RUNS:
                times[run].append(time_steps(*run))
                print(f"{run[0]} workers, {run[1]} images a step: {1000 * times[run][-1]:.1f} ms")
    finally:
        for name, value in usual.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    for (n_workers, batch_size), seconds in times.items():
        rounded = [round(one, 5) for one in seconds]
        result["steps"].append({"workers": n_workers, "batch_size": batch_size, "seconds": rounded})
    write_json(RESULTS / "scaling.json", result)
    for run in try_batches():
        result["batches"].append(run)
        print(f"batch {run['batch_size']}, {run['rule']}: {run['val_accuracy']:.4f}")
        write_json(RESULTS / "scaling.json", result)
