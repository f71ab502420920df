# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 12. Scaling out
#
# You will split one training run over two processes, hand independent runs to a cluster, and work out on paper when a
# thousand machines in a ring are slower than eight.
#
# **60 minutes**, and 15 for *Going further*. At the end you can
#
# - split a batch over workers so that they take the step that one would have taken, and say where that fails;
# - work out from bytes, bandwidth and latency when more workers stop helping;
# - hand independent runs to a cluster, and say what it costs when a machine dies.
#
# <!-- slide
# What if one machine is not enough?
# -->
#
# <!-- notes
# 1 minute. Ask who has waited for a training run to finish, and what they would have done with ten machines. You don't
# need ten: all of this runs on one laptop, in real processes that talk to each other.
# -->

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course isn't installed here: in its folder, pip install -e . (README, Start)")

from course_utils.extras import require_extra

require_extra("scaling")

from course_utils import data, networks, plotting
from course_utils.results import read_result
from course_utils.scaling.seeds import train_or_die
from course_utils.exercises import scaling as exercise
from course_utils.figures import scaling as figures
from course_utils.scaling import cost, meeting, tasks, workers
from course_utils.scaling.training import Training

import tempfile

import keras
import numpy as np
import tensorflow as tf

plotting.use_course_style()
(images, labels), _ = data.load_mnist()

# %% [markdown]
# ## What can be split?
#
# A **process** is a running program with memory of its own; your kernel is one. A **worker** is a process that does
# part of a job, here part of a training run. Workers that belong together form a **cluster**, on one machine or on
# many.
#
# A training step needs the gradient of the mean loss of a batch (lesson 5). A mean is a sum divided by a count, and a
# sum can be computed in parts. So give each of two workers half of the batch, and a copy of the network with the same
# weights, a **replica**. Each worker computes the gradient of its own images, they add up their gradients, and both
# take the same step. This is **data parallelism**: the data are split, the network is not. It is **synchronous
# training**, too, because nobody begins the next step before all gradients are in.
#
# **Predict.** Each worker takes the *mean* loss over its 32 images, and the two add up their gradients. Is the sum the
# gradient of the batch of 64? If not, by what factor is it off?
#
# <!-- slide
# Two workers, a batch of 64. Each takes the mean loss over its 32 images; the two gradients are added up.
#
# **Predict.** Is the sum the gradient of the whole batch? If not, by what factor is it off?
# -->
#
# <!-- notes
# 6 minutes. The factor is the number of workers. It's the most common mistake in distributed training loops, and
# nothing complains: gradient descent just runs at a different learning rate, and RMSprop hardly notices.
# -->

# %%
keras.utils.set_random_seed(0)
model = networks.build_seed_network()
batch, rows = data.prepare_images(images[:64]), data.one_hot(labels[:64])
halves = (batch[:32], rows[:32]), (batch[32:], rows[32:])


def gradient_of(images, labels, divide_by):
    """The gradient of the summed loss, divided by a number, as one long row."""
    with tf.GradientTape() as tape:
        losses = keras.losses.categorical_crossentropy(labels, model(images))
        loss = tf.reduce_sum(losses) / divide_by
    gradients = tape.gradient(loss, model.trainable_variables)
    return np.concatenate([np.ravel(gradient) for gradient in gradients])

# %%
whole = gradient_of(batch, rows, divide_by=64)
for divide_by in (32, 64):
    total = sum(gradient_of(*half, divide_by) for half in halves)
    print(f"each divides by {divide_by}: {total @ whole / (whole @ whole):.2f} times the gradient")

# %% [markdown] tags=["reading"]
# With two means, each step of gradient descent is twice as long, as if somebody had doubled the learning rate. RMSprop
# divides by the size of the gradient (lesson 5), so its steps hardly change, and the mistake stays hidden.

# %% [markdown]
# So **each worker divides by the size of the whole batch**, and the parts add up to its gradient. For that, all workers
# together must read in each step what one worker would have read. They needn't talk about it: all draw the same order
# with the same random seed, and each takes its share.
#
# Two kinds of layers still give something else when a batch is split. Batch normalization (lesson 9) uses the mean and
# variance of the batch, so each worker would use those of its own 32 images. **Synchronized batch normalization**, in
# Keras `BatchNormalization(synchronized=True)` (TensorFlow backend only), takes them over the images of all workers.
# And dropout would draw the same random numbers on all workers, which have the same seed, where a single worker draws
# new ones for each image. Our network has neither.
#
# <!-- slide
# Divide by the size of the **whole** batch on each worker, then add up.
#
# All draw the same order with the same random seed. Each takes its share.
#
# Batch normalization sees only its worker's images, unless it is built with `synchronized=True` (TensorFlow backend
# only). With the same seed, dropout draws the same random numbers on all workers.
# -->

# %% [markdown]
# ### Exercise: my share
#
# `order` holds the images of an epoch in the order in which they are read. `batch_size` counts the images of one step
# for all workers together, and it is a multiple of `n_workers`. Return the images that worker number `worker` (from 0)
# reads in step number `step` (from 0). They are neighbors in `order`, and the shares of all workers, one after the
# other, are the batch.
#
# <!-- slide
# Which images does worker number `worker` read in step number `step`?
#
# Neighbors in `order`; the shares of all workers, one after the other, are the batch of `batch_size` images.
# -->
#
# <!-- notes
# 5 minutes. Draw `order` as a strip of tape on the board, cut it into batches, and each batch into shares. If you first
# cut the strip into one large part for each worker, as many tutorials do, you get different batches from the ones that
# one worker would read.
# -->

# %% tags=["exercise"]
def my_share(order, step, batch_size, worker, n_workers):
    """The images that one worker reads in one step of an epoch."""
    ...

# %% tags=["check"]
exercise.my_share.check(my_share)
# exercise.my_share.hint()
# exercise.my_share.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_my_share(order, step, batch_size, worker, n_workers):
    size = batch_size // n_workers
    start = step * batch_size + worker * size
    return order[start : start + size]


exercise.my_share.check_solution(solution_my_share)

# %% [markdown]
# ## How do two processes train as one?
#
# TensorFlow has this built in. Under a `tf.distribute.MultiWorkerMirroredStrategy`, each process holds a replica (one
# for each of its GPUs), and it learns about the others from `TF_CONFIG`, an **environment variable**: a name with a
# text that a process gets from whoever starts it. On the first of two machines, it may be
# `{"cluster": {"worker": ["anna:2222", "bert:2222"]}, "task": {"type": "worker", "index": 0}}`.
#
# Many tutorials go on with `model.fit`. With Keras 3 on two workers, this happened
# ([keras-team/keras#20585](https://github.com/keras-team/keras/issues/20585)):
#
# <!-- slide
# `tf.distribute.MultiWorkerMirroredStrategy`: each process holds a replica (one for each of its GPUs) and knows about
# the others, from `TF_CONFIG`.
#
# Many tutorials go on with `model.fit`. What happens with Keras 3?
# -->
#
# <!-- notes
# 10 minutes. While the workers start (most of it is loading TensorFlow, twice), ask what each of them must know before
# the first step: the weights, the order, its number. Nothing is sent for any of the three.
# -->

# %%
stored = read_result("scaling")
print(stored["fit_error"])

# %% [markdown]
# `fit` gets a value from each replica and doesn't know what to do with them. But lesson 5 wrote out the loop that
# `fit` runs. For several workers, three things in it are new:
#
# <!-- slide
# `fit` cannot add up what several workers hold. A loop of your own can, and three things in it are new. Which ones?
# -->
#
# <!-- code
# def make_step(strategy, model, optimizer, batch_size):
#     add_up = keras.losses.CategoricalCrossentropy(reduction="sum")
#
#     def on_this_worker(images, labels):
#         with tf.GradientTape() as tape:
#             loss = add_up(labels, model(images, training=True)) / batch_size
#         gradients = tape.gradient(loss, model.trainable_variables)
#         optimizer.apply(gradients, model.trainable_variables)  # of all workers, …
#         return loss
#
#     def step(images, labels):
#         losses = strategy.run(on_this_worker, args=(images, labels))
#         return strategy.reduce("SUM", losses, axis=None)
#
#     return tf.function(step)
# -->
# <!-- lines 5-6 | 7 | 8 | 11-13 -->

# %%
def make_step(strategy, model, optimizer, batch_size):
    """A step on all workers, as a function of one worker's images; batch_size counts those of all."""
    add_up = keras.losses.CategoricalCrossentropy(reduction="sum")

    def on_this_worker(images, labels):
        with tf.GradientTape() as tape:
            loss = add_up(labels, model(images, training=True)) / batch_size
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)  # of all workers, added up
        return loss

    def step(images, labels):
        losses = strategy.run(on_this_worker, args=(images, labels))
        return strategy.reduce("SUM", losses, axis=None)

    return tf.function(step)

# %% [markdown]
# The new things are the loss, a sum divided by the size of the whole batch; `strategy.run`, which runs the function on
# each worker; and `strategy.reduce`, which adds up the losses so that each worker knows that of the whole batch. The
# line with `optimizer.apply` looks like the old one but does more: under a strategy, it waits for all workers and adds
# up their gradients before it changes a weight. To add up what all workers hold, so that all of them have the sum, is
# called **all-reduce**.
#
# A single process can be a cluster of one. Try such a loop there first:
#
# <!-- slide
# ### Who adds up what?
#
# - The loss is a sum, divided by the size of the whole batch.
# - `strategy.run` runs the function on each worker.
# - `strategy.reduce` adds up their losses.
# - And the old line: `optimizer.apply` waits for all workers and adds up their gradients.
#
# Sums that all workers have in the end: **all-reduce**. A single process can be a cluster of one: try such a loop there
# first.
# -->

# %%
alone = tf.distribute.get_strategy()  # the strategy of one process
optimizer = keras.optimizers.RMSprop()
optimizer.build(model.trainable_variables)
step = make_step(alone, model, optimizer, batch_size=64)
losses = [float(step(batch, rows)) for _ in range(5)]
print("five steps with one batch, and its loss falls every time:", (np.diff(losses) < 0).all())
print("numbers that training changes:", model.count_params())

# %% [markdown]
# ### Exercise: what travels
#
# In each step, the workers add up their gradients. How many **bytes** does the gradient of one worker take? The network
# has 121,994 parameters (lesson 4), and each number is a float32.
#
# <!-- slide
# How many bytes does the gradient of one worker take, in each step? 121,994 parameters, float32.
# -->
#
# <!-- notes
# 2 minutes. Then ask: what if the batch were ten times as large? The same bytes. That is why large batches scale.
# -->

# %% tags=["exercise"]
gradient_bytes = ...

# %% tags=["check"]
exercise.gradient_bytes.check(gradient_bytes)
# exercise.gradient_bytes.hint()
# exercise.gradient_bytes.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
solution_gradient_bytes = 121_994 * 4

exercise.gradient_bytes.check_solution(solution_gradient_bytes)

# %% [markdown]
# Now two real processes. `run_workers` starts them on this machine, and each runs the loop above. To compare, the next
# cell defines the same steps in one process. (Leave its `nudge` at 0; it is for *Going further*.)
#
# **Predict.** The same training run on one worker and on two: 20 steps of 64 images. By how much will the losses
# differ: not at all, in the last digits, in the second digit? *About 20 seconds.*
#
# <!-- slide
# **Predict.** The same 20 steps of 64 images on one worker and on two. By how much will the losses differ: not at all,
# in the last digits, in the second digit?
# -->
#
# <!-- code
# training = Training(images=1280, batch_size=64, epochs=1, seed=0)
# order = np.random.default_rng([training.seed, 0]).permutation(…).reshape(20, 64)
#
# def losses_of_one_process(nudge=0):
#     keras.utils.set_random_seed(training.seed)
#     model, optimizer = networks.build_seed_network(), keras.optimizers.RMSprop()
#     model.set_weights([weight * np.float32(1 + nudge) for …])
#     …
#     step = make_step(alone, model, optimizer, batch_size=64)
#     losses = [step(…) for batch in order]
#     return np.array(losses, dtype=float)
# -->

# %%
training = Training(images=1280, batch_size=64, epochs=1, seed=0)
order = np.random.default_rng([training.seed, 0]).permutation(training.images).reshape(20, 64)


def losses_of_one_process(nudge=0):
    """The 20 steps in this process; nudge makes each initial weight larger by that fraction of it."""
    keras.utils.set_random_seed(training.seed)
    model, optimizer = networks.build_seed_network(), keras.optimizers.RMSprop()
    model.set_weights([weight * np.float32(1 + nudge) for weight in model.get_weights()])
    optimizer.build(model.trainable_variables)
    step = make_step(alone, model, optimizer, batch_size=64)
    losses = [step(data.prepare_images(images[batch]), data.one_hot(labels[batch])) for batch in order]
    return np.array(losses, dtype=float)

# %%
folder = tempfile.TemporaryDirectory()
show = lambda step: print(f"\rstep {step} of 20", end="")
reports = workers.run_workers(training, n_workers=2, folder=folder.name, on_step=show)
print()
for number, report in enumerate(reports):
    print(f"worker {number} took {len(report['losses'])} steps and read {report['n_read']} images")

# %%
one, two = losses_of_one_process(), np.array(reports[0]["losses"])
print("both workers report the same losses:", reports[0]["losses"] == reports[1]["losses"])
distance = abs(one - two)
largest_of_first_3, largest_of_all = distance[:3].max(), distance.max()
print(f"{largest_of_first_3 = :.8f}")
print(f"{largest_of_all = :.8f}")

# %% tags=["bounds"]
from course_utils.bounds import check_bounds

check_bounds(0, largest_of_first_3, 1e-4)
check_bounds(0, largest_of_all, 0.5)

# %% tags=["figure"]
figures.draw_losses(one, two)

# %% [markdown] tags=["reading"]
# In the first three steps the losses differ only in their last digits: two half sums are rounded differently from one
# sum (lesson 5). Later, on some processors, the curves part far enough to see.
#
# <!-- slide
# In the first steps, only the last digits differ. Later the curves may part, on some processors.
# -->

# %% [markdown]
# How do you tell a fault from rounding? **By the first steps.** There the weights are still the same but for rounding.
# A mean divided by the wrong number shows at once, in the first digit of the *reported* loss, even where RMSprop's
# steps hide it, and a share that is read twice in the third or fourth; rounding changes only the last ones. Whether
# curves that part later mean a fault is a question for *Going further*.
#
# <!-- slide
# Tell a fault by the **first** steps. There the weights are still the same but for rounding.
# -->

# %% [markdown]
# What if a worker dies? The others cannot take a step without its gradient. Kill one and see. Start two workers in a
# terminal, in the folder of the course (on Windows with `.venv\Scripts\python`; in a terminal of JupyterLab, or in your
# own environment, with `python`):
#
# ```
# .venv/bin/python -m course_utils.scaling.workers --workers 2 --epochs 5
# ```
#
# It prints the ID of each worker's process, for example `worker 1 is process 4712`. Wait until the bar has passed 100
# steps, and end that process in a second terminal with `kill -9 4712` (on Windows: `taskkill /F /PID 4712`, or *End
# task* in the Task Manager, on the *Details* tab). A plain `kill` only asks, and a busy worker may not listen. (If the
# run was done before that, add `--fresh`, which starts over.) The command ends the other worker, too, and says, for
# example:
#
# ```
# error: worker 1 was ended by signal 9 after step 673. The same command goes on from the checkpoint of step 600
# ```
#
# So start the same command again. A **checkpoint** is a file from which a run that was stopped can go on; worker 0
# writes one every 100 steps. It must hold *everything* that the next step depends on: the weights, the optimizer's
# numbers, and how far the images have been read.
#
# <!-- slide
# A worker dies: the others end, too, and the same command goes on from the last checkpoint. What must a checkpoint
# hold?
# -->
#
# <!-- notes
# Do it on the projector, with two terminals. If time is short, ask only what the checkpoint must hold: most people
# forget the optimizer's numbers.
# -->

# %% [markdown]
# ## What does all-reduce cost?
#
# The usual way is a **ring all-reduce**: the workers stand in a ring, and each one sends only to its neighbor. Cut the
# gradient into as many parts as there are workers, $N$. In the first half, **reduce-scatter**, each part travels around
# the ring and grows by one worker's numbers at each stop; after $N - 1$ rounds, each worker holds one complete part. In
# the second half, **all-gather**, the complete parts travel on for $N - 1$ rounds, until every worker has all of them
# ([Patarasuk and Yuan, 2009](https://doi.org/10.1016/j.jpdc.2008.09.002)).
#
# In the picture, each color is one worker's numbers, a thick outline marks a complete part, and a triangle the part
# that its worker sends next: to the worker below, and from the last one to the first.
#
# <!-- slide
# A ring of $N$ workers, the gradient in $N$ parts: $N - 1$ rounds to add up (**reduce-scatter**), $N - 1$ rounds to
# hand around (**all-gather**).
# -->
#
# <!-- notes
# 5 minutes. Play it with three students and three slips of paper each: four rounds, and everybody has three sums. The
# bytes grow by a factor below 2, the rounds by a thousand.
# -->

# %% tags=["figure"]
figures.draw_ring(3)

# %% [markdown]
# Each round takes a **latency**, the time until a message arrives however small it is, and the time that one part takes
# at the **bandwidth**, the bytes a second that a connection carries.
#
# **Predict.** From 2 workers to 1,024: by what factor does the number of *bytes* grow that each worker sends? And the
# number of *rounds*?
#
# <!-- slide
# Each round: one latency, and one part at the bandwidth.
#
# **Predict.** From 2 workers to 1,024: by what factor do the bytes grow that each worker sends? And the rounds?
# -->

# %% [markdown]
# ### Exercise: the seconds of a ring
#
# You get `n_bytes`, the size of one worker's gradient; `n_workers`; `bandwidth` in bytes a second; and `latency` in
# seconds. Return the seconds until all workers have the sum.
#
# <!-- slide
# How many seconds until all workers have the sum, from `n_bytes`, `n_workers`, `bandwidth` and `latency`?
# -->
#
# <!-- notes
# 5 minutes. Let them do two workers on paper first: two rounds, and in each of them half of the bytes. A single worker
# must give 0.
# -->

# %% tags=["exercise"]
def ring_seconds(n_bytes, n_workers, bandwidth, latency):
    """The seconds in which workers in a ring add up what each has; a part need not be whole bytes."""
    ...

# %% tags=["check"]
exercise.ring_seconds.check(ring_seconds)
# exercise.ring_seconds.hint()
# exercise.ring_seconds.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_ring_seconds(n_bytes, n_workers, bandwidth, latency):
    rounds = 2 * (n_workers - 1)
    return rounds * (n_bytes / n_workers / bandwidth + latency)


exercise.ring_seconds.check_solution(solution_ring_seconds)

# %% [markdown]
# Back to your prediction: the rounds, and how many times its own bytes each worker sends.

# %%
for n_workers in (2, 1024):
    rounds = 2 * (n_workers - 1)  # in each, a worker sends one of n_workers parts
    print(f"{n_workers:,} workers: {rounds:,} rounds, {rounds / n_workers:.3f} times the bytes")

# %% [markdown] tags=["reading"]
# The bytes don't even double, because the parts shrink as fast as the number of rounds grows. That number grows a
# thousandfold, and each round has its latency.
#
# <!-- slide
# The bytes don't even double. The number of rounds grows a thousandfold, and each has its latency.
# -->

# %% [markdown]
# How close is a real all-reduce? We measured a step in two local processes, one thread each (`nox -s bench --
# scaling`). The **speedup** is the time that one worker takes for a batch, divided by the time that all workers take
# for it. Divide it by the number of workers, and you have the **parallel efficiency**: 1 if nothing is lost.
#
# **Predict.** What is the speedup of two workers for a batch of 64? (The last line is the formula's, at 10 gigabits a
# second.)
#
# <!-- slide
# **Speedup**: the time of one worker, divided by the time of all, for the same batch. **Parallel efficiency**: the
# speedup, divided by the number of workers.
#
# **Predict.** What is the speedup of two workers for a batch of 64?
# -->
#
# <!-- code
# for run in stored["steps"]:
#     …
# small, large, two_workers = (min(run["seconds"]) for run in stored["steps"])
# speedup = large / two_workers
# …
# bandwidth = 10e9 / 8  # bytes a second: 10 gigabits a second, and a byte has 8 bits
# ring = cost.ring_seconds(stored["n_bytes"], 2, bandwidth=bandwidth, latency=50e-6)
# …
# -->

# %%
for run in stored["steps"]:
    each, ms = run["batch_size"] // run["workers"], [round(1000 * one, 1) for one in run["seconds"]]
    print(f"{run['workers']} x {each} images: {ms} ms a step, measured twice")
small, large, two_workers = (min(run["seconds"]) for run in stored["steps"])
speedup = large / two_workers
print(f"a speedup of {speedup:.2f}, a parallel efficiency of {speedup / 2:.2f}")
print(f"working together costs {1000 * (two_workers - small):.1f} ms")
bandwidth = 10e9 / 8  # bytes a second: 10 gigabits a second, and a byte has 8 bits
ring = cost.ring_seconds(stored["n_bytes"], 2, bandwidth=bandwidth, latency=50e-6)
print(f"by the formula, in a network of 10 gigabits a second: {1000 * ring:.1f} ms")

# %% [markdown] tags=["reading"]
# The last row minus the first is what working together costs: all-reduce, and whatever the two take from each other. In
# both, each worker computes the gradient of 32 images. By the formula, all-reduce should take far less, even in a
# network, and these two processes need none.

# %% [markdown]
# The formula counts how long the bytes are on their way. It leaves out packing and unpacking each message, the memory
# that two processes share, and that at each step all workers wait for the slowest one, the **straggler**. A faster
# network shortens none of that.
#
# Now on paper: suppose a network of 10 gigabits a second with a latency of 50 microseconds. Computing takes as long per
# image as measured above, with nothing for starting a step, and all-reduce as long as the formula says. This is the
# **best case**; real curves bend earlier. On the left the batch stays as it is, on the right each worker gets 64 images
# of its own.
#
# <!-- slide
# The formula says far less than was measured. It counts the bytes on their way, not packing, sharing, and waiting for
# the slowest (the **straggler**).
#
# The best case on paper: 10 gigabits a second, a latency of 50 microseconds. When do more machines stop helping?
# -->

# %% slideshow={"slide_type": "skip"}
network = {"n_bytes": stored["n_bytes"], "bandwidth": bandwidth, "latency": 50e-6}
image_seconds = (large - small) / 32
computing = {"image_seconds": image_seconds, "fixed_seconds": max(small - 32 * image_seconds, 0)}
counts = np.array([1, 2, 8, 64, 1024])
cases = {"1,024 images a step": 1024 / counts, "64 images a worker": 64 + 0 * counts}
rates = {}  # images a second, all workers
for title, each in cases.items():
    seconds = [cost.step_seconds(n * m, n, **computing, **network) for n, m in zip(counts, each)]
    rates[title] = counts * each / seconds

# %% tags=["figure"]
figures.draw_rates(counts, rates)

# %% [markdown]
# If the batch stays as it is, each worker computes less and less and waits for more and more rounds. At some point the
# curve turns down, and a thousand machines are slower than eight. **Here latency is the limit**, not bandwidth: our
# network is small, and its parts are tiny by then. (That is a ring. For small messages on many machines, real systems
# add up along a tree, whose rounds grow only as $\log_2 N$.) With 64 images each, the machines stay busy longer. But a
# batch has `1024 * 64` images then, more than MNIST has for training.
#
# <!-- slide
# If the batch stays as it is, latency is the limit of our small network in a ring. (In a tree, the rounds grow only as
# $\log_2 N$.)
#
# With 64 images each, a batch of 1,024 workers has more images than MNIST has for training.
# -->
#
# <!-- notes
# What the model leaves out: stragglers. At each step, all wait for the slowest of a thousand.
# -->

# %% [markdown]
# ## Can the batch grow with the workers?
#
# If each worker gets 64 images, 16 workers take steps of 1,024 images, and an epoch has a sixteenth of the steps. Fewer
# steps must go further. The **linear scaling rule** says how far: multiply the learning rate by the same factor as the
# batch size. With it goes a warmup (lesson 10), in which the rate rises linearly from its old value to the new one
# ([Goyal and others, 2017](https://arxiv.org/abs/1706.02677)).
#
# We tried four rules with three random seeds each: the same rate for all batch sizes; a rate that grows with the square
# root of the batch size; one in proportion to it, the linear scaling rule; and that one with a warmup over the first
# quarter of the steps. In the picture, a point is the middle seed, and a bar reaches from the lowest to the highest.
#
# **Predict.** The same two epochs, with batches of 64, 256 and 1,024. What happens to the accuracy at the same rate? At
# a rate in proportion? What does the warmup change?
#
# <!-- slide
# The same epochs with batches of 64, 256 and 1,024. The learning rate stays, grows with the square root of the batch
# size, or in proportion to it (the **linear scaling rule**), without or with a warmup.
#
# **Predict.** What happens to the accuracy at the same rate? At a rate in proportion? Which of that does the warmup
# change?
# -->
#
# <!-- notes
# 3 minutes. The gradient of a larger batch is less noisy, but you get fewer steps for it. Ask: would you rather take
# sixteen steps by a rough map, or one by a good one?
# -->

# %% slideshow={"slide_type": "skip"}
sizes, wrong = [64, 256, 1024], {}
for rule in ("same rate", "square root", "in proportion", "in proportion, with warmup"):
    runs = [run for run in stored["batches"] if run["batch_size"] == 64 or run["rule"] == rule]
    wrong[rule] = 1 - np.array([run["val_accuracies"] for run in runs])  # (sizes, seeds)
print("steps by batch size:", {run["batch_size"]: run["steps"] for run in runs})

# %% tags=["figure"]
figures.draw_errors(sizes, wrong)
print(f"{stored['epochs']} epochs of {stored['images']:,} images, {wrong[rule].shape[1]} seeds")

# %% [markdown] tags=["reading"]
# At the same rate, fewer steps learn less. At 256, a rate in proportion makes up for it with two of three seeds, and
# with a warmup the third comes closer to them. At 1,024, a rate in proportion is a gamble: one seed does little better
# than guessing, another reads most of the digits. With the warmup no seed is lost, but they end far from one another,
# and the square root does better. With only 40 steps, none of these rules reaches the accuracy of batches of 64. (Three
# seeds are few, the runs with a warmup were made on another machine, and what makes the bars so long was not tested.)

# %% [markdown]
# More workers with a larger batch are **a different training run**: choose its learning rate on validation images, with
# several seeds. How the rate should grow depends on the optimizer. The linear scaling rule was found with SGD; for
# optimizers that divide by the size of the gradient, as Adam and RMSprop do, theory and experiment speak for the square
# root, with the optimizer's other settings adjusted as well
# ([Malladi and others, 2022](https://arxiv.org/abs/2205.10287)). Our three seeds agree at 1,024, not at 256.
#
# <!-- slide
# More workers with a larger batch are **a different training run**. Choose its learning rate on validation images, with
# several seeds.
# -->

# %% [markdown]
# ## What if the runs don't depend on one another?
#
# Lesson 6 trained the same network with several random seeds. No run waits for another, so nothing has to be added up.
# Just hand each run to a free worker. The program that does this is a **scheduler**, here that of
# [Dask](https://docs.dask.org), with two workers on this machine (or one, if there isn't memory for two).
#
# `train_or_die` does one run, and first records its start in a file. The first worker that gets run 2 dies a few
# seconds into it, as suddenly as by `kill -9`.
#
# **Predict.** Four runs on two workers. One worker dies in the middle of its second run. How many runs have to be
# started again? *About 1 minute.*
#
# <!-- slide
# Four independent runs on two workers. One worker dies in the middle of its second run.
#
# **Predict.** How many runs have to be started again?
# -->
#
# <!-- notes
# 5 minutes. Each result comes back as soon as its run is finished. Ask what has to be stored at that moment, and where:
# on the machine that waits, not on the one that computes.
# -->

# %%
finished, starts = {}, f"{folder.name}/starts.txt"
jobs = {seed: (seed, 6000, 1, starts) for seed in range(4)}  # 6,000 images, 1 epoch
for seed, run in tasks.run_tasks(train_or_die, jobs):
    finished[seed] = run["n_correct"] / 10000  # store a long run here
    print(f"{len(finished)} of {len(jobs)} runs finished")
with open(starts) as file:
    print("a number for each start of a run:", *sorted(file.read().split()))
lowest, highest = min(finished.values()), max(finished.values())
print(f"{lowest = :.4f}")
print(f"{highest = :.4f}")

# %% tags=["bounds"]
check_bounds(0.7, lowest, 0.96)
check_bounds(0.85, highest, 0.97)

# %% [markdown] tags=["reading"]
# Only the unfinished one. What was finished had come back already.

# %% [markdown]
# Over `tasks.run_tasks(train_seed, {0: (0,), 1: (1,)}, address="tcp://anna:8786")`, the same loop uses a cluster that
# is already running: `dask scheduler` on anna, and `dask worker tcp://anna:8786` on each machine that computes.
# (`train_seed`, also from `course_utils.scaling.seeds`, is `train_or_die` without the dying.) Use it only in networks
# that you trust: a scheduler and its workers run whatever code anybody on their network sends.
#
# Scale out with whole runs first, and split a single run over machines only if it takes too long.
#
# <!-- slide
# ### What do you scale out first?
#
# Started again: the unfinished run, and no other. So whole runs first. Split a single run over machines only if it
# takes too long.
# -->

# %% [markdown]
# ## Going further: Two curves drift apart: is that a fault?
#
# The losses of one process and of two workers may part at some step. Is that a fault of the workers? Here is a way to
# find out: train in *one* process again, with each initial weight larger by one part in ten million, about the size of
# a rounding. The picture shows how far this run and that of the two workers are from the first one. (Where there is no
# distance at all, it shows a hundred-millionth, because a logarithmic axis has no 0.)
#
# **Predict.** Will the nudged run stay close to the first one?
#
# <!-- slide
# **Predict.** A fault of the two workers? Train in *one* process again, each initial weight larger by one part in ten
# million. Will this run stay close to the first one?
# -->
#
# <!-- notes
# 4 minutes. Ask for the difference between *equal* and *equally good*. The two runs end as different networks, and
# neither is the right one. Curves that part are often taken for a fault; the nudged run is the control that clears the
# workers.
# -->

# %%
nudged = losses_of_one_process(nudge=1e-7)
distance = abs(one - nudged)
nudged_first_3, nudged_all = distance[:3].max(), distance.max()
print(f"{nudged_first_3 = :.8f}")
print(f"{nudged_all = :.8f}")

# %% tags=["bounds"]
check_bounds(0, nudged_first_3, 1e-4)
check_bounds(0, nudged_all, 0.5)

# %% tags=["figure"]
figures.draw_distances(one, two=two, nudged=nudged)

# %% [markdown] tags=["reading"]
# No second worker had a part in the dashed line. Both distances begin below a millionth. On the computer that stored
# this page, that of the nudged run grew by orders of magnitude in 20 steps, and that of the two workers stayed where it
# was; on yours, either may grow or stay. In some runs training magnifies a rounding: each step starts from slightly
# different weights, and the difference grows. With another random seed both may stay together: try `seed=2` where
# `training` is defined, and run the cells again from there. So curves that part late are no sign of a fault by
# themselves.
#
# <!-- slide
# In some runs training magnifies a rounding; with another random seed, the curves may stay together. Curves that part
# late are no sign of a fault by themselves.
# -->

# %% [markdown]
# ## Going further: How do several machines find each other?
#
# On several machines you run one command on each (with the `python` of the course, as above), with the same list of
# machines. The first machine listens, and the others call it; each waits up to two minutes for the others (`--wait`). To
# go on from a checkpoint, all of them must find it, so `--folder` must name a folder that they share.
#
# ```
# .venv/bin/python -m course_utils.scaling.workers --hosts anna,bert --index 0    # on anna
# .venv/bin/python -m course_utils.scaling.workers --hosts anna,bert --index 1    # on bert
# ```
#
# Many computing centers have **Slurm**, a scheduler for many machines: you say how many you want, it waits until there
# is room, starts your command on each, and numbers them. In the script of a job (`sbatch --nodes=2 job.sh`, submitted
# in the course's folder, on a disk that all machines see), that is
#
# ```
# srun --ntasks-per-node=1 .venv/bin/python -m course_utils.scaling.workers \
#      --hosts "$(scontrol show hostnames | paste -sd, -)" --folder /shared/folder
# ```
#
# (We tested both on a single computer, which Linux split into two or four *hosts*, each with its own name, address, and
# virtual cable; they shared its processors, memory, and files. Slurm had two such hosts. And a warning, as for Dask:
# TensorFlow's workers listen on all addresses of a machine, without a password. Use them only in networks that you
# trust.)
#
# **Predict.** On anna you set batches of 64, on bert, by mistake, batches of 128. What will happen: an error before the
# first step, an error in it, or a training run that is slowly wrong?
#
# <!-- slide
# **Predict.** On one machine you set batches of 64, on the other, by mistake, batches of 128. What will happen?
# -->
#
# <!-- notes
# 3 minutes. Without the comparison, the shares of the two would overlap, and nothing would complain.
# -->

# %%
settings = [Training(batch_size=64), Training(batch_size=128)]
anna, bert = (workers.describe_setup(each, folder.name, fresh=True) for each in settings)
print(meeting.how_they_differ(anna, bert, "worker 1 on bert"))

# %% [markdown] tags=["reading"]
# An error before the first step. The commands compare what must be the same before anybody trains, and if it differs,
# they end with such a message. (This cell compared two descriptions only.) Such a comparison is cheap. Without it, the
# two would read different images from the ones you think, and no step would complain.

# %% [markdown]
# On such hosts we throttled the cables step by step, and timed an all-reduce of the gradient, and one of a single
# number, which takes as many rounds and next to no bytes (`nox -s bench -- apart`). For a long latency, a program between
# the hosts handed everything on 20 milliseconds later. We call that *relayed*, because it is no network.
#
# **Predict.** From 10 gigabits a second down to 0.1: where is the formula's time close to the measured one, and where
# is it far off? And how long do the two rounds of a single number take, relayed between two hosts?
#
# <!-- slide
# Hosts with cables that carry ever less. **Predict.** From 10 gigabits a second down to 0.1: where is the formula close
# to the measured time, and where is it far off?
#
# Two hosts, 20 ms each way: how long do the two rounds of a single number take?
# -->
#
# <!-- notes
# 2 minutes. The formula counts the bytes on their way, so it is at its best where they take longest.
# -->

# %%
apart = read_result("apart")
for run in apart["networks"]:
    if run["gigabits"]:
        way = {"bandwidth": run["gigabits"] * 1e9 / 8, "latency": run["round_trip"] / 2}
        ring = cost.ring_seconds(apart["n_bytes"], run["hosts"], **way)
        low, middle, high = (f"{1000 * one:.0f}" for one in sorted(run["seconds"]["gradient"]))
        number = f"{1000 * sorted(run['seconds']['number'])[1]:.1f}"
        name = f"{run['hosts']} hosts, {run['gigabits']:4} Gbit/s"
        print(f"{name}: {middle} ms ({low} to {high}), formula {1000 * ring:.1f}; a number {number}")
far = next(run for run in apart["networks"] if run["delay"] == 0.02)  # 2 hosts, so 2 rounds
number, rounds = 1000 * sorted(far["seconds"]["number"])[1], 2 * 1000 * far["delay"]
print(f"relayed, 2 hosts, a number: {number:.0f} ms; two latencies are {rounds:.0f}")

# %% [markdown] tags=["reading"]
# With a fast cable, the formula's time is a small part of the measured one. About half of that goes by for a single
# number, too, with nothing to carry: messages are handled one by one, by hosts that take turns on the same processors.
# With a slow cable, the bytes on their way are most of the time. Relayed, each round took about two latencies: we think
# that TensorFlow's workers *ask* for each part before it is sent.

# %% slideshow={"slide_type": "skip"}
folder.cleanup()  # the checkpoint of the two workers, and the starts

# %% [markdown]
# ## Quiz
#
# Answer each question on paper first. Then take the `#` away below, put in your answer, and run the line: it says why.
#
# <!-- notes
# 3 minutes. Questions 1 and 4 are worth a talk with your neighbor.
# -->

# %% tags=["quiz"]
exercise.quiz.show()

# %% tags=["quiz"]
# exercise.quiz.answer(1, "a")

# %% [markdown]
# ## Key points
#
# - Workers that divide by the size of the whole batch and add up their gradients (all-reduce) take the step that one
#   worker would have taken. Batch normalization and dropout are exceptions. Check it by the *first* losses.
# - All-reduce takes bytes over bandwidth, and latency times rounds, and in a ring the rounds grow with the workers. The
#   way out is a larger batch, and that is a different training run: its learning rate must be chosen again.
# - Independent runs go to whichever worker is free. Store each result as it comes; a long run writes checkpoints.
#
# **Next:** [13. Another data set](13_another_data_set.ipynb) asks what of all this carries over to other images.
