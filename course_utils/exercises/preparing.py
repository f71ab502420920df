"""Exercises and quiz of lesson 02, Preparing the data."""

import numpy as np

from course_utils.exercises import report, values
from course_utils.exercises.calling import Wrong
from course_utils.exercises.engine import function, judged
from course_utils.exercises.quiz import Question, Quiz

LESSON = 2


def _images(*shape, low=0, high=256, dtype="uint8"):
    return np.random.default_rng(len(shape)).integers(low, high, size=shape, dtype=dtype)


@function(
    cases={
        "two images of 3 × 4 pixels, with the pixels 1 to 12 and 13 to 24": (
            np.moveaxis(np.arange(1, 25).reshape((2, 3, 4)), 0, -1).copy(),
        ),
        "a stack of 4 images of 2 × 3 pixels": (_images(2, 3, 4),),
        "3 images of 3 × 3 pixels": (_images(3, 3, 3),),
        "a single image of 3 × 2 pixels": (_images(3, 2, 1),),
        "5 images of 1 × 3 pixels": (_images(1, 3, 5),),
        "3 images of 2 × 1 pixels, in uint16, as many microscopes save them": (
            _images(2, 1, 3, high=65536, dtype="uint16"),
        ),
        "2 images of 2 × 2 pixels, in float32, with fractions": (
            np.array([[[0.5, 0.25], [3, 0]], [[0.75, 2.5], [1, 0.125]]], dtype="float32"),
        ),
        "2 images of a single pixel, in float64": (np.array([[[0.5, 1.5]]]),),
        "twelve images of 2 × 2 pixels": (_images(2, 2, 12),),
    },
    shows="`reshape` counts numbers off in index order, whatever the axes mean; to put an axis in another place takes "
    "`moveaxis` or `transpose`.",
    hints=[
        "The shape that comes out is right, so look at the numbers: which of them belong to image 0 at the start?",
        "`stack[:, :, 0]` is image 0. An axis has to move from the end to the front, and `reshape` moves none.",
        "`np.moveaxis(stack, source, destination)` moves one axis. After that, only the channel axis is missing.",
    ],
    words={"stack": "height, width, n"},
)
def images_first(stack):
    """A stack of images of shape (height, width, n), as an array of shape (n, height, width, 1)."""
    return np.stack([stack[:, :, number, None] for number in range(stack.shape[2])])


@images_first.given
def _scrambling(stack):
    height, width, n = stack.shape
    return stack.reshape((n, height, width, 1))


images_first.mistake(
    "Each image is mirrored: its rows became columns. Move only the last axis; rows stay before columns.",
    lambda stack: stack.T[..., None],
)
images_first.mistake(
    "`reshape` counts the numbers off in their old order, whatever lengths you give it, so each image gets numbers of "
    "all images. An axis has to move.",
    lambda stack: stack.reshape((stack.shape[2], stack.shape[1], stack.shape[0], 1)),
)
images_first.mistake(
    "The images are moved to the front, but the channel axis is missing at the end: (n, height, width, 1).",
    lambda stack: np.moveaxis(stack, -1, 0),
)
images_first.mistake(
    "The last axis still counts the images. It must become the first.",
    lambda stack: stack[..., None],
)
images_first.mistake(
    "`reshape` moves no axis, in whatever order it counts the numbers off. An axis has to move.",
    lambda stack: stack.reshape((stack.shape[2], *stack.shape[:2], 1), order="F"),
)
images_first.mistake(
    "The columns were moved to the front, and the images are still counted by an axis after them. Move the last axis.",
    lambda stack: np.moveaxis(stack, 1, 0)[..., None],
)
images_first.mistake(
    "The columns were moved to the end. Move the last axis to the front.",
    lambda stack: np.swapaxes(stack, 1, 2)[..., None],
)
for place in (0, -1):
    images_first.mistake(
        "All images are the same one. Each takes its own place on the last axis: `stack[:, :, number]`.",
        lambda stack, place=place: np.stack([stack[:, :, place, None]] * stack.shape[2]),
    )
images_first.mistake(
    "The images come in reverse order: the last one first.",
    lambda stack: np.moveaxis(stack, -1, 0)[::-1, ..., None],
)
images_first.mistake(
    "The values changed: as bytes, whatever is above 255 starts over at 0, and fractions are lost. Keep the type of "
    "`stack`.",
    lambda stack: np.moveaxis(stack, -1, 0)[..., None].astype("int64") % 256,
)
images_first.mistake(
    "The fractions are lost: the values became integers. Keep the type of `stack`.",
    lambda stack: np.moveaxis(stack, -1, 0)[..., None].astype("int64"),
)
images_first.mistake(
    "The values are divided by 255. Here they are only put in another order.",
    lambda stack: np.moveaxis(stack, -1, 0)[..., None] / 255,
)
images_first.mistake(
    "The channel axis comes before rows and columns. It belongs at the end: (n, height, width, 1).",
    lambda stack: np.moveaxis(stack, -1, 0)[:, None],
)
images_first.mistake(
    "The channel axis comes first; it belongs at the end: (n, height, width, 1).",
    lambda stack: np.moveaxis(stack, -1, 0)[None],
)
images_first.mistake(
    "The axis of the rows was moved to the end. Move the last one to the front.",
    lambda stack: np.moveaxis(stack, 0, -1)[..., None],
)


@function(
    cases={
        "three labels of four classes": (np.array([2, 0, 2]), 4),
        "a class that no label names": (np.array([0, 1, 1]), 5),
        "as many labels as classes, in uint8": (np.array([2, 0, 1], dtype="uint8"), 3),
        "more labels than classes": (np.array([1, 0, 1, 1, 0]), 2),
        "a single label": (np.array([2]), 3),
        "a single class": (np.array([0, 0]), 1),
        "labels in order, and no class 0": (np.array([1, 2, 2, 3], dtype="int16"), 4),
        "twelve classes, more than MNIST's ten": (np.array([11, 4, 10]), 12),
        "16 labels of 17 classes in uint8, for more numbers than it can count": (
            np.arange(16, 0, -1, dtype="uint8"),
            17,
        ),
        "300 classes, more than a uint8 can number": (np.array([299, 43, 0]), 300),
    },
    shows="The label only says which column gets the 1. So any two classes are equally far apart, and a 9 is not "
    "more than a 4.",
    hints=[
        "Start with zeros, one row for each label and one column for each class. How many 1s will there be in a row?",
        "Go through the labels with `enumerate`: it gives you the row, and the label is the column.",
        "`rows[np.arange(len(labels)), labels] = 1` sets one number in each row at once. What must `rows` be "
        "before that?",
    ],
    words={"labels": "one number for each row", "n_classes": "the number of columns"},
    errors={"IndexError": "Rows go from 0 to `len(labels) - 1`, and columns from 0 to `n_classes - 1`."},
)
def one_hot(labels, n_classes):
    """One row for each label: 1 in the label's column, 0 elsewhere."""
    return np.eye(n_classes)[labels]


one_hot.mistake(
    "Rows and columns are swapped: one row for each label, one column for each class.",
    lambda labels, n_classes: np.eye(n_classes)[:, labels],
)
one_hot.mistake(
    "The columns are off by one: classes count from 0, so label 0 has its 1 in column 0.",
    lambda labels, n_classes: np.eye(n_classes)[np.asarray(labels, dtype=int) - 1],
)
one_hot.mistake(
    "The columns are off by one: classes count from 0, so label 0 has its 1 in column 0, not in column 1.",
    lambda labels, n_classes: np.eye(n_classes + 1)[np.asarray(labels, dtype=int) + 1][:, :n_classes],
)


@one_hot.mistake(
    "Whole rows are 1, those whose numbers are among the labels: `rows[labels] = 1` does so. Each row gets a single 1: "
    "it takes two indices, the row and the label's column.",
)
def _whole_rows(labels, n_classes):
    rows = np.zeros((len(labels), n_classes))
    rows[labels] = 1
    return rows


one_hot.mistake(
    "The 1 and the 0 are swapped: the label's column gets the 1.",
    lambda labels, n_classes: 1 - np.eye(n_classes)[labels],
)
one_hot.mistake(
    "The label's column holds the label itself. It must hold a 1, whatever the label is.",
    lambda labels, n_classes: np.eye(n_classes)[labels] * np.asarray(labels)[:, None],
)
one_hot.mistake(
    "The number of columns comes from the largest label. It must be `n_classes`, even if the last class never occurs.",
    lambda labels, n_classes: np.eye(max(labels) + 1)[labels],
)
one_hot.mistake(
    "Every row has the 1s of all labels. Either `rows[:, labels] = 1` set whole columns, or `[[0] * n] * m` made one "
    "row and repeated it m times.",
    lambda labels, n_classes: np.tile(np.isin(np.arange(n_classes), labels), (len(labels), 1)),
)
one_hot.mistake(
    "That is the row of a single label. There must be one row for each.",
    lambda labels, n_classes: np.eye(n_classes)[labels[-1]],
)
one_hot.mistake(
    "Each row is cumulative: it holds 1s up to the label's column. Only that column gets a 1.",
    lambda labels, n_classes: np.arange(n_classes) <= np.asarray(labels)[:, None],
)
one_hot.mistake(
    "Each row holds 1s before the label's column, and 0 in it. Only the label's column gets a 1.",
    lambda labels, n_classes: np.arange(n_classes) < np.asarray(labels)[:, None],
)
one_hot.mistake(
    "There are always ten columns, as for MNIST. There must be `n_classes` of them.",
    lambda labels, n_classes: np.arange(10) == np.asarray(labels)[:, None],
)
one_hot.mistake(
    "The 1s go down the diagonal, whatever the labels are. A row's 1 belongs in its label's column.",
    lambda labels, n_classes: np.eye(len(labels), n_classes),
)
one_hot.mistake(
    "That is one row for each class. There must be one row for each label.",
    lambda labels, n_classes: np.eye(n_classes),
)
one_hot.mistake(
    "There is one row for each label that occurs, in increasing order. There must be one for each label, in the order "
    "of `labels`.",
    lambda labels, n_classes: np.eye(n_classes)[np.unique(labels)],
)
one_hot.mistake(
    "That is a single row with the 1s of all labels. There must be one row for each label.",
    lambda labels, n_classes: np.isin(np.arange(n_classes), labels),
)
one_hot.mistake(
    "Those are the counts of the classes, the sum of all rows. Return the rows.",
    lambda labels, n_classes: np.bincount(labels, minlength=n_classes),
)
one_hot.mistake(
    "All rows are in one. The shape must be (number of labels, `n_classes`).",
    lambda labels, n_classes: np.eye(n_classes)[labels].ravel(),
)
one_hot.mistake(
    "The columns are in reverse order. Column 0, on the left, belongs to class 0.",
    lambda labels, n_classes: np.eye(n_classes)[labels][:, ::-1],
)
one_hot.mistake(
    "The rows are in reverse order. The first label has the first row.",
    lambda labels, n_classes: np.eye(n_classes)[labels][::-1],
)
one_hot.mistake(
    "The rows are in order of their labels' size. They must be in the order of `labels`.",
    lambda labels, n_classes: np.eye(n_classes)[np.sort(labels)],
)
one_hot.mistake(
    "All 1s are in the first row. Each label has a row of its own.",
    lambda labels, n_classes: (np.arange(len(labels)) == 0)[:, None] & np.isin(np.arange(n_classes), labels),
)


@one_hot.mistake(
    "The two indices are swapped: the label was taken for the row. The place of the label is the row, and the label is "
    "the column.",
)
def _swapped_indices(labels, n_classes):
    rows = np.zeros((len(labels), n_classes))
    rows[labels, np.arange(len(labels))] = 1
    return rows


one_hot.mistake(
    "Each row holds 1s from the label's column on. Only that column gets a 1.",
    lambda labels, n_classes: np.arange(n_classes) >= np.asarray(labels)[:, None],
)
one_hot.mistake(
    "Each row holds the 1s of all rows before it, too. Begin each with new zeros.",
    lambda labels, n_classes: np.maximum.accumulate(np.eye(n_classes)[labels]),
)
one_hot.mistake(
    "All numbers are 0: no 1 was set. Does the comparison use `==`, and is the result stored?",
    lambda labels, n_classes: np.zeros((len(labels), n_classes)),
)


@function(
    cases={
        "two images": (_images(2, 28, 28),),
        "a single image": (_images(1, 28, 28),),
        "five images, the darkest pixel 100": (_images(5, 28, 28, high=101),),
        "three images, all paper": (np.zeros((3, 28, 28), dtype="uint8"),),
        "two images without paper, the lightest pixel 50": (_images(2, 28, 28, low=50),),
        "an image with all 256 gray values": (np.arange(784).reshape((1, 28, 28)).astype("uint8"),),
        "as many images as rows": (_images(28, 28, 28),),
        "four images, all ink": (np.full((4, 28, 28), 255, dtype="uint8"),),
    },
    dtype="float32",
    shows="One axis, one type, one range: this is what the networks of this course read, for any number of images.",
    hints=[
        "Three steps: the channel axis, the type, the range. Which of them can come first, and which must not?",
        "For the axis, use `images[..., None]`, or `reshape` with `len(images)` for the first number.",
        "`astype` sets the type; only then divide, and always by the same number, the largest that a byte can hold.",
    ],
    words={"images": "n, 28, 28"},
    errors=dict.fromkeys(
        ("UFuncTypeError", "_UFuncOutputCastingError"),
        "A byte holds no fractions, so an array of bytes can't be divided in place: make float32 of it first.",
    ),
)
def prepare(images):
    """Images of shape (n, 28, 28) in uint8, as float32 in [0, 1] of shape (n, 28, 28, 1)."""
    return np.divide(images, 255.0)[:, :, :, np.newaxis]


prepare.mistake("The range is missing: divide by 255.", lambda images: images[..., None].astype("float32"))
prepare.mistake(
    "A byte's largest value is 255, not 256. Divided by 256, the darkest ink never becomes 1.",
    lambda images: images[..., None] / 256,
)
prepare.mistake(
    "It divides by the largest pixel of these very images. The same gray would get another number in the next call: "
    "always divide by 255.",
    lambda images: images[..., None] / images.max(),
)
prepare.mistake(
    "Each image is divided by its own largest pixel. The same gray would get another number in another image: always "
    "divide by 255.",
    lambda images: (images / images.max(axis=(1, 2), keepdims=True))[..., None],
)
prepare.mistake(
    "The lightest pixel of these images became 0 and the darkest 1. The same gray would get another number in the next "
    "call: subtract nothing, and always divide by 255.",
    lambda images: ((images - images.min().astype(float)) / (images.max() - images.min()))[..., None],
)
prepare.mistake(
    "That is standardized: the mean became 0 and the standard deviation 1. The range asked for is 0 to 1: divide by "
    "255.",
    lambda images: ((images - images.mean()) / images.std())[..., None],
)
prepare.mistake(
    "Gray is lost: the lighter pixels became 0 and the darker ones 1. Each gray keeps its own number between 0 and 1.",
    lambda images: (images > 127)[..., None],
)
prepare.mistake(
    "Gray is lost: all that isn't paper became 1. Each gray keeps its own number between 0 and 1.",
    lambda images: (images > 0)[..., None],
)
prepare.mistake(
    "It is divided by 255 twice, so the darkest ink is no longer 1.", lambda images: images[..., None] / 255 / 255
)
prepare.mistake(
    "Rows and columns are swapped: each image is mirrored. Only a new axis is needed, none moves.",
    lambda images: images.transpose(0, 2, 1)[..., None] / 255,
)
prepare.mistake(
    "The numbers are rounded to two decimal places, so different grays became equal.",
    lambda images: np.round(images / 255, 2)[..., None],
)
prepare.mistake("The channel axis is missing: the shape must be (n, 28, 28, 1).", lambda images: images / 255)
prepare.mistake(
    "The channel axis comes before rows and columns. In this course it comes last: (n, 28, 28, 1).",
    lambda images: images[:, None] / 255,
)
for shape in ((28, 28, 1, -1), (1, 28, 28, -1)):
    prepare.mistake(
        "The images are counted by the last axis. They must be counted by the first: (n, 28, 28, 1).",
        lambda images, shape=shape: images.reshape(shape) / 255,
    )
prepare.mistake(
    "The first axis should count the images, and the pixels of an image should keep rows and columns, not stand in one "
    "row: (n, 28, 28, 1).",
    lambda images: images.reshape((len(images), -1)) / 255,
)
prepare.mistake("That is the first image alone. Prepare all of them.", lambda images: images[:1, ..., None] / 255)
prepare.mistake(
    "Integers were divided, or the quotient was turned into integers: only paper, 0, and full ink, 1, are left. "
    "Convert to float32 first, then divide with `/`.",
    lambda images: (images // 255)[..., None],
)
prepare.mistake("Ink and paper are swapped. Keep 0 for paper.", lambda images: 1 - images[..., None] / 255)
prepare.mistake("The range asked for is 0 to 1, and this is -1 to 1.", lambda images: images[..., None] / 127.5 - 1)


def _numbered(n, *, shape=(2, 3), in_order=False):
    """Images that all differ, and labels of four classes."""
    images = np.arange(n * np.prod(shape)).reshape((n, *shape))
    labels = np.random.default_rng(n).integers(0, 4, n)
    return images, np.sort(labels) if in_order else labels


_FLOATS = np.linspace(0, 1, 48, dtype="float32").reshape((12, 2, 2, 1))
_BYTES = np.arange(12, dtype="uint8")


def _validation_images(result):
    return sorted(np.asarray(image).tobytes() for image in result[1][0])


@judged(
    cases={
        "40 images, 10 for validation": (*_numbered(40), 10, 0),
        "the same images, another seed": (*_numbered(40), 10, 1),
        "40 images, 30 for validation": (*_numbered(40), 30, 5),
        "300 images in the order of their classes, half for validation": (*_numbered(300, in_order=True), 150, 1),
        "3 images, 1 for validation": (*_numbered(3), 1, 2),
        "9 images, all but one for validation": (*_numbered(9), 8, 3),
        "12 images with a channel axis in float32, labels of uint8, 5 for validation": (_FLOATS, _BYTES % 10, 5, 7),
    },
    unlike="Every `seed` gives the same split. Make `rng` from `seed`.",
    unlike_by=_validation_images,
    shows="Each image is in exactly one of the two sets, with its own label: the leak is closed.",
    hints=[
        "Split a few numbered images and print which ones come out: `split(np.arange(10), np.arange(10), 3, seed=0)`.",
        "Is any image in both sets? Each call of `permutation` shuffles again. How many shuffles does a split need?",
        "Shuffle once: `order = rng.permutation(len(images))`. Then cut this one order in two.",
    ],
    words={"images": "all images", "labels": "one number for each image"},
)
def split(result, images, labels, n_validation, seed):
    """Training and validation sets, drawn at random, as (images, labels), (validation_images, validation_labels)."""
    parts = dict(zip(("training", "validation"), _pairs(result), strict=True))
    for name, (part_images, part_labels) in parts.items():
        if len(part_images) != len(part_labels):
            look = f"The {name} set has {len(part_images)} images and {len(part_labels)} labels. Is the order of the "
            raise Wrong(
                look
                + "four arrays right? Each set is a pair: `(images, labels), (validation_images, validation_labels)`."
            )
    training, validation = (_places(images, part_images, name) for name, (part_images, _) in parts.items())
    sizes, asked = [len(training), len(validation)], [len(images) - n_validation, n_validation]
    details = {
        label: f"{n} for training and {n_of_validation} for validation"
        for label, (n, n_of_validation) in {"expected": asked, "got": sizes}.items()
    }
    if both := sorted(set(training) & set(validation)):
        look = f"It leaks: {len(both)} of the images are in both sets, for example number {both[0]}. "
        raise Wrong(
            look + "A network that was trained on a validation image has seen the answer.",
            expected="no image in both sets",
            got=f"{len(both)} in both",
        )
    for name, places in (("training", training), ("validation", validation)):
        if len(set(places)) < len(places):
            twice = next(place for place in places if places.count(place) > 1)
            look = f"Image number {twice} is in the {name} set more than once. Draw without replacement, as a "
            raise Wrong(look + "permutation does.", **details)
    if sizes != asked:
        swapped = " Training and validation are swapped." if sizes[::-1] == asked else ""
        lost = " Some images are in neither." if sum(sizes) < len(images) else ""
        raise Wrong(f"The sets don't have the sizes asked for.{swapped}{lost}", **details)
    for (name, (_, part_labels)), places in zip(parts.items(), (training, validation), strict=True):
        if not values.same(labels[places], part_labels, tolerance=0):
            raise Wrong(
                f"Images and labels no longer belong together in the {name} set. Pick both by the same order.",
                expected=f"the labels of its images: {report.describe(labels[places])}",
                got=report.describe(part_labels),
            )
    if len(images) >= 300:
        for name, places in (("training", training), ("validation", validation)):
            if lacking := sorted(set(labels.tolist()) - set(labels[places].tolist())):
                look = (
                    f"Here the images are sorted by class, and the {name} set lacks class {lacking[0]}: draw at random."
                )
                raise Wrong(look, **details)
        if len(set(np.diff(sorted(validation)))) == 1:
            raise Wrong("The validation images are picked at regular distances: draw at random.", **details)


def _pairs(result):
    """The result as two pairs of arrays, or Wrong."""
    try:
        (images, labels), (validation_images, validation_labels) = result
    except (TypeError, ValueError):
        raise Wrong("It must return two pairs: `(images, labels), (validation_images, validation_labels)`.") from None
    parts = {
        "the array of the training images": images,
        "the array of the training labels": labels,
        "the array of the validation images": validation_images,
        "the array of the validation labels": validation_labels,
    }
    arrays = [values.as_numbers(part, name) for name, part in parts.items()]
    if any(array.ndim == 0 for array in arrays):
        raise Wrong("It must return two pairs of arrays, and one of the four is a single number.")
    return (arrays[0], arrays[1]), (arrays[2], arrays[3])


def _places(images, part, name):
    """The place in `images` of each image of a set, which must be one of them, to the last pixel."""
    if len(part) == 0:
        return []
    if part.shape[1:] != images.shape[1:]:
        look = f"An image of the {name} set has shape {part.shape[1:]}, and had {images.shape[1:]}."
        raise Wrong(f"{look} A set is a pair: images first, each as it was, then labels.")
    same = (part[:, None] == images).reshape((len(part), len(images), -1)).all(axis=2)
    if not same.any(axis=1).all():
        raise Wrong(f"In the {name} set is an image that is none of `images`. Pick images, and change no pixel.")
    return same.argmax(axis=1).tolist()


@split.given
def _leaking(images, labels, n_validation, seed):
    rng = np.random.default_rng(seed)
    training = rng.permutation(len(images))[n_validation:]
    validation = rng.permutation(len(images))[:n_validation]
    return (images[training], labels[training]), (images[validation], labels[validation])


quiz = Quiz(
    Question(
        "`images` has the shape (28, 28, 60000): the last axis counts them. How do you get (60000, 28, 28)?",
        right="c",
        a=(
            "`images.reshape((60000, 28, 28))`",
            "The shape is right and every image is scrambled: `reshape` counts the numbers off in index order, the "
            "last axis fastest, and the last axis is the images.",
        ),
        b=("`images.T`", "All three axes are reversed, so each image is mirrored: its rows have become columns."),
        c=(
            "`np.moveaxis(images, source=-1, destination=0)`",
            "The last axis moves to the front, and rows and columns stay what they are.",
        ),
        d=(
            "`images[None]`, and then `reshape`",
            "A new axis of length 1 changes nothing about the order in which `reshape` counts the numbers off, so the "
            "images are scrambled.",
        ),
    ),
    Question(
        "The pixels of your own photograph go from 12 to 201. The network was trained on `train_images / 255`. "
        "You divide by",
        right="b",
        a=(
            "201, so that the largest is 1",
            "Then the same ink gets a different number than in training. The scale belongs to the unit, the byte.",
        ),
        b=(
            "255, as in training",
            "What was done to the training images must be done to every image, whatever values it has.",
        ),
        c=(
            "189, the range of this photograph",
            "That would stretch the contrast of this image, and the training images weren't stretched.",
        ),
        d=(
            "nothing",
            "The network would get inputs 255 times as large as those it was trained on.",
        ),
    ),
    Question(
        "Why one-hot rows, and not one output that says the digit as a number?",
        right="d",
        a=(
            "One-hot rows take less memory",
            "They take ten numbers where one would do. It isn't about memory.",
        ),
        b=(
            "A network cannot give numbers above 1",
            "It can output any number. That is how prices or ages are predicted.",
        ),
        c=(
            "Ten outputs are more exact than one",
            "That isn't the problem. A very exact 6.5 between a 4 and a 9 is still no answer.",
        ),
        d=(
            "Classes have no order",
            "4 and 9 are alike in shape and far apart as numbers; one-hot rows put all classes equally far apart.",
        ),
    ),
    Question(
        'Which uses of the validation set are sound? (More than one is right: answer as in `answer(4, "bd")`.)',
        right="ac",
        a=("Choosing how long to train by it", "Choosing is what it is for; the test set has no part in it."),
        b=(
            "Training on it first, then measuring on it",
            "Accuracy on images that were trained on shows how much was memorized, and you would choose by that.",
        ),
        c=(
            "Training on it too, once everything is chosen",
            "It is kept out of training only until everything is chosen. Then it may serve for training, and the test "
            "set still judges.",
        ),
        d=(
            "Adding its images to the test set, to have more",
            "You chose the network that suits these images, so part of their accuracy is luck.",
        ),
    ),
    Question(
        "A network is to tell the species of plants it has never seen. You have 2,000 photographs, ten of each of 200 "
        "plants. How do you split off the validation set?",
        right="b",
        a=(
            "At random, a tenth of the photographs",
            "Nearly every plant is then on both sides. The network is tested on plants that it was trained on.",
        ),
        b=(
            "At random, a tenth of the plants, each with all its photographs",
            "That is a group split: the validation plants are new to the network, as later plants will be.",
        ),
        c=(
            "The last photograph of each plant",
            "Then every plant is on both sides, and the network may recognize the plant instead of the species.",
        ),
        d=(
            "At random, but twice as many photographs",
            "More images make the accuracy less noisy. It is still that of plants the network knows.",
        ),
    ),
)
