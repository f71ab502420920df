"""What the browser is told of a network, and which networks it isn't shown."""

import itertools
import json
import math

import numpy as np
import pytest

from course_utils import networks
from course_utils._tensorflow import keras
from course_utils.widgets.layers.model import KINDS, compute_layers, read_model

L = keras.layers


def chain(*layers, shape=(9, 8, 3)):
    return keras.Sequential([keras.Input(shape), *layers])


class OwnConvolution(L.Conv2D):
    """A student's own layer: it may do anything."""


class OwnNetwork(keras.Model):
    """A network whose code is its own: Keras doesn't know which layer reads which."""

    def call(self, images):
        return images


# ---- what is described


def test_the_original_network_is_described():
    description, weights = read_model(networks.build_seed_network())
    assert json.loads(json.dumps(description)) == description
    layers = description["layers"]
    kinds = ["InputLayer", *["Conv2D", "MaxPooling2D"] * 2, "Conv2D", "Flatten", "Dense", "Dense"]
    assert [layer["kind"] for layer in layers] == kinds
    assert [layer["inputs"] for layer in layers] == [[], *([place] for place in range(8))]
    shapes = [[28, 28, 1], [28, 28, 32], [14, 14, 32], [12, 12, 64], [6, 6, 64], [4, 4, 64], [1024], [64], [10]]
    assert [layer["shape"] for layer in layers] == shapes
    window = {"window": [3, 3], "strides": [1, 1], "dilation": [1, 1], "padding": "same", "activation": "relu"}
    assert layers[1]["config"] == window
    assert layers[1]["weights"] == {
        "kernel": {"offset": 0, "shape": [3, 3, 1, 32]},
        "bias": {"offset": 288, "shape": [32]},
    }
    assert layers[2]["config"] == {"window": [2, 2], "strides": [2, 2], "dilation": [1, 1], "padding": "valid"}
    assert layers[8]["config"] == {"activation": "softmax"}
    assert len(weights) == 4 * 121_994


def test_each_weight_is_found_again():
    model = networks.build_cheap_network("separable", pooled=True)
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=weight.shape) for weight in model.weights])
    description, weights = read_model(model)
    numbers, end = np.frombuffer(weights, "<f4"), 0
    for layer in description["layers"][1:]:
        for name, place in layer["weights"].items():
            assert place["offset"] == end, "one after the other"
            end += math.prod(place["shape"])
            expected = np.asarray(getattr(model.get_layer(layer["name"]), name))
            assert (numbers[place["offset"] : end].reshape(place["shape"]) == expected).all()
    assert end == len(numbers) == model.count_params()


def test_weights_of_any_precision_travel_as_float32():
    model = chain(L.Conv2D(2, 3, dtype="mixed_float16"), L.Flatten(), L.Dense(2, dtype="bfloat16"))
    assert len(read_model(model)[1]) == 4 * model.count_params()


def test_numbers_of_numpy_are_described_as_json_takes_them():
    two = np.int64(2)
    model = chain(L.ZeroPadding2D(((two, 0), (0, 0))), L.Conv2D(two, (two, two)), L.MaxPooling2D((two, two)))
    description, _ = read_model(model)
    assert json.loads(json.dumps(description)) == description


def test_branches_name_what_they_read():
    image = keras.Input((8, 8, 1), name="image")
    maps = L.Conv2D(2, 3, padding="same", name="maps")(image)
    description, _ = read_model(
        keras.Model(image, L.Concatenate(name="both")([L.ReLU(name="relu")(maps), image, maps]))
    )
    layers = description["layers"]
    assert [layer["name"] for layer in layers] == ["image", "maps", "relu", "both"]
    assert [layer["inputs"] for layer in layers] == [[], [0], [1], [2, 0, 1]]


def test_the_layers_of_a_network_in_a_network_stand_in_its_place():
    part = keras.Sequential([L.Conv2D(2, 3, name="inside"), L.ReLU(name="inside_too")])
    model = chain(L.Conv2D(2, 3, name="before"), part, L.Flatten(name="after"))
    layers = read_model(model)[0]["layers"]
    assert [layer["name"] for layer in layers[1:]] == ["before", "inside", "inside_too", "after"]
    assert [layer["inputs"] for layer in layers] == [[], [0], [1], [2], [3]]


def test_what_acts_in_training_only_is_not_counted():
    assert len(read_model(chain(*itertools.chain(*((L.ReLU(), L.Dropout(0.5)) for _ in range(20)))))[0]["layers"]) == 41


def test_layers_that_act_in_training_only_are_computed_as_in_use():
    model = chain(L.RandomFlip(), L.Dropout(0.5), L.BatchNormalization(), L.Conv2D(2, 3))
    image = np.random.default_rng(0).random(model.inputs[0].shape[1:]).astype("float32")
    for _ in range(5):
        np.testing.assert_array_almost_equal(compute_layers(model, image)[-1], model(image[None], training=False)[0], 5)


# ---- what is refused


def two_inputs():
    image, other = keras.Input((8, 8, 1)), keras.Input((8, 8, 1))
    return keras.Model([image, other], L.Add()([image, other]))


def two_outputs():
    image = keras.Input((8, 8, 1))
    return keras.Model(image, [L.ReLU()(image), L.Flatten()(image)])


def used_twice():
    image, layer = keras.Input((8, 8, 1)), L.Conv2D(1, 3)
    return keras.Model(image, layer(layer(image)))


def network_used_twice():
    image, part = keras.Input((8, 8, 1)), chain(L.Conv2D(1, 3, padding="same"), shape=(8, 8, 1))
    return keras.Model(image, part(part(image)))


def operation():
    image = keras.Input((8, 8, 1))
    return keras.Model(image, L.ReLU()(image) + image)


def stretched():
    image = keras.Input((8, 8, 1))
    return keras.Model(image, L.Add()([image, L.GlobalMaxPooling2D(keepdims=True)(image)]))


def joined_below():
    image = keras.Input((8, 8, 1))
    return keras.Model(image, L.Concatenate(axis=1)([image, image]))


def with_weight(value):
    model = chain(L.Conv2D(2, 3, name="broken"), L.Flatten())
    model.layers[0].bias.assign([0, value])
    return model


def with_lora():
    model = chain(L.Dense(8, name="adapted"))
    model.layers[0].enable_lora(2)
    return model


MANY = [L.ReLU] * 21
REFUSED = {
    "array": (lambda: np.zeros((28, 28)), TypeError, "must be a Keras network, .*, got ndarray"),
    "layer": (lambda: L.Dense(3), TypeError, "must be a Keras network, .*, got Dense"),
    "own network": (OwnNetwork, TypeError, "got a class of its own, OwnNetwork; build"),
    "no shape": (lambda: keras.Sequential([L.Dense(3)]), ValueError, r"got none; begin it with keras.Input\(\(28"),
    "two inputs": (two_inputs, ValueError, "must have one input, got 2; take"),
    "two outputs": (two_outputs, ValueError, "must have one output, got 2; take"),
    "flat": (lambda: chain(L.Dense(3), shape=(784,)), ValueError, r"got \(784,\); begin it with"),
    "large": (lambda: chain(L.ReLU(), shape=(64, 65, 3)), ValueError, r"at most \(64, 64, 3\), got \(64, 65, 3\)"),
    "four channels": (lambda: chain(L.ReLU(), shape=(8, 8, 4)), ValueError, r"got \(8, 8, 4\)"),
    "any size": (lambda: chain(L.ReLU(), shape=(None, None, 1)), ValueError, r"got \(None, None, 1\)"),
    "many layers": (lambda: chain(*(kind() for kind in MANY)), ValueError, "at most 20 layers .*, got 21; take a part"),
    "many weights": (
        lambda: chain(L.Flatten(), L.Dense(1200), shape=(64, 64, 3)),
        ValueError,
        "at most 5,000,000 weights, .*, got 14,746,800; take fewer",
    ),
    "Lambda": (
        lambda: chain(L.Lambda(abs, name="mine")),
        TypeError,
        "'mine' .* got Lambda; there are .*Conv2D, .*Dense",
    ),
    "own layer": (lambda: chain(OwnConvolution(2, 3)), TypeError, "got OwnConvolution; there are Conv2D, "),
    "Conv1D": (lambda: chain(L.Reshape((72, 3)), L.Conv1D(2, 3)), TypeError, "got Conv1D; there are "),
    "transformer": (networks.build_vision_transformer, ValueError, "at most 20 layers .*, got 34; take a part"),
    "deep": (lambda: networks.build_deep_network(200), ValueError, "at most 20 layers .*, got 402; take a part"),
    "operation": (operation, TypeError, r"got the operation 'add\w*' between them; take a layer for it"),
    "LeNet-5": (networks.build_lenet5, TypeError, "got Subsampling; there are "),
    "own activation": (lambda: chain(L.Dense(2, activation=lambda x: x)), TypeError, "got <lambda>; there are linear"),
    "layer as activation": (lambda: chain(L.Dense(2, activation=L.LeakyReLU())), TypeError, "got LeakyReLU; there are"),
    "log_softmax": (lambda: chain(L.Activation("log_softmax")), TypeError, "got log_softmax; there are .*softmax"),
    "NaN": (lambda: with_weight(np.nan), ValueError, "NaN or infinite ones in the bias of layer 'broken'; build"),
    "infinite": (lambda: with_weight(np.inf), ValueError, "NaN or infinite ones in the bias of layer 'broken'; build"),
    "LoRA": (with_lora, ValueError, "'adapted' .* must have no weights but kernel, bias, got others"),
    "twice": (used_twice, ValueError, "must be used once, got layer 'conv2d\\w*' twice; build another"),
    "network twice": (network_used_twice, ValueError, "must be used once, got layer 'sequential\\w*' twice"),
    "groups": (lambda: chain(L.Conv2D(3, 3, groups=3)), ValueError, "must have one group of channels, got groups=3"),
    "first": (lambda: chain(L.MaxPooling2D(data_format="channels_first")), ValueError, "must have the channels last"),
    "Softmax": (lambda: chain(L.Softmax(axis=1)), ValueError, "must work along the last axis, .*, got axis=1"),
    "normalized": (lambda: chain(L.LayerNormalization(axis=[1, 2, 3])), ValueError, r"got axis=\[1, 2, 3\]"),
    "BatchNormalization": (lambda: chain(L.BatchNormalization(axis=1)), ValueError, r"got axis=1; leave"),
    "Concatenate": (joined_below, ValueError, r"must work along the last axis, .*, got axis=1"),
    "stretched": (stretched, ValueError, r"must read arrays of one shape, got the shapes \(8, 8, 1\), \(1, 1, 1\)"),
    "four axes": (
        lambda: chain(L.Reshape((3, 3, 8, 3))),
        ValueError,
        r"one to three axes .*, got shape \(3, 3, 8, 3\)",
    ),
    "Rescaling": (lambda: chain(L.Rescaling(np.inf)), ValueError, "must have one finite scale, .*, got inf"),
}


@pytest.mark.parametrize(("make", "kind", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_the_browser_cannot_compute_is_refused_with_a_sentence(make, kind, sentence):
    with pytest.raises(kind, match=sentence) as refused:
        read_model(make())
    assert "\n" not in str(refused.value)


def test_the_kinds_that_a_sentence_lists_are_keras_names():
    assert [kind for kind in KINDS if not hasattr(L, kind)] == [] and len(set(KINDS)) == len(KINDS)
