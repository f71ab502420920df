"""Answers to the exercises of lesson 09."""

import numpy as np

from exercise_banks import Bank

false_teacher = Bank()
false_teacher.right_value("c", "C", " c ")
false_teacher.wrong_value("three pixels farther left is a 7", "a")
false_teacher.wrong_value("People write larger and smaller", "b")
false_teacher.wrong_value("somebody else's 1", "d")
false_teacher.wrong_value('Answer with one of `"a"`', "e", "", "mirror", 3, None, ["c"])

ink_at = Bank()


@ink_at.right
def with_padding(image, row, column):
    padded = np.pad(image, 20)
    row, column = row + 20, column + 20
    top, left = int(row), int(column)
    window = padded[top : top + 2, left : left + 2]
    rows = np.array([1 - (row - top), row - top])
    columns = np.array([1 - (column - left), column - left])
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


def four_pixels(image, row, column):
    """The four pixels around a place, 0 outside, and how far it is down and to the right; for what is wrong below."""
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
