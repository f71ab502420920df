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
# You will open the trained network, make pictures of what it does, and find out which of them to believe.
#
# **60 minutes**, and 25 for *Going further*. At the end you can
#
# - find what a filter or a unit responds to, in the data and by gradient ascent;
# - say where a network looks, by occlusion, saliency and Grad-CAM, and what each of the three really measures;
# - tell a picture that shows what was learned from one that looks as good without any learning.
#
# <!-- slide
# What did it learn?
# -->
#
# <!-- notes
# 1 minute. Ask for a show of hands: who has seen a heat map that "explains" a network? Remember the hands for the last
# section.
# -->

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course isn't installed here: in its folder, pip install -e . (README, Start)")

from course_utils import data, inspection, networks, plotting
from course_utils.exercises import inspecting as exercise
from course_utils.figures import inspecting as figures
from course_utils.widgets.layers import LayersView

import keras
import numpy as np
import tensorflow as tf

plotting.use_course_style()
(_, _), (test_bytes, digits) = data.load_mnist()
images = data.prepare_images(test_bytes)
model = networks.load_seed_network()

# %% [markdown]
# ## What do the filters respond to?
#
# This is the network of lesson 5, trained and stored. Its first layer has 32 filters of 3 × 3 weights. Nobody designed
# them: they are what training left. The picture will show their weights, purple above zero and orange below, and under
# each filter its feature map of a handwritten 4. What a filter gives at one position is its **activation** there, so a
# feature map is a picture of activations. (On blank paper a map shows only the filter's bias: it is gray where that is
# above zero. The line under the picture lists those filters.)
#
# Keep one doubt in mind for every picture of this lesson: *would it look any different for a network that never learned
# anything?* Checking that is a **sanity check** of the picture. The last section makes one.
#
# **Predict.** You met edge kernels in lesson 3. How many of the 32 will look like one of those: nearly all,
# about half, hardly any? And will some of the 32 feature maps of a 4 be empty?
#
# <!-- notes
# 6 minutes. Let them answer before the picture. Most expect a catalog of clean edges, as in textbooks: those come from
# larger kernels (7 by 7 or 11 by 11) and from photographs. Nine weights leave little room for a beautiful picture.
# -->

# %% slideshow={"slide_type": "skip"}
filters, biases = model.layers[0].get_weights()  # (3, 3, 1, 32) and (32,)
four = images[42]
maps_of_4 = inspection.compute_activations(model, four[None], layer=0)[0]  # (28, 28, 32)

# %% tags=["figure"]
figures.draw_filters(filters, maps_of_4)
print("filters with a bias clearly above zero:", np.flatnonzero(biases > 0.01).tolist())

# %% [markdown] tags=["reading"]
# A few look like the edges you drew; most look like nothing you would have thought of. Yet the maps differ: some keep
# the rims on one side, some the slanting strokes, and one keeps nothing at all. So a picture of the weights doesn't
# tell you at a glance what a filter responds to.

# %% [markdown]
# Which patch of 3 × 3 pixels gives a filter its largest activation (*excites* it most)? You can work that out. The
# filter computes a weighted sum, and pixels lie in $[0, 1]$. So the sum is largest with ink wherever a weight is above
# zero, and paper everywhere else. Whether anybody *writes* such a patch is another question, and only the data can
# answer it.
#
# <!-- slide
# Which patch gives a filter its largest activation? Of all there are: ink where a weight is above zero. Of the patches
# that people write?
# -->

# %% slideshow={"slide_type": "skip"}
strongest = np.argsort(abs(filters).sum(axis=(0, 1, 2)))[::-1][:10]  # the ten with the largest weights
weights = np.moveaxis(filters[:, :, 0, strongest], -1, 0)  # (10, 3, 3)
best = weights > 0  # of all patches: ink where a weight is above zero, paper elsewhere

all_maps = inspection.compute_activations(model, images[:1000], layer=0)
padded = np.pad(images[:1000, :, :, 0], ((0, 0), (1, 1), (1, 1)))
found = []  # of the patches in 1,000 digits: the one where the filter's activation is largest
for index in strongest:
    n, row, left = np.unravel_index(all_maps[..., index].argmax(), (1000, 28, 28))
    found.append(padded[n, row : row + 3, left : left + 3])

# %% tags=["figure"]
figures.draw_patches(weights, best, found)

# %% [markdown]
# Where the two lower rows agree, the best patch is one that pens make: a rim or a corner of a stroke. Where they
# differ, the filter would respond most to a pattern that doesn't occur in these 1,000 digits; the lowest row is the
# best that does.
#
# <!-- slide
# The lowest row is the best that occurs in 1,000 digits: rims and corners of strokes.
# -->
#
# Now follow the 4 through all layers that have maps. Each row holds as many maps as fit, and every number is drawn at
# the same size, so you see what lesson 4 computed: the maps get smaller and more numerous. (Each map has its own scale,
# from white to dark blue.)

# %% slideshow={"slide_type": "skip"}
names = ["conv 1", "pool 1", "conv 2", "pool 2", "conv 3"]
layers = {}
for place, name in enumerate(names):
    layers[name] = inspection.compute_activations(model, four[None], layer=place)[0]

# %% tags=["figure"]
figures.draw_layers(layers)

# %% [markdown]
# In conv 1 you can still read the digit. In conv 3 you can't, but the network can. What your eye loses is *where
# exactly*; what is gained is one number for "this arrangement of strokes is here".
#
# <!-- slide
# Deeper maps say less about where, and more about what.
# -->
#
# <!-- notes
# Ask what the empty maps mean: a filter that finds nothing in this digit, not a broken one. If somebody doubts it, go
# back to the same figure with another image: change the 42.
# -->

# %% [markdown]
# ## What do deeper units respond to?
#
# A **unit** is one filter of a convolution, or one number of a dense layer's output (lesson 4). The last layer has
# ten, and before softmax each gives a logit. Which image makes the logit of "3" as large as possible? For a filter you
# could work it out from its weights. Here seven layers lie in between, but there is the gradient. In lesson 5 you took
# it with respect to the *weights*, with the image fixed. Now take it with respect to the *pixels*, with the weights
# fixed: the partial derivative $\partial\,\text{logit} / \partial x_i$ says how the logit changes as pixel $x_i$ gets
# a little darker. Move every pixel a little in the direction in which the logit grows, and again: this is **gradient
# ascent**. Drawing what a unit responds to in this way is called **activation maximization**.
#
# **Predict.** Start from faint noise and climb. What will the image be in the end: a beautiful 3, a blurred average 3,
# or something else? And what will the network say about it?
#
# <!-- slide
# Which image makes the logit of "3" as large as possible? Start from faint noise, and move each pixel along the
# gradient, again and again. The weights stay.
#
# **Predict.** A beautiful 3, a blurred average 3, or something else? What will the network say about it?
# -->
#
# <!-- notes
# 7 minutes. Point out the one difference from training in lesson 5: there the tape watches weights, here the image.
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
        tape.watch(image)  # a tape watches weights by itself, but an image only if told to
        logit = run(to_logits, image)[0, 3]
    gradient = tape.gradient(logit, image)
    step = 0.1 * gradient / tf.reduce_max(abs(gradient))  # the largest moves its pixel by 0.1
    image = tf.clip_by_value(image + step, 0, 1)

# %% tags=["figure"]
figures.draw_ascent(image[0])
probability_of_3 = model.predict(image, verbose=0)[0, 3]
print(f"{probability_of_3 = :.4f}")

# %% tags=["bounds"]
from course_utils.bounds import check_bounds

check_bounds(0.99, probability_of_3, 1)

# %% [markdown] tags=["reading"]
# Pieces of a 3, and much that belongs to no digit. Nobody would write this, and the network has no doubt.
#
# <!-- slide
# Nobody would write this, and the network has no doubt.
# -->

# %% [markdown]
# Why climb the logit and not the probability? Because the probability of 3 also rises when the other nine logits fall,
# so the image could get there without becoming any more of a 3 ([Simonyan and others,
# 2013](https://arxiv.org/abs/1312.6034)). And where softmax is sure, it is flat (lesson 5): the gradient nearly
# vanishes.
#
# `inspection.maximize_activation` climbs for several units at once. The upper row shows what it finds for the ten
# logits. For the lower row, differences between neighboring pixels carry a **penalty**: what is maximized there is
#
# $$\text{logit} - 0.3 \sum_{i,\,j\ \text{neighbors}} (x_i - x_j)^2$$

# %% slideshow={"slide_type": "skip"}
free = inspection.maximize_activation(model, range(10), layer=-1, smoothness=0)
smooth = inspection.maximize_activation(model, range(10), layer=-1, smoothness=0.3)
own = np.diag(model.predict(smooth[..., None], verbose=0))  # the probability of each one's digit

# %% tags=["figure"]
figures.draw_ascents(free, smooth)
print("images of the lower row whose own digit gets a probability above 0.99:", (own > 0.99).sum())

# %% [markdown]
# Without the penalty, the picture is full of ripples that no pen makes; with it, most of them are gone. The network is
# sure of every image of the lower row all the same. In training, a logit only had to tell its class from nine others.
#
# The penalty is a choice of *ours*. It makes the picture readable by adding what we know about strokes. How much of
# what you see is the network, and how much is the penalty?
#
# <!-- slide
# The network is sure of every one of these. It learned what sets a class apart, not what a digit is.
# -->

# %% [markdown]
# The other way asks the data: the images that a unit responds to most are its **maximally activating examples**. Below
# are four units of conv 3, with eight of 10,000 test digits each. A value there sees 18 × 18 pixels, its receptive
# field (lesson 3); the frame shows which. On the left, the image from activation maximization. (The unit's ReLU is left
# off for that: where ReLU gives 0, its gradient is 0 too, and there is nothing to climb.)
#
# **Predict.** Conv 3 has 64 units. For how many of them do all eight examples show the same digit: hardly any, half, or
# nearly all?
#
# <!-- slide
# ### Maximally activating examples
#
# Of a unit: the images of the data that it responds to most.
#
# **Predict.** For how many of the 64 units of conv 3 do the best eight examples all show the same digit?
# -->

# %% slideshow={"slide_type": "skip"}
units = [0, 7, 6, 1]
ascended = inspection.maximize_activation(model, units, layer=4, smoothness=0.05)
conv3 = inspection.compute_activations(model, images, layer=4)  # (10000, 4, 4, 64)
best_images = np.argsort(-conv3.max(axis=(1, 2)), axis=0)[:8]  # eight for each unit: (8, 64)
examples = []
for unit in units:
    places = [np.unravel_index(conv3[n, :, :, unit].argmax(), (4, 4)) for n in best_images[:, unit]]
    examples.append((images[best_images[:, unit]], places))

n_units_of_one_digit = sum(len(set(digits[best_images[:, unit]])) == 1 for unit in range(64))
print(f"{n_units_of_one_digit = }")

# %% tags=["bounds"]
check_bounds(1, n_units_of_one_digit, 14)

# %% tags=["figure"]
figures.draw_units(units, ascended, examples)

# %% [markdown] tags=["reading"]
# Unit 0, with its eight 6s, is one of the few. Most units don't stand for one digit. In the other rows, they stand for
# a piece that several digits share: look inside the frames only, and one row holds 5s, 3s and an 8. The image on the
# left has that piece too, if you know where to look, mixed with strokes that never come together in one digit.
#
# <!-- slide
# Most units don't stand for one digit. In these rows, most stand for a piece that several digits share.
# -->

# %% [markdown]
# The two ways miss different things. The eight best examples show a unit's strongest responses, not its usual ones; and
# an image made by gradient ascent may be one that no data ever looks like.
#
# A single unit says little. All activations of one layer together describe an image: those of the last hidden layer, 64
# numbers here, are its **embedding** or feature vector. The answer is computed from nothing else. (A *Going further*
# section draws them.)

# %% [markdown]
# ## Where does it look?
#
# Now a single image, our 4, which the network reads correctly. On which part of it does the answer depend? A picture
# that shows for each place of an image how much it matters is a **heat map**. There are many ways to make one.
# **Occlusion** tries it out: cover a part, and see what becomes of the probability ([Zeiler and Fergus,
# 2014](https://arxiv.org/abs/1311.2901)). Do that for every place of the patch, and you have a map: dark where the
# probability of a 4 stays near 1, white where it breaks down. Cover it with what? We try gray and, for comparison,
# white paper. (The next cell shows the 4 and the size of the patch.)
#
# **Predict.** Slide a gray patch of 7 × 7 pixels over the 4. Where must it lie to hurt most: on the stem, on the left
# arm, where the strokes meet, or elsewhere? And a patch of paper?
#
# <!-- notes
# 8 minutes. Collect answers on the board with a finger on the projected 4 before the picture comes. Nobody says "where
# there is almost nothing", and that is the point of this section.
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
# The gray patch hurts most **where there is almost nothing to cover**: in the gap at the top. It takes almost nothing
# away. It closes the gap, and a 4 with a closed top is a 9. The open gap is a feature of the 4, as much as its strokes
# are. A patch of paper gives a different map, because it can only take ink away.
#
# <!-- slide
# A gray patch hurts most where the image is almost blank: it closes the gap, and a closed 4 is a 9.
# -->

# %% [markdown]
# So occlusion doesn't ask "what did it look at?" but "what happens with this patch here?" Every method of this section
# has such a question built in, and it pays to know which.
#
# Occlusion runs the network 784 times. The gradient of the logit with respect to the pixels takes one run forward and
# one back: how does the logit change when this pixel gets a little darker? Drawn as an image, it is the **saliency
# map** ([Simonyan and others, 2013](https://arxiv.org/abs/1312.6034)).
#
# <!-- slide
# ### The saliency map
#
# How does the logit change when this pixel gets a little darker?
#
# The gradient with respect to the pixels: one run forward, one back, where occlusion needs 784.
# -->
#
# <!-- lines 2-4 | 5 -->

# %%
image = tf.constant(four[None])
with tf.GradientTape() as tape:
    tape.watch(image)
    logit = run(to_logits, image)[0, 4]
saliency = tape.gradient(logit, image)[0, :, :, 0].numpy()

ours, theirs = saliency, inspection.saliency_map(model, four[None], [4])[0]
print("saliency", saliency.shape, "  inspection agrees:", np.allclose(ours, theirs, atol=1e-4))

# %% [markdown]
# A gradient holds for small changes only, and a patch of ink is no small change. And it treats each pixel by itself,
# while a feature is made of neighbors. **Grad-CAM** ([Selvaraju and others, 2016](https://arxiv.org/abs/1610.02391))
# looks deeper inside. Take the 64 maps of conv 3. How much does the logit gain if map $A_k$ gets a little larger
# everywhere (per number of the map)? Take the partial derivative with respect to each number $A_{k,r,c}$ of the map,
# at row $r$ and column $c$: their mean is the map's weight $\alpha_k$. Then add up the maps with these weights, and
# keep what speaks *for* the class:
#
# $$\text{heat map} = \text{ReLU}\Big(\sum_k \alpha_k A_k\Big), \qquad \alpha_k = \text{mean over } r, c \text{ of }
# \frac{\partial\,\text{logit}}{\partial A_{k,r,c}}$$
#
# <!-- slide
# ### Grad-CAM
#
# How much does the logit gain if map $A_k$ of conv 3 gets a little larger everywhere (per number of the map)? That is
# its weight $\alpha_k$.
#
# $$\text{heat map} = \text{ReLU}\Big(\sum_k \alpha_k A_k\Big)$$
# -->
#
# <!-- lines 1 | 2-5 | 6 | 7 -->

# %%
maps = run(model.layers[:5], image)  # up to conv 3: (1, 4, 4, 64)
with tf.GradientTape() as tape:
    tape.watch(maps)
    logit = run(to_logits[5:], maps)[0, 4]
gradients = tape.gradient(logit, maps)[0].numpy()  # one for each number of each map: (4, 4, 64)
alpha = gradients.mean(axis=(0, 1))
cam = np.maximum((alpha * maps[0].numpy()).sum(axis=-1), 0)

ours, theirs = cam, inspection.grad_cam(model, four[None], [4], layer=4)[0]
print("Grad-CAM", cam.shape, "  inspection agrees:", np.allclose(ours, theirs, atol=1e-4))

# %% [markdown]
# The map has 4 × 4 numbers, the image 28 × 28 pixels. Usually the map is stretched to the size of the image. Is that
# right? The four values of a row see the pixels −1 to 16, 3 to 20, 7 to 24 and 11 to 28 (a *Going further* exercise
# computes this). So their centers are four pixels apart, and the first lies between the pixels 7 and 8. Stretched, it
# lies at 3.
#
# The picture has both, and the saliency map with its signs: purple, more ink here would raise the logit of 4; orange,
# it would lower it. (Often only the absolute value is drawn.) In the Grad-CAM maps, darker is more. The outline is the
# 4's.

# %% tags=["figure"]
figures.draw_heat_maps(four, saliency, cam)

# %% [markdown]
# In its right place, the darkest square lies in the gap, beside the upper end of the stem; stretched, it slips to the
# rim of the image. Without padding, maps don't reach to the rim, and stretching moves everything outward.
#
# The three methods don't contradict each other. They answer different questions: what if a patch lay here? What if this
# pixel changed a little? Which maps speak for the class, and where are they large?
#
# <!-- slide
# Three methods, three questions. Before you compare two heat maps, ask what each one changes.
# -->

# %% [markdown]
# ### Exercise: find the bug
#
# This function is meant to be the last step of Grad-CAM. It gets `maps`, of shape (height, width, channels), and
# `gradients`, the partial derivatives of the logit with respect to each of their numbers, of the same shape. It runs,
# and its pictures look fine. But look at the example, an image of two pixels. Channel 0 speaks for the class in both;
# channel 1, in the right pixel only, speaks against it just as strongly. So the right pixel should be 0. Fix the
# function.
#
# <!-- slide
# The last step of Grad-CAM has a bug. At the right pixel one channel speaks for the class, and one against it just as strongly. What should be there, and
# what is?
# -->
#
# <!-- notes
# 4 minutes. Have them say what the two pixels should be before they look at the code. The bug is easy to miss: the
# picture is still a picture, and with less canceling out it even looks bolder.
# -->

# %% tags=["exercise"]
def class_map(maps, gradients):
    """Where the maps speak for the class, from maps and gradients of shape (height, width, channels)."""
    weights = gradients.mean(axis=(0, 1))
    return np.maximum(weights * maps, 0).sum(axis=-1)


print(class_map(np.array([[[1.0, 0.0], [1.0, 1.0]]]), np.array([[[2.0, -2.0], [2.0, -2.0]]])))

# %% tags=["check"]
exercise.class_map.check(class_map)
# exercise.class_map.hint()
# exercise.class_map.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_class_map(maps, gradients):
    weights = gradients.mean(axis=(0, 1))
    return np.maximum((weights * maps).sum(axis=-1), 0)


exercise.class_map.check_solution(solution_class_map)

# %% [markdown]
# ## How little does it take to deceive it?
#
# The gradient with respect to the pixels can also be used against the network. Take the gradient of the *loss*, and
# move every pixel by the same small step $\varepsilon$: darker where that raises the loss, lighter where it doesn't.
# This is the **fast gradient sign method** (FGSM, [Goodfellow and others, 2014](https://arxiv.org/abs/1412.6572)):
#
# $$x' = x + \varepsilon\,\text{sign}\!\left(\frac{\partial\,\text{loss}}{\partial x}\right)$$
#
# **Predict.** Take a clean 7 and $\varepsilon = 0.2$, a light gray. One step along the signs of the gradient, and for
# comparison a step of the same size with random signs. What will the network read?
#
# <!-- slide
# Every pixel of a 7 moves by 0.2, darker where that raises the loss, lighter where it doesn't:
#
# $$x' = x + \varepsilon\,\text{sign}\!\left(\frac{\partial\,\text{loss}}{\partial x}\right)$$
#
# **Predict.** What will the network read? And with random signs?
# -->
#
# <!-- notes
# 6 minutes. The only new line is the sign. Ask what changes in the three lines of the gradient, compared with a
# training step: what the tape watches, and that the step goes up.
# -->

# %%
seven, epsilon = tf.constant(images[17][None]), 0.2
with tf.GradientTape() as tape:
    tape.watch(seven)
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits([7], run(to_logits, seven))
moved = tf.clip_by_value(seven + epsilon * tf.sign(tape.gradient(loss, seven)), 0, 1)

difference = abs(moved - inspection.fast_gradient_sign(model, images[17][None], [7], epsilon=epsilon))
print("inspection agrees in all but 1% of the pixels:", (difference > 1e-6).numpy().mean() < 0.01)

# %% slideshow={"slide_type": "skip"}
random_signs = np.random.default_rng(0).choice([-1, 1], size=seven.shape)
by_chance = np.clip(seven + epsilon * random_signs, 0, 1)
pictures = {"the 7": seven, "random signs": by_chance, "signs of the gradient": moved}
probabilities = model.predict(np.concatenate(list(pictures.values())), verbose=0)

# %% tags=["figure"]
figures.draw_step(pictures, probabilities, label=7)

# %% [markdown] tags=["reading"]
# No pixel is changed by more in the third picture than in the second, and to you all of them are a 7. Random specks
# help here and hurt there, and in a sum over hundreds of pixels that cancels out. With the signs of the gradient,
# every pixel that moves hurts a little, and hundreds of little pushes make a 3.
#
# <!-- slide
# Random specks cancel out. Along the gradient, hundreds of little pushes make a 3.
# -->

# %% [markdown]
# An image that was changed on purpose, so that a network errs while you still read the right answer, is an
# **adversarial example**. Was it only this one 7? Try all sevens.
#
# **Predict.** What share of them is still read as a 7 after one step along the signs of the gradient?
#
# <!-- slide
# ### Was it only this one 7?
#
# **Predict.** What share of all sevens is still read as a 7 after such a step?
# -->

# %%
sevens = images[digits == 7]
moved = inspection.fast_gradient_sign(model, sevens, digits[digits == 7], epsilon=epsilon)
still_read_as_7 = (model.predict(moved, verbose=0).argmax(axis=1) == 7).mean()
print(f"{still_read_as_7 = :.4f}")
print("no pixel changed by more than 0.2:", abs(moved - sevens).max() < 0.2001)

# %% tags=["bounds"]
check_bounds(0.4, still_read_as_7, 0.65)

# %% [markdown] tags=["reading"]
# About half. It's a common mistake to think of such an image as rare bad luck near a border between two classes. You
# need no luck to find one: about every second 7 will do.

# %% [markdown]
# The exercise does the same to a smaller network, and needs lesson 5's softmax for a single image. Here it is:

# %% slideshow={"slide_type": "skip"}
def softmax(logits):
    """Probabilities from the logits of one image, without large powers."""
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()

# %% [markdown]
# ### Exercise: a target of your own
#
# The step above only leads away from the truth. Lead it *to* a digit of your choice, for a network without hidden
# layers: its logits are `image @ weights + bias`, and `softmax` follows. You get `image`, $n$ pixels in a row;
# `weights`, of shape ($n$, classes); `bias`; the class `target`; and `epsilon`. Return the image after one step: each
# pixel moves by epsilon, or stays where its partial derivative is 0, so that the cross-entropy of `target` gets
# **smaller**; and all pixels stay in $[0, 1]$.
#
# You need the gradient without a tape. With respect to the logits it is prediction minus target (lesson 5). From there
# the chain rule goes on to the pixels: a pixel acts on the loss through *every* logit, each time in proportion to a
# weight, and these contributions add up.
#
# <!-- slide
# One step of size epsilon *toward* a class of your choice, for the network `softmax(image @ weights + bias)`.
#
# No tape: with respect to the logits, the gradient of the loss is prediction minus target (lesson 5). How do you get
# from there to the pixels?
# -->
#
# <!-- notes
# 5 minutes. Two things to think about: the sign (smaller, not larger), and the chain from the logits back to the
# pixels, which is one product with the weights. If a student raises only the target's own logit, ask what the others
# may do.
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
    error = softmax(image @ weights + bias)
    error[target] -= 1  # prediction minus target, one number for each logit
    gradient = weights @ error  # one number for each pixel
    return np.clip(image - epsilon * np.sign(gradient), 0, 1)


exercise.step_towards.check_solution(solution_step_towards)

# %% [markdown]
# ## What do these pictures prove?
#
# You have seen a dozen pictures of a trained network, and most of them looked as if they explained something. Now the
# sanity check. Below are saliency maps of five digits, drawn as usual: without signs, each on its own scale. One row is
# from our network. The other is from a network of the same shape **that was never trained**. It might as well guess.
#
# **Predict.** Which row is from the trained network? Write A or B.
#
# <!-- notes
# 5 minutes. Vote by hands before the next cell, and write the count on the board. The order of the rows is random. Then
# come back to the hands of the first minute.
# -->
#
# <!-- slide
# Saliency maps of five digits. One row is from a network that was **never trained**.
#
# **Predict.** Which row is from the trained network, A or B?
# -->

# %% slideshow={"slide_type": "skip"}
keras.utils.set_random_seed(0)
untrained = networks.build_seed_network()  # our network before training: lesson 5, random seed 0
pair = {"trained": model, "untrained": untrained}
order = np.random.default_rng(7).permutation(list(pair))
five = [3, 42, 17, 1, 8]
rows = [inspection.saliency_map(pair[name], images[five], digits[five]) for name in order]

# %% tags=["figure"]
figures.draw_saliency_maps({"A": rows[0], "B": rows[1]})

# %%
print("A:", order[0], "  B:", order[1])
largest = {name: abs(maps).max() for name, maps in zip(order, rows)}
ratio_of_gradients = largest["trained"] / largest["untrained"]
print(f"{ratio_of_gradients = :.1f}")

# %% tags=["bounds"]
check_bounds(20, ratio_of_gradients, 1000)

# %% [markdown] tags=["reading"]
# If you took the clearer digits for a sign of learning, you were wrong. Where there is paper all around, no unit of the
# untrained network is active, since its biases are still 0, and no gradient passes through ReLU; so its map traces the
# *image*. The scale does the rest: it hides that there is hardly any gradient at all. (`ratio_of_gradients` is the
# trained network's largest partial derivative, divided by the other's.)
#
# <!-- slide
# The untrained network's map traces the image. It has learned nothing.
# -->

# %% [markdown]
# And the filters that this lesson began with? Compare them with what they were before the first training step. A
# correlation of 1 means the same pattern, 0 nothing in common.
#
# **Predict.** How similar are they? How similar are ours and those of a network that started from other random
# weights? And what accuracy is left if you put our *initial* first layer back and keep all other layers?
#
# <!-- slide
# ### And the filters?
#
# **Predict.** How similar are our filters to what they were before training? To those of another untrained network?
# And what accuracy is left with the *initial* first layer, and all other layers as they are?
# -->
#
# <!-- code
# …
# def mean_correlation(one, two):
#     one, two = (network.layers[0].get_weights()[0].reshape(9, 32).T for …)
#     return np.mean([np.corrcoef(*pair)[0, 1] for pair in zip(one, two)])
#
# with_its_own_start = mean_correlation(model, untrained)
# with_another_start = mean_correlation(model, other)
# …
# mixed = networks.build_seed_network()  # ours, but with its initial first layer
# mixed.set_weights(untrained.get_weights()[:2] + model.get_weights()[2:])
# initial_first_layer = (mixed.predict(images, …).argmax(axis=1) == digits).mean()
# …
# -->

# %%
keras.utils.set_random_seed(1)
other = networks.build_seed_network()  # other random weights, for comparison


def mean_correlation(one, two):
    """The correlation of the first filters of two networks, filter by filter, and their mean."""
    one, two = (network.layers[0].get_weights()[0].reshape(9, 32).T for network in (one, two))
    return np.mean([np.corrcoef(*pair)[0, 1] for pair in zip(one, two)])


with_its_own_start = mean_correlation(model, untrained)
with_another_start = mean_correlation(model, other)
print(f"{with_its_own_start = :.4f}")
print(f"{with_another_start = :.4f}")

mixed = networks.build_seed_network()  # ours, but with its initial first layer
mixed.set_weights(untrained.get_weights()[:2] + model.get_weights()[2:])
initial_first_layer = (mixed.predict(images, batch_size=500, verbose=0).argmax(axis=1) == digits).mean()
print(f"{initial_first_layer = :.4f}")

# %% tags=["bounds"]
check_bounds(0.7, with_its_own_start, 0.95)
check_bounds(-0.1, with_another_start, 0.1)
check_bounds(0.96, initial_first_layer, 0.988)

# %% [markdown] tags=["reading"]
# Most of what you saw in those 32 squares was there **before training**, drawn at random. Any story about why this
# filter has this shape is mostly a story about the random seed. Training changed the weights, but much of each pattern
# is still the random start's. Put the initial first layer back, and the network still reads nearly every digit
# (`initial_first_layer`).
#
# <!-- slide
# Most of what you saw in the 32 squares was there before training.
# -->

# %% [markdown]
# Julius Adebayo and others introduced such sanity checks ([2018](https://arxiv.org/abs/1810.03292)): randomize the
# weights, and see whether the picture notices. In their tests, saliency maps and Grad-CAM did; some methods with much
# prettier pictures (for example guided backpropagation, a variant of the saliency map) hardly did. Ours noticed, too:
# the two rows differ. You just couldn't tell which one had learned. So, of any picture that claims to explain a
# network, ask:
#
# - Would it look different for an **untrained** network, *on the same scale*?
# - Does it say what happens if something is **changed**, as occlusion and FGSM do? Then change it, and count.
# - Does it hold for **many** images, or for the one that was chosen for the slide?
#
# A picture that fails proves nothing. It can still be a good source of ideas.
#
# <!-- slide
# ### Ask of any picture that explains a network
#
# - Would it look different for an **untrained** network, on the same scale?
# - Does it say what happens if something is **changed**?
# - Does it hold for **many** images?
# -->

# %% [markdown]
# ## Going further: Which pixels does a value see?
#
# The frames around the examples above need to know where a receptive field begins. Try it with the gradient: it is 0
# at every pixel that a value doesn't see.
#
# **Predict.** Pool 2 comes after conv 1 (3 × 3, one zero at each end), pool 1 (2 × 2, stride 2) and conv 2 (3 × 3, no
# padding), and pools 2 × 2 with stride 2. Its value number 2 along one axis, counted from 0: which pixels does it see,
# from the first to the last? Work backward on paper.
#
# <!-- slide
# **Predict.** Conv 1 (3 × 3, one zero at each end), pool 1 (2 × 2), conv 2 (3 × 3, no padding), pool 2 (2 × 2). Which
# pixels does value number 2 of pool 2 see along one axis?
# -->
#
# <!-- notes
# 4 minutes. Have them draw the row of pixels, and the values of each layer above it.
# -->

# %%
noise = tf.constant(np.random.default_rng(0).uniform(0, 1, (200, 28, 28, 1)), tf.float32)
with tf.GradientTape() as tape:
    tape.watch(noise)
    value = tf.reduce_sum(run(model.layers[:4], noise)[:, 2, 2])  # row 2, column 2 of each map
along_rows = abs(tape.gradient(value, noise)).numpy().max(axis=(0, 2, 3))
print("rows from", np.flatnonzero(along_rows).min(), "to", np.flatnonzero(along_rows).max())

# %% [markdown] tags=["reading"]
# Backward: value 2 of pool 2 sees the values 4 and 5 of conv 2, these see 4 to 7 of pool 1, these 8 to 15 of conv 1,
# and these the pixels 7 to 16.

# %% [markdown]
# ### Back to the pixels, one number at a time
#
# Here is the whole network to look into, while it reads what you draw. (Run the cell first: what is stored here is only
# a picture.) Press a number of a map: green frames mark what it sees, layer by layer, back to the image.
#
# **Predict.** How large will the frame on the image be for a number of conv 1, of conv 2, of conv 3? Then press the
# darkest number of the last layer, at the very bottom, and *Go to what counts most* again and again: where in your digit
# will you end?
#
# <!-- slide
# ### Back to the pixels, one number at a time
#
# **Predict.** How many pixels does a number of conv 1 see, of conv 2, of conv 3?
# -->
#
# <!-- notes
# 3 minutes. Draw a 4 at your machine, and go back from the answer, the room guessing each next place before you press.
# -->

# %% tags=["figure"]
LayersView(model)

# %% [markdown] tags=["reading"]
# 3 × 3 pixels, then 8 × 8, then 18 × 18: with three convolutions, a number sees more than half of the image's width. The
# way back from the answer takes the largest product each time, and it often ends at a rim of a stroke. But it is one way
# of very many: each sum has hundreds of others in it, and together these may count for more.
#
# <!-- slide
# 3 × 3, then 8 × 8, then 18 × 18 pixels. One way back is not the explanation: each sum has hundreds of other products.
# -->

# %% [markdown]
# ### Exercise: write it as a function
#
# You get `layers`, a list of `(kernel_size, stride, padding)`, first layer first, and `place`, the number of a value
# along one axis of the last layer's map, counted from 0. Return the first and the last pixel that this value sees along
# that axis. The zeros of the padding count as pixels too: −1 is the zero just outside the image. `seen_pixels([(3, 1,
# 1), (2, 2, 0)], 3)` is `(5, 8)`.
#
# <!-- slide
# From the layers as `(kernel_size, stride, padding)`: which pixels does value number `place` of the last map see, from
# the first to the last?
#
# `seen_pixels([(3, 1, 1), (2, 2, 0)], 3)` is `(5, 8)`
# -->
#
# <!-- notes
# 5 minutes. Draw the example on the board: value 3 of the pooling sees values 6 and 7 of the convolution, 6 sees the
# pixels 5 to 7, 7 sees 6 to 8. Going from the first layer to the last gets stuck: the question starts at the end. Most
# slips are the minus one of the kernel size and the sign of the padding.
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
    for kernel_size, stride, padding in reversed(layers):
        first = first * stride - padding
        last = last * stride - padding + kernel_size - 1
    return first, last


exercise.seen_pixels.check_solution(solution_seen_pixels)

# %% [markdown]
# ## Going further: What do the embeddings look like?
#
# The embedding of an image is 64 numbers, so each test image is a point in a space of 64 dimensions. To see some of it,
# turn it so that the points spread most along the first two axes: this is **principal component analysis** (PCA). The
# singular value decomposition does it. From the centered points it returns three arrays; the second holds how far the
# points spread along each direction, largest first, the third these directions, one in each row.
#
# **Predict.** Ten clouds of about 1,000 points each, projected onto a sheet of paper. Which digits will lie next to
# each other? Where will the images be that the network gets wrong?
#
# <!-- slide
# The **embedding** of an image: the 64 activations of the last hidden layer. PCA turns the points so that they spread
# most along the first two axes.
#
# **Predict.** Which digits will lie next to each other? Where will the errors be?
# -->
#
# <!-- notes
# 6 minutes. Before the picture, ask what a projection can never do: tell two things apart that lie behind one another.
# After it, ask who would conclude from this picture that the network mixes up 1 and 4.
# -->

# %%
embeddings = inspection.compute_activations(model, images, layer=6)  # (10000, 64)
centered = embeddings - embeddings.mean(axis=0)
_, spreads, directions = np.linalg.svd(centered, full_matrices=False)  # (64,) and (64, 64)
flat = centered @ directions[:2].T

coordinates, _, shares = inspection.principal_components(embeddings, n=2)
print("inspection agrees, up to sign:", np.allclose(abs(flat), abs(coordinates), atol=1e-2))
share_in_view = (spreads[:2] ** 2).sum() / (spreads**2).sum()  # of the variance
print(f"{share_in_view = :.4f}")

# %% tags=["bounds"]
check_bounds(0.4, share_in_view, 0.44)

# %% slideshow={"slide_type": "skip"}
predicted = inspection.compute_activations(model, images, layer=7).argmax(axis=1)
wrong = predicted != digits

# %% tags=["figure"]
figures.draw_clouds(coordinates, digits, wrong)

# %% [markdown] tags=["reading"]
# 4, 1 and 9 lie next to or on one another, and so do 2 and 8. Most errors lie between the clouds and in this crowded
# middle.

# %% [markdown]
# Two clouds that overlap on the sheet: does the network confuse them? Count it for one such pair. And assign each image
# to the nearest of the ten clouds' centers (lesson 1's nearest centroid), once in all 64 dimensions, once on the sheet.
#
# **Predict.** How often is one of the two read as the other: hardly ever, now and then, or in most of its errors?
#
# <!-- slide
# ### Overlapping clouds
#
# **Predict.** Two clouds overlap on the sheet, 1 and 4. How often does the network confuse them?
# -->

# %%
def nearest_centroid(points):
    """The share of test images that lie nearest to the centroid of their own digit."""
    centroids = np.stack([points[digits == digit].mean(axis=0) for digit in range(10)])
    return (((points[:, None] - centroids) ** 2).sum(axis=-1).argmin(axis=1) == digits).mean()


in_64_dimensions, on_the_sheet = nearest_centroid(embeddings), nearest_centroid(coordinates)
print(f"{in_64_dimensions = :.4f}")
print(f"{on_the_sheet = :.4f}")
overlapping = 1, 4  # or any other two digits
mixed_up = (np.isin(digits, overlapping) & np.isin(predicted, overlapping) & wrong).sum()
print(f"of {overlapping}, one read as the other: {mixed_up} times")

# %% tags=["bounds"]
check_bounds(0.97, in_64_dimensions, 0.995)
check_bounds(0.6, on_the_sheet, 0.85)

# %% [markdown] tags=["reading"]
# Less than half of the variance is in view (`share_in_view`). What sets a 1 apart from a 4 lies along a direction that
# you look at end-on. **Apart on the sheet is apart; together on the sheet may still be apart.** (The centroids come
# from the same images that they sort, which flatters both numbers a little.)
#
# <!-- slide
# Apart on the sheet is apart. Together on the sheet may still be apart.
# -->

# %% [markdown]
# A projection shows what it happens to show. To find out what an embedding holds, ask it: train one dense layer on the
# embeddings, to predict whatever you are interested in, and measure its accuracy on other images. That is a **linear
# probe**. Our network's last layer does the same for the ten digits, only that the embeddings were trained along with
# it. A probe could ask as well for the slant of a digit, or for its writer.

# %% [markdown]
# ## Going further: What breaks it by accident?
#
# FGSM is made to deceive. What about changes that just happen? The test digits are centered and of one size. Leave that
# world step by step, and see when the answers break down. There will be a curve for each change; above it, the first
# test digit at the curve's left end, in the middle and at the right end. The dotted line is guessing.
#
# **Predict.** Four ways to change 1,000 test digits: shift them to the right, turn them, scale them, add noise. How far
# can each go until one answer in five is wrong?
#
# <!-- slide
# 1,000 test digits are shifted to the right, turned, scaled, and covered with noise.
#
# **Predict.** How far can each go until one answer in five is wrong?
# -->
#
# <!-- notes
# 4 minutes. Ask which of the four a convolution should survive, before the curves come. Most say the shift.
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
# Each curve has a plateau: pooling forgives a pixel or two, and handwriting differs in slant and form. Then it drops:
# nothing in training ever asked for more. Convolution alone doesn't save it: the maps shift along with the digit
# (translation equivariance, lesson 3), and the dense layers then find everything in the wrong place. You would still
# read most of these 7s, but not all: a digit that leaves the image is lost for you too. (And at some angle the
# question itself changes: a 6 turned upside down *is* a 9.)
#
# <!-- slide
# A plateau, then a drop: nothing in training ever asked for more.
# -->

# %% [markdown]
# ## Quiz
#
# Answer each question on paper first. Then take the `#` away below, put in your answer, and run the line: it says why.
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
# - Ask the data what excites a unit, and gradient ascent what would: the gradient with respect to the pixels, with
#   the weights held fixed. The first shows what occurs, the second what is possible.
# - Occlusion, saliency maps and Grad-CAM answer three different questions, and what you cover with, or how you place a
#   map, is part of the answer.
# - A convincing picture is not evidence. Put an untrained network's beside it, on the same scale, and test what the
#   picture predicts.
#
# **Next:** [8. Your own handwriting](08_handwriting.ipynb) gives the network what nobody has tidied up for it.
