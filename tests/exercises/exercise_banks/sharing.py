"""Answers to the exercises of lesson 11."""

import numpy as np

from exercise_banks import Bank

quantize = Bank()


@quantize.right
def with_rint(values, scale, zero_point):
    steps = np.rint(np.asarray(values) / scale).astype(int) + zero_point
    return np.minimum(np.maximum(steps, -128), 127).astype(np.int8)


@quantize.right
def one_by_one(values, scale, zero_point):
    codes = np.zeros(values.shape, dtype="int8")
    for place, value in np.ndenumerate(values):
        codes[place] = max(-128, min(127, round(value / scale) + zero_point))
    return codes


@quantize.right
def nearest_of_all_codes(values, scale, zero_point):
    codes = np.arange(-128, 128)
    distances = abs((codes - zero_point) * scale - values[..., None])
    return codes[distances.argmin(axis=-1)].astype("int8")


@quantize.wrong("cut off. The nearest code")
def truncated(values, scale, zero_point):
    return np.clip((values / scale).astype(int) + zero_point, -128, 127).astype("int8")


@quantize.wrong("rounded down")
def floored(values, scale, zero_point):
    return np.clip(np.floor(values / scale) + zero_point, -128, 127).astype("int8")


@quantize.wrong("came out at the other end")
def wraps(values, scale, zero_point):
    return (np.round(values / scale).astype(int) + zero_point).astype("int8")


@quantize.wrong("must be int8, but it is int16")
def as_int16(values, scale, zero_point):
    return (np.round(values / scale) + zero_point).astype("int16")


@quantize.wrong("ends of uint8")
def unsigned(values, scale, zero_point):
    return np.clip(np.round(values / scale) + zero_point, 0, 255)


@quantize.wrong("one more code below 0")
def symmetric(values, scale, zero_point):
    return np.clip(np.round(values / scale) + zero_point, -127, 127).astype("int8")


@quantize.wrong("clipped before the zero point")
def clipped_too_soon(values, scale, zero_point):
    return (np.clip(np.round(values / scale), -128, 127) + zero_point).astype(int).astype("int8")


@quantize.wrong("is subtracted")
def minus(values, scale, zero_point):
    return np.clip(np.round(values / scale) - zero_point, -128, 127).astype("int8")


@quantize.wrong("zero point is missing")
def without_zero_point(values, scale, zero_point):
    return np.clip(np.round(values / scale), -128, 127).astype("int8")


@quantize.wrong("after the division")
def zero_point_as_a_value(values, scale, zero_point):
    return np.clip(np.round((values + zero_point) / scale), -128, 127).astype("int8")


@quantize.wrong("so divide to find")
def multiplied(values, scale, zero_point):
    return np.clip(np.round(values * scale) + zero_point, -128, 127).astype("int8")


@quantize.wrong("come back from the codes")
def there_and_back(values, scale, zero_point):
    codes = np.clip(np.round(values / scale) + zero_point, -128, 127)
    return (codes - zero_point) * scale


@quantize.wrong("must be int8, but it is float64: the type is wrong")
def still_floats(values, scale, zero_point):
    return np.clip(np.round(values / scale) + zero_point, -128, 127)


@quantize.wrong("changes `values` in place")
def in_place(values, scale, zero_point):
    values /= scale
    return np.clip(np.round(values) + zero_point, -128, 127).astype("int8")


quantize.equivalent(
    "return np.clip(codes, -128, 127).astype('int8')  ->  return np.clip(-128, codes, 127).astype('int8')",
    "the middle of three numbers is the same, in whichever order they stand",
)
for mutant in (
    "return np.minimum(np.maximum(steps, -128), 127).astype(np.int8)  ->  "
    "return np.minimum(127, np.maximum(steps, -128)).astype(np.int8)",
    "return np.minimum(np.maximum(steps, -128), 127).astype(np.int8)  ->  "
    "return np.minimum(np.maximum(-128, steps), 127).astype(np.int8)",
    "codes[place] = max(-128, min(127, round(value / scale) + zero_point))  ->  "
    "codes[place] = max(min(127, round(value / scale) + zero_point), -128)",
    "codes[place] = max(-128, min(127, round(value / scale) + zero_point))  ->  "
    "codes[place] = max(-128, min(round(value / scale) + zero_point, 127))",
):
    quantize.equivalent(mutant, "the larger or the smaller of two, in whichever order they stand")
quantize.equivalent(
    "distances = abs((codes - zero_point) * scale - values[..., None])  ->  "
    "distances = abs(values[..., None] - (codes - zero_point) * scale)",
    "the size of a difference, in whichever order",
)


to_batch = Bank()


@to_batch.right
def inverted_first(rows):
    image = 255 - np.array(rows)
    return image.reshape(1, *image.shape, 1).astype("float32") / 255


@to_batch.right
def pixel_by_pixel(rows):
    numbers = [[[1 - value / 255] for value in row] for row in rows]
    return np.array([numbers], dtype="float32")


@to_batch.right
def by_subtraction(rows):
    image = np.array(rows, dtype="uint8")
    return np.subtract(1, image / 255)[None, :, :, None].astype("float32")


@to_batch.wrong("Now ink is 255")
def not_scaled(rows):
    return 255 - np.array(rows, dtype="float32")[None, ..., None]


@to_batch.wrong("paper is −1 and ink 0")
def negative(rows):
    return -np.array(rows, dtype="float32")[None, ..., None] / 255


@to_batch.wrong("not 256")
def by_256(rows):
    return 1 - np.array(rows, dtype="float32")[None, ..., None] / 256


@to_batch.wrong("Divide before you subtract")
def one_minus(rows):
    return 1 - np.array(rows, dtype="float32")[None, ..., None]


@to_batch.wrong("either ink or paper")
def threshold(rows):
    return (np.array(rows)[None, ..., None] < 128).astype("float32")


@to_batch.wrong("all grays are gone")
def whole_numbers(rows):
    return ((255 - np.array(rows)) // 255)[None, ..., None].astype("float32")


@to_batch.wrong("its own darkest and brightest")
def stretched(rows):
    image = np.array(rows, dtype="float32")[None, ..., None]
    return (image.max() - image) / (image.max() - image.min())


@to_batch.wrong("upside down")
def flipped(rows):
    return 1 - np.array(rows, dtype="float32")[None, ::-1, :, None] / 255


@to_batch.wrong("or mirrored")
def mirrored(rows):
    return 1 - np.array(rows, dtype="float32")[None, :, ::-1, None] / 255


@to_batch.wrong("whatever is brightest")
def from_the_brightest(rows):
    image = np.array(rows, dtype="float32")
    return ((image.max() - image) / 255)[None, ..., None]


@to_batch.wrong("An axis of length 1 is missing")
def without_channel(rows):
    return 1 - np.array(rows, dtype="float32")[None] / 255


@to_batch.wrong("must be float32, but it is float64")
def in_float64(rows):
    return 1 - np.array(rows)[None, ..., None] / 255


claim = Bank()
claim.right_value("c", "C", " c ")
claim.wrong_value("measured on one set", "a")
claim.wrong_value("among the surest", "b")
claim.wrong_value("four times as often", "d")
claim.wrong_value('Answer with one of `"a"`', "e", "", "cd", None, 3, ["c"])
