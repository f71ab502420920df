"""Detection: curves and areas are scikit-learn's and those by hand; the bootstrap covers what it says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from course_utils import detection

pytestmark = pytest.mark.numbers


def draw(seed, n=200, share=0.2, n_levels=None):
    """Labels, and scores that tell them apart a little; with few levels, many scores are equal."""
    rng = np.random.default_rng(seed)
    labels = (rng.random(n) < share).astype(int)
    labels[:2] = 0, 1
    scores = labels + rng.normal(0, 1, n)
    return labels, scores if n_levels is None else np.round(scores * n_levels) / n_levels


def test_by_hand():
    labels, scores = [1, 0, 1, 0, 0], [0.9, 0.8, 0.8, 0.3, 0.1]
    n_true, n_false, thresholds = detection.count_detections(labels, scores)
    assert (n_true.tolist(), n_false.tolist()) == ([0, 1, 2, 2, 2], [0, 0, 1, 2, 3])
    assert thresholds.tolist() == [np.inf, 0.9, 0.8, 0.3, 0.1]
    assert detection.roc_curve(labels, scores)[0].tolist() == [0, 0, 1 / 3, 2 / 3, 1]
    assert detection.area_under_roc(labels, scores) == pytest.approx((1 + 1 + 1 + 0.5 + 1 + 1) / 6)
    precision, recall, thresholds = detection.precision_recall_curve(labels, scores)
    assert np.allclose(precision, [1, 2 / 3, 1 / 2, 2 / 5]) and recall.tolist() == [0.5, 1, 1, 1]
    assert thresholds.tolist() == [0.9, 0.8, 0.3, 0.1]
    assert detection.average_precision(labels, scores) == pytest.approx(0.5 + 0.5 * 2 / 3)


@pytest.mark.parametrize("n_levels", [None, 1, 3])
@pytest.mark.parametrize("seed", range(5))
def test_curves_and_areas_are_scikit_learns(seed, n_levels):
    labels, scores = draw(seed, n_levels=n_levels)
    ours, theirs = detection.roc_curve(labels, scores), metrics.roc_curve(labels, scores, drop_intermediate=False)
    for one, other in zip(ours, theirs, strict=True):
        assert np.allclose(one, other)
    precision, recall, thresholds = metrics.precision_recall_curve(labels, scores)
    ours = detection.precision_recall_curve(labels, scores)
    for one, other in zip(ours, (precision[:-1], recall[:-1], thresholds), strict=True):
        assert np.allclose(one, other[::-1])  # theirs run the other way, and end with a point that no threshold makes
    assert detection.area_under_roc(labels, scores) == pytest.approx(metrics.roc_auc_score(labels, scores))
    assert detection.average_precision(labels, scores) == pytest.approx(metrics.average_precision_score(labels, scores))


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(-3, 3)), min_size=2, max_size=30))
def test_the_area_is_how_often_a_1_is_above_a_0(cases):
    labels, scores = np.array(cases).T
    if labels.min() == labels.max():
        return
    above = np.sign(scores[labels == 1][:, None] - scores[labels == 0][None])
    assert detection.area_under_roc(labels, scores) == pytest.approx((1 + above.mean()) / 2)


@pytest.mark.parametrize("dtype", ["int8", "float16", "float32", "float64"])
def test_dtypes_of_scores(dtype):
    assert detection.area_under_roc([0, 1, 1], np.array([0, 1, 2], dtype)) == 1


@pytest.mark.parametrize(
    ("labels", "scores", "error", "message"),
    [
        ([0, 0, 0], [1, 2, 3], ValueError, "labels must have both 0 and 1, got 0 only"),
        ([0, 1, 2], [1, 2, 3], ValueError, "labels must be from 0 to 1, got 0 to 2"),
        ([0.0, 1.0], [1, 2], TypeError, "labels must be integers"),
        ([0, 1], [1, 2, 3], ValueError, r"scores must have shape \(2,\).*got \(3,\)"),
        ([0, 1], [[0.1, 0.9], [0.2, 0.8]], ValueError, r"take the column of the class to be detected: scores\[:, 1\]"),
        ([0, 1], [[0.1], [0.9]], ValueError, r"scores\[:, 0\]"),
        ([0.0, 2 / 3], [1, 2], TypeError, r"choose from where on something counts: \(labels > 0.5\)"),
        ([0, 1], [1, np.nan], ValueError, "scores must be finite"),
        ([0, 1], ["a", "b"], TypeError, "scores must be real numbers"),
        ([0, 1], [1j, 2], TypeError, "scores must be real numbers"),
    ],
)
def test_bad_input_is_named(labels, scores, error, message):
    for function in (detection.roc_curve, detection.average_precision):
        with pytest.raises(error, match=message):
            function(labels, scores)


def test_within_groups_only_pairs_of_one_group_count():
    rng = np.random.default_rng(0)
    groups, labels = rng.integers(6, size=300), rng.integers(2, size=300)
    scores = rng.normal(size=300).round(1) + labels
    pairs = [(i, j) for i in range(300) for j in range(300) if groups[i] == groups[j] and labels[i] > labels[j]]
    right = sum((scores[i] > scores[j]) + 0.5 * (scores[i] == scores[j]) for i, j in pairs)
    assert detection.area_within_groups(labels, scores, groups) == pytest.approx(right / len(pairs))
    alone = detection.area_within_groups(labels, scores, np.zeros(300))
    assert alone == pytest.approx(detection.area_under_roc(labels, scores))


def test_scores_that_only_tell_groups_apart_are_worth_nothing_within_them():
    labels = np.array([0, 0, 0, 1, 1, 1, 1, 0])
    groups = np.array(["a"] * 4 + ["b"] * 4)
    scores = (groups == "b").astype(float)
    assert detection.area_under_roc(labels, scores) == 0.75
    assert detection.area_within_groups(labels, scores, groups) == 0.5


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ([0, 1], "no group has both 0 and 1 among its labels"),
        ([0], r"groups must have shape \(2,\), one for each case, got \(1,\)"),
    ],
)
def test_groups_without_pairs_are_refused(groups, message):
    with pytest.raises(ValueError, match=message):
        detection.area_within_groups([0, 1], [0.1, 0.2], groups)


def test_the_bootstrap_of_a_mean_is_that_of_theory():
    values = np.random.default_rng(0).normal(5, 2, 400)
    low, high = detection.bootstrap_interval(np.mean, values, n_draws=4000)
    half = 1.96 * values.std(ddof=1) / np.sqrt(400)
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.02)
    assert (low, high) == detection.bootstrap_interval(np.mean, values, n_draws=4000)
    narrow = detection.bootstrap_interval(np.mean, values, level=0.5)
    assert low < narrow[0] < narrow[1] < high


def test_it_draws_rows_of_all_arrays_together_and_draws_again_where_a_class_is_missing():
    labels, scores = np.array([0, 0, 0, 0, 1]), np.array([1.0, 2, 3, 4, 5])
    assert detection.bootstrap_interval(detection.area_under_roc, labels, scores, n_draws=100) == (1, 1)
    with pytest.raises(ValueError, match="fails on most draws: labels must have both"):
        detection.bootstrap_interval(detection.area_under_roc, labels[:4], scores[:4], n_draws=3)


def test_whole_groups_are_drawn():
    """Four cells each of 25 modules that are all alike: the mean is known no better than from 25 cells."""
    modules = np.repeat(np.arange(25), 4)
    values = np.random.default_rng(0).normal(size=25)[modules]
    single = np.subtract(*detection.bootstrap_interval(np.mean, values)[::-1])
    grouped = np.subtract(*detection.bootstrap_interval(np.mean, values, groups=modules)[::-1])
    assert 1.7 < grouped / single < 2.3


def test_cases_whose_group_is_unknown_are_one_group():
    sizes = []
    groups = [1, 1, 1, np.nan, np.nan, np.nan]
    detection.bootstrap_interval(lambda values: sizes.append(len(values)) or 0, np.arange(6), groups=groups, n_draws=50)
    assert set(sizes) == {6}


@pytest.mark.parametrize(
    ("arrays", "options", "message"),
    [
        (([1, 2], [1]), {}, r"same length, at least 1, got \[1, 2\]"),
        (([],), {}, "at least 1"),
        ((), {}, "same length"),
        (([1, 2],), {"level": 95}, "level must be between 0 and 1, such as 0.95, got 95"),
        (([1, 2],), {"n_draws": 0}, "n_draws must be at least 1, got 0"),
        (([1, 2],), {"groups": [7, 7]}, "at least two cases or groups to draw from, got one"),
        (([1],), {}, "at least two cases or groups to draw from, got one"),
        (([1, 2],), {"groups": [0]}, r"groups must have shape \(2,\)"),
    ],
)
def test_bad_input_of_the_bootstrap_is_named(arrays, options, message):
    with pytest.raises(ValueError, match=message):
        detection.bootstrap_interval(np.mean, *arrays, **options)
