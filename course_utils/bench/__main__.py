"""Measure the course and store the results in course_utils/results, where lessons and README read them."""

import argparse

from course_utils.bench import errors, fast, ladder, pad, runs, scaling, serving, speed
from course_utils.bench.store import RESULTS

BENCHES = {
    "network": runs.network,
    "validation": runs.validation,
    "confidence": runs.confidence,
    "seeds": runs.seeds,
    "ladder": ladder.measure,
    "fast": fast.fast,
    "errors": errors.measure,
    "serving": serving.measure,
    "scaling": scaling.measure,
    "speed": speed.measure,
    "pad": pad.measure,
}


def main():
    listed = "\n".join(f"  {name:12} {' '.join(bench.__doc__.split())}" for name, bench in BENCHES.items())
    parser = argparse.ArgumentParser(
        prog="nox -s bench --", description=__doc__, epilog=listed, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "names", nargs="*", choices=[*BENCHES, []], metavar="name", help="what to measure (default: all)"
    )
    parser.add_argument("--fresh", action="store_true", help="forget what is stored instead of going on from there")
    options = parser.parse_args()
    for name in options.names or BENCHES:
        if options.fresh:
            (RESULTS / f"{name}.json").unlink(missing_ok=True)
        BENCHES[name]()


if __name__ == "__main__":
    main()
