# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 9. Better
#
# You will climb from a constant answer to the best networks of this course, one rung at a time, and keep the books: what
# each rung gained, what it cost, and how sure that is.
#
# **60 minutes**, and 25 for *Going further*. At the end you can
#
# - distort training images in ways that keep their labels true, and say what that buys;
# - build a network with batch normalization and dropout, and say what each does in training and in prediction;
# - compare training procedures fairly: one change at a time, over several seeds, in pairs, at their price.
#
# <!-- slide
# How far can it go?
# -->
#
# <!-- notes
# 1 minute. Have everyone write down how many of 10,000 digits the best network of today will misread. Keep the notes.
# -->

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course isn't installed here: in its folder, pip install -e . (README, Start)")

from course_utils import augmentation, data, evaluation, networks, plotting, training
from course_utils.results import read_result
from course_utils.figures import better as figures
from course_utils.exercises import better as exercise

import keras
import numpy as np

plotting.use_course_style()
(all_bytes, all_digits), (test_bytes, test_digits) = data.load_mnist()
(images, digits), validation = data.split_validation(data.prepare_images(all_bytes), all_digits)
held_out, held_digits = validation
rows, held_rows = data.one_hot(digits), data.one_hot(held_digits)
ladder, remedies = read_result("ladder"), read_result("remedies")

# %% [markdown]
# ## What do you get for nearly nothing?
#
# A result is worth what it adds to something simpler, so start at the bottom. Everything here is judged on the same
# 10,000 *validation* images. The test set stays closed until the last section before *Going further*.
#
# **Predict.** How many of 10,000 validation images will each of these misread?
#
# 1. The majority-class baseline (lesson 1): the most frequent digit for every image.
# 2. The nearest centroid (lesson 1): the mean digit that differs least from the image, pixel by pixel.
# 3. **Logistic regression**, the simplest network: a single dense layer, ten units and a softmax on the 784
#    pixels, trained as in lesson 5.
#
# <!-- slide
# **Predict.** Of 10,000 validation images, how many are misread by
#
# * always the same answer?
# * the nearest of the ten mean digits?
# * a single dense layer, trained? (**Logistic regression**)
# -->
#
# <!-- notes
# 6 minutes. With ten classes, statisticians say multinomial or softmax regression. Most people guess far too many errors
# for the mean digits. A number from lesson 5 looks different next to these.
# -->

# %%
means = np.stack([images[digits == digit].mean(axis=0) for digit in range(10)])  # (10, 28, 28, 1)
distances = np.stack([((held_out - mean) ** 2).sum(axis=(1, 2, 3)) for mean in means])  # (10, 10000)
most_frequent = np.bincount(digits).argmax()

print("always", most_frequent, "   errors:", (held_digits != most_frequent).sum())
n_nearest_mean_errors = (distances.argmin(axis=0) != held_digits).sum()
print(f"{n_nearest_mean_errors = :d}")

# %% tags=["bounds"]
from course_utils.bounds import check_bounds

check_bounds(1991, n_nearest_mean_errors, 2013)  # two means may be as near as rounding can tell

# %%
keras.utils.set_random_seed(0)
linear = networks.build_dense_network()  # Flatten, then Dense(10, activation="softmax")
linear.compile(**networks.SEED_RECIPE)
linear.fit(images, rows, epochs=5, batch_size=64, verbose=0)
n_linear_errors = round(len(held_out) * (1 - linear.evaluate(held_out, held_rows, verbose=0)[1]))

print(f"{n_linear_errors = :d}")

# %% tags=["bounds"]
check_bounds(700, n_linear_errors, 900)

# %% [markdown] tags=["reading"]
# Both keep ten templates of 784 numbers. The means show what digits *look like*. Training can keep what *tells them
# apart* instead: it may give little weight to the pixels where a 4 and a 9 agree. That saves more than half the errors.

# %% [markdown]
# What starts from random weights needs several runs. So the climb was done beforehand (by `nox -s bench -- ladder`) and
# stored, run by run. Here are the lowest five rungs. The *dense network* has one hidden layer of 128 units.

# %%
def errors_of(rung):
    """The errors of all stored runs of a rung, on the 10,000 validation images."""
    return [ladder["n_validation"] - run["n_correct"] for run in ladder["runs"] if run["rung"] == rung]


for rung in ladder["rungs"][:5]:
    print(f"{rung:20}", errors_of(rung))

# %% [markdown]
# From *logistic regression* to the network of [lesson 5](05_training.ipynb), nothing changes but the network. From here
# on the errors are few, and the seeds of one rung differ, too. With one run each, a difference no larger than that
# between seeds is no finding.
#
# <!-- slide
# The same images, the same optimizer, the same five epochs: convolutions.
#
# The seeds of one rung differ, too. With one run each, a difference no larger than that is no finding.
# -->

# %% [markdown]
# ## How does one image become many?
#
# In lesson 5, the network that trained longer memorized its training images. More images would help. You can't get any,
# but you know what the network does not: *a 7 a little farther left is still a 7*. So distort each training image a
# little, at random, and differently in every epoch. This is **data augmentation**.
#
# The usual distortions are **affine transformations**: turning, stretching, slanting and shifting the whole image. A
# program can go through the *old* pixels and carry each to its new place (**forward mapping**), or through the *new*
# pixels and fetch the ink for each from the old image (**inverse mapping**).
#
# **Predict.** You move an image two pixels to the right by inverse mapping. Does each new pixel fetch its ink from the left
# or the right? And what goes wrong with forward mapping when you enlarge a digit?
#
# <!-- slide
# A 7 a little farther left is still a 7. You know that, and the network does not.
#
# **Predict.** You move an image two pixels to the right. Where does each *new* pixel fetch its ink?
#
# You enlarge a 4 and carry each *old* pixel to its new place. What goes wrong?
# -->
#
# <!-- notes
# 8 minutes. Draw the fetching on the board: an arrow from each new pixel back to the old image. Everyone wants to carry.
# The picture shows why not.
# -->
#
# <!-- code
# four = images[np.flatnonzero(digits == 4)[0]]
# from_middle = np.indices((28, 28)) - 13.5  # …counted from the middle
#
# targets = np.clip(np.round(13.5 + 1.4 * from_middle), 0, 27).astype(int)
# carried = np.zeros((28, 28))
# carried[targets[0], targets[1]] = four[..., 0]  # … carried to its new place
#
# places = 13.5 + from_middle / 1.4  # each new pixel fetches its ink from here
# fetched = augmentation.read_between_pixels(four[None], places[:, None])[0]
# -->
# <!-- lines 4-6 | 8-9 -->

# %%
four = images[np.flatnonzero(digits == 4)[0]]
from_middle = np.indices((28, 28)) - 13.5  # rows and columns of all pixels, counted from the middle

targets = np.clip(np.round(13.5 + 1.4 * from_middle), 0, 27).astype(int)
carried = np.zeros((28, 28))
carried[targets[0], targets[1]] = four[..., 0]  # each old pixel is carried to its new place

places = 13.5 + from_middle / 1.4  # each new pixel fetches its ink from here
fetched = augmentation.read_between_pixels(four[None], places[:, None])[0]

# %% tags=["figure"]
figures.draw_enlarged(four, carried, fetched)

# %% [markdown] tags=["reading"]
# To move right, fetch from the left. To enlarge, fetch from a place nearer to the middle. Carried, the 4 has holes
# where no old pixel arrives. Fetching fills every new pixel. Between old pixels, it blends the four nearest, each by how
# near it is: **bilinear interpolation**.
#
# <!-- slide
# Carrying leaves holes. Fetching leaves none, but it asks for ink between pixels.
# -->

# %% [markdown]
# `augmentation.distort_images` turns, stretches, slants, shifts and bends all images of a batch. Each seed draws other
# random numbers; here are nine.

# %% slideshow={"slide_type": "skip"}
chosen = images[[np.flatnonzero(digits == digit)[3] for digit in (2, 5, 7)]]
many = [augmentation.distort_images(chosen, seed=seed) for seed in range(9)]

# %% tags=["figure"]
figures.draw_distorted(chosen, many)

# %% [markdown]
# ### Exercise: a false teacher
#
# Which of these distortions would teach a network that reads digits something *false*?
#
# - `"a"`: shifting each image by up to three pixels
# - `"b"`: making each digit up to a tenth larger or smaller
# - `"c"`: mirroring every second image, left to right
# - `"d"`: slanting each digit by up to ten degrees
#
# <!-- slide
# Which of these would teach a network that reads digits something *false*?
#
# * a: shifting by up to three pixels
# * b: up to a tenth larger or smaller
# * c: mirroring every second image
# * d: slanting by up to ten degrees
# -->
#
# <!-- notes
# 3 minutes. With cats and dogs, mirroring is the first thing people do. What may be done is knowledge about the data, not
# about networks.
# -->

# %% tags=["exercise"]
false_teacher = ...

# %% tags=["check"]
exercise.false_teacher.check(false_teacher)
# exercise.false_teacher.hint()
# exercise.false_teacher.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
solution_false_teacher = "c"

exercise.false_teacher.check_solution(solution_false_teacher)

# %% [markdown]
# Does augmentation help? Train the original network on only 1,000 images, as they are and distorted, for equally many
# steps. `distorted_batches` never ends, so `steps_per_epoch` says how many batches make an epoch.
#
# The optimizer is **Adam** ([Kingma and Ba, 2015](https://arxiv.org/abs/1412.6980)): RMSprop with momentum, the two of
# lesson 5 in one. Its learning rate follows a **learning-rate schedule**, a plan that gives each step its own rate. In
# a **one-cycle schedule** ([Smith and Topin, 2017](https://arxiv.org/abs/1708.07120)), the rate rises in a line, then
# falls in a line to 0. It starts small because the first gradients, from random weights, change quickly. Then large
# steps get far, and small ones do the fine work at the end.
#
# **Predict.** Which of the two will have the higher accuracy *in training*, as `fit` counts it? And which in validation?
# *About 30 seconds.*
#
# <!-- slide
# 1,000 training images, the original network, equally many steps: as they are, and distorted.
#
# **Predict.** Which one has the higher accuracy in training? Which in validation?
# -->
#
# <!-- code
# def train_on_few(**amounts):
#     keras.utils.set_random_seed(0)
#     model = networks.build_seed_network()
#     adam = keras.optimizers.Adam(training.OneCycle(0.003, 600))  # …
#     model.compile(optimizer=adam, loss="categorical_crossentropy", …)
#     stream = augmentation.distorted_batches(images[:1000], …, **amounts)
#     …
#     fit = model.fit(stream, steps_per_epoch=20, epochs=30, …)
#     return fit.history["accuracy"][-1], model.evaluate(held_out, held_rows, …)[1]
# -->

# %%
def train_on_few(**amounts):
    """The original network after 600 steps on 1,000 images: accuracy in training, and in validation."""
    keras.utils.set_random_seed(0)
    model = networks.build_seed_network()
    adam = keras.optimizers.Adam(training.OneCycle(0.003, 600))  # the highest rate, the number of steps
    model.compile(optimizer=adam, loss="categorical_crossentropy", metrics=["accuracy"])
    stream = augmentation.distorted_batches(images[:1000], rows[:1000], batch_size=50, seed=0, **amounts)
    bar = keras.callbacks.LambdaCallback(on_epoch_end=lambda n, _: print(f"\repoch {n + 1}/30", end=""))
    fit = model.fit(stream, steps_per_epoch=20, epochs=30, shuffle=False, verbose=0, callbacks=[bar])
    return fit.history["accuracy"][-1], model.evaluate(held_out, held_rows, verbose=0)[1]

# %%
still = {"rotation": 0, "shift": 0, "scale": 0, "shear": 0}
plain_train_acc, plain_val_acc = train_on_few(**still, elastic=0)
distorted_train_acc, distorted_val_acc = train_on_few()

print(f"\n{plain_train_acc = :.4f}\n{plain_val_acc = :.4f}")
print(f"{distorted_train_acc = :.4f}\n{distorted_val_acc = :.4f}")

# %% tags=["bounds"]
check_bounds(0.995, plain_train_acc, 1.001)
check_bounds(0.93, plain_val_acc, 0.963)
check_bounds(0.94, distorted_train_acc, 0.995)
check_bounds(0.966, distorted_val_acc, 0.988)

# %% [markdown] tags=["reading"]
# Distorted, it scores lower in training, because each epoch brings new and harder images, and higher where it counts.
# Judged by training accuracy, augmentation would have been thrown away. Memorizing no longer pays; what all versions of a
# digit have in common does. (One seed; the next section has five.)
#
# <!-- slide
# Distorted: lower accuracy in training, higher where it counts.
# -->
#
# <!-- notes
# Training accuracy is counted on the distorted images, while the weights change. On the 1,000 images as they are, both
# networks are nearly always right.
# -->

# %% [markdown]
# ## Which other remedy helps?
#
# Anything that keeps a network from overfitting is called **regularization**. Augmentation changes the images; other
# remedies change the network, the loss, or the weights.
#
# **Batch normalization** ([Ioffe and Szegedy, 2015](https://arxiv.org/abs/1502.03167)) stands between a convolution and its
# ReLU. In training it takes each channel of a whole mini-batch, subtracts the mean of all its numbers, and divides by
# their standard deviation (plus a tiny `epsilon`, against dividing by zero). Then it multiplies by one learned number
# and adds another. It was made to speed up training; that it regularizes is a side effect.
#
# **Dropout** ([Srivastava and others, 2014](https://jmlr.org/papers/v15/srivastava14a.html)) sets a random share of its
# inputs to 0 in each training step, so that no unit can rely on a single other one.
#
# **Predict.** A batch of 64 maps of 26 × 26 numbers in 8 channels. How many means does batch normalization subtract:
# 1, 8, 64 or 512? And dropout sets a fifth of its inputs to 0: what happens to the others, so that their sum stays about
# the same?
#
# <!-- slide
# **Batch normalization.** In each channel of a batch: subtract the mean, divide by the standard deviation; then multiply
# by a learned number, and add another.
#
# **Dropout.** In each step, set a random share of the inputs to 0.
#
# **Predict.** 64 maps, 26 × 26, 8 channels: how many means? A fifth of the inputs is dropped: what happens to the rest?
# -->
#
# <!-- notes
# 10 minutes. One mean for each channel. Larger steps work with it, and why is still argued. What is certain: what comes
# out no longer depends on how large the weights below happen to be.
# -->
#
# <!-- code
# maps = np.asarray(keras.layers.Conv2D(8, 3, use_bias=False)(held_out[:64]))  # …
# mean, variance = maps.mean(axis=(0, 1, 2)), maps.var(axis=(0, 1, 2))
#
# layer = keras.layers.BatchNormalization()
# by_keras = np.asarray(layer(maps, training=True))
# by_hand = (maps - mean) / np.sqrt(variance + layer.epsilon)
# …
# -->

# %%
maps = np.asarray(keras.layers.Conv2D(8, 3, use_bias=False)(held_out[:64]))  # (64, 26, 26, 8)
mean, variance = maps.mean(axis=(0, 1, 2)), maps.var(axis=(0, 1, 2))

layer = keras.layers.BatchNormalization()
by_keras = np.asarray(layer(maps, training=True))
by_hand = (maps - mean) / np.sqrt(variance + layer.epsilon)
print("means:", mean.shape, "  by hand as by Keras:", np.allclose(by_hand, by_keras, atol=2e-3))
print("numbers that the layer keeps:", {weight.name: tuple(weight.shape) for weight in layer.weights})
print("ones after dropout:", np.unique(keras.layers.Dropout(0.2)(np.ones(1000), training=True)))

# %% [markdown] tags=["reading"]
# One mean for each channel, over all images and spatial positions. Whatever the convolution does to the size of its
# numbers, the ReLU gets them on one scale. With it, larger steps work; why is still argued. The learned numbers `gamma`
# and `beta` can undo it if that helps. (The convolution needs no bias: the mean would take it away again.) Dropout
# divides the numbers it keeps by the share it keeps.

# %% [markdown]
# Here is the better network of this course. `momentum=0.9` has nothing to do with the optimizer's: after each batch, the
# layer's *moving mean* is nine tenths its old value and one tenth the batch's mean, a running mean as in [lesson
# 5](05_training.ipynb).

# %%
def convolution(filters, size):
    yield keras.layers.Conv2D(filters, size, use_bias=False)
    yield keras.layers.BatchNormalization(momentum=0.9)
    yield keras.layers.ReLU()


better = keras.Sequential([
    keras.Input((28, 28, 1)),
    *convolution(32, 5), keras.layers.MaxPooling2D(),
    *convolution(64, 3), *convolution(64, 3), keras.layers.MaxPooling2D(),
    *convolution(128, 3), keras.layers.Flatten(), keras.layers.Dropout(0.2),
    keras.layers.Dense(10, activation="softmax"),
])

# %%
ours, members = networks.build_best_network(dropout=0.2), networks.load_best_networks()
shapes, our_shapes = ([layer.output.shape for layer in model.layers] for model in (better, ours))
print("the same shapes, layer by layer:", shapes == our_shapes)
print("parameters:", better.count_params(), ours.count_params())

# %% [markdown]
# Both layers do one thing in training and another afterward, so a network has two modes:
#
# | | **training mode**: `fit`, or `model(images, training=True)` | **inference mode**: `predict`, `evaluate`, or `training=False` |
# |---|---|---|
# | batch normalization | mean and variance of this batch, which also go into a moving mean and a moving variance | the moving mean and variance, whatever the batch |
# | dropout | drops, and scales up what it keeps | does nothing |
#
# **Predict.** Someone deploys the network and calls it with `training=True`. Does the same image always get the same
# answer? Of 100 images, one at a time, how many does it misread: as many as in inference mode, twice as many, far more?
#
# <!-- slide
# ### Two modes
#
# **Training mode:** mean and variance of the batch; dropout on.
#
# **Inference mode:** moving mean and variance, whatever the batch; dropout off.
#
# **Predict.** Someone deploys the network with `training=True`. What happens to images that come one at a time?
# -->
#
# <!-- notes
# The classic bug. It does not show with large, mixed batches, so it passes a quick test and fails in service.
# -->
#
# <!-- code
# def count_misread(mode):
#     better.set_weights(members[0].get_weights())  # trained
#     first, again, in_more = (… for n in (8, 8, 200))
#     same = np.allclose(first, again), np.allclose(first, in_more, atol=1e-4)
#     …
#     alone = [np.asarray(better(held_out[n : n + 1], training=mode)).argmax() for …]
#     return (np.array(alone) != held_digits[:100]).sum()
#
# n_misread, n_misread_in_training_mode = count_misread(False), count_misread(True)
# …
# -->

# %%
def count_misread(mode):
    """How many of 100 images, one at a time, are misread? And is an answer always the same?"""
    better.set_weights(members[0].get_weights())  # trained
    first, again, in_more = (np.asarray(better(held_out[:n], training=mode))[0] for n in (8, 8, 200))
    same = np.allclose(first, again), np.allclose(first, in_more, atol=1e-4)
    print(f"training={mode}, the same answer: called again {same[0]}, in a larger batch {same[1]}")
    alone = [np.asarray(better(held_out[n : n + 1], training=mode)).argmax() for n in range(100)]
    return (np.array(alone) != held_digits[:100]).sum()


n_misread, n_misread_in_training_mode = count_misread(False), count_misread(True)
print(f"{n_misread = :d}\n{n_misread_in_training_mode = :d}")

# %% tags=["bounds"]
check_bounds(0, n_misread, 2)
check_bounds(10, n_misread_in_training_mode, 60)

# %% [markdown] tags=["reading"]
# In training mode, the answer changes from call to call (dropout draws new numbers) and with the batch. A single image is
# its own batch, and its mean and variance can be far from those of a mini-batch, above all in the last, smallest maps.
# Each call even changes the moving mean and variance. `predict` does none of this. If a network in service gives the
# same image different answers, look for `training=True`.

# %% [markdown]
# The other remedies are an argument of the optimizer or of the loss:
#
# | remedy | in Keras | what it does |
# |---|---|---|
# | **weight decay** ([Loshchilov and Hutter, 2019](https://arxiv.org/abs/1711.05101)) | `weight_decay=0.1` | makes all weights smaller in each step, apart from the gradient, by `weight_decay` times the learning rate: here by a ten-thousandth |
# | **label smoothing** ([Szegedy and others, 2016](https://arxiv.org/abs/1512.00567)) | `label_smoothing=0.1` | moves a tenth of the target from the right class to all ten alike, so no logit has to grow forever |
# | **weight averaging** (after [Polyak and Juditsky, 1992](https://doi.org/10.1137/0330046)) | `use_ema=True` | ends with a running mean of the weights of many steps, not with those of the last |
#
# Which of these helps? Change one thing at a time: an **ablation**. The base is the original network, which has none of
# them, on only 6,400 images, so that it overfits. Each arm changes one thing: a remedy, the optimizer, or the schedule
# (at the same mean rate). The amounts are usual, and untuned. Each of five seeds gives all arms the same first weights
# and the same order of images, so compare in pairs. Dots are runs, blue bars are means; SD is the standard
# deviation.
#
# **Predict.** Which of the eight changes saves the most errors? How many save an error or more with *every* seed?
#
# <!-- slide
# ### One change at a time
#
# **Ablation:** change one thing at a time. The original network, 6,400 images, eight epochs, five seeds; then the same with
#
# Adam, one cycle, batch normalization, dropout, weight decay, label smoothing, weight averaging, or augmentation.
#
# **Predict.** Which one saves the most errors? How many of the eight save errors with every seed?
# -->

# %% tags=["figure"]
runs = remedies["runs"]
misread = {arm: [run["n_wrong"] for run in runs if run["arm"] == arm] for arm in remedies["arms"]}
figures.draw_remedies(misread, base=remedies["base"])

# %% [markdown]
# <!-- code -->

# %%
before = np.array(misread[remedies["base"]])
heading = f"{remedies['n_images']} images, {remedies['epochs']} epochs"
print(f"{heading:24} {'mean':>6} {'SD':>6}   errors saved, seed by seed")
for arm, errors in misread.items():
    saved = ", ".join(f"{one:3}" for one in before - errors)
    print(f"{arm:24} {np.mean(errors):6.1f} {np.std(errors, ddof=1):6.1f}   {saved}")

# %% [markdown] tags=["reading"]
# Four changes save errors with every seed, and on average more than twice the base's SD: label smoothing, augmentation,
# one cycle and weight averaging. Batch normalization, dropout and weight decay help with some seeds and hurt with
# others. Adam lost every time. That alone proves little: a change that does nothing lands on the same side five times in
# $2/32$ of all cases, and with eight changes that is no rare event. For the four winners it's the size that counts.
#
# This is no ranking for all networks: it's one network, few images, a short run. Nor can it say what two changes do
# together, or why label smoothing comes first here.
#
# <!-- slide
# On this base, four changes save errors with every seed.
# -->

# %% [markdown]
# ## Which rung was worth it?
#
# Back to the ladder. The rung *normalized* is the better network without dropout, trained by **AdamW** (Adam with weight
# decay apart from the gradient, here 0) in one cycle: four epochs instead of five, 128 images a step, and 16-bit
# products where the processor is faster at them ([lesson 10](10_faster.ipynb)). *Augmented* is the same on distorted
# images. *Regularized* adds dropout, weight decay, label smoothing and weight averaging, and trains six times as long.
#
# An **ensemble** asks several networks, here three that differ only in their seed, and takes the mean of their
# probabilities. *Shifted copies* asks each of them five times, for the image and for it moved by one pixel up, down, left
# and right: **test-time augmentation**. Both rungs use the three networks of *regularized*, so training costs three times
# as much as for one.
#
# **Predict.** On what share of the images that the first of three networks misreads will both others be wrong, too:
# none, a third, two thirds, nearly all?
#
# <!-- slide
# An **ensemble**: the mean of the probabilities of several networks.
#
# **Predict.** Three networks, one recipe, three seeds. Where the first one errs, on what share do both others err, too?
# -->
#
# <!-- notes
# 7 minutes. If they erred on the same images, nothing would be gained; if independently, hardly an error would be left.
# The truth lies between: hard images are hard for all.
# -->

# %%
probabilities = np.stack([member.predict(held_out, batch_size=500, verbose=0) for member in members])
wrong = probabilities.argmax(axis=2) != held_digits  # (3, 10000)

stored = errors_of(ladder["best"])
as_stored = abs(wrong.sum(axis=1) - stored).max() <= 2
print(f"errors of each, as stored: {stored}; the same here, give or take two: {as_stored}")
n_by_one, n_by_two, n_by_three = ((wrong.sum(axis=0) == together).sum() for together in (1, 2, 3))
print(f"misread by exactly this many of the three:\n{n_by_one = :d}\n{n_by_two = :d}\n{n_by_three = :d}")
share_misread_by_all = wrong.all(axis=0).sum() / wrong[0].sum()
print(f"of the first network's errors:\n{share_misread_by_all = :.2f}")

# %% tags=["bounds"]
check_bounds(21, n_by_one, 29)
check_bounds(6, n_by_two, 12)
check_bounds(29, n_by_three, 33)
check_bounds(0.6, share_misread_by_all, 0.78)

# %% [markdown] tags=["reading"]
# Two thirds: these images are hard for all three. An ensemble can gain only where its members do *not* agree.
#
# <!-- slide
# Two thirds are hard for all three. An ensemble gains only where its members do *not* agree.
# -->

# %% [markdown]
# ### Exercise: asking several
#
# You get the `probabilities` of several networks, an array of shape (n_networks, n_images, n_classes). Return the
# answers of the ensemble: for each image, the class with the largest *mean* probability over the networks.
#
# <!-- slide
# From the probabilities of several networks, `(n_networks, n_images, n_classes)`, the answers of the ensemble: for each
# image the class with the largest mean probability.
# -->
#
# <!-- notes
# 3 minutes. The mean is not the majority: one that is sure outvotes two that waver. Ask for ten numbers that show it.
# -->

# %% tags=["exercise"]
def ensemble_answers(probabilities):
    """For each image the class with the largest mean probability over the networks; no two are equal."""
    ...

# %% tags=["check"]
exercise.ensemble_answers.check(ensemble_answers)
# exercise.ensemble_answers.hint()
# exercise.ensemble_answers.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_ensemble_answers(probabilities):
    return probabilities.mean(axis=0).argmax(axis=1)


exercise.ensemble_answers.check_solution(solution_ensemble_answers)

# %% [markdown]
# Another way is a **majority vote**, one vote for each network, however sure it is. All read the same images, so compare
# in pairs, by McNemar's test ([lesson 6](06_evaluating.ipynb)).
#
# **Predict.** Mean or vote: which one makes fewer errors? And is the ensemble better than its first member, by this test?
#
# <!-- slide
# **Majority vote:** one vote for each network, however sure it is.
#
# **Predict.** Mean or vote: which one makes fewer errors? Is the ensemble better than its first member, by McNemar's test?
# -->
#
# <!-- code
# votes = probabilities.argmax(axis=2)  # (3, 10000)
# by_vote = np.array([np.bincount(column, …).argmax() for column in votes.T])
# by_mean = exercise.ensemble_answers.answer(probabilities)  # as your function does
# …
# for name, other in (("mean or vote", by_vote), ("mean or one network", votes[0])):
#     first, second = by_mean == held_digits, other == held_digits
#     n_only_first, n_only_second = …
#     p_value = evaluation.mcnemar_p_value(n_only_first, n_only_second)
#     …
# -->

# %%
votes = probabilities.argmax(axis=2)  # (3, 10000)
by_vote = np.array([np.bincount(column, minlength=10).argmax() for column in votes.T])
by_mean = exercise.ensemble_answers.answer(probabilities)  # as your function does
n_wrong_by_mean, n_wrong_by_vote = (by_mean != held_digits).sum(), (by_vote != held_digits).sum()
print(f"{n_wrong_by_mean = :d}\n{n_wrong_by_vote = :d}")

for name, other in (("mean or vote", by_vote), ("mean or one network", votes[0])):
    first, second = by_mean == held_digits, other == held_digits
    n_only_first, n_only_second = (first & ~second).sum(), (second & ~first).sum()
    p_value = evaluation.mcnemar_p_value(n_only_first, n_only_second)
    print(f"{name}:\n{n_only_first = :d}\n{n_only_second = :d}\n{p_value = :.2f}")

# %% tags=["bounds"]
check_bounds(41, n_wrong_by_mean, 48)
check_bounds(36, n_wrong_by_vote, 45)
check_bounds(0, n_only_first, 10)
check_bounds(1, n_only_second, 10)
check_bounds(0.01, p_value, 1)

# %% [markdown] tags=["reading"]
# The vote has fewer errors. On four of the five images where the two differ, two networks were right, and one that was a
# little surer of a wrong answer outweighed them. On the fifth, the three gave three answers, and `argmax` breaks such a
# tie in favor of the smallest digit, which happened to be right. And it may all be noise: a fair coin sends five images
# the same way in $2/32$ of all cases, so $p$ stays above $1/20$; without that stroke of luck, it's four images, and
# $p = 2/16$. Against its first member, the ensemble wins about as many images as it loses. Its gain is no finding, at
# three times the price.
#
# <!-- slide
# Mean or vote, ensemble or single network: by McNemar's test, none of these differences is a finding.
# -->

# %% [markdown]
# Now the whole ladder, with training times as multiples of the original recipe's, measured on one machine; yours may
# differ. Dots are runs, blue bars are Wilson's intervals around their mean. On the logarithmic axis, equal steps are
# equal *shares* of the errors that are left.
#
# **Predict.** Of the rungs after the original network, which saves the most errors for the least time?
#
# <!-- code -->

# %%
costs = ladder["costs"]
print(f"{'rung':20} {'errors, run by run':18} {'parameters':>10} {'time':>6}")
for rung in ladder["rungs"]:
    cost, errors = costs[rung], ", ".join(map(str, errors_of(rung)))
    print(f"{rung:20} {errors:18} {cost['parameters']:10,} {cost['time_ratio']:6.2f}")

# %% tags=["figure"]
all_errors = {rung: errors_of(rung) for rung in ladder["rungs"]}
figures.draw_ladder(all_errors, {rung: costs[rung]["time_ratio"] for rung in ladder["rungs"]})

# %% [markdown] tags=["reading"]
# The most for the least was *normalized*: nearly half of the errors gone, in about the time of the original recipe, and in
# less on the machine that made the climb, which multiplies 16-bit numbers fast. (It changes several things at once, so
# the ladder can't say which did it.) *Augmented* is too close to tell. *Regularized* saves fewer, and takes many times as
# long. Shifted copies save nothing here.
#
# <!-- slide
# The most for the least: *normalized*. And shifted copies save nothing here.
# -->

# %% [markdown]
# The bars are about other images, but all rungs read the *same* ones. So where bars lie apart *and* the dots do, too,
# the difference is real. Bars that overlap decide nothing by themselves: look at the dots. If they overlap, too, the
# ladder can't tell: take the cheaper rung. If only the dots lie apart, as for *augmented* and *regularized*, the
# difference may well be real, but with three dots each, chance alone separates them in 2 of 20 arrangements.
#
# And who pays? Training is paid for once, an ensemble with every image that is ever read.
#
# <!-- slide
# Bars and dots apart: a real difference. Bars and dots that overlap: take the cheaper rung.
#
# Who pays? Training is paid once; an ensemble with each image that is read, copies five times more.
# -->

# %% [markdown]
# ## What does the test set say?
#
# Two things were written down before this reading. What to *report*: the three networks of *regularized*, and their
# ensemble, with shifted copies only if these had saved validation errors. And the goals: an accuracy of at least 0.9965
# for a single network, as a mean of three, and more than 0.9970 for the ensemble. And a confession: an earlier recipe
# has read these images, too. If you keep trying until the test set is kind, you have chosen by it, so the number of
# tries belongs to the result.
#
# **Predict.** Will there be fewer errors on the test images than in validation, more, or about as many? Which of the two sets
# was used to choose?
#
# <!-- slide
# Written down before this reading: what will be reported, the goals (at least 0.9965 for a single network, more than
# 0.9970 for the ensemble), and how often the test set was read before.
#
# **Predict.** More errors than on validation images, or fewer?
# -->
#
# <!-- notes
# 6 minutes. Choosing makes validation numbers a little too good, and so do writers that training has seen. But two sets
# of 10,000 also differ in how hard they are. The nearest centroid shows it: it has no seed, and nothing was chosen for it.
# -->

# %%
test_images = data.prepare_images(test_bytes)
answers = np.stack([member.predict(test_images, batch_size=500, verbose=0) for member in members])
together = answers.mean(axis=0)  # (10000, 10)
right = [(one.argmax(axis=1) == test_digits).sum() for one in (*answers, together)]

readings = read_result("test_readings")["readings"]
for number, reading in enumerate(readings, start=1):
    print(f"reading {number}: {reading['n_correct']} right, ensemble {reading['ensemble']}")
stored = [*readings[-1]["n_correct"], readings[-1]["ensemble"]]
print("the same here as in the last, give or take two images:", abs(np.array(right) - stored).max() <= 2)
nearest = np.argmin([((test_images - mean) ** 2).sum(axis=(1, 2, 3)) for mean in means], axis=0)
n_nearest_mean_errors_in_test = (nearest != test_digits).sum()
print(f"in validation and in test:\n{n_nearest_mean_errors = :d}\n{n_nearest_mean_errors_in_test = :d}")

# %% tags=["bounds"]
check_bounds(1991, n_nearest_mean_errors, 2013)
check_bounds(1798, n_nearest_mean_errors_in_test, 1820)  # two means may be as near as rounding can tell

# %%
single, ensemble = np.mean(stored[:3]), stored[3]
validated = 10000 - np.mean(errors_of("regularized"))
named = {"single, validation": validated, "single, test": single, "ensemble, test": ensemble}
for name, n_correct in named.items():
    low, high = evaluation.wilson_interval(round(n_correct), 10000)
    print(f"{name:19} {n_correct / 10000:.4f}   95% confidence interval {low:.4f} to {high:.4f}")
print("goals reached: at least 0.9965", single >= 9965, "   more than 0.9970", ensemble > 9970)

# %% [markdown] tags=["reading"]
# Where the last line says False, the goal is missed, even if by a single image. The next attempt would start with
# validation images, and count as another reading.
#
# There are fewer errors here than in validation, even though we chose there. The writers of the validation images should
# have helped, too. Those images were drawn at random, not by a group split (lesson 2), so their writers also wrote
# training images; no writer of the test set did ([Yadav and Bottou, 2019](https://arxiv.org/abs/1905.10498)). Neither
# explains fewer errors here. Chance may be part of it: the intervals overlap, which decides nothing. But the nearest
# centroid, for which nothing was chosen, misreads fewer test images, too. So the test images seem to be a little easier.
# Don't subtract one number from the other.
#
# <!-- slide
# Missed by one image is missed. And fewer errors than on validation images, even for the nearest centroid: the test
# images seem to be a little easier.
# -->

# %% [markdown]
# ## Going further: What do the last errors look like?
#
# What is left are the test images that the ensemble misreads. Look at each as if it had come in a letter.
#
# <!-- slide
# These are all the test images that the ensemble misreads.
# -->
#
# <!-- notes
# 4 minutes. The one picture that everyone remembers.
# -->

# %% tags=["figure"]
figures.draw_errors(test_images, test_digits, probabilities=together, titles=False)

# %% [markdown]
# **Predict.** Write down what you read, row by row. For how many of them will the label agree? Then look: above each image
# are its label and what the ensemble read.
#
# <!-- slide
# **Predict.** All errors that are left. Write down what you read: for how many will the label agree?
# -->

# %% tags=["figure"]
figures.draw_errors(test_images, test_digits, probabilities=together)

# %% [markdown] tags=["reading"]
# Some are plain digits that you read at once: real errors. Some nobody can read. And in some, the label itself looks
# wrong. [Northcutt, Athalye and Mueller (2021)](https://arxiv.org/abs/2103.14749) let an algorithm pick suspicious test
# images and had people look at those; they judged 15 labels to be wrong. There may be more. A network that gives the
# label there has learned nothing better; it was lucky. So the climb ends before 100%: of the errors that are left, more
# and more are the data's.
#
# At this height, a gain of three images is worth little, and it's time to ask a better question than *how good on
# MNIST*: how good on your own digits (lesson 8), for instance, or at what price (lesson 10).
#
# <!-- slide
# Some are real errors, some nobody can read, and in some the label is wrong.
#
# Near the top, what is left is more and more the data's.
# -->

# %% [markdown]
# ## Going further: How does a digit bend?
#
# Inverse mapping reads at places between pixels. Write down what it finds there.
#
# <!-- slide
# Inverse mapping reads at places between pixels. What does it find there?
# -->
#
# <!-- notes
# 3 minutes. For those who want to see inside `distort_images`.
# -->

# %% [markdown]
# ### Exercise: ink between pixels
#
# You get an `image`, an array of shape (height, width), and a place: `row` and `column`, which need not be whole
# numbers. Return the ink there by bilinear interpolation: a blend of the four pixels around the place. Along each axis,
# at `0.9` of the way from one pixel to the next, the next one counts `0.9` and the other one `0.1`. Pixels outside of
# the image are paper, 0, and a place may lie anywhere. `ink_at(np.array([[0, 1], [0.5, 0.5]]), 0.5, 0.5)` is `0.5`.
#
# <!-- slide
# The ink at a place between pixels: blended from the four around it, each by how near it is. Outside is paper, 0.
#
# `ink_at(np.array([[0, 1], [0.5, 0.5]]), 0.5, 0.5)` is `0.5`
# -->
#
# <!-- notes
# 5 minutes. Half a pixel outside is the instructive case: two of the four neighbors exist. With `image[-1, ...]` you get
# ink from the other side, and no error.
# -->

# %% tags=["exercise"]
def ink_at(image, row, column):
    """The ink between pixels of any type, a blend of four; outside, 0."""
    ...

# %% tags=["check"]
exercise.ink_at.check(ink_at)
# exercise.ink_at.hint()
# exercise.ink_at.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_ink_at(image, row, column):
    top, left = int(np.floor(row)), int(np.floor(column))
    ink = 0.0
    for r, row_share in ((top, top + 1 - row), (top + 1, row - top)):
        for c, column_share in ((left, left + 1 - column), (left + 1, column - left)):
            if 0 <= r < image.shape[0] and 0 <= c < image.shape[1]:
                ink += row_share * column_share * image[r, c]
    return ink


exercise.ink_at.check_solution(solution_ink_at)

# %% [markdown]
# `augmentation.read_between_pixels` does this for all pixels of a batch at once. For an affine transformation, the
# places come from one matrix and one shift for the whole image. But handwriting varies more freely than that: strokes
# bend. So `distort_images` also moves the pixels by random amounts (**elastic distortion**).
#
# **Predict.** What will be left of a 4 if each pixel's move is independent of its neighbors'? And if the moves are made
# smooth first, so that neighbors move alike?
#
# In the picture, the colors are the moves to the side: purple fetches from the right, orange from the left, and the
# darkest colors from four or more pixels away.
#
# <!-- slide
# **Predict.** Each pixel of a 4 moves by a random amount. What is left of it? And if neighbors move alike?
#
# (Colors: purple fetches from the right, orange from the left.)
# -->

# %% slideshow={"slide_type": "skip"}
same_places = augmentation.affine_places(1, seed=0, **still)  # each pixel fetches from itself
raw, smooth = (augmentation.elastic_moves(1, seed=1, strength=1.5, smoothness=s) for s in (0.3, 4))
bent = [augmentation.read_between_pixels(four[None], same_places + moves)[0] for moves in (raw, smooth)]

# %% tags=["figure"]
figures.draw_moves([raw[1, 0], smooth[1, 0]], bent)  # 1: the moves to the side

# %% [markdown] tags=["reading"]
# Raw moves tear the strokes apart; smooth ones bend them. The idea is from [Simard, Steinkraus and Platt
# (2003)](https://doi.org/10.1109/ICDAR.2003.1227801), whose convolutional networks gave MNIST's best results of their
# time with it.
#
# <!-- slide
# Raw moves tear the strokes apart; smooth ones bend them.
# -->

# %% [markdown]
# ## Going further: What do ten cost, and can one learn what they know?
#
# Three networks that differ only in their seeds err mostly on the same images. Networks with kernels of different sizes
# make a better ensemble ([An and others, 2020](https://arxiv.org/abs/2008.10400)). So here is a **committee** of ten, trained
# beforehand (by `nox -s bench -- committee`): kernels of 3, 5 or 7 pixels, distortions of three strengths, and each
# member without another tenth of the training images. It can be judged by these 6,000, which it has never seen.
#
# **Predict.** A member misreads a few dozen of the 10,000 test images. And all ten together: a tenth of that, half, or
# nearly as many?
#
# <!-- slide
# A **committee** of ten that differ: kernels of 3, 5 or 7 pixels, distortions of three strengths, each without another
# tenth of the training images.
#
# **Predict.** A member misreads a few dozen of 10,000 images. And all ten together?
# -->
#
# <!-- notes
# 6 minutes. Before the last picture, ask who would pay for ten machines where one will do, and for what use.
# -->

# %%
committee = read_result("committee")
tested = committee["test"]
unseen = [run["n_held_out"] - run["n_correct"] for run in committee["members"]]
member_errors = [10000 - n_correct for n_correct in tested["n_correct"]]

print("misread of the 6,000 training images that each member did not see:", *unseen)
print("misread of the 10,000 test images:", *member_errors)
print(f"on average {np.mean(member_errors):.1f}, all ten together {10000 - tested['committee']}")

# %% [markdown] tags=["reading"]
# Fewer than any single member misreads, and still three quarters of what a member misreads on average. Members that
# differ do err on different images, but most hard images are hard for all of them.
#
# <!-- slide
# Fewer errors than any single member, and still three quarters of a member's. Most hard images are hard for all.
# -->

# %% [markdown]
# Whoever uses ten networks pays for ten with every image. Training is paid for once. So spend it there: let *one* small
# network learn what the ten *say* of an image, instead of its label. This is **knowledge distillation** ([Hinton,
# Vinyals and Dean, 2015](https://arxiv.org/abs/1503.02531)).
#
# Take the three validation images of which the ensemble of three was least sure. (Nine of the ten have trained on each
# of them.)
#
# **Predict.** A label names one digit. What more can ten probabilities say?
#
# <!-- slide
# Ten are paid for with every image, training only once. **Knowledge distillation:** one network learns what the ten
# *say*, instead of the labels.
#
# **Predict.** A label names one digit. What more can ten probabilities say?
# -->
#
# <!-- code
# least_sure = np.argsort(probabilities.mean(axis=0).max(axis=1))[:3]
# ten = networks.load_committee()
# said = np.mean([np.asarray(member(held_out[least_sure])) for member in ten], axis=0)
# -->

# %%
least_sure = np.argsort(probabilities.mean(axis=0).max(axis=1))[:3]
ten = networks.load_committee()
said = np.mean([np.asarray(member(held_out[least_sure])) for member in ten], axis=0)

# %% tags=["figure"]
figures.draw_soft_targets(held_out[least_sure], held_digits[least_sure], said)

# %% [markdown] tags=["reading"]
# They say what else it could be. A 3 that is nearly closed has something of a 9, and nothing of a 1: that is a lesson
# about shapes, and a label can't give it. (Some of the small bars come from label smoothing, which gave each wrong digit
# a little of the label. The tall ones do not.)
#
# <!-- slide
# They say what else it could be. A label can't.
# -->

# %% [markdown]
# So the committee gave its probabilities for all training images, each in eight distorted versions, and three networks
# of the size of *regularized* learned from these, with three seeds. They never saw a label. The goals, written down
# before any of these networks read the test images: at most 28 errors for a member, 21 for the ten, 25 for a distilled
# network.
#
# **Predict.** Put the five in order, by their errors: a single network of *regularized* and three of them, a member, all
# ten, a distilled network.
#
# <!-- slide
# The ten give their probabilities for all training images, distorted in eight ways. Networks of the ladder's size learn
# from these, and see no label.
#
# **Predict.** Where will they stand, between the single network and the ten?
# -->
#
# <!-- code -->

# %%
costs, best = committee["costs"], ladder["costs"]
kinds = [costs[str(run["recipe"]["options"]["kernel_size"])] for run in committee["members"]]
prices = {  # right of 10,000 test images, run by run; multiply-adds for one image
    "single": (ladder["test"]["n_correct"], best["regularized"]["multiply_adds"]),
    "three": ([ladder["test"]["ensemble"]], best["ensemble"]["multiply_adds"]),
    "a member": (tested["n_correct"], np.mean([kind["multiply_adds"] for kind in kinds])),
    "ten": ([tested["committee"]], sum(kind["multiply_adds"] for kind in kinds)),
    "distilled": (tested["students"], costs["student"]["multiply_adds"]),
}
all_errors = {name: [10000 - n for n in counts] for name, (counts, _) in prices.items()}
work = {name: adds / best["original network"]["multiply_adds"] for name, (_, adds) in prices.items()}
for name, errors in all_errors.items():
    print(f"{name:10} {np.mean(errors):5.1f} errors on average, {work[name]:5.1f} times the work")
goals = {"a member": 28, "ten": 21, "distilled": 25}
print("goals reached:", {name: bool(np.mean(all_errors[name]) <= goal) for name, goal in goals.items()})

# %% tags=["figure"]
figures.draw_prices(all_errors, work)

# %% [markdown] tags=["reading"]
# Distillation gives back most of the price. A distilled network costs its user what *single* costs, and on average it
# misreads fewer images than *single*, about as many as *three*. It learned from better answers than labels, but also for
# longer, and this comparison can't say which of the two did it. The ten still misread the fewest, at many times the
# work.
#
# But look at the bars: all of them overlap, and the dots of *distilled* lie among those of *single*. A few errors in
# 10,000 images are no finding, and the goals were missed. At this height, MNIST's test set can hardly tell one recipe
# from another.
#
# <!-- slide
# Distilled: the work of *single*, about as many errors as *three*. All bars overlap: at this height, the test set can
# hardly tell recipes apart.
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
# - Change one thing at a time, on validation images, over several seeds, in pairs, and count the price. Where runs overlap,
#   the cheaper one wins.
# - Distort images in ways that happen in the world and leave the label true: training gets harder, and reading better.
#   Which these are, you must know; no program does.
# - Batch normalization and dropout work differently in training and in inference mode. Freeze everything, then read the
#   test set once, and report what it says.
#
# **Next:** [10. Faster](10_faster.ipynb) asks how little it takes to be as good as the original network.
