"""The original recipe in PyTorch, as a bare script: the rival of lesson 10.

It needs torch, which only `nox -s torch` installs (its plain wheel brings gigabytes). It prints the seconds that
training took and the test accuracy. Weights start as in Keras, by Glorot's uniform draw, and RMSprop has its rho, 0.9.
"""

import sys
import time

import numpy as np
import torch
from torch import nn

with np.load(sys.argv[1]) as mnist:
    train_images, train_labels, test_images, test_labels = (
        mnist[name] for name in ("x_train", "y_train", "x_test", "y_test")
    )
torch.manual_seed(int(sys.argv[2]))
n_epochs = int(sys.argv[3])
device = "cuda" if torch.cuda.is_available() else "cpu"
train_images, test_images = (
    torch.tensor(images[:, None].astype("float32") / 255, device=device) for images in (train_images, test_images)
)
train_labels = torch.tensor(train_labels.astype("int64"), device=device)

model = nn.Sequential(
    *(nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
    *(nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)),
    *(nn.Conv2d(64, 64, 3), nn.ReLU(), nn.Flatten()),
    *(nn.Linear(1024, 64), nn.ReLU(), nn.Linear(64, 10)),
).to(device)
for layer in model:
    if isinstance(layer, (nn.Conv2d, nn.Linear)):
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)
if device == "cpu":  # channels last, as TensorFlow has them
    model = model.to(memory_format=torch.channels_last)
optimizer = torch.optim.RMSprop(model.parameters(), lr=0.001, alpha=0.9, eps=1e-7)
loss_of = nn.CrossEntropyLoss()

start = time.perf_counter()
for _ in range(n_epochs):
    for batch in torch.randperm(len(train_images), device=device).split(64):
        optimizer.zero_grad()
        loss_of(model(train_images[batch]), train_labels[batch]).backward()
        optimizer.step()
if device == "cuda":
    torch.cuda.synchronize()
seconds = time.perf_counter() - start
model.eval()
with torch.no_grad():
    answers = torch.cat([model(images).argmax(dim=1) for images in test_images.split(500)]).cpu().numpy()
print(
    f"seconds {seconds:.2f} test_acc {(answers == test_labels).mean():.4f} device {device} version {torch.__version__}"
)
