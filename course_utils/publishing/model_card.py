"""The model card of the shipped network: what others must know before they use it, made from the stored results.

The headings follow M. Mitchell and others, "Model cards for model reporting", FAT* 2019, 220-229. No measured number is
typed in: `nox -s bench -- errors` renews the card, and a test holds it to the results.

Who wrote the digits is from C. Yadav and L. Bottou, "Cold case: the lost MNIST digits", NeurIPS 2019,
arxiv.org/abs/1905.10498.
"""

import json
import statistics
import textwrap

from course_utils.evaluation import wilson_interval
from course_utils.exporting import ASSETS, SEED_NETWORK_KERAS, SEED_NETWORK_ONNX
from course_utils.results import read_result

CARD = ASSETS / "seed_network.md"
N_PARAMETERS = 121_994  # lesson 04; a test counts them


def make_card():
    """The card of the shipped network, as Markdown.

    Returns
    -------
    str
        From assets/seed_network.json and the results `errors`, `seeds` and `confidence`; and, where it is stored, from
        `ladder`, which says how much better others do.
    """
    made = json.loads(SEED_NETWORK_KERAS.with_suffix(".json").read_text(encoding="utf-8"))
    sections = [
        _details(made),
        _use(),
        _data(),
        _accuracy(read_result("errors"), read_result("seeds")),
        _failures(read_result("errors"), read_result("confidence")),
        _better(read_result("errors")),
    ]
    return "\n\n".join(["# Model card: a reader of handwritten digits", *filter(None, sections)]) + "\n"


def write_card(path=CARD):
    """Write the card into a file; by default, the one beside the network."""
    path.write_text(make_card(), encoding="utf-8", newline="\n")


def _section(heading, *items):
    """A heading and its items, each on lines of the same width."""
    filled = (textwrap.fill(" ".join(item.split()), 118, subsequent_indent="  ", initial_indent="- ") for item in items)
    return "\n".join([f"## {heading}\n", *filled])


def _percent(share, digits=2):
    return f"{100 * share:.{digits}f}%"


def _with_interval(n, of):
    low, high = wilson_interval(n, of)
    return f"{_percent(n / of)} (95% interval: {_percent(low)} to {_percent(high)})"


def _kilobytes(n_bytes):
    return f"{n_bytes / 1000:.0f} kB"


def _details(made):
    sizes = {path.name: _kilobytes(path.stat().st_size) for path in (SEED_NETWORK_KERAS, SEED_NETWORK_ONNX)}
    files = " and, for other programs, ".join(f"`{name}` ({size})" for name, size in sizes.items())
    versions = f"Keras {made['versions']['keras']}, TensorFlow {made['versions']['tensorflow']}"
    return _section(
        "Details",
        f"Three convolutions, two pooling layers, two dense layers; {N_PARAMETERS:,} parameters, float32 (lesson 04).",
        f"Made by `{made['command']}`: RMSprop, {len(made['loss'])} epochs in batches of 64, seed {made['seed']}; "
        f"{versions}; {made['machine']}.",
        "Input: n × 28 × 28 × 1 numbers from 0, paper, to 1, ink. Output: n × 10 probabilities of the digits 0 to 9.",
        f"Files: {files}. License: MIT.",
    )


def _use():
    return _section(
        "Use",
        "Meant for teaching, and for single digits that are prepared as MNIST was; `course_utils.handwriting` does it.",
        "Not for amounts, postal codes, grades, medical records, or anything where a wrong digit costs somebody "
        "something: it reads one digit at a time, and nobody has measured it on the forms of any such use.",
        "Only for digits. It has no answer *none of these*.",
    )


def _data():
    return _section(
        "Data",
        "Trained on the 60,000 training images of MNIST, measured on its 10,000 test images. CC BY-SA 3.0, Yann LeCun "
        "and Corinna Cortes.",
        "Written in the United States by employees of the Census Bureau and by high-school students, about half of the "
        "training images by each. Other people, other countries' ways to write a digit, and other pens are not in it.",
    )


def _accuracy(errors, seeds):
    recalls = [row[digit] / sum(row) for digit, row in enumerate(errors["confusion"])]
    worst = min(range(10), key=recalls.__getitem__)
    accuracies = [run["test_acc"] for run in seeds["runs"]]
    spread = f"{_percent(min(accuracies))} to {_percent(max(accuracies))}, mean {_percent(statistics.mean(accuracies))}"
    int8, groups = errors["int8"], errors["groups"]
    rates = "; of those by ".join(
        f"{name}, {_with_interval(group['n'] - group['n_correct'], group['n'])}" for name, group in groups.items()
    )
    return _section(
        "Accuracy",
        f"Test images read correctly: {_with_interval(errors['n_correct'], errors['n'])}.",
        f"It does not read everybody alike. Test images misread: of those by {rates}.",
        "The intervals take each image for a draw of its own. But about 300 people wrote all of them, and errors "
        "cluster by writer, so all three intervals are too narrow. They say nothing about images of other kinds.",
        f"The same recipe from {len(accuracies)} random seeds: {spread}. This network was trained from the "
        "first of these seeds too, on another machine, and was not picked.",
        f"Worst digit: {worst}, of which {_percent(recalls[worst], 1)} are read correctly.",
        f"In int8, {_kilobytes(int8['bytes'])}: {_percent(int8['n_correct'] / errors['n'])}.",
    )


def _failures(errors, confidence):
    matrix, n, level = errors["confusion"], errors["n"], f"{100 * errors['sure_is_above']:.0f}%"
    pairs = sorted((-matrix[a][b], a, b) for a in range(10) for b in range(10) if a != b)[:3]
    confused = ", ".join(f"{a} as {b} ({-count} times)" for count, a, b in pairs)
    changed = "; ".join(f"{name}, {_percent(right / n, 0)}" for name, right in errors["changed"].items())
    sure = [float(value) > errors["sure_is_above"] for value in confidence["confidence"].split()]
    wrong = sum(is_sure and right == "0" for is_sure, right in zip(sure, confidence["right"], strict=True))
    written, letters = errors["handwriting"], errors["letters"]
    return _section(
        "Where it fails",
        f"Most often it reads {confused}.",
        f"A high probability is no promise. Of {errors['n_sure']:,} test images that it read with more than {level}, "
        f"{errors['n_sure_and_wrong']} were wrong; of a sister network's {sum(sure):,} such validation images, "
        f"{wrong}.",
        f"Digits that are not centered, upright and of MNIST's size. Test images read correctly: {changed}.",
        f"Sheets that look photographed, prepared: {written['n_correct']} of {written['n']} digits. A program drew "
        "them, so they say nothing about people's handwriting.",
        f"Of {letters['n']} letters, it read {letters['n_sure']} as digits with more than {level}.",
        "Anyone who has the file can change many digits so that the network reads another one and people don't.",
    )


def _better(errors):
    try:
        test = read_result("ladder")["test"]
    except FileNotFoundError:
        return ""
    if not test:
        return ""
    shares = [n_correct / errors["n"] for n_correct in test["n_correct"]]
    return _section(
        "Better ones",
        f"The best recipe of lesson 09, on the same test images: {_percent(min(shares))} to {_percent(max(shares))} in "
        f"{len(shares)} runs.",
    )
