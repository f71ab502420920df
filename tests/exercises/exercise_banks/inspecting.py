"""Answers to the exercises of lesson 07."""

import numpy as np

from exercise_banks import Bank

seen_pixels = Bank()


@seen_pixels.right
def calls_itself(layers, place):
    if not layers:
        return place, place
    *before, (window, stride, padding) = layers
    start = place * stride - padding
    return calls_itself(before, start)[0], calls_itself(before, start + window - 1)[1]


@seen_pixels.right
def as_a_set_of_places(layers, place):
    seen = {place}
    for window, stride, padding in layers[::-1]:
        seen = {value * stride - padding + step for value in seen for step in range(window)}
    return [min(seen), max(seen)]


@seen_pixels.right
def start_and_width(layers, place):
    width, step, start = 1, 1, 0
    for window, stride, padding in layers:
        start -= padding * step
        width += (window - 1) * step
        step *= stride
    first = start + place * step
    return np.array([first, first + width - 1])


@seen_pixels.right
def with_a_while_loop(layers, place):
    low, high, number = place, place, len(layers)
    while number > 0:
        number -= 1
        window, stride, padding = layers[number]
        low, high = low * stride - padding, high * stride - padding + (window - 1)
    return low, high


@seen_pixels.wrong("from the first to the last")
def forwards(layers, place):
    first = last = place
    for window, stride, padding in layers:
        first = first * stride - padding
        last = last * stride - padding + window - 1
    return first, last


@seen_pixels.wrong("padding is left out")
def no_padding(layers, place):
    first = last = place
    for window, stride, _ in reversed(layers):
        first, last = first * stride, last * stride + window - 1
    return first, last


@seen_pixels.wrong("wrong sign")
def adds_the_padding(layers, place):
    first = last = place
    for window, stride, padding in reversed(layers):
        first, last = first * stride + padding, last * stride + padding + window - 1
    return first, last


@seen_pixels.wrong("at one end only")
def padding_twice(layers, place):
    first = last = place
    for window, stride, padding in reversed(layers):
        first, last = first * stride - 2 * padding, last * stride - 2 * padding + window - 1
    return first, last


@seen_pixels.wrong("moves both ends")
def padding_of_first_only(layers, place):
    first = last = place
    for window, stride, padding in reversed(layers):
        first, last = first * stride - padding, last * stride + window - 1
    return first, last


@seen_pixels.wrong("starts at 5 ends at 7")
def forgets_minus_one(layers, place):
    first = last = place
    for window, stride, padding in reversed(layers):
        first, last = first * stride - padding, last * stride - padding + window
    return first, last


@seen_pixels.wrong("not the one after it")
def as_for_a_slice(layers, place):
    first = last = place
    for window, stride, padding in reversed(layers):
        first, last = first * stride - padding, last * stride - padding + window - 1
    return first, last + 1


@seen_pixels.wrong("stride is left out")
def no_stride(layers, place):
    first = last = place
    for window, _, padding in reversed(layers):
        first, last = first - padding, last - padding + window - 1
    return first, last


@seen_pixels.wrong("is the order")
def stride_before_window(layers, place):
    first = last = place
    for stride, window, padding in reversed(layers):
        first, last = first * stride - padding, last * stride - padding + window - 1
    return first, last


@seen_pixels.wrong("`place` says which one")
def of_the_first_value(layers, place):
    first = last = 0
    for window, stride, padding in reversed(layers):
        first, last = first * stride - padding, last * stride - padding + window - 1
    return first, last


@seen_pixels.wrong("last layer only(.|\n)*Go on to the image")
def returns_in_the_loop(layers, place):
    first = last = place
    for window, stride, padding in reversed(layers):
        first, last = first * stride - padding, last * stride - padding + window - 1
        return first, last
    return first, last


@seen_pixels.wrong("first layer only")
def from_place_each_time(layers, place):
    first = last = place
    for window, stride, padding in reversed(layers):
        first, last = place * stride - padding, place * stride - padding + window - 1
    return first, last


@seen_pixels.wrong("cut off at the rim")
def no_pixel_before_0(layers, place):
    first = last = place
    for window, stride, padding in reversed(layers):
        first, last = first * stride - padding, last * stride - padding + window - 1
    return max(0, first), last


@seen_pixels.wrong("how many pixels it sees")
def first_and_width(layers, place):
    first = last = place
    for window, stride, padding in reversed(layers):
        first, last = first * stride - padding, last * stride - padding + window - 1
    return first, last - first + 1


@seen_pixels.wrong("goes back through the layers by itself")
def end_from_the_start(layers, place):
    first = last = place
    for window, stride, padding in reversed(layers):
        first = first * stride - padding
        last = first + window - 1
    return first, last


@seen_pixels.wrong("in the wrong order")
def last_before_first(layers, place):
    first = last = place
    for window, stride, padding in reversed(layers):
        first, last = first * stride - padding, last * stride - padding + window - 1
    return last, first


@seen_pixels.wrong("must be 2 values")
def the_width_alone(layers, place):
    width, step = 1, 1
    for window, stride, _ in layers:
        width += (window - 1) * step
        step *= stride
    return width


@seen_pixels.wrong("comes in each layer")
def minus_one_at_the_end_only(layers, place):
    first = last = place
    for window, stride, padding in reversed(layers):
        first, last = first * stride - padding, last * stride - padding + window
    return first, last - 1


@seen_pixels.wrong("must be 2 values(.|\n)*NoneType")
def prints_only(layers, place):
    first = last = place
    for window, stride, padding in reversed(layers):
        first, last = first * stride - padding, last * stride - padding + window - 1
    print(first, last)


@seen_pixels.wrong("changes `layers` in place")
def uses_up_the_layers(layers, place):
    first = last = place
    while layers:
        window, stride, padding = layers.pop()
        first, last = first * stride - padding, last * stride - padding + window - 1
    return first, last


class_map = Bank()


@class_map.right
def channel_by_channel(maps, slopes):
    total = np.zeros(maps.shape[:2])
    for channel in range(maps.shape[2]):
        total += slopes[:, :, channel].mean() * maps[:, :, channel]
    return total.clip(min=0)


@class_map.right
def with_a_product(maps, slopes):
    against_and_for = maps @ np.array([channel.mean() for channel in np.moveaxis(slopes, -1, 0)])
    return against_and_for * (against_and_for > 0)


@class_map.right
def with_einsum(maps, slopes):
    weights = np.einsum("ijk->k", slopes) / slopes[:, :, 0].size
    return (np.einsum("ijk,k->ij", maps, weights)).clip(min=0)


@class_map.right
def where_it_is_positive(maps, slopes):
    total = (slopes.mean(axis=0).mean(axis=0) * maps).sum(axis=2)
    return [[value if value > 0 else 0 for value in row] for row in total]


@class_map.wrong("nothing is cut off")
def no_relu(maps, slopes):
    return (slopes.mean(axis=(0, 1)) * maps).sum(axis=-1)


@class_map.wrong("lost their sign")
def absolute(maps, slopes):
    return np.abs((slopes.mean(axis=(0, 1)) * maps).sum(axis=-1))


@class_map.wrong("nothing is cut off")
def relu_on_the_maps(maps, slopes):
    return (slopes.mean(axis=(0, 1)) * np.maximum(maps, 0)).sum(axis=-1)


@class_map.wrong("took the size of the slopes")
def size_of_the_weights(maps, slopes):
    return np.maximum((abs(slopes.mean(axis=(0, 1))) * maps).sum(axis=-1), 0)


@class_map.wrong("by its own slope")
def place_by_place(maps, slopes):
    return np.maximum((slopes * maps).sum(axis=-1), 0)


@class_map.wrong("sum of the slopes")
def summed_slopes(maps, slopes):
    return np.maximum((slopes.sum(axis=(0, 1)) * maps).sum(axis=-1), 0)


@class_map.wrong("mean over the channels")
def mean_of_channels(maps, slopes):
    return np.maximum((slopes.mean(axis=(0, 1)) * maps).mean(axis=-1), 0)


@class_map.wrong("strongest channel")
def strongest_channel(maps, slopes):
    return np.maximum((slopes.mean(axis=(0, 1)) * maps).max(axis=-1), 0)


@class_map.wrong("slopes are cut off at 0")
def relu_on_the_slopes(maps, slopes):
    return (np.maximum(slopes, 0).mean(axis=(0, 1)) * maps).sum(axis=-1)


@class_map.wrong("divided by its largest")
def from_0_to_1(maps, slopes):
    total = np.maximum((slopes.mean(axis=(0, 1)) * maps).sum(axis=-1), 0)
    return total / total.max() if total.max() else total


@class_map.wrong("has the shape")
def keeps_the_channels(maps, slopes):
    return np.maximum(slopes.mean(axis=(0, 1)) * maps, 0)


@class_map.wrong("has the shape|must be")
def sums_over_places(maps, slopes):
    return np.maximum((slopes.mean(axis=(0, 1)) * maps).sum(axis=(0, 1)), 0)


@class_map.wrong("one weight for all channels")
def one_weight(maps, slopes):
    return np.maximum((slopes.mean() * maps).sum(axis=-1), 0)


@class_map.wrong("changed places")
def slopes_for_maps(maps, slopes):
    return np.maximum((maps.mean(axis=(0, 1)) * slopes).sum(axis=-1), 0)


@class_map.wrong("one weight for each place")
def mean_over_channels(maps, slopes):
    return np.maximum((slopes.mean(axis=-1, keepdims=True) * maps).sum(axis=-1), 0)


class_map.equivalent(
    "weights = slopes.mean(axis=(0, 1))  ->  weights = slopes.mean(axis=(1, 0))",
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
    "weights = np.einsum('ijk->k', slopes) / slopes[:, :, 0].size  ->  "
    "weights = np.einsum('ijk->k', slopes) / slopes[:, :, -1].size",
    "all channels have equally many places",
)
class_map.equivalent(
    "total = (slopes.mean(axis=0).mean(axis=0) * maps).sum(axis=2)  ->  "
    "total = (slopes.mean(axis=1).mean(axis=0) * maps).sum(axis=2)",
    "a mean over rows and columns does not depend on their order",
)

step_towards = Bank()


@step_towards.right
def pixel_by_pixel(image, weights, bias, target, epsilon):
    logits = image @ weights + bias
    p = np.exp(logits - max(logits))
    p = p / p.sum()
    moved = []
    for pixel, row in zip(image, weights, strict=True):
        slope = sum(p[k] * row[k] for k in range(len(p))) - row[target]
        moved.append(min(max(pixel - epsilon * np.sign(slope), 0), 1))
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
    slope = (weights * (p - (np.arange(len(p)) == target))).sum(axis=1)
    return np.minimum(np.maximum(image - epsilon * np.sign(slope), 0), 1)


def slope_along_pixels(image, weights, bias, target):
    """What some of the wrong answers below start from."""
    logits = image @ weights + bias
    p = np.exp(logits - logits.max())
    p = p / p.sum()
    p[target] -= 1
    return weights @ p


@step_towards.wrong("away from the target")
def uphill(image, weights, bias, target, epsilon):
    return np.clip(image + epsilon * np.sign(slope_along_pixels(image, weights, bias, target)), 0, 1)


@step_towards.wrong("no ink below 0")
def no_clipping(image, weights, bias, target, epsilon):
    return image - epsilon * np.sign(slope_along_pixels(image, weights, bias, target))


@step_towards.wrong("only the sign of its slope")
def no_sign(image, weights, bias, target, epsilon):
    return np.clip(image - epsilon * slope_along_pixels(image, weights, bias, target), 0, 1)


@step_towards.wrong("raises the logit of the target")
def own_logit_only(image, weights, bias, target, epsilon):
    return np.clip(image + epsilon * np.sign(weights[:, target]), 0, 1)


@step_towards.wrong("lowers the logit of the target")
def own_logit_down(image, weights, bias, target, epsilon):
    return np.clip(image - epsilon * np.sign(weights[:, target]), 0, 1)


@step_towards.wrong("class in the lead only")
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


@step_towards.wrong("bias is left out")
def no_bias(image, weights, bias, target, epsilon):
    slope = slope_along_pixels(image, weights, np.zeros(len(bias)), target)
    return np.clip(image - epsilon * np.sign(slope), 0, 1)


@step_towards.wrong("away from the class that the network reads")
def away_from_the_answer(image, weights, bias, target, epsilon):
    answer = (image @ weights + bias).argmax()
    return np.clip(image + epsilon * np.sign(slope_along_pixels(image, weights, bias, answer)), 0, 1)


@step_towards.wrong("1 is not taken away")
def nothing_wanted(image, weights, bias, target, epsilon):
    logits = image @ weights + bias
    p = np.exp(logits - logits.max())
    return np.clip(image - epsilon * np.sign(weights @ (p / p.sum())), 0, 1)


@step_towards.wrong("the change only")
def the_change(image, weights, bias, target, epsilon):
    return -epsilon * np.sign(slope_along_pixels(image, weights, bias, target))


@step_towards.wrong("slope is 0 stays")
def two_signs_only(image, weights, bias, target, epsilon):
    slope = slope_along_pixels(image, weights, bias, target)
    return np.clip(np.where(slope > 0, image - epsilon, image + epsilon), 0, 1)


@step_towards.wrong("slope is 0 stays")
def two_signs_the_other_way(image, weights, bias, target, epsilon):
    slope = slope_along_pixels(image, weights, bias, target)
    return np.clip(np.where(slope < 0, image + epsilon, image - epsilon), 0, 1)


@step_towards.wrong("power of a thousand")
def overflows(image, weights, bias, target, epsilon):
    powers = np.exp(image @ weights + bias)
    error = powers / powers.sum()
    error[target] -= 1
    return np.clip(image - epsilon * np.sign(weights @ error), 0, 1)


@step_towards.wrong("has the shape|must be|ValueError")
def along_the_logits(image, weights, bias, target, epsilon):
    logits = image @ weights + bias
    p = np.exp(logits - logits.max())
    p = p / p.sum()
    p[target] -= 1
    return np.clip(image - epsilon * np.sign(p), 0, 1)


@step_towards.wrong("changes `image` in place")
def in_place(image, weights, bias, target, epsilon):
    image -= epsilon * np.sign(slope_along_pixels(image, weights, bias, target))
    return np.clip(image, 0, 1)


@step_towards.wrong("end with `return`")
def returns_nothing(image, weights, bias, target, epsilon):
    image = image - epsilon * np.sign(slope_along_pixels(image, weights, bias, target))
