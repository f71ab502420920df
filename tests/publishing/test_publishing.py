"""From a lesson's text to its executed notebook: always the same, and with nothing that a student must not see."""

import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from course_utils.publishing import lessons

ROOT = Path(__file__).parents[2]
HEADER = "# ---\n# jupyter:\n#   kernelspec:\n#     display_name: Python 3\n#     name: python3\n# ---\n\n"
GOOD = """\
# %% [markdown]
# # 1. Title

# %%
x = 40

# %%
for step in range(5):
    print(f"\\rstep {step} of 4", end="", flush=True)
print()

# %%
for step in range(3):  # as Keras draws its progress bar
    print("\\b" * 10 + f"\\r\\x1b[1m{step}/2\\x1b[0m loss: {step}", end="", flush=True)
print("\\nlast line")

# %% tags=["figure"]
from course_utils import plotting

import matplotlib.pyplot as plt

plotting.show(plt.figure(figsize=(2, 1)), "Nothing at all, on white.")

# %%
x = 40

# %%
x + 2
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    """An empty course in a folder of its own, and a function that writes a lesson's text into it."""
    monkeypatch.setattr(lessons, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(lessons, "SOURCES", tmp_path / "source")
    (tmp_path / "source").mkdir()

    def write(text, name="01_test"):
        path = tmp_path / "source" / f"{name}.py"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_reading_a_text_twice_gives_the_same_notebook(course):
    source = course(GOOD)
    first, second = (nbformat.writes(lessons.read_source(source)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "a BOM"])
@pytest.mark.parametrize("end", ["\n", "\r\n", " \r\n"], ids=["LF", "CRLF", "a blank and CRLF"])
def test_how_an_editor_saves_a_text_makes_no_other_notebook(course, mark, end):
    expected = lessons.read_source(course(HEADER + GOOD))
    source = course("")
    source.write_bytes((mark + HEADER + GOOD).replace("\n", end).encode())
    found = lessons.read_source(source)
    assert [(cell.cell_type, cell.metadata) for cell in found.cells] == [
        (cell.cell_type, cell.metadata) for cell in expected.cells
    ]
    if not end.startswith(" "):  # a blank at the end of a line is the author's
        assert nbformat.writes(found) == nbformat.writes(expected)


def test_tabs_stay_in_a_text(course):
    cells = lessons.read_source(course("# %%\t[markdown]\n# -\tone\n\n# %%\nif True:\n\tprint()\n")).cells
    assert [(cell.cell_type, cell.source) for cell in cells] == [
        ("markdown", "-\tone"),
        ("code", "if True:\n\tprint()"),
    ]


def test_a_text_in_another_encoding_says_what_to_do(course):
    source = course("")
    source.write_bytes("# %% [markdown]\n# größer\n".encode("latin-1"))
    with pytest.raises(SystemExit, match=r"01_test\.py: expected a text in UTF-8, got .*; save it as UTF-8"):
        lessons.read_source(source)


def test_a_pasted_picture_would_be_lost_and_is_refused(course):
    source = course("# %% [markdown]\n# ![mine](attachment:image.png)\n")
    with pytest.raises(SystemExit, match=r"01_test\.py, cell 1: expected no pasted picture, got 'image\.png'"):
        lessons.read_source(source)


def test_text_alone_takes_a_text_with_a_mark_and_crlf(course, stored):
    before = code_and_outputs(stored)
    source = course("")
    source.write_bytes(("\ufeff" + GOOD).replace("\n", "\r\n").encode())
    lessons.build_lesson(source, text_only=True)
    assert code_and_outputs(stored) == before


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
def test_a_checkout_as_on_windows_has_the_line_ends_that_bash_reads(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"

    def git(*arguments):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=b", *map(str, arguments)], check=True)

    git("init", "--quiet", first)
    for name in (".gitattributes", ".ci/run", "course_utils/assets/picture.png"):
        (first / name).parent.mkdir(parents=True, exist_ok=True)
        (first / name).write_bytes((ROOT / name).read_bytes())
    git("-C", first, "add", "--force", ".")
    git("-C", first, "commit", "--quiet", "--message", "all")
    git("-c", "core.autocrlf=true", "clone", "--quiet", first, second)
    for name in (".gitattributes", ".ci/run", "course_utils/assets/picture.png"):
        assert (second / name).read_bytes() == (ROOT / name).read_bytes()


def test_cells_keep_their_id_when_others_change(course):
    before = [cell.id for cell in lessons.read_source(course(GOOD)).cells]
    assert len(set(before)) == len(before)  # two cells have the same content
    after = [cell.id for cell in lessons.read_source(course(GOOD.replace("x + 2", "x + 3"))).cells]
    assert before[:-1] == after[:-1] and before[-1] != after[-1]


def test_a_read_text_is_a_valid_notebook_for_any_kernel_of_the_course(course):
    notebook = lessons.read_source(course(GOOD))
    nbformat.validate(notebook)
    assert notebook.metadata == lessons.METADATA
    assert "version" not in notebook.metadata.language_info  # it would differ from one Python to the next
    assert "jupytext" not in notebook.metadata
    assert notebook.cells[4].metadata.tags == ["figure"]


def test_a_built_lesson_holds_its_outputs_as_a_reader_sees_them_in_the_end(course):
    source = course(GOOD)
    lessons.build_lesson(source)
    built = nbformat.read(lessons.notebook_path(source), as_version=4)
    code = [cell for cell in built.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == [1, 2, 3, 4, 5, 6]
    assert [cell.source for cell in built.cells] == [cell.source for cell in lessons.read_source(source).cells]
    assert built.metadata == lessons.METADATA
    assert all(set(cell.metadata) <= {"tags"} for cell in built.cells)  # no times of execution

    (bar,), (keras_bar,) = code[1].outputs, code[2].outputs
    assert bar.text == "step 4 of 4\n"
    assert keras_bar.text == "\x1b[1m2/2\x1b[0m loss: 2\nlast line\n"

    (picture,) = code[3].outputs
    alt = "Nothing at all, on white."
    assert set(picture.data) == {"text/html", "text/plain"} and picture.data["text/plain"] == alt
    ((png, said),) = lessons.pictures(code[3])
    assert said == alt and png.startswith("iVBORw0KGgo")

    (result,) = code[5].outputs
    assert result.data == {"text/plain": "42"}


@pytest.fixture
def old(course):
    """A lesson that was built before, standing in for a good one."""
    path = lessons.notebook_path("01_test")
    path.write_text("the old notebook")
    return path


def assert_untouched(old):
    assert old.read_text() == "the old notebook"
    assert [path.name for path in old.parent.iterdir() if path.is_file()] == [old.name]


def test_a_line_on_stderr_stops_the_build(course, old):
    source = course("# %%\nimport warnings\nwarnings.warn('mind the gap')\n")
    with pytest.raises(SystemExit, match="a student sees a red box") as caught:
        lessons.build_lesson(source)
    assert "mind the gap" in str(caught.value) and source.name in str(caught.value)
    assert_untouched(old)


def test_an_error_in_a_cell_stops_the_build(course, old):
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        lessons.build_lesson(course("# %%\n1 / 0\n"))
    assert_untouched(old)


def test_a_kill_while_writing_leaves_the_old_notebook(course, old, monkeypatch):
    def write_half(notebook, path):
        path.write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setattr(lessons, "execute", lambda notebook, on_cell: notebook)
    monkeypatch.setattr(lessons.nbformat, "write", write_half)
    with pytest.raises(KeyboardInterrupt):
        lessons.build_lesson(course(GOOD))
    assert old.read_text() == "the old notebook"


@pytest.fixture
def stored(course):
    """The stored notebook of GOOD, with outputs that no execution would give."""
    source = course(GOOD)
    notebook = lessons.read_source(source)
    for number, cell in enumerate(cell for cell in notebook.cells if cell.cell_type == "code"):
        cell.execution_count = number + 1
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=f"kept {number}\n")]
    nbformat.write(notebook, lessons.notebook_path(source))
    return lessons.notebook_path(source)


def code_and_outputs(path):
    return [
        (cell.source, cell.outputs, cell.execution_count)
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "code"
    ]


def test_text_alone_keeps_the_outputs(course, stored):
    before = code_and_outputs(stored)
    changed = GOOD.replace("# # 1. Title", "# # 1. Another title\n\n# %% [markdown]\n# And a new cell.")
    changed = changed.replace('# %% tags=["figure"]', '# %% tags=["figure"] slideshow={"slide_type": "skip"}')
    lessons.build_lesson(course(changed), text_only=True)
    after = nbformat.read(stored, as_version=4)
    assert code_and_outputs(stored) == before
    assert [cell.source for cell in after.cells[:2]] == ["# 1. Another title", "And a new cell."]
    assert after.cells[5].metadata == {"tags": ["figure"], "slideshow": {"slide_type": "skip"}}
    nbformat.validate(after)


@pytest.mark.parametrize(
    ("old", "new"),
    [("x + 2", "x + 3"), ("x + 2", "x + 2\n\n# %%\nx"), ("# %%\nx + 2\n", ""), ("x + 2", "x + 2  # forty-two")],
    ids=["a changed cell", "a new cell", "a lost cell", "a comment"],
)
def test_text_alone_refuses_code_that_was_never_executed(course, stored, old, new):
    before = stored.read_bytes()
    with pytest.raises(SystemExit, match="its code has changed since it was executed; leave out --text"):
        lessons.build_lesson(course(GOOD.replace(old, new)), text_only=True)
    assert stored.read_bytes() == before
    assert [path.name for path in stored.parent.iterdir() if path.is_file()] == [stored.name]


@pytest.fixture
def build_log(course, monkeypatch):
    """Which lessons main() builds, in a course of three; with the mark `text` those of which only that has changed."""
    for name in ("01_loading", "02_preparing", "10_faster"):
        course(GOOD, name)
    built = []
    monkeypatch.setattr(
        lessons, "build_lesson", lambda source, on_cell, text_only: built.append(source.stem + " text" * text_only)
    )
    return built


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ([], ["01_loading", "02_preparing", "10_faster"]),
        (["02"], ["02_preparing"]),
        (["10_faster", "01"], ["01_loading", "10_faster"]),
        (["--text", "02"], ["02_preparing text"]),
    ],
)
def test_the_command_builds_the_lessons_it_is_given(build_log, monkeypatch, arguments, names):
    monkeypatch.setattr("sys.argv", ["lessons", *arguments])
    lessons.main()
    assert build_log == names


@pytest.mark.parametrize("arguments", [["42"], ["01", "42"]])
def test_the_command_refuses_a_lesson_that_is_not_there(build_log, monkeypatch, capsys, arguments):
    monkeypatch.setattr("sys.argv", ["lessons", *arguments])
    with pytest.raises(SystemExit):
        lessons.main()
    assert "no lesson named 42; there are 01_loading, 02_preparing, 10_faster" in capsys.readouterr().err
    assert not build_log


def test_a_long_cell_that_no_text_announces_is_named():
    text, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    cells = [text("Train.\n\n*About 20 seconds.*"), code("fit()"), text("Again."), code("fit()")]
    assert [lessons.is_unannounced(cells, index, 20) for index in (1, 3)] == [False, True]
    assert not lessons.is_unannounced(cells, 3, 5)
