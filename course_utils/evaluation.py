"""How good a classifier is, and how sure you can be of that. NumPy only."""

import math
from numbers import Real

import numpy as np

from course_utils.data import N_CLASSES, check_labels
from course_utils.data.checks import as_array


def check_probabilities(probabilities, *, n=None):
    """Return probabilities as an array of shape (n, n_classes), or say what is wrong with them.

    Raises
    ------
    TypeError
        If they are not real numbers.
    ValueError
        If the shape is another, there are none, a value is not in [0, 1], or a row does not sum to 1 (to within
        0.001).
    """
    probabilities = as_array(probabilities, "probabilities")
    if not (np.issubdtype(probabilities.dtype, np.number) and np.isrealobj(probabilities)):
        raise TypeError(f"probabilities must be real numbers, got dtype {probabilities.dtype}")
    if probabilities.ndim != 2 or probabilities.size == 0:
        advice = "; one row is a batch of one: probabilities[None]" if probabilities.ndim == 1 else ""
        raise ValueError(f"probabilities must have shape (n, n_classes), got {probabilities.shape}{advice}")
    if n is not None and len(probabilities) != n:
        raise ValueError(f"probabilities must have a row for each of the {n} labels, got {len(probabilities)} rows")
    if not np.isfinite(probabilities).all():
        raise ValueError("probabilities must be finite, got NaN or infinity; look at the loss: did training diverge?")
    low, high = probabilities.min(), probabilities.max()
    if low < 0 or high > 1:
        raise ValueError(f"probabilities must be in [0, 1], got {low:.4g} to {high:.4g}; logits need a softmax first")
    sums = probabilities.sum(axis=1, dtype=float)
    worst = np.abs(sums - 1).argmax()
    if abs(sums[worst] - 1) > 1e-3:
        advice = "was softmax taken over the classes, axis=1?"
        raise ValueError(f"each row of probabilities must sum to 1, got {sums[worst]:.4g} in row {worst}; {advice}")
    return probabilities


def _check_count(value, name, *, least):
    """Return a whole number as int, or say what is wrong with it."""
    if not isinstance(value, Real) or value != value // 1:
        raise ValueError(f"{name} must be one whole number, got {value!r}; a count is not a share")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, got {value}")
    return int(value)


def wilson_interval(n_correct, n, *, z=1.959964):
    """The Wilson score interval of a proportion, for an accuracy of ``n_correct`` out of ``n``.

    Parameters
    ----------
    n_correct, n : int
        Counts, not shares: ``0 <= n_correct <= n`` and ``n >= 1``.
    z : float
        Standard normal quantile, above 0; 1.959964 gives 95% confidence.

    Returns
    -------
    low, high : float
        In [0, 1]; ``low`` is 0 where nothing is correct, ``high`` is 1 where all is.

    Raises
    ------
    ValueError
        If a count is not a whole number or not in its range, or ``z`` is not a positive number.

    Notes
    -----
    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
    Statistical Association 22 (1927), 209-212.
    """
    n_correct, n = _check_count(n_correct, "n_correct", least=0), _check_count(n, "n", least=1)
    if n_correct > n:
        raise ValueError(f"n_correct must be at most n, got {n_correct} of {n}; is their order right?")
    if not (isinstance(z, Real) and 0 < z < np.inf):
        raise ValueError(f"z must be a positive number, got {z!r}; 1.959964 gives 95% confidence")
    share = n_correct / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    # At the ends the exact values are 0 and 1; rounding would miss them by a hair.
    return 0.0 if n_correct == 0 else float(middle - half), 1.0 if n_correct == n else float(middle + half)


def mcnemar_p_value(n_only_first, n_only_second):
    """McNemar's exact test of two classifiers on the same images.

    Only the discordant images tell the two apart, those that exactly one of them reads right. If both were equally
    good, each would be a toss of a coin.

    Parameters
    ----------
    n_only_first, n_only_second : int
        How many images only the first classifier reads right, and only the second.

    Returns
    -------
    float
        The two-sided p-value: how often a fair coin would split them at least as unevenly. 1 if there are none.

    Raises
    ------
    ValueError
        If a count is negative, or no whole number.

    Notes
    -----
    Q. McNemar, Psychometrika 12 (1947), in its exact (binomial) form.
    """
    fewer, more = sorted(
        _check_count(count, name, least=0)
        for name, count in (("n_only_first", n_only_first), ("n_only_second", n_only_second))
    )
    n, one_tail, n_ways = fewer + more, 0, 1
    for k in range(fewer + 1):  # n_ways is math.comb(n, k), here in milliseconds and not in minutes
        one_tail += n_ways
        n_ways = n_ways * (n - k) // (k + 1)
    return min(1.0, float(2 * one_tail / 2**n))


def confusion_matrix(labels, predicted, *, n_classes=N_CLASSES):
    """Count how often each class is taken for each class.

    Parameters
    ----------
    labels, predicted : array_like of int, shape (n,)
        True and predicted classes, from 0 to ``n_classes - 1``.
    n_classes : int
        How many classes there are, even if some do not occur.

    Returns
    -------
    ndarray of int, shape (n_classes, n_classes)
        Row: true class. Column: predicted class.
    """
    labels = check_labels(labels, n_classes=n_classes)
    predicted = check_labels(predicted, name="predicted", n=len(labels), n_classes=n_classes)
    pairs = labels.astype(int) * n_classes + predicted.astype(int)
    return np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes)


def precision_recall(matrix):
    """Precision and recall of each class from a confusion matrix.

    Parameters
    ----------
    matrix : array_like of int, shape (n_classes, n_classes)
        As confusion_matrix returns it.

    Returns
    -------
    precision, recall : ndarray of float, shape (n_classes,)
        Of what was called this class, the share that is; of what is this class, the share that was called so. NaN
        where a class was never predicted, or never occurs.

    Raises
    ------
    TypeError
        If the matrix does not hold whole numbers: shares do not tell how often each class was predicted.
    ValueError
        If it is not square, is empty, or holds a negative number.
    """
    matrix = np.asarray(matrix)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.size == 0:
        raise ValueError(f"matrix must be square, of shape (n_classes, n_classes), got shape {matrix.shape}")
    if not np.issubdtype(matrix.dtype, np.integer):
        raise TypeError(f"matrix must hold counts, as confusion_matrix gives them, got dtype {matrix.dtype}")
    if matrix.min() < 0:
        raise ValueError(f"matrix must hold counts, as confusion_matrix gives them, got {matrix.min()}")
    right = np.diag(matrix).astype(float)
    predicted, true = matrix.sum(axis=0), matrix.sum(axis=1)
    precision = np.divide(right, predicted, out=np.full(len(right), np.nan), where=predicted > 0)
    recall = np.divide(right, true, out=np.full(len(right), np.nan), where=true > 0)
    return precision, recall


def worst_errors(probabilities, labels, *, n=10):
    """Indices of the misclassified examples whose true class was given the least probability, worst first.

    Parameters
    ----------
    probabilities : array_like of float, shape (n_examples, n_classes)
        In [0, 1], each row summing to 1.
    labels : array_like of int, shape (n_examples,)
        True classes.
    n : int
        At most this many.

    Returns
    -------
    ndarray of int, shape (at most n,)
        Empty where nothing is misclassified.
    """
    probabilities = check_probabilities(probabilities)
    labels = check_labels(labels, n=len(probabilities), n_classes=probabilities.shape[1])
    n = _check_count(n, "n", least=0)
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(probabilities[wrong, labels[wrong]], kind="stable")][:n]


def calibration(probabilities, labels, *, n_bins=10):
    """How often predictions of a given confidence are right.

    The confidence of a prediction is the probability of the predicted class. Bins are of equal width in [0, 1]; a
    confidence on the edge of two belongs to the upper one. Empty bins are left out.

    Parameters
    ----------
    probabilities : array_like of float, shape (n, n_classes)
        In [0, 1], each row summing to 1.
    labels : array_like of int, shape (n,)
        True classes.
    n_bins : int
        At least 1.

    Returns
    -------
    confidence, accuracy : ndarray of float, shape (n_filled_bins,)
        Mean confidence and share of right predictions in each bin.
    counts : ndarray of int, shape (n_filled_bins,)
    error : float
        Expected calibration error: the mean of ``|accuracy - confidence|`` over bins, weighted by their counts.

    Notes
    -----
    M. P. Naeini, G. F. Cooper and M. Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning",
    AAAI 2015.
    """
    probabilities = check_probabilities(probabilities)
    labels = check_labels(labels, n=len(probabilities), n_classes=probabilities.shape[1])
    n_bins = _check_count(n_bins, "n_bins", least=1)
    confident = probabilities.max(axis=1).astype(float)
    right = probabilities.argmax(axis=1) == labels
    bins = np.minimum((confident * n_bins).astype(int), n_bins - 1)
    counts = np.bincount(bins, minlength=n_bins)
    filled = counts > 0
    confidence = np.bincount(bins, confident, n_bins)[filled] / counts[filled]
    accuracy = np.bincount(bins, right, n_bins)[filled] / counts[filled]
    error = float(np.sum(counts[filled] * np.abs(accuracy - confidence)) / len(labels))
    return confidence, accuracy, counts[filled], error


def fit_temperature(logits, labels):
    """The temperature by which to divide logits, so that their softmax has the least mean cross-entropy.

    Dividing changes no answer, only how sure it is: a temperature above 1 makes a network less sure of everything.

    Parameters
    ----------
    logits : array_like of float, shape (n, n_classes)
        Finite. Logarithms of probabilities serve as well: softmax turns them back.
    labels : array_like of int, shape (n,)
        True classes of images that the network was not trained on, and that you will not judge it by.

    Returns
    -------
    float
        From 0.01 to 100.

    Raises
    ------
    ValueError
        If the logits are not finite numbers of that shape, or no temperature in that range is best: where every answer
        is right, the colder the better; where the answers are worse than chance, the hotter.

    Notes
    -----
    C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On calibration of modern neural networks", ICML 2017.
    """
    logits = np.asarray(logits, dtype=float)
    if logits.ndim != 2 or logits.size == 0:
        raise ValueError(f"logits must have shape (n, n_classes), got {logits.shape}")
    if not np.isfinite(logits).all():
        raise ValueError("logits must be finite; of a probability of 0, take np.log(np.maximum(probability, 1e-7))")
    labels = check_labels(labels, n=len(logits), n_classes=logits.shape[1])
    logits = logits - logits.max(axis=1, keepdims=True)
    of_label = logits[np.arange(len(labels)), labels].mean()

    def too_cold(temperature):
        """Whether the loss falls as the temperature rises: its derivative along 1 / temperature is above 0."""
        powers = np.exp(logits / temperature)
        expected = (powers * logits).sum(axis=1) / powers.sum(axis=1)
        return expected.mean() > of_label

    low, high = 0.01, 100.0
    if not too_cold(low):
        raise ValueError("the colder, the better: is every answer right? Fit the temperature on other or more images")
    if too_cold(high):
        raise ValueError("the hotter, the better: the answers are worse than chance. Do labels and logits match?")
    while high / low > 1 + 1e-9:
        middle = math.sqrt(low * high)
        low, high = (middle, high) if too_cold(middle) else (low, middle)
    return math.sqrt(low * high)
