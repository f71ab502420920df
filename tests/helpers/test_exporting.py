"""Exported networks say what Keras says; what ships as ONNX is the network that ships as Keras's file."""

import hashlib
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from course_utils.extras import why_missing

if reason := why_missing("sharing"):
    pytest.skip(reason, allow_module_level=True)

import onnx

from course_utils import data, exporting, networks
from course_utils._tensorflow import keras

pytestmark = pytest.mark.numbers


@pytest.fixture(scope="module")
def model():
    return networks.load_seed_network()


@pytest.fixture(scope="module")
def images(mnist):
    return data.prepare_images(mnist[1][0][:300])


@pytest.fixture(scope="module")
def expected(model, images):
    return model.predict(images, verbose=0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, model, images):
    """All exports of the network, made once."""
    folder = tmp_path_factory.mktemp("exported")
    exporting.export_onnx(model, folder / "a.onnx", about={"made by": "a test"})
    exporting.export_litert(model, folder / "a.tflite")
    exporting.export_litert(model, folder / "int8.tflite", examples=images[:100])
    return folder


# ---- what ships


def test_shipped_onnx_holds_the_weights_of_the_shipped_network(model):
    """One truth: the Keras file. `python -m course_utils.exporting` makes the other one anew."""
    graph = onnx.load(exporting.SEED_NETWORK_ONNX)
    source = {entry.key: entry.value for entry in graph.metadata_props}["source"]
    assert source == hashlib.sha256(exporting.SEED_NETWORK_KERAS.read_bytes()).hexdigest()
    stored = [onnx.numpy_helper.to_array(tensor) for tensor in graph.graph.initializer]
    for weight in model.get_weights():
        kernel = np.moveaxis(weight, (2, 3), (1, 0)) if weight.ndim == 4 else weight  # ONNX: (out, in, height, width)
        assert any(kernel.size == one.size and (kernel.ravel() == one.ravel()).all() for one in stored)
    assert sum(one.size for one in stored if one.dtype == np.float32) == model.count_params()


def test_shipped_onnx_says_what_the_shipped_network_says(images, expected):
    assert np.abs(exporting.load_onnx()(images) - expected).max() < 1e-5


# ---- exports


@pytest.mark.parametrize(("name", "load"), [("a.onnx", exporting.load_onnx), ("a.tflite", exporting.load_litert)])
def test_exported_network_says_what_keras_says(folder, images, expected, name, load):
    read = load(folder / name)
    for n in (1, 7, 300):
        got = read(images[:n])
        assert got.shape == (n, 10) and got.dtype == np.float32
        assert np.abs(got - expected[:n]).max() < 1e-5


@pytest.mark.parametrize(("name", "load"), [("a.onnx", exporting.load_onnx), ("a.tflite", exporting.load_litert)])
def test_many_images_take_as_much_memory_as_a_few(folder, name, load):
    """Read all at once, the layers' results for 5,000 images would take most of a gigabyte."""
    code = f"""import numpy as np, psutil
from course_utils import exporting
read = exporting.{load.__name__}({str(folder / name)!r})
used = lambda: psutil.Process().memory_info().rss / 1e6
read(np.zeros((exporting.BATCH, 28, 28, 1), "float32"))
images = np.zeros((5000, 28, 28, 1), "float32")
images += 1
before = used()
assert read(images).shape == (5000, 10)
print(used() - before)"""
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    assert float(printed) < 100  # MB


def test_int8_is_a_quarter_and_reads_about_as_well(folder, images, expected, mnist):
    got = exporting.load_litert(folder / "int8.tflite")(images)
    size, full = ((folder / name).stat().st_size for name in ("int8.tflite", "a.tflite"))
    assert 0.2 < size / full < 0.35
    assert (got.argmax(axis=1) == expected.argmax(axis=1)).mean() > 0.99
    assert np.abs(got - expected).max() > 1e-4  # so it is not the float one
    assert (got.argmax(axis=1) == mnist[1][1][:300]).mean() > 0.97


def test_onnx_file_names_its_ends_and_its_origin(folder):
    graph = onnx.load(folder / "a.onnx")
    ends = graph.graph.input[0], graph.graph.output[0]
    assert [end.name for end in ends] == ["images", "probabilities"]
    shapes = [[d.dim_param or d.dim_value for d in end.type.tensor_type.shape.dim] for end in ends]
    assert shapes == [["n", 28, 28, 1], ["n", 10]]
    assert {entry.key: entry.value for entry in graph.metadata_props} == {"made by": "a test"}


@pytest.mark.nightly
def test_another_network_can_be_exported(tmp_path, images):
    network = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.BatchNormalization(), keras.layers.Dense(10)]
    )
    for path, export, load in (
        (tmp_path / "b.onnx", exporting.export_onnx, exporting.load_onnx),
        (tmp_path / "b.tflite", exporting.export_litert, exporting.load_litert),
    ):
        assert export(network, path) == path
        assert np.abs(load(path)(images) - network.predict(images, verbose=0)).max() < 1e-5


def test_exporting_and_loading_say_nothing(model, images, tmp_path, capfd):
    """In a notebook, whatever is written to stderr is a red box. Here, a warning would raise."""
    exporting.export_onnx(model, tmp_path / "a.onnx")
    exporting.export_litert(model, tmp_path / "a.tflite", examples=images[:3])
    code = f"""if True:
        import numpy as np
        from course_utils import exporting
        folder, image = exporting.Path({str(tmp_path)!r}), np.zeros((1, 28, 28, 1), np.float32)
        exporting.load_onnx(folder / "a.onnx")(image)
        exporting.load_litert(folder / "a.tflite")(image)
    """
    subprocess.run([sys.executable, "-c", code], check=True)  # a new Python: it would say it at the first time only
    assert capfd.readouterr() == ("", "")


# ---- mistakes


@pytest.mark.parametrize(("export", "ending"), [(exporting.export_onnx, ".onnx"), (exporting.export_litert, ".tflite")])
def test_a_file_with_another_ending_is_refused(model, tmp_path, export, ending):
    with pytest.raises(ValueError, match=rf"path must end in \{ending}, got network.bin"):
        export(model, tmp_path / "network.bin")


@pytest.mark.parametrize(("load", "ending"), [(exporting.load_onnx, "ONNX"), (exporting.load_litert, "LiteRT")])
def test_what_is_no_network_is_named(tmp_path, load, ending):
    with pytest.raises(FileNotFoundError, match=r"expected a network at .*nothing.*, found no such file"):
        load(tmp_path / "nothing")
    (tmp_path / "text").write_text("hello")
    with pytest.raises(ValueError, match=f"cannot be read as an? {ending} file"):
        load(tmp_path / "text")


def test_no_examples_are_refused(model, tmp_path, images):
    with pytest.raises(ValueError, match="examples must hold at least one input"):
        exporting.export_litert(model, tmp_path / "a.tflite", examples=images[:0])


def test_a_keras_file_is_no_onnx_file(tmp_path):
    assert zipfile.is_zipfile(exporting.SEED_NETWORK_KERAS)
    with pytest.raises(ValueError, match="cannot be read as an ONNX file"):
        exporting.load_onnx(exporting.SEED_NETWORK_KERAS)


def test_reading_onnx_loads_no_tensorflow():
    code = "import sys; from course_utils import exporting; exporting.load_onnx(); print('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
