"""Find the students in a folder, what each of them handed in, and the notebook of a lesson among that.

A folder of folders, or of zips, has a student in each. The exports of two learning platforms are known by the names
that these give:

- Moodle, *Download all submissions*: ``Anna Muster_12345_assignsubmission_file_/01_loading.ipynb``, in folders or with
  the two parts in one name; with blind marking every student is a ``Participant``.
- Canvas, *Download Submissions*: ``musteranna_LATE_4711_90210_01_loading-2.ipynb``, the numbers of the student and of
  the file; LATE, or nothing; a number before the ending where the file was handed in again.

Nothing is unpacked: zips are read in memory, a file at a time, and each up to a size. Links are not followed.
"""

import contextlib
import io
import json
import os
import re
import stat
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from course_utils.exercises import engine, lessons
from course_utils.publishing.grading.answers import Cell

MAX_BYTES = 100 * 2**20  # of a notebook, or of a zip in a zip
MAX_FILES = 20_000  # of a student
MAX_DEPTH = 3  # zips in zips
MOODLE = re.compile(r"(?P<name>[^/]+?)_(?P<id>\d+)_assignsubmission_[a-z]+(?:_(?P<file>.*))?")
CANVAS = re.compile(r"(?P<name>[^_/]+)_(?P<late>LATE_)?(?P<id>\d+)_(?P<number>\d+)_(?P<file>.+)")
IGNORED = {"__MACOSX", "__pycache__", "node_modules", "site-packages", "Thumbs.db", "desktop.ini"}
BROKEN = (OSError, ValueError, KeyError, TypeError, RuntimeError, NotImplementedError, EOFError, AttributeError)
BROKEN += (zipfile.BadZipFile, zlib.error, RecursionError, MemoryError, IndexError)


class UnreadableError(ValueError):
    """What is wrong with a file; the message is for its author, and those who grade it."""


class DownloadError(ValueError):
    """Two downloads are in one folder, or one and something else; the message is for the instructor."""


@dataclass
class File:
    """Something that was handed in; `read` gives its bytes, or raises."""

    path: str  # below the student's folder, zips like folders; the whole one where that would name two files
    read: object
    trouble: str = ""  # why it is not looked at
    order: int = 0  # Canvas counts what is handed in
    late: bool | None = None
    saved: str = ""  # when, in local time, ISO; empty if nobody knows
    submitted: str = ""  # the same, but of a zip in a zip it is that zip's: the platform wrote it, not the student


@dataclass
class Student:
    """A student with all that was handed in."""

    name: str
    ids: dict = field(default_factory=dict)
    files: list = field(default_factory=list)


@dataclass
class Submission:
    """What a student handed in for one lesson."""

    student: str
    lesson: str
    ids: dict
    file: str = ""  # the notebook's path; empty if there is none
    cells: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    late: bool | None = None
    submitted: str = ""  # when, in local time, ISO; empty if nobody knows
    choice: str = ""  # which of several notebooks was taken, and why
    unreadable: str = ""  # why the notebook cannot be read


# ---- files


def _is_ignored(path):
    return any(part.startswith(".") or part in IGNORED for part in PurePosixPath(path).parts)


def _plain(name):
    """A name as text that can be printed, written the same way on every system."""
    text = os.fsencode(name).decode("utf-8", "replace") if isinstance(name, str) else str(name)
    return unicodedata.normalize("NFC", text)


def _read_path(path):
    with open(path, "rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"it is larger than {MAX_BYTES // 2**20} MB")
    return data


def _in_folder(folder, below=""):
    """The files in a folder, zips opened; links and what is no file are named and left alone."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        path = f"{below}{_plain(entry.name)}"
        if _is_ignored(path):
            continue
        about = entry.stat(follow_symlinks=False)
        mode, saved = about.st_mode, _local_time(about.st_mtime)
        if stat.S_ISLNK(mode):
            yield File(path, None, "it is a link, and links are not followed")
        elif stat.S_ISDIR(mode):
            yield File(f"{path}/", None)  # even an empty one is a student's
            try:
                yield from _in_folder(entry.path, f"{path}/")
            except (OSError, RecursionError) as error:
                yield File(path, None, f"the folder cannot be read ({_reason(error)})")
        elif stat.S_ISREG(mode):
            file = File(path, lambda where=entry.path: _read_path(where), saved=saved, submitted=saved)
            yield from _opened(file, 0, entry.path)


def _opened(file, depth, on_disk=None):
    """A file, or the files in it if it is a zip; a zip is opened again for each file that is read."""
    if not file.path.lower().endswith(".zip"):
        yield file
        return

    def open_zip():
        return zipfile.ZipFile(on_disk or io.BytesIO(file.read()))

    try:
        if depth >= MAX_DEPTH:
            raise UnreadableError("a zip in a zip in a zip")
        with open_zip() as archive:
            entries = sorted(archive.infolist(), key=lambda info: info.filename)
        if len(entries) > MAX_FILES:
            raise UnreadableError(f"more than {MAX_FILES} files in it")
        yield File(f"{file.path}/", None)  # even an empty one is a student's
        for info in entries:
            yield from _entry(info, open_zip, f"{file.path}/", depth + 1, "" if on_disk else file.submitted)
    except BROKEN as error:
        yield File(file.path, None, f"it cannot be opened ({_reason(error)})")


def _entry(info, open_zip, below, depth, submitted):
    """An entry of a zip; its name is a label and nothing else, so it can lead nowhere."""
    name = info.filename
    if not info.flag_bits & 0x800:  # not said to be UTF-8, but macOS writes UTF-8 all the same
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    parts = [part for part in _plain(name).replace("\\", "/").split("/") if part not in ("", ".", "..")]
    path = below + "/".join(parts)
    if info.is_dir() or not parts or _is_ignored("/".join(parts)):
        return
    if stat.S_ISLNK(info.external_attr >> 16):
        yield File(path, None, "it is a link, and links are not followed")
    else:
        saved = _local_time(info.date_time)
        file = File(path, lambda: _read_entry(open_zip, info), saved=saved, submitted=submitted or saved)
        yield from _opened(file, depth)


def _local_time(time):
    """The time of a file, or of an entry in a zip (where 1980 stands for none), as text; empty if it has none."""
    try:
        moment = datetime(*time) if isinstance(time, tuple) else datetime.fromtimestamp(int(time))
    except (ValueError, OverflowError, OSError):
        return ""
    return moment.isoformat() if moment.year > 1980 else ""


def _read_entry(open_zip, info):
    with open_zip() as archive, archive.open(info) as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"it is larger than {MAX_BYTES // 2**20} MB")
    return data


def _reason(error):
    """Why a file cannot be read, in plain words; Python's own say nothing to those who read a report."""
    if isinstance(error, UnreadableError):
        return str(error)
    if isinstance(error, MemoryError):
        return "it is too large"
    if isinstance(error, OSError):
        return error.strerror or "the system cannot read it"
    if isinstance(error, (RuntimeError, NotImplementedError)):
        return "it has a password, or is packed in a way that is not common"
    return "it is damaged, or no zip"


# ---- students


def find_students(folder):
    """The students in a folder, by name, with what each of them handed in.

    Parameters
    ----------
    folder : str or Path
        A folder of folders or of zips, a Moodle or a Canvas export, or one zip with any of these.

    Returns
    -------
    list of Student

    Raises
    ------
    NotADirectoryError
        If there is no such folder, and no such zip.
    DownloadError
        If there is a platform's export in it, beside something else: its numbers hold for one assignment.
    """
    folder = Path(folder)
    if folder.is_dir():
        files = list(_in_folder(folder))
    elif folder.is_file() and zipfile.is_zipfile(folder):
        files = list(_opened(File(folder.name, None), 0, folder))
    else:
        raise NotADirectoryError(f"expected a folder, or a zip, with what the students handed in; found none: {folder}")
    found, places = {}, {}
    unwrapped = list(_unwrapped(files))
    if download := _download([path for path, _ in unwrapped]):
        raise DownloadError(
            f"{folder} holds {download}, which is a download of all submissions, beside something else; grade each "
            "download with a command of its own and the same --out"
        )
    for path, file in unwrapped:
        if known := _whose(path, folder.stem, bool(file.trouble)):
            name, ids, inner, more = known
            student = found.setdefault((name, *ids.items()), Student(name, ids))
            if (inner and not path.endswith("/")) or file.trouble:
                file.path, file.order, file.late = inner or path, more.get("order", 0), more.get("late")
                student.files.append(file)
                places.setdefault((id(student), file.path), []).append((file, path))
    for same in places.values():
        for file, path in same if len(same) > 1 else ():  # a folder and a zip of one name, or Canvas's versions
            file.path = path
    students = list(found.values())
    names = [student.name.casefold() for student in students]
    for student, name in zip(students, names, strict=True):
        if student.ids and (names.count(name) > 1 or name == "participant"):
            student.name = f"{student.name} ({next(iter(student.ids.values()))})"
    return sorted(students, key=lambda student: (student.name.casefold(), student.name))


def _unwrapped(files):
    """All files with their paths, without a folder or zip around the whole that is no student's."""
    paths = [file.path for file in files]
    while True:
        first, second = ({path.split("/")[level] for path in paths if path.count("/") >= level} for level in (0, 1))
        is_export = any(MOODLE.fullmatch(part) or CANVAS.fullmatch(part) for part in second)
        is_class = bool(first) and next(iter(first)).lower().endswith(".zip") and _are_students(paths)
        if len(first) != 1 or not (is_export or is_class):
            return zip(paths, files, strict=True)
        kept = [(path.partition("/")[2], file) for path, file in zip(paths, files, strict=True) if "/" in path]
        paths, files = [path for path, _ in kept], [file for _, file in kept]


def _download(paths):
    """The folder or zip in which all that lies is named as a platform names it, for two students at least."""
    inside = {}
    for first, _, rest in (path.partition("/") for path in paths):
        if rest and not (MOODLE.fullmatch(first) or CANVAS.fullmatch(first)):
            inside.setdefault(first, set()).add(rest.partition("/")[0])
    for first, parts in inside.items():
        moodle, canvas = ([form.fullmatch(part) for part in parts] for form in (MOODLE, CANVAS))
        if all(moodle) or (all(canvas) and len({match["name"] for match in canvas}) > 1):
            return first
    return None


def _are_students(paths):
    """Whether the folders in a single zip are a student's each: two of them at least have a notebook of one name."""
    inside = [path.split("/")[1:] for path in paths if path.count("/") >= 2]
    names = [parts[-1] for parts in {(parts[0], parts[-1]): parts for parts in inside}.values()]
    return any(names.count(name) > 1 and NOTEBOOK.search(name) for name in names)


def _whose(path, whole, has_trouble):
    """Whose file it is: (name, numbers by which the platform knows the student, path, more); None if nobody's."""
    first, _, rest = path.partition("/")
    if moodle := MOODLE.fullmatch(first):
        inner = "/".join(part for part in (moodle["file"], rest) if part)
        return _tidy(moodle["name"]), {"moodle": moodle["id"]}, inner, {}
    if canvas := CANVAS.fullmatch(first):
        inner = "/".join(part for part in (canvas["file"], rest) if part)
        more = {"order": int(canvas["number"]), "late": canvas["late"] is not None}
        return _tidy(canvas["name"]), {"canvas": canvas["id"]}, inner, more
    if "/" in path:
        return _tidy(re.sub(r"(?i)\.zip$", "", first)), {}, rest, {}
    if NOTEBOOK.search(first):  # loose notebooks are told apart by what else is in their names
        stem = NOTEBOOK.sub("", first)
        lesson = _named_lesson(first)
        own = re.sub(rf"(?i)\d*[\s_-]*{lesson}.*$" if lesson else r"\d+.*$", "", stem).strip(" _-")
        return _tidy(own or whole), {}, first, {}
    if re.search(r"(?i)\.zip$", first) or (has_trouble and not PurePosixPath(first).suffix):
        return _tidy(re.sub(r"(?i)\.zip$", "", first)), {}, "", {}
    return None


def _tidy(name):
    return re.sub(r"[\x00-\x1f\x7f]", "?", name).strip() or "?"


# ---- notebooks

NOTEBOOK = re.compile(r"(?i)\.ipynb(\.(txt|json))?$")
MAX_SOURCE = 5_000_000  # characters of all cells


def read_notebook(data):
    """The cells of a notebook, and its metadata.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    list of answers.Cell, dict

    Raises
    ------
    UnreadableError
        If it is no notebook, with the reason.
    """
    text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace")
    if not text.strip():
        raise UnreadableError("it is empty")
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"it is not a notebook: it breaks off or is damaged at line {error.lineno}") from None
    except (RecursionError, ValueError):
        raise UnreadableError("it is not a notebook: a value in it is too large or nested too deeply") from None
    if not (isinstance(content, dict) and isinstance(content.get("nbformat"), int)):
        raise UnreadableError("it is not a notebook: it does not say which version of the format it has (nbformat)")
    if content["nbformat"] < 4:
        import nbformat  # it takes a second, and only old notebooks need it

        try:
            content = nbformat.convert(nbformat.from_dict(content), 4)
        except Exception:  # its converters do not look at what they get, so anything may come
            raise UnreadableError("it is not a notebook: its old format cannot be converted") from None
    if not isinstance(content.get("cells"), list):
        raise UnreadableError("it is not a notebook: it has no list of cells")
    cells = [_cell(cell, number) for number, cell in enumerate(content["cells"], start=1)]
    if sum(len(cell.source) for cell in cells) > MAX_SOURCE:
        raise UnreadableError("its cells are too large")
    metadata = content.get("metadata")
    return cells, metadata if isinstance(metadata, dict) else {}


def _cell(cell, number):
    """A cell as it is read from a file."""
    source = cell.get("source") if isinstance(cell, dict) else None
    lines = [source] if isinstance(source, str) else source
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise UnreadableError(f"it is not a notebook: its cell {number} has no text (source)")
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return Cell(
        "".join(lines), [str(tag) for tag in tags] if isinstance(tags, list) else [], str(cell.get("cell_type"))
    )


def _named_lesson(name):
    """The lesson whose name is in a file's name; None if there is none."""
    stem = NOTEBOOK.sub("", name).lower()
    found = [lesson for lesson in engine.all_exercises() if re.search(rf"(?<![a-z]){lesson}(?![a-z])", stem)]
    return found[-1] if found else None


def find_lesson(name, cells, metadata):
    """Which lesson a notebook is: by its name and its exercises, by what the course wrote into it, by its title.

    Returns
    -------
    str or None
    """
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    counts = {}
    for lesson, exercises in engine.all_exercises().items():
        names = "|".join(exercise.name for exercise in exercises)
        found = re.findall(rf"(?m)^[ \t]*(?:#[ \t]*)?exercise\.({names})\b|^(?:def )?({names})[ \t]*[(=:]", code)
        counts[lesson] = len({one or other for one, other in found})
    named, most = _named_lesson(name), max(counts.values())
    if named and (counts[named] or not most):
        return named
    if most and list(counts.values()).count(most) == 1:
        return max(counts, key=counts.get)
    course = metadata.get("cnn_course")
    stubs = course.get("stubs") if isinstance(course, dict) else None
    for lesson, exercises in engine.all_exercises().items():
        if isinstance(stubs, dict) and stubs and set(stubs) <= {exercise.name for exercise in exercises}:
            return lesson
    titles = {line.strip("# ") for cell in cells for line in cell.source.splitlines() if line.startswith("# ")}
    return next((lesson for lesson in engine.all_exercises() if lessons.read_title(lesson) in titles), named)


def _version(file):
    """What orders the versions of a notebook: the platform's number, the time, and if these do not tell, the name."""
    stem = NOTEBOOK.sub("", PurePosixPath(file.path).name)
    new, copy = re.search(r"_new_(\d+)", stem), re.search(r"(?i)(?:-|\(|_v|copy\s*)(\d+)\)?$|(copy)\)?$", stem)
    number = int(copy[1][:9]) if copy and copy[1] else int(copy is not None)
    name = int(new[1][:9]) if new else 1, number, -file.path.count("/"), file.path
    return file.order, file.saved, name


def take(student):
    """The submissions of a student, one for each lesson of which there is a notebook, and what is to be noted of all.

    Returns
    -------
    dict
        ``{lesson: Submission}``.
    notes : list of str
    broken : str
        Why a file cannot be read of which nobody knows what it is; empty if there is none.
    """
    found, notes, others, broken = {}, [], [], ""
    for file in sorted(student.files, key=lambda file: file.path):
        if file.trouble:
            notes.append(f"{file.path}: {file.trouble}")
            broken = broken or (notes[-1] if file.path.lower().endswith(".zip") else "")
        elif not NOTEBOOK.search(file.path):
            others.append(file.path)
        else:
            name = PurePosixPath(file.path).name
            try:
                cells, metadata = read_notebook(file.read())
            except BROKEN as error:
                lesson, reason = _named_lesson(name), f"{file.path} cannot be read: {_reason(error)}"
                notes += [] if lesson else [reason]
                broken = broken or ("" if lesson else reason)
                candidate = (False, False, *_version(file)), file, [], reason
            else:
                lesson, reason = find_lesson(name, cells, metadata), ""
                is_stored = any("solution" in cell.tags for cell in cells)
                candidate = (True, not is_stored, *_version(file)), file, cells, reason
                notes += [] if lesson else [f"{file.path} is none of the course's lessons"]
            if lesson:
                found.setdefault(lesson, []).append(candidate)
    if others and not found:
        more = f" and {len(others) - 5} more" if len(others) > 5 else ""
        notes.append(f"handed in, but no notebook: {', '.join(others[:5])}{more}")
    return {lesson: _latest(student, lesson, found[lesson]) for lesson in found}, notes, broken


CHOICES = (  # why a notebook is taken, in the order in which it is decided
    "which can be read",
    "which is not the course's own",
    "the latest by the platform's number",
    "the newest file",
    "the latest by its name",
)


def _latest(student, lesson, candidates):
    *others, (order, file, cells, unreadable) = sorted(candidates, key=lambda candidate: candidate[0])
    more = {"late": file.late, "submitted": file.submitted, "unreadable": unreadable}
    submission = Submission(student.name, lesson, student.ids, file.path, cells, **more)
    if others:
        why = next(why for why, one, next_best in zip(CHOICES, order, others[-1][0], strict=True) if one != next_best)
        paths = ", ".join(sorted(other.path for _, other, _, _ in others))
        submission.choice = f"handed in {len(candidates)} times; taken was {file.path}, {why}, not {paths}"
        submission.notes.append(submission.choice)
    if (named := _named_lesson(PurePosixPath(file.path).name)) and named != lesson:
        submission.notes.append(
            f"{file.path} is named after the lesson {named}, but its exercises are those of {lesson}"
        )
    if cells and not any("exercise" in cell.tags for cell in cells):
        submission.notes.append("its tags were lost; the answers were found by their names")
    return submission
