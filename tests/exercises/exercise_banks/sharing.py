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


@quantize.right
def half_up(values, scale, zero_point):
    return np.floor(values / scale + 0.5 + zero_point).clip(-128, 127).astype(np.int8)


@quantize.right
def with_tensorflow(values, scale, zero_point):
    import tensorflow as tf

    codes = tf.round(tf.cast(values, "float64") / scale) + zero_point
    return tf.cast(tf.clip_by_value(codes, -128, 127), tf.int8)


@quantize.right
def with_keras(values, scale, zero_point):
    import keras

    codes = keras.ops.round(keras.ops.cast(values, "float64") / scale) + zero_point
    return keras.ops.cast(keras.ops.clip(codes, -128, 127), "int8")


@quantize.right
def through_text(values, scale, zero_point):
    codes = [int(f"{value / scale:.0f}") + zero_point for value in values.ravel().tolist()]
    return np.array(codes).clip(-128, 127).astype("int8").reshape(values.shape)


@quantize.right
def with_vectorize(values, scale, zero_point):
    return np.vectorize(lambda value: sorted((-128, round(value / scale) + zero_point, 127))[1], otypes=["int8"])(
        values
    )


@quantize.right
def where_beyond(values, scale, zero_point):
    lowest, highest = (-128 - zero_point) * scale, (127 - zero_point) * scale
    inside = np.where((values >= lowest) & (values <= highest), values, 0)
    codes = np.array(np.rint(inside / scale) + zero_point, dtype="int8")
    return np.where(values < lowest, np.int8(-128), np.where(values > highest, np.int8(127), codes))


@quantize.right
def with_the_rest(values, scale, zero_point):
    whole, rest = np.divmod(np.array(values) / scale, 1)
    return (whole + (rest > 0.5) + zero_point).clip(-128, 127).astype("b")


@quantize.wrong("rounded up")
def ceiled(values, scale, zero_point):
    return np.clip(np.ceil(values / scale) + zero_point, -128, 127).astype("int8")


@quantize.wrong("Half a step is added")
def half_and_int(values, scale, zero_point):
    return np.clip((values / scale + 0.5).astype(int) + zero_point, -128, 127).astype("int8")


@quantize.wrong("numbers differ")
def through_int16(values, scale, zero_point):
    return np.clip(np.round(values / scale).astype(int).astype("int16") + zero_point, -128, 127).astype("int8")


@quantize.wrong("numbers differ|as after a usual mistake")
def through_int32(values, scale, zero_point):
    return np.clip(np.round(values / scale).astype(int).astype("int32") + zero_point, -128, 127).astype("int8")


@quantize.wrong("numbers differ|as after a usual mistake")
def upper_end_only(values, scale, zero_point):
    return np.minimum(np.round(values / scale) + zero_point, 127).astype(int).astype("int8")


@quantize.wrong("numbers differ|as after a usual mistake|other end")
def lower_end_only(values, scale, zero_point):
    return np.maximum(np.round(values / scale) + zero_point, -128).astype(int).astype("int8")


@quantize.wrong("numbers differ|as after a usual mistake")
def up_to_128(values, scale, zero_point):
    return np.clip(np.round(values / scale) + zero_point, -128, 128).astype(int).astype("int8")


@quantize.wrong("numbers differ|as after a usual mistake")
def in_the_type_of_the_values(values, scale, zero_point):
    codes = np.zeros_like(values)
    steps = np.empty_like(values)
    steps[...] = values / scale
    codes[...] = np.round(steps) + zero_point
    return np.clip(codes, -128, 127).astype("int8")


@quantize.wrong("numbers differ|as after a usual mistake")
def whole_scale(values, scale, zero_point):
    if isinstance(scale, int):
        return np.clip(values // scale + zero_point, -128, 127).astype("int8")
    return np.clip(np.round(values / scale) + zero_point, -128, 127).astype("int8")


@quantize.wrong("shape")
def flattened(values, scale, zero_point):
    return np.clip(np.round(values.ravel() / scale) + zero_point, -128, 127).astype("int8")


@quantize.wrong("numbers differ|as after a usual mistake|raised")
def one_row_or_two(values, scale, zero_point):
    codes = np.zeros(values.shape, dtype="int8")
    for place, row in enumerate(values):
        for column, value in enumerate(np.atleast_1d(row)):
            code = max(-128, min(127, round(float(value) / scale) + zero_point))
            if values.ndim == 1:
                codes[place] = code
            else:
                codes[place, column] = code
    return codes


@quantize.wrong("numbers differ")
def in_half_precision(values, scale, zero_point):
    steps = np.round(np.asarray(values, dtype="float16") / np.float16(scale))
    return np.clip(steps.astype(float) + zero_point, -128, 127).astype("int8")


@quantize.wrong("must be int8, but it is int64")
def a_list(values, scale, zero_point):
    return np.clip(np.round(values / scale) + zero_point, -128, 127).astype("int64").tolist()


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
for line, changes, why in (
    (
        "return np.vectorize(lambda value: sorted(({}))[1], otypes=['int8'])(values)",
        [
            ("-128, round(value / scale) + zero_point, 127", "round(value / scale) + zero_point, -128, 127"),
            ("-128, round(value / scale) + zero_point, 127", "-128, 127, round(value / scale) + zero_point"),
        ],
        "the middle of three numbers is the same, in whichever order they stand",
    ),
    (
        "inside = np.where((values >= lowest) & (values <= highest), values, {})",
        [("0", "1"), ("0", "-1")],
        "what stands for a value beyond the ends is not looked at again",
    ),
    (
        "return np.where(values {} lowest, np.int8(-128), np.where(values {} highest, np.int8(127), codes))",
        [("< >", "<= >"), ("< >", "< >=")],
        "the code at an end is the end",
    ),
    (
        "return (whole + (rest {} 0.5) + zero_point).clip(-128, 127).astype('b')",
        [(">", ">=")],
        "no value lies in the middle between two codes",
    ),
):
    for old, new in changes:
        parts = [text.split() if line.count("{}") > 1 else [text] for text in (old, new)]
        quantize.equivalent("  ->  ".join(line.format(*part) for part in parts), why)
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
    image = np.array(rows)
    return np.subtract(1, image / 255)[None, :, :, None].astype("float32")


@to_batch.right
def rescaled_by_keras(rows):
    import keras

    images = np.array(rows)[None, :, :, None]
    return keras.layers.Rescaling(-1 / 255, offset=1.0)(images)


@to_batch.right
def batch_of_tensorflow(rows):
    import tensorflow as tf

    return (255 - tf.cast(rows, tf.float32))[tf.newaxis, :, :, tf.newaxis] / 255


@to_batch.right
def from_a_table(rows):
    table = np.linspace(1, 0, 256, dtype="float32")
    return table[np.array(rows)][None, ..., None]


@to_batch.right
def with_interp(rows):
    image = np.interp(rows, (0, 255), (1, 0))
    return image[np.newaxis, :, :, np.newaxis].astype(np.float32)


@to_batch.right
def as_bits(rows):
    image = np.bitwise_not(np.array(rows, dtype="uint8"))
    return np.stack([image], axis=-1)[np.newaxis] / np.float32(255)


@to_batch.right
def filled(rows):
    batch = np.ones((1, len(rows), len(rows[0]), 1), dtype="float32")
    for r, row in enumerate(rows):
        for c, gray in enumerate(row):
            batch[0, r, c, 0] -= gray / 255
    return batch


@to_batch.right
def in_place_on_a_copy(rows):
    batch = np.array(rows, dtype="float32")[None, ..., None]
    np.negative(batch, out=batch)
    batch += 255
    batch /= 255
    return batch


@to_batch.wrong("are cut off here")
def clipped(rows):
    return np.clip(1 - np.array(rows, dtype="float32")[None, ..., None] / 255, 0.01, 0.99)


@to_batch.wrong("Rows and columns are swapped")
def transposed(rows):
    return 1 - np.array(rows, dtype="float32").T[None, ..., None] / 255


@to_batch.wrong("from −1 to 1")
def around_0(rows):
    return 1 - np.array(rows, dtype="float32")[None, ..., None] / 127.5


@to_batch.wrong("are rounded")
def in_tenths(rows):
    return np.round(1 - np.array(rows, dtype="float32")[None, ..., None] / 255, 1)


@to_batch.wrong("numbers differ|as after a usual mistake")
def in_hundredths(rows):
    return np.round(1 - np.array(rows, dtype="float32")[None, ..., None] / 255, 2)


@to_batch.wrong("either ink or paper|numbers differ|perhaps not yours")
def all_that_is_not_white(rows):
    return (np.array(rows)[None, ..., None] != 255).astype("float32")


@to_batch.wrong("either ink or paper")
def rounded(rows):
    return np.round(1 - np.array(rows, dtype="float32")[None, ..., None] / 255)


@to_batch.wrong("cannot reshape|fit together|raised ValueError")
def size_of_mnist(rows):
    return 1 - np.array(rows, dtype="float32").reshape(1, 28, 28, 1) / 255


@to_batch.wrong("numbers differ")
def small_integers(rows):
    return (-np.array(rows, dtype="uint8"))[None, ..., None].astype("float32") / 255


@to_batch.wrong("reverse order|shape")
def axes_reversed(rows):
    return np.ones((1, 1, 1, 1), "float32") - np.array(rows, dtype="float32")[:, :, None, None] / 255


@to_batch.wrong("as when you found it")
def absolute(rows):
    return np.abs(np.array(rows, dtype="float32")[None, ..., None] / 255)


@to_batch.wrong("as when you found it")
def one_minus_twice(rows):
    return 1 - (1 - np.array(rows, dtype="float32")[None, ..., None] / 255)


@to_batch.wrong("numbers differ|as after a usual mistake")
def only_where_gray(rows):
    batch = np.array(rows, dtype="float32")[None, ..., None] / 255
    batch[batch == 1] = 0
    return batch


@to_batch.wrong("must be float32")
def nested_lists(rows):
    return [[[[1 - gray / 255] for gray in row] for row in rows]]


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


for line, mutant in (
    (
        "batch = np.ones((1, len(rows), len(rows[0]), 1), dtype='float32')",
        "batch = np.ones((1, len(rows), len(rows[-1]), 1), dtype='float32')",
    ),
    ("batch[0, r, c, 0] -= gray / 255", "batch[-1, r, c, 0] -= gray / 255"),
    ("batch[0, r, c, 0] -= gray / 255", "batch[0, r, c, -1] -= gray / 255"),
):
    to_batch.equivalent(f"{line}  ->  {mutant}", "where there is one, the last is the first; all rows are equally long")


claim = Bank()
claim.right_value("c", "C", " c ")
claim.wrong_value("measured on one set", "a")
claim.wrong_value("among the surest", "b")
claim.wrong_value("four times as often", "d")
claim.wrong_value('Answer with one of `"a"`', "e", "", "cd", None, 3, ["c"], "c.", "(c)", b"c", True)
