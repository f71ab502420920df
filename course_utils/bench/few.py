"""Lesson 15 on digits: what does a network trained on 0 to 4 know of 5 to 9, if these are few?

The original network is trained on the digits 0 to 4. Then there are a few images each of 5 to 9, another draw for each
seed, and three ways to learn from them. Only training images are read: 50,000 to learn from, 10,000 to judge by. Each
finished seed is stored at once, in course_utils/results/few.json.
"""

import contextlib
import functools
import time

import numpy as np

from course_utils.bench.runs import finished_runs
from course_utils.bench.store import new_result, write_json
from course_utils.data import load_mnist, one_hot, prepare_images, split_validation
from course_utils.results import RESULTS, read_result

N_SEEDS = 5
COUNTS = (1, 2, 5, 10, 20, 50, 100, 500)  # images a class
WAYS = {  # with the borrowed convolutions or not, and these frozen or not
    "from scratch": {"borrowed": False},
    "frozen": {"borrowed": True, "frozen": True},
    "fine-tuned": {"borrowed": True, "frozen": False},
}
N_CONVOLUTIONAL = 6  # layers of the original network up to Flatten
N_STEPS, BATCH_SIZE = 600, 32
EPOCHS = 3  # on the digits 0 to 4


@functools.cache
def load_halves():
    """The digits 0 to 4 to train on, the digits 5 to 9 to draw from, and those to judge by, each with labels."""
    (images, labels), _ = load_mnist()
    (images, labels), (held_out, held_labels) = split_validation(prepare_images(images), labels)
    low, late = labels < 5, held_labels >= 5
    return (images[low], labels[low]), (images[~low], labels[~low]), (held_out[late], held_labels[late])


def train_body(seed):
    """The original network, trained on the digits 0 to 4 by its own recipe."""
    from course_utils.training import train_seed_network

    (images, labels), _, _ = load_halves()
    return train_seed_network(images, one_hot(labels), seed=seed, epochs=EPOCHS)[0]


def draw_few(labels, n, *, seed):
    """The indices of n images of each class that occurs; the first of a larger draw are those of a smaller one."""
    order = np.random.default_rng(seed).permutation(len(labels))
    return np.concatenate([order[labels[order] == label][:n] for label in np.unique(labels)])


def train_on_few(images, labels, *, seed, body=None, borrowed=False, frozen=False):
    """The original network, trained for 600 steps on a few images, with or without the convolutions of a body."""
    from course_utils._tensorflow import keras
    from course_utils.networks import SEED_RECIPE, build_seed_network
    from course_utils.transfer import borrow_layers

    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    model = build_seed_network()
    if borrowed:
        borrow_layers(model, body, N_CONVOLUTIONAL, frozen=frozen)
    model.compile(**SEED_RECIPE)
    rng = np.random.default_rng(seed)
    size = min(BATCH_SIZE, len(labels))
    per_epoch = len(labels) // size
    order = np.concatenate([rng.permutation(len(labels))[: per_epoch * size] for _ in range(-(-N_STEPS // per_epoch))])
    order = order[: N_STEPS * size]
    model.fit(images[order], one_hot(labels)[order], batch_size=size, shuffle=False, verbose=0)
    return model


def train_run(seed):
    """A task: train a body from one seed, draw few digits, and learn from them in each way.

    Returns
    -------
    dict
        By way, the accuracy on the held-out digits 5 to 9 for each number of images, as one text; ``seconds``.
    """
    start = time.perf_counter()
    body = train_body(seed)
    _, (images, labels), (held_out, held_labels) = load_halves()
    accuracies = {way: [] for way in WAYS}
    for n in COUNTS:
        few = draw_few(labels, n, seed=seed)
        for way, options in WAYS.items():
            model = train_on_few(images[few], labels[few], seed=seed, body=body, **options)
            answers = model.predict(held_out, batch_size=500, verbose=0).argmax(axis=1)
            accuracies[way].append(float(np.mean(answers == held_labels)))
    texts = {way: " ".join(f"{value:.4f}" for value in values) for way, values in accuracies.items()}
    return texts | {"seconds": round(time.perf_counter() - start, 1)}


def describe_recipe():
    """What the runs depend on, as JSON stores it."""
    return {"counts": list(COUNTS), "steps": N_STEPS, "batch_size": BATCH_SIZE, "epochs": EPOCHS}


def measure(address=None):
    """Lesson 15 on digits: from 0 to 4 to a few of 5 to 9, from scratch, frozen, and fine-tuned."""
    recipe = describe_recipe()
    result = {"recipe": None}
    with contextlib.suppress(FileNotFoundError):
        result = read_result("few")
    if result["recipe"] != recipe:
        result = new_result(measure.__doc__, "nox -s bench -- few") | {"recipe": recipe, "runs": []}
    missing = set(range(N_SEEDS)) - {run["seed"] for run in result["runs"]}
    tasks = {seed: (seed,) for seed in sorted(missing)}
    for progress, seed, run in finished_runs(train_run, tasks, address=address):
        result["runs"] = sorted([*result["runs"], {"seed": seed} | run], key=lambda run: run["seed"])
        write_json(RESULTS / "few.json", result)
        progress.console.print(f"seed {seed}: {run['seconds']:.0f} s")
    if not tasks:
        print("all runs are stored; `nox -s bench -- few --fresh` makes them again\n")
    print(report(result))


def report(result):
    """A stored result as a text table: mean accuracies and their standard deviations over the seeds."""
    lines = [result["machine"], "", f"{'images a class':14}" + "".join(f"{n:>14}" for n in result["recipe"]["counts"])]
    for way in WAYS:
        runs = np.array([list(map(float, run[way].split())) for run in result["runs"]])
        spread = runs.std(axis=0, ddof=1) if len(runs) > 1 else np.full(len(runs[0]), np.nan)
        cells = (f"{mean:.3f} ± {one:.3f}" for mean, one in zip(runs.mean(axis=0), spread, strict=True))
        lines.append(f"{way:14}" + "".join(f"{cell:>14}" for cell in cells))
    return "\n".join(lines)
