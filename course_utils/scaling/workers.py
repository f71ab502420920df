r"""Start the workers of one training run, watch them, and end all of them together.

On one machine:      python -m course_utils.scaling.workers --workers 2
On several machines: python -m course_utils.scaling.workers --hosts anna,bert --index 0
the same command on each, with its own number; Slurm numbers them itself, so there it is

                     srun --ntasks-per-node=1 python -m course_utils.scaling.workers \
                         --hosts "$(scontrol show hostnames | paste -sd, -)" --folder /shared/folder

python is that of the course: .venv/bin/python (on Windows .venv\Scripts\python), or that of your own environment.

It trains the original network by the original recipe. Each worker reads its share of every batch. If one fails, the
others are ended within seconds; the same command goes on from the last checkpoint in --folder.

On one machine the workers call each other by its loopback address. But TensorFlow has them listen on all addresses, and
asks for no password: start them only in networks that you trust.
"""

import argparse
import contextlib
import importlib.metadata
import json
import os
import platform
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, fields
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from course_utils.scaling import meeting
from course_utils.scaling.training import (
    CHECKPOINT,
    ScalingError,
    Training,
    check_training,
    describe_code,
    read_checkpoint,
)

FOLDER = Path("build") / "workers"
PORT = 2222
LIMIT = 24 * 3600.0  # seconds for the whole training
MEETING = 120.0  # seconds for all hosts to call
START = 600.0  # seconds until all workers must be connected; TensorFlow itself would wait forever
STUCK = 600.0  # seconds without a step after which the workers count as stuck; TensorFlow may wait for ever here, too
GRACE = 5.0  # seconds to find out which worker failed and which ones only lost it
LOST = 4  # the same as loop.LOST, which cannot be imported without TensorFlow
SETTINGS = {
    "images": "how many of MNIST's training images, from the first one on",
    "epochs": "passes over them",
    "batch_size": "images in a step, for all workers together",
    "seed": "for the initial weights and the order of the images",
    "every": "steps between two checkpoints",
}
PROXIES = ("grpc_proxy", "http_proxy", "https_proxy")  # where gRPC, which carries TensorFlow's messages, looks
COMMAND = [sys.executable, "-m", "course_utils.scaling.process"]
PROGRAM = "course_utils.scaling.loop"


def environment(task):
    """The environment of a worker: like this one, with its task, without the proxies that would get its messages."""
    usual = {name: value for name, value in os.environ.items() if name.lower() not in PROXIES}
    return usual | {"TF_CONFIG": json.dumps(task)}


class Worker:
    """A process that runs loop.py or another program, and what it reports."""

    def __init__(self, index, cluster, training, folder, program=PROGRAM):
        self.index, self.lines, self.up, self.step, self.error, self.report = index, queue.Queue(), False, 0, "", None
        self.log = tempfile.TemporaryFile()  # noqa: SIM115  `stop` closes it
        task = {"cluster": {"worker": cluster}, "task": {"type": "worker", "index": index}}
        self.process = subprocess.Popen(
            [*COMMAND, program],
            env=environment(task),
            stdin=subprocess.PIPE,  # stays open: when this process is gone, the worker sees its end and ends too
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        what = {"training": asdict(training), "worker": index, "n_workers": len(cluster), "folder": str(folder)}
        with contextlib.suppress(OSError):  # it has ended already: `watch` will say so
            self.process.stdin.write(json.dumps(what) + "\n")
            self.process.stdin.flush()
        self.reading = threading.Thread(target=self._read, daemon=True)
        self.reading.start()

    def _read(self):
        with contextlib.suppress(ValueError):  # the pipe was closed by `stop`
            for line in self.process.stdout:
                self.lines.put(line)

    def listen(self):
        """Take in what the worker has reported since the last call."""
        while not self.lines.empty():
            try:
                message = json.loads(self.lines.get())
            except ValueError:
                continue  # a line of some library's
            self.up = self.up or "up" in message
            self.step = message.get("step", self.step)
            self.error = message.get("error", self.error)
            self.report = message.get("report", self.report)

    def why_ended(self):
        """A sentence on why it failed."""
        if self.error:
            return self.error
        self.log.seek(0)
        words = self.log.read().decode("utf-8", "replace").strip().splitlines()
        status = self.process.returncode
        how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
        said = f"; its last words: {words[-1].strip()[:300]}" if words else ""
        return f"worker {self.index} {how} after step {self.step}{said}"

    def stop(self):
        """End the process, whatever its state."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.log):
            with contextlib.suppress(OSError, ValueError):
                pipe.close()


def check_hosts(hosts, index, port):
    """Do nothing if these can be the machines of a training run, and this one of them.

    Raises
    ------
    ValueError
        If a name is empty, or a number is out of its range.
    """
    if not isinstance(hosts, list) or not hosts or not all(isinstance(host, str) and host for host in hosts):
        raise ValueError(
            f"hosts must be a name or an address for each worker, got {hosts!r}; under Slurm, look at what "
            f"`scontrol show hostnames` gives"
        )
    if type(index) is not int or not 0 <= index < len(hosts):
        raise ValueError(f"index must be from 0 to {len(hosts) - 1}, one for each host, got {index!r}")
    if type(port) is not int or not 0 < port < 65536:
        raise ValueError(f"port must be a whole number from 1 to 65535, got {port!r}")


def read_ports(hosts, port):
    """The hosts without the port that some of them name, as ``anna:2222``, and the port at which the first one listens.

    Raises
    ------
    ValueError
        If they name several ports: the first host listens at one, and those of the others are TensorFlow's choice.
    """
    names, ports = zip(*map(meeting.split_port, hosts), strict=True)
    named = set(ports) - {None}
    if len(named) > 1:
        raise ValueError(f"the first host listens at one port; the hosts name several: {', '.join(hosts)}")
    return list(names), named.pop() if named else port


def describe_setup(training, folder, fresh=False):
    """What must be the same on all workers."""
    found = None if fresh else read_checkpoint(folder, training)
    versions = {name: importlib.metadata.version(name) for name in ("tensorflow", "keras", "numpy")}
    return {
        "the version of Python": platform.python_version(),
        **{f"the version of {name}": version for name, version in versions.items()},
        "the code of course_utils": describe_code(),
        "the training": asdict(training),
        "--fresh": fresh,
        "the step of the checkpoint": found["step"] if found else 0,
    }


def watch(workers, links, *, end, on_step=lambda step: None):
    """Wait until all workers are done, here and on the other hosts: one that ended earlier would cut off the others.

    Raises
    ------
    ScalingError
        As soon as one of them fails, or time is up; the caller must end the others.
    """
    lost_since, done, told, start, before = None, set(), False, time.monotonic(), None
    while True:
        for worker in workers:
            worker.listen()
        on_step(max(worker.step for worker in workers))
        if before != (before := [(worker.up, worker.step) for worker in workers]):
            moved = time.monotonic()
        statuses = [worker.process.poll() for worker in workers]
        for worker, status in zip(workers, statuses, strict=True):
            if status not in (None, LOST):
                worker.reading.join(GRACE)  # for what it said last
                worker.listen()
                if status or worker.report is None:
                    raise ScalingError(worker.why_ended())
        for index, link in links.items():
            while message := link.receive():
                if "done" in message:
                    done.add(index)
                elif index not in done:
                    raise ScalingError(message.get("stop") or f"{link.name} {message.get('gone', 'said nonsense')}")
        if LOST in statuses:
            lost_since = lost_since or time.monotonic()
            if time.monotonic() - lost_since > GRACE:
                those = [worker for worker, status in zip(workers, statuses, strict=True) if status == LOST]
                names = " and ".join(f"worker {worker.index}" for worker in those)
                said = f" ({those[0].error})" if those[0].error else ""
                raise ScalingError(
                    f"{names} lost the connection to another worker{said}; a machine counts as lost when it has been "
                    f"stopped, too slow, or cut off for ten seconds"
                )
        if all(worker.report is not None for worker in workers):
            if not told and (0 in links or done == set(links)):  # the first host says it last, when all others have
                for link in links.values():
                    link.send(done=True)
                told = True
            if done == set(links):
                return
        if time.monotonic() - start > START and not all(worker.up for worker in workers):
            raise ScalingError(
                f"the workers could not connect within {START:.0f} seconds; does a firewall stop TensorFlow's ports?"
            )
        running = all(worker.up for worker in workers) and any(worker.report is None for worker in workers)
        if running and time.monotonic() - moved > STUCK:
            raise ScalingError(
                f"no step was finished in {STUCK:.0f} seconds (the last was {workers[0].step}): a worker is stopped, "
                f"or its machine or the network is too slow"
            )
        if time.monotonic() > end:
            steps = ", ".join(f"worker {worker.index} at step {worker.step}" for worker in workers)
            raise ScalingError(f"the time limit is up ({steps}); --limit sets it")
        time.sleep(0.05)


def run_workers(
    training,
    *,
    n_workers=2,
    folder=FOLDER,
    hosts=None,
    index=0,
    port=PORT,
    fresh=False,
    limit=LIMIT,
    wait=MEETING,
    on_step=None,
    on_start=None,
    program=PROGRAM,
):
    """Run one training on several workers, or the rest of it from the last checkpoint.

    Parameters
    ----------
    training : Training
    n_workers : int
        Processes on this machine; with `hosts`, one on each host.
    folder : str or pathlib.Path
        For the checkpoint. With `hosts`, a folder that all of them share.
    hosts : list of str, optional
        One name or address for each worker, the same list on each: ``anna``, ``::1``; with `port`, ``[::1]:2222``.
    index : int
        With `hosts`: which of them this is, from 0.
    port : int
        With `hosts`: where the first one listens for the others.
    fresh : bool
        Start over: a checkpoint in the folder is deleted as soon as all workers have met.
    limit, wait : float
        Seconds for the training, and for all hosts to call.
    on_step : callable, optional
        Receives the number of steps done, every now and then.
    on_start : callable, optional
        Receives the process IDs of this machine's workers, ``{number: ID}``, as soon as they have started.
    program : str
        The module that each worker runs.

    Returns
    -------
    list of dict
        For each worker on this machine, what `loop.train` reports.

    Raises
    ------
    TypeError, ValueError
        If the settings are wrong.
    ScalingError
        If the training cannot start, or a worker failed. No process is left behind, here or elsewhere.
    """
    if hosts is not None:
        check_hosts(hosts, index, port)
        hosts, port = read_ports(hosts, port)
        check_hosts(hosts, index, port)
        n_workers = len(hosts)
    check_training(training, n_workers)
    for name, value in (("limit", limit), ("wait", wait)):
        if not value > 0:
            raise ValueError(f"{name} must be above 0 seconds, got {value:g}")
    end, folder = time.monotonic() + limit, Path(folder)
    setup = describe_setup(training, folder, fresh)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if index == 0:  # which writes them
            tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        why = f"cannot be made or written to ({error.strerror}); take another with --folder"
        raise ScalingError(f"the folder {folder} for checkpoints {why}") from None
    workers, links = [], {}
    try:
        if hosts is None:
            cluster = _free_cluster(n_workers)
        elif index == 0:
            cluster, links = meeting.gather(meeting.listen(hosts[0], port), hosts, setup, seconds=wait)
        else:
            cluster, links = meeting.join(hosts, index, port, setup, seconds=wait)
        if fresh:  # on each host: no worker reads or writes a checkpoint before all of them are connected
            (folder / CHECKPOINT).unlink(missing_ok=True)
        for number in range(n_workers) if hosts is None else [index]:
            workers.append(Worker(number, cluster, training, folder, program))
        if on_start:
            on_start({worker.index: worker.process.pid for worker in workers})
        watch(workers, links, end=end, on_step=on_step or (lambda step: None))
        return [worker.report for worker in workers]
    except ScalingError as error:
        for link in links.values():
            link.send(stop=str(error))
        raise
    finally:
        for worker in workers:
            worker.process.kill()  # all of them, before one is waited for: another Ctrl+C may come
        for worker in workers:
            worker.stop()
        for link in links.values():
            link.close()


def _free_cluster(n_workers):
    """Addresses on this machine, all different."""
    ports = set()
    while len(ports) < n_workers:
        ports.add(meeting.free_port("127.0.0.1"))
    return [f"127.0.0.1:{port}" for port in sorted(ports)]


def _read_options(arguments):
    parser = argparse.ArgumentParser(
        prog="python -m course_utils.scaling.workers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--workers", type=int, default=2, metavar="N", help="processes on this machine (default: 2)")
    text = "one worker on each of these, the same list everywhere; addresses may be IPv6: ::1, with a port [::1]:2222"
    where.add_argument("--hosts", metavar="A,B", help=text)
    parser.add_argument("--index", type=int, metavar="I", help="which of the hosts this is, from 0")
    parser.add_argument("--port", type=int, default=PORT, help=f"where the first host listens (default: {PORT})")
    for field in fields(Training):
        name, usual = field.name.replace("_", "-"), field.default
        parser.add_argument(
            f"--{name}", type=int, default=usual, metavar="N", help=f"{SETTINGS[field.name]} (default: {usual})"
        )
    parser.add_argument("--folder", type=Path, default=FOLDER, help=f"for the checkpoint (default: {FOLDER})")
    parser.add_argument("--fresh", action="store_true", help="start over, and delete the checkpoint")
    for name, usual, text in (("limit", LIMIT, "for all of it"), ("wait", MEETING, "for all hosts to call")):
        text = f"seconds {text} (default: {usual:.0f})"
        parser.add_argument(f"--{name}", type=float, default=usual, metavar="S", help=text)
    options = parser.parse_args(arguments)
    if options.hosts is None:
        if options.index is not None:
            parser.error("--index is for --hosts: say on which machines the workers are")
        options.index = 0
    elif options.index is None:
        if (number := os.environ.get("SLURM_PROCID", "")) == "":
            parser.error("with --hosts, say with --index which of them this is, from 0")
        options.index = int(number)
    return options


def main(arguments=None):
    """The command."""
    options = _read_options(arguments)
    training = Training(**{field.name: getattr(options, field.name) for field in fields(Training)})
    hosts = None if options.hosts is None else [name.strip() for name in options.hosts.split(",")]
    for asked in (
        signal.SIGTERM,
        signal.SIGINT,
    ):  # SIGINT too: a shell may have told a job in the background to ignore it
        signal.signal(asked, signal.default_int_handler)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    done = 0
    try:
        with Progress(*columns, TimeRemainingColumn()) as progress:
            task = progress.add_task("steps", total=None)

            def on_start(processes):
                for number, process in processes.items():
                    progress.console.print(f"worker {number} is process {process}", highlight=False)

            def on_step(step):
                nonlocal done
                done = step
                progress.update(task, completed=step, total=training.steps)

            reports = run_workers(
                training,
                n_workers=options.workers,
                folder=options.folder,
                hosts=hosts,
                index=options.index,
                port=options.port,
                fresh=options.fresh,
                limit=options.limit,
                wait=options.wait,
                on_step=on_step,
                on_start=on_start,
            )
            on_step(training.steps)  # if everything was done before, no worker had a step to report
    except KeyboardInterrupt:
        sys.exit("stopped; all workers were ended" + _how_it_goes_on(options, training))
    except (TypeError, ValueError, ScalingError) as error:
        sys.exit(f"error: {error}" + (_how_it_goes_on(options, training) if done else ""))
    losses = reports[0]["losses"]
    read = ", ".join(f"{report['n_read']:,}" for report in reports)
    print(f"{len(losses)} steps; loss {losses[0]:.4f} at first, {losses[-1]:.4f} at last; images read: {read}")
    print(f"the network is in {options.folder / CHECKPOINT}")


def _how_it_goes_on(options, training):
    """A sentence on the checkpoint from which the training can go on, or an empty text if there is none."""
    try:
        found = read_checkpoint(options.folder, training)
    except ScalingError:
        return ""
    command = "Without --fresh, the same command" if options.fresh else "The same command"
    return f". {command} goes on from the checkpoint of step {found['step']}" if found else ""


if __name__ == "__main__":
    main()
