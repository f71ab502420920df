"""The original recipe in Keras and in PyTorch: how long a training run takes, and how well the networks read.

Four ways, alternately, from the same random seeds; a seed means nothing from one library to the other. Every run has a
Python of its own, on the processor. Its clock runs from building the network to the last step: tracing is included,
importing libraries and loading data are not. What all threads together have computed in that time is stored beside it:
other programs disturb it less. The test images are read once, after the last step.

What the ways have in common: the network, 60,000 images divided by 255, batches of 64, five epochs, RMSprop. Keras also
counts right answers after each step, since the original recipe does. In PyTorch the images come from a ``DataLoader``,
and the network computes with channels last, as Keras does: it takes a sixth less time that way.
"""

import math
import os
import statistics
import time
from importlib.metadata import version

import numpy as np

from course_utils.bench.runs import alone, progress_bar
from course_utils.bench.store import new_result, write_json
from course_utils.data import load_mnist, one_hot, prepare_images
from course_utils.extras import require_extra
from course_utils.results import RESULTS, read_result

N_SEEDS = 5
KERAS, AS_IN_KERAS = "Keras", "PyTorch, as in Keras"
WAYS = {  # what is PyTorch's own, and what is Keras's
    KERAS: "",
    AS_IN_KERAS: "first weights and RMSprop as Keras has them, learning rate 0.001",
    "PyTorch, its own start": "PyTorch's first weights and its RMSprop, learning rate 0.001",
    "PyTorch, all defaults": "PyTorch's first weights and its RMSprop, learning rate 0.01",
}


def prepare(way):
    """A network of PyTorch's before its first step.

    Parameters
    ----------
    way : str
        One of ``WAYS``, not Keras's.

    Returns
    -------
    network : course_utils.pytorch.SeedNetwork
    optimizer : torch.optim.Optimizer
    """
    import torch

    from course_utils import pytorch

    network = pytorch.SeedNetwork()
    if way == AS_IN_KERAS:
        pytorch.start_like_keras(network)
        optimizer = pytorch.KerasRMSprop(network.parameters(), lr=0.001)
    else:
        options = {"PyTorch, its own start": {"lr": 0.001}, "PyTorch, all defaults": {}}[way]
        optimizer = torch.optim.RMSprop(network.parameters(), **options)
    return network.to(memory_format=torch.channels_last), optimizer


class Stopwatch:
    """Seconds since it was made: on the clock, and of computing by all threads of this process together."""

    def __init__(self):
        self.started = time.perf_counter(), time.process_time()

    def read(self):
        now = time.perf_counter(), time.process_time()
        return [end - start for end, start in zip(now, self.started, strict=True)]


def _run_keras(train, test_images, seed):
    from course_utils._tensorflow import tf
    from course_utils.training import train_seed_network

    tf.config.set_visible_devices([], "GPU")
    images, labels = train[0], one_hot(train[1])
    watch = Stopwatch()
    model, history = train_seed_network(images, labels, seed=seed)
    seconds = watch.read()
    return seconds, history["loss"][-1], model.predict(test_images, batch_size=500, verbose=0).argmax(axis=1)


def _run_pytorch(way, train, test_images, seed):
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    from course_utils import pytorch
    from course_utils.training import BATCH_SIZE, EPOCHS

    images, labels = pytorch.channels_first(train[0]), torch.from_numpy(train[1].astype("int64"))
    watch = Stopwatch()
    torch.manual_seed(seed)
    network, optimizer = prepare(way)
    loader = DataLoader(TensorDataset(images, labels), batch_size=BATCH_SIZE, shuffle=True)
    losses = pytorch.train(network, loader, optimizer, epochs=EPOCHS)
    seconds = watch.read()
    return seconds, np.mean(losses[-len(loader) :]), pytorch.predict(network, pytorch.channels_first(test_images))


def train_run(way, seed):
    """One run: its seconds by both clocks, the mean loss of its last epoch, and its test accuracy.

    Parameters
    ----------
    way : str
        One of ``WAYS``.
    seed : int

    Returns
    -------
    dict
        ``loss`` is None where it is no number any more: the weights have grown beyond all bounds.
    """
    (images, digits), (test_images, test_digits) = load_mnist()
    train, test_images = (prepare_images(images), digits), prepare_images(test_images)
    run = (train, test_images, seed)
    seconds, loss, answers = _run_keras(*run) if way == KERAS else _run_pytorch(way, *run)
    return {
        "seed": seed,
        "seconds": round(seconds[0], 2),
        "cpu_seconds": round(seconds[1], 2),
        "test_acc": float(np.mean(answers == test_digits)),
        "loss": float(loss) if math.isfinite(loss) else None,
    }


def count_threads():
    """How many threads each library computes with."""
    import torch

    from course_utils._tensorflow import tf

    chosen = tf.config.threading.get_intra_op_parallelism_threads()  # 0: as many as there are cores
    return {"torch": torch.get_num_threads(), "tensorflow": chosen or os.cpu_count()}


def measure():
    """The original recipe in Keras and in PyTorch: seconds and test accuracies from the same number of random seeds.

    Each run is stored when it ends, so a bench that was killed goes on where it stopped.
    """
    try:
        result = read_result("frameworks")
    except FileNotFoundError:
        require_extra("torch")
        result = new_result(measure.__doc__.splitlines()[0], "nox -s bench -- frameworks")
        result["versions"]["torch"] = version("torch")
        result |= {"threads": alone(count_threads), "runs": {way: [] for way in WAYS}}
    runs = result["runs"]
    missing = [(way, seed) for seed in range(N_SEEDS) for way in WAYS if seed >= len(runs[way])]
    if missing:
        require_extra("torch")
    else:
        print("all runs are stored; `nox -s bench -- frameworks --fresh` makes them again")
    with progress_bar() as progress:
        task = progress.add_task("training runs", total=len(missing))
        for way, seed in missing:
            runs[way].append(alone(train_run, way, seed))
            write_json(RESULTS / "frameworks.json", result)
            progress.advance(task)
    print(report(result))


def ratios(result, way, key="seconds"):
    """Seconds of a way's runs over those of Keras's runs beside them, pair by pair."""
    pairs = zip(result["runs"][way], result["runs"][KERAS], strict=False)
    return [run[key] / keras[key] for run, keras in pairs]


def spread(values, digits=2):
    """The median, and the smallest to the largest, as text."""
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def report(result):
    """A stored result as a text table."""
    threads, versions = result["threads"], result["versions"]
    lines = [
        f"{result['machine']}; PyTorch {versions['torch']} with {threads['torch']} threads, Keras {versions['keras']} "
        f"on TensorFlow {versions['tensorflow']} with {threads['tensorflow']}",
        "",
        f"{'':22} {'runs':>4} {'seconds':>18} {'/ Keras, pairs':>21} {'computing / Keras':>21} {'test accuracy':>15}",
    ]
    for way, runs in result["runs"].items():
        seconds, right = [run["seconds"] for run in runs], [run["test_acc"] for run in runs]
        took = spread(seconds, digits=0)
        pairs = [spread(ratios(result, way, key)) if way != KERAS else "" for key in ("seconds", "cpu_seconds")]
        accuracy = f"{np.mean(right):.4f} ± {np.std(right, ddof=1):.4f}"
        lines += [f"{way:22} {len(runs):4} {took:>18} {pairs[0]:>21} {pairs[1]:>21} {accuracy:>15}"]
    for way, runs in result["runs"].items():
        if diverged := [run["seed"] for run in runs if run["loss"] is None]:
            lines += [f"{way}: the loss is no number any more from the seeds {', '.join(map(str, diverged))}"]
    return "\n".join(lines)
