"""Pictures, judged by what they contain."""

import base64
import html
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Polygon

from course_utils import plotting


@pytest.fixture(autouse=True)
def course_style():
    with plt.rc_context():
        plotting.use_course_style()
        yield
    plt.close("all")


def texts(ax):
    return [text.get_text() for text in ax.texts]


def drawn(ax):
    """The numbers behind the only image in an Axes."""
    (image,) = ax.images
    return np.asarray(image.get_array())


DIGIT = np.arange(12, dtype=np.uint8).reshape(3, 4)

# ---- show


@pytest.fixture
def shown(monkeypatch):
    """What was handed to the notebook: a list of (data, metadata)."""
    outputs = []

    def display(data, *, raw):
        assert raw
        outputs.append(data)

    monkeypatch.setattr(plotting, "display", display)
    return outputs


def test_show_hands_over_a_picture_with_its_text_and_closes_it(shown):
    figure, ax = plt.subplots(figsize=(5, 3))
    ax.set_xlabel("pixel")
    plotting.show(figure, 'A "line" <\n   that rises.', dpi=160)
    (data,) = shown
    png, alt, width = re.fullmatch(
        r'<img src="data:image/png;base64,([^"]+)" alt="([^"]+)" width="(\d+)">', data["text/html"]
    ).groups()
    png = base64.b64decode(png)
    assert data.keys() == {"text/html", "text/plain"} and png.startswith(b"\x89PNG\r\n\x1a\n")
    assert data["text/plain"] == html.unescape(alt) == 'A "line" < that rises.'
    assert int.from_bytes(png[16:20], "big") == 5 * 160 == 2 * int(width)  # 160 pixels an inch, shown at 80
    assert plt.get_fignums() == []


@pytest.mark.parametrize("number", [0.5, -123456.789])
def test_a_picture_is_as_wide_as_its_figure_whatever_number_stands_at_its_edge(number):
    """So strict nbval may compare widths, though a measured number in a picture is another on another machine."""
    figure, ax = plt.subplots(figsize=(5, 3), layout="constrained")
    ax.set(yticks=[0, 1], yticklabels=["0", f"{number}"], ylabel="what was measured")
    assert 'width="400"' in plotting.encode_figure(figure, "An empty picture.")["text/html"]


@pytest.mark.parametrize("alt", ["", "  \n ", None, 3])
def test_show_demands_a_text(shown, alt):
    figure = plt.figure()
    with pytest.raises(ValueError, match="alt must say in words what the picture shows"):
        plotting.show(figure, alt)
    assert not shown


# ---- style


def relative_luminance(color):
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def test_colors_are_those_of_okabe_and_ito():
    named = {"E69F00", "56B4E9", "009E73", "F0E442", "0072B2", "D55E00", "CC79A7", "000000"}
    ours = [getattr(plotting, n) for n in ("BLUE", "ORANGE", "GREEN", "PINK", "SKY", "VERMILION", "YELLOW", "BLACK")]
    assert {color[1:] for color in ours} == named
    assert set(plt.rcParams["axes.prop_cycle"].by_key()["color"]) < {f"#{color}" for color in named}


def test_ink_is_dark_and_zero_of_signed_values_is_white():
    assert to_hex(plt.get_cmap(plotting.INK)(1.0)) == "#000000" and to_hex(plt.get_cmap(plotting.INK)(0.0)) == "#ffffff"
    assert relative_luminance(to_hex(plt.get_cmap(plotting.SIGNED)(0.5))) > 0.9


@pytest.mark.parametrize(
    "theirs",
    [{"text.color": "white", "axes.facecolor": "black"}, {"text.usetex": True}, {"font.family": "monospace"}],
)
def test_settings_of_matplotlib_for_other_projects_do_not_reach_the_course(theirs):
    def picture():
        figure = plotting.plot_image(DIGIT, title="a title", values=True).figure
        return plotting.encode_figure(figure, "a digit")["text/html"]

    before = picture()
    plt.rcParams.update(theirs)
    plotting.use_course_style()
    assert picture() == before


# ---- single images


@pytest.mark.parametrize("image", [DIGIT, DIGIT[..., None], DIGIT.tolist()], ids=["plain", "with channel", "list"])
def test_plot_image_draws_its_pixels_and_no_ticks(image):
    ax = plotting.plot_image(image, title="three")
    np.testing.assert_array_equal(drawn(ax), DIGIT)
    assert ax.get_title() == "three" and not texts(ax)
    assert len(ax.get_xticks()) == len(ax.get_yticks()) == 0
    assert ax.images[0].get_cmap().name == plotting.INK


def test_plot_image_without_title_has_none():
    assert plotting.plot_image(DIGIT).get_title() == ""


def test_plot_image_draws_where_it_is_told_with_the_range_it_is_told():
    _, (left, right) = plt.subplots(1, 2)
    assert plotting.plot_image(DIGIT, ax=right, vmin=-5, vmax=200, cmap=plotting.SIGNED) is right
    assert not left.images and right.images[0].get_clim() == (-5, 200)
    assert right.images[0].get_cmap().name == plotting.SIGNED


def test_plot_image_writes_values_into_their_pixels_readably():
    ax = plotting.plot_image(DIGIT, values=True, vmin=0, vmax=11)
    written = {text.get_position(): text for text in ax.texts}
    assert {place: int(text.get_text()) for place, text in written.items()} == {
        (column, row): value for (row, column), value in np.ndenumerate(DIGIT)
    }
    assert written[0, 0].get_color() == "black" and written[3, 2].get_color() == "white"  # on paper, on ink


def test_plot_image_writes_floats_with_two_digits():
    ax = plotting.plot_image(np.array([[0.123456, 1.0]]), values=True)
    assert texts(ax) == ["0.12", "1"]


@pytest.mark.parametrize("shape", [(), (4,), (2, 3, 4), (1, 3, 4, 1), (0, 4), (0, 0)])
def test_plot_image_refuses_another_shape(shape):
    with pytest.raises(ValueError, match="image must have shape") as caught:
        plotting.plot_image(np.zeros(shape))
    assert str(shape) in str(caught.value)


@pytest.mark.parametrize("image", [[["a"]], [[None]], [[1j]]])
def test_plot_image_refuses_what_is_no_number(image):
    with pytest.raises(TypeError, match="image must be real numbers, got dtype"):
        plotting.plot_image(image)


# ---- tables of numbers


def test_plot_grid_writes_each_value_once_with_a_true_minus():
    ax = plotting.plot_grid([[0.5, -1.25], [np.nan, 3]])
    assert {t.get_position(): t.get_text() for t in ax.texts} == {
        (0, 0): "0.5",
        (1, 0): "−1.2",
        (0, 1): "",
        (1, 1): "3",
    }
    assert np.isnan(drawn(ax)[1, 0]) and drawn(ax)[1, 1] == 3


def test_plot_grid_writes_texts_instead_and_keeps_them_readable():
    ax = plotting.plot_grid([[0, 1]], texts=[["a", "b"]], vmin=0, vmax=1)
    assert texts(ax) == ["a", "b"] and [t.get_color() for t in ax.texts] == ["black", "white"]


def test_plot_grid_refuses_wrong_shapes():
    with pytest.raises(ValueError, match=r"values must have shape \(height, width\), got \(3,\)"):
        plotting.plot_grid([1, 2, 3])
    with pytest.raises(ValueError, match=r"texts must have the shape of values, \(1, 2\), got \(2, 1\)"):
        plotting.plot_grid([[1, 2]], texts=[["a"], ["b"]])


def test_mark_window_frames_whole_pixels():
    ax = plotting.plot_image(np.zeros((10, 10)))
    assert plotting.mark_window(ax, 2, 5, 3, color=plotting.BLUE) is ax
    (frame,) = ax.patches
    assert frame.get_bbox().extents.tolist() == [4.5, 1.5, 7.5, 4.5]  # left, top, right, bottom edges of pixels
    assert to_hex(frame.get_edgecolor()) == plotting.BLUE.lower() and not frame.get_fill()


# ---- many images


@pytest.mark.parametrize(("n", "n_columns", "shape"), [(7, 3, (3, 3)), (6, 3, (2, 3)), (2, 10, (1, 2)), (1, 1, (1, 1))])
def test_plot_images_fills_rows_in_order(n, n_columns, shape):
    images = np.arange(n)[:, None, None] * np.ones((n, 4, 5))
    axes = plotting.plot_images(images, [f"no. {i}" for i in range(n)], n_columns=n_columns)
    assert axes.shape == shape
    for i, ax in enumerate(axes.flat):
        if i < n:
            assert (drawn(ax) == i).all() and ax.get_title() == f"no. {i}"
        else:
            assert not ax.images and not ax.axison


def test_plot_images_hands_options_on_and_needs_no_titles():
    axes = plotting.plot_images(np.zeros((2, 4, 4, 1)), vmin=0, vmax=9, cmap="gray")
    assert [ax.images[0].get_clim() for ax in axes.flat] == [(0, 9), (0, 9)]
    assert [ax.get_title() for ax in axes.flat] == ["", ""]


def test_plot_images_draws_into_given_axes():
    figure, axes = plt.subplots(1, 3)
    assert plotting.plot_images(np.zeros((3, 4, 4)), axes=axes) is axes
    assert len(figure.axes) == 3 and all(ax.images for ax in axes) and plt.get_fignums() == [figure.number]


def test_plot_images_accepts_uneven_titles_such_as_labels():
    axes = plotting.plot_images(np.zeros((2, 4, 4)), np.array([5, 0]))
    assert [ax.get_title() for ax in axes.flat] == ["5", "0"]


def test_plot_images_draws_images_of_several_sizes():
    axes = plotting.plot_images([np.zeros((4, 4)), np.zeros((6, 3, 1))])
    assert [ax.images[0].get_array().shape for ax in axes.flat] == [(4, 4), (6, 3)]


def test_an_image_in_color_is_drawn_as_it_is():
    image = np.arange(60, dtype="uint8").reshape(4, 5, 3)
    assert (drawn(plotting.plot_image(image)) == image).all()
    with pytest.raises(ValueError, match="gray images only, got one in color"):
        plotting.plot_image(image, values=True)


def test_an_image_in_bfloat16_is_drawn():
    """As maps of a network in mixed precision are, whose type Matplotlib does not know."""
    ml_dtypes = pytest.importorskip("ml_dtypes", reason="TensorFlow brings it")
    image = np.array([[0, 0.5], [1, 2]])
    assert (drawn(plotting.plot_image(image.astype(ml_dtypes.bfloat16))) == image).all()


@pytest.mark.parametrize(
    ("images", "options", "words"),
    [
        (np.zeros((0, 28, 28)), {}, "images must hold at least one image"),
        (np.zeros((2, 28, 28)), {"titles": ["a"]}, "titles must be as many as the images, 2, got 1"),
        (np.zeros((28, 28)), {}, "image must have shape (height, width), or (height, width, 3) in color, and"),
        (np.zeros((2, 4, 4)), {"n_columns": 0}, "n_columns must be at least 1, got 0"),
    ],
)
def test_plot_images_refuses_wrong_input(images, options, words):
    with pytest.raises(ValueError, match="must") as caught:
        plotting.plot_images(images, **options)
    assert words in str(caught.value)


def test_plot_images_never_drops_an_image_for_want_of_axes():
    _, axes = plt.subplots(1, 2)
    with pytest.raises(ValueError, match="axes must be at least as many as the images, 3, got 2"):
        plotting.plot_images(np.zeros((3, 4, 4)), axes=axes)


# ---- curves and bars


def test_plot_history_draws_training_and_validation_over_epochs_from_one():
    history = {"loss": [0.5, 0.3, 0.2], "val_loss": [0.6, 0.5, 0.7], "accuracy": [0.1, 0.2, 0.3]}
    ax = plotting.plot_history(history, "loss", title="over-fitting")
    training, validation = ax.lines
    assert training.get_xdata().tolist() == validation.get_xdata().tolist() == [1, 2, 3]
    assert list(training.get_ydata()) == history["loss"] and list(validation.get_ydata()) == history["val_loss"]
    assert [text.get_text() for text in ax.get_legend().texts] == ["training", "validation"]
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_title()) == ("epoch", "loss", "over-fitting")
    assert training.get_color() != validation.get_color() and training.get_marker() != validation.get_marker()
    assert all(float(tick).is_integer() for tick in ax.get_xticks())


def test_plot_history_without_validation_draws_one_line_where_it_is_told():
    _, ax = plt.subplots()
    assert plotting.plot_history({"accuracy": [0.9]}, "accuracy", ax=ax) is ax
    assert len(ax.lines) == 1 and [text.get_text() for text in ax.get_legend().texts] == ["training"]


def test_plot_history_refuses_what_was_not_measured():
    with pytest.raises(ValueError, match="metric must be one of loss, accuracy, got 'acc'"):
        plotting.plot_history({"loss": [1.0], "accuracy": [0.1]}, "acc")
    with pytest.raises(ValueError, match="at least one epoch of loss, got none"):
        plotting.plot_history({"loss": []}, "loss")


def test_plot_probabilities_draws_each_as_a_bar_and_marks_the_true_class():
    probabilities = np.linspace(0, 0.2, 10)
    ax = plotting.plot_probabilities(probabilities, label=np.uint8(3), title="a 3")
    assert [bar.get_height() for bar in ax.patches] == pytest.approx(probabilities)
    colors = [to_hex(bar.get_facecolor()).upper() for bar in ax.patches]
    assert colors[3] == plotting.BLUE and set(colors[:3] + colors[4:]) == {plotting.GRAY}
    assert ax.get_xticks().tolist() == list(range(10)) and ax.get_ylim() == (0, 1)
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_title()) == ("class", "probability", "a 3")


def test_plot_probabilities_without_label_marks_none():
    ax = plotting.plot_probabilities([0.5, 0.5])
    assert {to_hex(bar.get_facecolor()).upper() for bar in ax.patches} == {plotting.GRAY}


@pytest.mark.parametrize(
    ("probabilities", "label", "words"),
    [
        ([[0.5, 0.5]], None, "must have shape (n_classes,), got (1, 2); take one image's row"),
        ([], None, "must be in [0, 1], at least one"),
        ([np.nan, 1], None, "are they logits, or NaN?"),
        ([-3.0, 7.5], None, "are they logits, or NaN?"),
        ([0.5, 0.5], 2, "label must be from 0 to 1, got 2"),
        ([0.5, 0.5], -1, "label must be from 0 to 1, got -1"),
    ],
)
def test_plot_probabilities_refuses_wrong_input(probabilities, label, words):
    with pytest.raises(ValueError, match="must") as caught:
        plotting.plot_probabilities(probabilities, label=label)
    assert words in str(caught.value)
    assert plt.get_fignums() == []


# ---- confusion


def test_plot_confusion_writes_counts_and_shades_errors_only():
    matrix = np.array([[90, 8, 0], [1, 95, 2], [0, 0, 99]])
    ax = plotting.plot_confusion(matrix)
    assert {text.get_position(): text.get_text() for text in ax.texts} == {
        (predicted, true): str(count) for (true, predicted), count in np.ndenumerate(matrix) if count
    }
    np.testing.assert_array_equal(drawn(ax), [[0, 8, 0], [1, 0, 2], [0, 0, 0]])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted class", "true class")
    color = {text.get_position(): text.get_color() for text in ax.texts}
    assert color[1, 0] == "white" and color[0, 0] == "black"  # on the darkest shade, on white


def test_plot_confusion_of_a_perfect_reader_is_white():
    ax = plotting.plot_confusion(np.diag([3, 4]))
    assert not drawn(ax).any() and {text.get_color() for text in ax.texts} == {"black"}


@pytest.mark.parametrize(
    "matrix", [np.zeros((2, 3), int), np.zeros(4, int), np.eye(2), [[-1, 0], [0, 1]], np.zeros((0, 0), int)]
)
def test_plot_confusion_refuses_what_is_no_matrix_of_counts(matrix):
    with pytest.raises(ValueError, match=r"matrix must (be square|hold counts)"):
        plotting.plot_confusion(matrix)


# ---- the network to scale


def faces(ax):
    """Width and height of the front face of each block, from left to right."""
    fronts = [patch.get_xy() for patch in ax.patches if isinstance(patch, Polygon)][::3]
    return [tuple(np.ptp(corners, axis=0)) for corners in fronts]


def test_plot_network_is_to_scale_and_says_what_is_what():
    shapes = [(28, 28, 1), (28, 28, 32), (14, 14, 32), (1024,), (10,)]
    names = ["image", "Conv2D", "MaxPooling2D", "Flatten", "Dense"]
    ax = plotting.plot_network(shapes, names)
    assert texts(ax)[0::2] == ["28×28×1", "28×28×32", "14×14×32", "1024", "10"] and texts(ax)[1::2] == names
    blocks = faces(ax)
    assert [height for _, height in blocks] == [28, 28, 14, 128, 1.25]
    assert [width for width, _ in blocks[:3]] == [0.25, 8, 8]
    assert not ax.axison and ax.get_aspect() == 1
    low, high = ax.get_ylim()
    corners = np.concatenate([patch.get_xy() for patch in ax.patches])
    assert low < corners[:, 1].min() and high > corners[:, 1].max()  # nothing is cut off
    assert low < min(text.get_position()[1] for text in ax.texts)


@pytest.mark.parametrize(
    ("shapes", "names", "words"),
    [
        ([(10,)], ["a", "b"], "names must be as many as the shapes, 1, got 2"),
        ([], [], "at least one"),
        ([(28, 28)], ["image"], "shapes must be (height, width, channels) or (units,)"),
        ([(1, 28, 28, 1)], ["image"], "shapes must be (height, width, channels) or (units,)"),
    ],
)
def test_plot_network_refuses_wrong_input(shapes, names, words):
    with pytest.raises(ValueError, match="must be") as caught:
        plotting.plot_network(shapes, names)
    assert words in str(caught.value)
