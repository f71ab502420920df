"""What the networks of lesson 14's history cost, counted as the course counts its own."""

from course_utils.bench.ladder import measure_size
from course_utils.bench.store import new_result, write_json
from course_utils.results import RESULTS


def measure():
    """Parameters and multiply-adds of the networks of lesson 14's history, from AlexNet to the Vision Transformers."""
    from course_utils.networks.history import HISTORY

    result = new_result(measure.__doc__, "nox -s bench -- history")
    result["networks"] = {network.name: count(network.name, network.size) for network in HISTORY[1:]}  # LeNet-5: cited
    write_json(RESULTS / "history.json", result)
    print(report(result))


def count(name, size):
    """The side of the images in pixels, parameters and multiply-adds of a network, as a dict."""
    from course_utils.networks.famous import build_famous_network, without_weights

    with without_weights():
        return {"size": size} | measure_size(build_famous_network(name, size))


def report(result):
    """A stored result as a text table."""
    rows = result["networks"].items()
    return "\n".join(
        f"{name:16} {n['size']} pixels {n['parameters']:12,} parameters {n['multiply_adds']:16,} multiply-adds"
        for name, n in rows
    )
