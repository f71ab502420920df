"""The fast recipe of lesson 10 against the original one, alternately; and its ideas, row by row.

Every training run has a Python of its own, and its clock runs from building the network to the last step: tracing and
compiling are included, importing libraries and loading data are not. The fast recipe was chosen on validation images;
the test images are only read here, after it was frozen.

The arms take apart the one row of the ideas that changes three things. They store accuracy only: they may run on
another machine than the rest, and with other threads.
"""

import statistics
import time

import numpy as np

from course_utils.bench.runs import alone, progress_bar
from course_utils.bench.store import describe_machine, new_result, write_json
from course_utils.data import load_mnist, one_hot, prepare_images, split_validation
from course_utils.results import RESULTS, read_result

N_PAIRS, N_ROUNDS, N_VALIDATED, N_ARM_RUNS = 5, 2, 5, 5
GOAL = 0.9915  # mean test accuracy: what the original notebook printed
STEPS = 50
IDEAS = {
    "the original network": {},
    "50 steps in one call": {"steps": STEPS},
    "XLA": {"steps": STEPS, "jit": True},
    "smaller, normalized": {"steps": STEPS, "small": True},
    "bfloat16": {"steps": STEPS, "small": True, "half": True},
    "Adam, one cycle, smoothed labels": {"steps": STEPS, "small": True, "half": True, "cycle": True},
    "a compiled loop, batches of 128": {"steps": STEPS, "small": True, "half": True, "cycle": True, "loop": True},
}
ARMS = {  # of the smaller network: optimizer, learning rate, label smoothing
    "RMSprop at 0.001": ("RMSprop", 0.001, 0.0),
    "Adam at 0.001": ("Adam", 0.001, 0.0),
    "Adam at 0.001, smoothed labels": ("Adam", 0.001, 0.1),
    "Adam at 0.02": ("Adam", 0.02, 0.0),
    "Adam, falling from 0.02 to 0": ("Adam", "falling", 0.0),
    "Adam, one cycle": ("Adam", "one cycle", 0.0),
    "Adam, one cycle, smoothed labels": ("Adam", "one cycle", 0.1),
}


class Stopwatch:
    """Seconds of training so far; stands still while accuracy is measured."""

    def __init__(self):
        self.spent, self.started = 0.0, time.perf_counter()

    def stop(self):
        self.spent += time.perf_counter() - self.started

    def go_on(self):
        self.started = time.perf_counter()


def _count_right(model, images, digits):
    return int((model.predict(images, batch_size=500, verbose=0).argmax(axis=1) == digits).sum())


def train_recipe(recipe, seed, precision):
    """One run of a whole recipe, ``"seed"`` or ``"fast"``: seconds, test accuracy, and both along the way.

    Along the way only the weights are put aside, with the clock stopped; they are tested after the run.
    """
    from course_utils._tensorflow import keras
    from course_utils.training import train_fast_network, train_seed_network

    (images, labels), test = load_mnist()
    train, test, notes = (prepare_images(images), one_hot(labels)), (prepare_images(test[0]), test[1]), []
    watch = Stopwatch()

    def note(model):
        watch.stop()
        notes.append((watch.spent, model.get_weights()))
        watch.go_on()

    if recipe == "seed":
        each_epoch = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: note(each_epoch.model))
        model, _ = train_seed_network(*train, seed=seed, callbacks=[each_epoch])
    else:
        options = {"precision": precision, "after_steps": lambda model, n_steps: note(model)}
        model, _ = train_fast_network(*train, seed=seed, **options)
    watch.stop()
    curve = []
    for seconds, weights in notes:
        model.set_weights(weights)
        curve.append((round(seconds, 2), _count_right(model, *test) / len(test[1])))
    return {"seconds": round(watch.spent, 2), "test_acc": curve[-1][1], "curve": curve}


def train_validated(seed, precision):
    """The fast recipe on 50,000 images: its accuracy on the 10,000 validation images."""
    from course_utils.training import train_fast_network

    (images, labels), _ = load_mnist()
    train, (held_out, digits) = split_validation(prepare_images(images), labels)
    model, _ = train_fast_network(train[0], one_hot(train[1]), seed=seed, precision=precision)
    return {"val_acc": _count_right(model, held_out, digits) / len(digits)}


def train_idea(name, seed, precision):
    """One epoch on 50,000 images with one more idea than the row before: seconds, and validation accuracy."""
    from course_utils._tensorflow import keras
    from course_utils.networks import build_fast_network, build_seed_network
    from course_utils.training import BATCH_SIZE, FAST_PEAK, OneCycle, train_fast_network

    idea = IDEAS[name]
    (images, labels), _ = load_mnist()
    (images, labels), (held_out, digits) = split_validation(prepare_images(images), labels)
    labels = one_hot(labels)
    keras.utils.set_random_seed(seed)
    watch = Stopwatch()
    if idea.get("loop"):
        model, _ = train_fast_network(images, labels, seed=seed, precision=precision)
    else:
        half = precision if idea.get("half") else "float32"
        model = build_fast_network(precision=half) if idea.get("small") else build_seed_network()
        optimizer, loss = "rmsprop", "categorical_crossentropy"
        if idea.get("cycle"):
            optimizer = keras.optimizers.Adam(OneCycle(FAST_PEAK, -(-len(images) // BATCH_SIZE)))
            loss = keras.losses.CategoricalCrossentropy(label_smoothing=0.1)
        options = {"steps_per_execution": idea.get("steps", 1), "jit_compile": idea.get("jit", False)}
        model.compile(optimizer=optimizer, loss=loss, **options)
        model.fit(images, labels, epochs=1, batch_size=BATCH_SIZE, verbose=0)
    watch.stop()
    return {"seconds": round(watch.spent, 2), "val_acc": _count_right(model, held_out, digits) / len(digits)}


def train_arms(seed, precision):
    """One epoch of the smaller network by each arm: the validation accuracies, by the arm's name."""
    from course_utils._tensorflow import keras
    from course_utils.networks import build_fast_network
    from course_utils.training import BATCH_SIZE, FAST_PEAK, OneCycle

    (images, labels), _ = load_mnist()
    (images, labels), (held_out, digits) = split_validation(prepare_images(images), labels)
    labels, n_steps, accuracies = one_hot(labels), -(-len(images) // BATCH_SIZE), {}
    for name, (optimizer, rate, smoothing) in ARMS.items():
        keras.utils.set_random_seed(seed)
        if isinstance(rate, str):
            rate = OneCycle(FAST_PEAK, n_steps, warmup={"falling": 0, "one cycle": 0.25}[rate])
        model = build_fast_network(precision=precision)
        loss = keras.losses.CategoricalCrossentropy(label_smoothing=smoothing)
        model.compile(optimizer=getattr(keras.optimizers, optimizer)(rate), loss=loss, steps_per_execution=STEPS)
        model.fit(images, labels, epochs=1, batch_size=BATCH_SIZE, verbose=0)
        accuracies[name] = _count_right(model, held_out, digits) / len(digits)
    return accuracies


def describe_device():
    """Where TensorFlow computes, and its peak in multiply-adds a second for both number types."""
    from course_utils import costs
    from course_utils._tensorflow import tf

    gpus = tf.config.list_physical_devices("GPU")
    device = tf.config.experimental.get_device_details(gpus[0]).get("device_name", "a GPU") if gpus else "CPU"
    peak = {dtype: round(costs.measure_peak(dtype, seconds=1)) for dtype in ("float32", "bfloat16")}
    return {"device": device, "peak": peak, "precision": costs.choose_precision()}


def _missing(result):
    """What is still to be measured: (list to append to, function, arguments) for each training run."""
    precision = result["precision"]
    for number in range(max(N_PAIRS, N_ROUNDS, N_VALIDATED, N_ARM_RUNS)):
        if len(result["validation"]) <= number < N_VALIDATED:
            yield result["validation"], train_validated, (number, precision)
        for recipe, runs in result["recipes"].items():
            if len(runs) <= number < N_PAIRS:
                yield runs, train_recipe, (recipe, number, precision)
        for name, runs in result["ideas"].items():
            if len(runs) <= number < N_ROUNDS:
                yield runs, train_idea, (name, number, precision)
        if len(result["arms"]["runs"]) <= number < N_ARM_RUNS:
            yield result["arms"]["runs"], train_arms, (number, precision)


def fast():
    """The fast recipe of lesson 10 against the original one, five random seeds each; its ideas.

    Each run is stored when it ends, so a bench that was killed goes on where it stopped.
    """
    try:
        result = read_result("fast")
    except FileNotFoundError:
        result = new_result(fast.__doc__.splitlines()[0], "nox -s bench -- fast") | alone(describe_device)
        result |= {"validation": [], "recipes": {"seed": [], "fast": []}, "ideas": {name: [] for name in IDEAS}}
    if "arms" not in result:
        result["arms"] = {"machine": describe_machine(), "runs": []}
    missing = list(_missing(result))
    with progress_bar() as progress:
        task = progress.add_task("runs", total=len(missing))
        for runs, function, arguments in missing:
            runs.append(alone(function, *arguments))
            write_json(RESULTS / "fast.json", result)
            progress.advance(task)
    print(report(result))


def speedup(result):
    """Seconds of the original recipe's five epochs over those of the fast recipe, pair by pair."""
    pairs = zip(result["recipes"]["seed"], result["recipes"]["fast"], strict=False)
    return [seed["seconds"] / fast["seconds"] for seed, fast in pairs]


def report(result):
    """A stored result as a text table."""

    def row(name, runs, accuracy="test_acc"):
        seconds, right = [run["seconds"] for run in runs], [run[accuracy] for run in runs]
        spread = f"{statistics.median(seconds):7.1f} s ({min(seconds):.1f} to {max(seconds):.1f})"
        return f"{name:33} {spread:26} {np.mean(right):.4f} ({min(right):.4f} to {max(right):.4f})"

    ratios = speedup(result)
    validation = result["validation"]
    lines = [f"{result['machine']}; {result['device']}, {result['precision']}", "", "whole recipe, test accuracy"]
    lines += [row(f"the {name} recipe", runs) for name, runs in result["recipes"].items()]
    low, high = min(ratios), max(ratios)
    lines += [f"{'the original / the fast':33} {statistics.median(ratios):7.1f}   ({low:.1f} to {high:.1f})"]
    lines += [f"the fast recipe on validation images: {np.mean([run['val_acc'] for run in validation]):.4f}"]
    lines += ["", "one epoch of 50,000 images, validation accuracy"]
    lines += [row(name, runs, "val_acc") for name, runs in result["ideas"].items()]
    arms = result["arms"]
    lines += ["", f"the smaller network, one epoch, validation accuracy; {arms['machine']}"]
    for name in ARMS:
        right = [run[name] for run in arms["runs"]]
        lines += [f"{name:34} {np.mean(right):.4f} ({min(right):.4f} to {max(right):.4f}), {len(right)} runs"]
    return "\n".join(lines)
