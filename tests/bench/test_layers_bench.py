"""The bench of the look into a network: what it stores. What it shares with that of the pad: test_pad_bench."""

import json

from course_utils.bench import layers


def test_it_measures_with_an_idle_and_with_a_busy_kernel(tmp_path, monkeypatch):
    asked = []

    def measure_latencies(n_digits, **options):
        asked.append((n_digits, options["kind"], options.get("meanwhile")))
        return [10 * len(asked)] * 3, "Chromium 1"

    monkeypatch.setattr(layers, "measure_latencies", measure_latencies)
    monkeypatch.setattr(layers, "RESULTS", tmp_path)
    layers.measure(4)
    stored = json.loads((tmp_path / "layers.json").read_text(encoding="utf-8"))
    assert asked == [(4, "layers", None), (4, "layers", layers.BUSY)]
    assert (stored["median_ms"], stored["while_busy"]["median_ms"]) == (10, 20)
    assert stored["command"] == "nox -s bench -- layers" and stored["aim_ms"] == 100 and stored["n_movements"] == 3
