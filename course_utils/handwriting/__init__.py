"""From a photographed or drawn digit to an image like MNIST's, one small step after another.

`prepare` takes all the steps. They are, in order: `to_gray`, `make_ink_dark`, `remove_paper`, `threshold_ink` (together
`find_ink`), `remove_surroundings`, `find_digits`, `crop`, `fit`, `center`. The last two do what the makers of MNIST
did: Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document recognition",
Proceedings of the IEEE 86 (1998), 2278-2324, section III.
"""

from course_utils.handwriting.digits import (
    MAX_DIGITS,
    center,
    crop,
    find_digits,
    fit,
    ink_box,
    prepare,
    prepare_sheet,
    touch,
)
from course_utils.handwriting.ink import (
    DARKEST_PAPER,
    LEAST_CONTRAST,
    LEAST_DISTANCE,
    find_ink,
    find_sheet,
    make_ink_dark,
    otsu_threshold,
    remove_paper,
    threshold_ink,
    to_gray,
)
from course_utils.handwriting.page import find_slope, remove_surroundings
from course_utils.handwriting.reading import (
    FORMATS,
    HEIC_BRANDS,
    MAX_PIXELS,
    MAX_PIXELS_WEBP,
    MAX_SIDE,
    OTHER_ENDINGS,
    SAMPLES,
    TooLargeError,
    find_images,
    load_samples,
    read_image,
)

__all__ = [
    "DARKEST_PAPER",
    "FORMATS",
    "HEIC_BRANDS",
    "LEAST_CONTRAST",
    "LEAST_DISTANCE",
    "MAX_DIGITS",
    "MAX_PIXELS",
    "MAX_PIXELS_WEBP",
    "MAX_SIDE",
    "OTHER_ENDINGS",
    "SAMPLES",
    "TooLargeError",
    "center",
    "crop",
    "find_digits",
    "find_images",
    "find_ink",
    "find_sheet",
    "find_slope",
    "fit",
    "ink_box",
    "load_samples",
    "make_ink_dark",
    "otsu_threshold",
    "prepare",
    "prepare_sheet",
    "read_image",
    "remove_paper",
    "remove_surroundings",
    "threshold_ink",
    "to_gray",
    "touch",
]
