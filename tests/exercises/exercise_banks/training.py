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


@mean_loss.wrong("clipped at 0.0000001")
def clips_the_probability(digits, logits):
    probabilities = softmax(logits, axis=1)[np.arange(len(digits)), digits]
    return -np.log(np.clip(probabilities, 1e-7, 1)).mean()


@mean_loss.wrong("a logit of a thousand, for another class")
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


@mean_loss.wrong("not the right number")
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


@momentum_step.wrong("numbers differ|is not the right number")
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


@loss_and_accuracy.wrong("0 times that is NaN")
def zero_times_infinity(labels, outputs):
    loss = -(labels * np.log(outputs)).sum(axis=1).mean()
    return loss, (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()


@loss_and_accuracy.wrong("is not the right number(.|\n)*inf")
def log_of_the_product(labels, outputs):
    loss = -np.log(labels * outputs).sum(axis=1).mean()
    return loss, (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()


@loss_and_accuracy.wrong("off by a little")
def adds_too_much(labels, outputs):
    loss = -(labels * np.log(outputs + 1e-3)).sum(axis=1).mean()
    return loss, (outputs.argmax(axis=1) == labels.argmax(axis=1)).mean()


@loss_and_accuracy.wrong("off by a little")
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
