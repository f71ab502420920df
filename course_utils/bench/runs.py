"""The long runs behind the lessons: the shipped network, the validation curves, the spread over seeds.

Each finished run is stored at once, so a bench that is killed goes on where it stopped when started again. Runs that
don't depend on each other are tasks of lesson 12's kind: here, or on the workers of a Dask scheduler.
"""

import contextlib
import json
import subprocess
import sys

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from course_utils.bench.store import new_result, write_json
from course_utils.data import load_mnist, one_hot, prepare_images, split_validation
from course_utils.extras import require_extra
from course_utils.results import RESULTS, read_result
from course_utils.scaling.seeds import train_and_test, train_seed

N_SEEDS = 10
VALIDATION_EPOCHS = 15


def progress_bar():
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns)


def advance(progress, task):
    """A callback that moves a progress bar by one for each epoch."""
    from course_utils._tensorflow import keras

    return keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: progress.advance(task))


def fit_batches(model, batches, *, n_steps, **options):
    """``fit`` on a generator's batches, which lets go of the images behind them afterwards: the history, a dict.

    TensorFlow 2.21 keeps each generator for as long as the process lives, so many runs would fill a worker's memory.
    """
    try:
        return model.fit(batches, steps_per_epoch=n_steps, shuffle=False, verbose=0, **options).history
    finally:
        with contextlib.suppress(ValueError):  # another thread is still making a batch that nobody will ask for
            batches.close()


def finished_runs(function, tasks, *, address=None, n_workers=1):
    """Hand out tasks with `run_tasks` of lesson 12, behind a progress bar, and yield each result when it is finished.

    On this machine they run in a worker process that is restarted if it dies. Usually there is one: a training run
    keeps all cores busy, and its time should be its own.

    Parameters
    ----------
    function, tasks, address
        As in `run_tasks`.
    n_workers : int
        How many at once on this machine: more for networks so small that one alone keeps no two cores busy.

    Yields
    ------
    progress, name, result
        The bar, to print above it; a task's name; what the function returned, to be stored at once.

    Raises
    ------
    MissingExtraError
        If there is anything to do, and the extra that does it is not installed.
    """
    if not tasks:
        return
    require_extra("scaling")
    from course_utils.scaling.tasks import run_tasks

    with progress_bar() as progress:
        bar = progress.add_task("training runs", total=len(tasks))
        for name, result in run_tasks(function, tasks, address=address, n_workers=n_workers):
            yield progress, name, result
            progress.advance(bar)


def alone(function, *arguments):
    """Call a function of a module in a Python of its own; what it returns, by way of JSON.

    Raises
    ------
    SystemExit
        If it fails; with the end of what it says.
    """
    name = function.__module__
    code = f"import json, {name}; print(); print(json.dumps({name}.{function.__name__}(*{arguments!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"a training run of the bench failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def seeds(address=None):
    """The original recipe from ten random seeds: what changes when nothing changes but chance."""
    try:
        result = read_result("seeds")
    except FileNotFoundError:
        result = new_result(seeds.__doc__, "nox -s bench -- seeds") | {"runs": []}
    missing = [seed for seed in range(N_SEEDS) if seed not in [run["seed"] for run in result["runs"]]]
    if not missing:
        print("all runs are stored; `nox -s bench -- seeds --fresh` makes them again")
    for progress, seed, run in finished_runs(train_seed, {seed: (seed,) for seed in missing}, address=address):
        result["runs"] = sorted([*result["runs"], run], key=lambda run: run["seed"])
        write_json(RESULTS / "seeds.json", result)
        progress.console.print(f"seed {seed}: test accuracy {run['test_acc']:.4f}, {run['seconds']:.0f} s")


def validation():
    """The original recipe on 50,000 images, 10,000 set aside for validation, for longer than the original notebook."""
    from course_utils.training import train_seed_network

    (images, labels), _ = load_mnist()
    train, held_out = split_validation(prepare_images(images), one_hot(labels))
    with progress_bar() as progress:
        task = progress.add_task("epochs", total=VALIDATION_EPOCHS)
        _, history = train_seed_network(
            *train, seed=0, epochs=VALIDATION_EPOCHS, validation_data=held_out, callbacks=[advance(progress, task)]
        )
    result = new_result(validation.__doc__, "nox -s bench -- validation")
    write_json(RESULTS / "validation.json", result | {"seed": 0, "split_seed": 0, "history": history})


def confidence():
    """The original recipe on 50,000 images: how sure it is of each of the 10,000 others, and whether it is right."""
    from course_utils.training import EPOCHS, train_seed_network

    (images, labels), _ = load_mnist()
    (train, digits), (held_out, answers) = split_validation(prepare_images(images), labels)
    with progress_bar() as progress:
        task = progress.add_task("epochs", total=EPOCHS)
        model, _ = train_seed_network(train, one_hot(digits), seed=0, callbacks=[advance(progress, task)])
    probabilities = model.predict(held_out, batch_size=500, verbose=0)
    right = probabilities.argmax(axis=1) == answers
    result = new_result(confidence.__doc__, "nox -s bench -- confidence") | {"seed": 0, "split_seed": 0}
    # Two long texts and not two lists: a list would fill 20,000 lines.
    result["right"] = "".join("1" if one else "0" for one in right)
    result["confidence"] = " ".join(f"{one:.6f}" for one in probabilities.max(axis=1))
    write_json(RESULTS / "confidence.json", result)


def network():
    """The network that ships with the course: the original recipe from seed 0."""
    from course_utils.networks import SEED_NETWORK_FILE, build_seed_network
    from course_utils.training import EPOCHS

    with progress_bar() as progress:
        task = progress.add_task("epochs", total=EPOCHS)
        model, run = train_and_test(0, callbacks=[advance(progress, task)])
    # The optimizer's state would double the file, and nobody trains this network any further.
    plain = build_seed_network()
    plain.set_weights(model.get_weights())
    plain.save(SEED_NETWORK_FILE)
    write_json(SEED_NETWORK_FILE.with_suffix(".json"), new_result(network.__doc__, "nox -s bench -- network") | run)
