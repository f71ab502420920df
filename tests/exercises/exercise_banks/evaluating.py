"""Answers to the exercises of lesson 06."""

import bisect
import fractions
import functools
import itertools
import math

import numpy as np
from sklearn.metrics import accuracy_score, recall_score

from course_utils import evaluation
from course_utils.evaluation import precision_recall
from exercise_banks import Bank

Z = 1.959964


def wilson_interval(n_correct, n, z=Z):
    """The lesson's, in its other form."""
    share = n_correct / n
    middle, half = share + z**2 / (2 * n), z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)


share_right = Bank()


@share_right.right
def by_looking_up(labels, probabilities):
    return labels[np.arange(len(labels)), probabilities.argmax(axis=1)].mean()


@share_right.right
def one_by_one(labels, probabilities):
    n_right = 0
    for label, row in zip(labels, probabilities, strict=True):
        if np.argmax(label) == np.argmax(row):
            n_right += 1
    return n_right / len(labels)


@share_right.right
def with_lists(labels, probabilities):
    labels, probabilities = labels.tolist(), probabilities.tolist()
    return sum(label[row.index(max(row))] for label, row in zip(labels, probabilities, strict=True)) / len(labels)


@share_right.right
def whole_rows(labels, probabilities):
    answers = np.eye(labels.shape[1])[np.argmax(probabilities, axis=-1)]
    return np.all(answers == labels, axis=1).astype("float32").mean()


@share_right.right
def by_the_largest(labels, probabilities):
    return np.mean(probabilities[labels == 1] == probabilities.max(axis=1))


@share_right.right
def with_sklearn(labels, probabilities):
    return accuracy_score(labels.argmax(1), probabilities.argmax(1))


@share_right.right
def with_tensorflow(labels, probabilities):
    import tensorflow as tf

    hits = tf.equal(tf.argmax(labels, axis=1), tf.argmax(probabilities, axis=1))
    return tf.reduce_mean(tf.cast(hits, "float32"))


@share_right.right
def with_keras_as_float32(labels, probabilities):
    import keras

    return keras.ops.mean(keras.metrics.categorical_accuracy(labels, probabilities))


@share_right.right
def by_sorting_the_classes(labels, probabilities):
    answers, digits = np.argsort(probabilities, axis=1)[:, -1], np.nonzero(labels)[1]
    return np.count_nonzero(answers == digits) / len(digits)


@share_right.right
def image_after_image(labels, probabilities):
    hits = (row[label == 1] == max(row) for label, row in zip(labels, probabilities, strict=True))
    return functools.reduce(lambda n, hit: n + int(hit[0]), hits, 0) / labels.shape[0]


@share_right.right
def nothing_larger_in_the_row(labels, probabilities):
    own = np.einsum("ij,ij->i", labels, probabilities)
    return ((probabilities > own[:, None]).sum(axis=1) == 0).mean()


@share_right.wrong("more than one half")
def whole_rounded_rows(labels, probabilities):
    return (np.round(probabilities) == labels).all(axis=1).mean()


@share_right.wrong("more than one half")
def above_one_half(labels, probabilities):
    return ((probabilities * labels).sum(axis=1) > 0.5).mean()


@share_right.wrong("mean probability of the true class")
def without_rounding(labels, probabilities):
    return (probabilities * labels).sum(axis=1).mean()


@share_right.wrong("down each column")
def wrong_axis(labels, probabilities):
    return (probabilities.argmax(axis=0) == labels.argmax(axis=0)).mean()


@share_right.wrong("Without an axis")
def no_axis(labels, probabilities):
    return (probabilities.argmax() == labels.argmax()).mean()


@share_right.wrong("Still number by number")
def largest_set_to_one(labels, probabilities):
    return (np.eye(labels.shape[1])[probabilities.argmax(axis=1)] == labels).mean()


@share_right.wrong("Still number by number")
def compares_with_the_largest(labels, probabilities):
    return ((probabilities == probabilities.max(axis=1, keepdims=True)) == labels).mean()


@share_right.wrong("compared with the 0s and 1s of a one-hot row")
def labels_left_as_rows(labels, probabilities):
    return (probabilities.argmax(axis=1, keepdims=True) == labels).mean()


@share_right.wrong("Which class does a one-hot row stand for")
def labels_left_as_rows_without_keepdims(labels, probabilities):
    return (probabilities.argmax(axis=1) == labels).mean()


@share_right.wrong("Compare \\*where\\* the largest numbers stand")
def compares_the_largest_numbers(labels, probabilities):
    return (probabilities.max(axis=1) == labels.max(axis=1)).mean()


@share_right.wrong("number of images read correctly")
def counts(labels, probabilities):
    return (probabilities.argmax(axis=1) == labels.argmax(axis=1)).sum()


@share_right.wrong("images times classes")
def divided_by_all_fields(labels, probabilities):
    return (probabilities.argmax(axis=1) == labels.argmax(axis=1)).sum() / labels.size


@share_right.wrong("share that is misread")
def the_errors(labels, probabilities):
    return (probabilities.argmax(axis=1) != labels.argmax(axis=1)).mean()


@share_right.wrong("in percent")
def in_percent(labels, probabilities):
    return 100 * (probabilities.argmax(axis=1) == labels.argmax(axis=1)).mean()


@share_right.wrong("a single number")
def which_are_right(labels, probabilities):
    return probabilities.argmax(axis=1) == labels.argmax(axis=1)


@share_right.wrong("end with `return`")
def prints_only(labels, probabilities):
    print((probabilities.argmax(axis=1) == labels.argmax(axis=1)).mean())


@share_right.wrong("It changes `probabilities` in place")
def clears_the_rest(labels, probabilities):
    probabilities[probabilities < probabilities.max(axis=1, keepdims=True)] = 0
    return ((probabilities > 0) & (labels == 1)).any(axis=1).mean()


@share_right.wrong("Another class may have still more")
def more_than_an_even_share(labels, probabilities):
    return (probabilities[labels == 1] > 1 / labels.shape[1]).mean()


@share_right.wrong("not the right number")
def among_the_two_likeliest(labels, probabilities):
    two = np.argsort(probabilities, axis=1)[:, -2:]
    return (two == labels.argmax(axis=1)[:, None]).any(axis=1).mean()


@share_right.wrong("with little confidence")
def more_than_four_tenths(labels, probabilities):
    return np.mean([probabilities[i, labels[i].argmax()] >= 0.4 for i in range(len(labels))])


@share_right.wrong("Did you divide with `//`")
def whole_share(labels, probabilities):
    return sum(probabilities.argmax(1) == labels.argmax(1)) // len(labels)


@share_right.wrong("rounded to two decimals")
def rounded_at_the_end(labels, probabilities):
    return round(float((probabilities.argmax(1) == labels.argmax(1)).mean()), 2)


@share_right.wrong("rounded before the largest")
def rounded_at_the_start(labels, probabilities):
    return (np.round(probabilities, 2).argmax(1) == labels.argmax(1)).mean()


@share_right.wrong("Only the first image")
def returns_in_the_loop(labels, probabilities):
    n_right = 0
    for i in range(len(labels)):
        if labels[i].argmax() == probabilities[i].argmax():
            n_right += 1
        return n_right / len(labels)


@share_right.wrong("The last image is missing")
def all_but_the_last(labels, probabilities):
    n_right = 0
    for i in range(len(labels) - 1):
        n_right += labels[i].argmax() == probabilities[i].argmax()
    return n_right / len(labels)


@share_right.wrong("second read as a 0")
def class_0_is_nothing(labels, probabilities):
    pairs = zip(labels.argmax(axis=1), probabilities.argmax(axis=1), strict=True)
    return sum(1 for label, answer in pairs if label and label == answer) / len(labels)


@share_right.wrong("never comes true")
def is_for_equal(labels, probabilities):
    pairs = zip(labels.argmax(axis=1), probabilities.argmax(axis=1), strict=True)
    return sum(label is answer for label, answer in pairs) / len(labels)


@share_right.wrong("12 classes")
def ten_classes_at_most(labels, probabilities):
    return (labels[:, :10].argmax(axis=1) == probabilities[:, :10].argmax(axis=1)).mean()


@share_right.wrong("more than 255")
def counts_in_a_byte(labels, probabilities):
    hits = (labels.argmax(axis=1) == probabilities.argmax(axis=1)).astype("uint8")
    return hits.sum(dtype="uint8") / len(hits)


@share_right.wrong("Which class does a one-hot row stand for")
def rows_against_numbers(labels, probabilities):
    answers = probabilities.argmax(axis=1)
    return (labels - answers == 0).mean()


@share_right.wrong("perhaps not yours|not the right number")
def of_the_sure_ones(labels, probabilities):
    sure = probabilities.max(axis=1) > 0.5
    return (labels.argmax(axis=1) == probabilities.argmax(axis=1))[sure].mean()


@share_right.wrong("more than one half")
def above_one_half_and_largest(labels, probabilities):
    sure = probabilities.max(axis=1) > 0.5
    return (sure & (labels.argmax(axis=1) == probabilities.argmax(axis=1))).mean()


@share_right.wrong("not the right number")
def hard_coded(labels, probabilities):
    return 0.9897


for line, other in (
    (
        "for label, row in zip(labels, probabilities, strict=True):",
        "for label, row in zip(probabilities, labels, strict=True):",
    ),
    (
        "for label, row in zip(labels, probabilities, strict=True):",
        "for row, label in zip(labels, probabilities, strict=True):",
    ),
    (
        "return accuracy_score(labels.argmax(1), probabilities.argmax(1))",
        "return accuracy_score(probabilities.argmax(1), labels.argmax(1))",
    ),
    (
        "hits = tf.equal(tf.argmax(labels, axis=1), tf.argmax(probabilities, axis=1))",
        "hits = tf.equal(tf.argmax(probabilities, axis=1), tf.argmax(labels, axis=1))",
    ),
    (
        "return keras.ops.mean(keras.metrics.categorical_accuracy(labels, probabilities))",
        "return keras.ops.mean(keras.metrics.categorical_accuracy(probabilities, labels))",
    ),
    (
        "answers, digits = (np.argsort(probabilities, axis=1)[:, -1], np.nonzero(labels)[1])",
        "digits, answers = (np.argsort(probabilities, axis=1)[:, -1], np.nonzero(labels)[1])",
    ),
    (
        "answers, digits = (np.argsort(probabilities, axis=1)[:, -1], np.nonzero(labels)[1])",
        "answers, digits = (np.nonzero(labels)[1], np.argsort(probabilities, axis=1)[:, -1])",
    ),
    (
        "own = np.einsum('ij,ij->i', labels, probabilities)",
        "own = np.einsum('ij,ij->i', probabilities, labels)",
    ),
):
    share_right.equivalent(f"{line}  ->  {other}", "whether two classes are equal does not depend on their order")
share_right.equivalent(
    "answers = np.eye(labels.shape[1])[np.argmax(probabilities, axis=-1)]  ->  "
    "answers = np.eye(labels.shape[1])[np.argmax(probabilities, axis=1)]",
    "the last axis of two, named in another way",
)
share_right.equivalent(
    "answers, digits = (np.argsort(probabilities, axis=1)[:, -1], np.nonzero(labels)[1])  ->  "
    "answers, digits = (np.argsort(probabilities)[:, -1], np.nonzero(labels)[1])",
    "the last axis, which is the default",
)
share_right.equivalent(
    "return functools.reduce(lambda n, hit: n + int(hit[0]), hits, 0) / labels.shape[0]  ->  "
    "return functools.reduce(lambda n, hit: n + int(hit[-1]), hits, 0) / labels.shape[0]",
    "the only one is the first and the last",
)

images_needed = Bank()


@images_needed.right
def with_while(share, width):
    n = 1
    low, high = wilson_interval(share, 1)
    while high - low > width:
        n += 1
        low, high = wilson_interval(share * n, n)
    return n


@images_needed.right
def with_count(share, width):
    for n in itertools.count(1):
        print("trying", n)
        low, high = wilson_interval(n * share, n)
        if width >= high - low:
            return float(n)


@images_needed.right
def by_halving(share, width):
    low, high = 0, 1_000_000
    while high - low > 1:
        middle = (low + high) // 2
        ends = wilson_interval(share * middle, middle)
        if ends[1] - ends[0] <= width:
            high = middle
        else:
            low = middle
    return high


@images_needed.right
def all_at_once(share, width):
    n = np.arange(1, 200_000)
    low, high = wilson_interval(share * n, n)
    return n[high - low <= width][0]


@images_needed.right
def by_a_formula(share, width):
    spread = 2 * share * (1 - share) / width**2 - 1
    root = np.sqrt(spread**2 + 1 / width**2 - 1)
    return np.ceil(Z**2 * (spread + root))


@images_needed.right
def as_many_as_are_too_few(share, width):
    too_wide = itertools.takewhile(lambda n: np.ptp(wilson_interval(share * n, n)) > width, itertools.count(1))
    return 1 + sum(1 for _ in too_wide)


@images_needed.right
def next_of_a_generator(share, width):
    return next(n for n in itertools.count(1) if -np.subtract(*wilson_interval(share * n, n)) <= width)


@images_needed.right
def as_an_index(share, width):
    n = np.arange(1.0, 200_000)
    low, high = wilson_interval(share * n, n)
    return np.argmax(high - low <= width) + 1


@images_needed.right
def with_bisect(share, width):
    def is_enough(n):
        low, high = wilson_interval(share * n, n)
        return high - low <= width

    numbers = range(1, 1_000_000)
    return numbers[bisect.bisect_left(numbers, True, key=is_enough)]


@images_needed.wrong("more decimals of z")
def with_z_of_two_decimals(share, width):
    n = 1
    while np.subtract(*wilson_interval(share * n, n, 1.96)[::-1]) > width:
        n += 1
    return n


@images_needed.wrong("Wald interval")
def from_the_plain_interval(share, width):
    return max(1, math.ceil((2 * Z / width) ** 2 * share * (1 - share)))


@images_needed.wrong("Wald interval")
def plain_interval_in_a_loop(share, width):
    n = 1
    while 2 * Z * np.sqrt(share * (1 - share) / n) > width:
        n += 1
    return n


@images_needed.wrong("between the share and the low end")
def looks_at_the_low_side(share, width):
    n = 1
    while share - wilson_interval(share * n, n)[0] > width:
        n += 1
    return n


@images_needed.wrong("between the share and the high end")
def looks_at_the_high_side(share, width):
    n = 1
    while wilson_interval(share * n, n)[1] - share > width:
        n += 1
    return n


@images_needed.wrong("compares half of it")
def width_as_plus_minus(share, width):
    n = 1
    low, high = wilson_interval(share, 1)
    while (high - low) / 2 > width:
        n += 1
        low, high = wilson_interval(share * n, n)
    return n


@images_needed.wrong("half as wide as it may be")
def twice_as_narrow(share, width):
    n = 1
    low, high = wilson_interval(share, 1)
    while high - low > width / 2:
        n += 1
        low, high = wilson_interval(share * n, n)
    return n


@images_needed.wrong("takes a count, and got the share")
def share_for_a_count(share, width):
    n = 1
    low, high = wilson_interval(share, n)
    while high - low > width:
        n += 1
        low, high = wilson_interval(share, n)
    return n


@images_needed.wrong("was rounded down")
def rounds_down(share, width):
    n = 1
    low, high = wilson_interval(int(share), 1)
    while high - low > width:
        n += 1
        low, high = wilson_interval(int(share * n), n)
    return n


@images_needed.wrong("was rounded\\.")
def rounds_to_the_nearest(share, width):
    n = 1
    low, high = wilson_interval(round(share), 1)
    while high - low > width:
        n += 1
        low, high = wilson_interval(round(share * n), n)
    return n


@images_needed.wrong("One too few")
def the_last_that_is_too_wide(share, width):
    n = 1
    low, high = wilson_interval(share, 1)
    while high - low > width:
        n += 1
        low, high = wilson_interval(share * n, n)
    return n - 1


@images_needed.wrong("One too many")
def raised_once_more(share, width):
    n, wide = 1, True
    while wide:
        low, high = wilson_interval(share * n, n)
        wide = high - low > width
        n += 1
    return n


@images_needed.wrong("That is the width of the interval")
def returns_the_width(share, width):
    n = 1
    low, high = wilson_interval(share, 1)
    while high - low > width:
        n += 1
        low, high = wilson_interval(share * n, n)
    return high - low


@images_needed.wrong("Turn the comparison around")
def stops_at_once(share, width):
    n = 1
    low, high = wilson_interval(share, 1)
    while high - low <= width and n < 10_000:
        n += 1
        low, high = wilson_interval(share * n, n)
    return n


@images_needed.wrong("steps of ten")
def in_steps_of_ten(share, width):
    n = 10
    while np.subtract(*wilson_interval(share * n, n)[::-1]) > width:
        n += 10
    return n


@images_needed.wrong("steps of a hundred")
def in_steps_of_a_hundred(share, width):
    return next(n for n in range(100, 10**6, 100) if np.subtract(*wilson_interval(share * n, n)[::-1]) <= width)


@images_needed.wrong("doubled each time")
def doubles(share, width):
    n = 1
    while np.subtract(*wilson_interval(share * n, n)[::-1]) > width:
        n *= 2
    return n


@images_needed.wrong("It raised ZeroDivisionError(.|\n)*share = ")
def begins_with_no_image(share, width):
    n = 0
    while np.subtract(*wilson_interval(share * n, n)[::-1]) > width:
        n += 1
    return n


@images_needed.wrong("not the right number(.|\n)*so wide that one image will do")
def begins_with_two(share, width):
    n = 3
    while np.subtract(*wilson_interval(share * n, n)[::-1]) > width:
        n += 1
    return n


@images_needed.wrong("thousands of images")
def stops_looking_too_early(share, width):
    for n in range(1, 3500):
        low, high = wilson_interval(share * n, n)
        if high - low <= width:
            return n


@images_needed.wrong("is None(.|\n)*more than a hundred thousand")
def stops_looking_at_a_hundred_thousand(share, width):
    for n in range(1, 100_000):
        low, high = wilson_interval(share * n, n)
        if high - low <= width:
            return n


@images_needed.wrong("number of right images")
def returns_the_right_ones(share, width):
    n = 1
    while np.subtract(*wilson_interval(share * n, n)[::-1]) > width:
        n += 1
    return share * n


@images_needed.wrong("nothing but errors")
def for_no_share_a_half(share, width):
    share = share or 0.5
    n = 1
    while np.subtract(*wilson_interval(share * n, n)[::-1]) > width:
        n += 1
    return n


@images_needed.wrong("not the right number")
def of_99_percent_confidence(share, width):
    n = 1
    while np.subtract(*wilson_interval(share * n, n, z=2.575829)[::-1]) > width:
        n += 1
    return n


@images_needed.wrong("not the right number")
def at_least_thirty(share, width):
    n = 30
    while np.subtract(*wilson_interval(share * n, n)[::-1]) > width:
        n += 1
    return n


@images_needed.wrong("Wald interval")
def plain_interval_less_z_squared(share, width):
    return np.ceil(4 * Z**2 * share * (1 - share) / width**2) or 1


@images_needed.wrong("One too few")
def rounded_formula(share, width):
    spread = 2 * share * (1 - share) / width**2 - 1
    return round(Z**2 * (spread + np.sqrt(spread**2 + 1 / width**2 - 1)))


@images_needed.wrong("so wide that one image will do|as wide as it can be")
def truncated_formula(share, width):
    spread = 2 * share * (1 - share) / width**2 - 1
    return int(Z**2 * (spread + np.sqrt(spread**2 + 1 / width**2 - 1))) + 1 - (width > 0.9)


@images_needed.wrong("begin with one image(.|\n)*It raised ZeroDivisionError")
def range_from_zero(share, width):
    for n in range(10**6):
        low, high = wilson_interval(share * n, n)
        if high - low <= width:
            return n


@images_needed.wrong("One too many")
def in_growing_steps(share, width):
    n = 1
    while np.subtract(*wilson_interval(share * n, n)[::-1]) > width:
        n = n + 1 + n // 100
    return n


@images_needed.wrong("took too long")
def endless(share, width):
    n = 1
    low, high = wilson_interval(share * n, n)
    while high - low > width:
        low, high = wilson_interval(share * n, n)
    return n


@images_needed.wrong("end with `return`")
def prints_only_the_number(share, width):
    n = 1
    while np.subtract(*wilson_interval(share * n, n)[::-1]) > width:
        n += 1
    print(n)


@images_needed.wrong("a single number")
def returns_the_interval(share, width):
    n = 1
    while np.subtract(*wilson_interval(share * n, n)[::-1]) > width:
        n += 1
    return wilson_interval(share * n, n)


@images_needed.wrong("not the right number")
def hard_coded_example(share, width):
    return 10


@images_needed.wrong("a count is not a share")
def with_the_courses_own(share, width):
    n = 1
    while np.subtract(*evaluation.wilson_interval(share * n, n)[::-1]) > width:
        n += 1
    return n


for line, other in (
    ("if high - low <= width:", "if high - low < width:"),
    ("while high - low > width:", "while high - low >= width:"),
    ("if width >= high - low:", "if width > high - low:"),
    ("if ends[1] - ends[0] <= width:", "if ends[1] - ends[0] < width:"),
    ("return n[high - low <= width][0]", "return n[high - low < width][0]"),
    ("return high - low <= width", "return high - low < width"),
    ("return np.argmax(high - low <= width) + 1", "return np.argmax(high - low < width) + 1"),
    (
        "return next((n for n in itertools.count(1) if -np.subtract(*wilson_interval(share * n, n)) <= width))",
        "return next((n for n in itertools.count(1) if -np.subtract(*wilson_interval(share * n, n)) < width))",
    ),
    (
        "too_wide = itertools.takewhile(lambda n: np.ptp(wilson_interval(share * n, n)) > width, itertools.count(1))",
        "too_wide = itertools.takewhile(lambda n: np.ptp(wilson_interval(share * n, n)) >= width, itertools.count(1))",
    ),
):
    images_needed.equivalent(f"{line}  ->  {other}", "no width is met exactly")
for start, end in ((1, 199_999), (1, 200_001), (0, 200_000)):
    images_needed.equivalent(
        f"n = np.arange(1, 200000)  ->  n = np.arange({start}, {end})",
        "more, or fewer, n than are needed; and the width for no image is NaN, which is at most nothing",
    )
for end in (199_999, 200_001):
    images_needed.equivalent(
        f"n = np.arange(1.0, 200000)  ->  n = np.arange(1.0, {end})", "more, or fewer, n than are needed"
    )
for end in (999_999, 1_000_001):
    images_needed.equivalent(
        f"numbers = range(1, 1000000)  ->  numbers = range(1, {end})", "more, or fewer, n than are needed"
    )
    images_needed.equivalent(
        f"low, high = (0, 1000000)  ->  low, high = (0, {end})", "any number that is enough can be halved down from"
    )

better_recipe = Bank()
better_recipe.right_value("c", "C", " c ")
better_recipe.wrong_value("one case of eleven", "a")
better_recipe.wrong_value("The bars of seed 0 and seed 3 don't touch either", "b")
better_recipe.wrong_value("not that there is none", "d")
better_recipe.wrong_value('Answer with one of `"a"`', "e", "", "(c)", 3, None, ["c"], True)

accuracy_elsewhere = Bank()


@accuracy_elsewhere.right
def class_by_class(matrix, shares):
    accuracy = 0
    for label, share in enumerate(shares):
        accuracy += share * matrix[label, label] / sum(matrix[label])
    return accuracy


@accuracy_elsewhere.right
def as_a_product(matrix, shares):
    return shares @ (matrix.diagonal() / matrix.sum(1))


@accuracy_elsewhere.right
def from_a_new_matrix(matrix, shares):
    elsewhere = shares[:, None] * matrix / matrix.sum(axis=1, keepdims=True)
    return np.trace(elsewhere)


@accuracy_elsewhere.right
def with_lists_of_rows(matrix, shares):
    rows, shares = matrix.tolist(), shares.tolist()
    return sum(shares[c] * rows[c][c] / sum(rows[c]) for c in range(len(rows)))


@accuracy_elsewhere.right
def with_the_courses_recall(matrix, shares):
    _, recall = precision_recall(matrix)
    return np.average(recall, weights=shares)


@accuracy_elsewhere.right
def image_by_image(matrix, shares):
    labels = np.repeat(np.arange(len(matrix)), matrix.sum(axis=1))
    answers = np.concatenate([np.repeat(np.arange(len(matrix)), row) for row in matrix])
    return recall_score(labels, answers, average=None) @ shares


@accuracy_elsewhere.right
def with_einsum(matrix, shares):
    return np.einsum("i,ii,i->", shares, matrix, 1 / matrix.sum(axis=1))


@accuracy_elsewhere.right
def with_tensorflow_tensors(matrix, shares):
    import tensorflow as tf

    recalls = tf.linalg.diag_part(matrix) / tf.reduce_sum(matrix, axis=1)
    return tf.reduce_sum(tf.cast(recalls, "float32") * tf.cast(shares, "float32"))


@accuracy_elsewhere.right
def from_images_drawn_there(matrix, shares):
    there = np.diag(shares / matrix.sum(axis=1)) @ matrix
    return np.sum(there * np.eye(len(shares)))


@accuracy_elsewhere.right
def one_less_the_errors(matrix, shares):
    errors = 0
    for row in range(len(matrix)):
        for column in range(len(matrix)):
            if row != column:
                errors += shares[row] * matrix[row, column] / matrix[row].sum()
    return 1 - errors


@accuracy_elsewhere.right
def class_after_class(matrix, shares):
    if not len(matrix):
        return 0.0
    rest = class_after_class(matrix[1:], shares[1:])
    label = matrix.shape[1] - len(matrix)
    return rest + shares[0] * matrix[0, label] / matrix[0].sum()


@accuracy_elsewhere.wrong("`shares` has no say in it")
def accuracy_here(matrix, shares):
    return np.trace(matrix) / np.sum(matrix)


@accuracy_elsewhere.wrong("which gives precision")
def with_precision(matrix, shares):
    return (shares * np.diag(matrix) / matrix.sum(axis=0)).sum()


@accuracy_elsewhere.wrong("which gives precision")
def with_the_wrong_one_of_two(matrix, shares):
    recall, _ = precision_recall(matrix)
    return (shares * recall).sum()


@accuracy_elsewhere.wrong("mean of the recalls")
def all_classes_alike(matrix, shares):
    return (np.diag(matrix) / matrix.sum(axis=1)).mean()


@accuracy_elsewhere.wrong("once too often")
def takes_the_mean(matrix, shares):
    return (shares * np.diag(matrix) / matrix.sum(axis=1)).mean()


@accuracy_elsewhere.wrong("This multiplies counts")
def weights_counts(matrix, shares):
    return shares @ np.diag(matrix)


@accuracy_elsewhere.wrong("all images of the test set")
def divides_by_all(matrix, shares):
    return (shares * np.diag(matrix)).sum() / matrix.sum()


@accuracy_elsewhere.wrong("still hold as many images")
def weights_the_rows(matrix, shares):
    weighted = shares[:, None] * matrix
    return np.trace(weighted) / weighted.sum()


@accuracy_elsewhere.wrong("accuracy is their sum")
def the_parts(matrix, shares):
    return shares * np.diag(matrix) / matrix.sum(axis=1)


@accuracy_elsewhere.wrong("Those are the recalls")
def the_recalls(matrix, shares):
    return np.diag(matrix) / matrix.sum(axis=1)


@accuracy_elsewhere.wrong("error rate to expect")
def the_errors(matrix, shares):  # noqa: F811
    return 1 - (shares * np.diag(matrix) / matrix.sum(axis=1)).sum()


@accuracy_elsewhere.wrong("divide with `//`")
def whole_numbers(matrix, shares):
    return sum(share * (row[c] // row.sum()) for c, (share, row) in enumerate(zip(shares, matrix, strict=True)))


@accuracy_elsewhere.wrong("in percent")
def hundred_times(matrix, shares):
    return 100 * (shares * np.diag(matrix) / matrix.sum(axis=1)).sum()


@accuracy_elsewhere.wrong("rounded to two decimals")
def two_decimals(matrix, shares):
    return round(float((shares * np.diag(matrix) / matrix.sum(axis=1)).sum()), 2)


@accuracy_elsewhere.wrong("rounded to three decimals")
def three_decimals(matrix, shares):
    return round(float((shares * np.diag(matrix) / matrix.sum(axis=1)).sum()), 3)


@accuracy_elsewhere.wrong("rounded to four decimals")
def four_decimals(matrix, shares):
    return np.round((shares * np.diag(matrix) / matrix.sum(axis=1)).sum(), 4)


@accuracy_elsewhere.wrong("Only the first class")
def returns_in_the_loop_of_classes(matrix, shares):
    accuracy = 0
    for label in range(len(shares)):
        accuracy += shares[label] * matrix[label, label] / matrix[label].sum()
        return accuracy


@accuracy_elsewhere.wrong("The last class is missing")
def range_less_one(matrix, shares):
    return sum(shares[i] * matrix[i, i] / matrix[i].sum() for i in range(len(shares) - 1))


@accuracy_elsewhere.wrong("The first class is missing")
def range_from_one(matrix, shares):
    return sum(shares[i] * matrix[i, i] / matrix[i].sum() for i in range(1, len(shares)))


@accuracy_elsewhere.wrong("reverse order")
def shares_from_the_end(matrix, shares):
    return sum(shares[-1 - i] * matrix[i, i] / matrix[i].sum() for i in range(len(shares)))


@accuracy_elsewhere.wrong("An index goes past the end(.|\n)*two classes")
def ten_classes(matrix, shares):
    return sum(shares[i] * matrix[i, i] / matrix[i].sum() for i in range(10))


@accuracy_elsewhere.wrong("12 classes")
def up_to_ten_classes(matrix, shares):
    return sum(shares[i] * matrix[i, i] / matrix[i].sum() for i in range(min(10, len(shares))))


@accuracy_elsewhere.wrong("not the right number")
def sums_in_a_byte(matrix, shares):
    return (shares * np.diag(matrix) / matrix.sum(axis=1, dtype="uint8")).sum()


@accuracy_elsewhere.wrong("never read correctly")
def smoothed(matrix, shares):
    recalls = np.diag(matrix) / matrix.sum(axis=1)
    return (shares * np.where(recalls == 0, 1 / len(recalls), recalls)).sum()


@accuracy_elsewhere.wrong("not the right number")
def likeliest_class_only(matrix, shares):
    most = shares.argmax()
    return matrix[most, most] / matrix[most].sum()


@accuracy_elsewhere.wrong("not the right number")
def divides_by_the_wrong_rows(matrix, shares):
    return (shares * np.diag(matrix) / (matrix.sum(axis=1) - np.diag(matrix))).sum()


@accuracy_elsewhere.wrong("end with `return`")
def returns_nothing(matrix, shares):
    (shares * np.diag(matrix) / matrix.sum(axis=1)).sum()


@accuracy_elsewhere.wrong("It changes `shares` in place")
def weights_in_place(matrix, shares):
    shares *= np.diag(matrix) / matrix.sum(axis=1)
    return shares.sum()


@accuracy_elsewhere.wrong("a single number")
def forgets_the_diagonal(matrix, shares):
    return shares @ (matrix / matrix.sum(axis=1, keepdims=True))


@accuracy_elsewhere.wrong("first two classes only(.|\n)*three classes")
def two_classes_only(matrix, shares):
    return shares[0] * matrix[0, 0] / (matrix[0, 0] + matrix[0, 1]) + shares[1] * matrix[1, 1] / (
        matrix[1, 0] + matrix[1, 1]
    )


@accuracy_elsewhere.wrong("not the right number")
def hard_coded_here(matrix, shares):
    return 0.56


for mutant in (
    "shares[None, :] * matrix / matrix.sum(axis=1, keepdims=True)",
    "shares[:, None] * matrix / matrix.sum(axis=1)",
    "shares[:, None] * matrix / matrix.sum(axis=1, keepdims=False)",
):
    accuracy_elsewhere.equivalent(
        f"elsewhere = shares[:, None] * matrix / matrix.sum(axis=1, keepdims=True)  ->  elsewhere = {mutant}",
        "only the diagonal is used, and there row and column are the same",
    )
accuracy_elsewhere.equivalent(
    "return shares @ (matrix.diagonal() / matrix.sum(1))  ->  return matrix.diagonal() / matrix.sum(1) @ shares",
    "the product of two vectors does not depend on their order",
)
accuracy_elsewhere.equivalent(
    "return recall_score(labels, answers, average=None) @ shares  ->  "
    "return shares @ recall_score(labels, answers, average=None)",
    "the product of two vectors does not depend on their order",
)
for mutant in ("matrix @ np.diag(shares / matrix.sum(axis=1))", "np.diag(shares / matrix.sum(axis=1)) * matrix"):
    accuracy_elsewhere.equivalent(
        f"there = np.diag(shares / matrix.sum(axis=1)) @ matrix  ->  there = {mutant}",
        "only the diagonal is used, and there row and column are the same",
    )


asking_threshold = Bank()
asking_threshold.right_value(0.99, 0.990, np.float64(0.99), np.float32(0.99), np.array(0.99), 1 - 0.01, 99 / 100)
asking_threshold.right_value(fractions.Fraction(99, 100))
for threshold, cost in ((0.5, "1,043"), (0.6, "935"), (0.7, "808"), (0.8, "649"), (0.9, "511")):
    asking_threshold.wrong_value(f"{threshold} costs {cost}(.|\n)*ask more often", threshold, np.float32(threshold))
asking_threshold.wrong_value("0.95 costs 441(.|\n)*1 in 20 ought to be wrong", 0.95, 1 - 1 / 20)
asking_threshold.wrong_value("0.999 costs 372(.|\n)*what people read", 0.999, np.float32(0.999))
asking_threshold.wrong_value("what a threshold costs", 311, 441, 372.0)
asking_threshold.wrong_value("does a person read", 171, 71)
asking_threshold.wrong_value("wrong answers are taken with one", 7, 17)
asking_threshold.wrong_value("In percent", 99, 95.0, 99.9)
asking_threshold.wrong_value("falls short of 1", 0.01, 1 - 0.99, 0.05)
asking_threshold.wrong_value("Neither is listed", 0, 1, 1.0)
asking_threshold.wrong_value(
    "not on the list: 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99 or 0.999", 0.98, 0.995, 0.9999, 0.55, -0.99
)
asking_threshold.wrong_value("not on the list", 2, 20, 6, np.inf)
asking_threshold.wrong_value("is text", "0.99", "99%")
asking_threshold.wrong_value("answer to a question", True, np.False_)
asking_threshold.wrong_value(
    "a single number: one of 0.5", [0.99], (0, 99), np.array([0.99]), (0.99, 311), [], np.ones(8, dtype=bool)
)
asking_threshold.wrong_value("NaN", math.nan)
asking_threshold.wrong_value("real numbers", 0.99j, {0.99: 311}, [None])
asking_threshold.wrong_value("Your answer is None", None)
asking_threshold.wrong_value("not a function", min, lambda t: 0.99)
asking_threshold.wrong_value("larger than any float", 10**400)
