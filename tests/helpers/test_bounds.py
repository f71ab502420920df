"""A measured number out of its bound is an error, whatever Python is told to leave out."""

import subprocess
import sys

import numpy as np
import pytest

from course_utils.bounds import check_bounds


@pytest.mark.parametrize("value", [0, 0.5, 1, np.float32(0.5), np.int64(1)])
def test_what_lies_in_its_bound_passes_ends_included(value):
    check_bounds(0, value, 1)


@pytest.mark.parametrize("value", [-1e-9, 1.001, float("nan"), float("inf"), np.float32(2)])
def test_what_lies_outside_is_said(value):
    with pytest.raises(AssertionError, match=f"must lie from 0 to 1, got {value}"):
        check_bounds(0, value, 1)


def test_python_that_leaves_asserts_out_does_not_leave_this_out():
    code = "from course_utils.bounds import check_bounds; assert False; check_bounds(0, 2, 1)"
    done = subprocess.run([sys.executable, "-OO", "-c", code], capture_output=True, text=True)
    assert done.returncode == 1 and "must lie from 0 to 1, got 2" in done.stderr
