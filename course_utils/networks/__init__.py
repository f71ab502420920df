"""The networks of the course, each as its lesson builds it, and a short history of those of others."""

from course_utils.networks.best import BEST_NETWORKS_FILE, build_best_network, load_best_networks
from course_utils.networks.cheap import build_cheap_network
from course_utils.networks.committee import (
    COMMITTEE_FOLDER,
    build_member_network,
    load_committee,
    load_distilled_networks,
)
from course_utils.networks.deep import build_deep_network
from course_utils.networks.dense import build_dense_network
from course_utils.networks.fast import build_fast_network
from course_utils.networks.history import HISTORY
from course_utils.networks.large import build_large_network
from course_utils.networks.lenet import (
    C3_TABLE,
    DIGIT_BITMAPS,
    RadialLoss,
    build_lenet5,
    penalties_to_probabilities,
    radial_accuracy,
)
from course_utils.networks.parts import SEED_RECIPE, FusedBatchNormalization
from course_utils.networks.photograph import build_photograph_network
from course_utils.networks.pretrained import (
    EFFICIENTNET_FILE,
    IMAGENET_NAMES_FILE,
    build_efficientnet_lite0,
    load_efficientnet_lite0,
    load_imagenet_names,
)
from course_utils.networks.seed import (
    SEED_NETWORK_FILE,
    SEED_PROBABILITIES_FILE,
    build_seed_network,
    load_seed_network,
    load_seed_probabilities,
)
from course_utils.networks.small import (
    SMALLEST_NETWORK_FILE,
    build_small_network,
    fold_normalization,
    load_smallest_network,
)
from course_utils.networks.transformer import PositionEmbedding, build_vision_transformer

__all__ = [
    "BEST_NETWORKS_FILE",
    "C3_TABLE",
    "COMMITTEE_FOLDER",
    "DIGIT_BITMAPS",
    "EFFICIENTNET_FILE",
    "HISTORY",
    "IMAGENET_NAMES_FILE",
    "SEED_NETWORK_FILE",
    "SEED_PROBABILITIES_FILE",
    "SEED_RECIPE",
    "SMALLEST_NETWORK_FILE",
    "FusedBatchNormalization",
    "PositionEmbedding",
    "RadialLoss",
    "build_best_network",
    "build_cheap_network",
    "build_deep_network",
    "build_dense_network",
    "build_efficientnet_lite0",
    "build_fast_network",
    "build_large_network",
    "build_lenet5",
    "build_member_network",
    "build_photograph_network",
    "build_seed_network",
    "build_small_network",
    "build_vision_transformer",
    "fold_normalization",
    "load_best_networks",
    "load_committee",
    "load_distilled_networks",
    "load_efficientnet_lite0",
    "load_imagenet_names",
    "load_seed_network",
    "load_seed_probabilities",
    "load_smallest_network",
    "penalties_to_probabilities",
    "radial_accuracy",
]
