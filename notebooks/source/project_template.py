# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A project report
#
# This notebook is a report to fill in: a question, your photographs, and an answer that you can stand by. Duplicate it
# (*File*, *Duplicate Notebook*), put the name of your folder into the first cell below, and run it from top to bottom.
# Then put your own words in place of what is in italics. As it stands, it reports on an example: coats and shirts of
# Fashion-MNIST (lesson 13), 150 images of each.
#
# Lessons 2, 6, 13 and 15 explain its steps, and why they come in this order.

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course isn't installed here: in its folder, pip install -e . (README, Start)")

from course_utils.extras import require_extra

require_extra("cells")

from course_utils import data, detection, evaluation, features, networks, plotting

from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

plotting.use_course_style()

# %% [markdown]
# ## 1. Question
#
# *What will be decided with the model's answer, and by whom? How is it decided today, and how often is that right? What
# does an error cost, in each direction?*
#
# *Example: can photographs of clothes be sorted into coats and shirts, so that a shop needn't do it by hand? A coat
# among the shirts costs as much as a shirt among the coats.*
#
# ## 2. Data
#
# *Where are the photographs from, who took them, when, and with what? Who said what is on them, and how often do two
# people agree? May you use them for this? Could the class be told from something else: the camera, the day, the size of
# the file?*
#
# Put a folder for each class into one folder, beside this notebook: `photos/cracked`, `photos/fine`. The middle square
# of each photograph is kept; if what matters may lie at the rim, write
# `data.load_folder(folder, size=128, crop=False)`. Then say what belongs together. Photographs of one thing, person,
# place or day look alike: they are a group, and stay on the same side of every split.

# %%
folder = None  # yours: "photos"


def group_of(path):
    """The group of a photograph, from where it lies. Put your own line in place of the last one.

    For cracked/17_front.jpg and cracked/17_back.jpg: return path.stem.split("_")[0]
    If numbers begin again in each class:             return path.parent.name + path.stem.split("_")[0]
    If each photograph stands alone:                  return path
    """
    raise NotImplementedError("say in group_of which photographs belong together")


if folder is None:
    (clothes, kinds), _ = data.load_fashion_mnist()
    some = np.concatenate([np.flatnonzero(kinds == kind)[:150] for kind in (4, 6)])
    images, labels = data.resize_photographs(clothes[some], 128), (kinds[some] == 6).astype(int)
    names, groups, paths = ["coat", "shirt"], np.arange(len(some)), [Path(f"{n}.png") for n in some]
else:
    images, labels, names, paths = data.load_folder(folder, size=128)
    groups = np.array([str(group_of(path)) for path in paths])


# %%
kinds_of_groups, sizes = np.unique(groups, return_counts=True)
n_mixed = sum(len(np.unique(labels[groups == group])) > 1 for group in kinds_of_groups)
print(f"{len(images)} images in {len(sizes)} groups of {sizes.min()} to {sizes.max()} images")
print(f"groups with images of more than one class: {n_mixed}\n\nThe first groups:")
for group in kinds_of_groups[:3]:
    print(*[paths[n].name for n in np.flatnonzero(groups == group)[:6]])

# %% [markdown]
# *Is that what belongs together?*
#
# What does each kind of error cost? As it stands, all errors cost the same. Add a line for each one that costs more.

# %%
costs = 1 - np.eye(len(names))  # costs[i, j]: what it costs if it is class i, and the model says class j
# costs[names.index("shirt"), names.index("coat")] = 10

# %% [markdown]
# ## 3. Split
#
# *What will be new in use: a photograph, a thing, a person, a day? That is what the groups have to be.*
#
# The groups are dealt to five folds, so that each fold has about its share of every class. Fold 0 is the test. It isn't
# looked at until section 6, and all choices are made on the other four.

# %%
n_groups = [len(np.unique(groups[labels == label])) for label in range(len(names))]
if min(n_groups) < 5 or len(sizes) < 10:
    found = f"{dict(zip(names, n_groups))}, {len(sizes)} in all"
    raise ValueError(f"each class must be in five groups, of ten in all, better more; there are {found}")

folds = np.empty(len(labels), dtype=int)
dealer = StratifiedGroupKFold(5, shuffle=True, random_state=0)
for fold, (_, chosen) in enumerate(dealer.split(images, labels, groups)):
    folds[chosen] = fold
train = folds != 0

# %%
for fold in range(5):
    inside = folds == fold
    counts = np.bincount(labels[inside], minlength=len(names)).tolist()
    print(f"fold {fold}: {len(np.unique(groups[inside]))} groups,", dict(zip(names, counts)))
    if 0 in counts:
        raise ValueError("a class is missing from this fold: it needs more groups, or smaller ones")

# %%
shown = np.random.default_rng(0).permutation(np.flatnonzero(train))[:12]
titles = [names[label] for label in labels[shown]]
axes = plotting.plot_images(images[shown], titles, n_columns=6, size=1.4)
plotting.show(axes[0, 0].figure, "Twelve images at random, as the network sees them, with classes.")

# %% [markdown]
# *What do you see in these twelve, at 128 pixels? Would you have given the same names?*

# %% [markdown]
# ## 4. Baseline
#
# The least that a model must beat: the same answer for everything. *And how good is what is done today?*

# %%
most = np.argmin(np.bincount(labels[train]) @ costs)
print("the cheapest answer for all:", names[most])
print(f"baseline_in_training = {np.mean(labels[train] == most):.3f}")

# %% [markdown]
# ## 5. Model
#
# The model is logistic regression on the 1,280 features of EfficientNet-Lite0, which learned from ImageNet (lesson 15).
# How much it is regularized (less by a larger `C`) is chosen by cross-validation in folds 1 to 4.
#
# *Which other models did you try, and how many in all? Report them, too: the best of many looks better than it is. If
# the best `C` is the first or the last one, add more to `strengths`.*

# %%
network = networks.load_efficientnet_lite0(128)
extract = keras.Model(network.input, network.get_layer("features").output)
numbers = features.predict_cached(extract, images)


def make_model(strength):
    return make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=3000))


def decide(model, numbers):
    """The class that is expected to cost least, by the model's probabilities."""
    return np.argmin(model.predict_proba(numbers) @ costs, axis=1)


strengths, validation_costs = (0.0001, 0.001, 0.01, 0.1), []
for strength in strengths:
    paid = []
    for fold in range(1, 5):
        learn, judge = train & (folds != fold), folds == fold
        fitted = make_model(strength).fit(numbers[learn], labels[learn])
        paid.append(costs[labels[judge], decide(fitted, numbers[judge])])
    validation_costs.append(np.concatenate(paid).mean())
best_strength = strengths[np.argmin(validation_costs)]

# %%
figure, ax = plt.subplots(figsize=(5, 3))
ax.semilogx(strengths, validation_costs, "o-")
ax.set(xlabel="C (logarithmic; smaller: stronger regularization)", ylabel="validation cost per image")
plotting.show(figure, "Validation cost per image over C, from strong to weak regularization.")
print(f"{best_strength = :.4f}")

# %% [markdown]
# ## 6. Test
#
# *Run this section once, when all else is decided. If you change something afterwards because of what you see here, you
# need a new test.*
#
# The intervals are a bootstrap over groups: how far
# the accuracy, and its gain over the baseline, would move if others had been drawn. With fewer than about ten groups in
# the test, don't rely on them: they may be too narrow.

# %%
model = make_model(best_strength).fit(numbers[train], labels[train])
predicted, answers = decide(model, numbers[~train]), labels[~train]
right, right_by_baseline = predicted == answers, answers == most
accuracy, baseline = right.mean(), right_by_baseline.mean()
low, high = detection.bootstrap_interval(np.mean, right, groups=groups[~train])
gain = right.astype(int) - right_by_baseline
gain_low, gain_high = detection.bootstrap_interval(np.mean, gain, groups=groups[~train])
print(f"{accuracy = :.3f}\n{low = :.3f}\n{high = :.3f}")
print(f"\n{baseline = :.3f}\n{gain_low = :.3f}\n{gain_high = :.3f}")
n_groups = len(np.unique(groups[~train]))
if right.all():
    most_errors = min(1, 3 / n_groups)  # the rule of three
    print(f"no errors in {n_groups} groups; in use, a share of {most_errors:.2f} could be wrong")
if gain_low <= 0:
    print("the gain's interval has 0 in it: not shown to be better than the baseline")

# %%
matrix = evaluation.confusion_matrix(answers, predicted, n_classes=len(names))
cost, cost_baseline = np.mean(costs[answers, predicted]), np.mean(costs[answers, most])
print(f"Cost of errors, per image:\n{cost = :.3f}\n{cost_baseline = :.3f}")
for name, n_right, n in zip(names, matrix.diagonal(), matrix.sum(axis=1)):
    recall = n_right / n
    print(f"\n{name}:\n{recall = :.3f}")

# %% [markdown]
# In the confusion matrix, only the errors are colored.

# %%
ax = plotting.plot_confusion(matrix)
ax.set_xticks(range(len(names)), names, rotation=30, ha="right")
ax.set_yticks(range(len(names)), names)
plotting.show(ax.figure, "Confusion matrix of the test: a row for each class, a column for each answer.")

# %% [markdown]
# ## 7. Errors
#
# *What do the wrong ones have in common? Which would a person get wrong, too? Where is a label wrong? (Don't correct
# labels only where the model disagrees: that flatters it.)*
#
# Here are up to ten, those first of which the model was surest. (With unequal costs, some are answers that it didn't
# believe, but that were cheaper.)

# %%
sure = model.predict_proba(numbers[~train])[np.arange(len(predicted)), predicted]
wrong = np.flatnonzero(predicted != answers)
worst = wrong[np.argsort(-sure[wrong], kind="stable")][:10]
titles = [f"{names[answers[n]]},\ncalled {names[predicted[n]]}" for n in worst]
if len(worst):
    axes = plotting.plot_images(images[~train][worst], titles, n_columns=5, size=1.7)
    plotting.show(axes[0, 0].figure, "Test images that the model got wrong: class and answer.")
else:
    print("no errors among the test images")

# %% [markdown]
# ## 8. Card
#
# What somebody needs to know who never reads the rest (lesson 11).

# %%
print(f"Data: {len(images)} images of {', '.join(names)}, in {len(np.unique(groups))} groups")
print("Model: EfficientNet-Lite0 at 128 pixels, frozen; logistic regression on its features")
print(f"Tested on: {len(answers)} images in {n_groups} groups that are new to it\n")
print(f"{accuracy = :.3f}\n{baseline = :.3f}\n\n{cost = :.3f}\n{cost_baseline = :.3f}\n")
print(f"95% interval of the accuracy:\n{low = :.3f}\n{high = :.3f}\n")
print(f"95% interval of its gain over the baseline:\n{gain_low = :.3f}\n{gain_high = :.3f}")

# %% [markdown]
# *Made for: …*
#
# *Not for: …*
#
# *What could go wrong, and who would notice: …*
