"""The committee of lesson 09: ten networks that differ, and one small network that learns from all of them.

Each member leaves out another tenth of the training images, so each image is held out from exactly one member, and what
the members say of the images they have not seen is an estimate from all 60,000 of them. The recipe was fixed after
looking at such answers only.

A finished member is stored at once, its weights in course_utils/assets/committee and its counts in
course_utils/results/committee.json. A bench that is killed goes on with the members that are missing. A run is a task
like those of lesson 12: it runs here, or on the workers of a Dask scheduler.
"""

import os
import time

import numpy as np

from course_utils.bench.ladder import AMOUNTS, Recipe, count_right, describe, train
from course_utils.bench.runs import finished_runs
from course_utils.bench.store import describe_machine, new_result, write_json
from course_utils.data import deal_groups, load_mnist, one_hot, prepare_images
from course_utils.results import RESULTS, read_result

N_MEMBERS = 10
KERNEL_SIZES = (3, 5, 7)
STRENGTHS = (0.75, 1.0, 1.25)  # of the distortions, as a multiple of the ladder's


def member_recipe(index):
    """How a member is built and trained: kernels of 3, 5 and 7 in turns, on distortions of three strengths."""
    strength = STRENGTHS[index // len(KERNEL_SIZES) % len(STRENGTHS)]
    return Recipe(
        "build_member_network",
        {"kernel_size": KERNEL_SIZES[index % len(KERNEL_SIZES)], "dropout": 0.2},
        epochs=20,
        batch_size=128,
        peak=0.01,
        weight_decay=0.02,
        label_smoothing=0.05,
        averaged=True,
        distort={name: round(strength * amount, 3) for name, amount in AMOUNTS.items()},
        bfloat16=True,
        n_seeds=1,
    )


def leave_out(fold, n_images=None):
    """MNIST's training images but those of one fold, and those of the fold, each with their digits."""
    (images, labels), _ = load_mnist()
    images, labels = prepare_images(images[:n_images]), labels[:n_images]
    left_out = deal_groups(range(len(images)), N_MEMBERS) == fold
    return (images[~left_out], labels[~left_out]), (images[left_out], labels[left_out])


def train_member(recipe, index, n_images=None):
    """A task: train a member on all images but its fold, and count on the fold.

    Returns
    -------
    dict
        ``weights``, a list of arrays in 16 bits; ``n_correct`` of ``n_held_out`` by the network that is made of these;
        the last training ``loss``; ``seconds`` of training, and the ``machine``.
    """
    from course_utils.networks import build_member_network

    (images, labels), (held_out, answers) = leave_out(index, n_images)
    start = time.perf_counter()
    model, loss = train(recipe, images, one_hot(labels), seed=index)
    run = {"loss": loss, "seconds": round(time.perf_counter() - start, 1), "machine": describe_machine()}
    run["weights"] = [weight.astype("float16") for weight in model.get_weights()]
    model = build_member_network(kernel_size=recipe.options["kernel_size"])  # in 32 bits, as it is loaded
    model.set_weights([weight.astype("float32") for weight in run["weights"]])
    n_correct = count_right(model.predict(held_out, batch_size=500, verbose=0), answers)
    return run | {"n_correct": n_correct, "n_held_out": len(answers)}


def keep_member(path, kernel_size, weights):
    """Write a member's file, whole or not at all, as networks.load_committee reads it."""
    path.parent.mkdir(exist_ok=True)
    scratch = path.with_suffix(".part")
    with open(scratch, "wb") as file:
        arrays = {f"{number:02}": weight for number, weight in enumerate(weights)}
        np.savez_compressed(file, kernel_size=kernel_size, **arrays)
    os.replace(scratch, path)


def measure(address=None):
    """The committee of lesson 09: ten members, each on its own held-out images."""
    try:
        result = read_result("committee")
    except FileNotFoundError:
        result = new_result(measure.__doc__, "nox -s bench -- committee") | {"members": []}
    from course_utils.networks import COMMITTEE_FOLDER

    recipes = {index: member_recipe(index) for index in range(N_MEMBERS)}
    files = {index: COMMITTEE_FOLDER / f"{index}.npz" for index in recipes}
    now = {index: describe(recipe) for index, recipe in recipes.items()}
    stored = [run for run in result["members"] if files[run["index"]].is_file() and run["recipe"] == now[run["index"]]]
    missing = set(recipes) - {run["index"] for run in stored}
    tasks = {index: (recipes[index], index) for index in sorted(missing)}
    for progress, index, run in finished_runs(train_member, tasks, address=address):
        keep_member(files[index], recipes[index].options["kernel_size"], run.pop("weights"))
        stored = sorted([*stored, {"index": index, "recipe": now[index]} | run], key=lambda run: run["index"])
        write_json(RESULTS / "committee.json", result | {"members": stored})
        progress.console.print(f"member {index}: {run['n_correct']} of {run['n_held_out']}, {run['seconds']:.0f} s")
