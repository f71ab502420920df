"""The bounds of measured numbers, for cells tagged ``bounds``, which are in no student's copy."""


def check_bounds(low, value, high):
    """Raise unless a measured number lies within its bounds.

    Parameters
    ----------
    low, high : float
        The bounds, which are allowed values themselves.
    value : float
        What was measured; NaN lies within no bounds.

    Raises
    ------
    AssertionError
        Even where Python leaves ``assert`` statements out (``PYTHONOPTIMIZE``).
    """
    if not low <= value <= high:
        raise AssertionError(f"a measured value must lie from {low} to {high}, got {value}")
