"""Exercises and quiz of lesson 02, Preparing the data."""

import numpy as np

from course_utils.exercises import values
from course_utils.exercises.calling import Wrong
from course_utils.exercises.engine import function, judged
from course_utils.exercises.quiz import Question, Quiz

LESSON = 2


def _images(*shape, high=256):
    return np.random.default_rng(len(shape)).integers(0, high, size=shape, dtype="uint8")


@function(
    cases={
        "two images of 3 × 4 pixels, with the pixels 1 to 12 and 13 to 24": (
            np.moveaxis(np.arange(1, 25).reshape((2, 3, 4)), 0, -1).copy(),
        ),
        "a stack of 4 images of 2 × 3 pixels": (_images(2, 3, 4),),
        "3 images of 3 × 3 pixels": (_images(3, 3, 3),),
        "a single image of 3 × 2 pixels": (_images(3, 2, 1),),
    },
    shows="`reshape` counts numbers off in index order, whatever the axes mean; to put an axis in another place takes "
    "`moveaxis` or `transpose`.",
    hints=[
        "The shape that comes out is right, so look at the numbers: which of them belong to image 0 at the start?",
        "`stack[:, :, 0]` is image 0. An axis has to move from the end to the front, and `reshape` moves none.",
        "`np.moveaxis(stack, source, destination)` moves one axis. After that, only the channel axis is missing.",
    ],
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
        "as many labels as classes, in uint8": (np.array([2, 0, 1], dtype="uint8"), 3),
        "more labels than classes": (np.array([1, 0, 1, 1, 0]), 2),
        "a class that no label names": (np.array([0, 1, 1]), 5),
        "a single label": (np.array([2]), 3),
    },
    shows="The label only says which column gets the 1. So any two classes are equally far apart, and a 9 is not "
    "more than a 4.",
    hints=[
        "Start with zeros, one row for each label and one column for each class. How many 1s will there be in a row?",
        "Go through the labels with `enumerate`: it gives you the row, and the label is the column.",
        "`rows[np.arange(len(labels)), labels] = 1` sets one number in each row at once. What must `rows` be "
        "before that?",
    ],
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
    "`rows[labels] = 1` sets whole rows, those whose numbers are among the labels. Each row gets a single 1: it takes "
    "two indices, the row and the label's column.",
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


@function(
    cases={
        "two images": (_images(2, 28, 28),),
        "a single image": (_images(1, 28, 28),),
        "five images, the darkest pixel 100": (_images(5, 28, 28, high=101),),
        "three images, all paper": (np.zeros((3, 28, 28), dtype="uint8"),),
    },
    dtype="float32",
    shows="One axis, one type, one range: this is what the networks of this course read, for any number of images.",
    hints=[
        "Three steps: the channel axis, the type, the range. Which of them can come first, and which must not?",
        "For the axis, use `images[..., None]`, or `reshape` with `len(images)` for the first number.",
        "`astype` sets the type; only then divide, and always by the same number, the largest that a byte can hold.",
    ],
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
prepare.mistake("The channel axis is missing: the shape must be (n, 28, 28, 1).", lambda images: images / 255)
prepare.mistake(
    "The channel axis comes before rows and columns. In this course it comes last: (n, 28, 28, 1).",
    lambda images: images[:, None] / 255,
)
prepare.mistake(
    "The images are counted by the last axis. They must be counted by the first: (n, 28, 28, 1).",
    lambda images: images.reshape((28, 28, 1, len(images))) / 255,
)
prepare.mistake(
    "Integers were divided, or the quotient was turned into integers: only paper, 0, and full ink, 1, are left. "
    "Convert to float32 first, then divide with `/`.",
    lambda images: (images // 255)[..., None],
)
prepare.mistake("Ink and paper are swapped. Keep 0 for paper.", lambda images: 1 - images[..., None] / 255)
prepare.mistake("The range asked for is 0 to 1, and this is -1 to 1.", lambda images: images[..., None] / 127.5 - 1)


def _numbered(n, n_classes, *, in_order=False):
    """Images that carry their own number, and labels that belong to them."""
    labels = np.arange(n) * n_classes // n if in_order else np.arange(n) % n_classes
    images = np.zeros((n, 2, 2), dtype="int64") + np.arange(n)[:, None, None]
    return images, labels


@judged(
    cases={
        "40 images, 10 for validation": (*_numbered(40, 4), 10, 0),
        "the same images, another seed": (*_numbered(40, 4), 10, 1),
        "40 images, 30 for validation": (*_numbered(40, 4), 30, 5),
        "200 images in the order of their classes, half for validation": (*_numbered(200, 4, in_order=True), 100, 1),
        "3 images, 1 for validation": (*_numbered(3, 1), 1, 2),
    },
    unlike="Every `seed` gives the same split. Make `rng` from `seed`.",
    shows="Each image is in exactly one of the two sets, with its own label: the leak is closed.",
    hints=[
        "Split a few numbered images and print which ones come out: `split(np.arange(10), np.arange(10), 3, seed=0)`.",
        "Is any image in both sets? Each call of `permutation` shuffles again. How many shuffles does a split need?",
        "Shuffle once: `order = rng.permutation(len(images))`. Then cut this one order in two.",
    ],
)
def split(result, images, labels, n_validation, seed):
    """Training and validation sets, drawn at random, as (images, labels), (validation_images, validation_labels)."""
    parts = _pairs(result)
    for name, (part_images, part_labels) in zip(("training", "validation"), parts, strict=True):
        if len(part_images) != len(part_labels):
            look = f"The {name} set has {len(part_images)} images and {len(part_labels)} labels. Is the order of the "
            raise Wrong(
                look
                + "four arrays right? Each set is a pair: `(images, labels), (validation_images, validation_labels)`."
            )
    sizes = [len(part_images) for part_images, _ in parts]
    training, validation = (part_images[:, 0, 0].tolist() for part_images, _ in parts)  # each image carries its number
    details = {"expected": f"{len(images) - n_validation} for training and {n_validation} for validation"}
    details["got"] = f"{sizes[0]} for training and {sizes[1]} for validation"
    if both := sorted(set(training) & set(validation)):
        look = f"It leaks: {len(both)} of the images are in both sets, for example number {int(both[0])}. "
        raise Wrong(
            look + "A network that was trained on a validation image has seen the answer.",
            expected="no image in both sets",
            got=f"{len(both)} in both",
        )
    if any(len(set(part)) < len(part) for part in (training, validation)):
        raise Wrong("An image is in one set twice. Draw without replacement, as a permutation does.", **details)
    if sizes != [len(images) - n_validation, n_validation]:
        swapped = (
            " Training and validation are swapped." if sizes[::-1] == [len(images) - n_validation, n_validation] else ""
        )
        lost = " Some images are in neither." if sum(sizes) < len(images) else ""
        raise Wrong(f"The sets don't have the sizes asked for.{swapped}{lost}", **details)
    for numbers, (_, part_labels) in zip((training, validation), parts, strict=True):
        if not values.same(labels[np.array(numbers, dtype=int)], part_labels, tolerance=0):
            raise Wrong("Images and labels no longer belong together. Pick both by the same order.")
    if len(images) >= 200 and set(labels[np.array(training, dtype=int)].tolist()) != set(labels.tolist()):
        raise Wrong("Here the images are sorted by class, and the training set lacks one: draw at random.")


def _pairs(result):
    """The result as two pairs of arrays, or Wrong."""
    try:
        (images, labels), (validation_images, validation_labels) = result
    except (TypeError, ValueError):
        raise Wrong("It must return two pairs: `(images, labels), (validation_images, validation_labels)`.") from None
    arrays = [values.as_numbers(part) for part in (images, labels, validation_images, validation_labels)]
    if any(array.ndim == 0 for array in arrays):
        raise Wrong("It must return two pairs of arrays, and one of the four is a single number.")
    return (arrays[0], arrays[1]), (arrays[2], arrays[3])


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
