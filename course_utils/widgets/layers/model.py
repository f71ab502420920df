"""A Keras network as forward.js reads it: a description that JSON can hold, and all weights in a row.

The browser has no Keras. What the description doesn't say, forward.js doesn't know: so a network that it would compute
in another way than Keras does is refused here, with a sentence, and never shown wrong.
"""

import inspect
from math import isfinite, prod

import numpy as np

from course_utils._tensorflow import keras
from course_utils.networks import FusedBatchNormalization

MAX_SIDE, MAX_CHANNELS = 64, 3  # of the image
MAX_LAYERS = 20
MAX_WEIGHTS = 5_000_000  # 20 MB
SLIDING = ("Conv2D", "DepthwiseConv2D", "SeparableConv2D", "MaxPooling2D", "AveragePooling2D")
GLOBAL = ("GlobalMaxPooling2D", "GlobalAveragePooling2D")
MERGING = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
ONLY_IN_TRAINING = (  # in use, they give what they get
    *("Dropout", "SpatialDropout2D", "AlphaDropout", "GaussianDropout", "GaussianNoise", "ActivityRegularization"),
    *("RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom"),
)
KINDS = (
    *SLIDING,
    *GLOBAL,
    *MERGING,
    *ONLY_IN_TRAINING,
    *("InputLayer", "Rescaling", "ZeroPadding2D", "Flatten", "Reshape", "Dense", "Identity", "Concatenate"),
    *("BatchNormalization", "LayerNormalization", "Activation", "ReLU", "LeakyReLU", "ELU", "Softmax"),
)
NOT_COUNTED = ("InputLayer", "Identity", *ONLY_IN_TRAINING)
ACTIVATIONS = (
    *("linear", "relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "mish", "softplus", "softsign"),
    *("sigmoid", "hard_sigmoid", "hard_silu", "tanh", "hard_tanh", "exponential", "softmax"),
)
WEIGHTS = {
    "Conv2D": ("kernel", "bias"),
    "DepthwiseConv2D": ("kernel", "bias"),
    "SeparableConv2D": ("depthwise_kernel", "pointwise_kernel", "bias"),
    "Dense": ("kernel", "bias"),
    "BatchNormalization": ("gamma", "beta", "moving_mean", "moving_variance"),
    "LayerNormalization": ("gamma", "beta"),
}
BEGIN = "begin it with keras.Input((28, 28, 1))"


def read_model(model):
    """Describe a network for forward.js, and gather its weights.

    Parameters
    ----------
    model : keras.Sequential or keras.Model
        From one image of at most 64 × 64 pixels and 3 channels to one output, with at most 20 layers and 5 million
        weights. Layers that do nothing but in training, like dropout, don't count. The layers of a network that is
        used as a layer stand in its place.

    Returns
    -------
    description : dict
        Its ``"layers"`` is a list in which each layer comes after all that it reads; the first is the input, the last
        gives the output. Each is a dict: ``"name"`` and ``"kind"``, Keras's name of the class, are str; ``"inputs"``
        lists the places of the layers that it reads; ``"shape"`` lists the sides of its output, without the batch's;
        ``"config"`` is a dict of what else it depends on; ``"weights"`` is a dict from names, such as ``"kernel"``, to
        ``{"offset": int, "shape": list of int}``, the offset in numbers from the first weight of all.
    weights : bytes
        float32, little-endian.

    Raises
    ------
    TypeError
        If ``model`` is no Keras network, is one that doesn't tell how its layers are connected, or has a layer or an
        activation function that forward.js doesn't know.
    ValueError
        If the network has no shape yet, more than one input or output, an input of another shape, too many layers or
        weights, a layer that is used twice, a setting that forward.js doesn't know, or weights that aren't finite.
    """
    _check_ends(model)
    _check_size(model)
    graph, layers, arrays, n_weights = _flatten(model), [], [], 0
    for layer, sources, shape in graph:
        kind = _kind_of(layer)
        config = _configure(layer, kind, [graph[source][2] for source in sources], shape)
        entry = {"name": layer.name, "kind": kind, "inputs": sources, "shape": _whole(shape), "config": config}
        entry["weights"] = {}
        for name, array in _gather_weights(layer, kind):
            entry["weights"][name] = {"offset": n_weights, "shape": list(array.shape)}
            arrays.append(array.ravel())
            n_weights += array.size
        layers.append(entry)
    return {"layers": layers}, b"".join(array.astype("<f4").tobytes() for array in arrays)


def compute_layers(model, image):
    """What each layer of a network gives in Keras, in the order of its description.

    Parameters
    ----------
    model : keras.Sequential or keras.Model
        One that `read_model` takes.
    image : ndarray of float32, shape (height, width, channels)

    Returns
    -------
    list of ndarray of float32
        Of the shapes that the description says.
    """
    outputs = []
    for layer, sources, _ in _flatten(model):
        inputs = [outputs[source] for source in sources]
        # As in use: the layers that flip and turn images take a call by itself for training.
        options = {"training": False} if "training" in inspect.signature(layer.call).parameters else {}
        outputs.append(layer(inputs if len(inputs) > 1 else inputs[0], **options) if inputs else image[None])
    return [np.asarray(output, "float32")[0] for output in outputs]


def _check_ends(model):
    """Raise where the network has no shape, or where its input or output isn't what can be shown."""
    if not isinstance(model, keras.Model):
        raise TypeError(f"model must be a Keras network, as keras.Sequential makes one, got {type(model).__name__}")
    if not _has_graph(model):
        if isinstance(model, keras.Sequential):
            raise ValueError(f"the network must know its input's shape, got none; {BEGIN}")
        raise TypeError(
            f"model must tell how its layers are connected, as keras.Sequential and keras.Model(inputs, outputs) do, "
            f"got a class of its own, {type(model).__name__}; build the network in one of these two ways"
        )
    for tensors, end in ((model.inputs, "input"), (model.outputs, "output")):
        if len(tensors) != 1:
            raise ValueError(
                f"the network must have one {end}, got {len(tensors)}; take the part that leads from one image to one "
                f"output: keras.Model(image, output)"
            )
    shape = tuple(model.inputs[0].shape[1:])
    if len(shape) != 3 or None in shape or max(shape[:2]) > MAX_SIDE or shape[2] > MAX_CHANNELS:
        raise ValueError(
            f"the network must read an image of shape (height, width, channels), each a known number, at most "
            f"({MAX_SIDE}, {MAX_SIDE}, {MAX_CHANNELS}), got {shape}; {BEGIN}"
        )


def _check_size(model):
    """Raise where a network is larger than a browser can hold, and a student look at."""
    n_layers = sum(_kind_of(layer) not in NOT_COUNTED for layer in _layers_of(model))
    if n_layers > MAX_LAYERS:
        raise ValueError(
            f"the network must have at most {MAX_LAYERS} layers (those that only act in training don't count), "
            f"got {n_layers}; take a part of it: keras.Model(model.inputs[0], model.layers[{MAX_LAYERS}].output)"
        )
    if model.count_params() > MAX_WEIGHTS:
        raise ValueError(
            f"the network must have at most {MAX_WEIGHTS:,} weights, for they all travel to the browser, got "
            f"{model.count_params():,}; take fewer filters or units"
        )


def _has_graph(model):
    """Whether Keras knows which layer reads which; of a network whose code is its own, it doesn't."""
    return model.built and bool(getattr(model, "inputs", None)) and bool(getattr(model, "outputs", None))


def _layers_of(model):
    for layer in model.layers:
        yield from _layers_of(layer) if isinstance(layer, keras.Model) and _has_graph(layer) else [layer]


def _flatten(model):
    """The layers in an order in which each comes after those that it reads, as (layer, sources, shape of its output).

    Keras notes at each tensor which layer made it, from which others. `layer.input` is not enough: where two networks
    share a layer, it's the input that the layer had in the first of them.
    """
    layers, used = [], set()

    def place_of(tensor, known):
        """The place of the layer that made a tensor; it and all before it are added, unless they are known."""
        if id(tensor) in known:
            return known[id(tensor)]
        layer, call, _ = tensor._keras_history
        sources = [place_of(source, known) for source in layer._inbound_nodes[call].input_tensors]
        if id(layer) in used:
            raise ValueError(f"each layer must be used once, got layer {layer.name!r} twice; build another one like it")
        used.add(id(layer))
        if isinstance(layer, keras.Model) and _has_graph(layer) and len(layer.inputs) == len(layer.outputs) == 1:
            place = place_of(layer.outputs[0], {id(layer.inputs[0]): sources[0]})
        else:
            _check_kind(layer)
            layers.append((layer, sources, tuple(tensor.shape[1:])))
            place = len(layers) - 1
        known[id(tensor)] = place
        return place

    place_of(model.outputs[0], {})
    return layers


def _kind_of(layer):
    """Keras's name of a layer's class; None if it isn't known, or a class of somebody's own, which may do anything."""
    if type(layer) is FusedBatchNormalization:  # in use, it computes the same
        return "BatchNormalization"
    kind = type(layer).__name__
    return kind if kind in KINDS and type(layer) is getattr(keras.layers, kind) else None


def _check_kind(layer):
    if not isinstance(layer, keras.layers.Layer):
        raise TypeError(
            f"the network must consist of layers, got the operation {layer.name!r} between them; take a layer for it, "
            f"as keras.layers.Add() for a +, or keras.layers.Rescaling for a factor"
        )
    if _kind_of(layer) is None:
        raise TypeError(
            f"layer {layer.name!r} must be of a kind that the browser can compute, got {type(layer).__name__}; there "
            f"are {', '.join(KINDS)}"
        )


def _configure(layer, kind, shapes, shape):
    """What the layer computes depends on beside its weights, from its settings, its inputs' shapes and its output's."""
    _check_settings(layer, kind, shapes, shape)
    config = {}
    if kind in SLIDING:
        config["window"] = _whole(layer.pool_size if "Pooling" in kind else layer.kernel_size)
        config["strides"] = _whole(layer.strides)
        config["dilation"] = _whole(getattr(layer, "dilation_rate", (1, 1)))
        config["padding"] = layer.padding
    elif kind in GLOBAL:
        config["window"] = _whole(shapes[0][:2])  # one window that covers all
    elif kind == "ZeroPadding2D":
        config["before"] = _whole(before for before, _ in layer.padding)  # the rest follows from the output's shape
    elif kind == "Rescaling":
        for name in ("scale", "offset"):
            config[name] = np.broadcast_to(np.asarray(getattr(layer, name), "float32"), shape[-1:]).tolist()
    elif kind in ("ReLU", "LeakyReLU", "ELU"):
        names = {"ReLU": ("max_value", "negative_slope", "threshold"), "LeakyReLU": ("negative_slope",)}
        values = {name: getattr(layer, name) for name in names.get(kind, ("alpha",))}
        config |= {name: None if value is None else float(value) for name, value in values.items()}
    elif kind == "Softmax":
        config["activation"] = "softmax"
    elif kind in ("BatchNormalization", "LayerNormalization"):
        config["epsilon"] = float(layer.epsilon)
    if hasattr(layer, "activation"):
        config["activation"] = _name_activation(layer)
    return config


def _whole(numbers):
    """Numbers as JSON takes them; NumPy's, which a student's loop may have given to Keras, it doesn't."""
    return [int(number) for number in numbers]


def _check_settings(layer, kind, shapes, shape):
    """Raise where a layer of a known kind does something that forward.js doesn't."""

    def refuse(expected, got):
        raise ValueError(f"layer {layer.name!r} ({kind}) must {expected}, got {got}")

    if not 1 <= len(shape) <= 3 or None in shape:
        refuse("give arrays of one to three axes of known size for each image", f"shape {shape}")
    if getattr(layer, "data_format", None) == "channels_first":
        refuse("have the channels last", "data_format='channels_first'; leave that setting out")
    if getattr(layer, "groups", 1) != 1:
        refuse("have one group of channels", f"groups={layer.groups}; DepthwiseConv2D and SeparableConv2D are known")
    axes = getattr(layer, "axis", -1)
    last = (-1, len(shape))
    if any(axis not in last for axis in (axes if isinstance(axes, list | tuple) else [axes])):
        refuse("work along the last axis, that of the channels", f"axis={axes}; leave that setting out")
    if getattr(layer, "rms_scaling", False):
        refuse("subtract the mean", "rms_scaling=True; leave that setting out")
    if kind in MERGING and any(one != shape for one in shapes):
        refuse("read arrays of one shape", f"the shapes {', '.join(map(str, shapes))}")
    if kind == "Rescaling":
        for name in ("scale", "offset"):
            array = np.asarray(getattr(layer, name), "float32")
            if array.size not in (1, shape[-1]) or array.ndim > 1 or not np.isfinite(array).all():
                refuse(f"have one finite {name}, or one for each channel", f"{array.tolist()}")
    values = [getattr(layer, name, None) for name in ("max_value", "negative_slope", "threshold", "alpha")]
    if kind in ("ReLU", "LeakyReLU", "ELU") and not all(value is None or isfinite(value) for value in values):
        refuse("have finite settings", f"{[value for value in values if value is not None]}")


def _name_activation(layer):
    """The name by which Keras knows the activation function of a layer, if forward.js knows it, too."""
    for name in ACTIVATIONS:
        if layer.activation is keras.activations.get(name):
            return name
    got = getattr(layer.activation, "__name__", type(layer.activation).__name__)
    raise TypeError(
        f"the activation function of layer {layer.name!r} must be one that the browser can compute, given by its name, "
        f"got {got}; there are {', '.join(ACTIVATIONS)}, and a layer like keras.layers.LeakyReLU can follow"
    )


def _gather_weights(layer, kind):
    """The weights of a layer as (name, float32 array), without those that it was built without."""
    variables = {name: getattr(layer, name, None) for name in WEIGHTS.get(kind, ())}
    variables = {name: variable for name, variable in variables.items() if variable is not None}
    arrays = {name: np.asarray(one).astype("float32") for name, one in variables.items()}
    if layer.weights and layer.count_params() != sum(prod(array.shape) for array in arrays.values()):
        raise ValueError(
            f"layer {layer.name!r} ({kind}) must have no weights but {', '.join(WEIGHTS.get(kind, ()))}, got others, "
            f"too; take it without quantization, LoRA and renorm"
        )
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise ValueError(
                f"the weights must be finite, got NaN or infinite ones in the {name} of layer {layer.name!r}; build "
                f"the network again, and train it with a smaller learning rate"
            )
    return arrays.items()
