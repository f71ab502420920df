"""Intervals, confusion, worst errors and calibration: held to SciPy, scikit-learn and values worked by hand."""

import json
from statistics import NormalDist

import numpy as np
import pytest
from lesson_rules import lesson_functions
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, logsumexp, softmax
from scipy.stats import binom, binomtest, fisher_exact
from sklearn import metrics
from sklearn.calibration import calibration_curve

from course_utils import data, evaluation
from course_utils.networks import SEED_NETWORK_FILE, load_seed_network, load_seed_probabilities
from course_utils.results import read_result

pytestmark = pytest.mark.numbers

COUNTS = [(0, 1), (1, 1), (0, 50), (50, 50), (1, 3), (99, 100), (9897, 10000), (10000, 10000), (7, 10**8)]


@pytest.fixture(scope="module")
def lesson():
    return lesson_functions("06_evaluating")


def random_labels(seed, n=500, n_classes=10):
    """True and predicted classes that agree about half of the time."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, n_classes, n)
    return labels, np.where(rng.random(n) < 0.5, labels, rng.integers(0, n_classes, n))


def random_probabilities(seed, n=500, n_classes=10, dtype="float64"):
    """Softmax of random logits, and labels that are the likeliest class about half of the time."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 3, (n, n_classes))
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = np.where(rng.random(n) < 0.5, probabilities.argmax(axis=1), rng.integers(0, n_classes, n))
    return probabilities.astype(dtype), labels


# Intervals


@pytest.mark.parametrize(("n_correct", "n"), COUNTS)
@pytest.mark.parametrize("level", [0.8, 0.95, 0.999])
def test_wilson_interval_is_scipys(n_correct, n, level):
    expected = binomtest(n_correct, n).proportion_ci(level, method="wilson")
    z = NormalDist().inv_cdf((1 + level) / 2)
    np.testing.assert_allclose(evaluation.wilson_interval(n_correct, n, z=z), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("counts", [(0, 0), (0, 1), (5, 5), (5, 6), (2, 54), (31, 44), (400, 300)])
def test_mcnemar_is_a_fair_coins(counts):
    expected = binomtest(counts[0], sum(counts)).pvalue if sum(counts) else 1
    np.testing.assert_allclose(evaluation.mcnemar_p_value(*counts), expected, rtol=1e-9)
    assert evaluation.mcnemar_p_value(*counts) == evaluation.mcnemar_p_value(*reversed(counts))


def test_mcnemar_of_all_training_images_ends():
    """It took longer than a minute when each count of ways was computed by itself."""
    assert evaluation.mcnemar_p_value(30000, 30000) == 1
    np.testing.assert_allclose(evaluation.mcnemar_p_value(9700, 10000), binomtest(9700, 19700).pvalue, rtol=1e-9)


@pytest.mark.parametrize("counts", [(-1, 3), (3, 0.5), (None, 3)])
def test_mcnemar_says_what_is_no_count(counts):
    with pytest.raises(ValueError, match="n_only_"):
        evaluation.mcnemar_p_value(*counts)


def test_wilson_interval_is_of_95_percent_unless_told():
    expected = binomtest(9897, 10000).proportion_ci(0.95, method="wilson")
    np.testing.assert_allclose(evaluation.wilson_interval(9897, 10000), expected, rtol=0, atol=1e-9)


def test_wilson_interval_worked_by_hand():
    # z = 2 and 3 of 4: the roots of (1 + 4/4) p^2 - (2 * 3/4 + 4/4) p + 9/16 = 2 p^2 - 2.5 p + 0.5625
    root = (2.5**2 - 4 * 2 * 0.5625) ** 0.5
    assert evaluation.wilson_interval(3, 4, z=2) == pytest.approx(((2.5 - root) / 4, (2.5 + root) / 4))
    # none of n: from 0 to z^2 / (n + z^2), which the Wald interval shrinks to a point
    assert evaluation.wilson_interval(0, 96, z=2) == (0, pytest.approx(0.04))


@pytest.mark.parametrize("n", [1, 7, 100, 10000, 123457])
def test_wilson_interval_ends_exactly_at_0_and_1(n):
    assert evaluation.wilson_interval(0, n)[0] == 0 and evaluation.wilson_interval(n, n)[1] == 1
    low, high = evaluation.wilson_interval(n, n)
    assert 0 < low < 1 and evaluation.wilson_interval(0, n) == pytest.approx((1 - high, 1 - low))


def test_wilson_interval_holds_the_truth_as_often_as_promised():
    """Summed over all counts, not drawn: the share of test sets of 1000 whose interval holds the true accuracy."""
    counts = np.arange(1001)
    low, high = np.transpose([evaluation.wilson_interval(count, 1000) for count in counts])
    for truth in (0.5, 0.9, 0.97, 0.99):
        share = binom.pmf(counts, 1000, truth)[(low <= truth) & (truth <= high)].sum()
        assert 0.935 < share < 0.965


def test_wilson_interval_takes_numpys_and_whole_floats():
    expected = evaluation.wilson_interval(99, 100)
    assert evaluation.wilson_interval(np.int64(99), np.uint8(100)) == expected
    assert evaluation.wilson_interval(99.0, np.float32(100)) == expected
    assert all(type(end) is float for end in expected)


@pytest.mark.parametrize(
    ("n_correct", "n", "message"),
    [
        (0.9897, 10000, "n_correct must be one whole number, got 0.9897; a count is not a share"),
        (float("nan"), 10, "n_correct must be one whole number"),
        (float("inf"), 10, "n_correct must be one whole number"),
        (5, float("nan"), "n must be one whole number"),
        (np.array([5, 6]), 10, "n_correct must be one whole number"),
        ("5", 10, "n_correct must be one whole number"),
        (None, 10, "n_correct must be one whole number"),
        (-1, 10, "n_correct must be at least 0, got -1"),
        (0, 0, "n must be at least 1, got 0"),
        (10000, 9897, "n_correct must be at most n, got 10000 of 9897; is their order right?"),
    ],
)
def test_wilson_interval_names_a_bad_count(n_correct, n, message):
    with pytest.raises(ValueError) as caught:
        evaluation.wilson_interval(n_correct, n)
    assert message in str(caught.value)


@pytest.mark.parametrize("z", [0, -1.96, float("nan"), float("inf"), "1.96", None])
def test_wilson_interval_names_a_bad_z(z):
    with pytest.raises(ValueError, match="z must be a positive number"):
        evaluation.wilson_interval(5, 10, z=z)


# Confusion


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("n_classes", [2, 3, 10])
def test_confusion_matrix_is_scikit_learns(seed, n_classes):
    labels, predicted = random_labels(seed, n_classes=n_classes)
    expected = metrics.confusion_matrix(labels, predicted, labels=range(n_classes))
    np.testing.assert_array_equal(evaluation.confusion_matrix(labels, predicted, n_classes=n_classes), expected)


def test_confusion_matrix_worked_by_hand():
    matrix = evaluation.confusion_matrix([0, 0, 1, 2, 2, 2], [0, 2, 1, 2, 2, 0], n_classes=4)
    assert matrix.tolist() == [[1, 0, 1, 0], [0, 1, 0, 0], [1, 0, 2, 0], [0, 0, 0, 0]]  # row: true class
    assert np.issubdtype(matrix.dtype, np.integer)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int64", "uint64"])
def test_confusion_matrix_takes_every_integer_type(dtype):
    labels, predicted = random_labels(0)
    expected = evaluation.confusion_matrix(labels, predicted)
    np.testing.assert_array_equal(evaluation.confusion_matrix(labels.astype(dtype), predicted.astype(dtype)), expected)


@pytest.mark.parametrize(
    ("labels", "predicted", "error", "message"),
    [
        ([], [], ValueError, "labels must hold at least one"),
        ([1, 2], [1, 2, 3], ValueError, "predicted must be as many"),
        ([1, 10], [1, 2], ValueError, "labels must be from 0 to 9, got 1 to 10"),
        ([1, 2], [-1, 2], ValueError, "predicted must be from 0 to 9, got -1 to 2"),
        ([1.0, 2.0], [1, 2], TypeError, "labels must be integers"),
        ([1, 2], [1.0, float("nan")], TypeError, "predicted must be integers"),
        (["1", "2"], [1, 2], TypeError, "labels must be integers"),
        (np.eye(10, dtype=int)[:2], [1, 2], ValueError, "labels.argmax(axis=1)"),
        ([1, 2], np.full((2, 10), 0.1), ValueError, "predicted.argmax(axis=1)"),
        (1, 1, ValueError, "labels must have shape (n,)"),
    ],
)
def test_confusion_matrix_names_bad_input(labels, predicted, error, message):
    with pytest.raises(error) as caught:
        evaluation.confusion_matrix(labels, predicted)
    assert message in str(caught.value)


@pytest.mark.parametrize("seed", range(3))
def test_precision_and_recall_are_scikit_learns(seed):
    labels, predicted = random_labels(seed, n=40)  # so few that a class may lack
    labels[labels == 4], predicted[predicted == 7] = 5, 8  # and two lack for certain
    expected = metrics.precision_recall_fscore_support(labels, predicted, labels=range(10), zero_division=np.nan)
    found = evaluation.precision_recall(evaluation.confusion_matrix(labels, predicted))
    np.testing.assert_allclose(found, expected[:2])
    assert np.isnan(found[0][7]) and np.isnan(found[1][4])


def test_precision_and_recall_worked_by_hand():
    precision, recall = evaluation.precision_recall([[8, 2, 0], [1, 9, 0], [0, 0, 0]])
    np.testing.assert_allclose(precision, [8 / 9, 9 / 11, np.nan])  # columns; nothing was called 2: no warning, NaN
    np.testing.assert_allclose(recall, [0.8, 0.9, np.nan])  # rows


@pytest.mark.parametrize(
    ("matrix", "error", "message"),
    [
        (np.zeros((2, 3), int), ValueError, "matrix must be square, of shape (n_classes, n_classes), got shape (2, 3)"),
        (np.zeros(4, int), ValueError, "got shape (4,)"),
        (np.zeros((0, 0), int), ValueError, "got shape (0, 0)"),
        ([[0.9, 0.1], [0.2, 0.8]], TypeError, "counts, as confusion_matrix gives them, got dtype float64"),
        ([[1.0, float("nan")], [0.0, 1.0]], TypeError, "matrix must hold counts"),
        ([[1, -1], [0, 1]], ValueError, "matrix must hold counts, as confusion_matrix gives them, got -1"),
    ],
)
def test_precision_recall_names_bad_input(matrix, error, message):
    with pytest.raises(error) as caught:
        evaluation.precision_recall(matrix)
    assert message in str(caught.value)


# Probabilities


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_check_probabilities_lets_probabilities_pass(dtype):
    probabilities, _ = random_probabilities(0, dtype=dtype)
    assert evaluation.check_probabilities(probabilities, n=500) is probabilities
    assert evaluation.check_probabilities([[0, 1], [1, 0]]).tolist() == [[0, 1], [1, 0]]  # certainties are allowed


GOOD = np.full((3, 10), 0.1)
LOGITS = np.random.default_rng(0).normal(0, 3, (3, 10))
COLUMNS = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=0)  # softmax over the wrong axis
BAD_PROBABILITIES = [
    (GOOD[0], ValueError, "must have shape (n, n_classes), got (10,); one row is a batch of one: probabilities[None]"),
    (GOOD[None], ValueError, "must have shape (n, n_classes), got (1, 3, 10)"),
    (GOOD[:0], ValueError, "must have shape (n, n_classes), got (0, 10)"),
    (GOOD[:, :0], ValueError, "must have shape (n, n_classes), got (3, 0)"),
    (0.5, ValueError, "must have shape (n, n_classes), got ()"),
    (np.where(np.eye(3, 10) > 0, np.nan, GOOD), ValueError, "must be finite, got NaN or infinity"),
    (np.where(np.eye(3, 10) > 0, np.inf, GOOD), ValueError, "must be finite, got NaN or infinity"),
    (LOGITS, ValueError, "logits need a softmax first"),
    (100 * GOOD, ValueError, "must be in [0, 1], got 10 to 10"),
    (12 * GOOD, ValueError, "must be in [0, 1], got 1.2 to 1.2"),
    (GOOD - 0.2 * np.eye(3, 10), ValueError, "must be in [0, 1], got -0.1 to 0.1"),
    (COLUMNS, ValueError, "was softmax taken over the classes, axis=1?"),
    (GOOD + 0.05 * np.arange(3)[:, None], ValueError, "must sum to 1, got 2 in row 2"),
    (GOOD * [[1], [0.5], [1]], ValueError, "must sum to 1, got 0.5 in row 1"),
    (GOOD.astype(str), TypeError, "probabilities must be real numbers"),
    (GOOD + 0j, TypeError, "probabilities must be real numbers, got dtype complex128"),
    (GOOD > 0.5, TypeError, "probabilities must be real numbers, got dtype bool"),
    (None, TypeError, "probabilities must be real numbers"),
]


@pytest.mark.parametrize("use", [evaluation.worst_errors, evaluation.calibration])
@pytest.mark.parametrize(("probabilities", "error", "message"), BAD_PROBABILITIES)
def test_bad_probabilities_are_named(use, probabilities, error, message):
    with pytest.raises(error) as caught:
        use(probabilities, [0, 1, 2])
    assert message in str(caught.value)


def test_check_probabilities_counts_the_rows():
    with pytest.raises(ValueError, match="a row for each of the 4 labels, got 3 rows"):
        evaluation.check_probabilities(GOOD, n=4)


@pytest.mark.parametrize("use", [evaluation.worst_errors, evaluation.calibration])
@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        ([0, 1], ValueError, "labels must be as many"),
        ([0, 1, 10], ValueError, "labels must be from 0 to 9, got 0 to 10"),
        ([0, 1, -1], ValueError, "labels must be from 0 to 9, got -1 to 1"),
        ([], ValueError, "labels must hold at least one"),
        ([0.0, 1.0, float("nan")], TypeError, "labels must be integers"),
        (np.eye(10, dtype=int)[:3], ValueError, "labels.argmax(axis=1)"),
    ],
)
def test_bad_labels_are_named(use, labels, error, message):
    with pytest.raises(error) as caught:
        use(GOOD, labels)
    assert message in str(caught.value)


# Worst errors


@pytest.mark.parametrize("seed", range(3))
def test_worst_errors_are_those_of_a_plain_loop(seed):
    probabilities, labels = random_probabilities(seed, n=200)
    wrong = [(row[label], index) for index, (row, label) in enumerate(zip(probabilities, labels, strict=True))
             if max(range(10), key=row.__getitem__) != label]  # fmt: skip
    assert 50 < len(wrong) < 150
    assert evaluation.worst_errors(probabilities, labels, n=7).tolist() == [index for _, index in sorted(wrong)[:7]]
    assert len(evaluation.worst_errors(probabilities, labels, n=1000)) == len(wrong)
    assert len(evaluation.worst_errors(probabilities, labels)) == 10


def test_worst_errors_worked_by_hand():
    probabilities = [[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.9, 0.1], [0.7, 0.3]]
    assert evaluation.worst_errors(probabilities, [1, 1, 1, 1, 0]).tolist() == [0, 3, 1]  # 0 and 3 tie: in order
    assert evaluation.worst_errors(probabilities, [1, 1, 1, 1, 0], n=1).tolist() == [0]
    assert evaluation.worst_errors(probabilities, [1, 1, 1, 1, 0], n=0).tolist() == []
    assert evaluation.worst_errors(probabilities, [0, 0, 1, 0, 0]).tolist() == []  # no error at all


@pytest.mark.parametrize(("n", "message"), [(-1, "n must be at least 0"), (2.5, "n must be one whole number")])
def test_worst_errors_names_a_bad_n(n, message):
    with pytest.raises(ValueError, match=message):
        evaluation.worst_errors(GOOD, [0, 1, 2], n=n)


# Calibration


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("n_bins", [1, 5, 10, 15])
def test_calibration_is_scikit_learns(n_bins, dtype):
    probabilities, labels = random_probabilities(1, n=3000, dtype=dtype)
    confidence, accuracy, counts, error = evaluation.calibration(probabilities, labels, n_bins=n_bins)
    right, confident = probabilities.argmax(axis=1) == labels, probabilities.max(axis=1).astype(float)
    expected_accuracy, expected_confidence = calibration_curve(right, confident, n_bins=n_bins)
    np.testing.assert_allclose(accuracy, expected_accuracy)
    np.testing.assert_allclose(confidence, expected_confidence)
    assert counts.tolist() == [c for c in np.histogram(confident, bins=n_bins, range=(0, 1))[0] if c]
    gaps = abs(expected_accuracy - expected_confidence)
    assert error == pytest.approx(sum(c * gap for c, gap in zip(counts, gaps, strict=True)) / 3000)


def test_calibration_worked_by_hand():
    # two bins: below 0.5 there is nothing; 0.6, 0.6, 0.8, 1.0 are right, wrong, right, right
    probabilities = [[0.6, 0.4], [0.4, 0.6], [0.8, 0.2], [0.0, 1.0]]
    confidence, accuracy, counts, error = evaluation.calibration(probabilities, [0, 0, 0, 1], n_bins=2)
    assert (confidence.tolist(), accuracy.tolist(), counts.tolist()) == ([pytest.approx(0.75)], [0.75], [4])
    assert error == pytest.approx(0)
    # ten bins: |1/2 - 0.6| twice, |1 - 0.8|, |1 - 1.0|; a confidence of 1 belongs to the last bin
    confidence, accuracy, counts, error = evaluation.calibration(probabilities, [0, 0, 0, 1])
    assert (accuracy.tolist(), counts.tolist()) == ([0.5, 1, 1], [2, 1, 1])
    assert error == pytest.approx((0.1 + 0.1 + 0.2 + 0) / 4)


def test_calibration_has_ten_bins_unless_told():
    probabilities, labels = random_probabilities(2)
    np.testing.assert_array_equal(
        evaluation.calibration(probabilities, labels)[2], evaluation.calibration(probabilities, labels, n_bins=10)[2]
    )


def test_confidence_on_an_edge_belongs_to_the_upper_bin():
    _, _, counts, _ = evaluation.calibration([[0.5, 0.25, 0.25], [0.375, 0.375, 0.25]], [0, 0], n_bins=4)
    assert counts.tolist() == [1, 1]


def test_certain_network_that_is_always_wrong_has_an_error_of_1():
    assert evaluation.calibration([[1.0, 0.0]] * 5, [1] * 5)[3] == 1
    assert evaluation.calibration([[1.0, 0.0]] * 5, [0] * 5)[3] == 0


@pytest.mark.parametrize("n_bins", [0, -3, 2.5, float("nan")])
def test_calibration_names_a_bad_number_of_bins(n_bins):
    with pytest.raises(ValueError, match="n_bins must be"):
        evaluation.calibration(GOOD, [0, 1, 2], n_bins=n_bins)


# Temperature


def mean_cross_entropy(logits, labels, temperature):
    return (logsumexp(logits / temperature, axis=1) - logits[np.arange(len(labels)), labels] / temperature).mean()


@pytest.mark.parametrize("true_temperature", [0.3, 1.0, 2.5, 20.0])
def test_fit_temperature_finds_the_least_cross_entropy(true_temperature):
    rng = np.random.default_rng(3)
    logits = rng.normal(0, 3, (4000, 6))
    labels = (logits / true_temperature + rng.gumbel(size=logits.shape)).argmax(axis=1)  # drawn from the softmax
    temperature = evaluation.fit_temperature(logits, labels)
    best = minimize_scalar(
        lambda t: mean_cross_entropy(logits, labels, t), bounds=(0.01, 100), method="bounded", options={"xatol": 1e-7}
    )
    assert temperature == pytest.approx(best.x, rel=1e-3)
    assert temperature == pytest.approx(true_temperature, rel=0.15)


def test_fit_temperature_takes_log_probabilities_for_logits():
    rng = np.random.default_rng(4)
    logits = rng.normal(0, 2, (300, 4)) + 5000
    labels = rng.integers(0, 4, 300)
    labels[:200] = logits[:200].argmax(axis=1)
    expected = evaluation.fit_temperature(logits, labels)
    assert evaluation.fit_temperature(log_softmax(logits, axis=1), labels) == pytest.approx(expected, rel=1e-6)
    assert evaluation.fit_temperature(3 * logits, labels) == pytest.approx(3 * expected, rel=1e-6)


def test_fit_temperature_worked_by_hand():
    # right in 3 of 4, with a gap of 2 between two logits: softmax says 3/4 where the gap is log 3
    assert evaluation.fit_temperature([[2, 0]] * 4, [0, 0, 0, 1]) == pytest.approx(2 / np.log(3))


@pytest.mark.parametrize(
    ("logits", "labels", "said"),
    [
        ([[2.0, 1.0]], [0], "is every answer right"),
        ([[2.0, 1.0], [0.0, 3.0]], [1, 0], "worse than chance"),
        ([[2.0, 2.0]], [0], "the colder, the better"),
        ([[-np.inf, 0.0]], [0], "logits must be finite"),
        ([[np.nan, 0.0]], [0], "logits must be finite"),
        ([2.0, 1.0], [0], "shape"),
        ([[2.0, 1.0]], [2], "labels"),
        ([[2.0, 1.0]], [0, 1], "labels"),
    ],
)
def test_fit_temperature_names_what_is_wrong(logits, labels, said):
    with pytest.raises(ValueError, match=said):
        evaluation.fit_temperature(logits, labels)


# What lesson 06 shows in view


@pytest.mark.parametrize(("n_correct", "n"), COUNTS)
def test_lessons_wilson_interval_is_the_modules(lesson, n_correct, n):
    for z in ({}, {"z": 1}, {"z": 4}):
        expected = evaluation.wilson_interval(n_correct, n, **z)
        np.testing.assert_allclose(lesson["wilson_interval"](n_correct, n, **z), expected, rtol=0, atol=1e-9)


def test_lessons_wilson_interval_takes_arrays_as_the_lesson_does(lesson):
    counts, n = np.arange(101), 100
    expected = np.transpose([evaluation.wilson_interval(count, n) for count in counts])
    np.testing.assert_allclose(lesson["wilson_interval"](counts, n), expected, rtol=0, atol=1e-9)


def test_lessons_wald_interval_is_the_textbooks(lesson):
    low, high = lesson["wald_interval"](64, 100, z=2)
    assert (low, high) == pytest.approx((0.64 - 2 * 0.048, 0.64 + 2 * 0.048))  # sqrt(0.64 * 0.36 / 100) = 0.048


# The shipped network, and what the lesson's sentences say of it


@pytest.fixture(scope="module")
def answers(mnist):
    images, labels = mnist[1]
    return load_seed_network().predict(data.prepare_images(images), verbose=0), labels.astype(int)


def test_shipped_network_reaches_the_accuracy_recorded_beside_it(answers):
    probabilities, labels = answers
    record = json.loads(SEED_NETWORK_FILE.with_suffix(".json").read_text(encoding="utf-8"))
    n_correct = np.trace(evaluation.confusion_matrix(labels, probabilities.argmax(axis=1)))
    # Another processor sums in another order, which moves a probability by about 1e-6. Where the two likeliest classes
    # are closer than that, the answer may change; here none are, and 2 leaves room for processors not yet built.
    assert abs(n_correct - record["n_correct"]) <= 2
    loss = metrics.log_loss(labels, probabilities.astype(float) / probabilities.sum(axis=1, keepdims=True, dtype=float))
    assert loss == pytest.approx(record["test_loss"], abs=1e-4)


def test_lessons_counts_cannot_tip_on_another_machine(answers):
    probabilities, _ = answers
    second, first = np.sort(probabilities, axis=1)[:, -2:].T
    assert (first - second).min() > 1e-4  # no answer is a tie
    for edge in (*np.arange(1, 10) / 10, 0.99):  # no confidence lies on the edge of a bin, nor on the lesson's 0.99
        assert abs(first - edge).min() > 1e-5


def test_lessons_sentences_about_the_network_hold(answers):
    probabilities, labels = answers
    predicted = probabilities.argmax(axis=1)
    matrix, confidence = evaluation.confusion_matrix(labels, predicted), probabilities.max(axis=1).astype(float)
    n_errors = (predicted != labels).sum()
    assert 1.5 < n_errors / (1 - confidence).sum() < 2.6  # "twice as many as it expects"
    recall = [evaluation.wilson_interval(matrix[c, c], matrix[c].sum()) for c in range(10)]
    table = [[matrix[c, c], matrix[c].sum() - matrix[c, c]] for c in (3, 9)]
    assert fisher_exact(table).pvalue < 0.05 / 45  # "the lowest and the highest recall lie far apart": of 45 pairs
    apart = [(a, b) for a in range(10) for b in range(a) if recall[a][1] < recall[b][0] or recall[b][1] < recall[a][0]]
    assert 1 < len(apart) < 45 / 2  # "most bars overlap"
    errors = matrix - np.diag(np.diag(matrix))
    assert errors.sum(axis=0).argmax() == 3 and errors[3].sum() < 5  # "too fond of the answer 3, seldom loses a true 3"
    most = np.argwhere(errors == errors.max())
    assert len(most) > 1 and errors.max() < 15  # "no pair wins alone", "counts so small"
    whole = (predicted == labels).reshape(2000, 5).all(axis=1).mean()
    product = (predicted == labels).mean() ** 5
    assert abs(whole - product) < (product * (1 - product) / 2000) ** 0.5  # "the last line counts, and agrees"


def test_lessons_sentences_about_confidence_hold(answers):
    probabilities, labels = answers
    means, shares, counts, _ = evaluation.calibration(probabilities, labels)
    assert counts[-1] > 9500 and counts[:-1].max() < 60  # "nearly all in the last bin", "a few dozen or fewer"
    assert (shares[:-1] > means[:-1]).sum() == 1  # "all but one of these dots lie below"
    ends = [evaluation.wilson_interval(round(share * n), n) for share, n in zip(shares, counts, strict=True)]
    missed = [not low <= mean <= high for (low, high), mean in zip(ends, means, strict=True)]
    assert missed[-1] and 0 < sum(missed[:-1]) < len(missed[:-1]) / 2  # "most bars reach it", "the last is among them"
    assert means[-1] - shares[-1] < 0.01  # "too small to see"


def test_lessons_sentences_about_temperature_hold():
    probabilities, labels = load_seed_probabilities(), data.load_mnist()[1][1].astype(int)
    logits = np.log(np.maximum(probabilities, 1e-7))
    fitted, judged = slice(0, None, 2), slice(1, None, 2)
    temperature = evaluation.fit_temperature(logits[fitted], labels[fitted])
    assert temperature > 1.2  # "the network was too sure"
    scaled = softmax(logits[judged] / temperature, axis=1)
    n_wrong = (probabilities[judged].argmax(axis=1) != labels[judged]).sum()
    expected = [(1 - p.max(axis=1)).sum() for p in (probabilities[judged], scaled)]
    assert expected[0] < 0.6 * n_wrong and 0.8 * n_wrong < expected[1] < n_wrong  # "nearly as many errors as it makes"
    errors = [evaluation.calibration(p, labels[judged])[3] for p in (probabilities[judged], scaled)]
    assert errors[1] < errors[0] / 2


def test_lessons_sentences_about_ten_runs_hold():
    runs = read_result("seeds")["runs"]
    counts = np.array([run["n_correct"] for run in runs])
    assert len(counts) == len({run["seed"] for run in runs}) == 10
    assert all(run["test_acc"] == run["n_correct"] / 10000 for run in runs)
    assert all(sorted(set(run["misread"])) == run["misread"] for run in runs)
    assert [10000 - len(run["misread"]) for run in runs] == counts.tolist()
    assert counts.min() >= 9850 and counts.mean() >= 9900  # what the course promises of the recipe
    apart = [abs(a - b) for index, a in enumerate(counts) for b in counts[:index]]
    assert len(apart) == 45 and sum(d >= 18 for d in apart) > 45 / 3  # "many pairs differ by 18 images or more"
    assert abs(9915 - counts.mean()) < counts.std(ddof=1)  # "one more draw from this recipe", inside the band
    bars = [evaluation.wilson_interval(n, 10000) for n in (9930, counts[0], counts[3])]
    assert counts.max() < 9930  # "to the right of all ten", and what the choices say of three bars
    assert bars[1][1] < bars[2][0] < bars[0][0] < bars[2][1]


def test_lessons_sentences_about_the_scatter_of_runs_hold():
    runs = read_result("seeds")["runs"]
    misread = np.zeros((len(runs), 10000))
    for row, run in zip(misread, runs, strict=True):
        row[run["misread"]] = 1
    by_luck = np.sqrt(misread.var(axis=0, ddof=1).sum())
    assert 1.6 < misread.sum(axis=1).std(ddof=1) / by_luck < 2.6  # "about twice as much"
    rng = np.random.default_rng(0)
    hard = misread[:, misread.any(axis=0)]
    shuffled = [rng.permuted(hard, axis=0).sum(axis=1).std(ddof=1) for _ in range(1000)]
    assert np.mean(np.array(shuffled) >= misread.sum(axis=1).std(ddof=1)) < 0.01  # "much of the scatter is real"
    assert np.mean(shuffled) == pytest.approx(by_luck, rel=0.1)  # the formula is what the shuffling does


def test_lessons_sentences_about_pairs_hold():
    wrong = load_seed_probabilities().argmax(axis=1) != data.load_mnist()[1][1]
    other = np.isin(np.arange(10000), read_result("seeds")["runs"][0]["misread"])
    only = (wrong & ~other).sum(), (other & ~wrong).sum()
    assert (wrong & other).sum() > wrong.sum() / 2  # "most errors are shared"
    unpaired = fisher_exact([[wrong.sum(), 10000 - wrong.sum()], [other.sum(), 10000 - other.sum()]]).pvalue
    assert 0.05 < evaluation.mcnemar_p_value(*only) < unpaired  # "smaller", and "not below 0.05"


def test_lessons_sentences_about_people_hold():
    low, _ = evaluation.wilson_interval(85, 10000)
    assert low > 2 * evaluation.wilson_interval(20, 10000)[1]  # "its interval stays well away from that figure"
