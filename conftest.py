"""Settings of `pytest --nbval` that pyproject.toml cannot hold: nbval finds its patterns by a path only."""

from pathlib import Path

PATTERNS = Path(__file__).parent / "notebooks" / "nbval_patterns.cfg"


def pytest_configure(config):
    if config.getoption("nbval_sanitize_with", None) is None:
        config.option.nbval_sanitize_with = str(PATTERNS)
