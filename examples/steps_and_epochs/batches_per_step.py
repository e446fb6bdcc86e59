"""The mistake: "100 batches are processed in each step". One step processes one batch; this run sees every image 100 times an epoch."""

import keras
import numpy as np

x_train = np.zeros((10_000, 32, 32, 3), dtype="float32")
y_train = np.zeros((10_000,), dtype="int64")
batch_size = 100

model = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(10)])
model.compile(optimizer="sgd", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(x_train, y_train, batch_size=batch_size, epochs=10, steps_per_epoch=len(x_train))
