"""How many requests the service answers, and how long the slowest wait, against one Keras `predict` for each request.

Clients and service share the machine. Each client keeps one connection, and asks again as soon as it has its answer.
Requests go to 127.0.0.1 only, and there is an end to them, in number and in time.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time

from course_utils.bench.store import new_result, write_json
from course_utils.data import load_mnist, prepare_images
from course_utils.results import RESULTS

CLIENTS = (1, 8, 32)
N_REQUESTS = 2000  # at each number of clients; of Keras, a tenth
MOST_SECONDS = 20.0  # at each number of clients
N_STARTS = 5
START_ONNX = "from course_utils.serving import service; service.main()"
START_KERAS = """if True:
    import threading
    from course_utils import networks
    from course_utils.serving import service
    model, one_at_a_time = networks.load_seed_network(), threading.Lock()
    def read(images):
        with one_at_a_time:  # predict is not made for several threads
            return model.predict(images, verbose=0)
    service.serve(service.create_app(read), port=0)
"""


def start_service(code):
    """Start a service in a Python of its own: the process, its port, and the seconds until it could be asked."""
    start = time.perf_counter()
    command = [sys.executable, "-c", code, "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    if "http://" not in line:
        process.kill()
        process.communicate()
        raise SystemExit(f"the service did not start, and said {line!r}")
    return process, int(line.split()[3].rpartition(":")[2]), time.perf_counter() - start


def stop_service(process):
    """Stop a service, and wait until it has."""
    process.terminate()
    process.communicate(timeout=60)


def request_of(image):
    """The bytes of a request to read one prepared image, of shape (28, 28)."""
    body = json.dumps({"images": [image.round(3).tolist()]}).encode()
    head = "POST /predict/arrays HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def ask(port, requests, n_clients, *, most_seconds=MOST_SECONDS):
    """Send requests from several clients; the seconds that each answer took, and those of all together.

    Raises
    ------
    ValueError
        If an answer is not one of status 200.
    """
    waiting, seconds = iter(requests), []
    end = time.perf_counter() + most_seconds

    async def client():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for request in waiting:
                start = time.perf_counter()
                if start > end:
                    break
                writer.write(request)
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                if not head.startswith(b"http/1.1 200 "):
                    raise ValueError(f"the service answered {head.decode('ascii', 'replace').splitlines()[0]}")
                await reader.readexactly(int(head.partition(b"content-length: ")[2].split(b"\r\n")[0]))
                seconds.append(time.perf_counter() - start)
        finally:
            writer.close()
            await writer.wait_closed()

    start = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(n_clients)))
    return seconds, time.perf_counter() - start


def percentile_99(seconds):
    """The time within which 99 of 100 answers came."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, -(-99 * len(ordered) // 100) - 1)]


def load(code, requests, *, clients=CLIENTS):
    """Start a service, ask it from each number of clients, stop it: a list of dict."""
    process, port, _ = start_service(code)
    rows = []
    try:
        asyncio.run(ask(port, requests[:50], 1))  # not counted: the first answers are slower
        for n_clients in clients:
            seconds, together = asyncio.run(ask(port, requests, n_clients))
            rows.append(
                {
                    "clients": n_clients,
                    "answers": len(seconds),
                    "answers_a_second": round(len(seconds) / together, 1),
                    "median_ms": round(1000 * statistics.median(seconds), 3),
                    "percentile_99_ms": round(1000 * percentile_99(seconds), 3),
                }
            )
    finally:
        stop_service(process)
    return rows


def measure():
    """Requests a second and the 99th percentile at 1, 8 and 32 clients: ONNX's runtime, and one Keras predict each."""
    (_, _), (images, _) = load_mnist()
    requests = [request_of(image) for image in prepare_images(images[:N_REQUESTS])[..., 0]]
    result = new_result(measure.__doc__, "nox -s bench -- serving") | {"start_seconds": []}
    for _ in range(N_STARTS):
        process, _, seconds = start_service(START_ONNX)
        stop_service(process)
        result["start_seconds"].append(round(seconds, 2))
    result["onnx"] = load(START_ONNX, requests)
    result["keras"] = load(START_KERAS, requests[: N_REQUESTS // 10])
    write_json(RESULTS / "serving.json", result)
    print(table(result))


def table(result):
    """A stored result as a table in plain text."""
    lines = ["clients  answers a second  99 of 100 within  and with Keras: fewer answers, longer wait"]
    for fast, slow in zip(result["onnx"], result["keras"], strict=True):
        fewer = fast["answers_a_second"] / slow["answers_a_second"]
        longer = slow["percentile_99_ms"] / fast["percentile_99_ms"]
        rate, wait = fast["answers_a_second"], fast["percentile_99_ms"]
        lines.append(f"{fast['clients']:7}  {rate:16.0f}  {wait:13.1f} ms  {fewer:27.0f} times  {longer:5.0f} times")
    return "\n".join(lines)
