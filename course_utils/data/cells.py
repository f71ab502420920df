"""Photographs of solar cells, from the package elpv-dataset: load them, and check that they are the right ones."""

import hashlib

import numpy as np

from course_utils.extras import require_extra

# What its three arrays are: shape, dtype, and SHA-256 of their bytes in C order.
CELLS_ARRAYS = {
    "images": ((2624, 300, 300), "uint8", "08b53b448e94f78ea9d587105836d8afd919a51a3ea89dc79c05794caed61efc"),
    "probabilities": ((2624,), "float64", "4610e7455d62ecccc098abf4c2bec2d013d724bf8a3f107eac8d1909df798f19"),
    "kinds": ((2624,), "<U4", "f5c743755a332658f4a35ee33ef622060a0577f46641a431e80e3c3c6d1a9b8e"),
}


CELLS_A_MODULE = 60  # of most modules, as the lengths of the runs suggest: 180, 300 and 360 cells


def load_cells():
    """Load 2,624 electroluminescence images of solar cells, with what experts say of them.

    A current makes a cell shine in infrared light, and what is cracked or cut off stays dark. The images come with the
    extra ``cells``, not with the course: they may be shared under CC BY-NC-SA 4.0, so not for commercial purposes.

    Returns
    -------
    images : ndarray, shape (2624, 300, 300)
        Gray values, uint8 in [0, 255].
    probabilities : ndarray, shape (2624,)
        That the cell is defective: 0, 1/3, 2/3, or 1, float64. The two in the middle are experts in doubt.
    kinds : ndarray, shape (2624,)
        ``"mono"`` or ``"poly"``: cut from one crystal of silicon, or from a cast block of many.

    Raises
    ------
    MissingExtraError
        If the extra isn't installed.
    ValueError
        If the package is damaged, or holds anything but these arrays.

    Notes
    -----
    S. Deitsch and others, "Automatic classification of defective photovoltaic module cells in electroluminescence
    images", Solar Energy 185 (2019), 455-468, https://doi.org/10.1016/j.solener.2019.02.067; C. Buerhop-Lutz and
    others, "A benchmark for visual identification of defective solar cells in electroluminescence imagery", EU PVSEC
    2018.
    """
    require_extra("cells")
    cure = "install it again: pip install --force-reinstall --no-deps elpv-dataset"
    try:
        from elpv_dataset.utils import load_dataset

        arrays = dict(zip(CELLS_ARRAYS, load_dataset(), strict=True))
    except MemoryError:
        raise
    except Exception as error:  # whatever Pillow, NumPy and the file system raise when a file is missing or damaged
        raise ValueError(f"elpv-dataset cannot be read, is it damaged? ({error}); {cure}") from error
    for name, (shape, dtype, sha256) in CELLS_ARRAYS.items():
        array = arrays[name]
        if array.shape != shape or array.dtype != dtype:
            got = f"{array.dtype} of shape {array.shape}"
            raise ValueError(f"{name} of elpv-dataset must be {dtype} of shape {shape}, got {got}; {cure}")
        if hashlib.sha256(np.ascontiguousarray(array)).hexdigest() != sha256:
            raise ValueError(
                f"{name} of elpv-dataset aren't the expected ones: at least one value differs (SHA-256); {cure}"
            )
    return tuple(arrays.values())


def guess_modules(kinds):
    """Which cells come from one module: a guess from their order, since nobody tells.

    The cells of one kind stand in runs, and the lengths of most runs are multiples of 60. Each run is cut into about as
    many pieces of 60 cells, and what is missing or left over changes the piece in the middle. That makes 44 modules, as
    many as there are; in the two longest runs, borders near the middle may be some cells off.

    Parameters
    ----------
    kinds : array_like, shape (n,)
        As from `load_cells`, in the order of the files.

    Returns
    -------
    ndarray of int64, shape (n,)
        The number of each cell's module, from 0 on.
    """
    kinds = np.asarray(kinds)
    runs = np.split(np.arange(len(kinds)), np.flatnonzero(kinds[1:] != kinds[:-1]) + 1)
    sizes = []
    for run in runs:
        n_modules = max(1, round(len(run) / CELLS_A_MODULE))
        pieces = [CELLS_A_MODULE] * n_modules
        pieces[(n_modules - 1) // 2] += len(run) - sum(pieces)
        sizes += pieces
    return np.repeat(np.arange(len(sizes)), sizes)
