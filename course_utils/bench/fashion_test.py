"""Lesson 13's look at the test images of Fashion-MNIST: recipes chosen on validation images, the best from three seeds.

Each candidate trains on 50,000 images from one seed. The one with the fewest errors on the 10,000 that were held out
trains from the other seeds, too, and its networks read the test images, once. Each finished run is stored at once, its
weights in build/fashion_test, so a bench that is killed goes on where it stopped. Each reading of the test images is
noted in course_utils/results/test_readings.json.
"""

import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from course_utils.bench import fashion
from course_utils.bench.fashion_search import GUESSED, best_of, recipe_of
from course_utils.bench.ladder import count_right, has_bfloat16, note_reading
from course_utils.bench.runs import finished_runs
from course_utils.bench.store import new_result, write_json
from course_utils.data import load_fashion_mnist, prepare_images
from course_utils.results import RESULTS, read_result

KEPT = Path(__file__).parents[2] / "build" / "fashion_test"  # weights; ignored by git
N_SEEDS = 3


def candidates():
    """The recipes to choose from, by name: the two of the search, on all images, for longer, with averaged weights."""
    searches = read_result("fashion_search")["trials"].values()
    found = best_of([trial for trials in searches for trial in trials])["settings"]
    longer = {"n_images": 50_000, "epochs": 28, "averaged": True}
    return {name: replace(recipe_of(own), **longer) for name, own in (("guessed", GUESSED), ("found", found))}


def ask_twice(model, images):
    """Probabilities for the images, and the mean of those for them and for their mirror images: shape (2, n, 10)."""
    plain, mirrored = (model.predict(some, batch_size=500, verbose=0) for some in (images, images[:, :, ::-1]))
    return np.stack([plain, (plain + mirrored) / 2])


def count_wrong(both, classes):
    """Errors without and with mirror images, from what `ask_twice` returns."""
    plain, mirrored = (len(classes) - count_right(answers, classes) for answers in both)
    return {"n_wrong": plain, "n_wrong_mirrored": mirrored}


def train_run(recipe, seed):
    """A task: train a recipe from one seed, and look at the images that were held out.

    Returns
    -------
    dict
        ``n_wrong`` and ``n_wrong_mirrored``, of the held-out images; ``seconds`` of training; ``weights``, a list of
        arrays.
    """
    (images, labels), (held_out, classes) = fashion.load_split()
    start = time.perf_counter()
    model, _ = fashion.train(recipe, images[: recipe.n_images], labels[: recipe.n_images], seed=seed)
    run = {"seconds": round(time.perf_counter() - start, 1), "weights": model.get_weights()}
    return count_wrong(ask_twice(model, held_out), classes) | run


def kept_weights(name, seed):
    """Where the weights of a run are kept."""
    return KEPT / f"{name.replace(' ', '-')}-{seed}.npz"


def keep_weights(weights, name, seed):
    """Keep a network's weights, all or none."""
    KEPT.mkdir(parents=True, exist_ok=True)
    np.savez(KEPT / "part.npz", *weights)
    os.replace(KEPT / "part.npz", kept_weights(name, seed))


def load_result():
    """The stored result without runs of other recipes than these; or a new one."""
    now = {name: fashion.describe(recipe) for name, recipe in candidates().items()}
    try:
        result = read_result("fashion_test")
    except FileNotFoundError:
        result = new_result(measure.__doc__, "nox -s bench -- fashion_test")
        result |= {"precision": "bfloat16" if has_bfloat16() else "float32", "recipes": now, "runs": [], "test": {}}
    if result["recipes"] != now:  # another choice, and so another reading
        same = {name for name in now if now[name] == result["recipes"].get(name)}
        result["runs"] = [run for run in result["runs"] if run["name"] in same]
        result["test"] = {}
    return result | {"n_validation": fashion.N_VALIDATION, "recipes": now}


def add_runs(result, wanted, *, address):
    """Make and store those of these runs, each a name and a seed, that are not stored or whose weights are lost."""
    stored = {(run["name"], run["seed"]) for run in result["runs"]}
    lost = [run for run in wanted if run not in stored or not kept_weights(*run).is_file()]
    todo = {(name, seed): (candidates()[name], seed) for name, seed in lost}
    for progress, (name, seed), run in finished_runs(train_run, todo, address=address):
        keep_weights(run.pop("weights"), name, seed)
        others = [run for run in result["runs"] if (run["name"], run["seed"]) != (name, seed)]
        runs = [*others, {"name": name, "seed": seed} | run]
        result["runs"] = sorted(runs, key=lambda run: (list(result["recipes"]).index(run["name"]), run["seed"]))
        write_json(RESULTS / "fashion_test.json", result)
        progress.console.print(f"{name}, seed {seed}: {run}")


def chosen(result):
    """The name of the recipe with the fewest errors from seed 0."""
    return min((run for run in result["runs"] if run["seed"] == 0), key=lambda run: run["n_wrong"])["name"]


def read_test(recipe, name):
    """What the kept networks of a recipe misread of the test images: each one, and all together."""
    _, (images, classes) = load_fashion_mnist()
    images, each = prepare_images(images), []
    for seed in range(N_SEEDS):
        model = fashion.build(recipe, seed=seed)
        with np.load(kept_weights(name, seed)) as weights:
            model.set_weights(list(weights.values()))
        each.append(ask_twice(model, images))
    counts = [count_wrong(both, classes) for both in each]
    test = {name: [count[name] for count in counts] for name in counts[0]}
    return test | {"together": count_wrong(np.mean(each, axis=0), classes), "parameters": model.count_params()}


def measure(address=None):
    """Lesson 13's look at the test images: recipes chosen on validation images, the best of them from three seeds."""
    result = load_result()
    if result["test"]:
        print("all runs are stored; `nox -s bench -- fashion_test --fresh` makes them again\n")
    else:
        add_runs(result, [(name, 0) for name in candidates()], address=address)
        name = chosen(result)
        add_runs(result, [(name, seed) for seed in range(N_SEEDS)], address=address)
        result["test"] = {"chosen": name} | read_test(candidates()[name], name)
        about = {key: result[key] for key in ("command", "machine", "versions", "precision")}
        note_reading(about | {"recipe": result["recipes"][name]} | result["test"], of="fashion_readings")
        write_json(RESULTS / "fashion_test.json", result)
    print(report(result))


def report(result):
    """A stored result as a text table."""
    lines = [f"{result['machine']}; {result['precision']}", "", "errors on validation images, with mirror images too"]
    for run in result["runs"]:
        counts = f"{run['n_wrong']:6} {run['n_wrong_mirrored']:6}"
        lines.append(f"{run['name']:16} seed {run['seed']} {counts}   {run['seconds']:.0f} s")
    test = result["test"]
    lines += ["", f"errors on test images, {test['chosen']}: {test['n_wrong']}, with mirror images too"]
    return "\n".join([*lines, f"{test['n_wrong_mirrored']}, together {test['together']}"])
