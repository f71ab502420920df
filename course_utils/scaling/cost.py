"""What it costs to add up the gradients of many workers (all-reduce): a model with three numbers, and a whole step."""


def ring_seconds(n_bytes, n_workers, *, bandwidth, latency):
    """The time of a ring all-reduce: all workers end up with the sum of what each of them had.

    Each worker sends only to its neighbor. After ``n_workers - 1`` rounds (reduce-scatter), each part of the sum is
    complete at one worker; in as many more (all-gather), the complete parts travel to all others. In each round, a
    worker sends one part of ``n_bytes / n_workers``.

    Parameters
    ----------
    n_bytes : float
        The size of one worker's gradient: four bytes for each parameter of the network.
    n_workers : int
    bandwidth : float
        Bytes a second from one worker to the next.
    latency : float
        Seconds from sending an empty message to its arrival.

    Returns
    -------
    float
        Seconds; 0 for one worker.

    Raises
    ------
    ValueError
        If there are no workers, or a quantity makes no sense.

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
    """The time of a training step: each worker computes the gradient of its images, then all gradients are added up.

    Parameters
    ----------
    images : float
        In the batch, for all workers together.
    image_seconds, fixed_seconds : float
        The time a worker needs for an image, and for a step without any images.
    n_workers, n_bytes, bandwidth, latency
        As for `ring_seconds`.

    Returns
    -------
    float
        Seconds.
    """
    computing = fixed_seconds + images / n_workers * image_seconds
    return computing + ring_seconds(n_bytes, n_workers, bandwidth=bandwidth, latency=latency)
