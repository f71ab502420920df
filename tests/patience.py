"""How long a test waits for what must come: a busy machine is in time, and only what never comes is missed.

No test asserts how long something takes, or that it takes less time than something else; helpers/test_patience.py holds
all of them to that.
"""

import time

CELL, SERVER = 900, 300  # seconds: for a cell of a notebook; for a server, a browser, a process


def wait_until(condition, *, seconds=SERVER, pause=0.05, sleep=time.sleep):
    """Ask again and again until something holds, and return it; fail if it never does.

    Parameters
    ----------
    condition : callable
        What is waited for: it returns something true once it holds.
    seconds : float
        How long to wait at most.
    pause : float
        Seconds between two looks.
    sleep : callable
        What pauses: in a browser's test, the page must go on meanwhile.
    """
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, f"it never came, in {seconds} seconds"
        sleep(pause)
    return found
