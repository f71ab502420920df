"""Exercises and quiz of lesson 13, Another data set."""

import math
import operator

import numpy as np

from course_utils.exercises.engine import choice, function
from course_utils.exercises.quiz import Question, Quiz

LESSON = 13


def _share(part, whole):
    return np.divide(part, whole, out=np.zeros(len(part)), where=np.asarray(whole) > 0)


def _precision(matrix):
    return _share(np.diag(matrix), matrix.sum(axis=0))


def _recall(matrix):
    return _share(np.diag(matrix), matrix.sum(axis=1))


def _of_both(matrix):
    """How often each class was predicted, plus how often it was true."""
    return matrix.sum(axis=0) + matrix.sum(axis=1)


def _drawn(n_classes, n_wrong):
    """A matrix of classes that are more and more frequent."""
    rng = np.random.default_rng(n_classes)
    return rng.integers(0, n_wrong, size=(n_classes, n_classes)) + np.diag(np.arange(1, n_classes + 1) ** 2)


@function(
    cases={
        "two classes, the second rare": (np.array([[90, 10], [2, 8]]),),
        "three classes": (np.array([[70, 20, 10], [0, 48, 2], [9, 1, 40]]),),
        "a class that occurs and is never predicted": (np.array([[91, 0, 12], [25, 0, 77], [3, 0, 16]]),),
        "a class that is predicted and never occurs": (np.array([[30, 5, 2], [0, 0, 0], [1, 4, 20]]),),
        "a class that neither occurs nor is predicted": (np.array([[8, 0, 2], [0, 0, 0], [3, 0, 7]]),),
        "the last two classes neither occur nor are predicted": (np.diag([5, 3, 0, 0]),),
        "a class that occurs, is predicted, and is never right": (np.array([[10, 3, 0], [5, 0, 2], [1, 4, 9]]),),
        "nothing is right": (np.array([[0, 4], [3, 0]]),),
        "a single class": (np.array([[7]]),),
        "ten classes, some of them rare": (_drawn(10, 9),),
        "12 classes": (_drawn(12, 20),),
        "tens of thousands of images, in int32": (
            np.array([[58_000, 2_000, 40], [500, 50_000, 9_500], [1_000, 7_000, 52_000]], dtype="int32"),
        ),
    },
    words={"matrix": "a row for each true class"},
    errors={
        "ZeroDivisionError": "A class may never be predicted, or never occur, or both. It scores 0.",
        "IndexError": "There may be any number of classes: `len(matrix)` of them.",
    },
    shows="The smaller of precision and recall counts most, so F1 is high only if both are. Swap rows and columns: "
    "precision and recall change places, and F1 stays as it is.",
    hints=[
        "For each class, count three things: how many images are right, how many are of this class, and how many got "
        "this answer. Which of them is on the diagonal, which is a sum along a row, and which one down a column?",
        "Write precision as right / predicted and recall as right / true, put them into 2PR / (P + R), and simplify. "
        "What is left can be computed for a class that is never right, too.",
        "What is left is twice the right ones, divided by predicted + true. Only a class that has neither divides by "
        "0. Its right ones are 0, so any other divisor gives the 0 that it scores.",
    ],
)
def f1_scores(matrix):
    """The F1 score of each class, from counts: a row for each true class, a column for each predicted one."""
    return 2 * np.diagonal(matrix) / np.maximum(_of_both(matrix), 1)


f1_scores.mistake(
    "That is the plain mean of precision and recall, which is high even if one of them is low. F1 is their harmonic "
    "mean.",
    lambda matrix: (_precision(matrix) + _recall(matrix)) / 2,
)
f1_scores.mistake(
    "That is the geometric mean, the square root of the product. F1 is the harmonic mean.",
    lambda matrix: np.sqrt(_precision(matrix) * _recall(matrix)),
)
f1_scores.mistake(
    "That is precision alone. It says nothing of the images of a class that got another answer.",
    _precision,
)
f1_scores.mistake(
    "That is recall alone. It says nothing of the images that were taken for a class and are none of it.",
    _recall,
)
f1_scores.mistake(
    "Those are precision and recall, two rows. Return one score for each class.",
    lambda matrix: np.array([_precision(matrix), _recall(matrix)]),
)
f1_scores.mistake(
    "That is the smaller of precision and recall. F1 lies between the two.",
    lambda matrix: np.minimum(_precision(matrix), _recall(matrix)),
)
f1_scores.mistake(
    "That is the larger of precision and recall. F1 lies between the two.",
    lambda matrix: np.maximum(_precision(matrix), _recall(matrix)),
)
f1_scores.mistake(
    "The factor 2 is missing: with precision and recall both at 1, F1 is 1.",
    lambda matrix: f1_scores.answer(matrix) / 2,
)
f1_scores.mistake(
    "That is the product of precision and recall. F1 is twice the product, divided by their sum.",
    lambda matrix: _precision(matrix) * _recall(matrix),
)
for _undivided in (
    lambda precision, recall: 2 * precision * recall,
    lambda precision, recall: 2 * precision * recall / precision + recall,
):
    f1_scores.mistake(
        "Twice the product of precision and recall has to be divided by their sum. Are parentheses missing?",
        np.errstate(all="ignore")(
            lambda matrix, undivided=_undivided: undivided(_precision(matrix), _recall(matrix)),
        ),
    )
for _times in (1, 2):
    f1_scores.mistake(
        "Below, each right image counts once here. It is among the predicted and among the true ones, so it counts "
        "twice above and below.",
        lambda matrix, times=_times: _share(times * np.diag(matrix), _of_both(matrix) - np.diag(matrix)),
    )
f1_scores.mistake(
    "The right images count above only here: below are just the wrong ones. Divide by all that were predicted plus "
    "all that are true.",
    np.errstate(all="ignore")(
        lambda matrix: 2 * np.diag(matrix) / (_of_both(matrix).astype(float) - 2 * np.diag(matrix))
    ),
)
f1_scores.mistake(
    "The rows are turned into shares first, as if all classes were equally frequent. That changes precision: use the "
    "counts.",
    lambda matrix: f1_scores.answer(matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)),
)
f1_scores.mistake(
    "The columns are turned into shares first, as if all classes were predicted equally often. That changes recall: "
    "use the counts.",
    lambda matrix: f1_scores.answer(matrix / np.maximum(matrix.sum(axis=0), 1)),
)
f1_scores.mistake(
    "That is the macro average, the mean of the scores. Return the scores themselves, one for each class.",
    lambda matrix: f1_scores.answer(matrix).mean(),
)
f1_scores.mistake(
    "That is a single score, made of the mean precision and the mean recall. Return one for each class.",
    lambda matrix: (
        2 * _precision(matrix).mean() * _recall(matrix).mean() / (_precision(matrix) + _recall(matrix)).mean()
        if matrix.trace()
        else 0.0
    ),
)
f1_scores.mistake(
    "That is the mean of the scores, each weighted by how frequent its class is. Return the scores themselves.",
    lambda matrix: np.average(f1_scores.answer(matrix), weights=matrix.sum(axis=1)),
)
f1_scores.mistake(
    "That is the accuracy, which is also the micro average. Return one score for each class.",
    lambda matrix: matrix.trace() / matrix.sum(),
)
f1_scores.mistake(
    "Each class gets the same number, the accuracy: the counts of all classes are pooled. Add up along rows and "
    "columns, not over the whole matrix.",
    lambda matrix: np.full(len(matrix), matrix.trace() / matrix.sum()),
)
f1_scores.mistake(
    "That is the accuracy of the question *this class or not?* Images that have nothing to do with the class count as "
    "right there. F1 leaves them out.",
    lambda matrix: 1 - (_of_both(matrix) - 2 * np.diag(matrix)) / matrix.sum(),
)
f1_scores.mistake(
    "Those are the right answers, counted. A score is a share.",
    np.diag,
)
f1_scores.mistake(
    "NaN stands for 0/0: a class is neither predicted nor true. It scores 0.",
    np.errstate(all="ignore")(lambda matrix: 2 * np.diag(matrix) / _of_both(matrix)),
)
f1_scores.mistake(
    "NaN stands for 0/0, where no image of a class is right. Such a class scores 0.",
    lambda matrix: np.where(np.diag(matrix) > 0, f1_scores.answer(matrix), np.nan),
)
f1_scores.mistake(
    "A class that neither occurs nor is predicted scores 1 here. The exercise asks for 0.",
    lambda matrix: np.where(_of_both(matrix) > 0, f1_scores.answer(matrix), 1),
)
f1_scores.mistake(
    "A class that neither occurs nor is predicted is left out. Return a score for it, too: 0.",
    lambda matrix: f1_scores.answer(matrix)[_of_both(matrix) > 0],
)
for _little in (1, 0.1, 0.01, 0.001):
    for _score in (
        lambda matrix, little: 2 * np.diag(matrix) / (_of_both(matrix) + little),
        lambda matrix, little: (
            2 * _precision(matrix) * _recall(matrix) / (_precision(matrix) + _recall(matrix) + little)
        ),
    ):
        f1_scores.mistake(
            "Something is added to a divisor, so that it is never 0, and that changes the other scores. Change it only "
            "where it is 0.",
            lambda matrix, little=_little, score=_score: score(matrix, little),
        )
f1_scores.mistake(
    "The scores became whole numbers, 0 or 1. Did you divide with `//`?",
    lambda matrix: 2 * np.diag(matrix) // np.maximum(_of_both(matrix), 1),
)
f1_scores.mistake(
    "The scores are in percent. They go from 0 to 1.",
    lambda matrix: 100 * f1_scores.answer(matrix),
)
for _decimals in (2, 3, 4):
    f1_scores.mistake(
        "The scores are rounded. Return them as they are.",
        lambda matrix, decimals=_decimals: f1_scores.answer(matrix).round(decimals),
    )
f1_scores.mistake(
    "That is the score of the first class only. Does the loop end after it, with a `return` that is indented too far?",
    lambda matrix: f1_scores.answer(matrix)[0],
)
for _part in (slice(1, None), slice(None, -1)):
    f1_scores.mistake(
        "A class is missing at one end. Does the loop go through all of them, from 0 to `len(matrix) - 1`?",
        lambda matrix, part=_part: f1_scores.answer(matrix)[part],
    )


def _stop(losses, patience, improves=operator.lt, waited=0, restarts=True):
    """Early stopping, or a mistake in it: (stopped, kept), counted from 1."""
    epoch = kept = 0
    while waited < patience and epoch + 1 < len(losses):
        epoch += 1
        if improves(losses[epoch], losses[kept]):
            kept, waited = epoch, 0 if restarts else waited
        else:
            waited += 1
    return epoch + 1, kept + 1


def _wavering(n):
    """Losses that fall and waver, as those of a long training run do."""
    wavers = np.random.default_rng(n).normal(0, 0.02, size=n)
    return (0.4 + 0.6 * np.exp(-np.arange(n) / 30) + wavers).round(4).tolist()


@choice(
    right="a",
    hints=[
        "Do each of them on paper to a coat, a bag, and a sneaker. Which of the results could you find in the catalog "
        "of a shop?",
        "It takes both: the label stays true, and such an image may come in. A coat that stands on its head is a coat, "
        "but which catalog shows one?",
    ],
)
def true_here():
    """Which of four distortions is true of Fashion-MNIST, though it was false for digits?"""
    return {
        "a": "A mirrored shirt, bag, or shoe keeps its label and could come in, while a mirrored 2 is no digit at all. "
        "(Nearly all shoes here point to the left, so their mirror images are rare. Clothes and bags come both ways.) "
        "That is knowledge about the data, so it changes with the data. Whether it also saves errors, only a "
        "measurement can tell.",
        "b": "It made a 9 of a 6. Here the label stays true, but clothes and shoes are upright in all images, so "
        "turned ones never come in. At best they waste room in the network.",
        "c": "What surrounds an item is 0, as it was around a digit. Inverted, it is 255, and no such image ever comes "
        "in. That is false for both.",
        "d": "Nearly every item reaches from edge to edge, so up to half of it is pushed out: of a sneaker, only the "
        "heel is left, or only the toe. A digit had a margin, and 14 pixels were too many even there. Not only the "
        "kind of distortion matters, but also how much of it.",
    }


@function(
    cases={
        "an epoch after the stop would have been the best": ([0.6, 0.5, 0.7, 0.8, 0.4], 2),
        "a lower loss comes just in time": ([0.9, 0.7, 0.8, 0.75, 0.6, 0.65, 0.7, 0.62, 0.3], 3),
        "it ends before patience is used up": ([0.9, 0.8, 0.85, 0.7, 0.72], 3),
        "patience is used up in the last epoch": ([0.9, 0.6, 0.7, 0.8], 2),
        "the loss falls to the end": ([1.2, 0.9, 0.7, 0.6], 2),
        "the loss rises from the start": ([0.4, 0.5, 0.6, 0.7, 0.8], 3),
        "it rises, and falls again without reaching the lowest": ([0.8, 0.5, 0.9, 0.7, 0.6, 0.55, 0.4], 3),
        "every second epoch is a little worse": ([1.0, 1.1, 0.9, 0.95, 0.8, 0.85, 0.7, 0.75, 0.6], 3),
        "some losses are equal to the lowest": ([0.7, 0.5, 0.5, 0.6, 0.5, 0.4], 3),
        "all losses are equal": ([0.5, 0.5, 0.5, 0.5, 0.5, 0.5], 4),
        "patience 1": ([0.9, 0.6, 0.65, 0.3], 1),
        "patience 1, and the loss rises at once": ([0.7, 0.8, 0.6], 1),
        "a single epoch": ([0.7], 2),
        "more patience than epochs": ([0.6, 0.7, 0.5, 0.9, 0.8], 10),
        "a loss of 0": ([0.2, 0.0, 0.1, 0.0], 2),
        "differences of a ten-thousandth": ([0.3502, 0.3501, 0.3503, 0.35, 0.3501, 0.3502, 0.3499], 2),
        "losses above 1": ([2.31, 2.4, 2.35, 2.5, 2.2], 3),
        "losses in the thousands": ([2500.0, 1400.0, 1800.0, 1700.0, 1600.0, 900.0], 3),
        "losses in the millions": ([9e6, 8e6, 7e6, 7.5e6, 6e6, 6.5e6, 6.2e6, 5e6], 2),
        "a long training run that is stopped": (_wavering(300), 12),
        "a long training run that is not": (_wavering(200), 150),
    },
    words={"val_losses": "one loss for each epoch"},
    errors={
        "IndexError": "Training ends with the last epoch, even if patience is not used up. Which losses are there?",
        "TypeError": "Is a loss compared with None? The first loss is the lowest so far.",
        "UnboundLocalError": "Is a name set only where training stops early? Often it ends with the last epoch.",
    },
    shows="Keras does just this, though it doesn't know the later losses. Training that went on might have found a "
    "lower one, as in the first case: patience is a hyperparameter, too.",
    hints=[
        "Go through the losses with a pencil. Which two numbers do you have to remember from one epoch to the next?",
        "Remember the epoch of the lowest loss so far. If the new loss is lower, the new epoch takes its place. "
        "If not, how many epochs ago was it?",
        "Training stops in two ways: the lowest loss is `patience` epochs old, or no epochs are left. In both, the "
        "epoch of the lowest loss so far is the one that is kept.",
    ],
)
def kept_epoch(val_losses, patience):
    """After which epoch early stopping ends the training, and which epoch's weights it keeps, counted from 1."""
    return _stop(val_losses, patience)


def _last_of_lowest(losses):
    return max(epoch for epoch, loss in enumerate(losses, start=1) if loss == min(losses))


def _stop_by_the_one_before(losses, patience, improves):
    """Each loss is compared with that of the epoch before: the epoch of the stop."""
    waited = 0
    for epoch in range(1, len(losses)):
        waited = 0 if improves(losses[epoch], losses[epoch - 1]) else waited + 1
        if waited >= patience:
            return epoch + 1
    return len(losses)


def _from_the_right(change):
    """A mistake that changes the right result: a function of the losses, the patience, and the two right numbers."""
    return lambda val_losses, patience: change(val_losses, patience, *_stop(val_losses, patience))


kept_epoch.mistake(
    "The order is reversed: return the epoch of the stop first, then the one that is kept.",
    _from_the_right(lambda losses, patience, stopped, kept: (kept, stopped)),
)
kept_epoch.mistake(
    "Both are too small by 1: the first epoch is number 1.",
    _from_the_right(lambda losses, patience, stopped, kept: (stopped - 1, kept - 1)),
)
kept_epoch.mistake(
    "The stop is right, but the epoch that is kept is counted from 0. The first epoch is number 1.",
    _from_the_right(lambda losses, patience, stopped, kept: (stopped, kept - 1)),
)
kept_epoch.mistake(
    "The epoch that is kept is right, but the stop is counted from 0. The first epoch is number 1.",
    _from_the_right(lambda losses, patience, stopped, kept: (stopped - 1, kept)),
)
kept_epoch.mistake(
    "Both are too large by 1. Is 1 added to numbers that are counted from 1 already?",
    _from_the_right(lambda losses, patience, stopped, kept: (stopped + 1, kept + 1)),
)
kept_epoch.mistake(
    "The stop is right. The epoch that is kept comes after it: only losses up to the stop are known.",
    _from_the_right(lambda losses, patience, stopped, kept: (stopped, losses.index(min(losses)) + 1)),
)
kept_epoch.mistake(
    "Training never stops early here. It stops as soon as the lowest loss is `patience` epochs old.",
    lambda val_losses, patience: (len(val_losses), val_losses.index(min(val_losses)) + 1),
)
kept_epoch.mistake(
    "The lowest of all losses is looked for first here. Go through them epoch by epoch: when training stops, no later "
    "loss is known.",
    lambda val_losses, patience: (
        kept := val_losses.index(min(val_losses)) + 1,
        min(kept + patience, len(val_losses)),
    )[::-1],
)
kept_epoch.mistake(
    "The epoch that is kept is right, but training never stops early here.",
    _from_the_right(lambda losses, patience, stopped, kept: (len(losses), kept)),
)
kept_epoch.mistake(
    "The stop is right, but the weights of the last epoch are kept. `restore_best_weights=True` brings back those of "
    "the lowest loss.",
    _from_the_right(lambda losses, patience, stopped, kept: (stopped, stopped)),
)
kept_epoch.mistake(
    "Where training ends without a stop, the last epoch is kept here. The best weights are brought back then, too.",
    _from_the_right(lambda losses, patience, stopped, kept: (stopped, kept if stopped - kept >= patience else stopped)),
)
kept_epoch.mistake(
    "The epoch that is kept is always `patience` before the stop here. Where training ends with the last epoch, it may "
    "be nearer.",
    _from_the_right(lambda losses, patience, stopped, kept: (stopped, stopped - patience)),
)
kept_epoch.mistake(
    "The stop is always `patience` after the lowest loss here, even where there are no such epochs. Training may end "
    "before.",
    _from_the_right(lambda losses, patience, stopped, kept: (kept + patience, kept)),
)
kept_epoch.mistake(
    "The second number is the lowest loss. Return the number of its epoch.",
    _from_the_right(lambda losses, patience, stopped, kept: (stopped, losses[kept - 1])),
)
kept_epoch.mistake(
    "The stop is right. Of equal losses, the first is kept: an equal one is no improvement.",
    _from_the_right(lambda losses, patience, stopped, kept: (stopped, _last_of_lowest(losses[:stopped]))),
)
kept_epoch.mistake(
    "A loss equal to the lowest counts as an improvement here. It has to be lower.",
    lambda val_losses, patience: _stop(val_losses, patience, operator.le),
)
kept_epoch.mistake(
    "A largest value is looked for here, as for an accuracy. A loss is better if it is lower.",
    lambda val_losses, patience: _stop(val_losses, patience, operator.gt),
)
kept_epoch.mistake(
    "All epochs without an improvement are counted, however many improvements come between them. After each "
    "improvement, the count begins again.",
    lambda val_losses, patience: _stop(val_losses, patience, restarts=False),
)
kept_epoch.mistake(
    "The first epoch is counted as one without an improvement here. Its loss is the lowest so far.",
    lambda val_losses, patience: _stop(val_losses, patience, waited=1),
)
kept_epoch.mistake(
    "It stops one epoch too late: with a patience of 1, the first epoch without an improvement is the last. Should a "
    "`>` be a `>=`?",
    lambda val_losses, patience: _stop(val_losses, patience + 1),
)
kept_epoch.mistake(
    "It stops one epoch too early: with a patience of 2, one epoch without an improvement is no reason to stop.",
    lambda val_losses, patience: _stop(val_losses, max(patience - 1, 1)),
)
kept_epoch.mistake(
    "An early stop comes one epoch too late, and the loss of that epoch isn't looked at. Does the loop go on to the "
    "next epoch before it looks at the patience?",
    _from_the_right(lambda losses, patience, stopped, kept: (min(stopped + 1, len(losses)), kept)),
)
kept_epoch.mistake(
    "It stops at the first epoch without an improvement. `patience` says how many of them in a row it takes.",
    lambda val_losses, patience: _stop(val_losses, 1),
)
for _improves in (operator.lt, operator.le):
    for _kept in (
        lambda losses, stopped, patience: losses.index(min(losses[:stopped])) + 1,
        lambda losses, stopped, patience: stopped - patience,
        lambda losses, stopped, patience: losses.index(min(losses)) + 1,
    ):
        kept_epoch.mistake(
            "Each loss is compared with that of the epoch before here. Compare it with the lowest so far: after a bad "
            "epoch, a less bad one is no improvement.",
            lambda val_losses, patience, improves=_improves, kept=_kept: (
                stopped := _stop_by_the_one_before(val_losses, patience, improves),
                kept(val_losses, stopped, patience),
            ),
        )
for _lowest in (0, 1, 10, 100, 1000):
    for _kept in (0, 1):
        kept_epoch.mistake(
            "The lowest loss so far starts at a number that the losses may never go below. Start with the first loss, "
            'or with `float("inf")`.',
            lambda val_losses, patience, lowest=_lowest, at_least=_kept: (
                (result := _stop([lowest, *val_losses], patience))[0] - 1,
                max(result[1] - 1, at_least),
            ),
        )


@kept_epoch.mistake(
    "An epoch whose loss equals the lowest isn't counted here. It is an epoch without an improvement like any other."
)
def _equal_ones_not_counted(val_losses, patience):
    kept, waited = 0, 0
    for epoch, loss in enumerate(val_losses):
        if loss < val_losses[kept]:
            kept, waited = epoch, 0
        waited += loss > val_losses[kept]
        if waited >= patience:
            break
    return epoch + 1, kept + 1


@kept_epoch.mistake(
    "The patience is looked at before the loss of the epoch here. An epoch that is better comes in time, even if it is "
    "the last one that the patience allows."
)
def _patience_before_the_loss(val_losses, patience):
    kept, waited = 0, 0
    for epoch, loss in enumerate(val_losses):
        waited += 1
        if waited >= patience:
            break
        if loss < val_losses[kept] or not epoch:
            kept, waited = epoch, 0
    return epoch + 1, kept + 1


def _going_on(values, factor, *, n_best=lambda n, factor: max(1, n // factor), seen=lambda values, n: values[:n]):
    """Which trials go on, or a mistake in it: how many are the best, and of which values."""
    chosen = []
    for n, value in enumerate(values, start=1):
        rivals = sorted(seen(values, n), reverse=True)
        count = n_best(n, factor)
        if not rivals or (count > 0 and value >= rivals[:count][-1]):
            chosen.append(n - 1)
    return chosen


@function(
    cases={
        "six trials, a factor of 3": ([0.21, 0.65, 0.59, 0.11, 0.63, 0.66], 3),
        "each is better than all before": ([0.1, 0.2, 0.3, 0.4, 0.5], 2),
        "each is worse than all before": ([0.5, 0.4, 0.3, 0.2, 0.1, 0.05], 2),
        "a good one comes early, and others are close": ([0.9, 0.8, 0.85, 0.7, 0.88, 0.89, 0.86, 0.87, 0.84], 3),
        "a single trial": ([0.3], 3),
        "fewer trials than the factor": ([0.4, 0.6, 0.5], 4),
        "as many trials as the factor": ([0.4, 0.3, 0.5, 0.45], 4),
        "equal values": ([0.5, 0.5, 0.5, 0.4, 0.5], 2),
        "all values are equal": ([0.7, 0.7, 0.7], 3),
        "values below 0, such as losses with a minus": ([-0.9, -0.4, -0.7, -0.5, -0.3, -0.6, -0.45], 3),
        "values of 0": ([0.0, 0.0, 0.1, 0.0], 2),
        "accuracies in percent": ([91.0, 93.5, 92.0, 93.0, 90.0, 93.4, 94.0, 93.6], 4),
        "30 trials, a factor of 3": (np.random.default_rng(3).random(30).round(4).tolist(), 3),
        "50 trials, a factor of 5": (np.random.default_rng(5).random(50).round(4).tolist(), 5),
    },
    words={"values": "one value for each trial", "factor": "one of how many goes on"},
    errors={
        "IndexError": "With fewer values than the factor, a share of them is less than one. At least the best goes on.",
        "ValueError": "When the first value comes, there are none before it. It is the best so far.",
    },
    shows="Early trials have few rivals, so some of them go on that would not have, had they come later. Waiting for "
    "all of them would be fairer, and would leave workers idle.",
    hints=[
        "Go through the values in the order in which they come. When the fifth one comes, how many values are there, "
        "and how many of them are the best third?",
        "Sort the values so far, its own among them, from the largest down. The first `max(1, n // factor)` of them go "
        "on. What must the new value be compared with?",
        "With the last one of these: the smallest value that still goes on. If the new value is not below it, keep its "
        "index.",
    ],
)
def going_on(values, factor):
    """The indices of the trials that go on to the next rung, each decided when its value comes."""
    return _going_on(values, factor)


going_on.mistake(
    "All values are compared at once here. When a value comes, those that come later are not known yet.",
    lambda values, factor: _going_on(
        values, factor, n_best=lambda n, factor: max(1, len(values) // factor), seen=lambda values, n: values
    ),
)
going_on.mistake(
    "All values are looked at, but not as many go on as there are best ones of all. When a value comes, those that "
    "come later are not known yet.",
    lambda values, factor: _going_on(values, factor, seen=lambda values, n: values),
)
going_on.mistake(
    "The smallest values go on here. A value is better if it is larger.",
    lambda values, factor: _going_on([-value for value in values], factor),
)
going_on.mistake(
    "A value that equals the last of the best doesn't go on here. It is as good, so it does.",
    lambda values, factor: [n for n in _going_on(values, factor) if values[: n + 1].count(values[n]) == 1],
)
going_on.mistake(
    "Nothing goes on until there are as many values as the factor. At least the best so far always goes on.",
    lambda values, factor: _going_on(values, factor, n_best=lambda n, factor: n // factor),
)
going_on.mistake(
    "Everything goes on until there are as many values as the factor. Only the best so far does.",
    lambda values, factor: _going_on(values, factor, n_best=lambda n, factor: n // factor or n),
)
for _count in (lambda n, factor: math.ceil(n / factor), lambda n, factor: n // factor + 1):
    going_on.mistake(
        "The share is rounded up here: of four values, the best third would be two. It is `4 // 3`, which is one.",
        lambda values, factor, count=_count: _going_on(values, factor, n_best=count),
    )
going_on.mistake(
    "The share is rounded to the nearest number here. It is rounded down, as `//` does.",
    lambda values, factor: _going_on(values, factor, n_best=lambda n, factor: max(1, round(n / factor))),
)
going_on.mistake(
    "The value itself isn't counted among those so far. Of six values, its own among them, the best third are two.",
    lambda values, factor: _going_on(
        values, factor, n_best=lambda n, factor: max(1, (n - 1) // factor), seen=lambda values, n: values[: n - 1]
    ),
)
going_on.mistake(
    "Only a new best goes on here. With more values, the best third are several.",
    lambda values, factor: _going_on(values, factor, n_best=lambda n, factor: 1),
)
going_on.mistake(
    "As many as the factor go on here. The factor says one of how many does.",
    lambda values, factor: _going_on(values, factor, n_best=lambda n, factor: factor),
)
going_on.mistake(
    "All but one of so many go on here: the best third is meant, and not all but the worst third.",
    lambda values, factor: _going_on(values, factor, n_best=lambda n, factor: max(1, n - n // factor)),
)
going_on.mistake(
    "Those are the indices of the trials that end. Return those that go on.",
    lambda values, factor: [n for n in range(len(values)) if n not in _going_on(values, factor)],
)
going_on.mistake(
    "Those are the values. Return their indices.",
    lambda values, factor: [values[n] for n in _going_on(values, factor)],
)
going_on.mistake(
    "The trials are counted from 1 here. The first one has the index 0.",
    lambda values, factor: [n + 1 for n in _going_on(values, factor)],
)
for _types in (bool, int):
    going_on.mistake(
        "That is a yes or no for each trial. Return the indices of the trials that go on.",
        lambda values, factor, types=_types: [types(n in _going_on(values, factor)) for n in range(len(values))],
    )
going_on.mistake(
    "That is how many go on. Return their indices.",
    lambda values, factor: len(_going_on(values, factor)),
)
going_on.mistake(
    "Only the first one is looked at. Does the loop end after it, with a `return` that is indented too far?",
    lambda values, factor: [0],
)
going_on.mistake(
    "The indices are in the order of their values. Return them in the order in which the trials came.",
    lambda values, factor: sorted(_going_on(values, factor), key=lambda n: -values[n]),
)
going_on.mistake(
    "The middle of the values so far decides here. It is the best third, or whatever the factor says.",
    lambda values, factor: [n for n in range(len(values)) if values[n] >= np.median(values[: n + 1])],
)
going_on.mistake(
    "The mean of the values so far decides here. It is the best third, or whatever the factor says.",
    lambda values, factor: [n for n in range(len(values)) if values[n] >= np.mean(values[: n + 1])],
)


quiz = Quiz(
    Question(
        "After 25 epochs, the accuracy is 0.99 in training and 0.89 in validation, and the validation loss has been "
        "rising since epoch 6. What is it, and what do you do?",
        right="c",
        a=(
            "Chance in the validation images: set aside others, and train again",
            "Chance makes a curve waver. It explains neither a rise of 19 epochs nor a gap of ten points.",
        ),
        b=(
            "The network is too small for these images: give it more filters, and train it again",
            "It reads 99% of its training images, so room is not what it lacks. With more, it would memorize sooner.",
        ),
        c=(
            "Overfitting: end the training earlier, or try another remedy, one at a time",
            "It gets better on its training images and worse on others. Early stopping ends it in time; "
            "whether augmentation, dropout, or more images do better, you measure one by one.",
        ),
        d=(
            "The training isn't finished yet: go on until the two curves meet",
            "They are moving apart. For 19 epochs, more training has made the validation loss worse.",
        ),
    ),
    Question(
        "Of a shop's images, 95% show sneakers, and the rest are of nine other classes. A program answers *sneaker* to "
        "all of them. What are the averages of its F1 scores over the ten classes?",
        right="b",
        a=(
            "Micro and macro are both 0.95, since that is its accuracy",
            "The micro average is. The macro average is the mean over the classes, and nine of them score 0.",
        ),
        b=(
            "Micro 0.95, macro about 0.1",
            "Micro counts images, so it is the accuracy, and looks fine. Macro counts classes: Sneaker scores 0.97, "
            "the other nine score 0, and so it tells that they are never found.",
        ),
        c=(
            "Micro 0.1, macro 0.95",
            "They are swapped: the micro average pools all images, whatever their class, and most are right.",
        ),
        d=(
            "There are none: nine of the classes are never predicted",
            "Their precision is 0/0, but they do occur, so their F1 is defined: none is right, and it is 0.",
        ),
    ),
    Question(
        "You train from five seeds, each without a remedy and with it. It saves errors with three of the seeds. The "
        "mean saving is half of the standard deviation of the five savings. What may you write?",
        right="d",
        a=(
            "The remedy saves errors: the mean is above 0",
            "Of these five runs, that is true. Another five may well have a mean below 0: the interval reaches there.",
        ),
        b=(
            "The remedy does nothing",
            "That isn't shown either. The interval around the mean also holds savings larger than this one.",
        ),
        c=(
            "The remedy saves errors with 60% of all seeds",
            "Three or more heads in five tosses of a coin come up half the time. Five seeds say little about all.",
        ),
        d=(
            "The mean saving with its interval, and that five seeds don't tell whether it helps",
            "The mean is only 1.1 standard errors away from 0, and with five seeds the interval takes 2.8 to each "
            "side. An open question is a result, too, and it is an honest one.",
        ),
    ),
    Question(
        "You tried fifty settings of the hyperparameters. In validation, the best has an accuracy of 0.934, and the "
        "default settings have 0.928. Then fresh images come in. What will be the accuracy of the best on them?",
        right="a",
        a=(
            "Probably somewhat less than 0.934",
            "It was chosen because it did best on the validation images, and part of that was luck with them. Fresh "
            "images don't repeat it: that is what the test set is for.",
        ),
        b=(
            "As likely above 0.934 as below, since the images are of the same kind",
            "That holds for settings that you chose before you looked. The best of fifty is more likely a lucky one.",
        ),
        c=(
            "Less than 0.928: it was luck",
            "Part of it was. But some settings really are better than others, so the gain shrinks and needn't be lost.",
        ),
        d=(
            "More than 0.934, since a search improves the network",
            "A search chooses among networks, and changes none. What was chosen for a high number tends to fall.",
        ),
    ),
    Question(
        "On MNIST, you left out half of the filters of the original network, and it cost no accuracy. What follows for "
        "Fashion-MNIST?",
        right="c",
        a=(
            "Half of them are superfluous there, too: the images have the same size and number",
            "Shape and number are the same, but not what is in them. Clothes have textures, and digits have none.",
        ),
        b=(
            "There it will cost accuracy, since clothes are harder to tell apart than digits",
            "A good guess, and no more than that. Fewer filters might also overfit less.",
        ),
        c=(
            "Nothing, until you leave them out there and measure",
            "Which idea is worth a try carries over. What it costs, or saves, is a fact about one data set.",
        ),
        d=(
            "There it will even help, since a smaller network can't overfit",
            "It overfits less, if at all, and it may also learn less. Which of the two wins has to be measured.",
        ),
    ),
)
