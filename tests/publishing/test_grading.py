"""Grading a class: every answer gets its one status, whatever it, or another student's, does."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from importlib.util import find_spec
from pathlib import Path

import made_up_class as made
import nbformat
import nightly
import numpy as np
import pytest
from patience import CELL, wait_until

from course_utils.exercises import calling, engine, lessons, modules, networks, values
from course_utils.extras import why_missing
from course_utils.publishing.grading import __main__ as command
from course_utils.publishing.grading import answers, judging, processes, records, runner, sandbox, submissions, wire

EXERCISES = {exercise.name: exercise for exercises in engine.all_exercises().values() for exercise in exercises}
OUT_OF = "out of time or memory"
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no limits but that of time")
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux offers this")


def cells_of(notebook):
    """A notebook's cells as they are read from a file."""
    return submissions.read_notebook(nbformat.writes(notebook).encode())[0]


def write_zip(path, texts):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in texts.items():
            archive.writestr(name, text)


def statuses(out, student, lesson="loading"):
    path = out / "records" / records.folder_name(student) / f"{lesson}.json"
    return [row["status"] for row in json.loads(path.read_text(encoding="utf-8"))["rows"]]


def bytes_of(out):
    return {path.relative_to(out): path.read_bytes() for path in sorted((out / "records").rglob("*")) if path.is_file()}


# ---- the command


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The made-up class, graded without a disturbance: (its folder, where the grades are, what each must get)."""
    folder, out = tmp_path_factory.mktemp("class"), tmp_path_factory.mktemp("grades")
    expected = made.write_class(folder)
    command.main([str(folder), "--out", str(out), "--processes", "2"])
    return folder, out, expected


def test_every_submission_that_once_went_wrong_gets_its_rows(graded):
    _, out, expected = graded
    assert {student: statuses(out, student) for student in expected} == expected


def test_every_record_has_one_row_for_each_exercise_with_a_status_that_there_is(graded):
    for content in bytes_of(graded[1]).values():
        record = json.loads(content)
        assert [row["exercise"] for row in record["rows"]] == made.names()
        assert {row["status"] for row in record["rows"]} <= set(judging.STATUSES)
        assert all(row["sentence"] for row in record["rows"])


def test_a_second_run_grades_nothing_and_a_changed_notebook_anew(graded, tmp_path, capsys, monkeypatch):
    folder, _, _ = graded
    (tmp_path / "class" / "anna").mkdir(parents=True)
    file = tmp_path / "class" / "anna" / "01_loading.ipynb"
    file.write_bytes((folder / "broken_json" / file.name).read_bytes())
    command.main([str(tmp_path / "class"), "--out", str(tmp_path)])
    capsys.readouterr()
    with monkeypatch.context() as patch:
        patch.setattr(command, "run", lambda *arguments: pytest.fail("it grades again"))
        command.main([str(tmp_path / "class"), "--out", str(tmp_path)])
    said = capsys.readouterr().out
    assert "graded already: 1 of 1 student\n" in said and "1 students" not in said
    file.write_text("{}")
    command.main([str(tmp_path / "class"), "--out", str(tmp_path)])
    assert "not a notebook" in (tmp_path / "records" / "anna" / "loading.json").read_text()


@posix
def test_killed_in_the_middle_it_goes_on_and_ends_with_the_same_bytes(graded, tmp_path):
    folder, whole, _ = graded
    line = [sys.executable, "-m", "course_utils.publishing.grading", str(folder), "--out", str(tmp_path)]
    process = subprocess.Popen([*line, "--processes", "1"], stdout=subprocess.DEVNULL)
    wait_until(lambda: len(list(tmp_path.glob("records/*/*.json"))) > 3)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = bytes_of(tmp_path)
    assert 3 < len(done) < len(bytes_of(whole))
    (tmp_path / "records" / "loop_in_a_cell").mkdir(exist_ok=True)
    (tmp_path / "records" / "loop_in_a_cell" / "loading.json").write_text('{"student": "half a rec')
    subprocess.run([*line, "--processes", "2"], stdout=subprocess.DEVNULL, check=True, timeout=CELL)
    assert bytes_of(tmp_path) == bytes_of(whole)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere"], "found none: nowhere"),
        (["empty"], "no notebook of the course's lessons in empty"),
        (["empty", "--lessons", "99"], "no lesson named 99; there are 00_start_here, 01_loading"),
        (["empty", "--processes", "0"], "--processes must be at least 1, got 0"),
    ],
)
def test_wrong_arguments_end_it_with_one_line_and_status_2(arguments, says, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(SystemExit) as end:
        command.main(arguments)
    assert end.value.code == 2
    assert says in capsys.readouterr().err.splitlines()[-1]


def test_a_lesson_that_is_asked_for_by_number_is_graded_though_nobody_has_it(tmp_path):
    made.hand_in(tmp_path / "class" / "anna", made.blank())
    found = command.collect(tmp_path / "class", ["loading", "preparing"])["anna"]
    assert [(one.lesson, bool(one.file)) for one in found] == [("loading", True), ("preparing", False)]


# ---- students and notebooks


def found_in(folder):
    return {student.name: student for student in submissions.find_students(folder)}


def test_a_moodle_export_in_folders_as_one_zip_and_flat(tmp_path):
    text = nbformat.writes(made.answered())
    paths = {
        "Anna Muster_12345_assignsubmission_file_/01_loading.ipynb": text,
        "Béla O'Neil_12346_assignsubmission_file/work/01_loading.ipynb": text,
        "Group 1-Kim Lee_12347_assignsubmission_file_01_loading.ipynb": text,
        "Anna Muster_12348_assignsubmission_onlinetext/onlinetext.html": "<p>see file</p>",
        "Participant_777_assignsubmission_file_/01_loading.ipynb": text,
    }
    write_zip(tmp_path / "CNN-Lesson 1-4711.zip", paths)
    for name, content in paths.items():
        path = tmp_path / "folders" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    for folder in (tmp_path / "CNN-Lesson 1-4711.zip", tmp_path / "folders"):
        students = found_in(folder)
        assert set(students) == {
            *("Anna Muster (12345)", "Anna Muster (12348)", "Béla O'Neil", "Group 1-Kim Lee", "Participant (777)")
        }
        assert students["Béla O'Neil"].ids == {"moodle": "12346"}
        assert [file.path for file in students["Group 1-Kim Lee"].files] == ["01_loading.ipynb"]
        found, notes, _ = submissions.take(students["Anna Muster (12348)"])
        assert not found and notes == ["handed in, but no notebook: onlinetext.html"]


def test_a_canvas_export_with_late_and_repeated_submissions(tmp_path):
    made.hand_in(tmp_path, made.answered(made.WRONG), "musteranna_4711_90210_01_loading.ipynb")
    made.hand_in(tmp_path, made.answered(), "musteranna_LATE_4711_90333_01_loading-1.ipynb")
    made.hand_in(tmp_path, made.blank(), "leekim_4712_90211_my homework.ipynb")
    write_zip(tmp_path / "oneilbela_4713_90212_work.zip", {"a/01_loading.ipynb": nbformat.writes(made.blank())})
    students = found_in(tmp_path)
    assert {name: student.ids["canvas"] for name, student in students.items()} == {
        **{"leekim": "4712", "musteranna": "4711", "oneilbela": "4713"}
    }
    anna = submissions.take(students["musteranna"])[0]["loading"]
    assert (anna.file, anna.late) == ("01_loading-1.ipynb", True)
    why = "the latest by the platform's number"
    assert anna.notes == [f"handed in 2 times; taken was 01_loading-1.ipynb, {why}, not 01_loading.ipynb"]
    assert submissions.take(students["leekim"])[0]["loading"].late is False
    assert submissions.take(students["oneilbela"])[0]["loading"].file == "work.zip/a/01_loading.ipynb"


def _two_downloads(platform, folder):
    for lesson in ("loading", "preparing"):
        names = {
            "moodle": [f"Anna_{len(lesson)}_assignsubmission_file_/{lesson}.ipynb"],
            "canvas": [f"{name}_47_{len(lesson)}_{lesson}.ipynb" for name in ("anna", "bela")],
        }
        write_zip(folder / f"{lesson}.zip", dict.fromkeys(names[platform], nbformat.writes(made.blank(lesson))))


@pytest.mark.parametrize("platform", ["moodle", "canvas"])
@pytest.mark.parametrize("unpacked", [False, True])
def test_two_downloads_in_one_folder_end_it(platform, unpacked, tmp_path, capsys):
    _two_downloads(platform, tmp_path)
    if unpacked:
        for path in list(tmp_path.glob("*.zip")):
            with zipfile.ZipFile(path) as archive:
                archive.extractall(path.with_suffix(""))
            path.unlink()
    with pytest.raises(SystemExit) as end:
        command.main([str(tmp_path), "--out", str(tmp_path / "out")])
    said = capsys.readouterr().err
    assert end.value.code == 2 and "loading" in said and "with a command of its own and the same --out" in said


def test_a_lesson_that_one_handed_in_counts_for_all_and_the_command_says_so(tmp_path, capsys):
    made.hand_in(tmp_path / "class" / "anna", made.blank())
    made.hand_in(tmp_path / "class" / "anna", made.blank("preparing"), "02_preparing.ipynb")
    made.hand_in(tmp_path / "class" / "bela", made.blank())
    command.main([str(tmp_path / "class"), "--out", str(tmp_path / "out")])
    assert "warning: lesson 02: 1 of 2 students handed it in" in capsys.readouterr().out
    command.main([str(tmp_path / "class"), "--out", str(tmp_path / "again"), "--lessons", "01"])
    assert "warning" not in capsys.readouterr().out


def test_two_downloads_with_a_command_each_and_one_out_make_one_student(tmp_path):
    _two_downloads("moodle", tmp_path)
    for lesson in ("loading", "preparing"):
        command.main([str(tmp_path / f"{lesson}.zip"), "--out", str(tmp_path / "out")])
    table = list(csv.DictReader(io.StringIO((tmp_path / "out" / "grades.csv").read_text(encoding="utf-8-sig"))))
    assert [row["student"] for row in table] == ["Anna"] and {"loading", "preparing"} <= set(table[0])


def test_one_student_of_an_earlier_run_is_one_student(tmp_path, capsys):
    for student in ("anna", "bela"):
        made.hand_in(tmp_path / student / "class" / student, made.blank())
        command.main([str(tmp_path / student / "class"), "--out", str(tmp_path / "out")])
    assert "also has 1 student of earlier runs" in " ".join(capsys.readouterr().out.split())


def test_a_student_whose_files_are_named_like_canvas_names_them_is_no_download(tmp_path):
    made.hand_in(tmp_path / "anna", made.blank(), "lesson_1_2_loading.ipynb")
    made.hand_in(tmp_path / "bela", made.blank())
    assert set(found_in(tmp_path)) == {"anna", "bela"}


@pytest.mark.parametrize(
    ("names", "latest"),
    [
        (["01_loading.ipynb", "01_loading_new_2.ipynb", "01_loading_new_10.ipynb"], "01_loading_new_10.ipynb"),
        (["01_loading.ipynb", "01_loading (1).ipynb", "01_loading (2).ipynb"], "01_loading (2).ipynb"),
        (["01_loading-Copy1.ipynb", "01_loading.ipynb"], "01_loading-Copy1.ipynb"),
        (["01_loading_new_2.ipynb", "01_loading (7).ipynb"], "01_loading_new_2.ipynb"),
        (["old/01_loading.ipynb", "01_loading.ipynb"], "01_loading.ipynb"),
    ],
)
def test_of_several_versions_of_one_time_the_name_tells_the_latest(names, latest, tmp_path):
    for name in names:
        (tmp_path / "anna" / name).parent.mkdir(parents=True, exist_ok=True)
        made.hand_in(tmp_path / "anna", made.blank(), name)
        os.utime(tmp_path / "anna" / name, (1e9, 1e9))
    found = submissions.take(found_in(tmp_path)["anna"])[0]["loading"]
    assert found.file == latest and "the latest by its name" in found.choice


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("e/01_loading-Copy1.ipynb", "e/01_loading.ipynb"),
        ("e/01_loading.ipynb", "e/01_loading-Copy1.ipynb"),
        ("e/01_loading.ipynb", "e/old/01_loading.ipynb"),
        ("e/01_loading_new_2.ipynb", "e/01_loading.ipynb"),
        ("e/01_loading.ipynb", "e.zip/01_loading.ipynb"),
        ("e.zip/01_loading.ipynb", "e/01_loading.ipynb"),
    ],
)
def test_of_several_versions_the_newest_file_is_taken_and_all_are_named(older, newer, tmp_path):
    text = nbformat.writes(made.blank())
    for name, day in {older: 12, newer: 13}.items():
        first, _, inner = name.partition("/")
        if first.endswith(".zip"):
            with zipfile.ZipFile(tmp_path / first, "w") as archive:
                archive.writestr(zipfile.ZipInfo(inner, (2026, 10, day, 12, 0, 0)), text)
        else:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
            at = time.mktime((2026, 10, day, 12, 0, 0, 0, 0, -1))
            os.utime(tmp_path / name, (at, at))
    found = submissions.take(found_in(tmp_path)["e"])[0]["loading"]
    older, newer = (name if ".zip" in older + newer else name.removeprefix("e/") for name in (older, newer))
    assert found.file == newer and found.submitted.startswith("2026-10-13")
    assert found.choice == f"handed in 2 times; taken was {newer}, the newest file, not {older}"
    assert records.make_record(found)["choice"] == found.choice


def _late(folder, out, capsys):
    """What the command makes of a folder with a deadline on October 12: (what each loses, what it says)."""
    scheme = folder.parent / "points.toml"
    scheme.write_text("[late]\npenalty_per_day = 10\ngrace_hours = 1\n[deadlines]\nloading = 2026-10-12T20:00:00")
    command.main([str(folder), "--out", str(out), "--scheme", str(scheme)])
    table = csv.DictReader(io.StringIO((out / "grades.csv").read_text(encoding="utf-8-sig")))
    return {row["student"]: row["loading late"] for row in table}, capsys.readouterr().out


def test_a_deadline_costs_points_by_the_time_of_the_file_and_of_the_entry_in_a_zip(tmp_path, capsys):
    text, folder = nbformat.writes(made.answered({"class_shares": None})), tmp_path / "class"
    zipped = io.BytesIO()
    for student, day in {"anna": 12, "bela": 13, "kim": 15}.items():
        made.hand_in(folder / student, text)
        at = time.mktime((2026, 10, day, 20, 30, 0, 0, 0, -1))
        os.utime(folder / student / "01_loading.ipynb", (at, at))
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr(zipfile.ZipInfo("01_loading.ipynb", (2026, 10, 1, 8, 0, 0)), text)
    with zipfile.ZipFile(tmp_path / "lesson 1.zip", "w") as archive:
        for student, day in {"Anna_1": 12, "Bela_2": 13}.items():
            name = f"{student}_assignsubmission_file_/01_loading.ipynb"
            archive.writestr(zipfile.ZipInfo(name, (2026, 10, day, 20, 30, 0)), text)
        name = "Kim_3_assignsubmission_file_/work.zip"  # what counts is when it was handed in, not when it was packed
        archive.writestr(zipfile.ZipInfo(name, (2026, 10, 15, 20, 30, 0)), zipped.getvalue())
    costs, said = _late(folder, tmp_path / "out", capsys)
    assert costs == {"anna": "0", "bela": "-0.6", "kim": "-1.2"} and "warning" not in said
    costs, _ = _late(tmp_path / "lesson 1.zip", tmp_path / "zipped", capsys)
    assert costs == {"Anna": "0", "Bela": "-0.6", "Kim": "-1.2"}
    assert submissions.take(found_in(folder)["kim"])[0]["loading"].submitted == "2026-10-15T20:30:00"


def test_a_deadline_without_any_time_is_a_warning(tmp_path, capsys):
    with zipfile.ZipFile(tmp_path / "anna.zip", "w") as archive:  # 1980 is what zips say that know no time
        archive.writestr(zipfile.ZipInfo("01_loading.ipynb"), nbformat.writes(made.blank()))
    (tmp_path / "class").mkdir()
    (tmp_path / "anna.zip").rename(tmp_path / "class" / "anna.zip")
    _, said = _late(tmp_path / "class", tmp_path / "out", capsys)
    assert "warning: deadlines.loading: no file has a time, so nobody is late" in said


def test_a_stored_lesson_and_a_damaged_version_give_way_to_what_can_be_graded(tmp_path):
    stored = next(lessons.LESSONS.glob("01_*.ipynb")).read_text(encoding="utf-8")
    (tmp_path / "anna" / "notebooks").mkdir(parents=True)
    made.hand_in(tmp_path / "anna", stored, "notebooks/01_loading_new_9.ipynb")
    made.hand_in(tmp_path / "anna", "{", "01_loading_new_3.ipynb")
    made.hand_in(tmp_path / "anna", made.blank())
    found = submissions.take(found_in(tmp_path)["anna"])[0]["loading"]
    assert found.file == "01_loading.ipynb" and "which is not the course's own" in found.choice


def test_what_would_lead_out_of_the_folder_leads_nowhere(tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_text(nbformat.writes(made.answered()))
    folder = tmp_path / "class"
    (folder / "anna").mkdir(parents=True)
    (folder / "anna" / ".ipynb_checkpoints").mkdir()
    made.hand_in(folder / "anna" / ".ipynb_checkpoints", made.answered(), "01_loading-checkpoint.ipynb")
    write_zip(
        folder / "bela.zip",
        {
            "../../01_loading.ipynb": nbformat.writes(made.blank()),
            "__MACOSX/._01_loading.ipynb": "x",
            "/etc/02_preparing.ipynb": nbformat.writes(made.blank("preparing")),
        },
    )
    link = zipfile.ZipInfo("01_loading.ipynb")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(folder / "kim.zip", "w") as archive:
        archive.writestr(link, str(secret))
    if os.name != "nt":
        (folder / "anna" / "01_loading.ipynb").symlink_to(secret)
        (folder / "lee").symlink_to(tmp_path)
    students = found_in(folder)
    assert submissions.take(students["anna"])[0] == {}
    assert {one.file for one in submissions.take(students["bela"])[0].values()} == {
        *("01_loading.ipynb", "etc/02_preparing.ipynb")
    }
    assert submissions.take(students["kim"])[1] == ["01_loading.ipynb: it is a link, and links are not followed"]
    assert os.name == "nt" or submissions.take(students["lee"])[0] == {}
    assert not (tmp_path / "01_loading.ipynb").exists()


def test_zips_that_are_too_large_too_deep_or_damaged_are_unreadable_and_cost_nobody_else(tmp_path, monkeypatch):
    monkeypatch.setattr(submissions, "MAX_BYTES", 2_000_000)
    with zipfile.ZipFile(tmp_path / "anna.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("01_loading.ipynb", b"0" * 3_000_000)
    data = b""
    for _ in range(submissions.MAX_DEPTH + 1):
        file = io.BytesIO()
        write_zip(file, {"next.zip": data} if data else {"01_loading.ipynb": nbformat.writes(made.blank())})
        data = file.getvalue()
    (tmp_path / "bela.zip").write_bytes(data)
    (tmp_path / "kim.zip").write_bytes(data[:100])
    made.hand_in(tmp_path / "lee", made.blank())
    found = {student: todo[0] for student, todo in command.collect(tmp_path, ["loading"]).items()}
    assert "larger than" in found["anna"].unreadable
    assert "a zip in a zip in a zip" in found["bela"].unreadable
    assert "cannot be opened" in found["kim"].unreadable
    assert found["lee"].file and not found["lee"].unreadable


def test_names_that_are_no_utf8_are_told_apart_and_can_be_written(tmp_path):
    write_zip(tmp_path / "class.zip", {"Jürgen/01_loading.ipynb": "{}", "Zoë/01_loading.ipynb": "{}"})
    assert set(found_in(tmp_path / "class.zip")) == {"Jürgen", "Zoë"}
    names = ["Jürgen", "a/b:c", "con", "x" * 300, "..", "Anna "]
    folders = [records.folder_name(name) for name in names]
    assert folders[0] == "Jürgen" and len(set(folders)) == len(names)
    assert all("/" not in name and len(name.encode()) < 120 and name.strip(". ") == name for name in folders)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_notebook_that_an_editor_has_saved_in_another_encoding_is_read(encoding):
    assert submissions.read_notebook(nbformat.writes(made.blank()).encode(encoding))[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (" ", "it is empty"),
        ('{"nbformat": 4,', "it is not a notebook: it breaks off or is damaged at line 1"),
        ("[" * 100_000, "it is not a notebook: a value in it is too large or nested too deeply"),
        ("9" * 10_000, "it is not a notebook: a value in it is too large or nested too deeply"),
        ("[]", "it is not a notebook: it does not say which version"),
        ('{"nbformat": "x"}', "it is not a notebook: it does not say which version"),
        ('{"nbformat": 1}', "it is not a notebook: its old format cannot be converted"),
        ('{"nbformat": 3, "worksheets": 3}', "it is not a notebook: its old format cannot be converted"),
        ('{"nbformat": 4, "cells": 3}', "it is not a notebook: it has no list of cells"),
        ('{"nbformat": 4, "cells": ["x"]}', "it is not a notebook: its cell 1 has no text"),
        ('{"nbformat": 4, "cells": [{"source": null}]}', "it is not a notebook: its cell 1 has no text"),
        ('{"nbformat": 4, "cells": [{"source": [1]}]}', "it is not a notebook: its cell 1 has no text"),
    ],
)
def test_what_is_no_notebook_is_told_in_plain_words(text, says, tmp_path):
    made.hand_in(tmp_path / "anna", text)
    submission = submissions.take(found_in(tmp_path)["anna"])[0]["loading"]
    assert submission.unreadable.startswith(f"01_loading.ipynb cannot be read: {says}")


def test_what_is_no_zip_keeps_its_name(tmp_path):
    (tmp_path / "notazip.zip").write_text("no zip")
    (submission,) = command.collect(tmp_path, ["loading"])["notazip"]
    sentence = records.make_record(submission)["rows"][0]["sentence"]
    assert sentence == "notazip.zip: it cannot be opened (it is damaged, or no zip)."


@pytest.mark.parametrize(
    "name", ["01_loading.ipynb", "homework.ipynb", "Anna_Loading_final.ipynb", "02_preparing.ipynb"]
)
def test_a_lesson_is_known_by_its_exercises_whatever_its_name_is(name):
    cells, metadata = submissions.read_notebook(nbformat.writes(made.blank()).encode())
    assert submissions.find_lesson(name, cells, metadata) == "loading"
    assert submissions.find_lesson(name, cells[:1], {}) in ("loading", "preparing" if "prep" in name else "loading")


# ---- answers


def row_of(name, notebook):
    return judging.judge(EXERCISES[name], cells_of(notebook))[0]


@pytest.fixture(scope="module", autouse=True)
def processes_end():
    yield
    judging.close()


@pytest.mark.parametrize("lesson", [name for name in engine.all_exercises() if name != "building"])
def test_all_solutions_are_right_and_all_stubs_are_not_attempted(lesson):
    solved, blank = made.answered(lesson=lesson), made.blank(lesson)
    for name in made.names(lesson):
        needs_torch = isinstance(EXERCISES[name], networks.OfModule)
        status = "error" if needs_torch and modules.why_missing() else "right"
        assert (name, row_of(name, solved)["status"]) == (name, status)
        assert (name, row_of(name, blank)["status"]) == (name, "not attempted")


HELPER = "def share(n, labels):\n    return n / len(labels)"
USES = "def class_shares(labels, n_classes):\n    return [share(sum(labels == c), labels) for c in range(n_classes)]"


def _split(notebook):
    place = made.place_of(notebook, "class_shares")
    made.add_code(notebook, HELPER, place)
    notebook.cells[place].metadata["tags"] = ["exercise"]


def _without_tags(notebook):
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({"id": "x", "colab": {"base_uri": "x"}})
    made.add_code(notebook, HELPER, 5)


def _at_the_end(notebook):
    made.add_code(notebook, f"while True:\n    pass\n{HELPER}\nprint(undefined)", len(notebook.cells))


def _with_magics(notebook):
    cell = notebook.cells[made.place_of(notebook, "class_shares")]
    cell.source = f"%%time\n%matplotlib inline\n!pip install something\n{HELPER}\n\n{cell.source}\nhelp?"


def _merged(notebook):
    place = made.place_of(notebook, "class_shares")
    notebook.cells[place].source = f"{HELPER}\n\n{USES}\n" + notebook.cells.pop(place + 1).source


def _used_later(notebook):
    made.add_code(notebook, HELPER)
    made.add_code(notebook, "class_shares = class_shares(train_labels, 10)", len(notebook.cells))


@pytest.mark.parametrize("change", [_split, _without_tags, _at_the_end, _with_magics, _merged, _used_later])
def test_an_answer_is_found_with_what_it_needs_wherever_that_stands(change):
    notebook = made.answered({"class_shares": USES})
    change(notebook)
    row = row_of("class_shares", notebook)
    assert row["status"] == "right", row
    assert "share(" in row["source"]


def test_an_answer_may_use_the_lessons_variables_and_imports_of_its_own():
    notebook = made.answered({"float32_bytes": "float32_bytes = prod(train_images.shape) * 4"})
    made.add_code(notebook, "from math import prod\ntrain_images = train_images / 255")
    assert row_of("float32_bytes", notebook)["status"] == "right"


@pytest.mark.parametrize(
    ("code", "status", "says"),
    [
        (None, "not attempted", "as it was handed out"),
        ("", "missing", "No cell defines `class_shares`"),
        ("def shares(labels, n_classes):\n    return 1", "error", "Its cell does not define `class_shares`"),
        ("def class_shares(labels, n_classes):\n    n = 1", "wrong", "None"),
        ("def class_shares(labels, n_classes)\n    return", "error", "Its cell is not Python: expected ':', line 1"),
        ("def class_shares(labels, n_classes):\n    return labels[99]", "error", "It raised IndexError"),
        (
            "def class_shares(labels):\n    return labels",
            "wrong",
            "cannot be called as `class_shares(labels, n_classes)`",
        ),
        ("1 / 0\ndef class_shares(labels, n_classes): pass", "error", "It raised ZeroDivisionError"),
        ("class_shares = [0.5, 0.5]", "wrong", "takes the function itself"),
        ("class_shares = undefined", "error", "name 'undefined' is not defined"),
    ],
)
def test_each_kind_of_answer_gets_its_status_and_a_sentence(code, status, says):
    row = row_of("class_shares", made.answered({"class_shares": code}))
    assert row["status"] == status and says in row["sentence"], row


def _in_one_cell(notebook):
    code = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    notebook.cells = [nbformat.v4.new_code_cell(code)]


def _in_reverse(notebook):
    notebook.cells.reverse()


def _with_an_older_one_above(notebook):
    place = made.place_of(notebook, "class_shares")
    older = nbformat.v4.new_code_cell(made.WRONG["class_shares"], metadata={"tags": ["exercise"]})
    notebook.cells.insert(place, older)


@pytest.mark.parametrize("change", [_in_one_cell, _in_reverse, _with_an_older_one_above])
def test_a_notebook_that_was_turned_around_still_has_its_answers(change):
    notebook = made.answered()
    change(notebook)
    for name in ("class_shares", "float32_bytes", "mean_digit"):
        assert row_of(name, notebook)["status"] == "right"


BODY = "    return np.bincount(labels, minlength=n_classes) / len(labels)"


@pytest.mark.parametrize(
    ("name", "code", "status"),
    [
        ("class_shares", f"class_shares = lambda labels, n_classes:{BODY.replace('return', '')}", "right"),
        ("class_shares", f"class C:\n  def __call__(self, labels, n_classes):\n{BODY}\nclass_shares = C()", "right"),
        ("class_shares", f"    def class_shares(labels, n_classes):\n    {BODY}", "right"),
        ("class_shares", f"import notthere\ndef class_shares(labels, n_classes):\n{BODY}", "right"),
        ("class_shares", f"async def class_shares(labels, n_classes):\n{BODY}", "wrong"),
        ("class_shares", f"def class_shares(labels, n_classes):\n    labels.sort()\n{BODY}", "wrong"),
        ("class_shares", "n = 0\ndef class_shares(a, b):\n    global n\n    n += 1\n    return [n] * b", "wrong"),
        ("class_shares", "def class_shares(labels, n_classes):\n    # count, then divide\n    ...", "not attempted"),
        ("class_shares", f"class_shares = {'-' * 50_000}1", "error"),
        ("class_shares", f"x = '\0'\ndef class_shares(labels, n_classes):\n{BODY}", "error"),
        ("float32_bytes", "float32_bytes = 4\nfor n in train_images.shape:\n    float32_bytes *= n", "right"),
        ("float32_bytes", "a, float32_bytes = 1, np.int64(188_160_000)", "right"),
        ("float32_bytes", "def float32_bytes():\n    return 188_160_000", "wrong"),
        ("histogram", "print(histogram := 'd')", "right"),
        ("histogram", "while True:\n    histogram = 'd'", OUT_OF),
        ("histogram", "histogram = input('?')", "error"),
    ],
)
def test_unusual_answers_get_their_status(name, code, status, monkeypatch):
    monkeypatch.setattr(judging, "PREPARE", 2.0)
    row = row_of(name, made.answered({name: code}))
    assert row["status"] == status, row


def test_a_layer_of_keras_and_a_library_may_answer():
    code = "def prepare(images):\n    return keras.layers.Rescaling(1 / 255)(images[..., None])"
    assert row_of("prepare", made.answered({"prepare": code}, "preparing"))["status"] == "right"


def test_a_row_says_which_line_of_the_cell_raised():
    code = "def class_shares(labels, n_classes):\n    counts = {}\n    return counts['x']"
    assert ["where", "line 3 of the cell: `return counts['x']`"] in row_of(
        "class_shares", made.answered({"class_shares": code})
    )["details"]


# ---- answers that attack

RIGHT = "    return np.bincount(labels, minlength=n_classes) / len(labels)\n"


def attack(body):
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"import os, signal, sys, time\ndef class_shares(labels, n_classes):\n{lines}{RIGHT}"


ATTACKS = {
    "exits at once": ("os._exit(0)", "error", "ended its process (exit status 0)"),
    "kills itself": ("os.kill(os.getpid(), signal.SIGKILL)", "error", "ended its process (SIGKILL)"),
    "ends the process that forked it": ("os.kill(os.getppid(), signal.SIGKILL)", "error", ""),
    "exits politely": ("exit()", "error", "It ended with SystemExit"),
    "crashes": ("import ctypes; ctypes.string_at(0)", "error", "ended its process (SIGSEGV)"),
    "loops": ("while True: pass", OUT_OF, "It took too long"),
    "loops in C": ("sum(range(10**12))", OUT_OF, "It took too long"),
    "holds on": ("while True:\n    try:\n        while True: pass\n    except BaseException: pass", OUT_OF, "too long"),
    "takes memory": ("x = np.ones(10**10)", OUT_OF, "more memory"),
    "takes it slowly": ("x = []\nwhile True: x.append(bytearray(10**8))", OUT_OF, ""),
    "forks on and on": ("while True:\n    try: os.fork()\n    except OSError: pass", OUT_OF, ""),
    "leaves a process": ("if os.fork() == 0:\n    os.setsid()\n    time.sleep(9999)", "right", ""),
    "writes to descriptors": ("[os.write(fd, b'x' * 999) for fd in (0, 1, 2)]; print('x' * 10**6)", "right", ""),
    "closes all": ("os.closerange(0, 999)", "error", ""),
    "closes stdout": ("sys.stdout.close()", "right", ""),
    "fills the disk": ("with open('x', 'wb') as f:\n    while True: f.write(bytes(10**6))", "error", "File too large"),
    "asks": ("input()", "error", "a check gives no input"),
    "patches isinstance": ("import builtins; builtins.isinstance = lambda *a: True", "error", ""),
    "patches numpy": ("np.abs = np.isfinite = lambda *a, **k: True\nreturn labels[:n_classes]", "wrong", ""),
    "takes the check's answer": (
        "from course_utils.exercises import loading\nreturn loading.class_shares.answer(labels, n_classes)",
        *("error", "ImportError"),
    ),
    "looks through the frames": (
        "f = sys._getframe()\nwhile f:\n    assert not {'cases', 'expected'} & set(f.f_locals)\n    f = f.f_back",
        *("right", ""),
    ),
    "returns too much": ("return np.zeros(10**8)", OUT_OF, ""),
    "returns itself": ("x = []; x.append(x); return x", "wrong", ""),
    "lies": ("class Lie:\n    __eq__ = __ge__ = lambda *a: True\nreturn Lie()", "wrong", ""),
    "describes itself for ever": (
        "class L:\n    def __repr__(self):\n        while True: pass\nreturn L()",
        OUT_OF,
        "",
    ),
    "yields": ("for x in labels: yield x", "wrong", "has shape"),
}
ON_BUBBLEWRAP = {"takes the check's answer"}


@posix
@pytest.mark.parametrize("name", nightly.by_night(ATTACKS, ["forks on and on", "loops in C"]))
def test_an_attack_gets_its_status_and_the_next_answer_is_right(name, monkeypatch):
    monkeypatch.setattr(calling, "SECONDS", 1.0)
    if name in ON_BUBBLEWRAP and not sandbox.find_way().bwrap:
        pytest.skip("without bubblewrap, an answer can read every file that you can")
    body, status, says = ATTACKS[name]
    row = row_of("class_shares", made.answered({"class_shares": attack(body)}))
    assert row["status"] == status and says in row["sentence"], row
    assert row_of("class_shares", made.answered())["status"] == "right"


@linux
def test_nothing_that_an_answer_starts_outlives_it():
    import psutil

    assert row_of("class_shares", made.answered())["status"] == "right"
    server = psutil.Process(judging._host("plain").process.pid)
    before = set(server.children(recursive=True))
    code = attack(
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(9999)\n    os._exit(0)"
    )
    assert row_of("class_shares", made.answered({"class_shares": code}))["status"] == "right"
    wait_until(lambda: set(server.children(recursive=True)) == before)


@linux
def test_in_bubblewrap_there_is_no_network_no_other_student_no_solution_and_nothing_to_change(tmp_path):
    if not sandbox.find_way().bwrap:
        pytest.skip("bubblewrap is not here, or does not work")
    (tmp_path / "secret").write_text("x")
    package = Path(sandbox.PACKAGE)
    checks = [
        f"assert not os.path.exists({str(tmp_path / 'secret')!r})",
        f"assert not os.path.exists({str(package.parent / 'tests')!r})",
        f"assert not os.path.exists({str(package.parent / 'notebooks')!r})",
        f"assert not os.access({str(package / 'data')!r}, os.W_OK)",
        f"try: assert not open({str(package / 'exercises' / 'loading.py')!r}).read()\nexcept OSError: pass",
        "assert len(open('/proc/net/dev').read().splitlines()) == 3",
        "assert len([name for name in os.listdir('/proc') if name.isdigit()]) < 5",
        "assert 'LS_COLORS' not in os.environ and len(os.environ) < 40",
    ]
    row = row_of("class_shares", made.answered({"class_shares": attack("\n".join(checks))}))
    assert row["status"] == "right", row


def test_an_answer_that_draws_at_random_gets_the_same_row_again():
    code = "def class_shares(labels, n_classes):\n    return np.random.default_rng().random(n_classes)"
    rows = [row_of("class_shares", made.answered({"class_shares": code})) for _ in range(2)]
    assert rows[0] == rows[1] and rows[0]["status"] == "wrong"


@pytest.mark.parametrize("name", ["class_shares", "float32_bytes"])
def test_where_the_system_cannot_fork_each_answer_has_a_fresh_process(name, monkeypatch):
    judging.close()
    monkeypatch.setattr(sandbox, "find_way", lambda: sandbox.Way("a fresh process", fork=False))
    assert row_of(name, made.answered())["status"] == "right"
    assert row_of(name, made.answered(made.WRONG))["status"] == "wrong"
    exits = {name: f"import os\nos._exit(3)\n{name} = 1"}
    assert "exit status 3" in row_of(name, made.answered(exits))["sentence"]
    judging.close()


# ---- what travels


def trip(value):
    return wire.decode(json.loads(json.dumps(wire.encode(value))))


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, 3, 2.5, "x", ..., [1, (2, [3.0])], {1: "a"}, np.float32(2.5), np.array(["a", "b"])),
        *(np.arange(6, dtype="uint8").reshape(2, 3).T, np.zeros((0, 3)), float("inf"), 1j),
    ],
    ids=repr,
)
def test_a_plain_value_arrives_as_it_was(value):
    assert values.alike(trip(value), value)


def test_what_is_like_an_array_arrives_as_one_or_can_be_made_one():
    class Tensor:
        dtype, shape = np.dtype("float32"), (2,)

        def __array__(self, dtype=None, copy=None):
            return np.array([1, 2], dtype="float32")

    assert values.alike(trip(Tensor()), np.array([1, 2], dtype="float32"))
    assert trip(range(3)) == [0, 1, 2]
    assert [list(trip(made)) for made in (map(str, [1]), zip([1], "a", strict=True), (n for n in [5]))] == [
        *(["1"], [(1, "a")], [5])
    ]
    assert trip(object()).kind == "object" and repr(trip({1})) == "{1}"


@pytest.mark.parametrize("value", [{"is": "x"}, {"is": "array", "of": "x"}, [{}], {"is": "list", "of": 3}, {}])
def test_what_is_no_value_is_refused(value):
    with pytest.raises(ValueError, match="this is no value"):
        wire.decode(value)


def test_no_pickle_travels():
    data = io.BytesIO()
    np.save(data, np.array([object()]), allow_pickle=True)
    import base64

    with pytest.raises(ValueError, match="this is no value"):
        wire.decode({"is": "array", "of": base64.b64encode(data.getvalue()).decode()})


# ---- several processes


def double(n):
    if n < 0:
        raise ValueError("it is negative")
    if n == 13:
        os._exit(7)
    return 2 * n


def test_a_process_that_dies_costs_its_own_task_only():
    tasks = {str(n): (n,) for n in [1, 2, 13, 3, -1, 4]}
    found = {name: (result, reason) for name, result, reason in processes.run_here(double, tasks, n_processes=2)}
    assert found == {
        **{str(n): (2 * n, "") for n in (1, 2, 3, 4)},
        "13": (None, "its process died, with exit code 7"),
        "-1": (None, "ValueError: it is negative"),
    }


@pytest.mark.nightly
@pytest.mark.slow
@pytest.mark.skipif(bool(why_missing("scaling")), reason="Dask is not installed")
def test_two_hundred_students_on_two_dask_workers_one_of_them_killed(tmp_path, monkeypatch):
    import psutil
    from distributed import Client, LocalCluster

    folder, out = tmp_path / "class", tmp_path / "out"
    answers_of = [nbformat.writes(made.answered(lesson="start_here")), nbformat.writes(made.blank("start_here"))]
    for number in range(200):
        made.hand_in(folder / f"student {number}", answers_of[number % 4 == 0], "00_start_here.ipynb")
    how = {"threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "silence_logs": 50}
    with LocalCluster(n_workers=2, **how) as cluster, Client(cluster) as client:
        victims = list(client.run(os.getpid).values())
        real = records.write_record
        written = []

        def write(*arguments):
            real(*arguments)
            written.append(arguments)
            if len(written) == 20:
                psutil.Process(victims[0]).kill()

        monkeypatch.setattr(records, "write_record", write)
        command.main([str(folder), "--out", str(out), "--scheduler", cluster.scheduler_address])
    found = [statuses(out, f"student {number}", "start_here") for number in range(200)]
    assert found == [["not attempted"] if number % 4 == 0 else ["right"] for number in range(200)]
    assert len(written) == 200


# ---- networks

LAYERS = "keras.Sequential([keras.Input((28, 28, 1)), {}, layers.Flatten(), layers.Dense({}, activation='softmax')])"
NETWORKS = {
    "too many": (LAYERS.format("layers.Conv2D(64, 3)", 10), "wrong", "over the budget"),
    "nine": (LAYERS.format("layers.MaxPooling2D(4)", 9), "wrong", "one number for each class"),
    "a list": ("[1, 2]", "wrong", "this is a list"),
    "color": (LAYERS.format("layers.MaxPooling2D(4)", 10).replace("28, 1", "28, 3"), "wrong", "does not take images"),
    "raises": ("layers.Conv2D(-1, 3)", "error", "It raised ValueError"),
    "exits": ("__import__('os')._exit(1)", "error", "ended its process"),
    "stub": ("...", "not attempted", ""),
    "own layer": (
        LAYERS.format("type('Mine', (layers.Layer,), {'call': lambda self, x: x * 1.0})()", 9),
        *("wrong", "one number for each class"),
    ),
    "a tensor": ("keras.ops.ones(3)", "wrong", "this is a"),
}


@pytest.mark.slow
@pytest.mark.parametrize("number", nightly.by_night([10, 50], [50], name=int))
def test_network_answers_in_a_row_without_a_hang(number):
    names = list(NETWORKS) * 6
    for name in names[: number - 1]:
        code, status, says = NETWORKS[name]
        notebook = made.answered({"small_network": f"def small_network():\n    return {code}"}, "building")
        row = row_of("small_network", notebook)
        assert (name, row["status"]) == (name, status) and says in row["sentence"], row
    assert row_of("small_network", made.answered(lesson="building"))["status"] == "right"


CONVOLVE = "keras.layers.Conv2D(maps.shape[-1], 3, padding='same', activation={})"
BLOCKS = {
    "no ReLU": (
        f"maps + {CONVOLVE.format(None)}({CONVOLVE.format(repr('relu'))}(maps))",
        "wrong",
        "No ReLU follows the sum",
    ),
    "nothing": ("maps", "wrong", "It returns what came in"),
    "a network": ("keras.Model(maps, maps)", "wrong", "this is a network"),
    "raises": ("keras.ops.relu(undefined)", "error", "It raised NameError"),
    "exits": ("__import__('os')._exit(1)", "error", "ended its process"),
    "never ends": ("sum(iter(int, 1))", OUT_OF, "took too long"),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_is_built_where_the_answer_is_and_judged_here(name):
    code, status, says = BLOCKS[name]
    row = row_of(
        "residual_block", made.answered({"residual_block": f"def residual_block(maps):\n    return {code}"}, "deeper")
    )
    assert row["status"] == status and says in row["sentence"], row


def test_a_function_of_a_network_gets_it_where_the_answer_is(monkeypatch):
    """The network is built beside the answer, which gives only names of its layers away."""
    exercise, runner_here = EXERCISES["layers_that_learn"], runner.Answer()
    monkeypatch.setattr(runner, "limit_computing", lambda seconds: None)

    class Process:
        def ask(self, message, seconds):
            return json.loads(json.dumps(runner_here.reply(json.loads(json.dumps(message)))))

    def say(answer):
        runner_here.value = answer
        told = {"signature": [["model", 1, False], ["cut", 1, False]], "is_function": True}
        proxy = judging.Proxy(exercise.name, Process(), told, None, through="stacks")
        return exercise.judge(proxy)

    def learning(model, cut):
        names = [layer.name for layer in model.layers]
        rest = model.layers[names.index(cut) + 1 :]
        return (layer.name for layer in rest if layer.weights and not hasattr(layer, "moving_mean"))

    assert say(learning).status == "right"
    for answer, says in (
        (lambda model, cut: [layer.name for layer in model.layers if layer.weights], "Both are frozen"),
        (lambda model, cut: model.layers, "something of type InputLayer"),
    ):
        said = say(answer)
        assert said.status == "wrong" and says in said.sentence, said


STEP = """def train_step(network, images, labels, optimizer):
    {}
    loss = torch.nn.functional.cross_entropy(network(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()"""
PREDICT = "def predict(network, images):\n    {}"
OF_MODULES = {
    "a right step with an import of its own": (STEP.format("import torch; optimizer.zero_grad()"), "right", "fit"),
    "old gradients count": (STEP.format("pass"), "wrong", "Gradients of earlier steps count"),
    "raises": (STEP.format("network.undefined"), "error", "It raised AttributeError"),
    "exits": (STEP.format("__import__('os')._exit(1)"), "error", "ended its process"),
    "never ends": (STEP.format("sum(iter(int, 1))"), OUT_OF, "took too long"),
    "in training mode": (PREDICT.format("return network(images).argmax(1)"), "wrong", "It computes as in training"),
    "of NumPy": (PREDICT.format("return np.zeros(len(images), int)"), "wrong", "It doesn't ask the network"),
}


@pytest.mark.skipif(not find_spec("torch"), reason="PyTorch is not installed")
@pytest.mark.parametrize("name", OF_MODULES)
def test_a_network_of_pytorch_is_made_where_the_answer_is_and_judged_here(name):
    code, status, says = OF_MODULES[name]
    exercise = "train_step" if code.startswith("def train_step") else "predict"
    row = row_of(exercise, made.answered({exercise: code}, "pytorch"))
    assert row["status"] == status and says in row["sentence"], row


def test_where_pytorch_is_missing_the_row_says_so_and_all_else_is_graded(monkeypatch):
    monkeypatch.setattr(modules, "why_missing", lambda: "the extra 'torch' is not installed: install it")
    cells = cells_of(made.answered(lesson="pytorch"))
    for name in ("train_step", "predict"):
        row, note = judging.judge(EXERCISES[name], cells)
        assert row["status"] == "error" and "PyTorch is not installed where this was graded" in row["sentence"]
        assert note == f"{name}: not judged, since the extra 'torch' is not installed: install it"
    assert row_of("to_torch", made.answered(lesson="pytorch"))["status"] == "right"
    assert row_of("train_step", made.blank("pytorch"))["status"] == "not attempted"


def test_a_record_is_made_again_once_pytorch_is_there(monkeypatch):
    """And only the one of the lesson that needs it."""
    digests = {}
    for missing in ("", "the extra 'torch' is not installed"):
        monkeypatch.setattr(modules, "why_missing", lambda missing=missing: missing)
        records._version.cache_clear()
        for lesson in ("loading", "pytorch"):
            digests.setdefault(lesson, set()).add(records.digest(submissions.Submission("x", lesson, {})))
    records._version.cache_clear()
    assert [len(digests[lesson]) for lesson in ("loading", "pytorch")] == [1, 2]


def test_a_network_is_known_by_the_modules_that_its_text_names():
    from course_utils.publishing.grading.networks import is_of_keras

    layer = {"module": "keras.layers", "class_name": "Dense", "config": {}, "registered_name": None}
    assert is_of_keras(json.dumps({"module": "keras", "class_name": "Sequential", "config": {"layers": [layer]}}))
    for wrong in ({"module": "os"}, {"class_name": "Lambda"}, {"registered_name": "Custom>Mine"}):
        assert not is_of_keras(json.dumps({"config": {"layers": [{**layer, **wrong}]}}))
    assert not is_of_keras("no JSON")


def test_a_function_is_found_in_its_source_and_nothing_is_executed():
    source = "raise SystemExit\ndef f(x): pass\nf = lambda y: y + 1\ng = 3"
    assert judging.find_code(source, "f").co_varnames == ("y",)
    assert judging.find_code("@print\ndef f(x): ...", "f").co_varnames == ("x",)
    assert judging.find_code(source, "g") is None and judging.find_code("def f(", "f") is None
    assert answers.as_python("%%bash\nrm -rf /") == ""
