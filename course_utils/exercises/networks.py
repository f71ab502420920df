"""The kinds of exercises that ask for a network within a budget, for a block of one, or for a function of one.

Keras, or PyTorch, is loaded when a check needs it, not before.
"""

import contextlib
import functools
import io
import random

import numpy as np

from course_utils.exercises import blocks, calling, modules, plain, report, stacks, values
from course_utils.exercises.calling import Wrong
from course_utils.exercises.engine import Exercise, Function

BATCH_SIZE = 64


class Network(Exercise):
    """An exercise that asks for a network, or for a function that builds one.

    The check counts parameters, tries the shapes, and trains a copy of the network from new weights for one epoch, so
    that it judges what was built and not how long it was trained. The student's network stays as it is.

    Parameters
    ----------
    answer : callable
        Gives the data: ``(images, labels), (validation_images, validation_labels)``, labels as integers.
    max_parameters : int
        The budget.
    min_accuracy : float
        On the validation images, after one epoch of RMSprop in batches of 64.
    seconds : float
        Training stops after this time.
    """

    def __init__(self, answer, *, max_parameters, min_accuracy, shows, hints, seconds=120.0):
        super().__init__(answer, shows=shows, hints=hints)
        self.max_parameters, self.min_accuracy, self.seconds = max_parameters, min_accuracy, seconds

    def _judge(self, answer):
        from course_utils._tensorflow import keras

        model = answer
        if callable(answer) and not isinstance(answer, keras.Model):
            model = calling.call(answer, (), seconds=self.seconds, keep=keras.Model).result
        if model is ...:
            return self._message("not attempted", f"It still returns `...`. {self._stuck}")
        if not isinstance(model, keras.Model):
            raise Wrong(
                f"This exercise asks for a network, and this is a {type(model).__name__}. "
                "Does the function end with `return`?"
            )
        train, validation = self.answer()
        n_classes = int(max(train[1].max(), validation[1].max())) + 1
        self._check_shapes(model, train[0][:8], n_classes)
        n_parameters = model.count_params()
        if n_parameters > self.max_parameters:
            raise Wrong(
                "That is over the budget. Which layer has most of the parameters? `model.summary()` tells you.",
                expected=f"at most {self.max_parameters:,} parameters",
                got=f"{n_parameters:,} parameters",
            )
        accuracy = calling.call(lambda: self._train(keras, model, train, validation), (), seconds=self.seconds).result
        if not accuracy >= self.min_accuracy:
            raise Wrong(
                "It is within the budget, but it learns too little in one epoch.",
                expected=f"a validation accuracy of at least {self.min_accuracy:.3g}",
                got=f"{accuracy:.3f}, after one epoch on {len(train[0]):,} images, with {n_parameters:,} parameters",
            )

    def _check_shapes(self, model, images, n_classes):
        """Raise Wrong unless the network takes these images and gives probabilities for the classes."""
        try:
            output = np.asarray(model(images))
        except Exception as error:
            got = str(error).splitlines()[0] if str(error) else type(error).__name__
            look = f"It does not take images of shape {images.shape[1:]}. What does its `keras.Input` say?"
            raise Wrong(look, got=got[:200]) from None
        if output.shape != (len(images), n_classes):
            look = "The last layer must give one number for each class."
            raise Wrong(
                look, expected=f"shape (n, {n_classes})", got=f"shape {('n', *output.shape[1:])}".replace("'", "")
            )
        if output.min() < 0 or np.abs(output.sum(axis=1) - 1).max() > 1e-3:
            raise Wrong("The outputs must be probabilities: from 0 to 1, with a sum of 1. Which activation does that?")

    def _train(self, keras, model, train, validation):
        # Keras draws the seed of each layer with Python's `random`; calling.call gives the state of that back.
        random.seed(0)
        copy = keras.models.clone_model(model)
        order = np.random.default_rng(0).permutation(len(train[0]))
        copy.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        with contextlib.redirect_stdout(io.StringIO()):
            copy.fit(*(part[order] for part in train), batch_size=BATCH_SIZE, shuffle=False, verbose=0)
            return copy.evaluate(*validation, verbose=0)[1]


def network(**options):
    """Declare an exercise that asks for a network; the decorated function gives the data to train and validate on."""
    return lambda answer: Network(answer, **options)


class Indirect(Function):
    """An exercise that asks for a function of something that only Keras, or PyTorch, can make of a case.

    Attributes
    ----------
    through : module
        Its ``run(function, *arguments)`` makes that of a case's arguments, and calls the function.
    """

    through = None

    def __init__(self, answer, **options):
        super().__init__(answer, **options)
        self.answer = self._told(answer)

    def mistake(self, look, function=None):
        """Declare a usual mistake, as Function has it: what to say to it, and a function that makes it."""
        if function is None:
            return functools.partial(self.mistake, look)
        super().mistake(look, self._told(function))
        return function

    def _told(self, function):
        """The function of a case's arguments that tells what one of our own gives; each is called only once."""

        @functools.cache
        def told(*arguments):
            with calling.state_kept():  # layers draw their seeds
                return self.through.run(function, *arguments)

        return told

    def _call(self, function, arguments, seconds, **options):
        if not hasattr(type(function), "call_elsewhere"):  # grading does the same where the answer is (runner.py)
            function = functools.wraps(function)(functools.partial(self.through.run, function))
        return super()._call(function, arguments, seconds, **options)


class Block(Indirect):
    """An exercise that asks for a block: a function that gets a symbolic Keras tensor, and returns one.

    The decorated function is such a block, too, and so is each mistake. Their cases are shapes of the input, and what
    is compared is what blocks.run tells of a block with the same weights.
    """

    through = blocks

    def accept(self, result, arguments):
        """Raise Wrong unless a block does what it should."""
        if result is None:
            raise Wrong("The result is None, that is, nothing. Does the function end with `return`?")
        if not isinstance(result, tuple):
            advice = {"network": "Return the tensor itself.", "layer": "Call it on a tensor."}.get(result, "")
            look = f"The result must be a tensor, as a layer returns it, and this is a {result}. {advice}"
            raise Wrong(look.strip(), got=f"a {result}")
        expected = self.answer(*arguments)
        (shape, weights, *_), (right_shape, right_weights, *_) = result, expected
        if not np.array_equal(shape, right_shape):
            look = "The output has another shape than it should have."
            raise Wrong(look, expected=_shape(right_shape), got=_shape(shape))
        if not np.array_equal(weights, right_weights):
            look = "It has other weights than the exercise asks for. Which layers are there, and how large are they?"
            raise Wrong(look, got=f"weights of the shapes {weights.tolist()}, all in a row")
        for right, made, when in zip(expected[2:], result[2:], ("all weights at 0", "equal weights"), strict=True):
            try:
                values.compare(right, made, tolerance=self.tolerance)
            except Wrong as wrong:
                look = f"The layers have the right sizes. But with {when}, {wrong.look}"
                raise Wrong(look, **wrong.details) from None


def _shape(shape):
    return f"shape (n, {', '.join(map(str, shape))})"


def block(**options):
    """Declare an exercise that asks for a block; the decorated function is one that is right."""
    return lambda answer: Block(answer, **options)


class OfNetwork(Indirect):
    """An exercise that asks for a function of a network, and maybe of more, which gives the names of some layers.

    The decorated function is such a function, too, and so is each mistake; they leave the network as it is. In a case,
    rows stand for it (stacks.py), and a student's function gets a new one at each call, which it may change.
    """

    through = stacks

    def _told(self, function):
        return lambda rows, *arguments: _listed(plain.plain(function(_our_own(rows), *arguments)))

    def accept(self, result, arguments):
        """Raise Wrong unless the names are those of the right layers, in the right order."""
        expected = self.answer(*arguments)
        if look := _about_names(result, expected):
            raise Wrong(look, expected=report.describe(expected))

    def _is_right(self, result, arguments):
        return self._makes(self.answer, arguments, result)

    def _makes(self, function, arguments, result):
        try:
            return values.alike(function(*arguments), result)
        except Exception:
            return False

    def _call(self, function, arguments, seconds, **options):
        called = super()._call(function, arguments, seconds, **options)
        return called._replace(result=_listed(called.result))

    def _inputs(self, arguments):
        rows, *others = arguments
        layers = [f"  {name} ({kind})" for name, kind, *_ in rows]
        named = [report.named(name, value) for name, value in zip(self.parameters[1:], others, strict=False)]
        return [f"{self.parameters[0]}.layers:", *layers, *named]


@functools.lru_cache(maxsize=64)
def _our_own(rows):
    """A network that only our own functions get: it is built once."""
    with calling.state_kept():  # layers draw their seeds
        return stacks.build(rows)


def _listed(value):
    """Plain data, as a list if it is a tuple or an array, and as Python's number if it is NumPy's."""
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    return list(value) if isinstance(value, tuple) else value


def _about_names(got, expected):
    """What is wrong with a list of names, as a sentence; nothing if nothing is."""
    if got is None:
        return "The result is None, that is, nothing. Does the function end with `return`?"
    if not isinstance(got, list):
        kind = got.kind if isinstance(got, report.Thing) else type(got).__name__
        order = " It has no order." * (kind in ("set", "frozenset"))
        return f"The result must be a list of names, and this is of type {kind}.{order}"
    if others := [one for one in got if not isinstance(one, str)]:
        kind = others[0].kind if isinstance(others[0], report.Thing) else type(others[0]).__name__
        return f"The list must hold names, and it holds something of type {kind}. A layer's name is `layer.name`."
    for one in got:
        if one not in expected:
            return f"`{one}` doesn't belong here."
        if got.count(one) > 1:
            return f"`{one}` comes more than once."
    if missing := [one for one in expected if one not in got]:
        return f"`{missing[0]}` is missing."
    return "Those are the right names, in another order than in `model.layers`." if got != expected else ""


def of_network(**options):
    """Declare an exercise that asks for a function of a network; the decorated function is one that is right."""
    return lambda answer: OfNetwork(answer, **options)


class OfModule(Indirect):
    """An exercise that asks for a function of a PyTorch network: one that takes a step, or one that predicts.

    The decorated function is such a function, too, and so is each mistake. In a case, rows stand for the network, and
    shapes for images (modules.py); a student's function gets a new network at each call.

    Parameters
    ----------
    looks : callable
        Gets what modules.run tells of the decorated function and of an answer, and raises Wrong unless it is right.
    """

    through = modules

    def __init__(self, answer, *, looks, **options):
        super().__init__(answer, **options)
        self.looks = looks

    def _judge(self, function):
        if why := modules.why_missing():
            return self._message("not attempted", f"Nothing was judged, since this check needs PyTorch: {why}.")
        return super()._judge(function)

    def accept(self, result, arguments):
        """Raise Wrong unless what comes of a function is what comes of the right one."""
        self.looks(self.answer(*arguments), result)

    def _is_right(self, result, arguments):
        try:
            self.accept(result, arguments)
        except Exception:
            return False
        return True

    def _inputs(self, arguments):
        return modules.describe(*arguments)


def of_module(**options):
    """Declare an exercise that asks for a function of a PyTorch network; the decorated one is right."""
    return lambda answer: OfModule(answer, **options)
