"""Which tests run at night only, with `nox -s nightly`: of many of one kind, all but a few.

What is new runs by day, without anybody thinking of it: only what is named runs at night.
"""

import pytest

# Lessons of which `nox -s test` looks at no deck, no students' copy, and no page of JupyterLab; nbval runs them all.
LESSONS = (
    *("00_start_here", "02_preparing", "04_building", "05_training", "06_evaluating", "07_inspecting"),
    *("08_handwriting", "09_better", "10_faster", "11_sharing", "12_scaling"),
    *("13_another_data_set", "14_deeper", "15_borrowed_features", "16_pytorch"),
)


def by_night(parameters, names, name=str):
    """Mark parameters of a test.

    Parameters
    ----------
    parameters : collection
        What a test is parametrized with.
    names : iterable
        The names of those that run at night only.
    name : callable
        It gives a parameter's name.

    Returns
    -------
    list
        The parameters, for ``pytest.mark.parametrize``, some of them marked as nightly.
    """
    known, names = {name(each) for each in parameters}, set(names)
    assert names <= known, f"expected names of parameters to run at night, got {names - known}: take them off the list"
    assert known - names, "expected some that run by day, got none: take a cheap one off the list"
    return [pytest.param(each, marks=pytest.mark.nightly) if name(each) in names else each for each in parameters]
