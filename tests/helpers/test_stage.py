"""What all widgets stand on: modules of JavaScript put together into one text, and what of them a notebook stores."""

import html
import json
import re

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course_utils.publishing import lessons
from course_utils.widgets import stage
from course_utils.widgets.kernel import KernelView

pytestmark = pytest.mark.slow

MODULES = sorted(stage.HERE.rglob("*.js"))
KINDS = sorted(path.parent.name for path in stage.HERE.glob("*/__init__.py"))
OF_LESSONS = [kind for kind in KINDS if kind != "pad"]  # these go on without a kernel


def test_a_widget_is_a_folder_with_its_python_its_module_and_its_style():
    assert set(KINDS) >= {"kernel", "pad"}
    for kind in KINDS:
        names = {path.name for path in (stage.HERE / kind).iterdir() if path.is_file()}
        assert {"__init__.py", f"{kind}.js", f"{kind}.css"} <= names


def test_a_student_can_read_them_all():
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert sum(lines[stage.HERE / kind / f"{kind}.js"] for kind in OF_LESSONS) < 2000
    assert sum(lines.values()) < 3100, "with what they share, and the pad"
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        assert max(map(len, text.splitlines())) <= 120, path.name
        assert text.startswith("/* "), f"{path.name} begins with what it is"
        for word in ("fetch(", "XMLHttpRequest", "eval(", "localStorage", "http"):
            assert word not in text, f"{path.name}: {word}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_bundle_holds_each_module_once_and_imports_nothing(kind):
    text = stage.read_module(stage.HERE / kind / f"{kind}.js")
    assert not re.search(r"^(import|export)\b", text, re.MULTILINE)
    assert text.count("function leaveKeysAlone") == 1
    assert f"function mount{kind.capitalize()}(" in text


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_what_a_module_imports_is_exported_there_by_that_name(path):
    text = path.read_text(encoding="utf-8")
    for names, source in re.findall(r'^import \{([^}]*)\} from "(\.[^"]+)";$', text, re.MULTILINE):
        exported = re.findall(
            r"^export (?:async )?(?:function|const) (\w+)", (path.parent / source).read_text(encoding="utf-8"), re.M
        )
        wanted = {name.strip() for name in names.split(",")} - {""}
        assert wanted <= set(exported), "a bundle has no other names"
        used = stage.IMPORT.sub("", text)
        assert all(re.search(rf"\b{name}\b", used) for name in wanted), "and none that is not used"
    assert len(re.findall(r"^import ", text, re.MULTILINE)) == len(stage.IMPORT.findall(text))


def test_no_two_modules_of_a_bundle_use_one_name():
    for kind in KINDS:
        text = stage.read_module(stage.HERE / kind / f"{kind}.js")
        names = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", text, re.MULTILINE)
        assert len(names) == len(set(names)), kind


CELLS = {
    "kernel": """import numpy as np
from course_utils.widgets.kernel import KernelView
view = KernelView(np.eye(28, dtype="uint8") * 255)
view""",
    "layers": """from course_utils import networks
from course_utils.widgets.layers import LayersView
LayersView(networks.load_seed_network())""",
}


@pytest.mark.parametrize("kind", CELLS)
def test_a_notebook_stores_a_picture_with_its_state_and_the_same_each_time(kind):
    cells = [new_code_cell(CELLS[kind])]
    stored = [
        lessons.execute(new_notebook(cells=cells, metadata=nbformat.from_dict(lessons.METADATA))).cells[0].outputs
        for _ in range(2)
    ]
    ((output,), (again,)) = stored
    assert output.data == again.data and set(output.data) == {"text/html", "text/plain"}
    found = re.fullmatch(
        rf'<cnn-widget data-kind="{kind}" data-state="([^"]*)"><img [^>]*></cnn-widget>', output.data["text/html"]
    )
    assert f'alt="{html.escape(output.data["text/plain"])}"' in output.data["text/html"]
    assert isinstance(json.loads(html.unescape(found[1])), dict) and len(found[1]) < 30_000
    assert len(lessons.pictures({"outputs": [output]})) == 1, "slides and pages find the picture"


def test_each_kind_brings_a_style_of_its_own():
    """In a page, anywidget replaces a style by the next of the same name."""
    names = [stage.messenger_class(kind)(name="x")._anywidget_id for kind in KINDS]
    assert len(set(names)) == len(KINDS)


def test_a_browser_that_comes_gets_the_picture_of_the_cell_that_ran(monkeypatch):
    """Its message may come in a thread beside a cell that draws: a figure made there could take that cell's lines."""
    shown = []
    for what in ("display", "update_display"):
        monkeypatch.setattr(stage, what, lambda data, **options: shown.append(data["text/html"]))
    view = KernelView(np.eye(28))
    view._ipython_display_()
    monkeypatch.setattr(view, "_draw", lambda: pytest.fail("it draws again"))
    view._receive(view._messenger, {"kind": "here"}, [])
    name = f' data-name="{view._name}"'
    assert name in shown[1] and shown[1].replace(name, "") == shown[0]
