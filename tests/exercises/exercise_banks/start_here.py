"""Answers to the exercise of lesson 00."""

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


@ink_share.wrong("how dark the image is on average")
def mean_value(image):
    return image.sum() / image.size


@ink_share.wrong("how dark the image is on average")
def mean_darkness(image):
    return (image / 255).mean()


@ink_share.wrong("255 is only the darkest ink")
def darkest_only(image):
    return (image > 254).mean()


@ink_share.wrong("expected")
def overflowing(image):
    return (image > 0).astype("uint8").sum(dtype="uint8") / image.size


@ink_share.wrong("expected")
def by_rows(image):
    return (image > 0).sum() / len(image)


@ink_share.wrong("expected")
def one_more(image):
    return (image > 1).mean()


@ink_share.wrong("None")
def prints_only(image):
    print((image > 0).mean())
