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


@my_share.wrong("The step is missing")
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


@my_share.wrong("deal it out like cards")
def like_cards(order, step, batch_size, worker, n_workers):
    return order[step * batch_size + worker : (step + 1) * batch_size : n_workers]


@my_share.wrong("Those are positions")
def places(order, step, batch_size, worker, n_workers):
    size = batch_size // n_workers
    start = step * batch_size + worker * size
    return np.arange(start, start + size)


@my_share.wrong("Workers count from 0")
def from_one(order, step, batch_size, worker, n_workers):
    size = batch_size // n_workers
    start = step * batch_size + (worker + 1) * size
    return order[start : start + size]


@my_share.wrong("return the images sorted")
def in_order(order, step, batch_size, worker, n_workers):
    size = batch_size // n_workers
    start = step * batch_size + worker * size
    return sorted(order[start : start + size])


@my_share.wrong("step and worker are swapped")
def swapped(order, step, batch_size, worker, n_workers):
    size = batch_size // n_workers
    start = (worker * n_workers + step) * size
    return order[start : start + size]


@my_share.wrong("step and worker are swapped")
def swapped_in_batches(order, step, batch_size, worker, n_workers):
    size = batch_size // n_workers
    start = worker * batch_size + step * size
    return order[start : start + size]


@my_share.wrong(": 4 of 4 numbers differ")  # and nothing of a mistake that was not made
def both_count_from_one(order, step, batch_size, worker, n_workers):
    size = batch_size // n_workers
    start = (step + 1) * batch_size + (worker + 1) * size
    return order[start : start + size]


gradient_bytes = Bank()
gradient_bytes.right_value(487_976, 121_994 * 4, 487_976.0)
gradient_bytes.wrong_value("how many numbers", 121_994)
gradient_bytes.wrong_value("Those are bits", 121_994 * 32)
gradient_bytes.wrong_value("float64", 121_994 * 8)
gradient_bytes.wrong_value("kilobytes", 487.976, 488)
gradient_bytes.wrong_value("megabytes", 0.487976, 0.488, 0.49, 0.5)
gradient_bytes.wrong_value("that is rounded", 488_000)
gradient_bytes.wrong_value("convolutions alone", 55_744 * 4)
gradient_bytes.wrong_value("batch size does not matter", 121_994 * 4 * 64)
gradient_bytes.wrong_value("batch of images", 64 * 784 * 4)
gradient_bytes.wrong_value("too large", 500_000)
gradient_bytes.wrong_value("too small", 1)

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


@ring_seconds.wrong("not the right number")  # for two workers alone, it would be the latency that comes once
def latency_in_half_of_the_rounds(n_bytes, n_workers, bandwidth, latency):
    return (n_workers - 1) * (2 * n_bytes / n_workers / bandwidth + latency)


@ring_seconds.wrong("one round too many in each half")
def too_many(n_bytes, n_workers, bandwidth, latency):
    return 2 * n_workers * (n_bytes / n_workers / bandwidth + latency)


@ring_seconds.wrong("no extra round between the halves")
def one_more(n_bytes, n_workers, bandwidth, latency):
    return (2 * n_workers - 1) * (n_bytes / n_workers / bandwidth + latency)


@ring_seconds.wrong("its whole gradient in each round")
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


@ring_seconds.wrong("latency is missing")
def no_latency(n_bytes, n_workers, bandwidth, latency):
    return 2 * (n_workers - 1) / n_workers * n_bytes / bandwidth


@ring_seconds.wrong("multiply by the bandwidth")
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


@ring_seconds.wrong("The bytes are missing")
def latency_alone(n_bytes, n_workers, bandwidth, latency):
    return 2 * (n_workers - 1) * latency
