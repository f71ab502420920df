"""Call a function for many tasks in several processes of this machine, so that one that dies costs nobody else."""

import collections
import contextlib
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading

ATTEMPTS = 2  # how often a task is begun whose process dies


def run_here(function, tasks, *, n_processes, at_end=None):
    """Call a function once for each task and hand back each result as soon as it arrives.

    Parameters
    ----------
    function : callable
        Of a module, as each process imports it itself.
    tasks : dict
        A name for each task, and the tuple of arguments for the function.
    n_processes : int
    at_end : callable, optional
        Called in each process before it ends.

    Yields
    ------
    name, result, reason
        In the order in which they finish. If the function raised something, or its process died more than once, the
        result is None and the reason says so.
    """
    context = multiprocessing.get_context("spawn")  # a fork would copy whatever threads there are
    waiting, n_tries, busy = collections.deque(tasks), collections.Counter(), {}

    def begin():
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, function, at_end), daemon=True)
        process.start()
        theirs.close()
        return ours, process

    idle = []
    try:
        while waiting or busy:
            while waiting and len(busy) < n_processes:
                name = waiting.popleft()
                ours, process = idle.pop() if idle else begin()
                n_tries[name] += 1
                busy[ours] = name, process
                with contextlib.suppress(OSError):  # it has died; the next lines notice
                    ours.send(tasks[name])
            for ours in multiprocessing.connection.wait(list(busy)):
                name, process = busy.pop(ours)
                try:
                    result, reason = ours.recv()
                except (EOFError, OSError):
                    ours.close()
                    process.join()
                    if n_tries[name] < ATTEMPTS:
                        waiting.append(name)
                    else:
                        yield name, None, f"its process died, with exit code {process.exitcode}"
                else:
                    idle.append((ours, process))
                    yield name, result, reason
    finally:
        for ours, process in [*idle, *((ours, process) for ours, (_, process) in busy.items())]:
            ours.close()  # an idle process ends by itself then
            if (ours, process) not in idle:
                process.terminate()
            process.join()


def _work(connection, function, at_end):
    """Do what is asked until nothing more is; end when the one who asks is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C goes to all processes of a terminal; the command decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            arguments = connection.recv()
        except (EOFError, OSError):
            break
        try:
            answer = function(*arguments), ""
        except Exception as error:
            answer = None, f"{type(error).__name__}: {error}"
        try:
            connection.send(answer)
        except OSError:
            break
    if at_end is not None:
        at_end()


def _end_with_parent():
    multiprocessing.parent_process().join()
    os._exit(1)
