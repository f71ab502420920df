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
# **20 minutes**. At the end you can
#
# - run a lesson, check an exercise, and find help;
# - say what you will be able to do after the last lesson;
# - tell from one printed list whether your computer is ready.
#
# A gray field, with `[ ]` to its left, holds Python. Click into the one below and press **Shift+Enter**: it runs, and you
# are in the next one. The first takes some seconds, since it loads TensorFlow.
#
# <!-- slide
# What will I be able to do?
# -->
#
# <!-- notes
# 1 minute. Everybody opens the notebook and runs its first cell now: TensorFlow takes some seconds to load, and you
# talk meanwhile.
#
# Do not introduce the field. The next slide asks for a guess, and the guess is the introduction.
# -->

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course is missing here: in its folder, run nox -s lab or pip install -e .")

from course_utils import data, environment, networks, plotting
from course_utils.exercises import start_here as exercise
from course_utils.figures import start_here as figures

import numpy as np

plotting.use_course_style()
_, (test_images, test_labels) = data.load_mnist()

# %% [markdown]
# ## Can a computer read handwriting?
#
# A **neural network** is a long formula with many adjustable numbers, its **weights**. The one in the next cell has
# 121,994 of them. They were adjusted on 60,000 handwritten digits, a little at each, and then stored. The ten digits
# below were not among those: the network sees them for the first time, now.
#
# **Predict.** You have nothing to go by yet, so guess: of these ten, how many will it read correctly? How sure of
# itself will it be?
#
# <!-- slide
# Ten handwritten digits that the network has never seen.
#
# **Predict.** How many of the ten will it read correctly? How sure of itself will it be?
# -->
#
# <!-- notes
# 3 minutes. Take guesses by show of hands before you press the key: ten, nine, five?
#
# Somebody finds it trivial. Ask for the rule for a 7, in words, and draw every exception on the board: the bar, the
# slant, a 1 with a flag. Nobody has finished such a rule yet.
#
# A weight is an adjustable number, no more for now.
# -->

# %% slideshow={"slide_type": "skip"}
model = networks.load_seed_network()
probabilities = model.predict(data.prepare_images(test_images), verbose=0)
answers, sureness = probabilities.argmax(axis=1), probabilities.max(axis=1)

# %% tags=["figure"]
figures.draw_answers(test_images[:10], probabilities[:10], test_labels[:10])
print("adjustable numbers:", model.count_params(), "  digits that it learned from: 60000")

# %% [markdown] tags=["reading"]
# All ten are correct, and it is very sure of each. No line of the program says what a 7 looks like. By the end of lesson
# 6 you will have built and trained this very network, and you will know where each of its 121,994 numbers sits and what
# it is multiplied by.
#
# <!-- slide
# No line of the program says what a 7 looks like.
# -->
#
# <!-- notes
# Stop at the 5 in the lower row: who would have hesitated between a 5 and a 6? The network did not.
#
# Two misunderstandings to clear away: these ten were not among the digits it learned from, and nobody wrote its
# numbers by hand.
# -->

# %% [markdown]
# ## Is it ever wrong?
#
# **Predict.** When it makes a mistake, will it at least be unsure? Write down a percentage for a typical mistake, and one
# for the mistake that it is surest of.
#
# (The picture shows the four mistakes that it is surest of. Under each stand the network's ten probabilities: a blue bar
# is the true class, gray bars are the others.)
#
# <!-- slide
# **Predict.** When it makes a mistake, will it at least be unsure? Write down a percentage for a typical mistake, and one
# for the mistake that it is surest of.
# -->
#
# <!-- notes
# 3 minutes. Two numbers on paper, then a few of them aloud.
#
# A person who misreads a digit mostly hesitates, so expect guesses around one half. Do not correct them: the picture
# will.
# -->

# %% slideshow={"slide_type": "skip"}
wrong = np.flatnonzero(answers != test_labels)
surest = wrong[np.argsort(-sureness[wrong])][:4]
n_mistakes, half_of_them_surer_than = len(wrong), np.median(sureness[wrong])
half_of_the_right_surer_than = np.median(sureness[answers == test_labels])

# %% tags=["figure"]
figures.draw_mistakes(test_images[surest], probabilities[surest], test_labels[surest])
print(f"of {len(test_labels)} digits\n{n_mistakes = }\n{half_of_them_surer_than = :.2f}")
print(f"{half_of_the_right_surer_than = :.7f}")

# %% tags=["bounds"]
from course_utils.bounds import check_bounds

check_bounds(95, n_mistakes, 111)
check_bounds(0.75, half_of_them_surer_than, 0.9)
check_bounds(0.999, half_of_the_right_surer_than, 1)

# %% [markdown] tags=["reading"]
# There is no blue bar to be seen. Would you have read the four correctly? Half of all its mistakes come with less
# certainty than the printed one, so being unsure is a hint. But these four show that you cannot rely on it: *sure* is
# not the same as *right*. Lesson 6 measures how far the two lie apart, and how far a number like these can be trusted.
#
# <!-- slide
# *Sure* is not the same as *right*.
# -->
#
# <!-- notes
# Ask of each: would you have read it correctly? Some of them divide the room, and that is the fairest excuse the
# network has.
#
# The usual misreading: the height of a bar is *how likely it is to be right*. It is what the formula answers; whether
# such numbers can be trusted is measured in lesson 6. Softmax is for lesson 5: do not explain it here.
# -->

# %% [markdown]
# ## How does a lesson work?
#
# You have been through it twice by now: a question, **your prediction**, a cell to run, what there was to see, and why.
# The last two are folded in your copy, under *Ran it? Compare.* Open them when you have run the cell and looked.
#
# The prediction is the part that teaches. A surprise that you wrote down beforehand stays with you; a cell that you only
# ran is gone by tomorrow. Keep paper beside the keyboard.
#
# <!-- slide
# 1. A question
# 2. **Your prediction**, on paper
# 3. A cell to run
# 4. What there was to see, and why
#
# The prediction is the part that teaches.
# -->
#
# <!-- notes
# 3 minutes. Say it once and keep to it in every lesson: nobody presses a key before a guess stands on paper.
#
# A wrong guess is worth more than a right one, so never ask who was wrong. Ask who was surprised.
# -->

# %% [markdown]
# **Predict.** Below, a 4 is given half a turn. It is no digit any more. What will the network answer, and how sure will
# it be?
#
# <!-- slide
# ### And if it is no digit?
#
# A 4, given half a turn.
#
# **Predict.** What will the network answer, and how sure will it be?
# -->
#
# <!-- notes
# Draw a 4 on the board upside down. Take votes: a 4, some other digit, *none*.
#
# To those who say *none*: which of its ten outputs would that be?
# -->

# %% slideshow={"slide_type": "skip"}
position = 4  # in the test set; it happens to be a 4. Try others: 3, 8, 11
turned = test_images[position, ::-1, ::-1]
turned_probabilities = model.predict(data.prepare_images(turned[None]), verbose=0)[0]
how_sure = turned_probabilities.max()

# %% tags=["figure"]
figures.draw_turned(turned, turned_probabilities, digit=test_labels[position])
print(f"it reads a {turned_probabilities.argmax()}\n{how_sure = :.5f}")

# %% tags=["bounds"]
check_bounds(0.999, how_sure, 1)

# %% [markdown] tags=["reading"]
# It was asked *which of ten digits is this?*, and it had no way to say *none*. So it had to pick one, and often it is
# very sure of its pick. A network answers the question it was trained on, whatever you show it.
#
# <!-- slide
# A network answers the question it was trained on, whatever you show it.
# -->
#
# <!-- notes
# A multiple-choice test without *none of these*: one has to tick something.
#
# With a minute to spare, change `position` to 3, 8 or 11 live, and let the room predict each.
# -->

# %% [markdown]
# ## How do the exercises work?
#
# In each lesson you write a few lines yourself. A **check** says whether they do what was asked and, if not, with which
# input they go wrong. Below is a toy to try it on: what is asked, a cell for your answer, and the check.
#
# **Predict.** What will the check say to an answer that nobody has written yet? Leave the `...` as they are, and run both
# cells.
#
# <!-- slide
# What is asked, a cell for your answer, and a **check**.
#
# **Predict.** What will the check say to an answer that nobody has written yet?
# -->
#
# <!-- notes
# 1 minute. Students who know what a check, a hint and `solution()` do need no help with them for the rest of the course.
# -->

# %% [markdown]
# ### Exercise: the share of ink
#
# Given is `image`, an array of gray values: 0 is paper, and anything above it, up to 255, is ink. Wanted is the share of
# the pixels that hold ink, from 0 to 1.
#
# <!-- slide
# `ink_share(image)`: the share of the pixels that hold ink, whose value is above 0.
#
# First a wrong answer, on purpose: `return image.size`. Then a hint. Then the right one.
# -->
#
# <!-- notes
# 4 minutes. Everybody hands in the wrong answer first, `return image.size`: then nobody meets the box with *Not right
# yet* for the first time when it hurts.
#
# Walk around and look for those who run the check without having run the cell of the answer: the check then still sees
# the old one. It is the usual slip of the whole course.
# -->

# %% tags=["exercise"]
def ink_share(image):
    """The share of an image's pixels that hold ink."""
    ...

# %% tags=["check"]
exercise.ink_share.check(ink_share)
# exercise.ink_share.hint()
# exercise.ink_share.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_ink_share(image):
    return np.mean(image > 0)


exercise.ink_share.check_solution(solution_ink_share)

# %% [markdown] tags=["reading"]
# *Not attempted yet*: the dots stand for an answer that is not there, and that is not held against you. A lesson runs
# from top to bottom with all of its exercises open.

# %% [markdown]
# Now take your answer through all that can happen:
#
# 1. **A wrong answer**, on purpose. Write `return image.size` in place of the `...`, run that cell, then the check. It
#    shows the first input that goes wrong, what was expected, and what came.
# 2. **A hint.** Take the `#` away before the line with `hint()`, and run the cell again. Each call gives the next hint.
# 3. **The right answer.** Fix your function, run its cell, then the check. What is right is marked as done, in a small
#    file on this computer that is sent nowhere.
# 4. **A solution.** Take the `#` away before the last line. It shows one way to do it, once you have tried or when you
#    ask twice, and it marks nothing.
#
# Which exercises are done, lesson by lesson? `progress()` says so. Take the `#` away:

# %%
# from course_utils.exercises import progress; progress()

# %% [markdown]
# ### Four things to know before you go on
#
# - **Run from the top.** A lesson is meant to be run from its first cell to its last. When something looks odd: menu
#   *Kernel*, *Restart Kernel and Run All Cells*. This forgets all variables and starts afresh; nothing you wrote is lost.
# - **Help.** Put the cursor on a name and press **Shift+Tab**, or run `help(plotting.plot_images)`. The helpers live in
#   the folder `course_utils`, they are short, and you may read all of them.
# - **A small screen?** **Ctrl+B** (on a Mac, Cmd+B) hides the list of files at the left, and brings it back.
# - **Your copy.** `nox -s lab` opens your own copies, in the folder `work`. Change what you like. The lessons as they
#   came, with all their pictures and solutions, stay in the folder `notebooks`.
#
# <!-- slide
# ### Four things to know
#
# - **Run from the top.** Something odd? Menu *Kernel*, *Restart Kernel and Run All Cells*.
# - **Help.** Cursor on a name, then **Shift+Tab**.
# - **A small screen?** **Ctrl+B** hides the list of files.
# - **Your copy** lies in the folder `work`. Change what you like.
# -->
#
# <!-- notes
# Show each of them once, live. Many are afraid that a restart deletes what they wrote: it forgets variables, not
# text.
#
# The usual trouble in a room is a `NameError`, from a cell that was run before the one that makes its names. The
# answer is always the same: restart, run all.
# -->

# %% [markdown]
# ### What this course teaches, and what it does not
#
# It teaches one kind of network, for images, from raw bytes to a judgment on how good it is, and it opens every part
# on the way: you write the convolution, the loss and a training step by hand before the library does them for you.
# You need Python and NumPy, sums and products, and the idea of a slope; logarithms and powers of e are recalled where
# they come up. It does not teach text, speech, or how to build the largest network there is, though much of it (loss,
# gradient, validation, doubt) carries over to those.
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
# | [7. Looking inside](07_inspecting.ipynb) | What did it learn? |
# | [8. Your own handwriting](08_handwriting.ipynb) | Does it work on my digits? |
# | [9. Better](09_better.ipynb) | How far can it go? |
# | [10. Faster](10_faster.ipynb) | How little does it cost? |
# | [11. Sharing](11_sharing.ipynb) | How do others use it? |
# | [12. Scaling out](12_scaling.ipynb) | What if one machine is not enough? |
#
# <!-- slide
# ### The questions of this course
#
# | | | | |
# |---|---|---|---|
# | 1 | What is in MNIST? | 7 | What did it learn? |
# | 2 | What must an image become? | 8 | Does it work on my digits? |
# | 3 | What does a convolutional layer compute? | 9 | How far can it go? |
# | 4 | How do layers become a classifier? | 10 | How little does it cost? |
# | 5 | What do compile and fit do? | 11 | How do others use it? |
# | 6 | How good is it, and how sure are we? | 12 | What if one machine is not enough? |
# -->
#
# <!-- notes
# Say what is needed: Python, NumPy, sums and products, the idea of a slope. And what is not taught: text, speech, the
# largest networks.
#
# Short of time? Leave this slide out; the table stands in the notebook.
# -->

# %% [markdown]
# ## Is your computer ready?
#
# The next cell looks for everything the lessons need, and checks the whole data set to make sure that not one of its 55
# million bytes has changed. **Predict.** How long will that take: seconds, or minutes?
#
# <!-- slide
# One cell looks for everything the lessons need, and checks each of the 55 million bytes of the data set.
#
# **Predict.** Will that take seconds, or minutes?
# -->
#
# <!-- notes
# 4 minutes. Everybody runs it on their own machine now, and you walk around.
#
# Machines with a line *MISSING* are fixed in the break: let those students sit with a neighbor for this lesson.
# -->

# %%
import time

start = time.perf_counter()
ready = environment.check_environment()
elapsed = time.perf_counter() - start

print(f"{elapsed = :.1f}")

# %% tags=["bounds"]
check_bounds(0, elapsed, 900)
check_bounds(1, ready, 1)

# %% [markdown] tags=["reading"]
# Seconds: 55 million bytes are little for a computer.
#
# <!-- notes
# Most of the wait at the start of a lesson is the loading of TensorFlow, not the data. Say so once, and nobody will
# take a quiet cell for a broken one.
# -->

# %% [markdown]
# Five lines with *fine*, and you can start. A line with *MISSING* says in the same breath what to do. No lesson needs the
# internet.
#
# <!-- slide
# Five lines with *fine*: you can start. A line with *MISSING* says what to do.
# -->

# %% [markdown]
# ## Quiz
#
# Each lesson ends with a few questions. Here is one. Answer it with a letter in quotes, and learn why the others are
# wrong by trying them.
#
# <!-- slide
# You come back from lunch, run a cell in the middle of a lesson, and get a `NameError`. What helps?
#
# a) install the course again  b) *Restart Kernel and Run All Cells*  c) write `model = None` above
# -->
#
# <!-- notes
# 1 minute. A show of hands, then everybody answers in the notebook, a wrong letter first: each has a reply of its own.
# -->

# %% tags=["quiz"]
exercise.quiz.show()

# %% tags=["quiz"]
# exercise.quiz.answer(1, "a")

# %% [markdown]
# ## Key points
#
# - Predict, run, see, ask why: the prediction is what teaches.
# - When in doubt, restart the kernel and run all cells.
# - A network is made of adjusted numbers, is mostly right, and can be wrong in full confidence.
#
# **Next:** [1. Loading the data](01_loading.ipynb) looks at what this network learned from.
#
# <!-- notes
# Ask for one thing that somebody would not have guessed a quarter of an hour ago, and leave it at that. What is a
# weight, and how does it get its number? That is what the next lessons are for.
# -->
