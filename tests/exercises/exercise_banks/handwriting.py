"""Answers to the exercises of lesson 08."""

import collections
import fractions
import math

import numpy as np

from exercise_banks import Bank

shift_to_middle = Bank()


@shift_to_middle.right
def with_sums_of_rows(image):
    down = image.sum(axis=1) @ np.arange(len(image)) / image.sum()
    right = image.sum(axis=0) @ np.arange(len(image[0])) / image.sum()
    return int(np.rint(14 - down)), int(np.rint(14 - right))


@shift_to_middle.right
def pixel_by_pixel(image):
    ink = down = right = 0
    for row in range(image.shape[0]):
        for column in range(image.shape[1]):
            ink += image[row, column]
            down += row * image[row, column]
            right += column * image[row, column]
    return [round(14 - down / ink), round(14 - right / ink)]


@shift_to_middle.right
def with_average(image):
    rows, columns = np.indices(image.shape)
    return np.round([14 - np.average(rows, weights=image), 14 - np.average(columns, weights=image)])


@shift_to_middle.right
def with_tensors(image):
    import tensorflow as tf

    ink = tf.cast(image, "float64")
    places = tf.cast(tf.stack(tf.meshgrid(*map(tf.range, image.shape), indexing="ij")), "float64")
    return tf.round(14 - tf.reduce_sum(places * ink, axis=(1, 2)) / tf.reduce_sum(ink))


@shift_to_middle.right
def with_scipy(image):
    from scipy import ndimage

    return tuple(round(14 - float(place)) for place in ndimage.center_of_mass(image))


@shift_to_middle.right
def as_a_named_tuple(image):
    shift = collections.namedtuple("Shift", ["down", "right"])
    ink = np.einsum("ij->", image)
    rows, columns = np.ogrid[: image.shape[0], : image.shape[1]]
    return shift(int(np.rint(14 - (image * rows).sum() / ink)), int(np.rint(14 - (image * columns).sum() / ink)))


@shift_to_middle.right
def from_the_distances_to_14(image):
    total = float(image.sum())
    for axis in (1, 0):
        ink = image.sum(axis=axis).tolist()
        yield round(sum((14 - place) * grain for place, grain in enumerate(ink)) / total)


@shift_to_middle.right
def nearest_of_all_shifts(image):
    def nearest(ink):
        center = np.average(np.arange(ink.size), weights=ink)
        return min(range(-999, 999), key=lambda step: abs(center + step - 14))

    return {"down": nearest(image.sum(axis=1)), "right": nearest(image.sum(axis=0))}.values()


@shift_to_middle.wrong("wrong order")
def right_then_down(image):
    rows, columns = np.indices(image.shape)
    return round(14 - (columns * image).sum() / image.sum()), round(14 - (rows * image).sum() / image.sum())


@shift_to_middle.wrong("Both signs")
def from_the_middle(image):
    rows, columns = np.indices(image.shape)
    return round((rows * image).sum() / image.sum() - 14), round((columns * image).sum() / image.sum() - 14)


@shift_to_middle.wrong("middle of the bounding box")
def middle_of_the_box(image):
    rows, columns = np.nonzero(image)
    return round(14 - (rows.min() + rows.max()) / 2), round(14 - (columns.min() + columns.max()) / 2)


@shift_to_middle.wrong("count alike")
def mean_of_inky_pixels(image):
    rows, columns = np.nonzero(image)
    return round(14 - rows.mean()), round(14 - columns.mean())


@shift_to_middle.wrong("where the center of mass lies")
def center_only(image):
    rows, columns = np.indices(image.shape)
    return round((rows * image).sum() / image.sum()), round((columns * image).sum() / image.sum())


@shift_to_middle.wrong("whatever the size")
def middle_of_this_image(image):
    rows, columns = np.indices(image.shape)
    height, width = image.shape
    return (
        round(height / 2 - (rows * image).sum() / image.sum()),
        round(width / 2 - (columns * image).sum() / image.sum()),
    )


@shift_to_middle.wrong("Not rounded yet")
def not_rounded(image):
    rows, columns = np.indices(image.shape)
    return 14 - (rows * image).sum() / image.sum(), 14 - (columns * image).sum() / image.sum()


@shift_to_middle.wrong("cuts off")
def truncated(image):
    rows, columns = np.indices(image.shape)
    return int(14 - (rows * image).sum() / image.sum()), int(14 - (columns * image).sum() / image.sum())


@shift_to_middle.wrong("always rounds down")
def floor(image):
    rows, columns = np.indices(image.shape)
    return np.floor(14 - (rows * image).sum() / image.sum()), np.floor(14 - (columns * image).sum() / image.sum())


@shift_to_middle.wrong("always rounds up")
def ceil(image):
    rows, columns = np.indices(image.shape)
    return math.ceil(14 - (rows * image).sum() / image.sum()), math.ceil(14 - (columns * image).sum() / image.sum())


@shift_to_middle.wrong("only above 0")
def half_added_and_cut_off(image):
    rows, columns = np.indices(image.shape)
    return int(14.5 - (rows * image).sum() / image.sum()), int(14.5 - (columns * image).sum() / image.sum())


@shift_to_middle.wrong("Both numbers are the way down")
def rows_twice(image):
    rows, _ = np.indices(image.shape)
    down = right = (rows * image).sum() / image.sum()
    return round(14 - down), round(14 - right)


@shift_to_middle.wrong("Both numbers are the way to the right")
def columns_twice(image):
    columns = np.indices(image.shape)[1]
    down = right = (columns * image).sum() / image.sum()
    return round(14 - down), round(14 - right)


@shift_to_middle.wrong("row with the most ink")
def fullest_row_and_column(image):
    return 14 - image.sum(axis=1).argmax(), 14 - image.sum(axis=0).argmax()


@shift_to_middle.wrong("Faint pixels don't count")
def dark_pixels_only(image):
    rows, columns = np.nonzero(image >= image.max() / 2)
    return round(14 - rows.mean()), round(14 - columns.mean())


@shift_to_middle.wrong("perhaps not yours|result\\[")
def ink_above_a_tenth(image):
    rows, columns = np.indices(image.shape)
    ink = np.where(image > 0.1, image, 0)
    return round(14 - (rows * ink).sum() / ink.sum()), round(14 - (columns * ink).sum() / ink.sum())


@shift_to_middle.wrong("Faint pixels don't count|perhaps not yours")
def ink_above_a_tenth_of_the_darkest(image):
    rows, columns = np.nonzero(image / image.max() > 0.1)
    return round(14 - rows.mean()), round(14 - columns.mean())


@shift_to_middle.wrong("result\\[|perhaps not yours")
def squared_ink(image):
    rows, columns = np.indices(image.shape)
    ink = image**2
    return round(14 - (rows * ink).sum() / ink.sum()), round(14 - (columns * ink).sum() / ink.sum())


@shift_to_middle.wrong("60 × 11|does not|do not fit|raised")
def images_of_28_pixels(image):
    rows, columns = np.indices((28, 28))
    return round(14 - (rows * image).sum() / image.sum()), round(14 - (columns * image).sum() / image.sum())


@shift_to_middle.wrong("That is the median")
def middle_of_the_ink_by_halves(image):
    def median(ink):
        return np.searchsorted(np.cumsum(ink), ink.sum() / 2)

    return 14 - median(image.sum(axis=1)), 14 - median(image.sum(axis=0))


@shift_to_middle.wrong("perhaps not yours|255")
def ink_up_to_1(image):
    rows, columns = np.indices(image.shape)
    ink = np.clip(image, 0, 1)
    return round(14 - (rows * ink).sum() / ink.sum()), round(14 - (columns * ink).sum() / ink.sum())


@shift_to_middle.wrong("gray everywhere|perhaps not yours")
def less_the_paper(image):
    rows, columns = np.indices(image.shape)
    ink = image - image.min() + 1e-12
    return round(14 - (rows * ink).sum() / ink.sum()), round(14 - (columns * ink).sum() / ink.sum())


@shift_to_middle.wrong("The signs are lost")
def distances(image):
    rows, columns = np.indices(image.shape)
    return abs(round(14 - (rows * image).sum() / image.sum())), abs(round(14 - (columns * image).sum() / image.sum()))


@shift_to_middle.wrong("never moves an image up")
def never_back(image):
    rows, columns = np.indices(image.shape)
    return (
        max(0, round(14 - (rows * image).sum() / image.sum())),
        max(0, round(14 - (columns * image).sum() / image.sum())),
    )


@shift_to_middle.wrong("counted from 1")
def from_one(image):
    rows, columns = np.indices(image.shape) + 1
    return round(14 - (rows * image).sum() / image.sum()), round(14 - (columns * image).sum() / image.sum())


@shift_to_middle.wrong("13.5")
def to_the_middle_of_28(image):
    rows, columns = np.indices(image.shape)
    return np.round(13.5 - (rows * image).sum() / image.sum()), np.round(13.5 - (columns * image).sum() / image.sum())


@shift_to_middle.wrong("darkest pixel")
def darkest(image):
    row, column = np.unravel_index(np.argmax(image), image.shape)
    return 14 - row, 14 - column


@shift_to_middle.wrong("number of pixels")
def mean_over_pixels(image):
    rows, columns = np.indices(image.shape)
    return round(14 - (rows * image).mean()), round(14 - (columns * image).mean())


@shift_to_middle.wrong("not divided by anything")
def sum_only(image):
    rows, columns = np.indices(image.shape)
    return round(14 - (rows * image).sum()), round(14 - (columns * image).sum())


@shift_to_middle.wrong("must be 2 values(.|\n)*NoneType")
def returns_nothing(image):
    rows, columns = np.indices(image.shape)
    print(round(14 - (rows * image).sum() / image.sum()), round(14 - (columns * image).sum() / image.sum()))


@shift_to_middle.wrong("must be 2 values")
def moved_image(image):
    rows, columns = np.indices(image.shape)
    down, right = (rows * image).sum() / image.sum(), (columns * image).sum() / image.sum()
    return np.roll(image, (round(14 - down), round(14 - right)), axis=(0, 1))


for line, before, after, why in (
    (
        "down = image.sum(axis=1) @ np.arange(len(image)) / image.sum()",
        "image.sum(axis=1) @ np.arange(len(image))",
        "np.arange(len(image)) @ image.sum(axis=1)",
        "a sum of products needs no order",
    ),
    (
        "right = image.sum(axis=0) @ np.arange(len(image[0])) / image.sum()",
        "image.sum(axis=0) @ np.arange(len(image[0]))",
        "np.arange(len(image[0])) @ image.sum(axis=0)",
        "a sum of products needs no order",
    ),
    (
        "right = image.sum(axis=0) @ np.arange(len(image[0])) / image.sum()",
        "image[0]",
        "image[-1]",
        "all rows are equally long",
    ),
    (
        "return tf.round(14 - tf.reduce_sum(places * ink, axis=(1, 2)) / tf.reduce_sum(ink))",
        "(1, 2)",
        "(2, 1)",
        "a sum over two axes does not depend on their order",
    ),
    (
        "shift = collections.namedtuple('Shift', ['down', 'right'])",
        "['down', 'right']",
        "['right', 'down']",
        "the names of the two numbers say nothing",
    ),
    (
        "return min(range(-999, 999), key=lambda step: abs(center + step - 14))",
        "center + step - 14",
        "14 - (center + step)",
        "a distance is the same from either end",
    ),
    *(
        (
            "return min(range(-999, 999), key=lambda step: abs(center + step - 14))",
            "range(-999, 999)",
            f"range({first}, {end})",
            "no shift is so large",
        )
        for first, end in ((-1000, 999), (-998, 999), (-999, 1000), (-999, 998))
    ),
):
    shift_to_middle.equivalent(f"{line}  ->  {line.replace(before, after)}", why)

fitted_size = Bank()


@fitted_size.right
def by_cases(height, width):
    if height >= width:
        return 20, max(1, round(20 * width / height))
    return max(1, round(20 * height / width)), 20


@fitted_size.right
def with_an_array(height, width):
    sides = np.array([height, width])
    return np.maximum(np.rint(20 * sides / sides.max()), 1)


@fitted_size.right
def smaller_of_two_scales(height, width):
    scale = min(20 / height, 20 / width)
    sides = [round(height * scale), round(width * scale)]
    return [side or 1 for side in sides]


@fitted_size.right
def with_fractions_of_whole_numbers(height, width):
    scale = fractions.Fraction(20, max(height, width))
    return [max(1, round(scale * side)) for side in (height, width)]


@fitted_size.right
def tensors_of_two_sides(height, width):
    import tensorflow as tf

    sides = tf.constant([height, width], "float64")
    return tf.maximum(tf.round(20 * sides / tf.reduce_max(sides)), 1.0)


@fitted_size.right
def in_whole_numbers(height, width):
    longer = max(height, width)
    return tuple((40 * side + longer) // (2 * longer) or 1 for side in (height, width))


@fitted_size.right
def nearest_side_that_is_left(height, width):
    def nearest(side, other):
        return 20 if side >= other else min(range(1, 21), key=lambda pixels: abs(pixels * other - 20 * side))

    yield nearest(height, width)
    yield nearest(width, height)


@fitted_size.right
def turned_and_turned_back(height, width):
    if width > height:
        return turned_and_turned_back(width, height)[::-1]
    return 20, max(int(f"{20 * width / height:.0f}"), 1)


@fitted_size.wrong("stretches every digit")
def both_20(height, width):
    return 20, 20


@fitted_size.wrong("0 pixels")
def may_vanish(height, width):
    scale = 20 / max(height, width)
    return round(scale * height), round(scale * width)


@fitted_size.wrong("shorter side becomes 20")
def shorter_side(height, width):
    scale = 20 / min(height, width)
    return round(scale * height), round(scale * width)


@fitted_size.wrong("width decides")
def by_width(height, width):
    return max(1, round(20 * height / width)), 20


@fitted_size.wrong("wrong order")
def width_first(height, width):
    scale = 20 / max(height, width)
    return max(1, round(scale * width)), max(1, round(scale * height))


@fitted_size.wrong("cut off at 20")
def clipped(height, width):
    return 20, min(20, max(1, round(20 * width / height)))


@fitted_size.wrong("must grow")
def only_shrinks(height, width):
    scale = min(1, 20 / max(height, width))
    return max(1, round(scale * height)), max(1, round(scale * width))


@fitted_size.wrong("cut off. Round to the nearest")
def truncates(height, width):
    scale = 20 / max(height, width)
    return max(1, int(scale * height)), max(1, int(scale * width))


@fitted_size.wrong("always rounds up")
def rounds_up(height, width):
    longer = max(height, width)
    return -(-20 * height // longer), -(-20 * width // longer)


@fitted_size.wrong("becomes 28")
def to_28(height, width):
    scale = 28 / max(height, width)
    return max(1, round(scale * height)), max(1, round(scale * width))


@fitted_size.wrong("whole pixels")
def with_fractions(height, width):
    scale = 20 / max(height, width)
    return max(1, scale * height), max(1, scale * width)


@fitted_size.wrong("always comes first")
def longer_side_first(height, width):
    longer, shorter = max(height, width), min(height, width)
    return 20, max(1, round(20 * shorter / longer))


@fitted_size.wrong("height may still become 0")
def least_width_only(height, width):
    scale = 20 / max(height, width)
    return round(scale * height), max(1, round(scale * width))


@fitted_size.wrong("width may still become 0")
def least_height_only(height, width):
    if width > height:
        return max(1, round(20 * height / width)), 20
    return 20, round(20 * width / height)


@fitted_size.wrong("a wide one|result\\[")
def whole_division(height, width):
    scale = max(height, width) // 20 or 1
    return max(1, round(height / scale)), max(1, round(width / scale))


@fitted_size.wrong("result\\[")
def at_least_two(height, width):
    scale = 20 / max(height, width)
    return max(2, round(scale * height)), max(2, round(scale * width))


@fitted_size.wrong("result\\[")
def one_added(height, width):
    scale = 20 / max(height, width)
    return min(20, 1 + int(scale * height)), min(20, 1 + int(scale * width))


@fitted_size.wrong("result\\[")
def scale_of_two_decimals(height, width):
    scale = round(20 / max(height, width), 2)
    return max(1, round(scale * height)), max(1, round(scale * width))


@fitted_size.wrong("Both sides are cut off")
def both_cut_off(height, width):
    return max(1, min(20, height)), max(1, min(20, width))


@fitted_size.wrong("must grow|result\\[")
def small_ones_as_they_are(height, width):
    if height <= 20 and width <= 20:
        return height, width
    scale = 20 / max(height, width)
    return max(1, round(scale * height)), max(1, round(scale * width))


@fitted_size.wrong("is 1|divides by zero|result\\[")
def square_is_no_case(height, width):
    if height > width:
        return 20, max(1, round(20 * width / height))
    if width > height:
        return max(1, round(20 * height / width)), 20
    return height, width


@fitted_size.wrong("end with `return`|must be 2 values")
def prints_only(height, width):
    scale = 20 / max(height, width)
    print(max(1, round(scale * height)), max(1, round(scale * width)))


@fitted_size.wrong("must be 2 values")
def the_scale(height, width):
    return 20 / max(height, width)


for before, after, why in (
    ("scale = min(20 / height, 20 / width)", "scale = min(20 / width, 20 / height)", "the smaller"),
    ("scale = 20 / max(height, width)", "scale = 20 / max(width, height)", "the larger"),
    (
        "return (20, max(1, round(20 * width / height)))",
        "return (20, max(round(20 * width / height), 1))",
        "the larger",
    ),
    (
        "return (max(1, round(20 * height / width)), 20)",
        "return (max(round(20 * height / width), 1), 20)",
        "the larger",
    ),
    (
        "return (max(1, round(scale * height)), max(1, round(scale * width)))",
        "return (max(1, round(scale * height)), max(round(scale * width), 1))",
        "the larger",
    ),
    (
        "return (max(1, round(scale * height)), max(1, round(scale * width)))",
        "return (max(round(scale * height), 1), max(1, round(scale * width)))",
        "the larger",
    ),
    (
        "return np.maximum(np.rint(20 * sides / sides.max()), 1)",
        "return np.maximum(1, np.rint(20 * sides / sides.max()))",
        "the larger",
    ),
    ("longer = max(height, width)", "longer = max(width, height)", "the larger"),
    (
        "scale = fractions.Fraction(20, max(height, width))",
        "scale = fractions.Fraction(20, max(width, height))",
        "the larger",
    ),
    (
        "return [max(1, round(scale * side)) for side in (height, width)]",
        "return [max(round(scale * side), 1) for side in (height, width)]",
        "the larger",
    ),
    (
        "return tf.maximum(tf.round(20 * sides / tf.reduce_max(sides)), 1.0)",
        "return tf.maximum(1.0, tf.round(20 * sides / tf.reduce_max(sides)))",
        "the larger",
    ),
    (
        "return (20, max(int(f'{20 * width / height:.0f}'), 1))",
        "return (20, max(1, int(f'{20 * width / height:.0f}')))",
        "the larger",
    ),
):
    fitted_size.equivalent(f"{before}  ->  {after}", f"{why} of two does not depend on their order")
nearest = "return 20 if side >= other else min(range(1, 21), key=lambda pixels: abs(pixels * other - 20 * side))"
for before, after, why in (
    ("range(1, 21)", "range(1, 22)", "a shorter side is never nearer to 21 pixels than to 20"),
    ("side >= other", "side > other", "for equal sides 20 is the nearest, too"),
    ("pixels * other - 20 * side", "20 * side - pixels * other", "a distance is the same from either end"),
):
    fitted_size.equivalent(f"{nearest}  ->  {nearest.replace(before, after)}", why)
fitted_size.equivalent("if height >= width:  ->  if height > width:", "a square is 20 × 20 either way")

least_confidence = Bank()


@least_confidence.right
def from_above(confidence, right, wanted):
    found = np.inf
    for threshold in sorted(set(confidence), reverse=True):
        kept = [hit for sure, hit in zip(confidence, right, strict=True) if sure >= threshold]
        if sum(kept) >= wanted * len(kept):
            found = threshold
    return found


@least_confidence.right
def all_at_once(confidence, right, wanted):
    kept = confidence[None] >= confidence[:, None]
    shares = (kept & right).sum(axis=1) / kept.sum(axis=1)
    return np.min(confidence[shares >= wanted], initial=np.inf)


@least_confidence.right
def by_counting_along(confidence, right, wanted):
    values = np.unique(confidence)[::-1]
    n_kept = np.cumsum([(confidence == value).sum() for value in values])
    n_right = np.cumsum([(right & (confidence == value)).sum() for value in values])
    good = values[n_right >= wanted * n_kept]
    return good[-1] if len(good) else np.inf


@least_confidence.right
def pure_python(confidence, right, wanted):
    answers = list(zip(confidence.tolist(), right.tolist(), strict=True))
    best = math.inf
    for least, _ in answers:
        n_kept = n_right = 0
        for sure, hit in answers:
            if sure >= least:
                n_kept, n_right = n_kept + 1, n_right + hit
        if n_right / n_kept >= wanted and least < best:
            best = least
    return best


@least_confidence.right
def tensors_of_all_pairs(confidence, right, wanted):
    import tensorflow as tf

    confidence = tf.constant(confidence, "float64")
    kept = tf.cast(confidence[None, :] >= confidence[:, None], "float64")
    shares = tf.reduce_sum(kept * tf.cast(right, "float64"), axis=1) / tf.reduce_sum(kept, axis=1)
    return tf.reduce_min(tf.where(shares >= wanted, confidence, np.inf))


@least_confidence.right
def first_that_will_do(confidence, right, wanted):
    good = (value for value in sorted(confidence) if np.average(right, weights=confidence >= value) >= wanted)
    return next(good, float("inf"))


@least_confidence.right
def with_errors_allowed(confidence, right, wanted):
    def keeps_it(value):
        n_kept = np.count_nonzero(confidence >= value)
        return np.count_nonzero(~right[confidence >= value]) <= n_kept - wanted * n_kept

    return min(filter(keeps_it, confidence), default=np.inf)


@least_confidence.right
def dropping_one_after_the_other(confidence, right, wanted):
    while len(confidence):
        if np.sum(right) / len(right) >= wanted:
            return confidence.min()
        kept = confidence > confidence.min()
        confidence, right = confidence[kept], right[kept]
    return np.inf


@least_confidence.wrong("not the smallest")
def largest(confidence, right, wanted):
    for threshold in np.sort(confidence)[::-1]:
        if right[confidence >= threshold].mean() >= wanted:
            return threshold
    return np.inf


@least_confidence.wrong("exactly as confident")
def more_confident(confidence, right, wanted):
    for threshold in np.sort(confidence)[:-1]:
        if right[confidence > threshold].mean() >= wanted:
            return threshold
    return np.inf


@least_confidence.wrong("Exactly the wanted share")
def more_than_wanted(confidence, right, wanted):
    for threshold in np.sort(confidence):
        if right[confidence >= threshold].mean() > wanted:
            return threshold
    return np.inf


@least_confidence.wrong("np.inf")
def the_surest_at_least(confidence, right, wanted):
    for threshold in np.sort(confidence):
        if right[confidence >= threshold].mean() >= wanted:
            return threshold
    return confidence.max()


@least_confidence.wrong("stops at the first")
def stops_too_early(confidence, right, wanted):
    found = np.inf
    for threshold in np.sort(confidence)[::-1]:
        if right[confidence >= threshold].mean() < wanted:
            return found
        found = threshold
    return found


@least_confidence.wrong("largest confidence of a wrong answer")
def above_all_errors(confidence, right, wanted):
    return confidence[~right].max() if not right.all() else confidence.min()


@least_confidence.wrong("share of right ones among those")
def quantile(confidence, right, wanted):
    return np.quantile(confidence, 1 - wanted)


@least_confidence.wrong("no threshold")
def accuracy(confidence, right, wanted):
    return right.mean()


@least_confidence.wrong("Divide by those that are kept")
def of_all_answers(confidence, right, wanted):
    for threshold in np.sort(confidence):
        if (right & (confidence >= threshold)).sum() / len(right) >= wanted:
            return threshold
    return np.inf


@least_confidence.wrong("keeps the least confident")
def unsure_ones(confidence, right, wanted):
    for threshold in np.sort(confidence):
        if right[confidence <= threshold].mean() >= wanted:
            return threshold
    return np.inf


@least_confidence.wrong("keeps every answer")
def keeps_all(confidence, right, wanted):
    return confidence.min()


@least_confidence.wrong("smallest confidence of a right answer")
def least_of_the_right_ones(confidence, right, wanted):
    return confidence[right].min()


@least_confidence.wrong("none of the given confidences")
def hundredths(confidence, right, wanted):
    for threshold in np.arange(0, 1, 0.01):
        if (confidence >= threshold).any() and right[confidence >= threshold].mean() >= wanted:
            return threshold
    return np.inf


@least_confidence.wrong("none of the given confidences")
def thousandths(confidence, right, wanted):
    for threshold in np.linspace(0, 1, 1001):
        if (confidence >= threshold).any() and right[confidence >= threshold].mean() >= wanted:
            return threshold
    return np.inf


@least_confidence.wrong("does not rise steadily")
def by_halving_to_the_last(confidence, right, wanted):
    values, found = sorted(confidence), np.inf
    first, last = 0, len(values) - 1
    while first <= last:
        middle = (first + last) // 2
        if right[confidence >= values[middle]].mean() >= wanted:
            found, last = values[middle], middle - 1
        else:
            first = middle + 1
    return found


@least_confidence.wrong("does not rise steadily")
def by_halving(confidence, right, wanted):
    values = np.unique(confidence)
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if right[confidence >= values[middle]].mean() >= wanted:
            high = middle
        else:
            low = middle + 1
    return values[low] if low < len(values) else np.inf


@least_confidence.wrong("np.inf")
def nan_for_nothing(confidence, right, wanted):
    good = [value for value in confidence if right[confidence >= value].mean() >= wanted]
    return min(good) if good else np.nan


@least_confidence.wrong("np.inf")
def one_for_nothing(confidence, right, wanted):
    good = [value for value in confidence if right[confidence >= value].mean() >= wanted]
    return min(good, default=1.0)


@least_confidence.wrong("np.inf")
def zero_for_nothing(confidence, right, wanted):
    for threshold in np.sort(confidence):
        if right[confidence >= threshold].mean() >= wanted:
            return threshold
    return 0


@least_confidence.wrong("mean confidence of the kept answers")
def mean_confidence(confidence, right, wanted):
    for threshold in np.sort(confidence):
        if confidence[confidence >= threshold].mean() >= wanted:
            return threshold
    return np.inf


@least_confidence.wrong("kept or dropped together")
def from_a_place_in_the_sorted_list(confidence, right, wanted):
    order = np.argsort(confidence)
    for place in range(len(order)):
        if right[order[place:]].mean() >= wanted:
            return confidence[order[place]]
    return np.inf


@least_confidence.wrong("perhaps not yours|not the right number")
def all_nearly_as_confident(confidence, right, wanted):
    for threshold in np.sort(confidence):
        if right[confidence >= threshold - 1e-3].mean() >= wanted:
            return threshold
    return np.inf


@least_confidence.wrong("400 answers|perhaps not yours")
def a_hundred_tries(confidence, right, wanted):
    for threshold in np.sort(confidence)[:100]:
        if right[confidence >= threshold].mean() >= wanted:
            return threshold
    return np.inf


@least_confidence.wrong("ValueError")
def minimum_of_nothing(confidence, right, wanted):
    return min(value for value in confidence if right[confidence >= value].mean() >= wanted)


@least_confidence.wrong("Only the confidences of right answers")
def of_right_answers_only(confidence, right, wanted):
    for threshold in np.sort(confidence[right]):
        if right[confidence >= threshold].mean() >= wanted:
            return threshold
    return np.inf


@least_confidence.wrong("taken for sorted")
def supposed_to_be_sorted(confidence, right, wanted):
    for place in range(len(confidence)):
        if right[place:].mean() >= wanted:
            return confidence[place]
    return np.inf


@least_confidence.wrong("more than one answer to be kept")
def two_answers_at_least(confidence, right, wanted):
    for threshold in np.sort(confidence):
        kept = confidence >= threshold
        if kept.sum() > 1 and right[kept].mean() >= wanted:
            return threshold
    return np.inf


@least_confidence.wrong("400 answers|perhaps not yours")
def counts_in_a_byte(confidence, right, wanted):
    for threshold in np.sort(confidence):
        kept = confidence >= threshold
        if (kept & right).sum(dtype="uint8") >= wanted * kept.sum():
            return threshold
    return np.inf


@least_confidence.wrong("not the right number|perhaps not yours")
def where_it_stands(confidence, right, wanted):
    for place, threshold in enumerate(np.sort(confidence)):
        if right[confidence >= threshold].mean() >= wanted:
            return place
    return np.inf


@least_confidence.wrong("not the right number|perhaps not yours")
def rounded_to_two_decimals(confidence, right, wanted):
    for threshold in np.sort(confidence):
        if right[confidence >= threshold].mean() >= wanted:
            return round(float(threshold), 2)
    return np.inf


@least_confidence.wrong("kept or dropped together")
def one_by_one(confidence, right, wanted):
    order = np.argsort(-confidence, kind="stable")
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(shares >= wanted)
    return confidence[order[good[-1]]] if len(good) else np.inf


@least_confidence.wrong("kept or dropped together")
def one_by_one_from_the_right(confidence, right, wanted):
    order = np.argsort(confidence, kind="stable")[::-1]
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(shares >= wanted)
    return confidence[order[good[-1]]] if len(good) else np.inf


@least_confidence.wrong("must be a single number|is None")
def nothing_after_the_loop(confidence, right, wanted):
    for threshold in np.sort(confidence):
        if right[confidence >= threshold].mean() >= wanted:
            return threshold


least_confidence.equivalent(
    "if n_right / n_kept >= wanted and least < best:  ->  if n_right / n_kept >= wanted and least <= best:",
    "the same confidence once more changes nothing",
)
least_confidence.equivalent(
    "confidence = tf.constant(confidence, 'float64')  ->  dropped", "TensorFlow makes tensors of arrays by itself"
)
