"""How long the look into a network takes from a movement of the pen until the maps on the screen show what it made."""

from course_utils.bench.pad import AIM_MS, measure_latencies, summarize
from course_utils.bench.store import new_result, write_json
from course_utils.results import RESULTS

CELL = """from course_utils import networks
from course_utils.widgets.layers import LayersView

LayersView(networks.load_seed_network())"""
BUSY = "import time\ntime.sleep(600)"


def measure(n_digits=10):
    """The look into the shipped network in JupyterLab: from a movement of the pen to all maps; and in a busy kernel."""
    latencies, browser = measure_latencies(n_digits, kind="layers", cell=CELL)
    while_busy, _ = measure_latencies(n_digits, kind="layers", cell=CELL, meanwhile=BUSY)
    result = new_result(measure.__doc__, "nox -s bench -- layers") | {"browser": browser, "aim_ms": AIM_MS}
    write_json(RESULTS / "layers.json", result | summarize(latencies) | {"while_busy": summarize(while_busy)})
