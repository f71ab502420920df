"""The smallest network of lesson 10: the fewest parameters with which more than 99% of the digits are read.

Lesson 13's search finds a shape: each trial is as wide as a budget of parameters lets it be. Networks of the best
shape, one for each budget, are then trained longer, from five seeds each. They learn from distorted images, less
distorted than lesson 09's, and from answers that tell more than labels do: the probabilities that the best networks of
lesson 09 give these images (distillation: Hinton, Vinyals and Dean, 2015, arxiv.org/abs/1503.02531). The teachers were
trained on the same 50,000 images. Everything is chosen on the 10,000 validation images. The smallest network that
passes reads the test images once, at the very end.

Trials are compared by their cross-entropy on the validation images, which depends less on chance than their accuracy:
each image adds to it, and not only the few that one network gets wrong and another does not.

A size passes if the lower end of its interval is above 0.99. The interval has both variances of lesson 06. Five
networks read the same 10,000 images, so these count once and not five times: Wilson's interval for 10,000 images around
the mean. Beside it, independent of it, stands the spread of the five seeds: Student's interval of their mean. Their
half-widths are added as sides of a right triangle. It is a little too wide, as the seeds' spread has some of the
images' chance in it: better than too narrow.

Parameters are counted in the network that is handed on: all numbers in it. Batch normalization has become part of the
convolutions by then (`networks.fold_normalization`).
"""

import bisect
import functools
import hashlib
import time
from pathlib import Path

import numpy as np

from course_utils.augmentation import distort_images
from course_utils.bench.committee import write_arrays
from course_utils.bench.fashion_search import describe_trial
from course_utils.bench.ladder import AMOUNTS, BEST, N_VALIDATION, RECIPES, count_right, note_reading, precision
from course_utils.bench.runs import finished_runs, progress_bar
from course_utils.bench.store import new_result, write_json
from course_utils.data import load_mnist, prepare_images, split_validation
from course_utils.evaluation import wilson_interval
from course_utils.extras import require_extra
from course_utils.results import RESULTS, read_result

KEPT = Path(__file__).parents[2] / "build" / "smallest"  # ignored by git
GOAL = 0.99
BUDGETS = (3000, 2000)  # parameters
N_SEEDS = 5
STUDENT = 2.776445  # the 0.975 quantile of Student's t with 4 degrees of freedom: for five seeds
RUNGS, N_TRIALS, FACTOR, SEARCHED = (3, 10), 15, 3, 2000
EPOCHS, BATCH_SIZE = 48, 256
STRENGTH, N_ROUNDS = 0.4, 8  # of the distortions, as a share of those of lesson 09
N_WORKERS = 2  # networks that are trained at once: one alone keeps no two cores busy
SHARPNESS = 2  # the teachers learned from smoothed labels; a power makes their answers as sure as they are right


def space():
    """What the search may choose: a distribution of Optuna for each setting. The width follows from the budget."""
    from optuna.distributions import FloatDistribution, IntDistribution

    return {
        "first": IntDistribution(3, 6),
        "early": IntDistribution(6, 12, step=2),
        "depth": IntDistribution(3, 5),
        "rate": FloatDistribution(0.015, 0.045, log=True),  # the peak of one cycle
    }


def shape_of(settings, budget):
    """The options of `build_small_network` for some settings: as wide as a budget lets it be.

    Raises
    ------
    ValueError
        If even a width of 1 is above the budget.
    """
    from course_utils.networks import build_small_network

    shape = {name: value for name, value in settings.items() if name != "rate"}

    def size(width):
        return build_small_network(**shape, width=width, folded=True).count_params()

    width = bisect.bisect_right(range(1, 100), budget, key=size)  # how many widths, from 1 up, are not above it
    if not width:
        raise ValueError(f"no network of this shape has at most {budget} parameters: {shape}")
    return shape | {"width": width}


# ---- what it learns from


def teachers_key():
    """Which networks the teachers are, in a few letters."""
    from course_utils.networks import BEST_NETWORKS_FILE

    return hashlib.sha256(BEST_NETWORKS_FILE.read_bytes()).hexdigest()[:12]


def distortions():
    """The amounts for `distort_images`: those of lesson 09's best networks, made smaller."""
    return {name: round(STRENGTH * amount, 3) for name, amount in AMOUNTS.items()}


def rounds_key():
    """What the rounds depend on, in a few letters."""
    return f"{teachers_key()}-{hashlib.sha256(repr(distortions()).encode()).hexdigest()[:6]}"


def load_split():
    """The images to train on and the validation images, prepared, with their digits."""
    (images, labels), _ = load_mnist()
    return split_validation(prepare_images(images), labels)


@functools.cache
def load_round(number):
    """The training images, distorted, and the teachers' answers: what one in N_ROUNDS epochs learns from.

    Rounds are made once, in half a minute each, and kept in build/smallest.

    Returns
    -------
    images : ndarray of uint8, shape (n, 28, 28, 1)
    answers : ndarray of float32, shape (n, 10)
    """
    path = KEPT / f"round-{number}-{rounds_key()}.npz"
    if not path.is_file():
        (images, _), _ = load_split()
        images = (255 * distort_images(images, seed=number, **distortions())).round().astype("uint8")
        write_arrays(path, images=images, answers=ask_teachers(images / np.float32(255)))
    with np.load(path) as arrays:
        answers = arrays["answers"] ** SHARPNESS
        return arrays["images"], answers / answers.sum(axis=1, keepdims=True)


def ask_teachers(images):
    """The mean probabilities of the best networks of lesson 09."""
    from course_utils.networks import load_best_networks

    with precision(RECIPES[BEST]):
        teachers = load_best_networks()
    return np.mean([one.predict(images, batch_size=500, verbose=0) for one in teachers], axis=0)


# ---- training


def trained(settings, shape, seed, cycles, *, weights=None, done=0):
    """Train a network for some cycles of the learning rate, from weights or from the start.

    Parameters
    ----------
    settings, shape : dict
        With the ``rate``; the options of the network.
    seed : int
    cycles : list of int
        The epochs of each cycle. At its end the rate is 0: only then an accuracy tells what a network can do.
    weights : list of ndarray, optional
    done : int
        How many epochs are behind them.

    Returns
    -------
    keras.Model
    """
    from course_utils._tensorflow import keras
    from course_utils.networks import build_small_network
    from course_utils.training import OneCycle

    n_steps = -(-len(load_round(0)[0]) // BATCH_SIZE)
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    model = build_small_network(**shape)
    if weights is not None:
        model.set_weights(weights)
    for n_epochs in cycles:
        optimizer = keras.optimizers.Adam(OneCycle(settings["rate"], n_epochs * n_steps))
        model.compile(optimizer=optimizer, loss="categorical_crossentropy", steps_per_execution=50)
        for epoch in range(done, done + n_epochs):  # each from its own seed: so it goes on as if never interrupted
            images, answers = load_round(epoch % N_ROUNDS)
            order = np.random.default_rng([seed, epoch]).permutation(len(images))
            batches = images[order] / np.float32(255), answers[order]
            model.fit(*batches, batch_size=BATCH_SIZE, shuffle=False, verbose=0)
        done += n_epochs
    return model


def count_held_out(model):
    """How many validation images a network reads correctly."""
    _, (images, digits) = load_split()
    return count_right(model.predict(images, batch_size=500, verbose=0), digits)


def cross_entropy(model):
    """A network's mean cross-entropy on the validation images."""
    _, (images, digits) = load_split()
    probabilities = model.predict(images, batch_size=500, verbose=0)[np.arange(len(digits)), digits]
    return float(-np.log(np.maximum(probabilities, 1e-7)).mean())


def train_to(settings, number, checkpoint, epochs):
    """A task of `search`: train a trial to a rung, a cycle for each; minus its cross-entropy, and its weights."""
    weights, done = None, 0
    if checkpoint is not None:
        done = int(checkpoint["epochs"])
        weights = [checkpoint[name] for name in sorted(checkpoint.keys() - {"epochs"})]
    cycles = [rung - before for before, rung in zip((0, *RUNGS), RUNGS, strict=False) if done < rung <= epochs]
    model = trained(settings, shape_of(settings, SEARCHED), number, cycles, weights=weights, done=done)
    weights = {f"{index:03}": weight for index, weight in enumerate(model.get_weights())}
    return -cross_entropy(model), weights | {"epochs": np.array(epochs)}


def train_run(settings, budget, seed):
    """A task: train the network of a budget from one seed, fold it, and count on the validation images.

    Returns
    -------
    dict
        ``n_correct``; ``seconds`` of training; ``weights`` of the folded network, a list of arrays.
    """
    from course_utils.networks import fold_normalization

    shape, start = shape_of(settings, budget), time.perf_counter()
    model = trained(settings, shape, seed, [EPOCHS])
    seconds = round(time.perf_counter() - start, 1)
    model = fold_normalization(model, **shape)
    return {"n_correct": count_held_out(model), "seconds": seconds, "weights": model.get_weights()}


# ---- what is stored


def interval_of(counts, n):
    """The mean accuracy of networks from five seeds, all judged by the same n images, and its 95% interval.

    Returns
    -------
    mean, low, high : float
    """
    mean = np.mean(counts) / n
    seeds = STUDENT * np.std(counts, ddof=1) / n / np.sqrt(len(counts))
    k = len(counts)  # the interval of the mean among n images, also where the mean is no whole number
    low, high = wilson_interval(sum(counts), k * n, z=1.959964 * k**0.5)
    return float(mean), float(mean - np.hypot(mean - low, seeds)), float(mean + np.hypot(high - mean, seeds))


def plan():
    """What the stored result depends on, as JSON stores it: another plan starts over."""
    spaces = {name: repr(distribution) for name, distribution in space().items()}
    search = {"rungs": list(RUNGS), "n_trials": N_TRIALS, "factor": FACTOR, "parameters": SEARCHED, "space": spaces}
    recipe = {"epochs": EPOCHS, "batch_size": BATCH_SIZE, "power": SHARPNESS}
    recipe |= {"n_rounds": N_ROUNDS, "distort": distortions()}
    return {"search": search, "recipe": recipe, "teachers": teachers_key()}


def load_result():
    """The stored result of this plan, or a new one."""
    try:
        result = read_result("smallest")
    except FileNotFoundError:
        result = {}
    if result.get("plan") == plan():
        wanted = [str(budget) for budget in BUDGETS]
        return result | {"sizes": {name: result["sizes"][name] for name in wanted if name in result["sizes"]}}
    result = new_result(measure.__doc__, "nox -s bench -- smallest")
    return result | {"goal": GOAL, "n_validation": N_VALIDATION, "plan": plan(), "trials": [], "sizes": {}, "test": {}}


def save(result):
    write_json(RESULTS / "smallest.json", result)


def make_rounds():
    """Make the rounds that aren't kept yet, before workers ask for them."""
    with progress_bar() as progress:
        for number in progress.track(range(N_ROUNDS), description="rounds"):
            load_round(number)
    load_round.cache_clear()  # the workers read them from files


def add_trials(result, address):
    """Search the shape, unless that is done."""
    from course_utils.scaling.search import search

    if len(result["trials"]) == N_TRIALS:
        return
    make_rounds()
    key = hashlib.sha256(repr(plan()).encode()).hexdigest()[:8]  # trials of another plan are not gone on with
    trials, storage = [], KEPT / f"search-{key}.journal"
    options = {"rungs": RUNGS, "n_trials": N_TRIALS, "reduction_factor": FACTOR}
    with progress_bar() as progress:
        bar = progress.add_task("trials", total=N_TRIALS)
        for trial in search(train_to, space(), storage=storage, address=address, n_workers=N_WORKERS, **options):
            trials.append(describe_trial(trial) | {"seconds": round(trial.duration.total_seconds())})
            progress.console.print(f"trial {trial.number}: {trial.state.name}, {trials[-1]['values']}")
            progress.advance(bar)
    result["trials"] = sorted(trials, key=lambda trial: trial["number"])
    last = str(RUNGS[-1])
    best = max((trial for trial in trials if last in trial["values"]), key=lambda trial: trial["values"][last])
    result["found"] = best["settings"]
    save(result)
    storage.unlink()


def kept_weights(budget, seed):
    return KEPT / f"network-{budget}-{seed}.npz"


def add_runs(result, address):
    """Train each size from each seed that is missing, the largest first."""
    todo = {}
    for budget in BUDGETS:
        size = result["sizes"].setdefault(str(budget), {"shape": shape_of(result["found"], budget), "runs": []})
        done = {run["seed"] for run in size["runs"] if kept_weights(budget, run["seed"]).is_file() or result["test"]}
        todo |= {(budget, seed): (result["found"], budget, seed) for seed in range(N_SEEDS) if seed not in done}
    if todo:
        make_rounds()
    for progress, (budget, seed), run in finished_runs(train_run, todo, address=address, n_workers=N_WORKERS):
        size, weights = result["sizes"][str(budget)], run.pop("weights")
        np.savez(kept_weights(budget, seed), *weights)
        others = [other for other in size["runs"] if other["seed"] != seed]
        size["runs"] = sorted([*others, {"seed": seed} | run], key=lambda run: run["seed"])
        size["parameters"] = sum(weight.size for weight in weights)
        if len(size["runs"]) == N_SEEDS:
            counts = [run["n_correct"] for run in size["runs"]]
            size |= dict(zip(("mean", "low", "high"), interval_of(counts, result["n_validation"]), strict=True))
        save(result)
        progress.console.print(f"{size['parameters']} parameters, seed {seed}: {run['n_correct']} right")
    if not todo:
        print("all runs are stored; `nox -s bench -- smallest --fresh` makes them again\n")


def smallest_above(result):
    """The budget of the smallest network whose interval is above the goal, as text; None if there is none."""
    passed = [budget for budget, size in result["sizes"].items() if size.get("low", 0) > result["goal"]]
    return min(passed, key=int, default=None)


def network_of(result, budget, seed):
    """A trained network of a stored result, folded, from the weights that are kept."""
    from course_utils.networks import build_small_network

    model = build_small_network(**result["sizes"][budget]["shape"], folded=True)
    with np.load(kept_weights(budget, seed)) as weights:
        model.set_weights(list(weights.values()))
    return model


def add_test(result):
    """Store the smallest network above the goal with the course, from seed 0; then read the test images once."""
    from course_utils.networks import SMALLEST_NETWORK_FILE

    budget = smallest_above(result)
    size = result["sizes"].get(budget)
    if size is None or size["parameters"] == result["test"].get("parameters"):
        return
    network_of(result, budget, 0).save(SMALLEST_NETWORK_FILE)
    about = "The smallest network of lesson 10: from seed 0, which nobody picked, folded."
    head = {name: result[name] for name in ("command", "machine", "date", "versions")}
    record = {"about": about} | head | {"recipe": result["plan"]["recipe"], "shape": size["shape"], "seed": 0}
    record |= {"parameters": size["parameters"], "n_correct": size["runs"][0]["n_correct"]}
    write_json(SMALLEST_NETWORK_FILE.with_suffix(".json"), record)
    images, digits = load_mnist()[1]
    counts = [
        count_right(network_of(result, budget, seed).predict(prepare_images(images), verbose=0), digits)
        for seed in range(N_SEEDS)
    ]
    mean, low, high = interval_of(counts, len(digits))
    result["test"] = {"parameters": size["parameters"], "n_correct": counts, "mean": mean, "low": low, "high": high}
    note_reading(head | {"recipe": result["plan"]["recipe"]} | result["test"], of="smallest_readings")
    save(result)


def measure(address=None):
    """The smallest network of lesson 10 above 99%: a search for its shape, then accuracy against parameters."""
    require_extra("scaling")
    result = load_result()
    add_trials(result, address)
    add_runs(result, address)
    add_test(result)
    print(report(result))


def report(result):
    """A stored result as a text table."""
    lines = [result["machine"], f"found: {result['found']}", "parameters  validation accuracy"]
    for size in result["sizes"].values():
        if "low" in size:
            lines.append(f"{size['parameters']:10,}  {size['mean']:.4f} ({size['low']:.4f} to {size['high']:.4f})")
    if result["test"]:
        test = result["test"]
        lines.append(f"test, {test['parameters']:,}: {test['mean']:.4f} ({test['low']:.4f} to {test['high']:.4f})")
    return "\n".join(lines)
