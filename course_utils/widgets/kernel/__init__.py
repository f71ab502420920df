"""A kernel to slide over an image by hand: lesson 03's sums, place by place."""

import base64
import numbers

import matplotlib.pyplot as plt
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from course_utils import plotting
from course_utils.widgets.stage import Widget

SIDE = 3  # rows and columns of a kernel
SMALLEST, LARGEST = 7, 64  # rows or columns of an image: with dilation 3, the window reaches over 7
SETTINGS = {"stride": (1, 2, 3), "padding": ("valid", "same"), "dilation": (1, 2, 3)}
VERTICAL_EDGES = np.array([[-1.0, 0, 1], [-1, 0, 1], [-1, 0, 1]])


class KernelView(Widget):
    """A kernel on an image, in a notebook: move its window, change its weights. Make it the last line of a cell.

    Parameters
    ----------
    image : array_like, shape (height, width) or (height, width, 1)
        From 7 to 64 pixels a side: floats from 0, paper, to 1, ink, shown in steps of 1/255; or uint8 from 0 to 255.
    kernel : array_like of float, shape (3, 3), optional
        The weights to begin with; by default those that find vertical edges.
    stride, dilation : int
        1, 2 or 3.
    padding : {"valid", "same"}

    Attributes
    ----------
    kernel : ndarray of float64, shape (3, 3)
        The weights as they are now: what you change with the mouse, Python reads here. A copy.
    stride, padding, dilation
        As they are now.
    image : ndarray of float64, shape (height, width)
        The image as it is now: your own, once you have drawn one. A copy.

    Raises
    ------
    TypeError, ValueError
        If the image, the kernel or a setting is something else.
    """

    kind = "kernel"

    def __init__(self, image, kernel=VERTICAL_EDGES, *, stride=1, padding="valid", dilation=1):
        super().__init__()
        self._given = self._pixels = _check_image(image)
        self._kernel = _check_kernel(kernel)
        self._second = np.eye(SIDE)[1][:, None] * np.eye(SIDE)[1]  # the middle only
        for name, value in (("stride", stride), ("padding", padding), ("dilation", dilation)):
            is_plain = isinstance(value, numbers.Integral | str) and not isinstance(value, bool)
            if not is_plain or value not in SETTINGS[name]:
                raise ValueError(f"{name} must be one of {', '.join(map(str, SETTINGS[name]))}, got {value!r}")
        self.stride, self.padding, self.dilation = int(stride), padding, int(dilation)
        self._is_double = False
        self._place = tuple(n // 2 for n in self._windows().shape[:2])

    @property
    def kernel(self):
        return self._kernel.copy()

    @property
    def image(self):
        return self._pixels / 255

    # ---- what is stored

    def _padded(self):
        """The image with the zeros that "same" puts around it, where Keras puts them."""
        reach = self.dilation * (SIDE - 1) + 1
        pads = []
        for n in self._pixels.shape:
            total = max((-(-n // self.stride) - 1) * self.stride + reach - n, 0) if self.padding == "same" else 0
            pads.append((total // 2, total - total // 2))
        return np.pad(self.image, pads)

    def _windows(self):
        """The nine pixels of each place, shape (rows, columns, 3, 3)."""
        windows = sliding_window_view(self._padded(), (self.dilation * (SIDE - 1) + 1,) * 2)
        return windows[:: self.stride, :: self.stride, :: self.dilation, :: self.dilation]

    def _draw(self):
        windows = self._windows()
        output = (windows * self._kernel).sum(axis=(2, 3))
        largest = max(abs(output).max(), 1e-9)
        signed = {"cmap": plotting.SIGNED}
        figure, axes = plt.subplots(1, 3, figsize=(9, 3.4), width_ratios=[6, 4, 6])
        plotting.plot_image(self._padded(), ax=axes[0], title="image", vmin=0, vmax=1)
        reach = self.dilation * (SIDE - 1) + 1
        plotting.mark_window(axes[0], *(self.stride * at for at in self._place), reach, color=plotting.GREEN)
        most = abs(self._kernel).max() / 0.6 or 1
        plotting.plot_grid(self._kernel, ax=axes[1], title="kernel", fontsize=11, vmin=-most, vmax=most, **signed)
        plotting.plot_image(output, ax=axes[2], title="output", vmin=-largest, vmax=largest, **signed)
        for ax in (axes[0], axes[2]):
            ax.spines[:].set(visible=True, color=plotting.GRAY)
        return figure

    def _describe(self):
        rows, columns = self._windows().shape[:2]
        height, width = self._pixels.shape
        return f"""An image of {height} by {width} pixels with a green frame around a window, a kernel of 3 by 3
            weights, and the {rows} by {columns} sums of pixels times weights; stride {self.stride}, {self.padding}
            padding, dilation {self.dilation}."""

    def _state(self):
        drawn = {} if self._pixels is self._given else {"drawn": _encode(self._pixels)}
        return drawn | {
            "image": _encode(self._given),
            "rows": self._given.shape[0],
            "columns": self._given.shape[1],
            "kernel": self._kernel.ravel().tolist(),
            "second": self._second.ravel().tolist(),
            "stride": self.stride,
            "padding": self.padding,
            "dilation": self.dilation,
            "isDouble": self._is_double,
            "place": list(self._place),
        }

    # ---- what is live

    def _answer(self, kind, content, buffers):
        if kind == "change":
            self._kernel = np.reshape(content["kernel"], (SIDE, SIDE)).astype(float)
            self._second = np.reshape(content["second"], (SIDE, SIDE)).astype(float)
            self.stride, self.padding, self.dilation = (content[name] for name in SETTINGS)
            self._is_double, self._place = content["isDouble"], tuple(content["place"])
            drawn = content["drawn"] and np.frombuffer(base64.b64decode(content["drawn"]), np.uint8)
            self._pixels = self._given if drawn is None else drawn.reshape(self._given.shape)
        return None


def _encode(pixels):
    return base64.b64encode(pixels.tobytes()).decode()


def _check_image(image):
    """The image as grays from 0, paper, to 255, ink; or an error that says what was expected."""
    image = np.asarray(image)
    if image.ndim == 3 and image.shape[-1] == 1:
        image = image[..., 0]
    if image.ndim != 2 or min(image.shape) < SMALLEST or max(image.shape) > LARGEST:
        raise ValueError(
            f"image must have the shape (height, width), from {SMALLEST} to {LARGEST} pixels a side, got "
            f"{image.shape}; of a batch, take one image, as in images[0]"
        )
    if image.dtype == np.uint8:
        return image.copy()
    if image.dtype.kind != "f":
        raise TypeError(f"image must hold floats from 0 to 1, or uint8 from 0 to 255, got {image.dtype}")
    if not (np.isfinite(image).all() and image.min() >= 0 and image.max() <= 1):
        raise ValueError(f"image must lie in [0, 1], got {image.min():.4g} to {image.max():.4g}; divide bytes by 255")
    return (255 * image).round().astype(np.uint8)


def _check_kernel(kernel):
    try:
        weights = np.array(kernel, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"kernel must be nine numbers, got {type(kernel).__name__}") from None
    if weights.shape != (SIDE, SIDE) or not np.isfinite(weights).all():
        got = f"shape {weights.shape}" if weights.shape != (SIDE, SIDE) else "NaN or infinity"
        raise ValueError(f"kernel must have the shape (3, 3), and hold finite numbers, got {got}")
    return weights
