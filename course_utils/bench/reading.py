"""How well handwriting is read: a bank of made pictures, by what makes each kind hard.

`python -m course_utils.bench.reading --seed 1 --show FOLDER` saves the pictures that were not read, to look at. Seed 1
is for choosing how to read; what is stored and reported is of seed 5, by which nothing is chosen.
"""

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image
from rich.progress import track

from course_utils import handwriting
from course_utils.bench.reading_bank import KINDS, TO_REFUSE, draw_bank
from course_utils.bench.store import new_result, write_json
from course_utils.networks import load_seed_network
from course_utils.results import RESULTS

CHOOSE, REPORT = 1, 5
N_EACH = 100
SURE = 0.9
OUTCOMES = ("read", "refused correctly", "refused wrongly", "misread")


def judge(picture, network):
    """Let a picture be read, and say what came of it.

    Parameters
    ----------
    picture : Picture
    network : callable
        From images, shape (n, 28, 28, 1), to probabilities.

    Returns
    -------
    outcome : str
        One of OUTCOMES.
    confidence : float
        The largest probability, of several digits the smallest of these; 0 where the picture was refused.
    """
    try:
        if picture.function == "prepare":
            images = handwriting.prepare(picture.image)[None]
        else:
            images, _ = handwriting.prepare_sheet(picture.image)
    except ValueError:  # whatever else is raised is a fault
        return ("refused correctly" if picture.refuse else "refused wrongly"), 0.0
    probabilities = np.asarray(network(images[..., None]))
    answer = "".join(str(digit) for digit in probabilities.argmax(axis=1))
    right = picture.written and answer == "".join(picture.written)
    return ("read" if right else "misread"), float(probabilities.max(axis=1).min())


def summarize(judged):
    """Count outcomes by kind.

    Parameters
    ----------
    judged : iterable of (kind, outcome, confidence)

    Returns
    -------
    dict
        For each kind its number of pictures and of each outcome; ``misread_surely``: with more than 0.9.
    """
    kinds = {}
    for kind, outcome, confidence in judged:
        counts = kinds.setdefault(kind, dict.fromkeys(("n", *map(_key, OUTCOMES), "misread_surely"), 0))
        counts["n"] += 1
        counts[_key(outcome)] += 1
        counts["misread_surely"] += outcome == "misread" and confidence > SURE
    return kinds


def _key(outcome):
    return outcome.replace(" ", "_")


def add_up(kinds):
    """The sums over all kinds that are to be read, and over all that are to be refused."""
    sums = {"to read": Counter(), "to refuse": Counter()}
    for kind, counts in kinds.items():
        sums["to refuse" if kind in TO_REFUSE else "to read"].update(counts)
    return {name: {key: counts[key] for key in next(iter(kinds.values()))} for name, counts in sums.items() if counts}


def report(result):
    """The table of a result, as text: a line for each kind, and one for all to be read and all to be refused."""
    heads = ("n", "read", "refused correctly", "refused wrongly", "misread", f"misread, sure > {SURE}")
    lines = [f"{'kind':20}" + "".join(f"{head:>{len(head) + 2}}" for head in heads)]
    for name, counts in (result["kinds"] | result["sums"]).items():
        lines.append(f"{name:20}" + "".join(f"{n:{len(h) + 2}}" for h, n in zip(heads, counts.values(), strict=True)))
    drawn = result["digits"]
    lines.append(
        f"seed {result['seed']}; of {drawn['taken'] + drawn['left_out']} digits, {drawn['left_out']} were left "
    )
    lines[-1] += "out: the network misreads them"
    return "\n".join(lines)


def read_bank(seed, n_each=N_EACH, *, show=None):
    """Judge a bank, and count.

    Parameters
    ----------
    seed, n_each : int
    show : pathlib.Path, optional
        A folder, for the pictures that were neither read nor refused correctly.

    Returns
    -------
    dict
    """
    network, digits, judged = load_seed_network(), Counter(), []
    bank = draw_bank(seed, n_each, network=network, counts=digits)
    for n, picture in enumerate(track(bank, "pictures read", total=len(KINDS) * n_each)):
        outcome, confidence = judge(picture, network)
        judged.append((picture.kind, outcome, confidence))
        if show and outcome in ("refused wrongly", "misread"):
            show.mkdir(parents=True, exist_ok=True)
            written = " ".join(picture.written) or "nothing"
            name = f"{picture.kind}, {outcome}, {n % n_each}, {written}, {confidence:.2f}.png"
            Image.fromarray(picture.image).save(show / name)
    kinds = summarize(judged)
    return {
        "seed": seed,
        "n_each": n_each,
        "sure_is_above": SURE,
        "digits": {"taken": digits["taken"], "left_out": digits["left out"]},
        "kinds": kinds,
        "sums": add_up(kinds),
    }


def measure():
    """How many of 2,400 made pictures of handwriting are read, refused, and misread, by kind."""
    result = new_result(measure.__doc__, "nox -s bench -- reading") | read_bank(REPORT)
    write_json(RESULTS / "reading.json", result)
    print(report(result))


def main():
    parser = argparse.ArgumentParser(prog="python -m course_utils.bench.reading", description=__doc__)
    parser.add_argument("--seed", type=int, default=CHOOSE, help="of the bank; keep 5 for the report")
    parser.add_argument("--n", type=int, default=N_EACH, help="pictures of each kind")
    parser.add_argument("--show", type=Path, metavar="FOLDER", help="save the pictures that were not read there")
    options = parser.parse_args()
    print(report(read_bank(options.seed, options.n, show=options.show)))


if __name__ == "__main__":
    main()
