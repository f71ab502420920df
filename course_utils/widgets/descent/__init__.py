"""A walker on the loss of lesson 05's network of two weights: each step told before it is taken."""

import base64
import numbers

import matplotlib.pyplot as plt
import numpy as np

from course_utils import plotting
from course_utils.widgets.stage import Widget

W_AXIS, B_AXIS = np.linspace(-8, 28, 50), np.linspace(-14, 6, 40)  # the map, a grid; in descent.js, too
OPTIMIZERS = ("gradient descent", "momentum", "RMSprop", "Adam")
INK = 4080  # ink is counted in these parts: 16 pixels of 255 grays
MOST = 5000  # images, and steps of a walk
RUN = 60  # steps that Run takes, or an epoch where that is more


class DescentView(Widget):
    """Descent on a loss of two weights, in a notebook, step by step. Make it the last line of a cell.

    The network has one input, the ink ``x`` of an image, and the logits 0 and ``w * x + b``. Batches are taken in the
    order of the images.

    Parameters
    ----------
    ink : array_like of float, shape (n,)
        Of 2 to 5,000 images, in [0, 1]; in steps of 1/4080, such as a mean of 16 pixels.
    is_one : array_like of int or bool, shape (n,)
        1 for the images whose logit is ``w * x + b``, 0 for the others; some of each.
    learning_rate : float
        Above 0, at most 1000.
    optimizer : {"gradient descent", "momentum", "RMSprop", "Adam"}
        As in Keras, with its defaults.
    momentum : float
        For the optimizer of that name: the share of a step that carries over into the next, at least 0, below 1.
    batch_size : int, optional
        From 1 to n; by default all images.
    start : tuple of float
        Where the walker starts: w from -8 to 28, b from -14 to 6.

    Attributes
    ----------
    places : ndarray of float64, shape (n_steps + 1, 2)
        The walk so far: w and b at the start and after each step. A copy.
    losses : ndarray of float64, shape (n_steps + 1,)
        The mean loss of all images at each of these places.
    learning_rate, optimizer, momentum, batch_size, start
        As they are now: what you change with the mouse, Python reads here.

    Raises
    ------
    TypeError, ValueError
        If the images or a setting are something else.
    """

    kind = "descent"

    def __init__(
        self, ink, is_one, *, learning_rate=5, optimizer="gradient descent", momentum=0.9, batch_size=None, start=(0, 0)
    ):
        super().__init__()
        self._counts, self._is_one = _check_images(ink, is_one)
        n = len(self._counts)
        self.learning_rate = _check_number("learning_rate", learning_rate)
        if not 0 < self.learning_rate <= 1000:
            raise ValueError(f"learning_rate must be above 0, and at most 1000, got {learning_rate}")
        if optimizer not in OPTIMIZERS:
            raise ValueError(f"optimizer must be one of {', '.join(map(repr, OPTIMIZERS))}, got {optimizer!r}")
        self.optimizer = optimizer
        self.momentum = _check_number("momentum", momentum)
        if not 0 <= self.momentum < 1:
            raise ValueError(f"momentum must be at least 0, and below 1, got {momentum}")
        batch_size = n if batch_size is None else batch_size
        if not isinstance(batch_size, numbers.Integral) or isinstance(batch_size, bool) or not 1 <= batch_size <= n:
            raise ValueError(
                f"batch_size must be a whole number from 1 to {n}, the number of images, got {batch_size!r}"
            )
        self.batch_size = int(batch_size)
        self.start = _check_start(start)
        self._places = np.array([self.start])
        self._before = None

    @property
    def places(self):
        return self._places.copy()

    @property
    def losses(self):
        return np.array([self._loss_and_gradient(place)[0] for place in self._places])

    # ---- what is computed

    def _loss_and_gradient(self, weights, batch=slice(None)):
        """Mean loss on some of the images, and its derivatives along w and b."""
        x, is_one = self._counts[batch] / INK, self._is_one[batch]
        logit = weights[0] * x + weights[1]
        power = np.exp(-abs(logit))  # at most 1: it cannot overflow
        loss = np.maximum(logit, 0) - is_one * logit + np.log1p(power)
        error = np.where(logit > 0, 1, power) / (1 + power) - is_one  # prediction minus target
        return loss.mean(), np.array([(error * x).mean(), error.mean()])

    def _walk(self, n_steps):
        """The places of a walk with the settings of now, an array of shape (n_steps + 1, 2)."""
        n = len(self._counts)
        places, memory = [np.array(self.start)], {}
        for count in range(n_steps):
            first = count % -(-n // self.batch_size) * self.batch_size
            _, gradient = self._loss_and_gradient(places[-1], slice(first, first + self.batch_size))
            places.append(places[-1] + self._step(gradient, count + 1, memory))
        return np.array(places)

    def _step(self, gradient, count, memory):
        """The step of an optimizer, as in Keras; ``memory`` is a dict that it keeps."""

        def mean(name, share, now):
            memory[name] = share * memory.get(name, 0) + (1 - share) * now
            return memory[name]

        if self.optimizer == "RMSprop":
            return -self.learning_rate * gradient / np.sqrt(mean("squares", 0.9, gradient**2) + 1e-7)
        if self.optimizer == "Adam":
            rate = self.learning_rate * np.sqrt(1 - 0.999**count) / (1 - 0.9**count)
            means, squares = mean("means", 0.9, gradient), mean("squares", 0.999, gradient**2)
            return -rate * means / (np.sqrt(squares) + 1e-7)
        share = self.momentum if self.optimizer == "momentum" else 0
        memory["step"] = share * memory.get("step", 0) - self.learning_rate * gradient
        return memory["step"]

    # ---- what is stored

    def _walk_to_draw(self):
        """The walk so far; of one that has not begun, what Run would make of it."""
        if len(self._places) > 1:
            return self._places
        return self._walk(max(RUN, -(-len(self._counts) // self.batch_size)))

    def _draw(self):
        places = self._walk_to_draw()
        losses = [self._loss_and_gradient(place)[0] for place in places]
        heights = np.array([[self._loss_and_gradient((w, b))[0] for w in W_AXIS] for b in B_AXIS])
        row, column = np.unravel_index(heights.argmin(), heights.shape)
        figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.3))
        levels = np.geomspace(0.13, 16, 14)
        bands = {"levels": levels, "norm": "log", "cmap": "Greys", "vmax": 100}
        left.contourf(W_AXIS, B_AXIS, heights.clip(levels[0], levels[-1]), **bands)
        size = 2 if len(places) > 100 else 4
        left.plot(*places.T, "o-", color=plotting.BLUE, markersize=size, linewidth=1)
        left.plot(*self.start, "*", color="black", markersize=10)
        left.plot(W_AXIS[column], B_AXIS[row], "x", color="black", markersize=8)
        left.set(xlim=W_AXIS[[0, -1]], ylim=B_AXIS[[0, -1]], xlabel="weight w", ylabel="bias b")
        left.set_title("the map of the loss")
        right.plot(losses, color=plotting.BLUE)
        right.axhline(heights.min(), color=plotting.GRAY, linestyle=":", label="lowest place")
        right.set(xlabel="step", ylabel="loss (log scale)", yscale="log", title="the loss, step by step")
        right.legend()
        return figure

    def _describe(self):
        places = self._walk_to_draw()
        n, size = len(self._counts), self.batch_size
        images = f"on all {n:,} images at once" if size == n else f"on batches of {size:,} of {n:,} images"
        how = self.optimizer + (f" of {self.momentum:g}" if self.optimizer == "momentum" else "")
        is_outside = (places < (W_AXIS[0], B_AXIS[0])) | (places > (W_AXIS[-1], B_AXIS[-1]))
        return f"""The loss of a network of weight w and bias b as a map, darker where it is higher, with a star
            at the start and a cross at the lowest place; beside it, the loss against the step. A walker takes
            {len(places) - 1:,} steps {images}: {how}, learning rate {self.learning_rate:g}. The walker
            {"leaves the map" if is_outside.any() else "stays on the map"}."""

    def _state(self):
        return {
            "ink": _encode(self._counts.astype("<u2")),
            "isOne": _encode(np.packbits(self._is_one)),
            "learningRate": self.learning_rate,
            "momentum": self.momentum,
            "optimizer": self.optimizer,
            "batchSize": self.batch_size,
            "start": list(self.start),
            "nSteps": len(self._places) - 1,
            "before": self._before,
        }

    # ---- what is live

    def _answer(self, kind, content, buffers):
        if kind == "change":
            self.learning_rate, self.momentum = float(content["learningRate"]), float(content["momentum"])
            self.optimizer, self.batch_size = content["optimizer"], content["batchSize"]
            self.start, self._before = tuple(map(float, content["start"])), content["before"]
            self._places = np.frombuffer(buffers[0], "<f8").reshape(-1, 2).copy()
        return None


def _encode(values):
    return base64.b64encode(values.tobytes()).decode()


def _check_images(ink, is_one):
    """The ink in parts of 1/4080, and the labels as bytes, 0 or 1; or an error that says what was expected."""
    ink, labels = np.asarray(ink), np.asarray(is_one)
    if ink.dtype.kind != "f":
        raise TypeError(f"ink must hold floats from 0 to 1, got {ink.dtype}; divide bytes by 255")
    if ink.ndim != 1 or not 2 <= len(ink) <= MOST:
        raise ValueError(f"ink must have the shape (n,), with 2 to {MOST:,} images, got {ink.shape}")
    if not (np.isfinite(ink).all() and ink.min() >= 0 and ink.max() <= 1):
        raise ValueError(f"ink must lie in [0, 1], got {ink.min():.4g} to {ink.max():.4g}; divide bytes by 255")
    if labels.shape != ink.shape:
        raise ValueError(f"is_one must have the shape of ink, {ink.shape}, got {labels.shape}; a number for each image")
    if labels.dtype.kind not in "buif" or set(np.unique(labels)) != {0, 1}:
        found = ", ".join(map(str, np.unique(labels)[:4].tolist()))
        raise ValueError(
            f"is_one must hold zeros and ones, at least one of each, got {found}; compare, as in digits == 1"
        )
    return (INK * ink.astype(float)).round().astype(int), labels.astype(np.uint8)


def _check_number(name, value):
    if not isinstance(value, numbers.Real) or isinstance(value, bool):
        raise TypeError(f"{name} must be a number, got {value!r}")
    return float(value)


def _check_start(start):
    try:
        w, b = (_check_number("start", value) for value in start)
    except (TypeError, ValueError):
        raise TypeError(f"start must be two numbers, w and b, got {start!r}") from None
    if not (W_AXIS[0] <= w <= W_AXIS[-1] and B_AXIS[0] <= b <= B_AXIS[-1]):
        raise ValueError(f"start must lie on the map, w from -8 to 28 and b from -14 to 6, got ({w:g}, {b:g})")
    return w, b
