"""The committee: members that are each tested on what they have not seen, a student, and the test images, once."""

import dataclasses
import itertools

import numpy as np
import pytest
from in_turn import Killed, in_turn

from course_utils import networks, results
from course_utils.bench import committee
from course_utils.data import prepare_images
from course_utils.results import read_result

pytestmark = [pytest.mark.numbers, pytest.mark.slow]
ALL = [*(("member", index) for index in range(10)), *(("student", seed) for seed in range(3)), "costs", "test"]
WEIGHTS = [np.zeros(3, dtype="float16")]
RUN = {"n_correct": 5, "n_held_out": 6, "loss": 0.1, "seconds": 1.0}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The bench in a folder of its own; nothing is stored there yet."""
    monkeypatch.setattr(networks, "COMMITTEE_FOLDER", tmp_path / "networks")
    for load in (networks.load_committee, networks.load_distilled_networks):
        monkeypatch.setattr(load, "__defaults__", (tmp_path / "networks",))
    monkeypatch.setattr(committee, "KEPT", tmp_path / "kept")
    from course_utils.bench import ladder

    for module in (results, committee, ladder):
        monkeypatch.setattr(module, "RESULTS", tmp_path)
    return tmp_path


@pytest.fixture
def small(folder, monkeypatch, mnist):
    """Beside it, a small MNIST."""
    (images, labels), (test_images, test_labels) = mnist
    monkeypatch.setattr(
        committee, "load_mnist", lambda: ((images[:200], labels[:200]), (test_images[:40], test_labels[:40]))
    )
    return folder


def stand_in(monkeypatch, may_train=100):
    """Trainings that cost nothing, and a kill when as many are made as may be; returns the list of what was made."""
    made = []

    def make(what, result):
        if len(made) == may_train:
            raise Killed
        made.append(what)
        return dict(result)

    trained = RUN | {"weights": WEIGHTS}
    test = {"n_correct": [9] * 10, "committee": 10, "students": [9, 8, 9]}
    in_turn(monkeypatch)
    monkeypatch.setattr(committee, "train_member", lambda recipe, index: make(("member", index), trained))
    monkeypatch.setattr(committee, "teach_round", lambda number: number)
    monkeypatch.setattr(committee, "train_student", lambda seed, rounds: make(("student", seed), trained))
    monkeypatch.setattr(committee, "measure_costs", lambda recipes, images, rows: make("costs", {"3": {}}))
    monkeypatch.setattr(committee, "read_test", lambda: make("test", test))
    return made


def test_members_by_hand():
    three = 9 * (32 + 32 * 48 + 48 * 64 + 64 * 64 + 64 * 128 + 128 * 128) + 4 * (32 + 48 + 64 + 64 + 128 + 128)
    five = 25 * (32 + 32 * 64 + 64 * 64 + 64 * 96) + 4 * (32 + 64 + 64 + 96)
    seven = 49 * (32 + 32 * 48 + 48 * 96) + 4 * (32 + 48 + 96)
    heads = {3: 2 * 2 * 128, 5: 2 * 2 * 96, 7: 96}
    for size, body in {3: three, 5: five, 7: seven}.items():
        member = networks.build_member_network(kernel_size=size, dropout=0.1)
        assert member.count_params() == body + 10 * (heads[size] + 1)
        assert {layer.kernel_size for layer in member.layers if hasattr(layer, "kernel_size")} == {(size, size)}
        assert [layer.rate for layer in member.layers if hasattr(layer, "rate")] == [0.1]
    with pytest.raises(ValueError, match="one of 3, 5, 7, got 4"):
        networks.build_member_network(kernel_size=4)


def test_members_differ_and_each_kernel_meets_each_strength():
    recipes = [committee.member_recipe(index) for index in range(committee.N_MEMBERS)]
    kinds = [(recipe.options["kernel_size"], recipe.distort["rotation"]) for recipe in recipes]
    assert set(kinds[:9]) == set(itertools.product((3, 5, 7), (7.5, 10, 12.5)))
    assert all(recipe.build == "build_member_network" and recipe.peak for recipe in recipes)


def test_each_image_is_held_out_once(small):
    (all_images, all_labels), _ = committee.load_mnist()
    prepared = prepare_images(all_images)
    held_out = []
    for fold in range(10):
        (images, labels), (left_out, answers) = committee.leave_out(fold)
        assert (len(images), len(labels), len(left_out), len(answers)) == (180, 180, 20, 20)
        held_out += [image.tobytes() for image in left_out]
        places = [prepared.reshape(200, -1).tolist().index(image.ravel().tolist()) for image in left_out]
        assert (all_labels[places] == answers).all()
    assert sorted(held_out) == sorted(image.tobytes() for image in prepared)


def test_the_student_hears_its_images_round_after_round():
    rounds = [
        (np.full((8, 2, 2, 1), 10 * number, "uint8") + np.arange(8, dtype="uint8")[:, None, None, None], said)
        for number, said in ((1, np.eye(10)[:8].astype("float16")), (2, np.eye(10)[2:].astype("float16")))
    ]
    chosen = np.array([0, 2, 3, 5, 7])
    batches = committee.taught_batches(rounds, chosen, batch_size=2, seed=0)
    seen = [next(batches) for _ in range(8)]  # two whole batches of a round's five images; then the next round
    numbers = [np.rint(255 * images[:, 0, 0, 0]).astype(int) for images, _ in seen]
    assert [set(each // 10) for each in numbers] == [{1}, {1}, {2}, {2}] * 2
    assert all(set(each % 10) <= set(chosen) for each in numbers)
    assert all(len(set(np.r_[first, second])) == 4 for first, second in zip(numbers[::2], numbers[1::2], strict=True))
    for each, (images, said) in zip(numbers, seen, strict=True):
        assert images.dtype == said.dtype == "float32"
        assert (said.argmax(axis=1) == each % 10 + 2 * (each // 10 - 1)).all()


def test_a_round_is_what_the_members_say_together_and_is_kept(small, monkeypatch):
    asked = []

    class Member:
        def __init__(self, said):
            self.said = said

        def predict(self, images, **options):
            asked.append((images.shape, images.dtype, images.min() >= 0, 0.9 < images.max() <= 1))
            return np.tile(self.said, (len(images), 1))

    monkeypatch.setattr(networks, "load_committee", lambda: [Member([0.25, 0.75]), Member([0.75, 0.25])])
    images, said = committee.teach_round(0)
    assert images.shape == (200, 28, 28, 1) and images.dtype == "uint8" and (said == 0.5).all()
    assert asked == [((200, 28, 28, 1), "float32", True, True)] * 2
    again, other = committee.teach_round(0)[0], committee.teach_round(1)[0]
    assert len(asked) == 4 and (again == images).all() and (other != images).any()


@pytest.mark.parametrize("kills", [[0], [3, 7], [10, 1, 2], [14]])
def test_it_goes_on_where_a_kill_stopped_it(folder, monkeypatch, kills, capsys):
    made = []
    for may_train in kills:
        now = stand_in(monkeypatch, may_train)
        with pytest.raises(Killed):
            committee.measure()
        made += now
        assert not (folder / "test_readings.json").exists()
    now = stand_in(monkeypatch)
    committee.measure()
    assert [what for what in made + now if what != "costs"] == [what for what in ALL if what != "costs"]
    made = stand_in(monkeypatch, 0)
    committee.measure()
    assert made == [] and "all members together: 10" in capsys.readouterr().out
    assert len(read_result("test_readings")["committee_readings"]) == 1
    assert {path.name for path in (folder / "networks").iterdir()} == {f"{kind}-{n}.npz" for kind, n in ALL[:13]}


def test_another_member_is_another_committee_and_another_reading(folder, monkeypatch):
    stand_in(monkeypatch)
    committee.measure()
    (folder / "kept").mkdir()
    usual = committee.member_recipe
    longer = {4: dataclasses.replace(usual(4), epochs=30)}
    monkeypatch.setattr(committee, "member_recipe", lambda index: longer.get(index) or usual(index))
    made = stand_in(monkeypatch)
    committee.measure()
    assert made == [ALL[4], *ALL[10:]] and not (folder / "kept").exists()
    assert [run["member"] for run in read_result("committee")["members"]] == list(range(10))
    assert len(read_result("test_readings")["committee_readings"]) == 2


def test_another_student_is_not_another_committee(folder, monkeypatch):
    stand_in(monkeypatch)
    committee.measure()
    (folder / "kept").mkdir()
    monkeypatch.setattr(committee, "STUDENT", dataclasses.replace(committee.STUDENT, epochs=3))
    made = stand_in(monkeypatch)
    committee.measure()
    assert made == ALL[10:] and (folder / "kept").exists()


def test_small_members_and_students_for_real(small, monkeypatch):
    """One epoch on 180 images; what is counted is what the stored file says."""
    how = {"epochs": 1, "batch_size": 30, "bfloat16": False}
    for index in (0, 1):
        recipe = dataclasses.replace(committee.member_recipe(index), **how)
        run = committee.train_member(recipe, index)
        committee.keep(
            networks.COMMITTEE_FOLDER / f"member-{index}.npz",
            run["weights"],
            kernel_size=recipe.options["kernel_size"],
        )
        held_out, answers = committee.leave_out(index)[1]
        said = networks.load_committee()[index].predict(held_out, verbose=0)
        assert run["n_correct"] == (said.argmax(axis=1) == answers).sum() and run["n_held_out"] == 20
    monkeypatch.setattr(committee, "STUDENT", dataclasses.replace(committee.STUDENT, **how))
    run = committee.train_student(0, [committee.teach_round(number) for number in (0, 1)])
    committee.keep(networks.COMMITTEE_FOLDER / "student-0.npz", run["weights"])
    assert len(networks.load_committee()) == 2 and len(networks.load_distilled_networks()) == 1
    test, (_, (images, labels)) = committee.read_test(), committee.load_mnist()
    said = [member.predict(prepare_images(images), verbose=0) for member in networks.load_committee()]
    assert test["committee"] == (np.mean(said, axis=0).argmax(axis=1) == labels).sum()
    assert test["n_correct"] == [(one.argmax(axis=1) == labels).sum() for one in said]


@pytest.mark.parametrize("load", [networks.load_committee, networks.load_distilled_networks])
def test_missing_and_damaged_networks_are_named(tmp_path, load):
    with pytest.raises(FileNotFoundError, match=r"-0\.npz, found no such file; restore it"):
        load(tmp_path)
    for kind in ("member", "student"):
        committee.keep(tmp_path / f"{kind}-0.npz", WEIGHTS)
    with pytest.raises(ValueError, match="cannot be read as weights of a trained network"):
        load(tmp_path)


# ---- what is stored with the course


def test_a_stored_member_reads_as_the_result_says():
    run = read_result("committee")["members"][0]
    images, answers = committee.leave_out(run["member"])[1]
    said = networks.load_committee()[0].predict(images, batch_size=500, verbose=0)
    assert len(answers) == run["n_held_out"]
    assert abs((said.argmax(axis=1) == answers).sum() - run["n_correct"]) <= 2  # other processors round otherwise


def test_stored_committee_is_whole():
    result = read_result("committee")
    assert [run["member"] for run in result["members"]] == list(range(committee.N_MEMBERS))
    assert [run["student"] for run in result["students"]] == list(range(committee.STUDENT.n_seeds))
    assert len(networks.load_committee()) == len(result["test"]["n_correct"]) == committee.N_MEMBERS
    assert len(networks.load_distilled_networks()) == len(result["test"]["students"]) == committee.STUDENT.n_seeds
    assert set(result["costs"]) == {*map(str, committee.KERNEL_SIZES), "original network", "student"}
    assert sum(run["n_held_out"] for run in result["members"]) == 60_000


def test_stored_committee_is_of_the_recipes_of_today():
    result = read_result("committee")
    for run in result["members"]:
        assert run["recipe"] == committee.describe(committee.member_recipe(run["member"]))
    assert result["student"] == committee.describe(committee.STUDENT)


def test_stored_test_is_the_last_reading():
    result, reading = read_result("committee"), read_result("test_readings")["committee_readings"][-1]
    about = {name: result[name] for name in ("command", "machine", "versions", "precision", "student")}
    assert reading == about | {"members": [run["recipe"] for run in result["members"]]} | result["test"]


@pytest.mark.nightly
def test_stored_networks_read_the_test_images_as_the_result_says():
    now, stored = committee.read_test(), read_result("committee")["test"]
    for name, counts in stored.items():
        assert np.max(np.abs(np.subtract(now[name], counts))) <= 3  # other processors round otherwise
