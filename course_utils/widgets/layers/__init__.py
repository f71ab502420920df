"""A look into a network while it reads what you draw: what each layer makes of it, down to single sums."""

import base64
import functools
import hashlib
import math

import matplotlib.pyplot as plt
import numpy as np

from course_utils import plotting
from course_utils.widgets.stage import Widget

MOST_IMAGES, MOST_BYTES = 20, 36_000  # of the examples to choose from; they are stored in the notebook
MAPS_SHOWN = 8  # of each layer, in the picture that is stored
# Of the weights of `load_seed_network`, as `read_model` gives them: a page without a kernel can have those.
SEED_DIGEST = "ff39a7a0936b00d81718726a4387e4bade108182404d9812a847ba738cf71d7b"


class LayersView(Widget):
    """What each layer of a network makes of an image, in a notebook: make it the last line of a cell.

    Draw, or choose an image: all maps follow. Press a number of a map, and you see the window it came from, the filter
    and the sum, back through the layers to the pixels. The network is read each time that the cell runs; the browser
    computes with a copy of its weights, so it goes on while the kernel is busy.

    Parameters
    ----------
    model : keras.Sequential or keras.Model
        From one image of at most 64 × 64 pixels and 3 channels to one output, of the layers that the course teaches,
        at most 20 of them; trained or not. See `read_model` in model.py.
    images : array_like, shape (n, height, width) or (n, height, width, channels), optional
        Examples to choose from, as the network reads them: numbers from 0 to 1, or from 0 to 255, as uint8 always are.
        Of many, the first are taken: 20 small ones, or as many as make 36,000 numbers. By default, ten test digits of
        MNIST for a network that reads 28 × 28 pixels of one channel, and none for others.
    names : sequence of str, optional
        What the classes are called; by default their numbers.

    Attributes
    ----------
    image : ndarray of float32, shape (height, width, channels)
        What the network reads now: the image that you drew or chose. Ink is 1 on paper of 0; for networks that read
        more than one channel, paper is white, with 1 in each of them (or 255). A copy.

    Raises
    ------
    TypeError, ValueError
        If the network has a layer that the browser cannot compute, or weights that aren't finite, or reads other
        images; if ``images`` or ``names`` don't fit it. The sentence says what to do.
    """

    kind = "layers"

    def __init__(self, model, images=None, *, names=None):
        from course_utils.widgets.layers.model import read_model

        super().__init__()
        self._model = model
        self._description, self._weights = read_model(model)
        self._shape = tuple(self._description["layers"][0]["shape"])
        self._is_digit = self._shape == (28, 28, 1)
        labels = None
        if images is None and self._is_digit:
            images, labels = _ten_digits()
        self._images, self._scale = _check_images([] if images is None else images, self._shape)
        self._labels = [f"image {i}" for i in range(len(self._images))] if labels is None else labels
        self._names = _check_names(names, self._description["layers"][-1]["shape"])
        self._drawn = None  # what the browser said last

    @property
    def image(self):
        if self._drawn is not None:
            return self._drawn.copy()
        if len(self._images):
            return (self._scale * self._images[0] / 255).astype(np.float32)
        return np.full(self._shape, self._scale if self._shape[-1] > 1 else 0, np.float32)

    # ---- what is stored

    def _shown(self):
        """The places of the layers in the picture: those that give maps or answers, not those that pass numbers on."""
        from course_utils.widgets.layers.model import NOT_COUNTED

        layers = self._description["layers"]
        passing = {*NOT_COUNTED, "Flatten", "Reshape"}
        return [place for place, layer in enumerate(layers) if layer["kind"] not in passing] or [len(layers) - 1]

    def _draw(self):
        from course_utils.widgets.layers.model import compute_layers

        shown, outputs = self._shown(), compute_layers(self._model, self.image)
        figure, axes = plt.subplots(len(shown) + 1, MAPS_SHOWN + 1, figsize=(9, 0.95 * (len(shown) + 1)))
        for ax in axes.flat:
            ax.set_axis_off()
        image = self.image / self._scale
        plotting.plot_image(image if image.shape[-1] == 3 else image[..., 0], ax=axes[0, 1], vmin=0, vmax=1)
        for row, place in zip(axes, [0, *shown], strict=True):
            name = self._description["layers"][place]["name"]
            row[0].text(1, 0.5, name, ha="right", va="center", fontsize=9, transform=row[0].transAxes, parse_math=False)
        for row, place in zip(axes[1:], shown, strict=True):
            numbers = outputs[place]
            maps = numbers if numbers.ndim == 3 else numbers.reshape(-1, 1, numbers.shape[-1])
            most = max(abs(maps[np.isfinite(maps)]).max(initial=0), 1e-9)  # of weights that grew, sums may be infinite
            for ax, channel in zip(row[1:], np.moveaxis(maps, -1, 0), strict=False):
                plotting.plot_image(channel.clip(-most, most), ax=ax, cmap=plotting.SIGNED, vmin=-most, vmax=most)
        return figure

    def _describe(self):
        layers = [self._description["layers"][place] for place in self._shown()]
        shapes = ", ".join(f"{layer['name']} ({' by '.join(map(str, layer['shape']))})" for layer in layers)
        return f"""An image, and under it, row by row, what the layers of a network make of it, up to {MAPS_SHOWN} maps
            of each: {shapes}."""

    def _state(self):
        return {
            "description": self._description,
            "images": [
                {"label": label, "numbers": base64.b64encode(image.tobytes()).decode()}
                for label, image in zip(self._labels, self._images, strict=True)
            ],
            "scale": self._scale,
            "names": self._names,
            "isDigit": self._is_digit,
            "weights": "seed" if hashlib.sha256(self._weights).hexdigest() == SEED_DIGEST else "of this kernel",
        }

    # ---- what is live

    def _buffers(self):
        return [self._weights] + ([] if self._drawn is None else [self._drawn.tobytes()])

    def _ipython_display_(self):
        from course_utils.widgets.layers.model import read_model

        self._description, self._weights = read_model(self._model)  # as they are now
        super()._ipython_display_()

    def _answer(self, kind, content, buffers):
        if kind == "draw":
            self._drawn = np.frombuffer(buffers[0], "<f4").reshape(self._shape).astype(np.float32)
        return None


@functools.cache
def _ten_digits():
    """The first test image of each digit, and what each is called."""
    from course_utils import data

    _, (images, digits) = data.load_mnist()
    first = [int(np.flatnonzero(digits == digit)[0]) for digit in range(10)]
    return images[first] / 255, [f"a {digit}" for digit in range(10)]


def _check_images(images, shape):
    """The examples as uint8 of shape (n, height, width, channels), and what 255 stands for."""
    try:
        images = np.asarray(images)
    except ValueError:
        raise ValueError(f"images must all have the shape {shape}, got images of different shapes") from None
    if images.size == 0:
        return np.zeros((0, *shape), np.uint8), 1.0
    if images.ndim == 3 and shape[-1] == 1:
        images = images[..., None]
    if images.shape[1:] != shape:
        raise ValueError(
            f"images must have the shape (n, {', '.join(map(str, shape))}), as the network reads them, got "
            f"{images.shape}; a single image goes in a list, as in [image]"
        )
    if images.dtype.kind not in "iuf":
        raise TypeError(f"images must hold numbers from 0 to 1, or from 0 to 255, got {images.dtype}")
    if not np.isfinite(images).all() or images.min() < 0 or images.max() > 255:
        raise ValueError(
            f"images must hold numbers from 0 to 1, or from 0 to 255, got {images.min():.4g} to {images.max():.4g}"
        )
    scale = 255.0 if images.dtype == np.uint8 or images.max() > 1 else 1.0
    n_taken = max(1, min(MOST_IMAGES, MOST_BYTES // math.prod(shape)))
    return (images[:n_taken] * (255 / scale)).round().astype(np.uint8), scale


def _check_names(names, shape):
    n_classes = shape[-1]
    try:
        names = [str(i) for i in range(n_classes)] if names is None else [str(name) for name in names]
    except TypeError:
        raise TypeError(f"names must be a list of words, one for each class, got {type(names).__name__}") from None
    if len(names) != n_classes:
        raise ValueError(f"names must be as many as the classes, {n_classes}, got {len(names)}")
    return names
