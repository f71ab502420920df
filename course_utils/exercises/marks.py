"""Which exercises are done, and what was answered in quizzes: a small file on this machine, never sent anywhere.

It is .cnn_course/progress.json in the home directory, or the file that the environment variable CNN_COURSE_PROGRESS
names; it is worth nothing but what it shows. Where it cannot be written, marks last as long as the kernel, and where it
cannot be read, it is kept beside the new one as .bak. Both are said.
"""

import codecs
import json
import os
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from course_utils.language import say

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
    import msvcrt

RENAMED = {  # an exercise's older name -> its name of today, so that its mark and its answer are kept
    "slope_bytes": "gradient_bytes",
}
LOCK_SECONDS = 10.0  # writing takes milliseconds

_this_kernel = set()
_answers_here = {}


def path():
    """Where the marks are kept; never a link, which writing would replace."""
    chosen = os.environ.get("CNN_COURSE_PROGRESS") or "~/.cnn_course/progress.json"
    return Path(os.path.realpath(os.path.expanduser(chosen)))  # in quotes, a shell leaves the ~ as it is


def _stored():
    """What the file holds, under names of today: done, quiz, and whatever else; ValueError if that cannot be read."""
    try:
        raw = path().read_bytes()
    except FileNotFoundError:
        return {"done": [], "quiz": {}}
    is_utf16 = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))  # as some editors and shells write it
    try:
        stored = json.loads(raw.decode("utf-16" if is_utf16 else "utf-8-sig"))
        done, quiz = stored["done"], stored.setdefault("quiz", {})
        if not isinstance(done, list) or not all(isinstance(name, str) for name in done) or not isinstance(quiz, dict):
            raise ValueError
        names = [name.rpartition(".") for name in done]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ValueError(f"expected JSON as this course writes it in {path()}, found something else") from None
    return stored | {"done": [lesson + dot + RENAMED.get(exercise, exercise) for lesson, dot, exercise in names]}


def read():
    """The names of all exercises that are done, as ``lesson.exercise``."""
    try:
        return set(_stored()["done"]) | _this_kernel
    except (OSError, ValueError):
        return set(_this_kernel)


def read_answers():
    """The first and the last answer to each question of a quiz: ``{"loading.1": ("a", "c")}``, questions from 1."""
    try:
        stored = _stored()["quiz"]
    except (OSError, ValueError):
        stored = {}
    return {name: tuple(answers) for name, answers in (_answers_here | stored | _lasting(stored)).items()}


def _lasting(stored):
    """The answers of this kernel, after the first one that was stored."""
    return {name: [stored.get(name, answers)[0], answers[1]] for name, answers in _answers_here.items()}


def add(name):
    """Mark an exercise as done, beside what this and other kernels marked before; return what to say of the file."""
    _this_kernel.add(name)
    return _write()


def add_answer(name, letters):
    """Keep an answer to a question, as ``("loading.1", "c")``; return what to say of the file."""
    _answers_here[name] = [_answers_here.get(name, [letters])[0], letters]
    return _write()


def _write():
    """Bring the file up to date; return what to say if that went otherwise than it should."""
    file, said = path(), ""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with _lock(file.with_name(f".{file.name}.lock")):
            try:
                before = _stored()
            except ValueError:
                kept = _keep(file)
                said = say(
                    "{file} could not be read. It is kept as {kept}, and a new one begins.", file=file, kept=kept.name
                )
                before = {"done": [], "quiz": {}}
            done = sorted({*before["done"], *_this_kernel})
            now = before | {"done": done, "quiz": before["quiz"] | _lasting(before["quiz"])}
            if said or now != before:
                _replace(file, json.dumps(now, indent=1) + "\n")
    except OSError as error:
        return say(
            "kept only as long as this kernel lives: {file} cannot be written ({reason}).",
            file=file,
            reason=error.strerror or error,
        )
    return said


def _keep(file):
    """Move a file out of the way, to a name that is free."""
    kept, number = file.with_name(file.name + ".bak"), 1
    while kept.exists():
        number += 1
        kept = file.with_name(f"{file.name}.bak{number}")
    os.rename(file, kept)
    return kept


@contextmanager
def _lock(lock):
    """Hold a lock file, so that two kernels do not both read, and then the later one forget the earlier one's marks.

    The system lets go of it when whoever holds it ends.
    """
    until = time.monotonic() + LOCK_SECONDS
    with open(lock, "a+b") as held:
        while True:
            try:
                _hold(held)
                break
            except (BlockingIOError, PermissionError):
                if time.monotonic() > until:
                    raise OSError("another program holds it") from None
                time.sleep(0.01)
            except OSError:
                break  # a network folder that knows no locks
        yield  # closing the file lets go


def _hold(held):
    if fcntl:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    else:
        held.seek(0)
        msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)


def _replace(file, text):
    """Write a file whole or not at all: readers see the old one or the new one, never half of it."""
    handle, scratch = tempfile.mkstemp(dir=file.parent, prefix=file.name, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.replace(scratch, file)
    except OSError:
        with suppress(OSError):
            os.unlink(scratch)
        raise
