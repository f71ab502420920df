"""The bank of made pictures, and the counts of what is read of it: small banks, and pictures whose outcome is known."""

import collections

import numpy as np
import pytest

from course_utils import handwriting
from course_utils.bench import reading, reading_bank
from course_utils.bench.reading_bank import KINDS, TO_REFUSE, Digit, Picture, draw_bank, draw_digit
from course_utils.networks import load_seed_network
from course_utils.results import read_result

pytestmark = [pytest.mark.numbers, pytest.mark.slow]


@pytest.fixture(scope="module")
def network():
    return load_seed_network()


@pytest.fixture(scope="module")
def bank(network):
    """A picture of each kind."""
    counts = collections.Counter()
    return list(draw_bank(7, 1, network=network, counts=counts)), counts


# ---- the bank


def test_a_bank_holds_each_kind_as_it_is_asked_for(bank):
    pictures, counts = bank
    assert [picture.kind for picture in pictures] == list(KINDS) and len(KINDS) * reading.N_EACH >= 2000
    assert counts["taken"] >= len(KINDS) and counts["left out"] < 0.1 * counts["taken"]
    for picture in pictures:
        image = picture.image
        assert image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3
        assert min(image.shape[:2]) >= 8 and max(image.shape[:2]) <= handwriting.MAX_SIDE, picture.kind
        assert picture.function in ("prepare", "prepare_sheet")
        assert picture.refuse == (picture.kind in TO_REFUSE)
        n_digits = len("".join(picture.written))
        assert (n_digits == 0) == picture.kind.startswith("blank"), picture.kind
        if picture.function == "prepare" and not picture.refuse:
            assert n_digits == 1, picture.kind


def test_the_same_seed_draws_the_same_pictures_and_another_seed_others(bank, network):
    kinds = ["tilted rows", "margin", "other things"]
    again, other = (list(draw_bank(seed, 1, kinds=kinds, network=network)) for seed in (7, 8))
    first = {picture.kind: picture for picture in bank[0]}
    for picture, changed in zip(again, other, strict=True):
        assert picture.written == first[picture.kind].written
        np.testing.assert_array_equal(picture.image, first[picture.kind].image)
        assert picture.image.shape != changed.image.shape or (picture.image != changed.image).any()


def test_functions_take_turns(network):
    pictures = list(draw_bank(7, 4, kinds=["touching digits"], network=network))
    assert [picture.function for picture in pictures] == ["prepare", "prepare_sheet"] * 2


def test_only_digits_that_the_network_reads_are_taken():
    """With a network that knows no digit but 3."""
    counts = collections.Counter()
    digits = reading_bank.read_digits(
        np.random.default_rng(0), lambda images: np.eye(10)[[3] * len(images)], counts=counts
    )
    assert {next(digits).sign for _ in range(5)} == {"3"}
    assert counts["left out"] > counts["taken"] > 0


def test_a_digit_is_as_high_as_asked_and_turns_clockwise():
    bar = np.zeros((28, 28), np.float32)
    bar[4:24, 12:16] = 1
    stroke = [(np.array([[0, -0.5], [0, 0.5]]), np.ones(2))]
    for digit in Digit("1", scan=bar), Digit("1", stroke, pen=0.03):
        height, width = draw_digit(digit, 100).shape
        assert 98 < height < 110 and width < 30
        ink = draw_digit(digit, 100, angle=30)
        top, bottom = np.argmax(ink[3]), np.argmax(ink[-4])  # its upper end goes to the right
        assert top > bottom + 30


def test_no_ink_lies_around_a_digit_of_mnist():
    scan = np.zeros((28, 28), np.float32)
    scan[10:14, 10:14] = 1
    for height in (20, 200):
        assert max(draw_digit(Digit("1", scan=scan), height).shape) < 0.35 * height


def test_lab_of_known_colors():
    np.testing.assert_allclose(reading_bank.to_lab((255, 255, 255)), [100, 0, 0], atol=0.05)
    np.testing.assert_allclose(reading_bank.to_lab((255, 0, 0)), [53.24, 80.09, 67.20], atol=0.1)
    np.testing.assert_allclose(reading_bank.to_lab((0, 0, 0)), [0, 0, 0], atol=0.05)


def test_some_pens_are_as_bright_as_the_paper():
    rng = np.random.default_rng(0)
    pairs = [[reading_bank.to_lab(color) for color in reading_bank.draw_color_pair(rng)] for _ in range(40)]
    distances = [np.linalg.norm(pen - paper) for pen, paper in pairs]
    as_bright = [abs(pen[0] - paper[0]) < 8 for pen, paper in pairs]
    assert min(distances) > 50 and 5 < sum(as_bright) < 30


# ---- outcomes


def test_known_pictures_have_known_outcomes(network):
    digit = next(draw_bank(7, 1, kinds=["shadow or lamp"], network=network))
    blank = np.full((100, 100, 3), 240, np.uint8)
    wrong = Picture("x", digit.image, (str((int(digit.written[0]) + 1) % 10),))
    outcome, confidence = reading.judge(digit, network)
    assert outcome == "read" and 0.5 < confidence <= 1
    assert reading.judge(wrong, network) == ("misread", confidence)
    assert reading.judge(Picture("x", digit.image, (), refuse=True), network) == ("misread", confidence)
    assert reading.judge(Picture("x", blank, (), refuse=True), network) == ("refused correctly", 0)
    assert reading.judge(Picture("x", blank, ("3",), "prepare_sheet"), network) == ("refused wrongly", 0)


# Of the first four, the ink is fainter than any pen's. Of the last, most lies along folds, and crumbs of it at the rim.
BLANK = [(1, "blank paper", 25), (4, "blank paper", 90), (3, "blank form", 0), (4, "blank form", 39)]


@pytest.mark.parametrize(("seed", "kind", "n"), [*BLANK, (4, "blank paper", 68)])
def test_what_was_once_read_on_blank_pages_is_refused(seed, kind, n):
    image, _ = KINDS[kind](np.random.default_rng([seed, *kind.encode(), n]), None)
    with pytest.raises(ValueError, match="found no ink"):
        handwriting.prepare_sheet(image)


@pytest.mark.parametrize("written", [("12", "3"), ("123",), ("12",), ("321",)])
def test_a_sheet_is_read_if_all_its_digits_are_in_order(monkeypatch, written):
    answers = np.full((3, 10), 0.01)
    answers[[0, 1, 2], [1, 2, 3]] = [0.9, 0.6, 0.8]
    monkeypatch.setattr(handwriting, "prepare_sheet", lambda image: (np.zeros((3, 28, 28)), None))
    outcome = "read" if "".join(written) == "123" else "misread"
    picture = Picture("x", None, written, "prepare_sheet")
    assert reading.judge(picture, lambda images: answers) == (outcome, 0.6)


def test_a_fault_of_the_reader_is_not_a_refusal(monkeypatch):
    def fail(image):
        raise IndexError("a fault")

    monkeypatch.setattr(handwriting, "prepare", fail)
    with pytest.raises(IndexError, match="a fault"):
        reading.judge(Picture("x", None, ()), None)


def test_outcomes_are_counted_by_kind_and_added_up():
    judged = [
        ("margin", "read", 0.95),
        ("margin", "misread", 0.91),
        ("colors", "misread", 0.9),
        ("colors", "refused wrongly", 0),
        ("blank form", "refused correctly", 0),
    ]
    kinds = reading.summarize(judged)
    assert kinds["margin"] == {
        "n": 2,
        "read": 1,
        "refused_correctly": 0,
        "refused_wrongly": 0,
        "misread": 1,
        "misread_surely": 1,
    }
    sums = reading.add_up(kinds)
    assert list(sums["to read"].values()) == [4, 1, 0, 1, 2, 1] and list(sums["to refuse"].values()) == [
        1,
        0,
        1,
        0,
        0,
        0,
    ]
    table = reading.report({"seed": 2, "digits": {"taken": 9, "left_out": 1}, "kinds": kinds, "sums": sums})
    assert len({len(line) for line in table.splitlines()[:-1]}) == 1  # columns stand below each other
    assert "of 10 digits, 1 were left out" in table


def test_what_was_not_read_can_be_looked_at(monkeypatch, tmp_path, network):
    monkeypatch.setattr(reading, "KINDS", {"margin": None})
    monkeypatch.setattr(reading, "load_seed_network", lambda: network)
    pictures = [Picture("margin", np.zeros((9, 9, 3), np.uint8), ("7",))] * 2
    monkeypatch.setattr(reading, "draw_bank", lambda *arguments, **options: iter(pictures))
    outcomes = iter([("read", 1.0), ("misread", 0.987)])
    monkeypatch.setattr(reading, "judge", lambda *arguments: next(outcomes))
    reading.read_bank(1, 2, show=tmp_path / "new")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["margin, misread, 1, 7, 0.99.png"]


# ---- what is stored


def test_the_stored_result_is_of_this_bank():
    result = read_result("reading")
    assert (result["seed"], result["n_each"], result["sure_is_above"]) == (reading.REPORT, reading.N_EACH, reading.SURE)
    assert list(result["kinds"]) == list(KINDS)
    for kind, counts in result["kinds"].items():
        outcomes = [counts[key] for key in ("read", "refused_correctly", "refused_wrongly", "misread")]
        assert counts["n"] == sum(outcomes) == reading.N_EACH and counts["misread_surely"] <= counts["misread"]
        assert counts["refused_wrongly" if kind in TO_REFUSE else "refused_correctly"] == 0
    assert result["sums"] == reading.add_up(result["kinds"])
    assert result["digits"]["left_out"] < 0.05 * result["digits"]["taken"]


def test_what_is_stored_keeps_what_lesson_08_says():
    kinds, sums = read_result("reading")["kinds"], read_result("reading")["sums"]
    assert sums["to read"]["read"] > 0.95 * sums["to read"]["n"]
    assert sums["to read"]["misread_surely"] < 0.01 * sums["to read"]["n"]
    assert min(kinds[kind]["refused_correctly"] for kind in ("blank paper", "blank form")) > 90
    assert kinds["several digits"]["misread"] == 0
    assert max(kinds, key=lambda kind: kinds[kind]["misread"]) == "touching digits"


@pytest.mark.nightly
def test_pictures_that_nothing_was_chosen_by_are_read_as_well(network):
    """A small bank from another seed, so that a reader that got worse is seen at once."""
    judged = [(one.kind, *reading.judge(one, network)) for one in draw_bank(3, 3, network=network)]
    sums = reading.add_up(reading.summarize(judged))
    assert sums["to read"]["read"] >= 0.9 * sums["to read"]["n"]
    assert sums["to refuse"]["refused_correctly"] >= 0.75 * sums["to refuse"]["n"]
