"""Answers to the exercises of lesson 08."""

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
):
    fitted_size.equivalent(f"{before}  ->  {after}", f"{why} of two does not depend on their order")
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
