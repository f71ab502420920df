"""The packages that only some lessons need: is an extra of pyproject.toml installed, and what to do if not.

A lesson says in its setup cell which extra it needs, before anything else is imported::

    from course_utils.extras import require_extra

    require_extra("sharing")

That line is the only place that says so. conftest.py reads it, and leaves the lesson out of a run if the extra is
missing.
"""

import importlib.metadata
import re
from pathlib import Path

from packaging.requirements import Requirement

DISTRIBUTION = "cnn-course"
FROM_WHEEL = Path(__file__).with_name("lessons").is_dir()  # there is no folder of the course, and so no nox
CURE_TORCH = """run `nox -s torch` in the course's folder, or `pip install -e ".[torch]"` in your own environment (on \
Linux gigabytes, unless PyTorch's build without CUDA is there first)"""
CURE = "run `nox -s lab` in the course's folder again (README, Start), or `pip install -e .` in your own environment"
if FROM_WHEEL:
    CURE = "run `pip install --upgrade cnn-course`"
NEEDS = re.compile(r'^require_extra\("(\w+)"\)', re.MULTILINE)


class MissingExtraError(ImportError):
    """Packages of an extra are missing or have the wrong version; the message names them and the cure."""

    def _render_traceback_(self):  # a notebook shows this instead of a traceback
        return [str(self)]


def wrong_packages(extra=""):
    """What is wrong with the installed packages, those that all lessons need or those of an extra.

    Parameters
    ----------
    extra : str, optional
        As pyproject.toml names it; by default what is needed without any.

    Returns
    -------
    list of str
        A sentence for each package that is missing or has the wrong version; empty if all is well.

    Raises
    ------
    ValueError
        If there is no such extra.
    """
    extras = importlib.metadata.metadata(DISTRIBUTION).get_all("Provides-Extra") or []
    if extra and extra not in extras:
        raise ValueError(f"there is no extra {extra!r}; there are {', '.join(extras)}")
    wrong = []
    for line in importlib.metadata.requires(DISTRIBUTION):
        requirement = Requirement(line)
        marker = requirement.marker
        if marker and not marker.evaluate({"extra": extra}):
            continue  # belongs to another extra, or to another system
        if extra and (not marker or marker.evaluate({"extra": ""})):
            continue  # is needed in any case
        try:
            found = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            wrong.append(f"{requirement.name} is missing")
            continue
        if found not in requirement.specifier:
            wrong.append(f"{requirement.name} must be {requirement.specifier}, is {found}")
    return wrong


def require_extra(extra):
    """Do nothing if the packages of an extra are there.

    Raises
    ------
    MissingExtraError
        If one is missing or has the wrong version.
    """
    if reason := why_missing(extra):
        raise MissingExtraError(reason)


def why_missing(extra):
    """Why an extra cannot be used, with the cure; an empty text if it can."""
    wrong = wrong_packages(extra)
    own = f'or `pip install -e ".[{extra}]"` in your own environment'
    cure = f"run `nox -s lab` in the course's folder again (README, Start), {own}" if extra != "torch" else CURE_TORCH
    if FROM_WHEEL:
        cure = f'run `pip install "cnn-course[{extra}]"`'
    return f"the extra {extra!r} is not installed ({'; '.join(wrong)}): {cure}" if wrong else ""


def needed_extra(code):
    """The extra that a lesson's code requires; an empty text if none."""
    found = NEEDS.search(code)
    return found[1] if found else ""
