"""The vision transformer of lesson 14."""

from course_utils._tensorflow import keras

WIDTH = 64  # numbers in a token; twice as many hidden units
N_HEADS = 4
N_BLOCKS = 4


@keras.saving.register_keras_serializable("course_utils")
class PositionEmbedding(keras.layers.Layer):
    """Add to each token a vector that is learned for its place: all that tells a transformer where a patch was.

    It reads tokens of shape (n, n_tokens, width), and has a weight for each number of an image's tokens.
    """

    multiply_adds = 0  # its weights are only added

    def build(self, input_shape):
        """A vector for each place, small at first, as by Dosovitskiy and others."""
        start = keras.initializers.RandomNormal(stddev=0.02)
        self.vectors = self.add_weight(name="vectors", shape=input_shape[1:], initializer=start)

    def call(self, tokens):
        """The tokens, each with its place's vector added."""
        return tokens + self.vectors


def _normalized(tokens):
    # Keras's epsilon, 1e-3, is more than the variance of a blank patch that only knows its place.
    return keras.layers.LayerNormalization(epsilon=1e-6)(tokens)


def _block(tokens, number):
    """Attention, where tokens read one another, then two dense layers for each token alone; each adds to its input."""
    layers, read = keras.layers, _normalized(tokens)
    attention = layers.MultiHeadAttention(N_HEADS, WIDTH // N_HEADS, name=f"attention_{number}")
    tokens = layers.Add()([tokens, attention(read, read)])
    hidden = layers.Dense(2 * WIDTH, activation="gelu")(_normalized(tokens))
    return layers.Add()([tokens, layers.Dense(WIDTH)(hidden)])


def build_vision_transformer(*, patch=7, positions=True):
    """The vision transformer of lesson 14, untrained: patches become tokens, and four blocks let them read one another.

    After A. Dosovitskiy and others, "An image is worth 16x16 words", ICLR 2021 (arxiv.org/abs/2010.11929), and much
    smaller. The ten classes read the mean of all tokens: there, as good as a class token of its own (appendix D.3), and
    here, one idea less, and a token is a patch and nothing else.

    Parameters
    ----------
    patch : int
        Pixels along a side of a patch, which must divide 28. With 7 there are 16 tokens, with 4 there are 49.
    positions : bool
        Whether a vector that is learned for its place is added to each token. Without it, an image gets the same answer
        in whatever order its patches are.

    Returns
    -------
    keras.Model
        Reads float32 images of shape (n, 28, 28, 1) in [0, 1]; gives float32 probabilities of shape (n, 10), whatever
        precision Keras is set to. It has 138,890 parameters with patches of 7 or 4 pixels. The attention of its blocks
        is in the layers ``attention_1`` to ``attention_4``.

    Raises
    ------
    ValueError
        If patches of this size don't fill the image.
    """
    if patch not in (1, 2, 4, 7, 14, 28):
        raise ValueError(f"patch must divide 28, the side of an image, got {patch!r}")
    layers, n_tokens = keras.layers, (28 // patch) ** 2
    images = keras.Input((28, 28, 1))
    tokens = layers.Conv2D(WIDTH, patch, strides=patch)(images)  # kernels that don't overlap: each patch by itself
    tokens = layers.Reshape((n_tokens, WIDTH))(tokens)
    if positions:
        tokens = PositionEmbedding(name="positions")(tokens)
    for number in range(1, N_BLOCKS + 1):
        tokens = _block(tokens, number)
    mean = layers.GlobalAveragePooling1D()(_normalized(tokens))
    return keras.Model(images, layers.Dense(10, activation="softmax", dtype="float32")(mean))
