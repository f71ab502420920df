"""Run a block of a network: a function that gets the tensor of an input, and returns that of an output."""

import numpy as np


def run(block, shape):
    """What a block makes of maps, twice: with all its weights at 0, and with drawn ones.

    Maps and weights are small whole numbers, so that every processor adds them up to the same ones in float32.

    Parameters
    ----------
    block : callable
        A symbolic Keras tensor -> another one.
    shape : tuple
        Of the maps, as Keras has it: ``(None, height, width, channels)``.

    Returns
    -------
    (ndarray, ndarray, ndarray, ndarray) or object
        The shape of the output without its first axis; the shapes of all weights, one after the other; and both
        outputs, float32, rounded to thousandths. Where the block returns no such tensor: None, `...`, or what it is, as
        text.
    """
    from course_utils._tensorflow import keras

    inputs = keras.Input(shape[1:])
    outputs = block(inputs)
    if outputs is None or outputs is ...:
        return outputs
    if not isinstance(outputs, keras.KerasTensor):
        kinds = {keras.Model: "network", keras.Layer: "layer"}
        return next((kinds[one] for one in kinds if isinstance(outputs, one)), type(outputs).__name__)
    model = keras.Model(inputs, outputs)
    maps = np.random.default_rng(0).integers(-3, 4, size=(2, *shape[1:])).astype("float32")
    still, drawn = [np.zeros(weight.shape) for weight in model.weights], []
    for number, weight in enumerate(model.weights, start=1):
        numbers = np.random.default_rng(number).integers(-2, 3, size=weight.shape)
        drawn.append(numbers if weight.trainable else np.abs(numbers))  # no variance is below 0
    made = []
    for weights in (still, drawn):
        model.set_weights(weights)
        made.append(np.asarray(model(maps, training=False)).round(3))
    sizes = [np.array(weight.shape) for weight in model.weights]
    return np.array(made[0].shape[1:]), np.concatenate([np.zeros(0, int), *sizes]), *made
