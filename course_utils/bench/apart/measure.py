"""`nox -s bench -- apart`: lesson 12's workers on two and four hosts that are apart; losses, seconds, and faults."""

import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time

from course_utils.bench.apart import faults, relay, sync
from course_utils.bench.apart.hosts import Hosts, why_not_here
from course_utils.bench.store import new_result, write_json
from course_utils.results import RESULTS, read_result
from course_utils.scaling.training import ScalingError, read_checkpoint

N_BYTES = 4 * 121_994  # of a gradient of the original network
ROUNDS = 3
# Gigabits a second, and the burst that tbf lets out at once: far less than a message of the ring. 0: no limit.
BURSTS = {0: "", 10: "128kb", 1: "32kb", 0.1: "16kb"}
DELAYS = 0.0, 0.001, 0.005, 0.02  # seconds one way that the relay adds
N_STEPS, N_SAME = 10, 3  # steps whose losses are stored, and how many of them must agree (tests/same_training.py)
LISTEN = """
import socket, sys
with socket.create_server(("0.0.0.0", 5000)) as server:
    print("listening", flush=True)
    with server.accept()[0] as there:
        there.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        left = int(sys.argv[1])
        while data := there.recv(2**20):
            if not (left := left - len(data)):
                there.sendall(b"x")
                left = int(sys.argv[1])
"""
TALK = """
import socket, sys, time
with socket.create_connection((sys.argv[1], 5000)) as there:
    there.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for _ in range(int(sys.argv[3])):
        start = time.perf_counter()
        there.sendall(bytes(int(sys.argv[2])))
        there.recv(1)
        print(time.perf_counter() - start)
"""


def talk(anna, bert, n_bytes, n_times):
    """Seconds from sending so many bytes to the answer of one byte, by TCP: the median of some times."""
    with bert.start(sys.executable, "-c", LISTEN, n_bytes, stdout=subprocess.PIPE) as listener:
        listener.stdout.readline()
        printed = anna.call(sys.executable, "-c", TALK, Hosts.address(bert.name), n_bytes, n_times)
    return statistics.median(map(float, printed.split()))


def describe_network(hosts, gigabits):
    """The round trip of a byte in seconds, and the bytes a second of a long message, from the first to the second."""
    round_trip = talk(hosts[0], hosts[1], 1, 20)
    n_bytes = int((gigabits or 8) * 1e9 / 8 / 5)  # a fifth of a second
    return {"round_trip": round_trip, "bandwidth": n_bytes / (talk(hosts[0], hosts[1], n_bytes, 3) - round_trip)}


def time_hosts(n_hosts, relayed):
    """Seconds of a step, and of all-reduce alone, on some hosts: as the bandwidth falls, or as a relay's delay grows.

    Returns
    -------
    list of dict
        For each setting: ``gigabits`` a second (0: no limit) and the ``delay`` in seconds that the relay adds each way;
        the network's ``round_trip`` in seconds and its ``bandwidth`` in bytes a second, as measured between two hosts;
        and ``seconds``: for each kind, the median of each block.
    """
    settings = [(0, delay) for delay in DELAYS] if relayed else [(gigabits, 0) for gigabits in BURSTS]
    with tempfile.TemporaryDirectory() as folder, Hosts(n_hosts, (4,)) as hosts, contextlib.ExitStack() as stack:
        relays = [stack.enter_context(relay.start(host, "10.12.0.0/24")) for host in hosts if relayed]

        def set_network(gigabits, delay):
            for one in relays:
                one.stdin.write(f"{delay}\n")
                one.stdin.flush()
            for host in hosts:
                host.limit(f"{gigabits * 1e9:.0f}bit" if gigabits else "", BURSTS[gigabits])
            time.sleep(0.2)

        found = []
        for gigabits, delay in settings:
            set_network(gigabits, delay)
            what = {"hosts": n_hosts, "relayed": relayed, "gigabits": gigabits, "delay": delay}
            found.append(what | describe_network(hosts, gigabits))
        n_blocks, names = ROUNDS * len(settings), ",".join(Hosts.address(host.name) for host in hosts)
        command, pipes = (sys.executable, "-m", sync.__name__, names), {"stdout": subprocess.PIPE, "text": True}
        running = []
        for index, host in enumerate(hosts):
            running.append(host.start(*command, index, n_blocks, folder, **pipes))
            # A relay takes a call also where nobody listens yet, and then hangs up.
            wait_for(lambda: f":{faults.PORT}" in hosts[0].call("ss", "-ltn"), running)
        for block in range(n_blocks):
            wait_for(sync.ready_file(folder, block).exists, running)
            set_network(*settings[block % len(settings)])
            sync.go_file(folder, block).touch()
        printed = [process.communicate()[0] for process in running]
    blocks = json.loads(printed[0])
    for place, one in enumerate(found):
        own = blocks[place :: len(settings)]
        one["seconds"] = {kind: [round(statistics.median(b[kind]), 5) for b in own] for kind in sync.KINDS}
        print(one)
    return found


def wait_for(condition, running, seconds=faults.BOUND):
    """Wait until something holds; an error if a process ends before, or it takes too long."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end or any(process.poll() is not None for process in running):
            raise ScalingError("the workers have not begun, or have ended; above is why")
        time.sleep(0.02)


def train(n_hosts, n_workers, versions=(4, 6)):
    """The losses of a short training by the lesson's command, on some hosts, or on one with some workers."""
    options = "--images", 64 * N_STEPS, "--every", N_STEPS
    with tempfile.TemporaryDirectory() as folder, Hosts(n_hosts, versions) as hosts:
        for index, host in enumerate(hosts):
            names = ",".join(host.name for host in hosts)
            where = ("--hosts", names, "--index", index) if n_hosts > 1 else ("--workers", n_workers)
            host.start(*faults.COMMAND, *where, *options, "--folder", folder, stdout=subprocess.DEVNULL)
        if any(host.started[0].wait() for host in hosts):
            raise ScalingError(f"the training on {n_hosts} hosts has failed; above is why")
        return read_checkpoint(folder)["losses"]


def compare_losses():
    """Losses of the same training: one worker, two and four on one host, one on each of two and four hosts."""
    runs = [(1, 1, (4, 6)), (1, 2, (4, 6)), (1, 4, (4, 6)), (2, 2, (4, 6)), (4, 4, (4, 6)), (2, 2, (6,))]
    found = []
    for n_hosts, n_workers, versions in runs:
        losses = train(n_hosts, n_workers, versions)
        first = (found[0]["losses"] if found else losses)[:N_SAME]
        apart = max(abs(one - other) for one, other in zip(losses, first, strict=False))
        found.append({"hosts": n_hosts, "workers": n_workers, "addresses": list(versions), "losses": losses})
        found[-1]["largest_difference_of_first_3"] = apart
        print({key: value for key, value in found[-1].items() if key != "losses"})
    return found


PARTS = {
    "losses": compare_losses,
    "networks": lambda: [one for n in (2, 4) for relayed in (False, True) for one in time_hosts(n, relayed)],
    "faults": faults.try_all,
    "dask": lambda: [faults.try_dask(what) for what in faults.DASK_FAULTS],
}


def measure():
    """Lesson 12's workers on hosts that are apart, in namespaces of Linux's: losses, seconds, faults; needs root."""
    if why := why_not_here():
        raise ScalingError(why)
    try:
        result = read_result("apart")
    except FileNotFoundError:
        result = new_result(measure.__doc__, "nox -s bench -- apart") | {"n_bytes": N_BYTES}
    for name, part in PARTS.items():
        if name in result:
            print(f"{name}: stored; `nox -s bench -- apart --fresh` measures all again")
            continue
        result[name] = part()
        write_json(RESULTS / "apart.json", result)
