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


@my_share.right
def with_tensorflow(order, step, batch_size, worker, n_workers):
    import tensorflow as tf

    batch = tf.constant(order)[step * batch_size : (step + 1) * batch_size]
    return tf.split(batch, n_workers)[worker]


@my_share.right
def by_steps_of_a_share(order, step, batch_size, worker, n_workers):
    size = round(batch_size / n_workers)
    number = step * n_workers + worker
    return tuple(order[number * size : number * size + size].tolist())


@my_share.right
def generated(order, step, batch_size, worker, n_workers):
    for place, image in enumerate(order):
        in_batch = place - step * batch_size
        if 0 <= in_batch < batch_size and in_batch * n_workers // batch_size == worker:
            yield image


@my_share.right
def with_islice(order, step, batch_size, worker, n_workers):
    from itertools import islice

    images, size = iter(order), batch_size // n_workers
    for _ in range(step * n_workers + worker):
        list(islice(images, size))
    return list(islice(images, size))


@my_share.right
def with_take(order, step, batch_size, worker, n_workers):
    batch = np.arange(batch_size).reshape(n_workers, -1)
    return np.take(order, batch[worker] + batch_size * step)


@my_share.right
def by_recursion(order, step, batch_size, worker, n_workers):
    if step > 0:
        return by_recursion(order[batch_size:], step - 1, batch_size, worker, n_workers)
    size = batch_size // n_workers
    if worker > 0:
        return by_recursion(order[size:], 0, batch_size - size, worker - 1, n_workers - 1)
    return order[:size].astype("float32")


@my_share.right
def from_the_back(order, step, batch_size, worker, n_workers):
    images = list(order)
    del images[(step + 1) * batch_size :]
    mine = images[len(images) - batch_size :]
    size = len(mine) // n_workers
    return mine[size * worker :][:size]


@my_share.wrong("numbers differ")
def in_bytes(order, step, batch_size, worker, n_workers):
    size = batch_size // n_workers
    start = step * batch_size + worker * size
    return order[start : start + size].astype("uint8")


@my_share.wrong("shape|as after a usual mistake")
def one_short(order, step, batch_size, worker, n_workers):
    size = batch_size // n_workers
    start = step * batch_size + worker * size
    return order[start : start + size - 1]


@my_share.wrong("shape|as after a usual mistake")
def found_by_their_place(order, step, batch_size, worker, n_workers):
    batch = order[step * batch_size : (step + 1) * batch_size].tolist()
    return [image for image in batch if batch.index(image) * n_workers // batch_size == worker]


@my_share.wrong("a whole batch apart")
def batches_apart(order, step, batch_size, worker, n_workers):
    start = (step + worker) * batch_size
    return order[start : start + batch_size // n_workers]


@my_share.wrong("shape|as after a usual mistake")
def without_repeats(order, step, batch_size, worker, n_workers):
    size = batch_size // n_workers
    start = step * batch_size + worker * size
    return list(dict.fromkeys(order[start : start + size].tolist()))


@my_share.wrong("numbers differ|as after a usual mistake|order is lost")
def as_a_set(order, step, batch_size, worker, n_workers):
    size = batch_size // n_workers
    start = step * batch_size + worker * size
    return sorted(set(order[start : start + size].tolist()))


@my_share.wrong("in reverse order. Keep")
def turned_around(order, step, batch_size, worker, n_workers):
    size = batch_size // n_workers
    start = step * batch_size + worker * size
    return order[start : start + size][::-1]


@my_share.wrong("not split|equal division|raised ValueError|fit together")
def split_all_batches(order, step, batch_size, worker, n_workers):
    return np.split(np.split(order, len(order) // batch_size)[step], n_workers)[worker]


@my_share.wrong("All images that are left")
def parts_of_what_is_left(order, step, batch_size, worker, n_workers):
    return np.array_split(order[step * batch_size :], n_workers)[worker][: batch_size // n_workers]


@my_share.wrong("from the back")
def workers_from_the_back(order, step, batch_size, worker, n_workers):
    size = batch_size // n_workers
    start = step * batch_size + (n_workers - 1 - worker) * size
    return order[start : start + size]


@my_share.wrong("Steps count from 0")
def steps_from_one(order, step, batch_size, worker, n_workers):
    size = batch_size // n_workers
    start = (step + 1) * batch_size + worker * size
    return order[start : start + size]


@my_share.wrong("numbers differ|as after a usual mistake|shape")
def ten_steps(order, step, batch_size, worker, n_workers):
    size = batch_size // n_workers
    start = step % 10 * batch_size + worker * size
    return order[start : start + size]


@my_share.wrong("numbers differ|as after a usual mistake|shape|first share for every")
def two_workers(order, step, batch_size, worker, n_workers):
    half = batch_size // 2 if n_workers > 1 else batch_size
    start = step * batch_size + worker % 2 * half
    return order[start : start + batch_size // n_workers]


@my_share.wrong("whole numbers|must be integers|raised TypeError")
def size_is_no_whole_number(order, step, batch_size, worker, n_workers):
    size = batch_size / n_workers
    start = step * batch_size + worker * size
    return order[start : start + size]


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


for line, old, new, why in (
    ("size = round(batch_size {} n_workers)", "/", "//", "a batch is a multiple of the workers"),
    (
        "if {} <= in_batch < batch_size and in_batch * n_workers // batch_size == worker:",
        "0",
        "-1",
        "below 0, the number of the worker is below 0, too",
    ),
    ("batch = np.arange(batch_size).reshape(n_workers, {})", "-1", "-2", "NumPy takes each negative number as -1"),
    (
        "return by_recursion(order[size:], {}, batch_size - size, worker - 1, n_workers - 1)",
        "0",
        "-1",
        "from step 0 on, the step is not looked at",
    ),
):
    my_share.equivalent(f"{line.format(old)}  ->  {line.format(new)}", why)

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


@ring_seconds.right
def in_float32(n_bytes, n_workers, bandwidth, latency):
    n, rounds = np.float32(n_workers), np.float32(2 * n_workers - 2)
    return rounds / n * np.float32(n_bytes) / np.float32(bandwidth) + rounds * np.float32(latency)


@ring_seconds.right
def seconds_with_tensorflow(n_bytes, n_workers, bandwidth, latency):
    import tensorflow as tf

    part = tf.constant(n_bytes, dtype="float32") / n_workers
    rounds = tf.range(2 * (n_workers - 1))
    return tf.reduce_sum(tf.ones_like(rounds, dtype="float32") * (part / bandwidth + latency))


@ring_seconds.right
def until_all_have_all(n_bytes, n_workers, bandwidth, latency):
    held, rounds = 1 / n_workers, 0
    while round(held * n_workers) < n_workers:
        held += 1 / n_workers
        rounds += 2
    return rounds * latency + rounds * n_bytes / n_workers / bandwidth


@ring_seconds.right
def round_after_round(n_bytes, n_workers, bandwidth, latency):
    from functools import reduce

    def one_more(seconds, _):
        return seconds + latency + n_bytes / (n_workers * bandwidth)

    return reduce(one_more, range(1, n_workers), 0) + reduce(one_more, range(1, n_workers), 0)


@ring_seconds.right
def with_fractions(n_bytes, n_workers, bandwidth, latency):
    from fractions import Fraction

    n_bytes, n_workers, bandwidth, latency = map(Fraction, (n_bytes, n_workers, bandwidth, latency))
    return float((n_bytes / n_workers / bandwidth + latency) * (n_workers + n_workers - 2))


@ring_seconds.right
def as_a_dot_product(n_bytes, n_workers, bandwidth, latency):
    once, each = 1 - 1 / n_workers, n_workers - 1
    return np.dot([n_bytes / bandwidth, latency], [2 * once, 2 * each])


@ring_seconds.wrong("cut to whole bytes")
def whole_bytes(n_bytes, n_workers, bandwidth, latency):
    return 2 * (n_workers - 1) * (n_bytes // n_workers / bandwidth + latency)


@ring_seconds.wrong("cut to whole ones")
def whole_seconds(n_bytes, n_workers, bandwidth, latency):
    return 2 * (n_workers - 1) * (n_bytes / n_workers // bandwidth + latency)


@ring_seconds.wrong("twice in each round")
def there_and_back(n_bytes, n_workers, bandwidth, latency):
    return 2 * (n_workers - 1) * (n_bytes / n_workers / bandwidth + 2 * latency)


@ring_seconds.wrong("all workers is added up")
def all_workers(n_bytes, n_workers, bandwidth, latency):
    return sum(2 * (n_workers - 1) * (n_bytes / n_workers / bandwidth + latency) for _ in range(n_workers))


@ring_seconds.wrong("not the right number|as after a usual mistake")
def in_milliseconds(n_bytes, n_workers, bandwidth, latency):
    return 1000 * 2 * (n_workers - 1) * (n_bytes / n_workers / bandwidth + latency)


@ring_seconds.wrong("not the right number|as after a usual mistake")
def rounded(n_bytes, n_workers, bandwidth, latency):
    return round(2 * (n_workers - 1) * (n_bytes / n_workers / bandwidth + latency), 2)


@ring_seconds.wrong("nobody to send to.*ZeroDivisionError")
def nobody_to_send_to(n_bytes, n_workers, bandwidth, latency):
    rounds = 2 * (n_workers - 1)
    return rounds * latency + n_bytes / (bandwidth * n_workers / rounds)


@ring_seconds.wrong("longer of two times")
def the_slower_of_two(n_bytes, n_workers, bandwidth, latency):
    return 2 * (n_workers - 1) * max(n_bytes / n_workers / bandwidth, latency)


@ring_seconds.wrong("not the right number|as after a usual mistake")
def bits(n_bytes, n_workers, bandwidth, latency):
    return 2 * (n_workers - 1) * (8 * n_bytes / n_workers / bandwidth + latency)


@ring_seconds.wrong("not the right number|as after a usual mistake")
def a_tree(n_bytes, n_workers, bandwidth, latency):
    return 2 * np.log2(n_workers) * (n_bytes / n_workers / bandwidth + latency)


@ring_seconds.wrong("not the right number|as after a usual mistake")
def ten_workers_at_most(n_bytes, n_workers, bandwidth, latency):
    return 2 * (min(n_workers, 10) - 1) * (n_bytes / n_workers / bandwidth + latency)


@ring_seconds.wrong("not the right number|as after a usual mistake")
def at_least_one_round(n_bytes, n_workers, bandwidth, latency):
    return max(1, 2 * (n_workers - 1)) * (n_bytes / n_workers / bandwidth + latency)


@ring_seconds.wrong("half of the way")
def half(n_bytes, n_workers, bandwidth, latency):
    return (n_workers - 1) * (n_bytes / n_workers / bandwidth + latency)


@ring_seconds.wrong("left out in one half")
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


@ring_seconds.wrong("all but one")
def all_bytes_in_each_half(n_bytes, n_workers, bandwidth, latency):
    return (n_workers > 1) * 2 * n_bytes / bandwidth + 2 * (n_workers - 1) * latency


@ring_seconds.wrong("one part for each worker")
def parts_of_one_less(n_bytes, n_workers, bandwidth, latency):
    if n_workers == 1:
        return 0.0
    return 2 * (n_workers - 1) * (n_bytes / (n_workers - 1) / bandwidth + latency)


@ring_seconds.wrong("The bytes are missing")
def latency_alone(n_bytes, n_workers, bandwidth, latency):
    return 2 * (n_workers - 1) * latency


for mutant, why in (
    ("if n_workers == 1:  ->  dropped", "for one worker, the rounds are 0 anyway"),
    ("if n_workers == 1:  ->  if n_workers == 0:", "for one worker, the rounds are 0 anyway"),
    ("return 0  ->  dropped", "for one worker, the rounds are 0 anyway"),
    (
        "n_bytes, n_workers, bandwidth, latency = map(Fraction, (n_bytes, n_workers, bandwidth, latency))  ->  dropped",
        "the same in floats",
    ),
    (
        "return np.dot([n_bytes / bandwidth, latency], [2 * once, 2 * each])  ->  "
        "return np.dot([2 * once, 2 * each], [n_bytes / bandwidth, latency])",
        "a dot product has no order",
    ),
):
    ring_seconds.equivalent(mutant, why)
