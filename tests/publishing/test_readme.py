"""The README is held to what it speaks of: lessons, minutes, the measured table, commands, the picture."""

import re
import shutil
import subprocess

import lesson_rules as rules
import pytest

from course_utils.bench.__main__ import BENCHES
from course_utils.bench.speed import ROWS, speed_table, stored_results
from course_utils.publishing.lessons import NOTEBOOKS, PICTURE, first_picture
from course_utils.publishing.tables import write_table
from course_utils.results import read_result

ROOT = NOTEBOOKS.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_lesson_is_listed_with_its_title_and_minutes():
    rows = re.findall(r"^\| (\d\d) \| \[([^\]]+)\]\(notebooks/(\w+)\.ipynb\) \| (\d+) \|", README, re.MULTILINE)
    expected = []
    for source in rules.LESSONS:
        first = rules.stored(source).cells[0].source
        title = re.match(r"# \d+\. (.+)", first)[1]
        minutes = re.search(r"^\*\*(\d+) minutes", first, re.MULTILINE)[1]
        expected.append((source.stem[:2], title, source.stem, minutes))
    assert rows == expected


def test_lesson_00_lists_the_same_lessons():
    listed = re.findall(r"\]\((\d\d_\w+)\.ipynb\) \|", rules.prose(rules.stored(rules.LESSONS[0])))
    assert listed == [source.stem for source in rules.LESSONS[1:]]


def test_measured_table_is_the_stored_result():
    table = README.split("<!-- speed -->\n")[1].split("\n<!-- /speed -->")[0]
    assert table == speed_table(stored_results())


def test_pytorch_has_a_row_of_ratios_pair_by_pair():
    frameworks = read_result("frameworks")
    frameworks["versions"]["torch"] = "9.9"
    frameworks["runs"] = {
        "Keras": [{"seconds": 50.0}, {"seconds": 100.0}, {"seconds": 10.0}],
        "PyTorch, as in Keras": [{"seconds": 100.0}, {"seconds": 50.0}, {"seconds": 15.0}],
    }
    row = "\n| original recipe in PyTorch 9.9 / in Keras, pair by pair | 1.50 (0.50 to 2.00) |  | `frameworks` |"
    assert row in speed_table({"frameworks": frameworks})


def test_a_new_result_changes_the_table_and_nothing_else(tmp_path):
    readme = tmp_path / "README.md"
    shutil.copy(ROOT / "README.md", readme)
    results = stored_results()
    results["speed"]["machine"] = "another machine"
    write_table(speed_table(results), readme, mark="speed")
    old, new = README.splitlines(), readme.read_text(encoding="utf-8").splitlines()
    changed = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    assert len(changed) == 1 and "another machine" in changed[0][1]


def test_the_table_has_a_row_for_each_part_that_is_stored_and_says_which_bench_made_it_where_and_when():
    made = {"machine": "a slow one", "date": "2026-12-24"}
    lessons = made | {"05_training": [120.0, 1.0], "06_evaluating": [15.0, 0.5], "12_scaling": [90.4, 1.64]}
    speed = made | {"deck_seconds": [[3.0, 4.0], [5.0, 4.0], [2.0, 4.0]], "install_seconds": [9.0, 7.0, 8.0]}
    suite = made | {"machine": "a fast one", "run": {"seconds": 1490, "passed": 9801}}
    head, _, _, _, *rows = speed_table({"speed": speed, "lessons": lessons, "suite": suite}).splitlines()
    assert "`speed` (2026-12-24), `lessons` (2026-12-24) on a slow one; `suite` (2026-12-24) on a fast one." in head
    assert rows == [
        "| install of lock and course, from uv's cache | 8.0 s (7.0 to 9.0) | at most 60 s | `speed` |",
        "| deck of lesson 03 | 3.0 s (2.0 to 5.0) | at most 10 s | `speed` |",
        "| the same / `jupyter nbconvert --to slides` | 0.75 (0.50 to 1.25) | at most 1.5 | `speed` |",
        "| lesson 05 under strict nbval | 120 s |  | `lessons` |",
        "| slowest lesson but 05 under strict nbval (12) | 90 s | at most 90 s | `lessons` |",
        "| lessons 05 to 12 under strict nbval | 3.8 min | at most 15 min | `lessons` |",
        "| largest memory of a lesson with all its processes (12; summed PSS) | 1.6 GB | at most 1.7 GB | `lessons` |",
        "| the whole second command, `nox -s test`: 9801 tests and cells, once | 25 min | at most 30 min | `suite` |",
    ]


def test_each_bench_of_the_table_can_be_run():
    assert set(ROWS) <= set(BENCHES)


def test_picture_is_the_one_of_the_lesson():
    assert PICTURE.read_bytes() == first_picture(rules.stored(NOTEBOOKS / "source" / "04_building.py"))


def test_links_of_the_readme_resolve():
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


@pytest.mark.parametrize("command", ["lab", "test"])
def test_ci_and_readme_have_the_same_command(command):
    line = f'python3 -m venv .venv && .venv/bin/pip install "nox[uv]" && .venv/bin/nox -s {command}'
    assert f"    {line}\n" in README
    if command == "test":
        assert line in (ROOT / ".ci" / "run").read_text(encoding="utf-8").replace("--quiet ", "")


def test_what_the_course_says_by_the_readmes_table_it_says():
    code = "".join((ROOT / name).read_text("utf-8") for name in ("noxfile.py", "course_utils/__init__.py"))
    code += (ROOT / "course_utils" / "environment.py").read_text("utf-8")
    for said in ("the course needs Python 3.11, 3.12 or 3.13", "would be imported in place of the library", "MISSING"):
        assert f"| `{said}`" in README and said in code


def test_ci_script_can_be_run():
    assert subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=False).returncode == 0


def test_the_readme_names_the_extras_that_lessons_need_and_which_lessons_need_them():
    needed = {
        source.stem[:2]: set(re.findall(r'require_extra\("(\w+)"', source.read_text())) for source in rules.LESSONS
    }
    lessons, extras = re.search(r"Lessons\s+([^`]+?)\s+need `pip install -e \"\.\[([\w,]+)\]\"`", README).groups()
    of_torch = {number for number, extra in needed.items() if "torch" in extra}
    assert set(extras.split(",")) == set.union(*(needed[number] for number in set(needed) - of_torch))
    assert set(re.findall(r"\d+", lessons)) == {number for number in set(needed) - of_torch if needed[number]}
    said = r"Lesson (\d+) needs PyTorch, which `nox -s torch` adds: 0\.8 GB.*?`pip install -e \"\.\[([\w,]+)\]\"`"
    ((number, extras),) = re.findall(said, README, re.DOTALL)
    assert {number} == of_torch and set(extras.split(",")) == needed[number]
