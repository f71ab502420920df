"""Call a function of a PyTorch network: it gets one that is made from rows, and what it leaves behind is told.

PyTorch is loaded when a check needs it, not before.
"""

import importlib.util

import numpy as np

from course_utils import extras
from course_utils.exercises.plain import plain

TURNS = ("Dropout", "BatchNorm1d", "BatchNorm2d")  # layers that compute otherwise in training
ASIDES = ("unasked", "training", "recorded", "moved", "mode", "off", "frozen")  # what _predict tells beside classes


def why_missing():
    """Why no network can be made here, with the cure; an empty text if one can."""
    return "" if importlib.util.find_spec("torch") else extras.why_missing("torch")


def build(rows):
    """A new network, whose weights and moving statistics are drawn, the same ones each time.

    Parameters
    ----------
    rows : sequence of tuple
        For each layer its kind, as PyTorch calls it, and its options: ``("Linear", 4, 3)``.

    Returns
    -------
    torch.nn.Sequential
    """
    import torch

    network = torch.nn.Sequential(*(getattr(torch.nn, kind)(*options) for kind, *options in rows)).float()
    for number, (name, numbers) in enumerate(network.state_dict().items(), start=1):
        if numbers.is_floating_point():
            drawn = np.random.default_rng(number).normal(0, 0.5, tuple(numbers.shape))
            numbers.copy_(torch.from_numpy(np.abs(drawn) + 0.5 if name.endswith("running_var") else drawn))
    return network


def run(function, network, images, labels=None, optimizer=None):
    """What comes of a function of a network: of one that predicts, or with labels of one that takes a step.

    All is in float32 and computed by one thread, so that processors agree but for rounding.

    Parameters
    ----------
    function : callable
    network : tuple
        The rows of `build`, ``"train"`` or ``"eval"`` for its mode, and maybe ``"old gradients"``, which it then has.
    images : tuple
        Their shape, channels first; without the first axis if there are labels.
    labels : tuple of tuple of int, optional
        Of each batch: there are as many steps.
    optimizer : tuple, optional
        Its kind, as PyTorch calls it, and its options as pairs.

    Returns
    -------
    tuple, or `...` where the function returns that
        Of a prediction, as plain data: what the function returned, and whether (0 or 1) each of ASIDES happened. Of
        steps: what it returned each time, as a list; all weights before and after each step, a row for each; and a row
        for each step: how many times gradients were computed, weights were moved, and gradients were there to move
        them by, whether (0 or 1) there are any at the end, and whether the network came in training
        mode and is left in eval mode.
    """
    import torch

    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]), torch.enable_grad(), torch.device("cpu"):
            torch.default_generator.manual_seed(0)  # and not that of a GPU, whose state nothing gives back
            rows, mode, *old = network
            made = build(rows).train(mode == "train")
            if labels is None:
                return _predict(function, made, _images(images, 0))
            return _step(function, made, images, labels, optimizer, bool(old))
    finally:
        torch.set_num_threads(n_threads)


def _images(shape, number):
    """Drawn images, which lie in memory as those of a Keras data set do: channels last."""
    import torch

    n, channels, height, width = shape
    drawn = np.random.default_rng(100 + number).random((n, height, width, channels)).astype("float32")
    return torch.from_numpy(drawn).permute(0, 3, 1, 2)


def _step(function, made, shape, labels, optimizer, has_old_gradients):
    import torch

    kind, *options = optimizer
    moves = getattr(torch.optim, kind)(made.parameters(), **dict(options))
    if has_old_gradients:
        for number, weights in enumerate(made.parameters()):
            drawn = np.random.default_rng(200 + number).normal(0, 0.5, tuple(weights.shape))
            weights.grad = torch.from_numpy(drawn.astype("float32"))
    parameters, happened = list(made.parameters()), np.zeros((len(labels), 5), int)
    losses, weights, was_training = [], [_in_a_row(parameters)], made.training
    for number, row in enumerate(labels):
        hooks = _watch(parameters, moves, happened[number])
        loss = function(made, _images((len(row), *shape), number), torch.tensor(row), moves)
        if loss is ...:
            return ...
        for hook in hooks:
            hook.remove()
        happened[number, 3:] = _has_gradients(parameters), was_training and not made.training
        losses.append(_as_number(plain(loss)))
        weights.append(_in_a_row(parameters))
    return losses, np.array(weights), happened


def _watch(parameters, optimizer, happened):
    """Count in a row of `happened`, as `run` tells it, what is done with an optimizer; what ends that is returned."""

    def compute(_):
        happened[0] += 1

    def move(*_):
        happened[1] += 1
        happened[2] += _has_gradients(parameters)

    return parameters[-1].register_post_accumulate_grad_hook(compute), optimizer.register_step_pre_hook(move)


def _in_a_row(parameters):
    return np.concatenate([weights.detach().numpy().ravel() for weights in parameters])


def _has_gradients(parameters):
    return any(weights.grad is not None and bool(weights.grad.any()) for weights in parameters)


def _as_number(value):
    """An array of one number as that number; anything else as it is."""
    is_one = isinstance(value, (np.ndarray, np.generic)) and value.size == 1 and value.dtype.kind in "iuf"
    return float(value.item()) if is_one else value


def _predict(function, made, images):
    import torch

    asked = []
    for layer in made:  # a hook is copied with its layer, and the list stays this one
        layer.register_forward_hook(
            lambda layer, _, made: asked.append(
                (type(layer).__name__ in TURNS and layer.training, getattr(made, "requires_grad", False))
            )
        )
    before, was_training = {name: numbers.clone() for name, numbers in made.state_dict().items()}, made.training
    classes = plain(function(made, images))
    if classes is ...:
        return ...
    after = made.state_dict()
    happened = {
        "unasked": not asked,
        "training": any(turned for turned, _ in asked),
        "recorded": any(recorded for _, recorded in asked),
        "moved": any(not torch.equal(numbers, after[name]) for name, numbers in before.items()),
        "mode": made.training is not was_training,
        "off": not torch.is_grad_enabled(),
        "frozen": not all(weights.requires_grad for weights in made.parameters()),
    }
    return classes, np.array([int(happened[one]) for one in ASIDES])


def describe(network, images, labels=None, optimizer=None):
    """What stands for a network and the rest in a case, as lines."""
    rows, mode, *old = network
    mode = "training mode" if mode == "train" else "eval mode"
    lines = [f"network (in {mode}{', with gradients of a step before' * bool(old)}):"]
    lines += [f"  {kind}({', '.join(map(str, options))})" for kind, *options in rows]
    if labels is None:
        return [*lines, f"images of shape {images}"]
    batches = [f"images of shape {(len(row), *images)}, labels {list(row)}" for row in labels]
    steps = [f"step {number}: {batch}" for number, batch in enumerate(batches, start=1)]
    kind, *options = optimizer
    return [*lines, *steps, f"optimizer: {kind}({', '.join(f'{name}={value}' for name, value in options)})"]
