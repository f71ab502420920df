"""Answers to the exercise of lesson 00."""

import functools
import itertools
import operator

import numpy as np

from exercise_banks import Bank

ink_share = Bank()


@ink_share.right
def mean_of_a_comparison(image):
    return (image > 0).mean()


@ink_share.right
def counted_and_divided(image):
    return np.count_nonzero(image) / image.size


@ink_share.right
def plain_python(image):
    values = [value for row in image for value in row]
    return len([value for value in values if value != 0]) / len(values)


@ink_share.right
def as_a_string_of_steps(image):
    ink = np.zeros(image.shape)
    ink[image >= 1] = 1
    print(ink)
    return ink.sum() / (image.shape[0] * image.shape[1])


@ink_share.right
def in_float32(image):
    return np.mean(image.astype(bool), dtype="float32")


@ink_share.right
def one_minus_paper(image):
    return 1 - (image == 0).sum() / image.size


@ink_share.right
def with_reduce(image):
    return functools.reduce(operator.add, (int(value > 0) for value in image.flat)) / image.size


@ink_share.right
def pixel_by_pixel(image):
    height, width = image.shape
    count = 0
    for row in range(height):
        for column in range(width):
            if image[row, column] > 0:
                count += 1
    return count / (height * width)


@ink_share.right
def as_a_product(image):
    height, width = image.shape
    return np.full(height, 1 / height) @ (image > 0) @ np.full(width, 1 / width)


@ink_share.right
def mean_of_the_rows(image):
    shares = [sum(value > 0 for value in row) / len(row) for row in image.tolist()]
    return sum(shares) / len(shares)


@ink_share.right
def with_groupby(image):
    lengths = {is_ink: len(list(run)) for is_ink, run in itertools.groupby(sorted(image.ravel() > 0))}
    return lengths.get(True, 0) / image.size


@ink_share.right
def in_tensorflow(image):
    import tensorflow as tf

    return tf.reduce_mean(tf.cast(image > 0, tf.float32))


@ink_share.right
def in_keras(image):
    from keras import ops

    return ops.mean(ops.cast(ops.greater(image, 0), "float32"))


@ink_share.wrong("a count. A share is the count divided")
def a_count(image):
    return np.count_nonzero(image)


@ink_share.wrong("share of paper")
def paper(image):
    return 1 - np.count_nonzero(image) / image.size


@ink_share.wrong("a percentage")
def percent(image):
    return 100 * (image > 0).sum() / image.size


@ink_share.wrong("the number of all pixels")
def all_pixels(image):
    return image.shape[0] * image.shape[1]


@ink_share.wrong("the sum of all values")
def sum_of_values(image):
    return image.sum()


@ink_share.wrong("how dark the image is on average")
def mean_value(image):
    return image.sum() / image.size


@ink_share.wrong("how dark the image is on average")
def mean_darkness(image):
    return (image / 255).mean()


@ink_share.wrong("how dark the image is on average")
def darkness_against_the_darkest(image):
    return image.mean() / max(image.max(), 1)


@ink_share.wrong("average value of the pixels that hold ink")
def mean_of_the_ink(image):
    ink = [value for value in image.ravel().tolist() if value > 0]
    return sum(ink) / max(len(ink), 1)


@ink_share.wrong("255 is only the darkest ink")
def darkest_only(image):
    return (image > 254).mean()


@ink_share.wrong("only the darker pixels are counted")
def half_dark(image):
    return (image >= 128).mean()


@ink_share.wrong("1 is ink, too")
def one_more(image):
    return (image > 1).mean()


@ink_share.wrong("only the darker pixels are counted")
def above_the_mean(image):
    return (image > image.mean()).mean()


@ink_share.wrong("number of rows")
def by_rows(image):
    return (image > 0).sum() / len(image)


@ink_share.wrong("number of columns")
def by_columns(image):
    return sum(row.astype(bool).sum() for row in image) / len(image[0])


@ink_share.wrong("divided by 784")
def of_mnist(image):
    return (image > 0).sum() / (28 * 28)


@ink_share.wrong("ink divided by paper")
def ink_to_paper(image):
    return np.count_nonzero(image) / max(np.count_nonzero(image == 0), 1)


@ink_share.wrong("ink divided by paper")
def ink_to_paper_in_python(image):
    paper = [value for value in image.ravel().tolist() if value == 0]
    return (image.size - len(paper)) / len(paper)


@ink_share.wrong("rows that hold any ink")
def rows_with_ink(image):
    return sum(1 for row in image if row.any()) / len(image)


@ink_share.wrong("first row alone")
def returns_in_the_loop(image):
    for row in image:
        return sum(value > 0 for value in row.tolist()) / len(row)


@ink_share.wrong("The count overflowed")
def overflowing(image):
    return (image > 0).astype("uint8").sum(dtype="uint8") / image.size


@ink_share.wrong("The count overflowed")
def counts_in_a_byte(image):
    count = np.zeros(1, dtype="uint8")
    for row in image:
        count += (row > 0).sum(dtype="uint8")
    return count[0] / image.size


@ink_share.wrong("The fraction is lost")
def floor_division(image):
    return np.count_nonzero(image) // image.size


@ink_share.wrong("The share is rounded")
def rounded_to_one(image):
    return float(f"{np.mean(image > 0):.1f}")


@ink_share.wrong("The share is rounded")
def rounded_to_two(image):
    return int(np.mean(image > 0) * 100 + 0.5) / 100


@ink_share.wrong("The share is rounded")
def rounded_to_three(image):
    return round(np.count_nonzero(image) / image.size, 3)


@ink_share.wrong("The share is rounded")
def rounded_to_four(image):
    return np.around((image != 0).mean(), decimals=4)


@ink_share.wrong("0 for every image")
def compares_with_is(image):
    return sum(1 for value in image.ravel() if (value > 0) is True) / image.size


@ink_share.wrong("darkest pixels are missing")
def signed_bytes(image):
    return np.mean(image.astype("int8") > 0)


@ink_share.wrong("single number, but it is an array of shape \\(5,\\)")
def for_each_column(image):
    return (image > 0).mean(axis=0)


@ink_share.wrong("single number, but it is an array of shape \\(2, 5\\)")
def the_comparison_alone(image):
    return image > 0


@ink_share.wrong("ValueError: The truth value(.|\n)*line 2 of the cell")
def compares_the_whole_image(image):
    if image > 0:
        return 1
    return 0


@ink_share.wrong("It changes `image` in place")
def blackens_the_ink(image):
    image[image > 0] = 1
    return image.mean()


@ink_share.wrong("None")
def prints_only(image):
    print((image > 0).mean())


@ink_share.wrong("The last row is missing")
def all_but_the_last_row(image):
    return (image[:-1] > 0).mean()


@ink_share.wrong("share of the columns that hold any ink")
def columns_with_ink(image):
    return np.mean(image.sum(axis=0) > 0)


@ink_share.wrong("whether there is any ink")
def any_ink(image):
    return bool((image > 0).any())


@ink_share.wrong("Only one pixel is counted")
def sets_the_count(image):
    count = 0
    for value in image.ravel():
        if value > 0:
            count = +1
    return count / image.size


@ink_share.wrong("Only the first pixel is counted")
def returns_after_a_pixel(image):
    count = 0
    for value in image.ravel():
        if value > 0:
            count += 1
        return count / image.size


@ink_share.wrong("one less than the number of pixels")
def by_one_less(image):
    return (image > 0).sum() / max(image.size - 1, 1)


@ink_share.wrong("the median of the comparison")
def median(image):
    return np.median(image > 0)


@ink_share.wrong("Equal values are counted once")
def different_values(image):
    return len(set(image.ravel().tolist()) - {0}) / image.size


@ink_share.wrong("is text, not a number")
def as_text(image):
    return f"{np.mean(image > 0):.4f}"


@ink_share.wrong("rows plus that of columns")
def by_the_sum_of_the_lengths(image):
    return (image > 0).sum() / np.sum(image.shape)


@ink_share.wrong("only the darker pixels are counted")
def above_ten(image):
    return np.mean(image > 10)
