"""The exercises that a value decides: what their checks take for granted is what the lessons' own code gives."""

import re

import lesson_rules as rules
import numpy as np
import pytest

from course_utils import data, networks
from course_utils.exercises import convolution, evaluating, training
from course_utils.publishing.lessons import SOURCES

pytestmark = pytest.mark.numbers


def cells_with(lesson, text):
    """The code cells of a lesson's text that hold some text."""
    source = (SOURCES / f"{lesson}.py").read_text(encoding="utf-8")
    return [cell for cell in re.split(r"^# %%.*\n", source, flags=re.MULTILINE) if text in cell]


def listed_in(lesson, text):
    """The numbers of the tuples that begin with some text in a lesson's code."""
    source = (SOURCES / f"{lesson}.py").read_text(encoding="utf-8")
    return [tuple(map(float, re.findall(r"[\d.]+", row))) for row in re.findall(rf"\(({text}[\d., ]+)\)", source)]


# ---- lesson 03


def test_the_bar_and_kernel_d_are_the_lessons():
    (bar,) = (cell for cell in cells_with("03_convolution", "bar = np.zeros") if "def " not in cell)
    (six,) = cells_with("03_convolution", "kernels = {")
    names = {"np": np, "digit": np.zeros((28, 28)), "correlate_loops": lambda image, kernel: np.zeros(1)}
    exec(six, names)
    exec(bar, names)
    np.testing.assert_array_equal(names["bar"], convolution._upright_bar())
    np.testing.assert_array_equal(names["kernels"]["d"], convolution._ROW_ABOVE_AND_BELOW)
    told = [convolution.silent_kernel.judge(kernel).sentence for kernel in names["kernels"].values()]
    assert [bool(re.match("It is silent", said)) for said in told] == [letter == "d" for letter in "abcdef"]
    assert all(
        re.search(r"row \d+, column \d+ of the output it gives -?[\d.]+", said) for said in told if "d*" not in said
    )


@pytest.mark.parametrize("seed", range(40))
def test_a_kernel_is_silent_exactly_where_the_lessons_loops_give_zeros(seed):
    correlate_loops = rules.lesson_functions("03_convolution")["correlate_loops"]
    rng = np.random.default_rng(seed)
    kernel = rng.integers(-2, 3, size=(3, 3))
    if seed % 2:
        kernel[seed % 3] -= kernel.sum(axis=0)  # now each column adds up to 0
    output = correlate_loops(convolution._upright_bar(), kernel)
    message = convolution.silent_kernel.judge(kernel)
    assert (message.status == "right") is (not output.any()), message.text()
    if output.any():
        row, column, number = re.search(
            r"row (\d+), column (\d+) of the output it gives (\S+?)[.,]? ", message.sentence
        ).groups()
        assert output[int(row), int(column)] == float(number) != 0


def test_dots_in_a_kernel_are_not_an_attempt():
    for kernel in ([[..., ..., ...]] * 3, np.array([[..., ..., ...]] * 3), [[1, 0, 0], [-1, ..., 0], [0, 0, 0]]):
        assert convolution.silent_kernel.judge(kernel).status == "not attempted"


# ---- lesson 05


@pytest.fixture(scope="module")
def losses():
    """The loss after 60 steps, by rate: the lesson's own walk in its own valley."""
    (train_bytes, train_digits), _ = data.load_mnist()
    (valley,) = cells_with("05_training", "chosen = np.flatnonzero(")
    names = rules.lesson_functions("05_training")  # others use them, too
    valleys = {**names, "train_images": data.prepare_images(train_bytes), "train_digits": train_digits}
    exec(valley, valleys)
    names["x"], names["y"] = valleys["x"], valleys["y"]
    found = {rate: names["walk"](names["gradient_descent"](rate))[1][-1] for rate in training.LOSSES}
    del names["x"], names["y"]
    return found


def test_losses_of_the_rates_are_those_of_the_lessons_walk(losses):
    for rate, loss in losses.items():
        assert abs(loss - training.LOSSES[rate]) < 2e-4, rate


def test_which_rates_arrive_is_decided_by_a_wide_margin(losses):
    arrive = [rate for rate, loss in losses.items() if loss < training.ARRIVED]
    assert max(arrive) == training.largest_rate.right
    assert all(abs(loss - training.ARRIVED) > 0.01 for loss in losses.values())
    above = [loss for rate, loss in losses.items() if rate > max(arrive)]
    assert min(above) > 0.25 and losses[max(arrive)] < 0.17
    assert min(losses, key=losses.get) == 20  # as the reply to the right one says


def test_the_lesson_names_the_rates_of_the_check():
    assert tuple(training.LOSSES) in listed_in("05_training", "1, 2, 5, 10")
    text = (SOURCES / "05_training.py").read_text(encoding="utf-8")
    assert text.count("rates 1, 2, 5, 10, 20, 50, 100, and 200") == 2  # in the statement and on its slide


# ---- lesson 06


@pytest.fixture(scope="module")
def fitted():
    """Confidence of the answers to every second test image, and whether they are wrong, by the stored probabilities."""
    _, (_, digits) = data.load_mnist()
    probabilities = networks.load_seed_probabilities()[::2]
    return probabilities.max(axis=1).astype(float), probabilities.argmax(axis=1) != digits[::2]


def test_counts_of_the_thresholds_are_those_of_the_stored_probabilities(fitted):
    confidence, wrong = fitted
    for threshold, (asked, taken) in evaluating.ASKED_AND_WRONG.items():
        assert ((confidence < threshold).sum(), wrong[confidence >= threshold].sum()) == (asked, taken)


def test_the_cheapest_threshold_is_cheapest_by_a_wide_margin():
    costs = {t: asked + evaluating.COST_WRONG * wrong for t, (asked, wrong) in evaluating.ASKED_AND_WRONG.items()}
    best, second = sorted(costs.values())[:2]
    assert costs[evaluating.asking_threshold.right] == best < 0.85 * second


def test_the_lesson_names_the_thresholds_of_the_check():
    assert listed_in("06_evaluating", "0.5, 0.6") == [tuple(evaluating.ASKED_AND_WRONG)] * 3
