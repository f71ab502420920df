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
# Lessons 2, 6 and 15 say why it does what it does, in this order.

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course isn't installed here: in its folder, pip install -e . (README, Start)")

from course_utils.extras import require_extra

require_extra("cells")

from course_utils import data, detection, evaluation, features, networks, plotting

import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

plotting.use_course_style()

# %% [markdown]
# ## 1. Question
#
# *What will be decided with the model's answer, and by whom? How is it decided today? What does an error cost, in each
# direction?*
#
# *Example: can photographs of clothes be sorted into coats and shirts, so that a shop needn't do it by hand? A wrong
# one is put right by the next person who sees it.*
#
# ## 2. Data
#
# *Where are the photographs from, who took them, when, and with what? Who said what is on them, and how sure were they?
# May you use them for this?*
#
# Put a folder for each class into one folder, beside this notebook: `photos/cracked`, `photos/fine`. Then say below
# what belongs together. Photographs of one thing, person, place or day look alike: they are a group, and stay on the
# same side of every split.

# %%
folder = None  # yours: "photos"


def group_of(path):
    """What else belongs to this photograph? With file names such as 17_a.jpg and 17_b.jpg: path.stem.split("_")[0]."""
    return path


if folder is None:
    (clothes, kinds), _ = data.load_fashion_mnist()
    some = np.concatenate([np.flatnonzero(kinds == kind)[:150] for kind in (4, 6)])
    images, labels = data.resize_photographs(clothes[some], 128), (kinds[some] == 6).astype(int)
    names, groups = ["coat", "shirt"], np.arange(len(some))
else:
    images, labels, names, paths = data.load_folder(folder, size=128)
    groups = np.array([str(group_of(path)) for path in paths])

# %%
for name, n in zip(names, np.bincount(labels)):
    print(f"{name}: {n} images")
print("in", len(np.unique(groups)), "groups")
shown = np.random.default_rng(0).permutation(len(images))[:12]
axes = plotting.plot_images(images[shown], [names[label] for label in labels[shown]], n_columns=6, size=1.4)
plotting.show(axes[0, 0].figure, "Twelve images drawn at random, each with the name of its class.")

# %% [markdown]
# *What do you see in these twelve? Would you have given the same names?*
#
# ## 3. Split
#
# *What will be new in use: a photograph, a thing, a person, a day? That is what the groups have to be.*
#
# The groups are dealt to five folds. Fold 0 is the test, and isn't looked at until section 6. All choices are made on
# the other four.

# %%
folds = data.deal_groups(groups, 5)
train = folds != 0
print(f"for choices: {train.sum()} images, for the test: {(~train).sum()}")

# %% [markdown]
# ## 4. Baseline
#
# *How good is it to say the same to everything? How good is what is done today?*

# %%
most = np.bincount(labels[train]).argmax()
print("saying", names[most], "to all:")
print(f"baseline = {np.mean(labels[train] == most):.3f}")

# %% [markdown]
# ## 5. Model
#
# The model is logistic regression on the 1,280 features of EfficientNet-Lite0, which learned from ImageNet (lesson 15).
# How much it is regularized (less by a larger `C`) is chosen by cross-validation in folds 1 to 4.
#
# *Which other models did you try, and how many in all? Report them, too: the best of many looks better than it is.*

# %%
network = networks.load_efficientnet_lite0(128)
numbers = features.predict_cached(keras.Model(network.input, network.get_layer("features").output), images)


def make_model(strength):
    return make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=3000))


accuracies = {}
for strength in (0.0001, 0.001, 0.01, 0.1):
    right = []
    for fold in range(1, 5):
        fitted = make_model(strength).fit(numbers[train & (folds != fold)], labels[train & (folds != fold)])
        right.append(fitted.predict(numbers[folds == fold]) == labels[folds == fold])
    accuracies[strength] = np.mean(np.concatenate(right))
best_strength = max(accuracies, key=accuracies.get)

# %%
figure, ax = plt.subplots(figsize=(5, 3))
ax.semilogx(list(accuracies), list(accuracies.values()), "o-")
ax.set(xlabel="C (logarithmic; less regularizes more)", ylabel="validation accuracy")
plotting.show(figure, "Validation accuracy over the strength of the regularization, C; a dot for each that was tried.")
print(f"{best_strength = :.4f}")

# %% [markdown]
# ## 6. Test
#
# *Run this section once, when all else is decided. If you change something afterwards because of what you see here, you
# need a new test.*
#
# The interval is a bootstrap over groups: how far the accuracy would move if others had been drawn.

# %%
model = make_model(best_strength).fit(numbers[train], labels[train])
probabilities, answers = model.predict_proba(numbers[~train]), labels[~train]
predicted = model.classes_[probabilities.argmax(axis=1)]
accuracy, baseline = np.mean(predicted == answers), np.mean(answers == most)
low, high = detection.bootstrap_interval(np.mean, predicted == answers, groups=groups[~train])
print(f"{accuracy = :.3f}\n{low = :.3f}\n{high = :.3f}\n\n{baseline = :.3f}")

# %%
matrix = evaluation.confusion_matrix(answers, predicted, n_classes=len(names))
ax = plotting.plot_confusion(matrix)
ax.set_xticks(range(len(names)), names)
ax.set_yticks(range(len(names)), names)
plotting.show(ax.figure, "Confusion matrix of the test: a row for each true class, a column for each predicted one.")

# %% [markdown]
# ## 7. Errors
#
# *What do the wrong ones have in common? Which would a person get wrong, too, and where is the label wrong?*
#
# Here are up to ten, those first of which the model was surest.

# %%
sure = probabilities.max(axis=1)
wrong = np.flatnonzero(predicted != answers)
worst = wrong[np.argsort(-sure[wrong], kind="stable")][:10]
titles = [f"{names[answers[n]]},\ncalled {names[predicted[n]]}" for n in worst]
if len(worst):
    axes = plotting.plot_images(images[~train][worst], titles, n_columns=5, size=1.7)
    plotting.show(axes[0, 0].figure, "Test images that the model got wrong, with their class and what it called them.")
else:
    print("no errors among the test images")

# %% [markdown]
# ## 8. Card
#
# What somebody needs to know who never reads the rest (lesson 11).

# %%
print(f"Data: {len(images)} images of {' and '.join(names)}, in {len(np.unique(groups))} groups")
print("Model: EfficientNet-Lite0 at 128 pixels, frozen; logistic regression on its features")
print(f"Tested on: {len(answers)} images in {len(np.unique(groups[~train]))} groups that are new to it\n")
print(f"{accuracy = :.3f}\n{baseline = :.3f}\n\n95% interval:\n{low = :.3f}\n{high = :.3f}")

# %% [markdown]
# *Made for: …*
#
# *Not for: …*
#
# *What could go wrong, and who would notice: …*
