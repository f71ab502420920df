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
# You will train the network of lesson 4 on all 60,000 images, and know what happens at each step.
#
# **60 minutes**, and 45 for *Going further*. At the end you can
#
# - compute a loss, and carry its gradient back through a hidden layer by hand;
# - follow the training loop that `fit` runs, and say what its optimizer, learning rate and batch size do;
# - read learning curves, see in them when a network overfits, and stop it in time.
#
# <!-- slide
# What do compile and fit do?
# -->
# <!-- notes
# 1 minute. The network of lesson 4 is untrained. Today it learns, and no step of that stays hidden. If your machines
# are slow, start the five epochs early: they take some minutes.
# -->

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course isn't installed here: in its folder, pip install -e . (README, Start)")

from course_utils import data, networks, plotting
from course_utils.results import read_result
from course_utils.exercises import training as exercise
from course_utils.figures import training as figures
from course_utils.widgets.descent import DescentView

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
# To get better, a network has to know how wrong it is: one number, small when it is right. Two steps lead there.
#
# The last layer computes ten numbers, one for each class. They can be anything, negative or a thousand, and they are
# called **logits**. **Softmax**, from lesson 4, turns them into probabilities: positive
# numbers that sum to 1. Here is how, for three classes with the logits 2, 1 and -1:
#
# <!-- slide
# The last layer gives ten numbers, which can be anything: **logits**. **Softmax** turns them into probabilities.
# -->
# <!-- notes
# 7 minutes. Softmax came up in lesson 4, only as far as it was needed there. Ask who can still say what it does.
# -->

# %% tags=["figure"]
logits = np.array([2.0, 1.0, -1.0])
figures.draw_softmax(logits)

# %% [markdown]
# The power makes each number positive; the division makes them sum to 1:
#
# $$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$$
#
# <!-- notes
# From left to right: ask what stays the same in all three pictures. The order does, and nothing else.
#
# Which class gained on the way, and which lost? The powers favor the largest. The next question is what happens when
# all logits are multiplied.
# -->

# %% [markdown]
# **Predict.** What happens to these three probabilities if you add 5 to each logit? And if you multiply each by 5?
#
# <!-- notes
# Let them add 5 to each logit on paper. Many expect the larger logits to win more; only differences count.
# Multiplying makes the answer more confident, not different.
# -->

# %%
for name, changed in (("logits", logits), ("plus 5", logits + 5), ("times 5", logits * 5)):
    powers = np.exp(changed)
    print(f"{name:8}", (powers / powers.sum()).round(2))

# %% [markdown] tags=["reading"]
# Adding changes nothing: only differences between logits count.
#
# Multiplying keeps the order and makes the answer more confident. Training decides how large the logits are.
#
# <!-- slide
# Adding the same to all logits changes nothing; multiplying makes the answer more confident.
# -->
#
# <!-- notes
# Back to their papers: compare the first line with the second, then with the last. Who expected that adding 5 makes the
# first class win by more?
#
# The misconception: 0.99 means right 99 times in 100. It is a share, as loud as training has made it. Lesson 6
# counts; do not settle it here.
# -->

# %% [markdown]
# **A softmax output is a share, not a certainty.** Lesson 6 measures whether 0.99 is right 99 times in 100.
#
# A logit can be a thousand, and NumPy's float64 ends near $e^{709}$. So here is a function that computes the same without
# large powers:

# %%
def softmax(logits):
    """Probabilities from logits; the last axis is the classes."""
    shifted = logits - logits.max(axis=-1, keepdims=True)  # so that no power overflows
    powers = np.exp(shifted)
    return powers / powers.sum(axis=-1, keepdims=True)


print("logits      ", softmax(logits).round(2))
print("plus 1000   ", softmax(logits + 1000).round(2))

# %% [markdown]
# Second step. The network gave the probability $p$ to the true class. What should that cost? Nothing if $p$ is 1, and
# more the smaller $p$ is. **Cross-entropy** takes $-\log p$, with the natural logarithm: $\log 1 = 0$,
# $\log 0.1 \approx -2.30$, and each time $p$ is halved, the loss grows by $\log 2 \approx 0.69$. A rival is the **squared
# error**, the squared distance from the one-hot label.
#
# In the picture, the logit of the true class runs from hopeless to sure; one other is 6, and the rest are 0. On the
# right is how fast each loss changes as that logit grows and all others stay as they are: its **partial derivative**,
# written $\partial L / \partial z$ (read: *the partial derivative of $L$ with respect to $z$*; we also say *along
# $z$*).
#
# <!-- notes
# Before the next slide: which should cost more, an answer that is unsure, or one that is sure and wrong?
#
# Nobody needs more of derivatives than this: how fast the loss changes if you change one number and hold all others.
# -->

# %% slideshow={"slide_type": "skip"}
z = np.linspace(-8, 12, 401)  # logits of the true class
rivals = np.tile([6] + [0] * 8, (401, 1))
label, probabilities = np.eye(10)[0], softmax(np.c_[z, rivals])
p = probabilities[:, 0]
losses = {"cross-entropy": -np.log(p), "squared error": ((probabilities - label) ** 2).sum(axis=1)}
derivatives = {name: np.gradient(loss, z) for name, loss in losses.items()}

# %% tags=["figure"]
figures.draw_losses(z, losses, derivatives)
found = derivatives["cross-entropy"]
print("derivative of cross-entropy is p - 1:", np.allclose(found, p - 1, atol=0.01))

# %% [markdown]
# A network learns from derivatives: where the loss is flat, it cannot tell which way to go. Look at the left end, where
# it is confident and wrong. There the squared error is as large as it gets, but flat. Cross-entropy pulls there with
# full force, and lets go only as the answer gets right.
#
# Along each of the logits, with $y_i$ from the one-hot label, the derivative is simply **prediction minus target**:
#
# $$L = -\sum_i y_i \log p_i \qquad\qquad \frac{\partial L}{\partial z_i} = p_i - y_i$$
#
# Of the sum, only the term of the true class $k$ is not 0: $L = -\log p_k = \log\sum_j e^{z_j} - z_k$. Two facts from
# calculus: $e^z$ changes $e^z$ times as fast as $z$, and $\log s$ changes $1/s$ times as fast as $s$. So nudge $z_i$:
# the sum moves $e^{z_i}$ times as much, its log $e^{z_i} / \sum_j e^{z_j} = p_i$ times; $-z_k$ moves only if $i$ is
# $k$, and then $-1$ times as much. Together: $p_i - y_i$.
#
# <!-- slide
# Confident and wrong: the squared error is flat there. Cross-entropy pulls at full strength.
#
# $$\frac{\partial L}{\partial z_i} = p_i - y_i$$
# -->
#
# <!-- notes
# Left picture, gray part. Put a ball on each curve: which one rolls, and which one lies still? The squared error is
# as large as it gets there, and says nothing about the way down. Then find the same in the right picture.
#
# Somebody asks why not train on accuracy itself. Nudge a logit, and usually not one answer changes: flat everywhere.
# -->
#
# <!-- code
# def cross_entropy(labels, logits):
#     shifted = logits - logits.max(axis=-1, keepdims=True)
#     log_softmax = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
#     return -(labels * log_softmax).sum(axis=-1)
#
# some = np.random.default_rng(0).normal(0, 3, size=(6, 10))
# ours, theirs = softmax(some), keras.ops.softmax(some)
# …
# ours = cross_entropy(train_labels[:6], some)
# theirs = keras.losses.categorical_crossentropy(train_labels[:6], theirs)
# …
# -->
# <!-- lines 2 | 3 | 4 -->

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
# (The log of `softmax` would be the same, except for tiny probabilities, which round to 0: their log is minus infinity.)
#
# Remember the last line: a network that knows nothing pays $\log 10$ per image. A mean loss above that is
# worse than knowing nothing.
#
# <!-- notes
# Only the last printed line is for the wall: a network that knows nothing pays the log of ten. Have them write it down;
# it is the first number of the long training run, and the ruler for all others.
#
# If somebody asks why the log is taken before the division: a tiny probability rounds to 0, and its log is minus
# infinity.
# -->

# %% [markdown]
# ### Exercise: the loss of plain labels
#
# One-hot labels are mostly zeros. Write the loss for labels as MNIST has them: `digits` holds $n$ whole numbers, the
# true classes, and `logits` has the shape $(n, k)$, one row for each image. The number of classes $k$ is
# `logits.shape[1]`, not always ten, and a logit may be a thousand. Return a single number, the mean cross-entropy of the
# $n$ images.
#
# <!-- slide
# Write `mean_loss(digits, logits)`: the mean cross-entropy, from whole numbers as MNIST has them, not one-hot rows.
#
# Any number of classes; a logit may be a thousand.
# -->
# <!-- notes
# 5 minutes. If you take the power first, you get infinity: point back to the softmax above. No loop is needed.
# -->

# %% tags=["exercise"]
def mean_loss(digits, logits):
    """Mean cross-entropy of at least one image, from the true classes as numbers and from the logits."""
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
# 9 minutes. Draw the valley on the board, and a walker in the fog who can only feel which way the ground falls. The
# picture is of two weights; the network has 121,994, and nobody can draw that.
# -->

# %% slideshow={"slide_type": "skip"}
chosen = np.flatnonzero(train_digits < 2)[:2000]
x = train_images[chosen, 12:16, 12:16].mean(axis=(1, 2, 3))
y = data.one_hot(train_digits[chosen])[:, :2]


def loss_and_gradient(weights, batch=slice(None)):
    """Mean loss of the smallest network on some of the images, and its derivatives along w and b."""
    w, b = weights
    logits = np.stack([0 * x[batch], w * x[batch] + b], axis=1)
    error = (softmax(logits) - y[batch])[:, 1]  # along the logit: prediction minus target
    # Nudge w, and the logit moves x times as much; nudge b, and it moves just as much.
    return cross_entropy(y[batch], logits).mean(), np.array([(error * x[batch]).mean(), error.mean()])


# %% [markdown]
# Each pair $(w, b)$ is a place on a map, and its loss is the height there. The two partial derivatives together,
# $\partial L/\partial w$ and $\partial L/\partial b$, are the **gradient**. It points the steepest way up, so
# **gradient descent** steps against it:
#
# $$\text{weights} \leftarrow \text{weights} - \text{learning rate} \times \text{gradient}$$
#
# The rule that turns a gradient into a step is called an **optimizer**; this is the simplest. The **learning rate** says how
# far to step. Training does not find it: it is a hyperparameter, and you choose it.
#
# <!-- slide
# ### Against the gradient
#
# All partial derivatives together are the **gradient**. It points uphill, so step against it:
#
# $$\text{weights} \leftarrow \text{weights} - \text{learning rate} \times \text{gradient}$$
#
# The **learning rate** says how far. Training does not find it: you choose it.
# -->
#
# <!-- notes
# Cover the minus sign with your hand and ask for it: the gradient points uphill, and we want to go down.
#
# The misconception: the network finds its learning rate by training. It finds weights; the rate is a hyperparameter,
# chosen by you.
# -->

# %% slideshow={"slide_type": "skip"}
w_axis, b_axis = np.linspace(-8, 28, 50), np.linspace(-14, 6, 40)  # the map is a grid
heights = np.array([[loss_and_gradient((w, b))[0] for w in w_axis] for b in b_axis])
landscape = w_axis, b_axis, heights

# %% slideshow={"slide_type": "skip"}
def walk(step, n_epochs=60, batch_size=2000):
    """The places a walker passes through, and the loss at each; step gives the next place and memory."""
    weights, memory, places = np.zeros(2), np.zeros(2), [np.zeros(2)]
    for first in n_epochs * list(range(0, len(x), batch_size)):
        _, gradient = loss_and_gradient(weights, slice(first, first + batch_size))
        weights, memory = step(weights, gradient, memory)
        places.append(weights)
    return np.array(places), [loss_and_gradient(place)[0] for place in places]


def gradient_descent(rate):  # it needs no memory; others will
    return lambda weights, gradient, memory: (weights - rate * gradient, memory)


# %% [markdown]
# **Predict.** Three walkers start from $w = b = 0$ and take 60 steps with learning rates of 0.2, 5 and 80. Which one
# gets lowest? What becomes of the other two?
#
# (Dark is high and white is low; the star is the start, the cross the lowest place.)
#
# <!-- notes
# A sketch of the valley and three paths in it, on paper. Then votes on the lowest of the three, and a word each for
# what becomes of the others. Most expect the largest rate to arrive first.
# -->

# %% tags=["figure"]
figures.draw_rates(landscape, {rate: walk(gradient_descent(rate)) for rate in (0.2, 5, 80)})

# %% [markdown] tags=["reading"]
# If the rate is too small, the walker does not arrive. If it is too large, the walker leaps over the valley and lands
# higher than before, more than once; that it comes down in the end is luck. The one in between drops into the valley
# quickly and then creeps: the sides are steep, the floor is almost level, and one rate has to serve both.
#
# <!-- slide
# Too small a rate never arrives; too large a rate jumps over the valley.
# -->
#
# <!-- notes
# Dark is high; the star is the start, the cross the lowest place. Follow the green line with a finger: where does it
# leave the picture, and where is its loss then, on the right?
#
# That it comes down in the end is luck: it leapt over the valley more than once, and came down outside the map. And ask
# why the orange walker slows down, although its rate never changed: the gradient did.
# -->

# %% [markdown]
# So far each step used all 2,000 images. But the gradient is a mean over images, and a few dozen of them, drawn at
# random, already give a rough idea of a mean. Such a handful is a **mini-batch**, or *batch* for short, and the number of
# its images is the **batch size**. Gradient descent on mini-batches is **stochastic gradient descent** (**SGD**):
# *stochastic* means that chance plays a part. (Our walkers take the images in the order of the file; `fit` shuffles them
# before each epoch.) One pass over all images, batch by batch, is an **epoch**. (The *original notebook*, from which this
# course grew, calls its 64 the *sample size*: in statistics, the number of examples, here 60,000.)
#
# **Predict.** One epoch in the valley: three walkers look at each of the 2,000 images exactly once, the first in one batch
# of all 2,000, the second in batches of 64, the third in batches of 4. Who comes nearest to the lowest place, and does
# that walker come to rest there?
#
# <!-- slide
# ### Must each step use all images?
#
# A handful of images gives a rough gradient: a **mini-batch**. Steps on mini-batches are **stochastic gradient descent**.
# One pass over all images is an **epoch**.
#
# **Predict.** One epoch in batches of 2,000, of 64, of 4: who comes nearest to the lowest place? And does it rest there?
# -->
#
# <!-- notes
# Students mix up epoch, step and batch all the time. Have one of them define all three before anybody predicts.
# -->

# %% tags=["figure"]
figures.draw_epochs(landscape, {size: walk(gradient_descent(5), 1, size)[0] for size in (2000, 64, 4)})

# %% [markdown] tags=["reading"]
# Large batches: few steps, each in a good direction. Small batches: many steps that stagger and, with a fixed learning
# rate, never come to rest near the goal. 64 is a compromise, and a computer is faster at 64 images at once than at 64
# times one.
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
# These two weights shared one rate. Your network has 121,994. Its optimizer, **RMSprop**, sizes the step of each weight
# separately: it keeps a running mean $v$ of the squared gradient $g^2$ and divides $g$ by its square root. The name
# comes from *root mean square* ([Hinton's lecture 6,
# 2012](https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf)). The share of the old mean that stays
# at each step is $\rho$ ("rho"), 0.9 in Keras; the small $\varepsilon$ guards against dividing by zero.
#
# $$v \leftarrow \rho\, v + (1 - \rho)\, g^2 \qquad\qquad w \leftarrow w - \text{learning rate} \times \frac{g}{\sqrt{v + \varepsilon}}$$
#
# **Predict.** One weight has the gradient 100, another 0.01. How much farther does the first one move in the first step?
#
# <!-- slide
# ### One rate for 121,994 weights?
#
# **RMSprop** divides each gradient $g$ by the root of its running mean square $v$:
#
# $$w \leftarrow w - \text{learning rate} \times \frac{g}{\sqrt{v + \varepsilon}}$$
#
# **Predict.** One weight has the gradient 100, another 0.01. How much farther does the first one move in the first step?
# -->
#
# <!-- notes
# Two weights with one rate: the steep side wants a small one, the floor a large one. So let each weight have a step
# of its own.
#
# Expect *ten thousand times as far* from most. Then put both gradients into the formulas, with $v$ from 0:
# 0.1 · 100 · 100 for one, 0.1 · 0.01 · 0.01 for the other. The size cancels.
# -->
#
# <!-- code
# def rmsprop_step(weights, gradient, velocity, learning_rate=0.001, …):
#     velocity = rho * velocity + (1 - rho) * gradient**2
#     return weights - learning_rate * gradient / np.sqrt(…), velocity
#
# weights, velocity = np.ones(2), np.zeros(2)
# …
# for gradient in np.array([[100, 0.01], [100, -0.01], [-50, 0.02]]):
#     before = weights
#     weights, velocity = rmsprop_step(weights, gradient, velocity)
#     …
# -->
# <!-- lines 2 | 3 | 7-9 -->

# %%
def rmsprop_step(weights, gradient, velocity, learning_rate=0.001, rho=0.9, epsilon=1e-7):
    """New weights and new v (Keras: velocity) after a step of RMSprop, with Keras's default settings."""
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
# Hardly any farther. The size of a gradient cancels out; its sign stays, and so do its ups and downs from step to step.
# That is why one rate, Keras's 0.001, is a fair start for many networks.
#
# <!-- slide
# The size of a gradient cancels out. Its sign stays.
# -->
#
# <!-- notes
# First printed line: a gradient ten thousand times as large, and the same step. Then the signs: those still differ
# from line to line, as the gradients do. Ask what was thrown away, and who would miss it: plain descent took the size
# for *how far*.
#
# Nobody needs to memorize the default settings.
# -->

# %% [markdown]
# Other optimizers remember the direction: with **momentum**, part of each step carries over into the next, as with a ball
# that rolls. Adam and its variant AdamW, the most common today, combine momentum with RMSprop; you will meet them in
# [lesson 9](09_better.ipynb) and [lesson 10](10_faster.ipynb).

# %% [markdown]
# ## How does the gradient reach a hidden layer?
#
# In the valley, the weight fed the logit directly. A weight in front of a hidden layer is farther from the loss: it moves a
# hidden unit, that moves *every* logit, and each logit moves the loss. Here is a network small enough to follow by hand:
# two pixels, three hidden units with ReLU, three classes. (Biases are left out. A bias is a weight whose input is 1.)
#
# <!-- slide
# A weight in front of a hidden layer moves a unit, the unit moves **every** logit, each logit moves the loss.
#
# Along a path, multiply the derivatives. Over several paths, add the products.
# -->
# <!-- notes
# 9 minutes. Put a finger on the colored weight, and let the room count the paths to the loss: one to the unit, three
# from there. Numbers come after the formulas; they need no calculator.
# -->

# %% tags=["figure"]
figures.draw_paths()

# %% [markdown]
# Two rules carry the gradient back, and together they are the **chain rule**: *along* a path, multiply the derivatives;
# *over* several paths, add the products. For hidden unit $h_j$ and for the weight $u_{kj}$ from pixel $x_k$ to it:
#
# $$\frac{\partial L}{\partial h_j} = \sum_i \frac{\partial L}{\partial z_i}\,\frac{\partial z_i}{\partial h_j}
# = \sum_i (p_i - y_i)\, w_{ji}$$
#
# $$\frac{\partial L}{\partial u_{kj}} = \frac{\partial L}{\partial h_j} \times (1 \text{ if } h_j > 0 \text{, else } 0)
# \times x_k$$
#
# First line: nudge $h_j$, and logit $z_i$ moves $w_{ji}$ times as much; three logits are three paths, so three products
# add up. Second line: nudge $u_{kj}$, and the input of the unit moves $x_k$ times as much; ReLU passes that on if the
# unit is on, and stops it if it is off. (For a weight $w_{ji}$ behind the unit there is one path only:
# $(p_i - y_i) \times h_j$.) Going back like this from the loss to the first layer is **backpropagation**.
#
# **Predict.** For this image, the ReLU of the second unit gives 0. What are the derivatives along the two weights into
# it? And along the three weights out of it?
#
# <!-- slide
# ### Back through a hidden layer
#
# $$\frac{\partial L}{\partial h_j} = \sum_i (p_i - y_i)\, w_{ji}$$
#
# $$\frac{\partial L}{\partial u_{kj}} = \frac{\partial L}{\partial h_j} \times (1 \text{ if } h_j > 0 \text{, else } 0)
# \times x_k$$
#
# **Predict.** The second unit is off. What are the derivatives along the weights into it, and out of it?
# -->
#
# <!-- notes
# Read the first line as a sentence: three logits, three paths, so three products add up. Lesson 7 uses just this sum to
# change an image instead of a weight.
#
# Most say that the weights *into* the unit get 0, and forget those out of it: these multiply a 0.
# -->
#
# <!-- lines 7 | 8 | 9 | 10 | 11 -->

# %%
pixels, label = np.array([0.5, 1.0]), np.array([0, 1, 0])
u = np.array([[2.0, -2.0, 0.0], [1.0, -1.0, 1.0]])  # from each pixel to each hidden unit
w = np.array([[0.5, 0.0, -0.5], [1.0, -1.0, 0.5], [0.0, 1.0, -1.0]])  # from each unit to each logit


def backward(u, w):
    """The gradient of the loss along u and along w."""
    hidden = np.maximum(pixels @ u, 0)  # forward: ReLU
    along_logits = softmax(hidden @ w) - label  # prediction minus target
    along_hidden = w @ along_logits  # several paths add up
    along_inputs = along_hidden * (hidden > 0)  # ReLU passes or stops
    return np.outer(pixels, along_inputs), np.outer(hidden, along_logits)


for name, gradient in zip(("u", "w"), backward(u, w), strict=True):
    print(f"gradient along {name}:\n{gradient.round(2) + 0}")

# %% [markdown] tags=["reading"]
# All of them are 0: the second column of the gradient along $u$, since ReLU stops what comes back, and the second row of
# the gradient along $w$, since those weights multiply a 0. A unit that is off for an image learns nothing from it.
#
# <!-- slide
# A unit that is off for an image learns nothing from it.
# -->
#
# <!-- notes
# The second column of $u$, the second row of $w$. Without ReLU the second unit would get the largest derivative of the
# three: half of the room can check that by hand.
# -->

# %% [markdown]
# Is it right? A **gradient check** needs no calculus: nudge one weight a little up and a little down, and divide the
# change of the loss by the change of the weight. This **finite difference** takes two passes through the network for each
# weight. Backpropagation gets all derivatives from one pass forward and one back.
#
# TensorFlow's `GradientTape` does all this for you: it notes down every operation on the way forward, then goes through
# its notes backward by the same two rules: **automatic differentiation**.
#
# <!-- slide
# ### Is it right?
#
# A **gradient check**: nudge one weight, look at the loss. That takes two passes *for each weight*.
#
# Backpropagation takes one pass forward and one back, for all of them. TensorFlow does it by itself.
# -->
#
# <!-- code
# def loss_of(u, w):
#     return cross_entropy(label, np.maximum(pixels @ u, 0) @ w)
#
# differences = np.zeros_like(u)
# for place in np.ndindex(u.shape):
#     nudge = np.zeros_like(u)
#     nudge[place] = 0.0001
#     differences[place] = (loss_of(u + nudge, w) - loss_of(u - nudge, w)) / 0.0002
# print("finite differences agree:", …)
#
# tape_u, tape_w = tf.Variable(u), tf.Variable(w)  # the tape watches variables
# with tf.GradientTape() as tape:
#     tape_logits = tf.nn.relu(pixels[None] @ tape_u) @ tape_w  # …
#     loss = keras.losses.categorical_crossentropy(label[None], tape_logits, …)
# print("the tape agrees:", np.allclose(tape.gradient(loss, tape_u), …))
# -->
# <!-- lines 5-8 | 12-14 | 15 -->

# %%
def loss_of(u, w):
    return cross_entropy(label, np.maximum(pixels @ u, 0) @ w)


differences = np.zeros_like(u)
for place in np.ndindex(u.shape):
    nudge = np.zeros_like(u)
    nudge[place] = 0.0001
    differences[place] = (loss_of(u + nudge, w) - loss_of(u - nudge, w)) / 0.0002
print("finite differences agree:", np.allclose(differences, backward(u, w)[0], atol=1e-6))

tape_u, tape_w = tf.Variable(u), tf.Variable(w)  # the tape watches variables
with tf.GradientTape() as tape:
    tape_logits = tf.nn.relu(pixels[None] @ tape_u) @ tape_w  # [None]: a batch of one image
    loss = keras.losses.categorical_crossentropy(label[None], tape_logits, from_logits=True)
print("the tape agrees:", np.allclose(tape.gradient(loss, tape_u), backward(u, w)[0], atol=1e-6))

# %% [markdown]
# Now you have all the parts of a **training step**: a batch forward, its loss, the gradient backward, a step of the
# optimizer. The **training loop** takes one for each batch, and this is what `fit` runs. (`training=True` matters to some
# layers that this network does not have: [lesson 9](09_better.ipynb).)
#
# <!-- notes
# The three comments on the right of the code, read aloud, are the lesson: how wrong is it, which way is up, one step
# down. The loop runs in *Going further*, next to `fit`.
# -->
#
# <!-- code
# def training_step(network, optimizer, images, labels):
#     with tf.GradientTape() as tape:
#         predictions = network(images, training=True)
#         loss = …(labels, predictions)  # how wrong is it?
#     gradients = tape.gradient(loss, network.trainable_variables)  # which way is up?
#     optimizer.apply(gradients, network.trainable_variables)  # one step down
#     return loss
#
# def train_by_hand(network, optimizer, images, labels, batch_size=64, …):
#     batches = [… for first in range(0, len(images), batch_size)]
#     return [float(step(network, optimizer, images[batch], labels[batch])) for …]
# -->
# <!-- lines 2-4 | 5 | 6 | 9-11 -->

# %%
def training_step(network, optimizer, images, labels):
    with tf.GradientTape() as tape:
        predictions = network(images, training=True)
        loss = keras.losses.CategoricalCrossentropy()(labels, predictions)  # how wrong is it?
    gradients = tape.gradient(loss, network.trainable_variables)  # which way is up?
    optimizer.apply(gradients, network.trainable_variables)  # one step down
    return loss


def train_by_hand(network, optimizer, images, labels, batch_size=64, step=training_step):
    """One epoch, in the order of the images; returns the loss of each step."""
    batches = [slice(first, first + batch_size) for first in range(0, len(images), batch_size)]
    return [float(step(network, optimizer, images[batch], labels[batch])) for batch in batches]


# %% [markdown]
# ## What do five epochs make of it?
#
# Now with all 60,000 images. `build_seed_network` builds the network of lesson 4. Despite its name, `compile` compiles
# nothing here: it writes down which loss and which optimizer to use (`"rmsprop"` is the one above with its default
# settings), and which **metrics** to report besides, numbers for you to read, with no part in the training.
# `set_random_seed` fixes the first weights and the order of the images.
#
# <!-- slide
# The original recipe, on all 60,000 images: five epochs, batches of 64.
# -->
# <!-- notes
# 7 minutes. Start `fit` while you talk. Collect guesses for the first loss: knowing nothing costs the log of ten,
# which they have seen. The question of the day is what the test set will say.
# -->

# %% slideshow={"slide_type": "skip"}
keras.utils.set_random_seed(0)
model = networks.build_seed_network()
model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
print(f"{model.count_params():,} weights")

# %% [markdown]
# **Predict.** How many steps is an epoch, with 60,000 images in batches of 64? What will the loss be in the very first
# batch? And the accuracy after the first epoch, and after the fifth? Write them down, then watch the numbers change
# *within* an epoch. *About 2 minutes.*
#
# <!-- slide
# **Predict.** How many steps is an epoch? What is the loss in the very first batch? And the accuracy after the first
# epoch, and after the fifth?
# -->

# %%
history = model.fit(train_images, train_labels, epochs=5, batch_size=64)

# %% tags=["bounds"]
from course_utils.bounds import check_bounds

check_bounds(0.99, history.history["accuracy"][-1], 0.9999)
check_bounds(0.001, history.history["loss"][-1], 0.04)

# %% [markdown] tags=["reading"]
# An epoch is not a step: it is 938 of them, 937 full batches and a smaller one. The first batch costs about 2.30, what
# knowing nothing costs; one epoch later most of the work is done.
#
# <!-- notes
# While it runs: watch the two numbers *within* the first epoch, and read the loss aloud a few times. It starts where
# knowing nothing starts.
# -->

# %% [markdown]
# What a progress bar shows is **a mean over the batches so far, taken while the weights change**. After the first epoch it
# still includes the first steps, when the network was guessing. So the network is already better than its bar says, and
# may do better on new images than "in training".
#
# If you run the cell of `fit` again, training goes on from where it stopped; to start over, run the cell that builds the
# model first. What `fit` returns holds the numbers of each epoch. Drawn against the epoch, they are a **learning
# curve**:
#
# <!-- slide
# The bar shows a mean over the batches so far, taken while the weights change.
# -->
#
# <!-- notes
# So a network may do better on new images than *in training*, and there is neither a bug nor a miracle in that.
#
# A second run of the cell goes on from where the first one stopped. Say it before somebody finds ten epochs in their
# curve.
# -->

# %% tags=["figure"]
figures.draw_learning_curves(history.history)

# %% [markdown]
# Those were images it trained on. Now, once, the 10,000 it has never seen:
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
print("test accuracy in the original notebook: 0.9915")

# %% tags=["bounds"]
check_bounds(0.015, test_loss, 0.08)
check_bounds(0.985, test_acc, 0.997)

# %% [markdown]
# Yours is close to that number, and probably not equal: another random seed and another machine make another network.
# What such a difference means is lesson 6's question.
#
# <!-- slide
# Close to the original notebook's number, and probably not equal to it.
# -->
#
# <!-- notes
# Whose guess was within a thousandth? Ask whether the network of the original notebook is the better one. Take votes,
# and keep them: lesson 6 opens with this question.
# -->

# %% [markdown]
# **Predict.** Two test images, a 7 and a 5. And three pictures that are no digits: a 7 and a 2 at once, noise,
# blank paper. How confident will the network be about each? And what would you want it to say about the last three?
#
# (Below each picture are the ten probabilities that your network gives; the true class, if there is one, is in color.)
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
# Softmax has no eleventh bar for *none of these*: the ten probabilities sum to 1 whatever the picture is. So a high bar
# means *rather this digit than the nine others*, no more. If noise or blank paper leaves your network undecided, that
# is luck. With two digits at once, it is about as confident as with one.
#
# <!-- slide
# There is no bar for *none of these*. A high bar means: rather this digit than the nine others.
# -->
#
# <!-- notes
# Picture by picture: what should it have said, what could it have said? It has no bar for *none of these*; the turned
# 4 of lesson 0 was the same.
#
# If noise and blank paper leave it undecided, take that comfort away: nothing in its training asked for it, and about
# two digits at once it is about as confident as about one.
# -->

# %% [markdown]
# ## Would longer be better?
#
# Are five epochs too few, or already too many? To know, you need images that are neither trained on nor the test set:
# the validation images of lesson 2. With `fit(..., validation_data=(images, labels))` Keras evaluates them after each
# epoch. Here is the stored result of 15 epochs with 10,000 of the 60,000 images set aside.
#
# **Predict.** Sketch four curves over 15 epochs: training loss, validation loss, training accuracy, validation
# accuracy.
#
# <!-- notes
# 9 minutes. Vote: would fifteen epochs be better than five? Then ask which of the curves they would trust. In a short
# session show the picture and cut the three hundred images.
# -->

# %% tags=["figure"]
long = read_result("validation")["history"]
figures.draw_validation_curves(long)

# %% [markdown] tags=["reading"]
# The training curves say *go on forever*. According to the validation loss, the network is at its best after a few
# epochs. The validation accuracy hardly notices: it wavers, and ends no lower.
#
# <!-- slide
# Training curves say *go on forever*. The validation loss says when the network is at its best.
# -->
#
# <!-- notes
# Lay their sketches beside the picture. Most drew all four curves alike, or a validation accuracy that falls.
# -->

# %% [markdown]
# A network that gets better on its training images and worse on others is **overfitting**: more and more of what it
# learns holds for the training images only, which it **memorizes**. By its loss, this network soon overfits; by its
# accuracy, hardly at all. How much worse it does on validation images than on those it trains on is the
# **generalization gap**. Loss and accuracy need not agree: accuracy only asks which class is ahead, and the loss asks
# how much probability the true class gets. The longer a network trains, the more confident it gets, about its errors
# too, and each then costs more.
#
# The original notebook sets no validation images aside. Its one look at the test images is fine. But if you try ten
# epochs, look again and keep the better network, you have *chosen* by the test images.
#
# Overfitting is worst when there is little to learn from. Here are 300 images for 20 epochs, live.
#
# **Predict.** How far will the training accuracy get, and how far the validation accuracy? After which epoch will the
# validation loss be lowest? *About 10 seconds.*
#
# <!-- slide
# ### Overfitting
#
# Better on its training images, worse on others: the network is **overfitting**. It **memorizes**.
#
# **Predict.** 300 images, 20 epochs: the training accuracy? The validation accuracy? When is the validation loss lowest?
# -->
#
# <!-- notes
# Then the original notebook: it had no validation images, and one look at the test images. One look is fine. Ask what
# the second look would be.
# -->

# %% slideshow={"slide_type": "skip"}
few, others = data.split_validation(train_images[:1300], train_labels[:1300], n_validation=1000)


def train_on_few(callbacks=()):
    keras.utils.set_random_seed(0)
    model = networks.build_seed_network()
    model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
    settings = {"epochs": 20, "batch_size": 20, "validation_data": others, "verbose": 0}
    return model, model.fit(*few, callbacks=list(callbacks), **settings).history


_, small = train_on_few()
train_accuracy, val_accuracy = small["accuracy"][-1], small["val_accuracy"][-1]
print(f"{train_accuracy = :.4f}")
print(f"{val_accuracy = :.4f}")

# %% tags=["bounds"]
check_bounds(0.97, train_accuracy, 1.001)
check_bounds(0.83, val_accuracy, 0.95)

# %% tags=["figure"]
figures.draw_curves_of_few_images(small)

# %% [markdown] tags=["reading"]
# It has memorized its 300 images: the training accuracy is 1, or nearly. **Training accuracy tells you how well it
# remembers.** The number that counts is the other one. By the validation loss, the network was at its best at the arrow;
# by the validation accuracy, little or nothing was lost after that.
#
# <!-- slide
# Training accuracy tells you what it remembers, not what it will do.
# -->
# <!-- notes
# The usual misconception, broken: perfect on what it has seen. Ask who would have bought this network.
# -->

# %% [markdown]
# **Early stopping** ends the training when the validation loss has not improved for a while. How many epochs it waits for
# an improvement is its **patience**. In Keras it is a **callback**, an object that `fit` calls at certain moments, here
# after each epoch. Mind two defaults: `patience=0` stops at the first epoch without improvement, and
# `restore_best_weights=False` keeps the weights of the last epoch, not those of the best.
#
# **Predict.** The same 300 images, from the same start, and the callback below. After which epoch will it stop? And
# which epoch's weights does the network end up with?
#
# <!-- slide
# ### Early stopping
#
# End the training when the validation loss has not improved for some epochs, its **patience**.
#
# **Predict.** `EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=True)`: after which epoch does it stop,
# and which epoch's weights does it keep?
# -->
#
# <!-- notes
# They need the picture with the arrow for this. Then ask what the defaults would have done: no patience, and the
# weights after the bump.
# -->

# %%
stopping = keras.callbacks.EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=True)
stopped_model, stopped = train_on_few([stopping])

n_epochs_run, n_epochs_kept = len(stopped["loss"]), stopping.best_epoch + 1  # Keras counts from 0
kept_loss, kept_accuracy = stopped_model.evaluate(*others, verbose=0)
print(f"{n_epochs_run = }\n{n_epochs_kept = }\n{kept_loss = :.4f}\n{kept_accuracy = :.4f}")
print("a lower loss than after 20 epochs:", kept_loss < small["val_loss"][-1])

# %% tags=["bounds"]
check_bounds(5, n_epochs_run, 20)
check_bounds(2, n_epochs_kept, 20)
check_bounds(0.2, kept_loss, 0.7)
check_bounds(0.8, kept_accuracy, 0.95)

# %% [markdown] tags=["reading"]
# It waited three epochs for something better than the best so far, stopped, and put the weights of the best epoch back.
#
# <!-- slide
# It waits three epochs for something better, then puts the best weights back.
# -->

# %% [markdown]
# Two cautions. The network with the lowest loss need not have the best accuracy (compare `val_accuracy`), and its
# probabilities need not come true as often as they say: decide beforehand what you want. And the validation images have now
# chosen something, so their own numbers are a little too good.

# %% [markdown]
# ## Going further: Is `fit` nothing but this loop?
#
# The loop above is short. Does it really do what `fit` does? To compare, `fit` must not shuffle the images. And there is
# a difference inside: `fit` has TensorFlow *compile* each step, that is, turn it once into a graph of operations that
# runs without Python. `tf.function` does the same for your step. (That is the other meaning of *compile*.) Without it,
# Python runs one operation after another: **eager execution**.
#
# The second cell below compares each loop's weights with those of `fit`: what share of them is the same bit for bit,
# and how far off they are on average, relative to how far `fit` moved them. It also asks whether the loss that `fit`
# reports is the mean over its steps, to 0.05.
#
# **Predict.** Three networks from the same start, 40 steps each: one trained by `fit`, one by the compiled loop, one by
# the eager loop. Will their weights agree, nearly or exactly?
#
# <!-- notes
# 4 minutes. `compile` of a model writes down settings; to compile a step is something else. Whoever calls `fit` magic
# should say what it does that this loop does not.
# -->

# %% slideshow={"slide_type": "skip"}
def new_network():
    keras.utils.set_random_seed(0)  # the same start each time
    return networks.build_seed_network()


images, labels = train_images[: 40 * 64], train_labels[: 40 * 64]
by_fit, by_hand, eagerly = new_network(), new_network(), new_network()
by_fit.compile(optimizer="rmsprop", loss="categorical_crossentropy")
short = by_fit.fit(images, labels, batch_size=64, shuffle=False, verbose=0)
compiled_step = tf.function(training_step)
step_losses = train_by_hand(by_hand, keras.optimizers.RMSprop(), images, labels, step=compiled_step)
eager_losses = train_by_hand(eagerly, keras.optimizers.RMSprop(), images, labels)

# %% slideshow={"slide_type": "skip"}
def all_weights(network):
    return np.concatenate([array.ravel() for array in network.get_weights()])


same_bit_for_bit = np.mean(all_weights(by_hand) == all_weights(by_fit))
way = np.abs(all_weights(by_fit) - all_weights(new_network())).mean()  # how far fit moved them
off = [np.abs(all_weights(network) - all_weights(by_fit)).mean() / way for network in (by_hand, eagerly)]
compiled_off, eager_off = off
print(f"{same_bit_for_bit = :.4f}\n{compiled_off = :.4f}\n{eager_off = :.4f}")
as_fit_says = np.isclose(short.history["loss"][0], np.mean(step_losses), atol=0.05)
print("the loss that fit reports is the mean over its steps, to 0.05:", as_fit_says)

# %% tags=["bounds"]
check_bounds(-0.001, same_bit_for_bit, 1.001)
check_bounds(-0.001, compiled_off, 0.5)
check_bounds(-0.001, eager_off, 0.5)

# %% [markdown] tags=["reading"]
# Compiled, the loop *is* `fit`: on the computer that stored this page, all weights were the same bit for bit, and the
# eager loop agreed to four decimals. It need not: where sums are added up in another order, their last digits change,
# and 40 steps can make something of that. How much depends on the processor and on the random seed, so your numbers may
# differ.
#
# <!-- slide
# Nearly, or bit for bit: `fit` is a loop that you can write yourself.
# -->
#
# <!-- notes
# The notebook trains three networks from one start: compiled, this loop gives the weights of `fit`; run by Python
# alone, the same or nearly the same ones. Same formulas; the sums may be added up in another order.
# -->

# %% [markdown]
# The last printed line, on the loss that `fit` reports, is about the mean that a progress bar shows. Here it is, with the
# loss of each batch:

# %% tags=["figure"]
figures.draw_progress(step_losses, by_fit.evaluate(images, labels, verbose=0))

# %% [markdown]
# The mean still includes the losses of the first steps. The star is the loss now.
#
# <!-- notes
# Ask which of the three a progress bar shows: the line, a mean taken while the weights change.
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
# 4 minutes. The last batch is smaller, and it counts. You can do this one aloud.
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
# ## Going further: Which optimizer, and which learning rate?
#
# Back to the valley: its sides are steep, its floor is nearly level.
#
# **Predict.** Two walkers take 60 steps in the valley, one by gradient descent with the rate 5, as before, one by RMSprop
# with the rate 0.5. Which one ends lower?
#
# <!-- notes
# 6 minutes. Let them say why. If you could answer the question about 100 and 0.01, you can answer this one: what does
# RMSprop make of a small gradient?
# -->

# %% slideshow={"slide_type": "skip"}
def rmsprop(rate):
    return lambda weights, gradient, memory: rmsprop_step(weights, gradient, memory, learning_rate=rate)


walks = {"gradient descent, rate 5": walk(gradient_descent(5)), "RMSprop, rate 0.5": walk(rmsprop(0.5))}

# %% tags=["figure"]
figures.draw_optimizers(landscape, walks)

# %% [markdown] tags=["reading"]
# RMSprop: a small gradient divided by a small root still makes an ordinary step, so this walker does not tire on the
# floor. Its first steps are long because $v$ starts at 0. And they lead sideways because each weight's gradient is
# divided by its own root: at first both weights move equally far, however different their gradients are.
#
# <!-- slide
# RMSprop does not tire on the floor of the valley. It is not magic.
# -->
#
# <!-- notes
# Ask where the orange walker goes first, and why. Long, because $v$ starts at 0; sideways, because each weight is
# divided by its own root, so that both move equally far.
#
# The misconception: the newer optimizer is the better one. Let somebody run plain descent with rate 20: after a jump it
# does about as well here. RMSprop's rate had to be found, too.
# -->

# %% [markdown]
# RMSprop is not magic: give gradient descent the rate 20 in place of 5, and run the last two cells again. After a jump
# at the start it ends about as low. And RMSprop's 0.5 had to be found, too: with 0.05 it stays high up the valley. Each
# optimizer has rates of its own.

# %% [markdown]
# ### A walker to take hold of
#
# Here is the valley again, with a walker whom you lead step by step. Under the pictures you are told what the next step
# will do before you take it. (Run the cell first: what is stored here is only a picture.)
#
# **Predict.** Plain gradient descent with the rates 2, 20 and 50. With which of the three does the first step land on the
# far side of the valley? And after which is the loss higher than at the start?
#
# <!-- slide
# ### A walker to take hold of
#
# **Predict.** Gradient descent with the rates 2, 20 and 50. With which does the first step land on the far side of the
# valley? After which is the loss higher than at the start?
# -->
#
# <!-- notes
# 3 minutes. On the projector, one step at a time; the room says where the dashed arrow will end before you choose the
# rate. Then let somebody choose the start.
# -->

# %% tags=["figure"]
DescentView(x, train_digits[chosen])

# %% [markdown] tags=["reading"]
# With 2 it stays on this side. With 20 and with 50 it lands on the far side, with 50 higher up than it began. The ground
# is steeper there, so the next step is longer still, back across the valley. A gradient tells how steep the ground is
# where the walker stands, and nothing of what comes after the valley's floor: that is how a large rate leaves it.
#
# <!-- slide
# A gradient tells how steep it is *here*. A large rate lands on the far side, higher up, where it is steeper still.
# -->

# %% [markdown]
# ### Exercise: the largest rate that arrives
#
# Plain gradient descent again, all images at each step, from $w = b = 0$. Say that a walker *arrives* if its loss after
# 60 steps is below 0.2. Of the rates 1, 2, 5, 10, 20, 50, 100, and 200, which is the largest whose walker arrives? Guess
# first. Then try, with the walker above or by code: with the rate 1, the loss after 60 steps is
# `walk(gradient_descent(1))[1][-1]`.
#
# <!-- slide
# Plain gradient descent, 60 steps from $w = b = 0$. A walker *arrives* if its loss is then below 0.2.
#
# Of the rates 1, 2, 5, 10, 20, 50, 100, and 200, which is the largest whose walker arrives?
# -->
# <!-- notes
# 4 minutes. A vote before anybody walks; most remember the leaps at 80 and stay far below. Then let them find out in any
# order they like, and ask whether the largest rate that arrives is also the best.
# -->

# %% tags=["exercise"]
largest_rate = ...

# %% tags=["check"]
exercise.largest_rate.check(largest_rate)
# exercise.largest_rate.hint()
# exercise.largest_rate.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
solution_largest_rate = max(
    filter(lambda rate: walk(gradient_descent(rate))[1][-1] < 0.2, (1, 2, 5, 10, 20, 50, 100, 200))
)
exercise.largest_rate.check_solution(solution_largest_rate)

# %% [markdown]
# ### Exercise: a step with momentum
#
# Another way along a level floor is to let the walker roll. A ball does not stop when the ground gets level, and it does
# not turn around at each bump. It keeps a **velocity** $v$. Here that is the step itself, and not a mean of squares as in
# RMSprop. A share of it, the **momentum**, stays from step to step, and each gradient $g$ gives it a push downhill:
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
# 5 minutes. The sign is the usual slip. If you are quick: send it down the valley afterwards, and compare.
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
# With two weights you can search for a learning rate by eye. With 121,994, you try a few, each ten times the last, and
# look at the loss some steps later. A single rate can be enough: [AlexNet](https://doi.org/10.1145/3065386),
# [VGG](https://arxiv.org/abs/1409.1556) and [ResNet](https://arxiv.org/abs/1512.03385), three famous networks, were all
# trained by SGD with momentum 0.9 and one rate for all weights, which was lowered on the way. Here is the search for your
# network: three optimizers, five rates, 60 steps from the same start for each pair.
#
# **Predict.** For each optimizer, sketch the mean loss of the last 10 of 60 steps against the rate. Where is each curve
# lowest? What happens at the right end? *About 30 seconds.*
#
# <!-- slide
# **Predict.** Rates from 0.0001 to 1, three optimizers, 60 steps each. The mean loss of the last 10, against the rate:
# where is it lowest, and what happens at the right end?
# -->
#
# <!-- notes
# The recipe to take home: powers of ten, few steps, and a picture. Then a finer search around the best.
# -->
#
# <!-- code
# optimizers = {
#     "SGD": keras.optimizers.SGD,
#     "SGD, momentum 0.9": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
#     "RMSprop": keras.optimizers.RMSprop,
# }
# rates, examples = (0.0001, 0.001, 0.01, 0.1, 1.0), …
# …
# for name, build in optimizers.items():
#     for rate in rates:
#         …
#         network, step = networks.build_seed_network(), …  # compiled: faster
#         losses_of_steps = train_by_hand(network, build(rate), *examples, …)
#         losses_by_rate[name].append(np.mean(losses_of_steps[-10:]))
#     …
# -->

# %%
optimizers = {
    "SGD": keras.optimizers.SGD,
    "SGD, momentum 0.9": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    "RMSprop": keras.optimizers.RMSprop,
}
rates, examples = (0.0001, 0.001, 0.01, 0.1, 1.0), (train_images[: 60 * 64], train_labels[: 60 * 64])
losses_by_rate = {name: [] for name in optimizers}
for name, build in optimizers.items():
    for rate in rates:
        keras.utils.set_random_seed(0)
        network, step = networks.build_seed_network(), tf.function(training_step)  # compiled: faster
        losses_of_steps = train_by_hand(network, build(rate), *examples, step=step)
        losses_by_rate[name].append(np.mean(losses_of_steps[-10:]))
    print(name, "is done")

# %% tags=["figure"]
figures.draw_search(rates, losses_by_rate)

# %% [markdown] tags=["reading"]
# With too small a rate the network gets nowhere in 60 steps, with too large a rate it hardly learns at all. RMSprop is
# lowest at a smaller rate than plain SGD: a rate belongs to its optimizer. Momentum and RMSprop leave more room. (This is
# one random seed; with another, two rates that are close here may change places.)
#
# <!-- slide
# Try powers of ten. A learning rate belongs to its optimizer.
# -->
#
# <!-- notes
# Where would you search more finely, and by which images would you judge it? By validation images, as in lesson 2: a
# learning rate is a hyperparameter.
# -->

# %% [markdown]
# ## Going further: Can the loss get worse while the accuracy rises?
#
# Here are two of the four curves again, as numbers, at two of the 15 epochs.
#
# <!-- slide
# Two of the four curves again, as numbers, at two of the 15 epochs. Do loss and accuracy agree on the better network?
# -->
# <!-- notes
# 4 minutes. After which epoch would you stop, by each of the curves? Ask for a bet first: can an accuracy rise while
# the loss gets worse?
# -->

# %%
best = int(np.argmin(long["val_loss"]))
for epoch in (best, 14):
    loss, accuracy = long["val_loss"][epoch], long["val_accuracy"][epoch]
    print(f"after epoch {epoch + 1:2}: validation loss {loss:.3f}, validation accuracy {accuracy:.4f}")

# %% [markdown]
# The two measure different things. A small case shows what each of them asks.
#
# **Predict.** Two networks read ten images. To the true class, *modest* gives the probability 0.7 eight times and 0.4
# twice; *bold* gives 0.99 nine times and 0.00001 once. Count an answer as right where that is more than a half. Which
# network is more accurate? Which has the lower loss?
#
# <!-- code
# modest = np.array([0.7] * 8 + [0.4] * 2)
# bold = np.array([0.99] * 9 + [0.00001])
# for name, given in (("modest", modest), ("bold", bold)):
#     print(f"{name}: accuracy {np.mean(given > 0.5):.1f}, loss {-np.log(given).mean():.2f}")
# -->

# %%
modest = np.array([0.7] * 8 + [0.4] * 2)
bold = np.array([0.99] * 9 + [0.00001])
for name, given in (("modest", modest), ("bold", bold)):
    print(f"{name}: accuracy {np.mean(given > 0.5):.1f}, loss {-np.log(given).mean():.2f}")

# %% [markdown] tags=["reading"]
# Accuracy only asks which class is ahead. The loss asks how much probability the true class gets, and here one answer
# that is confidently wrong costs more than all the others together.
#
# <!-- slide
# Accuracy asks which class is ahead; the loss asks how much probability the true class gets.
# -->
#
# <!-- notes
# On the board: nine answers that cost next to nothing, and one that costs $-\log 0.00001$. Who would hire which of
# the two?
# -->

# %% [markdown]
# ### Exercise: find the bug
#
# This function should return what `model.evaluate` does, from one-hot labels and from what `model.predict` gives. It
# runs, and its accuracy is right. Try it on ten answers that are all correct and entirely sure: the outputs are the
# labels themselves. What must their loss be, and what is it? Find out why, and fix it.
#
# <!-- slide
# A function should return what `model.evaluate` does. It runs, and its accuracy is right.
#
# What loss does it give ten answers that are all correct and entirely sure? Find out why.
# -->
# <!-- notes
# 6 minutes. Do not name the line. Ask what the function does to its input, and what the network has done to it already.
# -->

# %% tags=["exercise"]
def loss_and_accuracy(labels, outputs):
    """Mean loss and accuracy, from one-hot labels and probabilities: never 0 for the true class."""
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
# <!-- notes
# 3 minutes. Show of hands before the answer is on the wall.
# -->

# %% tags=["quiz"]
exercise.quiz.show()

# %% tags=["quiz"]
# exercise.quiz.answer(1, "a")

# %% [markdown]
# ## Key points
#
# - Cross-entropy is minus the log of the true class's probability. Its gradient along the logits is prediction minus
#   target; backpropagation carries that to every weight: along a path multiply, over several paths add.
# - `fit` repeats one training step: a mini-batch forward, its loss, the gradient backward, a step of the optimizer.
#   60,000 images in batches of 64 make 938 steps an epoch.
# - Training loss keeps falling, apart from bumps. Only images that were not trained on show when a network overfits;
#   early stopping goes by them, and the test images are not there for that.
#
# **Next:** [6. Evaluating](06_evaluating.ipynb) asks how good this network is, and how sure you can be of it.
#
# <!-- notes
# Without the slide first: three people, one key point each, in a sentence: gradient, step, overfitting.
#
# To ask on the way out: you may watch one curve while it trains. Which one?
# -->
