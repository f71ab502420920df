"""The way of imports is one way: from the lessons down to the libraries, and never back."""

import ast
import re
from pathlib import Path

import lesson_rules as rules
import pytest

import course_utils
from course_utils.publishing.lessons import read_source

PACKAGE = Path(course_utils.__file__).parent
# From the ground up: a module may import what stands in its own line or in one before it.
LAYERS = [
    {
        *("course_utils", "_tensorflow", "bounds", "data", "detection", "evaluation", "extras", "features", "no_delay"),
        *("backends", "language", "plotting", "results"),
    },
    {"augmentation", "costs", "handwriting", "inspection", "networks", "transfer"},
    {"environment", "exporting", "pytorch", "training"},
    {"exercises", "figures", "widgets"},
    {"scaling", "serving"},
    {"publishing"},
    {"bench"},
]
HEIGHT = {name: height for height, layer in enumerate(LAYERS) for name in layer}
NOT_FOR_LESSONS = {"bench"}
MODULES = sorted(PACKAGE.rglob("*.py"))


def parts_imported(code):
    """The parts of the package that some code imports, wherever in it: the first name after course_utils."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"an import relative to a module, which names no layer: {ast.unparse(node)}"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):  # as for import_module, or after "-m"
            names = [node.value] if re.fullmatch(r"course_utils(\.\w+)+", node.value) else []
        for name in names:
            package, _, rest = name.partition(".")
            if package == "course_utils":
                part = rest.partition(".")[0]
                found.add("course_utils" if part.startswith("__") or not part else part)
    return found


def uphill(path, code):
    """What a module imports that stands above it."""
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py").replace("__init__", "course_utils")
    return {part for part in parts_imported(code) if HEIGHT[part] > HEIGHT[own]}


def test_every_part_has_its_layer():
    parts = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in MODULES} - {"__init__"}
    assert parts == set(HEIGHT) - {"course_utils"}
    assert sum(map(len, LAYERS)) == len(HEIGHT)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_nothing_from_above(path):
    assert uphill(path, path.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize("source", rules.LESSONS, ids=lambda source: source.stem)
def test_a_lesson_reads_results_and_nothing_of_the_bench(source):
    code = "\n".join(cell.source for cell in rules.code_cells(read_source(source)))
    assert parts_imported("\n".join(line for line in code.splitlines() if not line.startswith(("%", "!")))).isdisjoint(
        NOT_FOR_LESSONS
    )


@pytest.mark.parametrize(
    "code",
    [
        "from course_utils import plotting, training",
        "import course_utils.bench.store",
        'import_module("course_utils.exercises.loading")',
        "def f():\n    from course_utils.figures import loading",
    ],
)
def test_an_import_that_runs_uphill_is_noticed(code):
    assert uphill(PACKAGE / "data.py", code)
    assert not uphill(PACKAGE / "bench" / "runs.py", code)


def test_a_relative_import_is_refused():
    with pytest.raises(AssertionError, match="names no layer"):
        parts_imported("from . import figures")
