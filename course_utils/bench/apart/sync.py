"""What a worker does to be timed: training steps, all-reduce of a gradient alone, and all-reduce of a single number.

All of that once for each block. Before a block, the first worker waits until the bench has set the network, so that
several settings can take turns within one run. It runs as ``python -m course_utils.bench.apart.sync`` on each host.
"""

import json
import sys
import time
from pathlib import Path

from course_utils.data import load_mnist, one_hot, prepare_images
from course_utils.scaling.training import Training, share_of_batch

BATCH, IN_BLOCK, UNTIMED = 64, 8, 2  # images of all workers; what is timed in a block, and what goes before
KINDS = "step", "gradient", "number"


def ready_file(folder, block):
    """The file by which the first worker says that it waits for a block to begin."""
    return Path(folder) / f"ready-{block}"


def go_file(folder, block):
    """The file by which the bench lets it begin."""
    return Path(folder) / f"go-{block}"


def work(task, say):
    """Be timed: report the seconds of each kind, block by block."""
    from course_utils._tensorflow import tf
    from course_utils.scaling.loop import build, make_step

    strategy, training = tf.distribute.MultiWorkerMirroredStrategy(), Training(**task["training"])
    say(up=strategy.num_replicas_in_sync)
    model, optimizer = build(strategy, training.seed)
    step, (images, labels) = make_step(strategy, model, optimizer, training.batch_size), load_mnist()[0]
    order = range(training.batch_size)
    rows = [*share_of_batch(order, 0, batch_size=BATCH, worker=task["worker"], n_workers=task["n_workers"])]
    share = prepare_images(images[rows]), one_hot(labels[rows])

    @tf.function
    def add_up(values):
        return strategy.reduce("SUM", strategy.run(tf.identity, args=(values,)), axis=None)

    number, gradient = tf.zeros([1]), tf.zeros([model.count_params()])
    calls = dict(zip(KINDS, (lambda: step(*share), lambda: add_up(gradient), lambda: add_up(number)), strict=True))

    def time_calls(call):
        seconds = []
        for _ in range(UNTIMED + IN_BLOCK):
            start = time.perf_counter()
            float(tf.reduce_sum(call()))  # it is done when its value is there
            seconds.append(time.perf_counter() - start)
        return seconds[UNTIMED:]

    found = []
    for block in range(training.epochs):
        if task["worker"] == 0:
            ready_file(task["folder"], block).touch()
            while not go_file(task["folder"], block).exists():
                time.sleep(0.02)
        found.append({kind: time_calls(call) for kind, call in calls.items()})
        say(step=block + 1)
    say(report={"blocks": found})
    return 0


def main():
    """Time as many blocks as are asked for, on this one of some hosts."""
    from course_utils.scaling.workers import run_workers

    hosts, index, n_blocks, folder = sys.argv[1:]
    training = Training(images=BATCH, batch_size=BATCH, epochs=int(n_blocks))
    where = {"hosts": hosts.split(","), "index": int(index), "folder": folder}
    (report,) = run_workers(training, **where, program=__spec__.name, limit=1800)
    print(json.dumps(report["blocks"]))


if __name__ == "__main__":
    main()
