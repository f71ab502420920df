# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 3. Convolution and pooling
#
# You will compute what a convolutional layer computes, first with a finger on the pixels, then in NumPy, and compare
# your numbers with those of Keras.
#
# **60 minutes**. At the end you can
#
# - slide a kernel over an image by hand, and choose its weights so that it finds an edge or blurs;
# - work out a layer's output size, parameters and multiply-adds before any code runs;
# - say what all places gain by sharing one kernel.
#
# <!-- slide
# What does a convolutional layer compute?
# -->
#
# <!-- notes
# 1 minute. Bring a square of 3 × 3 fields cut out of paper, or better one for each pair of students, and the patch of
# the third slide in print. A window moved with the hand teaches this lesson better than any animation.
#
# Short of time? The slides on the turned kernel and on the receptive field can go; the first twenty minutes cannot.
# -->

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course is missing here: in its folder, run nox -s lab or pip install -e .")

from course_utils import data, plotting
from course_utils.exercises import convolution as exercise
from course_utils.figures import convolution as figures

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

plotting.use_course_style()
(train_images, train_labels), _ = data.load_mnist()

# %% [markdown]
# ## What does a kernel compute?
#
# You read a 5 by its strokes, and a stroke by its edges: the places where paper turns into ink. An edge is small. A few
# pixels are enough to see one, so look at the image through a small window, and put the same question to every window.
#
# The question is a **kernel**: an array as large as the window, with a **weight** for each of its pixels. The answer is
# one number: *multiply each pixel by its weight, and add up the products.*
#
# Here are a patch of a 5 and a kernel. From here on, purple is above zero, orange below, and white is zero:
#
# <!-- slide
# A **kernel** is a small array of **weights**. Lay it on the image:
#
# *multiply each pixel by its weight, and add up the products.*
#
# One window, one number. Then on to the next place, with the same weights.
# -->
#
# <!-- notes
# 10 minutes. The heart of the lesson: everything after it is this sentence again.
#
# Why small? An edge is small, and a stroke is its edges. Why the same weights everywhere? Leave that question open;
# the last section answers it.
# -->

# %% slideshow={"slide_type": "skip"}
digit = train_images[0].astype("float32") / 255
patch = digit[8:14, 9:15].round(1)  # one decimal, so that you can follow by hand
kernel = np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])

# %% tags=["figure"]
figures.draw_patch(digit, patch, kernel, corner=(8, 9))

# %% [markdown]
# **Predict.** Lay the kernel on the top left corner of the patch. What number comes out? Then move it about in your
# mind: where will the answer be positive, where negative, where about zero? And in how many places does a 3 × 3 window
# fit into 6 × 6 pixels?
#
# The next cell draws four of the steps; a green frame marks the window. Check at least one of them with your own
# arithmetic.
#
# <!-- slide
# **Predict.** Top left corner: what number comes out? Where positive, where negative, where about zero? In how many
# places does it fit?
# -->
#
# <!-- notes
# Everybody works out the top left corner on paper, all nine products. Walk around: the usual slip is a lost minus sign
# in the left column.
#
# Then in pairs, without arithmetic: where positive, where negative, where about zero? Last, the number of places. You
# will hear 6 × 6 and 5 × 5; let somebody move the paper window and count.
# -->

# %% tags=["figure"]
figures.draw_steps(patch, kernel)

# %% [markdown] tags=["reading"]
# The window fits in 4 × 4 places, and each place gives one number: above zero where paper turns into ink from left to
# right, below zero where ink turns into paper, and zero where left and right are alike. So these nine weights ask: *is
# there an edge that runs up and down here, and which side is the dark one?*
#
# <!-- slide
# These nine weights ask: does an edge run up and down here, and which side is the dark one?
# -->
#
# <!-- notes
# Write the nine products of the first step large on the board, and their sum, before this picture. From the back row
# it shows the way of the window, not the digits.
#
# Purple is above zero, orange below. Ask for the sentence that these weights ask of each window, and wait for it,
# before the key.
#
# The usual misconception: a kernel finds what looks like the kernel, in gray values. It finds a difference.
# -->

# %% [markdown]
# In NumPy, sliding a kernel is two loops, which visit the places, and one line for each place:

# %%
def correlate_loops(image, kernel):
    """Slide a kernel over an image: at each place, the sum of pixels times weights."""
    height, width = kernel.shape
    output = np.zeros((image.shape[0] - height + 1, image.shape[1] - width + 1))
    for row in range(output.shape[0]):
        for column in range(output.shape[1]):
            window = image[row : row + height, column : column + width]
            output[row, column] = (window * kernel).sum()
    return output


print(correlate_loops(patch, kernel).round(1))

# %% [markdown]
# Compare with the picture: are they the same numbers? What is found depends on the weights alone. Here are six kernels;
# the last line slides each of them over the 5:
#
# <!-- notes
# Read the code from the inside out: the line with `sum` is the sentence from the board, the two loops are the hand
# that moves the window.
#
# Ask where the + 1 in the shape comes from: fence posts. It is slow, and on purpose; the fast one comes with the
# channels.
# -->

# %%
kernels = {
    "a": np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
    "b": np.full((3, 3), 1 / 9),
    "c": np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]),
    "d": np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]]),
    "e": np.array([[0, 1, 1], [-1, 0, 1], [-1, -1, 0]]),
    "f": np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
}
results = {name: correlate_loops(digit, weights) for name, weights in kernels.items()}

# %% [markdown]
# **Predict.** One of the six finds edges that run across, one edges that run up and down, and one slanting edges. One
# draws the outline, one blurs, and one leaves the 5 as it is. Which is which?
#
# (Each result is drawn to a scale of its own, on which white is still 0, and not paper.)
#
# <!-- slide
# **Predict.** Edges that run across, up and down, or on a slant; the outline; a blur; the 5 as it is. Which is which?
# -->
#
# <!-- notes
# One kernel to each row of the room, and a sentence from each: *ours will ...*
#
# The blur is easy, the outline is not. The question that helps: what does it answer on plain paper, and what in the
# middle of a thick stroke?
# -->

# %% tags=["figure"]
figures.draw_results(kernels, results)

# %% [markdown] tags=["reading"]
# Kernel *a* leaves the 5 as it is, and *b* blurs it; *c* finds edges that run up and down, *d* edges that run across, *e*
# slanting ones; *f* draws the outline. Even *a* has lost something, a rim of one pixel: a window of 3 × 3 fits into
# 28 × 28 pixels at 26 × 26 places.
#
# Where the weights add up to zero, even ground gives zero, whether paper or ink: that is what makes an edge kernel.
# Where they add up to 1, even ground stays as it is.
#
# <!-- slide
# *b* blurs, *c*, *d* and *e* find edges, *f* the outline. Weights that add up to zero give zero on even ground: that
# makes an edge kernel.
# -->
#
# <!-- notes
# Two things are misread here: white is 0 and not paper, and each result has a scale of its own.
#
# Ask what *a* has lost: a rim of one pixel. That is the next section.
#
# Nobody sets these weights by hand in a network: training finds them. Say it twice, for it is the most frequent
# question after the lesson.
# -->

# %% [markdown]
# These weights were chosen for you. In a network nobody sets them by hand: training finds them.

# %% [markdown]
# **A word that misleads.** In mathematics, *convolution* turns the kernel by 180° before it slides it. What you just
# did, without the turn, is called **cross-correlation**. Deep learning does it without the turn too, and says
# convolution all the same. NumPy has both, in one dimension.
#
# **Predict.** A line of zeros with a single 1 in it, and the weights 1 2 3: which of the two gives 1 2 3?
#
# <!-- slide
# ### A word that misleads
#
# In mathematics, *convolution* turns the kernel by 180° before it slides it. Without the turn, it is
# **cross-correlation**: what you just did, and what deep learning calls convolution.
#
# **Predict.** A single 1 in a line of zeros, the weights 1 2 3: which of the two gives 1 2 3?
# -->
#
# <!-- notes
# Most expect that the one without the turn gives the kernel back as it is. Take the vote, and do not explain.
#
# Can be cut, with the next slide, for readers who will never meet a textbook on signals.
# -->

# %%
line, weights = np.array([0, 0, 1, 0, 0]), np.array([1, 2, 3])

print("correlate:                       ", np.correlate(line, weights, mode="valid"))
print("convolve:                        ", np.convolve(line, weights, mode="valid"))
print("convolve, with the kernel turned:", np.convolve(line, weights[::-1], mode="valid"))

# %% [markdown] tags=["reading"]
# Are the labels swapped? No. As the window comes from the left, the single 1 meets the *last* weight first, so without
# the turn a dot gives the kernel back to front. The turn of convolution undoes that: a dot gives the kernel itself.
#
# A network does not mind: it would learn the turned weights instead. You will mind as soon as you compare a result with
# a textbook, or with a function that is called `convolve`.
#
# <!-- slide
# A network does not mind: it would learn the turned weights.
# -->
#
# <!-- notes
# Somebody says that the labels are swapped. Slide 1 2 3 over the dot by hand, from the left: the dot meets the last
# weight first.
#
# It matters as soon as one compares with a textbook, or with a function that is called `convolve`.
# -->

# %% [markdown]
# ## How large is the output?
#
# Each output was smaller than its image, and a pixel in the corner was seen by a single window, one in the middle by
# nine. Two settings of a layer change that:
#
# - **Padding** puts zeros around the image. Keras knows two kinds: `"valid"` puts none, and `"same"` puts, with stride
#   1, just enough for one window around every pixel. The rule for other strides follows.
# - **Stride** is the step of the window. With stride 2 it leaves out every other place, in both directions.
#
# **Predict.** The image has 6 × 6 pixels, the kernel 3 × 3. What size is the output with valid padding and stride 1?
# Same padding and stride 1? Valid and stride 2? Same and stride 2?
#
# (In the picture, the blue frame is the image, and the numbers outside it are padding. The green frame is the first
# window, and each orange dot marks the center pixel of one window.)
#
# <!-- slide
# **Padding** puts zeros around the image. `valid`: none. `same`: at stride 1, one window around every pixel.
# **Stride** is the step of the window.
#
# **Predict.** 6 × 6 pixels, kernel 3 × 3. How large is the output?
#
# | | stride 1 | stride 2 |
# |---|---|---|
# | `valid` | ? | ? |
# | `same` | ? | ? |
# -->
#
# <!-- notes
# 7 minutes. Copy the table to the board and fill it with what the room says.
#
# The strongest misconception of the lesson stands in the fourth field: *same* means the same size. Let it stand there
# until the picture.
# -->

# %% tags=["figure"]
figures.draw_settings(patch, kernel, [("valid", 1), ("same", 1), ("valid", 2), ("same", 2)])

# %% [markdown] tags=["reading"]
# Count the dots, and you have the output. Two of the four hold a surprise:
#
# - *valid, stride 2*: the next window would stick out, so the last column and the last row, struck out here, are never
#   looked at.
# - *same, stride 2*: the output is **not** the size of the image. One more zero is needed in each direction, and Keras
#   puts it below and on the right, so the two sides are not treated alike.
#
# <!-- slide
# `valid`, stride 2, never looks at the last row. `same`, stride 2, is not the size of the image.
# -->
#
# <!-- notes
# Each orange dot is the center of a window: count dots, and you have the output. The blue frame is the image, what
# lies outside it is padding.
#
# Correct the fourth field of the table now, and ask on which sides the extra zeros are. Below and on the right only,
# so the two sides are not treated alike.
# -->

# %% [markdown]
# Now the formula, for one axis. Let there be $n$ pixels, $p$ zeros at each end, a window of $k$ pixels and a stride of
# $s$. The first window starts at 0, the last possible one at $n + 2p - k$, and only every $s$-th start counts:
#
# $$\text{output size} = \left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1$$
#
# The brackets mean: round down. The remainder of the division is the number of pixels at the end that no window
# sees.
#
# <!-- slide
# ### How many places fit?
#
# $$\text{output size} = \left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1$$
#
# $n$ pixels, $p$ zeros at each end, a window of $k$, a stride of $s$. Round down: what is left over, no window sees.
# -->
#
# <!-- notes
# Do not show it, make it: where does the first window start, where the last possible one, and which starts count?
# Then the + 1, fence posts again.
#
# Test it on the table. The three slips: the + 1 forgotten, the + 1 before the division, the padding counted once.
# -->

# %% slideshow={"slide_type": "skip"}
def output_size(n, kernel, stride=1, padding=0):
    """Pixels of the output along one axis, with padding zeros at each of the two ends."""
    return (n + 2 * padding - kernel) // stride + 1


print("valid, stride 1:", output_size(6, kernel=3))
print("same, stride 1: ", output_size(6, kernel=3, padding=1))
print("valid, stride 2:", output_size(6, kernel=3, stride=2))

# %% [markdown]
# How many zeros does `same` put? Ask the formula for an output of $n$ at stride 1, and it gives $p = (k - 1) / 2$: one
# zero at each end for a window of 3, two for a window of 5. At a stride of $s$, `same` promises $n / s$ pixels, rounded
# up, and puts as many zeros as that needs. If their number is odd, the end gets one more than the beginning.
#
# **Predict.** The list in the cell below has six settings, as (pixels, window, stride). Take one of them: how many zeros
# at each end, and how large is the output? In which of the six are the two ends treated differently?
#
# <!-- slide
# `same` puts $p = (k - 1) / 2$ zeros at each end at stride 1. At stride $s$ it promises $n / s$ pixels, rounded up.
#
# **Predict.** 28 pixels, stride 1, a window of 2: how many zeros, and where?
# -->
#
# <!-- notes
# Ask the formula for an output of $n$, and let the room solve for $p$. Then the prediction: $k = 2$ would take half a
# zero at each end, so one zero goes to the far end. That is why windows of 3 and 5 are so common.
#
# The function `same_padding` stays in the notebook; show its printed lines to who asks about odd sizes.
# -->

# %% slideshow={"slide_type": "skip"}
def same_padding(n, kernel, stride=1):
    """Zeros before and after one axis, for n / stride pixels of output, rounded up; as in Keras."""
    size = -(-n // stride)  # rounded up
    total = max((size - 1) * stride + kernel - n, 0)
    return total // 2, total - total // 2


for n, kernel_size, stride in [(28, 3, 1), (28, 5, 1), (28, 3, 2), (27, 3, 2), (28, 2, 1), (28, 1, 2)]:
    before, after = same_padding(n, kernel_size, stride)
    size = output_size(n + before + after, kernel_size, stride)
    print(f"{n} pixels, window {kernel_size}, stride {stride}: {before} + {after} zeros, output {size}")

# %% [markdown] tags=["reading"]
# Wherever the line says 0 + 1, the two ends are treated differently: with stride 2 on 28 pixels, and under a window of
# 2, which has no center. That is one reason why windows of 3 and 5 are so common. And look at the last line: a window
# of 1 with stride 2 needs no zeros, and leaps over every other pixel.

# %% [markdown]
# ### Exercise: the size after several layers
#
# What one layer gives, the next one gets. Given are `n`, the pixels along one side of the image, and `layers`, a list
# with `(kernel, stride, padding)` for each layer, in order; padding is the number of zeros at each end. Wanted is the
# number of pixels along that side at the end: `side_after(20, [(3, 1, 1), (2, 2, 0)])` is 10.
#
# <!-- slide
# `side_after(n, layers)`: the pixels along one side of the image after all layers. Each layer is `(kernel, stride,
# padding)`; what one gives, the next one gets.
#
# ```python
# side_after(20, [(3, 1, 1), (2, 2, 0)])
# # 10
# ```
# -->
#
# <!-- notes
# 4 minutes. To who is stuck: two layers and 13 pixels by hand, then say what changed from one layer to the next.
#
# Usual bugs: `return` inside the loop, and the three slips at the formula. The check names each. The fast ones put
# the five layers of lesson 4 in.
# -->

# %% tags=["exercise"]
def side_after(n, layers):
    """Pixels along one axis after some layers, each given as (kernel, stride, padding)."""
    ...

# %% tags=["check"]
exercise.side_after.check(side_after)
# exercise.side_after.hint()
# exercise.side_after.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_side_after(n, layers):
    for kernel, stride, padding in layers:
        n = (n + 2 * padding - kernel) // stride + 1
    return n


exercise.side_after.check_solution(solution_side_after)

# %% [markdown]
# ### Exercise: find the bug
#
# This function slides a kernel over an image, and is right for images of floats. For MNIST's bytes it gives nonsense,
# such as 247 where ink turns into paper. Fix it, so that it is right for an image of any type.
#
# <!-- slide
# `slide(image, kernel)` is right for images of floats. For MNIST's bytes it gives nonsense, such as 247 where ink
# turns into paper.
#
# Fix it, so that it is right for an image of any type.
# -->
#
# <!-- notes
# 3 minutes. The question that works: which number did you expect in place of 247, and what do the two have to do with
# 256? They have met it, as 200 + 100.
#
# Then: which array here cannot hold that number? Who makes it whole numbers is nearly there; a blur has fractions.
# -->

# %% tags=["exercise"]
def slide(image, kernel):
    """At each place the sum of pixels times weights, for an image of any type."""
    height, width = kernel.shape
    output = np.zeros_like(image[height - 1 :, width - 1 :])
    for row in range(output.shape[0]):
        for column in range(output.shape[1]):
            window = image[row : row + height, column : column + width]
            output[row, column] = (window * kernel).sum()
    return output

# %% tags=["check"]
exercise.slide.check(slide)
# exercise.slide.hint()
# exercise.slide.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_slide(image, kernel):
    height, width = kernel.shape
    output = np.zeros((image.shape[0] - height + 1, image.shape[1] - width + 1))
    for row in range(output.shape[0]):
        for column in range(output.shape[1]):
            window = image[row : row + height, column : column + width]
            output[row, column] = (window * kernel).sum()
    return output


exercise.slide.check_solution(solution_slide)

# %% [markdown]
# ## What if there are several channels?
#
# A color photograph has three channels, red, green and blue, as you know from lesson 2, and MNIST has one. But look at
# the six results above: each is an image again. Stack two of them, and the next layer reads an image with two channels.
#
# So a window is not flat. It goes through all channels, and so does the set of weights that is laid on it, which is
# called a **filter**: one slice of weights for each channel, and one more number, the **bias**, which is added at the
# end. After that, most layers apply **ReLU** (rectified linear unit): negative numbers become 0.
#
# **Predict.** One filter with a 3 × 3 window reads a color photograph. How many weights does it have: 9 or 27? How many
# channels does its output have: 1 or 3?
#
# The next cell lays such a filter, with a weight of 1 everywhere, on the first window.
#
# <!-- slide
# A window goes through all channels. So does a **filter**: one slice of weights for each channel, and one **bias**
# for all.
#
# **Predict.** One filter with a 3 × 3 window reads a color photograph. How many weights does it have: 9 or 27? How many
# channels does its output have: 1 or 3?
# -->
#
# <!-- notes
# 10 minutes. Expect 27 and 3: each channel by itself, as a photo editor does it. Keep the two votes on the board.
#
# Board: a loaf of bread, and a window cut through the whole loaf. All its products go into a single sum.
# -->

# %%
photograph = np.random.default_rng(0).random((32, 32, 3))  # noise will do: only the shape counts here
window = photograph[:3, :3]  # three rows, three columns, all channels
weights = np.ones_like(window)

print("weights of the filter:", weights.size)
print("what it gives for this window:", (window * weights).sum().round(1))

# %% [markdown] tags=["reading"]
# The window is 3 × 3 × 3, so a filter has **27** weights, and a bias. All products go into one sum, also across the
# channels. So each place gives one number, and one filter gives **one** channel, whatever goes in.
#
# <!-- slide
# The channels' results are added: **27** weights and a bias give **one** number at each place.
# -->
#
# <!-- notes
# Back to the votes: 27, and 1. Ask the whole room for a layer with 3 channels in and 8 filters: how many channels
# out? Whoever says 24 still keeps the channels apart.
# -->

# %% [markdown]
# Back to the 5. Below, the two channels are its edges: left ones and upper ones. The first filter looks for places that
# have both, the second for *clearly more* left edge than upper edge. The star in the picture says: slide the slice over
# the channel, as before.
#
# **Predict.** Which strokes of the 5 will each of them find?
#
# <!-- slide
# ### Two channels, two filters
#
# The channels: left edges of the 5, and upper edges.
#
# Filter 0 looks for places that have **both**. Filter 1 looks for *clearly more* left edge than upper edge.
#
# **Predict.** Which strokes of the 5 will each of them find?
# -->
#
# <!-- notes
# The slices are as plain as can be, all ones or all minus ones, so the bias does the deciding. Ask how a sum and a
# bias can say *both*: it must be more than either channel can bring by itself.
#
# On the next slide, read one row aloud from left to right: slide, slide, add, bias, ReLU. The star stands for the
# sliding.
# -->

# %% slideshow={"slide_type": "skip"}
def relu(x):
    """Rectified linear unit: what is negative becomes 0."""
    return np.maximum(x, 0)


left_edges = relu(correlate_loops(digit, kernel))
upper_edges = relu(correlate_loops(digit, kernel.T))  # the same weights, turned on their side
channels = np.stack([left_edges, upper_edges], axis=-1)

# %% slideshow={"slide_type": "skip"}
filters = np.ones((3, 3, 2, 2))  # window height, window width, channels in, filters
filters[:, :, 1, 1] = -1  # the second filter's slice for the second channel
bias = np.array([-18.0, -3.0])  # one for each filter
ones = np.ones((3, 3))
for c in range(2):  # how much can one channel give alone?
    largest = correlate_loops(channels[:, :, c], ones).max()
    print(f"channel {c} alone: at most {largest:.1f} under a slice of ones")
print("channels", channels.shape, " filters", filters.shape, " bias", bias.shape)

# %% tags=["figure"]
figures.draw_filters(channels, filters, bias)

# %% [markdown] tags=["reading"]
# The first filter finds the top and the bottom stroke, the second the stem. The bias sets how much a filter must find:
# no channel alone comes to 18, as printed above, so what is left after the −18 has both edges. Without it the first
# filter would answer to any edge of either kind.
#
# <!-- slide
# No channel alone comes to 18: what is left after a bias of −18 has both edges.
# -->

# %% [markdown]
# Three habits of speech to get right:
#
# - A "3 × 3 filter" is named after its window alone.
# - What comes out is called a **feature map**: it says where in the image the filter found its feature.
# - A layer of 32 **filters** is often said to have "32 neurons", also in the notebook that this course grew from. If
#   you call neuron what computes one number of the output, each map has as many neurons as it has places, and all of
#   them share one filter.
#
# <!-- slide
# ### Three habits of speech
#
# - A "3 × 3 filter" is named after its window alone: on 3 channels it has 27 weights and a bias.
# - A **feature map** says *where* the feature was found. The bias sets how much must be found.
# - 32 **filters** are not 32 neurons: all places of a map share one filter.
# -->
#
# <!-- notes
# What somebody means by *neuron* decides the third one. In this course we count filters.
# -->

# %% [markdown]
# And why ReLU? Without it, nothing but sums of products happens, and two layers in a row are no more than one layer
# with a larger kernel. ReLU is the step between them that no sum of products can make.
#
# <!-- slide
# And why ReLU? Without it, two layers are no more than one layer with a larger kernel.
# -->
#
# <!-- notes
# Board: a sum of products of sums of products is a sum of products. Multiply out two weights in a row, and no second
# layer is left.
#
# Many take ReLU for a way to tidy up negative numbers. Ask what would be lost if it were left out. Nothing visible,
# and everything.
# -->

# %% [markdown]
# In NumPy, each map begins as its filter's bias, and what the slices give is added to it:

# %% slideshow={"slide_type": "skip"}
by_loops = np.zeros((24, 24, 2)) + bias  # 28 → 26 → 24
for f in range(2):
    for c in range(2):
        by_loops[:, :, f] += correlate_loops(channels[:, :, c], filters[:, :, c, f])
by_loops = relu(by_loops)

# %% [markdown]
# Now vectorized, for many images at once. `sliding_window_view` lists the windows of all places, without copying a
# pixel. The list has six axes: image, row, column, channel, and the row and column inside the window. `tensordot`
# multiplies and adds over the last three. They are the first three of the filters, row, column, channel, in another
# order, hence `(4, 5, 3)`.
#
# <!-- notes
# The code of the next slide takes a minute of its own. Only the last line computes: multiply and add over the row,
# the column and the channel of a window. Draw the six axes as six boxes and cross out 4, 5 and 3.
#
# `same_padding` puts the zeros; the rest is counting. Loops and this give the same map, as the printout says.
# -->

# %%
def correlate(images, filters, bias=0, stride=1, padding="valid"):
    """Slide filters (height, width, c_in, c_out) over images (n, h, w, c_in), and add the bias."""
    height, width = filters.shape[:2]
    if padding == "same":
        rows = same_padding(images.shape[1], height, stride)
        columns = same_padding(images.shape[2], width, stride)
        images = np.pad(images, ((0, 0), rows, columns, (0, 0)))
    windows = sliding_window_view(images, (height, width), axis=(1, 2))[:, ::stride, ::stride]
    return np.tensordot(windows, filters, axes=[(4, 5, 3), (0, 1, 2)]) + bias


feature_maps = relu(correlate(channels[np.newaxis], filters, bias))
print("shape of the output:", feature_maps.shape)
print("the same maps as from the loops:", np.allclose(feature_maps[0], by_loops))

# %% [markdown]
# Now for the price. A layer's **parameters** are what training sets: $k \cdot k \cdot c_\text{in}$ weights and one bias
# for each filter. Its work is counted in **multiply-adds**: each weight is used once at each place of the output.
#
# **Predict.** Suppose that these three convolutional layers read a color photograph of 32 × 32 pixels, with a pooling
# after the first and the second:
#
# | layer | output | window | channels in | filters |
# |---|---|---|---|---|
# | conv 1 | 32 × 32 | 5 × 5 | 3 | 16 |
# | conv 2 | 16 × 16 | 5 × 5 | 16 | 32 |
# | conv 3 | 8 × 8 | 5 × 5 | 32 | 40 |
#
# Work out the parameters of all three on paper. Which has the most? And which one takes the most work?
#
# <!-- slide
# ### What does a layer cost?
#
# **Parameters**: $k \cdot k \cdot c_\text{in}$ weights and one bias, for each filter. **Multiply-adds**: each weight,
# once at each place of the output.
#
# | layer | output | window | channels in | filters |
# |---|---|---|---|---|
# | conv 1 | 32 × 32 | 5 × 5 | 3 | 16 |
# | conv 2 | 16 × 16 | 5 × 5 | 16 | 32 |
# | conv 3 | 8 × 8 | 5 × 5 | 32 | 40 |
#
# **Predict.** Which has the most parameters? Which takes the most work?
# -->
#
# <!-- notes
# One filter of conv 1 aloud, together: 5 · 5 · 3 weights and a bias. Then sixteen of those. The rest in pairs.
#
# The usual slip is to count the size of the image in. Ask: if the photograph were twice as large, which numbers of
# the table would change? Which would not?
# -->

# %%
# Side of the output, side of the window, channels in, filters
layers = {"conv 1": (32, 5, 3, 16), "conv 2": (16, 5, 16, 32), "conv 3": (8, 5, 32, 40)}
parameters, multiply_adds = [], []
for name, (size, window, c_in, n_filters) in layers.items():
    weights = window * window * c_in * n_filters
    parameters.append(weights + n_filters)
    multiply_adds.append(size * size * weights)
    print(f"{name}: {weights:6,} weights + {n_filters} biases = {parameters[-1]:6,} parameters", end="")
    print(f", {multiply_adds[-1]:9,} multiply-adds")

print(f"together: {sum(parameters):,} parameters, {sum(multiply_adds):,} multiply-adds for one image")

# %% tags=["figure"]
figures.draw_costs(list(layers), parameters, multiply_adds)

# %% [markdown] tags=["reading"]
# Which layer is the largest and which takes the most work are different questions. The third layer holds the most
# parameters, and the second takes the most multiply-adds, because it uses each of its weights at 16 × 16 places and the
# third at 8 × 8.
#
# <!-- slide
# The largest layer is not the one that takes the most work.
# -->
#
# <!-- notes
# Parameters are memory, multiply-adds are time. Ask which of the two one should look at for a telephone, and which
# for training overnight.
# -->

# %% [markdown]
# ## What does pooling keep?
#
# A map that says *here is an edge* for each pixel says more than is needed: to read a 5, it is enough to know roughly
# where. **Max-pooling** cuts the map into blocks of 2 × 2, and keeps the largest number of each. Each channel is pooled
# by itself, and there are no weights: nothing to learn.
#
# **Predict.** Below is a piece of the left edges, 7 × 7 numbers; green frames mark the blocks. How large is it after
# 2 × 2 max-pooling? And what becomes of the seventh row?
#
# <!-- slide
# **Max-pooling** cuts a map into blocks of 2 × 2, and keeps the largest number of each. No weights: nothing to learn.
#
# **Predict.** 7 × 7 numbers: how large is the result? What becomes of the seventh row?
# -->
#
# <!-- notes
# 7 minutes. Vote on the seventh row: filled up with zeros, dropped, an error?
#
# Three things to forestall: it takes the largest and not the mean, it has no weights, and it does not mix channels.
# -->

# %% tags=["figure"]
piece = left_edges[6:13, 6:13].round(1)
figures.draw_pooling(piece)

# %% [markdown] tags=["reading"]
# Three blocks fit into seven rows, so the last row is dropped, and the last column with it, without a word. It is the
# same formula as before: a window of 2 with stride 2 fits $\lfloor (7 - 2) / 2 \rfloor + 1 = 3$ times. With
# `padding="same"`, Keras would keep them, in blocks that stick out, and give 4 × 4.
#
# <!-- slide
# Three blocks fit into seven rows. The seventh is dropped, without a word.
# -->
#
# <!-- notes
# Let the room put $k = 2$ and $s = 2$ into the formula: nothing new.
#
# Ask what is lost in each block: three numbers of four, and where exactly the largest one stood. Is that good or bad
# for reading a 5? Both answers can be defended.
#
# In NumPy it is the window view again, with `max` for the sum; the notebook has it.
# -->

# %% [markdown]
# In NumPy, max-pooling is the window view again, with `max` in place of the sum:

# %% slideshow={"slide_type": "skip"}
def max_pool(images, size=2, stride=None):
    """The largest number of each window, for images (n, h, w, c); stride is size unless given."""
    stride = size if stride is None else stride
    windows = sliding_window_view(images, (size, size), axis=(1, 2))[:, ::stride, ::stride]
    return windows.max(axis=(-2, -1))


batch = piece[np.newaxis, :, :, np.newaxis]  # one image, one channel
print(max_pool(batch)[0, :, :, 0])

# %% [markdown]
# Compare with the picture: are they the same numbers? Each pooling leaves a quarter of the numbers, and so a quarter of
# the places where the next layer has to work. It also lets the next window see further.
#
# The pixels that can change a number are that number's **receptive field**. After one 3 × 3 convolution it is 3 pixels
# wide. A later window of $k$ numbers reaches $k - 1$ steps beyond one number, so it adds $k - 1$ steps. One step is one
# pixel at first, and twice as many after each pooling with stride 2.
#
# **Predict.** The network of lesson 4 begins with 3 × 3 convolutions and 2 × 2 poolings in turn: conv 1, pool 1, conv
# 2, pool 2, conv 3. A number of conv 3 looks at 3 × 3 numbers of the layer before. How many pixels of the digit does it
# see: 3 × 3, 9 × 9, or more?
#
# <!-- slide
# ### How far does one number see?
#
# Lesson 4's network begins with conv 1, pool 1, conv 2, pool 2, conv 3: windows of 3 × 3 in each conv, of 2 × 2 in
# each pool.
#
# **Predict.** How many pixels of the digit can change one number of conv 3: 3 × 3, 9 × 9, or more?
# -->
#
# <!-- notes
# Board, two columns: how wide it sees, and how many pixels one step is. Go through the layers together; each adds its
# window less one, times the step, and a pooling doubles the step.
#
# The usual answer adds pixels and forgets the step. Can be cut when time is short.
# -->

# %% slideshow={"slide_type": "skip"}
def receptive_field(layers):
    """Width in pixels of what one number sees; layers are (window, stride), the first layer first."""
    width, step = 1, 1
    for window, stride in layers:
        width += (window - 1) * step
        step *= stride
    return width


network = {"conv 1": (3, 1), "pool 1": (2, 2), "conv 2": (3, 1), "pool 2": (2, 2), "conv 3": (3, 1)}
widths = [receptive_field(list(network.values())[:depth]) for depth in (1, 2, 3, 4, 5)]
print(dict(zip(network, widths)))

# %% [markdown] tags=["reading"]
# The sum, layer by layer: 3 → 3 + 1 · 1 = 4 → 4 + 2 · 2 = 8 → 8 + 1 · 2 = 10 → 10 + 2 · 4 = 18. So a
# number of conv 3 sees 18 × 18 pixels.
#
# <!-- slide
# 3 → 4 → 8 → 10 → 18: a layer adds $k - 1$ steps, and each pooling doubles the step.
# -->

# %% [markdown]
# Do you trust `receptive_field`? Test it by trial. Make 784 images in each of which a single pixel is lit, send them
# all through the five layers, and ask which of them change the number in the middle of each map. The picture puts a
# green frame around those pixels:
#
# <!-- notes
# Who does not trust it is right to ask. The notebook lights one pixel at a time, in 784 images, and looks which of
# them change the number in the middle: the next picture was measured so, without the formula.
# -->

# %% slideshow={"slide_type": "skip"}
maps = np.eye(784).reshape(784, 28, 28, 1)  # in image number i, only pixel number i is 1
ones = np.ones((3, 3, 1, 1))  # no weight is negative, so nothing that is seen cancels out
fields = {}
for name in network:
    padding = "same" if name == "conv 1" else "valid"
    maps = max_pool(maps) if name.startswith("pool") else correlate(maps, ones, padding=padding)
    middle = maps.shape[1] // 2
    fields[name] = maps[:, middle, middle, 0].reshape(28, 28) > 0

heights = [int(field.any(axis=1).sum()) for field in fields.values()]
print("pixels from top to bottom that change it:", heights, " as by the formula:", heights == widths)

# %% tags=["figure"]
figures.draw_receptive_fields(digit, fields)

# %% [markdown]
# The first layer can tell an edge, the last one a loop or a crossing. That is a reason to put one layer on another.
#
# <!-- slide
# The first layer can tell an edge, the last one a loop or a crossing.
# -->
#
# <!-- notes
# Cover all but the frame of each picture with your hands: who can tell the digit from the first? From the last?
#
# That is a reason to put one layer on another, and the bridge to lesson 4.
# -->

# %% [markdown]
# ### Exercise: average-pooling
#
# Instead of the largest number of each block, take the mean. Given are `image`, an array of shape (height, width), and
# `size`, the side of a block. Wanted is the array of the blocks' means; rows and columns that fill no whole block are
# dropped.
#
# <!-- slide
# `average_pool(image, size)`: the mean of each block of `size` × `size` numbers.
#
# `image` has the shape (height, width). Rows and columns that fill no whole block are dropped.
# -->
#
# <!-- notes
# 4 minutes. First the shape of the result, on paper: how many whole blocks fit? Then block `row` begins at row `row *
# size`. Windows that overlap are the usual bug.
#
# Two loops are a full answer. For the fast: without loops, by a `reshape` to four axes.
# -->

# %% tags=["exercise"]
def average_pool(image, size):
    """The mean of each block of size × size numbers."""
    ...

# %% tags=["check"]
exercise.average_pool.check(average_pool)
# exercise.average_pool.hint()
# exercise.average_pool.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_average_pool(image, size):
    height, width = image.shape[0] // size, image.shape[1] // size
    blocks = image[: height * size, : width * size].reshape(height, size, width, size)
    return blocks.mean(axis=(1, 3))


exercise.average_pool.check_solution(solution_average_pool)

# %% [markdown]
# ### Exercise: two small windows or one large one?
#
# Two 3 × 3 layers in a row see a patch of 5 × 5 pixels, as one 5 × 5 layer does. Let 64 channels go in and 64 come out
# of each layer, biases included. How many parameters *fewer* do the two small layers have than the large one?
#
# <!-- slide
# Two 3 × 3 layers in a row see 5 × 5 pixels, as one 5 × 5 layer does. 64 channels go into each layer, and 64 come
# out. Biases count.
#
# How many parameters **fewer** do the two small layers have?
# -->
#
# <!-- notes
# 3 minutes. Paper first. The usual slips: a filter that goes through one channel only, one filter in place of 64, the
# biases of the second small layer.
#
# Ask afterwards what else two layers have that one has not: a ReLU between them.
# -->

# %% tags=["exercise"]
parameters_saved = ...

# %% tags=["check"]
exercise.parameters_saved.check(parameters_saved)
# exercise.parameters_saved.hint()
# exercise.parameters_saved.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
solution_parameters_saved = (25 * 64 * 64 + 64) - 2 * (9 * 64 * 64 + 64)
exercise.parameters_saved.check_solution(solution_parameters_saved)

# %% [markdown]
# ## Does Keras compute the same, and why do places share a kernel?
#
# You have written a convolutional and a pooling layer in NumPy. Here are Keras's own, with weights drawn at random.
# Loading Keras takes some seconds. (`networks`, from this course, comes first: it keeps TensorFlow quiet.)
#
# **Predict.** The layer below has four filters with windows of 3 × 5, on three channels. What shape is its array of
# weights? And will your functions give its numbers, for each padding and stride?
#
# <!-- slide
# A layer of Keras, its weights drawn at random: four filters, windows of 3 × 5, three channels.
#
# **Predict.** What shape is its array of weights? And will your functions give its numbers?
# -->
#
# <!-- notes
# 8 minutes. Start the cell that loads Keras before you ask; it takes some seconds.
#
# The order of the axes is a convention and not a thought: nobody can know it, and everybody can look it up. Other
# libraries put the filters first.
# -->

# %% slideshow={"slide_type": "skip"}
from course_utils import networks
import keras

keras.utils.set_random_seed(0)
images = np.random.default_rng(0).random((2, 13, 10, 3), dtype="float32")  # odd, and not square
options = {"activation": "relu", "bias_initializer": "normal"}

for padding in ("valid", "same"):
    for stride in (1, 2, 3):
        layer = keras.layers.Conv2D(4, (3, 5), strides=stride, padding=padding, **options)
        theirs = np.asarray(layer(images))
        ours = relu(correlate(images, *layer.get_weights(), stride, padding))
        agree = np.abs(ours - theirs).max() < 1e-5
        print(f"{padding + ',':6} stride {stride}: {ours.shape}, equal to 1e-5: {agree}")
print("weights:", layer.get_weights()[0].shape, " bias:", layer.get_weights()[1].shape)

# %% [markdown] tags=["reading"]
# The weights have the shape `(3, 5, 3, 4)`: height and width of the window, channels in, filters. All six settings
# agree, so Keras puts its zeros where you put yours.
#
# <!-- slide
# `(3, 5, 3, 4)`: height and width of the window, channels in, filters.
# -->
#
# <!-- notes
# The notebook compares six settings of padding and stride: all agree, also where the zeros are uneven. Ask which of
# the six is the hard one.
#
# Next slide: ten real digits through five layers, theirs and yours.
# -->

# %% [markdown]
# Now ten real digits, through the five layers of the network of lesson 4, with your functions and with Keras's layers
# side by side:

# %%
ours = theirs = data.prepare_images(train_images[:10])
for layer in networks.build_seed_network().layers[:5]:
    theirs = np.asarray(layer(theirs))
    if isinstance(layer, keras.layers.Conv2D):
        ours = relu(correlate(ours, *layer.get_weights(), padding=layer.padding))
    else:
        ours = max_pool(ours)
    print(f"{type(layer).__name__:12} equal to 1e-5:", np.abs(ours - theirs).max() < 1e-5)

# %% [markdown]
# None of these sizes is odd before a pooling. So here is the piece of 7 × 7 numbers once more, pooled by Keras:
#
# <!-- slide
# No more happens in these layers than you have written in NumPy.
# -->
#
# <!-- notes
# Give it a moment: the whole lesson so far was for these five lines.
#
# Why equal to 1e-5, and not equal? The same sum in another order rounds differently. Somebody always asks.
# -->

# %% slideshow={"slide_type": "skip"}
theirs = np.asarray(keras.layers.MaxPooling2D(2)(batch))

print("valid:", theirs.shape, "equal to 1e-5:", np.abs(theirs - max_pool(batch)).max() < 1e-5)
print("same: ", keras.layers.MaxPooling2D(2, padding="same")(batch).shape)

# %% [markdown]
# You have written both layers yourself. What remains is why a convolutional layer is built this way. The plainest layer
# of all is the **dense** one: each number of its output is a weighted sum of *all* pixels, with weights of its own. A
# convolutional layer is a dense layer with two restrictions: each number sees a small window only, and all places use
# **the same weights**.
#
# **Predict.** Below, a convolutional layer with one filter of 3 × 3 and same padding, and a dense layer with 784
# outputs. Both turn the digit into 28 × 28 numbers. How many parameters does each have? Then the 5 moves three pixels
# to the right. What does the output of each do: stay the same, move along, or change altogether?
#
# (In the picture, the dashed line marks where the 5 began before it moved.)
#
# <!-- slide
# ### Why do all places share one kernel?
#
# Two layers turn the digit into 28 × 28 numbers. A **convolution** with one 3 × 3 filter, and a **dense** layer: each
# output weighs *all* 784 pixels, with weights of its own.
#
# **Predict.** How many parameters does each have? The 5 moves three pixels to the right: what does the output of each
# do?
# -->
#
# <!-- notes
# This is the question left open at the start. Let them multiply the dense layer out on the board: 784 weights for
# each of 784 outputs, and the biases.
#
# For the moved 5, have *stays the same*, *moves along* and *changes* voted on for each of the two layers.
# -->

# %%
keras.utils.set_random_seed(0)
convolution = keras.layers.Conv2D(1, (3, 3), padding="same")
dense = keras.layers.Dense(784)

moved = np.roll(digit, 3, axis=1)  # three to the right; what comes round the edge is paper
pair = np.stack([digit, moved])
outputs = {
    "convolution": np.asarray(convolution(pair[..., np.newaxis]))[..., 0],
    "dense": np.asarray(dense(pair.reshape(2, 784))).reshape(2, 28, 28),
}
for layer, (first, second) in zip((convolution, dense), outputs.values()):
    stays = np.abs(second - first).max() < 1e-5
    moves = np.abs(np.roll(second, -3, axis=1) - first).max() < 1e-5
    print(f"{type(layer).__name__ + ':':7} {layer.count_params():7,} parameters,", end=" ")
    print(f"the output stays the same: {stays}, moves along: {moves}")

# %% tags=["figure"]
figures.draw_moved(digit, moved, outputs, shift=3)

# %% [markdown] tags=["reading"]
# The output of the convolution moves along. What the layer has learned about a stroke in one place, it knows in all
# places. But the output does **not** stay the same: *where* is kept, and only pooling lets go of it, by a pixel or so
# at a time. The dense layer knows nothing of places: to it, the moved 5 is simply another list of 784 numbers, and it
# would have to learn every stroke anew wherever it may stand. It pays for that with parameters, and with the examples
# needed to set them.
#
# <!-- slide
# The output moves along with the input. It does **not** stay the same.
# -->
#
# <!-- notes
# The misconception to end on: *a convolutional network does not care where the digit is*. It does: where is kept, and
# only pooling lets go of it, by a pixel or so at a time. Those who want the words: equivariant, not invariant.
# -->

# %% [markdown]
# One caution: sharing is right only where the same pattern means the same in every place, as a stroke does. If the
# columns of your data are age, height and weight, a neighbor means nothing, and neither does a window.
#
# <!-- notes
# Ask where sharing would be wrong: columns for age, height and weight have no neighbors.
# -->

# %% [markdown]
# ## Quiz
#
# Answer each question on paper first. Then take the `#` away below, put in your answer, and run the line: it says why.
#
# <!-- slide
# Five questions, each on paper first.
# -->
#
# <!-- notes
# 3 minutes. Fingers for each, all at once, before anybody runs a line. The first and the third are where this lesson
# is won or lost: a minute with the neighbor and a second vote there.
#
# At home: the fourth.
# -->

# %% tags=["quiz"]
exercise.quiz.show()

# %% tags=["quiz"]
# exercise.quiz.answer(1, "a")

# %% [markdown]
# ## Key points
#
# - A filter slides over the image, through all channels: at each place, multiply, add up, add the bias. That is
#   cross-correlation, and `correlate` and Keras agree.
# - Output: $\lfloor (n + 2p - k) / s \rfloor + 1$ along each axis. Parameters: $k \cdot k \cdot c_\text{in}$ and one
#   bias for each filter. Multiply-adds: the weights, times the places of the output. Pooling has no weights.
# - One kernel for all places: few parameters, and an output that moves along with the input.
#
# **Next:** [4. Building the model](04_building.ipynb) puts these layers together into a classifier.
#
# <!-- notes
# Without the slide first: let somebody say what one number of a feature map is, in one sentence, with *all channels*
# and *bias* in it.
#
# Lesson 4 asks for shapes and parameters before any code runs. Whoever can fill the table of this lesson is ready.
# -->
