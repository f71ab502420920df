"""Where the shipped network errs: on test images, on changed ones, on handwriting, on what is no digit at all.

The model card is made from this, and its probabilities for the test images are stored beside the network. It is a
report on a network that was chosen before; nothing is chosen by it.
"""

import tempfile
from pathlib import Path

import numpy as np

from course_utils import exporting, handwriting
from course_utils.bench.store import new_result, write_json
from course_utils.data import load_mnist, prepare_images
from course_utils.evaluation import confusion_matrix
from course_utils.publishing.model_card import write_card
from course_utils.results import RESULTS

SURE = 0.99
STUDENTS = 5001  # so many test images, the first ones, are by students (Yadav and Bottou, arxiv.org/abs/1905.10498)
TOO_SMALL = 1e-7  # for a float32 beside 1: stored as 0, it takes no room
CHANGES = {
    "shifted by 4 pixels": {"shift": (0, 4)},
    "turned by 30 degrees": {"angle": 30},
    "at 0.6 of its size": {"scale": 0.6},
    "at 1.4 times its size": {"scale": 1.4},
}


def measure():
    """Where the shipped network errs: confusions, sure mistakes, changed images, handwriting; and its int8 form."""
    from course_utils.inspection import warp_images
    from course_utils.networks import SEED_PROBABILITIES_FILE, load_seed_network

    (train_images, _), (test_images, labels) = load_mnist()
    images, read = prepare_images(test_images), exporting.load_onnx(n_threads=0)
    probabilities = load_seed_network().predict(images, verbose=0)
    probabilities[probabilities < TOO_SMALL] = 0
    np.savez_compressed(SEED_PROBABILITIES_FILE, probabilities=probabilities)
    predicted, sure = probabilities.argmax(axis=1), probabilities.max(axis=1) > SURE
    result = new_result(measure.__doc__, "nox -s bench -- errors") | {
        "n": len(labels),
        "n_correct": int((predicted == labels).sum()),
        "groups": count_groups(predicted, labels),
        "confusion": confusion_matrix(labels, predicted).tolist(),
        "sure_is_above": SURE,
        "n_sure": int(sure.sum()),
        "n_sure_and_wrong": int((sure & (predicted != labels)).sum()),
        "changed": {
            name: int((read(warp_images(images, **change)).argmax(axis=1) == labels).sum())
            for name, change in CHANGES.items()
        },
    }
    result["handwriting"], result["letters"] = _read_sheets(read)
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "int8.tflite"
        exporting.export_litert(load_seed_network(), small, examples=prepare_images(train_images[:200]))
        result["int8"] = {
            "n_correct": int((exporting.load_litert(small)(images).argmax(axis=1) == labels).sum()),
            "bytes": small.stat().st_size,
        }
    write_json(RESULTS / "errors.json", result)
    write_card()


def count_groups(predicted, labels):
    """How many test images there are by each group of writers, and how many of them are read correctly."""
    correct = predicted == labels
    groups = {"high-school students": correct[:STUDENTS], "Census employees": correct[STUDENTS:]}
    return {name: {"n": len(group), "n_correct": int(group.sum())} for name, group in groups.items()}


def _read_sheets(read):
    """How many digits of the sample sheets are read correctly, and how sure the network is of the letters."""
    right, n, letters = 0, 0, {}
    for _, sheet, written in handwriting.load_samples():
        images, _ = handwriting.prepare_sheet(sheet)
        probabilities = read(images[..., None])
        if written.isdigit():
            n += len(written)
            if len(images) == len(written):
                right += int((probabilities.argmax(axis=1) == np.array(list(written), dtype=int)).sum())
        else:
            sure = probabilities.max(axis=1) > SURE
            letters = {"n": len(written), "n_sure": int(sure.sum())}
    return {"n": n, "n_correct": right}, letters
