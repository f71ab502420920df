"""Call a function of a network: it gets one that is made from rows, so that nobody has had it before."""

MAPS = (8, 8, 3)  # what a network reads
OPTIONS = {
    "Conv2D": {"filters": 3, "kernel_size": 3, "padding": "same"},
    "DepthwiseConv2D": {"kernel_size": 3, "padding": "same"},
    "SeparableConv2D": {"filters": 3, "kernel_size": 3, "padding": "same"},
    "MaxPooling2D": {"pool_size": 2, "padding": "same"},
    "AveragePooling2D": {"pool_size": 2, "padding": "same"},
    "Dense": {"units": 3},
    "Dropout": {"rate": 0.5},
}


def build(rows):
    """A new network of small layers.

    Parameters
    ----------
    rows : sequence of tuple
        For each of its layers, in order: its name, its kind as Keras calls it, and the names of the layers that it
        reads; without these, it reads the layer before. If the first kind isn't ``"InputLayer"``, it is a Sequential,
        whose layers have no input among them: of images, or of vectors if it starts with a dense layer.

    Returns
    -------
    keras.Model
    """
    from course_utils._tensorflow import keras

    if rows[0][1] != "InputLayer":
        inputs = keras.Input(MAPS[-1:] if rows[0][1] == "Dense" else MAPS)
        return keras.Sequential([inputs, *(_layer(keras, name, kind) for name, kind in rows)])
    (first, _), *others = rows
    outputs = {first: keras.Input(MAPS, name=first)}
    for name, kind, *read in others:
        tensors = [outputs[one] for one in read] or [list(outputs.values())[-1]]
        outputs[name] = _layer(keras, name, kind)(tensors if len(tensors) > 1 else tensors[0])
    return keras.Model(outputs[first], list(outputs.values())[-1])


def _layer(keras, name, kind):
    return getattr(keras.layers, kind)(name=name, **OPTIONS.get(kind, {}))


def run(function, rows, *arguments):
    """What a function gives for a new network, and more arguments."""
    return function(build(rows), *arguments)
