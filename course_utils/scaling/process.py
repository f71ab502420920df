"""A worker's process: from its first moment on, it must end when the command that started it does.

workers.py starts this file, with the module to run as its argument and TF_CONFIG in its environment, as TensorFlow
expects it. The task comes as one line of JSON on stdin; the worker answers with lines of JSON on stdout. TensorFlow is
loaded only after the watch for the end has begun, because loading it can take a while.
"""

import ctypes
import faulthandler
import importlib
import json
import os
import signal
import sys
import threading

CONNECTING = 900.0  # seconds after which a worker that has not connected ends in any case
PR_SET_PDEATHSIG = 1  # of Linux, prctl(2)


def _end_with_the_command():
    """End this process when the one that started it is gone for any reason: its end of the pipe closes then."""
    sys.stdin.read()
    os._exit(1)


def _watch_for_the_end():
    """Start watching; while TensorFlow waits for the others, no Python thread runs, so the system has to help."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    faulthandler.dump_traceback_later(CONNECTING, exit=True)
    threading.Thread(target=_end_with_the_command, daemon=True).start()


def _say(**message):
    if "up" in message:
        faulthandler.cancel_dump_traceback_later()
    print(json.dumps(message), flush=True)


def main():
    """Run the `work` of a module; once done, wait to be ended; if it fails, end with the status it returns."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C goes to all processes of a terminal; the command decides
    task = json.loads(sys.stdin.readline() or sys.exit(1))
    _watch_for_the_end()
    status = importlib.import_module(sys.argv[1]).work(task, _say)
    if status == 0:  # what this worker sent last may still be on its way to the others
        threading.Event().wait()
    os._exit(status)  # at once: TensorFlow's own way out waits for the others


if __name__ == "__main__":
    main()
