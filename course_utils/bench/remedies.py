"""Each remedy of lesson 09 alone: the original network and its training, with one thing changed, from the same seeds.

The base is the original network of lesson 04, because it has none of the remedies, batch normalization included, and
because it overfits when images are few. So it is trained on few images, for long enough to overfit. Every arm starts
from the same weights as the base with the same seed and sees the same images in the same order, so runs can be compared
in pairs. The amounts are the usual ones and none was tuned: a remedy that does little here may do more elsewhere.
Everything is judged on validation images; the test set is not read.

A run keeps to one thread, on which it takes about half a minute. Each finished run is stored at once, so a bench that
is killed continues where it stopped.
"""

import json
import os
import time
from dataclasses import asdict, dataclass

import numpy as np

from course_utils.augmentation import distort_images
from course_utils.bench.ladder import AMOUNTS, load_split
from course_utils.bench.runs import fit_batches, progress_bar
from course_utils.bench.store import new_result, write_json
from course_utils.data import one_hot
from course_utils.evaluation import mcnemar_p_value
from course_utils.results import RESULTS, read_result

N_IMAGES = 6_400  # to train on: 100 batches of 64
N_VALIDATION = 10_000
BATCH_SIZE, EPOCHS, N_SEEDS = 64, 8, 5
RATE = 0.001  # Keras's default, for RMSprop and for Adam
BASE = "nothing changed"


@dataclass(frozen=True)
class Arm:
    """One training: what differs from that of the original network."""

    optimizer: str = "RMSprop"
    one_cycle: bool = False  # up to twice the constant rate and down to 0, so the mean rate is the same
    normalized: bool = False  # batch normalization between each convolution and its ReLU
    dropout: float = 0.0  # of the flattened last map
    weight_decay: float | None = None  # decoupled from the gradient
    label_smoothing: float = 0.0
    averaging: float | None = None  # momentum of the running mean of the weights that training ends with
    distort: dict | None = None  # for distort_images


ARMS = {
    BASE: Arm(),
    "Adam instead of RMSprop": Arm(optimizer="Adam"),
    "one-cycle learning rate": Arm(one_cycle=True),
    "batch normalization": Arm(normalized=True),
    "dropout 0.5": Arm(dropout=0.5),
    "weight decay 0.1": Arm(weight_decay=0.1),
    "label smoothing 0.1": Arm(label_smoothing=0.1),
    "weight averaging": Arm(averaging=0.99),
    "augmentation": Arm(distort=AMOUNTS),
}


def build(arm, n_steps, *, seed):
    """The compiled network of an arm; its convolutions and dense layers start as the base's from this seed do."""
    from course_utils._tensorflow import keras
    from course_utils.networks import build_seed_network
    from course_utils.networks.parts import normalized
    from course_utils.training import OneCycle

    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for layer in build_seed_network().layers:
        if arm.normalized and isinstance(layer, keras.layers.Conv2D):
            layer.activation = keras.activations.linear
            [model.add(one) for one in (layer, *normalized())]
        else:
            model.add(layer)
        if arm.dropout and isinstance(layer, keras.layers.Flatten):
            model.add(keras.layers.Dropout(arm.dropout))
    averaging = {} if arm.averaging is None else {"use_ema": True, "ema_momentum": arm.averaging}
    optimizer = getattr(keras.optimizers, arm.optimizer)(
        OneCycle(2 * RATE, n_steps) if arm.one_cycle else RATE, weight_decay=arm.weight_decay, **averaging
    )
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=arm.label_smoothing)
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
    return model


def batches(images, labels, distort, *, seed):
    """Batches without end: each epoch in a new order, which depends on the seed only; distorted, if an arm says so."""
    order, moves = np.random.default_rng(seed), np.random.default_rng([seed, 1])
    while True:
        for chosen in order.permutation(len(images)).reshape(-1, BATCH_SIZE):
            some = images[chosen]
            yield (some if distort is None else distort_images(some, seed=moves, **distort)), labels[chosen]


def train_run(arm, seed, train, held_out):
    """Train an arm from one seed: the validation images that it misreads, and how it fared in training.

    Returns
    -------
    dict
        ``wrong``: the indices of these images, in one text; ``n_wrong``; ``loss`` and ``accuracy`` of the last epoch of
        training; ``seconds`` of training.
    """
    (images, digits), n_steps = train, EPOCHS * len(train[0]) // BATCH_SIZE
    model = build(arm, n_steps, seed=seed)
    start = time.perf_counter()
    some = batches(images, one_hot(digits), arm.distort, seed=seed)
    history = fit_batches(model, some, n_steps=n_steps // EPOCHS, epochs=EPOCHS)
    seconds = time.perf_counter() - start
    wrong = np.flatnonzero(model.predict(held_out[0], batch_size=500, verbose=0).argmax(axis=1) != held_out[1])
    last = {name: round(history[name][-1], 4) for name in ("loss", "accuracy")}
    # One long text and not a list: a list would fill a line for each number.
    return last | {"seconds": round(seconds, 1), "n_wrong": len(wrong), "wrong": " ".join(map(str, wrong))}


def keep_to_one_thread():
    """Let TensorFlow compute on one thread, unless it has begun; how many threads it was given, 0 for one a core."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from course_utils._tensorflow import tf

    try:
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:  # another bench has computed in this process
        pass
    return tf.config.threading.get_intra_op_parallelism_threads()


def describe(arm):
    """An arm as JSON stores it."""
    return json.loads(json.dumps(asdict(arm)))


def load_result():
    """The stored result without what other settings than these made; or a new one."""
    settings = {"n_images": N_IMAGES, "n_validation": N_VALIDATION, "epochs": EPOCHS, "batch_size": BATCH_SIZE}
    settings |= {"base": BASE, "arms": {name: describe(arm) for name, arm in ARMS.items()}}
    try:
        result = read_result("remedies")
    except FileNotFoundError:
        result = {"runs": []}
    old = result.get("arms", {})
    if any(result.get(name) != settings[name] for name in settings if name != "arms"):
        old = {}
    runs = [run for run in result["runs"] if old.get(run["arm"]) == settings["arms"].get(run["arm"], "none")]
    return new_result(measure.__doc__, "nox -s bench -- remedies") | settings | {"runs": runs}


def measure():
    """Each remedy of lesson 09 alone: one base and one thing changed, five seeds an arm, on validation images."""
    result = load_result()
    stored = {(run["arm"], run["seed"]) for run in result["runs"]}
    missing = [(name, seed) for seed in range(N_SEEDS) for name in ARMS if (name, seed) not in stored]
    if missing:
        threads = keep_to_one_thread()
        train, held_out = load_split(60_000, N_VALIDATION)
        train = train[0][:N_IMAGES], train[1][:N_IMAGES]
    with progress_bar() as progress:
        task = progress.add_task("training runs", total=len(missing))
        for name, seed in missing:
            run = {"arm": name, "seed": seed, "threads": threads} | train_run(ARMS[name], seed, train, held_out)
            names = list(ARMS)
            result["runs"] = sorted([*result["runs"], run], key=lambda run: (names.index(run["arm"]), run["seed"]))
            write_json(RESULTS / "remedies.json", result)
            progress.console.print(f"{name}, seed {seed}: {run['n_wrong']} wrong, {run['seconds']:.0f} s")
            progress.advance(task)
    if not missing:
        print("all runs are stored; `nox -s bench -- remedies --fresh` makes them again\n")
    print(report(result))


def errors_of(result, arm):
    """The errors of an arm on the validation images, seed by seed."""
    return [run["n_wrong"] for run in result["runs"] if run["arm"] == arm]


def compare(result, arm, other):
    """For each seed: how many images only the arm reads right, and how many only the other."""
    wrong = {
        name: {run["seed"]: set(run["wrong"].split()) for run in result["runs"] if run["arm"] == name}
        for name in (arm, other)
    }
    seeds = sorted(wrong[arm].keys() & wrong[other].keys())
    return [(len(wrong[other][seed] - wrong[arm][seed]), len(wrong[arm][seed] - wrong[other][seed])) for seed in seeds]


def report(result):
    """A stored result as a text table."""
    lines = [f"{result['machine']}; {result['n_images']:,} images, {result['epochs']} epochs", ""]
    lines += [f"{'':26} {'mean':>6} {'spread':>6}  {'errors':28} {'base minus arm':28} p of each pair"]
    base = errors_of(result, result["base"])
    for arm in result["arms"]:
        errors = errors_of(result, arm)
        if not errors:
            continue
        spread = f"{np.std(errors, ddof=1):6.1f}" if len(errors) > 1 else " " * 6
        saved = [b - e for b, e in zip(base, errors, strict=False)]
        pairs = [f"{mcnemar_p_value(*pair):.3f}" for pair in compare(result, arm, result["base"])]
        lines.append(f"{arm:26} {np.mean(errors):6.1f} {spread}  {errors!s:28} {saved!s:28} {', '.join(pairs)}")
    return "\n".join(lines)
