"""The page of errors: each one is provoked as the page says, says what the page says, and its cure cures it."""

import contextlib
import io
import re
import socket
import subprocess
import sys
from types import SimpleNamespace

import nightly
import numpy as np
import pytest
from lesson_rules import links_resolve

from course_utils.publishing.lessons import NOTEBOOKS

pytestmark = [
    pytest.mark.numbers,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras's own, with NumPy 2
]

PAGE = (NOTEBOOKS / "errors.md").read_text(encoding="utf-8")
N_ERRORS = 20
N = 500  # images


def read_page(text):
    """The errors of the page: {number: its title, the lines that provoke it, the message, the cure as code or ""}."""
    found = {}
    for section in re.split(r"(?m)^### ", text)[1:]:
        number, title = re.match(r"(\d+)\. (.+)", section).groups()
        shown = re.search(r"(?s)```pycon\n(.+?)\n```", section)[1].splitlines()
        cure = re.search(r"(?s)```python\n(.+?)\n```", section)
        found[int(number)] = SimpleNamespace(
            title=title,
            lines=[line.removeprefix(">>> ") for line in shown if line.startswith(">>> ")],
            message="\n".join(line for line in shown if not line.startswith(">>> ")),
            cure=cure[1] if cure else "",
            text=section,
        )
    return found


ERRORS = read_page(PAGE)
SILENT = {  # the symptom, where nothing raises: an expression, and its bound
    6: ("value[0]", 44, 44),
    7: ("value.sum()", 1, 1),
    8: ("float(np.isnan(history.history['loss'][-1]))", 1, 1),
    9: ("history.history['val_accuracy'][-1]", 0.0, 0.3),  # of 100 images, guessed
    10: ("value", 1.46, 1.47),
    11: ("history.history['val_accuracy'][-1]", 0.0, 0.05),
    12: ("(value == digits).mean()", 0.1, 0.7),
}
CURED = {  # what holds after the cure, and not before
    1: "model.output_shape == (None, 26, 26, 8)",
    2: "probabilities.shape == (1, 10) and 0 <= digit <= 9",
    3: "(labels == one_hot).all() and np.isfinite(model.fit(images, digits, verbose=0).history['loss'][-1])",
    4: "rows.shape == (60000, 784)",
    5: "predicted.shape == digits.shape and 0 <= accuracy <= 1",
    6: "total[0] == 300",
    7: "len(np.unique(scaled)) == 4 and scaled.max() == 1",
    8: "np.isfinite(train_with(optimizer))",
    9: "(images.sum(axis=(1, 2, 3)) * (labels @ np.arange(10))).sum() == pytest.approx(together, rel=1e-5)",
    10: "float(loss(one_hot_0, keras.ops.softmax(logits))) < 0.01 and float(loss_of_logits(one_hot_0, logits)) < 0.01",
    11: "history.history['val_accuracy'][-1] > 0.2",
    12: "turned.max() <= 1",
    13: "model.count_params() == 80",
    14: "batch.shape == (1, 28, 28, 1)",
    15: "all((a == b).all() for a, b in zip(same.get_weights(), model.get_weights()))",
    19: "9_000 < gigabytes < 20_000 and differences.shape == (10, 1000, 784)",
    20: "server.getsockname()[1] != port",
}


def build_small(filters=4, activation="relu"):
    from course_utils._tensorflow import keras

    layers = keras.layers.Conv2D(filters, 3, activation=activation), keras.layers.MaxPooling2D(4)
    outputs = keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")
    model = keras.Sequential([keras.Input((28, 28, 1)), *layers, *outputs])
    model.compile(optimizer=keras.optimizers.RMSprop(0.003), loss="categorical_crossentropy", metrics=["accuracy"])
    return model


@pytest.fixture(scope="module")
def prepared(mnist, tmp_path_factory):
    """What the page takes for granted: the names that its lines use, and its files, in a folder of their own."""
    from course_utils import data, networks
    from course_utils._tensorflow import keras

    (images, digits), (test_images, test_digits) = mnist
    folder = tmp_path_factory.mktemp("errors")
    build_small(filters=8).save_weights(folder / "other.weights.h5")
    keras.Sequential([keras.Input((784,)), keras.layers.Lambda(lambda x: x / 255)]).save(folder / "stranger.keras")
    usual = {"keras": keras, "np": np, "pytest": pytest, "socket": socket, "digits": digits[:N].astype(int)}
    usual |= {"images": data.prepare_images(images[:N]), "labels": data.one_hot(digits[:N]), "gray": images[:N]}
    trained, ours = networks.load_seed_network(), data.prepare_images(test_images[:N])
    usual |= {"probabilities": trained.predict(ours, verbose=0), "trained": trained}
    usual |= {"my_image": 1 - ours[0, ..., 0], "one_hot_0": np.eye(10)[:1], "logits": 100.0 * np.eye(10)[:1]}
    usual["one_hot"] = usual["labels"]
    usual["together"] = (usual["images"].sum(axis=(1, 2, 3)) * usual["digits"]).sum()
    return usual, folder, (ours, test_digits[:N].astype(int))


@pytest.fixture
def names(prepared, monkeypatch, request):
    """The names for the lines of one error, with a new network."""
    from course_utils._tensorflow import keras
    from course_utils.networks import build_seed_network

    usual, folder, of_test = prepared
    monkeypatch.chdir(folder)
    keras.utils.clear_session()
    keras.utils.set_random_seed(0)

    def train_with(optimizer):
        model = build_small()
        model.compile(optimizer=optimizer, loss="categorical_crossentropy")
        return model.fit(usual["images"], usual["labels"], verbose=0).history["loss"][-1]

    number = request.node.callspec.params["number"]
    activation = "linear" if number == 8 else "relu"  # a dead ReLU would keep the weights finite
    found = usual | {"model": build_small(activation=activation), "train_with": train_with}
    if number == 2:
        found["model"] = build_seed_network()
    if number == 15:
        found["model"].optimizer.build(found["model"].trainable_variables)
    if number == 12:
        found |= dict(zip(("images", "digits"), of_test, strict=True))
    if number == 17:
        del found["model"]
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield found | {"port": server.getsockname()[1]}


def provoke(lines, names):
    """Run the lines in these names; what they print, and the error or the last value as a notebook shows it."""
    printed, value, error = io.StringIO(), None, ""
    with contextlib.redirect_stdout(printed):
        try:
            for line in lines:
                try:
                    value = eval(compile(line, "cell", "eval"), names)
                except SyntaxError:
                    exec(compile(line, "cell", "exec"), names)
        except Exception as raised:
            error = f"{type(raised).__name__}: {raised}"
    names["value"] = value
    return printed.getvalue() + (error or ("" if value is None else repr(value)))


def plain(text):
    """A message without colors, and without the numbers that Keras gives to layers of one name."""
    return re.sub(r"\b([a-z]\w*?[a-z2]d?)_\d+(?=['/,])", r"\1", re.sub(r"\x1b\[\d*m", "", text))


def is_said(message, text):
    """Whether a message of the page, with ... for what is left out, is what came."""
    pattern = r".*?".join(re.escape(" ".join(part.split())) for part in message.split("..."))
    return re.search(pattern, " ".join(plain(text).split())) is not None


def fits_in_memory(shape):
    try:
        np.empty(shape, "float32")
    except MemoryError:
        return False
    return True


def test_the_page_has_twenty_errors_each_with_why_cure_and_lesson():
    assert list(ERRORS) == list(range(1, N_ERRORS + 1))
    for error in ERRORS.values():
        assert error.lines and error.message
        assert re.search(r"\n- \*\*Why:\*\* [^*]", error.text) and re.search(r"\n- \*\*Cure:\*\* [^*]", error.text)
        assert re.search(r"\[lesson (\d+)\]\((?:0?\1)_\w+\.ipynb\)", error.text), error.title
        assert len(error.cure.splitlines()) <= 2
    assert {number for number, error in ERRORS.items() if error.cure} == set(CURED)


def test_its_links_lead_to_lessons():
    page = SimpleNamespace(cells=[SimpleNamespace(cell_type="markdown", source=PAGE)])
    assert links_resolve(page, "errors") == []


def test_it_says_how_many_are_silent():
    silent = PAGE[PAGE.index("## No red box") : PAGE.index("## Keras")]
    assert [int(number) for number in re.findall(r"(?m)^### (\d+)\.", silent)] == list(SILENT)
    assert "Seven of the twenty show no red box" in PAGE and len(SILENT) == 7


@pytest.mark.parametrize(
    "number", nightly.by_night([number for number in ERRORS if number != 18], (1, 3, 8, 9, 11, 19), name=int)
)
def test_error_comes_as_the_page_says_and_its_cure_cures_it(number, names):
    error = ERRORS[number]
    if number == 19 and fits_in_memory((60000, 60000, 784)):
        pytest.skip("this system grants any memory, and ends who uses it")
    message = error.message
    if number == 20 and sys.platform != "linux":
        message = "OSError: [Errno ..."
    said = provoke(error.lines, names)
    assert is_said(message, said), f"{error.title}: {said}"
    if number in SILENT:
        expression, low, high = SILENT[number]
        assert low <= eval(expression, names) <= high
    if number in CURED:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(error.cure, "cure", "exec"), names)
            assert eval(CURED[number], names), f"{error.title}: the cure does not help"
            if isinstance(names.get("server"), socket.socket):
                names["server"].close()


def test_what_stands_in_parentheses_is_so_too(prepared):
    from course_utils._tensorflow import keras

    names = prepared[0]
    said = provoke(["trained.predict(images[0], verbose=0)"], names)  # it has predicted before
    assert is_said("Cannot take the length of shape with unknown rank.", said) and said.startswith("ValueError")
    loss, label = keras.losses.CategoricalCrossentropy(from_logits=True), names["one_hot_0"]
    with pytest.warns(UserWarning, match="the `output` argument was produced by a Softmax activation"):
        assert float(loss(label, keras.ops.softmax(names["logits"].astype("float32")))) < 0.01
    for text in ("*Cannot take the length of shape with unknown rank.*", "was produced by a Softmax activation*"):
        assert text in PAGE


def test_a_missing_module_is_said_as_on_the_page():
    error = ERRORS[18]
    command = [sys.executable, "-I", "-S", "-c", *error.lines]  # without what is installed
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stderr.strip().splitlines()[-1] == error.message


def test_another_message_is_noticed():
    assert is_said("ValueError: a ... c", "ValueError: a\n  b c, and more")
    assert not is_said("ValueError: a ... c", "TypeError: a b c")
    assert not is_said("array([44])", "array([45])")
