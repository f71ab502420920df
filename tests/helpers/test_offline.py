"""The course needs no network: it is refused to the tests, to every program that they start, and to every kernel."""

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import nbformat
import pytest
from nbclient import NotebookClient
from no_network.sitecustomize import is_local
from patience import CELL, SERVER

pytestmark = pytest.mark.slow

OUTSIDE = "192.0.2.1"  # reserved for documentation (RFC 5737): nobody answers there, so no test depends on a refusal


@pytest.mark.parametrize(
    ("host", "local"),
    [
        *[(host, True) for host in ("localhost", "127.0.0.1", "127.9.9.9", b"127.0.0.1", "::1", "0.0.0.0", "", None)],
        *[
            (host, False)
            for host in (OUTSIDE, "8.8.8.8", "example.org", b"example.org", "2001:db8::1", "localhost.example.org")
        ],
    ],
)
def test_only_this_machine_is_local(host, local):
    assert is_local(host) is local


@pytest.mark.parametrize(
    "call",
    [
        lambda: socket.create_connection((OUTSIDE, 80), timeout=1),
        lambda: socket.socket().connect((OUTSIDE, 80)),
        lambda: socket.socket().connect_ex((OUTSIDE, 80)),
        lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"?", (OUTSIDE, 53)),
        lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"?", 0, (OUTSIDE, 53)),
        lambda: socket.getaddrinfo("example.org", 443),
        lambda: socket.gethostbyname("example.org"),
        lambda: socket.gethostbyname_ex("example.org"),
    ],
    ids=["create_connection", "connect", "connect_ex", "sendto", "sendto flags", "getaddrinfo", "name", "name_ex"],
)
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # the sockets of these lines are never opened
def test_the_guard_refuses_the_outside(call):
    with pytest.raises(OSError, match="the course runs without a network, and its tests refuse it"):
        call()


def test_a_download_is_refused():
    with pytest.raises(urllib.error.URLError, match="its tests refuse it"):
        urllib.request.urlopen("https://example.org/mnist.npz", timeout=1)


def test_a_download_by_keras_is_refused(tmp_path):
    from course_utils._tensorflow import keras

    with pytest.raises(Exception, match="its tests refuse it"):
        keras.utils.get_file("mnist.npz", "https://example.org/mnist.npz", cache_dir=tmp_path)


def test_this_machine_can_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(("localhost", server.getsockname()[1]), timeout=SERVER)
        connection, _ = server.accept()
        with client, connection:
            connection.sendall(b"here")
            assert client.recv(4) == b"here"


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no sockets without a network here")
def test_sockets_without_a_network_work(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a short name: such a path has room for a hundred characters
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind("s")
        server.listen()
        client.connect("s")


def test_programs_that_tests_start_are_offline_too():
    code = f"import socket; socket.create_connection(({OUTSIDE!r}, 80), timeout=1)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "NetworkRefusedError: the course runs without a network, and its tests refuse it" in done.stderr


def test_it_is_the_folder_on_the_path_that_brings_the_guard():
    code = "import socket; print(hasattr(socket.socket.connect, '__wrapped__'))"
    without = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    for environment, guarded in ((os.environ, "True\n"), (without, "False\n")):
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
        assert (done.stdout, done.stderr) == (guarded, "")


def test_a_kernel_runs_the_course_without_a_network():
    """What lessons use, from the data to a prediction, in a kernel that is refused the network."""
    cells = [
        "from course_utils import data, evaluation, networks, plotting, training",
        "(train_images, train_labels), (test_images, test_labels) = data.load_mnist()",
        "model = networks.load_seed_network()",
        "probabilities = model.predict(data.prepare_images(test_images[:100]), verbose=0)",
        "print((probabilities.argmax(axis=1) == test_labels[:100]).mean() > 0.9)",
        f"import socket\nsocket.create_connection(({OUTSIDE!r}, 80), timeout=1)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    notebook.cells[-1].metadata.tags = ["raises-exception"]
    NotebookClient(notebook, kernel_name="python3", timeout=CELL, extra_arguments=["--log-level=ERROR"]).execute()
    assert [output.text for output in notebook.cells[4].outputs] == ["True\n"]
    (error,) = notebook.cells[5].outputs
    assert error.ename == "NetworkRefusedError"
    assert error.evalue == f"the course runs without a network, and its tests refuse it: getaddrinfo '{OUTSIDE}'"
    assert not any(cell.outputs for cell in notebook.cells[:4])
