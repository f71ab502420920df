"""How good a detector of something rare is: at one threshold, at all of them, and how sure that is. NumPy only."""

import numpy as np

from course_utils.data.checks import as_array, check_labels


def check_scores(labels, scores):
    """Return labels and scores as arrays of one shape (n,), or say what is wrong with them.

    Raises
    ------
    TypeError
        If labels aren't integers, or scores aren't real numbers.
    ValueError
        If the shapes differ, a label is neither 0 nor 1, one of the two never occurs, or a score isn't finite.
    """
    if as_array(labels, "labels").dtype.kind == "f":  # check_labels would advise to cut off what follows the point
        raise TypeError(
            "labels must be integers, 0 or 1; choose from where on something counts: (labels > 0.5).astype(int)"
        )
    labels = check_labels(labels, n_classes=2)
    scores = as_array(scores, "scores")
    if not (np.issubdtype(scores.dtype, np.number) and np.isrealobj(scores)):
        raise TypeError(f"scores must be real numbers, got dtype {scores.dtype}")
    if scores.shape != labels.shape:
        advice = ""
        if scores.ndim == 2 and scores.size:
            advice = f"; take the column of the class to be detected: scores[:, {min(1, scores.shape[1] - 1)}]"
        raise ValueError(f"scores must have shape {labels.shape}, one for each label, got {scores.shape}{advice}")
    if not np.isfinite(scores).all():
        raise ValueError("scores must be finite, got NaN or infinity")
    if labels.min() == labels.max():
        raise ValueError(f"labels must have both 0 and 1, got {labels[0]} only: there is nothing to tell apart")
    return labels, scores


def count_detections(labels, scores):
    """How many true and false positives there are, for each threshold from the strictest to the most lenient.

    Parameters
    ----------
    labels : array_like of int, shape (n,)
        1 is what is to be detected, 0 all else.
    scores : array_like of float, shape (n,)
        The higher, the more likely 1. Everything from a threshold on is called positive.

    Returns
    -------
    n_true, n_false : ndarray of int64, shape (n_thresholds + 1,)
        True and false positives.
    thresholds : ndarray of float64, shape (n_thresholds + 1,)
        Infinity, at which nothing is called positive, and then each score that occurs, in falling order.
    """
    labels, scores = check_scores(labels, scores)
    scores = scores.astype(float)
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)  # equal scores pass together
    n_true = np.cumsum(labels[order], dtype=np.int64)[ends]
    start = np.zeros(1, dtype=np.int64)
    n_true, n_false = np.append(start, n_true), np.append(start, ends + 1 - n_true)
    return n_true, n_false, np.append(np.inf, scores[order][ends])


def roc_curve(labels, scores):
    """The receiver operating characteristic (ROC): what share of each class is called positive, at each threshold.

    Parameters
    ----------
    labels, scores
        As in `count_detections`.

    Returns
    -------
    false_positive_rate, true_positive_rate : ndarray of float64, shape (n_thresholds + 1,)
        Of all that are 0 and of all that are 1, the share that is called positive: from 0 to 1.
    thresholds : ndarray of float64, shape (n_thresholds + 1,)
        As in `count_detections`.
    """
    n_true, n_false, thresholds = count_detections(labels, scores)
    return n_false / n_false[-1], n_true / n_true[-1], thresholds


def area_under_roc(labels, scores):
    """The area under the ROC curve (AUC): how often a 1 that is drawn at random has a higher score than a 0; a float.

    Ties count half. 0.5 is chance, 1 is perfect, whatever the share of the two classes.
    """
    false_positive_rate, true_positive_rate, _ = roc_curve(labels, scores)
    return float(np.trapezoid(true_positive_rate, false_positive_rate))


def area_within_groups(labels, scores, groups):
    """How often a 1 has a higher score than a 0 of its own group, over all such pairs; a float.

    Unlike `area_under_roc`, it doesn't reward scores that only tell the groups apart: those of modules with many
    defects from those with few. (Epidemiologists know it as a stratified or conditional concordance.)

    Parameters
    ----------
    labels, scores
        As in `count_detections`.
    groups : array_like, shape (n,)
        What belongs together. A group with one class only has no pairs, and doesn't count.

    Raises
    ------
    ValueError
        If there is no group with both classes, or not one group for each case.
    """
    labels, scores = check_scores(labels, scores)
    groups = as_array(groups, "groups")
    if groups.shape != labels.shape:
        raise ValueError(f"groups must have shape {labels.shape}, one for each case, got {groups.shape}")
    n_right = n_pairs = 0
    for group in np.unique(groups):
        inside = groups == group
        n_ones = int(labels[inside].sum())
        n = n_ones * (int(inside.sum()) - n_ones)
        if n:
            n_right += n * area_under_roc(labels[inside], scores[inside])
            n_pairs += n
    if n_pairs == 0:
        raise ValueError("no group has both 0 and 1 among its labels: there are no pairs to compare")
    return n_right / n_pairs


def precision_recall_curve(labels, scores):
    """Precision and recall at each threshold that calls anything positive.

    Parameters
    ----------
    labels, scores
        As in `count_detections`.

    Returns
    -------
    precision, recall : ndarray of float64, shape (n_thresholds,)
        Of what is called positive, the share that is 1; of all that are 1, the share that is called positive. Recall
        rises, precision may do what it likes.
    thresholds : ndarray of float64, shape (n_thresholds,)
        Each score that occurs, in falling order.
    """
    n_true, n_false, thresholds = (counts[1:] for counts in count_detections(labels, scores))
    return n_true / (n_true + n_false), n_true / n_true[-1], thresholds


def average_precision(labels, scores):
    """The mean of the precisions at all thresholds, each weighted by what it adds to recall; a float.

    Chance has the share of 1s among the labels, not 0.5.
    """
    precision, recall, _ = precision_recall_curve(labels, scores)
    return float(np.sum(precision * np.diff(recall, prepend=0)))


def bootstrap_interval(statistic, *arrays, groups=None, n_draws=2000, level=0.95, seed=0):
    """A confidence interval by the bootstrap: how much a statistic would vary if other cases had been drawn.

    Samples of the same size are drawn from the cases with replacement, again and again, and the statistic is computed
    for each. The middle of these values is the interval (the percentile method of Efron, 1979,
    https://doi.org/10.1214/aos/1176344552). If one of them is NaN, so is the interval.

    Parameters
    ----------
    statistic : callable
        Takes arrays as passed in, or any rows of them, and returns a number. A draw for which it raises a ValueError,
        because one of two classes wasn't drawn, say, is made again.
    *arrays : array_like, each of shape (n, ...)
    groups : array_like, shape (n,), optional
        What belongs together, such as all cells of one module: whole groups are drawn then.
    n_draws : int
    level : float
        Between 0 and 1.
    seed : int

    Returns
    -------
    low, high : float

    Raises
    ------
    ValueError
        If the arrays differ in length, there are fewer than two cases or groups to draw from, the level isn't between 0
        and 1, there are no draws, or the statistic fails on most of them.
    """
    arrays = [as_array(array, "arrays") for array in arrays]
    lengths = {len(array) if array.ndim else 0 for array in arrays}
    if len(lengths) != 1 or 0 in lengths:
        raise ValueError(f"arrays must all have the same length, at least 1, got {sorted(lengths)}")
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1, such as 0.95, got {level}")
    if n_draws < 1:
        raise ValueError(f"n_draws must be at least 1, got {n_draws}")
    (n,) = lengths
    groups = np.arange(n) if groups is None else as_array(groups, "groups")
    if groups.shape != (n,):
        raise ValueError(f"groups must have shape ({n},), one for each case, got {groups.shape}")
    _, numbers = np.unique(groups, return_inverse=True)
    members = [np.flatnonzero(numbers == number) for number in range(numbers.max() + 1)]
    if len(members) < 2:
        raise ValueError("there must be at least two cases or groups to draw from, got one")
    rng, drawn, n_failed = np.random.default_rng(seed), [], 0
    while len(drawn) < n_draws:
        chosen = np.concatenate([members[index] for index in rng.integers(len(members), size=len(members))])
        try:
            drawn.append(float(statistic(*(array[chosen] for array in arrays))))
        except ValueError as error:
            n_failed += 1
            if n_failed > 10 * n_draws:
                raise ValueError(f"the statistic fails on most draws: {error}") from None
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
