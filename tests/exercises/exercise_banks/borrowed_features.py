"""Answers to the exercises of lesson 15."""

import itertools

import numpy as np
from sklearn.metrics import confusion_matrix, precision_score, recall_score, roc_auc_score, roc_curve

from course_utils._tensorflow import keras
from exercise_banks import Bank

layers = keras.layers

roc_point = Bank()


@roc_point.right
def with_sums(labels, scores, threshold):
    called = scores >= threshold
    n_alarms = np.sum(called & (labels == 0))
    n_found = np.sum(called & (labels == 1))
    return n_alarms / np.sum(labels == 0), n_found / np.sum(labels == 1)


@roc_point.right
def with_means(labels, scores, threshold):
    return (scores[labels == 0] >= threshold).mean(), (scores[labels == 1] >= threshold).mean()


@roc_point.right
def cell_by_cell(labels, scores, threshold):
    n_alarms = n_found = n_fine = n_defective = 0
    for label, score in zip(labels, scores, strict=True):
        if label == 1:
            n_defective += 1
            if score >= threshold:
                n_found += 1
        else:
            n_fine += 1
            if score >= threshold:
                n_alarms += 1
    return n_alarms / n_fine, n_found / n_defective


@roc_point.right
def with_lists(labels, scores, threshold):
    fine = [score for label, score in zip(labels.tolist(), scores.tolist(), strict=True) if not label]
    defective = [score for label, score in zip(labels.tolist(), scores.tolist(), strict=True) if label]
    return [sum(score >= threshold for score in group) / len(group) for group in (fine, defective)]


@roc_point.right
def of_a_confusion_matrix(labels, scores, threshold):
    calm, alarms, missed, hits = confusion_matrix(labels, scores >= threshold, labels=[0, 1]).ravel()
    return alarms / (calm + alarms), hits / (missed + hits)


@roc_point.right
def rows_of_a_confusion_matrix(labels, scores, threshold):
    return confusion_matrix(labels, (scores >= threshold).astype(int), labels=[0, 1], normalize="true")[:, 1]


@roc_point.right
def of_recalls(labels, scores, threshold):
    called = (scores >= threshold).astype(int)
    return 1 - recall_score(labels, called, pos_label=0), recall_score(labels, called)


@roc_point.right
def of_the_whole_curve(labels, scores, threshold):
    rates = roc_curve(labels, scores, drop_intermediate=False)
    return [part[rates[2] >= threshold][-1] for part in rates[:2]]


@roc_point.right
def with_products(labels, scores, threshold):
    called = (scores >= threshold).astype(float)
    return np.array([(1 - labels) @ called / np.sum(1 - labels), labels @ called / labels.sum()])


@roc_point.right
def with_averages(labels, scores, threshold):
    called = np.where(scores < threshold, 0, 1)
    return np.average(called, weights=labels == 0), np.average(called, weights=labels == 1)


@roc_point.right
def as_a_generator(labels, scores, threshold):
    for label in (0, 1):
        yield np.count_nonzero(scores[labels == label] >= threshold) / np.count_nonzero(labels == label)


@roc_point.right
def sorted_scores(labels, scores, threshold):
    def share(group):
        return 1 - np.searchsorted(np.sort(group), threshold, side="left") / len(group)

    return share(scores[labels == 0]), share(scores[labels == 1])


@roc_point.right
def with_tensorflow(labels, scores, threshold):
    import tensorflow as tf

    called = tf.cast(scores >= threshold, "float64")
    fine = tf.cast(labels == 0, "float64")
    return (
        tf.reduce_sum(called * fine) / tf.reduce_sum(fine),
        tf.reduce_sum(called * (1 - fine)) / tf.reduce_sum(1 - fine),
    )


def counts(labels, called):
    """Hits, false alarms, missed, and fine ones called fine; for what is wrong below."""
    calm, alarms, missed, hits = confusion_matrix(labels, called, labels=[0, 1]).ravel()
    return hits, alarms, missed, calm


@roc_point.wrong("other order")
def the_other_order(labels, scores, threshold):
    return np.mean(scores[labels == 1] >= threshold), np.mean(scores[labels == 0] >= threshold)


@roc_point.wrong("from\\* the threshold on")
def above_the_threshold(labels, scores, threshold):
    return np.mean(scores[labels == 0] > threshold), np.mean(scores[labels == 1] > threshold)


@roc_point.wrong("what is called fine, below")
def below_the_threshold(labels, scores, threshold):
    return np.mean(scores[labels == 0] < threshold), np.mean(scores[labels == 1] < threshold)


@roc_point.wrong("what is called fine, below")
def up_to_the_threshold(labels, scores, threshold):
    return np.mean(scores[labels == 0] <= threshold), np.mean(scores[labels == 1] <= threshold)


@roc_point.wrong("so the second is the precision")
def of_all_called(labels, scores, threshold):
    called = scores >= threshold
    with np.errstate(invalid="ignore"):
        return np.sum(called & (labels == 0)) / called.sum(), np.sum(called & (labels == 1)) / called.sum()


@roc_point.wrong("The second is the precision: of all")
def precision_second(labels, scores, threshold):
    called = scores >= threshold
    return called[labels == 0].mean(), labels[called].mean() if called.any() else 0.0


@roc_point.wrong("Which cells is the first rate a share of")
def false_discoveries(labels, scores, threshold):
    hits, alarms, missed, _ = counts(labels, scores >= threshold)
    return alarms / max(hits + alarms, 1), hits / (hits + missed)


@roc_point.wrong("precision and recall. Recall")
def precision_and_recall(labels, scores, threshold):
    called = (scores >= threshold).astype(int)
    return precision_score(labels, called, zero_division=0), recall_score(labels, called)


@roc_point.wrong("They can only come from the fine ones")
def alarms_of_all(labels, scores, threshold):
    called = scores >= threshold
    return np.mean(called & (labels == 0)), np.mean(called[labels == 1])


@roc_point.wrong("They can only come from the defective ones")
def hits_of_all(labels, scores, threshold):
    called = scores >= threshold
    return np.mean(called[labels == 0]), np.mean(called & (labels == 1))


@roc_point.wrong("shares of wrong and of right answers")
def errors_and_accuracy(labels, scores, threshold):
    called = scores >= threshold
    return np.mean(called != labels), np.mean(called == labels)


@roc_point.wrong("All that are called defective are counted for both")
def all_called(labels, scores, threshold):
    n_called = np.sum(scores >= threshold)
    return n_called / np.sum(labels == 0), n_called / np.sum(labels == 1)


@roc_point.wrong("divided by those that aren't")
def odds(labels, scores, threshold):
    hits, alarms, missed, calm = counts(labels, scores >= threshold)
    with np.errstate(divide="ignore", invalid="ignore"):
        return alarms / calm, hits / missed


@roc_point.wrong("Only the first cell is counted")
def returns_after_the_first(labels, scores, threshold):
    n_alarms = n_hits = 0
    for label, score in zip(labels, scores, strict=True):
        if score >= threshold and label == 1:
            n_hits += 1
        elif score >= threshold:
            n_alarms += 1
        return n_alarms / np.sum(labels == 0), n_hits / np.sum(labels == 1)


@roc_point.wrong("counted on both sides")
def on_both_sides(labels, scores, threshold):
    alarms = np.sum((labels == 0) & (scores >= threshold))
    calm = np.sum((labels == 0) & (scores <= threshold))
    hits = np.sum((labels == 1) & (scores >= threshold))
    missed = np.sum((labels == 1) & (scores <= threshold))
    return alarms / (alarms + calm), hits / (hits + missed)


@roc_point.wrong("area under the whole curve")
def area(labels, scores, threshold):
    return roc_auc_score(labels, scores)


@roc_point.wrong("it is of type dict")
def in_a_dictionary(labels, scores, threshold):
    return {"false": np.mean(scores[labels == 0] >= threshold), "true": np.mean(scores[labels == 1] >= threshold)}


@roc_point.wrong("share of one class only")
def of_all_cells(labels, scores, threshold):
    called = scores >= threshold
    return np.mean(called & (labels == 0)), np.mean(called & (labels == 1))


@roc_point.wrong("numbers of cells, false alarms and hits")
def not_divided(labels, scores, threshold):
    called = scores >= threshold
    return np.sum(called & (labels == 0)), np.sum(called & (labels == 1))


@roc_point.wrong("That is the accuracy")
def accuracy(labels, scores, threshold):
    return np.mean((scores >= threshold) == labels)


@roc_point.wrong("The second is the accuracy")
def accuracy_second(labels, scores, threshold):
    called = scores >= threshold
    return called[labels == 0].mean(), np.mean(called == labels)


@roc_point.wrong("The first is the specificity")
def specificity(labels, scores, threshold):
    return np.mean(scores[labels == 0] < threshold), np.mean(scores[labels == 1] >= threshold)


@roc_point.wrong("The second is the share of the defective cells that is missed")
def missed_second(labels, scores, threshold):
    return np.mean(scores[labels == 0] >= threshold), np.mean(scores[labels == 1] < threshold)


@roc_point.wrong("The first is the share of the defective cells that is missed")
def missed_first(labels, scores, threshold):
    found = np.mean(scores[labels == 1] >= threshold)
    return 1 - found, found


@roc_point.wrong("The second is 1 minus the first")
def both_of_the_fine(labels, scores, threshold):
    alarms = np.mean(scores[labels == 0] >= threshold)
    return alarms, 1 - alarms


@roc_point.wrong("Labels and answers have changed places")
def places_changed(labels, scores, threshold):
    called = scores >= threshold
    with np.errstate(invalid="ignore"):
        return (labels & ~called).sum() / (~called).sum(), (labels & called).sum() / called.sum()


@roc_point.wrong("Labels and answers have changed places")
def places_changed_in_a_matrix(labels, scores, threshold):
    calm, alarms, missed, hits = confusion_matrix(scores >= threshold, labels, labels=[0, 1]).ravel()
    with np.errstate(invalid="ignore"):
        return hits / (hits + missed), alarms / (alarms + calm)


@roc_point.wrong("number of cells in the other class")
def of_the_other_class(labels, scores, threshold):
    hits, alarms, missed, calm = counts(labels, scores >= threshold)
    return alarms / (hits + missed), hits / (alarms + calm)


@roc_point.wrong("by the number of defective cells")
def both_of_the_defective(labels, scores, threshold):
    hits, alarms, _, _ = counts(labels, scores >= threshold)
    return alarms / labels.sum(), hits / labels.sum()


@roc_point.wrong("by the number of fine cells")
def both_over_the_fine(labels, scores, threshold):
    hits, alarms, _, _ = counts(labels, scores >= threshold)
    return alarms / np.sum(labels == 0), hits / np.sum(labels == 0)


@roc_point.wrong("wrong or right answers of its kind")
def of_the_wrong_and_of_the_right(labels, scores, threshold):
    hits, alarms, missed, calm = counts(labels, scores >= threshold)
    return alarms / max(alarms + missed, 1), hits / max(hits + calm, 1)


@roc_point.wrong("false positive rate alone")
def the_first_alone(labels, scores, threshold):
    return np.mean(scores[labels == 0] >= threshold)


@roc_point.wrong("true positive rate alone")
def the_second_alone(labels, scores, threshold):
    return np.mean(scores[labels == 1] >= threshold)


@roc_point.wrong("The threshold isn't used")
def always_one_half(labels, scores, threshold):
    called = scores >= 0.5
    return called[labels == 0].mean(), called[labels == 1].mean()


@roc_point.wrong("in percent")
def in_percent(labels, scores, threshold):
    return 100 * np.mean(scores[labels == 0] >= threshold), 100 * np.mean(scores[labels == 1] >= threshold)


@roc_point.wrong("The rates are rounded")
def two_decimals(labels, scores, threshold):
    return [round(np.mean(scores[labels == label] >= threshold), 2) for label in (0, 1)]


@roc_point.wrong("divide with `//`")
def whole_numbers(labels, scores, threshold):
    hits, alarms, missed, calm = counts(labels, scores >= threshold)
    return alarms // (alarms + calm), hits // (hits + missed)


@roc_point.wrong("must be 2 values")
def the_whole_curve(labels, scores, threshold):
    return roc_curve(labels, scores)


@roc_point.wrong("must be a single number")
def the_answers_themselves(labels, scores, threshold):
    return scores[labels == 0] >= threshold, scores[labels == 1] >= threshold


@roc_point.wrong("must be 2 values(.|\n)*NoneType(.|\n)*printed")
def prints_them(labels, scores, threshold):
    print(np.mean(scores[labels == 0] >= threshold), np.mean(scores[labels == 1] >= threshold))


@roc_point.wrong("must be 2 values")
def returns_nothing(labels, scores, threshold):
    called = scores >= threshold
    called[labels == 0].mean(), called[labels == 1].mean()


@roc_point.wrong("`if`, `and` and `or` take one")
def if_over_arrays(labels, scores, threshold):
    if scores >= threshold and labels == 1:
        return 0.0, 1.0
    return 1.0, 0.0


@roc_point.wrong("divide by these. .*ZeroDivisionError")
def more_than_is_asked(labels, scores, threshold):
    chosen = [label for label, score in zip(labels.tolist(), scores.tolist(), strict=True) if score >= threshold]
    precision = sum(chosen) / len(chosen)
    return (len(chosen) - precision * len(chosen)) / labels.tolist().count(0), sum(chosen) / labels.tolist().count(1)


@roc_point.wrong("It changes `scores` in place")
def writes_into_the_scores(labels, scores, threshold):
    scores[:] = scores >= threshold
    return scores[labels == 0].mean(), scores[labels == 1].mean()


@roc_point.wrong("not the right number")
def as_probabilities(labels, scores, threshold):
    called = np.clip(scores, 0, 1) >= threshold
    return called[labels == 0].mean(), called[labels == 1].mean()


roc_point.wrong_value("takes the function itself", (0.4, 0.5))

_BOTH_OCCUR = "both classes are always among the labels"
_NO_ORDER = "a dot product of two vectors has no order"
for line, other, why in (
    (
        "calm, alarms, missed, hits = confusion_matrix(labels, scores >= threshold, labels=[0, 1]).ravel()",
        "calm, alarms, missed, hits = confusion_matrix(labels, scores >= threshold).ravel()",
        _BOTH_OCCUR,
    ),
    (
        "return confusion_matrix(labels, (scores >= threshold).astype(int), labels=[0, 1], normalize='true')[:, 1]",
        "return confusion_matrix(labels, (scores >= threshold).astype(int), normalize='true')[:, 1]",
        _BOTH_OCCUR,
    ),
    (
        "return np.array([(1 - labels) @ called / np.sum(1 - labels), labels @ called / labels.sum()])",
        "return np.array([called @ (1 - labels) / np.sum(1 - labels), labels @ called / labels.sum()])",
        _NO_ORDER,
    ),
    (
        "return np.array([(1 - labels) @ called / np.sum(1 - labels), labels @ called / labels.sum()])",
        "return np.array([(1 - labels) @ called / np.sum(1 - labels), called @ labels / labels.sum()])",
        _NO_ORDER,
    ),
    (
        "return 1 - np.searchsorted(np.sort(group), threshold, side='left') / len(group)",
        "return 1 - np.searchsorted(np.sort(group), threshold) / len(group)",
        "left is what it takes by itself",
    ),
):
    roc_point.equivalent(f"{line}  ->  {other}", why)


cheapest_threshold = Bank()


@cheapest_threshold.right
def from_the_highest_down(labels, scores, cost_missed, cost_alarm):
    candidates = sorted(set(scores.tolist()), reverse=True)
    costs = []
    for threshold in candidates:
        called = scores >= threshold
        costs.append(cost_missed * (labels[~called] == 1).sum() + cost_alarm * (labels[called] == 0).sum())
    return candidates[int(np.argmin(costs))]


@cheapest_threshold.right
def all_at_once(labels, scores, cost_missed, cost_alarm):
    called = scores >= scores[:, None]
    cost = cost_missed * ((labels == 1) & ~called).sum(axis=1) + cost_alarm * ((labels == 0) & called).sum(axis=1)
    return scores[cost == cost.min()].max()


@cheapest_threshold.right
def smallest_of_pairs(labels, scores, cost_missed, cost_alarm):
    def cost(threshold):
        pairs = zip(labels, scores, strict=True)
        return sum(
            cost_missed if label and score < threshold else cost_alarm if not label and score >= threshold else 0
            for label, score in pairs
        )

    return min(scores, key=lambda threshold: (cost(threshold), -threshold))


@cheapest_threshold.right
def cell_by_cell_cost(labels, scores, cost_missed, cost_alarm):
    best = None
    for threshold in scores:
        cost = 0
        for label, score in zip(labels, scores, strict=True):
            if label == 1 and score < threshold:
                cost += cost_missed
            if label == 0 and score >= threshold:
                cost += cost_alarm
        if best is None or cost < best[0] or (cost == best[0] and threshold > best[1]):
            best = (cost, threshold)
    return best[1]


@cheapest_threshold.right
def with_sums_along_the_scores(labels, scores, cost_missed, cost_alarm):
    order = np.argsort(-scores, kind="stable")
    sorted_scores, sorted_labels = scores[order], labels[order]
    is_last = np.append(sorted_scores[1:] != sorted_scores[:-1], True)
    n_missed = labels.sum() - np.cumsum(sorted_labels)
    n_alarms = np.cumsum(1 - sorted_labels)
    costs = np.where(is_last, cost_missed * n_missed + cost_alarm * n_alarms, np.inf)
    return sorted_scores[costs.argmin()]


@cheapest_threshold.right
def of_the_curve(labels, scores, cost_missed, cost_alarm):
    false_rates, true_rates, thresholds = roc_curve(labels, scores, drop_intermediate=False)
    n_fine, n_defective = np.sum(labels == 0), np.sum(labels == 1)
    costs = cost_missed * np.round((1 - true_rates) * n_defective) + cost_alarm * np.round(false_rates * n_fine)
    return thresholds[1:][costs[1:].argmin()]


@cheapest_threshold.right
def of_confusion_matrices(labels, scores, cost_missed, cost_alarm):
    found = {}
    for threshold in np.unique(scores):
        matrix = confusion_matrix(labels, scores >= threshold, labels=[0, 1])
        found[float(threshold)] = cost_missed * matrix[1, 0] + cost_alarm * matrix[0, 1]
    lowest = min(found.values())
    return max(threshold for threshold, cost in found.items() if cost == lowest)


@cheapest_threshold.right
def as_an_array_of_none(labels, scores, cost_missed, cost_alarm):
    thresholds = np.unique(scores)[::-1]
    costs = [
        np.where(labels == 1, cost_missed * (scores < one), cost_alarm * (scores >= one)).sum() for one in thresholds
    ]
    return np.array(thresholds[np.argmin(costs)])


@cheapest_threshold.right
def most_saved(labels, scores, cost_missed, cost_alarm):
    """What a threshold saves, beside calling everything fine."""
    worth = np.where(labels == 1, cost_missed, -cost_alarm)
    saved = {score: worth[scores >= score].sum() for score in sorted(scores, reverse=True)}
    return max(saved, key=saved.get)


def prices(labels, scores, cost_missed, cost_alarm):
    """The thresholds, from the lowest, and their costs; for what is wrong below."""
    thresholds = np.unique(scores)
    missed = np.array([np.sum((labels == 1) & (scores < one)) for one in thresholds])
    alarms = np.array([np.sum((labels == 0) & (scores >= one)) for one in thresholds])
    return thresholds, cost_missed * missed + cost_alarm * alarms


def last_lowest(thresholds, costs):
    """The largest of the cheapest; for what is wrong below."""
    return max(one for one, cost in zip(thresholds, costs, strict=True) if cost == min(costs))


@cheapest_threshold.wrong("two costs are swapped")
def costs_swapped(labels, scores, cost_missed, cost_alarm):
    return last_lowest(*prices(labels, scores, cost_alarm, cost_missed))


@cheapest_threshold.wrong("two costs are swapped")
def costs_swapped_first_of_them(labels, scores, cost_missed, cost_alarm):
    thresholds, costs = prices(labels, scores, cost_alarm, cost_missed)
    return thresholds[costs.argmin()]


@cheapest_threshold.wrong("from\\* the threshold on")
def only_above(labels, scores, cost_missed, cost_alarm):
    costs = {}
    for threshold in sorted(scores):
        missed = np.sum((labels == 1) & (scores <= threshold))
        alarms = np.sum((labels == 0) & (scores > threshold))
        costs[threshold] = cost_missed * missed + cost_alarm * alarms
    return last_lowest(list(costs), list(costs.values()))


@cheapest_threshold.wrong("The costs are left out")
def fewest_errors(labels, scores, cost_missed, cost_alarm):
    return last_lowest(*prices(labels, scores, 1, 1))


@cheapest_threshold.wrong("The costs are left out")
def best_accuracy(labels, scores, cost_missed, cost_alarm):
    thresholds = sorted(scores)
    return thresholds[np.argmax([np.mean((scores >= one) == labels) for one in thresholds])]


@cheapest_threshold.wrong("Shares of each class")
def of_rates(labels, scores, cost_missed, cost_alarm):
    return last_lowest(*prices(labels, scores, cost_missed / labels.sum(), cost_alarm / (1 - labels).sum()))


@cheapest_threshold.wrong("Each cell that is called defective costs an alarm")
def every_call_costs(labels, scores, cost_missed, cost_alarm):
    thresholds = np.unique(scores)
    costs = [
        cost_missed * np.sum((labels == 1) & (scores < one)) + cost_alarm * np.sum(scores >= one) for one in thresholds
    ]
    return last_lowest(thresholds, costs)


@cheapest_threshold.wrong("Each cell below the threshold costs a missed")
def every_silence_costs(labels, scores, cost_missed, cost_alarm):
    thresholds = np.unique(scores)
    costs = [
        cost_missed * np.sum(scores < one) + cost_alarm * np.sum((labels == 0) & (scores >= one)) for one in thresholds
    ]
    return last_lowest(thresholds, costs)


@cheapest_threshold.wrong("The highest cost is looked for")
def dearest(labels, scores, cost_missed, cost_alarm):
    thresholds, costs = prices(labels, scores, cost_missed, cost_alarm)
    return thresholds[np.argmax(costs)]


@cheapest_threshold.wrong("Fine and defective are swapped")
def classes_swapped(labels, scores, cost_missed, cost_alarm):
    return last_lowest(*prices(1 - labels, scores, cost_missed, cost_alarm))


@cheapest_threshold.wrong("Only missed defects cost")
def no_alarms(labels, scores, cost_missed, cost_alarm):
    return last_lowest(*prices(labels, scores, cost_missed, 0))


@cheapest_threshold.wrong("Only false alarms cost")
def no_missed(labels, scores, cost_missed, cost_alarm):
    return last_lowest(*prices(labels, scores, 0, cost_alarm))


@cheapest_threshold.wrong("true positive rate is farthest above")
def youden(labels, scores, cost_missed, cost_alarm):
    false_rates, true_rates, thresholds = roc_curve(labels, scores, drop_intermediate=False)
    return thresholds[1:][np.argmax((true_rates - false_rates)[1:])]


@cheapest_threshold.wrong("where F1 is highest")
def best_f1(labels, scores, cost_missed, cost_alarm):
    thresholds = np.unique(scores)[::-1]
    f1 = [2 * np.sum(labels[scores >= one]) / (np.sum(scores >= one) + labels.sum()) for one in thresholds]
    return thresholds[np.argmax(f1)]


@cheapest_threshold.wrong("the smallest of them is taken")
def smallest(labels, scores, cost_missed, cost_alarm):
    thresholds, costs = prices(labels, scores, cost_missed, cost_alarm)
    return thresholds[np.argmin(costs)]


@cheapest_threshold.wrong("their place in `scores` decides")
def first_in_place(labels, scores, cost_missed, cost_alarm):
    def cost(one):
        return dict(zip(*prices(labels, scores, cost_missed, cost_alarm), strict=True))[one]

    return min(scores, key=cost)


@cheapest_threshold.wrong("their place in `scores` decides")
def last_in_place(labels, scores, cost_missed, cost_alarm):
    lowest, best = np.inf, None
    for one in scores:
        cost = cost_missed * np.sum(labels[scores < one]) + cost_alarm * np.sum(1 - labels[scores >= one])
        if cost <= lowest:
            lowest, best = cost, one
    return best


@cheapest_threshold.wrong("All thresholds of the lowest cost")
def all_of_them(labels, scores, cost_missed, cost_alarm):
    thresholds, costs = prices(labels, scores, cost_missed, cost_alarm)
    return thresholds[costs == costs.min()]


@cheapest_threshold.wrong("That is the lowest cost. Which threshold")
def the_cost(labels, scores, cost_missed, cost_alarm):
    return min(prices(labels, scores, cost_missed, cost_alarm)[1])


@cheapest_threshold.wrong("the threshold and what it costs")
def with_its_cost(labels, scores, cost_missed, cost_alarm):
    thresholds, costs = prices(labels, scores, cost_missed, cost_alarm)
    return last_lowest(thresholds, costs), costs.min()


@cheapest_threshold.wrong("the threshold and what it costs")
def with_its_cost_first(labels, scores, cost_missed, cost_alarm):
    thresholds, costs = prices(labels, scores, cost_missed, cost_alarm)
    return min(zip(costs, -thresholds, strict=True))[0], last_lowest(thresholds, costs)


@cheapest_threshold.wrong("That is an index")
def index_of_the_sorted(labels, scores, cost_missed, cost_alarm):
    return np.argmin(prices(labels, scores, cost_missed, cost_alarm)[1])


@cheapest_threshold.wrong("That is an index")
def index_from_above(labels, scores, cost_missed, cost_alarm):
    return np.argmin(prices(labels, scores, cost_missed, cost_alarm)[1][::-1])


@cheapest_threshold.wrong("That is an index")
def index_in_scores(labels, scores, cost_missed, cost_alarm):
    return scores.tolist().index(last_lowest(*prices(labels, scores, cost_missed, cost_alarm)))


@cheapest_threshold.wrong("a list with the threshold in it")
def in_a_list(labels, scores, cost_missed, cost_alarm):
    return [last_lowest(*prices(labels, scores, cost_missed, cost_alarm))]


@cheapest_threshold.wrong("their mean is taken")
def mean_of_them(labels, scores, cost_missed, cost_alarm):
    thresholds, costs = prices(labels, scores, cost_missed, cost_alarm)
    return np.mean(thresholds[costs == costs.min()])


@cheapest_threshold.wrong("Whole numbers are tried")
def places_as_thresholds(labels, scores, cost_missed, cost_alarm):
    costs = []
    for place in range(len(scores)):
        missed, alarms = (labels == 1) & (scores < place), (labels == 0) & (scores >= place)
        costs.append(cost_missed * missed.sum() + cost_alarm * alarms.sum())
    return scores[np.argmin(costs)]


@cheapest_threshold.wrong("the lowest score of all")
def costs_go_on_growing(labels, scores, cost_missed, cost_alarm):
    cost, lowest, best = 0, np.inf, None
    for one in np.sort(scores):
        cost += cost_missed * np.sum(labels[scores < one]) + cost_alarm * np.sum(1 - labels[scores >= one])
        if cost < lowest:
            lowest, best = cost, one
    return best


@cheapest_threshold.wrong("starts at a number that the costs may never go below")
def starts_at_ten(labels, scores, cost_missed, cost_alarm):
    lowest, best = 10, 0
    for one in np.sort(scores):
        cost = cost_missed * np.sum(labels[scores < one]) + cost_alarm * np.sum(1 - labels[scores >= one])
        if cost <= lowest:
            lowest, best = cost, one
    return best


@cheapest_threshold.wrong("No threshold comes between them")
def cells_one_by_one(labels, scores, cost_missed, cost_alarm):
    cost, lowest, best = cost_missed * labels.sum(), np.inf, None
    for place in np.argsort(-scores, kind="stable"):
        cost += -cost_missed if labels[place] else cost_alarm
        if cost < lowest:
            lowest, best = cost, scores[place]
    return best


@cheapest_threshold.wrong("costs nothing here")
def on_neither_side(labels, scores, cost_missed, cost_alarm):
    thresholds = np.unique(scores)[::-1]
    costs = [
        cost_missed * np.sum(labels[scores < one]) + cost_alarm * np.sum(1 - labels[scores > one]) for one in thresholds
    ]
    return thresholds[np.argmin(costs)]


@cheapest_threshold.wrong("counts as missed here")
def on_both_sides_of_it(labels, scores, cost_missed, cost_alarm):
    thresholds = np.unique(scores)[::-1]
    costs = [
        cost_missed * np.sum(labels[scores <= one]) + cost_alarm * np.sum(1 - labels[scores >= one])
        for one in thresholds
    ]
    return thresholds[np.argmin(costs)]


@cheapest_threshold.wrong("always 0.5")
def one_half(labels, scores, cost_missed, cost_alarm):
    return 0.5


@cheapest_threshold.wrong("follows from the costs alone")
def of_probabilities(labels, scores, cost_missed, cost_alarm):
    return cost_alarm / (cost_alarm + cost_missed)


@cheapest_threshold.wrong("A threshold above all scores is tried")
def as_the_curve_has_it(labels, scores, cost_missed, cost_alarm):
    false_rates, true_rates, thresholds = roc_curve(labels, scores, drop_intermediate=False)
    n_fine, n_defective = np.sum(labels == 0), np.sum(labels == 1)
    costs = cost_missed * np.round((1 - true_rates) * n_defective) + cost_alarm * np.round(false_rates * n_fine)
    return thresholds[costs.argmin()]


@cheapest_threshold.wrong("A threshold above all scores is tried")
def one_above_all(labels, scores, cost_missed, cost_alarm):
    costs = {}
    for one in [*np.sort(scores), scores.max() + 1]:
        costs[one] = cost_missed * np.sum(labels[scores < one]) + cost_alarm * np.sum(1 - labels[scores >= one])
    return last_lowest(list(costs), list(costs.values()))


@cheapest_threshold.wrong("Only the scores of defective cells")
def defective_ones(labels, scores, cost_missed, cost_alarm):
    costs = {}
    for one in np.unique(scores[labels == 1]):
        costs[one] = cost_missed * np.sum(labels[scores < one]) + cost_alarm * np.sum(1 - labels[scores >= one])
    return last_lowest(list(costs), list(costs.values()))


@cheapest_threshold.wrong("Only the scores of fine cells")
def fine_ones(labels, scores, cost_missed, cost_alarm):
    costs = {}
    for one in np.unique(scores[labels == 0]):
        costs[one] = cost_missed * np.sum(labels[scores < one]) + cost_alarm * np.sum(1 - labels[scores >= one])
    return last_lowest(list(costs), list(costs.values()))


@cheapest_threshold.wrong("at equal distances")
def on_a_grid(labels, scores, cost_missed, cost_alarm):
    best, lowest = 0.0, np.inf
    for one in np.linspace(0, 1, 101):
        cost = cost_missed * np.sum(labels[scores < one]) + cost_alarm * np.sum(1 - labels[scores >= one])
        if cost < lowest:
            best, lowest = one, cost
    return best


@cheapest_threshold.wrong("at equal distances")
def on_a_coarse_grid(labels, scores, cost_missed, cost_alarm):
    best, lowest = 0.0, np.inf
    for one in np.arange(0, 1, 0.1):
        cost = cost_missed * np.sum(labels[scores < one]) + cost_alarm * np.sum(1 - labels[scores >= one])
        if cost <= lowest:
            best, lowest = one, cost
    return best


@cheapest_threshold.wrong("halfway between|Is there nothing to choose from")
def halfway(labels, scores, cost_missed, cost_alarm):
    known = np.unique(scores)
    middles = (known[1:] + known[:-1]) / 2
    costs = [
        cost_missed * np.sum(labels[scores < one]) + cost_alarm * np.sum(1 - labels[scores >= one]) for one in middles
    ]
    return middles[int(np.argmin(costs))]


@cheapest_threshold.wrong("halfway between")
def halfway_with_a_way_out(labels, scores, cost_missed, cost_alarm):
    known = np.unique(scores)
    middles = (known[1:] + known[:-1]) / 2
    if not len(middles):
        return known[0]
    costs = [
        cost_missed * np.sum(labels[scores < one]) + cost_alarm * np.sum(1 - labels[scores >= one]) for one in middles
    ]
    return middles[int(np.argmin(costs))]


@cheapest_threshold.wrong("indented too far")
def returns_in_the_loop(labels, scores, cost_missed, cost_alarm):
    lowest, best = np.inf, None
    for one in scores:
        cost = cost_missed * np.sum(labels[scores < one]) + cost_alarm * np.sum(1 - labels[scores >= one])
        if cost <= lowest:
            lowest, best = cost, one
        return best


@cheapest_threshold.wrong("the last score that was tried")
def keeps_the_last(labels, scores, cost_missed, cost_alarm):
    lowest = np.inf
    for one in scores:
        cost = cost_missed * np.sum(labels[scores < one]) + cost_alarm * np.sum(1 - labels[scores >= one])
        lowest = min(cost, lowest)
    return one


@cheapest_threshold.wrong("The threshold is rounded")
def one_decimal(labels, scores, cost_missed, cost_alarm):
    return round(float(last_lowest(*prices(labels, scores, cost_missed, cost_alarm))), 1)


@cheapest_threshold.wrong("end with `return`")
def prints_it(labels, scores, cost_missed, cost_alarm):
    print(last_lowest(*prices(labels, scores, cost_missed, cost_alarm)))


@cheapest_threshold.wrong("`if`, `and` and `or` take one")
def if_over_labels(labels, scores, cost_missed, cost_alarm):
    costs = []
    for one in scores:
        if labels == 1 and scores < one:
            costs.append(cost_missed)
    return scores[np.argmin(costs)]


@cheapest_threshold.wrong("fewer than cells")
def as_many_as_cells(labels, scores, cost_missed, cost_alarm):
    thresholds, costs = prices(labels, scores, cost_missed, cost_alarm)
    best = 0
    for place in range(1, len(scores)):
        if costs[place] <= costs[best]:
            best = place
    return thresholds[best]


@cheapest_threshold.wrong("It changes `scores` in place")
def sorts_in_place(labels, scores, cost_missed, cost_alarm):
    scores.sort()
    return scores[-1]


@cheapest_threshold.wrong("each score gets the label of another cell")
def sorts_the_scores_alone(labels, scores, cost_missed, cost_alarm):
    return last_lowest(*prices(labels, np.sort(scores), cost_missed, cost_alarm))


@cheapest_threshold.wrong("is text, not a number")
def in_words(labels, scores, cost_missed, cost_alarm):
    return f"{last_lowest(*prices(labels, scores, cost_missed, cost_alarm)):.2f}"


_CURVE = "false_rates, true_rates, thresholds = roc_curve(labels, scores{})"
_PRICE = "costs = cost_missed * np.round(({} - true_rates) * n_defective) + cost_alarm * np.round(false_rates * n_fine)"
_ALL_THE_MORE = "each threshold costs as much more, or less"
_CORNERS = "where costs are equal, thresholds lie on a line of the curve, whose ends are kept"
_BEST = "if best is None or cost < best[0] or (cost == best[0] and threshold {} best[1]):"
for line, other, why in (
    ("cost = 0", "cost = 1", _ALL_THE_MORE),
    ("cost = 0", "cost = -1", _ALL_THE_MORE),
    (_PRICE.format(1), _PRICE.format(2), _ALL_THE_MORE),
    (_PRICE.format(1), _PRICE.format(0), _ALL_THE_MORE),
    (_CURVE.format(", drop_intermediate=False"), _CURVE.format(""), _CORNERS),
    (_CURVE.format(", drop_intermediate=False"), _CURVE.format(", drop_intermediate=True"), _CORNERS),
    (_BEST.format(">"), _BEST.format(">="), "the same threshold takes its own place"),
    (
        "order = np.argsort(-scores, kind='stable')",
        "order = np.argsort(-scores)",
        "only the last of equal scores is looked at, when all of them are counted",
    ),
    (
        "matrix = confusion_matrix(labels, scores >= threshold, labels=[0, 1])",
        "matrix = confusion_matrix(labels, scores >= threshold)",
        _BOTH_OCCUR,
    ),
):
    cheapest_threshold.equivalent(f"{line}  ->  {other}", why)


layers_that_learn = Bank()


@layers_that_learn.right
def with_a_flag(model, cut):
    names, is_after = [], False
    for layer in model.layers:
        if is_after and len(layer.weights) > 0 and not isinstance(layer, layers.BatchNormalization):
            names.append(layer.name)
        if layer.name == cut:
            is_after = True
    return names


@layers_that_learn.right
def frozen_in_earnest(model, cut):
    is_frozen = True
    for layer in model.layers:
        layer.trainable = not (is_frozen or isinstance(layer, keras.layers.BatchNormalization))
        is_frozen = is_frozen and layer.name != cut
    return [layer.name for layer in model.layers if layer.trainable_weights]


@layers_that_learn.right
def by_the_layer_itself(model, cut):
    start = model.layers.index(model.get_layer(cut)) + 1
    for layer in model.layers[:start]:
        layer.trainable = False
    for layer in model.layers:
        if type(layer) is keras.layers.BatchNormalization:
            layer.trainable = False
    return [layer.name for layer in model.layers if len(layer.trainable_variables)]


@layers_that_learn.right
def of_what_the_model_trains(model, cut):
    names = [layer.name for layer in model.layers]
    for place, layer in enumerate(model.layers):
        layer.trainable = place > names.index(cut) and not isinstance(layer, keras.layers.BatchNormalization)
    ids = {id(weight) for weight in model.trainable_weights}
    return [layer.name for layer in model.layers if any(id(weight) in ids for weight in layer.weights)]


@layers_that_learn.right
def from_the_end(model, cut):
    names = []
    for layer in reversed(model.layers):
        if layer.name == cut:
            break
        if layer.count_params() and layer.__class__.__name__ != "BatchNormalization":
            names.insert(0, layer.name)
    return tuple(names)


@layers_that_learn.right
def with_itertools(model, cut):
    after = itertools.dropwhile(lambda layer: layer.name != cut, model.layers)
    next(after)
    return (layer.name for layer in after if layer.weights and not isinstance(layer, layers.BatchNormalization))


@layers_that_learn.right
def as_an_array(model, cut):
    names = np.array([layer.name for layer in model.layers])
    learns = [bool(layer.get_weights()) and not hasattr(layer, "moving_mean") for layer in model.layers]
    return names[np.array(learns) & (np.arange(len(names)) > np.argmax(names == cut))]


@layers_that_learn.right
def one_by_one(model, cut):
    names = [layer.name for layer in model.layers]
    names = names[names.index(cut) + 1 :]
    for name in list(names):
        layer = model.get_layer(name)
        if isinstance(layer, keras.layers.BatchNormalization) or not layer.weights:
            names.remove(name)
    return names


@layers_that_learn.right
def keys_of_a_dictionary(model, cut):
    sizes = {}
    for layer in model.layers:
        kept = 0 if isinstance(layer, layers.BatchNormalization) else layer.count_params()
        sizes[layer.name] = kept
        if layer.name == cut:
            sizes.clear()
    return [name for name, size in sizes.items() if size].copy()


def after(model, cut):
    """The layers after the cut; for what is wrong below."""
    return model.layers[[layer.name for layer in model.layers].index(cut) + 1 :]


def is_norm(layer):
    return isinstance(layer, keras.layers.BatchNormalization)


def learning(model, cut):
    """The right ones; for what is wrong below."""
    return [layer for layer in after(model, cut) if layer.weights and not is_norm(layer)]


@layers_that_learn.wrong("The layer named `cut` is among them")
def with_the_cut(model, cut):
    names = [layer.name for layer in model.layers]
    return [layer.name for layer in model.layers[names.index(cut) :] if layer.weights and not is_norm(layer)]


@layers_that_learn.wrong("isn't the only frozen one")
def with_the_cut_and_normalization(model, cut):
    names = [layer.name for layer in model.layers]
    return [layer.name for layer in model.layers[names.index(cut) :] if layer.weights]


@layers_that_learn.wrong("isn't the only frozen one")
def from_the_cut_on(model, cut):
    is_after, names = False, []
    for layer in model.layers:
        is_after = is_after or layer.name == cut
        names += [layer.name] * (is_after and not is_norm(layer))
    return names


@layers_that_learn.wrong("as if it were the only frozen one")
def freezes_the_cut_alone(model, cut):
    model.get_layer(cut).trainable = False
    return [layer.name for layer in model.layers if layer.trainable_weights]


@layers_that_learn.wrong("The first layer after `cut` is left out")
def one_too_late(model, cut):
    return [layer.name for layer in after(model, cut)[1:] if layer.weights and not is_norm(layer)]


@layers_that_learn.wrong("Batch normalization is among them")
def with_normalization(model, cut):
    return [layer.name for layer in after(model, cut) if layer.weights]


@layers_that_learn.wrong("Batch normalization is among them")
def frozen_up_to_the_cut(model, cut):
    for layer in model.layers:
        layer.trainable = False
        if layer.name == cut:
            break
    return [layer.name for layer in model.layers if layer.trainable_weights]


@layers_that_learn.wrong("Layers without weights are among them")
def whatever_is_trainable(model, cut):
    rest = after(model, cut)
    for layer in model.layers:
        layer.trainable = layer in rest and not is_norm(layer)
    return [layer.name for layer in model.layers if layer.trainable]


@layers_that_learn.wrong("Those are all layers after `cut`")
def all_after(model, cut):
    return [layer.name for layer in after(model, cut)]


@layers_that_learn.wrong("state of a random generator")
def with_variables(model, cut):
    return [layer.name for layer in after(model, cut) if layer.variables and not is_norm(layer)]


@layers_that_learn.wrong("Those are layers up to `cut`")
def up_to_the_cut(model, cut):
    names = []
    for layer in model.layers:
        names.append(layer.name)
        if layer.name == cut:
            return names


@layers_that_learn.wrong("Those are layers up to `cut`")
def before_the_cut(model, cut):
    stop = model.layers.index(model.get_layer(cut))
    return [layer.name for layer in model.layers[:stop] if layer.weights and not is_norm(layer)]


@layers_that_learn.wrong("Those are the layers that don't learn")
def the_others(model, cut):
    names = [layer.name for layer in learning(model, cut)]
    return [layer.name for layer in model.layers if layer.name not in names]


@layers_that_learn.wrong("They are frozen: only those after it")
def never_cut(model, cut):
    return [layer.name for layer in model.layers if layer.weights and not is_norm(layer)]


@layers_that_learn.wrong("Both are frozen")
def all_with_weights(model, cut):
    return [layer.name for layer in model.layers if layer.trainable_weights]


@layers_that_learn.wrong("as if it were the only frozen one")
def all_but_the_cut(model, cut):
    names = []
    for layer in model.layers:
        if layer.name == cut:
            continue
        if layer.weights and not is_norm(layer):
            names.append(layer.name)
    return names


@layers_that_learn.wrong("the very ones that don't learn")
def normalization_only(model, cut):
    return [layer.name for layer in after(model, cut) if is_norm(layer)]


@layers_that_learn.wrong("ends at the first batch normalization")
def stops_at_normalization(model, cut):
    names = []
    for layer in after(model, cut):
        if is_norm(layer):
            break
        if layer.weights:
            names.append(layer.name)
    return names


@layers_that_learn.wrong("ends at the first layer that doesn't learn")
def stops_where_nothing_learns(model, cut):
    return [
        layer.name for layer in itertools.takewhile(lambda one: one.weights and not is_norm(one), after(model, cut))
    ]


@layers_that_learn.wrong("Only the first one is there")
def returns_the_first(model, cut):
    names = []
    for layer in after(model, cut):
        if layer.weights and not is_norm(layer):
            names.append(layer.name)
            return names
    return names


@layers_that_learn.wrong("Only the last one is there")
def a_new_list_each_time(model, cut):
    names = []
    for layer in learning(model, cut):
        names = [layer.name]
    return names


@layers_that_learn.wrong("Some kinds of layers are left out")
def convolutions_and_dense(model, cut):
    return [layer.name for layer in after(model, cut) if type(layer) in (layers.Conv2D, layers.Dense)]


@layers_that_learn.wrong("Some kinds of layers are left out")
def dense_only(model, cut):
    return [layer.name for layer in after(model, cut) if type(layer) is layers.Dense]


@layers_that_learn.wrong("Layer normalization is left out")
def no_normalization_at_all(model, cut):
    return [layer.name for layer in after(model, cut) if layer.weights and "Normalization" not in type(layer).__name__]


@layers_that_learn.wrong("A name doesn't tell what a layer is")
def by_name(model, cut):
    return [layer.name for layer in after(model, cut) if layer.weights and "norm" not in layer.name]


@layers_that_learn.wrong("A name doesn't tell what a layer is")
def by_another_name(model, cut):
    return [layer.name for layer in after(model, cut) if layer.weights and "batch" not in layer.name]


@layers_that_learn.wrong("only contains that of `cut`")
def contains_the_cut(model, cut):
    names, is_after = [], False
    for layer in model.layers:
        if cut in layer.name:
            is_after = True
            continue
        if is_after and layer.weights and not is_norm(layer):
            names.append(layer.name)
    return names


@layers_that_learn.wrong("as in a dictionary")
def larger_names(model, cut):
    return [layer.name for layer in model.layers if layer.name > cut and layer.weights and not is_norm(layer)]


@layers_that_learn.wrong("sorted by their letters")
def sorted_names(model, cut):
    return sorted({layer.name for layer in learning(model, cut)})


@layers_that_learn.wrong("in reverse")
def in_reverse(model, cut):
    names = []
    for layer in reversed(model.layers):
        if layer.name == cut:
            break
        if layer.weights and not is_norm(layer):
            names.append(layer.name)
    return names


@layers_that_learn.wrong("places in `model.layers`")
def places(model, cut):
    return [model.layers.index(layer) for layer in learning(model, cut)]


@layers_that_learn.wrong("a yes or no for each layer")
def yes_or_no(model, cut):
    return [layer in learning(model, cut) for layer in model.layers]


@layers_that_learn.wrong("a number of layers")
def how_many(model, cut):
    return len(learning(model, cut))


@layers_that_learn.wrong("a number of parameters")
def how_many_parameters(model, cut):
    return sum(layer.count_params() for layer in learning(model, cut))


@layers_that_learn.wrong("a number of parameters")
def parameters_as_numpy_counts(model, cut):
    return np.sum([np.prod(weight.shape) for layer in learning(model, cut) for weight in layer.weights], dtype=int)


@layers_that_learn.wrong("kinds of layers. Return their names")
def kinds(model, cut):
    return [type(layer).__name__ for layer in learning(model, cut)]


@layers_that_learn.wrong("names of weights, kernels and biases")
def names_of_weights(model, cut):
    return [weight.name for layer in learning(model, cut) for weight in layer.weights]


@layers_that_learn.wrong("names of weights, kernels and biases")
def paths_of_weights(model, cut):
    return [weight.path for layer in learning(model, cut) for weight in layer.weights]


@layers_that_learn.wrong("once for each of its weights")
def once_a_weight(model, cut):
    names = []
    for layer in learning(model, cut):
        for _ in layer.weights:
            names.append(layer.name)
    return names


@layers_that_learn.wrong("something of type tuple")
def with_sizes(model, cut):
    return [(layer.name, layer.count_params()) for layer in learning(model, cut)]


@layers_that_learn.wrong("No layer learns here")
def thawed_within_a_frozen_model(model, cut):
    model.trainable = False
    for layer in learning(model, cut):
        layer.trainable = True
    names = {weight.path for weight in model.trainable_weights}
    return [layer.name for layer in model.layers if any(weight.path in names for weight in layer.weights)]


@layers_that_learn.wrong("No layer learns here")
def all_frozen(model, cut):
    model.trainable = False
    return [layer.name for layer in model.layers if layer.trainable_weights]


@layers_that_learn.wrong("something of type Conv2D. A layer's name")
def layers_themselves(model, cut):
    return learning(model, cut)


@layers_that_learn.wrong("must hold names")
def weights_themselves(model, cut):
    return [weight for layer in learning(model, cut) for weight in layer.weights]


@layers_that_learn.wrong("of type set. It has no order")
def as_a_set(model, cut):
    return {layer.name for layer in learning(model, cut)}


@layers_that_learn.wrong("this is of type str")
def in_one_text(model, cut):
    return ", ".join(layer.name for layer in learning(model, cut))


@layers_that_learn.wrong("this is of type Functional")
def the_model(model, cut):
    for layer in model.layers:
        layer.trainable = layer in learning(model, cut)
    return model


@layers_that_learn.wrong("end with `return`")
def prints_their_names(model, cut):
    print([layer.name for layer in learning(model, cut)])


@layers_that_learn.wrong("end with `return`")
def sets_and_returns_nothing(model, cut):
    for layer in model.layers:
        layer.trainable = layer in learning(model, cut)


@layers_that_learn.wrong("`cut` is a name, not a layer")
def name_of_the_cut(model, cut):
    return [layer.name for layer in model.layers if cut.name != layer.name]


@layers_that_learn.wrong("and a list takes numbers")
def slice_by_name(model, cut):
    return [layer.name for layer in model.layers[cut:]]


@layers_that_learn.wrong("Look for it among their names")
def index_of_a_name(model, cut):
    return [layer.name for layer in model.layers[model.layers.index(cut) + 1 :]]


@layers_that_learn.wrong("There are many such kinds")
def all_but_relu_and_pooling(model, cut):
    without = (layers.ReLU, layers.MaxPooling2D, layers.GlobalAveragePooling2D)
    return [layer.name for layer in after(model, cut) if not isinstance(layer, without) and not is_norm(layer)]


@layers_that_learn.wrong("is missing")
def without_those_that_have_no_bias(model, cut):
    return [layer.name for layer in learning(model, cut) if len(layer.weights) > 1]


layers_that_learn.wrong_value("takes the function itself", ["conv_2", "score"])
