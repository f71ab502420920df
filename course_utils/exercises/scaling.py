"""Exercises and quiz of lesson 12, Scaling out."""

import numpy as np

from course_utils.exercises.engine import function, prediction
from course_utils.exercises.quiz import Question, Quiz

LESSON = 12


def _stretch(order, start, size):
    return np.asarray(order)[start : start + size]


_order = np.random.default_rng(2).permutation(100)[:48]
_numbers = np.random.default_rng(1).permutation(60_000)[:40]


@function(
    cases={
        "the first worker of two, the first step": (_order, 0, 8, 0, 2),
        "the third worker of three, the second step": (_order, 1, 12, 2, 3),  # here no two mistakes give the same
        "the second worker of two, the first step": (_order, 0, 8, 1, 2),
        "the second worker of two, the last step": (_order, 5, 8, 1, 2),
        "one worker alone": (_order, 1, 8, 0, 1),
        "the third worker of four": (_order, 1, 8, 2, 4),
        "as many workers as images in a batch": (_order, 1, 4, 3, 4),
        "a batch of one image": (_order, 9, 1, 0, 1),
        "batches of six, three workers": (_order, 3, 6, 1, 3),
        "the last images do not fill a batch": (_order[:23], 1, 8, 1, 2),
        "one batch is all": (_order[:12], 0, 12, 1, 2),
        "twelve workers": (_order, 1, 24, 11, 12),
        "many steps": (_order, 23, 2, 1, 2),
        "image numbers of a large data set": (_numbers, 2, 10, 4, 5),
        "an image that stands there three times": (np.array([7, 3, 9, 2, 4, 5, 5, 5, 8, 1]), 1, 4, 1, 2),
    },
    shows="The shares of a step, one after the other, are the batch of one worker: so the gradients add up to its own.",
    hints=[
        "Without workers first: at which position of `order` does batch number `step` begin?",
        "A worker gets `batch_size // n_workers` images. How many of the batch come before those of worker `worker`?",
        "Begin at `step * batch_size`, go on by `worker` shares, and take one share from there.",
    ],
)
def my_share(order, step, batch_size, worker, n_workers):
    """The images that one worker reads in one step of an epoch."""
    size = batch_size // n_workers
    return _stretch(order, step * batch_size + worker * size, size)


my_share.mistake(
    "That is the whole batch. Each worker gets only its part of it: `batch_size` counts the images of all workers.",
    lambda order, step, batch_size, worker, n_workers: _stretch(order, step * batch_size, batch_size),
)
my_share.mistake(
    "That is the first share for every worker: all workers would compute the same gradient.",
    lambda order, step, batch_size, worker, n_workers: _stretch(order, step * batch_size, batch_size // n_workers),
)
my_share.mistake(
    "Each worker gets a whole batch here. Together they take a step of `n_workers` batches: a different training run.",
    lambda order, step, batch_size, worker, n_workers: _stretch(
        order, (step * n_workers + worker) * batch_size, batch_size
    ),
)
my_share.mistake(
    "The step is missing: every step would read the first batch again.",
    lambda order, step, batch_size, worker, n_workers: _stretch(
        order, worker * (batch_size // n_workers), batch_size // n_workers
    ),
)
my_share.mistake(
    "The steps are too short: a step moves all workers on by a whole batch, not by one share.",
    lambda order, step, batch_size, worker, n_workers: _stretch(
        order, (step + worker) * (batch_size // n_workers), batch_size // n_workers
    ),
)
my_share.mistake(
    "That cuts the data into one large part for each worker. Then no step reads what one worker would.",
    lambda order, step, batch_size, worker, n_workers: _stretch(
        order,
        worker * (len(order) // n_workers) + step * (batch_size // n_workers),
        batch_size // n_workers,
    ),
)
my_share.mistake(
    "The batch is right, but you deal it out like cards. A share is a stretch of it: neighbors in `order`.",
    lambda order, step, batch_size, worker, n_workers: _stretch(order, step * batch_size, batch_size)[
        worker::n_workers
    ],
)
my_share.mistake(
    "Those are positions in `order`. Return the images that stand there: `order[...]`.",
    lambda order, step, batch_size, worker, n_workers: np.arange(len(order))[
        step * batch_size + worker * (batch_size // n_workers) : step * batch_size
        + (worker + 1) * (batch_size // n_workers)
    ],
)
my_share.mistake(
    "The order is lost: you return the images sorted. Keep them as they stand in `order`.",
    lambda order, step, batch_size, worker, n_workers: np.sort(
        _stretch(order, step * batch_size + worker * (batch_size // n_workers), batch_size // n_workers)
    ),
)
my_share.mistake(
    "Workers count from 0: worker 0 gets the first share of the batch.",
    lambda order, step, batch_size, worker, n_workers: _stretch(
        order, step * batch_size + (worker + 1) * (batch_size // n_workers), batch_size // n_workers
    ),
)
my_share.mistake(
    "Steps count from 0: step 0 reads the first batch.",
    lambda order, step, batch_size, worker, n_workers: my_share.answer(order, step + 1, batch_size, worker, n_workers),
)
my_share.mistake(
    "The shares are dealt out from the back: worker 0 gets the first one, and the last worker the last one.",
    lambda order, step, batch_size, worker, n_workers: my_share.answer(
        order, step, batch_size, n_workers - 1 - worker, n_workers
    ),
)
my_share.mistake(
    "The images are right, but in reverse order. Keep them as they stand in `order`.",
    lambda order, step, batch_size, worker, n_workers: my_share.answer(order, step, batch_size, worker, n_workers)[
        ::-1
    ],
)
my_share.mistake(
    "Workers are a whole batch apart here. Their shares are neighbors: they are one share apart.",
    lambda order, step, batch_size, worker, n_workers: _stretch(
        order, (step + worker) * batch_size, batch_size // n_workers
    ),
)
my_share.mistake(
    "All images that are left are divided among the workers. Divide only the batch of this step.",
    lambda order, step, batch_size, worker, n_workers: np.array_split(order[step * batch_size :], n_workers)[worker][
        : batch_size // n_workers
    ],
)
my_share.mistake(
    "The roles of step and worker are swapped: a step moves on by a whole batch, a worker by one share.",
    lambda order, step, batch_size, worker, n_workers: _stretch(
        order, (worker * n_workers + step) * (batch_size // n_workers), batch_size // n_workers
    ),
)


@prediction(
    shows="Half a megabyte in each step, whatever the batch size: the images stay, and only gradients travel.",
    hints=[
        "The gradient has one number for each parameter of the network. Lesson 4 counted the parameters: 121,994.",
        "A float32 takes four bytes.",
    ],
)
def gradient_bytes():
    """How many bytes one worker's gradient takes."""
    return 121_994 * 4


gradient_bytes.mistake("That is how many numbers there are. Each of them takes four bytes.", 121_994)
gradient_bytes.mistake("Those are bits. A float32 has 32 bits, or four bytes.", 121_994 * 32)
gradient_bytes.mistake(
    "That is twice as much: a number is a float32 here, not a float64; and the gradient is that of one worker.",
    121_994 * 8,
)
for kilobytes in (121.994 * 4, 488):
    gradient_bytes.mistake("Those are kilobytes. Give the number of bytes.", kilobytes)
for megabytes in (0.121994 * 4, 0.488, 0.49, 0.5):
    gradient_bytes.mistake("Those are megabytes. Give the number of bytes.", megabytes)
gradient_bytes.mistake("Nearly: that is rounded. Give the exact number of bytes.", 488_000)
gradient_bytes.mistake("That is the convolutions alone (lesson 4). The dense layers have parameters, too.", 55_744 * 4)
gradient_bytes.mistake(
    "The batch size does not matter: the gradients of all images are added up first.", 121_994 * 4 * 64
)
gradient_bytes.mistake(
    "That is a batch of images. They stay where they are; what travels is the gradient.", 64 * 28 * 28 * 4
)


def _ring(n_bytes, n_workers, bandwidth, latency, rounds=lambda n: 2 * (n - 1), part=lambda n: n):
    return rounds(n_workers) * (n_bytes / part(n_workers) / bandwidth + latency)


@function(
    cases={
        "four workers": (1200.0, 4, 100.0, 0.25),  # first: here no two mistakes give the same number
        "two workers": (1000.0, 2, 100.0, 0.5),
        "one worker has nobody to wait for": (1000.0, 1, 100.0, 0.5),
        "no latency": (1200.0, 3, 10.0, 0.0),
        "nothing to send": (0.0, 5, 10.0, 0.25),
        "bytes that can't be cut into equal parts": (1000, 7, 10, 2),
        "twelve workers, whole numbers": (480, 12, 20, 3),
        "less than a second in each round": (300, 5, 1200, 0.125),
        "the network of this lesson, over a slow connection": (487_976, 64, 125_000.0, 0.05),
        "the same on 1,024 machines": (487_976, 1024, 125_000.0, 0.05),
        "a large network over a fast connection": (2.8e10, 16, 1.25e9, 50e-6),
    },
    errors={
        "ZeroDivisionError": "A single worker has nobody to send to: it needs 0 seconds. And latency or bytes may be 0."
    },
    shows="The bytes that each worker sends hardly grow with the number of workers; the number of rounds does. So "
    "small networks on many machines wait for latency, and large networks for bandwidth.",
    hints=[
        "Two workers first: how many rounds are there, and how much of the gradient does a worker send in each?",
        "A round takes the latency, and the time that `n_bytes / n_workers` bytes take at `bandwidth` bytes a second.",
        "After `n_workers - 1` rounds, each part is complete at one worker; after as many more, it is everywhere.",
    ],
)
def ring_seconds(n_bytes, n_workers, bandwidth, latency):
    """The seconds in which workers in a ring add up what each of them has."""
    return _ring(n_bytes, n_workers, bandwidth, latency)


ring_seconds.mistake(
    "That is half of the way: each part is complete at one worker now. It still has to get to all the others.",
    lambda n_bytes, n_workers, bandwidth, latency: _ring(n_bytes, n_workers, bandwidth, latency, lambda n: n - 1),
)
ring_seconds.mistake(
    "There is one round too many in each half: after `n_workers - 1` rounds, nothing is left to send.",
    lambda n_bytes, n_workers, bandwidth, latency: _ring(n_bytes, n_workers, bandwidth, latency, lambda n: 2 * n),
)
ring_seconds.mistake(
    "There is one round too many: it is two times `n_workers - 1`, and no extra round between the halves.",
    lambda n_bytes, n_workers, bandwidth, latency: _ring(n_bytes, n_workers, bandwidth, latency, lambda n: 2 * n - 1),
)
ring_seconds.mistake(
    "Here a worker sends its whole gradient in each round. It sends only one part, `n_bytes / n_workers`.",
    lambda n_bytes, n_workers, bandwidth, latency: _ring(n_bytes, n_workers, bandwidth, latency, part=lambda n: 1),
)
ring_seconds.mistake(
    "The latency comes once here. It comes in every round.",
    lambda n_bytes, n_workers, bandwidth, latency: (
        2 * (n_workers - 1) * n_bytes / n_workers / bandwidth + (latency if n_workers > 1 else 0)
    ),
)
ring_seconds.mistake(
    "The latency comes once here, even for one worker. It comes in every round.",
    lambda n_bytes, n_workers, bandwidth, latency: 2 * (n_workers - 1) * n_bytes / n_workers / bandwidth + latency,
)
ring_seconds.mistake(
    "The latency is missing: on many machines it is nearly all of the time.",
    lambda n_bytes, n_workers, bandwidth, latency: _ring(n_bytes, n_workers, bandwidth, 0),
)
ring_seconds.mistake(
    "The bytes are missing: each round also takes the time that one part needs at the bandwidth.",
    lambda n_bytes, n_workers, bandwidth, latency: 2 * (n_workers - 1) * latency,
)
ring_seconds.mistake(
    "The parts are cut to whole bytes, as `//` does. Divide with `/`.",
    lambda n_bytes, n_workers, bandwidth, latency: _ring(n_bytes - n_bytes % n_workers, n_workers, bandwidth, latency),
)
ring_seconds.mistake(
    "The seconds are cut to whole ones, as `//` does. Divide with `/`.",
    lambda n_bytes, n_workers, bandwidth, latency: 2 * (n_workers - 1) * (n_bytes / n_workers // bandwidth + latency),
)
ring_seconds.mistake(
    "The latency is left out in one half of the way, or counts only half. It comes in every round.",
    lambda n_bytes, n_workers, bandwidth, latency: _ring(n_bytes, n_workers, bandwidth, latency / 2),
)
ring_seconds.mistake(
    "The latency comes twice in each round here. It comes once, and the rounds of both halves are counted already.",
    lambda n_bytes, n_workers, bandwidth, latency: _ring(n_bytes, n_workers, bandwidth, 2 * latency),
)
ring_seconds.mistake(
    "Only the longer of two times counts here. Each round takes both: the latency, and the time of the bytes.",
    lambda n_bytes, n_workers, bandwidth, latency: 2 * (n_workers - 1) * max(n_bytes / n_workers / bandwidth, latency),
)
ring_seconds.mistake(
    "The time of all workers is added up. They send at the same time: it is that of one of them.",
    lambda n_bytes, n_workers, bandwidth, latency: n_workers * _ring(n_bytes, n_workers, bandwidth, latency),
)
ring_seconds.mistake(
    "You multiply by the bandwidth. Bytes divided by bytes a second give seconds.",
    lambda n_bytes, n_workers, bandwidth, latency: 2 * (n_workers - 1) * (n_bytes / n_workers * bandwidth + latency),
)
ring_seconds.mistake(
    "That is one round. There are two times `n_workers - 1` of them.",
    lambda n_bytes, n_workers, bandwidth, latency: n_bytes / n_workers / bandwidth + latency,
)
ring_seconds.mistake(
    "In each half, a worker sends as many bytes as the whole gradient has here, as if it were cut into `n_workers - 1` "
    "parts. There is one part for each worker, and in each half a worker sends all but one.",
    lambda n_bytes, n_workers, bandwidth, latency: (
        _ring(n_bytes, n_workers, bandwidth, latency, part=lambda n: n - 1) if n_workers > 1 else 0.0
    ),
)


quiz = Quiz(
    Question(
        "One worker trains with batches of 64. Now four workers train with 64 images *each*, at the same learning "
        "rate. What is that?",
        right="c",
        a=(
            "The same training run, four times as fast",
            "It reads the same images. But there are only a quarter of the steps, and each is that of a larger batch.",
        ),
        b=(
            "Four training runs with batches of 64, which are averaged at the end",
            "They add up their gradients in each step, so all workers have the same network all the time.",
        ),
        c=(
            "A training run with batches of 256 and a quarter of the steps",
            "The gradient is that of 256 images. An epoch has a quarter of the steps, so learning rate and epochs must "
            "be chosen again.",
        ),
        d=(
            "An error: the workers have to divide the batch",
            "They do: each takes 64 of 256 images. Nothing complains, and that is the danger.",
        ),
    ),
    Question(
        "A worker dies at step 1,270. Checkpoints are written every 100 steps. What is lost?",
        right="b",
        a=(
            "Nothing: the others take over its share",
            "They have the same weights, but they cannot take a step without its gradient. All of them end, and start "
            "again from the checkpoint.",
        ),
        b=(
            "The 70 steps since the last checkpoint",
            "At step 1,200 everything was written: the weights, the optimizer's numbers, and how far the images had "
            "been read.",
        ),
        c=("What this worker had learned", "No worker learns anything of its own: all of them hold the same weights."),
        d=("The whole training run, from its first step on", "That would be so without checkpoints."),
    ),
    Question(
        "You have twenty runs of the same network with twenty random seeds, and twenty machines. What do you do?",
        right="a",
        a=(
            "Give each machine a whole run",
            "The runs don't depend on one another, so nothing has to be added up, and if a machine dies, you lose one "
            "run at most.",
        ),
        b=(
            "Train each run on all twenty machines, one after the other",
            "Every step of every run would wait for the slowest of twenty machines.",
        ),
        c=(
            "It makes no difference",
            "The images read are the same. The waiting is not: whole runs wait for nobody.",
        ),
    ),
    Question(
        "With batches of 1,024 and a ring all-reduce, our network trains more slowly on 1,024 machines than on 8. What "
        'would help? (More than one is right: answer as in `answer(4, "bc")`.)',
        right="ad",
        a=(
            "A larger batch",
            "Then there is more to compute between two all-reduces, and there are fewer of them in an epoch (if the "
            "accuracy stays high enough).",
        ),
        b=(
            "Twice the bandwidth",
            "The parts are tiny already: with so many rounds, latency is nearly all of the time.",
        ),
        c=("More machines", "There would be even more rounds, and even less to compute for each machine."),
        d=(
            "A network with more to compute for each parameter",
            "One number travels for each parameter; the more multiply-adds go with it, the less the waiting matters.",
        ),
    ),
    Question(
        "In their first steps, two workers give losses that agree with those of one process to several digits, but not "
        "to the last one. Why?",
        right="c",
        a=(
            "They draw their images in a different order, because each draws on its own",
            "They draw with the same random seed, and each reads its share of the same batch.",
        ),
        b=(
            "Each worker has initial weights of its own",
            "Then the losses would differ by much, from the first step on.",
        ),
        c=(
            "Sums of float32 numbers depend on the order in which you add them",
            "Two half sums are rounded differently from one sum. You met the same in lesson 5.",
        ),
        d=(
            "The second worker is always one step behind",
            "They take each step together; that is what the waiting is for.",
        ),
    ),
)
