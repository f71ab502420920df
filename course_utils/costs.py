"""What a network costs in multiply-adds, and how many of them this machine can do in a second."""

import time
from math import prod

import numpy as np

from course_utils._tensorflow import keras, tf


def _kernels_and_positions(layer):
    """The kernels that a layer applies, each as (number of weights, number of positions where all of them are used)."""
    kind = keras.layers
    if isinstance(layer, kind.MultiHeadAttention):
        return _attention_kernels_and_positions(layer)
    if isinstance(layer, kind.Dense):
        return [(prod(layer.kernel.shape), prod(layer.output.shape[1:-1]))]
    if layer.data_format == "channels_last":
        read, made = prod(layer.input.shape[1:-1]), prod(layer.output.shape[1:-1])
    else:
        read, made = prod(layer.input.shape[2:]), prod(layer.output.shape[2:])
    if isinstance(layer, (kind.Conv1DTranspose, kind.Conv2DTranspose, kind.Conv3DTranspose)):
        return [(prod(layer.kernel.shape), read)]  # each number that is read is spread over a window
    if isinstance(layer, (kind.SeparableConv1D, kind.SeparableConv2D)):
        return [(prod(layer.depthwise_kernel.shape), made), (prod(layer.pointwise_kernel.shape), made)]
    return [(prod(layer.kernel.shape), made)]


def _attention_kernels_and_positions(layer):
    """The same for multi-head attention: its projections, then the products of queries with keys, weights with values.

    In the last pair, nothing is learned: it stands for the numbers of each key and each value, in all heads, and the
    pairs of a query and a key that it attends to.
    """
    shapes = layer.get_build_config()["shapes_dict"]
    queries, keys = prod(shapes["query_shape"][1:-1]), prod(shapes["value_shape"][1:-1])
    attended = prod(shapes["value_shape"][axis] for axis in layer.attention_axes)
    kernels = [
        (prod(weight.shape), keys if weight.path.split("/")[-2] in ("key", "value") else queries)
        for weight in layer.weights
        if weight.name == "kernel"
    ]
    return [*kernels, (layer.num_heads * (layer.key_dim + layer.value_dim), queries * attended)]


COUNTED = tuple(
    getattr(keras.layers, name)
    for name in (
        *("Dense", "Conv1D", "Conv2D", "Conv3D", "DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D"),
        *("SeparableConv2D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "MultiHeadAttention"),
    )
)
WITHOUT_WEIGHTS = (keras.layers.Attention, keras.layers.Dot)  # they multiply arrays, and have no weights to tell by


def count_multiply_adds(model):
    """The multiply-adds of each layer of a network for one image, in the forward pass.

    They are also called multiply-accumulates (MACs); one is two floating-point operations (FLOPs). A weight of a dense
    layer is used once. A weight of a convolution is used once at each spatial position of its output; zeros of
    the padding are multiplied like any other number. Adding biases, ReLU, pooling and normalization are not counted:
    they add or compare, and the kernel can absorb a trained batch normalization, one multiplication a channel.
    In multi-head attention, a projection's weight is used once for each token, and each query is multiplied with each
    key, and each value with the attention that it gets; the softmax between the two is not counted.

    Divided by the machine's peak, they give a time that the usual way of computing can't beat, not the time itself:
    moving numbers to and from memory takes time, too. A step of training costs about three times as many for each
    image; `count_training_multiply_adds` counts them.

    Parameters
    ----------
    model : keras.Model
        Built, with each layer used only once. Models inside it are counted layer by layer. A layer that is not Keras's
        own states its count as an attribute ``multiply_adds``, like those of LeNet-5. Operations that are not layers,
        such as ``keras.ops.matmul``, are not seen.

    Returns
    -------
    counts : dict of str to int
        For each layer, by its name, in order; ``"outer/inner"`` for a layer of a model inside the model.
    total : int

    Raises
    ------
    TypeError
        If a layer has a matrix of weights or multiplies its inputs with one another, and this function cannot count it.
    ValueError
        If the network does not know the shape of its input yet.
    """
    if not isinstance(model, keras.Model):
        raise TypeError(f"model must be a Keras model, got {type(model).__name__}")
    try:
        shape = model.input_shape
    except AttributeError:
        shape = None
    if shape is None or None in shape[1:]:
        raise ValueError(
            f"the network must know its input's shape, got {shape}; begin it with keras.Input((28, 28, 1))"
        )
    counts = {}
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            counts |= {f"{layer.name}/{name}": n for name, n in count_multiply_adds(layer)[0].items()}
        elif isinstance(layer, COUNTED):
            counts[layer.name] = sum(weights * positions for weights, positions in _kernels_and_positions(layer))
        elif hasattr(layer, "multiply_adds"):
            counts[layer.name] = layer.multiply_adds
        elif isinstance(layer, WITHOUT_WEIGHTS) or any(len(weight.shape) > 1 for weight in layer.weights):
            raise TypeError(
                "only the multiply-adds of dense layers, convolutions and multi-head attention can be counted, got the "
                f"layer {layer.name!r} of type {type(layer).__name__}; count it by hand"
            )
        else:
            counts[layer.name] = 0
    return counts, sum(counts.values())


def count_training_multiply_adds(model):
    """The multiply-adds of one training step of a network for one image, in the forward and the backward pass.

    In the backward pass, the gradient with respect to a layer's weights takes as many multiply-adds as the layer's
    forward pass, and so does the gradient with respect to its input. The first layer that is counted does not need the
    latter: its input is the image.

    Parameters
    ----------
    model : keras.Model
        As for `count_multiply_adds`; all its weights are trained.

    Returns
    -------
    int
    """
    counts, total = count_multiply_adds(model)
    return 3 * total - next((count for count in counts.values() if count), 0)


def measure_peak(dtype="float32", *, size=1024, seconds=0.3):
    """The multiply-adds per second that this machine reaches in a product of two square matrices.

    It is a measured throughput of matrix products (GEMM), not the peak of a data sheet. Nothing in a network is easier
    to compute fast, because the same numbers are used again and again while they are in the cache. The best of several
    products counts, since whatever else runs can only slow it down.

    Parameters
    ----------
    dtype : str
        ``"float32"`` or ``"bfloat16"``.
    size : int
        Rows and columns of the matrices.
    seconds : float
        How long to go on measuring.

    Returns
    -------
    float
        Multiply-adds per second, which is half the number of FLOPs per second.
    """
    matrix = tf.cast(np.random.default_rng(0).normal(size=(size, size)), dtype)
    multiply = tf.function(tf.matmul)
    multiply(matrix, matrix)  # traces the function, and lets the library choose its algorithm
    best, end = np.inf, time.perf_counter() + seconds
    while time.perf_counter() < end or best == np.inf:
        start = time.perf_counter()
        multiply(matrix, matrix).numpy()
        best = min(best, time.perf_counter() - start)
    return size**3 / best


def choose_precision():
    """The precision for this machine: ``"mixed_bfloat16"`` if it multiplies bfloat16 faster, else ``"float32"``.

    It measures: bfloat16 must be more than 1.5 times as fast in a product of matrices. Processors without an
    instruction for bfloat16 are several times slower in it than in float32.
    """
    return "mixed_bfloat16" if measure_peak("bfloat16") > 1.5 * measure_peak("float32") else "float32"
