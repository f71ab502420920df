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
# You will build the network of this course layer by layer, and work out each shape, and the count of 121,994
# parameters, before Keras prints them.
#
# **55 minutes**, and 10 for *Going further*. At the end you can
#
# - say the output shape and the number of parameters of a convolution, a pooling layer, and a dense layer;
# - build a network with `Sequential`, and one that branches with the functional API;
# - say what a network answers before any training, and why.
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
    raise UsageError("the course isn't installed here: in its folder, pip install -e . (README, Start)")

from course_utils import data, networks, plotting
from course_utils.exercises import building as exercise
from course_utils.figures import building as figures
from course_utils.widgets.layers import LayersView

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)
plotting.use_course_style()

# %% [markdown]
# ## What comes out of one convolution?
#
# Keras calls a whole network a **model**: its layers, and how they are connected. The simplest kind is a stack, a
# **Sequential model**, in which each layer reads what the one before it returned. Ours begins with the shape of one
# image. The first layer slides 32 filters of 3 × 3 over the image, with zeros around it. Then every number goes through
# ReLU; a function used like this, number by number, is an **activation function**. (Older code, and the original
# notebook, give the shape as `input_shape=` in the first layer.)
#
# **Predict.** Three things: the output's height and width, its number of channels, and how many parameters the layer
# has. Remember that each filter has a bias.
#
# <!-- notes
# 5 minutes. Have everybody write down three numbers before you go on. Many forget the bias, or multiply by 28 times 28:
# a filter's weights are used everywhere, so the size of the image is not in the count.
# -->

# %%
model = keras.Sequential([keras.Input((28, 28, 1))])
model.add(layers.Conv2D(32, (3, 3), activation="relu", padding="same"))

print("output shape:", model.output_shape)
print("parameters:  ", model.count_params())
weights, biases = model.layers[0].get_weights()
print("weights:", weights.shape, " biases:", biases.shape, " all zero:", bool((biases == 0).all()))

# %% [markdown] tags=["reading"]
# Height and width stay, each filter gives one channel, and each filter has 3 × 3 × 1 weights and one bias:
# (3 · 3 · 1 + 1) · 32 = 320. The same layer would read a gray photograph of twelve megapixels with the same 320 parameters. In a
# shape that Keras prints, `None` stands for the number of images: any number will do.
#
# The parameters are in two arrays. The weights were drawn at random, and the biases begin at zero.
#
# <!-- notes
# Ask what `None` is before anybody reads it out: the number of images, which nobody has said yet.
#
# Then: a photograph of twice the height and width. Which of the printed numbers change, and which do not? Anyone who
# lets the 320 grow has counted positions, not weights.
# -->

# %% [markdown]
# ## What do the next four layers do?
#
# Next come 2 × 2 max pooling; 64 filters with `padding="valid"`, that is, without padding; pooling again; and 64 more
# filters, with Keras's default padding, which is also `"valid"`.
#
# **Predict.** Fill in this table on paper before you run the next cell. How deep is one filter of the second convolution?
#
# | layer | output shape | parameters |
# |---|---|---|
# | max pooling 2 × 2 | ? | ? |
# | convolution, 64 filters 3 × 3, valid | ? | ? |
# | max pooling 2 × 2 | ? | ? |
# | convolution, 64 filters 3 × 3, valid | ? | ? |
#
# <!-- slide
# **Predict.** On paper, row by row. How deep is one filter of the second convolution?
#
# | layer | output shape | parameters |
# |---|---|---|
# | max pooling 2 × 2 | ? | ? |
# | convolution, 64 filters 3 × 3, valid | ? | ? |
# | max pooling 2 × 2 | ? | ? |
# | convolution, 64 filters 3 × 3, valid | ? | ? |
# -->
# <!-- notes
# 6 minutes. Fill in the table on the board with the room, row by row. The usual mistake is a filter of 3 × 3 whatever it
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
# Check your table against it, row by row. A valid window of 3 fits into 14 columns at 14 − 3 + 1 = 12 positions. And a
# filter is as deep as what it reads: the second convolution reads 32 channels, so it has (3 · 3 · 32 + 1) · 64 = 18,496
# parameters. The usual mistake, a filter of 3 × 3 whatever it reads, gives (3 · 3 + 1) · 64 = 640. In total, there are
# 55,744 so far.
#
# <!-- notes
# The table on the board against the summary, row by row. Where a row differs, ask for the product that was written
# down, and not for the number: the number says that it is wrong, the product says why.
#
# The usual two: 640 for the second convolution, from a filter that reads one channel out of 32, and 14 columns after
# it, from a window that reaches over the edge.
# -->

# %% [markdown]
# Why 32 filters first, and then 64? These are choices, hyperparameters, and other numbers work too. A common habit is to
# use more filters as the maps get smaller. Deeper layers see more of the image, so there are more kinds of things to tell
# apart, and smaller maps keep the work in check.
#
# <!-- notes
# Somebody always asks where 32 and 64 come from. They are choices; powers of two are a habit. In the last exercise the
# students make their own.
# -->

# %% [markdown]
# ### Exercise: a color image
#
# Now an image with three channels that is not square: a thumbnail, 30 pixels high and 20 wide. These layers read it:
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
# and run the check. Then build the stack, and see whether Keras agrees.
#
# <!-- slide
# A thumbnail, 30 pixels high and 20 wide, in color, goes through
#
# - a convolution, 16 filters 7 × 7, no padding
# - max pooling 2 × 2
# - a convolution, 24 filters 3 × 3, `same`
# - max pooling 2 × 2
#
# What shape comes out: `(height, width, channels)`?
# -->
# <!-- notes
# 4 minutes. On paper first. Anyone who swaps height and width finds out from the check. Ask what happens to an odd row
# in pooling.
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
# The output of the last convolution still has height, width, and channels. **Flatten** puts all these numbers in one
# row. A **dense layer** (or *fully connected* layer) then computes a few new numbers, its **units**: each unit has a
# weight for every number in that row, and a bias. Ours has 64 units, each of which can combine features from all over
# the image, such as *a loop at the top* and *a stem below it*. It is called a **hidden layer**, because its numbers are
# neither input nor answer. How many units is a choice again.
#
# The last one, the **output layer**, has 10 units, one for each class. It ends in **softmax**, which turns its ten
# numbers $z_i$ into ten probabilities that sum to 1: it takes the powers $e^{z_i}$ ($e$ is about $2.718$), and divides
# each by their sum. (It needs all ten numbers at once, but Keras takes it as an `activation`, too.) So 2, 1, and 0
# become $7.4/11.1$, $2.7/11.1$, and $1/11.1$, and equal numbers become equal probabilities. (Powers are all positive,
# and keep the order. Any base above 1 would do that; $e$ keeps the arithmetic of [lesson 5](05_training.ipynb) simple.)
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
# cell. Softmax comes in here only as far as it is needed; lesson 5 has it by hand.
# -->

# %%
while len(model.layers) > 5:  # back to the five layers from above
    model.pop()
model.add(layers.Flatten())
model.add(layers.Dense(64, activation="relu"))
model.add(layers.Dense(10, activation="softmax"))

model.summary()

# %% [markdown] tags=["reading"]
# Flatten: 4 · 4 · 64 = 1,024 numbers. The first dense layer has (1024 + 1) · 64 = 65,600 parameters, more than all
# convolutions together, in a layer that looks small in the code. The last has (64 + 1) · 10 = 650. In total there are
# 121,994, exactly as in the original notebook.
#
# <!-- notes
# Back to the votes. More than half of all parameters sit in one line of code that looks harmless. Ask why: each of
# its 64 units has a weight of its own for each of the 1,024 numbers, and shares it with nobody.
#
# Somebody looks for parameters in `Flatten` and in the pooling layers: they move numbers or drop them, and learn
# nothing.
# -->

# %% [markdown]
# Convolutional and pooling layers that alternate, then dense layers: that is also the plan of **LeNet-5**, which read
# bank checks ([LeCun and others, 1998](https://doi.org/10.1109/5.726791)). MNIST, made a few years earlier, is
# described in the same paper.

# %% [markdown]
# ### Exercise: the whole bill
#
# Add two lines to the thumbnail's five from the exercise above:
#
# ```python
# layers.Flatten()
# layers.Dense(10, activation="softmax")
# ```
#
# How many parameters does the whole network have? Again, work it out on paper first, and then ask Keras.
#
# <!-- slide
# Two lines more for the thumbnail: `Flatten`, then `Dense(10, activation="softmax")`.
#
# How many parameters does the whole network have?
# -->
# <!-- notes
# 3 minutes. Anyone who had the shape wrong will have this wrong too: send them back one exercise.
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
# Parameters are one cost, and work is another. Work is counted in **multiply-adds** (also **multiply-accumulates**, MACs):
# each weight makes one, at each position where it is used.
#
# **Predict.** Which layer does most of the work?
#
# <!-- slide
# ### Parameters are one cost, and work is another
#
# Work is counted in **multiply-adds**: each weight makes one, at each position where it is used.
#
# **Predict.** Which layer does most of the work?
# -->
# <!-- notes
# Parameters and work are two different costs. How often a weight is used is for them to find out: do not say it.
#
# Let them point at the block that holds most of the parameters, and at the one that takes most of the work, and show
# the charts after that.
# -->

# %% slideshow={"slide_type": "skip"}
learned = [layer for layer in model.layers if layer.count_params()]
parameters = np.array([layer.count_params() for layer in learned])
positions = [np.prod(layer.output.shape[1:-1], dtype=int) for layer in learned]  # height · width, or 1
multiply_adds = np.array(positions) * [np.prod(layer.kernel.shape) for layer in learned]

# %% tags=["figure"]
figures.draw_shares(parameters, multiply_adds)
print("parameters:     ", parameters.sum(), "  multiply-adds:", multiply_adds.sum())

# %% [markdown] tags=["reading"]
# The second convolution does three quarters of the work: each weight of its 64 filters is used at 12 · 12 positions, a
# dense weight only once. So in this network the parameters and the work are in different places. To get a smaller file,
# cut the dense layer; to save work, cut the convolutions.
#
# <!-- slide
# In this network: for a smaller file, cut the dense layer; to save work, cut the convolutions.
# -->
#
# <!-- notes
# Ask whose votes were right twice. Then the two wishes: what would they cut for an app that must be a small download,
# and what for a camera that reads thirty images a second?
#
# In the second convolution 64 filters are used at 12 · 12 positions; a dense weight is used once. Let somebody do that
# product.
# -->

# %% [markdown]
# Other networks divide parameters and work differently. Many later ones average each feature map to a single number
# before the last layer (**global average pooling**, [Lin and others, 2013](https://arxiv.org/abs/1312.4400)), which
# leaves the last dense layer few weights. And the best network of this course ([lesson 9](09_better.ipynb)) has most of
# its parameters in its last convolution.

# %% [markdown]
# ## What does it say before training?
#
# Its weights were drawn at random. **Predict.** It sees a 7. What probability will it give to the class 7? How many
# of the test images will it get right?
#
# (In the picture, the blue bar is that of the true class.)
#
# <!-- notes
# 4 minutes. Ask for a number, not for a feeling. Some expect a clear but wrong answer.
#
# Next slide: the blue bar is that of the true class. Let them look for it, and say what it would have to look like if
# the network knew anything.
# -->

# %% slideshow={"slide_type": "skip"}
_, (raw_images, test_labels) = data.load_mnist()
test_images = data.prepare_images(raw_images)
probabilities = model.predict(test_images, batch_size=500, verbose=0)

# %% tags=["figure"]
figures.draw_answers(test_images[:4], test_labels[:4], probabilities[:4])

# %%
predicted = probabilities.argmax(axis=1)
untrained_acc = float((predicted == test_labels).mean())
print(f"{untrained_acc = :.4f}")
print("does it name each class at least once?", len(np.unique(predicted)) == 10)

# %% tags=["bounds"]
from course_utils.bounds import check_bounds

check_bounds(0.02, untrained_acc, 0.25)

# %% [markdown] tags=["reading"]
# It gives nearly the same probability to every class, whatever it sees, and about one answer in ten is right. That
# isn't caution: the ten numbers before softmax are all near zero, softmax of nearly equal numbers is nearly equal, and
# the class that comes out a hair ahead is named; some classes never are.
#
# <!-- slide
# Before training, all classes are nearly alike, whatever it sees.
# -->
#
# <!-- notes
# The misconception: the network hedges its bets. It knows nothing of bets: the ten numbers are nearly equal, and softmax
# of those is nearly flat.
#
# Ask why some classes are never named, although all bars look alike: one is always a hair ahead. And what would an
# untrained network with a million classes say? Lesson 5 begins with what such an answer costs.
# -->

# %% [markdown]
# ### And what do its layers make of a digit?
#
# You can look into the network while it reads what you draw. Below are the maps of all its layers. Press a number of a
# map, and you see its window, its filter, and the sum. (Run the cell first: what is stored here is only a picture.)
#
# **Predict.** All filters are random. Will you recognize your digit in the maps of the first layer? In those of the last
# convolution? And how much will the ten answers change if you draw a 1 in place of an 8?
#
# <!-- slide
# ### And what do its layers make of a digit?
#
# **Predict.** All filters are random. Will you recognize a digit in the maps of the first layer? In those of the last
# convolution? Will the answers change if you draw another digit?
# -->
#
# <!-- notes
# 2 minutes. Draw one digit at your machine, then press a number of the second convolution, and let the room say where
# its window lies. *Go to what counts most* leads back to the pixels.
# -->

# %% tags=["figure"]
LayersView(model)

# %% [markdown] tags=["reading"]
# Random filters slide like any others: in the first maps, your digit is easily recognized, and some already keep only one
# side of its strokes. Deeper maps have few numbers, and nobody can read them. The answers hardly move. The layers pass on
# what was drawn; what nobody has told them yet is which digit that is.
#
# <!-- slide
# Random filters pass on what was drawn. Which digit that is, nobody has told them.
# -->

# %% [markdown]
# Now the same untrained network sees the same images as bytes, from 0 to 255.
#
# **Predict.** What becomes of its highest probability: will it still be near one tenth? And will it name the same
# classes as before?
#
# <!-- slide
# ### And if it reads bytes?
#
# The same untrained network sees the same images as bytes, from 0 to 255.
#
# **Predict.** Is its highest probability still near one tenth? Does it name the same classes?
# -->
#
# <!-- notes
# Let them say first what a factor of 255 does to the output of the first layer: its biases are zero.
# -->

# %%
bytes_as_floats = raw_images[..., np.newaxis].astype("float32")
probabilities_bytes = model.predict(bytes_as_floats, batch_size=500, verbose=0)
highest = float(probabilities.max(axis=1).mean())  # on average over the test images
highest_bytes = float(probabilities_bytes.max(axis=1).mean())
same_class = float((probabilities_bytes.argmax(axis=1) == predicted).mean())
print(f"{highest = :.2f}\n{highest_bytes = :.2f}\n{same_class = :.2f}")

# %% tags=["bounds"]
check_bounds(0.1, highest, 0.2)
check_bounds(0.6, highest_bytes, 1.001)
check_bounds(0.98, same_class, 1.001)

# %% [markdown] tags=["reading"]
# It names the same classes, and now it is nearly certain of them. It knows no more than before. All biases are still
# zero. Sums of products, ReLU, and the maximum of a block all grow 255-fold with what they read, so the ten numbers
# before softmax do too; and in the powers of $e$, the largest wins.
#
# <!-- slide
# The same classes, and now it is nearly certain. It knows no more than before.
# -->
#
# <!-- notes
# A softmax output near 1 says that the numbers before it are far apart, and nothing more. Lesson 6 comes back to what a
# probability of a network is worth.
# -->

# %% [markdown]
# So two things make an untrained network's ten probabilities nearly equal: inputs in [0, 1], and the **weight
# initialization**, the rule by which the first weights are drawn. (Multiply the last layer's weights by 255 instead of
# the inputs, and the ten numbers before softmax grow just as much.) Keras's default, **Glorot** initialization, draws
# them from a range around zero that is narrower the more inputs and outputs a layer has. It aims to keep the numbers
# about the same size from layer to layer ([Glorot and Bengio, 2010](https://proceedings.mlr.press/v9/glorot10a.html)).
# Here they shrink in the first layer, and stay small after that.
#
# Whatever this network will know about digits comes from training. The layers themselves bring along only that neighboring
# pixels belong together, and that a stroke is a stroke wherever it is.

# %% [markdown]
# ## Is there another way to write it?
#
# `Sequential` can only describe a stack. Many networks branch and join, and for those Keras has the **functional API**: you
# call each layer like a function, on what it reads. **Predict.** Here is the same network written that way. Given the same
# weights, will it give the same answers, nearly or exactly?
#
# <!-- slide
# **Predict.** The same network, written with the functional API, and given the same weights.
#
# Will it give the same answers, nearly or exactly?
# -->
# <!-- notes
# 7 minutes. It matters for networks that branch, and for looking inside.
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
built = networks.build_seed_network()  # as the lessons to come will call this network
answers = []
for network in (model, functional, built):
    network.set_weights(model.get_weights())
    answers.append(np.asarray(network(test_images[:100])))
first, others = answers[0], np.stack(answers[1:])
identical = (others == first).mean()  # the share of the probabilities that are equal bit for bit
largest_difference = np.abs(others - first).max()
print("parameters:", model.count_params(), functional.count_params(), built.count_params())
print(f"{identical = :.3f}\n{largest_difference = :.7f}")

# %% tags=["bounds"]
check_bounds(-0.001, identical, 1.001)
check_bounds(0, largest_difference, 1e-5)

# %% [markdown] tags=["reading"]
# Exactly on our computer, and probably on yours: all three are the same operations in the same order. With the
# functional API, you can give each array along the way a name, take it out, and look at it.
#
# <!-- notes
# Those who said *nearly* think of rounding: the same operations in the same order round in the same way. In lesson 3
# the order was different, which is why the tolerance is 1e-5.
#
# Ask for a network that `Sequential` cannot describe: two inputs, or a path that leaves and comes back.
# -->

# %% [markdown]
# Now a network that is not a stack. Its image goes two ways, and each of these paths is called a **branch**: one has
# small windows, the other large ones. Then the two are joined:

# %%
inputs = keras.Input((28, 28, 1))
small = layers.Conv2D(8, (3, 3), activation="relu", padding="same")(inputs)
large = layers.Conv2D(4, (7, 7), activation="relu", padding="same")(inputs)
joined = layers.Concatenate()([small, large])  # along the channels
pooled = layers.MaxPooling2D((4, 4))(joined)
outputs = layers.Dense(10, activation="softmax")(layers.Flatten()(pooled))
branched = keras.Model(inputs, outputs)

# %% [markdown]
# **Predict.** On paper: the shapes of `small`, `large`, `joined`, and `pooled`, and the parameters of each layer.
#
# <!-- slide
# **Predict.** On paper: the shapes of `small`, `large`, `joined`, and `pooled`, and the parameters of each layer.
# -->
#
# <!-- notes
# Draw the two paths as a fork on the board. The question that helps: which axis may differ between the two, and which
# may not?
# -->

# %%
for layer in branched.layers:
    print(f"{type(layer).__name__:12} {layer.output.shape!s:20} {layer.count_params():5,}")

# %% [markdown] tags=["reading"]
# `Concatenate` puts the channels side by side, 8 + 4 = 12, and learns nothing. Height and width must agree, which is why
# both branches have `padding="same"`. `layers.Add` would add the two arrays number by number; for that, the channels
# should agree as well (a single channel would be added to each of the others).
#
# <!-- slide
# `Concatenate` puts the channels side by side: 8 + 4 = 12. It has nothing to learn.
# -->
#
# <!-- notes
# Joined branches are in GoogLeNet (2014), added ones in ResNet (2015): most networks of the last ten years need this.
# -->

# %% [markdown]
# ### Exercise: a network to a budget
#
# A device has room for 20,000 parameters, and our network has 121,994. Write a function that builds a smaller one, for
# the same images and the same ten classes, with `Sequential` or the functional API, and returns it untrained. Small alone
# is not enough: it has to learn as well.
#
# The check counts the parameters, and trains a copy on half of the training images, each seen once, which is called an
# *epoch* ([lesson 5](05_training.ipynb)). Then the copy reads 5,000 other images, and must get a share of at least 0.94
# right. *About 10 seconds.*
#
# <!-- slide
# A device has room for 20,000 parameters.
#
# Build a network that fits, and that still learns: after one epoch, it must get a share of 0.94 of 5,000 new images right.
# -->
# <!-- notes
# 5 minutes. Let them compare: who got the most out of the budget, and where did they cut? The check trains for a
# while.
# -->

# %% tags=["exercise"]
def small_network():
    """At most 20,000 parameters; after an epoch, 0.94 of 5,000 validation images right."""
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
# ## Going further: Can you count the parameters of a network that isn't built yet?
#
# `summary()` needs a network. With a plan and the rules of this lesson, you don't.
#
# **Predict.** Images of shape (8, 8, 1) go through 4 filters of 3 × 3 without padding, 2 × 2 max pooling, and a dense layer
# with 10 units. How many parameters does each have?
#
# <!-- slide
# **Predict.** Images of shape (8, 8, 1) go through 4 filters of 3 × 3 without padding, 2 × 2 max pooling, and a dense layer
# with 10 units. How many parameters does each have?
# -->
#
# <!-- notes
# 2 minutes. On paper, in pairs; it is the example of the exercise.
# -->

# %%
plan = [layers.Conv2D(4, (3, 3)), layers.MaxPooling2D((2, 2)), layers.Flatten(), layers.Dense(10)]
tiny = keras.Sequential([keras.Input((8, 8, 1)), *plan])
for layer in plan:
    print(f"{type(layer).__name__:12} {layer.output.shape!s:16} {layer.count_params()}")

# %% [markdown]
# ### Exercise: the last column of the summary
#
# Write a function that counts the parameters from a plan: the shape of one image, and a `stack`, which is a list of layers.
# Each layer is a tuple:
#
# | in the stack | what it stands for |
# |---|---|
# | `("conv", filters, side)` | a convolution, windows of side × side, no padding |
# | `("pool", side)` | max pooling, blocks of side × side; a block that is not whole is dropped |
# | `("dense", units)` | a dense layer, which reads all numbers there are as one row |
#
# It should return a list with the number of parameters of each layer, and 0 for a pooling layer:
# `count_parameters((8, 8, 1), [("conv", 4, 3), ("pool", 2), ("dense", 10)])` is `[40, 0, 370]`.
#
# (`for kind, *numbers in stack:` takes the tuples apart: what follows the first part becomes the list `numbers`.)
#
# <!-- slide
# Write `count_parameters(shape, stack)`, for a stack such as
#
# `[("conv", 4, 3), ("pool", 2), ("dense", 10)]`
#
# For images of shape `(8, 8, 1)` it returns `[40, 0, 370]`.
# -->
# <!-- notes
# 6 minutes. For those who code fast, or for home. Stuck? Keep the shape in three variables and update them layer by
# layer.
# -->

# %% tags=["exercise"]
def count_parameters(shape, stack):
    """The parameters of each layer of a stack, as a list; after a dense layer come only dense layers."""
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
# ## Quiz
#
# Answer each question on paper first. Then remove the `#` below, put in your answer, and run the line: it tells you why.
#
# <!-- notes
# 2 minutes. Take a show of hands before the answer is on the wall.
# -->

# %% tags=["quiz"]
exercise.quiz.show()

# %% tags=["quiz"]
# exercise.quiz.answer(1, "a")

# %% [markdown]
# ## Key points
#
# - A filter is as deep as what it reads: a convolution has (height · width · channels in + 1) · filters parameters. The
#   image's size is not in the count.
# - In this network, most parameters are in the first dense layer, and most multiply-adds in the convolutions.
# - With small inputs and small first weights, an untrained network gives nearly the same probability to every class,
#   whatever it sees.
#
# **Next:** [5. Training](05_training.ipynb) changes these 121,994 numbers until the answers are right.
#
# <!-- notes
# Without the slide first: let the room say how many parameters a layer with 10 filters of 5 × 5 on 3 channels has,
# and what the size of the image has to do with it.
#
# To ask on the way out: you may halve one layer of this network. Which one, and what for?
# -->
