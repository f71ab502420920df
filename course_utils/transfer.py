"""Transfer learning: take a trained network apart, and train some of it on other images."""

from course_utils._tensorflow import keras


def borrow_layers(model, trained, n_layers, *, frozen):
    """Give a network's first layers the weights of a trained one's, in place.

    Parameters
    ----------
    model, trained : keras.Model
        Built, with the same first layers.
    n_layers : int
        How many, from the first one on.
    frozen : bool
        Whether these layers keep what they get when the model is trained; compile it afterwards.
    """
    for layer, teacher in zip(model.layers[:n_layers], trained.layers[:n_layers], strict=True):
        layer.set_weights(teacher.get_weights())
        layer.trainable = not frozen


def cut_network(model, layer, *, end="features"):
    """Cut a network in two after a layer; both parts keep its weights, and share them with it.

    Parameters
    ----------
    model : keras.Model
        With one input. No path leads around the layer: its outputs are all that the layers after it read.
    layer, end : str
        The names of the last layer of the lower part, and of the upper one.

    Returns
    -------
    lower, upper : keras.Model
        ``upper(lower(images))`` is what the layer ``end`` computes for images.

    Raises
    ------
    ValueError
        If there is no layer of that name, or a path leads around it.
    """
    middle = model.get_layer(layer).output
    try:
        return keras.Model(model.input, middle), keras.Model(middle, model.get_layer(end).output)
    except ValueError:
        raise ValueError(
            f"the network can't be cut after {layer!r}: {end!r} also reads outputs that don't pass through it. Cut it "
            "where a block ends, such as after an Add layer"
        ) from None


def freeze_normalization(model):
    """Let a network's batch normalization keep its means, variances, and weights when the network is trained.

    In Keras, a frozen batch normalization also computes as in prediction: by the stored means and variances, and not
    by those of the batch.
    """
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
