"""The smallest network above 99%: judge what a class has handed in, and write the leaderboard.

FOLDER has a Keras file for each entry, `Anna Muster.keras`, in it or in folders of it, whatever these are called. Of
each network, the parameters are counted: all weights, and all numbers in lists that its layers were made with, shapes
apart. Its accuracy on the 10,000 validation images is measured. It passes if the lower end of Wilson's interval is
above 0.99. Of the networks that pass, the one with the fewest parameters wins. The test images are not read. Stopped in
the middle, or with new entries, the command goes on where it was.
"""

import argparse
import contextlib
import hashlib
import json
import multiprocessing
import os
import re
import sys
import unicodedata
import zipfile
from pathlib import Path

from rich.progress import Progress

from course_utils.publishing.grading import networks, sandbox, submissions
from course_utils.publishing.grading.exports import MARK, cell, count, csv_text

OUT = Path("build", "contest")
GOAL = 0.99
MAX_BYTES, MAX_PARAMETERS = 8 * 2**20, 1_000_000
MAX_WIDTH = 4096  # the largest number in a network's description
SHAPES = re.compile("shape|size|strides|padding|cropping|ax[ei]s|dilation|dims|history|_layers")  # of lists of integers
SECONDS, MEMORY = 300.0, 4 * 2**30  # for one network
OURS = "the course"
ABROAD = ("TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer")  # of Keras, with code or files of others in them
PLATFORMS = (submissions.MOODLE, submissions.CANVAS)
COLUMNS = ("name", "parameters", "right", "accuracy", "low", "passes", "distorted", "file", "why")


class EntryError(ValueError):
    """What is wrong with an entry; the message is for its author."""


# ---- one entry


def check_file(path):
    """Look into a Keras file before anything in it is built.

    Returns
    -------
    int
        How many numbers are in lists of its description, beside those that are shapes: parameters by another name.

    Raises
    ------
    EntryError
        If it is no Keras file, or its description names more than Keras's layers.
    """
    try:
        with zipfile.ZipFile(path) as parts:
            if sum(part.file_size for part in parts.infolist()) > 2 * MAX_BYTES:
                raise EntryError(f"what is packed in it has more than {2 * MAX_BYTES // 2**20} MB")
            description = json.loads(parts.read("config.json"))
            description.pop("compile_config", None)  # how it was trained: nothing of that is loaded
            config = json.dumps(description)
    except submissions.BROKEN as error:
        if isinstance(error, EntryError):
            raise
        raise EntryError("it is no Keras file, or damaged: save it again, model.save('NAME.keras')") from None
    if not networks.is_of_keras(config) or any(f'"{name}"' in config for name in ABROAD):
        raise EntryError("it has a layer that isn't Keras's own, or code in it: use layers of keras.layers, no Lambda")
    n_listed = 0
    for name, number, listed in _numbers(description):
        if abs(number) > MAX_WIDTH:
            raise EntryError(f"its description has the number {number:g}: at most {MAX_WIDTH} is read")
        n_listed += listed and not (SHAPES.search(name) and isinstance(number, int))
    return n_listed


def _numbers(description):
    """Each number in a description, with the nearest name above it, and whether it stands in a list."""
    todo = [("", description, False)]
    while todo:
        name, part, listed = todo.pop()
        if isinstance(part, dict):
            todo += ((name, one, False) for name, one in part.items() if name != "shared_object_id")
        elif isinstance(part, list):
            todo += ((name, one, True) for one in part)
        elif isinstance(part, int | float) and not isinstance(part, bool):
            yield name, part, listed


def judge(path, seed=None):
    """Count the parameters of a Keras file, and what it reads of the validation images.

    Parameters
    ----------
    path : str or pathlib.Path
    seed : int, optional
        To distort the images a little, too, and count again.

    Returns
    -------
    dict
        ``parameters``, ``right``, ``n``, and with a seed ``distorted``, how many of the distorted images it reads.

    Raises
    ------
    EntryError
        If it is no network that reads digits.
    """
    n_listed = check_file(Path(path))
    import numpy as np

    from course_utils._tensorflow import keras
    from course_utils.augmentation import distort_images

    try:
        model = keras.models.load_model(path, compile=False, safe_mode=True)
        shapes = (model.input_shape, model.output_shape)
    except Exception as error:  # whatever Keras and h5py raise when a layer, a shape or a bit is wrong
        raise EntryError(f"Keras cannot load it: {type(error).__name__}: {str(error)[:200]}") from None
    if shapes != ((None, 28, 28, 1), (None, 10)):
        wanted = "begin with keras.Input((28, 28, 1)) and end with ten numbers: (None, 28, 28, 1) and (None, 10)"
        raise EntryError(f"its shapes are {shapes[0]} and {shapes[1]}; {wanted}")
    if (n_parameters := model.count_params() + n_listed) > MAX_PARAMETERS:
        raise EntryError(f"it has {n_parameters:,} parameters, at most {MAX_PARAMETERS:,} are read")
    if not all(np.isfinite(weight).all() for weight in model.get_weights()):
        raise EntryError("some of its weights are not numbers (NaN or infinity): did training diverge?")
    images, digits = held_out()
    said = {"parameters": n_parameters, "right": _count_right(model, images, digits), "n": len(digits)}
    if seed is not None:
        options = {"rotation": 6, "shift": 1, "scale": 0.06, "shear": 0.06, "elastic": 0.4}
        said["distorted"] = _count_right(model, distort_images(images, seed=seed, **options), digits)
    return said


def held_out():
    """The validation images, prepared, and their digits."""
    from course_utils.data import load_mnist, prepare_images, split_validation

    (images, labels), _ = load_mnist()
    return split_validation(prepare_images(images), labels)[1]


def _count_right(model, images, digits):
    import numpy as np

    answers = model.predict(images, batch_size=500, verbose=0)
    if not np.isfinite(answers).all():
        raise EntryError("some of its answers are not numbers (NaN or infinity): did training diverge?")
    return int((answers.argmax(axis=1) == digits).sum())


# ---- a process for what strangers have built


def _serve(pipe):
    """Judge files one after the other; what a file does to this process, it does not do to the next one."""
    from course_utils._tensorflow import keras

    held_out()
    keras.utils.disable_interactive_logging()
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    pipe.send_bytes(b"{}")
    while True:
        with contextlib.suppress(EOFError):
            path, seed = json.loads(pipe.recv_bytes())
            try:
                said = judge(path, seed)
            except EntryError as error:
                said = {"why": str(error)}
            except MemoryError:
                said = {"why": "it takes too much memory"}
            except Exception as error:
                said = {"why": f"it cannot be evaluated: {type(error).__name__}: {str(error)[:200]}"}
            pipe.send_bytes(json.dumps(said).encode())
            continue
        return


class Judge:
    """A process that judges; ended and started again where an entry kills it or takes too long."""

    def __init__(self):
        self._process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._end()

    def ask(self, path, seed):
        """What `judge` says of a file, as a dict; with ``why`` where it is not judged, and ``again`` if it may be."""
        try:
            if self._process is None:
                self._start()
            self._pipe.send_bytes(json.dumps([str(path), seed]).encode())
            if self._pipe.poll(SECONDS):
                return json.loads(self._pipe.recv_bytes())
            why = f"it takes more than {SECONDS / 60:.0f} minutes"
        except (EOFError, OSError):
            why = "it ended the process that judges: probably it takes too much memory"
        self._end()
        return {"why": why, "again": True}  # perhaps only as the machine was busy

    def _start(self):
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        self._process = context.Process(target=_serve, args=(other,), daemon=True)
        self._process.start()
        other.close()
        if not self._pipe.poll(sandbox.STARTING):
            raise SystemExit("the process that judges does not start")
        self._pipe.recv_bytes()

    def _end(self):
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._pipe.close()
            self._process = None


# ---- the leaderboard


def find_entries(folder):
    """What a folder and those in it hold, by name: each entry's name and path, and why it cannot be one, if so.

    Names are those of the files, or a learning platform's; where a name repeats, the path tells whose it is.
    """
    found, inside = [], None
    for path in sorted(folder.rglob("*")):
        below = path.relative_to(folder)
        is_file, is_keras = path.is_file(), path.suffix.lower() == ".keras"
        if (inside and path.is_relative_to(inside)) or any(part.startswith((".", "__MACOSX")) for part in below.parts):
            continue
        if not is_file and not (is_keras or path.is_symlink()):
            continue
        inside = path if is_keras and not is_file else inside
        known = next((match for form in PLATFORMS if (match := form.fullmatch(below.parts[0]))), None)
        name = unicodedata.normalize("NFC", known["name"] if known else path.stem if is_keras else path.name)
        why = None
        if path.is_symlink():
            why = "it is a link: only what lies in the folder is read"
        elif path.suffix.lower() == ".zip":
            why = "it is packed: unpack it here, and start the command again"
        elif not is_keras or not is_file:
            why = "it is no Keras file: hand in what model.save('NAME.keras') writes"
        elif (size := path.stat().st_size) > MAX_BYTES:
            why = f"the file has {size / 2**20:.0f} MB, at most {MAX_BYTES // 2**20} are read"
        found.append((" ".join(name.split()) or "(no name)", path, why))
    names = [OURS, *(name.casefold() for name, _, _ in found)]
    where = {path: path.relative_to(folder).as_posix() for _, path, _ in found}
    return [
        (name if names.count(name.casefold()) == 1 else f"{name} ({where[path]})", path, why)
        for name, path, why in found
    ]


def rank(rows):
    """Rows of a leaderboard, those that pass first, the smallest of these first; then by accuracy; then the others."""

    def place(row):
        if "why" in row:
            return (2, 0, row["name"].casefold())
        return (0, row["parameters"], -row["right"]) if row["passes"] else (1, -row["right"], row["parameters"])

    return sorted(rows, key=place)


def row_of(name, file, said):
    """A row of the leaderboard from what the judge said of a file."""
    from course_utils.evaluation import wilson_interval

    row = {"name": name, "file": file} | said
    if "why" not in said:
        row["low"] = wilson_interval(said["right"], said["n"])[0]
        row |= {"accuracy": said["right"] / said["n"], "passes": row["low"] > GOAL}
        if "distorted" in said:
            row["distorted"] = said["distorted"] / said["n"]
    return row


def as_markdown(rows):
    """A leaderboard as Markdown."""

    def text(value):
        return re.sub(r"([\\|`*_<>\[\]])", r"\\\1", str(value))

    judged, others = ([row for row in rows if ("why" in row) == wrong] for wrong in (False, True))
    beyond = any("distorted" in row for row in judged)
    lines = [
        "# The smallest network above 99%",
        "",
        f"Fewest parameters with a lower end of the 95% interval above {GOAL}, on the {10_000:,} validation images.",
        "",
        "| place | name | parameters | accuracy | lower end |" + " distorted |" * beyond,
        "|---|---|---|---|---|" + "---|" * beyond,
    ]
    best = [(row["parameters"], row["right"]) for row in judged if row["passes"]]
    for row in judged:  # who is as good has the same place
        place = best.index((row["parameters"], row["right"])) + 1 if row["passes"] else "99% not shown"
        line = f"| {place} | {text(row['name'])} | {row['parameters']:,} | {row['accuracy']:.4f} | {row['low']:.4f} |"
        lines.append(line + (f" {row['distorted']:.4f} |" if "distorted" in row else " |") * beyond)
    if others:
        lines += [
            "",
            "Not judged:",
            "",
            *(f"- {text(row['name'])}: {text(' '.join(row['why'].split()))}" for row in others),
        ]
    return "\n".join([*lines, ""])


def write(path, text):
    """Write a text, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f"{path.name}.part")
    scratch.write_text(text, encoding="utf-8", newline="")
    os.replace(scratch, path)


def write_leaderboard(out, rows):
    """Write leaderboard.md, and leaderboard.csv with everything that is known of each entry."""
    rows = rank(rows)
    table = [COLUMNS, *([cell(row.get(column, "")) for column in COLUMNS] for row in rows)]
    write(out / "leaderboard.md", as_markdown(rows))
    write(out / "leaderboard.csv", MARK + csv_text(table))


def read_records(path):
    """What was judged in earlier runs, by a file's content; empty if there is nothing, or it is damaged."""
    with contextlib.suppress(OSError, ValueError):
        if isinstance(records := json.loads(path.read_text(encoding="utf-8")), dict):
            return records
    return {}


def run(folder, entries, out, seed, progress):
    """Judge all entries, store each at once, and write the leaderboard."""
    records, rows = read_records(out / "records.json"), []
    task = progress.add_task("judging", total=len(entries))
    with Judge() as judge_:
        for name, path, why in entries:
            said = {"why": why}
            try:
                key = None if why else f"{hashlib.sha256(path.read_bytes()).hexdigest()} {seed}"
                if key and not (said := records.get(key)):
                    said = judge_.ask(path, seed)
                    if not said.pop("again", False):
                        records[key] = said
                        write(out / "records.json", json.dumps(records, indent=1) + "\n")
            except OSError as error:
                said = {"why": f"it cannot be read: {error.strerror}"}
            file = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
            rows.append(row_of(name, file, said))
            progress.advance(task)
    write_leaderboard(out, rows)
    return rank(rows)


def main(arguments=None):
    from course_utils.networks import SMALLEST_NETWORK_FILE

    parser = argparse.ArgumentParser(
        prog="nox -s contest --", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="what the students handed in")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help=f"where it is written (default: the folder's name, in {OUT})"
    )
    parser.add_argument(
        "--distorted",
        type=int,
        metavar="SEED",
        help="measure on slightly distorted validation images, too, in a form that nobody has seen before: against "
        "the rules, somebody may have trained on the validation images as they are, and loses more here than others do",
    )
    options = parser.parse_args(arguments)
    if options.distorted is not None and options.distorted < 0:
        parser.error(f"--distorted must be at least 0, got {options.distorted}")
    if not options.folder.is_dir():
        parser.error(f"no folder {options.folder.absolute()}")
    entries = find_entries(options.folder)
    if all(why for _, _, why in entries):
        parser.error(f"no Keras file in {options.folder}: each entry is a NAME.keras")
    entries.insert(0, (OURS, SMALLEST_NETWORK_FILE, None))
    out = options.out or OUT / options.folder.resolve().name
    try:
        with Progress() as progress:
            rows = run(options.folder, entries, out, options.distorted, progress)
    except KeyboardInterrupt:
        raise SystemExit("stopped; what is judged stays, and the same command goes on from here") from None
    n_passed = sum(row.get("passes", False) for row in rows)
    print(f"{count(len(rows), 'network')}, {n_passed} above {GOAL}; written to {out}")


if __name__ == "__main__":
    main()
