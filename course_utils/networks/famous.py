"""Networks of lesson 14's history, built to be counted: from keras.applications, or from their papers' tables."""

from contextlib import contextmanager

from course_utils._tensorflow import keras

N_CLASSES = 1000
# GoogLeNet's Table 1, a row a module: filters 1 × 1; before 3 × 3, and 3 × 3; before 5 × 5, and 5 × 5; after pooling.
INCEPTIONS = (
    ((64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64)),
    (
        (192, 96, 208, 16, 48, 64),
        (160, 112, 224, 24, 64, 64),
        (128, 128, 256, 24, 64, 64),
        (112, 144, 288, 32, 64, 64),
        (256, 160, 320, 32, 128, 128),
    ),
    ((256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128)),
)
TRANSFORMERS = {
    "ViT-B/16": {"patch": 16, "width": 768, "depth": 12, "n_heads": 12},  # ViT's Table 1
    "ViT-L/16": {"patch": 16, "width": 1024, "depth": 24, "n_heads": 16},
    "ViT-H/14": {"patch": 14, "width": 1280, "depth": 32, "n_heads": 16},
}


@contextmanager
def without_weights():
    """Networks that are built in the block have shapes, and no numbers: ViT-H/14 alone would fill 2.5 GB with them."""
    try:
        with keras.StatelessScope(initialize_variables=False):
            yield
    finally:
        keras.utils.clear_session()  # else Keras would fill them in when the next network is built


def build_famous_network(name, size):
    """A network of the history, untrained, for 1,000 classes.

    What has neither weights nor products that count is left out: dropout, and the normalization of responses in AlexNet
    and GoogLeNet. So are GoogLeNet's two heads that serve training only.

    Parameters
    ----------
    name : str
        As in `HISTORY`, except LeNet-5; also ViT-H/14, and whatever else keras.applications has.
    size : int
        Height and width of the images, in pixels.

    Returns
    -------
    keras.Model
        Reads images of shape (n, size, size, 3); gives probabilities of shape (n, 1000).

    Raises
    ------
    AttributeError
        If there is none of that name.
    """
    if name == "AlexNet":
        return build_alexnet(size)
    if name == "GoogLeNet":
        return build_googlenet(size)
    if name in TRANSFORMERS:
        return build_vit(size, **TRANSFORMERS[name])
    return getattr(keras.applications, name.replace("-", ""))(weights=None, input_shape=(size, size, 3))


def build_alexnet(size):
    """AlexNet, by section 3.5 of its paper: two groups of channels, each on a GPU of its own, meet in some layers."""
    layers = keras.layers

    def convolution(filters, kernel, groups):
        return layers.Conv2D(filters, kernel, padding="same", groups=groups, activation="relu")

    return keras.Sequential(
        [
            keras.Input((size, size, 3)),
            layers.Conv2D(96, 11, strides=4, activation="relu"),
            layers.MaxPooling2D(3, strides=2),
            convolution(256, 5, groups=2),
            layers.MaxPooling2D(3, strides=2),
            convolution(384, 3, groups=1),
            convolution(384, 3, groups=2),
            convolution(256, 3, groups=2),
            layers.MaxPooling2D(3, strides=2),
            layers.Flatten(),
            layers.Dense(4096, activation="relu"),
            layers.Dense(4096, activation="relu"),
            layers.Dense(N_CLASSES, activation="softmax"),
        ]
    )


def build_googlenet(size):
    """GoogLeNet, by Table 1 of its paper, but for the first layer: it is a plain convolution, as in replications.

    The table gives that layer 2,700 parameters and 34 million multiply-adds, where a plain one has 9,408 weights and
    takes 118 million. A separable convolution with eight depthwise filters a channel has 2,712 and takes 34 million,
    and that the layer is separable, says the paper on Xception (arxiv.org/abs/1610.02357).
    """
    layers = keras.layers

    def convolution(maps, filters, kernel, strides=1):
        return layers.Conv2D(filters, kernel, strides, padding="same", activation="relu")(maps)

    def inception(maps, single, before_3, of_3, before_5, of_5, pooled):
        branches = [
            convolution(maps, single, 1),
            convolution(convolution(maps, before_3, 1), of_3, 3),
            convolution(convolution(maps, before_5, 1), of_5, 5),
            convolution(layers.MaxPooling2D(3, strides=1, padding="same")(maps), pooled, 1),
        ]
        return layers.Concatenate()(branches)

    image = keras.Input((size, size, 3))
    maps = convolution(image, 64, 7, strides=2)
    maps = layers.MaxPooling2D(3, strides=2, padding="same")(maps)
    maps = convolution(convolution(maps, 64, 1), 192, 3)
    for stage in INCEPTIONS:
        maps = layers.MaxPooling2D(3, strides=2, padding="same")(maps)
        for filters in stage:
            maps = inception(maps, *filters)
    means = layers.GlobalAveragePooling2D()(maps)
    return keras.Model(image, layers.Dense(N_CLASSES, activation="softmax")(means))


class ClassTokenAndPositions(keras.layers.Layer):
    """Puts a learned token before the others, and adds to each token a learned vector for its place."""

    multiply_adds = 0  # its weights are only added

    def build(self, shape):
        """Make the weights for tokens of shape (n, n_tokens, width)."""
        _, n_tokens, width = shape
        self.token = self.add_weight(shape=(width,), name="token")
        self.positions = self.add_weight(shape=(n_tokens + 1, width), name="positions")

    def call(self, tokens):
        """One token more, of shape (n, n_tokens + 1, width)."""
        ops = keras.ops
        first = ops.broadcast_to(self.token, (ops.shape(tokens)[0], 1, tokens.shape[-1]))
        return ops.concatenate([first, tokens], axis=1) + self.positions


def build_vit(size, *, patch, width, depth, n_heads):
    """A Vision Transformer (ViT), by section 3.1 of its paper, with the single dense layer of fine-tuning on top.

    Parameters
    ----------
    size, patch : int
        Height and width of an image and of a patch, in pixels; a patch is a token.
    width : int
        Numbers in a token; the hidden layer of each block is four times as wide.
    depth : int
        Blocks.
    n_heads : int
        Of the attention in each block.
    """
    layers = keras.layers
    image = keras.Input((size, size, 3))
    tokens = layers.Conv2D(width, patch, strides=patch)(image)
    tokens = ClassTokenAndPositions()(layers.Reshape((-1, width))(tokens))
    for _ in range(depth):
        read = layers.LayerNormalization()(tokens)
        tokens = layers.Add()([tokens, layers.MultiHeadAttention(n_heads, width // n_heads)(read, read)])
        hidden = layers.Dense(4 * width, activation="gelu")(layers.LayerNormalization()(tokens))
        tokens = layers.Add()([tokens, layers.Dense(width)(hidden)])
    first = layers.LayerNormalization()(tokens)[:, 0]
    return keras.Model(image, layers.Dense(N_CLASSES, activation="softmax")(first))
