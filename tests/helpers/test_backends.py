"""Keras on JAX: only where the course's own variable asks for it, and there the same networks give the same numbers."""

import os
import shutil
import subprocess
import sys

import lesson_rules as rules
import nbformat
import numpy as np
import pytest
from patience import CELL

from course_utils import backends, data, networks
from course_utils.publishing.lessons import NOTEBOOKS

ON_JAX = {"CNN_COURSE_KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}


def code_of(source):
    return "\n".join(cell.source for cell in rules.code_cells(rules.stored(source)))


def on_jax(*command, folder):
    """Run a program in a fresh Python with Keras on JAX."""
    command, variables = [sys.executable, *command], os.environ | ON_JAX
    return subprocess.run(command, env=variables, cwd=folder, capture_output=True, text=True, timeout=CELL)


OUTPUTS = """if True:
    import numpy as np
    from course_utils import data, networks
    from course_utils._tensorflow import keras, tf  # TensorFlow may still be imported
    from course_utils.exercises import apart
    (_, (images, _)) = data.load_mnist()
    model = networks.load_seed_network()
    np.save("outputs.npy", keras.ops.convert_to_numpy(model(data.prepare_images(images[:100]))))
    print(keras.backend.backend(), networks.build_seed_network().count_params(), apart.is_possible())
"""


@pytest.mark.numbers
@pytest.mark.slow
def test_the_seed_network_gives_on_jax_what_it_gives_on_tensorflow(tmp_path, mnist):
    done = on_jax("-c", OUTPUTS, folder=tmp_path)
    assert done.stdout == "jax 121994 False\n", done  # False: a copy of the process would wait for JAX's threads
    expected = networks.load_seed_network()(data.prepare_images(mnist[1][0][:100])).numpy()
    np.testing.assert_allclose(np.load(tmp_path / "outputs.npy"), expected, rtol=0, atol=1e-5)


@pytest.mark.slow
def test_a_run_on_jax_leaves_out_what_is_tensorflows_and_says_why(tmp_path):
    (tmp_path / "notebooks").mkdir()
    shutil.copytree(NOTEBOOKS.parent / "tests" / "no_network", tmp_path / "tests" / "no_network")
    for name in ("conftest.py", "notebooks/nbval_patterns.cfg"):
        shutil.copy(NOTEBOOKS.parent / name, tmp_path / name)
    lessons = {"01_one": "6 * 7", "02_two": "import keras\nimport tensorflow", "03_three": "import keras\n1 / 0"}
    for name, code in lessons.items():
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
        nbformat.write(notebook, tmp_path / "notebooks" / f"{name}.ipynb")
    done = on_jax("-m", "pytest", "-q", "--nbval", "--collect-only", "-p", "no:cacheprovider", folder=tmp_path)
    collected = [line for line in done.stdout.splitlines() if "ipynb::" in line]
    assert len(collected) == 1 and "03_three.ipynb::Cell 0" in collected[0], done
    for name, reason in {"01_one": "it uses no Keras", "02_two": "its cells call TensorFlow itself"}.items():
        assert f"left out: notebooks/{name}.ipynb: with Keras on jax: {reason}\n" in done.stdout.replace("\\", "/")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("from course_utils import networks\nmodel = networks.load_seed_network()", ""),
        ("import keras\nprint(keras.ops.convert_to_numpy(model(x)))", ""),
        ("import numpy as np", "it uses no Keras"),
        ("import keras\nimport tensorflow as tf", "its cells call TensorFlow itself"),
        ("import keras\nmodel(x).numpy()", "it calls a method that TensorFlow's arrays have, and JAX's have not"),
    ],
)
def test_what_is_tensorflows_is_seen_in_the_code(code, reason, monkeypatch):
    assert backends.why_only_tensorflow("99_new", code) == reason
    assert backends.why_not_here("99_new", code) == ""  # here Keras is on TensorFlow
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert backends.why_not_here("99_new", code) == (reason and f"with Keras on jax: {reason}")


def test_what_was_found_is_of_lessons_in_whose_code_it_cannot_be_seen():
    sources = {source.stem: source for source in rules.LESSONS}
    for name in backends.FOUND:
        assert backends.why_only_tensorflow(name, code_of(sources[name])) == backends.FOUND[name]


def test_most_of_the_way_from_pixels_to_a_better_network_runs_on_jax():
    reasons = {source.stem: backends.why_only_tensorflow(source.stem, code_of(source)) for source in rules.LESSONS}
    assert {"04_building", "06_evaluating", "09_better"} <= {name for name, reason in reasons.items() if not reason}
