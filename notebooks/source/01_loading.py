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
# **30 minutes**. At the end you can
#
# - say what shapes, types and values the four arrays of MNIST have;
# - check a data set for balance and for odd examples before any training;
# - explain what the test set is for, and what it must not be used for.
#
# <!-- slide
# What is in MNIST?
# -->
#
# <!-- notes
# 1 minute. Ask what one would want to know of 60,000 images before training on them. Write the answers on the board
# (how many, how large, which values, how many of each, any errors) and tick them off during the lesson.
#
# Nothing is trained today. Today we look.
# -->

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course is missing here: in its folder, run nox -s lab or pip install -e .")

from course_utils import data, plotting
from course_utils.exercises import loading as exercise
from course_utils.figures import loading as figures

import numpy as np

plotting.use_course_style()

# %% [markdown]
# ## What is in the file?
#
# In the 1990s, handwritten digits from forms filled in by employees of the US Census Bureau and by high-school students
# were scanned, cut out, scaled to the same size and centered. The result is MNIST. It ships with this course, so
# nothing is downloaded. `load_mnist` also checks that the file is MNIST to the last bit.
#
# **Predict.** An image is 28 pixels high and 28 wide, and there are 60,000 of them to train on. Write down the shape of
# the array you expect. How many axes does it have? What is the shape of the labels?
#
# <!-- slide
# 60,000 images to train on, each 28 pixels high and 28 wide.
#
# **Predict.** What is the shape of the array that holds them? How many axes is that? And what is the shape of the
# labels?
# -->
#
# <!-- notes
# 3 minutes. All write the shape down before anybody says it.
#
# You will hear `(28, 28, 60000)`, and `(60000, 784)` from those who met MNIST elsewhere. Neither is silly, so ask:
# which axis would you loop over? For the labels somebody wants ten columns: that comes in lesson 2.
# -->

# %%
(train_images, train_labels), (test_images, test_labels) = data.load_mnist()

print("train_images", train_images.shape, train_images.dtype)
print("train_labels", train_labels.shape, train_labels.dtype)
print("test_images ", test_images.shape, test_images.dtype)
print("test_labels ", test_labels.shape, test_labels.dtype)

# %% [markdown] tags=["reading"]
# Three axes for images: which image, which row, which column. One for labels: which image. The first axis always counts
# examples, here and throughout this course.
#
# <!-- slide
# The first axis counts examples, here and throughout this course.
# -->
#
# <!-- notes
# Draw a stack of cards on the board: the first axis picks a card, the second a row on it, the third a place in the
# row. Then ask what `train_images[3]` is, and `train_images[3, 5]`.
# -->

# %% [markdown]
# `uint8` is a whole number from 0 to 255 that takes one byte. So `train_images` takes one byte for each pixel, 47 million
# of them, and stays small as long as it is not converted to anything larger.
#
# Elsewhere you will see the same four arrays loaded by Keras. This line downloads them the first time, so here it stays
# a comment:
#
# <!-- notes
# Keras loads the same four arrays, but downloads them. One sentence is enough.
# -->

# %% slideshow={"slide_type": "skip"}
# (train_images, train_labels), (test_images, test_labels) = keras.datasets.mnist.load_data()

# %% [markdown]
# ### Exercise: four times the memory?
#
# Training needs numbers with fractions, so lesson 2 will turn these images into `float32`, 32 bits for each number.
# How many bytes will `train_images` take then? Work it out on paper and put the number in place of `...`.
#
# <!-- slide
# As `uint8`, each number of `train_images` takes one byte. As `float32` it takes 32 bits.
#
# How many **bytes** will `train_images` take then? On paper first, then into the cell.
# -->
#
# <!-- notes
# 2 minutes. Two usual slips: bits for bytes, and megabytes where bytes are asked for.
#
# To who is stuck: how many numbers are there in the array?
#
# What to say afterwards: keep bytes as bytes until fractions are needed.
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
# **Predict.** Paper is 0. What is stored in black ink, and what in the edge of a stroke?
#
# (The picture shows a digit, and beside it, enlarged, the numbers inside the frame.)
#
# <!-- slide
# **Predict.** Paper is 0. What is stored in black ink, and what in the edge of a stroke?
# -->
#
# <!-- notes
# 3 minutes. A number from everybody, for each. Those who have seen MNIST before are sure that it is white on black:
# that is how some draw it, and says nothing about the numbers.
#
# To the second question most say *either paper or ink*. Leave it.
# -->

# %% tags=["figure"]
figures.draw_pixels(train_images[0], train_labels[0])

# %% [markdown] tags=["reading"]
# Ink goes up to 255, and the values between are the edges of the stroke: when the scans were scaled down, a pixel that
# was half ink became half gray. This softness is information: it says where, inside a pixel, the edge runs. We draw
# dark ink on white paper; the numbers know nothing of that, and many pictures of MNIST show white on black.
#
# <!-- slide
# Paper is 0, ink goes up to 255. The values between are the edges of the stroke.
# -->
#
# <!-- notes
# Pick one gray pixel on the left and let the room find its number on the right.
#
# The usual misconception: gray is dirt, and a threshold would clean it. Ask what a threshold throws away: where,
# inside the pixel, the edge runs. A half-inked pixel is a measurement.
# -->

# %% [markdown]
# How much of an image is ink at all? Count the pixels of each value, and draw the counts as a histogram.
#
# **Predict.** What share of all pixels is empty paper, and what share is nearly black ink, from 250 to 255? And are there
# pixels that no writer ever touches?
#
# <!-- slide
# ### How much of an image is ink?
#
# **Predict.** What share of all pixels is empty paper, and what share is nearly black ink, from 250 to 255? And are there
# pixels that no writer ever touches?
# -->
#
# <!-- notes
# Expect guesses that are too low: one thinks of the digit, and not of the page around it.
#
# For the second question, ask *where* such pixels would lie.
# -->

# %%
counts = np.bincount(train_images.ravel(), minlength=256)

print(f"paper (0): {counts[0] / counts.sum():.1%}")
print(f"nearly black ink (250 to 255): {counts[250:].sum() / counts.sum():.1%}")
print("pixels that are paper in every image:", (train_images.max(axis=0) == 0).sum(), "of", 28 * 28)

# %% tags=["figure"]
figures.draw_histogram(counts)

# %% [markdown] tags=["reading"]
# Most of an image is empty paper, though not always at the same places: only the corners and edges never see ink. The
# small peaks near 64, 128 and 191 are a quarter, half and three quarters of ink, left over from the scaling.
#
# <!-- slide
# Most of an image is empty paper, though not always at the same places.
# -->
#
# <!-- notes
# Do not explain the axis at the left: the exercise on the next slide asks for it.
#
# Ask about the three small peaks instead. They are left over from scaling the scans down: data carry traces of how
# they were made, and a program can learn those too.
# -->

# %% [markdown]
# ### Exercise: read the histogram
#
# For each pixel of value 100, how many have the value 0? Put the letter in place of `...`, as `"a"`.
#
# - a: about 14, as the heights of the bars on the page
# - b: about 100
# - c: that cannot be read from this picture
# - d: about 2,000
#
# <!-- slide
# For each pixel of value 100, how many have the value 0?
#
# - **a** about 14, as the heights of the bars on the page
# - **b** about 100
# - **c** that cannot be read from this picture
# - **d** about 2,000
# -->
#
# <!-- notes
# 2 minutes. Go back one slide, so that the picture is on the wall, and vote with one to four fingers, all at once.
#
# If the vote is split, explain nothing: ask one of them to read both heights aloud off the axis.
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
# A **class** is one of the ten answers, 0 to 9, and each image carries its answer as a **label**. That is what makes
# this *classification*. (The notebook that this course grew from speaks of *clusters*. Clustering means finding groups
# when nobody gives you labels. Here we have them. Lesson 0 calls that one *the seed notebook*.)
#
# **Predict.** If one digit made up half of all images, how accurate would a program be that always answers that digit?
# With ten equally frequent digits, how accurate is the best constant answer?
#
# <!-- notes
# 3 minutes. The first answer comes at once. For the second, some reckon what *random* answers get; ask whether a
# constant answer does better or worse than those.
#
# Labels make this classification. Whoever says clusters means groups that nobody has named.
#
# With the picture on the wall, let the room find the most frequent and the rarest class, before anybody reads the
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
print(f"always answering {most} is right for {test_counts[most] / 10000:.2%} of the test set")

# %% [markdown] tags=["reading"]
# Half, and one in ten. MNIST is nearly balanced: 1 is the most frequent, 5 the rarest, and the test set has the same
# proportions. So the accuracy of a constant answer is the first number to beat, and plain accuracy is a fair measure
# here. With classes as unequal as "ill" and "healthy" it would not be.
#
# <!-- slide
# The constant answer is the first number to beat.
# -->
#
# <!-- notes
# The question that works: for which data would a constant answer be right nearly always? Fraud, faults, rare
# illnesses. There, accuracy says next to nothing.
# -->

# %% [markdown]
# ### Exercise: the share of each class
#
# Write the count above as a function for any data set. Given are `labels`, an array of whole numbers, and `n_classes`.
# Wanted is the share of each class, `n_classes` numbers that add up to 1, also where a class never occurs:
# `class_shares(np.array([0, 2, 2, 2]), 4)` is `[0.25, 0, 0.75, 0]`.
#
# <!-- slide
# `class_shares(labels, n_classes)`: the share of each class among the labels, also where a class never occurs.
#
# ```python
# class_shares(np.array([0, 2, 2, 2]), 4)
# # [0.25, 0, 0.75, 0]
# ```
# -->
#
# <!-- notes
# 3 minutes. The trap is the class that never occurs: `np.unique`, and `np.bincount` by itself, leave it out. The
# check says so, so let it.
#
# A loop is a full answer. For the fast: the same without one.
#
# Short of time? This is the exercise to leave for home.
# -->

# %% tags=["exercise"]
def class_shares(labels, n_classes):
    """The share of each class among the labels."""
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
# 4 minutes. Up to the odd ones. Two tallies on the board, *most* and *least*: you come back to them three times, and
# each time the answer is another one. That is the point of this section.
#
# With the next picture on the wall, ten seconds of silence. Then: who wants to change their vote?
# -->

# %% slideshow={"slide_type": "skip"}
samples = [train_images[train_labels == digit][:12] for digit in range(10)]

# %% tags=["figure"]
figures.draw_samples(samples)

# %% [markdown]
# ### Exercise: the mean digit
#
# Averaging shows where writers agree. Given are `images` of shape (n, height, width), their `labels`, and one
# `digit`. Wanted is the mean of the images of that digit: one image, of shape (height, width). You need such means right
# after this exercise.
#
# <!-- slide
# `mean_digit(images, labels, digit)`: the mean of all images of one digit.
#
# `images` has the shape (n, height, width). Wanted is one image, (height, width).
# -->
#
# <!-- notes
# 3 minutes. Two steps: pick the images, then average over the first axis. Who averages over everything gets a single
# number, who averages over the others gets one number an image. Ask: which axis counts the images?
#
# Nobody is held up by this one: the lesson works out its own means.
# -->

# %% tags=["exercise"]
def mean_digit(images, labels, digit):
    """The mean image of one class."""
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
# How unusual is one image? Measure its distance from the mean of its class: the root of the mean squared difference over
# its 784 pixels. The next picture shows the ten means. The number over each is the average distance of its class, in
# gray values.
#
# **Predict.** On average, which class lies farthest from its mean? Which one nearest?
#
# <!-- slide
# ### How unusual is an image?
#
# Its distance from the mean of its class:
#
# $$\sqrt{\frac{1}{784} \sum_{\text{pixels}} (\text{image} - \text{mean})^2}$$
#
# **Predict.** On average, which class lies farthest from its mean? Which one nearest?
# -->
#
# <!-- notes
# On the board: two images of 2 × 2 pixels with easy numbers. Subtract, square, take the mean, take the root.
#
# Then look at the tallies: does anybody want to defend theirs?
# -->

# %% slideshow={"slide_type": "skip"}
means = np.stack([train_images[train_labels == digit].mean(axis=0) for digit in range(10)])
distances = np.sqrt(((train_images - means[train_labels]) ** 2).mean(axis=(1, 2)))
spread = [distances[train_labels == digit].mean() for digit in range(10)]

# %% tags=["figure"]
figures.draw_means(means, spread)

# %% [markdown] tags=["reading"]
# By this measure the 1 varies least and the 2 most. The blur of a mean image is not noise: it is where a stroke may or
# may not be.
#
# <!-- slide
# By this measure the 1 varies least and the 2 most.
# -->
#
# <!-- notes
# The blur is not noise: it is where a stroke may or may not be. Ask where the 4 is blurred, and why there.
# -->

# %% [markdown]
# But is the measure fair? Some digits have little ink, so whatever is done to them changes few pixels. Divide by the ink,
# and look again:
#
# <!-- slide
# But is the measure fair?
# -->
#
# <!-- notes
# Wait for somebody to say why a 1 could hardly lose this contest. It takes a moment: a 1 has little ink to
# differ in.
# -->

# %%
ink = np.sqrt((train_images**2.0).mean(axis=(1, 2)))
for name, scale in (("distance", 1), ("distance for its ink", ink)):
    average = [(distances / scale)[train_labels == digit].mean() for digit in range(10)]
    print(f"{name:21} from least to most:", np.argsort(average))

# %% [markdown]
# Where does the 0 stand in each line? Another question, another order: a number answers the question it was built for,
# and no other.
#
# Now the other end: in each class, the image farthest from its mean.
#
# <!-- slide
# A number answers the question it was built for, and no other.
# -->
#
# <!-- notes
# Find the 0 in both lines. Then go back to the tallies: who was right depends on what *vary* was meant to mean.
#
# Ask which of the two measures they would publish. There is no right answer, and that is the lesson.
# -->

# %% slideshow={"slide_type": "skip"}
odd = np.array([np.where(train_labels == digit, distances, 0).argmax() for digit in range(10)])

# %% tags=["figure"]
figures.draw_farthest(train_images[odd])
print("positions in the training set:", odd.tolist())

# %% [markdown]
# Look at each for a moment. Would you have given it that label? Most of these are bold and large, because the distance
# counts ink, not meaning. Moving a digit by two pixels also takes it farther from its mean, while you would read it
# without a thought. Remember this when you meet the network: it has to be better than a distance between pixels.
#
# <!-- slide
# Would you have given it that label? The distance counts ink, not meaning.
# -->
#
# <!-- notes
# Half a minute of silence.
#
# Somebody wants to delete these. Ask what the network would then meet for the first time in the test set.
#
# Most of them are bold and large: that is what the distance calls odd. Shift a clean digit by two pixels, and it
# would call that odd as well.
# -->

# %% [markdown]
# ## Why are 10,000 images kept apart?
#
# **Predict.** Here is the simplest reader there is: *answer with the class whose mean image is nearest.* It has seen the
# training images only. Will it do better on those than on the test images?
#
# <!-- slide
# The simplest reader there is: *answer with the class whose mean image is nearest.* It has seen the training images
# only.
#
# **Predict.** Will it do better on those than on the test images?
# -->
#
# <!-- notes
# 4 minutes. Most say: better on what it has seen. Let one of them say why, and let the reason stand. It is a good
# reason, for a reader that can learn by heart.
# -->

# %%
def nearest_mean(images):
    """The class whose mean image is nearest, for images of shape (n, 28, 28)."""
    flat, flat_means = images.reshape(len(images), -1).astype(float), means.reshape(10, -1)
    # |x - m|² = |x|² - 2 x·m + |m|², and |x|² is the same for all ten means, so it may be left out:
    squared = (flat_means**2).sum(axis=1) - 2 * flat @ flat_means.T
    return squared.argmin(axis=1)


print(f"training images: {(nearest_mean(train_images) == train_labels).mean():.2%} right")
test_right = nearest_mean(test_images) == test_labels
print(f"test images:     {test_right.mean():.2%} right")
print(f"their first and second half: {test_right[:5000].mean():.1%} and {test_right[5000:].mean():.1%}")

# %% [markdown] tags=["reading"]
# Ten mean images are too little to learn anything by heart, so it does no worse on new images. It even does better,
# because the second half of the test set was written more neatly. Files have an order: remember that when you cut one in
# two.
#
# <!-- notes
# It does no worse on new images: that breaks *test accuracy is always lower*. Ask what would have to change for the
# reason from before to hold.
#
# The second half of the test set was written more neatly: look at the last printed line. Lesson 2 draws its sets at
# random for this.
#
# The algebra in the code saves time and nothing else. Leave it.
# -->

# %% [markdown]
# Now another reader: *answer with the label of the most similar training image*. Here it is on 500 images from each set.
#
# **Predict.** How often is it right on training images? On test images? And on training images, if it must not look at
# the image itself?
#
# <!-- slide
# ### Another reader
#
# This one has all 60,000 images: *answer with the label of the most similar training image.*
#
# **Predict.** How often is it right on training images? On test images? And on training images, if it must not look
# at the image itself?
# -->
#
# <!-- notes
# Ten mean images are too little to learn anything by heart. This reader has them all.
#
# Give this one time. Sooner or later somebody asks which training image is most similar to a training image, and
# laughs.
#
# The third question is the honest one.
# -->

# %%
def nearest_image(images, *, but_itself=False):
    """The label of the most similar training image, for images of shape (n, 28, 28)."""
    flat, known = (array.reshape(len(array), -1).astype("float32") for array in (images, train_images))
    squared = (known**2).sum(axis=1) - 2 * flat @ known.T
    if but_itself:  # for the first training images: image i is not compared with itself
        squared[np.arange(len(images)), np.arange(len(images))] = np.inf
    return train_labels[squared.argmin(axis=1)]


first = train_images[:500]
print(f"training images:         {(nearest_image(first) == train_labels[:500]).mean():.1%} right")
others = nearest_image(first, but_itself=True) == train_labels[:500]
print(f"without the same image:  {others.mean():.1%} right")
new = nearest_image(test_images[:500]) == test_labels[:500]
print(f"test images:             {new.mean():.1%} right")

# %% [markdown] tags=["reading"]
# On training images it cannot fail: the most similar image is the image itself. Take that one away, and it reads them no
# better than any others: the perfect score was memory and nothing else.
#
# <!-- slide
# The perfect score was memory, and nothing else.
# -->
#
# <!-- notes
# Compare the second line with the third: without the image itself, training images are read no better than others.
#
# Say it once in view of what is to come: a network with a hundred thousand weights can learn by heart too.
# -->

# %% [markdown]
# A network with a hundred thousand weights can learn its images by heart. So the test set is there to **report** how well
# something works on images that nobody trained on. We look at it here and there to show you things, and we choose
# nothing by it. That is the rule that counts: whoever tries ten networks on the test set and keeps the best has used it
# to choose, and its answer is no longer honest. Lesson 2 sets other images aside for choosing.
#
# <!-- slide
# ### What is the test set for?
#
# A perfect score on training images may be memory, and nothing else. The test set is there
#
# - to **report** how well something works on images that nobody trained on;
# - **not to choose**: whoever tries ten networks on it and keeps the best has used it to choose.
# -->
#
# <!-- notes
# The sentence that has to stay. Most think that *not training on it* is all there is to honesty. Ask: if I never
# train on these images, but change my network until they come out well, what have I done?
#
# Lesson 2 plays this with fifty networks and dice. Do not answer more now.
# -->

# %% [markdown]
# ## Quiz
#
# Answer each question on paper first. Then take the `#` away below, put in your answer, and run the line: it says why.
#
# <!-- slide
# Four questions, each on paper first.
# -->
#
# <!-- notes
# 2 minutes. Vote on each with fingers before anybody runs a line. Where the room is split: a minute with the
# neighbor, and a second vote.
#
# Short of time? The second and the fourth question; the others at home.
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
# - Paper is 0, ink goes up to 255, and most pixels are paper.
# - Look at the data first: counts, means, odd ones. Test images are for reporting, not for choosing.
#
# **Next:** [2. Preparing the data](02_preparing.ipynb) turns these bytes into what a network reads.
#
# <!-- notes
# Go back to the list on the board from the first minute: what is ticked off, what is missing? Usually it is wrong
# labels: lesson 6 comes to them.
# -->
