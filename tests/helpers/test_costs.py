"""Multiply-adds against layers worked out by hand, against TensorFlow's profiler and a count in plain loops."""

import numpy as np
import pytest

from course_utils import costs, networks
from course_utils._tensorflow import keras, tf

pytestmark = pytest.mark.numbers

layers = keras.layers


def count(shape, *stack):
    return costs.count_multiply_adds(keras.Sequential([keras.Input(shape), *stack]))


def test_the_seeds_network_by_hand():
    counts, total = costs.count_multiply_adds(networks.build_seed_network())
    assert list(counts.values()) == [
        28 * 28 * 32 * (3 * 3 * 1),  # conv 1: 28 × 28 places, 32 filters, windows of 3 × 3 × 1
        0,
        12 * 12 * 64 * (3 * 3 * 32),
        0,
        4 * 4 * 64 * (3 * 3 * 64),
        0,
        1024 * 64,
        64 * 10,
    ]
    assert total == sum(counts.values()) == 3_536_000


@pytest.mark.parametrize(
    ("shape", "layer", "by_hand"),
    [
        ((8, 8, 3), layers.Conv2D(5, 3), 6 * 6 * 5 * 9 * 3),
        ((8, 8, 3), layers.Conv2D(5, 3, padding="same"), 8 * 8 * 5 * 9 * 3),
        ((9, 7, 3), layers.Conv2D(5, (4, 2), strides=2), 3 * 3 * 5 * 8 * 3),
        ((8, 8, 4), layers.Conv2D(6, 3, groups=2), 6 * 6 * 6 * 9 * 2),
        ((9, 9, 2), layers.Conv2D(5, 3, dilation_rate=2), 5 * 5 * 5 * 9 * 2),
        ((8, 8, 3), layers.DepthwiseConv2D(3, depth_multiplier=2), 6 * 6 * 3 * 2 * 9),
        ((8, 8, 3), layers.SeparableConv2D(5, 3), 6 * 6 * (3 * 9 + 3 * 5)),
        ((9, 9, 3), layers.SeparableConv2D(5, 3, strides=2, depth_multiplier=4), 4 * 4 * (3 * 4 * 9 + 3 * 4 * 5)),
        ((8, 8, 6), layers.DepthwiseConv2D(5, strides=2, padding="same"), 4 * 4 * 6 * 25),
        ((8, 8, 6), layers.Conv2D(6, 3, groups=6), 6 * 6 * 6 * 9),  # as many groups as channels: depthwise
        ((4, 4, 3), layers.Conv2DTranspose(5, 3, strides=2), 4 * 4 * 3 * 9 * 5),
        ((10, 3), layers.Conv1D(5, 3), 8 * 5 * 3 * 3),
        ((7,), layers.Dense(5), 7 * 5),
        ((4, 7), layers.Dense(5), 4 * 7 * 5),
        ((8, 8, 3), layers.BatchNormalization(), 0),
        ((8, 8, 3), layers.MaxPooling2D(), 0),
        ((8, 8, 3), layers.Dropout(0.5), 0),
    ],
    ids=lambda value: value.name if isinstance(value, layers.Layer) else None,
)
def test_each_kind_of_layer_by_hand(shape, layer, by_hand):
    assert count(shape, layer) == ({layer.name: by_hand}, by_hand)


# Five tokens of six numbers; three heads, with four numbers in a query and a key and seven in a value.
PROJECTED = 5 * 6 * 3 * (4 + 4 + 7) + 5 * 3 * 7 * 6
MIXED = 5 * 5 * 3 * (4 + 7)


def attend(*shapes, **options):
    """The multiply-adds of attention among inputs of these shapes: query, value and key, or one for all three."""
    inputs = [keras.Input(shape) for shape in shapes]
    read = inputs if len(inputs) > 1 else 2 * inputs
    layer = layers.MultiHeadAttention(**{"num_heads": 3, "key_dim": 4, "value_dim": 7} | options)
    model = keras.Model(inputs, layer(*read))
    return sum(weights * positions for weights, positions in costs._kernels_and_positions(model.layers[-1]))


def test_attention_by_hand():
    assert attend((5, 6)) == PROJECTED + MIXED == 2805
    assert attend((5, 6), use_bias=False, dropout=0.1) == PROJECTED + MIXED
    assert attend((5, 6), num_heads=1, key_dim=6, value_dim=None) == 4 * 5 * 6 * 6 + 2 * 5 * 5 * 6
    assert attend((5, 6), output_shape=2) == PROJECTED + MIXED - 5 * 3 * 7 * (6 - 2)


def test_attention_to_other_tokens_by_hand():
    """Nine tokens of eight numbers are read by five of six; the keys, if they are others, have ten numbers."""
    own, mixed = 5 * 6 * 3 * 4 + 5 * 3 * 7 * 6, 5 * 9 * 3 * (4 + 7)
    assert attend((5, 6), (9, 8)) == own + 9 * 8 * 3 * (4 + 7) + mixed
    assert attend((5, 6), (9, 8), (9, 10)) == own + 9 * 3 * (8 * 7 + 10 * 4) + mixed


def test_attention_over_a_map_by_hand():
    """A map of 4 × 5 tokens: all attend to all, or each to those of its row."""
    assert attend((4, 5, 6)) == 4 * PROJECTED + 16 * MIXED
    assert attend((4, 5, 6), attention_axes=2) == 4 * (PROJECTED + MIXED)


def test_attention_in_plain_loops():
    n, queries, keys, values = 0, np.ones((3, 5, 4)), np.ones((3, 5, 4)), np.ones((3, 5, 7))
    for head in range(3):
        for query in queries[head]:
            scores = [sum(q * k for q, k in zip(query, key, strict=True)) for key in keys[head]]
            n += len(scores) * len(query)
            n += sum(len(value) for value in values[head])  # each times its share of attention
    assert n == MIXED and attend((5, 6)) - n == PROJECTED


def test_attention_in_a_model():
    tokens = keras.Input((5, 6))
    attention = layers.MultiHeadAttention(3, 4, value_dim=7, name="attention")
    counts, total = costs.count_multiply_adds(
        keras.Model(tokens, layers.Dense(2, name="dense")(attention(tokens, tokens)))
    )
    assert counts["attention"] == 2805 and counts["dense"] == 5 * 6 * 2 and total == 2865


def profiled(model):
    """The floating-point operations in products of one image, as TensorFlow's profiler counts them."""
    signature = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32)
    graph = tf.function(lambda image: model(image, training=False)).get_concrete_function(signature).graph
    options = tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()
    options["output"] = "none"
    options["account_type_regexes"] = ["Conv2D", "MatMul", "DepthwiseConv2dNative"]
    return tf.compat.v1.profiler.profile(graph, options=options).total_float_ops


@pytest.mark.parametrize("strides", [1, 2])
def test_the_profiler_counts_two_operations_a_multiply_add(strides):
    model = keras.Sequential(
        [
            keras.Input((20, 16, 3)),
            layers.Conv2D(7, (5, 3), strides=strides, padding="same"),
            layers.DepthwiseConv2D(3),
            layers.Conv2D(4, 3, padding="valid"),
            layers.Flatten(),
            layers.Dense(11),
            layers.Dense(3),
        ]
    )
    assert 2 * costs.count_multiply_adds(model)[1] == profiled(model)


def test_the_profiler_on_the_seeds_network():
    assert profiled(networks.build_seed_network()) == 2 * 3_536_000


def test_a_convolution_in_plain_loops():
    image, kernel, n = np.ones((6, 5, 2)), np.ones((3, 2, 2, 4)), 0
    for row in range(6 - 3 + 1):
        for column in range(5 - 2 + 1):
            n += image[row : row + 3, column : column + 2, :, None].size * kernel.shape[-1]
    assert count(image.shape, layers.Conv2D(4, (3, 2)))[1] == n


def test_channels_may_come_first():
    first = {"data_format": "channels_first"}
    assert count((2, 8, 7), layers.Conv2D(4, 3, **first))[1] == 6 * 5 * 4 * (3 * 3 * 2)


def test_models_inside_a_model_are_opened():
    inner = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(2, 3, name="conv")], name="inner")
    counts, total = count((8, 8, 1), inner, layers.Flatten(name="flatten"), layers.Dense(3, name="dense"))
    assert counts == {"inner/conv": 36 * 2 * 9, "flatten": 0, "dense": 72 * 3} and total == 36 * 18 + 216


def test_the_functional_api_counts_branches():
    image = keras.Input((8, 8, 1))
    one, other = layers.Conv2D(2, 3, name="one")(image), layers.Conv2D(2, 3, name="other")(image)
    counts, total = costs.count_multiply_adds(keras.Model(image, layers.Add(name="sum")([one, other])))
    assert counts["one"] == counts["other"] == 36 * 18 and counts["sum"] == 0 and total == 2 * 36 * 18


def test_a_layer_that_is_not_kerass_states_its_count():
    class Own(layers.Layer):
        multiply_adds = 12

        def call(self, x):
            return x

    assert count((7,), Own(name="own"), layers.Dense(5, name="dense")) == ({"own": 12, "dense": 7 * 5}, 12 + 7 * 5)


def test_what_cannot_be_counted_is_refused():
    with pytest.raises(TypeError, match=r"layer 'lstm.*' of type LSTM; count it by hand"):
        count((5, 3), layers.LSTM(4))
    tokens = keras.Input((5, 3))
    for layer in (layers.Attention(), layers.AdditiveAttention(), layers.Dot(axes=2)):  # they may have no weights
        with pytest.raises(TypeError, match=f"of type {type(layer).__name__}; count it by hand"):
            costs.count_multiply_adds(keras.Model(tokens, layer([tokens, tokens])))
    with pytest.raises(ValueError, match=r"begin it with keras\.Input"):
        costs.count_multiply_adds(keras.Sequential([layers.Conv2D(2, 3)]))
    with pytest.raises(ValueError, match=r"got \(None, None, None, 1\)"):
        count((None, None, 1), layers.Conv2D(2, 3))
    with pytest.raises(TypeError, match="must be a Keras model, got list"):
        costs.count_multiply_adds([layers.Dense(3)])


def test_training_takes_three_forward_passes_less_the_gradient_of_the_pixels():
    network = networks.build_seed_network()
    assert costs.count_training_multiply_adds(network) == 3 * 3_536_000 - 28 * 28 * 32 * 9
    tiny = keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), layers.Dense(10)])
    assert costs.count_training_multiply_adds(tiny) == 2 * 7840  # Flatten is no layer that computes


# ---- the machine's peak


def test_the_peak_is_multiply_adds_over_the_shortest_time(monkeypatch):
    now, takes = [0.0], iter([0.5, 0.25, 1.0] + 100 * [0.5])

    def multiply(one, other):
        assert one.dtype == other.dtype == tf.bfloat16 and one.shape == (64, 64)
        now[0] += next(takes) if multiply.called else 50.0  # the first call traces, and does not count
        multiply.called = True
        return tf.matmul(one, other)

    multiply.called = False
    monkeypatch.setattr(costs.time, "perf_counter", lambda: now[0])
    monkeypatch.setattr(costs.tf, "function", lambda function: multiply)
    assert costs.measure_peak("bfloat16", size=64, seconds=3) == 64**3 / 0.25


def test_a_peak_is_measured_even_in_no_time():
    assert 1e6 < costs.measure_peak(size=64, seconds=0) < 1e15


@pytest.mark.parametrize(("ratio", "precision"), [(0.1, "float32"), (1.4, "float32"), (1.6, "mixed_bfloat16")])
def test_bfloat16_is_chosen_where_it_pays(monkeypatch, ratio, precision):
    monkeypatch.setattr(costs, "measure_peak", lambda dtype: {"float32": 1e11, "bfloat16": ratio * 1e11}[dtype])
    assert costs.choose_precision() == precision
