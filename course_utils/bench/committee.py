"""The committee of lesson 09: ten networks that differ, and one small network that learns from all of them.

Each member leaves out another tenth of the training images, so each image is held out from exactly one member, and what
the members say of the images they have not seen is an estimate from all 60,000. Recipes were fixed by looking at such
answers only; the test images are read once, when everything is trained.

The student is the ladder's best network. It learns from what the committee says of distorted images, so of its own
held-out images it has heard by way of the members that saw them: what it makes of these may be a little too good.

Everything is stored at once: the weights in course_utils/assets/committee, the counts in
course_utils/results/committee.json, what the committee says in build/committee. A bench that is killed goes on with
what is missing. A member is a task like those of lesson 12: it runs here, or on the workers of a Dask scheduler.
"""

import os
import shutil
import time
from pathlib import Path

import numpy as np

from course_utils.augmentation import distort_images
from course_utils.bench.ladder import (
    AMOUNTS,
    RECIPES,
    Recipe,
    build,
    count_right,
    describe,
    has_bfloat16,
    measure_costs,
    note_reading,
    precision,
    train,
)
from course_utils.bench.runs import finished_runs, fit_batches, progress_bar
from course_utils.bench.store import describe_machine, new_result, write_json
from course_utils.data import deal_groups, load_mnist, one_hot, prepare_images
from course_utils.results import RESULTS, read_result

N_MEMBERS = 10
KERNEL_SIZES = (3, 5, 7)
N_ROUNDS = 8  # of distorted images on which the student hears the committee
KEPT = Path(__file__).parent.parent.parent / "build" / "committee"  # ignored by git
STRENGTHS = (0.75, 1.0, 1.25)  # of the distortions, as a multiple of the ladder's

STUDENT = Recipe(
    "build_best_network", epochs=40, batch_size=128, peak=0.01, weight_decay=0.005, averaged=True, bfloat16=True
)


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


def folds(n_images):
    """Which member each image is held out from."""
    return deal_groups(range(n_images), N_MEMBERS)


def leave_out(fold, n_images=None):
    """MNIST's training images but those of one fold, and those of the fold, each with their digits."""
    (images, labels), _ = load_mnist()
    images, labels = prepare_images(images[:n_images]), labels[:n_images]
    left_out = folds(len(images)) == fold
    return (images[~left_out], labels[~left_out]), (images[left_out], labels[left_out])


def count_after(model, weights, images, answers):
    """How many answers are right with the weights as they are stored, in 16 bits."""
    model.set_weights([weight.astype("float32") for weight in weights])
    n_correct = count_right(model.predict(images, batch_size=500, verbose=0), answers)
    return {"n_correct": n_correct, "n_held_out": len(answers)}


def train_member(recipe, index, n_images=None):
    """A task: train a member on all images but its fold, and count on the fold.

    Returns
    -------
    dict
        ``weights``, a list of arrays in 16 bits; ``n_correct`` of ``n_held_out`` by the network that is made of these;
        the last training ``loss``; ``seconds`` of training, and the ``machine``.
    """
    from course_utils.networks import build_member_network

    (images, labels), held_out = leave_out(index, n_images)
    start = time.perf_counter()
    model, loss = train(recipe, images, one_hot(labels), seed=index)
    run = {"loss": loss, "seconds": round(time.perf_counter() - start, 1), "machine": describe_machine()}
    weights = [weight.astype("float16") for weight in model.get_weights()]
    counts = count_after(build_member_network(kernel_size=recipe.options["kernel_size"]), weights, *held_out)
    return run | counts | {"weights": weights}


def teach_round(number, n_images=None):
    """Distort all training images, and write down what the committee says of them: one round of the student's lessons.

    Returns
    -------
    images : ndarray of uint8, shape (n, 28, 28, 1)
    probabilities : ndarray of float16, shape (n, 10)
        The mean of the members' probabilities.
    """
    from course_utils.networks import load_committee

    path = KEPT / f"round-{number}.npz"
    if not path.is_file():
        images = load_mnist()[0][0][:n_images]
        images = distort_images(images[..., None], seed=number, **AMOUNTS).round().astype("uint8")
        with precision(member_recipe(0)):
            members = load_committee()
        prepared = prepare_images(images[..., 0])
        said = np.mean([member.predict(prepared, batch_size=500, verbose=0) for member in members], axis=0)
        write_arrays(path, images=images, probabilities=said.astype("float16"))
    with np.load(path) as arrays:
        return arrays["images"], arrays["probabilities"]


def taught_batches(rounds, chosen, *, batch_size, seed):
    """Batches for ``fit``, without end: the chosen images of one round after the other, each time in a new order."""
    rng = np.random.default_rng(seed)
    while True:
        for images, probabilities in rounds:
            order = rng.permutation(chosen)
            for start in range(0, len(order) - batch_size + 1, batch_size):
                batch = order[start : start + batch_size]
                yield images[batch] / np.float32(255), probabilities[batch].astype("float32")


def train_student(seed, rounds):
    """Train the ladder's best network on what the committee says of all images but one fold, and count on the fold."""
    from course_utils import networks
    from course_utils._tensorflow import keras

    chosen = np.flatnonzero(folds(len(rounds[0][0])) != seed)
    start = time.perf_counter()
    keras.utils.set_random_seed(seed)
    model = build(STUDENT, len(chosen))
    batches = taught_batches(rounds, chosen, batch_size=STUDENT.batch_size, seed=seed)
    history = fit_batches(model, batches, n_steps=len(chosen) // STUDENT.batch_size, epochs=STUDENT.epochs)
    run = {"seed": seed, "loss": history["loss"][-1], "seconds": round(time.perf_counter() - start, 1)}
    weights = [weight.astype("float16") for weight in model.get_weights()]
    _, held_out = leave_out(seed, len(rounds[0][0]))
    return run | count_after(networks.build_best_network(), weights, *held_out) | {"weights": weights}


def read_test():
    """Read the test images, once, with the networks as they are stored: how many each gets right, and together."""
    from course_utils.networks import load_committee, load_distilled_networks

    _, (images, labels) = load_mnist()
    images = prepare_images(images)
    said = np.stack([member.predict(images, batch_size=500, verbose=0) for member in load_committee()])
    students = [student.predict(images, batch_size=500, verbose=0) for student in load_distilled_networks()]
    return {
        "n_correct": [count_right(one, labels) for one in said],
        "committee": count_right(said.mean(axis=0), labels),
        "students": [count_right(one, labels) for one in students],
    }


def write_arrays(path, **arrays):
    """Write a file of arrays, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".part")
    with open(scratch, "wb") as file:
        np.savez_compressed(file, **arrays)
    os.replace(scratch, path)


def keep(path, weights, **more):
    """Store a network's weights as networks.load_committee and load_distilled_networks read them."""
    write_arrays(path, **{f"{number:02}": weight for number, weight in enumerate(weights)}, **more)


def measure(address=None):
    """The committee of lesson 09: ten members on images they have not seen, a student of all, and the test images."""
    from course_utils.networks import COMMITTEE_FOLDER

    try:
        result = read_result("committee")
    except FileNotFoundError:
        result = new_result(measure.__doc__, "nox -s bench -- committee")
        result |= {"precision": "bfloat16" if has_bfloat16() else "float32"}
        result |= {"members": [], "student": {}, "students": [], "costs": {}, "test": {}}
    recipes = [member_recipe(index) for index in range(N_MEMBERS)]
    now = [describe(recipe) for recipe in recipes]

    def add(kind, run, number, **more):
        keep(COMMITTEE_FOLDER / f"{kind}-{number}.npz", run.pop("weights"), **more)
        others = [other for other in result[f"{kind}s"] if other[kind] != number]
        result[f"{kind}s"] = sorted([*others, {kind: number} | run], key=lambda run: run[kind])
        write_json(RESULTS / "committee.json", result)
        return f"{kind} {number}: {run['n_correct']} of {run['n_held_out']} right, {run['seconds']:.0f} s"

    result["members"] = [run for run in result["members"] if run["recipe"] == now[run["member"]]]
    missing = sorted(set(range(N_MEMBERS)) - {run["member"] for run in result["members"]})
    if missing or result["student"] != describe(STUDENT):  # a student of another committee, or of another recipe
        result |= {"student": describe(STUDENT), "students": [], "costs": {}, "test": {}}
    if missing:
        shutil.rmtree(KEPT, ignore_errors=True)
    tasks = {index: (recipes[index], index) for index in missing}
    for progress, index, run in finished_runs(train_member, tasks, address=address):
        kernel_size = recipes[index].options["kernel_size"]
        progress.console.print(add("member", {"recipe": now[index]} | run, index, kernel_size=kernel_size))

    untaught = sorted(set(range(STUDENT.n_seeds)) - {run["student"] for run in result["students"]})
    if untaught:
        with progress_bar() as progress:
            rounds = [teach_round(number) for number in progress.track(range(N_ROUNDS), description="rounds")]
            for seed in untaught:
                progress.console.print(add("student", train_student(seed, rounds), seed))

    if not result["costs"]:
        (images, labels), _ = leave_out(0)
        kinds = {str(size): recipe for size, recipe in zip(KERNEL_SIZES, recipes, strict=False)}
        kinds |= {"original network": RECIPES["original network"], "student": STUDENT}
        result["costs"] = measure_costs(kinds, images, one_hot(labels))
    if not result["test"]:
        result["test"] = read_test()
        about = {name: result[name] for name in ("command", "machine", "versions", "precision")}
        note_reading(about | {"members": now, "student": result["student"]} | result["test"], of="committee_readings")
    write_json(RESULTS / "committee.json", result)
    print(report(result))


def report(result):
    """A stored committee as text: each network's share of right answers, on held-out images and on test images."""
    lines = [f"{result['machine']}; {result['precision']}", ""]
    for kind, tested in (("member", result["test"]["n_correct"]), ("student", result["test"]["students"])):
        for run, n_correct in zip(result[f"{kind}s"], tested, strict=True):
            share = run["n_correct"] / run["n_held_out"]
            lines.append(f"{kind} {run[kind]}: {share:.4f} held out, {n_correct} test images; {run['seconds']:.0f} s")
        lines.append(f"mean of the {kind}s: {np.mean(tested):.1f} test images")
    return "\n".join([*lines, f"all members together: {result['test']['committee']} test images"])
