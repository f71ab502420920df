"""The bench of the service: what it counts is what was answered, and it ends."""

import asyncio
import json

import numpy as np
import pytest

from course_utils.extras import why_missing
from course_utils.results import read_result

if reason := why_missing("sharing"):
    pytest.skip(reason, allow_module_level=True)

from course_utils import data
from course_utils.bench import serving

pytestmark = pytest.mark.slow

FIXED = """if True:
    import numpy, time
    from course_utils.serving import service
    def read(images):
        time.sleep({seconds})
        return numpy.full((len(images), 10), 0.1)
    service.serve(service.create_app(read), port=0)
"""


@pytest.mark.parametrize(("n", "place"), [(1, 1), (2, 2), (99, 99), (100, 99), (101, 100), (1000, 990)])
def test_percentile_99_is_the_least_that_99_of_100_do_not_exceed(n, place):
    seconds = np.random.default_rng(0).permutation(np.arange(1, n + 1))
    assert serving.percentile_99(seconds) == place
    assert serving.percentile_99(seconds) == np.percentile(seconds, 99, method="inverted_cdf")


def test_a_request_is_what_the_service_reads():
    image = data.prepare_images(data.load_mnist()[1][0][:1])[0, ..., 0]
    head, body = serving.request_of(image).split(b"\r\n\r\n")
    assert head.startswith(b"POST /predict/arrays HTTP/1.1\r\n") and f"Content-Length: {len(body)}".encode() in head
    assert np.abs(np.array(json.loads(body)["images"][0]) - image).max() < 1e-3


@pytest.fixture(scope="module")
def requests():
    return [serving.request_of(np.zeros((28, 28)))] * 40


def test_all_answers_are_counted_and_waiting_is_measured(requests):
    one, four = serving.load(FIXED.format(seconds=0.05), requests, clients=(1, 4))
    assert (one["clients"], one["answers"], four["clients"], four["answers"]) == (1, 40, 4, 40)
    assert one["answers_a_second"] <= 20 and one["median_ms"] >= 50  # each takes 0.05 s, so no machine answers more
    assert one["percentile_99_ms"] >= one["median_ms"]


def test_it_ends_in_time(requests):
    process, port, seconds = serving.start_service(FIXED.format(seconds=0.2))
    try:
        assert seconds > 0
        times, together = asyncio.run(serving.ask(port, requests, 2, most_seconds=0.5))
    finally:
        serving.stop_service(process)
    assert 2 <= len(times) < 12 and together > 0.4


def test_an_answer_that_is_none_stops_it(requests):
    process, port, _ = serving.start_service(FIXED.format(seconds=0))
    try:
        with pytest.raises(ValueError, match=r"the service answered http/1\.1 415"):
            asyncio.run(serving.ask(port, [requests[0].replace(b"application/json", b"text/plain")], 1))
    finally:
        serving.stop_service(process)


def test_a_service_that_does_not_start_is_named():
    with pytest.raises(SystemExit, match=r"the service did not start, and said .no"):
        serving.start_service("print('no')")


def test_stored_result_holds_what_the_lesson_says():
    result = read_result("serving")
    assert [row["clients"] for row in result["onnx"]] == [row["clients"] for row in result["keras"]] == [1, 8, 32]
    for fast, slow in zip(result["onnx"], result["keras"], strict=True):
        assert fast["answers_a_second"] > 10 * slow["answers_a_second"]
        assert fast["percentile_99_ms"] < slow["percentile_99_ms"]
    for rows in (result["onnx"], result["keras"]):
        waits = [row["percentile_99_ms"] for row in rows]
        assert waits == sorted(waits)
    assert np.median(result["start_seconds"]) < 2
    assert serving.table(result).count("\n") == 3
