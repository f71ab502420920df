"""Exercises and quiz of lesson 16, The same in PyTorch."""

import numpy as np

from course_utils.exercises import modules, report, values
from course_utils.exercises.calling import Wrong
from course_utils.exercises.engine import function
from course_utils.exercises.networks import of_module
from course_utils.exercises.quiz import Question, Quiz

LESSON = 16


def _drawn(*shape, seed=0, kind="float32"):
    """Weights that are all different, in hundredths."""
    return np.random.default_rng(seed).permutation(np.arange(1, 1 + np.prod(shape)) / 100).reshape(shape).astype(kind)


@function(
    cases={
        "a kernel of 3 × 5, from one channel to 32": (_drawn(3, 5, 1, 32),),
        "a square kernel, from two channels to three": (_drawn(3, 3, 2, 3),),
        "a dense layer, from six inputs to four units": (_drawn(6, 4),),
        "a bias": (_drawn(5),),
        "as many filters as channels": (_drawn(2, 4, 3, 3),),
        "all four lengths are equal": (_drawn(3, 3, 3, 3),),
        "1 × 1, from four channels to two": (_drawn(1, 1, 4, 2),),
        "a window of one row": (_drawn(1, 3, 2, 2),),
        "as many units as inputs": (_drawn(4, 4),),
        "a dense layer of one unit": (_drawn(7, 1),),
        "a dense layer that reads one number": (_drawn(1, 3),),
        "the bias of a single filter": (_drawn(1),),
        "a bias of ten numbers": (_drawn(10, kind="float64"),),
        "weights in float64": (_drawn(5, 2, 3, 4, kind="float64"),),
    },
    words={"weights": "as Keras has them"},
    errors={
        r"ValueError: (axes don't match|(not enough|too many) values)|.*AxisError|RuntimeError: permute": "A "
        "kernel of a convolution has four axes, that of a dense layer has two, and a bias has one: `weights.ndim` "
        "tells which it is.",
        "IndexError": "A bias has a single axis, and a dense layer's kernel has two: `weights.ndim` tells which it is.",
    },
    shows="The numbers stay the same. Only their order differs: Keras puts what comes out last, PyTorch first.",
    hints=[
        "How many axes does `weights` have: four, two, or one? For each of these, write down Keras's order, and below "
        "it PyTorch's.",
        "`weights.transpose(...)` takes the old places in their new order. At which place does Keras have the filters, "
        "which come first in PyTorch?",
        "In a dense kernel, two axes change places. In a convolution's, the first two don't: height still comes before "
        "width.",
    ],
)
def to_torch(weights):
    """Weights of a Keras layer with their axes in PyTorch's order."""
    return weights.transpose(3, 2, 0, 1) if weights.ndim == 4 else weights.T


def _in_order(look, kernel=None, dense=None, bias=None):
    """Declare a mistake of to_torch: what it makes of kernels, of dense layers' and of biases, else the right thing."""
    of = {4: kernel, 2: dense, 1: bias}
    to_torch.mistake(look, lambda weights: (of[weights.ndim] or to_torch.answer)(weights))


def _as_it_is(weights):
    return weights


def _cut_again(weights):
    """The same row of numbers in PyTorch's shape."""
    return weights.reshape(to_torch.answer(weights).shape)


for _dense in (None, _as_it_is):
    _in_order(
        "All four axes are reversed, so height and width have changed places. In PyTorch, too, height comes before "
        "width.",
        lambda weights: weights.T,
        _dense,
    )
    _in_order(
        "A reshape doesn't move any number: it cuts the same row into other pieces. To change the order of axes takes "
        "`transpose`.",
        _cut_again,
        _dense,
    )
    _in_order(
        "The channels that come in stand first. What comes out, the filters, comes first: (out, in, height, width).",
        lambda weights: weights.transpose(2, 3, 0, 1),
        _dense,
    )
    _in_order(
        "The filters come first, but the channels still come last. They follow the filters: (out, in, height, width).",
        lambda weights: weights.transpose(3, 0, 1, 2),
        _dense,
    )
    _in_order(
        "Only the channels were moved to the front, as in an image. In a kernel, the filters come before them.",
        lambda weights: weights.transpose(2, 0, 1, 3),
        _dense,
    )
    _in_order(
        "Here `transpose` is told where each axis goes. It wants, for each new place, the old place of the axis that "
        "comes there.",
        lambda weights: weights.transpose(2, 3, 1, 0),
        _dense,
    )
    _in_order(
        "Only the first and the last axis have changed places. All four have to move: (out, in, height, width).",
        lambda weights: weights.swapaxes(0, 3),
        _dense,
    )
    _in_order(
        "Out and in have changed places, but both still stand behind height and width.",
        lambda weights: weights.swapaxes(2, 3),
        _dense,
    )
    _in_order(
        "The window is turned around. Neither library turns a kernel: only its axes move.",
        lambda weights: to_torch.answer(weights[::-1, ::-1]),
        _dense,
    )
_in_order(
    "The kernels of convolutions are right. Those of dense layers stay as they were, and their axes change places, "
    "too.",
    dense=_as_it_is,
)
_in_order(
    "A reshape doesn't move any number: it cuts the same row into other pieces. To change the order of axes takes "
    "`transpose`.",
    dense=_cut_again,
)
_in_order(
    "Dense layers are right. The kernels of convolutions stay as they were: their four axes have to move, too.",
    _as_it_is,
)
_in_order("The weights come back as they were. Which axis comes first in PyTorch?", _as_it_is, _as_it_is)
for _wrap in (
    lambda weights: weights[None],
    lambda weights: weights[:, None],
    lambda weights: weights[:, None, None, None],
):
    _in_order("A bias has a single axis in PyTorch, too. Return it as it is.", bias=_wrap)
_in_order("The bias is in reverse order. There is nothing to change in it.", bias=lambda weights: weights[::-1])
_in_order(
    "The weights are in a single row. Their number of axes stays, and only the order changes.",
    lambda weights: to_torch.answer(weights).ravel(),
    lambda weights: to_torch.answer(weights).ravel(),
)
to_torch.mistake(
    "That is the shape of the new weights. Return the weights themselves.",
    lambda weights: np.array(to_torch.answer(weights).shape),
)


def _kernel(height, width, channels, units):
    return _drawn(height * width * channels, units), (height, width, channels)


def _split(kernel, shape):
    """A dense kernel with an axis for each of height, width, channels, and units."""
    return np.asarray(kernel).reshape(*shape, -1)


@function(
    cases={
        "two pixels of two channels each, one unit": (np.array([[1], [2], [3], [4]]), (1, 2, 2)),
        "maps of 2 × 3, four channels": _kernel(2, 3, 4, 5),
        "more rows than columns": _kernel(3, 2, 2, 2),
        "square maps": _kernel(3, 3, 2, 4),
        "as many units as inputs": _kernel(2, 2, 2, 8),
        "all lengths are equal": _kernel(3, 3, 3, 3),
        "a single channel": _kernel(2, 4, 1, 3),
        "a single pixel": _kernel(1, 1, 6, 2),
        "a single column": _kernel(5, 1, 3, 4),
        "a single row": _kernel(1, 4, 3, 2),
        "maps of 7 × 7, ten channels": _kernel(7, 7, 10, 6),
    },
    words={"kernel": "inputs × units", "shape": "height, width, channels"},
    errors={
        "ValueError: cannot reshape|RuntimeError: shape": "There are height × width × channels inputs, and units "
        "beside them: `kernel.shape` is (inputs, units).",
        "ValueError: axes don't match|RuntimeError: permute": "How many axes does it have at this point? Height, "
        "width, channels and units make four.",
    },
    shows="A flat row has forgotten its axes, so no error tells you that the order is wrong: the network just gives "
    "wrong answers.",
    hints=[
        "Take maps of one row, two columns and two channels. In which order does Keras's flat row have the four "
        "numbers, and in which does PyTorch's?",
        "`kernel.reshape(height, width, channels, units)` gives each of these an axis of its own again. In which order "
        "does PyTorch have them?",
        "With the units first, then the channels, the rows and the columns, a second `reshape` makes one axis of the "
        "last three.",
    ],
)
def after_flatten(kernel, shape):
    """The weights of a linear layer that reads maps flattened channels first."""
    return _split(kernel, shape).transpose(3, 2, 0, 1).reshape(kernel.shape[1], -1)


def _moved(look, order):
    """Declare a mistake of after_flatten: another order of height, width, channels and units."""

    def function(kernel, shape):
        moved = _split(kernel, shape).transpose(order)
        return moved.reshape(kernel.shape[1], -1) if order[0] == 3 else moved.reshape(-1, kernel.shape[1])

    after_flatten.mistake(look, function)


_moved(
    "The two axes have changed places, and the inputs are still in Keras's order: pixel by pixel. PyTorch's row has "
    "all of the first channel, then all of the second.",
    (3, 0, 1, 2),
)
_moved(
    "The inputs are in PyTorch's order. But its linear layer has the units first: (out, in).",
    (2, 0, 1, 3),
)
_moved("Within each channel, the numbers come column by column. They come row by row.", (3, 2, 1, 0))
_moved("Within each channel, the numbers come column by column. And the units come first: (out, in).", (2, 1, 0, 3))
_moved(
    "The order is row, channel, column. All of a channel comes before the next one: channel, row, column.",
    (3, 0, 2, 1),
)
after_flatten.mistake(
    "The kernel comes back as it was. Which axis comes first in PyTorch, and which channel's numbers come first in a "
    "row?",
    lambda kernel, shape: kernel,
)
for _order in ((0, 2, 3, 1), (0, 3, 2, 1)):
    after_flatten.mistake(
        "Keras's row is cut as if it had the channels first. It goes pixel by pixel, with all channels of each: first "
        "cut it into (height, width, channels).",
        lambda kernel, shape, order=_order: (
            kernel.T.reshape(-1, shape[2], shape[0], shape[1]).transpose(order).reshape(kernel.shape[1], -1)
        ),
    )
after_flatten.mistake(
    "That has four axes, as a convolution's kernel has. A linear layer reads a flat row: make one axis of the last "
    "three.",
    lambda kernel, shape: _split(kernel, shape).transpose(3, 2, 0, 1),
)
after_flatten.mistake(
    "The pixels of a channel are in a row, but the channels have an axis of their own. Make one axis of both.",
    lambda kernel, shape: _split(kernel, shape).transpose(3, 2, 0, 1).reshape(kernel.shape[1], shape[2], -1),
)
after_flatten.mistake(
    "A reshape alone moves no number: the same row is cut into other pieces, and units and inputs get mixed up.",
    lambda kernel, shape: kernel.reshape(kernel.shape[1], -1),
)
after_flatten.mistake(
    "The units are the last axis of `kernel`, and here it is cut as if they were the first. So numbers of several "
    "units get mixed up.",
    lambda kernel, shape: kernel.reshape(-1, *shape).transpose(0, 3, 1, 2).reshape(kernel.shape[1], -1),
)
after_flatten.mistake(
    "After the axes were moved, the row is cut again with the units first, so numbers of several units get mixed up. "
    "First move the units to the front.",
    lambda kernel, shape: _split(kernel, shape).transpose(2, 0, 1, 3).reshape(kernel.shape[1], -1),
)
after_flatten.mistake(
    "The inputs are in reverse order. They have to go channel by channel, and within each row by row.",
    lambda kernel, shape: kernel[::-1].T,
)
after_flatten.mistake(
    "All is in a single row. The units keep an axis of their own, the first.",
    lambda kernel, shape: after_flatten.answer(kernel, shape).ravel(),
)


def _with_loss(losses):
    """Raise Wrong unless a step's losses are numbers."""
    for loss in losses:
        if loss is None:
            raise Wrong(
                "It returns None, that is, nothing. The loss of the step is asked for: does the function end with "
                "`return`?",
                got="None",
            )
        if not isinstance(loss, (int, float)):
            looks_like = "an array of many numbers" if isinstance(loss, np.ndarray) else f"a {_kind(loss)}"
            raise Wrong(f"It must return the loss, one number, and this is {looks_like}.", got=report.describe(loss))


def _kind(value):
    return value.kind if isinstance(value, report.Thing) else type(value).__name__


def _look_at_steps(expected, told):
    """Raise Wrong unless losses and weights are right; what comes first in time is told first."""
    (right_losses, right, _), (losses, weights, happened) = expected, told
    _with_loss(losses)
    for number, (right_loss, loss) in enumerate(zip(right_losses, losses, strict=True)):
        step = f"Step {number + 1} of {len(losses)}"
        before, should, does = weights[number], right[number + 1], weights[number + 1]
        if not values.same(should, does, tolerance=_NEAR):
            place = int(np.abs(should - does).argmax())
            look = f"{step} doesn't move the weights to where they should be."
            if np.array_equal(before, does):
                look = f"{step} doesn't move the weights."
            elif not happened[number][1]:
                look = "The weights are moved by hand, or by an optimizer that was made in the function. Leave that to "
                look += "`optimizer.step()`: it has its own learning rate and rule, and may remember the steps before."
            elif number:
                look += " What came before it is right: what is left of that?"
            raise Wrong(
                look,
                expected=f"{should[place]:.5g} for one of the weights, after a loss of {right_loss:.5g}",
                got=f"{does[place]:.5g} for it, and {loss:.5g} was returned",
            )
        if happened[number][4]:
            raise Wrong(
                "The step moves the weights, but it leaves the network in eval mode: dropout would be off from then "
                "on. In which mode a network trains is up to the loop around the step."
            )
        if not values.same(right_loss, loss, tolerance=_NEAR):
            raise Wrong(
                f"{step} moves the weights as it should, but the loss that it returns isn't the right one.",
                expected=f"{right_loss:.5g}",
                got=f"{loss:.5g}",
            )


_NEAR = 1e-4  # float32, whose rounding the steps carry on
_SMALL = (("Flatten",), ("Linear", 4, 3))
_DEEP = (("Conv2d", 1, 2, 2), ("ReLU",), ("Flatten",), ("Linear", 8, 5), ("ReLU",), ("Linear", 5, 3))
_AS_IN_KERAS = {
    r"(AttributeError: 'Sequential' object has no attribute '(fit|evaluate|predict|train_)|TypeError: compile\(\))": ""
    "That is Keras's. A network of PyTorch is called like a function, `network(images)`, and all else is up to you.",
}


@of_module(
    cases={
        "three steps of SGD": (
            (_SMALL, "train"),
            (1, 2, 2),
            ((0, 2, 1), (1, 1, 0), (2, 0, 2)),
            ("SGD", ("lr", 0.5)),
        ),
        "a gradient of a step before is there": (
            (_SMALL, "train", "old gradients"),
            (1, 2, 2),
            ((2, 1, 0, 0), (1, 2, 2, 0)),
            ("SGD", ("lr", 0.3)),
        ),
        "SGD with momentum": (
            (_DEEP, "train"),
            (1, 3, 3),
            ((0, 1), (2, 2), (1, 0)),
            ("SGD", ("lr", 0.2), ("momentum", 0.9)),
        ),
        "batches of different sizes": (
            (_DEEP, "train"),
            (1, 3, 3),
            ((0, 1, 2, 2, 1), (0,), (2, 1)),
            ("SGD", ("lr", 0.4)),
        ),
        "momentum, and a gradient of a step before is there": (
            (_DEEP, "train", "old gradients"),
            (1, 3, 3),
            ((2, 0, 1), (0, 0, 1), (1, 2, 2)),
            ("SGD", ("lr", 0.1), ("momentum", 0.5)),
        ),
        "the optimizer is Adam": (
            (_SMALL, "train", "old gradients"),
            (1, 2, 2),
            ((1, 0, 2), (0, 0, 2)),
            ("Adam", ("lr", 0.1), ("eps", 0.1)),
        ),
        "the network is in eval mode": (
            (_SMALL, "eval", "old gradients"),
            (1, 2, 2),
            ((1, 1, 2, 0), (2, 0, 1, 2)),
            ("SGD", ("lr", 0.6)),
        ),
        "weights that decay": (
            ((("Flatten",), ("Linear", 4, 2)), "train"),
            (1, 2, 2),
            ((0, 1, 1), (1, 0, 0)),
            ("SGD", ("lr", 0.5), ("weight_decay", 0.1)),
        ),
    },
    looks=_look_at_steps,
    tolerance=_NEAR,
    errors={
        r"TypeError: Sequential\.forward\(\) missing": "`optimizer.step()` needs nothing: it knows the parameters, and "
        "each has its gradient.",
        "TypeError: assigned grad expected to be a Tensor or None": "A gradient is a tensor, or None if there is none. "
        "`optimizer.zero_grad()` takes all of them away.",
        "RuntimeError: Boolean value of Tensor": "`CrossEntropyLoss` is a class. First make a loss of it, `loss_of = "
        "torch.nn.CrossEntropyLoss()`, then call that with logits and labels.",
        "NotImplementedError.*log_softmax": "Are the two swapped? The loss gets the logits first, then the labels.",
        "RuntimeError: expected target dtype": "The labels are the numbers of classes: leave them whole numbers, "
        "int64.",
        "RuntimeError: Expected floating point type for target": "The loss reads logits, a row for each image, and one "
        "whole number for each image as its label. No one-hot rows, and no `argmax`, are needed.",
        "RuntimeError: element 0 of tensors does not require grad": "On its way from the network to the loss, "
        "something lost the graph that gradients go back through: `no_grad`, `argmax`, `detach`, `item`, or NumPy.",
        "AttributeError: '(float|int)' object has no attribute 'backward'": "`item()` gives a plain number, which has "
        "no graph. Call `backward()` on the loss as it is, and `item()` afterwards.",
        "RuntimeError: grad can be implicitly created only": "The loss must be one number: the mean of the whole "
        "batch.",
        "RuntimeError: Can't call numpy": "A number that belongs to a graph becomes Python's by `loss.item()`.",
        "AttributeError: 'NoneType' object has no attribute": "Before the first step there is no gradient, and `grad` "
        "is None. `optimizer.zero_grad()` knows that.",
        "RuntimeError: Trying to backward through the graph a second time": "`backward()` is called twice for one "
        "loss. Each step computes a loss of its own, and calls it once.",
        "RuntimeError: one of the variables needed for gradient computation has been modified": "`backward()` needs "
        "the weights as they were when the loss was computed. Does the step come before it?",
        r"TypeError: '(SGD|Adam)' object is not callable": "An optimizer isn't called: `optimizer.step()` moves the "
        "weights.",
        **_AS_IN_KERAS,
    },
    shows="That is what Keras's `fit` does in each step, with `backward()` in place of the gradients that you computed "
    "by hand in lesson 5.",
    hints=[
        "Five things happen, in this order: old gradients are cleared, the loss is computed, gradients are computed, "
        "weights are moved, the loss is returned. Which of these does `optimizer` do, and which does the loss itself?",
        "`torch.nn.CrossEntropyLoss()` makes a function of logits and labels; softmax and mean are part of it. On its "
        "result, `backward()` adds each weight's gradient to what its `grad` holds.",
        "`optimizer.zero_grad()` comes before `backward()`, and `optimizer.step()` after it. `loss.item()` is the loss "
        "as a number of Python.",
    ],
)
def train_step(network, images, labels, optimizer):
    """One step of the training loop: move the weights, and return the loss."""
    return _take_steps(network, images, labels, optimizer)


def _cross_entropy(logits, labels):
    from torch.nn import functional

    return functional.cross_entropy(logits, labels)


def _take_steps(network, images, labels, optimizer, *, order="zero loss backward step", of=_cross_entropy, tell=None):
    """What is done in some order, with some loss; and what is told of (loss, logits, labels)."""
    for action in order.split():
        if action == "loss":
            logits = network(images)
            loss = of(logits, labels)
            told = tell(loss, logits, labels) if tell else loss.item()
        elif action == "again":
            told = of(network(images), labels).item()
        elif action == "backward":
            loss.backward()
        else:
            {"zero": optimizer.zero_grad, "step": optimizer.step}[action]()
    return told


def _otherwise(look, **otherwise):
    """Declare a mistake of train_step: another order, loss, or number that is returned."""
    train_step.mistake(look, lambda *arguments: _take_steps(*arguments, **otherwise))


_otherwise(
    "Gradients of earlier steps count in this one: `backward()` adds to what is there. Is `zero_grad()` called, with "
    "its parentheses?",
    order="loss backward step",
)
_otherwise(
    "Old gradients are cleared only after the step, so those that were there before it still count. Clear them before "
    "`backward()`.",
    order="loss backward step zero",
)
_otherwise(
    "`zero_grad()` comes between `backward()` and `step()`, so the step finds no gradient. It belongs before "
    "`backward()`.",
    order="loss backward zero step",
)
for _order in ("zero loss backward", "loss backward"):
    _otherwise(
        "The weights don't move: `optimizer.step()` is missing after `backward()`, or at least its parentheses are.",
        order=_order,
    )
_otherwise("There are no gradients to step by: `backward()` is missing.", order="zero loss step")
_otherwise("`backward()` is missing, so the step goes by whatever gradients were there before.", order="loss step")
_otherwise("That is the loss alone. Nothing is trained: gradients and a step are missing.", order="loss")
for _order in ("zero loss step backward", "zero step loss backward"):
    _otherwise(
        "The step comes before `backward()`, so there are no gradients yet. First compute them, then move.",
        order=_order,
    )
for _order in ("loss step zero backward", "loss step backward", "step zero loss backward"):
    _otherwise(
        "The step comes before `backward()`, so it goes by the gradients of the step before. First compute them, then "
        "move.",
        order=_order,
    )
_otherwise(
    "The loss is computed again after the step. Return the one by which the weights were moved.",
    order="zero loss backward step again",
)
_otherwise("The step is taken twice. Each batch moves the weights once.", order="zero loss backward step step")


def _of_probabilities(logits, labels):
    return _cross_entropy(logits.softmax(1), labels)


def _in_torch(name, logits, labels, **options):
    from torch.nn import functional

    return getattr(functional, name)(logits, labels, **options)


def _one_hot(logits, labels):
    from torch.nn import functional

    return functional.one_hot(labels, logits.shape[1]).float()


for _order in ("zero loss backward step", "loss backward step"):
    _otherwise(
        "There is a softmax before the loss. `CrossEntropyLoss` has one of its own, so this is a softmax of a "
        "softmax. Give it the logits.",
        of=_of_probabilities,
        order=_order,
    )
_otherwise(
    "The losses of the images are added up. Take their mean, so that a step doesn't grow with the batch.",
    of=lambda logits, labels: _in_torch("cross_entropy", logits, labels, reduction="sum"),
)
_otherwise(
    "The loss is divided by the number of images once more. It is a mean already.",
    of=lambda logits, labels: _cross_entropy(logits, labels) / len(labels),
)
_otherwise(
    "The sign is wrong: minus the loss gets smaller, so the loss itself grows.",
    of=lambda logits, labels: -_cross_entropy(logits, labels),
)
_otherwise(
    "`nll_loss` expects the logarithms of probabilities, and gets logits. `cross_entropy` takes them as they are.",
    of=lambda logits, labels: _in_torch("nll_loss", logits, labels),
)
_otherwise(
    "`nll_loss` expects the logarithms of probabilities, and gets probabilities. Give `cross_entropy` the logits.",
    of=lambda logits, labels: _in_torch("nll_loss", logits.softmax(1), labels),
)
for _of in (lambda logits: logits, lambda logits: logits.softmax(1)):
    _otherwise(
        "That is a mean squared error to one-hot labels. Cross-entropy is asked for.",
        of=lambda logits, labels, of=_of: _in_torch("mse_loss", of(logits), _one_hot(logits, labels)),
    )
_otherwise(
    "That takes each class by itself, with a sigmoid. An image has just one class: take the cross-entropy.",
    of=lambda logits, labels: _in_torch("binary_cross_entropy_with_logits", logits, _one_hot(logits, labels)),
)
_otherwise(
    "The step is right. But the loss that is returned is the sum over the batch, not the mean.",
    tell=lambda loss, logits, labels: loss.item() * len(labels),
)
_otherwise(
    "The step is right. But the loss that is returned is divided by the number of images once more: it is a mean "
    "already.",
    tell=lambda loss, logits, labels: loss.item() / len(labels),
)
for _decimals in (1, 2, 3):
    _otherwise(
        "The step is right. But the loss is rounded: return it as it is.",
        tell=lambda loss, logits, labels, decimals=_decimals: round(loss.item(), decimals),
    )
_otherwise(
    "The step is right. But what is returned is the accuracy on the batch. Return the loss.",
    tell=lambda loss, logits, labels: (logits.argmax(1) == labels).float().mean().item(),
)
_otherwise(
    "The step is right. But what is returned has lost its decimals: return the loss as it is.",
    tell=lambda loss, logits, labels: int(loss.item()),
)


@train_step.mistake("It takes a step for each single image. Take one for the whole batch.")
def _image_by_image(network, images, labels, optimizer):
    return np.mean([_take_steps(network, images[[n]], labels[[n]], optimizer) for n in range(len(labels))])


def _look_at_prediction(expected, told):
    """Raise Wrong unless classes are right, were computed as for use, and nothing is left behind."""
    (right, _), (classes, happened) = expected, told
    happened = {one for one, is_so in zip(modules.ASIDES, np.asarray(happened), strict=True) if is_so}
    got = report.describe(classes)
    if classes is None:
        raise Wrong("It returns None, that is, nothing. Does the function end with `return`?", got=got)
    if "unasked" in happened:
        raise Wrong("It doesn't ask the network: `network(images)` gives the logits.", got=got)
    if "training" in happened:
        if "recorded" not in happened:
            raise Wrong(
                "It computes as in training: `no_grad` only stops the recording. What switches dropout off, and lets "
                "batch normalization use its moving statistics, is `network.eval()`, in all layers.",
                got=_in_words(happened),
            )
        raise Wrong(
            "It computes as in training: dropout is on, and batch normalization takes the batch's own mean and "
            "variance. Call `network.eval()` first.",
            got=_in_words(happened),
        )
    if "mode" in happened:
        raise Wrong(
            "The network isn't left in the mode in which it came. Keep `network.training` before you change it, and "
            "give it back: `network.train(...)` takes True or False.",
            got=_in_words(happened),
        )
    if "off" in happened:
        raise Wrong(
            "From here on, PyTorch records no gradients anywhere, and training would fail. `with torch.no_grad():` "
            "ends with its block.",
            got=_in_words(happened),
        )
    if "recorded" in happened:
        raise Wrong(
            "A graph for gradients is recorded, which takes time and memory. Neither `eval()` nor a later `detach()` "
            "keeps the network from it: compute within `with torch.no_grad():`.",
            got=_in_words(happened),
        )
    if "frozen" in happened:
        raise Wrong(
            "The weights no longer ask for a gradient, so they couldn't be trained after this. `with torch.no_grad():` "
            "changes nothing in the network.",
            got=_in_words(happened),
        )
    if "moved" in happened:
        raise Wrong(
            "Weights or moving statistics aren't what they were. A prediction changes nothing.", got=_in_words(happened)
        )
    values.compare(right, classes, tolerance=_NEAR)


_SAID = {
    "training": "dropout or batch normalization computed as in training",
    "moved": "moving statistics, or weights, were changed",
    "mode": "afterwards the network is in another mode",
    "recorded": "a graph was recorded",
    "off": "afterwards PyTorch records nothing",
    "frozen": "afterwards the weights need no gradient",
}


def _in_words(happened):
    return "\n".join(text for one, text in _SAID.items() if one in happened)


_DROPS = (("Flatten",), ("Linear", 12, 8), ("ReLU",), ("Dropout", 0.5), ("Linear", 8, 4))
_NORMALIZES = (("Conv2d", 1, 3, 2), ("BatchNorm2d", 3), ("ReLU",), ("Flatten",), ("Linear", 18, 5))
_BOTH = (
    ("Conv2d", 2, 4, 3),
    ("BatchNorm2d", 4),
    ("ReLU",),
    ("MaxPool2d", 2),
    ("Flatten",),
    ("Dropout", 0.3),
    ("Linear", 4, 3),
)
_PLAIN = (("Flatten",), ("Linear", 9, 6), ("ReLU",), ("Linear", 6, 6))


@of_module(
    cases={
        "with dropout, in the middle of training": ((_DROPS, "train"), (6, 1, 3, 4)),
        "with dropout, in eval mode already": ((_DROPS, "eval"), (7, 1, 3, 4)),
        "with batch normalization, in the middle of training": ((_NORMALIZES, "train"), (9, 1, 3, 4)),
        "with both, in the middle of training": ((_BOTH, "train"), (8, 2, 4, 4)),
        "with both, in eval mode already": ((_BOTH, "eval"), (5, 2, 4, 4)),
        "one image, with batch normalization": ((_NORMALIZES, "train"), (1, 1, 3, 4)),
        "one image, with dropout": ((_DROPS, "eval"), (1, 1, 3, 4)),
        "as many images as classes": ((_PLAIN, "train"), (6, 1, 3, 3)),
        "300 images": ((_DROPS, "train"), (300, 1, 3, 4)),
    },
    looks=_look_at_prediction,
    tolerance=_NEAR,
    errors={
        "RuntimeError: a Tensor with .* elements cannot be converted": "`item()` is for a tensor of a single number. "
        "Here there is a class for each image.",
        "RuntimeError: Can't call numpy": "What still belongs to a graph can't become an array. Within "
        "`torch.no_grad()`, there is no graph.",
        "IndexError: Dimension out of range": "The logits have two axes: images, and classes.",
        "TypeError: 'type' object does not support the context manager": "Parentheses are missing: `with "
        "torch.no_grad():`.",
        "ValueError: training mode is expected to be boolean": "`network.train(...)` and `network.eval()` return the "
        "network. Its mode is `network.training`: keep that before you change it.",
        "TypeError.*'builtin_function_or_method'|TypeError.*'method' object": "Are parentheses missing behind the "
        "name of a method?",
        **_AS_IN_KERAS,
    },
    shows="`eval()` says *how* to compute, `no_grad()` whether to remember it: two switches, and a prediction wants "
    "both. Keras's `predict` sets them for you.",
    hints=[
        "Two things have to be switched: how dropout and batch normalization compute, and whether a graph is recorded. "
        "And which of them would stay switched after your function has ended?",
        "Keep `network.training`, True or False, in a variable before `network.eval()`. `network.train(True)` and "
        "`network.train(False)` set it back.",
        "Compute the logits within `with torch.no_grad():`. Each image has a row of them: `argmax` over which axis "
        "gives its class?",
    ],
)
def predict(network, images):
    """The class of each image."""
    return _as_for_use(network, images).argmax(1)


def _as_for_use(network, images):
    """The logits of images, computed as for use; the network is left as it came."""
    import torch

    was_training = network.training
    network.eval()
    with torch.no_grad():
        logits = network(images)
    network.train(was_training)
    return logits


def _of_logits(look, function):
    """Declare a mistake of predict: another function of logits that are right."""
    predict.mistake(look, lambda network, images: function(_as_for_use(network, images)))


_of_logits(
    "Those are the logits. The class of an image is the place of the largest of its row: `argmax`.",
    lambda logits: logits,
)
_of_logits(
    "Those are probabilities. The class of an image is the place of the largest of its row: `argmax`.",
    lambda logits: logits.softmax(1),
)
for _of_row in (lambda logits: logits, lambda logits: logits.softmax(1)):
    _of_logits(
        "Those are the largest values. The class is the place where it stands: `argmax`, not `max`.",
        lambda logits, of_row=_of_row: of_row(logits).max(1).values,
    )
    _of_logits(
        "`max(dim=1)` gives two tensors, the largest values and their places. The classes are the places, `.indices`.",
        lambda logits, of_row=_of_row: tuple(of_row(logits).max(1)),
    )
_of_logits(
    "That is `argmax` over the images: for each class, the image with its largest logit. Take it over the classes, "
    "axis 1.",
    lambda logits: logits.argmax(0),
)
_of_logits(
    "That is one place among all the logits of all images. Without an axis, `argmax` takes them as a single row.",
    lambda logits: logits.argmax(),
)
_of_logits(
    "That is the place of the smallest logit. The class has the largest.",
    lambda logits: logits.argmin(1),
)
_of_logits(
    "Each class has a row of its own, shape (n, 1). Return them as one row, shape (n,).",
    lambda logits: logits.argmax(1, keepdim=True),
)
_of_logits("That is one-hot. Return the numbers of the classes.", lambda logits: _one_hot(logits, logits.argmax(1)))
_of_logits(
    "The classes are counted from 1. They count from 0, as the labels do.",
    lambda logits: logits.argmax(1) + 1,
)
_of_logits("That is the class of the first image alone. Return all of them.", lambda logits: logits.argmax(1)[0])
_of_logits(
    "Those are all classes, the best one first. Return only the first of each row.", lambda logits: (-logits).argsort(1)
)
for _squeezed in (
    lambda logits: logits.squeeze().argmax(-1),
    lambda logits: logits.argmax(1).squeeze(),
):
    _of_logits(
        "With one image, an axis gets lost on the way, by `squeeze`, or by `item`. The result has shape (1,) then.",
        _squeezed,
    )


@predict.mistake("Those are zeros and ones by a threshold. Among several classes, the largest logit decides: `argmax`.")
def _by_threshold(network, images):
    return (_as_for_use(network, images).softmax(1) > 0.5).int()


quiz = Quiz(
    Question(
        "A stack of 64 color images of 28 × 28 pixels has shape (64, 28, 28, 3) in Keras. How does PyTorch's "
        "`Conv2d` want it?",
        right="c",
        a=(
            "(64, 28, 28, 3), as it is: it finds the channels by itself, since there are only three",
            "It takes the second axis for the channels, whatever that is. Here it finds 28 of them and stops with an "
            "error.",
        ),
        b=(
            "(3, 64, 28, 28), since the channels come first of all",
            "*Channels first* means first of each image. The images of the batch still come before them.",
        ),
        c=(
            "(64, 3, 28, 28), with the axes moved by `permute(0, 3, 1, 2)`",
            "The batch stays in front, then come channels, rows, and columns. Moving axes keeps each pixel with its "
            "neighbors.",
        ),
        d=(
            "(64, 3, 28, 28), by `reshape(64, 3, 28, 28)`",
            "The shape is right, and no error comes. But a reshape only cuts the same row of numbers into other "
            "pieces: each *channel* is now a third of the image with all its colors.",
        ),
    ),
    Question(
        "A network ends with a softmax, and its outputs go into `CrossEntropyLoss`. What happens?",
        right="b",
        a=(
            "An error: the loss finds that its inputs add up to 1, so they can't be logits",
            "It doesn't look. Probabilities are numbers like any others, and might be logits, too.",
        ),
        b=(
            "It trains, but worse: the loss takes a softmax of a softmax",
            "Logits between 0 and 1 can't tell one class from ten by much, so the loss never gets close to 0, and "
            "gradients are small. Nothing says so.",
        ),
        c=(
            "Nothing: a second softmax leaves probabilities as they are",
            "It doesn't. Of 1 and nine times 0, it makes about 0.23 and nine times 0.085.",
        ),
        d=(
            "It trains better, since the loss needs probabilities",
            "It is Keras's default that needs them. `CrossEntropyLoss` takes logits, and the softmax is a part of it.",
        ),
    ),
    Question(
        "You validate a network with dropout and batch normalization within `with torch.no_grad():`, without "
        "`network.eval()`. What do you get?",
        right="d",
        a=(
            "The right accuracy: nothing is learned within this block",
            "No weight moves. But dropout still throws numbers away, and batch normalization's moving statistics do "
            "move.",
        ),
        b=(
            "The right accuracy, only more slowly",
            "It is as fast. What slows down is the other case, `eval()` without `no_grad()`, which records a graph "
            "that nobody needs.",
        ),
        c=(
            "An error as soon as dropout is reached",
            "Dropout doesn't ask for gradients. It asks for the network's mode, and that is still training.",
        ),
        d=(
            "A wrong accuracy: dropout is on, and batch normalization uses each batch's own statistics",
            "`no_grad()` is about recording, `eval()` is about the mode. So these are two switches, and a validation "
            "needs both.",
        ),
    ),
    Question(
        "A training loop lacks `optimizer.zero_grad()`. By what does the tenth step move the weights?",
        right="a",
        a=(
            "By the sum of all ten gradients so far",
            "`backward()` adds to what `grad` holds. So each step drags along all steps before it, at full weight.",
        ),
        b=(
            "By the tenth gradient: `backward()` overwrites the ninth",
            "It adds, and overwrites nothing. That is of use where a large batch comes in several small ones.",
        ),
        c=(
            "By the mean of all ten gradients",
            "Nobody divides by ten. So the steps get larger and larger, as if the learning rate grew.",
        ),
        d=(
            "By nothing: `step()` refuses gradients that were used already",
            "`step()` takes whatever `grad` holds, and doesn't ask how old it is. No error tells you.",
        ),
    ),
    Question(
        "The same layers, optimizer and loss by name, in Keras and in PyTorch, each with its defaults. Which of these "
        "differences are real? (More than one is.)",
        right="bd",
        a=(
            "PyTorch's Adam starts with ten times the learning rate of Keras's",
            "Both have 0.001. Other optimizers differ in it.",
        ),
        b=(
            "RMSprop's learning rate is ten times as large in PyTorch as in Keras",
            "It is 0.01 there and 0.001 here. With all of PyTorch's defaults, each run in the lesson went worse.",
        ),
        c=(
            "PyTorch's RMSprop keeps a smaller share of the old average than Keras's",
            "A larger one: its `alpha` is 0.99, and Keras's `rho` is 0.9.",
        ),
        d=(
            "In RMSprop, Keras adds epsilon under the root, and PyTorch outside of it",
            "So the same epsilon means something else, and it decides as long as gradients are small.",
        ),
    ),
)
