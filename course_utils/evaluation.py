"""How good a classifier is, and how sure one may be of it. NumPy only."""

import numpy as np

from course_utils.data import N_CLASSES, check_labels


def check_probabilities(probabilities, *, n=None):
    """Return probabilities as an array of shape (n, n_classes), or say what is wrong with them.

    Raises
    ------
    ValueError
        If the shape is another, a value is not in [0, 1], or a row does not sum to 1 (to within 0.001).
    """
    probabilities = np.asarray(probabilities)
    if probabilities.ndim != 2 or len(probabilities) == 0:
        raise ValueError(f"probabilities must have shape (n, n_classes), got {probabilities.shape}")
    if n is not None and len(probabilities) != n:
        raise ValueError(f"probabilities must be as many as the labels, {n}, got {len(probabilities)}")
    if not (probabilities >= 0).all() or not (probabilities <= 1).all():  # `not`: NaN fails every comparison
        raise ValueError("probabilities must be in [0, 1]; are they logits, or NaN?")
    if np.abs(probabilities.sum(axis=1) - 1).max() > 1e-3:
        raise ValueError("each row of probabilities must sum to 1; was softmax taken over the classes, axis=1?")
    return probabilities


def wilson_interval(n_correct, n, *, z=1.959964):
    """The Wilson score interval of a proportion, for an accuracy of ``n_correct`` out of ``n``.

    Parameters
    ----------
    n_correct, n : int
        ``0 <= n_correct <= n`` and ``n >= 1``.
    z : float
        Standard normal quantile; 1.959964 gives 95 % confidence.

    Returns
    -------
    low, high : float
        In [0, 1].

    Notes
    -----
    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
    Statistical Association 22 (1927), 209-212.
    """
    if n < 1 or not 0 <= n_correct <= n:
        raise ValueError(f"there must be 0 <= n_correct <= n and n >= 1, got n_correct={n_correct}, n={n}")
    share = n_correct / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def confusion_matrix(labels, predicted, *, n_classes=N_CLASSES):
    """Count how often each class is taken for each class.

    Parameters
    ----------
    labels, predicted : array_like of int, shape (n,)
        True and predicted classes, from 0 to ``n_classes - 1``.

    Returns
    -------
    ndarray of int, shape (n_classes, n_classes)
        Row: true class. Column: predicted class.
    """
    labels = check_labels(labels, n_classes=n_classes)
    predicted = check_labels(predicted, name="predicted", n=len(labels), n_classes=n_classes)
    pairs = labels.astype(int) * n_classes + predicted
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
    """
    matrix = np.asarray(matrix)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"matrix must be square, got shape {matrix.shape}")
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
    labels : array_like of int, shape (n_examples,)
    n : int
        At most this many.

    Returns
    -------
    ndarray of int
    """
    probabilities = check_probabilities(probabilities)
    labels = check_labels(labels, n=len(probabilities), n_classes=probabilities.shape[1])
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(probabilities[wrong, labels[wrong]], kind="stable")][:n]


def calibration(probabilities, labels, *, n_bins=10):
    """How often predictions of a given confidence are right.

    The confidence of a prediction is the probability of the predicted class. Bins are of equal width in [0, 1]; empty
    ones are left out.

    Parameters
    ----------
    probabilities : array_like of float, shape (n, n_classes)
    labels : array_like of int, shape (n,)
    n_bins : int

    Returns
    -------
    confidence, accuracy : ndarray of float, shape (n_filled_bins,)
        Mean confidence and share of right predictions in each bin.
    counts : ndarray of int, shape (n_filled_bins,)
    error : float
        Expected calibration error: the mean of ``|accuracy - confidence|`` over bins, weighted by their counts.

    Notes
    -----
    C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On calibration of modern neural networks", ICML 2017.
    """
    probabilities = check_probabilities(probabilities)
    labels = check_labels(labels, n=len(probabilities), n_classes=probabilities.shape[1])
    confident = probabilities.max(axis=1).astype(float)
    right = probabilities.argmax(axis=1) == labels
    bins = np.minimum((confident * n_bins).astype(int), n_bins - 1)
    counts = np.bincount(bins, minlength=n_bins)
    filled = counts > 0
    confidence = np.bincount(bins, confident, n_bins)[filled] / counts[filled]
    accuracy = np.bincount(bins, right, n_bins)[filled] / counts[filled]
    error = float(np.sum(counts[filled] * np.abs(accuracy - confidence)) / len(labels))
    return confidence, accuracy, counts[filled], error
