"""Answers to the exercises of lesson 04."""

import functools
import math

import numpy as np

from exercise_banks import Bank

CONVOLUTIONS = 2_368 + 3_480  # of the thumbnails' network, worked out by hand: 148 · 16 and 145 · 24

thumbnail_shape = Bank()
thumbnail_shape.right_value((6, 3, 24), [6, 3, 24], np.array([6, 3, 24]), (6.0, 3.0, 24.0))
thumbnail_shape.wrong_value("Pooling rounds down", (6, 4, 24))
thumbnail_shape.wrong_value(r"the \+ 1", (5, 3, 24))
thumbnail_shape.wrong_value("default is `valid`", (7, 5, 24))
thumbnail_shape.wrong_value("7 × 7 here, not 3 × 3", (7, 4, 24))
thumbnail_shape.wrong_value("takes nothing away", (5, 2, 24))
thumbnail_shape.wrong_value("One pooling layer is left out", (12, 7, 24))
thumbnail_shape.wrong_value("not the first one's", (6, 3, 16))
thumbnail_shape.wrong_value("not those of the image", (6, 3, 3))
thumbnail_shape.wrong_value("do not pile up", (6, 3, 384))
thumbnail_shape.wrong_value("Height comes first", (3, 6, 24))
thumbnail_shape.wrong_value("channels come last", (24, 6, 3))
thumbnail_shape.wrong_value("3 numbers", (6, 3), 432)
thumbnail_shape.wrong_value("Leave out the `None`", (None, 6, 3, 24), [None, 6, 3, 24])
thumbnail_shape.wrong_value("real numbers, but it is a tuple of object that holds None", (None, 6, 4, 24))
thumbnail_shape.wrong_value("is text", "(6, 3, 24)")
thumbnail_shape.wrong_value("too large", (6, 3, 25), (24, 14, 24))
thumbnail_shape.right_value(np.array([6, 3, 24], dtype="float32"), np.array([[6, 3, 24]])[0].tolist())
thumbnail_shape.wrong_value("too small", (4, 2, 24))

thumbnail_parameters = Bank()
thumbnail_parameters.right_value(
    10_178, 10_178.0, np.int64(10_178), (7 * 7 * 3 + 1) * 16 + (3 * 3 * 16 + 1) * 24 + (6 * 3 * 24 + 1) * 10
)
thumbnail_parameters.wrong_value("one for each filter, and one for each dense unit", 10_178 - 16 - 24 - 10)
thumbnail_parameters.wrong_value("dense layer's biases are missing", 10_168)
thumbnail_parameters.wrong_value("3 channels in the first convolution and 16", 50 * 16 + 10 * 24 + 4_330)
thumbnail_parameters.wrong_value("A filter of the second is not flat either", 6_938)
thumbnail_parameters.wrong_value("more than one bias", 10_131)
thumbnail_parameters.wrong_value("24 channels, not 16", 8_738)
thumbnail_parameters.wrong_value("reads a color image", 50 * 16 + 3_480 + 4_330)
thumbnail_parameters.wrong_value("the 16 channels that the first one made", 2_368 + 28 * 24 + 4_330)
thumbnail_parameters.wrong_value("every number of the flattened row", CONVOLUTIONS + 250)
thumbnail_parameters.wrong_value("not 18 numbers", CONVOLUTIONS + 190)
thumbnail_parameters.wrong_value("which learns too", CONVOLUTIONS)
thumbnail_parameters.wrong_value("dense layer alone", 4_330)
thumbnail_parameters.wrong_value("A filter has one bias", 50 * 3 * 16 + 10 * 16 * 24 + 4_330)
thumbnail_parameters.wrong_value("Those are multiply-adds", 336 * 2_352 + 84 * 3_456 + 4_320)
for places in (24, 15, 35, 28, 10, 84):  # the usual mistakes about the shape, carried on into the dense layer
    thumbnail_parameters.wrong_value("What does `Flatten` lay in one row", CONVOLUTIONS + (places * 24 + 1) * 10)
thumbnail_parameters.wrong_value("too small", 0, 10_177)
thumbnail_parameters.wrong_value("too large", 10_179, 121_994)
thumbnail_parameters.wrong_value("is text", "10,178")
thumbnail_parameters.wrong_value("a single number", (2_368, 3_480, 4_330))


def conv(shape, filters, side):
    """The count of a convolution, and the shape of its output."""
    height, width, channels = shape
    return (side * side * channels + 1) * filters, (height - side + 1, width - side + 1, filters)


def pool(shape, side):
    height, width, channels = shape
    return 0, (height // side, width // side, channels)


def dense(shape, units):
    height, width, channels = shape
    return (height * width * channels + 1) * units, (1, 1, units)


def counts_of(shape, stack, **wrong):
    """Right, but for the layers that are given as wrong ones."""
    layers, counts = {"conv": conv, "pool": pool, "dense": dense} | wrong, []
    for kind, *numbers in stack:
        count, shape = layers[kind](shape, *numbers)
        counts.append(count)
    return counts


count_parameters = Bank()


@count_parameters.right
def shape_as_a_list(shape, stack):
    shape, counts = list(shape), []
    for layer in stack:
        if layer[0] == "conv":
            counts.append(layer[2] ** 2 * shape[2] * layer[1] + layer[1])
            shape = [shape[0] - layer[2] + 1, shape[1] - layer[2] + 1, layer[1]]
        if layer[0] == "pool":
            counts.append(0)
            shape = [shape[0] // layer[1], shape[1] // layer[1], shape[2]]
        if layer[0] == "dense":
            counts.append(layer[1] * np.prod(shape) + layer[1])
            shape = [1, 1, layer[1]]
    return counts


@count_parameters.right
def calls_itself(shape, stack):
    if not stack:
        return []
    (kind, number, *side), *others = stack
    height, width, channels = shape
    if kind == "pool":
        return [0, *calls_itself((height // number, width // number, channels), others)]
    side = side[0] if kind == "conv" else None
    if side is None:  # a dense layer: a unit is a filter as large as the image
        return [(height * width * channels + 1) * number, *calls_itself((1, 1, number), others)]
    shape = (height - side + 1, width - side + 1, number)
    return [(side * side * channels + 1) * number, *calls_itself(shape, others)]


@count_parameters.right
def with_match(shape, stack):
    h, w, c = shape
    counts = np.zeros(len(stack))
    for number, layer in enumerate(stack):
        match layer:
            case ("conv", n, k):
                counts[number] = n * (k * k * c + 1)
                h, w, c = h - (k - 1), w - (k - 1), n
            case ("pool", k):
                h, w = math.floor(h / k), math.floor(w / k)
            case ("dense", n):
                counts[number] = n * (h * w * c + 1)
                h = w = 1
                c = n
    return counts


@count_parameters.right
def counts_the_flat_row(shape, stack):
    (height, width, channels), flat, counts = shape, None, []
    for kind, *numbers in stack:
        if kind == "dense":
            inputs = height * width * channels if flat is None else flat
            counts.append(inputs * numbers[0] + numbers[0])
            flat = numbers[0]
        elif kind == "pool":
            counts.append(0)
            height, width = (len(range(0, n - numbers[0] + 1, numbers[0])) for n in (height, width))
        else:
            filters, side = numbers
            counts.append(sum([side * side * channels, 1]) * filters)
            height, width, channels = height - side + 1, width - side + 1, filters
    return tuple(counts)


@count_parameters.right
def yields(shape, stack):
    for kind, *numbers in stack:
        count, shape = {"conv": conv, "pool": pool, "dense": dense}[kind](shape, *numbers)
        yield count


@count_parameters.right
def folds(shape, stack):
    def one_more(done, layer):
        (height, width, channels), counts = done
        kind, n, side = (*layer, None)[:3]
        if kind == "conv":
            return (height + 1 - side, width + 1 - side, n), [*counts, n + n * channels * side * side]
        if kind == "pool":
            return (height // n, width // n, channels), [*counts, 0]
        return (1, 1, n), [*counts, n + n * channels * height * width]

    return functools.reduce(one_more, stack, (shape, []))[1]


@count_parameters.right
def asks_keras(shape, stack):
    """It builds the layers, and asks how large their weights are."""
    import keras

    layers = {
        "conv": lambda filters, side: keras.layers.Conv2D(filters, side),
        "pool": lambda side: keras.layers.MaxPooling2D(side),
        "dense": lambda units: keras.layers.Dense(units),
    }
    shape, counts = (None, *shape), []
    for kind, *numbers in stack:
        if kind == "dense":
            shape = (None, math.prod(shape[1:]))
        layer = layers[kind](*numbers)
        layer.build(shape)
        counts.append(layer.count_params())
        shape = layer.compute_output_shape(shape)
    return counts


class Plan:
    """Called like a function; it keeps the shape from layer to layer, and starts anew at each call."""

    def __call__(self, shape, stack):
        self.height, self.width, self.channels = shape
        return np.array([getattr(self, kind)(*numbers) for kind, *numbers in stack], dtype="int64")

    def conv(self, filters, side):
        count = filters * (side**2 * self.channels + 1)
        self.height, self.width, self.channels = self.height - side + 1, self.width - side + 1, filters
        return count

    def pool(self, side):
        self.height, self.width = self.height // side, self.width // side
        return 0

    def dense(self, units):
        count = units * (self.height * self.width * self.channels + 1)
        self.height, self.width, self.channels = 1, 1, units
        return count


count_parameters.right_value(Plan())


@count_parameters.wrong("biases are missing: one for each filter, and one for each unit")
def no_biases(shape, stack):
    height, width, channels = shape
    counts = []
    for kind, *numbers in stack:
        if kind == "conv":
            filters, side = numbers
            counts.append(side * side * channels * filters)
            height, width, channels = height - side + 1, width - side + 1, filters
        elif kind == "pool":
            counts.append(0)
            height, width = height // numbers[0], width // numbers[0]
        else:
            counts.append(height * width * channels * numbers[0])
            height, width, channels = 1, 1, numbers[0]
    return counts


@count_parameters.wrong("convolutions' biases are missing")
def no_biases_of_filters(shape, stack):
    return counts_of(shape, stack, conv=lambda s, n, k: (k * k * s[2] * n, conv(s, n, k)[1]))


@count_parameters.wrong("dense layers' biases are missing")
def no_biases_of_units(shape, stack):
    return counts_of(shape, stack, dense=lambda s, n: (math.prod(s) * n, (1, 1, n)))


@count_parameters.wrong("more than one bias")
def one_bias_a_layer(shape, stack):
    return counts_of(
        shape,
        stack,
        conv=lambda s, n, k: (k * k * s[2] * n + 1, conv(s, n, k)[1]),
        dense=lambda s, n: (math.prod(s) * n + 1, (1, 1, n)),
    )


@count_parameters.wrong("A filter is not flat")
def flat_filters(shape, stack):
    return counts_of(shape, stack, conv=lambda s, n, k: ((k * k + 1) * n, conv(s, n, k)[1]))


@count_parameters.wrong("one bias, not one for each channel")
def a_bias_for_each_channel(shape, stack):
    return counts_of(shape, stack, conv=lambda s, n, k: ((k * k + 1) * s[2] * n, conv(s, n, k)[1]))


@count_parameters.wrong("channels stay those of the image")
def channels_of_the_image(shape, stack):
    height, width, channels = shape
    counts = []
    for kind, *numbers in stack:
        if kind == "conv":
            filters, side = numbers
            counts.append((side * side * channels + 1) * filters)
            height, width = height - side + 1, width - side + 1
        elif kind == "pool":
            counts.append(0)
            height, width = height // numbers[0], width // numbers[0]
        else:
            counts.append((height * width * channels + 1) * numbers[0])
            height, width, channels = 1, 1, numbers[0]
    return counts


@count_parameters.wrong("not one number for each channel")
def dense_reads_channels(shape, stack):
    return counts_of(shape, stack, dense=lambda s, n: ((s[2] + 1) * n, (1, 1, n)))


@count_parameters.wrong("not one number for each position")
def dense_reads_places(shape, stack):
    return counts_of(shape, stack, dense=lambda s, n: ((s[0] * s[1] + 1) * n, (1, 1, n)))


@count_parameters.wrong("at how many positions does a window fit")
def padding_same(shape, stack):
    return counts_of(shape, stack, conv=lambda s, n, k: ((k * k * s[2] + 1) * n, (s[0], s[1], n)))


@count_parameters.wrong(r"the \+ 1 is missing")
def no_plus_one(shape, stack):
    return counts_of(shape, stack, conv=lambda s, n, k: ((k * k * s[2] + 1) * n, (s[0] - k, s[1] - k, n)))


@count_parameters.wrong("makes height and width smaller")
def pooling_does_nothing(shape, stack):
    return counts_of(shape, stack, pool=lambda s, k: (0, s))


@count_parameters.wrong("Pooling rounds down")
def pooling_rounds_up(shape, stack):
    return counts_of(shape, stack, pool=lambda s, k: (0, (math.ceil(s[0] / k), math.ceil(s[1] / k), s[2])))


@count_parameters.wrong("Height and width are whole numbers")
def pooling_gives_fractions(shape, stack):
    return counts_of(shape, stack, pool=lambda s, k: (0, (s[0] / k, s[1] / k, s[2])))


@count_parameters.wrong("does not always halve")
def pooling_always_halves(shape, stack):
    return counts_of(shape, stack, pool=lambda s, k: (0, (s[0] // 2, s[1] // 2, s[2])))


@count_parameters.wrong("leaves the channels as they are")
def pools_the_channels(shape, stack):
    return counts_of(shape, stack, pool=lambda s, k: (0, (s[0] // k, s[1] // k, s[2] // k)))


@count_parameters.wrong("its count is 0")
def pooling_learns(shape, stack):
    return counts_of(shape, stack, pool=lambda s, k: ((k * k + 1) * s[2], pool(s, k)[1]))


@count_parameters.wrong("The two numbers of a convolution are swapped")
def side_before_filters(shape, stack):
    return counts_of(shape, stack, conv=lambda s, k, n: conv(s, n, k))


@count_parameters.wrong("not always 3 × 3")
def windows_of_three(shape, stack):
    return counts_of(shape, stack, conv=lambda s, n, k: conv(s, n, 3))


@count_parameters.wrong("width has to be worked out, just like height")
def square_images_only(shape, stack):
    size, _, channels = shape
    counts = []
    for kind, *numbers in stack:
        if kind == "conv":
            filters, side = numbers
            counts.append((side * side * channels + 1) * filters)
            size, channels = size - side + 1, filters
        elif kind == "pool":
            counts.append(0)
            size //= numbers[0]
        else:
            counts.append((size**2 * channels + 1) * numbers[0])
            size, channels = 1, numbers[0]
    return counts


@count_parameters.wrong("A dense layer after a dense layer")
def dense_forgets_its_units(shape, stack):
    return counts_of(shape, stack, dense=lambda s, n: (dense(s, n)[0], s))


@count_parameters.wrong("Have height and width become 1")
def dense_keeps_the_places(shape, stack):
    return counts_of(shape, stack, dense=lambda s, n: (dense(s, n)[0], (s[0], s[1], n)))


@count_parameters.wrong("counts multiply-adds")
def counts_multiply_adds(shape, stack):
    def multiply_adds(shape, filters, side):
        count, after = conv(shape, filters, side)
        return count * after[0] * after[1], after

    return counts_of(shape, stack, conv=multiply_adds)


@count_parameters.wrong("That is the sum")
def total(shape, stack):
    return sum(counts_of(shape, stack))


@count_parameters.wrong("pooling layers are left out")
def no_row_for_pooling_layers(shape, stack):
    height, width, channels = shape
    counts = []
    for kind, *numbers in stack:
        if kind == "conv":
            filters, side = numbers
            counts.append((side * side * channels + 1) * filters)
            height, width, channels = height - side + 1, width - side + 1, filters
        elif kind == "pool":
            height, width = height // numbers[0], width // numbers[0]
        elif kind == "dense":
            counts.append((height * width * channels + 1) * numbers[0])
            height, width, channels = 1, 1, numbers[0]
    return counts


@count_parameters.wrong("those before it added")
def added_up(shape, stack):
    return np.cumsum(counts_of(shape, stack))


@count_parameters.wrong("the last layer only")
def list_made_in_the_loop(shape, stack):
    counts = []
    for kind, *numbers in stack:
        counts = []
        count, shape = {"conv": conv, "pool": pool, "dense": dense}[kind](shape, *numbers)
        counts.append(count)
    return counts


@count_parameters.wrong("Is `return` inside the loop")
def returns_in_the_loop(shape, stack):
    counts = []
    for kind, *numbers in stack:
        count, shape = {"conv": conv, "pool": pool, "dense": dense}[kind](shape, *numbers)
        counts.append(count)
        return counts


@count_parameters.wrong("as if it read the image")
def shape_never_changes(shape, stack):
    return [{"conv": conv, "pool": pool, "dense": dense}[kind](shape, *numbers)[0] for kind, *numbers in stack]


@count_parameters.wrong("end with `return`")
def prints_only(shape, stack):
    print(counts_of(shape, stack))


@count_parameters.wrong("It changes `stack` in place")
def uses_up_the_stack(shape, stack):
    counts = []
    while stack:
        kind, *numbers = stack.pop(0)
        count, shape = {"conv": conv, "pool": pool, "dense": dense}[kind](shape, *numbers)
        counts.append(count)
    return counts


@count_parameters.wrong("TypeError(.|\n)*line 3 of the cell")
def assigns_into_the_tuple(shape, stack):
    for layer in stack:
        shape[2] = layer[1]
    return []


@count_parameters.wrong("ValueError(.|\n)*line 3 of the cell")
def three_parts_always(shape, stack):
    counts = []
    for kind, number, side in stack:
        count, shape = conv(shape, number, side) if kind == "conv" else dense(shape, number)
        counts.append(count)
    return counts


@count_parameters.wrong("not always|window of 5|numbers differ")
def sides_of_three_or_less(shape, stack):
    return counts_of(shape, stack, conv=lambda s, n, k: conv(s, n, min(k, 3)))


@count_parameters.wrong("rounded to the nearest")
def pooling_rounds_to_the_nearest(shape, stack):
    return counts_of(shape, stack, pool=lambda s, k: (0, (int(s[0] / k + 0.5), int(s[1] / k + 0.5), s[2])))


@count_parameters.wrong("and makes height and width")
def takes_pooling_layers_out(shape, stack):
    return counts_of(shape, [layer for layer in stack if len(layer) != 2 or layer[0] == "dense"])


@count_parameters.wrong("only one channel is left")
def pools_the_channels_into_one(shape, stack):
    return counts_of(shape, stack, pool=lambda s, k: (0, (s[0] // k, s[1] // k, 1)))


@count_parameters.wrong("one of them stays as it is")
def pools_the_height_only(shape, stack):
    return counts_of(shape, stack, pool=lambda s, k: (0, (s[0] // k, s[1], s[2])))


@count_parameters.wrong("do not pile up")
def channels_pile_up(shape, stack):
    return counts_of(shape, stack, conv=lambda s, n, k: (conv(s, n, k)[0], (s[0] - k + 1, s[1] - k + 1, s[2] + n)))


@count_parameters.wrong("become 2 less")
def two_less_each_time(shape, stack):
    return counts_of(shape, stack, conv=lambda s, n, k: (conv(s, n, k)[0], (s[0] - 2, s[1] - 2, n)))


@count_parameters.wrong("do not move by one")
def pooling_windows_overlap(shape, stack):
    return counts_of(shape, stack, pool=lambda s, k: (0, (s[0] - k + 1, s[1] - k + 1, s[2])))


@count_parameters.wrong("side × side weights")
def window_of_one_row(shape, stack):
    return counts_of(shape, stack, conv=lambda s, n, k: ((k * s[2] + 1) * n, conv(s, n, k)[1]))


@count_parameters.wrong("channels are the last of the three")
def channels_first(shape, stack):
    return counts_of((shape[1], shape[2], shape[0]), stack)


@count_parameters.wrong("in the order of the stack")
def from_the_end(shape, stack):
    counts = []
    for kind, *numbers in stack:
        count, shape = {"conv": conv, "pool": pool, "dense": dense}[kind](shape, *numbers)
        counts.insert(0, count)
    return counts


@count_parameters.wrong("last layer is left out")
def stops_before_the_last(shape, stack):
    counts = []
    for i in range(len(stack) - 1):
        kind, *numbers = stack[i]
        count, shape = {"conv": conv, "pool": pool, "dense": dense}[kind](shape, *numbers)
        counts.append(count)
    return counts


@count_parameters.wrong("twelve layers")
def ten_places_for_ten_layers(shape, stack):
    return counts_of(shape, stack)[:10]


@count_parameters.wrong("millions of parameters")
def in_four_digits(shape, stack):
    return np.array(counts_of(shape, stack)).astype("uint16")


@count_parameters.wrong("read from a text")
def the_same_object(shape, stack):
    names, counts = ("conv", "pool", "dense"), []
    for kind, *numbers in stack:
        for name, layer in zip(names, (conv, pool, dense), strict=True):
            if kind is name:
                count, shape = layer(shape, *numbers)
                counts.append(count)
    return counts


@count_parameters.wrong("ValueError|two pooling layers")
def one_pooling_layer_only(shape, stack):
    side = next((numbers[0] for kind, *numbers in stack if kind == "pool"), 1)
    return counts_of(shape, stack, pool=lambda s, k: pool(s, side))


@count_parameters.wrong("two pooling layers")
def rounds_at_the_dense_layer_only(shape, stack):
    """Up where a pooling layer comes after another one."""
    before = []

    def rounded(s, k):
        before.append(k)
        return 0, (*(math.ceil(n / k) if len(before) > 1 else n // k for n in s[:2]), s[2])

    return counts_of(shape, stack, pool=rounded)


@count_parameters.wrong("windows of 1 and blocks of 1")
def windows_of_two_at_least(shape, stack):
    return counts_of(shape, stack, conv=lambda s, n, k: (conv(s, n, k)[0], conv(s, n, max(k, 2))[1]))


@count_parameters.wrong("as large as the image|the . before it came out right")
def never_a_single_row(shape, stack):
    def at_least_two(s, k):
        return 0, (max(s[0] // k, 2), max(s[1] // k, 2), s[2])

    return counts_of(shape, stack, pool=at_least_two)


@count_parameters.wrong("Which layers come is for the stack to say")
def dense_after_flatten_only(shape, stack):
    counts = []
    for kind, *numbers in stack:
        if kind == "conv":
            count, shape = conv(shape, *numbers)
            flat = math.prod(shape)
        elif kind == "pool":
            count, shape = pool(shape, *numbers)
            flat = math.prod(shape)
        else:
            count, flat = (flat + 1) * numbers[0], numbers[0]
        counts.append(count)
    return counts


@count_parameters.wrong("three dense layers|A dense layer after a dense layer")
def remembers_the_first_row(shape, stack):
    flat, counts = None, []
    for kind, *numbers in stack:
        if kind == "dense":
            flat = flat or math.prod(shape)
            counts.append((flat + 1) * numbers[0])
        else:
            count, shape = {"conv": conv, "pool": pool}[kind](shape, *numbers)
            counts.append(count)
    return counts


@count_parameters.wrong("one convolution on a gray image")
def hard_coded(shape, stack):
    return [320, 0, 18_496, 0, 36_928, 65_600, 650][: len(stack)]


@count_parameters.wrong("took too long")
def endless(shape, stack):
    counts = []
    while stack:
        counts.append(conv(shape, 4, 3)[0])
        counts.clear()
    return counts


SAME_COUNTS = {
    "windows and blocks are square, so height and width may change places": [
        "(height, width, channels), counts = (shape, [])  ->  (width, height, channels), counts = (shape, [])",
        "(height, width, channels), flat, counts = (shape, None, [])  ->  "
        "(width, height, channels), flat, counts = (shape, None, [])",
        "height, width, channels = shape  ->  width, height, channels = shape",
        "h, w, c = shape  ->  w, h, c = shape",
        "height, width, channels = (height - side + 1, width - side + 1, filters)  ->  "
        "height, width, channels = (width - side + 1, height - side + 1, filters)",
        "height, width, channels = (height - side + 1, width - side + 1, filters)  ->  "
        "width, height, channels = (height - side + 1, width - side + 1, filters)",
        "h, w, c = (h - (k - 1), w - (k - 1), n)  ->  h, w, c = (w - (k - 1), h - (k - 1), n)",
        "h, w, c = (h - (k - 1), w - (k - 1), n)  ->  w, h, c = (h - (k - 1), w - (k - 1), n)",
        "shape = (height - side + 1, width - side + 1, number)  ->  "
        "shape = (width - side + 1, height - side + 1, number)",
        "shape = [shape[0] - layer[2] + 1, shape[1] - layer[2] + 1, layer[1]]  ->  "
        "shape = [shape[1] - layer[2] + 1, shape[0] - layer[2] + 1, layer[1]]",
        "height, width = (height // numbers[0], width // numbers[0])  ->  "
        "height, width = (width // numbers[0], height // numbers[0])",
        "height, width = (height // numbers[0], width // numbers[0])  ->  "
        "width, height = (height // numbers[0], width // numbers[0])",
        "h, w = (math.floor(h / k), math.floor(w / k))  ->  h, w = (math.floor(w / k), math.floor(h / k))",
        "h, w = (math.floor(h / k), math.floor(w / k))  ->  w, h = (math.floor(h / k), math.floor(w / k))",
        "shape = [shape[0] // layer[1], shape[1] // layer[1], shape[2]]  ->  "
        "shape = [shape[1] // layer[1], shape[0] // layer[1], shape[2]]",
        "return [0, *calls_itself((height // number, width // number, channels), others)]  ->  "
        "return [0, *calls_itself((width // number, height // number, channels), others)]",
        "height, width = (len(range(0, n - numbers[0] + 1, numbers[0])) for n in (height, width))  ->  "
        "height, width = (len(range(0, n - numbers[0] + 1, numbers[0])) for n in (width, height))",
        "height, width = (len(range(0, n - numbers[0] + 1, numbers[0])) for n in (height, width))  ->  "
        "width, height = (len(range(0, n - numbers[0] + 1, numbers[0])) for n in (height, width))",
    ],
    "after a dense layer only their product counts, since no layer with windows may follow": [
        "height, width, channels = (1, 1, numbers[0])  ->  height, width, channels = (1, numbers[0], 1)",
        "height, width, channels = (1, 1, numbers[0])  ->  height, channels, width = (1, 1, numbers[0])",
        "height, width, channels = (1, 1, numbers[0])  ->  width, height, channels = (1, 1, numbers[0])",
        "shape = [1, 1, layer[1]]  ->  shape = [1, layer[1], 1]",
        "return [(height * width * channels + 1) * number, *calls_itself((1, 1, number), others)]  ->  "
        "return [(height * width * channels + 1) * number, *calls_itself((1, number, 1), others)]",
    ],
    "the first of a single number is the last": [
        "height, width, channels = (1, 1, numbers[0])  ->  height, width, channels = (1, 1, numbers[-1])",
        "height, width = (height // numbers[0], width // numbers[0])  ->  "
        "height, width = (height // numbers[-1], width // numbers[0])",
        "height, width = (height // numbers[0], width // numbers[0])  ->  "
        "height, width = (height // numbers[0], width // numbers[-1])",
        "counts.append((height * width * channels + 1) * numbers[0])  ->  "
        "counts.append((height * width * channels + 1) * numbers[-1])",
        "counts.append(inputs * numbers[0] + numbers[0])  ->  counts.append(inputs * numbers[-1] + numbers[0])",
        "counts.append(inputs * numbers[0] + numbers[0])  ->  counts.append(inputs * numbers[0] + numbers[-1])",
        "flat = numbers[0]  ->  flat = numbers[-1]",
        "side = side[0] if kind == 'conv' else None  ->  side = side[-1] if kind == 'conv' else None",
        "height, width = (len(range(0, n - numbers[0] + 1, numbers[0])) for n in (height, width))  ->  "
        "height, width = (len(range(0, n - numbers[-1] + 1, numbers[0])) for n in (height, width))",
        "height, width = (len(range(0, n - numbers[0] + 1, numbers[0])) for n in (height, width))  ->  "
        "height, width = (len(range(0, n - numbers[0] + 1, numbers[-1])) for n in (height, width))",
    ],
    "what is rounded down stays when it is rounded down again": [
        "h, w = (math.floor(h / k), math.floor(w / k))  ->  h, w = (math.floor(h // k), math.floor(w / k))",
        "h, w = (math.floor(h / k), math.floor(w / k))  ->  h, w = (math.floor(h / k), math.floor(w // k))",
    ],
    "a sum does not depend on the order": [
        "counts.append(sum([side * side * channels, 1]) * filters)  ->  "
        "counts.append(sum([1, side * side * channels]) * filters)",
    ],
}
for reason, changes in SAME_COUNTS.items():
    for change in changes:
        count_parameters.equivalent(change, reason)


small_network = Bank()


@small_network.right
def half_the_filters():
    from course_utils._tensorflow import keras

    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(16, (3, 3), activation="relu", padding="same"),
            keras.layers.MaxPooling2D((2, 2)),
            keras.layers.Conv2D(32, (3, 3), activation="relu", padding="valid"),
            keras.layers.MaxPooling2D((2, 2)),
            keras.layers.Conv2D(32, (3, 3), activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )


@small_network.right
def functional_with_two_convolutions():
    from course_utils._tensorflow import keras

    inputs = keras.Input((28, 28, 1))
    x = keras.layers.Conv2D(16, 3, activation="relu")(inputs)
    x = keras.layers.MaxPooling2D()(x)
    x = keras.layers.Conv2D(32, 3, activation="relu")(x)
    x = keras.layers.MaxPooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(10, activation="softmax")(keras.layers.Flatten()(x)))


@small_network.right
def layer_by_layer_with_a_small_dense_one():
    from course_utils._tensorflow import keras

    model = keras.Sequential()
    model.add(keras.Input((28, 28, 1)))
    for _ in range(2):
        model.add(keras.layers.Conv2D(16, (3, 3), activation="relu"))
        model.add(keras.layers.MaxPooling2D((2, 2)))
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(32, activation="relu"))
    model.add(keras.layers.Dense(10))
    model.add(keras.layers.Softmax())
    return model


def built(*names):
    """A network of layers, each given as its kind and what it takes: ("Dense", 10, "softmax")."""
    from course_utils._tensorflow import keras

    layers = [getattr(keras.layers, name)(*arguments) for name, *arguments in names]
    return keras.Sequential([keras.Input((28, 28, 1)), *layers])


@small_network.wrong(r"over the budget(.|\n)*at most 20,000 parameters(.|\n)*121,994 parameters")
def the_network_of_the_lesson():
    from course_utils.networks import build_seed_network

    return build_seed_network()


@small_network.wrong(r"over the budget(.|\n)*21,850 parameters")
def pools_only_once():
    return built(("Conv2D", 16, 3), ("MaxPooling2D",), ("Conv2D", 16, 3), ("Flatten",), ("Dense", 10, "softmax"))


@small_network.wrong(r"learns too little(.|\n)*at least 0\.\d+(.|\n)*7,850 parameters")
def logistic_regression():
    return built(("Flatten",), ("Dense", 10, "softmax"))


@small_network.wrong(r"learns too little(.|\n)*19,090 parameters")
def dense_only():
    return built(("Flatten",), ("Dense", 24, "relu"), ("Dense", 10, "softmax"))


@small_network.wrong("learns too little")
def softmax_in_place_of_relu():
    return built(("Flatten",), ("Dense", 20, "softmax"), ("Dense", 10, "softmax"))


@small_network.wrong("must be probabilities")
def no_softmax():
    return built(("Conv2D", 8, 3), ("MaxPooling2D", 4), ("Flatten",), ("Dense", 10))


@small_network.wrong("must be probabilities")
def sigmoid():
    return built(("Conv2D", 8, 3), ("MaxPooling2D", 4), ("Flatten",), ("Dense", 10, "sigmoid"))


@small_network.wrong("must be probabilities")
def softmax_in_the_wrong_layer():
    return built(("Flatten",), ("Dense", 20, "softmax"), ("Dense", 10))


@small_network.wrong(r"one number for each class(.|\n)*shape \(n, 26, 26, 10\)")
def no_flatten():
    return built(("Conv2D", 8, 3), ("Dense", 10, "softmax"))


@small_network.wrong(r"one number for each class(.|\n)*shape \(n, 1\)")
def a_single_unit():
    return built(("Flatten",), ("Dense", 1, "sigmoid"))


@small_network.wrong(r"one number for each class(.|\n)*shape \(n, 11\)")
def eleven_units():
    return built(("Conv2D", 8, 3), ("MaxPooling2D", 4), ("Flatten",), ("Dense", 11, "softmax"))


@small_network.wrong("must be probabilities")
def relu_at_the_end():
    return built(("Conv2D", 8, 3), ("MaxPooling2D", 4), ("Flatten",), ("Dense", 10, "relu"))


@small_network.wrong(r"over the budget(.|\n)*at most 20,000 parameters")
def a_budget_for_each_layer():
    return built(
        ("Conv2D", 20, 3),
        ("MaxPooling2D",),
        ("Conv2D", 100, 3),
        ("MaxPooling2D", 5),
        ("Flatten",),
        ("Dense", 10, "softmax"),
    )


@small_network.wrong("does not take images of shape")
def color_images():
    from course_utils._tensorflow import keras

    layers = keras.layers
    return keras.Sequential(
        [keras.Input((28, 28, 3)), layers.Conv2D(8, 3), layers.Flatten(), layers.Dense(10, "softmax")]
    )


@small_network.wrong("is a tuple")
def two_things():
    return built(("Flatten",), ("Dense", 10, "softmax")), 20_000


@small_network.wrong("does not take images of shape")
def flat_images():
    from course_utils._tensorflow import keras

    return keras.Sequential([keras.Input((784,)), keras.layers.Dense(10, activation="softmax")])


@small_network.wrong("a NoneType is|is a NoneType")
def returns_nothing():
    built(("Flatten",), ("Dense", 10, "softmax"))


@small_network.wrong("is a list")
def only_the_layers():
    return ["Conv2D", "Dense"]


@small_network.wrong("NameError(.|\n)*line 2 of the cell")
def a_slip_of_the_pen():
    return layers.Sequential([])  # noqa: F821


small_network.wrong_value("is a str", "Sequential")
small_network.wrong_value("is a int|is an int", 19_178)
