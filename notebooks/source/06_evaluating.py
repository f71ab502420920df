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
# You will take one number, a test accuracy, and find out how much of it you can believe.
#
# **60 minutes**, and 55 for *Going further*. At the end you can
#
# - put a confidence interval around an accuracy, and tell the chance of the test set from the chance of training;
# - compare two networks on the same test images, and say what a p-value means;
# - read a confusion matrix and a reliability diagram, and correct a network that is too sure of itself.
#
# <!-- slide
# How good is it, and how sure are we?
# -->
# <!-- notes
# 1 minute. One number was passed on from notebook to notebook. Ask who would vouch for its last digit.
# -->

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course isn't installed here: in its folder, pip install -e . (README, Start)")

from course_utils import data, evaluation, networks, plotting
from course_utils.results import read_result
from course_utils.exercises import evaluating as exercise
from course_utils.figures import evaluating as figures
from course_utils.widgets.threshold import ThresholdView

import numpy as np

plotting.use_course_style()

# %% [markdown]
# ## What does one number say?
#
# Lesson 5 trained a network. Here is one trained the same way, stored with the course, so that this lesson runs alone.
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
# 4 minutes. Turn accuracy into errors at once: two accuracies near 100% look alike, and their errors may not.
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
# wrong. That hundredth, 1 minus the accuracy, is the **error rate**.
#
# <!-- notes
# How many errors is that, of 10,000? On the next slide they are counted, so that nobody thinks `evaluate` does more
# than count.
# -->

# %% [markdown]
# There is no magic in `evaluate`: the answer to an image is the class with the largest of ten probabilities, and the
# accuracy is a count.
#
# Your processor's probabilities may differ from your neighbor's in the last digits (lesson 5), which could change a
# count by one. So this lesson counts with probabilities that are stored beside the network, the same for both of you. The
# last line is for comparison: this course grew from the *original notebook*, with the same network, trained the same way
# on another machine.

# %%
on_this_computer = model.predict(test_images, verbose=0)
probabilities = networks.load_seed_probabilities()
predicted = probabilities.argmax(axis=1)
right = predicted == digits

print("computed here and stored agree to 0.0001:", abs(on_this_computer - probabilities).max() < 1e-4)
print(f"{right.sum()} right and {(~right).sum()} wrong, of {len(digits)}")
print("the accuracy that Keras gives, to two images:", abs(right.mean() - test_acc) < 2.5e-4)
print("the original notebook printed 0.9915000200271606")

# %% [markdown]
# Near 100%, look at errors: 0.9897 and 0.9915 seem alike, 103 errors and 85 don't. The rest of this lesson is about what
# lies between these two numbers.
#
# The largest of the ten probabilities is the **confidence** of an answer. Here is the first test image, the one where the
# network is right with the least confidence, and the first that it gets wrong. The bar of the true class is blue.
#
# <!-- notes
# The second line and the third are the point: a count, and Keras agrees.
#
# Then the last line: have the class turn the difference between the two accuracies into images: 18. Two thousandths
# sounds like nothing, and so does 18; which is the better way to say it?
#
# Three images come next: the first one, the one that is right with the least confidence, and the first that is wrong.
# From now on, keep *right* and *sure* apart; the lesson needs both words.
# -->

# %% slideshow={"slide_type": "skip"}
confidence = probabilities.max(axis=1).astype(float)  # float64, so that no mean is rounded early
chosen = [0, np.where(right, confidence, 1).argmin(), np.flatnonzero(~right)[0]]

# %% tags=["figure"]
figures.draw_answers(test_images[chosen], digits[chosen], probabilities[chosen])

# %% [markdown]
# ### Exercise: too good to be true
#
# A colleague measures the same network with the function below. It takes the labels as one-hot rows, and ten
# probabilities for each image. It runs without complaint, and its number is far too good. Find out what it counts, and
# fix it: it should return the share of images that are read correctly, where the answer is the class with the largest
# probability.
#
# <!-- slide
# A colleague's function measures the network. It runs without complaint, and its number is far too good.
#
# Find out what it counts, and fix it.
# -->
# <!-- notes
# 5 minutes. Suggest a tiny case: two images, one right, one wrong. A number that's too good is the first sign of a bug.
# -->

# %% tags=["exercise"]
def share_right(labels, probabilities):
    """The share of the images read correctly, from one-hot rows and the probabilities of all classes."""
    rounded = np.round(probabilities)
    return (rounded == labels).mean()


print("our network, measured this way:", np.round(share_right(test_labels, probabilities), 3))

# %% tags=["check"]
exercise.share_right.check(share_right)
# exercise.share_right.hint()
# exercise.share_right.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_share_right(labels, probabilities):
    return (probabilities.argmax(axis=1) == labels.argmax(axis=1)).mean()


exercise.share_right.check_solution(solution_share_right)

# %% [markdown]
# ## How far off may a test accuracy be?
#
# Imagine that the makers of MNIST had put 10,000 *other* digits of the same kind into the test set: the same network,
# another count. What you'd like to know is the **true accuracy**, the share that the network would read correctly of *all*
# digits that could have come into the test set. What you have is a **sample** of them.
#
# **Predict.** Suppose the true accuracy is 99%. Of 10,000 test images, how many are then read correctly? Always
# 9,900? Think of test set after test set, and write down a range that holds 95 of 100 such counts.
#
# <!-- slide
# **Predict.** If MNIST's makers had drawn another 10,000 images, how far would the accuracy move?
# -->
# <!-- notes
# 9 minutes. Toss coins if you have the time: ten tosses each, and write the counts on the board. Everything in this
# section is about which images were drawn, for one network.
#
# Somebody expects exactly 9,900. Ask about a coin: ten tosses, always five heads?
# -->

# %%
rng = np.random.default_rng(0)
# 100,000 imagined test sets: how many of 10,000 images come out right, each with probability 0.99?
drawn = rng.binomial(10000, 0.99, size=100_000) / 10000
low, high = np.quantile(drawn, [0.025, 0.975])  # 2.5% lie below the first, 2.5% above the second
print(f"95% of the test sets: {10000 * low:.0f} to {10000 * high:.0f} right, {low:.4f} to {high:.4f}")

# %% tags=["figure"]
figures.draw_test_sets(drawn, low, high, ours=right.mean(), original=0.9915)

# %% [markdown] tags=["reading"]
# The third digit of the accuracy depends on which images happened to be drawn. Of the sixteen digits that the original
# notebook printed, the first two are worth passing on; the third is a hint.
#
# <!-- slide
# One network, other images: already the third digit moves.
# -->
#
# <!-- notes
# Both lines stand inside the blue band. Ask what the band is made of: other images, the same network.
#
# The misconception: 10,000 images are so many that chance plays no part. Which of the sixteen printed digits of the
# original notebook would they still vouch for?
# -->

# %% [markdown]
# How many of $n$ images come out right, if each does so with probability $p$ and none depends on another, follows the
# **binomial distribution**; `rng.binomial` draws from it. Its bell is nearly that of the **normal distribution**, whose
# middle 95% lies within 1.96 standard deviations of the mean. A **standard deviation** is the typical distance from the
# mean: the root of the mean squared distance. Here it's $\sqrt{p\,(1-p)/n}$. The standard deviation of a number that is
# computed from a sample, such as an accuracy, is called its **standard error**. The drawn test sets agree:
#
# <!-- notes
# Binomial: a count of independent tosses. Normal: the bell that such counts nearly follow. The next line checks 1.96 on
# the bell they have just seen.
# -->

# %%
standard_error = np.sqrt(0.99 * 0.01 / 10000)
within = abs(drawn - 0.99) < 1.96 * standard_error
print(f"standard error: {standard_error:.4f} by the formula, {drawn.std():.4f} of the drawn accuracies")
print(f"drawn accuracies within 1.96 standard errors of 0.99: {within.mean():.0%}")

# %% [markdown]
# You don't know $p$. A **confidence interval** is a range computed from the sample alone, by a rule that catches the true
# value for 95 of 100 samples. The simplest rule is the **Wald interval**: put the observed share in the formula, and go
# 1.96 standard errors to either side. It fails near 100%: after 100 right of 100, it has no width at all.
#
# Edwin Wilson turned the question around in [1927](https://doi.org/10.1080/01621459.1927.10502953): **which true
# accuracies would make the result unsurprising?** Take each candidate $p$, and put *that* $p$ in the formula of the
# standard error. If the observed share lies at most 1.96 of these away, the candidate passes. All that pass form the
# **Wilson score interval**. (*Going further* derives the next cell's formula.)
#
# **Predict.** On a small test set of 100 images a network makes no error at all. How low may its true accuracy be?
#
# <!-- slide
# ### A 95% confidence interval
#
# The **Wald interval**, from the observed share $p$ of $n$ images:
#
# $$p \pm 1.96 \sqrt{\frac{p\,(1-p)}{n}}$$
#
# The **Wilson score interval**: which true accuracies would make our result unsurprising?
#
# **Predict.** 100 images, and no error at all. How low may the true accuracy be?
# -->
#
# <!-- notes
# The first formula is the bell's width with the observed share in place of the true one, which nobody knows. Have them
# put in 100 of 100. Who would fly with a network that never errs, known from 100 images?
#
# Then Wilson. Let two students defend a candidate each: a true accuracy of 98%, and a lucky sample; one of 90%, and
# a very lucky sample. Where would you stop believing?
# -->
#
# <!-- lines 4 | 5 | 6 -->

# %%
def wilson_interval(n_correct, n, z=1.959964):
    """The true accuracies that make n_correct of n unsurprising."""
    share = n_correct / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return middle - half, middle + half


for n_correct, n in ((100, 100), (99, 100), (9897, 10000), (9915, 10000)):
    low, high = wilson_interval(n_correct, n)
    same = np.allclose((low, high), evaluation.wilson_interval(n_correct, n))
    print(f"{n_correct:5} of {n:5} right: {low:.4f} to {high:.4f}   evaluation agrees: {same}")

# %% [markdown] tags=["reading"]
# Even after 100 of 100, a network that errs now and then would be no surprise. And with 10,000 images, a few thousandths of
# doubt remain.
#
# <!-- slide
# No error in 100 images does not mean no errors.
# -->
#
# <!-- notes
# First line: the lowest accuracy that a network without an error in 100 images may have. Compare it with their guesses.
# -->

# %% [markdown]
# **What such an interval takes for granted:** that no image depends on another. But in the labels of
# [QMNIST](https://arxiv.org/abs/1905.10498), which trace each digit to the person who wrote it, the 10,000 test images
# are by 297 people. Digits by one hand are **clustered**: they tend to be read well or badly together. For digits by
# *new writers*, the true accuracy is therefore less certain than the interval says (*Going further* shows why). And of
# digits of another kind, it says nothing at all.
#
# <!-- notes
# 10,000 images, 297 writers. What does the formula count, and what should it count for a new writer?
# -->

# %% [markdown]
# ## Would the same recipe do it again?
#
# There is a second kind of chance. Training starts from random weights and takes the images in random order, both fixed
# by the random seed. (On one computer. On another, last digits differ, as in lesson 5, and grow.) So a recipe (a
# network, its training procedure, and its hyperparameters) has no *single* accuracy. Each run of it has its own.
#
# **Predict.** Between 0.9897 and 0.9915 lie 18 of 10,000 images. Ten training runs are the same in all but the random
# seed: how many images lie between the best and the worst? (Stored results, made by `nox -s bench -- seeds`.)
#
# <!-- slide
# **Predict.** Ten training runs, one recipe, ten random seeds, the same test images.
#
# How far apart are best and worst: more than 18 images, or fewer?
# -->
# <!-- notes
# 6 minutes. The second kind of chance. Most expect the runs to agree far better than they do.
# -->

# %%
runs = read_result("seeds")["runs"]
misread = np.zeros((len(runs), 10000), dtype=int)  # a row for each run, a column for each test image
for row, run in zip(misread, runs, strict=True):
    row[run["misread"]] = 1

n_wrong = misread.sum(axis=1)
apart = abs(n_wrong[:, None] - n_wrong)[np.triu_indices(len(runs), 1)]
print("errors:", n_wrong.tolist())
print(f"best and worst: {n_wrong.max() - n_wrong.min()} images apart")
print(f"pairs of runs 18 images or more apart: {(apart >= 18).sum()} of {len(apart)}")
deviation = n_wrong.std(ddof=1)  # ddof=1 divides by 9, not 10: the mean comes from the same ten numbers
print(f"mean: {n_wrong.mean():.1f} errors, standard deviation: {deviation:.1f}")

# %% [markdown] tags=["reading"]
# All these runs have **one** recipe, and yet many pairs differ by 18 images or more, which is nearly two thousandths. So
# here is the usual misconception: *this run is two thousandths better than that one, so its recipe is better.*
#
# <!-- slide
# All these runs have **one** recipe. One better run says nothing about a change.
# -->
#
# <!-- notes
# Third line: of all pairs from *one* recipe, so many differ by as much as our two networks. This is the sentence that
# has to stay: one better run says nothing about a change.
# -->

# %% [markdown]
# Are some of these networks really better? Not necessarily. On a *finite* test set, even networks of the same true
# accuracy get different counts, because they err on different images. On two well-known benchmarks this is most of the
# scatter ([Jordan, 2024](https://arxiv.org/abs/2304.01910)). Here? Let each image keep the number of runs that misread
# it, and shuffle *which* runs those are. Then all ten are equally good. (The square of a standard deviation is the
# **variance**; for independent numbers, variances add up.)
#
# **Predict.** Do their counts scatter less than those of the ten real runs, about as much, or more?
#
# <!-- slide
# ### Are some of these networks really better?
#
# Each image keeps the number of runs that misread it. Shuffle *which* runs: then all ten are equally good.
#
# **Predict.** Do their counts scatter less than the real ones, about as much, or more?
# -->
#
# <!-- notes
# On the board: three images, four runs, a 1 for a misread image. Shuffle each column; add up each row. What stays, and
# what changes?
# -->
#
# <!-- code
# hard = misread[:, misread.any(axis=0)]  # the images that at least one run misreads
# …
# rate = hard.mean(axis=0)  # how often each image is misread
# by_luck = np.sqrt((rate * (1 - rate)).sum() * 10 / 9)  # independent variances add up; …
# # rng.permuted(..., axis=0) shuffles each column, the ten results of one image, …
# shuffled = np.array([rng.permuted(hard, axis=0).sum(axis=1).std(ddof=1) for _ in …])
# low, high = np.quantile(shuffled, [0.025, 0.975])
# …
# -->

# %%
hard = misread[:, misread.any(axis=0)]  # the images that at least one run misreads
print(f"{hard.shape[1]} images are misread by at least one run, {hard.all(axis=0).sum()} by all ten")

rate = hard.mean(axis=0)  # how often each image is misread
by_luck = np.sqrt((rate * (1 - rate)).sum() * 10 / 9)  # independent variances add up; 10/9 is ddof=1
# rng.permuted(..., axis=0) shuffles each column, the ten results of one image, by itself
shuffled = np.array([rng.permuted(hard, axis=0).sum(axis=1).std(ddof=1) for _ in range(1000)])
low, high = np.quantile(shuffled, [0.025, 0.975])
print(f"standard deviation by luck with images alone: {by_luck:.1f}")
print(f"95% of the shuffled tens: {low:.1f} to {high:.1f}, the real ten: {deviation:.1f}")

# %% [markdown] tags=["reading"]
# The real runs scatter about twice as much as luck with the images explains. So here much of the scatter is real: some
# of these networks are better than others (if no image depends on another), and only the chance of training decided
# which.
#
# <!-- slide
# Part of the scatter is luck with the images. The rest is real: some of these networks are better than others.
# -->
#
# <!-- notes
# Two lines to compare: the last one gives the range for shuffled runs, and the real ten lie outside. So some of these
# networks are really better, and nobody chose that. With another recipe, the real ten may lie inside.
# -->

# %% [markdown]
# Here are all ten with their Wilson intervals, and below them the original notebook.

# %% tags=["figure"]
counts = 10000 - np.append(n_wrong, 85)  # the last one is the original notebook's
bars = wilson_interval(counts, 10000)
figures.draw_runs(counts / 10000, bars, mean=counts[:-1].mean() / 10000, deviation=deviation / 10000)

# %% [markdown]
# The original notebook's 0.9915 looks like one more draw from this recipe. The picture shows two kinds of chance:
#
# | | what it is | what it asks | what makes it smaller |
# |---|---|---|---|
# | the length of a bar | **which images**: the sample | this network, on other images? | more test images |
# | the scatter of the dots | **which run**: training | this recipe, trained again? | more test images, as far as runs merely err on different images; beyond that, only another recipe |
#
# More runs don't make the dots scatter less. They make the *mean* surer: for $k$ runs, its standard error is the dots'
# standard deviation divided by $\sqrt{k}$. So report a network as an accuracy with its
# interval, and a recipe as a mean and a standard deviation over random seeds, with the number of runs.
#
# <!-- slide
# The notebook's number looks like one more draw from this recipe.
# -->
#
# <!-- notes
# Two kinds of chance in one picture. The length of a bar: this network, on other images. The scatter of the dots: this
# recipe, trained again. Ask of each what would make it smaller; most say *more runs* for the second, and those only
# make the mean surer.
#
# Which third one is in neither? Images of another kind.
# -->

# %% [markdown]
# ### Exercise: one better run
#
# Someone changes one thing in the recipe, trains *once*, and the network reads `9930` test images correctly. The next cell
# prints its bar; compare it with those of seed 0 and seed 3 above. What follows about the *change*? Put the letter in
# place of `...`, as `"a"`.
#
# - a: It helps: the new dot lies to the right of all ten.
# - b: It helps: the new bar does not touch the bar of seed 0.
# - c: Nothing yet: an eleventh run of the old recipe might lie there, too.
# - d: It does nothing: the new bar overlaps with the bar of seed 3.
#
# <!-- slide
# Someone changes one thing, trains **once**, and gets a better number than all ten runs.
#
# What follows about the *change*: it helps, nothing yet, or it does nothing?
# -->
# <!-- notes
# 4 minutes. Vote first. Then ask what they would do next, and how many runs it would take.
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
# ## Which of two networks is better?
#
# Back to 0.9897 and 0.9915. Their two intervals overlap, but overlapping intervals are not a test: networks whose intervals
# overlap a little can differ quite clearly. So ask directly. Suppose that the two are equally good: that is the **null
# hypothesis**. The **p-value** is the probability that chance alone then pulls them at least this far apart. A small one,
# by custom below 0.05, speaks against the null hypothesis. A large one does *not* prove it.
#
# So draw the counts of two equally good networks, many times, and see how often they lie 18 images or more apart:
#
# <!-- slide
# **Null hypothesis:** both are equally good. **p-value:** how often chance alone then pulls them this far apart.
#
# **Predict.** Two equally good networks: how often do their counts lie 18 images or more apart?
# -->
#
# <!-- notes
# 5 minutes. A guess on paper, then the key. The slip to wait for: *a large p-value, so they are equally good*.
# -->

# %%
first, second = rng.binomial(10000, 0.9906, size=(2, 100_000))  # both as good as our two on average
print(f"p-value: {(abs(first - second) >= 18).mean():.2f}")

# %% [markdown]
# That is no rare event, so the counts give no reason to call either network better, nor to call both equally good.
#
# This drew a test set for each network. But both read the *same* images, and you know which ones each misreads. Use
# that, in a **paired comparison**. An image that both read correctly, or both misread, says nothing about which is
# better. Only **discordant pairs** do, the images that exactly one of the two misreads. If the networks are equally
# good, each of those is the toss of a fair coin. That is all of **McNemar's test**: two counts and a coin.
#
# **Predict.** Compare our network with each of the ten runs. How many discordant pairs will there be? Will the paired
# p-values be smaller than the unpaired ones, or larger? And will seed 0 be different? Our network started from it too, on
# another machine.
#
# <!-- slide
# ### Two counts and a coin
#
# Only the images that exactly one of the two misreads tell them apart. Equally good? Then each is a fair coin.
#
# **Predict.** Our network and each of the ten runs: how many such images? Is this p-value smaller than without pairing,
# or larger?
# -->
#
# <!-- notes
# The p-value before: no reason to call either one better. Is it a reason to call them equally good? No: it would take
# more images to tell.
#
# The four kinds of images on the board: both right, both wrong, only one of them right. Which of the four say anything
# about which network is better?
# -->
#
# <!-- code
# ours = ~right
# …
# for seed, other in enumerate(misread == 1):
#     only_ours, only_other = (ours & ~other).sum(), (other & ~ours).sum()
#     n = only_ours + only_other
#     exact = evaluation.mcnemar_p_value(only_ours, only_other)
#     heads = rng.binomial(n, 0.5, size=100_000)  # n fair coins, tossed 100,000 times
#     as_uneven = (abs(heads - n / 2) >= abs(only_ours - n / 2)).mean()
#     …
# -->
# <!-- lines 4-5 | 6 | 7-8 -->

# %%
ours = ~right
print("seed  both err  only ours  only it  paired p  unpaired p  coins agree")
for seed, other in enumerate(misread == 1):
    only_ours, only_other = (ours & ~other).sum(), (other & ~ours).sum()
    n = only_ours + only_other
    exact = evaluation.mcnemar_p_value(only_ours, only_other)
    heads = rng.binomial(n, 0.5, size=100_000)  # n fair coins, tossed 100,000 times
    as_uneven = (abs(heads - n / 2) >= abs(only_ours - n / 2)).mean()
    first, second = rng.binomial(10000, 1 - (ours.sum() + other.sum()) / 20000, size=(2, 100_000))
    unpaired = (abs(first - second) >= abs(only_ours - only_other)).mean()
    shared, agree = (ours & other).sum(), abs(as_uneven - exact) < 0.01
    print(f"{seed:4}{shared:10}{only_ours:11}{only_other:9}{exact:10.3f}{unpaired:12.3f}{agree!s:>13}")

# %% [markdown] tags=["reading"]
# Two networks share the luck with the images that both misread. Pairing takes it out of the comparison, so the same
# images say more: no paired p-value is larger than the unpaired one. *Only ours* and *only it* together are the
# discordant pairs, all that is left to chance. Ours and seed 0 are close relatives: they share most of their errors, so
# few pairs are left. The others share fewer than half of our errors.
#
# <!-- notes
# Compare the two p-values in each line. Then the first line with the others: the same random seed on two machines, so
# most errors are shared. Where have they gone?
# -->

# %% [markdown] tags=["reading"]
# A small p-value says that two *networks* differ. It does not say that their *recipes* do: some lines are below 0.05, and
# all these networks have one recipe. To compare recipes, train each several times.
#
# <!-- slide
# ### What does a p-value say?
#
# Shared errors cancel, so the same images say more.
#
# A small p-value says that two *networks* differ, not that their recipes do.
# -->

# %% [markdown]
# ## Where does it err, and does it know?
#
# For each image, take its true class and the answer: it adds one, in the row of its true class and the column of the
# answer. Along a **row** of this **confusion matrix** you read what became of one true class. Down a **column** you
# read what all the answers of one kind really were.
#
# **Predict.** Which digit is most often mistaken for which other? Write down one pair, and whether the reverse happens
# as often.
#
# <!-- slide
# Along a row: what became of one class. Down a column: what its answers really were.
#
# **Predict.** Which digit is most often mistaken for which other? And the reverse, as often?
# -->
#
# <!-- notes
# 9 minutes. Collect pairs before you show the matrix, with the direction: rows are what was there, columns what was
# answered.
# -->

# %% slideshow={"slide_type": "skip"}
matrix = np.zeros((10, 10), dtype=int)
for label, answer in zip(digits, predicted, strict=True):
    matrix[label, answer] += 1

# %% tags=["figure"]
figures.draw_confusion(matrix)

# %% slideshow={"slide_type": "skip"}
print("evaluation agrees:", np.array_equal(matrix, evaluation.confusion_matrix(digits, predicted)))
off = matrix - np.diag(np.diag(matrix))  # the errors alone
for label, answer in np.argwhere(off == off.max()):
    there, back = off[label, answer], off[answer, label]
    print(f"{label} called {answer}: {there} times    {answer} called {label}: {back} times")

# %% [markdown] tags=["reading"]
# No pair wins alone, and among counts this small chance could have chosen another winner. One thing is clearer. Rows
# and columns are not mirror images: the network is too fond of the answer 3 and seldom loses a true 3.
#
# <!-- slide
# No pair wins alone. Clearer: the network is too fond of the answer 3.
# -->
#
# <!-- notes
# Whose pair is in the picture, and in which direction? Have them say the direction each time: *a 9, read as 3*.
#
# A row says what became of one class, a column what its answers really were. Rows and columns are not mirror images:
# which answer is this network too fond of?
# -->

# %% [markdown]
# Reading along a row or down a column gives two numbers. **Recall**: of the images that *are* a 4, what share was called
# 4? **Precision**: of the images that were *called* 7, what share is a 7?

# %%
n_right, n_true, n_called = np.diag(matrix), matrix.sum(axis=1), matrix.sum(axis=0)
recall, precision = n_right / n_true, n_right / n_called
print("evaluation agrees:", np.allclose((precision, recall), evaluation.precision_recall(matrix)))

# %% tags=["figure"]
bars = wilson_interval(n_right, n_true), wilson_interval(n_right, n_called)
figures.draw_recall_and_precision(recall, bars[0], precision, bars[1])

# %% [markdown]
# The order is not stable. Here is the digit of lowest recall in each of our ten runs:

# %% slideshow={"slide_type": "skip"}
missed = np.array([np.bincount(digits[row == 1], minlength=10) for row in misread])  # by true class
print((missed / n_true).argmax(axis=1).tolist())

# %% [markdown]
# And does it know? A network that says `0.97` of an answer ought to be wrong in 3 of 100 such answers. Add up how far
# each confidence falls short of 1, and you have the number of errors that the network itself expects.
#
# **Predict.** It makes 103 errors. How many does it expect?
#
# <!-- slide
# **Predict.** Add up how far each confidence falls short of 1: that many errors the network expects.
#
# Does it make more, or fewer?
# -->
#
# <!-- notes
# Recall goes along a row, precision down a column. Which of the two would you pay for if you sort letters, and which if
# you screen for an illness?
#
# Then the errors it expects. Three answers with a confidence of 9 in 10 each: how many errors does it expect, in sum?
# Take votes: more, fewer, about as many.
# -->

# %%
missing = 1 - confidence
sure = confidence > 0.99
wrong = ~right
print(f"all {len(sure)} answers: {missing.sum():.0f} errors expected, {wrong.sum()} made")
print(f"{sure.sum()} of confidence > 0.99: {missing[sure].sum():.0f} expected, {wrong[sure].sum()} made")

# %% [markdown] tags=["reading"]
# Twice as many as it expects, and among its surest answers more than ten times as many. Training rewards a probability
# near 1 on images that the network reads correctly already, and after five epochs there are few others.
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
# A network that makes more errors than it expects is **overconfident**; where confidence and share of right answers
# agree, it is **calibrated**. A **reliability diagram** shows both, with a dot for each of ten **bins** of confidence
# that holds answers. The small number is how many answers the bin holds, the bar is a 95% interval. Which of the dots
# are evidence, and of what?
#
# <!-- notes
# The next picture sorts the answers by confidence. Before it comes: what would an honest network look like? All dots on
# the diagonal.
# -->

# %% slideshow={"slide_type": "skip"}
said, was, size, _ = evaluation.calibration(probabilities, digits)

# %% tags=["figure"]
figures.draw_reliability(said, was, wilson_interval(was * size, size), size)

# %% slideshow={"slide_type": "skip"}
for name, bins in zip(("last bin", "the other six"), (slice(-1, None), slice(-1)), strict=True):
    print(f"{name}: {(said * size)[bins].sum():.0f} expected right, {(was * size)[bins].sum():.0f} are")

# %% [markdown] tags=["reading"]
# Nearly all answers sit in the last bin. The gap is too small to see, but the bar misses the diagonal: so many answers make
# it shorter than the dot. Of the other six bars, four reach the diagonal: such a dot alone proves little. Two don't, and
# the six together say the same: overconfident.
#
# <!-- slide
# Nearly all answers sit in the last bin; before it, most dots lie below the diagonal.
# -->
#
# <!-- notes
# The usual misreading: each dot below the line proves something. Look at the bars: four of the six before the last bin
# reach the diagonal, and the numbers beside the dots say how few answers they stand for.
#
# So what is the evidence? The last bin, whose gap is too small to see; the two bars that miss; and all six together.
# -->

# %% [markdown]
# One number for the whole picture is the **expected calibration error** (ECE): the mean distance from the diagonal, each
# bin weighted by its answers (Naeini, Cooper and Hauskrecht, 2015).
#
# Can you correct such a network without training it again? **Temperature scaling** divides all its logits by one number
# $T$, the temperature ([Guo and others, 2017](https://arxiv.org/abs/1706.04599)): the one with the least cross-entropy on
# images that the network wasn't trained on. Ours was trained on all 60,000, so every second test image plays the
# validation set. The others are the judge.
#
# **Predict.** Will $T$ be above 1 or below? And which of these will change: the answers, the confidence, the accuracy?
#
# <!-- slide
# ### Can you correct it without training it again?
#
# **Temperature scaling:** divide all logits by one number $T$, fitted on images that it wasn't trained on.
#
# **Predict.** Is $T$ above 1 or below? What changes: answers, confidence, accuracy?
# -->
#
# <!-- notes
# Let them try it on paper: logits 4, 2, 0 and T = 2. Which class wins, before and after? By how much?
#
# Why not fit T on the images that judge it? For the same reason as everything else that is chosen.
# -->
#
# <!-- code
# clipped = np.maximum(probabilities, 1e-7).astype(float)  # no log of 0
# logits = np.log(clipped)  # softmax brings the probabilities nearly back
# fitted, judged = slice(0, None, 2), slice(1, None, 2)
#
# def soften(logits, temperature):
#     powers = np.exp(logits / temperature)
#     return powers / powers.sum(axis=1, keepdims=True)
#
# temperatures = np.arange(0.5, 3, 0.01)
# of_label = test_labels[fitted] == 1
# losses = [-np.log(soften(logits[fitted], t)[of_label]).mean() for t in temperatures]
# T = temperatures[np.argmin(losses)]
# …
# -->

# %%
clipped = np.maximum(probabilities, 1e-7).astype(float)  # no log of 0
logits = np.log(clipped)  # softmax brings the probabilities nearly back
fitted, judged = slice(0, None, 2), slice(1, None, 2)


def soften(logits, temperature):
    powers = np.exp(logits / temperature)
    return powers / powers.sum(axis=1, keepdims=True)


temperatures = np.arange(0.5, 3, 0.01)
of_label = test_labels[fitted] == 1
losses = [-np.log(soften(logits[fitted], t)[of_label]).mean() for t in temperatures]
T = temperatures[np.argmin(losses)]
same = abs(T - evaluation.fit_temperature(logits[fitted], digits[fitted])) < 0.01
print(f"T: {T:.1f}   evaluation agrees: {same}")

# %% slideshow={"slide_type": "skip"}
print(f"{wrong[judged].sum()} errors made among the images that judge")
for name, t in (("before", 1), ("after", T)):
    softened = soften(logits[judged], t)
    same = (softened.argmax(axis=1) == predicted[judged]).all()
    expected, ece = (1 - softened.max(axis=1)).sum(), evaluation.calibration(softened, digits[judged])[3]
    print(f"{name:6}: {expected:.0f} errors expected, calibration error {ece:.4f}, same answers: {same}")

# %% [markdown] tags=["reading"]
# $T$ is above 1, since the network was too sure. No answer changes, and so neither does the accuracy, because dividing
# keeps the order of the logits. But now the network expects nearly as many errors as it makes.
#
# <!-- slide
# One number, no new training, the same answers, and the network expects nearly as many errors as it makes.
# -->
#
# <!-- notes
# Above 1: the network was too sure. What stayed the same? Every answer. So this is no cure for errors; it lets you know
# how many to expect.
# -->

# %% [markdown]
# That holds for images like these. What about others?
#
# **Predict.** Move the first 2,000 test digits to the right, by one, two, three, four pixels. The margin is wide enough
# for nearly all of the ink. What does the accuracy do, and what the mean confidence, before and after temperature
# scaling?
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
# Curves on paper, over a shift of 0 to 4 pixels. Many let them all fall alike, or none: *convolutions don't care where it
# is*. Remind them of the end of lesson 3, and of what reads the last feature maps.
# -->

# %% slideshow={"slide_type": "skip"}
padded = np.pad(test_images[:2000], ((0, 0), (0, 0), (4, 0), (0, 0)))  # paper on the left
moved = [padded[:, :, 4 - shift : 32 - shift] for shift in range(5)]
answers = [model.predict(images, verbose=0) for images in moved]
accuracy = [(a.argmax(axis=1) == digits[:2000]).mean() for a in answers]
before = [a.max(axis=1).mean() for a in answers]
after = [soften(np.log(np.maximum(a, 1e-7)), T).max(axis=1).mean() for a in answers]

# %% tags=["figure"]
figures.draw_shift(moved, accuracy, before, after)

# %% [markdown] tags=["reading"]
# The accuracy falls steeply, the confidence much less, temperature or not. Why does a shift upset a network of
# convolutions? A likely reason: its dense layers see *where* a feature lies, and all training digits were centered.
#
# <!-- slide
# **Confidence is not the probability of being right.**
# -->
# <!-- notes
# Read off the right end of the curves. It is nearly as sure as before, and wrong far more often: what would a user see?
#
# Why is a network of convolutions upset by a shift? Its dense layers see where a feature lies, and all training
# digits were centered.
# -->

# %% [markdown]
# **Confidence is not the probability of being right.** It is fitted to the training digits. How far you can believe it on
# images of another kind, only a count on such images can tell.

# %% [markdown]
# ## Going further: Is one error in a hundred few?
#
# It depends on what one error costs.
#
# **Predict.** A postal code has five digits, and one misread digit sends the letter astray. If 99% of digits are read
# correctly, are 99% of letters sent correctly?
#
# <!-- slide
# **Predict.** A postal code has five digits, and one misread digit sends a letter astray.
#
# What share of letters arrives?
# -->
#
# <!-- notes
# 3 minutes. The usual answer is 99 of 100, the same as for a digit. Don't help: the next key does.
# -->

# %%
p = right.mean()
for name, length in (("one digit", 1), ("postal code", 5), ("card number", 16)):
    print(f"{name:12}{length:3} digits: p^{length} = {p**length:.1%} without an error")
whole = right.reshape(-1, 5).all(axis=1)
print(f"counted: {whole.sum()} of {len(whole)} groups of five without an error, {whole.mean():.1%}")

# %% [markdown] tags=["reading"]
# All five must be right, so the shares multiply, and one letter in twenty goes astray. The product holds if errors are
# independent of one another, and in the last line they nearly are: it counts groups of five neighbors in the test set.
# That needn't hold for your letters, where one smeared pen can spoil all five digits. But the point stands: *an
# accuracy per digit is not an accuracy per task.*
#
# <!-- notes
# Let somebody say why the shares multiply, and what must hold for that: an error on one digit says nothing about the
# next one. The last line counts, and agrees.
#
# Then ask what could make errors come together in a real letter: a smeared pen, a wet envelope, a bad scan.
# -->

# %% [markdown]
# ## Going further: When should it ask a person?
#
# An answer need not be taken. Where its confidence lies below some value, a **threshold**, let a person read the image,
# who is always right here. A threshold is chosen, and what is chosen by the images that judge it looks better than it
# is. So, as for the temperature, the images of `fitted` play the validation set: every second test image.
#
# **Predict.** Take the threshold 0.9. How many of these 5,000 images does a person read: fewer than 100, some hundreds,
# or more than 1,000? And what share of the errors is among them?
#
# <!-- slide
# Below a **threshold** of confidence, 0.9, a person reads the image.
#
# **Predict.** Of 5,000 images, how many is that: fewer than 100, some hundreds, or more than 1,000? And what share of
# the errors is among them?
# -->
#
# <!-- notes
# 4 minutes. Who has called a hotline that asks a person when it isn't sure? A threshold is behind that. Ask which images
# may choose it: those that chose the temperature, not those that judge.
# -->

# %%
threshold = 0.9
asked = confidence[fitted] < threshold
caught, made = wrong[fitted][asked].sum(), wrong[fitted].sum()
print(f"a person reads {asked.sum()} of {len(asked)} images")
print(f"{caught} of the {made} errors are among them")

# %% [markdown] tags=["reading"]
# A person reads fewer than 2 in 100 images, and finds more than half of the errors among them. The other errors are made
# with a confidence of 0.9 or more. A higher threshold finds more of those, and asks more often.
#
# <!-- slide
# Fewer than 2 in 100 images, more than half of the errors. The others are made with a confidence of 0.9 or more.
# -->
#
# <!-- notes
# Confidence is not the probability of being right, and yet it sorts: among the least sure answers, errors are frequent.
# Ask what a threshold of 1 would do, and who would pay for it.
# -->

# %% [markdown]
# ### A threshold to take hold of
#
# The same 5,000 answers, to be sorted by a threshold that you move. Their score is the *doubt*, what the confidence lacks
# of 1, and from the threshold on a person is asked. (Run the cell first: what is stored here is only a picture.)
#
# **Predict.** Which way do you have to move the threshold to find more of the errors? Of the images that a person is
# asked to read, will the share of errors then rise or fall?
#
# <!-- slide
# ### A threshold to take hold of
#
# The score is the *doubt*: what the confidence lacks of 1.
#
# **Predict.** Which way must the threshold move to find more errors? Of the images that a person reads, does the share
# of errors rise or fall then?
# -->
#
# <!-- notes
# 2 minutes. Move it slowly to the left on the projector; have one half of the room call out the recall, and the other
# half the precision.
# -->

# %% tags=["figure"]
ThresholdView(1 - confidence[fitted], wrong[fitted].astype(int), names=("right", "wrong"),
              things="answers", score="doubt, 1 - confidence",
              threshold=0.1, cost_missed=20, cost_found=1)

# %% [markdown] tags=["reading"]
# To the left, toward less doubt: recall rises, and precision mostly falls. There are far more right answers than wrong
# ones, and each step to the left asks about more of them. One end finds all errors and asks about all answers; the other
# end never asks.
#
# <!-- slide
# To the left: recall rises, precision mostly falls.
# -->

# %% [markdown]
# ### Exercise: what does a threshold cost?
#
# A person costs 1 for each image, and each wrong answer that is taken costs 20. On the images of `fitted`, which of the
# eight thresholds below costs least? A person reads the images whose confidence is below the threshold; all other
# answers are taken. (The widget above counts such costs: a doubt of 0.1 is a confidence
# of 0.9. Its steps come close to the eight, but not quite onto them.)
#
# <!-- slide
# A person costs 1 for each image, and each wrong answer that is taken costs 20.
#
# Which threshold costs least: 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, or 0.999?
# -->
# <!-- notes
# 4 minutes. Two counts for each threshold, one sum. If anyone is stuck: what does the cell above cost at 0.9? Collect
# guesses before anybody counts.
# -->

# %% tags=["exercise"]
thresholds = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)

asking_threshold = ...

# %% tags=["check"]
exercise.asking_threshold.check(asking_threshold)
# exercise.asking_threshold.hint()
# exercise.asking_threshold.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
solution_asking_threshold = min(
    (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999),
    key=lambda t: (
        (confidence[fitted] < t).sum() + 20 * (wrong[fitted] & (confidence[fitted] >= t)).sum()
    ),
)
exercise.asking_threshold.check_solution(solution_asking_threshold)

# %% [markdown]
# If confidence were the share of right answers, no count would be needed: to take an answer would cost, on average, 20
# times what its confidence falls short of 1, and to ask costs 1. Dividing by $T$ brought the network nearer to that.
#
# **Predict.** With the confidence after temperature scaling, and on the images that judge: which of the eight thresholds
# costs least?
#
# <!-- slide
# To take an answer costs 20 times what its confidence falls short of 1, if confidence is the share of right answers. To
# ask costs 1.
#
# **Predict.** After temperature scaling, and on the images that judge: which threshold costs least?
# -->
#
# <!-- notes
# Where are the two costs equal? Have them solve it before the cell runs: 20 times what is missing to 1 is 1.
# -->

# %%
tempered = soften(logits[judged], T).max(axis=1)
for threshold in (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999):
    asked = tempered < threshold
    print(f"{threshold:5}: {asked.sum() + 20 * wrong[judged][~asked].sum()}")

# %% [markdown] tags=["reading"]
# Now it is 0.95, where 1 in 20 is wrong if the confidence is true: the costs alone would have told you. That is what
# calibration is good for. Then anyone can set a threshold for costs of their own, without a label.
#
# <!-- slide
# Calibrated, the costs alone tell the threshold: ask where more than 1 in 20 is wrong.
# -->
#
# <!-- notes
# The same network, the same order of its answers; only the numbers beside them have changed. Ask what becomes of the
# threshold on digits that are moved by four pixels.
# -->

# %% [markdown]
# ## Going further: Where does Wilson's interval come from?
#
# Start with the interval that it replaces. You know what Wald's says after 100 right of 100.
#
# **Predict.** And after 99 of 100? Where does it end?
#
# <!-- slide
# **Predict.** 99 of 100 images are right. Where does the Wald interval end?
#
# $$p \pm 1.96 \sqrt{\frac{p\,(1-p)}{n}}$$
# -->
#
# <!-- notes
# 5 minutes. Let them work it out before you go on. It's the interval that textbooks begin with.
# -->

# %%
def wald_interval(n_correct, n, z=1.959964):
    """The observed share, plus and minus z standard errors."""
    share = n_correct / n
    half = z * np.sqrt(share * (1 - share) / n)
    return share - half, share + half


for n_correct, n in ((9897, 10000), (99, 100), (100, 100)):
    low, high = wald_interval(n_correct, n)
    print(f"{n_correct:5} of {n:5} right: {low:.4f} to {high:.4f}")

# %% [markdown] tags=["reading"]
# For 9,897 of 10,000 it looks fine. For 99 of 100 it reaches above 100%. And after 100 of 100 it claims to *know*
# that the network never errs: a share near 100% has hardly any spread, however small the sample.
#
# <!-- slide
# The Wald interval can reach above 100%, and after no error at all it claims to know.
# -->
#
# <!-- notes
# Last line first: a network that never errs, known from 100 images. Who would fly with that?
#
# Then the upper end of the line above it: it reads more images correctly than there are. The fault is the same in both:
# the spread is taken from the observed share, and near 100% that has hardly any.
# -->

# %% [markdown]
# Wilson asks each candidate for the true accuracy. A candidate $p$ passes if the observed share $\hat p$ lies within
# $z = 1.96$ standard errors *of that candidate's own bell*:
#
# $$|\hat p - p| \;\le\; z\sqrt{p\,(1-p)/n}$$
#
# Here are both sides for 99 right of 100, with every candidate from 0.92 to 1.
#
# <!-- slide
# Which candidates $p$ for the true accuracy pass?
#
# $$|\hat p - p| \;\le\; 1.96 \sqrt{p\,(1-p)/n}$$
# -->
#
# <!-- notes
# With mathematicians, draw the V and the curve on the board, and let them square the equation.
# -->

# %% slideshow={"slide_type": "skip"}
candidates = np.linspace(0.92, 1, 801)
allowed = 1.959964 * np.sqrt(candidates * (1 - candidates) / 100)  # each by its own bell
passed = candidates[abs(0.99 - candidates) <= allowed]
wald = 1.959964 * np.sqrt(0.99 * (1 - 0.99) / 100)  # all by the bell of the observed share

# %% tags=["figure"]
figures.draw_candidates(candidates, allowed, passed, wald=wald)

# %% [markdown]
# The allowed distance shrinks to nothing at 100%, so the interval can't leave the range of an accuracy, and it reaches
# farther down than up, as it should: a lucky 98% network can show 99%, and no network is better than 100%.
#
# The ends are where both sides are equal. Square them and sort by powers of $p$:
#
# $$\left(1+\tfrac{z^2}{n}\right)p^2 \;-\; \left(2\hat p+\tfrac{z^2}{n}\right)p \;+\; \hat p^2 \;=\; 0$$
#
# That is a quadratic equation, and its two roots are the interval: `wilson_interval` above is the formula for them.
#
# An interval that promises 95% should catch the truth for 95 of 100 samples. Put both to the test. We choose the truth:
# 99%, and 100 images.
#
# **Predict.** For what share of many such test sets does Wald's interval catch the truth, and for what share Wilson's?
#
# <!-- slide
# An interval promises to catch the truth for 95 of 100 samples.
#
# **Predict.** The truth is 99%, a test set has 100 images. How often does Wald's catch it, and how often Wilson's?
# -->
#
# <!-- notes
# Which of the two keeps its promise, and what does the other one say instead?
# -->

# %%
drawn = rng.binomial(100, 0.99, size=100_000)
for name, interval in (("Wald", wald_interval), ("Wilson", wilson_interval)):
    low, high = interval(drawn, 100)
    holds = (low <= 0.99) & (high >= 0.99)
    print(f"{name:7} interval catches the truth in {holds.mean():.0%} of the test sets")

# %% [markdown] tags=["reading"]
# Wald's misses the truth in more than a third of the test sets, where it promised one in twenty. Wilson's misses it a
# little more often than promised, too, but comes close. (Exactly 95% is impossible for every truth, because a count is a
# whole number.)
#
# <!-- slide
# Wilson's interval comes close to its promise; Wald's does not.
# -->
#
# <!-- notes
# Wald's is wrong in more than a third of all cases, where it promised one in twenty.
# -->

# %% [markdown]
# ## Going further: How many images does a test take?
#
# **Predict.** You want your interval ten times narrower. How many times as many test images does it take?
#
# <!-- slide
# **Predict.** You want your interval ten times narrower. How many times as many test images does it take?
# -->
# <!-- notes
# 2 minutes. Collect guesses: ten, a hundred, more. The width falls with the root of the number of images.
# -->

# %%
for n in (100, 1000, 10_000, 100_000, 1_000_000):
    low, high = wilson_interval(0.9 * n, n)
    print(f"{n:9,} images, 90% of them right: {low:.4f} to {high:.4f}")

# %% [markdown] tags=["reading"]
# About a hundred times as many: the standard error falls with the *root* of the number of images.

# %% [markdown]
# ### Exercise: how many images does it take?
#
# A friend wants to test a network on photographs of gas meters, each of which has to be labeled by hand. How many are
# enough? The friend tells you the `share` of right answers to expect, and `width`: how wide the interval may be, from its
# low end to its high end. Return the smallest number of images `n` for which the Wilson interval is at most that wide
# if `share * n` images are right. (That need not be a whole number; `wilson_interval` above takes it anyway.)
# `images_needed(0.7, 0.5)` is 10.
#
# <!-- slide
# A friend will label photographs by hand to test a network. How many are enough?
#
# You know the share that will be right, and how wide the interval may be. `images_needed(0.7, 0.5)` is 10.
# -->
# <!-- notes
# 5 minutes. If anyone is stuck: how wide is the interval for 100 images, and for 200?
# -->

# %% tags=["exercise"]
def images_needed(share, width):
    """The fewest images, never over 150,000, whose Wilson interval is at most this wide."""
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
# ## Going further: Are 10,000 images 10,000 draws?
#
# The test images are clustered by writer. What does that do to a standard error? The course doesn't ship who wrote which
# image, so let's imagine it: 300 people write 33 digits each, and a person's error rate is 1% on average, but some write
# clearly and some don't.
#
# To get a standard error without a formula, draw new samples from the sample itself, with replacement, and see how far
# the result moves. That is the **bootstrap**. You can draw new *images*, or new *writers* with all their images.
# (Each image so drawn is an error with probability errors/9,900, so their number is binomial.)
#
# **Predict.** Which of the two moves farther?
#
# <!-- slide
# 300 imagined writers, 33 digits each. The **bootstrap** draws new samples from the sample, with replacement.
#
# **Predict.** It can draw images, or whole writers. Which error rate moves farther?
# -->
#
# <!-- notes
# 4 minutes. Extreme cases help: if all writers were alike, what would it matter? If one writer made all the errors?
# -->

# %%
rates = rng.gamma(0.5, 0.02, size=300)  # 0.01 on average, for a few people far more
errors_of = rng.binomial(33, np.minimum(rates, 1))  # of each writer, in 33 digits
by_image = rng.binomial(9900, errors_of.sum() / 9900, size=10_000) / 9900  # draws 9,900 images
by_writer = rng.choice(errors_of, size=(10_000, 300)).sum(axis=1) / 9900  # draws 300 writers
print(f"standard error by images: {by_image.std():.4f}, by writers: {by_writer.std():.4f}")

# %% [markdown] tags=["reading"]
# The result moves farther when you draw writers. Ten errors by one person are not ten separate pieces of evidence. To
# know how the network reads *new people*, it is people that you must draw, and 300 of them are fewer than 9,900 images.
#
# <!-- slide
# Ten errors by one person are not ten separate pieces of evidence.
# -->
#
# <!-- notes
# What is the unit of evidence: the image, the writer, the hospital, the day? Whatever you want to be right about next.
# -->

# %% [markdown]
# The writers here are imagined, so take the direction from them and not the size. For MNIST itself,
# [lesson 11](11_sharing.ipynb) compares two groups of writers whose images you can tell apart.

# %% [markdown]
# ## Going further: How accurate is it on another mix of digits?
#
# In the test set all digits are about equally frequent. On price tags they are not: there, many are a 9. Suppose that the
# network reads each digit just as well there as here.
#
# <!-- slide
# On price tags, many digits are a 9. Suppose that each digit is read just as well there as here.
# -->
# <!-- notes
# 2 minutes. Each class keeps its recall; only the mix changes. Ask what would have to be true for that.
# -->

# %% [markdown]
# ### Exercise: another mix of digits
#
# You get a confusion matrix, and `shares`: how frequent each true class is elsewhere, as numbers that add up to 1.
# Return the accuracy to expect there. `accuracy_elsewhere(np.array([[8, 2], [5, 5]]), np.array([0.2, 0.8]))` is `0.56`.
#
# <!-- slide
# You have a confusion matrix, and how frequent each class is elsewhere.
#
# What accuracy do you expect there?
# -->
# <!-- notes
# 4 minutes. If anyone is stuck: of 100 digits there, how many are a 9, and how many of those are read correctly?
# -->

# %% tags=["exercise"]
def accuracy_elsewhere(matrix, shares):
    """The accuracy to expect where the classes come in these shares; each class has images."""
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
# **Predict.** On some price tags more than half of the digits are a 9. Is the accuracy there higher than on the test set,
# or lower? (Look at the recalls above.)
#
# <!-- slide
# **Predict.** More than half of the digits are a 9. Is the accuracy higher there than on the test set, or lower?
# -->

# %%
shares = np.where(np.arange(10) == 9, 0.55, 0.05)
expected = exercise.accuracy_elsewhere.answer(matrix, shares)  # as your function does
print(f"on the test set {right.mean():.4f}, on price tags {expected:.4f}")

# %% [markdown] tags=["reading"]
# Lower, since 9 has the lowest recall. An accuracy belongs to a network *and* to a mix of classes.

# %% [markdown]
# ## Going further: Is it nearly human?
#
# The original notebook ends with "nearly similar to the levels of accuracy one would expect from a human". Be that human
# for a moment. These are the ten errors with the least probability for the true class.
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
# How many did *you* get right? Look at (j) and its label once more: there the network is marked wrong, and so are you
# if you read it the same way. Then look at (d). That one you can read, and the network is sure of something else.
#
# <!-- notes
# First: who got more than half of the ten right? Then (j): there the network is marked wrong, and so is everyone who
# reads it the same way. And (d): you can read that one, and the network is sure of something else.
# -->

# %% [markdown]
# **How often do people err?** A **human baseline** is the error rate of people on the very same images. The figure
# usually quoted for MNIST is about 0.2%, for example by [Cireşan, Meier and Schmidhuber
# (2012)](https://arxiv.org/abs/1202.2745). We found no account of an experiment behind it: how many people, how many
# images, shown how. Another one, 2.5%, belongs to *other images*, the digits of the USPS set ([Cortes and Vapnik,
# 1995](https://doi.org/10.1007/BF00994018)). And of the test images that a program found suspicious, people judged 15
# labels to be wrong ([Northcutt, Athalye and Mueller, 2021](https://arxiv.org/abs/2103.14749)), so there may be more. On
# those, a perfect reader would be marked wrong.
#
# **Predict.** An error rate of 0.2% is an accuracy of $100 - 0.2 = 99.8$%. Beside it the original notebook's $99.15$%
# looks nearly the same. How many times as many errors does the network make?
#
# <!-- slide
# **Predict.** People are said to misread two in a thousand of such digits. Is the network as good as people?
# -->
# <!-- notes
# The figure that everybody quotes has no experiment behind it that could be found. Say so.
# -->

# %%
of_notebook, of_people = 10000 - 9915, 20  # 0.2% of 10,000
print(f"{of_notebook} errors are {of_notebook / of_people} times {of_people}")

# %% tags=["figure"]
interval = wilson_interval(of_notebook, 10000)
figures.draw_errors(n_wrong, of_notebook, interval, people=of_people, judged_wrong=15)

# %% [markdown] tags=["reading"]
# Set against the figure that is usually quoted, the original notebook's network makes about four times as many errors
# as people do, and its interval stays well away from that figure. How reliable the figure itself is, we cannot say, and
# at least 15 wrong labels are nearly as many as its 20 errors. A careful sentence would be: *on MNIST the network makes
# several times as many errors as the figure usually quoted for people, and that figure is poorly documented.* "Nearly
# similar to a human" was more than the evidence allows.
#
# <!-- slide
# Near 100%, compare errors, not accuracies.
# -->
#
# <!-- notes
# Two accuracies that look alike, and 85 errors beside 20, which don't. Ask for the black diamond's source: a figure
# without a method. And the dotted line: labels that are wrong themselves.
# -->

# %% [markdown]
# **Near 100%, compare errors and not accuracies:** what is left to gain is what counts. And say which images a claim is
# about: all of these are centered digits, and you have seen what four pixels do to our network.

# %% [markdown]
# ## Going further: What is the best of many worth?
#
# The original notebook looks at nothing but the test set. If you look once, at the end, that is honest, and only the
# interval is missing. It goes wrong with the next step, which tempts everyone: try something else, look again, keep the
# better one.
#
# **Predict.** You train 1, 10, 100, 1,000 networks, all equally good, and report the best count on the test set. How does
# it grow if each network reads its own test set? And does it grow faster or more slowly if all read the *same* one, where
# they share many of their errors?
#
# <!-- slide
# ### One temptation is left
#
# **Predict.** Take the best of many equal networks: what will its accuracy show? Does it matter that all read the same
# test images?
# -->
#
# <!-- notes
# 4 minutes. The last temptation. Before the key: a hundred equal networks, and you report the best. Is that network
# better? Is its number?
# -->

# %%
p = 1 - n_wrong.mean() / 10000
# 20,000 equal networks that read the same images, each of which has its own error rate
same = 10000 - (rng.random((20_000, hard.shape[1])) < rate).sum(axis=1)
for tried in (1, 10, 100, 1000):
    own = rng.binomial(10000, p, size=(2000, tried)).max(axis=1).mean()
    shared = rng.choice(same, size=(2000, tried)).max(axis=1).mean()
    print(f"best of {tried:4}: own test sets {own / 10000:.4f}, the same one {shared / 10000:.4f}")

# %% [markdown] tags=["reading"]
# The number climbs, and no network got better: choose by the test set and you measure your own choosing. With its own
# test set for each network it climbs faster, so such a simulation is an *upper bound* for networks that share their
# errors.
#
# <!-- slide
# The number climbs, and no network got better. On shared images it climbs more slowly.
# -->
#
# <!-- notes
# From one to a thousand. Why more slowly on the same images? What all networks misread, no luck can win.
#
# Ask for the rule in their own words: choose with validation images, open the test images once, report with an
# interval and the number of runs.
# -->

# %% [markdown]
# How bad is it in practice? Thousands of papers have reported accuracies on the one test set of MNIST. When [Yadav and
# Bottou (2019)](https://arxiv.org/abs/1905.10498) restored 50,000 test digits that had been lost, the error rates on them
# were slightly off, but the *ranking* of the networks held after 25 years of reuse: comparisons on the same images are
# paired. [Mania and others (2019)](https://arxiv.org/abs/1905.12580) found the same on other benchmarks, whose networks
# err on similar images. So rankings survive. Your own number is still a little too good: **choose with validation
# images**, and keep the test set for the one number at the end.

# %% [markdown]
# ## Quiz
#
# Answer each question on paper first. Then take the `#` away below, put in your answer, and run the line: it says why.
#
# <!-- notes
# 2 minutes. Show of hands before the answer is on the wall.
# -->

# %% tags=["quiz"]
exercise.quiz.show()

# %% tags=["quiz"]
# exercise.quiz.answer(1, "a")

# %% [markdown]
# ## Key points
#
# - An accuracy is a count on a sample. A confidence interval shows which true accuracies fit the count; a mean and a standard
#   deviation over random seeds show what other runs would give. Report both, and compare errors near 100%.
# - Compare two networks on the same images by their discordant pairs. A p-value tells how often chance does as much if
#   they are equally good; it tells nothing about recipes that were run once.
# - A confusion matrix shows where a network errs. Its confidence is not its probability of being right: check it on a
#   reliability diagram, scale it by a temperature, and don't carry it over to images of another kind.
#
# **Next:** this is where the original notebook's path ends. Go back to the number you wrote down for a mistake in
# [lesson 0](00_start_here.ipynb), and see what you would write now. Then [7. Looking inside](07_inspecting.ipynb)
# opens the network.
#
# <!-- slide
# * An accuracy is a count on a sample: give its confidence interval, and the spread over random seeds.
# * Compare two networks by the images that exactly one of them misreads.
# * Confidence is not the probability of being right, least of all on images unlike the training set.
#
# **Next:** [7. Looking inside](07_inspecting.ipynb) opens the network.
# -->
#
# <!-- notes
# Without the slide first: how should the original notebook have written its last line? One sentence, with an interval,
# and what it is about.
#
# To ask on the way out: your number in lesson 0 for the surest mistake. What would you write now?
# -->
