"""The contest of lesson 10: bad files harm nobody, counts are honest, and the leaderboard is in the right order."""

import contextlib
import csv
import io
import json
import shutil
import zipfile

import numpy as np
import pytest
from rich.progress import Progress

from course_utils._tensorflow import keras
from course_utils.data import load_mnist, prepare_images, split_validation
from course_utils.networks import SMALLEST_NETWORK_FILE, build_small_network
from course_utils.publishing import contest
from course_utils.training import OneCycle

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"
)  # Keras's own, with NumPy 2
LAYERS = keras.layers


def network(*layers, size=28):
    return keras.Sequential([keras.Input((size, size, 1)), *layers])


@pytest.fixture
def plain(tmp_path):
    """The simplest entry, a linear one."""
    path = tmp_path / "Anna Muster.keras"
    network(LAYERS.Flatten(), LAYERS.Dense(10)).save(path)
    return path


@pytest.fixture
def few_images(monkeypatch):
    (images, labels), _ = load_mnist()
    _, (held_out, digits) = split_validation(prepare_images(images), labels)
    monkeypatch.setattr(contest, "held_out", lambda: (held_out[:200], digits[:200]))
    return held_out[:200], digits[:200]


def repacked(path, **changes):
    """A Keras file with some of its parts replaced."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, content in (parts | {name.replace("_", "."): text for name, text in changes.items()}).items():
            new.writestr(name, content)


@pytest.mark.numbers
def test_an_entry_is_counted_as_it_answers(plain, few_images):
    images, digits = few_images
    said = contest.judge(plain, seed=3)
    right = keras.models.load_model(plain).predict(images, verbose=0).argmax(axis=1) == digits
    assert (said["parameters"], said["right"], said["n"]) == (7850, right.sum(), 200)
    assert contest.judge(plain, seed=3) == said and 0 <= said["distorted"] <= 200


def test_batch_normalization_counts_with_its_moving_averages(tmp_path, few_images):
    model = build_small_network()
    plain = network(LAYERS.Conv2D(4, 3), LAYERS.BatchNormalization(), LAYERS.GlobalAveragePooling2D(), LAYERS.Dense(10))
    plain.save(tmp_path / "a.keras")
    assert contest.judge(tmp_path / "a.keras")["parameters"] == 40 + 16 + 50
    model.save(tmp_path / "b.keras")  # its layer is the course's own
    with pytest.raises(contest.EntryError, match="isn't Keras's own"):
        contest.judge(tmp_path / "b.keras")


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (lambda: network(LAYERS.Flatten(), LAYERS.Dense(9)), r"are \(None, 28, 28, 1\) and \(None, 9\)"),
        (lambda: network(LAYERS.Flatten(), LAYERS.Dense(10), size=14), r"are \(None, 14, 14, 1\)"),
        (lambda: network(LAYERS.Lambda(lambda x: x), LAYERS.Flatten(), LAYERS.Dense(10)), "no Lambda"),
        (lambda: network(LAYERS.Flatten(), LAYERS.Dense(1500), LAYERS.Dense(10)), "1,192,510 parameters"),
        (lambda: network(LAYERS.MaxPooling2D(14), LAYERS.Flatten(), LAYERS.Dense(5000), LAYERS.Dense(10)), "5000"),
    ],
    ids=["classes", "input", "lambda", "parameters", "width"],
)
def test_what_cannot_take_part_is_told_why(tmp_path, few_images, model, message):
    model().save(tmp_path / "x.keras")
    with pytest.raises(contest.EntryError, match=message):
        contest.judge(tmp_path / "x.keras")


@pytest.mark.parametrize(
    ("layers", "n_listed"),
    [
        ((LAYERS.Rescaling(1.0, offset=[float(n) for n in range(10)]),), 10),
        ((LAYERS.Rescaling(1.0, offset=list(range(10))),), 10),
        ((LAYERS.Reshape((1, 10)), LAYERS.Rescaling([[2.0] * 10]), LAYERS.Flatten()), 10),
        ((LAYERS.Normalization(mean=[0.0] * 10, variance=[1.0] * 10),), 20),
        (
            (
                LAYERS.Reshape((1, 1, 10)),
                LAYERS.ZeroPadding2D(((1, 0), (0, 1))),
                LAYERS.Cropping2D(((1, 0), (0, 1))),
                LAYERS.AveragePooling2D((1, 1), strides=(1, 1)),
                LAYERS.Flatten(),
            ),
            0,
        ),
    ],
    ids=["biases", "integers", "nested", "two lists", "shapes"],
)
def test_numbers_that_a_layer_was_made_with_are_parameters_and_shapes_are_not(tmp_path, few_images, layers, n_listed):
    network(LAYERS.Flatten(), LAYERS.Dense(10), *layers).save(tmp_path / "x.keras")
    assert contest.judge(tmp_path / "x.keras")["parameters"] == 7850 + n_listed


def test_branches_are_no_numbers(tmp_path, few_images):
    pixels = keras.Input((28, 28, 1))
    flat = LAYERS.Flatten()(pixels)
    keras.Model(pixels, LAYERS.Add()([LAYERS.Dense(10)(flat), LAYERS.Dense(10)(flat)])).save(tmp_path / "x.keras")
    assert contest.judge(tmp_path / "x.keras")["parameters"] == 2 * 7850


def how_far(rows, answers):
    """A loss of one's own."""
    return keras.ops.sum(abs(rows - answers))


def test_however_it_was_trained_it_takes_part(tmp_path, few_images):
    model = network(LAYERS.Flatten(), LAYERS.Dense(10))
    model.compile(keras.optimizers.Adam(OneCycle(0.02, 5000)), loss=how_far)
    model.save(tmp_path / "x.keras")
    assert contest.judge(tmp_path / "x.keras")["parameters"] == 7850


def test_weights_that_are_no_numbers_are_told(tmp_path, few_images):
    model = network(LAYERS.Flatten(), LAYERS.Dense(10), LAYERS.ReLU())  # which makes 0 of NaN
    model.set_weights([weight * np.nan for weight in model.get_weights()])
    model.save(tmp_path / "x.keras")
    with pytest.raises(contest.EntryError, match="NaN"):
        contest.judge(tmp_path / "x.keras")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no network at all"])
def test_a_damaged_file_is_told(tmp_path, content):
    (tmp_path / "x.keras").write_bytes(content)
    with pytest.raises(contest.EntryError, match="save it again"):
        contest.judge(tmp_path / "x.keras")


def test_a_file_whose_weights_are_cut_off_or_whose_layer_is_elsewhere_is_told(plain, few_images):
    repacked(plain, model_weights_h5=b"nothing")
    with pytest.raises(contest.EntryError, match="Keras cannot load it"):
        contest.judge(plain)
    with zipfile.ZipFile(plain) as parts:
        config = json.loads(parts.read("config.json"))
    config["config"]["layers"][1] |= {"module": "os", "class_name": "system"}
    repacked(plain, config_json=json.dumps(config))
    with pytest.raises(contest.EntryError, match="isn't Keras's own"):
        contest.judge(plain)


# ---- a class


def test_names_are_those_of_files_or_of_platforms_and_two_alike_are_told_by_their_paths(tmp_path):
    keras_files = ("Anna.keras", "b/anna.keras", "c/net.keras", "d/net.keras", "=1+1.keras", "the course.keras")
    platforms = ("Ben Ü_12_assignsubmission_file_/net.keras", "musteremil_LATE_4711_90210_net-2.keras")
    for name in (*keras_files, *platforms, ".hidden.keras", "__MACOSX/Anna.keras"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    entries = contest.find_entries(tmp_path)
    paths = ("Anna.keras", "b/anna.keras", "c/net.keras", "d/net.keras", "the course.keras")
    wanted = ["=1+1", "Ben Ü", "musteremil", *(f"{path.rpartition('/')[2][:-6]} ({path})" for path in paths)]
    assert sorted(name for name, _, _ in entries) == sorted(wanted) and not any(why for _, _, why in entries)


def test_whatever_cannot_be_an_entry_is_named_and_told_why(tmp_path):
    for name in ("Emil.h5", "Dora.zip", "Folder.keras/config.json", "Huge.keras"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "Huge.keras").write_bytes(bytes(contest.MAX_BYTES + 1))
    (tmp_path / "empty").mkdir()
    with contextlib.suppress(OSError, NotImplementedError):  # Windows may not allow links
        (tmp_path / "Link.keras").symlink_to("Huge.keras")
    said = {name: why for name, _, why in contest.find_entries(tmp_path)}
    assert "hand in what model.save" in said.pop("Emil.h5") and "hand in what model.save" in said.pop("Folder")
    assert "unpack" in said.pop("Dora.zip") and "8 MB" in said.pop("Huge")
    assert "link" in said.pop("Link", "link") and not said


def row(name, parameters, right):
    return contest.row_of(name, f"{name}.keras", {"parameters": parameters, "right": right, "n": 10_000})


def test_the_smallest_that_passes_leads_and_nothing_is_lost(tmp_path):
    rows = [row("a", 900, 9900), row("b|", 1000, 9930), row("c", 2000, 9960), row("d", 1000, 9940)]
    rows.append(contest.row_of("e", "e.keras", {"why": "it is no Keras file"}))
    assert [one["name"] for one in contest.rank(rows)] == ["d", "b|", "c", "a", "e"]
    assert [one["passes"] for one in rows[:4]] == [False, True, True, True]  # 0.9900 is not surely above 0.99
    contest.write_leaderboard(tmp_path, rows)
    text = (tmp_path / "leaderboard.md").read_text(encoding="utf-8")
    assert "| 1 | d | 1,000 | 0.9940 | 0.9923 |\n| 2 | b\\| | 1,000 |" in text
    assert "| 99% not shown | a | 900 |" in text and "- e: it is no Keras file" in text
    table = list(csv.DictReader(io.StringIO((tmp_path / "leaderboard.csv").read_text(encoding="utf-8-sig"))))
    assert (
        [one["name"] for one in table] == ["d", "b|", "c", "a", "e"]
        and table[-1]["why"]
        and table[0]["right"] == "9940"
    )


def test_who_is_as_good_has_the_same_place():
    text = contest.as_markdown(
        contest.rank([row(name, 900, n) for name, n in {"a": 9950, "b": 9950, "c": 9949}.items()])
    )
    assert "| 1 | a |" in text and "| 1 | b |" in text and "| 3 | c |" in text


@pytest.mark.slow
@pytest.mark.numbers
def test_a_class_is_judged_and_goes_on_where_it_was(tmp_path, plain, monkeypatch, capsys):
    folder, out = tmp_path / "class", tmp_path / "out"
    folder.mkdir()
    shutil.copy(plain, folder)
    shutil.copy(plain, folder / "Ben.keras")  # the same file under another name
    (folder / "Carla.keras").write_bytes(b"nothing")
    (folder / "Dora.h5").write_bytes(b"")
    contest.main([str(folder), "--out", str(out)])
    said = capsys.readouterr().out
    assert "above 0.99" in said
    text = (out / "leaderboard.md").read_text(encoding="utf-8")
    assert "Anna Muster | 7,850 | 0." in text and "Ben | 7,850 | 0." in text and "- Carla: it is no Keras file" in text
    assert "- Dora.h5: it is no Keras file: hand in" in text
    about = json.loads(SMALLEST_NETWORK_FILE.with_suffix(".json").read_text(encoding="utf-8"))
    assert f"| the course | {about['parameters']:,} | 0.99" in text
    monkeypatch.setattr(contest.Judge, "_start", lambda self: pytest.fail("judged again"))
    contest.main([str(folder), "--out", str(out)])
    assert (out / "leaderboard.md").read_text(encoding="utf-8") == text


def test_an_entry_that_kills_or_hangs_the_judge_is_named_and_the_next_one_judged(monkeypatch):
    class Pipe:
        def __init__(self, replies):
            self.replies, self.sent = replies, []

        def send_bytes(self, text):
            self.sent.append(json.loads(text))

        def poll(self, seconds):
            return self.replies[0] is not None

        def recv_bytes(self):
            if (reply := self.replies.pop(0)) == b"":
                raise EOFError
            return reply

    pipe, started = Pipe([b"", None, b'{"right": 1}']), []
    monkeypatch.setattr(contest.Judge, "_start", lambda self: started.append(setattr(self, "_pipe", pipe)))
    judge = contest.Judge()
    for entry, why in ((("a", None), "memory"), (("b", 1), "5 minutes")):
        said = judge.ask(*entry)
        assert why in said["why"] and said["again"]
    pipe.replies.pop(0)
    assert judge.ask("c", None) == {"right": 1}
    assert pipe.sent == [["a", None], ["b", 1], ["c", None]]


def test_a_folder_without_entries_is_told(tmp_path, capsys):
    for folder, message in ((tmp_path, "no Keras file"), (tmp_path / "none", "no folder")):
        with pytest.raises(SystemExit):
            contest.main([str(folder)])
        assert message in capsys.readouterr().err


def test_what_may_have_been_the_machines_fault_is_judged_again(tmp_path, monkeypatch):
    (tmp_path / "a.keras").write_bytes(b"")
    said = [{"why": "it takes more than 5 minutes", "again": True}, {"parameters": 9, "right": 9950, "n": 10_000}]
    monkeypatch.setattr(contest.Judge, "ask", lambda self, path, seed: dict(said.pop(0)))
    entries = contest.find_entries(tmp_path)
    rows = [contest.run(tmp_path, entries, tmp_path / "out", None, Progress(disable=True)) for _ in range(3)]
    assert [bool(row.get("passes")) for (row,) in rows] == [False, True, True] and not said


def test_each_class_has_a_leaderboard_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(contest.Judge, "ask", lambda *_: {"parameters": 9, "right": 9950, "n": 10_000})
    for name in ("2026", "2027"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.keras").write_bytes(b"")
        contest.main([name])
        assert (tmp_path / "build" / "contest" / name / "leaderboard.md").is_file()
