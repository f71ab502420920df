"""The threshold in a real browser, in a page without a kernel: what it computes, shows, says, and how it is moved."""

import base64
import functools
import io
import itertools
import json
import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from in_browser import chromium, watched_page  # noqa: F401  chromium is a fixture
from PIL import Image

from course_utils import detection, evaluation
from course_utils.widgets.stage import HERE, read_module, read_style, script_for_page
from course_utils.widgets.threshold import EDGES, N_BINS, THRESHOLDS, ThresholdView

pytestmark = pytest.mark.slow

RNG = np.random.default_rng(15)
LABELS = (RNG.random(2624) < 0.3).astype(int)
SCORES = 1 / (1 + np.exp(-RNG.normal(2.5 * LABELS - 2, 2.0)))
SCORES[:40] = np.tile([0, 1e-9, 0.5, 1], 10)  # beyond the bins, and on an edge
FUNCTIONS = "countFrom, fieldsAt, measure, costOf, curvesOf, reliabilityOf, weightFor, barsOf, formatProbability"
LEFT, RIGHT = 62, 24  # pixels beside the histograms
NAME = "Threshold in the histograms"


def view(**options):
    named = {"names": ("fine", "defective"), "things": "cells", "cost_missed": 10}
    return ThresholdView(SCORES, LABELS, **named | options)


@functools.cache  # drawing takes a second
def first_page():
    return page_of(view())


def page_of(shown):
    """A page with nothing but the stored output and what brings it to life."""
    style = f":root {{ color-scheme: light dark }} {read_style('threshold')}"
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>threshold</title><style>{style}</style><body><main>{shown._encode_picture()["text/html"]}</main>
        <script type="module">{script_for_page("threshold")}</script>"""


def threshold_page(browser, name, shown=None, **options):
    """A page with a threshold; fails where anything goes wrong on it."""
    return watched_page(browser, f"threshold_{name}", **{"viewport": {"width": 1000, "height": 1100}} | options)


def text_of(page, name):
    return page.locator(f"[data-is='{name}']").text_content()


def sliders(page):
    return {
        label: page.get_by_role("slider", name=label, exact=True)
        for label in (NAME, "Threshold", "Prevalence", "Temperature")
    }


def edge_of(page):
    return int(page.get_by_role("slider", name=NAME).get_attribute("aria-valuenow"))


# ---- what it computes: all is compared with NumPy, from the same bins


@pytest.fixture(scope="module")
def computed(chromium):  # noqa: F811
    """What the functions of the module return, for three weights of positives and three temperatures."""
    module = read_module(HERE / "threshold" / "threshold.js")
    with threshold_page(chromium, "computes") as page:
        page.set_content(f"<script type='module'>{module}\nwindow.lab = {{ {FUNCTIONS} }};</script>")
        page.wait_for_function("window.lab")
        result = page.evaluate(
            """(state) => {
                const [positive, negative] = [lab.countFrom(state.positive), lab.countFrom(state.negative)];
                const costs = { costMissed: 20, costAlarm: 2, costFound: 0.5 };
                const edges = Array.from({ length: 481 }, (_, edge) => edge);
                const result = { of: {}, reliability: {}, bars: {}, counts: [[...negative], [...positive]] };
                for (const weight of [1, 3, 0.01]) {
                    const fields = edges.map((edge) => lab.fieldsAt(edge, positive, negative, weight));
                    const values = fields.map((one) => Object.values(lab.measure(one)).map(String));
                    const cost = fields.map((one) => lab.costOf(one, costs));
                    const { points, area, averagePrecision } = lab.curvesOf(positive, negative, weight);
                    const curve = points.map((p) => [p.falseRate, p.recall, p.precision].map(String));
                    result.of[weight] = { fields, values, cost, area, averagePrecision, curve };
                    for (const temperature of [0.25, 1, 2.25]) {
                        result.reliability[`${weight} ${temperature}`] = lab.reliabilityOf(state, temperature, weight);
                    }
                }
                for (const factor of [0.25, 1, 1.7, 4]) result.bars[factor] = lab.barsOf(positive, factor);
                result.weight = lab.weightFor(0.01, positive[0], negative[0]);
                result.words = [0.5, 0.31, 0.05, 0.0012, 0.99877, 1e-9, 1 - 1e-9].map(lab.formatProbability);
                return result;
            }""",
            view()._state(),
        )
        assert page.faults == []
    return json.loads(json.dumps(result))


@pytest.fixture(scope="module")
def binned():
    """Labels, and the scores in the middle of their bins, in log-odds."""
    counts = view()._counts
    middles = (EDGES[:-1] + EDGES[1:]) / 2
    return np.repeat([0, 1], counts.sum(axis=1)), np.concatenate([np.repeat(middles, row) for row in counts])


@pytest.mark.parametrize("weight", [1, 3, 0.01])
def test_counts_rates_and_costs_are_those_of_numpy_at_every_threshold(computed, binned, weight):
    labels, scores = binned
    of = computed["of"][str(weight)]
    for edge in range(N_BINS + 1):
        called = scores > EDGES[edge]
        n_found, n_missed, n_alarms, n_passed = (
            int(np.sum(one & (labels == label)))
            for one, label in ((called, 1), (~called, 1), (called, 0), (~called, 0))
        )
        found, missed = weight * n_found, weight * n_missed
        fields = {"found": found, "missed": missed, "alarms": n_alarms, "passed": n_passed}
        assert of["fields"][edge] == fields, edge
        precision = found / (found + n_alarms) if called.any() else np.nan
        f1 = 2 * found / (2 * found + missed + n_alarms)
        expected = [found / (found + missed), precision, n_alarms / (n_alarms + n_passed), f1]
        assert np.array_equal([float(one) for one in of["values"][edge]], expected, equal_nan=True), edge
        assert of["cost"][edge] == pytest.approx(0.5 * found + 20 * missed + 2 * n_alarms, rel=1e-12)


def test_both_curves_and_their_areas_are_those_of_the_course(computed, binned):
    labels, scores = binned
    false_rate, true_rate, precision = np.array(computed["of"]["1"]["curve"], dtype=float).T
    rates = detection.roc_curve(labels, scores)[:2]
    assert sorted(set(zip(false_rate, true_rate, strict=True))) == sorted(set(zip(*rates, strict=True)))
    expected = set(zip(*detection.precision_recall_curve(labels, scores)[:2], strict=True))
    assert {(p, r) for p, r in zip(precision, true_rate, strict=True) if not np.isnan(p)} == expected
    for weight in (1, 3):  # a positive that counts three times is there three times
        repeats = np.where(labels == 1, weight, 1)
        many = np.repeat(labels, repeats), np.repeat(scores, repeats)
        of = computed["of"][str(weight)]
        assert of["area"] == pytest.approx(detection.area_under_roc(*many), abs=1e-12)
        assert of["averagePrecision"] == pytest.approx(detection.average_precision(*many), abs=1e-12)
    assert computed["of"]["0.01"]["area"] == pytest.approx(computed["of"]["1"]["area"], abs=1e-12)
    assert computed["of"]["0.01"]["averagePrecision"] < computed["of"]["1"]["averagePrecision"] - 0.3
    n_negative, n_positive = np.bincount(labels)
    assert computed["weight"] * n_positive / (computed["weight"] * n_positive + n_negative) == pytest.approx(
        0.01, abs=1e-15
    )


@pytest.mark.parametrize("temperature", [0.25, 1, 2.25])
@pytest.mark.parametrize("weight", [1, 3, 0.01])
def test_the_reliability_diagram_is_that_of_numpy(computed, binned, weight, temperature):
    labels, scores = binned
    probabilities = 1 / (1 + np.exp(-scores / temperature))
    bins, weights = np.minimum((10 * probabilities).astype(int), 9), np.where(labels == 1, weight, 1.0)
    dots = iter(computed["reliability"][f"{weight} {temperature}"]["dots"])
    error = 0
    for one in np.unique(bins):
        inside, dot = bins == one, next(dots)
        said, was = (np.average(values[inside], weights=weights[inside]) for values in (probabilities, labels))
        error += weights[inside].sum() / weights.sum() * abs(said - was)
        interval = evaluation.wilson_interval(int(labels[inside].sum()), int(inside.sum()))
        low, high = (weight * end / (weight * end + 1 - end) for end in interval)
        expected = [said, was, low, high, inside.sum()]
        assert [dot[name] for name in ("said", "was", "low", "high", "count")] == pytest.approx(expected, abs=1e-12)
        assert dot["low"] <= dot["was"] <= dot["high"]
    assert next(dots, None) is None
    found = computed["reliability"][f"{weight} {temperature}"]
    assert found["error"] == pytest.approx(error, abs=1e-12)
    assert found["expected"] == pytest.approx(np.sum(weights * probabilities), rel=1e-12)


def test_python_draws_the_same_reliability_diagram(computed):
    shown = view()
    for temperature in (0.25, 1, 2.25):
        shown.temperature = temperature
        dots = computed["reliability"][f"1 {temperature}"]["dots"]
        names = ("said", "was", "low", "high", "count")
        assert np.allclose(shown._reliability(), [[dot[name] for dot in dots] for name in names], atol=1e-12)


def test_calibrated_in_the_middle_and_off_at_another_temperature_or_prevalence(computed):
    """On scores made so that the log-odds are right up to a factor, the error has its least value in between."""
    errors = {name: one["error"] for name, one in computed["reliability"].items()}
    assert errors["1 2.25"] < errors["3 2.25"] and errors["1 0.25"] > errors["1 1"]


def test_bars_hold_everyone_and_at_temperature_one_are_counts(computed):
    counts = view()._counts[1]
    assert computed["bars"]["1"] == counts.reshape(-1, 5).sum(axis=1).tolist()
    for temperature, bars in computed["bars"].items():
        assert sum(bars) == pytest.approx(counts.sum(), rel=1e-12)
        edges, wide = EDGES / float(temperature), np.linspace(-12, 12, 97)
        expected = np.diff(np.interp(wide, edges, np.append(0, np.cumsum(counts))))
        assert bars[1:-1] == pytest.approx(expected[1:-1].tolist(), abs=1e-9)
    assert computed["words"] == ["0.5", "0.31", "0.05", "0.0012", "0.99877", "under 0.000001", "over 0.999999"]


# ---- how it is moved, what it shows and says


def says(threshold, shown):
    """The first sentence, at a threshold as Python has it."""
    n = LABELS.sum()
    found, alarms = (int(np.sum(SCORES[label == LABELS] >= threshold)) for label in (1, 0))
    recall, precision = (f"{value:.3f}".rstrip("0").rstrip(".") for value in (found / n, found / (found + alarms)))
    return (
        f"From {shown} on it says “defective”: it finds {found:,} of {n:,} defective cells (recall {recall}), and "
        f"{alarms:,} of its {found + alarms:,} alarms are false (precision {precision})."
    )


def test_mouse_keys_and_sliders_move_the_same_threshold_and_all_that_depends_on_it(chromium):  # noqa: F811
    with threshold_page(chromium, "moves") as page:
        page.set_content(first_page())
        shown = view()
        controls = sliders(page)
        assert text_of(page, "says") == says(0.5, "0.5")
        assert page.locator("img").count() == 0, "the picture has given its place"
        cost = 10 * int(np.sum(SCORES[LABELS == 1] < 0.5)) + int(np.sum(SCORES[LABELS == 0] >= 0.5))
        assert text_of(page, "cost").endswith(f"= {cost:,}; the lowest so far.")
        # mouse
        box = page.locator("canvas").first.bounding_box()
        width, middle = box["width"] - LEFT - RIGHT, box["y"] + 100
        page.mouse.move(box["x"] + LEFT + 0.5 * width, middle)
        page.mouse.down()
        page.mouse.move(box["x"] + LEFT + 0.4 * width, middle, steps=5)
        assert edge_of(page) == round(0.4 * N_BINS)
        shown._edge = edge_of(page)
        assert text_of(page, "says") == says(shown.threshold, "0.0832")
        page.mouse.move(box["x"] - 5, middle)
        assert edge_of(page) == 0 and text_of(page, "says").startswith(
            "Whatever the score, it says “defective”: it finds all"
        )
        page.mouse.move(box["x"] + box["width"] + 20, middle)
        assert edge_of(page) == N_BINS and text_of(page, "says").startswith("No score is high enough: it never says")
        assert text_of(page, "precision").endswith("= none")
        page.mouse.up()
        page.mouse.move(box["x"] + LEFT + 0.3 * width, middle)
        assert edge_of(page) == N_BINS, "a mouse that is not pressed moves nothing"
        # the lowest cost so far is one that was seen
        assert "; lowest so far " in text_of(page, "cost")
        # keys on the histograms, and on the slider
        controls[NAME].focus()
        for key, edge in (("Home", 0), ("ArrowRight", 1), ("Shift+ArrowUp", 11), ("ArrowLeft", 10), ("End", 480)):
            page.keyboard.press(key)
            assert edge_of(page) == edge, key
        page.keyboard.press("Control+ArrowLeft")
        assert edge_of(page) == 480, "a browser's own keys are its own"
        controls["Threshold"].focus()
        for key, edge in (("ArrowLeft", 479), ("Home", 0), ("ArrowRight", 1)):
            page.keyboard.press(key)
            assert edge_of(page) == edge and controls["Threshold"].input_value() == str(edge)
        assert controls["Threshold"].get_attribute("aria-valuetext") == controls[NAME].get_attribute("aria-valuetext")
        assert page.faults == []


def test_the_cost_and_the_lowest_so_far(chromium):  # noqa: F811
    with threshold_page(chromium, "costs") as page:
        page.set_content(page_of(view(cost_missed=20, cost_alarm=1, cost_found=1, things="answers")))
        edges = []

        def cost(edge, missed=20, alarm=1):
            called = THRESHOLDS[edge] <= SCORES
            n_missed = int(np.sum(~called & (LABELS == 1)))
            return missed * n_missed + alarm * int(called.sum())

        page.get_by_role("slider", name=NAME).focus()
        for key in ["Shift+ArrowLeft"] * 14 + ["Shift+ArrowRight"] * 3:
            page.keyboard.press(key)
            edges.append(edge_of(page))
        costs = {edge: cost(edge) for edge in [240, *edges]}
        best = min(costs, key=costs.get)
        name = f"{THRESHOLDS[best]:.3g}"
        assert text_of(page, "cost").endswith(f"= {costs[edges[-1]]:,}; lowest so far {costs[best]:,} at {name}.")
        # other costs begin anew, and a look costs the same whether it finds something or not
        page.get_by_label("An alarm costs").focus()
        page.keyboard.press("ArrowRight")
        now = cost(edges[-1], alarm=2)
        assert "found at 2 each, that is " in text_of(page, "cost")
        assert text_of(page, "cost").endswith(f"= {now:,}; the lowest so far.")
        page.get_by_label("A miss costs").focus()
        page.keyboard.press("End")
        assert "missed at 200 each" in text_of(page, "cost") and "the lowest so far" in text_of(page, "cost")
        assert page.faults == []


def test_prevalence_and_temperature_say_what_stays_and_what_changes(chromium):  # noqa: F811
    with threshold_page(chromium, "reweighted") as page:
        page.set_content(page_of(view(threshold=0.3)))
        controls = sliders(page)
        before = {name: text_of(page, name) for name in ("recall", "falseRate", "precision", "ROC curve-key", "says")}
        assert text_of(page, "prevalence") == text_of(page, "temperature") == ""
        assert controls["Prevalence"].get_attribute("aria-valuetext").endswith(" (data)")
        controls["Temperature"].focus()
        for _ in range(10):
            page.keyboard.press("ArrowRight")
        assert controls["Temperature"].get_attribute("aria-valuetext") == "2"
        same = {name: text_of(page, name) for name in before if name != "says"}
        assert same == {name: words for name, words in before.items() if name != "says"}
        said = text_of(page, "temperature")
        assert "divided by 2. No two scores change places" in said and "moves along, from 0.299 to 0.395." in said
        assert text_of(page, "says").replace("From 0.395", "From 0.299") == before["says"]
        page.wait_for_function("document.querySelector('.cnn-live[role=status]').textContent.includes('divided by 2')")
        box = page.locator("canvas").first.bounding_box()
        place = box["x"] + LEFT + 0.5 * (box["width"] - LEFT - RIGHT)
        page.mouse.click(place + 20, box["y"] + 50)  # on the axis, at temperature 2, one bin is half as wide
        moved = 20 / (box["width"] - LEFT - RIGHT) * 24 * 2 * 20
        assert edge_of(page) == 240 + round(moved)
        page.get_by_role("slider", name=NAME).focus()
        while edge_of(page) > 223:
            page.keyboard.press("ArrowLeft")
        controls["Prevalence"].focus()
        page.keyboard.press("Home")
        shown = view(threshold=0.3)
        shown._prevalence = 0.001
        (alarms, found), (n_fine, n) = ([counts[edge] for counts in shown._counts_from()] for edge in (223, 0))
        assert n / (n + n_fine) == pytest.approx(0.001)
        precision = found / (found + alarms)
        assert text_of(page, "precision").endswith(f"= {precision:.3f}")
        assert text_of(page, "recall").endswith(before["recall"].split("=")[1])
        assert text_of(page, "ROC curve-key") == before["ROC curve-key"]
        assert f"to {precision:.3f}: as many false alarms, beside fewer" in text_of(page, "prevalence")
        while not controls["Prevalence"].get_attribute("aria-valuetext").endswith("(data)"):
            controls["Prevalence"].press("ArrowRight")
        assert text_of(page, "prevalence") == "" and text_of(page, "precision") == before["precision"]
        assert page.faults == []


def pixels_of(page, name):
    """What is painted on a canvas: red, green, blue and opacity, shape (height, width, 4)."""
    picture = page.locator(f"canvas[data-is='{name}']").evaluate("(canvas) => canvas.toDataURL()")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(picture.partition(",")[2])))).astype(int)


def where(pixels, color):
    """Rows and columns of all pixels of a color."""
    return np.nonzero((abs(pixels[..., :3] - color).max(axis=2) <= 2) & (pixels[..., 3] > 250))


def test_the_point_moves_on_both_curves_and_bars_change_color_at_the_threshold(chromium):  # noqa: F811
    vermilion, pale, blue, green, gray = (
        (0xD5, 0x5E, 0),
        (0xF2, 0xB4, 0x8C),
        (0, 0x72, 0xB2),
        (0, 0x9E, 0x73),
        (140,) * 3,
    )
    shown = view()
    with threshold_page(chromium, "paint") as page:
        page.set_content(first_page())
        for key, edge in (("Shift+ArrowLeft", 230), ("Home", 0), ("End", N_BINS), ("Shift+ArrowLeft", 470)):
            page.get_by_role("slider", name=NAME).press(key)
            counts = shown._counts_from()
            (false_rate, recall), (alarms, found) = counts[:, edge] / counts[:, 0], counts[:, edge]
            precision = found / max(found + alarms, 1)
            for name, (x, y) in {"ROC curve": (false_rate, recall), "Precision, recall": (recall, precision)}.items():
                pixels = pixels_of(page, name)
                rows, columns = where(pixels, green)
                if name != "ROC curve" and edge == N_BINS:  # nothing is called positive: there is no precision
                    assert len(rows) == 0
                    continue
                height, width = pixels.shape[:2]
                place = (8 + (1 - y) * (height - 54), 48 + x * (width - 58))
                assert (rows.mean(), columns.mean()) == pytest.approx(place, abs=1), (name, edge)
                line = where(pixels, (0, 0, 0))
                assert np.hypot(line[0] - place[0], line[1] - place[1]).min() < 10, "on the curve"
            pixels = pixels_of(page, "scores")
            cut = LEFT + edge / N_BINS * (pixels.shape[1] - LEFT - RIGHT)
            left, right = where(pixels[25:120], vermilion)[1], where(pixels[25:120], pale)[1]
            thick = np.bincount(left, minlength=pixels.shape[1])  # a rim is thinner than a bar
            assert edge == 0 or left.min() < cut
            assert edge == N_BINS or right.min() > cut - 3
            assert edge != 230 or right.min() < cut + 3
            assert edge == N_BINS or thick[int(cut) + 3 :].max() <= 4
            assert (len(where(pixels[180:], blue)[1]) > 0) == (counts[0, edge] < counts[0, 0] or edge == 0)
        before = len(where(pixels_of(page, "Precision, recall"), gray)[0])
        page.get_by_role("slider", name="Prevalence").press("Home")
        assert len(where(pixels_of(page, "Precision, recall"), gray)[0]) > before + 100, "the curve of the data"
        assert page.faults == []


def test_a_kernel_is_told_what_was_moved_and_nothing_twice(chromium):  # noqa: F811
    module = read_module(HERE / "threshold" / "threshold.js")
    shown = view()
    start = f"""window.told = []; const state = {json.dumps(shown._state())};
        const place = document.querySelector("main");
        window.widget = mountThreshold(place, state, async (kind, content) => told.push({{ kind, ...content }}));"""
    with threshold_page(chromium, "kernel") as page:
        page.set_content(
            f"<style>{read_style('threshold')}</style><main></main><script type=module>{module}{start}</script>"
        )
        page.wait_for_function("window.widget")
        for key in ("Home", "Home", "ArrowLeft", "End"):
            page.get_by_role("slider", name=NAME).press(key)
        for key in ("Home", "Home"):
            page.get_by_label("Prevalence").press(key)
        for _ in range(3):
            page.get_by_role("slider", name=NAME).press("Shift+ArrowLeft")
        page.get_by_label("Temperature").focus()
        page.keyboard.press("End")
        page.get_by_label("A false alarm costs").focus()
        page.keyboard.press("End")
        told = page.evaluate("told")
        assert len(told) == 9 and all(one != other for one, other in itertools.pairwise(told))
        assert page.locator("[data-lm-suppress-shortcuts]:focus").count() == 1, "JupyterLab leaves its keys alone"
        for content in told:
            shown._answer(content.pop("kind"), content, [])
        assert (shown.prevalence, shown.temperature, shown.cost_alarm, shown.cost_missed) == (0.001, 4, 200, 10)
        assert shown.threshold == pytest.approx(1 / (1 + np.exp(-10.5 / 4)))
        page.evaluate("widget.tell('The kernel has stopped.')")
        assert page.get_by_role("alert").inner_text() == "The kernel has stopped."
        # opened again from what Python has now, it is as it was
        before = text_of(page, "says")
        page.set_content(page_of(shown))
        assert text_of(page, "says") == before and text_of(page, "temperature") != ""
        assert page.faults == []


def test_a_finger_moves_the_threshold_and_scrolls_up_and_down(chromium):  # noqa: F811
    options = {"has_touch": True, "viewport": {"width": 400, "height": 600}, "is_mobile": True}
    with threshold_page(chromium, "touch", **options) as page:
        page.set_content(first_page())
        box = page.locator("canvas").first.bounding_box()
        page.touchscreen.tap(box["x"] + LEFT + 0.25 * (box["width"] - LEFT - RIGHT), box["y"] + 60)
        assert edge_of(page) == pytest.approx(0.25 * N_BINS, abs=1)
        protocol = page.context.new_cdp_session(page)

        def touch(kind, *place):
            points = [{"x": place[0], "y": place[1]}] if place else []
            protocol.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})

        y = box["y"] + 100
        touch("Start", box["x"] + 150, y)
        for x in range(160, 320, 20):
            touch("Move", box["x"] + x, y)
        touch("End")
        share = (300 - LEFT) / (box["width"] - LEFT - RIGHT)
        assert edge_of(page) == pytest.approx(share * N_BINS, abs=2) and page.evaluate("scrollY") == 0
        touch("Start", box["x"] + 120, y)
        for step in range(1, 8):
            touch("Move", box["x"] + 120, y - 15 * step)
        touch("End")
        page.wait_for_function("scrollY > 30")
        assert edge_of(page) == pytest.approx(share * N_BINS, abs=2), "to scroll moves no threshold"
        assert page.faults == []


def test_keys_alone_reach_everything_and_a_screen_reader_is_told(chromium):  # noqa: F811
    with threshold_page(chromium, "keys") as page:
        page.set_content(first_page())
        names = []
        for _ in range(6):
            page.keyboard.press("Tab")
            names.append(
                page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.labels[0].firstChild.data")
            )
            before = text_of(page, "says") + text_of(page, "cost") + text_of(page, "temperature")
            page.keyboard.press("ArrowRight")
            assert before != text_of(page, "says") + text_of(page, "cost") + text_of(page, "temperature"), names[-1]
        assert names == [NAME, "Threshold", "A miss costs", "A false alarm costs", "Prevalence", "Temperature"]
        page.keyboard.press("Home")
        live = page.get_by_role("status")
        page.wait_for_function(
            "document.querySelector('[role=status]:not(output)').textContent.includes('divided by 0.25')"
        )
        assert live.last.text_content().startswith("All log-odds are divided by 0.25.")
        page.get_by_role("slider", name=NAME).press("Home")
        page.wait_for_function(
            "document.querySelector('.cnn-live[role=status]').textContent.startsWith('Whatever the score')"
        )
        labels = [canvas.get_attribute("aria-label") for canvas in page.locator("canvas").all()]
        assert labels[1] == "At the threshold: false positive rate 1, recall 1"
        assert re.match(r"[\d,]+ cells: predicted 0\.01, observed share 0\.", labels[3]) and labels[3].count(";") == 9
        assert page.faults == []


def test_it_fits_on_small_and_large_and_dark_and_contrast_pages_and_keeps_nobody_out(chromium, tmp_path):  # noqa: F811
    options = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
    (tmp_path / "page.html").write_text(first_page(), encoding="utf-8")
    with threshold_page(chromium, "looks") as page:
        page.context.set_offline(True)
        page.goto((tmp_path / "page.html").as_uri())
        page.wait_for_selector("canvas")
        for scheme, contrast in (("light", "none"), ("dark", "none"), ("dark", "active")):
            page.emulate_media(color_scheme=scheme, forced_colors=contrast)
            for width in (320, 700, 1920):
                page.set_viewport_size({"width": width, "height": 900})
                page.get_by_label("Temperature").press("ArrowRight")
                page.get_by_label("Prevalence").press("ArrowLeft")
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (width, scheme)
            found = Axe().run(page, options=options).response["violations"]
            assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
            box = page.locator("canvas").first.bounding_box()
            image = Image.open(io.BytesIO(page.screenshot(clip=box))).convert("RGB")
            assert image.getpixel((4, 4)) == (255, 255, 255), "the paper is white on every page"
            colors = {color for _, color in image.getcolors(1 << 20)}
            assert {(0xD5, 0x5E, 0), (0, 0x72, 0xB2)} <= colors, "errors of both classes"
        assert page.faults == []


def test_pictures_are_sharp_on_a_dense_screen_and_follow_the_width(chromium):  # noqa: F811
    with threshold_page(chromium, "dense", device_scale_factor=2) as page:
        page.set_content(first_page())
        for width in (900, 500):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_function(
                "[...document.querySelectorAll('canvas')].every((c) => Math.abs(c.width - 2 * c.clientWidth) <= 1)"
            )
        assert page.locator("canvas").count() == 4 and page.faults == []


def test_names_are_text_and_never_markup(chromium):  # noqa: F811
    with threshold_page(chromium, "markup") as page:
        page.set_content(page_of(view(names=("<b>&amp;</b>", "<img src=x>"), things="</script>'\"")))
        assert "it says “<img src=x>”" in text_of(page, "says") and "</script>'\"" in text_of(page, "says")
        assert page.locator("th").nth(2).text_content() == "is <b>&amp;</b>"
        assert page.locator("main img").count() == 0 and page.faults == []
