"""Answers to the exercises of lesson 14."""

import functools
import math
import operator

import numpy as np
from scipy.special import softmax

from course_utils._tensorflow import keras
from exercise_banks import Bank

layers = keras.layers

he_scale = Bank()


@he_scale.right
def with_math(kernel_shape):
    return math.sqrt(2 / math.prod(kernel_shape[:-1]))


@he_scale.right
def in_a_loop(kernel_shape):
    n = 1
    for length in kernel_shape[:-1]:
        n *= length
    return (2 / n) ** 0.5


@he_scale.right
def taken_apart(kernel_shape):
    *inputs, _ = kernel_shape
    return np.sqrt(2) / np.sqrt(np.prod(inputs))


@he_scale.right
def all_over_the_last(kernel_shape):
    return np.sqrt(2 * kernel_shape[-1] / np.prod(kernel_shape))


@he_scale.right
def by_the_number_of_axes(kernel_shape):
    if len(kernel_shape) == 2:
        n = kernel_shape[0]
    else:
        height, width, channels, _ = kernel_shape
        n = height * width * channels
    return (n / 2) ** -0.5


@he_scale.right
def of_a_kernel(kernel_shape):
    """It looks at one filter of a kernel that isn't there."""
    return math.sqrt(2 / np.broadcast_to(0.0, kernel_shape)[..., 0].size)


@he_scale.right
def folded(kernel_shape):
    return math.sqrt(2.0 / functools.reduce(operator.mul, kernel_shape[:-1]))


@he_scale.right
def with_logarithms(kernel_shape):
    return np.exp(0.5 * (np.log(2) - np.log(kernel_shape[:-1]).sum()))


@he_scale.right
def step_by_step(kernel_shape):
    scale = 2**0.5
    for axis in range(len(kernel_shape) - 1):
        scale /= kernel_shape[axis] ** 0.5
    return scale


@he_scale.right
def with_tensorflow(kernel_shape):
    return keras.ops.sqrt(2 / keras.ops.prod(keras.ops.cast(kernel_shape[:-1], "float32")))


@he_scale.wrong("That is the variance, 2 / n")
def variance(kernel_shape):
    return 2 / math.prod(kernel_shape[:-1])


@he_scale.wrong("The 2 is missing: ReLU throws away")
def lecun(kernel_shape):
    return 1 / np.sqrt(np.prod(kernel_shape[:-1]))


@he_scale.wrong("the 2 is missing, and so is the square root")
def one_over_n(kernel_shape):
    return 1 / np.prod(kernel_shape[:-1])


@he_scale.wrong("under the fraction bar")
def halved_instead(kernel_shape):
    return math.sqrt(0.5 / math.prod(kernel_shape[:-1]))


@he_scale.wrong("outside of the root")
def two_outside(kernel_shape):
    return 2 * math.prod(kernel_shape[:-1]) ** -0.5


@he_scale.wrong("The root is of the 2 alone")
def root_of_two(kernel_shape):
    return np.sqrt(2) / np.prod(kernel_shape[:-1])


@he_scale.wrong("upside down")
def upside_down(kernel_shape):
    return np.sqrt(np.prod(kernel_shape[:-1]) / 2)


@he_scale.wrong("That is the root of 2 times n")
def two_n(kernel_shape):
    return np.sqrt(2 * np.prod(kernel_shape[:-1]))


@he_scale.wrong("The filters are counted in.")
def whole_kernel(kernel_shape):
    return np.sqrt(2 / np.prod(kernel_shape))


@he_scale.wrong("The filters are counted in place of the channels")
def what_goes_out(kernel_shape):
    *window, _, n_filters = kernel_shape
    return math.sqrt(2 / (math.prod(window) * n_filters))


@he_scale.wrong("The first axis is left out")
def axes_of_another_library(kernel_shape):
    return math.sqrt(2 / math.prod(kernel_shape[1:]))


@he_scale.wrong("Height and width of the window are missing")
def channels_only(kernel_shape):
    return math.sqrt(2 / kernel_shape[-2])


@he_scale.wrong("where are the channels that come in")
def window_only(kernel_shape):
    return math.sqrt(2 / math.prod(kernel_shape[:-2]))


@he_scale.wrong("where are the channels that come in")
def first_two(kernel_shape):
    return math.sqrt(2 / (kernel_shape[0] * kernel_shape[1]))


@he_scale.wrong("The last axis alone")
def filters_only(kernel_shape):
    return math.sqrt(2 / kernel_shape[-1])


@he_scale.wrong("The first axis alone")
def first_only(kernel_shape):
    return math.sqrt(2 / kernel_shape[0])


@he_scale.wrong("Convolutions come out right, and dense layers don't")
def first_three(kernel_shape):
    return math.sqrt(2 / np.prod(kernel_shape[:3]))


@he_scale.wrong("(.|\n)*two axes, `\\(inputs, units\\)`")
def three_by_index(kernel_shape):
    return math.sqrt(2 / (kernel_shape[0] * kernel_shape[1] * kernel_shape[2]))


@he_scale.wrong("four axes in a convolution, and two in a dense layer")
def four_names(kernel_shape):
    height, width, channels, _ = kernel_shape
    return math.sqrt(2 / (height * width * channels))


@he_scale.wrong("needn't be square")
def squared_height(kernel_shape):
    n = kernel_shape[-2]
    if len(kernel_shape) > 2:
        n *= kernel_shape[0] ** 2
    return math.sqrt(2 / n)


@he_scale.wrong("needn't be square")
def squared_width(kernel_shape):
    n = kernel_shape[-2]
    if len(kernel_shape) > 2:
        n *= kernel_shape[1] ** 2
    return math.sqrt(2 / n)


@he_scale.wrong("Only one side")
def height_only(kernel_shape):
    n = kernel_shape[-2]
    if len(kernel_shape) > 2:
        n *= kernel_shape[0]
    return math.sqrt(2 / n)


@he_scale.wrong("Only one side")
def width_only(kernel_shape):
    return math.sqrt(2 / math.prod(kernel_shape[-3:-1]))


@he_scale.wrong("Glorot's initialization")
def glorot(kernel_shape):
    n_pixels = math.prod(kernel_shape[:-2])
    return math.sqrt(2 / (n_pixels * kernel_shape[-2] + n_pixels * kernel_shape[-1]))


@he_scale.wrong("Glorot's initialization")
def glorot_of_channels(kernel_shape):
    return math.sqrt(2 / sum(kernel_shape[-2:]))


@he_scale.wrong("limit of Glorot's uniform")
def glorot_uniform(kernel_shape):
    return math.sqrt(6 / (math.prod(kernel_shape[:-2]) * sum(kernel_shape[-2:])))


@he_scale.wrong("limit of a uniform distribution, from minus")
def he_uniform(kernel_shape):
    return math.sqrt(6 / math.prod(kernel_shape[:-1]))


@he_scale.wrong("before it cuts off the tails")
def as_keras_draws(kernel_shape):
    return math.sqrt(2 / math.prod(kernel_shape[:-1])) / 0.87962566103423978


@he_scale.wrong("The bias is counted in")
def with_bias(kernel_shape):
    return math.sqrt(2 / (math.prod(kernel_shape[:-1]) + 1))


@he_scale.wrong("The axes are added up")
def added_up(kernel_shape):
    return math.sqrt(2 / sum(kernel_shape[:-1]))


@he_scale.wrong("divide with `//`")
def whole_numbers(kernel_shape):
    return math.sqrt(2 // math.prod(kernel_shape[:-1]))


@he_scale.wrong("The number is rounded")
def three_decimals(kernel_shape):
    return round(math.sqrt(2 / math.prod(kernel_shape[:-1])), 3)


@he_scale.wrong("The number is rounded")
def two_decimals(kernel_shape):
    return np.round(np.sqrt(2 / np.prod(kernel_shape[:-1])), 2)


@he_scale.wrong("must be a single number")
def draws_weights(kernel_shape):
    scale = np.sqrt(2 / np.prod(kernel_shape[:-1]))
    return np.random.default_rng(0).normal(0, scale, kernel_shape)


@he_scale.wrong("must be a single number")
def one_for_each_axis(kernel_shape):
    return [math.sqrt(2 / length) for length in kernel_shape[:-1]]


@he_scale.wrong("end with `return`")
def prints_it(kernel_shape):
    print(math.sqrt(2 / math.prod(kernel_shape[:-1])))


@he_scale.wrong("same input must give the same result|not the right number")
def of_drawn_weights(kernel_shape):
    scale = math.sqrt(2 / math.prod(kernel_shape[:-1]))
    return np.random.default_rng().normal(0, scale, kernel_shape).std()


@he_scale.wrong("It raised TypeError")
def of_the_tuple(kernel_shape):
    return math.sqrt(2 / kernel_shape[:-1])


@he_scale.wrong("not the right number")
def always_the_same(kernel_shape):
    return 0.05


@he_scale.wrong("hundreds of channels|not the right number")
def never_too_small(kernel_shape):
    return max(0.01, math.sqrt(2 / math.prod(kernel_shape[:-1])))


residual_block = Bank()


@residual_block.right
def with_layers(maps):
    n_channels = maps.shape[-1]
    x = layers.Conv2D(n_channels, (3, 3), padding="same")(maps)
    x = layers.ReLU()(x)
    x = layers.Conv2D(n_channels, (3, 3), padding="same")(x)
    x = layers.Add()([x, maps])
    return layers.Activation("relu")(x)


@residual_block.right
def with_a_plus(maps):
    *_, n = maps.shape
    change = layers.Conv2D(n, 3, padding="same", activation=keras.activations.relu)(maps)
    return keras.activations.relu(maps + layers.Conv2D(n, 3, padding="same")(change))


@residual_block.right
def with_ops(maps):
    first = layers.Conv2D(maps.shape[3], kernel_size=3, padding="same")(maps)
    second = layers.Conv2D(maps.shape[3], kernel_size=3, padding="same")(keras.ops.relu(first))
    return keras.ops.maximum(keras.ops.add(second, maps), 0)


@residual_block.right
def as_a_small_stack(maps):
    n = maps.shape[-1]
    stack = keras.Sequential(
        [
            layers.Conv2D(n, 3, padding="same", activation="relu"),
            layers.Conv2D(n, 3, padding="same"),
        ]
    )
    return layers.ReLU()(layers.add([maps, stack(maps)]))


@residual_block.right
def as_a_small_network(maps):
    inputs = keras.Input(maps.shape[1:])
    x = layers.Conv2D(maps.shape[-1], 3, padding="same", activation="relu")(inputs)
    x = layers.Conv2D(maps.shape[-1], 3, padding="same")(x)
    return keras.Model(inputs, layers.ReLU()(inputs + x))(maps)


@residual_block.right
def in_a_loop_over_activations(maps):
    x = maps
    for activation in ("relu", None):
        x = layers.Conv2D(maps.shape[-1], 3, padding="same", activation=activation)(x)
    return layers.ReLU()(layers.Add()([maps, x]))


@residual_block.right
def padded_by_hand(maps):
    x = layers.ZeroPadding2D(1)(maps)
    x = layers.Conv2D(maps.shape[-1], 3, activation="relu")(x)
    x = layers.Conv2D(maps.shape[-1], 3)(layers.ZeroPadding2D(1)(x))
    return layers.Activation("relu")(x + maps)


@residual_block.right
def shortcut_by_name(maps):
    shortcut = maps
    maps = layers.Conv2D(shortcut.shape[-1], 3, 1, "same", activation="relu", kernel_initializer="he_normal")(maps)
    maps = layers.Conv2D(shortcut.shape[-1], 3, 1, "same", kernel_initializer="zeros")(maps)
    maps += shortcut
    return layers.ReLU()(maps)


def make_convolution(filters, activation=None):
    return layers.Conv2D(filters, 3, padding="same", activation=activation)


@residual_block.right
def with_a_function_of_its_own(maps):
    n = maps.shape[-1]
    return layers.ReLU()(maps + make_convolution(n)(make_convolution(n, "relu")(maps)))


class Residual(keras.layers.Layer):
    """The two convolutions, as a layer."""

    def build(self, shape):
        self.first, self.second = make_convolution(shape[-1], "relu"), make_convolution(shape[-1])
        self.first.build(shape)
        self.second.build(shape)

    def call(self, maps):
        return keras.ops.relu(maps + self.second(self.first(maps)))


@residual_block.right
def a_layer_of_its_own(maps):
    return Residual()(maps)


def twice(maps, between="relu", **options):
    """The two convolutions; for what is wrong below."""
    options = {"padding": "same", "filters": maps.shape[-1], "kernel_size": 3, **options}
    return layers.Conv2D(**options)(layers.Conv2D(activation=between, **options)(maps))


@residual_block.wrong("There is no shortcut")
def no_shortcut(maps):
    return layers.ReLU()(twice(maps))


@residual_block.wrong("the two convolutions alone")
def convolutions_alone(maps):
    return twice(maps)


@residual_block.wrong("No ReLU follows the sum")
def no_last_relu(maps):
    return layers.Add()([maps, twice(maps)])


@residual_block.wrong("comes before the sum. It has to follow it")
def relu_before_the_sum(maps):
    return maps + layers.ReLU()(twice(maps))


@residual_block.wrong("The second convolution has a ReLU of its own")
def relu_before_and_after(maps):
    n = maps.shape[-1]
    return layers.ReLU()(maps + make_convolution(n, "relu")(make_convolution(n, "relu")(maps)))


@residual_block.wrong("between the two convolutions is missing")
def no_relu_between(maps):
    return layers.ReLU()(maps + twice(maps, None))


@residual_block.wrong("it follows the second one instead")
def relu_on_the_second_only(maps):
    return layers.ReLU()(maps + layers.ReLU()(twice(maps, None)))


@residual_block.wrong("There is no ReLU at all")
def no_relu(maps):
    return layers.Add()([twice(maps, None), maps])


@residual_block.wrong("before each convolution here")
def relu_first(maps):
    return layers.Add()([twice(layers.ReLU()(maps)), maps])


@residual_block.wrong("goes through a ReLU before it is added")
def relu_on_the_shortcut(maps):
    return layers.ReLU()(twice(maps) + layers.ReLU()(maps))


@residual_block.wrong("only one convolution. The block has two, one after")
def one_convolution(maps):
    return layers.ReLU()(maps + make_convolution(maps.shape[-1])(maps))


@residual_block.wrong("and the second has none")
def one_with_relu(maps):
    return layers.ReLU()(maps + make_convolution(maps.shape[-1], "relu")(maps))


@residual_block.wrong("three convolutions")
def three_convolutions(maps):
    x = maps
    for _ in range(2):
        x = make_convolution(maps.shape[-1], "relu")(x)
    return layers.ReLU()(maps + make_convolution(maps.shape[-1])(x))


@residual_block.wrong("windows have another size")
def windows_of_one(maps):
    return layers.ReLU()(maps + twice(maps, kernel_size=1))


@residual_block.wrong("windows have another size")
def windows_of_five(maps):
    return layers.ReLU()(maps + twice(maps, kernel_size=5))


@residual_block.wrong("One of the windows")
def three_and_one(maps):
    x = make_convolution(maps.shape[-1], "relu")(maps)
    return layers.ReLU()(maps + layers.Conv2D(maps.shape[-1], 1)(x))


@residual_block.wrong("The first convolution has a fixed number")
def first_of_sixteen(maps):
    return layers.ReLU()(maps + make_convolution(maps.shape[-1])(make_convolution(16, "relu")(maps)))


@residual_block.wrong("as many filters as `maps` has channels")
def sixteen_filters(maps):
    return layers.ReLU()(layers.Add()([maps, twice(maps, filters=16)]))


@residual_block.wrong("as many filters as `maps` has channels(.|\n)*16 channels")
def five_filters(maps):
    return layers.ReLU()(maps + twice(maps, filters=5))


@residual_block.wrong("as many filters as `maps` has channels")
def as_many_filters_as_rows(maps):
    return layers.ReLU()(maps + twice(maps, filters=maps.shape[1]))


@residual_block.wrong("more filters, or fewer")
def twice_as_many(maps):
    n = maps.shape[-1]
    return layers.ReLU()(maps + make_convolution(n)(make_convolution(2 * n, "relu")(maps)))


@residual_block.wrong("Which padding keeps them")
def no_padding(maps):
    return layers.ReLU()(layers.Add()([maps, twice(maps, padding="valid")]))


@residual_block.wrong("Which padding keeps them")
def no_padding_with_a_plus(maps):
    return layers.ReLU()(twice(maps, padding="valid") + maps)


@residual_block.wrong("Which padding keeps them")
def padding_in_the_first_only(maps):
    n = maps.shape[-1]
    return layers.ReLU()(maps + layers.Conv2D(n, 3)(make_convolution(n, "relu")(maps)))


@residual_block.wrong("Which padding keeps them")
def with_strides(maps):
    return layers.ReLU()(layers.Add()([maps, twice(maps, strides=2)]))


@residual_block.wrong("same weights. Make two layers")
def one_layer_twice(maps):
    convolution = make_convolution(maps.shape[-1])
    return layers.ReLU()(maps + convolution(layers.ReLU()(convolution(maps))))


@residual_block.wrong("same weights. Make two layers")
def one_layer_with_relu_twice(maps):
    convolution = make_convolution(maps.shape[-1], "relu")
    return layers.ReLU()(maps + convolution(convolution(maps)))


@residual_block.wrong("The shortcut goes through a convolution")
def projected(maps):
    shortcut = layers.Conv2D(maps.shape[-1], 1)(maps)
    return layers.ReLU()(layers.Add()([twice(maps), shortcut]))


@residual_block.wrong("The shortcut goes through a convolution")
def three_by_three_on_the_shortcut(maps):
    change = twice(maps)
    return layers.ReLU()(change + make_convolution(maps.shape[-1])(maps))


@residual_block.wrong("is added twice")
def added_twice(maps):
    return layers.ReLU()(layers.Add()([maps, twice(maps), maps]))


@residual_block.wrong("What the first convolution made is added, and not")
def name_used_again(maps):
    n = maps.shape[-1]
    maps = make_convolution(n, "relu")(maps)
    change = make_convolution(n)(maps)
    return layers.ReLU()(maps + change)


@residual_block.wrong("added before its ReLU")
def first_before_its_relu(maps):
    first = make_convolution(maps.shape[-1])(maps)
    second = make_convolution(maps.shape[-1])(layers.ReLU()(first))
    return layers.ReLU()(first + second)


@residual_block.wrong("is added to itself")
def added_to_itself(maps):
    maps = twice(maps)
    return layers.ReLU()(layers.Add()([maps, maps]))


@residual_block.wrong("a shortcut of its own")
def two_small_blocks(maps):
    for _ in range(2):
        maps = layers.ReLU()(maps + make_convolution(maps.shape[-1])(maps))
    return maps


@residual_block.wrong("put side by side")
def concatenated(maps):
    return layers.ReLU()(layers.Concatenate()([maps, twice(maps)]))


@residual_block.wrong("put side by side")
def concatenated_without_relu(maps):
    return layers.concatenate([twice(maps), maps])


@residual_block.wrong("One of the two is subtracted")
def subtracted(maps):
    return layers.ReLU()(maps - twice(maps))


@residual_block.wrong("One of the two is subtracted")
def subtracted_the_other_way(maps):
    return layers.ReLU()(layers.Subtract()([twice(maps), maps]))


@residual_block.wrong("The two are multiplied")
def multiplied(maps):
    return layers.ReLU()(layers.Multiply()([maps, twice(maps)]))


@residual_block.wrong("mean of the two")
def averaged(maps):
    return layers.ReLU()(layers.Average()([maps, twice(maps)]))


@residual_block.wrong("The biases are missing")
def without_biases(maps):
    return layers.ReLU()(maps + twice(maps, use_bias=False))


@residual_block.wrong("layers of batch normalization")
def normalized(maps):
    x = maps
    for activation in ("relu", "linear"):
        x = layers.Conv2D(maps.shape[-1], 3, padding="same", use_bias=False)(x)
        x = layers.Activation(activation)(layers.BatchNormalization()(x))
    return layers.ReLU()(maps + x)


@residual_block.wrong("layers of batch normalization")
def normalized_with_biases(maps):
    x = layers.BatchNormalization()(make_convolution(maps.shape[-1])(maps))
    x = layers.BatchNormalization()(make_convolution(maps.shape[-1])(layers.ReLU()(x)))
    return layers.ReLU()(maps + x)


@residual_block.wrong("It returns what came in")
def never_used(maps):
    change = twice(maps)  # noqa: F841
    return maps


@residual_block.wrong("this is a network. Return the tensor itself")
def a_network(maps):
    return keras.Model(maps, layers.ReLU()(maps + twice(maps)))


@residual_block.wrong("this is a layer. Call it on a tensor")
def a_layer(maps):
    return make_convolution(maps.shape[-1])


@residual_block.wrong("isn't made of `maps`")
def an_input_of_its_own(maps):
    inputs = keras.Input(maps.shape[1:])
    return layers.ReLU()(inputs + twice(inputs))


@residual_block.wrong("this is a tuple")
def two_tensors(maps):
    return maps, twice(maps)


@residual_block.wrong("end with `return`")
def returns_nothing(maps):
    layers.ReLU()(maps + twice(maps))


@residual_block.wrong("Functions of TensorFlow don't take the tensor")
def with_tensorflow_itself(maps):
    import tensorflow as tf

    return tf.nn.relu(maps + twice(maps))


@residual_block.wrong("gets them as one list")
def add_of_two(maps):
    return layers.ReLU()(layers.Add()(maps, twice(maps)))


@residual_block.wrong("Is a layer passed on where its output is meant")
def add_of_a_layer(maps):
    return layers.ReLU()(layers.Add()([maps, make_convolution(maps.shape[-1])]))


KEPT = []


@residual_block.wrong("Make new layers inside the function")
def layers_of_the_first_time(maps):
    """The layers stand outside, so that all blocks would have them."""
    if not KEPT:
        KEPT.extend([make_convolution(maps.shape[-1], "relu"), make_convolution(maps.shape[-1])])
    return layers.ReLU()(maps + KEPT[1](KEPT[0](maps)))


@residual_block.wrong("with all weights at 0, \\d+ of \\d+ numbers differ")
def leaky(maps):
    return layers.LeakyReLU()(maps + twice(maps))


@residual_block.wrong("with equal weights, \\d+ of \\d+ numbers differ")
def tanh_between(maps):
    return layers.ReLU()(maps + twice(maps, "tanh"))


@residual_block.wrong("has another shape(.|\n)*shape \\(n, 6, 8, 5\\)(.|\n)*shape \\(n, 3, 4, 5\\)")
def pooled(maps):
    return layers.MaxPooling2D()(layers.ReLU()(maps + twice(maps)))


@residual_block.wrong("other weights(.|\n)*\\[3, 3, 5, 1, 5,")
def depthwise(maps):
    x = layers.DepthwiseConv2D(3, padding="same", activation="relu")(maps)
    return layers.ReLU()(maps + make_convolution(maps.shape[-1])(x))


@residual_block.wrong("NameError(.|\n)*line 2 of the cell")
def a_slip_of_the_pen(maps):
    return layers.ReLU()(mpas + twice(maps))  # noqa: F821


separable_parameters = Bank()


@separable_parameters.right
def both_steps(kernel_size, n_inputs, n_filters):
    depthwise = kernel_size * kernel_size * n_inputs
    pointwise = n_inputs * n_filters
    return depthwise + pointwise


@separable_parameters.right
def factored(kernel_size, n_inputs, n_filters):
    return n_inputs * (kernel_size**2 + n_filters)


@separable_parameters.right
def with_numpy(kernel_size, n_inputs, n_filters):
    return np.prod([kernel_size, kernel_size, n_inputs]) + np.prod([n_inputs, n_filters])


@separable_parameters.right
def channel_by_channel(kernel_size, n_inputs, n_filters):
    count = 0
    for _ in range(n_inputs):
        count += kernel_size**2
        count += n_filters
    return count


@separable_parameters.right
def for_each_channel(kernel_size, n_inputs, n_filters):
    n_weights = kernel_size**2 + n_filters
    return sum(n_weights for _ in range(n_inputs))


@separable_parameters.right
def asks_keras(kernel_size, n_inputs, n_filters):
    layer = layers.SeparableConv2D(n_filters, kernel_size, use_bias=False)
    layer.build((None, None, None, n_inputs))
    return layer.count_params()


@separable_parameters.right
def as_two_convolutions(kernel_size, n_inputs, n_filters):
    def count(size, inputs, filters):
        return size**2 * inputs * filters

    return n_inputs * count(kernel_size, 1, 1) + count(1, n_inputs, n_filters)


@separable_parameters.right
def as_a_float(kernel_size, n_inputs, n_filters):
    return pow(kernel_size, 2.0) * n_inputs + n_inputs * n_filters


@separable_parameters.right
def a_share_of_the_ordinary_one(kernel_size, n_inputs, n_filters):
    ordinary = kernel_size**2 * n_inputs * n_filters
    return ordinary // n_filters + ordinary // kernel_size**2


@separable_parameters.wrong("That is an ordinary convolution")
def ordinary(kernel_size, n_inputs, n_filters):
    return kernel_size**2 * n_inputs * n_filters


@separable_parameters.wrong("are multiplied. Add them")
def multiplied_steps(kernel_size, n_inputs, n_filters):
    return (kernel_size**2 * n_inputs) * (n_inputs * n_filters)


@separable_parameters.wrong("kernel_size × kernel_size weights, not kernel_size")
def one_side(kernel_size, n_inputs, n_filters):
    return kernel_size * n_inputs + n_inputs * n_filters


@separable_parameters.wrong("twice the side")
def two_sides(kernel_size, n_inputs, n_filters):
    return (kernel_size + kernel_size) * n_inputs + n_inputs * n_filters


@separable_parameters.wrong("no power in Python")
def with_a_caret(kernel_size, n_inputs, n_filters):
    return (kernel_size ^ 2) * n_inputs + n_inputs * n_filters


@separable_parameters.wrong("a window for each filter here")
def windows_of_filters(kernel_size, n_inputs, n_filters):
    return n_filters * (kernel_size**2 + n_inputs)


@separable_parameters.wrong("first step is counted as an ordinary convolution")
def ordinary_and_pointwise(kernel_size, n_inputs, n_filters):
    return n_inputs * n_filters * (kernel_size**2 + 1)


@separable_parameters.wrong("windows are flat")
def deep_windows(kernel_size, n_inputs, n_filters):
    return kernel_size**2 * n_inputs * n_inputs + n_inputs * n_filters


@separable_parameters.wrong("first step alone")
def windows_only_counted(kernel_size, n_inputs, n_filters):
    return kernel_size**2 * n_inputs


@separable_parameters.wrong("second step alone")
def pointwise_only(kernel_size, n_inputs, n_filters):
    return n_inputs * n_filters


@separable_parameters.wrong("one window for all channels")
def one_window(kernel_size, n_inputs, n_filters):
    return kernel_size**2 + n_inputs * n_filters


@separable_parameters.wrong("each filter has one weight here")
def one_weight_a_filter(kernel_size, n_inputs, n_filters):
    return kernel_size**2 * n_inputs + n_filters


@separable_parameters.wrong("looks at one pixel at a time")
def windows_in_both(kernel_size, n_inputs, n_filters):
    return kernel_size**2 * n_inputs * (1 + n_filters)


@separable_parameters.wrong("makes as many as there are filters")
def mixes_inputs(kernel_size, n_inputs, n_filters):
    return kernel_size**2 * n_inputs + n_inputs**2


@separable_parameters.wrong("Biases are counted in")
def biases_of_both(kernel_size, n_inputs, n_filters):
    return (kernel_size**2 + 1) * n_inputs + (n_inputs + 1) * n_filters


@separable_parameters.wrong("Biases are counted in")
def biases_of_filters(kernel_size, n_inputs, n_filters):
    layer = layers.SeparableConv2D(n_filters, kernel_size)
    layer.build((None, None, None, n_inputs))
    return layer.count_params()


@separable_parameters.wrong("Biases are counted in")
def biases_of_windows(kernel_size, n_inputs, n_filters):
    return (kernel_size**2 + 1) * n_inputs + n_inputs * n_filters


@separable_parameters.wrong("taken apart into a column and a row")
def separable_in_space(kernel_size, n_inputs, n_filters):
    return (kernel_size + kernel_size) * n_inputs * n_filters


@separable_parameters.wrong("how many weights are saved")
def saved(kernel_size, n_inputs, n_filters):
    return kernel_size**2 * n_inputs * n_filters - (kernel_size**2 * n_inputs + n_inputs * n_filters)


@separable_parameters.wrong("compares it with an ordinary convolution")
def share(kernel_size, n_inputs, n_filters):
    return 1 / n_filters + 1 / kernel_size**2


@separable_parameters.wrong("compares it with an ordinary convolution")
def times_cheaper(kernel_size, n_inputs, n_filters):
    return 1 / (1 / n_filters + 1 / kernel_size**2)


@separable_parameters.wrong("Those are the two steps")
def a_pair(kernel_size, n_inputs, n_filters):
    return kernel_size**2 * n_inputs, n_inputs * n_filters


@separable_parameters.wrong("end with `return`")
def prints_the_count(kernel_size, n_inputs, n_filters):
    print(kernel_size**2 * n_inputs + n_inputs * n_filters)


@separable_parameters.wrong("not the right number")
def always_three(kernel_size, n_inputs, n_filters):
    return 9 * n_inputs + n_inputs * n_filters


@separable_parameters.wrong("not the right number")
def a_constant(kernel_size, n_inputs, n_filters):
    return 656


@separable_parameters.wrong("hundreds of thousands")
def in_sixteen_bits(kernel_size, n_inputs, n_filters):
    return (kernel_size**2 * n_inputs + n_inputs * n_filters) % 2**16


attention_weights = Bank()


@attention_weights.right
def with_scipy(queries, keys):
    return softmax(queries @ keys.T / np.sqrt(queries.shape[1]), axis=1)


@attention_weights.right
def in_loops(queries, keys):
    rows = []
    for query in queries:
        row = [float(query @ key) / len(query) ** 0.5 for key in keys]
        powers = [np.exp(score - max(row)) for score in row]
        rows.append([power / sum(powers) for power in powers])
    return rows


@attention_weights.right
def with_keras(queries, keys):
    scores = queries @ keys.T / np.sqrt(queries.shape[-1])
    return keras.ops.softmax(keras.ops.cast(scores, "float32"))


@attention_weights.right
def with_einsum(queries, keys):
    scores = np.einsum("qd,kd->qk", queries, keys) * keys.shape[1] ** -0.5
    scores -= np.max(scores, axis=-1)[:, None]
    powers = np.exp(scores)
    return np.einsum("qk,q->qk", powers, 1 / np.einsum("qk->q", powers))


@attention_weights.right
def scaled_first(queries, keys):
    root = keys.shape[1] ** 0.25
    scores = (queries / root) @ (keys / root).T
    powers = np.exp(scores.T - scores.max(axis=1))
    return (powers / powers.sum(axis=0)).T


@attention_weights.right
def by_differences(queries, keys):
    """A weight is 1 over the sum of e to the differences of all scores from its own."""
    scores = np.dot(queries, keys.T) / math.sqrt(len(keys[0]))
    with np.errstate(over="ignore"):
        return 1 / np.exp(scores[:, None, :] - scores[:, :, None]).sum(axis=2)


@attention_weights.right
def row_by_row(queries, keys):
    weights = np.zeros((len(queries), len(keys)))
    for n, query in enumerate(queries):
        scores = keys @ query / np.sqrt(query.size)
        powers = np.exp(scores - scores.max())
        weights[n] = powers / powers.sum()
    return weights


@attention_weights.right
def with_logarithms_of_sums(queries, keys):
    scores = np.inner(queries, keys) / np.sqrt(queries.shape[1])
    return np.exp(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True))


@attention_weights.right
def with_tensorflow_in_float64(queries, keys):
    import tensorflow as tf

    queries, keys = tf.cast(queries, "float64"), tf.cast(keys, "float64")
    return tf.nn.softmax(tf.matmul(queries, keys, transpose_b=True) / queries.shape[1] ** 0.5)


def scores_of(queries, keys):
    """Dot products, scaled; for what is wrong below."""
    return queries @ keys.T / np.sqrt(queries.shape[1])


@attention_weights.wrong("The scores aren't scaled")
def not_scaled(queries, keys):
    return softmax(queries @ keys.T, axis=1)


@attention_weights.wrong("The formula has its square root")
def by_the_width(queries, keys):
    return softmax(queries @ keys.T / queries.shape[1], axis=1)


@attention_weights.wrong("square root of the number of keys")
def by_the_keys(queries, keys):
    return softmax(queries @ keys.T / np.sqrt(len(keys)), axis=1)


@attention_weights.wrong("square root of the number of queries")
def by_the_queries(queries, keys):
    return softmax(queries @ keys.T / np.sqrt(len(queries)), axis=1)


@attention_weights.wrong("are multiplied by the square root")
def times_the_root(queries, keys):
    return softmax(queries @ keys.T * queries.shape[1] ** 0.5, axis=1)


@attention_weights.wrong("Each column adds up to 1")
def along_the_columns(queries, keys):
    return softmax(scores_of(queries, keys), axis=0)


@attention_weights.wrong("All weights together add up to 1")
def over_all(queries, keys):
    return softmax(scores_of(queries, keys))


@attention_weights.wrong("The softmax is missing")
def scores_only(queries, keys):
    return queries @ keys.T / np.sqrt(queries.shape[1])


@attention_weights.wrong("Those are the powers of e")
def powers_only(queries, keys):
    with np.errstate(over="ignore"):
        return np.exp(scores_of(queries, keys))


@attention_weights.wrong("never divided by its sum")
def never_divided(queries, keys):
    scores = scores_of(queries, keys)
    return np.exp(scores - scores.max(axis=1)[:, None])


@attention_weights.wrong("without e to its power")
def no_powers(queries, keys):
    scores = scores_of(queries, keys)
    with np.errstate(all="ignore"):
        return scores / scores.sum(axis=1, keepdims=True)


@attention_weights.wrong("divides after the softmax")
def scaled_too_late(queries, keys):
    return softmax(queries @ keys.T, axis=1) / np.sqrt(queries.shape[1])


@attention_weights.wrong("There is a row for each key")
def transposed(queries, keys):
    return softmax(scores_of(queries, keys), axis=1).T


@attention_weights.wrong("have changed places")
def keys_ask(queries, keys):
    return softmax(scores_of(keys, queries), axis=1)


@attention_weights.wrong("Where are the keys")
def queries_only(queries, keys):
    return softmax(scores_of(queries, queries), axis=1)


@attention_weights.wrong("Where are the queries")
def keys_only(queries, keys):
    return softmax(scores_of(keys, keys), axis=1)


@attention_weights.wrong("only their angle counts")
def cosines(queries, keys):
    with np.errstate(invalid="ignore"):
        angles = [rows / np.linalg.norm(rows, axis=1)[:, None] for rows in (queries, keys)]
    return softmax(angles[0] @ angles[1].T, axis=1)


@attention_weights.wrong("The largest score gets all the attention")
def hard(queries, keys):
    return np.eye(len(keys))[scores_of(queries, keys).argmax(axis=1)]


@attention_weights.wrong("smallest score gets the most")
def upside_down_scores(queries, keys):
    return softmax(-scores_of(queries, keys), axis=1)


@attention_weights.wrong("The scores are distances")
def distances(queries, keys):
    lengths = np.linalg.norm(queries[:, None] - keys[None], axis=-1)
    return softmax(-lengths / np.sqrt(queries.shape[1]), axis=1)


@attention_weights.wrong("squashed by a sigmoid")
def sigmoids(queries, keys):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-scores_of(queries, keys)))


@attention_weights.wrong("NaN: the powers of e got too large")
def not_shifted(queries, keys):
    with np.errstate(all="ignore"):
        powers = np.exp(scores_of(queries, keys))
        return powers / powers.sum(axis=1, keepdims=True)


@attention_weights.wrong("NaN: the powers of e got too large")
def one_shift(queries, keys):
    scores = scores_of(queries, keys)
    with np.errstate(all="ignore"):
        powers = np.exp(scores - np.max(scores))
        return powers / powers.sum(axis=1, keepdims=True)


@attention_weights.wrong("row of the first query only")
def returns_in_the_loop(queries, keys):
    for query in queries:
        return softmax(keys @ query / np.sqrt(len(query)))


@attention_weights.wrong("powers are of 2")
def powers_of_two(queries, keys):
    scores = scores_of(queries, keys)
    powers = 2 ** (scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@attention_weights.wrong("The weights are rounded")
def two_digits(queries, keys):
    return softmax(scores_of(queries, keys), axis=1).round(2)


@attention_weights.wrong("It changes `queries` in place")
def scales_in_place(queries, keys):
    queries = np.multiply(queries, 1 / np.sqrt(queries.shape[1]), out=queries, casting="unsafe")
    return softmax(queries @ keys.T, axis=1)


@attention_weights.wrong("shapes of two arrays do not fit together")
def not_turned(queries, keys):
    return softmax(queries @ keys, axis=1)


@attention_weights.wrong("shapes of two arrays do not fit together|Each column")
def no_kept_axis(queries, keys):
    powers = np.exp(scores_of(queries, keys))
    return powers / powers.sum(axis=1)


@attention_weights.wrong("end with `return`")
def prints_the_weights(queries, keys):
    print(softmax(scores_of(queries, keys), axis=1))


@attention_weights.wrong("has shape \\(2, 4\\)|numbers differ")
def values_already(queries, keys):
    return softmax(scores_of(queries, keys), axis=1) @ keys


@attention_weights.wrong("numbers differ")
def all_alike(queries, keys):
    return np.full((len(queries), len(keys)), 1 / len(keys))


@attention_weights.wrong("scores in the thousands|far|numbers differ")
def clipped(queries, keys):
    return softmax(np.clip(scores_of(queries, keys), -30, 30), axis=1)


def same_results(bank, reason, *changes):
    for change in changes:
        bank.equivalent(change, reason)


same_results(
    he_scale,
    "height, width, and channels are multiplied, in whatever order",
    "height, width, channels, _ = kernel_shape  ->  width, height, channels, _ = kernel_shape",
    "height, width, channels, _ = kernel_shape  ->  height, channels, width, _ = kernel_shape",
)
same_results(
    residual_block,
    "a sum, and a maximum, is the same in any order",
    "x = layers.Add()([x, maps])  ->  x = layers.Add()([maps, x])",
    "return keras.ops.maximum(keras.ops.add(second, maps), 0)  ->  "
    "return keras.ops.maximum(0, keras.ops.add(second, maps))",
    "return keras.ops.maximum(keras.ops.add(second, maps), 0)  ->  "
    "return keras.ops.maximum(keras.ops.add(maps, second), 0)",
    "return layers.ReLU()(layers.add([maps, stack(maps)]))  ->  return layers.ReLU()(layers.add([stack(maps), maps]))",
    "return layers.ReLU()(layers.Add()([maps, x]))  ->  return layers.ReLU()(layers.Add()([x, maps]))",
    "return keras.layers.ReLU()(keras.layers.Add()([maps, change]))  ->  "
    "return keras.layers.ReLU()(keras.layers.Add()([change, maps]))",
)
same_results(
    residual_block,
    "how the weights start is for whoever writes the block to say",
    "maps = layers.Conv2D(shortcut.shape[-1], 3, 1, 'same', activation='relu', "
    "kernel_initializer='he_normal')(maps)  ->  "
    "maps = layers.Conv2D(shortcut.shape[-1], 3, 1, 'same', activation='relu')(maps)",
    "maps = layers.Conv2D(shortcut.shape[-1], 3, 1, 'same', kernel_initializer='zeros')(maps)  ->  "
    "maps = layers.Conv2D(shortcut.shape[-1], 3, 1, 'same')(maps)",
)
same_results(
    separable_parameters,
    "a product is the same in any order",
    "return np.prod([kernel_size, kernel_size, n_inputs]) + np.prod([n_inputs, n_filters])  ->  "
    "return np.prod([kernel_size, n_inputs, kernel_size]) + np.prod([n_inputs, n_filters])",
    "return np.prod([kernel_size, kernel_size, n_inputs]) + np.prod([n_inputs, n_filters])  ->  "
    "return np.prod([kernel_size, kernel_size, n_inputs]) + np.prod([n_filters, n_inputs])",
    "return n_inputs * count(kernel_size, 1, 1) + count(1, n_inputs, n_filters)  ->  "
    "return n_inputs * count(kernel_size, 1, 1) + count(1, n_filters, n_inputs)",
)
same_results(
    separable_parameters,
    "nothing is left over, and a float is as good",
    "return ordinary // n_filters + ordinary // kernel_size ** 2  ->  "
    "return ordinary / n_filters + ordinary // kernel_size ** 2",
    "return ordinary // n_filters + ordinary // kernel_size ** 2  ->  "
    "return ordinary // n_filters + ordinary / kernel_size ** 2",
)
same_results(
    attention_weights,
    "a dot product is the same in any order",
    "row = [float(query @ key) / len(query) ** 0.5 for key in keys]  ->  "
    "row = [float(key @ query) / len(query) ** 0.5 for key in keys]",
)
same_results(
    attention_weights,
    "the last of two axes is axis 1, and all keys have one width",
    "scores = queries @ keys.T / np.sqrt(queries.shape[-1])  ->  scores = queries @ keys.T / np.sqrt(queries.shape[1])",
    "scores -= np.max(scores, axis=-1)[:, None]  ->  scores -= np.max(scores, axis=1)[:, None]",
    "scores = np.dot(queries, keys.T) / math.sqrt(len(keys[0]))  ->  "
    "scores = np.dot(queries, keys.T) / math.sqrt(len(keys[-1]))",
)
same_results(
    attention_weights,
    "it only says less",
    "with np.errstate(over='ignore'):  ->  with np.errstate():",
)
same_results(
    he_scale,
    "what is in the kernel doesn't matter, nor which of its filters is looked at",
    "return math.sqrt(2 / np.broadcast_to(0.0, kernel_shape)[..., 0].size)  ->  "
    "return math.sqrt(2 / np.broadcast_to(1.0, kernel_shape)[..., 0].size)",
    "return math.sqrt(2 / np.broadcast_to(0.0, kernel_shape)[..., 0].size)  ->  "
    "return math.sqrt(2 / np.broadcast_to(-1.0, kernel_shape)[..., 0].size)",
    "return math.sqrt(2 / np.broadcast_to(0.0, kernel_shape)[..., 0].size)  ->  "
    "return math.sqrt(2 / np.broadcast_to(0.0, kernel_shape)[..., -1].size)",
)
