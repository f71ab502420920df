"""Exercises and quiz of lesson 12, Scaling out."""

import numpy as np

from course_utils.exercises.engine import function, prediction
from course_utils.exercises.quiz import Question, Quiz

LESSON = 12


def _stretch(order, start, size):
    return np.asarray(order)[start : start + size]


_order = np.random.default_rng(0).permutation(24)


@function(
    cases={
        "the first worker of two, the first step": (_order, 0, 8, 0, 2),
        "the second worker of two, the first step": (_order, 0, 8, 1, 2),
        "the second worker of two, the last step": (_order, 2, 8, 1, 2),
        "one worker alone": (_order, 1, 8, 0, 1),
        "the third worker of four": (_order, 1, 8, 2, 4),
        "as many workers as images in a batch": (_order, 1, 4, 3, 4),
        "batches of six, three workers": (_order, 3, 6, 1, 3),
        "images that fill no whole batch are left": (_order[:23], 1, 8, 1, 2),
    },
    shows="All stretches of a step, side by side, are the batch of one worker. So the sum over workers is the same.",
    hints=[
        "First without workers: where in `order` does batch number `step` start?",
        "A worker gets `batch_size // n_workers` images. Which of them come before worker number `worker`?",
        "The start is `step * batch_size`, and `worker` shares further. From there, one share.",
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
    "That is the first share for every worker: two workers would compute the same slopes twice.",
    lambda order, step, batch_size, worker, n_workers: _stretch(order, step * batch_size, batch_size // n_workers),
)
my_share.mistake(
    "Each worker gets a whole batch here: together they take a step of `n_workers` batches, which is another training.",
    lambda order, step, batch_size, worker, n_workers: _stretch(
        order, (step * n_workers + worker) * batch_size, batch_size
    ),
)
my_share.mistake(
    "The step is left out: every step would read the first batch again.",
    lambda order, step, batch_size, worker, n_workers: _stretch(
        order, worker * (batch_size // n_workers), batch_size // n_workers
    ),
)
my_share.mistake(
    "The steps are too short: one step moves all workers on by a whole batch, not by one share.",
    lambda order, step, batch_size, worker, n_workers: _stretch(
        order, (step + worker) * (batch_size // n_workers), batch_size // n_workers
    ),
)
my_share.mistake(
    "That cuts the data into one large part for each worker. Then a step does not read the batch of one worker.",
    lambda order, step, batch_size, worker, n_workers: _stretch(
        order,
        worker * (len(order) // n_workers) + step * (batch_size // n_workers),
        batch_size // n_workers,
    ),
)
my_share.mistake(
    "The images are the right ones for the batch, dealt out like cards. Wanted is a stretch: neighbors in `order`.",
    lambda order, step, batch_size, worker, n_workers: _stretch(order, step * batch_size, batch_size)[
        worker::n_workers
    ],
)
my_share.mistake(
    "Those are places in `order`. Wanted are the images that stand there: `order[...]`.",
    lambda order, step, batch_size, worker, n_workers: np.arange(len(order))[
        step * batch_size + worker * (batch_size // n_workers) : step * batch_size
        + (worker + 1) * (batch_size // n_workers)
    ],
)
my_share.mistake(
    "The order is lost: the images stand sorted. Keep them as `order` has them.",
    lambda order, step, batch_size, worker, n_workers: np.sort(
        _stretch(order, step * batch_size + worker * (batch_size // n_workers), batch_size // n_workers)
    ),
)
my_share.mistake(
    "Workers count from 0: worker 0 gets the first stretch.",
    lambda order, step, batch_size, worker, n_workers: _stretch(
        order, step * batch_size + (worker + 1) * (batch_size // n_workers), batch_size // n_workers
    ),
)


@prediction(
    shows="Half a megabyte, at every step, whatever the batch: the images stay where they are, and only slopes travel.",
    hints=[
        "What travels is one slope for each parameter of the network. Lesson 4 counted them: 121,994.",
        "A float32 takes four bytes.",
    ],
)
def slope_bytes():
    """How many bytes one worker's slopes take."""
    return 121_994 * 4


slope_bytes.mistake("That is how many numbers there are. Each of them takes four bytes.", 121_994)
slope_bytes.mistake("Those are bits. A float32 has 32 of them, which is four bytes.", 121_994 * 32)
slope_bytes.mistake(
    "That is twice too much: a number is a float32 here, not a float64; and the slopes are those of one worker.",
    121_994 * 8,
)
slope_bytes.mistake("Those are kilobytes. Wanted are bytes.", 121.994 * 4)
slope_bytes.mistake("Those are megabytes. Wanted are bytes.", 0.121994 * 4)
slope_bytes.mistake(
    "That is the count of the convolutions alone (lesson 4). The dense layers have slopes too.", 55_744 * 4
)
slope_bytes.mistake(
    "The size of the batch does not matter: the slopes of all images are added up first.", 121_994 * 4 * 64
)
slope_bytes.mistake("That is a batch of images. They stay where they are; what travels are slopes.", 64 * 28 * 28 * 4)


def _ring(n_bytes, n_workers, bandwidth, latency, rounds=lambda n: 2 * (n - 1), part=lambda n: n):
    return rounds(n_workers) * (n_bytes / part(n_workers) / bandwidth + latency)


@function(
    cases={
        "four workers": (1000.0, 4, 100.0, 0.5),  # first: with two, several mistakes give the same number
        "two workers": (1000.0, 2, 100.0, 0.5),
        "one worker has nobody to wait for": (1000.0, 1, 100.0, 0.5),
        "no latency": (1200.0, 3, 10.0, 0.0),
        "nothing to send": (0.0, 5, 10.0, 0.25),
        "the seed's network on 64 machines": (487_976.0, 64, 1.25e9, 50e-6),
        "the same on 1,024": (487_976.0, 1024, 1.25e9, 50e-6),
    },
    tolerance=1e-9,
    shows="The bytes that each worker sends hardly grow with the workers; the number of rounds does. So small networks "
    "on many machines wait for latency, and large networks for bandwidth.",
    hints=[
        "Two workers first: how many rounds are there, and which part of the bytes is sent in each?",
        "A round takes the latency, and the time for one part, `n_bytes / n_workers`, goes through at `bandwidth`.",
        "There are `n_workers - 1` rounds until every part is complete somewhere, and as many until it is everywhere.",
    ],
)
def ring_seconds(n_bytes, n_workers, bandwidth, latency):
    """The seconds in which workers in a ring add up what each of them has."""
    return _ring(n_bytes, n_workers, bandwidth, latency)


ring_seconds.mistake(
    "That is half of the way: each part is complete at one worker now. It has to get around to all of them as well.",
    lambda n_bytes, n_workers, bandwidth, latency: _ring(n_bytes, n_workers, bandwidth, latency, lambda n: n - 1),
)
ring_seconds.mistake(
    "There is one round too many, twice: after `n_workers - 1` rounds nothing is left to send.",
    lambda n_bytes, n_workers, bandwidth, latency: _ring(n_bytes, n_workers, bandwidth, latency, lambda n: 2 * n),
)
ring_seconds.mistake(
    "Between the two halves there is no extra round: it is two times `n_workers - 1`.",
    lambda n_bytes, n_workers, bandwidth, latency: _ring(n_bytes, n_workers, bandwidth, latency, lambda n: 2 * n - 1),
)
ring_seconds.mistake(
    "In each round everything is sent here. A worker sends one part only, `n_bytes / n_workers`.",
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
    "The latency is left out: on many machines it is nearly all there is.",
    lambda n_bytes, n_workers, bandwidth, latency: _ring(n_bytes, n_workers, bandwidth, 0),
)
ring_seconds.mistake(
    "That is multiplied by the bandwidth. Bytes over bytes a second are seconds.",
    lambda n_bytes, n_workers, bandwidth, latency: 2 * (n_workers - 1) * (n_bytes / n_workers * bandwidth + latency),
)
ring_seconds.mistake(
    "That is one round. There are two times `n_workers - 1` of them.",
    lambda n_bytes, n_workers, bandwidth, latency: n_bytes / n_workers / bandwidth + latency,
)
ring_seconds.mistake(
    "That cuts the bytes into `n_workers - 1` parts. There is one part for each worker.",
    lambda n_bytes, n_workers, bandwidth, latency: (
        _ring(n_bytes, n_workers, bandwidth, latency, part=lambda n: n - 1) if n_workers > 1 else 0.0
    ),
)


quiz = Quiz(
    Question(
        "One worker trains with batches of 64. Now four workers train with 64 images *each*, at the same rate. "
        "What is that?",
        right="c",
        a=(
            "The same training, four times as fast.",
            "The same images are read in the time. But there are four times "
            "fewer steps, and each is a step of another batch.",
        ),
        b=(
            "Four trainings of 64 images a step, which are averaged at the end.",
            "They add up their slopes at every step, so there is one network all the time, the same on all workers.",
        ),
        c=(
            "A training with batches of 256, with a quarter of the steps.",
            "The slopes are those of 256 images. An epoch "
            "has a quarter of the steps, so rate and epochs have to be thought over.",
        ),
        d=(
            "An error: the workers have to divide the batch.",
            "They do: 64 each of 256. Nothing complains, and that is the danger.",
        ),
    ),
    Question(
        "A worker dies at step 1,270. Checkpoints are written every 100 steps. What is lost?",
        right="b",
        a=(
            "Nothing: the others have its share.",
            "They have the same weights, but they cannot take a step without its "
            "slopes. All of them end, and start from the checkpoint.",
        ),
        b=(
            "The 70 steps since the last checkpoint.",
            "At step 1,200 everything was written: weights, the optimizer's "
            "numbers, and how far the order of the images had been read.",
        ),
        c=("What this worker had learned.", "No worker learns anything of its own: all of them hold the same weights."),
        d=("The whole training, from its first step on.", "So it would be without checkpoints."),
    ),
    Question(
        "Twenty runs of the same recipe from twenty seeds, and twenty machines. What do you do?",
        right="a",
        a=(
            "Give each machine whole runs.",
            "They need nothing of each other, so nothing has to be added up, and a machine "
            "that dies costs one run at most.",
        ),
        b=(
            "Train each run on all twenty machines, one after the other.",
            "Every step of every run would wait for twenty machines and for the slowest of them.",
        ),
        c=("It comes to the same.", "The images read are the same. The waiting is not: whole runs wait for nobody."),
    ),
    Question(
        "On 1,024 machines the seed's network trains more slowly than on 8. What would help? (More than one is right.)",
        right="bd",
        a=(
            "Twice the bandwidth.",
            "The parts are tiny already: with so many rounds, latency is nearly all of the time.",
        ),
        b=(
            "A larger batch.",
            "Then there is more to compute between two rounds of adding up, and fewer rounds an epoch "
            "(if the accuracy bears it).",
        ),
        c=("More machines.", "There would be even more rounds, and even less to compute for each."),
        d=(
            "A network with more to compute for each parameter.",
            "What travels is one number for each parameter; the more "
            "multiply-adds to each, the less the waiting counts.",
        ),
    ),
    Question(
        "Two workers give losses that agree with one process to five digits, and not to the last bit. Why?",
        right="c",
        a=(
            "They draw their images in another order, as each draws for itself.",
            "They draw from the same seed, and each reads its stretch of the same batch.",
        ),
        b=(
            "Each worker has its own first weights.",
            "Then the losses would differ from the first step on, and by much.",
        ),
        c=(
            "Sums of float32 depend on the order in which they are added.",
            "Two half sums added up are rounded elsewhere than one sum. Lesson 5 met the same.",
        ),
        d=(
            "The second worker is always one step behind.",
            "They take each step together; that is what the waiting is for.",
        ),
    ),
)
