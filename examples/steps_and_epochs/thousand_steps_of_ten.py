"""1,000 steps of 10 images see 10,000 images: one epoch of them."""

import keras
import numpy as np

x_train = np.zeros((10_000, 32, 32, 3), dtype="float32")
y_train = np.zeros((10_000,), dtype="int64")

model = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(10)])
model.compile(optimizer="sgd", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(x_train, y_train, batch_size=10, epochs=1)
