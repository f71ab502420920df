"""What a network costs: the multiply-adds of each layer for one image."""

from math import prod

from course_utils._tensorflow import keras


def _kernels_and_places(layer):
    """The kernels that a layer applies, each as (number of weights, number of places where all of them are used)."""
    kind = keras.layers
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


COUNTED = tuple(
    getattr(keras.layers, name)
    for name in (
        *("Dense", "Conv1D", "Conv2D", "Conv3D", "DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D"),
        *("SeparableConv2D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"),
    )
)


def count_multiply_adds(model):
    """The multiply-adds of each layer of a network for one image, forwards.

    A weight of a dense layer is used once. A weight of a convolution is used once at each place of its output; zeros of
    the padding are multiplied like any other number. Sums of biases, ReLU, pooling and normalization count as nothing:
    they add or compare, and a trained normalization is one multiplication a channel that can be taken into the kernel.

    Training costs about three times as much for each image: the slopes along the weights take as many multiply-adds
    again, and so do the slopes along each layer's input.

    Parameters
    ----------
    model : keras.Model
        Built, from layers that each stand in it once. Models inside it are opened.

    Returns
    -------
    counts : dict of str to int
        For each layer, by its name, in order; ``"outer/inner"`` for a layer of a model inside.
    total : int

    Raises
    ------
    TypeError
        If there is a layer that has a matrix of weights and is none that this function can count.
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
            counts[layer.name] = sum(n_weights * n_places for n_weights, n_places in _kernels_and_places(layer))
        elif any(len(weight.shape) > 1 for weight in layer.weights):
            raise TypeError(
                f"the multiply-adds of dense layers and convolutions can be counted, got the layer {layer.name!r} of "
                f"type {type(layer).__name__}; count it by hand"
            )
        else:
            counts[layer.name] = 0
    return counts, sum(counts.values())
