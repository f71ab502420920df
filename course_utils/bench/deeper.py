"""Lesson 14 on Fashion-MNIST: depth with and without what makes it train, cheaper convolutions, a transformer.

The runs are those of lesson 13's bench, with other networks: trained on the same images, judged on the same 10,000
that were held out, stored as they finish, in course_utils/results/deeper.json.
"""

from dataclasses import replace

from course_utils.bench.fashion import BETTER, Recipe, measure_parts

KINDS = {
    "Glorot": {"initializer": "glorot_uniform"},  # Keras's default
    "He": {},
    "normalized": {"normalize": True},
    "residual": {"residual": True},
    "both": {"normalize": True, "residual": True},
}
DEPTHS = (4, 8, 16, 32)
DEEP = Recipe("build_deep_network", n_images=6_400, epochs=5, optimizer="SGD", momentum=0.9, rate=0.03)
CHEAP = replace(BETTER, build="build_cheap_network", bfloat16=False)
ATTENTIVE = Recipe("build_vision_transformer", optimizer="AdamW", rate=0.002, one_cycle=True, weight_decay=0.1)
EPOCHS = {1_000: 60, 6_000: 20, 50_000: 8}  # by the number of images
PARTS = {
    "depths": {
        f"{kind}, {depth}": replace(DEEP, options={"n_convolutions": depth} | options)
        for depth in DEPTHS
        for kind, options in KINDS.items()
    },
    "rates": {  # whether another rate would train what the recipe above doesn't
        f"He, 32, {rate:g}": replace(DEEP, options={"n_convolutions": 32}, rate=rate) for rate in (0.003, 0.01)
    },
    "cheaper": {
        "ordinary": CHEAP,
        "global average pooling": replace(CHEAP, options={"pooled": True}),
        "bottleneck": replace(CHEAP, options={"convolution": "bottleneck"}),
        "separable": replace(CHEAP, options={"convolution": "separable"}),
    },
    "transformer": {
        f"{name}, {n_images:,}": replace(ATTENTIVE, n_images=n_images, epochs=epochs, **options)
        for n_images, epochs in EPOCHS.items()
        for name, options in (("convolution", {"build": "build_seed_network"}), ("transformer", {}))
    }
    | {
        "transformer without positions, 50,000": replace(ATTENTIVE, epochs=EPOCHS[50_000], options={"positions": False})
    },
}


def measure(address=None):
    """Lesson 14 on Fashion-MNIST: deep networks, cheaper convolutions, a vision transformer, on validation images."""
    measure_parts("deeper", PARTS, measure.__doc__, address=address)
