# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 14. Deeper
#
# You will stack more and more convolutions, look inside to see what that does to training, and find out what helps, one
# idea at a time.
#
# **55 minutes**, and 45 for *Going further*. At the end you can
#
# - say how far an output of a deep network sees, and which of its pixels count;
# - find out what shrinks or explodes in a network that won't train, and scale its first weights;
# - build a residual block, and say what its shortcut does to the gradient.
#
# <!-- slide
# Why do deep networks train?
# -->
#
# <!-- notes
# 1 minute. The networks so far have three or four convolutions, those in use have fifty. Ask what could be so hard
# about writing the same line fifty times.
# -->

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course isn't installed here: in its folder, pip install -e . (README, Start)")

from course_utils import costs, data, networks, plotting
from course_utils.results import read_result
from course_utils.figures import deeper as figures
from course_utils.exercises import deeper as exercise

import keras
import numpy as np
import tensorflow as tf

plotting.use_course_style()
stored = read_result("deeper")

# %% [markdown]
# ## How far does one output see?
#
# Lesson 3 gave an output's receptive field, all the pixels that can change it: each 3 × 3 convolution makes it two
# pixels wider. So two of them in a row see as far as a single one of 5 × 5. Here are both, from 16 channels to 16.
#
# **Predict.** Which has fewer parameters? Which needs fewer multiply-adds?
#
# <!-- slide
# **Predict.** Two 3 × 3 convolutions in a row see 5 × 5 pixels, like a single one of 5 × 5. Which has fewer parameters,
# which fewer multiply-adds?
# -->
#
# <!-- notes
# 6 minutes. Board: 25 and 9 + 9. The middle of the field reaches the output by many paths, a corner by one.
# -->

# %%
for sizes in ([5], [3, 3]):
    layers = [keras.layers.Conv2D(16, size, padding="same", activation="relu") for size in sizes]
    model = keras.Sequential([keras.Input((28, 28, 16)), *layers])
    n_multiply_adds = costs.count_multiply_adds(model)[1]
    print(f"{sizes}: {model.count_params():,} parameters, {n_multiply_adds:,} multiply-adds", end="")
    print(f", {len(sizes)} ReLU")

# %% [markdown] tags=["reading"]
# The two small ones are cheaper in both, and bring a second ReLU. That is why VGG has nothing but 3 × 3 ([Simonyan and
# Zisserman, 2014](https://arxiv.org/abs/1409.1556)), and many networks since have mostly these.
#
# <!-- slide
# Two small ones see as far, cost less, and bring a second ReLU.
# -->

# %% [markdown]
# A receptive field says which pixels *can* change an output. How much does each of them change it? Ask the gradient of
# one output with respect to the pixels (lesson 7). Here for stacks of 3 × 3 convolutions with random weights, as a mean
# over 20 clothes.
#
# **Predict.** With 8 layers, the field is 17 × 17 pixels. Do all of them have about the same influence?
#
# <!-- slide
# **Predict.** 8 layers see 17 × 17 pixels. Do all of them have about the same influence on the output in the middle?
# -->
#
# <!-- code
# …
# def influence(n_layers):
#     keras.utils.set_random_seed(0)
#     layers = [keras.layers.Conv2D(16, 3, …) for _ in range(n_layers)]
#     model, some = keras.Sequential([…, *layers]), tf.constant(images[:20])
#     with tf.GradientTape() as tape:
#         tape.watch(some)
#         middle = model(some)[:, 14, 14]
#     return np.abs(tape.gradient(middle, some)).mean(axis=(0, 3))
# -->
# <!-- lines 6-8 | 9 -->

# %%
(all_bytes, all_labels), _ = data.load_fashion_mnist()
(train_bytes, labels), _ = data.split_validation(all_bytes, all_labels)
images, rows = data.prepare_images(train_bytes[:6400]), data.one_hot(labels[:6400])


def influence(n_layers):
    """How much each pixel changes an output in the middle: mean absolute gradient, shape (28, 28)."""
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Conv2D(16, 3, padding="same", activation="relu") for _ in range(n_layers)]
    model, some = keras.Sequential([keras.Input((28, 28, 1)), *layers]), tf.constant(images[:20])
    with tf.GradientTape() as tape:
        tape.watch(some)
        middle = model(some)[:, 14, 14]
    return np.abs(tape.gradient(middle, some)).mean(axis=(0, 3))

# %%
influences = {n_layers: influence(n_layers) for n_layers in (2, 4, 8, 12)}
widths = {n_layers: 2 * n_layers + 1 for n_layers in influences}
inner = influences[8][10:19, 10:19]  # 9 × 9 of the 17 × 17 pixels, about a quarter
inner_share = inner.sum() / influences[8].sum()
print(f"{inner_share = :.2f}")

# %% tags=["bounds"]
from course_utils.bounds import check_bounds

check_bounds(0.6, inner_share, 0.9)

# %% tags=["figure"]
figures.draw_influence(influences, widths)

# %% [markdown] tags=["reading"]
# No: the middle quarter of the pixels has three quarters of the influence. A pixel there has many paths to the output,
# through every window that covers it, and a pixel in a corner has a single one. This is the **effective receptive
# field**. With random weights, its width grows only about like the square root of the number of layers, and training
# can widen it ([Luo and others, 2016](https://arxiv.org/abs/1701.04128)). So to see a whole image, a network needs more
# layers than its receptive field suggests, or pooling in between.
#
# <!-- slide
# A pixel in the middle has many paths to the output, one in a corner has a single path. What counts is the *effective*
# receptive field.
# -->

# %% [markdown]
# ## Does depth help?
#
# A network with more layers can do all that one with fewer can: let its first layers do the same, and the others pass
# on what they get. So is deeper always better, at least on the images that it trains on?
#
# Try it: 4, 8, 16 and 32 convolutions of 3 × 3 with 16 filters, all maps 14 × 14 (the first has stride 2), then global
# average pooling and ten classes. Everything else is as before: Keras's own initialization, and for all four the same
# recipe, SGD with momentum on 6,400 clothes, from three seeds (by `nox -s bench -- deeper`).
#
# **Predict.** Which of the four will have the lowest loss on its own *training* images?
#
# <!-- slide
# 4, 8, 16 and 32 convolutions of 16 filters, the same recipe, 6,400 clothes.
#
# **Predict.** Which has the lowest loss on its own *training* images?
# -->
#
# <!-- notes
# 8 minutes. Have everybody choose, and say why: "more parameters" is a good reason, and wrong here.
# -->

# %%
def losses_of(kind, depth):
    """The training loss of each epoch of a network's stored runs, a list for each seed."""
    runs = [run for run in stored["runs"] if run["name"] == f"{kind}, {depth}"]
    return [[float(loss) for loss in run["train_loss"].split()] for run in runs]


depths = (4, 8, 16, 32)
for depth in depths:
    last = [f"{losses[-1]:.3f}" for losses in losses_of("Glorot", depth)]
    n_parameters = networks.build_deep_network(depth).count_params()
    print(f"{depth:2} convolutions, {n_parameters:6,} parameters: training loss {', '.join(last)}")
print(f"equal probabilities for all ten classes: {np.log(10):.3f}")

# %% tags=["figure"]
figures.draw_losses({depth: losses_of("Glorot", depth) for depth in depths}, guess=np.log(10))

# %% [markdown] tags=["reading"]
# The shallowest, by far. The deeper ones end where they began: at equal probabilities. (One of the eights begins to
# learn, and loses it again.) These are training images, so it isn't overfitting, where the training loss is low and the
# validation loss is high. The deeper networks could do at least as well, and training doesn't get them there.
#
# <!-- slide
# The shallowest, by far. It isn't overfitting: the loss on the *training* images is high. Training doesn't get there.
# -->

# %% [markdown]
# Then look inside. What does each convolution send on, and what comes back to it? `look_inside` takes three numbers of
# each convolution, for a batch of 64 clothes: the standard deviation of its outputs (before the ReLU), the norm (the
# length) of the loss's gradient with respect to these outputs, and with respect to its kernel.
#
# **Predict.** In the network with 32 convolutions, will the outputs get larger or smaller from layer to layer? And is
# the gradient of the first kernel smaller than that of the last, larger, or about the same?
#
# <!-- slide
# Look inside the 32 convolutions: what does each send on, and what comes back to it?
#
# **Predict.** From the first to the last, do the outputs grow or shrink? The gradient of the kernels?
# -->
#
# <!-- code
# def look_inside(model):
#     convolutions = [layer for layer in model.layers if isinstance(layer, …)]
#     inner = keras.Model(model.input, [layer.output for layer in convolutions] + …)
#     with tf.GradientTape() as tape:
#         *outputs, answers = inner(images[:64], training=True)
#         loss = tf.reduce_mean(keras.losses.categorical_crossentropy(…))
#     kernels = [layer.kernel.value for layer in convolutions]
#     norms = [np.linalg.norm(gradient) for gradient in tape.gradient(loss, …)]
#     return {
#         …
#     }
# -->

# %%
def look_inside(model):
    """Of each convolution: the spread of its outputs, the gradient there, and that of its kernel."""
    convolutions = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    inner = keras.Model(model.input, [layer.output for layer in convolutions] + [model.output])
    with tf.GradientTape() as tape:
        *outputs, answers = inner(images[:64], training=True)
        loss = tf.reduce_mean(keras.losses.categorical_crossentropy(rows[:64], answers))
    kernels = [layer.kernel.value for layer in convolutions]
    norms = [np.linalg.norm(gradient) for gradient in tape.gradient(loss, outputs + kernels)]
    return {
        "outputs": [np.std(output) for output in outputs],
        "gradient at the outputs": norms[: len(outputs)],
        "gradient of the kernel": norms[len(outputs) :],
    }

# %% [markdown]
# Take these numbers at the start, and again after 100 steps. *About 15 seconds.*

# %%
keras.utils.set_random_seed(0)
deep = networks.build_deep_network(32, initializer="glorot_uniform")  # Keras's own
optimizer = keras.optimizers.SGD(0.03, momentum=0.9)
deep.compile(optimizer, "categorical_crossentropy")
looks = {"at the start": look_inside(deep)}
deep.fit(images, rows, batch_size=64, epochs=1, verbose=0)  # 100 steps
looks["after 100 steps"] = look_inside(deep)

there, back = (looks["at the start"][signal] for signal in ("outputs", "gradient at the outputs"))
factor_forward = (there[31] / there[0]) ** (1 / 31)  # from each of the 32 to the next, on average
factor_backward = (back[0] / back[31]) ** (1 / 31)
print(f"{factor_forward = :.3f}")
print(f"{factor_backward = :.3f}")

# %% tags=["bounds"]
check_bounds(0.65, factor_forward, 0.75)
check_bounds(0.67, factor_backward, 0.77)
check_bounds(0, max(looks["after 100 steps"]["gradient of the kernel"]), 1e-3)

# %% tags=["figure"]
figures.draw_signals(looks, trained=["after 100 steps"])

# %% [markdown] tags=["reading"]
# Each layer multiplies what it sends on by about the same factor, well below 1, so after 32 layers next to nothing of
# the image is left. On the way back, backpropagation does the same to the gradient: these are **vanishing gradients**.
#
# You may have read that they starve the first layers only. Look at the kernels: at the start, all of them starve alike.
# A kernel's gradient is made of what comes in from below and what comes back from above (lesson 5). The first layers
# get strong inputs and hardly a gradient, the last ones the reverse, and the products are about the same. So after 100
# steps the first layers send on what they sent before, and the kernels' gradients are as tiny as they were, or even 0.
# (Which of the two, rounding decides: where the last biases have moved a little farther, the last ReLU lets nothing
# through any more.)
#
# <!-- slide
# Each layer multiplies by about the same factor below 1, forward and backward: **vanishing gradients**. All kernels
# starve alike: what comes in times what comes back.
# -->

# %% [markdown]
# ## How large should the first weights be?
#
# Then the first weights have to be larger. How much larger? An output is a sum of $n$ products of a weight and an
# input. If the weights are drawn independently, with mean 0 and variance $v$, then
#
# - a product has mean 0, so its variance is the mean of its square: $v$ times the mean *square* of the inputs, $q$;
# - variances of independent numbers add up, so the sum's variance is $n\,v\,q$;
# - the sum is as often negative as positive, and ReLU sets the negative ones to 0: half of the mean square is left,
#   $n\,v\,q\,/\,2$.
#
# For what leaves a layer to be as large as what came in, you need $n\,v\,q\,/\,2 = q$, so $v = 2/n$. This is **He
# initialization** ([He and others, 2015](https://arxiv.org/abs/1502.01852)).
#
# **Predict.** Twenty dense layers of 256 units with ReLU, with weights of this standard deviation, $\sqrt{2/n}$, then
# with half of it, then with one and a half times as much. By what factor will the numbers change from layer 1 to layer
# 20 in each case?
#
# <!-- slide
# A sum of $n$ products of weights (variance $v$) and inputs (mean square $q$) has variance $n\,v\,q$. ReLU leaves half
# of it. So $v = 2/n$ keeps the size: **He initialization**.
#
# **Predict.** Twenty layers with this scale, half of it, one and a half times as much: which factor?
# -->
#
# <!-- notes
# 9 minutes. Derive it on the board, slowly. The classic slip is to take the variance of the inputs: after a ReLU their
# mean is not 0, so it's the mean square that counts.
# -->
#
# <!-- code
# def pass_through(scale, n_layers=20, n=256):
#     random = np.random.default_rng(0)
#     numbers, passed = random.normal(size=(500, n)), []
#     for _ in range(n_layers):
#         numbers = np.maximum(numbers @ random.normal(0, scale, (n, n)), 0)
#         passed.append(numbers)
#     return passed
#
# scales = {"half of it": 0.5, "He's scale": 1.0, "one and a half times": 1.5}
# passed = {name: pass_through(times * np.sqrt(2 / 256)) for name, times in …}
# …
# -->
# <!-- output 1-20, 39- -->
# <!-- lines 4-6 | 9-10 -->

# %%
def pass_through(scale, n_layers=20, n=256):
    """What each of some dense layers with ReLU sends on, for 500 random inputs and random weights."""
    random = np.random.default_rng(0)
    numbers, passed = random.normal(size=(500, n)), []
    for _ in range(n_layers):
        numbers = np.maximum(numbers @ random.normal(0, scale, (n, n)), 0)
        passed.append(numbers)
    return passed


scales = {"half of it": 0.5, "He's scale": 1.0, "one and a half times": 1.5}
passed = {name: pass_through(times * np.sqrt(2 / 256)) for name, times in scales.items()}
for name, layers in passed.items():
    first, last = (np.sqrt(np.mean(layers[number] ** 2)) for number in (0, -1))
    print(f"{name:20} root mean square after layer 1: {first:.2f}, after layer 20: {last:.2g}")
print(f"to the power of 19: {0.5**19:.2g}, {1.5**19:.4g}")

# %% tags=["figure"]
figures.draw_numbers(passed)

# %% [markdown] tags=["reading"]
# A factor of a half or of 1.5 looks harmless. But it comes once for each layer, so it is the power that counts. (He's
# row doesn't stay at exactly 1: that is the luck of these weights.) In twenty layers, a scale that is ten percent too
# large already makes a factor of six.

# %% [markdown]
# A convolution is such a sum, too: each output adds up height × width × input channels products.

# %% [markdown]
# ### Exercise: He's scale
#
# You get the shape of a kernel: `(height, width, input channels, filters)` of a convolution, or `(inputs, units)` of a
# dense layer. Return He's standard deviation for its first weights. `he_scale((1, 1, 8, 20))` is 0.5.
#
# <!-- slide
# From a kernel's shape, (height, width, input channels, filters) or (inputs, units), He's standard deviation of its
# first weights.
# -->
#
# <!-- notes
# 4 minutes. Whoever counts the filters has answered how many sums there are, not how long each one is.
# -->

# %% tags=["exercise"]
def he_scale(kernel_shape):
    """He's standard deviation for the first weights of a kernel."""
    ...

# %% tags=["check"]
exercise.he_scale.check(he_scale)
# exercise.he_scale.hint()
# exercise.he_scale.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_he_scale(kernel_shape):
    return np.sqrt(2 / np.prod(kernel_shape[:-1]))


exercise.he_scale.check_solution(solution_he_scale)

# %%
shape = (3, 3, 16, 16)
for name in ("HeNormal", "GlorotUniform"):
    weights = np.asarray(getattr(keras.initializers, name)(seed=0)(shape))
    print(f"{name:13} {weights.std():.4f}")
print(f"he_scale      {exercise.he_scale.answer(shape):.4f}")  # as he_scale does

# %% [markdown]
# Keras's own, Glorot, aims at $1/n$ where a layer has as many inputs as outputs ([Glorot and Bengio,
# 2010](https://proceedings.mlr.press/v9/glorot10a.html)): it was made for functions that, unlike ReLU, don't throw half
# away. So each layer multiplied by about $\sqrt{1/2}$. Now the same runs as above, with He's scale.
#
# **Predict.** Which of the four depths will have the lowest training loss now?
#
# <!-- slide
# Keras's Glorot has no 2: each layer multiplies by about $\sqrt{1/2}$.
#
# **Predict.** With He's scale, which depth has the lowest training loss?
# -->
#
# <!-- code -->

# %%
for depth in depths:
    last = {kind: [losses[-1] for losses in losses_of(kind, depth)] for kind in ("Glorot", "He")}
    print(f"{depth:2} convolutions:", end="")
    for kind, each in last.items():
        print(f"   {kind}", *(f"{loss:.3f}" for loss in each), end="")
    print()
for rate in (0.01, 0.003):
    last = [f"{losses[-1]:.3f}" for losses in losses_of("He, 32", rate)]
    print(f"32 convolutions, He, rate {rate} instead of 0.03:", *last)

# %% [markdown] tags=["reading"]
# With He's scale, four convolutions train better than before. Eight and 16 train from some seeds and not from others;
# where eight do, they beat four. The 32 learn nothing at this rate, and at a tenth of it they barely begin to within
# five epochs. So the right size at the start isn't enough here. One possible reason: it holds for the first step only,
# and each step changes all layers at once.
#
# Nor is it only a matter of size. He and others, in the paper of the next section, had plain networks of 56 layers
# whose *training* error stayed above that of 20. Theirs had batch normalization (lesson 9), and where they checked, the
# gradients were of a healthy size. They called it **degradation**, and why it happens is still argued.
#
# <!-- slide
# Eight and 16 train from some seeds, 32 don't. Even with healthy sizes inside, deeper plain networks can end with a
# higher training error: **degradation** (He and others, 2015).
# -->

# %% [markdown]
# ## What does a shortcut change?
#
# The deep networks could do what the shallow one does if their other layers passed on what they get. Nothing tells them
# to: to pass something on unchanged, a convolution has to *learn* it. So make it the default. Let two convolutions
# compute a change $f(x)$, and add it to what came in: $x + f(x)$. This is a **residual connection**, or shortcut ([He
# and others, 2015](https://arxiv.org/abs/1512.03385)), and the whole is a **residual block**.
#
# For the gradient, take single numbers. One step multiplies it by the derivative, $f'(x)$ without the shortcut, and
# $1 + f'(x)$ with it.
#
# **Predict.** Sixteen steps in a row, with $f(x) = 0.1\,x$ or $f(x) = -0.1\,x$. How large is the derivative of the end
# with respect to the start, without shortcuts and with them?
#
# <!-- slide
# Two convolutions compute a change, and it is added to what came in: $x + f(x)$, a **residual block**. Its derivative
# is $1 + f'(x)$.
#
# **Predict.** Sixteen steps with $f(x) = \pm 0.1\,x$: the derivative of the end with respect to the start, without
# shortcuts and with them?
# -->
#
# <!-- notes
# 10 minutes. Let them do the sixteen steps as powers, on paper, before anybody runs the cell.
# -->

# %%
for factor in (0.1, -0.1):
    for shortcut in (0, 1):
        start = tf.Variable(1.0)
        with tf.GradientTape() as tape:
            x = tf.identity(start)
            for _ in range(16):
                x = shortcut * x + factor * x  # f(x) is factor * x
        derivative = float(tape.gradient(x, start))
        print(f"f(x) = {factor:4} x, {'with' if shortcut else 'without'} shortcuts: {derivative:.2g}")

# %% [markdown] tags=["reading"]
# Without shortcuts, next to nothing comes back through sixteen steps. With them it isn't 1, but within a factor of
# about five, and closer to 1 the smaller the changes are: the 1 is a path around $f$. (In the block below, a ReLU still
# stands on it, after each sum.)
#
# <!-- slide
# The 1 in $1 + f'(x)$ is a path around $f$.
# -->

# %% [markdown]
# ### Exercise: a residual block
#
# You get `maps`, a tensor of a network that is being built (lesson 4), of shape `(batch, height, width, channels)`.
# Return one of the same shape: a 3 × 3 convolution with ReLU and another one without, both with padding `"same"` and as
# many filters as there are channels; then the sum of what came in and what they made of it, and a ReLU. Make the layers
# inside the function, so that each block has its own.
#
# <!-- slide
# From a tensor `maps`: two 3 × 3 convolutions (padding `"same"`, as many filters as channels), a ReLU after the first;
# add what came in; a ReLU.
# -->
#
# <!-- notes
# 6 minutes. Draw it first: two ways from the bottom to the top. Ask what it does if all weights are 0.
# -->

# %% tags=["exercise"]
def residual_block(maps):
    """Two convolutions of 3 × 3, and what came in added to what they make; the same shape."""
    ...

# %% tags=["check"]
exercise.residual_block.check(residual_block)
# exercise.residual_block.hint()
# exercise.residual_block.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_residual_block(maps):
    n_channels = maps.shape[-1]
    change = keras.layers.Conv2D(n_channels, 3, padding="same", activation="relu")(maps)
    change = keras.layers.Conv2D(n_channels, 3, padding="same")(change)
    return keras.layers.ReLU()(keras.layers.Add()([maps, change]))


exercise.residual_block.check_solution(solution_residual_block)

# %% [markdown]
# In the next networks, all pairs of convolutions but the first are such blocks. Lesson 9 had another help, batch
# normalization, here after each convolution. So there are three candidates: residual, normalized, and both. (All with
# He's scale.)
#
# **Predict.** In 32 convolutions with random weights, what will happen to the outputs, and to the gradient on its way
# back, in each of the three?
#
# <!-- slide
# **Predict.** 32 convolutions, residual, normalized, or both: what happens to the outputs, and to the gradient on its
# way back?
# -->

# %%
kinds = {
    "residual": {"residual": True},
    "normalized": {"normalize": True},
    "both": {"residual": True, "normalize": True},
}
looks = {}
for name, options in kinds.items():
    keras.utils.set_random_seed(0)
    looks[name] = look_inside(networks.build_deep_network(32, **options))

# %% tags=["figure"]
figures.draw_signals(looks)

# %% [markdown] tags=["reading"]
# Residual alone, the outputs grow from block to block, since nothing keeps the sums small, and so does the gradient on
# its way back: **exploding gradients**. Normalized alone, the outputs are held in size, and the gradient explodes all
# the same. For dense layers, batch normalization was shown to be its very cause ([Yang and others,
# 2019](https://arxiv.org/abs/1902.08129)). Both together, it grows far less. (The zigzag: outputs are taken before they
# are normalized, and those that read a sum are larger.)
#
# <!-- slide
# Residual alone: outputs grow, and the gradient on its way back. Normalized alone: the gradient still does, **exploding
# gradients**. Both: far less.
# -->

# %% [markdown]
# All five kinds at all four depths, by the same recipe.
#
# **Predict.** Which kind will have the lowest training loss with 32 convolutions? And is its 32 better than its 4?
#
# <!-- slide
# **Predict.** All five kinds: which has the lowest training loss with 32 convolutions? Is its 32 better than its 4?
# -->

# %% slideshow={"slide_type": "skip"}
last = {}
for kind in ("Glorot", "He", "normalized", "residual", "both"):
    last[kind] = {depth: [losses[-1] for losses in losses_of(kind, depth)] for depth in depths}

# %% tags=["figure"]
figures.draw_depths(last, guess=np.log(10))

# %% [markdown]
# <!-- code -->
# <!-- output 1-36, 73- -->

# %%
for kind in ("normalized", "both"):
    for depth in depths:
        runs = [run for run in stored["runs"] if run["name"] == f"{kind}, {depth}"]
        errors = sorted(run["n_wrong"] for run in runs)
        print(f"{kind:10} {depth:2} convolutions: {np.mean(last[kind][depth]):.3f}", end="")
        print(f"   errors on 10,000 validation images: {errors}")

# %% [markdown] tags=["reading"]
# *Both*. Only there are 32 convolutions better than four. Normalized alone, every depth learns, but eight is best, and
# 32 end above four after these five epochs: degradation, or just slower training. Residual alone, nothing is learned
# from 16 on: a run stays at equal probabilities, or ends without a number (*nan*). At the start, the gradients of its
# kernels were in the hundreds, far too much for steps at this rate.
#
# Does depth help on new images, too? With *both*, the worst run with 16 makes fewer errors than the best with four.
# Between 8, 16 and 32, the seeds lie farther apart than the depths. (Why is *both* so good at depth? A normalized
# change is small beside a sum that has already grown, so at the start each block is close to passing on what it gets:
# [De and Smith, 2020](https://arxiv.org/abs/2002.10444).)
#
# <!-- slide
# *Both*: only there do 32 beat four. Normalized alone, eight is best. Residual alone, nothing is learned from 16 on.
# -->

# %% [markdown]
# ## Going further: Does depth beat the record?
#
# On MNIST, the best single networks of this course have four convolutions (lesson 9, *regularized*). Keep everything
# else that made them: distorted images, smoothed labels, averaged weights, 24 epochs. Only the network becomes a
# residual one, *both*, with 16 convolutions of 32 filters. It has about as many parameters.
#
# **Predict.** Does it make fewer errors on the same 10,000 validation images? How many times as long does it take to
# train?
#
# <!-- slide
# Lesson 9's best recipe on MNIST, with 16 convolutions in residual blocks in place of four.
#
# **Predict.** Fewer errors? How many times as long to train?
# -->
#
# <!-- notes
# 4 minutes. Ask what "better" would have to mean here, before anybody sees a number: three dots each, on one set of
# images, and a price.
# -->

# %%
record = read_result("residual")
regularized = [run for run in read_result("ladder")["runs"] if run["rung"] == "regularized"]
for name, some in {"regularized": regularized, "residual": record["runs"]}.items():
    cost = record["costs"][name]
    ratio = cost["time_ratio"] / record["costs"]["regularized"]["time_ratio"]
    print(f"{name:11} {cost['parameters']:,} parameters {cost['multiply_adds']:10,} multiply-adds")
    print(f"   {ratio:.1f} times as long, errors:", [10_000 - run["n_correct"] for run in some])

# %% [markdown] tags=["reading"]
# No. It does more than five times the multiply-adds, takes about three times as long, and no seed makes fewer errors
# than the worst of the other network. So it is no rung of the ladder: it doesn't earn its price.
#
# Don't conclude that depth is of no use: the recipe was made for the other network. (Nor was all else equal: the other
# network's runs multiplied in bfloat16, on another processor, and these in float32.)
#
# <!-- slide
# No fewer errors, at three times the price: it is no rung of the ladder. (By a recipe that was made for the other one.)
# -->

# %% [markdown]
# ## Going further: What can be made cheaper?
#
# Depth costs. Where does a network's cost sit? Take the best network of lesson 9.
#
# **Predict.** Four convolutions (5 × 5, then three of 3 × 3) and a dense layer: which has the most parameters? Which
# does the most multiply-adds?
#
# <!-- slide
# **Predict.** The best network: 5 × 5 to 32, 3 × 3 to 64, to 64, to 128, dense. Which has the most parameters? Which
# does the most multiply-adds?
# -->
#
# <!-- notes
# 10 minutes. Parameters are paid in memory and in the size of a file, multiply-adds in time and energy.
# -->

# %%
best = networks.build_best_network()
n_multiply_adds = costs.count_multiply_adds(best)[0]
counts = {}
for layer in best.layers:
    if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense)):
        name = f"{type(layer).__name__} {' × '.join(map(str, layer.kernel.shape))}"
        counts[name] = layer.count_params(), n_multiply_adds[layer.name]
        print(f"{name:25} {counts[name][0]:7,} parameters {counts[name][1]:10,} multiply-adds")

# %% tags=["figure"]
figures.draw_shares(counts)

# %% [markdown] tags=["reading"]
# Not the same one. The last convolution has more than half of the parameters, and it works on the smallest maps. The
# one before it does nearly half of the multiply-adds.

# %% [markdown]
# Three ways to pay less:
#
# - A **1 × 1 convolution** looks at one place only, and mixes the channels there: a dense layer at each place ([Lin and
#   others, 2013](https://arxiv.org/abs/1312.4400)). It can lead to fewer channels, a 3 × 3 convolution works on these,
#   and another 1 × 1 leads back: a **bottleneck**.
# - Global average pooling (lesson 4) in place of Flatten: each class reads one number per map.
# - A **depthwise separable convolution** takes the work apart (made popular by [Howard and others,
#   2017](https://arxiv.org/abs/1704.04861)). First each input channel gets *one* kernel of its own and isn't mixed with
#   others, then a 1 × 1 convolution mixes the channels.
#
# <!-- slide
# ### Three ways to pay less
#
# - **1 × 1 convolution:** mixes the channels at one place. **Bottleneck:** 1 × 1 to fewer channels, 3 × 3, 1 × 1 back.
# - **Global average pooling** in place of Flatten.
# - **Depthwise separable convolution:** one kernel for each input channel by itself, then 1 × 1 to mix the channels.
# -->

# %% [markdown]
# ### Exercise: a separable convolution's weights
#
# How many weights, without biases, does a depthwise separable convolution have that leads from `n_inputs` channels to
# `n_filters`, with kernels of `kernel_size` × `kernel_size`? `separable_parameters(2, 3, 5)` is 27.
#
# <!-- slide
# How many weights, without biases, does a depthwise separable convolution have?
#
# `separable_parameters(kernel_size=2, n_inputs=3, n_filters=5)` is 27.
# -->
#
# <!-- notes
# 5 minutes. Two boxes on the board, one for each part; whoever multiplies them has an ordinary convolution again.
# -->

# %% tags=["exercise"]
def separable_parameters(kernel_size, n_inputs, n_filters):
    """The weights of a depthwise separable convolution, without biases."""
    ...

# %% tags=["check"]
exercise.separable_parameters.check(separable_parameters)
# exercise.separable_parameters.hint()
# exercise.separable_parameters.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_separable_parameters(kernel_size, n_inputs, n_filters):
    return kernel_size**2 * n_inputs + n_inputs * n_filters


exercise.separable_parameters.check_solution(solution_separable_parameters)

# %%
layer = keras.layers.SeparableConv2D(128, 3, use_bias=False)
layer(np.zeros((1, 8, 8, 64)))  # builds it
print("Keras:", layer.count_params())
print("separable_parameters:", exercise.separable_parameters.answer(3, 64, 128))
print("an ordinary convolution:", 3 * 3 * 64 * 128)

# %% [markdown]
# Now replace the best network's three convolutions of 3 × 3 by bottlenecks (with a quarter of the filters in the
# middle), or by separable ones, or let its classes read global averages. All were trained on 50,000 clothes by one
# recipe, from three seeds.
#
# **Predict.** Which saves the most multiply-adds? Which adds the fewest errors on 10,000 validation images?
#
# <!-- slide
# **Predict.** The best network with bottlenecks, with separable convolutions, with global average pooling: which saves
# the most multiply-adds? Which costs the fewest errors?
# -->

# %%
cheaper, cheap_networks = {}, {}
options = {"ordinary": {}, "global average pooling": {"pooled": True}}
options |= {kind: {"convolution": kind} for kind in ("bottleneck", "separable")}
for name, chosen in options.items():
    model = cheap_networks[name] = networks.build_cheap_network(**chosen)
    errors = [run["n_wrong"] for run in stored["runs"] if run["name"] == name]
    cheaper[name] = costs.count_multiply_adds(model)[1], errors
    print(f"{name:23} {model.count_params():7,} parameters {cheaper[name][0]:9,} multiply-adds", end="")
    print(f"   {np.mean(errors):.0f} errors")

# %% tags=["figure"]
figures.draw_prices(cheaper)

# %% [markdown] tags=["reading"]
# Separable convolutions: a fifth of the multiply-adds, and a sixth of the parameters. They cost errors, too, about half
# as many as bottlenecks. Global average pooling costs hardly any errors, and saves next to nothing, because the last
# maps are only 2 × 2. (In the original network it would save half of all parameters, as you can work out from lesson
# 4.)
#
# <!-- slide
# Separable convolutions: a fifth of the multiply-adds, a sixth of the parameters. They cost errors, too, about half as
# many as bottlenecks.
# -->

# %% [markdown]
# **Predict.** The separable network needs a fifth of the multiply-adds. Does it read images five times as fast?
#
# <!-- slide
# **Predict.** The separable network needs a fifth of the multiply-adds. Does it read images five times as fast?
# -->

# %%
import time


def shortest_time(model):
    """The shortest of five times in seconds that a network takes to read 1,000 images."""
    seconds = []
    for _ in range(6):  # the first one traces the network
        start = time.perf_counter()
        model.predict(images[:1000], batch_size=100, verbose=0)
        seconds.append(time.perf_counter() - start)
    return min(seconds[1:])


time_ratio = shortest_time(cheap_networks["ordinary"]) / shortest_time(cheap_networks["separable"])
print(f"{time_ratio = :.1f}")

# %% tags=["bounds"]
check_bounds(0.3, time_ratio, 4.2)

# %% [markdown] tags=["reading"]
# No. Multiply-adds are only a part of the time (lesson 10): the ReLUs, normalizations and pooling layers cost time and
# have none, and a depthwise convolution does little arithmetic for each number that it has to fetch. Count before you
# build, and measure before you believe.
#
# <!-- slide
# Multiply-adds are only a part of the time. Count before you build, and measure before you believe.
# -->

# %% [markdown]
# ## Going further: Which network is known for what?
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
# Exactly: the round number isn't rounded. Four of five parameters are in C5, whose windows are as large as its maps: a
# dense layer under another name. Why the table? It saves work, but above all, says the paper, filters that read
# different maps have to find different things. A depthwise convolution goes all the way: one map for each filter.
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
# a small fraction of the multiply-adds. A part of that may be better training: by a recipe of 2021, ResNet-50 gets from
# 75.3 to 80.4% ([Wightman and others](https://arxiv.org/abs/2110.00476)).
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
# A convolution whose windows don't overlap. So a vision transformer has one convolution after all, its first layer.

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
# 3 minutes. Ask which patch has the largest dot product with a given one, and whether twice the ink would change that.
# -->

# %% slideshow={"slide_type": "skip"}
weights = exercise.attention_weights.answer(patches, patches)  # as attention_weights does

# %% tags=["figure"]
figures.draw_attention(digit, weights, {"the bottom": 38, "a blank corner": 0})

# %% [markdown] tags=["reading"]
# Most to itself, then to those with much ink in the same places: a dot product adds up what both have, so more ink
# means a larger score. A blank patch has the score 0 with all, so it attends to all alike. What is worth attending to
# has to be learned.
#
# <!-- slide
# Most to itself, then to those with much ink in the same places. What is worth attending to has to be *learned*.
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
# `networks.build_vision_transformer` cuts 16 patches of 7 × 7 and stacks four blocks: attention, then two dense layers
# for each token by itself, both with residual connections. The answer comes from the mean of all tokens.
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
# A mean, of values or of tokens, doesn't depend on their order: to such a transformer, an image is a bag of patches. A
# convolution reads neighbors together, so it notices.

# %% [markdown]
# So `positions=True` adds to each token a learned vector for its place, its **positional embedding**.
#
# The original network and this transformer were trained on clothes by one recipe, for 60, 20 and 8 epochs: the fewer
# images, the more (`nox -s bench -- deeper`).
#
# **Predict.** Which makes fewer errors on 10,000 validation images if it has seen 1,000? If 50,000? How many do
# positions save?
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
# The convolution makes fewer errors everywhere, and in proportion its lead even grows: with 1,000 images the
# transformer makes a third more errors, with 50,000 well over half as many again. So 50,000 are far from enough for it,
# by this recipe. Positions save a tenth of the errors or so: most of these clothes can be told from a bag of patches.
#
# <!-- slide
# The convolution makes fewer errors everywhere, and in proportion its lead even grows. By this recipe, 50,000 images
# are far from enough for a transformer.
# -->

# %% [markdown]
# Before it has seen any image, a convolution takes for granted that near pixels belong together, and that what helps in
# one place helps in all. That is its **inductive bias**. A transformer shares its weights among all places, too, but
# which tokens lie near one another, and that it matters, it has to learn. How many images does that take? Top-1
# accuracy on ImageNet, in percent:
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
# ([Smith and others, 2023](https://arxiv.org/abs/2310.16764)). In these papers, what is built in matters less the more
# images there are, and the better the recipe.
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
# What is built in matters less the more images there are, and the better the recipe.
# -->

# %% [markdown]
# ## Quiz
#
# Answer each question on paper first. Then remove the `#` below, put in your answer, and run the line: it says why.
#
# <!-- notes
# 1 minute. Show of hands before the answer is on the wall.
# -->

# %% tags=["quiz"]
exercise.quiz.show()

# %% tags=["quiz"]
# exercise.quiz.answer(1, "a")

# %% [markdown]
# ## Key points
#
# - A layer multiplies what runs through it, forward and backward, by about the same factor. In a deep network it's the
#   power of that factor that counts: it has to be near 1.
# - He's scale makes it so at the start, in plain networks. Batch normalization keeps the outputs in size, and residual
#   connections keep the gradient from dying out. With both, 32 convolutions train; with one of them, worse or not at
#   all.
# - An output's receptive field grows with each layer, and what counts of it, the middle, grows more slowly.
#
# **Next:** [15. Borrowed features](15_borrowed_features.ipynb) looks for defects in solar cells with a network that has
# never seen one.
