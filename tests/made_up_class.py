"""Made-up submissions: a student's copy of a lesson with answers in it, and what becomes of it in the world."""

import copy
import functools

import nbformat

from course_utils.exercises import engine, lessons
from course_utils.exercises.lessons import LESSONS
from course_utils.publishing.editions import for_students

WRONG = {
    "float32_bytes": "float32_bytes = 60_000 * 28 * 28",
    "histogram": 'histogram = "a"',
    "class_shares": "def class_shares(labels, n_classes):\n    return np.bincount(labels, minlength=n_classes)",
    "mean_digit": "def mean_digit(images, labels, digit):\n    return images[labels == digit].sum(axis=0)",
}


@functools.cache
def _copy(lesson):
    return for_students(nbformat.read(next(LESSONS.glob(f"[0-9][0-9]_{lesson}.ipynb")), as_version=4))


def blank(lesson="loading"):
    """A student's copy of a lesson, nothing done."""
    return copy.deepcopy(_copy(lesson))


def names(lesson="loading"):
    return [exercise.name for exercise in engine.all_exercises()[lesson]]


def place_of(notebook, name):
    """Where the cell of an exercise stands: before its check."""
    checks = [n for n, cell in enumerate(notebook.cells) if cell.source.startswith(f"exercise.{name}.check(")]
    return checks[0] - 1


def answered(answers=None, lesson="loading"):
    """A student's copy with the lesson's own solutions in it, or with other answers: {name of an exercise: code}."""
    notebook = blank(lesson)
    for name in names(lesson):
        code = (answers or {}).get(name, ...)
        code = lessons.read_solution(lesson, name) if code is ... else code
        if code is not None:
            notebook.cells[place_of(notebook, name)].source = code
    return notebook


def add_code(notebook, code, place=2):
    """Put a cell of the student's own somewhere."""
    notebook.cells.insert(place, nbformat.v4.new_code_cell(code))
    return notebook


def hand_in(folder, notebook, name="01_loading.ipynb"):
    """Write a notebook, or a text, into a student's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    text = notebook if isinstance(notebook, str) else nbformat.writes(notebook)
    (folder / name).write_text(text, encoding="utf-8")


def _every_check(code):
    notebook = blank()
    for name in names():
        notebook.cells[place_of(notebook, name) + 1].source = code.format(name=name)
    return notebook


def _without_checks():
    notebook = answered()
    notebook.cells = [cell for cell in notebook.cells if "check" not in cell.metadata.get("tags", [])]
    return notebook


def _in_own_words():
    return answered(
        {
            "float32_bytes": "n = 60000\nside = 28\nfloat32_bytes = n * side ** 2 * (32 // 8)",
            "histogram": "histogram = 'D'",
            "class_shares": "def class_shares(labels, n_classes):\n    out = []\n    for k in range(n_classes):\n"
            "        out.append(sum(1 for l in labels if l == k) / len(labels))\n    return out",
            "mean_digit": "def mean_digit(images, labels, digit):\n    import statistics\n"
            "    return np.array(images, float)[np.array(labels) == digit].mean(0)",
        }
    )


def write_class(folder):
    """Write the 19 submissions of lesson 01 that once went wrong; return what each must get: {student: statuses}."""
    right, stub, missing = ["right"] * 4, ["not attempted"] * 4, ["missing"] * 4
    expected = {}

    def student(name, notebook, statuses, file="01_loading.ipynb"):
        hand_in(folder / name, notebook, file)
        expected[name] = statuses

    def with_check_source(code):
        notebook = answered()
        notebook.cells[place_of(notebook, "class_shares") + 1].source = code
        return notebook

    broken = {"class_shares": "def class_shares(labels, n_classes)\n    return 1", "histogram": 'histogram = "d'}
    student("all_right", answered(), right)
    student("syntax_errors_in_two", answered(broken), ["right", "error", "error", "right"])
    student("loop_in_a_check", with_check_source("while True:\n    exercise.class_shares.check(class_shares)"), right)
    student("retyped", _in_own_words(), right)
    student("blank", blank(), stub)
    student("all_wrong", answered(WRONG), ["wrong"] * 4)
    student("loop_in_a_cell", add_code(answered(), "while True:\n    pass"), right)
    foreign = answered()
    foreign.metadata["kernelspec"] = {"name": "conda-env-cnn-py", "display_name": "cnn", "language": "python"}
    student("foreign_kernel", foreign, right)
    student("broken_json", nbformat.writes(answered())[:3000], ["unreadable"] * 4)
    student("empty_file", "", ["unreadable"] * 4)
    student("dying_kernel", add_code(answered(), "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"), right)
    student("no_checks", _without_checks(), right)
    student("checks_the_solution", _every_check("exercise.{name}.check(exercise.{name}.answer)"), stub)
    marks = "from course_utils.exercises import marks\nmarks.add('loading.class_shares')"
    student("adds_marks", add_code(blank(), marks), stub)
    student("changes_folder", add_code(answered(), "import os\nos.chdir('/')"), right)
    student("two_versions", answered(WRONG), right)
    hand_in(folder / "two_versions", answered(), "01_loading_new_2.ipynb")
    student("resets", add_code(answered(), "%reset -f", place=8), right)
    exits = {"class_shares": "import os\nos._exit(0)\ndef class_shares(labels, n_classes): ..."}
    student("exits", answered(exits), ["right", "right", "error", "right"])
    student("brings_marks", blank(), stub)
    (folder / "brings_marks" / "marks.json").write_text('{"done": ["loading.class_shares"]}')
    (folder / "handed_in_nothing").mkdir()
    expected["handed_in_nothing"] = missing
    return expected
