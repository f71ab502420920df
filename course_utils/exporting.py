"""A trained network as a file for other programs, in ONNX and LiteRT, and the small runtimes that read such files.

A loaded file is a function from images to probabilities. The packages of the extra ``sharing`` are imported where they
are used; reading an ONNX file loads no TensorFlow.
"""

import hashlib
import logging
import os
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path

import numpy as np

ASSETS = Path(__file__).parent / "assets"
SEED_NETWORK_KERAS = ASSETS / "seed_network.keras"
SEED_NETWORK_ONNX = ASSETS / "seed_network.onnx"
INPUT, OUTPUT = "images", "probabilities"
BATCH = 250  # images that a runtime reads at once: it needs memory for all outputs of its layers


def export_onnx(model, path, *, about=None):
    """Write a network as an ONNX file.

    Parameters
    ----------
    model : keras.Model
        With one input; float32.
    path : str or pathlib.Path
        Ends in ``.onnx``.
    about : dict of str to str, optional
        What the file should say about itself, as its metadata.

    Returns
    -------
    pathlib.Path
        The file. Its input and output are called ``images`` and ``probabilities``, and their first axis ``n``.
    """
    import onnx

    from course_utils._tensorflow import tf

    path = _ending(path, ".onnx")
    images = tf.TensorSpec([None, *model.input_shape[1:]], model.inputs[0].dtype, name=INPUT)
    with _quiet():
        model.export(path, format="onnx", input_signature=[images], verbose=False)
    graph = onnx.load(path)
    _rename(graph.graph, graph.graph.output[0].name, OUTPUT)
    for end in (graph.graph.input[0], graph.graph.output[0]):
        end.type.tensor_type.shape.dim[0].dim_param = "n"
    onnx.helper.set_model_props(graph, dict(about or {}))
    onnx.checker.check_model(graph, full_check=True)
    onnx.save(graph, path)
    return path


def export_litert(model, path, *, examples=None):
    """Write a network as a LiteRT file, for phones and other small machines.

    Parameters
    ----------
    model : keras.Model
        With one input; float32.
    path : str or pathlib.Path
        Ends in ``.tflite``.
    examples : ndarray of float32, shape (n, ...), optional
        Representative data: some typical inputs, a hundred will do. With them, weights and the outputs of the layers
        become int8, and the examples give the range of each layer. Images and probabilities stay float32.

    Returns
    -------
    pathlib.Path
    """
    from course_utils._tensorflow import tf

    path, options = _ending(path, ".tflite"), {}
    if examples is not None:
        if len(examples) == 0:
            raise ValueError("examples must hold at least one input, got none: the ranges of the layers come from them")
        options["optimizations"] = [tf.lite.Optimize.DEFAULT]
        options["representative_dataset"] = lambda: ([example[None]] for example in examples)
    with _quiet():
        model.export(path, format="litert", verbose=False, **options)
    return path


def load_onnx(path=SEED_NETWORK_ONNX, *, n_threads=1):
    """Read a network from an ONNX file, with ONNX's own runtime.

    Parameters
    ----------
    path : str or pathlib.Path
    n_threads : int
        How many threads one call may use. With 1, several simultaneous calls share the machine.

    Returns
    -------
    callable
        From float32 images of shape (n, ...) to float32 probabilities of shape (n, n_classes). Threads may share it.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not an ONNX file, or has several inputs or outputs.
    """
    import onnxruntime

    path = _existing(path)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = n_threads
    options.log_severity_level = 3  # errors only
    try:
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime raises classes of its own
        raise ValueError(f"{path} cannot be read as an ONNX file, it may be damaged ({error})") from None
    ends = session.get_inputs(), session.get_outputs()
    if [len(end) for end in ends] != [1, 1]:
        raise ValueError(f"{path} must have one input and one output, got {len(ends[0])} and {len(ends[1])}")
    (name,), outputs = (end.name for end in ends[0]), [ends[1][0].name]

    return _in_batches(lambda images: session.run(outputs, {name: images})[0])


def load_litert(path):
    """Read a network from a LiteRT file, with LiteRT's own runtime.

    Parameters
    ----------
    path : str or pathlib.Path

    Returns
    -------
    callable
        From float32 images of shape (n, ...) to float32 probabilities of shape (n, n_classes). Not to be
        shared by threads.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not a LiteRT file.
    """
    path = _existing(path)
    with _quiet():
        from ai_edge_litert.interpreter import Interpreter

        try:
            interpreter = Interpreter(str(path))
            interpreter.allocate_tensors()  # here, not at the first call, it writes a line to stderr
            run = interpreter.get_signature_runner()
        except Exception as error:
            raise ValueError(f"{path} cannot be read as a LiteRT file, it may be damaged ({error})") from None
    (name,), (output,) = run.get_input_details(), run.get_output_details()
    return _in_batches(lambda images: run(**{name: images})[output])


def _in_batches(ask):
    """A function that asks for a few images at a time, so that many images need no more memory than a few."""

    def read(images):
        images = np.asarray(images)
        starts = range(0, max(len(images), 1), BATCH)  # even for no images, the runtime says the shape
        return np.concatenate([ask(images[start : start + BATCH]) for start in starts])

    return read


def export_seed_network():
    """Write assets/seed_network.onnx again from assets/seed_network.keras; the file says from which."""
    from course_utils.networks import load_seed_network

    source = hashlib.sha256(SEED_NETWORK_KERAS.read_bytes()).hexdigest()
    return export_onnx(load_seed_network(), SEED_NETWORK_ONNX, about={"source": source})


def _ending(path, ending):
    path = Path(path)
    if path.suffix != ending:
        raise ValueError(f"path must end in {ending}, got {path.name}")
    return path


def _existing(path):
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"expected a network at {path}, found no such file; the working folder is {Path.cwd()}")
    return path


def _rename(graph, old, new):
    """Rename a value of an ONNX graph everywhere."""
    for node in graph.node:
        for names in (node.input, node.output):
            names[:] = [new if name == old else name for name in names]
    for value in graph.output:
        value.name = new if value.name == old else value.name


@contextmanager
def _quiet():
    """Without warnings, log lines, and what C++ writes to file descriptor 2, unless an error is raised."""
    before = logging.root.manager.disable
    with tempfile.TemporaryFile() as log, warnings.catch_warnings(action="ignore"):
        stderr = os.dup(2)
        os.dup2(log.fileno(), 2)
        logging.disable(logging.WARNING)  # in a notebook, Python's own lines do not go to descriptor 2
        try:
            yield
        except BaseException:
            log.seek(0)
            os.write(stderr, log.read())
            raise
        finally:
            logging.disable(before)
            os.dup2(stderr, 2)
            os.close(stderr)


if __name__ == "__main__":
    print(f"wrote {export_seed_network().name}")
