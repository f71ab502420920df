"""Answers to the exercises of lesson 12."""

import numpy as np

from exercise_banks import Bank

my_share = Bank()


@my_share.right
def the_batch_first(order, step, batch_size, worker, n_workers):
    batch = order[step * batch_size : (step + 1) * batch_size]
    return np.split(batch, n_workers)[worker]


@my_share.right
def by_reshaping(order, step, batch_size, worker, n_workers):
    n_steps = len(order) // batch_size
    table = order[: n_steps * batch_size].reshape(n_steps, n_workers, batch_size // n_workers)
    return table[step, worker]


@my_share.right
def with_a_list(order, step, batch_size, worker, n_workers):
    size = batch_size // n_workers
    return [int(order[step * batch_size + worker * size + place]) for place in range(size)]


@my_share.wrong("That is the whole batch")
def whole_batch(order, step, batch_size, worker, n_workers):
    return order[step * batch_size : (step + 1) * batch_size]


@my_share.wrong("first share for every worker")
def always_the_first(order, step, batch_size, worker, n_workers):
    start = step * batch_size
    return order[start : start + batch_size // n_workers]


@my_share.wrong("a whole batch here")
def a_batch_each(order, step, batch_size, worker, n_workers):
    start = (step * n_workers + worker) * batch_size
    return order[start : start + batch_size]


@my_share.wrong("The step is left out")
def without_step(order, step, batch_size, worker, n_workers):
    size = batch_size // n_workers
    return order[worker * size : (worker + 1) * size]


@my_share.wrong("The steps are too short")
def steps_of_a_share(order, step, batch_size, worker, n_workers):
    size = batch_size // n_workers
    return order[(step + worker) * size : (step + worker + 1) * size]


@my_share.wrong("one large part for each worker")
def a_part_of_the_data(order, step, batch_size, worker, n_workers):
    mine = order[worker * (len(order) // n_workers) :]
    size = batch_size // n_workers
    return mine[step * size : (step + 1) * size]


@my_share.wrong("dealt out like cards")
def like_cards(order, step, batch_size, worker, n_workers):
    return order[step * batch_size + worker : (step + 1) * batch_size : n_workers]


@my_share.wrong("Those are places")
def places(order, step, batch_size, worker, n_workers):
    size = batch_size // n_workers
    start = step * batch_size + worker * size
    return np.arange(start, start + size)


@my_share.wrong("Workers count from 0")
def from_one(order, step, batch_size, worker, n_workers):
    size = batch_size // n_workers
    start = step * batch_size + (worker + 1) * size
    return order[start : start + size]


@my_share.wrong("stand sorted")
def in_order(order, step, batch_size, worker, n_workers):
    size = batch_size // n_workers
    start = step * batch_size + worker * size
    return sorted(order[start : start + size])


slope_bytes = Bank()
slope_bytes.right_value(487_976, 121_994 * 4, 487_976.0)
slope_bytes.wrong_value("how many numbers", 121_994)
slope_bytes.wrong_value("Those are bits", 121_994 * 32)
slope_bytes.wrong_value("float64", 121_994 * 8)
slope_bytes.wrong_value("kilobytes", 487.976)
slope_bytes.wrong_value("megabytes", 0.487976)
slope_bytes.wrong_value("convolutions alone", 55_744 * 4)
slope_bytes.wrong_value("batch does not matter", 121_994 * 4 * 64)
slope_bytes.wrong_value("batch of images", 64 * 784 * 4)
slope_bytes.wrong_value("too large", 500_000)
slope_bytes.wrong_value("too small", 1)

ring_seconds = Bank()


@ring_seconds.right
def round_by_round(n_bytes, n_workers, bandwidth, latency):
    seconds = 0.0
    for _half in range(2):
        for _round in range(n_workers - 1):
            seconds += latency + n_bytes / n_workers / bandwidth
    return seconds


@ring_seconds.right
def two_terms(n_bytes, n_workers, bandwidth, latency):
    share = (n_workers - 1) / n_workers
    return 2 * share * n_bytes / bandwidth + 2 * (n_workers - 1) * latency


@ring_seconds.right
def one_worker_apart(n_bytes, n_workers, bandwidth, latency):
    if n_workers == 1:
        return 0
    part = n_bytes / n_workers
    return (n_workers - 1) * 2 * (part / bandwidth) + (n_workers - 1) * 2 * latency


@ring_seconds.wrong("half of the way")
def half(n_bytes, n_workers, bandwidth, latency):
    return (n_workers - 1) * (n_bytes / n_workers / bandwidth + latency)


@ring_seconds.wrong("another number")  # for two workers alone, it would be the latency that comes once
def latency_in_half_of_the_rounds(n_bytes, n_workers, bandwidth, latency):
    return (n_workers - 1) * (2 * n_bytes / n_workers / bandwidth + latency)


@ring_seconds.wrong("one round too many")
def too_many(n_bytes, n_workers, bandwidth, latency):
    return 2 * n_workers * (n_bytes / n_workers / bandwidth + latency)


@ring_seconds.wrong("no extra round")
def one_more(n_bytes, n_workers, bandwidth, latency):
    return (2 * n_workers - 1) * (n_bytes / n_workers / bandwidth + latency)


@ring_seconds.wrong("everything is sent here")
def all_bytes(n_bytes, n_workers, bandwidth, latency):
    return 2 * (n_workers - 1) * (n_bytes / bandwidth + latency)


@ring_seconds.wrong("comes once here, even for one worker")
def latency_once(n_bytes, n_workers, bandwidth, latency):
    return 2 * (n_workers - 1) * n_bytes / n_workers / bandwidth + latency


@ring_seconds.wrong("comes once here. It comes in every round")
def latency_once_for_several(n_bytes, n_workers, bandwidth, latency):
    if n_workers == 1:
        return 0.0
    return 2 * (n_workers - 1) * n_bytes / n_workers / bandwidth + latency


@ring_seconds.wrong("latency is left out")
def no_latency(n_bytes, n_workers, bandwidth, latency):
    return 2 * (n_workers - 1) / n_workers * n_bytes / bandwidth


@ring_seconds.wrong("multiplied by the bandwidth")
def multiplied(n_bytes, n_workers, bandwidth, latency):
    return 2 * (n_workers - 1) * (n_bytes / n_workers * bandwidth + latency)


@ring_seconds.wrong("That is one round")
def one_round(n_bytes, n_workers, bandwidth, latency):
    return n_bytes / n_workers / bandwidth + latency


@ring_seconds.wrong("one part for each worker")
def parts_of_one_less(n_bytes, n_workers, bandwidth, latency):
    if n_workers == 1:
        return 0.0
    return 2 * (n_workers - 1) * (n_bytes / (n_workers - 1) / bandwidth + latency)
