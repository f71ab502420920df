"""The original network in PyTorch: built as lesson 16 builds it, with the weights of Keras's, and trained by a loop."""

import logging
import warnings

import torch
from torch import nn
from torch.utils.data import Dataset

from course_utils.augmentation import distort_images


class SeedNetwork(nn.Module):
    """The network of lesson 04 in PyTorch, with PyTorch's own first weights; 121,994 parameters.

    It reads float32 images of shape (n, 1, 28, 28) in [0, 1], channels first, and gives logits of shape (n, 10).
    """

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 32, 3, padding="same"),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(64, 64, 3),
            nn.ReLU(),
        )
        self.classifier = nn.Sequential(nn.Flatten(), nn.Linear(1024, 64), nn.ReLU(), nn.Linear(64, 10))

    def forward(self, images):
        """The logits of images."""
        return self.classifier(self.features(images))


class Digits(Dataset):
    """The data set of lesson 16, in a file, where processes that load batches find it on every system.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, 28, 28)
    labels : ndarray of integers, shape (n,)
    distort : bool
        Whether each image is distorted as in lesson 9, differently each time.
    """

    def __init__(self, images, labels, *, distort=False):
        self.images, self.labels, self.distort = images, labels, distort

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        """An image in [0, 1], channels first, and its label."""
        image = (self.images[index, None] / 255).astype("float32")
        if self.distort:  # PyTorch seeds its own generator differently in each process
            image = distort_images(image, seed=int(torch.randint(2**31, ())))
        return torch.from_numpy(image), int(self.labels[index])


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


def to_torch(weights):
    """The weights of a Keras layer with their axes in PyTorch's order.

    Parameters
    ----------
    weights : ndarray
        A kernel of a convolution (height, width, in, out), one of a dense layer (in, out), or a bias (out,).

    Returns
    -------
    ndarray
        A view: (out, in, height, width), (out, in), or (out,).
    """
    return weights.transpose(3, 2, 0, 1) if weights.ndim == 4 else weights.T


def after_flatten(kernel, shape):
    """The weights of the linear layer that reads maps which PyTorch has flattened.

    Parameters
    ----------
    kernel : ndarray, shape (height * width * channels, units)
        Of the dense layer that reads them in Keras, where the channels come last.
    shape : tuple of int
        Of the maps: (height, width, channels).

    Returns
    -------
    ndarray, shape (units, channels * height * width)
    """
    units = kernel.shape[1]
    return kernel.reshape(*shape, units).transpose(3, 2, 0, 1).reshape(units, -1)


def copy_weights(model, network):
    """Give a PyTorch network the weights of a Keras one.

    Parameters
    ----------
    model : keras.Model
        A stack of layers, of which only ``Conv2D`` and ``Dense`` have weights, and these have biases.
    network : torch.nn.Module
        With the same layers, made in the same order.

    Raises
    ------
    ValueError
        If the layers differ in number or kind, or if the weights of one don't fit; those before it are copied by then.
    """
    twins = [layer for layer in network.modules() if isinstance(layer, (nn.Conv2d, nn.Linear))]
    kinds = [type(layer).__name__ for layer in model.layers if layer.weights]
    if len(kinds) != len(twins) or not set(kinds) <= {"Conv2D", "Dense"}:
        raise ValueError(f"expected {len(twins)} layers of type Conv2D or Dense with weights, got {kinds}")
    maps = None  # the shape of the maps that have been flattened before the next layer
    for layer in model.layers:
        if type(layer).__name__ == "Flatten":
            maps = layer.input.shape[1:]
        elif layer.weights:
            kernel, bias = layer.get_weights()
            kernel, twin = after_flatten(kernel, maps) if maps else to_torch(kernel), twins.pop(0)
            if kernel.shape != twin.weight.shape:
                raise ValueError(
                    f"{layer.name}: expected weights of shape {tuple(twin.weight.shape)}, got {kernel.shape}"
                )
            with torch.no_grad():
                twin.weight.copy_(torch.from_numpy(kernel))
                twin.bias.copy_(torch.from_numpy(bias))
            maps = None


def start_like_keras(network):
    """Draw first weights as Keras does: Glorot's uniform ones, and biases of 0."""
    for layer in network.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
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
            for weights in (weights for weights in group["params"] if weights.grad is not None):
                mean_square = self.state[weights].setdefault("mean_square", torch.zeros_like(weights))
                mean_square.mul_(group["rho"]).addcmul_(weights.grad, weights.grad, value=1 - group["rho"])
                weights.addcdiv_(weights.grad, (mean_square + group["epsilon"]).sqrt(), value=-group["lr"])


def train(network, loader, optimizer, *, epochs=1):
    """The training loop of lesson 16, for a number of epochs; the network is left in training mode.

    Parameters
    ----------
    network : torch.nn.Module
        Gives logits.
    loader : iterable of (torch.Tensor, torch.Tensor)
        Batches of images and of labels (int64), once for each epoch.
    optimizer : torch.optim.Optimizer
        Of the network's parameters.
    epochs : int

    Returns
    -------
    list of float
        The loss of each batch, before its step.
    """
    loss_fn, losses = nn.CrossEntropyLoss(), []
    device = next(network.parameters()).device
    network.train()
    for _ in range(epochs):
        for images, labels in loader:
            optimizer.zero_grad()
            loss = loss_fn(network(images.to(device)), labels.to(device))
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


def predict(network, images, *, batch_size=100):
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


class FromKerasImages(nn.Module):
    """A network that gets images as Keras has them, channels last, and gives probabilities: what a service expects."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, images):
        """Probabilities, shape (n, n_classes), for images of shape (n, height, width, channels)."""
        return self.network(images.permute(0, 3, 1, 2)).softmax(dim=1)


def export_onnx(network, path, example):
    """Write a network as an ONNX file that takes any number of images.

    Parameters
    ----------
    network : torch.nn.Module
        It is exported in eval mode, and left in the mode in which it was.
    path : str or pathlib.Path
    example : torch.Tensor, shape (2, ...)
        The exporter goes through ``forward`` with its shape and type. It has two inputs, since a first axis of 1 would
        be taken for one that is always 1.
    """
    was_training, log = network.training, logging.getLogger("torch.onnx")
    network.eval()
    level = log.level
    log.setLevel(logging.ERROR)  # it warns that torchvision isn't there, which nothing here needs
    try:
        with warnings.catch_warnings(action="ignore"):
            program = torch.onnx.export(
                network, (example,), dynamo=True, dynamic_shapes=({0: "n"},), input_names=["images"], verbose=False
            )
    finally:
        log.setLevel(level)
        network.train(was_training)
    program.save(path)
