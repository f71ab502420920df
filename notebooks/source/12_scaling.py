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
# You will split one training over two processes that really run apart, hand independent trainings to a cluster, and
# work out on paper when a thousand machines are slower than eight.
#
# **45 minutes**. At the end you can
#
# - split a batch over workers so that nothing changes but who computes what;
# - work out from bytes, bandwidth and latency when more workers stop helping;
# - hand independent runs to a cluster, and say what a machine that dies costs.
#
# <!-- slide
# What if one machine is not enough?
# -->
#
# <!-- notes
# 1 minute. Ask who has waited for a training, and what they would have done with ten machines. Nobody needs ten: all of
# this runs on one laptop, in real processes that talk to each other.
# -->

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course is missing here: in its folder, run nox -s lab or pip install -e .")

from course_utils.extras import require_extra

require_extra("scaling")

from course_utils import data, networks, plotting
from course_utils.results import read_result
from course_utils.scaling.seeds import train_seed
from course_utils.exercises import scaling as exercise
from course_utils.figures import scaling as figures
from course_utils.scaling import cost, tasks, workers
from course_utils.scaling.training import Training

import tempfile

import keras
import numpy as np
import tensorflow as tf

plotting.use_course_style()
(images, labels), _ = data.load_mnist()

# %% [markdown]
# ## What may be split?
#
# A step of training needs the slope of the mean loss of a batch (lesson 5). A mean is a sum, and a sum can be taken in
# parts. So give half of the batch to each of two workers. Both hold the same weights, each computes the slopes of its
# images, and then they add up.
#
# **Predict.** Each worker takes the *mean* over its 32 images, and the two add up their slopes. Is that the slope of
# the batch of 64? If not, by what factor is it off?
#
# <!-- slide
# Two workers, a batch of 64. Each takes the mean loss over its 32 images; the two slopes are added.
#
# **Predict.** Is that the slope of the whole batch? If not, by what factor is it off?
# -->
#
# <!-- notes
# 6 minutes. The factor is the number of workers. It is the most common fault in distributed loops, and nothing
# complains: gradient descent just runs at another rate, and RMSprop hardly notices.
# -->

# %%
keras.utils.set_random_seed(0)
model = networks.build_seed_network()
batch, rows = data.prepare_images(images[:64]), data.one_hot(labels[:64])
halves = (batch[:32], rows[:32]), (batch[32:], rows[32:])


def slopes_of(images, labels, divide_by):
    """The slopes of the summed loss, divided by a number, as one long row."""
    with tf.GradientTape() as tape:
        losses = keras.losses.categorical_crossentropy(labels, model(images))
        loss = tf.reduce_sum(losses) / divide_by
    slopes = tape.gradient(loss, model.trainable_variables)
    return np.concatenate([np.ravel(slope) for slope in slopes])

# %%
whole = slopes_of(batch, rows, divide_by=64)
for divide_by in (32, 64):
    total = sum(slopes_of(*half, divide_by) for half in halves)
    print(f"each divides by {divide_by}: {total @ whole / (whole @ whole):.2f} times the slope")

# %% [markdown] tags=["reading"]
# With two means, gradient descent goes twice as far in each step: a larger learning rate that nobody asked for. RMSprop
# divides by the size of the slopes (lesson 5), so with it the steps hardly change, and the fault stays hidden.

# %% [markdown]
# The rule for all that follows: **each worker divides by the size of the whole batch**, and the parts add up to its
# slope. For that, all workers together must read, in each step, what one worker would have read. They need not talk about
# it. All of them draw the same order from the same seed, and each takes its stretch.
#
# <!-- slide
# Divide by the **whole** batch on each worker, then add up.
#
# All draw the same order from the same seed. Each takes its stretch.
# -->

# %% [markdown]
# ### Exercise: my share
#
# `order` holds the images of an epoch in the order in which they are read. `batch_size` counts the images of one step
# of all workers together, and `n_workers` divides it. Wanted are the images that worker number `worker` (from 0) reads
# in step number `step` (from 0): a stretch of `order`, so that all workers' stretches, one after the other, are the
# batch.
#
# <!-- slide
# Which images does worker number `worker` read in step number `step`?
#
# A stretch of `order`; all workers' stretches, one after the other, are the batch of `batch_size`.
# -->
#
# <!-- notes
# 5 minutes. Draw `order` as a tape on the board, cut it into batches, and each batch into shares. Whoever cuts the tape
# into one large part for each worker first, as is often shown, gets other batches than one worker would.
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
# TensorFlow has this built in: under a `tf.distribute.MultiWorkerMirroredStrategy`, every process holds a copy of each
# variable, and knows the others from the environment variable `TF_CONFIG`. Many tutorials go on with `model.fit`. With
# Keras 3 on two workers, this is what comes of it, stored when it was tried
# ([keras-team/keras#20585](https://github.com/keras-team/keras/issues/20585)):
#
# <!-- slide
# `tf.distribute.MultiWorkerMirroredStrategy`: every process holds a copy of each variable, and knows the others.
#
# Many tutorials go on with `model.fit`. What comes of it, with Keras 3?
# -->
#
# <!-- notes
# 10 minutes. While the workers start (most of it is loading TensorFlow, twice), ask what each of them
# must know before the first step: the weights, the order, its number. Nothing is sent for any of the three.
# -->

# %%
stored = read_result("scaling")
print(stored["fit_error"])

# %% [markdown]
# `fit` was handed values of several replicas and does not know what to do with them. The loop that `fit` runs you have
# written in lesson 5. Here it is for several workers: three things in it are new.
#
# <!-- slide
# `fit` cannot add up what several workers hold. Your own loop can, and three things in it are new. Which?
# -->

# %%
def make_step(strategy, model, optimizer, batch_size):
    """A step on all workers, as a function of a worker's images; batch_size is the whole."""
    add_up = keras.losses.CategoricalCrossentropy(reduction="sum")

    def on_this_worker(images, labels):
        with tf.GradientTape() as tape:
            loss = add_up(labels, model(images, training=True)) / batch_size
        slopes = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(slopes, model.trainable_variables)  # of all workers, added up
        return loss

    def step(images, labels):
        losses = strategy.run(on_this_worker, args=(images, labels))
        return strategy.reduce("SUM", losses, axis=None)

    return tf.function(step)

# %% [markdown]
# New are the loss, a sum that is divided by the size of the whole batch; `strategy.run`, which runs the function on each
# worker; and `strategy.reduce`, which adds up the losses, so that every worker knows that of the whole batch. The line
# with `optimizer.apply` is the old one, and does more than it did: it sees that it is under a strategy, waits for all
# workers, and adds up their slopes before it moves a weight.
#
# One process can be a cluster of one. That is where you try such a loop first:
#
# <!-- slide
# ### Who adds up what?
#
# - The loss is a sum, divided by the size of the whole batch.
# - `strategy.run` runs the function on each worker.
# - `strategy.reduce` adds up their losses.
# - And the old line: `optimizer.apply` waits for all, and adds up their slopes.
#
# One process can be a cluster of one: try such a loop there first.
# -->

# %%
alone = tf.distribute.get_strategy()  # the strategy of one process
optimizer = keras.optimizers.RMSprop()
optimizer.build(model.trainable_variables)
step = make_step(alone, model, optimizer, batch_size=64)
losses = [float(step(batch, rows)) for _ in range(5)]
print("five steps with one batch, and its loss falls every time:", (np.diff(losses) < 0).all())
print("numbers that training moves:", model.count_params())

# %% [markdown]
# ### Exercise: what travels
#
# At each step the workers add up their slopes. How many **bytes** do the slopes of one worker take? The network has
# 121,994 parameters (lesson 4), and every number is a float32.
#
# <!-- slide
# How many bytes do the slopes of one worker take, at each step? 121,994 parameters, float32.
# -->
#
# <!-- notes
# 2 minutes. Afterwards ask: and if the batch were ten times as large? The same bytes. That is why large batches scale.
# -->

# %% tags=["exercise"]
slope_bytes = ...

# %% tags=["check"]
exercise.slope_bytes.check(slope_bytes)
# exercise.slope_bytes.hint()
# exercise.slope_bytes.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
solution_slope_bytes = 121_994 * 4

exercise.slope_bytes.check_solution(solution_slope_bytes)

# %% [markdown]
# Now two real processes. `run_workers` starts them on this machine, tells each who the others are, and watches them.
# Inside, each runs the loop above (`course_utils/scaling/loop.py`), and worker 0 writes a checkpoint now and then. In a
# terminal it is a command: `python -m course_utils.scaling.workers --workers 2`, and `--help` says the rest.
#
# To compare with, the next cell has the same steps for one process, without another worker. (Leave its `nudge` at 0;
# you will use it later.)
#
# **Predict.** The same training on one worker and on two: 20 steps of 64 images. By how much will the losses differ:
# not at all, in the last digits, in the second digit?

# %%
training = Training(images=1280, batch_size=64, epochs=1, seed=0)
order = np.random.default_rng([training.seed, 0]).permutation(training.images).reshape(20, 64)


def losses_of_one_process(nudge=0):
    """The 20 steps in this process; nudge moves each first weight by that share of it."""
    keras.utils.set_random_seed(training.seed)
    model, optimizer = networks.build_seed_network(), keras.optimizers.RMSprop()
    model.set_weights([weight * np.float32(1 + nudge) for weight in model.get_weights()])
    optimizer.build(model.trainable_variables)
    step = make_step(alone, model, optimizer, batch_size=64)
    losses = [step(data.prepare_images(images[batch]), data.one_hot(labels[batch])) for batch in order]
    return np.array(losses, dtype=float)

# %%
folder = tempfile.TemporaryDirectory()
reports = workers.run_workers(training, n_workers=2, folder=folder.name)
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
# One curve, computed twice. In the first steps only the last digits differ: two half sums are rounded elsewhere than one
# sum (lesson 5). But look at the later steps. On some processors the lines part, far enough to be seen.
#
# <!-- slide
# In the first steps, only the last digits differ. Later the lines may part, on some processors.
# -->

# %% [markdown]
# If your two lines part at some step, is that a fault of the two workers? Here is a way to find out: train in *one*
# process again, with each first weight larger by one part in ten million, about the size of a rounding. The picture
# shows how far this run and that of the two workers are from the first one (no distance at all is drawn at a
# hundred-millionth, for a logarithmic axis has no 0).
#
# **Predict.** Will the nudged run stay with the first one?
#
# <!-- slide
# **Predict.** A fault of the two workers? Train in *one* process again, each first weight larger by one part in ten
# million. Will this run stay with the first one?
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
# No second worker had a part in the dashed line, and yet it leaves the first run. Both distances begin at a ten-millionth
# or less. On the computer that stored this page they grew a hundred-thousandfold in 20 steps; on yours, one or both may
# have stayed small. That is what RMSprop makes of rounding: it divides by the size of the slopes, so where a slope is
# nearly nothing, its last digits decide about a step of ordinary length (lesson 5).
#
# <!-- slide
# RMSprop divides by the size of the slopes: where a slope is nearly nothing, rounding decides about a step.
# -->

# %% [markdown]
# How do you tell a fault, then? **By the first steps.** There the weights are still the same, and only rounding may
# differ. A share that is read twice, or a mean that is divided by the wrong number, shows at once, in the first digits.
#
# <!-- slide
# Tell a fault by the **first** steps. There the weights are still the same.
# -->
#
# <!-- notes
# Ask for the difference between *equal* and *equally good*. The two runs end as different networks, and neither is the
# right one.
#
# The usual misreading: the curves part, so something is wrong. The nudged run is the control that clears the workers.
# -->

# %% [markdown]
# And if a worker dies? The others cannot take a step without its slopes, so the command ends all of them and says which
# one failed; the same command goes on from the last checkpoint. Try it in a terminal: start the command, end one of its
# processes, start it again. A checkpoint must hold *everything* the next step depends on: the weights, the optimizer's
# numbers, and how far the images were read.
#
# <!-- slide
# A worker dies: all end, and the same command goes on from the last checkpoint. What must it hold?
# -->
#
# On several machines it is one command on each, with the list of all of them. The first one listens, the others call,
# and they compare versions, code and settings before anything is trained. To go on from a checkpoint, all of them must
# find it: `--folder` names a folder that they share.
#
# ```
# python -m course_utils.scaling.workers --hosts anna,bert --index 0    # on anna
# python -m course_utils.scaling.workers --hosts anna,bert --index 1    # on bert
#
# # under Slurm, which starts it on every machine and numbers them:
# srun --ntasks-per-node=1 python -m course_utils.scaling.workers \
#      --hosts "$(scontrol show hostnames | paste -sd, -)" --folder /a/folder/of/all
# ```
#
# (Tested on one machine, with two commands that know each other by address only; no cluster with Slurm was at hand. And
# a warning: TensorFlow's workers listen on all addresses of a machine, without a password. Use them in networks you trust.)

# %% [markdown]
# ## What does adding up cost?
#
# The workers stand in a ring, and each sends to its neighbor only. Cut the slopes into as many parts as there are
# workers, $N$. In $N - 1$ rounds, each part travels around the ring and grows by one worker's slopes at each stop; then
# it is complete, somewhere. In $N - 1$ more rounds the complete parts travel on until everybody has all of them. A round
# takes a **latency**, the time until a message arrives however small it is, and the time for one part at the
# **bandwidth** ([Patarasuk and Yuan, 2009](https://doi.org/10.1016/j.jpdc.2008.09.002)).
#
# **Predict.** From 2 workers to 1,024: by what factor do the *bytes* grow that each worker sends? And the *rounds*?
#
# <!-- slide
# A ring of $N$ workers, the slopes in $N$ parts: $N - 1$ rounds to add up, $N - 1$ to hand around. Each round: one
# latency, and one part at the bandwidth.
#
# **Predict.** From 2 workers to 1,024: by what factor do the bytes grow that each worker sends? And the rounds?
# -->
#
# <!-- notes
# 5 minutes. Play it with four students and four slips of paper each: six rounds, and everybody has four sums. The bytes
# grow by a factor below 2, the rounds by a thousand.
# -->

# %% [markdown]
# ### Exercise: the seconds of a ring
#
# Given are `n_bytes`, the slopes of one worker; `n_workers`; `bandwidth` in bytes a second; and `latency` in seconds.
# Wanted are the seconds until all workers have the sum.
#
# <!-- slide
# How many seconds until all workers have the sum, from `n_bytes`, `n_workers`, `bandwidth` and `latency`?
# -->
#
# <!-- notes
# 5 minutes. Let them do two workers on paper first: two rounds, in each half of the bytes. One worker must give 0.
# -->

# %% tags=["exercise"]
def ring_seconds(n_bytes, n_workers, bandwidth, latency):
    """The seconds in which workers in a ring add up what each of them has."""
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
# Back to your prediction, for 2 workers and for 1,024: the rounds, and how many times its own bytes each worker sends.

# %%
for n_workers in (2, 1024):
    rounds = 2 * (n_workers - 1)  # in each, a worker sends one of n_workers parts
    print(f"{n_workers:,} workers: {rounds:,} rounds, {rounds / n_workers:.3f} times the bytes")

# %% [markdown] tags=["reading"]
# The bytes do not even double: the parts get smaller as fast as the rounds get more. The rounds grow a thousandfold, and
# each of them has its latency.
#
# <!-- slide
# The bytes do not even double. The rounds grow a thousandfold, and each has its latency.
# -->

# %% [markdown]
# Measured on two processes of one machine, each with one thread, and stored (`nox -s bench -- scaling`): a step on one
# worker with 32 images, with 64, and on two workers with 32 images each.
#
# <!-- slide
# Measured: one worker with 32 images, one with 64, two with 32 each. Do two take the batch of 64 in half the time?
# -->

# %%
for run in stored["steps"]:
    low, high = 1000 * min(run["seconds"]), 1000 * max(run["seconds"])
    each = run["batch_size"] // run["workers"]
    print(f"{run['workers']} x {each} images: {low:.0f} to {high:.0f} ms a step")
small, large, two = (min(run["seconds"]) for run in stored["steps"])
image_seconds = (large - small) / 32
print(f"an image costs {1000 * image_seconds:.2f} ms, adding up for two {1000 * (two - small):.1f} ms")
print(f"two workers take the same batch {large / two:.2f} times as fast as one")
ring = cost.ring_seconds(stored["n_bytes"], 2, bandwidth=10e9 / 8, latency=50e-6)
print(f"the formula, with 10 gigabits a second and 50 microseconds: {1000 * ring:.1f} ms")

# %% [markdown]
# The difference of the last and the first row is what adding up costs, waiting included. The spread between the two ends
# of a row says how far to trust it: a busy machine disturbs two workers that wait for each other more than one.
#
# The formula gives many times less, although these two processes have no network between them at all. It counts the
# way of the bytes, and nothing else. What it leaves out: TensorFlow packs each message, hands it over and unpacks it;
# the faster worker waits for the slower one; and two processes share one memory. None of that shrinks with a better
# cable.
#
# Now on paper: machines in a network of 10 gigabits a second with a latency of 50 microseconds, an assumption. The
# computing is as measured above, adding up is by the formula. So this is the **best case**: real curves bend earlier.
# First the batch stays as it is, then every worker gets 64 images of its own.
#
# <!-- slide
# The formula gives many times less than was measured. It counts the way of the bytes, not packing, waiting, sharing.
#
# The best case on paper: 10 gigabits a second, a latency of 50 microseconds. When do more machines stop helping?
# -->

# %% slideshow={"slide_type": "skip"}
network = {"n_bytes": stored["n_bytes"], "bandwidth": 10e9 / 8, "latency": 50e-6}
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
# With the batch as it is, each worker computes less and less and waits for more and more rounds: somewhere the curve
# turns down, and a thousand machines are slower than eight. **Latency breaks first**, not bandwidth: the parts are
# tiny by then. With 64 images for each worker the machines stay busy longer. But a batch has `1024 * 64` images then,
# more than MNIST.
#
# <!-- slide
# With the batch as it is, latency breaks first. With 64 images a worker, the batch is larger than MNIST.
# -->
#
# <!-- notes
# What is not in the model: stragglers. All wait for the slowest of a thousand, at every step. And real
# systems switch from rings to trees where latency counts, so the number of rounds grows as a logarithm.
# -->

# %% [markdown]
# ## May the batch grow with the workers?
#
# Every worker gets 64 images, so 16 workers take steps of 1,024. An epoch then has a sixteenth of the steps. That is what
# makes it fast.
#
# The benchmark has tried it, from three seeds each, with three rules for the learning rate: the same for all batches; in
# proportion to the batch; and between the two, in proportion to its square root, so twice the rate for a batch four times
# as large. The picture has the middle seed as a point, and bars to the lowest and the highest.
#
# **Predict.** The same images, the same number of epochs, batches of 64, 256 and 1,024 at the same learning rate. What
# happens to the accuracy? And if the rate grows in proportion to the batch?
#
# <!-- slide
# The same epochs with batches of 64, 256 and 1,024. The rate stays, or grows in proportion to the batch, or to its square
# root.
#
# **Predict.** What happens to the accuracy at the same rate? At a rate in proportion to the batch?
# -->
#
# <!-- notes
# 3 minutes. A larger batch is no better image of the truth for free: its slope is less noisy, and there are fewer of
# them. Ask who would rather have sixteen steps by a rough map or one by a good one.
# -->

# %% slideshow={"slide_type": "skip"}
sizes, wrong = [64, 256, 1024], {}
for rule in ("same rate", "square root", "in proportion"):
    runs = [run for run in stored["batches"] if run["batch_size"] == 64 or run["rule"] == rule]
    wrong[rule] = 1 - np.array([run["val_accuracies"] for run in runs])  # a row a batch, a column a seed

# %% tags=["figure"]
figures.draw_errors(sizes, wrong)
print(f"{stored['epochs']} epochs of {stored['images']:,} images, {wrong[rule].shape[1]} seeds")

# %% [markdown] tags=["reading"]
# At the same rate, fewer steps mean less learned. At 256 a larger rate makes up for it, to judge by the middle of three
# seeds. Now look at the ends of the bars: at 256, one seed lies far behind, at every rate. And at 1,024, a rate in
# proportion is a gamble: one seed does no better than guessing, another reads most of the digits. With that few steps, it
# matters where you start; a single run could have told you any of these stories (lesson 6).

# %% [markdown]
# More workers with a larger batch are **another training**: choose its rate on validation images, from several seeds.
# How the rate should grow depends on the optimizer: in proportion was found for SGD ([Goyal and others,
# 2017](https://arxiv.org/abs/1706.02677)), nearer to the square root for those that divide by the size of the slopes, as
# RMSprop does ([Malladi and others, 2022](https://arxiv.org/abs/2205.10287)).
#
# <!-- slide
# More workers with a larger batch are **another training**. Choose its rate on validation images, from several seeds.
# -->

# %% [markdown]
# ## And if the trainings need nothing of each other?
#
# Lesson 6 trained one recipe from several seeds. No run waits for another, so there is nothing to add up. Hand whole runs
# to whoever is free: here to two worker processes of [Dask](https://docs.dask.org), on this machine (to one, where
# there is no memory for two).
#
# **Predict.** Four runs on two workers. One worker's process is killed in the middle of its second run. How many runs have
# to be made anew? (The next cell kills nobody: the tests of this course do that, and count. The answer is below it.)
#
# <!-- slide
# Four independent runs on two workers. One is killed in the middle of its second run.
#
# **Predict.** How many runs have to be made anew?
# -->
#
# <!-- notes
# 5 minutes. Each result comes back the moment it is there. Ask what must be stored at that moment, and where: with the
# one who waits, not with the one who computes.
# -->

# %%
finished = {}
jobs = {seed: (seed, 6000, 1) for seed in range(4)}  # 6,000 images, 1 epoch
for seed, run in tasks.run_tasks(train_seed, jobs):
    finished[seed] = run["n_correct"] / 10000  # here a long run would be stored
print("finished:", sorted(finished))
lowest, highest = min(finished.values()), max(finished.values())
print(f"{lowest = :.4f}")
print(f"{highest = :.4f}")

# %% tags=["bounds"]
check_bounds(0.7, lowest, 0.96)
check_bounds(0.85, highest, 0.97)

# %% [markdown] tags=["reading"]
# One: the unfinished one, and somebody else makes it. What was finished is here already. A task that *raises* is tried
# again, and if it fails for good, the others still come.
#
# <!-- slide
# Made anew: the unfinished run, and no other. So whole runs first, and one run on many machines only where a single run is
# too slow.
# -->

# %% [markdown]
# With `address="tcp://anna:8786"` the same line uses a cluster that is already there: `dask scheduler` on one machine,
# `dask worker tcp://anna:8786` on each of the others. `nox -s bench -- seeds --address tcp://anna:8786` makes the runs of
# lesson 6 that way. Whole runs first, one run on many machines only where a single one is too slow: that is the order in
# which to scale out.

# %% slideshow={"slide_type": "skip"}
folder.cleanup()  # the checkpoint of the two workers

# %% [markdown]
# ## Quiz
#
# Answer each question on paper first. Then take the `#` away below, put in your answer, and run the line: it says why.
#
# <!-- slide
# Five questions. Answer them on paper first.
# -->
#
# <!-- notes
# 3 minutes. Questions 1 and 4 are worth a talk with the neighbor.
# -->

# %% tags=["quiz"]
exercise.quiz.show()

# %% tags=["quiz"]
# exercise.quiz.answer(1, "a")

# %% [markdown]
# ## Key points
#
# - Workers that divide by the whole batch and add up their slopes take the step that one worker would have taken. If the
#   *first* losses differ by more than rounding, there is a fault; later ones differ because training makes more of it.
# - Adding up takes bytes over bandwidth, and latency times rounds. The rounds grow with the workers; the way out is a
#   larger batch, and that is another training.
# - Runs that need nothing of each other go to whoever is free, and each result is stored as it comes.
#
# **Next:** [Lesson 0](00_start_here.ipynb) lists all lessons. There is no other after this one.
