"""The process that judges networks: the one exercise whose check has to train what was handed in.

A network that is made of Keras's own layers comes as text, and is built again here, so that no code of the student's is
in this process. Only where it has layers of the student's own must their program run here too, beside the check.
"""

import functools
import json

from course_utils.exercises import engine
from course_utils.exercises.networks import Network
from course_utils.publishing.grading import runner, wire

SECONDS = 300.0  # of computing, for a network with all that its check does


def is_of_keras(config):
    """Whether the text that describes a network names nothing but what Keras brings."""
    try:
        todo = [json.loads(config)]
    except (TypeError, ValueError, RecursionError):
        return False
    while todo:
        part = todo.pop()
        if isinstance(part, dict):
            todo += part.values()
            if str(part.get("class_name")) in ("Lambda", "__lambda__", "function"):
                return False
            if "class_name" in part and str(part.get("module", "keras")).partition(".")[0] not in ("keras", "builtins"):
                return False
            if str(part.get("registered_name") or "").startswith("Custom>"):
                return False
        elif isinstance(part, list):
            todo += part
    return True


@functools.cache
def _exercise(lesson, name):
    """An exercise whose data are loaded once, in the process that forks for each network."""
    exercise = next(exercise for exercise in engine.all_exercises()[lesson] if exercise.name == name)
    exercise.answer = functools.cache(exercise.answer)
    exercise.answer()
    return exercise


def warm_up():
    """Load what all networks are trained on."""
    for lesson, exercises in engine.all_exercises().items():
        for exercise in exercises:
            if isinstance(exercise, Network):
                _exercise(lesson, exercise.name)


def reply(message):
    """Judge what a message holds: a network as text, any other value, or the program of an answer."""
    exercise = _exercise(message["lesson"], message["name"])
    runner.limit_computing(SECONDS)
    if message["do"] == "program":
        answer = runner.Answer()
        if "kind" in (told := answer.reply({**message, "do": "load"})):
            return told
        handed_in = answer.value
    elif message["do"] == "network":
        from course_utils._tensorflow import keras

        handed_in = keras.models.model_from_json(message["config"])
    else:
        value = wire.decode(message["value"])

        def handed_in():
            return value

    said = exercise.judge(handed_in)
    return {"status": said.status, "sentence": said.sentence, "details": [list(pair) for pair in said.details]}
