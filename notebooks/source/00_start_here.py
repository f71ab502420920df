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
# **25 minutes**. At the end you can
#
# - run a lesson, check an exercise, and find help;
# - say what you will be able to do after the last lesson;
# - tell from one printed list whether your computer is ready.
#
# A gray box with `[ ]` beside it is a **cell**, and this kind holds Python code. Click in the one below and press
# **Shift+Enter**: the code runs, and the cursor moves to the next cell. The first cell takes a few seconds, because it
# loads TensorFlow.
#
# <!-- slide
# What will I be able to do?
# -->
#
# <!-- notes
# 1 minute. Everybody opens the notebook and runs its first cell now: TensorFlow takes a few seconds to load, and you
# talk meanwhile.
#
# Don't introduce machine learning. The next slide asks for a guess, and the guess is the introduction.
# -->

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course isn't installed here: in its folder, pip install -e . (README, Start)")

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
# 121,994 adjustable numbers. It got them by **training**: it was shown 60,000 handwritten digits, a few at a time, and
# its weights were adjusted a little after each look. Then they were stored. The ten digits below were not among the
# 60,000.
#
# For each image, the network gives ten probabilities, one for each **class**: a class is one of the possible answers,
# here the digits 0 to 9. The class with the highest probability is its answer.
#
# **Predict.** Just guess: how many of these ten will it read correctly? How sure of
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
# Somebody will find it trivial. Ask for the rule for a 7, in words, and draw every exception on the board: the bar, the
# slant, a 1 with a flag. Nobody has finished such a rule yet.
#
# For now, a weight is an adjustable number and nothing more.
# -->

# %% slideshow={"slide_type": "skip"}
model = networks.load_seed_network()
probabilities = model.predict(data.prepare_images(test_images), verbose=0)
answers, sureness = probabilities.argmax(axis=1), probabilities.max(axis=1)

# %% tags=["figure"]
figures.draw_answers(test_images[:10], probabilities[:10], test_labels[:10])
print("adjustable numbers:", model.count_params(), "  digits it was trained on: 60000")

# %% [markdown] tags=["reading"]
# All ten are correct, and it is very sure of each. No line of the program says what a 7 looks like. By the end of
# lesson 6 you will have built this network and trained one like it, and you will know what is computed with each of its
# 121,994 numbers.
#
# <!-- slide
# No line of the program says what a 7 looks like.
# -->
#
# <!-- notes
# Stop at the 5 in the lower row: who would have hesitated between a 5 and a 6? The network didn't.
#
# Two misunderstandings to clear up: these ten were not among the digits it was trained on, and nobody wrote its
# numbers by hand.
# -->

# %% [markdown]
# ## Is it ever wrong?
#
# **Predict.** When it makes a mistake, will it at least be unsure? Write down how sure it is, in percent, when it makes a
# typical mistake, and when it makes its surest one.
#
# (The picture shows its four surest mistakes. Under each are the network's ten probabilities: a blue bar is the true
# class, gray bars are the others. Below that, two medians: half of its mistakes come with less certainty than the first
# number, and half of its correct answers with less than the second. The last number belongs to its surest mistake.)
#
# <!-- slide
# **Predict.** When it makes a mistake, will it at least be unsure? Write down how sure it is, in percent, when it makes a
# typical mistake, and when it makes its surest one.
# -->
#
# <!-- notes
# 3 minutes. Two numbers on paper, then a few of them aloud.
#
# A person who misreads a digit usually hesitates, so expect guesses around one half. Don't correct them: the picture
# will.
# -->

# %% slideshow={"slide_type": "skip"}
wrong = np.flatnonzero(answers != test_labels)
surest = wrong[np.argsort(-sureness[wrong])][:4]
n_mistakes, median_when_wrong = len(wrong), np.median(sureness[wrong])
surest_when_wrong = sureness[surest[0]]
median_when_right = np.median(sureness[answers == test_labels])

# %% tags=["figure"]
figures.draw_mistakes(test_images[surest], probabilities[surest], test_labels[surest])
print(f"of {len(test_labels)} digits\n{n_mistakes = }\n{median_when_wrong = :.2f}")
print(f"{median_when_right = :.7f}\n{surest_when_wrong = :.5f}")

# %% tags=["bounds"]
from course_utils.bounds import check_bounds

check_bounds(95, n_mistakes, 111)
check_bounds(0.75, median_when_wrong, 0.9)
check_bounds(0.999, median_when_right, 1)
check_bounds(0.999, surest_when_wrong, 1)

# %% [markdown] tags=["reading"]
# You can't see a blue bar anywhere. Would you have read these four correctly? The two medians differ, so being unsure is
# a hint. But these four show that you can't rely on it: *sure* is not the same as *right*. Lesson 6 measures how far
# apart the two are.
#
# <!-- slide
# *Sure* is not the same as *right*.
# -->
#
# <!-- notes
# Ask about each one: would you have read it correctly? Some of them divide the room, and that is the fairest excuse
# the network has.
#
# The usual misreading: the height of a bar is *how likely it is to be right*. It is what the formula gives; lesson 6
# measures whether such numbers can be trusted. Where they come from is for lesson 4: don't explain it here.
# -->

# %% [markdown]
# ## How does a lesson work?
#
# You have been through it twice now: a question, **your prediction**, a cell to run, what there was to see, and why. The
# last two are folded in your copy, under *Ran it? Compare.* Open them once you have run the cell and looked.
#
# The prediction is the part that teaches. A surprise stays with you if you wrote your guess down; a cell that you
# only ran is gone by tomorrow. Keep paper beside the keyboard.
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
# 3 minutes. Say it once and stick to it in every lesson: nobody presses a key before a guess is on paper.
#
# A wrong guess is worth more than a right one, so never ask who was wrong. Ask who was surprised.
# -->

# %% [markdown]
# **Predict.** Below, a 4 is turned upside down, and is no longer a digit. What will the network answer, and how sure
# will it be?
#
# <!-- slide
# ### What if it isn't a digit?
#
# A 4, turned upside down.
#
# **Predict.** What will the network answer, and how sure will it be?
# -->
#
# <!-- notes
# Draw a 4 on the board upside down. Take votes: a 4, some other digit, *none*.
#
# Ask those who say *none*: which of its ten outputs would that be?
# -->

# %% slideshow={"slide_type": "skip"}
position = 4  # try 17 and 26, two 7s, and 32, a 3 (most others are digits, or nearly, when turned)
turned = test_images[position, ::-1, ::-1]
turned_probabilities = model.predict(data.prepare_images(turned[None]), verbose=0)[0]
how_sure = turned_probabilities.max()

# %% tags=["figure"]
figures.draw_turned(turned, turned_probabilities, digit=test_labels[position])
print(f"it reads a {turned_probabilities.argmax()}\n{how_sure = :.5f}")

# %% tags=["bounds"]
check_bounds(0.999, how_sure, 1)

# %% [markdown] tags=["reading"]
# The question was *which of ten digits is this?*, and the network had no way to say *none*. It had to pick one, and it is
# often very sure of its pick. A network answers the question it was trained on, whatever you show it.
#
# <!-- slide
# A network answers the question it was trained on, whatever you show it.
# -->
#
# <!-- notes
# It is a multiple-choice test without *none of these*: you have to check something.
#
# With a minute to spare, change `position` to 17, 26, or 32 live, and let the room predict each.
# -->

# %% [markdown]
# ## How do the exercises work?
#
# In each lesson you write a few lines yourself. A **check** tells you whether they do what was asked and, if not, which
# input they get wrong. Rounding errors are forgiven. Here is a toy exercise: what is asked, a cell for your answer, and
# the check.
#
# **Predict.** What will the check say about an answer that nobody has written yet? Leave the `...` as it is, and run both
# cells.
#
# <!-- slide
# What is asked, a cell for your answer, and a **check**.
#
# **Predict.** What will the check say about an answer that nobody has written yet?
# -->
#
# <!-- notes
# 1 minute. Students who know what a check, a hint, and `solution()` do won't need help with them again.
# -->

# %% [markdown]
# ### Exercise: the share of ink
#
# A **pixel** is one of the small squares that an image is made of, and its value says how dark it is. You get `image`, an
# array of such values: 0 is paper, and anything above it, up to 255, is ink. Return the share of the pixels that hold
# ink, from 0 to 1.
#
# <!-- slide
# `ink_share(image)`: the share of the pixels that hold ink, whose value is above 0.
#
# First a wrong answer, on purpose: `return image.size`. Then a hint. Then the right one.
# -->
#
# <!-- notes
# 4 minutes. Everybody tries the wrong answer first, `return image.size`: then nobody sees the box with *Not right yet*
# for the first time when it hurts.
#
# Walk around and look for students who run the check without having run the cell with their answer: the check then
# still sees the old one. It is the most common slip of the whole course.
# -->

# %% tags=["exercise"]
def ink_share(image):
    """The share of the pixels that hold ink, in an array of whole numbers."""
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
# *Not attempted yet*: the dots stand for an answer that isn't there, and that isn't held against you. A lesson runs from
# top to bottom even if you skip all of its exercises.

# %% [markdown]
# Now take your answer through everything that can happen:
#
# 1. **A wrong answer**, on purpose. Write `return image.size` in place of the `...`, run that cell, then the check. It
#    shows the first input that goes wrong, what was expected, and what your function returned.
# 2. **A hint.** Remove the `#` in front of the line with `hint()`, and run the cell again. Each call gives the next hint.
# 3. **The right answer.** Fix your function, run its cell, then the check. A right answer is marked as done, in a small
#    file that never leaves this computer.
# 4. **A solution.** Remove the `#` in front of the last line. It shows one way to do it, if you have tried or if you ask
#    twice, and it doesn't mark the exercise as done.
#
# To see which exercises are done, lesson by lesson, remove the `#` here:

# %%
# from course_utils.exercises import progress; progress()

# %% [markdown]
# ### Four things to know before you go on
#
# - **Run from the top.** The program that runs your cells and keeps their variables is the **kernel**. If something
#   looks odd, choose *Kernel*, *Restart Kernel and Run All Cells* from the menu: it forgets all variables and starts
#   over. Nothing that you wrote is lost.
# - **Help.** Put the cursor on a name and press **Shift+Tab**, or run `help(plotting.plot_images)`. The helpers are in
#   the folder `course_utils`, and short enough to be read.
# - **A small screen?** **Ctrl+B** (on a Mac, Cmd+B) hides the list of files on the left, and brings it back.
# - **Your copy.** `nox -s lab` opens your own copies, in the folder `work`. Change whatever you like. The original
#   lessons, with all their pictures and solutions, stay in the folder `notebooks`.
#
# <!-- slide
# ### Four things to know
#
# - **Run from the top.** Something odd? Menu *Kernel*, *Restart Kernel and Run All Cells*.
# - **Help.** Cursor on a name, then **Shift+Tab**.
# - **A small screen?** **Ctrl+B** hides the list of files.
# - **Your copy** is in the folder `work`. Change whatever you like.
# -->
#
# <!-- notes
# Show each of them once, live. Many are afraid that a restart deletes what they wrote: it forgets variables, not
# text.
#
# The most common trouble is a `NameError`, from a cell that was run before the one that defines its names. The answer
# is always the same: restart, run all.
# -->

# %% [markdown]
# ### What this course teaches, and what it does not
#
# It teaches one kind of network, for images, from raw bytes ([lessons 1](01_loading.ipynb) and
# [2](02_preparing.ipynb)) to a judgment of how good it is ([lesson 6](06_evaluating.ipynb)), and opens every part: you
# correct a convolution ([lesson 3](03_convolution.ipynb)) and write the loss and a training step ([lesson
# 5](05_training.ipynb)) by hand, and see how the library does the same. You need Python and NumPy, sums and products,
# and the idea of the slope of a curve; logarithms, powers of e, and the chain rule are recalled. It doesn't teach text,
# speech, or the largest networks.
#
# All lessons grew out of **the original notebook**, which trains this network and reports its accuracy in one line.
# [Lessons 1](01_loading.ipynb) to 6 take its steps one by one, keep its numbers, and correct its slips.
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
# | [13. Another data set](13_another_data_set.ipynb) | Did you learn networks, or digits? |
# | [14. Deeper](14_deeper.ipynb) | Why do deep networks train? |
# | [15. Borrowed features](15_borrowed_features.ipynb) | What if images are few? |
# | [16. The same in PyTorch](16_pytorch.ipynb) | How do others write it? |
#
# <!-- slide
# ### The questions of this course
#
# | | | | |
# |---|---|---|---|
# | 1 | What is in MNIST? | 9 | How far can it go? |
# | 2 | What must an image become? | 10 | How little does it cost? |
# | 3 | What does a convolutional layer compute? | 11 | How do others use it? |
# | 4 | How do layers become a classifier? | 12 | What if one machine is not enough? |
# | 5 | What do compile and fit do? | 13 | Did you learn networks, or digits? |
# | 6 | How good is it, and how sure are we? | 14 | Why do deep networks train? |
# | 7 | What did it learn? | 15 | What if images are few? |
# | 8 | Does it work on my digits? | 16 | How do others write it? |
# -->
#
# <!-- notes
# Say what students need: Python, NumPy, sums and products, the idea of a slope. And what isn't taught: text, speech, the
# largest networks.
#
# Short of time? Leave this slide out; the table is in the notebook.
# -->

# %% [markdown]
# ## Is your computer ready?
#
# The next cell looks for everything the lessons need, and checks that none of the 55 million bytes of handwritten digits
# has changed. **Predict.** How long will that take: seconds, or minutes?
#
# <!-- slide
# One cell looks for everything the lessons need, and checks each of the 55 million bytes of handwritten digits.
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
seconds = time.perf_counter() - start

print(f"{seconds = :.1f}")

# %% tags=["bounds"]
check_bounds(0, seconds, 900)
check_bounds(1, ready, 1)

# %% [markdown] tags=["reading"]
# Seconds at most: 55 million bytes is not much for a computer.
#
# <!-- notes
# Most of the wait at the start of a lesson is TensorFlow loading, not the data. Say so once, and nobody will mistake a
# quiet cell for a broken one.
# -->

# %% [markdown]
# Five lines with *fine*, and you can start. A line with *MISSING* also says what to do. No lesson needs the internet.
#
# <!-- slide
# Five lines with *fine*: you can start. A line with *MISSING* says what to do.
# -->

# %% [markdown]
# ## Quiz
#
# Each lesson ends with a few questions. Here is one. Remove the `#` in the cell below it, put your letter between the
# quotes, and run the cell. Then try the other letters, to learn why they are wrong.
#
# <!-- notes
# 1 minute. A show of hands, then everybody answers in the notebook, with a wrong letter first: each has its own reply.
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
# - A network is made of adjusted numbers. A good one is right nearly every time, and can still be sure when it is
#   wrong.
#
# **Next:** [1. Loading the data](01_loading.ipynb) looks at what this network was trained on.
#
# <!-- notes
# Ask for one thing that they wouldn't have guessed a quarter of an hour ago, and leave it at that. What is a weight,
# and how does it get its number? That is what the next lessons are for.
# -->
