"""One's own folder of photographs: read upright and in RGB, and whatever is wrong with it is told before training."""

import io
import struct
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest
import rich.console
import rich.progress
from PIL import Image, ImageOps

from course_utils import data

RED, BLUE = (255, 0, 0), (0, 0, 255)


def picture(seed, *, height=12, width=12):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def save(path, array, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    image = array if isinstance(array, Image.Image) else Image.fromarray(array)
    image.save(path, **options)
    return path


@pytest.fixture
def folder(tmp_path):
    """Two classes of three images, 12 × 12, without loss."""
    for number in range(6):
        save(tmp_path / "photos" / ("cracked", "fine")[number // 3] / f"{number}.png", picture(number))
    return tmp_path / "photos"


def refusal(folder):
    with pytest.raises(ValueError, match="photos") as error:
        data.load_folder(folder, size=8)
    return str(error.value)


def test_images_labels_names_and_paths_belong_together(folder):
    for name in (".DS_Store", ".ipynb_checkpoints/x.png", "cracked/.hidden.png", "cracked/THUMBS.DB"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"no image")
    images, labels, names, paths = data.load_folder(str(folder), size=12)
    assert np.array_equal(images, [picture(number) for number in range(6)]) and images.dtype == np.uint8
    assert labels.tolist() == [0, 0, 0, 1, 1, 1] and names == ["cracked", "fine"]
    assert [path.relative_to(folder).as_posix() for path in paths][3:] == ["fine/3.png", "fine/4.png", "fine/5.png"]


def test_the_middle_square_is_kept_or_all_of_it_squeezed(folder):
    wide = np.zeros((12, 36, 3), dtype=np.uint8)
    wide[:, :12], wide[:, 24:] = RED, BLUE
    wide[:, 12:24] = picture(9)
    save(folder / "fine" / "wide.png", wide)
    assert np.array_equal(data.load_folder(folder, size=12).images[-1], picture(9))
    squeezed = data.load_folder(folder, size=12, crop=False).images[-1]
    assert squeezed[5, 1].tolist() == list(RED) and squeezed[5, 10].tolist() == list(BLUE)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_turned_upright_as_its_camera_says(folder, orientation):
    """What a camera stores is the upright picture, turned or mirrored; EXIF says how."""
    upright = picture(9)
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    save(folder / "fine" / "turned.png", np.ascontiguousarray(stored), exif=exif)
    assert np.array_equal(data.load_folder(folder, size=12).images[-1], upright)


def test_gray_16_bit_cmyk_palettes_and_transparency_become_rgb(folder):
    red = Image.new("RGB", (12, 12), RED)
    hole = Image.new("RGBA", (12, 12), (0, 0, 0, 0))
    hole.paste((*RED, 255), (0, 0, 6, 12))
    deep = np.arange(144, dtype=np.uint16).reshape(12, 12) * 455  # to 65,065
    made = {
        "1_gray.png": Image.fromarray(np.full((12, 12), 77, dtype=np.uint8)),
        "2_deep.png": deep,
        "3_deep.tif": deep + 10,
        "4_cmyk.jpg": red.convert("CMYK"),
        "5_palette.gif": Image.new("RGB", (12, 12), BLUE).convert("P"),
        "6_hole.png": hole,
        "7_gray_hole.png": np.where(np.arange(144).reshape(12, 12) < 72, 30000, 60000).astype(np.uint16),
    }
    for name, image in made.items():
        save(folder / "numbers" / name, image, **({"transparency": 30000} if "gray_hole" in name else {}))
    images = data.load_folder(folder, size=12).images[6:]
    assert (images[0] == 77).all()
    assert np.array_equal(images[1], np.repeat((deep // 257).astype("uint8")[..., None], 3, axis=2))
    assert images[2].max() > 250 and images[2].min() == 0
    assert np.abs(images[3].astype(int) - RED).max() < 8 and np.abs(images[4].astype(int) - BLUE).max() < 8
    assert (images[6][:6] == 255).all() and (images[6][6:] == 60000 // 257).all()
    assert images[5][0, 0].tolist() == list(RED) and images[5][0, 11].tolist() == [255, 255, 255]


def test_names_may_be_in_any_script(folder):
    apart = unicodedata.normalize("NFD", "Müll")
    for number, name in enumerate([apart, "裂纹", "трещины"]):
        for copy in range(3):
            save(folder / name / f"ø {copy}.png", picture(10 * number + copy + 10))
    assert data.load_folder(folder).names == ["Müll", "cracked", "fine", "трещины", "裂纹"]


def test_classes_are_numbered_alike_on_every_system(folder, tmp_path):
    """On macOS é may be two letters, which would come before f then; Windows ignores case as it sorts."""
    for number, name in enumerate((unicodedata.normalize("NFD", "été"), "f", "G")):
        for copy in range(3):
            save(tmp_path / "more" / name / f"{copy}.png", picture(10 * number + copy + 10))
    assert data.load_folder(tmp_path / "more").names == ["G", "f", "été"]
    (tmp_path / "more" / "été").mkdir(exist_ok=True)
    if len(list((tmp_path / "more").iterdir())) == 4:  # not on macOS, where the two are one
        with pytest.raises(ValueError, match="two folders have the same name, été"):
            data.load_folder(tmp_path / "more")


@pytest.mark.parametrize("size", [0, -1, 8.0, "8", None, (8, 8), True])
def test_a_size_that_is_none_is_refused(folder, size):
    with pytest.raises(ValueError, match="size must be a whole number of pixels"):
        data.load_folder(folder, size=size)


def test_what_no_reader_expects_is_told_with_the_files_name(folder, monkeypatch):
    """Of EXIF with a text where a number belongs, for one, Pillow 13 raises a struct.error."""

    def exif_transpose(image):
        if image.size == (13, 13):
            raise struct.error("required argument is not an integer")
        return image

    save(folder / "fine" / "odd.png", picture(40, height=13, width=13))
    (folder / "fine" / "phone.jpg").write_bytes(b"\x00\x00\x00\x18ftypheic" + bytes(20))
    save(folder / "fine" / "large.png", picture(41, height=40, width=40))
    save(folder / "fine" / "whole numbers.tif", Image.new("I", (9, 9), 200))
    monkeypatch.setattr(ImageOps, "exif_transpose", exif_transpose)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 500)
    said = refusal(folder).replace("\\", "/")
    assert "- fine/odd.png can't be read: it may be damaged or only partly copied (required argument" in said
    assert "- fine/phone.jpg is HEIC" in said and "- fine/large.png has more pixels than Pillow opens" in said
    assert "- fine/whole numbers.tif holds 32-bit numbers" in said


def test_a_large_photograph_is_read_without_a_warning(folder, monkeypatch, recwarn):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)  # it warns from there to twice as many
    assert len(data.load_folder(folder, size=8).images) == 6 and not recwarn.list


def test_a_folder_that_may_not_be_read_is_told(folder, monkeypatch):
    def iterdir(path):
        raise PermissionError("as macOS does, for what lies on the desktop")

    monkeypatch.setattr(Path, "iterdir", iterdir)
    assert "may not be read: give yourself the right to" in refusal(folder)


def test_all_that_is_wrong_is_told_at_once(folder):
    whole = save(folder / "fine" / "whole.jpg", picture(7, height=200, width=200)).read_bytes()
    (folder / "fine" / "part.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "fine" / "phone.HEIC").write_bytes(b"\x00\x00\x00\x18ftypnext")
    (folder / "fine" / "labels.csv").write_text("file,label")
    (folder / "fine" / "more").mkdir()
    save(folder / "fine" / "fractions.tif", Image.fromarray(np.ones((12, 12), dtype=np.float32)))
    save(folder / "cracked" / "again.png", picture(0))
    save(folder / "cracked" / "same.png", picture(4))
    save(folder / "few" / "1.png", picture(20))
    said = refusal(folder).replace("\\", "/")
    for problem in (
        "- fine/part.jpg can't be read: it may be damaged or only partly copied",
        "- fine/phone.HEIC is HEIC, which Pillow can't read: export it as JPEG",
        "- fine/labels.csv is no image that Pillow can read",
        "- fine/more is a folder in a class's folder",
        "- fine/fractions.tif holds 32-bit numbers",
        "- cracked/again.png and cracked/0.png are the same once cut and scaled, so a test set might know one",
        "- fine/4.png and cracked/same.png are the same once cut and scaled, though in two classes: keep one",
        "- few has 1 image; at least 3 are needed",
    ):
        assert problem in said
    assert said.count("\n- ") == 8


def test_a_long_list_ends_with_how_many_more_there_are(folder):
    for number in range(15):
        (folder / "fine" / f"{number}.txt").write_text("no image")
    assert "- and 5 more" in refusal(folder)


@pytest.mark.parametrize(("n_watched", "shown"), [(7, False), (6, True)])
def test_many_are_read_behind_a_bar_and_few_without_one(folder, monkeypatch, n_watched, shown):
    terminal = rich.console.Console(file=io.StringIO(), force_terminal=True)
    monkeypatch.setattr(rich.progress, "get_console", lambda: terminal)
    monkeypatch.setattr(sys.modules[data.load_folder.__module__], "N_WATCHED", n_watched)
    assert len(data.load_folder(folder, size=8).images) == 6
    assert ("photographs" in terminal.file.getvalue()) == shown


def test_a_class_without_images_is_told(folder):
    (folder / "empty").mkdir()
    assert "- empty has no images; at least 3 are needed" in refusal(folder)


def test_folders_of_another_shape_are_told_what_is_expected(folder, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"a folder for each class.*there is no .*nowhere"):
        data.load_folder(tmp_path / "nowhere")
    (tmp_path / "photos.zip").write_bytes(b"PK")
    with pytest.raises(ValueError, match=r"photos\.zip is a file; unpack it"):
        data.load_folder(tmp_path / "photos.zip")
    (tmp_path / "outer").mkdir()
    folder.rename(tmp_path / "outer" / "photos")
    with pytest.raises(ValueError, match=r"only holds another folder with folders: load .*photos"):
        data.load_folder(tmp_path / "outer")


def test_one_class_none_or_a_file_beside_them(folder, tmp_path):
    save(folder / "loose.png", picture(30))
    assert "loose.png lies beside them and belongs to no class" in refusal(folder)
    with pytest.raises(ValueError, match=r"there are no folders, and files such as 3\.png"):
        data.load_folder(folder / "fine")
    for path in (folder / "cracked").iterdir():
        path.unlink()
    (folder / "cracked").rmdir()
    (folder / "loose.png").unlink()
    assert "there is only the folder 'fine'" in refusal(folder)
