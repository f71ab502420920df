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
# You will stack convolutions until training breaks, see why it breaks, and mend it, one idea at a time.
#
# **60 minutes**, and 30 for *Going further*. At the end you can
#
# - say how far an output of a deep network sees, and what its layers cost;
# - find out what shrinks or explodes in a network that won't train, and scale its first weights;
# - build a residual block, and say what its shortcut does to the gradient.
#
# <!-- slide
# Why do deep networks train?
# -->
#
# <!-- notes
# 1 minute. The networks so far have three or four convolutions, those in use have fifty. Ask what could be so hard about
# writing the same line fifty times.
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
# ### How far does one output see?
#
# **Predict.** Two 3 × 3 convolutions in a row see 5 × 5 pixels, like a single one of 5 × 5. Which has fewer parameters,
# which fewer multiply-adds?
# -->
#
# <!-- notes
# 8 minutes. Board: 25 and 9 + 9. The middle of the field reaches the output by many paths, a corner by one.
# -->

# %%
for sizes in ([5], [3, 3]):
    layers = [keras.layers.Conv2D(16, size, padding="same", activation="relu") for size in sizes]
    model = keras.Sequential([keras.Input((28, 28, 16)), *layers])
    n_multiply_adds = costs.count_multiply_adds(model)[1]
    print(f"{sizes}: {model.count_params():,} parameters, {n_multiply_adds:,} multiply-adds", end="")
    print(f", {len(sizes)} ReLU")

# %% [markdown] tags=["reading"]
# The two small ones are cheaper in both, and bring a second ReLU. That is why many networks have nothing but 3 × 3
# ([Simonyan and Zisserman, 2015](https://arxiv.org/abs/1409.1556)).
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
for n_layers, shares in influences.items():
    half = widths[n_layers] // 4  # a square in the middle, half as wide
    middle = shares[14 - half : 15 + half, 14 - half : 15 + half].sum() / shares.sum()
    print(f"{n_layers:2} layers: field {widths[n_layers]:2} wide, "
          f"{middle:.2f} of the influence in the middle {2 * half + 1} × {2 * half + 1}")

# %% tags=["bounds"]
from course_utils.bounds import check_bounds

check_bounds(0.5, middle, 1.0)

# %% tags=["figure"]
figures.draw_influence(influences, widths)

# %% [markdown] tags=["reading"]
# No: most of the influence comes from the middle. A pixel there has many paths to the output, through every window that
# covers it, and a pixel in a corner has a single one. This is the **effective receptive field**. Its width grows only
# about like the square root of the number of layers ([Luo and others, 2016](https://arxiv.org/abs/1701.04128)). So to
# see a whole image, a network needs more layers than its receptive field suggests, or pooling in between.
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
# average pooling and ten classes. All else as in the lessons before: Keras's own initialization, and for all four the
# same recipe, SGD with momentum on 6,400 clothes, from three seeds (by `nox -s bench -- deeper`).
#
# **Predict.** Which of the four will have the lowest loss on its own *training* images?
#
# <!-- slide
# ### Does depth help?
#
# 4, 8, 16 and 32 convolutions of 16 filters, the same recipe, 6,400 clothes.
#
# **Predict.** Which has the lowest loss on its own *training* images?
# -->
#
# <!-- notes
# 10 minutes. Have everybody choose, and say why: "more parameters" is a good reason, and wrong here.
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
# TODO Overfitting it isn't: that is a low loss in training and a high one elsewhere.
#
# <!-- slide
# TODO
# -->

# %% [markdown]
# Then look inside. What does each convolution send on, and what comes back to it? `look_inside` takes three numbers of
# each convolution, for a batch of 64 clothes: the standard deviation of its outputs (before the ReLU), the length of
# the loss's gradient with respect to these outputs, and with respect to its kernel.
#
# **Predict.** In the network with 32 convolutions, will the outputs get larger or smaller from layer to layer? And the
# three numbers for kernels: is the gradient of the first one smaller than that of the last, or larger?
#
# <!-- slide
# Look inside the 32 convolutions: what does each send on, and what comes back to it?
#
# **Predict.** From the first to the last, do the outputs grow or shrink? The gradient of the kernels?
# -->

# %%
def look_inside(model):
    """Of each convolution: the spread of its outputs, the gradient there, and the gradient of its kernel."""
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

# %%
keras.utils.set_random_seed(0)
deep = networks.build_deep_network(32, initializer="glorot_uniform")  # Keras's own
optimizer = keras.optimizers.SGD(0.03, momentum=0.9)
deep.compile(optimizer, "categorical_crossentropy")
looks = {"at the start": look_inside(deep)}
deep.fit(images, rows, batch_size=64, epochs=1, verbose=0)  # 100 steps
looks["after 100 steps"] = look_inside(deep)
for moment, look in looks.items():
    for signal, numbers in look.items():
        print(f"{moment:15}  {signal:23}  first {numbers[0]:.0e}  middle {numbers[15]:.0e}  last {numbers[31]:.0e}")

# %% tags=["figure"]
figures.draw_signals(looks)

# %% [markdown] tags=["reading"]
# On the way forward, each layer multiplies the numbers by about the same factor below 1, and after 32 layers hardly
# anything of the image is left. On the way back, backpropagation does the same to the gradient: these are **vanishing
# gradients**. You may have read that they starve the first layers only. Look at the kernels: all of them starve alike.
# A kernel's gradient is made of what comes in from below and what comes back from above (lesson 5). The first layers
# get strong inputs and hardly a gradient, the last ones the reverse, and the products are about the same. Nothing has a
# reason to move, and after 100 steps nothing has.
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
# - a product's variance is $v$ times the mean *square* of the inputs, $q$;
# - variances of independent numbers add up, so the sum's variance is $n\,v\,q$;
# - the sum is as often negative as positive, and ReLU sets the negative ones to 0: half of the mean square is left,
#   $n\,v\,q\,/\,2$.
#
# If what leaves a layer shall be as large as what came in, $n\,v\,q\,/\,2 = q$, so $v = 2/n$. This is **He
# initialization** ([He and others, 2015](https://arxiv.org/abs/1502.01852)).
#
# **Predict.** Twenty dense layers of 256 units with ReLU, with weights of this standard deviation, $\sqrt{2/n}$, then
# with half of it, then with one and a half times as much. By which factor will twenty layers change the numbers in each
# case?
#
# <!-- slide
# ### How large should the first weights be?
#
# A sum of $n$ products of weights (variance $v$) and inputs (mean square $q$) has variance $n\,v\,q$. ReLU leaves half
# of it. So $v = 2/n$ keeps the size: **He initialization**.
#
# **Predict.** Twenty layers with this scale, half of it, one and a half times as much: which factor?
# -->
#
# <!-- notes
# 12 minutes. Derive it on the board, slowly. The classic slip is to take the variance of the inputs: after a ReLU their
# mean is not 0, so it's the mean square that counts.
# -->

# %%
def pass_through(scale, n_layers=20, n=256):
    """What each of some dense layers with ReLU sends on, for 500 random inputs and random weights."""
    random = np.random.default_rng(0)
    numbers, passed = random.normal(size=(500, n)), []
    for _ in range(n_layers):
        numbers = np.maximum(numbers @ random.normal(0, scale, (n, n)), 0)
        passed.append(numbers)
    return passed


scales = {"half of it": 0.5, "He's scale": 1.0, "1.5 times as much": 1.5}
passed = {name: pass_through(times * np.sqrt(2 / 256)) for name, times in scales.items()}
for name, layers in passed.items():
    first, last = (np.sqrt(np.mean(layers[number] ** 2)) for number in (0, -1))
    print(f"{name:18} root mean square after layer 1: {first:.2f}, after layer 20: {last:.2g}")
print(f"to the power of 19: {0.5**19:.2g}, {1.5**19:.4g}")

# %% tags=["figure"]
figures.draw_numbers(passed)

# %% [markdown] tags=["reading"]
# A factor of a half or of 1.5 looks harmless. But it comes once for each layer, so it is the power that counts. In
# twenty layers, only a scale that is right to a few percent arrives.

# %% [markdown]
# A convolution is such a sum, too: each output adds up height × width × input channels products.
#
# ### Exercise: He's scale
#
# You get the shape of a kernel: for a convolution (height, width, input channels, filters), for a dense layer (inputs,
# units). Return the standard deviation of its first weights by He.
#
# <!-- slide
# From a kernel's shape, (height, width, input channels, filters) or (inputs, units), He's standard deviation of its first
# weights.
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
# Keras's own, Glorot, aims at $1/n$ where a layer has as many inputs as outputs: it was made for functions that, unlike
# ReLU, don't throw half away. So each layer multiplied by about $\sqrt{1/2}$. Now the same runs as above, with He's
# scale.
#
# **Predict.** Which of the four depths will have the lowest training loss now?
#
# <!-- slide
# Keras's Glorot has no 2: each layer multiplies by about $\sqrt{1/2}$.
#
# **Predict.** With He's scale, which depth has the lowest training loss?
# -->

# %%
for depth in depths:
    last = {kind: [losses[-1] for losses in losses_of(kind, depth)] for kind in ("Glorot", "He")}
    told = ", ".join(f"{kind} {np.mean(each):.3f} ({min(each):.3f} to {max(each):.3f})" for kind, each in last.items())
    print(f"{depth:2} convolutions: {told}")

# %% [markdown] tags=["reading"]
# TODO
# -->

# %% [markdown]
# ## What does a shortcut change?
#
# The deep networks could do what the shallow one does if their other layers passed on what they get. Nothing tells them
# to: to pass something on unchanged, a convolution has to *learn* it. So make it the default. Let two convolutions
# compute a change $f(x)$, and add it to what came in: $x + f(x)$. This is a **residual connection**, or shortcut ([He and
# others, 2016](https://arxiv.org/abs/1512.03385)), and the whole is a **residual block**.
#
# For the gradient, take single numbers. One step multiplies it by the derivative, $f'(x)$ without the shortcut, and
# $1 + f'(x)$ with it.
#
# **Predict.** Sixteen steps in a row, with $f(x) = 0.1\,x$ or $f(x) = -0.1\,x$. How large is the derivative of the end
# with respect to the start, without shortcuts and with them?
#
# <!-- slide
# ### What does a shortcut change?
#
# Two convolutions compute a change, and it is added to what came in: $x + f(x)$, a **residual block**. Its derivative
# is $1 + f'(x)$.
#
# **Predict.** Sixteen steps with $f(x) = \pm 0.1\,x$: the derivative of the end with respect to the start, without
# shortcuts and with them?
# -->
#
# <!-- notes
# 14 minutes. Let them do the sixteen steps as powers: 0.1 to the 16th, 1.1 to the 16th, 0.9 to the 16th.
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
# Without shortcuts next to nothing comes back through sixteen steps. With them the derivative stays near 1, whatever the
# sign of $f'$: the 1 is a path on which the gradient passes through untouched.
#
# <!-- slide
# The 1 in $1 + f'(x)$ is a path on which the gradient passes through untouched.
# -->

# %% [markdown]
# ### Exercise: A residual block
#
# TODO from helper

# %% [markdown]
# In such a network, every pair of convolutions but the first is a residual block. The sums have a price, though: each
# block adds something, and nothing keeps it small. Batch normalization (lesson 9) after each convolution sets each
# channel to mean 0 and variance 1. So there are three candidates: residual, normalized, and both.
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
    for signal, numbers in looks[name].items():
        print(f"{name:10}  {signal:23}  first {numbers[0]:.0e}  last {numbers[31]:.0e}")

# %% tags=["figure"]
figures.draw_signals(looks)

# %% [markdown] tags=["reading"]
# Residual alone, the outputs grow from block to block. Normalized alone, the outputs stay as they are by force, and
# now the *gradient* grows on its way back: **exploding gradients** ([Yang and others,
# 2019](https://arxiv.org/abs/1902.08129)). Both together, neither does much: a normalized change is small beside a sum
# that has already grown, so each block is close to passing on what it gets ([De and Smith,
# 2020](https://arxiv.org/abs/2002.10444)).
#
# <!-- slide
# Residual alone: outputs grow. Normalized alone: the gradient grows on its way back, **exploding gradients**. Both:
# neither.
# -->

# %% [markdown]
# All five kinds at all four depths, by the same recipe.
#
# **Predict.** Which kind will have the lowest training loss with 32 convolutions? And is its 32 better than its 4?
#
# <!-- slide
# **Predict.** All five kinds: which has the lowest training loss with 32 convolutions? Is its 32 better than its 4?
# -->

# %% tags=["figure"]
every_kind = ["Glorot", "He", "normalized", "residual", "both"]
last = {kind: {depth: [losses[-1] for losses in losses_of(kind, depth)] for depth in depths} for kind in every_kind}
figures.draw_depths(last, guess=np.log(10))

# %%
for kind in ("He", "both"):
    for depth in depths:
        errors = [run["n_wrong"] for run in stored["runs"] if run["name"] == f"{kind}, {depth}"]
        print(f"{kind:5} {depth:2} convolutions: {np.mean(errors):.0f} validation errors ({min(errors)} to {max(errors)})")

# %% [markdown] tags=["reading"]
# TODO

# %% [markdown]
# ## What can be had cheaper?
#
# Depth costs. Where does a network's cost sit? Take the best network of lesson 9.
#
# **Predict.** Four convolutions (5 × 5, then three of 3 × 3) and a dense layer: which has the most parameters? Which
# does the most multiply-adds?
#
# <!-- slide
# ### What can be had cheaper?
#
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
        print(f"{name:25} {layer.count_params():7,} parameters {n_multiply_adds[layer.name]:10,} multiply-adds")

# %% tags=["figure"]
figures.draw_shares(counts)

# %% [markdown] tags=["reading"]
# Not the same one. The last convolution has more than half of the parameters, and it works on the smallest maps. The
# one before it does nearly half of the multiply-adds.

# %% [markdown]
# Three ways to pay less:
#
# - A **1 × 1 convolution** looks at one place only, and mixes the channels there: a dense layer at each place. It can
#   lead to fewer channels, a 3 × 3 convolution works on these, and another 1 × 1 leads back: a **bottleneck**.
# - Global average pooling (lesson 4) in place of Flatten: the classes read one number a map.
# - A **depthwise separable convolution** takes the work apart ([Howard and others,
#   2017](https://arxiv.org/abs/1704.04861)). First each input channel gets *one* kernel of its own and isn't mixed with
#   others, then a 1 × 1 convolution mixes the channels.
#
# ### Exercise: count a separable convolution
#
# TODO from helper

# %% [markdown]
# **Predict.** The best network's three convolutions of 3 × 3, each replaced by a bottleneck (with a quarter of the
# filters in it) or by a separable convolution. How much of the multiply-adds is left? How many errors does it cost?

# %%
cheaper = {}
options = {"ordinary": {}, "global average pooling": {"pooled": True}}
options |= {kind: {"convolution": kind} for kind in ("bottleneck", "separable")}
for name, chosen in options.items():
    model = networks.build_cheap_network(**chosen)
    runs = [run for run in stored["runs"] if (run["part"], run["name"]) == ("cheaper", name)]
    errors, seconds = ([run[key] for run in runs] for key in ("n_wrong", "seconds"))
    cheaper[name] = costs.count_multiply_adds(model)[1], errors
    print(f"{name:23} {model.count_params():7,} parameters {cheaper[name][0]:9,} multiply-adds", end="")
    print(f"   {np.mean(errors):4.0f} errors, {np.mean(seconds):3.0f} s of training")

# %% tags=["figure"]
figures.draw_prices(cheaper)

# %% [markdown] tags=["reading"]
# TODO

# %% [markdown]
# ## Quiz
#
# Answer each question on paper first. Then remove the `#` below, put in your answer, and run the line: it says why.
#
# <!-- slide
# Questions in the notebook: each on paper first, then the line that says why.
# -->
# <!-- notes
# 1 minute. Show of hands before anyone runs the line.
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
# - He's scale makes it so at the start. Batch normalization keeps the outputs so, and residual connections let the
#   gradient pass. Together they make deep networks train.
# - Parameters and multiply-adds sit in different layers. Count both before you save, and measure seconds besides.
#
# **Next:** This was the last lesson. [Lesson 0](00_start_here.ipynb) lists them all.
