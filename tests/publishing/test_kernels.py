"""Kernels of the course's own runs are this environment's, and print the same whatever the user has set."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from patience import CELL

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
CODE = "import shutil, sys\n1\nshutil.get_terminal_size().columns"  # 80 where nobody says otherwise
EXECUTE = f"""if True:
    import nbformat
    from course_utils.publishing.lessons import execute
    cell, kernel = nbformat.v4.new_code_cell({CODE!r}), {{"name": "python3", "display_name": "x"}}
    execute(nbformat.v4.new_notebook(cells=[cell], metadata={{"kernelspec": kernel}}))
    print([output.get("text") or output.data["text/plain"] for output in cell.outputs])
"""


@pytest.fixture
def settings(tmp_path):
    """The variables of a user with a loud IPython profile, a narrow terminal, and another environment's kernel."""
    profile, kernel = tmp_path / "ipython" / "profile_default", tmp_path / "jupyter" / "kernels" / "python3"
    for folder in (profile, kernel):
        folder.mkdir(parents=True)
    lines = 'c.InteractiveShell.ast_node_interactivity = "all"\nc.InteractiveShellApp.exec_lines = ["print(7)"]\n'
    (profile / "ipython_kernel_config.py").write_text("c = get_config()\n" + lines)
    gone = {"argv": [str(tmp_path / "gone" / "python")], "display_name": "gone", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(gone))
    startup = tmp_path / "startup.py"
    startup.write_text("print('loud')")
    return os.environ | {
        "COLUMNS": "40",
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "JUPYTER_PATH": str(tmp_path / "jupyter"),
        "PYTHONSTARTUP": str(startup),
    }


def test_a_lesson_is_executed_without_them(settings):
    command = [sys.executable, "-c", EXECUTE]
    done = subprocess.run(command, env=settings, capture_output=True, text=True, timeout=CELL)
    assert done.stdout == "['80']\n", done.stdout + done.stderr


def test_nbval_compares_without_them(settings, tmp_path):
    for name in ("conftest.py", "notebooks/nbval_patterns.cfg", "tests/no_network/sitecustomize.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    stored = nbformat.v4.new_output("execute_result", data={"text/plain": "80"}, execution_count=1)
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    notebook.cells = [nbformat.v4.new_code_cell(CODE, execution_count=1, outputs=[stored])]
    nbformat.write(notebook, tmp_path / "notebooks" / "01_test.ipynb")
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "no:cacheprovider", "notebooks"]
    done = subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, text=True, timeout=CELL)
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout + done.stderr


def test_a_lesson_that_computes_features_prints_what_it_prints_where_it_reads_them(tmp_path):
    code = """if True:
        import nbformat
        from course_utils.publishing.lessons import execute
        lines = ["import keras, numpy as np", "from course_utils.features import predict_cached"]
        lines += ["model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer='ones')])"]
        lines += ["predict_cached(model, np.ones((100, 2)), batch_size=1)[0]"]
        kernel = {"name": "python3", "display_name": "x"}
        for _ in range(2):
            cell = nbformat.v4.new_code_cell("\\n".join(lines))
            execute(nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel}))
            print([output.get("data", output) for output in cell.outputs])
    """
    settings = os.environ | {"CNN_COURSE_CACHE": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=settings, capture_output=True, text=True, timeout=CELL)
    cold, warm = done.stdout.splitlines()
    assert cold == warm == "[{'text/plain': 'array([2.], dtype=float32)'}]", done.stdout + done.stderr
    assert len(list(tmp_path.iterdir())) == 1
