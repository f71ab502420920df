"""What lesson 12 measures: a step on one worker and on two, and what large batches do to accuracy."""

import os
import statistics
import tempfile

from course_utils.bench.runs import finished_runs
from course_utils.bench.store import describe_machine, new_result, write_json
from course_utils.data import load_mnist, one_hot, prepare_images, split_validation
from course_utils.results import RESULTS, read_result

N_PARAMETERS = 121_994  # of the original network
N_ROUNDS = 2
STEPS = 60
RUNS = ((1, 32), (1, 64), (2, 64))  # workers, and images of a step, of all of them
ONE_THREAD = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
BATCHES = (64, 256, 1024)  # of 1, 4 and 16 workers with 64 images each
BATCH_IMAGES = 20_000
BATCH_EPOCHS = 2
N_SEEDS = 3
RATE = 0.001  # of the original recipe
WARMUP = 0.25  # of all steps, as in lesson 10; chosen before anything was measured


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


def try_batch(batch_size, rate, seed, warmup=0, n_images=BATCH_IMAGES, n_epochs=BATCH_EPOCHS):
    """A task: the original recipe with another batch size and learning rate; its accuracy on the validation images.

    With a warmup, the rate rises linearly from that of the recipe to its own, over this fraction of all steps.
    """
    from course_utils import networks
    from course_utils._tensorflow import keras

    (images, labels), _ = load_mnist()
    (images, labels), held_out = split_validation(prepare_images(images), one_hot(labels))
    keras.utils.set_random_seed(seed)
    model = networks.build_seed_network()
    n_rising = round(warmup * n_epochs * -(-n_images // batch_size))
    if n_rising:
        rate = keras.optimizers.schedules.PolynomialDecay(RATE, n_rising, end_learning_rate=rate)
    model.compile(**networks.SEED_RECIPE | {"optimizer": keras.optimizers.RMSprop(rate)})
    model.fit(images[:n_images], labels[:n_images], batch_size=batch_size, epochs=n_epochs, verbose=0)
    return model.evaluate(*held_out, batch_size=500, verbose=0)[1]


def batch_runs():
    """What is tried: the smallest batch, and each larger one by four rules for the learning rate."""
    runs = [{"batch_size": BATCHES[0], "rule": "same rate", "rate": RATE}]
    for batch_size in BATCHES[1:]:
        times = batch_size / BATCHES[0]
        for rule, factor in {"same rate": 1, "square root": times**0.5, "in proportion": times}.items():
            runs.append({"batch_size": batch_size, "rule": rule, "rate": RATE * factor})
        warm = {"rule": "in proportion, with warmup", "rate": RATE * times, "warmup": WARMUP}
        runs.append({"batch_size": batch_size} | warm)
    return runs


def try_batches(stored=()):
    """All of these runs from several seeds, each with its steps and its validation accuracies; what is stored stays."""
    before = {(run["batch_size"], run["rule"]): run for run in stored}
    runs = [before.get((run["batch_size"], run["rule"]), run) for run in batch_runs()]
    missing = [run for run in runs if "val_accuracies" not in run]
    tasks = {
        (i, seed): (run["batch_size"], run["rate"], seed, run.get("warmup", 0))
        for i, run in enumerate(missing)
        for seed in range(N_SEEDS)
    }
    found = {}
    for progress, (i, seed), accuracy in finished_runs(try_batch, tasks):
        found[i, seed] = accuracy
        progress.console.print(f"batch {missing[i]['batch_size']}, {missing[i]['rule']}, seed {seed}: {accuracy:.4f}")
    for i, run in enumerate(missing):
        run["steps"] = -(-BATCH_IMAGES // run["batch_size"]) * BATCH_EPOCHS
        run["val_accuracies"] = [found[i, seed] for seed in range(N_SEEDS)]
        if before:  # added later, where the machine may be another
            run["machine"] = describe_machine()
    return runs


def measure():
    """A step on one worker and on two; Keras's fit on two; batches of 64 to 1,024 against validation accuracy."""
    try:
        result = read_result("scaling")
    except FileNotFoundError:
        result = new_result(measure.__doc__, "nox -s bench -- scaling") | measure_steps()
    if "batches" in result and len(result["batches"]) == len(batch_runs()):
        print("all runs are stored; `nox -s bench -- scaling --fresh` runs them again")
    result["batches"] = try_batches(result.get("batches", ()))
    write_json(RESULTS / "scaling.json", result)


def measure_steps():
    """The seconds of a step on one worker and on two, and what Keras's `fit` says on two."""
    result = {"n_bytes": 4 * N_PARAMETERS, "epochs": BATCH_EPOCHS, "images": BATCH_IMAGES, "steps": []}
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
    return result
