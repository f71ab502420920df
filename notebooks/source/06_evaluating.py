# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 6. Evaluating
#
# You will take one number, a test accuracy, and find out how much of it you may believe.
#
# **45 minutes**. At the end you can
#
# - put an honest interval around an accuracy, and say which of two kinds of chance it covers;
# - read from a confusion matrix where a network errs, and from a reliability picture whether it knows;
# - say what "nearly human" would have to mean, and what test data may not be used for.
#
# <!-- slide
# How good is it, and how sure are we?
# -->
# <!-- notes
# 1 minute. One number was handed on from notebook to notebook. Ask who would sign for its last digit.
# -->

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course is missing here: in its folder, run nox -s lab or pip install -e .")

from course_utils import data, evaluation, networks, plotting
from course_utils.results import read_result
from course_utils.exercises import evaluating as exercise
from course_utils.figures import evaluating as figures

import numpy as np

plotting.use_course_style()

# %% [markdown]
# ## What does one number say?
#
# Lesson 5 trained a network. Here is one trained the same way, stored with the course, so that this lesson runs alone.
# Its **test accuracy** is the share of test images that it reads correctly.
#
# **Predict.** You saw this network in lesson 0. Without looking back: of the 10,000 test images, which it never saw in
# training, how many does it get wrong: about 1, 10, 100 or 1,000?
#
# <!-- slide
# **Predict.** The network of lesson 0, and 10,000 test images that it never saw in training.
#
# How many does it get wrong: about 1, 10, 100 or 1,000?
# -->
# <!-- notes
# 5 minutes. Turn accuracy into errors at once: two accuracies near 100 % look alike, and their errors need not.
# -->

# %%
(_, _), (test_images, digits) = data.load_mnist()
test_images, test_labels = data.prepare_images(test_images), data.one_hot(digits)
model = networks.load_seed_network()

test_loss, test_acc = model.evaluate(test_images, test_labels, verbose=0)
print(f"{test_acc = :.4f}")

# %% tags=["bounds"]
from course_utils.bounds import check_bounds

check_bounds(0.989, test_acc, 0.9905)

# %% [markdown] tags=["reading"]
# The accuracy falls short of 1 by about a hundredth, and a hundredth of 10,000 is 100: the network gets about 100 images
# wrong.
#
# <!-- notes
# How many errors is that, of 10,000? On the next slide they are counted, so that nobody takes `evaluate` for more than
# a count.
# -->

# %% [markdown]
# There is no magic in `evaluate`. The network gives ten probabilities for each image; its answer is the class with the
# largest; the accuracy is a count. (The `test_loss` beside it is the mean cross-entropy of lesson 5, on test images.
# It also asks how honest the probabilities are, and so will this lesson.)
#
# One thing first. Each kind of processor adds up in its own order, so your probabilities may differ from your
# neighbor's in the last digits (lesson 5). That hardly changes an accuracy, but it could change a count by one. So this
# lesson counts with probabilities that are stored beside the network, and every number below is the same for both of
# you.
#
# The last line that the next cell prints is for comparison. The *seed notebook* is the one this course grew from: the
# same network, trained by the same recipe on another machine.

# %%
on_this_computer = model.predict(test_images, verbose=0)
probabilities = networks.load_seed_probabilities()
predicted = probabilities.argmax(axis=1)
right = predicted == digits

print("probabilities", probabilities.shape, "  predicted", predicted.shape)
print("computed here and stored, alike to 0.0001:", abs(on_this_computer - probabilities).max() < 1e-4)
print(f"{right.sum()} right and {(~right).sum()} wrong, of {len(digits)}")
print("the accuracy that Keras gives, to two images:", abs(right.mean() - test_acc) < 2.5e-4)
print("the seed notebook printed 0.9915000200271606")

# %% [markdown]
# Two numbers, one recipe. The rest of this lesson is about what lies between them.
#
# Call the largest of the ten probabilities the **confidence** of an answer. Three images, and what the network says of
# each: the first of the test set, the one where it is right with the least confidence, and the first one it gets
# wrong. Under each stand its ten probabilities; the bar of the true class is blue.
#
# <!-- notes
# The third line and the fourth are the point: a count, and Keras agrees.
#
# Then the last line: have the difference between the two accuracies turned into images: 18. Two thousandths sounds
# like nothing, and so does 18; which is the better way to say it?
#
# Three images come next: the first one, the one that is right with the least confidence, and the first that is wrong.
# Have *right* and *sure* said apart from now on; the lesson needs both words.
# -->

# %% slideshow={"slide_type": "skip"}
confidence = probabilities.max(axis=1).astype(float)  # float64, so that no mean is rounded early
chosen = [0, np.where(right, confidence, 1).argmin(), np.flatnonzero(~right)[0]]

# %% tags=["figure"]
figures.draw_answers(test_images[chosen], digits[chosen], probabilities[chosen])

# %% [markdown]
# So it errs now and then. Is that good? It depends on what one error costs.
#
# **Predict.** A postal code has five digits, and one misread digit sends the letter astray. If 99 % of digits are read
# correctly, are 99 % of letters sent correctly?
#
# <!-- slide
# ### Is one error in a hundred few?
#
# **Predict.** A postal code has five digits, and one misread digit sends a letter astray.
#
# What share of letters arrives?
# -->
#
# <!-- notes
# Back to the third image for a moment: what would you have read?
#
# Then the postal code. The usual answer is 99 of 100, the same as for a digit. Do not help: the next key does.
# -->

# %%
p = right.mean()
for name, length in (("one digit", 1), ("postal code", 5), ("ZIP+4 code", 9), ("card number", 16)):
    print(f"{name:12}{length:3} digits: p^{length} = {p**length:.1%} without an error")
whole = right.reshape(-1, 5).all(axis=1)
share = whole.mean()
print(f"counted: {whole.sum()} of {len(whole)} groups of five test images without an error, {share:.1%}")

# %% [markdown] tags=["reading"]
# All five must be right, so the shares multiply, and one letter in twenty goes astray. The product holds if errors
# fall independently of one another. Among groups of five neighbors in the test set they nearly do: the last line
# counts, and agrees. In a real code all digits come from one hand, and whoever writes one bad 4 writes the next one
# badly too, so there the product is a first guess. The lesson stands: *an accuracy per digit is not an accuracy per
# task.*
#
# <!-- notes
# Let somebody say why the shares multiply, and what must hold for that: an error on one digit says nothing of the
# next one. The last line counts, and agrees.
#
# Then ask of a real letter, written by one hand: is it better or worse off than the product says? Whoever writes one
# bad 4 writes the next one badly too.
# -->

# %% [markdown]
# ### Exercise: too good to be true
#
# A colleague measures the same network with the function below. Given are the labels as one-hot rows, and ten
# probabilities for each image. It runs without complaint, and its number is far too good. Find out what it counts, and
# mend it: wanted is the share of images that are read correctly, where the answer is the class with the largest
# probability.
#
# <!-- slide
# A colleague's function measures the network. It runs without complaint, and its number is far too good.
#
# Find out what it counts, and mend it.
# -->
# <!-- notes
# 5 minutes. Suggest a tiny case: two images, one right, one wrong. A number too good is the first sign of a bug.
# -->

# %% tags=["exercise"]
def share_right(labels, probabilities):
    """The share of the images that are read correctly; labels as one-hot rows."""
    rounded = np.round(probabilities)
    return (rounded == labels).mean()


print("our network, so measured:", np.round(share_right(test_labels, probabilities), 3))

# %% tags=["check"]
exercise.share_right.check(share_right)
# exercise.share_right.hint()
# exercise.share_right.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_share_right(labels, probabilities):
    return (probabilities.argmax(axis=1) == labels.argmax(axis=1)).mean()


exercise.share_right.check_solution(solution_share_right)

# %% [markdown]
# ## Are 0.9897 and 0.9915 different?
#
# Between the two accuracies lie $(0.9915 - 0.9897) \times 10000 = 18$ images. Now imagine that the makers of MNIST had
# put 10,000 *other* digits into the test set, by other writers of the same kind. The network would be the same, the
# count would not. What we would like to know is its **true accuracy**: the share it would read correctly of *all*
# digits that could have come into the test set. What we have is a sample.
#
# **Predict.** Suppose the true accuracy is 99 %. Of 10,000 test images, how many are then read correctly? Always
# 9,900? Think of test set after test set, and write down a range that holds 95 of 100 such counts.
#
# <!-- slide
# Between two accuracies lie 18 images of 10,000.
#
# **Predict.** If MNIST's makers had drawn another 10,000 images, how far would the accuracy move?
# -->
# <!-- notes
# 7 minutes. Toss coins if you have the time: ten tosses each, and write the counts on the board. The interval is
# about the images drawn, for one network.
#
# Somebody expects exactly 9,900. Ask for a coin: ten tosses, always five heads?
# -->

# %%
rng = np.random.default_rng(0)
drawn = rng.binomial(10000, 0.99, size=100_000) / 10000  # 100,000 imagined test sets
low, high = np.quantile(drawn, [0.025, 0.975])
print(f"95 % of the test sets give {low:.4f} to {high:.4f}")

# %% tags=["figure"]
figures.draw_test_sets(drawn, low, high, ours=right.mean(), seed_notebook=0.9915)

# %% [markdown] tags=["reading"]
# One network, and the third digit of its accuracy depends on which images happened to be drawn. Of the sixteen digits
# that the seed notebook printed, the first two are worth telling others; the third is a hint.
#
# <!-- slide
# One network, other images: already the third digit moves.
# -->
#
# <!-- notes
# Both lines stand inside the blue band. Ask what the band is made of: other images, the same network.
#
# The misconception: 10,000 images are so many that chance has no part in it. Which of the sixteen printed digits of
# the seed notebook would they still sign for?
# -->

# %% [markdown]
# The counts form a bell. How wide is it? For a true accuracy $p$ and $n$ images, the **standard deviation** of the
# share, its typical distance from $p$, is $\sqrt{p\,(1-p)/n}$, and 95 % of the bell lies within $z = 1.96$ of these
# distances. We do not know $p$. The plain way is to put in the observed share instead, and call the range the **95 %
# interval**.
#
# **Predict.** On a small test set of 100 images a network makes no error at all. What does the plain interval say?
#
# <!-- slide
# ### How wide is the bell?
#
# The plain **95 % interval**, from the observed share $p$ of $n$ images:
#
# $$p \pm 1.96 \sqrt{\frac{p\,(1-p)}{n}}$$
#
# **Predict.** 100 images, and no error at all. What does the plain interval say?
# -->
#
# <!-- notes
# The formula is the bell's width with the observed share put in for the true one, which nobody knows. Let them put in
# 100 of 100 before you go on.
#
# It is the interval that textbooks begin with.
# -->

# %%
def normal_interval(n_correct, n, z=1.959964):
    """The plain interval: the observed share, plus and minus z standard deviations."""
    share = n_correct / n
    half = z * np.sqrt(share * (1 - share) / n)
    return share - half, share + half


for n_correct, n in ((9897, 10000), (99, 100), (100, 100)):
    low, high = normal_interval(n_correct, n)
    print(f"{n_correct:5} of {n:5} right: {low:.4f} to {high:.4f}")

# %% [markdown] tags=["reading"]
# For 9,897 of 10,000 it looks fine. For 99 of 100 it reaches above 100 %. And after 100 of 100 it claims to *know*
# that the network never errs. The fault: it takes the spread of the bell from the observed share, and a share near
# 100 % has hardly any spread, however small the sample.
#
# <!-- slide
# The plain interval can reach above 100 %, and after no error at all it claims to know.
# -->
#
# <!-- notes
# Last line first: a network that never errs, known from 100 images. Who would fly with that?
#
# Then the upper end of the line above it: it reads more images correctly than there are. The fault is the same in both:
# the spread is taken from the observed share, and near 100 % that has hardly any.
# -->

# %% [markdown]
# The plain interval takes its spread from the observed share. Edwin Wilson turned the question around in
# [1927](https://doi.org/10.1080/01621459.1927.10502953). Do not ask how far results spread around our share. Ask:
# **which true accuracies would make our result unsurprising?** A candidate $p$ passes if our share $\hat p$ lies within
# $z$ standard deviations *of that candidate's own bell*:
#
# $$|\hat p - p| \;\le\; z\sqrt{p\,(1-p)/n}$$
#
# Here are both sides, for 99 right of 100.
#
# <!-- slide
# ### Turn the question around
#
# Not: how far do results spread around our share?
#
# Rather: **which true accuracies would make our result unsurprising?** All $p$ with
#
# $$|\hat p - p| \;\le\; 1.96 \sqrt{p\,(1-p)/n}$$
#
# **Predict.** No error in 100 images. How bad may the network still be?
# -->
#
# <!-- notes
# Wilson, 1927. Let two in the room defend a candidate each: a true accuracy of 98 %, and a lucky sample; one of 90 %,
# and a very lucky sample. Where would you stop believing?
#
# The formula asks each candidate for its *own* bell. The picture of both sides, and the quadratic equation, are in
# the notebook; with mathematicians, draw the V and the curve on the board.
# -->

# %% slideshow={"slide_type": "skip"}
candidates = np.linspace(0.92, 1, 801)
allowed = 1.959964 * np.sqrt(candidates * (1 - candidates) / 100)  # each by its own bell
passed = candidates[abs(0.99 - candidates) <= allowed]
plain = 1.959964 * np.sqrt(0.99 * (1 - 0.99) / 100)  # all by the bell of our share

# %% tags=["figure"] slideshow={"slide_type": "skip"}
figures.draw_candidates(candidates, allowed, passed, plain=plain)

# %% [markdown]
# The allowed distance shrinks to nothing at 100 %, so the interval cannot leave the range of an accuracy, and it
# reaches farther down than up, as it should: a lucky 98 % network can show 99 %, and no network is better than 100 %.
#
# The ends are where both sides are equal. Square them and sort by powers of $p$:
#
# $$\left(1+\tfrac{z^2}{n}\right)p^2 \;-\; \left(2\hat p+\tfrac{z^2}{n}\right)p \;+\; \hat p^2 \;=\; 0$$
#
# A quadratic equation. Its two roots are the interval.

# %%
def wilson_interval(n_correct, n, z=1.959964):
    """The true accuracies that make n_correct of n unsurprising: from one root to the other."""
    share = n_correct / n
    a, b, c = 1 + z**2 / n, -(2 * share + z**2 / n), share**2
    root = np.sqrt(b**2 - 4 * a * c)
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


for n_correct, n in ((100, 100), (99, 100), (9897, 10000), (9915, 10000)):
    low, high = wilson_interval(n_correct, n)
    same = np.allclose((low, high), evaluation.wilson_interval(n_correct, n))
    print(f"{n_correct:5} of {n:5} right: {low:.4f} to {high:.4f}   evaluation agrees: {same}")

# %% [markdown]
# No error in 100 images? Then the true accuracy may still be as low as the first line says. An interval that promises
# 95 % should hold the truth 95 times in 100, so put both to the test. We choose the truth: 99 %, and 100 images.
#
# **Predict.** In what share of many such test sets does the plain interval hold the truth, and in what share Wilson's?
#
# <!-- notes
# First line: the lowest accuracy that a network without an error in 100 images may have. Compare it with the guesses.
#
# An interval makes a promise, to hold the truth 95 times in 100. The next slide keeps count of it. Which of the two
# keeps it, and what does the other one say instead?
# -->

# %%
drawn = rng.binomial(100, 0.99, size=100_000)
for name, interval in (("plain", normal_interval), ("Wilson", wilson_interval)):
    low, high = interval(drawn, 100)
    holds = (low <= 0.99) & (high >= 0.99)
    print(f"{name:7} interval holds the truth in {holds.mean():.0%} of the test sets")

# %% [markdown] tags=["reading"]
# The plain interval misses the truth in more than a third of the test sets, where it promised one in twenty. Wilson's
# misses it a little more often than promised, too, but comes close. (Exactly 95 % cannot be had for every truth,
# because a count is a whole number.)
#
# <!-- slide
# Wilson's interval comes close to its promise; the plain one does not.
# -->
#
# <!-- notes
# The plain one is wrong in more than a third of all cases, where it promised one in twenty.
# -->

# %% [markdown]
# Back to the question of this section. The intervals of 0.9897 and 0.9915 overlap widely, but that is not a test. So ask
# directly.
#
# **Predict.** Suppose that two networks are equally good. How often do their counts lie 18 images or more apart?
#
# <!-- notes
# Two networks, equally good: a guess on paper, then the key.
# -->

# %%
first, second = rng.binomial(10000, 0.9906, size=(2, 100_000))  # both as good as our two on average
print(f"18 images or more apart: {(abs(first - second) >= 18).mean():.0%} of all comparisons")

# %% [markdown] tags=["reading"]
# That is no rare event, so these two counts give no reason to call either network better. (Both read the *same* test
# images, which makes a comparison somewhat sharper, if one knows which images each got wrong. The seed notebook kept
# its count only.)
#
# <!-- slide
# So these two counts give no reason to call either network better.
# -->
#
# <!-- notes
# The printed share is for networks that are equally good. So the difference is no reason to call either one better.
# The slip to wait for: *so they are equally good*. That is not shown either.
#
# The finer point, for who asks: both read the same images, which makes a comparison sharper if one knows which images
# each got wrong.
# -->

# %% [markdown]
# ### Exercise: how many images does it take?
#
# A friend wants to test a network on photographs of gas meters, each of which has to be labeled by hand. How many are
# enough? Given are the `share` of right answers that the friend expects, and how wide the interval may be, from its low
# end to its high end: `width`. Wanted is the smallest number of images `n` for which the Wilson interval is at most so
# wide if `share * n` images are right. (That need not be a whole number, and `wilson_interval` above does not mind.)
# `images_needed(0.7, 0.5)` is 10.
#
# <!-- slide
# A friend will label photographs by hand to test a network. How many are enough?
#
# Given: the share that will be right, and how wide the interval may be. `images_needed(0.7, 0.5)` is 10.
# -->
# <!-- notes
# 5 minutes. Width falls with the root of the number of images: ask what ten times narrower costs.
# -->

# %% tags=["exercise"]
def images_needed(share, width):
    """The fewest images that give a Wilson interval at most so wide, when this share is right."""
    ...

# %% tags=["check"]
exercise.images_needed.check(images_needed)
# exercise.images_needed.hint()
# exercise.images_needed.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_images_needed(share, width):
    n = 0
    while True:
        n = n + 1
        low, high = wilson_interval(share * n, n)
        if high - low <= width:
            return n


exercise.images_needed.check_solution(solution_images_needed)

# %% [markdown]
# ## Would the same recipe do it again?
#
# There is a second kind of chance. Training starts from random weights and takes the images in random order, both
# decided by the random **seed**. So a recipe does not have an accuracy. It has one for each training.
#
# **Predict.** Ten trainings, the same in all but the seed: 0, 1, ... 9. How many test images lie between the best and
# the worst? More or fewer than the 18 from before? (Training ten networks takes its time, so we read stored results;
# `nox -s bench -- seeds` makes them anew.)
#
# <!-- slide
# **Predict.** Ten trainings, one recipe, ten random seeds, the same test images.
#
# How far apart are best and worst?
# -->
# <!-- notes
# 5 minutes. The second kind of chance. Most expect the seeds to agree far better than they do.
# -->

# %%
runs = read_result("seeds")["runs"]
n_correct = np.array([run["n_correct"] for run in runs])
apart = abs(n_correct[:, None] - n_correct)[np.triu_indices(len(runs), 1)]

print("right, of 10,000:", n_correct.tolist())
print(f"best and worst: {n_correct.max() - n_correct.min()} images apart")
print(f"pairs of runs 18 images or more apart: {(apart >= 18).sum()} of {len(apart)}")
mean, deviation = n_correct.mean() / 10000, n_correct.std(ddof=1) / 10000
print(f"mean over seeds: {mean:.4f}, standard deviation: {deviation:.4f}")
print(f"standard deviation that 10,000 test images alone would give: {np.sqrt(0.99 * 0.01 / 10000):.4f}")

# %% [markdown] tags=["reading"]
# Here is the usual misconception: *this run is two thousandths better than that one, so its recipe is better.* All
# these runs have **one** recipe, and more than half of all pairs differ by 18 images or more, which is nearly two
# thousandths.
#
# Compare the last two lines. All ten networks read the *same* images, so their scatter is not the luck of one test set
# against another. It comes from training, and here it is the larger of the two.
#
# <!-- slide
# All these runs have **one** recipe. One better run says nothing about a change.
# -->
#
# <!-- notes
# Third line: of all pairs from *one* recipe, more than half differ by as much as our two networks. This is the
# sentence that has to stay: one better run says nothing about a change.
#
# Then the last two lines. All ten read the same images, so their scatter is not the luck of the images. Where does it
# come from?
# -->

# %% [markdown]
# (Why `ddof=1`? It divides by 9 and not by 10, because the mean was taken from the same ten numbers and lies a little
# too close to them.)
#
# Here are all ten once more, each with its Wilson interval, and below them the seed notebook with its own.

# %% tags=["figure"]
counts = np.append(n_correct, 9915)  # the last one is the seed notebook's
figures.draw_runs(counts / 10000, wilson_interval(counts, 10000), mean=mean, deviation=deviation)

# %% [markdown]
# The notebook's 0.9915 is one more draw from this recipe: a little above the middle, and nothing to explain. The
# picture shows two uncertainties, and they answer different questions:
#
# | | what it is | what it asks | what makes it smaller |
# |---|---|---|---|
# | the length of a bar | chance in the **test set** | this network, on other images? | more test images |
# | the scatter of the dots | chance in **training** | this recipe, trained again? | only another recipe |
#
# More runs do not make the dots scatter less. They make the *mean* surer: the mean of $k$ runs scatters only
# $1/\sqrt{k}$ times as much as a single run. So report a network as an accuracy with its interval, and a recipe as a
# mean and a standard deviation over seeds, with the number of runs. Neither bar nor scatter covers a third
# uncertainty: images of *another kind*. Your own handwriting is one, and it has its own lesson.
#
# <!-- slide
# The notebook's number is one more draw from this recipe.
# -->
#
# <!-- notes
# Two uncertainties in one picture. The length of a bar: this network, on other images. The scatter of the dots: this
# recipe, trained again. Ask of each what would make it smaller; most say *more runs* for the second, and those only
# make the mean surer.
#
# Which third one is in neither? Images of another kind.
# -->

# %% [markdown]
# ### Exercise: one better run
#
# Someone changes one thing in the recipe, trains *once*, and the network reads `9930` test images correctly. In the
# picture above, its dot would lie to the right of all ten blue ones, with the bar that the next cell prints. Compare
# that bar with those of seed 2 and of seed 3. What follows about the *change*? Put the letter in place of `...`, as
# `"a"`.
#
# - a: It helps: the new dot lies to the right of all ten.
# - b: It helps: the new bar does not touch the bar of seed 2.
# - c: Nothing yet: an eleventh run of the old recipe might lie there, too.
# - d: It does nothing: the new bar overlaps with the bar of seed 3.
#
# <!-- slide
# Someone changes one thing, trains **once**, and gets a better number than all ten runs.
#
# What follows about the *change*: it helps, nothing yet, or it does nothing?
# -->
# <!-- notes
# 3 minutes. Vote first. Then ask what they would do next, and how many runs it would take.
# -->

# %% tags=["exercise"]
print("the new bar: {:.4f} to {:.4f}".format(*wilson_interval(9930, 10000)))

better_recipe = ...

# %% tags=["check"]
exercise.better_recipe.check(better_recipe)
# exercise.better_recipe.hint()
# exercise.better_recipe.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
solution_better_recipe = "c"
exercise.better_recipe.check_solution(solution_better_recipe)

# %% [markdown]
# ## Where does it err, and does it know?
#
# Count every pair of what was there and what was said: each image adds one, in the row of its true class and the column
# of the answer. Along a **row** of this **confusion matrix** you read what became of one true class. Down a **column**
# you read what all the answers of one kind really were.
#
# **Predict.** Which digit is most often taken for which other? Write down one pair, and whether the reverse happens as
# often.
#
# <!-- slide
# Along a row: what became of one class. Down a column: what its answers really were.
#
# **Predict.** Which digit is most often taken for which other? And the reverse, as often?
# -->
#
# <!-- notes
# 5 minutes. Collect pairs before you show the matrix, with the direction: rows are what was there, columns what was said.
# -->

# %% slideshow={"slide_type": "skip"}
def confusion_matrix(labels, predicted, n_classes=10):
    """Each image adds one: in the row of its true class, in the column of the predicted class."""
    matrix = np.zeros((n_classes, n_classes), dtype=int)
    for label, answer in zip(labels, predicted, strict=True):
        matrix[label, answer] += 1
    return matrix


matrix = confusion_matrix(digits, predicted)

# %% tags=["figure"]
figures.draw_confusion(matrix)

# %% slideshow={"slide_type": "skip"}
print("evaluation agrees:", np.array_equal(matrix, evaluation.confusion_matrix(digits, predicted)))
off = matrix - np.diag(np.diag(matrix))  # the errors alone
for label, answer in np.argwhere(off == off.max()):
    there, back = off[label, answer], off[answer, label]
    print(f"{label} called {answer}: {there} times    {answer} called {label}: {back} times")

# %% [markdown] tags=["reading"]
# No pair wins alone, and among counts so small chance alone could have chosen another winner. Clearer is that rows and
# columns are not mirror images: the network is too fond of the answer 3 and seldom loses a true 3.
#
# <!-- slide
# No pair wins alone. Clearer: the network is too fond of the answer 3.
# -->
#
# <!-- notes
# Whose pair is in the picture, and in which direction? Have the direction said each time: *a 9, read as 3*.
#
# A row says what became of one class, a column what its answers really were. Rows and columns are no mirror images:
# which answer is this network too fond of?
# -->

# %% [markdown]
# Reading along a row or down a column gives two numbers. **Recall**: of the images that *are* a 4, what share was called
# 4? **Precision**: of the images that were *called* 7, what share is a 7? Both are shares of about a thousand images, so
# both deserve an interval.

# %%
n_right, n_true, n_called = np.diag(matrix), matrix.sum(axis=1), matrix.sum(axis=0)
recall, precision = n_right / n_true, n_right / n_called

print(f"recall: lowest for {recall.argmin()}, highest for {recall.argmax()}")
print(f"precision: lowest for {precision.argmin()}")
print("evaluation agrees:", np.allclose((precision, recall), evaluation.precision_recall(matrix)))

# %% tags=["figure"]
bars = wilson_interval(n_right, n_true), wilson_interval(n_right, n_called)
figures.draw_recall_and_precision(recall, bars[0], precision, bars[1])

# %% slideshow={"slide_type": "skip"}
low, high = wilson_interval(n_right, n_true)
pairs = [(a, b) for a in range(10) for b in range(a + 1, 10) if high[a] < low[b] or high[b] < low[a]]
print(f"pairs of recalls whose intervals lie apart: {len(pairs)} of 45")
extremes = tuple(sorted([recall.argmin(), recall.argmax()]))
print(f"the lowest and the highest recall are among them: {extremes in pairs}")

# %% [markdown]
# The lowest and the highest recall lie so far apart that chance in the images hardly explains it, even though we picked
# the extremes of ten. That is said of this network: trained with another seed, it may have another weak digit. Most pairs
# overlap, and a ranking of all ten classes would mostly rank chance.
#
# <!-- notes
# Recall goes along a row, precision down a column. Ask for which of the two somebody would pay who sorts letters, and
# who looks for an illness.
#
# Which bars lie apart at all? Few: a ranking of ten classes would mostly rank chance. And another seed may have
# another weak digit.
# -->

# %% [markdown]
# ### Exercise: another mix of digits
#
# In the test set all digits are about equally frequent. On price tags they are not: there, many are a 9. Suppose that
# the network reads each digit there as well as here. Given are a confusion matrix, and `shares`: how frequent each true
# class is elsewhere, as numbers that add up to 1. Wanted is the accuracy to expect there.
# `accuracy_elsewhere(np.array([[8, 2], [5, 5]]), np.array([0.2, 0.8]))` is `0.56`.
#
# <!-- slide
# On price tags, many digits are a 9. Given a confusion matrix, and how frequent each class is elsewhere:
#
# what accuracy is to be expected there?
# -->
# <!-- notes
# 4 minutes. Each class keeps its recall; only the mix changes. Ask what would have to be true for that.
# -->

# %% tags=["exercise"]
def accuracy_elsewhere(matrix, shares):
    """The accuracy to expect where the true classes come in these shares."""
    ...

# %% tags=["check"]
exercise.accuracy_elsewhere.check(accuracy_elsewhere)
# exercise.accuracy_elsewhere.hint()
# exercise.accuracy_elsewhere.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_accuracy_elsewhere(matrix, shares):
    recall_of_each = np.diag(matrix) / matrix.sum(axis=1)
    return (shares * recall_of_each).sum()


exercise.accuracy_elsewhere.check_solution(solution_accuracy_elsewhere)

# %% [markdown]
# Now to the other half of the question. A network that says `0.97` of an answer ought to be wrong in 3 of 100 such
# answers. Add up what is missing to 1, and you have the number of errors that the network itself expects.
#
# **Predict.** It makes 103 errors. How many does it expect?
#
# <!-- slide
# **Predict.** Add up what is missing to 1 in all its confidences: that many errors the network expects.
#
# Does it make more, or fewer?
# -->
#
# <!-- notes
# Three answers with a confidence of 9 in 10 each: how many errors does it expect, in sum? So they know what is added
# up.
#
# Then votes: more, fewer, about as many.
# -->

# %%
missing = 1 - confidence
sure = confidence > 0.99
wrong = ~right
print(f"all {len(sure)} answers: {missing.sum():.0f} errors expected, {wrong.sum()} made")
print(f"{sure.sum()} of confidence > 0.99: {missing[sure].sum():.0f} expected, {wrong[sure].sum()} made")

# %% [markdown] tags=["reading"]
# Twice as many as it expects. Training rewards a probability near 1 on images that the network reads correctly already,
# and after five passes over the training images there are few others.
#
# <!-- slide
# It is **overconfident**.
# -->
#
# <!-- notes
# Second line: it expected hardly one error among the answers that it is surest of. Ask where it should have learned
# doubt: after five passes, nearly all training images are read correctly.
# -->

# %% [markdown]
# A network that makes more errors than it expects is **overconfident**, one that makes fewer is **underconfident**.
#
# To see where ours stands, sort the answers into ten **bins** by confidence, and compare in each bin the mean confidence
# with the share that is right. In a **calibrated** network the two agree. The small number beside a dot is how many
# answers the bin holds, the bar is a 95 % interval. Which of the dots are evidence, and of what?
#
# <!-- notes
# The next picture sorts the answers by confidence. Say before it comes what an honest network would look like: all
# dots on the diagonal.
# -->

# %% slideshow={"slide_type": "skip"}
bins = (confidence * 10).astype(int).clip(max=9)  # 0.87 falls into bin 8, 1.0 into bin 9
filled = np.unique(bins)
size = np.array([(bins == b).sum() for b in filled])
said = np.array([confidence[bins == b].mean() for b in filled])
was = np.array([right[bins == b].mean() for b in filled])
print("bins that hold answers:", filled.tolist())
print("how many they hold:    ", size.tolist())
low, high = wilson_interval(was * size, size)
print("bins whose interval misses the mean confidence:", filled[(said < low) | (said > high)].tolist())

# %% tags=["figure"]
figures.draw_reliability(said, was, (low, high), size)

# %% [markdown] tags=["reading"]
# Nearly all answers sit in the last bin. The others hold a few dozen or fewer, so their bars are long. All but one of
# these dots lie below the diagonal, yet most of their bars reach it: the printed list names the bins where the bar does
# not. The last bin is among them, though its gap is too small to see: so many answers make the bar shorter than the
# dot. Such bins, and the count of errors expected and made, are the evidence; a low dot alone is not.
#
# <!-- slide
# Nearly all answers sit in the last bin; before it, most dots lie below the diagonal.
# -->
#
# <!-- notes
# The usual misreading: nearly all dots lie below the line, so it is wrong everywhere. Look at the bars: most of them
# reach the diagonal, and the numbers beside the dots say how few answers they stand for.
#
# So what is the evidence? The count of errors before, and the last bin, whose gap is too small to see.
# -->

# %% [markdown]
# One number for the picture is the **expected calibration error**: the mean distance from the diagonal, each bin
# weighted by its answers ([Guo and others, 2017](https://arxiv.org/abs/1706.04599)).

# %% slideshow={"slide_type": "skip"}
error = (size * abs(was - said)).sum() / size.sum()
print(f"expected calibration error: {error:.4f}")
print("evaluation agrees:", np.allclose(error, evaluation.calibration(probabilities, digits)[3]))

# %% [markdown]
# A small number, because nearly all answers are easy ones. It too is an average that hides the rare hard cases. And what
# about images that are not quite like these?
#
# **Predict.** Move the first 2,000 test digits to the right, by one, two, three, four pixels. The margin is wide enough
# for nearly all of the ink. What does the accuracy do, and what the mean confidence?
#
# <!-- slide
# ### And on other images?
#
# **Predict.** The digits are moved by four pixels, and remain whole.
#
# What becomes of its accuracy, and what of its confidence?
# -->
#
# <!-- notes
# Two curves on paper, over a shift of 0 to 4 pixels. Many let both fall alike, or neither: *convolutions do not care
# where it is*. Remind them of the end of lesson 3, and of what reads the last feature maps.
# -->

# %% slideshow={"slide_type": "skip"}
padded = np.pad(test_images[:2000], ((0, 0), (0, 0), (4, 0), (0, 0)))  # paper on the left
moved = [padded[:, :, 4 - shift : 32 - shift] for shift in range(5)]
answers = [model.predict(images, verbose=0) for images in moved]
mean_confidence = [a.max(axis=1).mean() for a in answers]
accuracy = [(a.argmax(axis=1) == digits[:2000]).mean() for a in answers]

# %% tags=["figure"]
figures.draw_shift(moved, mean_confidence, accuracy)

# %% [markdown] tags=["reading"]
# The accuracy falls steeply, the confidence a little. Why is a network of convolutions upset by a shift at all? Its dense
# layers see *where* in the image a feature lies, and all training digits were centered.
#
# <!-- slide
# **Confidence is not the probability of being right.**
# -->
# <!-- notes
# Read off the right end of both curves. It is nearly as sure as before, and wrong far more often: what would a user see?
#
# Why is a network of convolutions upset by a shift? Its dense layers see where a feature lies, and all training
# digits were centered.
# -->

# %% [markdown]
# **Confidence is not the probability of being right.** It is an output of the network like any other, fitted to the
# training digits. How far you may believe it on images of another kind, only a count on such images can tell.

# %% [markdown]
# ## Is it nearly human?
#
# The seed notebook ends with "nearly similar to the levels of accuracy one would expect from a human". Be that human
# for a moment. These are the ten errors with the least probability on the true class.
#
# **Predict.** Write down what you read, (a) to (j), before you look at the answers.
#
# <!-- notes
# 3 minutes. Who has measured people on these images? Let them look for the experiment behind the figure. A good last
# question for the walk home.
#
# Next slide: a minute of silence, and ten answers on paper, (a) to (j). Nobody speaks before all have ten.
# -->

# %% tags=["figure"]
worst = evaluation.worst_errors(probabilities, digits, n=10)
figures.draw_lettered(test_images[worst])

# %%
print("     label  network  its confidence")
for letter, index in zip("abcdefghij", worst, strict=True):
    sureness = f"{confidence[index]:.1%}" if confidence[index] < 0.999 else "over 99.9%"
    print(f"({letter})  {digits[index]:5}  {predicted[index]:7}  {sureness:>14}")

# %% [markdown] tags=["reading"]
# How many did *you* get right? Look at (j) and its label once more: there the network is marked wrong, and so are you,
# if you read as it did. Then look at (d). That one you can read, and the network is sure of something else.
#
# <!-- notes
# First: who got more than half of the ten right? Then (j): there the network is marked wrong, and so is whoever reads
# as it did. And (d): you can read that one, and the network is sure of something else.
# -->

# %% [markdown]
# **How often do people err?** The figure handed on for MNIST is an error rate of about 0.2 %, for example by [Cireşan,
# Meier and Schmidhuber (2012)](https://arxiv.org/abs/1202.2745), usually traced to a comparison of classifiers that
# LeCun and others published in 1995. We found no account of an experiment behind it: how many people, how many images,
# shown how. A second figure one meets, 2.5 %, belongs to *other images*: digits cut from envelopes, $16 \times 16$
# pixels, the USPS set ([Cortes and Vapnik, 1995](https://doi.org/10.1007/BF00994018), Table 1, after an internal
# report by Bromley and Säckinger, 1991). So: for MNIST a number without a method, and for another data set another
# number.
#
# One more number belongs here. People who looked again at MNIST's test set judged 15 of its labels to be wrong
# ([Northcutt, Athalye and Mueller, 2021](https://arxiv.org/abs/2103.14749)). A perfect reader would be marked wrong
# there.
#
# **Predict.** An error rate of 0.2 % is an accuracy of $100 - 0.2 = 99.8$ %. Beside it the seed notebook's $99.15$ %
# looks nearly the same. How many times as many errors does that make?
#
# <!-- slide
# **Predict.** People are said to err on two in a thousand of such digits. Is the network as good as people?
# -->
# <!-- notes
# The figure that everybody hands on has no experiment behind it that could be found. Say so.
# -->

# %%
of_notebook, of_people = 10000 - 9915, 20  # 0.2 % of 10,000
print(f"{of_notebook} errors are {of_notebook / of_people} times {of_people}")

# %% tags=["figure"]
interval = wilson_interval(of_notebook, 10000)
figures.draw_errors(10000 - n_correct, of_notebook, interval, people=of_people, judged_wrong=15)

# %% slideshow={"slide_type": "skip"}
counts = {"the seed notebook": (85, 10000), "0.2 %, if of 10,000": (20, 10000)}
counts["0.2 %, if of 1,000"] = 2, 1000
for name, (errors, n) in counts.items():
    low, high = wilson_interval(errors, n)
    print(f"{name:19} {errors:2} of {n:5} wrong: {low:.2%} to {high:.2%}")

# %% [markdown] tags=["reading"]
# Set against the figure that is handed on, the seed notebook's network makes about four times as many errors as people
# do, and its interval stays well away from that figure. How firm the figure itself is, nobody can say. If it comes from
# a thousand images, its own interval reaches up to where the network's begins: the first printed line and the last
# overlap. And 15 wrong labels are nearly as many as its 20 errors. A careful sentence would be: *on MNIST the network
# makes several times the errors of the one figure for people that is handed on, and that figure is poorly documented.*
# "Nearly similar to a human" was more than the evidence allows.
#
# <!-- slide
# Near 100 %, compare errors, not accuracies.
# -->
#
# <!-- notes
# Two accuracies that look alike, and 85 errors beside 20, which do not. Have the black diamond's source asked for: a
# figure without a method. If it came from a thousand images, its interval would reach far to the right. And the
# dotted line: labels that are wrong themselves.
# -->

# %% [markdown]
# **Near 100 %, compare errors and not accuracies:** what is left to gain is what counts. And say which images a claim is
# about: all of these are centered digits, and you have seen what four pixels do to our network.
#
# **One temptation is left.** The seed notebook looks at nothing but the test set. As long as one looks once, at
# the end, that is honest, and only the interval is missing. It goes wrong with the next step, which everyone is
# tempted to take: try something else, look again, keep the better one.
#
# **Predict.** In lesson 2 you took the best of 50 equal networks. Here each has a true accuracy of 99 %, and you report
# the best count on the test set. How does this best grow when you try 1, 10, 100, 1,000 of them?
#
# <!-- slide
# ### One temptation is left
#
# **Predict.** Take the best of many equal networks: what will its accuracy show?
# -->
#
# <!-- notes
# The last temptation. Before the key: a hundred equal networks, and you report the best. Is that network better?
# Is its number?
# -->

# %%
for tried in (1, 10, 100, 1000):
    best = rng.binomial(10000, 0.99, size=(2000, tried)).max(axis=1).mean()
    print(f"the best of {tried:4} equal networks shows {best / 10000:.4f} on average")

# %% [markdown] tags=["reading"]
# The number climbs, and no network got better. (That the second line lands near the seed notebook's accuracy is a
# coincidence: as far as its cells show, it trained one network and looked once.) Whoever chooses by the test set
# measures their own choosing.
#
# <!-- slide
# The number climbs, and no network got better.
# -->
#
# <!-- notes
# Lesson 2 once more, from one to a thousand. The second line lands near the seed notebook's number: a coincidence,
# and a warning.
#
# Ask for the rule in their own words: choose with validation images, open the test images once, report with an
# interval and the number of runs.
# -->

# %% [markdown]
# **Choose with validation images**, as lessons 2 and 5 did, and keep the test set for the one number at the end: with its
# interval, its number of runs, and a word on which images it speaks of.

# %% [markdown]
# ## Quiz
#
# Answer each question on paper first. Then take the `#` away below, put in your answer, and run the line: it says why.
#
# <!-- slide
# Questions in the notebook: each on paper first, then the line that says why.
# -->
# <!-- notes
# 2 minutes. Show of hands before anyone runs the line.
# -->

# %% tags=["quiz"]
exercise.quiz.show()

# %% tags=["quiz"]
# exercise.quiz.answer(1, "a")

# %% [markdown]
# ## Key points
#
# - An accuracy is a count on a sample. Wilson's interval shows what the sample allows, near 100 % too; a mean and a
#   standard deviation over seeds show what the recipe allows. A difference between two single runs that is smaller
#   than these is not a finding.
# - A confusion matrix shows where a network errs. Its confidence is not its probability of being right: check that on
#   a reliability picture, and do not carry it over to images of another kind.
# - Near 100 % compare errors, cite where a human figure comes from, and never choose by the test set.
#
# **Next:** this is where the seed notebook's path ends. Go back to the number you wrote down for a mistake in
# [lesson 0](00_start_here.ipynb), and see what you would write now. Then [7. Looking inside](07_inspecting.ipynb)
# opens the network.
#
# <!-- slide
# * An accuracy is a count on a sample: give its interval.
# * The same recipe gives other networks: give the spread over seeds.
# * Confidence is not the probability of being right, least of all on images unlike the training set.
#
# **Next:** [7. Looking inside](07_inspecting.ipynb) opens the network.
# -->
#
# <!-- notes
# Without the slide first: how should the seed notebook have written its last line? One sentence, with an interval,
# and what it speaks of.
#
# To ask on the way out: your number in lesson 0 for the surest mistake. What would you write now?
# -->
