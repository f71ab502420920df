"""What a GPU is for: seconds of one training step of the original network against the size of the batch.

A step is forward, backward and RMSprop, on images that lie on the device already; the best of many counts, since
whatever else runs can only slow one down. A GPU works on while Python goes on, so the clock waits for it. PyTorch and
Keras on TensorFlow are measured on the processor, and on a GPU where they find one, there under mixed precision, too:
never on the processor, since most processors are many times slower in 16 bits. Keras compiles with XLA on a GPU, and
not on the processor; that is its default. Each measurement has a Python of its own, and comes around several times.

Sums on a GPU can be added up in another order each time. So for PyTorch, the bench also looks whether two training runs
from one seed end with equal weights, with and without its switch for that.
"""

import os
import time
from importlib.metadata import version

import numpy as np

from course_utils.bench.frameworks import count_threads
from course_utils.bench.runs import alone
from course_utils.bench.store import new_result, write_json
from course_utils.data import load_mnist, one_hot, prepare_images
from course_utils.extras import require_extra
from course_utils.results import RESULTS

BATCH_SIZES = 1, 4, 16, 64, 256, 1024, 4096
N_ROUNDS, N_WARMUP, MIN_STEPS, MIN_SECONDS = 3, 2, 3, 1  # of each size of a batch: steps before the clock, and on it
N_EQUAL_STEPS = 20


def load_batch(n_images):
    """The first training images of MNIST, float32 of shape (n, 28, 28, 1), and their digits."""
    (images, digits), _ = load_mnist()
    return prepare_images(images[:n_images]), digits[:n_images]


def best_seconds(step):
    """The shortest of many calls, after some that aren't timed.

    Parameters
    ----------
    step : callable
        Returns when the device has finished.

    Returns
    -------
    float
        Seconds.
    """
    for _ in range(N_WARMUP):
        step()
    seconds = []
    while len(seconds) < MIN_STEPS or sum(seconds) < MIN_SECONDS:
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def find_gpus():
    """The GPU that each library finds: PyTorch's name for the kind of device, and the devices' own names, or None."""
    import torch

    from course_utils._tensorflow import tf

    kind = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else None
    name = torch.cuda.get_device_name() if kind == "cuda" else kind
    gpus = tf.config.list_physical_devices("GPU")
    keras = tf.config.experimental.get_device_details(gpus[0]).get("device_name", "a GPU") if gpus else None
    return {"kind": kind, "PyTorch": name, "Keras": keras}


def _place(device):
    """A new network of PyTorch's on a device: channels last where that is known to be faster."""
    import torch

    from course_utils import pytorch

    layout = torch.contiguous_format if device == "mps" else torch.channels_last
    return pytorch.SeedNetwork().to(device, memory_format=layout)


def time_pytorch(device, mixed=False):
    """Seconds of a training step in PyTorch.

    Parameters
    ----------
    device : str
        ``"cpu"``, ``"cuda"`` or ``"mps"``.
    mixed : bool
        Whether to multiply in 16 bits: bfloat16, and float16 on ``"mps"``. There a training run would also need a
        gradient scaler, which isn't part of the step here.

    Returns
    -------
    dict of str to float
        Seconds by the size of the batch.
    """
    import torch

    from course_utils import pytorch

    wait = {"cuda": torch.cuda.synchronize, "mps": torch.mps.synchronize}.get(device, lambda: None)
    half = torch.float16 if device == "mps" else torch.bfloat16
    loss_of, seconds = torch.nn.CrossEntropyLoss(), {}
    for size in BATCH_SIZES:
        images, digits = load_batch(size)
        images, labels = pytorch.channels_first(images).to(device), torch.from_numpy(digits.astype("int64")).to(device)
        network = _place(device)
        optimizer = torch.optim.RMSprop(network.parameters(), lr=0.001)

        def step(images=images, labels=labels, network=network, optimizer=optimizer):
            optimizer.zero_grad()
            with torch.autocast(device, dtype=half, enabled=mixed):
                loss = loss_of(network(images), labels)
            loss.backward()
            optimizer.step()
            wait()

        seconds[str(size)] = best_seconds(step)
    return seconds


def time_keras(device, mixed=False):
    """Seconds of a training step in Keras on TensorFlow; it sets what holds for the whole process.

    Parameters
    ----------
    device : str
        ``"cpu"`` or ``"gpu"``.
    mixed : bool
        Whether to multiply in bfloat16.

    Returns
    -------
    dict of str to float
        Seconds by the size of the batch.
    """
    from course_utils._tensorflow import keras, tf
    from course_utils.networks import build_seed_network

    if device == "cpu":
        tf.config.set_visible_devices([], "GPU")
    if mixed:
        keras.config.set_dtype_policy("mixed_bfloat16")
    seconds = {}
    for size in BATCH_SIZES:
        images, digits = load_batch(size)
        images, labels = tf.constant(images), tf.constant(one_hot(digits))
        model = build_seed_network()
        model.compile(optimizer="rmsprop", loss="categorical_crossentropy")
        # It returns the loss as a number, so the device has finished.
        seconds[str(size)] = best_seconds(lambda model=model, batch=(images, labels): model.train_on_batch(*batch))
    return seconds


def gives_equal_weights(device, deterministic):
    """Whether two short training runs in PyTorch from one seed end with equal weights.

    Parameters
    ----------
    device : str
    deterministic : bool
        Whether PyTorch is told to use only algorithms that add up in the same order each time; for the whole process.

    Returns
    -------
    bool
    """
    if deterministic:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # without it, PyTorch refuses on CUDA
    import torch

    from course_utils import pytorch
    from course_utils.training import BATCH_SIZE

    torch.use_deterministic_algorithms(deterministic)
    images, digits = load_batch(N_EQUAL_STEPS * BATCH_SIZE)
    images, labels = pytorch.channels_first(images), torch.from_numpy(digits.astype("int64"))
    batches, ends = list(zip(images.split(BATCH_SIZE), labels.split(BATCH_SIZE), strict=True)), []
    for _ in range(2):
        torch.manual_seed(0)
        network = _place(device)
        pytorch.train(network, batches, torch.optim.RMSprop(network.parameters(), lr=0.001))
        ends.append([weights.detach().cpu().numpy() for weights in network.parameters()])
    return all(np.array_equal(first, second) for first, second in zip(*ends, strict=True))


def best_of_rounds(*measurements):
    """Measurements in turn, several times; the best of each.

    Parameters
    ----------
    *measurements : tuple
        A function that gives seconds by the size of the batch, and its arguments.

    Returns
    -------
    list of dict of str to float
        For each measurement, seconds by the size of the batch.
    """
    found = [[] for _ in measurements]
    for _ in range(N_ROUNDS):
        for rounds, (function, *arguments) in zip(found, measurements, strict=True):
            rounds.append(alone(function, *arguments))
    return [{size: min(one[size] for one in rounds) for size in rounds[0]} for rounds in found]


def _measure_gpus(found):
    """What is measured on GPUs only, by library; None where neither library finds one."""
    measured = {}
    if kind := found["kind"]:
        half = "mixed float16" if kind == "mps" else "mixed bfloat16"
        equal = {"as it is": False, "deterministic": True}
        single, mixed = best_of_rounds((time_pytorch, kind), (time_pytorch, kind, True))
        measured["PyTorch"] = {
            "device": found["PyTorch"],
            "float32": single,
            half: mixed,
            "equal weights": {name: alone(gives_equal_weights, kind, switch) for name, switch in equal.items()},
        }
    if found["Keras"]:
        single, mixed = best_of_rounds((time_keras, "gpu"), (time_keras, "gpu", True))
        measured["Keras"] = {"device": found["Keras"], "float32": single, "mixed bfloat16": mixed}
    return measured or None


def measure():
    """What a GPU is for: seconds of a training step in PyTorch and in Keras against the size of the batch.

    It takes some minutes, and measures everything each time.
    """
    require_extra("torch")
    result = new_result(measure.__doc__.splitlines()[0], "nox -s bench -- gpu")
    result["versions"]["torch"] = version("torch")
    result["threads"] = alone(count_threads)
    pytorch, keras = best_of_rounds((time_pytorch, "cpu"), (time_keras, "cpu"))
    result["processor"] = {"PyTorch": {"float32": pytorch}, "Keras": {"float32": keras}}
    result["gpu"] = _measure_gpus(alone(find_gpus))
    write_json(RESULTS / "gpu.json", result)
    print(report(result))


def rows(result):
    """The measured steps: (library and where, seconds by the size of the batch) for each device and type of number."""
    for library, types in result["processor"].items():
        yield f"{library}, processor", types["float32"]
    for library, types in (result["gpu"] or {}).items():
        for name, seconds in types.items():
            if name not in ("device", "equal weights"):
                yield f"{library}, GPU, {name}", seconds


def report(result):
    """A stored result as a text table."""
    lines = [f"{result['machine']}; threads: {result['threads']}", ""]
    for title, of_step in (
        ("milliseconds a step", lambda size, seconds: f"{1000 * seconds:9.2f}"),
        ("images a second", lambda size, seconds: f"{int(size) / seconds:9,.0f}"),
    ):
        lines += [f"{title:28}" + "".join(f"{size:>9}" for size in BATCH_SIZES)]
        lines += [f"{name:28}" + "".join(of_step(*one) for one in steps.items()) for name, steps in rows(result)]
        lines += [""]
    if not result["gpu"]:
        return "\n".join([*lines, "no GPU was found: this is the processor's half"])
    lines += [f"{library}: {types['device']}" for library, types in result["gpu"].items()]
    for name, equal in result["gpu"].get("PyTorch", {}).get("equal weights", {}).items():
        weights = "equal" if equal else "different"
        lines += [f"PyTorch, {name}: two runs of {N_EQUAL_STEPS} steps from one seed end with {weights} weights"]
    return "\n".join(lines)
