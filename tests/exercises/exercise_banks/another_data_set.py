"""Answers to the exercises of lesson 13."""

import bisect
import heapq
import itertools
import math

import numpy as np
from sklearn.metrics import f1_score, precision_recall_fscore_support

from course_utils.evaluation import precision_recall
from exercise_banks import Bank

true_here = Bank()
true_here.right_value("a", "A", " a ")
true_here.wrong_value("made a 9 of a 6", "b")
true_here.wrong_value("Inverted, it is 255", "c")
true_here.wrong_value("only the toe", "d")
true_here.wrong_value(
    'Answer with one of `"a"`', "e", "", "mirror", 1, None, ["a"], "ab", b"a", "(a)", np.array(["a"]), True
)

f1_scores = Bank()


@f1_scores.right
def with_where(matrix):
    both = np.sum(matrix, 0) + np.sum(matrix, 1)
    is_empty = both == 0
    return np.where(is_empty, 0, 2 * matrix.diagonal() / (both + is_empty))


@f1_scores.right
def class_by_class(matrix):
    scores = []
    for label in range(len(matrix)):
        right, predicted, true = matrix[label, label], matrix[:, label].sum(), matrix[label].sum()
        if right == 0:
            scores.append(0)
            continue
        precision, recall = right / predicted, right / true
        scores.append(2 * precision * recall / (precision + recall))
    return scores


@f1_scores.right
def nan_to_zero(matrix):
    with np.errstate(invalid="ignore"):
        precision, recall = matrix.diagonal() / matrix.sum(0), matrix.diagonal() / matrix.sum(1)
        return np.nan_to_num(2 * precision * recall / (precision + recall))


@f1_scores.right
def with_the_courses_function(matrix):
    pairs = zip(*precision_recall(matrix), strict=True)
    return [2 * part * share / (part + share) if part > 0 else 0 for part, share in pairs]


@f1_scores.right
def with_lists(matrix):
    rows = matrix.tolist()
    columns = list(zip(*rows, strict=True))
    both = [sum(row) + sum(column) for row, column in zip(rows, columns, strict=True)]
    return tuple(2 * rows[i][i] / both[i] if both[i] else 0.0 for i in range(len(rows)))


@f1_scores.right
def weighted_by_images(matrix):
    labels, answers = (numbers.ravel() for numbers in np.indices(matrix.shape))
    return f1_score(labels, answers, sample_weight=matrix.ravel(), average=None, zero_division=0.0)


@f1_scores.right
def one_less_the_wrong_ones(matrix):
    scores = []
    for i, row in enumerate(matrix):
        n_wrong = matrix[:, i].sum() + row.sum() - 2.0 * row[i]
        scores.append(1 - n_wrong / (2.0 * row[i] + n_wrong) if row[i] else 0)
    return np.array(scores)


@f1_scores.right
def harmonic_mean(matrix):
    def score(right, predicted, true):
        return 2 / (predicted / right + true / right) if right else 0

    return list(map(score, np.diag(matrix).tolist(), sum(matrix), sum(matrix.T)))


@f1_scores.right
def of_the_symmetric_part(matrix):
    symmetric = (matrix + matrix.T).astype(float)
    return symmetric.diagonal() / np.clip(symmetric.sum(axis=1), 1, None)


@f1_scores.right
def with_tensorflow(matrix):
    import tensorflow as tf

    counts = tf.cast(matrix, "float32")
    both = tf.reduce_sum(counts, axis=0) + tf.reduce_sum(counts, axis=1)
    return tf.math.divide_no_nan(2 * tf.linalg.diag_part(counts), both)


@f1_scores.right
def with_a_tiny_number(matrix):
    right = np.einsum("ii->i", matrix)
    return 2 * right / (np.einsum("ij->i", matrix) + np.einsum("ij->j", matrix) + 1e-9)


def precision_and_recall(matrix):
    """Both with 0 where they are 0/0; for what is wrong below."""
    return map(np.nan_to_num, precision_recall(matrix))


@f1_scores.wrong("plain mean of precision and recall")
def arithmetic_mean(matrix):
    precision, recall = precision_and_recall(matrix)
    return (precision + recall) / 2


@f1_scores.wrong("geometric mean")
def geometric_mean(matrix):
    precision, recall = precision_and_recall(matrix)
    return (precision * recall) ** 0.5


@f1_scores.wrong("precision alone")
def down_the_columns(matrix):
    return np.diag(matrix) / np.maximum(matrix.sum(axis=0), 1)


@f1_scores.wrong("recall alone")
def along_the_rows(matrix):
    return np.diag(matrix) / np.maximum(matrix.sum(axis=1), 1)


@f1_scores.wrong("precision and recall, two rows")
def both_of_them(matrix):
    return list(precision_and_recall(matrix))


@f1_scores.wrong("smaller of precision and recall")
def smaller_one(matrix):
    return [min(pair) for pair in zip(*precision_and_recall(matrix), strict=True)]


@f1_scores.wrong("larger of precision and recall")
def larger_one(matrix):
    return [max(pair) for pair in zip(*precision_and_recall(matrix), strict=True)]


@f1_scores.wrong("factor 2 is missing")
def without_the_factor(matrix):
    return np.diag(matrix) / np.maximum(matrix.sum(axis=0) + matrix.sum(axis=1), 1)


@f1_scores.wrong("product of precision and recall. F1 is twice")
def product(matrix):
    precision, recall = precision_and_recall(matrix)
    return precision * recall


@f1_scores.wrong("has to be divided by their sum")
def twice_the_product(matrix):
    precision, recall = precision_and_recall(matrix)
    return 2 * precision * recall


@f1_scores.wrong("Are parentheses missing")
def without_parentheses(matrix):
    precision, recall = precision_and_recall(matrix)
    with np.errstate(invalid="ignore"):
        return 2 * precision * recall / precision + recall


@f1_scores.wrong("counts twice above and below")
def twice_above_only(matrix):
    right = np.diag(matrix)
    false, missed = matrix.sum(axis=0) - right, matrix.sum(axis=1) - right
    return 2 * right / np.maximum(right + false + missed, 1)


@f1_scores.wrong("counts twice above and below")
def intersection_over_union(matrix):
    right = np.diag(matrix)
    return right / np.maximum(matrix.sum(axis=0) + matrix.sum(axis=1) - right, 1)


@f1_scores.wrong("below are just the wrong ones")
def over_the_wrong_ones(matrix):
    right, off = np.diag(matrix), matrix - np.diag(np.diag(matrix))
    with np.errstate(divide="ignore", invalid="ignore"):
        return 2 * right / (off.sum(axis=0) + off.sum(axis=1))


@f1_scores.wrong("rows are turned into shares")
def rows_as_shares(matrix):
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    both = shares.sum(axis=0) + shares.sum(axis=1)
    return 2 * np.diag(shares) / np.where(both == 0, 1, np.maximum(both, 1))


@f1_scores.wrong("columns are turned into shares")
def columns_as_shares(matrix):
    shares = matrix / np.maximum(matrix.sum(axis=0), 1)
    both = shares.sum(axis=0) + shares.sum(axis=1)
    return 2 * np.diag(shares) / np.maximum(both, 1)


@f1_scores.wrong("the macro average")
def macro_average(matrix):
    return np.mean(2 * np.diag(matrix) / np.maximum(matrix.sum(axis=0) + matrix.sum(axis=1), 1))


@f1_scores.wrong("mean precision and the mean recall")
def score_of_means(matrix):
    precision, recall = (values.mean() for values in precision_and_recall(matrix))
    return 2 * precision * recall / max(precision + recall, 1e-12)


@f1_scores.wrong("weighted by how frequent")
def weighted_mean(matrix):
    true = matrix.sum(axis=1)
    return true @ (2 * np.diag(matrix) / np.maximum(matrix.sum(axis=0) + true, 1)) / true.sum()


@f1_scores.wrong("the accuracy, which is also the micro average")
def accuracy(matrix):
    return np.trace(matrix) / np.sum(matrix)


@f1_scores.wrong("the same number, the accuracy")
def pooled(matrix):
    n_right, n = np.diag(matrix).sum(), matrix.sum()
    return [2 * n_right / (n + n) for _ in matrix]


@f1_scores.wrong("this class or not")
def accuracy_of_each(matrix):
    right, true, predicted = np.diag(matrix), matrix.sum(axis=1), matrix.sum(axis=0)
    neither = matrix.sum() - true - predicted + right
    return (right + neither) / matrix.sum()


@f1_scores.wrong("right answers, counted")
def counts(matrix):
    return [matrix[i, i] for i in range(len(matrix))]


@f1_scores.wrong("0/0: a class is neither predicted nor true")
def empty_classes_forgotten(matrix):
    with np.errstate(invalid="ignore"):
        return 2 * np.diag(matrix) / (matrix.sum(axis=0) + matrix.sum(axis=1))


@f1_scores.wrong("no image of a class is right")
def all_of_0_by_0(matrix):
    with np.errstate(invalid="ignore"):
        precision, recall = np.diag(matrix) / matrix.sum(axis=0), np.diag(matrix) / matrix.sum(axis=1)
        return 2 * precision * recall / (precision + recall)


@f1_scores.wrong("no image of a class is right")
def only_the_last_0_by_0(matrix):
    precision, recall = precision_and_recall(matrix)
    with np.errstate(invalid="ignore"):
        return 2 * precision * recall / (precision + recall)


@f1_scores.wrong("scores 1 here")
def nothing_to_do_and_all_done(matrix):
    labels, answers = np.indices(matrix.shape).reshape(2, -1)
    return precision_recall_fscore_support(
        labels, answers, labels=np.arange(len(matrix)), sample_weight=matrix.ravel(), zero_division=1
    )[2]


@f1_scores.wrong("is left out")
def classes_that_come_up(matrix):
    both = matrix.sum(axis=0) + matrix.sum(axis=1)
    return (2 * np.diag(matrix))[both > 0] / both[both > 0]


@f1_scores.wrong("Something is added to a divisor")
def one_more_below(matrix):
    return 2 * np.diag(matrix) / (matrix.sum(axis=0) + matrix.sum(axis=1) + 1)


@f1_scores.wrong("Something is added to a divisor")
def a_thousandth_more_below(matrix):
    precision, recall = precision_and_recall(matrix)
    return 2 * precision * recall / (precision + recall + 0.001)


@f1_scores.wrong("divide with `//`")
def whole_division(matrix):
    return 2 * np.diag(matrix) // np.maximum(matrix.sum(axis=0) + matrix.sum(axis=1), 1)


@f1_scores.wrong("in percent")
def in_percent(matrix):
    return 200 * np.diag(matrix) / np.maximum(matrix.sum(axis=0) + matrix.sum(axis=1), 1)


@f1_scores.wrong("scores are rounded")
def two_decimals(matrix):
    return np.round(2 * np.diag(matrix) / np.maximum(matrix.sum(axis=0) + matrix.sum(axis=1), 1), 2)


@f1_scores.wrong("scores are rounded")
def four_decimals(matrix):
    both = np.maximum(matrix.sum(axis=0) + matrix.sum(axis=1), 1)
    return [round(2 * float(right) / float(n), 4) for right, n in zip(np.diag(matrix), both, strict=True)]


@f1_scores.wrong("first class only")
def returns_in_the_loop(matrix):
    for i in range(len(matrix)):
        return 2 * matrix[i, i] / max(matrix[i].sum() + matrix[:, i].sum(), 1)


@f1_scores.wrong("missing at one end")
def without_the_last(matrix):
    return [2 * matrix[i, i] / max(matrix[i].sum() + matrix[:, i].sum(), 1) for i in range(len(matrix) - 1)]


@f1_scores.wrong("missing at one end")
def without_the_first(matrix):
    return [2 * matrix[i, i] / max(matrix[i].sum() + matrix[:, i].sum(), 1) for i in range(1, len(matrix))]


@f1_scores.wrong("An index goes past the end|There may be any number of classes")
def ten_classes(matrix):
    return [2 * matrix[i, i] / max(matrix[i].sum() + matrix[:, i].sum(), 1) for i in range(10)]


@f1_scores.wrong("12 classes")
def ten_classes_at_most(matrix):
    matrix = matrix[:10, :10]
    return 2 * np.diag(matrix) / np.maximum(matrix.sum(axis=0) + matrix.sum(axis=1), 1)


@f1_scores.wrong("or both. It scores 0. .*ZeroDivisionError")
def with_pythons_numbers(matrix):
    rows = matrix.tolist()
    both = (matrix.sum(axis=0) + matrix.sum(axis=1)).tolist()
    return [2 * rows[i][i] / both[i] for i in range(len(rows))]


@f1_scores.wrong("(?s)numbers differ.*int32")
def products_of_counts(matrix):
    right, predicted, true = np.diag(matrix), matrix.sum(axis=0), matrix.sum(axis=1)
    with np.errstate(all="ignore"):
        precision_times_recall = right**2 / (predicted.astype(float) * true)
        return np.nan_to_num(2 * precision_times_recall / (right / predicted + right / true))


@f1_scores.wrong("numbers differ")
def sums_in_16_bits(matrix):
    both = matrix.sum(axis=0, dtype="uint16") + matrix.sum(axis=1, dtype="uint16")
    return 2 * np.diag(matrix) / np.maximum(both, 1)


@f1_scores.wrong("numbers differ")
def recall_counts_twice(matrix):
    precision, recall = precision_and_recall(matrix)
    return 5 * precision * recall / np.where(precision + recall > 0, 4 * precision + recall, 1)


@f1_scores.wrong("numbers differ|perhaps not yours")
def never_below_a_hundredth(matrix):
    return np.maximum(2 * np.diag(matrix) / np.maximum(matrix.sum(axis=0) + matrix.sum(axis=1), 1), 0.01)


@f1_scores.wrong("numbers differ")
def rare_classes_left_at_0(matrix):
    both = matrix.sum(axis=0) + matrix.sum(axis=1)
    return np.where(both < 20, 0, 2 * np.diag(matrix) / np.maximum(both, 1))


@f1_scores.wrong("has shape")
def as_a_column(matrix):
    return (2 * np.diag(matrix) / np.maximum(matrix.sum(axis=0) + matrix.sum(axis=1), 1))[:, None]


@f1_scores.wrong("has shape")
def without_the_diagonal(matrix):
    both = np.maximum(matrix.sum(axis=0) + matrix.sum(axis=1), 1)
    return 2 * matrix / both


@f1_scores.wrong("It changes `matrix` in place")
def clears_the_diagonal(matrix):
    right = np.diag(matrix).copy()
    np.fill_diagonal(matrix, 0)
    return 2 * right / np.maximum(2 * right + matrix.sum(axis=0) + matrix.sum(axis=1), 1)


@f1_scores.wrong("end with `return`")
def prints_them(matrix):
    print(2 * np.diag(matrix) / np.maximum(matrix.sum(axis=0) + matrix.sum(axis=1), 1))


f1_scores.wrong_value("takes the function itself", np.array([0.5, 0.5]))


SWAPPED = "precision and recall change places, and F1 stays"
for line, others, why in (
    (
        "return 2 * right / np.maximum(both, 1)",
        ["return 2 * right / np.maximum(both, 2)", "return 2 * right / np.maximum(1, both)"],
        "with a sum of 1, none is right, and 0 divided by 2 is 0; the larger of two has no order",
    ),
    (
        "return symmetric.diagonal() / np.clip(symmetric.sum(axis=1), 1, None)",
        ["return symmetric.diagonal() / np.clip(symmetric.sum(axis=1), 2, None)"],
        "with a sum of 1, none is right, and 0 divided by 2 is 0",
    ),
    (
        "return symmetric.diagonal() / np.clip(symmetric.sum(axis=1), 1, None)",
        [
            "return symmetric.diagonal() / np.clip(1, symmetric.sum(axis=1), None)",
            "return symmetric.diagonal() / np.clip(symmetric.sum(axis=0), 1, None)",
        ],
        "the larger of two has no order, and rows and columns of a symmetric matrix are the same",
    ),
    (
        "return np.where(is_empty, 0, 2 * matrix.diagonal() / (both + is_empty))",
        [
            "return np.where(0, is_empty, 2 * matrix.diagonal() / (both + is_empty))",
            "return np.where(is_empty, 0, 2 * matrix.diagonal() / (both - is_empty))",
        ],
        "0 divided by 1 is 0, and by -1 it is, too",
    ),
    (
        "return 2 * right / (np.einsum('ij->i', matrix) + np.einsum('ij->j', matrix) + 1e-09)",
        ["return 2 * right / (np.einsum('ij->i', matrix) + np.einsum('ij->j', matrix) - 1e-09)"],
        "a tiny number less is as good as a tiny number more",
    ),
    ("with np.errstate(invalid='ignore'):", ["with np.errstate():"], "a warning changes no number"),
    (
        "return f1_score(labels, answers, sample_weight=matrix.ravel(), average=None, zero_division=0.0)",
        ["return f1_score(labels, answers, sample_weight=matrix.ravel(), average=None)"],
        "0 is the default, with a warning",
    ),
    (
        "return f1_score(labels, answers, sample_weight=matrix.ravel(), average=None, zero_division=0.0)",
        ["return f1_score(answers, labels, sample_weight=matrix.ravel(), average=None, zero_division=0.0)"],
        SWAPPED,
    ),
    (
        "return list(map(score, np.diag(matrix).tolist(), sum(matrix), sum(matrix.T)))",
        ["return list(map(score, np.diag(matrix).tolist(), sum(matrix.T), sum(matrix)))"],
        SWAPPED,
    ),
    (
        "labels, answers = (numbers.ravel() for numbers in np.indices(matrix.shape))",
        ["answers, labels = (numbers.ravel() for numbers in np.indices(matrix.shape))"],
        SWAPPED,
    ),
    (
        "right, predicted, true = (matrix[label, label], matrix[:, label].sum(), matrix[label].sum())",
        [
            "right, predicted, true = (matrix[label, label], matrix[label].sum(), matrix[:, label].sum())",
            "right, true, predicted = (matrix[label, label], matrix[:, label].sum(), matrix[label].sum())",
        ],
        SWAPPED,
    ),
    (
        "precision, recall = (right / predicted, right / true)",
        [
            "precision, recall = (right / true, right / predicted)",
            "recall, precision = (right / predicted, right / true)",
        ],
        SWAPPED,
    ),
    (
        "precision, recall = (matrix.diagonal() / matrix.sum(0), matrix.diagonal() / matrix.sum(1))",
        [
            "precision, recall = (matrix.diagonal() / matrix.sum(1), matrix.diagonal() / matrix.sum(0))",
            "recall, precision = (matrix.diagonal() / matrix.sum(0), matrix.diagonal() / matrix.sum(1))",
        ],
        SWAPPED,
    ),
    (
        "return [2 * part * share / (part + share) if part > 0 else 0 for part, share in pairs]",
        ["return [2 * part * share / (part + share) if part > 0 else 0 for share, part in pairs]"],
        SWAPPED,
    ),
    (
        "both = [sum(row) + sum(column) for row, column in zip(rows, columns, strict=True)]",
        [
            "both = [sum(row) + sum(column) for row, column in zip(columns, rows, strict=True)]",
            "both = [sum(row) + sum(column) for column, row in zip(rows, columns, strict=True)]",
        ],
        SWAPPED,
    ),
):
    for other in others:
        f1_scores.equivalent(f"{line}  ->  {other}", why)


kept_epoch = Bank()


@kept_epoch.right
def by_keras_itself(val_losses, patience):
    """Keras's own callback, on a network whose weights are the number of the epoch."""
    from keras.callbacks import EarlyStopping

    class Network:
        stop_training = False

        def get_weights(self):
            return self.weights

        def set_weights(self, weights):
            self.weights = weights

    network, stopping = Network(), EarlyStopping("val_loss", patience=patience, restore_best_weights=True)
    stopping.set_model(network)
    stopping.on_train_begin()
    for epoch, loss in enumerate(val_losses):
        network.weights = stopped = epoch + 1
        stopping.on_epoch_end(epoch, {"val_loss": loss})
        if network.stop_training:
            break
    stopping.on_train_end()
    return stopped, network.weights


@kept_epoch.right
def with_a_counter(val_losses, patience):
    best, kept, waited = val_losses[0], 1, 0
    for epoch in range(2, len(val_losses) + 1):
        if val_losses[epoch - 1] < best:
            best, kept, waited = val_losses[epoch - 1], epoch, 0
        else:
            waited += 1
            if waited >= patience:
                return epoch, kept
    return len(val_losses), kept


@kept_epoch.right
def with_numpy(val_losses, patience):
    losses = np.array(val_losses)
    lowest = np.minimum.accumulate(losses)
    epochs = np.arange(len(losses))
    improved = np.concatenate([[True], losses[1:] < lowest[:-1]])
    last = np.maximum.accumulate(np.where(improved, epochs, 0))
    stops = np.flatnonzero(epochs - last >= patience)
    stopped = stops[0] if len(stops) else epochs[-1]
    return np.array([stopped, last[stopped]]) + 1


@kept_epoch.right
def first_of_the_lowest(val_losses, patience):
    for stopped in range(1, len(val_losses) + 1):
        seen = val_losses[:stopped]
        kept = seen.index(min(seen)) + 1
        if stopped - kept >= patience:
            break
    return [stopped, kept]


@kept_epoch.right
def window_after_the_best(val_losses, patience):
    kept = 0
    while True:
        window = val_losses[kept + 1 : kept + 1 + patience]
        lower = [n for n, loss in enumerate(window, start=1) if loss < val_losses[kept]]
        if not lower:
            return kept + 1 + len(window), kept + 1
        kept += lower[0]


@kept_epoch.right
def with_argmin(val_losses, patience):
    kept = [int(np.argmin(val_losses[:n])) + 1 for n in range(1, len(val_losses) + 1)]
    stopped = next((n for n, epoch in enumerate(kept, start=1) if n == epoch + patience), len(kept))
    return stopped, kept[stopped - 1]


@kept_epoch.right
def by_recursion(val_losses, patience):
    def go_on(epoch, kept):
        if epoch - kept == patience or epoch == len(val_losses):
            return epoch, kept
        return go_on(epoch + 1, epoch + 1 if val_losses[epoch] < val_losses[kept - 1] else kept)

    return go_on(1, 1)


@kept_epoch.right
def as_a_generator(val_losses, patience):
    lows = list(itertools.accumulate(val_losses, min))
    ages = (epoch - val_losses.index(low) for epoch, low in enumerate(lows))
    stopped = next((n for n, age in enumerate(ages, start=1) if age >= patience), len(lows))
    yield stopped
    yield val_losses.index(lows[stopped - 1]) + 1


@kept_epoch.right
def with_a_record(val_losses, patience):
    records = {1: val_losses[0]}
    for epoch, loss in enumerate(val_losses, 1):
        if epoch > max(records) + patience:
            break
        if loss < records[max(records)]:
            records[epoch] = loss
    kept = np.float64(max(records))
    return np.minimum(kept + patience, len(val_losses)), kept


def stop_of(val_losses, patience):
    """As it should be; for what is wrong below."""
    best, kept, epoch = math.inf, 0, 0
    for epoch, loss in enumerate(val_losses, start=1):
        if loss < best:
            best, kept = loss, epoch
        if epoch - kept >= patience:
            break
    return epoch, kept


@kept_epoch.wrong("order is reversed")
def kept_first(val_losses, patience):
    stopped, kept = stop_of(val_losses, patience)
    return kept, stopped


@kept_epoch.wrong("Both are too small by 1")
def from_zero(val_losses, patience):
    best, kept, waited = math.inf, 0, 0
    for epoch, loss in enumerate(val_losses):
        if loss < best:
            best, kept, waited = loss, epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
    return epoch, kept


@kept_epoch.wrong("is kept is counted from 0")
def kept_from_zero(val_losses, patience):
    stopped, _ = stop_of(val_losses, patience)
    return stopped, np.argmin(val_losses[:stopped])


@kept_epoch.wrong("the stop is counted from 0")
def stopped_from_zero(val_losses, patience):
    stopped, kept = stop_of(val_losses, patience)
    return stopped - 1, kept


@kept_epoch.wrong("Both are too large by 1")
def from_two(val_losses, patience):
    return [number + 1 for number in stop_of(val_losses, patience)]


@kept_epoch.wrong("only losses up to the stop are known")
def lowest_of_all(val_losses, patience):
    return stop_of(val_losses, patience)[0], int(np.argmin(val_losses)) + 1


@kept_epoch.wrong("Training never stops early here. It stops as soon as")
def never_stops(val_losses, patience):
    return len(val_losses), val_losses.index(min(val_losses)) + 1


@kept_epoch.wrong("lowest of all losses is looked for first")
def lowest_first(val_losses, patience):
    kept = 1 + min(range(len(val_losses)), key=val_losses.__getitem__)
    return min(kept + patience, len(val_losses)), kept


@kept_epoch.wrong("even if it is the last one that the patience allows")
def patience_before_the_loss(val_losses, patience):
    best, kept, waited = math.inf, 1, 0
    for epoch, loss in enumerate(val_losses, start=1):
        waited += 1
        if waited == patience:
            break
        if loss < best:
            best, kept, waited = loss, epoch, 0
    return epoch, kept


@kept_epoch.wrong("compared with None.*TypeError")
def no_best_yet(val_losses, patience):
    best, kept, epoch = None, 0, 0
    for epoch, loss in enumerate(val_losses, start=1):
        if loss < best:
            best, kept = loss, epoch
        if epoch - kept == patience:
            break
    return epoch, kept


@kept_epoch.wrong("not the right number|perhaps not yours")
def number_of_an_equal_loss(val_losses, patience):
    best, kept, epoch = math.inf, 0, 0
    for loss in val_losses:
        epoch = val_losses.index(loss) + 1
        if loss < best:
            best, kept = loss, epoch
        if epoch - kept == patience:
            break
    return epoch, kept


@kept_epoch.wrong("is right, but training never stops early")
def all_epochs(val_losses, patience):
    return len(val_losses), stop_of(val_losses, patience)[1]


@kept_epoch.wrong("the weights of the last epoch are kept")
def last_weights(val_losses, patience):
    stopped, _ = stop_of(val_losses, patience)
    return stopped, stopped


@kept_epoch.wrong("ends without a stop, the last epoch is kept")
def restored_at_a_stop_only(val_losses, patience):
    best, kept, waited = math.inf, 0, 0
    for epoch, loss in enumerate(val_losses, start=1):
        waited += 1
        if loss < best:
            best, kept, waited = loss, epoch, 0
        if waited >= patience:
            return epoch, kept
    return epoch, epoch


@kept_epoch.wrong("always `patience` before the stop")
def patience_before(val_losses, patience):
    stopped, _ = stop_of(val_losses, patience)
    return stopped, stopped - patience


@kept_epoch.wrong("even where there are no such epochs")
def patience_after(val_losses, patience):
    _, kept = stop_of(val_losses, patience)
    return kept + patience, kept


@kept_epoch.wrong("second number is the lowest loss")
def loss_not_epoch(val_losses, patience):
    stopped, _ = stop_of(val_losses, patience)
    return stopped, min(val_losses[:stopped])


@kept_epoch.wrong("Of equal losses, the first is kept")
def last_of_equals(val_losses, patience):
    stopped, _ = stop_of(val_losses, patience)
    seen = val_losses[:stopped]
    return stopped, stopped - seen[::-1].index(min(seen))


@kept_epoch.wrong("equal to the lowest counts as an improvement")
def equal_will_do(val_losses, patience):
    best, kept, epoch = math.inf, 0, 0
    while epoch < len(val_losses) and epoch - kept < patience:
        epoch += 1
        if val_losses[epoch - 1] <= best:
            best, kept = val_losses[epoch - 1], epoch
    return epoch, kept


@kept_epoch.wrong("as for an accuracy")
def the_largest(val_losses, patience):
    return stop_of([-loss for loss in val_losses], patience)


@kept_epoch.wrong("After each improvement, the count begins again")
def counter_not_reset(val_losses, patience):
    best, kept, waited = math.inf, 0, 0
    for epoch, loss in enumerate(val_losses, start=1):
        if loss < best:
            best, kept = loss, epoch
        else:
            waited += 1
        if waited >= patience:
            break
    return epoch, kept


@kept_epoch.wrong("first epoch is counted as one without")
def first_one_counts(val_losses, patience):
    best, kept, waited = val_losses[0], 1, 0
    for epoch, loss in enumerate(val_losses, start=1):
        if loss < best:
            best, kept, waited = loss, epoch, 0
        else:
            waited += 1
        if waited >= patience:
            break
    return epoch, kept


@kept_epoch.wrong("one epoch too late")
def more_than_patience(val_losses, patience):
    best, kept, waited = math.inf, 0, 0
    for epoch, loss in enumerate(val_losses, start=1):
        if loss < best:
            best, kept, waited = loss, epoch, 0
        else:
            waited += 1
        if waited > patience:
            break
    return epoch, kept


@kept_epoch.wrong("one epoch too early")
def less_than_patience(val_losses, patience):
    best, kept, waited = math.inf, 0, 0
    for epoch, loss in enumerate(val_losses, start=1):
        if loss < best:
            best, kept, waited = loss, epoch, 0
        else:
            waited += 1
            if waited >= patience - 1:
                break
    return epoch, kept


@kept_epoch.wrong("before it looks at the patience")
def patience_at_the_top_of_the_loop(val_losses, patience):
    best, kept, waited = math.inf, 0, 0
    for epoch, loss in enumerate(val_losses, start=1):
        if waited >= patience:
            break
        waited += 1
        if loss < best:
            best, kept, waited = loss, epoch, 0
    return epoch, kept


@kept_epoch.wrong("stops at the first epoch without an improvement")
def no_patience(val_losses, patience):
    for epoch in range(1, len(val_losses)):
        if val_losses[epoch] >= val_losses[epoch - 1]:
            return epoch + 1, epoch
    return len(val_losses), len(val_losses)


@kept_epoch.wrong("that of the epoch before")
def compares_with_the_one_before(val_losses, patience):
    waited, stopped = 0, len(val_losses)
    for epoch, (before, now) in enumerate(itertools.pairwise(val_losses), start=2):
        waited = waited + 1 if now > before else 0
        if waited >= patience:
            stopped = epoch
            break
    return stopped, int(np.argmin(val_losses[:stopped])) + 1


@kept_epoch.wrong("that of the epoch before")
def patience_before_the_rise(val_losses, patience):
    waited = 0
    for epoch, (before, now) in enumerate(itertools.pairwise(val_losses), start=2):
        waited = 0 if now < before else waited + 1
        if waited == patience:
            return epoch, epoch - patience
    return len(val_losses), int(np.argmin(val_losses)) + 1


@kept_epoch.wrong("starts at a number")
def lowest_starts_at_1(val_losses, patience):
    best, kept, waited = 1, 1, 0
    for epoch, loss in enumerate(val_losses, start=1):
        if loss < best:
            best, kept, waited = loss, epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
    return epoch, kept


@kept_epoch.wrong("starts at a number")
def lowest_starts_at_0(val_losses, patience):
    best, kept, waited = 0, 0, 0
    for epoch, loss in enumerate(val_losses, start=1):
        if loss < best:
            best, kept, waited = loss, epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
    return epoch, kept


@kept_epoch.wrong("starts at a number")
def lowest_starts_at_100(val_losses, patience):
    best, kept, waited = 100.0, 0, 0
    for epoch, loss in enumerate(val_losses, start=1):
        if loss < best:
            best, kept, waited = loss, epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
    return epoch, kept


@kept_epoch.wrong("not the right number|perhaps not yours")
def lowest_starts_at_a_million(val_losses, patience):
    best, kept, waited = 1_000_000, 1, 0
    for epoch, loss in enumerate(val_losses, start=1):
        if loss < best:
            best, kept, waited = loss, epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
    return epoch, kept


@kept_epoch.wrong("equals the lowest isn't counted here")
def only_worse_ones_count(val_losses, patience):
    best, kept, waited = math.inf, 0, 0
    for epoch, loss in enumerate(val_losses, start=1):
        if loss < best:
            best, kept, waited = loss, epoch, 0
        elif loss > best:
            waited += 1
            if waited == patience:
                break
    return epoch, kept


@kept_epoch.wrong("not the right number|perhaps not yours")
def a_loss_of_0_is_none(val_losses, patience):
    best, kept, epoch = None, 0, 0
    for epoch, loss in enumerate(val_losses, start=1):
        if not best or loss < best:
            best, kept = loss, epoch
        if epoch - kept >= patience:
            break
    return epoch, kept


@kept_epoch.wrong("not the right number|perhaps not yours")
def in_thousandths(val_losses, patience):
    return stop_of([round(loss, 3) for loss in val_losses], patience)


@kept_epoch.wrong("not the right number|perhaps not yours")
def an_improvement_of_a_hundredth(val_losses, patience):
    best, kept, epoch = math.inf, 0, 0
    for epoch, loss in enumerate(val_losses, start=1):
        if loss < best - 0.01:
            best, kept = loss, epoch
        if epoch - kept >= patience:
            break
    return epoch, kept


@kept_epoch.wrong("not the right number|perhaps not yours")
def a_hundred_epochs(val_losses, patience):
    return stop_of(val_losses[:100], patience)


@kept_epoch.wrong("not the right number|perhaps not yours")
def patience_counts_to_5(val_losses, patience):
    return stop_of(val_losses, min(patience, 5))


@kept_epoch.wrong("Training ends with the last epoch.*IndexError")
def goes_past_the_end(val_losses, patience):
    kept = 0
    while True:
        waited = 1
        while val_losses[kept + waited] >= val_losses[kept]:
            if waited == patience:
                return kept + waited + 1, kept + 1
            waited += 1
        kept += waited


@kept_epoch.wrong("set only where training stops early.*UnboundLocalError")
def set_at_a_stop_only(val_losses, patience):
    best, kept = math.inf, 0
    for epoch, loss in enumerate(val_losses, start=1):
        if loss < best:
            best, kept = loss, epoch
        if epoch - kept == patience:
            stopped = epoch
            break
    return stopped, kept


@kept_epoch.wrong("NoneType")
def returns_at_a_stop_only(val_losses, patience):
    best, kept = math.inf, 0
    for epoch, loss in enumerate(val_losses, start=1):
        if loss < best:
            best, kept = loss, epoch
        if epoch - kept == patience:
            return epoch, kept


@kept_epoch.wrong("`return a, b`")
def the_kept_one_only(val_losses, patience):
    return stop_of(val_losses, patience)[1]


@kept_epoch.wrong("`return a, b`")
def the_lowest_loss_too(val_losses, patience):
    stopped, kept = stop_of(val_losses, patience)
    return stopped, kept, val_losses[kept - 1]


@kept_epoch.wrong("It changes `val_losses` in place")
def takes_them_out(val_losses, patience):
    best, kept, epoch = math.inf, 0, 0
    while val_losses and epoch - kept < patience:
        epoch += 1
        if (loss := val_losses.pop(0)) < best:
            best, kept = loss, epoch
    return epoch, kept


@kept_epoch.wrong("NoneType(?s:.*)printed")
def prints_both(val_losses, patience):
    print(stop_of(val_losses, patience))


@kept_epoch.wrong("not the right number|perhaps not yours")
def the_example_alone(val_losses, patience):
    return 4, 2


for mutant, why in (
    ("stopping.on_train_begin()  ->  dropped", "it clears what an earlier training run left"),
    (
        "improved = np.concatenate([[True], losses[1:] < lowest[:-1]])  ->  "
        "improved = np.concatenate([[False], losses[1:] < lowest[:-1]])",
        "without an improvement, the epoch is taken as 0, which is that of the first",
    ),
    (
        "last = np.maximum.accumulate(np.where(improved, epochs, 0))  ->  "
        "last = np.maximum.accumulate(np.where(improved, epochs, -1))",
        "the first epoch is an improvement, so none before it is taken",
    ),
    ("return go_on(1, 1)  ->  return go_on(0, 1)", "the first loss is not lower than itself"),
    (
        "return (np.minimum(kept + patience, len(val_losses)), kept)  ->  "
        "return (np.minimum(len(val_losses), kept + patience), kept)",
        "the smaller of two has no order",
    ),
):
    kept_epoch.equivalent(mutant, why)

going_on = Bank()


@going_on.right
def with_sorted(values, factor):
    indices = []
    for n, value in enumerate(values):
        best = sorted(values[: n + 1])[-max(1, (n + 1) // factor) :]
        if value >= best[0]:
            indices.append(n)
    return indices


@going_on.right
def by_rank(values, factor):
    ranks = [sum(other > value for other in values[:n]) for n, value in enumerate(values)]
    return [n for n, rank in enumerate(ranks) if rank < max(1, (n + 1) // factor)]


@going_on.right
def with_a_sorted_list(values, factor):
    low_to_high = []
    chosen = []
    for n, value in enumerate(values, start=1):
        bisect.insort(low_to_high, value)
        if value >= low_to_high[-max(1, n // factor)]:
            chosen.append(n - 1)
    return chosen


@going_on.right
def with_limits(values, factor):
    values = np.array(values)
    counts = [max(1, n // factor) for n in range(1, len(values) + 1)]
    limits = [np.sort(values[:n])[n - count] for n, count in enumerate(counts, start=1)]
    return np.flatnonzero(values >= limits)


@going_on.right
def with_a_table(values, factor):
    values = np.array(values)
    earlier = np.tril(np.ones((len(values), len(values)), bool))
    better = (earlier & (values[None, :] > values[:, None])).sum(axis=1)
    return np.flatnonzero(better < np.maximum(np.arange(1, len(values) + 1) // factor, 1)).tolist()


@going_on.right
def with_nlargest(values, factor):
    return (n for n, value in enumerate(values) if value in heapq.nlargest(max(1, (n + 1) // factor), values[: n + 1]))


@going_on.right
def with_accumulate(values, factor):
    sets = itertools.accumulate(values, lambda seen, value: [*seen, value], initial=[])
    chosen = []
    for n, seen in enumerate(list(sets)[1:]):
        n_better = len([other for other in seen if other > seen[-1]])
        if n_better == 0 or n_better < len(seen) // factor:
            chosen.append(n)
    return chosen


@going_on.right
def with_numpy_and_a_loop(values, factor):
    goes = np.zeros(len(values), bool)
    for n in range(len(values)):
        n_best = (n + 1) // factor or 1
        goes[n] = values[n] in np.sort(values[: n + 1])[::-1][:n_best]
    return np.arange(len(values))[goes]


def best_so_far(values, n, factor):
    """Of the first n values, from the largest down; for what is wrong below."""
    return sorted(values[:n], reverse=True)[: max(1, n // factor)]


@going_on.wrong("All values are compared at once")
def at_the_end(values, factor):
    best = sorted(values, reverse=True)[: max(1, len(values) // factor)]
    return [n for n, value in enumerate(values) if value in best]


@going_on.wrong("All values are compared at once")
def of_the_order_at_the_end(values, factor):
    limit = np.sort(values)[-max(1, len(values) // factor)]
    return np.flatnonzero(np.array(values) >= limit)


@going_on.wrong("All values are looked at")
def not_cut(values, factor):
    high_to_low = sorted(values, reverse=True)
    return [n for n, value in enumerate(values) if value >= high_to_low[max(1, (n + 1) // factor) - 1]]


@going_on.wrong("smallest values go on")
def not_reversed(values, factor):
    return [n for n, value in enumerate(values) if value <= sorted(values[: n + 1])[: max(1, (n + 1) // factor)][-1]]


@going_on.wrong("equals the last of the best")
def only_one_of_equals(values, factor):
    chosen = []
    for n, value in enumerate(values, start=1):
        others = values[: n - 1]
        if sum(other >= value for other in others) < max(1, n // factor) and value not in others:
            chosen.append(n - 1)
    return chosen


@going_on.wrong("At least the best so far always goes on")
def none_at_first(values, factor):
    return [n for n, value in enumerate(values) if value in sorted(values[: n + 1])[::-1][: (n + 1) // factor]]


@going_on.wrong("a share of them is less than one")
def last_of_nothing(values, factor):
    chosen = []
    for n in range(len(values)):
        best = sorted(values[: n + 1], reverse=True)[: (n + 1) // factor]
        if values[n] >= best[-1]:
            chosen.append(n)
    return chosen


@going_on.wrong("Everything goes on until")
def minus_nothing(values, factor):
    return [n for n, value in enumerate(values) if value >= sorted(values[: n + 1])[-((n + 1) // factor) :][0]]


@going_on.wrong("rounded up")
def with_ceil(values, factor):
    return [
        n
        for n, value in enumerate(values)
        if value in sorted(values[: n + 1], reverse=True)[: math.ceil((n + 1) / factor)]
    ]


@going_on.wrong("rounded up")
def index_of_the_share(values, factor):
    better = [sum(other > value for other in values[:n]) for n, value in enumerate(values)]
    return [n for n, count in enumerate(better) if count <= (n + 1) // factor]


@going_on.wrong("rounded to the nearest")
def with_round(values, factor):
    return [
        n
        for n, value in enumerate(values)
        if value in sorted(values[: n + 1], reverse=True)[: max(1, round((n + 1) / factor))]
    ]


@going_on.wrong("isn't counted among those so far")
def of_those_before(values, factor):
    chosen = [0]
    for n in range(1, len(values)):
        if values[n] >= sorted(values[:n], reverse=True)[max(1, n // factor) - 1]:
            chosen.append(n)
    return chosen


@going_on.wrong("Only a new best goes on")
def records(values, factor):
    return [n for n, value in enumerate(values) if value == max(values[: n + 1])]


@going_on.wrong("As many as the factor")
def the_best_three(values, factor):
    return [n for n, value in enumerate(values) if value in sorted(values[: n + 1])[-factor:]]


@going_on.wrong("All but one of so many")
def the_worst_end(values, factor):
    return [
        n
        for n, value in enumerate(values)
        if sum(other > value for other in values[: n + 1]) < max(1, n + 1 - (n + 1) // factor)
    ]


@going_on.wrong("those that go on")
def those_that_end(values, factor):
    return [n for n, value in enumerate(values) if value not in best_so_far(values, n + 1, factor)]


@going_on.wrong("Those are the values")
def values_not_indices(values, factor):
    return [value for n, value in enumerate(values, start=1) if value in best_so_far(values, n, factor)]


@going_on.wrong("counted from 1")
def from_one(values, factor):
    return [n for n, value in enumerate(values, start=1) if value in best_so_far(values, n, factor)]


@going_on.wrong("yes or no for each")
def a_mask(values, factor):
    return [value in best_so_far(values, n, factor) for n, value in enumerate(values, start=1)]


@going_on.wrong("how many go on")
def a_count(values, factor):
    return sum(value in best_so_far(values, n, factor) for n, value in enumerate(values, start=1))


@going_on.wrong("indented too far")
def ended_too_early(values, factor):
    chosen = []
    for n, value in enumerate(values, start=1):
        if value in best_so_far(values, n, factor):
            chosen.append(n - 1)
        return chosen


@going_on.wrong("middle of the values")
def above_the_median(values, factor):
    return [n for n, value in enumerate(values) if value >= np.median(values[: n + 1])]


@going_on.wrong("mean of the values")
def above_the_mean(values, factor):
    return [n for n, value in enumerate(values) if value >= sum(values[: n + 1]) / (n + 1)]


@going_on.wrong("in the order of their values")
def from_the_best_down(values, factor):
    chosen = [n for n, value in enumerate(values) if value in best_so_far(values, n + 1, factor)]
    return sorted(chosen, key=values.__getitem__, reverse=True)
