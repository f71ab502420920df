"""Answers to the exercises of lesson 07."""

import collections
import functools
import math

import numpy as np

from exercise_banks import Bank

seen_pixels = Bank()


@seen_pixels.right
def calls_itself(layers, place):
    if not layers:
        return place, place
    *before, (kernel_size, stride, padding) = layers
    start = place * stride - padding
    return calls_itself(before, start)[0], calls_itself(before, start + kernel_size - 1)[1]


@seen_pixels.right
def as_a_set_of_places(layers, place):
    seen = {place}
    for kernel_size, stride, padding in layers[::-1]:
        seen = {value * stride - padding + step for value in seen for step in range(kernel_size)}
    return [min(seen), max(seen)]


@seen_pixels.right
def start_and_width(layers, place):
    width, step, start = 1, 1, 0
    for kernel_size, stride, padding in layers:
        start -= padding * step
        width += (kernel_size - 1) * step
        step *= stride
    first = start + place * step
    return np.array([first, first + width - 1])


@seen_pixels.right
def with_a_while_loop(layers, place):
    low, high, number = place, place, len(layers)
    while number > 0:
        number -= 1
        kernel_size, stride, padding = layers[number]
        low, high = low * stride - padding, high * stride - padding + (kernel_size - 1)
    return low, high


@seen_pixels.right
def folded_from_the_right(layers, place):
    def back(ends, layer):
        kernel_size, stride, padding = layer
        return ends[0] * stride - padding, ends[1] * stride - padding + kernel_size - 1

    return functools.reduce(back, layers[::-1], (place, place))


@seen_pixels.right
def as_a_named_tuple(layers, place):
    ends = collections.namedtuple("Ends", "first last")
    step = math.prod(stride for _, stride, _ in layers)
    first = place * step
    last = first
    for kernel_size, stride, padding in reversed(layers):
        step //= stride
        first -= padding * step
        last += (kernel_size - 1 - padding) * step
    return ends(first, last)


@seen_pixels.right
def as_a_product_of_matrices(layers, place):
    to_pixels = np.eye(3)
    for kernel_size, stride, padding in layers:
        to_pixels = to_pixels @ [[stride, 0, -padding], [0, stride, kernel_size - 1 - padding], [0, 0, 1]]
    return (to_pixels @ [place, place, 1])[:2]


@seen_pixels.right
def a_generator_of_both_ends(layers, place):
    for reach in (0, 1):
        end = place
        for kernel_size, stride, padding in layers[::-1]:
            end = end * stride - padding + reach * (kernel_size - 1)
        yield end


@seen_pixels.wrong("from the first layer to the last")
def forwards(layers, place):
    first = last = place
    for kernel_size, stride, padding in layers:
        first = first * stride - padding
        last = last * stride - padding + kernel_size - 1
    return first, last


@seen_pixels.wrong("padding is missing")
def no_padding(layers, place):
    first = last = place
    for kernel_size, stride, _ in reversed(layers):
        first, last = first * stride, last * stride + kernel_size - 1
    return first, last


@seen_pixels.wrong("wrong sign")
def adds_the_padding(layers, place):
    first = last = place
    for kernel_size, stride, padding in reversed(layers):
        first, last = first * stride + padding, last * stride + padding + kernel_size - 1
    return first, last


@seen_pixels.wrong("Subtract the padding once")
def padding_twice(layers, place):
    first = last = place
    for kernel_size, stride, padding in reversed(layers):
        first, last = first * stride - 2 * padding, last * stride - 2 * padding + kernel_size - 1
    return first, last


@seen_pixels.wrong("moves both ends")
def padding_of_first_only(layers, place):
    first = last = place
    for kernel_size, stride, padding in reversed(layers):
        first, last = first * stride - padding, last * stride + kernel_size - 1
    return first, last


@seen_pixels.wrong("starts at 5 ends at 7")
def forgets_minus_one(layers, place):
    first = last = place
    for kernel_size, stride, padding in reversed(layers):
        first, last = first * stride - padding, last * stride - padding + kernel_size
    return first, last


@seen_pixels.wrong("not the one after it")
def as_for_a_slice(layers, place):
    first = last = place
    for kernel_size, stride, padding in reversed(layers):
        first, last = first * stride - padding, last * stride - padding + kernel_size - 1
    return first, last + 1


@seen_pixels.wrong("stride is missing")
def no_stride(layers, place):
    first = last = place
    for kernel_size, _, padding in reversed(layers):
        first, last = first - padding, last - padding + kernel_size - 1
    return first, last


@seen_pixels.wrong("is the order")
def stride_before_window(layers, place):
    first = last = place
    for stride, kernel_size, padding in reversed(layers):
        first, last = first * stride - padding, last * stride - padding + kernel_size - 1
    return first, last


@seen_pixels.wrong("`place` says which value")
def of_the_first_value(layers, place):
    first = last = 0
    for kernel_size, stride, padding in reversed(layers):
        first, last = first * stride - padding, last * stride - padding + kernel_size - 1
    return first, last


@seen_pixels.wrong("before the last one(.|\n)*Go on to the image")
def returns_in_the_loop(layers, place):
    first = last = place
    for kernel_size, stride, padding in reversed(layers):
        first, last = first * stride - padding, last * stride - padding + kernel_size - 1
        return first, last
    return first, last


@seen_pixels.wrong("first layer only")
def from_place_each_time(layers, place):
    first = last = place
    for kernel_size, stride, padding in reversed(layers):
        first, last = place * stride - padding, place * stride - padding + kernel_size - 1
    return first, last


@seen_pixels.wrong("cut off at the rim")
def no_pixel_before_0(layers, place):
    first = last = place
    for kernel_size, stride, padding in reversed(layers):
        first, last = first * stride - padding, last * stride - padding + kernel_size - 1
    return max(0, first), last


@seen_pixels.wrong("how many pixels it sees")
def first_and_width(layers, place):
    first = last = place
    for kernel_size, stride, padding in reversed(layers):
        first, last = first * stride - padding, last * stride - padding + kernel_size - 1
    return first, last - first + 1


@seen_pixels.wrong("computed from `first`")
def end_from_the_start(layers, place):
    first = last = place
    for kernel_size, stride, padding in reversed(layers):
        first = first * stride - padding
        last = first + kernel_size - 1
    return first, last


@seen_pixels.wrong("in the wrong order")
def last_before_first(layers, place):
    first = last = place
    for kernel_size, stride, padding in reversed(layers):
        first, last = first * stride - padding, last * stride - padding + kernel_size - 1
    return last, first


@seen_pixels.wrong("instead of adding it")
def padding_on_both_sides(layers, place):
    first = last = place
    for kernel_size, stride, padding in reversed(layers):
        first, last = first * stride - padding, last * stride + padding + kernel_size - 1
    return first, last


@seen_pixels.wrong("the width is not")
def width_without_strides(layers, place):
    first = place
    for _, stride, padding in reversed(layers):
        first = first * stride - padding
    return first, first + sum(kernel_size - 1 for kernel_size, _, _ in layers)


@seen_pixels.wrong("a kernel of one value, with zeros|perhaps not yours")
def kernels_of_one_value_left_out(layers, place):
    first = last = place
    for kernel_size, stride, padding in reversed(layers):
        if kernel_size > 1:
            first, last = first * stride - padding, last * stride - padding + kernel_size - 1
    return first, last


@seen_pixels.wrong("no layer at all")
def at_least_one_layer(layers, place):
    *before, (kernel_size, stride, padding) = layers
    first, last = place * stride - padding, place * stride - padding + kernel_size - 1
    return (*at_least_one_layer(before, first)[:1], *at_least_one_layer(before, last)[1:]) if before else (first, last)


@seen_pixels.wrong("numbers differ|12 layers|result\\[")
def three_layers_at_most(layers, place):
    first = last = place
    for kernel_size, stride, padding in layers[-5:][::-1]:
        first, last = first * stride - padding, last * stride - padding + kernel_size - 1
    return first, last


@seen_pixels.wrong("The padding is missing")
def padding_of_the_first_layer_only(layers, place):
    first = last = place
    for number, (kernel_size, stride, padding) in reversed(list(enumerate(layers))):
        padding = padding if number == 0 else 0
        first, last = first * stride - padding, last * stride - padding + kernel_size - 1
    return first, last


@seen_pixels.wrong("perhaps not yours: The padding is missing")
def same_padding_supposed(layers, place):
    first = last = place
    for kernel_size, stride, padding in reversed(layers):
        padding = (kernel_size - 1) // 2 if padding else 0
        first, last = first * stride - padding, last * stride - padding + kernel_size - 1
    return first, last


@seen_pixels.wrong("result\\[0\\] is not the right number")
def stride_up_to_the_kernel(layers, place):
    first = last = place
    for kernel_size, stride, padding in reversed(layers):
        stride = min(stride, max(kernel_size, 1))
        first, last = first * stride - padding, last * stride - padding + kernel_size - 1
    return first, last


@seen_pixels.wrong("is laid around `place \\* stride`")
def around_each_place(layers, place):
    first = last = place
    for kernel_size, stride, padding in reversed(layers):
        first = first * stride - padding - kernel_size // 2
        last = last * stride - padding + kernel_size // 2
    return first, last


@seen_pixels.wrong("is laid around `place \\* stride`")
def around_each_place_whatever_the_padding(layers, place):
    first = last = place
    for kernel_size, stride, _ in reversed(layers):
        first = first * stride - kernel_size // 2
        last = last * stride + kernel_size // 2
    return first, last


@seen_pixels.wrong("result\\[1\\]|computed from")
def centered_on_the_middle(layers, place):
    middle, width, step = place, 1, 1
    for kernel_size, stride, _ in layers:
        width += (kernel_size - 1) * step
        step *= stride
    for kernel_size, stride, padding in reversed(layers):
        middle = middle * stride - padding + (kernel_size - 1) // 2
    return middle - (width - 1) // 2, middle + (width - 1) // 2


@seen_pixels.wrong("not enough values to unpack|too many values")
def two_numbers_a_layer(layers, place):
    first = last = place
    for kernel_size, stride in reversed(layers):
        first, last = first * stride, last * stride + kernel_size - 1
    return first, last


@seen_pixels.wrong("cut off at the rim")
def clipped_in_each_layer(layers, place):
    first = last = place
    for kernel_size, stride, padding in reversed(layers):
        first, last = max(first * stride - padding, 0), max(last * stride - padding + kernel_size - 1, 0)
    return first, last


@seen_pixels.wrong("must be 2 values")
def the_width_alone(layers, place):
    width, step = 1, 1
    for kernel_size, stride, _ in layers:
        width += (kernel_size - 1) * step
        step *= stride
    return width


@seen_pixels.wrong("belongs in each layer")
def minus_one_at_the_end_only(layers, place):
    first = last = place
    for kernel_size, stride, padding in reversed(layers):
        first, last = first * stride - padding, last * stride - padding + kernel_size
    return first, last - 1


@seen_pixels.wrong("must be 2 values(.|\n)*NoneType")
def prints_only(layers, place):
    first = last = place
    for kernel_size, stride, padding in reversed(layers):
        first, last = first * stride - padding, last * stride - padding + kernel_size - 1
    print(first, last)


@seen_pixels.wrong("changes `layers` in place")
def uses_up_the_layers(layers, place):
    first = last = place
    while layers:
        kernel_size, stride, padding = layers.pop()
        first, last = first * stride - padding, last * stride - padding + kernel_size - 1
    return first, last


@seen_pixels.wrong("counted from 0")
def counts_from_1(layers, place):
    first = last = place - 1
    for kernel_size, stride, padding in reversed(layers):
        first, last = first * stride - padding, last * stride - padding + kernel_size - 1
    return first, last


@seen_pixels.wrong("one place of \\*its\\* layer")
def padding_not_times_the_strides(layers, place):
    width, step, start = 1, 1, 0
    for kernel_size, stride, padding in layers:
        start -= padding
        width += (kernel_size - 1) * step
        step *= stride
    first = start + place * step
    return first, first + width - 1


class_map = Bank()


@class_map.right
def channel_by_channel(maps, gradients):
    total = np.zeros(maps.shape[:2])
    for channel in range(maps.shape[2]):
        total += gradients[:, :, channel].mean() * maps[:, :, channel]
    return total.clip(min=0)


@class_map.right
def with_a_product(maps, gradients):
    against_and_for = maps @ np.array([channel.mean() for channel in np.moveaxis(gradients, -1, 0)])
    return against_and_for * (against_and_for > 0)


@class_map.right
def with_einsum(maps, gradients):
    weights = np.einsum("ijk->k", gradients) / gradients[:, :, 0].size
    return (np.einsum("ijk,k->ij", maps, weights)).clip(min=0)


@class_map.right
def where_it_is_positive(maps, gradients):
    total = (gradients.mean(axis=0).mean(axis=0) * maps).sum(axis=2)
    return [[value if value > 0 else 0 for value in row] for row in total]


@class_map.right
def with_keras(maps, gradients):
    import keras

    weights = keras.ops.mean(gradients, axis=(0, 1))
    return keras.ops.relu(keras.ops.tensordot(maps, weights, axes=1))


@class_map.right
def with_tensorflow(maps, gradients):
    import tensorflow as tf

    weights = tf.reduce_mean(tf.cast(gradients, "float32"), axis=(0, 1))
    return tf.nn.relu(tf.reduce_sum(weights * tf.cast(maps, "float32"), axis=-1))


@class_map.right
def place_after_place(maps, gradients):
    height, width, channels = maps.shape
    weights = [sum(gradients[i, j, c] for i in range(height) for j in range(width)) for c in range(channels)]
    return [
        [max(0, sum(weights[c] * maps[i, j, c] for c in range(channels)) / (height * width)) for j in range(width)]
        for i in range(height)
    ]


@class_map.right
def flat_places(maps, gradients):
    flat = maps.reshape(-1, maps.shape[-1]) @ gradients.reshape(-1, maps.shape[-1]).mean(axis=0)
    flat[flat < 0] = 0
    return flat.reshape(maps.shape[:-1])


@class_map.right
def half_of_sum_and_size(maps, gradients):
    total = np.dot(maps, np.average(gradients, axis=(0, 1)))
    return (total + abs(total)) / 2


@class_map.wrong("nothing is cut off")
def no_relu(maps, gradients):
    return (gradients.mean(axis=(0, 1)) * maps).sum(axis=-1)


@class_map.wrong("lost their sign")
def absolute(maps, gradients):
    return np.abs((gradients.mean(axis=(0, 1)) * maps).sum(axis=-1))


@class_map.wrong("nothing is cut off")
def relu_on_the_maps(maps, gradients):
    return (gradients.mean(axis=(0, 1)) * np.maximum(maps, 0)).sum(axis=-1)


@class_map.wrong("weights have lost their sign")
def size_of_the_weights(maps, gradients):
    return np.maximum((abs(gradients.mean(axis=(0, 1))) * maps).sum(axis=-1), 0)


@class_map.wrong("its own partial derivative")
def place_by_place(maps, gradients):
    return np.maximum((gradients * maps).sum(axis=-1), 0)


@class_map.wrong("sum of the gradients")
def summed_gradients(maps, gradients):
    return np.maximum((gradients.sum(axis=(0, 1)) * maps).sum(axis=-1), 0)


@class_map.wrong("mean over the channels")
def mean_of_channels(maps, gradients):
    return np.maximum((gradients.mean(axis=(0, 1)) * maps).mean(axis=-1), 0)


@class_map.wrong("strongest channel")
def strongest_channel(maps, gradients):
    return np.maximum((gradients.mean(axis=(0, 1)) * maps).max(axis=-1), 0)


@class_map.wrong("gradients are cut off at 0")
def relu_on_the_gradients(maps, gradients):
    return (np.maximum(gradients, 0).mean(axis=(0, 1)) * maps).sum(axis=-1)


@class_map.wrong("weights are cut off at 0")
def relu_on_the_weights(maps, gradients):
    weights = np.maximum(gradients.mean(axis=(0, 1)), 0)
    return (weights * maps).sum(axis=-1)


@class_map.wrong("weights are cut off at 0")
def relu_on_the_weights_and_the_sum(maps, gradients):
    weights = gradients.mean(axis=(0, 1)).clip(min=0)
    return np.maximum((weights * maps).sum(axis=-1), 0)


@class_map.wrong("divided by its largest")
def from_0_to_1(maps, gradients):
    total = np.maximum((gradients.mean(axis=(0, 1)) * maps).sum(axis=-1), 0)
    return total / total.max() if total.max() else total


@class_map.wrong("cut off above 1")
def from_0_to_1_by_clipping(maps, gradients):
    return np.clip((gradients.mean(axis=(0, 1)) * maps).sum(-1), 0, 1)


@class_map.wrong("Only what speaks against")
def minimum_for_maximum(maps, gradients):
    return np.minimum((gradients.mean(axis=(0, 1)) * maps).sum(axis=-1), 0)


@class_map.wrong("count alike")
def no_weights(maps, gradients):
    return np.maximum(maps.sum(axis=-1), 0)


@class_map.wrong("numbers differ|perhaps not yours")
def weights_of_the_first_row(maps, gradients):
    return np.maximum((gradients[0].mean(axis=0) * maps).sum(axis=-1), 0)


@class_map.wrong("numbers differ|perhaps not yours")
def weights_of_the_first_place(maps, gradients):
    return np.maximum((gradients[0, 0] * maps).sum(axis=-1), 0)


@class_map.wrong("numbers differ|perhaps not yours")
def two_channels_only(maps, gradients):
    weights = gradients.mean(axis=(0, 1))
    return np.maximum(weights[0] * maps[..., 0] + (weights[1] * maps[..., 1] if len(weights) > 1 else 0), 0)


@class_map.wrong("12 channels")
def ten_channels_at_most(maps, gradients):
    return np.maximum((gradients.mean(axis=(0, 1)) * maps)[..., :10].sum(axis=-1), 0)


@class_map.wrong("The result has shape|single number")
def squeezed(maps, gradients):
    return np.maximum((gradients.mean(axis=(0, 1)) * maps).sum(axis=-1), 0).squeeze()


@class_map.wrong("axes are in reverse order")
def transposed(maps, gradients):
    return np.maximum((gradients.mean(axis=(0, 1)) * maps).sum(axis=-1), 0).T


@class_map.wrong("numbers differ")
def rounded_map(maps, gradients):
    return np.maximum((gradients.mean(axis=(0, 1)) * maps).sum(axis=-1), 0).round(1)


@class_map.wrong("changes `maps` in place")
def weighted_in_place(maps, gradients):
    maps *= gradients.mean(axis=(0, 1))
    return np.maximum(maps.sum(axis=-1), 0)


@class_map.wrong("has shape")
def sums_rows(maps, gradients):
    return np.maximum((gradients.mean(axis=(0, 1)) * maps).sum(axis=0), 0)


@class_map.wrong("has shape")
def keeps_the_channels(maps, gradients):
    return np.maximum(gradients.mean(axis=(0, 1)) * maps, 0)


@class_map.wrong("has shape|must be")
def sums_over_places(maps, gradients):
    return np.maximum((gradients.mean(axis=(0, 1)) * maps).sum(axis=(0, 1)), 0)


@class_map.wrong("one weight for all channels")
def one_weight(maps, gradients):
    return np.maximum((gradients.mean() * maps).sum(axis=-1), 0)


@class_map.wrong("changed places")
def gradients_for_maps(maps, gradients):
    return np.maximum((maps.mean(axis=(0, 1)) * gradients).sum(axis=-1), 0)


@class_map.wrong("one weight for each place")
def mean_over_channels(maps, gradients):
    return np.maximum((gradients.mean(axis=-1, keepdims=True) * maps).sum(axis=-1), 0)


class_map.equivalent(
    "weights = gradients.mean(axis=(0, 1))  ->  weights = gradients.mean(axis=(1, 0))",
    "a mean over two axes does not depend on their order",
)
class_map.equivalent(
    "return np.maximum((weights * maps).sum(axis=-1), 0)  ->  return np.maximum(0, (weights * maps).sum(axis=-1))",
    "the larger of two does not depend on their order",
)
for right, mutant in (
    (
        "return [[value if value > 0 else 0 for value in row] for row in total]",
        "return [[value if value >= 0 else 0 for value in row] for row in total]",
    ),
    ("return against_and_for * (against_and_for > 0)", "return against_and_for * (against_and_for >= 0)"),
):
    class_map.equivalent(f"{right}  ->  {mutant}", "what is 0 stays 0 either way")
class_map.equivalent(
    "weights = np.einsum('ijk->k', gradients) / gradients[:, :, 0].size  ->  "
    "weights = np.einsum('ijk->k', gradients) / gradients[:, :, -1].size",
    "all channels have equally many places",
)
class_map.equivalent(
    "total = (gradients.mean(axis=0).mean(axis=0) * maps).sum(axis=2)  ->  "
    "total = (gradients.mean(axis=1).mean(axis=0) * maps).sum(axis=2)",
    "a mean over rows and columns does not depend on their order",
)

for line, before, after, why in (
    ("weights = keras.ops.mean(gradients, axis=(0, 1))", "(0, 1)", "(1, 0)", "a mean over two axes needs no order"),
    (
        "weights = tf.reduce_mean(tf.cast(gradients, 'float32'), axis=(0, 1))",
        "(0, 1)",
        "(1, 0)",
        "a mean over two axes needs no order",
    ),
    (
        "total = np.dot(maps, np.average(gradients, axis=(0, 1)))",
        "(0, 1)",
        "(1, 0)",
        "a mean over two axes needs no order",
    ),
    (
        "flat = maps.reshape(-1, maps.shape[-1]) @ gradients.reshape(-1, maps.shape[-1]).mean(axis=0)",
        "maps.reshape(-1,",
        "maps.reshape(-2,",
        "NumPy takes any number below 0",
    ),
    (
        "flat = maps.reshape(-1, maps.shape[-1]) @ gradients.reshape(-1, maps.shape[-1]).mean(axis=0)",
        "gradients.reshape(-1,",
        "gradients.reshape(-2,",
        "NumPy takes any number below 0",
    ),
    ("flat[flat < 0] = 0", "<", "<=", "what is 0 stays 0 either way"),
):
    class_map.equivalent(f"{line}  ->  {line.replace(before, after)}", why)

step_towards = Bank()


@step_towards.right
def pixel_by_pixel(image, weights, bias, target, epsilon):
    logits = image @ weights + bias
    p = np.exp(logits - max(logits))
    p = p / p.sum()
    moved = []
    for pixel, row in zip(image, weights, strict=True):
        gradient = sum(p[k] * row[k] for k in range(len(p))) - row[target]
        moved.append(min(max(pixel - epsilon * np.sign(gradient), 0), 1))
    return moved


@step_towards.right
def with_one_hot(image, weights, bias, target, epsilon):
    logits = bias + weights.T @ image
    logits = logits - logits.max()
    p = np.exp(logits) / np.exp(logits).sum()
    wanted = np.eye(len(bias))[target]
    return (image + epsilon * np.sign((wanted - p) @ weights.T)).clip(0, 1)


@step_towards.right
def by_log_softmax(image, weights, bias, target, epsilon):
    logits = np.matmul(image, weights) + bias
    shifted = logits - logits.max()
    p = np.exp(shifted - np.log(np.exp(shifted).sum()))
    gradient = (weights * (p - (np.arange(len(p)) == target))).sum(axis=1)
    return np.minimum(np.maximum(image - epsilon * np.sign(gradient), 0), 1)


@step_towards.right
def with_a_softmax_of_its_own(image, weights, bias, target, epsilon):
    powers = np.exp(image @ weights + bias)
    error = powers / powers.sum()
    error[target] -= 1
    return np.clip(image - epsilon * np.sign(weights @ error), 0, 1)


@step_towards.right
def with_a_tape(image, weights, bias, target, epsilon):
    import tensorflow as tf

    pixels, weights, bias = (tf.constant(array, "float64") for array in (image, weights, bias))
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        logits = tf.linalg.matvec(weights, pixels, transpose_a=True) + bias
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(target, logits)
    return tf.clip_by_value(pixels - epsilon * tf.sign(tape.gradient(loss, pixels)), 0, 1)


@step_towards.right
def by_expected_weights(image, weights, bias, target, epsilon):
    logits = [float(sum(image * column) + b) for column, b in zip(weights.T, bias, strict=True)]
    powers = [math.exp(logit - max(logits)) for logit in logits]
    expected = np.average(weights, axis=1, weights=powers)
    moved = np.select(
        [weights[:, target] > expected, weights[:, target] < expected], [image + epsilon, image - epsilon], image
    )
    return np.clip(moved, 0, 1)


@step_towards.right
def pulled_by_every_other_class(image, weights, bias, target, epsilon):
    def softmax(logits):
        powers = np.exp(logits - np.max(logits))
        return powers / np.sum(powers)

    pull = (weights[:, [target]] - weights) @ softmax(np.dot(image, weights) + bias)
    steps = epsilon * (pull > 0) - epsilon * (pull < 0)
    return np.clip(image + steps, 0, 1)


@step_towards.right
def with_keras_as_a_list(image, weights, bias, target, epsilon):
    import keras

    p = keras.ops.convert_to_numpy(keras.ops.softmax(keras.ops.convert_to_tensor(image @ weights + bias)))
    error = p - keras.utils.to_categorical(target, len(p))
    signs = np.sign(np.einsum("pk,k->p", weights, error))
    return [float(min(1, max(0, pixel - epsilon * sign))) for pixel, sign in zip(image, signs, strict=True)]


def gradient_along_pixels(image, weights, bias, target):
    """What some of the wrong answers below start from."""
    logits = image @ weights + bias
    p = np.exp(logits - logits.max())
    p = p / p.sum()
    p[target] -= 1
    return weights @ p


@step_towards.wrong("away from the target")
def uphill(image, weights, bias, target, epsilon):
    return np.clip(image + epsilon * np.sign(gradient_along_pixels(image, weights, bias, target)), 0, 1)


@step_towards.wrong("no ink below 0")
def no_clipping(image, weights, bias, target, epsilon):
    return image - epsilon * np.sign(gradient_along_pixels(image, weights, bias, target))


@step_towards.wrong("only the sign of its partial derivative")
def no_sign(image, weights, bias, target, epsilon):
    return np.clip(image - epsilon * gradient_along_pixels(image, weights, bias, target), 0, 1)


@step_towards.wrong("raises the logit of the target")
def own_logit_only(image, weights, bias, target, epsilon):
    return np.clip(image + epsilon * np.sign(weights[:, target]), 0, 1)


@step_towards.wrong("lowers the logit of the target")
def own_logit_down(image, weights, bias, target, epsilon):
    return np.clip(image - epsilon * np.sign(weights[:, target]), 0, 1)


@step_towards.wrong("likeliest class only")
def against_the_leader(image, weights, bias, target, epsilon):
    leader = (image @ weights + bias).argmax()
    return np.clip(image + epsilon * np.sign(weights[:, target] - weights[:, leader]), 0, 1)


@step_towards.wrong("Nothing has moved")
def the_image_itself(image, weights, bias, target, epsilon):
    return image


@step_towards.wrong("All other classes count alike")
def others_alike(image, weights, bias, target, epsilon):
    return np.clip(image - epsilon * np.sign(weights.mean(axis=1) - weights[:, target]), 0, 1)


@step_towards.wrong("taken for probabilities")
def no_softmax(image, weights, bias, target, epsilon):
    error = image @ weights + bias
    error[target] -= 1
    return np.clip(image - epsilon * np.sign(weights @ error), 0, 1)


@step_towards.wrong("bias is added after softmax")
def bias_after_softmax(image, weights, bias, target, epsilon):
    logits = image @ weights
    p = np.exp(logits - logits.max())
    error = p / p.sum() + bias
    error[target] -= 1
    return np.clip(image - epsilon * np.sign(weights @ error), 0, 1)


@step_towards.wrong("bias is missing")
def no_bias(image, weights, bias, target, epsilon):
    gradient = gradient_along_pixels(image, weights, np.zeros(len(bias)), target)
    return np.clip(image - epsilon * np.sign(gradient), 0, 1)


@step_towards.wrong("away from the class that the network reads")
def away_from_the_answer(image, weights, bias, target, epsilon):
    answer = (image @ weights + bias).argmax()
    return np.clip(image + epsilon * np.sign(gradient_along_pixels(image, weights, bias, answer)), 0, 1)


@step_towards.wrong("1 is not subtracted")
def nothing_wanted(image, weights, bias, target, epsilon):
    logits = image @ weights + bias
    p = np.exp(logits - logits.max())
    return np.clip(image - epsilon * np.sign(weights @ (p / p.sum())), 0, 1)


@step_towards.wrong("to 0, or to 1")
def whole_steps_only(image, weights, bias, target, epsilon):
    moved = image - epsilon * np.sign(gradient_along_pixels(image, weights, bias, target))
    return np.where((moved >= 0) & (moved <= 1), moved, image)


@step_towards.wrong("to the class that the network reads now")
def further_to_the_answer(image, weights, bias, target, epsilon):
    answer = (image @ weights + bias).argmax()
    return np.clip(image - epsilon * np.sign(gradient_along_pixels(image, weights, bias, answer)), 0, 1)


@step_towards.wrong("divide them by their sum")
def powers_for_probabilities(image, weights, bias, target, epsilon):
    error = np.exp(image @ weights + bias)
    error[target] -= 1
    return np.clip(image - epsilon * np.sign(weights @ error), 0, 1)


@step_towards.wrong("Nothing moves where the target")
def stays_where_the_target_leads(image, weights, bias, target, epsilon):
    if (image @ weights + bias).argmax() == target:
        return image
    return np.clip(image - epsilon * np.sign(gradient_along_pixels(image, weights, bias, target)), 0, 1)


@step_towards.wrong("differ|perhaps not yours")
def rounded_probabilities(image, weights, bias, target, epsilon):
    logits = image @ weights + bias
    p = np.exp(logits - logits.max())
    error = np.round(p / p.sum(), 2)
    error[target] -= 1
    return np.clip(image - epsilon * np.sign(weights @ error), 0, 1)


@step_towards.wrong("leads already, by far|perhaps not yours")
def probabilities_of_a_hundredth_at_least(image, weights, bias, target, epsilon):
    logits = image @ weights + bias
    p = np.exp(logits - logits.max())
    error = np.clip(p / p.sum(), 0.01, 0.99)
    error[target] -= 1
    return np.clip(image - epsilon * np.sign(weights @ error), 0, 1)


@step_towards.wrong("differ")
def clipped_at_1_only(image, weights, bias, target, epsilon):
    return np.minimum(image - epsilon * np.sign(gradient_along_pixels(image, weights, bias, target)), 1)


@step_towards.wrong("perhaps not yours: Some pixels leave")
def clipped_at_0_only(image, weights, bias, target, epsilon):
    return np.maximum(image - epsilon * np.sign(gradient_along_pixels(image, weights, bias, target)), 0)


@step_towards.wrong("12 classes|perhaps not yours")
def ten_classes_at_most(image, weights, bias, target, epsilon):
    weights, bias = weights[:, :10], bias[:10]
    gradient = gradient_along_pixels(image, weights, bias, min(target, 9))
    return np.clip(image - epsilon * np.sign(gradient), 0, 1)


@step_towards.wrong("squared error of the probabilities")
def squared_error(image, weights, bias, target, epsilon):
    logits = image @ weights + bias
    p = np.exp(logits - logits.max())
    p = p / p.sum()
    error = p - np.eye(len(p))[target]
    return np.clip(image - epsilon * np.sign(weights @ (p * error - p * (p * error).sum())), 0, 1)


@step_towards.wrong("differ")
def first_pixel_only(image, weights, bias, target, epsilon):
    moved = image.copy()
    moved[0] -= epsilon * np.sign(gradient_along_pixels(image, weights, bias, target)[0])
    return np.clip(moved, 0, 1)


@step_towards.wrong("differ")
def stretched_to_0_and_1(image, weights, bias, target, epsilon):
    moved = image - epsilon * np.sign(gradient_along_pixels(image, weights, bias, target))
    return (moved - moved.min()) / (moved.max() - moved.min())


@step_towards.wrong("the change only")
def the_change(image, weights, bias, target, epsilon):
    return -epsilon * np.sign(gradient_along_pixels(image, weights, bias, target))


@step_towards.wrong("derivative is 0 stays")
def two_signs_only(image, weights, bias, target, epsilon):
    gradient = gradient_along_pixels(image, weights, bias, target)
    return np.clip(np.where(gradient > 0, image - epsilon, image + epsilon), 0, 1)


@step_towards.wrong("derivative is 0 stays")
def two_signs_the_other_way(image, weights, bias, target, epsilon):
    gradient = gradient_along_pixels(image, weights, bias, target)
    return np.clip(np.where(gradient < 0, image + epsilon, image - epsilon), 0, 1)


@step_towards.wrong("gradient with respect to the \\*logits\\*")
def along_the_logits(image, weights, bias, target, epsilon):
    logits = image @ weights + bias
    p = np.exp(logits - logits.max())
    p = p / p.sum()
    p[target] -= 1
    return np.clip(image - epsilon * np.sign(p), 0, 1)


@step_towards.wrong("All pixels move the same way")
def along_the_logit_of_the_target(image, weights, bias, target, epsilon):
    logits = image @ weights + bias
    p = np.exp(logits - logits.max())
    p = p / p.sum()
    return np.clip(image - epsilon * np.sign(p[target] - 1), 0, 1)


@step_towards.wrong("wrong way around")
def product_the_wrong_way_around(image, weights, bias, target, epsilon):
    logits = image @ weights + bias
    p = np.exp(logits - logits.max())
    p = p / p.sum()
    p[target] -= 1
    return np.clip(image - epsilon * np.sign(p @ weights), 0, 1)


@step_towards.wrong("changes `image` in place")
def in_place(image, weights, bias, target, epsilon):
    image -= epsilon * np.sign(gradient_along_pixels(image, weights, bias, target))
    return np.clip(image, 0, 1)


@step_towards.wrong("end with `return`")
def returns_nothing(image, weights, bias, target, epsilon):
    image = image - epsilon * np.sign(gradient_along_pixels(image, weights, bias, target))


for mutant, why in {
    "p = np.exp(logits - max(logits))  ->  p = np.exp(logits + max(logits))": "what is added to all logits cancels out",
    "shifted = logits - logits.max()  ->  shifted = logits + logits.max()": "what is added to all logits cancels out",
    "logits = logits - logits.max()  ->  logits = logits + logits.max()": "what is added to all logits cancels out",
    "logits = logits - logits.max()  ->  dropped": "what is subtracted from all logits cancels out",
    "moved.append(min(max(pixel - epsilon * np.sign(gradient), 0), 1))  ->  "
    "moved.append(min(1, max(pixel - epsilon * np.sign(gradient), 0)))": "the smaller of two needs no order",
    "moved.append(min(max(pixel - epsilon * np.sign(gradient), 0), 1))  ->  "
    "moved.append(min(max(0, pixel - epsilon * np.sign(gradient)), 1))": "the larger of two needs no order",
    "return np.minimum(np.maximum(image - epsilon * np.sign(gradient), 0), 1)  ->  "
    "return np.minimum(np.maximum(0, image - epsilon * np.sign(gradient)), 1)": "the larger of two needs no order",
    "return np.minimum(np.maximum(image - epsilon * np.sign(gradient), 0), 1)  ->  "
    "return np.minimum(1, np.maximum(image - epsilon * np.sign(gradient), 0))": "the smaller of two needs no order",
    "return np.clip(image - epsilon * np.sign(weights @ error), 0, 1)  ->  "
    "return np.clip(0, image - epsilon * np.sign(weights @ error), 1)": "0 is then raised to what it is clipped at",
    "return np.clip(image - epsilon * np.sign(gradient), 0, 1)  ->  "
    "return np.clip(0, image - epsilon * np.sign(gradient), 1)": "0 is then raised to what it is clipped at",
    "powers = np.exp(logits - np.max(logits))  ->  powers = np.exp(logits + np.max(logits))": "what is added to all "
    "logits cancels out",
    "powers = [math.exp(logit - max(logits)) for logit in logits]  ->  "
    "powers = [math.exp(logit + max(logits)) for logit in logits]": "what is added to all logits cancels out",
    "return powers / np.sum(powers)  ->  return powers * np.sum(powers)": "a positive factor changes no sign",
    "return np.clip(moved, 0, 1)  ->  return np.clip(0, moved, 1)": "0 is then raised to what it is clipped at",
    "return np.clip(image + steps, 0, 1)  ->  return np.clip(0, image + steps, 1)": "0 is then raised to what it is "
    "clipped at",
}.items():
    step_towards.equivalent(mutant, why)
for mutant in ("min(1, max(pixel - epsilon * sign, 0))", "min(max(0, pixel - epsilon * sign), 1)"):
    step_towards.equivalent(
        "return [float(min(1, max(0, pixel - epsilon * sign))) for pixel, sign in zip(image, signs, strict=True)]  ->  "
        f"return [float({mutant}) for pixel, sign in zip(image, signs, strict=True)]",
        "the larger or smaller of two needs no order",
    )
for mutant, why in {
    "width, step, start = (1, 1, 0)  ->  step, width, start = (1, 1, 0)": "both are 1",
    "step //= stride  ->  step /= stride": "it divides without a rest",
    "low, high, number = (place, place, len(layers))  ->  high, low, number = (place, place, len(layers))": "both are "
    "the same place",
}.items():
    seen_pixels.equivalent(mutant, why)
