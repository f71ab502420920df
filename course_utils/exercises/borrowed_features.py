"""Exercises and quiz of lesson 15, Borrowed features."""

import numpy as np

from course_utils.exercises.engine import function
from course_utils.exercises.networks import of_network
from course_utils.exercises.quiz import Question, Quiz

LESSON = 15


def _counts(labels, called):
    """Of the cells called defective and of the others, how many are: (hits, alarms, missed, calm)."""
    return tuple(np.sum((called == one) & (labels == other)) for one, other in ((1, 1), (1, 0), (0, 1), (0, 0)))


def _drawn_cells(n, share, seed=0):
    """Cells of which a share is defective, and scores that tell something, in thousandths, some of them equal."""
    rng = np.random.default_rng(seed)
    labels = (rng.random(n) < share).astype(int)
    labels[:2] = 0, 1
    return labels, np.clip(rng.normal(0.3 + 0.25 * labels, 0.2), 0, 1).round(3)


@function(
    cases={
        "ten cells, four of them defective": (
            np.array([1, 0, 0, 1, 0, 0, 1, 0, 1, 0]),
            np.array([0.91, 0.75, 0.1, 0.4, 0.62, 0.3, 0.66, 0.05, 0.58, 0.45]),
            0.5,
        ),
        "two scores equal the threshold": (
            np.array([0, 1, 0, 0, 1, 1, 0, 0, 0]),
            np.array([0.6, 0.6, 0.2, 0.9, 0.85, 0.3, 0.5, 0.1, 0.7]),
            0.6,
        ),
        "more defective than fine ones": (
            np.array([1, 1, 0, 1, 1, 1, 0, 1]),
            np.array([0.8, 0.35, 0.4, 0.7, 0.25, 0.95, 0.1, 0.3]),
            0.3,
        ),
        "nothing is called defective": (np.array([0, 1, 0, 1, 0]), np.array([0.2, 0.7, 0.1, 0.4, 0.75]), 0.8),
        "everything is called defective": (np.array([0, 1, 0, 1, 0]), np.array([0.2, 0.7, 0.1, 0.4, 0.75]), 0.1),
        "only the highest score is called defective": (
            np.array([0, 0, 1, 0, 1, 1]),
            np.array([0.3, 0.1, 0.8, 0.5, 0.9, 0.2]),
            0.9,
        ),
        "told apart without an error": (np.array([1, 0, 0, 1, 0]), np.array([0.7, 0.2, 0.4, 0.9, 0.1]), 0.5),
        "scores the wrong way around": (np.array([1, 0, 0, 1, 0]), np.array([0.3, 0.8, 0.6, 0.1, 0.9]), 0.5),
        "all scores are equal": (np.array([0, 1, 0, 0]), np.full(4, 0.31), 0.31),
        "scores below 0 and above 1": (
            np.array([0, 1, 0, 1, 1, 0, 0, 0, 1]),
            np.array([-3.1, 2.4, 0.0, -0.7, 5.2, -1.5, 1.8, -0.2, 0.3]),
            0.0,
        ),
        "a single defective cell": (
            np.array([0, 0, 0, 0, 1, 0, 0]),
            np.array([0.1, 0.6, 0.2, 0.8, 0.7, 0.3, 0.4]),
            0.4,
        ),
        "scores in float32": (
            np.array([1, 0, 1, 0, 0], dtype="int32"),
            np.array([0.5, 0.25, 0.125, 0.75, 0.5], dtype="float32"),
            0.25,
        ),
        "400 cells, of which one in ten is defective": (*_drawn_cells(400, 0.1), 0.45),
    },
    words={"labels": "one for each cell", "scores": "one for each cell"},
    errors={
        "ZeroDivisionError": "At some thresholds, nothing is called defective, or everything. But there are always "
        "fine cells and defective ones: divide by these."
    },
    shows="From a threshold above all scores to one below them, the point moves from (0, 0) to (1, 1): that is the ROC "
    "curve. Each rate looks at one class only, so the curve doesn't depend on how frequent defects are.",
    hints=[
        "On paper: of the fine cells alone, how many have a score from the threshold on? Of how many fine ones is that "
        "a share?",
        "`called = scores >= threshold` says of each cell whether it is called defective. `called[labels == 0]` are "
        "the answers for the fine cells.",
        "The mean of True and False is the share of True. Which of the two classes comes first in the result?",
    ],
)
def roc_point(labels, scores, threshold):
    """A point of the ROC curve: (false positive rate, true positive rate)."""
    called = scores >= threshold
    return called[labels == 0].mean(), called[labels == 1].mean()


def _point(look, rates, called=np.greater_equal):
    """Declare a mistake of roc_point: a function of hits, alarms, missed and calm, the numbers of cells."""
    roc_point.mistake(
        look,
        np.errstate(all="ignore")(
            lambda labels, scores, threshold: rates(*_counts(labels, called(scores, threshold))),
        ),
    )


def _rates(hits, alarms, missed, calm):
    return alarms / (alarms + calm), hits / (hits + missed)


_point(
    "The two are in the other order: the false positive rate comes first, since it goes along the x-axis.",
    lambda *counts: _rates(*counts)[::-1],
)
_point(
    "A score that equals the threshold isn't counted as called defective. Everything *from* the threshold on is.",
    _rates,
    np.greater,
)
for _called in (np.less, np.less_equal):
    _point(
        "Those are the shares of what is called fine, below the threshold. A high score means defective.",
        _rates,
        _called,
    )
_point(
    "Both are divided by the number of all that were called defective, so the second is the precision. Which cells is "
    "each rate a share of?",
    lambda hits, alarms, missed, calm: (alarms / (hits + alarms), hits / (hits + alarms)),
)
_point(
    "The second is the precision: of all that were called defective, the share that is. A rate looks the other way: "
    "which cells is it a share of?",
    lambda hits, alarms, missed, calm: (alarms / (alarms + calm), hits / (hits + alarms)),
)
_point(
    "The false alarms are divided by all that were called defective. Which cells is the first rate a share of?",
    lambda hits, alarms, missed, calm: (alarms / (hits + alarms), hits / (hits + missed)),
)
_point(
    "Those are precision and recall. Recall is the true positive rate, and the other rate is about the fine cells.",
    lambda hits, alarms, missed, calm: (hits / (hits + alarms), hits / (hits + missed)),
)
_point(
    "The false alarms are divided by the number of all cells. They can only come from the fine ones.",
    lambda *counts: (counts[1] / sum(counts), _rates(*counts)[1]),
)
_point(
    "The hits are divided by the number of all cells. They can only come from the defective ones.",
    lambda *counts: (_rates(*counts)[0], counts[0] / sum(counts)),
)
_point(
    "Those are the shares of wrong and of right answers among all cells. Each rate is about one class only.",
    lambda *counts: ((counts[1] + counts[2]) / sum(counts), (counts[0] + counts[3]) / sum(counts)),
)
_point(
    "All that are called defective are counted for both rates. Count the fine ones among them for the first, and the "
    "defective ones for the second.",
    lambda hits, alarms, missed, calm: ((hits + alarms) / (alarms + calm), (hits + alarms) / (hits + missed)),
)
_point(
    "Those are called defective, divided by those that aren't. A share is of all fine cells, or of all defective ones.",
    lambda hits, alarms, missed, calm: (alarms / calm, hits / missed),
)
_point(
    "Both are divided by the number of all cells. Each rate is a share of one class only.",
    lambda *counts: (counts[1] / sum(counts), counts[0] / sum(counts)),
)
_point(
    "Those are numbers of cells, false alarms and hits. A rate is a share, from 0 to 1: of which cells?",
    lambda hits, alarms, missed, calm: (alarms, hits),
)
_point(
    "That is the accuracy. It mixes both classes in one number, and here each class gets a number of its own.",
    lambda *counts: (counts[0] + counts[3]) / sum(counts),
)
_point(
    "The second is the accuracy. The true positive rate looks at the defective cells alone.",
    lambda *counts: (_rates(*counts)[0], (counts[0] + counts[3]) / sum(counts)),
)
_point(
    "The first is the specificity, the share of the fine cells that is called fine. Here, false alarms count.",
    lambda *counts: (1 - _rates(*counts)[0], _rates(*counts)[1]),
)
_point(
    "The second is the share of the defective cells that is missed. Here, those that are found count.",
    lambda *counts: (_rates(*counts)[0], 1 - _rates(*counts)[1]),
)
_point(
    "The first is the share of the defective cells that is missed. The false positive rate is about the fine ones.",
    lambda *counts: (1 - _rates(*counts)[1], _rates(*counts)[1]),
)
_point(
    "The second is 1 minus the first, so both are about the fine cells. The true positive rate is about the defective "
    "ones.",
    lambda *counts: (_rates(*counts)[0], 1 - _rates(*counts)[0]),
)
for _swapped in (
    lambda hits, alarms, missed, calm: _rates(hits, missed, alarms, calm),
    lambda hits, alarms, missed, calm: _rates(hits, missed, alarms, calm)[::-1],
):
    _point(
        "Labels and answers have changed places: those are shares of what is called fine, and of what is called "
        "defective. Choose the cells by their labels, and look at their answers.",
        _swapped,
    )
_point(
    "Each is divided by the number of cells in the other class. False alarms are fine cells, and hits are defective "
    "ones.",
    lambda hits, alarms, missed, calm: (alarms / (hits + missed), hits / (alarms + calm)),
)
_point(
    "Both are divided by the number of defective cells. False alarms are a share of others.",
    lambda hits, alarms, missed, calm: (alarms / (hits + missed), hits / (hits + missed)),
)
_point(
    "Both are divided by the number of fine cells. Hits are a share of others.",
    lambda hits, alarms, missed, calm: (alarms / (alarms + calm), hits / (alarms + calm)),
)
_point(
    "Each is divided by the number of wrong or right answers of its kind, not by that of its class.",
    lambda hits, alarms, missed, calm: (alarms / (alarms + missed), hits / (hits + calm)),
)
for _place, _look in (
    (0, "That is the false positive rate alone. Return both, `return a, b`."),
    (1, "That is the true positive rate alone. Return both, `return a, b`."),
):
    _point(_look, lambda *counts, place=_place: _rates(*counts)[place])
roc_point.mistake(
    "Only the first cell is counted. Does the loop end after it, with a `return` that is indented too far?",
    lambda labels, scores, threshold: tuple(
        ((scores >= threshold) & (labels == label))[0] / np.sum(labels == label) for label in (0, 1)
    ),
)
roc_point.mistake(
    "A score that equals the threshold is counted on both sides of it. It is called defective, and not fine.",
    lambda labels, scores, threshold: tuple(
        group.sum() / (group.sum() + np.sum(scores[labels == label] <= threshold))
        for label, group in ((label, scores[labels == label] >= threshold) for label in (0, 1))
    ),
)
roc_point.mistake(
    "That is the area under the whole curve. Return the two rates at one threshold.",
    lambda labels, scores, threshold: np.mean(
        0.5 + 0.5 * np.sign(scores[labels == 1][:, None] - scores[labels == 0].astype(float))
    ),
)
roc_point.mistake(
    "The threshold isn't used: 0.5 stands in its place.",
    lambda labels, scores, threshold: roc_point.answer(labels, scores, 0.5),
)
_point("The rates are in percent. They go from 0 to 1.", lambda *counts: tuple(100 * rate for rate in _rates(*counts)))
for _decimals in (1, 2, 3, 4):
    _point(
        "The rates are rounded. Return them as they are.",
        lambda *counts, decimals=_decimals: tuple(np.round(_rates(*counts), decimals)),
    )
_point(
    "The rates became whole numbers, 0 or 1. Did you divide with `//`?",
    lambda *counts: tuple(rate // 1 for rate in _rates(*counts)),
)


def _costs(labels, scores, cost_missed, cost_alarm, *, called=np.greater_equal, thresholds=None, of=None):
    """Thresholds from the lowest to the highest, by default all scores, and what each of them costs in all.

    A mistake has another cost in mind: a function of the counts and of both costs.
    """
    thresholds = np.unique(scores if thresholds is None else thresholds)
    of = of or (lambda hits, alarms, missed, calm, cost_missed, cost_alarm: cost_missed * missed + cost_alarm * alarms)
    counts = (_counts(labels, called(scores, threshold)) for threshold in thresholds)
    return thresholds, np.array([of(*each, cost_missed, cost_alarm) for each in counts]).round(9)


def _all_lowest(thresholds, costs):
    return thresholds[costs == costs.min()]


def _last_of_lowest(thresholds, costs):
    return _all_lowest(thresholds, costs)[-1]


def _first_of_lowest(thresholds, costs):
    return _all_lowest(thresholds, costs)[0]


@function(
    cases={
        "six cells, and missing one costs five false alarms": (
            np.array([0, 1, 0, 1, 0, 0]),
            np.array([0.1, 0.35, 0.42, 0.8, 0.63, 0.2]),
            5,
            1,
        ),
        "the same cells, and a false alarm costs more": (
            np.array([0, 1, 0, 1, 0, 0]),
            np.array([0.1, 0.35, 0.42, 0.8, 0.63, 0.2]),
            1,
            2,
        ),
        "two thresholds cost the same": (
            np.array([1, 0, 0, 1, 0, 1, 0]),
            np.array([0.9, 0.7, 0.65, 0.6, 0.5, 0.4, 0.15]),
            3,
            2,
        ),
        "three thresholds cost the same, in no order": (
            np.array([1, 0, 1, 1, 0, 0]),
            np.array([0.53, 0.66, 0.77, 0.21, 0.34, 0.08]),
            3,
            3,
        ),
        "the highest score is a fine cell's, and alarms are dear": (
            np.array([0, 0, 1, 1, 0, 0]),
            np.array([0.12, 0.97, 0.7, 0.3, 0.5, 0.82]),
            1,
            9,
        ),
        "the lowest score is a defective cell's, and missing it is dear": (
            np.array([0, 1, 0, 0, 1, 0]),
            np.array([0.3, 0.05, 0.6, 0.45, 0.85, 0.7]),
            9,
            1,
        ),
        "fine and defective have the same score": (
            np.array([0, 1, 0, 1, 1, 0, 0]),
            np.array([0.4, 0.4, 0.6, 0.6, 0.9, 0.2, 0.1]),
            3,
            3,
        ),
        "many cells share a score": (
            np.array([1, 1, 0, 1, 0, 0, 0, 0]),
            np.array([0.9, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.1]),
            3,
            2,
        ),
        "many cells share a score, in another order": (
            np.array([0, 0, 0, 0, 1, 0, 1, 1, 0]),
            np.array([0.1, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.85, 0.2]),
            7,
            4,
        ),
        "scores the wrong way around": (
            np.array([0, 0, 1, 0, 1]),
            np.array([0.88, 0.71, 0.13, 0.64, 0.27]),
            1,
            3,
        ),
        "told apart without an error": (np.array([1, 0, 0, 1, 1]), np.array([0.7, 0.2, 0.4, 0.9, 0.6]), 10, 1),
        "all scores are equal": (np.array([0, 1, 0]), np.array([0.35, 0.35, 0.35]), 2, 1),
        "scores below 0 and above 1": (
            np.array([0, 1, 0, 1, 1, 0, 0, 0, 1]),
            np.array([-3.1, 2.4, 0.05, -0.7, 5.2, -1.5, 1.8, -0.2, 0.3]),
            2,
            1,
        ),
        "costs with a half": (
            np.array([0, 1, 1, 0, 0, 1, 0, 0]),
            np.array([0.15, 0.92, 0.33, 0.5, 0.71, 0.66, 0.28, 0.44]),
            3.0,
            1.5,
        ),
        "200 cells, a defect costs 40 times an alarm": (*_drawn_cells(200, 0.3, 1), 40, 1),
        "200 cells, equal costs": (*_drawn_cells(200, 0.3, 2), 1, 1),
        "200 cells, few of them defective": (*_drawn_cells(200, 0.05, 3), 12, 1),
        "200 cells, many of them defective": (*_drawn_cells(200, 0.8, 4), 3, 2),
    },
    words={"labels": "one for each cell", "scores": "one for each cell"},
    errors={
        "ValueError.*(empty sequence|zero-size)": "Is there nothing to choose from? Each score is a threshold to try.",
        "IndexError": "There are as many thresholds as different scores, which may be fewer than cells.",
    },
    shows="On other cells, it may not be the cheapest any more. So choose it on validation images.",
    hints=[
        "On paper: labels 0, 1, 0, 1, scores 0.2, 0.3, 0.6, 0.8, and 0.6 as the threshold. Which defects are missed, "
        "which alarms are false, and what do they cost in all?",
        "Go through all scores, and let each be the threshold. Which two numbers do you have to keep: the lowest cost "
        "so far, and what else?",
        "If you go through them from the lowest score to the highest, a later threshold takes the place of an earlier "
        "one, even if it only costs the same: `<=`.",
    ],
)
def cheapest_threshold(labels, scores, cost_missed, cost_alarm):
    """Of all scores, the one which as the threshold costs least; the largest, if several do."""
    return _last_of_lowest(*_costs(labels, scores, cost_missed, cost_alarm))


def _chosen(look, choose=_last_of_lowest, **otherwise):
    """Declare a mistake of cheapest_threshold: another choice, or other costs."""
    cheapest_threshold.mistake(
        look,
        np.errstate(all="ignore")(
            lambda labels, scores, cost_missed, cost_alarm: choose(
                *_costs(labels, scores, cost_missed, cost_alarm, **otherwise)
            )
        ),
    )


for _choose in (_last_of_lowest, _first_of_lowest):
    _chosen(
        "The two costs are swapped: `cost_missed` is for a defective cell below the threshold.",
        _choose,
        of=lambda hits, alarms, missed, calm, cost_missed, cost_alarm: cost_alarm * missed + cost_missed * alarms,
    )
    _chosen(
        "A score that equals the threshold isn't counted as called defective. Everything *from* the threshold on is.",
        _choose,
        called=np.greater,
    )
    _chosen(
        "The costs are left out: that is the threshold with the fewest errors. A missed defect and a false alarm "
        "don't cost the same.",
        _choose,
        of=lambda hits, alarms, missed, calm, cost_missed, cost_alarm: missed + alarms,
    )
    _chosen(
        "Shares of each class are multiplied by the costs. Each single missed defect costs something, and each single "
        "false alarm: use the numbers.",
        _choose,
        of=lambda hits, alarms, missed, calm, cost_missed, cost_alarm: (
            cost_missed * missed / (hits + missed) + cost_alarm * alarms / (alarms + calm)
        ),
    )
    _chosen(
        "Each cell that is called defective costs an alarm here. It is a false alarm only if the cell is fine.",
        _choose,
        of=lambda hits, alarms, missed, calm, cost_missed, cost_alarm: (
            cost_missed * missed + cost_alarm * (hits + alarms)
        ),
    )
    _chosen(
        "Each cell below the threshold costs a missed defect here. It is missed only if it is defective.",
        _choose,
        of=lambda hits, alarms, missed, calm, cost_missed, cost_alarm: (
            cost_missed * (missed + calm) + cost_alarm * alarms
        ),
    )
    _chosen(
        "The highest cost is looked for here. Which threshold has the lowest?",
        _choose,
        of=lambda hits, alarms, missed, calm, cost_missed, cost_alarm: -cost_missed * missed - cost_alarm * alarms,
    )
    _chosen(
        "Fine and defective are swapped, or so is the comparison: a 1 is missed if its score is below the threshold, "
        "and a 0 is a false alarm if its score isn't.",
        _choose,
        of=lambda hits, alarms, missed, calm, cost_missed, cost_alarm: cost_missed * calm + cost_alarm * hits,
    )
    _chosen(
        "Only false alarms cost something here, so the highest thresholds win. What about the missed defects?",
        _choose,
        of=lambda hits, alarms, missed, calm, cost_missed, cost_alarm: cost_alarm * alarms,
    )
    _chosen(
        "That is where the true positive rate is farthest above the false one, whatever the errors cost. Take the "
        "costs.",
        _choose,
        of=lambda hits, alarms, missed, calm, cost_missed, cost_alarm: (
            missed / (hits + missed) + alarms / (alarms + calm)
        ),
    )
    _chosen(
        "That is where F1 is highest, whatever the errors cost. Take the costs.",
        _choose,
        of=lambda hits, alarms, missed, calm, cost_missed, cost_alarm: -2 * hits / (2 * hits + alarms + missed),
    )
_chosen(
    "Only missed defects cost something here, so the lowest thresholds win. What about the false alarms?",
    of=lambda hits, alarms, missed, calm, cost_missed, cost_alarm: cost_missed * missed,
)
_chosen("If several thresholds cost the same, the smallest of them is taken here. Take the largest.", _first_of_lowest)
for _place in (0, -1):

    @cheapest_threshold.mistake(
        "If several thresholds cost the same, their place in `scores` decides here. Take the largest of them."
    )
    def _by_place(labels, scores, cost_missed, cost_alarm, place=_place):
        lowest = _all_lowest(*_costs(labels, scores, cost_missed, cost_alarm))
        return scores[np.isin(scores, lowest)][place]


cheapest_threshold.mistake(
    "That is a list with the threshold in it. Return the number itself.",
    lambda labels, scores, cost_missed, cost_alarm: [
        cheapest_threshold.answer(labels, scores, cost_missed, cost_alarm)
    ],
)
_chosen("All thresholds of the lowest cost are returned. Return the largest of them.", _all_lowest)
_chosen(
    "If several thresholds cost the same, their mean is taken here. Take the largest of them.",
    lambda thresholds, costs: _all_lowest(thresholds, costs).mean(),
)
_chosen("That is the lowest cost. Which threshold has it?", lambda thresholds, costs: costs.min())
for _both in (
    lambda thresholds, costs: (_last_of_lowest(thresholds, costs), costs.min()),
    lambda thresholds, costs: (costs.min(), _last_of_lowest(thresholds, costs)),
):
    _chosen("Those are the threshold and what it costs. Return the threshold alone.", _both)
for _index in (
    lambda thresholds, costs: np.flatnonzero(costs == costs.min())[-1],
    lambda thresholds, costs: np.flatnonzero(costs == costs.min())[0],
    lambda thresholds, costs: np.flatnonzero(costs[::-1] == costs.min())[0],
):
    _chosen("That is an index. Return the score that stands there.", _index)
cheapest_threshold.mistake(
    "That is an index. Return the score that stands there.",
    lambda labels, scores, cost_missed, cost_alarm: np.flatnonzero(
        scores == cheapest_threshold.answer(labels, scores, cost_missed, cost_alarm)
    )[0],
)
for _turn in (1, -1):  # the first place or the last one
    for _returns_place in (True, False):

        @cheapest_threshold.mistake(
            "Whole numbers are tried as thresholds: those are places in `scores`. Try the scores that stand there."
        )
        def _places_tried(labels, scores, cost_missed, cost_alarm, turn=_turn, returns_place=_returns_place):
            costs = _costs(labels, scores, cost_missed, cost_alarm, thresholds=range(len(scores)))[1]
            place = np.arange(len(scores))[::turn][costs[::turn].argmin()]
            return place if returns_place else scores[place]


cheapest_threshold.mistake(
    "That is the lowest score of all. Do false alarms cost anything, and does each threshold's cost begin at 0?",
    lambda labels, scores, cost_missed, cost_alarm: scores.min(),
)
for _lowest in (1, 10):
    for _at_first in (0, 0.5, 1, -1):

        @cheapest_threshold.mistake(
            "The lowest cost so far starts at a number that the costs may never go below. Start with the first cost, "
            'or with `float("inf")`.'
        )
        def _start_too_low(labels, scores, cost_missed, cost_alarm, lowest=_lowest, at_first=_at_first):
            thresholds, costs = _costs(labels, scores, cost_missed, cost_alarm)
            return _last_of_lowest(thresholds, costs) if costs.min() <= lowest else at_first


for _turn in (1, -1):

    @cheapest_threshold.mistake(
        "Cells with the same score are called defective one by one here. No threshold comes between them."
    )
    def _one_by_one(labels, scores, cost_missed, cost_alarm, turn=_turn):
        order = np.argsort(-scores[::turn], kind="stable")
        steps = np.where(labels[::turn][order] == 1, -cost_missed, cost_alarm)
        return scores[::turn][order][np.cumsum(steps).argmin()]


def _other_sides(labels, scores, cost_missed, cost_alarm, is_missed, is_alarm):
    """The cheapest threshold where scores that equal it are missed, alarms, neither, or both."""
    thresholds = np.unique(scores)
    costs = [
        cost_missed * np.sum((labels == 1) & is_missed(scores, threshold))
        + cost_alarm * np.sum((labels == 0) & is_alarm(scores, threshold))
        for threshold in thresholds
    ]
    return _last_of_lowest(thresholds, np.array(costs))


cheapest_threshold.mistake(
    "A fine cell whose score equals the threshold costs nothing here. It is called defective, so it is a false alarm.",
    lambda *arguments: _other_sides(*arguments, np.less, np.greater),
)
cheapest_threshold.mistake(
    "A defective cell whose score equals the threshold counts as missed here. Only those below the threshold are.",
    lambda *arguments: _other_sides(*arguments, np.less_equal, np.greater_equal),
)
cheapest_threshold.mistake(
    "The threshold is always 0.5. Which of the scores makes the cost lowest?",
    lambda labels, scores, cost_missed, cost_alarm: 0.5,
)
cheapest_threshold.mistake(
    "That follows from the costs alone, as if each score were the true probability of a defect. Try the scores, and "
    "see what each costs on these cells.",
    lambda labels, scores, cost_missed, cost_alarm: cost_alarm / (cost_missed + cost_alarm),
)
for _beyond in (lambda scores: np.inf, lambda scores: scores.max() + 1, lambda scores: scores.max() + 0.01):
    cheapest_threshold.mistake(
        "A threshold above all scores is tried, too, with which nothing is called defective. That is no choice here: "
        "the threshold is one of the scores.",
        lambda labels, scores, cost_missed, cost_alarm, beyond=_beyond: _last_of_lowest(
            *_costs(labels, scores, cost_missed, cost_alarm, thresholds=[*scores, beyond(scores)])
        ),
    )
cheapest_threshold.mistake(
    "Only the scores of defective cells are tried. That of a fine one may be the threshold, too, above them.",
    lambda labels, scores, cost_missed, cost_alarm: _last_of_lowest(
        *_costs(labels, scores, cost_missed, cost_alarm, thresholds=scores[labels == 1])
    ),
)
cheapest_threshold.mistake(
    "Only the scores of fine cells are tried. That of a defective one may be the threshold, too.",
    lambda labels, scores, cost_missed, cost_alarm: _last_of_lowest(
        *_costs(labels, scores, cost_missed, cost_alarm, thresholds=scores[labels == 0])
    ),
)
for _choose in (_last_of_lowest, _first_of_lowest):
    for _steps in (11, 101, 1001):
        for _grid in (
            lambda scores, steps: np.linspace(0, 1, steps),
            lambda scores, steps: np.linspace(0, 1, steps)[:-1],
            lambda scores, steps: np.linspace(scores.min(), scores.max(), steps),
        ):
            cheapest_threshold.mistake(
                "Thresholds at equal distances are tried. Try the scores themselves: one of them is asked for.",
                lambda labels, scores, cost_missed, cost_alarm, choose=_choose, steps=_steps, grid=_grid: choose(
                    *_costs(labels, scores, cost_missed, cost_alarm, thresholds=grid(scores, steps))
                ),
            )
    cheapest_threshold.mistake(
        "Thresholds halfway between two scores are tried. Try the scores themselves: one of them is asked for.",
        lambda labels, scores, cost_missed, cost_alarm, choose=_choose: choose(
            *_costs(
                labels,
                scores,
                cost_missed,
                cost_alarm,
                thresholds=np.convolve(np.unique(scores), [0.5, 0.5], mode="valid"),
            )
        ),
    )
cheapest_threshold.mistake(
    "Only the first score is tried. Does the loop end after it, with a `return` that is indented too far?",
    lambda labels, scores, cost_missed, cost_alarm: scores[0],
)
cheapest_threshold.mistake(
    "That is the last score that was tried. Is the cheapest one so far kept?",
    lambda labels, scores, cost_missed, cost_alarm: scores[-1],
)
for _decimals in (1, 2):
    for _round in (np.round, lambda number, decimals: round(float(number), decimals)):
        cheapest_threshold.mistake(
            "The threshold is rounded. Return the score as it is.",
            lambda labels, scores, cost_missed, cost_alarm, decimals=_decimals, rounded=_round: rounded(
                cheapest_threshold.answer(labels, scores, cost_missed, cost_alarm), decimals
            ),
        )
for _sorted in (np.sort, lambda scores: np.sort(scores)[::-1]):
    for _choose in (_last_of_lowest, _first_of_lowest):
        cheapest_threshold.mistake(
            "The scores are sorted, and the labels aren't: each score gets the label of another cell.",
            lambda labels, scores, cost_missed, cost_alarm, choose=_choose, sorted_scores=_sorted: choose(
                *_costs(labels, sorted_scores(scores), cost_missed, cost_alarm)
            ),
        )


_BLOCKS = (
    ("photograph", "InputLayer"),
    ("conv_1", "Conv2D"),
    ("norm_1", "BatchNormalization"),
    ("relu_1", "ReLU"),
    ("pool_1", "MaxPooling2D"),
    ("conv_2", "Conv2D"),
    ("norm_2", "BatchNormalization"),
    ("relu_2", "ReLU"),
    ("mean", "GlobalAveragePooling2D"),
    ("score", "Dense"),
)


def _is_norm(layer):
    return type(layer).__name__ == "BatchNormalization"


def _after(model, cut, beyond=1):
    """The layers that stand after the cut; with another `beyond`, from an earlier or later one on."""
    return model.layers[model.layers.index(model.get_layer(cut)) + beyond :]


def _learns(layer):
    return bool(layer.weights) and not _is_norm(layer)


@of_network(
    cases={
        "two blocks, cut after the first": (_BLOCKS, "pool_1"),
        "cut at a convolution, and its batch normalization comes after it": (_BLOCKS, "conv_1"),
        "a Sequential of dense layers": (
            (
                ("wide", "Dense"),
                ("calm", "BatchNormalization"),
                ("bend", "ReLU"),
                ("narrow", "Dense"),
                ("thin_out", "Dropout"),
                ("answer", "Dense"),
            ),
            "wide",
        ),
        "cut at batch normalization": (_BLOCKS, "norm_2"),
        "cut at the last layer": (_BLOCKS, "score"),
        "cut at the first layer, which has no weights": (_BLOCKS, "photograph"),
        "names that don't tell what a layer is": (
            (
                ("image", "InputLayer"),
                ("zebra", "Conv2D"),
                ("dense", "BatchNormalization"),
                ("norm", "Conv2D"),
                ("conv", "MaxPooling2D"),
                ("batch_normalization", "Conv2D"),
                ("all", "GlobalAveragePooling2D"),
                ("frozen", "Dense"),
            ),
            "zebra",
        ),
        "other kinds of layers that have weights": (
            (
                ("image", "InputLayer"),
                ("first", "Conv2D"),
                ("each_channel", "DepthwiseConv2D"),
                ("batch", "BatchNormalization"),
                ("slope", "PReLU"),
                ("layer", "LayerNormalization"),
                ("small", "AveragePooling2D"),
                ("both", "SeparableConv2D"),
                ("flat", "Flatten"),
                ("score", "Dense"),
            ),
            "first",
        ),
        "names that begin alike": (
            (
                ("conv_1", "Conv2D"),
                ("conv_10", "Conv2D"),
                ("conv_11", "Conv2D"),
                ("conv_2", "Conv2D"),
                ("conv_1_norm", "BatchNormalization"),
                ("mean", "GlobalAveragePooling2D"),
                ("conv_1_score", "Dense"),
            ),
            "conv_1",
        ),
        "a shortcut around two convolutions": (
            (
                ("photograph", "InputLayer"),
                ("stem", "Conv2D"),
                ("one", "Conv2D"),
                ("one_norm", "BatchNormalization"),
                ("one_more", "Conv2D"),
                ("sum", "Add", "stem", "one_more"),
                ("sum_norm", "LayerNormalization"),
                ("top", "SeparableConv2D"),
                ("mean", "GlobalAveragePooling2D"),
                ("drop", "Dropout"),
                ("score", "Dense"),
            ),
            "one",
        ),
    },
    errors={
        "AttributeError: 'str' object": "`cut` is a name, not a layer: compare it with `layer.name`.",
        "TypeError.*(indices must be|slice indices)": "`cut` is a name, and a list takes numbers. At which place in "
        "`model.layers` does that layer stand?",
        "ValueError: .*(is not in list|not in list)": "`cut` is a name, and `model.layers` holds layers. Look for it "
        "among their names.",
    },
    shows="These alone adapt to the new images. The others pass on what they learned from many more, and batch "
    "normalization keeps computing with the means and variances from there.",
    hints=[
        "Say a convolution, ReLU, another convolution, batch normalization, ReLU, and a dense layer, cut at the first "
        "ReLU. Which layers come after it, which of these have nothing that could learn, and which one is frozen?",
        "Go through `model.layers`. How can you tell, for each of them, whether the layer named `cut` came before it?",
        "`layer.weights` is an empty list if there is nothing to learn, and `isinstance(layer, "
        "keras.layers.BatchNormalization)` tells the kind. Collect `layer.name`.",
    ],
)
def layers_that_learn(model, cut):
    """The names of the layers after the cut that have weights and aren't batch normalization, in order."""
    return [layer.name for layer in _after(model, cut) if _learns(layer)]


layers_that_learn.mistake(
    "The layer named `cut` is among them. It is frozen, too: everything up to *and including* it.",
    lambda model, cut: [layer.name for layer in _after(model, cut, 0) if _learns(layer)],
)
for _which in (lambda layer: layer.weights, lambda layer: not _is_norm(layer), lambda layer: True):
    layers_that_learn.mistake(
        "The layer named `cut` is among them, and it isn't the only frozen one. Which others don't learn?",
        lambda model, cut, which=_which: [layer.name for layer in _after(model, cut, 0) if which(layer)],
    )
layers_that_learn.mistake(
    "The first layer after `cut` is left out. It learns, if it has weights and isn't batch normalization.",
    lambda model, cut: [layer.name for layer in _after(model, cut, 2) if _learns(layer)],
)
layers_that_learn.mistake(
    "Batch normalization is among them. It is frozen wherever it stands, also after `cut`.",
    lambda model, cut: [layer.name for layer in _after(model, cut) if layer.weights],
)
layers_that_learn.mistake(
    "Layers without weights are among them, such as ReLU or pooling. What could they learn?",
    lambda model, cut: [layer.name for layer in _after(model, cut) if not _is_norm(layer)],
)
layers_that_learn.mistake(
    "Those are all layers after `cut`. Some of them have no weights, and batch normalization is frozen.",
    lambda model, cut: [layer.name for layer in _after(model, cut)],
)
layers_that_learn.mistake(
    "`layer.variables` also holds the state of a random generator, and so dropout has some. Weights are in "
    "`layer.weights`.",
    lambda model, cut: [layer.name for layer in _after(model, cut) if layer.variables and not _is_norm(layer)],
)
for _until in (0, 1):
    for _which in (_learns, lambda layer: layer.weights, lambda layer: not _is_norm(layer), lambda layer: True):
        layers_that_learn.mistake(
            "Those are layers up to `cut`, which are frozen. Which ones learn?",
            lambda model, cut, until=_until, which=_which: [
                layer.name for layer in model.layers if layer not in _after(model, cut, until) and which(layer)
            ],
        )
for _which in (lambda layer: True, lambda layer: layer.weights):
    layers_that_learn.mistake(
        "Those are the layers that don't learn. Return the others.",
        lambda model, cut, which=_which: [
            layer.name
            for layer in model.layers
            if which(layer) and (layer not in _after(model, cut) or not _learns(layer))
        ],
    )
layers_that_learn.mistake(
    "Layers up to `cut` are among them. They are frozen: only those after it can learn.",
    lambda model, cut: [layer.name for layer in model.layers if _learns(layer)],
)
layers_that_learn.mistake(
    "Layers up to `cut` are among them, and batch normalization is, too. Both are frozen.",
    lambda model, cut: [layer.name for layer in model.layers if layer.weights],
)
for _which in (_learns, lambda layer: layer.weights, lambda layer: not _is_norm(layer), lambda layer: True):
    layers_that_learn.mistake(
        "Layers before `cut` are among them, as if it were the only frozen one. Those before it are frozen, too.",
        lambda model, cut, which=_which: [layer.name for layer in model.layers if which(layer) and layer.name != cut],
    )
layers_that_learn.mistake(
    "Those are the layers of batch normalization after `cut`: the very ones that don't learn.",
    lambda model, cut: [layer.name for layer in _after(model, cut) if _is_norm(layer)],
)
layers_that_learn.mistake(
    "It ends at the first batch normalization. That one is frozen, but layers after it learn: go on.",
    lambda model, cut: [
        layer.name
        for number, layer in enumerate(_after(model, cut))
        if layer.weights and not any(map(_is_norm, _after(model, cut)[: number + 1]))
    ],
)
layers_that_learn.mistake(
    "It ends at the first layer that doesn't learn. Others come after it: go on.",
    lambda model, cut: [
        layer.name
        for number, layer in enumerate(_after(model, cut))
        if all(map(_learns, _after(model, cut)[: number + 1]))
    ],
)
layers_that_learn.mistake(
    "Only the first one is there. Does the loop end after it, with a `return` that is indented too far?",
    lambda model, cut: [layer.name for layer in _after(model, cut) if _learns(layer)][:1],
)
layers_that_learn.mistake(
    "Only the last one is there. Is the list made new for each layer?",
    lambda model, cut: [layer.name for layer in _after(model, cut) if _learns(layer)][-1:],
)
for _kinds in (("Conv2D", "Dense"), ("Conv2D", "Dense", "DepthwiseConv2D", "SeparableConv2D"), ("Conv2D",), ("Dense",)):
    layers_that_learn.mistake(
        "Some kinds of layers are left out. Any layer that has weights learns, unless it is batch normalization.",
        lambda model, cut, kinds=_kinds: [layer.name for layer in _after(model, cut) if type(layer).__name__ in kinds],
    )
_WITHOUT_WEIGHTS = ("InputLayer", "ReLU", "MaxPooling2D", "GlobalAveragePooling2D", "AveragePooling2D", "Flatten")
for _n_kinds in (3, 4, 5, 6):
    layers_that_learn.mistake(
        "Some layers without weights are still among them. There are many such kinds: whether a layer has weights, "
        "`layer.weights` tells.",
        lambda model, cut, kinds=_WITHOUT_WEIGHTS[:_n_kinds]: [
            layer.name for layer in _after(model, cut) if type(layer).__name__ not in kinds and not _is_norm(layer)
        ],
    )
layers_that_learn.mistake(
    "Layer normalization is left out, too. It keeps no means from earlier images, and it isn't frozen: only batch "
    "normalization is.",
    lambda model, cut: [
        layer.name for layer in _after(model, cut) if layer.weights and "Normalization" not in type(layer).__name__
    ],
)
for _part in ("norm", "batch", "bn"):
    layers_that_learn.mistake(
        "A name doesn't tell what a layer is. Look at its type, `isinstance(layer, ...)`.",
        lambda model, cut, part=_part: [
            layer.name for layer in _after(model, cut) if layer.weights and part not in layer.name
        ],
    )
layers_that_learn.mistake(
    "A layer whose name only contains that of `cut` is taken for it. Compare whole names, with `==`.",
    lambda model, cut: [layer.name for layer in _after(model, cut) if _learns(layer) and cut not in layer.name],
)
layers_that_learn.mistake(
    "Names are compared as in a dictionary, by their letters. What counts is where a layer stands in `model.layers`.",
    lambda model, cut: [layer.name for layer in model.layers if _learns(layer) and layer.name > cut],
)
layers_that_learn.mistake(
    "The names are sorted by their letters. Return them in the order of `model.layers`.",
    lambda model, cut: sorted(layer.name for layer in _after(model, cut) if _learns(layer)),
)
layers_that_learn.mistake(
    "The names are in reverse. Return them in the order of `model.layers`.",
    lambda model, cut: [layer.name for layer in _after(model, cut) if _learns(layer)][::-1],
)
for _first in (0, 1):
    layers_that_learn.mistake(
        "Those are places in `model.layers`. Return the names of the layers that stand there.",
        lambda model, cut, first=_first: [
            number
            for number, layer in enumerate(model.layers, start=first)
            if layer in _after(model, cut) and _learns(layer)
        ],
    )
for _of in (lambda model, cut: model.layers, _after):
    layers_that_learn.mistake(
        "That is a yes or no for each layer. Return the names of the layers that learn.",
        lambda model, cut, of=_of: [layer in _after(model, cut) and _learns(layer) for layer in of(model, cut)],
    )
layers_that_learn.mistake(
    "That is a number of layers. Return their names.",
    lambda model, cut: sum(map(_learns, _after(model, cut))),
)
for _counted in (_learns, lambda layer: True):
    layers_that_learn.mistake(
        "That is a number of parameters. Return the names of the layers that have them.",
        lambda model, cut, counted=_counted: sum(
            layer.count_params() for layer in _after(model, cut) if counted(layer)
        ),
    )
layers_that_learn.mistake(
    "Those are kinds of layers. Return their names: `layer.name`.",
    lambda model, cut: [type(layer).__name__ for layer in _after(model, cut) if _learns(layer)],
)
for _named in ("name", "path"):
    layers_that_learn.mistake(
        "Those are names of weights, kernels and biases. Return those of the layers that they belong to, each once.",
        lambda model, cut, named=_named: [
            getattr(weight, named) for layer in _after(model, cut) if _learns(layer) for weight in layer.weights
        ],
    )
layers_that_learn.mistake(
    "A layer comes once for each of its weights. Return each name once.",
    lambda model, cut: [layer.name for layer in _after(model, cut) if _learns(layer) for _ in layer.weights],
)
layers_that_learn.mistake(
    "No layer learns here. Is everything frozen, as by `model.trainable = False`, or is a list returned before "
    "anything gets into it?",
    lambda model, cut: [],
)


quiz = Quiz(
    Question(
        "A network learned to read the digits 0 to 4. Its convolutions are then frozen, and only new dense layers are "
        "trained on the digits 5 to 9. A second network starts from scratch. What do you see as the number of labeled "
        "images grows?",
        right="c",
        a=(
            "The borrowed features stay ahead by the same margin",
            "The margin is what few labels leave open. With many, the network from scratch learns such features "
            "itself.",
        ),
        b=(
            "They never help: no 5 or 9 was among the images they come from",
            "They are not made of whole digits. Edges, strokes and bends occur in a 5 as well as in a 3.",
        ),
        c=(
            "They are far ahead with few labels, and with many the two lines meet",
            "Strokes and bends are the same in all digits, so they needn't be learned again from a handful of images. "
            "With many, they can be, and then it makes no difference.",
        ),
        d=(
            "They are ahead with many labels only, since it takes many to fit a new last layer",
            "The last layer is what few labels suffice for: it has few weights. It's the convolutions that take many "
            "images.",
        ),
    ),
    Question(
        "Cells that were cut out of photographs of a few solar modules are split at random into training and test "
        "cells. Why is the test error lower than on a module that is new?",
        right="a",
        a=(
            "Training and test cells share modules, and a module can be recognized",
            "Cells of one module look alike, and some modules have many more defects than others. Whoever recognizes "
            "the module already knows a lot. So whole modules belong on one side.",
        ),
        b=(
            "Some cells are in the training set and in the test set",
            "A split puts each cell on one side only. What is on both sides is their module.",
        ),
        c=(
            "A random split leaves more defects on one side than on the other by chance",
            "With many cells, the two shares hardly differ, and chance doesn't take sides: it would flatter as often "
            "as not.",
        ),
        d=(
            "The test set gets smaller than it would be with whole modules, so its error is too uncertain",
            "Its size is up to you in both ways of splitting. And an uncertain number is as often too high as too low.",
        ),
    ),
    Question(
        "Of the cells of a test set, 69% are fine. A program has an accuracy of 69% on them. What does that tell you?",
        right="b",
        a=(
            "It has learned something: with two classes, guessing gives 50%",
            "A coin does. But whoever always answers *fine* gets 69% and has learned nothing from any image.",
        ),
        b=(
            "It may be worth nothing: it is what you get with *fine* as the only answer",
            "That finds not a single defect. Accuracy says something only beside that of the most frequent class; "
            "the rates of both classes say more.",
        ),
        c=(
            "It finds 69% of the defective cells, which is too few for a factory",
            "The accuracy is over all cells. It may find all of the defects, or none: it doesn't say.",
        ),
        d=(
            "It never calls a cell defective, since the two numbers are equal",
            "That's one way to get there. It may also find some defects and raise as many false alarms.",
        ),
    ),
    Question(
        "A missed defect costs 40 times as much as a false alarm. Where do you put the threshold, and on which images "
        "do you choose it?",
        right="d",
        a=(
            "High, so that only sure defects are called so, and on validation images",
            "The images are the right ones. But a high threshold misses many defects, and these are what is dear.",
        ),
        b=(
            "At 0.5, which needs no images: it's the middle",
            "The middle is for errors that cost the same, and for scores that are true probabilities. Here, one error "
            "costs far more than the other.",
        ),
        c=(
            "Low, with many false alarms, and on the test images, since these count in the end",
            "Low is right. But a threshold that was chosen on the test images is the cheapest on these by luck, too, "
            "and nothing is left to tell you what it costs on new ones.",
        ),
        d=(
            "Low, with many false alarms, and on validation images",
            "Even 39 false alarms are cheaper than one missed defect. What is chosen is fitted to the images it was "
            "chosen on, so the test images stay out of it.",
        ),
    ),
    Question(
        "In fine-tuning on few photographs, batch normalization is frozen even in the part that learns. Why?",
        right="c",
        a=(
            "It has no weights, so there is nothing to train in it",
            "It has: a scale and a shift for each channel, and beside them the means and variances that it keeps.",
        ),
        b=(
            "It's slow: most of the time of a training step goes into it",
            "It takes little of it. Convolutions take most, and a frozen layer still has to be computed.",
        ),
        c=(
            "Its means and variances come from many images, and would move to those of a few",
            "In training it computes with those of the batch, and keeps a running mean of them. From small batches of "
            "few images they are uncertain, and all layers after it would get other numbers than they know.",
        ),
        d=(
            "Only the last layer may change in fine-tuning, and it is none",
            "That would be a new last layer on frozen features. In fine-tuning, some of the convolutions change, too.",
        ),
    ),
)
