"""Answers to the exercises of lesson 16."""

import contextlib
import copy
import itertools

import numpy as np

from exercise_banks import Bank

try:
    import torch
    from torch import nn, optim
    from torch.nn import functional
except ImportError:  # then the exercises that need it are skipped
    torch = nn = optim = functional = None

to_torch = Bank()


@to_torch.right
def case_by_case(weights):
    if weights.ndim == 4:
        return np.transpose(weights, (3, 2, 0, 1))
    if weights.ndim == 2:
        return weights.T
    return weights


@to_torch.right
def by_length_of_shape(weights):
    if len(weights.shape) == 1:
        return weights.copy()
    if len(weights.shape) == 2:
        return np.swapaxes(weights, 0, 1)
    return np.moveaxis(weights, [3, 2, 0, 1], [0, 1, 2, 3])


@to_torch.right
def moved_twice(weights):
    if weights.ndim < 2:
        return weights
    front = np.moveaxis(weights, -1, 0)
    return np.moveaxis(front, -1, 1)


@to_torch.right
def last_two_to_the_front(weights):
    if weights.ndim == 1:
        return weights
    return np.moveaxis(weights, (-1, -2), (0, 1))


@to_torch.right
def with_einsum(weights):
    return np.einsum({1: "o->o", 2: "io->oi", 4: "hwio->oihw"}[weights.ndim], weights)


@to_torch.right
def by_match(weights):
    match weights.shape:
        case (_, _, _, _):
            return weights.swapaxes(2, 3).transpose(2, 3, 0, 1)
        case (_, _):
            return weights.transpose()
        case _:
            return weights


@to_torch.right
def by_a_table(weights):
    order = {4: (3, 2, 0, 1), 2: (1, 0), 1: (0,)}
    return weights.transpose(order[weights.ndim])


@to_torch.right
def reversed_then_window_back(weights):
    reverse = weights.T
    return reverse.swapaxes(2, 3) if weights.ndim == 4 else reverse


@to_torch.right
def number_by_number(weights):
    if weights.ndim == 1:
        return list(weights)
    if weights.ndim == 2:
        n_in, n_out = weights.shape
        return [[weights[i, o] for i in range(n_in)] for o in range(n_out)]
    height, width, n_in, n_out = weights.shape
    made = np.zeros((n_out, n_in, height, width))
    for o in range(n_out):
        for i in range(n_in):
            made[o, i] = weights[:, :, i, o]
    return made


@to_torch.right
def filter_by_filter(weights):
    if weights.ndim == 1:
        return weights
    filters = [weights[..., one] for one in range(weights.shape[-1])]
    return np.stack([one.transpose(2, 0, 1) if one.ndim == 3 else one for one in filters])


@to_torch.right
def by_exception(weights):
    try:
        return weights.transpose(3, 2, 0, 1)
    except ValueError:
        return weights.T


@to_torch.right
def contiguous(weights):
    weights = np.asarray(weights)
    return np.ascontiguousarray(weights.transpose(3, 2, 0, 1) if len(weights.shape) > 2 else weights.T)


@to_torch.right
def with_a_new_axis(weights):
    if weights.ndim == 4:
        return np.rollaxis(np.rollaxis(weights, 3), 3, 1)
    return weights.T


if torch:

    @to_torch.right
    def as_a_tensor(weights):
        tensor = torch.tensor(weights)
        return tensor.permute(3, 2, 0, 1) if tensor.ndim == 4 else tensor.t()

    @to_torch.right
    def as_a_parameter(weights):
        tensor = torch.from_numpy(np.array(weights))
        if tensor.dim() == 4:
            tensor = tensor.permute(3, 2, 0, 1).contiguous()
        elif tensor.dim() == 2:
            tensor = tensor.T
        return nn.Parameter(tensor)


@to_torch.wrong("height and width have changed places")
def all_reversed(weights):
    return weights.T


@to_torch.wrong("height and width have changed places")
def numbers_reversed(weights):
    return weights.transpose(3, 2, 1, 0) if weights.ndim == 4 else weights.T


@to_torch.wrong("height and width have changed places")
def reversed_and_dense_forgotten(weights):
    return np.transpose(weights) if weights.ndim == 4 else weights


@to_torch.wrong("A reshape doesn't move any number")
def reshaped(weights):
    if weights.ndim == 4:
        height, width, n_in, n_out = weights.shape
        return weights.reshape(n_out, n_in, height, width)
    return weights.T


@to_torch.wrong("A reshape doesn't move any number")
def all_reshaped(weights):
    shape = weights.shape[::-1] if weights.ndim < 4 else (*weights.shape[:1:-1], *weights.shape[:2])
    return weights.reshape(shape)


@to_torch.wrong("A reshape doesn't move any number")
def dense_reshaped(weights):
    if weights.ndim == 4:
        return weights.transpose(3, 2, 0, 1)
    return weights.reshape(weights.shape[::-1])


@to_torch.wrong("The channels that come in stand first")
def in_before_out(weights):
    return weights.transpose(2, 3, 0, 1) if weights.ndim == 4 else weights.T


@to_torch.wrong("the channels still come last")
def only_filters_first(weights):
    return np.moveaxis(weights, -1, 0)


@to_torch.wrong("Only the channels were moved to the front")
def as_an_image(weights):
    return weights.transpose(2, 0, 1, 3) if weights.ndim == 4 else weights.T


@to_torch.wrong("where each axis goes")
def where_it_goes(weights):
    return weights.transpose(2, 3, 1, 0) if weights.ndim == 4 else weights.T


@to_torch.wrong("where each axis goes")
def moved_to_the_wrong_side(weights):
    if weights.ndim == 4:
        return np.moveaxis(weights, [0, 1, 2, 3], [3, 2, 0, 1])
    return weights.T


@to_torch.wrong("Only the first and the last axis")
def first_and_last(weights):
    return weights.swapaxes(0, -1)


@to_torch.wrong("both still stand behind height and width")
def last_two_swapped(weights):
    return weights.swapaxes(-1, -2) if weights.ndim > 1 else weights


@to_torch.wrong("The window is turned around")
def turned(weights):
    return weights[::-1, ::-1].transpose(3, 2, 0, 1) if weights.ndim == 4 else weights.T


@to_torch.wrong("Those of dense layers stay as they were")
def dense_forgotten(weights):
    return weights.transpose(3, 2, 0, 1) if weights.ndim == 4 else weights


@to_torch.wrong("Dense layers are right")
def only_dense(weights):
    return weights.T if weights.ndim == 2 else weights


@to_torch.wrong("The weights come back as they were")
def untouched(weights):
    return weights


@to_torch.wrong("A bias has a single axis in PyTorch, too")
def bias_as_a_column(weights):
    if weights.ndim == 1:
        return weights.reshape(-1, 1)
    return weights.transpose(3, 2, 0, 1) if weights.ndim == 4 else weights.T


@to_torch.wrong("A bias has a single axis in PyTorch, too")
def bias_as_a_row(weights):
    return weights.transpose(3, 2, 0, 1) if weights.ndim == 4 else np.atleast_2d(weights.T)


@to_torch.wrong("A bias has a single axis in PyTorch, too")
def bias_with_four_axes(weights):
    if weights.ndim == 1:
        return weights[:, np.newaxis, np.newaxis, np.newaxis]
    return weights.transpose(3, 2, 0, 1) if weights.ndim == 4 else weights.T


@to_torch.wrong("The bias is in reverse order")
def bias_reversed(weights):
    if weights.ndim == 4:
        return weights.transpose(3, 2, 0, 1)
    return weights.T if weights.ndim == 2 else weights[::-1]


@to_torch.wrong("in a single row")
def in_a_row(weights):
    return (weights.transpose(3, 2, 0, 1) if weights.ndim == 4 else weights.T).flatten()


@to_torch.wrong("That is the shape of the new weights")
def the_shape(weights):
    return (weights.transpose(3, 2, 0, 1) if weights.ndim == 4 else weights.T).shape


@to_torch.wrong("`weights.ndim` tells which it is")
def always_four(weights):
    return weights.transpose(3, 2, 0, 1)


@to_torch.wrong("`weights.ndim` tells which it is")
def bias_swapped(weights):
    return weights.transpose(3, 2, 0, 1) if weights.ndim == 4 else weights.swapaxes(0, 1)


@to_torch.wrong("`weights.ndim` tells which it is")
def shape_in_four_parts(weights):
    _, _, n_in, n_out = weights.shape
    return np.array([[weights[:, :, i, o] for i in range(n_in)] for o in range(n_out)])


@to_torch.wrong("end with `return`")
def bias_left_out(weights):
    if weights.ndim == 4:
        return weights.transpose(3, 2, 0, 1)
    if weights.ndim == 2:
        return weights.T


@to_torch.wrong("end with `return`")
def printed(weights):
    print(weights.transpose(3, 2, 0, 1) if weights.ndim == 4 else weights.T)


@to_torch.wrong("is text, not a number")
def in_words(weights):
    return str(weights.T)


@to_torch.wrong("numbers differ|not the right")
def rounded(weights):
    return (weights.transpose(3, 2, 0, 1) if weights.ndim == 4 else weights.T).astype(int)


@to_torch.wrong("It changes `weights` in place")
def in_place(weights):
    weights *= 1.5
    return weights.T


after_flatten = Bank()


@after_flatten.right
def step_by_step(kernel, shape):
    height, width, channels = shape
    n_units = kernel.shape[1]
    split = np.reshape(kernel, (height, width, channels, n_units))
    moved = np.transpose(split, (3, 2, 0, 1))
    return np.reshape(moved, (n_units, channels * height * width))


@after_flatten.right
def two_axes(kernel, shape):
    height, width, channels = shape
    pixels = kernel.reshape(height * width, channels, -1)
    return pixels.transpose(2, 1, 0).reshape(kernel.shape[-1], -1)


@after_flatten.right
def width_and_height_by_other_names(kernel, shape):
    width, height, channels = shape
    return kernel.T.reshape(-1, width, height, channels).transpose(0, 3, 1, 2).reshape(-1, width * height * channels)


@after_flatten.right
def transposed_first(kernel, shape):
    units = kernel.T.reshape(-1, *shape)
    return np.moveaxis(units, -1, 1).reshape(len(units), -1)


@after_flatten.right
def with_places(kernel, shape):
    places = np.arange(np.prod(shape)).reshape(shape).transpose(2, 0, 1).ravel()
    return kernel[places].T


@after_flatten.right
def unit_by_unit(kernel, shape):
    rows = []
    for unit in range(kernel.shape[1]):
        rows.append(kernel[:, unit].reshape(shape).transpose(2, 0, 1).flatten())
    return np.array(rows)


@after_flatten.right
def four_loops(kernel, shape):
    height, width, channels = shape
    made = np.empty((kernel.shape[1], height * width * channels))
    for c in range(channels):
        for h in range(height):
            for w in range(width):
                made[:, c * height * width + h * width + w] = kernel[h * width * channels + w * channels + c]
    return made


@after_flatten.right
def every_nth_row(kernel, shape):
    channels = shape[-1]
    return np.concatenate([kernel[channel::channels] for channel in range(channels)]).T


@after_flatten.right
def in_column_order(kernel, shape):
    height, width, channels = shape
    return kernel.reshape(height * width, channels, -1).transpose(1, 0, 2).reshape(kernel.shape).T


@after_flatten.right
def as_lists(kernel, shape):
    height, width, channels = shape
    order = [pixel * channels + channel for channel in range(channels) for pixel in range(height * width)]
    return [[float(kernel[place, unit]) for place in order] for unit in range(kernel.shape[1])]


@after_flatten.right
def units_by_einsum(kernel, shape):
    return np.einsum("hwcu->uchw", kernel.reshape(*shape, kernel.shape[1])).reshape(kernel.shape[1], kernel.shape[0])


@after_flatten.right
def sorted_rows(kernel, shape):
    channels = shape[2]
    order = sorted(range(len(kernel)), key=lambda row: (row % channels, row // channels))
    return kernel[order].transpose()


if torch:

    @after_flatten.right
    def kernel_as_a_tensor(kernel, shape):
        maps = torch.tensor(kernel).reshape(*shape, -1)
        return maps.permute(3, 2, 0, 1).flatten(1)


@after_flatten.wrong("still in Keras's order: pixel by pixel")
def transposed_only(kernel, shape):
    return kernel.T


@after_flatten.wrong("still in Keras's order: pixel by pixel")
def cut_and_joined_again(kernel, shape):
    height, width, channels = shape
    return kernel.T.reshape(-1, channels, height, width).reshape(kernel.shape[1], -1)


@after_flatten.wrong("has the units first")
def not_transposed(kernel, shape):
    return kernel.reshape(*shape, -1).transpose(2, 0, 1, 3).reshape(-1, kernel.shape[1])


@after_flatten.wrong("column by column. They come row by row")
def column_by_column(kernel, shape):
    return kernel.reshape(*shape, -1).T.reshape(kernel.shape[1], -1)


@after_flatten.wrong("column by column. And the units come first")
def column_by_column_not_transposed(kernel, shape):
    return kernel.reshape(*shape, -1).transpose(2, 1, 0, 3).reshape(-1, kernel.shape[1])


@after_flatten.wrong("row, channel, column")
def row_channel_column(kernel, shape):
    return kernel.reshape(*shape, -1).transpose(3, 0, 2, 1).reshape(kernel.shape[1], -1)


@after_flatten.wrong("The kernel comes back as it was")
def kernel_untouched(kernel, shape):
    return kernel


@after_flatten.wrong("cut as if it had the channels first")
def the_other_way(kernel, shape):
    height, width, channels = shape
    return kernel.T.reshape(-1, channels, height, width).transpose(0, 2, 3, 1).reshape(kernel.shape[1], -1)


@after_flatten.wrong("cut as if it had the channels first")
def the_other_way_by_columns(kernel, shape):
    height, width, channels = shape
    return kernel.T.reshape(-1, channels, height, width).transpose(0, 3, 2, 1).reshape(kernel.shape[1], -1)


@after_flatten.wrong("That has four axes")
def not_flat(kernel, shape):
    return kernel.reshape(*shape, -1).transpose(3, 2, 0, 1)


@after_flatten.wrong("the channels have an axis of their own")
def half_flat(kernel, shape):
    height, width, channels = shape
    return kernel.reshape(height * width, channels, -1).transpose(2, 1, 0)


@after_flatten.wrong("A reshape alone moves no number")
def reshaped_alone(kernel, shape):
    return kernel.reshape(kernel.shape[1], -1)


@after_flatten.wrong("cut as if they were the first")
def units_taken_first(kernel, shape):
    return kernel.reshape(kernel.shape[1], *shape).transpose(0, 3, 1, 2).reshape(kernel.shape[1], -1)


@after_flatten.wrong("the row is cut again with the units first")
def units_left_behind(kernel, shape):
    return kernel.reshape(*shape, -1).transpose(2, 0, 1, 3).reshape(kernel.shape[1], -1)


@after_flatten.wrong("The inputs are in reverse order")
def from_the_end(kernel, shape):
    return kernel[::-1].T


@after_flatten.wrong("All is in a single row")
def one_row(kernel, shape):
    return kernel.reshape(*shape, -1).transpose(3, 2, 0, 1).flatten()


@after_flatten.wrong("All is in a single row|`kernel.shape` is .inputs, units.")
def without_units(kernel, shape):
    return kernel.reshape(shape).transpose(2, 0, 1).ravel()


@after_flatten.wrong("make four")
def as_a_convolution(kernel, shape):
    return kernel.transpose(3, 2, 0, 1)


@after_flatten.wrong("end with `return`")
def kernel_printed(kernel, shape):
    print(kernel.reshape(*shape, -1).transpose(3, 2, 0, 1).reshape(kernel.shape[1], -1))


@after_flatten.wrong("is text, not a number")
def kernel_in_words(kernel, shape):
    return str(kernel.T)


@after_flatten.wrong("numbers differ|not the right")
def kernel_rounded(kernel, shape):
    return kernel.reshape(*shape, -1).transpose(3, 2, 0, 1).reshape(kernel.shape[1], -1).astype(int) // 2


@after_flatten.wrong("It changes `kernel` in place")
def kernel_in_place(kernel, shape):
    kernel[:] = kernel[::-1]
    return kernel.T


@after_flatten.wrong("can't|cannot be called as")
def one_parameter(kernel):
    return kernel.T


_FLAT = "in a reshape, any number below 0 stands for what is left over"
_SIDES = "a flat row goes row by row before and after, so height and width may change places in both"
for line, other, why in (
    ("maps = kernel.reshape(*shape, -1)", "maps = kernel.reshape(*shape, -2)", _FLAT),
    (
        "return maps.transpose(3, 2, 0, 1).reshape(kernel.shape[1], -1)",
        "return maps.transpose(3, 2, 0, 1).reshape(kernel.shape[1], -2)",
        _FLAT,
    ),
    (
        "return pixels.transpose(2, 1, 0).reshape(kernel.shape[-1], -1)",
        "return pixels.transpose(2, 1, 0).reshape(kernel.shape[-1], -2)",
        _FLAT,
    ),
    (
        "pixels = kernel.reshape(height * width, channels, -1)",
        "pixels = kernel.reshape(height * width, channels, -2)",
        _FLAT,
    ),
    ("units = kernel.T.reshape(-1, *shape)", "units = kernel.T.reshape(-2, *shape)", _FLAT),
    (
        "return np.moveaxis(units, -1, 1).reshape(len(units), -1)",
        "return np.moveaxis(units, -1, 1).reshape(len(units), -2)",
        _FLAT,
    ),
    (
        "order = sorted(range(len(kernel)), key=lambda row: (row % channels, row // channels))",
        "order = sorted(range(len(kernel)), key=lambda row: (row % channels, row * channels))",
        "of the rows of one channel, a later one has the larger number either way",
    ),
    (
        "order = sorted(range(len(kernel)), key=lambda row: (row % channels, row // channels))",
        "order = sorted(range(len(kernel)), key=lambda row: (row % channels, row / channels))",
        "of the rows of one channel, a later one has the larger number either way",
    ),
    ("height, width, channels = shape", "width, height, channels = shape", _SIDES),
    (
        "split = np.reshape(kernel, (height, width, channels, n_units))",
        "split = np.reshape(kernel, (width, height, channels, n_units))",
        _SIDES,
    ),
):
    after_flatten.equivalent(f"{line}  ->  {other}", why)


train_step = Bank()


@train_step.right
def in_training_mode(network, images, labels, optimizer):
    network.train()
    loss_of = torch.nn.CrossEntropyLoss()
    logits = network(images)
    loss = loss_of(logits, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss


@train_step.right
def to_zeros(network, images, labels, optimizer):
    optimizer.zero_grad(set_to_none=False)
    loss = functional.cross_entropy(network(images), labels)
    loss.backward()
    optimizer.step()
    return float(loss)


@train_step.right
def by_the_network(network, images, labels, optimizer):
    network.zero_grad()
    loss = functional.cross_entropy(input=network(images), target=labels, reduction="mean")
    loss.backward()
    optimizer.step()
    return loss.detach()


@train_step.right
def to_none_by_hand(network, images, labels, optimizer):
    for weights in network.parameters():
        weights.grad = None
    loss = nn.CrossEntropyLoss()(network(images), labels)
    loss.backward()
    optimizer.step()
    return loss.detach().numpy()


@train_step.right
def to_zeros_by_hand(network, images, labels, optimizer):
    for weights in network.parameters():
        if weights.grad is not None:
            weights.grad.zero_()
    loss = functional.nll_loss(functional.log_softmax(network(images), dim=1), labels)
    loss.backward()
    optimizer.step()
    return loss.tolist()


@train_step.right
def before_and_after(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.NLLLoss()(network(images).log_softmax(-1), labels)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


@train_step.right
def log_softmax_twice(network, images, labels, optimizer):
    optimizer.zero_grad()
    log_probabilities = torch.log_softmax(network(images), 1)
    loss = functional.cross_entropy(log_probabilities, labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.right
def with_one_hot_rows(network, images, labels, optimizer):
    optimizer.zero_grad()
    logits = network(images)
    loss = functional.cross_entropy(logits, functional.one_hot(labels, logits.shape[1]).float())
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.right
def by_a_closure(network, images, labels, optimizer):
    def closure():
        optimizer.zero_grad()
        loss = functional.cross_entropy(network(images), labels)
        loss.backward()
        return loss

    return optimizer.step(closure)


@train_step.right
def by_autograd(network, images, labels, optimizer):
    loss = functional.cross_entropy(network.forward(images), labels)
    weights = list(network.parameters())
    for one, gradient in zip(weights, torch.autograd.grad(loss, weights), strict=True):
        one.grad = gradient
    optimizer.step()
    return loss.item()


@train_step.right
def by_the_formula(network, images, labels, optimizer):
    optimizer.zero_grad()
    logits = network(images)
    right = logits[torch.arange(len(labels)), labels]
    loss = (torch.logsumexp(logits, dim=1) - right).mean()
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.right
def sum_divided(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = functional.cross_entropy(network(images), labels, reduction="sum") / len(images)
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.right
def image_by_image_accumulated(network, images, labels, optimizer):
    optimizer.zero_grad()
    total = 0.0
    for image, label in zip(images, labels, strict=True):
        loss = functional.cross_entropy(network(image[None]), label[None]) / len(labels)
        loss.backward()
        total += loss.item()
    optimizer.step()
    return total


@train_step.right
def with_grad_enabled(network, images, labels, optimizer):
    optimizer.zero_grad()
    with torch.enable_grad():
        loss = functional.cross_entropy(network(images.contiguous()), labels.long())
    loss.backward()
    with torch.no_grad():
        optimizer.step()
    return loss.reshape(1)


@train_step.right
def the_whole_group(network, images, labels, optimizer):
    for group in optimizer.param_groups:
        for weights in group["params"]:
            weights.grad = None
    loss = nn.CrossEntropyLoss()(network(images), labels)
    torch.autograd.backward(loss)
    optimizer.step()
    return np.float32(loss.item())


@train_step.wrong("Gradients of earlier steps count")
def no_zero_grad(network, images, labels, optimizer):
    loss = functional.cross_entropy(network(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("Gradients of earlier steps count")
def zero_grad_without_parentheses(network, images, labels, optimizer):
    optimizer.zero_grad  # noqa: B018
    loss = functional.cross_entropy(network(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("Old gradients are cleared only after the step")
def zero_grad_at_the_end(network, images, labels, optimizer):
    loss = nn.CrossEntropyLoss()(network(images), labels)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


@train_step.wrong("comes between `backward\\(\\)` and `step\\(\\)`")
def zero_grad_in_the_middle(network, images, labels, optimizer):
    loss = nn.CrossEntropyLoss()(network(images), labels)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


@train_step.wrong("leaves the network in eval mode")
def in_eval_mode(network, images, labels, optimizer):
    network.eval()
    optimizer.zero_grad()
    loss = functional.cross_entropy(network(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("needs nothing: it knows the parameters")
def step_of_the_network(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = functional.cross_entropy(network(images), labels)
    loss.backward()
    optimizer.step(network)
    return loss.item()


@train_step.wrong("A gradient is a tensor, or None")
def gradients_of_0(network, images, labels, optimizer):
    for weights in network.parameters():
        weights.grad = 0
    loss = functional.cross_entropy(network(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("`optimizer.step\\(\\)` is missing")
def no_step(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(network(images), labels)
    loss.backward()
    return loss.item()


@train_step.wrong("`optimizer.step\\(\\)` is missing")
def step_without_parentheses(network, images, labels, optimizer):
    loss = nn.CrossEntropyLoss()(network(images), labels)
    loss.backward()
    optimizer.step  # noqa: B018
    return loss.item()


@train_step.wrong("`backward\\(\\)` is missing")
def no_backward(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(network(images), labels)
    optimizer.step()
    return loss.item()


@train_step.wrong("whatever gradients were there before")
def no_backward_and_no_zero_grad(network, images, labels, optimizer):
    loss = nn.CrossEntropyLoss()(network(images), labels)
    optimizer.step()
    return loss.item()


@train_step.wrong("the loss alone")
def the_loss_alone(network, images, labels, optimizer):
    return nn.CrossEntropyLoss()(network(images), labels).item()


@train_step.wrong("so there are no gradients yet")
def step_before_backward(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(network(images), labels)
    optimizer.step()
    loss.backward()
    return loss.item()


@train_step.wrong("by the gradients of the step before")
def step_first_of_all(network, images, labels, optimizer):
    optimizer.step()
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(network(images), labels)
    loss.backward()
    return loss.item()


@train_step.wrong("by the gradients of the step before")
def step_then_backward(network, images, labels, optimizer):
    loss = nn.CrossEntropyLoss()(network(images), labels)
    optimizer.step()
    optimizer.zero_grad()
    loss.backward()
    return loss.item()


@train_step.wrong("computed again after the step")
def loss_after_the_step(network, images, labels, optimizer):
    loss_of = nn.CrossEntropyLoss()
    optimizer.zero_grad()
    loss_of(network(images), labels).backward()
    optimizer.step()
    return loss_of(network(images), labels).item()


@train_step.wrong("The step is taken twice")
def two_steps(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(network(images), labels)
    loss.backward()
    optimizer.step()
    optimizer.step()
    return loss.item()


@train_step.wrong("a softmax of a softmax")
def softmax_before(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(functional.softmax(network(images), dim=1), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("a softmax of a softmax")
def softmax_before_and_no_zero_grad(network, images, labels, optimizer):
    loss = nn.CrossEntropyLoss()(nn.Softmax(dim=1)(network(images)), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("The losses of the images are added up")
def summed(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss(reduction="sum")(network(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("divided by the number of images once more. It is a mean already")
def mean_of_the_mean(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(network(images), labels) / len(images)
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("The sign is wrong")
def uphill(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = -functional.cross_entropy(network(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("and gets logits")
def nll_of_logits(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.NLLLoss()(network(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("and gets probabilities")
def nll_of_probabilities(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.NLLLoss()(network(images).softmax(dim=1), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("mean squared error")
def squared(network, images, labels, optimizer):
    optimizer.zero_grad()
    logits = network(images)
    loss = nn.MSELoss()(logits, functional.one_hot(labels, logits.shape[1]).float())
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("mean squared error")
def squared_of_probabilities(network, images, labels, optimizer):
    optimizer.zero_grad()
    logits = network(images)
    loss = functional.mse_loss(logits.softmax(1), functional.one_hot(labels, logits.shape[1]).float())
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("takes each class by itself")
def sigmoids(network, images, labels, optimizer):
    optimizer.zero_grad()
    logits = network(images)
    loss = nn.BCEWithLogitsLoss()(logits, functional.one_hot(labels, logits.shape[1]).float())
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("is the sum over the batch, not the mean")
def returns_the_sum(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(network(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item() * images.size(0)


@train_step.wrong("that is returned is divided by the number of images")
def returns_a_part(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(network(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item() / len(images)


@train_step.wrong("the loss is rounded")
def returns_two_decimals(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(network(images), labels)
    loss.backward()
    optimizer.step()
    return round(loss.item(), 2)


@train_step.wrong("is the accuracy")
def returns_the_accuracy(network, images, labels, optimizer):
    optimizer.zero_grad()
    logits = network(images)
    nn.CrossEntropyLoss()(logits, labels).backward()
    optimizer.step()
    return (logits.argmax(dim=1) == labels).float().mean().item()


@train_step.wrong("has lost its decimals")
def returns_a_whole_number(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(network(images), labels)
    loss.backward()
    optimizer.step()
    return int(loss.item())


@train_step.wrong("Leave that to `optimizer.step\\(\\)`")
def by_hand(network, images, labels, optimizer):
    loss = functional.cross_entropy(network(images), labels)
    network.zero_grad()
    loss.backward()
    with torch.no_grad():
        for weights in network.parameters():
            weights -= optimizer.param_groups[0]["lr"] * weights.grad
    return loss.item()


@train_step.wrong("Leave that to `optimizer.step\\(\\)`")
def by_hand_with_a_rate(network, images, labels, optimizer):
    loss = functional.cross_entropy(network(images), labels)
    network.zero_grad()
    loss.backward()
    for weights in network.parameters():
        weights.data -= 0.01 * weights.grad
    return loss.item()


@train_step.wrong("a step for each single image")
def image_by_image(network, images, labels, optimizer):
    losses = []
    for image, label in zip(images, labels, strict=True):
        optimizer.zero_grad()
        loss = functional.cross_entropy(network(image.unsqueeze(0)), label.unsqueeze(0))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return sum(losses) / len(losses)


@train_step.wrong("an optimizer that was made in the function")
def own_optimizer(network, images, labels, optimizer):
    optimizer = optim.SGD(network.parameters(), lr=0.01)
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(network(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("an optimizer that was made in the function")
def own_adam(network, images, labels, optimizer):
    optimizer = optim.Adam(network.parameters())
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(network(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("It returns None")
def returns_nothing(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(network(images), labels)
    loss.backward()
    optimizer.step()


@train_step.wrong("It returns None")
def returns_what_step_does(network, images, labels, optimizer):
    optimizer.zero_grad()
    nn.CrossEntropyLoss()(network(images), labels).backward()
    return optimizer.step()


@train_step.wrong("an array of many numbers")
def returns_logits(network, images, labels, optimizer):
    optimizer.zero_grad()
    logits = network(images)
    nn.CrossEntropyLoss()(logits, labels).backward()
    optimizer.step()
    return logits


@train_step.wrong("one number, and this is a str")
def returns_text(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(network(images), labels)
    loss.backward()
    optimizer.step()
    return f"loss: {loss.item():.3f}"


@train_step.wrong("one number, and this is a tuple")
def returns_both(network, images, labels, optimizer):
    optimizer.zero_grad()
    logits = network(images)
    loss = nn.CrossEntropyLoss()(logits, labels)
    loss.backward()
    optimizer.step()
    return loss.item(), logits.argmax(1)


@train_step.wrong("one number, and this is a Sequential")
def returns_the_network(network, images, labels, optimizer):
    optimizer.zero_grad()
    nn.CrossEntropyLoss()(network(images), labels).backward()
    optimizer.step()
    return network


@train_step.wrong("`CrossEntropyLoss` is a class")
def a_class(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss(network(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("Are the two swapped")
def labels_first(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(labels, network(images))
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("leave them whole numbers")
def labels_as_floats(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(network(images), labels.float())
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("No one-hot rows")
def one_hot_as_it_is(network, images, labels, optimizer):
    optimizer.zero_grad()
    logits = network(images)
    loss = nn.CrossEntropyLoss()(logits, functional.one_hot(labels, logits.shape[1]))
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("No one-hot rows")
def classes_in_place_of_logits(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(network(images).argmax(dim=1), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("lost the graph")
def without_a_graph(network, images, labels, optimizer):
    optimizer.zero_grad()
    with torch.no_grad():
        loss = nn.CrossEntropyLoss()(network(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("lost the graph")
def detached(network, images, labels, optimizer):
    optimizer.zero_grad()
    logits = network(images).detach()
    loss = nn.CrossEntropyLoss()(logits, labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("gives a plain number")
def item_too_early(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(network(images), labels).item()
    loss.backward()
    optimizer.step()
    return loss


@train_step.wrong("The loss must be one number")
def a_loss_for_each(network, images, labels, optimizer):
    optimizer.zero_grad()
    losses = functional.cross_entropy(network(images), labels, reduction="none")
    losses.backward()
    optimizer.step()
    return losses.mean().item()


@train_step.wrong("becomes Python's by `loss.item\\(\\)`")
def to_numpy(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(network(images), labels)
    loss.backward()
    optimizer.step()
    return loss.numpy()


@train_step.wrong("Before the first step there is no gradient")
def zero_by_hand(network, images, labels, optimizer):
    for weights in network.parameters():
        weights.grad.zero_()
    loss = nn.CrossEntropyLoss()(network(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("called twice for one loss")
def backward_twice(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(network(images), labels)
    loss.backward()
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step.wrong("by the gradients of the step before")
def step_before_backward_with_old_gradients(network, images, labels, optimizer):
    loss = nn.CrossEntropyLoss()(network(images), labels)
    optimizer.step()
    loss.backward()
    return loss.item()


@train_step.wrong("Does the step come before it")
def backward_again_after_the_step(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = functional.cross_entropy(network(images), labels)
    loss.backward(retain_graph=True)
    optimizer.step()
    loss.backward()
    return loss.item()


@train_step.wrong("An optimizer isn't called")
def calls_the_optimizer(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(network(images), labels)
    loss.backward()
    optimizer(network)
    return loss.item()


@train_step.wrong("That is Keras's")
def as_in_keras(network, images, labels, optimizer):
    network.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy")
    return network.fit(images, labels)


@train_step.wrong("It raised NameError")
def unknown_name(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = loss_function(network(images), labels)  # noqa: F821
    loss.backward()
    optimizer.step()
    return loss.item()


for line, other, why in (
    (
        "optimizer.zero_grad(set_to_none=False)",
        "optimizer.zero_grad()",
        "gradients that are 0 and gradients that aren't there are the same to what comes",
    ),
    (
        "optimizer.zero_grad(set_to_none=False)",
        "optimizer.zero_grad(set_to_none=True)",
        "gradients that are 0 and gradients that aren't there are the same to what comes",
    ),
    ("network.train()", "dropped", "the mode is the caller's"),
    (
        "loss = nn.NLLLoss()(network(images).log_softmax(-1), labels)",
        "loss = nn.NLLLoss()(network(images).log_softmax(1), labels)",
        "the last axis is the second one",
    ),
):
    train_step.equivalent(f"{line}  ->  {other}", why)


predict = Bank()


@predict.right
def in_inference_mode(network, images):
    mode = network.training
    network.train(False)
    with torch.inference_mode():
        logits = network(images)
    network.train(mode)
    return logits.argmax(-1).numpy()


@predict.right
def with_a_decorator(network, images):
    @torch.no_grad()
    def compute():
        return network(images).max(1).indices

    before = network.training
    network.eval()
    classes = compute()
    network.train(before)
    return classes.tolist()


@predict.right
def with_if(network, images):
    came_in_training = network.training
    if came_in_training:
        network.eval()
    with torch.no_grad():
        _, classes = torch.max(network(images), dim=1)
    if came_in_training:
        network.train()
    return classes


@predict.right
def with_finally(network, images):
    mode = network.training
    try:
        network.eval()
        with torch.no_grad():
            return np.argmax(network(images).numpy(), axis=1)
    finally:
        network.train(mode)


@predict.right
def a_copy(network, images):
    twin = copy.deepcopy(network).eval()
    with torch.no_grad():
        return twin(images).argmax(1)


@predict.right
def one_by_one(network, images):
    mode = network.training
    network.eval()
    classes = []
    with torch.no_grad():
        for image in images:
            classes.append(network(image[None]).argmax().item())
    network.train(mode)
    return classes


@predict.right
def in_batches(network, images):
    mode = network.training
    network.eval()
    with torch.no_grad():
        logits = torch.cat([network(batch) for batch in images.split(4)])
    network.train(mode)
    return logits.argmax(dim=1).to(torch.int32)


@predict.right
def of_probabilities(network, images):
    mode = network.training
    with torch.no_grad():
        probabilities = torch.softmax(network.eval()(images), dim=1)
    network.train(mode)
    return probabilities.argmax(dim=-1)


@predict.right
def with_switches(network, images):
    mode, records = network.training, torch.is_grad_enabled()
    network.eval()
    torch.set_grad_enabled(False)
    classes = network(images).argmax(1)
    torch.set_grad_enabled(records)
    network.train(mode)
    return classes


@predict.right
def each_layers_mode(network, images):
    modes = {layer: layer.training for layer in network.modules()}
    network.eval()
    with torch.no_grad():
        classes = network(images).topk(1).indices[:, 0]
    for layer, mode in modes.items():
        layer.training = mode
    return classes


@predict.right
def layer_by_layer(network, images):
    mode = network.training
    network.eval()
    with torch.set_grad_enabled(False):
        for layer in network:
            images = layer(images)
    network.train(mode)
    return images.argmax(1)


@predict.right
def sorted_logits(network, images):
    mode = network.training
    network.eval()
    with torch.no_grad():
        order = network.forward(images).argsort(dim=1, descending=True)
    network.train(mode)
    return order[:, 0]


@predict.right
def as_floats(network, images):
    mode = network.training
    network.eval()
    with torch.no_grad():
        classes = network(images).argmax(1)
    network.train(mode)
    return classes.float()


@predict.right
def with_a_context(network, images):
    @contextlib.contextmanager
    def for_use():
        mode = network.training
        network.eval()
        yield
        network.train(mode)

    with for_use(), torch.no_grad():
        return network(images).argmax(1)


@predict.right
def frozen_for_a_while(network, images):
    mode = network.training
    network.eval().requires_grad_(False)
    classes = network(images).argmax(1)
    network.requires_grad_(True).train(mode)
    return classes


def logits_for_use(network, images):
    """The logits as they should be computed; for what is wrong below."""
    mode = network.training
    network.eval()
    with torch.no_grad():
        logits = network(images)
    network.train(mode)
    return logits


@predict.wrong("Parentheses are missing: `with torch.no_grad\\(\\):`")
def no_grad_without_parentheses(network, images):
    was_training = network.training
    network.eval()
    with torch.no_grad:
        answers = network(images).argmax(dim=1)
    network.train(was_training)
    return answers


@predict.wrong("return the network. Its mode is `network.training`")
def the_network_for_its_mode(network, images):
    mode = network.train(False)
    with torch.no_grad():
        answers = network(images).argmax(dim=1)
    network.train(mode)
    return answers


@predict.wrong("dropout is on")
def nothing_switched(network, images):
    return network(images).argmax(1)


@predict.wrong("only stops the recording")
def no_grad_alone(network, images):
    with torch.no_grad():
        return network(images).argmax(1)


@predict.wrong("only stops the recording")
def eval_without_parentheses(network, images):
    mode = network.training
    network.eval  # noqa: B018
    with torch.no_grad():
        classes = network(images).argmax(1)
    network.train(mode)
    return classes


@predict.wrong("only stops the recording")
def train_for_eval(network, images):
    network.train()
    with torch.no_grad():
        return network(images).argmax(1)


@predict.wrong("only stops the recording")
def the_flag_alone(network, images):
    mode = network.training
    network.training = False
    with torch.no_grad():
        classes = network(images).argmax(1)
    network.training = mode
    return classes


@predict.wrong("only stops the recording")
def dropout_alone(network, images):
    for layer in network:
        if isinstance(layer, nn.Dropout):
            layer.eval()
    with torch.no_grad():
        return network(images).argmax(1)


@predict.wrong("isn't left in the mode in which it came")
def stays_in_eval(network, images):
    network.eval()
    with torch.no_grad():
        return network(images).argmax(1)


@predict.wrong("isn't left in the mode in which it came")
def eval_alone(network, images):
    network.eval()
    return network(images).argmax(1)


@predict.wrong("isn't left in the mode in which it came")
def always_back_to_training(network, images):
    network.eval()
    with torch.no_grad():
        classes = network(images).argmax(1)
    network.train()
    return classes


@predict.wrong("isn't left in the mode in which it came")
def mode_kept_too_late(network, images):
    network.eval()
    mode = network.training
    with torch.no_grad():
        classes = network(images).argmax(1)
    network.train(mode)
    return classes


@predict.wrong("isn't left in the mode in which it came")
def never_reached(network, images):
    mode = network.training
    network.eval()
    with torch.no_grad():
        return network(images).argmax(1)
    network.train(mode)


@predict.wrong("A graph for gradients is recorded")
def no_no_grad(network, images):
    mode = network.training
    network.eval()
    classes = network(images).argmax(1)
    network.train(mode)
    return classes


@predict.wrong("A graph for gradients is recorded")
def detached_in_the_end(network, images):
    mode = network.training
    network.eval()
    classes = network(images).detach().numpy().argmax(1)
    network.train(mode)
    return classes


@predict.wrong("A graph for gradients is recorded")
def no_grad_too_late(network, images):
    mode = network.training
    network.eval()
    logits = network(images)
    with torch.no_grad():
        classes = logits.argmax(1)
    network.train(mode)
    return classes


@predict.wrong("A graph for gradients is recorded")
def no_grad_called(network, images):
    mode = network.training
    network.eval()
    torch.no_grad()
    classes = network(images).argmax(1)
    network.train(mode)
    return classes


@predict.wrong("From here on, PyTorch records no gradients")
def switched_off_for_good(network, images):
    mode = network.training
    network.eval()
    torch.set_grad_enabled(False)
    classes = network(images).argmax(1)
    network.train(mode)
    return classes


@predict.wrong("no longer ask for a gradient")
def frozen(network, images):
    mode = network.training
    network.eval()
    for weights in network.parameters():
        weights.requires_grad = False
    classes = network(images).argmax(1)
    network.train(mode)
    return classes


@predict.wrong("aren't what they were")
def weights_halved(network, images):
    mode = network.training
    network.eval()
    with torch.no_grad():
        for layer in network:
            if isinstance(layer, nn.Linear):
                layer.weight *= 0.5
        classes = network(images).argmax(1)
    network.train(mode)
    return classes


@predict.wrong("It doesn't ask the network")
def all_zeros(network, images):
    return torch.zeros(len(images), dtype=torch.int64)


@predict.wrong("Those are the logits")
def the_logits(network, images):
    return logits_for_use(network, images)


@predict.wrong("Those are probabilities")
def the_probabilities(network, images):
    return logits_for_use(network, images).softmax(dim=1)


@predict.wrong("Those are the largest values")
def the_largest(network, images):
    return logits_for_use(network, images).amax(1)


@predict.wrong("Those are the largest values")
def the_confidence(network, images):
    return logits_for_use(network, images).softmax(dim=1).max(dim=1)[0]


@predict.wrong("gives two tensors")
def both(network, images):
    return logits_for_use(network, images).max(1)


@predict.wrong("gives two tensors")
def both_of_probabilities(network, images):
    return torch.max(functional.softmax(logits_for_use(network, images), dim=1), dim=1)


@predict.wrong("`argmax` over the images")
def over_the_images(network, images):
    return logits_for_use(network, images).argmax(0)


@predict.wrong("one place among all the logits")
def over_everything(network, images):
    return logits_for_use(network, images).argmax()


@predict.wrong("the place of the smallest logit")
def the_smallest(network, images):
    return logits_for_use(network, images).argmin(1)


@predict.wrong("shape \\(n, 1\\)")
def as_a_column(network, images):
    return logits_for_use(network, images).argmax(1).reshape(-1, 1)


@predict.wrong("That is one-hot")
def as_one_hot(network, images):
    logits = logits_for_use(network, images)
    return functional.one_hot(logits.argmax(1), logits.shape[1])


@predict.wrong("counted from 1")
def from_one(network, images):
    return logits_for_use(network, images).argmax(1) + 1


@predict.wrong("the first image alone")
def the_first(network, images):
    return logits_for_use(network, images).argmax(1)[0].item()


@predict.wrong("all classes, the best one first")
def all_sorted(network, images):
    return logits_for_use(network, images).sort(dim=1, descending=True).indices


@predict.wrong("With one image, an axis gets lost")
def squeezed(network, images):
    return logits_for_use(network, images).squeeze().argmax(-1)


@predict.wrong("With one image, an axis gets lost")
def squeezed_at_the_end(network, images):
    return logits_for_use(network, images).argmax(1).squeeze()


@predict.wrong("by a threshold")
def over_one_half(network, images):
    return (logits_for_use(network, images).softmax(1) > 0.5).long()


@predict.wrong("`item\\(\\)` is for a tensor of a single number")
def item_of_all(network, images):
    return logits_for_use(network, images).argmax(1).item()


@predict.wrong("can't become an array")
def straight_to_numpy(network, images):
    mode = network.training
    network.eval()
    logits = network(images).numpy()
    network.train(mode)
    return logits.argmax(axis=1)


@predict.wrong("The logits have two axes")
def a_third_axis(network, images):
    return logits_for_use(network, images).argmax(dim=2)


@predict.wrong("Are parentheses missing")
def no_call(network, images):
    return logits_for_use(network, images).argmax[1]


@predict.wrong("That is Keras's")
def predicted_as_in_keras(network, images):
    return network.predict(images).argmax(axis=1)


@predict.wrong("It returns None")
def classes_printed(network, images):
    print(logits_for_use(network, images).argmax(1))


@predict.wrong("is text, not a number")
def classes_in_words(network, images):
    return str(logits_for_use(network, images).argmax(1).tolist())


@predict.wrong("must be made of real numbers")
def the_network(network, images):
    network.eval()
    with torch.no_grad():
        network(images)
    return network.train()


@predict.wrong("It took too long")
def never_ends(network, images):
    for _ in itertools.count():
        pass
    return network(images)


for line, other, why in (
    ("return logits.argmax(-1).numpy()", "return logits.argmax(1).numpy()", "the last axis is the second one"),
    (
        "return probabilities.argmax(dim=-1)",
        "return probabilities.argmax(dim=1)",
        "the last axis is the second one",
    ),
    (
        "logits = torch.cat([network(batch) for batch in images.split(4)])",
        "logits = torch.cat([network(batch) for batch in images.split(3)])",
        "in eval mode, no image depends on its batch",
    ),
    (
        "logits = torch.cat([network(batch) for batch in images.split(4)])",
        "logits = torch.cat([network(batch) for batch in images.split(5)])",
        "in eval mode, no image depends on its batch",
    ),
    (
        "classes = network(images).topk(1).indices[:, 0]",
        "classes = network(images).topk(2).indices[:, 0]",
        "the first of two is the first of all",
    ),
    (
        "classes = network(images).topk(1).indices[:, 0]",
        "classes = network(images).topk(1).indices[:, -1]",
        "there is only one",
    ),
):
    predict.equivalent(f"{line}  ->  {other}", why)
