"""The solar cells are those of the package, bit for bit, and anything else is refused with its cure."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course_utils import data
from course_utils.extras import MissingExtraError, why_missing

if reason := why_missing("cells"):
    pytest.skip(reason, allow_module_level=True)

import elpv_dataset.utils

FOLDER = Path(elpv_dataset.utils.__file__).parent / "data"


@pytest.fixture(scope="module")
def cells():
    return data.load_cells()


def test_images_probabilities_and_kinds_are_those_of_the_files(cells):
    images, probabilities, kinds = cells
    rows = list(csv.reader((FOLDER / "labels.csv").read_text().splitlines(), delimiter=" ", skipinitialspace=True))
    assert images.shape == (2624, 300, 300) and images.dtype == np.uint8
    assert probabilities.tolist() == [float(row[1]) for row in rows]
    assert kinds.tolist() == [row[2].strip() for row in rows]
    for index in range(0, 2624, 97):
        with Image.open(FOLDER / rows[index][0]) as image:
            assert np.array_equal(images[index], image), rows[index][0]


def test_what_its_paper_counts(cells):
    _, probabilities, kinds = cells
    assert np.allclose(np.unique(probabilities), [0, 1 / 3, 2 / 3, 1], atol=1e-9)
    assert [int(np.isclose(probabilities, k / 3).sum()) for k in range(4)] == [1508, 295, 106, 715]
    assert {kind: int((kinds == kind).sum()) for kind in ("mono", "poly")} == {"mono": 1074, "poly": 1550}


def test_the_order_of_the_cells_tells_as_many_modules_as_their_package_names(cells):
    images, _, kinds = cells
    modules = data.guess_modules(kinds)
    sizes = np.bincount(modules)
    assert len(sizes) == 44 and sizes.min() == 48 and sizes.max() == 72 and (sizes == 60).sum() == 40
    assert np.flatnonzero(sizes != 60).tolist() == [20, 31, 36, 40]  # in the middle of their runs
    assert (np.diff(modules) >= 0).all()
    assert all(len(set(kinds[modules == module])) == 1 for module in range(44))
    # A module is photographed at once, so its cells are about as bright as each other. If the borders are moved away
    # from where the guess has them, they differ more.
    means = images.mean(axis=(1, 2))

    def difference(groups):
        return sum(means[groups == group].var() * (groups == group).sum() for group in range(44))

    differences = {shift: difference(np.roll(modules, shift)) for shift in range(-30, 31, 3)}
    assert min(differences, key=differences.get) == 0
    assert differences[0] < 0.9 * min(differences[-12], differences[12])


def changed(cells, **others):
    return tuple((dict(zip(("images", "probabilities", "kinds"), cells, strict=True)) | others).values())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda cells: cells[:2], "cannot be read, is it damaged"),
        (lambda cells: changed(cells, images=cells[0][1:]), r"images of elpv-dataset must be uint8 of shape \(2624"),
        (lambda cells: changed(cells, images=cells[0].astype("int16")), "must be uint8 .* got int16"),
        (lambda cells: changed(cells, images=cells[0] ^ np.uint8(1)), "images of elpv-dataset aren't the exp.*SHA-256"),
        (lambda cells: changed(cells, probabilities=cells[1][::-1]), "probabilities of elpv-dataset aren't the exp"),
        (lambda cells: changed(cells, kinds=cells[2][::-1]), "kinds of elpv-dataset aren't the exp"),
    ],
)
def test_other_cells_are_refused_with_the_cure(cells, monkeypatch, change, message):
    monkeypatch.setattr(elpv_dataset.utils, "load_dataset", lambda: change(cells))
    with pytest.raises(ValueError, match=f"{message}.*pip install --force-reinstall --no-deps elpv-dataset"):
        data.load_cells()


def test_a_file_that_got_lost_is_named_with_the_cure(monkeypatch):
    def load_dataset():
        raise FileNotFoundError("cell0001.png")

    monkeypatch.setattr(elpv_dataset.utils, "load_dataset", load_dataset)
    with pytest.raises(ValueError, match=r"is it damaged\? \(cell0001.png\); install it again"):
        data.load_cells()


def test_without_the_extra_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr("course_utils.extras.wrong_packages", lambda extra: ["elpv-dataset is missing"])
    with pytest.raises(MissingExtraError, match=r"the extra 'cells' is not installed .*pip install -e"):
        data.load_cells()
