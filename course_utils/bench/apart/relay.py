"""A relay that hands on what it is sent after a while: it stands in for a long way, and it is no network.

Each TCP connection that a host opens to another goes to the relay on that host, which calls where it was meant to go.
Each way then takes longer by the delay, and by what Python needs. TCP doesn't notice: within each half of a connection,
what is sent is acknowledged at once, so it never slows down as it would over a long way.

It runs as ``python -m course_utils.bench.apart.relay`` and takes a new delay, in seconds, as a line on stdin.
"""

import asyncio
import contextlib
import socket
import struct
import subprocess
import sys

PORT, MARK = 7777, 12  # the mark of the relay's own connections, which must not come back to it
AT_ONCE, WAITING = 2**16, 1000  # bytes read at once, and how many such pieces may be on their way
ORIGINAL_DESTINATION = 80  # of Linux's netfilter, for getsockopt


def start(host, network):
    """Start the relay on a host, for all that it opens to an IPv4 network, and return its process."""
    rule = f"meta mark != {MARK} ip daddr {network} meta l4proto tcp redirect to :{PORT}"
    chain = "{ type nat hook output priority -100; }"
    host.call("nft", f"add table ip relay; add chain ip relay out {chain}; add rule ip relay out {rule}")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    process = host.start(sys.executable, "-m", __name__, **pipes)
    process.stdout.readline()  # it listens
    return process


def original_destination(connection):
    """Where a connection was meant to go before the rule sent it here."""
    port, address = struct.unpack("!2xH4s8x", connection.getsockopt(socket.SOL_IP, ORIGINAL_DESTINATION, 16))
    return socket.inet_ntoa(address), port


class Relay:
    """A server that hands on connections in both directions, after `delay` seconds, which may change at any time."""

    def __init__(self, destination=original_destination, mark=MARK):
        self.delay, self.destination, self.mark = 0.0, destination, mark

    async def serve(self, reader, writer):
        """Hand on one connection to its end."""
        with socket.socket() as there, contextlib.suppress(OSError):
            there.setblocking(False)
            if self.mark:
                there.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, self.mark)
            address = self.destination(writer.get_extra_info("socket"))
            await asyncio.get_running_loop().sock_connect(there, address)
            back, forth = await asyncio.open_connection(sock=there)
            await asyncio.gather(self.hand_on(reader, forth), self.hand_on(back, writer))
            forth.close()
        writer.close()

    async def hand_on(self, reader, writer):
        """Hand on all that comes one way, each piece when it is due, then the end."""
        now, pieces = asyncio.get_running_loop().time, asyncio.Queue(WAITING)

        async def deliver():
            data = b"something"
            while data:
                due, data = await pieces.get()
                await asyncio.sleep(due - now())
                with contextlib.suppress(OSError):  # nobody is there any more
                    writer.write(data) if data else writer.write_eof()
                    await writer.drain()

        delivering, data = asyncio.create_task(deliver()), b"something"
        while data:
            try:
                data = await reader.read(AT_ONCE)
            except OSError:
                data = b""
            await pieces.put((now() + self.delay, data))
        await delivering


async def main():
    """Be the relay of this host, until stdin ends."""
    relay, lines = Relay(), asyncio.StreamReader()
    await asyncio.start_server(relay.serve, "127.0.0.1", PORT)
    print("listening", flush=True)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        relay.delay = float(line)


if __name__ == "__main__":
    asyncio.run(main())
