# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 2. Preparing the data
#
# You will turn MNIST's bytes into the arrays that a convolutional network reads, and see what breaks when a step is
# left out.
#
# **55 minutes**, and 10 for *Going further*. At the end you can
#
# - give images a channel axis, and tell `reshape` from `moveaxis`;
# - scale images to float32 in [0, 1] and turn labels into one-hot rows, and say what each is good for;
# - set images aside for validation without a leak, and say what a test result is worth otherwise.
#
# <!-- slide
# What must an image become?
# -->
#
# <!-- notes
# 1 minute. Write `(60000, 28, 28)`, `uint8`, 0 to 255 on the left of the board, and `(60000, 28, 28, 1)`, `float32`,
# 0 to 1 on the right. This lesson is the arrow between the two, and each step on it breaks once before your eyes.
# -->

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course isn't installed here: in its folder, pip install -e . (README, Start)")

from course_utils import data, networks, plotting
from course_utils.exercises import preparing as exercise
from course_utils.figures import preparing as figures

import keras
import numpy as np
from keras.utils import to_categorical

plotting.use_course_style()
(raw_train_images, raw_train_labels), (raw_test_images, raw_test_labels) = data.load_mnist()

# %% [markdown]
# ## Why a fourth axis?
#
# A photograph in color has three numbers for each pixel: red, green, and blue. These are its **channels**. A **layer** is
# one step of a network's calculation, array in, array out, and the layers of this course read images with a channel axis
# at the end, even if there is just one channel, as in gray. So one image must have the shape (28, 28, 1), and 60,000 of
# them (60000, 28, 28, 1). `reshape` gives an array another shape.
#
# **Predict.** Does it move any numbers in memory?
#
# <!-- slide
# `reshape` gives an array another shape.
#
# **Predict.** Does it move any numbers in memory?
# -->
#
# <!-- notes
# 5 minutes. First the reason for an axis of length 1: the same layer reads color photographs, with three numbers per
# pixel.
# -->

# %%
train_images = raw_train_images.reshape((60000, 28, 28, 1))
test_images = raw_test_images.reshape((10000, 28, 28, 1))

print(train_images.shape, test_images.shape)
print("the same memory:", np.shares_memory(train_images, raw_train_images))
print("same as raw_train_images[..., None]:", np.array_equal(train_images, raw_train_images[..., None]))

# %% [markdown] tags=["reading"]
# Nothing moves. `reshape` counts the numbers off in index order, the last axis fastest, and puts them into the new
# shape in that order. Where no other way of counting the same memory gives the new shape, `reshape` makes a copy.
#
# <!-- slide
# `reshape` counts the numbers off in index order, the last axis fastest.
# -->
#
# <!-- notes
# Board: 1 2 3 4 5 6 in one row. Read it as 2 × 3, then as 3 × 2: the order stays, only the line breaks move.
# -->

# %% [markdown]
# Suppose somebody counts the images by the *last* axis: (28, 28, 60000).
# `np.moveaxis(array, source, destination)` makes such an array: it takes one axis out and puts it elsewhere; the others keep their order. No number
# moves: the result is a *view* of the same memory. Here are two ways back.
#
# **Predict.** `reshape` to (60000, 28, 28, 1) gives the right shape. Does it give back the images?
#
# <!-- slide
# ### Images counted by the last axis
#
# They come as `(28, 28, 60000)`.
#
# **Predict.** `reshape((60000, 28, 28, 1))` gives the right shape. Does it give back the images?
# -->
#
# <!-- notes
# Most say yes, since the shape comes out right. Count the hands, and write the count down: you need it in two slides.
#
# The next slide is code: two ways to the same shape. Ask which one is right, and why, before the picture.
# -->

# %%
stored = np.moveaxis(raw_train_images, 0, -1)  # as somebody else might count them
reshaped = stored.reshape((60000, 28, 28, 1))
moved = np.moveaxis(stored, -1, 0)[..., None]

print("stored:", stored.shape, "  reshaped:", reshaped.shape, "  moved:", moved.shape)
for name, array in (("stored", stored), ("reshaped", reshaped), ("moved", moved)):
    print(f"{name} shares memory with raw_train_images:", np.shares_memory(array, raw_train_images))

# %% tags=["figure"]
figures.draw_both_ways(reshaped, moved, image=31000)

# %% [markdown] tags=["reading"]
# What `reshape` counts off first in `stored` is pixel (0, 0) of all 60,000 images. No other way of counting the memory
# gives that, so it makes a copy. `reshape` counts numbers off and never asks what an axis
# means; `moveaxis` (and `transpose`) put axes in another order. Both shapes are right, so a network would train on the
# left picture without a complaint, and be bad for no visible reason.
#
# <!-- slide
# `reshape` never asks what an axis means. Both shapes are right: draw an image after each step that changes a shape.
# -->
#
# <!-- notes
# Back to the count of hands. Nobody was careless: an error message looks at shapes, and nobody looks at meaning.
#
# Ask what a network would do with the left picture. It trains, without a complaint, and is bad for no visible reason.
# -->

# %% [markdown]
# **Draw an image after each step that changes a shape.** It takes one line.
#
# <!-- notes
# For those who have read the original notebook: it calls the input *256 28\*28 pixels*. 256 is the number of gray values
# of a byte, not a number of images.
# -->

# %% [markdown]
# ### Exercise: find the bug
#
# A microscope saves its images as one array of shape (height, width, n), with the images counted by the *last* axis. A
# colleague wrote this function to turn it into a network's input, of shape (n, height, width, 1). It runs without an
# error but has a bug. Fix it.
#
# <!-- slide
# A microscope's images have the shape `(height, width, n)`: the *last* axis counts them. A colleague turns them into a
# network's input. It runs without an error, and it has a bug. Fix it.
# -->
#
# <!-- notes
# 3 minutes. The question that works: which numbers belong to image 0 before, and which after?
#
# The usual second bug is `stack.T`: it reverses all axes, so each image is mirrored, and looks nearly right. Others
# forget the channel axis. The check tells them apart.
# -->

# %% tags=["exercise"]
def images_first(stack):
    """Images of shape (height, width, n) and any type, as an array of shape (n, height, width, 1)."""
    height, width, n = stack.shape
    return stack.reshape((n, height, width, 1))

# %% tags=["check"]
exercise.images_first.check(images_first)
# exercise.images_first.hint()
# exercise.images_first.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_images_first(stack):
    return np.moveaxis(stack, -1, 0)[..., None]


exercise.images_first.check_solution(solution_images_first)

# %% [markdown]
# ## Why float32, and why 255?
#
# A pixel is a byte, and a network multiplies pixels by weights and adds up hundreds of the products. So how do bytes add?
#
# **Predict.** What is 200 + 100 in uint8?
#
# <!-- notes
# 4 minutes. You will hear 300, 255, 44, and *an error*. Those who say 255 have worked with image
# editors, where sums stop at white: the most sensible of the wrong answers.
#
# Board: a clock with 256 hours.
# -->
#
# <!-- code
# print("200 + 100 =", (np.array([200], dtype="uint8") + np.array([100], …))[0], …)
#
# def describe(step, array):
#     size = array.nbytes / 1e6
#     …
#
# describe("astype('float32') / 255", raw_train_images.astype("float32") / 255)
# describe("/ 255", raw_train_images / 255)
# -->

# %%
print("200 + 100 =", (np.array([200], dtype="uint8") + np.array([100], dtype="uint8"))[0], "in uint8")


def describe(step, array):
    size = array.nbytes / 1e6
    print(f"{step:24} {array.dtype} {size:4.0f} MB  {array.min():.0f} to {array.max():.0f}")


describe("astype('float32') / 255", raw_train_images.astype("float32") / 255)
describe("/ 255", raw_train_images / 255)

# %% [markdown] tags=["reading"]
# In uint8, the sum wraps around at 256, and nothing warns you.
#
# <!-- slide
# To floating point first, then arithmetic.
# -->
#
# <!-- notes
# No warning, no error. Ask where in their own code two bytes are added, or a mean is taken.
# -->

# %% [markdown]
# A result that is too large for its type is an **overflow**. And weights are fractions, positive and negative, which bytes
# can't hold at all. So **convert to floating point first, then do arithmetic.** The usual type is **float32**: numbers
# with fractions, of about seven digits, in 32 bits.
#
# The last two printed lines compare two ways to [0, 1]. The first has two steps: `astype("float32")` converts the type,
# and dividing by 255, the largest byte, changes the range. People often say, as the original notebook does, that
# *dividing* converts. Dividing alone does give floats, but of 64 bits: twice the memory, for decimals that nobody needs,
# since a byte has only 256 values.
#
# <!-- notes
# The last two printed lines: dividing alone gives floats too, but twice as large. Two steps, two jobs: the type, and
# the range.
# -->

# %%
train_images = raw_train_images.reshape((60000, 28, 28, 1)).astype("float32") / 255
test_images = raw_test_images.reshape((10000, 28, 28, 1)).astype("float32") / 255

print(train_images.shape, train_images.dtype, "values", train_images.min(), "to", train_images.max())

# %% [markdown]
# Each line starts from the `raw_` arrays, so you can run this cell as often as you like. If it said
# `train_images = train_images / 255`, a second run would divide again.
#
# <!-- slide
# Start from the `raw_` arrays, and you can run the cell as often as you like.
# -->
#
# <!-- notes
# Write `train_images = train_images / 255` on the board, and ask what a second run of the cell does. Nothing warns you
# of that either.
#
# This is the most frequent bug of all in a room full of notebooks.
# -->

# %% [markdown]
# Dividing by 255 is **scaling**, or **normalization**: it brings inputs into a fixed range. The weights that a network
# starts with are chosen for inputs of about 1, and Keras's default rates work well with those. *Going further*, below,
# tries it without.
#
# <!-- notes
# Ask who has read that networks can't learn from unscaled data. The section *Going further* tests that.
# -->

# %% [markdown]
# ## Why ten numbers for one label?
#
# The network will have ten outputs, one per class. Training compares them with the label, to lower the **loss**, a
# number that says how wrong they are. For that, the label needs ten numbers too: in place of the 5, a row that is 1 at
# place 5, counted from 0, and 0 elsewhere. That is **one-hot encoding**.
#
# (In the picture, each image has its row under it, as a column.)
#
# **Predict.** What is the one-hot row of the label 0? And what would go wrong if the network had only one output, which
# should be the number 5 for a 5?
#
# <!-- slide
# **One-hot**: in place of the label 5, ten numbers, with 1 at place 5, counted from 0, and 0 elsewhere.
#
# **Predict.** What is the one-hot row of the label 0? What goes wrong with a single output that should be the number 5
# for a 5?
# -->
#
# <!-- notes
# 4 minutes. The slip on the first question: label 0 as ten zeros.
#
# For the second, draw a number line with the digits. The network can't decide between a 4 and a 9: where does its single
# answer land, and what does that digit look like?
# -->

# %%
train_labels = to_categorical(raw_train_labels)
test_labels = to_categorical(raw_test_labels)

print(train_labels.shape, train_labels.dtype)  # Keras converts it to float32 when it trains
print("label", raw_train_labels[0], "is", train_labels[0])
print("label", raw_train_labels[1], "is", train_labels[1])
print("back again:", train_labels[:2].argmax(axis=1))

# %% tags=["figure"]
figures.draw_one_hot(raw_train_images[:12], train_labels[:12])

# %% [markdown] tags=["reading"]
# With a single output and the usual loss for numbers, a network that can't decide between a 4 and a 9 would be pulled
# toward the middle and answer a 6 or a 7, which looks like neither. Classes have names that happen to be digits; a 9 is
# not more than a 4. One-hot rows say just that: any two classes are equally far apart.
#
# <!-- slide
# Any two classes are equally far apart: a 9 is not more than a 4.
# -->
#
# <!-- notes
# Read the picture column by column: one box marked in each, never two.
#
# Ask for other labels that look like numbers and are names (zip codes, bus lines), and for numbers where a single output
# is right (age, price).
# -->

# %% [markdown]
# Keras also accepts plain labels, with `sparse_categorical_crossentropy` as the loss: the same training with a tenth of
# the numbers. We keep the rows, as the original notebook does, because they make lesson 5 easier to follow.
#
# <!-- notes
# If anyone asks about `sparse_categorical_crossentropy`: it is the same training from plain labels. We keep the rows for
# lesson 5.
# -->

# %% [markdown]
# ### Exercise: one-hot by hand
#
# You get `labels`, whole numbers from 0 to `n_classes - 1`. Return an array of shape (number of labels, `n_classes`):
# `one_hot(np.array([3, 1]), 4)` is `[[0, 0, 0, 1], [0, 1, 0, 0]]`.
#
# <!-- slide
# `one_hot(labels, n_classes)`: one row for each label, with 1 in the label's column and 0 elsewhere.
#
# ```python
# one_hot(np.array([3, 1]), 4)
# # [[0, 0, 0, 1], [0, 1, 0, 0]]
# ```
# -->
#
# <!-- notes
# 3 minutes. Zeros first, then one 1 in each row; a loop is a full answer.
#
# The check recognizes three common bugs: columns counted from the largest label, so that a last class that never occurs
# is lost; `rows[:, labels] = 1`, which fills whole columns; and `rows[labels] = 1`, which fills whole rows.
# -->

# %% tags=["exercise"]
def one_hot(labels, n_classes):
    """One row for each label, of which there is at least one: 1 in the label's column, 0 elsewhere."""
    ...

# %% tags=["check"]
exercise.one_hot.check(one_hot)
# exercise.one_hot.hint()
# exercise.one_hot.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_one_hot(labels, n_classes):
    rows = np.zeros((len(labels), n_classes))
    rows[np.arange(len(labels)), labels] = 1
    return rows


exercise.one_hot.check_solution(solution_one_hot)

# %% [markdown]
# ### Exercise: the three steps as one function
#
# You get `images` of shape (n, 28, 28) in uint8, any number of them. Return what a network of this course reads: shape
# (n, 28, 28, 1), float32, in [0, 1], with 0 for paper.
#
# <!-- slide
# `prepare(images)`, for any number of images:
#
# | | you get | return |
# |---|---|---|
# | shape | (n, 28, 28) | (n, 28, 28, 1) |
# | type | `uint8` | `float32` |
# | values | 0 (paper) to 255 | 0 (paper) to 1 |
# -->
#
# <!-- notes
# 2 minutes. Two bugs worth showing to everybody: the 60000 that was left in, and `images / images.max()`. Ask about the
# second: what does the same gray become in the next batch?
#
# From here on, one call of `data.prepare_images` does it. They have seen everything that is in it.
# -->

# %% tags=["exercise"]
def prepare(images):
    """Images of shape (n, 28, 28) in uint8, as float32 in [0, 1] of shape (n, 28, 28, 1)."""
    ...

# %% tags=["check"]
exercise.prepare.check(prepare)
# exercise.prepare.hint()
# exercise.prepare.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_prepare(images):
    return images.reshape((len(images), 28, 28, 1)).astype("float32") / 255


exercise.prepare.check_solution(solution_prepare)

# %% [markdown]
# From here on, one call does it:

# %% slideshow={"slide_type": "skip"}
print("same images:", np.array_equal(data.prepare_images(raw_train_images), train_images))
print("same labels:", np.array_equal(data.one_hot(raw_train_labels), train_labels))

# %% [markdown]
# ## Which images do you choose with?
#
# The original notebook trains on all 60,000 images and looks at the test set. That is fine, once. But soon you will
# want to choose **hyperparameters**, all that you set and training doesn't adjust: how large the network is, how long
# it trains, at what rate. Choose by training accuracy, and the network that memorizes best wins. Choose by test
# accuracy, then? But what is the number that you report worth after that?
#
# **Predict.** Take 50 networks that are all equally good: each reads any digit correctly with probability 0.99. You test
# each on 10,000 images and report the best. What accuracy do you report, on average?
#
# <!-- slide
# 50 networks, all equally good: each reads any digit correctly with probability 0.99. You test each on 10,000 images,
# and report the best.
#
# **Predict.** What accuracy do you report, on average?
# -->
#
# <!-- notes
# 4 minutes. Most say 0.99, because all are equally good.
#
# Play it, if you can: everybody flips a coin five times, heads are right answers. Who has the most? Is that the best
# flipper in the class? What will they score next time?
# -->

# %%
rng = np.random.default_rng(0)
accuracies = rng.binomial(10000, 0.99, size=(2000, 50)) / 10000  # 2,000 repetitions of the whole story
one, best = accuracies[:, 0], accuracies.max(axis=1)
print(f"on average, one: {one.mean():.4f}   the best of 50: {best.mean():.4f}")

# %% tags=["figure"]
figures.draw_accuracies(one, best)

# %% [markdown] tags=["reading"]
# Nobody cheated, and still the report is too good: the maximum picks luck along with merit. Choose by test accuracy, and
# the number you report is no longer the accuracy on *unseen* images: you picked the network that happened to suit these.
#
# <!-- slide
# The maximum picks luck along with merit.
# -->
#
# <!-- notes
# The difference looks small. Ask how it compares with the differences that people choose networks by.
# -->

# %% [markdown]
# This is an upper bound: these 50 networks have independent luck, as if each had 10,000 images of its
# own. Real networks are tested on the same images and make many of the same errors, so the best of 50 gains less. For
# MNIST, by which the whole field has chosen classifiers since the 1990s, new test images showed that the
# ranking of classifiers held up well ([Yadav and Bottou, 2019](https://arxiv.org/abs/1905.10498)). The rule stays:
# don't choose by the test set.

# %% [markdown]
# So what may you choose with? A third set: part of the 60,000 is set aside as a **validation set**, to choose
# hyperparameters with, and not trained on until everything is chosen. The test set stays closed until then. The best
# validation accuracy is no honest report either: by the same picture it is too high, and every further choice pushes it
# higher still, because choosing is a way of fitting, too (a validation set can be *overfitted*, as
# [lesson 5](05_training.ipynb) calls it). But it isn't the number that you report.
#
# <!-- slide
# So what may you choose with? A third set, for **validation**.
# -->
#
# <!-- notes
# Then the cure: a set to choose with, and a test set that stays closed until the choice is made. Somebody will ask
# whether the validation accuracy of the favorite is too good as well. Yes, by this very picture; it isn't what you
# report.
# -->
#
# <!-- output 1-56 -->

# %%
(fit_images, fit_labels), (val_images, val_labels) = data.split_validation(
    raw_train_images, raw_train_labels, n_validation=10000, seed=0
)
print("to fit:    ", fit_images.shape, np.bincount(fit_labels))
print("to choose: ", val_images.shape, np.bincount(val_labels))
print("to report: ", raw_test_images.shape, np.bincount(raw_test_labels))

# %% [markdown]
# Here a **random seed**, `seed=0`, fixes what is drawn at random: the same seed draws the same images every time, on
# any computer with the same version of NumPy. They are drawn, not cut off at the end, since a file may be sorted by
# class. The price is that you train on 10,000 fewer. The original notebook trains on all of
# them and has no images left to tell it when to stop. Lesson 5 shows what it missed.
#
# <!-- slide
# Fit on one set, choose with a second, report on a third. Drawn at random: a file may be sorted.
# -->
#
# <!-- notes
# Say *fit*, *choose*, *report*. The names validation and test are mixed up all over the literature; these three verbs
# aren't.
#
# Ask why not take the last 10,000 images. Lesson 1 has shown a reason: a test set with a neater half. And ask about the
# price: fewer images to train on.
# -->

# %% [markdown]
# ### Exercise: find the leak
#
# If training gets to know anything about the validation images, that is **data leakage**, and the accuracy on them tends
# to come out too good. This split draws at random, its sets have the right sizes, and still it leaks. Why? Fix it.
# Return two pairs, `(images, labels), (validation_images, validation_labels)`, with `n_validation` images in the second
# and all others in the first. The same `seed` must give the same split, another `seed` another one.
#
# <!-- slide
# Sets of the right sizes, drawn at random, and still the split leaks. Why? Fix it.
# -->
#
# <!-- notes
# 3 minutes. The question that works: how often is the deck of cards shuffled? If anyone needs to see it: split ten
# numbered images, and print both sets.
#
# The next bug along the way is to shuffle images and labels separately.
#
# Afterwards: nothing in the accuracy itself tells you that it leaked. It only looks nice.
# -->

# %% tags=["exercise"]
def split(images, labels, n_validation, seed):
    """Training and validation sets, drawn at random, with at least one image in each."""
    rng = np.random.default_rng(seed)
    training = rng.permutation(len(images))[n_validation:]
    validation = rng.permutation(len(images))[:n_validation]
    return (images[training], labels[training]), (images[validation], labels[validation])

# %% tags=["check"]
exercise.split.check(split)
# exercise.split.hint()
# exercise.split.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_split(images, labels, n_validation, seed):
    order = np.random.default_rng(seed).permutation(len(images))
    validation, training = order[:n_validation], order[n_validation:]
    return (images[training], labels[training]), (images[validation], labels[validation])


exercise.split.check_solution(solution_split)

# %% [markdown]
# ## Is a random split always right?
#
# 539 people wrote MNIST's training images, about 110 each, and 297 others wrote the test images ([the list of writers
# in QMNIST](https://github.com/facebookresearch/qmnist)). So a random split of the training images puts the same
# person's digits on both sides. Does that matter?
#
# Our file doesn't say who wrote what. That list does, and it shows that the order of the file tells, too: among the
# last 4,999 test images, by Census Bureau employees, nearly every image is by the same person as the one before it;
# among the first 5,001, by students, hardly any ([QMNIST](https://github.com/facebookresearch/qmnist)). So let
# 1-nearest-neighbor read each image, with the others in its half as the known images, and leave out its neighbors in
# the file.
#
# **Predict.** If the 100 images before and the 100 after it are left out too, how much will the number of misread
# images among the 4,999 grow: hardly, by half, or to twice as many? And what if you leave out as many random ones
# instead? *About 10 seconds.*
#
# <!-- slide
# 1-nearest-neighbor reads each of 4,999 test images, with the others as the known images. In the file, neighbors are
# nearly always by the same person.
#
# **Predict.** How much will the number of misread images grow if the 100 images before and the 100 after are left out
# too? And what if as many random ones are left out instead?
# -->
#
# <!-- notes
# 4 minutes. Most expect little: 200 of 4,999 are few. Ask what the most similar image to your own 7 would be: somebody
# else's, or another of yours?
#
# Leaving out random images is the control: it costs the reader as many images, but hardly any of the same hand.
# -->
#
# <!-- code
# def misread(images, labels, apart):
#     flat = images.reshape(len(images), -1).astype("float32")
#     squared = (flat**2).sum(axis=1) - 2 * flat @ flat.T  # as in lesson 1
#     place = np.arange(len(images), dtype="int16")
#     squared[abs(place[:, None] - place) <= apart] = np.inf
#     return np.count_nonzero(labels[squared.argmin(axis=1)] != labels)
#
# for name, part in (("employees", slice(5001, None)), …):
#     images, labels = raw_test_images[part], raw_test_labels[part]
#     alone, neighbors = (misread(images, labels, apart) for …)
#     shuffled = np.random.default_rng(0).permutation(len(images))  # …
#     others = misread(images[shuffled], labels[shuffled], apart=100)
#     …
# -->

# %%
def misread(images, labels, apart):
    """How many images 1-nearest-neighbor misreads by those more than `apart` places away."""
    flat = images.reshape(len(images), -1).astype("float32")
    squared = (flat**2).sum(axis=1) - 2 * flat @ flat.T  # as in lesson 1
    place = np.arange(len(images), dtype="int16")
    squared[abs(place[:, None] - place) <= apart] = np.inf
    return np.count_nonzero(labels[squared.argmin(axis=1)] != labels)


for name, part in (("employees", slice(5001, None)), ("students", slice(5001))):
    images, labels = raw_test_images[part], raw_test_labels[part]
    alone, neighbors = (misread(images, labels, apart) for apart in (0, 100))
    shuffled = np.random.default_rng(0).permutation(len(images))  # now neighbors are random images
    others = misread(images[shuffled], labels[shuffled], apart=100)
    print(f"{len(images)} by {name}, misread without the image itself: {alone},", end=" ")
    print(f"without neighbors: {neighbors}, without random ones: {others}")

# %% [markdown] tags=["reading"]
# Without its neighbors in the file, an employee's image is misread nearly twice as often. Without as many random images,
# hardly anything changes. So it isn't the number of images that the reader misses, but the hand (and pen, and form): it
# had been reading each person's digits with the help of that person's other digits. The students' half is the
# cross-check: there, neighbors are by different people, and leaving them out does about as little as leaving out random
# images.
#
# <!-- slide
# It had been reading each person's digits with the help of that person's other digits.
# -->
#
# <!-- notes
# First count against second: nearly twice as many. Then the third, the control, and the second line, the cross-check.
#
# The counts are whole numbers, the same on every machine: pixels are whole, and so are their squared distances.
# -->

# %% [markdown]
# **Random splits are right for independent images. If several come from one person, camera, or day, split by group or by
# time, or the validation accuracy tends to be too good.** A **group split** puts all images of one person (or patient,
# or camera) on the same side. A **time split** trains on the earlier images and validates with the later ones, if the
# network is to read tomorrow's.
#
# MNIST's makers made a group split: the writers of its test set are new. Our validation images are by people whose other
# digits are trained on, since the file doesn't name the writers. That flatters validation accuracy. By how much depends
# on the method: 1-nearest-neighbor memorizes everything, and a network may gain far less. And the test images may still
# be easier or harder for other reasons.
#
# <!-- slide
# ### Group splits and time splits
#
# Random splits are right for **independent** images.
#
# If several come from one person, camera, or day, split by **group** or by **time**, or the validation accuracy tends to
# be too good.
# -->
#
# <!-- notes
# Ask what comes in groups in the students' own data: patients, plants, cameras, days, neighbors on a map.
#
# Does our own validation set leak in this way? Yes, and we say so. The test set doesn't.
# -->

# %% [markdown]
# ## Going further: Does a network need scaled images?
#
# Take the network that you will build in lesson 4, and train it with and without dividing by 255. It starts from random
# weights. In each training step it looks at 64 images and adjusts its weights a little, to lower the loss. A network that
# knows nothing, and gives each of the ten classes the same probability, has a loss of ln 10. (ln is the natural
# logarithm: $\ln 10 \approx 2.3$, since $e^{2.3} \approx 10$, with $e \approx 2.718$.) There are two common ways to
# adjust the weights: `sgd` takes steps in proportion to how steeply the loss falls; `rmsprop` makes all steps about the
# same length. A rate sets the scale of the steps, and we leave it at Keras's defaults, 0.01 for `sgd` and 0.001 for
# `rmsprop`. [Lesson 5](05_training.ipynb) takes all of this apart.
#
# We try three random seeds, that is, three sets of starting weights. In the picture, each start is a line.
#
# **Predict.** Which of the two suffers more from unscaled bytes? Does it ever recover?
#
# (You don't need to read the next two cells: they train the network twelve times and note the loss after each step.)
# *About 30 seconds.*
#
# <!-- slide
# 60 training steps of lesson 4's network, from three random starts. `sgd` takes steps in proportion to the steepness of
# the loss. `rmsprop` makes all steps about the same length.
#
# **Predict.** Which one suffers more from bytes of 0 to 255? Does it recover?
# -->
#
# <!-- notes
# 5 minutes. Board: a valley with one steep wall. How far does a ball step whose step is as long as the wall is steep?
#
# Loss says how wrong; ln 10 is the loss of a network that knows nothing. Anything more about optimizers is lesson 5:
# collect the questions on the board, and leave them there.
#
# Ask who has read that networks can't learn from unscaled data. Write the sentence down; the picture will correct it.
# -->

# %% slideshow={"slide_type": "skip"}
def train_60_steps(images, optimizer, seed):
    """The loss in each of 60 training steps of 64 images, and then the accuracy on the other images."""
    keras.utils.set_random_seed(seed)
    model = networks.build_seed_network()
    model.compile(optimizer=optimizer, loss="categorical_crossentropy")
    losses = []
    # Keras reports the mean loss so far; reset after each step, it is the loss of that step alone.
    note = lambda batch, logs: (losses.append(logs["loss"]), model.reset_metrics())
    callback = keras.callbacks.LambdaCallback(on_train_batch_end=note)
    rows = to_categorical(raw_train_labels[:3840])
    model.fit(images[:3840], rows, batch_size=64, verbose=0, callbacks=[callback])
    answers = model.predict(images[3840:], verbose=0).argmax(axis=1)
    return losses, np.mean(answers == raw_train_labels[3840 : len(images)])

# %% slideshow={"slide_type": "skip"}
some = raw_train_images[:5840, ..., None].astype("float32")
makers = {"sgd": lambda: keras.optimizers.SGD(0.01), "rmsprop": lambda: keras.optimizers.RMSprop(0.001)}
curves, accuracies = {}, {}  # 0.01 and 0.001 are Keras's default rates
for rule in makers:
    for top in (1, 255):
        for seed in (1, 2, 3):
            run = rule, top, seed
            curves[run], accuracies[run] = train_60_steps(some * top / 255, makers[rule](), seed)
            print(f"{len(curves)} of 12", end="   " if len(curves) < 12 else None)

# %% tags=["figure"]
figures.draw_losses(curves)

# %% slideshow={"slide_type": "skip"}
for rule, top in (("sgd", 1), ("sgd", 255), ("rmsprop", 1), ("rmsprop", 255)):
    highest = max(max(curves[rule, top, seed]) for seed in (1, 2, 3))
    print(f"{rule:8} pixels up to {top:3}: loss ever above 10?", highest > 10)

rmsprop_scaled, rmsprop_bytes = (
    np.mean([accuracies["rmsprop", top, seed] for seed in (1, 2, 3)]) for top in (1, 255)
)
print(f"accuracy on 2,000 other images, mean of three\n{rmsprop_scaled = :.2f}\n{rmsprop_bytes = :.2f}")
sgd_bytes_1, sgd_bytes_2, sgd_bytes_3 = (accuracies["sgd", 255, seed] for seed in (1, 2, 3))
print(f"and each of three\n{sgd_bytes_1 = :.2f}\n{sgd_bytes_2 = :.2f}\n{sgd_bytes_3 = :.2f}")

# %% tags=["bounds"]
from course_utils.bounds import check_bounds

check_bounds(0.75, rmsprop_scaled, 0.95)
check_bounds(0.5, rmsprop_bytes, 0.92)
check_bounds(0.04, sgd_bytes_1, 0.95)
check_bounds(0.04, sgd_bytes_2, 0.95)
check_bounds(0.04, sgd_bytes_3, 0.95)

# %% [markdown] tags=["reading"]
# On the left, scaled, `sgd` is safe and slow: its three lines stay close to ln 10, hidden behind the dotted line.
# Unscaled, the first guesses are wildly wrong, so the loss is steep, so the step is huge and overshoots, and the loss
# jumps up, in some starts far out of the picture. From there it is a lottery. One start may end far below the scaled
# ones; another may land on the line of ln 10 and stay there: an accuracy of about one tenth is what you get by giving
# the same answer for every image. A start can also lie near that line and know a little.
#
# `rmsprop` recovers from the bytes in all three starts, because its steps don't grow with the steepness. So the common
# sentence *a network can't learn from unscaled data* is too strong. But in the same 60 steps, it gets further with scaled
# images.
#
# <!-- slide
# Scaled, every start behaves, at both default rates. Unscaled, you need luck or a rescue.
# -->
#
# <!-- notes
# Left picture first, blue before orange: safe, and slow. Then let somebody follow one orange line with a finger: up,
# perhaps out of the picture, and back to where?
#
# Ask whether it is fair to say that unscaled learning fails on the left. One start ends below all blue lines: it is a
# lottery, and that is why there are three starts and not one.
#
# Then correct the sentence on the board.
# -->

# %% [markdown]
# What scaling buys: every start behaves at the rates that a library comes with, and these two rates are all we tried.
# With bytes, you can search for a rate of your own (for `sgd`, try a tenth or a hundredth of the default); with scaled
# inputs, you usually don't have to.

# %% [markdown]
# ## Quiz
#
# Answer each question on paper first. Then remove the `#` below, put in your answer, and run the line: it says why.
#
# <!-- notes
# 2 minutes. Fingers for each, all at once, before the answer is on the wall. If the class is split: one minute with a
# neighbor, then a second vote.
#
# Short of time? Keep the second question, the photograph: everyone who photographs a digit of their own will need it.
# -->

# %% tags=["quiz"]
exercise.quiz.show()

# %% tags=["quiz"]
# exercise.quiz.answer(1, "a")

# %% [markdown]
# ## Key points
#
# - A convolutional network reads (images, rows, columns, channels); `reshape` adds the channel axis, but it never
#   checks what an axis means.
# - Convert to float32, then divide by 255: starting weights are made for inputs of about 1, and default rates work well
#   with those.
# - Fit on one set, choose with a second, report on a third, and keep images that belong together on one side.
#
# **Next:** [3. Convolution and pooling](03_convolution.ipynb) opens the layer that reads these images.
#
# <!-- notes
# Point along the arrow on the board once more: axis, type, range, and let the class say what breaks without each.
#
# To ask on the way out: which step would you forget, and how would you notice?
# -->
