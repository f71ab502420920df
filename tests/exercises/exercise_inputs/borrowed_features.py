"""Inputs that the statements of lesson 15 allow."""

import numpy as np
from hypothesis import strategies as st


@st.composite
def _cells(draw, types=("float64", "float32")):
    """Labels of both classes, and scores in eighths, which float32 tells apart as well; some of them are equal."""
    labels = draw(st.lists(st.integers(0, 1), min_size=2, max_size=30).filter(lambda labels: len(set(labels)) == 2))
    eighths = draw(st.sampled_from([(0, 8), (0, 1000), (-40, 40)]))
    scores = draw(st.lists(st.integers(*eighths), min_size=len(labels), max_size=len(labels)))
    return (
        np.array(labels, dtype=draw(st.sampled_from(["int64", "int32"]))),
        (np.array(scores) / 8).astype(draw(st.sampled_from(types))),
    )


@st.composite
def _cells_and_threshold(draw):
    """The threshold is one of the scores, or any other number."""
    labels, scores = draw(_cells())
    others = st.integers(-50, 1010).map(lambda eighths: eighths / 8)
    return labels, scores, draw(st.one_of(st.sampled_from(scores.tolist()), others))


roc_point = _cells_and_threshold()

_cost = st.one_of(st.integers(1, 5), st.integers(1, 100), st.integers(1, 20).map(lambda halves: halves / 2))
cheapest_threshold = st.tuples(_cells(), _cost, _cost).map(lambda drawn: (*drawn[0], *drawn[1:]))

_ON_MAPS = ("Conv2D", "BatchNormalization", "ReLU", "MaxPooling2D", "Dropout", "DepthwiseConv2D", "LayerNormalization")
_ON_VECTORS = ("Dense", "BatchNormalization", "ReLU", "Dropout", "LayerNormalization")


@st.composite
def _network_and_cut(draw):
    """Layers on maps, then on vectors, with or without an input among them, under names that tell nothing."""
    kinds = draw(st.lists(st.sampled_from(_ON_MAPS), max_size=8))
    kinds = [*kinds, "GlobalAveragePooling2D", *draw(st.lists(st.sampled_from(_ON_VECTORS), max_size=5))]
    kinds = ["InputLayer"] * draw(st.booleans()) + kinds
    letters = st.text("abcdn_", min_size=1, max_size=4).filter(lambda name: not name.startswith("_"))
    names = draw(st.lists(letters, min_size=len(kinds), max_size=len(kinds), unique=True))
    return tuple(zip(names, kinds, strict=True)), draw(st.sampled_from(names))


layers_that_learn = _network_and_cut()
