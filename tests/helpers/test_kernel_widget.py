"""The kernel to slide, without a browser: what it takes, keeps, and says."""

import base64

import numpy as np
import pytest

from course_utils.widgets.kernel import KernelView

pytestmark = pytest.mark.slow

IMAGE = np.zeros((28, 28), np.uint8)
IMAGE[4:24, 12:16] = 255


@pytest.mark.parametrize(
    ("image", "error", "words"),
    [
        (np.zeros((10, 28, 28)), ValueError, r"got \(10, 28, 28\); of a batch, take one image, as in images\[0\]"),
        (np.zeros((28, 28, 3)), ValueError, r"got \(28, 28, 3\)"),
        (np.zeros((6, 28)), ValueError, "from 7 to 64 pixels a side"),
        (np.zeros((300, 300)), ValueError, r"got \(300, 300\)"),
        (np.full((28, 28), np.nan), ValueError, r"must lie in \[0, 1\], got nan"),
        (IMAGE.astype(float), ValueError, "got 0 to 255; divide bytes by 255"),
        (IMAGE.astype(int), TypeError, "or uint8 from 0 to 255, got int64"),
        ("a digit", ValueError, r"got \(\)"),
    ],
)
def test_an_image_that_is_none(image, error, words):
    with pytest.raises(error, match=words):
        KernelView(image)


@pytest.mark.parametrize(
    ("kernel", "error", "words"),
    [
        (np.zeros((5, 5)), ValueError, r"must have the shape \(3, 3\), .* got shape \(5, 5\)"),
        ([[np.nan] * 3] * 3, ValueError, "got NaN or infinity"),
        ("ones", TypeError, "nine numbers, got str"),
        ([[1, 2], [3]], TypeError, "nine numbers, got list"),
    ],
)
def test_a_kernel_that_is_none(kernel, error, words):
    with pytest.raises(error, match=words):
        KernelView(IMAGE, kernel)


@pytest.mark.parametrize(
    "setting", [{"stride": 4}, {"stride": 2.0}, {"stride": True}, {"padding": "full"}, {"dilation": 0}]
)
def test_a_setting_that_it_does_not_know(setting):
    ((name, value),) = setting.items()
    with pytest.raises(ValueError, match=rf"{name} must be one of .*, got {value!r}"):
        KernelView(IMAGE, **setting)


def test_floats_bytes_and_a_channel_axis_give_the_same_image():
    views = [KernelView(image) for image in (IMAGE, IMAGE / 255, (IMAGE / 255).astype("float32")[..., None])]
    assert all((view.image == IMAGE / 255).all() for view in views)
    assert views[0]._state() == views[1]._state() == views[2]._state()


def test_what_is_moved_in_the_browser_python_reads():
    view = KernelView(IMAGE)
    drawn = np.arange(784, dtype=np.uint8)
    change = {"kernel": [0] * 4 + [2.5] + [0] * 4, "second": [1] * 9, "stride": 2, "padding": "same", "dilation": 1,
              "isDouble": True, "place": [3, 4], "drawn": base64.b64encode(drawn.tobytes()).decode()}  # fmt: skip
    assert view._answer("change", change, []) is None
    assert view.kernel[1, 1] == 2.5 and view.kernel.sum() == 2.5 and (view.stride, view.padding) == (2, "same")
    assert (view.image == drawn.reshape(28, 28) / 255).all()
    view.kernel[:] = 7
    assert view.kernel.sum() == 2.5, "what Python gets is a copy"
    state = view._state()
    assert state["place"] == [3, 4] and state["isDouble"] and state["second"] == [1] * 9
    view._answer("change", change | {"drawn": None}, [])
    assert (view.image == IMAGE / 255).all()


@pytest.mark.numbers
def test_its_picture_pads_as_keras_does():
    import keras

    image, weights = np.random.default_rng(0).random((28, 27)), np.random.default_rng(1).normal(size=(3, 3))
    for settings in [{"stride": 2}, {"stride": 3}, {"dilation": 2}, {"stride": 1}]:
        view = KernelView(image, weights, padding="same", **settings)
        layer = keras.layers.Conv2D(
            1, 3, strides=view.stride, dilation_rate=view.dilation, padding="same", use_bias=False
        )
        layer.build((None, 28, 27, 1))
        layer.set_weights([weights[..., None, None]])
        theirs = np.asarray(layer(view.image[None, ..., None].astype("float32")))[0, ..., 0]
        assert (view._windows() * view.kernel).sum(axis=(2, 3)) == pytest.approx(theirs, abs=1e-5)


@pytest.mark.parametrize(
    ("settings", "size"),
    [
        ({}, "26 by 26"),
        ({"stride": 2, "padding": "same"}, "14 by 14"),
        ({"dilation": 3, "padding": "same"}, "28 by 28"),
    ],
)
def test_its_picture_and_its_words_know_the_output(settings, size):
    view = KernelView(IMAGE, **settings)
    assert f"the {size} sums" in " ".join(view._describe().split())
    assert 'data-kind="kernel" data-state="{' in view._encode_picture()["text/html"]


def test_settings_of_numpy_and_the_smallest_image():
    view = KernelView(IMAGE[:7, :7], stride=np.int64(2), dilation=np.int8(3))
    assert view._encode_picture() == KernelView(IMAGE[:7, :7], stride=2, dilation=3)._encode_picture()


def test_the_image_is_a_copy():
    image = IMAGE.copy()
    view = KernelView(image)
    image[:] = 0
    assert (view.image == IMAGE / 255).all()


def test_a_drawing_is_kept_for_a_view_that_is_shown_again():
    view, drawn = KernelView(IMAGE), np.full((28, 28), 51, np.uint8)
    assert "drawn" not in view._state()
    view._answer("change", {**view._state(), "drawn": base64.b64encode(drawn).decode()}, [])
    view._answer("change", view._state(), [])
    assert (view.image == 0.2).all()
