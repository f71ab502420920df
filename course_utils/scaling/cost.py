"""What it costs to add up the slopes of many workers: a model of three numbers, and what is left of each step."""


def ring_seconds(n_bytes, n_workers, *, bandwidth, latency):
    """The time in which workers in a ring add up what each of them has, so that all have the sum.

    Each worker sends to its neighbor only. In ``n_workers - 1`` rounds every part of the sum is completed somewhere,
    in as many more the completed parts go around; in each round a worker sends one part of ``n_bytes / n_workers``.

    Parameters
    ----------
    n_bytes : float
        What is to be added up: four bytes for each parameter of the network.
    n_workers : int
    bandwidth : float
        Bytes a second from a worker to the next.
    latency : float
        Seconds from sending a message of no size to its arrival.

    Returns
    -------
    float
        Seconds; 0 for one worker.

    Raises
    ------
    ValueError
        If there is no worker, or a quantity makes no sense.

    Notes
    -----
    P. Patarasuk and X. Yuan, "Bandwidth optimal all-reduce algorithms for clusters of workstations", Journal of
    Parallel and Distributed Computing 69 (2009), 117-124.
    """
    if n_workers < 1:
        raise ValueError(f"n_workers must be at least 1, got {n_workers}")
    if n_bytes < 0 or latency < 0 or bandwidth <= 0:
        raise ValueError("n_bytes and latency must not be negative, and bandwidth must be above 0")
    rounds = 2 * (n_workers - 1)
    return rounds * (n_bytes / n_workers / bandwidth + latency)


def step_seconds(images, n_workers, *, image_seconds, fixed_seconds, n_bytes, bandwidth, latency):
    """The time of a step: each worker computes the slopes of its images, then all are added up.

    Parameters
    ----------
    images : float
        Of the batch, of all workers together.
    image_seconds, fixed_seconds : float
        What a worker needs for an image, and for a step without any.
    n_workers, n_bytes, bandwidth, latency
        As for `ring_seconds`.

    Returns
    -------
    float
        Seconds.
    """
    computing = fixed_seconds + images / n_workers * image_seconds
    return computing + ring_seconds(n_bytes, n_workers, bandwidth=bandwidth, latency=latency)
