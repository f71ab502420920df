"""Real worker processes: equal to one process, killed and resumed, stopped whatever happens; none is left behind."""

import contextlib
import hashlib
import re
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import patience
import psutil
import pytest
from lesson_rules import prose
from patience import CELL, SERVER
from same_training import STEPS, assert_same_losses, assert_same_weights

from course_utils.data import load_mnist, one_hot, prepare_images
from course_utils.publishing.lessons import SOURCES, read_source
from course_utils.results import read_result
from course_utils.scaling import meeting, training, workers
from course_utils.scaling.training import ScalingError, Training

pytestmark = [pytest.mark.numbers, pytest.mark.slow]

SMALL = Training(images=5120, batch_size=64, seed=5, every=1)  # 80 steps
N_WEIGHTS = 10  # arrays of a checkpoint; the others are the optimizer's


# ---- what workers say and how they end, with small programs in their place


@pytest.fixture
def programs(monkeypatch):
    """Let each worker run a line of Python in place of loop.py; `say` prints a message of a worker."""

    def use(code, **constants):
        say = "import json, sys, time\ndef say(**m): print(json.dumps(m), flush=True)\n"
        task = "task = json.loads(sys.stdin.readline())\nme = task['worker']\n"
        monkeypatch.setattr(workers, "COMMAND", [sys.executable, "-c", say + task + code])  # the program is an argument
        for name, value in constants.items():
            monkeypatch.setattr(workers, name, value)

    return use


def children():
    return [child for child in psutil.Process().children(recursive=True) if child.status() != psutil.STATUS_ZOMBIE]


def run_small(folder, **options):
    """Run workers; whatever comes of it, none is left."""
    before = set(children())
    try:
        return workers.run_workers(SMALL, folder=folder, **options)
    finally:
        assert set(children()) <= before


def test_reports_come_back_in_order(programs, tmp_path):
    programs("say(up=2); print('chatter'); say(step=3, loss=1.0); say(report={'worker': me})")
    steps = []
    assert run_small(tmp_path, n_workers=3 - 1, on_step=steps.append) == [{"worker": 0}, {"worker": 1}]
    assert steps[-1] == 3


def test_the_processes_are_told_as_soon_as_they_have_started(programs, tmp_path):
    programs("import os; say(report=os.getpid()); time.sleep(600)")
    told = []
    reports = run_small(tmp_path, on_start=told.append)
    assert told == [dict(enumerate(reports))]


def test_one_that_is_done_waits_to_be_ended(programs, monkeypatch, tmp_path):
    """It would cut off the others: what it sent last may not have reached them."""
    (tmp_path / "done_at_once.py").write_text("def work(task, say):\n    say(report=task['worker'])\n    return 0\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    worker = workers.Worker(0, ["127.0.0.1:1"], SMALL, tmp_path, "done_at_once")
    try:
        patience.wait_until(lambda: worker.listen() or worker.report == 0)
        with pytest.raises(subprocess.TimeoutExpired):
            worker.process.wait(1)
    finally:
        worker.stop()
    programs("say(report=me); time.sleep(600)")
    assert run_small(tmp_path, limit=CELL / 2) == [0, 1]


def test_one_that_ends_without_a_report_has_failed(programs, tmp_path):
    programs("say(up=2); say(step=7)\nif not me: time.sleep(600)")
    with pytest.raises(ScalingError, match=r"worker 1 ended with status 0 after step 7"):
        run_small(tmp_path)


def test_workers_talk_past_a_proxy(programs, monkeypatch, tmp_path):
    """With one set, as in many a university, TensorFlow's workers would wait for each other until the time is up."""
    for name in ("http_proxy", "HTTPS_PROXY", "grpc_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("OF_THE_USER", "stays")
    programs("import os; say(report=sorted(n.lower() for n in os.environ if 'proxy' in n.lower() or 'USER' in n))")
    assert all("of_the_user" in names and not set(names) & set(workers.PROXIES) for names in run_small(tmp_path))


def test_one_that_fails_ends_the_others(programs, tmp_path):
    programs("say(up=2); say(step=7)\nif me: sys.exit('out of luck')\ntime.sleep(600)")
    with pytest.raises(ScalingError, match=r"worker 1 ended with status 1 after step 7; its last words: out of luck"):
        run_small(tmp_path)


def test_the_one_that_failed_is_named_and_not_those_that_lost_it(programs, tmp_path):
    programs("say(step=7)\nif not me: sys.exit(4)\ntime.sleep(1); sys.exit('out of luck')")
    with pytest.raises(ScalingError, match=r"worker 1 ended with status 1"):
        run_small(tmp_path)


def test_if_all_lost_each_other_that_is_said(programs, tmp_path):
    programs("say(error=f'socket {me} closed'); sys.exit(4)", GRACE=0.3)
    says = r"worker 0 and worker 1 lost the connection to another worker \(socket 0 closed\)"
    with pytest.raises(ScalingError, match=says):
        run_small(tmp_path)


def test_an_error_is_passed_on_word_by_word(programs, tmp_path):
    programs("if me: say(error='the checkpoint is one of another network'); sys.exit(1)\ntime.sleep(600)")
    with pytest.raises(ScalingError, match=r"^the checkpoint is one of another network$"):
        run_small(tmp_path)


def test_the_time_limit_ends_all(programs, tmp_path):
    programs("say(up=2); say(step=me); time.sleep(600)")
    with pytest.raises(ScalingError, match=r"time limit is up \(worker 0 at step 0, worker 1 at step [01]\); --limit"):
        run_small(tmp_path, limit=2)


def test_workers_that_cannot_connect_are_ended(programs, tmp_path):
    programs("if me: say(up=2)\ntime.sleep(600)", START=5)
    with pytest.raises(ScalingError, match="could not connect within 5 seconds; does a firewall"):
        run_small(tmp_path)


def test_a_folder_that_cannot_be_made_is_named(programs, tmp_path):
    programs("sys.exit(9)")
    (tmp_path / "file").write_text("")
    with pytest.raises(ScalingError, match=r"folder .*file.* for checkpoints cannot be made"):
        run_small(tmp_path / "file" / "folder")


@pytest.mark.skipif(sys.platform != "linux", reason="a folder in which even root cannot write")
def test_a_folder_that_cannot_be_written_to_is_named_before_any_worker_starts(programs):
    programs("sys.exit(9)")
    with pytest.raises(ScalingError, match=r"folder .*proc for checkpoints cannot be made or written to .*--folder"):
        run_small("/proc")


ARRAYS = [np.zeros((5, 5, 1, 6), "float32")]


def test_fresh_forgets_a_checkpoint_of_whatever_training(programs, tmp_path):
    programs(f"say(report=bool(__import__('glob').glob({str(tmp_path / '*.npz')!r})))")
    training.write_checkpoint(tmp_path, Training(seed=1), step=3, losses=[1.0] * 3, arrays=ARRAYS)
    with pytest.raises(ScalingError, match="a checkpoint of another training"):
        run_small(tmp_path)
    assert step_stored(tmp_path) == 3
    assert run_small(tmp_path, fresh=True) == [False, False]


def command_here(folder, *options):
    """The command in this process, with the settings of a small training; with what it ends."""
    settings = [f"--{name.replace('_', '-')}={value}" for name, value in vars(SMALL).items()]
    with pytest.raises(SystemExit) as end:
        workers.main([*settings, "--folder", str(folder), *options])
    return str(end.value)


def test_how_it_goes_on_is_said_where_it_does(programs, tmp_path):
    training.write_checkpoint(tmp_path, SMALL, step=3, losses=[1.0] * 3, arrays=ARRAYS)
    programs("say(step=4); time.sleep(0.5); sys.exit('out of luck')")
    assert command_here(tmp_path).endswith("luck. The same command goes on from the checkpoint of step 3")
    programs("say(error='the checkpoint is one of another network'); sys.exit(1)")
    assert command_here(tmp_path) == "error: the checkpoint is one of another network"  # again and again
    programs("say(step=4); time.sleep(0.5); sys.exit('out of luck')")
    assert command_here(tmp_path, "--fresh").endswith("out of luck")  # nothing is stored
    training.write_checkpoint(tmp_path, SMALL, step=6, losses=[1.0] * 6, arrays=ARRAYS)
    options = workers._read_options(["--fresh", "--folder", str(tmp_path)])
    says = ". Without --fresh, the same command goes on from the checkpoint of step 6"
    assert workers._how_it_goes_on(options, SMALL) == says


def test_ctrl_c_says_from_where_it_goes_on(programs, monkeypatch, tmp_path):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    programs("time.sleep(600)")
    monkeypatch.setattr(workers, "watch", interrupted)
    assert command_here(tmp_path) == "stopped; all workers were ended"
    training.write_checkpoint(tmp_path, SMALL, step=3, losses=[1.0] * 3, arrays=ARRAYS)
    says = "stopped; all workers were ended. The same command goes on from the checkpoint of step 3"
    assert command_here(tmp_path) == says


def test_a_second_ctrl_c_leaves_no_worker(programs, monkeypatch, tmp_path):
    programs("time.sleep(600)")

    def interrupted(worker):
        raise KeyboardInterrupt

    started, before = [], set(children())
    monkeypatch.setattr(workers, "watch", lambda running, *arguments, **options: started.extend(running) or 1 / 0)
    stop = workers.Worker.stop
    monkeypatch.setattr(workers.Worker, "stop", interrupted)
    with pytest.raises(KeyboardInterrupt):
        workers.run_workers(SMALL, folder=tmp_path)
    assert len(started) == 2
    left = psutil.wait_procs([psutil.Process(worker.process.pid) for worker in started], timeout=SERVER)[1]
    for worker in started:
        stop(worker)
    assert left == []
    assert set(children()) <= before


# ---- the loop, in this process


@pytest.fixture(scope="module")
def one_process(tmp_path_factory):
    """The whole training in one process, without workers: the network's numbers after each step, and its report."""
    from course_utils._tensorflow import tf
    from course_utils.scaling import loop

    folder, arrays = tmp_path_factory.mktemp("one"), {}

    def remember(step, loss):
        if step <= 20 or step == SMALL.steps:
            arrays[step] = training.read_checkpoint(folder)["arrays"]

    _, report = loop.train(tf.distribute.get_strategy(), SMALL, worker=0, n_workers=1, folder=folder, say=remember)
    return arrays, report


def test_the_loop_does_what_keras_does(one_process):
    from course_utils._tensorflow import keras
    from course_utils.networks import SEED_RECIPE, build_seed_network

    (images, labels), _ = load_mnist()
    keras.utils.set_random_seed(SMALL.seed)
    model = build_seed_network()
    model.compile(optimizer="rmsprop", loss=SEED_RECIPE["loss"])
    order, losses = np.random.default_rng([SMALL.seed, 0]).permutation(SMALL.images), []
    for batch in order.reshape(-1, SMALL.batch_size):
        losses.append(float(model.train_on_batch(prepare_images(images[batch]), one_hot(labels[batch]))))
        model.reset_metrics()
        if len(losses) == STEPS:
            weights = model.get_weights()
    arrays, report = one_process
    assert_same_losses(report["losses"], losses)
    assert_same_weights(arrays[STEPS][:N_WEIGHTS], weights, first_weights())


def first_weights():
    from course_utils._tensorflow import keras
    from course_utils.networks import build_seed_network

    keras.utils.set_random_seed(SMALL.seed)
    return build_seed_network().get_weights()


def test_a_checkpoint_of_another_network_is_refused_before_the_first_step(tmp_path):
    from course_utils._tensorflow import tf
    from course_utils.scaling import loop

    training.write_checkpoint(tmp_path, SMALL, step=3, losses=[1.0] * 3, arrays=[np.zeros((5, 5, 1, 6), "float32")])
    said = []
    with pytest.raises(ScalingError, match="another network"):
        loop.train(
            tf.distribute.get_strategy(), SMALL, worker=0, n_workers=1, folder=tmp_path, say=lambda **m: said.append(m)
        )
    assert said == []
    with pytest.raises(ScalingError, match="another network"):
        loop.load_network(tmp_path)
    with pytest.raises(FileNotFoundError, match="expected a checkpoint in"):
        loop.load_network(tmp_path / "elsewhere")


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("Socket closed", "UnavailableError: Socket closed"),
        (
            "Graph execution error:\n\nDetected at node a/b defined at (most recent call last):\n  File x\n\n"
            "Collective ops is aborted by: Error from task:1: These tasks are unhealthy:\n/task:1\nSee the logs.\n",
            "UnavailableError: Error from task:1: These tasks are unhealthy: /task:1",
        ),
        (
            "Graph execution error:\n\nCollective ops is aborted by: Deadline Exceeded\n\nRPC: /Heartbeat\nThe error",
            "UnavailableError: Deadline Exceeded RPC: /Heartbeat",
        ),
    ],
)
def test_an_error_of_tensorflow_is_told_in_a_line(message, says):
    from course_utils._tensorflow import tf
    from course_utils.scaling import loop

    assert loop.what_it_says(tf.errors.UnavailableError(None, None, message)) == says


def test_workers_that_fell_silent_count_as_lost(monkeypatch):
    """As when a cable is pulled out: TensorFlow says that a deadline is over."""
    from course_utils._tensorflow import tf
    from course_utils.scaling import loop

    def fall_silent():
        raise tf.errors.DeadlineExceededError(None, None, "Deadline Exceeded")

    monkeypatch.setattr(tf.distribute, "MultiWorkerMirroredStrategy", fall_silent)
    said = []
    assert loop.work({}, lambda **message: said.append(message)) == loop.LOST == workers.LOST
    assert said == [{"error": "DeadlineExceededError: Deadline Exceeded"}]


# ---- the command, with real workers


class Command:
    """The command in a process of its own, with all that it starts."""

    def __init__(self, *options, training=SMALL):
        settings = [f"--{name.replace('_', '-')}={value}" for name, value in vars(training).items()]
        command = [sys.executable, "-m", "course_utils.scaling.workers", *settings, *map(str, options)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.ever = {}

    def workers(self):
        """Its workers by their number, as far as they have started."""
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self.process.pid).children():
                if workers.PROGRAM in child.cmdline():
                    self.ever[_index(child)] = child
        return self.ever

    def printed(self, n_lines):
        """The next lines that it prints: it hands each on at once, also where no terminal shows them."""
        return [self.process.stdout.readline().strip() for _ in range(n_lines)]

    def wait(self):
        """Its exit status, and the last line that it wrote to stderr."""
        _, words = self.process.communicate(timeout=CELL)
        return self.process.returncode, words.strip().splitlines()[-1] if words.strip() else ""

    def stop(self):
        for process in [*self.workers().values(), psutil.Process(self.process.pid)] if self.is_running() else []:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def is_running(self):
        return self.process.poll() is None


def _index(process):
    return int(re.search(r'"index": (\d+)', process.environ()["TF_CONFIG"])[1])


@pytest.fixture
def start():
    commands = []

    def start(*options, **settings):
        commands.append(Command(*options, **settings))
        return commands[-1]

    yield start
    for command in commands:
        command.stop()


def wait_until(condition, command):
    patience.wait_until(lambda: condition() or not command.is_running(), seconds=CELL, pause=0.005)
    assert command.is_running(), command.wait()


def step_stored(folder):
    found = training.read_checkpoint(folder)
    return found["step"] if found else 0


def none_is_left(command):
    psutil.wait_procs(command.ever.values(), timeout=SERVER)
    return not any(process.is_running() for process in command.ever.values())


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C cannot be sent to one process alone on Windows")
@pytest.mark.parametrize("way", ["SIGINT", "SIGTERM"])
def test_ctrl_c_ends_all_workers(start, tmp_path, way):
    command = start("--workers", 2, "--folder", tmp_path)
    wait_until(lambda: len(command.workers()) == 2, command)
    time.sleep(0.5)
    command.process.send_signal(getattr(signal, way))
    assert command.wait() == (1, "stopped; all workers were ended")
    assert none_is_left(command)


@pytest.mark.nightly
def test_a_killed_worker_ends_the_others_and_the_training_is_resumed(start, tmp_path, one_process):
    arrays, one = one_process
    command, seen = start("--workers", 2, "--folder", tmp_path), []

    def first_checkpoint():
        command.workers()
        seen[:] = [training.read_checkpoint(tmp_path)]
        return seen[0] is not None

    told = command.printed(2)  # as the lesson has a student read it
    wait_until(first_checkpoint, command)
    assert told == [f"worker {number} is process {command.ever[number].pid}" for number in (0, 1)]
    if seen[0]["step"] <= STEPS:  # two workers are as one; a busy machine may look too late, and see losses only
        assert_same_weights(seen[0]["arrays"][:N_WEIGHTS], arrays[seen[0]["step"]][:N_WEIGHTS], first_weights())
    subprocess.run(kill_as_in_the_lesson(command.ever[1].pid), check=True, capture_output=True)
    status, words = command.wait()
    assert status == 1
    assert re.match(r"error: worker 1 (was ended by signal 9|ended with status \d+) after step \d+", words)
    assert none_is_left(command)

    found = training.read_checkpoint(tmp_path, SMALL)
    stored = found["step"]
    assert 1 <= stored < SMALL.steps
    assert words.endswith(f"The same command goes on from the checkpoint of step {stored}")
    if sys.platform != "win32":
        shown = re.search(r"^error: worker 1 .*$", LESSON, re.MULTILINE)[0]
        assert re.sub(r"\d+", "N", words) == re.sub(r"\d+", "N", shown)
    assert_same_losses(found["losses"], one["losses"][:stored])

    by_one = tmp_path / "by one"  # one process goes on from the same checkpoint
    shutil.copytree(tmp_path, by_one)
    reports = run_small(tmp_path, n_workers=2, limit=CELL)
    order = training.draw_order(SMALL, 0).reshape(-1, 2, SMALL.batch_size // 2)[stored:]
    for worker, report in enumerate(reports):
        assert (report["first_step"], len(report["losses"])) == (stored, SMALL.steps)
        assert report["losses"][:stored] == found["losses"]
        assert report["n_read"] == order[:, worker].size == (SMALL.steps - stored) * SMALL.batch_size // 2
        assert report["read"] == hashlib.sha256(order[:, worker].astype("<i8").tobytes()).hexdigest()
    assert training.read_checkpoint(tmp_path, SMALL)["step"] == SMALL.steps
    alone = resume_alone(by_one)
    assert_same_losses(reports[0]["losses"][stored:], alone["losses"][stored:])


LESSON = prose(read_source(SOURCES / "12_scaling.py"))


def kill_as_in_the_lesson(process):
    """The command by which the lesson ends a worker, for this process."""
    command = "taskkill /F /PID" if sys.platform == "win32" else "kill -9"
    (of_4712,) = re.findall(rf"`({command} 4712)`", LESSON)
    assert "`worker 1 is process 4712`" in LESSON
    return of_4712.replace("4712", str(process)).split()


def resume_alone(folder):
    from course_utils._tensorflow import tf
    from course_utils.scaling import loop

    return loop.train(tf.distribute.get_strategy(), SMALL, worker=0, n_workers=1, folder=folder)[1]


def test_on_several_hosts_a_killed_command_ends_all_of_them(start, tmp_path):
    port = meeting.free_port("127.0.0.1")
    hosts = "--hosts", "127.0.0.1,127.0.0.1", "--port", port, "--folder", tmp_path, "--wait", CELL
    first, second = start(*hosts, "--index", 0), start(*hosts, "--index", 1)
    wait_until(lambda: first.workers() and second.workers() and step_stored(tmp_path) >= 1, first)
    second.process.kill()
    status, words = first.wait()
    assert status == 1
    assert words.startswith("error: worker 1 on 127.0.0.1 has ended. The same command goes on from the checkpoint")
    assert none_is_left(first)
    assert none_is_left(second)  # its worker saw the end of the pipe


@pytest.mark.nightly
def test_keras_fit_still_fails_on_two_workers_as_the_lesson_says(tmp_path):
    reports = run_small(tmp_path, n_workers=2, limit=CELL, program="course_utils.scaling.keras_fit")
    said = read_result("scaling")["fit_error"]
    assert "PerReplica" in said
    assert [report["fit_error"] for report in reports] == [said, said]
