"""Lesson 12's commands on hosts that are apart: namespaces of Linux's, which need root; and the relay between them."""

import asyncio
import os
import signal
import statistics
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from nightly import by_night
from patience import CELL, SERVER, wait_until
from same_training import assert_same_losses

from course_utils.bench.apart import faults, measure, relay, slurm
from course_utils.bench.apart.hosts import Hosts, why_not_here
from course_utils.publishing.lessons import SOURCES
from course_utils.results import read_result
from course_utils.scaling import cost
from course_utils.scaling.training import ScalingError, Training, read_checkpoint

pytestmark = [pytest.mark.numbers, pytest.mark.slow]

needs_hosts = pytest.mark.skipif(bool(why_not_here()), reason=why_not_here() or "it can be done here")
SMALL = Training(images=64 * measure.N_STEPS, every=measure.N_STEPS)  # as what is stored
SETTINGS = [f"--{name.replace('_', '-')}={value}" for name, value in vars(SMALL).items()]
# The command with workers that only wait, in place of TensorFlow's, and the waits of the meeting cut short.
STAND_IN = """
import sys
from course_utils.scaling import meeting, workers
meeting.SILENCE, meeting.BEAT, meeting.REACH = 4.0, 0.2, 1.0
say = "import json, time; say = lambda **m: print(json.dumps(m), flush=True); say(up=2); say(step=7); time.sleep(900)"
workers.COMMAND = [sys.executable, "-c", say]
workers.main()
"""


@pytest.fixture
def elsewhere(monkeypatch):
    """Let programs reach the hosts: what refuses all but this machine's own addresses knows nothing of namespaces."""
    kept = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if "no_network" not in folder]
    root = str(Path(__file__).parents[2])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([root, *filter(None, kept)]))


def start_all(hosts, folder, *options, program=("-m", "course_utils.scaling.workers")):
    """The command on each host, with all that it writes."""
    names = ",".join(host.name for host in hosts)
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    command = [sys.executable, *program, "--hosts", names, "--folder", folder, *SETTINGS, "--wait", CELL, *options]
    return [host.start(*command, "--index", index, **pipes) for index, host in enumerate(hosts)]


def last_words(commands):
    """How each ended, in its last line."""
    return [command.communicate(timeout=CELL)[1].strip().rpartition("\n")[2] for command in commands]


WHERE = {"two hosts": (2, (4, 6)), "IPv6 only": (2, (6,)), "four hosts": (4, (4,))}


@needs_hosts
@pytest.mark.parametrize("where", by_night(WHERE, ["IPv6 only", "four hosts"]))
def test_hosts_train_as_one_worker_does(where, elsewhere, tmp_path):
    with Hosts(*WHERE[where]) as hosts:
        commands = start_all(hosts, tmp_path)
        last_words(commands)
        assert [command.returncode for command in commands] == [0] * len(hosts)
    one_worker = read_result("apart")["losses"][0]
    assert one_worker["workers"] == 1
    assert_same_losses(read_checkpoint(tmp_path)["losses"], one_worker["losses"])


@needs_hosts
def test_a_pulled_cable_ends_both_with_a_clear_word(elsewhere, tmp_path):
    with Hosts(2) as hosts:
        commands = start_all(hosts, tmp_path, program=("-c", STAND_IN))
        wait_until(lambda: all(len(host.processes()) == 2 for host in hosts), seconds=CELL)  # command and worker
        hosts.pull(hosts[1])
        assert last_words(commands) == [
            "error: worker 1 on bert has been silent for 4 seconds",
            "error: worker 0 on anna has been silent for 4 seconds",
        ]
        assert [host.processes() for host in hosts] == [[], []]


@needs_hosts
def test_a_firewall_between_the_workers_is_told_before_one_starts(elsewhere, tmp_path):
    with Hosts(2) as hosts:
        hosts[0].block(faults.BLOCKED["a firewall drops all but port 2222"])
        for words in last_words(start_all(hosts, tmp_path, program=("-c", STAND_IN))):
            assert words.startswith("error: worker 1 on bert cannot reach worker 0 on anna at port ")
            assert "does a firewall let them through" in words


@needs_hosts
@pytest.mark.nightly
@pytest.mark.parametrize("what", list(faults.MISNAMED))
def test_a_wrong_name_is_told_everywhere(what, elsewhere):
    said = faults.try_before(what)["said"]
    assert all("look for a slip in --hosts" in words for words in said.values()), said


@needs_hosts
@pytest.mark.nightly
def test_each_fault_ends_with_a_word_or_goes_on(elsewhere):
    found = {one["what"]: one for one in faults.try_while_training()}
    assert all(one["goes_on"] for what, one in found.items() if what in faults.PASSING), found
    ended = "lost the connection", "has ended", "has been silent", "ended with status -9"  # the last: it was killed
    for what in faults.LASTING:
        assert all(any(words in said for words in ended) for said in found[what]["said"].values()), found[what]
        assert found[what].get("again", True)


@needs_hosts
@pytest.mark.nightly
@pytest.mark.parametrize("what", list(faults.DASK_FAULTS))
def test_all_tasks_come_back_from_hosts_that_are_apart(what, elsewhere):
    found = faults.try_dask(what)
    assert found["back"] == faults.N_TASKS and 0 <= found["started_again"] <= 2


@needs_hosts
def test_nothing_is_left_of_hosts_whose_maker_is_killed(elsewhere):
    code = "from course_utils.bench.apart.hosts import Hosts\nwith Hosts(2) as hosts:\n"
    code += "    hosts[1].start('sleep', 900)\n    print(*[host.pid for host in hosts], flush=True)\n    input()"
    maker = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    pids = [int(word) for word in maker.stdout.readline().split()]
    assert len(pids) == 2 and all(map(psutil.pid_exists, pids))
    maker.send_signal(signal.SIGKILL)
    maker.communicate()
    wait_until(lambda: not any(map(psutil.pid_exists, pids)))


def test_where_there_can_be_no_hosts_that_is_said(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(ScalingError, match="need Linux's network namespaces"):
        Hosts(2)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    with pytest.raises(ScalingError, match="need root"):
        Hosts(2)


def test_addresses_and_names_go_together():
    assert [Hosts.address("dora", version) for version in (4, 6)] == ["10.12.0.4", "fd00:12::4"]


def test_the_line_that_slurm_runs_is_the_lessons():
    line = slurm.lessons_line("/shared", "--images", 64)
    assert line.startswith(f"srun --ntasks-per-node=1 {sys.executable} -m course_utils.scaling.workers --hosts ")
    assert line.endswith("--folder /shared --images 64") and "\n" not in line
    assert slurm.LESSON == SOURCES / "12_scaling.py"


def test_what_is_stored_is_what_the_lesson_and_the_guide_say_of_it():
    stored = read_result("apart")
    runs = [(run["hosts"], run["workers"], run["addresses"]) for run in stored["losses"]]
    both = [4, 6]
    assert runs == [(1, 1, both), (1, 2, both), (1, 4, both), (2, 2, both), (4, 4, both), (2, 2, [6])]
    for run in stored["losses"]:
        assert_same_losses(run["losses"], stored["losses"][0]["losses"])
    assert len(stored["networks"]) == 2 * (len(measure.BURSTS) + len(measure.DELAYS))
    for run in stored["networks"]:
        middle = {kind: statistics.median(seconds) for kind, seconds in run["seconds"].items()}
        if run["gigabits"]:
            way = {"bandwidth": run["gigabits"] * 1e9 / 8, "latency": run["round_trip"] / 2}
            ring = cost.ring_seconds(stored["n_bytes"], run["hosts"], **way)
            assert run["gigabits"] < 10 or middle["gradient"] > 4 * ring  # a small part
            assert run["gigabits"] > 0.1 or ring < middle["gradient"] < 2 * ring  # most of it
        if run["delay"] >= 0.005:  # the relay adds what it says, and each round takes more than one latency
            assert run["round_trip"] >= 2 * run["delay"]
            assert middle["number"] > 1.2 * 2 * (run["hosts"] - 1) * run["delay"]
    found = {one["what"]: one for one in stored["faults"]}
    assert list(found) == [*faults.MISNAMED, *faults.BLOCKED, *faults.PASSING, *faults.LASTING]
    assert all(found[what]["goes_on"] for what in faults.PASSING)
    for what in faults.LASTING:
        assert found[what]["seconds"] <= 30 and found[what].get("again", True)
    words = [words for one in found.values() for words in one.get("said", {}).values()]
    assert faults.HANGS not in words and all("error: " in one or one.startswith("ended with") for one in words)
    assert [one["what"] for one in stored["dask"]] == list(faults.DASK_FAULTS)
    assert all(one["back"] == one["tasks"] for one in stored["dask"])


# ---- the relay, on this machine


def test_a_relay_hands_on_everything_when_it_is_due(monkeypatch):
    """In both directions, in order, and to the end; it waits for as long as the delay that is set says."""
    waits, sleep = [], asyncio.sleep
    monkeypatch.setattr(relay.asyncio, "sleep", lambda seconds: waits.append(seconds) or sleep(0))

    async def answer(reader, writer):
        data = await reader.read()  # until the caller has said all
        writer.write(data[::-1])
        writer.close()

    async def talk():
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        between = relay.Relay(lambda connection: server.sockets[0].getsockname(), mark=None)
        relayed = await asyncio.start_server(between.serve, "127.0.0.1", 0)
        async with server, relayed:
            for between.delay in (0.0, 20.0):
                del waits[:]
                reader, writer = await asyncio.open_connection(*relayed.sockets[0].getsockname())
                writer.write(sent)
                writer.write_eof()
                assert await reader.read() == sent[::-1]
                writer.close()
                assert between.delay - 10 < min(waits) and max(waits) <= between.delay

    sent = bytes(range(256)) * 4000
    asyncio.run(asyncio.wait_for(talk(), SERVER))


def test_a_relay_closes_a_connection_that_leads_nowhere():
    async def talk():
        between = relay.Relay(lambda connection: ("127.0.0.1", 1), mark=None)
        async with await asyncio.start_server(between.serve, "127.0.0.1", 0) as relayed:
            reader, writer = await asyncio.open_connection(*relayed.sockets[0].getsockname())
            assert await reader.read() == b""
            writer.close()

    asyncio.run(asyncio.wait_for(talk(), SERVER))
