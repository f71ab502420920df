"""Networks without convolutions, for comparison."""

from course_utils._tensorflow import keras


def build_dense_network(hidden=()):
    """A network without convolutions: the pixels in a row, hidden layers with ReLU, ten probabilities.

    Parameters
    ----------
    hidden : sequence of int
        Units of each hidden layer; without any, it is logistic regression.

    Returns
    -------
    keras.Sequential
        Reads float32 images of shape (n, 28, 28, 1) in [0, 1]; gives probabilities of shape (n, 10).
    """
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Flatten(),
            *(keras.layers.Dense(units, activation="relu") for units in hidden),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
