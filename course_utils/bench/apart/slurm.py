"""`nox -s slurm`: lesson 12's own line under a Slurm of its own (Debian's slurm-wlm), on two hosts that are apart.

Munge, the controller and both `slurmd` have their own key, sockets, ports and folders, in namespaces of their own: a
Slurm that this machine may have is not touched. All of them end with this command, whatever ends it.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from course_utils.bench.apart.faults import BOUND
from course_utils.bench.apart.hosts import TOOLS, Hosts, why_not_here
from course_utils.bench.apart.measure import N_SAME, N_STEPS
from course_utils.bench.store import describe_machine
from course_utils.scaling.training import ScalingError, read_checkpoint

LESSON = Path(__file__).parents[3] / "notebooks" / "source" / "12_scaling.py"
DAEMONS = "munged", "slurmctld", "slurmd"
SETTINGS = """
ClusterName=course
SlurmctldHost=anna
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool.%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
KillWait=5
SlurmdParameters=config_overrides
NodeName=anna,bert CPUs=1 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
"""


def lessons_line(folder, *options):
    """The `srun` line of lesson 12 with this Python, a folder, and options of a short training."""
    block = re.search(r"^# (srun .*?)\n# ```", LESSON.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)[1]
    line = re.sub(r"\s*\\\n#\s*", " ", block)
    for old, new in ((".venv/bin/python", sys.executable), ("/shared/folder", str(folder))):
        if old not in line:
            raise ScalingError(f"lesson 12's srun line no longer has {old}: {line}")
        line = line.replace(old, new)
    return " ".join([line, *map(str, options)])


def start_slurm(hosts, folder):
    """Start Slurm on all hosts, and wait until it has them; returns the environment in which its commands find it."""
    (folder / "state").mkdir()
    (folder / "slurm.conf").write_text(SETTINGS.format(folder=folder))
    (folder / "munge.key").write_bytes(os.urandom(128))
    (folder / "munge.key").chmod(0o400)
    environment = os.environ | {"SLURM_CONF": str(folder / "slurm.conf")}
    where = [f"--{name}-file={folder}/munge.{name}" for name in ("key", "log", "pid", "seed")]
    log = (folder / "daemons.log").open("w")
    quiet = {"env": environment, "stdout": log, "stderr": log}
    hosts[0].start("munged", "--foreground", f"--socket={folder}/munge.socket", *where, **quiet)
    wait_for(lambda: (folder / "munge.socket").exists(), folder)
    hosts[0].start("slurmctld", "-D", **quiet)
    for host in hosts:
        host.start("slurmd", "-D", "-N", host.name, **quiet)
    ask = hosts[0].here("sinfo", "--noheader", "--format=%D %T")
    is_up = f"{len(hosts)} idle"
    wait_for(lambda: is_up in subprocess.run(ask, env=environment, capture_output=True, text=True).stdout, folder)
    return environment


def wait_for(condition, folder):
    """Wait until something holds; if it never does, say what the daemons said."""
    end = time.monotonic() + BOUND / 3
    while not condition():
        if time.monotonic() > end:
            logs = "\n".join(path.read_text() for path in sorted(folder.glob("*.log")))
            raise ScalingError(f"Slurm has not begun; its logs say:\n{logs[-3000:]}")
        time.sleep(0.2)


def start_job(host, environment, folder, line):
    """Hand in a job of two nodes that runs a line: what waits for its end, and the file that it prints to."""
    script, printed = folder / "job.sh", folder / "printed.txt"
    script.write_text(f"#!/bin/sh\n{line}\n")
    submit = "sbatch", "--wait", "--nodes=2", f"--output={printed}", script
    return host.start(*submit, env=environment, cwd=folder, stdout=subprocess.DEVNULL), printed


def cancel_job(hosts, environment, folder):
    """Cancel a job in the middle of its training: all of its processes must end, on both hosts."""
    job, printed = start_job(hosts[0], environment, folder, lessons_line(folder / "cancelled", "--every", 1))
    wait_for(lambda: job.poll() is not None or read_checkpoint(folder / "cancelled"), folder)
    if job.poll() is not None:
        raise ScalingError(f"the job ended before it was canceled:\n{printed.read_text()}")
    subprocess.run(hosts[0].here("scancel", "--user=root"), env=environment, check=True)

    def none_is_left():
        running = [Path(f"/proc/{one}/cmdline") for host in hosts for one in host.processes()]
        return not any(b"course_utils.scaling" in path.read_bytes() for path in running if path.exists())

    wait_for(none_is_left, folder)
    return printed.read_text()


def main():
    """Run the lesson's line, and compare its losses with one worker's."""
    if why := why_not_here((*TOOLS, *DAEMONS)):
        raise SystemExit(f"error: {why}; those of Slurm are in slurm-wlm and munge")
    options = "--images", 64 * N_STEPS, "--every", N_STEPS, "--fresh"
    with tempfile.TemporaryDirectory(prefix="slurm_") as name, Hosts(2) as hosts:
        folder = Path(name)
        folder.chmod(0o755)  # munge wants its socket where all can go
        environment = start_slurm(hosts, folder)
        version = subprocess.check_output(["srun", "--version"], env=environment, text=True).strip()
        print(f"{version} with {len(hosts)} nodes; {describe_machine()}")
        job, printed = start_job(hosts[0], environment, folder, lessons_line(folder / "two", *options))
        if status := job.wait(timeout=2 * BOUND):
            raise SystemExit(f"error: the job ended with status {status}:\n{printed.read_text()}")
        alone = "-m", "course_utils.scaling.workers", "--workers", 1, "--folder", folder / "one", *options
        hosts[0].call(sys.executable, *alone)
        said = cancel_job(hosts, environment, folder)
        two, one = (read_checkpoint(folder / name)["losses"] for name in ("two", "one"))
    apart = max(abs(a - b) for a, b in zip(two[:N_SAME], one[:N_SAME], strict=True))
    print(f"{len(two)} steps on two nodes; the first {N_SAME} losses are at most {apart:.1e} from one worker's")
    stopped = "stopped; all workers were ended" in said
    print(f"a job that is canceled ends on both nodes, {'with' if stopped else 'without'} the command's own word")
    if len(two) != N_STEPS or apart > 1e-4:
        raise SystemExit("error: that is not the training of one worker")


if __name__ == "__main__":
    main()
