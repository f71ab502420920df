"""Words that the field or a native writer would not use, found in lessons, exercises, pictures, pages and helpers."""

import re
from pathlib import Path

import pytest

from course_utils.publishing.lessons import NOTEBOOKS

ROOT = NOTEBOOKS.parent
FILES = sorted(
    [
        *NOTEBOOKS.glob("source/*.py"),
        *NOTEBOOKS.glob("*.md"),
        *ROOT.glob("*.md"),
        *ROOT.glob("teaching/*.md"),
        *ROOT.glob("book/*.*"),
        *ROOT.glob("book/static/*"),
        *ROOT.glob("course_utils/**/*.py"),
    ]
)
NOUNS = "set|run|step|loop|image|example|procedure|time|digit|curve|mode|loss|batch|label|script|accuracy|data|job|task"
INSTEAD = {
    r"slopes": "gradient, or partial derivatives",
    r"learn\w* (?:\w+ )?by heart": "memorize, or overfit",
    r"over-fit\w*": "overfit",
    r"seed notebook|seed's (?:recipe|network|notebook)": "the original notebook, recipe, network",
    r"wanted (?:is|are)|given (?:is|are)(?= an?\b| the\b|:)": "return ..., you get ...",
    r"to whoever? is|to be had|owned up|rightly|hence|anew|by lot|to the bit|the other way round": "plain words",
    r"of those (?:that|who)": "of the ... that",
    rf"a training(?! (?:{NOUNS}))": "a training run",
    r"trainings": "training runs",
    r"poolings": "pooling layers",
    r"mend(?:s|ed|ing)?": "fix, correct",
    r"shall": "will, or an imperative",
    r"how many percent": "what percentage",
    r"(?:[\d.]+\$?|\}) %(?! *\d)": "95%, without a space",  # but 7 % 3 is a remainder
}


@pytest.mark.parametrize("pattern", INSTEAD, ids=INSTEAD.get)
def test_nothing_says(pattern):
    found = []
    for file in FILES:
        text = file.read_text(encoding="utf-8")
        for match in re.finditer(rf"(?<![\w-])(?:{pattern})(?![\w-])", text, re.IGNORECASE):
            line = text.count("\n", 0, match.start()) + 1
            said = " ".join(match[0].split())
            found.append(f"{Path(file).relative_to(ROOT)}:{line}: {said!r}; say {INSTEAD[pattern]}")
    assert found == [], "\n".join(found)
