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
# You will find out where the seconds of a training go, take them away one idea at a time, and measure each time what it
# brought.
#
# **45 minutes**. At the end you can
#
# - count the multiply-adds of a training by hand, and say what share of your machine's peak it reaches;
# - tell what batches, calls, feeding, number types and compilers bring, and when they bring nothing;
# - compare two recipes fairly: same machine, in turn, nothing left out of the clock, test images read last.
#
# <!-- slide
# How little does it cost?
# -->
# <!-- notes
# 1 minute. Ask how long the training of lesson 5 took in the room, and write the slowest and the fastest on the board.
# They come back at the end.
# -->

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course is missing here: in its folder, run nox -s lab or pip install -e .")

from course_utils import costs, data, networks, plotting, training
from course_utils.results import read_result
from course_utils.figures import faster as figures
from course_utils.exercises import faster as exercise

import time
from functools import partial

import keras
import numpy as np
import tensorflow as tf

plotting.use_course_style()
(train_bytes, train_digits), _ = data.load_mnist()
images, labels = data.prepare_images(train_bytes), data.one_hot(train_digits)
(images, labels), (held_out, held_out_labels) = data.split_validation(images, labels)
measured = read_result("fast")  # what `nox -s bench -- fast` found on the machine that it names

# %% [markdown]
# ## Where does the time go?
#
# In lesson 4 you saw where the work of one image is. The seed's recipe takes a minute or more, for five passes over 60,000
# images. What does the processor do all that time? Mostly one thing: multiply two numbers, and add the product to a sum.
# One **multiply-add**.
#
# You can count them. A filter of the first convolution reads windows of 3 × 3 numbers, and stands at 28 × 28 places. So
# each filter takes 28 × 28 × 9 multiply-adds for one image, and there are 32 filters.
#
# **Predict.** The seed's network has three convolutions and two dense layers. The dense layers hold more than half of
# its parameters. What share of the multiply-adds is theirs: about half, a tenth, a fiftieth?
#
# <!-- slide
# The dense layers hold more than half of the parameters of the seed's network.
#
# **Predict.** What share of its multiply-adds: a half, a tenth, a fiftieth?
# -->
# <!-- notes
# 6 minutes. Have them count one layer on paper before the cell. The usual mistake is that many parameters mean much
# time. A weight of a dense layer is used once for an image, a weight of the first convolution at 784 places.
# -->

# %%
network = networks.build_seed_network()
by_hand = 28 * 28 * (3 * 3 * 1) * 32
counts, total = costs.count_multiply_adds(network)
print(f"first convolution, by hand: {by_hand:,}\n")
for layer, count in zip(network.layers, counts.values()):
    if count:
        print(f"{type(layer).__name__:7} {layer.count_params():7,} parameters {count:10,} multiply-adds")
print(f"{'all':7} {network.count_params():7,} parameters {total:10,} multiply-adds")

# %% tags=["figure"]
figures.draw_shares(network, counts)

# %% [markdown] tags=["reading"]
# A fiftieth. Whoever shrinks the large dense layer to save time has picked the wrong one. Conv 2 is the one.
#
# <!-- slide
# Parameters are memory, multiply-adds are time.
# -->

# %% [markdown]
# **Parameters are memory, multiply-adds are time**, and they need not sit in the same layer.
#
# That was one image on its way forwards. Backwards (lesson 5), each layer computes two more tables of slopes: along its
# weights, to move them, and along what it reads, to hand on to the layer before. Each of the two takes as many
# multiply-adds as the way forwards. Only the first layer is spared the second table: before it there are pixels, and
# nobody moves those.

# %% [markdown]
# ### Exercise: what one image costs in training
#
# Given is a list with a row `(n_places, n_read, n_filters)` for each layer, first layer first: at how many places a
# filter stands, how many numbers it reads at each, and how many filters there are. A dense layer is a row as well: one
# place, where each unit reads all. Wanted is the number of multiply-adds for one image in one training step, forwards
# and backwards. `training_cost([(4, 9, 2), (1, 8, 3)])` is 216.
#
# <!-- slide
# A row `(n_places, n_read, n_filters)` for each layer. How many multiply-adds does one image cost in a training step,
# forwards and backwards?
#
# `training_cost([(4, 9, 2), (1, 8, 3)])` is 216
# -->
# <!-- notes
# 4 minutes. The example on the board: forwards 72 and 24; 72 twice, 24 three times. Who gets 288 computed slopes for
# the pixels.
# -->

# %% tags=["exercise"]
def training_cost(layers):
    """The multiply-adds of one training step for one image."""
    ...

# %% tags=["check"]
exercise.training_cost.check(training_cost)
# exercise.training_cost.hint()
# exercise.training_cost.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_training_cost(layers):
    forwards = [n_places * n_read * n_filters for n_places, n_read, n_filters in layers]
    return 3 * sum(forwards) - forwards[0]


exercise.training_cost.check_solution(solution_training_cost)

# %% [markdown]
# So much for what has to be done. How fast can your machine do it at best? Nothing is easier for a processor than the
# product of two large matrices: it fetches a block of numbers once, and uses each of them again and again. What it
# reaches there is called its **peak**. The clock runs several times, and the best counts: whatever else runs on
# your machine can only make it slower. (All ratios in this lesson suffer if it is busy: then close what you can, and
# measure again.)

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
multiply(matrix, matrix)  # the first call traces: leave it out
peak = 1024**3 / seconds_of(lambda: multiply(matrix, matrix).numpy(), n_times=20)
billions_a_second = peak / 1e9
print(f"{billions_a_second = :.1f}")

# %% tags=["bounds"]
from course_utils.bounds import check_bounds

check_bounds(0.2, billions_a_second, 1000000.0)

# %% [markdown]
# Now let the seed's recipe train on 2,560 images, take the time, and work out how many multiply-adds a second that
# is.
#
# **Predict.** What share of the peak does the training reach?
#
# <!-- slide
# **Peak:** what the machine reaches in the product of two large matrices.
#
# **Predict.** What share of it does the training reach?
# -->

# %%
network.compile(**networks.SEED_RECIPE)
few, few_labels = images[:2560], labels[:2560]
fit = lambda: network.fit(few, few_labels, batch_size=64, verbose=0)
fit()  # the first run traces
per_image = costs.count_training_multiply_adds(network)
share_of_peak = per_image * 2560 / seconds_of(fit) / peak
print(f"one image in training: {per_image:,} multiply-adds")
print(f"{share_of_peak = :.3f}")

# %% tags=["bounds"]
check_bounds(0.003, share_of_peak, 5.0)

# %% [markdown] tags=["reading"]
# A part of the peak, not all of it. The rest of the time goes to everything that is *not* a multiply-add: fetching maps
# from memory; ReLU and pooling, which compute nothing to speak of and still read and write every number; the optimizer;
# and Python between two steps.

# %% [markdown]
# There are three ways to be faster: **waste less** of the time, **compute faster**, or **compute less**. Take them in this
# order.
#
# <!-- slide
# Three ways to be faster: waste less, compute faster, compute less.
# -->

# %% [markdown]
# ## How much is wasted?
#
# Each step has a price that does not depend on its images: Python goes once around the loop of `fit`, and TensorFlow
# starts its operations one by one. With 64 images in a batch, they share that price.
#
# **Predict.** The same 1,024 images in batches of 4, 16, 64 and 256. Which is fastest, and how much slower is 4 than
# 64?
#
# <!-- slide
# **Predict.** The same 1,024 images in batches of 4, 16, 64 and 256. Which is fastest? How much slower is 4 than 64?
# -->
# <!-- notes
# 6 minutes. Most say: the larger the faster, without an end. The curve gets flat, and may even rise again where the
# maps of a batch no longer fit into the cache.
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
# 938 steps of 64 and only 59 of 1,024, and it is steps that move the weights. A faster epoch that teaches less is not
# faster. Keep 64.
#
# <!-- slide
# From batches of 64 on, there is little left to share.
# -->

# %% [markdown]
# What remains of the price is paid for each *call* from Python. `compile(steps_per_execution=50)` sends TensorFlow off
# for 50 steps at once.
#
# **Predict.** Two networks: the seed's, and one with a single dense layer and nothing else. For which of them will 50
# steps in one call bring more?
#
# <!-- slide
# ### What does a call cost?
#
# What remains of the price is paid for each call from Python.
#
# **Predict.** Two networks: the seed's, and one with a single dense layer. For which of them will 50 steps in one call
# bring more?
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
ideas = {name: np.median([run["seconds"] for run in runs]) for name, runs in measured["ideas"].items()}
stored_speedup = ideas["the seed's network"] / ideas["50 steps in one call"]
print(f"the seed's network, from the benchmark: {stored_speedup:.2f}")

# %% tags=["bounds"]
check_bounds(0.3, tiny_speedup, 100.0)

# %% [markdown] tags=["reading"]
# The tiny network does little but wait for Python. The seed's network has arithmetic to do, and gains little where
# nothing else runs. (The second figure is from the course's benchmark: whole epochs, on the machine that is named below.
# When the same machine was busy with other programs, it was far more: each return to Python is a chance to be kept
# waiting.)
#
# <!-- slide
# What an idea brings depends on what the time is spent on. Measure first.
# -->

# %% [markdown]
# **What an idea brings depends on what the time is spent on.** That is why you measure first.
#
# Next, the feeding. Here all images lie in memory as one array. A common way instead: a Python function that hands over
# one image at a time, prepared while you wait.
#
# <!-- slide
# Next, the feeding: what does it cost the tiny network to get its images one at a time?
# -->

# %%
def one_by_one():
    for image, label in zip(train_bytes[:3200], train_digits[:3200]):
        yield image[..., None].astype("float32") / 255, np.eye(10, dtype="float32")[label]


kinds = tf.TensorSpec((28, 28, 1), tf.float32), tf.TensorSpec((10,), tf.float32)
fed_one_by_one = tf.data.Dataset.from_generator(one_by_one, output_signature=kinds).batch(64)
fed_one_by_one = fed_one_by_one.apply(tf.data.experimental.assert_cardinality(50))  # 50 batches
prepared_before = lambda: tiny.fit(images[:3200], labels[:3200], batch_size=64, verbose=0)
prepared_meanwhile = lambda: tiny.fit(fed_one_by_one, shuffle=False, verbose=0)
prepared_meanwhile(), prepared_before()  # the first runs trace
one_by_one_costs = seconds_of(prepared_meanwhile, 2) / seconds_of(prepared_before, 2)
print(f"{one_by_one_costs = :.1f}")

# %% tags=["bounds"]
check_bounds(0.5, one_by_one_costs, 1000.0)

# %% [markdown]
# For a small network the feeding is what it waits for. Prepare once, keep it in memory, and if it does not fit, prepare
# in batches and ahead of time (`tf.data`, with `prefetch`).

# %% [markdown]
# ### Exercise: what does it bring altogether?
#
# Given are the `seconds` that the parts of a step take, and by how much each part becomes faster: `speedups` of 1 where
# nothing changes, 2 where it takes half the time. Wanted is how many times as fast the whole step is.
# `whole_speedup([6, 2], [3, 1])` is 2.
#
# <!-- slide
# Given the `seconds` of the parts, and how many times as fast each becomes. How many times as fast is the whole?
#
# `whole_speedup([6, 2], [3, 1])` is 2
# -->
# <!-- notes
# 4 minutes. Let them guess for half of the time, sped up without end: it is 2. Averages of speedups are the usual
# mistake; times can be added, speedups cannot.
# -->

# %% tags=["exercise"]
def whole_speedup(seconds, speedups):
    """How many times as fast the whole is, if each part becomes so many times as fast."""
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
# A float32 has 24 binary digits. Does a network need them? **bfloat16** keeps the exponent, so it reaches as far, and
# only 8 binary digits. Half the memory; and some processors have an instruction that multiplies small matrices of
# them at once.
#
# **Predict.** In bfloat16, what is 256 + 1? And what is 1 + 0.001?
#
# <!-- slide
# bfloat16: the range of float32, with 8 binary digits instead of 24.
#
# **Predict.** In bfloat16, what is 256 + 1? And 1 + 0.001?
# -->
# <!-- notes
# 6 minutes. Write 256 in binary: nine digits, and the ninth is not there any more. Then ask what that means for a
# weight of 1 and a step of 0.001: this is why weights stay in float32.
# -->

# %%
for large, small in ((1, 1), (255, 1), (256, 1), (256, 2), (1, 0.001), (1, 0.01)):
    result = tf.constant(large, tf.bfloat16) + tf.constant(small, tf.bfloat16)
    print(f"{large:3} + {small:<5} = {float(result):g}")
for value in (3.14159, 1e-30, 1e30):
    print(f"{value:g} is stored as {float(tf.cast(value, tf.bfloat16)):.6g}")

# %% [markdown] tags=["reading"]
# 256 + 1 is 256: the last digit has no room. Far from enough for a bank, and enough to recognize a digit: the errors
# are small, of both signs, and there are thousands of them in each sum. But look at 1 + 0.001. A training *step* is
# often that small, and would be lost.
#
# <!-- slide
# A step of 0.001 would be lost.
# -->

# %% [markdown]
# In **mixed precision**, the layers compute in bfloat16, and the weights are kept and moved in float32. Why are the weights
# not in bfloat16, too? Look at your sums once more, and think of a weight and a small step.
#
# Is your processor one of those that have the instruction? Ask it, with the same product as before.
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
half_peak = 1024**3 / seconds_of(lambda: multiply(halved, halved).numpy(), n_times=5)
bfloat16_over_float32 = half_peak / peak
print(f"{bfloat16_over_float32 = :.3f}")

# %% tags=["bounds"]
check_bounds(0.0001, bfloat16_over_float32, 200.0)

# %% [markdown]
# More than about one and a half: your processor has it. Near 1, or far below: it has not, and does bfloat16 by way of
# float32. Then leave it: it would make everything slower. `costs.choose_precision()` takes this measurement and says
# which to use.
#
# The other tool that promises speed without any thought is a compiler. **XLA** (`compile(jit_compile=True)`) melts
# several operations into one, so that maps are read and written less often. On graphics cards it often pays. Here?
#
# **Predict.** An epoch of the seed's network with XLA: what share of the time without?

# %%
with_xla = ideas["XLA"] / ideas["50 steps in one call"]
print(f"on {measured['machine']}:")
print(f"an epoch's time with XLA / without: {with_xla:.2f}")

# %% [markdown] tags=["reading"]
# Longer. TensorFlow's own convolutions for this processor are written by hand, by people who know it. XLA replaces them
# by its own, and those are not as good here. A promise is not a measurement: XLA goes.
#
# <!-- slide
# A promise is not a measurement. XLA goes.
# -->

# %% [markdown]
# ## How little is enough?
#
# Third way: compute less. Four changes to the network:
#
# - The first convolution has 4 × 4 windows and **stride 2**: a quarter of the places at once, before anything costly.
# - Half the filters where the maps are large.
# - **Batch normalization** after each layer: bring each channel of a batch to mean 0 and variance 1, then let the network
#   learn a shift. It learns in fewer steps ([Ioffe and Szegedy, 2015](https://arxiv.org/abs/1502.03167)).
# - Convolution, then *pooling*, then normalization and ReLU: what comes after the pooling has a quarter of the numbers
#   left to do.
#
# **Predict.** It has a few more parameters than the seed's network. What share of the seed's multiply-adds is left: nine
# tenths, about a half, a tenth?
#
# <!-- slide
# The smaller network: stride 2 at once, half the filters, normalized. It has a few more parameters than the seed's.
#
# **Predict.** What share of the seed's multiply-adds is left: nine tenths, about a half, a tenth?
# -->
# <!-- notes
# 7 minutes. Let them work out the first layer: 14 × 14 places, 16 numbers, 16 filters. Where do the parameters come
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
print(f"in all {small.count_params():,} parameters; {share:.2f} of the seed's multiply-adds")

# %% [markdown] tags=["reading"]
# Less than half, with more parameters: you have seen why.

# %% [markdown]
# Why are some layers called *Fused*? Batch normalization takes a dozen small operations: mean, difference, square,
# mean, root, division. Each of them reads a whole batch of maps from memory and writes one. A single operation that
# does it all reads them twice. Are the numbers the same?
#
# <!-- slide
# ### Why fused?
#
# Mean, difference, square, mean, root, division: each reads a whole batch of maps from memory and writes one. A single
# operation reads them twice.
#
# Are the numbers the same?
# -->

# %%
maps = tf.random.stateless_normal((64, 14, 14, 16), seed=(0, 0))
plain, fused = keras.layers.BatchNormalization(), networks.FusedBatchNormalization()
difference = tf.reduce_max(abs(plain(maps, training=True) - fused(maps, training=True)))
tables = [[weight.numpy() for weight in layer.weights] for layer in (plain, fused)]
print("same maps:", float(difference) < 1e-4)
print("same mean and variance kept:", all(np.allclose(*pair, atol=1e-5) for pair in zip(*tables)))

# %% [markdown]
# Last, the steps. The seed's recipe walks at one learning rate from beginning to end. Too large for the end: the last
# steps jump around the lowest place (lesson 5). Too small for the beginning. **One cycle** starts small, rises to far
# more than you would dare to keep, and falls to 0 ([Smith and Topin,
# 2017](https://arxiv.org/abs/1708.07120)).
#
# **Predict.** The small network, 200 steps of Adam (lesson 5's RMSprop and momentum in one): with its usual rate of 0.001
# throughout, with 0.02 throughout, and in one cycle up to 0.02. Order the three by their errors on images set aside.
# (The picture shows the cycle's rates; the cell after it counts, and prints the share of errors.)

# %% slideshow={"slide_type": "skip"}
def errors_after(rate, steps=200):
    """The share of errors on 2,000 images set aside, after some steps of the small network with Adam."""
    keras.utils.set_random_seed(1)
    model = networks.build_fast_network()
    model.compile(keras.optimizers.Adam(rate), loss="categorical_crossentropy", steps_per_execution=50)
    model.fit(images[: 64 * steps], labels[: 64 * steps], batch_size=64, verbose=0)
    answers = model.predict(held_out[:2000], batch_size=500, verbose=0).argmax(axis=1)
    return (answers != held_out_labels[:2000].argmax(axis=1)).mean()

# %% tags=["figure"]
cycle = training.OneCycle(0.02, 200)
figures.draw_rates(cycle(np.arange(201)), usual=0.001)

# %%
errors_small_rate, errors_large_rate = errors_after(0.001), errors_after(0.02)
errors_one_cycle = errors_after(cycle)
print(f"{errors_small_rate = :.4f}")
print(f"{errors_large_rate = :.4f}")
print(f"{errors_one_cycle = :.4f}")

# %% tags=["bounds"]
check_bounds(0.005, errors_small_rate, 0.15)
check_bounds(0.005, errors_large_rate, 0.5)
check_bounds(0.005, errors_one_cycle, 0.08)

# %% [markdown] tags=["reading"]
# The large rate alone is the worst of the three, and yet the cycle lives on it, and is no worse than the small rate: it
# gets far with large steps, and then settles. (Whether it is better, one run each and 2,000 images cannot say, as you
# know from lesson 6. The benchmark below has more of them.) The cycle has to know from the start where it will end. Cut
# it off half way, and you have the large steps without the settling.
#
# <!-- slide
# Large steps get far, the fall settles. But one run each is no finding yet.
# -->

# %% [markdown]
# ### Exercise: one cycle
#
# Given are the number `step`, counted from 0, the number of all steps `n_steps`, the largest rate `peak`, and `warmup`,
# the share of the steps in which the rate rises (above 0, below 1). Wanted is the learning rate: from `peak / 25` at
# step 0 in a line up to `peak` at step `warmup * n_steps`, from there in a line down to 0 at step `n_steps`, and 0 ever
# after. `one_cycle(60, 100, 0.4, 0.2)` is 0.2.
#
# <!-- slide
# From `peak / 25` in a line up to `peak` at step `warmup * n_steps`, then in a line down to 0 at `n_steps`, and 0 after.
#
# `one_cycle(60, 100, 0.4, 0.2)` is 0.2
# -->
# <!-- notes
# 4 minutes. Two lines, and the smaller one counts. Common slips: it starts at 0, it goes on below 0, or the way down is
# as long as the whole.
# -->

# %% tags=["exercise"]
def one_cycle(step, n_steps, peak, warmup):
    """The learning rate of a step: up in a line from peak / 25, then down in a line to 0."""
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
# One epoch of 50,000 images on the machine that the table names, an idea a row, each added to those above it:
#
# - 50 steps in one call;
# - XLA, a row as well, but the rows below do without it;
# - the smaller network, normalized;
# - bfloat16;
# - one cycle, and smoothed labels, which are explained below;
# - a loop that is compiled as a whole, as in lesson 5, instead of `fit`, and batches of 128, so that two cores have
#   something to share. This is the whole recipe, `training.train_fast_network`.
#
# **Predict.** Which of the rows saves most? And which saves nothing, and is still the reason why one epoch is enough?
#
# <!-- slide
# 50 steps in one call; XLA; smaller, normalized; bfloat16; one cycle, smoothed labels; a compiled loop, batches of 128.
#
# **Predict.** Which idea saves most? Which saves nothing, and is why one epoch is enough?
# -->
# <!-- notes
# 5 minutes. Look at both columns. The smaller network saves most, the compiled loop comes second; the cycle and the
# smoothed labels save nothing in an epoch, and four of five epochs.
# -->

# %%
print(f"{measured['machine']}; {measured['precision']}\n")
print(f"{'one epoch of 50,000 images':32} seconds  validation accuracy")
for name, runs in measured["ideas"].items():
    right = np.mean([run["val_acc"] for run in runs])
    print(f"{name:32} {ideas[name]:7.1f}  {right:.4f}")

# %% [markdown] tags=["reading"]
# Computing less saves most: the smaller network. The compiled loop comes second, for now that the arithmetic is little,
# what Python does between the steps counts. One cycle saves nothing of an epoch. But look beside it, at the accuracy: it
# is why one epoch is enough.
#
# <!-- slide
# Computing less saves most, then the compiled loop. One cycle saves nothing of an epoch, and four of five epochs.
# -->

# %% [markdown]
# *Smoothed labels* ask for 0.91 for the right class and 0.01 for each other one, instead of 1 and 0 ([Szegedy and others,
# 2015](https://arxiv.org/abs/1512.00567)). The network is no longer pushed to be ever surer of what it has right
# already, and in a short training that helps the rest.
#
# Now the whole recipes, five random seeds each, in turn, on the same machine. The clock of each runs from building the
# network to the last step: tracing and compiling are in it. The aim was set before: a mean test accuracy of at least
# 0.9915, as much as the seed notebook printed, in a tenth of the seed's time. Everything you have seen of the fast
# recipe, and all that was tried and dropped, was chosen on validation images. The test images report, and choose
# nothing. (To be exact about it: two slower candidates had been taken through this same benchmark before, test images
# included. What was changed after that was changed to save seconds, and judged by validation images again.)

# %%
recipes = measured["recipes"]
for name, runs in recipes.items():
    seconds, right = ([run[what] for run in runs] for what in ("seconds", "test_acc"))
    spread = f"{np.mean(right):.4f} ({min(right):.4f} to {max(right):.4f})"
    print(f"the {name:4} recipe: {np.median(seconds):5.1f} s, test accuracy {spread}")
speedups = [one["seconds"] / other["seconds"] for one, other in zip(recipes["seed"], recipes["fast"])]
spread = f"{np.median(speedups):.1f} times ({min(speedups):.1f} to {max(speedups):.1f})"
print("seconds of the seed's over those of the fast one:", spread)
print("it is at least as good:", np.mean(right) >= 0.9915)

# %% [markdown]
# And what would the arithmetic alone take? Count the multiply-adds of both trainings and divide by the peak that was
# measured on that machine. In the picture, each recipe has five thin lines, its runs, and a thick one, their median. Its
# dotted line is the time of the arithmetic alone; the gray line is the aim.
#
# <!-- slide
# What would the arithmetic alone take?
# -->

# %%
half = "bfloat16" if measured["precision"] == "mixed_bfloat16" else "float32"
small_per_image = costs.count_training_multiply_adds(small)
at_peak = {
    "seed": 5 * 60000 * per_image / measured["peak"]["float32"],
    "fast": 60000 * small_per_image / measured["peak"][half],
}
for name, floor in at_peak.items():
    taken = np.median([run["seconds"] for run in recipes[name]])
    print(f"{name}: {floor:5.1f} s at the peak, {taken:5.1f} s taken, {floor / taken:.0%} of the peak")

# %% tags=["figure"]
figures.draw_recipes(recipes, at_peak, aim=0.9915)

# %% [markdown]
# Two lessons are in this picture. The fast recipe reaches the line of 0.9915, the test accuracy that the seed notebook
# printed, before the seed's recipe has finished its first epoch. And look at the dotted lines: it is *farther* from
# what its arithmetic would allow than the seed's. The arithmetic has become so little, and so fast, that most of
# the time is something else now: starting, memory, elementwise work, waiting. There is a good deal left to be had, and
# no number type and no smaller network will get it.
#
# <!-- slide
# The smaller the arithmetic, the more of the time is something else.
# -->
#
# A rival is measured as well, with the same network and the seed's recipe in PyTorch.

# %%
rival = measured["rival"]
if "skipped" in rival:
    print("PyTorch:", rival["skipped"])
else:
    print(f"PyTorch {rival['version']}: {rival['seconds']:.0f} s, test accuracy {rival['test_acc']:.4f}")

# %% [markdown]
# <!-- slide
# The same network and recipe, in PyTorch. And on your machine: `nox -s bench -- fast`
# -->
#
# One run, and not in turn with the others. Before you call either library the faster, look in the picture how far apart
# the five runs of the seed's recipe end.
#
# To see it on your machine: `nox -s bench -- fast` repeats all of this there, and stores what it found. Or only the
# recipe, in a new cell (a minute at most):
#
#     start = time.perf_counter()
#     precision = costs.choose_precision()
#     model, history = training.train_fast_network(images, labels, seed=0, precision=precision)
#     print(time.perf_counter() - start, model.evaluate(held_out, held_out_labels, verbose=0))

# %% [markdown]
# ## Quiz
#
# Answer each question on paper first. Then take the `#` away below, put in your answer, and run the line: it says why.
#
# <!-- slide
# Five questions. Answer them on paper first.
# -->
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
# - Parameters are memory, multiply-adds are time, forwards once and backwards twice. What share of the peak you reach
#   tells you whether arithmetic is your problem at all.
# - Waste less, compute faster, compute less: measure after each idea, and drop what brings nothing here, whatever it
#   brings elsewhere.
# - A speedup counts at equal accuracy, in turn on one machine, with compiling on the clock, and with test images read
#   last.
#
# **Next:** [11. Sharing](11_sharing.ipynb) hands the network to people who have never seen this notebook.
