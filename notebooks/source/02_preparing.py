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
# **35 minutes**. At the end you can
#
# - give images a channel axis, and tell `reshape` from `moveaxis`;
# - scale to float32 in [0, 1] and turn labels into one-hot rows, and say what each is good for;
# - set images aside for validation, and say what a test result is worth without them.
#
# <!-- slide
# What must an image become?
# -->
#
# <!-- notes
# 1 minute. Write `(60000, 28, 28)`, `uint8`, 0 to 255 at the left of the board, and `(60000, 28, 28, 1)`, `float32`,
# 0 to 1 at the right. This lesson is the arrow between the two, and each step on it breaks once before your eyes.
# -->

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course is missing here: in its folder, run nox -s lab or pip install -e .")

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
# A photograph in color has three numbers in each pixel: red, green and blue. These are its **channels**. A
# convolutional layer reads images with a channel axis at the end, also when there is just one channel, as in gray.
# So one image must have the shape (28, 28, 1), and 60,000 of them (60000, 28, 28, 1).
#
# `reshape` gives an array another shape. **Predict.** Does it move any number in memory? And if somebody stored the images
# as (28, 28, 60000), would `reshape((60000, 28, 28, 1))` put that right?
#
# <!-- slide
# `reshape` gives an array another shape.
#
# **Predict.** Does it move any number in memory?
#
# Images come as `(28, 28, 60000)`. Does `reshape((60000, 28, 28, 1))` put that right?
# -->
#
# <!-- notes
# 5 minutes. First the reason for an axis of length 1: the same layer reads color photographs, with three numbers to a
# pixel.
#
# To the second question most say yes, since the shape comes out right. Count the hands, and write the count down: you
# need it in two slides.
# -->

# %%
train_images = raw_train_images.reshape((60000, 28, 28, 1))
test_images = raw_test_images.reshape((10000, 28, 28, 1))

print(train_images.shape, test_images.shape)
print("the same memory:", np.shares_memory(train_images, raw_train_images))
print("as raw_train_images[..., None]:", np.array_equal(train_images, raw_train_images[..., None]))

# %% [markdown] tags=["reading"]
# Nothing moves: `reshape` only changes how the same row of bytes is counted off.
#
# <!-- slide
# `reshape` counts the same numbers off differently.
# -->
#
# <!-- notes
# Board: 1 2 3 4 5 6 in one row. Read it as 2 × 3, then as 3 × 2: the row stays, only the line breaks move.
# -->

# %% [markdown]
# Now the second question. Here are the same images from somebody who counts them by the last axis, and two ways to the
# shape of a network's input:
#
# <!-- notes
# The next slide is code: two ways to the same shape. Ask which one is right, and why, before the picture.
# -->

# %%
stored = np.moveaxis(raw_train_images, 0, -1)  # as somebody else might store them
reshaped = stored.reshape((60000, 28, 28, 1))
moved = np.moveaxis(stored, -1, 0)[..., None]

print("stored:", stored.shape, "  reshaped:", reshaped.shape, "  moved:", moved.shape)

# %% tags=["figure"]
figures.draw_both_ways(reshaped, moved, image=31000)

# %% [markdown] tags=["reading"]
# Two tools, two meanings: `reshape` counts the same numbers off differently, and never asks what an axis means;
# `moveaxis` (and `transpose`) carries axes to another place. Both shapes are right, so a network trains on the left
# picture without a word of complaint, and is bad for no visible reason.
#
# <!-- slide
# `reshape` never asks what an axis means. Both shapes are right: draw an image after each step that changes a shape.
# -->
#
# <!-- notes
# Back to the count of hands. Nobody was careless: an error message looks at shapes, and nobody looks at meaning.
#
# Ask what a network would do with the left picture. It trains, without a word, and is bad for no visible reason.
# -->

# %% [markdown]
# **Draw an image after each step that changes a shape.** It takes one line.
#
# (The seed notebook notes here that *the input is 256 28\*28 pixels*. The 256 is the number of gray values that a
# byte can hold, not a number of images: there are 60,000 of those, of 28 × 28 pixels each.)
#
# <!-- notes
# The slip of the seed notebook, 256 for the number of images, is for those who read it.
# -->

# %% [markdown]
# ### Exercise: find the bug
#
# A microscope saves its images as one array of shape (height, width, n), the images counted by the *last* axis. A
# colleague wrote this function to make a network's input of it, with shape (n, height, width, 1). It runs without an
# error, and there is a bug in it. Fix it.
#
# <!-- slide
# A microscope's images have the shape `(height, width, n)`: the *last* axis counts them. A colleague makes a
# network's input of them:
#
# ```python
# stack.reshape((n, height, width, 1))
# ```
#
# It runs without an error, and there is a bug in it. Fix it.
# -->
#
# <!-- notes
# 3 minutes. The question that works: which numbers belong to image 0 before, and which after?
#
# The usual second bug is `stack.T`: it carries all axes, so each image is mirrored, and looks nearly right. Somebody
# forgets the channel axis. The check tells both apart.
# -->

# %% tags=["exercise"]
def images_first(stack):
    """A stack of images of shape (height, width, n), as an array of shape (n, height, width, 1)."""
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
# A weight moves by small fractions in each training step, and bytes know no fractions. And how do bytes add?
# **Predict.** What is 200 + 100 in uint8?
#
# <!-- notes
# 8 minutes. Up to the curves. You will hear 300, 255, 44 and *an error*. Those who say 255 have worked with image
# editors, where sums stop at white: the most sensible of the wrong answers.
#
# Board: a clock with 256 hours.
# -->

# %%
print("200 + 100 =", (np.array([200], dtype="uint8") + np.array([100], dtype="uint8"))[0], "in uint8")


def describe(step, array):
    size = array.nbytes / 1e6
    print(f"{step:24} {array.dtype} {size:4.0f} MB  {array.min():.0f} to {array.max():.0f}")


describe("astype('float32') / 255", raw_train_images.astype("float32") / 255)
describe("/ 255", raw_train_images / 255)

# %% [markdown] tags=["reading"]
# In uint8 the sum wraps around at 256 and nobody is told.
#
# <!-- slide
# To floating point first, then arithmetic.
# -->
#
# <!-- notes
# Nobody is told: no warning, no error. Ask where in their own code two bytes are added, or a mean is taken.
# -->

# %% [markdown]
# **Convert to floating point first, then do arithmetic.**
#
# The last two printed lines compare two ways to [0, 1]. The first has two steps: `astype("float32")` converts the type,
# and dividing by 255, the largest byte, changes the range. It is often said, in the seed notebook too, that the
# conversion happens *by* dividing. Dividing alone does give floats, but of 64 bits: twice the memory, for decimal places
# that nobody needs, since a byte knew only 256 steps.
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
# Each line starts from the `raw_` arrays, so you may run this cell as often as you like. Written as
# `train_images = train_images / 255`, a second run of the cell divides a second time.
#
# <!-- slide
# Start from the `raw_` arrays, and the cell may be run as often as you like.
# -->
#
# <!-- notes
# Write `train_images = train_images / 255` on the board, and ask what a second run of the cell does. Nobody is told
# of that either.
#
# This is the most frequent bug of all in a room full of notebooks.
# -->

# %% [markdown]
# ### Is scaling needed at all?
#
# The network below is the one you will build in lesson 4. In each **training step** it looks at 64 images and moves its
# weights a little. Two rules say how far: `sgd`, plain gradient descent, moves in proportion to how steeply the error
# falls; `rmsprop` makes all steps about equally long. The **loss** says how wrong the network is; one that knows nothing
# and gives each of ten classes the same probability has a loss of ln 10. Lesson 5 takes all of this apart.
#
# A network starts from random weights, and a **random seed**, any whole number, fixes which ones: three seeds, three
# starts, and each can be had again. In the pictures, each start is a line.
#
# **Predict.** Under which rule does the network suffer more from unscaled bytes? Does it ever get over it?
#
# <!-- slide
# ### Is scaling needed at all?
#
# 60 training steps of lesson 4's network, from three random starts. `sgd` moves in proportion to the slope. `rmsprop`
# makes all steps about equally long.
#
# **Predict.** Which one suffers more from bytes of 0 to 255? Does it get over it?
# -->
#
# <!-- notes
# Board: a valley with one steep wall. How far does a ball step whose step is as long as the wall is steep?
#
# Loss says how wrong; ln 10 is the loss of one that knows nothing. Anything more about optimizers is lesson 5:
# collect the questions on the board, and leave them there.
#
# Ask who has read that networks cannot learn from unscaled data. Write the sentence down; the picture will amend it.
# -->

# %% slideshow={"slide_type": "skip"}
def losses_of_steps(images, rule, seed):
    """The loss in each of 60 training steps, 64 images a step, from the start that a seed draws."""
    keras.utils.set_random_seed(seed)
    model = networks.build_seed_network()
    model.compile(optimizer=rule, loss="categorical_crossentropy")
    losses = []
    # Keras reports the mean loss so far; reset after each step, it is the loss of that step alone.
    note = lambda batch, logs: (losses.append(logs["loss"]), model.reset_metrics())
    callback = keras.callbacks.LambdaCallback(on_train_batch_end=note)
    rows = to_categorical(raw_train_labels[: len(images)])
    model.fit(images, rows, batch_size=64, verbose=0, callbacks=[callback])
    return losses


first = raw_train_images[:3840, ..., None].astype("float32")
runs = [(rule, top, seed) for rule in ("sgd", "rmsprop") for top in (1, 255) for seed in (1, 2, 3)]
curves = {(rule, top, seed): losses_of_steps(first * top / 255, rule, seed) for rule, top, seed in runs}

# %% tags=["figure"]
figures.draw_losses(curves)

# %% slideshow={"slide_type": "skip"}
for rule, top in (("sgd", 1), ("sgd", 255), ("rmsprop", 1), ("rmsprop", 255)):
    highest = max(max(curves[rule, top, seed]) for seed in (1, 2, 3))
    print(f"{rule:8} pixels up to {top:3}: loss ever above 10?", highest > 10)

# %% [markdown] tags=["reading"]
# On the left, scaled, plain gradient descent is safe and slow: its three lines hardly leave ln 10. Unscaled, the first
# guesses are wildly wrong, the error falls steeply, and the steps are as large as it is steep: the loss leaves the
# picture. From there it is a lottery. A start may come out far below the scaled ones; another is thrown onto the line of
# ln 10 and lies there, giving every image the same answer.
#
# RMSprop gets over the bytes in all three starts, because its steps do not grow with the slope. So the common sentence
# *a network cannot learn from unscaled data* is too strong.
#
# <!-- slide
# Scaled, every start and every rule behaves. Unscaled, you need luck or a rescue.
# -->
#
# <!-- notes
# Left picture first, blue before orange: safe, and slow. Then let somebody follow one orange line with a finger: out
# at the top, and back to where?
#
# Ask whether it is fair to say that unscaled learning fails on the left. One start ends below all blue lines: it is a
# lottery, and this is why there are three starts and not one.
#
# Then amend the sentence on the board.
# -->

# %% [markdown]
# What scaling buys: every start, under every rule, behaves as the rules of thumb say. They are made for inputs of
# about 1. Without it you depend on luck.

# %% [markdown]
# ## Why ten numbers for one label?
#
# The network will have ten outputs, one a class. To compare them with a label, the label needs ten numbers too.
# In place of the 5 stands a row that is 1 at place 5 and 0 elsewhere. That is **one-hot**.
#
# (In the picture below, each image has its row under it, turned into a column.)
#
# **Predict.** What is the one-hot row of the label 0? And what would go wrong if the network had one output only, and
# should answer the number 5 for a 5?
#
# <!-- slide
# **One-hot**: in place of the label 5, ten numbers, with 1 at place 5 and 0 elsewhere.
#
# **Predict.** What is the one-hot row of the label 0? What goes wrong with a single output that should answer the
# number 5 for a 5?
# -->
#
# <!-- notes
# 4 minutes. The slip at the first question: label 0 as ten zeros.
#
# For the second, draw a number line with the digits. The network wavers between a 4 and a 9: where does its single
# answer land, and what does that digit look like?
# -->

# %%
train_labels = to_categorical(raw_train_labels)
test_labels = to_categorical(raw_test_labels)

print(train_labels.shape, train_labels.dtype)  # Keras makes float32 of it when it trains
print("label", raw_train_labels[0], "is", train_labels[0])
print("label", raw_train_labels[1], "is", train_labels[1])
print("back again:", train_labels[:2].argmax(axis=1))

# %% tags=["figure"]
figures.draw_one_hot(raw_train_images[:12], train_labels[:12])

# %% [markdown] tags=["reading"]
# With a single output, a network that wavers between a 4 and a 9 would be drawn toward the middle and answer
# something between, a 6 or a 7, which looks like neither. Classes have names that happen to be digits; a 9 is not
# more than a 4. One-hot rows say just that: any two classes are equally far apart.
#
# <!-- slide
# Any two classes are equally far apart: a 9 is not more than a 4.
# -->
#
# <!-- notes
# Read the picture column by column: one field marked in each, never two.
#
# Ask for other labels that look like numbers and are names (postal codes, bus lines), and for numbers where a single
# output is right (age, price).
# -->

# %% [markdown]
# Keras also takes the plain labels, with `sparse_categorical_crossentropy` for a loss: the same training with a tenth of
# the numbers. We stay with the seed's way, because the rows make lesson 5 plainer.
#
# <!-- notes
# Who asks about `sparse_categorical_crossentropy`: the same training from plain labels. We keep the rows for lesson
# 5.
# -->

# %% [markdown]
# ### Exercise: one-hot by hand
#
# `to_categorical` is one line to call and three to write. Given are `labels`, whole numbers from 0 to `n_classes - 1`.
# Wanted is an array of shape (number of labels, `n_classes`): `one_hot(np.array([3, 1]), 4)` is
# `[[0, 0, 0, 1], [0, 1, 0, 0]]`.
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
# The check finds two usual bugs: columns counted from the largest label, so that a last class that never occurs is
# lost; and `rows[:, labels] = 1`, which fills whole columns.
# -->

# %% tags=["exercise"]
def one_hot(labels, n_classes):
    """One row for each label: 1 in the label's column, 0 elsewhere."""
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
# Given are `images` of shape (n, 28, 28) in uint8, any number of them. Wanted is what a network of this course reads:
# shape (n, 28, 28, 1), float32, in [0, 1], with 0 for paper.
#
# <!-- slide
# `prepare(images)`, for any number of images:
#
# | | given | wanted |
# |---|---|---|
# | shape | (n, 28, 28) | (n, 28, 28, 1) |
# | type | `uint8` | `float32` |
# | values | 0 (paper) to 255 | 0 (paper) to 1 |
# -->
#
# <!-- notes
# 2 minutes. Two bugs worth showing to all: the 60000 that was left in, and `images / images.max()`. Ask of the
# second: what does the same gray become in the next batch?
#
# From here on, one call of `data.prepare_images` does it. They have seen all that is in it.
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
# You now know each step, so from here on one call does all of them:

# %% slideshow={"slide_type": "skip"}
print("images alike:", np.array_equal(data.prepare_images(raw_train_images), train_images))
print("labels alike:", np.array_equal(data.one_hot(raw_train_labels), train_labels))

# %% [markdown]
# ## Which images do you choose with?
#
# The seed notebook trains on all 60,000 images and looks at the test set. That is fine once. But you will want to choose:
# how many epochs, how many filters, which training rule. Choose by training accuracy, and learning by heart wins. By
# test accuracy, then? And what is the number that you report worth?
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
# Play it, if you can: everybody throws a coin five times, heads are right answers. Who has the most? Is that the best
# thrower of the room? What will they score next time?
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
# So what may you choose with? A third set: part of the 60,000 is set aside for **validation**, never trained on, free
# to choose with, as often as you like. The test set stays closed until the choice is made. And what the validation set
# says of your favorite, is that the truth?
#
# <!-- slide
# So what may you choose with? A third set, for **validation**.
# -->
#
# <!-- notes
# Then the cure: a set to choose with, as often as one likes, and a test set that stays closed until the choice is
# made. Somebody asks whether the validation accuracy of the favorite is too good as well. Yes, by this very picture;
# it is not what is reported.
# -->

# %% [markdown] tags=["reading"]
# By the same picture, what the validation set says of your favorite is too good as well. But that is not the number you
# report.

# %%
(fit_images, fit_labels), (val_images, val_labels) = data.split_validation(
    raw_train_images, raw_train_labels, n_validation=10000, seed=0
)
print("to fit:    ", fit_images.shape, np.bincount(fit_labels))
print("to choose: ", val_images.shape, np.bincount(val_labels))
print("to report: ", raw_test_images.shape, np.bincount(raw_test_labels))

# %% [markdown]
# The images are drawn at random and not cut off at the end, since a file may be sorted: by class, by writer, by date
# (lesson 1 met a test set whose second half is neater). The price is that 10,000 images fewer are trained on. The seed
# notebook trains on all of them and has nothing left to see by when to stop. Lesson 5 shows what it missed.
#
# <!-- slide
# Fit on one set, choose on a second, report on a third. Drawn at random: a file may be sorted.
# -->
#
# <!-- notes
# Say *fit*, *choose*, *report*. The names validation and test are mixed up all over the literature; these three verbs
# are not.
#
# Ask why not take the last 10,000 images. Lesson 1 has shown a reason: a test set with a neater half. And ask for the
# price: fewer images to train on.
# -->

# %% [markdown]
# ### Exercise: find the leak
#
# This split gives sets of the right sizes, drawn at random, and still the validation accuracy comes out too good. Why?
# Mend it. Wanted are two pairs, `(images, labels), (validation_images, validation_labels)`, with `n_validation` images in
# the second and all others in the first. The same `seed` gives the same split, another `seed` another one.
#
# <!-- slide
# Sets of the right sizes, drawn at random, and still the validation accuracy comes out too good. Why? Mend it.
#
# ```python
# training = rng.permutation(len(images))[n_validation:]
# validation = rng.permutation(len(images))[:n_validation]
# ```
# -->
#
# <!-- notes
# 3 minutes. The question that works: how often is the pack of cards shuffled? For who needs to see it: split ten
# numbered images, and print both sets.
#
# The next bug on the way is to shuffle images and labels apart.
#
# Afterwards: nothing in the accuracy itself tells that it leaked. It only looks pleasant.
# -->

# %% tags=["exercise"]
def split(images, labels, n_validation, seed):
    """Training and validation sets, drawn at random."""
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
# ## Quiz
#
# Answer each question on paper first. Then take the `#` away below, put in your answer, and run the line: it says why.
#
# <!-- slide
# Four questions, each on paper first. To the last one, more than one answer is right.
# -->
#
# <!-- notes
# 2 minutes. Fingers for each, all at once, before anybody runs a line. Where the room is split: one minute with the
# neighbor, then a second vote.
#
# Keep the second question, the photograph, when time is short: whoever photographs a digit of their own will need it.
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
# - Convert to float32, then divide by 255: training rules are made for inputs of about 1.
# - Fit on one set, choose on a second, report on a third.
#
# **Next:** [3. Convolution and pooling](03_convolution.ipynb) opens the layer that reads these images.
#
# <!-- notes
# Point along the arrow on the board once more: axis, type, range, and let the room say what breaks without each.
#
# To ask on the way out: which step would you forget, and how would you notice?
# -->
