"""The pictures of the lessons: each function is called by its lesson, and fits on a screen."""

import ast
import importlib
import inspect
import pkgutil

import lesson_rules as rules
import pytest

from course_utils import figures

MODULES = [info.name for info in pkgutil.iter_modules(figures.__path__)]
SCREEN = 50  # lines


def lesson_of(module):
    """The text of the one lesson that a module of pictures belongs to."""
    (source,) = [
        s for s in rules.LESSONS if f"from course_utils.figures import {module} as figures" in s.read_text("utf-8")
    ]
    return source.read_text(encoding="utf-8")


def test_each_lesson_has_its_module():
    assert len(MODULES) == len(rules.LESSONS)


@pytest.mark.parametrize("name", MODULES)
def test_what_is_public_is_called_by_its_lesson_and_the_rest_by_the_module(name):
    module = importlib.import_module(f"course_utils.figures.{name}")
    text, code = lesson_of(name), inspect.getsource(module)
    for function in [node for node in ast.parse(code).body if isinstance(node, ast.FunctionDef)]:
        if function.name.startswith("_"):
            assert code.count(f"{function.name}(") > 1, f"{function.name} is called nowhere"
        else:
            assert f"figures.{function.name}(" in text, f"no cell of the lesson calls {function.name}"
            assert ast.get_docstring(function), f"{function.name} does not say what it draws"
            called = {ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
            assert "plotting.show" in called, f"{function.name} does not show what it draws"
        assert function.end_lineno - function.lineno < SCREEN, f"{function.name} does not fit on a screen"


def test_photographs_under_another_license_are_reduced_and_credited():
    """Solar cells, in the picture and in its alt text: neither page, deck nor screen reader leaves the credit out."""
    from course_utils.figures import borrowed_features as module

    functions = [node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.FunctionDef)]
    showing = [
        ast.unparse(node) for node in functions if "imshow(" in (code := ast.unparse(node)) or "_images(" in code
    ]
    own = [code for code in showing if "_reduced(" in code]
    assert len(own) == 4 and len(showing) == len(own) + 1, "the other one shows filters"
    for code in own:
        assert ".supxlabel(CREDIT" in code and "Credit: {CREDIT}." in code, code.partition("(")[0]
    assert module._reduced([[[1] * 300] * 300]).shape == (1, 100, 100)
