"""What can go wrong between hosts, done to lesson 12's commands and to Dask: how each ends, and after how long.

A fault that passes (a cable that is plugged in again) has ended well if the training goes on, one that stays if every
command ends with a word on it. Then the same commands are given again, and must go on from the checkpoint.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from course_utils.bench.apart.hosts import Hosts
from course_utils.scaling.training import ScalingError, read_checkpoint

COMMAND = sys.executable, "-m", "course_utils.scaling.workers"
PORT = 2222  # where the first host listens, as workers.PORT
EVERY = 5  # steps between two checkpoints
BOUND = 600.0  # seconds after which what has neither ended nor gone on hangs; a busy machine is slow to begin
PASSES = 4.0  # seconds until a fault that passes has passed; TensorFlow's workers take ten for an end
HANGS = "hangs"
N_TASKS, TASK_SECONDS = 16, 2.0
WAIT = "10"  # seconds for all hosts to call, where one of them never will


class Commands:
    """The lesson's command on each of some hosts, in a folder for the checkpoint."""

    def __init__(self, hosts, folder, names=None, options=()):
        names, self.hosts, self.folder = names or [host.name for host in hosts], hosts, folder
        settings = "--hosts", ",".join(names), "--every", EVERY, "--folder", folder, *options
        pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
        self.running = {
            host.name: host.start(*COMMAND, *settings, "--index", index, **pipes) for index, host in enumerate(hosts)
        }

    def step(self):
        """The step of the last checkpoint."""
        found = read_checkpoint(self.folder)
        return found["step"] if found else 0

    def go_on(self, n_steps=2 * EVERY):
        """Whether that many more steps are done, before a command ends."""
        end, start = time.monotonic() + BOUND, self.step()
        while self.step() < start + n_steps:
            if time.monotonic() > end or any(command.poll() is not None for command in self.running.values()):
                return False
            time.sleep(0.05)
        return True

    def said_last(self):
        """The last line of each command, by the name of its host, once it has ended; `HANGS` if it doesn't."""
        end, said = time.monotonic() + BOUND, {}
        for name, command in self.running.items():
            try:
                words = command.communicate(timeout=max(1, end - time.monotonic()))[1].strip()
                said[name] = (words.splitlines() or [f"ended with status {command.returncode}"])[-1]
            except subprocess.TimeoutExpired:
                said[name] = HANGS
        return said


def wait_and(undo):
    """Let a fault stay for a while, then undo it."""
    time.sleep(PASSES)
    undo()


def stop_worker(host):
    """Stop the worker of a host and leave its command running."""
    (worker,) = [id_ for id_ in host.processes() if b"scaling.process" in Path(f"/proc/{id_}/cmdline").read_bytes()]
    os.kill(worker, signal.SIGSTOP)


# What is done to two hosts while they train, in this order, and how it is undone, at once or after the end.
PASSING = {
    "a cable is out for 4 s": lambda hosts: hosts.pull(hosts[1]) or wait_and(lambda: hosts.plug(hosts[1])),
    "a host does nothing for 4 s": lambda hosts: (
        hosts[1].signal(signal.SIGSTOP) or wait_and(lambda: hosts[1].signal(signal.SIGCONT))
    ),
    "a cable carries 5 Mbit/s": lambda hosts: hosts[1].limit("5mbit", "16kb"),
}
LASTING = {
    "a cable is pulled out": (lambda hosts: hosts.pull(hosts[1]), lambda hosts: hosts.plug(hosts[1])),
    "a cable carries 0.1 Mbit/s": (lambda hosts: hosts[1].limit("100kbit", "16kb"), lambda hosts: hosts[1].limit()),
    "a worker is stopped": (lambda hosts: stop_worker(hosts[1]), lambda hosts: None),
    "a host is ended": (lambda hosts: hosts[1].kill(), lambda hosts: None),
}
# A firewall on the first host, or names: what is wrong before anything has begun.
BLOCKED = {
    "a firewall drops port 2222": f"tcp dport {PORT} drop",
    "a firewall rejects port 2222": f"tcp dport {PORT} reject",
    "a firewall drops all but port 2222": f"tcp dport != {PORT} ct state new drop",
}
MISNAMED = {"the first host has a wrong name": ("ana", "bert"), "the second host has a wrong name": ("anna", "brt")}


def try_while_training():
    """Each fault in the middle of a training run: what it came to, and after how many seconds."""
    found = []
    with tempfile.TemporaryDirectory() as folder, Hosts(2) as hosts:
        commands = Commands(hosts, folder)
        if not commands.go_on():
            raise ScalingError(f"the training on two hosts has not begun: {commands.said_last()}")
        for what, do in PASSING.items():
            do(hosts)
            start = time.monotonic()
            goes_on = commands.go_on()
            found.append({"what": what, "goes_on": goes_on, "seconds": round(time.monotonic() - start, 1)})
            hosts[1].limit()
            if not goes_on:
                found[-1]["said"] = commands.said_last()
                commands = Commands(hosts, folder)
                commands.go_on()
        for what, (do, undo) in LASTING.items():
            start = time.monotonic()
            do(hosts)
            said = commands.said_last()
            found.append({"what": what, "goes_on": False, "seconds": round(time.monotonic() - start, 1), "said": said})
            undo(hosts)
            print(found[-1])
            if what != list(LASTING)[-1]:
                before = commands.step()
                commands = Commands(hosts, folder)
                found[-1]["again"] = commands.go_on() and commands.step() > before > 0
    return found


def try_before(what):
    """What keeps two hosts from meeting: what their commands say, and after how many seconds."""
    with tempfile.TemporaryDirectory() as folder, Hosts(2) as hosts:
        if what in BLOCKED:
            hosts[0].block(BLOCKED[what])
        start = time.monotonic()
        said = Commands(hosts, folder, MISNAMED.get(what), ["--wait", WAIT]).said_last()
        return {"what": what, "goes_on": False, "seconds": round(time.monotonic() - start, 1), "said": said}


def try_all():
    """Every fault."""
    with ThreadPoolExecutor() as threads:  # these wait most of the time
        before = list(threads.map(try_before, [*MISNAMED, *BLOCKED]))
    return before + try_while_training()


# ---- the same for Dask


def task(folder, name):
    """A task that leaves a line when it starts, and takes a while."""
    with open(Path(folder, "starts.txt"), "a") as file:
        file.write(f"{name}\n")
    time.sleep(TASK_SECONDS)
    return name


def main():
    """Hand the tasks to the scheduler at an address, and print the names that come back."""
    from course_utils.bench.apart.faults import task  # by the name that the workers know
    from course_utils.scaling.tasks import run_tasks

    folder, address = sys.argv[1:]
    jobs = {name: (folder, name) for name in range(N_TASKS)}
    print(json.dumps([result for _, result in run_tasks(task, jobs, address=address)]))


DASK_FAULTS = {
    "nothing happens": lambda hosts: None,
    "a host is ended": lambda hosts: hosts[1].kill(),
    "a cable is pulled out": lambda hosts: hosts.pull(hosts[1]),
}


def try_dask(what):
    """Tasks on two hosts, and a fault in the middle: how many come back, how many were started twice."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    dask = sys.executable, "-m", "dask"
    with tempfile.TemporaryDirectory() as folder, Hosts(2) as hosts:
        starts, address = Path(folder, "starts.txt"), f"tcp://{hosts[0].name}:8786"
        hosts[0].start(*dask, "scheduler", "--no-dashboard", cwd=folder, **quiet)
        for host in hosts:
            host.start(*dask, "worker", address, "--nthreads", "1", "--no-dashboard", cwd=folder, **quiet)
        client = hosts[0].start(sys.executable, "-m", __name__, folder, address, stdout=subprocess.PIPE, text=True)
        end = time.monotonic() + BOUND
        while not starts.exists() or len(starts.read_text().split()) < N_TASKS // 2:
            if time.monotonic() > end or client.poll() is not None:
                raise ScalingError("the tasks on two hosts have not begun")
            time.sleep(0.05)
        start = time.monotonic()
        DASK_FAULTS[what](hosts)
        printed = client.communicate(timeout=BOUND)[0]
        seconds = round(time.monotonic() - start, 1)
        started = len(starts.read_text().split())
    back = len(set(json.loads(printed))) if printed else 0
    return {"what": what, "tasks": N_TASKS, "back": back, "started_again": started - N_TASKS, "seconds": seconds}


if __name__ == "__main__":
    main()
