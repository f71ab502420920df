"""The original network in PyTorch: built as lesson 16 builds it, with the weights of Keras's, and trained by a loop."""

import numpy as np
import torch
from torch import nn

from course_utils._tensorflow import keras

BATCH_SIZE = 64


class SeedNetwork(nn.Module):
    """The network of lesson 04 in PyTorch, with PyTorch's own first weights; 121,994 parameters.

    It reads float32 images of shape (n, 1, 28, 28) in [0, 1], channels first, and gives logits of shape (n, 10).
    """

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            *(nn.Conv2d(1, 32, 3, padding="same"), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(64, 64, 3), nn.ReLU()),
        )
        self.classifier = nn.Sequential(nn.Flatten(), nn.Linear(1024, 64), nn.ReLU(), nn.Linear(64, 10))

    def forward(self, images):
        """The logits of images."""
        return self.classifier(self.features(images))


def channels_first(images):
    """Images as PyTorch has them.

    Parameters
    ----------
    images : ndarray of float32, shape (n, height, width, channels)

    Returns
    -------
    torch.Tensor, shape (n, channels, height, width)
        A view: it shares its memory with the array.
    """
    return torch.from_numpy(images).permute(0, 3, 1, 2)


def copy_weights(model, network):
    """Give a PyTorch network the weights of a Keras one.

    Parameters
    ----------
    model : keras.Model
        A stack of layers; of those with weights, only ``Conv2D`` and ``Dense`` are known here.
    network : torch.nn.Module
        With the same layers in the same order.

    Raises
    ------
    ValueError
        If the layers with weights aren't the same.
    """
    theirs = [layer for layer in network.modules() if isinstance(layer, (nn.Conv2d, nn.Linear))]
    ours = [layer for layer in model.layers if layer.weights]
    if [len(layer.weights) for layer in ours] != [2] * len(theirs):
        raise ValueError(f"expected {len(theirs)} layers with a kernel and a bias, got {len(ours)} with weights")
    flattened = None  # the shape of the maps that the next dense layer reads in a row
    layers = iter(zip(ours, theirs, strict=True))
    for layer in model.layers:
        if isinstance(layer, keras.layers.Flatten):
            flattened = layer.input.shape[1:]
        if layer.weights:
            _, twin = next(layers)
            kernel, bias = layer.get_weights()
            if kernel.ndim == 4:  # (height, width, in, out) -> (out, in, height, width)
                kernel = kernel.transpose(3, 2, 0, 1)
            elif flattened:  # its inputs stand row by row, channels last; in PyTorch channel by channel
                kernel = kernel.reshape(*flattened, -1).transpose(3, 2, 0, 1).reshape(len(bias), -1)
            else:
                kernel = kernel.T
            flattened = None if kernel.ndim == 2 else flattened
            if kernel.shape != tuple(twin.weight.shape):
                raise ValueError(f"{layer.name} has weights of shape {kernel.shape}, got {tuple(twin.weight.shape)}")
            with torch.no_grad():
                twin.weight.copy_(torch.from_numpy(np.ascontiguousarray(kernel)))
                twin.bias.copy_(torch.from_numpy(bias))


def start_like_keras(network):
    """Draw first weights as Keras does: Glorot's uniform ones, and biases of 0."""
    for layer in network.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)


class KerasRMSprop(torch.optim.Optimizer):
    """RMSprop as Keras has it: epsilon is added under the root, and not to it.

    Parameters
    ----------
    params : iterable of torch.nn.Parameter
    lr, rho, epsilon : float
        Keras's defaults.
    """

    def __init__(self, params, lr=0.001, rho=0.9, epsilon=1e-7):
        super().__init__(params, {"lr": lr, "rho": rho, "epsilon": epsilon})

    @torch.no_grad()
    def step(self):
        """Move each weight by the gradient that it has."""
        for group in self.param_groups:
            for weights in group["params"]:
                mean_square = self.state[weights].setdefault("mean_square", torch.zeros_like(weights))
                mean_square.mul_(group["rho"]).addcmul_(weights.grad, weights.grad, value=1 - group["rho"])
                weights.addcdiv_(weights.grad, (mean_square + group["epsilon"]).sqrt(), value=-group["lr"])


def train(network, loader, optimizer, *, epochs=1):
    """The training loop of lesson 16, for a number of epochs.

    Parameters
    ----------
    network : torch.nn.Module
        Gives logits.
    loader : iterable of (torch.Tensor, torch.Tensor)
        Each time anew, batches of images and of labels (int64).
    optimizer : torch.optim.Optimizer
        Of the network's parameters.
    epochs : int

    Returns
    -------
    list of float
        The loss of each step.
    """
    loss_of, losses = nn.CrossEntropyLoss(), []
    device = next(network.parameters()).device
    network.train()
    for _ in range(epochs):
        for images, labels in loader:
            optimizer.zero_grad()
            loss = loss_of(network(images.to(device)), labels.to(device))
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


def predict(network, images, *, batch_size=500):
    """The class that a PyTorch network gives each image; the network stays in the mode in which it was.

    Parameters
    ----------
    network : torch.nn.Module
    images : torch.Tensor, shape (n, channels, height, width)
    batch_size : int

    Returns
    -------
    ndarray of int64, shape (n,)
    """
    was_training, device = network.training, next(network.parameters()).device
    network.eval()
    with torch.no_grad():
        answers = [network(batch.to(device)).argmax(dim=1).cpu() for batch in images.split(batch_size)]
    network.train(was_training)
    return torch.cat(answers).numpy()
