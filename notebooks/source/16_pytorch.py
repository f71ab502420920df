# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 16. The same in PyTorch
#
# You will write the original network in PyTorch, show that it gives the same answers, and find out what differs without
# a warning.
#
# **60 minutes**, and 45 for *Going further*. At the end you can
#
# - read and write a network and its training loop in PyTorch, and carry trained weights over from Keras;
# - name what two libraries do differently under one name, and test for it before you compare results;
# - move a network and its batches onto a GPU, and say what a GPU is for (*Going further*).
#
# <!-- slide
# How do others write it?
# -->
#
# <!-- notes
# 1 minute. Ask who has copied code from a paper, and in which library it was. Collect on the board what they fear will
# be different.
# -->

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course isn't installed here: in its folder, pip install -e . (README, Start)")

from course_utils.extras import require_extra

require_extra("torch")
require_extra("jax")
require_extra("sharing")

from course_utils import data, networks, plotting, pytorch
from course_utils.figures import pytorch as figures
from course_utils.exercises import pytorch as exercise

import keras
import numpy as np
import tensorflow as tf
import torch
from torch import nn

plotting.use_course_style()
tf.config.set_visible_devices([], "GPU")  # compare on the processor
(train_bytes, train_digits), (test_bytes, test_digits) = data.load_mnist()

# %% [markdown]
# ## Is it the same network?
#
# Much of the code that comes with papers is written in **PyTorch** ([Paszke and others,
# 2019](https://arxiv.org/abs/1912.01703)). You know nearly all that it does, under other names. And it leaves more for
# you to write.
#
# A layer is an `nn.Module` there, and so is a network: something with weights that you can call. You write a class for
# it, a new kind of object. `__init__` makes the parts, after a first line that is always the same, and `forward` says
# what happens to the images. `Linear` is a dense layer, and `nn.Sequential` a stack.
#
# **Predict.** Read this line by line beside the original network ([lesson 4](04_building.ipynb)). What does each layer
# with weights have to be told here that Keras finds out by itself? And what is missing at the end?
#
# <!-- slide
# An `nn.Module` is a layer or a network: something with weights that you can call. `__init__` makes the parts,
# `forward` uses them.
#
# **Predict.** What does each layer with weights have to be told here that Keras finds out? What is missing at the end?
# -->
#
# <!-- notes
# 6 minutes. Put lesson 4's cell beside it. Somebody will ask where 1,024 comes from: let them work it out, from 28 on.
# -->
#
# <!-- lines 5-7 | 9 | 11-12 -->

# %%
class SeedNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 32, 3, padding="same"), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(64, 64, 3), nn.ReLU(),
        )
        self.classifier = nn.Sequential(nn.Flatten(), nn.Linear(1024, 64), nn.ReLU(), nn.Linear(64, 10))

    def forward(self, images):
        return self.classifier(self.features(images))


network = SeedNetwork()
print(f"{sum(weights.numel() for weights in network.parameters()):,} parameters")

# %% [markdown] tags=["reading"]
# The same number. Each layer has to be told how much it reads: 1, 32 and 64 channels, and 1,024 numbers, which are 64
# maps of 4 × 4. And softmax is missing: this network gives logits (lesson 5).
#
# <!-- slide
# Each layer is told how much it reads. The network ends with logits: there is no softmax.
# -->

# %% [markdown]
# The course ships the original network with the weights that it learned in Keras. Do they fit? Here are the shapes, in
# Keras and in PyTorch.
#
# <!-- slide
# The shapes of the weights, in Keras and in PyTorch. Do they fit?
# -->

# %%
model = networks.load_seed_network()
for ours, theirs in zip(model.get_weights(), network.parameters()):
    print(f"{ours.shape!s:15} {tuple(theirs.shape)}")

# %% [markdown] tags=["reading"]
# The same lengths, in another order: PyTorch has what comes *out* first, then what goes *in*, then height and width.
#
# The same goes for images. Keras's are (n, height, width, channels), which is called **channels last**, and PyTorch's
# are (n, channels, height, width), **channels first**.
#
# <!-- slide
# Weights: out, in, height, width. Images: **channels first**, (n, channels, height, width). Keras's are **channels
# last**.
# -->

# %% [markdown]
# ### Exercise: which axes move?
#
# `weights` is an array from a Keras layer: the kernel of a convolution, of shape (height, width, in, out), that of a
# dense layer, (in, out), or a bias, (out,). Return it with its axes in PyTorch's order: (out, in, height, width), (out,
# in), or (out,). A kernel of shape (3, 5, 1, 32) becomes one of shape (32, 1, 3, 5).
#
# <!-- slide
# From Keras's (height, width, in, out), (in, out) or (out,) to PyTorch's (out, in, height, width), (out, in) or (out,).
#
# (3, 5, 1, 32) becomes (32, 1, 3, 5).
# -->
#
# <!-- notes
# 4 minutes. The usual mistake is `.T`, which also swaps height and width. With kernels of 3 × 3 no shape tells: every
# filter is mirrored across its diagonal.
# -->

# %% tags=["exercise"]
def to_torch(weights):
    """The weights of a Keras layer, with their axes in PyTorch's order."""
    ...

# %% tags=["check"]
exercise.to_torch.check(to_torch)
# exercise.to_torch.hint()
# exercise.to_torch.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_to_torch(weights):
    return weights.transpose(3, 2, 0, 1) if weights.ndim == 4 else weights.T


exercise.to_torch.check_solution(solution_to_torch)

# %% [markdown]
# Now all of the trained weights go over, each with its axes in order. Every shape fits.
#
# **Predict.** The trained network reads 99 in a hundred test digits right. How many will this one read?
#
# <!-- slide
# All trained weights go over, axes in order. Every shape fits.
#
# **Predict.** How many test digits in a hundred will it read right?
# -->

# %%
test_images = data.prepare_images(test_bytes)
test = torch.from_numpy(test_images).permute(0, 3, 1, 2)  # channels first
with torch.no_grad():  # no gradient will be asked for
    for ours, theirs in zip(model.get_weights(), network.parameters()):
        theirs.copy_(torch.from_numpy(pytorch.to_torch(ours)))
accuracy = np.mean(pytorch.predict(network, test) == test_digits)
print(f"{accuracy = :.3f}")

# %% tags=["bounds"]
from course_utils.bounds import check_bounds

check_bounds(0.05, accuracy, 0.5)

# %% [markdown] tags=["reading"]
# About as many as by guessing, and no error says why. Look at `Flatten`.
#
# <!-- slide
# Every shape fits, and it is wrong. Look at Flatten.
# -->

# %% tags=["figure"]
figures.draw_orders()

# %% [markdown] tags=["reading"]
# The first dense layer has a weight for each *position* in its row, so nearly every weight meets a wrong number.

# %% [markdown]
# ### Exercise: after Flatten
#
# `kernel` is an array, that of a Keras dense layer right after Flatten: (height · width · channels, units). `shape`
# says which maps Flatten got: (height, width, channels). Return the weights, of shape (units, channels · height ·
# width), for the PyTorch layer that reads the same maps, channels first.
#
# With maps of shape (1, 2, 2) and a single unit, the kernel `[[1], [2], [3], [4]]` becomes `[[1, 3, 2, 4]]`.
#
# <!-- slide
# `kernel`: (height · width · channels, units), after Flatten of maps of `shape` (height, width, channels). Return
# PyTorch's weights: (units, channels · height · width).
#
# `[[1], [2], [3], [4]]` after maps of (1, 2, 2) becomes `[[1, 3, 2, 4]]`
# -->
#
# <!-- notes
# 6 minutes. Have them undo Flatten first: with four axes, it is the exercise before once more.
# -->

# %% tags=["exercise"]
def after_flatten(kernel, shape):
    """The weights for the layer that reads the same maps, flattened channels first."""
    ...

# %% tags=["check"]
exercise.after_flatten.check(after_flatten)
# exercise.after_flatten.hint()
# exercise.after_flatten.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_after_flatten(kernel, shape):
    maps = kernel.reshape(*shape, -1)  # height, width, channels, units
    return maps.transpose(3, 2, 0, 1).reshape(kernel.shape[1], -1)


exercise.after_flatten.check_solution(solution_after_flatten)

# %% [markdown]
# `pytorch.copy_weights` does both. Compare all probabilities for the test images. Are they equal?
#
# <!-- slide
# All probabilities for the 10,000 test images: are they equal?
# -->

# %%
pytorch.copy_weights(model, network)
network.eval()  # more on this below
with torch.no_grad():
    logits = torch.cat([network(batch) for batch in test.split(100)])
probabilities = logits.softmax(dim=1).numpy()
in_keras = model.predict(test_images, batch_size=100, verbose=0)
millionths_apart = 1e6 * abs(probabilities - in_keras).max()
print(f"{millionths_apart = :.2f}")
print(f"{probabilities.size:,} probabilities of {len(test):,} images")
print("the same digits:", (probabilities.argmax(axis=1) == in_keras.argmax(axis=1)).all())

# %% tags=["bounds"]
check_bounds(0.0, millionths_apart, 10.0)

# %% [markdown] tags=["reading"]
# To five decimals, even at the largest of 100,000 differences. It is the same network. The rest is rounding: the two
# add up the same products in different orders (lesson 3).
#
# <!-- slide
# The same network, up to rounding.
# -->

# %% [markdown]
# ## What did fit do for you?
#
# `fit` loops over epochs and batches, computes gradients, and calls the optimizer (lesson 5). In PyTorch
# you write this loop. Begin with one batch.
#
# `CrossEntropyLoss` reads logits, and labels as whole numbers. That is why the network has no softmax: given logits,
# the loss never has to take the logarithm of a number that was rounded to 0.
#
# `loss.backward()` is backpropagation. It leaves the gradient with respect to each parameter in the parameter, as
# `.grad`.
#
# <!-- slide
# `CrossEntropyLoss` reads logits, and labels as whole numbers. `loss.backward()` leaves each gradient in `.grad`.
# -->
#
# <!-- notes
# 7 minutes. Let the class say what fit does in one step, and keep the list on the board: the exercise needs it.
# -->

# %%
loss_fn = nn.CrossEntropyLoss()  # a function
images, labels = test[:64], torch.from_numpy(test_digits[:64].astype("int64"))
network.zero_grad()  # so that this cell can be run again
loss = loss_fn(network(images), labels)
loss.backward()
first = network.features[0].weight.grad.clone()  # of the first kernel
print("loss", tuple(loss.shape), "gradient", tuple(first.shape))

# %% [markdown]
# Compute the loss and the gradient again. No weight has moved, so the gradient is the same as before.
#
# **Predict.** What is in `.grad` after a second call of `backward()`? And after a third?
#
# <!-- slide
# **Predict.** The same batch once more, nothing has moved. What is in `.grad` after the second `backward()`?
# -->

# %%
network.zero_grad()
for n_calls in (1, 2, 3):
    loss_fn(network(images), labels).backward()
    now = network.features[0].weight.grad
    print(f"after call {n_calls}: {now.norm() / first.norm():.3f} times as long")

# %% [markdown] tags=["reading"]
# `backward()` *adds* to what is there, so that several small batches can be added up for one step. In
# the usual loop, each step has to begin with `optimizer.zero_grad()`. Leave it out, and without an error, the network
# trains on the sum of all gradients so far.
#
# <!-- slide
# `backward()` adds to what is there: begin each step with `optimizer.zero_grad()`.
# -->

# %% [markdown]
# ### Exercise: one step
#
# `network` gives logits for `images`; `labels` are whole numbers. Make one step of training with the mean
# cross-entropy, whatever gradients are there before, and return the loss as it was before the step: `loss.item()` is a
# number. The optimizer knows the parameters, and `optimizer.step()` moves them by their gradients.
#
# <!-- slide
# One step by the mean cross-entropy: whatever gradients are left from before, move the weights, and return the loss
# before the step.
# -->
#
# <!-- notes
# 6 minutes. Four lines and a return. Whoever has them in another order can find out with a pencil which gradient each
# step uses.
# -->

# %% tags=["exercise"]
def train_step(network, images, labels, optimizer):
    """Move the weights by one step, and return the loss before it."""
    ...

# %% tags=["check"]
exercise.train_step.check(train_step)
# exercise.train_step.hint()
# exercise.train_step.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_train_step(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(network(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


exercise.train_step.check_solution(solution_train_step)

# %% [markdown]
# With this step, an epoch is a loop over batches. A `DataLoader` shuffles examples and puts them into batches. Here is
# all that training takes, on a fifth of the images.
#
# <!-- slide
# A `DataLoader` shuffles the examples, and makes batches. This is all that training takes.
# -->

# %%
from torch.utils.data import DataLoader

torch.manual_seed(0)
fifth = pytorch.Digits(train_bytes[:12_800], train_digits[:12_800])
loader = DataLoader(fifth, batch_size=64, shuffle=True)
learner = SeedNetwork()
optimizer = torch.optim.RMSprop(learner.parameters(), lr=0.001)
for some, answers in loader:
    optimizer.zero_grad()
    loss_fn(learner(some), answers).backward()
    optimizer.step()
accuracy_after_200_steps = np.mean(pytorch.predict(learner, test) == test_digits)

print(f"{accuracy_after_200_steps = :.3f}")

# %% tags=["bounds"]
check_bounds(0.85, accuracy_after_200_steps, 0.99)

# %% [markdown]
# `fit` and `predict` do one more thing for you: they switch dropout and batch normalization from training to use
# (lesson 9). In PyTorch, you do that: `train()` and `eval()` switch all modules of a network. A new one is in training
# mode. And under `torch.no_grad()`, PyTorch keeps no record of its operations for a gradient. (Its name for that record
# is a graph.)
#
# **Predict.** The same images go through a layer with dropout twice, under `no_grad()`. Will the two outputs be equal?
#
# <!-- slide
# ### In training and in use
#
# `train()` and `eval()` switch dropout and batch normalization. `no_grad()` keeps nothing for a gradient.
#
# **Predict.** Dropout, under `no_grad()`, the same images twice. Are the outputs equal?
# -->
#
# <!-- notes
# Most believe that no_grad means "this is no training". Let them vote.
# -->

# %%
dropped = nn.Sequential(nn.Flatten(), nn.Linear(784, 10), nn.Dropout(0.5))
with torch.no_grad():
    print("under no_grad:", torch.equal(dropped(images), dropped(images)))
dropped.eval()
print("after eval():", torch.equal(dropped(images), dropped(images)))
print("and a gradient can still be asked for:", dropped(images).requires_grad)

# %% [markdown] tags=["reading"]
# `no_grad()` doesn't turn dropout off, and `eval()` doesn't stop the record. To use a network, you want both.
# Forgetting `eval()` raises no error.
#
# <!-- slide
# `eval()`: how the modules compute. `no_grad()`: what is kept. In use, you want both.
# -->

# %% [markdown]
# ### Exercise: train or eval?
#
# Return the class of each image, as an array or a tensor of whole numbers. Compute as in use, keep nothing for
# gradients, and leave the network in the mode in which you found it: `network.training` says which, and
# `network.train(True)` or `network.train(False)` sets it.
#
# <!-- slide
# The class of each image: as in use, with nothing kept for gradients. Leave the network in the mode in which you found
# it.
# -->
#
# <!-- notes
# 5 minutes. Ask where it would hurt to leave the network in eval mode: in the middle of training, after a look at the
# validation images.
# -->

# %% tags=["exercise"]
def predict(network, images):
    """The class of each image."""
    ...

# %% tags=["check"]
exercise.predict.check(predict)
# exercise.predict.hint()
# exercise.predict.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_predict(network, images):
    was_training = network.training
    network.eval()
    with torch.no_grad():
        answers = network(images).argmax(dim=1)
    network.train(was_training)
    return answers


exercise.predict.check_solution(solution_predict)

# %% [markdown]
# ## What differs without a warning?
#
# So far, you have said everything. What do you get when you don't?
#
# **Predict.** Both libraries have RMSprop. Which of its options are the same by default: the learning rate, the share
# of the old average, epsilon?
#
# <!-- slide
# **Predict.** RMSprop's learning rate, the share of the old average, its epsilon. Which are the same by default?
# -->
#
# <!-- notes
# 7 minutes. Nobody knows them all, and that is the point. Have them guess, then print.
# -->

# %%
weights = [nn.Parameter(torch.zeros(1))]
rows = {"SGD": "learning_rate", "RMSprop": "learning_rate rho epsilon", "Adam": "learning_rate epsilon"}
for name, options in rows.items():
    config = getattr(keras.optimizers, name)().get_config()
    in_torch = getattr(torch.optim, name)(weights).defaults
    for option in options.split():
        theirs = {"learning_rate": "lr", "rho": "alpha", "epsilon": "eps"}[option]
        print(f"{name:9} {option:14} {config[option]:<8.4g} {theirs:9} {in_torch[theirs]:g}")

# %% [markdown] tags=["reading"]
# Of RMSprop's, none.
#
# <!-- slide
# Of RMSprop's, none.
# -->

# %% [markdown]
# Then set everything yourself, you might say: 0.001, 0.9 and 1e-7 in both. RMSprop divides the gradient $g$ by the root
# of $v$, an average of its square, and epsilon keeps it from dividing by 0. But where is it added?
#
# Keras: $\displaystyle\frac{g}{\sqrt{v + \epsilon}}$. PyTorch: $\displaystyle\frac{g}{\sqrt{v} + \epsilon}$.
#
# **Predict.** $\epsilon$ is a ten-millionth. For which gradients does its place matter?
#
# <!-- slide
# The same numbers in both. Keras: $\displaystyle\frac{g}{\sqrt{v + \epsilon}}$. PyTorch:
# $\displaystyle\frac{g}{\sqrt{v} + \epsilon}$.
#
# **Predict.** $\epsilon$ is a ten-millionth. For which gradients does its place matter?
# -->
#
# <!-- code
# gradients = np.geomspace(1e-12, 1, 49).astype("float32")
# variable = keras.Variable(np.zeros(49))
# keras.optimizers.RMSprop(0.001, rho=0.9, epsilon=1e-7)…
# parameter = nn.Parameter(torch.zeros(49))
# parameter.grad = torch.from_numpy(gradients)
# torch.optim.RMSprop([parameter], lr=0.001, alpha=0.9, eps=1e-7).step()
# …
# network.zero_grad()  # the trained one
# loss_fn(network(images), labels).backward()
# …
# small_share = np.mean(sizes < 0.001)  # of its gradients, without those that are 0
# …
# -->

# %%
gradients = np.geomspace(1e-12, 1, 49).astype("float32")
variable = keras.Variable(np.zeros(49))
keras.optimizers.RMSprop(0.001, rho=0.9, epsilon=1e-7).apply_gradients([(gradients, variable)])
parameter = nn.Parameter(torch.zeros(49))
parameter.grad = torch.from_numpy(gradients)
torch.optim.RMSprop([parameter], lr=0.001, alpha=0.9, eps=1e-7).step()
keras_steps, torch_steps = -variable.numpy(), -parameter.detach().numpy()

network.zero_grad()  # the trained one
loss_fn(network(images), labels).backward()
of_the_network = torch.cat([weights.grad.flatten() for weights in network.parameters()]).numpy()
sizes = abs(of_the_network[of_the_network != 0])
small_share = np.mean(sizes < 0.001)  # of its gradients, without those that are 0
print(f"{small_share = :.2f}")

# %% tags=["bounds"]
check_bounds(0.5, small_share, 1.0)

# %% tags=["figure"]
figures.draw_steps(gradients, keras_steps, torch_steps, sizes)

# %% [markdown] tags=["reading"]
# For most that the trained network has. In the first step, $v$ is a tenth of $g^2$, so Keras's steps get shorter where
# gradients are below a thousandth or so. PyTorch's stay nearly as long down to a few millionths. With the same numbers,
# it is another optimizer.
#
# <!-- slide
# Where gradients are below a thousandth or so, Keras's first steps are shorter: it is another optimizer.
# -->

# %% [markdown]
# Does it matter in the end? `nox -s bench -- frameworks` has trained for five epochs in four ways: in Keras; in PyTorch
# with first weights and RMSprop as in Keras; with PyTorch's own, at a rate of 0.001; and at its default rate.
#
# **Predict.** Which of the last three will differ from Keras by more than its seeds differ among themselves?
#
# <!-- slide
# Five epochs in four ways: Keras; PyTorch as in Keras; PyTorch with its own first weights and RMSprop, at a rate of
# 0.001; at its default rate.
#
# **Predict.** Which will differ from Keras by more than seeds do?
# -->

# %%
from course_utils.results import read_result

measured = read_result("frameworks")
accuracies = {way: [run["test_acc"] for run in runs] for way, runs in measured["runs"].items()}
for way, runs in accuracies.items():
    print(f"{way:26} {np.mean(runs):.4f} ± {np.std(runs, ddof=1):.4f}, {len(runs)} runs")

# %% tags=["figure"]
figures.draw_ways(accuracies)

# %% [markdown] tags=["reading"]
# Only the last one, for certain: at ten times the learning rate every run is worse, and one has learned nothing. Among
# the others, one run with PyTorch's own start makes twice as many errors as usual; five runs can't tell whether by
# chance. Epsilon's place can't be seen beside what seeds do.
#
# <!-- slide
# Only the last, for certain: at ten times the learning rate every run is worse, and one has learned nothing.
# -->

# %% [markdown]
# ## Where does it compute?
#
# In Keras on TensorFlow, what can run on a GPU (lesson 10) does so by itself. In PyTorch, tensors stay where they are,
# and you move them to a **device**: `"cpu"`, `"cuda"` for a GPU by NVIDIA, `"mps"` for that of an Apple computer.
#
# <!-- slide
# In PyTorch, you move tensors to a **device**: `"cpu"`, `"cuda"`, `"mps"`.
# -->
#
# <!-- notes
# 5 minutes. Ask who has a GPU, and let one with and one without run the cells.
# -->

# %%
device = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else "cpu"
moved = SeedNetwork().to(device)
moved_images = test[:256].to(device)
with torch.no_grad():
    print(tuple(moved(moved_images).shape))  # network and images have to be on one device

# %% [markdown]
# `.to` also changes types, and so its trap can be seen without a GPU.
#
# **Predict.** After `moved.to(torch.float64)` and `four.to(torch.float64)`, what type are the network's weights, and
# what type are the four images?
#
# <!-- slide
# **Predict.** `.to(torch.float64)` on a network and on a tensor, without an `=`. Which has changed?
# -->

# %%
moved, four = SeedNetwork(), test[:4]
moved.to(torch.float64)
four.to(torch.float64)
print("weights:", next(moved.parameters()).dtype)
print("images: ", four.dtype)
try:
    moved(four)
except RuntimeError as error:
    print("RuntimeError:", str(error).partition(" should")[0])

# %% [markdown] tags=["reading"]
# A module is changed in place, a tensor isn't: `.to` returns a new one, and `images = images.to(device)` keeps it. In
# the loop, each batch has to be moved. Before NumPy can read an answer, `.cpu()` has to bring it back.
#
# <!-- slide
# `.to` changes a module in place, and returns a new tensor: `images = images.to(device)`.
# -->

# %% [markdown]
# ## Going further: Is training the same?
#
# First a single batch: loss and gradient, in both.
#
# **Predict.** Will they be the same?
#
# <!-- slide
# **Predict.** One batch: are loss and gradient the same in both?
# -->
#
# <!-- notes
# 5 minutes. Ask where the first difference can come from, when weights and batches are the same.
# -->

# %%
with tf.GradientTape() as tape:  # lesson 5
    keras_loss = keras.losses.SparseCategoricalCrossentropy()(test_digits[:64], model(test_images[:64]))
keras_gradient = tape.gradient(keras_loss, model.trainable_weights)[0].numpy()  # of the first kernel
print("the same loss:", abs(loss.item() - float(keras_loss)) < 1e-5)
print("the same gradient:", np.allclose(first.numpy(), pytorch.to_torch(keras_gradient), atol=1e-5))

# %% [markdown] tags=["reading"]
# Both, to within float32's rounding.

# %% [markdown]
# Train the same network in both libraries, from the same first weights, on the same batches in the same order, by
# plain gradient descent.
#
# **Predict.** Draw the loss of 50 steps in both. Will the two curves drift apart? *About 15 seconds.*
#
# <!-- slide
# **Predict.** The same first weights, the same 50 batches, plain gradient descent. Will the two losses drift apart?
# -->
#
# <!-- code
# …
# new = networks.build_seed_network()
# new.compile(keras.optimizers.SGD(0.05), loss="sparse_categorical_crossentropy")
# twin = SeedNetwork()
# pytorch.copy_weights(new, twin)
# optimizer, … = torch.optim.SGD(twin.parameters(), lr=0.05), [], []
# …
# for rows in np.arange(3200).reshape(50, 64):
#     new.reset_metrics()
#     keras_losses.append(new.train_on_batch(train_images[rows], …))
#     …
#     losses += pytorch.train(twin, [batch], optimizer)  # …
# …
# -->

# %%
keras.utils.set_random_seed(0)
new = networks.build_seed_network()
new.compile(keras.optimizers.SGD(0.05), loss="sparse_categorical_crossentropy")
twin = SeedNetwork()
pytorch.copy_weights(new, twin)
optimizer, losses, keras_losses = torch.optim.SGD(twin.parameters(), lr=0.05), [], []
train_images, all_labels = data.prepare_images(train_bytes[:3200]), train_digits[:3200].astype("int64")
for rows in np.arange(3200).reshape(50, 64):
    new.reset_metrics()
    keras_losses.append(new.train_on_batch(train_images[rows], train_digits[rows]))
    batch = pytorch.channels_first(train_images[rows]), torch.from_numpy(all_labels[rows])
    losses += pytorch.train(twin, [batch], optimizer)  # the four lines of the exercise
print("the first ten steps are the same:", np.allclose(losses[:10], keras_losses[:10], atol=1e-5))
largest_distance = np.max(np.abs(np.subtract(losses, keras_losses)))
print(f"{largest_distance = :.7f}")

# %% tags=["bounds"]
check_bounds(0.0, largest_distance, 0.5)

# %% tags=["figure"]
figures.draw_losses(keras_losses, losses)

# %% [markdown] tags=["reading"]
# One curve: these four lines are Keras's training step. The distance begins with rounding. It may then grow, since each
# step starts from weights that differ a little more than before.
#
# <!-- slide
# One curve: these four lines are Keras's training step. The distance begins with rounding, and may grow.
# -->

# %% [markdown]
# ## Going further: Who makes the batches?
#
# A data set is an object that says how many examples it has, and gives one at a time. That is the place to read a file,
# or to change an image: this one distorts each digit, as in lesson 9. `num_workers` starts processes that make
# batches while the network computes.
#
# **Predict.** How many times as fast will the batches come with two of them?
#
# <!-- slide
# A `Dataset` says how many examples it has, and gives one at a time. `num_workers` starts processes that make batches.
#
# **Predict.** How many times as fast are two workers?
# -->
#
# <!-- notes
# 4 minutes. Ask who has seen a GPU wait for its data.
# -->

# %%
from torch.utils.data import Dataset
from course_utils.augmentation import distort_images


class Digits(Dataset):
    def __init__(self, images, labels):
        self.images, self.labels = images, labels

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        image = (self.images[index, None] / 255).astype("float32")
        image = distort_images(image, seed=int(torch.randint(2**31, ())))
        return torch.from_numpy(image), int(self.labels[index])


print(tuple(Digits(train_bytes, train_digits)[0][0].shape), len(Digits(train_bytes, train_digits)))

# %%
import time

seconds = []
for n_workers in (0, 2):
    distorted = pytorch.Digits(train_bytes[:6400], train_digits[:6400], distort=True)  # in a file
    loader, start = DataLoader(distorted, batch_size=64, num_workers=n_workers), time.perf_counter()
    n_read = sum(len(answers) for _, answers in loader)
    seconds.append(time.perf_counter() - start)
    print(n_workers, "workers:", n_read, "digits")
speedup_of_two = seconds[0] / seconds[1]
print(f"{speedup_of_two = :.2f}")

# %% tags=["bounds"]
check_bounds(0.03, speedup_of_two, 10.0)

# %% [markdown] tags=["reading"]
# About twice at best, and only where a core is idle: starting processes and handing over batches takes time, too. If
# examples are cheap to make, workers gain you nothing.
#
# Two traps. On Windows and macOS, a worker is a new Python, which knows nothing of the classes of your notebook: put
# yours in a file, as `course_utils/pytorch.py` does. And random numbers: PyTorch seeds its own generator differently in
# each worker, and NumPy's global one. But a generator that the data set keeps, such as `np.random.default_rng(0)`, is
# copied into every worker, and all of them draw the same.
#
# <!-- slide
# Workers help where examples take long to make and a core is idle. Their class has to be in a file.
# -->

# %% [markdown]
# ## Going further: What else differs?
#
# Two layers of batch normalization:
#
# <!-- slide
# Two layers of batch normalization, with their defaults.
# -->
#
# <!-- notes
# 8 minutes. Do the arithmetic of both on the board before the second cell.
# -->

# %%
ours, theirs = keras.layers.BatchNormalization(), nn.BatchNorm1d(1)
print(f"Keras:   momentum {ours.momentum:<5g} epsilon {ours.epsilon:g}")
print(f"PyTorch: momentum {theirs.momentum:<5g} eps     {theirs.eps:g}")

# %% [markdown]
# A momentum of 0.1 next to one of 0.99? Give both layers a batch of two numbers, 0 and 4. Their moving mean starts at
# 0, their moving variance at 1.
#
# **Predict.** What will the moving mean and the moving variance be after this batch, in each of them?
#
# <!-- slide
# Momentum 0.1 next to 0.99. A batch of two numbers, 0 and 4; moving mean 0, moving variance 1.
#
# **Predict.** What will they be after this batch, in each?
# -->

# %%
batch = np.array([[0], [4]], dtype="float32")
ours, theirs = keras.layers.BatchNormalization(), nn.BatchNorm1d(1)
ours(batch, training=True)
theirs(torch.from_numpy(batch))
print(f"Keras:   mean {float(ours.moving_mean[0]):.2f}, variance {float(ours.moving_variance[0]):.2f}")
print(f"PyTorch: mean {theirs.running_mean.item():.2f}, variance {theirs.running_var.item():.2f}")

# %% [markdown] tags=["reading"]
# PyTorch's momentum is the share of the *new* value, Keras's that of the old one: 0.1 there is 0.9 here. And for the
# moving variance, PyTorch divides by n − 1, so the variance of this batch counts as 8. Keras divides by n, so it counts
# as 4.
#
# <!-- slide
# Momentum: the share of the new value in PyTorch, of the old one in Keras. 0.1 there is 0.9 here.
# -->

# %% [markdown]
# Where does training begin? Keras draws the first weights of a layer by Glorot's rule (lesson 4) and sets biases to 0.
#
# **Predict.** Will PyTorch's first weights be larger, smaller, or about as large? And its biases?
#
# <!-- slide
# Keras: Glorot's rule, and biases of 0.
#
# **Predict.** Are PyTorch's first weights larger, smaller, or about as large? And its biases?
# -->

# %%
keras.utils.set_random_seed(0)  # PyTorch's seed, too
begun, twin_begun = networks.build_seed_network(), SeedNetwork()
twins = [module for module in twin_begun.modules() if isinstance(module, (nn.Conv2d, nn.Linear))]
print("          Keras: weights, biases     PyTorch: weights, biases (largest sizes)")
for layer, twin_layer in zip([layer for layer in begun.layers if layer.weights], twins):
    ours = [abs(weights).max() for weights in layer.get_weights()]
    theirs = [abs(weights).max().item() for weights in twin_layer.parameters()]
    print(f"{type(layer).__name__:17} {ours[0]:.2f}, {ours[1]:.2f}", end=18 * " ")
    print(f"{theirs[0]:.2f}, {theirs[1]:.2f}")

# %% [markdown] tags=["reading"]
# Sometimes larger, sometimes smaller, and its biases aren't 0. Keras draws between $\pm\sqrt{6 / (n_\text{in} +
# n_\text{out})}$, PyTorch draws both weights and biases between $\pm 1 / \sqrt{n_\text{in}}$. (For a convolution,
# $n_\text{in}$ is height · width · channels in, and $n_\text{out}$ is height · width · filters.)
#
# <!-- slide
# Sometimes larger, sometimes smaller, and its biases aren't 0: all between $\pm 1 / \sqrt{n_\text{in}}$.
# -->

# %% [markdown]
# And then there is padding. With a stride of 2, Keras's `"same"` may have to add one zero more on one side than on the
# other.
#
# **Predict.** The kernel (0, 1, 0) copies the middle one of three numbers. It moves over the numbers 0 to 7 in steps of
# two: in Keras with `"same"`, in PyTorch with `padding=1`. Which numbers does it copy in each?
#
# <!-- slide
# **Predict.** The kernel (0, 1, 0) moves over the numbers 0 to 7 in steps of two. Which does it copy: in Keras with
# `"same"`, in PyTorch with `padding=1`?
# -->
#
# <!-- code
# …
# conv = keras.layers.Conv1D(1, 3, strides=2, padding="same", use_bias=False)
# …
# print("Keras:  ", conv(positions[None, :, None])…)
# row, kernel = …
# print("PyTorch:", nn.functional.conv1d(row, kernel, stride=2, padding=1)…)
# padded = nn.functional.pad(row, (0, 1))  # as Keras does: none before, one after
# print("padded: ", nn.functional.conv1d(padded, kernel, stride=2)…)
# try:
#     nn.Conv1d(1, 1, 3, stride=2, padding="same")
# except ValueError as error:
#     print("ValueError:", error)
# -->

# %%
positions, middle = np.arange(8, dtype="float32"), np.array([0, 1, 0], dtype="float32")
conv = keras.layers.Conv1D(1, 3, strides=2, padding="same", use_bias=False)
conv(positions[None, :, None])  # builds it
conv.set_weights([middle[:, None, None]])
print("Keras:  ", conv(positions[None, :, None]).numpy().ravel().astype(int))
row, kernel = torch.from_numpy(positions)[None, None], torch.from_numpy(middle)[None, None]
print("PyTorch:", nn.functional.conv1d(row, kernel, stride=2, padding=1).numpy().ravel().astype(int))
padded = nn.functional.pad(row, (0, 1))  # as Keras does: none before, one after
print("padded: ", nn.functional.conv1d(padded, kernel, stride=2).numpy().ravel().astype(int))
try:
    nn.Conv1d(1, 1, 3, stride=2, padding="same")
except ValueError as error:
    print("ValueError:", error)

# %% [markdown] tags=["reading"]
# One position apart, at every place, and again all shapes fit. PyTorch refuses `"same"` with a stride above 1. To carry
# such a network over, pad by hand.
#
# <!-- slide
# One position apart, and all shapes fit. To carry such a network over, pad by hand.
# -->

# %% [markdown]
# ## Going further: What is a GPU for?
#
# Time both networks on batches of several sizes.
#
# **Predict.** How many times as long as a single image do 16 take, all at once?
#
# <!-- slide
# **Predict.** How many times as long as a single image does a batch of 16 take?
# -->
#
# <!-- notes
# 5 minutes. Ask who has trained on a GPU, and how large the network was.
# -->

# %%
import timeit
from functools import partial


def seconds_of(run):
    """The shortest of several times, in seconds."""
    return min(timeit.repeat(run, repeat=7, number=1))


sizes, times = [1, 4, 16, 64, 256], {"Keras": [], "PyTorch": []}
for size in sizes:
    times["Keras"].append(seconds_of(partial(model.predict_on_batch, test_images[:size])))
    with torch.no_grad():
        times["PyTorch"].append(seconds_of(partial(network, test[:size])))
time_of_16_over_1 = times["Keras"][2] / times["Keras"][0]
print(f"{time_of_16_over_1 = :.1f}")

# %% tags=["bounds"]
check_bounds(0.3, time_of_16_over_1, 50.0)

# %% tags=["figure"]
figures.draw_batch_times(sizes, times)

# %% [markdown] tags=["reading"]
# Each call costs something before any number is multiplied, and a single image doesn't give a machine much to do. So 16
# images take less than 16 times as long as one. (More? Then other programs were running.) A GPU needs far more to do
# than a processor, so a small network on a small batch can be slower there (not measured here). **A GPU is for large
# networks and large batches.**
#
# <!-- slide
# Each call costs something before any number is multiplied. A GPU is for large networks and large batches.
# -->

# %% [markdown]
# That is the processor's half of the story. `nox -s bench -- gpu` measures the other half where there is a GPU. The
# course was made on machines without one, so this lesson has no figures for it.
#
# How do you get one to work?
#
# | | Keras on TensorFlow | PyTorch, and Keras on PyTorch |
# |---|---|---|
# | NVIDIA, Linux | `pip install "tensorflow[and-cuda]"` | `"cuda"`; `nox -s torch` chooses the build |
# | NVIDIA, Windows | in WSL2 only | `"cuda"`; the same |
# | Apple | by a plugin of Apple's, which [doesn't load with versions from 2.18 on](https://github.com/tensorflow/tensorflow/issues/84167) | `"mps"` |
# | is it there? | `tf.config.list_physical_devices("GPU")` | `torch.accelerator.is_available()` |
#
# Two more things have to be said. One is mixed precision (lesson 10). In PyTorch, put the forward pass and the loss
# under `with torch.autocast("cuda", dtype=torch.bfloat16):`. In Keras, it is
# `keras.config.set_dtype_policy("mixed_bfloat16")`.
#
# The other is that two runs from one seed may differ, because a GPU may add numbers up in another order each time.
# `torch.manual_seed(0)` and `torch.use_deterministic_algorithms(True)` together choose ways, often slower, that always
# have one order, and raise an error where there is none. (On an NVIDIA GPU, the environment variable
# `CUBLAS_WORKSPACE_CONFIG` has to be `:4096:8` before Python starts.) In TensorFlow, these are
# `keras.utils.set_random_seed(0)` and `tf.config.experimental.enable_op_determinism()`.

# %% [markdown]
# ## Going further: What is called what?
#
# **Predict.** Cover the right column, and go down the table. What is each called in PyTorch?
#
# | | Keras | PyTorch |
# |---|---|---|
# | image | (n, height, width, channels) | (n, channels, height, width) |
# | layer, network | `keras.Layer`, `keras.Model` | `nn.Module` |
# | dense layer | `Dense(64)` | `nn.Linear(1024, 64)` |
# | convolution | `Conv2D(64, 3)` | `nn.Conv2d(32, 64, 3)` |
# | pooling | `MaxPooling2D(2)` | `nn.MaxPool2d(2)` |
# | batch normalization | `BatchNormalization(momentum=0.9)` | `nn.BatchNorm2d(64, momentum=0.1, eps=1e-3)` |
# | activation | `activation="relu"` | `nn.ReLU()`, or `F.relu(x)` in `forward` |
# | loss, whole-number labels | `SparseCategoricalCrossentropy(from_logits=True)` | `nn.CrossEntropyLoss()` |
# | training mode | `model(x, training=True)` | `network.train()`, then `network(x)` |
# | gradient | `tf.GradientTape()` | `loss.backward()`, then `.grad` |
# | training | `compile`, `fit` | your loop |
# | batches | arrays, `tf.data.Dataset` | `DataLoader` of a `Dataset` |
# | frozen | `layer.trainable = False` | `layer.requires_grad_(False)` |
# | weights in a file | `model.save_weights(path)` | `torch.save(network.state_dict(), path)` |
# | and back | `model.load_weights(path)` | `network.load_state_dict(torch.load(path))` |
# | NumPy | `keras.ops.convert_to_numpy(x)` | `x.detach().cpu().numpy()` |
# | seed | `keras.utils.set_random_seed(0)` | `torch.manual_seed(0)` |
#
# <!-- slide
# **Predict.** The table in the notebook, with its right column covered: what is each called in PyTorch?
# -->
#
# <!-- notes
# 3 minutes. A row for each, around the room.
# -->

# %% [markdown]
# ## Going further: Can you read somebody's module?
#
# Here is a class from somebody's code.
#
# **Predict.** Which part of lesson 14 is it? With maps of shape (1, 16, 28, 28) as input, which shape comes out of
# `Block(16, 32, 2)`, and how many parameters does it have?
#
# <!-- slide
# **Predict.** Which part of lesson 14 is this? What shape comes out of `Block(16, 32, 2)`, with (1, 16, 28, 28) as
# input? How many parameters?
# -->
#
# <!-- notes
# 6 minutes. Let one read forward aloud, line by line, and the others draw boxes.
# -->

# %%
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c_out, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, 1, 1, bias=False)
        self.bn1, self.bn2 = nn.BatchNorm2d(c_out), nn.BatchNorm2d(c_out)
        self.skip = nn.Conv2d(c_in, c_out, 1, stride, bias=False)

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(out)) + self.skip(x))

# %% slideshow={"slide_type": "skip"}
block = Block(16, 32, 2)
print(tuple(block(torch.zeros(1, 16, 28, 28)).shape))
for name, weights in block.state_dict().items():
    kind = "" if name in dict(block.named_parameters()) else "not a parameter"
    print(f"{name:25} {tuple(weights.shape)!s:16} {kind}")
print(f"{sum(weights.numel() for weights in block.parameters()):,} parameters")

# %% [markdown] tags=["reading"]
# A residual block: two convolutions, batch normalization, and a 1 × 1 convolution on the shortcut. What to look for in
# a module:
#
# - `forward` says what happens, and in which order. The order in `__init__` only decides in which order weights are
#   listed.
# - Arguments without names are (in, out, kernel, stride, padding).
# - Where shapes change without a layer: `view`, `reshape`, `flatten`, `permute`.
# - What isn't a parameter, and still has to be saved: a **buffer**, here the moving statistics. The `state_dict`, which
#   is what files of weights hold, has both.
#
# <!-- slide
# A residual block. `forward` says what happens; the `state_dict` has parameters, and what else must be saved.
# -->

# %% [markdown]
# ## Going further: Can Keras itself run on PyTorch?
#
# Keras 3 is written for several **backends**: libraries that do its arithmetic. TensorFlow is one, and PyTorch is
# another, and so is JAX. It takes one when it is imported, from the environment variable `KERAS_BACKEND` (lesson 12),
# so to see another one, you need a fresh Python.
#
# **Predict.** The program below builds, fits and evaluates a network. On which of the other two backends will it work?
# And will the tape of lesson 5 see what PyTorch computes? *About 15 seconds.*
#
# <!-- slide
# Keras 3 runs on several **backends**: TensorFlow, PyTorch, JAX.
#
# **Predict.** Build, fit, evaluate: on which does that work? Will the tape of lesson 5 see what PyTorch computes?
# -->
#
# <!-- notes
# 4 minutes. While it runs, ask which lines of lessons 4 to 6 need TensorFlow: only some of lesson 5's.
# -->

# %%
program = """
import os, sys
sys.modules |= dict.fromkeys({"jax", "sklearn"} - {os.environ["KERAS_BACKEND"]})  # not needed
import keras, numpy
digits = numpy.load(sys.argv[1])
images, labels = digits["images"][..., None].astype("float32") / 255, digits["labels"]
layers = [keras.layers.Flatten(), keras.layers.Dense(64, "relu"), keras.layers.Dense(10, "softmax")]
model = keras.Sequential([keras.Input((28, 28, 1)), *layers])
model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(images, labels, batch_size=64, verbose=0)
print(keras.backend.backend(), "fits:", model.evaluate(images, labels, verbose=0)[1] > 0.6)
"""

# %%
import os
import subprocess
import sys
import tempfile
from pathlib import Path

scratch = tempfile.TemporaryDirectory()
file = Path(scratch.name, "digits.npz")
np.savez(file, images=train_bytes[:3200], labels=train_digits[:3200])
for backend in ("torch", "jax"):
    settings = os.environ | {"KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-c", program, file]
    done = subprocess.run(command, env=settings, capture_output=True, text=True)
    print(done.stdout.strip() or done.stderr)

# %%
image = tf.constant(test_images[:1])
with tf.GradientTape() as tape:
    tape.watch(image)
    answer = network(torch.from_numpy(image.numpy()).permute(0, 3, 1, 2)).sum()
try:
    print(tape.gradient(answer, image))
except Exception as error:
    print("the tape:", type(error).__name__)

# %% [markdown] tags=["reading"]
# Building, fitting and evaluating are Keras's own, and work on all three. The tape is TensorFlow's, and sees only what
# TensorFlow computes. So a lesson that uses nothing of TensorFlow's own should run on all three. `nox -s jax` tries it
# on JAX, and says what keeps the others from it.
#
# <!-- slide
# What is Keras's own works on all three. The tape sees only what TensorFlow computes.
# -->

# %% [markdown]
# ## Going further: Can the service run it?
#
# The service of lesson 11 reads ONNX files. It was made for a Keras network, and has never heard of PyTorch. So a small
# module goes around ours.
#
# `pytorch.export_onnx` calls `torch.onnx.export`, which goes through `forward` once, with the shape and the type of an
# example, and writes down what is computed.
#
# **Predict.** What does the `forward` of that module have to do before it calls the network, and what after? *About 15
# seconds.*
#
# <!-- slide
# The service was made for the file of a Keras network. A small module goes around ours.
#
# **Predict.** What does its `forward` have to do before it calls the network, and what after?
# -->
#
# <!-- notes
# 4 minutes. The service runs on a machine that has neither Keras nor PyTorch: that is what such a file is for.
# -->

# %%
class Served(nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, images):
        return self.network(images.permute(0, 3, 1, 2)).softmax(dim=1)


file = Path(scratch.name, "from_pytorch.onnx")
pytorch.export_onnx(Served(network), file, example=torch.zeros(2, 28, 28, 1))
print("a file:", file.is_file())

# %% [markdown] tags=["reading"]
# `permute` for the axes, `softmax` for the logits.
#
# <!-- slide
# `permute` for the axes, `softmax` for the logits.
# -->

# %% [markdown]
# **Predict.** Start the service with this file in place of its own, as `nox -s serve -- --network from_pytorch.onnx`
# does, and send it the first test digit, a 7. Will it notice?
#
# <!-- slide
# **Predict.** Start the service with this file, and send it a 7. Will it notice?
# -->

# %%
import io
import json
import urllib.request
from PIL import Image

picture = io.BytesIO()
Image.fromarray(255 - np.pad(test_bytes[0], 8)).save(picture, "PNG")  # dark ink on white paper

# %%
command = [sys.executable, "-m", "course_utils.serving", "--port", "0", "--network", file]
with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as service:
    try:
        address = service.stdout.readline().split()[3]  # reading digits at http://…
        request = urllib.request.Request(f"{address}/predict", picture.getvalue())
        request.add_header("Content-Type", "image/png")
        print("it reads a", json.loads(urllib.request.urlopen(request).read())["digit"])
    finally:
        service.terminate()

# %% [markdown] tags=["reading"]
# No. It computes what the file says, whichever library wrote it.
#
# <!-- slide
# The service doesn't notice: it computes what the file says.
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
# - To carry weights over, move axes, and mind Flatten. Then compare all outputs: that every shape fits says nothing.
# - A PyTorch step is `zero_grad`, loss, `backward`, `step`. Use a network after `eval()` and under `no_grad()`; these
#   are two things.
# - Two libraries may mean different things by one name. Set every option yourself, and test what you can't see.
#
# **Next:** This was the last lesson. [Lesson 0](00_start_here.ipynb) lists them all.
