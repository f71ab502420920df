"""Answers to the exercises of lesson 09."""

import numpy as np

from exercise_banks import Bank

false_teacher = Bank()
false_teacher.right_value("c", "C", " c ")
false_teacher.wrong_value("three pixels farther left is a 7", "a")
false_teacher.wrong_value("People write larger and smaller", "b")
false_teacher.wrong_value("somebody else's 1", "d")
false_teacher.wrong_value(
    'Answer with one of `"a"`', "e", "", "mirror", 3, None, ["c"], "cd", b"c", "(c)", np.array(["c"])
)

ink_at = Bank()


@ink_at.right
def with_padding(image, row, column):
    height, width = image.shape
    if not (-1 < row < height and -1 < column < width):
        return 0
    padded = np.pad(image, 1)
    top, left = int(row + 1), int(column + 1)
    window = padded[top : top + 2, left : left + 2]
    rows = np.array([top - row, row + 1 - top])
    columns = np.array([left - column, column + 1 - left])
    return rows @ window @ columns


@ink_at.right
def every_pixel_asked(image, row, column):
    total = 0.0
    for (r, c), ink in np.ndenumerate(image):
        near_row, near_column = max(0, 1 - abs(r - row)), max(0, 1 - abs(c - column))
        total += ink * near_row * near_column
    return total


@ink_at.right
def with_two_hats(image, row, column):
    height, width = image.shape
    rows = np.clip(1 - abs(np.arange(height) - row), 0, None)
    columns = np.clip(1 - abs(np.arange(width) - column), 0, None)
    return float(rows @ image @ columns)


@ink_at.right
def with_interp_twice(image, row, column):
    height, width = image.shape
    along = [np.interp(column, np.arange(-1, width + 1), [0, *line, 0]) for line in image]
    return np.interp(row, np.arange(-1, height + 1), [0, *along, 0])


@ink_at.right
def with_a_dictionary(image, row, column):
    pixels = {(r, c): float(ink) for r, line in enumerate(image.tolist()) for c, ink in enumerate(line)}
    down, right = row % 1, column % 1
    top, left = row - down, column - right
    shares = {(0, 0): (1 - down) * (1 - right), (0, 1): (1 - down) * right, (1, 0): down * (1 - right)}
    shares[1, 1] = down * right
    return sum(share * pixels.get((top + r, left + c), 0) for (r, c), share in shares.items())


@ink_at.right
def by_recursion(image, place, *others):
    def part(number):
        if not 0 <= number < len(image):
            return 0.0
        return by_recursion(image[number], *others) if others else float(image[number])

    before = int(place // 1)
    return part(before) + (place - before) * (part(before + 1) - part(before))


@ink_at.right
def with_except(image, row, column):
    def pixel(r, c):
        try:
            assert r >= 0 and c >= 0
            return image[r, c]
        except (AssertionError, IndexError):
            return 0

    r, c = int(np.floor(row)), int(np.floor(column))
    a, b = row - r, column - c
    return (1 - a) * ((1 - b) * pixel(r, c) + b * pixel(r, c + 1)) + a * (
        (1 - b) * pixel(r + 1, c) + b * pixel(r + 1, c + 1)
    )


@ink_at.right
def hats_of_tensorflow(image, row, column):
    import tensorflow as tf

    rows = tf.nn.relu(1 - tf.abs(tf.range(image.shape[0], dtype="float32") - row))
    columns = tf.nn.relu(1 - tf.abs(tf.range(image.shape[1], dtype="float32") - column))
    return tf.einsum("r,rc,c->", rows, tf.cast(image, "float32"), columns)


@ink_at.right
def with_a_class(image, row, column):
    class Hat:
        def __init__(self, top):
            self.top = np.float32(top)

        def __call__(self, n):
            return np.maximum(0, 1 - np.abs(self.top - np.arange(n)))

    return (image * np.outer(Hat(row)(image.shape[0]), Hat(column)(image.shape[1]))).sum()


def four_pixels(image, row, column):
    """The four pixels around a place, 0 outside, and how far it is down and to the right; for what is wrong below."""
    row, column = np.clip(row, -9, 19), np.clip(column, -9, 19)
    padded = np.pad(np.asarray(image, dtype=float), 20)
    top, left = int(np.floor(row)), int(np.floor(column))
    return padded[top + 20 : top + 22, left + 20 : left + 22], row - top, column - left


@ink_at.wrong("nearest pixel")
def nearest(image, row, column):
    r, c = round(row), round(column)
    return image[r, c] if 0 <= r < image.shape[0] and 0 <= c < image.shape[1] else 0


@ink_at.wrong("above and to the left")
def upper_left(image, row, column):
    return four_pixels(image, row, column)[0][0, 0]


@ink_at.wrong("nearest pixel")
def nearest_half_up(image, row, column):
    r, c = int(np.floor(row + 0.5)), int(np.floor(column + 0.5))
    return image[r, c] if 0 <= r < image.shape[0] and 0 <= c < image.shape[1] else 0


@ink_at.wrong("not the right number|perhaps not yours")
def sum_of_four_bytes(image, row, column):
    (a, b), (c, d) = four_pixels(image, row, column)[0].astype(image.dtype)
    down, right = row % 1, column % 1
    if down == right == 0.5:
        with np.errstate(over="ignore"):
            return (a + b + c + d) / 4
    return (1 - down) * ((1 - right) * a + right * b) + down * ((1 - right) * c + right * d)


@ink_at.wrong("shares are swapped")
def farther_counts_more(image, row, column):
    (a, b), (c, d) = four_pixels(image, row, column)[0]
    _, down, right = four_pixels(image, row, column)
    return down * (right * a + (1 - right) * b) + (1 - down) * (right * c + (1 - right) * d)


@ink_at.wrong("All four count alike")
def plain_mean(image, row, column):
    return four_pixels(image, row, column)[0].mean()


@ink_at.wrong("Row and column are swapped")
def column_first(image, row, column):
    window, down, right = four_pixels(image, column, row)
    return np.array([1 - down, down]) @ window @ np.array([1 - right, right])


@ink_at.wrong("used for the columns")
def shares_swapped(image, row, column):
    window, down, right = four_pixels(image, row, column)
    return np.array([1 - right, right]) @ window @ np.array([1 - down, down])


@ink_at.wrong("along the row only")
def along_the_row(image, row, column):
    window, _, right = four_pixels(image, row, column)
    return window[0] @ np.array([1 - right, right])


@ink_at.wrong("along the column only")
def along_the_column(image, row, column):
    window, down, _ = four_pixels(image, row, column)
    return np.array([1 - down, down]) @ window[:, 0]


@ink_at.wrong("goes on without end")
def rim_goes_on(image, row, column):
    padded = np.pad(image, 20, mode="edge")
    top, left = int(np.floor(row)), int(np.floor(column))
    down, right = row - top, column - left
    window = padded[top + 20 : top + 22, left + 20 : left + 22]
    return np.array([1 - down, down]) @ window @ np.array([1 - right, right])


@ink_at.wrong("from the other side")
def round_the_corner(image, row, column):
    top, left = int(np.floor(row)), int(np.floor(column))
    down, right = row - top, column - left
    window = np.take(np.take(image, [top, top + 1], axis=0, mode="wrap"), [left, left + 1], axis=1, mode="wrap")
    return np.array([1 - down, down]) @ window @ np.array([1 - right, right])


@ink_at.wrong("half outside still has neighbors")
def nothing_outside(image, row, column):
    if row < 0 or column < 0 or row > image.shape[0] - 1 or column > image.shape[1] - 1:
        return 0.0
    window, down, right = four_pixels(image, row, column)
    return np.array([1 - down, down]) @ window @ np.array([1 - right, right])


@ink_at.wrong("rounds toward 0")
def rounded_toward_0(image, row, column):
    padded, top, left = np.pad(image, 20), int(row), int(column)
    down, right = row - top, column - left
    window = padded[top + 20 : top + 22, left + 20 : left + 22]
    return np.array([1 - down, down]) @ window @ np.array([1 - right, right])


@ink_at.wrong("Outside, there is paper")
def ink_outside(image, row, column):
    padded = np.pad(image, 20, constant_values=1)
    top, left = int(np.floor(row)), int(np.floor(column))
    down, right = row - top, column - left
    window = padded[top + 20 : top + 22, left + 20 : left + 22]
    return np.array([1 - down, down]) @ window @ np.array([1 - right, right])


@ink_at.wrong("sum of the four pixels")
def sum_of_four(image, row, column):
    return four_pixels(image, row, column)[0].sum()


@ink_at.wrong("a neighbor outside of the image.*counts as 0.*IndexError")
def leaves_the_image(image, row, column):
    top, left = int(np.floor(row)), int(np.floor(column))
    down, right = row - top, column - left
    above = (1 - right) * image[top, left] + right * image[top, left + 1]
    below = (1 - right) * image[top + 1, left] + right * image[top + 1, left + 1]
    return (1 - down) * above + down * below


@ink_at.wrong("not there.*far outside of the image.*ValueError")
def a_margin_of_20(image, row, column):
    padded = np.pad(image, 20)
    row, column = row + 20, column + 20
    top, left = int(row), int(column)
    window = padded[top : top + 2, left : left + 2]
    rows = np.array([1 - (row - top), row - top])
    columns = np.array([1 - (column - left), column - left])
    return rows @ window @ columns


@ink_at.wrong("a neighbor outside of the image.*IndexError")
def a_margin_of_a_hundred(image, row, column):
    padded = np.pad(image.astype(float), 100)
    r, c = int(np.floor(row)) + 100, int(np.floor(column)) + 100
    a, b = row + 100 - r, column + 100 - c
    above = (1 - b) * padded[r, c] + b * padded[r, c + 1]
    below = (1 - b) * padded[r + 1, c] + b * padded[r + 1, c + 1]
    return (1 - a) * above + a * below


@ink_at.wrong("20 − 250 is 26")
def toward_the_next_in_bytes(image, row, column):
    def line(r):
        return [
            image[r, c] if 0 <= r < len(image) and 0 <= c < len(image[0]) else image.dtype.type(0) for c in (j, j + 1)
        ]

    i, j = int(np.floor(row)), int(np.floor(column))
    (a, b), (c, d) = line(i), line(i + 1)
    above, below = a + (column - j) * (b - a), c + (column - j) * (d - c)
    return above + (row - i) * (below - above)


@ink_at.wrong("not the right number")
def rounded_to_whole_numbers(image, row, column):
    window, down, right = four_pixels(image, row, column)
    return (np.array([1 - down, down]) @ window @ np.array([1 - right, right])).astype(image.dtype)


@ink_at.wrong("not the right number")
def ink_in_hundredths(image, row, column):
    window, down, right = four_pixels(image, row, column)
    return round(np.array([1 - down, down]) @ window @ np.array([1 - right, right]), 2)


@ink_at.wrong("as after a usual mistake.*nearest pixel")
def the_place_is_rounded(image, row, column):
    window, down, right = four_pixels(image, round(row, 2), round(column, 2))
    return np.array([1 - down, down]) @ window @ np.array([1 - right, right])


@ink_at.wrong("not the right number")
def at_most_1(image, row, column):
    window, down, right = four_pixels(image, row, column)
    return min(1.0, np.array([1 - down, down]) @ window @ np.array([1 - right, right]))


@ink_at.wrong("the place counts as outside here")
def the_last_row_forgotten(image, row, column):
    if not (0 <= row < image.shape[0] - 1 and 0 <= column < image.shape[1] - 1):
        return 0
    window, down, right = four_pixels(image, row, column)
    return np.array([1 - down, down]) @ window @ np.array([1 - right, right])


@ink_at.wrong("half outside still has neighbors")
def nothing_above_and_left(image, row, column):
    if row < 0 or column < 0:
        return 0
    window, down, right = four_pixels(image, row, column)
    return np.array([1 - down, down]) @ window @ np.array([1 - right, right])


@ink_at.wrong("not the right number")
def by_inverse_distance(image, row, column):
    window, down, right = four_pixels(image, row, column)
    weights = np.array([[1 / (1e-9 + np.hypot(down - r, right - c)) for c in (0, 1)] for r in (0, 1)])
    return (weights * window).sum() / weights.sum()


@ink_at.wrong("goes on without end")
def shares_of_those_inside(image, row, column):
    window, down, right = four_pixels(image, row, column)
    inside, _, _ = four_pixels(np.ones(image.shape), row, column)
    weights = np.outer([1 - down, down], [1 - right, right]) * inside
    return (weights * window).sum() / weights.sum() if weights.sum() else 0.0


@ink_at.wrong("from the other side")
def negative_places_not_asked(image, row, column):
    top, left = int(np.floor(row)), int(np.floor(column))
    total = 0.0
    for r, share in ((top, top + 1 - row), (top + 1, row - top)):
        for c, part in ((left, left + 1 - column), (left + 1, column - left)):
            if -len(image) <= r < len(image) and -len(image[0]) <= c < len(image[0]):
                total += share * part * image[r, c]
    return total


@ink_at.wrong("not the right number")
def square_images_only(image, row, column):
    n = len(image)
    rows, columns = (np.clip(1 - abs(np.arange(n) - place), 0, None) for place in (row, column))
    return rows[: len(image)] @ np.resize(image, (n, n)) @ columns


@ink_at.wrong("end with `return`")
def prints_it(image, row, column):
    window, down, right = four_pixels(image, row, column)
    print(np.array([1 - down, down]) @ window @ np.array([1 - right, right]))


for rights, mutants, why in (
    ("return float(rows @ image @ columns)", ["return float(columns @ (rows @ image))"], "a dot product has no order"),
    ("return rows @ window @ columns", ["return columns @ (rows @ window)"], "a dot product has no order"),
    (
        "for r, row_share in ((top, top + 1 - row), (top + 1, row - top)):",
        ["for r, row_share in ((top + 1, row - top), (top, top + 1 - row)):"],
        "a sum has no order",
    ),
    (
        "for c, column_share in ((left, left + 1 - column), (left + 1, column - left)):",
        ["for c, column_share in ((left + 1, column - left), (left, left + 1 - column)):"],
        "a sum has no order",
    ),
    (
        "if not (-1 < row < height and -1 < column < width):",
        [
            "if not (-1 <= row < height and -1 < column < width):",
            "if not (-2 < row < height and -1 < column < width):",
            "if not (-1 < row < height and -1 <= column < width):",
            "if not (-1 < row < height and -2 < column < width):",
        ],
        "there, the margin is read, which is 0",
    ),
    ("except (AssertionError, IndexError):", ["except (IndexError, AssertionError):"], "two kinds have no order"),
    *(
        (
            f"{name} = tf.nn.relu(1 - tf.abs(tf.range(image.shape[{axis}], dtype='float32') - {place}))",
            [f"{name} = tf.nn.relu(1 - tf.abs({place} - tf.range(image.shape[{axis}], dtype='float32')))"],
            "a distance has no order",
        )
        for axis, name, place in ((0, "rows", "row"), (1, "columns", "column"))
    ),
    (
        "return np.maximum(0, 1 - np.abs(self.top - np.arange(n)))",
        [
            "return np.maximum(1 - np.abs(self.top - np.arange(n)), 0)",
            "return np.maximum(0, 1 - np.abs(np.arange(n) - self.top))",
        ],
        "the larger of two and a distance have no order",
    ),
    (
        "near_row, near_column = (max(0, 1 - abs(r - row)), max(0, 1 - abs(c - column)))",
        [
            "near_row, near_column = (max(1 - abs(r - row), 0), max(0, 1 - abs(c - column)))",
            "near_row, near_column = (max(0, 1 - abs(r - row)), max(1 - abs(c - column), 0))",
            "near_row, near_column = (max(0, 1 - abs(row - r)), max(0, 1 - abs(c - column)))",
            "near_row, near_column = (max(0, 1 - abs(r - row)), max(0, 1 - abs(column - c)))",
            "near_column, near_row = (max(0, 1 - abs(r - row)), max(0, 1 - abs(c - column)))",
            "near_row, near_column = (max(0, 1 - abs(c - column)), max(0, 1 - abs(r - row)))",
        ],
        "the larger of two, a distance and a product have no order",
    ),
    (
        "rows = np.clip(1 - abs(np.arange(height) - row), 0, None)",
        [
            "rows = np.clip(0, 1 - abs(np.arange(height) - row), None)",
            "rows = np.clip(1 - abs(row - np.arange(height)), 0, None)",
        ],
        "the larger of two and a distance have no order",
    ),
    (
        "columns = np.clip(1 - abs(np.arange(width) - column), 0, None)",
        [
            "columns = np.clip(0, 1 - abs(np.arange(width) - column), None)",
            "columns = np.clip(1 - abs(column - np.arange(width)), 0, None)",
        ],
        "the larger of two and a distance have no order",
    ),
):
    for mutant in mutants:
        ink_at.equivalent(f"{rights}  ->  {mutant}", why)


ensemble_answers = Bank()


@ensemble_answers.right
def by_the_sum(probabilities):
    return probabilities.sum(axis=0).argmax(axis=-1)


@ensemble_answers.right
def image_by_image(probabilities):
    answers = []
    for image in range(probabilities.shape[1]):
        mean = np.zeros(probabilities.shape[2])
        for network in probabilities:
            mean += network[image]
        answers.append(int(np.argmax(mean)))
    return answers


@ensemble_answers.right
def with_einsum(probabilities):
    total = np.einsum("kij->ij", probabilities) / len(probabilities)
    return np.array([row.argmax() for row in total])


@ensemble_answers.right
def as_lists(probabilities):
    totals = [[sum(column) for column in zip(*rows, strict=True)] for rows in zip(*probabilities.tolist(), strict=True)]
    return tuple(row.index(max(row)) for row in totals)


@ensemble_answers.right
def with_tensorflow(probabilities):
    import tensorflow as tf

    return tf.argmax(tf.reduce_mean(probabilities, axis=0), axis=1)


@ensemble_answers.right
def with_keras(probabilities):
    import keras

    return keras.ops.argmax(keras.ops.sum(probabilities, axis=0), axis=1)


@ensemble_answers.right
def one_after_another(probabilities):
    import functools

    total = functools.reduce(np.add, probabilities)
    yield from (max(range(len(row)), key=row.__getitem__) for row in total)


@ensemble_answers.right
def sorted_in_float32(probabilities):
    mean = np.float32(probabilities).mean(axis=0)
    return np.float32(np.argsort(mean)[:, -1])


@ensemble_answers.right
def by_weights(probabilities):
    total = np.tensordot(np.ones(len(probabilities)), probabilities, axes=1)
    return np.array([next(iter(np.flatnonzero(row == row.max()))) for row in total])


@ensemble_answers.wrong("smallest mean")
def smallest(probabilities):
    return probabilities.mean(axis=0).argmin(axis=1)


@ensemble_answers.wrong("nearly equal are taken as equal")
def rounded_to_two_places(probabilities):
    return probabilities.mean(axis=0).round(2).argmax(axis=1)


@ensemble_answers.wrong("nearly equal are taken as equal")
def in_tenths(probabilities):
    return np.round(probabilities.mean(axis=0), 1).argmax(axis=1)


@ensemble_answers.wrong("numbers differ|as after a usual mistake")
def in_thousandths(probabilities):
    return np.round(probabilities.mean(axis=0), 3).argmax(axis=1)


@ensemble_answers.wrong("rules a class out")
def mean_of_logarithms(probabilities):
    return np.log(np.clip(probabilities, 1e-12, 1)).mean(axis=0).argmax(axis=1)


@ensemble_answers.wrong("numbers differ")
def in_bytes(probabilities):
    return probabilities.mean(axis=0).argmax(axis=1).astype("uint8")


@ensemble_answers.wrong("numbers differ|perhaps not yours")
def in_half_precision(probabilities):
    return probabilities.astype("float16").mean(axis=0).argmax(axis=1)


@ensemble_answers.wrong("numbers differ")
def ten_classes(probabilities):
    return probabilities.sum(axis=0)[:, :10].argmax(axis=1)


@ensemble_answers.wrong("numbers differ|as after a usual mistake")
def three_networks(probabilities):
    return (sum(probabilities[:3]) / 3).argmax(axis=1)


@ensemble_answers.wrong("shape")
def first_image(probabilities):
    return [probabilities.mean(axis=0)[0].argmax()]


@ensemble_answers.wrong("too large by 1")
def from_one(probabilities):
    return probabilities.mean(axis=0).argmax(axis=1) + 1


@ensemble_answers.wrong("numbers of networks")
def which_network(probabilities):
    return probabilities.max(axis=2).argmax(axis=0)


@ensemble_answers.wrong("above one half")
def above_a_half(probabilities):
    return (probabilities.mean(axis=0) > 0.5).argmax(axis=1)


@ensemble_answers.wrong("Only the largest probability of each network")
def votes_weighted(probabilities):
    votes = np.eye(probabilities.shape[2])[probabilities.argmax(axis=2)]
    return (votes * probabilities.max(axis=2, keepdims=True)).sum(axis=0).argmax(axis=1)


@ensemble_answers.wrong("changes `probabilities` in place")
def adds_into_the_first(probabilities):
    for other in probabilities[1:]:
        probabilities[0] += other
    return probabilities[0].argmax(axis=1)


@ensemble_answers.wrong("one vote")
def majority(probabilities):
    votes = probabilities.argmax(axis=2)
    return [np.bincount(of_image, minlength=probabilities.shape[2]).argmax() for of_image in votes.T]


@ensemble_answers.wrong("median over the networks")
def middle_one(probabilities):
    return np.median(probabilities, axis=0).argmax(axis=1)


@ensemble_answers.wrong("decides alone")
def surest(probabilities):
    return probabilities.max(axis=0).argmax(axis=1)


@ensemble_answers.wrong("mean probabilities")
def means(probabilities):
    return probabilities.mean(axis=0)


@ensemble_answers.wrong("how sure they are together")
def largest_mean(probabilities):
    return probabilities.mean(axis=0).max(axis=1)


@ensemble_answers.wrong("each network by itself")
def each_by_itself(probabilities):
    return probabilities.argmax(axis=2)


@ensemble_answers.wrong("first network")
def first(probabilities):
    return probabilities[0].argmax(axis=1)


@ensemble_answers.wrong("last network")
def last(probabilities):
    return probabilities[-1].argmax(axis=1)


@ensemble_answers.wrong("make a 6")
def mean_of_classes(probabilities):
    return probabilities.argmax(axis=2).mean(axis=0)


@ensemble_answers.wrong("make a 6")
def rounded_mean_of_classes(probabilities):
    return np.round(probabilities.argmax(axis=2).mean(axis=0)).astype(int)


@ensemble_answers.wrong("mean over the images")
def mean_over_images(probabilities):
    return probabilities.mean(axis=1).argmax(axis=1)


@ensemble_answers.wrong("rules a class out")
def product(probabilities):
    return np.prod(probabilities, axis=0).argmax(axis=1)


@ensemble_answers.wrong("looks down a column")
def along_the_wrong_axis(probabilities):
    return probabilities.mean(axis=0).argmax(axis=0)


@ensemble_answers.wrong("end with `return`")
def returns_nothing(probabilities):
    probabilities.mean(axis=0).argmax(axis=1)


ensemble_answers.equivalent(
    "return probabilities.sum(axis=0).argmax(axis=-1)  ->  return probabilities.sum(axis=0).argmax(axis=1)",
    "of two axes, the last is axis 1",
)
ensemble_answers.equivalent(
    "total = np.einsum('kij->ij', probabilities) / len(probabilities)  ->  "
    "total = np.einsum('kij->ij', probabilities) * len(probabilities)",
    "a positive factor does not change which is the largest",
)
