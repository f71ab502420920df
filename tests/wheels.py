"""Wheels made by hand: the least that pip takes. Copied into a project, this module is its build backend, too."""

import os
import zipfile


def write_wheel(folder, name, files):
    """Write a wheel of version 1.0 with some files, {path: text}, into a folder; its file name."""
    info = f"{name}-1.0.dist-info"
    files = files | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    wheel = f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, wheel), "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return wheel


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    """The hook of PEP 660: a wheel that leads to the project's folder."""
    return write_wheel(wheel_directory, "cnn_course", {"cnn_course.pth": os.getcwd()})
