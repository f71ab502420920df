"""Judge an answer in a copy of the kernel's process, so that whatever it does, the kernel stays as it is.

An answer may exit, crash, exhaust the memory, run for ever within one call into compiled code, or change NumPy: all of
that ends with the copy. Linux only, since only there a process that has threads can be copied safely. The copy has none
of these threads, so a library that would wait for them must not be used in it: an answer that calls TensorFlow is
judged in the kernel itself, as all answers are on macOS and Windows, within the limits of calling.py. PyTorch does
without them, unless it was built for a GPU.
"""

import contextlib
import ctypes
import faulthandler
import gc
import json
import mmap
import os
import re
import select
import signal
import struct
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path

from course_utils.exercises import calling
from course_utils.exercises.calling import Wrong
from course_utils.language import say

THREADED = {  # module -> what in it hands work to threads
    "tensorflow.python.pywrap_tfe": ("TFE_Py_FastPathExecute", "TFE_Py_Execute"),
    "onnxruntime": ("InferenceSession",),
}
SLACK = 2.0  # seconds of the processor beyond the limit, for what is not the answer's
MEMORY = 4 * 2**30  # bytes that an answer may take beyond what the kernel holds
CLOSED = 113  # exit status of a copy that can no longer write to the kernel
PR_SET_PDEATHSIG = 1  # of Linux, prctl(2)
COPIES = 32  # processes that an answer may start by copying its own
NOTES = "ddq"  # when Python last had its turn (seconds of the processor; on the clock), and how many copies were made


class InKernel(BaseException):
    """Raised in the copy where a library is called that needs the kernel's threads."""


def is_possible():
    """Whether an answer can be judged in a copy of this process."""
    in_main_thread = threading.current_thread() is threading.main_thread()
    if "jax" in sys.modules:  # `nox -s jax`: it waits for its threads, and no function of Python's says when
        return False
    return sys.platform == "linux" and in_main_thread and sys.gettrace() is None  # else: a debugger


def judge(function, answer):
    """Call a function in a copy of this process.

    Parameters
    ----------
    function : callable
        Without parameters; what it returns must be fit for JSON.
    answer : object
        The student's, which it judges.

    Returns
    -------
    object
        What it returned; None where it has to be called in this process.

    Raises
    ------
    Wrong
        If the copy ended, or had to be ended, before the function returned.
    """
    notes, (from_copy, to_kernel), kernel = mmap.mmap(-1, struct.calcsize(NOTES)), os.pipe(), os.getpid()
    with tempfile.TemporaryFile() as trace:
        with warnings.catch_warnings(action="ignore"):  # Python 3.12 and newer warn of threads: see above
            pid = os.fork()
        if pid == 0:
            os.close(from_copy)
            _work(function, to_kernel, notes, trace, kernel)
        os.close(to_kernel)
        text, in_time, lives, status = b"", True, False, 0
        try:
            text, in_time = _read(pid, from_copy, notes)
            if not in_time:
                os.kill(pid, signal.SIGXCPU)  # it writes down where it is
                time.sleep(0.2)
            elif not text:
                time.sleep(0.2)  # one that has just ended is still on its way
                lives = _lives(pid)
        except KeyboardInterrupt:
            raise Wrong(say("It was stopped before it returned anything.")) from None
        finally:
            os.close(from_copy)
            status = _end(pid)
        if text:
            return json.loads(text)["answer"]
        trace.seek(0)
        raise Wrong(_say(status, in_time, lives), **_where(trace.read().decode(errors="replace"), answer))


def _read(pid, pipe, notes):
    """What the copy writes, and whether it was in time."""
    ready, text = select.poll(), b""
    ready.register(pipe, select.POLLIN)
    while True:
        if ready.poll(100):
            part = os.read(pipe, 65536)
            if not part:
                return text, True
            text += part
        else:
            processor, clock, _ = struct.unpack(NOTES, notes[:])
            if _processor_seconds(pid) - processor > calling.SECONDS + SLACK:
                return b"", False
            if clock and time.monotonic() - clock > calling.WAITING * calling.SECONDS + SLACK:
                return b"", False


def _processor_seconds(pid):
    """What the main thread of a process has used so far; imports and waiting included."""
    fields = Path(f"/proc/{pid}/task/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _end(pid):
    """End the copy and what it started; its exit status, as os.waitpid has it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)  # if it has not come so far as to lead a group
    try:
        return os.waitpid(pid, 0)[1]
    except ChildProcessError:  # somebody else waited for it
        return 0


def _lives(pid):
    """Whether a process has not ended; one that nobody has waited for yet is a zombie."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"


def _say(status, in_time, lives):
    if not in_time:
        return say("It took too long and had to be ended in the middle of one call, which nothing could interrupt.")
    if lives or (os.WIFEXITED(status) and os.WEXITSTATUS(status) == CLOSED):
        return say("It closed the files by which the check hears of it. A function closes only what it has opened.")
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        memory = say(" Did it take more memory than there is?") if name == "SIGKILL" else ""
        text = say("It ended its process ({name}) before it returned anything. Your kernel is as it was.", name=name)
        return text + memory
    return say(
        "It ended its process (exit status {code}) before it returned anything. Your kernel is as it was.",
        code=os.WEXITSTATUS(status),
    )


def _where(trace, answer):
    """The innermost line of the student's own code in what faulthandler wrote; none if the check was at work."""
    for file, line, name in re.findall(r'File "(.*)", line (\d+) in (.*)', trace):
        if file == calling.__file__:  # further out is who called the check
            return {}
        if calling.is_theirs(file, answer):
            return calling.where_is(file, int(line), name.strip(), answer)
    return {}


def _work(function, pipe, notes, trace, kernel):
    """What the copy does. It never returns: nothing of the kernel's own may run in it."""
    threaded = []
    try:
        os.setsid()
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # a kernel that is killed takes it along
        if os.getppid() != kernel:
            os._exit(1)
        _set_limits()
        _keep_notes(notes)
        _refuse_threads(threaded)
        _calm_torch(threaded)
        calling.seeds_of_keras = lambda: lambda: None  # to read them takes threads, and the copy's concern nobody
        faulthandler.enable(trace, all_threads=False)
        faulthandler.register(signal.SIGXCPU, trace, all_threads=False)
        gc.freeze()  # what the kernel holds is not the copy's to tidy up
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nothing, stream)
        answer = function()
        text = json.dumps({"answer": None if threaded else answer}).encode()
        while text:
            text = text[os.write(pipe, text) :]
    except OSError:
        os._exit(CLOSED)
    finally:
        os._exit(1)


def _set_limits():
    import resource  # Windows has none

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    held = int(re.search(r"VmData:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = held + MEMORY
    resource.setrlimit(resource.RLIMIT_DATA, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _keep_notes(notes):
    def beat():
        struct.pack_into("dd", notes, 0, time.thread_time(), time.monotonic())

    def count():
        _, _, copies = struct.unpack(NOTES, notes[:])
        struct.pack_into("q", notes, 16, copies + 1)
        if copies >= COPIES:  # a fork bomb
            os.killpg(0, signal.SIGKILL)

    beat()
    calling.TimeLimit.beat = staticmethod(beat)
    os.register_at_fork(before=count)


def _refuse_threads(threaded):
    """Let a library that works in threads say so, in the list, instead of waiting for threads that are not there."""
    for module, names in THREADED.items():
        for name in names:
            if module in sys.modules:
                setattr(sys.modules[module], name, _refusal(threaded))


def _refusal(threaded):
    def refuse(*args, **kwargs):
        threaded.append(True)
        raise InKernel

    return refuse


def _calm_torch(threaded):
    """Let PyTorch compute in this one thread, as it does in the workers of its own DataLoader, which are copies, too.

    Only where it was built for a GPU, a copy may be refused gradients, and the GPU itself: the kernel does these.
    """
    torch = sys.modules.get("torch")
    if not hasattr(torch, "set_num_threads"):  # not loaded, or half loaded
        return
    torch.set_num_threads(1)
    if torch.backends.cuda.is_built():
        torch.autograd._engine_run_backward = _refusal(threaded)
        torch.cuda._lazy_init = _refusal(threaded)
