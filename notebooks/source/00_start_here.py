# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 0. Start here
#
# You will watch a network read digits that it has never seen, catch it in a mistake, and learn how this course works.
#
# **15 minutes.** At the end you can
#
# - run a lesson, restart it, and find help;
# - say what you will be able to do after the last lesson;
# - tell from one printed list whether your computer is ready.
#
# A cell with a grey bar holds Python. Click into the one below and press **Shift+Enter**: it runs, and you are in the
# next one. The first takes some seconds, since it loads TensorFlow.

# %% tags=["setup"]
from course_utils import data, environment, models, plotting

import matplotlib.pyplot as plt
import numpy as np

plotting.use_course_style()
_, (test_images, test_labels) = data.load_mnist()

# %% [markdown]
# ## Can a computer read handwriting?
#
# A **neural network** is a long formula with many adjustable numbers, its **weights**. The one in the next cell has
# 121,994 of them. They were adjusted on 60,000 handwritten digits until the formula gave the right answer nearly always,
# and then stored. The ten digits below were not among those: the network sees them for the first time, now.
#
# **Predict.** You have nothing to go by yet, so guess: of these ten, how many will it read rightly? How sure of itself
# will it be?

# %% tags=["figure"]
model = models.load_seed_network()
probabilities = model.predict(data.prepare_images(test_images), verbose=0)
answers, sureness = probabilities.argmax(axis=1), probabilities.max(axis=1)

sure = [f"{s:.1%}" if s < 0.999 else "over 99.9%" for s in sureness[:10]]
titles = [f"reads {answers[i]}\n{sure[i]} sure" for i in range(10)]
axes = plotting.plot_images(test_images[:10], titles, n_columns=5, size=1.5)
alt = """Ten handwritten digits in two rows, each with the network's answer and how sure it is. All
ten are read rightly, and it is very sure of each."""
plotting.show(axes[0, 0].figure, alt)
print("adjustable numbers:", model.count_params(), "  digits that it learned from: 60000")

# %% [markdown]
# All right, and very sure of it. No line of the program says what a 7 looks like. By the end of lesson 6 you will have
# built and trained this very network, and you will know where each of its 121,994 numbers sits and what it is multiplied
# by.
#
# ## Is it ever wrong?
#
# **Predict.** When it makes a mistake, will it at least be unsure? Write down a percentage for a typical mistake, and one
# for the mistake that it is surest of.

# %% tags=["figure"]
wrong = np.flatnonzero(answers != test_labels)
surest = wrong[np.argsort(-sureness[wrong])][:4]

figure, axes = plt.subplots(2, 4, figsize=(9, 4.2), height_ratios=[1.2, 1])
for index, (top, bottom) in zip(surest, axes.T, strict=True):
    title = f"a {test_labels[index]}, read as {answers[index]}"
    plotting.plot_image(test_images[index], ax=top, title=title)
    plotting.plot_probabilities(probabilities[index], label=test_labels[index], ax=bottom)
    bottom.set(xticks=range(10), ylabel="probability" if index == surest[0] else "")
alt = """Four misread digits, and under each the network's ten probabilities: one grey bar, for the
wrong class, reaches nearly to 1; the true class has no visible bar."""
plotting.show(figure, alt)
right = answers == test_labels
print(f"{len(wrong)} mistakes in {len(test_labels)} digits; half of them are made with over", end=" ")
print(f"{np.median(sureness[wrong]):.0%}, half of the right answers with over 99.9%")
assert np.median(sureness[right]) > 0.999

# %% [markdown]
# These are the four *surest* of its mistakes. A blue bar would stand at the true class, and there is none to be seen.
# Would you have read them rightly? Half of the mistakes come with less certainty than the printed one, so being unsure is a
# hint. But these four show that you cannot rely on it: *sure* is not the same as *right*. Lesson 6 measures how far
# the two lie apart, and how far a number like these can be trusted.
#
# ## How does a lesson work?
#
# You have seen it twice by now: a question, **your prediction**, a cell to run, what there was to see, and why. The
# prediction is the part that teaches. A surprise that you wrote down beforehand stays with you; a cell that you only ran
# is gone by tomorrow. Keep paper beside the keyboard.
#
# **Predict.** Below, a 4 is given half a turn. It is no digit any more. What will the network answer, and how sure will
# it be?

# %% tags=["figure"]
position = 4  # in the test set; it happens to be a 4. Try others: 3, 8, 11
turned = test_images[position, ::-1, ::-1]
turned_probabilities = model.predict(data.prepare_images(turned[None]), verbose=0)[0]

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 2.8), width_ratios=[1, 2])
plotting.plot_image(turned, ax=left)
plotting.plot_probabilities(turned_probabilities, ax=right)
alt = "A 4 after half a turn, and the network's ten probabilities: one bar, nearly 1."
plotting.show(figure, alt)
sure = turned_probabilities.max() > 0.999
print("it reads a", turned_probabilities.argmax(), "  over 99.9% sure:", sure)

# %% [markdown]
# It was asked *which of ten digits is this?*, and it had no way to say *none*. So it must pick one, and often it means it.
# A network answers the question it was trained on, whatever you show it.
#
# ### Three things to know before you go on
#
# - **Run from the top.** A lesson is meant to be run from its first cell to its last. When something looks odd: menu
#   *Kernel*, *Restart Kernel and Run All Cells*. This forgets all variables and starts afresh; nothing you wrote is lost.
# - **Help.** Put the cursor on a name and press **Shift+Tab**, or run `help(plotting.plot_images)`. The helpers live in
#   the folder `course_utils`, they are short, and you may read all of them.
# - **Your copy.** `nox -s lab` opens your own copies, in the folder `work`. Change what you like. The lessons as they
#   came, with all their pictures, stay in the folder `notebooks`.
#
# ### What this course teaches, and what it does not
#
# It teaches one kind of network, for images, from raw bytes to a judgment on how good it is, and it opens every part on
# the way: you write the convolution, the loss and a training step by hand before the library does them for you. You need
# Python and NumPy, sums and products, and the idea of a slope; logarithms and powers of e are recalled where they come up.
# It does not teach text, speech, or how to build the largest network there is, though much of it (loss, gradient,
# validation, doubt) carries over to those.
#
# All lessons grew from one short notebook, which trains this network and reports its accuracy in a single line. We call
# it **the seed notebook**. The lessons take its steps one by one, keep its numbers, and put right what slipped.
#
# | lesson | the question |
# |---|---|
# | [1. Loading the data](01_loading.ipynb) | What is in MNIST? |
# | [2. Preparing the data](02_preparing.ipynb) | What must an image become? |
# | [3. Convolution and pooling](03_convolution.ipynb) | What does a convolutional layer compute? |
# | [4. Building the model](04_building.ipynb) | How do layers become a classifier? |
# | [5. Training](05_training.ipynb) | What do compile and fit do? |
# | [6. Evaluating](06_evaluating.ipynb) | How good is it, and how sure are we? |

# %% [markdown]
# ## Is your computer ready?
#
# The next cell looks for everything the lessons need, and checks the whole data set to make sure that not one of its 55
# million bytes has changed. **Predict.** How long will that take: seconds, or minutes?

# %%
import time

start = time.perf_counter()
ready = environment.check_environment()
seconds = time.perf_counter() - start

print(f"{seconds = :.1f}")
assert 0 < seconds < 120
assert ready, "something is missing: the list above says what to do"

# %% [markdown]
# Seconds: 55 million bytes are little for a computer. Five lines with *fine*, and you can start. A line with *MISSING* says in the same breath what to do. No lesson needs
# the internet.
#
# ## Key points
#
# - Predict, run, see, ask why: the prediction is what teaches.
# - When in doubt, restart the kernel and run all cells.
# - A network is made of adjusted numbers, is mostly right, and can be wrong in full confidence.
#
# **Next:** [1. Loading the data](01_loading.ipynb) looks at what this network learned from.
