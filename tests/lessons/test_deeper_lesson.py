"""Lesson 14's core: the functions that it shows, and its pictures."""

import numpy as np
import pytest
from lesson_rules import lesson_functions
from matplotlib.colors import to_hex

from course_utils import plotting
from course_utils.figures import deeper

pytestmark = pytest.mark.numbers

LOOKS = {
    "one": dict(zip(deeper.SIGNALS, ([1.0, 0.1], [1.0, 10.0], [2.0, 1.0]), strict=True)),
    "two": dict(zip(deeper.SIGNALS, ([1.0, 2.0], [0.0, 0.0], [0.0, 0.0]), strict=True)),
}
LOSSES = {"one": {4: [0.5, 0.7], 8: [1.0, np.nan]}, "two": {4: [0.25, 0.35], 8: [0.2, 0.4]}}


@pytest.fixture
def drawn(monkeypatch):
    """What is shown: [(figure, alt)]."""
    shown = []
    monkeypatch.setattr(plotting, "show", lambda figure, alt: shown.append((figure, " ".join(alt.split()))))
    yield shown
    plotting.plt.close("all")


@pytest.fixture
def lesson():
    """The functions of the lesson; its globals `images` and `rows` are random, of a fixed seed."""
    random, functions = np.random.default_rng(0), lesson_functions("14_deeper")
    functions["images"] = random.random((64, 28, 28, 1), dtype="float32")
    functions["rows"] = np.eye(10, dtype="float32")[random.integers(10, size=64)]
    return functions


def legend_texts(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_nothing_outside_of_the_receptive_field_has_influence(lesson):
    for n_layers in (1, 3):
        found = lesson["influence"](n_layers)
        field = np.s_[14 - n_layers : 15 + n_layers, 14 - n_layers : 15 + n_layers]
        assert found.shape == (28, 28) and found[field].all()
        found[field] = 0
        assert not found.any()


def test_look_inside_takes_the_spread_of_outputs_and_the_length_of_gradients(lesson):
    """The same forward pass layer by layer; each gradient along its own direction, by differences of the loss."""
    from course_utils import networks
    from course_utils._tensorflow import keras

    keras.utils.set_random_seed(0)
    model = networks.build_deep_network(4)
    look = lesson["look_inside"](model)
    layers = model.layers[1:]
    places = [place for place, layer in enumerate(layers) if isinstance(layer, keras.layers.Conv2D)]
    assert list(look) == list(deeper.SIGNALS) and all(len(numbers) == 4 for numbers in look.values())

    maps, after = lesson["images"], []
    for layer in layers:
        maps = layer(maps)
        after.append(maps)
    np.testing.assert_allclose(look["outputs"], [np.std(after[place]) for place in places], rtol=1e-4)

    import tensorflow as tf

    for number, place in enumerate(places):
        output = tf.identity(after[place])
        with tf.GradientTape() as tape:
            tape.watch(output)
            answers = output
            for layer in layers[place + 1 :]:
                answers = layer(answers)
            loss = -tf.reduce_mean(tf.math.log(tf.reduce_sum(answers * lesson["rows"], axis=1)))
        gradient = tape.gradient(loss, output)
        np.testing.assert_allclose(look["gradient at the outputs"][number], np.linalg.norm(gradient), rtol=1e-3)
        before = tf.constant(lesson["images"] if place == 0 else after[place - 1])
        kernel = layers[place].kernel.value
        with tf.GradientTape() as tape:  # a kernel's gradient by the chain rule, from the gradient of its outputs
            tape.watch(kernel)
            made = tf.nn.conv2d(before, kernel, layers[place].strides, "SAME")
        expected = np.linalg.norm(tape.gradient(made, kernel, output_gradients=gradient))
        np.testing.assert_allclose(look["gradient of the kernel"][number], expected, rtol=1e-3)


def test_hes_scale_keeps_the_size_and_half_of_it_halves_the_size_in_each_layer(lesson):
    he, half = (lesson["pass_through"](times * np.sqrt(2 / 256)) for times in (1, 0.5))
    sizes = np.array([np.sqrt(np.mean(np.square(numbers))) for numbers in he])
    assert len(he) == 20 and he[0].shape == (500, 256) and (np.array(he) >= 0).all()
    assert sizes.min() > 0.5 and sizes.max() < 2
    halved = [np.sqrt(np.mean(np.square(numbers))) for numbers in half]
    np.testing.assert_allclose(halved, sizes * 0.5 ** np.arange(1, 21), rtol=1e-6)


def test_influence_is_drawn_in_a_frame_around_row_and_column_14(drawn):
    influences = {n: np.random.default_rng(n).random((28, 28)) for n in (2, 4)}
    deeper.draw_influence(influences, {2: 5, 4: 9})
    ((figure, alt),) = drawn
    for ax, (n, influence), width in zip(figure.axes, influences.items(), (5, 9), strict=True):
        np.testing.assert_array_equal(ax.images[0].get_array(), influence)
        assert ax.images[0].get_clim() == (0, influence.max())
        (frame,) = ax.patches
        assert (frame.get_xy(), frame.get_width(), frame.get_height()) == ((13.5 - n, 13.5 - n), width, width)
        assert ax.get_title() == f"{n} layers: {width} × {width}"
    assert "2 layers, a frame of 5 × 5; 4 layers, a frame of 9 × 9." in alt


def test_losses_are_a_line_a_run_and_a_color_a_depth(drawn):
    curves = {4: [[2.0, 1.0], [2.1, 1.1]], 8: [[2.2, 2.0], [2.3, 1.9]]}
    deeper.draw_losses(curves, guess=2.3)
    ((figure, alt),) = drawn
    (ax,) = figure.axes
    dotted, *lines = ax.lines
    assert list(dotted.get_ydata()) == [2.3, 2.3] and dotted.get_linestyle() == ":"
    runs = [losses for of_depth in curves.values() for losses in of_depth]
    for line, losses in zip(lines, runs, strict=True):
        np.testing.assert_array_equal(line.get_xydata(), list(enumerate(losses, 1)))
    looks = [(line.get_color(), line.get_marker()) for line in lines]
    assert looks[0] == looks[1] and looks[2] == looks[3] and looks[0][0] != looks[2][0] and looks[0][1] != looks[2][1]
    assert legend_texts(ax) == ["equal probabilities", "4 convolutions", "8 convolutions"]
    assert list(ax.get_xticks()) == [1, 2] and (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "training loss")
    assert "4 convolutions 1.00, 1.10; 8 convolutions 2.00, 1.90." in alt and "at 2.30" in alt


def test_signals_of_0_stay_in_the_picture(drawn):
    deeper.draw_signals(LOOKS, trained=["two"])
    ((figure, alt),) = drawn
    assert [ax.get_yscale() for ax in figure.axes] == ["log", "symlog", "symlog"]
    assert figure.axes[1].get_ylim() == figure.axes[2].get_ylim() and figure.axes[1].get_ylim()[0] <= 0
    for ax, (signal, what) in zip(figure.axes, deeper.SIGNALS.items(), strict=True):
        for line, (name, look) in zip(ax.lines, LOOKS.items(), strict=True):
            np.testing.assert_array_equal(line.get_xydata(), list(enumerate(look[signal], 1)))
            assert line.get_label() == name
        assert ax.get_title() == what and ax.get_xlabel() == "convolution"
    assert legend_texts(figure.axes[-1]) == ["one", "two"]
    assert "one: the outputs falling, the gradient at the outputs rising, the gradient of the kernel about" in alt
    assert "two: the outputs of the first convolutions as before, the gradients of the kernels as tiny, or 0" in alt


def test_numbers_are_counted_by_their_logarithm(drawn):
    passed = {"one": [[0, 1.5, 15], [0.15, 1e-9]], "two": [[1.5, 1.5], [0, 0]]}
    deeper.draw_numbers(passed, shown=(1, 2))
    ((figure, alt),) = drawn
    expected = [{0.1: 1, 1.1: 1}, {-8: 1, -0.9: 1}, {0.1: 2}, {}]  # logarithm: count
    for ax, bins in zip(figure.axes, expected, strict=True):
        heights = {bar.get_x(): bar.get_height() for bar in ax.patches if bar.get_height()}
        assert sorted(heights.values()) == sorted(bins.values())
        for left, log in zip(sorted(heights), sorted(bins), strict=True):
            assert left - 0.1 <= log <= left + 0.35
    assert [ax.get_title() for ax in figure.axes[:2]] == ["layer 1", "layer 2"]
    assert [ax.get_ylabel() for ax in figure.axes[::2]] == ["one", "two"]
    assert "one, root mean square from 8.7e+00 to 1.1e-01; two, root mean square from 1.5e+00 to 0.0e+00." in alt


def test_a_run_without_a_number_is_drawn_at_the_top_and_said_so(drawn):
    deeper.draw_depths(LOSSES, guess=2.3)
    ((figure, alt),) = drawn
    (ax,) = figure.axes
    runs = [(depth, losses) for by_depth in LOSSES.values() for depth, losses in by_depth.items()]
    marks = [line for line in ax.lines if line.get_marker() != "None"]
    for place, (mark, (depth, losses)) in enumerate(zip(marks, runs, strict=True)):
        beside = depth * 1.05 ** (-0.5 if place < 2 else 0.5)  # the first kind a little to the left
        np.testing.assert_allclose(mark.get_xydata(), [(beside, 2.55 if np.isnan(loss) else loss) for loss in losses])
    means = [line for line in ax.lines[1:] if line.get_marker() == "None"]
    np.testing.assert_allclose([line.get_ydata() for line in means], [[0.6, np.nan], [0.3, 0.3]])
    assert [to_hex(line.get_color()) for line in means] == [to_hex(mark.get_color()) for mark in marks[::2]]
    (text,) = ax.texts
    assert text.get_text() == "nan" and text.xy == pytest.approx((8 / 1.05**0.5, 2.55))
    assert [label.get_text() for label in ax.get_xticklabels()] == ["4", "8"] and ax.get_xscale() == "log"
    assert legend_texts(ax) == ["equal probabilities", "one", "two"]
    assert "one 0.60, no number; two 0.30, 0.30. A dotted line at 2.30" in alt and "nan" not in alt


def test_shares_are_of_each_total(drawn):
    deeper.draw_shares({"one": (1, 300), "two": (3, 100)})
    ((figure, alt),) = drawn
    (ax,) = figure.axes
    np.testing.assert_allclose([bar.get_width() for bar in ax.patches], [25, 75, 75, 25])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["one", "two"] and ax.yaxis_inverted()
    assert legend_texts(ax) == ["parameters, 4", "multiply-adds, 400"] and "percent" in ax.get_xlabel()
    assert (
        "the 4 parameters of these layers and of the 400 multiply-adds, in percent: one 25 and 75; two 75 and 25."
        in " ".join(alt.split())
    )


def test_prices_are_a_mark_a_run(drawn):
    networks = {"one": (2_000_000, [600, 650]), "two": (500_000, [700])}
    deeper.draw_prices(networks)
    ((figure, alt),) = drawn
    (ax,) = figure.axes
    for marks, (name, (n, errors)) in zip(ax.lines, networks.items(), strict=True):
        np.testing.assert_array_equal(marks.get_xydata(), [(n / 1e6, count) for count in errors])
        assert marks.get_label() == name and marks.get_linestyle() == "None"
    assert len({marks.get_marker() for marks in ax.lines}) == 2 and ax.get_xlim()[0] == 0
    assert legend_texts(ax) == list(networks) and "millions" in ax.get_xlabel() and "errors" in ax.get_ylabel()
    assert "one, 2.00 million: 600, 650; two, 0.50 million: 700." in alt
