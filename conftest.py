"""Settings of `pytest --nbval` that pyproject.toml cannot hold: nbval finds its patterns by a path only."""

import os
from pathlib import Path

import course_utils  # noqa: F401  where the home cannot be written to, it gives Jupyter another

ROOT = Path(__file__).parent
PATTERNS = ROOT / "notebooks" / "nbval_patterns.cfg"
NO_NETWORK = ROOT / "tests" / "no_network"  # its sitecustomize.py refuses the network to every Python that starts


def pytest_configure(config):
    if config.getoption("nbval_sanitize_with", None) is None:
        config.option.nbval_sanitize_with = str(PATTERNS)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(NO_NETWORK), os.environ.get("PYTHONPATH")]))
