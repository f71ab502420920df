"""Lesson 14's section on vision transformers: the code that it shows, and its pictures."""

import numpy as np
import pytest
from lesson_rules import lesson_functions
from matplotlib.colors import to_hex
from scipy.special import softmax
from scipy.stats import spearmanr

from course_utils import data, plotting
from course_utils.figures import deeper

pytestmark = pytest.mark.numbers

ERRORS = {
    "one": {1_000: [2_100, 2_000, 2_050], 50_000: [900, 950, 910]},
    "two": {1_000: [2_500, 2_400, 2_450], 50_000: [1_000, 1_050, 1_100]},
    "three": {50_000: [1_500, 1_600]},
}


@pytest.fixture
def drawn(monkeypatch):
    """What is shown: [(figure, alt)]."""
    shown = []
    monkeypatch.setattr(plotting, "show", lambda figure, alt: shown.append((figure, alt)))
    yield shown
    plotting.plt.close("all")


def test_shuffled_patches_are_the_same_patches_in_the_order_that_was_asked_for():
    shuffle_patches = lesson_functions("14_deeper")["shuffle_patches"]
    images = np.random.default_rng(0).random((3, 28, 28, 1))
    order = np.random.default_rng(1).permutation(16)
    shuffled = shuffle_patches(images, order)
    assert shuffled.shape == images.shape
    np.testing.assert_array_equal(shuffle_patches(images, np.arange(16)), images)
    for place, source in enumerate(order):
        (row, column), (from_row, from_column) = divmod(place, 4), divmod(source, 4)
        np.testing.assert_array_equal(
            shuffled[:, 7 * row : 7 * row + 7, 7 * column : 7 * column + 7],
            images[:, 7 * from_row : 7 * from_row + 7, 7 * from_column : 7 * from_column + 7],
        )


def test_with_nothing_learned_ink_gets_the_attention():
    """As the lesson says: the patch at the bottom of the 0 attends to ink, a blank one to all patches alike."""
    _, (images, labels) = data.load_mnist()
    assert labels[3] == 0
    patches = data.prepare_images(images[3:4]).reshape(7, 4, 7, 4).swapaxes(1, 2).reshape(49, 16)
    weights, ink = softmax(patches @ patches.T / 4, axis=1), patches.sum(axis=1)
    assert ink[38] > 10 and ink[0] == 0  # the patches that ask
    assert spearmanr(ink, weights[38]).statistic > 0.9
    np.testing.assert_allclose(weights[0], 1 / 49, rtol=1e-5)


def test_attention_is_drawn_from_the_patch_that_asks(drawn):
    weights = np.random.default_rng(0).dirichlet(np.ones(16), size=16)
    deeper.draw_attention(np.zeros((28, 28, 1)), weights, {"this": 6, "that": 9})
    ((figure, alt),) = drawn
    *panels, bar = figure.axes
    assert [ax.get_title() for ax in panels] == ["this asks", "that asks"] and bar.get_ylabel() == "weight"
    for ax, query, corner in zip(panels, (6, 9), ((13.5, 6.5), (6.5, 13.5)), strict=True):
        _, shades = ax.images
        np.testing.assert_allclose(shades.get_array(), weights[query].reshape(4, 4))
        assert shades.get_extent() == [-0.5, 27.5, 27.5, -0.5]
        assert shades.get_clim() == (0, weights[[6, 9]].max())  # one scale for all, the one that the bar shows
        (frame,) = ax.patches
        assert (frame.get_xy(), frame.get_width(), frame.get_height()) == (corner, 7, 7)
    row, column = divmod(int(weights[6].argmax()), 4)
    assert f"this, in row 2 and column 3, gives the patches from {weights[6].min():.3f}" in alt
    assert f"to {weights[6].max():.3f}, the most in row {row + 1} and column {column + 1}" in alt


def test_each_run_is_a_dot_and_a_line_goes_through_the_means(drawn):
    deeper.draw_by_images(ERRORS)
    ((figure, alt),) = drawn
    (ax,) = figure.axes
    lines, dots = ax.lines[::2], ax.lines[1::2]
    for (name, by_images), line, points in zip(ERRORS.items(), lines, dots, strict=True):
        expected = [(n_images, count) for n_images, counts in by_images.items() for count in counts]
        np.testing.assert_array_equal(points.get_xydata(), expected)
        means = [(n_images, np.mean(counts)) for n_images, counts in by_images.items()]
        np.testing.assert_allclose(line.get_xydata(), means)
        assert points.get_label() == name and points.get_linestyle() == "None" and points.get_marker() != "None"
        assert to_hex(points.get_color()) == to_hex(line.get_color())
    assert len({line.get_color() for line in lines}) == len({points.get_marker() for points in dots}) == 3
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(ERRORS)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1,000", "50,000"]
    assert ax.get_xscale() == "log" and "training images" in ax.get_xlabel() and ax.get_ylim()[0] == 0
    assert "one 2050 with 1,000, 920 with 50,000; two 2450 with 1,000, 1050 with 50,000; three 1550" in alt
