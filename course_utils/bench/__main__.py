"""Measure the course and store the results in course_utils/results, where lessons and README read them."""

import argparse
import contextlib
import os
import sys

from course_utils.bench import (
    cells,
    classroom,
    committee,
    deeper,
    errors,
    fashion,
    fashion_doubts,
    fashion_search,
    fashion_test,
    fast,
    fastest,
    few,
    frameworks,
    gpu,
    grading,
    history,
    hub,
    ladder,
    layers,
    lessons,
    pad,
    reading,
    remedies,
    residual,
    runs,
    scaling,
    serving,
    smallest,
    speed,
    suite,
)
from course_utils.bench.apart import measure as apart
from course_utils.extras import MissingExtraError
from course_utils.publishing.hub.running import HubError
from course_utils.results import RESULTS
from course_utils.scaling.training import ScalingError

BENCHES = {
    "network": runs.network,
    "validation": runs.validation,
    "confidence": runs.confidence,
    "seeds": runs.seeds,
    "ladder": ladder.measure,
    "committee": committee.measure,
    "remedies": remedies.measure,
    "fast": fast.fast,
    "fastest": fastest.measure,
    "smallest": smallest.measure,
    "frameworks": frameworks.measure,
    "gpu": gpu.measure,
    "fashion": fashion.measure,
    "fashion_doubts": fashion_doubts.measure,
    "fashion_search": fashion_search.measure,
    "fashion_test": fashion_test.measure,
    "deeper": deeper.measure,
    "residual": residual.measure,
    "few": few.measure,
    "cells": cells.measure,
    "errors": errors.measure,
    "history": history.measure,
    "reading": reading.measure,
    "serving": serving.measure,
    "scaling": scaling.measure,
    "apart": apart.measure,
    "speed": speed.measure,
    "lessons": lessons.measure,
    "suite": suite.measure,
    "pad": pad.measure,
    "layers": layers.measure,
    "class": classroom.measure,
    "grading": grading.measure,
    "hub": hub.measure,
}
ON_WORKERS = (
    "seeds",
    "ladder",
    "committee",
    "fashion",
    "fashion_doubts",
    "fashion_search",
    "fashion_test",
    "deeper",
    "residual",
    "few",
    "cells",
    "smallest",
)


@contextlib.contextmanager
def set_aside(path):
    """Without a stored result while the block runs; the old one comes back if no new one was begun."""
    aside = path.with_suffix(".old")
    if path.is_file():
        os.replace(path, aside)
    try:
        yield
    finally:
        if aside.is_file():
            aside.unlink() if path.is_file() else os.replace(aside, path)


def main():
    listed = "\n".join(f"  {name:12} {' '.join((bench.__doc__ or '').split())}" for name, bench in BENCHES.items())
    parser = argparse.ArgumentParser(
        prog="nox -s bench --", description=__doc__, epilog=listed, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "names", nargs="*", choices=[*BENCHES, []], metavar="name", help="what to measure (default: all)"
    )
    parser.add_argument("--fresh", action="store_true", help="forget what is stored instead of going on from there")
    parser.add_argument(
        "--address",
        help=f"of a Dask scheduler, as tcp://anna:8786, whose workers do the runs of {', '.join(ON_WORKERS)}; "
        "the seconds that are stored are theirs (default: a worker on this machine)",
    )
    options = parser.parse_args()
    names = options.names or list(BENCHES)
    if options.address and not set(names) & set(ON_WORKERS):
        parser.error(f"--address is for {', '.join(ON_WORKERS)}, not for {' and '.join(names)}")
    failed = []
    for name in names:
        try:
            with set_aside(RESULTS / f"{name}.json") if options.fresh else contextlib.nullcontext():
                BENCHES[name](**{"address": options.address} if name in ON_WORKERS else {})
        except (MissingExtraError, ScalingError, classroom.ClassError, HubError) as error:
            failed.append(name)
            print(f"{name}: {error}", file=sys.stderr)
    if failed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
