"""The NumPy code that lesson 03 defines in view, against SciPy, Keras and counting by hand."""

import ast
import subprocess
import sys

import jupytext
import keras
import lesson_rules
import matplotlib.pyplot as plt
import numpy as np
import pytest
from lesson_rules import SOURCES, code_cells
from numpy.testing import assert_allclose, assert_array_equal
from scipy import signal

from course_utils import plotting

pytestmark = pytest.mark.numbers

LESSON = "03_convolution"
PADDINGS = ("valid", "same")


@pytest.fixture(scope="module")
def lesson():
    return lesson_rules.lesson_functions(LESSON)


def draw_layer(seed):
    """Images, filters and bias of random sizes, most of them neither square nor even, and a stride."""
    rng = np.random.default_rng(seed)
    n, c_in, c_out = rng.integers(1, 5, size=3)
    image_height, image_width = rng.integers(5, 15, size=2)
    height, width = rng.integers(1, 6, size=2)
    images = rng.normal(size=(n, image_height, image_width, c_in)).astype("float32")
    filters = rng.normal(size=(height, width, c_in, c_out)).astype("float32") / height / width
    return images, filters, rng.normal(size=c_out).astype("float32"), int(rng.integers(1, 4))


# Sizes


@pytest.mark.parametrize("stride", [1, 2, 3, 5])
@pytest.mark.parametrize("padding", [0, 1, 2])
@pytest.mark.parametrize("kernel", [1, 2, 3, 5])
def test_output_size_counts_the_places_where_the_window_fits(lesson, kernel, padding, stride):
    for n in range(kernel, 31):
        starts = [start for start in range(0, n + 2 * padding, stride) if start + kernel <= n + 2 * padding]
        assert lesson["output_size"](n, kernel, stride, padding) == len(starts)


def test_output_sizes_of_the_network_of_lesson_4(lesson):
    output_size = lesson["output_size"]
    sizes = [28, output_size(28, 3, padding=1)]
    sizes.append(output_size(sizes[-1], 2, stride=2))
    sizes.append(output_size(sizes[-1], 3))
    sizes.append(output_size(sizes[-1], 2, stride=2))
    sizes.append(output_size(sizes[-1], 3))
    assert sizes == [28, 28, 14, 12, 6, 4]


@pytest.mark.parametrize("stride", [1, 2, 3, 4])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
def test_same_padding_gives_n_over_stride_pixels_with_as_few_zeros_as_possible(lesson, kernel, stride):
    for n in range(1, 31):
        before, after = lesson["same_padding"](n, kernel, stride)
        wanted = np.ceil(n / stride)
        assert lesson["output_size"](n + before + after, kernel, stride) == wanted
        assert after - before in (0, 1)
        if before + after:
            assert lesson["output_size"](n + before + after - 1, kernel, stride) < wanted


# Cross-correlation


@pytest.mark.parametrize("seed", range(10))
def test_correlate_loops_is_scipys_correlate2d(lesson, seed):
    images, filters, _, _ = draw_layer(seed)
    image, kernel = images[0, :, :, 0].astype(float), filters[:, :, 0, 0].astype(float)
    assert_allclose(lesson["correlate_loops"](image, kernel), signal.correlate2d(image, kernel, "valid"), atol=1e-12)


def test_the_kernel_is_not_turned(lesson):
    image, kernel = np.arange(20.0).reshape(4, 5) ** 2, np.arange(6.0).reshape(2, 3)
    for result in (
        lesson["correlate_loops"](image, kernel),
        lesson["correlate"](image[None, :, :, None], kernel[:, :, None, None])[0, :, :, 0],
    ):
        assert_array_equal(result, signal.convolve2d(image, kernel[::-1, ::-1], "valid"))
        assert np.abs(result - signal.convolve2d(image, kernel, "valid")).min() > 1


@pytest.mark.parametrize("seed", range(10))
def test_correlate_adds_up_scipys_correlate2d_over_channels(lesson, seed):
    images, filters, bias, stride = (part.astype(float) if np.ndim(part) else part for part in draw_layer(seed))
    result = lesson["correlate"](images, filters, bias, stride)
    for n, image in enumerate(images):
        for f in range(filters.shape[-1]):
            maps = [signal.correlate2d(image[..., c], filters[:, :, c, f], "valid") for c in range(image.shape[-1])]
            assert_allclose(result[n, :, :, f], sum(maps)[::stride, ::stride] + bias[f], atol=1e-12)


@pytest.mark.parametrize("side", [1, 3, 5])
def test_padding_by_the_formula_is_scipys_same(lesson, side):
    rng = np.random.default_rng(0)
    image, weights = rng.normal(size=(7, 10)), rng.normal(size=(side, side))
    result = lesson["correlate"](image[None, :, :, None], weights[:, :, None, None], padding=(side - 1) // 2)
    assert_allclose(result[0, :, :, 0], signal.correlate2d(image, weights, "same"), atol=1e-12)


@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("seed", range(20))
def test_correlate_is_keras_conv2d(lesson, seed, padding):
    """Where padding is "same", the zeros are those of the lesson's `same_padding`."""
    images, filters, bias, stride = draw_layer(seed)
    *window, _, n_filters = filters.shape
    layer = keras.layers.Conv2D(n_filters, window, strides=stride, padding=padding, activation="relu")
    layer.build(images.shape)
    layer.set_weights([filters, bias])
    theirs = np.asarray(layer(images))
    rows, columns = (0, 0), (0, 0)
    if padding == "same":
        rows, columns = (lesson["same_padding"](n, k, stride) for n, k in zip(images.shape[1:3], window, strict=True))
    padded = np.pad(images, ((0, 0), rows, columns, (0, 0)))
    ours = lesson["relu"](lesson["correlate"](padded, filters, bias, stride))
    assert ours.shape == theirs.shape
    assert_allclose(ours, theirs, rtol=0, atol=1e-5)


def test_correlate_without_bias_adds_nothing(lesson):
    images, filters, bias, _ = draw_layer(3)
    without, with_bias = lesson["correlate"](images, filters), lesson["correlate"](images, filters, bias)
    assert_allclose(with_bias - without, np.broadcast_to(bias, without.shape), atol=1e-5)


def test_a_kernel_as_large_as_the_image_gives_one_number(lesson):
    image = np.arange(12.0).reshape(3, 4)
    assert_array_equal(lesson["correlate_loops"](image, image), [[506]])  # 0² + 1² + ... + 11²
    assert_array_equal(lesson["correlate"](image[None, :, :, None], image[:, :, None, None]), [[[[506]]]])


@pytest.mark.parametrize("c_in", [1, 2])
def test_a_filter_with_too_few_channels_is_refused(lesson, c_in):
    with pytest.raises(ValueError, match="shape"):
        lesson["correlate"](np.ones((1, 6, 6, 3)), np.ones((3, 3, c_in, 1)))


def test_a_window_larger_than_the_image_is_refused(lesson):
    with pytest.raises(ValueError, match="window"):
        lesson["correlate"](np.ones((1, 2, 6, 1)), np.ones((3, 3, 1, 1)))
    with pytest.raises(ValueError, match="window"):
        lesson["max_pool"](np.ones((1, 6, 1, 1)))


# Pooling and ReLU


@pytest.mark.parametrize("seed", range(20))
def test_max_pool_is_keras_max_pooling(lesson, seed):
    rng = np.random.default_rng(seed)
    size, stride = int(rng.integers(1, 5)), int(rng.integers(1, 4))
    images = rng.normal(size=(2, *rng.integers(size, 13, size=2), 3)).astype("float32") - 5  # zeros would win
    for ours, layer in (
        (lesson["max_pool"](images, size), keras.layers.MaxPooling2D(size)),
        (lesson["max_pool"](images, size, stride), keras.layers.MaxPooling2D(size, strides=stride)),
    ):
        assert_array_equal(ours, np.asarray(layer(images)))


def test_max_pool_drops_the_last_row_and_column_of_an_odd_size(lesson):
    image = np.array([[1, 2, 9], [3, 4, 9], [9, 9, 9]])
    assert_array_equal(lesson["max_pool"](image[None, :, :, None]), [[[[4]]]])


def test_relu_is_keras_relu(lesson):
    x = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")
    before = x.copy()
    assert_array_equal(lesson["relu"](x), np.asarray(keras.ops.relu(x)))
    assert_array_equal(x, before)


# Receptive field


@pytest.mark.parametrize("seed", range(20))
def test_receptive_field_is_what_one_walks_back_to(lesson, seed):
    rng = np.random.default_rng(seed)
    layers = [(int(rng.integers(1, 6)), int(rng.integers(1, 4))) for _ in range(rng.integers(1, 6))]
    seen = {0}  # positions in a layer's output that the last number depends on; layer by layer back to the pixels
    for window, stride in reversed(layers):
        seen = {position * stride + offset for position in seen for offset in range(window)}
    assert lesson["receptive_field"](layers) == max(seen) - min(seen) + 1


# The lesson as a whole


def test_no_tensorflow_before_the_comparison():
    """TensorFlow takes many seconds to load; the first picture is to be there within three."""
    cells = code_cells(jupytext.read(SOURCES / f"{LESSON}.py"))
    comparison = next(index for index, cell in enumerate(cells) if "import keras" in cell.source)
    nodes = [node for cell in cells[:comparison] for node in ast.walk(ast.parse(cell.source))]
    imports = [ast.unparse(node) for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom))]
    program = "\n".join([*imports, "import sys", "print(sorted({'keras', 'tensorflow'} & set(sys.modules)))"])
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert imports
    assert result.stdout.strip() == "[]"


# The pictures' helpers


def test_plot_grid_writes_each_number_into_its_cell():
    ax = plotting.plot_grid([[0.25, -0.0, -1], [np.nan, 12, 1.0]], title="numbers", fontsize=7)
    texts = {text.get_position(): text.get_text() for text in ax.texts}
    expected = {(0, 0): "0.25", (1, 0): "0", (2, 0): "−1", (0, 1): "", (1, 1): "12", (2, 1): "1"}
    assert texts == expected
    assert {text.get_fontsize() for text in ax.texts} == {7}
    assert ax.get_title() == "numbers"
    plt.close(ax.figure)


def test_plot_grid_writes_light_on_dark_and_dark_on_light():
    ax = plotting.plot_grid([[0, 1]], texts=[["paper", "ink"]])
    assert {text.get_text(): text.get_color() for text in ax.texts} == {"paper": "black", "ink": "white"}
    plt.close(ax.figure)


def test_plot_grid_refuses_what_is_no_table():
    with pytest.raises(ValueError, match=r"\(height, width\), got \(3,\)"):
        plotting.plot_grid([1, 2, 3])
    figure, ax = plt.subplots()
    with pytest.raises(ValueError, match=r"shape of values, \(1, 2\), got \(2, 1\)"):
        plotting.plot_grid([[1, 2]], texts=[["a"], ["b"]], ax=ax)
    plt.close(figure)


def test_strike_out_last_covers_the_last_row_and_column():
    figure, ax = plt.subplots()
    plotting.strike_out_last(ax, 5)
    struck = np.zeros((5, 5), dtype=int)
    for row, column in np.ndindex(5, 5):
        struck[row, column] = sum(patch.get_bbox().contains(column, row) for patch in ax.patches)
    expected = np.zeros((5, 5), dtype=int)
    expected[-1], expected[:, -1] = 1, 1
    assert_array_equal(struck, expected)
    plt.close(figure)
