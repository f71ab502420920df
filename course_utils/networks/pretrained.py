"""EfficientNet-Lite0, trained on ImageNet: the network whose features lesson 15 borrows."""

import numpy as np

from course_utils._tensorflow import keras
from course_utils.networks.parts import ASSETS, stored_file

EFFICIENTNET_FILE = ASSETS / "efficientnet_lite0.npz"
IMAGENET_NAMES_FILE = ASSETS / "imagenet_names.txt"
N_IMAGENET = 1000

# The stages: blocks, filters, kernel size, stride of the first block, and how many times as many channels a block has
# inside. They are those of EfficientNet-B0 (Table 1 of https://arxiv.org/abs/1905.11946).
STAGES = (
    (1, 16, 3, 1, 1),
    (2, 24, 3, 2, 6),
    (2, 40, 5, 2, 6),
    (3, 80, 3, 2, 6),
    (3, 112, 5, 1, 6),
    (4, 192, 5, 2, 6),
    (1, 320, 3, 1, 6),
)


def _normalize(maps, name, *, relu=True):
    """Batch normalization, and a ReLU that ends at 6, so that 8 bits can hold its outputs."""
    maps = keras.layers.BatchNormalization(epsilon=0.001, name=f"{name}_normalized")(maps)
    return keras.layers.ReLU(6, name=f"{name}_relu")(maps) if relu else maps


def _convolve(maps, filters, size, name, *, strides=1, relu=True):
    """A convolution without biases, normalized."""
    options = {"strides": strides, "padding": "same", "use_bias": False, "name": name}
    return _normalize(keras.layers.Conv2D(filters, size, **options)(maps), name, relu=relu)


def _add_block(maps, filters, size, strides, expansion, name):
    """An inverted bottleneck (lesson 14 has the bottleneck): 1 × 1 to more channels, depthwise, 1 × 1 to fewer.

    Where the shapes allow it, what came in is added to what goes out (Sandler and others, 2018,
    https://arxiv.org/abs/1801.04381).
    """
    inputs = maps
    if expansion > 1:
        maps = _convolve(maps, expansion * maps.shape[-1], 1, f"{name}_expand")
    options = {"strides": strides, "padding": "same", "use_bias": False, "name": f"{name}_depthwise"}
    maps = _normalize(keras.layers.DepthwiseConv2D(size, **options)(maps), f"{name}_depthwise")
    maps = _convolve(maps, filters, 1, f"{name}_project", relu=False)
    return keras.layers.Add(name=f"{name}_add")([inputs, maps]) if inputs.shape == maps.shape else maps


def build_efficientnet_lite0(size=224):
    """EfficientNet-Lite0, untrained: 16 inverted bottlenecks, global average pooling, 1,000 classes.

    EfficientNet-B0 without what slows small machines down: no squeeze-and-excitation, and ReLU6 in place of swish.

    Parameters
    ----------
    size : int
        Height and width of the images in pixels, at least 32; ImageNet's are 224. The weights fit any.

    Returns
    -------
    keras.Model
        Reads RGB images of shape (n, size, size, 3) with values in [0, 255], uint8 or float32; gives float32
        probabilities of shape (n, 1000). The layer named ``features`` gives each image's 1,280 features.

    Raises
    ------
    TypeError
        If the size isn't a whole number.
    ValueError
        If the images are smaller than 32 × 32.
    """
    if not isinstance(size, int | np.integer):
        raise TypeError(f"size must be one whole number of pixels, such as 224, got {size!r}")
    if size < 32:
        raise ValueError(f"images must be 32 pixels high and wide or more, for five strides of 2, got {size}")
    images = keras.Input((size, size, 3), name="images")
    maps = keras.layers.Rescaling(1 / 128, offset=-127 / 128, name="scale")(images)
    maps = _convolve(maps, 32, 3, "stem", strides=2)
    number = 0
    for n_blocks, filters, kernel_size, strides, expansion in STAGES:
        for index in range(n_blocks):
            name = f"block{number:02}"
            maps = _add_block(maps, filters, kernel_size, 1 if index else strides, expansion, name)
            number += 1
    maps = _convolve(maps, 1280, 1, "head")
    features = keras.layers.GlobalAveragePooling2D(name="features")(maps)
    return keras.Model(images, keras.layers.Dense(N_IMAGENET, activation="softmax", name="classes")(features))


def load_efficientnet_lite0(size=224, path=EFFICIENTNET_FILE):
    """EfficientNet-Lite0 with the weights that it learned on ImageNet; assets/LICENSE-EFFICIENTNET.md says whose.

    Parameters
    ----------
    size : int
        As in `build_efficientnet_lite0`.
    path : str or pathlib.Path, optional

    Returns
    -------
    keras.Model
        As `build_efficientnet_lite0` returns it.

    Raises
    ------
    FileNotFoundError
        If the file is missing.
    ValueError
        If it cannot be read as weights of this network, or the images are too small.
    """
    model = build_efficientnet_lite0(size)
    with stored_file(path, "weights of EfficientNet-Lite0") as file:
        with open(file, "rb") as content, np.load(content, allow_pickle=False) as arrays:
            weights = [arrays[weight.path.replace("/", ".")].astype("float32") for weight in model.weights]
        model.set_weights(weights)
    return model


def load_imagenet_names(path=IMAGENET_NAMES_FILE):
    """The names of ImageNet's 1,000 classes, in the order of the network's outputs: a list of str.

    Two names stand there twice: *crane*, the bird and the machine, and *maillot*.

    Raises
    ------
    FileNotFoundError
        If the file is missing.
    ValueError
        If it does not hold 1,000 names, a line each.
    """
    with stored_file(path, "the names of ImageNet's classes") as file:
        names = file.read_text(encoding="utf-8").splitlines()
        if len(names) != N_IMAGENET:
            raise ValueError(f"it holds {len(names)} names, not {N_IMAGENET}")
    return names
