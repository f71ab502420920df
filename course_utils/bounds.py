"""The bounds of measured numbers: cells tagged ``bounds`` hold them, which no student's copy has."""


def check_bounds(low, value, high):
    """Raise unless a measured number lies in its bound.

    Parameters
    ----------
    low, high : float
        The bound, its ends included.
    value : float
        What was measured; NaN lies in no bound.

    Raises
    ------
    AssertionError
        Also where Python leaves ``assert`` statements out (``PYTHONOPTIMIZE``).
    """
    if not low <= value <= high:
        raise AssertionError(f"a measured value must lie from {low} to {high}, got {value}")
