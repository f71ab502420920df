# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 5. Training
#
# You will train the network of lesson 4 on all 60,000 images, and know what happens at every step of it.
#
# **50 minutes**. At the end you can
#
# - compute a network's loss and one step of its optimizer by hand, as Keras does;
# - write the loop that `fit` runs, and count its steps;
# - read learning curves, and see in them when a network starts to learn by heart.
#
# <!-- slide
# What do compile and fit do?
# -->
# <!-- notes
# 1 minute. The network of lesson 4 is untrained. Today it learns, and no step of that stays hidden. Start the long
# training early if your machines are slow: it takes some minutes.
# -->

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course is missing here: in its folder, run nox -s lab or pip install -e .")

from course_utils import data, networks, plotting
from course_utils.results import read_result
from course_utils.exercises import training as exercise
from course_utils.figures import training as figures

import keras
import numpy as np
import tensorflow as tf

plotting.use_course_style()

# %% [markdown]
# The data as lesson 2 left it: images as float32 in [0, 1] with a channel axis, labels one-hot.

# %% slideshow={"slide_type": "skip"}
(train_bytes, train_digits), (test_bytes, test_digits) = data.load_mnist()
train_images, test_images = data.prepare_images(train_bytes), data.prepare_images(test_bytes)
train_labels, test_labels = data.one_hot(train_digits), data.one_hot(test_digits)

print("train_images", train_images.shape, " train_labels", train_labels.shape)
print("test_images ", test_images.shape, " test_labels ", test_labels.shape)

# %% [markdown]
# ## How wrong is an answer?
#
# To get better, a network first needs to know how wrong it is: one number, small when it is right. Two steps lead to
# it.
#
# The last layer computes ten numbers, one a class. They may be negative, or a thousand: they are called **logits**, and
# they say which class gets more, and by how much. **Softmax**, which you met in lesson 4, makes probabilities of them:
# positive numbers that sum to 1.
#
# Here is how, for three classes with the logits 2, 1 and -1:
#
# <!-- slide
# The last layer gives ten numbers, which may be anything: **logits**. **Softmax** makes probabilities of them.
# -->
# <!-- notes
# 6 minutes. Softmax was met in lesson 4, only as far as it was needed there. Ask who can still say what it does.
# -->

# %% tags=["figure"]
logits = np.array([2.0, 1.0, -1.0])
figures.draw_softmax(logits)

# %% [markdown]
# The power makes each number positive, the division makes them sum to 1:
#
# $$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$$
#
# <!-- notes
# From left to right: ask what stays the same in all three pictures. The order does, and nothing else.
#
# Which class gained, and which lost, on the way? The powers favor the largest. The next question is what that does when
# all logits are multiplied.
# -->

# %% [markdown]
# **Predict.** What happens to these three probabilities if you add 5 to each logit? And if you multiply each by 5?
#
# <!-- notes
# Let them add 5 to each logit on paper. Many expect the larger logits to win more; only differences count.
# Multiplying makes the answer surer, not different.
# -->

# %%
for name, changed in (("logits", logits), ("plus 5", logits + 5), ("times 5", logits * 5)):
    powers = np.exp(changed)
    print(f"{name:8}", (powers / powers.sum()).round(2))

# %% [markdown] tags=["reading"]
# Adding changes nothing: only differences between logits count.
#
# Multiplying keeps the order and makes the same opinion *louder*: what softmax gives is as loud as training has made it.
#
# <!-- slide
# Adding the same to all logits changes nothing; multiplying makes the answer surer.
# -->
#
# <!-- notes
# Back to their papers: the first line against the second, then against the last. Who expected that adding 5 makes the
# first class win by more?
#
# The misconception: 0.99 means right 99 times in 100. It is a share, as loud as training has made it. Lesson 6
# counts; do not settle it here.
# -->

# %% [markdown]
# **A softmax output is a share, not a certainty.** Lesson 6 measures whether 0.99 is right 99 times in 100.
#
# A logit may be a thousand, and no float can hold $e^{1000}$. So here is a function that computes the same without large
# powers:

# %%
def softmax(logits):
    """Probabilities from logits; the last axis is the classes."""
    shifted = logits - logits.max(axis=-1, keepdims=True)  # so that no power overflows
    powers = np.exp(shifted)
    return powers / powers.sum(axis=-1, keepdims=True)


print("logits      ", softmax(logits).round(2))
print("plus 1000   ", softmax(logits + 1000).round(2))

# %% [markdown]
# Second step. The image's true class has been given the probability $p$. What should that cost? Nothing if $p$ is 1,
# and more the smaller $p$ is. Two candidates: **cross-entropy**, $-\log p$ (the natural logarithm), and the **squared
# error**, the squared distance from the one-hot label. Let the logit of the true class run from hopeless to sure.
# One rival has the logit 6, the eight others stay at 0:
#
# <!-- notes
# Before the next slide: which should cost more, an answer that is unsure, or one that is sure and wrong?
# -->

# %% slideshow={"slide_type": "skip"}
z = np.linspace(-8, 12, 401)  # logits of the true class
rivals = np.tile([6] + [0] * 8, (401, 1))
label, probabilities = np.eye(10)[0], softmax(np.c_[z, rivals])
p = probabilities[:, 0]
losses = {"cross-entropy": -np.log(p), "squared error": ((probabilities - label) ** 2).sum(axis=1)}
slopes = {name: np.gradient(loss, z) for name, loss in losses.items()}

# %% tags=["figure"]
figures.draw_losses(z, losses, slopes)
print("slope of cross-entropy is p - 1:", np.allclose(slopes["cross-entropy"], p - 1, atol=0.01))

# %% [markdown]
# The network learns by slopes: no slope, no learning. Look at the left end, where it is sure and wrong. There the
# squared error is as large as it gets, but flat. It says *very bad* and not *which way*. Cross-entropy pulls there with
# full force, a slope of nearly -1, and lets go only as the answer gets right. Its slope along each logit is simply
# $p_i - y_i$, given minus wanted. (Accuracy is even worse than the squared error: nudge a weight, and mostly not one
# answer changes. Flat everywhere.)
#
# For a label $y$ that is one-hot, all of it fits in one formula, and only the true class's term is not 0:
#
# $$\text{cross-entropy} = -\sum_i y_i \log p_i$$
#
# <!-- slide
# Sure and wrong: squared error has no slope there. Cross-entropy pulls at full strength.
# -->
#
# <!-- notes
# Left picture, gray part. Put a ball on each curve: which one rolls, and which one lies still? The squared error is
# as large as it gets there, and says nothing about the way down. Then find the same in the right picture.
#
# Somebody asks why not train on accuracy itself. Nudge a weight, and mostly not one answer changes: flat everywhere.
# -->

# %%
def cross_entropy(labels, logits):
    """Loss of each example, from one-hot labels and logits; the last axis is the classes."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_softmax = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return -(labels * log_softmax).sum(axis=-1)


some = np.random.default_rng(0).normal(0, 3, size=(6, 10))
ours, theirs = softmax(some), keras.ops.softmax(some)
print("softmax equals Keras's:", np.allclose(ours, theirs, atol=1e-6))
ours = cross_entropy(train_labels[:6], some)
theirs = keras.losses.categorical_crossentropy(train_labels[:6], theirs)
print("cross-entropy equals Keras's:", np.allclose(ours, theirs, atol=1e-4))
print(f"one tenth for each of ten classes costs {cross_entropy(train_labels[0], np.zeros(10)):.2f}")

# %% [markdown]
# Why not simply take the log of `softmax`? A tiny probability rounds to 0, and its log is minus infinity. The function
# takes the log before anything is rounded away.
#
# Keep the number in the line *one tenth for each of ten classes*: a network that knows nothing pays $\log 10$ an image. A
# higher **loss**, as the mean over the images is called, means worse than not knowing.
#
# <!-- notes
# Only the last printed line is for the wall: a network that knows nothing pays the log of ten. Have it written down;
# it is the first number of the long training, and the ruler for all others.
#
# Who asks why the log is taken before the division: a tiny probability rounds to 0, and its log is minus infinity.
# -->

# %% [markdown]
# ### Exercise: the loss of plain labels
#
# One-hot labels are mostly zeros. Write the loss for labels as MNIST has them: `digits` holds $n$ whole numbers, the
# true classes, and `logits` has the shape $(n, k)$, a row of logits for each image. There may be any number $k$ of
# classes, and a logit may be a thousand. Wanted is a single number, the mean cross-entropy of the $n$ images.
#
# <!-- slide
# Write `mean_loss(digits, logits)`: the mean cross-entropy, from whole numbers as MNIST has them, not one-hot rows.
#
# Any number of classes; a logit may be a thousand.
# -->
# <!-- notes
# 5 minutes. Who takes the power first gets infinity: point back to the softmax above. No loop is needed.
# -->

# %% tags=["exercise"]
def mean_loss(digits, logits):
    """Mean cross-entropy of n images, from their true classes as numbers and from their logits."""
    ...


# %% tags=["check"]
exercise.mean_loss.check(mean_loss)
# exercise.mean_loss.hint()
# exercise.mean_loss.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_mean_loss(digits, logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_softmax = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_softmax[np.arange(len(digits)), digits].mean()


exercise.mean_loss.check_solution(solution_mean_loss)

# %% [markdown]
# ## Which way is down?
#
# A network has too many weights to draw its loss. So take the smallest one there is: one input $x$, the ink in the
# middle of the image; one weight $w$, one bias $b$; and two classes. "0" has the logit 0, "1" has the logit $w x + b$.
#
# <!-- slide
# The smallest network there is: one input, one weight $w$, one bias $b$. Its loss is a landscape over the two, and
# gradient descent walks downhill.
# -->
# <!-- notes
# 7 minutes. Draw the valley on the board, and a walker in the fog who feels only the slope. The picture is of two
# weights; the network has 121,994, and nobody can draw that.
# -->

# %% slideshow={"slide_type": "skip"}
chosen = np.flatnonzero(train_digits < 2)[:2000]
x = train_images[chosen, 12:16, 12:16].mean(axis=(1, 2, 3))
y = data.one_hot(train_digits[chosen])[:, :2]


def loss_and_gradient(weights, batch=slice(None)):
    """Mean loss of the smallest network on some of the images, and its slope along w and along b.

    Along the logit it is given minus wanted; move w by a little, and the logit moves x times as much.
    """
    w, b = weights
    logits = np.stack([0 * x[batch], w * x[batch] + b], axis=1)
    error = (softmax(logits) - y[batch])[:, 1]  # given minus wanted
    return cross_entropy(y[batch], logits).mean(), np.array([(error * x[batch]).mean(), error.mean()])


for c in (0, 1):
    print(f"mean ink in the middle of a {c}: {x[y[:, c] == 1].mean():.2f}")

# %% [markdown]
# Each pair $(w, b)$ is a place on a map, its loss is the height there. All slopes together are the **gradient**. It
# points uphill, so **gradient descent** steps against it:
#
# $$\text{weights} \leftarrow \text{weights} - \text{learning rate} \times \text{gradient}$$
#
# The **learning rate** says how far. The network does not learn it: you choose it.
#
# <!-- slide
# ### Against the gradient
#
# All slopes together are the **gradient**. It points uphill, so step against it:
#
# $$\text{weights} \leftarrow \text{weights} - \text{learning rate} \times \text{gradient}$$
#
# The **learning rate** says how far. Nobody learns it: you choose it.
# -->
#
# <!-- notes
# Cover the minus sign with your hand and ask for it: the gradient points uphill, and we want down.
#
# The misconception: the network finds its learning rate by training. It finds weights; the rate is chosen, by you.
# -->

# %% slideshow={"slide_type": "skip"}
# The map: the loss at the crossings of a grid.
w_axis, b_axis = np.linspace(-8, 28, 50), np.linspace(-14, 6, 40)
heights = np.array([[loss_and_gradient((w, b))[0] for w in w_axis] for b in b_axis])
landscape = w_axis, b_axis, heights

# %% slideshow={"slide_type": "skip"}
def walk(step, n_steps=60):
    """The places a walker comes by, and the loss at each; step gives the next place and its memory."""
    weights, memory, places, losses = np.zeros(2), np.zeros(2), [], []
    for _ in range(n_steps + 1):
        loss, gradient = loss_and_gradient(weights)
        places.append(weights)
        losses.append(loss)
        weights, memory = step(weights, gradient, memory)
    return np.array(places), losses


def gradient_descent(rate):
    return lambda weights, gradient, memory: (weights - rate * gradient, memory)


# %% [markdown]
# **Predict.** Three walkers start from $w = b = 0$ and take 60 steps with learning rates of 0.2, 5 and 80. Which one
# gets lowest? What becomes of the other two?
#
# (In the picture dark is high and white is low; the star is the start, the cross the lowest place.)
#
# <!-- notes
# A sketch of the valley and three paths in it, on paper. Then votes on the lowest of the three, and a word each for
# what becomes of the others. Most take the largest rate to be the first to arrive.
# -->

# %% tags=["figure"]
figures.draw_rates(landscape, {rate: walk(gradient_descent(rate)) for rate in (0.2, 5, 80)})

# %% [markdown] tags=["reading"]
# Too small a rate, and the walker does not arrive. Too large, and it leaps over the valley and lands higher than it
# stood, again and again; that it comes down on the far side after all, outside the map, is luck and not a method. The
# one between drops into the valley quickly and then creeps: the valley's sides are steep, its floor hardly slopes, and
# one rate has to serve both.
#
# <!-- slide
# Too small a rate never arrives; too large a rate jumps over the valley.
# -->
#
# <!-- notes
# Dark is high; the star is the start, the cross the lowest place. Follow the green line with a finger: where does it
# leave the picture, and where is its loss then, on the right?
#
# That it comes down in the end is luck: it stepped over the valley again and again, and came down outside the map.
# And ask why the orange walker slows down, although its rate never changed: the slope did.
# -->

# %% [markdown]
# These two weights had one rate between them. Your network has 121,994 weights. **RMSprop** sizes the step for each
# apart: it keeps a running mean of the weight's squared slope $g^2$ (Keras calls it *velocity*) and divides the slope
# by the root of that mean: root, mean, square, the RMS in its name ([Hinton's lecture 6,
# 2012](https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf)).
#
# $$v \leftarrow \rho\, v + (1 - \rho)\, g^2$$
#
# $$w \leftarrow w - \text{learning rate} \times \frac{g}{\sqrt{v + \varepsilon}}$$
#
# **Predict.** One weight has the slope 100, another 0.01. How much farther does the first one move in the first step?
#
# <!-- slide
# ### One rate for 121,994 weights?
#
# **RMSprop** divides each slope $g$ by the root of its running mean square $v$:
#
# $$w \leftarrow w - \text{learning rate} \times \frac{g}{\sqrt{v + \varepsilon}}$$
#
# **Predict.** One weight has the slope 100, another 0.01. How much farther does the first one move in the first step?
# -->
#
# <!-- notes
# Two weights with one rate: the steep side wants a small one, the floor a large one. So let each weight have a step
# of its own.
#
# Expect *ten thousand times as far* from most. Then both slopes into the formulas, with $v$ from 0: 0.1 · 100 · 100
# for the one, 0.1 · 0.01 · 0.01 for the other. The slope cancels.
# -->

# %%
def rmsprop_step(weights, gradient, velocity, learning_rate=0.001, rho=0.9, epsilon=1e-7):
    """New weights and new velocity after one step of RMSprop, with Keras's default settings."""
    velocity = rho * velocity + (1 - rho) * gradient**2
    return weights - learning_rate * gradient / np.sqrt(velocity + epsilon), velocity


weights, velocity = np.ones(2), np.zeros(2)
theirs, optimizer = keras.Variable(weights), keras.optimizers.RMSprop()
for gradient in np.array([[100, 0.01], [100, -0.01], [-50, 0.02]]):
    before = weights
    weights, velocity = rmsprop_step(weights, gradient, velocity)
    optimizer.apply([tf.constant(gradient, "float32")], [theirs])
    same = np.allclose(weights, theirs, atol=1e-6)
    print("moved by", (weights - before).round(4), " equals Keras's:", same)

# %% [markdown] tags=["reading"]
# Hardly at all. The size of a slope cancels out; its sign and its ups and downs remain. That is why Keras can offer one
# learning rate, 0.001, for most networks. (The small $\varepsilon$ keeps a weight without slope from dividing by zero.
# Keras adds it under the root, other libraries outside; only the tiniest slopes notice.)
#
# <!-- slide
# The size of a slope cancels out. Its sign stays.
# -->
#
# <!-- notes
# First printed line: a slope ten thousand times as large, and the same step. Then the signs: those still differ from
# line to line as the slopes do. Ask what was thrown away, and who would miss it: plain descent took the size for *how
# far*.
#
# Nobody needs the default settings by heart.
# -->

# %% [markdown]
# Back to the valley: its sides are steep, its floor is nearly level.
#
# **Predict.** Two walkers take 60 steps in the valley, one by gradient descent with the rate 5, as before, one by RMSprop
# with the rate 0.5. Which one ends lower?
#
# <!-- notes
# Let them say why. Whoever has worked out the last question can answer this one: what does RMSprop make of a small slope?
# -->

# %% slideshow={"slide_type": "skip"}
def rmsprop(rate):
    return lambda weights, gradient, memory: rmsprop_step(weights, gradient, memory, learning_rate=rate)


walks = {"gradient descent, rate 5": walk(gradient_descent(5)), "RMSprop, rate 0.5": walk(rmsprop(0.5))}

# %% tags=["figure"]
figures.draw_optimizers(landscape, walks)

# %% [markdown] tags=["reading"]
# RMSprop: a small slope divided by a small root is still an ordinary step, so it does not tire on the floor. It is not
# magic. Its first steps are too long, since $v$ starts at 0: hence the leap sideways.
#
# <!-- slide
# RMSprop does not tire on the floor of the valley. It is not magic.
# -->
#
# <!-- notes
# Ask where the orange walker goes first, and why: $v$ starts at 0, so the first steps are too long.
#
# The misconception: the newer rule is the better one. Let somebody run plain descent with rate 20: it does as well
# here. With two weights one can search for that rate; with 121,994 slopes of all sizes there is none.
# -->

# %% [markdown]
# Now give gradient descent the rate 20 in place of 5, and run the last two cells again. With two weights you can search
# for a good rate; no single rate suits 121,994 slopes of all sizes.

# %% [markdown]
# ### Exercise: a step with momentum
#
# Another way along a level floor: let the walker roll. A ball does not stop when the ground gets level, and it does not turn
# about at each bump. It keeps a **velocity** $v$. Here this is the step itself, and not a mean of squares as in
# RMSprop. A share of it, the **momentum**, stays from step to step, and each slope $g$ gives it a push downhill:
#
# $$v \leftarrow \text{momentum} \times v - \text{learning rate} \times g$$
#
# $$w \leftarrow w + v$$
#
# All three are arrays of the same shape. Return the new weights and the new velocity, in this order.
#
# <!-- slide
# A ball that rolls keeps a **velocity** $v$:
#
# $$v \leftarrow \text{momentum} \times v - \text{learning rate} \times g$$
#
# $$w \leftarrow w + v$$
#
# Return the new weights and the new velocity.
# -->
# <!-- notes
# 5 minutes. The sign is the usual slip. For the quick ones: send it down the valley afterwards, and compare.
# -->

# %% tags=["exercise"]
def momentum_step(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    """New weights and new velocity after one step of gradient descent with momentum."""
    ...


# %% tags=["check"]
exercise.momentum_step.check(momentum_step)
# exercise.momentum_step.hint()
# exercise.momentum_step.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_momentum_step(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = momentum * velocity - learning_rate * gradient
    return weights + velocity, velocity


exercise.momentum_step.check_solution(solution_momentum_step)

# %% [markdown]
# When yours is right, send it down the valley. Add a cell below this one (press `Esc`, then `B`):
# `walk(momentum_step)[1][-1]` is its loss after 60 steps. Will it be lower than `walk(gradient_descent(0.5))[1][-1]`, with
# the same learning rate and no memory? Guess before you look.

# %% [markdown]
# ## What does `fit` repeat?
#
# So far each step asked all images. With 60,000 that is one careful step for a lot of work. But the gradient is a mean,
# and 64 images already give a rough idea of a mean. Such a handful is a **batch**; one pass over all images, batch by
# batch, is an **epoch**. (The notebook that this course grew from, the *seed notebook*, calls 64 the *sample size*. In
# statistics that is how many examples you have, here 60,000; the 64 is the *batch size*.)
#
# **Predict.** How many steps does an epoch take with 60,000 images in batches of 64? How many images are in the last
# batch? How many steps are five epochs?
#
# <!-- notes
# 4 minutes. Count together: the last batch is not full. Half the room will say that an epoch is a step.
# -->

# %%
n_images, batch_size = len(train_images), 64
steps_per_epoch = -(-n_images // batch_size)  # rounded up

print("steps an epoch:", steps_per_epoch)
print("images in the last batch:", n_images - (steps_per_epoch - 1) * batch_size)
print("steps in five epochs:", 5 * steps_per_epoch)

# %% [markdown] tags=["reading"]
# So an epoch is not a step, it is hundreds of them, and its last batch may be smaller than the others.
#
# <!-- slide
# An epoch is hundreds of steps.
# -->
# <!-- notes
# Students mix up epoch, step and batch all the time. Have one of them define all three.
# -->

# %% [markdown]
# **Predict.** One epoch in the valley: three walkers look at each of the 2,000 images exactly once, the first in one batch
# of all 2,000, the second in batches of 64, the third in batches of 4. Who comes nearest to the lowest place, and does
# that walker come to rest there?

# %% slideshow={"slide_type": "skip"}
def walk_one_epoch(batch_size, rate=5):
    """The places a walker comes by who takes one step for each batch, once through all images."""
    places = [np.zeros(2)]
    for first in range(0, len(x), batch_size):
        _, gradient = loss_and_gradient(places[-1], slice(first, first + batch_size))
        places.append(places[-1] - rate * gradient)
    return np.array(places)


# %% tags=["figure"]
figures.draw_epochs(landscape, {size: walk_one_epoch(size) for size in (2000, 64, 4)})

# %% [markdown] tags=["reading"]
# Large batches: few steps, each in a good direction. Small batches: many steps that stagger and, near the goal, never
# come to rest. 64 is a compromise, and a computer likes 64 images at once better than 64 times one.
#
# <!-- slide
# Large batches: few good steps. Small batches: many that stagger.
# -->
#
# <!-- notes
# All three walkers have looked at each image exactly once. Ask which of them is the best, and do not accept an answer
# without a *for what*: the straightest way, the farthest, the one that comes to rest.
# -->

# %% [markdown]
# Now you know all the parts. Here they are as the loop that `fit` runs. What is new is where the gradient of 121,994
# weights comes from: a `GradientTape` notes down every operation on the way from the images to the loss. Then it goes
# through its notes backward, from the loss to each weight, with the chain rule of calculus. That is
# **backpropagation**.
#
# <!-- notes
# Now the loop on the next slide. One new word, backpropagation: the tape notes each operation, and goes through its
# notes backward with the chain rule. More than that is not needed today.
# -->

# %%
def train_by_hand(network, images, labels, batch_size=64, compiled=True):
    """One epoch, in the order of the images; returns the loss of each step."""
    loss_of, optimizer = keras.losses.CategoricalCrossentropy(), keras.optimizers.RMSprop()

    def step(images, labels):
        with tf.GradientTape() as tape:
            loss = loss_of(labels, network(images, training=True))  # how wrong is it?
        gradients = tape.gradient(loss, network.trainable_variables)  # which way is up?
        optimizer.apply(gradients, network.trainable_variables)  # one step down
        return loss

    step = tf.function(step) if compiled else step
    batches = [slice(first, first + batch_size) for first in range(0, len(images), batch_size)]
    return [float(step(images[batch], labels[batch])) for batch in batches]


# %% [markdown]
# `fit` has TensorFlow compile the step once, as `tf.function` does here; without that, Python runs each operation by
# itself, *eagerly*. `fit` would also shuffle the images before each epoch; for a comparison it must not.
#
# The second cell below compares each loop's weights with those of `fit`: what share of them is the same to the last bit,
# and how far off they are on average, relative to how far `fit` moved them. It also asks whether the loss that `fit`
# reports is the mean over its steps, to 0.05.
#
# **Predict.** Three networks from the same start, 40 steps each: one trained by `fit`, one by this loop, one by this loop
# eagerly. Will their weights agree, nearly or exactly?

# %% slideshow={"slide_type": "skip"}
def new_network():
    keras.utils.set_random_seed(0)  # the same start each time
    return networks.build_seed_network()


images, labels = train_images[: 40 * 64], train_labels[: 40 * 64]
by_fit, by_hand, eagerly = new_network(), new_network(), new_network()
by_fit.compile(optimizer="rmsprop", loss="categorical_crossentropy")
short = by_fit.fit(images, labels, batch_size=64, shuffle=False, verbose=0)
step_losses = train_by_hand(by_hand, images, labels)
eager_losses = train_by_hand(eagerly, images, labels, compiled=False)

# %% slideshow={"slide_type": "skip"}
def all_weights(network):
    return np.concatenate([array.ravel() for array in network.get_weights()])


# The share of weights that are the same to the bit; and how far they lie off, as a share of fit's way.
same_to_the_bit = np.mean(all_weights(by_hand) == all_weights(by_fit))
way = np.abs(all_weights(by_fit) - all_weights(new_network())).mean()
off = [np.abs(all_weights(network) - all_weights(by_fit)).mean() / way for network in (by_hand, eagerly)]
compiled_off, eager_off = off
print(f"{same_to_the_bit = :.4f}\n{compiled_off = :.4f}\n{eager_off = :.4f}")
as_fit_says = np.isclose(short.history["loss"][0], np.mean(step_losses), atol=0.05)
print("the loss that fit reports is the mean over its steps, to 0.05:", as_fit_says)

# %% tags=["bounds"]
from course_utils.bounds import check_bounds

check_bounds(-0.001, same_to_the_bit, 1.001)
check_bounds(-0.001, compiled_off, 0.5)
check_bounds(-0.001, eager_off, 0.5)

# %% [markdown] tags=["reading"]
# Compiled, the loop *is* `fit`: on the computer that stored this page, all weights were the same to the last bit. Run
# eagerly, they went nearly the same way, or the same. The formulas are the same, but where sums are added up in another
# order, their last digits change; and as RMSprop turns small slopes into ordinary steps, 40 steps can make something of
# that. How much depends on the processor; your `compiled_off` and `eager_off` may differ.
#
# <!-- slide
# Nearly, or to the last bit: `fit` is a loop that you can write yourself.
# -->
#
# <!-- notes
# The three comments on the right of the code, read aloud, are the lesson: how wrong is it, which way is up, one step
# down.
#
# The notebook trains three networks from one start: compiled, this loop gives the weights of `fit`; run by Python
# alone, nearly the same ones. Same formulas, sums in another order. Whoever calls `fit` magic should say what it does
# that this loop does not.
# -->

# %% [markdown]
# The last printed line, on the loss that `fit` reports, tells you what the numbers in a progress bar are: **a mean over
# the batches so far, taken while the weights change.** Here is that mean, and the loss of each batch:

# %% tags=["figure"]
figures.draw_progress(step_losses, by_fit.evaluate(images, labels, verbose=0))

# %% [markdown]
# The mean still carries the losses of the first steps, when the network was guessing. So after the first epoch a
# network is better than its progress bar says, and don't be surprised if it does better on new images than "in training".
#
# <!-- notes
# Ask which of the three a progress bar shows: the line, a mean taken while the weights change.
#
# So a network may do better on new images than *in training*, and there is neither a bug nor a miracle in that.
# Somebody in the room has been puzzled by it before.
# -->

# %% [markdown]
# ### Exercise: how many steps?
#
# You set 10,000 of the 60,000 images aside for validation, as in lesson 2, and train on the others: three epochs, in
# batches of 128. How many steps is that in all? Give the number, or let Python work it out.
#
# <!-- slide
# 10,000 of the 60,000 images are set aside. Three epochs on the others, in batches of 128.
#
# How many steps is that in all?
# -->
# <!-- notes
# 4 minutes. The last batch is smaller, and it counts. May be done aloud.
# -->

# %% tags=["exercise"]
training_steps = ...

# %% tags=["check"]
exercise.training_steps.check(training_steps)
# exercise.training_steps.hint()
# exercise.training_steps.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
solution_training_steps = 3 * -(-(60_000 - 10_000) // 128)  # rounded up for each epoch

exercise.training_steps.check_solution(solution_training_steps)

# %% [markdown]
# ## What do five epochs make of it?
#
# Now with all 60,000 images. Lesson 4 built the network layer by layer, `build_seed_network` builds the same one. And
# `compile` computes nothing: it writes down which loss to use, which optimizer (`"rmsprop"` is the one above with its
# default settings) and what else to report.
#
# <!-- slide
# The seed's recipe, on all 60,000 images: five epochs, batches of 64.
# -->
# <!-- notes
# 5 minutes. Start `fit` while you talk. Collect guesses for the first loss: knowing nothing costs the log of ten,
# which they have seen. The question of the day is what the test set will say.
# -->

# %% slideshow={"slide_type": "skip"}
keras.utils.set_random_seed(0)
model = networks.build_seed_network()
model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
print(f"{model.count_params():,} weights")

# %% [markdown]
# **Predict.** What will the loss be in the very first batch? And the accuracy after the first epoch, and after the
# fifth? Write them down, then start the cell. It takes some minutes: watch both numbers move *within* an epoch.
#
# <!-- slide
# **Predict.** The loss in the very first batch? The accuracy after the first epoch, and after the fifth?
# -->

# %%
history = model.fit(train_images, train_labels, epochs=5, batch_size=64)

# %% tags=["bounds"]
check_bounds(0.99, history.history["accuracy"][-1], 0.9999)
check_bounds(0.001, history.history["loss"][-1], 0.04)

# %% [markdown] tags=["reading"]
# The first batch costs about 2.30, what knowing nothing costs, as the first dot in the picture of 40 steps did; one
# epoch later most of the work is done.
#
# <!-- notes
# While it runs: watch the two numbers *within* the first epoch, and read the loss aloud a few times. It starts where
# knowing nothing starts.
# -->

# %% [markdown]
# If you run the cell of `fit` again, training goes on from where it stopped. To begin anew, first run the cell that
# builds the model.
#
# `fit` returns what it printed. Drawn against the epoch, that is a **learning curve**:
#
# <!-- notes
# A second run of the cell goes on from where the first one stopped. Say it before somebody finds ten epochs in their
# curve.
# -->

# %% tags=["figure"]
figures.draw_learning_curves(history.history)

# %% [markdown]
# All of that was about images it trained on. Now, once, the 10,000 it has never seen:
#
# <!-- notes
# Neither axis starts at 0: ask for the largest change before anybody reads the ticks, and again after that.
#
# Then, before the key: what will the 10,000 unseen images say? One guess each, with four decimals, on paper.
# -->

# %%
test_loss, test_acc = model.evaluate(test_images, test_labels, verbose=0)
print(f"{test_loss = :.4f}")
print(f"{test_acc = :.4f}")
print("test accuracy in the seed notebook: 0.9915")

# %% tags=["bounds"]
check_bounds(0.015, test_loss, 0.08)
check_bounds(0.985, test_acc, 0.997)

# %% [markdown]
# Yours is close to that number, but probably not equal to it. The seed fixed the first weights and the order of the images
# here; the seed notebook had another draw, on another machine, and another draw gives another network. How far chance
# goes, and whether a difference means anything, is lesson 6's question.
#
# <!-- slide
# Close to the seed notebook's number, and probably not equal to it.
# -->
#
# <!-- notes
# Whose guess was within a thousandth? Ask whether the network of the seed notebook is the better one. Take votes, and
# keep them: lesson 6 opens with this question.
# -->

# %% [markdown]
# Now a few single pictures, and under each the ten probabilities that your network gives. The true class is in color,
# where there is one.
#
# **Predict.** Two test images, a 7 and a 5. And three pictures that are no digits: a 7 and a 2 at once, noise,
# blank paper. How sure will the network be of each? And what would you want it to say of the last three?
#
# <!-- notes
# On paper, for each of the five: the highest of the ten bars, as a number. Most are certain that two digits at once get
# two bars of a half.
# -->

# %% slideshow={"slide_type": "skip"}
noise, blank = np.random.default_rng(0).random((28, 28, 1)), np.zeros((28, 28, 1))
pictures = np.stack([*test_images[[0, 8]], test_images[:2].max(axis=0), noise, blank]).astype("float32")
titles = ["a 7", "a 5", "a 7 and a 2", "noise", "blank paper"]
true_classes = [test_digits[0], test_digits[8], None, None, None]
probabilities = model.predict(pictures, verbose=0)

# %% tags=["figure"]
figures.draw_answers(pictures, titles, probabilities, true_classes)
print("all sum to 1:", np.allclose(probabilities.sum(axis=1), 1, atol=1e-5))

# %% [markdown] tags=["reading"]
# Softmax has no eleventh bar for *none of these*: ten probabilities sum to 1 whatever the picture is. So a high bar
# means *rather this digit than the nine others*, and nothing more. Noise and blank paper happen to leave this network
# undecided. Do not count on it: nothing in its training asked for that, and of two digits at once it is as sure as of a
# clean 7.
#
# <!-- slide
# There is no bar for *none of these*. A high bar means: rather this digit than the nine others.
# -->
#
# <!-- notes
# Picture by picture: what should it have said, what could it have said? It has no bar for *none of these*; the turned
# 4 of lesson 0 was the same.
#
# The comfort to take away from the room: noise and blank paper leave it undecided here, so it *knows* that these are
# no digits. Nothing in its training asked for that, and of two digits at once it is as sure as of a clean 7.
# -->

# %% [markdown]
# ## Would longer be better?
#
# Five epochs: is that too few, or already too many? The training loss still falls at the fifth. To know, you need
# images that are neither trained on nor the test set: the validation images of lesson 2. Keras evaluates them after
# each epoch with `fit(..., validation_data=(images, labels))`. That has been done for you, for 15 epochs, with 10,000
# of the 60,000 images set aside; it takes some minutes, so the result is stored.
#
# **Predict.** Sketch four curves over 15 epochs: training loss, validation loss, training accuracy, validation
# accuracy.
#
# <!-- notes
# 4 minutes. Vote: would fifteen epochs be better than five? Then ask which of the curves they would trust. In a short
# session show the picture and cut the three hundred images.
# -->

# %% tags=["figure"]
long = read_result("validation")["history"]
figures.draw_validation_curves(long)

# %% [markdown] tags=["reading"]
# The training curves would say *go on forever*. The validation loss says that the best is over after the first few
# epochs. A network whose loss still falls on its training images, and rises on others, begins to learn by heart.
#
# <!-- slide
# Training curves say *go on forever*. Validation loss says when the best is over.
# -->
#
# <!-- notes
# Lay their sketches beside the picture. Most drew all four curves alike, or a validation accuracy that falls.
# -->

# %% [markdown]
# **Over-fitting** is learning by heart: a network gets better on its training images and worse on others. Here are two of
# your four curves in numbers, after two of the epochs. Do loss and accuracy agree on which network is the better one?
#
# <!-- notes
# After which epoch would you stop, by each of the four curves? That gives different answers, and the next slides are
# about why. Ask for a bet first: can an accuracy rise while the loss gets worse?
# -->

# %%
best = int(np.argmin(long["val_loss"]))
for epoch in (best, 14):
    loss, accuracy = long["val_loss"][epoch], long["val_accuracy"][epoch]
    print(f"after epoch {epoch + 1:2}: validation loss {loss:.3f}, validation accuracy {accuracy:.4f}")

# %% [markdown] tags=["reading"]
# They do not: the validation loss got worse, and the validation accuracy, which wavers, ends no lower than before. How
# can that be?

# %% [markdown]
# **Loss and accuracy do not measure the same thing.** A small case shows what each of them asks.
#
# **Predict.** Two networks read ten images. To the true class, *modest* gives the probability 0.7 eight times and 0.4
# twice; *bold* gives 0.99 nine times and 0.00001 once. Count an answer as right where that is more than a half. Which
# network is more accurate? Which has the lower loss?

# %%
modest = np.array([0.7] * 8 + [0.4] * 2)
bold = np.array([0.99] * 9 + [0.00001])
for name, p in (("modest", modest), ("bold", bold)):
    print(f"{name}: accuracy {np.mean(p > 0.5):.1f}, loss {-np.log(p).mean():.2f}")

# %% [markdown] tags=["reading"]
# Accuracy only asks who is ahead. The loss asks how sure, and one answer that is confidently wrong costs more than all
# the others together. A network that trains on gets ever louder, on its errors too.
#
# <!-- slide
# Accuracy asks who is ahead; the loss asks how sure.
# -->
#
# <!-- notes
# On the board: nine answers that cost next to nothing, and one that costs $-\log 0.00001$. Who would hire which of
# the two?
# -->

# %% [markdown]
# The seed notebook sets no images aside for validation. It saw only the falling curve, so it could not know whether
# five epochs are too few or too many, and the test images were its only check. One look at them is fine. But whoever
# sees 0.9915, tries ten epochs, looks again and keeps the better one has *chosen* with the test images, and lesson 2
# showed what such a number is worth. Validation costs something too: 10,000 images fewer to learn from.
#
# Over-fitting grows when there is little to learn from. Here are 300 images for 30 epochs, live:
#
# <!-- notes
# Then the seed notebook: it had no validation images, and one look at the test images. One look is fine. Ask what the
# second look would be.
# -->

# %% slideshow={"slide_type": "skip"}
keras.utils.set_random_seed(0)
small_model = networks.build_seed_network()
small_model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
few, others = data.split_validation(train_images[:1300], train_labels[:1300], n_validation=1000)
small = small_model.fit(*few, epochs=30, batch_size=20, validation_data=others, verbose=0).history
train_accuracy, val_accuracy = small["accuracy"][-1], small["val_accuracy"][-1]
print(f"{train_accuracy = :.4f}")
print(f"{val_accuracy = :.4f}")

# %% tags=["bounds"]
check_bounds(0.97, train_accuracy, 1.001)
check_bounds(0.83, val_accuracy, 0.95)

# %% tags=["figure"]
figures.draw_curves_of_few_images(small)

# %% [markdown]
# It knows its 300 images perfectly, and the number that counts is the other one: what it makes of images it has not
# seen. **Training accuracy tells you how well it remembers.** By the validation loss it is best to stop at the arrow,
# where its probabilities are most honest; `keras.callbacks.EarlyStopping` does that by itself. By accuracy nothing is
# lost afterwards. Decide first which of the two you want. What helps both is more images.
#
# <!-- slide
# Training accuracy tells you what it remembers, not what it will do.
# -->
# <!-- notes
# The usual misconception, broken: perfect on what it has seen. Ask who would have bought this network.
# -->

# %% [markdown]
# ### Exercise: find the bug
#
# This function is to say what `model.evaluate` says, from one-hot labels and from what `model.predict` gives. It runs,
# and its accuracy is right. Try it on ten answers that are all right and entirely sure: the outputs are the labels
# themselves. What must their loss be, and what is it? Find out why, and mend it.
#
# <!-- slide
# A function is to say what `model.evaluate` says. It runs, and its accuracy is right.
#
# What loss does it give ten answers that are all right and entirely sure? Find out why.
# -->
# <!-- notes
# 6 minutes. Do not name the line. Ask what the function does to its input, and what the network has done to it already.
# -->

# %% tags=["exercise"]
def loss_and_accuracy(labels, outputs):
    """Mean loss and accuracy, from one-hot labels and what `model.predict` gives."""
    loss = cross_entropy(labels, outputs).mean()
    accuracy = (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()
    return loss, accuracy


loss, accuracy = loss_and_accuracy(np.eye(10), np.eye(10))
print(f"all right, entirely sure: loss {loss:.2f}, accuracy {accuracy:.2f}")

# %% tags=["check"]
exercise.loss_and_accuracy.check(loss_and_accuracy)
# exercise.loss_and_accuracy.hint()
# exercise.loss_and_accuracy.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_loss_and_accuracy(labels, outputs):
    of_true_class = (labels * outputs).sum(axis=1)  # softmax was in the last layer
    accuracy = (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()
    return -np.log(of_true_class).mean(), accuracy


exercise.loss_and_accuracy.check_solution(solution_loss_and_accuracy)

# %% [markdown]
# ## Quiz
#
# Answer each question on paper first. Then take the `#` away below, put in your answer, and run the line: it says why.
#
# <!-- slide
# Questions in the notebook: each on paper first, then the line that says why.
# -->
# <!-- notes
# 3 minutes. Show of hands before anyone runs the line.
# -->

# %% tags=["quiz"]
exercise.quiz.show()

# %% tags=["quiz"]
# exercise.quiz.answer(1, "a")

# %% [markdown]
# ## Key points
#
# - Cross-entropy is minus the log of the true class's probability; its slope along the logits is given minus wanted,
#   so it pulls hardest where the network is confidently wrong.
# - `fit` repeats one step: a batch forward, its loss, the gradient backward, the optimizer's move. 60,000 images in
#   batches of 64 are 938 steps an epoch.
# - Training loss keeps falling, apart from bumps. Only images it was not trained on show when it starts to learn by heart,
#   and the test images are not there for that.
#
# **Next:** [6. Evaluating](06_evaluating.ipynb) asks how good this network is, and how sure you can be of it.
#
# <!-- notes
# Without the slide first: three people, one of the three each, in a sentence: loss, step, epoch.
#
# To ask on the way out: you may watch one curve while it trains. Which one?
# -->
