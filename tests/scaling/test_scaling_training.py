"""What a training on several workers is, and how workers find each other: all that needs no TensorFlow."""

import contextlib
import json
import re
import socket
import threading
import time
import types

import numpy as np
import pytest
from patience import SERVER

from course_utils.scaling import meeting, training, workers
from course_utils.scaling.training import ScalingError, Training

pytestmark = pytest.mark.slow

HOSTS = ["127.0.0.1", "127.0.0.1"]
SETUP = {"the version of keras": "3", "the code of course_utils": "abc"}


# ---- settings and shares


@pytest.mark.parametrize("n_workers", [1, 2, 3, 8])
def test_the_shares_of_all_workers_are_the_batches_of_one(n_workers):
    one = Training(images=250, batch_size=24, seed=3)
    order = training.draw_order(one, epoch=1)
    for step in range(one.steps_per_epoch):
        shares = [
            training.share_of_batch(order, step, batch_size=24, worker=worker, n_workers=n_workers)
            for worker in range(n_workers)
        ]
        assert {len(share) for share in shares} == {24 // n_workers}
        np.testing.assert_array_equal(np.concatenate(shares), order[24 * step : 24 * (step + 1)])


def test_an_epoch_reads_no_image_twice_and_leaves_out_less_than_a_batch():
    one = Training(images=250, batch_size=24)
    order = training.draw_order(one, epoch=0)
    read = order[: one.steps_per_epoch * 24]
    assert sorted(order) == list(range(250))
    assert len(set(read)) == len(read) > 250 - 24


def test_the_order_follows_the_seed_and_the_epoch():
    orders = {
        tuple(training.draw_order(Training(images=100, seed=seed), epoch)) for seed in range(3) for epoch in range(3)
    }
    assert len(orders) == 9
    np.testing.assert_array_equal(
        training.draw_order(Training(images=100, seed=1), 2), training.draw_order(Training(images=100, seed=1), 2)
    )


@pytest.mark.parametrize(
    ("settings", "n_workers", "error", "says"),
    [
        ({"batch_size": 64}, 3, ValueError, r"3 workers do not divide a batch of 64.*take a batch of 63 or 66"),
        ({"batch_size": 4}, 8, ValueError, r"not even one image for each of 8 workers.*empty"),
        ({"images": 50}, 2, ValueError, r"50 images do not fill one batch of 64, so every share would be empty"),
        ({"images": 60001}, 2, ValueError, r"images must be at most 60,000"),
        ({"epochs": 0}, 2, ValueError, r"epochs must be at least 1, got 0"),
        ({"seed": -1}, 2, ValueError, r"seed must be at least 0, got -1"),
        ({}, 0, ValueError, r"workers must be at least 1, got 0"),
        ({"batch_size": 64.0}, 2, TypeError, r"batch_size must be a whole number, got 64\.0"),
        ({}, True, TypeError, r"workers must be a whole number, got True"),
    ],
)
def test_a_training_that_cannot_be_is_refused(settings, n_workers, error, says, tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "Worker", None)  # none is started
    with pytest.raises(error, match=says):
        workers.run_workers(Training(**settings), n_workers=n_workers, folder=tmp_path)


# ---- checkpoints

ARRAYS = [np.arange(6.0).reshape(2, 3), np.array(7)]


def store(folder, **settings):
    training.write_checkpoint(folder, Training(**settings), step=5, losses=[0.1, 0.2], arrays=ARRAYS)


def test_a_checkpoint_is_read_as_it_was_written(tmp_path):
    assert training.read_checkpoint(tmp_path) is None
    store(tmp_path, seed=4)
    found = training.read_checkpoint(tmp_path, Training(seed=4, epochs=3, every=1))
    assert (found["step"], found["losses"], found["training"]) == (5, [0.1, 0.2], Training(seed=4))
    for array, wanted in zip(found["arrays"], ARRAYS, strict=True):
        np.testing.assert_array_equal(array, wanted)
    assert [path.name for path in tmp_path.iterdir()] == [training.CHECKPOINT]


def test_a_kill_while_writing_leaves_the_old_checkpoint(tmp_path, monkeypatch):
    store(tmp_path)

    def half(file, **arrays):
        file.write(b"PK half")
        raise KeyboardInterrupt

    monkeypatch.setattr(training.np, "savez", half)
    with pytest.raises(KeyboardInterrupt):
        store(tmp_path, seed=9)
    assert training.read_checkpoint(tmp_path)["training"].seed == 0


@pytest.mark.parametrize("wrong", ["--workers=3", "--batch-size=0", "--seed=-1", "--images=70000"])
def test_settings_that_are_wrong_delete_no_checkpoint(tmp_path, wrong):
    store(tmp_path)
    with pytest.raises(SystemExit, match=r"^error: .*(do not divide|must be at)") as end:
        workers.main(["--fresh", wrong, "--folder", str(tmp_path)])
    assert training.read_checkpoint(tmp_path)["step"] == 5
    assert "goes on" not in str(end.value)  # the same command would fail again


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04 half"])
def test_a_damaged_checkpoint_is_named(tmp_path, content):
    (tmp_path / training.CHECKPOINT).write_bytes(content)
    with pytest.raises(ScalingError, match=r"may be damaged.*take another folder, or start over with --fresh"):
        training.read_checkpoint(tmp_path)


def test_a_cut_checkpoint_is_named(tmp_path):
    store(tmp_path)
    path = tmp_path / training.CHECKPOINT
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(ScalingError, match="may be damaged"):
        training.read_checkpoint(tmp_path)


def test_a_checkpoint_of_another_training_is_refused(tmp_path):
    store(tmp_path, seed=4, batch_size=32)
    says = r"another training, with batch_size 32, seed 4 instead of batch_size 64, seed 0"
    with pytest.raises(ScalingError, match=says):
        workers.run_workers(Training(), folder=tmp_path)


def test_a_checkpoint_beyond_the_end_is_refused(tmp_path):
    store(tmp_path, images=96, batch_size=32)
    with pytest.raises(ScalingError, match=r"is at step 5, and 3 were asked for"):
        training.read_checkpoint(tmp_path, Training(images=96, batch_size=32))


def test_arrays_of_another_network_are_refused():
    training.check_arrays(ARRAYS, ARRAYS)
    with pytest.raises(ScalingError, match=r"another network: its array 0 has shape \(2, 3\) instead of \(3, 2\)"):
        training.check_arrays(ARRAYS, [ARRAYS[0].T, ARRAYS[1]])
    with pytest.raises(ScalingError, match="another network: 2 arrays instead of 3"):
        training.check_arrays(ARRAYS, [*ARRAYS, ARRAYS[0]])


def test_the_fingerprint_of_the_code_changes_with_the_code(tmp_path, monkeypatch):
    package = tmp_path / "course_utils" / "scaling"
    package.mkdir(parents=True)
    (package / "training.py").write_bytes(b"a = 1\n")
    monkeypatch.setattr(training, "__file__", str(package / "training.py"))
    before = training.describe_code()
    (package / "training.py").write_bytes(b"a = 1\r\n")  # as git on Windows may write it
    assert training.describe_code() == before
    (package / "training.py").write_bytes(b"a = 2\n")
    assert training.describe_code() != before


# ---- meeting


def in_thread(function, *arguments, **options):
    """Call a function in a thread; a function that waits for what it returned or raised."""
    found = {}

    def call():
        try:
            found["result"] = function(*arguments, **options)
        except Exception as error:
            found["error"] = error

    thread = threading.Thread(target=call, daemon=True)  # a test that fails must not wait for it
    thread.start()

    def wait():
        thread.join(30)
        assert not thread.is_alive()
        return found.get("result"), found.get("error")

    return wait


def close(links):
    for link in links.values():
        link.close()


def meet(hosts=HOSTS, seconds=SERVER, setups=None, indexes=None):
    """Let all workers of some hosts meet: what each got."""
    setups = setups or [SETUP] * len(hosts)
    port = meeting.free_port("127.0.0.1")
    server = meeting.listen("127.0.0.1", port)
    first = in_thread(meeting.gather, server, hosts, setups[0], seconds=seconds)
    others = [
        in_thread(meeting.join, hosts, index, port, setups[place], seconds=seconds)
        for place, index in enumerate(indexes or range(1, len(hosts)), start=1)
    ]
    return [wait() for wait in (first, *others)]


def test_all_workers_learn_the_same_cluster():
    found = meet(["127.0.0.1"] * 3)
    assert [error for _, error in found] == [None] * 3
    clusters = [cluster for (cluster, _), _ in found]
    assert clusters[0] == clusters[1] == clusters[2]
    assert len(set(clusters[0])) == 3
    assert [sorted(links) for (_, links), _ in found] == [[1, 2], [0], [0]]
    for (_, links), _ in found:
        close(links)


def test_a_worker_of_another_version_is_refused_everywhere():
    found = meet(setups=[SETUP, {**SETUP, "the version of keras": "2"}])
    for _, error in found:
        assert isinstance(error, ScalingError)
        assert "worker 1 on 127.0.0.1 differs from worker 0: the version of keras is '2' there and '3' here" in str(
            error
        )


def test_what_must_be_the_same_is_versions_code_settings_and_checkpoint(tmp_path):
    setup = workers.describe_setup(Training(), tmp_path)
    assert setup["the version of tensorflow"].count(".") == 2
    assert meeting.how_they_differ(setup, json.loads(json.dumps(setup)), "x") == ""
    said = meeting.how_they_differ(setup, workers.describe_setup(Training(seed=1), tmp_path), "x")
    assert "x differs from worker 0: seed of the training is 1 there and 0 here" in said
    store(tmp_path)
    assert "the step of the checkpoint is 5 there and 0 here" in meeting.how_they_differ(
        setup, workers.describe_setup(Training(), tmp_path), "x"
    )
    assert "the code of course_utils" in setup
    fresh = workers.describe_setup(Training(seed=1), tmp_path, fresh=True)  # whatever lies in the folder
    assert fresh["the step of the checkpoint"] == 0
    assert "--fresh is True there and False here" in meeting.how_they_differ(
        {**fresh, "--fresh": False}, json.loads(json.dumps(fresh)), "x"
    )


def test_a_worker_that_another_cannot_reach_is_told_to_all(monkeypatch):
    real, reached = meeting.socket.create_connection, []

    def behind_a_firewall(address, timeout):
        reached.append(address)
        if len(reached) == 4:  # both others have called the first, and this is one of the ways between workers
            raise TimeoutError("timed out")
        return real(address, timeout)

    monkeypatch.setattr(meeting.socket, "create_connection", behind_a_firewall)
    for _, error in meet(["127.0.0.1"] * 3):
        assert re.match(
            r"worker \d on 127\.0\.0\.1 cannot reach worker \d on 127\.0\.0\.1 at port \d+ \(timed out\)", str(error)
        )
        assert "does a firewall let them through" in str(error)


def test_a_worker_whose_name_another_does_not_know_is_told_to_all(monkeypatch):
    real = meeting.socket.create_connection

    def call(address, timeout):
        if address[0] == "brt":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(address, timeout)

    monkeypatch.setattr(meeting.socket, "create_connection", call)
    for _, error in meet(["127.0.0.1", "brt"]):
        assert str(error) == "worker 0 on 127.0.0.1 knows no machine by the name 'brt'; look for a slip in --hosts"


def test_one_that_never_says_whether_it_reaches_the_others_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(meeting, "ANSWER", 1)
    monkeypatch.setattr(meeting, "why_out_of_reach", lambda addresses, index: threading.Event().wait(2 * index) or "")
    (_, first), (_, other) = meet()
    assert "worker 1 on 127.0.0.1 has said nothing more within 1 seconds" in str(first)
    assert "has said nothing more" in str(other)


def test_two_commands_with_the_same_number_are_refused():
    found = meet(["127.0.0.1"] * 3, indexes=[1, 1])
    assert all("say that they are worker 1" in str(error) for _, error in found)


def test_a_number_that_is_none_is_sent_away_and_the_others_are_waited_for():
    (_, first), (_, other) = meet(seconds=3, indexes=[5])
    assert "look at --index" in str(other)
    assert "worker 1 on 127.0.0.1 did not call within 3 seconds" in str(first)


def test_a_host_that_does_not_answer_is_named():
    port = meeting.free_port("127.0.0.1")
    with pytest.raises(ScalingError, match=rf"127\.0\.0\.1 does not answer at port {port} within 1 seconds"):
        workers.run_workers(Training(), hosts=HOSTS, index=1, port=port, wait=1)


def test_a_port_in_use_is_named():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ScalingError, match=rf"port {port} .*is the port in use\?.*--port on all hosts"):
            workers.run_workers(Training(), hosts=HOSTS, index=0, port=port, wait=1)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"index": 2}, "index must be from 0 to 1, one for each host, got 2"),
        ({"index": -1}, "index must be from 0 to 1, one for each host, got -1"),
        ({"port": 0}, "port must be a whole number from 1 to 65535, got 0"),
        ({"index": 1, "port": 65536}, "port must be a whole number from 1 to 65535, got 65536"),
        ({"hosts": []}, r"hosts must be a name or an address for each worker, got \[\]"),
        ({"hosts": ["anna", ""]}, r"hosts must be a name .* got \['anna', ''\]; under Slurm"),
        ({"hosts": "anna,bert"}, "hosts must be a name .* got 'anna,bert'"),
        ({"hosts": ["anna:1", "bert:2"]}, "the first host listens at one port; the hosts name several: anna:1, bert:2"),
        ({"hosts": ["anna:", "bert"]}, r"expected a host, or a host and a port, as .* or \[::1\]:2222, got 'anna:'"),
        ({"hosts": ["anna:65536", "bert"]}, "port must be a whole number from 1 to 65535, got 65536"),
        ({"hosts": ["[]", "bert"]}, r"hosts must be a name .* got \['', 'bert'\]"),
        ({"limit": 0}, "limit must be above 0 seconds, got 0"),
        ({"wait": float("nan")}, "wait must be above 0 seconds, got nan"),
    ],
)
def test_hosts_that_cannot_be_are_refused(options, says, monkeypatch, tmp_path):
    monkeypatch.setattr(workers, "Worker", None)  # none is started
    with pytest.raises(ValueError, match=says):
        workers.run_workers(Training(), **{"hosts": HOSTS, "folder": tmp_path, **options})


@pytest.mark.parametrize("index", [0, 1])
def test_a_name_that_nobody_knows_is_named(index, monkeypatch, tmp_path):
    def is_unknown(*arguments, **options):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    for name in ("getaddrinfo", "create_connection"):  # the tests refuse the network, and with it real names
        monkeypatch.setattr(meeting.socket, name, is_unknown)
    hosts, port = ["no such machine", "127.0.0.1"], 2222
    with pytest.raises(ScalingError, match="no machine is known by the name 'no such machine'; look for a slip"):
        workers.run_workers(Training(), hosts=hosts, index=index, port=port, folder=tmp_path, wait=1)


@pytest.mark.parametrize(
    ("host", "address", "where"),
    [
        ("anna", "127.0.1.1", "0.0.0.0"),  # as Debian has it: at a loopback address, bert could not call
        ("localhost", "127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
    ],
)
def test_the_first_worker_listens_where_the_others_can_call(host, address, where, monkeypatch):
    real = meeting.socket.getaddrinfo
    monkeypatch.setattr(
        meeting.socket, "getaddrinfo", lambda name, *rest, **how: real({host: address}[name], *rest, **how)
    )
    with meeting.listen(host, meeting.free_port()) as server:
        assert server.getsockname()[0] == where


@pytest.mark.parametrize(
    ("hosts", "names", "port"),
    [
        (["::1", "fe80::1%eth0"], ["::1", "fe80::1%eth0"], 2222),
        (["[::1]", "[::1]"], ["::1", "::1"], 2222),
        (["[::1]:77", "[::1]:77"], ["::1", "::1"], 77),
        (["anna:77", "bert"], ["anna", "bert"], 77),
        (["127.0.0.1", "127.0.0.1"], ["127.0.0.1", "127.0.0.1"], 2222),
    ],
)
def test_a_host_may_name_the_port(hosts, names, port):
    assert workers.read_ports(hosts, 2222) == (names, port)


def test_hosts_may_have_ipv6_addresses():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    port = meeting.free_port("127.0.0.1")
    server = meeting.listen("::1", port)
    assert server.getsockname()[0] == "::1"
    first = in_thread(meeting.gather, server, ["::1", "::1"], SETUP, seconds=SERVER)
    (cluster, links), error = in_thread(meeting.join, ["::1", "::1"], 1, port, SETUP, seconds=SERVER)()
    assert error is None and all(re.fullmatch(r"\[::1\]:\d+", address) for address in cluster)
    for link in [*links.values(), *first()[0][1].values()]:
        link.close()


def test_one_that_left_while_it_waited_may_call_again():
    hosts, port = ["127.0.0.1"] * 3, meeting.free_port("127.0.0.1")
    first = in_thread(meeting.gather, meeting.listen("127.0.0.1", port), hosts, SETUP, seconds=SERVER)
    stopped = meeting.Link(socket.create_connection(("127.0.0.1", port)))
    stopped.send(worker=1, port=1, setup=SETUP)
    time.sleep(1)  # it is taken in
    stopped.close()
    time.sleep(1)
    others = [in_thread(meeting.join, hosts, index, port, SETUP, seconds=SERVER) for index in (1, 2)]
    found = [wait() for wait in (first, *others)]
    assert [error for _, error in found] == [None] * 3
    for (cluster, links), _ in found:
        assert cluster == found[0][0][0]
        close(links)


def test_a_meeting_that_is_interrupted_leaves_no_connection(monkeypatch):
    """Of one that waits, of one that is taken in, and of one that has said nothing."""
    port, silent = meeting.free_port("127.0.0.1"), socket.socket()
    server, admit = meeting.listen("127.0.0.1", port), meeting._admit

    def interrupt(*arguments):
        admit(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(meeting, "_admit", interrupt)
    silent.connect(("127.0.0.1", port))
    other = in_thread(meeting.join, ["127.0.0.1"] * 3, 1, port, SETUP, seconds=SERVER)
    with pytest.raises(KeyboardInterrupt):
        meeting.gather(server, ["127.0.0.1"] * 3, SETUP, seconds=SERVER)
    assert "worker 0 on 127.0.0.1 has ended" in str(other()[1])
    silent.settimeout(SERVER)
    with silent, contextlib.suppress(ConnectionError):
        while silent.recv(1000):  # signs of life, and then the end
            pass


def test_nonsense_at_the_port_does_no_harm():
    port = meeting.free_port("127.0.0.1")
    first = in_thread(meeting.gather, meeting.listen("127.0.0.1", port), HOSTS, SETUP, seconds=SERVER)
    for nonsense in (b"GET / HTTP/1.1\r\n\r\n", b"\xff\x00\n", b"[]\n", b'{"worker": "1"}\n', b"x" * 200_000, b""):
        stranger = socket.create_connection(("127.0.0.1", port), timeout=SERVER)
        with stranger, contextlib.suppress(OSError):  # it may hang up in the middle
            stranger.sendall(nonsense)
    cluster, links = meeting.join(HOSTS, 1, port, SETUP, seconds=SERVER)
    (same, others), error = first()
    assert error is None and same == cluster
    close(links | others)


@pytest.fixture
def pair():
    """Two links that are connected."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        one = meeting.Link(socket.create_connection(server.getsockname()), "worker 1")
        other = meeting.Link(server.accept()[0], "worker 0")
    yield one, other
    one.close()
    other.close()


def test_messages_arrive_and_an_end_is_heard_of(pair):
    one, other = pair
    one.send(done=True)
    assert other.receive(SERVER) == {"done": True}
    assert other.receive() is None
    one.close()
    assert other.receive(SERVER) == {"gone": "has ended"}


def test_silence_counts_as_an_end(monkeypatch):
    monkeypatch.setattr(meeting, "SILENCE", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        one = meeting.Link(socket.create_connection(server.getsockname()))
        silent = server.accept()[0]
        assert one.receive(SERVER) == {"gone": "has been silent for 0 seconds"}
        silent.close()
        one.close()


def test_signs_of_life_break_the_silence(monkeypatch):
    monkeypatch.setattr(meeting, "SILENCE", 2.0)
    monkeypatch.setattr(meeting, "BEAT", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        one = meeting.Link(socket.create_connection(server.getsockname()))
        other = meeting.Link(server.accept()[0])
    assert one.receive(3) is None
    one.close()
    other.close()


def test_the_first_host_ends_its_worker_last(pair):
    """A worker that is done may still be asked for numbers by those that are not."""
    here, there = pair
    running = types.SimpleNamespace(poll=lambda: None)
    done = types.SimpleNamespace(listen=lambda: None, step=1, up=True, report={}, process=running)
    first = in_thread(workers.watch, [done], {1: here}, end=float("inf"))
    assert there.receive(1) is None  # the other host is not done yet
    there.send(done=True)
    assert there.receive(SERVER) == {"done": True}
    assert first() == (None, None)

    other = in_thread(workers.watch, [done], {0: here}, end=float("inf"))
    assert there.receive(SERVER) == {"done": True}
    there.send(done=True)
    assert other() == (None, None)


def test_workers_that_take_no_step_are_not_waited_for(monkeypatch):
    """TensorFlow may wait for ever for one that is stopped; a worker that has not connected has more time."""
    monkeypatch.setattr(workers, "STUCK", 0.5)
    running = types.SimpleNamespace(poll=lambda: None)
    stuck = types.SimpleNamespace(listen=lambda: None, step=7, up=True, report=None, process=running)
    with pytest.raises(
        ScalingError, match=r"no step was finished in 0 seconds \(the last was 7\): a worker is stopped"
    ):
        workers.watch([stuck], {}, end=float("inf"))
    monkeypatch.setattr(workers, "START", 1.5)
    stuck.up = False
    with pytest.raises(ScalingError, match="could not connect within"):
        workers.watch([stuck], {}, end=float("inf"))
    monkeypatch.setattr(workers, "START", 600)
    moving = types.SimpleNamespace(up=True, report=None, step=0, process=running)

    def take_a_step():
        moving.step += 1
        moving.report = {} if moving.step == 30 else None  # after three times as long

    moving.listen = take_a_step
    workers.watch([moving], {}, end=float("inf"))


# ---- the command


def test_the_command_says_how_it_is_used(capsys):
    with pytest.raises(SystemExit) as end:
        workers.main(["--help"])
    assert end.value.code == 0
    text = capsys.readouterr().out
    assert all(word in text for word in ("--workers", "--hosts", "--index", "srun", "--folder", "--limit"))


def test_hosts_without_an_index_are_refused(monkeypatch, capsys):
    monkeypatch.delenv("SLURM_PROCID", raising=False)
    with pytest.raises(SystemExit):
        workers.main(["--hosts", "a,b"])
    assert "say with --index which of them this is" in capsys.readouterr().err


def test_slurm_gives_the_index(monkeypatch):
    monkeypatch.setenv("SLURM_PROCID", "1")
    assert workers._read_options(["--hosts", "a,b"]).index == 1
    assert workers._read_options(["--hosts", "a,b", "--index", "0"]).index == 0
    assert workers._read_options(["--workers", "2"]).index == 0  # in a job of Slurm's, and on one machine


def test_an_index_without_hosts_is_refused(capsys):
    with pytest.raises(SystemExit):
        workers.main(["--index", "1"])
    assert "--index is for --hosts" in capsys.readouterr().err


def test_hosts_that_are_empty_start_no_workers_here(monkeypatch, tmp_path):
    monkeypatch.setattr(workers, "Worker", None)
    with pytest.raises(SystemExit, match=r"^error: hosts must be .* got \[''\]; under Slurm"):
        workers.main(["--hosts", "", "--index", "0", "--folder", str(tmp_path)])


def test_the_command_ends_with_the_reason(tmp_path):
    with pytest.raises(SystemExit, match=r"^error: 3 workers do not divide a batch of 64"):
        workers.main(["--workers", "3", "--folder", str(tmp_path)])
