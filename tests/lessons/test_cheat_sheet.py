"""The sheet of shapes and formulas: each line of Python on it is run, against Keras or the course's own functions."""

import math
import re
from types import SimpleNamespace

import numpy as np
import pytest
from lesson_rules import links_resolve

from course_utils import evaluation
from course_utils.publishing.lessons import NOTEBOOKS
from course_utils.scaling.cost import ring_seconds

pytestmark = pytest.mark.numbers

PAGE = (NOTEBOOKS / "cheat_sheet.md").read_text(encoding="utf-8")
NAMES = {"np": np, "comb": math.comb, "prod": math.prod}
TWO_PAGES = {"rows": 50, "words": 1100}  # at most; formulas and code are counted


def read_rows(page):
    """The rows of all tables: {first cell: {heading of the column: cell}}."""
    rows, columns = {}, None
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else None
        if not cells:
            columns = None
        elif columns is None:
            columns = cells
        elif not set(line) <= set("|- "):
            assert len(cells) == len(columns), line
            assert cells[0] not in rows, f"two rows are called {cells[0]!r}"
            rows[cells[0]] = dict(zip(columns, cells, strict=True))
    return rows


ROWS = read_rows(PAGE)


def code(name, column="Python"):
    """The first code span of a cell."""
    return re.match(r"`([^`]+)`", ROWS[name][column])[1]


def python(name, **values):
    """What a row's Python gives for these values."""
    return eval(code(name), NAMES | values)


# ---- axes and layers


@pytest.fixture(scope="module")
def keras():
    from course_utils._tensorflow import keras

    return keras


def layer_of(keras, name, **values):
    """The layer that a row names, with these values."""
    return eval(code(name, "Keras"), vars(keras.layers) | values)


def build(keras, layer, shape):
    """The layer in a network for one input of a shape."""
    return keras.Sequential([keras.Input(shape), layer])


def test_axes_are_those_of_keras(keras):
    model = build(keras, keras.layers.Conv2D(32, 3), (28, 28, 1))
    dense = build(keras, keras.layers.Dense(10), (784,))
    shapes = {name: row["MNIST"].strip("`") for name, row in ROWS.items() if "MNIST" in row}
    assert shapes == {
        "images, feature maps": str((None, *model.input_shape[1:])).replace("None", "n"),
        "one-hot labels, logits, probabilities": str(dense.output_shape).replace("None", "n"),
        "weights of `Conv2D(32, 3)`": str(model.layers[0].kernel.shape),
        "weights of `Dense(10)`": str(dense.layers[0].kernel.shape),
    }


SIDES = [(28, 3, 1), (28, 3, 2), (27, 2, 2), (28, 5, 3), (7, 7, 1)]


@pytest.mark.parametrize(("n", "k", "s"), SIDES)
def test_sides(keras, n, k, s):
    for name in ("side, padding `valid`", "side after pooling", "side, padding `same`"):
        model = build(keras, layer_of(keras, name, f=2, k=k, s=s), (n, n, 1))
        assert python(name, n=n, k=k, s=s) == model.output_shape[1] == model.output_shape[2]
    p = 2
    padded = [layer_of(keras, "side, $p$ rows of zeros", p=p), keras.layers.Conv2D(1, k, strides=s)]
    model = keras.Sequential([keras.Input((n, n, 1)), *padded])
    assert python("side, $p$ rows of zeros", n=n, k=k, s=s, p=p) == model.output_shape[1]


def test_parameters_and_multiply_adds(keras):
    from course_utils.costs import count_multiply_adds

    k, c, f, n, m, u = 3, 5, 7, 12, 11, 13
    convolution = build(keras, layer_of(keras, "parameters, convolution", f=f, k=k), (n, n, c))
    assert python("parameters, convolution", k=k, c=c, f=f) == convolution.count_params()
    o = convolution.output_shape[1]
    assert python("multiply-adds, convolution", o=o, k=k, c=c, f=f) == count_multiply_adds(convolution)[1]
    dense = build(keras, layer_of(keras, "parameters, dense", u=u), (m,))
    assert python("parameters, dense", m=m, u=u) == dense.count_params()
    assert python("multiply-adds, dense", m=m, u=u) == count_multiply_adds(dense)[1]
    normalized = build(keras, layer_of(keras, "parameters, batch normalization"), (n, n, c))
    assert python("parameters, batch normalization", c=c) == normalized.count_params()
    trained = sum(math.prod(weight.shape) for weight in normalized.trainable_weights)
    assert trained == normalized.count_params() / 2
    assert python("bytes of the weights, float32", P=dense.count_params()) == sum(w.nbytes for w in dense.get_weights())


def test_receptive_field_is_what_changes_a_number(keras):
    ks, ss = [3, 2, 3, 2], [1, 2, 2, 2]
    kinds = {"kernel_initializer": "ones", "use_bias": False}
    layers = [keras.layers.Conv2D(1, k, strides=s, **kinds) for k, s in zip(ks, ss, strict=True)]
    model = keras.Sequential([keras.Input((40, 40, 1)), *layers])
    lit = np.eye(40, dtype="float32")[..., None, None] * np.ones((1, 1, 40, 1), "float32")  # row by row
    rows = model(lit.reshape(40, 40, 40, 1)).numpy()[:, 0, 0, 0] != 0
    assert python("receptive field", ks=ks, ss=ss) == rows.sum()


# ---- losses and steps


def test_softmax_loss_and_gradient(keras):
    import tensorflow as tf

    z, y = np.array([2.0, -1.0, 0.5]), np.array([0.0, 0.0, 1.0])
    names = {"keras": keras, "z": z, "y": y, "T": 3.0}
    p = python("softmax", z=z)
    np.testing.assert_allclose(p, eval(code("softmax", "Keras"), names), rtol=1e-6)
    loss = python("cross-entropy", y=y, p=p)
    assert loss == pytest.approx(float(eval(code("cross-entropy", "Keras"), names | {"p": p})), rel=1e-6)
    logits = tf.Variable(z)
    with tf.GradientTape() as tape:
        of_logits = keras.losses.categorical_crossentropy(y, keras.ops.softmax(logits))
    gradient = eval(code("its gradient by the logits", "Keras"), {"tape": tape, "loss": of_logits, "z": logits})
    np.testing.assert_allclose(python("its gradient by the logits", p=p, y=y), gradient, atol=1e-6)
    guess = keras.losses.categorical_crossentropy(np.eye(7)[:1], np.full((1, 7), 1 / 7))
    assert python("loss of guessing", C=7) == pytest.approx(float(guess[0]), rel=1e-6)
    softened = python("temperature scaling", z=z, T=3.0)
    np.testing.assert_allclose(softened, eval(code("temperature scaling", "Keras"), names), rtol=1e-6)


@pytest.mark.parametrize("name", ["SGD", "momentum", "RMSprop", "Adam"])
def test_steps_are_those_of_keras(keras, name):
    values = {"rate": 0.1, "mu": 0.9, "rho": 0.8, "b1": 0.85, "b2": 0.95}
    optimizer = eval(code(name, "Keras"), vars(keras.optimizers) | values)
    gradients = np.array([[1.0, -0.5], [0.25, 2.0], [-1.5, 0.125]])
    variable = keras.Variable(np.array([1.0, -2.0], "float32"))
    state = NAMES | values | {"w": np.array([1.0, -2.0]), "m": 0.0, "v": 0.0}
    for t, g in enumerate(gradients, start=1):
        state |= {"g": g, "t": t}
        exec(code(name), state)
        optimizer.apply([keras.ops.convert_to_tensor(g.astype("float32"))], [variable])
        np.testing.assert_allclose(state["w"], variable.numpy(), rtol=1e-4)


def test_steps_an_epoch(keras):
    model = build(keras, keras.layers.Dense(1), (1,))
    model.compile(loss="mse")
    for n_images, batch_size in ((10, 4), (12, 4)):
        before = int(model.optimizer.iterations.numpy())
        model.fit(np.ones((n_images, 1)), np.ones((n_images, 1)), batch_size=batch_size, verbose=0)
        n_steps = int(model.optimizer.iterations.numpy()) - before
        assert python("steps an epoch", N=n_images, B=batch_size) == n_steps


# ---- how good


def test_precision_recall_f1(keras):
    truth = np.array([0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2])
    said = np.array([0, 0, 1, 1, 1, 1, 0, 2, 2, 2, 1, 0])
    rng = np.random.default_rng(0)
    probabilities = (
        rng.dirichlet(np.ones(3), size=12) / 4 + np.eye(3)[said] * 0.25 + 1 / 6
    )  # the answer's below 0.5, too
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    assert (probabilities.argmax(axis=1) == said).all() and 0 < (probabilities.max(axis=1) < 0.5).sum() < 12
    for i in range(3):
        right = int(((truth == i) & (said == i)).sum())
        counts = {"TP": right, "FP": int((said == i).sum()) - right, "FN": int((truth == i).sum()) - right}
        for name in ("precision", "recall", "F1"):
            metric = eval(code(name, "Keras or course"), {"keras": keras, "i": i})
            metric.update_state(np.eye(3, dtype="float32")[truth], probabilities.astype("float32"))
            found = np.broadcast_to(metric.result(), 3)[i]  # F1Score gives all three
            assert python(name, **counts) == pytest.approx(float(found), rel=1e-6), name
    counts = {"TP": 30, "FP": 5, "FN": 10}
    precision, recall = python("precision", **counts), python("recall", **counts)
    assert python("F1", **counts) == pytest.approx(2 * precision * recall / (precision + recall))
    precisions, recalls = evaluation.precision_recall(np.array([[30, 10], [5, 20]]))
    assert (precision, recall) == pytest.approx((precisions[0], recalls[0]))


def test_intervals_p_value_and_calibration():
    n_right, n = 970, 1000
    found = python("95% interval (Wilson)", a=n_right / n, n=n, z=1.96)
    assert found == pytest.approx(evaluation.wilson_interval(n_right, n), rel=1e-4)
    draws = np.random.default_rng(0).binomial(n, 0.97, size=100_000) / n
    assert python("standard error of an accuracy", a=0.97, n=n) == pytest.approx(draws.std(), rel=0.02)
    for b, c in ((12, 3), (3, 12), (5, 5), (0, 0)):
        assert python("p-value (McNemar, exact)", b=b, c=c) == pytest.approx(evaluation.mcnemar_p_value(b, c))
    probabilities = np.random.default_rng(1).dirichlet(np.ones(4), size=200)
    confidence, accuracy, counts, error = evaluation.calibration(probabilities, np.arange(200) % 4)
    found = python("expected calibration error", n_b=counts, n=200, a_b=accuracy, s_b=confidence)
    names = {"calibration": evaluation.calibration, "probabilities": probabilities, "digits": np.arange(200) % 4}
    assert found == pytest.approx(error) == eval(code("expected calibration error", "Keras or course"), names)


# ---- size and speed


def test_training_multiply_adds(keras):
    from course_utils.costs import count_multiply_adds, count_training_multiply_adds

    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(4), keras.layers.Dense(3)])
    counts, total = count_multiply_adds(model)
    first = next(iter(counts.values()))
    found = python("multiply-adds of a training image", M=total, M_first=first)
    assert found == count_training_multiply_adds(model)


def test_quantization_is_off_by_half_a_step_at_most():
    x = np.random.default_rng(0).uniform(-0.4, 1.7, size=1000)
    s = python("scale of int8", x=x)
    z = python("zero point of int8", x=x, s=s)
    assert z == int(z) and python("quantized value", x=np.zeros(1), s=s, z=z) == z  # 0 has a code of its own
    q = python("quantized value", x=x, s=s, z=z)
    assert (q.min(), q.max()) == (-128, 127) and len(np.unique(q)) > 200
    assert abs(python("value again", s=s, q=q, z=z) - x).max() <= s / 2 + 1e-12
    beyond = np.array([-9.0, 9.0])
    assert python("quantized value", x=beyond, s=s, z=z).tolist() == [-128, 127]


def test_all_reduce():
    values = {"P": 121_994, "N": 8}
    found = python("ring all-reduce, seconds", **values, B=1e9, latency=5e-5)
    assert found == pytest.approx(ring_seconds(4 * 121_994, 8, bandwidth=1e9, latency=5e-5))
    sent = python("all-reduce, bytes a worker sends", **values)
    assert sent / 1e9 == pytest.approx(ring_seconds(4 * 121_994, 8, bandwidth=1e9, latency=0))
    assert python("parallel efficiency", t_1=8.0, t_N=2.0, N=4) == 1


# ---- the page


def test_each_python_on_the_page_is_tested_here():
    with open(__file__, encoding="utf-8") as file:
        text = file.read()
    assert [name for name, row in ROWS.items() if row.get("Python") and f'"{name}"' not in text] == []


def test_it_is_two_pages_and_its_links_lead_to_lessons():
    assert len(ROWS) <= TWO_PAGES["rows"] and len(re.sub(r"[|$`-]", " ", PAGE).split()) <= TWO_PAGES["words"]
    page = SimpleNamespace(cells=[SimpleNamespace(cell_type="markdown", source=PAGE)])
    assert links_resolve(page, "cheat_sheet") == []
    for line in PAGE.splitlines():
        assert line.count("$") % 2 == 0, f"a formula that is not closed: {line}"
