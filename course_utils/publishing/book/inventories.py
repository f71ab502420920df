"""Where other projects document what the course's docstrings name: inventories for Sphinx, made here, without asking.

Each of these projects builds the address of a name by a rule, so the few names that occur are listed with theirs.
"""

import zlib

PYTHON, NUMPY = "https://docs.python.org/3/", "https://numpy.org/doc/stable/"
KERAS = "https://www.tensorflow.org/api_docs/python/tf/keras/"  # keras.io has no rule by which a name has its address
MATPLOTLIB = "https://matplotlib.org/stable/"
TORCH = "https://docs.pytorch.org/docs/stable/"

BUILT_IN = ("bool", "bytes", "dict", "float", "int", "list", "set", "slice", "str", "tuple")
INVENTORIES = {  # project: (address, {name: (role, page)})
    "python": (
        PYTHON,
        {name: ("py:class", f"library/stdtypes.html#{name}") for name in BUILT_IN}
        | {
            "bool": ("py:class", "library/functions.html#bool"),
            "float": ("py:class", "library/functions.html#float"),
            "int": ("py:class", "library/functions.html#int"),
            "slice": ("py:class", "library/functions.html#slice"),
            "callable": ("std:term", "glossary.html#term-callable"),
            "iterable": ("std:term", "glossary.html#term-iterable"),
            "sequence": ("std:term", "glossary.html#term-sequence"),
            "collections.Counter": ("py:class", "library/collections.html#collections.Counter"),
            "pathlib.Path": ("py:class", "library/pathlib.html#pathlib.Path"),
        },
    ),
    "numpy": (
        NUMPY,
        {
            "array_like": ("std:term", "glossary.html#term-array_like"),
            "numpy.ndarray": ("py:class", "reference/generated/numpy.ndarray.html#numpy.ndarray"),
            "numpy.random.Generator": ("py:class", "reference/random/generator.html#numpy.random.Generator"),
        },
    ),
    "keras": (
        KERAS,
        {
            "keras.Initializer": ("py:class", "initializers/Initializer"),
            "keras.Model": ("py:class", "Model"),
            "keras.Sequential": ("py:class", "Sequential"),
            "keras.layers.Conv2D": ("py:class", "layers/Conv2D"),
            "keras.layers.Dense": ("py:class", "layers/Dense"),
        },
    ),
    "matplotlib": (
        MATPLOTLIB,
        {
            "matplotlib.axes.Axes": ("py:class", "api/_as_gen/matplotlib.axes.Axes.html#matplotlib.axes.Axes"),
            "matplotlib.figure.Figure": ("py:class", "api/_as_gen/matplotlib.figure.Figure.html"),
        },
    ),
    "torch": (
        TORCH,
        {
            "torch.Tensor": ("py:class", "tensors.html#torch.Tensor"),
            "torch.nn.Module": ("py:class", "generated/torch.nn.Module.html#torch.nn.Module"),
            "torch.nn.Parameter": ("py:class", "generated/torch.nn.parameter.Parameter.html"),
            "torch.optim.Optimizer": ("py:class", "optim.html#torch.optim.Optimizer"),
        },
    ),
}
# What a docstring calls them (numpydoc_xref_aliases): their names, and some otherwise.
ALIASES = {name: name for _, names in INVENTORIES.values() for name, (role, _) in names.items() if role == "py:class"}
ALIASES |= {
    "ndarray": "numpy.ndarray",
    "array_like": ":term:`numpy:array_like`",
    "callable": ":term:`python:callable`",
    "iterable": ":term:`python:iterable`",
    "sequence": ":term:`python:sequence`",
}


def write_inventories(folder):
    """Write an inventory for each project, in version 2 of Sphinx's format.

    Parameters
    ----------
    folder : pathlib.Path

    Returns
    -------
    dict
        ``intersphinx_mapping``: for each project, its address and the file of its inventory.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mapping = {}
    for project, (address, names) in INVENTORIES.items():
        head = f"# Sphinx inventory version 2\n# Project: {project}\n# Version: \n"
        head += "# The remainder of this file is compressed using zlib.\n"
        lines = "".join(f"{name} {role} 1 {page} -\n" for name, (role, page) in names.items())
        path = folder / f"{project}.inv"
        path.write_bytes(head.encode() + zlib.compress(lines.encode()))
        mapping[project] = (address, str(path))
    return mapping
