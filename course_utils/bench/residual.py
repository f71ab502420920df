"""Lesson 14 on MNIST: would a residual network be a rung of the ladder of lesson 09?

It is trained by the recipe of that ladder's best rung, and judged on the same validation images. No test image is read.
Each finished run is stored at once, in course_utils/results/residual.json.
"""

import contextlib
import os
from dataclasses import replace

import numpy as np

from course_utils.bench import ladder
from course_utils.bench.runs import finished_runs
from course_utils.bench.store import new_result, write_json
from course_utils.data import one_hot
from course_utils.results import RESULTS, read_result

OPTIONS = {"n_convolutions": 16, "width": 32, "normalize": True, "residual": True}  # as many parameters as the best has
RECIPE = replace(ladder.RECIPES[ladder.BEST], build="build_deep_network", options=OPTIONS)


def measure(address=None):
    """Lesson 14 on MNIST: a residual network by the best recipe of lesson 09, on validation images, and its costs."""
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    recipe = ladder.describe(RECIPE)
    result = {"recipe": None}
    with contextlib.suppress(FileNotFoundError):
        result = read_result("residual")
    if result["recipe"] != recipe:
        result = new_result(measure.__doc__, "nox -s bench -- residual")
        result |= {"recipe": recipe, "n_validation": ladder.N_VALIDATION, "costs": {}, "runs": []}
        result["precision"] = "bfloat16" if ladder.has_bfloat16() else "float32"
    missing = set(range(RECIPE.n_seeds)) - {run["seed"] for run in result["runs"]}
    tasks = {seed: (RECIPE, seed, ladder.N_IMAGES, ladder.N_VALIDATION, False) for seed in sorted(missing)}
    for progress, seed, run in finished_runs(ladder.train_run, tasks, address=address):
        result["runs"] = sorted([*result["runs"], {"seed": seed} | run], key=lambda run: run["seed"])
        write_json(RESULTS / "residual.json", result)
        progress.console.print(f"seed {seed}: {run['n_correct']} right, {run['seconds']:.0f} s")
    if not result["costs"]:
        (images, labels), _ = ladder.load_split(ladder.N_IMAGES, ladder.N_VALIDATION)
        recipes = {name: ladder.RECIPES[name] for name in ("original network", ladder.BEST)} | {"residual": RECIPE}
        result["costs"] = ladder.measure_costs(recipes, images, one_hot(labels))
        write_json(RESULTS / "residual.json", result)
    if not tasks:
        print("all runs are stored; `nox -s bench -- residual --fresh` makes them again\n")
    print(report(result))


def report(result):
    """A stored result as a text table."""
    lines = [f"{result['machine']}; {result['precision']}", ""]
    for name, cost in result["costs"].items():
        lines.append(f"{name:17} {cost['parameters']:8,} parameters {cost['time_ratio']:6.2f} times as long")
    errors = [result["n_validation"] - run["n_correct"] for run in result["runs"]]
    return "\n".join([*lines, "", f"errors on validation images: {errors}, mean {np.mean(errors):.1f}"])
