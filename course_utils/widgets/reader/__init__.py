"""The drawing pad that reads without a kernel: a page holds the network's weights once, and the browser computes."""

import base64
import functools

from course_utils import handwriting
from course_utils.widgets.pad import DrawingPad


def reader_html(*, start=None, is_prepared=True):
    """A pad that the shipped network reads, as HTML for a page without a kernel.

    Parameters
    ----------
    start : array_like of uint8, shape (280, 280), optional
        A drawing that is shown and read until somebody draws; by default blank paper.
    is_prepared : bool
        Whether a drawing is prepared as a digit of MNIST, or only made smaller, as lesson 08 does at first.

    Returns
    -------
    str
        A ``<cnn-widget>`` with a picture, which stands there where scripts don't run. The page also needs
        ``read_style("reader")``, ``script_for_page("reader")``, both of stage.py, and once `seed_weights`.
    """
    return Reader(start=start, is_prepared=is_prepared)._encode_picture()["text/html"]


def reader_tag(*, start=None, is_prepared=True):
    """The opening tag alone of what `reader_html` returns, for a page that has a picture of its own to put in it."""
    return reader_html(start=start, is_prepared=is_prepared).partition("<img")[0]


def seed_weights():
    """The shipped network's weights in base64, for a ``<script type="text/plain" data-weights="seed">``."""
    return base64.b64encode(_read_seed_network()[2]).decode()


class Reader(DrawingPad):
    """A pad of which a page can show all: its state says what the browser needs. Parameters as of `reader_html`."""

    kind = "reader"

    def __init__(self, *, start=None, is_prepared=True):
        if not isinstance(is_prepared, bool):
            raise TypeError(f"is_prepared must be True or False, got {is_prepared!r}")
        self._is_prepared = is_prepared
        super().__init__(self._predict_digit, start=start)

    def _predict_digit(self, drawing):
        image = handwriting.prepare(drawing) if self._is_prepared else make_small(drawing)
        return _read_seed_network()[0](image[None, ..., None].astype("float32")).numpy()[0]

    def _state(self):
        network = {"description": _read_seed_network()[1], "weights": "seed", "isPrepared": self._is_prepared}
        return super()._state() | network

    def _buffers(self):
        return [_read_seed_network()[2]]


def make_small(drawing):
    """Bright ink, and 28 × 28 pixels: each the mean of 10 × 10."""
    return (255 - drawing.reshape(28, 10, 28, 10).mean(axis=(1, 3))) / 255


@functools.cache
def _read_seed_network():
    """The shipped network, its description and its weights, as forward.js reads them."""
    from course_utils import networks
    from course_utils.widgets.layers.model import read_model

    model = networks.load_seed_network()
    return model, *read_model(model)
