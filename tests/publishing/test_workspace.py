"""A student's copies: never overwritten, never paired, the new version of a lesson beside them."""

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import types
from pathlib import Path

import nbformat
import pytest
from IPython.core.error import UsageError
from jupytext.config import load_jupytext_config
from patience import CELL

import course_utils
from course_utils.exercises import marks
from course_utils.publishing import cells, handouts, workspace
from course_utils.publishing.lessons import SOURCES


def write_lesson(folder, name, source="print(6 * 7)", output="42\n"):
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "tf-gpu", "display_name": "of the author"}})
    stream = nbformat.v4.new_output("stream", name="stdout", text=output)
    code = nbformat.v4.new_code_cell(source, id="code", execution_count=1, outputs=[stream])
    code.metadata = {"tags": ["setup"]}
    notebook.cells = [nbformat.v4.new_markdown_cell("# 1. Title, größer", id="prose"), code]
    nbformat.write(notebook, folder / f"{name}.ipynb")


@pytest.fixture
def notebooks(tmp_path):
    """A folder with two lessons, and things beside them that are none."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name in ("01_loading", "02_preparing"):
        write_lesson(folder, name)
    write_lesson(folder, "scratch")
    (folder / "nbval_patterns.cfg").write_text("")
    return folder


@pytest.fixture
def work(tmp_path):
    return tmp_path / "work"


def copy(notebooks, work):
    return [path.name for path in workspace.copy_lessons(notebooks, work)]


def contents(folder):
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


def test_first_run_copies_every_lesson_and_nothing_else(notebooks, work):
    assert copy(notebooks, work) == ["01_loading.ipynb", "02_preparing.ipynb"]
    assert sorted(path.name for path in work.iterdir()) == ["01_loading.ipynb", "02_preparing.ipynb"]


def test_second_run_writes_nothing(notebooks, work):
    copy(notebooks, work)
    before = contents(work)
    assert copy(notebooks, work) == []
    assert contents(work) == before


def test_copies_hold_all_cells_and_no_outputs(notebooks, work):
    copy(notebooks, work)
    notebook = nbformat.read(work / "01_loading.ipynb", as_version=4)
    nbformat.validate(notebook)
    original = nbformat.read(notebooks / "01_loading.ipynb", as_version=4)
    assert [(c.id, c.cell_type, c.source, c.metadata) for c in notebook.cells] == [
        (c.id, c.cell_type, c.source, c.metadata) for c in original.cells
    ]
    assert notebook.cells[1].outputs == [] and notebook.cells[1].execution_count is None
    assert notebook.metadata.kernelspec.name == "python3"  # "tf-gpu" is on the author's machine only
    assert '"outputs": []' in (work / "01_loading.ipynb").read_text(encoding="utf-8")


def test_where_no_space_is_left_no_half_lesson_is(notebooks, work, monkeypatch, capsys):
    """It would be taken for the student's own: the next run would put a second copy beside it."""
    resource = pytest.importorskip("resource", reason="Windows has no limit for the size of a file")
    work.mkdir()
    most, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    monkeypatch.setattr(workspace.copy_lessons, "__defaults__", (notebooks, work))
    monkeypatch.setattr("sys.argv", ["lab"])
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
        with pytest.raises(SystemExit):
            workspace.main()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    assert re.search(r"error: the lessons cannot be copied to .* \(File too large\)", capsys.readouterr().err)
    assert list(work.iterdir()) == []
    assert copy(notebooks, work) == ["01_loading.ipynb", "02_preparing.ipynb"]


def test_every_lesson_of_the_course_can_be_copied(work):
    copies = workspace.copy_lessons(work=work)
    lessons = [path for path in copies if path.suffix == ".ipynb"]
    assert [path.stem for path in lessons] == sorted(path.stem for path in workspace.NOTEBOOKS.glob("*.ipynb"))
    assert [path.name for path in copies[len(lessons) :]] == sorted(
        path.name for path in workspace.NOTEBOOKS.glob("*.md")
    )
    for path in lessons:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        assert not any(cell.get("outputs") for cell in notebook.cells)
        assert notebook.metadata.kernelspec.name == "python3"


def test_a_copy_is_what_the_handouts_give_out(work, tmp_path):
    handouts.write_handouts(handouts=tmp_path / "handouts")
    for path in workspace.copy_lessons(work=work):
        assert path.read_bytes() == (tmp_path / "handouts" / "student" / path.name).read_bytes()


def test_a_page_is_copied_beside_the_lessons_and_a_students_stays(notebooks, work):
    (notebooks / "glossary.md").write_text("- **term**", encoding="utf-8")
    assert copy(notebooks, work)[-1] == "glossary.md" and copy(notebooks, work) == []
    (work / "glossary.md").write_text("mine", encoding="utf-8")
    assert copy(notebooks, work) == ["glossary_new_2.md"] and copy(notebooks, work) == []
    assert (work / "glossary.md").read_text(encoding="utf-8") == "mine"
    assert (work / "glossary_new_2.md").read_text(encoding="utf-8") == "- **term**"


def test_copies_are_not_paired(notebooks, work):
    for path in workspace.copy_lessons(notebooks, work):
        assert "jupytext" not in json.loads(path.read_text(encoding="utf-8"))["metadata"]


def test_jupytexts_settings_pair_the_lessons_and_no_copy():
    def formats(path):
        config = load_jupytext_config(str(path))  # it looks for pyproject.toml in the folders above
        assert config is not None, "pyproject.toml's settings were not found"
        return config.default_formats(str(path))

    pair = "notebooks///ipynb,notebooks/source///py:percent"
    assert formats(workspace.NOTEBOOKS / "01_loading.ipynb") == formats(SOURCES / "01_loading.py") == pair
    for name in (
        "01_loading.ipynb",
        "01_loading_new_2.ipynb",
        "Untitled.ipynb",
        "mine/01_loading.ipynb",
        "01_loading.py",
    ):
        assert formats(workspace.WORK / name) is None


def test_copies_lie_where_git_does_not_look():
    ignored = (workspace.ROOT / ".gitignore").read_text().splitlines()
    assert f"/{workspace.WORK.relative_to(workspace.ROOT)}/" in ignored


def edit(path, change):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change(notebook)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def test_new_words_to_the_instructor_are_no_new_lesson(notebooks, work):
    """Nor is the id of the cell, which is made from all that its text says."""
    copy(notebooks, work)
    change = {"id": "other", "source": ["# 1. Title, größer\n", "\n", "<!-- notes\n", "Ask first.\n", "-->"]}
    edit(notebooks / "01_loading.ipynb", lambda n: n["cells"][0].update(change))
    assert copy(notebooks, work) == []


@pytest.mark.parametrize("tag", ["bounds", "solution"])
def test_what_no_student_sees_makes_no_new_lesson(notebooks, work, tag):
    copy(notebooks, work)
    cell = nbformat.v4.new_code_cell("check_bounds(0, x, 1)", metadata={"tags": [tag]}, id="hidden")
    edit(notebooks / "01_loading.ipynb", lambda n: n["cells"].append(cell))
    assert copy(notebooks, work) == []


def test_an_edited_copy_stays_the_only_one(notebooks, work):
    copy(notebooks, work)
    edit(work / "01_loading.ipynb", lambda n: n["cells"][1].update(source="mine", outputs=[], execution_count=3))
    before = contents(work)
    assert copy(notebooks, work) == []
    assert contents(work) == before


def test_a_changed_lesson_appears_beside_the_copy(notebooks, work):
    copy(notebooks, work)
    mine = contents(work)
    write_lesson(notebooks, "01_loading", source="print(6 * 9)")
    assert copy(notebooks, work) == ["01_loading_new_2.ipynb"]
    assert contents(work).items() > mine.items()
    assert "6 * 9" in (work / "01_loading_new_2.ipynb").read_text(encoding="utf-8")
    assert copy(notebooks, work) == []

    write_lesson(notebooks, "01_loading", source="print(6 * 11)")
    assert copy(notebooks, work) == ["01_loading_new_3.ipynb"]

    write_lesson(notebooks, "01_loading", source="print(6 * 9)")  # taken back: that version is there already
    assert copy(notebooks, work) == []


def test_new_outputs_alone_make_no_new_lesson(notebooks, work):
    copy(notebooks, work)
    write_lesson(notebooks, "01_loading", output="43\n")
    assert copy(notebooks, work) == []


def test_a_new_lesson_joins_the_others(notebooks, work):
    copy(notebooks, work)
    write_lesson(notebooks, "03_convolution")
    assert copy(notebooks, work) == ["03_convolution.ipynb"]


def test_a_deleted_copy_comes_back(notebooks, work):
    copy(notebooks, work)
    (work / "01_loading.ipynb").unlink()
    assert copy(notebooks, work) == ["01_loading.ipynb"]


@pytest.mark.parametrize(
    "content",
    [b"", b"not a notebook", b"[]", b"{}", b'{"metadata": null}', b'{"metadata": {"cnn_course": 3}}', b"\xff\xfe\x00"],
)
def test_a_damaged_copy_stays_and_a_whole_one_comes_beside_it(notebooks, work, content):
    copy(notebooks, work)
    (work / "01_loading.ipynb").write_bytes(content)
    assert copy(notebooks, work) == ["01_loading_new_2.ipynb"]
    assert (work / "01_loading.ipynb").read_bytes() == content
    assert copy(notebooks, work) == []


def test_removed_metadata_are_taken_as_unknown(notebooks, work):
    copy(notebooks, work)
    edit(work / "01_loading.ipynb", lambda n: n["metadata"].pop("cnn_course"))
    before = contents(work)
    assert copy(notebooks, work) == ["01_loading_new_2.ipynb"]
    assert contents(work).items() > before.items()
    assert copy(notebooks, work) == []


def test_a_folder_or_a_dead_link_in_place_of_a_copy_stays(notebooks, work):
    work.mkdir()
    (work / "01_loading.ipynb").mkdir()
    try:
        (work / "02_preparing.ipynb").symlink_to(work / "nowhere")
    except OSError:
        pytest.skip("this system makes no symbolic links")
    assert copy(notebooks, work) == ["01_loading_new_2.ipynb", "02_preparing_new_2.ipynb"]
    assert (work / "01_loading.ipynb").is_dir() and (work / "02_preparing.ipynb").is_symlink()
    assert not (work / "nowhere").exists()


@pytest.fixture
def launched(monkeypatch, notebooks, work):
    """The commands that main() would run, in the folders of the fixtures."""

    class Commands(list):
        folders = notebooks, work

    commands = Commands()

    def run(command, **options):
        commands.append(command)
        return type("Done", (), {"returncode": 0})

    copy_lessons = workspace.copy_lessons
    monkeypatch.setattr(workspace, "copy_lessons", lambda: copy_lessons(notebooks, work))
    monkeypatch.setattr(workspace, "WORK", work)
    monkeypatch.setattr(workspace, "ROOT", work.parent)
    monkeypatch.setattr(workspace, "NOTEBOOKS", notebooks)
    monkeypatch.setattr(workspace.subprocess, "run", run)
    monkeypatch.setattr(workspace.sys, "argv", ["workspace", "--no-browser"])
    return commands


def test_lab_opens_on_the_first_lesson_in_the_students_folder(launched, work, notebooks, capsys):
    with pytest.raises(SystemExit) as ended:
        workspace.main()
    assert ended.value.code == 0
    (command,) = launched
    assert command[1:3] == ["-m", "jupyterlab"] and command[-1] == "--no-browser"
    assert f"--ServerApp.root_dir={work}" in command and "--LabApp.default_url=/lab/tree/01_loading.ipynb" in command
    assert "copied to" in capsys.readouterr().out
    write_lesson(notebooks, "01_loading", source="print(6 * 9)")
    with pytest.raises(SystemExit):
        workspace.main()
    assert "your own copy stays as it is" in capsys.readouterr().out


@pytest.mark.parametrize("found", [None, "a PyTorch"])
def test_lab_says_how_to_add_pytorch_where_it_is_missing(launched, monkeypatch, capsys, found):
    monkeypatch.setattr(workspace, "find_spec", {"torch": found}.get)
    with pytest.raises(SystemExit):
        workspace.main()
    line = "lesson 16 needs PyTorch, which `nox -s torch` adds: 0.8 GB on disk\n"
    assert (line in capsys.readouterr().out) == (found is None)


# ---- carrying answers into a new copy

STUB = 'def double(x):\n    """Twice x."""\n    ...'
MINE = 'def double(x):\n    """Twice x."""\n    return x + x'


def write_exercises(folder, statement, stubs, *, name="01_loading"):
    """A lesson with a statement and exercises: {name: stub}."""
    cells = [nbformat.v4.new_markdown_cell(f"# 1. Title\n\n{statement}", id="prose")]
    for exercise, stub in stubs.items():
        cells.append(nbformat.v4.new_code_cell(stub, metadata={"tags": ["exercise"]}, id=f"{exercise}-stub"))
        check = f"exercise.{exercise}.check({exercise})\n# exercise.{exercise}.hint()"
        cells.append(nbformat.v4.new_code_cell(check, metadata={"tags": ["check"]}, id=f"{exercise}-check"))
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / f"{name}.ipynb")


def answer(path, **answers):
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = next((text for name, text in answers.items() if cell.id == f"{name}-stub"), cell.source)
    nbformat.write(notebook, path)


def answers_in(path):
    cells = nbformat.read(path, as_version=4).cells
    return {cell.id.removesuffix("-stub"): cell.source for cell in cells if cell.id.endswith("-stub")}


@pytest.fixture
def two_editions(notebooks, work):
    """A copy with one of its three exercises done, and beside it a copy of the lesson's new edition."""
    stubs = {"double": STUB, "letter": "letter = ...", "both": STUB.replace("double", "both")}
    write_exercises(notebooks, "Old.", stubs)
    workspace.copy_lessons(notebooks, work)
    answer(work / "01_loading.ipynb", double=MINE, letter="letter = ")
    write_exercises(notebooks, "New.", stubs | {"fourth": "fourth = ..."})
    assert copy(notebooks, work) == ["01_loading_new_2.ipynb"]
    return work / "01_loading.ipynb", work / "01_loading_new_2.ipynb"


def test_answers_are_carried_into_the_new_copy_and_stubs_are_not(notebooks, work, two_editions):
    old, new = two_editions
    before, mode = old.read_bytes(), new.stat().st_mode
    carried = workspace.carry_answers(notebooks, work)
    assert carried == [(new, "double", old), (new, "letter", old)]  # half an answer is somebody's work, too
    assert answers_in(new) == answers_in(old) | {"fourth": "fourth = ..."}
    assert new.stat().st_mode == mode
    assert old.read_bytes() == before and sorted(path.suffix for path in work.iterdir()) == [".ipynb"] * 3
    assert workspace.carry_answers(notebooks, work) == []
    assert copy(notebooks, work) == []  # it still counts as the newest


def test_a_stub_is_the_same_with_the_line_ends_of_windows():
    stub = "def mean_digit(images):\n    ...\n"
    assert cells.digest(stub.replace("\n", "\r\n")) == cells.digest(stub) != cells.digest(stub.replace("...", "pass"))


def test_what_is_written_in_the_new_copy_stays(notebooks, work, two_editions):
    _, new = two_editions
    answer(new, double="def double(x):\n    return 2 * x")
    assert [name for _, name, _ in workspace.carry_answers(notebooks, work)] == ["letter"]
    assert "2 * x" in answers_in(new)["double"]


def test_of_several_older_answers_the_youngest_is_carried(notebooks, work, two_editions):
    old, new = two_editions
    answer(new, double="def double(x):\n    return 2 * x")
    write_exercises(notebooks, "Newest.", {"double": STUB, "letter": "letter = ..."})
    (third,) = workspace.copy_lessons(notebooks, work)
    assert workspace.carry_answers(notebooks, work) == [(third, "double", new), (third, "letter", old)]


def test_a_renamed_exercise_keeps_its_answer_and_its_mark(notebooks, work, two_editions, monkeypatch, tmp_path):
    write_exercises(notebooks, "Newest.", {"twice": STUB.replace("double", "twice")})
    (third,) = workspace.copy_lessons(notebooks, work)
    monkeypatch.setattr(marks, "_this_kernel", set())
    monkeypatch.setenv("CNN_COURSE_PROGRESS", str(tmp_path / "marks.json"))
    (tmp_path / "marks.json").write_text(json.dumps({"done": ["loading.double"]}))
    assert workspace.carry_answers(notebooks, work) == [] and marks.read() == {"loading.double"}
    monkeypatch.setitem(marks.RENAMED, "double", "twice")
    assert [name for _, name, _ in workspace.carry_answers(notebooks, work)] == ["twice"]
    assert answers_in(third) == {"twice": MINE.replace("double", "twice")}
    assert marks.read() == {"loading.twice"}


def test_a_damaged_older_copy_is_said_and_the_others_are_carried(notebooks, work, two_editions, capsys):
    _, new = two_editions
    answer(new, double=MINE)
    (work / "01_loading.ipynb").write_text("{")
    write_exercises(notebooks, "Newest.", {"double": STUB})
    (third,) = workspace.copy_lessons(notebooks, work)
    assert [path for path, _, _ in workspace.carry_answers(notebooks, work)] == [third]
    assert "nothing is carried from 01_loading.ipynb into 01_loading_new_3.ipynb: " in capsys.readouterr().out


def code(source, *tags):
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})


CHECK = code("exercise.double.check(double)\n# exercise.double.hint()", "check")
HELPER = "def plus(a, b):\n    return a + b"
WITH_HELPER = "def double(x):\n    return plus(x, x)"
# What a student has made of an exercise's cells in the old copy, and what is carried; None: nothing.
CHANGED = {
    "split in two, the helper first": (
        [code(HELPER, "exercise"), code(WITH_HELPER, "exercise"), CHECK],
        [HELPER, WITH_HELPER],
    ),
    "split in two, a try last": ([code(MINE, "exercise"), code("double(3)", "exercise"), CHECK], [MINE, "double(3)"]),
    "a helper between stub and check": ([code(WITH_HELPER, "exercise"), code(HELPER), CHECK], [WITH_HELPER, HELPER]),
    "tags lost": ([code(MINE), code(CHECK.source)], [MINE]),
    "tags that are null": ([nbformat.from_dict(code(MINE) | {"metadata": {"tags": None}}), CHECK], [MINE]),
    "in a cell of its own below the stub": ([code(STUB, "exercise"), code(MINE), CHECK], [STUB, MINE]),
    "one cell with its check": ([code(f"{MINE}\n\n{CHECK.source}", "exercise")], [MINE]),
    "the check deleted": ([code(MINE, "exercise")], [MINE]),
    "the check changed": ([code(MINE, "exercise"), code("    exercise.double.check(3)", "check")], [MINE]),
    "half an answer, the dots still there": (
        [code(STUB.replace("...", "y = 2 * x\n    ..."), "exercise"), CHECK],
        [STUB.replace("...", "y = 2 * x\n    ...")],
    ),
    "a thought in a comment": ([code(f"# twice?\n{STUB}", "exercise"), CHECK], [f"# twice?\n{STUB}"]),
    "untouched": ([code(STUB, "exercise"), CHECK], None),
    "the stub without its docstring": ([code("def double(x):\n    ...", "exercise"), CHECK], None),
    "nothing of it left": ([], None),
}


@pytest.mark.parametrize("about", CHANGED)
def test_whatever_was_done_to_its_cells_an_answer_is_found(notebooks, work, two_editions, about):
    old, new = two_editions
    cells, expected = CHANGED[about]
    notebook = nbformat.read(old, as_version=4)
    notebook.cells = [*cells, *[cell for cell in notebook.cells if "double" not in cell.id]]
    nbformat.write(notebook, old)
    carried = [name for _, name, _ in workspace.carry_answers(notebooks, work)]
    assert ("double" in carried) is (expected is not None) and "letter" in carried
    assert answers_in(new)["double"] == ("\n\n\n".join(expected) if expected else STUB)
    assert answers_in(new)["both"] == STUB.replace("double", "both")


def test_an_untouched_faulty_function_is_no_answer_when_the_lesson_gives_another(notebooks, work):
    write_exercises(notebooks, "Old.", {"double": "def double(x):\n    return x * x  # what is wrong?"})
    workspace.copy_lessons(notebooks, work)
    write_exercises(notebooks, "New.", {"double": "def double(x):\n    return x**2  # what is wrong?"})
    workspace.copy_lessons(notebooks, work)
    assert workspace.carry_answers(notebooks, work) == []


def test_a_newest_copy_that_is_no_notebook_stops_nothing(notebooks, work, two_editions, capsys):
    _, new = two_editions
    edit(new, lambda n: n.pop("cells"))
    assert workspace.carry_answers(notebooks, work) == []
    assert "nothing is carried from 01_loading.ipynb" in capsys.readouterr().out


def test_after_a_change_jupyterlab_opens_the_new_first_lesson(two_editions, launched):
    """Not the old one, which may only say that it is old."""
    with pytest.raises(SystemExit):
        workspace.main()
    assert "--LabApp.default_url=/lab/tree/01_loading_new_2.ipynb" in launched[-1]


def test_the_command_carries_when_told_to_and_hands_the_rest_to_jupyterlab(two_editions, launched, monkeypatch, capsys):
    monkeypatch.setattr(workspace, "carry_answers", lambda carry=workspace.carry_answers: carry(*launched.folders))
    for arguments, said in (([], ""), (["--carry"], "carried double"), (["--carry"], "nothing to carry")):
        monkeypatch.setattr(workspace.sys, "argv", ["workspace", *arguments, "--no-browser"])
        with pytest.raises(SystemExit):
            workspace.main()
        assert launched[-1][-1] == "--no-browser" and "--carry" not in launched[-1]
        out = capsys.readouterr().out
        assert said in out and bool(re.search("carry|carried", out)) is bool(said)


def test_a_copy_of_the_first_edition_says_what_to_do():
    """Its setup cells import what has moved; in a notebook a UsageError is one line, without a traceback."""
    for name in ("models", "pad"):
        with pytest.raises(UsageError, match=r"edition 0\.1 of the course: run nox -s lab -- --carry"):
            getattr(course_utils, name)
    with pytest.raises(AttributeError, match="nothing_else"):
        _ = course_utils.nothing_else


# ---- installed from a wheel, without the course's folder


@pytest.fixture
def hatch_build(monkeypatch):
    """The build hooks, which ask nothing of hatchling but a class to stand on."""
    for name, base in (("builders.hooks", "BuildHookInterface"), ("metadata", "MetadataHookInterface")):
        parts = f"hatchling.{name}.plugin.interface".split(".")
        for end in range(1, len(parts) + 1):
            monkeypatch.setitem(sys.modules, ".".join(parts[:end]), types.ModuleType(".".join(parts[:end])))
        setattr(sys.modules[".".join(parts)], base, object)
    monkeypatch.syspath_prepend(workspace.ROOT)
    monkeypatch.delitem(sys.modules, "hatch_build", raising=False)
    yield importlib.import_module("hatch_build")
    del sys.modules["hatch_build"]


def test_an_index_shows_the_readme_without_what_leads_to_files_beside_it(hatch_build, tmp_path):
    hook, metadata = hatch_build.Readme(), {}
    hook.root = str(workspace.ROOT)
    hook.update(metadata)
    text = metadata["readme"]["text"]
    assert metadata["readme"]["content-type"] == "text/markdown"
    assert "](" not in text and "| 01 | Loading the data | 55 |" in text and "nox -s lab" in text
    hook.root = tmp_path
    (tmp_path / "README.md").write_text("A ![pad](pad.png)[paper](https://paper.org/1).")
    hook.update(metadata)
    assert metadata["readme"]["text"] == "A [paper](https://paper.org/1)."


def test_a_wheel_brings_the_executed_lessons_and_pages_and_an_editable_install_no_second_copy(hatch_build):
    hook = hatch_build.Lessons()
    hook.root = str(workspace.ROOT)
    shipped = [*workspace.NOTEBOOKS.glob("*.ipynb"), *workspace.NOTEBOOKS.glob("*.md")]
    for version, expected in (("standard", shipped), ("editable", [])):
        data = {"force_include": {}}
        hook.initialize(version, data)
        assert data["force_include"] == {str(path): f"course_utils/lessons/{path.name}" for path in expected}
    assert "hooks.custom" in (workspace.ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_without_the_courses_folder_copies_and_solutions_come_from_the_package(tmp_path):
    package, here = tmp_path / "site" / "course_utils", tmp_path / "here"
    shutil.copytree(Path(course_utils.__file__).parent, package, ignore=shutil.ignore_patterns("assets", "__pycache__"))
    (package / "lessons").mkdir()
    for path in sorted(workspace.NOTEBOOKS.glob("0[0-2]_*.ipynb")):
        shutil.copy(path, package / "lessons")
    (tmp_path / "site" / "notebooks").mkdir()  # another package's
    lab = tmp_path / "site" / "jupyterlab"  # a stand-in, which says how it was started
    lab.mkdir()
    (lab / "__init__.py").write_text("")
    (lab / "__main__.py").write_text("import sys; print('opened', *sys.argv[1:])")
    here.mkdir()
    variables = os.environ | {"PYTHONPATH": str(tmp_path / "site")}
    options = {"cwd": here, "env": variables, "capture_output": True, "encoding": "utf-8", "timeout": CELL}
    done = subprocess.run([sys.executable, "-m", "course_utils.publishing.workspace"], **options)
    assert done.returncode == 0 and f"--ServerApp.root_dir={here / 'cnn-course'}" in done.stdout, (
        done.stdout + done.stderr
    )
    assert [path.name[:2] for path in sorted((here / "cnn-course").iterdir())] == ["00", "01", "02"]
    code = "from course_utils.exercises import lessons; print(lessons.read_solution('preparing', 'one_hot'))"
    done = subprocess.run([sys.executable, "-c", code], **options)
    assert "def one_hot(labels, n_classes):" in done.stdout, done.stderr
