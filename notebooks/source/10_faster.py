# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 10. Faster
#
# You will find out where the seconds of a training run go, save them one idea at a time, and measure what each idea
# brings.
#
# **60 minutes**, and 25 for *Going further*. At the end you can
#
# - count the multiply-adds of a training step by hand, and say what share of your machine's peak your training reaches;
# - say what batches, calls, number types and schedules bring, and when they bring nothing;
# - compare two training procedures fairly: on one machine, alternately, with tracing and compiling on the clock, and
#   with the test images read last.
#
# <!-- slide
# How little does it cost?
# -->
# <!-- notes
# 1 minute. Ask how long the training of lesson 5 took in the room, and write the slowest and the fastest time on the
# board. They come back at the end.
# -->

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course isn't installed here: in its folder, pip install -e . (README, Start)")

from course_utils import costs, data, networks, plotting, training
from course_utils.results import read_result
from course_utils.figures import faster as figures
from course_utils.exercises import faster as exercise

import time
from functools import partial
from math import prod

import keras
import numpy as np
import tensorflow as tf

plotting.use_course_style()
(train_bytes, train_digits), _ = data.load_mnist()
images, labels = data.prepare_images(train_bytes), data.one_hot(train_digits)
(images, labels), (validation_images, validation_labels) = data.split_validation(images, labels)
measured = read_result("fast")  # what `nox -s bench -- fast` found, on the machine that it names

# %% [markdown]
# ## Where does the time go?
#
# The original recipe takes about a minute, or more, for its five passes over 60,000 images. Lesson 4 counted the work
# for one image in multiply-adds. Data sheets and papers often count **FLOPs**, floating-point operations: one
# multiply-add is 2 FLOPs.
#
# That count was for the **forward pass**, from the image to the probabilities. Training also needs the **backward
# pass**, from the loss back to the gradient with respect to each weight (lesson 5). For that, a layer needs the numbers
# that it read on the way forward. So the outputs of all layers (their activations, lesson 7) stay in memory, for every
# image of the batch, until the backward pass has used them.
#
# **Predict.** Which layer of the original network has the most parameters? Which takes the most multiply-adds? And
# which puts out the most numbers? In a training step with 64 images, what fills more memory: all parameters, or all
# outputs?
#
# <!-- slide
# The backward pass needs what each layer put out on the way forward, for all images of the batch.
#
# **Predict.** Which layer has the most parameters, the most multiply-adds, the most outputs? With batches of 64, what
# fills more memory: all parameters, or all outputs?
# -->
# <!-- notes
# 6 minutes. Have them count one layer on paper before the cell. The usual mistake is that many parameters mean much
# time and much memory. A weight of a dense layer is used once per image, a weight of the first convolution at 784
# positions.
# -->

# %%
network = networks.build_seed_network()
counts, total = costs.count_multiply_adds(network)
n_outputs = {layer.name: prod(layer.output.shape[1:]) for layer in network.layers}
for layer in network.layers:
    if n := counts[layer.name]:
        cost = f"{layer.count_params():7,} parameters {n:11,} multiply-adds"
        print(f"{type(layer).__name__:7} {cost} {n_outputs[layer.name]:6,} outputs")
print(f"{'all':7} {network.count_params():7,} parameters {total:11,} multiply-adds")
print(f"\nmemory of all parameters: {4 * network.count_params() / 1e6:.1f} MB")  # 4 bytes each
print(f"outputs, pooling and Flatten too: {4 * 64 * sum(n_outputs.values()) / 1e6:.1f} MB for 64 images")

# %% tags=["figure"]
figures.draw_shares(network, counts, n_outputs)

# %% [markdown] tags=["reading"]
# Three different layers, and the outputs fill over twenty times as much memory as the parameters. (The gradient and
# RMSprop's averages are two more numbers for each parameter, which changes little here.)
#
# <!-- slide
# - Parameters: the file, and the download.
# - Outputs that wait for the backward pass: most of the memory in training.
# - Multiply-adds, divided by what the machine can do in a second: a time that the usual way of computing can't beat.
# -->

# %% [markdown]
# **Parameters** are the file and the download. **Memory in training** is mostly layer outputs here, and it grows with
# the batch. **Multiply-adds**, divided by what your machine can do in a second, give only a time that the usual way of
# computing can't beat: pooling has none, and takes time all the same.
#
# In the backward pass each layer computes two gradients: one with respect to its weights, to move them, and one with
# respect to its inputs, to hand on to the layer before. Each of the two takes as many multiply-adds as the forward
# pass. Only the first layer is spared the second one: its inputs are pixels, and nobody moves those.

# %% [markdown]
# ### Exercise: what one image costs in training
#
# `layers` is a list with a row `(n_places, n_read, n_filters)` for each layer, the first layer first: at how many
# positions a filter stands, how many numbers it reads at each, and how many filters there are. A dense layer is a row,
# too: one position, where each unit reads everything. Return the number of multiply-adds that one image costs in one
# training step, forward and backward. `training_cost([(4, 9, 2), (1, 8, 3)])` is 216.
#
# <!-- slide
# A row `(n_places, n_read, n_filters)` for each layer. How many multiply-adds does one image cost in a training step,
# forward and backward?
#
# `training_cost([(4, 9, 2), (1, 8, 3)])` is 216
# -->
# <!-- notes
# 4 minutes. The example on the board: 72 and 24 forward; 72 counts twice, 24 three times. Anyone who gets 288 computed
# the gradient with respect to the pixels.
# -->

# %% tags=["exercise"]
def training_cost(layers):
    """The multiply-adds of one training step for one image, which can be billions."""
    ...

# %% tags=["check"]
exercise.training_cost.check(training_cost)
# exercise.training_cost.hint()
# exercise.training_cost.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_training_cost(layers):
    forward = [n_places * n_read * n_filters for n_places, n_read, n_filters in layers]
    return 3 * sum(forward) - forward[0]


exercise.training_cost.check_solution(solution_training_cost)

# %% [markdown]
# How fast can your machine do this work at best? **Throughput** is how much gets done per second: multiply-adds here,
# images or answers elsewhere. A processor's throughput is highest in the product of two large matrices, because it
# fetches a block of numbers once and uses each of them many times. What your machine reaches there we call its *peak*.
# Each measurement in this lesson is repeated and the shortest time counts, since other programs can only add to it.
#
# The first call of a `tf.function` is left out: in it, TensorFlow runs your Python code once to record its operations
# as a graph, and prepares that graph to run without Python. This is called **tracing**.

# %%
def seconds_of(run, n_times=3):
    """The shortest time that something takes, in seconds."""
    seconds = []
    for _ in range(n_times):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


matrix = tf.random.stateless_normal((1024, 1024), seed=(0, 0))
multiply = tf.function(tf.matmul)
multiply(matrix, matrix)  # the first call traces
peak = 1024**3 / seconds_of(lambda: multiply(matrix, matrix).numpy(), n_times=100)
billions_a_second = peak / 1e9
print(f"{billions_a_second = :.1f}")

# %% tags=["bounds"]
from course_utils.bounds import check_bounds

check_bounds(0.2, billions_a_second, 1000000.0)

# %% [markdown]
# **Utilization** is the share of the peak that a program reaches. Train with the original recipe on 2,560 images, take
# the time, and work out how many multiply-adds per second that is.
#
# **Predict.** What is the utilization of this training: nearly 1, a half, a tenth?
#
# <!-- slide
# ### What share of the peak?
# **Peak:** the throughput of your machine in the product of two large matrices.
#
# **Predict.** What share of it does training reach, its **utilization**?
# -->

# %%
network.compile(**networks.SEED_RECIPE)
few, few_labels = images[:2560], labels[:2560]
fit = lambda: network.fit(few, few_labels, batch_size=64, verbose=0)
fit()  # the first run traces
per_image = costs.count_training_multiply_adds(network)
utilization = per_image * 2560 / seconds_of(fit) / peak
print(f"one image in training: {per_image:,} multiply-adds")
print(f"{utilization = :.3f}")

# %% tags=["bounds"]
check_bounds(0.003, utilization, 5.0)

# %% [markdown] tags=["reading"]
# Part of the peak. (Above 1? Then probably another program was running while you measured the peak.) The rest of the
# time goes to everything that is *not* a multiply-add. ReLU and pooling compute next to nothing and still read and
# write every number, so the **memory bandwidth** limits them: the bytes per second that travel between memory and
# processor. The optimizer takes time, and so does Python between two steps.

# %% [markdown]
# Papers about large networks call this ratio *model FLOPs utilization*, MFU, and measure it against the peak in the
# data sheet ([Chowdhery and others, 2022](https://arxiv.org/abs/2204.02311)). Ours uses a measured peak, so it looks
# better.
#
# There are three ways to be faster: **waste less** of the time, **compute faster**, or **compute less**.
#
# <!-- slide
# Three ways to be faster: waste less, compute faster, compute less.
# -->

# %% [markdown]
# ## How much is wasted?
#
# Every step has a cost that does not depend on its images: Python goes once around the loop of `fit`, and TensorFlow
# starts its operations one by one. In a batch of 64, the images share that cost.
#
# **Predict.** The same 1,024 images in batches of 4, 16, 64 and 256. Which is fastest, and how much slower is 4 than
# 64?
#
# <!-- slide
# **Predict.** The same 1,024 images in batches of 4, 16, 64 and 256. Which is fastest? How much slower is 4 than 64?
# -->
# <!-- notes
# 6 minutes. Most say: the larger, the faster, without end. The curve gets flat, and may even rise again where the
# outputs of a batch no longer fit into the cache.
# -->

# %%
sizes, microseconds = [4, 16, 64, 256], []
for size in sizes:
    fit = partial(network.fit, few[:1024], few_labels[:1024], batch_size=size, verbose=0)
    fit()  # the first run traces
    microseconds.append(seconds_of(fit, 2) / 1024 * 1e6)
batch_of_4_over_64 = microseconds[0] / microseconds[2]
print(f"{batch_of_4_over_64 = :.2f}")

# %% tags=["bounds"]
check_bounds(0.5, batch_of_4_over_64, 100.0)

# %% tags=["figure"]
figures.draw_batches(sizes, microseconds)

# %% [markdown] tags=["reading"]
# From 64 on there is little left to share. And larger batches have a price of their own: an epoch of 60,000 images has
# 938 steps of 64 and only 59 of 1,024, and only steps move the weights. A faster epoch that teaches less is not faster.
# Keep 64 for now.
#
# <!-- slide
# From batches of 64 on, there is little left to share.
# -->

# %% [markdown]
# What is left of that cost is paid at each *call* from Python. `compile(steps_per_execution=50)` sends TensorFlow off
# for 50 steps at once. The **speedup** of such a change is the old time divided by the new one.
#
# **Predict.** Two networks: the original one, and one with a single dense layer and nothing else. For which of them do
# 50 steps per call bring the larger speedup?
#
# <!-- slide
# ### What does a call cost?
#
# What is left of that cost is paid at each call from Python.
#
# **Predict.** Two networks: the original one, and one with a single dense layer. For which of them do 50 steps per call
# bring the larger speedup?
# -->
#
# <!-- code
# …
# def seconds_of_fit(model, n_images, **options):
#     model.compile(optimizer="rmsprop", loss="categorical_crossentropy", **options)
#     fit = lambda: model.fit(images[:n_images], labels[:n_images], …)
#     fit()  # the first run traces
#     return seconds_of(fit, n_times=5)
#
# tiny, n = build_tiny(), 25600
# tiny_speedup = seconds_of_fit(tiny, n) / seconds_of_fit(tiny, n, steps_per_execution=50)
# …
# -->

# %%
def build_tiny():
    layers = keras.layers
    return keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), layers.Dense(10, "softmax")])


def seconds_of_fit(model, n_images, **options):
    model.compile(optimizer="rmsprop", loss="categorical_crossentropy", **options)
    fit = lambda: model.fit(images[:n_images], labels[:n_images], batch_size=64, verbose=0)
    fit()  # the first run traces
    return seconds_of(fit, n_times=5)


tiny, n = build_tiny(), 25600
tiny_speedup = seconds_of_fit(tiny, n) / seconds_of_fit(tiny, n, steps_per_execution=50)
print(f"{tiny_speedup = :.2f}")

# %% tags=["bounds"]
check_bounds(0.3, tiny_speedup, 100.0)

# %% [markdown]
# <!-- code -->

# %%
ideas = {name: np.mean([run["seconds"] for run in runs]) for name, runs in measured["ideas"].items()}
for name in ("the original network", "50 steps in one call"):
    print(f"{name:21}", *(f"{run['seconds']:4.1f} s" for run in measured["ideas"][name]))

# %% [markdown]
# The tiny network does little but wait for Python. The original network has arithmetic to do; its two runs with 50
# steps in one call differ by more than any gain could show. (Its times are the benchmark's, for whole epochs.)
#
# **What an idea brings depends on what the time is spent on.** So measure first. Making a part faster can't save more
# than the time that it took: **Amdahl's law**.
#
# <!-- slide
# What an idea brings depends on what the time is spent on. Measure first.
# -->

# %% [markdown]
# ### Exercise: what does it bring altogether?
#
# `seconds` holds the time that each part of a step takes, and `speedups` how much faster each part becomes: 1 where
# nothing changes, 2 where it takes half the time. Return the speedup of the whole step. `whole_speedup([6, 2], [3, 1])`
# is 2.
#
# <!-- slide
# The `seconds` of the parts, and the speedup of each part. What is the speedup of the whole?
#
# `whole_speedup([6, 2], [3, 1])` is 2
# -->
# <!-- notes
# 4 minutes. Let them guess first: half of the time is made infinitely fast. The answer is 2. The usual mistake is to
# average the speedups: times can be added, speedups cannot.
# -->

# %% tags=["exercise"]
def whole_speedup(seconds, speedups):
    """The speedup of the whole, from the seconds and the speedup of each part."""
    ...

# %% tags=["check"]
exercise.whole_speedup.check(whole_speedup)
# exercise.whole_speedup.hint()
# exercise.whole_speedup.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_whole_speedup(seconds, speedups):
    after = [before / faster for before, faster in zip(seconds, speedups)]
    return sum(seconds) / sum(after)


exercise.whole_speedup.check_solution(solution_whole_speedup)

# %% [markdown]
# ## Can it compute faster?
#
# A float32 has 32 bits: 1 for the sign, 8 for the exponent, which says how large or small the number is, and 23 for its
# binary digits (24 with the leading 1, which isn't stored). **bfloat16** has 16 bits: 1 for the sign, the same 8 for
# the exponent, and 7 for the digits (8 with the leading 1). So it reaches as far as float32, with a third of the
# digits. It takes half the memory, and some processors have an instruction that multiplies small matrices of bfloat16
# at once.
#
# **Predict.** In bfloat16, what is 256 + 1? And what is 1 + 0.001?
#
# <!-- slide
# bfloat16: the exponent of float32, with 8 binary digits instead of 24.
#
# **Predict.** In bfloat16, what is 256 + 1? And 1 + 0.001?
# -->
# <!-- notes
# 6 minutes. Write 256 in binary: nine digits, and there is no room for the ninth. Then ask what that means for a weight
# of 1 and a step of 0.001. It is why weights stay in float32.
# -->

# %%
for large, small in ((1, 1), (255, 1), (256, 1), (256, 2), (1, 0.001), (1, 0.01)):
    result = tf.constant(large, tf.bfloat16) + tf.constant(small, tf.bfloat16)
    print(f"{large:3} + {small:<5} = {float(result):g}")
for value in (3.14159, 1e-30, 1e30):
    print(f"{value:g} is stored as {float(tf.cast(value, tf.bfloat16)):.6g}")

# %% [markdown] tags=["reading"]
# 256 + 1 is 256: there is no room for the last digit. That is far too rough for a bank, and enough to recognize a
# digit: the errors are small and of both signs, and there are hundreds of them in most sums. And processors with such
# an instruction add the products up in float32. But look at 1 + 0.001. A *step* is often that small, and would be lost.
#
# <!-- slide
# A step of 0.001 would be lost.
# -->

# %% [markdown]
# In **mixed precision**, layers compute with 16 bits, while the weights are kept and updated in float32, so that small
# steps count ([Micikevicius and others, 2018](https://arxiv.org/abs/1710.03740)). Their float16, whose exponent has 5
# bits, needs the loss scaled up so that small gradients don't become 0; bfloat16 doesn't. In Keras,
# `keras.config.set_dtype_policy("mixed_bfloat16")` switches it on.
#
# Does your processor have the instruction? Ask it.
#
# <!-- slide
# ### Mixed precision
#
# Compute in bfloat16, keep the weights in float32.
#
# Is the product of two large matrices faster in bfloat16? Ask your processor.
# -->

# %%
halved = tf.cast(matrix, tf.bfloat16)
multiply(halved, halved)  # the first call traces
half_peak = 1024**3 / seconds_of(lambda: multiply(halved, halved).numpy(), n_times=10)
bfloat16_over_float32 = half_peak / peak
print(f"{bfloat16_over_float32 = :.3f}")

# %% tags=["bounds"]
check_bounds(0.0001, bfloat16_over_float32, 200.0)

# %% [markdown]
# Above about one and a half, your processor has it, and `costs.choose_precision()`, which takes this measurement,
# chooses bfloat16. Otherwise it doesn't have it: it converts to float32 and back, and bfloat16 would make everything
# slower.
#
# A **GPU** (graphics processing unit, or graphics card) has thousands of small arithmetic units (in groups that do the
# same operation on different numbers), units that multiply small 16-bit matrices, and memory of its own with a high
# bandwidth. A convolution suits it: the same multiply-adds at every position of every image, and none has to wait for
# another. Where TensorFlow finds a GPU that it supports, Keras uses it without a change in your code ([TensorFlow's
# guide](https://www.tensorflow.org/guide/gpu)); `tf.config.list_physical_devices("GPU")` lists what it found.
# [Lesson 16](16_pytorch.ipynb) says how to get one. Small batches and slow input cost even more there.
#
# <!-- slide
# ### What does a GPU do?
#
# - Thousands of small arithmetic units, in groups that do the same operation on different numbers.
# - A convolution suits it: no position and no image has to wait for another.
# - Keras uses it without a change in your code.
# -->

# %% [markdown]
# ## How little is enough?
#
# The third way: compute less. Four changes to the network:
#
# - The first convolution has a 4 × 4 kernel and stride 2: a quarter of the positions, before anything costly.
# - Half as many filters where the feature maps are large.
# - Batch normalization (lesson 9) after each convolution, and after the hidden dense layer. It takes each channel's
#   mean away, so the layers before it need no bias. It learns a shift for each channel, but no factor: after ReLU, the
#   next layer's weights can do what the factor would.
# - Convolution, then *pooling*, then normalization and ReLU: after the pooling, only a quarter of the numbers are left.
#
# **Predict.** It has a few more parameters than the original network. What share of the original's multiply-adds is
# left: nine tenths, about a half, a tenth?
#
# <!-- slide
# The smaller network: stride 2 at once, half the filters, normalized. It has a few more parameters than the original.
#
# **Predict.** What share of the original's multiply-adds is left: nine tenths, about a half, a tenth?
# -->
# <!-- notes
# 7 minutes. Let them work out the first layer: 14 × 14 positions, 16 numbers, 16 filters. Where do the parameters come
# from? The dense layer reads 5 × 5 × 64 numbers. And it costs next to nothing.
# -->

# %%
small = networks.build_fast_network()
small_counts, small_total = costs.count_multiply_adds(small)
for layer, count in zip(small.layers, small_counts.values()):
    note = f"{count:9,} multiply-adds" if count else ""
    kind, shape = type(layer).__name__, str(layer.output.shape[1:])
    print(f"{kind:24} {shape:13} {layer.count_params():8,} {note}".rstrip())
share = small_total / total
print(f"in all {small.count_params():,} parameters; {share:.2f} of the original's multiply-adds")

# %% [markdown] tags=["reading"]
# Less than half, with more parameters. (Each normalization has three numbers for each channel: the shift, and the
# moving mean and variance that `predict` uses. *Fused* means that one operation of TensorFlow does all of it.)

# %% [markdown]
# Fewer steps would be less work, too. The original recipe keeps one learning rate from the first step to the last. The
# one-cycle schedule (lesson 9) starts low, rises linearly (its **warmup**) to a rate far higher than you would dare to
# keep, and falls to 0 ([Smith, 2018](https://arxiv.org/abs/1803.09820)). It needs to know from the start where it will
# end: cut it off halfway, and you have the large steps without the small ones.

# %% tags=["figure"]
figures.draw_rates(training.OneCycle(0.02, 200)(np.arange(201)), usual=0.001)

# %% [markdown]
# The fast recipe changes three things at once: Adam instead of RMSprop, the one-cycle schedule, and smoothed labels
# (all in lesson 9). The benchmark trained the smaller network for one epoch of 50,000 images, five random seeds for
# each row. (These runs were made on another machine and on one thread, so only accuracies are stored.)
#
# **Predict.** Which change brings most: Adam, the schedule, or the smoothed labels? And what does Adam do at 0.02 all
# the time?
#
# <!-- slide
# The fast recipe changes three things: Adam, one cycle, smoothed labels.
#
# **Predict.** Which brings most after one epoch? And what does Adam do at 0.02 all the time?
# -->
#
# <!-- code -->
# <!-- output 1-69 -->

# %%
arms = measured["arms"]
print(f"{arms['machine']}\n\n{'validation accuracy':33} mean    the five runs")
for name in arms["runs"][0]:
    right = [run[name] for run in arms["runs"]]
    print(f"{name:33} {np.mean(right):.4f} ", *(f"{accuracy:.4f}" for accuracy in right))

# %% [markdown] tags=["reading"]
# In this table the schedule and the smoothed labels were tried only with Adam. Added one after the other, Adam and the
# schedule bring about half a percentage point each on average, and smoothed labels less. With the same labels, every
# run in which the rate falls to 0 beats every run at a constant rate, small or large: large steps get far, and small
# ones settle. At 0.02 all the time, Adam is a little worse on average than at 0.001, though some runs overlap. Smoothed
# labels help on top of the schedule, with each of the five random seeds. The warmup helps with three of them and hurts
# with two: whether it helps here, five runs can't say.
#
# <!-- slide
# Adam helps, the falling rate helps, and smoothed labels help on top of it. Whether the warmup does, five runs can't
# say.
# -->

# %% [markdown]
# ### Exercise: one cycle
#
# `step` counts from 0, `n_steps` is the number of all steps, `peak` the highest rate, and `warmup` the share of the
# steps in which the rate rises (above 0, below 1). Return the learning rate: from `peak / 25` at step 0 linearly up to
# `peak` at step `warmup * n_steps`, from there linearly down to 0 at step `n_steps`, and 0 after that.
# `one_cycle(60, 100, 0.4, 0.2)` is 0.2.
#
# <!-- slide
# From `peak / 25` linearly up to `peak` at step `warmup * n_steps`, then linearly down to 0 at `n_steps`, and 0 after.
#
# `one_cycle(60, 100, 0.4, 0.2)` is 0.2
# -->
# <!-- notes
# 4 minutes. Two lines, and the smaller one counts. Common slips: it starts at 0, it goes on below 0, or the way down is
# as long as the whole.
# -->

# %% tags=["exercise"]
def one_cycle(step, n_steps, peak, warmup):
    """The learning rate of a step: linearly up from peak / 25, then linearly down to 0."""
    ...

# %% tags=["check"]
exercise.one_cycle.check(one_cycle)
# exercise.one_cycle.hint()
# exercise.one_cycle.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_one_cycle(step, n_steps, peak, warmup):
    top = warmup * n_steps
    rising = peak / 25 + (peak - peak / 25) * step / top
    falling = peak * (n_steps - step) / (n_steps - top)
    return max(min(rising, falling), 0)


exercise.one_cycle.check_solution(solution_one_cycle)

# %% [markdown]
# ## What does it come to?
#
# One epoch of 50,000 images on the machine that the table names. Tracing and compiling are included in each row, and
# each row adds an idea to the rows above it:
#
# - 50 steps in one call;
# - **XLA**, a compiler that merges several operations into one, so that feature maps are read and written less often
#   (`compile(jit_compile=True)`); the rows below do without it;
# - the smaller network, normalized;
# - bfloat16;
# - Adam, one cycle and smoothed labels: three changes, which you have just seen separately;
# - a training loop that is compiled as a whole (lesson 5) instead of `fit`, and batches of 128, so that two cores have
#   something to share (half the steps: with the new schedule the accuracy falls by at most a tenth of a percentage
#   point or so, see the table). This is the whole recipe, `training.train_fast_network`.
#
# **Predict.** Which row saves the most time? Which cost time instead?
#
# <!-- slide
# 50 steps in one call; XLA; smaller, normalized; bfloat16; Adam, one cycle, smoothed labels; a compiled loop.
#
# **Predict.** Which row saves the most time? Which cost time instead?
# -->
# <!-- notes
# 5 minutes. Look at both columns, and at two runs of one row. The smaller network saves most, the compiled loop comes
# second; XLA and the schedule cost time, and with the schedule one epoch is enough.
# -->
#
# <!-- code -->

# %%
print(f"{measured['machine']}; {measured['precision']}; two runs for each row\n")
print(f"{'one epoch of 50,000 images':33} seconds     validation accuracy")
for name, runs in measured["ideas"].items():
    seconds, right = ([run[what] for run in runs] for what in ("seconds", "val_acc"))
    print(f"{name:33} {seconds[0]:4.1f}  {seconds[1]:4.1f}  {right[0]:.4f}  {right[1]:.4f}")

# %% [markdown] tags=["reading"]
# Computing less saves the most: the smaller network. The compiled loop with its larger batches comes second: with so
# little arithmetic left, the cost of each step counts. XLA made things slower here (why, this table doesn't say), so it
# goes. The row with Adam and one cycle costs time, too, and stays: look at its accuracies. It makes one epoch enough,
# and saves the other four.
#
# <!-- slide
# Computing less saves the most, then the compiled loop. Adam and one cycle cost time in an epoch, and save four epochs.
# -->

# %% [markdown]
# Now the two whole recipes, with five random seeds each, alternately, on the same machine. The clock runs from building
# the network to the last step: tracing and compiling are included. Not included: importing the libraries, loading the
# images, and measuring which number type is faster; both recipes need the first two. The goal was set beforehand: a
# mean test accuracy of at least 0.9915, which the original notebook printed, in a tenth of the original recipe's time.
# Everything in the fast recipe was chosen on validation images. (But two slower candidates had been through this
# benchmark before, test images included. All later changes were judged on validation images.)
#
# <!-- code
# recipes = measured["recipes"]
# seconds = {name: [run["seconds"] for run in runs] for name, runs in recipes.items()}
# …
# pairs = np.divide(seconds["seed"], seconds["fast"])
# …
# -->

# %%
recipes = measured["recipes"]
seconds = {name: [run["seconds"] for run in runs] for name, runs in recipes.items()}
for name, title in (("seed", "original"), ("fast", "fast")):
    right = [run["test_acc"] for run in recipes[name]]
    print(f"{title} recipe: {min(seconds[name]):.1f} to {max(seconds[name]):.1f} s, ", end="")
    print(f"test accuracy {np.mean(right):.4f} ({min(right):.4f} to {max(right):.4f})")
pairs = np.divide(seconds["seed"], seconds["fast"])
print(f"speedup, pair by pair: {pairs.min():.1f} to {pairs.max():.1f}, median {np.median(pairs):.1f}")
print(f"speedup by the shortest times: {min(seconds['seed']) / min(seconds['fast']):.1f}")
rows = [ideas[name] for name in ("the original network", "a compiled loop, batches of 128")]
print(f"by the rows of the table, with tracing counted five times: {5 * rows[0] / rows[1]:.1f}")

# %% [markdown]
# The longest of the original recipe's five runs took over two thirds longer than the shortest, so something disturbed
# them, probably other programs, and the median of the pairs flatters the fast recipe. The shortest times were disturbed
# least, and the table roughly agrees; it counts the start of the original recipe five times. So the claim is the
# shortest times', *about thirteen times as fast*, and the goal is met: in the worst pair it is still ten times.
#
# <!-- slide
# About thirteen times as fast, by the shortest times. In the worst pair, still ten times.
# -->

# %% [markdown]
# `nox -s bench -- fast` repeats all of this on your machine. Or run only the fast recipe, in a new cell (a minute at
# most):
#
#     start = time.perf_counter()
#     precision = costs.choose_precision()
#     model, history = training.train_fast_network(images, labels, seed=0, precision=precision)
#     print(time.perf_counter() - start, model.evaluate(validation_images, validation_labels, verbose=0))

# %% [markdown]
# ## Going further: How long would the arithmetic alone take?
#
# Divide the multiply-adds of each recipe by the peak that was measured on that machine. In the picture, each recipe has
# five thin lines, its runs, and a thick one, their median. Its dotted line is the time that the arithmetic of the
# *whole* run takes at the peak: compare it with the right end of the curve. The gray line is the goal.
#
# **Predict.** Which recipe ends closer to its dotted line?
#
# <!-- slide
# **Predict.** How long would the arithmetic alone take, at the peak? Which recipe comes closer to that?
# -->
# <!-- notes
# 3 minutes. The fast recipe is farther from its peak. Ask what would have to be improved next, and what would not help.
# -->

# %%
half = "bfloat16" if measured["precision"] == "mixed_bfloat16" else "float32"
small_per_image = costs.count_training_multiply_adds(small)
at_peak = {
    "seed": 5 * 60000 * per_image / measured["peak"]["float32"],
    "fast": 60000 * small_per_image / measured["peak"][half],
}
for name, title in (("seed", "original"), ("fast", "fast")):
    taken = min(seconds[name])  # disturbed least
    print(f"{title}: {at_peak[name]:.1f} s at the peak, at least {taken:.1f} s taken: ", end="")
    print(f"utilization {at_peak[name] / taken:.2f}")

# %% tags=["figure"]
figures.draw_recipes(recipes, at_peak, goal=0.9915)

# %% [markdown] tags=["reading"]
# The fast recipe reaches the goal before the original one has finished its first epoch. But it is *farther* from what
# its arithmetic would allow. There is so little arithmetic left that most of the time is something else: starting,
# memory, ReLU and pooling, waiting. There is a good deal left to gain, and faster arithmetic alone will not gain it: at
# the peak, all of it takes about half a second of the four.
#
# <!-- slide
# The less arithmetic there is, the more of the time is something else.
# -->

# %% [markdown]
# ## Going further: What does the input pipeline cost?
#
# The **input pipeline** is everything between the stored images and the network: reading, decoding, changing, batching.
# So far all images have been in memory as one array. Often a Python function hands over one image at a time instead,
# and prepares it while the network waits. With **prefetching** (`.prefetch(2)` in `tf.data`), the next batches are
# prepared while the network still trains on this one. (TensorFlow puts a small prefetch at the end by itself; here it
# is switched off, to be compared.)
#
# **Predict.** The tiny network again, with 3,200 images. How many times as long does it take if each image is prepared
# alone? Will prefetching help?
#
# <!-- slide
# **Predict.** The tiny network gets its images one at a time, prepared by Python. How many times as long does it take?
# Does prefetching help?
# -->
# <!-- notes
# 4 minutes. Prefetching hides the shorter of two times behind the longer one. Here the longer one is the preparing.
# -->
#
# <!-- code
# def one_by_one():
#     for image, label in zip(train_bytes[:3200], train_digits[:3200]):
#         yield image[..., None].astype("float32") / 255, …
#
# …
# in_memory = lambda: tiny.fit(images[:3200], labels[:3200], batch_size=64, …)
# …
# alone = lambda: tiny.fit(generated…, shuffle=False, verbose=0)
# prefetched = lambda: tiny.fit(generated.prefetch(2), shuffle=False, verbose=0)
# in_memory(), alone(), prefetched()  # the first runs trace
# base = seconds_of(in_memory)
# times_as_long, … = seconds_of(alone) / base, seconds_of(prefetched) / base
# …
# -->

# %%
def one_by_one():
    for image, label in zip(train_bytes[:3200], train_digits[:3200]):
        yield image[..., None].astype("float32") / 255, np.eye(10, dtype="float32")[label]


kinds = tf.TensorSpec((28, 28, 1), tf.float32), tf.TensorSpec((10,), tf.float32)
generated = tf.data.Dataset.from_generator(one_by_one, output_signature=kinds).batch(64)
generated = generated.apply(tf.data.experimental.assert_cardinality(50))  # 50 batches
in_memory = lambda: tiny.fit(images[:3200], labels[:3200], batch_size=64, verbose=0)
off = tf.data.Options()
off.experimental_optimization.inject_prefetch = False
alone = lambda: tiny.fit(generated.with_options(off), shuffle=False, verbose=0)
prefetched = lambda: tiny.fit(generated.prefetch(2), shuffle=False, verbose=0)
in_memory(), alone(), prefetched()  # the first runs trace
base = seconds_of(in_memory)
times_as_long, prefetched_times_as_long = seconds_of(alone) / base, seconds_of(prefetched) / base
print(f"{times_as_long = :.1f}\n{prefetched_times_as_long = :.1f}")

# %% tags=["bounds"]
check_bounds(0.5, times_as_long, 1000.0)
check_bounds(0.5, prefetched_times_as_long, 1000.0)

# %% [markdown] tags=["reading"]
# A tiny network spends its time waiting for images. Prefetching can hide only the shorter of two times behind the
# longer one. Preparing is the longer one here, so most of the waiting stays. Prepare once and keep the images in
# memory; if they don't fit, prepare whole batches at once, and ahead of time.

# %% [markdown]
# ## Going further: Why are some layers fused?
#
# Batch normalization takes a dozen small operations: mean, difference, square, mean, root, division. Most of them read
# the feature maps of a whole batch from memory, and several write them back. A *fused* operation does all of it and
# reads them twice. TensorFlow has one, and our `FusedBatchNormalization` uses it. We did not time it here.
#
# **Predict.** Does it give the same numbers as Keras's layer?
#
# <!-- slide
# Mean, difference, square, mean, root, division: most of them read the feature maps of a whole batch, and several write
# them back. A fused operation reads them twice.
#
# **Predict.** Does it give the same numbers?
# -->
# <!-- notes
# 3 minutes. The same up to rounding: that is what makes it a fair trade.
# -->

# %%
maps = tf.random.stateless_normal((64, 14, 14, 16), seed=(0, 0))
plain, fused = keras.layers.BatchNormalization(), networks.FusedBatchNormalization()
difference = tf.reduce_max(abs(plain(maps, training=True) - fused(maps, training=True)))
tables = [[weight.numpy() for weight in layer.weights] for layer in (plain, fused)]
print("the same feature maps:", float(difference) < 1e-4)
print("the same moving mean and variance:", all(np.allclose(*pair, atol=1e-5) for pair in zip(*tables)))

# %% [markdown] tags=["reading"]
# The same, to within float32's rounding.

# %% [markdown]
# ## Going further: Would another library be faster?
#
# PyTorch is the other library that most people use. [Lesson 16](16_pytorch.ipynb) builds and trains the original
# network in it. The benchmark `nox -s bench -- frameworks` has trained it in both, alternately, on one machine: from
# the first random seed in each way, then from the second, and so on. *As in Keras* means that first weights are drawn,
# and RMSprop computes, as Keras does it. *Its own start* means PyTorch's own first weights and its own RMSprop, with
# the same learning rate. The clock runs from building the network to the last step. A second clock counts only what the
# processor computes for this run, all threads together; other programs disturb it less.
#
# **Predict.** Is one of the libraries faster? By how much would the times have to differ for you to believe it? And are
# the networks as good, by the test images?
#
# <!-- slide
# The original network by the original recipe, in Keras and in PyTorch, alternately.
#
# **Predict.** Is one of the two faster? By how much would the times have to differ for you to believe it? Are the
# networks as good?
# -->
# <!-- notes
# 3 minutes. Write on the board by how much single runs of one way differ, before anybody compares the ways.
# -->
#
# <!-- code
# both = read_result("frameworks")
# …
# for way in ("Keras", "PyTorch, as in Keras", "PyTorch, its own start"):
#     runs = both["runs"][way]
#     right = [run["test_acc"] for run in runs]
#     …
#         taken, beside = ([run[what] for run in both["runs"][name]] for …)
#         …
#         ratios = np.divide(taken, beside)
#         …
# -->
# <!-- output 1-51, 76- -->

# %%
both = read_result("frameworks")
print(f"{both['machine']}; Keras {both['versions']['keras']}, PyTorch {both['versions']['torch']}\n")
for way in ("Keras", "PyTorch, as in Keras", "PyTorch, its own start"):
    runs = both["runs"][way]
    right = [run["test_acc"] for run in runs]
    print(f"{way}: test accuracy {np.mean(right):.4f} ± {np.std(right, ddof=1):.4f}")
    for what, title in (("seconds", "on the clock"), ("cpu_seconds", "computing")):
        taken, beside = ([run[what] for run in both["runs"][name]] for name in (way, "Keras"))
        print(f"  seconds {title:12} " + " ".join(f"{one:4.0f}" for one in taken), end="")
        ratios = np.divide(taken, beside)
        span = f"   / Keras's, pair by pair: {ratios.min():.2f} to {ratios.max():.2f}"
        print(span if way != "Keras" else "")

# %% [markdown] tags=["reading"]
# By the clock, neither: in some pairs Keras's run is the shorter one, in others it isn't. Other programs were running,
# and they disturb some runs more than others. The second clock says more: in every pair, the processor computed less
# for Keras's run. What made the difference, the benchmark doesn't say. And all this is one small network on one
# processor, with these versions: it tells nothing of a GPU, or of larger layers.
#
# The mean accuracies differ by less than the runs of *its own start* do among themselves. So from these runs,
# nobody can say that one library trains better networks.
#
# <!-- slide
# - By the clock: in some pairs one is shorter, in some the other.
# - Computing: more for PyTorch in every pair, for this network on this processor.
# - Accuracy: the means differ by less than the runs with PyTorch's own start do.
# -->

# %% [markdown]
# ## Going further: What is the smallest network for 99%?
#
# Time isn't the only thing you can save. How few parameters does a network need to read more than 99% of the digits? It
# counts only if the lower end of its confidence interval (lesson 6) on the validation images is above that, too. The
# course's own entry, `networks.build_small_network`, is sparing with parameters:
#
# - separable convolutions, which look at each feature map alone and mix them afterwards ([lesson
#   14](14_deeper.ipynb));
# - no hidden layer: the classes read the mean of each of the last feature maps;
# - no normalization in the finished network. A trained one multiplies each feature map by a number and adds another,
#   and so can the convolution before it (`networks.fold_normalization`).
#
# *SiLU*, x times 1 / (1 + e⁻ˣ), takes the place of ReLU: it is smooth, and not quite 0 below 0. The network learned as
# the student in lesson 9 did, by knowledge distillation: from slightly distorted images, and from the probabilities
# that lesson 9's best networks give these. Its shape was found at the smaller of two sizes, by the search of [lesson
# 13](13_another_data_set.ipynb); at the larger one, only the last convolutions are wider. Then both were trained from
# five random seeds.
#
# **Predict.** The original network has a little more than 120 thousand parameters. What share of them is enough: a
# half, a tenth, a fortieth, a thousandth?
#
# <!-- slide
# More than 99% of the validation images, the lower end of the interval included.
#
# **Predict.** What share of the original network's parameters is enough: a half, a tenth, a fortieth, a thousandth?
# -->
# <!-- notes
# 4 minutes. Have everybody write a number down before anybody says one. Then ask what each error bar has in it: the
# images, which all five networks share, and the random seeds.
# -->
#
# <!-- code -->

# %%
smallest = read_result("smallest")
print(f"measured on {smallest['machine']}")
sizes = list(smallest["sizes"].values())
for size in sizes:
    size["accuracies"] = [run["n_correct"] / smallest["n_validation"] for run in size["runs"]]
    share = size["parameters"] / network.count_params()
    print(f"{size['parameters']:5,} parameters, {share:.3f} of the original's: ", end="")
    print(f"{size['mean']:.4f} ({size['low']:.4f} to {size['high']:.4f})")

# %% tags=["figure"]
figures.draw_smallest(sizes, goal=smallest["goal"])

# %% [markdown] tags=["reading"]
# Of the two sizes, the larger one passes: **a fortieth is enough.** The mean of the smaller one is above 99%, too, but
# the lower end of its interval isn't. What is between the two, or below them, hasn't been measured.
#
# The intervals are wider than fifty thousand answers would make them. The five networks have read the same ten thousand
# images, so these count only once, and the chance of the random seeds comes on top.
#
# <!-- slide
# A fortieth is enough. The smaller size's mean is above 99%, too, but the lower end of its interval isn't.
# -->

# %% [markdown]
# The shape, the training procedure and the sizes were all chosen with these validation images, so their numbers may
# flatter. The test images were read once, at the end, by the five networks that passed.

# %%
test = smallest["test"]
print(f"test: {test['mean']:.4f} ({test['low']:.4f} to {test['high']:.4f})")

# %% [markdown]
# The first of these five ships with the course. Here are its layers, without those that have no parameters.

# %%
smallest_network = networks.load_smallest_network()
for layer in smallest_network.layers:
    if layer.count_params():
        print(f"{layer.name:15}{layer.output.shape[1:]!s:14}{layer.count_params():5} parameters")

# %% [markdown]
# Let it read 2,560 images, and let the original network read the same ones.
#
# **Predict.** What share of the original network's multiply-adds does it take? And what share of the time?
#
# <!-- slide
# ### A fortieth of the parameters: a fortieth of the time?
#
# **Predict.** What share of the original network's multiply-adds does it take? And what share of the time?
# -->
# <!-- notes
# 2 minutes. The usual mistake is to take parameters for work. Ask how often each layer uses its parameters: once for
# each position.
# -->

# %%
work = costs.count_multiply_adds(smallest_network)[1] / total
both = smallest_network, network
read = [partial(model.predict, few, batch_size=256, verbose=0) for model in both]
for run in read:
    run()  # the first call traces
time_ratio = seconds_of(read[0], 5) / seconds_of(read[1], 5)
print(f"multiply-adds: {work:.3f} of the original's")
print(f"{time_ratio = :.2f}")

# %% tags=["bounds"]
check_bounds(0.1, time_ratio, 5.0)

# %% [markdown] tags=["reading"]
# Its share of the multiply-adds is larger than its share of the parameters: it uses each parameter at many positions.
# And its share of the time is much larger still. **A fortieth of the parameters isn't a fortieth of the time.** Layers
# also write and read their feature maps, and each call of `predict` costs something, whatever the network is. How much
# of the time goes into which, this measurement doesn't say.
#
# <!-- slide
# A fortieth of the parameters isn't a fortieth of the time.
# -->

# %% [markdown]
# **A contest.** Can you do it with fewer? Build a network of Keras's own layers, train it on the training images of
# this lesson, and hand in `model.save("YOUR NAME.keras")`. It reads images as this lesson's networks do, of shape
# (28, 28, 1) with numbers from 0 to 1, and gives ten numbers; its answer is the digit with the largest. All weights
# count (`model.count_params()`), and so do numbers that are given to a layer, as in `Rescaling`; the optimizer's don't.
# A normalization that isn't folded has up to four for each channel. One network counts, alone: the lower end of
# Wilson's interval (lesson 6) for its answers must be above 99%.
#
# With `nox -s contest -- FOLDER`, your instructor, or you, judges a folder of such files on the validation images, and
# makes a leaderboard. The course's network is the first line to beat. Two things the contest can't see. Somebody might
# train on the validation images: don't, or your number says nothing. And the best of many entries has had luck, too
# (lesson 13). So the winner reads the test images once, after the contest.
#
# <!-- slide
# ### A contest
#
# Can you do it with fewer? Keras's own layers, trained on the training images; hand in `YOUR NAME.keras`.
#
# All weights count. The validation images are the judge, so don't train on them.
# -->

# %% [markdown]
# ## Quiz
#
# Answer each question on paper first. Then take the `#` away below, put in your answer, and run the line: it says why.
#
# <!-- notes
# 2 minutes. Questions 2 and 5 are worth a talk with the neighbor before the answer.
# -->

# %% tags=["quiz"]
exercise.quiz.show()

# %% tags=["quiz"]
# exercise.quiz.answer(1, "a")

# %% [markdown]
# ## Key points
#
# - Parameters are the file, layer outputs most of the memory in training. Divided by the peak, multiply-adds, once
#   forward and twice backward, give a time that the usual way of computing can't beat. Your utilization says whether
#   arithmetic is your problem at all.
# - Waste less, compute faster, compute less. Measure after each idea, and drop what brings nothing here. A row that
#   changes three things can't say which of them helped.
# - A speedup counts at equal accuracy, alternately on one machine, with tracing and compiling on the clock, and with
#   the test images read last. Say what the clock leaves out.
#
# **Next:** [11. Sharing](11_sharing.ipynb) hands the network to people who have never seen this notebook.
