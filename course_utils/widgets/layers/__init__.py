"""A look into a network while it reads what you draw: what each layer makes of it, down to single sums."""

import base64
import functools
import hashlib

import matplotlib.pyplot as plt
import numpy as np

from course_utils import plotting
from course_utils.widgets.stage import Widget

MOST_IMAGES = 20  # examples to choose from
MAPS_SHOWN = 8  # of each layer, in the picture that is stored


class LayersView(Widget):
    """What each layer of a network makes of an image, in a notebook: make it the last line of a cell.

    Draw, or choose an image: all maps follow. Press a number of a map, and you see the window it came from, the filter and
    the sum, back through the layers to the pixels. The network is read each time that the cell runs; the browser computes
    with a copy of its weights, so it goes on while the kernel is busy.

    Parameters
    ----------
    model : keras.Sequential or keras.Model
        From one image of at most 64 × 64 pixels and 3 channels to one output, of the layers that the course teaches, at
        most 20 of them; trained or not. See `read_model` in model.py.
    images : array_like, shape (n, height, width) or (n, height, width, channels), optional
        Examples to choose from, 20 at most; floats from 0 to 1 or from 0 to 255, as the network reads them, or uint8. By
        default, ten test digits of MNIST for a network that reads 28 × 28 pixels of one channel, and none for others.
    names : sequence of str, optional
        What the classes are called; by default their numbers.

    Attributes
    ----------
    image : ndarray of float32, shape (height, width, channels)
        What the network reads now: the image that you drew or chose. A copy.

    Raises
    ------
    TypeError, ValueError
        If the network has a layer that the browser cannot compute, or weights that aren't finite, or reads other images;
        if ``images`` or ``names`` don't fit it. The sentence says what to do.
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
            return self._images[0].astype(np.float32) * np.float32(self._scale / 255)
        return np.zeros(self._shape, np.float32)

    # ---- what is stored

    def _shown(self):
        """The layers that the picture shows: those that give maps or answers, not those that only pass numbers on."""
        passing = {"InputLayer", "Flatten", "Dropout", "Reshape", "Identity"}
        return [layer for layer in self._model.layers if type(layer).__name__ not in passing]

    def _draw(self):
        import keras

        shown = self._shown()
        outputs = keras.Model(self._model.inputs[0], [layer.output for layer in shown])(self.image[None])
        maps = [np.asarray(output)[0] for output in (outputs if isinstance(outputs, list) else [outputs])]
        figure, axes = plt.subplots(len(shown), MAPS_SHOWN + 1, figsize=(9, 0.95 * len(shown)), squeeze=False)
        for ax in axes.flat:
            ax.set_axis_off()
        plotting.plot_image(self.image / self._scale, ax=axes[0, 0], vmin=0, vmax=1)
        for row, (layer, numbers) in enumerate(zip(shown, maps, strict=True)):
            if row:
                axes[row, 0].text(0.5, 0.5, layer.name, ha="center", va="center", fontsize=8)
            tall = numbers.reshape(1, 1, -1) if numbers.ndim < 3 else numbers
            most = max(abs(tall).max(), 1e-9)
            for ax, channel in zip(axes[row, 1:], np.moveaxis(tall, -1, 0), strict=False):
                plotting.plot_image(channel, ax=ax, cmap=plotting.SIGNED, vmin=-most, vmax=most)
        return figure

    def _describe(self):
        shapes = [f"{layer.name} ({' by '.join(map(str, layer.output.shape[1:]))})" for layer in self._shown()]
        return f"""An image, and below each other what the layers of a network make of it, up to {MAPS_SHOWN} maps of each:
            {", ".join(shapes)}."""

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
            "weights": "seed" if _digest(self._weights) == _digest_of_seed() else "of this kernel",
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


def _digest(weights):
    return hashlib.sha256(weights).hexdigest()


@functools.cache
def _digest_of_seed():
    """Of the weights that the course ships: a page without a kernel can have those."""
    from course_utils.networks import load_seed_network
    from course_utils.widgets.layers.model import read_model

    return _digest(read_model(load_seed_network())[1])


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
        raise ValueError(f"images must have the shape (n, {', '.join(map(str, shape))}), as the network reads them, got "
                         f"{images.shape}")  # fmt: skip
    if images.dtype.kind not in "uf" or not np.isfinite(images).all() or images.min() < 0 or images.max() > 255:
        raise ValueError(
            f"images must hold numbers from 0 to 1, or from 0 to 255, got {images.dtype}, "
            f"{images.min():.4g} to {images.max():.4g}"
        )
    scale = 255.0 if images.dtype == np.uint8 or images.max() > 1 else 1.0
    return (images[:MOST_IMAGES] * (255 / scale)).round().astype(np.uint8), scale


def _check_names(names, shape):
    n_classes = shape[-1]
    names = [str(i) for i in range(n_classes)] if names is None else [str(name) for name in names]
    if len(names) != n_classes:
        raise ValueError(f"names must be as many as the classes, {n_classes}, got {len(names)}")
    return names
