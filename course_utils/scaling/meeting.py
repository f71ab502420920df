"""Workers on several machines: they find each other, compare their setups, and learn when one of them ends.

The command on the first host listens at one port. The commands on the others call there, say who they are and at which
port TensorFlow may listen, and keep the connection open while they train; the messages are short lines of JSON.
Before any worker starts, each command tries whether it reaches the others where TensorFlow will: a firewall is told at
once. If a command ends, or its machine falls silent, all of them learn of it and end their workers.

Nothing is encrypted and nobody is asked for a password, here or in TensorFlow's own traffic: use it in a network whose
machines you trust.
"""

import contextlib
import json
import queue
import socket
import threading
import time

from course_utils.scaling.training import ScalingError

LONGEST_LINE = 100_000  # bytes
BEAT = 2.0  # seconds between two signs of life
SILENCE = 30.0  # seconds without one after which a machine counts as lost
REACH = 10.0  # seconds in which a worker's port must answer
ANSWER = 60.0  # seconds in which a command must have tried all of them


class Link:
    """A connection to another command: messages (dict) go out by `send` and come in by `receive`."""

    def __init__(self, connection, name="the other command"):
        self.connection, self.name, self.arrived = connection, name, queue.Queue()
        connection.settimeout(SILENCE)
        self.sending = threading.Lock()
        self.closing = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=self._beat, daemon=True).start()

    def send(self, **message):
        """Send a message; if the other side is gone, nothing happens here: `receive` will say so."""
        with contextlib.suppress(OSError), self.sending:
            self.connection.sendall(json.dumps(message).encode() + b"\n")

    def receive(self, seconds=0.0):
        """The next message, or None if none comes in time; {"gone": why} when the other side is gone."""
        try:
            return self.arrived.get(timeout=seconds) if seconds > 0 else self.arrived.get_nowait()
        except queue.Empty:
            return None

    def close(self):
        """Close the connection; either side may."""
        self.closing.set()
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()

    def _read(self):
        why = "has ended"
        try:
            with self.connection.makefile("rb") as lines:
                while line := lines.readline(LONGEST_LINE):
                    message = json.loads(line)
                    if not isinstance(message, dict):
                        raise ValueError("a message must be an object")
                    if message != {}:  # a sign of life
                        self.arrived.put(message)
        except TimeoutError:
            why = f"has been silent for {SILENCE:.0f} seconds"
        except OSError:
            pass
        except ValueError:
            why = "sends what no worker would; does another program use the port?"
        self.arrived.put({"gone": why})

    def _beat(self):
        while not self.closing.wait(BEAT):
            self.send()


def split_port(text):
    """The host and the port of ``anna:2222`` or ``[::1]:2222``; of ``anna``, ``::1`` or ``[::1]`` the port is None."""
    host, colon, port = text.rpartition(":")
    if not colon or (":" in host and not host.endswith("]")):  # the colons of a bare IPv6 address
        return text.strip("[]"), None
    if not port.isdecimal():
        raise ValueError(f"expected a host, or a host and a port, as anna:2222 or [::1]:2222, got {text!r}")
    return host.strip("[]"), int(port)


def free_port(host=""):
    """A port that is free right now."""
    with socket.create_server((host, 0)) as server:
        return server.getsockname()[1]


def hold_port():
    """Listen at a free port, for IPv6 too, until TensorFlow does: the other workers try whether they reach it."""
    both = socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if both else socket.AF_INET
    return socket.create_server(("", 0), family=family, dualstack_ipv6=both)


def listen(host, port):
    """Listen where the others will call.

    Raises
    ------
    ScalingError
        If the port is in use, or the host is not this machine, or unknown.
    """
    try:
        known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise ScalingError(f"no machine is known by the name {host!r}; look for a slip in --hosts") from None
    family, *_, address = min(known, key=lambda info: info[0] != socket.AF_INET)  # IPv6 if there is nothing else
    if address[0].startswith("127.") and host != "localhost" and not host.startswith("127."):
        address = ("", port)  # some systems give their own name a loopback address, where no other machine can call
    try:
        return socket.create_server(address, family=family)
    except OSError as error:
        raise ScalingError(
            f"the first worker cannot listen at {host}, port {port} ({error.strerror}): is the port in use? End the "
            f"program that uses it, or take another with --port on all hosts. Worker 0 belongs on the host that is "
            f"named first"
        ) from None


def gather(server, hosts, setup, *, seconds):
    """The first worker's part: wait for all others, compare, and tell everybody the cluster.

    Parameters
    ----------
    server : socket
        From `listen`; it is closed here.
    hosts : list of str
    setup : dict
        What must be the same on all workers: versions, code, settings, checkpoint.
    seconds : float
        How long to wait for the others.

    Returns
    -------
    cluster : list of str
        ``host:port`` of each worker, for TF_CONFIG.
    links : dict of int to Link
        To each of the others.

    Raises
    ------
    ScalingError
        If one does not call in time, or its setup differs.
    """
    end, links, callers, where = time.monotonic() + seconds, {}, [], server.getsockname()[1]
    try:
        with server, hold_port() as held:
            ports = {0: held.getsockname()[1]}
            while len(links) < len(hosts) - 1:
                missing = [f"worker {i} on {hosts[i]}" for i in range(1, len(hosts)) if i not in links]
                if time.monotonic() > end:
                    text = f"{' and '.join(missing)} did not call within {seconds:g} seconds; start the command there"
                    _refuse_all(links, f"{text} as well, and look whether a firewall lets port {where} through here")
                server.settimeout(0.2)
                with contextlib.suppress(TimeoutError):
                    callers.append(Link(server.accept()[0]))
                for index in [index for index, link in links.items() if link.receive()]:
                    links.pop(index).close()  # it was stopped while it waited, and may call again
                for link in list(callers):
                    if message := link.receive():
                        callers.remove(link)
                        _admit(link, message, hosts, setup, links, ports)
            addresses = [(host, ports[i]) for i, host in enumerate(hosts)]
            cluster = [f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in addresses]
            for link in links.values():
                link.send(cluster=cluster)
            _begin_together(links, why_out_of_reach(addresses, 0))
    except BaseException:
        for link in links.values():
            link.close()
        raise
    finally:
        for link in callers:
            link.close()
    return cluster, links


def why_out_of_reach(addresses, index):
    """A sentence on the first of the other workers that cannot be reached from here, or an empty text."""
    for other, (host, port) in enumerate(addresses):
        if other != index:
            who = f"worker {index} on {addresses[index][0]}"
            try:
                socket.create_connection((host, port), timeout=REACH).close()
            except (socket.gaierror, UnicodeError):
                return f"{who} knows no machine by the name {host!r}; look for a slip in --hosts"
            except OSError as error:
                return (
                    f"{who} cannot reach worker {other} on {host} at port {port} ({error}); the workers call each "
                    f"other at whatever ports are free: does a firewall let them through, and is that the address of "
                    f"{host}?"
                )
    return ""


def _begin_together(links, text):
    """The first worker's part once all have met: hear whether each reaches the others, and let all begin."""
    for link in links.values():
        if not text:
            message = link.receive(ANSWER) or {"gone": f"has said nothing more within {ANSWER:g} seconds"}
            text = message.get("reach", f"{link.name} {message.get('gone', 'said nonsense')}")
    if text:
        _refuse_all(links, text)
    for link in links.values():
        link.send(begin=True)


def _admit(link, message, hosts, setup, links, ports):
    """Take in a caller, if it is one of the expected workers."""
    index, port = message.get("worker"), message.get("port")
    if type(index) is not int or type(port) is not int or not 0 < index < len(hosts):
        link.send(stop=f"this is no worker of 1 to {len(hosts) - 1}; look at --index and --hosts")
        link.close()
        return
    if index in links:
        _refuse_all({**links, -1: link}, f"two commands say that they are worker {index}; look at --index")
    links[index], ports[index] = link, port
    link.name = f"worker {index} on {hosts[index]}"
    if text := how_they_differ(setup, message.get("setup"), link.name):
        _refuse_all(links, text)


def _refuse_all(links, text):
    for link in links.values():
        link.send(stop=text)
        link.close()
    raise ScalingError(text)


def how_they_differ(ours, theirs, name):
    """A sentence on the first way in which another worker differs from worker 0, or an empty text."""
    theirs = theirs if isinstance(theirs, dict) else {}
    for what, wanted in ours.items():
        found = theirs.get(what)
        if found == wanted:
            continue
        if isinstance(found, dict) and isinstance(wanted, dict):
            part = next(part for part in [*wanted, *found] if found.get(part) != wanted.get(part))
            what, found, wanted = f"{part} of {what}", found.get(part), wanted.get(part)
        return (
            f"{name} differs from worker 0: {what} is {found!r} there and {wanted!r} here; all workers need the same "
            f"versions, code, settings and checkpoint"
        )
    return ""


def join(hosts, index, port, setup, *, seconds):
    """Another worker's part: call the first one, and learn the cluster.

    Returns
    -------
    cluster : list of str
    links : dict of int to Link
        To the first worker, as ``{0: link}``.

    Raises
    ------
    ScalingError
        If the first host does not answer in time, or refuses.
    """
    link = Link(_call(hosts[0], port, seconds), f"worker 0 on {hosts[0]}")

    def hear(what, seconds):
        message = link.receive(seconds) or {"gone": f"has not begun within {seconds:g} seconds"}
        if what not in message:
            raise ScalingError(message.get("stop") or f"{link.name} {message.get('gone', 'said nonsense')}")
        return message[what]

    try:
        with hold_port() as held:
            link.send(worker=index, port=held.getsockname()[1], setup=setup)
            cluster = hear("cluster", seconds)
            link.send(reach=why_out_of_reach([split_port(address) for address in cluster], index))
            hear("begin", 2 * ANSWER)
    except BaseException:
        link.close()
        raise
    return cluster, {0: link}


def _call(host, port, seconds):
    end = time.monotonic() + seconds
    while True:
        try:
            return socket.create_connection((host, port), timeout=max(0.1, end - time.monotonic()))
        except (socket.gaierror, UnicodeError):
            raise ScalingError(f"no machine is known by the name {host!r}; look for a slip in --hosts") from None
        except OSError as error:
            if time.monotonic() + 0.2 > end:
                raise ScalingError(
                    f"{host} does not answer at port {port} within {seconds:g} seconds ({error}); is the command "
                    f"running there as worker 0, and does a firewall let the port through?"
                ) from None
            time.sleep(0.2)
