"""How a data set that ships with the course is read: each array must be the published one, bit for bit."""

import hashlib
from pathlib import Path

import numpy as np

ASSETS = Path(__file__).parents[1] / "assets"


def load_stored(path, expected, name):
    """Load images and labels from an .npz file, and make sure that each array is the expected one.

    Parameters
    ----------
    path : str or pathlib.Path
    expected : dict of str to (tuple of int, str)
        Of ``x_train``, ``y_train``, ``x_test``, and ``y_test``: the shape, and the SHA-256 of the bytes in C order. All
        are uint8.
    name : str
        What an error calls the data set.

    Returns
    -------
    (train_images, train_labels), (test_images, test_labels)

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, or holds anything but these arrays.
    """
    path = Path(path)
    cure = "restore it with `git checkout -- course_utils/assets` in the course's folder"
    if not path.is_file():
        raise FileNotFoundError(f"expected {name} at {path}, found no such file; {cure}")
    try:
        with open(path, "rb") as content, np.load(content, allow_pickle=False) as file:  # `open`: closed in any case
            arrays = {key: file[key] for key in expected}
    except KeyError as error:
        raise ValueError(f"{path} must hold the arrays {', '.join(expected)}; {error.args[0]}; {cure}") from None
    except Exception as error:  # whatever zipfile, zlib and NumPy raise when a bit is wrong
        raise ValueError(f"{path} cannot be read as an .npz file of arrays, is it damaged? ({error}); {cure}") from None
    for key, (shape, sha256) in expected.items():
        array = arrays[key]
        if array.shape != shape or array.dtype != np.uint8:
            got = f"{array.dtype} of shape {array.shape}"
            raise ValueError(f"{key} in {path} must be uint8 of shape {shape}, got {got}; {cure}")
        if hashlib.sha256(np.ascontiguousarray(array)).hexdigest() != sha256:
            raise ValueError(f"{key} in {path} is not {name}'s: at least one value differs (SHA-256); {cure}")
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])
