"""Refuse all connections but those to this machine, so that the tests prove that the course needs no network.

Python imports a module of this name when it starts, if its folder is on PYTHONPATH. conftest.py puts the folder there:
every kernel that nbval starts, and every program that a test starts, is as offline as the tests themselves.
"""

import functools
import socket
import sys


class NetworkRefusedError(OSError):
    """An OSError, as on a machine without a network, so that libraries take their usual way around it."""


def is_local(host):
    """Whether a host is this machine: localhost, or a loopback or unspecified address."""
    import ipaddress  # here: this module is imported whenever a Python starts

    if isinstance(host, (bytes, bytearray)):
        host = host.decode("ascii", "replace")
    if host in (None, "", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _refuse_outside(what, host):
    if not is_local(host):
        raise NetworkRefusedError(f"the course runs without a network, and its tests refuse it: {what} {host!r}")


def _guard_method(name):
    original = getattr(socket.socket, name)

    @functools.wraps(original)
    def guarded(self, *arguments):
        address = arguments[-1] if arguments else None  # the address is the last argument of each
        if self.family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple):
            _refuse_outside(name, address[0])
        return original(self, *arguments)

    setattr(socket.socket, name, guarded)


def _guard_function(name):
    original = getattr(socket, name)

    @functools.wraps(original)
    def guarded(host, *arguments, **options):
        _refuse_outside(name, host)
        return original(host, *arguments, **options)

    setattr(socket, name, guarded)


def refuse_network():
    """Guard this process; a second call changes nothing."""
    if not hasattr(socket.socket.connect, "__wrapped__"):
        for name in ("connect", "connect_ex", "sendto"):
            _guard_method(name)
        for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
            _guard_function(name)


refuse_network()
# It checks addresses in any alphabet, a format of JSON schema that nothing here has; jsonschema does without it. It
# takes 2 s to load, in each process that loads nbformat.
sys.modules.setdefault("rfc3987_syntax", None)  # an import of it fails
