"""A short history of networks, as papers tell it: sizes, accuracies, and where each figure stands.

Accuracies are in percent, on the 50,000 validation images of ILSVRC-2012 with 1,000 classes ("ImageNet"). A network
that looks at ten crops of an image costs ten times as much, and is right more often; so these are, wherever someone
reports it, for one look at each image. What a paper itself reports with more is in ``reported``.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Network:
    """What is published of a network.

    Parameters
    ----------
    name : str
    year : int
        Of the first version of its paper.
    idea : str
        What was new, in at most eight words.
    paper, link : str
        Authors and title; arXiv or DOI.
    size : int
        Height and width of the images it reads, in pixels.
    parameters : int
        As published, so rounded.
    parameters_from : str
        Where that stands. "Its" is the paper's.
    multiply_adds : int or None
        For one image of that size, as published.
    multiply_adds_from : str
    top1, top5 : float or None
        Percent of images whose class is the first answer, or among the first five; trained on ImageNet's 1.28 million
        images only. None where that source has none.
    accuracy_from : str
        How an image was shown, and where the accuracy stands.
    top1_pretrained : float, optional
        The same if it was trained on the 14 million images of ImageNet-21k before.
    reported : str
        The paper's own accuracy, where it is for something else.
    """

    name: str
    year: int
    idea: str
    paper: str
    link: str
    size: int
    parameters: int
    parameters_from: str
    multiply_adds: int | None
    multiply_adds_from: str
    top1: float | None
    top5: float | None
    accuracy_from: str
    top1_pretrained: float | None = None
    reported: str = ""


RESNET = {
    "year": 2015,
    "paper": "K. He, X. Zhang, S. Ren, J. Sun: Deep residual learning for image recognition",
    "link": "https://arxiv.org/abs/1512.03385",
    "size": 224,
    "multiply_adds_from": "its Table 1",
    "accuracy_from": "one center crop; the authors' release, github.com/KaimingHe/deep-residual-networks",
}
EFFICIENT_NET = {
    "year": 2019,
    "paper": "M. Tan, Q. V. Le: EfficientNet: rethinking model scaling for convolutional neural networks",
    "link": "https://arxiv.org/abs/1905.11946",
    "parameters_from": "its Table 2",
    "multiply_adds_from": "its Table 2, where they are called FLOPs",
    "accuracy_from": "one center crop, says the authors' code, not the paper; its Table 2 (version 5)",
}
VIT = {
    "year": 2020,
    "paper": "A. Dosovitskiy et al.: An image is worth 16 × 16 words: transformers for image recognition at scale",
    "link": "https://arxiv.org/abs/2010.11929",
    "size": 384,
    "parameters_from": "its Table 1",
    "top5": None,
    "accuracy_from": "the whole image, squeezed into a square, says the authors' code; its Table 5",
}

HISTORY = (
    Network(
        name="LeNet-5",
        year=1998,
        idea="convolution and subsampling, trained together from pixels",
        paper="Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-based learning applied to document recognition",
        link="https://doi.org/10.1109/5.726791",
        size=32,
        parameters=60_000,
        parameters_from="its section II.B",
        multiply_adds=340_908,
        multiply_adds_from="its section II.B: connections, those to biases and in subsampling included",
        top1=None,
        top5=None,
        accuracy_from="none on ImageNet, which came eleven years later; it reads digits",
    ),
    Network(
        name="AlexNet",
        year=2012,
        idea="ReLU and dropout, trained on two GPUs",
        paper="A. Krizhevsky et al.: ImageNet classification with deep convolutional neural networks",
        link="https://doi.org/10.1145/3065386",
        size=227,  # it says 224, which does not give the 55 × 55 positions of its Figure 2
        parameters=60_000_000,
        parameters_from="its abstract",
        multiply_adds=720_000_000,
        multiply_adds_from="Table 9 of the MobileNet paper",
        top1=57.1,
        top5=80.2,
        accuracy_from="one center crop; a replication with less augmentation, github.com/BVLC/caffe, bvlc_alexnet",
        reported="59.3, top-5 81.8, mean of ten crops: its Table 2, one network",
    ),
    Network(
        name="VGG16",
        year=2014,
        idea="only 3 × 3 kernels, and more layers",
        paper="K. Simonyan, A. Zisserman: Very deep convolutional networks for large-scale image recognition",
        link="https://arxiv.org/abs/1409.1556",
        size=224,
        parameters=138_000_000,
        parameters_from="its Table 2, configuration D",
        multiply_adds=15_300_000_000,
        multiply_adds_from="section 4.1 of the ResNet paper; that is the convolutions without the dense layers",
        top1=71.5,
        top5=90.1,
        accuracy_from="one center crop; in the table of github.com/KaimingHe/deep-residual-networks",
        reported="74.4, top-5 91.9, at all positions of an image of 384 pixels: its Table 3, configuration D",
    ),
    Network(
        name="GoogLeNet",
        year=2014,
        idea="kernels of several sizes side by side",
        paper="C. Szegedy et al.: Going deeper with convolutions",
        link="https://arxiv.org/abs/1409.4842",
        size=224,
        parameters=6_800_000,
        parameters_from="its Table 1, summed; Table 8 of the MobileNet paper",
        multiply_adds=1_502_000_000,
        multiply_adds_from="its Table 1, summed",
        top1=68.7,
        top5=88.9,
        accuracy_from="one center crop; a replication with less augmentation, github.com/BVLC/caffe, bvlc_googlenet",
        reported="top-5 89.93 with one crop: its Table 3; no top-1",
    ),
    Network(
        name="ResNet-50",
        idea="each block adds to what it reads",
        parameters=25_500_000,
        parameters_from="Table 1 of S. Xie et al., https://arxiv.org/abs/1611.05431",
        multiply_adds=3_800_000_000,
        top1=75.3,
        top5=92.2,
        reported="77.15, top-5 93.29, mean of ten crops: its Table 3",
        **RESNET,
    ),
    Network(
        name="ResNet-152",
        idea="the same shortcuts carry 152 layers",
        parameters=60_000_000,
        parameters_from="Table 2 of the EfficientNet paper",
        multiply_adds=11_300_000_000,
        top1=77.0,
        top5=93.3,
        reported="78.57, top-5 94.29, mean of ten crops: its Table 3",
        **RESNET,
    ),
    Network(
        name="MobileNet",
        year=2017,
        idea="depthwise separable convolutions instead of full ones",
        paper="A. Howard et al.: MobileNets: efficient convolutional neural networks for mobile vision applications",
        link="https://arxiv.org/abs/1704.04861",
        size=224,
        parameters=4_200_000,
        parameters_from="its Table 8",
        multiply_adds=569_000_000,
        multiply_adds_from="its Table 8",
        top1=70.6,
        top5=None,
        accuracy_from="one crop, says the authors' release, not the paper; its Table 8",
    ),
    Network(
        name="EfficientNet-B0",
        idea="blocks arranged by a search, not by hand",
        size=224,
        parameters=5_300_000,
        multiply_adds=390_000_000,
        top1=77.1,
        top5=93.3,
        **EFFICIENT_NET,
    ),
    Network(
        name="EfficientNet-B7",
        idea="depth, width and resolution grow together",
        size=600,
        parameters=66_000_000,
        multiply_adds=37_000_000_000,
        top1=84.3,
        top5=97.0,
        **EFFICIENT_NET,
    ),
    Network(
        name="ViT-B/16",
        idea="patches as tokens; attention instead of convolution",
        parameters=86_000_000,
        multiply_adds=55_500_000_000,
        multiply_adds_from="TorchVision's vit_b_16 at 384 pixels; the paper gives none for one image",
        top1=77.91,
        top1_pretrained=83.97,
        **VIT,
    ),
    Network(
        name="ViT-L/16",
        idea="the same, larger; it needs more images",
        parameters=307_000_000,
        multiply_adds=None,
        multiply_adds_from="none found for one image of 384 pixels",
        top1=76.53,
        top1_pretrained=85.15,
        reported="85.30 with ImageNet-21k, images of 512 pixels and averaged weights: its Table 2",
        **VIT,
    ),
)
