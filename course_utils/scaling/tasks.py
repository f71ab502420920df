"""Many independent training runs as tasks on Dask: on this machine, or wherever a scheduler is.

Dask hands each task to a worker that is free. If a worker dies, its unfinished task goes to another one; finished
results have been handed back already. A scheduler and its workers run whatever code they are sent, and ask nobody for a
password: start them in a network you trust, or with certificates (Dask's documentation, *TLS/SSL*).
"""

import asyncio
import contextlib
import importlib.metadata
import logging
import multiprocessing
import platform
import sys
from concurrent.futures import CancelledError, ThreadPoolExecutor

import dask
from distributed import Client, LocalCluster, Security, as_completed
from distributed.core import rpc
from distributed.system import memory_limit

from course_utils.scaling.training import ScalingError, describe_code

FAILURES = 3  # workers that may die over one task before it counts as the task's fault
FOR_TWO = 3e9  # bytes of memory for a kernel and two workers with TensorFlow; Binder grants 2e9
WAIT = 60.0  # seconds for a scheduler to answer and for workers to be there


class TaskError(ScalingError):
    """Some tasks failed; `failed` has their exceptions by name. All others are done and were handed back."""

    def __init__(self, failed):
        self.failed = failed
        first = "; ".join(f"{name}: {type(error).__name__}: {error}" for name, error in list(failed.items())[:3])
        more = f"; and {len(failed) - 3} more" if len(failed) > 3 else ""
        super().__init__(f"{len(failed)} of the tasks failed ({first}{more}); all others are done")


def run_tasks(function, tasks, *, address=None, n_workers=None, retries=1, wait=WAIT):
    """Call a function once for each task, on many workers, and hand back each result as soon as it arrives.

    Parameters
    ----------
    function : callable
        What it returns travels to this process: numbers rather than networks.
    tasks : dict
        A name for each task, and the tuple of arguments for the function.
    address : str, optional
        Of a running scheduler, such as ``tcp://anna:8786``. By default, workers are started on this machine, reachable
        from this machine only, and stopped at the end.
    n_workers : int, optional
        How many to start; without an address only. By default two, or one where less than 3 GB of memory are granted.
    retries : int
        How often a task that raised an exception is tried again, on any worker that is free.
    wait : float
        Seconds for a scheduler to answer.

    Yields
    ------
    name, result
        In the order in which they finish. Store each one at once, and nothing finished can be lost.

    Raises
    ------
    TypeError, ValueError
        If the arguments are wrong.
    ScalingError
        If no scheduler answers, it has no worker, or a worker's versions or code differ from those here.
    TaskError
        At the end, if tasks failed.
    """
    if not callable(function):
        raise TypeError(f"function must be a function, got {function!r}")
    if not isinstance(tasks, dict) or not all(isinstance(arguments, tuple) for arguments in tasks.values()):
        raise TypeError("tasks must be a dict of names and tuples of arguments, as {0: (0,), 1: (1,)}")
    n_workers = count_workers(n_workers)
    check_whole("retries", retries, 0)
    return _run_tasks(function, tasks, address, n_workers, retries, wait)  # so that wrong arguments are told at once


def check_whole(name, value, least):
    """Raise a ValueError unless a value is a whole number, and large enough."""
    if type(value) is not int or value < least:
        raise ValueError(f"{name} must be a whole number, at least {least}, got {value!r}")


def count_workers(n_workers):
    """How many workers to start on this machine: as many as were asked for, by default two, or one in little memory."""
    if n_workers is None:
        n_workers = 2 if memory_limit() >= FOR_TWO else 1
    check_whole("n_workers", n_workers, 1)
    return n_workers


def _run_tasks(function, tasks, address, n_workers, retries, wait):
    if not tasks:
        return
    failed = {}
    with open_pool(function, address, min(n_workers, len(tasks)), retries, wait) as pool:
        for name, arguments in tasks.items():
            pool.submit(name, arguments)
        for name, result, error in pool:
            if error is None:
                yield name, result
            else:
                failed[name] = error
    if failed:
        raise TaskError(failed)


@contextlib.contextmanager
def open_pool(function, address, n_workers, retries=1, wait=WAIT):
    """A `Pool` of the workers of a scheduler, or of workers that are started here and stopped at the end."""
    settings = {
        "distributed.scheduler.allowed-failures": FAILURES,
        "distributed.admin.low-level-log-length": 100,
        "distributed.admin.large-graph-warning-threshold": "1GB",  # arguments may hold a network's weights
    }
    with dask.config.set(settings), contextlib.ExitStack() as stack:
        yield Pool(stack.enter_context(_connect(address, n_workers, wait, stack)), function, retries)


class Pool:
    """Tasks on workers. More can be handed out at any time, also in a loop over those that are finished.

    Parameters
    ----------
    client : distributed.Client
    function, retries
        As in `run_tasks`.
    """

    def __init__(self, client, function, retries):
        self._client, self._function, self._retries = client, function, retries
        self._names, self._futures = {}, as_completed(loop=client.loop)

    def __len__(self):
        """How many tasks are not finished."""
        return len(self._names)

    def submit(self, name, arguments):
        """Hand out a task."""
        future = self._client.submit(self._function, *arguments, pure=False, retries=self._retries)
        self._names[future] = name
        self._futures.add(future)

    def count_slots(self):
        """How many tasks the workers can do at once; at least one, also while a dead worker is being replaced."""
        with _scheduler_there():
            return max(1, sum(self._client.nthreads().values()))

    def __iter__(self):
        """Yield a task's name, its result or None, its error or None, in the order in which tasks finish."""
        for future in self._futures:
            name, result, error = self._names.pop(future), None, None
            with _scheduler_there():
                if future.status == "error":
                    error = future.exception()
                else:
                    result = future.result()
            yield name, result, error
            future.release()


@contextlib.contextmanager
def _scheduler_there():
    """Say what is wrong if the scheduler is there no longer."""
    try:
        yield
    except (OSError, CancelledError):
        raise ScalingError("the scheduler has ended; start it again, and then what is not finished") from None


def _connect(address, n_workers, wait, stack):
    """A client of the scheduler at an address, or of workers that are started here."""
    for name in ("distributed", "distributed.client"):  # they tell of all that comes and goes
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if address is None:
        if getattr(multiprocessing.current_process(), "_inheriting", False):
            sys.exit(1)  # this is a worker, which runs a script without a main guard to its end: see below
        try:
            cluster = LocalCluster(
                n_workers=n_workers,
                threads_per_worker=1,  # one training at a time: a network's seed is one for the whole process
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                memory_limit=0,  # none: Dask would end a worker that comes near its share of the memory
                silence_logs=logging.CRITICAL,
            )
        except RuntimeError as error:
            raise ScalingError(
                f"the workers could not start ({str(error).rstrip('.')}). In a script, call run_tasks below the line "
                f'`if __name__ == "__main__":` (search, too), since each worker imports the script'
            ) from None
        return Client(stack.enter_context(cluster))
    try:
        with ThreadPoolExecutor(1) as thread:  # a notebook has a loop of its own, which is running
            kind = thread.submit(asyncio.run, _ask_what_it_is(address, wait)).result()
        if kind != "Scheduler":
            raise ValueError(f"it is the address of a {kind.lower()}")
        client = Client(address, timeout=wait)
    except Exception as error:  # what another program says is read as the size of a message, or as anything else
        why = str(error) if isinstance(error, OSError | ValueError) else ""
        why = why or "what listens there is another program, such as a web server, or says nothing"
        cure = "look at the address and the port, which `dask scheduler` prints when it starts"
        raise ScalingError(f"no scheduler answers at {address} within {wait:g} seconds ({why}); {cure}") from None
    try:
        client.wait_for_workers(1, timeout=wait)
        _check_workers(client)
    except TimeoutError:
        client.close()
        cure = f"start one with `dask worker {address}`"
        raise ScalingError(f"the scheduler at {address} has no worker within {wait:g} seconds; {cure}") from None
    except BaseException:
        client.close()
        raise
    return client


async def _ask_what_it_is(address, wait):
    """What Dask calls the program at an address; a client would wait for ever where it is a web server."""
    settings = Security().get_connection_args("client")  # certificates, if Dask's settings name some

    async def ask():
        async with rpc(address, timeout=wait, connection_args=settings) as program:
            return (await program.identity())["type"]

    return await asyncio.wait_for(ask(), wait)


def describe_worker():
    """What must be the same on every worker as here."""
    versions = {name: importlib.metadata.version(name) for name in ("dask", "tensorflow", "keras", "numpy")}
    return {"the version of Python": platform.python_version(), **versions, "the code of course_utils": describe_code()}


def _check_workers(client):
    ours = describe_worker()
    for worker, theirs in client.run(describe_worker, on_error="return").items():
        if isinstance(theirs, Exception):
            why = f"{type(theirs).__name__}: {theirs}"
            raise ScalingError(
                f"the worker at {worker} cannot run the course ({why}); install the same on all machines"
            )
        differ = [
            f"{what} is {theirs.get(what)} there and {ours[what]} here"
            for what in ours
            if theirs.get(what) != ours[what]
        ]
        if differ:
            raise ScalingError(f"the worker at {worker} differs: {'; '.join(differ)}; install the same on all machines")
