"""The ladder of lesson 09: from the most frequent digit to an ensemble, rung by rung, from several seeds.

Everything is trained on 50,000 images and chosen on the 10,000 that were held out. After the last run, the networks of
the best recipe are stored with the course as they are, and read the test images once. Each finished run is stored at
once: its counts in course_utils/results/ladder.json, its weights, where the ensemble needs them, in build/ladder. So a
ladder that is killed continues where it stopped, and one with more seeds, another recipe or another network only makes
what is new. (It knows a network by its parameters and its multiply-adds. After a change that keeps both, use --fresh.)
A run is a task like those of lesson 12: it runs here, or on the workers of a Dask scheduler.

Reading the test images a second time counts as a second reading. So each reading is noted in
course_utils/results/test_readings.json, which nothing here ever shortens.
"""

import contextlib
import json
import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from course_utils.augmentation import distort_images, distorted_batches
from course_utils.bench.runs import finished_runs, fit_batches
from course_utils.bench.store import new_result, write_json
from course_utils.data import load_mnist, one_hot, prepare_images, split_validation
from course_utils.results import RESULTS, read_result

N_IMAGES = 60_000
N_VALIDATION = 10_000
N_TIMED_STEPS = 20
N_COPIES = 5  # of an image: as it is, and moved by a pixel up, down, left and right
KEPT = Path(__file__).parent.parent.parent / "build" / "ladder"  # ignored by git
CPU_FLAGS = Path("/proc/cpuinfo")
AMOUNTS = {"rotation": 10, "shift": 1.5, "scale": 0.1, "shear": 0.1, "elastic": 0.6}


@dataclass(frozen=True)
class Recipe:
    """How the network of a rung is built and trained; without a peak, by the original recipe, with RMSprop."""

    build: str  # a function of course_utils.networks
    options: dict = field(default_factory=dict)  # for it
    epochs: int = 5
    batch_size: int = 64
    peak: float | None = None  # of the one-cycle rate of AdamW
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    averaged: bool = False  # end with a running mean of the weights
    distort: dict | None = None  # for distort_images
    bfloat16: bool = False  # multiply in 16 bits where the processor has instructions for it
    n_seeds: int = 3


LARGER = {"epochs": 4, "batch_size": 128, "peak": 0.01, "bfloat16": True}
RECIPES = {
    "logistic regression": Recipe("build_dense_network"),
    "dense network": Recipe("build_dense_network", {"hidden": (128,)}),
    "original network": Recipe("build_seed_network"),
    "normalized": Recipe("build_best_network", **LARGER),
    "augmented": Recipe("build_best_network", **LARGER, distort=AMOUNTS),
    "regularized": Recipe(
        "build_best_network",
        {"dropout": 0.2},
        **LARGER | {"epochs": 24},  # a network that does not memorize can train longer
        distort=AMOUNTS,
        weight_decay=0.02,
        label_smoothing=0.05,
        averaged=True,
    ),
}
RUNGS = ("majority class", "nearest centroid", *RECIPES, "ensemble", "shifted copies")
BEST = "regularized"  # frozen before it read a test image; earlier readings are in test_readings.json


def has_bfloat16():
    """Whether the processor multiplies matrices of bfloat16 numbers in hardware; otherwise they are slow."""
    return CPU_FLAGS.is_file() and "amx_bf16" in CPU_FLAGS.read_text()


@contextlib.contextmanager
def precision(recipe):
    """Let layers that are made in this block multiply in 16 bits, if a recipe says so and the processor can."""
    from course_utils._tensorflow import keras

    usual = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16" if recipe.bfloat16 and has_bfloat16() else "float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(usual)


def build(recipe, n_images):
    """The compiled network of a recipe, for training on so many images."""
    from course_utils import networks
    from course_utils._tensorflow import keras
    from course_utils.training import OneCycle

    if recipe.peak is None:
        model = getattr(networks, recipe.build)(**recipe.options)
        model.compile(**networks.SEED_RECIPE)
        return model
    with precision(recipe):
        model = getattr(networks, recipe.build)(**recipe.options)
    optimizer = keras.optimizers.AdamW(
        OneCycle(recipe.peak, recipe.epochs * (n_images // recipe.batch_size)),
        weight_decay=recipe.weight_decay,
        use_ema=recipe.averaged,
        ema_momentum=0.995,
    )
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=recipe.label_smoothing)
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
    return model


def train(recipe, images, labels, *, seed):
    """Build and train the network of a recipe; returns it and the last training loss."""
    from course_utils._tensorflow import keras

    keras.utils.set_random_seed(seed)
    model = build(recipe, len(images))
    history = fit(model, recipe, images, labels, seed=seed, epochs=recipe.epochs)
    return model, history["loss"][-1]


def fit(model, recipe, images, labels, *, seed, epochs, callbacks=()):
    """Train a network for some epochs, on distorted images if its recipe says so."""
    how = {"epochs": epochs, "callbacks": list(callbacks)}
    if recipe.distort is None:
        return model.fit(images, labels, batch_size=recipe.batch_size, verbose=0, **how).history
    batches = distorted_batches(images, labels, batch_size=recipe.batch_size, seed=seed, **recipe.distort)
    return fit_batches(model, batches, n_steps=len(images) // recipe.batch_size, **how)


def shifted_copies(images, *, by=1):
    """Five copies of the images: as they are, and moved by so many pixels up, down, left and right.

    Returns
    -------
    ndarray, shape (5, n, 28, 28, 1)
        What leaves the image is lost; what enters is 0.
    """
    padded = np.pad(images, ((0, 0), (by, by), (by, by), (0, 0)))
    starts = ((by, by), (2 * by, by), (0, by), (by, 2 * by), (by, 0))
    return np.stack([padded[:, row : row + 28, column : column + 28] for row, column in starts])


def predict_both_ways(model, images):
    """Probabilities for the images, and the mean of those for their five shifted copies: shape (2, n, 10)."""
    copies = [model.predict(copy, batch_size=500, verbose=0) for copy in shifted_copies(images)]
    return np.stack([copies[0], np.mean(copies, axis=0)])


def describe(recipe):
    """A recipe as JSON stores it, without its number of seeds."""
    described = json.loads(json.dumps(asdict(recipe)))
    del described["n_seeds"]
    return described


def measure_size(model):
    """Parameters and multiply-adds of a network."""
    from course_utils.costs import count_multiply_adds

    return {"parameters": model.count_params(), "multiply_adds": count_multiply_adds(model)[1]}


def kept_weights(seed):
    """Where the weights of the best recipe's network from this seed are kept until the others are done."""
    return KEPT / f"network-{seed}.npz"


def keep_weights(weights, seed):
    """Keep a network's weights, all or none, named as load_best_networks reads them."""
    path = kept_weights(seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name("part.npz")
    np.savez(scratch, **{f"{seed}_{index:02}": weight for index, weight in enumerate(weights)})
    os.replace(scratch, path)


def count_right(probabilities, labels):
    """How many answers are right, as an int."""
    return int((probabilities.argmax(axis=-1) == labels).sum())


def load_split(n_images, n_validation):
    """The images to train on and those that are held out, prepared, with their digits."""
    (images, labels), _ = load_mnist()
    return split_validation(prepare_images(images[:n_images]), labels[:n_images], n_validation=n_validation)


def train_run(recipe, seed, n_images, n_validation, keep):
    """A task: train a recipe from one seed, and count on the images that were held out.

    Returns
    -------
    dict
        ``n_correct``; the last training ``loss``; ``seconds`` of training. To be kept: ``weights`` of the best recipe's
        network too, a list of arrays in 16 bits. What is counted is then the network that is made of these.
    """
    from course_utils.networks import build_best_network

    (images, labels), (held_out, held_out_labels) = load_split(n_images, n_validation)
    start = time.perf_counter()
    model, loss = train(recipe, images, one_hot(labels), seed=seed)
    run = {"loss": loss, "seconds": round(time.perf_counter() - start, 1)}
    if keep:
        run["weights"] = [weight.astype("float16") for weight in model.get_weights()]
        model = build_best_network()
        model.set_weights([weight.astype("float32") for weight in run["weights"]])
    return run | {"n_correct": count_right(model.predict(held_out, batch_size=500, verbose=0), held_out_labels)}


class Ladder:
    """The stored result, and the steps that add to it; each step looks first whether it has been made already."""

    def __init__(self):
        try:
            self.result = read_result("ladder")
        except FileNotFoundError:
            head = new_result(measure.__doc__, "nox -s bench -- ladder")
            precision = "bfloat16" if has_bfloat16() else "float32"
            self.result = head | {"precision": precision, "best": BEST, "n_validation": N_VALIDATION}
            self.result |= {"costs": {}, "runs": [], "test": {}, "recipes": {}}
        self.forget_other_recipes()
        self.result["rungs"] = list(RUNGS)
        self.test = load_mnist()[1]
        self.train, (self.held_out, self.held_out_labels) = load_split(N_IMAGES, N_VALIDATION)

    def save(self):
        write_json(RESULTS / "ladder.json", self.result)

    def forget_other_recipes(self):
        """Forget runs by another recipe or network than the rung has now, and everything that follows from them."""
        now = {rung: describe(recipe) for rung, recipe in RECIPES.items()}
        sizes = {rung: measure_size(build(recipe, N_IMAGES - N_VALIDATION)) for rung, recipe in RECIPES.items()}
        before = self.result.get("sizes") or self.result["costs"]  # which hold the same two numbers, and came first
        changed = {rung for rung, recipe in self.result["recipes"].items() if recipe != now.get(rung)}
        changed |= {rung for rung in before.keys() & sizes if before[rung] | sizes[rung] != before[rung]}
        n_read = len(self.result["test"].get("n_correct", []))
        if BEST in changed or n_read not in (0, RECIPES[BEST].n_seeds):
            changed |= {"ensemble", "shifted copies"}
            self.result["test"] = {}
        if changed:
            print("made again, because their recipe or network has changed:", ", ".join(sorted(changed)))
            self.result["runs"] = [run for run in self.result["runs"] if run["rung"] not in changed]
            self.result["costs"] = {}
        self.result |= {"recipes": now, "sizes": sizes}

    def is_missing(self, rung, seed=None):
        """Whether a run has to be made: it is not stored, or the test still needs weights that got lost."""
        stored = (rung, seed) in [(run["rung"], run["seed"]) for run in self.result["runs"]]
        needed = rung == BEST and not self.result["test"]
        return not stored or (needed and not kept_weights(seed).is_file())

    def add(self, rung, n_correct, *, seed=None, **more):
        """Store a run, in place of an older one."""
        others = [run for run in self.result["runs"] if (run["rung"], run["seed"]) != (rung, seed)]
        runs = [*others, {"rung": rung, "seed": seed, "n_correct": n_correct} | more]
        self.result["runs"] = sorted(runs, key=lambda run: (RUNGS.index(run["rung"]), run["seed"] or 0))
        self.save()

    def add_rules(self):
        """The two rungs that need no network: the most frequent digit, and the nearest centroid."""
        images, labels = self.train
        if self.is_missing("majority class"):
            self.add("majority class", int((self.held_out_labels == np.bincount(labels).argmax()).sum()))
        if self.is_missing("nearest centroid"):
            means = np.stack([images[labels == digit].mean(axis=0) for digit in range(10)])
            distances = [((self.held_out - mean) ** 2).sum(axis=(1, 2, 3)) for mean in means]
            self.add("nearest centroid", int((np.argmin(distances, axis=0) == self.held_out_labels).sum()))

    def add_run(self, rung, seed, run):
        """Store what train_run returned; the weights first, so that a stored run of the best recipe has them."""
        if rung == BEST:
            keep_weights(run["weights"], seed)
        self.add(rung, run["n_correct"], seed=seed, loss=run["loss"], seconds=run["seconds"])

    def add_ensembles(self):
        """Store the networks of the best recipe with the course; then what they do together, and on shifted copies."""
        from course_utils.networks import BEST_NETWORKS_FILE, load_best_networks

        if not self.is_missing("shifted copies"):
            return
        weights = {}
        for seed in range(RECIPES[BEST].n_seeds):
            with np.load(kept_weights(seed)) as kept:
                weights |= dict(kept)
        np.savez_compressed(BEST_NETWORKS_FILE, **weights)
        about = "The networks of lesson 09: the recipe below on 50,000 images, a network a seed; weights in float16."
        record = {"about": about, "recipe": describe(RECIPES[BEST])}
        record |= {name: self.result[name] for name in ("command", "machine", "versions", "precision")}
        write_json(BEST_NETWORKS_FILE.with_suffix(".json"), record)
        each = np.stack([predict_both_ways(model, self.held_out) for model in load_best_networks()])
        plain, shifted = each.mean(axis=0)
        self.add("ensemble", count_right(plain, self.held_out_labels))
        self.add("shifted copies", count_right(shifted, self.held_out_labels))

    def add_test(self):
        """Read the test images, once, with the networks as they are stored."""
        from course_utils.networks import load_best_networks

        if self.result["test"]:
            return
        images, labels = prepare_images(self.test[0]), self.test[1]
        networks = load_best_networks()
        each = np.stack([predict_both_ways(model, images) for model in networks])
        plain, shifted = each.mean(axis=0)
        self.result["test"] = {
            "n_correct": [count_right(probabilities, labels) for probabilities in each[:, 0]],
            "n_correct_shifted": [count_right(probabilities, labels) for probabilities in each[:, 1]],
            "ensemble": count_right(plain, labels),
            "shifted copies": count_right(shifted, labels),
        }
        about = {name: self.result[name] for name in ("command", "machine", "versions", "precision")}
        about |= {"recipe": describe(RECIPES[BEST]), "parameters": networks[0].count_params()}
        note_reading(about | self.result["test"])
        self.save()

    def add_costs(self):
        """Parameters, multiply-adds, and training time as a multiple of the original recipe's, rung by rung."""
        costs = self.result["costs"]
        if set(costs) == set(RUNGS):
            return
        costs |= measure_costs(RECIPES, self.train[0], one_hot(self.train[1]))
        costs["majority class"] = {"parameters": 0, "multiply_adds": 0, "time_ratio": 0.0}
        costs["nearest centroid"] = {"parameters": 10 * 784, "multiply_adds": 10 * 784, "time_ratio": 0.0}
        one, n = costs[BEST], RECIPES[BEST].n_seeds
        ensemble = {name: n * one[name] for name in ("parameters", "multiply_adds", "time_ratio")}
        costs["ensemble"] = ensemble
        costs["shifted copies"] = ensemble | {"multiply_adds": N_COPIES * ensemble["multiply_adds"]}
        self.save()


def note_reading(reading, *, of="readings"):
    """Add what was read on the test images to the list of all such readings, of lesson 09 or another."""
    result = {}
    with contextlib.suppress(FileNotFoundError):
        result = read_result("test_readings")
    about = "Each time that test images were read: by which recipe, and with what result. readings are those of MNIST, "
    about += "by the ladder of lesson 09; committee_readings those by its committee; smallest_readings those by the "
    about += "smallest network of lesson 10; fastest_readings those by its recipe at its fastest; "
    about += "fashion_readings those of Fashion-MNIST, by lesson 13."
    result["about"] = about
    result[of] = [*result.get(of, []), reading]
    write_json(RESULTS / "test_readings.json", result)


def seconds_a_step(model, recipe, images, labels):
    """Seconds of one training step, its distortions included; the first steps, which compile, do not count."""
    from course_utils._tensorflow import keras

    n, ends = N_TIMED_STEPS * recipe.batch_size, []
    clock = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: ends.append(time.perf_counter()))
    fit(model, recipe, images[:n], labels[:n], seed=0, epochs=1, callbacks=[clock])
    return (ends[-1] - ends[1]) / (len(ends) - 2)


def seconds_a_distortion(recipe, images):
    """Seconds that it takes to distort one batch of a recipe."""
    start = time.perf_counter()
    distort_images(images[: recipe.batch_size], seed=0, **recipe.distort)
    return time.perf_counter() - start


def measure_costs(recipes, images, labels, *, n_rounds=3):
    """What recipes cost, by name: parameters, multiply-adds, and training time over that of the original recipe.

    Their steps are timed alternately, and the fastest round of each counts, so that it matters less what else the
    machine is doing. All recipes are timed for the number of images passed in.
    """
    models = {name: build(recipe, len(images)) for name, recipe in recipes.items()}
    rounds = [
        {name: seconds_a_step(models[name], recipe, images, labels) for name, recipe in recipes.items()}
        for _ in range(n_rounds)
    ]
    step = {name: min(seconds[name] for seconds in rounds) for name in recipes}
    whole = {name: step[name] * recipe.epochs * len(images) / recipe.batch_size for name, recipe in recipes.items()}
    costs = {}
    for name, recipe in recipes.items():
        costs[name] = measure_size(models[name]) | {"time_ratio": whole[name] / whole["original network"]}
        if recipe.distort:
            distortion = min(seconds_a_distortion(recipe, images) for _ in range(20))
            costs[name]["distortion_share"] = distortion / step[name]
    return costs


def report(result):
    """A stored ladder as a text table."""
    lines = [f"{result['machine']}; {result['precision']}", "", f"{'rung':20} time/orig.  errors on validation images"]
    for rung in result["rungs"]:
        errors = [result["n_validation"] - run["n_correct"] for run in result["runs"] if run["rung"] == rung]
        lines.append(f"{rung:20} {result['costs'][rung]['time_ratio']:11.2f}  {', '.join(map(str, errors))}")
    test = result["test"]
    singles = f"{', '.join(map(str, test['n_correct']))}, mean {np.mean(test['n_correct']):.1f}"
    together = f"together {test['ensemble']}, with shifted copies {test['shifted copies']}"
    return "\n".join([*lines, "", f"right on the test images, {result['best']}: {singles}; {together}"])


def measure(address=None):
    """The ladder of lesson 09: each rung on validation images, the best recipe on the test images, the costs of all."""
    # This process builds networks, too: on a graphics card, it must leave the memory to the worker that trains.
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    ladder = Ladder()
    ladder.add_rules()
    runs = [(rung, seed) for rung, recipe in RECIPES.items() for seed in range(recipe.n_seeds)]
    todo = [run for run in runs if ladder.is_missing(*run)]
    todo.sort(key=lambda run: run[0] != BEST)  # what the others wait for comes first
    tasks = {(rung, seed): (RECIPES[rung], seed, N_IMAGES, N_VALIDATION, rung == BEST) for rung, seed in todo}
    for progress, (rung, seed), run in finished_runs(train_run, tasks, address=address):
        ladder.add_run(rung, seed, run)
        progress.console.print(f"{rung}, seed {seed}: {run['n_correct']} right, {run['seconds']:.0f} s")
    ladder.add_ensembles()
    ladder.add_costs()
    ladder.add_test()
    if not tasks:
        print("all runs are stored; `nox -s bench -- ladder --fresh` makes them again\n")
    print(report(ladder.result))
