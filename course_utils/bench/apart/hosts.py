"""Hosts that are apart, on one Linux machine: each has processes, a name, addresses and a cable of its own.

A host is a process in namespaces of its own (`unshare`), whose network card is one end of a cable (a veth pair); the
other ends are plugged into a bridge, which has a namespace of its own, too. The machine's own network is not touched.
A host ends with the process that made it, whatever ends that, and takes everything with it that runs on it.

What is not apart: hosts share the machine's processors, its memory and its files.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from course_utils.scaling.training import ScalingError

NAMES = "anna", "bert", "carl", "dora"
PREFIXES = {4: "10.12.0.", 6: "fd00:12::"}
TOOLS = "unshare", "nsenter", "ip", "tc", "nft"
NAMESPACES = "--net", "--uts", "--mount", "--pid"


def why_not_here(tools=TOOLS):
    """Why there can be no hosts on this machine, or an empty text."""
    if sys.platform != "linux":
        return "hosts that are apart need Linux's network namespaces"
    if os.geteuid() != 0:
        return "hosts that are apart need root: network namespaces, cables and a bridge are made"
    if missing := [tool for tool in tools if not shutil.which(tool)]:
        return f"not found: {', '.join(missing)}; Debian has them in util-linux, iproute2 and nftables"
    tried = subprocess.run(["unshare", *NAMESPACES, "--fork", "true"], capture_output=True, text=True)
    return f"this machine grants no namespaces ({tried.stderr.strip()})" if tried.returncode else ""


def _call(*command):
    """Run a tool to its end; what it complains of is an error."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        raise ScalingError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
    return done.stdout


class Host:
    """A process in namespaces of its own, on which others can be started."""

    def __init__(self, name, hosts_file):
        script = f"hostname {name} && mount --bind {hosts_file} /etc/hosts && ip link set lo up && echo up && exec cat"
        command = ["unshare", *NAMESPACES, "--mount-proc", "--fork", "--kill-child", "sh", "-c", script]
        self.name, self.started, self.pid = name, [], 0
        self.holder = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,  # it ends when this closes
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # unshare complains when it is killed
            start_new_session=True,  # Ctrl+C is for what has to take this down
        )
        if self.holder.stdout.readline() != b"up\n":
            self.end()
            raise ScalingError(f"the host {name} could not be made")
        (self.pid,) = map(int, Path(f"/proc/{self.holder.pid}/task/{self.holder.pid}/children").read_text().split())

    def here(self, *command):
        """The command line that runs a command on this host, in the folder of this process."""
        return ["nsenter", f"--target={self.pid}", *NAMESPACES, "--wd", "--", *map(str, command)]

    def start(self, *command, **options):
        """Start a process on this host."""
        self.started.append(subprocess.Popen(self.here(*command), **options))
        return self.started[-1]

    def call(self, *command):
        """Run a command on this host to its end, and return what it prints."""
        return _call(*self.here(*command))

    def processes(self):
        """The process IDs of all that runs on this host, but for what holds it."""
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # it has ended
                if os.readlink(path / "ns/pid") == os.readlink(f"/proc/{self.pid}/ns/pid"):
                    found.append(int(path.name))
        return sorted(set(found) - {self.pid})

    def signal(self, number):
        """Send a signal to all that runs on this host: ``SIGSTOP`` makes it a host that does nothing."""
        for process in [*self.processes(), *(each.pid for each in self.started if each.poll() is None)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)

    def limit(self, rate="", burst="64kb"):
        """Let this host send no more than ``100mbit`` a second, or whatever it can."""
        with contextlib.suppress(ScalingError):  # there was no limit
            self.call("tc", "qdisc", "del", "dev", "eth0", "root")
        if rate:
            queue = "8mb"  # of packets that wait: none is dropped, so that TCP need not find its pace
            self.call("tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate", rate, "burst", burst, "limit", queue)

    def block(self, rule):
        """Add a firewall's rule for what comes in, as ``tcp dport 2222 drop``."""
        chain = "{ type filter hook input priority 0; }"
        self.call("nft", f"add table inet course; add chain inet course in {chain}; add rule inet course in {rule}")

    def kill(self):
        """End all that runs on this host, as if its plug were pulled."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError):  # it has ended already
                os.kill(self.pid, signal.SIGKILL)
        self.holder.kill()
        self.holder.wait()

    def end(self):
        """Kill the host, and forget what was started on it."""
        self.kill()
        for process in [self.holder, *self.started]:
            process.kill()
            process.wait()
            for pipe in filter(None, (process.stdin, process.stdout, process.stderr)):
                with contextlib.suppress(OSError):  # what was written last cannot arrive
                    pipe.close()


class Hosts(contextlib.AbstractContextManager):
    """Some hosts on one bridge, as a list: ``with Hosts(2) as (anna, bert):``.

    Parameters
    ----------
    n : int
        How many, from 1 to 4.
    versions : tuple of int
        The kinds of addresses that they have: 4, 6, or both.

    Raises
    ------
    ScalingError
        If this machine can have none.
    """

    def __init__(self, n, versions=(4, 6)):
        if why := why_not_here():
            raise ScalingError(why)
        self.versions, self.stack, self.hosts = versions, contextlib.ExitStack(), []
        names = NAMES[:n]
        with self.stack:
            self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="hosts_")))
            known = ["127.0.0.1 localhost", "::1 localhost"]
            known += [f"{self.address(name, version)} {name}" for name in names for version in versions]
            (self.folder / "hosts").write_text("\n".join(known) + "\n")
            self.switch = self._make("switch")
            self.switch.call("ip", "link", "add", "bridge", "type", "bridge")
            self.switch.call("ip", "link", "set", "bridge", "up")
            for name in names:
                self.hosts.append(self._make(name))
                self._plug_in(self.hosts[-1])
            self.stack = self.stack.pop_all()

    def _make(self, name):
        host = Host(name, self.folder / "hosts")
        self.stack.callback(host.end)
        return host

    def _plug_in(self, host):
        """Give a host its cable and its addresses."""
        end = "name", host.name, "netns", self.switch.pid
        _call("ip", "link", "add", "eth0", "netns", host.pid, "type", "veth", "peer", *end)
        for version in self.versions:
            size, more = {4: ("/24", ()), 6: ("/64", ("nodad",))}[version]
            host.call("ip", "addr", "add", self.address(host.name, version) + size, "dev", "eth0", *more)
        host.call("ip", "link", "set", "eth0", "up")
        self.switch.call("ip", "link", "set", host.name, "master", "bridge")
        self.plug(host)

    @staticmethod
    def address(name, version=4):
        """An address of the host of a name."""
        return f"{PREFIXES[version]}{NAMES.index(name) + 1}"

    def pull(self, host):
        """Pull a host's cable at the bridge's end: the host keeps its addresses, and nothing comes or goes."""
        self.switch.call("ip", "link", "set", host.name, "down")

    def plug(self, host):
        """Plug it in again."""
        self.switch.call("ip", "link", "set", host.name, "up")

    def __enter__(self):
        return self

    def __iter__(self):
        return iter(self.hosts)

    def __len__(self):
        return len(self.hosts)

    def __getitem__(self, index):
        return self.hosts[index]

    def __exit__(self, *exception):
        self.stack.close()
