"""The drawing pad: what you draw in a notebook arrives as an array, and is read while you draw."""

import textwrap

import matplotlib.pyplot as plt
import numpy as np

from course_utils import plotting
from course_utils.widgets.stage import Widget

SHAPE = (280, 280)
PAPER = 255
MOST_RUNS = 5000  # of a drawing that is stored beside its picture; photographs have more, and pen strokes fewer


class DrawingPad(Widget):
    """A pad to draw one digit on, in a notebook: make it the last line of a cell.

    Parameters
    ----------
    predict : callable
        Reads a drawing: it gets an array like ``drawing`` below, and returns ten probabilities, array_like of float,
        shape (10,), in [0, 1]. It is called each time the drawing changes, but not for blank paper. What it raises
        becomes a message in the pad, and nothing is lost.
    start : array_like of uint8, shape (280, 280), optional
        A drawing that is shown and read until you draw; by default blank paper.

    Attributes
    ----------
    drawing : ndarray of uint8, shape (280, 280)
        The drawing as it is now: dark ink (0) on white paper (255), as in a photograph. A copy.
    probabilities : ndarray of float, shape (10,)
        What ``predict`` returned for it; NaN if it returned nothing.
    message : str
        Why it returned nothing; empty if it did return something, or if the paper is blank.

    Raises
    ------
    TypeError, ValueError
        If ``predict`` cannot be called, or ``start`` is not such an array.
    """

    kind = "pad"
    stopped = "The kernel has stopped. The drawing is kept; to have it read, run the cell again."

    def __init__(self, predict, *, start=None):
        super().__init__()
        if not callable(predict):
            raise TypeError(f"predict must be a function that takes a drawing, got {predict!r}")
        self._predict = predict
        self._read(np.full(SHAPE, PAPER, np.uint8) if start is None else _check_drawing(start))

    @property
    def drawing(self):
        return self._drawing.copy()

    def _is_blank(self):
        return bool((self._drawing == PAPER).all())

    def _read(self, drawing):
        """Take a drawing and have it read; whatever goes wrong meanwhile becomes the message.

        JupyterLab does this in a thread of its own (a subshell), so you can draw while a cell runs. So the
        attributes change together, when all is known.
        """
        probabilities, message = np.full(10, np.nan), ""
        try:
            if (drawing != PAPER).any():
                probabilities = _check_probabilities(self._predict(drawing.copy()))
        except KeyboardInterrupt:
            message = "predict was interrupted."
        except Exception as error:
            message = f"{type(error).__name__}: {error}"
        self._drawing, self.probabilities, self.message = drawing, probabilities, message

    # ---- what is stored

    def _describe(self):
        if self._is_blank():
            return "A drawing pad with blank paper, and ten empty bars for the probabilities of the digits 0 to 9."
        if self.message:
            return f"A drawing pad with a drawing on it, and ten empty bars. It is not read: {self.message}"
        best = int(self.probabilities.argmax())
        percent = f"{100 * self.probabilities[best]:.0f}%"
        reading = f"it is read as {best}, with a probability of {percent}."
        return f"A drawing pad with a drawing on it, and ten bars: {reading}"

    def _draw(self):
        figure, (paper, bars) = plt.subplots(1, 2, figsize=(6.4, 3.2), width_ratios=[1, 0.9])
        plotting.plot_image(self._drawing, ax=paper, cmap="gray", vmin=0, vmax=PAPER)
        paper.spines[:].set(visible=True, color=plotting.GRAY)
        widths = np.nan_to_num(self.probabilities)
        best = widths.argmax() if widths.any() else None
        colors = [plotting.BLUE if digit == best else plotting.GRAY for digit in range(10)]
        bars.barh(range(10), widths, color=colors)
        bars.set(xlim=(0, 1), ylim=(9.6, -0.6), yticks=range(10), xlabel="probability", ylabel="digit")
        if self.message:
            words = textwrap.shorten(self.message, 150, placeholder=" ...")
            bars.text(0.05, 4.5, textwrap.fill(words, 30), va="center", color=plotting.BLACK, parse_math=False)
        return figure

    # ---- what is live

    def _state(self):  # predict is Python, so without a kernel there is only the drawing
        runs = [] if self._is_blank() else run_lengths(self._drawing)
        return {"start": runs} if 0 < len(runs) <= MOST_RUNS else {}

    def _buffers(self):
        return [] if self._is_blank() else [self._drawing.tobytes()]

    def _answer(self, kind, content, buffers):
        if kind != "draw":
            return None
        self._read(np.frombuffer(buffers[0], np.uint8).reshape(SHAPE).copy())
        probabilities = None if np.isnan(self.probabilities).any() else self.probabilities.tolist()
        return {"probabilities": probabilities, "message": self.message}, []


def run_lengths(drawing):
    """A drawing, row by row, as a list of [gray, count]: how many pixels in a row have the same gray."""
    grays = drawing.ravel()
    starts = np.flatnonzero(np.diff(grays, prepend=~grays[:1]))
    counts = np.diff(starts, append=grays.size)
    return np.stack([grays[starts], counts], axis=1).tolist()


def read_run_lengths(runs):
    """The drawing that `run_lengths` describes."""
    grays, counts = np.array(runs).T
    return np.repeat(grays.astype(np.uint8), counts).reshape(SHAPE)


def _check_drawing(start):
    start = np.asarray(start)
    if start.shape != SHAPE or start.dtype != np.uint8:
        raise ValueError(
            f"start must be an array of uint8 of shape {SHAPE}, dark ink (0) on white paper (255), "
            f"got {start.dtype} of shape {start.shape}"
        )
    return start.copy()


def _check_probabilities(returned):
    """Ten probabilities as floats, or an error that says what predict returned instead."""
    try:
        probabilities = np.array(returned, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"predict must return ten probabilities, got {type(returned).__name__}") from None
    if probabilities.shape != (10,):
        hint = "; take its only row, with [0]" if probabilities.shape == (1, 10) else ""
        raise ValueError(f"predict must return ten probabilities, got shape {probabilities.shape}{hint}")
    if np.isnan(probabilities).any():
        raise ValueError(f"predict returned NaN for {np.isnan(probabilities).sum()} of the ten probabilities")
    low, high = probabilities.min(), probabilities.max()
    if low < -1e-6 or high > 1 + 1e-6:
        raise ValueError(f"probabilities must lie in [0, 1], got {low:.4g} to {high:.4g}: is softmax missing?")
    return probabilities.clip(0, 1)
