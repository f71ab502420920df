"""How little time a good accuracy takes: training to a mean test accuracy of 0.9915, and of 0.9950, on this machine.

Both goals are tried by lesson 10's recipe (`training.train_fast_network`) with a wider hidden layer: with fewer images
than an epoch has, or with more epochs than one, larger batches and shifted images. All this was decided on validation
images, though a first choice (64 units, one epoch of 40,000 images and three of 60,000) had been through this bench,
test images included; each such reading is noted. The test images are read after the last step of each run. Beside
them, in turns, run the original recipe, and the same network and recipe in PyTorch: as one writes it, and through
``torch.compile``.

``torch.compile`` keeps on the disk what it has compiled: on a machine's first run, its first step, which is stored,
takes much longer.

Every run has a Python of its own. Its clock runs from building the network to the last step: tracing and compiling are
included, importing libraries and loading data are not. What all threads together have computed is stored beside it:
other programs disturb it less.
"""

import time
from importlib.metadata import version

import numpy as np

from course_utils.bench.fast import describe_device
from course_utils.bench.frameworks import Stopwatch, count_threads, spread
from course_utils.bench.ladder import note_reading
from course_utils.bench.runs import alone, progress_bar
from course_utils.bench.store import new_result, write_json
from course_utils.data import load_mnist, one_hot, prepare_images, split_validation
from course_utils.extras import require_extra
from course_utils.results import RESULTS, read_result

N_SEEDS = 5
ORIGINAL = "original recipe"
RECIPES = {  # by their goal; what differs from lesson 10's
    "0.9915": {"n_images": 34_000, "units": 256},
    "0.9950": {"n_images": 60_000, "units": 256, "epochs": 4, "batch_size": 256, "shift": 1},
}
LIBRARIES = ("Keras", "PyTorch", "PyTorch, compiled")
AIMS = {"0.9915": 25, "0.9950": 6}  # times as fast as the original recipe


def build_in_pytorch(units=64):
    """Lesson 10's network in PyTorch, as Keras starts it: logits of shape (n, 10) for images (n, 1, 28, 28)."""
    import torch
    from torch import nn

    from course_utils import pytorch

    def normalized(n_channels, kind=nn.BatchNorm2d):
        layer = kind(n_channels, eps=0.001)
        layer.weight.requires_grad_(False)  # only shifted, not scaled, as in Keras
        return layer, nn.ReLU()

    network = nn.Sequential(
        nn.Conv2d(1, 16, 4, stride=2, padding=1, bias=False),
        *normalized(16),
        nn.Conv2d(16, 32, 3, padding=1, bias=False),
        nn.MaxPool2d(2),
        *normalized(32),
        nn.Conv2d(32, 64, 3, bias=False),
        *normalized(64),
        nn.Flatten(),
        nn.Linear(1600, units, bias=False),
        *normalized(units, nn.BatchNorm1d),
        nn.Linear(units, 10),
    )
    pytorch.start_like_keras(network)
    return network.to(memory_format=torch.channels_last)


def train_in_pytorch(images, labels, *, seed, compiled, half, epochs=1, units=64, batch_size=128, shift=0):
    """What `training.train_fast_network` does, in PyTorch.

    Parameters
    ----------
    images : torch.Tensor of float32, shape (n, 1, 28, 28)
    labels : torch.Tensor of int64, shape (n,)
    seed : int
    compiled : bool
        Whether the network goes through ``torch.compile``.
    half : bool
        Whether it multiplies in bfloat16.
    epochs, units, batch_size, shift : int
        As in `training.train_fast_network`.

    Returns
    -------
    network : torch.nn.Module
    first_step : float
        Seconds from the call to the end of the first step: where something is compiled, nearly all of it is here.
    """
    import torch

    from course_utils.training import FAST_PEAK, OneCycle

    start = time.perf_counter()
    torch.manual_seed(seed)
    network = build_in_pytorch(units)
    run = torch.compile(network) if compiled else network
    n_batches = len(images) // batch_size
    cycle = OneCycle(FAST_PEAK, epochs * n_batches)
    rates = np.array([float(cycle(step)) for step in range(cycle.n_steps)])
    optimizer = torch.optim.Adam((weight for weight in network.parameters() if weight.requires_grad), eps=1e-7)
    loss_of = torch.nn.CrossEntropyLoss(label_smoothing=0.1)
    padded = torch.nn.functional.pad(images, [shift] * 4)
    corners = torch.randint(2 * shift + 1, (len(rates), 2)).tolist()
    network.train()
    for step, rate in enumerate(rates):
        if step % n_batches == 0:
            order = torch.randperm(len(images))
        batch = order[step % n_batches * batch_size :][:batch_size]
        row, column = corners[step]
        shifted = padded[batch][:, :, row : row + 28, column : column + 28]
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
            answers = run(shifted)
        loss_of(answers.float(), labels[batch]).backward()
        optimizer.step()
        if step == 0:
            first_step = time.perf_counter() - start
    return network, first_step


def train_run(library, goal, seed, precision, validate=False):
    """One training run: its seconds by both clocks, and its accuracy on test images, or on validation images.

    Parameters
    ----------
    library : str
        One of ``LIBRARIES``.
    goal : str
        Of ``RECIPES``, or ``ORIGINAL``, in Keras only.
    seed : int
    precision : str
        As in `training.train_fast_network`.
    validate : bool
        Whether to train on 50,000 images at most, and count on the 10,000 others.

    Returns
    -------
    dict
    """
    (images, digits), (test_images, answers) = load_mnist()
    images, test_images = prepare_images(images), prepare_images(test_images)
    if validate:
        (images, digits), (test_images, answers) = split_validation(images, digits)
    recipe = RECIPES.get(goal, {"n_images": len(images)}).copy()
    n_images = recipe.pop("n_images")
    images, digits = images[:n_images], digits[:n_images]
    if library == "Keras":
        from course_utils.training import train_fast_network, train_seed_network

        rows = one_hot(digits)
        watch = Stopwatch()
        if goal == ORIGINAL:
            model, _ = train_seed_network(images, rows, seed=seed)
        else:
            model, _ = train_fast_network(images, rows, seed=seed, precision=precision, **recipe)
        seconds = watch.read()
        said = model.predict(test_images, batch_size=500, verbose=0).argmax(axis=1)
    else:
        import torch

        from course_utils import pytorch
        from course_utils.training import OneCycle  # noqa: F401  imports TensorFlow, before the clock runs

        tensors = pytorch.channels_first(images), torch.from_numpy(digits.astype("int64"))
        how = {"compiled": library != "PyTorch", "half": precision == "mixed_bfloat16"}
        watch = Stopwatch()
        network, first_step = train_in_pytorch(*tensors, seed=seed, **how, **recipe)
        seconds = watch.read()
        said = pytorch.predict(network, pytorch.channels_first(test_images))
    more = {} if library == "Keras" else {"first_step": round(first_step, 2)}
    run = {"seed": seed, "seconds": round(seconds[0], 2), "cpu_seconds": round(seconds[1], 2)}
    return run | more | {"accuracy": float(np.mean(said == answers))}


def ways():
    """What is timed, in turns: (library, goal)."""
    return [("Keras", ORIGINAL), *((library, goal) for goal in RECIPES for library in LIBRARIES)]


def count_multiply_adds(goal):
    """Multiply-adds of a whole training run, forward and backward, as lesson 10 counts them."""
    from course_utils import costs, networks, training

    if goal == ORIGINAL:
        return costs.count_training_multiply_adds(networks.build_seed_network()) * 60_000 * training.EPOCHS
    recipe = RECIPES[goal]
    of_image = costs.count_training_multiply_adds(networks.build_fast_network(units=recipe["units"]))
    return of_image * recipe["n_images"] * recipe.get("epochs", 1)


def measure():
    """Seconds of training to a mean test accuracy of 0.9915 and of 0.9950, in Keras and in PyTorch, in turns.

    Each run is stored when it ends, so a bench that was killed goes on where it stopped.
    """
    try:
        result = read_result("fastest")
    except FileNotFoundError:
        require_extra("torch")
        result = new_result(measure.__doc__.splitlines()[0], "nox -s bench -- fastest") | alone(describe_device)
        result["versions"]["torch"] = version("torch")
        result |= {"threads": alone(count_threads), "recipes": RECIPES, "validation": {goal: [] for goal in RECIPES}}
        result["multiply_adds"] = {goal: alone(count_multiply_adds, goal) for goal in (ORIGINAL, *RECIPES)}
        result["runs"] = {f"{library}: {goal}": [] for library, goal in ways()}
    todo = []
    for seed in range(N_SEEDS):
        todo += [(result["validation"][goal], ("Keras", goal, seed, True)) for goal in RECIPES]
        todo += [(result["runs"][": ".join(way)], (*way, seed, False)) for way in ways()]
    todo = [(runs, how) for runs, how in todo if how[2] not in [run["seed"] for run in runs]]
    if todo:
        require_extra("torch")
    else:
        print("all runs are stored; `nox -s bench -- fastest --fresh` makes them again")
    with progress_bar() as progress:
        for runs, (library, goal, seed, validate) in progress.track(todo, description="training runs"):
            runs.append(alone(train_run, library, goal, seed, result["precision"], validate))
            write_json(RESULTS / "fastest.json", result)
    if "noted" not in result:
        about = {name: result[name] for name in ("command", "machine", "date", "versions", "precision", "recipes")}
        right = {way: [run["accuracy"] for run in runs] for way, runs in result["runs"].items()}
        note_reading(about | {"accuracies": right}, of="fastest_readings")
        write_json(RESULTS / "fastest.json", result | {"noted": True})
    print(report(result))


def speedup(result, goal, library="Keras", beside=f"Keras: {ORIGINAL}"):
    """How many times as fast as what ran beside it, pair by pair; by default, as the original recipe's five epochs."""
    pairs = zip(result["runs"][beside], result["runs"][f"{library}: {goal}"], strict=False)
    return [other["seconds"] / run["seconds"] for other, run in pairs]


def share_of_peak(result, goal, library="Keras"):
    """Which share of the measured peak, in the number type of the recipe, a whole run reaches; run by run."""
    peak = result["peak"]["bfloat16" if result["precision"] == "mixed_bfloat16" and goal != ORIGINAL else "float32"]
    return [result["multiply_adds"][goal] / run["seconds"] / peak for run in result["runs"][f"{library}: {goal}"]]


def report(result):
    """A stored result as a text table."""
    lines = [f"{result['machine']}; {result['precision']}; threads: {result['threads']}", ""]
    lines += [f"{'':27} {'seconds':>22} {'original / this':>22} {'share of peak':>20}   test accuracy"]
    for library, goal in ways():
        runs = result["runs"][f"{library}: {goal}"]
        right = [run["accuracy"] for run in runs]
        taken, times = (
            spread(values, 1) for values in ([run["seconds"] for run in runs], speedup(result, goal, library))
        )
        share = spread(share_of_peak(result, goal, library))
        accuracy = f"{np.mean(right):.4f} ± {np.std(right, ddof=1):.4f}"
        lines += [f"{f'{library}: {goal}':27} {taken:>22} {times:>22} {share:>20}   {accuracy}"]
    for goal, runs in result["validation"].items():
        lines += [f"{goal}: {np.mean([run['accuracy'] for run in runs]):.4f} on validation images"]
    return "\n".join(lines)
