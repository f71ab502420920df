# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 7. Looking inside
#
# You will open the trained network, make six kinds of pictures of what it does, and find out which of them to believe.
#
# **45 minutes**. At the end you can
#
# - find what a filter or a unit answers to, in the data and by gradient ascent;
# - say where a network looks, by occlusion, saliency and Grad-CAM, and what each of the three really measures;
# - tell a picture that shows what was learned from one that looks as good without any learning.
#
# <!-- slide
# What did it learn?
# -->
#
# <!-- notes
# 1 minute. Ask for a show of hands: who has seen a heat map that "explains" a network? Keep the hands in mind for the
# last section.
# -->

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course is missing here: in its folder, run nox -s lab or pip install -e .")

from course_utils import data, inspection, networks, plotting
from course_utils.exercises import inspecting as exercise
from course_utils.figures import inspecting as figures

import keras
import numpy as np
import tensorflow as tf

plotting.use_course_style()
(_, _), (test_bytes, digits) = data.load_mnist()
images = data.prepare_images(test_bytes)
model = networks.load_seed_network()

# %% [markdown]
# ## What do the filters answer to?
#
# This is the network of lesson 5, trained and stored. Its first layer has 32 filters of 3 × 3 weights. Nobody wrote
# them down: they are what came out of training. The picture will show them with weights above zero in purple, below
# zero in orange, and under each filter its feature map of a handwritten 4. On blank paper a map shows the filter's bias
# alone: it is gray where that is above zero. The line under the picture names these filters.
#
# **Predict.** You have drawn edge kernels yourself in lesson 3. How many of the 32 will look like one of those: nearly
# all, about half, hardly any? And will some of the 32 feature maps of a 4 be empty?
#
# <!-- notes
# 6 minutes. Let them answer before the picture. Most expect a catalog of clean edges, as in textbooks: those come from
# larger windows (7 by 7 or 11 by 11) and from photographs. Nine weights leave little room for a beautiful picture.
# -->

# %% slideshow={"slide_type": "skip"}
filters, biases = model.layers[0].get_weights()  # (3, 3, 1, 32) and (32,)
four = images[42]
maps_of_4 = inspection.compute_activations(model, four[None], layer=0)[0]  # (28, 28, 32)

# %% tags=["figure"]
figures.draw_filters(filters, maps_of_4)
print("filters with a bias clearly above zero:", np.flatnonzero(biases > 0.01).tolist())

# %% [markdown] tags=["reading"]
# A few are edges as you drew them, most are nothing you would have thought of. Yet the maps differ: some keep rims on
# one side, some slanting strokes, one nothing at all. So a picture of the weights does not tell you at a glance what a
# filter answers to.

# %% [markdown]
# What would excite such a filter most? You can work it out. It gives a weighted sum, and pixels lie in $[0, 1]$. So the
# sum is largest with ink wherever a weight is above zero, and paper elsewhere. No patch excites it more. Whether anybody
# *writes* such a patch is another question, and only the data can answer it.
#
# <!-- slide
# Which patch excites a filter most? Of all there are: ink where a weight is above zero. Of those that people write?
# -->

# %% slideshow={"slide_type": "skip"}
strongest = np.argsort(abs(filters).sum(axis=(0, 1, 2)))[::-1][:10]  # the ten with the largest weights
weights = np.moveaxis(filters[:, :, 0, strongest], -1, 0)  # (10, 3, 3)
best = weights > 0  # of all patches: ink where a weight is above zero, paper elsewhere

all_maps = inspection.compute_activations(model, images[:1000], layer=0)
padded = np.pad(images[:1000, :, :, 0], ((0, 0), (1, 1), (1, 1)))
found = []  # of the patches in 1,000 digits: the one where the filter's map is largest
for index in strongest:
    n, row, left = np.unravel_index(all_maps[..., index].argmax(), (1000, 28, 28))
    found.append(padded[n, row : row + 3, left : left + 3])

# %% tags=["figure"]
figures.draw_patches(weights, best, found)

# %% [markdown]
# Where the two lower rows agree, the best patch is one that pens make: a rim or a corner of a stroke. Where they differ,
# the filter would answer most to a pattern that never comes, and the lowest row is the best that it gets.
#
# <!-- slide
# The lowest row is the best that a filter meets: rims and corners of strokes.
# -->
#
# Now follow the 4 through all layers that have maps. Each row holds as many maps as fit into it, and every number is
# drawn equally large, so you see what lesson 4 computed: the maps get smaller and more. (Each map has a scale of its
# own.)

# %% slideshow={"slide_type": "skip"}
names = ["conv 1", "pool 1", "conv 2", "pool 2", "conv 3"]
layers = {}
for place, name in enumerate(names):
    layers[name] = inspection.compute_activations(model, four[None], layer=place)[0]

# %% tags=["figure"]
figures.draw_layers(layers)

# %% [markdown]
# In conv 1 you still read the digit. In conv 3 you do not, and the network does. What is lost for your eye is *where
# exactly*; what is gained is one number for "this arrangement of strokes is here".
#
# <!-- slide
# Deeper maps say less about where, and more about what.
# -->
#
# <!-- notes
# Ask what the empty maps mean: a filter that finds nothing in this digit, not a broken one. Go back to the same figure
# with another image if somebody doubts it: change the 42.
# -->

# %% [markdown]
# ## What do deeper units want?
#
# The last layer has ten numbers, the logits. Which image makes the logit of "3" as large as it gets? For a filter you
# could work it out from its weights. Here are five layers in between, but there is a slope: move every pixel a little
# in the direction in which the logit grows, and again. That is **gradient ascent**, on the image; the weights stay as
# they are.
#
# **Predict.** Start from faint noise and climb. What will the image be in the end: a beautiful 3, a blurred mean 3, or
# something else? And what will the network say of it?
#
# <!-- slide
# Which image makes the logit of "3" as large as it gets? Start from faint noise, and move each pixel up its slope, again
# and again. The weights stay.
#
# **Predict.** A beautiful 3, a blurred mean 3, or something else? What will the network say of it?
# -->
#
# <!-- notes
# 5 minutes. Point out the one difference from training in lesson 5: there the tape watches weights, here the image.
# Students who say "a beautiful 3" assume that the network stores what a 3 looks like. It only stores what sets a 3
# apart from nine other classes.
# -->

# %% slideshow={"slide_type": "skip"}
def run(layers, x):
    """Send images, or maps, through some layers."""
    for layer in layers:
        x = layer(x)
    return x


to_logits = [*model.layers[:-1], inspection.leave_off_activation(model.layers[-1])]  # without softmax

# %%
image = tf.constant(np.random.default_rng(0).uniform(0, 0.1, (1, 28, 28, 1)), tf.float32)
for _ in range(100):
    with tf.GradientTape() as tape:
        tape.watch(image)
        logit = run(to_logits, image)[0, 3]
    slope = tape.gradient(logit, image)
    step = 0.1 * slope / tf.reduce_max(abs(slope))  # the largest slope moves its pixel by 0.1
    image = tf.clip_by_value(image + step, 0, 1)

# %% tags=["figure"]
figures.draw_ascent(image[0])
probability_of_3 = model.predict(image, verbose=0)[0, 3]
print(f"{probability_of_3 = :.4f}")

# %% tags=["bounds"]
from course_utils.bounds import check_bounds

check_bounds(0.99, probability_of_3, 1)

# %% [markdown] tags=["reading"]
# Pieces of a 3, and much that is none. Nobody would write this, and the network has no doubt. (Why the logit and not
# the probability? Where softmax is sure it is flat (lesson 5), and a flat place has no slope to climb.)
#
# <!-- slide
# Nobody would write this, and the network has no doubt.
# -->

# %% [markdown]
# `inspection.maximize_activation` does the same for several units at once. The upper row is what it finds for the ten
# logits. For the lower row, differences between neighboring pixels had a price.

# %% slideshow={"slide_type": "skip"}
free = inspection.maximize_activation(model, range(10), layer=-1, smoothness=0)
smooth = inspection.maximize_activation(model, range(10), layer=-1, smoothness=0.3)
own = np.diag(model.predict(smooth[..., None], verbose=0))  # the probability of each one's digit

# %% tags=["figure"]
figures.draw_ascents(free, smooth)
print("images of the lower row whose own digit gets a probability above 0.99:", (own > 0.99).sum())

# %% [markdown] tags=["reading"]
# Without the price, the picture is full of ripples that no pen makes; with it, they are gone. The network is sure of
# every image of the lower row all the same. What raises a logit need not be a digit. It only has to tell this class
# from nine others.
#
# <!-- slide
# The network is sure of every one of these. It learned what sets a class apart, not what a digit is.
# -->

# %% [markdown]
# **The price is a choice of ours.** Without it, each pixel goes wherever it helps a little. The price makes the picture
# readable by adding what *we* know about strokes. How much of what you see is the network, and how much the price?
#
# The other way asks the data, as before. Here are four units of conv 3, with the places in 10,000 test digits that excite
# each most. A unit there sees 18 × 18 pixels (lesson 3); the frame shows which. Left, the result of gradient ascent.

# %% slideshow={"slide_type": "skip"}
units = [0, 7, 6, 1]
wanted = inspection.maximize_activation(model, units, layer=4, smoothness=0.05)
conv3 = inspection.compute_activations(model, images, layer=4)  # (10000, 4, 4, 64)
examples = []
for unit in units:
    loudest = np.argsort(conv3[..., unit].max(axis=(1, 2)))[::-1][:8]  # eight images
    places = [np.unravel_index(conv3[index, :, :, unit].argmax(), (4, 4)) for index in loudest]
    examples.append((images[loudest], places))

# %% tags=["figure"]
figures.draw_units(units, wanted, examples)

# %% [markdown]
# Look inside the frames only. A unit rarely stands for a digit. It stands for a piece that several digits share, and
# the same row may hold 5s, 3s and 8s. The pattern on the left has it too, if you know where to look, mixed with strokes
# that never come together in one digit.
#
# The two ways miss different things. Eight best images show a unit's loudest answers, not its usual ones; and an image
# made by ascent may be one that no data ever looks like.
#
# <!-- slide
# A unit stands for a piece that several digits share.
# -->

# %% [markdown]
# ### Exercise: which pixels does it see?
#
# The frames above need to know where they begin. Given are `layers`, a list of `(window, stride, padding)`, first layer
# first, and `place`: the number of a value along one axis of the last layer's map, counted from 0. Wanted are the first
# and the last pixel that this value sees along that axis. Zeros of the padding count as pixels before 0, so −1 is the
# zero just outside the image. `seen_pixels([(3, 1, 1), (2, 2, 0)], 3)` is `(5, 8)`.
#
# <!-- slide
# Given the layers as `(window, stride, padding)`, which pixels does value number `place` of the last map see, from the
# first to the last?
#
# `seen_pixels([(3, 1, 1), (2, 2, 0)], 3)` is `(5, 8)`
# -->
#
# <!-- notes
# 5 minutes. Draw the example on the board: value 3 of the pooling sees values 6 and 7 of the convolution, 6 sees the
# pixels 5 to 7, 7 sees 6 to 8. Whoever goes through the layers from the first to the last gets stuck: the question
# comes from the end. Most slips are the minus one of the window and the sign of the padding.
# -->

# %% tags=["exercise"]
def seen_pixels(layers, place):
    """The first and the last pixel that one value of the last layer sees, along one axis."""
    ...

# %% tags=["check"]
exercise.seen_pixels.check(seen_pixels)
# exercise.seen_pixels.hint()
# exercise.seen_pixels.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_seen_pixels(layers, place):
    first = last = place
    for window, stride, padding in reversed(layers):
        first = first * stride - padding
        last = last * stride - padding + window - 1
    return first, last


exercise.seen_pixels.check_solution(solution_seen_pixels)

# %% [markdown]
# ## Where does it look?
#
# Now a single image, our 4, which the network reads correctly. On which part of it does the answer rest? **Occlusion**
# asks by trying: cover a part, and see what becomes of the probability. Do that for every place of the patch, and you
# have a map: dark where the probability of a 4 stays near 1, white where it breaks down. Covered with what? We try gray,
# and for comparison white paper. (The next cell shows the 4 and the size of the patch.)
#
# **Predict.** Slide a gray patch of 7 × 7 pixels over the 4. Where must it lie to hurt most: on the stem, on the left
# arm, where the strokes meet, or elsewhere? And a patch of paper?
#
# <!-- notes
# 7 minutes. Collect answers on the board with a finger on the projected 4 before the picture comes. Nobody says "where
# there is nothing", and that is the point of this section.
# -->

# %% tags=["figure"]
figures.draw_digit(four, size=7)

# %% slideshow={"slide_type": "skip"}
tried = {}
for name, value in {"gray": 0.5, "paper": 0}.items():
    still_a_4 = inspection.occlusion_map(model, four, 4, size=7, value=value)
    row, column = np.unravel_index(still_a_4.argmin(), (28, 28))  # where the patch hurts most
    covered = four.copy()
    covered[row - 3 : row + 4, column - 3 : column + 4] = value
    tried[name] = still_a_4, covered, model.predict(covered[None], verbose=0)[0].argmax()

# %% tags=["figure"]
figures.draw_occlusion(tried)

# %% [markdown] tags=["reading"]
# The gray patch hurts most **where there is nothing to cover**: in the gap at the top. It takes nothing away there. It
# closes the gap, and a 4 with a closed top is a 9. The open gap is a feature of the 4, as much as its strokes are. A
# patch of paper shows another map, because it can only take ink away.
#
# <!-- slide
# A gray patch hurts most where the image is blank: it closes the gap, and a closed 4 is a 9.
# -->

# %% [markdown]
# **Occlusion does not ask "what did it look at?", it asks "what happens with this patch here?"** Every method of this
# section has such a question built in, and it pays to know which.
#
# Occlusion runs the network 784 times. The slope of the logit along each pixel takes one run forward and one back:
# how does the logit change when this pixel gets darker by a little? That is the **saliency map** ([Simonyan and others,
# 2013](https://arxiv.org/abs/1312.6034)).
#
# <!-- slide
# ### The saliency map
#
# How does the logit change when this pixel gets darker by a little?
#
# The slope along each pixel: one run forward, one back, where occlusion needs 784.
# -->

# %%
image = tf.constant(four[None])
with tf.GradientTape() as tape:
    tape.watch(image)
    logit = run(to_logits, image)[0, 4]
saliency = tape.gradient(logit, image)[0, :, :, 0].numpy()

ours, theirs = saliency, inspection.saliency_map(model, four[None], [4])[0]
print("saliency", saliency.shape, "  inspection agrees:", np.allclose(ours, theirs, atol=1e-4))

# %% [markdown]
# A slope holds for a little change only. A patch of ink is not a little change. And it comes pixel by pixel, while a
# feature is a matter of neighborhoods. **Grad-CAM** ([Selvaraju and others, 2016](https://arxiv.org/abs/1610.02391))
# asks deeper down. Take the 64 maps of conv 3. How much does the logit gain if map $k$ gets larger everywhere? That is
# the mean slope along it, its weight $\alpha_k$. Then add up the maps with these weights, and keep what speaks *for*
# the class:
#
# $$\text{map} = \text{ReLU}\Big(\sum_k \alpha_k A_k\Big), \qquad \alpha_k = \text{mean over places of }
# \frac{\partial\,\text{logit}}{\partial A_k}$$
#
# <!-- slide
# ### Grad-CAM
#
# How much does the logit gain if map $k$ of conv 3 gets larger everywhere? That is its weight $\alpha_k$.
#
# $$\text{map} = \text{ReLU}\Big(\sum_k \alpha_k A_k\Big)$$
# -->

# %%
maps = run(model.layers[:5], image)  # up to conv 3: (1, 4, 4, 64)
with tf.GradientTape() as tape:
    tape.watch(maps)
    logit = run(to_logits[5:], maps)[0, 4]
slopes = tape.gradient(logit, maps)[0].numpy()
alpha = slopes.mean(axis=(0, 1))
cam = np.maximum((alpha * maps[0].numpy()).sum(axis=-1), 0)

ours, theirs = cam, inspection.grad_cam(model, four[None], [4], layer=4)[0]
print("Grad-CAM", cam.shape, "  inspection agrees:", np.allclose(ours, theirs, atol=1e-4))

# %% [markdown]
# The map has 4 × 4 numbers, and the image 28 × 28 pixels. Nearly everyone stretches the one to the size of the other.
# Is that right? Ask your `seen_pixels`: the four values of a row see the pixels −1 to 16, 3 to 20, 7 to 24, 11 to 28.
# So their middles are four pixels apart, and the first is between the pixels 7 and 8. Stretched, it would be at 3.
#
# The picture has both, and the saliency map with its signs: purple, more ink here would raise the logit of 4, orange
# would lower it. (Often only its size is drawn.) In the Grad-CAM map, darker is more. The outline is that of the 4.

# %% tags=["figure"]
figures.draw_heat_maps(four, saliency, cam)

# %% [markdown]
# In its right place, the darkest square lies over the gap and the upper ends; stretched, it slips towards the rim.
# Without padding, maps do not reach to the rim of the image, and stretching moves everything outwards.
#
# The three methods do not contradict each other. They answer different questions: what if a patch lay here, what if this
# pixel changed a little, which maps speak for it and where are they large.
#
# <!-- slide
# Three methods, three questions. Before you compare two heat maps, ask what each one changes.
# -->

# %% [markdown]
# ### Exercise: find the bug
#
# This function is to be the last step of Grad-CAM. Given are `maps` of the shape (height, width, channels) and `slopes`,
# the slope of the logit along each of their numbers, of the same shape. It runs, and its pictures look fine. Below is
# an image of two pixels: channel 0 speaks for the class in both, and channel 1, in the right one only, as strongly
# against it. So the right one should be 0. Mend it.
#
# <!-- slide
# The last step of Grad-CAM, with a bug:
#
# ```python
# np.maximum(weights * maps, 0).sum(axis=-1)
# ```
#
# At the right pixel one channel speaks for the class and one as strongly against it. What should be there, and what is?
# -->
#
# <!-- notes
# 4 minutes. The bug is a real one: seen in many heat maps, since the pictures look better with it. Let them say what
# the two pixels should be before they look at the code.
# -->

# %% tags=["exercise"]
def class_map(maps, slopes):
    """Where the maps speak for the class, from maps and slopes of shape (height, width, channels)."""
    weights = slopes.mean(axis=(0, 1))
    return np.maximum(weights * maps, 0).sum(axis=-1)


print(class_map(np.array([[[1.0, 0.0], [1.0, 1.0]]]), np.array([[[2.0, -2.0], [2.0, -2.0]]])))

# %% tags=["check"]
exercise.class_map.check(class_map)
# exercise.class_map.hint()
# exercise.class_map.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_class_map(maps, slopes):
    weights = slopes.mean(axis=(0, 1))
    return np.maximum((weights * maps).sum(axis=-1), 0)


exercise.class_map.check_solution(solution_class_map)

# %% [markdown]
# ## How does it see all digits together, and what breaks it?
#
# The last hidden layer has 64 numbers for each image, and the answer is made of nothing else. So each test image is a
# point in a space of 64 dimensions. To see some of it, turn it so that the points spread most along the first two axes:
# **principal component analysis** (PCA), which is one call of the singular value decomposition.
#
# **Predict.** Ten clouds of 1,000 points each, projected onto a sheet. Which digits will lie next to each other? Where
# will the images be that the network gets wrong?
#
# <!-- notes
# 6 minutes. Before the picture, ask what a projection can never do: tell two things apart that
# lie behind one another. After it, ask who would conclude from this picture that the network mixes up 1 and 4.
# -->

# %%
hidden = inspection.compute_activations(model, images, layer=6)  # (10000, 64)
centered = hidden - hidden.mean(axis=0)
_, lengths, axes_of_spread = np.linalg.svd(centered, full_matrices=False)
flat = centered @ axes_of_spread[:2].T

coordinates, directions, shares = inspection.principal_components(hidden, n=2)
print("inspection agrees, up to sign:", np.allclose(abs(flat), abs(coordinates), atol=1e-2))
share_in_view = shares.sum()
print(f"{share_in_view = :.4f}")

# %% tags=["bounds"]
check_bounds(0.4, share_in_view, 0.44)

# %% slideshow={"slide_type": "skip"}
predicted = inspection.compute_activations(model, images, layer=7).argmax(axis=1)
wrong = predicted != digits

# %% tags=["figure"]
figures.draw_clouds(coordinates, digits, wrong)

# %% [markdown] tags=["reading"]
# The errors lie between the clouds and in the crowded middle, where 1 lies on 4.

# %% [markdown]
# Two clouds that overlap on the sheet: does the network confuse them? Count for one such pair. And assign each image to
# the nearest of the ten clouds' middles, once in all 64 dimensions, once on the sheet.
#
# **Predict.** How often is one of the two read as the other: hardly ever, now and then, or in most of its errors?
#
# <!-- slide
# **Predict.** The 1 lies on the 4. How often does the network confuse them?
# -->

# %%
def nearest_middle(points):
    """The share of test images that lie nearest to the middle of their own digit's cloud."""
    middles = np.stack([points[digits == digit].mean(axis=0) for digit in range(10)])
    return (((points[:, None] - middles) ** 2).sum(axis=-1).argmin(axis=1) == digits).mean()


in_64_dimensions, on_the_sheet = nearest_middle(hidden), nearest_middle(coordinates)
print(f"{in_64_dimensions = :.4f}")
print(f"{on_the_sheet = :.4f}")
pair = 1, 4  # or any other two digits
mixed_up = (np.isin(digits, pair) & np.isin(predicted, pair) & wrong).sum()
print(f"of {pair}, one read as the other: {mixed_up} times")

# %% tags=["bounds"]
check_bounds(0.97, in_64_dimensions, 0.995)
check_bounds(0.6, on_the_sheet, 0.85)

# %% [markdown] tags=["reading"]
# Less than half of the spread is in view (`share_in_view`). What sets a 1 apart from a 4 lies along an axis that you look
# at end-on. **Apart on the sheet is apart; together on the sheet may still be apart.** (The middles come from the same
# images that they sort, which flatters both numbers a little.)
#
# <!-- slide
# Apart on the sheet is apart. Together on the sheet may still be apart.
# -->

# %% [markdown]
# These clouds are test digits, centered and of one size. Leave that world step by step, and see when the answers break
# down. There will be a curve for each change; above it, the first test digit at the curve's left end, in the middle and
# at the right end. The dotted line is guessing.
#
# **Predict.** Four ways to change 1,000 test digits: shift them to the right, turn them, scale them, add noise. How far
# can each go until one answer in five is wrong?
#
# <!-- slide
# ### Out of the training digits' world
#
# 1,000 test digits are shifted to the right, turned, scaled, and covered with noise.
#
# **Predict.** How far can each go until one answer in five is wrong?
# -->

# %% slideshow={"slide_type": "skip"}
few, noise = images[:1000], np.random.default_rng(0).normal(size=(1000, 28, 28, 1))
changes = {
    "shift (pixels)": (range(9), lambda by: inspection.warp_images(few, shift=(0, by))),
    "angle (degrees)": (range(0, 91, 15), lambda by: inspection.warp_images(few, angle=by)),
    "scale": (np.arange(4, 17, 2) / 10, lambda by: inspection.warp_images(few, scale=by)),
    "noise (standard deviation)": (np.arange(9) / 10, lambda by: np.clip(few + by * noise, 0, 1)),
}

# %% slideshow={"slide_type": "skip"}
curves = {}
for name, (amounts, change) in changes.items():
    changed = [change(by) for by in amounts]
    answers = [model.predict(one, batch_size=500, verbose=0).argmax(axis=1) for one in changed]
    accuracy = [(answer == digits[:1000]).mean() for answer in answers]
    broken = [f"{by:g}" for by, share in zip(amounts, accuracy) if share < 4 / 5]
    print(f"{name:27} fewer than 4 in 5 right at", ", ".join(broken))
    curves[name] = amounts, accuracy, [changed[index][0] for index in (0, len(amounts) // 2, -1)]

# %% tags=["figure"]
figures.draw_curves(curves)

# %% [markdown] tags=["reading"]
# Each curve has a plateau, because the training digits vary a little too, and then a slope: nothing in training ever
# asked for more. Convolution alone does not save it: it carries a shift along (lesson 3), and the dense layers then find
# everything in the wrong place. You still read these 7s. (Beyond some angle the question itself changes: a 6 on its head
# *is* a 9.)
#
# <!-- slide
# A plateau, then a slope: nothing in training ever asked for more.
# -->

# %% [markdown]
# Those changes were accidents. Now one made to deceive. You know the slope of the *loss* along each pixel: move every
# pixel by the same small step $\varepsilon$, up where that raises the loss, down where it does not. This is the **fast
# gradient sign method** ([Goodfellow and others, 2014](https://arxiv.org/abs/1412.6572)):
#
# $$x' = x + \varepsilon\,\text{sign}\!\left(\frac{\partial\,\text{loss}}{\partial x}\right)$$
#
# **Predict.** Take a clean 7 and $\varepsilon = 0.2$, a light gray. One step along the signs of the slopes, and for
# comparison a step of the same size with random signs. What will the network read?
#
# <!-- slide
# ### Made to deceive
#
# Every pixel of a 7 moves by 0.2, up where that raises the loss, down where it does not:
#
# $$x' = x + \varepsilon\,\text{sign}\!\left(\frac{\partial\,\text{loss}}{\partial x}\right)$$
#
# **Predict.** What will the network read? And with random signs?
# -->

# %% slideshow={"slide_type": "skip"}
seven, epsilon = images[17][None], 0.2
random_signs = np.random.default_rng(0).choice([-1, 1], size=seven.shape)
pictures = {
    "the 7": seven,
    "random signs": np.clip(seven + epsilon * random_signs, 0, 1),
    "signs of the slopes": inspection.fast_gradient_sign(model, seven, [7], epsilon=epsilon),
}
probabilities = model.predict(np.concatenate(list(pictures.values())), verbose=0)

# %% tags=["figure"]
figures.draw_step(pictures, probabilities, label=7)

# %% [markdown] tags=["reading"]
# No pixel is changed by more in the third picture than in the second, and to you all of them are a 7. Random specks help
# here and hurt there, and in a sum over 784 pixels that cancels out. With the signs of the slopes every pixel hurts a
# little, and 784 littles make a 3.
#
# <!-- slide
# Random specks cancel out. Along the slopes, 784 littles make a 3.
# -->

# %% [markdown]
# Was it only this one 7? Try all sevens.
#
# **Predict.** What share of them is still read as a 7 after one step along the signs of the slopes?

# %%
sevens = images[digits == 7]
moved = inspection.fast_gradient_sign(model, sevens, digits[digits == 7], epsilon=epsilon)
still_read_as_7 = (model.predict(moved, verbose=0).argmax(axis=1) == 7).mean()
largest_change = abs(moved - sevens).max()
print(f"{still_read_as_7 = :.4f}")
print("no pixel changed by more than 0.2:", largest_change < 0.2001)

# %% tags=["bounds"]
check_bounds(0.4, still_read_as_7, 0.65)

# %% [markdown] tags=["reading"]
# About half. A common mistake is to think of such an image as rare bad luck near a border between two classes. You need
# no luck to find one: about every second 7 will do.

# %% [markdown]
# ### Exercise: a target of your own
#
# The step above only leads away from the truth. Lead it *to* a digit of your choice, for the smallest network there is,
# without hidden layers: its logits are `image @ weights + bias`, and softmax follows. Given are `image`, $n$ pixels in a
# row; `weights`, of shape ($n$, classes); `bias`; the class `target`; and `epsilon`. Wanted is the image after one step:
# each pixel moves by epsilon, or not at all where its slope is 0, so that the cross-entropy of `target` gets
# **smaller**; and all pixels stay in $[0, 1]$. You need a slope without a tape. Along the logits, lesson 5 has it: given
# minus wanted.
#
# <!-- slide
# One step of size epsilon *towards* a class of your choice, for the network `softmax(image @ weights + bias)`.
#
# No tape: the slope of the loss along the logits is given minus wanted (lesson 5).
# -->
#
# <!-- notes
# 5 minutes. Two signs to think about: smaller and not larger, and the chain from logits back to pixels, which is one
# product with the weights. Whoever raises only the target's own logit has forgotten that the others may fall.
# -->

# %% tags=["exercise"]
def step_towards(image, weights, bias, target, epsilon):
    """The image after one step of size epsilon that lowers the cross-entropy of the class target."""
    ...

# %% tags=["check"]
exercise.step_towards.check(step_towards)
# exercise.step_towards.hint()
# exercise.step_towards.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_step_towards(image, weights, bias, target, epsilon):
    logits = image @ weights + bias
    powers = np.exp(logits - logits.max())
    given_minus_wanted = powers / powers.sum()
    given_minus_wanted[target] -= 1
    slope = weights @ given_minus_wanted
    return np.clip(image - epsilon * np.sign(slope), 0, 1)


exercise.step_towards.check_solution(solution_step_towards)

# %% [markdown]
# ## What do these pictures prove?
#
# You have seen a dozen pictures of a trained network, and most of them looked as if they explained something. Here is a
# test that few of them are ever put to. Below are saliency maps of five digits, as they are usually drawn: without
# signs, each on its own scale. One row is from our network. The other is from a network of the same shape **that was
# never trained**. It reads digits as well as a die does.
#
# **Predict.** Which row is which? Write A or B.
#
# <!-- notes
# 3 minutes. Vote by hands before the next cell, and write the count on the board. The rows are in an order drawn by
# lot. Then come back to the hands of the first minute.
# -->
#
# <!-- slide
# Saliency maps of five digits. One row is from a network that was **never trained**.
#
# **Predict.** A or B?
# -->

# %% slideshow={"slide_type": "skip"}
keras.utils.set_random_seed(0)
untrained = networks.build_seed_network()  # as our network was before its first step: lesson 5, seed 0
pair = {"trained": model, "untrained": untrained}
order = np.random.default_rng(7).permutation(list(pair))
five = [3, 42, 17, 1, 8]
rows = [inspection.saliency_map(pair[name], images[five], digits[five]) for name in order]

# %% tags=["figure"]
figures.draw_saliency_maps({"A": rows[0], "B": rows[1]})

# %%
print("A:", order[0], "  B:", order[1])
largest = {name: abs(maps).max() for name, maps in zip(order, rows)}
ratio_of_slopes = largest["trained"] / largest["untrained"]
print(f"{ratio_of_slopes = :.1f}")

# %% tags=["bounds"]
check_bounds(20, ratio_of_slopes, 1000)

# %% [markdown] tags=["reading"]
# Whoever took the clearer digit for a sign of learning was wrong. Where there is paper all around, nothing in an
# untrained network answers, since its biases are still 0, and no slope comes through ReLU; so its map traces the
# *image*. Drawing each map on its own scale does the rest: it hides that there is hardly any slope at all
# (`ratio_of_slopes` is the trained network's largest slope, divided by the other's).
#
# <!-- slide
# The untrained network's map traces the image. It has learned nothing.
# -->

# %% [markdown]
# And the filters that this lesson began with? Compare them with what they were before the first training step. A likeness
# of 1 means the same pattern, 0 nothing in common.
#
# **Predict.** How alike are they? And how alike are ours and those of a network that started from other random weights?

# %%
keras.utils.set_random_seed(1)
other = networks.build_seed_network()  # another draw, for comparison


def likeness(one, two):
    """The mean correlation of the first filters of two networks, filter by filter."""
    one, two = (network.layers[0].get_weights()[0].reshape(9, 32).T for network in (one, two))
    return np.mean([np.corrcoef(*pair)[0, 1] for pair in zip(one, two)])


with_its_own_start, with_another_start = likeness(model, untrained), likeness(model, other)
print(f"{with_its_own_start = :.4f}")
print(f"{with_another_start = :.4f}")

# %% tags=["bounds"]
check_bounds(0.7, with_its_own_start, 0.95)
check_bounds(-0.1, with_another_start, 0.1)

# %% [markdown] tags=["reading"]
# Most of what you saw in those 32 squares was there **before training**, drawn at random. Any story about why this filter
# has this shape is mostly a story about the random seed. Training moved the weights a little, and a little was enough.
#
# <!-- slide
# Most of what you saw in the 32 squares was there before training.
# -->

# %% [markdown]
# Julius Adebayo and others made this a test ([2018](https://arxiv.org/abs/1810.03292)): randomize the weights, and see
# whether the picture notices. Saliency and Grad-CAM did, when measured; some methods with much prettier pictures,
# guided backpropagation among them, hardly did. So, of any picture that is to explain a network, ask:
#
# - Would it look different for an **untrained** network, *on the same scale*?
# - Does it say what happens if something is **changed**, as occlusion and the adversarial step do? Then change it, and
#   count.
# - Does it hold for **many** images, or for the one that was chosen for the slide?
#
# A picture that fails is no proof of anything, and still a good place to get ideas from.
#
# <!-- slide
# ### Ask of any picture that explains a network
#
# - Would it look different for an **untrained** network, on the same scale?
# - Does it say what happens if something is **changed**?
# - Does it hold for **many** images?
# -->

# %% [markdown]
# ## Quiz
#
# Answer each question on paper first. Then take the `#` away below, put in your answer, and run the line: it says why.
#
# <!-- slide
# Five questions. Answer them on paper first.
# -->
#
# <!-- notes
# 3 minutes. Questions 2 and 5 are worth a talk with the neighbor before the answer.
# -->

# %% tags=["quiz"]
exercise.quiz.show()

# %% tags=["quiz"]
# exercise.quiz.answer(1, "a")

# %% [markdown]
# ## Key points
#
# - Ask the data for what excites a unit, and gradient ascent for what would: slopes along the image, weights held fixed.
#   The first shows what is common, the second what is possible.
# - Occlusion, saliency and Grad-CAM answer three different questions, and what you cover with, or how you place a map,
#   is a part of the answer.
# - A convincing picture is not evidence. Put an untrained network's beside it, on the same scale, and test what the
#   picture predicts.
#
# **Next:** [8. Your own handwriting](08_handwriting.ipynb) gives the network what nobody has tidied up for it.
