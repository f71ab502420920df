"""Lesson 13's search on Fashion-MNIST: two samplers with the same budget, and how much of the best trial is luck.

The search trains on 45,000 images and chooses by 5,000 others. Afterwards, the best settings that it found and the
settings that the course would have guessed are trained from new seeds, and judged on those 5,000 and on the 10,000 that
the search has never seen. The test set is not read.
"""

from pathlib import Path

import numpy as np

from course_utils.bench import fashion
from course_utils.bench.fashion import N_MONITORED, STILL, Recipe
from course_utils.bench.ladder import has_bfloat16
from course_utils.bench.runs import finished_runs, fit_batches, progress_bar
from course_utils.bench.store import new_result, write_json
from course_utils.data import one_hot
from course_utils.extras import require_extra
from course_utils.results import RESULTS, read_result

KEPT = Path(__file__).parents[2] / "build" / "search"  # journals and checkpoints; ignored by git
RUNGS, N_TRIALS, FACTOR = (2, 6, 18), 24, 3
SAMPLERS = ("random", "tpe")
N_SEEDS = 4  # of each settings that are trained again
FIRST_SEED = 1000  # beyond the numbers of trials, which are their seeds
GUESSED = {  # those of the best network of lesson 09, with the distortions that are true for clothes
    "rate": 0.01,
    "batch_size": 128,
    "weight_decay": 0.02,
    "dropout": 0.2,
    "label_smoothing": 0.05,
    "mirror": True,
    "shift": 1.5,
}


def space():
    """What the search may choose: a distribution of Optuna for each hyperparameter."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution

    return {
        "rate": FloatDistribution(0.001, 0.1, log=True),  # the peak of one cycle
        "batch_size": CategoricalDistribution([64, 128, 256]),
        "weight_decay": FloatDistribution(0.001, 1, log=True),
        "dropout": FloatDistribution(0, 0.6),
        "label_smoothing": FloatDistribution(0, 0.2),
        "mirror": CategoricalDistribution([False, True]),
        "shift": FloatDistribution(0, 3),  # in pixels
    }


def recipe_of(settings):
    """The recipe of a trial: lesson 09's better network, one cycle over all epochs of the last rung."""
    moves = {"mirror": settings["mirror"], "shift": settings["shift"]}
    return Recipe(
        "build_best_network",
        {"dropout": settings["dropout"]},
        n_images=50_000 - N_MONITORED,
        epochs=RUNGS[-1],
        batch_size=settings["batch_size"],
        optimizer="AdamW",
        rate=settings["rate"],
        one_cycle=True,
        weight_decay=settings["weight_decay"],
        label_smoothing=settings["label_smoothing"],
        distort=STILL | moves if any(moves.values()) else None,
        bfloat16=True,
    )


def trained(settings, seed, checkpoint, epochs):
    """Train a network with some settings to a number of epochs, from a checkpoint or from the start.

    Parameters
    ----------
    settings : dict
        One value for each name in `space`.
    seed : int
    checkpoint : dict of ndarray or None
        All variables of the network and of its optimizer, and ``epochs``: how many are behind it.
    epochs : int
        Counted from the start.

    Returns
    -------
    keras.Sequential
    """
    recipe = recipe_of(settings)
    (images, labels), _ = fashion.load_split()
    images, rows = images[: recipe.n_images], one_hot(labels[: recipe.n_images])
    model = fashion.build(recipe, seed=seed)
    model.optimizer.build(model.trainable_variables)
    done = 0
    if checkpoint is not None:
        done = int(checkpoint["epochs"])
        for number, variable in enumerate(variables_of(model)):
            variable.assign(checkpoint[f"{number:03}"])
    for epoch in range(done, epochs):  # one at a time, each from its own seed: so it goes on as if never interrupted
        some = fashion.batches(images, rows, recipe, seed=100 * seed + epoch)
        fit_batches(model, some, n_steps=len(images) // recipe.batch_size)
    return model


def variables_of(model):
    """Everything that training changes: weights, moving averages, the states of dropout's seeds, the optimizer's."""
    return [*model.variables, *model.optimizer.variables]


def train_to(settings, number, checkpoint, epochs):
    """A task of `search`: train a trial to a rung; its accuracy on the images that the search chooses by."""
    model = trained(settings, number, checkpoint, epochs)
    (images, labels), _ = fashion.load_split()
    right = model.predict(images[-N_MONITORED:], batch_size=500, verbose=0).argmax(axis=1) == labels[-N_MONITORED:]
    variables = {f"{number:03}": variable.numpy() for number, variable in enumerate(variables_of(model))}
    return float(right.mean()), variables | {"epochs": np.array(epochs)}


def judge(settings, seed):
    """A task: train some settings to the end from a new seed, and judge them twice.

    Returns
    -------
    dict
        ``searched``, the errors on the 5,000 images that the search chose by, and ``held_out``, those on 10,000 others.
    """
    model = trained(settings, seed, None, RUNGS[-1])
    (images, labels), (held_out, classes) = fashion.load_split()
    parts = {"searched": (images[-N_MONITORED:], labels[-N_MONITORED:]), "held_out": (held_out, classes)}
    return {
        name: int((model.predict(some, batch_size=500, verbose=0).argmax(axis=1) != own).sum())
        for name, (some, own) in parts.items()
    }


def describe_trial(trial):
    """A trial as JSON stores it: its settings, its accuracy at each rung, and how it ended."""
    settings = {name: float(f"{value:.4g}") if type(value) is float else value for name, value in trial.params.items()}
    values = {str(rung): round(value, 4) for rung, value in sorted(trial.intermediate_values.items())}
    return {"number": trial.number, "state": trial.state.name, "settings": settings, "values": values}


def best_of(trials):
    """The stored trial with the highest accuracy among those that reached the last rung."""
    last = str(RUNGS[-1])
    return max((trial for trial in trials if last in trial["values"]), key=lambda trial: trial["values"][last])


def plan():
    """What the stored result depends on, as JSON stores it: another plan starts over."""
    spaces = {name: repr(distribution) for name, distribution in space().items()}
    guessed = fashion.describe(recipe_of(GUESSED))
    return {"rungs": list(RUNGS), "n_trials": N_TRIALS, "factor": FACTOR, "space": spaces, "guessed": guessed}


def load_result():
    """The stored result of this plan, or a new one."""
    try:
        result = read_result("fashion_search")
    except FileNotFoundError:
        result = {}
    if result.get("plan") == plan():
        return result
    result = new_result(measure.__doc__, "nox -s bench -- fashion_search")
    result["precision"] = "bfloat16" if has_bfloat16() else "float32"
    return result | {"plan": plan(), "trials": {}, "judged": []}


def measure(address=None):
    """Lesson 13's search: a random one and one that learns; then the best again from new seeds, on other images."""
    require_extra("scaling")
    from course_utils.scaling.search import search

    result = load_result()
    for sampler in SAMPLERS:
        if len(result["trials"].get(sampler, ())) == N_TRIALS:
            continue
        trials, storage = [], KEPT / f"{sampler}.journal"
        options = {"rungs": RUNGS, "n_trials": N_TRIALS, "reduction_factor": FACTOR, "sampler": sampler}
        with progress_bar() as progress:
            bar = progress.add_task(f"trials, {sampler}", total=N_TRIALS)
            for trial in search(train_to, space(), storage=storage, address=address, n_workers=1, **options):
                trials.append(describe_trial(trial))
                progress.console.print(f"trial {trial.number}: {trial.state.name}, {trials[-1]['values']}")
                progress.advance(bar)
        result["trials"][sampler] = sorted(trials, key=lambda trial: trial["number"])
        write_json(RESULTS / "fashion_search.json", result)
        storage.unlink()  # all of it is stored now
    best = best_of([trial for trials in result["trials"].values() for trial in trials])
    judged = {(run["name"], run["seed"]) for run in result["judged"]}
    todo = {
        (name, seed): (settings, seed)
        for seed in range(FIRST_SEED, FIRST_SEED + N_SEEDS)
        for name, settings in (("found", best["settings"]), ("guessed", GUESSED))
        if (name, seed) not in judged
    }
    for progress, (name, seed), errors in finished_runs(judge, todo, address=address):
        result["judged"] = sorted(
            [*result["judged"], {"name": name, "seed": seed} | errors], key=lambda run: (run["name"], run["seed"])
        )
        write_json(RESULTS / "fashion_search.json", result)
        progress.console.print(f"{name}, seed {seed}: {errors}")
    if not todo:
        print("all runs are stored; `nox -s bench -- fashion_search --fresh` makes them again\n")
    print(report(result))


def report(result):
    """A stored result as a text table."""
    lines = [f"{result['machine']}; {result['precision']}"]
    for sampler, trials in result["trials"].items():
        best = best_of(trials)
        epochs = sum(max(map(int, trial["values"]), default=0) for trial in trials)
        lines.append(f"{sampler}: {len(trials)} trials, {epochs} epochs; best {best['values']} {best['settings']}")
    for name in ("found", "guessed"):
        runs = [run for run in result["judged"] if run["name"] == name]
        for part in ("searched", "held_out"):
            lines.append(f"{name:8} {part:9} {np.mean([run[part] for run in runs]):7.1f} errors")
    return "\n".join(lines)
