"""Lesson 13 on Fashion-MNIST: what carries over, each remedy alone, optimizers over a grid of rates.

Everything is trained on 50,000 of the training images or a part of them, and judged on the 10,000 that were held out,
drawn from seed 0 like those of MNIST. Each finished run is stored at once in course_utils/results/fashion.json, so a
bench that is killed continues where it stopped; runs of a recipe that has changed are forgotten. A run is a task like
those of lesson 12: it runs here, or on the workers of a Dask scheduler.
"""

import json
import os
import time
from dataclasses import asdict, dataclass, field, replace

import numpy as np

from course_utils.augmentation import distort_images
from course_utils.bench.ladder import AMOUNTS, has_bfloat16, precision
from course_utils.bench.runs import finished_runs, fit_batches
from course_utils.bench.store import new_result, write_json
from course_utils.data import load_fashion_mnist, one_hot, prepare_images, split_validation
from course_utils.results import RESULTS, read_result

N_VALIDATION = 10_000
N_MONITORED = 5_000  # the last of the other 50,000, which early stopping looks at and no run of a part trains on
STILL = {"rotation": 0, "shift": 0, "scale": 0, "shear": 0, "elastic": 0}
RATES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)


@dataclass(frozen=True)
class Recipe:
    """How a network is built and trained; by default the original network as lesson 05 trains it."""

    build: str = "build_seed_network"  # a function of course_utils.networks
    options: dict = field(default_factory=dict)  # for it
    n_images: int = 50_000
    epochs: int = 5
    batch_size: int = 64
    optimizer: str = "RMSprop"
    momentum: float | None = None  # of SGD
    rate: float = 0.001
    one_cycle: bool = False  # the rate is the peak of one cycle, and not constant
    weight_decay: float | None = None
    label_smoothing: float = 0.0
    averaged: bool = False  # end with a running mean of the weights
    distort: dict | None = None  # for distort_images
    patience: int | None = None  # epochs without a lower loss on the monitored images, after which training stops
    bfloat16: bool = False  # multiply in 16 bits where the processor has instructions for it
    n_seeds: int = 3


BETTER = Recipe("build_best_network", epochs=4, batch_size=128, optimizer="AdamW", rate=0.01, one_cycle=True)
BETTER = replace(BETTER, bfloat16=True, weight_decay=0.0)
LARGE = Recipe("build_large_network", n_images=6_000, epochs=25, optimizer="AdamW", weight_decay=0.0, n_seeds=5)
SHORT = Recipe(n_images=6_400, epochs=2)
OPTIMIZERS = {
    "SGD": {"optimizer": "SGD"},
    "SGD with momentum": {"optimizer": "SGD", "momentum": 0.9},
    "RMSprop": {"optimizer": "RMSprop"},
    "Adam": {"optimizer": "Adam"},
}
PARTS = {
    "networks": {  # the first five as in the ladder of lesson 09
        "logistic regression": Recipe("build_dense_network"),
        "dense network": Recipe("build_dense_network", {"hidden": (128,)}),
        "original network": Recipe(),
        "normalized": BETTER,
        "augmented": replace(BETTER, distort=AMOUNTS),
        "mirrored": replace(BETTER, distort=STILL | {"mirror": True}),
        "mirrored and shifted": replace(BETTER, distort=STILL | {"mirror": True, "shift": 1.5}),
        "turned": replace(BETTER, distort=STILL | {"rotation": 180}),
    },
    "remedies": {
        "nothing changed": LARGE,
        "early stopping": replace(LARGE, patience=3),
        "dropout 0.5": replace(LARGE, options={"dropout": 0.5}),
        "weight decay 0.1": replace(LARGE, weight_decay=0.1),
        "augmentation": replace(LARGE, distort=STILL | {"mirror": True, "shift": 1.5}),
        "batch normalization": replace(LARGE, options={"normalize": True}),
        "a smaller network": replace(LARGE, options={"width": 0.25}),
    },
    "rates": {
        f"{name}, {rate:g}": replace(SHORT, rate=rate, **options)
        for name, options in OPTIMIZERS.items()
        for rate in RATES
    },
}


def load_split():
    """The 50,000 training images and the 10,000 that are held out, prepared, with their classes."""
    (images, labels), _ = load_fashion_mnist()
    return split_validation(prepare_images(images), labels, n_validation=N_VALIDATION)


def build(recipe, *, seed):
    """The compiled network of a recipe."""
    from course_utils import networks
    from course_utils._tensorflow import keras
    from course_utils.training import OneCycle

    keras.backend.clear_session()  # what Keras keeps of the networks before it would fill the memory of a worker
    keras.utils.set_random_seed(seed)
    with precision(recipe):
        model = getattr(networks, recipe.build)(**recipe.options)
    rate, averaging = recipe.rate, {"use_ema": True, "ema_momentum": 0.995} if recipe.averaged else {}
    if recipe.one_cycle:
        rate = OneCycle(rate, recipe.epochs * (recipe.n_images // recipe.batch_size))
    momentum = {} if recipe.momentum is None else {"momentum": recipe.momentum}
    optimizer = getattr(keras.optimizers, recipe.optimizer)(
        rate, weight_decay=recipe.weight_decay, **momentum, **averaging
    )
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=recipe.label_smoothing)
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
    return model


def batches(images, rows, recipe, *, seed):
    """Batches without end: each epoch in a new order, which only depends on the seed; distorted if a recipe says so."""
    order, moves = np.random.default_rng(seed), np.random.default_rng([seed, 1])
    n_steps = len(images) // recipe.batch_size
    while True:
        for chosen in order.permutation(len(images))[: n_steps * recipe.batch_size].reshape(n_steps, -1):
            some = images[chosen]
            some = some if recipe.distort is None else distort_images(some, seed=moves, **recipe.distort)
            yield some, rows[chosen]


def train(recipe, images, labels, *, seed, callbacks=(), **options):
    """Build and train the network of a recipe: the network and its history; options go to ``fit``."""
    model, rows = build(recipe, seed=seed), one_hot(labels)
    n_steps = len(images) // recipe.batch_size
    some = batches(images, rows, recipe, seed=seed)
    return model, fit_batches(model, some, n_steps=n_steps, epochs=recipe.epochs, callbacks=list(callbacks), **options)


def train_run(recipe, seed):
    """A task: train a recipe from one seed, and look at the images that were held out.

    Returns
    -------
    dict
        ``n_wrong`` and the ``loss`` on the held-out images; ``confusion``, how often each class (row) was taken for
        each other, as one text of 100 numbers; ``train`` and ``val``, the accuracy after each epoch in training and on
        the monitored images, and ``train_loss`` and ``val_loss``, each as one text; ``seconds`` of training.
    """
    from course_utils._tensorflow import keras

    (images, labels), (held_out, classes) = load_split()
    monitored = images[-N_MONITORED:], one_hot(labels[-N_MONITORED:])
    images, labels = images[: recipe.n_images], labels[: recipe.n_images]
    stopping = []
    if recipe.patience is not None:
        stopping = [keras.callbacks.EarlyStopping("val_loss", patience=recipe.patience, restore_best_weights=True)]
    start = time.perf_counter()
    watched = {"validation_data": monitored, "validation_batch_size": 500} if recipe.n_images <= 45_000 else {}
    model, history = train(recipe, images, labels, seed=seed, callbacks=stopping, **watched)
    seconds = time.perf_counter() - start
    answers = model.predict(held_out, batch_size=500, verbose=0)
    own = np.clip(answers[np.arange(len(classes)), classes], 1e-7, None)
    confusion = np.bincount(10 * classes.astype(int) + answers.argmax(axis=1), minlength=100)
    names = {"accuracy": "train", "loss": "train_loss", "val_accuracy": "val", "val_loss": "val_loss"}
    curves = {names[name]: " ".join(f"{value:.4f}" for value in history[name]) for name in names if name in history}
    loss = float(-np.log(own).mean())
    run = {"n_wrong": int(len(classes) - confusion.reshape(10, 10).trace())}
    run["loss"] = round(loss, 4) if np.isfinite(loss) else None  # a rate that is too large leaves no number
    return run | {"confusion": " ".join(map(str, confusion)), "seconds": round(seconds, 1)} | curves


def describe(recipe):
    """A recipe as JSON stores it, without its number of seeds."""
    described = json.loads(json.dumps(asdict(recipe)))
    del described["n_seeds"]
    return described


def load_result(name, parts, about):
    """A stored result without runs of other recipes than these; or a new one."""
    try:
        result = read_result(name)
    except FileNotFoundError:
        result = new_result(about, f"nox -s bench -- {name}") | {"runs": [], "recipes": {}}
        result["precision"] = "bfloat16" if has_bfloat16() else "float32"
    now = {part: {name: describe(recipe) for name, recipe in recipes.items()} for part, recipes in parts.items()}
    before = result["recipes"]
    result["runs"] = [
        run
        for run in result["runs"]
        if run["name"] in now.get(run["part"], {}) and before[run["part"]][run["name"]] == now[run["part"]][run["name"]]
    ]
    return result | {"n_validation": N_VALIDATION, "recipes": now}


def measure(address=None):
    """Lesson 13 on Fashion-MNIST: networks, remedies against overfitting, optimizers, on validation images."""
    measure_parts("fashion", PARTS, measure.__doc__, address=address)


def measure_parts(name, parts, about, *, address=None):
    """Make the runs of some parts that are missing, and store each in a result of this name when it is finished.

    Parameters
    ----------
    name, about : str
        Of the result, and of the bench that makes it.
    parts : dict of str to dict of str to Recipe
        By the part's name, its recipes by name.
    address : str, optional
        As in `finished_runs`.
    """
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    result = load_result(name, parts, about)
    order = [(part, name) for part, recipes in parts.items() for name in recipes]
    stored = {(run["part"], run["name"], run["seed"]) for run in result["runs"]}
    todo = {
        (part, recipe, seed): (parts[part][recipe], seed)
        for seed in range(max(recipe.n_seeds for recipes in parts.values() for recipe in recipes.values()))
        for part, recipe in order
        if seed < parts[part][recipe].n_seeds and (part, recipe, seed) not in stored
    }
    for progress, (part, recipe, seed), run in finished_runs(train_run, todo, address=address):
        runs = [*result["runs"], {"part": part, "name": recipe, "seed": seed} | run]
        result["runs"] = sorted(runs, key=lambda run: (order.index((run["part"], run["name"])), run["seed"]))
        write_json(RESULTS / f"{name}.json", result)
        progress.console.print(f"{recipe}, seed {seed}: {run['n_wrong']} wrong, {run['seconds']:.0f} s")
    if not todo:
        print(f"all runs are stored; `nox -s bench -- {name} --fresh` makes them again\n")
    print(report(result))


def report(result):
    """A stored result as a text table."""
    lines = [f"{result['machine']}; {result['precision']}"]
    for part, recipes in result["recipes"].items():
        lines += ["", f"{part:26} {'mean':>7} {'spread':>7}  errors on validation images"]
        for name in recipes:
            errors = [run["n_wrong"] for run in result["runs"] if (run["part"], run["name"]) == (part, name)]
            spread = f"{np.std(errors, ddof=1):7.1f}" if len(errors) > 1 else " " * 7
            lines.append(f"{name:26} {np.mean(errors) if errors else np.nan:7.1f} {spread}  {errors}")
    return "\n".join(lines)
