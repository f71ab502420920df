# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 14. Deeper: why do deep networks train?
#
# TODO: the title cell and the core of the lesson are written elsewhere.

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course isn't installed here: in its folder, pip install -e . (README, Start)")

from course_utils import data, networks, plotting
from course_utils.results import read_result
from course_utils.figures import deeper as figures
from course_utils.exercises import deeper as exercise

import keras
import numpy as np

plotting.use_course_style()
stored = read_result("deeper")

# %% [markdown]
# ## Going further: Who had which idea?
#
# Your first network follows the plan of LeNet-5 ([LeCun and others, 1998](https://doi.org/10.1109/5.726791)), but not
# all of its parts. Its subsampling has weights: each sum of 2 × 2 numbers times a coefficient of its map, plus a bias.
# Its output compares 84 numbers with a fixed drawing of each digit. And the filters of C3, its second convolution, read
# only some of the maps:
#
# <!-- slide
# LeNet-5 (LeCun and others, 1998): which maps does each filter of its second convolution read?
# -->
#
# <!-- notes
# 5 minutes. Let them find the rule of the table: three maps in a row, four in a row, two pairs with gaps, all six.
# -->

# %% tags=["figure"]
figures.draw_table(networks.C3_TABLE, n_read=6)

# %% [markdown]
# Each blue square is a kernel of 5 × 5 weights. Before C3 come C1, with 6 filters of 5 × 5, and S2, which subsamples.
# After it come S4, which subsamples, C5, with 120 filters of 5 × 5 that read all 16 maps, and F6, a dense layer of 84
# units.
#
# **Predict.** The paper says: 60,000 trainable parameters. How close will your count come? Which layer has the most?
#
# <!-- slide
# Each blue square is a kernel of 5 × 5. C1: 6 filters of 5 × 5. C5: 120 filters of 5 × 5 that read 16 maps. F6: dense,
# 84 units. S2 and S4: a coefficient and a bias for each map.
#
# **Predict.** The paper says 60,000 trainable parameters. How close will your count come? Which layer has the most?
# -->

# %%
lenet, total = networks.build_lenet5(), 0
for layer in lenet.layers:
    trained = sum(np.prod(weight.shape) for weight in layer.trainable_weights)
    if layer.count_params():
        print(f"{layer.name:6} {trained:6,} trained {layer.count_params() - trained:3} fixed")
    total += trained
print(f"all    {total:6,}")

# %% [markdown] tags=["reading"]
# Exactly: the round number isn't rounded. Four of five are in C5, whose windows are as large as its maps: a dense layer
# under another name. Why the table? It saves work, but above all, says the paper, filters that read different maps have
# to find different things. A depthwise convolution goes all the way: one map for each filter.
#
# <!-- slide
# Exactly as many, four of five of them in C5. Why the table? Filters that read different maps have to find different
# things.
# -->

# %% [markdown]
# Later networks read ImageNet: over a million photographs of 1,000 kinds of things. (*Top-1* counts first answers only.
# Sources: `networks.HISTORY`.)
#
# **Predict.** From AlexNet (2012) to the vision transformers (2020): did every gain in accuracy cost more
# multiply-adds?
#
# <!-- slide
# **Predict.** From AlexNet (2012) to the vision transformers (2020), on ImageNet: did every gain in accuracy cost more
# multiply-adds?
# -->
#
# <!-- notes
# 4 minutes. Ask what else changed between 2012 and 2020: optimizers, augmentation, graphics cards, patience.
# -->

# %% tags=["figure"]
counts = read_result("history")["networks"]
figures.draw_history(networks.HISTORY, counts)

# %%
for network in networks.HISTORY:
    print(network.year, f"{network.name:15} {network.idea}")

# %% slideshow={"slide_type": "skip"}
print("in millions: parameters multiply-adds   top-1")
for network in networks.HISTORY:
    size = counts.get(network.name, vars(network))  # of LeNet-5, as its paper says
    millions = f"{size['parameters'] / 1e6:8.2f}{size['multiply_adds'] / 1e6:14,.1f}"
    print(f"{network.name:15}{millions}{network.top1 or '-':>8}  {network.link}")

# %% [markdown] tags=["reading"]
# No. Some ideas bought accuracy with multiply-adds, others saved them: EfficientNet-B0 reads as well as ResNet-152, for
# a small fraction of the work. Training got better, too: by a recipe of 2021, ResNet-50 gets from 75.3 to 80.4%
# ([Wightman and others](https://arxiv.org/abs/2110.00476)).
#
# <!-- slide
# Some ideas bought accuracy with multiply-adds, others saved them. And training got better, too.
# -->

# %% [markdown]
# ## Going further: Can it be done without convolutions?
#
# A **vision transformer** ([Dosovitskiy and others, 2020](https://arxiv.org/abs/2010.11929)) cuts an image into
# patches, and makes a list of numbers of each, its **token**. Then each token can read all others, near or far.
#
# **Predict.** A dense layer makes 64 numbers of each patch of 4 × 4 pixels, with the same weights for all patches.
# Which layer that you know does exactly that?
#
# <!-- slide
# A **vision transformer** cuts an image into patches, and makes a list of numbers of each, its **token**.
#
# **Predict.** A dense layer makes 64 numbers of each patch of 4 × 4 pixels, with the same weights for all patches.
# Which layer that you know does exactly that?
# -->
#
# <!-- notes
# 3 minutes. Whoever has an answer also says its kernel size and its stride.
# -->

# %%
_, (test_bytes, _) = data.load_mnist()
digits = data.prepare_images(test_bytes[:100])
digit = digits[3]
patches = digit.reshape(7, 4, 7, 4).swapaxes(1, 2).reshape(49, 16)  # row by row

keras.utils.set_random_seed(0)
convolve = keras.layers.Conv2D(64, 4, strides=4)
by_convolution = np.reshape(convolve(digit[None]), (49, 64))
kernel, bias = convolve.get_weights()
tokens = patches @ kernel.reshape(16, 64) + bias
print(tokens.shape, "equal in float32:", np.allclose(tokens, by_convolution, atol=1e-5))

# %% [markdown] tags=["reading"]
# A convolution whose windows don't overlap. So there is one after all, but no other.

# %% [markdown]
# Tokens read one another by **attention** ([Vaswani and others, 2017](https://arxiv.org/abs/1706.03762)). Three dense
# layers make of each token a *query* (what it looks for), a *key* (what it is found by) and a *value* (what it hands
# on). The dot product of a query and a key, of $d$ numbers each, says how well they fit. Divided by $\sqrt d$, so that
# softmax doesn't give nearly all to one token, it is their score. What a token reads is the mean of all values,
# weighted by the softmax of its scores:
#
# $$\text{softmax}\left(\frac{QK^\top}{\sqrt d}\right)V$$
#
# <!-- slide
# ### Attention
#
# Three dense layers make a *query*, a *key* and a *value* of each token.
#
# $$\text{softmax}\left(\frac{QK^\top}{\sqrt d}\right)V$$
#
# Each token reads the mean of all values, weighted by how well its query fits their keys.
# -->

# %% [markdown]
# ### Exercise: attention weights
#
# You get `queries` of shape `(n_queries, d)` and `keys` of shape `(n_keys, d)`. Return the weights: a row for each
# query that says how much it attends to each key. Scores may be in the thousands.
#
# <!-- slide
# From `queries` of shape `(n_queries, d)` and `keys` of shape `(n_keys, d)`: the weights, a row for each query.
# -->
#
# <!-- notes
# 6 minutes. Whoever gets NaN has met lesson 5's softmax again: subtract the largest score of each row first.
# -->

# %% tags=["exercise"]
def attention_weights(queries, keys):
    """How much each query attends to each key, shape (n_queries, n_keys); each row adds up to 1."""
    ...

# %% tags=["check"]
exercise.attention_weights.check(attention_weights)
# exercise.attention_weights.hint()
# exercise.attention_weights.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_attention_weights(queries, keys):
    scores = queries @ keys.T / np.sqrt(queries.shape[1])
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


exercise.attention_weights.check_solution(solution_attention_weights)

# %% [markdown]
# Try it on a 0, with nothing learned: the pixels of each patch are its query and its key.
#
# **Predict.** To which patches does one at the bottom of the 0 attend most? And one in a blank corner?
#
# <!-- slide
# **Predict.** Let the pixels of each patch be its query and its key. To which patches does one at the bottom of a 0
# attend most? And one in a blank corner?
# -->
#
# <!-- notes
# 3 minutes. Ask which patch has the largest dot product with a given one. Most say: the one that looks like it.
# -->

# %% slideshow={"slide_type": "skip"}
weights = exercise.attention_weights.answer(patches, patches)  # as attention_weights does

# %% tags=["figure"]
figures.draw_attention(digit, weights, {"the bottom": 38, "a blank corner": 0})

# %% [markdown] tags=["reading"]
# To those with much ink, whatever its shape: more ink, larger dot product. A blank patch has the score 0 with all, so
# it attends to all alike. What is worth attending to has to be learned.
#
# <!-- slide
# To those with much ink, whatever its shape. What is worth attending to has to be *learned*.
# -->

# %% [markdown]
# Keras's layer has several such *heads* side by side, and a dense layer that joins them. Here it has one:

# %%
layer = keras.layers.MultiHeadAttention(num_heads=1, key_dim=16)
theirs, their_weights = layer(tokens[None], tokens[None], return_attention_scores=True)
kernels, biases = layer.get_weights()[::2], layer.get_weights()[1::2]  # query, key, value, output
queries, keys, values = (tokens @ kernels[i][:, 0] + biases[i][0] for i in range(3))
weights = exercise.attention_weights.answer(queries, keys)
ours = weights @ values @ kernels[3][0] + biases[3]
print("equal weights, in float32:", np.allclose(weights, their_weights[0, 0], atol=1e-5))
print("equal results, in float32:", np.allclose(ours, theirs[0], atol=1e-5))

# %% [markdown]
# `networks.build_vision_transformer` stacks four blocks: attention, then two dense layers for each token by itself,
# both with residual connections. The answer comes from the mean of all tokens.
#
# **Predict.** Shuffle the patches of 100 digits, in all digits alike. Does an untrained transformer of such blocks
# answer as before? Does an untrained convolutional network?
#
# <!-- slide
# **Predict.** Shuffle the patches of 100 digits, in all digits alike. Does an untrained transformer answer as before?
# Does an untrained convolutional network?
# -->
#
# <!-- notes
# 3 minutes. Go back to the formula, and swap two rows of K and of V. What changes?
# -->

# %% slideshow={"slide_type": "skip"}
def shuffle_patches(images, order):
    """The same images with their 16 patches of 7 × 7 pixels in another order."""
    tiles = images.reshape(-1, 4, 7, 4, 7).swapaxes(2, 3).reshape(-1, 16, 7, 7)[:, order]
    return tiles.reshape(-1, 4, 4, 7, 7).swapaxes(2, 3).reshape(-1, 28, 28, 1)


shuffled = shuffle_patches(digits, np.random.default_rng(0).permutation(16))

# %%
for name, network in {
    "convolutional": networks.build_seed_network(),
    "positions=False": networks.build_vision_transformer(positions=False),
    "positions=True": networks.build_vision_transformer(),
}.items():
    same = np.allclose(network(digits), network(shuffled), atol=1e-4)  # in float32
    print(f"{name:16} {network.count_params():,} parameters, same probabilities: {same}")

# %% [markdown] tags=["reading"]
# No mean of values or tokens asks where they stand: to such a transformer, an image is a bag of patches. A convolution
# reads neighbors together, so it notices.

# %% [markdown]
# So `positions=True` adds to each token a learned vector for its place, its **positional embedding**.
#
# The original network and this transformer were trained on clothes, by one recipe (`nox -s bench -- deeper`).
#
# **Predict.** Which makes fewer errors with 1,000 images? With 50,000? How many do positions save?
#
# <!-- slide
# **Positional embedding:** a learned vector for its place, added to each token.
#
# **Predict.** The original network and a transformer, by one recipe: which makes fewer errors with 1,000 images of
# clothes? With 50,000? How many do positions save?
# -->
#
# <!-- notes
# 4 minutes. Ask what a convolution knows about images before it has seen one.
# -->

# %% slideshow={"slide_type": "skip"}
by_network = {}
for run in stored["runs"]:
    if run["part"] == "transformer":
        name, n_images = run["name"].split(", ")
        errors = by_network.setdefault(name, {}).setdefault(int(n_images.replace(",", "")), [])
        errors.append(run["n_wrong"])

# %% tags=["figure"]
figures.draw_by_images(by_network)

# %% [markdown] tags=["reading"]
# With few images, the convolution is far ahead. TODO after the bench: with 50,000, and what positions save.

# %% [markdown]
# Before it has seen any image, a convolution takes for granted that near pixels belong together, and that what helps in
# one place helps in all. That is its **inductive bias**. A transformer has to learn both. How many images does that
# take? Top-1 accuracy on ImageNet, in percent:
#
# | first trained on ([Table 5](https://arxiv.org/abs/2010.11929)) | images | ViT-B/16 | ViT-L/16, larger |
# |---|---|---|---|
# | ImageNet | 1.3 million | 77.91 | 76.53 |
# | ImageNet-21k | 14 million | 83.97 | 85.15 |
# | JFT-300M | 303 million | 84.15 | 87.12 |
#
# The larger one needs more images. A better recipe replaces many: with strong augmentation, one like ViT-B/16 gets to
# 83.1 on ImageNet alone ([Touvron and others, 2020](https://arxiv.org/abs/2012.12877)), and augmentation,
# regularization and more compute can be worth ten times the images ([Steiner and others,
# 2021](https://arxiv.org/abs/2106.10270)). And with billions of images, convolutions do as well at equal compute
# ([Smith and others, 2023](https://arxiv.org/abs/2310.16764)). What is built in matters most where images are few.
#
# <!-- slide
# ### How many images does it take?
#
# **Inductive bias:** what a network takes for granted. For a convolution, near pixels belong together, and what helps
# in one place helps in all.
#
# | first trained on ([Table 5](https://arxiv.org/abs/2010.11929)) | images | ViT-B/16 | ViT-L/16, larger |
# |---|---|---|---|
# | ImageNet | 1.3 million | 77.91 | 76.53 |
# | ImageNet-21k | 14 million | 83.97 | 85.15 |
# | JFT-300M | 303 million | 84.15 | 87.12 |
#
# What is built in matters most where images are few.
# -->
