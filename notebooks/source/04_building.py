# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 4. Building the model
#
# You will build the network of this course layer by layer, and know each of its shapes and each of its 121,994
# parameters before Keras prints them.
#
# **45 minutes**. At the end you can
#
# - say the output shape and the number of parameters of a convolution, a pooling and a dense layer;
# - build a network with `Sequential` and with the functional API;
# - tell what a network says before any training, and why.
#
# <!-- slide
# How do layers become a classifier?
# -->
# <!-- notes
# 1 minute. Everybody needs paper today: shapes and counts come first by hand, and Keras only confirms them.
# -->

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course is missing here: in its folder, run nox -s lab or pip install -e .")

from course_utils import data, networks, plotting
from course_utils.exercises import building as exercise
from course_utils.figures import building as figures

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)
plotting.use_course_style()

# %% [markdown]
# ## What comes out of one convolution?
#
# A **model** in Keras is a stack of layers, each reading what the one before it gave. The stack begins empty, with
# the shape of one image. The first layer slides 32 **filters** of 3 × 3 over the image (lesson 3 did that by hand),
# pads its edge with zeros, and sets negative results to 0 (ReLU). Older texts, and the seed notebook, write
# `input_shape=` into the first layer; Keras 3 wants `keras.Input` instead.
#
# **Predict.** Three things: the output's height and width, its number of channels, and how many numbers the layer has to
# learn. Mind that each filter has a bias.
#
# <!-- notes
# 5 minutes. Let each write down three numbers before you go on. Many forget the bias, or multiply by 28 times 28: a
# filter's weights are used everywhere, so the size of the image is not in the count.
# -->

# %%
model = keras.Sequential([keras.Input((28, 28, 1))])
model.add(layers.Conv2D(32, (3, 3), activation="relu", padding="same"))

print("output shape:", model.output_shape)
print("parameters:  ", model.count_params())

# %% [markdown] tags=["reading"]
# With `padding="same"` and a step of one pixel, height and width stay as they are; each filter gives one channel; and
# each filter has 3 × 3 × 1 weights and one bias: (3 · 3 · 1 + 1) · 32 = 320.
#
# The image's size is nowhere in that count. The same layer would read a gray photograph of twelve megapixels with the
# same 320 parameters.
#
# <!-- notes
# Ask what `None` is before anybody reads it out: the number of images, which nobody has said yet.
#
# Then: a photograph of twice the height and width. Which of the printed numbers change, and which do not? Those who
# let the 320 grow have counted places, not weights.
# -->

# %% [markdown]
# In a shape that Keras prints, `None` stands for the number of images: any number will do.
#
# Where are the parameters? In two arrays:
#
# <!-- notes
# Where each weight sits is on the next slide: from the four numbers of its shape, let the room read off what lies
# under a window, and how many filters there are.
# -->

# %%
weights, biases = model.layers[0].get_weights()
print("weights:", weights.shape, " height, width, channels in, channels out")
print("biases: ", biases.shape, " all zero at the start:", bool((biases == 0).all()))

# %% [markdown]
# ## What do the next four layers do?
#
# Max-pooling 2 × 2 keeps the largest of each four values. Then 64 filters with `padding="valid"`, which means no
# padding; pooling again; 64 more filters, with Keras's default, which is `"valid"` too.
#
# **Predict.** Fill in this table on paper before you run the next cell. A 3 × 3 window that may not reach over the edge
# fits into $n$ columns in how many places? And how deep is one filter of the second convolution?
#
# | layer | output shape | parameters |
# |---|---|---|
# | max-pooling 2 × 2 | ? | ? |
# | convolution, 64 filters 3 × 3, valid | ? | ? |
# | max-pooling 2 × 2 | ? | ? |
# | convolution, 64 filters 3 × 3, valid | ? | ? |
#
# <!-- slide
# **Predict.** On paper, row by row. How deep is one filter of the second convolution?
#
# | layer | output shape | parameters |
# |---|---|---|
# | max-pooling 2 × 2 | ? | ? |
# | convolution, 64 filters 3 × 3, valid | ? | ? |
# | max-pooling 2 × 2 | ? | ? |
# | convolution, 64 filters 3 × 3, valid | ? | ? |
# -->
# <!-- notes
# 6 minutes. Fill in the table on the board with the room, row by row. The usual mistake is a filter of 3 by 3 whatever it
# reads; ask how many channels lie under the window. Cut nothing here: the rest builds on it.
# -->

# %%
while len(model.layers) > 1:  # so that you can run this cell again: back to the first layer
    model.pop()
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation="relu", padding="valid"))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation="relu"))

model.summary()

# %% [markdown] tags=["reading"]
# Check your table against it, row by row.
#
# - Pooling halves height and width and learns nothing: 0 parameters.
# - A valid window of 3 fits into 14 columns in 14 - 3 + 1 = 12 places.
# - A filter is as deep as what it reads. The second convolution reads 32 channels, so one of its filters is a block of
#   3 × 3 × 32 weights and a bias, and there are 64 of them: (3 · 3 · 32 + 1) · 64 = 18,496. The usual mistake is to
#   think of a filter as 3 × 3 whatever it reads. Count that way and it fails: (3 · 3 + 1) · 64 = 640.
# - 320 + 18,496 + 36,928 = 55,744, the seed notebook's first total.
#
# <!-- notes
# The table on the board against the summary, row by row. Where a row differs, ask for the product that was written
# down, and not for the number: the number says that it is wrong, the product says why.
#
# The usual two: 640 for the second convolution, from a filter that reads one channel of 32, and 14 columns after it,
# from a window that reaches over the edge.
# -->

# %% [markdown]
# ### Exercise: a color image
#
# Now an image that has three channels and is not square: a thumbnail, 30 pixels high and 20 wide. These layers read it:
#
# ```python
# keras.Input((30, 20, 3))
# layers.Conv2D(16, (7, 7), activation="relu")
# layers.MaxPooling2D((2, 2))
# layers.Conv2D(24, (3, 3), activation="relu", padding="same")
# layers.MaxPooling2D((2, 2))
# ```
#
# What is the shape of the last one's output, as `(height, width, channels)`? Work it out on paper, write it down here,
# and run the check. After that, build the stack and see whether Keras agrees.
#
# <!-- slide
# A thumbnail, 30 pixels high and 20 wide, in color, goes through
#
# - a convolution, 16 filters 7 × 7, no padding
# - max-pooling 2 × 2
# - a convolution, 24 filters 3 × 3, `same`
# - max-pooling 2 × 2
#
# What shape comes out: `(height, width, channels)`?
# -->
# <!-- notes
# 4 minutes. On paper first. Who swaps height and width finds out from the check. Ask what happens to an odd row in
# pooling.
# -->

# %% tags=["exercise"]
thumbnail_shape = ...

# %% tags=["check"]
exercise.thumbnail_shape.check(thumbnail_shape)
# exercise.thumbnail_shape.hint()
# exercise.thumbnail_shape.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
# Rows: 30, a window of 7 fits 24 times, pooled 12, "same" 12, pooled 6. Columns: 20, 14, 7, 7, 3.
solution_thumbnail_shape = ((30 - 7 + 1) // 2 // 2, (20 - 7 + 1) // 2 // 2, 24)

exercise.thumbnail_shape.check_solution(solution_thumbnail_shape)

# %% [markdown]
# ## How do feature maps become ten answers?
#
# What comes out of the last convolution still has height, width and channels. `Flatten` lays all these numbers in one
# row. A **dense** layer then makes a few new numbers, its **units**, and each unit has a weight for every number in that
# row, and a bias. Ours has 64 units, and after it comes a last dense layer with 10, one for each class.
#
# The last one ends in **softmax**, which turns its ten numbers $z_i$ into ten probabilities that sum to 1: it takes the
# powers $e^{z_i}$, all positive, and divides each by their sum. So 2, 1 and 0 become $7.4/11.1$, $2.7/11.1$ and
# $1/11.1$, and equal numbers become equal probabilities.
#
# **Predict.** Which layer of the whole network will have the most parameters: one of the convolutions, or one of these?
#
# <!-- slide
# **Predict.** Flatten, then a dense layer of 64 units, then one of 10.
#
# Which layer of the whole network will have the most parameters?
# -->
# <!-- notes
# 6 minutes. Nearly all point at the last convolution. Count the inputs of one dense unit together before you run the
# cell. Softmax is met here only as far as it is needed; lesson 5 has it by hand.
# -->

# %%
while len(model.layers) > 5:  # back to the five layers from above
    model.pop()
model.add(layers.Flatten())
model.add(layers.Dense(64, activation="relu"))
model.add(layers.Dense(10, activation="softmax"))

model.summary()

# %% [markdown] tags=["reading"]
# Flatten: 4 · 4 · 64 = 1,024 numbers. The first dense layer: (1024 + 1) · 64 = 65,600 parameters, more than all
# convolutions together, in a layer that looks small in the code. The last: (64 + 1) · 10 = 650. In total 121,994, to the
# unit what the seed notebook prints.
#
# <!-- notes
# Back to the votes. More than half of all parameters sit in one line of code that looks harmless. Ask why: each of
# its 64 units has a weight of its own for each of the 1,024 numbers, and shares it with nobody.
#
# Somebody looks for parameters in `Flatten` and in the poolings: they move numbers or drop them, and learn nothing.
# -->

# %% [markdown]
# ### Exercise: the whole bill
#
# The five lines for the thumbnail, from the exercise above, get an end:
#
# ```python
# layers.Flatten()
# layers.Dense(10, activation="softmax")
# ```
#
# How many parameters has the whole network? Once more on paper first, and then by Keras.
#
# <!-- slide
# The thumbnail's layers get an end: `Flatten`, then `Dense(10, activation="softmax")`.
#
# How many parameters has the whole network?
# -->
# <!-- notes
# 3 minutes. Those who had the shape wrong will have this wrong too: send them back one exercise.
# -->

# %% tags=["exercise"]
thumbnail_parameters = ...

# %% tags=["check"]
exercise.thumbnail_parameters.check(thumbnail_parameters)
# exercise.thumbnail_parameters.hint()
# exercise.thumbnail_parameters.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
# The first convolution reads 3 channels, the second 16; each of the ten units reads 6 · 3 · 24 numbers.
solution_thumbnail_parameters = (7 * 7 * 3 + 1) * 16 + (3 * 3 * 16 + 1) * 24 + (6 * 3 * 24 + 1) * 10

exercise.thumbnail_parameters.check_solution(solution_thumbnail_parameters)

# %% [markdown]
# ### Where is the work done?
#
# First the network itself, to scale: one pixel is drawn as long as four channels, or eight units of a dense layer.
#
# <!-- slide
# ### Where is the work done?
#
# First the network itself, to scale: one pixel is as long as four channels, or eight units of a dense layer.
# -->
# <!-- notes
# The next slide draws the network to scale. The large blocks are what goes through the network, not what it learns:
# that is the misunderstanding to wait for.
# -->

# %% tags=["figure"]
figures.draw_network(model)

# %% [markdown]
# Parameters are one bill, work is another.
#
# **Predict.** Count one **multiply-add** for each weight, at each place where it is used. Which layer does most of the
# work?
#
# <!-- notes
# Parameters and work are two different bills. How often a weight is used is what they have to find out: do not say it.
#
# Let them point at the block that holds most of the parameters, and at the one that takes most of the work, and show
# the charts after that.
# -->

# %% slideshow={"slide_type": "skip"}
learned = [layer for layer in model.layers if layer.count_params()]
parameters = np.array([layer.count_params() for layer in learned])
places = [np.prod(layer.output.shape[1:-1], dtype=int) for layer in learned]  # height times width, or 1
multiply_adds = np.array(places) * [layer.kernel.shape.num_elements() for layer in learned]

# %% tags=["figure"]
figures.draw_shares(parameters, multiply_adds)
print("parameters:     ", parameters.sum(), "  multiply-adds:", multiply_adds.sum())

# %% [markdown] tags=["reading"]
# The second convolution does three quarters of the work: each weight of its 64 filters is used at 12 · 12 places, a
# dense weight once. Where the parameters sit is not where the work is done. So a network is made small by cutting the
# dense layer, and spared work by cutting the convolutions. These are two different wishes.
#
# <!-- slide
# Cut the dense layer to make it small. Cut the convolutions to save work.
# -->
#
# <!-- notes
# Ask whose votes were right twice. Then the two wishes: what would they cut for a telephone with little memory, and
# what for a camera that reads thirty images a second?
#
# In the second convolution 64 filters are used at 12 · 12 places; a dense weight is used once. Let somebody do that
# product.
# -->

# %% [markdown]
# ### Exercise: the last column of the summary
#
# `summary()` wants a network that is built. Write a function that needs no more than a plan: the shape of one image, and
# a `stack`, which is a list of layers. Each layer is a tuple:
#
# | in the stack | what it stands for |
# |---|---|
# | `("conv", filters, side)` | a convolution, windows of side × side, no padding |
# | `("pool", side)` | max-pooling, blocks of side × side; a block that is not whole is dropped |
# | `("dense", units)` | a dense layer, which reads all numbers there are as one row |
#
# Wanted is a list with the number of parameters of each layer, and 0 for a pooling:
# `count_parameters((8, 8, 1), [("conv", 4, 3), ("pool", 2), ("dense", 10)])` is `[40, 0, 370]`.
#
# (`for kind, *numbers in stack:` takes the tuples apart: what follows the first part becomes the list `numbers`.)
#
# <!-- slide
# Write `count_parameters(shape, stack)`, for a stack such as
#
# `[("conv", 4, 3), ("pool", 2), ("dense", 10)]`
#
# On images of shape `(8, 8, 1)` it gives `[40, 0, 370]`.
# -->
# <!-- notes
# 6 minutes. For those who code fast; in a short session leave it for home. Stuck? Keep the shape in three variables
# and update them layer by layer.
# -->

# %% tags=["exercise"]
def count_parameters(shape, stack):
    """The parameters of each layer of a stack that reads images of the given shape, as a list."""
    ...

# %% tags=["check"]
exercise.count_parameters.check(count_parameters)
# exercise.count_parameters.hint()
# exercise.count_parameters.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_count_parameters(shape, stack):
    (height, width, channels), counts = shape, []
    for kind, *numbers in stack:
        if kind == "conv":
            filters, side = numbers
            counts.append((side * side * channels + 1) * filters)
            height, width, channels = height - side + 1, width - side + 1, filters
        elif kind == "pool":
            counts.append(0)
            height, width = height // numbers[0], width // numbers[0]
        else:
            counts.append((height * width * channels + 1) * numbers[0])
            height, width, channels = 1, 1, numbers[0]
    return counts


exercise.count_parameters.check_solution(solution_count_parameters)

# %% [markdown]
# ### Exercise: a network to a budget
#
# A device has room for 20,000 parameters, and our network has 121,994. Write a function that builds a smaller one, for
# the same images and the same ten classes, with `Sequential` or the functional API (you meet it below), and returns it
# untrained. Small alone is not enough: it has to learn as well.
#
# The check counts the parameters, and trains a copy for one **epoch**, which means that it sees each training image
# once; lesson 5 explains how. Then the copy names 5,000 other images, and must be right for a share of at least
# 0.94. This takes some seconds.
#
# <!-- slide
# A device has room for 20,000 parameters.
#
# Build a network that fits, and that still learns: after one epoch, a share of 0.94 of 5,000 new images named rightly.
# -->
# <!-- notes
# 5 minutes. Let them compare: who got the most out of the budget, and where did they cut? The check trains for some
# seconds.
# -->

# %% tags=["exercise"]
def small_network():
    """At most 20,000 parameters; after an epoch, 0.94 of 5,000 validation images named rightly."""
    ...

# %% tags=["check"]
exercise.small_network.check(small_network)
# exercise.small_network.hint()
# exercise.small_network.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_small_network():
    network = keras.Sequential([keras.Input((28, 28, 1))])
    network.add(layers.Conv2D(16, (3, 3), activation="relu", padding="same"))
    network.add(layers.MaxPooling2D((2, 2)))
    network.add(layers.Conv2D(32, (3, 3), activation="relu"))
    network.add(layers.MaxPooling2D((2, 2)))
    network.add(layers.Conv2D(32, (3, 3), activation="relu"))
    network.add(layers.Flatten())
    network.add(layers.Dense(10, activation="softmax"))
    return network


exercise.small_network.check_solution(solution_small_network)

# %% [markdown]
# ## What does it say before training?
#
# Its weights were drawn at random. **Predict.** It sees a 7. What probability will it give to the class 7? How many
# of the test images will it name correctly?
#
# (In the picture, the blue bar is that of the true class.)
#
# <!-- notes
# 4 minutes. Ask for a number, not for a feeling. Some expect a clear but wrong answer: small random weights give
# nearly equal probabilities.
#
# Next slide: the blue bar is that of the true class. Let them look for it, and say what it would have to look like if
# the network knew anything.
# -->

# %% slideshow={"slide_type": "skip"}
(train_images, train_labels), (test_images, test_labels) = data.load_mnist()
test_images = data.prepare_images(test_images)
probabilities = model.predict(test_images[:4], verbose=0)

# %% tags=["figure"]
figures.draw_answers(test_images[:4], test_labels[:4], probabilities)

# %%
predicted = model.predict(test_images, batch_size=500, verbose=0).argmax(axis=1)
untrained_acc = float((predicted == test_labels).mean())
print(f"{untrained_acc = :.4f}")
print("does it name each class at least once?", len(np.unique(predicted)) == 10)

# %% tags=["bounds"]
from course_utils.bounds import check_bounds

check_bounds(0.02, untrained_acc, 0.25)

# %% [markdown] tags=["reading"]
# Nearly the same probability for every class, whatever it sees, and about one right answer in ten. It is not that the
# network *spreads its bets wisely*: small random weights give small numbers, softmax of nearly equal numbers is nearly
# equal, and a class that comes out a hair above the others gets named, while some never are.
#
# <!-- slide
# Before training, all classes are nearly alike, whatever it sees.
# -->
#
# <!-- notes
# The misconception: the network hedges its bets. It does not know of bets: small random weights give nearly equal
# numbers, and softmax of those is nearly flat.
#
# Ask why some classes are never named, although all bars are alike: one is always a hair ahead. And what would an
# untrained network with a million classes say? Lesson 5 begins with what such an answer costs.
# -->

# %% [markdown]
# What this network will know about digits, it will owe to training. The layers bring with them only that neighboring pixels
# belong together, and that a stroke is a stroke wherever it stands.

# %% [markdown]
# ## Is there another way to write it?
#
# A stack is all that `Sequential` can say. Many networks branch and join, and for those Keras has the **functional API**:
# each layer is a function, called on what it reads. **Predict.** Below is the same network written so. Given the same
# weights, will it give the same answers, nearly or exactly?
#
# <!-- slide
# **Predict.** The same network, written with the functional API, and given the same weights.
#
# Will it give the same answers, nearly or exactly?
# -->
# <!-- notes
# 3 minutes. May be cut. It matters for networks that branch, and for looking inside.
# -->

# %%
inputs = keras.Input((28, 28, 1))
x = layers.Conv2D(32, (3, 3), activation="relu", padding="same")(inputs)
x = layers.MaxPooling2D((2, 2))(x)
x = layers.Conv2D(64, (3, 3), activation="relu", padding="valid")(x)
x = layers.MaxPooling2D((2, 2))(x)
x = layers.Conv2D(64, (3, 3), activation="relu")(x)
x = layers.Dense(64, activation="relu")(layers.Flatten()(x))
outputs = layers.Dense(10, activation="softmax")(x)
functional = keras.Model(inputs, outputs)

# %%
functional.set_weights(model.get_weights())
answers = [network.predict(test_images[:100], verbose=0) for network in (functional, model)]
same_to_the_bit = (answers[0] == answers[1]).mean()  # the share of the 1,000 probabilities
largest_difference = abs(answers[0] - answers[1]).max()
print("parameters:", functional.count_params())
print(f"{same_to_the_bit = :.3f}\n{largest_difference = :.7f}")

# %% tags=["bounds"]
check_bounds(-0.001, same_to_the_bit, 1.001)
check_bounds(0, largest_difference, 1e-5)

# %% [markdown] tags=["reading"]
# Exactly, on the computer that stored this page: both are the same operations in the same order, written in two ways. The
# second names every array on its way, so it lets you take one out and look at it.
#
# <!-- notes
# Those who said *nearly* think of rounding: the same operations in the same order round in the same way. In lesson 3
# the order was another one, hence 1e-5.
#
# Ask for a network that `Sequential` cannot say: two inputs, or a path that leaves and comes back.
# -->

# %% [markdown]
# In the lessons to come this network is `networks.build_seed_network()`, a function that you could now write yourself:

# %% slideshow={"slide_type": "skip"}
built = networks.build_seed_network()
kinds = [[(type(layer), layer.output.shape) for layer in network.layers] for network in (built, model)]
print("the same layers:", kinds[0] == kinds[1], "  parameters:", built.count_params())

# %% [markdown]
# ## Quiz
#
# Answer each question on paper first. Then take the `#` away below, put in your answer, and run the line: it says why.
#
# <!-- slide
# Questions in the notebook: each on paper first, then the line that says why.
# -->
# <!-- notes
# 2 minutes. Take a show of hands before anyone runs the line.
# -->

# %% tags=["quiz"]
exercise.quiz.show()

# %% tags=["quiz"]
# exercise.quiz.answer(1, "a")

# %% [markdown]
# ## Key points
#
# - A filter is as deep as what it reads: a convolution has (height · width · channels in + 1) · filters parameters, and
#   the image's size is not among them.
# - Parameters sit in the dense layer, multiply-adds in the convolutions.
# - An untrained network answers nearly the same to everything.
#
# **Next:** [5. Training](05_training.ipynb) changes these 121,994 numbers until the answers are right.
#
# <!-- notes
# Without the slide first: let the room say how many parameters a layer with 10 filters of 5 × 5 on 3 channels has,
# and what the size of the image has to do with it.
#
# To ask on the way out: you may halve one layer of this network. Which one, and what for?
# -->
