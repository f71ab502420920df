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
# You will compute what a convolutional layer computes, first by hand, then in NumPy, and compare the numbers with
# Keras's.
#
# **60 minutes**, and 40 for *Going further*. At the end you can
#
# - slide a kernel over an image by hand, and choose its weights so that it finds an edge or blurs;
# - work out a layer's output size and its number of parameters before any code runs;
# - say how much of the image one number of a deep layer sees.
#
# <!-- slide
# What does a convolutional layer compute?
# -->
#
# <!-- notes
# 1 minute. Bring a paper frame with a hole of 3 × 3 squares, or better one for each pair of students, and the patch of
# 6 × 6 numbers in print; the workbook of this lesson has both. A window moved by hand teaches this lesson better than any
# animation.
#
# Short of time? The slides on the receptive field can go; the first twenty minutes cannot.
# -->

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course isn't installed here: in its folder, pip install -e . (README, Start)")

from course_utils import data, plotting
from course_utils.exercises import convolution as exercise
from course_utils.figures import convolution as figures
from course_utils.widgets.kernel import KernelView

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

plotting.use_course_style()
(train_images, train_labels), _ = data.load_mnist()

# %% [markdown]
# ## What does a kernel compute?
#
# You recognize a 5 by its strokes, and a stroke by its edges: the places where paper turns into ink. An edge is small,
# and a few pixels are enough to see one. So look at the image through a small window, and ask the same question
# everywhere. Such a window is called a **sliding window**, and each place where it is laid is a **spatial position**.
#
# The question is a **kernel**: an array as large as the window, with one weight for each of its pixels. The answer is
# one number: *multiply each pixel by its weight, and add up the products.* The size of the window, here 3 × 3, is the
# **kernel size**. (This kernel shares only its name with that of lesson 0, the program that runs your cells.)
#
# Here are a patch of a 5 and a kernel. From here on, where numbers can be negative, purple is above zero, orange is
# below zero, and white is zero. Where none can, as in an image, 0 stays white, and the largest is black.
#
# <!-- slide
# A **kernel** is a small array of **weights**. Lay it on the image:
#
# *multiply each pixel by its weight, and add up the products.*
#
# One window, one number. Then on to the next position, with the same weights.
# -->
#
# <!-- notes
# 8 minutes. The heart of the lesson: everything after it is this sentence again.
#
# Why small? An edge is small, and a stroke is its edges. Why the same weights everywhere? Leave that question open;
# *Going further* answers it.
# -->

# %% slideshow={"slide_type": "skip"}
digit = train_images[0].astype("float32") / 255
patch = digit[8:14, 9:15].round(1)  # one decimal, so that you can follow by hand
kernel = np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])

# %% tags=["figure"]
figures.draw_patch(digit, patch, kernel, corner=(8, 9))

# %% [markdown]
# **Predict.** Lay the kernel on the top left corner of the patch. What number comes out? Then move it around in your
# head: where will the answer be positive, where negative, and where about zero? And at how many positions does a 3 × 3
# window fit into 6 × 6 pixels?
#
# The next cell draws four of the steps; a green frame marks the window. Check at least one of them by hand.
#
# <!-- slide
# **Predict.** Top left corner: what number comes out? Where positive, where negative, where about zero? At how many
# positions does it fit?
# -->
#
# <!-- notes
# Everybody works out the top left corner on paper, all nine products. Walk around: the usual slip is a lost minus sign
# in the left column.
#
# Then in pairs, without arithmetic: where positive, where negative, where about zero? Last, the number of positions.
# You will hear 6 × 6 and 5 × 5; have somebody move the paper window and count.
# -->
#
# <!-- paper
# **a** The window in the top left corner: its nine products, and their sum.
#
# [squares 3 x 3]
#
# The sum is ____
#
# **b** Cut out the window (it is on a sheet of its own), lay it on the patch, and move it. For each position write a +,
# a −, or a 0 into the square in the middle of the window.
#
# [squares patch]
#
# **c** It fits at ____ positions, because ....
#
# [cut window 3]
# [cut kernel]
# -->

# %% tags=["figure"]
figures.draw_steps(patch, kernel)

# %% [markdown] tags=["reading"]
# The window fits at 4 × 4 positions, and each gives one number: above zero where paper turns into ink from left to
# right, below zero where ink turns into paper, and zero where left and right look alike. So these nine weights ask: *is
# there a vertical edge here, and which side of it is dark?* They are known as the **Prewitt kernel**.
#
# <!-- slide
# These nine weights, the **Prewitt kernel**, ask: is there a vertical edge here, and which side of it is dark?
# -->
#
# <!-- notes
# Write the nine products of the first step large on the board, and their sum, before this picture. From the back row
# it shows the path of the window, not the digits.
#
# Purple is above zero, orange below. Ask for the question that these weights ask of each window, and wait for it
# before the key.
#
# The usual misconception: a kernel finds what looks like the kernel, in gray values. It finds a difference.
# -->

# %% [markdown]
# In NumPy, sliding a kernel takes two loops, which visit the positions, and one line that does the work at each:
#
# <!-- lines 3-4 | 5-6 | 7 | 8 | 9 -->

# %% tags=["asked"]
def correlate_loops(image, kernel):
    """Slide a kernel over an image: at each position, the sum of pixels times weights."""
    height, width = kernel.shape
    output = np.zeros((image.shape[0] - height + 1, image.shape[1] - width + 1))
    for row in range(output.shape[0]):
        for column in range(output.shape[1]):
            window = image[row : row + height, column : column + width]
            output[row, column] = (window * kernel).sum()
    return output


print(correlate_loops(patch, kernel).round(1))

# %% [markdown]
# Compare with the picture: the numbers are the same. What a kernel finds depends on its weights alone. Here are six
# kernels; the last line slides each of them over the 5:
#
# <!-- notes
# Read the code from the inside out: the line with `sum` is the sentence from the board, the two loops are the hand
# that moves the window.
#
# Ask where the + 1 in the shape comes from: fence posts. It is slow on purpose; the fast version comes with the
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
# **Predict.** One of the six finds horizontal edges, one finds vertical edges, and one finds slanting edges. One draws
# the outline, one blurs, and one leaves the 5 as it is. Which is which?
#
# (Each result is drawn to its own scale, and white still means 0, not paper.)
#
# <!-- slide
# **Predict.** Horizontal, vertical, or slanting edges; the outline; a blur; the 5 as it is. Which is which?
# -->
#
# <!-- notes
# One kernel to each row of the room, and a sentence from each: *ours will ...*
#
# The blur is easy, the outline is not. A question that helps: what does it answer on plain paper, and what in the
# middle of a thick stroke?
# -->
#
# <!-- paper
# [squares kernels 7 mm]
#
# | kernel | what it does | how you can tell from its weights |
# |---|---|---|
# | a | ? leaves the 5 as it is | ? |
# | b | ? blurs it | ? |
# | c | ? finds vertical edges | ? |
# | d | ? finds horizontal edges | ? |
# | e | ? finds slanting edges | ? |
# | f | ? draws the outline | ? |
#
# [cut kernels]
# -->

# %% tags=["figure"]
figures.draw_results(kernels, results)

# %% [markdown] tags=["reading"]
# Kernel *a* leaves the 5 as it is, and *b*, a **box filter**, blurs it; *c* finds vertical edges, *d* horizontal ones,
# *e* slanting ones; *f*, a **Laplacian**, draws the outline. Even *a* has lost a rim of one pixel. You can't see it,
# because the rim was blank paper, but a 3 × 3 window fits into 28 × 28 pixels at only 26 × 26 positions.
#
# Where the weights add up to 0, an even area gives 0, whether it is paper or ink: that makes an edge kernel. Where they
# add up to 1, an even area stays as it is.
#
# <!-- slide
# *b* blurs, *c*, *d*, and *e* find edges, *f* the outline. Weights that add up to 0 give 0 on an even area: that makes
# an edge kernel.
# -->
#
# <!-- notes
# Two things are easily misread here: white is 0 and not paper, and each result has its own scale.
#
# Ask what *a* has lost: a rim of one pixel. That is the next section.
#
# Nobody sets these weights by hand in a network: training finds them. Say it twice; it is the most frequent question
# after the lesson.
# -->

# %% [markdown]
# ### A kernel to take hold of
#
# Below, the green window follows your mouse, your finger, or the arrow keys, and beside it are the nine products. (Run
# the cell first, and wait until no other is running: what is stored here is only a picture.) Each weight can be changed,
# and *Kernel* has those from above. Leave the other controls for the next sections.
#
# **Predict.** You give all nine weights the value 1. What becomes of the 5, and where will the numbers be largest? Then
# you put −8 in the middle, so that the weights add up to 0. What is left of the 5?
#
# <!-- slide
# ### A kernel to take hold of
#
# **Predict.** All nine weights are 1. What becomes of the 5? Where are the numbers largest?
#
# Then −8 in the middle: the weights add up to 0. What is left?
# -->
#
# <!-- notes
# 2 minutes. On the projector, change the weights one by one, and let the room say each time what will happen before you
# do it. Stop the window at a rim: two columns of ink, one of paper, and a sum between the two.
# -->

# %% tags=["figure"]
KernelView(digit)

# %% [markdown] tags=["reading"]
# Ones blur. A window that lies half on ink gives half as much as one in the middle of a stroke, so a sharp edge becomes
# a slope. With −8 in the middle an even area gives 0, whether it is ink or paper: only rims are left. In a thin stroke
# nothing is even, so there you see two rims side by side.
#
# <!-- slide
# Ones blur: a sharp edge becomes a slope. With −8 in the middle, even areas cancel out, and rims are left.
# -->

# %% [markdown]
# Weights like these were chosen for you. In a network nobody sets them by hand: training finds them.
#
# Deep learning calls this sliding a **convolution**, and a layer that does it a *convolutional layer*. (A layer is one
# step of a network: it reads an array and returns another.) In mathematics a convolution first turns the kernel by
# 180°; without the turn, it is called **cross-correlation**. A network doesn't mind: it would learn the turned weights
# instead. You will mind when you compare your numbers with a textbook's.

# %% [markdown]
# ### Exercise: find the bug
#
# This function slides a kernel over an image. It is right for images of floats, but for MNIST's bytes it returns
# nonsense, such as 247 where ink turns into paper. Find what is wrong, and fix it here, so that it is right for an
# image of any type.
#
# <!-- slide
# `slide(image, kernel)` is right for images of floats. For MNIST's bytes it returns nonsense, such as 247 where ink
# turns into paper.
#
# Fix it, so that it is right for an image of any type.
# -->
#
# <!-- notes
# 3 minutes. The question that works: which number did you expect instead of 247, and what do the two have to do with
# 256? They have met it, as 200 + 100.
#
# Then: which array here cannot hold that number? Those who make it integers are nearly there, but a blur has fractions.
# -->

# %% tags=["exercise"]
def slide(image, kernel):
    """At each position the sum of pixels times weights, for an image of bools, integers, or floats."""
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
# ## How large is the output?
#
# Each output was smaller than its image. And a pixel in the corner was seen by only one window, but one in the middle
# by nine. Two settings of a layer change that:
#
# - **Padding** puts zeros around the image. Keras knows two kinds: `"valid"` adds none, and `"same"`, at stride 1, adds
#   just enough for one window on every pixel (centered on it, where the window's side is odd).
# - **Stride** is how far the window moves at a time. With stride 2 it skips every other position, in both directions.
#
# **Predict.** The image has 6 × 6 pixels, the kernel 3 × 3. What size is the output with valid padding and stride 1?
# Same padding and stride 1? Valid and stride 2? Same and stride 2?
#
# (In the picture, the blue frame is the image, and the numbers outside it are padding. The green frame is the first
# window, and each orange dot marks the center pixel of a window.)
#
# <!-- slide
# **Padding** puts zeros around the image. `valid`: none. `same`: at stride 1, one window on every pixel. **Stride** is
# how far the window moves at a time.
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
# The strongest misconception of the lesson is in the fourth field: *same* means the same size. Leave it there until the
# picture.
# -->
#
# <!-- paper
# | padding | stride 1 | stride 2 |
# |---|---|---|
# | `valid` | ? 4 × 4 | ? 2 × 2 |
# | `same` | ? 6 × 6 | ? 3 × 3 |
#
# Here is the image, to try it: draw zeros around it where they are needed, frame the first window, and put a dot in the
# center pixel of each window.
#
# [squares patch | patch 10 mm]
# -->

# %% tags=["figure"]
figures.draw_settings(patch, kernel, [("valid", 1), ("same", 1), ("valid", 2), ("same", 2)])

# %% [markdown] tags=["reading"]
# Count the dots, and you have the output size. Two of the four hold a surprise:
#
# - *valid, stride 2*: the next window would stick out, so the last column and the last row, struck out here, are never
#   seen.
# - *same, stride 2*: the output is **not** the size of the image, but half of it. With stride $s$, `same` gives $n / s$
#   pixels, rounded up. One zero along each axis is enough for that here, and Keras puts it at the bottom and on the
#   right.
#
# <!-- slide
# `valid`, stride 2, never sees the last row. `same`, stride 2, is not the size of the image.
# -->
#
# <!-- notes
# Each orange dot is the center of a window: count dots, and you have the output. The blue frame is the image; what
# lies outside it is padding.
#
# Correct the fourth field of the table now, and ask which sides the extra zeros are on. Only at the bottom and on the
# right, so the two ends are not treated alike.
# -->

# %% [markdown]
# Now the formula, for one axis: $n$ pixels, $p$ zeros at each end, a window of $k$ pixels, and a stride of $s$. The
# first window starts at 0, the last possible one at $n + 2p - k$, and only every $s$-th start counts:
#
# $$\text{output size} = \left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1$$
#
# The brackets mean: round down. The remainder of the division is the number of pixels at the end of the padded row that
# no window sees. And what is $p$ for `same`? Set the output size to $n$ and $s$ to 1, and for an odd $k$, you get
# $p = (k - 1) / 2$: one zero at each end for a window of 3, two for a window of 5.
#
# <!-- slide
# ### How many positions fit?
#
# $$\text{output size} = \left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1$$
#
# $n$ pixels, $p$ zeros at each end, a window of $k$, a stride of $s$. Round down: no window sees what is left over at
# the end of the padded row.
# -->
#
# <!-- notes
# Do not show it, build it: where does the first window start, where does the last possible one, and which starts count?
# Then the + 1, fence posts again.
#
# Test it on the table. The three slips: the + 1 forgotten, the + 1 before the division, the padding counted once.
#
# Then let the room solve for $p$, so that $n$ pixels go in and $n$ come out.
# -->

# %% tags=["asked"] slideshow={"slide_type": "skip"}
def output_size(n, kernel, stride=1, padding=0):
    """Pixels of the output along one axis, with padding zeros at each of the two ends."""
    return (n + 2 * padding - kernel) // stride + 1


print("valid, stride 1:", output_size(6, kernel=3))
print("same, stride 1: ", output_size(6, kernel=3, padding=1))
print("valid, stride 2:", output_size(6, kernel=3, stride=2))

# %% [markdown]
# ### Exercise: the size after several layers
#
# What one layer returns, the next one reads. Write a function that takes `n`, the number of pixels along one side of
# the image, and `layers`, a list with `(kernel, stride, padding)` for each layer, in order; padding is the number of
# zeros at each end. It should return the number of pixels along that side after the last layer:
# `side_after(20, [(3, 1, 1), (2, 2, 0)])` is 10.
#
# <!-- slide
# `side_after(n, layers)`: the pixels along one side of the image after all layers. Each layer is `(kernel, stride,
# padding)`; what one returns, the next one reads.
#
# ```python
# side_after(20, [(3, 1, 1), (2, 2, 0)])
# # 10
# ```
# -->
#
# <!-- notes
# 4 minutes. If anyone is stuck: work out two layers and 13 pixels by hand, then say what changed from one layer to the
# next.
#
# Usual bugs: `return` inside the loop, and the three slips at the formula. The check names each of them. Fast students
# put the five layers of lesson 4 in.
# -->

# %% tags=["exercise"]
def side_after(n, layers):
    """Pixels along one axis after some layers or none, each given as (kernel, stride, padding)."""
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
# ## What if there are several channels?
#
# A color photograph has three channels, red, green, and blue; MNIST has one. But look at the six results above: each is
# an image again. Stack two of them, and the next layer reads an image with two channels. The number of channels that
# come into a layer is written $c_\text{in}$.
#
# So a window isn't flat: it goes through all channels. So does the block of weights that is laid on it, which is called
# a **filter**: one kernel for each channel. When all products are added up, one more number is added, the filter's
# **bias**. After that, the convolutional layers of this course apply **ReLU** (rectified linear unit): negative numbers
# become 0.
#
# **Predict.** One filter with a 3 × 3 window reads a color photograph. Does it have 9 weights or 27? Does its output
# have 1 channel or 3?
#
# The next cell lays such a filter, with a weight of 1 everywhere, on the first window.
#
# <!-- slide
# A window goes through all channels. So does a **filter**: one kernel for each channel, and one **bias** for all.
#
# **Predict.** One filter with a 3 × 3 window reads a color photograph. Does it have 9 weights or 27? Does its output
# have 1 channel or 3?
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
# The window is 3 × 3 × 3, so the filter has **27** weights, and a bias. All products go into one sum, across the
# channels too. So each position gives one number, and one filter gives **one** channel, whatever it reads.
#
# <!-- slide
# The channels' results are added: **27** weights and a bias give **one** number at each position.
# -->
#
# <!-- notes
# Back to the votes: 27, and 1. Ask the whole room about a layer that reads 3 channels and has 8 filters: how many
# channels come out? Anyone who says 24 still keeps the channels apart.
# -->

# %% [markdown]
# Back to the 5. Below, its two channels are its left edges and its upper edges, and there are three filters. The first
# looks for positions that have both kinds of edges, the second for *clearly more* left edge than upper edge, the third
# for clearly more upper edge than left edge. In the picture, ★ means: slide the kernel over the channel.
#
# **Predict.** Which strokes of the 5 will each of them find?
#
# <!-- slide
# ### Two channels, three filters
#
# The channels: left edges of the 5, and upper edges.
#
# Filter 0 looks for positions that have **both**. Filter 1 looks for *clearly more* left edge than upper edge, filter 2
# for the reverse.
#
# **Predict.** Which strokes of the 5 will each of them find?
# -->
#
# <!-- notes
# The kernels are as plain as can be, all ones or all minus ones, so the bias does the deciding. Ask how a sum and a
# bias can say *both*: the sum must be more than either channel can reach by itself.
#
# On the next slide, read one row aloud from left to right: slide, slide, add, bias, ReLU. The star stands for the
# sliding.
# -->
#
# <!-- paper
# | filter | it looks for | the strokes that it finds |
# |---|---|---|
# | 0 | both kinds of edges | ? the top and the bottom stroke |
# | 1 | more left edge than upper edge | ? the stem |
# | 2 | more upper edge than left edge | ? the upper rims of the strokes |
# -->

# %% slideshow={"slide_type": "skip"}
def relu(x):
    """Rectified linear unit: what is negative becomes 0."""
    return np.maximum(x, 0)


left_edges = relu(correlate_loops(digit, kernel))
upper_edges = relu(correlate_loops(digit, kernel.T))  # the same weights, turned on their side
channels = np.stack([left_edges, upper_edges], axis=-1)

# %% slideshow={"slide_type": "skip"}
filters = np.ones((3, 3, 2, 3))  # window height, window width, channels in, filters
filters[:, :, 1, 1] = -1  # the second filter's kernel for the second channel
filters[:, :, 0, 2] = -1  # the third filter's kernel for the first channel
bias = np.array([-18.0, -3.0, -3.0])  # one for each filter
for c in range(2):  # how much can one channel give alone?
    largest = correlate_loops(channels[:, :, c], np.ones((3, 3))).max()
    print(f"channel {c} alone: at most {largest:.1f} under a kernel of ones")

# %% tags=["figure"]
figures.draw_filters(channels, filters, bias)

# %% [markdown] tags=["reading"]
# The first filter finds the top and the bottom stroke, the second the stem, the third the upper rims of the strokes.
# The bias sets how much a filter must find: as printed above, neither channel reaches 18 alone, so whatever is left
# after the −18 has both edges.
#
# <!-- slide
# Neither channel reaches 18 alone: what is left after a bias of −18 has both edges.
# -->

# %% [markdown]
# Some words that you will meet everywhere:
#
# - What a filter returns is called a **feature map**: it says where in the image the filter found its feature.
# - A "3 × 3 filter" is named after its window alone; here it has 3 · 3 · 2 weights. (The original notebook says "32
#   neurons" for 32 filters. A filter is not a neuron: it gives a whole map of numbers.)
# - An array with any number of axes is called a **tensor**. A layer reads many images at once, so the first axis of the
#   tensor counts images: the **batch axis**. (A batch is what is read at once; [lesson 5](05_training.ipynb) trains on
#   batches.)
#
# And why ReLU? Without it, a layer only adds up products, and two layers in a row can do no more than one layer with a
# larger window. ReLU is the step between them that no sum of products can make.
#
# <!-- slide
# ### Words to get right
#
# - A "3 × 3 filter" is named after its window alone: on 3 channels it has 27 weights and a bias.
# - A **feature map** says *where* the feature was found. The bias sets how much must be found.
# - 32 **filters** are not 32 neurons: each gives a whole map.
# - Without **ReLU**, two layers can do no more than one layer with a larger window.
# -->
#
# <!-- notes
# In this course we count filters; what somebody means by *neuron* decides the third one.
#
# Many take ReLU for a way to tidy up negative numbers. Board: a sum of products of sums of products is a sum of
# products. Ask what would be lost if ReLU were left out. Nothing visible, and everything; *Going further* shows it.
# -->

# %% [markdown]
# Now in NumPy, for many images at once. `sliding_window_view` lists the windows at all positions, without copying a
# pixel. Here it is for one image, our two channels:

# %% slideshow={"slide_type": "skip"}
images = channels[np.newaxis]  # with a batch axis, of length 1
windows = sliding_window_view(images, (3, 3), axis=(1, 2))
print("images: ", images.shape)
print("windows:", windows.shape)
print("filters:", filters.shape)

# %% [markdown]
# The six axes of `windows` are image, row, column, channel, row inside the window, column inside the window. Those of
# `filters` are row inside the window, column inside the window, channel, filter. `tensordot` multiplies, and adds up
# over the three axes that both have: axes 4, 5, and 3 of the windows, axes 0, 1, and 2 of the filters. What is left is
# (1, 24, 24) from the windows and 3 from the filters: three maps of 24 × 24 for one image.
#
# <!-- notes
# The code of the next slide takes a minute of its own. Only the line with `tensordot` computes. Draw the six axes as
# six boxes, the four axes of the filters below them, and cross out those that both have.
# -->
#
# <!-- lines 3-4 | 5 | 6 -->

# %%
def correlate(images, filters, bias=0, stride=1, padding=0):
    """Slide filters (height, width, c_in, c_out) over images (n, h, w, c_in), and add the bias."""
    zeros = (padding, padding)
    images = np.pad(images, ((0, 0), zeros, zeros, (0, 0)))
    windows = sliding_window_view(images, filters.shape[:2], axis=(1, 2))[:, ::stride, ::stride]
    return np.tensordot(windows, filters, axes=[(4, 5, 3), (0, 1, 2)]) + bias


feature_maps = correlate(images, filters, bias)
print("feature maps:", feature_maps.shape)
for f in range(3):
    by_loops = bias[f] + sum(correlate_loops(channels[:, :, c], filters[:, :, c, f]) for c in range(2))
    print(f"filter {f}, the same as from the loops:", np.allclose(feature_maps[0, :, :, f], by_loops))

# %% [markdown]
# The weights and biases are a layer's **parameters**, the numbers that training sets. Each filter has $k \cdot k \cdot
# c_\text{in}$ weights and one bias, so our three filters have (3 · 3 · 2 + 1) · 3 = 57 parameters. The size of the
# image is not in this count.
#
# <!-- slide
# **Parameters**: $k \cdot k \cdot c_\text{in}$ weights and one bias for each filter. Here, (3 · 3 · 2 + 1) · 3 = 57.
# -->
#
# <!-- notes
# The usual slip is to count the size of the image in. Ask: if the image were twice as large, which of the three printed
# shapes would change? Not that of the filters.
# -->

# %% [markdown]
# ## What does pooling keep?
#
# A map that says *here is an edge* for each pixel says more than is needed: to read a 5, it is enough to know roughly
# where. **Pooling** makes a map smaller: it replaces each block by one number. **Max pooling** keeps the largest number
# of each block, **average pooling** the mean. Each channel is pooled by itself, and there are no weights: nothing to
# learn.
#
# **Predict.** Below is a piece of the left edges, 7 × 7 numbers; green frames mark the blocks. How large is it after
# 2 × 2 max pooling? And what becomes of the seventh row?
#
# <!-- slide
# **Max pooling** cuts a map into blocks of 2 × 2, and keeps the largest number of each. No weights: nothing to learn.
#
# **Predict.** 7 × 7 numbers: how large is the result? What becomes of the seventh row?
# -->
#
# <!-- notes
# 8 minutes. Vote on the seventh row: filled up with zeros, dropped, an error?
#
# Three things to forestall: it takes the largest and not the mean, it has no weights, and it does not mix channels.
# -->
#
# <!-- paper
# Frame the blocks yourself, and write down the largest number of each.
#
# [squares piece 10 mm]
#
# **a** The result has ____ rows and ____ columns, because ....
#
# **b** The seventh row ....
# -->

# %% tags=["figure"]
piece = left_edges[6:13, 6:13].round(1)
figures.draw_pooling(piece)

# %% [markdown] tags=["reading"]
# Three blocks fit into seven rows, so the last row is dropped, and the last column too, without a warning. It is the
# formula again: a window of 2 with stride 2 fits $\lfloor (7 - 2) / 2 \rfloor + 1 = 3$ times. (With `padding="same"`,
# Keras would keep them, in blocks that stick out, and return 4 × 4 numbers.)
#
# <!-- slide
# Three blocks fit into seven rows. The seventh is dropped, without a warning.
# -->
#
# <!-- notes
# Let the room put $k = 2$ and $s = 2$ into the formula: nothing new.
#
# Ask what is lost in each block: three numbers out of four, and where exactly the largest one was. Is that good or bad
# for reading a 5? Both answers can be defended.
# -->

# %% [markdown]
# In NumPy, max pooling is the window view again, with `max` instead of the sum of products:

# %% tags=["asked"] slideshow={"slide_type": "skip"}
def max_pool(images, size=2, stride=None):
    """The largest number of each window, for images (n, h, w, c); stride is size unless given."""
    stride = size if stride is None else stride
    windows = sliding_window_view(images, (size, size), axis=(1, 2))[:, ::stride, ::stride]
    return windows.max(axis=(-2, -1))


print(max_pool(piece[np.newaxis, :, :, np.newaxis])[0, :, :, 0])  # one image, one channel

# %% [markdown]
# ### How far does one number see?
#
# Pooling also lets the next window see farther. The pixels that can change a number are that number's **receptive
# field**. After one 3 × 3 convolution it is 3 pixels wide. A later window of $k$ numbers reaches $k - 1$ steps farther
# than one number. One step is one pixel at first, and twice as many after each pooling with stride 2.
#
# **Predict.** The network of lesson 4 begins with a 3 × 3 convolution, 2 × 2 pooling, a 3 × 3 convolution, 2 × 2
# pooling, and a 3 × 3 convolution. How many pixels of the digit does one number after the last of them see: 3 × 3,
# 9 × 9, or more?
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
# window minus one, times the step, and a pooling layer doubles the step.
#
# The usual answer adds pixels and forgets the step. Can be cut when time is short.
# -->
#
# <!-- paper
# | layer | one step, in pixels | one number sees, in pixels |
# |---|---|---|
# | conv 1, window 3 | 1 | 3 |
# | pool 1, window 2, stride 2 | ? 1 | ? 4 |
# | conv 2, window 3 | ? 2 | ? 8 |
# | pool 2, window 2, stride 2 | ? 2 | ? 10 |
# | conv 3, window 3 | ? 4 | ? 18 |
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
# Layer by layer: 3 → 3 + 1 · 1 = 4 → 4 + 2 · 2 = 8 → 8 + 1 · 2 = 10 → 10 + 2 · 4 = 18. So one number of the third
# convolution sees 18 × 18 pixels.
#
# <!-- slide
# 3 → 4 → 8 → 10 → 18: a layer adds $k - 1$ steps, and each pooling doubles the step.
# -->

# %% tags=["figure"]
figures.draw_receptive_fields(digit, dict(zip(network, widths)))

# %% [markdown]
# A number of the first layer can tell an edge, one of the last layer a loop or a crossing. That is one reason to put
# layers on top of one another.
#
# <!-- slide
# The first layer can tell an edge, the last one a loop or a crossing.
# -->
#
# <!-- notes
# Cover all but the frame of each picture with your hands: can you tell the digit from the first? From the last?
#
# That is one reason to put layers on top of one another, and the bridge to lesson 4.
# -->

# %% [markdown]
# ## Does Keras compute the same?
#
# You have seen a convolutional layer and a pooling layer written in NumPy, line by line. Here are Keras's own, with
# weights drawn at random. Loading Keras takes a few seconds. (`networks`, from this course, comes first: it keeps
# TensorFlow quiet.)
#
# **Predict.** The layer below has four filters with windows of 3 × 5, and reads three channels. What is the shape of
# its array of weights? And will `correlate` and `relu` give its numbers at each stride?
#
# <!-- slide
# A layer of Keras, its weights drawn at random: four filters, windows of 3 × 5, three channels.
#
# **Predict.** What is the shape of its array of weights? And will `correlate` and `relu` give its numbers?
# -->
#
# <!-- notes
# 4 minutes. Start the cell that loads Keras before you ask; it takes a few seconds.
#
# The order of the axes is a convention, not an idea: nobody can know it, and everybody can look it up. Other libraries
# put the filters first.
# -->
#
# <!-- paper
# **a** The shape of its weights: (____)
#
# **b** [ ] yes [ ] no, because ....
# -->

# %% slideshow={"slide_type": "skip"}
from course_utils import networks
import keras

keras.utils.set_random_seed(0)
noise = np.random.default_rng(0).random((2, 13, 10, 3), dtype="float32")  # odd, and not square
for stride in (1, 2, 3):
    layer = keras.layers.Conv2D(4, (3, 5), strides=stride, activation="relu", bias_initializer="normal")
    theirs = np.asarray(layer(noise))
    ours = relu(correlate(noise, *layer.get_weights(), stride))
    print(f"stride {stride}: {ours.shape}, equal to 1e-5: {np.abs(ours - theirs).max() < 1e-5}")
print("weights:", layer.get_weights()[0].shape, " bias:", layer.get_weights()[1].shape)

# %% [markdown] tags=["reading"]
# The weights have the shape `(3, 5, 3, 4)`: height and width of the window, channels in, filters. At all three strides
# the numbers agree.
#
# <!-- slide
# `(3, 5, 3, 4)`: height and width of the window, channels in, filters.
# -->
#
# <!-- notes
# Next slide: ten real digits through five layers, theirs and ours.
# -->

# %% [markdown]
# Now ten real digits go through the first five layers of lesson 4's network, with our functions and with Keras's layers
# side by side:

# %%
ours = theirs = data.prepare_images(train_images[:10])
for layer in networks.build_seed_network().layers[:5]:
    theirs = np.asarray(layer(theirs))
    if isinstance(layer, keras.layers.Conv2D):
        ours = relu(correlate(ours, *layer.get_weights(), padding=1 if layer.padding == "same" else 0))
    else:
        ours = max_pool(ours)
    print(f"{type(layer).__name__:12} {ours.shape}, equal to 1e-5:", np.abs(ours - theirs).max() < 1e-5)

# %% [markdown]
# Nothing happens in these layers that you haven't seen written out above. Why *equal to 1e-5*, and not *equal*? Each
# number is a long sum, and the same sum in another order rounds differently.
#
# <!-- slide
# Nothing happens in these layers that you haven't seen written in NumPy.
# -->
#
# <!-- notes
# Give it a moment: the whole lesson was for these five lines.
#
# Why equal to 1e-5, and not equal? The same sum in another order rounds differently. Somebody always asks.
# -->

# %% [markdown]
# ## Going further: Why do all positions share one kernel?
#
# Compare two layers that turn the digit into 28 × 28 numbers. A convolutional layer has one filter of 3 × 3, with same
# padding. In a *dense* layer ([lesson 4](04_building.ipynb)), each number of the output is a weighted sum of *all*
# pixels, with weights of its own, and a bias. So a convolution is a dense layer with two restrictions: each number sees
# only a small window, and all positions share **the same weights**.
#
# **Predict.** How many parameters does each have? Then the 5 moves three pixels to the right. What does the output of
# each do: stay the same, move along, or change altogether?
#
# (In the picture, the dashed line marks where the 5 began before it moved.)
#
# <!-- slide
# Two layers turn the digit into 28 × 28 numbers. A **convolution** with one 3 × 3 filter, and a **dense** layer: each
# output weighs *all* 784 pixels, with weights of its own, and a bias.
#
# **Predict.** How many parameters does each have? The 5 moves three pixels to the right: what does the output of each
# do?
# -->
#
# <!-- notes
# 4 minutes. This is the question left open at the start. Let them multiply the dense layer out on the board: 784
# weights for each of 784 outputs, and the biases.
#
# For the moved 5, take a vote for each of the two layers: *stays the same*, *moves along*, or *changes*.
# -->
#
# <!-- code
# convolution = keras.layers.Conv2D(1, (3, 3), padding="same")
# dense = keras.layers.Dense(784)
#
# moved = np.roll(digit, 3, axis=1)  # three to the right; …
# pair = np.stack([digit, moved])
# outputs = {
#     …
# }
# for layer, (first, second) in zip((convolution, dense), outputs.values()):
#     stays = np.abs(second - first).max() < 1e-5
#     moves = np.abs(np.roll(second, -3, axis=1) - first).max() < 1e-5
#     …
# -->

# %%
convolution = keras.layers.Conv2D(1, (3, 3), padding="same")
dense = keras.layers.Dense(784)

moved = np.roll(digit, 3, axis=1)  # three to the right; what comes around the edge is paper
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
# The output of the convolution moves along with its input, which is called **translation equivariance**. (At stride 1,
# and away from the edges. With stride 2, only shifts by an even number of pixels do this.) Whatever the layer has
# learned about a stroke in one place, it knows everywhere. But the output does **not** stay the same (that would be
# **translation invariance**): *where* is kept. Pooling lets go of a little of it, a pixel or so at a time. To the other
# layer, the moved 5 is simply another list of 784 numbers, and it would have to learn every stroke again wherever it
# may be. It pays for that with parameters, and with the examples needed to set them.
#
# <!-- slide
# **Translation equivariance**: the output moves along with the input. It does **not** stay the same.
# -->
#
# <!-- notes
# The misconception to end on: *a convolutional network does not care where the digit is*. It does: where is kept, and
# pooling lets go of a little of it, a pixel or so at a time. Equivariant, not invariant.
# -->

# %% [markdown]
# One caution: sharing is right only where the same pattern means the same in every place, as a stroke does. If the
# columns of your data are age, height, and weight, a neighbor means nothing, and neither does a window.
#
# <!-- notes
# Ask where sharing would be wrong: columns for age, height, and weight have no neighbors.
# -->

# %% [markdown]
# ## Going further: How does `reshape` find the blocks?
#
# There is a faster way to pool: `reshape`, so that each block gets axes of its own. For 6 × 6 numbers and blocks of
# 2 × 2, two shapes come to mind. In (3, 3, 2, 2), the axes should be block row, block column, row inside the block,
# column inside the block. In (3, 2, 3, 2), they should be block row, row inside the block, block column, column inside
# the block.
#
# **Predict.** `reshape` counts the numbers off row by row. With which of the two shapes are the four numbers at the top
# left the first block?
#
# <!-- slide
# 6 × 6 numbers, blocks of 2 × 2. Two shapes come to mind:
#
# - (3, 3, 2, 2): block row, block column, row inside, column inside
# - (3, 2, 3, 2): block row, row inside, block column, column inside
#
# **Predict.** `reshape` counts the numbers off row by row. Which shape makes a block of the four at the top left?
# -->
#
# <!-- notes
# 3 minutes. Write the numbers 0 to 35 on the board, six to a row, and count them off with a finger.
# -->
#
# <!-- paper
# Frame the first block of each shape, and try to say where its four numbers lie in memory.
#
# [squares numbers 10 mm]
#
# [ ] (3, 3, 2, 2) [ ] (3, 2, 3, 2), because ....
# -->

# %%
numbers = np.arange(36).reshape(6, 6)
print(numbers)
print("first block of (3, 3, 2, 2):", numbers.reshape(3, 3, 2, 2)[0, 0].tolist())
print("first block of (3, 2, 3, 2):", numbers.reshape(3, 2, 3, 2)[0, :, 0].tolist())
print("the largest of each block:")
print(numbers.reshape(3, 2, 3, 2).max(axis=(1, 3)))

# %% [markdown] tags=["reading"]
# With (3, 3, 2, 2), a "block" is four neighbors in one row. A row of six numbers has to be cut into three pieces of two
# first, so the last two axes are block column and column inside the block: (3, 2, 3, 2). The maximum over the two
# inside axes, 1 and 3, leaves (3, 3), one number for each block.
#
# <!-- slide
# (3, 2, 3, 2): block row, row inside, block column, column inside. The maximum over axes 1 and 3 leaves (3, 3).
# -->

# %% [markdown]
# ### Exercise: average pooling
#
# Instead of the largest number of each block, take the mean. Your function gets `image`, an array of shape (height,
# width), and `size`, the side of a block. It should return the array of the blocks' means; rows and columns that fill
# no whole block are dropped.
#
# <!-- slide
# `average_pool(image, size)`: the mean of each block of `size` × `size` numbers.
#
# `image` has the shape (height, width). Rows and columns that fill no whole block are dropped.
# -->
#
# <!-- notes
# 4 minutes. First the shape of the result, on paper: how many whole blocks fit? Then block `row` begins at row `row *
# size`. Windows that overlap are the usual bug, and `reshape(h, w, size, size)` is the other one.
#
# Two loops are a full answer. Fast students do it without loops, by a `reshape` to four axes.
# -->

# %% tags=["exercise"]
def average_pool(image, size):
    """The mean of each block of size × size numbers of any type; at least one block fits."""
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
# ## Going further: One large window, or two small ones?
#
# Two 3 × 3 convolutions in a row see 5 × 5 pixels. First without ReLU between them: each weight of the second kernel
# lays down a weighted copy of the first, and the sum of these copies is one kernel of 5 × 5.
#
# **Predict.** Will this one kernel give the same numbers as the two? And if there is a ReLU between the two?
#
# <!-- slide
# Two 3 × 3 kernels in a row see 5 × 5 pixels. Each weight of the second lays down a weighted copy of the first: a
# 5 × 5 kernel.
#
# **Predict.** Will this one kernel give the same numbers as the two? And with a ReLU between the two?
# -->
#
# <!-- notes
# 4 minutes. Multiply out two weights in a row on the board, in one dimension, before the cell runs.
# -->

# %%
first, second = kernel, kernel.T
large = np.zeros((5, 5))
for row, column in np.ndindex(second.shape):
    large[row : row + 3, column : column + 3] += second[row, column] * first

one = correlate_loops(digit, large)
two = correlate_loops(correlate_loops(digit, first), second)
two_with_relu = correlate_loops(relu(correlate_loops(digit, first)), second)
print("without ReLU, one large kernel gives the same:", np.allclose(one, two, atol=1e-5))
print("with ReLU between them:                       ", np.allclose(one, two_with_relu, atol=1e-5))

# %% [markdown] tags=["reading"]
# Without ReLU, two layers are one layer in disguise. With it, this kernel doesn't give the same numbers, and no other
# can. A kernel is *linear*: negate the image, and its answer only changes sign. ReLU isn't: of a number and its
# negative, it keeps just one. So two small windows in a row see as far as one large window, and can do something that
# it can't. What do they cost?
#
# <!-- slide
# Without ReLU, two layers are one layer in disguise.
# -->
#
# <!-- notes
# Ask what the 5 × 5 kernel looks like if both kernels are box filters: a pyramid.
# -->

# %% [markdown]
# ### Exercise: two small windows or one large one?
#
# Let 64 channels go into each layer and 64 come out, biases included. How many parameters *fewer* do two 3 × 3 layers
# in a row have than one 5 × 5 layer?
#
# <!-- slide
# Two 3 × 3 layers in a row see 5 × 5 pixels, as one 5 × 5 layer does. 64 channels go into each layer, and 64 come
# out. Biases count.
#
# How many parameters **fewer** do the two small layers have?
# -->
#
# <!-- notes
# 3 minutes. Paper first. The usual slips: a filter that goes through one channel only, one filter instead of 64, the
# biases of the second small layer.
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
# ## Going further: Where does `same` put its zeros?
#
# At a stride of $s$, `same` gives $n / s$ pixels, rounded up, and adds as many zeros as that needs. If their number is
# odd, the end gets one more than the beginning.
#
# **Predict.** The list in the cell below has six settings, as (pixels, window, stride). Pick one: how many zeros does
# each end get, and how large is the output? In which of the six are the two ends treated differently?
#
# <!-- slide
# At stride $s$, `same` gives $n / s$ pixels, rounded up, and adds the zeros which that needs. If their number is odd,
# the end gets one more.
#
# **Predict.** 28 pixels, stride 1, a window of 2: how many zeros, and where?
# -->
#
# <!-- notes
# 3 minutes. At stride 1, $k = 2$ would take half a zero at each end, so one zero goes to the far end. That is one
# reason why windows of 3 and 5 are so common.
# -->
#
# <!-- paper
# | pixels | window | stride | zeros before | zeros after | output |
# |---|---|---|---|---|---|
# | 28 | 3 | 1 | ? 1 | ? 1 | ? 28 |
# | 28 | 5 | 1 | ? 2 | ? 2 | ? 28 |
# | 28 | 3 | 2 | ? 0 | ? 1 | ? 14 |
# | 27 | 3 | 2 | ? 1 | ? 1 | ? 14 |
# | 28 | 2 | 1 | ? 0 | ? 1 | ? 28 |
# | 28 | 1 | 2 | ? 0 | ? 0 | ? 14 |
# -->
#
# <!-- code
# def same_padding(n, kernel, stride=1):
#     size = -(-n // stride)  # rounded up
#     total = max((size - 1) * stride + kernel - n, 0)
#     return total // 2, total - total // 2
#
# for n, window, stride in [(28, 3, 1), (28, 5, 1), (28, 3, 2), …]:
#     before, after = same_padding(n, window, stride)
#     layer = keras.layers.Conv2D(1, window, strides=stride, padding="same")
#     …
#     padded = np.pad(image, ((0, 0), (before, after), (before, after), …))
#     …
# -->

# %%
def same_padding(n, kernel, stride=1):
    """Zeros before and after one axis, for n / stride pixels of output, rounded up; as in Keras."""
    size = -(-n // stride)  # rounded up
    total = max((size - 1) * stride + kernel - n, 0)
    return total // 2, total - total // 2


for n, window, stride in [(28, 3, 1), (28, 5, 1), (28, 3, 2), (27, 3, 2), (28, 2, 1), (28, 1, 2)]:
    before, after = same_padding(n, window, stride)
    layer = keras.layers.Conv2D(1, window, strides=stride, padding="same")
    image = digit[np.newaxis, :n, :n, np.newaxis]
    padded = np.pad(image, ((0, 0), (before, after), (before, after), (0, 0)))
    theirs, ours = np.asarray(layer(image)), correlate(padded, *layer.get_weights(), stride)
    print(f"{n} pixels, window {window}, stride {stride}: {before} + {after} zeros,", end=" ")
    print(f"output {theirs.shape[1]}, equal to 1e-5: {np.allclose(ours, theirs, atol=1e-5)}")

# %% [markdown] tags=["reading"]
# Where the line says 0 + 1, the two ends are treated differently: with stride 2 on 28 pixels, and under a window of 2,
# which has no center. With zeros placed like this, all six outputs equal Keras's. And look at the last line: a window
# of 1 with stride 2 needs no zeros, and skips every other pixel.
#
# <!-- slide
# A window of 2 has no center: the one zero goes to the far end.
# -->

# %% [markdown]
# ## Going further: Can a kernel see nothing?
#
# Here is a 1 as plain as can be: one upright bar, from the top edge of the image to the bottom edge, ink 1 on paper 0.
# Call a kernel *silent* on an image if it gives 0 at every position, with valid padding.
#
# **Predict.** The six kernels *a* to *f* from the beginning of this lesson slide over the bar. Which of them are
# silent?
#
# <!-- slide
# A 1 as plain as can be: one upright bar, from edge to edge. A kernel is *silent* on it if it gives 0 at every
# position.
#
# **Predict.** Six kernels: the 5 as it is, a blur, vertical edges, horizontal edges, slanting edges, the outline. Which
# of them are silent on this bar?
# -->
#
# <!-- notes
# 4 minutes. Draw the bar on the board, and move the paper window down along its side: what changes on the way? Votes
# for each of the six; expect some for *e*, since nothing slants here.
# -->
#
# <!-- paper
# [squares kernels 7 mm]
#
# Silent: [ ] a [ ] b [ ] c [ ] d [ ] e [ ] f, because ....
# -->

# %%
bar = np.zeros((28, 28), dtype="float32")
bar[:, 12:16] = 1

for letter in "abcdef":
    loudest = np.abs(correlate_loops(bar, kernels[letter])).max()
    print(f"{letter}: largest absolute value {loudest:.1f}")

# %% [markdown] tags=["reading"]
# Only *d* is silent: it compares the row above with the row below, and on this bar all rows are alike. At the two sides
# *c*, *e*, and *f* speak. And *a* and *b* answer ink with ink.
#
# <!-- slide
# Only *d*: it compares the row above with the row below, and all rows of this bar are alike.
# -->
#
# <!-- notes
# Ask for a picture on which *c* is silent: a minus sign from edge to edge would do. Then: does a silent filter tell the
# next layer nothing? It does: what it looks for isn't there.
# -->

# %% [markdown]
# Here is the bar, to slide a kernel over it:

# %% tags=["figure"]
view = KernelView(bar)
view

# %% [markdown]
# ### Exercise: a silent kernel
#
# *d* isn't the only one. Write another kernel of 3 × 3 weights that is silent on this bar. At least one weight must not
# be 0, and it must not be *d* times a number. Give it as an array, three rows of three numbers. Try it above: if the
# output goes from 0 to 0, the kernel is silent, and `view.kernel` is the array.
#
# <!-- slide
# *d* isn't the only one. Write another kernel of 3 × 3 weights that is silent on this bar: not all zeros, and not *d*
# times a number.
# -->
#
# <!-- notes
# 4 minutes. Let them begin at the left side of the bar, where just one column of the window lies on ink, and go on one
# position at a time. Who is done says how many of the nine weights are free.
# -->

# %% tags=["exercise"]
silent_kernel = ...

# %% tags=["check"]
exercise.silent_kernel.check(silent_kernel)
# exercise.silent_kernel.hint()
# exercise.silent_kernel.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
solution_silent_kernel = np.array([[1, 0, -2], [-3, 4, 0], [2, -4, 2]])
exercise.silent_kernel.check_solution(solution_silent_kernel)

# %% [markdown]
# ## Quiz
#
# Answer each question on paper first. Then remove the `#` below, put in your answer, and run the line: it tells you
# why.
#
# <!-- notes
# 3 minutes. Fingers for each, all at once, before the answer is on the wall. This lesson is won or lost in the first
# and the second: for those, a minute with the neighbor and a second vote.
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
# - A filter slides over the image, through all channels: at each position, multiply, add up, add the bias. Strictly,
#   that is cross-correlation; `correlate` and Keras agree.
# - Output size: $\lfloor (n + 2p - k) / s \rfloor + 1$ along each axis. Parameters: $k \cdot k \cdot c_\text{in}$
#   weights and one bias for each filter. Pooling has none.
# - The receptive field grows from layer to layer, and faster after each pooling.
#
# **Next:** [4. Building the model](04_building.ipynb) puts these layers together into a classifier.
#
# <!-- notes
# Without the slide first: ask somebody to say what one number of a feature map is, in one sentence, with *all channels*
# and *bias* in it.
#
# Lesson 4 asks for shapes and parameters before any code runs. Anyone who can say the second key point is ready.
# -->
