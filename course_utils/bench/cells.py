"""Lesson 15 on solar cells: from scratch, on borrowed features, and fine-tuned, from few labels and from many.

A run is a cross-validation in three folds, dealt by modules or cell by cell, so each of the 2,624 cells is judged once,
by a network that wasn't trained on it. (Two recipes are judged on one fold of four instead, as in the paper.) Nothing
was chosen by how these runs were judged: rates, steps and the cut were fixed before, after a first try on one split of
the same cells. Each finished run is stored at once, in course_utils/results/cells.json: accuracies and areas only,
nothing that was made from the images.
"""

import contextlib
import functools
import json
import time
from dataclasses import asdict, dataclass

import numpy as np

from course_utils import detection
from course_utils.bench.runs import finished_runs
from course_utils.bench.store import new_result, write_json
from course_utils.data import deal_groups, guess_modules, load_cells, resize_photographs
from course_utils.features import predict_cached
from course_utils.results import RESULTS, read_result

FLIPS = (np.s_[:], np.s_[:, :, ::-1], np.s_[:, ::-1], np.s_[:, ::-1, ::-1])  # a flipped cell is a cell
STRENGTH = 0.001  # scikit-learn's C, as in the lesson; chosen fold by fold, scores of two folds could not be compared
CUT = "block07_add"  # below it, nothing is fine-tuned
BATCH_SIZE = 32


@dataclass(frozen=True)
class Recipe:
    """How cells are judged; by default by logistic regression on borrowed features."""

    way: str = "features"  # or "fine-tuned" or "from scratch"
    groups: str = "modules"  # what is dealt to the folds: modules or cells
    n_labels: int | None = None  # cells to train on, drawn at random from the other folds; None: all of these
    size: int = 128  # of the images, in pixels
    n_steps: int = 0  # of training, with 32 images each
    rate: float = 0.0  # the largest, of AdamW
    n_folds: int = 3
    n_judged: int = 3  # of the folds; each takes a training run
    n_seeds: int = 3


RATES = {"fine-tuned": 0.0003, "from scratch": 0.003}
STEPS = {"fine-tuned": {100: 150, 400: 250, None: 500}, "from scratch": {100: 300, 400: 600, None: 1500}}

PAPER = {"n_folds": 4, "n_judged": 1}  # Deitsch and others (2019) test on a quarter of the cells, drawn at random


def make_recipe(way, groups="modules", n_labels=None, size=128, **folds):
    n_steps = STEPS[way][n_labels] if way in STEPS else 0
    return Recipe(way, groups, n_labels, size, n_steps, RATES.get(way, 0.0), **folds)


RECIPES = (
    {f"{way}, {groups}": make_recipe(way, groups) for way in ("features", *STEPS) for groups in ("modules", "cells")}
    | {f"{way}, as in the paper": make_recipe(way, "cells", size=224, **PAPER) for way in ("features", "fine-tuned")}
    | {
        f"{way}, modules, {n_labels} labels": make_recipe(way, n_labels=n_labels)
        for n_labels in (100, 400)
        for way in ("features", *STEPS)
    }
)


@functools.cache
def load(size):
    """The cells as networks read them, whether each is defective (1 from a probability of 2/3 on), and its module."""
    images, probabilities, kinds = load_cells()
    return resize_photographs(images, size), (probabilities > 0.5).astype(int), guess_modules(kinds)


def load_network(size):
    """The borrowed network: what is below the cut, and what is above it up to the features."""
    from course_utils.networks import load_efficientnet_lite0
    from course_utils.transfer import cut_network

    return cut_network(load_efficientnet_lite0(size), CUT)


@functools.cache
def load_features(size):
    """The 1,280 borrowed features of each cell."""
    from course_utils._tensorflow import keras
    from course_utils.networks import load_efficientnet_lite0

    network = load_efficientnet_lite0(size)
    return predict_cached(keras.Model(network.input, network.get_layer("features").output), load(size)[0])


def score_features(recipe, folds, fold, train, seed):
    """The scores of a fold by logistic regression."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    features, (_, labels, _) = load_features(recipe.size), load(recipe.size)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=3000))
    return model.fit(features[train], labels[train]).decision_function(features[folds == fold])


def train_network(model, arrays, labels, recipe, seed):
    """Train on images or what a network made of them, each time one of its four flips."""
    from course_utils._tensorflow import keras
    from course_utils.training import OneCycle

    rng, n = np.random.default_rng(seed), len(labels)
    n_images, per_epoch = recipe.n_steps * BATCH_SIZE, n // BATCH_SIZE * BATCH_SIZE
    order = np.concatenate([rng.permutation(n)[:per_epoch] for _ in range(-(-n_images // per_epoch))])
    schedule = OneCycle(recipe.rate, recipe.n_steps, warmup=0.1)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.AdamW(schedule, weight_decay=0.01), loss)
    for chosen in order[:n_images].reshape(-1, BATCH_SIZE):
        flips = rng.integers(len(arrays), size=BATCH_SIZE)
        batch = np.stack([arrays[flip][index] for flip, index in zip(flips, chosen, strict=True)])
        model.train_on_batch(batch, labels[chosen, None].astype("float32"))


def score_network(model, arrays):
    """The mean score over the four flips."""
    return np.mean([model.predict(array, batch_size=64, verbose=0)[:, 0] for array in arrays], axis=0)


def add_answer(features):
    """Dropout, and a score for each image; sigmoid would make a probability of it."""
    from course_utils._tensorflow import keras

    return keras.layers.Dense(1, kernel_initializer="zeros")(keras.layers.Dropout(0.3)(features))


def score_fine_tuned(recipe, folds, fold, train, seed):
    """The scores of a fold by the borrowed network, trained above the cut; its batch normalization stays frozen."""
    from course_utils._tensorflow import keras
    from course_utils.transfer import freeze_normalization

    images, labels, _ = load(recipe.size)
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    lower, upper = load_network(recipe.size)
    arrays = [predict_cached(lower, images[flip]) for flip in FLIPS]
    freeze_normalization(upper)
    model = keras.Model(upper.input, add_answer(upper.output))
    train_network(model, [array[train] for array in arrays], labels[train], recipe, seed)
    return score_network(model, [array[folds == fold] for array in arrays])


def score_from_scratch(recipe, folds, fold, train, seed):
    """The scores of a fold by a small network from random weights."""
    from course_utils._tensorflow import keras
    from course_utils.networks import build_photograph_network

    images, labels, _ = load(recipe.size)
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    network = build_photograph_network(recipe.size)
    model = keras.Model(network.inputs, add_answer(network.outputs[0]))
    arrays = [images[flip] for flip in FLIPS]
    train_network(model, [array[train] for array in arrays], labels[train], recipe, seed)
    return score_network(model, [array[folds == fold] for array in arrays])


WAYS = {"features": score_features, "fine-tuned": score_fine_tuned, "from scratch": score_from_scratch}


def train_run(recipe, seed):
    """A task: cross-validate a recipe from one seed.

    Returns
    -------
    dict
        ``accuracy``, ``area`` under the ROC curve and ``average_precision``, of all cells that are judged;
        ``area_within``, as `detection.area_within_groups` has it for modules; ``seconds`` of training and judging,
        without the features that are read from the cache.
    """
    images, labels, modules = load(recipe.size)
    folds = deal_groups(modules if recipe.groups == "modules" else range(len(labels)), recipe.n_folds, seed=seed)
    if recipe.way == "features":
        load_features(recipe.size)
    elif recipe.way == "fine-tuned":
        lower = load_network(recipe.size)[0]
        for flip in FLIPS:
            predict_cached(lower, images[flip], what="below the cut")
    start = time.perf_counter()
    scores = np.empty(len(labels))
    for fold in range(recipe.n_judged):
        train = np.random.default_rng([seed, fold]).permutation(np.flatnonzero(folds != fold))[: recipe.n_labels]
        scores[folds == fold] = WAYS[recipe.way](recipe, folds, fold, train, seed)
    judged = folds < recipe.n_judged
    scores, labels, modules = scores[judged], labels[judged], modules[judged]
    run = {"accuracy": float(np.mean((scores > 0) == labels))}
    run |= {"area": detection.area_under_roc(labels, scores)}
    run |= {"average_precision": detection.average_precision(labels, scores)}
    run |= {"area_within": detection.area_within_groups(labels, scores, modules)}
    run = {name: round(value, 4) for name, value in run.items()}
    return run | {"seconds": round(time.perf_counter() - start, 1)}


def describe(recipe):
    """A recipe as JSON stores it, without its number of seeds."""
    described = json.loads(json.dumps(asdict(recipe)))
    del described["n_seeds"]
    return described


def measure(address=None):
    """Lesson 15 on solar cells: features, fine-tuned and from scratch, judged on new modules and on new cells."""
    result = new_result(measure.__doc__, "nox -s bench -- cells") | {"runs": [], "recipes": {}}
    with contextlib.suppress(FileNotFoundError):
        result = read_result("cells")
    now = {name: describe(recipe) for name, recipe in RECIPES.items()}
    result["runs"] = [run for run in result["runs"] if result["recipes"][run["name"]] == now.get(run["name"])]
    result["recipes"] = now
    stored = {(run["name"], run["seed"]) for run in result["runs"]}
    tasks = {
        (name, seed): (recipe, seed)
        for seed in range(max(recipe.n_seeds for recipe in RECIPES.values()))
        for name, recipe in RECIPES.items()
        if seed < recipe.n_seeds and (name, seed) not in stored
    }
    order = list(RECIPES)
    for progress, (name, seed), run in finished_runs(train_run, tasks, address=address):
        runs = [*result["runs"], {"name": name, "seed": seed} | run]
        result["runs"] = sorted(runs, key=lambda run: (order.index(run["name"]), run["seed"]))
        write_json(RESULTS / "cells.json", result)
        progress.console.print(f"{name}, seed {seed}: {run['accuracy']}, {run['area']}, {run['seconds']:.0f} s")
    if not tasks:
        print("all runs are stored; `nox -s bench -- cells --fresh` makes them again\n")
    print(report(result))


def report(result):
    """A stored result as a text table: means over the seeds."""
    names = ("accuracy", "area", "average_precision", "area_within")
    lines = [result["machine"], "", f"{'':34}" + "".join(f"{name:>20}" for name in names)]
    for recipe in result["recipes"]:
        runs = [run for run in result["runs"] if run["name"] == recipe]
        means = (f"{np.mean([run[name] for run in runs]):20.3f}" if runs else f"{'':20}" for name in names)
        lines.append(f"{recipe:34}" + "".join(means))
    return "\n".join(lines)
