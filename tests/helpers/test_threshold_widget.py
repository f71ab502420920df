"""The threshold without a browser: what it takes, counts, says, and what is stored of it."""

import base64
import html
import io
import json
import math
import re

import numpy as np
import pytest
from PIL import Image

from course_utils import detection
from course_utils.widgets import stage
from course_utils.widgets.threshold import COSTS, EDGES, N_BINS, THRESHOLDS, ThresholdView

pytestmark = pytest.mark.slow

RNG = np.random.default_rng(4)
LABELS = (RNG.random(700) < 0.3).astype(int)
SCORES = 1 / (1 + np.exp(-RNG.normal(3 * LABELS - 2, 2.0)))


def view(**options):
    return ThresholdView(SCORES, LABELS, **options)


# ---- what it takes

ODD = {
    "logits": ((3 * SCORES - 1, LABELS), ValueError, r"scores must lie in \[0, 1\], got .* are they logits\?"),
    "percent": ((100 * SCORES, LABELS), ValueError, r"scores must lie in \[0, 1\]"),
    "NaN": ((np.where(LABELS, np.nan, SCORES), LABELS), ValueError, "scores must be finite, got NaN"),
    "one class": ((SCORES, np.zeros(700, int)), ValueError, "labels must have both 0 and 1, got 0 only"),
    "other lengths": ((SCORES[:-1], LABELS), ValueError, r"shape \(700,\), one for each label, got \(699,\)"),
    "strings": ((["a"] * 700, LABELS), TypeError, "scores must be real numbers, got dtype <U1"),
    "labels in words": ((SCORES, np.where(LABELS, "bad", "fine")), TypeError, "labels must be integers, got dtype <U4"),
    "truth values": ((SCORES, LABELS == 1), TypeError, r"got dtype bool; convert them with labels.astype\(int\)"),
    "both columns": ((np.stack([1 - SCORES, SCORES], 1), LABELS), ValueError, r"take the column .* scores\[:, 1\]"),
    "one-hot labels": ((SCORES, np.eye(2, dtype=int)[LABELS]), ValueError, r"labels.argmax\(axis=1\)"),
    "nothing": (([], np.array([], int)), ValueError, "labels must hold at least one label, got none"),
    "ragged": (([[0.1], [0.2, 0.3]], [0, 1]), ValueError, "scores must all have the same shape"),
    "three classes": ((SCORES, LABELS + 1), ValueError, "labels must be from 0 to 1, got 1 to 2"),
    "the wrong way round": ((LABELS, SCORES), TypeError, r"scores come first and labels second.*\(scores, labels\)"),
    "too few": ((SCORES[:9], np.arange(9) % 2), ValueError, "scores must be from 10 to 100,000 in number, got 9"),
    "too many": ((np.zeros(100_001), np.arange(100_001) % 2), ValueError, "got 100,001"),
}


@pytest.mark.parametrize("name", ODD)
def test_what_are_no_scores_and_labels(name):
    arguments, error, words = ODD[name]
    with pytest.raises(error, match=words):
        ThresholdView(*arguments)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"threshold": 1.5}, ValueError, r"threshold must be a probability, in \[0, 1\], got 1.5"),
        ({"threshold": math.nan}, ValueError, "threshold must be .* got nan"),
        ({"threshold": "half"}, ValueError, "threshold must be .* got 'half'"),
        ({"cost_missed": 7}, ValueError, "cost_missed must be one of 1, 2, 5, 10, 20, 50, 100, 200, got 7"),
        ({"cost_alarm": 0}, ValueError, "cost_alarm must be one of .* got 0"),
        ({"cost_alarm": True}, ValueError, "cost_alarm must be one of .* got True"),
        ({"cost_found": -1}, ValueError, "cost_found must be a number from 0 to 200, got -1"),
        ({"cost_found": None}, ValueError, "cost_found must be .* got None"),
        ({"names": "fine"}, TypeError, "names must be two words, .* got 'fine'"),
        ({"names": ("fine",)}, TypeError, "names must be two words"),
        ({"names": ("fine", 1)}, TypeError, "names must be text, got 1"),
        ({"names": ("fine", "fine ")}, ValueError, "names must differ, got 'fine' twice"),
        ({"names": ("fine", "")}, ValueError, "names must have 1 to 20 letters, got ''"),
        ({"things": "x" * 21}, ValueError, "things must have 1 to 20 letters"),
    ],
)
def test_what_is_no_setting(options, error, words):
    with pytest.raises(error, match=words):
        view(**options)


def test_lists_and_small_floats_and_both_ends_are_taken():
    shown = ThresholdView([0.0, 1.0] * 10, [0, 1] * 10, threshold=1)
    assert shown.threshold == math.inf and shown._counts[0, 0] == 10 and shown._counts[1, -1] == 10
    assert ThresholdView(SCORES.astype(np.float32), LABELS, threshold=0).threshold == 0
    assert ThresholdView(SCORES, LABELS.astype(np.uint8), threshold=np.float32(0.3)).threshold == pytest.approx(
        0.3, abs=0.01
    )


def test_numpys_numbers_and_names_with_signs_are_no_trouble_later():
    shown = view(cost_missed=np.int64(10), cost_alarm=2.0, cost_found=np.float32(0.5), names=("$a_$", "<b>&"))
    stored = html.unescape(re.search('data-state="([^"]+)"', shown._encode_picture()["text/html"])[1])
    state = json.loads(stored)
    assert (state["costMissed"], state["costAlarm"], state["costFound"]) == (10, 2, 0.5)
    assert state["names"] == ["$a_$", "<b>&"] and state == shown._state()


# ---- what it counts


def test_each_edge_calls_positive_what_numpy_does():
    shown = ThresholdView(np.append(SCORES, THRESHOLDS[1:-1]), np.append(LABELS, np.arange(N_BINS - 1) % 2))
    scores, labels = np.append(SCORES, THRESHOLDS[1:-1]), np.append(LABELS, np.arange(N_BINS - 1) % 2)
    for edge in range(N_BINS + 1):  # scores that lie on an edge are positive from it on
        shown._edge = edge
        called = scores >= shown.threshold
        assert [int(counts[edge]) for counts in shown._counts_from()] == [sum(called & (labels == n)) for n in (0, 1)]


def test_thresholds_are_log_odds_in_twentieths_and_the_middle_is_a_half():
    assert THRESHOLDS[N_BINS // 2] == 0.5 and view().threshold == 0.5
    inside = THRESHOLDS[1:-1]
    assert np.allclose(np.log(inside / (1 - inside)), EDGES[1:-1], atol=1e-9)
    assert np.allclose(np.diff(EDGES), 0.05) and EDGES[0] == -12 and EDGES[-1] == 12


# ---- speaking to a browser

CHANGE = {"edge": 200, "lowest": 190, "prevalence": 0.01, "temperature": 2, "costMissed": 50, "costAlarm": 2}
CHANGE |= {"costFound": 0, "id": "me 1", "kind": "change"}


def test_attributes_follow_a_change_and_so_do_state_and_picture():
    shown = view(cost_missed=10, things="cells", names=("fine", "defective"))
    before = shown._describe()
    assert (shown.threshold, shown.temperature, shown.cost_missed, shown.cost_alarm) == (0.5, 1, 10, 1)
    assert shown.prevalence == LABELS.mean() and shown._state()["prevalence"] is None
    assert shown._answer("change", CHANGE, []) is None
    assert (shown.prevalence, shown.temperature, shown.cost_missed, shown.cost_alarm) == (0.01, 2, 50, 2)
    assert shown.threshold == pytest.approx(1 / (1 + math.exp(1)))  # log-odds of -2, divided by 2
    assert {name: shown._state()[name] for name in CHANGE if name not in ("id", "kind")}.items() <= CHANGE.items()
    assert shown._describe() != before
    picture = base64.b64decode(re.search('base64,([^"]+)"', shown._encode_picture()["text/html"])[1])
    assert Image.open(io.BytesIO(picture)).width > 1000
    shown._answer("change", CHANGE | {"edge": N_BINS}, [])  # nothing is called positive: precision has no number
    assert shown.threshold == math.inf and shown._encode_picture()["text/plain"]
    shown._answer("change", CHANGE | {"edge": 0, "prevalence": None, "temperature": 0.25}, [])
    assert shown.threshold == 0 and shown.prevalence == LABELS.mean() and shown._encode_picture()["text/plain"]


def test_the_messenger_passes_a_change_on(monkeypatch):
    for what in ("display", "update_display"):
        monkeypatch.setattr(stage, what, lambda data, **options: None)
    shown = view()
    shown._ipython_display_()
    answers = []
    shown._messenger.send = lambda content, buffers=None: answers.append(content)
    shown._receive(shown._messenger, CHANGE, [])
    shown._receive(shown._messenger, {"kind": "state", "id": "me 2"}, [])
    assert shown.cost_missed == 50 and answers == [{"id": "me 1"}, {"id": "me 2", "state": shown._state()}]


# ---- what is stored


def test_the_state_is_small_whole_numbers_and_the_same_each_time():
    rng = np.random.default_rng(0)
    labels = (rng.random(100_000) < 0.4).astype(int)
    many = ThresholdView(1 / (1 + np.exp(-rng.normal(labels, 4))), labels)
    state = json.dumps(many._state(), separators=(",", ":"))
    assert len(state) < 4500 and not re.search(r"\d\.\d", state)
    assert sum(json.loads(state)["positive"]) == labels.sum() and len(json.loads(state)["negative"]) == N_BINS
    assert state == json.dumps(many._state(), separators=(",", ":"))


def test_the_words_say_what_the_picture_shows():
    shown = view(names=("fine", "defective"), things="cells", threshold=0.3)
    output = shown._encode_picture()
    n = LABELS.sum()
    assert f"The scores of {700 - n} cells that are fine and {n} that are defective as two" in output["text/plain"]
    assert "a threshold at 0.3; one that is missed costs 1, a false alarm 1. Below, the ROC" in output["text/plain"]
    assert f'alt="{output["text/plain"]}"' in output["text/html"]
    assert '<cnn-widget data-kind="threshold" data-state="{' in output["text/html"]
    below, above = (view(threshold=end)._encode_picture()["text/plain"] for end in (0, 1))
    assert "a threshold below all scores;" in below and "a threshold above all scores;" in above
    shown._answer("change", CHANGE | {"costFound": 0.5}, [])
    words = shown._encode_picture()["text/plain"]
    assert "a threshold at 0.27, as if a share of 0.01 were defective; one that is missed costs 50, a" in words
    assert "a false alarm 2, and one that is found 0.5. Below" in words


def test_the_words_hold_no_count_that_another_processor_may_round_otherwise():
    """They are compared to the letter: the same whatever the scores are."""
    one, other = (ThresholdView(scores, LABELS, threshold=0.3)._describe() for scores in (SCORES, SCORES[::-1]))
    assert one == other
    assert view(threshold=0.3)._counts_from()[1, 223] != LABELS.sum()


def test_both_curves_of_the_bins_are_nearly_those_of_the_scores():
    """The bins lose little: area and average precision to half a hundredth."""
    shown = view()
    labels = np.repeat([0, 1], shown._counts.sum(axis=1))
    scores = np.concatenate([np.repeat(np.arange(N_BINS), counts) for counts in shown._counts])
    for area in (detection.area_under_roc, detection.average_precision):
        assert area(labels, scores) == pytest.approx(area(LABELS, SCORES), abs=5e-3)


def test_all_costs_are_those_of_the_sliders():
    text = (stage.HERE / "threshold" / "threshold.js").read_text(encoding="utf-8")
    assert f"const COSTS = {list(COSTS)};" in text and f"const N_BINS = {N_BINS};" in text
