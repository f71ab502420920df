"""Answers to the exercises of lesson 05."""

import math

import numpy as np
from scipy.special import log_softmax, logsumexp, softmax

from exercise_banks import Bank

mean_loss = Bank()


@mean_loss.right
def with_one_hot_rows(digits, logits):
    labels = np.eye(logits.shape[1])[digits]
    shifted = logits - logits.max(axis=-1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return -(labels * logs).sum(axis=-1).mean()


@mean_loss.right
def image_by_image(digits, logits):
    total = 0
    for digit, row in zip(digits, logits, strict=True):
        top = max(row)
        total += top + math.log(sum(math.exp(z - top) for z in row)) - row[digit]
    return total / len(digits)


@mean_loss.right
def with_scipy(digits, logits):
    return -np.mean(np.take_along_axis(log_softmax(logits, axis=1), digits[:, None].astype(int), axis=1))


@mean_loss.right
def by_the_sum_of_powers(digits, logits):
    chosen = np.array([logits[row, digit] for row, digit in enumerate(digits)])
    return (logsumexp(logits, axis=1) - chosen).mean()


@mean_loss.right
def two_by_two(digits, logits):
    """The loss says by how much the others are ahead."""
    ahead = logits - logits[np.arange(digits.size), digits][:, np.newaxis]
    return np.logaddexp.reduce(ahead, axis=1).mean()


@mean_loss.right
def in_float32(digits, logits):
    logits = logits.astype("float32")
    shifted = logits - logits.max(axis=1)[:, None]
    losses = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(digits)), digits]
    return np.array(losses.sum() / len(digits))


@mean_loss.right
def with_keras(digits, logits):
    import keras

    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)(digits.astype("int32"), logits)


@mean_loss.right
def with_tensorflow(digits, logits):
    import tensorflow as tf

    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(digits.astype(int), logits))


@mean_loss.right
def one_hot_in_tensorflow(digits, logits):
    import tensorflow as tf

    labels = tf.one_hot(digits.astype("int32"), logits.shape[1], dtype=logits.dtype)
    return tf.math.reduce_mean(tf.math.reduce_logsumexp(logits, axis=1) - tf.reduce_sum(labels * logits, axis=1))


@mean_loss.right
def by_a_product_of_matrices(digits, logits):
    """The diagonal of one-hot rows times logs."""
    labels = (digits[:, None] == np.arange(logits.shape[1])).astype(float)
    return -np.trace(labels @ log_softmax(logits, axis=1).T) / len(digits)


@mean_loss.right
def by_letters(digits, logits):
    labels = np.identity(logits.shape[1])[digits]
    return np.einsum("ij,ij->", labels, -log_softmax(logits, axis=-1)) / labels.sum()


@mean_loss.right
def one_at_a_time(digits, logits):
    def losses():
        for row, digit in zip(logits.tolist(), digits.tolist(), strict=True):
            yield math.log(math.fsum(math.exp(z - max(row)) for z in row)) + max(row) - row[digit]

    return math.fsum(losses()) / len(logits)


@mean_loss.wrong("cut off before the softmax")
def clips_the_logits(digits, logits):
    """The findings had it told that softmax went over the images."""
    clipped = np.clip(logits, -500, 500)
    return -np.log(np.exp(clipped) / np.exp(clipped).sum(1, keepdims=True))[np.arange(len(digits)), digits].mean()


@mean_loss.wrong("cut off before the softmax")
def limits_the_logits(digits, logits):
    logits = np.where(logits > 700, 700, logits)
    return (np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(digits)), digits]).mean()


@mean_loss.wrong("cut off before the softmax")
def limits_the_shifted_logits(digits, logits):
    shifted = np.maximum(logits - logits.max(axis=1)[:, None], -50)
    return (np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(digits)), digits]).mean()


@mean_loss.wrong("something was added to it, or it was clipped")
def clips_at_a_hundredth(digits, logits):
    return np.mean([-math.log(max(row[digit], 0.01)) for digit, row in zip(digits, softmax(logits, 1), strict=True)])


@mean_loss.wrong("float64 ends near")
def sum_of_powers_unshifted(digits, logits):
    return (np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(digits)), digits]).mean()


@mean_loss.wrong("divided by their sum")
def powers_only(digits, logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    with np.errstate(all="ignore"):
        return np.mean(logits.max(axis=1) - logits[np.arange(len(digits)), digits]) if powers.size else 0


@mean_loss.wrong("takes the true class alone")
def binary_cross_entropy(digits, logits):
    labels, p = np.eye(logits.shape[1])[digits], np.clip(softmax(logits, axis=1).astype(float), 1e-7, 1 - 1e-7)
    return -(labels * np.log(p) + (1 - labels) * np.log(1 - p)).mean()


@mean_loss.wrong("not the right number")
def of_the_worst_image(digits, logits):
    return max(-log_softmax(logits, axis=1)[np.arange(len(digits)), digits])


@mean_loss.wrong("divided by how many classes")
def divides_by_the_classes(digits, logits):
    return -log_softmax(logits, axis=1)[np.arange(len(digits)), digits].sum() / logits.shape[1]


@mean_loss.wrong("first image only")
def returns_in_the_loop(digits, logits):
    for digit, row in zip(digits, logits, strict=True):
        return logsumexp(row) - row[digit]


@mean_loss.wrong("softmax twice")
def two_softmaxes(digits, logits):
    return -log_softmax(softmax(logits, axis=1), axis=1)[np.arange(len(digits)), digits].mean()


@mean_loss.wrong("squared error")
def mean_squared_error(digits, logits):
    return np.square(softmax(logits, axis=1) - np.eye(logits.shape[1])[digits]).mean()


@mean_loss.wrong("The loss is rounded")
def rounds(digits, logits):
    return round(float(-log_softmax(logits, axis=1)[np.arange(len(digits)), digits].mean()), 4)


@mean_loss.wrong("The classes are columns, numbered from 0")
def ten_columns_of_one_hot(digits, logits):
    labels = np.zeros((len(digits), 10))
    labels[np.arange(len(digits)), digits] = 1
    return -(labels[:, : logits.shape[1]] * log_softmax(logits, axis=1)[:, :10]).sum(axis=1).mean()


@mean_loss.wrong("a single axis")
def takes_one_hot_rows(digits, logits):
    return -log_softmax(logits, axis=1)[np.arange(len(digits)), digits.argmax(axis=1)].mean()


@mean_loss.wrong("`labels` has shape|shapes of two arrays do not fit|It raised")
def compares_without_a_new_axis(digits, logits):
    labels = digits == np.arange(logits.shape[1])
    return -(labels * log_softmax(logits, axis=1)).sum(axis=1).mean()


@mean_loss.wrong("300 classes|twelve classes")
def ten_classes_at_most(digits, logits):
    return -log_softmax(logits[:, :10], axis=1)[np.arange(len(digits)), digits % 10].mean()


@mean_loss.wrong("sum over the images")
def summed(digits, logits):
    return -log_softmax(logits, axis=1)[np.arange(len(digits)), digits].sum()


@mean_loss.wrong("sign is flipped")
def negative(digits, logits):
    return log_softmax(logits, axis=1)[np.arange(len(digits)), digits].mean()


@mean_loss.wrong("over the images. It belongs over the classes")
def wrong_axis(digits, logits):
    shifted = logits - logits.max(axis=0)
    logs = shifted - np.log(np.exp(shifted).sum(axis=0))
    return -logs[np.arange(len(digits)), digits].mean()


@mean_loss.wrong("as many images as classes|It raised ValueError")
def forgets_to_keep_the_axis(digits, logits):
    shifted = logits - logits.max(axis=1)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1))
    return -logs[np.arange(len(digits)), digits].mean()


@mean_loss.wrong("these columns of every row")
def all_rows_of_these_columns(digits, logits):
    return -log_softmax(logits, axis=1)[:, digits].mean()


@mean_loss.wrong("mean over all classes of all images")
def mean_over_the_classes_too(digits, logits):
    labels = np.eye(logits.shape[1])[digits]
    return -(labels * log_softmax(logits, axis=1)).mean()


@mean_loss.wrong("true classes have no say")
def ignores_the_digits(digits, logits):
    return -log_softmax(logits, axis=1).mean()


@mean_loss.wrong("most likely class")
def of_the_most_likely(digits, logits):
    return -log_softmax(logits, axis=1).max(axis=1).mean()


@mean_loss.wrong("1 minus the probability")
def without_the_log(digits, logits):
    return (1 - softmax(logits, axis=1)[np.arange(len(digits)), digits]).mean()


@mean_loss.wrong("log of the mean")
def mean_before_log(digits, logits):
    return -np.log(softmax(logits, axis=1)[np.arange(len(digits)), digits].mean())


@mean_loss.wrong("another logarithm(.|\n)*`np.log`")
def decimal(digits, logits):
    return -log_softmax(logits, axis=1)[np.arange(len(digits)), digits].mean() / math.log(10)


@mean_loss.wrong("another logarithm(.|\n)*to base 2")
def binary(digits, logits):
    return -log_softmax(logits, axis=1)[np.arange(len(digits)), digits].mean() / math.log(2)


@mean_loss.wrong("softmax is missing")
def logits_as_logs(digits, logits):
    return -logits[np.arange(len(digits)), digits].mean()


@mean_loss.wrong("float64 ends near")
def overflows(digits, logits):
    powers = np.exp(logits)
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    return -np.log(probabilities[np.arange(len(digits)), digits]).mean()


@mean_loss.wrong("rounded to 0 before its log")
def rounds_before_the_log(digits, logits):
    return -np.log(softmax(logits, axis=1)[np.arange(len(digits)), digits]).mean()


@mean_loss.wrong("something was added to it, or it was clipped")
def clips_the_probability(digits, logits):
    probabilities = softmax(logits, axis=1)[np.arange(len(digits)), digits]
    return -np.log(np.clip(probabilities, 1e-7, 1)).mean()


@mean_loss.wrong("something was added(.|\n)*a logit of a thousand, for another class")
def adds_a_little_for_safety(digits, logits):
    return -np.log(softmax(logits, axis=1)[np.arange(len(digits)), digits] + 1e-12).mean()


@mean_loss.wrong("one largest logit from all rows")
def one_largest_for_all(digits, logits):
    powers = np.exp(logits - logits.max())
    return np.mean(np.log(powers.sum(axis=1)) - (logits - logits.max())[np.arange(len(digits)), digits])


@mean_loss.wrong("must be a single number, but it is an array of shape")
def one_for_each_image(digits, logits):
    return -log_softmax(logits, axis=1)[np.arange(len(digits)), digits]


@mean_loss.wrong("IndexError|ValueError|shape")
def ten_classes_always(digits, logits):
    return -(np.eye(10)[digits] * log_softmax(logits, axis=1)).sum(axis=1).mean()


@mean_loss.wrong("ValueError(.|\n)*a single image(.|\n)*line 3 of the cell")
def as_many_classes_as_digits_seen(digits, logits):
    labels = np.eye(digits.max() + 1)[digits]
    return -(labels * log_softmax(logits, axis=1)).sum(axis=1).mean()


@mean_loss.wrong("IndexError(.|\n)*line 2 of the cell")
def counts_classes_from_one(digits, logits):
    return -log_softmax(logits, axis=1)[np.arange(len(digits)), digits + 1].mean()


@mean_loss.wrong("It changes `logits` in place")
def shifts_in_place(digits, logits):
    logits -= logits.max(axis=1, keepdims=True)
    return (np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(digits)), digits]).mean()


@mean_loss.wrong("end with `return`")
def returns_nothing(digits, logits):
    print(-log_softmax(logits, axis=1)[np.arange(len(digits)), digits].mean())


@mean_loss.wrong("a single image")
def hard_coded(digits, logits):
    return 0.3783091


@mean_loss.wrong("squared error")
def squared_error(digits, logits):
    labels = np.eye(logits.shape[1])[digits]
    return ((softmax(logits, axis=1) - labels) ** 2).sum(axis=1).mean()


for line in (
    "shifted = logits - logits.max(axis={}, keepdims=True)",
    "logs = shifted - np.log(np.exp(shifted).sum(axis={}, keepdims=True))",
    "return -(labels * logs).sum(axis={}).mean()",
):
    mean_loss.equivalent(f"{line.format(-1)}  ->  {line.format(1)}", "of two axes, the last one is number 1")
mean_loss.equivalent(
    "return -np.mean(np.take_along_axis(log_softmax(logits, axis=1), digits[:, None].astype(int), axis=1))  ->  "
    "return -np.mean(np.take_along_axis(log_softmax(logits, axis=1), digits[:, None].astype(int)))",
    "the last axis is the default of take_along_axis",
)
mean_loss.equivalent("logits = logits.astype('float32')  ->  dropped", "float32 and float64 are both accepted")


momentum_step = Bank()


@momentum_step.right
def in_one_line(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    return weights + momentum * velocity - learning_rate * gradient, momentum * velocity - learning_rate * gradient


@momentum_step.right
def by_what_was_moved(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    new_weights = weights - learning_rate * gradient + momentum * velocity
    return [new_weights, new_weights - weights]


@momentum_step.right
def number_by_number(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    new_weights, new_velocity = np.zeros_like(weights), np.zeros_like(velocity)
    for place in np.ndindex(weights.shape):
        new_velocity[place] = momentum * velocity[place] - learning_rate * gradient[place]
        new_weights[place] = weights[place] + new_velocity[place]
    return new_weights, new_velocity


@momentum_step.right
def on_copies(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    weights, velocity = weights.copy(), velocity.copy()
    velocity *= momentum
    velocity -= learning_rate * gradient
    weights += velocity
    return weights, velocity


@momentum_step.right
def in_float32(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):  # noqa: F811
    downhill = -gradient.astype("float32")
    velocity = learning_rate * downhill + momentum * velocity.astype("float32")
    return tuple(np.array([weights.astype("float32") + velocity, velocity]))


@momentum_step.right
def as_a_named_tuple(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    import collections

    Step = collections.namedtuple("Step", "weights velocity")
    v = momentum * velocity - learning_rate * gradient
    return Step(velocity=v, weights=weights + v)


@momentum_step.right
def yields_both(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = np.subtract(np.multiply(momentum, velocity), np.multiply(learning_rate, gradient))
    yield np.add(weights, velocity)
    yield velocity


@momentum_step.right
def with_tensorflow(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):  # noqa: F811
    import tensorflow as tf

    weights, gradient, velocity = (tf.constant(value, tf.float32) for value in (weights, gradient, velocity))
    velocity = velocity * momentum - gradient * learning_rate
    return weights + velocity, velocity


@momentum_step.right
def with_keras(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):  # noqa: F811
    import keras

    velocity = keras.ops.subtract(keras.ops.multiply(velocity, momentum), gradient * learning_rate)
    return keras.ops.add(weights, velocity), velocity


@momentum_step.right
def as_a_product_of_matrices(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    step = np.array([[1, -learning_rate, momentum], [0, -learning_rate, momentum]])
    return np.tensordot(step, np.stack([weights, gradient, velocity]), axes=1)


class Ball:
    """Called like a function, without being one."""

    def __call__(self, weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
        push = -learning_rate * gradient
        self.velocity = push + velocity * momentum
        return weights + self.velocity, self.velocity


momentum_step.right_value(Ball())


@momentum_step.wrong("momentum times the new velocity")
def momentum_twice(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = momentum * velocity - learning_rate * gradient
    return weights + momentum * velocity, velocity


@momentum_step.wrong("pushes twice")
def gradient_twice(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = momentum * velocity - learning_rate * gradient
    return weights - learning_rate * gradient + velocity, velocity


@momentum_step.wrong("learning rate times the velocity")
def learning_rate_twice(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = momentum * velocity - learning_rate * gradient
    return weights + learning_rate * velocity, velocity


@momentum_step.wrong("the share that stays")
def what_is_lost(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = (1 - momentum) * velocity - learning_rate * gradient
    return weights + velocity, velocity


@momentum_step.wrong("starts from the weights")
def from_the_weights(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = momentum * weights - learning_rate * gradient
    return weights + velocity, velocity


@momentum_step.wrong("Only the sign of the gradient")
def by_the_sign(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = momentum * velocity - learning_rate * np.sign(gradient)
    return weights + velocity, velocity


@momentum_step.wrong("a momentum of 0.9")
def always_nine_tenths(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = 0.9 * velocity - learning_rate * gradient
    return weights + velocity, velocity


@momentum_step.wrong("a learning rate of 0.5")
def always_a_half(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = momentum * velocity - 0.5 * gradient
    return weights + velocity, velocity


@momentum_step.wrong("a learning rate of 0.1")
def always_a_tenth(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = momentum * velocity - 0.1 * gradient
    return weights + velocity, velocity


@momentum_step.wrong("old velocity has lost its sign")
def by_the_speed(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = momentum * np.abs(velocity) - learning_rate * gradient
    return weights + velocity, velocity


@momentum_step.wrong("twelve weights in float32")
def ten_weights(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    new = momentum * velocity - learning_rate * gradient
    moved = weights + new
    moved[10:] = weights[10:]
    return moved, new


@momentum_step.wrong("a momentum of 0.9")
def momentum_up_to_nine_tenths(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = min(momentum, 0.9) * velocity - learning_rate * gradient
    return weights + velocity, velocity


@momentum_step.wrong("momentum 1")
def momentum_below_one(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = min(momentum, 0.99) * velocity - learning_rate * gradient
    return weights + velocity, velocity


@momentum_step.wrong("left at their defaults|momentum 0")
def defaults_where_it_is_zero(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = (momentum or 0.9) * velocity - (learning_rate or 0.5) * gradient
    return weights + velocity, velocity


@momentum_step.wrong("left at their defaults")
def other_defaults(weights, gradient, velocity, learning_rate=0.1, momentum=0.5):
    velocity = momentum * velocity - learning_rate * gradient
    return weights + velocity, velocity


@momentum_step.wrong("numbers differ|two rows")
def rounds_to_hundredths(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = np.round(momentum * velocity - learning_rate * gradient, 2)
    return weights + velocity, velocity


@momentum_step.wrong("as many rows as columns|two rows|has shape")
def turned(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = momentum * velocity - learning_rate * (
        gradient.T if gradient.shape[0] == gradient.shape[-1] else gradient
    )
    return weights + velocity, velocity


@momentum_step.wrong("order is reversed")
def velocity_first(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = momentum * velocity - learning_rate * gradient
    return velocity, weights + velocity


@momentum_step.wrong("moved by the old one")
def moves_by_the_old_velocity(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    weights = weights + velocity
    velocity = momentum * velocity - learning_rate * gradient
    return weights, velocity


@momentum_step.wrong("learning rate is missing")
def no_learning_rate(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = momentum * velocity - gradient
    return weights + velocity, velocity


@momentum_step.wrong("uphill")
def uphill(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = momentum * velocity + learning_rate * gradient
    return weights + velocity, velocity


@momentum_step.wrong("minus is there twice")
def minus_twice(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = momentum * velocity - learning_rate * gradient
    return weights - velocity, velocity


@momentum_step.wrong("1 - momentum")
def as_a_running_mean(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = momentum * velocity - (1 - momentum) * learning_rate * gradient
    return weights + velocity, velocity


@momentum_step.wrong("the velocity is not")
def right_weights_other_velocity(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    moved = momentum * velocity - learning_rate * gradient
    return weights + moved, momentum * velocity + gradient


@momentum_step.wrong("as other libraries have it")
def as_in_another_library(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = momentum * velocity + gradient
    return weights - learning_rate * velocity, velocity


@momentum_step.wrong("plain gradient descent")
def plain(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = momentum * velocity - learning_rate * gradient
    return weights - learning_rate * gradient, velocity


@momentum_step.wrong("Momentum is left out")
def no_momentum(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = velocity - learning_rate * gradient
    return weights + velocity, velocity


@momentum_step.wrong("old velocity is not kept")
def forgets_the_old_velocity(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = -learning_rate * gradient
    return weights + velocity, velocity


@momentum_step.wrong("also weighs the gradient")
def brackets(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = momentum * (velocity - learning_rate * gradient)
    return weights + velocity, velocity


@momentum_step.wrong("are swapped")
def exchanged(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = learning_rate * velocity - momentum * gradient
    return weights + velocity, velocity


@momentum_step.wrong("stays the old one")
def old_velocity_again(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    return weights + momentum * velocity - learning_rate * gradient, velocity


@momentum_step.wrong("squared")
def as_rmsprop(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = momentum * velocity - learning_rate * gradient**2
    return weights + velocity, velocity


@momentum_step.wrong("must be 2 values")
def weights_only(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    return weights + momentum * velocity - learning_rate * gradient


@momentum_step.wrong("It changes `weights` in place")
def in_place(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = momentum * velocity - learning_rate * gradient
    weights += velocity
    return weights, velocity


@momentum_step.wrong("It changes `velocity` in place")
def velocity_in_place(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity *= momentum
    velocity -= learning_rate * gradient
    return weights + velocity, velocity


@momentum_step.wrong("end with `return`|must be 2 values")
def returns_nothing(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):  # noqa: F811
    velocity = momentum * velocity - learning_rate * gradient
    weights = weights + velocity


@momentum_step.wrong("cannot be called as `momentum_step")
def forgets_the_velocity(weights, gradient, learning_rate=0.5):
    return weights - learning_rate * gradient


@momentum_step.wrong("UnboundLocalError|NameError")
def misspelt(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    new_velocity = momentum * velocty - learning_rate * gradient  # noqa: F821
    return weights + new_velocity, new_velocity


@momentum_step.wrong("the gradient has changed its sign")
def with_the_numbers_of_the_lesson(weights, gradient, velocity, learning_rate=0.1, momentum=0.9):
    velocity = 0.9 * velocity - 0.1 * gradient
    return weights + velocity, velocity


@momentum_step.wrong("weights in two rows")
def for_two_weights_only(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = np.array([momentum * v - learning_rate * g for v, g in zip(velocity, gradient, strict=True)])
    return np.array([weights[i] + velocity[i] for i in range(len(weights))]).ravel(), velocity


@momentum_step.wrong("Nesterov")
def looks_ahead(weights, gradient, velocity, learning_rate=0.5, momentum=0.9):
    velocity = momentum * velocity - learning_rate * gradient
    return weights + momentum * velocity - learning_rate * gradient, velocity


zeros = "new_weights, new_velocity = (np.zeros_like(weights), np.zeros_like(velocity))"
for other in (
    "new_velocity, new_weights = (np.zeros_like(weights), np.zeros_like(velocity))",
    "new_weights, new_velocity = (np.zeros_like(velocity), np.zeros_like(weights))",
):
    momentum_step.equivalent(f"{zeros}  ->  {other}", "weights and velocity have the same shape")

training_steps = Bank()
training_steps.right_value(1173, 1173.0, np.int64(1173), 3 * -(-50_000 // 128), 3 * math.ceil(50_000 / 128))
training_steps.right_value(np.float32(1173), np.array(1173), sum(math.ceil(50_000 / 128) for _ in range(3)))
training_steps.wrong_value("steps of one epoch", 391)
training_steps.wrong_value("last batch of each epoch is missing", 3 * (50_000 // 128))
training_steps.wrong_value("there are three epochs. The rest", 50_000 // 128)
training_steps.wrong_value("fills up the last batch", math.ceil(150_000 / 128))
training_steps.wrong_value("rounded down", 150_000 // 128)
training_steps.wrong_value("a whole number. Round up", 3 * 50_000 / 128)
training_steps.wrong_value("a whole number. And there are three", 50_000 / 128)
training_steps.wrong_value("all 60,000", 1407, 1404, 1406, 1406.25, 469, 468, 468.75)
training_steps.wrong_value("10,000 images set aside", 237)
training_steps.wrong_value("batches of 64", 2346)
training_steps.wrong_value("An epoch is not a step", 3)
training_steps.wrong_value("counts images", 150_000)
training_steps.wrong_value("too small", 0, 1000)
training_steps.wrong_value("too large", 1174, 10**6)
training_steps.wrong_value("is text", "1173")
training_steps.wrong_value("a single number", (391, 3))

loss_and_accuracy = Bank()


@loss_and_accuracy.right
def picks_by_the_label(labels, outputs):
    accuracy = np.mean(outputs.argmax(axis=1) == labels.argmax(axis=1))
    return -np.log(outputs[labels == 1]).mean(), accuracy


@loss_and_accuracy.right
def by_number_of_the_class(labels, outputs):
    digits = labels.argmax(axis=1)
    loss = np.mean([-math.log(row[digit]) for row, digit in zip(outputs, digits, strict=True)])
    return loss, (outputs.argmax(axis=1) == digits).mean()


@loss_and_accuracy.right
def clips_as_keras_does(labels, outputs):
    loss = -(labels * np.log(np.clip(outputs, 1e-7, 1 - 1e-7))).sum(axis=1).mean()
    accuracy = (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()
    return loss, accuracy


@loss_and_accuracy.right
def adds_a_little(labels, outputs):
    loss = -(labels * np.log(outputs + 1e-9)).sum(axis=-1).mean()
    accuracy = (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()
    return loss, accuracy


@loss_and_accuracy.right
def image_by_image(labels, outputs):  # noqa: F811
    total, n_right = 0.0, 0
    for label, output in zip(labels, outputs, strict=True):
        total -= np.log(output @ label)
        n_right += label[np.argmax(output)] == 1
    return [total / len(labels), n_right / len(labels)]


@loss_and_accuracy.right
def back_to_logits(labels, outputs):
    """The log of a probability is a logit again."""
    logits = np.log(outputs + 1e-12)
    loss = -(labels * log_softmax(logits, axis=-1)).sum(axis=-1).mean()
    accuracy = (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()
    return loss, accuracy


@loss_and_accuracy.right
def with_keras(labels, outputs):  # noqa: F811
    import keras

    losses = keras.losses.categorical_crossentropy(labels.astype("float32"), outputs.astype("float32"))
    right = keras.metrics.categorical_accuracy(labels, outputs)
    return keras.ops.mean(losses), keras.ops.mean(right)


@loss_and_accuracy.right
def with_tensorflow(labels, outputs):  # noqa: F811
    import tensorflow as tf

    outputs = tf.cast(outputs, tf.float32)
    of_true_class = tf.reduce_sum(tf.cast(labels, tf.float32) * outputs, axis=-1)
    right = tf.equal(tf.argmax(labels, axis=1), tf.argmax(outputs, axis=1))
    return tf.reduce_mean(-tf.math.log(of_true_class)), tf.reduce_mean(tf.cast(right, tf.float32))


@loss_and_accuracy.right
def as_a_named_tuple(labels, outputs):  # noqa: F811
    import collections

    Evaluated = collections.namedtuple("Evaluated", ["loss", "accuracy"])
    of_true_class = np.einsum("ij,ij->i", labels, outputs)
    return Evaluated(-np.log(of_true_class).mean(), np.mean(outputs.argmax(1) == labels.argmax(1)))


@loss_and_accuracy.right
def by_the_product(labels, outputs):
    """The mean of logs is the log of a geometric mean."""
    numbers = outputs.max(where=labels == 1, initial=0, axis=1)
    return -math.log(math.prod(float(p) ** (1 / len(numbers)) for p in numbers)), float(
        (np.argmax(labels, 1) == np.argmax(outputs, 1)).sum() / labels.shape[0]
    )


@loss_and_accuracy.right
def adds_what_keras_clips_at(labels, outputs):
    accuracy = (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()
    return np.mean(-(labels * np.log(outputs + 1e-7)).sum(axis=1)), accuracy


@loss_and_accuracy.wrong("`argmax` takes the first")
def as_high_as_the_highest(labels, outputs):
    p = (labels * outputs).sum(axis=1)
    return -np.log(p).mean(), (p == outputs.max(axis=1)).mean()


@loss_and_accuracy.wrong("level|accuracy")
def the_last_of_those_level(labels, outputs):
    p, last = (labels * outputs).sum(axis=1), outputs.shape[1] - 1 - outputs[:, ::-1].argmax(axis=1)
    return -np.log(p).mean(), (last == labels.argmax(axis=1)).mean()


@loss_and_accuracy.wrong("share of the images that are read right")
def number_of_right_ones(labels, outputs):
    p = (labels * outputs).sum(axis=1)
    return -np.log(p).mean(), (outputs.argmax(axis=1) == labels.argmax(axis=1)).sum()


@loss_and_accuracy.wrong("share of the images that are read right")
def share_of_errors(labels, outputs):
    p = (labels * outputs).sum(axis=1)
    return -np.log(p).mean(), (outputs.argmax(axis=1) != labels.argmax(axis=1)).mean()


@loss_and_accuracy.wrong("not each number of their rows")
def number_by_number_of_the_rows(labels, outputs):
    p = (labels * outputs).sum(axis=1)
    return -np.log(p).mean(), (np.round(outputs) == labels).mean()


@loss_and_accuracy.wrong("divided by the number of images twice")
def divides_twice(labels, outputs):
    return -np.log(outputs[labels == 1]).mean() / len(outputs), (outputs.argmax(1) == labels.argmax(1)).mean()


@loss_and_accuracy.wrong("first image only")
def of_the_first_image(labels, outputs):
    return -math.log(outputs[0] @ labels[0]), (outputs.argmax(1) == labels.argmax(1)).mean()


@loss_and_accuracy.wrong("takes the true class alone")
def binary(labels, outputs):  # noqa: F811
    p = np.clip(outputs.astype(float), 1e-7, 1 - 1e-7)
    losses = labels * np.log(p) + (1 - labels) * np.log(1 - p)
    return -losses.mean(), (outputs.argmax(1) == labels.argmax(1)).mean()


@loss_and_accuracy.wrong("accuracy is not the right number here: it was right as you found it")
def more_than_by_chance(labels, outputs):
    p = (labels * outputs).sum(axis=1)
    return -np.log(p).mean(), (p > 1 / labels.shape[1]).mean()


@loss_and_accuracy.wrong("squared error")
def brier(labels, outputs):
    return ((outputs - labels) ** 2).sum(axis=1).mean(), (outputs.argmax(1) == labels.argmax(1)).mean()


@loss_and_accuracy.wrong("another logarithm")
def in_bits(labels, outputs):
    return -np.log2((labels * outputs).sum(axis=1)).mean(), (outputs.argmax(1) == labels.argmax(1)).mean()


@loss_and_accuracy.wrong("The loss is rounded")
def rounds(labels, outputs):  # noqa: F811
    loss = -np.log((labels * outputs).sum(axis=1)).mean()
    return np.round(loss, 3), (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()


@loss_and_accuracy.wrong("it is too much")
def clips_at_a_twentieth(labels, outputs):
    p = np.clip((labels * outputs).sum(axis=1), 0.05, 1)
    return -np.log(p).mean(), (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()


@loss_and_accuracy.wrong("it is too much")
def clips_at_a_millionth(labels, outputs):
    loss = -(labels * np.log(np.clip(outputs, 1e-6, None))).sum(axis=1).mean()
    return loss, (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()


@loss_and_accuracy.wrong("of ten classes|twelve classes")
def ten_classes(labels, outputs):
    labels, outputs = labels[:, :10], outputs[:, :10]
    return -np.log((labels * outputs).sum(axis=1) + (labels.sum(axis=1) == 0)).mean(), (
        outputs.argmax(axis=1) == labels.argmax(axis=1)
    ).mean()


@loss_and_accuracy.wrong("whole numbers")
def keeps_the_type_of_the_labels(labels, outputs):
    chosen = np.zeros_like(labels)
    chosen[labels == 1] = outputs[labels == 1]
    return -np.log(chosen.sum(axis=1)).mean(), (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()


@loss_and_accuracy.wrong("only that are read right")
def only_the_right_ones(labels, outputs):
    right = outputs.argmax(axis=1) == labels.argmax(axis=1)
    p = (labels * outputs).sum(axis=1)
    return -np.log(p[right]).sum() / max(right.sum(), 1), right.mean()


@loss_and_accuracy.wrong("0 times that is NaN")
def zero_times_infinity(labels, outputs):
    loss = -(labels * np.log(outputs)).sum(axis=1).mean()
    return loss, (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()


@loss_and_accuracy.wrong("is not the right number(.|\n)*inf")
def log_of_the_product(labels, outputs):
    loss = -np.log(labels * outputs).sum(axis=1).mean()
    return loss, (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()


@loss_and_accuracy.wrong("it is too much")
def adds_too_much(labels, outputs):
    loss = -(labels * np.log(outputs + 1e-3)).sum(axis=1).mean()
    return loss, (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()


@loss_and_accuracy.wrong("it is too much")
def clips_too_much(labels, outputs):
    loss = -(labels * np.log(np.clip(outputs, 1e-4, 1 - 1e-4))).sum(axis=1).mean()
    return loss, (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()


@loss_and_accuracy.wrong("three softmaxes")
def once_more(labels, outputs):
    loss = -(labels * log_softmax(softmax(outputs, axis=1), axis=1)).sum(axis=1).mean()
    return loss, (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()


@loss_and_accuracy.wrong("one softmax too many")
def softmax_without_log(labels, outputs):
    loss = -(labels * softmax(outputs, axis=1)).sum(axis=1).mean()
    return loss, (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()


@loss_and_accuracy.wrong("sign is flipped")
def negative_loss(labels, outputs):
    return np.log(outputs[labels == 1]).mean(), (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()


@loss_and_accuracy.wrong("sum over the images")
def sum_of_losses(labels, outputs):
    return -np.log(outputs[labels == 1]).sum(), (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()


@loss_and_accuracy.wrong("mean over the classes too")
def mean_over_all(labels, outputs):
    loss = -(labels * np.log(np.clip(outputs, 1e-7, 1))).mean()
    return loss, (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()


@loss_and_accuracy.wrong("1 minus the probability")
def no_log(labels, outputs):
    return 1 - outputs[labels == 1].mean(), (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()


@loss_and_accuracy.wrong("log of the mean")
def log_of_the_mean(labels, outputs):
    return -np.log(outputs[labels == 1].mean()), (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()


@loss_and_accuracy.wrong("log of the largest output")
def of_the_largest(labels, outputs):
    return -np.log(outputs.max(axis=1)).mean(), (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()


@loss_and_accuracy.wrong("accuracy no longer is")
def more_than_half(labels, outputs):
    p = (labels * outputs).sum(axis=1)
    return -np.log(p).mean(), (p > 0.5).mean()


@loss_and_accuracy.wrong("order is reversed")
def accuracy_first(labels, outputs):
    return (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean(), -np.log(outputs[labels == 1]).mean()


@loss_and_accuracy.wrong("must be a single number, but it is an array")
def loss_of_each(labels, outputs):
    return -np.log(outputs[labels == 1]), (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()


@loss_and_accuracy.wrong("must be 2 values")
def loss_only(labels, outputs):
    return -np.log(outputs[labels == 1]).mean()


@loss_and_accuracy.wrong("end with `return`|must be 2 values")
def forgets_to_return(labels, outputs):
    loss = -np.log(outputs[labels == 1]).mean()  # noqa: F841
    accuracy = (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()  # noqa: F841


@loss_and_accuracy.wrong("is not the right number")
def takes_off_the_smallest_loss(labels, outputs):
    loss = -(labels * log_softmax(outputs, axis=1)).sum(axis=1).mean() - np.log(1 + (labels.shape[1] - 1) / np.e)
    return loss, (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()


@loss_and_accuracy.wrong("It changes `outputs` in place")
def clips_in_place(labels, outputs):
    np.clip(outputs, 1e-7, 1, out=outputs)
    return -(labels * np.log(outputs)).sum(axis=1).mean(), (outputs.argmax(1) == labels.argmax(1)).mean()


@loss_and_accuracy.wrong("is not the right number")
def axis_of_the_images(labels, outputs):
    p = (labels * outputs).sum(axis=0)
    return -np.log(p + 1e-7).mean(), (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()


for line, change in (
    ("loss = -(labels * np.log(outputs + 1e-09)).sum(axis=-1).mean()", ("sum(axis=-1)", "sum(axis=1)")),
    ("loss = -(labels * log_softmax(logits, axis=-1)).sum(axis=-1).mean()", ("sum(axis=-1)", "sum(axis=1)")),
    ("loss = -(labels * log_softmax(logits, axis=-1)).sum(axis=-1).mean()", ("logits, axis=-1", "logits, axis=1")),
):
    loss_and_accuracy.equivalent(f"{line}  ->  {line.replace(*change)}", "of two axes, the last one is number 1")
clipped = "loss = -(labels * np.log(np.clip({}))).sum(axis=1).mean()"
for bounds in ("outputs, 1e-07, 2 - 1e-07", "outputs, 1e-07, 1 - -0.9999999", "outputs, 1e-07, 1 + 1e-07"):
    loss_and_accuracy.equivalent(
        f"{clipped.format('outputs, 1e-07, 1 - 1e-07')}  ->  {clipped.format(bounds)}", "no probability is above 1"
    )
loss_and_accuracy.equivalent(
    f"{clipped.format('outputs, 1e-07, 1 - 1e-07')}  ->  {clipped.format('1e-07, outputs, 1 - 1e-07')}",
    "the smaller of a limit and the larger of two numbers: their order does not matter",
)
loss_and_accuracy.equivalent(
    "total -= np.log(output @ label)  ->  total -= np.log(label @ output)",
    "a product of two rows does not depend on their order",
)
for zeros in ("total, n_right = (0, 0.0)", "n_right, total = (0.0, 0)"):
    loss_and_accuracy.equivalent(f"total, n_right = (0.0, 0)  ->  {zeros}", "0 and 0.0 are the same number to add to")


largest_rate = Bank()
largest_rate.right_value(50, 50.0, np.int64(50), np.float32(50), np.array(50), np.uint8(50), 5e1, max(20, 50))
for rate, loss in ((1, "0.29"), (2, "0.21")):
    largest_rate.wrong_value(f"rate {rate}, the loss after 60 steps is {loss}(.|\n)*so short", rate, float(rate))
for rate, loss in ((5, "0.16"), (10, "0.15"), (20, "0.14")):
    largest_rate.wrong_value(f"rate {rate}, .* is {loss}: this walker arrives. But a larger", rate, np.float32(rate))
for rate, loss in ((100, "0.27"), (200, "0.51")):
    largest_rate.wrong_value(f"rate {rate}, .* is {loss}: it doesn't arrive(.|\n)*Which smaller", rate, np.array(rate))
largest_rate.wrong_value("not on the list: 1, 2, 5, 10, 20, 50, 100 or 200", 0, -50, 49, 51, 0.5, 150, 400, 10**9)
largest_rate.wrong_value("not on the list", np.inf, -np.inf, 50.1, 8, 7)
largest_rate.wrong_value("is a loss. With which rate", 0.16, 0.161, 0.1612, 0.14, 0.27, 0.2719)
largest_rate.wrong_value("what a walker must reach", 0.2)
largest_rate.wrong_value("number of steps", 60)
largest_rate.wrong_value("of the picture above", 80)
largest_rate.wrong_value("is text", "50", "fifty", "")
largest_rate.wrong_value("answer to a question", True, False, np.True_)
largest_rate.wrong_value(
    "a single number: one of 1, 2", [50], (50,), [20, 50], np.array([50]), (1, 2, 5, 10, 20, 50), [], {50: 1}.keys()
)
largest_rate.wrong_value("NaN", math.nan, np.float32("nan"))
largest_rate.wrong_value("real numbers", 50j, {50: 0.16}, {50}, [None])
largest_rate.wrong_value("Your answer is None", None)
largest_rate.wrong_value("not a function", max, lambda rate: 50)
largest_rate.wrong_value("far more than asked for", [50] * 5000)
largest_rate.wrong_value("larger than any float", 10**400)
