"""The bench of the pad, as far as it is arithmetic; the browser's part is what the bench itself runs."""

import pytest

from course_utils.bench.pad import DIGIT, spread_points, summarize


def test_points_lie_at_equal_steps_along_the_line():
    assert spread_points([(0, 0), (3, 0), (3, 1)], 5) == [(0, 0), (1, 0), (2, 0), (3, 0), (3, 1)]
    points = spread_points(DIGIT, 60)
    assert len(points) == 60 and points[0] == DIGIT[0] and points[-1] == pytest.approx(DIGIT[-1])


def test_a_summary_of_known_latencies():
    assert summarize([*range(101)]) == {
        "n_movements": 101,
        "median_ms": 50,
        "percentile_95_ms": 95,
        "largest_ms": 100,
    }
