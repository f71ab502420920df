"""The count behind the history: what is stored is what the bench finds, and it reports each network."""

import pytest

from course_utils.bench import history
from course_utils.results import read_result

pytestmark = [pytest.mark.numbers, pytest.mark.slow]


def test_what_is_stored_is_counted_again(tmp_path, monkeypatch, capsys):
    stored = read_result("history")
    monkeypatch.setattr(history, "RESULTS", tmp_path)
    history.measure()
    monkeypatch.setattr("course_utils.results.RESULTS", tmp_path)
    again = read_result("history")
    assert again["networks"] == stored["networks"] and again["command"] == stored["command"]
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == len(stored["networks"])
    assert "VGG16            224 pixels  138,357,544 parameters   15,470,264,320 multiply-adds" in printed
    assert not list(tmp_path.glob("*.part"))


def test_one_network_is_counted():
    assert history.count("MobileNet", 224) == read_result("history")["networks"]["MobileNet"]
    assert history.count("MobileNet", 128)["multiply_adds"] < 200_000_000
