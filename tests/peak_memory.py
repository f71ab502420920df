"""The most memory that a process has had so far; run in a process of its own."""

import re
import sys
from pathlib import Path

import psutil


def peak_bytes():
    """Peak resident memory in bytes.

    Linux's ``getrusage`` also counts what the process that started this one had, so it hides what comes below that.
    """
    status = Path("/proc/self/status")
    if status.exists() and (found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text())):
        return int(found[1]) * 1024
    info = psutil.Process().memory_info()
    if hasattr(info, "peak_wset"):
        return info.peak_wset
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
