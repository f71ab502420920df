# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 1. Loading the data
#
# You will load MNIST, look at it from several sides, and know what you are about to train on.
#
# **55 minutes**. At the end you can
#
# - say what shapes, types, and values the four arrays of MNIST have;
# - check a data set for balance and for outliers before any training;
# - compare an accuracy with a baseline, and explain what the test set is for, and what it must not be used for.
#
# <!-- slide
# What is in MNIST?
# -->
#
# <!-- notes
# 1 minute. Ask what you would want to know about 60,000 images before you train on them. Write the answers on the board
# (how many, how large, which values, how many of each, any errors) and check them off during the lesson.
#
# Nothing is trained today. Today we look.
# -->

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course isn't installed here: in its folder, pip install -e . (README, Start)")

from course_utils import data, plotting
from course_utils.exercises import loading as exercise
from course_utils.figures import loading as figures

import numpy as np

plotting.use_course_style()

# %% [markdown]
# ## What is in the file?
#
# Around 1990, employees of the US Census Bureau and high-school students filled in forms with handwritten digits. The
# digits were scanned, cut out, resized to fit the same box, and centered. The result is MNIST, a **data set**: a
# collection of examples. Each example is an image and its **label**, the digit that the image shows. 60,000 of them are
# the **training set**, which networks are trained on, and 10,000 are the **test set**; the last section says what it is
# for. MNIST ships with this course, so nothing is downloaded. `load_mnist` also checks that the file is MNIST, bit for
# bit.
#
# An array's **axes** are the directions in which its numbers are counted, and its **shape** is the list of their
# lengths: a table with 5 rows and 3 columns has two axes and the shape (5, 3).
#
# **Predict.** An image is 28 pixels high and 28 wide, and there are 60,000 of them to train on. Write down the shape of
# the array you expect. How many axes does it have? What is the shape of the labels?
#
# <!-- slide
# 60,000 images to train on, each 28 pixels high and 28 wide.
#
# **Predict.** What is the shape of the array that holds them? How many axes does it have? What is the shape of the
# labels?
# -->
#
# <!-- notes
# 3 minutes. Everybody writes the shape down before anybody says it.
#
# You will hear `(28, 28, 60000)`, and `(60000, 784)` from those who have met MNIST elsewhere. Neither is silly, so ask:
# which axis would you loop over? For the labels, somebody will want ten columns: that comes in lesson 2.
# -->

# %%
(train_images, train_labels), (test_images, test_labels) = data.load_mnist()

print("train_images", train_images.shape, train_images.dtype)
print("train_labels", train_labels.shape, train_labels.dtype)
print("test_images ", test_images.shape, test_images.dtype)
print("test_labels ", test_labels.shape, test_labels.dtype)

# %% [markdown] tags=["reading"]
# Images have three axes: which image, which row, which column. Labels have one: which image. In this course, the first
# axis of everything that a network reads counts examples.
#
# <!-- slide
# In this course, the first axis of everything that a network reads counts examples.
# -->
#
# <!-- notes
# Draw a stack of cards on the board: the first axis picks a card, the second a row on it, the third a place in the
# row. Then ask what `train_images[3]` is, and `train_images[3, 5]`.
# -->

# %% [markdown]
# The **dtype** of an array is the type of its numbers. `uint8` means a whole number from 0 to 255, stored in one byte. So
# `train_images` takes one byte for each pixel, 47 million of them, and stays small as long as you don't convert it.
#
# Elsewhere, Keras loads the same four arrays with this line. It downloads them the first time, so here it stays a
# comment:
#
# <!-- notes
# Keras loads the same four arrays, but downloads them. One sentence is enough.
# -->

# %% slideshow={"slide_type": "skip"}
# (train_images, train_labels), (test_images, test_labels) = keras.datasets.mnist.load_data()

# %% [markdown]
# ### Exercise: four times the memory?
#
# Training needs numbers with fractions, so lesson 2 will turn these images into `float32`, with 32 bits for each number.
# How many bytes will `train_images` take then? Work it out on paper and put the number in place of `...`.
#
# <!-- slide
# As `uint8`, each number of `train_images` takes one byte. As `float32` it takes 32 bits.
#
# How many **bytes** will `train_images` take then? On paper first, then into the cell.
# -->
#
# <!-- notes
# 2 minutes. Two common slips: bits instead of bytes, and megabytes where bytes are asked for.
#
# If anyone is stuck, ask: how many numbers does the array hold?
#
# Afterwards, say: keep bytes as bytes until you need fractions.
# -->

# %% tags=["exercise"]
float32_bytes = ...

# %% tags=["check"]
exercise.float32_bytes.check(float32_bytes)
# exercise.float32_bytes.hint()
# exercise.float32_bytes.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
solution_float32_bytes = 60_000 * 28 * 28 * 4
exercise.float32_bytes.check_solution(solution_float32_bytes)

# %% [markdown]
# ## What does the computer see?
#
# **Predict.** Paper is 0. What number stands for black ink, and what numbers are on the edge of a stroke?
#
# (The picture shows a digit, and beside it, enlarged, the numbers inside the frame.)
#
# <!-- slide
# **Predict.** Paper is 0. What number stands for black ink, and what numbers are on the edge of a stroke?
# -->
#
# <!-- notes
# 3 minutes. Everybody gives a number for each. Those who have seen MNIST before are sure that it is white on black:
# that is how some people draw it, and it says nothing about the numbers.
#
# Most answer the second question with *either paper or ink*. Leave it at that.
# -->

# %% tags=["figure"]
figures.draw_pixels(train_images[0], train_labels[0])

# %% [markdown] tags=["reading"]
# The darkest ink in this frame is 253 (255 is the most that a byte can hold), and the values in between are the edges
# of the stroke. The scans were black and white; when they were scaled down, a pixel that was half covered by ink became
# half gray ([LeCun and others, 1998](https://doi.org/10.1109/5.726791)). This softness is information: it tells where,
# inside a pixel, the edge runs. We draw dark ink on white paper. The numbers know nothing about that, and many pictures
# of MNIST show white on black.
#
# <!-- slide
# Paper is 0, and the darkest ink here 253. The values in between are the edges of the stroke.
# -->
#
# <!-- notes
# Pick one gray pixel on the left and let the class find its number on the right.
#
# The usual misconception: gray is dirt, and a threshold would clean it up. Ask what a threshold throws away: where,
# inside the pixel, the edge runs. A half-inked pixel is a measurement.
# -->

# %% [markdown]
# How much of an image is ink? Count the pixels of each value, and draw each value's share of all pixels as a
# histogram. Its vertical axis is *logarithmic*: the labeled steps are powers of ten ($10^{-3}$ is a thousandth), each ten
# times the one below, so rare values can be seen beside frequent ones.
#
# **Predict.** What percentage of all pixels is blank paper, and what percentage is nearly black ink, from 250 to 255? Are
# there pixels that no writer ever touches?
#
# <!-- slide
# ### How much of an image is ink?
#
# **Predict.** What percentage of all pixels is blank paper, and what percentage is nearly black ink, from 250 to 255? Are
# there pixels that no writer ever touches?
# -->
#
# <!-- notes
# Expect guesses for paper that are too low: people think of the digit, and not of the page around it.
#
# For the second question, ask *where* such pixels would be.
# -->

# %%
counts = np.bincount(train_images.ravel(), minlength=256)

print(f"paper (0): {counts[0] / counts.sum():.1%}")
print(f"nearly black ink (250 to 255): {counts[250:].sum() / counts.sum():.1%}")
print("most frequent value of all but paper:", counts[1:].argmax() + 1)
print("pixels that are paper in every image:", (train_images.max(axis=0) == 0).sum(), "of", 28 * 28)

# %% tags=["figure"]
figures.draw_histogram(counts)

# %% [markdown] tags=["reading"]
# Most of an image is blank paper, though not always in the same places: the 67 pixels that never see ink are in the
# corners and along the edges (to see them, plot `train_images.max(axis=0) == 0`). The blackest ink is mostly a little
# less than 255, and three small peaks, near 64, 128, and 191, stand at a quarter, half, and three quarters of full ink.
# Data carry traces of how they were made.
#
# <!-- slide
# Most of an image is blank paper, though not always in the same places.
# -->
#
# <!-- notes
# Don't read a number off the vertical axis: the exercise on the next slide asks for one.
#
# Ask about the three small peaks instead. They come from the way the scans were resized: data carry traces of how they
# were made, and a program can learn those too.
# -->

# %% [markdown]
# ### Exercise: read the histogram
#
# For each pixel of value 100, how many have the value 0? Put the letter in place of `...`, as `"a"`.
#
# - a: about 14, like the heights of the bars on the page
# - b: about 100
# - c: you can't tell from this picture
# - d: two to three thousand
#
# <!-- slide
# For each pixel of value 100, how many have the value 0?
#
# - **a** about 14, like the heights of the bars on the page
# - **b** about 100
# - **c** you can't tell from this picture
# - **d** two to three thousand
# -->
#
# <!-- notes
# 2 minutes. Go back one slide, so that the picture is on the wall, and vote with one to four fingers, all at once.
#
# If the vote is split, explain nothing: ask a student to read both heights off the axis, out loud.
# -->

# %% tags=["exercise"]
histogram = ...

# %% tags=["check"]
exercise.histogram.check(histogram)
# exercise.histogram.hint()
# exercise.histogram.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
solution_histogram = "d"
exercise.histogram.check_solution(solution_histogram)

# %% [markdown]
# ## Ten classes: are they balanced?
#
# MNIST has ten **classes**, the possible answers 0 to 9, and finding the class of an image is *classification*. (Finding
# groups among images that nobody has labeled would be *clustering*.)
#
# The simplest measure of a classifier is its **accuracy**, the share of images whose class it gets right. Whether a
# number is good depends on what it is compared with: a **baseline** is a simple method that anything better has to beat.
# The simplest one looks at no image at all: the **majority-class baseline** always answers the most frequent class.
#
# **Predict.** If one digit made up half of all images, what would the accuracy of this baseline be? What is it if all
# ten digits are equally frequent?
#
# <!-- notes
# 3 minutes. The first answer comes at once. For the second, some work out what *random* answers get; ask whether a
# constant answer does better or worse than those.
#
# The original notebook speaks of clusters. Clusters are groups that nobody has named; here each image has a label.
#
# With the picture on the wall, let the class find the most frequent and the rarest digit before anybody reads the
# counts.
# -->

# %% slideshow={"slide_type": "skip"}
train_counts = np.bincount(train_labels, minlength=10)
test_counts = np.bincount(test_labels, minlength=10)

# %% tags=["figure"]
figures.draw_balance(train_counts, test_counts)

# %%
print("training:", dict(enumerate(train_counts.tolist())))
print("test:    ", dict(enumerate(test_counts.tolist())))

most = train_counts.argmax()
print(f"always answering {most} is right for {test_counts[most] / len(test_labels):.2%} of the test set")

# %% [markdown] tags=["reading"]
# Half, and one in ten. MNIST is nearly balanced: 1 is the most frequent digit, 5 the rarest, and the proportions in the
# test set are nearly the same. So the majority-class baseline is low, and accuracy is a fair measure here.
#
# <!-- slide
# The majority-class baseline is the first number to beat.
# -->
#
# <!-- notes
# The question that works: for which data would a constant answer nearly always be right? Fraud, faults, rare illnesses.
# There, accuracy says next to nothing.
# -->

# %% [markdown]
# With **class imbalance**, where one class is much more frequent than another, such as "healthy" and "ill", accuracy
# says little: a program that never finds anyone ill can still be right nearly every time.

# %% [markdown]
# ### Exercise: the share of each class
#
# This function is for any data set. You get `labels`, an array of whole numbers, and `n_classes`. Return the share of
# each class, `n_classes` numbers that add up to 1, even if a class never occurs:
# `class_shares(np.array([0, 2, 2, 2]), 4)` is `[0.25, 0, 0.75, 0]`.
#
# <!-- slide
# `class_shares(labels, n_classes)`: the share of each class among the labels, even if a class never occurs.
#
# ```python
# class_shares(np.array([0, 2, 2, 2]), 4)
# # [0.25, 0, 0.75, 0]
# ```
# -->
#
# <!-- notes
# 3 minutes. The trap is the class that never occurs: `np.unique`, and `np.bincount` on its own, leave it out. The check
# says so, so let it.
#
# A loop is a full answer. Fast students can do it without one.
#
# Short of time? This is the exercise to leave for home.
# -->

# %% tags=["exercise"]
def class_shares(labels, n_classes):
    """The share of each class among the labels: at least one label, from 0 to n_classes - 1."""
    ...

# %% tags=["check"]
exercise.class_shares.check(class_shares)
# exercise.class_shares.hint()
# exercise.class_shares.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_class_shares(labels, n_classes):
    counts = np.zeros(n_classes)
    for label in labels:
        counts[label] += 1
    return counts / len(labels)


exercise.class_shares.check_solution(solution_class_shares)

# %% [markdown]
# ## How differently do people write?
#
# **Predict.** Which digit do you expect to vary most from writer to writer? Which least?
#
# <!-- notes
# 4 minutes. Up to the outliers. Two tallies on the board, *most* and *least*: you come back to them three times, and the
# answer changes each time. That is the point of this section.
#
# With the next picture on the wall, ten seconds of silence. Then: who wants to change their vote?
# -->

# %% slideshow={"slide_type": "skip"}
samples = [train_images[train_labels == digit][:12] for digit in range(10)]

# %% tags=["figure"]
figures.draw_samples(samples)

# %% [markdown] tags=["reading"]
# Twelve of each are too few to tell. After the next exercise, you will measure it.

# %% [markdown]
# ### Exercise: the mean digit
#
# Averaging shows where writers agree. You get `images` of shape (n, height, width), their `labels`, and one `digit`.
# Return the mean of the images of that digit: one image, of shape (height, width).
#
# <!-- slide
# `mean_digit(images, labels, digit)`: the mean of all images of one digit.
#
# `images` has the shape (n, height, width). Return one image, (height, width).
# -->
#
# <!-- notes
# 3 minutes. Two steps: pick the images, then average over the first axis. Averaging over everything gives a single
# number, averaging over the other axes gives one number per image. Ask: which axis counts the images?
#
# Nobody is held up by this one: the lesson computes its own means.
# -->

# %% tags=["exercise"]
def mean_digit(images, labels, digit):
    """The mean image of one class, which has at least one image."""
    ...

# %% tags=["check"]
exercise.mean_digit.check(mean_digit)
# exercise.mean_digit.hint()
# exercise.mean_digit.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_mean_digit(images, labels, digit):
    return images[labels == digit].mean(axis=0)


exercise.mean_digit.check_solution(solution_mean_digit)

# %% [markdown]
# How unusual is one image? Measure its distance from the mean of its class: the square root of the mean squared
# difference over its 784 pixels. The next picture shows the ten means. The number above each is the average distance of
# its class, in gray values.
#
# **Predict.** On average, which class is farthest from its mean? Which one is nearest?
#
# <!-- slide
# ### How unusual is an image?
#
# Its distance from the mean of its class:
#
# $$\sqrt{\frac{1}{784} \sum_{\text{pixels}} (\text{image} - \text{mean})^2}$$
#
# **Predict.** On average, which class is farthest from its mean? Which one is nearest?
# -->
#
# <!-- notes
# On the board: two images of 2 × 2 pixels with easy numbers. Subtract, square, take the mean, take the root.
#
# Then look at the tallies: does anybody want to defend theirs?
# -->

# %% slideshow={"slide_type": "skip"}
means, distances = np.empty((10, 28, 28)), np.empty(len(train_images))
for digit in range(10):  # digit by digit: all at once would take a gigabyte
    images = train_images[train_labels == digit]
    means[digit] = images.mean(axis=0)
    distances[train_labels == digit] = np.sqrt(((images - means[digit]) ** 2).mean(axis=(1, 2)))
spread = [distances[train_labels == digit].mean() for digit in range(10)]

# %% tags=["figure"]
figures.draw_means(means, spread)

# %% [markdown] tags=["reading"]
# By this measure, the 1 varies least and the 2 most. The blur of a mean image isn't noise: it shows where a stroke may or
# may not be.
#
# <!-- slide
# By this measure, the 1 varies least and the 2 most.
# -->
#
# <!-- notes
# The blur isn't noise: it shows where a stroke may or may not be. Ask where the 4 is blurred, and why there.
# -->

# %% [markdown]
# But is the measure fair? Some digits have little ink, so whatever you do to them changes few pixels. Divide by the
# image's distance from a blank one, measured the same way, and look again:
#
# <!-- slide
# But is the measure fair?
# -->
#
# <!-- notes
# Wait for somebody to say why a 1 could hardly lose this contest. It takes a moment: a 1 has little ink that could
# differ.
# -->

# %%
from_blank = np.sqrt((train_images**2.0).mean(axis=(1, 2)))
for name, scale in (("distance", 1), ("relative distance", from_blank)):
    average = [(distances / scale)[train_labels == digit].mean() for digit in range(10)]
    print(f"{name:17} from least to most:", np.argsort(average))

# %% [markdown]
# Where is the 0 in each line? A different question gives a different order: a number answers the question it was built
# for, and no other.
#
# Now the other end: in each class, the **outlier**, the example that is farthest from the others, here by its distance
# from the mean.
#
# <!-- slide
# A number answers the question it was built for, and no other.
# -->
#
# <!-- notes
# Find the 0 in both lines. Then go back to the tallies: who was right depends on what *vary* was supposed to mean.
#
# Ask which of the two measures they would publish. There is no right answer, and that is the lesson.
# -->

# %% slideshow={"slide_type": "skip"}
outliers = np.array([np.where(train_labels == digit, distances, 0).argmax() for digit in range(10)])

# %% tags=["figure"]
figures.draw_farthest(train_images[outliers])
print("positions in the training set:", outliers.tolist())

# %% [markdown]
# Look at each for a moment. Would you have given it that label? Most of these are bold and large, because the distance
# counts ink, not meaning. Shifting a digit by two pixels usually takes it farther from its mean, too, although you
# would read it without a second thought. Remember this when you build the network: it has to be better than a distance
# between pixels.
#
# <!-- slide
# Would you have given it that label? The distance counts ink, not meaning.
# -->
#
# <!-- notes
# Half a minute of silence.
#
# Somebody will want to delete these. Ask what the network would then meet for the first time in the test set.
#
# Most of them are bold and large: that is what this distance calls an outlier. Shift a clean digit by two pixels, and
# it may call that an outlier as well.
# -->

# %% [markdown]
# ## Why are 10,000 images kept apart?
#
# A better baseline, **nearest centroid**: answer with the class whose mean image, its *centroid*, is nearest. It has seen
# the training images only.
#
# **Predict.** Will it do better on those than on the test images?
#
# <!-- slide
# A better baseline, **nearest centroid**: answer with the class whose mean image is nearest. It has seen the training
# images only.
#
# **Predict.** Will it do better on those than on the test images?
# -->
#
# <!-- notes
# 4 minutes. Most say: better on what it has seen. Let one of them say why, and leave it at that. It is a good reason,
# for a reader that can memorize.
# -->
#
# <!-- code
# def nearest_centroid(images):
#     flat, centroids = …
#     # |x - m|² = |x|² - 2 x·m + |m|², and |x|² is the same …
#     squared = (centroids**2).sum(axis=1) - 2 * flat @ centroids.T
#     return squared.argmin(axis=1)
#
# …
# test_right = nearest_centroid(test_images) == test_labels
# …
# -->

# %%
def nearest_centroid(images):
    """The class whose mean image is nearest, for images of shape (n, 28, 28)."""
    flat, centroids = images.reshape(len(images), -1).astype(float), means.reshape(10, -1)
    # |x - m|² = |x|² - 2 x·m + |m|², and |x|² is the same for all ten means, so it can be left out:
    squared = (centroids**2).sum(axis=1) - 2 * flat @ centroids.T
    return squared.argmin(axis=1)


print(f"training images: {(nearest_centroid(train_images) == train_labels).mean():.2%} right")
test_right = nearest_centroid(test_images) == test_labels
print(f"test images:     {test_right.mean():.2%} right")
print(f"its two halves:  {test_right[:5001].mean():.1%} and {test_right[5001:].mean():.1%}")

# %% [markdown] tags=["reading"]
# Ten mean images are too few to memorize anything with, so this reader does no worse on new images. (It even does a
# little better; other test images might turn that around.)
#
# The halves of the test set differ much more, and the cause is known. The first 5,001 test images are by high-school
# students, the other 4,999 by Census Bureau employees ([Yadav and Bottou, 2019](https://arxiv.org/abs/1905.10498)), whose
# digits are cleaner ([LeCun and others, 1998](https://doi.org/10.1109/5.726791)). Files have an order: remember that when
# you cut one in two.
#
# <!-- notes
# It does no worse on new images: that refutes *test accuracy is always lower*. Ask what would have to change for the
# reason they gave to hold.
#
# Look at the last printed line: the second half is by Census Bureau employees. Lesson 2 draws its sets at random for
# this reason.
#
# The algebra in the code saves time and nothing else. Skip it.
# -->

# %% [markdown]
# Now another reader, **1-nearest-neighbor**: answer with the label of the most similar training image. (More generally,
# *k* nearest neighbors, **k-NN**, take a vote.) Here it is on 500 images from each set.
#
# **Predict.** How often is it right on training images? On test images? And on training images, if it may not look at
# the image itself?
#
# <!-- slide
# ### Another reader
#
# **1-nearest-neighbor** has all 60,000 images: answer with the label of the most similar training image.
#
# **Predict.** How often is it right on training images? On test images? And on training images, if it may not look at
# the image itself?
# -->
#
# <!-- notes
# Ten mean images are too few to memorize anything with. This reader has them all.
#
# Give this one time. Sooner or later somebody asks which training image is most similar to a training image, and
# laughs.
#
# The third question is the honest one.
# -->
#
# <!-- code
# def nearest_neighbor(images, *, but_itself=False):
#     flat, known = (… for array in (images, train_images))
#     squared = (known**2).sum(axis=1) - 2 * flat @ known.T
#     if but_itself:  # …
#         squared[np.arange(len(images)), np.arange(len(images))] = np.inf
#     return train_labels[squared.argmin(axis=1)]
#
# first = train_images[:500]
# …
# others = nearest_neighbor(first, but_itself=True) == train_labels[:500]
# …
# new = nearest_neighbor(test_images[:500]) == test_labels[:500]
# …
# -->

# %%
def nearest_neighbor(images, *, but_itself=False):
    """The label of the most similar training image, for images of shape (n, 28, 28)."""
    flat, known = (array.reshape(len(array), -1).astype("float32") for array in (images, train_images))
    squared = (known**2).sum(axis=1) - 2 * flat @ known.T
    if but_itself:  # for the first training images: image i is not compared with itself
        squared[np.arange(len(images)), np.arange(len(images))] = np.inf
    return train_labels[squared.argmin(axis=1)]


first = train_images[:500]
print(f"training images:         {(nearest_neighbor(first) == train_labels[:500]).mean():.1%} right")
others = nearest_neighbor(first, but_itself=True) == train_labels[:500]
print(f"without the same image:  {others.mean():.1%} right")
new = nearest_neighbor(test_images[:500]) == test_labels[:500]
print(f"test images:             {new.mean():.1%} right")

# %% [markdown] tags=["reading"]
# On training images it can't fail: the most similar image is the image itself, since no two are equal. Take that one
# away, and it reads them about as well as any others. It was perfect because it had memorized the answers.
#
# <!-- slide
# The perfect score was memory, and nothing else.
# -->
#
# <!-- notes
# Compare the second line with the third: without the image itself, training images are read about as well as others.
#
# Say it once, in view of what is to come: a network with a hundred thousand weights can memorize, too.
# -->

# %% [markdown]
# To **memorize** is to get the training images right by storing them. What we want is **generalization**: getting new
# images right. A network with a hundred thousand weights can do both, so its accuracy on training images tells you
# little. That is why there is a test set: to **report** how well something works on images that nobody trained on.
#
# We look at it now and then to show you things, and we choose nothing by it. That rule matters: if you try ten networks
# on the test set and keep the best, you have used it to choose, and its answer is no longer honest. Lesson 2 sets other
# images aside for choosing.
#
# <!-- slide
# ### What is the test set for?
#
# **Generalization** is getting new images right. A perfect score on training images may be memory, and nothing else. The
# test set is there
#
# - to **report** how well something works on images that nobody trained on;
# - **not to choose**: if you try ten networks on it and keep the best, you have used it to choose.
# -->
#
# <!-- notes
# The sentence to remember. Most think that *not training on it* is all it takes to be honest. Ask: if I never train on
# these images, but change my network until they come out well, what have I done?
#
# Lesson 2 plays this with fifty networks and dice. Don't answer more now.
# -->

# %% [markdown]
# ## Quiz
#
# Answer each question on paper first. Then remove the `#` below, put in your answer, and run the line: it says why.
#
# <!-- notes
# 2 minutes. Vote on each with fingers before the answer is on the wall. If the class is split: a minute with a
# neighbor, and a second vote.
#
# Short of time? Do the second and the fourth question, and leave the others for home.
# -->

# %% tags=["quiz"]
exercise.quiz.show()

# %% tags=["quiz"]
# exercise.quiz.answer(1, "a")

# %% [markdown]
# ## Key points
#
# - MNIST is 60,000 training and 10,000 test images of 28 × 28 bytes, with labels from 0 to 9: ten classes, nearly
#   balanced.
# - Look at the data first: counts, means, outliers. And compare any accuracy with a baseline.
# - What counts is generalization. Test images are for reporting it, not for choosing.
#
# **Next:** [2. Preparing the data](02_preparing.ipynb) turns these bytes into what a network reads.
#
# <!-- notes
# Go back to the list on the board from the first minute: what is checked off, what is missing? Usually wrong labels:
# lesson 6 gets to them.
# -->
