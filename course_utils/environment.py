"""Is this computer ready for the course? Names what is missing and what to do about it."""

import importlib.metadata
import platform
import tempfile
from pathlib import Path

from packaging.specifiers import SpecifierSet

from course_utils.extras import CURE, DISTRIBUTION, wrong_packages

CODE = Path(__file__).parent
ROOM = 1_000_000  # bytes; a lesson with its pictures has about as many


def _check_python():
    wanted = importlib.metadata.metadata(DISTRIBUTION)["Requires-Python"]
    found = platform.python_version()
    if found not in SpecifierSet(wanted, prereleases=True):
        raise ValueError(
            f"the course needs Python {wanted}, this is {found}; the README says under *Start* how to get one"
        )


def _check_packages():
    if wrong := wrong_packages():
        raise ValueError(f"{'; '.join(wrong)}: {CURE}")
    for folder in Path.cwd().parents:  # of a copied course, or with another environment's kernel
        if (folder / "course_utils").is_dir() and not CODE.samefile(folder / "course_utils"):
            raise ValueError(f"the code of {CODE.parent} runs here, and not that of {folder}: {CURE}")


def _check_mnist():
    from course_utils.data import load_mnist  # here, and so below: the check runs where a library is missing

    load_mnist()


def _check_network():
    from course_utils.networks import load_seed_network

    load_seed_network()


def _check_folder():
    try:
        with tempfile.TemporaryFile(dir=Path.cwd()) as file:
            file.write(bytes(ROOM))
    except OSError as error:
        raise ValueError(
            f"this folder cannot be written to ({error.strerror or error}), so your work would be lost: make room on "
            f"the disk if it is full, or copy the lessons elsewhere"
        ) from None


CHECKS = {
    "Python": _check_python,
    "packages": _check_packages,
    "MNIST, bit for bit": _check_mnist,
    "the trained network": _check_network,
    "a folder to save your work in": _check_folder,
}


def check_environment(checks=None):
    """Check what the lessons need, print a line for each, and say what to do if something is missing.

    Parameters
    ----------
    checks : dict of str to callable, optional
        The checks by name; a check raises an exception whose message says what to do. By default all of CHECKS.

    Returns
    -------
    bool
        Whether everything is there.
    """
    ready = True
    for name, check in (CHECKS if checks is None else checks).items():
        try:
            check()
        except Exception as error:  # whatever is wrong with a computer, a student gets a line and no traceback
            ready = False
            print(f"MISSING  {name}: {error}")
        else:
            print(f"fine     {name}")
    return ready
