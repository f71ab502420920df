"""Cells and an exercise that lesson 14 could take: a proposal, not part of the course and not to be committed.

Each `# %%` is a cell of at most 15 lines under 105 characters. Run as a script, it prints what the cells print.
"""

# %%  setup, as in each lesson
import matplotlib.pyplot as plt
import numpy as np

from course_utils import data, networks, plotting
from course_utils._tensorflow import keras
from course_utils.exercises.engine import function

digits = data.prepare_images(data.load_mnist()[1][0])
digit = digits[3]  # a 0


# %%  1. patches: cut by hand
def cut_patches(image, side):
    """The patches of an image, row by row, each as a row of numbers: shape (n_patches, side * side)."""
    n = len(image) // side
    patches = image.reshape(n, side, n, side).swapaxes(1, 2)
    return patches.reshape(n * n, side * side)


patches = cut_patches(digit, 4)
print(patches.shape, (patches[38].reshape(4, 4) == digit[20:24, 12:16, 0]).all())  # 38 = 5 * 7 + 3

# %%  2. patches become tokens: a dense layer on each, or a convolution whose kernels never overlap
embedding = keras.layers.Conv2D(64, 4, strides=4)
grid = embedding(digit[None])
kernel, bias = embedding.get_weights()
tokens = patches @ kernel.reshape(16, 64) + bias
print(grid.shape, tokens.shape, np.abs(np.reshape(grid, (49, 64)) - tokens).max())


# %%  3. attention weights by hand (the exercise below)
def attention_weights(queries, keys):
    """How much each query attends to each key: softmax(q k^T / sqrt(d)), shape (n_queries, n_keys)."""
    scores = queries @ keys.T / np.sqrt(queries.shape[1])
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


# %%  4. a first map, with nothing learned: each patch asks and answers with its own pixels
weights = attention_weights(patches, patches)
print(weights.shape, weights.sum(axis=1).round(5).min(), weights.sum(axis=1).round(5).max())
print("patch 38, at the bottom of the 0:\n", np.round(weights[38].reshape(7, 7), 2))
print(f"patch 0 is blank: all its weights are from {weights[0].min():.4f} to {weights[0].max():.4f}")
# Reading: a dot product is large where both patches have much ink, so the map finds the thick parts
# of the stroke, whatever their direction. That is why queries and keys are learned.


# %%  5. draw it (in the course: figures/…, with an alt text)
def draw_attention(image, rows, query, side=4):
    """Draw an image, and for each row of weights how much the framed patch attends to each patch."""
    figure, axes = plt.subplots(1, 1 + len(rows), figsize=(2.2 * (1 + len(rows)), 2.2))
    plotting.plot_image(image, ax=axes[0], title="the patch that asks")
    for ax, row in zip(axes[1:], rows, strict=True):
        n = 28 // side
        plotting.plot_image(image, ax=ax, title=f"at most {row.max():.2f}")
        shade = np.kron(row.reshape(n, n), np.ones((side, side)))
        ax.imshow(shade, cmap="Oranges", alpha=0.6, vmin=0, vmax=row.max())
    for ax in axes:
        row, column = divmod(query, n)
        plotting.mark_window(ax, side * row, side * column, side, color=plotting.BLUE)
    return figure


drawn = draw_attention(digit, [weights[38]], 38)

# %%  6. the same as Keras's layer: one head of 16 numbers
layer = keras.layers.MultiHeadAttention(num_heads=1, key_dim=16)
theirs, scores = layer(tokens[None], tokens[None], return_attention_scores=True)  # a batch of one image
kernels, biases = layer.get_weights()[::2], layer.get_weights()[1::2]  # q, k, v, output
queries, keys, values = (tokens @ kernels[i][:, 0] + biases[i][0] for i in range(3))
weights = attention_weights(queries, keys)
ours = weights @ values @ kernels[3][0] + biases[3]
largest_differences = np.abs(scores[0, 0] - weights).max(), np.abs(theirs[0] - ours).max()
print(scores.shape, largest_differences)
assert max(largest_differences) < 1e-5

# %%  7. a block of a network: four heads, four maps (in the lesson of a trained one)
network = networks.build_vision_transformer(patch=4)
attention = network.get_layer("attention_1")
read = keras.Model(network.input, attention.input[0])(digit[None])  # what its first block reads
_, scores = attention(read, read, return_attention_scores=True)
print(scores.shape)  # (images, heads, queries, keys)
drawn = draw_attention(digit, list(np.asarray(scores[0, :, 38])), 38)


# %%  8. Predict: does a network without positions notice that the patches are shuffled?
def shuffle_patches(images, order, side=4):
    """The same images, with their patches in another order."""
    n = 28 // side
    tiles = images.reshape(-1, n, side, n, side).swapaxes(2, 3).reshape(-1, n * n, side, side)[:, order]
    return tiles.reshape(-1, n, n, side, side).swapaxes(2, 3).reshape(-1, 28, 28, 1)


shuffled = shuffle_patches(digits[:100], np.random.default_rng(0).permutation(49))
for positions in (False, True):
    network = networks.build_vision_transformer(patch=4, positions=positions)
    difference = np.abs(network(shuffled) - network(digits[:100])).max()
    print(f"positions {positions!s:5}  largest difference of a probability {difference:.7f}")

# %%  9. a puzzle: 64 parameters of each block that can never change an answer (the biases of the keys)
weights = attention.get_weights()
before = attention(read, read)
attention.set_weights([*weights[:3], weights[3] + 5.0, *weights[4:]])  # 3: the bias of the keys
# q·(k + b) adds the same q·b to a whole row of scores, and softmax takes it out again
print("keys moved by 5:", np.abs(attention(read, read) - before).max())


# %%  The exercise: attention weights from queries and keys
def _drawn(n_queries, n_keys, width, scale=1.0, seed=0):
    random = np.random.default_rng(seed)
    return (random.normal(0, scale, (n_queries, width)).round(2), random.normal(0, scale, (n_keys, width)).round(2))


CASES = {
    "two queries, three keys of four numbers": (
        np.array([[2.0, 0.0, 0.0, 2.0], [0.0, 1.0, 1.0, 0.0]]),
        np.array([[2.0, 0.0, 0.0, 0.0], [0.0, 2.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]]),
    ),
    "five queries, three keys": _drawn(5, 3, 2),
    "as many queries as keys, of another width": _drawn(4, 4, 9, seed=1),
    "a single query": _drawn(1, 4, 3, seed=2),
    "a single key gets everything": _drawn(3, 1, 5, seed=3),
    "width 1": _drawn(2, 3, 1, seed=4),
    "all keys are alike": (_drawn(3, 1, 4, seed=5)[0], np.tile([1.0, -2.0, 0.5, 3.0], (4, 1))),
    "a query of zeros": (np.array([[0.0, 0.0, 0.0], [1.0, 2.0, -1.0]]), _drawn(1, 4, 3, seed=6)[1]),
    "whole numbers": (np.array([[1, 2, 0], [0, 1, 3]]), np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]])),
    "scores in the thousands": _drawn(3, 4, 6, scale=40.0, seed=7),
    "all scores far below 0": (np.full((2, 4), 50.0), np.array([[-20.0] * 4, [-20.01] * 4, [-20.02] * 4])),
    "one query's scores far above the other's": (
        np.array([[60.0, 0.0], [-60.0, 0.1]]),
        np.array([[40.0, 1.0], [40.0, 3.0]]),
    ),
    "49 patches, as the network has them, in float32": tuple(part.astype("float32") for part in _drawn(49, 49, 16)),
}


def _scores(queries, keys):
    return queries @ keys.T / np.sqrt(queries.shape[1])


def _unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _softmax(scores, axis=1):
    powers = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


@function(
    cases=CASES,
    words={"queries": "a row for each query", "keys": "a row for each key"},
    shows="Each row adds up to 1: it shares out a query's attention over the keys. Nothing here knows where a key "
    "stands.",
    hints=[
        "On paper: one query, three keys. Which three numbers do you get before the softmax, and which number divides "
        "all of them?",
        "`queries @ keys.T` has a row for each query and a column for each key. Along which axis must the weights add "
        "up to 1? What does `keepdims=True` do for the division?",
        "e to the power of 1000 is too large for any float. Subtract each row's largest score first: that changes no "
        "weight, as in lesson 5.",
    ],
)
def attention(queries, keys):
    """Weights of shape (n_queries, n_keys) from queries and keys of shape (n, width)."""
    return _softmax(_scores(queries, keys))


attention.mistake(
    "The scores aren't scaled: divide each by the square root of the width, or wide keys make one weight nearly 1.",
    lambda queries, keys: _softmax(queries @ keys.T),
)
attention.mistake(
    "The scores are divided by the width. The formula has its square root.",
    lambda queries, keys: _softmax(queries @ keys.T / queries.shape[1]),
)
attention.mistake(
    "The scores are divided by the square root of the number of keys. d is the width, the numbers in one key.",
    lambda queries, keys: _softmax(queries @ keys.T / np.sqrt(len(keys))),
)
attention.mistake(
    "The scores are divided by the square root of the number of queries. d is the width, the numbers in one query.",
    lambda queries, keys: _softmax(queries @ keys.T / np.sqrt(len(queries))),
)
attention.mistake(
    "The scores are multiplied by the square root of the width. Divide by it.",
    lambda queries, keys: _softmax(queries @ keys.T * np.sqrt(queries.shape[1])),
)
attention.mistake(
    "Each column adds up to 1 here: a key is shared out over the queries. Let each row, a query's, add up to 1.",
    lambda queries, keys: _softmax(_scores(queries, keys), axis=0),
)
attention.mistake(
    "All weights together add up to 1. Each query has its own softmax: sum along a row, with `keepdims=True`.",
    lambda queries, keys: _softmax(_scores(queries, keys).ravel()[None]).reshape(len(queries), -1),
)
attention.mistake(
    "Those are the scores. The softmax is missing, so they can be negative and add up to anything.",
    _scores,
)
attention.mistake(
    "Those are the powers of e. Divide each row by its sum.",
    lambda queries, keys: np.exp(_scores(queries, keys)),
)
attention.mistake(
    "Each score is divided by its row's sum, without e to its power. Softmax takes the powers first.",
    lambda queries, keys: _scores(queries, keys) / _scores(queries, keys).sum(axis=1, keepdims=True),
)
attention.mistake(
    "That divides after the softmax, so that a row no longer adds up to 1. Scale the scores.",
    lambda queries, keys: _softmax(queries @ keys.T) / np.sqrt(queries.shape[1]),
)
attention.mistake(
    "There is a row for each key. Return one for each query.",
    lambda queries, keys: _softmax(_scores(queries, keys)).T,
)
attention.mistake(
    "Queries and keys have changed places: each key shares itself out over the queries.",
    lambda queries, keys: _softmax(_scores(keys, queries)),
)
attention.mistake(
    "Those are the queries compared with one another. Where are the keys?",
    lambda queries, keys: _softmax(_scores(queries, queries)),
)
attention.mistake(
    "Queries and keys are brought to length 1 first, so only their angle counts. The formula takes them as they are.",
    lambda queries, keys: _softmax(_unit(queries) @ _unit(keys).T),
)
attention.mistake(
    "The largest score gets all the attention. Softmax leaves something for the others.",
    lambda queries, keys: (_scores(queries, keys).argmax(axis=1)[:, None] == np.arange(len(keys))).astype(float),
)
_NAN = "NaN: the powers of e got too large, or all became 0. Subtract each row's own largest score from it first."


@attention.mistake(_NAN)
def _no_shift(queries, keys):
    powers = np.exp(_scores(queries, keys))
    return powers / powers.sum(axis=1, keepdims=True)


@attention.mistake(_NAN)
def _one_shift_for_all(queries, keys):
    scores = _scores(queries, keys)
    powers = np.exp(scores - scores.max())
    return powers / powers.sum(axis=1, keepdims=True)


attention.mistake(
    "That is the row of the first query only. Does a `return` stand in the loop?",
    lambda queries, keys: _softmax(_scores(queries, keys))[0],
)
attention.mistake(
    "The powers are of 2, not of e: `np.exp`.",
    lambda queries, keys: _softmax(_scores(queries, keys) * np.log(2)),
)


# %%  what must be right, what must be wrong, and whether the right thing is said
def _scales_in_place(queries, keys):
    queries /= np.sqrt(queries.shape[1])
    return attention_weights(queries * np.sqrt(queries.shape[1]), keys)


def _in_loops(queries, keys):
    rows = []
    for query in queries:
        row = [float(query @ key) / len(query) ** 0.5 for key in keys]
        powers = [np.exp(score - max(row)) for score in row]
        rows.append([power / sum(powers) for power in powers])
    return rows


def _keras(queries, keys):
    return keras.ops.softmax(keras.ops.cast(_scores(queries, keys), "float32"))


if __name__ == "__main__":
    for right in (attention_weights, _in_loops, _keras):
        message = attention.judge(right)
        print(message.status, right.__name__, "" if message.status == "right" else message)
    for look, wrong in [*attention.mistakes, ("in place", _scales_in_place)]:
        with np.errstate(all="ignore"):
            message = attention.judge(wrong)
        told = "told" if look in message.sentence else f"NOT TOLD: {message.sentence[:150]}"
        hedged = " (hedged)" if "perhaps not yours" in message.sentence else ""
        print(f"{message.status:6} {look[:50]:50} {told}{hedged}  {dict(message.details)['input'].splitlines()[0]}")
