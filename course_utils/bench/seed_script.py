"""The original recipe as a bare script, with nothing of the course in it but the file of the data.

It is what lesson 05 is measured against. It prints the seconds that `fit` took and the test accuracy.
"""

import sys
import time

import numpy as np
from keras import Input, layers, models
from keras.utils import set_random_seed, to_categorical

with np.load(sys.argv[1]) as mnist:
    train_images, train_labels, test_images, test_labels = (
        mnist[name] for name in ("x_train", "y_train", "x_test", "y_test")
    )
train_images = train_images.reshape((60000, 28, 28, 1)).astype("float32") / 255
test_images = test_images.reshape((10000, 28, 28, 1)).astype("float32") / 255
train_labels = to_categorical(train_labels)
test_labels = to_categorical(test_labels)

set_random_seed(0)
model = models.Sequential()
model.add(Input((28, 28, 1)))
model.add(layers.Conv2D(32, (3, 3), activation="relu", padding="same"))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation="relu", padding="valid"))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation="relu"))
model.add(layers.Flatten())
model.add(layers.Dense(64, activation="relu"))
model.add(layers.Dense(10, activation="softmax"))
model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])

start = time.perf_counter()
model.fit(train_images, train_labels, epochs=5, batch_size=64)
seconds = time.perf_counter() - start
test_loss, test_acc = model.evaluate(test_images, test_labels)
print(f"\nseconds {seconds:.2f} test_acc {test_acc:.4f}")
