"""Light imports, and not a word on stderr: not from TensorFlow, not in a home that cannot be written to."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import matplotlib
import pytest
from patience import CELL

import course_utils

pytestmark = pytest.mark.slow

PACKAGE = Path(course_utils.__file__).parent
FONTS = matplotlib.get_cachedir()  # where the font cache is: the tests that are not about it do not make it anew
QUIETED = (
    "TF_",
    "KERAS_",
    "MPL",
    "XDG_",
    "IPYTHON",
    "JUPYTER",
)  # variables that may say where to write, or to be quiet


@pytest.fixture
def run(tmp_path):
    """Run a program in a fresh Python, in a folder and with a home of its own."""
    (tmp_path / "home").mkdir()
    (tmp_path / "tmp").mkdir()

    def run(code, *, prefix=(), home=tmp_path / "home", path=(), **variables):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(QUIETED) and k != "PYTHONWARNINGS"}
        environment |= dict.fromkeys(("HOME", "USERPROFILE"), str(home))
        environment |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(tmp_path / "tmp")) | variables
        environment["PYTHONPATH"] = os.pathsep.join([*map(str, path), os.environ["PYTHONPATH"]])
        command = [*prefix, sys.executable, "-c", code]
        return subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=CELL)

    return run


def assert_silent(done, stdout=""):
    assert (done.returncode, done.stderr, done.stdout) == (0, "", stdout)


# ---- imports


def test_light_modules_load_nothing_heavy(run):
    code = """if True:
        import sys
        import course_utils
        first = [name for name in ("numpy", "matplotlib") if name in sys.modules]
        import course_utils.data, course_utils.evaluation
        second = [name for name in ("matplotlib", "IPython") if name in sys.modules]
        import course_utils.plotting
        heavy = [name for name in ("tensorflow", "keras", "scipy", "sklearn", "pandas") if name in sys.modules]
        print(first, second, heavy)
    """
    assert_silent(run(code, MPLCONFIGDIR=FONTS), "[] [] []\n")


def test_import_seeds_nothing_and_changes_no_setting(run):
    code = """if True:
        import logging, random, warnings
        import numpy as np, matplotlib
        before = [random.getstate(), np.random.get_state()[1].tolist(), warnings.filters[:], dict(matplotlib.rcParams)]
        import course_utils.data, course_utils.evaluation, course_utils.plotting
        after = [random.getstate(), np.random.get_state()[1].tolist(), warnings.filters[:], dict(matplotlib.rcParams)]
        print([a == b for a, b in zip(before, after)], logging.getLogger().handlers)
    """
    assert_silent(run(code, MPLCONFIGDIR=FONTS), "[True, True, True, True] []\n")


# ---- TensorFlow

TRAIN = """if True:
    from course_utils import data, networks, plotting, training
    import matplotlib.pyplot as plt
    import numpy as np

    images, labels = np.zeros((64, 28, 28, 1), "float32"), data.one_hot(np.arange(64) % 10)
    model, history = training.train_seed_network(images, labels, seed=0, epochs=1)
    networks.load_seed_network().predict(images, verbose=0)
    plotting.plot_history(history, "loss").figure.savefig("curve.png")
    data.load_mnist()
    print("trained", len(history["loss"]), data.__file__)
"""


def test_the_first_training_writes_nothing_to_stderr(run):
    done = run(TRAIN, MPLCONFIGDIR=FONTS)
    assert_silent(done, f"trained 1 {PACKAGE / 'data/__init__.py'}\n")


@pytest.mark.nightly
def test_keras_loads_no_scikit_learn_and_no_jax_which_everybody_else_finds(run):
    code = """if True:
        import sys
        from course_utils import networks
        print([name for name in ("jax", "sklearn", "torch") if name in sys.modules])
        import jax
        from sklearn.metrics import accuracy_score
        print(accuracy_score([1, 2], [1, 3]))
    """
    assert_silent(run(code, MPLCONFIGDIR=FONTS), "[]\n0.5\n")


@pytest.fixture
def fake(tmp_path):
    """A folder with a Keras and a TensorFlow that import in an instant; write what they do."""

    def write(keras, tensorflow=""):
        for name, code in {"keras": keras, "tensorflow": tensorflow}.items():
            (tmp_path / "fake" / name).mkdir(parents=True)
            (tmp_path / "fake" / name / "__init__.py").write_text(code)
        return tmp_path / "fake"

    return write


LOG = "import os, types\nos.write(2, b'a line of C++\\n')\n"
BACKEND = "backend = types.SimpleNamespace(backend=lambda name=os.environ['KERAS_BACKEND']: name)\n"
BACKEND += "class Config:\n    __getattr__ = lambda self, name: lambda value: None\nconfig = Config()\n"
AFTERWARDS = (
    "from course_utils import _tensorflow\nimport os, sys\nos.write(2, b'later\\n')\nprint('python', file=sys.stderr)"
)


def test_the_log_of_the_import_is_dropped_and_later_lines_are_not(run, fake):
    done = run(AFTERWARDS, path=[fake(LOG + BACKEND, LOG)])
    assert (done.returncode, done.stderr) == (0, "later\npython\n")


@pytest.mark.parametrize(
    ("keras", "tensorflow"), [(LOG + "import lib_that_is_missing", ""), (LOG + BACKEND, LOG + "1 / 0")]
)
def test_the_log_is_shown_after_all_when_the_import_fails(run, fake, keras, tensorflow):
    done = run("import course_utils.networks", path=[fake(keras, tensorflow)])
    assert done.returncode == 1
    assert done.stderr.count("a line of C++\n") == keras.count("C++") + tensorflow.count("C++")
    assert done.stderr.index("a line of C++") < done.stderr.index("Traceback")
    assert ("lib_that_is_missing" if "missing" in keras else "ZeroDivisionError") in done.stderr


def test_another_backend_is_set_aside_or_named_where_keras_came_first(run, fake):
    path = [fake(LOG + BACKEND)]
    assert_silent(run("import course_utils._tensorflow", path=path, KERAS_BACKEND="jax"))
    done = run("import keras\nimport course_utils._tensorflow", path=path, KERAS_BACKEND="jax")
    assert done.returncode == 1 and "here Keras runs on 'jax': unset KERAS_BACKEND (or import" in done.stderr


CHECK = "from course_utils.environment import check_environment\nprint(check_environment())"


@pytest.mark.parametrize(
    ("keras", "first", "says"),
    [
        ("import lib_that_is_missing", "", "cannot be imported (ModuleNotFoundError: No module named 'lib_that_is_m"),
        ("from os import nothing", "", "cannot be imported (ImportError: cannot import name 'nothing' from 'os'"),
        (LOG + BACKEND, "import keras\n", "here Keras runs on 'jax': unset KERAS_BACKEND"),
    ],
)
def test_the_check_says_that_keras_on_tensorflow_is_missing(run, fake, keras, first, says):
    done = run(first + CHECK, path=[fake(keras)], MPLCONFIGDIR=FONTS, KERAS_BACKEND="jax")
    lines = done.stdout.splitlines()
    assert [line[:8] for line in lines[:-1]] == ["fine    ", "fine    ", "fine    ", "MISSING ", "fine    "], done
    assert says in lines[3] and lines[-1] == "False"


def test_a_notebook_shows_a_sentence_and_no_traceback(fake, tmp_path):
    import nbformat
    from nbclient import NotebookClient

    folder = fake("import lib_that_is_missing")
    (tmp_path / "numpy.py").write_text("")
    first = "from course_utils import networks"
    code = [first, f"import os\nos.chdir({str(folder)!r})\n{first}"]
    cells = [nbformat.v4.new_code_cell(line, metadata={"tags": ["raises-exception"]}) for line in code]
    where = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(
        nbformat.v4.new_notebook(cells=cells), kernel_name="python3", timeout=CELL, resources=where
    ).execute()
    (hidden,), (missing,) = (cell.outputs for cell in cells)
    assert hidden.traceback == [hidden.evalue] and "numpy.py would be imported in place of" in hidden.evalue
    assert missing.traceback == [missing.evalue] and "Keras on TensorFlow cannot be imported (" in missing.evalue


SETTINGS = """if True:
    from course_utils import environment, networks
    import keras
    environment.check_environment()
    print(networks.build_seed_network().count_params(), len(networks.load_best_networks()))
    print(keras.config.dtype_policy().name, keras.config.epsilon(), keras.config.max_epochs())
"""


def test_settings_of_keras_for_other_projects_do_not_reach_the_course(run, tmp_path):
    others = {"floatx": "float16", "epsilon": 0.1, "backend": "torch", "image_data_format": "channels_first"}
    (tmp_path / "keras.json").write_text(json.dumps(others | {"nnx_enabled": True}))
    variables = {"KERAS_BACKEND": "jax", "KERAS_MAX_EPOCHS": "1", "KERAS_NNX_ENABLED": "1", "KERAS_HOME": str(tmp_path)}
    done = run(SETTINGS, MPLCONFIGDIR=FONTS, **variables)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert "MISSING" not in done.stdout and done.stdout.endswith("121994 3\nfloat32 1e-07 None\n"), done.stdout


def test_an_error_with_a_letter_that_the_output_lacks_is_printed(run):
    code = """if True:
        import numpy as np
        from course_utils import handwriting
        try:
            handwriting.prepare(np.zeros((3, 4), np.uint8))
        except ValueError as error:
            print(error)
    """
    done = run(code, PYTHONIOENCODING="ascii", MPLCONFIGDIR=FONTS)
    assert done.returncode == 0 and done.stdout.endswith("got 3 \\xd7 4\n"), done


# ---- a student's own files beside the notebook


@pytest.mark.parametrize("name", ["keras", "numpy", "random", "torch"])
def test_a_file_that_hides_a_library_is_named(run, tmp_path, name):
    (tmp_path / f"{name}.py").write_text("print('mine')")
    done = run("import course_utils.networks")
    says = f"{tmp_path / name}.py would be imported in place of the library {name}, which the course needs: rename"
    assert done.returncode == 1 and says in done.stderr and "mine" not in done.stdout


# ---- places that cannot be written to


@pytest.fixture
def without_rights(tmp_path):
    """What to put before a command so that permissions hold for it, as they do for everyone but root."""
    if os.name == "nt":
        pytest.skip("on Windows, a folder's permissions are not its mode")
    prefix = []
    if os.geteuid() == 0:
        setpriv = shutil.which("setpriv") or pytest.skip(
            "this is root, whom no permission stops, and setpriv is missing"
        )
        prefix = [setpriv, "--bounding-set=-dac_override,-dac_read_search"]
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed").chmod(0o555)
    probe = [*prefix, sys.executable, "-c", f"open({str(tmp_path / 'closed' / 'probe')!r}, 'w')"]
    if b"PermissionError" not in subprocess.run(probe, capture_output=True).stderr:
        pytest.skip("nothing here takes rights from a program")
    return prefix


@pytest.fixture
def closed(tmp_path, without_rights):
    """A home and a copy of the package that are there to be read only."""
    copy = tmp_path / "site" / "course_utils"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    home = tmp_path / "home"
    closed = [home, copy.parent, *copy.parent.rglob("*")]
    for path in closed:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield home, copy.parent
    for path in closed:
        path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.mark.nightly
def test_training_is_silent_with_a_read_only_home_and_package(run, closed, without_rights):
    home, site = closed
    before = sorted(site.rglob("*"))
    done = run(TRAIN, prefix=without_rights, home=home, path=[site])
    assert_silent(done, f"trained 1 {site / 'course_utils' / 'data/__init__.py'}\n")
    assert not list(home.iterdir()) and sorted(site.rglob("*")) == before


def test_pictures_are_silent_where_a_home_cannot_even_be_made(run, tmp_path):
    (tmp_path / "file").write_text("")
    code = """if True:
        from course_utils import plotting
        import os, matplotlib
        plotting.plot_image([[0, 1]]).figure.savefig("digit.png")
        print(os.environ["MPLCONFIGDIR"] == matplotlib.get_configdir())
    """
    assert_silent(run(code, home=tmp_path / "file" / "home" / "sweet"), "True\n")


def test_a_kernel_starts_in_a_read_only_home(run, closed, without_rights):
    home, _ = closed
    code = """if True:
        import course_utils, nbformat
        from nbclient import NotebookClient
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("6 * 7")])
        NotebookClient(notebook, kernel_name="python3", extra_arguments=["--log-level=ERROR"]).execute()
        print([(output.output_type, output.data) for output in notebook.cells[0].outputs])
    """
    done = run(code, prefix=without_rights, home=home)
    assert_silent(done, "[('execute_result', {'text/plain': '42'})]\n")
    assert not list(home.iterdir())


HOMES = "import course_utils, json, os; print(json.dumps({name: os.environ.get(name) for name in course_utils.HOMES}))"


def test_a_home_that_can_be_written_to_is_left_alone(run):
    done = run(HOMES)
    assert_silent(done, done.stdout)
    assert set(json.loads(done.stdout).values()) == {None}


def test_what_the_user_chose_is_left_alone(run, tmp_path):
    (tmp_path / "file").write_text("")
    done = run(HOMES, home=tmp_path / "file" / "home", MPLCONFIGDIR=str(tmp_path / "mine"))
    homes = json.loads(done.stdout)
    assert homes.pop("MPLCONFIGDIR") == str(tmp_path / "mine") and not (tmp_path / "mine").exists()
    assert all(Path(path).is_dir() and Path(path).is_relative_to(tmp_path / "tmp") for path in homes.values())


@pytest.mark.skipif(os.name == "nt", reason="each user of Windows has temporary folders of their own")
def test_a_temporary_folder_that_is_not_ours_is_not_used(run, tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "tmp" / f"cnn-course-{os.getuid()}").symlink_to(tmp_path / "nowhere")
    done = run(HOMES, home=tmp_path / "file" / "home")
    assert_silent(done, done.stdout)
    for path in json.loads(done.stdout).values():
        assert Path(path).parent.stat().st_mode & 0o777 == 0o700 and not Path(path).parent.is_symlink()


@pytest.mark.nightly
def test_matplotlib_says_nothing_of_its_font_cache(run, tmp_path):
    code = """if True:
        import threading
        timer = threading.Timer
        threading.Timer = lambda seconds, function: timer(0, function)  # as if the fonts took longer than it waits
        {first}
        import matplotlib.pyplot
    """
    loud = run(code.format(first="pass"), MPLCONFIGDIR=str(tmp_path / "one"))
    assert "building the font cache" in loud.stderr  # so this test can fail
    assert_silent(run(code.format(first="import course_utils"), MPLCONFIGDIR=str(tmp_path / "two")))
