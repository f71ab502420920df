"""A threshold to move through the scores of two classes: what it finds, what it costs, and its place on both curves."""

import math
from collections.abc import Sequence
from numbers import Real

import matplotlib.pyplot as plt
import numpy as np

from course_utils import plotting
from course_utils.data.checks import as_array
from course_utils.detection import check_scores
from course_utils.evaluation import wilson_interval
from course_utils.widgets.stage import Widget

N_BINS, A_UNIT = 480, 20  # bins of 1/20 in log-odds, from -12 to 12
EDGES = (np.arange(N_BINS + 1) - N_BINS // 2) / A_UNIT
# The same as scores: the first and the last bin hold whatever lies beyond. From infinity on, nothing is positive.
THRESHOLDS = np.array([0.0, *(1 / (1 + math.exp(-edge)) for edge in EDGES[1:-1]), math.inf])
COSTS = (1, 2, 5, 10, 20, 50, 100, 200)
FEWEST, MOST, LONGEST = 10, 100_000, 20
BAR = 5  # bins to a bar
MISSED, FOUND, ALARMS, PASSED = plotting.VERMILION, "#F2B48C", plotting.BLUE, "#92C5E8"


class ThresholdView(Widget):
    """The scores of two classes and a threshold to move, in a notebook. Make it the last line of a cell.

    It counts the scores in bins of 0.05 in log-odds, log(p / (1 - p)), from -12 to 12, which is p from 0.000006 to
    0.999994; what lies beyond is counted in the first or last bin. A threshold is the edge of a bin, so all counts are
    exact. Areas and means are those of scores that are rounded to their bin.

    Parameters
    ----------
    scores : array_like of float, shape (n,)
        Probabilities of the positive class, in [0, 1]; from 10 to 100,000.
    labels : array_like of int, shape (n,)
        1 for the positive class, the one to be found, and 0 for the negative one. Both occur.
    names : tuple of str
        What the two classes are called, the negative one first, as in ``("fine", "defective")``.
    score : str
        What a score is, for the label of its axis.
    things : str
        What all of them are, in the plural: ``"cells"``, ``"answers"``.
    threshold : float
        From where on a case is called positive, to begin with; moved to the nearest edge of a bin.
    cost_missed, cost_alarm : int
        What a positive that is missed costs, and a false alarm: one of 1, 2, 5, 10, 20, 50, 100, 200.
    cost_found : float
        What a positive that is found costs: 0, or where somebody has to look at each alarm, as much as a false one.
        It changes with cost_alarm, in proportion.

    Attributes
    ----------
    threshold : float
        Where it is now: what you change with the mouse, Python reads here. ``scores >= view.threshold`` is what is
        called positive (at temperature 1), 0 is all and infinity is nothing.
    prevalence : float
        The share of positives, at first that of the labels. Another one lets each positive count more, or less.
    temperature : float
        What the log-odds are divided by, at first 1. For two classes that is what temperature scaling does to a
        softmax; for a confidence among ten classes it is not quite the same.
    cost_missed, cost_alarm, cost_found
        As they are now.

    Raises
    ------
    TypeError, ValueError
        If a parameter is something else.
    """

    kind = "threshold"

    def __init__(
        self,
        scores,
        labels,
        *,
        names=("negative", "positive"),
        things="cases",
        score="predicted probability",
        threshold=0.5,
        cost_missed=1,
        cost_alarm=1,
        cost_found=0,
    ):
        super().__init__()
        labels, scores = _check_cases(labels, scores)
        bins = np.searchsorted(THRESHOLDS, scores, side="right") - 1
        self._counts = np.array([np.bincount(bins[labels == label], minlength=N_BINS) for label in (0, 1)])
        self._names, self._things = _check_names(names), _check_word(things, "things")
        self._score = _check_word(score, "score", longest=2 * LONGEST)
        if not _is_number(threshold) or not 0 <= threshold <= 1:
            raise ValueError(f"threshold must be a probability, in [0, 1], got {threshold!r}")
        for name, cost in (("cost_missed", cost_missed), ("cost_alarm", cost_alarm)):
            if not _is_number(cost) or cost not in COSTS:
                raise ValueError(f"{name} must be one of {', '.join(map(str, COSTS))}, got {cost!r}")
        if not _is_number(cost_found) or not 0 <= cost_found <= COSTS[-1]:
            raise ValueError(f"cost_found must be a number from 0 to {COSTS[-1]}, got {cost_found!r}")
        self.cost_missed, self.cost_alarm = int(cost_missed), int(cost_alarm)
        self.cost_found = int(cost_found) if cost_found == int(cost_found) else float(cost_found)
        self._edge = self._lowest = _nearest_edge(threshold)
        self._prevalence = None  # that of the labels
        self.temperature = 1

    @property
    def prevalence(self):
        return float(self._share()) if self._prevalence is None else self._prevalence

    @property
    def threshold(self):
        if self.temperature == 1 or self._edge in (0, N_BINS):
            return float(THRESHOLDS[self._edge])
        return float(_sigmoid(EDGES[self._edge] / self.temperature))

    # ---- what is counted

    def _share(self):
        return self._counts[1].sum() / self._counts.sum()

    def _weight(self):
        """What one positive counts as: 1, unless another prevalence is wanted."""
        if self._prevalence is None:
            return 1.0
        n_negative, n_positive = self._counts.sum(axis=1)
        return self._prevalence / (1 - self._prevalence) * (n_negative / n_positive)

    def _counts_from(self):
        """How many of each class have a score from an edge on, for all edges, shape (2, n_edges); weighted."""
        counts = np.pad(np.cumsum(self._counts[:, ::-1], axis=1)[:, ::-1], ((0, 0), (0, 1)))
        return counts * np.array([[1.0], [self._weight()]])

    def _reliability(self):
        """Mean probability, share of positives, its 95% interval, and how many cases, of each of ten bins with any."""
        middles = _sigmoid((EDGES[:-1] + 0.5 / A_UNIT) / self.temperature)
        tenths, weight = np.minimum((10 * middles).astype(int), 9), self._weight()
        rows = []
        for tenth in np.unique(tenths):
            negative, positive = self._counts[:, tenths == tenth]
            n = negative.sum() + positive.sum()
            if n:
                weights = negative + weight * positive
                said = (weights * middles[tenths == tenth]).sum() / weights.sum()
                shares = (positive.sum() / n, *wilson_interval(int(positive.sum()), int(n)))
                rows.append((said, *(weight * share / (weight * share + 1 - share) for share in shares), n))
        return np.array(rows).T

    # ---- what is stored

    def _draw(self):
        figure, axes = plt.subplot_mosaic([["scores"] * 3, ["roc", "precision", "calibration"]], figsize=(9.5, 7))
        self._draw_scores(axes["scores"])
        negative, positive = self._counts_from()
        style = {"color": "black", "linewidth": 2}
        point = {"marker": "o", "markersize": 9, "color": plotting.GREEN, "markeredgecolor": "black", "linestyle": ""}
        false_rate, recall = negative / negative[0], positive / positive[0]
        called = positive + negative > 0
        precision = positive[called] / (positive + negative)[called]
        axes["roc"].plot(false_rate, recall, **style)
        axes["roc"].plot(*([rate[self._edge]] for rate in (false_rate, recall)), **point)
        axes["roc"].plot([0, 1], [0, 1], ":", color=plotting.GRAY)
        axes["roc"].set(xlabel="false positive rate", ylabel="recall (true positive rate)", title="ROC")
        axes["precision"].plot(recall[called], precision, **style)
        if called[self._edge]:
            axes["precision"].plot(recall[[self._edge]], precision[[self._edge]], **point)
        axes["precision"].axhline(self.prevalence, linestyle=":", color=plotting.GRAY)
        axes["precision"].set(xlabel="recall", ylabel="precision", title="precision and recall", ylim=(-0.02, 1.02))
        said, was, low, high, _ = self._reliability()
        axes["calibration"].plot([0, 1], [0, 1], ":", color=plotting.GRAY)
        axes["calibration"].vlines(said, low, high, color="black")
        axes["calibration"].plot(said, was, "o", color="black")
        axes["calibration"].set(xlabel="mean predicted probability", title="reliability, 95% intervals")
        axes["calibration"].set_ylabel(f"share {self._names[1]}", parse_math=False)
        for name in ("roc", "precision", "calibration"):
            axes[name].set_aspect("equal")
        return figure

    def _draw_scores(self, ax):
        """Bars of both classes, the positive one above, each as high as the root of its count; and the threshold."""
        edges = np.clip(EDGES / self.temperature, -12, 12)
        for counts, sign, before, after in zip(self._counts, (-1, 1), (PASSED, MISSED), (ALARMS, FOUND), strict=True):
            bars = np.sqrt(counts.reshape(-1, BAR).sum(axis=1))
            heights = np.repeat(sign * bars / bars.max(), BAR)
            for start, stop, color in ((0, self._edge, before), (self._edge, N_BINS, after)):
                if start < stop:
                    ax.stairs(heights[start:stop], edges[start : stop + 1], fill=True, color=color, linewidth=0)
        ax.axvline(edges[self._edge], color="black", linewidth=2)
        ax.axhline(0, color="black", linewidth=1)
        negative, positive = (counts[[0, self._edge]] for counts in self._counts_from())
        for words, x, y, align in (
            (f"missed {positive[0] - positive[1]:,.0f}", 0.01, 0.93, "left"),
            (f"found {positive[1]:,.0f}", 0.99, 0.93, "right"),
            (f"passed {negative[0] - negative[1]:,.0f}", 0.01, 0.04, "left"),
            (f"false alarms {negative[1]:,.0f}", 0.99, 0.04, "right"),
        ):
            ax.text(x, y, words, transform=ax.transAxes, ha=align)
        ticks = np.array([0.00001, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.99999])
        ax.set_xticks(np.log(ticks / (1 - ticks)), [f"{tick:.5f}".rstrip("0") for tick in ticks])
        ax.set(xlabel=f"score: {self._score}", xlim=(-12, 12), ylim=(-1.25, 1.25))
        ax.set_yticks([-0.5, 0.5], self._names, parse_math=False)
        ax.set_title("scores, each class with its own square-root scale")

    def _describe(self):
        """No count that hangs on a score: another processor may round one to the other side of the threshold."""
        n_negative, n_positive = self._counts.sum(axis=1)
        negative, positive = self._names
        where = {0: "below all scores", N_BINS: "above all scores"}.get(self._edge, f"at {self.threshold:.2g}")
        found = f", and one that is found {self.cost_found:g}" if self.cost_found else ""
        share = "" if self._prevalence is None else f", as if a share of {self._prevalence:.3g} were {positive}"
        return f"""The scores of {n_negative:,} {self._things} that are {negative} and {n_positive:,} that are
            {positive} as two histograms, with a threshold {where}{share}; one that is missed costs
            {self.cost_missed}, a false alarm {self.cost_alarm}{found}. Below, the ROC curve and precision over recall
            with a point for the threshold, and a reliability diagram."""

    def _state(self):
        return {
            "negative": self._counts[0].tolist(),
            "positive": self._counts[1].tolist(),
            "names": list(self._names),
            "things": self._things,
            "score": self._score,
            "edge": int(self._edge),
            "lowest": int(self._lowest),
            "prevalence": self._prevalence,
            "temperature": self.temperature,
            "costMissed": self.cost_missed,
            "costAlarm": self.cost_alarm,
            "costFound": self.cost_found,
        }

    # ---- what is live

    def _answer(self, kind, content, buffers):
        if kind == "change":
            self._edge, self._lowest, self._prevalence = (content[name] for name in ("edge", "lowest", "prevalence"))
            self.temperature = content["temperature"]
            costs = (content[name] for name in ("costMissed", "costAlarm", "costFound"))
            self.cost_missed, self.cost_alarm, self.cost_found = costs
        return None


def _sigmoid(log_odds):
    return 1 / (1 + np.exp(-log_odds))


def _nearest_edge(probability):
    if probability in (0, 1):
        return int(probability) * N_BINS
    log_odds = math.log(probability / (1 - probability)) if probability < 1 - 1e-12 else EDGES[-1]
    return int(np.abs(EDGES - log_odds).argmin())


def _is_number(value):
    return isinstance(value, Real) and not isinstance(value, bool)


def _check_cases(labels, scores):
    """Labels and scores as arrays, or an error that says what was expected."""
    labels, scores = as_array(labels, "labels"), as_array(scores, "scores")
    if labels.dtype.kind == "f" and scores.dtype.kind in "iu":
        raise TypeError("scores come first and labels second, got integers first: ThresholdView(scores, labels)")
    labels, scores = check_scores(labels, scores)
    if scores.min() < 0 or scores.max() > 1:
        got = f"{scores.min():.4g} to {scores.max():.4g}"
        raise ValueError(
            f"scores must lie in [0, 1], got {got}; are they logits? Of one logit take 1 / (1 + np.exp(-logit)), "
            "of several the softmax"
        )
    if not FEWEST <= len(scores) <= MOST:
        raise ValueError(f"scores must be from {FEWEST} to {MOST:,} in number, got {len(scores):,}")
    return labels, scores.astype(float)


def _check_names(names):
    if isinstance(names, str) or not isinstance(names, Sequence) or len(names) != 2:
        raise TypeError(f"names must be two words, of the negative class and of the positive one, got {names!r}")
    names = [_check_word(name, "names") for name in names]
    if names[0] == names[1]:
        raise ValueError(f"names must differ, got {names[0]!r} twice")
    return names


def _check_word(word, name, *, longest=LONGEST):
    if not isinstance(word, str):
        raise TypeError(f"{name} must be text, got {word!r}")
    if not 0 < len(word.strip()) <= longest:
        raise ValueError(f"{name} must have 1 to {longest} letters, got {word!r}")
    return word.strip()
