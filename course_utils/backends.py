"""Which lessons run where Keras is not on TensorFlow: `nox -s jax` runs them with Keras on JAX.

Keras is the same on each backend, and so is a lesson that asks nothing but Keras. conftest.py leaves the others out.
"""

import os
import re

# What a lesson's code does that only TensorFlow can, and what to say of it.
OF_TENSORFLOW = {
    r"^import tensorflow": "its cells call TensorFlow itself",
    r"\.numpy\(\)": "it calls a method that TensorFlow's arrays have, and JAX's have not",
}
# What cannot be seen in a lesson's code, and was found when it ran on JAX.
FOUND = {
    "02_preparing": "its bounds for training on raw bytes, which often fails, hold for TensorFlow's random weights",
    "15_borrowed_features": "its fine-tuning had not ended after five minutes; on TensorFlow all of it takes two",
}


def why_only_tensorflow(name, code):
    """Why a lesson says nothing with Keras on another backend, from its name and its code; an empty text if it does."""
    if not re.search(r"^import keras|\bnetworks\b", code, re.MULTILINE):
        return "it uses no Keras"
    reasons = [reason for pattern, reason in OF_TENSORFLOW.items() if re.search(pattern, code, re.MULTILINE)]
    return [*reasons, FOUND.get(name, "")][0]


def why_not_here(name, code):
    """The same on the backend of this process; on TensorFlow, each lesson runs."""
    backend = os.environ["KERAS_BACKEND"]  # course_utils has set it
    reason = why_only_tensorflow(name, code) if backend != "tensorflow" else ""
    return f"with Keras on {backend}: {reason}" if reason else ""
